/* A rota's costs, and changes to it (rota.h). */
#include "plan/rota.h"

#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_OVER = 256, /* sorties over one link in a period that are looked at */
    MOST_RANGES = 2 * VG_ROTA_CHANGES,
    MOST_SPANS = 4096
};
/* How dear a missed visit is against the drone-seconds that the cheapest one takes. */
static const double DEAR = 3;

struct range {
    int chain;
    int from;
    int to;
};

/* Links from..to of a chain have `excess_s` seconds of gap beyond the target. */
struct span {
    int chain;
    int from;
    int to;
    double excess_s;
};

struct vg_rota_work {
    struct span *spans; /* of the change being tried */
    int n_spans;
    struct range ranges[MOST_RANGES];
    int n_ranges;
    int crews[VG_ROTA_CHANGES * 6];
    double over[VG_ROTA_CHANGES * 6];
    int n_crews;
    int near[MOST_OVER]; /* sorties that touch the range at hand */
    int n_near;
    int cut[2 * MOST_OVER + 2];
    int here[MOST_OVER]; /* of them, those over the run at hand */
    double when[MOST_OVER];
    double *start; /* of a crew's sorties round the period */
    double *end;
    struct vg_pool pool;
    struct vg_rota_sortie old[VG_ROTA_CHANGES];
};

/* ---- life ---- */

static bool take_lists(struct vg_rota *self)
{
    const struct vg_rota_tables *t = self->tables;
    int n_crews = t->p->n_crews;
    self->of_crew = calloc((size_t)n_crews + 1, sizeof *self->of_crew);
    self->of_land = calloc((size_t)n_crews + 1, sizeof *self->of_land);
    self->of_chain = calloc((size_t)t->n_chains + 1, sizeof *self->of_chain);
    self->link_cost = calloc((size_t)t->n_chains + 1, sizeof *self->link_cost);
    self->price = calloc((size_t)t->n_chains + 1, sizeof *self->price);
    self->price_sum = calloc((size_t)t->n_chains + 1, sizeof *self->price_sum);
    self->weight = calloc((size_t)t->n_chains + 1, sizeof *self->weight);
    bool is_ok = self->of_crew && self->of_land && self->of_chain && self->link_cost &&
                 self->price && self->price_sum && self->weight;
    for (int c = 0; c < n_crews && is_ok; c++) {
        self->of_crew[c] = calloc(VG_ROTA_MOST + 1, sizeof(int));
        self->of_land[c] = calloc(VG_ROTA_MOST + 1, sizeof(int));
        is_ok = self->of_crew[c] != NULL && self->of_land[c] != NULL;
    }
    for (int k = 0; k < t->n_chains && is_ok; k++) {
        size_t n = (size_t)t->chains[k].n + 1;
        self->of_chain[k] = calloc(VG_ROTA_MOST + 1, sizeof(int));
        self->link_cost[k] = calloc(n, sizeof(double));
        self->price[k] = calloc(n, sizeof(double));
        self->price_sum[k] = calloc(n, sizeof(double));
        self->weight[k] = calloc(n, sizeof(double));
        is_ok = self->of_chain[k] && self->link_cost[k] && self->price[k] && self->price_sum[k] &&
                self->weight[k];
        for (size_t i = 0; i < n && is_ok; i++) {
            self->weight[k][i] = 1;
        }
    }
    return is_ok;
}

