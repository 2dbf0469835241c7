#include "app/moments.h"

#include "base/units.h"
#include "io/clock.h"
#include "serve/query.h"
#include "terrain/grade.h"
#include "watch/view.h"

#include <stdlib.h>

enum what {
    CATCH_UP,
    PICTURE,
    TILE,
    CELL
};

/* One request: what it asks, then its answer. */
struct moment {
    enum what what;
    struct vg_reply_id reply;
    struct vg_us t; /* INT64_MAX: now */
    int coarsest_grade;
    double revisit_s;
    int z;
    int x;
    int y;
    double lat_deg;
    double lon_deg;
    struct vg_buf out;
    bool is_answered;
    struct vg_error err;
};

/* Requests of one moment and quality. */
struct batch {
    struct vg_moments *of;
    struct moment list[VG_MOMENTS_MAX];
    int n;
    int64_t took_us;
    struct vg_past_counts counts;
};

struct vg_moments {
    struct vg_moments_options options;
    struct vg_past *past; /* the job's while is_busy */
    struct moment waiting[VG_MOMENTS_MAX]; /* oldest first */
    int n_waiting;
    bool is_busy;
    int64_t n_jobs;
    int64_t longest_us;
    struct vg_past_counts counts;
};

enum vg_status vg_moments_create(const struct vg_moments_options *options, struct vg_past *past,
                                 struct vg_moments **out, struct vg_error *err)
{
    struct vg_moments *self = calloc(1, sizeof *self);
    if (self == NULL) {
        vg_past_destroy(past);
        return vg_no_memory(err);
    }
    self->options = *options;
    self->past = past;
    *out = self;
    return VG_OK;
}

void vg_moments_destroy(struct vg_moments *self)
{
    if (self != NULL) {
        vg_past_destroy(self->past);
        free(self);
    }
}

/* ---- on the pool ---- */

static enum vg_status answer_one(const struct vg_moments_options *o, const struct vg_watch *watch,
                                 const struct vg_past_tail *tail, struct moment *m)
{
    struct vg_view_frame frame = {m->t.us == INT64_MAX ? vg_us(tail->last_us) : m->t, 0,
                                  tail->is_sim, tail->speed};
    switch (m->what) {
    case PICTURE:
        vg_view_snapshot(watch, &frame, &m->out);
        return VG_OK;
    case TILE:
        return vg_cells_tile_png(watch, o->strip, m->z, m->x, m->y, watch->start_us / VG_US_PER_S,
                                 m->revisit_s, &m->out, &m->err);
    case CELL:
        return vg_cells_at(watch, o->strip, &o->targets, m->lat_deg, m->lon_deg, &m->out, &m->err);
    case CATCH_UP:
    default:
        return VG_OK;
    }
}

static void run(void *job, const atomic_bool *is_cancelled)
{
    struct batch *b = job;
    const struct vg_watch *watch = NULL;
    struct vg_past_tail tail;
    struct vg_error err = {0};
    int64_t from_us = vg_clock_mono_us();
    enum vg_status st = vg_past_at(b->of->past, b->list[0].t, b->list[0].coarsest_grade,
                                   is_cancelled, &watch, &tail, &err);
    if (st == VG_OK && watch->description == NULL) {
        st = vg_fail(&err, VG_E_NOT_FOUND, "nothing recorded then");
    }
    for (int i = 0; i < b->n; i++) {
        struct moment *m = &b->list[i];
        m->err = err;
        m->is_answered = st == VG_OK && answer_one(&b->of->options, watch, &tail, m) == VG_OK &&
                         !m->out.is_failed;
    }
    vg_past_counts(b->of->past, &b->counts);
    b->took_us = vg_clock_mono_us() - from_us;
}

/* ---- on the loop ---- */

static void drop(void *job)
{
    struct batch *b = job;
    b->of->is_busy = false;
    for (int i = 0; i < b->n; i++) {
        vg_buf_finish(&b->list[i].out);
    }
    free(b);
}

static void complete(const struct vg_moments *self, struct moment *m)
{
    bool is_tile = m->what == TILE;
    struct vg_reply reply = {.http_status = 200,
                             .content_type =
                                 is_tile ? "image/png" : "application/json; charset=utf-8"};
    if (m->is_answered) {
        reply.body = m->out;
        m->out = (struct vg_buf){0};
    } else {
        vg_reply_error(&reply, 404, m->err.message[0] != '\0' ? m->err.message : "out of memory");
    }
    if (m->what != CATCH_UP) {
        vg_server_complete(self->options.server, m->reply, &reply);
    } else {
        vg_buf_finish(&reply.body);
    }
}

static void start_next(struct vg_moments *self);

static void done(void *ctx, void *job)
{
    struct vg_moments *self = ctx;
    struct batch *b = job;
    self->n_jobs++;
    self->longest_us = b->took_us > self->longest_us ? b->took_us : self->longest_us;
    self->counts = b->counts;
    for (int i = 0; i < b->n; i++) {
        complete(self, &b->list[i]);
    }
    drop(b);
    start_next(self);
}

static bool is_same_moment(const struct moment *a, const struct moment *b)
{
    return a->t.us == b->t.us && a->coarsest_grade == b->coarsest_grade;
}

