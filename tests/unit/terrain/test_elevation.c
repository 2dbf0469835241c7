/* Files as people have them: formats, projections, tiles and their seams, voids, vertical datums,
 * damage. Every file is written by GDAL; expected heights are computed from the function that the
 * file was filled with, or are published values. */
#include "base/rng.h"
#include "dem.h"
#include "geo/geodesy.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
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
#include <unistd.h>

#include <cmocka.h>

/* Whole metres, so that every format holds them; rough, so that a wrong cell shows. */
static double rough(void *ctx, double x, double y)
{
    (void)ctx;
    return floor(400.0 + 300.0 * sin(70.0 * x) * cos(90.0 * y) + 90.0 * sin(900.0 * x + 500.0 * y));
}

/* What bilinear interpolation between the cell centres of `d` gives. */
static double bilinear(const struct dem *d, double lat, double lon)
{
    double x = (lon - d->west) / d->step - 0.5;
    double y = (d->north - lat) / d->step - 0.5;
    double h[4];
    for (int i = 0; i < 4; i++) {
        h[i] = d->at(d->ctx, d->west + (floor(x) + (i & 1) + 0.5) * d->step,
                     d->north - (floor(y) + (i >> 1) + 0.5) * d->step);
    }
    double fx = x - floor(x);
    double fy = y - floor(y);
    return (h[0] * (1 - fx) + h[1] * fx) * (1 - fy) + (h[2] * (1 - fx) + h[3] * fx) * fy;
}

static void agrees(const struct vg_terrain *t, const struct dem *d, double tolerance)
{
    enum {
        N = 3000
    };
    static double lat[N];
    static double lon[N];
    static float got[N];
    struct vg_rng rng = vg_rng_seed(11);
    for (int i = 0; i < N; i++) {
        lat[i] = d->north - d->step * (1.0 + (d->n_rows - 2) * vg_rng_unit(&rng));
        lon[i] = d->west + d->step * (1.0 + (d->n_cols - 2) * vg_rng_unit(&rng));
    }
    vg_terrain_heights(t, lat, lon, N, got);
    for (int i = 0; i < N; i++) {
        double want = bilinear(d, lat[i], lon[i]);
        double one = vg_terrain_height_msl_m(t, lat[i], lon[i]);
        near_to(one, want, tolerance);
        near_to((double)got[i], (double)(float)one, 0.0); /* a batch: the same to the bit */
    }
}

static void format_is_read(const struct dem *d, const char *driver, const char *name)
{
    const char *path = dem_write(d, driver, name);
    struct vg_terrain *t = dem_open_paths(&path, 1);
    struct vg_terrain_source s;
    vg_terrain_describe(t, 0, &s);
    assert_int_equal(s.n_rows, d->n_rows);
    assert_int_equal(s.n_cols, d->n_cols);
    near_to(s.north_deg, d->north, 1e-9);
    near_to(s.east_deg, d->west + d->n_cols * d->step, 1e-9);
    near_to(s.void_share, 0.0, 0.0);
    agrees(t, d, 0.001);
    vg_terrain_destroy(t);
    dem_clean();
}

static struct dem degree_tile(double south, double west, int n, GDALDataType type)
{
    double step = 1.0 / (n - 1);
    return (struct dem){.west = west - 0.5 * step,
                        .north = south + 1.0 + 0.5 * step,
                        .step = step,
                        .n_cols = n,
                        .n_rows = n,
                        .type = type,
                        .nothing = -32768.0,
                        .at = rough};
}

static void every_format(void **state)
{
    (void)state;
    struct dem tile = degree_tile(14.0, -12.0, 1201, GDT_Int16);
    format_is_read(&tile, "SRTMHGT", "N14W012.hgt");
    format_is_read(&tile, "DTED", "n14.dt1");
    format_is_read(&tile, "GTiff", "int16.tif");
    format_is_read(&tile, "COG", "cog.tif");
    struct dem small = degree_tile(14.0, -12.0, 121, GDT_Int16);
    format_is_read(&small, "DTED", "n14.dt0");
    format_is_read(&small, "AAIGrid", "grid.asc");
    small.type = GDT_Float32;
    format_is_read(&small, "AAIGrid", "float.asc");
    format_is_read(&small, "GTiff", "float.tif");
    small.type = GDT_Int32;
    format_is_read(&small, "GTiff", "int32.tif");
    struct dem large = degree_tile(14.0, -12.0, 3601, GDT_Int16);
    format_is_read(&large, "DTED", "n14.dt2");
    format_is_read(&large, "SRTMHGT", "N14W012.hgt");
}

