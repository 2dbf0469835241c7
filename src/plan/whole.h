/* Whole drones per crew where all of the line wants the same revisit: the fewest for a promise, the
 * best split of a fleet, and what is proven of both.
 *
 * With n_c drones of crew c and any prices mu >= 0 on their time, the cheapest cover of the line
 * costs g(mu) (dynamic programming, prices.c). Whoever covers it within T spends at most T n_c of
 * crew c's time, so
 *
 *     T (mu_1 n_1 + ... + mu_C n_C) >= g(mu)          for all n: a cut
 *
 * A small integer program asks for the least sum of whole n_c that all cuts found so far allow at T
 * (branch and bound). Kelley's climb (prices.c) at its answer n finds the prices with the greatest
 * g(mu) / sum mu_c n_c: if that is at most T, n is an answer of the program without cuts left out,
 * and the sum is proven; else the prices are one more cut. There are finitely many n, so this ends.
 *
 * With costs of sites the cuts bind every timetable of the bound's class (docs/planning.md); with
 * costs of sorties that share their cuts they bind partitions, and shares of several.
 *
 * Source: J. F. Benders, "Partitioning procedures for solving mixed-variables programming
 * problems", Numer. Math. 4, 1962.
 *
 * Threads: pure. Memory: the problem's arena; vg_whole_finish frees the program.
 */
#ifndef VG_PLAN_WHOLE_H
#define VG_PLAN_WHOLE_H

#include "plan/inner.h"

struct vg_whole {
    struct vg_problem *p; /* a crew for all that may have drones; their numbers are overwritten */
    const struct vg_costs *costs;
    const double *fixed;
    void *clp; /* columns: drones of each crew; rows: one per type, then the cuts */
    double *cut_least; /* g(mu) of each cut */
    double *cut_price; /* mu: n_crews items each */
    int n_cuts;
    double *best; /* the program's answer so far, and its sum */
    double best_sum;
    double open_sum; /* least sum among the branches left out for their number */
    int n_branches;
};

/* `fixed`, per crew: drones that stay; borrowed. Costs are not weighted. */
enum vg_status vg_whole_init(struct vg_whole *self, struct vg_problem *p,
                             const struct vg_costs *costs, const double *fixed,
                             struct vg_error *err) VG_MUST_USE;
/* The fewest drones with which the program reaches `share` (worst gap / wanted revisit): n per
 * crew, and the number below which no whole numbers do (it is their sum unless the search was given
 * up). */
enum vg_status vg_whole_fewest(struct vg_whole *self, double share, double *out_n, int *out_proven,
                               struct vg_error *err) VG_MUST_USE;
/* After vg_whole_fewest: cuts without which the others prove the sum too become 0 >= 0. */
void vg_whole_prune(struct vg_whole *self, double share, int sum);
/* All of of_type[t] drones of each type t, split so that the program's share is least; none is less
 * than *out_bound. */
enum vg_status vg_whole_split(struct vg_whole *self, const int *of_type, double *out_n,
                              double *out_bound, struct vg_error *err) VG_MUST_USE;
void vg_whole_finish(struct vg_whole *self);

#endif
