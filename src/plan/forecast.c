/* How long each half kilometre will go unseen from now on. */
#include "plan/replan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double BIN_M = 500;
static const double LATE_S = 900; /* a drone ready so long after its time still flies the sortie */
static const double LEAST_AHEAD_S = 6 * 3600.0;
static const double MOST_AHEAD_S = 48 * 3600.0;

struct ground {
    const struct vg_watchfile *watch;
    int *first; /* of each line, n_lines + 1 */
    int n; /* half kilometres; the arrays below have so many for each pass */
    int n_passes;
    double *last_s; /* seen last, from now */
    double *worst; /* ratio so far */
    double *until_s; /* when the worst one ended */
    double *revisit_s; /* 0: not watched, or out of reach */
    double wait; /* sum over the ground seen by now: first sight / wanted revisit */
};

static double end_of(const struct vg_plan *plan)
{
    double ahead_s = fmax(LEAST_AHEAD_S, 2 * plan->period_s);
    for (int k = 0; k < plan->n_stretches; k++) {
        ahead_s = fmax(ahead_s, 2 * plan->stretches[k].revisit_s);
    }
    return fmin(MOST_AHEAD_S, ahead_s);
}

static bool make_ground(struct ground *g, const struct vg_watchfile *w, const struct vg_plan *plan)
{
    int n = 0;
    *g = (struct ground){.watch = w, .n_passes = 1};
    for (int k = 0; k < plan->n_stretches; k++) {
        int more = plan->stretches[k].n_passes;
        g->n_passes = more > g->n_passes ? more : g->n_passes;
    }
    g->first = calloc((size_t)w->network.n_lines + 1, sizeof *g->first);
    if (g->first == NULL) {
        return false;
    }
    for (int k = 0; k < w->network.n_lines; k++) {
        g->first[k] = n;
        n += (int)ceil(w->network.lines[k].length_m / BIN_M);
    }
    g->first[w->network.n_lines] = n;
    g->n = n;
    n *= g->n_passes;
    g->last_s = calloc((size_t)n + 1, sizeof *g->last_s);
    g->worst = calloc((size_t)n + 1, sizeof *g->worst);
    g->until_s = calloc((size_t)n + 1, sizeof *g->until_s);
    g->revisit_s = calloc((size_t)n + 1, sizeof *g->revisit_s);
    return g->last_s != NULL && g->worst != NULL && g->until_s != NULL && g->revisit_s != NULL;
}

static void drop_ground(struct ground *g)
{
    free(g->first);
    free(g->last_s);
    free(g->worst);
    free(g->until_s);
    free(g->revisit_s);
}

static void set_revisits(struct ground *g, const struct vg_plan *plan)
{
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        int line = vg_network_find_line(&g->watch->network, st->line);
        for (int b = line >= 0 ? g->first[line] : 0; line >= 0 && b < g->first[line + 1]; b++) {
            double mid_m = (b - g->first[line] + 0.5) * BIN_M;
            if (mid_m >= st->from_m && mid_m < st->to_m) {
                for (int q = 0; q == 0 || q < st->n_passes; q++) {
                    g->revisit_s[q * g->n + b] = st->is_unreachable ? 0 : st->revisit_s;
                }
            }
        }
    }
}

static void set_ages(struct ground *g, const struct vg_replan_input *in)
{
    for (int k = 0; k < g->watch->network.n_lines; k++) {
        for (int b = g->first[k]; b < g->first[k + 1]; b++) {
            double mid_m = (b - g->first[k] + 0.5) * BIN_M;
            for (int q = 0; q < g->n_passes; q++) {
                g->last_s[q * g->n + b] = -in->unseen_s(in->ctx, k, mid_m);
            }
        }
    }
}

static void see(struct ground *g, int b, double t_s)
{
    if (t_s > g->last_s[b]) {
        double ratio = g->revisit_s[b] > 0 ? (t_s - g->last_s[b]) / g->revisit_s[b] : 0;
        bool is_first = g->last_s[b] <= 0 && g->revisit_s[b] > 0;
        g->wait += is_first ? t_s / g->revisit_s[b] : 0;
        if (ratio > g->worst[b]) {
            g->worst[b] = ratio;
            g->until_s[b] = t_s;
        }
        g->last_s[b] = t_s;
    }
}

static void fly(struct ground *g, const struct vg_replan_pass *p)
{
    double lo = fmin(p->from_m, p->to_m);
    double hi = fmax(p->from_m, p->to_m);
    int end = g->first[p->line + 1];
    int b = g->first[p->line] + (int)fmax(0, ceil(lo / BIN_M - 0.5));
    for (; b < end && p->pass < g->n_passes; b++) {
        double mid_m = (b - g->first[p->line] + 0.5) * BIN_M;
        if (mid_m > hi) {
            break;
        }
        double share = hi > lo ? (mid_m - p->from_m) / (p->to_m - p->from_m) : 0;
        see(g, p->pass * g->n + b, p->t0_s + share * (p->t1_s - p->t0_s));
    }
}

