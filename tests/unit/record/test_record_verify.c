/* The verifier: every column of every row changed, rows removed, swapped, replaced, rewritten by
 * somebody who can recompute the chain; what it says, in which words. */
#include "support.h"

#include "record/record_chain.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_EVENTS = 12,
    HEAD_EVERY = 5
};

/* Heads at 0, 5, 10, 12. A copy of the whole record to start each change from. */
static void make_and_keep(const struct support *self)
{
    support_make(self, N_EVENTS, HEAD_EVERY);
    assert_int_equal(support_sh(NULL, 0, "cp '%s' '%s.good'", self->record, self->record), 0);
}

static void restore(const struct support *self)
{
    assert_int_equal(support_sh(NULL, 0, "cp '%s.good' '%s'", self->record, self->record), 0);
}

static void change(const struct support *self, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(self->record, &db), SQLITE_OK);
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK) {
        fail_msg("%s: %s", sql, words);
    }
    assert_true(sqlite3_total_changes(db) > 0);
    sqlite3_close(db);
}

static enum vg_status verify(const struct support *self, bool with_key,
                             struct vg_record_report *out, struct vg_error *err)
{
    uint8_t key[VG_RECORD_KEY_SIZE];
    assert_int_equal(vg_record_key_read_public(self->pub, key, NULL), VG_OK);
    return vg_record_verify(self->record, with_key ? key : NULL, NULL, NULL, out, err);
}

static void expect_broken(const struct support *self, const char *sql)
{
    struct vg_record_report report;
    for (int with_key = 0; with_key <= 1; with_key++) {
        struct vg_error err = {0};
        if (verify(self, with_key != 0, &report, &err) != VG_E_BROKEN) {
            fail_msg("not found: %s", sql);
        }
        assert_int_not_equal(report.fault, VG_RECORD_WHOLE);
        assert_true(strlen(err.message) > 0);
    }
}

static void test_each_column_of_each_row(void **state)
{
    struct support *self = *state;
    make_and_keep(self);
    static const struct {
        const char *table;
        const char *column;
        const char *value; /* an SQL expression that differs from what is there */
    } changes[] = {
        {"event", "seq", "seq+1000"},
        {"event", "seq", "-seq"},
        {"event", "t_us", "t_us+1"},
        {"event", "t_us", "t_us+0.5"},
        {"event", "t_us", "'x'"},
        {"event", "kind", "'test.other'"},
        {"event", "kind", "''"},
        {"event", "kind", "CAST(kind AS BLOB)"},
        {"event", "body", "replace(body,'i','j')"},
        {"event", "body", "body||' '"},
        {"event", "body", "CAST(body AS BLOB)"},
        {"event", "prev_sha256", "zeroblob(32)"},
        {"event", "prev_sha256", "hex(prev_sha256)"},
        {"event", "sha256", "randomblob(32)"},
        {"event", "sha256", "x''"},
        {"head", "seq", "seq+1"},
        {"head", "seq", "-1-seq"},
        {"head", "t_us", "t_us-1"},
        {"head", "t_us", "'x'"},
        {"head", "sha256", "randomblob(32)"},
        {"head", "public_key", "randomblob(32)"},
        {"head", "public_key", "randomblob(31)"},
        {"head", "signature", "randomblob(64)"},
        {"head", "signature", "zeroblob(64)"},
        {"head", "signature", "x'00'"},
        {"meta", "key", "key||'x'"},
        {"meta", "value", "value||'0'"},
        {"meta", "value", "substr(value,2)"},
    };
    int n_changes = 0;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        int n_rows = strcmp(changes[i].table, "event") == 0  ? N_EVENTS
                     : strcmp(changes[i].table, "head") == 0 ? 4
                                                             : 3;
        for (int row = 0; row < n_rows; row++) {
            char sql[512];
            vg_format(sql, sizeof sql,
                      "UPDATE %s SET %s=%s WHERE rowid=(SELECT rowid FROM %s ORDER BY rowid LIMIT "
                      "1 OFFSET %d)",
                      changes[i].table, changes[i].column, changes[i].value, changes[i].table, row);
            restore(self);
            change(self, sql);
            expect_broken(self, sql);
            n_changes++;
        }
    }
    assert_int_equal(n_changes, 15 * N_EVENTS + 10 * 4 + 3 * 3);
}