bool vg_rota_init(struct vg_rota *self, const struct vg_rota_tables *tables)
{
    size_t n_crews = (size_t)tables->p->n_crews;
    *self = (struct vg_rota){.tables = tables, .by_day = 1, .cap = VG_ROTA_MOST};
    self->sorties = calloc(VG_ROTA_MOST, sizeof *self->sorties);
    self->live = calloc(VG_ROTA_MOST, sizeof *self->live);
    self->over = calloc(n_crews, sizeof *self->over);
    self->crew_weight = calloc(n_crews, sizeof *self->crew_weight);
    self->is_at_work = calloc(n_crews, sizeof *self->is_at_work);
    self->at_work = calloc(n_crews, sizeof *self->at_work);
    self->work = calloc(1, sizeof *self->work);
    bool is_ok = self->sorties && self->live && self->over && self->crew_weight &&
                 self->is_at_work && self->at_work && self->work && take_lists(self);
    if (is_ok) {
        self->work->spans = calloc(MOST_SPANS, sizeof *self->work->spans);
        self->work->start = calloc(VG_ROTA_MOST, sizeof(double));
        self->work->end = calloc(VG_ROTA_MOST, sizeof(double));
        is_ok = self->work->spans && self->work->start && self->work->end &&
                vg_pool_init(&self->work->pool, (int)n_crews, VG_ROTA_MOST);
    }
    for (size_t c = 0; c < n_crews && is_ok; c++) {
        self->crew_weight[c] = 1;
    }
    if (!is_ok) {
        vg_rota_finish(self);
        return false;
    }
    vg_rota_set_crews(self, NULL);
    vg_rota_set_deal(self, 0);
    return true;
}

void vg_rota_finish(struct vg_rota *self)
{
    for (int c = 0; self->of_crew != NULL && c < self->tables->p->n_crews; c++) {
        free(self->of_crew[c]);
    }
    for (int c = 0; self->of_land != NULL && c < self->tables->p->n_crews; c++) {
        free(self->of_land[c]);
    }
    for (int k = 0; self->weight != NULL && k < self->tables->n_chains; k++) {
        free(self->of_chain[k]);
        free(self->link_cost[k]);
        free(self->price[k]);
        free(self->price_sum[k]);
        free(self->weight[k]);
    }
    if (self->work != NULL) {
        free(self->work->spans);
        free(self->work->start);
        free(self->work->end);
        vg_pool_finish(&self->work->pool);
    }
    free(self->of_crew);
    free(self->of_land);
    free(self->of_chain);
    free(self->link_cost);
    free(self->price);
    free(self->price_sum);
    free(self->weight);
    free(self->work);
    free(self->sorties);
    free(self->live);
    free(self->over);
    free(self->crew_weight);
    free(self->is_at_work);
    free(self->at_work);
    *self = (struct vg_rota){0};
}

void vg_rota_set_crews(struct vg_rota *self, const bool *is_at_work)
{
    self->n_at_work = 0;
    for (int c = 0; c < self->tables->p->n_crews; c++) {
        self->is_at_work[c] = is_at_work == NULL || is_at_work[c];
        if (self->is_at_work[c]) {
            self->at_work[self->n_at_work++] = c;
        }
    }
}

void vg_rota_set_deal(struct vg_rota *self, int deal)
{
    self->deal = deal;
    self->drones = self->tables->deals.drones + deal * self->tables->p->n_crews;
}

/* ---- lists ---- */

static void list_add(int *list, int id)
{
    list[++list[0]] = id;
}

static void list_drop(int *list, int id)
{
    for (int q = 1; q <= list[0]; q++) {
        if (list[q] == id) {
            list[q] = list[list[0]--];
            return;
        }
    }
}

static void put_in(struct vg_rota *self, int id)
{
    list_add(self->of_crew[self->sorties[id].crew], id);
    list_add(self->of_land[vg_rota_land(&self->sorties[id])], id);
    list_add(self->of_chain[self->sorties[id].chain], id);
}

static void take_out(struct vg_rota *self, int id)
{
    list_drop(self->of_crew[self->sorties[id].crew], id);
    list_drop(self->of_land[vg_rota_land(&self->sorties[id])], id);
    list_drop(self->of_chain[self->sorties[id].chain], id);
}

int vg_rota_place(struct vg_rota *self)
{
    for (int id = 0; self->n_live < self->n && id < self->n; id++) {
        if (!self->sorties[id].is_on) {
            return id;
        }
    }
    if (self->n == self->cap) {
        return -1;
    }
    self->sorties[self->n].is_on = false;
    return self->n++;
}

/* ---- what a crew lacks ---- */

