#include "plan/whole.h"

#include <Clp_C_Interface.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLIMB_ROUNDS = 60,
    MOST_CUTS = 400,
    MOST_BRANCHES = 4000
};
static const double CLIMB_CLOSE = 5e-4;
static const double WHOLE = 1e-6; /* so near a whole number is one */
static const double NEAR = 1e-3; /* of the least share, for a split */

/* The program without cuts: the least sum of drones, so many of each type at most. */
static bool make_program(struct vg_whole *self)
{
    const struct vg_problem *p = self->p;
    self->clp = Clp_newModel();
    if (self->clp == NULL) {
        return false;
    }
    Clp_setLogLevel(self->clp, 0);
    Clp_resize(self->clp, p->watch->n_types, 0);
    for (int t = 0; t < p->watch->n_types; t++) {
        Clp_rowLower(self->clp)[t] = 0;
    }
    for (int c = 0; c < p->n_crews; c++) {
        const double upper = 1e30, one = 1;
        const CoinBigIndex starts[2] = {0, 1};
        Clp_addColumns(self->clp, 1, &self->fixed[c], &upper, &one, starts, &p->crews[c].type,
                       &one);
    }
    return true;
}

enum vg_status vg_whole_init(struct vg_whole *self, struct vg_problem *p,
                             const struct vg_costs *costs, const double *fixed,
                             struct vg_error *err)
{
    size_t n = (size_t)p->n_crews;
    *self = (struct vg_whole){.p = p, .costs = costs, .fixed = fixed};
    self->cut_least = vg_arena_calloc(&p->arena, MOST_CUTS, sizeof *self->cut_least);
    self->cut_price = vg_arena_calloc(&p->arena, MOST_CUTS * n, sizeof *self->cut_price);
    self->best = vg_arena_calloc(&p->arena, n, sizeof *self->best);
    return self->cut_least && self->cut_price && self->best && make_program(self)
               ? VG_OK
               : vg_no_memory(err);
}

void vg_whole_finish(struct vg_whole *self)
{
    if (self->clp != NULL) {
        Clp_deleteModel(self->clp);
    }
    self->clp = NULL;
}

static void limit_types(struct vg_whole *self, const int *of_type)
{
    for (int t = 0; t < self->p->watch->n_types; t++) {
        Clp_rowUpper(self->clp)[t] = of_type != NULL ? of_type[t] : 1e30;
    }
}

/* What n drones reach at best, and the cut that proves it. */
static enum vg_status climb(struct vg_whole *self, const double *n, double *out_share,
                            struct vg_error *err)
{
    struct vg_problem *p = self->p;
    const struct vg_climb options = {CLIMB_ROUNDS, CLIMB_CLOSE, NULL};
    struct vg_search found;
    int *index = calloc((size_t)p->n_crews, sizeof *index);
    for (int c = 0; c < p->n_crews; c++) {
        p->crews[c].n = (int)n[c];
    }
    enum vg_status st =
        index != NULL ? vg_prices_solve(p, self->costs, &options, &found, err) : vg_no_memory(err);
    if (st == VG_OK) {
        const double upper = 1e30;
        const CoinBigIndex starts[2] = {0, p->n_crews};
        double *price = self->cut_price + (size_t)self->n_cuts * (size_t)p->n_crews;
        for (int c = 0; c < p->n_crews; c++) {
            index[c] = c;
            price[c] = found.best.price[c];
        }
        Clp_addRows(self->clp, 1, &found.best.bound, &upper, starts, index, price);
        self->cut_least[self->n_cuts++] = found.best.bound;
        *out_share = found.best.bound;
    }
    free(index);
    return st;
}

/* The least sum, not in whole numbers; x is the solver's. HUGE_VAL, and no x: there is none. */
static double relax(struct vg_whole *self, const double **out_x)
{
    if (Clp_dual(self->clp, 0) != 0 || Clp_status(self->clp) != 0) {
        return HUGE_VAL;
    }
    *out_x = Clp_primalColumnSolution(self->clp);
    return Clp_objectiveValue(self->clp);
}

static int furthest_from_whole(const struct vg_whole *self, const double *x)
{
    int at = -1;
    double most = WHOLE;
    for (int c = 0; c < self->p->n_crews; c++) {
        double off = fabs(x[c] - round(x[c]));
        at = off > most ? c : at;
        most = fmax(most, off);
    }
    return at;
}

/* Rounded up, an answer keeps all cuts: it stands if it is better, and there are so many drones. */
static void round_up(struct vg_whole *self, const double *x)
{
    const struct vg_problem *p = self->p;
    double sum = 0;
    for (int t = 0; t < p->watch->n_types; t++) {
        double of_type = 0;
        for (int c = 0; c < p->n_crews; c++) {
            of_type += p->crews[c].type == t ? ceil(x[c] - WHOLE) : 0;
        }
        sum += of_type <= Clp_rowUpper(self->clp)[t] ? of_type : HUGE_VAL;
    }
    for (int c = 0; sum < self->best_sum && c < p->n_crews; c++) {
        self->best[c] = ceil(x[c] - WHOLE);
    }
    self->best_sum = fmin(self->best_sum, sum);
}

