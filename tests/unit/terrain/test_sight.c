/* Lines of sight and rays, against hand calculation and dense sampling along the geodesic. */
#include "base/rng.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "ground.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <gdal_utils.h>
#include <math.h>
#include <ogr_srs_api.h>
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

/* (6/7) d^2 / (2 x 6371008.8): 10 km gives 6.7270 m. */
static void drop_by_hand(void **state)
{
    (void)state;
    near(vg_terrain_curvature_drop_m(10000.0), 6.7270, 0.0001);
    near(vg_terrain_curvature_drop_m(0.0), 0.0, 0.0);
}

/* Flat ground is hidden by the Earth alone: from 100 m the horizon is at sqrt(2 x 6371008.8 x 100 x
 * 7/6) = 38,556 m. */
static void the_horizon_is_where_it_should_be(void **state)
{
    (void)state;
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &t, NULL), VG_OK);
    double lat;
    double lon;
    vg_geo_direct(14.0, -11.0, 60.0, 38400.0, &lat, &lon);
    assert_true(vg_terrain_sees(t, 14.0, -11.0, 100.0, lat, lon, 0.0));
    vg_geo_direct(14.0, -11.0, 60.0, 40000.0, &lat, &lon);
    assert_false(vg_terrain_sees(t, 14.0, -11.0, 100.0, lat, lon, 0.0));
    assert_true(vg_terrain_sees(t, 14.0, -11.0, 110.0, lat, lon, 0.0));
    assert_true(vg_terrain_sees(t, 14.0, -11.0, 100.0, lat, lon, 0.0) ==
                vg_terrain_sees(t, lat, lon, 0.0, 14.0, -11.0, 100.0));
    vg_terrain_destroy(t);
}

/* A 100 m wall 2000 m east of an eye at 300 m, on the equator: the edge of its shadow is at 2000 x
 * 300 / 200 = 3000 m, moved out by the Earth's fall: solve (100 - d(2000) - 300) / 2000 = (-d(x) -
 * 300) / x with d from drop_by_hand's formula: -0.1001345 x = -300 - 6.727e-8 x^2 gives x =
 * 3002.02. */
static void the_shadow_of_a_wall(void **state)
{
    (void)state;
    double m = 1.0 / 111319.490793;
    double step = 2000.0 * m / 80.0; /* 25 m: the wall's top is a crest one sample wide */
    struct vg_terrain *t = ground_wall(400, 0.0, 0.0, step, 2000.0 * m - 0.5 * step, 100.0);
    assert_non_null(t);
    double wall =
        -0.5 * 399 * step + step * round((2000.0 * m - 0.5 * step + 0.5 * 399 * step) / step);
    near(wall / m, 1987.5, 13.0);
    double eye = wall - 2000.0 * m;
    assert_true(vg_terrain_sees(t, 0.0, eye, 300.0, 0.0, eye + 1960.0 * m, 0.0));
    assert_false(vg_terrain_sees(t, 0.0, eye, 300.0, 0.0, eye + 2040.0 * m, 0.0));
    assert_false(vg_terrain_sees(t, 0.0, eye, 300.0, 0.0, eye + 2980.0 * m, 0.0));
    assert_true(vg_terrain_sees(t, 0.0, eye, 300.0, 0.0, eye + 3015.0 * m, 0.0));
    /* A ray that clears the crest by a hair lands at the shadow's edge; one that does not stops at
     * the wall. */
    double lat;
    double lon;
    double range;
    double el = -atan(200.0 / 2000.0) * VG_DEG_PER_RAD;
    assert_true(vg_terrain_ray(t, 0.0, eye, 300.0, 90.0, el + 0.03, 5000.0, &lat, &lon, &range));
    near(range, 3002.0, 40.0);
    assert_true(vg_terrain_ray(t, 0.0, eye, 300.0, 90.0, el - 0.05, 5000.0, &lat, &lon, &range));
    near(range, 1999.0, 2.0);
    near((lon - eye) / m, range, 0.01);
    vg_terrain_destroy(t);
}