/* Seconds of take-offs and landings in closed hours, as dear as a missed visit. */
static double missed_of(const struct vg_rota *self, int crew)
{
    const struct vg_rota_tables *t = self->tables;
    const int *list = self->of_crew[crew];
    double sum = 0;
    for (int q = 1; q <= list[0] && t->clock != NULL; q++) {
        const struct vg_rota_sortie *s = &self->sorties[list[q]];
        double flight_s = s->busy_s - t->p->crews[crew].turnaround_s;
        sum += DEAR * vg_clock_missed_s(t->clock, crew, s->at_s, flight_s);
    }
    return sum;
}

/* Of the crews of a base the first answers for its pads. */
static int first_of_base(const struct vg_problem *p, int crew)
{
    int first = 0;
    while (p->crews[first].base != p->crews[crew].base) {
        first++;
    }
    return first;
}

/* Take-offs and landings round the period at the base of a crew. */
static int collect_events(struct vg_rota *self, int crew, double *out, int cap)
{
    const struct vg_problem *p = self->tables->p;
    int n = 0;
    for (int c = crew; c < p->n_crews; c++) {
        const int *up = self->of_crew[c];
        const int *down = self->of_land[c];
        bool is_here = p->crews[c].base == p->crews[crew].base;
        for (int q = 1; q <= up[0] && is_here && n < cap; q++) {
            out[n++] = vg_into_round(self->sorties[up[q]].at_s, self->period_s);
        }
        for (int q = 1; q <= down[0] && is_here && n < cap; q++) {
            const struct vg_rota_sortie *s = &self->sorties[down[q]];
            double land_s = s->at_s + s->busy_s - p->crews[c].turnaround_s;
            out[n++] = vg_into_round(land_s, self->period_s);
        }
    }
    return n;
}

/* Seconds by which events that share a pad come too soon after one another. Where pads are seldom
 * in use the polish finds room without being told. */
static double pads_lack_s(struct vg_rota *self, int crew)
{
    static const double PAD_S = 60;
    static const double SELDOM = 0.1;
    const struct vg_problem *p = self->tables->p;
    double *when = self->work->start;
    int pads = p->watch->bases[p->crews[crew].base].pads;
    int n = 0;
    double lack = 0;
    pads = pads > 0 ? pads : 1;
    for (int c = crew; c < p->n_crews; c++) {
        bool is_here = p->crews[c].base == p->crews[crew].base;
        n += is_here ? self->of_crew[c][0] + self->of_land[c][0] : 0;
    }
    if (n * PAD_S < SELDOM * self->period_s * pads) {
        return 0;
    }
    n = collect_events(self, crew, when, VG_ROTA_MOST);
    vg_sort_few(when, n);
    for (int k = 0; k < n; k++) {
        double gap = when[(k + pads) % n] + (k + pads) / n * self->period_s - when[k];
        lack += gap < PAD_S ? PAD_S - gap : 0;
    }
    return lack;
}

/* Drone-seconds out beyond the crew's drones. */
static double out_of(struct vg_rota *self, int crew)
{
    const int *list = self->of_crew[crew];
    struct vg_rota_work *w = self->work;
    double d = self->period_s;
    int n = list[0];
    int drones = self->drones[crew];
    int out = 0;
    for (int q = 0; q < n; q++) {
        const struct vg_rota_sortie *s = &self->sorties[list[q + 1]];
        double turns = floor(s->busy_s / d);
        w->start[q] = vg_into_round(s->at_s, d);
        double end = w->start[q] + s->busy_s - turns * d;
        out += (int)turns + (end >= d);
        w->end[q] = end >= d ? end - d : end;
    }
    const struct vg_clock *clock = self->tables->clock;
    for (int q = 0; clock != NULL && q < clock->n_jobs[crew] && n < VG_ROTA_MOST; q++, n++) {
        const struct vg_clock_job *job = &clock->jobs[crew][q];
        bool is_over = job->at_s + job->busy_s >= d;
        w->start[n] = job->at_s;
        w->end[n] = job->at_s + job->busy_s - (is_over ? d : 0);
        out += is_over;
    }
    vg_sort_few(w->start, n);
    vg_sort_few(w->end, n);
    double sum = 0;
    double before = 0;
    for (int a = 0, b = 0; a < n || b < n;) {
        bool is_end = a >= n || (b < n && w->end[b] <= w->start[a]);
        double t = is_end ? w->end[b++] : w->start[a++];
        sum += out > drones ? (out - drones) * (t - before) : 0;
        before = t;
        out += is_end ? -1 : 1;
    }
    return sum + (out > drones ? (out - drones) * (d - before) : 0);
}

