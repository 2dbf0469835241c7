#include "record/record_verify.h"

#include "record/record_db.h"

#include <sodium.h>
#include <string.h>

enum {
    PROGRESS_EVERY = 16384,
    MOVED_SEARCH = 4096 /* how far off a moved event's own number is looked for */
};

struct check {
    sqlite3 *db;
    sqlite3_stmt *events;
    sqlite3_stmt *heads;
    bool is_head_waiting; /* the current row of `heads` is not yet checked */
    struct vg_record_meta meta;
    uint8_t sha256[VG_SHA256_SIZE]; /* of the last good event, or the genesis */
    struct vg_record_report *report;
    vg_record_progress_fn progress;
    void *ctx;
    int64_t n_total;
};

static bool find(struct check *self, enum vg_record_fault fault, int64_t seq, int64_t to_seq)
{
    self->report->fault = fault;
    self->report->broken_seq = seq;
    self->report->broken_to_seq = to_seq;
    return false;
}

/* A fault of the file as such, in SQLite's words. */
static bool find_damage(struct check *self, const char *words)
{
    vg_format(self->report->detail, sizeof self->report->detail, "%s", words);
    return find(self, VG_RECORD_DAMAGED, self->report->last_seq + 1, self->report->last_seq + 1);
}

/* The number under which the row hashes to what it says; 0: none near. */
static int64_t find_own_seq(const struct vg_record_row *row, const uint8_t *prev,
                            const uint8_t *sha256)
{
    int64_t from = row->seq > MOVED_SEARCH ? row->seq - MOVED_SEARCH : 1;
    for (int64_t i = 0; i <= 2 * MOVED_SEARCH && from <= INT64_MAX - i; i++) {
        struct vg_record_row other = *row;
        uint8_t hash[VG_SHA256_SIZE];
        other.seq = from + i;
        vg_record_chain(prev, &other, hash);
        if (memcmp(hash, sha256, sizeof hash) == 0) {
            return other.seq;
        }
    }
    return 0;
}

static bool check_event(struct check *self)
{
    struct vg_record_report *r = self->report;
    struct vg_record_row row;
    const uint8_t *prev = NULL;
    const uint8_t *stored = NULL;
    uint8_t hash[VG_SHA256_SIZE];
    bool is_event = vg_record_db_row(self->events, &row, &prev, &stored);
    int64_t expected = r->last_seq + 1;
    if (row.seq < expected) {
        return find(self, VG_RECORD_UNCHAINED, row.seq, row.seq);
    }
    if (is_event) {
        vg_record_chain(prev, &row, hash);
    }
    if (is_event && memcmp(hash, stored, sizeof hash) != 0) {
        r->moved_seq = find_own_seq(&row, prev, stored);
        if (r->moved_seq != 0) {
            return find(self, VG_RECORD_MOVED, row.seq, row.seq);
        }
    }
    if (row.seq > expected) {
        return find(self, VG_RECORD_REMOVED, expected, row.seq - 1);
    }
    if (!is_event || memcmp(hash, stored, sizeof hash) != 0) {
        return find(self, VG_RECORD_EDITED, row.seq, row.seq);
    }
    if (memcmp(prev, self->sha256, sizeof hash) != 0) {
        bool is_first = row.seq == 1;
        return find(self, is_first ? VG_RECORD_BAD_META : VG_RECORD_UNCHAINED, row.seq, row.seq);
    }
    memcpy(self->sha256, hash, sizeof hash);
    r->first_t.us = r->n_events == 0 ? row.t_us : r->first_t.us;
    r->last_t.us = row.t_us;
    r->last_seq = row.seq;
    r->n_events++;
    return true;
}

static bool step_heads(struct check *self)
{
    int rc = sqlite3_step(self->heads);
    self->is_head_waiting = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        return find_damage(self, sqlite3_errmsg(self->db));
    }
    return true;
}

