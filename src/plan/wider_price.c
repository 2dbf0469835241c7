/* Prices every flight of the wider classes. */
#include "plan/wider_inner.h"

#include <math.h>
#include <stdlib.h>

static const double LEAST_EXCESS = 1e-7;

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
    double *out; /* sites */
    double *home;
    struct vg_wider_flight *best; /* sites: the worst flight that begins there */
};

struct pricing {
    const struct vg_wider *w;
    const struct vg_wider_dual *dual;
    struct view v;
    double fixed; /* climb, descent, turnaround, in least revisits */
    double most; /* of flight, without fixed */
    double hair;
    double price;
    double worst; /* 1 + the worst excess; below 1 where nothing collects its cost */
    struct vg_wider_flight *found;
    int n_found;
    int cap;
};

static bool view_init(struct view *v, const struct vg_problem *p)
{
    size_t n = 1;
    for (int k = 0; k < p->n_chains; k++) {
        n = (size_t)p->chains[k].n > n ? (size_t)p->chains[k].n : n;
    }
    *v = (struct view){.u = malloc(n * sizeof *v->u), .best = malloc(n * sizeof *v->best)};
    double **const arrays[] = {&v->there, &v->back,  &v->worth, &v->y,
                               &v->once,  &v->again, &v->out,   &v->home};
    bool is_ok = v->u != NULL && v->best != NULL;
    for (int q = 0; q < 8; q++) {
        *arrays[q] = malloc((n + 1) * sizeof(double));
        is_ok = is_ok && *arrays[q] != NULL;
    }
    return is_ok;
}

