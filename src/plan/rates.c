#include "plan/rates.h"

#include <Clp_C_Interface.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_NEW = 2500,
    FIRST_STRIDE = 16,
    STRIDE_STEP = 4
};
/* Of an even price, added to every crew's: no crew flies for nothing, or rounding would break the
 * proof. */
static const double LEAST_SHARE = 1e-5;
static const double LEAST_EXCESS = 1e-7;

double vg_rates_wish_s(const struct vg_problem *p, const struct vg_chain *ch, int i)
{
    const struct vg_nodes *nd = &p->nodes[ch->line];
    double least = HUGE_VAL;
    if (i < ch->n - 1) {
        least = nd->revisit_s[vg_chain_node(p, ch, i) % (nd->n - 1)];
    }
    if (i > 0) {
        least = fmin(least, nd->revisit_s[vg_chain_node(p, ch, i - 1) % (nd->n - 1)]);
    }
    return least;
}

static const struct vg_cost_rows *rows_of(const struct vg_rates *self, int k, int c)
{
    return &self->costs->rows[k * self->p->n_crews + c];
}

/* The sites of a stage: every stride-th; the chain's last one always. */
static void choose_sites(struct vg_rates *self)
{
    for (int k = 0; k < self->p->n_chains; k++) {
        int n = self->p->chains[k].n;
        int next = n;
        for (int i = n - 1; i >= 0; i--) {
            self->next[k][i] = next;
            self->is_site[k][i] = i == n - 1 || i % self->stride == 0;
            next = self->is_site[k][i] ? i : next;
        }
    }
}

static void set_groups(struct vg_rates *self, bool is_free)
{
    const struct vg_problem *p = self->p;
    for (int c = 0; c < p->n_crews; c++) {
        int g = 0;
        while (g < c && !(is_free && p->crews[g].type == p->crews[c].type)) {
            g++;
        }
        self->group[c] = g < c ? self->group[g] : self->n_groups++;
        self->n_of[self->group[c]] += p->crews[c].n;
    }
}

/* Rows: the sites of all chains, then the groups. The first column is T. */
static bool make_program(struct vg_rates *self)
{
    const struct vg_problem *p = self->p;
    int n_rows = 0;
    for (int k = 0; k < p->n_chains; k++) {
        self->first_row[k] = n_rows;
        n_rows += p->chains[k].n;
    }
    self->first_row[p->n_chains] = n_rows;
    self->clp = Clp_newModel();
    if (self->clp == NULL) {
        return false;
    }
    Clp_setLogLevel(self->clp, 0);
    Clp_resize(self->clp, n_rows + self->n_groups, 0);
    double *lower = Clp_rowLower(self->clp);
    double *upper = Clp_rowUpper(self->clp);
    for (int k = 0; k < p->n_chains; k++) {
        double before = 0;
        for (int i = 0; i < p->chains[k].n; i++) {
            double wish = p->least_revisit_s / vg_rates_wish_s(p, &p->chains[k], i);
            lower[self->first_row[k] + i] = upper[self->first_row[k] + i] = wish - before;
            before = wish;
        }
    }
    for (int g = 0; g < self->n_groups; g++) {
        lower[n_rows + g] = -1e30;
        upper[n_rows + g] = 0;
    }
    for (int g = 0; g < self->n_groups; g++) {
        self->rows[g] = n_rows + g;
        self->entries[g] = -self->n_of[g];
    }
    const double least = 0, most = 1e30, one = 1;
    const CoinBigIndex starts[2] = {0, self->n_groups};
    Clp_addColumns(self->clp, 1, &least, &most, &one, starts, self->rows, self->entries);
    return true;
}

static void set_drones(struct vg_rates *self)
{
    int n_rows = self->first_row[self->p->n_chains];
    for (int g = 0; g < self->n_groups; g++) {
        Clp_modifyCoefficient(self->clp, n_rows + g, 0, -self->n_of[g], true);
    }
}

