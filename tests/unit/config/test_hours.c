/* Hours of the day: texts, and spans against a day looked at minute by minute. */
#include "config/hours.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

enum {
    MINUTES = 1440
};

/* cmocka's own compares as float. */
static void assert_near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within)) {
        fail_msg("%f is not within %g of %f", a, within, b);
    }
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double from_h; /* negative: refused */
        double to_h;
    } want[] = {
        {"22:00-05:00", 22, 29},
        {"05:30-06:00", 5.5, 6},
        {"22:00-05:00 +01:00", 21, 28},
        {"22:00-05:00 -03:30", 1.5, 8.5},
        {"22:00-05:00 UTC", 22, 29},
        {"12:00-13:00Z", 12, 13},
        {"00:00-24:00", 0, 24},
        {"00:30-02:00 +01:00", 23.5, 25},
        {"22:00", -1, 0},
        {"25:00-05:00", -1, 0},
        {"22:60-05:00", -1, 0},
        {"24:30-05:00", -1, 0},
        {"22:00-05", -1, 0},
        {"2:00-05:00", -1, 0},
        {"22:00-05:00 CET", -1, 0},
        {"22:00-05:00 +1:00", -1, 0},
        {"22:00-05:00 +15:00", -1, 0},
        {"05:00-05:00", -1, 0},
        {"22:00 - 05:00", -1, 0},
        {"", -1, 0},
    };
    for (size_t k = 0; k < sizeof want / sizeof want[0]; k++) {
        struct vg_hours_span s;
        enum vg_status st = vg_hours_parse_span(want[k].text, &s, NULL);
        assert_int_equal(st, want[k].from_h < 0 ? VG_E_FORMAT : VG_OK);
        if (st == VG_OK) {
            assert_near(s.from_s, want[k].from_h * 3600, 1e-6);
            assert_near(s.to_s, want[k].to_h * 3600, 1e-6);
        }
    }
}

/* The open minutes round a time, found by walking: m0 where it is open at all. */
static void walk_between(const bool *closed, int minute, int *out_from, int *out_to)
{
    *out_from = *out_to = minute;
    while (!closed[((*out_to % MINUTES) + MINUTES) % MINUTES]) {
        ++*out_to;
    }
    while (!closed[(((*out_from - 1) % MINUTES) + MINUTES) % MINUTES]) {
        --*out_from;
    }
}

/* A minute m stands for [m, m + 1): looked at in its middle. */
static void spans_minute_by_minute(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(5);
    for (int round = 0; round < 200; round++) {
        struct vg_hours h = {0};
        bool closed[MINUTES] = {false};
        int n = 1 + (int)vg_rng_below(&rng, 4);
        for (int k = 0; k < n; k++) {
            int from = (int)vg_rng_below(&rng, MINUTES);
            int length = 1 + (int)vg_rng_below(&rng, 300);
            assert_true(
                vg_hours_add(&h, (struct vg_hours_span){60.0 * from, 60.0 * (from + length)}));
            for (int m = from; m < from + length; m++) {
                closed[m % MINUTES] = true;
            }
        }
        int left = 0;
        for (int m = 0; m < MINUTES; m++) {
            left += !closed[m];
        }
        assert_near(vg_hours_left_s(&h), 60.0 * left, 1e-6);
        for (int m = -2 * MINUTES; m < 2 * MINUTES; m += 7) {
            double from_s, to_s;
            bool is_closed = closed[((m % MINUTES) + MINUTES) % MINUTES];
            assert_int_equal(vg_hours_hold(&h, 60.0 * m + 30), is_closed);
            vg_hours_between(&h, 60.0 * m + 30, &from_s, &to_s);
            if (!is_closed) {
                int from, to;
                walk_between(closed, m, &from, &to);
                assert_near(from_s, 60.0 * from, 1e-6);
                assert_near(to_s, 60.0 * to, 1e-6);
            } else { /* the nearer edge of what is closed, and open on its other side */
                double edge_s = to_s < 60.0 * m + 30 ? to_s : from_s;
                bool is_before = to_s < 60.0 * m + 30;
                int at = (int)lround(edge_s / 60) - (is_before ? 1 : 0);
                assert_false(closed[((at % MINUTES) + MINUTES) % MINUTES]);
            }
        }
    }
}

/* An edge itself, some days on: the open side, never another day's. */
static void edges_stay_in_their_day(void **state)
{
    (void)state;
    struct vg_hours h = {0};
    assert_true(vg_hours_add(&h, (struct vg_hours_span){22 * 3600.0, 29 * 3600.0}));
    for (int day = -3; day <= 3; day++) {
        for (int hair = -1; hair <= 1; hair++) {
            double from_s, to_s;
            double noon_s = day * 86400.0;
            vg_hours_between(&h, noon_s + 22 * 3600.0 + hair * 1e-9, &from_s, &to_s);
            assert_near(from_s, noon_s + 5 * 3600.0, 1e-6);
            assert_near(to_s, noon_s + 22 * 3600.0, 1e-6);
            vg_hours_between(&h, noon_s + 5 * 3600.0 + hair * 1e-9, &from_s, &to_s);
            assert_near(from_s, noon_s + 5 * 3600.0, 1e-6);
            assert_near(to_s, noon_s + 22 * 3600.0, 1e-6);
        }
    }
    struct vg_hours none = {0};
    double from_s, to_s;
    vg_hours_between(&none, 5, &from_s, &to_s);
    assert_true(isinf(from_s) && isinf(to_s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(spans_minute_by_minute),
        cmocka_unit_test(edges_stay_in_their_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
