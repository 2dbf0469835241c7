/* How long each half kilometre will go unseen from now on. */
#include "plan/clock.h"
#include "plan/ground.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEAST_AHEAD_S = 6 * 3600.0;
static const double MOST_AHEAD_S = 48 * 3600.0;

/* The same for all that is compared with the plan in force. */
static double end_of(const struct vg_plan *plan)
{
    double ahead_s = fmax(LEAST_AHEAD_S, 2 * plan->period_s);
    for (int k = 0; k < plan->n_stretches; k++) {
        ahead_s = fmax(ahead_s, 2 * plan->stretches[k].revisit_s);
    }
    return fmin(MOST_AHEAD_S, ahead_s);
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

bool vg_replan_counts(const struct vg_watchfile *watch, const struct vg_plan *plan,
                      const struct vg_plan_sortie *sortie, const struct vg_plan_visit *visit,
                      double late_s)
{
    struct vg_plan_visit then = *visit;
    then.t0_s += late_s;
    then.t1_s += late_s;
    return !plan->has_daylight || vg_clock_counts(watch, plan, sortie, &then);
}

/* The first take-off of a sortie, from the epoch on, that is not before since_s. */
static double first_turn(const struct vg_plan_sortie *so, double since_s)
{
    return fmax(0, ceil((since_s - so->takeoff_s) / so->period_s - 1e-9));
}

/* When each drone takes its flights up: the first that begins where it is. NULL: out of memory. */
static double *find_joins(const struct vg_replan_input *in, const struct vg_plan *plan,
                          double since_s)
{
    double *joins_s = malloc(((size_t)in->watch->n_drones + 1) * sizeof *joins_s);
    bool does_wander = vg_plan_wanders(plan);
    for (int d = 0; d < in->watch->n_drones && joins_s != NULL; d++) {
        joins_s[d] = does_wander && in->drones[d].at > 0 ? HUGE_VAL : since_s;
    }
    for (int k = 0; k < plan->n_sorties && joins_s != NULL && does_wander; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        int d = vg_watchfile_find_drone(in->watch, so->drone);
        int at = d >= 0 ? in->drones[d].at : 0;
        double takeoff_s = so->takeoff_s + first_turn(so, since_s) * so->period_s;
        if (at > 0 && takeoff_s < joins_s[d] &&
            strcmp(in->watch->bases[at - 1].name, so->base_from) == 0) {
            joins_s[d] = takeoff_s;
        }
    }
    return joins_s;
}

static double since_of(const struct vg_replan_input *in)
{
    return in->plan_now_s - (in->is_from_rest ? 0 : VG_GROUND_LATE_S);
}

/* Every flight of the sortie that its drone can make before the end. */
static bool add_sortie(struct passes *all, const struct vg_replan_input *in,
                       const struct vg_plan *plan, const struct vg_plan_sortie *so,
                       const double *joins_s, double end_s)
{
    int d = vg_watchfile_find_drone(in->watch, so->drone);
    bool is_good = true;
    if (d < 0 || in->drones[d].is_out || !(joins_s[d] < HUGE_VAL)) {
        return true;
    }
    for (double turn = first_turn(so, joins_s[d]); is_good; turn++) {
        double takeoff_s = turn * so->period_s + so->takeoff_s - in->plan_now_s;
        double late_s = fmax(0, in->drones[d].ready_s - takeoff_s);
        if (takeoff_s > end_s) {
            break;
        }
        for (int k = 0; is_good && late_s <= VG_GROUND_LATE_S && k < so->n_visits; k++) {
            const struct vg_plan_visit *v = &so->visits[k];
            double shift_s = takeoff_s - so->takeoff_s + late_s;
            int line = vg_network_find_line(&in->watch->network, v->line);
            is_good =
                line < 0 ||
                !vg_replan_counts(in->watch, plan, so, v, turn * so->period_s + late_s) ||
                add_pass(all, (struct vg_replan_pass){line, v->from_m, v->to_m, v->t0_s + shift_s,
                                                      v->t1_s + shift_s, v->pass});
        }
    }
    return is_good;
}

/* The worst of one pass at half kilometre b of a line; `at` in the arrays. */
static double judge_pass(const struct vg_ground *g, int line, int b, int at, double end_s,
                         struct vg_forecast *io)
{
    double still = g->revisit_s[at] > 0 ? (end_s - g->last_s[at]) / g->revisit_s[at] : 0;
    double worst = fmax(g->worst[at], still);
    io->overdue_m_s += still > 1 ? VG_GROUND_BIN_M * (still - 1) * g->revisit_s[at] : 0;
    io->mean_wait += g->last_s[at] <= 0 ? still : 0; /* never seen: at least so long */
    if (worst > io->ratio) {
        io->ratio = worst;
        io->line = line;
        io->s_m = (b - g->first[line] + 0.5) * VG_GROUND_BIN_M;
        io->t_s = still > g->worst[at] ? end_s : g->until_s[at];
    }
    return worst;
}

static struct vg_forecast judge(const struct vg_ground *g, double end_s)
{
    struct vg_forecast out = {.line = -1, .overdue_m_s = g->overdue_m_s, .mean_wait = g->wait};
    int n = 0;
    for (int k = 0; k < g->watch->network.n_lines; k++) {
        for (int b = g->first[k]; b < g->first[k + 1]; b++) {
            double worst = 0;
            for (int q = 0; q < g->n_passes; q++) {
                worst = fmax(worst, judge_pass(g, k, b, q * g->n + b, end_s, &out));
                n += g->revisit_s[q * g->n + b] > 0;
            }
            out.broken_m += worst > 1 ? VG_GROUND_BIN_M : 0;
        }
    }
    out.mean_wait /= n > 0 ? n : 1;
    return out;
}

enum vg_status vg_replan_forecast(const struct vg_replan_input *in, const struct vg_plan *plan,
                                  struct vg_forecast *out, struct vg_error *err)
{
    struct vg_ground g;
    struct passes all = {0};
    double end_s = end_of(in->plan);
    double *joins_s = find_joins(in, plan, since_of(in));
    bool is_good = vg_ground_init(&g, in, plan) && joins_s != NULL;
    for (int k = 0; is_good && k < in->n_under_way; k++) {
        is_good = add_pass(&all, in->under_way[k]);
    }
    for (int k = 0; is_good && k < plan->n_sorties; k++) {
        is_good = add_sortie(&all, in, plan, &plan->sorties[k], joins_s, end_s);
    }
    if (is_good) {
        if (all.n > 0) {
            qsort(all.items, (size_t)all.n, sizeof *all.items, by_time);
        }
        for (int k = 0; k < all.n && all.items[k].t0_s < end_s; k++) {
            vg_ground_fly(&g, &all.items[k]);
        }
        *out = judge(&g, end_s);
    }
    vg_ground_finish(&g);
    free(joins_s);
    free(all.items);
    return is_good ? VG_OK : vg_no_memory(err);
}
