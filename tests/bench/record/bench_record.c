/* How many events of 200 bytes a second become durable, hash chain and signed heads included;
 * against plain sqlite3 inserts without hashing (the same transactions), and against one
 * transaction an event (medians of three runs in turn, since the disk is shared); and the time from
 * append to durable at 1,000 events a second. Files in $TMPDIR or the working folder. */
#include "base/text.h"
#include "record/record.h"
#include "record/record_verify.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BODY_N = 200,
    N_FAST = 500000,
    N_TRIES = 3,
    N_SINGLE = 1000,
    N_LATENCY = 5000,
    PATH_SIZE = 512
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what, const struct vg_error *err)
{
    fprintf(stderr, "bench_record: %s: %s\n", what, err != NULL ? err->message : "");
    exit(1);
}

static void fill_body(char body[BODY_N + 1], int64_t i)
{
    memset(body, 'x', BODY_N);
    body[BODY_N] = '\0';
    size_t n = vg_format(body, BODY_N, "{\"drone\":\"V%02d\",\"i\":%010lld,\"pad\":\"",
                         (int)(i % 100), (long long)i);
    body[n] = 'x';
    memcpy(body + BODY_N - 2, "\"}", 2);
}

static void remove_record(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-lock", "-journal"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char name[PATH_SIZE + 16];
        vg_format(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

static struct vg_record *open_new(const char *path, const char *key,
                                  void (*on_durable)(void *, int64_t), void *ctx)
{
    struct vg_record_options options = {
        .key_path = key, .t = {1000000}, .on_durable = on_durable, .ctx = ctx};
    struct vg_record *record = NULL;
    struct vg_error err = {0};
    remove_record(path);
    if (vg_record_open(path, &options, &record, &err) != VG_OK) {
        die("open", &err);
    }
    return record;
}

static void append(struct vg_record *record, int64_t i, const char *body)
{
    struct timespec nap = {0, 50000};
    while (vg_record_append(record, vg_us(1700000000000000 + i * 4), "drone.seen", body, BODY_N,
                            NULL) == VG_E_FULL) {
        nanosleep(&nap, NULL);
    }
}

static double run_record(const char *path, const char *key)
{
    static char bodies[64][BODY_N + 1];
    for (int i = 0; i < 64; i++) {
        fill_body(bodies[i], i);
    }
    struct vg_record *record = open_new(path, key, NULL, NULL);
    struct vg_error err = {0};
    double from = now_s();
    for (int64_t i = 0; i < N_FAST; i++) {
        append(record, i, bodies[i % 64]);
    }
    if (vg_record_flush(record, &err) != VG_OK) {
        die("flush", &err);
    }
    double took = now_s() - from;
    if (vg_record_close(record, &err) != VG_OK) {
        die("close", &err);
    }
    return N_FAST / took;
}

/* The reference: the same rows without their hashes being computed, one thread, plain SQLite
 * defaults but WAL and FULL, `group` events a transaction. */
static double run_sqlite(const char *path, int n, int group)
{
    remove_record(path);
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(
            db,
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
            "CREATE TABLE event(seq INTEGER PRIMARY KEY, t_us INTEGER NOT NULL, kind TEXT NOT "
            "NULL, body TEXT NOT NULL, prev_sha256 BLOB NOT NULL, sha256 BLOB NOT NULL);"
            "CREATE INDEX event_t_us ON event(t_us)",
            NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "INSERT INTO event VALUES(?,?,?,?,?,?)", -1, &insert, NULL) !=
            SQLITE_OK) {
        die(sqlite3_errmsg(db), NULL);
    }
    char body[BODY_N + 1];
    fill_body(body, 1);
    uint8_t hash[32] = {1};
    double from = now_s();
    for (int i = 0; i < n; i++) {
        if (i % group == 0) {
            sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
        }
        sqlite3_bind_int64(insert, 1, i + 1);
        sqlite3_bind_int64(insert, 2, 1700000000000000 + i * 4);
        sqlite3_bind_text(insert, 3, "drone.seen", 10, SQLITE_STATIC);
        sqlite3_bind_text(insert, 4, body, BODY_N, SQLITE_STATIC);
        sqlite3_bind_blob(insert, 5, hash, sizeof hash, SQLITE_STATIC);
        sqlite3_bind_blob(insert, 6, hash, sizeof hash, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE) {
            die(sqlite3_errmsg(db), NULL);
        }
        sqlite3_reset(insert);
        if (i % group == group - 1 || i == n - 1) {
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        }
    }
    double took = now_s() - from;
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return n / took;
}

/* Append and durable times by seq. */
struct latency {
    double appended_s[N_LATENCY + 1];
    double took_s[N_LATENCY + 1];
    int64_t n_durable;
};

static void note_durable(void *ctx, int64_t seq)
{
    struct latency *self = ctx;
    double t = now_s();
    for (int64_t i = self->n_durable + 1; i <= seq && i <= N_LATENCY; i++) {
        self->took_s[i] = t - self->appended_s[i];
    }
    self->n_durable = seq;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[N_TRIES])
{
    qsort(values, N_TRIES, sizeof values[0], compare);
    return values[N_TRIES / 2];
}

static void run_latency(const char *path, const char *key, double *out_p50_s, double *out_p99_s)
{
    struct latency *self = calloc(1, sizeof *self);
    if (self == NULL) {
        die("out of memory", NULL);
    }
    struct vg_record *record = open_new(path, key, note_durable, self);
    char body[BODY_N + 1];
    fill_body(body, 1);
    double from = now_s();
    for (int64_t i = 1; i <= N_LATENCY; i++) {
        double due = from + (double)i * 1e-3;
        double wait = due - now_s();
        struct timespec nap = {0, wait > 0 ? (long)(wait * 1e9) : 0};
        nanosleep(&nap, NULL);
        self->appended_s[i] = now_s();
        append(record, i, body);
    }
    if (vg_record_close(record, NULL) != VG_OK) {
        die("close", NULL);
    }
    qsort(self->took_s + 1, N_LATENCY, sizeof self->took_s[0], compare);
    *out_p50_s = self->took_s[N_LATENCY / 2];
    *out_p99_s = self->took_s[N_LATENCY * 99 / 100];
    free(self);
}

int main(void)
{
    char path[PATH_SIZE];
    char key[PATH_SIZE];
    const char *folder = getenv("TMPDIR");
    vg_format(path, sizeof path, "%s/bench-record.vigie", folder ? folder : ".");
    vg_format(key, sizeof key, "%s/bench-record.key", folder ? folder : ".");
    double plains[N_TRIES];
    double singles[N_TRIES];
    double all_ours[N_TRIES];
    for (int i = 0; i < N_TRIES; i++) {
        plains[i] = run_sqlite(path, N_FAST, 8192);
        singles[i] = run_sqlite(path, N_SINGLE, 1);
        all_ours[i] = run_record(path, key);
    }
    double plain = median(plains);
    double single = median(singles);
    double ours = median(all_ours);
    printf("record, durable events of 200 bytes: %.0f events/s (reference: sqlite3 without hashes, "
           "8192 "
           "a transaction: %.0f, ratio %.2f)\n",
           ours, plain, ours / plain);
    printf("record, durable events of 200 bytes: %.0f events/s (reference: sqlite3, one "
           "transaction an "
           "event: %.0f, ratio %.0f)\n",
           ours, single, ours / single);
    struct vg_record_report report;
    struct vg_error err = {0};
    double from = now_s();
    if (vg_record_verify(path, NULL, NULL, NULL, &report, &err) != VG_OK) {
        die("verify", &err);
    }
    printf("record, verify: %.0f events/s (reference: none)\n", N_FAST / (now_s() - from));
    double p50_s = 0;
    double p99_s = 0;
    run_latency(path, key, &p50_s, &p99_s);
    printf("record, append to durable at 1000 events/s: p50 %.2f ms, p99 %.2f ms (reference: one "
           "sqlite3 "
           "transaction: %.2f ms, ratio %.2f)\n",
           p50_s * 1e3, p99_s * 1e3, 1e3 / single, p50_s * single);
    remove_record(path);
    unlink(key);
    char pub[PATH_SIZE + 8];
    vg_format(pub, sizeof pub, "%s.pub", key);
    unlink(pub);
    return 0;
}
