/* Any moment of a record, folded again: for the time slider, live and in replay, and for export.
 *
 * The record is folded once; on the way the state is laid by now and then (watch/keep.h), so that
 * a moment costs at most the events since the one laid by before it. Kept states share a budget of
 * bytes: when it is full every second one is dropped, and they come half as often from then on.
 * A moment for looks of at least some quality only is a fold of its own; the last few are kept up.
 *
 *   events  |----------|----------|----------|----------|----->   the record
 *           ^ kept     ^ kept     ^ kept     ^ kept     ^ tip
 *                                       T: restored from the third, folded on to T
 *
 * Threads: one at a time. Memory: the budget, and one watch for each quality asked for lately.
 */
#ifndef VG_APP_PAST_H
#define VG_APP_PAST_H

#include "watch/watch.h"

#include <stdatomic.h>

/* What the fold does not keep but the station needs back after a restart. */
struct vg_past_tail {
    int64_t last_us; /* newest event */
    int64_t n_events;
    int64_t epoch_us; /* of the last `start` */
    char plan_sha256[65]; /* of the last `start`: what was asked for */
    char change_sha256[65]; /* of the last change of plan since; "" none */
    bool is_sim;
    double speed;
    int64_t n_bad; /* events whose body did not fit their kind: passed by */
};

struct vg_past;

/* Zero: the usual. */
struct vg_past_limits {
    size_t budget_bytes; /* of all that is laid by; at least one state is */
    int64_t every_bytes; /* of event bodies from one state laid by to the next */
};

/* `path` is copied; the record need not be there yet. `limits` may be NULL. */
enum vg_status vg_past_create(const char *path, const struct vg_past_limits *limits,
                              struct vg_past **out, struct vg_error *err) VG_MUST_USE;
void vg_past_destroy(struct vg_past *self); /* NULL is fine */

/* The watch as it was when the record was folded up to the first event after `until` (INT64_MAX:
 * all there is by now), by looks no coarser than coarsest_grade (0: all). Borrowed until the next
 * call; the chart's history in it is whole only if nothing was asked for before. `description` is
 * NULL before the first event. Stops early when *is_cancelled (NULL allowed): then the state is of
 * an earlier moment. VG_E_FORMAT / VG_E_IO when the record cannot be read. */
enum vg_status vg_past_at(struct vg_past *self, struct vg_us until, int coarsest_grade,
                          const atomic_bool *is_cancelled, const struct vg_watch **out_watch,
                          struct vg_past_tail *out_tail, struct vg_error *err) VG_MUST_USE;
/* The state that the last call gave, for good (`out` is zeroed or finished before). */
void vg_past_take(struct vg_past *self, struct vg_watch *out);

struct vg_past_counts {
    int n_kept;
    size_t kept_bytes;
    int64_t n_folded; /* events, in all */
    int64_t n_restored;
};
void vg_past_counts(const struct vg_past *self, struct vg_past_counts *out);

#endif
