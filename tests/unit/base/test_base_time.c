#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int64_t parsed(const char *text)
{
    struct vg_us t = {-1};
    struct vg_error err = {0};
    return vg_time_parse(text, &t, &err) == VG_OK ? t.us : -1;
}

/* Expectations: `date -u -d TEXT +%s`. */
static void parse_known_dates(void **state)
{
    (void)state;
    assert_int_equal(parsed("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(parsed("2026-11-23T14:05:22Z"), INT64_C(1795442722) * 1000000);
    assert_int_equal(parsed("2000-02-29T12:00:00.25Z"), INT64_C(951825600250000));
    assert_int_equal(parsed("2026-11-23T14:05:22+01:00"), INT64_C(1795439122) * 1000000);
    assert_int_equal(parsed("2026-11-23T14:05:22.123456-05:30"),
                     INT64_C(1795462522) * 1000000 + 123456);
}

static void refuse_what_is_no_date(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T14:05:22",
        "2026-11-23T14:05:22Zx",
        "2026-11-23T14:05:22.Z",
        "2026-11-23T14:05:22+1:00",
        "1969-12-31T23:59:59Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct vg_us t = {42};
        struct vg_error err = {0};
        assert_int_equal(vg_time_parse(bad[i], &t, &err), VG_E_FORMAT);
        assert_int_equal(t.us, 42); /* outputs stay untouched */
        assert_non_null(strstr(err.message, bad[i]));
    }
}

static void format_and_back(void **state)
{
    (void)state;
    char buf[VG_TIME_TEXT_SIZE];
    assert_string_equal(vg_time_format(vg_us(INT64_C(1795442722) * 1000000), buf, sizeof buf),
                        "2026-11-23T14:05:22Z");
    assert_string_equal(vg_time_format(vg_us(1), buf, sizeof buf), "1970-01-01T00:00:00.000001Z");
    for (int64_t us = 0; us < INT64_C(4000000000000000); us += INT64_C(7919191919191)) {
        assert_int_equal(parsed(vg_time_format(vg_us(us), buf, sizeof buf)), us);
    }
}

static void durations_for_people(void **state)
{
    (void)state;
    char buf[40];
    assert_string_equal(vg_duration_format(45.4, buf, sizeof buf), "45 s");
    assert_string_equal(vg_duration_format(192 * 60, buf, sizeof buf), "3 h 12 min");
    assert_string_equal(vg_duration_format(125, buf, sizeof buf), "2 min 05 s");
    assert_string_equal(vg_duration_format(3 * 86400 + 7200, buf, sizeof buf), "3 d 2 h");
    assert_string_equal(vg_duration_format(-60, buf, sizeof buf), "-1 min 00 s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_known_dates),
        cmocka_unit_test(refuse_what_is_no_date),
        cmocka_unit_test(format_and_back),
        cmocka_unit_test(durations_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
