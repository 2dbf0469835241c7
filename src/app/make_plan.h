/* The plan of a watch as `vigie plan` and `vigie run` make it: the ground surveyed for passes
 * first. */
#ifndef VG_APP_MAKE_PLAN_H
#define VG_APP_MAKE_PLAN_H

#include "plan/planner.h"

/* progress may be NULL. As vg_survey and vg_planner_solve. */
enum vg_status vg_make_plan(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                            bool (*progress)(void *ctx, double share), struct vg_plan *out,
                            struct vg_error *err) VG_MUST_USE;

#endif