static void a_vrt_over_two_files(void **state)
{
    (void)state;
    struct dem d = {-12.0, 15.0, 0.01, 100, 100, NULL, GDT_Int16, -9999.0, rough, NULL};
    struct dem e = d;
    e.west = -11.0;
    const char *inputs[3] = {dem_write(&d, "GTiff", "a.tif"), dem_write(&e, "GTiff", "b.tif"),
                             NULL};
    const char *path = dem_path("both.vrt");
    GDALDatasetH vrt = GDALBuildVRT(path, 2, NULL, inputs, NULL, NULL);
    assert_non_null(vrt);
    GDALClose(vrt);
    struct vg_terrain *t = dem_open_paths(&path, 1);
    d.n_cols = 200;
    agrees(t, &d, 0.001);
    vg_terrain_destroy(t);
    dem_clean();
}

static void a_zipped_tile(void **state)
{
    (void)state;
    struct dem d = degree_tile(-36.0, 149.0, 1201, GDT_Int16);
    const char *plain = dem_write(&d, "SRTMHGT", "S36E149.hgt");
    const char *zip = dem_path("S36E149.hgt.zip");
    char inner[700];
    (void)snprintf(inner, sizeof inner, "/vsizip/%s/S36E149.hgt", zip);
    assert_int_equal(CPLCopyFile(inner, plain), 0);
    struct vg_terrain *t = dem_open_paths(&zip, 1);
    struct vg_terrain_source s;
    agrees(t, &d, 0.001);
    vg_terrain_describe(t, 0, &s);
    assert_int_equal(s.vdatum, VG_VDATUM_EGM96); /* SRTM's own, named by the driver */
    assert_int_equal(s.datum_from, VG_DATUM_READ);
    vg_terrain_destroy(t);
    dem_clean();
}

/* --- projections and the antimeridian --- */

/* Waves of 2 km, the same on both sides of the antimeridian. */
static double waves(double lat, double lon)
{
    return 500.0 + 100.0 * sin(lat * 350.0) * cos((180.0 - fabs(lon)) * 180.0);
}

struct projected {
    OGRCoordinateTransformationH to_lonlat;
};

static double waves_at(void *ctx, double x, double y)
{
    const struct projected *p = ctx;
    double z = 0.0;
    assert_true(OCTTransform(p->to_lonlat, 1, &x, &y, &z));
    return waves(y, x);
}

static OGRCoordinateTransformationH lonlat_from(const char *crs)
{
    OGRSpatialReferenceH a = OSRNewSpatialReference(NULL);
    OGRSpatialReferenceH b = OSRNewSpatialReference(NULL);
    OSRSetFromUserInput(a, crs);
    OSRSetFromUserInput(b, "EPSG:4326");
    OSRSetAxisMappingStrategy(a, OAMS_TRADITIONAL_GIS_ORDER);
    OSRSetAxisMappingStrategy(b, OAMS_TRADITIONAL_GIS_ORDER);
    OGRCoordinateTransformationH t = OCTNewCoordinateTransformation(a, b);
    OSRDestroySpatialReference(a);
    OSRDestroySpatialReference(b);
    return t;
}

/* The way to WGS 84 interpolates twice between cells of 20 m. The waves' second derivative is at
 * most 100 (350 / 111,200 per m)^2 = 1e-3 per m along a meridian and 100 (180 / 55,800)^2 = 1e-3
 * across at 60 degrees, so each costs at most 20^2 / 8 x (1e-3 + 1e-3) = 0.1 m; a hundredth of a
 * cell each way on slopes of 1 in 3 another 0.05 m or so. */
