/* When drones are lost, late or back, the timetable is made anew on a worker thread and flown.
 *
 *   links ─► director: who is out ─► steady for a while ─► job (plan/replan.h) ─► director adopts,
 *                                                                             event, alert, file
 */
#include "app/station.h"

#include "app/load.h"
#include "base/file.h"
#include "base/sha256.h"
#include "plan/replan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEADY_S = 30, /* so long nothing must change before it is planned for */
    FROM_START_S = 120 /* after a start, drones are still being found */
};

struct vg_station_replan {
    struct vg_plan **old; /* some flight may still be under them */
    int n_old;
    int cap_old;
    bool *is_out; /* each drone, as last looked at */
    bool *is_out_planned; /* what the plan in force was made for */
    struct vg_us steady_since;
    struct vg_us began;
    int number;
    bool is_busy;
};

/* Owns copies of all that changes; the watch file and the terrain do not, and the plan in force
 * lives while the job runs. */
struct job {
    struct vg_replan_input in;
    struct vg_replan_drone *drones;
    bool *has_changed;
    struct vg_replan_pass *passes;
    const struct vg_shape *shape;
    double *unseen_s; /* of each bin */
    struct vg_replan_outcome out;
    struct vg_error err;
    enum vg_status status;
};

static double unseen_s(void *ctx, int line, double s_m)
{
    const struct job *job = ctx;
    const struct vg_shape_line *l = &job->shape->lines[line];
    int bin = (int)(s_m / job->shape->bin_m);
    bin = bin < l->n_bins ? bin : l->n_bins - 1;
    return bin >= 0 ? job->unseen_s[l->first_bin + bin] : 0;
}

static void free_job(void *ctx)
{
    struct job *job = ctx;
    vg_plan_finish(&job->out.plan);
    free(job->drones);
    free(job->has_changed);
    free(job->passes);
    free(job->unseen_s);
    free(job);
}

static void run(void *ctx, const atomic_bool *is_cancelled)
{
    struct job *job = ctx;
    (void)is_cancelled;
    job->status = vg_replan_solve(&job->in, &job->out, &job->err);
}

