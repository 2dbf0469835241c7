/* The exact polish of a rota: keeps the order in which the sorties pass each link, leave the ground
 * and come down, and finds the least target for which that order can be kept, over all take-offs
 * and periods.
 *
 * Every demand is a difference of two take-offs: a next visit at most target x wish after the one
 * before; the (m + n)-th take-off of a crew of n not before the m-th landing and turnaround; two
 * events that share a pad a minute apart. For given target T and period D they can be kept unless
 * some cycle of demands adds up to less than nothing (Bellman 1958, Ford 1956). Such a cycle is a
 * cut a T + b D + c >= 0 in the plane of T and D: the least T above all cuts so far, then
 * Bellman-Ford there, then the cut of the cycle found, until there is none (Kelley 1960). There are
 * finitely many cycles, so it ends at the exact optimum of this linear program.
 */
#include "plan/rota.h"

#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_CUTS = 2000,
    MOST_HERE = 256
};
/* Take-offs, landings and periods are rounded to ticks afterwards. */
static const double ROUNDING_S = 0.25;
static const double PAD_S = 60;
/* Of the rota's own target: nothing below is looked for. Once more then. */
static const double FLOOR = 0.97;

/* at[to] <= at[from] + wish T + turns D + rest. */
struct demand {
    int from;
    int to;
    double wish_s;
    double turns;
    double rest_s;
};

struct cut {
    double a;
    double b;
    double c;
};

struct polish {
    const struct vg_rota *rota;
    int *place; /* of a sortie's id among the live ones */
    struct demand *demands;
    int n;
    int cap;
    double *at;
    int *parent; /* demand by which a take-off was last lowered */
    int *seen;
    struct cut cuts[MOST_CUTS];
    int n_cuts;
    struct vg_pool pool;
    bool is_failed;
};

static void demand(struct polish *self, struct demand x)
{
    if (self->n == self->cap) {
        int cap = self->cap > 0 ? 2 * self->cap : 1024;
        struct demand *more = realloc(self->demands, (size_t)cap * sizeof *more);
        if (more == NULL) {
            self->is_failed = true;
            return;
        }
        self->demands = more;
        self->cap = cap;
    }
    self->demands[self->n++] = x;
}

/* ---- gaps ---- */

struct passing {
    int id;
    double t_s; /* round the period */
};

static int by_time(const void *a, const void *b)
{
    const struct passing *x = a;
    const struct passing *y = b;
    if (x->t_s < y->t_s || x->t_s > y->t_s) {
        return x->t_s < y->t_s ? -1 : 1;
    }
    return x->id - y->id;
}

/* Not before from_s and not after to_s, of the days that the sortie's own times are of. The clock
 * is one more take-off, at 0. */
static void demand_within(struct polish *self, int id, double from_s, double to_s)
{
    int clock = self->rota->n_live;
    if (from_s > -HUGE_VAL) {
        demand(self, (struct demand){self->place[id], clock, 0, 0, -from_s});
        demand(self, (struct demand){clock, self->place[id], 0, 0, to_s});
    }
}

/* A visit that counts goes on counting; false: it does not count, there is no light. */
static bool demand_light(struct polish *self, int id, int chain, int node)
{
    const struct vg_rota *r = self->rota;
    const struct vg_clock *clock = r->tables->clock;
    const struct vg_rota_sortie *s = &r->sorties[id];
    double off_s = vg_rota_node_s(r->tables, s, node);
    if (clock == NULL || !clock->needs_light[s->crew] ||
        clock->chains[chain].light_s[node] >= VG_DAY_S) {
        return true;
    }
    if (!vg_clock_is_lit(clock, s->crew, chain, node, s->at_s + off_s)) {
        return false;
    }
    double since_s =
        vg_into_round(s->at_s + off_s - clock->chains[chain].light_from_s[node], VG_DAY_S);
    demand_within(self, id, s->at_s - since_s + ROUNDING_S,
                  s->at_s - since_s + clock->chains[chain].light_s[node] - ROUNDING_S);
    return true;
}

