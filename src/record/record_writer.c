/* The writer thread: takes what is queued, hashes it on, inserts and commits it as one group, signs
 * heads.
 *
 *   wait ──► write group ──► durable, callbacks ──► wait
 *              │ failed                  ▲
 *              ▼                         │ reconnected, tail compared with the queue
 *            stalled ── every retry_us ──┘
 */
#include "record/record_priv.h"

#include "base/units.h"

#include <sodium.h>
#include <string.h>

/* What one turn of the loop has to do. */
struct turn {
    int64_t n_events; /* queued, as seen under the lock */
    bool is_head_due;
    bool is_last;
};

void vg_record_writer_disconnect(struct vg_record *self)
{
    sqlite3_finalize(self->insert_event);
    sqlite3_finalize(self->insert_head);
    sqlite3_close(self->db);
    self->insert_event = NULL;
    self->insert_head = NULL;
    self->db = NULL;
}

/* The last head must be the chain's own and signed by this key: a new key means a new record. */
static enum vg_status check_last_head(struct vg_record *self, sqlite3_stmt *last,
                                      struct vg_error *err)
{
    self->signed_seq = sqlite3_column_int64(last, 0);
    const uint8_t *sha256 = sqlite3_column_blob(last, 1);
    const uint8_t *key = sqlite3_column_blob(last, 2);
    const uint8_t *event_sha256 = sqlite3_column_blob(last, 3);
    if (sqlite3_column_bytes(last, 1) != VG_SHA256_SIZE ||
        sqlite3_column_bytes(last, 2) != VG_RECORD_KEY_SIZE || self->signed_seq < 0 ||
        self->signed_seq > self->tail.seq) {
        return vg_fail(err, VG_E_BROKEN, "event %lld is signed for and is missing",
                       (long long)self->signed_seq);
    }
    if (self->signed_seq == 0) {
        event_sha256 = self->meta.genesis;
    } else if (sqlite3_column_bytes(last, 3) != VG_SHA256_SIZE) {
        event_sha256 = NULL;
    }
    if (event_sha256 == NULL || memcmp(sha256, event_sha256, VG_SHA256_SIZE) != 0) {
        return vg_fail(err, VG_E_BROKEN, "event %lld is not the one that was signed",
                       (long long)self->signed_seq);
    }
    if (self->is_signing && memcmp(key, self->key.public_key, VG_RECORD_KEY_SIZE) != 0) {
        return vg_fail(err, VG_E_INVALID,
                       "the record is signed with another key than the one given");
    }
    return VG_OK;
}

static enum vg_status find_last_head(struct vg_record *self, struct vg_error *err)
{
    sqlite3_stmt *last = NULL;
    enum vg_status st = vg_record_db_prepare(
        self->db,
        "SELECT h.seq, h.sha256, h.public_key, e.sha256 FROM head h LEFT JOIN event e "
        "ON e.seq = h.seq ORDER BY h.seq DESC LIMIT 1",
        &last, err);
    if (st != VG_OK) {
        return st;
    }
    int rc = sqlite3_step(last);
    self->signed_seq = -1;
    if (rc == SQLITE_ROW) {
        st = check_last_head(self, last, err);
    } else if (rc != SQLITE_DONE) {
        st = vg_record_db_fail(self->db, err);
    }
    sqlite3_finalize(last);
    return st;
}

/* The name card, constant after the first connection. */
static enum vg_status take_meta(struct vg_record *self, struct vg_error *err)
{
    struct vg_record_meta meta;
    enum vg_status st = vg_record_db_meta(self->db, &meta, err);
    if (st == VG_OK && self->meta.id[0] == '\0') {
        self->meta = meta;
    } else if (st == VG_OK && memcmp(meta.genesis, self->meta.genesis, VG_SHA256_SIZE) != 0) {
        st = vg_fail(err, VG_E_BROKEN, "the record was changed by another program while in use");
    }
    return st;
}

