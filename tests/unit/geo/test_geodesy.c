/* Expected values come from outside: Geoscience Australia's worked example, closed forms of the
 * ellipsoid. */
#include "base/rng.h"
#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.12g, want %.12g +- %g", got, want, tolerance);
    }
}

static double dms(double d, double m, double s)
{
    return d + m / 60.0 + s / 3600.0;
}

/* Flinders Peak to Buninyong: 54,972.271 m, 306 52 05.37 and back 127 10 25.07 (Geocentric Datum of
 * Australia Technical Manual 2.4, ICSM, section 4; GRS 80 differs from WGS 84 by 0.1 mm here). */
static void inverse_agrees_with_the_australian_example(void **state)
{
    (void)state;
    double d;
    double a1;
    double a2;
    vg_geo_inverse(-dms(37, 57, 3.72030), dms(144, 25, 29.52440), -dms(37, 39, 10.15610),
                   dms(143, 55, 35.38390), &d, &a1, &a2);
    near(d, 54972.271, 0.001);
    near(a1, dms(306, 52, 5.37), 0.01 / 3600.0);
    near(a2, dms(127, 10, 25.07) + 180.0, 0.01 / 3600.0);
}

/* A degree of the equator is a pi / 180; the meridian from equator to pole is 10,001,965.729 m. */
static void closed_forms(void **state)
{
    (void)state;
    near(vg_geo_distance_m(0, 10, 0, 11), 111319.490793, 1e-6);
    near(vg_geo_distance_m(0, 0, 90, 0), 10001965.729, 0.001);
    near(vg_geo_distance_m(0, 179.5, 0, -179.5), 111319.490793, 1e-6);
    near(vg_geo_distance_m(12, 34, 12, 34), 0.0, 0.0);
    /* Antipodes on the equator go over a pole: two quadrants. */
    near(vg_geo_distance_m(0, 0, 0, 180), 20003931.458, 0.002);
}

static void direct_then_inverse_returns(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(20261123);
    for (int i = 0; i < 2000; i++) {
        double lat = -89.0 + 178.0 * vg_rng_unit(&rng);
        double lon = -180.0 + 360.0 * vg_rng_unit(&rng);
        double az = 360.0 * vg_rng_unit(&rng);
        double d = 1.0 + 5e6 * vg_rng_unit(&rng);
        double lat2;
        double lon2;
        double back_m;
        double back_az;
        vg_geo_direct(lat, lon, az, d, &lat2, &lon2);
        assert_true(lon2 >= -180.0 && lon2 < 180.0);
        vg_geo_inverse(lat, lon, lat2, lon2, &back_m, &back_az, NULL);
        near(back_m, d, 1e-6);
        near(vg_wrap_180_deg(back_az - az), 0.0, 1e-6 + 1e-2 / d);
    }
}

static void nan_gives_nan(void **state)
{
    (void)state;
    double lat;
    double lon;
    assert_true(vg_geo_distance_m((double)NAN, 0, 0, 0) != vg_geo_distance_m((double)NAN, 0, 0, 0));
    vg_geo_direct(1, (double)NAN, 0, 10, &lat, &lon);
    assert_true(isnan(lon) != 0);
    assert_true(isnan(vg_wrap_180_deg((double)NAN)) != 0);
    assert_true(isnan(vg_wrap_360_deg((double)NAN)) != 0);
}

/* The header's promise: distances and bearings from the origin, against the geodesic. */
static void frame_is_as_good_as_it_says(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(7);
    for (int i = 0; i < 4000; i++) {
        double lat = -60.0 + 120.0 * vg_rng_unit(&rng);
        double lon = -180.0 + 360.0 * vg_rng_unit(&rng);
        double az = 360.0 * vg_rng_unit(&rng);
        double reach = i % 2 == 0 ? 10e3 : 50e3;
        double d = 1.0 + reach * vg_rng_unit(&rng);
        double lat2;
        double lon2;
        double e;
        double n;
        vg_geo_direct(lat, lon, az, d, &lat2, &lon2);
        struct vg_frame f = vg_frame_at(lat, lon);
        vg_frame_to_en(&f, lat2, lon2, &e, &n);
        double tolerance = (i % 2 == 0 ? 1e-5 : 2e-4) * d + 1e-6;
        near(hypot(e, n), d, tolerance);
        near(hypot(e - d * sin(az * VG_RAD_PER_DEG), n - d * cos(az * VG_RAD_PER_DEG)), 0.0,
             tolerance);
        double lat3;
        double lon3;
        vg_frame_to_latlon(&f, e, n, &lat3, &lon3);
        near(lat3, lat2, 1e-11);
        near(vg_wrap_180_deg(lon3 - lon2), 0.0, 1e-11);
    }
}

/* A border across the Sahel in one frame: no map of it, but every place comes back. */
static void frames_give_far_places_back(void **state)
{
    (void)state;
    struct vg_frame f = vg_frame_at(15, 5);
    for (double lat = 4; lat <= 26; lat += 2) {
        for (double lon = -27; lon <= 37; lon += 4) {
            double e;
            double n;
            double lat2;
            double lon2;
            vg_frame_to_en(&f, lat, lon, &e, &n);
            vg_frame_to_latlon(&f, e, n, &lat2, &lon2);
            near(lat2, lat, 1e-9);
            near(lon2, lon, 1e-9);
        }
    }
}

static void frame_passes_the_antimeridian(void **state)
{
    (void)state;
    struct vg_frame f = vg_frame_at(0.0, 179.999);
    double e;
    double n;
    double lat;
    double lon;
    vg_frame_to_en(&f, 0.0, -179.999, &e, &n);
    near(e, 0.002 * 111319.490793, 1e-6);
    near(n, 0.0, 1e-6);
    vg_frame_to_latlon(&f, e, n, &lat, &lon);
    near(lon, -179.999, 1e-12);
}

static void wraps(void **state)
{
    (void)state;
    near(vg_wrap_360_deg(-1e-20), 0.0, 0.0);
    near(vg_wrap_360_deg(360.0), 0.0, 0.0);
    near(vg_wrap_360_deg(-90.0), 270.0, 0.0);
    near(vg_wrap_360_deg(725.0), 5.0, 1e-12);
    near(vg_wrap_180_deg(180.0), -180.0, 0.0);
    near(vg_wrap_180_deg(-180.0), -180.0, 0.0);
    near(vg_wrap_180_deg(190.0), -170.0, 0.0);
    near(vg_wrap_180_deg(-541.0), 179.0, 1e-12);
    near(vg_wrap_180_deg(0.0), 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inverse_agrees_with_the_australian_example),
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(direct_then_inverse_returns),
        cmocka_unit_test(nan_gives_nan),
        cmocka_unit_test(frame_is_as_good_as_it_says),
        cmocka_unit_test(frames_give_far_places_back),
        cmocka_unit_test(frame_passes_the_antimeridian),
        cmocka_unit_test(wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
