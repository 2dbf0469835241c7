/* The curve of drones against promise as a picture: one self-contained SVG, light, without a font
 * or file of its own.
 *
 * Promises across on a logarithmic scale, drones upward. Below the lower staircase no timetable is
 * possible (proven), above the upper one timetables were made; told apart by pattern, line and
 * words, not by colour alone. Threads: pure. Memory: appended to `out`.
 */
#ifndef VG_APP_CURVE_SVG_H
#define VG_APP_CURVE_SVG_H

#include "plan/curve.h"

void vg_curve_svg(const struct vg_curve *curve, const struct vg_watchfile *watch, enum vg_lang lang,
                  struct vg_buf *out);

#endif
