/* Prices every flight of the wider classes. */
#include "plan/wider_inner.h"

#include <math.h>
#include <stdlib.h>

static const double LEAST_EXCESS = 1e-7;

/* What the flights from or to one base collect at most by their beginning or end at the point of
 * turning in hand, less the price of that part: with all up to it seen once or, again, twice. */
struct reach {
    double least; /* time of the part; HUGE_VAL: beyond the battery */
    double once;
    double again;
};

/* One base of a view. */
struct end {
    bool is_ours; /* drones of this type fly from here or land here */
    double price;
    double home; /* what a drone is worth here */
    double *out; /* sites: time from the base */
    double *in; /* sites: time home */
    struct reach begin;
    struct reach end;
    struct vg_wider_flight *best; /* sites: the worst flight that begins here and there */
};

/* One chain in the order flown, for one type. Arrays over sites; u: node in that order. */
struct view {
    int chain;
    int type;
    bool is_back;
    int n; /* nodes */
    int n_sites;
    int *u;
    double *there; /* nodes: in least revisits, from the first */
    double *back;
    double *worth; /* sites: y x T x wish, summed from the first; n_sites + 1 */
    double *y;
    double *once; /* sites: T x wish */
    double *again; /* sites: what coming back to all from here to the turn is worth */
    struct end *ends; /* bases */
    int n_ends;
};

/* The window of sites that a flight turning behind node q may see on its way there and back. */
struct window {
    int q;
    int first;
    int j; /* the last site not behind q */
};

struct pricing {
    const struct vg_wider *w;
    const struct vg_wider_dual *dual;
    struct view v;
    double fixed; /* climb, descent, turnaround, in least revisits */
    double most; /* of flight, without fixed */
    double hair;
    double worst; /* 1 + the worst excess; below 1 where nothing collects its cost */
    struct vg_wider_flight *found;
    int n_found;
    int cap;
};

