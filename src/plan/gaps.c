/* Worst gaps of a plan from its timetable.
 *
 * Between neighbouring ends of visits every point is passed by the same visits, and the gap is
 * linear as long as their order does not change. Drones of a tour follow each other on the same
 * way; in a rota some meet others or overtake them: there, between two ends, a gap may be longest.
 */
#include "plan/clock.h"

#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pass {
    double lo_m;
    double hi_m;
    double t_lo_s;
    double t_hi_s;
    double period_s;
};

struct at {
    double period_s;
    double t_s;
};

static int by_lo(const void *a, const void *b)
{
    const struct pass *x = a;
    const struct pass *y = b;
    return (x->lo_m > y->lo_m) - (x->lo_m < y->lo_m);
}

static int by_period_time(const void *a, const void *b)
{
    const struct at *x = a;
    const struct at *y = b;
    if (x->period_s < y->period_s || x->period_s > y->period_s) {
        return x->period_s < y->period_s ? -1 : 1;
    }
    return (x->t_s > y->t_s) - (x->t_s < y->t_s);
}

/* Also the second longest gap there, where all is of one period. */
static double gap_at(const struct pass *const *active, int n, double s, struct at *room,
                     double *out_second)
{
    for (int k = 0; k < n; k++) {
        const struct pass *q = active[k];
        double f = (s - q->lo_m) / (q->hi_m - q->lo_m);
        double t = fmod(q->t_lo_s + f * (q->t_hi_s - q->t_lo_s), q->period_s);
        room[k] = (struct at){q->period_s, t < 0 ? t + q->period_s : t};
    }
    qsort(room, (size_t)n, sizeof *room, by_period_time);
    double least = HUGE_VAL;
    for (int a = 0, b = 0; a < n; a = b) {
        double worst = 0;
        *out_second = 0;
        for (b = a + 1; b <= n; b++) {
            bool is_last = b == n || room[b].period_s > room[a].period_s;
            double gap = (is_last ? room[a].t_s + room[a].period_s : room[b].t_s) - room[b - 1].t_s;
            *out_second = fmax(*out_second, fmin(gap, worst));
            worst = fmax(worst, gap);
            if (is_last) {
                break;
            }
        }
        least = fmin(least, worst);
    }
    return least;
}

static double time_at(const struct pass *q, double s)
{
    return q->t_lo_s + (s - q->lo_m) / (q->hi_m - q->lo_m) * (q->t_hi_s - q->t_lo_s);
}

/* Where two visits fall together between lo and hi, over all pairs that do: the longest gap. */
static double gap_where_they_meet(const struct pass *const *active, int n, double lo, double hi,
                                  struct at *room, double *io_second)
{
    static const double MOST_MEETINGS = 8; /* of two visits within one interval */
    double worst = 0;
    for (int i = 0; i < n; i++) {
        for (int j = i + 1; j < n; j++) {
            double period_s = active[i]->period_s;
            double d0 = (time_at(active[i], lo) - time_at(active[j], lo)) / period_s;
            double d1 = (time_at(active[i], hi) - time_at(active[j], hi)) / period_s;
            if (active[j]->period_s != period_s || fabs(d1 - d0) < 1e-9) {
                continue;
            }
            double first = ceil(fmin(d0, d1));
            double last = fmin(floor(fmax(d0, d1)), first + MOST_MEETINGS);
            for (double m = first; m <= last; m++) {
                double s = lo + (hi - lo) * (m - d0) / (d1 - d0);
                double other = 0;
                worst = fmax(worst, gap_at(active, n, s, room, &other));
                *io_second = fmax(*io_second, other);
            }
        }
    }
    return worst;
}

struct line_passes {
    struct pass *passes;
    double *ends;
    const struct pass **active;
    struct at *room;
    int n;
    int n_ends;
};

static bool collect(const struct vg_watchfile *watch, const struct vg_plan *plan,
                    const int64_t *every, const char *line, int pass, struct line_passes *out)
{
    size_t n = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        n += (size_t)plan->sorties[k].n_visits;
    }
    *out = (struct line_passes){0};
    out->passes = malloc((n + 1) * sizeof *out->passes);
    out->ends = malloc((2 * n + 2 * (size_t)plan->n_stretches + 1) * sizeof *out->ends);
    out->active = malloc((n + 1) * sizeof *out->active);
    out->room = malloc((n + 1) * sizeof *out->room);
    if (!out->passes || !out->ends || !out->active || !out->room) {
        return false;
    }
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        double every_s = (double)every[k] / VG_TICKS_PER_S;
        for (int v = 0; v < so->n_visits && every[k] > 0; v++) {
            const struct vg_plan_visit *x = &so->visits[v];
            bool is_up = x->to_m > x->from_m;
            if (strcmp(x->line, line) == 0 && x->pass == pass && (is_up || x->to_m < x->from_m) &&
                vg_clock_counts(watch, plan, so, x)) {
                struct pass q = {x->from_m, x->to_m, x->t0_s, x->t1_s, every_s};
                struct pass r = {x->to_m, x->from_m, x->t1_s, x->t0_s, every_s};
                out->passes[out->n++] = is_up ? q : r;
                out->ends[out->n_ends++] = x->from_m;
                out->ends[out->n_ends++] = x->to_m;
            }
        }
    }
    for (int k = 0; k < plan->n_stretches; k++) {
        if (strcmp(plan->stretches[k].line, line) == 0) {
            out->ends[out->n_ends++] = plan->stretches[k].from_m;
            out->ends[out->n_ends++] = plan->stretches[k].to_m;
        }
    }
    qsort(out->passes, (size_t)out->n, sizeof *out->passes, by_lo);
    qsort(out->ends, (size_t)out->n_ends, sizeof *out->ends, vg_by_double);
    return true;
}

