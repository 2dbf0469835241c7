/* What-if planning: other bases, drones or another promise, answered on the worker pool
 * (`POST /api/plan` of docs/api.md). Nothing that flies is touched: no plan is adopted, no event
 * made.
 *
 *   loop: ask ─► waiting ─┬► one job at a time: bound, first plan, price ─┬► loop: the answer
 *                         └► one job at a time: curve with timetables ────┘
 *
 * A newer question of the same asker takes the place of an older one: that is answered 409 and, if
 * its job runs, the job is told to stop.
 *
 * Threads: loop thread only. Bound: VG_PLANNING_MAX questions owed; more are refused with 503.
 */
#ifndef VG_APP_PLANNING_H
#define VG_APP_PLANNING_H

#include "base/time.h"
#include "io/work.h"
#include "plan/plan.h"
#include "serve/server.h"
#include "terrain/terrain.h"

enum {
    VG_PLANNING_MAX = 8
};

struct vg_planning;

struct vg_planning_options {
    struct vg_server *server; /* borrowed, as all here */
    struct vg_work *work;
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain; /* NULL: flat */
    double (*axis_m)(void *ctx, const char *line); /* of the chart; negative: not on it */
    void *ctx;
};

enum vg_status vg_planning_create(const struct vg_planning_options *options,
                                  struct vg_planning **out, struct vg_error *err) VG_MUST_USE;
/* Before vg_work_destroy: nothing is answered or begun any more. NULL is fine. */
void vg_planning_close(struct vg_planning *self);
/* After the loop has run out. NULL is fine. */
void vg_planning_destroy(struct vg_planning *self);

/* Answers `reply` later; at once with what is wrong. `plan` is the one in force: its passes over
 * the ground are planned with; read before return only. Planned passes are told from `now` on. */
void vg_planning_ask(struct vg_planning *self, const char *body, size_t n,
                     const struct vg_plan *plan, struct vg_us now, struct vg_reply *reply);
/* Counters for /status: `"planning":{...}`. */
void vg_planning_status(const struct vg_planning *self, struct vg_buf *out);

#endif