/* What the flights in the air will still see. */
static bool add_passes(struct vg_station *self, struct job *job,
                       const struct vg_director_outlook *o, int *cap)
{
    double shift_s =
        vg_us_to_s(vg_us_sub(o->takeoff, self->now)) - (o->flying ? o->flying->takeoff_s : 0);
    for (int v = 0; o->flying != NULL && v < o->flying->n_visits; v++) {
        const struct vg_plan_visit *x = &o->flying->visits[v];
        if (x->t1_s + shift_s < 0) {
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

static struct job *make_job(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    const struct vg_shape *shape = &self->watch.shape;
    size_t n = (size_t)self->watchfile.n_drones + 1;
    struct job *job = calloc(1, sizeof *job);
    int cap = 0;
    if (job == NULL) {
        return NULL;
    }
    job->drones = calloc(n, sizeof *job->drones);
    job->has_changed = calloc(n, sizeof *job->has_changed);
    job->unseen_s = calloc((size_t)shape->n_bins + 1, sizeof *job->unseen_s);
    bool is_good = job->drones != NULL && job->has_changed != NULL && job->unseen_s != NULL;
    for (int d = 0; is_good && d < self->watchfile.n_drones; d++) {
        struct vg_director_outlook o = vg_director_outlook(self->director, d, self->now);
        job->drones[d] = (struct vg_replan_drone){r->is_out[d], o.ready_s};
        job->has_changed[d] = r->is_out[d] != r->is_out_planned[d];
        is_good = add_passes(self, job, &o, &cap);
    }
    if (!is_good) {
        free_job(job);
        return NULL;
    }
    for (int b = 0; b < shape->n_bins; b++) {
        uint32_t seen_s = self->watch.seen.bin_s[b];
        int64_t since_us = seen_s > 0 ? seen_s * VG_US_PER_S : self->watch.start_us;
        job->unseen_s[b] = fmax(0, (double)(self->now.us - since_us) / VG_US_PER_S);
    }
    job->shape = shape;
    job->in.watch = &self->watchfile;
    job->in.terrain = self->terrain;
    job->in.plan = self->plan;
    job->in.plan_now_s = vg_us_to_s(vg_us_sub(self->now, self->epoch));
    job->in.drones = job->drones;
    job->in.has_changed = job->has_changed;
    job->in.under_way = job->passes;
    job->in.unseen_s = unseen_s;
    job->in.ctx = job;
    job->in.number = r->number + 1;
    job->err.lang = self->app->lang;
    return job;
}

/* Beside the record, so that a restart goes on with it and anybody can check it. */
static void plan_path(const struct vg_station *self, char *out, size_t size_bytes)
{
    vg_format(out, size_bytes, "%s.plan.json", self->record_path);
}

static void hash(const struct vg_buf *text, char out[VG_SHA256_HEX_SIZE])
{
    uint8_t sha[VG_SHA256_SIZE];
    vg_sha256(vg_buf_text(text), text->n, sha);
    vg_hex(sha, sizeof sha, out);
}

static bool save(struct vg_station *self, char out_sha[VG_SHA256_HEX_SIZE])
{
    char path[1300];
    struct vg_buf text = {0};
    plan_path(self, path, sizeof path);
    vg_plan_format(self->plan, &text);
    bool is_saved =
        !text.is_failed && vg_file_write(path, vg_buf_text(&text), text.n, NULL) == VG_OK;
    hash(&text, out_sha);
    vg_buf_finish(&text);
    return is_saved;
}

static void put_drones(const struct vg_station *self, const struct job *job, bool is_out,
                       struct vg_buf *out)
{
    bool is_first = true;
    vg_buf_puts(out, "[");
    for (int d = 0; d < self->watchfile.n_drones; d++) {
        if (job->has_changed[d] && job->drones[d].is_out == is_out) {
            vg_buf_puts(out, is_first ? "" : ",");
            vg_buf_json(out, self->watchfile.drones[d].id);
            is_first = false;
        }
    }
    vg_buf_puts(out, "]");
}

static double wanted_s(const struct vg_station *self, const struct vg_forecast *f)
{
    const struct vg_network *net = &self->watchfile.network;
    for (int k = 0; k < net->n_stretches; k++) {
        const struct vg_stretch *st = &net->stretches[k];
        if (st->line == f->line && f->s_m >= st->from_m && f->s_m <= st->to_m) {
            return st->revisit_s;
        }
    }
    return self->watchfile.revisit_s;
}

static void put_forecast(const struct vg_station *self, const char *name,
                         const struct vg_forecast *f, struct vg_buf *out)
{
    const struct vg_network *net = &self->watchfile.network;
    double promise_s = wanted_s(self, f);
    vg_buf_printf(out,
                  ",\"%s\":{\"gap_s\":%.0f,\"promise_s\":%.0f,\"km\":%.1f,\"in_s\":%.0f,"
                  "\"broken_km\":%.1f,\"line\":",
                  name, f->ratio * promise_s, promise_s, f->s_m / 1000, f->t_s, f->broken_m / 1000);
    vg_buf_json(out, f->line >= 0 ? net->lines[f->line].name : "");
    vg_buf_puts(out, "}");
}

static void tell(struct vg_station *self, const struct job *job)
{
    struct vg_buf b = {0};
    char sha[VG_SHA256_HEX_SIZE];
    bool is_saved = save(self, sha);
    vg_buf_puts(&b, "{\"out\":");
    put_drones(self, job, true, &b);
    vg_buf_puts(&b, ",\"back\":");
    put_drones(self, job, false, &b);
    vg_buf_printf(&b, ",\"bases\":%d", job->out.n_bases);
    put_forecast(self, "without", &job->out.without, &b);
    put_forecast(self, "with", &job->out.with, &b);
    size_t common = b.n;
    vg_buf_printf(&b, ",\"plan_sha256\":\"%s\",\"is_saved\":%s,\"worst_gap_s\":%.0f}", sha,
                  is_saved ? "true" : "false", self->plan->worst_gap_s);
    if (!b.is_failed) {
        vg_station_event(self, "plan", b.data, b.n);
        b.n = common;
        vg_buf_puts(&b, "}");
        vg_station_alert(self, "replanned", job->out.with.ratio > 1 ? "urgent" : "warning", -1,
                         vg_buf_text(&b));
    }
    vg_buf_finish(&b);
}

static bool keep(struct vg_station_replan *r, struct vg_plan *plan)
{
    if (r->n_old == r->cap_old) {
        int cap = r->cap_old > 0 ? 2 * r->cap_old : 8;
        struct vg_plan **more = realloc(r->old, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        r->old = more;
        r->cap_old = cap;
    }
    r->old[r->n_old++] = plan;
    return true;
}

static void free_plan(struct vg_plan *plan)
{
    if (plan != NULL) {
        vg_plan_finish(plan);
        free(plan);
    }
}

/* Plans that no flight is under any more. */
static void forget(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    int n = 0;
    for (int k = 0; k < r->n_old; k++) {
        if (vg_director_uses(self->director, r->old[k])) {
            r->old[n++] = r->old[k];
        } else {
            free_plan(r->old[k]);
        }
    }
    r->n_old = n;
}

static void done(void *ctx, void *of)
{
    struct vg_station *self = ctx;
    struct vg_station_replan *r = self->replan;
    struct job *job = of;
    r->is_busy = false;
    for (int d = 0; d < self->watchfile.n_drones; d++) {
        r->is_out_planned[d] = job->drones[d].is_out;
    }
    struct vg_plan *plan = job->status == VG_OK ? malloc(sizeof *plan) : NULL;
    if (plan != NULL && keep(r, self->plan)) {
        *plan = job->out.plan;
        job->out.plan = (struct vg_plan){0};
        self->plan = plan;
        r->number++;
        vg_director_adopt(self->director, plan, self->now);
        forget(self);
        tell(self, job);
    } else {
        free(plan);
    }
    free_job(job);
}

/* Looks at who is out. true: nothing changed for a while, and it is not what the plan is for. */
static bool must_replan(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    bool is_other = false;
    for (int d = 0; d < self->watchfile.n_drones; d++) {
        bool is_out = vg_director_outlook(self->director, d, self->now).is_out;
        if (is_out != r->is_out[d]) {
            r->is_out[d] = is_out;
            r->steady_since = self->now;
        }
        is_other = is_other || is_out != r->is_out_planned[d];
    }
    return is_other && vg_us_to_s(vg_us_sub(self->now, r->steady_since)) > STEADY_S &&
           vg_us_to_s(vg_us_sub(self->now, r->began)) > FROM_START_S;
}

static bool begin(struct vg_station *self)
{
    size_t n = (size_t)self->watchfile.n_drones + 1;
    struct vg_station_replan *r = calloc(1, sizeof *r);
    bool *is_out = calloc(n, sizeof *is_out);
    bool *is_out_planned = calloc(n, sizeof *is_out_planned);
    if (r == NULL || is_out == NULL || is_out_planned == NULL) {
        free(r);
        free(is_out);
        free(is_out_planned);
        return false;
    }
    *r = (struct vg_station_replan){
        .is_out = is_out, .is_out_planned = is_out_planned, .began = self->now};
    self->replan = r;
    return true;
}

void vg_station_step_replan(struct vg_station *self)
{
    if ((self->replan == NULL && !begin(self)) || self->replan->is_busy || !must_replan(self)) {
        return;
    }
    struct job *mine = make_job(self);
    const struct vg_job job = {
        .run = run, .done = done, .drop = free_job, .job = mine, .ctx = self};
    self->replan->is_busy = mine != NULL && vg_work_submit(self->work, &job, NULL, NULL) == VG_OK;
    if (mine != NULL && !self->replan->is_busy) {
        free_job(mine);
    }
}

void vg_station_restore_plan(struct vg_station *self, const char *sha256)
{
    char path[1300];
    char sha[VG_SHA256_HEX_SIZE];
    struct vg_plan plan;
    struct vg_buf text = {0};
    plan_path(self, path, sizeof path);
    if (vg_load_plan(path, &plan, NULL) != VG_OK) {
        return;
    }
    vg_plan_format(&plan, &text);
    hash(&text, sha);
    vg_buf_finish(&text);
    if (strcmp(sha, sha256) == 0) {
        vg_plan_finish(self->plan);
        *self->plan = plan;
    } else {
        vg_plan_finish(&plan);
    }
}

const struct vg_plan_sortie *vg_station_find_sortie(const struct vg_station *self, const char *id,
                                                    size_t n)
{
    int n_old = self->replan != NULL ? self->replan->n_old : 0;
    for (int p = -1; p < n_old; p++) {
        const struct vg_plan *plan = p < 0 ? self->plan : self->replan->old[p];
        for (int k = 0; k < plan->n_sorties; k++) {
            if (strlen(plan->sorties[k].id) == n && memcmp(plan->sorties[k].id, id, n) == 0) {
                return &plan->sorties[k];
            }
        }
    }
    return NULL;
}

void vg_station_drop_plans(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    for (int k = 0; r != NULL && k < r->n_old; k++) {
        free_plan(r->old[k]);
    }
    if (r != NULL) {
        free(r->old);
        free(r->is_out);
        free(r->is_out_planned);
        free(r);
    }
    free_plan(self->plan);
}
