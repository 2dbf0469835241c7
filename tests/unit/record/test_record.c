/* Writing and reading: order, durability, limits, locks, foreign files, a disk that refuses. */
#include "support.h"

#include "base/rng.h"
#include "record/record_chain.h"
#include "record/record_queue.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_reads(const struct support *self, int64_t n)
{
    struct vg_record_reader *reader = NULL;
    struct vg_error err = {0};
    if (vg_record_reader_open(self->record, &reader, &err) != VG_OK) {
        fail_msg("reader: %s", err.message);
    }
    struct vg_record_event e;
    for (int64_t i = 1; i <= n; i++) {
        char body[64];
        vg_format(body, sizeof body, "{\"i\":%lld}", (long long)i);
        assert_int_equal(vg_record_reader_next(reader, &e, &err), VG_OK);
        assert_int_equal(e.seq, i);
        assert_int_equal(e.t.us, (1000000 + i) * 1000000);
        assert_string_equal(e.kind, "test.event");
        assert_string_equal(e.body, body);
        assert_int_equal(e.body_n, strlen(body));
    }
    assert_int_equal(vg_record_reader_next(reader, &e, &err), VG_E_NOT_FOUND);
    vg_record_reader_close(reader);
}

static void test_events_come_back_in_order(void **state)
{
    struct support *self = *state;
    support_make(self, 1000, 100);
    expect_reads(self, 1000);
    /* Seen by a tool that is not ours: 1000 rows, sum of seq 1000 * 1001 / 2; one head at 0 and ten
     * more. */
    char out[256];
    assert_int_equal(support_sh(out, sizeof out,
                                "sqlite3 '%s' 'SELECT count(*), sum(seq) FROM event; "
                                "SELECT count(*) FROM head'",
                                self->record),
                     0);
    assert_string_equal(out, "1000|500500\n11\n");
    /* The closed record is one file: no WAL, no lock beside it. */
    assert_int_equal(support_sh(out, sizeof out, "ls '%s'", self->folder), 0);
    assert_string_equal(out, "station.key\nstation.key.pub\nw.vigie\n");
}

static void test_reopening_goes_on(void **state)
{
    struct support *self = *state;
    for (int64_t i = 1; i <= 100; i++) {
        struct vg_record *record = support_open(self);
        assert_int_equal(vg_record_durable_seq(record), i - 1);
        support_append(record, i);
        assert_int_equal(vg_record_close(record, NULL), VG_OK);
    }
    expect_reads(self, 100);
    struct vg_record_report report;
    assert_int_equal(vg_record_verify(self->record, NULL, NULL, NULL, &report, NULL), VG_OK);
    assert_int_equal(report.n_events, 100);
    assert_int_equal(report.n_heads, 101); /* one at creation, one at each close */
    assert_int_equal(report.signed_seq, 100);
}

struct heard {
    _Atomic int64_t durable;
    _Atomic int n_stalls;
    _Atomic int n_resumes;
    bool is_backwards;
};

static void on_durable(void *ctx, int64_t seq)
{
    struct heard *heard = ctx;
    heard->is_backwards = heard->is_backwards || seq <= atomic_load(&heard->durable);
    atomic_store(&heard->durable, seq);
}

static void on_state(void *ctx, const struct vg_error *err)
{
    struct heard *heard = ctx;
    atomic_fetch_add(err != NULL ? &heard->n_stalls : &heard->n_resumes, 1);
}

static struct vg_record *open_heard(const struct support *self, struct heard *heard)
{
    struct vg_record_options options = {.key_path = self->key,
                                        .t = {1000000},
                                        .retry_us = 1000,
                                        .on_durable = on_durable,
                                        .on_state = on_state,
                                        .ctx = heard};
    struct vg_record *record = NULL;
    struct vg_error err = {0};
    if (vg_record_open(self->record, &options, &record, &err) != VG_OK) {
        fail_msg("open: %s", err.message);
    }
    return record;
}