static bool is_head_row(sqlite3_stmt *heads)
{
    return sqlite3_column_type(heads, 1) == SQLITE_INTEGER &&
           sqlite3_column_type(heads, 2) == SQLITE_BLOB &&
           sqlite3_column_bytes(heads, 2) == VG_SHA256_SIZE &&
           sqlite3_column_type(heads, 3) == SQLITE_BLOB &&
           sqlite3_column_bytes(heads, 3) == VG_RECORD_KEY_SIZE &&
           sqlite3_column_type(heads, 4) == SQLITE_BLOB &&
           sqlite3_column_bytes(heads, 4) == crypto_sign_BYTES;
}

/* Key and signature of the current head row. */
static bool check_signature(struct check *self, int64_t seq)
{
    if (!is_head_row(self->heads)) {
        return find(self, VG_RECORD_BAD_SIGNATURE, seq, seq);
    }
    const uint8_t *key = sqlite3_column_blob(self->heads, 3);
    char text[VG_RECORD_HEAD_TEXT_SIZE];
    size_t n = vg_record_head_text(seq, sqlite3_column_int64(self->heads, 1),
                                   sqlite3_column_blob(self->heads, 2), text);
    bool is_signed = crypto_sign_verify_detached(sqlite3_column_blob(self->heads, 4),
                                                 (const uint8_t *)text, n, key) == 0;
    bool is_key_known = self->report->is_key_given || self->report->n_heads > 0;
    if (is_key_known && memcmp(key, self->report->public_key, VG_RECORD_KEY_SIZE) != 0) {
        return find(self, VG_RECORD_WRONG_KEY, seq, seq);
    }
    if (!is_signed) {
        return find(self, VG_RECORD_BAD_SIGNATURE, seq, seq);
    }
    memcpy(self->report->public_key, key, VG_RECORD_KEY_SIZE);
    return true;
}

static void count_head(struct check *self, int64_t seq)
{
    self->report->n_heads++;
    self->report->signed_seq = seq;
    self->report->signed_t.us = sqlite3_column_int64(self->heads, 1);
}

/* Heads up to the last good event must be signed and say its hash. */
static bool check_heads(struct check *self)
{
    struct vg_record_report *r = self->report;
    while (self->is_head_waiting && sqlite3_column_int64(self->heads, 0) <= r->last_seq) {
        int64_t seq = sqlite3_column_int64(self->heads, 0);
        if (!check_signature(self, seq)) {
            return false;
        }
        if (seq != r->last_seq ||
            memcmp(sqlite3_column_blob(self->heads, 2), self->sha256, VG_SHA256_SIZE) != 0) {
            return seq == 0 ? find(self, VG_RECORD_BAD_META, 0, 0)
                            : find(self, VG_RECORD_REWRITTEN, r->signed_seq + 1, seq);
        }
        count_head(self, seq);
        if (!step_heads(self)) {
            return false;
        }
    }
    return true;
}

/* Heads for events beyond the last: signed for, but gone. */
static bool check_left_heads(struct check *self)
{
    int64_t last = self->report->last_seq;
    int64_t signed_for = last;
    while (self->is_head_waiting) {
        int64_t seq = sqlite3_column_int64(self->heads, 0);
        if (!check_signature(self, seq)) {
            return false;
        }
        signed_for = seq;
        if (!step_heads(self)) {
            return false;
        }
    }
    if (signed_for > last) {
        return find(self, VG_RECORD_TRUNCATED, last + 1, signed_for);
    }
    if (self->report->is_key_given && self->report->n_heads == 0) {
        return find(self, VG_RECORD_UNSIGNED, 0, 0);
    }
    return true;
}

/* False: a fault was found, or *out_stopped by the progress function. */
static bool check_chain(struct check *self, bool *out_stopped)
{
    if (!step_heads(self) || !check_heads(self)) {
        return false;
    }
    int rc = SQLITE_DONE;
    while ((rc = sqlite3_step(self->events)) == SQLITE_ROW) {
        if (!check_event(self) || !check_heads(self)) {
            return false;
        }
        int64_t n = self->report->n_events;
        if (n % PROGRESS_EVERY == 0 && self->progress != NULL &&
            self->progress(self->ctx, n, self->n_total)) {
            *out_stopped = true;
            return false;
        }
    }
    if (rc != SQLITE_DONE) {
        return find_damage(self, sqlite3_errmsg(self->db));
    }
    return check_left_heads(self);
}

