/* Check a record: recompute the whole chain and every signed head, and say in words what is wrong
 * first.
 *
 * In: a record file and, for proof against a forger, the station's public key from elsewhere. Out:
 * a report as a struct, as text (French, English) and as JSON. What it can and cannot prove is in
 * docs/record.md: in short, with the key, everything up to the last signed head; after it, only
 * that the chain is consistent; that nothing was cut off after the last head cannot be proven.
 * Threads: any, one call each. Cost: one pass over the file. May run while another process writes.
 */
#ifndef VG_RECORD_RECORD_VERIFY_H
#define VG_RECORD_RECORD_VERIFY_H

#include "base/text.h"
#include "record/record.h"

enum vg_record_fault {
    VG_RECORD_WHOLE = 0, /* nothing wrong was found */
    VG_RECORD_EDITED, /* the event does not hash to what it says */
    VG_RECORD_REMOVED, /* events broken_seq to broken_to_seq are missing */
    VG_RECORD_MOVED, /* the event was written as number moved_seq */
    VG_RECORD_UNCHAINED, /* the event does not follow the one before it */
    VG_RECORD_TRUNCATED, /* signed for, but missing at the end: broken_seq to broken_to_seq */
    VG_RECORD_REWRITTEN, /* chain consistent, but not what was signed: somewhere in that range */
    VG_RECORD_BAD_SIGNATURE, /* the head at broken_seq was not signed by its key */
    VG_RECORD_WRONG_KEY, /* the head at broken_seq is signed by another key than the one given */
    VG_RECORD_UNSIGNED, /* a key was given, but no head is signed */
    VG_RECORD_BAD_META, /* the record's name card is not as it was written */
    VG_RECORD_DAMAGED, /* SQLite cannot read it through */
    VG_RECORD_FAULT_COUNT
};

struct vg_record_report {
    enum vg_record_fault fault;
    int64_t broken_seq; /* first event concerned; 0: none in particular */
    int64_t broken_to_seq; /* last event concerned, for ranges; else broken_seq */
    int64_t moved_seq; /* VG_RECORD_MOVED only */
    int64_t n_events; /* checked and good, from the start */
    int64_t n_heads; /* checked and good, from the start */
    int64_t last_seq; /* of the events found good */
    int64_t signed_seq; /* last event under a good head; 0: none */
    struct vg_us first_t; /* of the events found good; 0 when none */
    struct vg_us last_t;
    struct vg_us signed_t;
    bool is_key_given;
    uint8_t public_key[VG_RECORD_KEY_SIZE]; /* given, or of the last good head; zero when none */
    char id[VG_RECORD_ID_SIZE];
    char detail[256]; /* SQLite's words for VG_RECORD_DAMAGED, else "" */
};

/* Called now and then with events done and to do; true stops the check (VG_E_TIMEOUT). */
typedef bool (*vg_record_progress_fn)(void *ctx, int64_t n_done, int64_t n_total);

/* Check the record at `path`. `public_key` (32 bytes) NULL: heads are checked against the key that
 * the record names itself, which proves nothing against somebody who rewrote both. `progress` may
 * be NULL. VG_OK: whole; VG_E_BROKEN: a fault (err holds the same words as the report); in both
 * cases *out is written. VG_E_FORMAT: not a record; VG_E_IO; VG_E_TIMEOUT: stopped by progress. */
enum vg_status vg_record_verify(const char *path, const uint8_t *public_key,
                                vg_record_progress_fn progress, void *ctx,
                                struct vg_record_report *out, struct vg_error *err) VG_MUST_USE;

/* The fault alone in words, without a newline; nothing when whole. */
void vg_record_report_fault(const struct vg_record_report *self, enum vg_lang lang,
                            struct vg_buf *out);
/* The report for people, a few lines each ended by a newline, appended to `out`. */
void vg_record_report_text(const struct vg_record_report *self, enum vg_lang lang,
                           struct vg_buf *out);
/* The report as one JSON object on one line (docs/record.md), appended to `out`. */
void vg_record_report_json(const struct vg_record_report *self, struct vg_buf *out);
/* "edited", "removed", ... as in the JSON. */
const char *vg_record_fault_name(enum vg_record_fault fault);

#endif