/* Down at 45 degrees from 300 m over flat ground: x with 300 - x + d(x) = 0, x = 300.006. */
static void rays_over_flat_ground(void **state)
{
    (void)state;
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &t, NULL), VG_OK);
    double lat;
    double lon;
    double range;
    assert_true(vg_terrain_ray(t, 14.0, -11.0, 300.0, 0.0, -45.0, 8000.0, &lat, &lon, &range));
    near(range, 300.006, 0.01);
    near(vg_geo_distance_m(14.0, -11.0, lat, lon), 300.006, 0.01);
    assert_true(lat > 14.0);
    assert_true(vg_terrain_ray(t, 14.0, -11.0, 300.0, 123.0, -90.0, 8000.0, &lat, &lon, &range));
    near(range, 0.0, 0.01);
    assert_false(vg_terrain_ray(t, 14.0, -11.0, 300.0, 0.0, -1.0, 8000.0, &lat, &lon, &range));
    assert_false(vg_terrain_ray(t, 14.0, -11.0, 300.0, 0.0, 5.0, 8000.0, &lat, &lon, &range));
    assert_true(vg_terrain_ray(t, 14.0, -11.0, -5.0, 0.0, 5.0, 8000.0, &lat, &lon, &range));
    near(range, 0.0, 0.0);
    vg_terrain_destroy(t);
}

/* Oracle: twenty samples a cell along the geodesic itself. Returns the least clearance of the line
 * over the ground. */
static double dense_clearance(const struct vg_terrain *t, double lat1, double lon1, double h1,
                              double lat2, double lon2, double h2, double cell_m)
{
    double d;
    double az;
    double least = HUGE_VAL;
    vg_geo_inverse(lat1, lon1, lat2, lon2, &d, &az, NULL);
    int n = (int)(d / cell_m * 20.0) + 2;
    for (int i = 1; i < n; i++) {
        double s = d * i / n;
        double lat;
        double lon;
        vg_geo_direct(lat1, lon1, az, s, &lat, &lon);
        double sight = h1 + (h2 - h1) * s / d - (6.0 / 7.0) * s * (d - s) / (2.0 * 6371008.8);
        least = fmin(least, sight - vg_terrain_height_msl_m(t, lat, lon));
    }
    return least;
}

/* Between grid lines the ground may bulge over its chord by a quarter of a cell's twist, (h00 + h11
 * - h01 - h10) / 4 along a diagonal, a metre or two on these hills of 250 m and 90 m cells: beyond
 * that the two must agree. */
static void agrees_with_dense_sampling(void **state)
{
    (void)state;
    int n_seen = 0;
    int n_hidden = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct vg_terrain *t = ground_fractal(seed, 260, 40.0, 20.0, 1.0 / 1200.0, 250.0);
        assert_non_null(t);
        struct vg_rng rng = vg_rng_seed(seed);
        for (int i = 0; i < 400; i++) {
            double lat1 = 39.92 + 0.16 * vg_rng_unit(&rng);
            double lon1 = 19.92 + 0.16 * vg_rng_unit(&rng);
            double lat2 = 39.92 + 0.16 * vg_rng_unit(&rng);
            double lon2 = 19.92 + 0.16 * vg_rng_unit(&rng);
            double h1 = vg_terrain_height_msl_m(t, lat1, lon1) + 100.0 * vg_rng_unit(&rng);
            double h2 = vg_terrain_height_msl_m(t, lat2, lon2) + 10.0 * vg_rng_unit(&rng);
            bool sees = vg_terrain_sees(t, lat1, lon1, h1, lat2, lon2, h2);
            double least = dense_clearance(t, lat1, lon1, h1, lat2, lon2, h2, 93.0);
            if (fabs(least) > 1.5 && sees != (least > 0.0)) {
                fail_msg("seed %d case %d: sees %d, least clearance %.2f m", (int)seed, i, sees,
                         least);
            }
            n_seen += sees;
            n_hidden += !sees;
        }
        vg_terrain_destroy(t);
    }
    assert_true(n_seen > 100 && n_hidden > 100); /* both kinds were there */
}