enum vg_status vg_record_writer_connect(struct vg_record *self, struct vg_error *err)
{
    enum vg_status st = vg_record_db_open(self->path, true, &self->db, err);
    if (st == VG_OK) {
        st = take_meta(self, err);
    }
    if (st == VG_OK) {
        st = vg_record_db_tail(self->db, &self->meta, &self->tail, err);
    }
    if (st == VG_OK) {
        st = find_last_head(self, err);
    }
    if (st == VG_OK) {
        st = vg_record_db_prepare(self->db, "INSERT INTO event VALUES(?,?,?,?,?,?)",
                                  &self->insert_event, err);
    }
    if (st == VG_OK) {
        st = vg_record_db_prepare(self->db, "INSERT INTO head VALUES(?,?,?,?,?)",
                                  &self->insert_head, err);
    }
    if (st != VG_OK) {
        vg_record_writer_disconnect(self);
    }
    return st;
}

static bool is_done(sqlite3_stmt *statement)
{
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    return sqlite3_reset(statement) == SQLITE_OK && done;
}

/* Hash the row onto `tail` and insert it. */
static bool insert_row(struct vg_record *self, const struct vg_record_row *row,
                       struct vg_record_tail *tail)
{
    sqlite3_stmt *s = self->insert_event;
    uint8_t prev[VG_SHA256_SIZE];
    memcpy(prev, tail->sha256, sizeof prev);
    vg_record_chain(prev, row, tail->sha256);
    tail->seq = row->seq;
    tail->t_us = row->t_us;
    sqlite3_bind_int64(s, 1, row->seq);
    sqlite3_bind_int64(s, 2, row->t_us);
    sqlite3_bind_text(s, 3, row->kind, (int)row->kind_n, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, row->body, (int)row->body_n, SQLITE_STATIC);
    sqlite3_bind_blob(s, 5, prev, sizeof prev, SQLITE_STATIC);
    sqlite3_bind_blob(s, 6, tail->sha256, sizeof tail->sha256, SQLITE_STATIC);
    return is_done(s);
}

static bool insert_head(struct vg_record *self, const struct vg_record_tail *tail)
{
    char text[VG_RECORD_HEAD_TEXT_SIZE];
    uint8_t signature[crypto_sign_BYTES];
    size_t n = vg_record_head_text(tail->seq, tail->t_us, tail->sha256, text);
    crypto_sign_detached(signature, NULL, (const uint8_t *)text, n, self->key.secret_key);
    sqlite3_stmt *s = self->insert_head;
    sqlite3_bind_int64(s, 1, tail->seq);
    sqlite3_bind_int64(s, 2, tail->t_us);
    sqlite3_bind_blob(s, 3, tail->sha256, sizeof tail->sha256, SQLITE_STATIC);
    sqlite3_bind_blob(s, 4, self->key.public_key, VG_RECORD_KEY_SIZE, SQLITE_STATIC);
    sqlite3_bind_blob(s, 5, signature, sizeof signature, SQLITE_STATIC);
    return is_done(s);
}

/* Insert the rows queued when the turn began, at most group_events; returns the position after
 * them. */
static bool insert_rows(struct vg_record *self, const struct turn *turn,
                        struct vg_record_tail *tail, size_t *out_at)
{
    size_t at = self->queue.head; /* only this thread moves it */
    for (int64_t i = 0; i < self->options.group_events && i < turn->n_events; i++) {
        struct vg_record_row row;
        at = vg_record_queue_read(&self->queue, at, &row);
        if (!insert_row(self, &row, tail)) {
            return false;
        }
    }
    *out_at = at;
    return true;
}

/* The file that we write to must still be the one at the path: a record moved away is no record. */
static enum vg_status check_in_place(struct vg_record *self, struct vg_error *err)
{
    int is_moved = 0;
    sqlite3_file_control(self->db, "main", SQLITE_FCNTL_HAS_MOVED, &is_moved);
    if (is_moved != 0) {
        return vg_fail(err, VG_E_IO, "the record was moved or removed while in use");
    }
    return VG_OK;
}

static bool is_head_wanted(const struct vg_record *self, const struct turn *turn, int64_t seq)
{
    return self->is_signing && seq > self->signed_seq &&
           (turn->is_head_due || seq - self->signed_seq >= self->options.head_every_events);
}