/* The crew that answers for the drones of all that share them. */
static int first_of_pool(const struct vg_rota *self, int crew)
{
    return self->is_pooled ? self->tables->pool[crew] : crew;
}

/* What a crew's drones lack, or its pool's, and what the base's pads do. */
static double over_of(struct vg_rota *self, int crew)
{
    double sum = 0;
    if (!self->is_pooled) {
        sum = out_of(self, crew);
    } else if (first_of_pool(self, crew) == crew) {
        sum = vg_rota_pool_over_s(self, &self->work->pool, crew);
    }
    if (first_of_base(self->tables->p, crew) == crew) {
        sum += pads_lack_s(self, crew);
    }
    return (sum + missed_of(self, crew)) * self->crew_weight[crew];
}

/* ---- what the links lack ---- */

/* Gaps between the times (0 to period), sorted in place; of one visit: the period. */
static double longest_gap(double *when, int n, double period_s)
{
    vg_sort_few(when, n);
    double first = when[0];
    double most = 0;
    for (int k = 0; k < n; k++) {
        double gap = (k + 1 < n ? when[k + 1] : first + period_s) - when[k];
        when[k] = gap;
        most = gap > most ? gap : most;
    }
    return most;
}

/* The gaps at a node between the visits of the n sorties at hand go to work->when; how many. */
static int gaps_at(struct vg_rota *self, int chain, int node, int n, double *out_most)
{
    const struct vg_rota_tables *t = self->tables;
    struct vg_rota_work *w = self->work;
    int m = 0;
    for (int q = 0; q < n; q++) {
        const struct vg_rota_sortie *s = &self->sorties[w->here[q]];
        double at_s = vg_into_round(s->at_s + vg_rota_node_s(t, s, node), self->period_s);
        if (t->clock == NULL || vg_clock_is_lit(t->clock, s->crew, chain, node, at_s)) {
            w->when[m++] = at_s;
        }
    }
    if (m == 0) {
        w->when[0] = *out_most = 2 * self->period_s; /* worse than any single visit */
        return 1;
    }
    vg_sort_few(w->when, m);
    int night = t->clock != NULL ? vg_clock_night(t->clock, chain, node, w->when, m) : -1;
    *out_most = longest_gap(w->when, m, self->period_s);
    for (int k = 0; k < m && night >= 0; k++) {
        w->when[k] /= k == night ? 1 : self->by_day;
        *out_most = w->when[k] > *out_most ? w->when[k] : *out_most;
    }
    return m;
}

static double add_span(struct vg_rota *self, int chain, int from, int to, double excess_s)
{
    struct vg_rota_work *w = self->work;
    if (!(excess_s > 0)) {
        return 0;
    }
    if (w->n_spans < MOST_SPANS) {
        w->spans[w->n_spans++] = (struct span){chain, from, to, excess_s};
    }
    return excess_s * (self->price_sum[chain][to] - self->price_sum[chain][from]);
}

/* Links from..to with the same gaps. */
static double judge_gaps(struct vg_rota *self, int chain, int from, int to, int n, double most)
{
    static const double HAIR_S = 1e-3;
    const struct vg_rota_chain *ch = &self->tables->chains[chain];
    double sum = 0;
    for (int k = from, next; k < to; k = next) {
        double limit = self->target * ch->wish_s[k] + HAIR_S;
        double excess = 0;
        next = ch->same_to[k] < to ? ch->same_to[k] : to;
        for (int q = 0; q < n && most > limit; q++) {
            excess += self->work->when[q] > limit ? self->work->when[q] - limit : 0;
        }
        sum += add_span(self, chain, k, next, excess);
    }
    return sum;
}

static double no_visit(struct vg_rota *self, int chain, int from, int to)
{
    return add_span(self, chain, from, to, self->period_s);
}

