/* What a plan will see, before anybody flies: every sortie of one period flown dry over the
 * elevation, with the same camera rules as the station's (patrol pitch, glances), so that ground
 * which the hills will hide is named beforehand, with a pass that would see it.
 *
 * Threads: pure; allocates through malloc. Cost: a camera frame every VG_GLANCE_EVERY_S / 2 of
 * sweeping, about 0.3 ms each: a minute for 8,000 km, and up to half a second for each piece of
 * hidden ground.
 */
#ifndef VG_WATCH_FORESEE_H
#define VG_WATCH_FORESEE_H

#include "geo/strip.h"
#include "plan/plan.h"
#include "terrain/terrain.h"

/* A piece of line with cells that no pass sees, and the single straight-along pass that would see
 * most of them: offset to the right of growing kilometres, height above ground, from one end or the
 * other. */
struct vg_foreseen_piece {
    int line;
    double from_m;
    double to_m;
    int n_hidden; /* cells */
    int n_cells; /* all cells of the piece */
    int n_left; /* of the hidden */
    double pass_offset_m;
    double pass_agl_m;
    double pass_share; /* of the hidden cells that it sees; 0: none found */
    bool is_pass_backward;
};

/* What is seen of a stretch of the plan. */
struct vg_foreseen_stretch {
    int64_t n_cells;
    int64_t n_seen;
    int n_cols;
    int n_cols_enough;
};

struct vg_foreseen {
    int64_t n_cells; /* of stretches within reach */
    int64_t n_seen;
    int64_t n_cols;
    int64_t n_cols_enough; /* columns with at least the share that counts */
    struct vg_foreseen_piece *pieces; /* columns that do not count, joined; most hidden first */
    int n_pieces;
    struct vg_foreseen_stretch *stretches; /* one each of the plan's */
};

/* progress may be NULL: told shares from 0 to 1. VG_E_NO_MEMORY; what the watch's own shape gives.
 */
enum vg_status vg_foresee(const struct vg_watchfile *watch, const struct vg_plan *plan,
                          const struct vg_terrain *terrain, const struct vg_strip *strip,
                          void (*progress)(void *ctx, double share), void *ctx,
                          struct vg_foreseen *out, struct vg_error *err) VG_MUST_USE;
void vg_foreseen_finish(struct vg_foreseen *self);

#endif
