/* Heights, against hand-made grids and against GDAL's own warper. */
#include "base/rng.h"
#include "base/units.h"
#include "terrain/terrain.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KAYES "examples/kayes/dem/kayes_etopo5.tif"
#define BRINDABELLA "examples/brindabella/dem/S36E149_south_west.tif"

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.12g, want %.12g +- %g", got, want, tolerance);
    }
}

static struct vg_terrain *opened(const char *const *paths, int n)
{
    struct vg_terrain *t = NULL;
    struct vg_error err = {0};
    if (vg_terrain_open(paths, n, &t, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return t;
}

static bool is_void(double h)
{
    return isnan(h) != 0;
}

/* Rows at 1 and 0 north, columns at 10, 11, 12 east. */
static void bilinear_by_hand(void **state)
{
    (void)state;
    const float h[6] = {0.0F, 100.0F, 200.0F, 10.0F, 20.0F, (float)NAN};
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_from_array(h, 2, 3, 1.0, 10.0, 1.0, 1.0, &t, NULL), VG_OK);
    near(vg_terrain_height_msl_m(t, 1.0, 10.0), 0.0, 1e-9);
    near(vg_terrain_height_msl_m(t, 0.5, 10.5), 32.5, 1e-9); /* the mean of the four */
    near(vg_terrain_height_msl_m(t, 0.75, 10.25), 0.75 * 25.0 + 0.25 * 12.5, 1e-9);
    near(vg_terrain_height_msl_m(t, 1.4, 10.5), 50.0,
         1e-9); /* half a cell beyond: the edge holds */
    near(vg_terrain_height_msl_m(t, 1.0, 9.6), 0.0, 1e-9);
    assert_true(is_void(vg_terrain_height_msl_m(t, 1.6, 10.5)));
    assert_true(is_void(vg_terrain_height_msl_m(t, 0.5, 9.4)));
    assert_true(is_void(vg_terrain_height_msl_m(t, 0.5, 11.5))); /* beside the void */
    assert_true(is_void(vg_terrain_height_msl_m(t, (double)NAN, 11.5)));
    near(vg_terrain_cell_m(t, 0.5, 10.5), 111300.0, 300.0);
    assert_false(vg_terrain_is_flat(t));
    double box[4];
    assert_true(vg_terrain_bounds(t, &box[0], &box[1], &box[2], &box[3]));
    near(box[0], -0.5, 1e-9);
    near(box[1], 9.5, 1e-9);
    near(box[2], 1.5, 1e-9);
    near(box[3], 12.5, 1e-9);
    vg_terrain_destroy(t);
}

static void no_file_is_flat_ground(void **state)
{
    (void)state;
    struct vg_terrain *t = opened(NULL, 0);
    assert_true(vg_terrain_is_flat(t));
    near(vg_terrain_height_msl_m(t, 14.0, -11.0), 0.0, 0.0);
    double box[4];
    assert_false(vg_terrain_bounds(t, &box[0], &box[1], &box[2], &box[3]));
    vg_terrain_destroy(t);
    vg_terrain_destroy(NULL);
}

static void a_grid_around_the_earth_has_no_seam(void **state)
{
    (void)state;
    float h[2 * 36];
    for (int i = 0; i < 72; i++) {
        h[i] = (float)(i % 36) * 10.0F;
    }
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_from_array(h, 2, 36, 5.0, -175.0, 10.0, 10.0, &t, NULL), VG_OK);
    near(vg_terrain_height_msl_m(t, 0.0, 170.0), 345.0, 1e-6);
    near(vg_terrain_height_msl_m(t, 0.0, 180.0), 175.0, 1e-6); /* between 350 and 0 */
    near(vg_terrain_height_msl_m(t, 0.0, -180.0), 175.0, 1e-6);
    near(vg_terrain_height_msl_m(t, 0.0, -177.5), 87.5, 1e-6); /* a quarter back from 0 to 350 */
    vg_terrain_destroy(t);
}

/* Expected: gdalwarp's bilinear kernel, exact transformer, on a grid seven times finer and off
 * centre. */
