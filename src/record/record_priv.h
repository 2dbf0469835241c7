/* The open record: what the callers' side (record.c) and the writer thread (record_writer.c) share.
 */
#ifndef VG_RECORD_RECORD_PRIV_H
#define VG_RECORD_RECORD_PRIV_H

#include "record/record_db.h"
#include "record/record_key.h"
#include "record/record_queue.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    VG_RECORD_PATH_SIZE = 4096
};

struct vg_record {
    /* Set at open, then constant. */
    char path[VG_RECORD_PATH_SIZE];
    struct vg_record_options options;
    struct vg_record_meta meta;
    struct vg_record_key key;
    bool is_signing;
    int lock_fd;
    pthread_t thread;

    /* Written by the writer only, read by anybody. */
    _Atomic int64_t durable_seq;

    /* Under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t work; /* the writer waits here */
    pthread_cond_t settled; /* flush waits here: durable_seq or is_stalled changed */
    struct vg_record_queue queue;
    struct vg_record_status status; /* appended_seq and the counters */
    int64_t flush_seq; /* somebody waits for this one */
    int64_t oldest_us; /* monotonic; when the oldest queued event came, or later */
    bool is_writer_waiting;
    bool is_closing;

    /* The writer's own (open's before the thread starts). */
    sqlite3 *db; /* NULL after a failure, until reopened */
    sqlite3_stmt *insert_event;
    sqlite3_stmt *insert_head;
    struct vg_record_tail tail; /* of the last commit known good */
    int64_t signed_seq; /* -1: no head at all */
    int64_t signed_us; /* monotonic, of the last head */
    int64_t retry_at_us; /* monotonic, while stalled */
};

/* Open the connection and its statements, find the tail and the last head, and check that the key
 * is the one that signed it. Sets tail and signed_seq. */
enum vg_status vg_record_writer_connect(struct vg_record *self, struct vg_error *err) VG_MUST_USE;
/* Sign the chain as it stands when no head is there yet, so that a signed record is never without
 * one. Before the thread runs. */
enum vg_status vg_record_writer_sign_first(struct vg_record *self,
                                           struct vg_error *err) VG_MUST_USE;
void vg_record_writer_disconnect(struct vg_record *self);
/* The thread; `arg` is the record. */
void *vg_record_writer_run(void *arg);
int64_t vg_record_monotonic_us(void);

#endif
