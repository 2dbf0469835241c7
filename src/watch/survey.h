/* Sweep lines over hills: how many passes, and where, see each stretch to its depth on the terrain
 * as it is (plan/sweeps.h has those of flat ground).
 *
 * Each pass is flown dry both ways over the elevation, along the path that the planner would fly
 * and with the station's own camera rules, in fewer frames; a column has enough only if it has on
 * the way out and on the way back, since the planner is free to fly either. Where a stretch lies
 * mostly hidden, the one pass is moved aside if that shows more. Where columns still lack the share
 * that counts, further passes are added to that piece alone: each time the offset that completes
 * the most columns, for as long as it completes a quarter of what lacks, a tenth of what it flies
 * over and 500 m of line. Less is not flown for but said (hidden_m).
 *
 * Threads: pure; allocates through malloc. Cost: two camera frames a fifth of the camera's lead of
 * line, about 0.3 ms each, and some dozen times that where ground is hidden.
 */
#ifndef VG_WATCH_SURVEY_H
#define VG_WATCH_SURVEY_H

#include "geo/strip.h"
#include "plan/sweeps.h"
#include "terrain/terrain.h"

/* progress may be NULL: told shares from 0 to 1. As vg_sweeps_flat; VG_E_NO_MEMORY. */
enum vg_status vg_survey(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                         const struct vg_strip *strip, void (*progress)(void *ctx, double share),
                         void *ctx, struct vg_sweeps *out, struct vg_error *err) VG_MUST_USE;

#endif