static void projected_is(const char *crs, double east, double north, double lat0, double lon0)
{
    struct projected p = {lonlat_from(crs)};
    struct dem d = {east, north, 20.0, 500, 500, crs, GDT_Float32, -9999.0, waves_at, &p};
    const char *path = dem_write(&d, "GTiff", "utm.tif");
    struct vg_terrain *t = dem_open_paths(&path, 1);
    struct vg_terrain_source s;
    vg_terrain_describe(t, 0, &s);
    near_to(s.cell_m, 20.0, 0.1); /* in both directions: not coarser to the north */
    near_to((s.north_deg - s.south_deg) / s.n_rows * 111412.0, 20.0, 0.1); /* a degree at 60 N */
    double n_inside = 0.0;
    struct vg_rng rng = vg_rng_seed(5);
    for (int i = 0; i < 5000; i++) {
        double lat = lat0 + 0.03 * (vg_rng_unit(&rng) - 0.5);
        double lon = vg_wrap_180_deg(lon0 + 0.06 * (vg_rng_unit(&rng) - 0.5));
        near_to(vg_terrain_height_msl_m(t, lat, lon), waves(lat, lon), 0.25);
        n_inside++;
    }
    assert_true(n_inside > 0.0);
    vg_terrain_destroy(t);
    OCTDestroyCoordinateTransformation(p.to_lonlat);
    dem_clean();
}

static void utm_at_sixty_degrees(void **state)
{
    (void)state;
    double x = 10.0;
    double y = 60.0;
    double z = 0.0;
    OGRCoordinateTransformationH t = lonlat_from("EPSG:32632");
    OGRCoordinateTransformationH back = OCTGetInverse(t);
    assert_true(OCTTransform(back, 1, &x, &y, &z));
    projected_is("EPSG:32632", x - 5000.0, y + 5000.0, 60.0, 10.0);
    OCTDestroyCoordinateTransformation(back);
    OCTDestroyCoordinateTransformation(t);
}

/* 180 degrees east is the edge of UTM zone 60, easting 500 km + 3 degrees. */
static void utm_across_the_antimeridian(void **state)
{
    (void)state;
    double x = 180.0;
    double y = 60.0;
    double z = 0.0;
    OGRCoordinateTransformationH t = lonlat_from("EPSG:32660");
    OGRCoordinateTransformationH back = OCTGetInverse(t);
    assert_true(OCTTransform(back, 1, &x, &y, &z));
    projected_is("EPSG:32660", x - 5000.0, y + 5000.0, 60.0, 180.0);
    OCTDestroyCoordinateTransformation(back);
    OCTDestroyCoordinateTransformation(t);
}

static double plain_slope(void *ctx, double x, double y)
{
    (void)ctx;
    return 1000.0 + 400.0 * y + 300.0 * (x < 0.0 ? x + 360.0 - 180.0 : x - 180.0);
}

static void tiles_on_both_sides_of_the_antimeridian(void **state)
{
    (void)state;
    struct dem east = {179.0, 1.0, 0.005, 200, 200, NULL, GDT_Float32, -9999.0, plain_slope, NULL};
    struct dem west = east;
    west.west = -180.0;
    const char *paths[2] = {dem_write(&east, "GTiff", "east.tif"),
                            dem_write(&west, "GTiff", "west.tif")};
    struct vg_terrain *t = dem_open_paths(paths, 2);
    for (int i = -100; i <= 100; i++) {
        double lon = vg_wrap_180_deg(180.0 + i * 0.0002);
        near_to(vg_terrain_height_msl_m(t, 0.5, lon), 1200.0 + 300.0 * i * 0.0002, 0.002);
    }
    vg_terrain_destroy(t);
    dem_clean();
}

/* --- seams --- */

/* The greatest step between points `step_deg` apart on a line, and whether all have heights. */
static double greatest_step(const struct vg_terrain *t, double lat1, double lon1, double lat2,
                            double lon2, int n)
{
    double worst = 0.0;
    double before = vg_terrain_height_msl_m(t, lat1, lon1);
    for (int i = 1; i <= n; i++) {
        double f = (double)i / n;
        double h = vg_terrain_height_msl_m(t, lat1 + f * (lat2 - lat1), lon1 + f * (lon2 - lon1));
        worst = fabs(h - before) <= worst ? worst : fabs(h - before);
        before = h;
    }
    return worst;
}

/* Three tiles about one corner, cell edges meeting: half a cell of each lies beyond its last
 * centres. Interpolated as one grid, everywhere but on the outer edges. */