static void test_flush_means_on_disk(void **state)
{
    struct support *self = *state;
    struct heard heard = {0};
    struct vg_record *record = open_heard(self, &heard);
    for (int64_t i = 1; i <= 50; i++) {
        support_append(record, i);
        assert_int_equal(vg_record_flush(record, NULL), VG_OK);
        assert_int_equal(vg_record_durable_seq(record), i);
        char out[64];
        char expected[64];
        if (i % 10 == 0) {
            /* Another process sees it while we hold the record open. */
            vg_format(expected, sizeof expected, "%lld\n", (long long)i);
            assert_int_equal(
                support_sh(out, sizeof out,
                           "sqlite3 -cmd '.timeout 20000' '%s' 'SELECT max(seq) FROM event'",
                           self->record),
                0);
            assert_string_equal(out, expected);
        }
    }
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    assert_int_equal(atomic_load(&heard.durable), 50);
    assert_false(heard.is_backwards);
}

static void test_bad_events_are_refused(void **state)
{
    struct support *self = *state;
    struct vg_record *record = support_open(self);
    static const struct {
        const char *kind;
        const char *body;
        bool is_good;
    } cases[] = {
        {"a", "{}", true},
        {"drone.seen_2-x", "{\"n\":\"K\xc3\xa9\"}", true},
        {"k", "{\"\xf0\x9f\x98\x80\":1}", true},
        {"", "{}", false},
        {"A", "{}", false},
        {"a b", "{}", false},
        {"a\nb", "{}", false},
        {"k234567890123456789012345678901234567890123456789012345678901234", "{}", false}, /* 64 */
        {"k23456789012345678901234567890123456789012345678901234567890123", "{}", true}, /* 63 */
        {"a", "", false},
        {"a", "{", false},
        {"a", "[]", false},
        {"a", "{\n}", false},
        {"a", "{\"12345678\t\":1}", false},
        {"a", "{\x1f}", false},
        {"a", "{\"\xc3\"}", false}, /* cut character */
        {"a", "{\"\xc0\x80\"}", false}, /* overlong */
        {"a", "{\"\xed\xa0\x80\"}", false}, /* surrogate */
        {"a", "{\"\xf4\x90\x80\x80\"}", false}, /* above U+10FFFF */
    };
    int64_t n_good = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t seq = -7;
        enum vg_status st = vg_record_append(record, vg_us(1), cases[i].kind, cases[i].body,
                                             strlen(cases[i].body), &seq);
        assert_int_equal(st, cases[i].is_good ? VG_OK : VG_E_INVALID);
        n_good += cases[i].is_good ? 1 : 0;
        assert_int_equal(seq, cases[i].is_good ? n_good : -7);
    }
    assert_int_equal(vg_record_append(record, vg_us(1), "a", "{\0}", 3, NULL), VG_E_INVALID);
    char *big = malloc(VG_RECORD_BODY_MAX + 1);
    assert_non_null(big);
    memset(big, 'x', VG_RECORD_BODY_MAX + 1);
    big[0] = '{';
    big[VG_RECORD_BODY_MAX] = '}';
    assert_int_equal(vg_record_append(record, vg_us(1), "a", big, VG_RECORD_BODY_MAX + 1, NULL),
                     VG_E_RANGE);
    big[VG_RECORD_BODY_MAX - 1] = '}';
    assert_int_equal(vg_record_append(record, vg_us(1), "a", big, VG_RECORD_BODY_MAX, NULL), VG_OK);
    free(big);
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    assert_int_equal(vg_record_verify(self->record, NULL, NULL, NULL,
                                      &(struct vg_record_report){.n_events = 0}, NULL),
                     VG_OK);
}

static void test_two_writers_are_refused(void **state)
{
    struct support *self = *state;
    struct vg_record *record = support_open(self);
    struct vg_record *other = NULL;
    struct vg_error err = {.lang = VG_LANG_FR};
    assert_int_equal(vg_record_open(self->record, NULL, &other, &err), VG_E_IO);
    assert_null(other);
    assert_non_null(strstr(err.message, "est utilisé par un autre programme"));
    support_append(record, 1);
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    record = support_open(self);
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
}

