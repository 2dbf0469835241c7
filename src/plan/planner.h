/* Makes a plan from a watch. Pure: same watch, same plan, byte for byte. */
#ifndef VG_PLAN_PLANNER_H
#define VG_PLAN_PLANNER_H

#include "plan/sweeps.h"
#include "terrain/terrain.h"

/* A part of a line, metres along it. */
struct vg_planner_part {
    int line;
    double from_m;
    double to_m;
};

struct vg_planner_options {
    double site_step_m; /* 0: chosen from the line's length */
    const struct vg_sweeps *sweeps; /* NULL: those of flat ground */
    bool (*progress)(void *ctx, double share); /* false stops; NULL none */
    void *ctx;
    const struct vg_planner_part *parts; /* only these are planned and listed; NULL: all */
    int n_parts;
};

/* VG_E_INVALID with a sentence that says what would make it possible (no drones, wind faster than
 * the drone, energy that reaches nothing). */
enum vg_status vg_planner_solve(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                const struct vg_planner_options *options, struct vg_plan *out,
                                struct vg_error *err) VG_MUST_USE;

#endif