static void tiles_are_one_surface(void **state)
{
    (void)state;
    const struct dem all = {-12.0, 15.0, 0.01, 200, 200, NULL, GDT_Int16, -9999.0, rough, NULL};
    struct dem part[3] = {all, all, all};
    const char *paths[3];
    for (int i = 0; i < 3; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d.tif", i);
        part[i].n_cols = 100;
        part[i].n_rows = 100;
        part[i].west += i == 1 ? 1.0 : 0.0;
        part[i].north -= i == 2 ? 1.0 : 0.0;
        paths[i] = dem_write(&part[i], "GTiff", name);
    }
    struct vg_terrain *t = dem_open_paths(paths, 3);
    struct vg_rng rng = vg_rng_seed(8);
    for (int i = 0; i < 4000; i++) {
        double along = 0.98 * vg_rng_unit(&rng);
        double across = 0.02 * (vg_rng_unit(&rng) - 0.5);
        double lat = i & 1 ? 14.99 - along : 14.0 + across;
        double lon = i & 1 ? -11.0 + across : -11.99 + along;
        bool is_corner = lat < 14.01 && lon > -11.01;
        double got = vg_terrain_height_msl_m(t, lat, lon);
        if (!is_corner) {
            near_to(got, bilinear(&all, lat, lon), 0.001);
        }
    }
    assert_int_equal(vg_terrain_n_sources(t), 3);
    vg_terrain_destroy(t);
    dem_clean();
}

/* NASA's tiles share their edge rows. */
static void tiles_with_common_rows_are_one_surface(void **state)
{
    (void)state;
    struct dem a = degree_tile(14.0, -12.0, 1201, GDT_Int16);
    struct dem b = degree_tile(14.0, -11.0, 1201, GDT_Int16);
    const char *paths[2] = {dem_write(&a, "SRTMHGT", "N14W012.hgt"),
                            dem_write(&b, "SRTMHGT", "N14W011.hgt")};
    struct vg_terrain *t = dem_open_paths(paths, 2);
    a.n_cols = 2401;
    agrees(t, &a, 0.001);
    vg_terrain_destroy(t);
    dem_clean();
}

/* Fine ground that stands 40 m above the coarse. */
static double low(void *ctx, double x, double y)
{
    (void)ctx;
    return 300.0 + 50.0 * sin(20.0 * x) + 50.0 * cos(25.0 * y);
}
static double high(void *ctx, double x, double y)
{
    return low(ctx, x, y) + 40.0;
}

/* The slope of `low` is at most 1,600 m a degree, the blend's 40 m / 16 cells of 0.002 degrees is
 * 1,250 m a degree; coarse cells of 0.03 degrees and fine ones shear by some more. A step at a seam
 * would be 2.5 m or 40 m whatever the distance. */
static void no_steps_where_fine_ends_in_coarse(void **state)
{
    (void)state;
    struct dem coarse = {-12.03, 15.04, 0.03, 80, 80, NULL, GDT_Float32, -9999.0, low, NULL};
    struct dem fine = {-11.0, 14.0, 0.002, 200, 200, NULL, GDT_Float32, -9999.0, high, NULL};
    const char *paths[2] = {dem_write(&coarse, "GTiff", "coarse.tif"),
                            dem_write(&fine, "GTiff", "fine.tif")};
    struct vg_terrain *t = dem_open_paths(paths, 2);
    struct vg_terrain *alone = dem_open_paths(paths, 1);
    struct vg_rng rng = vg_rng_seed(9);
    for (int i = 0; i < 300; i++) {
        double lat = 13.55 + 0.5 * vg_rng_unit(&rng);
        double lon = -11.05 + 0.5 * vg_rng_unit(&rng);
        double turn = 6.283 * vg_rng_unit(&rng);
        const double span = 0.02; /* ten fine cells in steps of a thousandth of one */
        double worst =
            greatest_step(t, lat, lon, lat + span * sin(turn), lon + span * cos(turn), 10000);
        near_to(worst, 0.0, 6000.0 * span / 10000.0);
    }
    agrees(t, &fine, 0.001); /* the file's own heights stay */
    for (int i = 0; i < 500; i++) { /* 16 cells outside there is nothing of it */
        double lat = 13.56 + 0.48 * vg_rng_unit(&rng);
        double lon = -11.0 - 0.002 * (16.0 + 10.0 * vg_rng_unit(&rng));
        near_to(vg_terrain_height_msl_m(t, lat, lon), vg_terrain_height_msl_m(alone, lat, lon),
                1e-9);
    }
    /* Half way out half of the difference is left. */
    double lat = 13.801;
    double lon = -11.0 - 0.002 * 7.5;
    near_to(vg_terrain_height_msl_m(t, lat, lon) - vg_terrain_height_msl_m(alone, lat, lon), 20.0,
            2.0);
    vg_terrain_destroy(t);
    vg_terrain_destroy(alone);
    dem_clean();
}

