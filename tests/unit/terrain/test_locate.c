/* Slopes, profiles, and where image points lie on the ground. */
#include "base/rng.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/locate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    SIDE = 401
};
#define LAT0 45.0
#define LON0 7.0
#define STEP_DEG 0.0002
/* Metres per degree on WGS 84 at 45 degrees (radii of curvature 6,367,381.8 and 6,388,838.3 m). */
#define M_PER_LAT (6367381.8 * VG_PI / 180.0)
#define M_PER_LON (6388838.3 * 0.70710678118654752 * VG_PI / 180.0)

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.12g, want %.12g +- %g", got, want, tolerance);
    }
}

typedef double (*height_fn)(double e_m, double n_m);

static struct vg_terrain *ground_of(height_fn at)
{
    float *h = malloc(sizeof(float) * SIDE * SIDE);
    assert_non_null(h);
    for (int r = 0; r < SIDE; r++) {
        for (int c = 0; c < SIDE; c++) {
            h[r * SIDE + c] = (float)at((c - SIDE / 2) * STEP_DEG * M_PER_LON,
                                        (SIDE / 2 - r) * STEP_DEG * M_PER_LAT);
        }
    }
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_from_array(h, SIDE, SIDE, LAT0 + SIDE / 2 * STEP_DEG,
                                           LON0 - SIDE / 2 * STEP_DEG, STEP_DEG, STEP_DEG, &t,
                                           NULL),
                     VG_OK);
    free(h);
    return t;
}

static double tilted(double e, double n)
{
    return 500.0 + 0.3 * e - 0.1 * n;
}

/* Central differences of a paraboloid are exact. */
static double bowl(double e, double n)
{
    return 500.0 + 1e-4 * e * e + 2e-4 * n * n;
}

static double level(double e, double n)
{
    (void)e;
    (void)n;
    return 100.0;
}

static void normals_by_hand(void **state)
{
    (void)state;
    struct vg_terrain *t = ground_of(tilted);
    const double lat[2] = {LAT0 + 0.00311, LAT0 + 9.0};
    const double lon[2] = {LON0 - 0.00077, LON0};
    float n[2][3];
    vg_terrain_normals(t, lat, lon, 2, n);
    double len = sqrt(1.0 + 0.09 + 0.01);
    near((double)n[0][0], -0.3 / len, 2e-5);
    near((double)n[0][1], 0.1 / len, 2e-5);
    near((double)n[0][2], 1.0 / len, 2e-5);
    near(vg_slope_deg(n[0]), atan(sqrt(0.1)) * 180.0 / VG_PI, 1e-3);
    assert_true(isnan(n[1][0]) && isnan(n[1][1]) && isnan(n[1][2]));
    vg_terrain_destroy(t);
    t = ground_of(bowl);
    const double at_lat[1] = {LAT0 + 50 * STEP_DEG};
    const double at_lon[1] = {LON0 + 100 * STEP_DEG};
    vg_terrain_normals(t, at_lat, at_lon, 1, n);
    double dx = 2e-4 * 100 * STEP_DEG * M_PER_LON; /* of h along east at this centre */
    double dy = 4e-4 * 50 * STEP_DEG * M_PER_LAT;
    near((double)(-n[0][0] / n[0][2]), dx, 2e-4);
    near((double)(-n[0][1] / n[0][2]), dy, 2e-4);
    vg_terrain_destroy(t);
}

