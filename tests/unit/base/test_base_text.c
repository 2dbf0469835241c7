/* Bounded formatting, JSON texts, nearest names, errors in two languages. */
#include "base/status.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void format_never_cuts_a_character(void **state)
{
    (void)state;
    char buf[6];
    /* "abcdé": é is two bytes, C3 A9; six bytes hold "abcd" + NUL and one byte that must not be
     * half an é. */
    assert_int_equal(vg_format(buf, sizeof buf, "abcd\xC3\xA9"), 4);
    assert_string_equal(buf, "abcd");
    char room[7];
    assert_int_equal(vg_format(room, sizeof room, "abcd\xC3\xA9"), 6);
    assert_string_equal(room, "abcd\xC3\xA9");
    assert_int_equal(vg_format(buf, 1, "xyz"), 0);
    assert_string_equal(buf, "");
}

static void json_text_escapes(void **state)
{
    (void)state;
    struct vg_buf b = {0};
    vg_buf_json(&b, "a\"b\\c\n\x01 \xC3\xA9 \xFF \xED\xA0\x80");
    /* RFC 8259 section 7; 0xFF is no UTF-8, ED A0 80 is a surrogate (RFC 3629 section 3): one
     * U+FFFD a byte. */
    assert_string_equal(vg_buf_text(&b), "\"a\\\"b\\\\c\\u000a\\u0001 \xC3\xA9 \xEF\xBF\xBD "
                                         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    vg_buf_finish(&b);
}

static void buffer_grows(void **state)
{
    (void)state;
    struct vg_buf b = {0};
    for (int i = 0; i < 1000; i++) {
        vg_buf_printf(&b, "%03d,", i);
    }
    assert_int_equal(b.n, 4000);
    assert_memory_equal(b.data + 3996, "999,", 5);
    vg_buf_reset(&b);
    assert_string_equal(vg_buf_text(&b), "");
    vg_buf_finish(&b);
    assert_string_equal(vg_buf_text(&b), "");
}

static void distances(void **state)
{
    (void)state;
    /* Wagner and Fischer 1974: the textbook pairs. */
    assert_int_equal(vg_text_distance("kitten", "sitting"), 3);
    assert_int_equal(vg_text_distance("", "abc"), 3);
    assert_int_equal(vg_text_distance("same", "same"), 0);
    const char *const names[] = {"revisit", "depth", "file"};
    assert_int_equal(vg_text_nearest("revist", names, 3), 0);
    assert_int_equal(vg_text_nearest("dept", names, 3), 1);
    assert_int_equal(vg_text_nearest("zzzzzz", names, 3), -1);
}

static void first_failure_wins_and_has_a_place(void **state)
{
    (void)state;
    struct vg_error err = {0};
    char text[256];
    assert_int_equal(vg_fail_at(&err, "w.yaml", 3, 7, "\"%s\" is missing", "line"), VG_E_FORMAT);
    vg_fail(&err, VG_E_IO, "out of memory");
    vg_error_prefix(&err, "\"%s\" must be a text", "x");
    assert_string_equal(vg_error_text(&err, text, sizeof text),
                        "w.yaml:3:7: \"x\" must be a text: \"line\" is missing");
    assert_int_equal(vg_exit_code(err.status), 3);
    assert_int_equal(vg_exit_code(VG_E_BROKEN), 1);
    assert_int_equal(vg_exit_code(VG_E_IO), 4);
    assert_int_equal(vg_exit_code(VG_OK), 0);
}

static void french_on_request(void **state)
{
    (void)state;
    struct vg_error err = {.lang = VG_LANG_FR};
    char text[256];
    vg_fail_offset(&err, "plan.bin", 12, "\"%s\" is missing", "line");
    assert_string_equal(vg_error_text(&err, text, sizeof text),
                        "plan.bin: octet 12: « line » manque");
    char number[32];
    assert_string_equal(vg_decimal_format(VG_LANG_FR, 1.325, 2, number, sizeof number), "1,32");
    assert_string_equal(vg_decimal_format(VG_LANG_EN, -0.05, 1, number, sizeof number), "-0.1");
    assert_string_equal(vg_decimal_format(VG_LANG_FR, 409.4, 0, number, sizeof number), "409");
    assert_int_equal(vg_lang_from_name("fr_ML.UTF-8"), VG_LANG_FR);
    assert_int_equal(vg_lang_from_name("en_GB"), VG_LANG_EN);
    assert_int_equal(vg_lang_from_name(NULL), VG_LANG_EN);
    assert_string_equal(vg_tr(VG_LANG_FR, "no such text anywhere"), "no such text anywhere");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_never_cuts_a_character),
        cmocka_unit_test(json_text_escapes),
        cmocka_unit_test(buffer_grows),
        cmocka_unit_test(distances),
        cmocka_unit_test(first_failure_wins_and_has_a_place),
        cmocka_unit_test(french_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