/* What is seen more often than wanted: from each site's row to the next. */
static void add_surplus(struct vg_rates *self)
{
    for (int k = 0; k < self->p->n_chains; k++) {
        for (int i = 0; i < self->p->chains[k].n; i++) {
            const double lower = 0, upper = 1e30, objective = 0;
            const double elements[2] = {-1, 1};
            const int rows[2] = {self->first_row[k] + i, self->first_row[k] + i + 1};
            const CoinBigIndex starts[2] = {0, i + 1 < self->p->chains[k].n ? 2 : 1};
            Clp_addColumns(self->clp, 1, &lower, &upper, &objective, starts, rows, elements);
        }
    }
}

static bool add_column(struct vg_rates *self, int k, int c, int i, int m)
{
    const struct vg_cost_rows *rows = rows_of(self, k, c);
    size_t at = rows->start[i] + (size_t)m;
    uint8_t *has = self->has[k * self->p->n_crews + c];
    if (has[at] != 0 || !(rows->cost[at] < HUGE_VAL)) {
        return true;
    }
    if (self->n_columns == self->cap_columns) {
        int cap = self->cap_columns > 0 ? 2 * self->cap_columns : 4096;
        struct vg_column *more = realloc(self->columns, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        self->columns = more;
        self->cap_columns = cap;
    }
    has[at] = 1;
    self->columns[self->n_columns++] = (struct vg_column){k, c, i, i + m, rows->cost[at], 0};
    const double lower = 0, upper = 1e30, objective = 0;
    int n_rows = self->first_row[self->p->n_chains];
    bool is_open = i + m + 1 < self->p->chains[k].n;
    const double elements[3] = {1, rows->cost[at], -1};
    const int at_rows[3] = {self->first_row[k] + i, n_rows + self->group[c],
                            self->first_row[k] + i + m + 1};
    const CoinBigIndex starts[2] = {0, is_open ? 3 : 2};
    Clp_addColumns(self->clp, 1, &lower, &upper, &objective, starts, at_rows, elements);
    return true;
}

/* So that there is a solution at all: from every site of the stage the pass that is cheapest per
 * site. */
static bool add_first(struct vg_rates *self)
{
    for (int k = 0; k < self->p->n_chains; k++) {
        for (int i = 0; i < self->p->chains[k].n; i = self->next[k][i]) {
            double least = HUGE_VAL;
            int crew = 0;
            int cheap = 0;
            for (int c = 0; c < self->p->n_crews; c++) {
                const struct vg_cost_rows *rows = rows_of(self, k, c);
                for (int j = i; j < i + rows->n_m[i]; j = self->next[k][j]) {
                    double each = rows->cost[rows->start[i] + (size_t)(j - i)] / (j - i + 1);
                    crew = each < least ? c : crew;
                    cheap = each < least ? j - i : cheap;
                    least = fmin(each, least);
                }
            }
            if (least < HUGE_VAL && !add_column(self, k, crew, i, cheap)) {
                return false;
            }
        }
    }
    return true;
}

static bool take_memory(struct vg_rates *self)
{
    struct vg_problem *p = self->p;
    size_t n = (size_t)p->n_crews;
    size_t chains = (size_t)p->n_chains;
    self->group = vg_arena_calloc(&p->arena, n, sizeof(int));
    self->n_of = vg_arena_calloc(&p->arena, n, sizeof(double));
    self->price = vg_arena_calloc(&p->arena, n, sizeof(double));
    size_t sites = 1;
    for (int k = 0; k < p->n_chains; k++) {
        sites += (size_t)p->chains[k].n + 1;
    }
    self->best_sums = vg_arena_calloc(&p->arena, sites, sizeof(double));
    self->best_price = vg_arena_calloc(&p->arena, n, sizeof(double));
    self->rows = vg_arena_calloc(&p->arena, n, sizeof(int));
    self->entries = vg_arena_calloc(&p->arena, n, sizeof(double));
    self->first_row = vg_arena_calloc(&p->arena, chains + 1, sizeof(int));
    self->has = vg_arena_calloc(&p->arena, chains * n, sizeof *self->has);
    self->y = vg_arena_calloc(&p->arena, chains + 1, sizeof *self->y);
    self->next = vg_arena_calloc(&p->arena, chains + 1, sizeof *self->next);
    self->is_site = vg_arena_calloc(&p->arena, chains + 1, sizeof *self->is_site);
    if (!self->group || !self->n_of || !self->price || !self->best_sums || !self->best_price ||
        !self->rows || !self->entries || !self->first_row || !self->has || !self->y ||
        !self->next || !self->is_site) {
        return false;
    }
    for (int k = 0; k < p->n_chains; k++) {
        self->y[k] = vg_arena_calloc(&p->arena, (size_t)p->chains[k].n, sizeof(double));
        self->next[k] = vg_arena_calloc(&p->arena, (size_t)p->chains[k].n, sizeof(int));
        self->is_site[k] = vg_arena_calloc(&p->arena, (size_t)p->chains[k].n, 1);
        if (!self->y[k] || !self->next[k] || !self->is_site[k]) {
            return false;
        }
        for (int c = 0; c < p->n_crews; c++) {
            const struct vg_cost_rows *rows = rows_of(self, k, c);
            int last = p->chains[k].n - 1;
            size_t total = rows->start[last] + (size_t)rows->n_m[last];
            self->has[k * p->n_crews + c] = vg_arena_calloc(&p->arena, total + 1, 1);
            if (self->has[k * p->n_crews + c] == NULL) {
                return false;
            }
        }
    }
    return true;
}

/* Only the sites of the stage must be covered: the others' surplus may be as negative as their
 * wish. */
static bool set_stride(struct vg_rates *self, int stride)
{
    int n = Clp_numberColumns(self->clp);
    double *lower = malloc((size_t)n * sizeof *lower);
    if (lower == NULL) {
        return false;
    }
    memcpy(lower, Clp_columnLower(self->clp), (size_t)n * sizeof *lower);
    self->stride = stride;
    choose_sites(self);
    for (int k = 0; k < self->p->n_chains; k++) {
        for (int i = 0; i < self->p->chains[k].n; i++) {
            double wish =
                self->p->least_revisit_s / vg_rates_wish_s(self->p, &self->p->chains[k], i);
            lower[1 + self->first_row[k] + i] = self->is_site[k][i] ? 0 : -wish;
        }
    }
    Clp_chgColumnLower(self->clp, lower);
    free(lower);
    return true;
}

/* The columns in use, longer by up to `by` sites at either end: what was between the sites of a
 * coarser stage must be flown by someone. */
static bool add_longer(struct vg_rates *self, int by)
{
    int n = self->n_columns;
    for (int q = 0; q < n; q++) {
        struct vg_column x = self->columns[q];
        for (int a = 0; a < by && x.rate > 1e-9; a += self->stride) {
            const struct vg_cost_rows *rows = rows_of(self, x.chain, x.crew);
            int i = x.i - a;
            if ((x.j - x.i + a < rows->n_m[x.i] &&
                 !add_column(self, x.chain, x.crew, x.i, x.j - x.i + a)) ||
                (i >= 0 && x.j - i < rows->n_m[i] &&
                 !add_column(self, x.chain, x.crew, i, x.j - i))) {
                return false;
            }
        }
    }
    return true;
}

enum vg_status vg_rates_init(struct vg_rates *self, struct vg_problem *p,
                             const struct vg_costs *costs, bool is_free, struct vg_error *err)
{
    *self = (struct vg_rates){.p = p, .costs = costs};
    if (!take_memory(self)) {
        return vg_no_memory(err);
    }
    set_groups(self, is_free);
    if (!make_program(self)) {
        return vg_no_memory(err);
    }
    add_surplus(self);
    return set_stride(self, FIRST_STRIDE) && add_first(self) ? VG_OK : vg_no_memory(err);
}

/* Duals to be judged: prices of groups, and per site what a visit is worth, as sums from the far
 * end of its chain. */
struct dual {
    double *sums; /* all chains, n + 1 items each */
    double *price; /* per group */
};

static double *sums_of(const struct vg_rates *self, const struct dual *d, int k)
{
    return d->sums + self->first_row[k] + k;
}

struct find {
    int chain;
    int crew;
    int i;
    int m;
    double excess;
};

static int by_excess(const void *a, const void *b)
{
    const struct find *x = a;
    const struct find *y = b;
    if (x->excess > y->excess || x->excess < y->excess) {
        return x->excess > y->excess ? -1 : 1;
    }
    return x->chain != y->chain ? x->chain - y->chain : x->i - y->i;
}

/* Prices all sorties: the worst excess, and for each crew and first site the worst one. */
static double price_all(const struct vg_rates *self, const struct dual *d, struct find *found,
                        int *out_n)
{
    const struct vg_problem *p = self->p;
    double worst = 0;
    *out_n = 0;
    for (int k = 0; k < p->n_chains; k++) {
        const double *sum = sums_of(self, d, k);
        int n = p->chains[k].n;
        for (int c = 0; c < p->n_crews; c++) {
            const struct vg_cost_rows *rows = rows_of(self, k, c);
            double price = d->price[self->group[c]];
            for (int i = 0; i < n; i = self->next[k][i]) {
                const double *cost = rows->cost + rows->start[i];
                double most = 1 + LEAST_EXCESS;
                int best = -1;
                for (int j = i; j < i + rows->n_m[i]; j = self->next[k][j]) {
                    double ratio = (sum[i] - sum[j + 1]) / (price * cost[j - i]);
                    best = ratio > most ? j - i : best;
                    most = ratio > most ? ratio : most;
                }
                if (best >= 0) {
                    found[(*out_n)++] = (struct find){k, c, i, best, most - 1};
                    worst = fmax(worst, most - 1);
                }
            }
        }
    }
    return worst;
}

/* What the duals prove: sum of y / w over prices, divided by 1 + excess. */
static double proves(const struct vg_rates *self, const struct dual *d, double excess)
{
    double sum = 0;
    double prices = 0;
    for (int k = 0; k < self->p->n_chains; k++) {
        const struct vg_chain *ch = &self->p->chains[k];
        const double *s = sums_of(self, d, k);
        for (int i = 0; i < ch->n; i++) {
            sum += (s[i] - s[i + 1]) * self->p->least_revisit_s / vg_rates_wish_s(self->p, ch, i);
        }
    }
    for (int g = 0; g < self->n_groups; g++) {
        prices += d->price[g] * self->n_of[g];
    }
    return prices > 0 ? sum / prices / (1 + excess) : 0;
}

static void keep_dual(struct vg_rates *self, const struct dual *d, double excess)
{
    double prices = 0;
    for (int g = 0; g < self->n_groups; g++) {
        prices += d->price[g] * self->n_of[g];
    }
    size_t n = (size_t)(self->first_row[self->p->n_chains] + self->p->n_chains);
    memcpy(self->best_sums, d->sums, n * sizeof *d->sums);
    memcpy(self->best_price, d->price, (size_t)self->n_groups * sizeof *d->price);
    for (int k = 0; k < self->p->n_chains; k++) {
        const double *s = sums_of(self, d, k);
        for (int i = 0; i < self->p->chains[k].n; i++) {
            self->y[k][i] = fmax(0, s[i] - s[i + 1]) / prices / (1 + excess);
        }
    }
    for (int c = 0; c < self->p->n_crews; c++) {
        self->price[c] = d->price[self->group[c]] / prices;
    }
}

static bool solve_program(struct vg_rates *self)
{
    if (Clp_primal(self->clp, 0) != 0 || Clp_status(self->clp) != 0) {
        return false;
    }
    const double *x = Clp_primalColumnSolution(self->clp);
    int before = 1 + self->first_row[self->p->n_chains];
    self->value = x[0];
    for (int q = 0; q < self->n_columns; q++) {
        self->columns[q].rate = x[before + q];
    }
    return true;
}

static void read_dual(const struct vg_rates *self, struct dual *out)
{
    const double *pi = Clp_dualRowSolution(self->clp);
    int n_rows = self->first_row[self->p->n_chains];
    double n_drones = 0;
    for (int k = 0; k < self->p->n_chains; k++) {
        double *s = sums_of(self, out, k);
        int n = self->p->chains[k].n;
        s[n] = 0;
        for (int i = n - 1; i >= 0; i--) {
            int row = self->first_row[k] + i;
            double y = pi[row] - (i + 1 < n ? pi[row + 1] : 0);
            /* The program's tolerance leaves a hair below nothing; what is no site earns nothing.
             */
            s[i] = s[i + 1] + (self->is_site[k][i] ? fmax(0, y) : 0);
        }
    }
    for (int g = 0; g < self->n_groups; g++) {
        n_drones += self->n_of[g];
    }
    for (int g = 0; g < self->n_groups; g++) {
        double price = -pi[n_rows + g];
        out->price[g] = (price > 0 ? price : 0) + LEAST_SHARE / n_drones;
    }
}

/* `mix` := half of it and half of the best. */
static void mix_dual(const struct vg_rates *self, struct dual *mix)
{
    int n = self->first_row[self->p->n_chains] + self->p->n_chains;
    for (int i = 0; i < n; i++) {
        mix->sums[i] = (mix->sums[i] + self->best_sums[i]) / 2;
    }
    for (int g = 0; g < self->n_groups; g++) {
        mix->price[g] = (mix->price[g] + self->best_price[g]) / 2;
    }
}

/* Judges the duals, keeps them if they prove more, adds the worst sorties. */
static bool judge(struct vg_rates *self, const struct dual *d, struct find *found, int *out_added)
{
    int n = 0;
    double excess = price_all(self, d, found, &n);
    double bound = proves(self, d, excess);
    if (bound > self->bound) {
        self->bound = bound;
        keep_dual(self, d, excess);
    }
    qsort(found, (size_t)n, sizeof *found, by_excess);
    int before = self->n_columns;
    for (int q = 0; q < n && q < MOST_NEW; q++) {
        if (!add_column(self, found[q].chain, found[q].crew, found[q].i, found[q].m)) {
            return false;
        }
    }
    *out_added = self->n_columns - before;
    return true;
}

struct rounds {
    struct dual now;
    struct find *found;
};

static bool rounds_init(struct rounds *self, const struct vg_rates *rates)
{
    size_t n = (size_t)(rates->first_row[rates->p->n_chains] + rates->p->n_chains) + 1;
    size_t groups = (size_t)rates->n_groups;
    self->now = (struct dual){calloc(n, sizeof(double)), calloc(groups, sizeof(double))};
    self->found = calloc(n * (size_t)rates->p->n_crews, sizeof *self->found);
    return self->now.sums && self->now.price && self->found;
}

static void rounds_finish(struct rounds *self)
{
    free(self->now.sums);
    free(self->now.price);
    free(self->found);
}

/* One round: false when there is nothing more to gain, or no memory. */
static bool round_of(struct vg_rates *self, struct rounds *r, double close, bool *out_no_memory)
{
    static const int ENOUGH = 20;
    int added = 0;
    if (!solve_program(self) || self->value <= self->bound * (1 + close)) {
        return false;
    }
    read_dual(self, &r->now);
    if (self->bound > 0) {
        mix_dual(self, &r->now);
        *out_no_memory = !judge(self, &r->now, r->found, &added);
        read_dual(self, &r->now);
    }
    if (!*out_no_memory && added < ENOUGH) {
        int more = 0;
        *out_no_memory = !judge(self, &r->now, r->found, &more);
        added += more;
    }
    return !*out_no_memory && added > 0;
}

/* The best duals of a coarser stage, judged by the sorties of this one. */
static bool judge_best(struct vg_rates *self, struct rounds *r)
{
    int added;
    size_t n = (size_t)(self->first_row[self->p->n_chains] + self->p->n_chains);
    memcpy(r->now.sums, self->best_sums, n * sizeof *r->now.sums);
    memcpy(r->now.price, self->best_price, (size_t)self->n_groups * sizeof *r->now.price);
    self->bound = 0;
    return judge(self, &r->now, r->found, &added);
}

/* Equal wishes; every crew a group of its own, or all of them one: prices of crews are prices of
 * groups. */
static bool can_climb(const struct vg_rates *self)
{
    bool is_own = self->n_groups == self->p->n_crews;
    for (int c = 0; c < self->p->n_crews; c++) {
        is_own = is_own && fabs(self->n_of[self->group[c]] - self->p->crews[c].n) < 1e-9;
    }
    return !self->p->is_mixed && (is_own || self->n_groups == 1);
}

/* Equal wishes: at given prices a cheapest cover is one of whole sorties, found by dynamic
 * programming, and what it costs from a site on is the sum of the duals from there on. So the climb
 * over the crews' prices alone (prices.c) takes the place of the larger stages. */
static enum vg_status climb_last(struct vg_rates *self, struct rounds *r, double close,
                                 int max_rounds, struct vg_error *err)
{
    const struct vg_problem *p = self->p;
    bool is_even = self->n_groups == 1; /* one price for all: no climb */
    const struct vg_climb climb = {is_even ? 1 : max_rounds, close, is_even ? NULL : self->price};
    struct vg_search found;
    int added;
    enum vg_status st = vg_prices_solve(self->p, self->costs, &climb, &found, err);
    if (st != VG_OK) {
        return st;
    }
    for (int k = 0; k < p->n_chains; k++) {
        double *s = sums_of(self, &r->now, k);
        s[p->chains[k].n] = 0;
        for (int i = p->chains[k].n - 1; i >= 0; i--) {
            s[i] = fmax(s[i + 1], found.best.potential[k][i]);
        }
    }
    for (int c = 0; c < p->n_crews; c++) {
        r->now.price[self->group[c]] = found.best.price[c];
    }
    self->bound = 0;
    st = judge(self, &r->now, r->found, &added) ? VG_OK : vg_no_memory(err);
    self->value = is_even ? self->bound : fmax(self->bound, found.best.most);
    return st;
}

enum vg_status vg_rates_solve(struct vg_rates *self, int last_stride, double close, int max_rounds,
                              struct vg_error *err)
{
    struct rounds r;
    bool is_out = !rounds_init(&r, self);
    enum vg_status st = VG_OK;
    for (;;) {
        for (int k = 0; k < max_rounds && !is_out; k++) {
            self->n_rounds++;
            if (!round_of(self, &r, close, &is_out)) {
                break;
            }
        }
        int before = self->stride;
        if (before <= last_stride || is_out) {
            break;
        }
        if (before == FIRST_STRIDE && last_stride == 1 && can_climb(self)) {
            is_out = !set_stride(self, 1);
            st = is_out ? vg_no_memory(err) : climb_last(self, &r, close, max_rounds, err);
            if (st != VG_OK || self->value <= self->bound * (1 + close)) {
                break;
            }
        }
        is_out = !set_stride(self, before / STRIDE_STEP) || !add_first(self) ||
                 !add_longer(self, before) || !judge_best(self, &r);
    }
    rounds_finish(&r);
    if (is_out) {
        return vg_no_memory(err);
    }
    return st != VG_OK || self->bound > 0 ? st : vg_fail(err, VG_E_INTERNAL, "no bound found");
}

void vg_rates_set_drones(struct vg_rates *self, const double *n_of)
{
    memcpy(self->n_of, n_of, (size_t)self->n_groups * sizeof *n_of);
    set_drones(self);
    self->bound = 0;
}

double vg_rates_restricted(struct vg_rates *self)
{
    return solve_program(self) ? self->value : HUGE_VAL;
}

void vg_rates_finish(struct vg_rates *self)
{
    if (self->clp != NULL) {
        Clp_deleteModel(self->clp);
    }
    free(self->columns);
    self->clp = NULL;
    self->columns = NULL;
}
