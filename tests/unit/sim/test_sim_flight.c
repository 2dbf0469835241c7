/* The flight model against worked examples. Wing: 25 m/s, climbs 3 m/s, sinks 2 m/s, 5 h. */
#include "base/units.h"
#include "sim/flight.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct vg_flight_config WING = {
    .lat_deg = 14.4,
    .lon_deg = -11.4,
    .alt_msl_m = 50,
    .cruise_mps = 25,
    .climb_mps = 3,
    .sink_mps = 2,
    .endurance_s = 18000,
    .seed = 7,
};

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance)) {
        print_error("got %.9g, expected %.9g within %g\n", got, expected, tolerance);
        fail();
    }
}

/* Airborne at 300 m above the ground, at cruise speed. */
static struct vg_flight fly(const struct vg_flight_config *config)
{
    struct vg_flight f;
    vg_flight_init(&f, config, vg_us(0));
    f.phase = VG_FLIGHT_AIRBORNE;
    f.alt_msl_m = config->alt_msl_m + 300;
    f.airspeed_mps = config->cruise_mps;
    f.goal.kind = VG_GOAL_STRAIGHT;
    f.goal.heading_true_deg = config->heading_true_deg;
    f.goal.alt_msl_m = f.alt_msl_m;
    return f;
}

static void run(struct vg_flight *f, double seconds)
{
    vg_flight_step(f, vg_us_add(f->now, vg_us_from_s(seconds)));
}

/* At full bank (40 deg): radius v^2 / (g tan 40) = 625 / (9.80665 x 0.8390996) = 75.954 m, so a
 * half circle takes pi x 75.954 / 25 = 9.545 s and ends 151.91 m to the side. The goal behind it
 * keeps the bank full; the diameter is measured between headings 90 and 270, both in the steady
 * turn. */
static void turn_radius_is_v2_over_g_tan_bank(void **state)
{
    (void)state;
    struct vg_flight f = fly(&WING);
    double east_at_90 = 0, north_at_90 = 0, at_90_s = 0;
    bool is_past_90 = false;
    while (f.heading_true_deg < 269.9) {
        f.goal.heading_true_deg = vg_wrap_360_deg(f.heading_true_deg + 170);
        vg_flight_step_once(&f);
        if (!is_past_90 && f.heading_true_deg >= 90 && f.heading_true_deg < 180) {
            is_past_90 = true;
            struct vg_frame frame = vg_frame_at(WING.lat_deg, WING.lon_deg);
            vg_frame_to_en(&frame, f.lat_deg, f.lon_deg, &east_at_90, &north_at_90);
            at_90_s = vg_us_to_s(f.now);
        }
    }
    struct vg_frame frame = vg_frame_at(WING.lat_deg, WING.lon_deg);
    double e, n;
    vg_frame_to_en(&frame, f.lat_deg, f.lon_deg, &e, &n);
    assert_near(f.roll_deg, 40, 0.1);
    assert_near(north_at_90 - n, 151.91, 2.0); /* one 50 ms step is 1.25 m */
    assert_near(vg_us_to_s(f.now) - at_90_s, 9.545, 0.11);
}

/* Wind from the north at 8 m/s: 25 - 8 = 17 m/s northward, 33 southward; flying east along a line
 * the nose points 18.663 deg (asin(8 / 25)) into it and the ground speed is sqrt(625 - 64)
 * = 23.685. */
static void wind_sets_ground_speed_and_crab(void **state)
{
    (void)state;
    struct vg_flight_config c = WING;
    c.wind_from_deg = 0;
    c.wind_mps = 8;
    struct vg_flight f = fly(&c);
    run(&f, 20);
    assert_near(vg_flight_ground_speed_mps(&f), 17, 0.01);
    c.heading_true_deg = 180;
    f = fly(&c);
    run(&f, 20);
    assert_near(vg_flight_ground_speed_mps(&f), 33, 0.01);
    f = fly(&c);
    f.goal.kind = VG_GOAL_LINE;
    f.goal.from_lat_deg = f.goal.to_lat_deg = WING.lat_deg;
    f.goal.from_lon_deg = WING.lon_deg;
    f.goal.to_lon_deg = WING.lon_deg + 0.3;
    run(&f, 120);
    assert_near(f.heading_true_deg, 90 - 18.663, 0.3);
    assert_near(vg_flight_course_deg(&f), 90, 0.3);
    assert_near(vg_flight_ground_speed_mps(&f), 23.685, 0.05);
    assert_near((f.lat_deg - WING.lat_deg) * 110600, 0, 1.0); /* on the line */
}