static int by_time(const void *a, const void *b)
{
    const struct vg_replan_pass *x = a;
    const struct vg_replan_pass *y = b;
    return (x->t0_s > y->t0_s) - (x->t0_s < y->t0_s);
}

struct passes {
    struct vg_replan_pass *items;
    int n;
    int cap;
};

static bool add_pass(struct passes *self, struct vg_replan_pass pass)
{
    if (self->n == self->cap) {
        int cap = self->cap > 0 ? 2 * self->cap : 1024;
        struct vg_replan_pass *more = realloc(self->items, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        self->items = more;
        self->cap = cap;
    }
    self->items[self->n++] = pass;
    return true;
}

/* Every flight of the sortie that its drone can make before the end. */
static bool add_sortie(struct passes *all, const struct vg_replan_input *in,
                       const struct vg_plan_sortie *so, double end_s)
{
    int d = vg_watchfile_find_drone(in->watch, so->drone);
    bool is_good = true;
    if (d < 0 || in->drones[d].is_out) {
        return true;
    }
    double since_s = in->plan_now_s - (in->is_from_rest ? 0 : LATE_S);
    double turn = ceil((since_s - so->takeoff_s) / so->period_s - 1e-9);
    for (turn = fmax(turn, 0); is_good; turn++) {
        double takeoff_s = turn * so->period_s + so->takeoff_s - in->plan_now_s;
        double late_s = fmax(0, in->drones[d].ready_s - takeoff_s);
        if (takeoff_s > end_s) {
            break;
        }
        for (int k = 0; is_good && late_s <= LATE_S && k < so->n_visits; k++) {
            const struct vg_plan_visit *v = &so->visits[k];
            double shift_s = takeoff_s - so->takeoff_s + late_s;
            int line = vg_network_find_line(&in->watch->network, v->line);
            is_good =
                line < 0 ||
                add_pass(all, (struct vg_replan_pass){line, v->from_m, v->to_m, v->t0_s + shift_s,
                                                      v->t1_s + shift_s, v->pass});
        }
    }
    return is_good;
}

/* The worst of one pass at half kilometre b of a line; `at` in the arrays. */
static double judge_pass(const struct ground *g, int line, int b, int at, double end_s,
                         struct vg_forecast *io)
{
    double still = g->revisit_s[at] > 0 ? (end_s - g->last_s[at]) / g->revisit_s[at] : 0;
    double worst = fmax(g->worst[at], still);
    io->mean_wait += g->last_s[at] <= 0 ? still : 0; /* never seen: at least so long */
    if (worst > io->ratio) {
        io->ratio = worst;
        io->line = line;
        io->s_m = (b - g->first[line] + 0.5) * BIN_M;
        io->t_s = still > g->worst[at] ? end_s : g->until_s[at];
    }
    return worst;
}

static struct vg_forecast judge(const struct ground *g, double end_s)
{
    struct vg_forecast out = {.line = -1, .mean_wait = g->wait};
    int n = 0;
    for (int k = 0; k < g->watch->network.n_lines; k++) {
        for (int b = g->first[k]; b < g->first[k + 1]; b++) {
            double worst = 0;
            for (int q = 0; q < g->n_passes; q++) {
                worst = fmax(worst, judge_pass(g, k, b, q * g->n + b, end_s, &out));
                n += g->revisit_s[q * g->n + b] > 0;
            }
            out.broken_m += worst > 1 ? BIN_M : 0;
        }
    }
    out.mean_wait /= n > 0 ? n : 1;
    return out;
}

enum vg_status vg_replan_forecast(const struct vg_replan_input *in, const struct vg_plan *plan,
                                  struct vg_forecast *out, struct vg_error *err)
{
    struct ground g;
    struct passes all = {0};
    double end_s = end_of(plan);
    bool is_good = make_ground(&g, in->watch, plan);
    for (int k = 0; is_good && k < in->n_under_way; k++) {
        is_good = add_pass(&all, in->under_way[k]);
    }
    for (int k = 0; is_good && k < plan->n_sorties; k++) {
        is_good = add_sortie(&all, in, &plan->sorties[k], end_s);
    }
    if (is_good) {
        set_revisits(&g, plan);
        set_ages(&g, in);
        if (all.n > 0) {
            qsort(all.items, (size_t)all.n, sizeof *all.items, by_time);
        }
        for (int k = 0; k < all.n && all.items[k].t0_s < end_s; k++) {
            fly(&g, &all.items[k]);
        }
        *out = judge(&g, end_s);
    }
    drop_ground(&g);
    free(all.items);
    return is_good ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}
