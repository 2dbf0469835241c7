/* Worst gaps, exactly, from the definition alone (plan.h).
 *
 * Between neighbouring ends of visits the visits of a point do not change and their times are
 * linear in s. Sorted round the period, the gaps between neighbours are linear too as long as the
 * order holds; it changes only where two visits fall together. So the greatest gap over an interval
 * stands at one of its ends (taken from inside) or at such a crossing: all of them are looked at.
 */
#include "plan/check_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ROUNDING_M =
    1.5; /* kilometres are rounded to metres: nothing narrower is judged */
static const double LIE_S = 1;
static const double LIE_SHARE = 0.001;
static const double MOST_MEETINGS = 8;

struct sweep {
    double a_m; /* a < b */
    double b_m;
    double ta_s;
    double tb_s;
    int64_t period;
};

struct gap_work {
    struct sweep *sweeps; /* of one line, by a_m */
    int n;
    double *cuts;
    int n_cuts;
    int *live;
    int n_live;
    double *times;
};

static int compare_sweeps(const void *x, const void *y)
{
    double a = ((const struct sweep *)x)->a_m;
    double b = ((const struct sweep *)y)->a_m;
    return a < b ? -1 : a > b;
}

static int compare_doubles(const void *x, const void *y)
{
    double a = *(const double *)x;
    double b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static double time_at(const struct sweep *w, double s)
{
    return w->ta_s + (w->tb_s - w->ta_s) * ((s - w->a_m) / (w->b_m - w->a_m));
}

/* Greatest gap at s among the live sweeps of one period. */
static double gap_round(struct gap_work *gw, int64_t period, double s)
{
    double p = (double)period / VG_CHECK_TICKS_PER_S;
    int n = 0;
    for (int k = 0; k < gw->n_live; k++) {
        const struct sweep *w = &gw->sweeps[gw->live[k]];
        if (w->period == period) {
            double t = time_at(w, s);
            gw->times[n++] = t - floor(t / p) * p;
        }
    }
    qsort(gw->times, (size_t)n, sizeof *gw->times, compare_doubles);
    double worst = gw->times[0] + p - gw->times[n - 1];
    for (int k = 1; k < n; k++) {
        worst = fmax(worst, gw->times[k] - gw->times[k - 1]);
    }
    return worst;
}

static void note(struct gap_work *gw, int64_t period, double s, double *io_gap, double *io_s)
{
    double g = gap_round(gw, period, s);
    if (g > *io_gap) {
        *io_gap = g;
        *io_s = s;
    }
}

/* All places in (lo, hi) where sweeps x and y fall together round the period. */
static void note_crossings(struct gap_work *gw, const struct sweep *x, const struct sweep *y,
                           double lo, double hi, double *io_gap, double *io_s)
{
    double p = (double)x->period / VG_CHECK_TICKS_PER_S;
    double d0 = time_at(x, lo) - time_at(y, lo);
    double d1 = time_at(x, hi) - time_at(y, hi);
    double first = ceil(fmin(d0, d1) / p);
    double last = floor(fmax(d0, d1) / p);
    /* In one interval two sorties that do not overlap themselves meet a few times at most; a plan
     * of which that is not true has been refused already, and must not hold the checker up. */
    if (fabs(d1 - d0) < 1e-9 || last - first > MOST_MEETINGS) {
        return;
    }
    for (double m = first; m <= last; m++) {
        double f = (m * p - d0) / (d1 - d0);
        if (f > 0 && f < 1) {
            note(gw, x->period, lo + f * (hi - lo), io_gap, io_s);
        }
    }
}

/* The worst gap over (lo, hi): each period alone, the least of them. */
static double gap_between(struct gap_work *gw, double lo, double hi, double *out_s)
{
    double least = HUGE_VAL;
    *out_s = lo;
    for (int k = 0; k < gw->n_live; k++) {
        int64_t period = gw->sweeps[gw->live[k]].period;
        bool is_first = true;
        for (int j = 0; j < k; j++) {
            is_first = is_first && gw->sweeps[gw->live[j]].period != period;
        }
        if (!is_first) {
            continue;
        }
        double gap = 0;
        double at = lo;
        note(gw, period, lo, &gap, &at);
        note(gw, period, hi, &gap, &at);
        for (int i = k; i < gw->n_live; i++) {
            for (int j = i + 1; j < gw->n_live; j++) {
                const struct sweep *x = &gw->sweeps[gw->live[i]];
                const struct sweep *y = &gw->sweeps[gw->live[j]];
                if (x->period == period && y->period == period) {
                    note_crossings(gw, x, y, lo, hi, &gap, &at);
                }
            }
        }
        if (gap < least) {
            least = gap;
            *out_s = at;
        }
    }
    return least;
}

static bool gather(const struct vg_check *self, const char *line, int pass, struct gap_work *out)
{
    const struct vg_plan *plan = self->plan;
    size_t n = 1;
    for (int k = 0; k < plan->n_sorties; k++) {
        n += (size_t)plan->sorties[k].n_visits;
    }
    *out = (struct gap_work){0};
    out->sweeps = malloc(n * sizeof *out->sweeps);
    out->cuts = malloc((2 * n + 2 * (size_t)plan->n_stretches) * sizeof *out->cuts);
    out->live = malloc(n * sizeof *out->live);
    out->times = malloc(n * sizeof *out->times);
    if (out->sweeps == NULL || out->cuts == NULL || out->live == NULL || out->times == NULL) {
        return false;
    }
    for (int k = 0; k < plan->n_sorties; k++) {
        for (int v = 0; v < plan->sorties[k].n_visits && self->every[k] > 0; v++) {
            const struct vg_plan_visit *x = &plan->sorties[k].visits[v];
            if (strcmp(x->line, line) != 0 || x->pass != pass || fabs(x->to_m - x->from_m) < 1e-6 ||
                !vg_check_counts(self, k, x)) {
                continue;
            }
            bool is_up = x->from_m < x->to_m;
            out->sweeps[out->n++] = (struct sweep){
                fmin(x->from_m, x->to_m), fmax(x->from_m, x->to_m), is_up ? x->t0_s : x->t1_s,
                is_up ? x->t1_s : x->t0_s, self->every[k]};
            out->cuts[out->n_cuts++] = x->from_m;
            out->cuts[out->n_cuts++] = x->to_m;
        }
    }
    for (int k = 0; k < plan->n_stretches; k++) {
        if (strcmp(plan->stretches[k].line, line) == 0) {
            out->cuts[out->n_cuts++] = plan->stretches[k].from_m;
            out->cuts[out->n_cuts++] = plan->stretches[k].to_m;
        }
    }
    qsort(out->sweeps, (size_t)out->n, sizeof *out->sweeps, compare_sweeps);
    qsort(out->cuts, (size_t)out->n_cuts, sizeof *out->cuts, compare_doubles);
    return true;
}

static void release(struct gap_work *gw)
{
    free(gw->sweeps);
    free(gw->cuts);
    free(gw->live);
    free(gw->times);
}

static const char *name_pass(const struct vg_check *self, const struct vg_plan_stretch *st,
                             int pass, char *buf, size_t size_bytes)
{
    if (st->n_passes > 1) {
        vg_format(buf, size_bytes, vg_tr(self->lang, "%s, pass %d"), st->id, pass + 1);
    } else {
        vg_format(buf, size_bytes, "%s", st->id);
    }
    return buf;
}

/* One stretch: true if what it states is not better than what is. */
static bool judge_stretch(struct vg_check *self, struct gap_work *gw,
                          const struct vg_plan_stretch *st, int pass, double *out_gap_s)
{
    char name[48];
    double worst = 0;
    double worst_s = st->from_m;
    gw->n_live = 0;
    int next = 0;
    for (int c = 0; c + 1 < gw->n_cuts; c++) {
        double lo = gw->cuts[c];
        double hi = gw->cuts[c + 1];
        if (!(hi > lo) || lo < st->from_m || hi > st->to_m || hi - lo < ROUNDING_M) {
            continue;
        }
        int kept = 0;
        for (; next < gw->n && gw->sweeps[next].a_m <= lo; next++) {
            gw->live[gw->n_live++] = next;
        }
        for (int k = 0; k < gw->n_live; k++) {
            if (gw->sweeps[gw->live[k]].b_m >= hi) {
                gw->live[kept++] = gw->live[k];
            }
        }
        gw->n_live = kept;
        double at;
        double g = gap_between(gw, lo, hi, &at);
        if (g > worst) {
            worst = g;
            worst_s = at;
        }
    }
    *out_gap_s = worst;
    if (worst == HUGE_VAL) {
        return vg_check_break(
            self, "stretch-gap", "stretch %s: km %.3f of line %s is never visited",
            name_pass(self, st, pass, name, sizeof name), worst_s / 1000, st->line);
    }
    if (st->worst_gap_s < worst - fmax(LIE_S, LIE_SHARE * worst)) {
        return vg_check_break(
            self, "stretch-gap", "stretch %s states a worst gap of %.1f s; km %.3f waits %.1f s",
            name_pass(self, st, pass, name, sizeof name), st->worst_gap_s, worst_s / 1000, worst);
    }
    return true;
}

static bool judge_plan(struct vg_check *self, double worst_share)
{
    double worst_s = worst_share * self->watch->revisit_s;
    self->report->worst_gap_s = worst_s;
    if (self->plan->worst_gap_s < worst_s - fmax(LIE_S, LIE_SHARE * worst_s)) {
        return vg_check_break(self, "worst-gap",
                              "the plan states a worst gap of %.1f s; it is %.1f s",
                              self->plan->worst_gap_s, worst_s);
    }
    return true;
}

static bool has_pass(const struct vg_plan_stretch *st, const char *line, int pass)
{
    return !st->is_unreachable && strcmp(st->line, line) == 0 && (pass == 0 || pass < st->n_passes);
}

static bool is_flown(const struct vg_check *self, const char *line, int pass)
{
    for (int k = 0; k < self->plan->n_stretches; k++) {
        if (has_pass(&self->plan->stretches[k], line, pass)) {
            return true;
        }
    }
    return false;
}

/* Every stretch of a line that asks for this pass, by the visits of this pass alone. */
static bool judge_pass(struct vg_check *self, int line, int pass, struct gap_work *gw,
                       double *io_worst_share)
{
    const struct vg_network *net = &self->watch->network;
    bool is_ok = true;
    for (int k = 0; k < self->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &self->plan->stretches[k];
        if (has_pass(st, net->lines[line].name, pass)) {
            double gap_s = 0;
            is_ok = judge_stretch(self, gw, st, pass, &gap_s) && is_ok;
            int watched = vg_network_stretch_at(net, line, (st->from_m + st->to_m) / 2);
            *io_worst_share = fmax(*io_worst_share, gap_s / net->stretches[watched].revisit_s);
        }
    }
    return is_ok;
}

bool vg_check_gaps(struct vg_check *self, bool *out_no_memory)
{
    const struct vg_network *net = &self->watch->network;
    double worst_share = 0;
    bool is_ok = true;
    for (int line = 0; line < net->n_lines; line++) {
        for (int pass = 0; pass == 0 || is_flown(self, net->lines[line].name, pass); pass++) {
            struct gap_work gw;
            if (!gather(self, net->lines[line].name, pass, &gw)) {
                release(&gw);
                *out_no_memory = true;
                return false;
            }
            is_ok = judge_pass(self, line, pass, &gw, &worst_share) && is_ok;
            release(&gw);
        }
    }
    return judge_plan(self, worst_share) && is_ok;
}
