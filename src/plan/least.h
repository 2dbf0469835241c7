/* How many drones a promise needs, and where: proven least beside what the planner manages.
 *
 * In: a watch with drones of one type (where they are is not asked: any base may have any number).
 * Out: the least number that the bound of the whole fleet allows, the number for which a plan was
 * made that keeps the promise, and that plan with the watch it belongs to.
 *
 * Proof: where all of the line wants the same revisit, no whole numbers of drones at the bases, of
 * whatever sum below `proven`, keep the bound's program within the promise (whole.h). With several
 * revisits: the bound of a fleet free to choose its bases is inversely proportional to its size, so
 * N drones can promise T only if N >= bound(n) n / T for any n.
 *
 * Threads: pure. Memory: out's drones and plan are the caller's to free.
 */
#ifndef VG_PLAN_LEAST_H
#define VG_PLAN_LEAST_H

#include "plan/planner.h"

struct vg_least {
    int proven; /* with fewer no plan of the bound's class keeps the promise */
    int first; /* with fewer no tours do: where the search for a plan begins */
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
