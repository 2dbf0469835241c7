#include "io/work.h"

#include <stdlib.h>

struct slot {
    uv_work_t req;
    struct vg_work *owner;
    struct vg_job job;
    atomic_bool is_cancelled; /* the one thing both threads touch */
    bool is_used;
    uint32_t generation;
};

struct vg_work {
    uv_loop_t *loop;
    struct vg_work_counters counters;
    uint32_t max_jobs;
    bool is_closing;
    struct slot slots[];
};

enum vg_status vg_work_create(uv_loop_t *loop, uint32_t max_jobs, struct vg_work **out,
                              struct vg_error *err)
{
    struct vg_work *self = calloc(1, sizeof *self + max_jobs * sizeof self->slots[0]);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->loop = loop;
    self->max_jobs = max_jobs;
    *out = self;
    return VG_OK;
}

static void run_slot(uv_work_t *req)
{
    struct slot *slot = req->data;
    if (!atomic_load(&slot->is_cancelled)) {
        slot->job.run(slot->job.job, &slot->is_cancelled);
    }
}

/* The slot is given back before the callback, which may submit again or destroy the whole; when it
 * does the latter, nothing here may be touched after it. */
static void finish_slot(uv_work_t *req, int status)
{
    struct slot *slot = req->data;
    struct vg_work *self = slot->owner;
    struct vg_job job = slot->job;
    bool is_dropped = status != 0 || atomic_load(&slot->is_cancelled);
    slot->is_used = false;
    self->counters.now--;
    bool is_last = self->is_closing && self->counters.now == 0;
    if (is_dropped) {
        job.drop(job.job);
    } else {
        self->counters.done++;
        job.done(job.ctx, job.job);
    }
    if (is_last) {
        free(self);
    }
}

static struct slot *find_free(struct vg_work *self)
{
    for (uint32_t i = 0; i < self->max_jobs; i++) {
        if (!self->slots[i].is_used) {
            return &self->slots[i];
        }
    }
    return NULL;
}

enum vg_status vg_work_submit(struct vg_work *self, const struct vg_job *job,
                              struct vg_job_id *out_id, struct vg_error *err)
{
    struct slot *slot = self->is_closing ? NULL : find_free(self);
    if (slot == NULL) {
        self->counters.refused++;
        return vg_fail(err, VG_E_FULL, "%u jobs are under way already", self->max_jobs);
    }
    slot->owner = self;
    slot->job = *job;
    slot->req.data = slot;
    atomic_init(&slot->is_cancelled, false);
    int rc = uv_queue_work(self->loop, &slot->req, run_slot, finish_slot);
    if (rc != 0) {
        return vg_fail_errno(err, -rc, "cannot start a job");
    }
    slot->is_used = true;
    slot->generation++;
    self->counters.submitted++;
    if (++self->counters.now > self->counters.high_water) {
        self->counters.high_water = self->counters.now;
    }
    if (out_id != NULL) {
        *out_id = (struct vg_job_id){(uint32_t)(slot - self->slots), slot->generation};
    }
    return VG_OK;
}

static void cancel_slot(struct vg_work *self, struct slot *slot)
{
    if (!atomic_exchange(&slot->is_cancelled, true)) {
        self->counters.cancelled++;
        (void)uv_cancel(
            (uv_req_t *)&slot->req); /* refused if it runs already: then it sees the flag */
    }
}

void vg_work_destroy(struct vg_work *self)
{
    if (self == NULL) {
        return;
    }
    self->is_closing = true;
    if (self->counters.now == 0) {
        free(self);
        return;
    }
    for (uint32_t i = 0; i < self->max_jobs; i++) {
        if (self->slots[i].is_used) {
            cancel_slot(self, &self->slots[i]);
        }
    }
}

bool vg_work_is_running(const struct vg_work *self, struct vg_job_id id)
{
    if (id.generation == 0 || id.index >= self->max_jobs) {
        return false;
    }
    const struct slot *slot = &self->slots[id.index];
    return slot->is_used && slot->generation == id.generation;
}

bool vg_work_cancel(struct vg_work *self, struct vg_job_id id)
{
    if (!vg_work_is_running(self, id)) {
        return false;
    }
    cancel_slot(self, &self->slots[id.index]);
    return true;
}

const struct vg_work_counters *vg_work_counters(const struct vg_work *self)
{
    return &self->counters;
}
