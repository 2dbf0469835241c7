/* The sun against published positions. */
#include "geo/sun.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct vg_us at(const char *text)
{
    struct vg_us t;
    assert_int_equal(vg_time_parse(text, &t, NULL), VG_OK);
    return t;
}

/* Meeus, Astronomical Algorithms, example 25.a: 1992-10-13 0h TD (58.9 s before UT): apparent right
 * ascension 13h13m31.4s, declination -7 deg 47' 06". Greenwich sidereal time at 0h UT then is
 * 1h25m41.6s (his chapter 12 for that day: 280.46061837 + 360.98564736629 (JD - 2451545) at JD
 * 2448908.5), so the sun stands overhead at longitude RA - GST = 198.381 - 21.423 = 176.957 east.
 */
static void stands_overhead_where_meeus_says(void **state)
{
    (void)state;
    struct vg_us t = at("1992-10-12T23:59:01Z");
    double gst_deg =
        fmod(280.46061837 + 360.98564736629 * (2448908.5 - 58.9 / 86400 - 2451545), 360);
    double lon_deg = 198.38083 - (gst_deg + 360);
    assert_true(vg_sun_elevation_deg(t, -7.78507, lon_deg) > 90 - 0.03);
    /* a quarter of the way round: on the horizon of the equator */
    assert_true(fabs(vg_sun_elevation_deg(t, 0, lon_deg + 90)) < 0.02);
    assert_true(fabs(vg_sun_elevation_deg(t, 0, lon_deg - 90)) < 0.02);
    assert_true(vg_sun_elevation_deg(t, 7.78507, lon_deg + 180) < -90 + 0.03);
}

/* On the day of an equinox the sun rises at six in the sun's own time everywhere; at the June
 * solstice (2024-06-20 20:51 UTC) it is overhead at 23.44 N, and does not set at 67 N. */
static void follows_the_seasons(void **state)
{
    (void)state;
    double highest = -90;
    double lowest_north = 90;
    for (int m = 0; m < 1440; m++) {
        struct vg_us t = at("2024-06-20T00:00:00Z");
        t.us += m * INT64_C(60000000);
        highest = fmax(highest, vg_sun_elevation_deg(t, 14.44, -11.44));
        lowest_north = fmin(lowest_north, vg_sun_elevation_deg(t, 67.5, -11.44));
    }
    assert_true(fabs(highest - (90 - (23.44 - 14.44))) < 0.02);
    assert_true(lowest_north > 0.5 && lowest_north < 1.5); /* 67.5 - (90 - 23.44) = 0.94 */
    /* equation of time on 2024-03-20: -7.4 min: true noon at Greenwich at 12:07.4 */
    double noon = vg_sun_elevation_deg(at("2024-03-20T12:07:24Z"), 51.48, 0);
    assert_true(noon > vg_sun_elevation_deg(at("2024-03-20T12:02:24Z"), 51.48, 0));
    assert_true(noon > vg_sun_elevation_deg(at("2024-03-20T12:12:24Z"), 51.48, 0));
    assert_true(fabs(noon - 38.67) < 0.15); /* 90 - 51.48 + 0.15 at most */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_overhead_where_meeus_says),
        cmocka_unit_test(follows_the_seasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