static void branch(struct vg_whole *self)
{
    const double *x = NULL;
    double sum = relax(self, &x);
    if (x == NULL || ceil(sum - WHOLE) >= self->best_sum) {
        return;
    }
    if (++self->n_branches > MOST_BRANCHES) {
        self->open_sum = fmin(self->open_sum, ceil(sum - WHOLE));
        return;
    }
    round_up(self, x);
    int c = furthest_from_whole(self, x);
    if (c < 0) {
        return;
    }
    double below = floor(x[c]);
    bool up_first = x[c] - below > 0.5;
    for (int side = 0; side < 2; side++) {
        bool is_up = up_first == (side == 0);
        double *bound = is_up ? &Clp_columnLower(self->clp)[c] : &Clp_columnUpper(self->clp)[c];
        double before = *bound;
        *bound = is_up ? below + 1 : below;
        branch(self);
        *bound = before;
    }
}

/* The least sum of whole numbers that the cuts allow at a share, in best and best_sum; HUGE_VAL:
 * none. */
static void solve_whole(struct vg_whole *self, double share)
{
    for (int k = 0; k < self->n_cuts; k++) {
        Clp_rowLower(self->clp)[self->p->watch->n_types + k] = self->cut_least[k] / share;
    }
    self->best_sum = self->open_sum = HUGE_VAL;
    self->n_branches = 0;
    branch(self);
}

enum vg_status vg_whole_fewest(struct vg_whole *self, double share, double *out_n, int *out_proven,
                               struct vg_error *err)
{
    size_t n = (size_t)self->p->n_crews;
    double reached = HUGE_VAL;
    enum vg_status st = VG_OK;
    limit_types(self, NULL);
    memcpy(out_n, self->fixed, n * sizeof *out_n);
    *out_proven = 0;
    while (st == VG_OK && self->n_cuts < MOST_CUTS && reached > share) {
        st = climb(self, out_n, &reached, err);
        if (st == VG_OK && reached > share) {
            solve_whole(self, share);
            *out_proven = (int)fmax(*out_proven, fmin(self->best_sum, self->open_sum));
            memcpy(out_n, self->best, n * sizeof *out_n);
        }
    }
    return st;
}

void vg_whole_prune(struct vg_whole *self, double share, int sum)
{
    for (int k = 0; k < self->n_cuts; k++) {
        double least = self->cut_least[k];
        self->cut_least[k] = 0;
        solve_whole(self, share);
        if (fmin(self->best_sum, self->open_sum) < sum) {
            self->cut_least[k] = least;
        }
    }
}

/* How near the tightest cut comes: the share that the cuts prove for n. */
static double proven_for(const struct vg_whole *self, const double *n, int *out_cut)
{
    double most = 0;
    for (int k = 0; k < self->n_cuts; k++) {
        double worth = 0;
        for (int c = 0; c < self->p->n_crews; c++) {
            worth += self->cut_price[(size_t)k * (size_t)self->p->n_crews + (size_t)c] * n[c];
        }
        double share = worth > 0 ? self->cut_least[k] / worth : HUGE_VAL;
        *out_cut = share > most ? k : *out_cut;
        most = fmax(most, share);
    }
    return most;
}

/* Drones that the program did not need, one by one to where the tightest cut pays most. */
static void deal_rest(const struct vg_whole *self, const int *of_type, double *io_n)
{
    const struct vg_problem *p = self->p;
    for (;;) {
        int best = -1;
        int cut = 0;
        proven_for(self, io_n, &cut);
        const double *price = self->cut_price + (size_t)cut * (size_t)p->n_crews;
        for (int c = 0; c < p->n_crews; c++) {
            double used = 0;
            for (int e = 0; e < p->n_crews; e++) {
                used += p->crews[e].type == p->crews[c].type ? io_n[e] : 0;
            }
            bool can = used < of_type[p->crews[c].type] - WHOLE;
            bool is_dearer = best < 0 || price[c] > price[best] ||
                             (price[c] >= price[best] && io_n[c] < io_n[best]);
            best = can && is_dearer ? c : best;
        }
        if (best < 0) {
            return;
        }
        io_n[best]++;
    }
}

enum vg_status vg_whole_split(struct vg_whole *self, const int *of_type, double *out_n,
                              double *out_bound, struct vg_error *err)
{
    size_t n = (size_t)self->p->n_crews;
    double *now = calloc(n, sizeof *now);
    double most = HUGE_VAL;
    double share;
    enum vg_status st = now != NULL ? VG_OK : vg_no_memory(err);
    *out_bound = 0;
    limit_types(self, of_type);
    memcpy(out_n, self->fixed, n * sizeof *out_n);
    while (st == VG_OK && self->n_cuts < MOST_CUTS && *out_bound < most * (1 - NEAR)) {
        double aim = most < HUGE_VAL ? (*out_bound + most) / 2 : HUGE_VAL;
        solve_whole(self, aim);
        if (!(self->best_sum < HUGE_VAL)) {
            *out_bound = self->open_sum < HUGE_VAL ? *out_bound : aim;
            if (self->open_sum < HUGE_VAL) {
                break; /* given up */
            }
            continue;
        }
        memcpy(now, self->best, n * sizeof *now);
        deal_rest(self, of_type, now);
        st = climb(self, now, &share, err);
        if (st == VG_OK && share < most) {
            most = share;
            memcpy(out_n, now, n * sizeof *now);
        }
    }
    free(now);
    return st;
}