/* A void of 60 x 60 cells and one of 3 x 3. */
static double holed(void *ctx, double x, double y)
{
    bool is_large = x > -10.9 && x < -10.78 && y > 13.75 && y < 13.87;
    bool is_small = x > -10.7 && x < -10.694 && y > 13.7 && y < 13.706;
    return is_large || is_small ? (double)NAN : high(ctx, x, y);
}

static void voids_are_filled_without_steps(void **state)
{
    (void)state;
    struct dem coarse = {-12.03, 15.04, 0.03, 80, 80, NULL, GDT_Float32, -9999.0, low, NULL};
    struct dem fine = {-11.0, 14.0, 0.002, 200, 200, NULL, GDT_Int16, -9999.0, holed, NULL};
    const char *paths[2] = {dem_write(&coarse, "GTiff", "coarse.tif"),
                            dem_write(&fine, "GTiff", "fine.tif")};
    struct vg_terrain *t = dem_open_paths(paths, 2);
    struct vg_terrain *alone = dem_open_paths(paths, 1);
    struct vg_terrain *fine_alone = dem_open_paths(paths + 1, 1);
    /* The middle of the large void is the coarse ground, of the small one nearly the fine. */
    near_to(vg_terrain_height_msl_m(t, 13.81, -10.84),
            vg_terrain_height_msl_m(alone, 13.81, -10.84), 1e-9);
    near_to(vg_terrain_height_msl_m(t, 13.703, -10.697), high(NULL, -10.697, 13.703), 8.0);
    assert_true(isnan(vg_terrain_height_msl_m(fine_alone, 13.81, -10.84)));
    assert_true(vg_terrain_is_void(fine_alone, 13.81, -10.84));
    assert_false(vg_terrain_is_void(fine_alone, 13.81, -11.5)); /* no file there */
    assert_false(vg_terrain_is_void(t, 13.81, -10.84));
    near_to(greatest_step(t, 13.81, -10.95, 13.81, -10.75, 100000), 0.0, 0.012);
    near_to(greatest_step(t, 13.7, -10.72, 13.71, -10.68, 20000), 0.0, 0.012);
    struct vg_terrain_source s;
    vg_terrain_describe(t, 0, &s);
    near_to(s.void_share, (60.0 * 60.0 + 3.0 * 3.0) / 40000.0, 1e-12);
    vg_terrain_destroy(t);
    vg_terrain_destroy(alone);
    vg_terrain_destroy(fine_alone);
    dem_clean();
}

/* Tiles whose columns are twice as wide from one latitude on, as SRTM's and DTED's are: the one
 * passes into the other. */
static void neighbours_of_unlike_grids_have_no_step(void **state)
{
    (void)state;
    struct dem a = {-11.0, 14.0, 0.002, 200, 200, NULL, GDT_Float32, -9999.0, low, NULL};
    struct dem b = {-11.0, 13.6, 0.004, 100, 100, NULL, GDT_Float32, -9999.0, high, NULL};
    const char *paths[2] = {dem_write(&a, "GTiff", "a.tif"), dem_write(&b, "GTiff", "b.tif")};
    struct vg_terrain *t = dem_open_paths(paths, 2);
    near_to(greatest_step(t, 13.7, -10.8, 13.5, -10.81, 100000), 0.0, 0.05);
    vg_terrain_destroy(t);
    dem_clean();
}

/* --- vertical datums --- */

static double nought(void *ctx, double x, double y)
{
    (void)ctx;
    (void)x;
    (void)y;
    return 0.0;
}

static struct vg_terrain *flat_file(const char *crs, enum vg_vdatum stated, double lat, double lon)
{
    struct dem d = {lon - 0.5, lat + 0.5, 0.01, 100, 100, crs, GDT_Float32, -9999.0, nought, NULL};
    struct vg_terrain_file f = {dem_write(&d, "GTiff", "flat.tif"), stated};
    return dem_open(&f, 1, NULL);
}

/* Undulations of EGM96 from the test output of NGA's own interpolation program F477 (OUTPUT.DAT of
 * the EGM96 distribution). PROJ interpolates bilinearly in a grid of 15 minutes, F477 with a
 * spline: they part by up to half a metre where the geoid bends. */
