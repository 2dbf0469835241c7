/* Which sorties, by prices on drone time.
 *
 * With a price mu_c on the drone-seconds of each crew (sum of mu_c n_c = 1) the cheapest set of
 * sorties that covers the chains is a shortest path over the nodes, found by dynamic programming.
 * Its value is a lower bound on the greatest load per drone of ANY choice, also a fractional one
 * (Lagrange duality: the greatest of load_c / n_c is at least their mean with weights mu_c n_c).
 * Kelley's cutting planes with steps towards the best prices so far climb to the best bound; the
 * sets found on the way are the candidates for the plan.
 *
 * Source: J. E. Kelley, "The cutting-plane method for solving convex programs", J. SIAM 8, 1960;
 * the smoothing: P. Wentges, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer
 * programming", Int. Trans. Oper. Res. 4, 1997.
 */
#include "plan/inner.h"

#include <Clp_C_Interface.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Drones of a crew that has none: its time is dear, but has a price. What prices prove holds for
 * any numbers. */
static const double FEW = 1e-3;

static double divisor_s(const struct vg_problem *p, const struct vg_costs *self,
                        const struct vg_chain *ch, int i, int j)
{
    if (!self->is_weighted) {
        return p->least_revisit_s;
    }
    double least = HUGE_VAL;
    for (int k = i; k < j; k++) {
        int node = vg_chain_node(p, ch, k);
        int round = p->nodes[ch->line].n - 1;
        least = fmin(least, p->nodes[ch->line].revisit_s[node % round]);
    }
    return least;
}

/* Items of row i: the furthest node that the crew can sweep to from i, and one. */
static int row_length(const struct vg_problem *p, const struct vg_costs *self,
                      const struct vg_chain *ch, int c, int i)
{
    const struct vg_reach *r = &p->reach[ch->line * p->n_crews + c];
    int a = vg_chain_node(p, ch, i);
    if (!(r->home_least[a] < HUGE_VAL)) {
        return 0;
    }
    int n = 0;
    double limit_m = p->crews[c].usable_s * (p->crews[c].air.cruise_mps + p->crews[c].air.wind_mps);
    double u0 = vg_chain_u_m(p, ch, i);
    /* A path may be shorter than its line by its wiggles: three times is more than the tolerance
     * allows on real ground. */
    for (int j = i + (self->is_sites ? 0 : 1);
         j < ch->n && vg_chain_u_m(p, ch, j) - u0 <= 3 * limit_m; j++) {
        double f = self->is_sites ? vg_flight_floor_s(p, ch, c, i, j)
                                  : vg_flight_least_s(p, ch, c, i, j, NULL);
        if (f < HUGE_VAL) {
            n = j - i + 1;
        } else if (j - i > n + 8 && vg_chain_u_m(p, ch, j) - u0 > limit_m) {
            break;
        }
    }
    return n;
}

static enum vg_status fill_rows(struct vg_costs *self, struct vg_problem *p, int k, int c,
                                struct vg_error *err)
{
    const struct vg_chain *ch = &p->chains[k];
    struct vg_cost_rows *rows = &self->rows[k * p->n_crews + c];
    rows->n_m = vg_arena_calloc(&p->arena, (size_t)ch->n, sizeof *rows->n_m);
    rows->start = vg_arena_calloc(&p->arena, (size_t)ch->n, sizeof *rows->start);
    if (rows->n_m == NULL || rows->start == NULL) {
        return vg_no_memory(err);
    }
    size_t total = 0;
    for (int i = 0; i < ch->n; i++) {
        rows->n_m[i] = row_length(p, self, ch, c, i);
        rows->start[i] = total;
        total += (size_t)rows->n_m[i];
    }
    rows->cost = vg_arena_alloc(&p->arena, (total > 0 ? total : 1) * sizeof *rows->cost);
    if (rows->cost == NULL) {
        return vg_no_memory(err);
    }
    for (int i = 0; i < ch->n; i++) {
        for (int m = 0; m < rows->n_m[i]; m++) {
            double f = HUGE_VAL;
            if (self->is_sites) {
                f = vg_flight_floor_s(p, ch, c, i, i + m);
            } else if (m > 0) {
                f = vg_flight_least_s(p, ch, c, i, i + m, NULL);
            }
            rows->cost[rows->start[i] + (size_t)m] =
                (f + p->crews[c].turnaround_s) / divisor_s(p, self, ch, i, i + m);
        }
    }
    return VG_OK;
}

