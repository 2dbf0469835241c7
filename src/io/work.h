/* Pure jobs on libuv's worker pool, with the result back on the loop.
 *
 *   loop: vg_work_submit --> pool: run(job) --> loop: done(ctx, job)
 *                                          \--> loop: drop(job)   if it was cancelled meanwhile
 *
 * A job owns a copy of its input and its arena; `run` touches nothing else. Exactly one of done and
 * drop is called for each job taken, always on the loop thread, and frees it. A handle is index +
 * generation: a stale one is absent, so the owner of a result may die at any time after cancelling.
 *
 * Threads: loop thread only, except `run`. Bound: max_jobs under way; more are refused and counted.
 */
#ifndef VG_IO_WORK_H
#define VG_IO_WORK_H

#include "base/status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct vg_work;

/* Zero is no job. */
struct vg_job_id {
    uint32_t index;
    uint32_t generation;
};

struct vg_job {
    /* On a pool thread. Look at *is_cancelled now and then in long jobs and return early when set.
     */
    void (*run)(void *job, const atomic_bool *is_cancelled);
    void (*done)(void *ctx, void *job);
    void (*drop)(void *job);
    void *job;
    void *ctx; /* for done; not touched after a cancel */
};

struct vg_work_counters {
    uint32_t now;
    uint32_t high_water;
    uint64_t submitted;
    uint64_t done;
    uint64_t cancelled;
    uint64_t refused; /* too many at once */
};

enum vg_status vg_work_create(uv_loop_t *loop, uint32_t max_jobs, struct vg_work **out,
                              struct vg_error *err) VG_MUST_USE;
/* Cancels all; each job's drop is still called on the loop, then the memory goes. NULL is fine. */
void vg_work_destroy(struct vg_work *self);
/* VG_E_FULL, VG_E_NO_MEMORY: the job stays the caller's. out_id may be NULL. */
enum vg_status vg_work_submit(struct vg_work *self, const struct vg_job *job,
                              struct vg_job_id *out_id, struct vg_error *err) VG_MUST_USE;
/* False if it is no longer under way. */
bool vg_work_cancel(struct vg_work *self, struct vg_job_id id);
bool vg_work_is_running(const struct vg_work *self, struct vg_job_id id);
const struct vg_work_counters *vg_work_counters(const struct vg_work *self);

#endif