static void ellipsoidal_heights_meet_the_published_geoid(void **state)
{
    (void)state;
    static const double at[][3] = {
        {38.6281550, -90.2208450, -31.628}, {-14.6212170, -54.9788860, -2.969},
        {46.8743190, 102.4487290, -43.575}, {-23.6174460, 133.8747120, 15.871},
        {38.6254730, -0.0004999, 50.066},   {-0.4667440, 0.0023000, 17.329}};
    for (size_t i = 0; i < 6; i++) {
        struct vg_terrain *t = flat_file(NULL, VG_VDATUM_ELLIPSOID, at[i][0], at[i][1]);
        near_to(vg_terrain_height_msl_m(t, at[i][0], at[i][1]), -at[i][2], 0.5);
        vg_terrain_destroy(t);
        dem_clean();
    }
}

/* The same grid through GDAL's own program, at a cell centre: to the millimetre. */
static void ellipsoidal_heights_agree_with_gdaltransform(void **state)
{
    (void)state;
    FILE *p = popen(
        "echo '-11.415 14.465 0' | gdaltransform -s_srs EPSG:4979 -t_srs EPSG:4326+5773", "r");
    double lon;
    double lat;
    double want = 0.0;
    assert_non_null(p);
    assert_int_equal(fscanf(p, "%lf %lf %lf", &lon, &lat, &want), 3);
    pclose(p);
    struct vg_terrain *t = flat_file(NULL, VG_VDATUM_ELLIPSOID, 14.47, -11.42);
    near_to(vg_terrain_height_msl_m(t, 14.465, -11.415), want, 0.001);
    vg_terrain_destroy(t);
    dem_clean();
}

static void datum_is(const char *crs, enum vg_vdatum stated, enum vg_vdatum want,
                     enum vg_datum_from from, const char *named)
{
    struct vg_terrain *t = flat_file(crs, stated, 14.5, -11.5);
    struct vg_terrain_source s;
    vg_terrain_describe(t, 0, &s);
    assert_int_equal(s.vdatum, want);
    assert_int_equal(s.datum_from, from);
    assert_int_equal(s.is_datum_assumed, from == VG_DATUM_ASSUMED);
    if (strstr(s.datum, named) == NULL) {
        fail_msg("\"%s\" does not name \"%s\"", s.datum, named);
    }
    vg_terrain_destroy(t);
    dem_clean();
}

static void the_datum_is_read_stated_or_assumed(void **state)
{
    (void)state;
    datum_is("EPSG:4326+5773", VG_VDATUM_FILE, VG_VDATUM_EGM96, VG_DATUM_READ, "EGM96");
    datum_is("EPSG:4979", VG_VDATUM_FILE, VG_VDATUM_ELLIPSOID, VG_DATUM_READ, "");
    datum_is("EPSG:4326", VG_VDATUM_FILE, VG_VDATUM_EGM96, VG_DATUM_ASSUMED, "");
    datum_is("EPSG:4326+5703", VG_VDATUM_FILE, VG_VDATUM_EGM96, VG_DATUM_ASSUMED, "NAVD88");
    datum_is("EPSG:4326+3855", VG_VDATUM_EGM96, VG_VDATUM_EGM96, VG_DATUM_STATED, "EGM2008");
    datum_is("EPSG:4979", VG_VDATUM_EGM96, VG_VDATUM_EGM96, VG_DATUM_STATED, "");
}

/* A grid of a quarter turn's spacing that is 7 m everywhere, where PROJ looks for EGM2008's. */
static void put_big(uint8_t *p, const void *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        p[i] = ((const uint8_t *)value)[n - 1 - i];
    }
}

static void write_gtx(const char *path, float shift_m)
{
    const double head[4] = {-90.0, -180.0, 90.0, 90.0};
    const int32_t size[2] = {3, 5};
    uint8_t bytes[40 + 60];
    for (int i = 0; i < 4; i++) {
        put_big(bytes + 8 * i, &head[i], 8);
    }
    put_big(bytes + 32, &size[0], 4);
    put_big(bytes + 36, &size[1], 4);
    for (int i = 0; i < 15; i++) {
        put_big(bytes + 40 + 4 * i, &shift_m, 4);
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, f), sizeof bytes);
    fclose(f);
}