enum vg_status vg_costs_init(struct vg_costs *self, struct vg_problem *p, bool is_sites,
                             bool is_weighted, struct vg_error *err)
{
    *self =
        (struct vg_costs){.is_sites = is_sites, .is_weighted = is_weighted, .level_s = HUGE_VAL};
    self->rows = vg_arena_calloc(&p->arena, (size_t)(p->n_chains * p->n_crews), sizeof *self->rows);
    if (self->rows == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < p->n_chains; k++) {
        for (int c = 0; c < p->n_crews; c++) {
            enum vg_status st = fill_rows(self, p, k, c, err);
            if (st != VG_OK) {
                return st;
            }
        }
    }
    return VG_OK;
}

/* A site counts at a level if the ground on either side wants to be seen that often. */
static bool is_wanted(const struct vg_problem *p, const struct vg_costs *costs,
                      const struct vg_chain *ch, int i)
{
    const struct vg_nodes *nd = &p->nodes[ch->line];
    int round = nd->n - 1;
    double least = HUGE_VAL;
    if (i < ch->n - 1) {
        least = nd->revisit_s[vg_chain_node(p, ch, i) % round];
    }
    if (i > 0) {
        least = fmin(least, nd->revisit_s[vg_chain_node(p, ch, i - 1) % round]);
    }
    return least <= costs->level_s;
}

/* Least priced cost from node i on, for every i, from the far end. */
static void price_chain(const struct vg_problem *p, const struct vg_costs *costs, int k,
                        const double *price, double *g)
{
    const struct vg_chain *ch = &p->chains[k];
    int step = costs->is_sites ? 1 : 0;
    int last = costs->is_sites ? ch->n : ch->n - 1;
    g[last] = 0;
    for (int i = last - 1; i >= 0; i--) {
        double least = HUGE_VAL;
        for (int c = 0; c < p->n_crews; c++) {
            const struct vg_cost_rows *rows = &costs->rows[k * p->n_crews + c];
            const double *cost = rows->cost + rows->start[i];
            const double *next = g + i + step;
            for (int m = 0; m < rows->n_m[i]; m++) {
                double v = price[c] * cost[m] + next[m];
                least = v < least ? v : least;
            }
        }
        if (costs->is_sites && !is_wanted(p, costs, ch, i)) {
            least = fmin(least, g[i + 1]);
        }
        g[i] = least;
    }
}

/* The sortie of the cheapest set that starts at node i; false where the site may be left out and
 * is. */
static bool trace_step(const struct vg_problem *p, const struct vg_costs *costs, int k,
                       const double *price, const double *g, int i, struct vg_piece *out)
{
    int step = costs->is_sites ? 1 : 0;
    for (int c = 0; c < p->n_crews; c++) {
        const struct vg_cost_rows *rows = &costs->rows[k * p->n_crews + c];
        const double *cost = rows->cost + rows->start[i];
        for (int m = rows->n_m[i] - 1; m >= 0; m--) {
            if (price[c] * cost[m] + g[i + m + step] <= g[i]) {
                *out =
                    (struct vg_piece){.chain = k, .i = i, .j = i + m, .crew = c, .cost_s = cost[m]};
                return true;
            }
        }
    }
    return false;
}

/* Adds the loads; with `out` not NULL also collects the pieces. */
static void trace_chain(const struct vg_problem *p, const struct vg_costs *costs, int k,
                        const double *price, const double *g, double *loads,
                        struct vg_partition *out)
{
    int last = costs->is_sites ? p->chains[k].n : p->chains[k].n - 1;
    for (int i = 0; i < last;) {
        struct vg_piece piece;
        if (!trace_step(p, costs, k, price, g, i, &piece)) {
            i++;
            continue;
        }
        loads[piece.crew] += piece.cost_s;
        if (out != NULL) {
            out->pieces[out->n++] = piece;
        }
        i = piece.j + (costs->is_sites ? 1 : 0);
    }
}

/* The master program: highest theta below all cuts, prices on the simplex. */
struct master {
    Clp_Simplex *clp;
    int n_crews;
    int *index;
    double *value;
};