/* Which of the gaps behind the passings is the night's; -1: none. */
static int night_of(const struct polish *self, int chain, int node, const struct passing *pass,
                    int n)
{
    double when[MOST_HERE];
    if (self->rota->tables->clock == NULL) {
        return -1;
    }
    for (int q = 0; q < n; q++) {
        when[q] = pass[q].t_s;
    }
    return vg_clock_night(self->rota->tables->clock, chain, node, when, n);
}

/* Each visit of a node and the next one round the period: at most the wish apart. */
static void demand_node(struct polish *self, int chain, const int *ids, int n_ids, int node,
                        double wish_s)
{
    const struct vg_rota *r = self->rota;
    struct passing pass[MOST_HERE];
    int n = 0;
    for (int q = 0; q < n_ids; q++) {
        const struct vg_rota_sortie *s = &r->sorties[ids[q]];
        double t = s->at_s + vg_rota_node_s(r->tables, s, node);
        if (demand_light(self, ids[q], chain, node)) {
            pass[n++] = (struct passing){ids[q], vg_into_round(t, r->period_s)};
        }
    }
    self->is_failed = self->is_failed || n == 0;
    qsort(pass, (size_t)n, sizeof *pass, by_time);
    int night = night_of(self, chain, node, pass, n);
    for (int q = 0; q < n; q++) {
        const struct passing *x = &pass[q];
        const struct passing *y = &pass[(q + 1) % n];
        const struct vg_rota_sortie *a = &r->sorties[x->id];
        const struct vg_rota_sortie *b = &r->sorties[y->id];
        double off_a = vg_rota_node_s(r->tables, a, node);
        double off_b = vg_rota_node_s(r->tables, b, node);
        double gap = y->t_s - x->t_s + (q + 1 < n ? 0 : r->period_s);
        double turns = round((gap - (b->at_s + off_b - a->at_s - off_a)) / r->period_s);
        double held_s = wish_s * (night < 0 || q == night ? 1 : r->by_day);
        demand(self, (struct demand){self->place[x->id], self->place[y->id], held_s, -turns,
                                     off_a - off_b});
    }
}

static bool is_even(const struct vg_rota *r, const int *ids, int n)
{
    const struct vg_crew *crews = r->tables->p->crews;
    const struct vg_rota_sortie *f = &r->sorties[ids[0]];
    for (int q = 1; q < n; q++) {
        const struct vg_rota_sortie *s = &r->sorties[ids[q]];
        if (s->is_backward != f->is_backward || crews[s->crew].type != crews[f->crew].type) {
            return false;
        }
    }
    return true;
}

/* Links from..to have the same sorties. All one way: one demand for the least wish. Else both ends
 * of every link: between them times are linear. */
static void demand_run(struct polish *self, int chain, const int *ids, int n, int from, int to)
{
    const struct vg_rota_chain *ch = &self->rota->tables->chains[chain];
    const struct vg_clock *clock = self->rota->tables->clock;
    if ((clock != NULL && clock->has_light) || !is_even(self->rota, ids, n)) {
        for (int k = from; k < to; k++) {
            demand_node(self, chain, ids, n, k, ch->wish_s[k]);
            demand_node(self, chain, ids, n, k + 1, ch->wish_s[k]);
        }
        return;
    }
    double least = HUGE_VAL;
    for (int k = from; k < to; k = ch->same_to[k]) {
        least = fmin(least, ch->wish_s[k]);
    }
    demand_node(self, chain, ids, n, from, least);
}

/* false: some link has no visit at all. */
static bool demand_chain(struct polish *self, int chain)
{
    const struct vg_rota *r = self->rota;
    const int *list = r->of_chain[chain];
    int last = r->tables->chains[chain].n - 1;
    int *cut = malloc((2 * (size_t)list[0] + 2) * sizeof *cut);
    int n_cuts = 0;
    bool is_ok = cut != NULL;
    for (int q = 1; q <= list[0] && is_ok; q++) {
        cut[n_cuts++] = r->sorties[list[q]].i;
        cut[n_cuts++] = r->sorties[list[q]].j;
    }
    if (is_ok) {
        cut[n_cuts++] = 0;
        cut[n_cuts++] = last;
        qsort(cut, (size_t)n_cuts, sizeof *cut, vg_by_int);
    }
    for (int c = 0; c + 1 < n_cuts && is_ok; c++) {
        int ids[MOST_HERE];
        int n = 0;
        for (int q = 1; q <= list[0] && cut[c + 1] > cut[c] && n < MOST_HERE; q++) {
            const struct vg_rota_sortie *s = &r->sorties[list[q]];
            if (s->i <= cut[c] && s->j >= cut[c + 1]) {
                ids[n++] = list[q];
            }
        }
        is_ok = n > 0 || cut[c + 1] == cut[c];
        if (n > 0) {
            demand_run(self, chain, ids, n, cut[c], cut[c + 1]);
        }
    }
    free(cut);
    return is_ok;
}