static void drop(struct line_passes *self)
{
    free(self->passes);
    free(self->ends);
    free(self->active);
    free(self->room);
}

static int n_passes(const struct vg_plan_stretch *st)
{
    return st->n_passes > 1 ? st->n_passes : 1;
}

/* The worst gap of one interval goes to the stretches that hold it and have such a pass. */
static void judge(struct vg_plan *plan, const char *line, int pass, double lo, double hi,
                  double gap_s, double second_s)
{
    for (int k = 0; k < plan->n_stretches; k++) {
        struct vg_plan_stretch *st = &plan->stretches[k];
        if (!st->is_unreachable && strcmp(st->line, line) == 0 && st->from_m <= lo &&
            hi <= st->to_m && pass < n_passes(st)) {
            st->worst_gap_s = fmax(st->worst_gap_s, gap_s);
            plan->by_day_s = fmax(plan->by_day_s, second_s / st->revisit_s);
        }
    }
}

static void sweep_line(struct vg_plan *plan, const char *line, int pass, struct line_passes *lp)
{
    int n_active = 0;
    int next = 0;
    for (int e = 0; e + 1 < lp->n_ends; e++) {
        double lo = lp->ends[e];
        double hi = lp->ends[e + 1];
        if (!(hi > lo)) {
            continue;
        }
        int kept = 0;
        for (int k = 0; k < n_active; k++) {
            if (lp->active[k]->hi_m > lo) {
                lp->active[kept++] = lp->active[k];
            }
        }
        n_active = kept;
        while (next < lp->n && lp->passes[next].lo_m <= lo) {
            lp->active[n_active++] = &lp->passes[next++];
        }
        double gap = n_active > 0 ? 0 : HUGE_VAL;
        double second = 0;
        if (n_active > 0) {
            double s = 0;
            gap = fmax(gap_at(lp->active, n_active, lo, lp->room, &second),
                       gap_at(lp->active, n_active, hi, lp->room, &s));
            second = fmax(second, s);
            gap = fmax(gap, gap_where_they_meet(lp->active, n_active, lo, hi, lp->room, &second));
        }
        judge(plan, line, pass, lo, hi, gap, second);
    }
}

static int most_passes(const struct vg_plan *plan, const char *line)
{
    int most = 1;
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        most = strcmp(st->line, line) == 0 && n_passes(st) > most ? st->n_passes : most;
    }
    return most;
}

static enum vg_status compute(const struct vg_watchfile *watch, const int64_t *every,
                              struct vg_plan *plan, struct vg_error *err)
{
    plan->by_day_s = 0;
    for (int k = 0; k < plan->n_stretches; k++) {
        plan->stretches[k].worst_gap_s = plan->stretches[k].is_unreachable ? HUGE_VAL : 0;
    }
    for (int line = 0; line < watch->network.n_lines; line++) {
        const char *name = watch->network.lines[line].name;
        for (int pass = 0; pass < most_passes(plan, name); pass++) {
            struct line_passes lp;
            bool is_ok = collect(watch, plan, every, name, pass, &lp);
            if (is_ok) {
                sweep_line(plan, name, pass, &lp);
            }
            drop(&lp);
            if (!is_ok) {
                return vg_no_memory(err);
            }
        }
    }
    double worst = 0;
    plan->by_day_s = plan->is_clocked ? plan->by_day_s * watch->revisit_s : 0;
    for (int k = 0; k < plan->n_stretches; k++) {
        struct vg_plan_stretch *st = &plan->stretches[k];
        st->worst_gap_s = ceil(st->worst_gap_s * VG_TICKS_PER_S - 1e-6) / VG_TICKS_PER_S;
        if (!st->is_unreachable) {
            worst = fmax(worst, st->worst_gap_s / st->revisit_s);
        }
    }
    plan->worst_gap_s = ceil(worst * watch->revisit_s * VG_TICKS_PER_S - 1e-6) / VG_TICKS_PER_S;
    return VG_OK;
}

enum vg_status vg_gaps_compute(const struct vg_watchfile *watch, struct vg_plan *plan,
                               struct vg_error *err)
{
    int64_t *every = calloc((size_t)plan->n_sorties + 1, sizeof *every);
    if (every == NULL) {
        return vg_no_memory(err);
    }
    enum vg_status st = vg_plan_repeats(plan, every, err);
    if (st == VG_OK) {
        st = compute(watch, every, plan, err);
    }
    free(every);
    return st;
}
