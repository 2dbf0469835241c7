/* How many drones a promise needs: proven least beside what the planner manages.
 *
 * In: a watch with drones of one type (where they are is not asked: any base may have any number).
 * Out: the least number that the bound of the whole fleet allows, the number for which a plan was
 * made that keeps the promise, and that plan with the watch it belongs to.
 *
 * Proof: the bound of a fleet free to choose its bases is inversely proportional to its size, so N
 * drones can promise T only if N >= bound(n) n / T for any n.
 *
 * Threads: pure. Memory: out's drones and plan are the caller's to free.
 */
#ifndef VG_PLAN_LEAST_H
#define VG_PLAN_LEAST_H

#include "plan/planner.h"

struct vg_least {
    int proven; /* with fewer no plan of the bound's class keeps the promise */
    int planned; /* with so many the plan below keeps it */
    struct vg_wf_drone *drones; /* planned: with their bases; malloc */
    struct vg_plan plan;
};

/* VG_E_INVALID: no drones, drones of several types, or a promise that no number of them keeps
 * (says which). `watch` is not changed. */
enum vg_status vg_least_drones(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                               double promise_s, const struct vg_planner_options *options,
                               struct vg_least *out, struct vg_error *err) VG_MUST_USE;

#endif