static void expect_fault(const struct support *self, const char *sql, enum vg_record_fault fault,
                         int64_t seq, int64_t to_seq, const char *english, const char *french)
{
    struct vg_record_report report;
    struct vg_error en = {0};
    struct vg_error fr = {.lang = VG_LANG_FR};
    restore(self);
    change(self, sql);
    assert_int_equal(verify(self, true, &report, &en), VG_E_BROKEN);
    if (report.fault != fault || report.broken_seq != seq || report.broken_to_seq != to_seq) {
        fail_msg("%s: %s at %lld to %lld", sql, vg_record_fault_name(report.fault),
                 (long long)report.broken_seq, (long long)report.broken_to_seq);
    }
    assert_string_equal(en.message, english);
    assert_int_equal(verify(self, true, &report, &fr), VG_E_BROKEN);
    assert_string_equal(fr.message, french);
}

static void test_says_what_is_wrong(void **state)
{
    struct support *self = *state;
    make_and_keep(self);
    expect_fault(self, "UPDATE event SET body='{\"i\":99}' WHERE seq=7", VG_RECORD_EDITED, 7, 7,
                 "event 7 was edited after it was written",
                 "l'événement 7 a été modifié après son écriture");
    expect_fault(self, "DELETE FROM event WHERE seq IN (3,4)", VG_RECORD_REMOVED, 3, 4,
                 "events 3 to 4 were removed", "les événements 3 à 4 ont été retirés");
    expect_fault(self, "DELETE FROM event WHERE seq=1", VG_RECORD_REMOVED, 1, 1,
                 "events 1 to 1 were removed", "les événements 1 à 1 ont été retirés");
    expect_fault(
        self,
        "UPDATE event SET seq=-6 WHERE seq=6; UPDATE event SET seq=6 WHERE seq=8; UPDATE event SET "
        "seq=8 WHERE seq=-6",
        VG_RECORD_MOVED, 6, 6, "the order was changed: event 6 was written as number 8",
        "l'ordre a été changé : l'événement 6 a été écrit sous le numéro 8");
    expect_fault(self, "DELETE FROM event WHERE seq>=8", VG_RECORD_TRUNCATED, 8, 12,
                 "the end was cut off: events 8 to 12 are signed for and are missing",
                 "la fin a été coupée : les événements 8 à 12 sont signés et manquent");
}

static void test_says_what_is_wrong_with_the_whole(void **state)
{
    struct support *self = *state;
    make_and_keep(self);
    expect_fault(self, "DELETE FROM event", VG_RECORD_TRUNCATED, 1, 12,
                 "the end was cut off: events 1 to 12 are signed for and are missing",
                 "la fin a été coupée : les événements 1 à 12 sont signés et manquent");
    expect_fault(self, "DELETE FROM head", VG_RECORD_UNSIGNED, 0, 0,
                 "nothing in the record is signed", "rien dans l'enregistrement n'est signé");
    expect_fault(self, "UPDATE head SET signature=zeroblob(64) WHERE seq=10",
                 VG_RECORD_BAD_SIGNATURE, 10, 10, "the signature at event 10 is not valid",
                 "la signature à l'événement 10 n'est pas valable");
    expect_fault(
        self, "UPDATE meta SET value='7' WHERE key='t_us'", VG_RECORD_BAD_META, 0, 0,
        "the record's id or time of creation was changed, or its first events were replaced",
        "l'identifiant ou la date de création de l'enregistrement a été changé, ou ses premiers "
        "événements ont été remplacés");
}