/* One transaction. On success the writer's tail and head state are moved on. */
static enum vg_status commit_group(struct vg_record *self, const struct turn *turn, size_t *out_at,
                                   struct vg_error *err)
{
    struct vg_record_tail tail = self->tail;
    size_t at = 0;
    bool is_good = sqlite3_exec(self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
                   insert_rows(self, turn, &tail, &at);
    bool is_head = is_good && is_head_wanted(self, turn, tail.seq);
    if (is_head) {
        enum vg_status st = check_in_place(self, err);
        if (st != VG_OK) {
            return st;
        }
        is_good = insert_head(self, &tail);
    }
    if (!is_good || sqlite3_exec(self->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        return vg_record_db_fail(self->db, err);
    }
    if (is_head) {
        self->signed_seq = tail.seq;
        self->signed_us = vg_record_monotonic_us();
    }
    self->tail = tail;
    *out_at = at;
    return VG_OK;
}

enum vg_status vg_record_writer_sign_first(struct vg_record *self, struct vg_error *err)
{
    struct turn turn = {.is_head_due = true};
    size_t at = 0;
    if (!self->is_signing || self->signed_seq >= 0) {
        return VG_OK;
    }
    return commit_group(self, &turn, &at, err);
}

/* After a failure: open anew and find out how far the disk really got. A commit that reported an
 * error may yet be there whole; its events, still queued, are then hashed again and must give the
 * same tail. */
static enum vg_status reconnect(struct vg_record *self, const struct turn *turn, size_t *out_at,
                                struct vg_error *err)
{
    struct vg_record_tail known = self->tail;
    enum vg_status st = vg_record_writer_connect(self, err);
    struct vg_record_tail found = self->tail;
    self->tail = known;
    if (st != VG_OK) {
        return st;
    }
    size_t at = self->queue.head;
    for (int64_t i = 0; i < turn->n_events && known.seq < found.seq; i++) {
        struct vg_record_row row;
        at = vg_record_queue_read(&self->queue, at, &row);
        vg_record_chain(known.sha256, &row, known.sha256);
        known.seq = row.seq;
        known.t_us = row.t_us;
    }
    if (known.seq != found.seq || memcmp(known.sha256, found.sha256, sizeof found.sha256) != 0) {
        vg_record_writer_disconnect(self);
        return vg_fail(err, VG_E_BROKEN, "the record was changed by another program while in use");
    }
    self->tail = known;
    *out_at = at;
    return VG_OK;
}

static struct timespec to_timespec(int64_t us)
{
    return (struct timespec){(time_t)(us / VG_US_PER_S), (long)(us % VG_US_PER_S) * 1000};
}

/* When there will be something to do; INT64_MAX: when somebody signals. Under the lock. */
static int64_t next_deadline_us(const struct vg_record *self, int64_t n_events)
{
    if (self->status.is_stalled) {
        return self->retry_at_us;
    }
    int64_t deadline = INT64_MAX;
    if (n_events > 0) {
        bool is_urgent = n_events >= self->options.group_events ||
                         self->flush_seq > self->tail.seq ||
                         self->queue.tail - self->queue.head > self->queue.size_bytes / 2;
        deadline = is_urgent ? 0 : self->oldest_us + self->options.group_us;
    }
    if (self->is_signing && self->tail.seq > self->signed_seq) {
        int64_t head_us = self->signed_seq < 0 ? 0 : self->signed_us + self->options.head_every_us;
        deadline = head_us < deadline ? head_us : deadline;
    }
    return deadline;
}

static struct turn wait_for_work(struct vg_record *self)
{
    pthread_mutex_lock(&self->lock);
    int64_t n_events = 0;
    int64_t now_us = 0;
    for (;;) {
        n_events = self->status.appended_seq - self->tail.seq;
        int64_t deadline_us = next_deadline_us(self, n_events);
        now_us = vg_record_monotonic_us();
        if (self->is_closing || deadline_us <= now_us) {
            break;
        }
        self->is_writer_waiting = true;
        if (deadline_us == INT64_MAX) {
            pthread_cond_wait(&self->work, &self->lock);
        } else {
            struct timespec until = to_timespec(deadline_us);
            pthread_cond_timedwait(&self->work, &self->lock, &until);
        }
        self->is_writer_waiting = false;
    }
    struct turn turn = {.n_events = n_events};
    turn.is_last = self->is_closing;
    turn.is_head_due = self->is_closing || self->signed_seq < 0 ||
                       now_us >= self->signed_us + self->options.head_every_us;
    self->oldest_us = now_us;
    pthread_mutex_unlock(&self->lock);
    return turn;
}

/* Publish a success: release the queue, wake flush, tell the owner. Being able to reopen is not yet
 * being able to write: a stall ends with the next group, or when nothing is left to write. */
static void settle(struct vg_record *self, size_t at, bool is_group)
{
    bool is_new = self->tail.seq > atomic_load(&self->durable_seq);
    pthread_mutex_lock(&self->lock);
    self->queue.head = at;
    atomic_store(&self->durable_seq, self->tail.seq);
    bool is_resumed =
        self->status.is_stalled && (is_group || self->status.appended_seq == self->tail.seq);
    if (is_resumed) {
        self->status.is_stalled = false;
        self->status.error = (struct vg_error){0};
    }
    self->retry_at_us = 0;
    self->status.n_groups += is_group ? 1 : 0;
    self->status.signed_seq = self->signed_seq > 0 ? self->signed_seq : 0;
    pthread_cond_broadcast(&self->settled);
    pthread_mutex_unlock(&self->lock);
    if (is_resumed && self->options.on_state != NULL) {
        self->options.on_state(self->options.ctx, NULL);
    }
    if (is_new && self->options.on_durable != NULL) {
        self->options.on_durable(self->options.ctx, self->tail.seq);
    }
}

static void stall(struct vg_record *self, const struct vg_error *err)
{
    vg_record_writer_disconnect(self); /* rolls back what is open */
    pthread_mutex_lock(&self->lock);
    bool was_stalled = self->status.is_stalled;
    self->status.is_stalled = true;
    self->status.error = *err;
    self->status.n_failed++;
    self->retry_at_us = vg_record_monotonic_us() + self->options.retry_us;
    pthread_cond_broadcast(&self->settled);
    pthread_mutex_unlock(&self->lock);
    if (!was_stalled && self->options.on_state != NULL) {
        self->options.on_state(self->options.ctx, err);
    }
}

/* One turn; false when it failed. */
static bool take_turn(struct vg_record *self, const struct turn *turn)
{
    struct vg_error err = {.lang = self->options.lang};
    size_t at = self->queue.head;
    bool is_group = self->db != NULL;
    enum vg_status st =
        is_group ? commit_group(self, turn, &at, &err) : reconnect(self, turn, &at, &err);
    if (st != VG_OK) {
        stall(self, &err);
        return false;
    }
    settle(self, at, is_group);
    return true;
}

static bool is_finished(const struct vg_record *self, const struct turn *turn)
{
    return turn->is_last && turn->n_events == 0 &&
           (!self->is_signing || self->signed_seq >= self->tail.seq);
}

/* Fold the WAL into the file and leave plain journal mode, so that the closed record is one file
 * that also reads from a read-only disk. A reader in the way is no fault: it stays in WAL mode. */
static void fold(struct vg_record *self)
{
    if (self->db != NULL) {
        sqlite3_busy_timeout(self->db, 200);
        sqlite3_wal_checkpoint_v2(self->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        sqlite3_finalize(self->insert_event);
        sqlite3_finalize(self->insert_head);
        self->insert_event = NULL;
        self->insert_head = NULL;
        sqlite3_exec(self->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    }
}

void *vg_record_writer_run(void *arg)
{
    struct vg_record *self = arg;
    bool is_last_chance = true;
    for (;;) {
        struct turn turn = wait_for_work(self);
        if (is_finished(self, &turn)) {
            break;
        }
        if (!take_turn(self, &turn) && turn.is_last) {
            /* One more attempt when closing (the first may have been a passing fault), then give
             * up. */
            if (!is_last_chance) {
                break;
            }
            is_last_chance = false;
        }
    }
    fold(self);
    return NULL;
}
