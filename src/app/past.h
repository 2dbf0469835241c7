/* Any moment of a record, folded again: for the time slider, live and in replay. */
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

/* Fold the record at `path` up to and including `until` (INT64_MAX: all) into `out` (zeroed). Stops
 * early when *is_cancelled (NULL allowed). VG_E_FORMAT / VG_E_IO when the record cannot be read.
 * Any thread. */
enum vg_status vg_past_fold(const char *path, struct vg_us until, const atomic_bool *is_cancelled,
                            struct vg_watch *out, struct vg_past_tail *out_tail,
                            struct vg_error *err) VG_MUST_USE;

#endif
