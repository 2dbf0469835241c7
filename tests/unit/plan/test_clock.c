/* Plans that go by the clock: closed hours and daylight kept, told, bounded and checked. */
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/clock.h"
#include "plan/planner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
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
static const int64_t DAY = 20785; /* 2026-11-28 */

static struct vg_plan solve_in(const struct vg_watchfile *w, int64_t moves)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options coarse = {.site_step_m = 1500, .moves = moves, .day = DAY};
    if (vg_planner_solve(w, NULL, &coarse, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

static struct vg_plan solve(const struct vg_watchfile *w)
{
    return solve_in(w, 30000);
}

static struct vg_check_report check(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    struct vg_check_report report;
    struct vg_error err = {0};
    assert_int_equal(vg_check_plan(plan, w, VG_LANG_EN, &report, &err), VG_OK);
    return report;
}

static void close_base(struct vg_watchfile *w, int base, double from_h, double to_h)
{
    assert_true(
        vg_hours_add(&w->bases[base].closed, (struct vg_hours_span){from_h * 3600, to_h * 3600}));
}

static void give_camera(struct vg_watchfile *w, enum vg_light light)
{
    w->cameras[0] = (struct vg_wf_camera){.name = "eo",
                                          .width_px = 1920,
                                          .height_px = 1080,
                                          .hfov_min_deg = 6,
                                          .hfov_max_deg = 60,
                                          .gimbal = VG_GIMBAL_3AXIS,
                                          .light = light,
                                          .max_gsd_m = 2.5,
                                          .max_range_m = 8000};
    w->n_cameras = 1;
    w->types[0].camera = 0;
}

static void expect_rule(const struct vg_plan *plan, const struct vg_watchfile *w, const char *rule)
{
    struct vg_check_report report = check(plan, w);
    assert_false(report.is_kept);
    assert_string_equal(report.rule, rule);
}

/* Turns and grows through the day, up to 9 m/s. */
static void blow(struct vg_watchfile *w)
{
    w->has_wind_hours = true;
    for (int h = 0; h < VG_DAY_HOURS; h++) {
        w->wind_hours[h] = (struct vg_wf_wind){fmod(200 + 13.0 * h, 360), 5 + 4 * sin(h / 3.0)};
    }
}

static void ask_maintenance(struct vg_watchfile *w, double work_h, double every_h)
{
    w->types[0].maintenance_s = work_h * 3600;
    w->types[0].maintenance_every_s = every_h * 3600;
}

/* Is a time of day inside from_h to to_h, by the plain reading of a clock? */
static bool is_between(double t_s, double from_h, double to_h)
{
    double h = fmod(t_s, 86400) / 3600;
    return to_h <= 24 ? h > from_h && h < to_h : h > from_h || h < to_h - 24;
}

static void keeps_closed_hours(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(2);
    close_base(&w, 0, 22, 29);
    close_base(&w, 0, 12, 13);
    struct vg_plan plan = solve(&w);
    struct vg_check_report report = check(&plan, &w);
    assert_string_equal(report.violation, "");
    assert_true(plan.is_clocked && !plan.has_daylight);
    assert_true(plan.n_sorties >= 6);
    for (int k = 0; k < plan.n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan.sorties[k];
        assert_near(remainder(so->period_s, 86400), 0, 1e-6);
        assert_false(is_between(so->takeoff_s, 22, 29) || is_between(so->land_s, 22, 29));
        assert_false(is_between(so->takeoff_s, 12, 13) || is_between(so->land_s, 12, 13));
    }
    /* The furthest place is 20 km east and 50 km along: 53,852 m. Closed 7 h; home and out at 25
     * m/s; up and down 300 m at 3 m/s. */
    double forced_s = 7 * 3600 + 2 * (53852.0 / 25 + 100);
    assert_near(plan.blind_s, forced_s, 130);
    assert_true(plan.bound_s > forced_s - 130 && plan.bound_s <= forced_s + 1);
    assert_true(plan.worst_gap_s >= plan.bound_s && plan.worst_gap_s < 1.25 * plan.bound_s);
    assert_true(plan.by_day_s <= 1.05 * w.revisit_s);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* Twelve bases along 1,800 km, three drones each, and hardly any search: night and day are laid out
 * from the beginning. */
static void long_line_at_night(void **state)
{
    (void)state;
    const double lat_deg[] = {0, 4, 8, 12, 16};
    const double lon_deg[] = {0, 0.2, 0, -0.2, 0};
    struct vg_watchfile w = fixture_watch(lat_deg, lon_deg, 5);
    for (int b = 0; b < 12; b++) {
        char name[8];
        vg_format(name, sizeof name, "B%d", b + 1);
        fixture_base(&w, name, 0.7 + 1.32 * b, 0.35, 2);
        fixture_drones(&w, b, 3);
        close_base(&w, b, 22, 29);
    }
    struct vg_plan plan = solve_in(&w, 2000);
    assert_string_equal(check(&plan, &w).violation, "");
    assert_true(plan.ratio < 1.1);
    assert_true(plan.by_day_s <= 1.3 * w.revisit_s);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* A short closing that a flight can outlast forces nothing. */
static void short_hours_force_nothing(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    close_base(&w, 0, 11, 12);
    struct vg_plan plan = solve(&w);
    assert_string_equal(check(&plan, &w).violation, "");
    assert_near(plan.blind_s, 0, 0);
    assert_true(plan.worst_gap_s <= w.revisit_s);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* Hours of flight of a drone from one time to another, its plan laid out day by day. */
static double flown_h(const struct vg_plan *plan, const char *drone, double from_s, double to_s)
{
    double sum_s = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        for (double t = so->takeoff_s - so->period_s; strcmp(so->drone, drone) == 0 && t < to_s;
             t += so->period_s) {
            sum_s += t >= from_s ? so->land_s - so->takeoff_s : 0;
        }
    }
    return sum_s / 3600;
}

/* From the end of each of a drone's works to the next one it flies at most so long, and it is on
 * the ground meanwhile. */
static void expect_maintained(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    double every_h = w->types[0].maintenance_every_s / 3600;
    for (int d = 0; d < w->n_drones && every_h > 0; d++) {
        const char *id = w->drones[d].id;
        int n = 0;
        for (int k = 0; k < plan->n_slots; k++) {
            const struct vg_plan_slot *x = &plan->slots[k];
            double next_s = x->from_s + x->period_s;
            for (int q = 0; q < plan->n_slots; q++) {
                double at_s = plan->slots[q].from_s;
                at_s += at_s > x->from_s ? 0 : plan->slots[q].period_s;
                next_s = strcmp(plan->slots[q].drone, id) == 0 ? fmin(next_s, at_s) : next_s;
            }
            if (strcmp(x->drone, id) == 0) {
                n++;
                assert_near(x->to_s - x->from_s, w->types[0].maintenance_s, 0.2);
                assert_true(flown_h(plan, id, x->to_s, next_s) <= every_h);
                assert_near(flown_h(plan, id, x->from_s, x->to_s), 0, 0);
            }
        }
        assert_true(n > 0 || flown_h(plan, id, 0, plan->period_s) <= 0);
    }
}

static void random_watches_hold(void **state)
{
    (void)state;
    int n_planned = 0;
    int n_clocked = 0;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_rng rng = vg_rng_seed(seed);
        for (int b = 0; b < w.n_bases; b++) {
            double from_h = floor(24 * vg_rng_unit(&rng));
            if (vg_rng_below(&rng, 4) > 0) {
                close_base(&w, b, from_h, from_h + 1 + floor(9 * vg_rng_unit(&rng)));
            }
        }
        if (seed % 3 == 0) {
            give_camera(&w, VG_LIGHT_DAY);
        }
        if (seed % 4 == 1) {
            ask_maintenance(&w, 3, 40);
        }
        if (seed % 5 < 2) {
            blow(&w);
        }
        struct vg_plan plan = {0};
        struct vg_error err = {0};
        const struct vg_planner_options o = {.site_step_m = 3000, .moves = 16000, .day = DAY};
        enum vg_status st = vg_planner_solve(&w, NULL, &o, &plan, &err);
        n_clocked += st != VG_OK || plan.is_clocked;
        if (st == VG_OK && plan.is_clocked) {
            assert_string_equal(check(&plan, &w).violation, "");
            assert_true(plan.worst_gap_s >= plan.bound_s * (1 - 1e-9));
            expect_maintained(&plan, &w);
            n_planned++;
        }
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
    assert_int_equal(n_planned, n_clocked);
}

/* Can a drone see a place at minute v: some flight of whole minutes, out_m there and home_m back,
 * that the battery lasts for and whose ends are in open hours? */
static bool can_see(const struct vg_hours *closed, int v, double out_m, double home_m,
                    double usable_m)
{
    for (int up = v - (int)usable_m - 1; up <= v - out_m; up++) {
        for (int down = (int)ceil(v + home_m); down - up <= usable_m; down++) {
            if (!vg_hours_hold(closed, 60.0 * up) && !vg_hours_hold(closed, 60.0 * down)) {
                return true;
            }
        }
    }
    return false;
}

static void blind_hours_by_trying_flights(void **state)
{
    (void)state;
    static const double HOURS[][2] = {{22, 29}, {20, 28.5}, {0, 6}, {3, 6}, {23, 27.5}};
    for (size_t q = 0; q < sizeof HOURS / sizeof HOURS[0]; q++) {
        struct vg_watchfile w = fixture_straight(1);
        struct vg_problem p;
        struct vg_clock clock;
        struct vg_error err = {0};
        close_base(&w, 0, HOURS[q][0], HOURS[q][1]);
        assert_int_equal(vg_problem_init(&p, &w, NULL, 5000, &err), VG_OK);
        assert_int_equal(vg_clock_make(&p, DAY, &clock, &err), VG_OK);
        int most = 0;
        const struct vg_nodes *nd = &p.nodes[0];
        for (int k = 0; k < p.chains[0].n; k += 5) {
            double way_s = vg_geo_distance_m(w.bases[0].lat_deg, w.bases[0].lon_deg, nd->lat_deg[k],
                                             nd->lon_deg[k]) /
                           25;
            int run = 0;
            most = 0;
            for (int v = 0; v < 2 * MINUTES; v++) {
                bool is_seen = can_see(&w.bases[0].closed, v, (way_s + 100) / 60,
                                       (way_s + 100) / 60, 0.85 * 300);
                run = is_seen ? 0 : run + 1;
                most = run > most ? run : most;
            }
            assert_near(clock.chains[0].blind_s[k], 60.0 * most, 181);
            assert_true(clock.chains[0].blind_s[k] <= 60.0 * (most + 1));
        }
        vg_problem_finish(&p);
        vg_watchfile_finish(&w);
    }
}

static void keeps_to_daylight(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(2);
    give_camera(&w, VG_LIGHT_DAY);
    struct vg_plan plan = solve(&w);
    assert_string_equal(check(&plan, &w).violation, "");
    assert_true(plan.is_clocked && plan.has_daylight && plan.daylight_day == DAY);
    /* At 10 N on 4 December, declination -22.2: cos H = (sin -6 - sin 10 sin -22.2) / (cos 10 cos
     * -22.2), H = 92.45 degrees each side of noon: dark for 11 h 40 min. Over the week noon comes
     * 2.7 min later by the clock (equation of time). */
    assert_near(plan.blind_s, 11 * 3600 + 40 * 60 + 160, 150);
    assert_true(plan.worst_gap_s < plan.blind_s * 1.2);
    /* Another camera sees by night: no clock, a gap of hours less. */
    w.cameras[0].light = VG_LIGHT_ANY;
    struct vg_plan any = solve(&w);
    assert_false(any.is_clocked);
    assert_true(any.worst_gap_s < 0.5 * plan.worst_gap_s);
    vg_plan_finish(&any);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* ---- wind by the hour ---- */

/* How far a drone comes on a track in dt seconds from t_s on, second by second: across the wind it
 * must hold against, along it the wind carries it. */
static double come_m(const struct vg_watchfile *w, double track_deg, double t_s, double dt_s)
{
    double sum = 0;
    for (double t = t_s; t < t_s + dt_s; t += 1) {
        const struct vg_wf_wind *x = &w->wind_hours[(int)(fmod(t, 86400) / 3600)];
        double a = (x->from_deg - track_deg) * acos(-1.0) / 180;
        double mps = sqrt(25.0 * 25 - pow(x->mps * sin(a), 2)) - x->mps * cos(a);
        sum += mps * fmin(1, t_s + dt_s - t);
    }
    return sum;
}

/* All legs but the climb, the descent and the way home are flown as fast as the hour's wind lets
 * the drone: no faster, no slower. */
static void flies_in_the_wind_of_the_hour(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(2);
    blow(&w);
    struct vg_plan plan = solve(&w);
    int n = 0;
    assert_string_equal(check(&plan, &w).violation, "");
    for (int s = 0; s < plan.n_sorties; s++) {
        const struct vg_plan_sortie *so = &plan.sorties[s];
        assert_true(so->land_s - so->takeoff_s <= 0.85 * 18000);
        for (int k = 2; k < so->n_track - 2; k++) {
            double m, az;
            vg_geo_inverse(so->track[k - 1].lat_deg, so->track[k - 1].lon_deg, so->track[k].lat_deg,
                           so->track[k].lon_deg, &m, &az, NULL);
            double dt_s = so->track[k].t_s - so->track[k - 1].t_s;
            double can_m = come_m(&w, az, so->track[k - 1].t_s, dt_s);
            assert_near(m, can_m, 0.01 * can_m + 4);
            n++;
        }
    }
    assert_true(n > 50);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* The same wind every hour is one wind: the same bound, but for what is given away. */
static void the_same_wind_every_hour(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(2);
    w.wind_from_deg = 30;
    w.wind_mps = 7;
    struct vg_plan one = solve(&w);
    blow(&w);
    for (int h = 0; h < VG_DAY_HOURS; h++) {
        w.wind_hours[h] = (struct vg_wf_wind){30, 7};
    }
    struct vg_plan hours = solve(&w);
    assert_string_equal(check(&hours, &w).violation, "");
    assert_true(hours.bound_s <= one.bound_s && hours.bound_s > 0.98 * one.bound_s);
    assert_true(hours.worst_gap_s < 1.25 * one.worst_gap_s);
    vg_plan_finish(&hours);
    vg_plan_finish(&one);
    vg_watchfile_finish(&w);
}

static void breaks_wind(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    blow(&w);
    struct vg_plan plan = solve(&w);
    assert_true(check(&plan, &w).is_kept);
    plan.is_clocked = false;
    expect_rule(&plan, &w, "clock");
    plan.is_clocked = true;
    plan.clock_s = 7 * 3600; /* the same flights in the wind of other hours */
    expect_rule(&plan, &w, "speed");
    plan.clock_s = 0;
    for (int h = 0; h < VG_DAY_HOURS; h++) { /* calm: nobody flies so fast */
        w.wind_hours[h].mps = 0;
    }
    expect_rule(&plan, &w, "speed");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* ---- maintenance ---- */

static void every_drone_is_maintained(void **state)
{
    (void)state;
    static const struct {
        int drones;
        double every_h;
        bool is_closed;
    } cases[] = {{2, 50, false}, {3, 30, false}, {3, 30, true}, {1, 12, false}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct vg_watchfile w = fixture_straight(cases[k].drones);
        ask_maintenance(&w, 4, cases[k].every_h);
        if (cases[k].is_closed) {
            close_base(&w, 0, 22, 29);
        }
        struct vg_plan plan = solve(&w);
        assert_string_equal(check(&plan, &w).violation, "");
        expect_maintained(&plan, &w);
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
}

/* Two drones at each of three bases, whatever the search comes to: turns are found in which both
 * are maintained, if need be with another timetable. */
static void turns_are_found(void **state)
{
    (void)state;
    const double lat_deg[] = {10, 12.7};
    const double lon_deg[] = {0, 0};
    static const char *const NAMES[] = {"A", "B", "C"};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct vg_watchfile w = fixture_watch(lat_deg, lon_deg, 2);
        struct vg_plan plan = {0};
        struct vg_error err = {0};
        const struct vg_planner_options coarse = {
            .site_step_m = 2500, .moves = 8000, .seed = seed, .day = DAY};
        for (int b = 0; b < 3; b++) {
            fixture_base(&w, NAMES[b], 10.45 + 0.9 * b, 0.1, 2);
            fixture_drones(&w, b, 2);
        }
        ask_maintenance(&w, 4, 50);
        if (vg_planner_solve(&w, NULL, &coarse, &plan, &err) != VG_OK) {
            fail_msg("seed %d: %s", (int)seed, err.message);
        }
        assert_string_equal(check(&plan, &w).violation, "");
        expect_maintained(&plan, &w);
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
}

/* ---- broken on purpose ---- */

static void breaks_maintenance(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(2);
    ask_maintenance(&w, 4, 50);
    struct vg_plan plan = solve(&w);
    assert_true(check(&plan, &w).is_kept);
    w.types[0].maintenance_every_s = 5 * 3600;
    expect_rule(&plan, &w, "maintenance"); /* flies longer than that between two */
    w.types[0].maintenance_every_s = 50 * 3600;
    w.types[0].maintenance_s += 600;
    expect_rule(&plan, &w, "maintenance"); /* too short a work */
    w.types[0].maintenance_s -= 600;
    double was_s = plan.slots[0].from_s;
    double takeoff_s = -1;
    for (int k = 0; k < plan.n_sorties && takeoff_s < 0; k++) {
        takeoff_s = strcmp(plan.sorties[k].drone, plan.slots[0].drone) == 0
                        ? plan.sorties[k].takeoff_s
                        : -1;
    }
    plan.slots[0].from_s = takeoff_s + 600;
    plan.slots[0].to_s += takeoff_s + 600 - was_s;
    expect_rule(&plan, &w, "maintenance"); /* in the air */
    plan.slots[0].to_s -= takeoff_s + 600 - was_s;
    plan.slots[0].from_s = was_s;
    assert_true(check(&plan, &w).is_kept);
    plan.slots[0].period_s += 86400;
    expect_rule(&plan, &w, "maintenance");
    plan.slots[0].period_s -= 86400;
    int n_slots = plan.n_slots;
    plan.n_slots = 0;
    expect_rule(&plan, &w, "maintenance"); /* never */
    plan.n_slots = n_slots;
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

static void shift(struct vg_plan_sortie *so, double by_s)
{
    so->takeoff_s += by_s;
    so->land_s += by_s;
    for (int k = 0; k < so->n_track; k++) {
        so->track[k].t_s += by_s;
    }
    for (int k = 0; k < so->n_visits; k++) {
        so->visits[k].t0_s += by_s;
        so->visits[k].t1_s += by_s;
    }
}

static void breaks_hours(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    close_base(&w, 0, 22, 29);
    struct vg_plan plan = solve(&w);
    int last = 0;
    int first = 0;
    for (int k = 0; k < plan.n_sorties; k++) {
        last = plan.sorties[k].land_s > plan.sorties[last].land_s ? k : last;
        first = plan.sorties[k].takeoff_s < plan.sorties[first].takeoff_s ? k : first;
    }
    double late_s = 22 * 3600 + 60 - fmod(plan.sorties[last].land_s, 86400);
    shift(&plan.sorties[last], late_s);
    expect_rule(&plan, &w, "closed");
    shift(&plan.sorties[last], -late_s);
    double early_s = fmod(plan.sorties[first].takeoff_s, 86400) - 5 * 3600 + 60;
    shift(&plan.sorties[first], -early_s);
    expect_rule(&plan, &w, "closed");
    shift(&plan.sorties[first], early_s);
    assert_true(check(&plan, &w).is_kept);
    /* The same plan begun an hour later by the clock. */
    plan.clock_s = 3600;
    expect_rule(&plan, &w, "closed");
    plan.clock_s = 0;
    plan.is_clocked = false;
    expect_rule(&plan, &w, "clock");
    plan.is_clocked = true;
    plan.sorties[0].period_s += 3600;
    expect_rule(&plan, &w, "clock");
    plan.sorties[0].period_s -= 3600;
    plan.bound_s *= 1.02;
    expect_rule(&plan, &w, "bound");
    plan.bound_s /= 1.02;
    /* With a base open an hour longer the certificate proves less. */
    w.bases[0].closed.spans[0].to_s -= 3600;
    expect_rule(&plan, &w, "bound");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

static void breaks_daylight(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    give_camera(&w, VG_LIGHT_DAY);
    struct vg_plan plan = solve(&w);
    assert_true(check(&plan, &w).is_kept);
    double honest_s = check(&plan, &w).worst_gap_s;
    plan.has_daylight = false;
    expect_rule(&plan, &w, "clock");
    plan.has_daylight = true;
    /* Half a day later by the clock all visits are in the dark: nothing is ever seen. */
    plan.clock_s = 43200;
    assert_false(check(&plan, &w).is_kept);
    assert_true(check(&plan, &w).worst_gap_s > 1.2 * honest_s);
    plan.clock_s = 0;
    /* Claims the gap that a camera for the night would have. */
    w.cameras[0].light = VG_LIGHT_ANY;
    plan.stretches[0].worst_gap_s = check(&plan, &w).worst_gap_s;
    w.cameras[0].light = VG_LIGHT_DAY;
    if (plan.stretches[0].worst_gap_s < honest_s - 2) {
        expect_rule(&plan, &w, "stretch-gap");
    }
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_closed_hours),
        cmocka_unit_test(long_line_at_night),
        cmocka_unit_test(short_hours_force_nothing),
        cmocka_unit_test(random_watches_hold),
        cmocka_unit_test(blind_hours_by_trying_flights),
        cmocka_unit_test(keeps_to_daylight),
        cmocka_unit_test(every_drone_is_maintained),
        cmocka_unit_test(turns_are_found),
        cmocka_unit_test(breaks_maintenance),
        cmocka_unit_test(flies_in_the_wind_of_the_hour),
        cmocka_unit_test(the_same_wind_every_hour),
        cmocka_unit_test(breaks_wind),
        cmocka_unit_test(breaks_hours),
        cmocka_unit_test(breaks_daylight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