/* Where all fly the same way and at the same speed: once for the run. */
static double judge_even(struct vg_rota *self, int chain, int from, int to, int n)
{
    double most;
    int m = gaps_at(self, chain, from, n, &most);
    return judge_gaps(self, chain, from, to, m, most);
}

/* Seconds of gap beyond a limit at a node. */
static double excess_at(struct vg_rota *self, int chain, int node, int n, double limit_s)
{
    struct vg_rota_work *w = self->work;
    double sum = 0;
    double most;
    int m = gaps_at(self, chain, node, n, &most);
    for (int q = 0; q < m && most > limit_s; q++) {
        sum += w->when[q] > limit_s ? w->when[q] - limit_s : 0;
    }
    return sum;
}

/* Where sorties meet or differ in speed: block by block, the worse of its ends. */
static double judge_uneven(struct vg_rota *self, int chain, int from, int to, int n)
{
    const struct vg_rota_chain *ch = &self->tables->chains[chain];
    double sum = 0;
    double left = 0;
    double last_limit = 0;
    for (int k = from, end; k < to; k = end) {
        end = k + ch->block < to ? k + ch->block : to;
        end = ch->same_to[k] < end ? ch->same_to[k] : end;
        double limit = self->target * ch->wish_s[k];
        if (k == from || limit < last_limit || limit > last_limit) {
            left = excess_at(self, chain, k, n, limit);
        }
        double right = excess_at(self, chain, end, n, limit);
        sum += add_span(self, chain, k, end, left > right ? left : right);
        left = right;
        last_limit = limit;
    }
    return sum;
}

static void find_near(struct vg_rota *self, const struct range *r)
{
    struct vg_rota_work *w = self->work;
    const int *list = self->of_chain[r->chain];
    w->n_near = 0;
    for (int q = 1; q <= list[0] && w->n_near < MOST_OVER; q++) {
        const struct vg_rota_sortie *s = &self->sorties[list[q]];
        if (s->i < r->to && s->j > r->from) {
            w->near[w->n_near++] = list[q];
        }
    }
}

static int find_cuts(struct vg_rota *self, const struct range *r)
{
    struct vg_rota_work *w = self->work;
    int n = 0;
    w->cut[n++] = r->from;
    w->cut[n++] = r->to;
    for (int q = 0; q < w->n_near; q++) {
        const struct vg_rota_sortie *s = &self->sorties[w->near[q]];
        for (int side = 0; side < 2; side++) {
            int at = side == 0 ? s->i : s->j;
            if (at <= r->from || at >= r->to) {
                continue;
            }
            int k = n++;
            for (; w->cut[k - 1] > at; k--) {
                w->cut[k] = w->cut[k - 1];
            }
            w->cut[k] = at;
        }
    }
    return n;
}

/* The cost of the links of a range as the sorties now are; its spans are noted. */
static double cover_of(struct vg_rota *self, const struct range *r)
{
    struct vg_rota_work *w = self->work;
    const struct vg_crew *crews = self->tables->p->crews;
    double sum = 0;
    find_near(self, r);
    int n_cuts = find_cuts(self, r);
    for (int c = 0; c + 1 < n_cuts; c++) {
        int from = w->cut[c];
        int to = w->cut[c + 1];
        int n = 0;
        bool is_even = self->tables->clock == NULL || !self->tables->clock->has_light;
        for (int q = 0; q < w->n_near && to > from; q++) {
            const struct vg_rota_sortie *s = &self->sorties[w->near[q]];
            if (s->i <= from && s->j >= to) {
                const struct vg_rota_sortie *f = &self->sorties[n > 0 ? w->here[0] : w->near[q]];
                is_even = is_even && s->is_backward == f->is_backward &&
                          crews[s->crew].type == crews[f->crew].type;
                w->here[n++] = w->near[q];
            }
        }
        if (to > from) {
            sum += n == 0    ? no_visit(self, r->chain, from, to)
                   : is_even ? judge_even(self, r->chain, from, to, n)
                             : judge_uneven(self, r->chain, from, to, n);
        }
    }
    return sum;
}