static void egm2008_without_its_grid_is_refused(void **state)
{
    (void)state;
    struct dem d = {-12.0,     15.0,    0.01,   100, 100, "EPSG:4326+3855",
                    GDT_Int16, -9999.0, nought, NULL};
    struct vg_terrain_file f = {dem_write(&d, "GTiff", "glo30.tif"), VG_VDATUM_FILE};
    struct vg_terrain *t = NULL;
    struct vg_error err = {0};
    char both[700];
    (void)snprintf(both, sizeof both, "%s:/usr/share/proj", dem_folder());
    setenv("PROJ_DATA", both, 1);
    setenv("PROJ_LIB", both, 1);
    assert_int_equal(vg_terrain_open_files(&f, 1, NULL, &t, &err), VG_E_NOT_FOUND);
    assert_null(t);
    assert_non_null(strstr(err.message, "glo30.tif"));
    assert_non_null(strstr(err.message, "egm08_25.gtx"));
    assert_non_null(strstr(err.message, "datum: EGM96"));
    /* With the grid: H96 = H08 + N08 - N96, and N96 is 30 m or so here. */
    write_gtx(dem_path("egm08_25.gtx"), 7.0F);
    t = dem_open(&f, 1, NULL);
    f.vdatum = VG_VDATUM_ELLIPSOID;
    struct vg_terrain *ellipsoid = dem_open(&f, 1, NULL);
    near_to(vg_terrain_height_msl_m(t, 14.465, -11.415),
            vg_terrain_height_msl_m(ellipsoid, 14.465, -11.415) + 7.0, 0.001);
    vg_terrain_destroy(t);
    vg_terrain_destroy(ellipsoid);
    unsetenv("PROJ_DATA");
    unsetenv("PROJ_LIB");
    dem_clean();
}

/* --- damage --- */

static void refused(const char *path)
{
    struct vg_terrain *t = NULL;
    struct vg_error err = {0};
    enum vg_status st = vg_terrain_open(&path, 1, &t, &err);
    if (st != VG_E_FORMAT || vg_exit_code(st) != 3 || strstr(err.message, path) == NULL) {
        fail_msg("status %d: \"%s\"", (int)st, err.message);
    }
    assert_null(t);
}

static void damaged_files_are_named(void **state)
{
    (void)state;
    struct dem d = degree_tile(14.0, -12.0, 1201, GDT_Int16);
    const char *tif = dem_write(&d, "GTiff", "cut.tif");
    assert_int_equal(truncate(tif, 1000000), 0);
    refused(tif);
    const char *hgt = dem_write(&d, "SRTMHGT", "N14W012.hgt");
    assert_int_equal(truncate(hgt, 1000000), 0);
    refused(hgt);
    const char *zip = dem_path("N15W012.hgt.zip");
    FILE *f = fopen(zip, "wb");
    assert_non_null(f);
    fputs("PK\3\4 this is no archive", f);
    fclose(f);
    refused(zip);
    const char *gone = dem_path("gone.vrt");
    f = fopen(gone, "wb");
    assert_non_null(f);
    fputs("<VRTDataset rasterXSize=\"20\" rasterYSize=\"20\"><SRS>EPSG:4326</SRS>"
          "<GeoTransform>0, 1, 0, 10, 0, -1</GeoTransform><VRTRasterBand dataType=\"Int16\" "
          "band=\"1\"><SimpleSource><SourceFilename relativeToVRT=\"1\">none.tif</SourceFilename>"
          "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>",
          f);
    fclose(f);
    refused(gone);
    dem_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format),
        cmocka_unit_test(a_vrt_over_two_files),
        cmocka_unit_test(a_zipped_tile),
        cmocka_unit_test(utm_at_sixty_degrees),
        cmocka_unit_test(utm_across_the_antimeridian),
        cmocka_unit_test(tiles_on_both_sides_of_the_antimeridian),
        cmocka_unit_test(tiles_are_one_surface),
        cmocka_unit_test(tiles_with_common_rows_are_one_surface),
        cmocka_unit_test(no_steps_where_fine_ends_in_coarse),
        cmocka_unit_test(voids_are_filled_without_steps),
        cmocka_unit_test(neighbours_of_unlike_grids_have_no_step),
        cmocka_unit_test(ellipsoidal_heights_meet_the_published_geoid),
        cmocka_unit_test(ellipsoidal_heights_agree_with_gdaltransform),
        cmocka_unit_test(the_datum_is_read_stated_or_assumed),
        cmocka_unit_test(egm2008_without_its_grid_is_refused),
        cmocka_unit_test(damaged_files_are_named),
    };
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    dem_clean();
    return rc;
}
