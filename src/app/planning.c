#include "app/planning.h"

#include "app/planning_job.h"

#include <stdlib.h>
#include <string.h>

/* Curves take long: they are made beside what is answered at once, one of each. */
enum {
    SHORT,
    LONG,
    LANES
};

struct vg_planning {
    struct vg_planning_options options;
    struct vg_planning_job *waiting[VG_PLANNING_MAX]; /* oldest first */
    int n_waiting;
    struct vg_planning_job *running[LANES];
    bool is_closing;
    int64_t n_answered;
    int64_t n_overtaken;
    int64_t longest_us;
};

enum vg_status vg_planning_create(const struct vg_planning_options *options,
                                  struct vg_planning **out, struct vg_error *err)
{
    struct vg_planning *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->options = *options;
    *out = self;
    return VG_OK;
}

void vg_planning_close(struct vg_planning *self)
{
    if (self == NULL) {
        return;
    }
    self->is_closing = true;
    for (int k = 0; k < self->n_waiting; k++) {
        vg_planning_job_free(self->waiting[k]);
    }
    self->n_waiting = 0;
    for (int lane = 0; lane < LANES; lane++) {
        if (self->running[lane] != NULL) {
            atomic_store(&self->running[lane]->is_stale, true);
        }
    }
}

void vg_planning_destroy(struct vg_planning *self)
{
    free(self);
}

static void refuse(struct vg_planning *self, struct vg_planning_job *job, int http_status,
                   const char *words)
{
    struct vg_reply reply = {.content_type = "application/json; charset=utf-8"};
    vg_reply_error(&reply, http_status, words);
    if (!vg_server_complete(self->options.server, job->reply, &reply)) {
        vg_buf_finish(&reply.body);
    }
    job->reply = (struct vg_reply_id){0};
}

static void answer(struct vg_planning *self, struct vg_planning_job *job)
{
    struct vg_reply reply = {
        .http_status = 200, .content_type = "application/json; charset=utf-8", .body = job->out};
    if (job->reply.generation == 0) {
        return; /* overtaken */
    }
    if (job->status != VG_OK) {
        refuse(self, job, 409, job->err.message);
        return;
    }
    job->out = (struct vg_buf){0};
    vg_server_complete(self->options.server, job->reply, &reply);
}

static int lane_of(const struct vg_planning_job *job)
{
    return job->question.want == VG_WHATIF_CURVE ? LONG : SHORT;
}

static void start_next(struct vg_planning *self);

static void end(struct vg_planning *self, struct vg_planning_job *job)
{
    self->running[lane_of(job)] = NULL;
    vg_planning_job_free(job);
    if (!self->is_closing) {
        start_next(self);
    }
}

static void drop(void *of)
{
    struct vg_planning_job *job = of;
    end(job->owner, job);
}

static void done(void *ctx, void *of)
{
    struct vg_planning *self = ctx;
    struct vg_planning_job *job = of;
    if (!self->is_closing) {
        answer(self, job);
    }
    self->n_answered++;
    self->longest_us = job->took_us > self->longest_us ? job->took_us : self->longest_us;
    end(self, job);
}

/* The oldest question whose lane is free, taken out; NULL: none. */
static struct vg_planning_job *take_next(struct vg_planning *self)
{
    for (int k = 0; k < self->n_waiting; k++) {
        struct vg_planning_job *job = self->waiting[k];
        if (self->running[lane_of(job)] == NULL) {
            self->n_waiting--;
            memmove(self->waiting + k, self->waiting + k + 1,
                    (size_t)(self->n_waiting - k) * sizeof *self->waiting);
            return job;
        }
    }
    return NULL;
}

static void start_next(struct vg_planning *self)
{
    struct vg_planning_job *mine;
    while ((mine = take_next(self)) != NULL) {
        const struct vg_job job = {
            .run = vg_planning_job_run, .done = done, .drop = drop, .job = mine, .ctx = self};
        if (vg_work_submit(self->options.work, &job, NULL, NULL) == VG_OK) {
            self->running[lane_of(mine)] = mine;
        } else {
            refuse(self, mine, 503, "too many questions at once");
            vg_planning_job_free(mine);
        }
    }
}

/* Questions of one asker that are not yet answered give way to a newer one. */
static void overtake(struct vg_planning *self, const char *asker)
{
    static const char *const WORDS = "a newer question came";
    int kept = 0;
    for (int k = 0; k < self->n_waiting; k++) {
        if (strcmp(self->waiting[k]->question.asker, asker) != 0) {
            self->waiting[kept++] = self->waiting[k];
            continue;
        }
        refuse(self, self->waiting[k], 409, WORDS);
        vg_planning_job_free(self->waiting[k]);
        self->n_overtaken++;
    }
    self->n_waiting = kept;
    for (int lane = 0; lane < LANES; lane++) {
        struct vg_planning_job *now = self->running[lane];
        if (now != NULL && now->reply.generation != 0 && strcmp(now->question.asker, asker) == 0) {
            atomic_store(&now->is_stale, true);
            refuse(self, now, 409, WORDS);
            self->n_overtaken++;
        }
    }
}

void vg_planning_ask(struct vg_planning *self, const char *body, size_t n,
                     const struct vg_plan *plan, struct vg_us now, struct vg_reply *reply)
{
    struct vg_error err = {0};
    struct vg_planning_job *job = vg_planning_job_make(&self->options, body, n, plan, &err);
    if (job == NULL) {
        vg_reply_error(reply, err.status == VG_E_NO_MEMORY ? 503 : 400, err.message);
        return;
    }
    overtake(self, job->question.asker);
    if (self->n_waiting == VG_PLANNING_MAX) {
        vg_planning_job_free(job);
        vg_reply_error(reply, 503, "too many questions at once");
        return;
    }
    job->owner = self;
    job->now = now;
    job->reply = vg_server_defer(self->options.server, reply);
    if (job->reply.generation == 0) {
        vg_planning_job_free(job);
        return;
    }
    self->waiting[self->n_waiting++] = job;
    start_next(self);
}

void vg_planning_status(const struct vg_planning *self, struct vg_buf *out)
{
    vg_buf_printf(out,
                  "\"planning\":{\"answered\":%lld,\"overtaken\":%lld,\"longest_us\":%lld,"
                  "\"waiting\":%d}",
                  (long long)self->n_answered, (long long)self->n_overtaken,
                  (long long)self->longest_us, self->n_waiting);
}
