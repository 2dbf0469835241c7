#include "app/make_plan.h"

#include "watch/survey.h"

static const double CELL_M = 50; /* as the station's */

/* On ground that is not flat the camera looks at it first. */
static enum vg_status survey(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                             struct vg_sweeps *out, struct vg_error *err)
{
    struct vg_strip *strip = NULL;
    if (watch->n_drones == 0 || terrain == NULL || vg_terrain_is_flat(terrain)) {
        return VG_OK;
    }
    enum vg_status st = vg_strip_create(&watch->network, CELL_M, &strip, err);
    if (st == VG_OK) {
        st = vg_survey(watch, terrain, strip, NULL, NULL, out, err);
    }
    vg_strip_destroy(strip);
    return st;
}

enum vg_status vg_make_plan(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                            bool (*progress)(void *ctx, double share), struct vg_plan *out,
                            struct vg_error *err)
{
    struct vg_sweeps sweeps = {0};
    enum vg_status st = survey(watch, terrain, &sweeps, err);
    if (st == VG_OK) {
        struct vg_planner_options options = {.progress = progress,
                                             .sweeps = sweeps.n > 0 ? &sweeps : NULL};
        st = vg_planner_solve(watch, terrain, &options, out, err);
    }
    vg_sweeps_finish(&sweeps);
    return st;
}