static void symmetric_and_monotone(void **state)
{
    (void)state;
    struct vg_terrain *t = ground_fractal(11, 260, -35.0, 149.0, 1.0 / 1200.0, 250.0);
    assert_non_null(t);
    struct vg_rng rng = vg_rng_seed(5);
    for (int i = 0; i < 1000; i++) {
        double lat1 = -35.08 + 0.16 * vg_rng_unit(&rng);
        double lon1 = 148.92 + 0.16 * vg_rng_unit(&rng);
        double lat2 = -35.08 + 0.16 * vg_rng_unit(&rng);
        double lon2 = 148.92 + 0.16 * vg_rng_unit(&rng);
        double h1 = vg_terrain_height_msl_m(t, lat1, lon1) + 80.0 * vg_rng_unit(&rng);
        double h2 = vg_terrain_height_msl_m(t, lat2, lon2) + 80.0 * vg_rng_unit(&rng);
        bool sees = vg_terrain_sees(t, lat1, lon1, h1, lat2, lon2, h2);
        if (sees != vg_terrain_sees(t, lat2, lon2, h2, lat1, lon1, h1)) {
            fail_msg("seed 5 case %d is not symmetric", i);
        }
        for (double up = 1.0; up < 500.0; up *= 3.0) {
            bool higher = vg_terrain_sees(t, lat1, lon1, h1 + up, lat2, lon2, h2);
            if (sees && !higher) {
                fail_msg("seed 5 case %d: %g m higher sees less", i, up);
            }
            sees = higher;
        }
    }
    vg_terrain_destroy(t);
}

/* The ground that a ray meets is seen from its start, and the ray passed over everything before it.
 */
static void rays_meet_seen_ground(void **state)
{
    (void)state;
    struct vg_terrain *t = ground_fractal(4, 260, 10.0, 20.0, 1.0 / 1200.0, 250.0);
    assert_non_null(t);
    struct vg_rng rng = vg_rng_seed(9);
    int n_met = 0;
    for (int i = 0; i < 300; i++) {
        double lat1 = 9.97 + 0.06 * vg_rng_unit(&rng);
        double lon1 = 19.97 + 0.06 * vg_rng_unit(&rng);
        double h1 = vg_terrain_height_msl_m(t, lat1, lon1) + 200.0;
        double az = 360.0 * vg_rng_unit(&rng);
        double el = -1.0 - 20.0 * vg_rng_unit(&rng);
        double lat;
        double lon;
        double range;
        if (!vg_terrain_ray(t, lat1, lon1, h1, az, el, 6000.0, &lat, &lon, &range)) {
            continue;
        }
        n_met++;
        double ground = vg_terrain_height_msl_m(t, lat, lon);
        near(h1 + range * tan(el * VG_RAD_PER_DEG) + vg_terrain_curvature_drop_m(range), ground,
             0.01);
        double d;
        double az2;
        vg_geo_inverse(lat1, lon1, lat, lon, &d, &az2, NULL);
        near(d, range, 0.1);
        near(vg_wrap_180_deg(az2 - az), 0.0, 0.01);
        assert_true(dense_clearance(t, lat1, lon1, h1, lat, lon, ground + 0.02, 93.0) > -2.5);
    }
    assert_true(n_met > 100);
    vg_terrain_destroy(t);
}

/* A peer: gdal_viewshed on the same mountains in UTM 55 south, 90 m cells, from 150 m above the
 * middle. It interpolates horizons from cell to cell (Wang, Robinson and White 2000) where we walk
 * each line, and our surface goes through the warp back to degrees, so that near-grazing cells
 * differ: nine in ten and more must agree. */