static double greater(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static bool view_init(struct view *v, const struct vg_problem *p)
{
    size_t n = 1;
    for (int k = 0; k < p->n_chains; k++) {
        n = (size_t)p->chains[k].n > n ? (size_t)p->chains[k].n : n;
    }
    *v = (struct view){.n_ends = p->watch->n_bases, .u = malloc(n * sizeof *v->u)};
    v->ends = calloc((size_t)v->n_ends + 1, sizeof *v->ends);
    double **const arrays[] = {&v->there, &v->back, &v->worth, &v->y, &v->once, &v->again};
    bool is_ok = v->u != NULL && v->ends != NULL;
    for (int q = 0; q < 6; q++) {
        *arrays[q] = malloc((n + 1) * sizeof(double));
        is_ok = is_ok && *arrays[q] != NULL;
    }
    for (int b = 0; b < v->n_ends && is_ok; b++) {
        struct end *e = &v->ends[b];
        e->out = malloc(n * sizeof *e->out);
        e->in = malloc(n * sizeof *e->in);
        e->best = malloc(n * sizeof *e->best);
        is_ok = e->out != NULL && e->in != NULL && e->best != NULL;
    }
    return is_ok;
}

static void view_finish(struct view *v)
{
    double *const arrays[] = {v->there, v->back, v->worth, v->y, v->once, v->again};
    for (int q = 0; q < 6; q++) {
        free(arrays[q]);
    }
    for (int b = 0; v->ends != NULL && b < v->n_ends; b++) {
        free(v->ends[b].out);
        free(v->ends[b].in);
        free(v->ends[b].best);
    }
    free(v->ends);
    free(v->u);
}

static void look_along(struct pricing *x, int type, int chain, bool is_back)
{
    const struct vg_wider *w = x->w;
    const struct vg_wider_times *t = &w->times[type * w->p->n_chains + chain];
    struct view *v = &x->v;
    double unit_s = w->p->least_revisit_s;
    v->chain = chain;
    v->type = type;
    v->is_back = is_back;
    v->n = w->p->chains[chain].n;
    v->n_sites = 0;
    v->worth[0] = 0;
    for (int k = 0; k < v->n; k++) {
        int node = vg_wider_node(w, chain, is_back, k);
        int row = w->row[chain][node];
        v->there[k] = x->hair / unit_s * (is_back ? t->bwd[v->n - 1] - t->bwd[node] : t->fwd[node]);
        v->back[k] = x->hair / unit_s * (is_back ? t->fwd[v->n - 1] - t->fwd[node] : t->bwd[node]);
        if (row >= 0) {
            int s = v->n_sites++;
            v->u[s] = k;
            v->y[s] = x->dual->y[row];
            v->once[s] = w->share * w->wish[row];
            v->worth[s + 1] = v->worth[s] + v->y[s] * v->once[s];
        }
    }
}

static void look_at_base(struct pricing *x, int base)
{
    const struct vg_wider *w = x->w;
    struct view *v = &x->v;
    const struct vg_wider_times *t = &w->times[v->type * w->p->n_chains + v->chain];
    struct end *e = &v->ends[base];
    int at = v->type * w->p->watch->n_bases + base;
    int group = w->group_of[at];
    double scale = x->hair / w->p->least_revisit_s;
    e->is_ours = group >= 0 && t->out[base] != NULL;
    e->price = e->is_ours ? x->dual->price[group] : 0;
    e->home = w->may_relay ? x->dual->home[at] : 0;
    for (int s = 0; s < v->n_sites && e->is_ours; s++) {
        int node = vg_wider_node(w, v->chain, v->is_back, v->u[s]);
        e->out[s] = scale * t->out[base][node];
        e->in[s] = scale * t->home[base][node];
        e->best[s].excess = -1;
    }
}

/* A flight is looked at where it collects more than this many times its cost: more than the worst
 * so far, or enough to be worth a column. */
static double wanted(const struct pricing *x)
{
    static const double WORTH_A_COLUMN = 0.3; /* of the worst excess */
    return x->worst < 1 ? x->worst : 1 + WORTH_A_COLUMN * (x->worst - 1) + LEAST_EXCESS;
}

/* What coming back to all sites of the window is worth. */
static void price_again(struct view *v, double hair, const struct window *at)
{
    int far = at->q + 1 < v->n ? at->q + 1 : v->n - 1;
    double sum = 0;
    for (int c = at->j; c >= at->first; c--) {
        /* Without the hair: a gap is no shorter than this. */
        double gap = (v->there[far] - v->there[v->u[c]] + v->back[far] - v->back[v->u[c]]) / hair;
        sum += v->y[c] * smaller(gap, v->once[c]);
        v->again[c] = sum;
    }
}

/* The best part of a flight from (legs: out, along: there) or to (in, back) a base. */
static struct reach reach_of(const struct pricing *x, const struct window *at, double price,
                             const double *legs, const double *along)
{
    const struct view *v = &x->v;
    struct reach r = {.least = HUGE_VAL, .once = -HUGE_VAL, .again = -HUGE_VAL};
    for (int k = at->first; k <= at->j; k++) {
        double time = legs[k] + along[at->q] - along[v->u[k]];
        if (time <= x->most) {
            r.least = smaller(r.least, time);
            r.once = greater(r.once, -v->worth[k] - price * time);
            r.again = greater(r.again, v->again[k] - price * time);
        }
    }
    return r;
}

static void look_at_ends(struct pricing *x, const struct window *at)
{
    double most = wanted(x);
    for (int b = 0; b < x->v.n_ends; b++) {
        struct end *e = &x->v.ends[b];
        if (e->is_ours) {
            e->begin = reach_of(x, at, most * e->price, e->out, x->v.there);
            e->end = reach_of(x, at, most * e->price, e->in, x->v.back);
        }
    }
}

static void offer(struct pricing *x, double price, struct vg_wider_flight *best,
                  const struct vg_wider_flight *flight, double value, double cost)
{
    if (value > (1 + best->excess) * price * cost) {
        *best = *flight;
        best->cost = cost;
        best->excess = value / (price * cost) - 1;
        x->worst = greater(x->worst, 1 + best->excess);
    }
}

static struct vg_wider_flight form_of(const struct pricing *x, int from, int to)
{
    const struct view *v = &x->v;
    return (struct vg_wider_flight){.chain = v->chain,
                                    .type = v->type,
                                    .group = x->w->group_of[v->type * v->n_ends + from],
                                    .is_back = v->is_back,
                                    .from = from,
                                    .to = to};
}

/* Flights of one beginning a that turn behind q. */
static void price_returns(struct pricing *x, struct vg_wider_flight *f, const struct window *at,
                          int a, double begin)
{
    const struct view *v = &x->v;
    const struct end *from = &v->ends[f->from];
    const struct end *to = &v->ends[f->to];
    double bonus = from->home - to->home;
    double all = v->worth[at->j + 1] + bonus;
    for (int c = at->j; c >= at->first; c--) {
        double time = begin + v->back[at->q] - v->back[v->u[c]] + to->in[c];
        double value = a < c ? all - v->worth[a] + v->again[c] : all - v->worth[c] + v->again[a];
        if (time <= x->most &&
            value > (1 + from->best[a].excess) * from->price * (time + x->fixed)) {
            f->c = v->u[c];
            offer(x, from->price, &from->best[a], f, value, time + x->fixed);
        }
    }
}

/* Between its beginning and its end a flight sees all once at least, so the greater of both
 * readings is its value: what could not pay were its battery endless is left out. */
static void price_turn(struct pricing *x, int from, int to, const struct window *at)
{
    const struct view *v = &x->v;
    const struct end *f = &v->ends[from];
    const struct end *t = &v->ends[to];
    double price = wanted(x) * f->price;
    double all = v->worth[at->j + 1] + f->home - t->home - price * x->fixed;
    if (f->begin.least + t->end.least > x->most ||
        all + greater(f->begin.once + t->end.again, f->begin.again + t->end.once) <= 0) {
        return;
    }
    struct vg_wider_flight form = form_of(x, from, to);
    form.j = v->u[at->j];
    form.q = at->q;
    for (int a = at->first; a <= at->j; a++) {
        double begin = f->out[a] + v->there[at->q] - v->there[v->u[a]];
        double rest = greater(t->end.again - v->worth[a], t->end.once + v->again[a]);
        if (begin + t->end.least <= x->most && all + rest > price * begin) {
            form.a = v->u[a];
            price_returns(x, &form, at, a, begin);
        }
    }
}

/* Flights that go home from site j. */
static void price_once(struct pricing *x, int from, int to, const struct window *at)
{
    const struct view *v = &x->v;
    const struct end *f = &v->ends[from];
    const struct end *t = &v->ends[to];
    if (f->begin.least + t->in[at->j] > x->most) {
        return;
    }
    struct vg_wider_flight form = form_of(x, from, to);
    form.j = form.q = at->q;
    form.c = -1;
    double all = v->worth[at->j + 1] + f->home - t->home;
    for (int a = at->first; a <= at->j; a++) {
        double time = f->out[a] + v->there[at->q] - v->there[v->u[a]] + t->in[at->j];
        form.a = v->u[a];
        if (time <= x->most) {
            offer(x, f->price, &f->best[a], &form, all - v->worth[a], time + x->fixed);
        }
    }
}

static int by_excess(const void *a, const void *b)
{
    const struct vg_wider_flight *x = a;
    const struct vg_wider_flight *y = b;
    if (x->excess > y->excess || x->excess < y->excess) {
        return x->excess > y->excess ? -1 : 1;
    }
    return x->chain != y->chain ? x->chain - y->chain : x->a - y->a;
}

static void keep(struct pricing *x, const struct end *e)
{
    for (int s = 0; s < x->v.n_sites; s++) {
        const struct vg_wider_flight *f = &e->best[s];
        if (f->excess <= LEAST_EXCESS) {
            continue;
        }
        if (x->n_found == x->cap) {
            qsort(x->found, (size_t)x->n_found, sizeof *x->found, by_excess);
            x->n_found = x->cap / 2;
        }
        x->found[x->n_found++] = *f;
    }
}

static void price_window(struct pricing *x, const struct window *at)
{
    const struct view *v = &x->v;
    bool is_site = v->u[at->j] == at->q;
    if (!is_site && !x->w->may_turn) {
        return;
    }
    price_again(&x->v, x->hair, at);
    look_at_ends(x, at);
    for (int from = 0; from < v->n_ends; from++) {
        if (!v->ends[from].is_ours || v->ends[from].begin.least > x->most) {
            continue;
        }
        for (int to = 0; to < v->n_ends; to++) {
            if (!v->ends[to].is_ours || (!x->w->may_relay && to != from)) {
                continue;
            }
            if (is_site) {
                price_once(x, from, to, at);
            }
            if (x->w->may_turn) {
                price_turn(x, from, to, at);
            }
        }
    }
}

static void price_chain(struct pricing *x, int type, int chain, bool is_back)
{
    struct view *v = &x->v;
    look_along(x, type, chain, is_back);
    for (int b = 0; b < v->n_ends; b++) {
        look_at_base(x, b);
    }
    struct window at = {.j = -1};
    for (at.q = 0; at.q < v->n; at.q++) {
        at.j += at.j + 1 < v->n_sites && v->u[at.j + 1] == at.q;
        while (at.first <= at.j && smaller(v->there[at.q] - v->there[v->u[at.first]],
                                           v->back[at.q] - v->back[v->u[at.first]]) > x->most) {
            at.first++;
        }
        if (at.j >= at.first) {
            price_window(x, &at);
        }
    }
    for (int b = 0; b < v->n_ends; b++) {
        if (v->ends[b].is_ours) {
            keep(x, &v->ends[b]);
        }
    }
}

int vg_wider_price(const struct vg_wider *self, const struct vg_wider_dual *dual,
                   struct vg_wider_flight *found, int cap, double *out_excess)
{
    const struct vg_problem *p = self->p;
    struct pricing x = {.w = self, .dual = dual, .found = found, .cap = cap};
    if (!view_init(&x.v, p)) {
        view_finish(&x.v);
        *out_excess = (double)NAN;
        return 0;
    }
    for (int c = 0; c < p->n_crews; c++) {
        int type = p->crews[c].type;
        bool is_done = false;
        for (int b = 0; b < c; b++) {
            is_done = is_done || p->crews[b].type == type;
        }
        x.hair = p->crews[c].air.wind_mps > 0 ? 0.9995 : 1;
        double ground_s = p->crews[c].climb_s + p->crews[c].sink_s;
        x.fixed = (ground_s + p->crews[c].turnaround_s) / p->least_revisit_s;
        x.most = (p->crews[c].usable_s + VG_BOUND_MORE_S - ground_s) / p->least_revisit_s;
        for (int k = 0; k < 2 * p->n_chains && !is_done; k++) {
            price_chain(&x, type, k / 2, k % 2 != 0);
        }
    }
    qsort(found, (size_t)x.n_found, sizeof *found, by_excess);
    view_finish(&x.v);
    *out_excess = x.worst - 1;
    return x.n_found;
}
