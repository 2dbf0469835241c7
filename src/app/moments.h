/* What people ask of the past, answered from the record on the worker pool: the picture of a
 * moment (`/api/at`), and the seen ground then or by good looks only (`/tiles/seen`, `/api/cell`).
 *
 *   loop: ask ─► waiting ──► one job at a time: fold to the moment, answer all asked of it ─► loop
 *
 * Threads: loop thread only; the job alone touches the record's past while it runs.
 * Bound: VG_MOMENTS_MAX answers owed; more are refused with 503.
 */
#ifndef VG_APP_MOMENTS_H
#define VG_APP_MOMENTS_H

#include "app/past.h"
#include "io/work.h"
#include "serve/cellquery.h"
#include "serve/server.h"
#include "watch/cells.h"

enum {
    VG_MOMENTS_MAX = 96
};

struct vg_moments;

struct vg_moments_options {
    struct vg_server *server; /* borrowed, as all here; may go before the moments */
    struct vg_work *work;
    const struct vg_strip *strip; /* NULL: no cells */
    struct vg_wf_targets targets;
};

/* Takes the past. */
enum vg_status vg_moments_create(const struct vg_moments_options *options, struct vg_past *past,
                                 struct vg_moments **out, struct vg_error *err) VG_MUST_USE;
/* After vg_work_destroy, and after the loop has run out. NULL is fine. */
void vg_moments_destroy(struct vg_moments *self);

/* Each answers `reply` later; with an error at once where the request is bad or too many are owed.
 * `query` as in the request. */
void vg_moments_get_picture(struct vg_moments *self, const char *query, struct vg_reply *reply);
void vg_moments_get_tile(struct vg_moments *self, const struct vg_cellquery *asked, int z, int x,
                         int y, struct vg_reply *reply);
void vg_moments_get_cell(struct vg_moments *self, const struct vg_cellquery *asked, double lat_deg,
                         double lon_deg, struct vg_reply *reply);

/* Fold what has been recorded since, so that the next moment asked for is near; nothing while busy.
 */
void vg_moments_catch_up(struct vg_moments *self);
/* Counters for /status: `"past":{...}`; those of the last job that ended. */
void vg_moments_status(const struct vg_moments *self, struct vg_buf *out);

#endif