static void agrees_with_gdal_viewshed(void **state)
{
    (void)state;
    enum {
        OUT = 8000
    };
    GDALAllRegister();
    GDALDatasetH ds = GDALOpen("examples/brindabella/dem/S36E149_south_west.tif", GA_ReadOnly);
    assert_non_null(ds);
    char args[][16] = {"-t_srs", "EPSG:32755", "-r",  "bilinear", "-tr",     "90",     "90",
                       "-ot",    "Float32",    "-te", "685000",   "6042000", "702000", "6059000"};
    char *list[15] = {0};
    for (int i = 0; i < 14; i++) {
        list[i] = args[i];
    }
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(list, NULL);
    GDALDatasetH utm = GDALWarp("/vsimem/utm55.tif", NULL, 1, &ds, options, NULL);
    assert_non_null(utm);
    double x0 = 685000.0 + 94.5 * 90.0;
    double y0 = 6042000.0 + 94.5 * 90.0;
    GDALDatasetH shed = GDALViewshedGenerate(GDALGetRasterBand(utm, 1), "MEM", "shed", NULL, x0, y0,
                                             150.0, 0.0, 255.0, 0.0, 7.0, 99.0, 6.0 / 7.0, GVM_Edge,
                                             OUT, NULL, NULL, GVOT_NORMAL, NULL);
    assert_non_null(shed);
    OGRCoordinateTransformationH to_degrees;
    OGRSpatialReferenceH wgs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(wgs, 4326);
    OSRSetAxisMappingStrategy(wgs, OAMS_TRADITIONAL_GIS_ORDER);
    to_degrees = OCTNewCoordinateTransformation(GDALGetSpatialRef(utm), wgs);
    double g[6];
    GDALGetGeoTransform(shed, g);
    int n_cols = GDALGetRasterXSize(shed);
    int n_rows = GDALGetRasterYSize(shed);
    GDALFlushCache(utm);
    const char *path = "/vsimem/utm55.tif";
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(&path, 1, &t, NULL), VG_OK);
    double lon0 = x0;
    double lat0 = y0;
    assert_true(OCTTransform(to_degrees, 1, &lon0, &lat0, NULL));
    double eye = vg_terrain_height_msl_m(t, lat0, lon0) + 150.0;
    int n_agree = 0;
    int n_seen = 0;
    int n = 0;
    for (int r = 0; r < n_rows; r++) {
        for (int c = 0; c < n_cols; c++) {
            uint8_t theirs = 7;
            assert_int_equal(GDALRasterIO(GDALGetRasterBand(shed, 1), GF_Read, c, r, 1, 1, &theirs,
                                          1, 1, GDT_Byte, 0, 0),
                             CE_None);
            double lon = g[0] + (c + 0.5) * g[1];
            double lat = g[3] + (r + 0.5) * g[5];
            if (hypot(lon - x0, lat - y0) > OUT - 200.0 || theirs == 7) {
                continue;
            }
            assert_true(OCTTransform(to_degrees, 1, &lon, &lat, NULL));
            bool sees =
                vg_terrain_sees(t, lat0, lon0, eye, lat, lon, vg_terrain_height_msl_m(t, lat, lon));
            n++;
            n_seen += theirs == 255;
            n_agree += sees == (theirs == 255);
        }
    }
    print_message("viewshed: %d cells, %d seen by gdal_viewshed, %.2f %% agree\n", n, n_seen,
                  100.0 * n_agree / n);
    assert_true(n > 15000 && n_seen > n / 10 && n_seen < n * 9 / 10);
    assert_true(n_agree > 0.93 * n);
    OCTDestroyCoordinateTransformation(to_degrees);
    OSRDestroySpatialReference(wgs);
    vg_terrain_destroy(t);
    GDALClose(shed);
    GDALClose(utm);
    GDALWarpAppOptionsFree(options);
    GDALClose(ds);
    VSIUnlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drop_by_hand),
        cmocka_unit_test(the_horizon_is_where_it_should_be),
        cmocka_unit_test(the_shadow_of_a_wall),
        cmocka_unit_test(rays_over_flat_ground),
        cmocka_unit_test(agrees_with_dense_sampling),
        cmocka_unit_test(symmetric_and_monotone),
        cmocka_unit_test(rays_meet_seen_ground),
        cmocka_unit_test(agrees_with_gdal_viewshed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
