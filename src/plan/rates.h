/* The linear program of the bound: how often each sortie of the class would be flown if fractions
 * were allowed.
 *
 *     min T   subject to   sum over sorties s through site i of x_s >= w_min / w_i   for all sites
 * i sum over sorties s of group g of C_s x_s <= T n_g         for all groups g
 *
 * T: worst gap / wanted revisit; C_s: drone-seconds / w_min. A group is one crew (its drones stay
 * at their base) or all crews of a type (drones free to be at any base). Sites are the nodes,
 * sorties the single passes of vg_flight_floor_s: the class of docs/planning.md.
 *
 * Sites lie on lines, so each row less the row before it leaves a network: a sortie is an arc from
 * its first site to the site after its last. Columns are generated: with the duals of a small
 * program all sorties are priced (prefix sums of duals, every crew, every pair of sites). Duals are
 * taken half way to the best ones so far first (P. Wentges, Int. Trans. Oper. Res. 4, 1997), and
 * whatever the program proves is divided by 1 + the worst excess over ALL sorties, so the bound
 * stands at every round and does not hang on the solver's tolerances.
 *
 * Threads: pure. Memory: the problem's arena; vg_rates_finish frees the program.
 */
#ifndef VG_PLAN_RATES_H
#define VG_PLAN_RATES_H

#include "plan/inner.h"

struct vg_column {
    int chain;
    int crew;
    int i; /* first and last site */
    int j;
    double cost; /* drone-seconds / w_min */
    double rate; /* x in the last program solved: sorties in w_min */
};

struct vg_rates {
    struct vg_problem *p;
    const struct vg_costs *costs; /* of sites */
    int *group; /* of each crew */
    double *n_of; /* drones of each group */
    int n_groups;
    int *rows; /* of the groups, with -n_of: the column of T */
    double *entries;
    void *clp;
    struct vg_column *columns;
    int n_columns;
    int cap_columns;
    uint8_t **has; /* per chain and crew, as its cost rows: the sortie is a column */
    int *first_row; /* per chain */
    int **next; /* per chain: the site behind each node, at this stage */
    uint8_t **is_site;
    double **y; /* best duals so far, scaled to hold: per chain and site */
    double *price; /* and prices of crews; sum over groups of price * drones is 1 */
    double *best_sums; /* the same before scaling, summed from the far ends, and per group */
    double *best_price;
    double bound; /* proven T */
    double value; /* T of the last program: what the columns reach */
    int n_rounds;
    int stride; /* sites that count: 16th, 4th, then all of them, each stage starting from the last
                 */
};

enum vg_status vg_rates_init(struct vg_rates *self, struct vg_problem *p,
                             const struct vg_costs *costs, bool is_free,
                             struct vg_error *err) VG_MUST_USE;
/* Solves to value <= bound * (1 + close). */
enum vg_status vg_rates_solve(struct vg_rates *self, int last_stride, double close, int max_rounds,
                              struct vg_error *err) VG_MUST_USE;
/* Other numbers of drones per group; what was proven for the old ones is forgotten, the columns
 * stay. */
void vg_rates_set_drones(struct vg_rates *self, const double *n_of);
/* T over the columns there are, without generating any; HUGE_VAL if the solver fails. */
double vg_rates_restricted(struct vg_rates *self);
/* Site i's wanted revisit: the lesser of the links beside it. */
double vg_rates_wish_s(const struct vg_problem *p, const struct vg_chain *chain, int i);
void vg_rates_finish(struct vg_rates *self);

#endif