static void agrees_with_gdal(const char *path, double west, double south, double east, double north)
{
    struct vg_terrain *t = opened(&path, 1);
    GDALDatasetH ds = GDALOpen(path, GA_ReadOnly);
    assert_non_null(ds);
    char te[4][32];
    double edge[4] = {west, south, east, north};
    for (int i = 0; i < 4; i++) {
        (void)snprintf(te[i], sizeof te[i], "%.12f", edge[i]);
    }
    char args[][16] = {"-of", "MEM", "-r",  "bilinear", "-ot", "Float32",
                       "-et", "0",   "-ts", "301",      "203", "-te"};
    char *list[17] = {0};
    for (int i = 0; i < 12; i++) {
        list[i] = args[i];
    }
    for (int i = 0; i < 4; i++) {
        list[12 + i] = te[i];
    }
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(list, NULL);
    GDALDatasetH warped = GDALWarp("", NULL, 1, &ds, options, NULL);
    assert_non_null(warped);
    static float want[203 * 301];
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(warped, 1), GF_Read, 0, 0, 301, 203, want, 301,
                                  203, GDT_Float32, 0, 0),
                     CE_None);
    for (int r = 0; r < 203; r++) {
        double lat[301];
        double lon[301];
        float got[301];
        for (int c = 0; c < 301; c++) {
            lat[c] = north - (r + 0.5) * (north - south) / 203.0;
            lon[c] = west + (c + 0.5) * (east - west) / 301.0;
        }
        vg_terrain_heights(t, lat, lon, 301, got);
        for (int c = 0; c < 301; c++) {
            near((double)got[c], (double)want[r * 301 + c], 0.001);
            near(vg_terrain_height_msl_m(t, lat[c], lon[c]), (double)want[r * 301 + c], 0.001);
        }
    }
    GDALClose(warped);
    GDALWarpAppOptionsFree(options);
    GDALClose(ds);
    vg_terrain_destroy(t);
}

static void agrees_with_gdal_on_etopo5(void **state)
{
    (void)state;
    agrees_with_gdal(KAYES, -12.9, 13.5, -9.7, 16.0);
}

static void agrees_with_gdal_on_srtm(void **state)
{
    (void)state;
    agrees_with_gdal(BRINDABELLA, 149.1, -35.85, 149.2, -35.75);
}

/* A plane in latitude and longitude, so that every interpolation is exact: 1000 + 500 (lat - 14) +
 * 300 (lon + 11). */
static double plane(double lat, double lon)
{
    return 1000.0 + 500.0 * (lat - 14.0) + 300.0 * (lon + 11.0);
}

static GDALDatasetH plane_file(const char *path, double scale, const char *unit)
{
    enum {
        N = 200
    };
    static float h[N * N];
    double g[6] = {-11.1, 0.001, 0.0, 14.1, 0.0, -0.001};
    for (int i = 0; i < N * N; i++) {
        double lat = 14.1 - (i / N + 0.5) * 0.001;
        double lon = -11.1 + (i % N + 0.5) * 0.001;
        h[i] = (float)(plane(lat, lon) / scale);
    }
    GDALAllRegister();
    GDALDatasetH ds = GDALCreate(GDALGetDriverByName("GTiff"), path, N, N, 1, GDT_Float32, NULL);
    assert_non_null(ds);
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, 4326);
    GDALSetSpatialRef(ds, srs);
    OSRDestroySpatialReference(srs);
    GDALSetGeoTransform(ds, g);
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    if (unit != NULL) {
        GDALSetRasterUnitType(band, unit);
    }
    assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, N, N, h, N, N, GDT_Float32, 0, 0), CE_None);
    GDALFlushCache(ds);
    return ds;
}

static void other_coordinates_are_brought_to_wgs84(void **state)
{
    (void)state;
    GDALDatasetH ds = plane_file("/vsimem/plane.tif", 1.0, NULL);
    char args[][16] = {"-t_srs", "EPSG:32629", "-r", "cubic", "-tr", "100", "100", "-et", "0"};
    char *list[10] = {0};
    for (int i = 0; i < 9; i++) {
        list[i] = args[i];
    }
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(list, NULL);
    GDALDatasetH utm = GDALWarp("/vsimem/utm.tif", NULL, 1, &ds, options, NULL);
    assert_non_null(utm);
    GDALClose(utm);
    GDALWarpAppOptionsFree(options);
    GDALClose(ds);
    const char *path = "/vsimem/utm.tif";
    struct vg_terrain *t = opened(&path, 1);
    struct vg_rng rng = vg_rng_seed(3);
    for (int i = 0; i < 500; i++) {
        double lat = 13.93 + 0.14 * vg_rng_unit(&rng);
        double lon = -11.07 + 0.14 * vg_rng_unit(&rng);
        /* 0.125 pixel, the warper's usual error of transform, is 12 m of way on a slope of 1 in
         * 200. */
        near(vg_terrain_height_msl_m(t, lat, lon), plane(lat, lon), 0.08);
    }
    vg_terrain_destroy(t);
    VSIUnlink("/vsimem/utm.tif");
    VSIUnlink("/vsimem/plane.tif");
}