static void note_spans(struct vg_rota *self)
{
    const struct vg_rota_work *w = self->work;
    for (int q = 0; q < w->n_ranges; q++) {
        const struct range *r = &w->ranges[q];
        memset(self->link_cost[r->chain] + r->from, 0, (size_t)(r->to - r->from) * sizeof(double));
    }
    for (int q = 0; q < w->n_spans; q++) {
        const struct span *s = &w->spans[q];
        for (int k = s->from; k < s->to; k++) {
            self->link_cost[s->chain][k] = s->excess_s * self->price[s->chain][k];
        }
    }
}

static double noted_cost(const struct vg_rota *self, const struct range *r)
{
    const double *cost = self->link_cost[r->chain];
    double sum[4] = {0};
    int k = r->from;
    for (; k + 4 <= r->to; k += 4) {
        for (int q = 0; q < 4; q++) {
            sum[q] += cost[k + q];
        }
    }
    for (; k < r->to; k++) {
        sum[0] += cost[k];
    }
    return sum[0] + sum[1] + sum[2] + sum[3];
}

/* ---- all of it ---- */

static void cost_all(struct vg_rota *self)
{
    struct vg_rota_work *w = self->work;
    self->cover_cost = self->over_cost = 0;
    for (int k = 0; k < self->tables->n_chains; k++) {
        w->ranges[0] = (struct range){k, 0, self->tables->chains[k].n - 1};
        w->n_ranges = 1;
        w->n_spans = 0;
        self->cover_cost += cover_of(self, &w->ranges[0]);
        note_spans(self);
    }
    for (int c = 0; c < self->tables->p->n_crews; c++) {
        self->over[c] = over_of(self, c);
        self->over_cost += self->over[c];
    }
}

void vg_rota_reprice(struct vg_rota *self)
{
    for (int k = 0; k < self->tables->n_chains; k++) {
        const struct vg_rota_chain *ch = &self->tables->chains[k];
        double sum = 0;
        for (int i = 0; i < ch->n - 1; i++) {
            self->price[k][i] =
                DEAR * self->weight[k][i] * ch->worth_s[i] / (self->target * ch->wish_s[i]);
            self->price_sum[k][i] = sum;
            sum += self->price[k][i];
        }
        self->price_sum[k][ch->n - 1] = sum;
    }
    cost_all(self);
}

void vg_rota_load(struct vg_rota *self, const struct vg_rota_sortie *sorties, int n, double target,
                  double period_s)
{
    const struct vg_rota_tables *t = self->tables;
    self->target = target;
    self->period_s = period_s;
    self->n = self->n_live = 0;
    for (int c = 0; c < t->p->n_crews; c++) {
        self->of_crew[c][0] = self->of_land[c][0] = 0;
    }
    for (int k = 0; k < t->n_chains; k++) {
        self->of_chain[k][0] = 0;
    }
    for (int q = 0; q < n && self->n < self->cap; q++) {
        struct vg_rota_sortie s = sorties[q];
        if (s.is_on && vg_rota_set(t, &s)) {
            self->live[self->n_live++] = self->n;
            self->sorties[self->n++] = s;
            put_in(self, self->n - 1);
        }
    }
    vg_rota_reprice(self);
}

void vg_rota_load_day(struct vg_rota *self, const struct vg_rota_sortie *sorties, int n,
                      double target, double by_day)
{
    self->by_day = by_day;
    vg_rota_load(self, sorties, n, target, VG_DAY_S);
}

/* ---- trying a change ---- */

/* The links of a sortie join the ranges to be judged; ranges that touch are one. */
static void add_range(struct vg_rota_work *w, const struct vg_rota_sortie *s)
{
    struct range r = {s->chain, s->i, s->j};
    for (int q = 0; q < w->n_ranges; q++) {
        const struct range *o = &w->ranges[q];
        if (o->chain == r.chain && o->from <= r.to && o->to >= r.from) {
            r.from = o->from < r.from ? o->from : r.from;
            r.to = o->to > r.to ? o->to : r.to;
            w->ranges[q] = w->ranges[--w->n_ranges];
            q = -1;
        }
    }
    w->ranges[w->n_ranges++] = r;
}

