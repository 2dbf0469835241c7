/* Timetables that cannot be learned: still sound and within the promise, and how hard to foretell.
 */
#include "fixture.h"
#include "plan/check.h"
#include "plan/planner.h"
#include "plan/unpredictable.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct vg_plan solve(const struct vg_watchfile *w)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options coarse = {.site_step_m = 2000};
    if (vg_planner_solve(w, NULL, &coarse, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

/* Two passes of one place in 4,000 s, 1,000 s apart: gaps of 1,000 and 3,000 s, each as likely: one
 * bit, 2,000 s of spread. Four even ones: nothing to guess. */
static void entropy_by_hand(void **state)
{
    (void)state;
    struct vg_plan_visit a = {"border", 0, 4000, 100, 100, 0};
    struct vg_plan_visit b = {"border", 0, 4000, 1100, 1100, 0};
    struct vg_plan_sortie so[4] = {{.period_s = 4000, .visits = &a, .n_visits = 1},
                                   {.period_s = 4000, .visits = &b, .n_visits = 1}};
    struct vg_plan_stretch st = {.line = "border", .to_m = 4000, .revisit_s = 14400};
    struct vg_plan plan = {.stretches = &st, .n_stretches = 1, .sorties = so, .n_sorties = 2};
    struct vg_unpredictable u;
    assert_int_equal(vg_plan_predictability(NULL, &plan, &u, NULL), VG_OK);
    assert_float_equal(u.entropy_bits, 1, 1e-9);
    assert_float_equal(u.spread_s, 2000, 1e-9);
    struct vg_plan_visit c = {"border", 0, 4000, 2100, 2100, 0};
    struct vg_plan_visit d = {"border", 0, 4000, 3100, 3100, 0};
    so[2] = (struct vg_plan_sortie){.period_s = 4000, .visits = &c, .n_visits = 1};
    so[3] = (struct vg_plan_sortie){.period_s = 4000, .visits = &d, .n_visits = 1};
    plan.n_sorties = 4;
    assert_int_equal(vg_plan_predictability(NULL, &plan, &u, NULL), VG_OK);
    assert_float_equal(u.entropy_bits, 0, 1e-9);
    assert_float_equal(u.spread_s, 0, 1e-9);
}

static void format(const struct vg_plan *plan, struct vg_buf *out)
{
    vg_buf_reset(out);
    vg_plan_format(plan, out);
    assert_false(out->is_failed);
}

static void sound_within_the_promise_and_the_seed_decides(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(4);
    struct vg_plan plan = solve(&w);
    struct vg_plan out[3];
    struct vg_unpredictable told;
    struct vg_unpredictable before;
    struct vg_buf text[3] = {{0}};
    struct vg_check_report report;
    static const uint64_t SEEDS[3] = {7, 7, 8};
    assert_true(plan.worst_gap_s * 1.5 < w.revisit_s);
    assert_int_equal(vg_plan_predictability(&w, &plan, &before, NULL), VG_OK);
    assert_true(before.entropy_bits < 0.01);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(vg_plan_scatter(&w, &plan, 0.2, SEEDS[k], &out[k], &told, NULL), VG_OK);
        assert_int_equal(vg_check_plan(&out[k], &w, VG_LANG_EN, &report, NULL), VG_OK);
        if (!report.is_kept) {
            fail_msg("%s: %s", report.rule, report.violation);
        }
        assert_float_equal(told.share, 0.2, 1e-12);
        assert_true(out[k].worst_gap_s <= w.revisit_s);
        assert_true(out[k].period_s >= 48 * 3600);
        assert_true(told.entropy_bits > 1);
        assert_true(told.spread_s > 300);
        format(&out[k], &text[k]);
    }
    assert_string_equal(vg_buf_text(&text[0]), vg_buf_text(&text[1]));
    assert_string_not_equal(vg_buf_text(&text[0]), vg_buf_text(&text[2]));
    for (int k = 0; k < 3; k++) {
        vg_plan_finish(&out[k]);
        vg_buf_finish(&text[k]);
    }
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* Only as much as the promise allows is given away; nothing where it is broken already. */
static void no_more_than_the_promise_allows(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(4);
    struct vg_plan plan = solve(&w);
    struct vg_plan out;
    struct vg_unpredictable told;
    struct vg_error err = {0};
    w.revisit_s = w.network.stretches[0].revisit_s = plan.worst_gap_s * 1.3;
    for (int k = 0; k < plan.n_stretches; k++) {
        plan.stretches[k].revisit_s = w.revisit_s;
    }
    assert_int_equal(vg_plan_scatter(&w, &plan, 0.5, 1, &out, &told, &err), VG_OK);
    assert_true(told.share > 0.02 && told.share < 0.3);
    assert_true(out.worst_gap_s <= w.revisit_s);
    vg_plan_finish(&out);
    w.revisit_s = plan.worst_gap_s * 0.9;
    assert_int_equal(vg_plan_scatter(&w, &plan, 0.5, 1, &out, &told, &err), VG_E_INVALID);
    assert_non_null(strstr(err.message, "no time to give away"));
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* Whatever the watch: sound wherever the plan was. */
static void random_watches_stay_sound(void **state)
{
    (void)state;
    int n = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_plan plan = {0};
        struct vg_plan out = {0};
        struct vg_unpredictable told;
        struct vg_check_report report;
        const struct vg_planner_options coarse = {.site_step_m = 2000};
        if (vg_planner_solve(&w, NULL, &coarse, &plan, NULL) == VG_OK &&
            vg_plan_scatter(&w, &plan, 0.15, seed, &out, &told, NULL) == VG_OK) {
            assert_int_equal(vg_check_plan(&out, &w, VG_LANG_EN, &report, NULL), VG_OK);
            if (!report.is_kept) {
                fail_msg("seed %d: %s: %s", (int)seed, report.rule, report.violation);
            }
            n++;
        }
        vg_plan_finish(&out);
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
    assert_true(n >= 15);
}

static void assert_holds(const struct vg_plan *plan, const struct vg_watchfile *w, int seed)
{
    struct vg_check_report report;
    assert_int_equal(vg_check_plan(plan, w, VG_LANG_EN, &report, NULL), VG_OK);
    if (!report.is_kept) {
        fail_msg("seed %d: %s: %s", seed, report.rule, report.violation);
    }
}

static int by_size(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

/* Gaps at a place of the first line that are longer than is wanted there, in so many seconds. */
static int long_gaps(const struct vg_plan *plan, double s_m, double period_s)
{
    double times[1024];
    double wish_s = 0;
    int n = 0;
    int n_long = 0;
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        bool is_there = st->from_m <= s_m && s_m < st->to_m && !st->is_unreachable;
        wish_s = is_there ? st->revisit_s : wish_s;
    }
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        for (int v = 0; v < so->n_visits; v++) {
            const struct vg_plan_visit *x = &so->visits[v];
            double share = (s_m - x->from_m) / (x->to_m - x->from_m);
            for (double t = 0; share >= 0 && share <= 1 && t < period_s - 1; t += so->period_s) {
                assert_true(n < 1024);
                times[n++] = fmod(x->t0_s + share * (x->t1_s - x->t0_s) + t, period_s);
            }
        }
    }
    qsort(times, (size_t)n, sizeof *times, by_size);
    for (int k = 0; k < n && wish_s > 0; k++) {
        double gap_s = (k + 1 < n ? times[k + 1] : times[0] + period_s) - times[k];
        n_long += gap_s > wish_s + 1;
    }
    return n_long;
}

/* Closed nights, on some watches cameras for the day or work on the drones: the checker finds
 * hours, light, pads and work kept, gaps are within the promise or, where the plan broke it, no
 * longer than the share allows, and there is more to guess than before. The seed decides. */
static void days_stay_sound(void **state)
{
    (void)state;
    int n = 0;
    double before_bits = 0;
    double bits = 0;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_plan plan = {0};
        struct vg_plan out = {0};
        struct vg_plan again = {0};
        struct vg_unpredictable told;
        struct vg_unpredictable before;
        struct vg_error err = {0};
        const struct vg_planner_options coarse = {.site_step_m = 2000, .moves = 5000, .day = 20785};
        for (int b = 0; b < w.n_bases && seed % 4 != 0; b++) {
            assert_true(
                vg_hours_add(&w.bases[b].closed, (struct vg_hours_span){22 * 3600, 28 * 3600}));
        }
        if (seed % 4 < 2) {
            w.cameras[0] = (struct vg_wf_camera){.name = "eye", .light = VG_LIGHT_DAY};
            w.n_cameras = 1;
            w.types[0].camera = 0;
        }
        w.types[0].maintenance_s = seed % 3 == 0 ? 7200 : 0;
        w.types[0].maintenance_every_s = 40 * 3600;
        if (vg_planner_solve(&w, NULL, &coarse, &plan, NULL) == VG_OK) {
            assert_holds(&plan, &w, (int)seed);
            assert_int_equal(vg_plan_predictability(&w, &plan, &before, NULL), VG_OK);
            assert_int_equal(vg_plan_scatter(&w, &plan, 0.15, seed, &out, &told, &err), VG_OK);
            assert_int_equal(vg_plan_scatter(&w, &plan, 0.15, seed, &again, &told, &err), VG_OK);
            assert_holds(&out, &w, (int)seed);
            assert_true(out.worst_gap_s <= 1.15 * fmax(plan.worst_gap_s, w.revisit_s));
            for (double m = 1234; m < w.network.lines[0].length_m && !plan.has_daylight;
                 m += 5000) {
                assert_true(long_gaps(&out, m, out.period_s) <= long_gaps(&plan, m, out.period_s));
            }
            assert_true(out.is_clocked && out.has_daylight == plan.has_daylight);
            struct vg_buf text[2] = {{0}};
            format(&out, &text[0]);
            format(&again, &text[1]);
            assert_string_equal(vg_buf_text(&text[0]), vg_buf_text(&text[1]));
            vg_buf_finish(&text[0]);
            vg_buf_finish(&text[1]);
            before_bits += before.entropy_bits;
            bits += told.entropy_bits;
            n++;
        }
        vg_plan_finish(&again);
        vg_plan_finish(&out);
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }

    assert_true(n >= 6);
    assert_true(bits > before_bits + 0.5 * n);
}

/* In a wind by the hour a flight takes another time at another hour. */
static void no_other_hours_in_another_wind(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    struct vg_plan plan = {0};
    struct vg_plan out;
    struct vg_unpredictable told;
    struct vg_error err = {0};
    const struct vg_planner_options coarse = {.site_step_m = 2000, .moves = 3000};
    w.has_wind_hours = true;
    assert_int_equal(vg_planner_solve(&w, NULL, &coarse, &plan, NULL), VG_OK);
    assert_int_equal(vg_plan_scatter(&w, &plan, 0.2, 1, &out, &told, &err), VG_E_INVALID);
    assert_non_null(strstr(err.message, "wind by the hour"));
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entropy_by_hand),
        cmocka_unit_test(sound_within_the_promise_and_the_seed_decides),
        cmocka_unit_test(no_more_than_the_promise_allows),
        cmocka_unit_test(random_watches_stay_sound),
        cmocka_unit_test(days_stay_sound),
        cmocka_unit_test(no_other_hours_in_another_wind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
