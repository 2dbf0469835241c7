/* The shell lines of docs/record.md, taken from the page and run: the oracle of the chain, written
 * with sqlite3, sha256sum and openssl only. They must agree with the verifier on whole and broken
 * records. */
#include "support.h"

#include "base/file.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

static void write_script(const struct support *self, char *out, size_t out_size)
{
    struct vg_buf doc = {0};
    struct vg_error err = {0};
    if (vg_file_read("docs/record.md", 1 << 20, &doc, &err) != VG_OK) {
        fail_msg("docs/record.md: %s", err.message);
    }
    const char *from = strstr(vg_buf_text(&doc), "```sh\n");
    assert_non_null(from);
    from += strlen("```sh\n");
    const char *to = strstr(from, "\n```\n");
    assert_non_null(to);
    vg_format(out, out_size, "%s/check.sh", self->folder);
    assert_int_equal(vg_file_write(out, from, (size_t)(to - from) + 1, &err), VG_OK);
    vg_buf_finish(&doc);
}

/* The script's exit status, its words in `out`. */
static int run_script(const struct support *self, char *out, size_t out_size)
{
    char script[SUPPORT_PATH];
    write_script(self, script, sizeof script);
    return support_sh(out, out_size,
                      "D=$(mktemp -d '%s/XXXXXX'); R='%s' PUB='%s' D=$D sh '%s' 2>&1; s=$?; "
                      "rm -rf \"$D\"; exit $s",
                      self->folder, self->record, self->pub, script);
}

static void test_the_page_agrees_on_whole_records(void **state)
{
    struct support *self = *state;
    char out[4096];
    static const int64_t sizes[] = {0, 1, 2, 57};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        support_make(self, sizes[i], 20);
        int rc = run_script(self, out, sizeof out);
        assert_string_equal(out, "chain: whole\nheads: good\n");
        assert_int_equal(rc, 0);
        assert_int_equal(support_sh(NULL, 0, "rm '%s'", self->record), 0);
    }
}

/* Text of any language, negative and extreme times, long bodies. */
static void test_the_page_agrees_on_odd_events(void **state)
{
    struct support *self = *state;
    struct vg_record *record = support_open(self);
    struct vg_rng rng = vg_rng_seed(11);
    static const char *const pieces[] = {"K\xc3\xa9", "'",  "\\\"",     "\xe0\xa6\x95",     "|",
                                         "  ",        "%s", "$(false)", "\xf0\x9f\x8f\x9c", "-- ",
                                         ";"};
    for (int i = 0; i < 100; i++) {
        struct vg_buf body = {0};
        vg_buf_puts(&body, "{\"a\":\"");
        for (uint64_t k = vg_rng_below(&rng, 200); k > 0; k--) {
            vg_buf_puts(&body, pieces[vg_rng_below(&rng, sizeof pieces / sizeof pieces[0])]);
        }
        vg_buf_puts(&body, "\"}");
        int64_t t = i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : (int64_t)vg_rng_next(&rng);
        assert_int_equal(vg_record_append(record, vg_us(t), "odd.one_2-3", body.data, body.n, NULL),
                         VG_OK);
        vg_buf_finish(&body);
    }
    assert_int_equal(vg_record_close(record, NULL), VG_OK);
    char out[4096];
    int rc = run_script(self, out, sizeof out);
    assert_string_equal(out, "chain: whole\nheads: good\n");
    assert_int_equal(rc, 0);
    struct vg_record_report report;
    assert_int_equal(vg_record_verify(self->record, NULL, NULL, NULL, &report, NULL), VG_OK);
}

static void test_the_page_agrees_on_broken_records(void **state)
{
    struct support *self = *state;
    static const struct {
        const char *sql;
        const char *words;
    } cases[] = {
        {"UPDATE event SET body='{}' WHERE seq=7", "7: FAILED"},
        {"UPDATE event SET t_us=t_us+1 WHERE seq=1", "1: FAILED"},
        {"DELETE FROM event WHERE seq=4", "chain: broken at event 5"},
        {"UPDATE meta SET value='00000000000000000000000000000000' WHERE key='id'",
         "chain: broken at event 1"},
        {"DELETE FROM event WHERE seq>=19", "heads: event 20 is not the one that was signed"},
        {"UPDATE head SET signature=randomblob(64) WHERE seq=10",
         "heads: the signature at event 10 is not valid"},
        {"UPDATE head SET t_us=t_us+1 WHERE seq=0", "heads: the signature at event 0 is not valid"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        support_make(self, 20, 10);
        assert_int_equal(support_sh(NULL, 0, "sqlite3 '%s' \"%s\"", self->record, cases[i].sql), 0);
        char out[4096];
        assert_int_not_equal(run_script(self, out, sizeof out), 0);
        if (strstr(out, cases[i].words) == NULL) {
            fail_msg("%s: got %s", cases[i].words, out);
        }
        struct vg_record_report report;
        assert_int_equal(vg_record_verify(self->record, NULL, NULL, NULL, &report, NULL),
                         VG_E_BROKEN);
        assert_int_equal(support_sh(NULL, 0, "rm '%s'", self->record), 0);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, support_setup, support_teardown)
    const struct CMUnitTest tests[] = {
        T(test_the_page_agrees_on_whole_records),
        T(test_the_page_agrees_on_odd_events),
        T(test_the_page_agrees_on_broken_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