/* Somebody with the means to recompute the chain from `seq` on, but without the key. */
static void rewrite_from(const struct support *self, int64_t from)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *get = NULL;
    sqlite3_stmt *put = NULL;
    assert_int_equal(sqlite3_open(self->record, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT t_us, kind, sha256 FROM event WHERE seq=?", -1, &get, NULL),
        SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "UPDATE event SET body=?, prev_sha256=?, sha256=? WHERE seq=?", -1,
                           &put, NULL),
        SQLITE_OK);
    uint8_t hash[32];
    for (int64_t seq = from - 1; seq <= N_EVENTS; seq++) {
        sqlite3_bind_int64(get, 1, seq);
        assert_int_equal(sqlite3_step(get), SQLITE_ROW);
        uint8_t next[32];
        static const char body[] = "{\"i\":\"forged\"}";
        struct vg_record_row row = {seq,
                                    sqlite3_column_int64(get, 0),
                                    (const char *)sqlite3_column_text(get, 1),
                                    (size_t)sqlite3_column_bytes(get, 1),
                                    body,
                                    strlen(body)};
        memcpy(next, sqlite3_column_blob(get, 2), 32);
        if (seq >= from) {
            vg_record_chain(hash, &row, next);
            sqlite3_bind_text(put, 1, body, -1, SQLITE_STATIC);
            sqlite3_bind_blob(put, 2, hash, 32, SQLITE_STATIC);
            sqlite3_bind_blob(put, 3, next, 32, SQLITE_STATIC);
            sqlite3_bind_int64(put, 4, seq);
            assert_int_equal(sqlite3_step(put), SQLITE_DONE);
            sqlite3_reset(put);
        }
        memcpy(hash, next, 32);
        sqlite3_reset(get);
    }
    sqlite3_finalize(get);
    sqlite3_finalize(put);
    sqlite3_close(db);
}

static void test_a_recomputed_chain_is_found_by_the_heads(void **state)
{
    struct support *self = *state;
    make_and_keep(self);
    struct vg_record_report report;
    struct vg_error err = {0};
    rewrite_from(self, 7);
    assert_int_equal(verify(self, true, &report, &err), VG_E_BROKEN);
    assert_int_equal(report.fault, VG_RECORD_REWRITTEN);
    assert_int_equal(report.broken_seq, 6); /* after the good head at 5 */
    assert_int_equal(report.broken_to_seq, 10);
    /* Without the heads that cover it the chain alone looks well: the stated limit. */
    change(self, "DELETE FROM head WHERE seq > 5");
    assert_int_equal(verify(self, true, &report, NULL), VG_OK);
    assert_int_equal(report.signed_seq, 5);
    assert_int_equal(report.last_seq, 12);
}

/* Signed anew by another key throughout: whole without the station's key, found with it. */
static void test_another_key(void **state)
{
    struct support *self = *state;
    support_make(self, N_EVENTS, HEAD_EVERY);
    struct vg_record_report report;
    struct vg_error err = {0};
    uint8_t other[VG_RECORD_KEY_SIZE];
    memset(other, 7, sizeof other);
    assert_int_equal(vg_record_verify(self->record, other, NULL, NULL, &report, &err), VG_E_BROKEN);
    assert_int_equal(report.fault, VG_RECORD_WRONG_KEY);
    assert_string_equal(err.message, "the signature at event 0 is by another key");
    assert_int_equal(verify(self, false, &report, NULL), VG_OK);
}

static void test_an_unchained_event(void **state)
{
    struct support *self = *state;
    make_and_keep(self);
    /* Event 6 of a second record, whole in itself, put in the place of ours. */
    struct support second = *self;
    vg_format(second.record, sizeof second.record, "%s/second.vigie", self->folder);
    support_make(&second, N_EVENTS, HEAD_EVERY);
    char sql[SUPPORT_PATH * 2];
    vg_format(sql, sizeof sql,
              "ATTACH '%s' AS b; DELETE FROM main.event WHERE seq=6; INSERT INTO main.event SELECT "
              "* FROM "
              "b.event WHERE seq=6",
              second.record);
    change(self, sql);
    struct vg_record_report report;
    assert_int_equal(verify(self, true, &report, NULL), VG_E_BROKEN);
    assert_int_equal(report.fault, VG_RECORD_UNCHAINED);
    assert_int_equal(report.broken_seq, 6);
}

static void test_a_damaged_file(void **state)
{
    struct support *self = *state;
    support_make(self, 2000, 500);
    /* 8 KiB pages: overwrite the middle of the file. */
    assert_int_equal(
        support_sh(NULL, 0,
                   "dd if=/dev/urandom of='%s' bs=8192 seek=20 count=3 conv=notrunc 2>/dev/null",
                   self->record),
        0);
    struct vg_record_report report;
    struct vg_error err = {0};
    assert_int_equal(verify(self, true, &report, &err), VG_E_BROKEN);
    assert_true(report.last_seq < 2000);
}

static bool stop(void *ctx, int64_t n_done, int64_t n_total)
{
    int *n_calls = ctx;
    ++*n_calls;
    assert_int_equal(n_done, 16384);
    assert_int_equal(n_total, 20000);
    return true;
}

