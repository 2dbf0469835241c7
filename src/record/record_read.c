#include "record/record_read.h"

#include "base/text.h"
#include "record/record_db.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH_EVENTS = 256,
    BATCH_BYTES = 1024 * 1024
};

/* One event of the batch; its texts are at `kind_at` and `body_at` in the batch's bytes. */
struct slot {
    int64_t seq;
    int64_t t_us;
    size_t kind_at;
    size_t body_at;
    size_t body_n;
    uint8_t sha256[VG_SHA256_SIZE];
};

struct vg_record_reader {
    sqlite3 *db;
    sqlite3_stmt *select;
    int64_t next_seq; /* first seq not yet in a batch */
    struct vg_buf bytes;
    struct slot slots[BATCH_EVENTS];
    int n_slots;
    int slot_i;
};

enum vg_status vg_record_reader_open(const char *path, struct vg_record_reader **out,
                                     struct vg_error *err)
{
    struct vg_record_reader *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    struct vg_record_meta meta;
    self->next_seq = 1;
    enum vg_status st = vg_record_db_open(path, false, &self->db, err);
    if (st == VG_OK) {
        st = vg_record_db_meta(self->db, &meta, err);
    }
    if (st == VG_OK) {
        st = vg_record_db_prepare(self->db,
                                  "SELECT seq, t_us, kind, body, prev_sha256, sha256 FROM event "
                                  "WHERE seq >= ? ORDER BY seq LIMIT 256",
                                  &self->select, err);
    }
    if (st != VG_OK) {
        vg_record_reader_close(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_record_reader_close(struct vg_record_reader *self)
{
    if (self != NULL) {
        sqlite3_finalize(self->select);
        sqlite3_close(self->db);
        vg_buf_finish(&self->bytes);
        free(self);
    }
}

static void drop_batch(struct vg_record_reader *self)
{
    self->n_slots = 0;
    self->slot_i = 0;
}

void vg_record_reader_seek_seq(struct vg_record_reader *self, int64_t seq)
{
    drop_batch(self);
    self->next_seq = seq;
}

/* The least or greatest of something as one number; *out untouched when there is no row. */
static enum vg_status query_number(struct vg_record_reader *self, const char *sql, int64_t argument,
                                   int64_t *out, struct vg_error *err)
{
    sqlite3_stmt *query = NULL;
    enum vg_status st = vg_record_db_prepare(self->db, sql, &query, err);
    if (st != VG_OK) {
        return st;
    }
    if (sqlite3_bind_parameter_count(query) > 0) {
        sqlite3_bind_int64(query, 1, argument);
    }
    int rc = sqlite3_step(query);
    if (rc == SQLITE_ROW && sqlite3_column_type(query, 0) == SQLITE_INTEGER) {
        *out = sqlite3_column_int64(query, 0);
    } else if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        st = vg_record_db_fail(self->db, err);
    }
    sqlite3_finalize(query);
    return st;
}

enum vg_status vg_record_reader_seek_time(struct vg_record_reader *self, struct vg_us t,
                                          struct vg_error *err)
{
    int64_t seq = INT64_MAX;
    enum vg_status st = query_number(
        self, "SELECT seq FROM event WHERE t_us >= ? ORDER BY t_us, seq LIMIT 1", t.us, &seq, err);
    if (st == VG_OK && seq == INT64_MAX) {
        seq = 0;
        st = query_number(self, "SELECT max(seq) + 1 FROM event", 0, &seq, err);
    }
    if (st == VG_OK) {
        vg_record_reader_seek_seq(self, seq);
    }
    return st;
}

static bool take_row(struct vg_record_reader *self)
{
    struct vg_record_row row;
    const uint8_t *prev = NULL;
    const uint8_t *sha256 = NULL;
    /* A damaged file can give rows out of order. */
    if (!vg_record_db_row(self->select, &row, &prev, &sha256) || row.seq < self->next_seq ||
        row.seq == INT64_MAX) {
        return false;
    }
    struct slot *slot = &self->slots[self->n_slots++];
    *slot = (struct slot){.seq = row.seq, .t_us = row.t_us, .body_n = row.body_n};
    memcpy(slot->sha256, sha256, VG_SHA256_SIZE);
    slot->kind_at = self->bytes.n;
    vg_buf_add(&self->bytes, row.kind, row.kind_n);
    vg_buf_add(&self->bytes, "", 1);
    slot->body_at = self->bytes.n;
    vg_buf_add(&self->bytes, row.body, row.body_n);
    vg_buf_add(&self->bytes, "", 1);
    self->next_seq = row.seq + 1;
    return true;
}

/* The statement is reset before returning: no read transaction outlives the call. */
static enum vg_status fill_batch(struct vg_record_reader *self, struct vg_error *err)
{
    drop_batch(self);
    vg_buf_reset(&self->bytes);
    sqlite3_bind_int64(self->select, 1, self->next_seq);
    int rc = SQLITE_DONE;
    bool is_good = true;
    while (is_good && self->n_slots < BATCH_EVENTS && self->bytes.n < BATCH_BYTES &&
           (rc = sqlite3_step(self->select)) == SQLITE_ROW) {
        is_good = take_row(self);
    }
    enum vg_status st = VG_OK;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        st = vg_record_db_fail(self->db, err);
    } else if (!is_good && self->n_slots == 0) {
        st = vg_fail(err, VG_E_FORMAT, "after event %lld comes a row that is no event",
                     (long long)self->next_seq - 1);
    }
    sqlite3_reset(self->select);
    if (st == VG_OK && self->bytes.is_failed) {
        drop_batch(self);
        st = vg_no_memory(err);
    }
    return st;
}

enum vg_status vg_record_reader_next(struct vg_record_reader *self, struct vg_record_event *out,
                                     struct vg_error *err)
{
    if (self->slot_i == self->n_slots) {
        enum vg_status st = fill_batch(self, err);
        if (st != VG_OK) {
            return st;
        }
        if (self->n_slots == 0) {
            return VG_E_NOT_FOUND;
        }
    }
    const struct slot *slot = &self->slots[self->slot_i++];
    *out = (struct vg_record_event){.seq = slot->seq,
                                    .t = {slot->t_us},
                                    .kind = self->bytes.data + slot->kind_at,
                                    .body = self->bytes.data + slot->body_at,
                                    .body_n = slot->body_n};
    memcpy(out->sha256, slot->sha256, VG_SHA256_SIZE);
    return VG_OK;
}

enum vg_status vg_record_reader_span(struct vg_record_reader *self, int64_t *out_first_seq,
                                     int64_t *out_last_seq, struct vg_us *out_first_t,
                                     struct vg_us *out_last_t, struct vg_error *err)
{
    static const char *const queries[4] = {
        "SELECT min(seq) FROM event",
        "SELECT max(seq) FROM event",
        "SELECT t_us FROM event ORDER BY seq LIMIT 1",
        "SELECT t_us FROM event ORDER BY seq DESC LIMIT 1",
    };
    int64_t values[4] = {0, 0, 0, 0};
    /* One transaction, so that a writer does not come between. */
    bool is_begun = sqlite3_exec(self->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    enum vg_status st = is_begun ? VG_OK : vg_record_db_fail(self->db, err);
    for (int i = 0; st == VG_OK && i < 4; i++) {
        st = query_number(self, queries[i], 0, &values[i], err);
    }
    if (is_begun) {
        sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (st != VG_OK) {
        return st;
    }
    if (out_first_seq != NULL) {
        *out_first_seq = values[0];
    }
    if (out_last_seq != NULL) {
        *out_last_seq = values[1];
    }
    if (out_first_t != NULL) {
        out_first_t->us = values[2];
    }
    if (out_last_t != NULL) {
        out_last_t->us = values[3];
    }
    return VG_OK;
}