/* ---- drones and pads ---- */

/* Take-off of y, `turns_y` periods on, not before x's time off_x, `turns_x` periods on. */
static void demand_after(struct polish *self, int y, double off_y, double turns_y, int x,
                         double off_x, double turns_x)
{
    demand(self,
           (struct demand){self->place[y], self->place[x], 0, turns_y - turns_x, off_y - off_x});
}

/* What takes a drone of a crew: a sortie, or a job (ids from -1 down), which the clock holds. */
struct stay {
    double at_s;
    double busy_s;
};

static struct stay stay_of(const struct vg_rota *r, int crew, int id)
{
    if (id < 0) {
        const struct vg_clock_job *job = &r->tables->clock->jobs[crew][-1 - id];
        return (struct stay){job->at_s, job->busy_s};
    }
    return (struct stay){r->sorties[id].at_s, r->sorties[id].busy_s};
}

/* Its take-off, or the clock, and how long after that it begins. */
static int begins_at(const struct polish *self, int id, const struct stay *stay, double *out_off_s)
{
    *out_off_s = id < 0 ? stay->at_s : 0;
    return id < 0 ? self->rota->n_live : self->place[id];
}

static int n_jobs(const struct vg_rota *r, int crew)
{
    return r->tables->clock != NULL ? r->tables->clock->n_jobs[crew] : 0;
}

/* The bases of a pool need as many landings as take-offs; false: one has not. */
static bool stock_pools(struct polish *self)
{
    const struct vg_rota *r = self->rota;
    const struct vg_problem *p = r->tables->p;
    bool is_even = true;
    for (int c = 0; c < p->n_crews && r->is_pooled; c++) {
        is_even = is_even && r->of_crew[c][0] == r->of_land[c][0];
        if (r->tables->pool[c] == c) {
            vg_rota_pool_over_s(r, &self->pool, c);
        }
    }
    return is_even;
}

static void demand_drones(struct polish *self, int crew, struct passing *start, struct passing *end)
{
    const struct vg_rota *r = self->rota;
    const int *list = r->of_crew[crew];
    const int *down = r->of_land[crew];
    int n = list[0] + n_jobs(r, crew);
    int out = 0; /* at the beginning of the period */
    double d = r->period_s;
    for (int q = 0; q < n; q++) {
        int job = list[0] - q - 1;
        int id = q < list[0] ? list[q + 1] : job;
        int lands = q < list[0] ? down[q + 1] : job;
        struct stay s = stay_of(r, crew, lands);
        double end_s = vg_into_round(s.at_s, d) + s.busy_s;
        start[q] = (struct passing){id, vg_into_round(stay_of(r, crew, id).at_s, d)};
        end[q] = (struct passing){lands, vg_into_round(end_s, d)};
        out += (int)floor(end_s / d);
    }
    int free = r->is_pooled ? self->pool.stock[crew] : r->drones[crew] - out;
    qsort(start, (size_t)n, sizeof *start, by_time);
    qsort(end, (size_t)n, sizeof *end, by_time);
    for (int m = 0; m < n; m++) {
        int q = m + free;
        int wraps = (int)floor((double)q / n);
        const struct passing *e = &end[m];
        const struct passing *s = &start[q - wraps * n];
        struct stay before = stay_of(r, crew, e->id);
        struct stay after = stay_of(r, crew, s->id);
        double off_e, off_s;
        int from = begins_at(self, s->id, &after, &off_s);
        int to = begins_at(self, e->id, &before, &off_e);
        double turns_s = round((s->t_s - after.at_s) / d) + wraps;
        double turns_e = round((e->t_s - before.at_s - before.busy_s) / d);
        double rounding_s = e->id < 0 && s->id < 0 ? 0 : ROUNDING_S;
        demand(self, (struct demand){from, to, 0, turns_s - turns_e,
                                     off_s - off_e - before.busy_s - rounding_s});
    }
}