/* Every foreign file is refused and neither it nor its folder changes. */
static void test_foreign_files_are_left_alone(void **state)
{
    struct support *self = *state;
    static const char *const makers[] = {
        "echo 'a text file' > '%s'",
        "head -c 4096 /dev/zero > '%s'",
        "sqlite3 '%s' 'CREATE TABLE t(a); INSERT INTO t VALUES(1)'",
        "sqlite3 '%s' 'PRAGMA journal_mode=WAL; CREATE TABLE t(a)' > /dev/null",
        "sqlite3 '%s' 'PRAGMA application_id=1447514691; PRAGMA user_version=2; CREATE TABLE t(a)'",
        "printf 'SQLite format 3' > '%s'",
        "mkdir '%s'",
    };
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        char maker[256];
        char before[4096];
        char after[4096];
        vg_format(maker, sizeof maker, "%s", makers[i]);
        char *at = strstr(maker, "%s");
        char command[1024];
        vg_format(command, sizeof command, "%.*s%s%s", (int)(at - maker), maker, self->record,
                  at + 2);
        assert_int_equal(support_sh(NULL, 0, "%s", command), 0);
        static const char list[] = "cd '%s' && ls -lA --time-style=full-iso && "
                                   "find . -type f -exec sha256sum {} +";
        support_sh(before, sizeof before, list, self->folder);
        struct vg_record *record = NULL;
        struct vg_record_reader *reader = NULL;
        struct vg_record_report report;
        struct vg_error err = {0};
        enum vg_status expected = i + 1 == sizeof makers / sizeof makers[0] ? VG_E_IO : VG_E_FORMAT;
        assert_int_equal(vg_record_open(self->record, NULL, &record, &err), expected);
        assert_int_equal(vg_record_reader_open(self->record, &reader, NULL), expected);
        assert_int_equal(vg_record_verify(self->record, NULL, NULL, NULL, &report, NULL), expected);
        support_sh(after, sizeof after, list, self->folder);
        assert_string_equal(before, after);
        assert_true(strlen(err.message) > 0);
        assert_int_equal(support_sh(NULL, 0, "rm -rf '%s'*", self->record), 0);
    }
    struct vg_record_reader *reader = NULL;
    assert_int_equal(vg_record_reader_open(self->record, &reader, NULL), VG_E_IO);
}

static void test_changed_tables_are_refused(void **state)
{
    struct support *self = *state;
    static const char *const changes[] = {
        "DROP INDEX event_t_us",
        "ALTER TABLE event ADD COLUMN extra",
        "ALTER TABLE event RENAME TO e2; CREATE VIEW event AS SELECT * FROM e2",
        "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event WHERE seq = 1; END",
        "INSERT INTO meta VALUES('more','x')",
        "DELETE FROM meta WHERE key='id'",
        "UPDATE meta SET value='1e6' WHERE key='t_us'",
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        support_make(self, 3, 1);
        assert_int_equal(support_sh(NULL, 0, "sqlite3 '%s' \"%s\"", self->record, changes[i]), 0);
        struct vg_record *record = NULL;
        struct vg_error err = {0};
        assert_int_equal(vg_record_open(self->record, NULL, &record, &err), VG_E_FORMAT);
        assert_int_equal(support_sh(NULL, 0, "rm -f '%s'", self->record), 0);
    }
}

static void test_a_broken_tail_is_not_continued(void **state)
{
    struct support *self = *state;
    static const char *const changes[] = {
        "UPDATE event SET body='{}' WHERE seq=5",
        "DELETE FROM event WHERE seq=5",
        "UPDATE event SET seq=6 WHERE seq=5",
        "UPDATE head SET sha256=zeroblob(32) WHERE seq=5",
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        support_make(self, 5, 5);
        assert_int_equal(support_sh(NULL, 0, "sqlite3 '%s' \"%s\"", self->record, changes[i]), 0);
        struct vg_record *record = NULL;
        struct vg_error err = {0};
        assert_int_equal(vg_record_open(self->record, NULL, &record, &err), VG_E_BROKEN);
        assert_int_equal(support_sh(NULL, 0, "rm -f '%s'", self->record), 0);
    }
}