/* 300 m at 3 m/s: 100 s, and the last metres are rounded off. Down again at 2 m/s: 150 s. */
static void climb_and_sink_are_limited(void **state)
{
    (void)state;
    struct vg_flight f = fly(&WING);
    f.goal.alt_msl_m = f.alt_msl_m + 300;
    double start = f.alt_msl_m;
    run(&f, 60);
    assert_near(f.climb_mps, 3, 1e-3);
    assert_near(f.alt_msl_m - start, 177, 0.6); /* 1 s of lag costs 3 m */
    assert_near(f.pitch_deg, asin(3.0 / 25) * VG_DEG_PER_RAD, 0.01);
    run(&f, 60);
    assert_near(f.alt_msl_m - start, 300, 1.0);
    f.goal.alt_msl_m = start;
    run(&f, 60);
    assert_near(f.climb_mps, -2, 1e-3);
}

/* An hour of level cruise uses 1 / 5 of a battery of 5 h. A climb of 3 m/s costs
 * 1 + 3 / (25 / 10) = 2.2 times level power. */
static void energy_is_time_and_climb(void **state)
{
    (void)state;
    struct vg_flight f = fly(&WING);
    run(&f, 3600);
    assert_near(f.energy, 0.8, 1e-4);
    f = fly(&WING);
    f.goal.alt_msl_m += 10000;
    run(&f, 10);
    assert_near(f.power_share, 2.2, 0.01);
    /* 1.2 times the speed: (1.728 + 0.8333) / 2 = 1.2807 */
    f = fly(&WING);
    f.goal.airspeed_mps = 30;
    run(&f, 60);
    assert_near(f.power_share, 1.2807, 0.001);
}

/* Starts standing: accelerates at 4 m/s2 to 17.5 m/s: 4.375 s, 38.3 m; then climbs straight. */
static void takes_off_along_its_heading(void **state)
{
    (void)state;
    struct vg_flight_config c = WING;
    c.heading_true_deg = 60;
    struct vg_flight f;
    vg_flight_init(&f, &c, vg_us(0));
    run(&f, 5);
    assert_int_equal(f.phase, VG_FLIGHT_PARKED);
    f.goal.kind = VG_GOAL_TAKEOFF;
    f.goal.heading_true_deg = 60;
    f.goal.alt_msl_m = 150;
    double from = vg_us_to_s(f.now);
    while (f.phase != VG_FLIGHT_AIRBORNE) {
        vg_flight_step_once(&f);
    }
    assert_near(vg_us_to_s(f.now) - from, 4.375, 0.1);
    assert_near(f.flown_m, 38.3, 1.5);
    run(&f, 30);
    double azimuth, distance;
    vg_geo_inverse(c.lat_deg, c.lon_deg, f.lat_deg, f.lon_deg, &distance, &azimuth, NULL);
    assert_near(azimuth, 60, 0.1);
    assert_near(f.alt_msl_m, 50 + 29 * 3, 3);
}

/* On a circle of 200 m: after two minutes within 8 m of it, also in wind, either way round. */
static void circles_keep_their_radius(void **state)
{
    (void)state;
    for (int side = -1; side <= 1; side += 2) {
        struct vg_flight_config c = WING;
        c.wind_from_deg = 30;
        c.wind_mps = 5;
        struct vg_flight f = fly(&c);
        f.goal.kind = VG_GOAL_CIRCLE;
        f.goal.to_lat_deg = c.lat_deg + 0.01;
        f.goal.to_lon_deg = c.lon_deg;
        f.goal.radius_m = side * 200;
        run(&f, 120);
        double turned = 0, last = vg_flight_course_deg(&f);
        for (int i = 0; i < 120; i++) {
            run(&f, 1);
            double away = vg_geo_distance_m(f.lat_deg, f.lon_deg, c.lat_deg + 0.01, c.lon_deg);
            assert_near(away, 200, 25);
            turned += vg_wrap_180_deg(vg_flight_course_deg(&f) - last);
            last = vg_flight_course_deg(&f);
        }
        assert_true(turned * side > 360);
    }
}

