/* What the worker is given to plan with, and its run. */
#include "app/station_replan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double unseen_s(void *ctx, int line, double s_m)
{
    const struct vg_replan_job *job = ctx;
    const struct vg_shape_line *l = &job->shape->lines[line];
    int bin = (int)(s_m / job->shape->bin_m);
    bin = bin < l->n_bins ? bin : l->n_bins - 1;
    return bin >= 0 ? job->unseen_s[l->first_bin + bin] : 0;
}

void vg_station_replan_free(void *ctx)
{
    struct vg_replan_job *job = ctx;
    vg_plan_finish(&job->out.plan);
    free(job->drones);
    free(job->fleet);
    free(job->has_changed);
    free(job->passes);
    free(job->unseen_s);
    free(job);
}

void vg_station_replan_run(void *ctx, const atomic_bool *is_cancelled)
{
    struct vg_replan_job *job = ctx;
    (void)is_cancelled;
    job->status = job->cause == VG_REPLAN_PROMISE
                      ? vg_replan_keep(&job->in, &job->out, &job->is_better, &job->err)
                      : vg_replan_solve(&job->in, &job->out, &job->err);
    job->is_better = job->cause == VG_REPLAN_PROMISE ? job->is_better : job->out.plan.n_sorties > 0;
    job->out.plan.has_wind = job->has_wind;
    job->out.plan.wind_from_deg = job->has_wind ? job->watch.wind_from_deg : 0;
    job->out.plan.wind_mps = job->has_wind ? job->watch.wind_mps : 0;
}

/* What the flights in the air will still see. */
static bool add_passes(struct vg_station *self, struct vg_replan_job *job,
                       const struct vg_director_outlook *o, int *cap)
{
    double shift_s =
        vg_us_to_s(vg_us_sub(o->takeoff, self->now)) - (o->flying ? o->flying->takeoff_s : 0);
    double late_s = shift_s + job->in.plan_now_s;
    for (int v = 0; o->flying != NULL && v < o->flying->n_visits; v++) {
        const struct vg_plan_visit *x = &o->flying->visits[v];
        if (x->t1_s + shift_s < 0 ||
            !vg_replan_counts(&self->watchfile, self->plan, o->flying, x, late_s)) {
            continue;
        }
        if (job->in.n_under_way == *cap) {
            int more = *cap > 0 ? 2 * *cap : 256;
            struct vg_replan_pass *grown = realloc(job->passes, (size_t)more * sizeof *job->passes);
            if (grown == NULL) {
                return false;
            }
            job->passes = grown;
            *cap = more;
        }
        job->passes[job->in.n_under_way++] =
            (struct vg_replan_pass){vg_network_find_line(&self->watchfile.network, x->line),
                                    x->from_m,
                                    x->to_m,
                                    x->t0_s + shift_s,
                                    x->t1_s + shift_s,
                                    x->pass};
    }
    return true;
}

/* Do the plan's flights begin where the watch has their drones? Not where they land elsewhere, nor
 * in a plan that was made while they did. */
static bool is_at_home(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    bool is_so = !vg_plan_wanders(plan);
    for (int k = 0; k < plan->n_sorties && is_so; k++) {
        int d = vg_watchfile_find_drone(w, plan->sorties[k].drone);
        is_so = d < 0 || strcmp(w->bases[w->drones[d].base].name, plan->sorties[k].base_from) == 0;
    }
    return is_so;
}

struct vg_replan_job *vg_station_replan_job(struct vg_station *self, enum vg_replan_cause cause)
{
    struct vg_station_replan *r = self->replan;
    const struct vg_shape *shape = &self->watch.shape;
    size_t n = (size_t)self->watchfile.n_drones + 1;
    struct vg_replan_job *job = calloc(1, sizeof *job);
    int cap = 0;
    if (job == NULL) {
        return NULL;
    }
    job->in.plan_now_s = vg_us_to_s(vg_us_sub(self->now, self->epoch));
    job->drones = calloc(n, sizeof *job->drones);
    job->has_changed = calloc(n, sizeof *job->has_changed);
    job->unseen_s = calloc((size_t)shape->n_bins + 1, sizeof *job->unseen_s);
    job->fleet = calloc(n, sizeof *job->fleet);
    bool is_home = is_at_home(self->plan, &self->watchfile);
    bool is_good = job->drones != NULL && job->has_changed != NULL && job->unseen_s != NULL &&
                   job->fleet != NULL;
    for (int d = 0; is_good && d < self->watchfile.n_drones; d++) {
        struct vg_director_outlook o = vg_director_outlook(self->director, d, self->now);
        job->drones[d] = (struct vg_replan_drone){r->is_out[d], o.ready_s, o.base + 1};
        job->has_changed[d] = cause == VG_REPLAN_WIND || r->is_out[d] != r->is_out_planned[d];
        job->fleet[d] = self->watchfile.drones[d];
        job->fleet[d].base = is_home && !o.has_moved ? job->fleet[d].base : o.base;
        is_good = add_passes(self, job, &o, &cap);
    }
    if (!is_good) {
        vg_station_replan_free(job);
        return NULL;
    }
    for (int b = 0; b < shape->n_bins; b++) {
        uint32_t seen_s = self->watch.seen.bin_s[b];
        int64_t since_us = seen_s > 0 ? seen_s * VG_US_PER_S : self->watch.start_us;
        job->unseen_s[b] = fmax(0, (double)(self->now.us - since_us) / VG_US_PER_S);
    }
    job->cause = cause;
    job->watch = vg_plan_watch(self->plan, &self->watchfile);
    job->watch.drones = job->fleet;
    if (cause == VG_REPLAN_WIND) {
        double from_deg = atan2(-r->east_mps, -r->north_mps) * VG_DEG_PER_RAD;
        job->watch.wind_from_deg = fmod(round(from_deg) + 360, 360);
        job->watch.wind_mps = round(10 * hypot(r->north_mps, r->east_mps)) / 10;
    }
    job->has_wind = self->plan->has_wind || cause == VG_REPLAN_WIND;
    job->shape = shape;
    job->in.watch = &job->watch;
    job->in.terrain = self->terrain;
    job->in.plan = self->plan;
    job->in.drones = job->drones;
    job->in.has_changed = job->has_changed;
    job->in.under_way = job->passes;
    job->in.unseen_s = unseen_s;
    job->in.ctx = job;
    job->in.is_other_wind = cause == VG_REPLAN_WIND;
    job->in.number = r->number + 1;
    job->err.lang = self->app->lang;
    return job;
}
