/* Vigie's detection of what moves, for other programs: pictures in, boxes of moving things out.
 *
 * All calls: statuses are `enum vg_status`, VG_OK is 0; `struct vg_error *err` may be NULL, else it
 * says what was wrong in words (vg_error_text). Pixels are counted from the top left, lengths are
 * metres, angles degrees. What each function takes, gives and costs stands in its header. */
#ifndef VIGIE_LOOK_H
#define VIGIE_LOOK_H

#include "base/status.h"
#include "look/motion.h"

#endif
