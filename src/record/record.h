/* The event store of a watch: one SQLite file that `sqlite3` reads, a hash chain over every event,
 * signed heads.
 *
 * In: events (time, kind, one-line JSON object), in the order they happened. Out: the same events
 * on disk, each bound to all before it by SHA-256, and every few seconds an Ed25519 signature over
 * the newest hash. docs/record.md gives the tables and the shell lines that recompute everything
 * without us. Reading, checking and sealing are in record_read.h, record_verify.h and
 * record_seal.h.
 *
 *   append ──► queue (bytes, bounded) ──► writer thread: hash, insert, commit (WAL, fsync) ──►
 * on_durable any thread, never waits               one group: what came within group_us, at most
 * group_events
 *
 * An event is safe when on_durable (or vg_record_durable_seq) names its seq, not when append
 * returns: acknowledge to people and machines only then. SIGKILL or power loss then costs nothing
 * acknowledged.
 *
 * A write that fails (disk full, disk gone) does not end the program: the events stay queued,
 * on_state says so once, the writer tries again every retry_us, and says so when it writes again.
 * When the queue is full append returns VG_E_FULL and the refusals are counted. Sequence numbers
 * never have holes.
 *
 * Threads: append, status, durable_seq and flush from any; open and close from one. The callbacks
 * run on the writer thread, without a lock held; they must be short and must not call flush or
 * close. Memory: one queue of queue_bytes taken at open, nothing per event. Clock: the writer paces
 * itself by the monotonic clock; no event time is ever read from a clock.
 */
#ifndef VG_RECORD_RECORD_H
#define VG_RECORD_RECORD_H

#include "base/status.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_RECORD_FORMAT "vigie-record/1"

enum {
    VG_RECORD_KEY_SIZE = 32, /* an Ed25519 public key */
    VG_RECORD_KIND_MAX = 63, /* bytes of a kind */
    VG_RECORD_BODY_MAX = 1024 * 1024, /* bytes of a body */
    VG_RECORD_ID_SIZE = 33 /* 32 hexadecimal digits and the NUL */
};

struct vg_record;

/* How to open. Zero-initialise; zero fields take the defaults given. */
struct vg_record_options {
    /* The station's private key (record_key.h), made on first use; NULL: heads are not signed and
     * none are written. Borrowed during open. */
    const char *key_path;
    /* Written as the time of creation into a new record. */
    struct vg_us t;
    /* 32 lower-case hexadecimal digits naming a new record; NULL: random. */
    const char *id;
    size_t queue_bytes; /* 16 MiB; rounded up to a power of two, at least 4 MiB */
    int64_t group_us; /* 10,000: longest that an event waits for company before the commit */
    int64_t group_events; /* 8,192: most events of one commit */
    int64_t head_every_us; /* 5 s, between signed heads while events come */
    int64_t head_every_events; /* 10,000 */
    int64_t retry_us; /* 1 s, between attempts after a failed write */
    enum vg_lang lang; /* of the messages kept while stalled */
    /* Everything up to `seq` is on disk. NULL allowed. */
    void (*on_durable)(void *ctx, int64_t seq);
    /* Writing stopped (err says why; borrowed) or works again (err NULL). NULL allowed. */
    void (*on_state)(void *ctx, const struct vg_error *err);
    void *ctx;
};

/* A copy of the counters at one instant. */
struct vg_record_status {
    int64_t appended_seq; /* last seq given out; 0: none ever */
    int64_t durable_seq; /* last seq on disk; 0: none ever */
    int64_t signed_seq; /* last seq under a signed head; 0: none */
    uint64_t n_refused_full; /* appends answered VG_E_FULL since open */
    uint64_t n_groups; /* commits since open */
    uint64_t n_failed; /* commits that failed since open */
    size_t queued_bytes;
    size_t queued_peak_bytes;
    bool is_stalled; /* the last write failed; trying again */
    struct vg_error error; /* why, while stalled */
};

/* Open the record at `path` for writing, made if absent, continued after its last committed event
 * otherwise, and start the writer.
 * VG_E_FORMAT: not a record, or of another version (nothing is written); VG_E_BROKEN: its last
 * event does not hash to what it says, so the chain cannot go on; VG_E_IO: in use by another
 * writer, or the system said no; VG_E_INVALID: options; VG_E_NO_MEMORY. Owned by the caller:
 * vg_record_close. */
enum vg_status vg_record_open(const char *path, const struct vg_record_options *options,
                              struct vg_record **out, struct vg_error *err) VG_MUST_USE;

/* Queue one event; copies `kind` and the `n` bytes of `body` and returns at once.
 * kind: 1 to 63 of a-z 0-9 . _ - ; body: one JSON object as UTF-8 on one line ('{' first, '}' last,
 * no byte below 0x20; that much is checked, its grammar is the caller's). out_seq may be NULL.
 * VG_E_INVALID: kind or body breaks this; VG_E_RANGE: body longer than VG_RECORD_BODY_MAX;
 * VG_E_FULL: the queue is full (counted). Any thread. Cost: a copy and an uncontended lock. */
enum vg_status vg_record_append(struct vg_record *self, struct vg_us t, const char *kind,
                                const char *body, size_t n, int64_t *out_seq) VG_MUST_USE;

/* Wait until everything appended before the call is on disk. VG_E_IO with the reason when the
 * writer is stalled (it does not wait for the disk to come back). */
enum vg_status vg_record_flush(struct vg_record *self, struct vg_error *err) VG_MUST_USE;

/* Last seq on disk. Any thread, no lock. */
int64_t vg_record_durable_seq(const struct vg_record *self);
void vg_record_status(struct vg_record *self, struct vg_record_status *out);
/* The 32 digits of this record. Borrowed until close. */
const char *vg_record_id(const struct vg_record *self);

/* Commit what is queued, sign the last head, fold the WAL into the file, release. NULL is fine. The
 * object is gone afterwards whatever is returned; VG_E_IO says how many events did not reach the
 * disk. */
enum vg_status vg_record_close(struct vg_record *self, struct vg_error *err);

#endif
