/* The planner against hand calculation and against the checker. */
#include "base/units.h"
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/path.h"
#include "plan/planner.h"
#include "plan/table.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Random watches of each kind: fewer under the sanitizers, several times slower; the build for
 * users judges all. */
enum {
#ifdef VG_DEBUG
    N_FIRST = 40,
    N_SEARCHED = 20,
    DEALT_FIRST = 29,
    DEALT_LAST = 40
#else
    N_FIRST = 100,
    N_SEARCHED = 60,
    DEALT_FIRST = 1,
    DEALT_LAST = 60
#endif
};

static struct vg_plan solve(const struct vg_watchfile *w)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    if (vg_planner_solve(w, NULL, NULL, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

/* Wind 5 m/s from the north, airspeed 25: north 20, south 30, east sqrt(25^2 - 5^2) = 24.494897. */
static void ground_speed_by_heading(void **state)
{
    (void)state;
    const struct vg_airspeed a = {.cruise_mps = 25, .wind_from_deg = 0, .wind_mps = 5};
    assert_float_equal(vg_airspeed_ground_mps(&a, 0), 20, 1e-9);
    assert_float_equal(vg_airspeed_ground_mps(&a, 180), 30, 1e-9);
    assert_float_equal(vg_airspeed_ground_mps(&a, 90), 24.494897427831781, 1e-9);
    const struct vg_airspeed blown = {.cruise_mps = 4, .wind_from_deg = 90, .wind_mps = 5};
    assert_float_equal(vg_airspeed_ground_mps(&blown, 0), 0, 0);
}

/* 100 km of straight line, base 20 km beside its middle: out sqrt(50^2 + 20^2) = 53.852 km, 100 km
 * along, 53.852 km home at 25 m/s: 8308.1 s; 100 s of climb and 100 s of descent: 8508.1 s; 2700 s
 * of turnaround: every 11208.1 s with one drone, a third with three. The landing's circuit takes
 * 2400 / 25 + 30 = 126 s of the battery more. The earth's curve over 50 km changes it by less than
 * one part in a thousand. */
static void a_straight_line_by_hand(void **state)
{
    (void)state;
    for (int n = 1; n <= 3; n += 2) {
        struct vg_watchfile w = fixture_straight(n);
        struct vg_plan plan = solve(&w);
        assert_int_equal(plan.n_sorties, n);
        assert_true(fabs(plan.worst_gap_s - 11208.1 / n) <= 11.2 / n + 0.2);
        assert_float_equal(plan.period_s, 11208.1, 12);
        assert_float_equal(plan.sorties[0].energy, (8508.1 + 126) / 18000, 1e-3);
        /* One sortie is also the cheapest fractional plan here, so the bound touches (rounding and
         * 0.05 % of closeness apart). */
        assert_float_equal(plan.ratio, 1, 2e-3);
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
}

static void cuts_are_shared(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(2);
    w.types[0].endurance_s = 8000; /* 6800 s usable: 170 km less climb: at least two sorties */
    struct vg_plan plan = solve(&w);
    assert_int_equal(plan.n_sorties, 4);
    double covered_m = 0;
    for (int k = 0; k < plan.n_sorties; k++) {
        for (int v = 0; v < plan.sorties[k].n_visits; v++) {
            covered_m += fabs(plan.sorties[k].visits[v].to_m - plan.sorties[k].visits[v].from_m);
        }
        assert_true(plan.sorties[k].energy <= 0.85);
    }
    assert_float_equal(covered_m, 2 * 100000,
                       4); /* each of two drones sweeps all of it, metre by metre */
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* The path and the line are never further apart than the tolerance at equal s. */
static void a_path_keeps_to_its_line(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        const struct vg_line *line = &w.network.lines[0];
        struct vg_flypath path;
        struct vg_error err = {0};
        assert_int_equal(vg_flypath_create(line, 300, &path, &err), VG_OK);
        assert_true(path.n <= line->n + (int)(line->length_m / 5000) + 1);
        for (int k = 0; k < line->n - 1; k++) {
            double s = line->s_m[k];
            double lat, lon;
            vg_flypath_at(&path, s, &lat, &lon);
            double off_m = vg_geo_distance_m(lat, lon, line->lat_deg[k], line->lon_deg[k]);
            if (off_m > 300 * 1.01) {
                fail_msg("seed %d: %.0f m off at %.0f m", (int)seed, off_m, s);
            }
        }
        vg_flypath_finish(&path);
        vg_watchfile_finish(&w);
    }
}

static void same_watch_same_bytes(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_random(3);
    struct vg_buf text[2] = {{0}, {0}};
    for (int k = 0; k < 2; k++) {
        struct vg_plan plan = solve(&w);
        vg_plan_format(&plan, &text[k]);
        vg_plan_finish(&plan);
    }
    assert_string_equal(vg_buf_text(&text[0]), vg_buf_text(&text[1]));
    vg_buf_finish(&text[0]);
    vg_buf_finish(&text[1]);
    vg_watchfile_finish(&w);
}

static void refused(struct vg_watchfile *w, const char *part)
{
    struct vg_plan plan = {.period_s = -7};
    struct vg_error err = {0};
    assert_int_equal(vg_planner_solve(w, NULL, NULL, &plan, &err), VG_E_INVALID);
    assert_true(plan.period_s == -7);
    if (strstr(err.message, part) == NULL) {
        fail_msg("expected \"%s\" in \"%s\"", part, err.message);
    }
    vg_watchfile_finish(w);
}

static void impossible_watches_say_what_would_help(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(0);
    refused(&w, "no drones");
    w = fixture_straight(1);
    w.wind_mps = 26;
    refused(&w, "below 25.0 m/s");
    w = fixture_straight(1);
    w.types[0].endurance_s = 1200; /* 17 min usable; 20 km out and back take 27 */
    refused(&w, "a base within");
}

/* 20 km out and back, climb and descent take 30 min, the first link of 500 m to 5 km some more: of
 * 85 % of the endurance. And 17 min less climb fly 20.5 km there and back. */
static void figures_that_would_do_do(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    w.types[0].endurance_s = 1200;
    assert_int_equal(vg_planner_solve(&w, NULL, NULL, &plan, &err), VG_E_INVALID);
    const char *near = strstr(err.message, "a base within ");
    const char *longer = strstr(err.message, "at least ");
    assert_non_null(near);
    assert_non_null(longer);
    longer = strstr(longer + 1, "at least "); /* the first one says what is needed */
    assert_non_null(longer);
    double near_km = strtod(near + strlen("a base within "), NULL);
    double longer_min = strtod(longer + strlen("at least "), NULL);
    assert_true(near_km >= 5 && near_km <= 10);
    assert_true(longer_min >= 36 && longer_min <= 45);
    w.types[0].endurance_s = longer_min * 60;
    plan = solve(&w);
    vg_plan_finish(&plan);
    w.types[0].endurance_s = 1200;
    double mid_lat, mid_lon;
    vg_geo_direct(10, 0, 0, 50000, &mid_lat, &mid_lon);
    vg_geo_direct(mid_lat, mid_lon, 90, near_km * 1000, &w.bases[0].lat_deg, &w.bases[0].lon_deg);
    plan = solve(&w);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* 20 km beside, 3600 s endurance: 3060 s less 200 s of climb is 71.5 km: the ends 54 km away cannot
 * be reached, the middle can. */
static void what_is_out_of_reach_is_listed(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    w.types[0].endurance_s = 3600;
    struct vg_plan plan = solve(&w);
    assert_int_equal(plan.n_stretches, 3);
    assert_true(plan.stretches[0].is_unreachable && !plan.stretches[1].is_unreachable &&
                plan.stretches[2].is_unreachable);
    assert_string_equal(plan.stretches[1].id, "S1.2");
    assert_non_null(strstr(plan.stretches[0].reason, "from Camp"));
    /* 3060 s less 200 up and down and 126 to land, at 25 m/s: out and back 34.2 km each way at
     * most, sqrt(34.2^2 - 20^2) = 27.7 km to each side of the middle. */
    assert_float_equal(plan.stretches[1].from_m, 50000 - 27700, 600);
    assert_float_equal(plan.stretches[1].to_m, 50000 + 27700, 600);
    struct vg_buf table = {0};
    vg_plan_table(&plan, &w, w.revisit_s, VG_LANG_FR, &table);
    assert_non_null(strstr(vg_buf_text(&table), "NON VEILLÉ : S1.1"));
    assert_non_null(strstr(vg_buf_text(&table), "Camp"));
    vg_buf_finish(&table);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* Any watch: the checker, after a turn through the file, finds nothing, and no gap is under the
 * bound. */
static void random_watches_are_never_refused(void **state)
{
    (void)state;
    const char *only = getenv("SEED");
    uint64_t from = only != NULL ? strtoull(only, NULL, 10) : 1;
    uint64_t to = only != NULL ? from : N_FIRST;
    int solved = 0;
    for (uint64_t seed = from; seed <= to; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        const struct vg_planner_options coarse = {.site_step_m = 1500};
        struct vg_plan plan = {0};
        struct vg_plan again = {0};
        struct vg_error err = {0};
        struct vg_check_report report;
        struct vg_buf text = {0};
        if (vg_planner_solve(&w, NULL, &coarse, &plan, &err) != VG_OK) {
            if (strstr(err.message, "no drone reaches") == NULL) {
                fail_msg("SEED=%d: %s", (int)seed, err.message);
            }
            vg_watchfile_finish(&w);
            continue;
        }
        vg_plan_format(&plan, &text);
        assert_int_equal(vg_plan_parse(text.data, text.n, "plan", &again, &err), VG_OK);
        assert_int_equal(vg_check_plan(&again, &w, VG_LANG_EN, &report, &err), VG_OK);
        if (!report.is_kept || !(plan.bound_s > 0) || plan.worst_gap_s < plan.bound_s * 0.9999) {
            fail_msg("SEED=%d: [%s] %s; worst %.1f bound %.1f", (int)seed, report.rule,
                     report.violation, plan.worst_gap_s, plan.bound_s);
        }
        solved++;
        vg_buf_finish(&text);
        vg_plan_finish(&plan);
        vg_plan_finish(&again);
        vg_watchfile_finish(&w);
    }
    assert_true(only != NULL || solved > N_FIRST * 4 / 5);
}

/* The same with the search for rotas: what it finds is never refused, never worse than the first
 * plan, and the same again from the same seed. */
static void random_rotas_are_never_refused(void **state)
{
    (void)state;
    const char *only = getenv("SEED");
    uint64_t from = only != NULL ? strtoull(only, NULL, 10) : 1;
    uint64_t to = only != NULL ? from : N_SEARCHED;
    int better = 0;
    for (uint64_t seed = from; seed <= to; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        const struct vg_planner_options first = {.site_step_m = 1500};
        const struct vg_planner_options search = {.site_step_m = 1500, .moves = 60000, .seed = 1};
        struct vg_plan plans[3] = {{0}};
        struct vg_error err = {0};
        struct vg_check_report report;
        struct vg_buf text[2] = {{0}};
        bool is_ok = vg_planner_solve(&w, NULL, &first, &plans[0], &err) == VG_OK &&
                     vg_planner_solve(&w, NULL, &search, &plans[1], &err) == VG_OK &&
                     vg_planner_solve(&w, NULL, &search, &plans[2], &err) == VG_OK;
        if (!is_ok && strstr(err.message, "no drone reaches") == NULL) {
            fail_msg("SEED=%d: %s", (int)seed, err.message);
        }
        if (is_ok) {
            vg_plan_format(&plans[1], &text[0]);
            vg_plan_format(&plans[2], &text[1]);
            assert_string_equal(vg_buf_text(&text[0]), vg_buf_text(&text[1]));
            assert_true(plans[1].worst_gap_s <= plans[0].worst_gap_s);
            better += plans[1].worst_gap_s < plans[0].worst_gap_s;
            assert_int_equal(vg_check_plan(&plans[1], &w, VG_LANG_EN, &report, &err), VG_OK);
            if (!report.is_kept) {
                fail_msg("SEED=%d: [%s] %s", (int)seed, report.rule, report.violation);
            }
        }
        for (int k = 0; k < 3; k++) {
            vg_plan_finish(&plans[k]);
        }
        vg_buf_finish(&text[0]);
        vg_buf_finish(&text[1]);
        vg_watchfile_finish(&w);
    }
    print_message("%d plans made better\n", better);
    assert_true(only != NULL || better > N_SEARCHED / 6);
}

/* Three drones without a base, the near base and one far from the line: all go where they are of
 * use, and every one has a base. */
static void drones_are_placed(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    struct vg_error err = {0};
    fixture_base(&w, "Far", 20, 10, 2);
    for (int d = 0; d < w.n_drones; d++) {
        w.drones[d].base = -1;
    }
    assert_int_equal(vg_planner_station(&w, &err), VG_OK);
    for (int d = 0; d < w.n_drones; d++) {
        assert_int_equal(w.drones[d].base, 0);
    }
    w.bases[0].lat_deg = -20;
    w.drones[0].base = -1;
    assert_int_equal(vg_planner_station(&w, &err), VG_E_INVALID);
    assert_non_null(strstr(err.message, "a base within"));
    vg_watchfile_finish(&w);
}

static int drones_at(const struct vg_watchfile *w, int base)
{
    int n = 0;
    for (int d = 0; d < w->n_drones; d++) {
        n += w->drones[d].base == base;
    }
    return n;
}

/* Drones without a base, several revisits: the search may fly them from other bases than they were
 * given first. Whoever follows the plan finds it right; now and then a drone has moved, and then
 * the checker refuses the plan for the drones as they were first. */
static void drones_are_dealt_anew(void **state)
{
    (void)state;
    int moved = 0;
    int refused = 0;
    for (uint64_t seed = DEALT_FIRST; seed <= DEALT_LAST; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        const struct vg_planner_options search = {.site_step_m = 1500, .moves = 100000, .seed = 1};
        struct vg_plan plan = {0};
        struct vg_error err = {0};
        struct vg_check_report report;
        int at[8] = {0};
        for (int d = 0; d < w.n_drones; d++) {
            w.drones[d].base = -1;
        }
        if (w.n_bases > 1 && vg_planner_station(&w, &err) == VG_OK &&
            vg_planner_solve(&w, NULL, &search, &plan, &err) == VG_OK) {
            bool has_moved = false;
            assert_int_equal(vg_check_plan(&plan, &w, VG_LANG_EN, &report, &err), VG_OK);
            bool is_refused = !report.is_kept;
            for (int b = 0; b < w.n_bases; b++) {
                at[b] = drones_at(&w, b);
            }
            vg_planner_adopt(&plan, &w);
            for (int b = 0; b < w.n_bases; b++) {
                has_moved = has_moved || drones_at(&w, b) != at[b];
            }
            moved += has_moved;
            refused += has_moved && is_refused;
            assert_true(has_moved || !is_refused);
            assert_int_equal(vg_check_plan(&plan, &w, VG_LANG_EN, &report, &err), VG_OK);
            if (!report.is_kept) {
                fail_msg("SEED=%d: [%s] %s", (int)seed, report.rule, report.violation);
            }
        }
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
    print_message("drones moved in %d plans, %d of them refused as dealt first\n", moved, refused);
    assert_true(moved > 0 && refused > 0);
}

static bool stop(void *ctx, double share)
{
    (void)ctx;
    (void)share;
    return false;
}

static void can_be_stopped(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct vg_plan plan;
    struct vg_error err = {0};
    const struct vg_planner_options o = {.progress = stop};
    assert_int_equal(vg_planner_solve(&w, NULL, &o, &plan, &err), VG_E_TIMEOUT);
    vg_watchfile_finish(&w);
}

/* A wall of 1,500 m a few kilometres before the line: the drone must have climbed before it, and
 * keeps 70 % of its height above all ground. */
static void heights_clear_the_ground(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    enum {
        N = 140
    };
    static float h[N * N];
    for (int r = 0; r < N; r++) {
        for (int c = 0; c < N; c++) {
            h[r * N + c] = c >= 70 && c < 75 ? 1500 : 100;
        }
    }
    /* 1.4 degrees from 11.1 N, 0.7 W: column 70 is at longitude 0. */
    struct vg_terrain *terrain;
    struct vg_error err = {0};
    assert_int_equal(vg_terrain_from_array(h, N, N, 11.1, -0.7, 0.01, 0.01, &terrain, &err), VG_OK);
    struct vg_plan plan;
    assert_int_equal(vg_planner_solve(&w, terrain, NULL, &plan, &err), VG_OK);
    const struct vg_plan_sortie *so = &plan.sorties[0];
    for (int k = 1; k < so->n_track; k++) {
        const struct vg_plan_point *a = &so->track[k - 1];
        const struct vg_plan_point *b = &so->track[k];
        for (int q = 0; q <= 20 && k > 1 && k < so->n_track - 1; q++) {
            double f = q / 20.0;
            double alt = a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m);
            double ground =
                vg_terrain_height_msl_m(terrain, a->lat_deg + f * (b->lat_deg - a->lat_deg),
                                        a->lon_deg + f * (b->lon_deg - a->lon_deg));
            if (alt < ground + 0.7 * 300) {
                fail_msg("%.0f m above the ground at %.1f s", alt - ground, a->t_s);
            }
        }
    }
    struct vg_check_report report;
    assert_int_equal(vg_check_plan(&plan, &w, VG_LANG_EN, &report, &err), VG_OK);
    assert_string_equal(report.violation, "");
    vg_terrain_destroy(terrain);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ground_speed_by_heading),
        cmocka_unit_test(a_straight_line_by_hand),
        cmocka_unit_test(cuts_are_shared),
        cmocka_unit_test(a_path_keeps_to_its_line),
        cmocka_unit_test(same_watch_same_bytes),
        cmocka_unit_test(impossible_watches_say_what_would_help),
        cmocka_unit_test(figures_that_would_do_do),
        cmocka_unit_test(what_is_out_of_reach_is_listed),
        cmocka_unit_test(can_be_stopped),
        cmocka_unit_test(heights_clear_the_ground),
        cmocka_unit_test(random_watches_are_never_refused),
        cmocka_unit_test(random_rotas_are_never_refused),
        cmocka_unit_test(drones_are_placed),
        cmocka_unit_test(drones_are_dealt_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