static void view_finish(struct view *v)
{
    double *const arrays[] = {v->there, v->back,  v->worth, v->y,
                              v->once,  v->again, v->out,   v->home};
    for (int q = 0; q < 8; q++) {
        free(arrays[q]);
    }
    free(v->u);
    free(v->best);
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

static void look_from(struct pricing *x, int from, int to)
{
    const struct vg_wider_times *t = &x->w->times[x->v.type * x->w->p->n_chains + x->v.chain];
    double scale = x->hair / x->w->p->least_revisit_s;
    for (int s = 0; s < x->v.n_sites; s++) {
        int node = vg_wider_node(x->w, x->v.chain, x->v.is_back, x->v.u[s]);
        x->v.out[s] = scale * t->out[from][node];
        x->v.home[s] = scale * t->home[to][node];
        x->v.best[s].excess = -1;
    }
}

/* A flight is looked at where it collects more than this many times its cost: more than the worst
 * so far, or enough to be worth a column. */
static double wanted(const struct pricing *x)
{
    static const double WORTH_A_COLUMN = 0.3; /* of the worst excess */
    return x->worst < 1 ? x->worst : 1 + WORTH_A_COLUMN * (x->worst - 1) + LEAST_EXCESS;
}

static void offer(struct pricing *x, struct vg_wider_flight *best,
                  const struct vg_wider_flight *flight, double value, double cost)
{
    if (value > (1 + best->excess) * x->price * cost) {
        *best = *flight;
        best->cost = cost;
        best->excess = value / (x->price * cost) - 1;
        x->worst = fmax(x->worst, 1 + best->excess);
    }
}

/* What coming back to all sites first..j is worth. */
static void price_again(struct view *v, double hair, int q, int j, int first)
{
    int far = q + 1 < v->n ? q + 1 : v->n - 1;
    double sum = 0;
    for (int c = j; c >= first; c--) {
        /* Without the hair: a gap is no shorter than this. */
        double gap = (v->there[far] - v->there[v->u[c]] + v->back[far] - v->back[v->u[c]]) / hair;
        sum += v->y[c] * fmin(gap, v->once[c]);
        v->again[c] = sum;
    }
}

/* Could any flight that turns behind q collect what is wanted, were its battery endless? Between
 * its beginning and its end all is seen once at least, so the greater of both readings is its
 * value. */
static bool may_turn_pay(const struct pricing *x, double bonus, int q, int j, int first)
{
    const struct view *v = &x->v;
    double price = wanted(x) * x->price;
    double once_a = -HUGE_VAL;
    double once_c = -HUGE_VAL;
    double again_a = -HUGE_VAL;
    double again_c = -HUGE_VAL;
    for (int k = first; k <= j; k++) {
        double begin = price * (v->out[k] + v->there[q] - v->there[v->u[k]]);
        double end = price * (v->back[q] - v->back[v->u[k]] + v->home[k]);
        once_a = fmax(once_a, -v->worth[k] - begin);
        once_c = fmax(once_c, -v->worth[k] - end);
        again_a = fmax(again_a, v->again[k] - begin);
        again_c = fmax(again_c, v->again[k] - end);
    }
    return v->worth[j + 1] + bonus + fmax(once_a + again_c, once_c + again_a) > price * x->fixed;
}

static void price_turn(struct pricing *x, const struct vg_wider_flight *form, double bonus, int q,
                       int j, int first)
{
    struct view *v = &x->v;
    struct vg_wider_flight f = *form;
    f.j = v->u[j];
    f.q = q;
    for (int a = first; a <= j; a++) {
        double begin = v->out[a] + v->there[q] - v->there[v->u[a]];
        f.a = v->u[a];
        for (int c = j; c >= first && begin < x->most; c--) {
            double time = begin + v->back[q] - v->back[v->u[c]] + v->home[c];
            int early = a < c ? a : c;
            int late = a < c ? c : a;
            double value = v->worth[j + 1] - v->worth[early] + v->again[late] + bonus;
            f.c = v->u[c];
            if (time <= x->most) {
                offer(x, &v->best[a], &f, value, time + x->fixed);
            }
        }
    }
}

static void price_once(struct pricing *x, const struct vg_wider_flight *form, double bonus, int j,
                       int first)
{
    struct view *v = &x->v;
    struct vg_wider_flight f = *form;
    f.j = f.q = v->u[j];
    f.c = -1;
    for (int a = first; a <= j; a++) {
        double time = v->out[a] + v->there[f.q] - v->there[v->u[a]] + v->home[j];
        f.a = v->u[a];
        if (time <= x->most) {
            offer(x, &v->best[a], &f, v->worth[j + 1] - v->worth[a] + bonus, time + x->fixed);
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

static void keep(struct pricing *x)
{
    for (int s = 0; s < x->v.n_sites; s++) {
        const struct vg_wider_flight *f = &x->v.best[s];
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

static void price_pair(struct pricing *x, int from, int to)
{
    const struct vg_wider *w = x->w;
    struct view *v = &x->v;
    int at = v->type * w->p->watch->n_bases;
    const struct vg_wider_flight form = {.chain = v->chain,
                                         .type = v->type,
                                         .group = w->group_of[at + from],
                                         .is_back = v->is_back,
                                         .from = from,
                                         .to = to};
    double bonus = w->may_relay ? x->dual->home[at + from] - x->dual->home[at + to] : 0;
    x->price = x->dual->price[form.group];
    look_from(x, from, to);
    int first = 0;
    int j = -1;
    for (int q = 0; q < v->n; q++) {
        j += j + 1 < v->n_sites && v->u[j + 1] == q;
        while (first <= j && fmin(v->there[q] - v->there[v->u[first]],
                                  v->back[q] - v->back[v->u[first]]) > x->most) {
            first++;
        }
        if (j >= first && v->u[j] == q) {
            price_once(x, &form, bonus, j, first);
        }
        if (j >= first && w->may_turn) {
            price_again(v, x->hair, q, j, first);
            if (may_turn_pay(x, bonus, q, j, first)) {
                price_turn(x, &form, bonus, q, j, first);
            }
        }
    }
    keep(x);
}

/* Is any site of the view within reach? legs: seconds at the chain's nodes, NULL: none of our
 * bases. */
static bool is_near(const struct pricing *x, const double *legs)
{
    for (int s = 0; legs != NULL && s < x->v.n_sites; s++) {
        int node = vg_wider_node(x->w, x->v.chain, x->v.is_back, x->v.u[s]);
        if (legs[node] * x->hair / x->w->p->least_revisit_s < x->most) {
            return true;
        }
    }
    return false;
}

static void price_chain(struct pricing *x, int type, int chain, bool is_back)
{
    const struct vg_wider *w = x->w;
    const struct vg_wider_times *t = &w->times[type * w->p->n_chains + chain];
    int bases = w->p->watch->n_bases;
    look_along(x, type, chain, is_back);
    for (int from = 0; from < bases; from++) {
        for (int to = 0; is_near(x, t->out[from]) && to < bases; to++) {
            if ((w->may_relay || to == from) && is_near(x, t->home[to])) {
                price_pair(x, from, to);
            }
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
        x.most = (p->crews[c].usable_s / VG_USABLE_SHARE * 1.0002 - ground_s) / p->least_revisit_s;
        for (int k = 0; k < 2 * p->n_chains && !is_done; k++) {
            price_chain(&x, type, k / 2, k % 2 != 0);
        }
    }
    qsort(found, (size_t)x.n_found, sizeof *found, by_excess);
    view_finish(&x.v);
    *out_excess = x.worst - 1;
    return x.n_found;
}
