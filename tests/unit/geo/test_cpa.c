/* Closest approach against small steps in time. */
#include "base/rng.h"
#include "base/units.h"
#include "geo/cpa.h"
#include "geo/geodesy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct vg_cpa_limits LIMITS = {300, 60, 60};

/* 1,000 m apart head on at 20 m/s each, level: they meet after 25 s; 300 m apart after 17.5 s. */
static void head_on(void **state)
{
    (void)state;
    struct vg_mover a = {46, 7, 500, {20, 0, 0}};
    struct vg_mover b = {46, 7, 500, {-20, 0, 0}};
    vg_geo_direct(46, 7, 0, 1000, &b.lat_deg, &b.lon_deg);
    struct vg_cpa r = vg_cpa_find(&a, &b, &LIMITS);
    assert_float_equal(r.at_s, 25, 0.01);
    assert_float_equal(r.horizontal_m, 0, 0.5);
    assert_true(r.is_conflict);
    assert_float_equal(r.conflict_s, 17.5, 0.01);
    b.alt_msl_m = 561;
    assert_false(vg_cpa_find(&a, &b, &LIMITS).is_conflict);
    b.vel_ned_mps[2] = 0.05; /* sinks 1 m in 20 s: within 60 m just while near */
    assert_true(vg_cpa_find(&a, &b, &LIMITS).is_conflict);
    b.alt_msl_m = (double)NAN;
    assert_true(vg_cpa_find(&a, &b, &LIMITS).is_conflict);
}

static void parting_and_standing(void **state)
{
    (void)state;
    struct vg_mover a = {-12, 179.999, 100, {-15, 0, 0}};
    struct vg_mover b = {-12, -179.999, 100, {15, 0, 0}}; /* 218 m over the antimeridian */
    struct vg_cpa r = vg_cpa_find(&a, &b, &LIMITS);
    assert_float_equal(r.at_s, 0, 1e-3);
    assert_float_equal(r.horizontal_m, 217.8, 0.3); /* 0.002 deg of 108.9 km */
    assert_true(r.is_conflict);
    assert_float_equal(r.conflict_s, 0, 0);
    a.vel_ned_mps[0] = b.vel_ned_mps[0] = 0;
    assert_true(vg_cpa_find(&a, &b, &LIMITS).is_conflict);
    b.lon_deg = -179.99;
    assert_false(vg_cpa_find(&a, &b, &LIMITS).is_conflict);
}

/* Every 20 ms, places from the geodesic. */
static void agrees_with_small_steps(void **state)
{
    (void)state;
    int n_conflicts = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_mover m[2];
        for (int i = 0; i < 2; i++) {
            vg_geo_direct(30, 20, 360 * vg_rng_unit(&rng), 800 * vg_rng_unit(&rng), &m[i].lat_deg,
                          &m[i].lon_deg);
            m[i].alt_msl_m = 400 + 120 * vg_rng_unit(&rng);
            for (int k = 0; k < 3; k++) {
                m[i].vel_ned_mps[k] = (k < 2 ? 50 : 8) * (vg_rng_unit(&rng) - 0.5);
            }
        }
        struct vg_cpa r = vg_cpa_find(&m[0], &m[1], &LIMITS);
        double best_m = (double)INFINITY;
        double first_s = -1;
        for (double t_s = 0; t_s <= 60; t_s += 0.02) {
            double at[2][3];
            for (int i = 0; i < 2; i++) {
                const double *v = m[i].vel_ned_mps;
                vg_geo_direct(m[i].lat_deg, m[i].lon_deg, atan2(v[1], v[0]) * VG_DEG_PER_RAD,
                              hypot(v[0], v[1]) * t_s, &at[i][0], &at[i][1]);
                at[i][2] = m[i].alt_msl_m - v[2] * t_s;
            }
            double d_m = vg_geo_distance_m(at[0][0], at[0][1], at[1][0], at[1][1]);
            best_m = fmin(best_m, d_m);
            if (first_s < 0 && d_m < 300 && fabs(at[0][2] - at[1][2]) < 60) {
                first_s = t_s;
            }
        }
        assert_float_equal(r.horizontal_m, best_m, 2);
        if (r.is_conflict != (first_s >= 0)) { /* only where it is a matter of a moment */
            struct vg_cpa_limits near = {LIMITS.horizontal_m + 2, LIMITS.vertical_m + 0.5, 60};
            struct vg_cpa_limits far = {LIMITS.horizontal_m - 2, LIMITS.vertical_m - 0.5, 60};
            assert_true(vg_cpa_find(&m[0], &m[1], &near).is_conflict !=
                        vg_cpa_find(&m[0], &m[1], &far).is_conflict);
        } else if (r.is_conflict) {
            n_conflicts++;
            assert_float_equal(r.conflict_s, first_s, 0.2);
        }
    }
    assert_true(n_conflicts > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_on),
        cmocka_unit_test(parting_and_standing),
        cmocka_unit_test(agrees_with_small_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
