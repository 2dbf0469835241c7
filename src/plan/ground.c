/* Half kilometres of line and when they were seen (ground.h). */
#include "plan/ground.h"

#include <math.h>
#include <stdlib.h>

static bool take(struct vg_ground *g, const struct vg_watchfile *w, const struct vg_plan *plan)
{
    int n = 0;
    *g = (struct vg_ground){.watch = w, .n_passes = 1};
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
        n += (int)ceil(w->network.lines[k].length_m / VG_GROUND_BIN_M);
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

void vg_ground_finish(struct vg_ground *self)
{
    free(self->first);
    free(self->last_s);
    free(self->worst);
    free(self->until_s);
    free(self->revisit_s);
    *self = (struct vg_ground){0};
}

static void set_revisits(struct vg_ground *g, const struct vg_plan *plan)
{
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        int line = vg_network_find_line(&g->watch->network, st->line);
        for (int b = line >= 0 ? g->first[line] : 0; line >= 0 && b < g->first[line + 1]; b++) {
            double mid_m = (b - g->first[line] + 0.5) * VG_GROUND_BIN_M;
            if (mid_m >= st->from_m && mid_m < st->to_m) {
                for (int q = 0; q == 0 || q < st->n_passes; q++) {
                    g->revisit_s[q * g->n + b] = st->is_unreachable ? 0 : st->revisit_s;
                }
            }
        }
    }
}

static void set_ages(struct vg_ground *g, const struct vg_replan_input *in)
{
    for (int k = 0; k < g->watch->network.n_lines; k++) {
        for (int b = g->first[k]; b < g->first[k + 1]; b++) {
            double mid_m = (b - g->first[k] + 0.5) * VG_GROUND_BIN_M;
            for (int q = 0; q < g->n_passes; q++) {
                g->last_s[q * g->n + b] = -in->unseen_s(in->ctx, k, mid_m);
            }
        }
    }
}

bool vg_ground_init(struct vg_ground *self, const struct vg_replan_input *in,
                    const struct vg_plan *plan)
{
    if (!take(self, in->watch, plan)) {
        return false;
    }
    set_revisits(self, plan);
    set_ages(self, in);
    return true;
}

void vg_ground_between(const struct vg_ground *self, int line, double a_m, double b_m,
                       int *out_from, int *out_to)
{
    int n = self->first[line + 1] - self->first[line];
    double last = floor(fmax(a_m, b_m) / VG_GROUND_BIN_M - 0.5);
    *out_from = (int)fmax(0, ceil(fmin(a_m, b_m) / VG_GROUND_BIN_M - 0.5));
    *out_to = (int)fmin(n, last + 1);
}

double vg_ground_sight_s(const struct vg_ground *self, const struct vg_replan_pass *pass, int b)
{
    double mid_m = (b - self->first[pass->line] + 0.5) * VG_GROUND_BIN_M;
    double length_m = pass->to_m - pass->from_m;
    double share = fabs(length_m) > 0 ? (mid_m - pass->from_m) / length_m : 0;
    return share * (pass->t1_s - pass->t0_s);
}

static void see(struct vg_ground *g, int b, double t_s)
{
    if (t_s > g->last_s[b]) {
        double ratio = g->revisit_s[b] > 0 ? (t_s - g->last_s[b]) / g->revisit_s[b] : 0;
        bool is_first = g->last_s[b] <= 0 && g->revisit_s[b] > 0;
        g->overdue_m_s += ratio > 1 ? VG_GROUND_BIN_M * (t_s - g->last_s[b] - g->revisit_s[b]) : 0;
        g->wait += is_first ? t_s / g->revisit_s[b] : 0;
        if (ratio > g->worst[b]) {
            g->worst[b] = ratio;
            g->until_s[b] = t_s;
        }
        g->last_s[b] = t_s;
    }
}

void vg_ground_fly(struct vg_ground *self, const struct vg_replan_pass *pass)
{
    int from, to;
    vg_ground_between(self, pass->line, pass->from_m, pass->to_m, &from, &to);
    int first = self->first[pass->line];
    for (int b = first + from; b < first + to && pass->pass < self->n_passes; b++) {
        see(self, pass->pass * self->n + b, pass->t0_s + vg_ground_sight_s(self, pass, b));
    }
}