/* Take all that ask for the same as the oldest. */
static void take_batch(struct vg_moments *self, struct batch *b)
{
    int kept = 0;
    for (int i = 0; i < self->n_waiting; i++) {
        if (i == 0 || is_same_moment(&self->waiting[i], &b->list[0])) {
            b->list[b->n++] = self->waiting[i];
        } else {
            self->waiting[kept++] = self->waiting[i];
        }
    }
    self->n_waiting = kept;
}

static void refuse(const struct vg_moments *self, struct moment *m, const char *words)
{
    struct vg_reply reply = {.http_status = 503};
    vg_reply_error(&reply, 503, words);
    if (m->what == CATCH_UP || !vg_server_complete(self->options.server, m->reply, &reply)) {
        vg_buf_finish(&reply.body);
    }
}

static void start_next(struct vg_moments *self)
{
    if (self->is_busy || self->n_waiting == 0) {
        return;
    }
    struct batch *b = calloc(1, sizeof *b);
    struct vg_job job = {.run = run, .done = done, .drop = drop, .job = b, .ctx = self};
    if (b != NULL) {
        b->of = self;
        take_batch(self, b);
        self->is_busy = true;
        if (vg_work_submit(self->options.work, &job, NULL, NULL) == VG_OK) {
            return;
        }
        for (int i = 0; i < b->n; i++) {
            refuse(self, &b->list[i], "too many moments asked for at once");
        }
        drop(b);
    }
    for (int i = 0; i < self->n_waiting; i++) {
        refuse(self, &self->waiting[i], "too many moments asked for at once");
    }
    self->n_waiting = 0;
}

static void ask(struct vg_moments *self, struct moment m, struct vg_reply *reply)
{
    if (self->n_waiting == VG_MOMENTS_MAX) {
        vg_reply_error(reply, 503, "too many moments asked for at once");
        return;
    }
    m.reply = vg_server_defer(self->options.server, reply);
    if (m.reply.generation != 0) {
        self->waiting[self->n_waiting++] = m;
        start_next(self);
    }
}

void vg_moments_get_picture(struct vg_moments *self, const char *query, struct vg_reply *reply)
{
    int64_t t_us;
    if (vg_query_int64(query, "t_us", &t_us)) {
        ask(self, (struct moment){.what = PICTURE, .t = vg_us(t_us)}, reply);
    } else {
        vg_reply_error(reply, 400, "t_us is wanted");
    }
}

/* False: no look is good enough to show that; answered. */
static bool begin(const struct vg_moments *self, const struct vg_cellquery *asked, enum what what,
                  struct moment *out, struct vg_reply *reply)
{
    const struct vg_wf_targets *t = &self->options.targets;
    const double sizes_m[] = {0, t->person_m, t->group_m, t->vehicle_m};
    bool is_for_target = asked->target != VG_CELLQUERY_ANY;
    *out = (struct moment){.what = what, .t = vg_us(asked->t_us), .revisit_s = asked->revisit_s};
    if (self->options.strip == NULL) {
        vg_reply_error(reply, 404, "the record does not say where its cells lie");
        return false;
    }
    if (is_for_target || asked->gsd_m > 0) {
        out->coarsest_grade = is_for_target ? vg_grade_detecting(sizes_m[asked->target])
                                            : vg_grade_within(asked->gsd_m);
    }
    if ((is_for_target || asked->gsd_m > 0) && out->coarsest_grade == VG_GRADE_UNKNOWN) {
        vg_reply_error(reply, 404, "no look is told apart that is so good");
        return false;
    }
    return true;
}

void vg_moments_get_tile(struct vg_moments *self, const struct vg_cellquery *asked, int z, int x,
                         int y, struct vg_reply *reply)
{
    struct moment m;
    if (begin(self, asked, TILE, &m, reply)) {
        m.z = z;
        m.x = x;
        m.y = y;
        ask(self, m, reply);
    }
}

void vg_moments_get_cell(struct vg_moments *self, const struct vg_cellquery *asked, double lat_deg,
                         double lon_deg, struct vg_reply *reply)
{
    struct moment m;
    if (begin(self, asked, CELL, &m, reply)) {
        m.lat_deg = lat_deg;
        m.lon_deg = lon_deg;
        ask(self, m, reply);
    }
}

void vg_moments_catch_up(struct vg_moments *self)
{
    if (!self->is_busy && self->n_waiting == 0) {
        self->waiting[self->n_waiting++] = (struct moment){.what = CATCH_UP, .t = vg_us(INT64_MAX)};
        start_next(self);
    }
}

void vg_moments_status(const struct vg_moments *self, struct vg_buf *out)
{
    vg_buf_printf(out,
                  "\"past\":{\"jobs\":%lld,\"longest_us\":%lld,\"kept\":%d,\"kept_bytes\":%zu,"
                  "\"folded\":%lld,\"restored\":%lld,\"waiting\":%d}",
                  (long long)self->n_jobs, (long long)self->longest_us, self->counts.n_kept,
                  self->counts.kept_bytes, (long long)self->counts.n_folded,
                  (long long)self->counts.n_restored, self->n_waiting);
}