/* A powered aircraft that meets rising ground is lost; one on its final lands and comes to a stand.
 */
static void meeting_the_ground(void **state)
{
    (void)state;
    struct vg_flight f = fly(&WING);
    f.ground_msl_m = f.alt_msl_m + 5;
    run(&f, 1);
    assert_int_equal(f.phase, VG_FLIGHT_CRASHED);
    struct vg_flight g = fly(&WING);
    g.alt_msl_m = WING.alt_msl_m + 20;
    g.goal.kind = VG_GOAL_FINAL;
    g.goal.from_lat_deg = WING.lat_deg;
    g.goal.from_lon_deg = g.goal.to_lon_deg = WING.lon_deg;
    g.goal.to_lat_deg = WING.lat_deg + 0.01;
    g.goal.alt_msl_m = WING.alt_msl_m - 5;
    run(&g, 60);
    assert_int_equal(g.phase, VG_FLIGHT_PARKED);
    assert_near(g.alt_msl_m, 50, 1e-9);
    assert_near(vg_flight_ground_speed_mps(&g), 0, 1e-9);
}

/* Without power it glides: sinks at v / 10. */
static void an_empty_battery_glides_down(void **state)
{
    (void)state;
    struct vg_flight f = fly(&WING);
    f.energy = 0;
    run(&f, 20);
    assert_near(f.climb_mps, -25.0 / 10, 0.01);
    run(&f, 400);
    assert_int_equal(f.phase, VG_FLIGHT_PARKED);
}

static void the_spacing_of_steps_changes_nothing(void **state)
{
    (void)state;
    struct vg_flight_config c = WING;
    c.wind_from_deg = 200;
    c.wind_mps = 6;
    c.gust_mps = 1;
    struct vg_flight a = fly(&c);
    struct vg_flight b = fly(&c);
    a.goal.kind = b.goal.kind = VG_GOAL_CIRCLE;
    a.goal.to_lat_deg = b.goal.to_lat_deg = c.lat_deg + 0.02;
    a.goal.to_lon_deg = b.goal.to_lon_deg = c.lon_deg;
    vg_flight_step(&a, vg_us(300000000));
    struct vg_rng rng = vg_rng_seed(3);
    int64_t t = 0;
    while (t < 300000000) {
        t += (int64_t)vg_rng_below(&rng, 700000);
        vg_flight_step(&b, vg_us(t < 300000000 ? t : 300000000));
    }
    assert_memory_equal(&a, &b, sizeof a);
    struct vg_flight_config other = c;
    other.seed = 8;
    struct vg_flight d = fly(&other);
    d.goal = b.goal;
    vg_flight_step(&d, vg_us(300000000));
    assert_true(d.lat_deg != a.lat_deg);
}

/* 1 m/s of gusts: over an hour the mean of the added wind is near 0 and its spread near 1. */
static void gusts_have_the_stated_spread(void **state)
{
    (void)state;
    struct vg_flight_config c = WING;
    c.gust_mps = 1;
    struct vg_flight f;
    vg_flight_init(&f, &c, vg_us(0));
    double sum = 0, squares = 0;
    int n = 72000 * 5;
    for (int i = 0; i < n; i++) {
        vg_flight_step_once(&f);
        sum += f.wind_n_mps;
        squares += f.wind_n_mps * f.wind_n_mps;
    }
    /* 5 h hold about 1,100 independent values (18,000 s / 2 x 8 s): 3 sigma of the mean is 0.09. */
    assert_near(sum / n, 0, 0.1);
    assert_near(sqrt(squares / n), 1, 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turn_radius_is_v2_over_g_tan_bank),
        cmocka_unit_test(wind_sets_ground_speed_and_crab),
        cmocka_unit_test(climb_and_sink_are_limited),
        cmocka_unit_test(energy_is_time_and_climb),
        cmocka_unit_test(takes_off_along_its_heading),
        cmocka_unit_test(circles_keep_their_radius),
        cmocka_unit_test(meeting_the_ground),
        cmocka_unit_test(an_empty_battery_glides_down),
        cmocka_unit_test(the_spacing_of_steps_changes_nothing),
        cmocka_unit_test(gusts_have_the_stated_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
