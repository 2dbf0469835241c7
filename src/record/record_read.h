/* Read the events of a record in order, also while another process writes it.
 *
 * The reader takes a few hundred events at a time and holds no lock between calls, so a slow reader
 * never makes the writer's WAL grow. At the end next says VG_E_NOT_FOUND; called later it gives
 * what was committed since. The chain is not checked here: that is record_verify.h. Threads: one at
 * a time for one reader. Memory: one batch (about 256 events, at least one). */
#ifndef VG_RECORD_RECORD_READ_H
#define VG_RECORD_RECORD_READ_H

#include "base/sha256.h"
#include "base/status.h"
#include "base/time.h"

#include <stddef.h>
#include <stdint.h>

struct vg_record_reader;

/* One event; the texts are borrowed until the next call on the reader and end with a NUL. */
struct vg_record_event {
    int64_t seq; /* from 1 */
    struct vg_us t;
    const char *kind;
    const char *body; /* JSON object on one line */
    size_t body_n;
    uint8_t sha256[VG_SHA256_SIZE];
};

/* VG_E_IO: cannot be read; VG_E_FORMAT: not a record, or of another version. Nothing is ever
 * written to the record. Starts at seq 1. */
enum vg_status vg_record_reader_open(const char *path, struct vg_record_reader **out,
                                     struct vg_error *err) VG_MUST_USE;
/* The next call to next gives `seq`, or the first after it. */
void vg_record_reader_seek_seq(struct vg_record_reader *self, int64_t seq);
/* The next call to next gives the event with the least time that is `t` or later (the first such by
 * seq), then all after it by seq, whatever their times: a clock that stepped back does not reorder
 * the record. Past the end: waits at the end. Cost: logarithmic. */
enum vg_status vg_record_reader_seek_time(struct vg_record_reader *self, struct vg_us t,
                                          struct vg_error *err) VG_MUST_USE;
/* VG_E_NOT_FOUND (err untouched): no more for now; VG_E_FORMAT: a row is not an event; VG_E_IO. */
enum vg_status vg_record_reader_next(struct vg_record_reader *self, struct vg_record_event *out,
                                     struct vg_error *err) VG_MUST_USE;
/* First and last seq (0, 0 when empty) and their times now. Any output may be NULL. */
enum vg_status vg_record_reader_span(struct vg_record_reader *self, int64_t *out_first_seq,
                                     int64_t *out_last_seq, struct vg_us *out_first_t,
                                     struct vg_us *out_last_t, struct vg_error *err) VG_MUST_USE;
/* NULL is fine. */
void vg_record_reader_close(struct vg_record_reader *self);

#endif
