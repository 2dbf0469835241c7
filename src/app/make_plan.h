/* The plan of a watch as `vigie plan` and `vigie run` make it: the ground surveyed for passes
 * first. */
#ifndef VG_APP_MAKE_PLAN_H
#define VG_APP_MAKE_PLAN_H

#include "plan/planner.h"

#define VG_PLAN_TIME_S 10.0 /* looked for a better plan, where the user asks for no other time */
enum {
    VG_PLAN_THREADS = 2
};

/* As vg_survey and vg_planner_solve; asked->sweeps is not looked at. asked may be NULL. */
enum vg_status vg_make_plan(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                            const struct vg_planner_options *asked, struct vg_plan *out,
                            struct vg_error *err) VG_MUST_USE;

/* The passes of that survey alone; none (n 0) where the ground is flat. The caller's to finish. */
enum vg_status vg_make_sweeps(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                              struct vg_sweeps *out, struct vg_error *err) VG_MUST_USE;

#endif
