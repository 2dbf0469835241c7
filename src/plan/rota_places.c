/* Work on a few places of a rota at a time.
 *
 * On a long line few crews keep the best rota from a lower target, and annealing all of it again
 * would cost the others what they have. So the target is set a little lower, a crew that could do
 * something about what is lacking is picked, with a neighbour or two, and only their sorties are
 * moved; the outcome is kept if no more is lacking than before. What lacks for long gets dearer.
 * Where that gets stuck the best rota is taken again and shaken: the crew in need is given a drone,
 * if the drones are free to be dealt so, or it and all its neighbours are annealed from hot.
 */
#include "plan/rota_walk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEAST_FAILS = 3, /* tries in a row that bring nothing, and one more for each crew */
    MOST_FAILS = 15,
    MOST_KICKS = 8, /* without a better rota; one for two crews */
    MOVES_EACH = 1000, /* per sortie of the crews at work, at least */
    KICK_MOVES_EACH = 2000,
    DEAL_TRIES = 300
};
static const double LOWER = 0.987; /* the target against the best one */
static const double SHORTER = 0.9; /* lacking so much less is worth going on for */
static const double HOT_S = 72; /* to ten times as hot */
static const double KICK_HOT_S = 200; /* to five times as hot */
static const double LEAST_NEED_S = 10;
static const double DEAREST = 8;

static double cost_of(const struct vg_rota *r)
{
    return r->cover_cost + r->over_cost;
}

/* ---- who works ---- */

static bool can_reach(const struct vg_rota_tables *t, int chain, int crew, int k)
{
    struct vg_rota_sortie s = {.chain = chain, .crew = crew, .i = k, .j = k + 1};
    return vg_rota_set(t, &s);
}

static void find_needs(struct vg_rota_walk *w)
{
    const struct vg_rota *r = &w->rota;
    const struct vg_rota_tables *t = w->tables;
    int n = t->p->n_crews;
    for (int c = 0; c < n; c++) {
        const double over = r->over[r->is_pooled ? t->pool[c] : c];
        w->need[c] = over + (r->of_crew[c][0] > 0 ? LEAST_NEED_S : 0);
    }
    for (int k = 0; k < t->n_chains; k++) {
        for (int i = 0; i < t->chains[k].n - 1; i++) {
            for (int c = 0; c < n && r->link_cost[k][i] > 0; c++) {
                w->need[c] += can_reach(t, k, c, i) ? r->link_cost[k][i] : 0;
            }
        }
    }
}

static int pick_by_need(struct vg_rota_walk *w)
{
    int n = w->tables->p->n_crews;
    double sum = 0;
    find_needs(w);
    for (int c = 0; c < n; c++) {
        sum += w->need[c];
    }
    double left = vg_rng_unit(&w->rng) * sum;
    int c = 0;
    while (c < n - 1 && (left -= w->need[c]) > 0) {
        c++;
    }
    return c;
}

/* A drone for a crew, taken from another; -1: there is no such deal. */
static int give_drone(struct vg_rota_walk *w, int crew)
{
    for (int tries = 0; tries < DEAL_TRIES && w->tables->deals.n > 1 && !w->rota.is_pooled;
         tries++) {
        int from, to;
        int deal = vg_rota_other_deal(w, &from, &to);
        if (deal >= 0 && to == crew) {
            vg_rota_try_deal(&w->rota, deal, HUGE_VAL);
            return from;
        }
    }
    return -1;
}

/* The crews marked work; how many sorties they have. */
static int set_to_work(struct vg_rota_walk *w)
{
    int n = 0;
    vg_rota_set_crews(&w->rota, w->is_at_work);
    for (int c = 0; c < w->tables->p->n_crews; c++) {
        n += w->is_at_work[c] ? w->rota.of_crew[c][0] : 0;
    }
    return n;
}

/* A crew in need, and mostly one or two of its neighbours; now and then another's drone changes to
 * it. */
static int choose_crews(struct vg_rota_walk *w)
{
    static const double NEIGHBOUR[] = {0.7, 0.5};
    static const double GIVEN = 0.2;
    const struct vg_rota_tables *t = w->tables;
    int n = t->p->n_crews;
    int first = pick_by_need(w);
    int giver = vg_rng_unit(&w->rng) < GIVEN ? give_drone(w, first) : -1;
    for (int c = 0; c < n; c++) {
        w->is_at_work[c] = c == first || c == giver;
    }
    for (int q = 0; q < 2 && vg_rng_unit(&w->rng) < NEIGHBOUR[q]; q++) {
        int found = -1;
        for (int c = 0, seen = 0; c < n; c++) {
            bool can = !w->is_at_work[c] && t->is_near[first * n + c];
            found = can && vg_rng_below(&w->rng, (uint64_t)++seen) == 0 ? c : found;
        }
        if (found >= 0) {
            w->is_at_work[found] = true;
        }
    }
    return set_to_work(w);
}