struct event {
    int id;
    double off_s; /* after take-off */
    double t_s; /* round the period */
};

/* A landing counts before a take-off with it: they may be of one drone that turns round at once. */
static int by_event(const void *a, const void *b)
{
    const struct event *x = a;
    const struct event *y = b;
    double x_s = x->t_s - (x->off_s > 0 ? ROUNDING_S : 0);
    double y_s = y->t_s - (y->off_s > 0 ? ROUNDING_S : 0);
    if (x_s < y_s || x_s > y_s) {
        return x_s < y_s ? -1 : 1;
    }
    return x->id != y->id ? x->id - y->id : (x->off_s > y->off_s) - (x->off_s < y->off_s);
}

/* The k-th and the (k + pads)-th event of a base are a minute apart. */
static void demand_pads(struct polish *self, int base, struct event *ev)
{
    const struct vg_rota *r = self->rota;
    const struct vg_problem *p = r->tables->p;
    int pads = p->watch->bases[base].pads > 0 ? p->watch->bases[base].pads : 1;
    double d = r->period_s;
    int n = 0;
    for (int c = 0; c < p->n_crews; c++) {
        for (int q = 1; q <= r->of_crew[c][0] && p->crews[c].base == base; q++) {
            const struct vg_rota_sortie *s = &r->sorties[r->of_crew[c][q]];
            ev[n++] = (struct event){r->of_crew[c][q], 0, vg_into_round(s->at_s, d)};
        }
        for (int q = 1; q <= r->of_land[c][0] && p->crews[c].base == base; q++) {
            const struct vg_rota_sortie *s = &r->sorties[r->of_land[c][q]];
            double flight = s->busy_s - p->crews[c].turnaround_s;
            ev[n++] = (struct event){r->of_land[c][q], flight, vg_into_round(s->at_s + flight, d)};
        }
    }
    qsort(ev, (size_t)n, sizeof *ev, by_event);
    for (int k = 0; k < n; k++) {
        const struct event *x = &ev[k];
        const struct event *y = &ev[(k + pads) % n];
        double turns_x = round((x->t_s - r->sorties[x->id].at_s - x->off_s) / d);
        double turns_y =
            round((y->t_s - r->sorties[y->id].at_s - y->off_s) / d) + (double)((k + pads) / n);
        demand_after(self, y->id, y->off_s, turns_y, x->id, x->off_s + PAD_S + ROUNDING_S, turns_x);
    }
}

/* Take-off and landing in the open hours that they are in, or nearest to. */
static void demand_open(struct polish *self, int id)
{
    const struct vg_rota *r = self->rota;
    const struct vg_rota_sortie *s = &r->sorties[id];
    double flight_s = s->busy_s - r->tables->p->crews[s->crew].turnaround_s;
    for (int k = 0; k < 2; k++) {
        double from_s, to_s;
        double off_s = k * flight_s;
        vg_clock_open(r->tables->clock, s->crew, k == 1, s->at_s + off_s, &from_s, &to_s);
        demand_within(self, id, from_s + ROUNDING_S - off_s, to_s - ROUNDING_S - off_s);
    }
}

static bool demand_ground(struct polish *self)
{
    const struct vg_rota *r = self->rota;
    size_t n = 2 * (size_t)r->n_live + 1;
    for (int c = 0; c < r->tables->p->n_crews; c++) {
        n += (size_t)n_jobs(r, c);
    }
    struct passing *start = malloc(n * sizeof *start);
    struct passing *end = malloc(n * sizeof *end);
    struct event *ev = malloc(n * sizeof *ev);
    bool is_ok = start != NULL && end != NULL && ev != NULL && stock_pools(self);
    for (int c = 0; c < r->tables->p->n_crews && is_ok; c++) {
        demand_drones(self, c, start, end);
    }
    for (int b = 0; b < r->tables->p->watch->n_bases && is_ok; b++) {
        demand_pads(self, b, ev);
    }
    for (int k = 0; k < r->n_live && is_ok && r->tables->clock != NULL; k++) {
        demand_open(self, r->live[k]);
    }
    free(start);
    free(end);
    free(ev);
    return is_ok;
}