static bool master_init(struct master *self, struct vg_problem *p)
{
    int n = p->n_crews;
    self->n_crews = n;
    self->index = vg_arena_calloc(&p->arena, (size_t)n + 1, sizeof(int));
    self->value = vg_arena_calloc(&p->arena, (size_t)n + 1, sizeof(double));
    self->clp = Clp_newModel();
    if (self->index == NULL || self->value == NULL || self->clp == NULL) {
        return false;
    }
    Clp_setLogLevel(self->clp, 0);
    Clp_resize(self->clp, 0, n + 1);
    for (int c = 0; c <= n; c++) {
        Clp_columnLower(self->clp)[c] = 0;
        Clp_columnUpper(self->clp)[c] = 1e30;
        Clp_objective(self->clp)[c] = c == n ? -1 : 0;
        self->index[c] = c;
    }
    for (int c = 0; c < n; c++) {
        self->value[c] = fmax(p->crews[c].n, FEW);
    }
    const double one = 1;
    const CoinBigIndex starts[2] = {0, n};
    Clp_addRows(self->clp, 1, &one, &one, starts, self->index, self->value);
    return true;
}

/* theta - sum load_c price_c <= 0. */
static void master_cut(struct master *self, const double *loads)
{
    const double lower = -1e30;
    const double upper = 0;
    const CoinBigIndex starts[2] = {0, self->n_crews + 1};
    for (int c = 0; c < self->n_crews; c++) {
        self->value[c] = -loads[c];
    }
    self->value[self->n_crews] = 1;
    Clp_addRows(self->clp, 1, &lower, &upper, starts, self->index, self->value);
}

/* The upper bound on what prices can still prove; price untouched when the solver gives up. */
static double master_solve(struct master *self, double *price)
{
    if (Clp_dual(self->clp, 0) != 0 || Clp_status(self->clp) != 0) {
        return HUGE_VAL;
    }
    const double *x = Clp_primalColumnSolution(self->clp);
    for (int c = 0; c < self->n_crews; c++) {
        price[c] = x[c] > 0 ? x[c] : 0;
    }
    return x[self->n_crews];
}

static double worst_load(const struct vg_problem *p, const double *loads)
{
    double worst = 0;
    for (int c = 0; c < p->n_crews; c++) {
        worst = fmax(worst, loads[c] / p->crews[c].n);
    }
    return worst;
}

/* Keeps the sets with the least greatest load, best first. */
static void keep_partition(struct vg_problem *p, struct vg_search *s,
                           const struct vg_partition *part)
{
    int at = s->n_kept;
    for (int q = 0; q < s->n_kept; q++) {
        if (fabs(s->kept[q].worst - part->worst) < 1e-12) {
            return;
        }
    }
    while (at > 0 && s->kept[at - 1].worst > part->worst) {
        at--;
    }
    if (at >= VG_PARTITION_KEEP) {
        return;
    }
    struct vg_partition copy = *part;
    copy.pieces = vg_arena_alloc(&p->arena, (size_t)part->n * sizeof *copy.pieces);
    if (copy.pieces == NULL) {
        return;
    }
    memcpy(copy.pieces, part->pieces, (size_t)part->n * sizeof *copy.pieces);
    s->n_kept += s->n_kept < VG_PARTITION_KEEP;
    memmove(&s->kept[at + 1], &s->kept[at], (size_t)(s->n_kept - 1 - at) * sizeof *s->kept);
    s->kept[at] = copy;
}

/* Working memory of the climb. */
struct climbing {
    double *price;
    double *asked;
    double *loads;
    double **g;
    struct vg_partition part;
    struct master master;
};

static bool climb_init(struct climbing *self, struct vg_problem *p, struct vg_search *out)
{
    size_t n = (size_t)p->n_crews;
    size_t nodes = 1;
    *self = (struct climbing){0};
    self->price = vg_arena_calloc(&p->arena, n, sizeof(double));
    self->asked = vg_arena_calloc(&p->arena, n, sizeof(double));
    self->loads = vg_arena_calloc(&p->arena, n, sizeof(double));
    self->g = vg_arena_calloc(&p->arena, (size_t)p->n_chains + 1, sizeof(double *));
    out->best.price = vg_arena_calloc(&p->arena, n, sizeof(double));
    out->best.potential = vg_arena_calloc(&p->arena, (size_t)p->n_chains + 1, sizeof(double *));
    if (!self->price || !self->asked || !self->loads || !self->g || !out->best.price ||
        !out->best.potential) {
        return false;
    }
    for (int k = 0; k < p->n_chains; k++) {
        size_t m = (size_t)p->chains[k].n + 1;
        nodes += m;
        self->g[k] = vg_arena_calloc(&p->arena, m, sizeof(double));
        out->best.potential[k] = vg_arena_calloc(&p->arena, m, sizeof(double));
        if (!self->g[k] || !out->best.potential[k]) {
            return false;
        }
    }
    self->part.pieces = vg_arena_calloc(&p->arena, nodes, sizeof *self->part.pieces);
    return self->part.pieces != NULL && master_init(&self->master, p);
}