/* SQLite's own look at pages and index: a broken index could hide events from a reader by time. */
static bool check_pages(struct check *self)
{
    sqlite3_stmt *query = NULL;
    bool is_good = false;
    if (sqlite3_prepare_v2(self->db, "PRAGMA integrity_check(1)", -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW) {
        const char *words = (const char *)sqlite3_column_text(query, 0);
        is_good = words != NULL && strcmp(words, "ok") == 0;
        if (!is_good) {
            find_damage(self, words != NULL ? words : "");
        }
    } else {
        find_damage(self, sqlite3_errmsg(self->db));
    }
    sqlite3_finalize(query);
    return is_good;
}

static int64_t count_total(sqlite3 *db)
{
    sqlite3_stmt *query = NULL;
    int64_t n = 0;
    if (sqlite3_prepare_v2(db, "SELECT max(seq) FROM event", -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW) {
        n = sqlite3_column_int64(query, 0);
    }
    sqlite3_finalize(query);
    return n;
}

static enum vg_status prepare(struct check *self, const char *path, struct vg_error *err)
{
    if (sodium_init() < 0) {
        return vg_fail(err, VG_E_INTERNAL, "the cryptographic library does not start");
    }
    enum vg_status st = vg_record_db_open(path, false, &self->db, err);
    /* One transaction: events and heads of the same moment, though a writer goes on. */
    if (st == VG_OK && sqlite3_exec(self->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        st = vg_record_db_fail(self->db, err);
    }
    if (st == VG_OK) {
        st = vg_record_db_prepare(
            self->db, "SELECT seq, t_us, kind, body, prev_sha256, sha256 FROM event ORDER BY seq",
            &self->events, err);
    }
    if (st == VG_OK) {
        st = vg_record_db_prepare(
            self->db, "SELECT seq, t_us, sha256, public_key, signature FROM head ORDER BY seq",
            &self->heads, err);
    }
    return st;
}

static void finish(struct check *self)
{
    sqlite3_finalize(self->events);
    sqlite3_finalize(self->heads);
    sqlite3_close(self->db);
}

/* The checks in the order in which a person wants to hear of faults. True: whole. */
static bool run(struct check *self, bool *out_stopped)
{
    if (vg_record_db_meta(self->db, &self->meta, NULL) != VG_OK) {
        return find(self, VG_RECORD_BAD_META, 0, 0);
    }
    vg_format(self->report->id, sizeof self->report->id, "%s", self->meta.id);
    memcpy(self->sha256, self->meta.genesis, sizeof self->sha256);
    self->n_total = count_total(self->db);
    return check_chain(self, out_stopped) && check_pages(self);
}

enum vg_status vg_record_verify(const char *path, const uint8_t *public_key,
                                vg_record_progress_fn progress, void *ctx,
                                struct vg_record_report *out, struct vg_error *err)
{
    struct vg_record_report report = {.fault = VG_RECORD_WHOLE, .is_key_given = public_key != NULL};
    if (public_key != NULL) {
        memcpy(report.public_key, public_key, VG_RECORD_KEY_SIZE);
    }
    struct check self = {.report = &report, .progress = progress, .ctx = ctx};
    bool is_stopped = false;
    enum vg_status st = prepare(&self, path, err);
    if (st == VG_OK && !run(&self, &is_stopped)) {
        st = is_stopped ? vg_fail(err, VG_E_TIMEOUT, "the check was stopped") : VG_E_BROKEN;
    }
    finish(&self);
    if (st == VG_E_BROKEN) {
        struct vg_buf words = {0};
        vg_record_report_fault(&report, err != NULL ? err->lang : VG_LANG_EN, &words);
        vg_fail(err, VG_E_BROKEN, "%s", vg_buf_text(&words));
        vg_buf_finish(&words);
    }
    if (st == VG_OK || st == VG_E_BROKEN) {
        *out = report;
    }
    return st;
}
