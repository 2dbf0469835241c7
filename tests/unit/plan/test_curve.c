/* The price of a promise against hand calculation and against the search for one promise. */
#include "fixture.h"
#include "plan/curve.h"
#include "plan/least.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

static void assert_near(double x, double wanted, double tolerance)
{
    if (!(fabs(x - wanted) <= tolerance)) {
        fail_msg("%.3f where %.3f was expected", x, wanted);
    }
}

static struct vg_curve make(const struct vg_watchfile *w, const struct vg_curve_options *options)
{
    struct vg_curve c = {0};
    struct vg_error err = {0};
    if (vg_curve_make(w, NULL, options, &c, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return c;
}

/* One base beside a straight line: every sortie sweeps all of it in 11208.1 s, turnaround included
 * (worked out in test_planner.c), so n drones promise 11208.1 s / n and nothing better. */
static void a_straight_line_by_hand(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    struct vg_curve c = make(&w, NULL);
    assert_near(c.bound_s, 11208.1 / 3, 11208.1 / 3 * 2e-3);
    assert_near(c.reach_m, 100000, 200);
    assert_true(c.n_points >= 8);
    for (int k = 0; k < c.n_points; k++) {
        const struct vg_curve_point *p = &c.points[k];
        int n = (int)ceil(11208.1 / p->promise_s);
        assert_int_equal(p->proven, n);
        assert_int_equal(p->planned, n);
        assert_near(p->gap_s, 11208.1 / n, 12);
        assert_true(k == 0 || p->promise_s > c.points[k - 1].promise_s);
    }
    vg_curve_finish(&c);
    vg_watchfile_finish(&w);
}

/* Two names for one type, two drones and one: bound 3736 s. One drone is half of the first type's
 * two, so it promises no less than 7472 s; two drones (one of each) are all of the second type's,
 * so that nothing above 3736 s is refused them. */
static void types_keep_their_proportion(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    struct vg_wf_type *types = realloc(w.types, 2 * sizeof *types);
    assert_non_null(types);
    w.types = types;
    types[1] = types[0];
    w.n_types = 2;
    w.drones[2].type = 1;
    const struct vg_curve_options proven = {.is_proven_only = true};
    struct vg_curve c = make(&w, &proven);
    int n_short = 0;
    for (int k = 0; k < c.n_points; k++) {
        double s = c.points[k].promise_s;
        int n = s >= 7472 ? 1 : s >= 3737 ? 2 : 0;
        n_short += n == 0;
        if (n > 0) {
            assert_int_equal(c.points[k].proven, n);
        } else {
            assert_true(c.points[k].proven > 3);
        }
        assert_int_equal(c.points[k].planned, 0);
    }
    assert_true(n_short > 0);
    vg_curve_finish(&c);
    vg_watchfile_finish(&w);
}

/* On random watches: what is proven is what the search for that promise alone proves; a timetable
 * keeps its promise, with no fewer than proven, and longer promises take no more. */
static void agrees_with_the_search_for_one_promise(void **state)
{
    (void)state;
    int n_planned = 0;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_curve c = make(&w, NULL);
        for (int k = 0; k < c.n_points; k++) {
            const struct vg_curve_point *p = &c.points[k];
            assert_true(p->planned == 0 || p->planned >= p->proven);
            assert_true(p->planned == 0 || p->gap_s <= p->promise_s);
            assert_true(k == 0 || p->proven <= c.points[k - 1].proven);
            n_planned += p->planned > 0;
        }
        const struct vg_curve_point *mid = &c.points[c.n_points / 2];
        struct vg_least least = {0};
        struct vg_error err = {0};
        if (vg_least_drones(&w, NULL, mid->promise_s, NULL, &least, &err) != VG_OK) {
            fail_msg("%s", err.message);
        }
        /* Solved on fewer sites and less closely here: a promise near a whole number may differ. */
        assert_true(abs(least.proven - mid->proven) <= 1 && mid->proven <= least.proven);
        vg_plan_finish(&least.plan);
        free(least.drones);
        vg_curve_finish(&c);
        vg_watchfile_finish(&w);
    }
    assert_true(n_planned > 14);
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static bool stop(void *ctx, double share)
{
    (void)ctx;
    (void)share;
    return false;
}

static void ends_when_told(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(2);
    const struct vg_curve_options none = {.go_on = never};
    struct vg_curve c = make(&w, &none);
    assert_int_equal(c.n_plans, 0);
    assert_int_equal(c.points[0].planned, 0);
    assert_true(c.points[0].proven > 0);
    vg_curve_finish(&c);
    const struct vg_curve_options stopped = {.progress = stop};
    struct vg_error err = {0};
    assert_int_equal(vg_curve_make(&w, NULL, &stopped, &c, &err), VG_E_TIMEOUT);
    w.n_drones = 0;
    err = (struct vg_error){0};
    assert_int_equal(vg_curve_make(&w, NULL, NULL, &c, &err), VG_E_INVALID);
    vg_watchfile_finish(&w);
}

/* Steps of a minute to 10 min, 2 to half an hour, 5 to an hour, 10 to two, 15 to four, 30 to
 * twelve, an hour to two days, then six hours. */
static void promises_are_round(void **state)
{
    (void)state;
    static const double FROM_TO[][2] = {{10, 60},       {1000, 960},     {3599, 3600},
                                        {4000, 4200},   {8000, 8100},    {20000, 19800},
                                        {50000, 50400}, {200000, 194400}};
    for (size_t k = 0; k < sizeof FROM_TO / sizeof FROM_TO[0]; k++) {
        assert_near(vg_curve_round_s(FROM_TO[k][0]), FROM_TO[k][1], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_straight_line_by_hand),
        cmocka_unit_test(types_keep_their_proportion),
        cmocka_unit_test(agrees_with_the_search_for_one_promise),
        cmocka_unit_test(ends_when_told),
        cmocka_unit_test(promises_are_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