/* ---- target and period ---- */

static double length_of(const struct demand *x, double target, double period_s)
{
    return x->wish_s * target + x->turns * period_s + x->rest_s;
}

/* The cycle of parents that contains take-off v becomes a cut. */
static void cut_cycle(struct polish *self, int v)
{
    struct cut cut = {0};
    int at = v;
    do {
        const struct demand *x = &self->demands[self->parent[at]];
        cut.a += x->wish_s;
        cut.b += x->turns;
        cut.c += x->rest_s;
        at = x->from;
    } while (at != v);
    if (self->n_cuts < MOST_CUTS) {
        self->cuts[self->n_cuts++] = cut;
    } else {
        self->is_failed = true;
    }
}

/* Take-offs, and the clock. */
static int n_nodes(const struct polish *self)
{
    return self->rota->n_live + (self->rota->tables->clock != NULL);
}

/* A take-off on a cycle of parents; -1: none. */
static int find_cycle(struct polish *self)
{
    int n = n_nodes(self);
    memset(self->seen, 0, (size_t)n * sizeof *self->seen);
    for (int v = 0; v < n; v++) {
        int at = v;
        while (at >= 0 && self->seen[at] == 0) {
            self->seen[at] = v + 1;
            at = self->parent[at] >= 0 ? self->demands[self->parent[at]].from : -1;
        }
        if (at >= 0 && self->seen[at] == v + 1) {
            return at;
        }
    }
    return -1;
}

/* True: the demands can be kept, at[] holds how. Else a cut was added. */
static bool can_keep(struct polish *self, double target, double period_s)
{
    static const double HAIR_S = 1e-6;
    int n = n_nodes(self);
    memset(self->at, 0, (size_t)n * sizeof *self->at);
    for (int v = 0; v < n; v++) {
        self->parent[v] = -1;
    }
    for (int round = 0; round <= n + 1; round++) {
        bool is_moved = false;
        for (int q = 0; q < self->n; q++) {
            const struct demand *x = &self->demands[q];
            double t = self->at[x->from] + length_of(x, target, period_s);
            if (t < self->at[x->to] - HAIR_S) {
                self->at[x->to] = t;
                self->parent[x->to] = q;
                is_moved = true;
            }
        }
        if (!is_moved) {
            return true;
        }
        int v = find_cycle(self);
        if (v >= 0) {
            cut_cycle(self, v);
            return false;
        }
    }
    self->is_failed = true;
    return false;
}

/* What holds the period up or down at a target, and how it grows with the target. */
struct edge {
    double period_s;
    double slope_s;
};

/* The highest of what holds the period up and the lowest of what holds it down; *out_target: below
 * it cuts allow no period at all. false: above it neither. */
static bool find_edges(const struct polish *self, double target, struct edge *low,
                       struct edge *high, double *out_target)
{
    *out_target = target;
    for (int q = 0; q < self->n_cuts; q++) {
        const struct cut *c = &self->cuts[q];
        double rest_s = c->a * target + c->c;
        double turns = fabs(c->b);
        if (turns < 0.5) {
            if (rest_s < 0 && !(c->a > 0)) {
                return false;
            }
            *out_target = rest_s < 0 ? fmax(*out_target, -c->c / c->a) : *out_target;
        } else if (c->b > 0 && -rest_s / turns > low->period_s) {
            *low = (struct edge){-rest_s / turns, -c->a / turns};
        } else if (c->b < 0 && rest_s / turns < high->period_s) {
            *high = (struct edge){rest_s / turns, c->a / turns};
        }
    }
    return true;
}

/* The least target that all cuts allow with the period between two multiples of it. What they leave
 * of the plane of target and period is convex, so Newton's method from below meets its least target
 * without passing it. */