static void test_another_key_is_refused(void **state)
{
    struct support *self = *state;
    support_make(self, 3, 1);
    char other[SUPPORT_PATH];
    vg_format(other, sizeof other, "%s/other.key", self->folder);
    struct vg_record_options options = {.key_path = other};
    struct vg_record *record = NULL;
    struct vg_error err = {0};
    assert_int_equal(vg_record_open(self->record, &options, &record, &err), VG_E_INVALID);
    assert_non_null(strstr(err.message, "another key"));
}

static void flush_until_good(struct vg_record *record)
{
    enum {
        ATTEMPTS = 30000
    }; /* half a minute: a loaded machine may be slow to give the writer its turn */
    for (int i = 0; i < ATTEMPTS; i++) {
        struct vg_error err = {0};
        if (vg_record_flush(record, &err) == VG_OK) {
            return;
        }
        if (i == ATTEMPTS - 1) {
            fail_msg("%s", err.message);
        }
        usleep(1000); /* until the writer's next attempt, a millisecond off */
    }
}

/* The kernel refuses to let the file grow (RLIMIT_FSIZE): recording stops, says so, keeps the
 * events, refuses further ones when the queue is full, and goes on without a hole when there is
 * room again. */
static void test_a_full_disk_stops_and_resumes(void **state)
{
    struct support *self = *state;
    struct heard heard = {0};
    signal(SIGXFSZ, SIG_IGN);
    struct vg_record *record = open_heard(self, &heard);
    int64_t i = 0;
    for (; i < 100; i++) {
        support_append(record, i + 1);
    }
    assert_int_equal(vg_record_flush(record, NULL), VG_OK);
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    struct rlimit tight = {256 * 1024, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    char body[8192];
    memset(body, 'x', sizeof body);
    body[0] = '{';
    body[sizeof body - 1] = '}';
    enum vg_status st = VG_OK;
    int64_t seq = 0;
    int64_t last_seq = 100;
    while ((st = vg_record_append(record, vg_us(1), "fill", body, sizeof body, &seq)) == VG_OK) {
        assert_int_equal(seq, ++last_seq);
    }
    assert_int_equal(st, VG_E_FULL);
    struct vg_error err = {0};
    assert_int_equal(vg_record_flush(record, &err), VG_E_IO);
    assert_non_null(strstr(err.message, "recording has stopped"));
    struct vg_record_status status;
    vg_record_status(record, &status);
    assert_true(status.is_stalled);
    assert_true(status.n_failed > 0);
    assert_true(status.n_refused_full > 0);
    assert_true(status.durable_seq < last_seq);
    assert_int_equal(status.error.status, VG_E_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    flush_until_good(record);
    assert_int_equal(vg_record_append(record, vg_us(2), "after", "{}", 2, &seq), VG_OK);
    assert_int_equal(seq, last_seq + 1);
    assert_int_equal(vg_record_close(record, &err), VG_OK);
    /* The callbacks come after the lock is released, so they are certain only now. */
    assert_int_equal(atomic_load(&heard.n_stalls), 1);
    assert_int_equal(atomic_load(&heard.n_resumes), 1);
    assert_int_equal(atomic_load(&heard.durable), last_seq + 1);
    struct vg_record_report report;
    assert_int_equal(vg_record_verify(self->record, NULL, NULL, NULL, &report, &err), VG_OK);
    assert_int_equal(report.n_events, last_seq + 1);
}

/* Stall the writer on event 4 of a record that has three. */
static struct vg_record *stall_on_fourth(const struct support *self, struct heard *heard,
                                         struct rlimit *out_limit)
{
    signal(SIGXFSZ, SIG_IGN);
    struct vg_record *record = open_heard(self, heard);
    for (int64_t i = 1; i <= 3; i++) {
        support_append(record, i);
    }
    assert_int_equal(vg_record_flush(record, NULL), VG_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, out_limit), 0);
    struct rlimit tight = {512, out_limit->rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    support_append(record, 4);
    assert_int_equal(vg_record_flush(record, NULL), VG_E_IO);
    return record;
}

/* Insert event 4 with `body` from another process that has room, chained on event 3. */
static void insert_fourth(const struct support *self, const char *body)
{
    char out[256] = "";
    uint8_t hash[32];
    assert_int_equal(support_sh(out, sizeof out,
                                "ulimit -f unlimited; sqlite3 -cmd '.timeout 20000' '%s' 'SELECT "
                                "lower(hex(sha256)) FROM event "
                                "WHERE seq=3'",
                                self->record),
                     0);
    out[64] = '\0';
    assert_int_equal(vg_unhex(out, hash, 32), 0);
    char prev[65];
    vg_hex(hash, 32, prev);
    struct vg_record_row row = {4, INT64_C(1000004000000), "test.event", 10, body, strlen(body)};
    vg_record_chain(hash, &row, hash);
    assert_int_equal(
        support_sh(
            NULL, 0,
            "ulimit -f unlimited; sqlite3 -cmd '.timeout 20000' '%s' <<'END'\nINSERT INTO event "
            "VALUES(4,1000004000000,'test.event','%s',x'%s',x'%s');\nEND",
            self->record, body, prev, vg_hex(hash, 32, out)),
        0);
}

/* A commit that reported an error and is on disk all the same is recognised, not written twice. */
static void test_a_commit_found_after_a_failure_counts(void **state)
{
    struct support *self = *state;
    struct heard heard = {0};
    struct rlimit limit;
    struct vg_record *record = stall_on_fourth(self, &heard, &limit);
    insert_fourth(self, "{\"i\":4}");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    flush_until_good(record);
    assert_int_equal(vg_record_durable_seq(record), 4);
    support_append(record, 5);
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    expect_reads(self, 5);
    assert_int_equal(vg_record_verify(self->record, NULL, NULL, NULL,
                                      &(struct vg_record_report){.n_events = 0}, NULL),
                     VG_OK);
}

/* Somebody else's event in its place is not. */
static void test_a_foreign_event_after_a_failure_stops(void **state)
{
    struct support *self = *state;
    struct heard heard = {0};
    struct rlimit limit;
    struct vg_record *record = stall_on_fourth(self, &heard, &limit);
    insert_fourth(self, "{}");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    struct vg_record_status status;
    do {
        vg_record_status(record, &status);
    } while (status.error.status != VG_E_BROKEN);
    struct vg_error err = {0};
    assert_int_equal(vg_record_close(record, &err), VG_E_IO);
    assert_non_null(strstr(err.message, "changed by another program"));
    assert_int_equal(atomic_load(&heard.durable), 3);
}

static void test_a_moved_record_stops(void **state)
{
    struct support *self = *state;
    struct vg_record *record = support_open(self);
    support_append(record, 1);
    assert_int_equal(vg_record_flush(record, NULL), VG_OK);
    assert_int_equal(support_sh(NULL, 0, "mv '%s' '%s.away'", self->record, self->record), 0);
    support_append(record, 2);
    struct vg_error err = {0};
    assert_int_equal(vg_record_close(record, &err), VG_E_IO);
    assert_non_null(strstr(err.message, "1 events did not reach the disk"));
}

struct appender {
    pthread_t thread;
    struct vg_record *record;
    int index;
};

static void *append_many(void *arg)
{
    struct appender *self = arg;
    for (int i = 0; i < 2000; i++) {
        char body[64];
        size_t n = vg_format(body, sizeof body, "{\"from\":%d,\"i\":%d}", self->index, i);
        while (vg_record_append(self->record, vg_us(i), "many", body, n, NULL) != VG_OK) {
            sched_yield();
        }
    }
    return NULL;
}

static void test_many_threads_append(void **state)
{
    struct support *self = *state;
    struct vg_record *record = support_open(self);
    struct appender appenders[4];
    for (int i = 0; i < 4; i++) {
        appenders[i] = (struct appender){.record = record, .index = i};
        assert_int_equal(pthread_create(&appenders[i].thread, NULL, append_many, &appenders[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(appenders[i].thread, NULL);
    }
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    char out[256];
    /* Each thread's events are all there and in its own order. */
    assert_int_equal(
        support_sh(
            out, sizeof out,
            "sqlite3 '%s' \"SELECT count(*), count(DISTINCT body) FROM event; SELECT count(*) FROM "
            "(SELECT json_extract(body,'$.i') i, lag(json_extract(body,'$.i'),1,-1) OVER "
            "(PARTITION BY json_extract(body,'$.from') ORDER BY seq) b FROM event) WHERE i<>b+1\"",
            self->record),
        0);
    assert_string_equal(out, "8000|8000\n0\n");
}

static void test_reader_follows_a_writer(void **state)
{
    struct support *self = *state;
    struct vg_record *record = support_open(self);
    struct vg_record_reader *reader = NULL;
    assert_int_equal(vg_record_reader_open(self->record, &reader, NULL), VG_OK);
    struct vg_record_event e;
    assert_int_equal(vg_record_reader_next(reader, &e, NULL), VG_E_NOT_FOUND);
    int64_t seen = 0;
    for (int64_t i = 1; i <= 1000; i++) {
        support_append(record, i);
        if (i % 100 == 0) {
            assert_int_equal(vg_record_flush(record, NULL), VG_OK);
            while (vg_record_reader_next(reader, &e, NULL) == VG_OK) {
                assert_int_equal(e.seq, ++seen);
            }
            assert_int_equal(seen, i);
        }
    }
    int64_t first = 0;
    int64_t last = 0;
    struct vg_us last_t = {0};
    assert_int_equal(vg_record_reader_span(reader, &first, &last, NULL, &last_t, NULL), VG_OK);
    assert_int_equal(first, 1);
    assert_int_equal(last, 1000);
    assert_int_equal(last_t.us, INT64_C(1001000000000));
    vg_record_reader_seek_seq(reader, 500);
    assert_int_equal(vg_record_reader_next(reader, &e, NULL), VG_OK);
    assert_int_equal(e.seq, 500);
    assert_int_equal(vg_record_close(record, NULL), VG_OK); /* with a reader in the way */
    assert_int_equal(vg_record_reader_next(reader, &e, NULL), VG_OK);
    assert_int_equal(e.seq, 501);
    vg_record_reader_close(reader);
}

static void test_seek_by_time(void **state)
{
    struct support *self = *state;
    struct vg_record *record = support_open(self);
    /* The clock steps back at the fifth event. */
    static const int64_t times[] = {10, 20, 20, 40, 15, 30, 50};
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(vg_record_append(record, vg_us(times[i]), "t", "{}", 2, NULL), VG_OK);
    }
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    struct vg_record_reader *reader = NULL;
    assert_int_equal(vg_record_reader_open(self->record, &reader, NULL), VG_OK);
    static const struct {
        int64_t t_us;
        int64_t seq;
    } cases[] = {{-5, 1}, {10, 1}, {11, 5}, {16, 2}, {20, 2},
                 {21, 6}, {31, 4}, {41, 7}, {50, 7}, {51, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vg_record_event e = {.seq = 0};
        assert_int_equal(vg_record_reader_seek_time(reader, vg_us(cases[i].t_us), NULL), VG_OK);
        enum vg_status st = vg_record_reader_next(reader, &e, NULL);
        assert_int_equal(st, cases[i].seq == 0 ? VG_E_NOT_FOUND : VG_OK);
        assert_int_equal(e.seq, cases[i].seq);
    }
    vg_record_reader_close(reader);
}

/* The ring against the obvious model: a list. Random sizes, random push and release. */
static void test_queue_is_a_list(void **state)
{
    (void)state;
    enum {
        N = 4096
    };
    static size_t sizes[N];
    static size_t positions[N];
    struct vg_record_queue q;
    struct vg_rng rng = vg_rng_seed(7);
    assert_true(vg_record_queue_init(&q, 4096));
    size_t first = 0;
    size_t count = 0;
    char body[1024];
    for (int step = 0; step < 200000; step++) {
        if (vg_rng_below(&rng, 2) == 0) {
            size_t n = vg_rng_below(&rng, 900);
            int64_t seq = (int64_t)(first + count);
            memset(body, (int)('a' + seq % 26), sizeof body);
            struct vg_record_row row = {seq, -seq, "kind", 4, body, n};
            if (vg_record_queue_push(&q, &row)) {
                sizes[(first + count) % N] = n;
                count++;
            } else {
                assert_true(count > 0); /* an empty ring takes anything up to its half */
            }
        } else if (count > 0) {
            size_t at = q.head;
            size_t n_look = 1 + vg_rng_below(&rng, count);
            for (size_t i = 0; i < n_look; i++) {
                struct vg_record_row row;
                at = vg_record_queue_read(&q, at, &row);
                positions[i % N] = at;
                assert_int_equal(row.seq, first + i);
                assert_int_equal(row.t_us, -(int64_t)(first + i));
                assert_int_equal(row.body_n, sizes[(first + i) % N]);
                assert_memory_equal(row.kind, "kind", 4);
                for (size_t k = 0; k < row.body_n; k++) {
                    assert_true(row.body[k] == (char)('a' + (first + i) % 26));
                }
            }
            q.head = at;
            first += n_look;
            count -= n_look;
        }
    }
    assert_true(positions[0] > 0);
    vg_record_queue_finish(&q);
}

static void test_seal(void **state)
{
    struct support *self = *state;
    char path[SUPPORT_PATH];
    char hex[VG_SHA256_HEX_SIZE] = "";
    char expected[VG_SHA256_HEX_SIZE + 8];
    int64_t size = 0;
    vg_format(path, sizeof path, "%s/a.tlog", self->folder);
    assert_int_equal(support_sh(NULL, 0, "printf abc > '%s'", path), 0);
    assert_int_equal(vg_record_seal_file(path, hex, &size, NULL), VG_OK);
    /* FIPS 180-4 example: SHA-256 of "abc". */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(size, 3);
    assert_int_equal(support_sh(NULL, 0, "seq 1 100000 > '%s'", path), 0);
    assert_int_equal(support_sh(expected, 65, "sha256sum < '%s'", path), 0);
    assert_int_equal(vg_record_seal_file(path, hex, &size, NULL), VG_OK);
    assert_string_equal(hex, expected);
    assert_int_equal(size, 588895); /* 9*2 + 90*3 + 900*4 + 9000*5 + 90000*6 + 7 */
    assert_int_equal(vg_record_seal_file(self->folder, hex, &size, NULL), VG_E_IO);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, support_setup, support_teardown)
    const struct CMUnitTest tests[] = {
        T(test_events_come_back_in_order),
        T(test_reopening_goes_on),
        T(test_flush_means_on_disk),
        T(test_bad_events_are_refused),
        T(test_two_writers_are_refused),
        T(test_foreign_files_are_left_alone),
        T(test_changed_tables_are_refused),
        T(test_a_broken_tail_is_not_continued),
        T(test_another_key_is_refused),
        T(test_a_full_disk_stops_and_resumes),
        T(test_a_commit_found_after_a_failure_counts),
        T(test_a_foreign_event_after_a_failure_stops),
        T(test_a_moved_record_stops),
        T(test_many_threads_append),
        T(test_reader_follows_a_writer),
        T(test_seek_by_time),
        T(test_queue_is_a_list),
        T(test_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
