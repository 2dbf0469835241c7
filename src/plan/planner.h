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
    /* The search for a better timetable than the first one. The result is fixed by moves, seed and
     * n_threads; go_on only ends it earlier, with the best plan so far. */
    int64_t moves; /* of each thread; 0: the first plan is enough */
    uint64_t seed;
    int64_t day; /* days since 1970: the first whose daylight is planned with, where it matters */
    int n_threads; /* 0: 1 */
    bool (*go_on)(void *ctx); /* asked by all threads, often; false: enough. NULL: until moves */
    /* Within a second or two on the longest borders: fewer starts are tried, no bound is proven
     * (bound_s 0, an empty certificate), drones are not kept apart by layers (apart.h). */
    bool is_quick;
    /* is_quick: stays as near to what this plan flies as enough_s allows; NULL: anew. */
    const struct vg_plan *near;
    bool is_clocked; /* a day of the clock, though nothing in the watch asks for it */
    double enough_s; /* a worst gap that will do: the first plan looks for no better one; 0: none */
    bool wants_wider; /* bounds for flights that turn back or land elsewhere too (wider.h) */
    bool (*go_on_wider)(void *ctx); /* false: those that are proven by now; NULL: all */
};

/* Every drone of the watch has a base (vg_planner_station); with moves the plan may fly those that
 * were placed there from other bases (vg_planner_adopt). VG_E_INVALID with a sentence that says
 * what would make it possible (no drones, wind faster than the drone, energy that reaches nothing).
 */
enum vg_status vg_planner_solve(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                const struct vg_planner_options *options, struct vg_plan *out,
                                struct vg_error *err) VG_MUST_USE;

/* Gives every drone that the watch leaves without a base one: whole numbers of drones per base with
 * the least bound (split.c). Does nothing where all have one. The same watch, the same bases.
 * VG_E_INVALID: no base is near enough. */
enum vg_status vg_planner_station(struct vg_watchfile *io, struct vg_error *err) VG_MUST_USE;
/* The same, content with bases from which a worst gap of enough_s can be kept. */
enum vg_status vg_planner_station_for(struct vg_watchfile *io, double enough_s,
                                      struct vg_error *err) VG_MUST_USE;

/* The search may deal such drones anew (is_placed): they belong where a plan flies them from. To be
 * called with the watch of a plan that was loaded or made, before anything is made of the two. */
void vg_planner_adopt(const struct vg_plan *plan, struct vg_watchfile *io);

/* What a set of bases is worth to the fleet, its drones dealt among them as the linear program of
 * the bound would like. */
struct vg_stationing {
    double bound_s; /* proven: however dealt, no single-pass plan has a smaller worst gap */
    double reach_m; /* of line */
    int *n_at; /* drones at each base, rounded; malloc, the caller's */
};
enum vg_status vg_planner_judge_bases(const struct vg_watchfile *watch, struct vg_stationing *out,
                                      struct vg_error *err) VG_MUST_USE;

#endif