static void add_one(struct vg_rota_work *w, int crew)
{
    for (int q = 0; q < w->n_crews; q++) {
        if (w->crews[q] == crew) {
            return;
        }
    }
    w->crews[w->n_crews++] = crew;
}

/* The crews that a sortie costs something. */
static void add_crews(const struct vg_rota *self, const struct vg_rota_sortie *s)
{
    const struct vg_problem *p = self->tables->p;
    add_one(self->work, first_of_pool(self, s->crew));
    add_one(self->work, first_of_base(p, s->crew));
    if (s->elsewhere > 0) {
        add_one(self->work, first_of_base(p, vg_rota_land(s)));
    }
}

static void apply(struct vg_rota *self, const struct vg_rota_change *changes, int n)
{
    struct vg_rota_work *w = self->work;
    w->n_ranges = w->n_crews = w->n_spans = 0;
    for (int q = 0; q < n; q++) {
        struct vg_rota_sortie *s = &self->sorties[changes[q].id];
        w->old[q] = *s;
        if (s->is_on) {
            add_range(w, s);
            add_crews(self, s);
            take_out(self, changes[q].id);
        }
        *s = changes[q].to;
        if (s->is_on) {
            add_range(w, s);
            add_crews(self, s);
            put_in(self, changes[q].id);
        }
    }
}

static void revert(struct vg_rota *self, const struct vg_rota_change *changes, int n)
{
    for (int q = n - 1; q >= 0; q--) {
        int id = changes[q].id;
        if (self->sorties[id].is_on) {
            take_out(self, id);
        }
        self->sorties[id] = self->work->old[q];
        if (self->sorties[id].is_on) {
            put_in(self, id);
        }
    }
}

/* The list of live ids follows what came and went. */
static void follow_live(struct vg_rota *self, const struct vg_rota_change *changes, int n)
{
    for (int q = 0; q < n; q++) {
        bool was_on = self->work->old[q].is_on;
        bool is_on = changes[q].to.is_on;
        if (is_on && !was_on) {
            self->live[self->n_live++] = changes[q].id;
        }
        for (int k = 0; was_on && !is_on && k < self->n_live; k++) {
            if (self->live[k] == changes[q].id) {
                self->live[k] = self->live[--self->n_live];
            }
        }
    }
}

bool vg_rota_try(struct vg_rota *self, const struct vg_rota_change *changes, int n, double most)
{
    struct vg_rota_work *w = self->work;
    double over = 0;
    double was = 0;
    double cover = 0;
    apply(self, changes, n);
    for (int q = 0; q < w->n_crews; q++) {
        w->over[q] = over_of(self, w->crews[q]);
        over += w->over[q] - self->over[w->crews[q]];
    }
    for (int q = 0; q < w->n_ranges; q++) {
        was += noted_cost(self, &w->ranges[q]);
    }
    /* Too much already, if all the links were covered. */
    bool is_kept = over - was <= most;
    for (int q = 0; q < w->n_ranges && is_kept; q++) {
        cover += cover_of(self, &w->ranges[q]);
        is_kept = over + cover - was <= most;
    }
    if (!is_kept) {
        revert(self, changes, n);
        return false;
    }
    note_spans(self);
    for (int q = 0; q < w->n_crews; q++) {
        self->over[w->crews[q]] = w->over[q];
    }
    self->cover_cost += cover - was;
    self->over_cost += over;
    follow_live(self, changes, n);
    return true;
}

bool vg_rota_try_deal(struct vg_rota *self, int deal, double most)
{
    const int *was = self->drones;
    int was_deal = self->deal;
    double more = 0;
    vg_rota_set_deal(self, deal);
    for (int c = 0; c < self->tables->p->n_crews; c++) {
        more += was[c] != self->drones[c] ? over_of(self, c) - self->over[c] : 0;
    }
    if (!(more <= most)) {
        vg_rota_set_deal(self, was_deal);
        return false;
    }
    for (int c = 0; c < self->tables->p->n_crews; c++) {
        self->over[c] = was[c] != self->drones[c] ? over_of(self, c) : self->over[c];
    }
    self->over_cost += more;
    return true;
}