/* Each point on Karney's geodesic by itself. The ground is steep enough that a decimetre tells. */
static void profiles_follow_the_geodesic(void **state)
{
    (void)state;
    static float h[3600];
    for (int i = 0; i < 3600; i++) {
        h[i] = (float)(1000.0 * ((i % 60) % 7) + 300.0 * (i / 60));
    }
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_from_array(h, 60, 60, 75.0, 165.0, 0.5, 0.5, &t, NULL), VG_OK);
    enum {
        N = 1000
    };
    static float got[N];
    double length_m;
    double azimuth;
    double want_m;
    vg_terrain_profile(t, 50.0, 170.0, 70.0, -172.0, N, got, &length_m);
    vg_geo_inverse(50.0, 170.0, 70.0, -172.0, &want_m, &azimuth, NULL);
    near(length_m, want_m, 1e-6);
    for (int i = 0; i < N; i++) {
        double lat;
        double lon;
        vg_geo_direct(50.0, 170.0, azimuth, want_m * i / (N - 1), &lat, &lon);
        /* 2,000 m a degree: 2 cm a metre; floats of 10,000 m step by 1 mm. */
        near((double)got[i], vg_terrain_height_msl_m(t, lat, lon), 0.002);
    }
    vg_terrain_profile(t, 50.0, 170.0, 50.0, 170.0, 2, got, NULL); /* nowhere to go */
    near((double)got[0], vg_terrain_height_msl_m(t, 50.0, 170.0), 0.001);
    near((double)got[1], (double)got[0], 0.0);
    vg_terrain_destroy(t);
}

/* Over level ground the formulas of a textbook: straight ahead the pointing error gives R^2 / h,
 * sideways R. */
static void level_ground_by_hand(void **state)
{
    (void)state;
    struct vg_terrain *t = ground_of(level);
    struct vg_locate_sigma s = {.pointing_deg = 0.1};
    struct vg_located at;
    assert_int_equal(vg_locate_ray(t, LAT0, LON0, 400.0, 90.0, -30.0, 3000.0, &s, &at, NULL),
                     VG_OK);
    double rad = 0.1 * VG_PI / 180.0;
    double slant = 600.0;
    near(at.range_m, slant * cos(VG_PI / 6.0), 0.05);
    near(at.sigma_along_m, slant * slant / 300.0 * rad, 0.005);
    near(at.sigma_right_m, slant * rad, 0.001);
    near(at.correlation, 0.0, 1e-4);
    near(at.grazing_deg, 30.0, 0.02);
    near(at.error_p95_m, 2.4477 * at.sigma_along_m, 0.001); /* sqrt of chi squared, 2, 95 % */
    near(at.alt_msl_m, 100.0, 1e-4);
    /* A height error goes to the ground by the cotangent, whichever height it is. */
    s = (struct vg_locate_sigma){.altitude_m = 3.0, .elevation_m = 4.0, .position_m = 1.0};
    assert_int_equal(vg_locate_ray(t, LAT0, LON0, 400.0, 90.0, -30.0, 3000.0, &s, &at, NULL),
                     VG_OK);
    near(at.sigma_along_m, sqrt(25.0 * 3.0 + 1.0), 0.01);
    near(at.sigma_right_m, 1.0, 1e-9);
    vg_terrain_destroy(t);
}

