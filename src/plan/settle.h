/* A partition, and where drones are free the whole numbers of them at each crew, searched together
 * (equal wishes).
 *
 * Prices see drone time as divisible; twelve drones that need 11.2 waste most of one. Here both
 * move at once, by annealing at a share T (greatest load per drone): the cost is the drone time
 * beyond T n_c, summed over the crews, so that whatever leaves no crew wanting is free to wander.
 * Whenever nothing is wanting T is set lower.
 *
 * Threads: pure. Memory: the problem's arena.
 */
#ifndef VG_PLAN_SETTLE_H
#define VG_PLAN_SETTLE_H

#include "plan/inner.h"

struct vg_settle_options {
    const double *fixed; /* drones of each crew that stay; NULL: all do */
    double enough; /* no smaller share is tried for; 0: as small as can be */
    int rounds; /* from hot to cold, each from the best so far */
    int moves; /* of a round, for each sortie of the partition given */
    uint64_t seed;
};

/* Improves `io` and the numbers of drones of the problem's crews; both are the best found.
 * io->worst, the greatest load per drone, stays HUGE_VAL where some crew has sorties and no drone.
 */
enum vg_status vg_settle(struct vg_problem *p, const struct vg_settle_options *options,
                         struct vg_partition *io, struct vg_error *err) VG_MUST_USE;

#endif