/* Value of the prices asked; loads and pieces of the cheapest set; better bounds and sets are kept.
 */
static double climb_ask(struct climbing *self, struct vg_problem *p, const struct vg_costs *costs,
                        struct vg_search *out)
{
    double value = 0;
    memset(self->loads, 0, (size_t)p->n_crews * sizeof *self->loads);
    self->part.n = 0;
    for (int k = 0; k < p->n_chains; k++) {
        price_chain(p, costs, k, self->asked, self->g[k]);
        trace_chain(p, costs, k, self->asked, self->g[k], self->loads, &self->part);
        value += self->g[k][0];
    }
    self->part.worst = worst_load(p, self->loads);
    if (!costs->is_sites) {
        keep_partition(p, out, &self->part);
    }
    if (value > out->best.bound) {
        out->best.bound = value;
        memcpy(out->best.price, self->asked, (size_t)p->n_crews * sizeof(double));
        for (int k = 0; k < p->n_chains; k++) {
            memcpy(out->best.potential[k], self->g[k],
                   (size_t)(p->chains[k].n + 1) * sizeof(double));
        }
    }
    return value;
}

enum vg_status vg_prices_solve(struct vg_problem *p, const struct vg_costs *costs,
                               const struct vg_climb *climb, struct vg_search *out,
                               struct vg_error *err)
{
    static const double LEAST_SHARE = 2e-4;
    struct climbing cl;
    *out = (struct vg_search){.best.most = HUGE_VAL};
    if (!climb_init(&cl, p, out)) {
        Clp_deleteModel(cl.master.clp);
        return vg_no_memory(err);
    }
    double n_drones = 0;
    for (int c = 0; c < p->n_crews; c++) {
        n_drones += fmax(p->crews[c].n, FEW);
    }
    for (int c = 0; c < p->n_crews; c++) {
        cl.asked[c] = climb->start_price != NULL ? climb->start_price[c] : 1.0 / n_drones;
    }
    for (int round = 0; round < climb->max_rounds; round++) {
        climb_ask(&cl, p, costs, out);
        out->best.n_rounds = round + 1;
        master_cut(&cl.master, cl.loads);
        double upper = master_solve(&cl.master, cl.price);
        out->best.most = fmin(out->best.most, upper);
        if (!(upper < HUGE_VAL) || upper <= out->best.bound * (1 + climb->close)) {
            break;
        }
        /* Near the best prices first, the master's own corner every fourth time so that its cut is
         * never missed. */
        double pull = round % 4 == 3 ? 0 : 0.6;
        for (int c = 0; c < p->n_crews; c++) {
            cl.asked[c] = pull * out->best.price[c] + (1 - pull) * cl.price[c];
            /* No crew flies for nothing: rounding would break a proof in which one does. */
            cl.asked[c] = (1 - LEAST_SHARE) * cl.asked[c] + LEAST_SHARE / n_drones;
        }
    }
    Clp_deleteModel(cl.master.clp);
    return VG_OK;
}

enum vg_status vg_prices_partition(struct vg_problem *p, const struct vg_costs *costs,
                                   const double *price, struct vg_partition *out,
                                   struct vg_error *err)
{
    size_t most = 1;
    size_t total = 1;
    for (int k = 0; k < p->n_chains; k++) {
        most = (size_t)p->chains[k].n + 1 > most ? (size_t)p->chains[k].n + 1 : most;
        total += (size_t)p->chains[k].n;
    }
    double *g = vg_arena_calloc(&p->arena, most, sizeof *g);
    double *loads = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *loads);
    struct vg_partition part = {.pieces = vg_arena_calloc(&p->arena, total, sizeof *part.pieces)};
    if (g == NULL || loads == NULL || part.pieces == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < p->n_chains; k++) {
        price_chain(p, costs, k, price, g);
        trace_chain(p, costs, k, price, g, loads, &part);
    }
    part.worst = worst_load(p, loads);
    *out = part;
    return VG_OK;
}