/* Throw the dice for every error, send each ray to the ground, and look at the scatter. */
static void scatter_is_as_foretold(double azimuth, double elevation, double alt)
{
    enum {
        N = 20000
    };
    struct vg_terrain *t = ground_of(tilted);
    struct vg_rng rng = vg_rng_seed(6);
    struct vg_locate_sigma s = {1.5, 2.0, 0.15, 3.0};
    struct vg_located at;
    assert_int_equal(vg_locate_ray(t, LAT0, LON0, alt, azimuth, elevation, 4000.0, &s, &at, NULL),
                     VG_OK);
    struct vg_frame here = vg_frame_at(at.lat_deg, at.lon_deg);
    double along2 = 0.0;
    double right2 = 0.0;
    double both = 0.0;
    int n_within = 0;
    double az = azimuth * VG_RAD_PER_DEG;
    for (int i = 0; i < N; i++) {
        double lat = LAT0 + s.position_m * vg_rng_normal(&rng) / M_PER_LAT;
        double lon = LON0 + s.position_m * vg_rng_normal(&rng) / M_PER_LON;
        double da = s.pointing_deg * vg_rng_normal(&rng) / cos(elevation * VG_RAD_PER_DEG);
        double de = s.pointing_deg * vg_rng_normal(&rng);
        /* Ground that is dh higher is a camera that is dh lower. */
        double up = s.altitude_m * vg_rng_normal(&rng) - s.elevation_m * vg_rng_normal(&rng);
        double range_m;
        double e;
        double n;
        assert_true(vg_terrain_ray(t, lat, lon, alt + up, azimuth + da, elevation + de, 4000.0,
                                   &lat, &lon, &range_m));
        vg_frame_to_en(&here, lat, lon, &e, &n);
        double along = e * sin(az) + n * cos(az);
        double right = e * cos(az) - n * sin(az);
        along2 += along * along;
        right2 += right * right;
        both += along * right;
        n_within += hypot(along, right) <= at.error_p95_m;
    }
    /* The scatter of 20,000 is known to 0.5 %; second-order terms add a per cent or two. */
    near(sqrt(along2 / N), at.sigma_along_m, 0.03 * at.sigma_along_m);
    near(sqrt(right2 / N), at.sigma_right_m, 0.03 * at.sigma_right_m);
    near(both / sqrt(along2 * right2), at.correlation, 0.03);
    /* The circle about the ellipse holds 95 % at least. */
    assert_true(n_within >= 0.945 * N);
    vg_terrain_destroy(t);
}

static void errors_scatter_as_foretold(void **state)
{
    (void)state;
    scatter_is_as_foretold(90.0, -20.0, 800.0); /* against the slope */
    scatter_is_as_foretold(270.0, -40.0, 800.0); /* down the slope, at 23 degrees to it */
    scatter_is_as_foretold(0.0, -25.0, 800.0); /* across it */
    scatter_is_as_foretold(37.0, -60.0, 1200.0);
}

static void pixels_are_rays(void **state)
{
    (void)state;
    struct vg_terrain *t = ground_of(level);
    struct vg_camera_pose pose = {LAT0, LON0, 400.0, 180.0, -45.0, 0.0, 60.0, 40.0};
    struct vg_locate_sigma s = {1.0, 1.0, 0.1, 1.0};
    struct vg_located at;
    struct vg_error err = {0};
    /* The image's middle at 45 degrees down: 300 m south. Its lower edge 20 degrees steeper. */
    assert_int_equal(vg_locate_pixel(t, &pose, 0.0, 0.0, 3000.0, &s, &at, &err), VG_OK);
    near((LAT0 - at.lat_deg) * M_PER_LAT, 300.0, 0.05);
    near(at.lon_deg, LON0, 1e-7);
    near(at.azimuth_true_deg, 180.0, 1e-9);
    assert_int_equal(vg_locate_pixel(t, &pose, 0.0, -1.0, 3000.0, &s, &at, &err), VG_OK);
    near((LAT0 - at.lat_deg) * M_PER_LAT, 300.0 / tan(65.0 * VG_PI / 180.0), 0.05);
    /* Straight down there is no azimuth, and an error all the same. */
    pose.pitch_deg = -90.0;
    assert_int_equal(vg_locate_pixel(t, &pose, 0.0, 0.0, 3000.0, &s, &at, &err), VG_OK);
    near(at.range_m, 0.0, 0.6);
    assert_true(at.error_p95_m > 2.0 && at.error_p95_m < 5.0);
    pose.pitch_deg = 10.0;
    assert_int_equal(vg_locate_pixel(t, &pose, 0.0, 0.0, 3000.0, &s, &at, &err), VG_E_NOT_FOUND);
    pose.hfov_deg = 0.0;
    struct vg_error other = {0};
    assert_int_equal(vg_locate_pixel(t, &pose, 0.0, 0.0, 3000.0, &s, &at, &other), VG_E_RANGE);
    vg_terrain_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normals_by_hand),      cmocka_unit_test(profiles_follow_the_geodesic),
        cmocka_unit_test(level_ground_by_hand), cmocka_unit_test(errors_scatter_as_foretold),
        cmocka_unit_test(pixels_are_rays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
