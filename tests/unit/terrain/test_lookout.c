/* What is seen from a place, against lines of sight walked one by one, at high latitude, across
 * files and over the antimeridian. */
#include "terrain/lookout.h"

#include "base/rng.h"
#include "geo/geodesy.h"
#include "ground.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct vg_lookout look(const struct vg_terrain *t, double lat, double lon, double target_m)
{
    struct vg_lookout l;
    struct vg_error err = {0};
    struct vg_lookout_input in = {.lat_deg = lat,
                                  .lon_deg = lon,
                                  .eye_m = 40,
                                  .target_agl_m = target_m,
                                  .range_m = 9000,
                                  .mode = VG_VIEWSHED_EXACT,
                                  .n_threads = 2};
    if (vg_lookout_compute(t, &in, true, &l, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return l;
}

/* Cells at random: does the line of sight over the terrain itself say the same? Grazing ones (which
 * a target 3 m higher or lower would change) are left out; the two models of ground between the
 * centres differ by little. */
static void agrees_with_single_lines(const struct vg_terrain *t, double lat, double lon,
                                     uint64_t seed)
{
    struct vg_rng rng = vg_rng_seed(seed);
    struct vg_lookout l = look(t, lat, lon, 2);
    int n_same = 0;
    int n = 0;
    int n_seen = 0;
    for (int k = 0; k < 6000; k++) {
        double d_m = l.cell_m * 2 + 8800 * vg_rng_unit(&rng);
        double tgt_lat;
        double tgt_lon;
        double azimuth = 360 * vg_rng_unit(&rng);
        /* to the centre of its cell */
        double col = round(d_m * sin(azimuth * 0.017453292519943295) / l.cell_m);
        double row = round(d_m * cos(azimuth * 0.017453292519943295) / l.cell_m);
        vg_geo_direct(lat, lon, atan2(col, row) * 57.29577951308232, hypot(col, row) * l.cell_m,
                      &tgt_lat, &tgt_lon);
        double ground = vg_terrain_height_msl_m(t, tgt_lat, tgt_lon);
        double eye = l.ground_msl_m + 40;
        bool low = vg_terrain_sees(t, lat, lon, eye, tgt_lat, tgt_lon, ground - 1);
        bool high = vg_terrain_sees(t, lat, lon, eye, tgt_lat, tgt_lon, ground + 5);
        enum vg_viewshed_cell c = vg_lookout_at(&l, tgt_lat, tgt_lon);
        if (c == VG_VIEWSHED_OUTSIDE || low != high) {
            continue;
        }
        n++;
        n_seen += c == VG_VIEWSHED_VISIBLE;
        n_same += (c == VG_VIEWSHED_VISIBLE) == high;
    }
    print_message("lat %.0f lon %.0f: %d cells, %d seen, %d as single lines\n", lat, lon, n, n_seen,
                  n_same);
    assert_true(n > 3000 && n_seen > n / 50 && n_seen < n * 49 / 50);
    assert_true(n_same > n * 985 / 1000);
    vg_lookout_finish(&l);
}

static void on_hills(void **state)
{
    (void)state;
    static const double PLACES[][2] = {{14.4, -11.4}, {60.1, 25.0}, {-35.6, 149.2}};
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        double lat = PLACES[i][0];
        double lon = PLACES[i][1];
        struct vg_terrain *t = ground_fractal(11 + i, 500, lat, lon, 1.0 / 1200, 900);
        assert_non_null(t);
        agrees_with_single_lines(t, lat, lon, 7 + i);
        vg_terrain_destroy(t);
    }
}

/* The same hills at 20 E and astride 180: the same cells are seen. */
static void the_antimeridian_changes_nothing(void **state)
{
    (void)state;
    struct vg_terrain *here = ground_fractal(5, 300, 60.0, 20.0, 1.0 / 1200, 800);
    struct vg_terrain *there = ground_fractal(5, 300, 60.0, 180.0, 1.0 / 1200, 800);
    assert_non_null(here);
    assert_non_null(there);
    struct vg_lookout a = look(here, 60.001, 20.003, 0);
    struct vg_lookout b = look(there, 60.001, -179.997, 0);
    assert_int_equal(a.n, b.n);
    int n_different = 0;
    for (int i = 0; i < a.n * a.n; i++) {
        n_different += a.cells[i] != b.cells[i];
    }
    assert_true(a.n_visible > 100);
    assert_true(n_different <= 3); /* the last digit of a longitude */
    vg_lookout_finish(&a);
    vg_lookout_finish(&b);
    vg_terrain_destroy(here);
    vg_terrain_destroy(there);
}

/* A rampart 50 m high on flat ground, its crest from 2,004 m east of a mast of 20 m: behind it a
 * target must stand above the line from the eye over the near edge of the crest: at 4,000 m 20 + 30
 * / 2004 x 4000 = 79.9 m, and 0.54 m more as the Earth curves away ((4000^2 - 4000 x 2004) x 6/7 /
 * 2R). Before it all is seen. */
static void behind_a_wall(void **state)
{
    (void)state;
    enum {
        M = 1000
    };
    static float h[M * M];
    double m_per_deg = 111319.49;
    for (int i = 0; i < M * M; i++) {
        double east_m = (9.99 + (i % M) * 0.0001 - 10.0) * m_per_deg;
        h[i] = east_m > 1999 && east_m < 2061 ? 50.0F : 0.0F;
    }
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_from_array(h, M, M, 0.05, 9.99, 0.0001, 0.0001, &t, NULL), VG_OK);
    struct vg_lookout l;
    struct vg_lookout_input in = {
        .lat_deg = 0.00005, .lon_deg = 10.0, .eye_m = 20, .range_m = 5000, .n_threads = 1};
    assert_int_equal(vg_lookout_compute(t, &in, true, &l, NULL), VG_OK);
    double lat;
    double lon;
    vg_geo_direct(in.lat_deg, in.lon_deg, 90, 1500, &lat, &lon);
    assert_int_equal(vg_lookout_at(&l, lat, lon), VG_VIEWSHED_VISIBLE);
    vg_geo_direct(in.lat_deg, in.lon_deg, 90, 4000, &lat, &lon);
    assert_int_equal(vg_lookout_at(&l, lat, lon), VG_VIEWSHED_HIDDEN);
    int col = l.n / 2 + (int)round(4000 / l.cell_m);
    double needed = (double)l.needed_agl_m[(size_t)(l.n / 2) * (size_t)l.n + (size_t)col];
    print_message("%.2f m needed\n", needed);
    assert_true(fabs(needed - 80.43) < 0.3);
    vg_geo_direct(in.lat_deg, in.lon_deg, 90, 6000, &lat, &lon);
    assert_int_equal(vg_lookout_at(&l, lat, lon), VG_VIEWSHED_OUTSIDE);
    vg_lookout_finish(&l);
    vg_terrain_destroy(t);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct vg_terrain *t = ground_fractal(1, 50, 10, 10, 0.001, 100);
    struct vg_lookout l;
    struct vg_lookout_input in = {
        .lat_deg = 50, .lon_deg = 10, .eye_m = 10, .range_m = 1000, .n_threads = 1};
    assert_int_equal(vg_lookout_compute(t, &in, false, &l, NULL), VG_E_NOT_FOUND);
    in.lat_deg = 10;
    in.range_m = 1e7;
    assert_int_equal(vg_lookout_compute(t, &in, false, &l, NULL), VG_E_RANGE);
    in.range_m = 0;
    assert_int_equal(vg_lookout_compute(t, &in, false, &l, NULL), VG_E_RANGE);
    in.range_m = (double)NAN;
    assert_int_equal(vg_lookout_compute(t, &in, false, &l, NULL), VG_E_RANGE);
    vg_terrain_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_hills),
        cmocka_unit_test(the_antimeridian_changes_nothing),
        cmocka_unit_test(behind_a_wall),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