/* ---- prices ---- */

static void even_weights(struct vg_rota_walk *w)
{
    for (int k = 0; k < w->tables->n_chains; k++) {
        for (int i = 0; i < w->tables->chains[k].n - 1; i++) {
            w->rota.weight[k][i] = 1;
        }
    }
    for (int c = 0; c < w->tables->p->n_crews; c++) {
        w->rota.crew_weight[c] = 1;
    }
}

/* Links and crews that stay short get dearer. */
static void weigh(struct vg_rota_walk *w)
{
    struct vg_rota *r = &w->rota;
    for (int k = 0; k < w->tables->n_chains; k++) {
        for (int i = 0; i < w->tables->chains[k].n - 1; i++) {
            double x = r->weight[k][i];
            r->weight[k][i] =
                r->link_cost[k][i] > 1e-9 ? fmin(DEAREST, x * 1.2) : fmax(1, x * 0.98);
        }
    }
    for (int c = 0; c < w->tables->p->n_crews; c++) {
        double x = r->crew_weight[c];
        r->crew_weight[c] = r->over[c] > 1e-9 ? fmin(DEAREST, x * 1.1) : fmax(1, x * 0.98);
    }
    vg_rota_reprice(r);
}

/* ---- the work ---- */

static void hold(struct vg_rota_walk *w)
{
    const struct vg_rota *r = &w->rota;
    w->held.n = r->n_live;
    w->held.deal = r->deal;
    w->held.target = r->target;
    w->held.period_s = r->period_s;
    for (int k = 0; k < r->n_live; k++) {
        w->held.sorties[k] = r->sorties[r->live[k]];
    }
}

static void load_held(struct vg_rota_walk *w)
{
    if (w->tables->clock != NULL) {
        vg_day_load(w, w->held.sorties, w->held.n, w->held.target);
        return;
    }
    vg_rota_set_deal(&w->rota, w->held.deal);
    vg_rota_load(&w->rota, w->held.sorties, w->held.n, w->held.target, w->held.period_s);
}

/* So many moves per sortie of the crews at work, or up to six times as many. */
static void work(struct vg_rota_walk *w, int n_sorties)
{
    double hot_s = HOT_S * pow(10, vg_rng_unit(&w->rng));
    double moves = (double)n_sorties * MOVES_EACH * pow(6, vg_rng_unit(&w->rng));
    vg_rota_cool(w, hot_s, (int64_t)moves);
    vg_rota_walk_polish(w);
    vg_rota_set_crews(&w->rota, NULL);
}

static void kick(struct vg_rota_walk *w)
{
    static const double GIVEN = 0.6;
    int n = w->tables->p->n_crews;
    int first = pick_by_need(w);
    if (vg_rng_unit(&w->rng) < GIVEN && give_drone(w, first) >= 0) {
        return;
    }
    for (int c = 0; c < n; c++) {
        w->is_at_work[c] = c == first || w->tables->is_near[first * n + c];
    }
    int64_t moves = (int64_t)set_to_work(w) * KICK_MOVES_EACH;
    vg_rota_cool(w, KICK_HOT_S * pow(5, vg_rng_unit(&w->rng)), moves);
    vg_rota_set_crews(&w->rota, NULL);
}

static int less(int a, int b)
{
    return a < b ? a : b;
}

/* Tries at one lower target until the best rota is better (true) or too many brought nothing. */
static bool work_on(struct vg_rota_walk *w)
{
    double was = w->best.target;
    int most_fails = less(MOST_FAILS, LEAST_FAILS + w->tables->p->n_crews);
    hold(w);
    for (int fails = 0; fails < most_fails && !w->is_stopped;) {
        double before = cost_of(&w->rota);
        work(w, choose_crews(w));
        if (w->best.target < was) {
            return true;
        }
        double after = cost_of(&w->rota);
        fails = after < SHORTER * before ? 0 : fails + 1;
        if (after <= before) {
            hold(w);
        } else {
            load_held(w);
        }
        weigh(w);
    }
    return false;
}

void vg_rota_walk_places(struct vg_rota_walk *w)
{
    int most_kicks = less(MOST_KICKS, w->tables->p->n_crews / 2 + 1);
    for (int kicks = 0; kicks <= most_kicks && !w->is_stopped;) {
        double was = w->best.target;
        even_weights(w);
        vg_rota_load_best(w, LOWER);
        if (kicks > 0) {
            kick(w);
        }
        bool is_better = work_on(w) || w->best.target < was;
        kicks = is_better ? 0 : kicks + 1;
    }
    even_weights(w);
}
