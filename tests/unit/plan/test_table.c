/* The table of a plan with many stretches, made by hand. */
#include "plan/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    N = 30
};

/* 30 stretches of 10 km, each wanted every hour and seen after k minutes; 10 to 14 out of reach. */
static struct vg_plan_stretch stretches[N];

static const char *table_of(int n, enum vg_lang lang, struct vg_buf *out)
{
    struct vg_watchfile watch = {.name = "Long", .revisit_s = 7200};
    struct vg_plan plan = {.stretches = stretches, .n_stretches = n};
    for (int k = 0; k < n; k++) {
        struct vg_plan_stretch *st = &stretches[k];
        *st = (struct vg_plan_stretch){.from_m = k * 1e4,
                                       .to_m = (k + 1) * 1e4,
                                       .revisit_s = 3600,
                                       .worst_gap_s = 60 * k,
                                       .n_passes = 1,
                                       .agl_m = 300,
                                       .is_unreachable = k >= 10 && k < 15};
        vg_format(st->id, sizeof st->id, "S%d", k);
        vg_format(st->line, sizeof st->line, "border");
        vg_format(st->reason, sizeof st->reason,
                  k < 14 ? "too far from Camp" : "too far from Fort");
    }
    stretches[20].agl_m = 500;
    vg_plan_table(&plan, &watch, 7200, lang, out);
    return vg_buf_text(out);
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

static void many_are_told_in_runs(void **state)
{
    (void)state;
    struct vg_buf out = {0};
    const char *text = table_of(N, VG_LANG_EN, &out);
    assert_non_null(strstr(text, "\n  S0 to S9, line border, km 0.0 to 100.0: 300 m above"));
    assert_non_null(strstr(text, "\n  S15 to S19, line border, km 150.0 to 200.0: 300 m above"));
    assert_non_null(strstr(text, "\n  S20, line border, km 200.0 to 210.0: 500 m above"));
    assert_non_null(strstr(text, "\n  S21 to S29, line border, km 210.0 to 300.0: 300 m above"));
    assert_non_null(strstr(text, "NOT WATCHED: S10 to S14, line border, km 100.0 to 150.0: too far "
                                 "from Camp; at its other end too far from Fort\n"));
    vg_buf_finish(&out);
}

/* Of 25 in reach the twelve that wait longest, S29 (29 of 60 minutes) first; then S17 waits 17. */
static void the_tightest_come_first(void **state)
{
    (void)state;
    struct vg_buf out = {0};
    const char *text = table_of(N, VG_LANG_EN, &out);
    const char *first = strstr(text, ": seen every ");
    assert_non_null(first);
    assert_memory_equal(first - strlen("S29, line border, km 290.0 to 300.0"), "S29,", 4);
    assert_int_equal(count(text, "seen every"), 12);
    assert_non_null(strstr(text, "13 more stretches: each seen within 29 % of its wish\n"));
    vg_buf_finish(&out);
}

static void a_few_have_a_line_each(void **state)
{
    (void)state;
    struct vg_buf out = {0};
    const char *text = table_of(12, VG_LANG_FR, &out);
    assert_int_equal(count(text, "300 m"), 10);
    assert_int_equal(count(text, "vu toutes les"), 10);
    assert_int_equal(count(text, "NON VEILLÉ : "), 2);
    assert_null(strstr(text, "autres tronçons"));
    vg_buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_are_told_in_runs),
        cmocka_unit_test(the_tightest_come_first),
        cmocka_unit_test(a_few_have_a_line_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
