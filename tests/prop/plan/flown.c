#include "flown.h"

#include "plan/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double BIN_M = 500;

static void *must(void *p)
{
    if (p == NULL) {
        abort();
    }
    return p;
}

static double unseen_s(void *ctx, int line, double s_m)
{
    const struct flown *self = ctx;
    return -self->last_s[self->first_bin[line] + (int)(s_m / BIN_M)];
}

void flown_init(struct flown *self)
{
    const struct vg_network *net = &self->watch.network;
    int n = 0;
    self->first_bin = must(calloc((size_t)net->n_lines + 1, sizeof *self->first_bin));
    for (int k = 0; k < net->n_lines; k++) {
        self->first_bin[k] = n;
        n += (int)(net->lines[k].length_m / BIN_M) + 2;
    }
    self->first_bin[net->n_lines] = n;
    self->last_s = must(calloc((size_t)n + 1, sizeof *self->last_s));
    self->drones = must(calloc((size_t)self->watch.n_drones + 1, sizeof *self->drones));
    self->has_changed = must(calloc((size_t)self->watch.n_drones + 1, sizeof(bool)));
}

void flown_finish(struct flown *self)
{
    free(self->drones);
    free(self->has_changed);
    free(self->passes);
    free(self->last_s);
    free(self->first_bin);
}

static void add_pass(struct flown *self, struct vg_replan_pass pass)
{
    if (self->n_passes == self->cap) {
        self->cap = self->cap > 0 ? 2 * self->cap : 256;
        self->passes = must(realloc(self->passes, (size_t)self->cap * sizeof *self->passes));
    }
    self->passes[self->n_passes++] = pass;
}

static void fly_visit(struct flown *self, const struct vg_plan_visit *v, double shift_s,
                      bool is_under_way)
{
    int line = vg_network_find_line(&self->watch.network, v->line);
    double t0 = v->t0_s + shift_s;
    double t1 = v->t1_s + shift_s;
    if (is_under_way && t1 > 0) {
        add_pass(self, (struct vg_replan_pass){line, v->from_m, v->to_m, t0, t1, v->pass});
    }
    int lo = (int)(fmin(v->from_m, v->to_m) / BIN_M);
    int hi = (int)(fmax(v->from_m, v->to_m) / BIN_M);
    for (int b = lo; b <= hi; b++) {
        double *last = &self->last_s[self->first_bin[line] + b];
        *last = t1 <= 0 && t1 > *last ? t1 : *last;
    }
}

static void fly_sortie(struct flown *self, const struct vg_plan_sortie *so)
{
    int d = vg_watchfile_find_drone(&self->watch, so->drone);
    struct vg_replan_drone *drone = &self->drones[d];
    double turnaround_s = self->watch.types[self->watch.drones[d].type].turnaround_s;
    for (double at = -self->now_s; at + so->takeoff_s < 0; at += so->period_s) {
        bool is_under_way = at + so->land_s > 0 && !drone->is_out;
        drone->ready_s = fmax(drone->ready_s, at + so->land_s + turnaround_s);
        for (int v = 0; v < so->n_visits; v++) {
            fly_visit(self, &so->visits[v], at, is_under_way);
        }
    }
}

void flown_until(struct flown *self, double now_s, bool (*is_lost)(const struct flown *, int drone))
{
    self->now_s = now_s;
    self->n_passes = 0;
    for (int b = 0; b < self->first_bin[self->watch.network.n_lines]; b++) {
        self->last_s[b] = -now_s;
    }
    for (int d = 0; d < self->watch.n_drones; d++) {
        bool is_out = is_lost(self, d);
        self->drones[d] = (struct vg_replan_drone){.is_out = is_out};
        self->has_changed[d] = is_out;
    }
    for (int k = 0; k < self->plan.n_sorties; k++) {
        fly_sortie(self, &self->plan.sorties[k]);
    }
    self->in = (struct vg_replan_input){.watch = &self->watch,
                                        .plan = &self->plan,
                                        .plan_now_s = now_s,
                                        .drones = self->drones,
                                        .has_changed = self->has_changed,
                                        .under_way = self->passes,
                                        .n_under_way = self->n_passes,
                                        .unseen_s = unseen_s,
                                        .ctx = self,
                                        .number = 1};
}