static void test_progress_can_stop_it(void **state)
{
    struct support *self = *state;
    support_make(self, 20000, 100000);
    struct vg_record_report report = {.n_events = -1};
    int n_calls = 0;
    assert_int_equal(vg_record_verify(self->record, NULL, stop, &n_calls, &report, NULL),
                     VG_E_TIMEOUT);
    assert_int_equal(n_calls, 1);
    assert_int_equal(report.n_events, -1);
}

static void test_report_texts(void **state)
{
    struct support *self = *state;
    make_and_keep(self);
    struct vg_record_report report;
    assert_int_equal(verify(self, false, &report, NULL), VG_OK);
    memcpy(report.id, "00112233445566778899aabbccddeeff", 33);
    memset(report.public_key, 0xab, sizeof report.public_key);
    struct vg_buf text = {0};
    vg_record_report_text(&report, VG_LANG_EN, &text);
    /* Event i is at 1,000,000 + i seconds: 12 Jan 1970 13:46:40 UTC + i s. */
    assert_string_equal(vg_buf_text(&text),
                        "WHOLE: every event is as it was written\n"
                        "Record 00112233445566778899aabbccddeeff\n"
                        "Good events: 12, from 1970-01-12T13:46:41Z to 1970-01-12T13:46:52Z\n"
                        "Good signatures: 4, up to event 12, by the key "
                        "abababababababababababababababababababababababababababababababab\n"
                        "No key was given: the signatures were checked against the key that the "
                        "record itself names, which "
                        "a forger could have replaced\n"
                        "What may have been cut off after the last signature cannot be known\n");
    vg_buf_reset(&text);
    vg_record_report_json(&report, &text);
    assert_string_equal(
        vg_buf_text(&text),
        "{\"format\":\"vigie-verify/1\",\"whole\":true,\"fault\":\"whole\",\"id\":"
        "\"00112233445566778899aabbccddeeff\",\"events\":12,\"heads\":4,\"last_seq\":12,\"signed_"
        "seq\":12,"
        "\"key_given\":false,\"public_key\":"
        "\"abababababababababababababababababababababababababababababababab\","
        "\"first_t\":\"1970-01-12T13:46:41Z\",\"last_t\":\"1970-01-12T13:46:52Z\",\"signed_t\":"
        "\"1970-01-12T13:46:52Z\"}");
    vg_buf_finish(&text);
}

/* Every fault has words in both languages and JSON that parses. */
static void test_every_fault_has_words(void **state)
{
    (void)state;
    for (int fault = 1; fault < VG_RECORD_FAULT_COUNT; fault++) {
        struct vg_record_report report = {.fault = (enum vg_record_fault)fault,
                                          .broken_seq = 3,
                                          .broken_to_seq = 4,
                                          .moved_seq = 9};
        vg_format(report.detail, sizeof report.detail, "a \"quoted\" word");
        struct vg_buf en = {0};
        struct vg_buf fr = {0};
        struct vg_buf json = {0};
        vg_record_report_text(&report, VG_LANG_EN, &en);
        vg_record_report_text(&report, VG_LANG_FR, &fr);
        vg_record_report_json(&report, &json);
        assert_true(strncmp(vg_buf_text(&en), "BROKEN: ", 8) == 0 && en.n > 30);
        assert_true(strncmp(vg_buf_text(&fr), "ROMPU : ", 8) == 0 && fr.n > 30);
        json_t *doc = json_loads(vg_buf_text(&json), 0, NULL);
        assert_non_null(doc);
        assert_string_equal(json_string_value(json_object_get(doc, "fault")),
                            vg_record_fault_name(report.fault));
        assert_true(json_is_false(json_object_get(doc, "whole")));
        json_decref(doc);
        vg_buf_finish(&en);
        vg_buf_finish(&fr);
        vg_buf_finish(&json);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, support_setup, support_teardown)
    const struct CMUnitTest tests[] = {
        T(test_each_column_of_each_row),
        T(test_says_what_is_wrong),
        T(test_says_what_is_wrong_with_the_whole),
        T(test_a_recomputed_chain_is_found_by_the_heads),
        T(test_another_key),
        T(test_an_unchained_event),
        T(test_a_damaged_file),
        T(test_progress_can_stop_it),
        T(test_report_texts),
        T(test_every_fault_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