static void feet_become_metres(void **state)
{
    (void)state;
    GDALClose(plane_file("/vsimem/feet.tif", 0.3048, "ft"));
    const char *path = "/vsimem/feet.tif";
    struct vg_terrain *t = opened(&path, 1);
    near(vg_terrain_height_msl_m(t, 14.0, -11.0), 1000.0, 0.001);
    struct vg_terrain_source source;
    assert_int_equal(vg_terrain_n_sources(t), 1);
    vg_terrain_describe(t, 0, &source);
    assert_string_equal(source.path, path);
    assert_int_equal(source.n_rows, 200);
    assert_true(source.is_datum_assumed);
    vg_terrain_destroy(t);
    VSIUnlink(path);
}

/* An .hgt tile as NASA ships it: 1201 x 1201 big-endian 16-bit, corners on whole degrees, -32768 a
 * void. Under it a coarse file that fills the void. */
static void zipped_hgt_with_a_void_over_a_coarse_file(void **state)
{
    (void)state;
    enum {
        N = 1201
    };
    uint8_t *raw = calloc((size_t)N * N, 2);
    assert_non_null(raw);
    for (int r = 0; r < N; r++) {
        for (int c = 0; c < N; c++) {
            int v = r == 600 && c == 600 ? -32768 : r + c - 100;
            raw[2 * (r * N + c)] = (uint8_t)((unsigned)v >> 8 & 0xFF);
            raw[2 * (r * N + c) + 1] = (uint8_t)((unsigned)v & 0xFF);
        }
    }
    GDALAllRegister();
    VSILFILE *f = VSIFOpenL("/vsizip//vsimem/N14W012.hgt.zip/N14W012.hgt", "wb");
    assert_non_null(f);
    assert_int_equal(VSIFWriteL(raw, 2, (size_t)N * N, f), (size_t)N * N);
    VSIFCloseL(f);
    free(raw);
    const char *paths[2] = {KAYES, "/vsimem/N14W012.hgt.zip"};
    struct vg_terrain *t = opened(paths, 2);
    struct vg_terrain *coarse = opened(paths, 1);
    struct vg_terrain_source source;
    vg_terrain_describe(t, 0, &source);
    assert_string_equal(source.path, paths[1]); /* the finest first, whatever the order given */
    near(vg_terrain_height_msl_m(t, 15.0, -12.0), -100.0, 1e-6);
    near(vg_terrain_height_msl_m(t, 14.25, -11.25), 900.0 + 900.0 - 100.0, 1e-6);
    /* The eight around the void have 1100 m in the mean; the coarse file takes a sixteenth. */
    double under = vg_terrain_height_msl_m(coarse, 14.5, -11.5);
    near(vg_terrain_height_msl_m(t, 14.5, -11.5), under + 15.0 / 16.0 * (1100.0 - under), 1.0);
    near(vg_terrain_height_msl_m(t, 13.5, -11.5), vg_terrain_height_msl_m(coarse, 13.5, -11.5),
         1e-9);
    vg_terrain_destroy(t);
    vg_terrain_destroy(coarse);
    VSIUnlink(paths[1]);
}

static void refused(const char *path, enum vg_status status, const char *words)
{
    struct vg_terrain *t = NULL;
    struct vg_error err = {0};
    assert_int_equal(vg_terrain_open(&path, 1, &t, &err), status);
    assert_null(t);
    if (strstr(err.message, words) == NULL || strstr(err.message, path) == NULL) {
        fail_msg("\"%s\" does not say \"%s\" of %s", err.message, words, path);
    }
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    refused("examples/no-such.tif", VG_E_IO, "cannot open");
    refused("tests/unit/terrain/CMakeLists.txt", VG_E_FORMAT, "not an elevation file");
    GDALAllRegister();
    GDALClose(GDALCreate(GDALGetDriverByName("GTiff"), "/vsimem/nowhere.tif", 20, 20, 1,
                         GDT_Float32, NULL));
    refused("/vsimem/nowhere.tif", VG_E_FORMAT, "where on Earth");
    VSIUnlink("/vsimem/nowhere.tif");
    const float h[4] = {0};
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_from_array(h, 2, 2, 100.0, 0.0, 1.0, 1.0, &t, NULL), VG_E_INVALID);
    assert_int_equal(vg_terrain_from_array(h, 1, 4, 10.0, 0.0, 1.0, 1.0, &t, NULL), VG_E_INVALID);
    assert_null(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bilinear_by_hand),
        cmocka_unit_test(no_file_is_flat_ground),
        cmocka_unit_test(a_grid_around_the_earth_has_no_seam),
        cmocka_unit_test(agrees_with_gdal_on_etopo5),
        cmocka_unit_test(agrees_with_gdal_on_srtm),
        cmocka_unit_test(other_coordinates_are_brought_to_wgs84),
        cmocka_unit_test(feet_become_metres),
        cmocka_unit_test(zipped_hgt_with_a_void_over_a_coarse_file),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