static bool least_target(const struct polish *self, double least_s, double most_s,
                         double *out_target, double *out_period_s)
{
    static const double HAIR = 1e-9;
    double target = FLOOR * self->rota->target;
    for (int round = 0; round < MOST_CUTS; round++) {
        struct edge low = {least_s * target, least_s};
        struct edge high = {most_s * target, most_s};
        double next;
        if (!find_edges(self, target, &low, &high, &next)) {
            return false;
        }
        double lacks_s = low.period_s - high.period_s;
        double slope_s = low.slope_s - high.slope_s;
        if (lacks_s > 0 && !(slope_s < 0)) {
            return false;
        }
        next = lacks_s > 0 ? fmax(next, target - lacks_s / slope_s) : next;
        if (next <= target * (1 + HAIR)) {
            double more = target * HAIR;
            *out_target = target + more;
            *out_period_s =
                (low.period_s + high.period_s + more * (low.slope_s + high.slope_s)) / 2;
            return true;
        }
        target = next;
    }
    return false;
}

static bool polish_init(struct polish *self, const struct vg_rota *rota)
{
    size_t n = (size_t)rota->n_live + 2;
    *self = (struct polish){.rota = rota};
    self->place = calloc((size_t)rota->n + 1, sizeof *self->place);
    self->at = calloc(n, sizeof *self->at);
    self->parent = calloc(n, sizeof *self->parent);
    self->seen = calloc(n, sizeof *self->seen);
    if (!self->place || !self->at || !self->parent || !self->seen ||
        !vg_pool_init(&self->pool, rota->tables->p->n_crews, rota->is_pooled ? rota->n : 0)) {
        return false;
    }
    for (int k = 0; k < rota->n_live; k++) {
        self->place[rota->live[k]] = k;
    }
    bool is_ok = demand_ground(self);
    for (int k = 0; k < rota->tables->n_chains && is_ok; k++) {
        is_ok = demand_chain(self, k);
    }
    return is_ok && !self->is_failed;
}

static void polish_finish(struct polish *self)
{
    free(self->place);
    free(self->demands);
    free(self->at);
    free(self->parent);
    free(self->seen);
    vg_pool_finish(&self->pool);
}

/* The least target with the period anywhere in a range of its multiples: exact. */
static bool keep(struct polish *self, double least_s, double most_s, double most,
                 double *out_target, double *out_period_s)
{
    for (;;) {
        if (!least_target(self, least_s, most_s, out_target, out_period_s) || *out_target > most ||
            self->is_failed) {
            return false;
        }
        if (can_keep(self, *out_target, *out_period_s)) {
            return true;
        }
    }
}

/* The same for one period. */
static bool keep_at(struct polish *self, double period_s, double *out_target)
{
    double target = FLOOR * self->rota->target;
    while (!can_keep(self, target, period_s)) {
        const struct cut *c = &self->cuts[self->n_cuts - 1];
        if (self->is_failed || !(c->a > 0)) {
            return false;
        }
        target = fmax(target, -(c->b * period_s + c->c) / c->a) * (1 + 1e-9);
    }
    *out_target = target;
    return true;
}

static void give_back(const struct polish *self, struct vg_rota_sortie *out)
{
    const struct vg_rota *r = self->rota;
    double clock_s = r->tables->clock != NULL ? self->at[r->n_live] : 0;
    for (int k = 0; k < r->n_live; k++) {
        out[k] = r->sorties[r->live[k]];
        out[k].at_s = self->at[k] - clock_s;
    }
}

bool vg_rota_polish(const struct vg_rota *rota, double least_ratio_s, double most_ratio_s,
                    double most, struct vg_rota_sortie *out_sorties, double *out_target,
                    double *out_period_s)
{
    struct polish self = {0};
    double target, period_s;
    bool is_kept = rota->n_live > 0 && polish_init(&self, rota) &&
                   keep(&self, least_ratio_s, most_ratio_s, most, &target, &period_s);
    if (is_kept) {
        give_back(&self, out_sorties);
        *out_target = target;
        *out_period_s = period_s;
    }
    polish_finish(&self);
    return is_kept;
}

bool vg_rota_settle(const struct vg_rota *rota, double period_s, struct vg_rota_sortie *out_sorties,
                    double *out_target)
{
    struct polish self = {0};
    bool is_kept =
        rota->n_live > 0 && polish_init(&self, rota) && keep_at(&self, period_s, out_target);
    if (is_kept) {
        give_back(&self, out_sorties);
    }
    polish_finish(&self);
    return is_kept;
}