double flown_ahead_s(const struct flown *self)
{
    double ahead_s = fmax(6 * 3600, 2 * self->plan.period_s);
    for (int k = 0; k < self->plan.n_stretches; k++) {
        ahead_s = fmax(ahead_s, 2 * self->plan.stretches[k].revisit_s);
    }
    return fmin(48 * 3600, ahead_s);
}

/* Everything that will be flown, in a struct flown's passes. */
static void look_ahead(const struct flown *self, const struct vg_plan *plan, double ahead_s,
                       struct flown *out)
{
    static const double LATE_S = 900;
    for (int k = 0; k < self->n_passes; k++) {
        add_pass(out, self->passes[k]);
    }
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        const struct vg_replan_drone *drone =
            &self->drones[vg_watchfile_find_drone(&self->watch, so->drone)];
        double at = -self->now_s;
        for (; !drone->is_out && at + so->takeoff_s < ahead_s; at += so->period_s) {
            double late_s = fmax(0, drone->ready_s - (at + so->takeoff_s));
            if (at + so->takeoff_s < -LATE_S || late_s > LATE_S) {
                continue;
            }
            for (int v = 0; v < so->n_visits; v++) {
                const struct vg_plan_visit *x = &so->visits[v];
                add_pass(out, (struct vg_replan_pass){
                                  vg_network_find_line(&self->watch.network, x->line), x->from_m,
                                  x->to_m, at + late_s + x->t0_s, at + late_s + x->t1_s, x->pass});
            }
        }
    }
}

static const struct vg_plan_stretch *stretch_at(const struct flown *self,
                                                const struct vg_plan *plan, int line, double s_m)
{
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        if (vg_network_find_line(&self->watch.network, st->line) == line && s_m >= st->from_m &&
            s_m < st->to_m && !st->is_unreachable) {
            return st;
        }
    }
    return NULL;
}

/* The longest wait at one place: from each sight to the next, whichever visit that is. */
static double longest_s(const struct flown *all, int line, double s_m, int pass, double last_s,
                        double ahead_s)
{
    double longest = 0;
    for (;;) {
        double next_s = ahead_s;
        for (int k = 0; k < all->n_passes; k++) {
            const struct vg_replan_pass *p = &all->passes[k];
            double share = (s_m - p->from_m) / (p->to_m - p->from_m);
            double t_s = p->t0_s + share * (p->t1_s - p->t0_s);
            if (p->line == line && p->pass == pass && share >= 0 && share <= 1 && t_s > last_s) {
                next_s = fmin(next_s, t_s);
            }
        }
        longest = fmax(longest, next_s - last_s);
        if (next_s >= ahead_s) {
            return longest;
        }
        last_s = next_s;
    }
}

double flown_worst(const struct flown *self, const struct vg_plan *plan, double ahead_s)
{
    struct flown all = {0};
    double worst = 0;
    look_ahead(self, plan, ahead_s, &all);
    for (int line = 0; line < self->watch.network.n_lines; line++) {
        for (double m = BIN_M / 2; m < self->watch.network.lines[line].length_m; m += BIN_M) {
            const struct vg_plan_stretch *st = stretch_at(self, plan, line, m);
            double last_s = self->last_s[self->first_bin[line] + (int)(m / BIN_M)];
            for (int q = 0; st != NULL && (q == 0 || q < st->n_passes); q++) {
                worst = fmax(worst, longest_s(&all, line, m, q, last_s, ahead_s) / st->revisit_s);
            }
        }
    }
    free(all.passes);
    return worst;
}

const char *flown_check(const struct flown *self, const struct vg_plan *plan)
{
    static struct vg_check_report report;
    struct vg_watchfile left = self->watch;
    left.n_drones = 0;
    left.drones = must(calloc((size_t)self->watch.n_drones + 1, sizeof *left.drones));
    for (int d = 0; d < self->watch.n_drones; d++) {
        if (!self->drones[d].is_out) {
            left.drones[left.n_drones++] = self->watch.drones[d];
        }
    }
    bool is_read = vg_check_plan(plan, &left, VG_LANG_EN, &report, NULL) == VG_OK;
    free(left.drones);
    return !is_read ? "not read" : report.is_kept ? "" : report.rule;
}
