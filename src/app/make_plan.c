#include "app/make_plan.h"

#include "watch/survey.h"

static const double CELL_M = 50; /* as the station's */
static const double SURVEY_SHARE = 0.5; /* of the work, where there is a survey */

/* One bar for survey and planner. */
struct bar {
    const struct vg_planner_options *asked;
    double from;
};

static void tell_survey(void *ctx, double share)
{
    const struct bar *bar = ctx;
    bar->asked->progress(bar->asked->ctx, SURVEY_SHARE * share);
}

static bool tell_planner(void *ctx, double share)
{
    const struct bar *bar = ctx;
    return bar->asked->progress(bar->asked->ctx, bar->from + (1 - bar->from) * share);
}

static bool go_on(void *ctx)
{
    const struct bar *bar = ctx;
    return bar->asked->go_on(bar->asked->ctx);
}

static bool go_on_wider(void *ctx)
{
    const struct bar *bar = ctx;
    return bar->asked->go_on_wider(bar->asked->ctx);
}

/* On ground that is not flat the camera looks at it first. A watch too deep for the memory's cells
 * is planned without. */
static enum vg_status survey(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                             struct bar *bar, struct vg_sweeps *out, struct vg_error *err)
{
    struct vg_strip *strip = NULL;
    if (watch->n_drones == 0 || terrain == NULL || vg_terrain_is_flat(terrain) ||
        vg_strip_create(&watch->network, CELL_M, &strip, NULL) != VG_OK) {
        return VG_OK;
    }
    bar->from = SURVEY_SHARE;
    enum vg_status st = vg_survey(watch, terrain, strip,
                                  bar->asked->progress != NULL ? tell_survey : NULL, bar, out, err);
    vg_strip_destroy(strip);
    return st;
}

enum vg_status vg_make_plan(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                            const struct vg_planner_options *asked, struct vg_plan *out,
                            struct vg_error *err)
{
    static const struct vg_planner_options nothing = {0};
    struct vg_sweeps sweeps = {0};
    struct bar bar = {.asked = asked != NULL ? asked : &nothing};
    enum vg_status st = survey(watch, terrain, &bar, &sweeps, err);
    if (st == VG_OK) {
        struct vg_planner_options options = *bar.asked;
        options.progress = options.progress != NULL ? tell_planner : NULL;
        options.go_on = options.go_on != NULL ? go_on : NULL;
        options.go_on_wider = options.go_on_wider != NULL ? go_on_wider : NULL;
        options.ctx = &bar;
        options.sweeps = sweeps.n > 0 ? &sweeps : NULL;
        st = vg_planner_solve(watch, terrain, &options, out, err);
    }
    vg_sweeps_finish(&sweeps);
    return st;
}

enum vg_status vg_make_sweeps(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                              struct vg_sweeps *out, struct vg_error *err)
{
    static const struct vg_planner_options nothing = {0};
    struct bar bar = {.asked = &nothing};
    *out = (struct vg_sweeps){0};
    return survey(watch, terrain, &bar, out, err);
}
