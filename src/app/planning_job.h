/* One what-if question on the worker pool: what it is given, its run, its answer. */
#ifndef VG_APP_PLANNING_JOB_H
#define VG_APP_PLANNING_JOB_H

#include "app/planning.h"
#include "plan/whatif.h"

/* Owns all that changes while it runs. */
struct vg_planning_job {
    struct vg_planning *owner;
    const struct vg_terrain *terrain;
    double *axis_m; /* of each line of the watch, on the chart; negative: not on it */
    struct vg_reply_id reply; /* zero: nobody waits any more */
    atomic_bool is_stale; /* asked by the run; set on the loop */
    struct vg_whatif question;
    struct vg_sweeps sweeps;
    struct vg_plan flights; /* those in force; read where what they hear is asked */
    struct vg_us now;
    int64_t until_us; /* monotonic: timetables of the curve are given up */
    int64_t took_us;
    struct vg_buf out; /* the answer */
    struct vg_error err;
    enum vg_status status;
};

/* NULL: err says what is wrong with the question. */
struct vg_planning_job *vg_planning_job_make(const struct vg_planning_options *options,
                                             const char *body, size_t n, const struct vg_plan *plan,
                                             struct vg_error *err);
/* For vg_work_submit: on the worker's thread. */
void vg_planning_job_run(void *job, const atomic_bool *is_cancelled);
void vg_planning_job_free(struct vg_planning_job *job);

#endif
