/* What a camera sees, against hand calculation and against a cell-by-cell oracle: the geodesic to
 * each cell's centre, turned into the image by three rotations one after another, and the line of
 * sight of test_sight. */
#include "base/rng.h"
#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "ground.h"
#include "terrain/camera.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.12g, want %.12g +- %g", got, want, tolerance);
    }
}

static struct vg_strip *strip_of(const char *text, double depth_m, double cell_m)
{
    const struct vg_network_defaults defaults = {14400.0, depth_m, NULL, NULL};
    struct vg_network net = {0};
    struct vg_strip *strip = NULL;
    struct vg_error err = {0};
    if (vg_network_parse(text, strlen(text), "line", &defaults, &net, &err) != VG_OK ||
        vg_strip_create(&net, cell_m, &strip, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    vg_network_finish(&net);
    return strip;
}

/* Cells seen: one byte each, their grade and one, with the contract of the callback checked. */
struct seen {
    const struct vg_strip *strip;
    uint8_t *cell;
    int last_col;
    int last_end;
    int last_grade;
    int n;
};

static void mark(void *ctx, const struct vg_seen_run *run)
{
    struct seen *s = ctx;
    assert_true(run->col > s->last_col ||
                (run->col == s->last_col &&
                 (run->row_first > s->last_end ||
                  (run->row_first == s->last_end && run->grade != s->last_grade))));
    assert_true(run->row_first >= 0 && run->row_first < run->row_end);
    assert_true(run->row_end <= vg_strip_n_rows(s->strip, run->col));
    s->last_col = run->col;
    s->last_end = run->row_end;
    s->last_grade = run->grade;
    s->n += run->row_end - run->row_first;
    memset(s->cell + vg_strip_cell_index(s->strip, run->col) + run->row_first, run->grade + 1,
           (size_t)(run->row_end - run->row_first));
}

static struct seen look(const struct vg_terrain *t, const struct vg_strip *strip,
                        const struct vg_camera_pose *pose, const struct vg_camera_limits *limits,
                        bool (*skip)(void *, int))
{
    struct seen s = {.strip = strip, .last_col = -1};
    struct vg_arena scratch = {0};
    struct vg_error err = {0};
    s.cell = calloc(1, (size_t)vg_strip_cell_index(strip, vg_strip_n_columns(strip)));
    assert_non_null(s.cell);
    if (vg_camera_cells(t, strip, pose, limits, &scratch, skip, mark, &s, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    vg_arena_finish(&scratch);
    return s;
}

/* How far inside the image and the limits a cell is: positive inside, relative to the size of the
 * image. */
static double margin(const struct vg_camera_pose *c, const struct vg_camera_limits *l, double lat,
                     double lon, double alt_msl)
{
    double d;
    double az;
    vg_geo_inverse(c->lat_deg, c->lon_deg, lat, lon, &d, &az, NULL);
    double a = (az - c->yaw_true_deg) * VG_RAD_PER_DEG;
    double p = c->pitch_deg * VG_RAD_PER_DEG;
    double r = c->roll_deg * VG_RAD_PER_DEG;
    double z = alt_msl - c->alt_msl_m - (6.0 / 7.0) * d * d / (2.0 * 6371008.8);
    double ahead = d * cos(a);
    double right = d * sin(a);
    double ahead2 = ahead * cos(p) + z * sin(p);
    double up = -ahead * sin(p) + z * cos(p);
    double right2 = right * cos(r) - up * sin(r);
    double up2 = up * cos(r) + right * sin(r);
    double th = tan(c->hfov_deg * VG_RAD_PER_DEG / 2.0);
    double tv = tan(c->vfov_deg * VG_RAD_PER_DEG / 2.0);
    double slant = hypot(d, z);
    double m =
        fmin((ahead2 * th - fabs(right2)) / (th * slant), (ahead2 * tv - fabs(up2)) / (tv * slant));
    m = fmin(m, (l->max_range_m - slant) / l->max_range_m);
    if (l->max_gsd_m > 0.0) {
        m = fmin(m, (l->max_gsd_m - slant * 2.0 * th / l->width_px) / l->max_gsd_m);
    }
    return m;
}

/* The effective ground sample distance from its definition, on the ellipsoid. */
static double effective_gsd_m(const struct vg_camera_pose *c, const struct vg_camera_limits *l,
                              double lat, double lon, double alt_msl)
{
    double d;
    vg_geo_inverse(c->lat_deg, c->lon_deg, lat, lon, &d, NULL, NULL);
    double z = alt_msl - c->alt_msl_m - (6.0 / 7.0) * d * d / (2.0 * 6371008.8);
    double depression = atan2(fabs(z), d);
    double shown = (1.7 * cos(depression) + 0.3 * sin(depression)) / 1.7;
    return hypot(d, z) * 2.0 * tan(c->hfov_deg * VG_RAD_PER_DEG / 2.0) / l->width_px / sqrt(shown);
}

/* Grade g reaches from 5 cm 2^((g - 2) / 2) to 5 cm 2^((g - 1) / 2); 1 begins at 0, 20 never ends.
 */
static bool is_grade(int grade, double gsd_m)
{
    double half_octaves = 2.0 * log2(gsd_m / 0.05);
    return grade >= 1 && grade <= 20 && (grade == 1 || half_octaves > grade - 2 - 0.005) &&
           (grade == 20 || half_octaves < grade - 1 + 0.005);
}

struct tally {
    int n_visible; /* by the oracle */
    int n_missed; /* of those, not emitted */
    int n_false; /* emitted, hidden by more than the tolerance or outside the image */
    int n_hidden; /* in the image, hidden by the oracle */
    int n_wrong_grade;
};

/* Grazing: a cell whose sight line clears or misses the ground by less than this may go either way.
 */
#define GRAZE_M 0.5

static void compare(const struct vg_terrain *t, const struct vg_strip *strip,
                    const struct vg_camera_pose *c, const struct vg_camera_limits *l,
                    struct tally *sum)
{
    struct seen got = look(t, strip, c, l, NULL);
    for (int col = 0; col < vg_strip_n_columns(strip); col++) {
        int64_t first = vg_strip_cell_index(strip, col);
        for (int row = 0; row < vg_strip_n_rows(strip, col); row++) {
            double lat;
            double lon;
            bool is_emitted = got.cell[first + row] != 0;
            vg_strip_cell(strip, col, row, &lat, &lon);
            double alt = vg_terrain_height_msl_m(t, lat, lon) + l->target_agl_m;
            double m = margin(c, l, lat, lon, alt);
            if (fabs(m) < 2e-3) {
                continue; /* on the image's edge */
            }
            bool sees =
                m > 0.0 && vg_terrain_sees(t, c->lat_deg, c->lon_deg, c->alt_msl_m, lat, lon, alt);
            if (is_emitted &&
                !is_grade(got.cell[first + row] - 1, effective_gsd_m(c, l, lat, lon, alt))) {
                sum->n_wrong_grade++;
            }
            sum->n_visible += sees;
            sum->n_hidden += m > 0.0 && !sees;
            sum->n_missed += sees && !is_emitted;
            sum->n_false += is_emitted && !sees &&
                            (m <= 0.0 || !vg_terrain_sees(t, c->lat_deg, c->lon_deg, c->alt_msl_m,
                                                          lat, lon, alt + GRAZE_M));
        }
    }
    free(got.cell);
}

static struct vg_camera_pose any_pose(struct vg_rng *rng, const struct vg_terrain *t, double lat,
                                      double lon, double agl)
{
    struct vg_camera_pose c = {.lat_deg = lat + 0.02 * vg_rng_normal(rng),
                               .lon_deg = lon + 0.02 * vg_rng_normal(rng),
                               .yaw_true_deg = 360.0 * vg_rng_unit(rng),
                               .pitch_deg = -90.0 * vg_rng_unit(rng) * vg_rng_unit(rng),
                               .roll_deg = 10.0 * vg_rng_normal(rng),
                               .hfov_deg = 6.0 + 90.0 * vg_rng_unit(rng)};
    c.vfov_deg = 0.6 * c.hfov_deg;
    c.alt_msl_m = vg_terrain_height_msl_m(t, c.lat_deg, c.lon_deg) + agl;
    return c;
}

/* Zero hidden cells credited, and nearly nothing that is visible missed. */
static void agrees_with_the_oracle_on_hills(void **state)
{
    (void)state;
    struct vg_strip *strip = strip_of(
        "{\"type\":\"LineString\",\"coordinates\":[[19.93,39.95],[19.96,39.98],[19.97,40.0],"
        "[20.0,40.01],[20.01,40.0],[20.05,40.03]]}",
        2000.0, 50.0);
    struct tally sum = {0};
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct vg_terrain *t = ground_fractal(seed % 4, 300, 40.0, 20.0, 1.0 / 1200.0, 600.0);
        assert_non_null(t);
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_camera_pose c = any_pose(&rng, t, 39.99, 19.99, 20.0 + 200.0 * vg_rng_unit(&rng));
        struct vg_camera_limits l = {.max_range_m = 3000.0 + 5000.0 * vg_rng_unit(&rng),
                                     .max_gsd_m = seed % 3 ? 0.0 : 2.0,
                                     .width_px = 1920,
                                     .target_agl_m = seed % 2 ? 0.0 : 1.5};
        struct tally one = {0};
        compare(t, strip, &c, &l, &one);
        assert_int_equal(one.n_wrong_grade, 0);
        if (one.n_false > 0) {
            fail_msg("seed %d: %d hidden cells credited of %d", (int)seed, one.n_false,
                     one.n_hidden);
        }
        sum.n_visible += one.n_visible;
        sum.n_hidden += one.n_hidden;
        sum.n_missed += one.n_missed;
        vg_terrain_destroy(t);
    }
    print_message("hills: %d visible, %d hidden, %d missed\n", sum.n_visible, sum.n_hidden,
                  sum.n_missed);
    assert_true(sum.n_visible > 20000 && sum.n_hidden > 8000);
    assert_true(sum.n_missed * 200 < sum.n_visible); /* under 0.5 % */
    vg_strip_destroy(strip);
}

static void agrees_with_the_oracle_on_real_mountains(void **state)
{
    (void)state;
    const char *path = "examples/brindabella/dem/S36E149_south_west.tif";
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(&path, 1, &t, NULL), VG_OK);
    struct vg_strip *strip = strip_of(
        "{\"type\":\"LineString\",\"coordinates\":[[149.1,-35.6],[149.16,-35.64],[149.15,-35.72]]}",
        2000.0, 50.0);
    struct tally sum = {0};
    struct vg_rng rng = vg_rng_seed(36);
    for (int i = 0; i < 16; i++) {
        struct vg_camera_pose c = any_pose(&rng, t, -35.65, 149.15, 300.0);
        struct vg_camera_limits l = {.max_range_m = 8000.0, .width_px = 1920};
        compare(t, strip, &c, &l, &sum);
    }
    print_message("mountains: %d visible, %d hidden, %d missed\n", sum.n_visible, sum.n_hidden,
                  sum.n_missed);
    assert_int_equal(sum.n_false, 0);
    assert_true(sum.n_visible > 10000 && sum.n_hidden > 1000);
    assert_true(sum.n_missed * 200 < sum.n_visible);
    vg_strip_destroy(strip);
    vg_terrain_destroy(t);
}

/* The same hills, line and camera once at 20 E and once over the antimeridian: the same cells. */
static void the_antimeridian_changes_nothing(void **state)
{
    (void)state;
    const double lon0[2] = {20.0, 180.0};
    struct seen s[2];
    struct vg_strip *strip[2];
    for (int i = 0; i < 2; i++) {
        char text[200];
        vg_format(text, sizeof text,
                  "{\"type\":\"LineString\",\"coordinates\":[[%.4f,39.97],[%.4f,40.01]]}",
                  vg_wrap_180_deg(lon0[i] - 0.05), vg_wrap_180_deg(lon0[i] + 0.05));
        struct vg_terrain *t = ground_fractal(5, 300, 40.0, lon0[i], 1.0 / 1200.0, 400.0);
        assert_non_null(t);
        strip[i] = strip_of(text, 2000.0, 50.0);
        struct vg_camera_pose c = {
            39.97, vg_wrap_180_deg(lon0[i] - 0.01), 500.0, 60.0, -12.0, 3.0, 70.0, 40.0};
        struct vg_camera_limits l = {.max_range_m = 7000.0, .width_px = 1920};
        s[i] = look(t, strip[i], &c, &l, NULL);
        vg_terrain_destroy(t);
    }
    assert_int_equal(vg_strip_n_columns(strip[0]), vg_strip_n_columns(strip[1]));
    assert_true(s[0].n > 500);
    /* Rounding may move a cell over an edge. */
    int64_t n = vg_strip_cell_index(strip[0], vg_strip_n_columns(strip[0]));
    int n_differ = 0;
    for (int64_t i = 0; i < n; i++) {
        n_differ += s[0].cell[i] != s[1].cell[i];
    }
    assert_true(n_differ <= 5);
    for (int i = 0; i < 2; i++) {
        free(s[i].cell);
        vg_strip_destroy(strip[i]);
    }
}

/* Write fractal hills as a file. */
static void write_hills(const char *path, double lat, double lon)
{
    enum {
        N = 120
    };
    static float h[N * N];
    struct vg_terrain *t = ground_fractal(8, N, lat, lon, 1.0 / 1200.0, 300.0);
    assert_non_null(t);
    double north = lat + 0.5 * (N - 1) / 1200.0;
    double west = lon - 0.5 * (N - 1) / 1200.0;
    for (int i = 0; i < N * N; i++) {
        h[i] = (float)vg_terrain_height_msl_m(t, north - i / N / 1200.0, west + i % N / 1200.0);
    }
    vg_terrain_destroy(t);
    double g[6] = {west - 0.5 / 1200.0,  1.0 / 1200.0, 0.0,
                   north + 0.5 / 1200.0, 0.0,          -1.0 / 1200.0};
    GDALAllRegister();
    GDALDatasetH ds = GDALCreate(GDALGetDriverByName("GTiff"), path, N, N, 1, GDT_Float32, NULL);
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, 4326);
    GDALSetSpatialRef(ds, srs);
    OSRDestroySpatialReference(srs);
    GDALSetGeoTransform(ds, g);
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(ds, 1), GF_Write, 0, 0, N, N, h, N, N, GDT_Float32, 0, 0),
        CE_None);
    GDALClose(ds);
}

/* A fine file that covers a part of what is looked at, the rest from a coarse one, with a step
 * between them. */
static void agrees_with_the_oracle_over_two_files(void **state)
{
    (void)state;
    write_hills("/vsimem/hills.tif", 14.8, -11.2);
    const char *paths[2] = {"examples/kayes/dem/kayes_etopo5.tif", "/vsimem/hills.tif"};
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(paths, 2, &t, NULL), VG_OK);
    struct vg_strip *strip = strip_of(
        "{\"type\":\"LineString\",\"coordinates\":[[-11.3,14.76],[-11.2,14.8],[-11.1,14.83]]}",
        2000.0, 50.0);
    struct tally sum = {0};
    struct vg_rng rng = vg_rng_seed(77);
    for (int i = 0; i < 12; i++) {
        struct vg_camera_pose c = any_pose(&rng, t, 14.8, -11.2, 150.0);
        struct vg_camera_limits l = {.max_range_m = 8000.0, .width_px = 1920};
        compare(t, strip, &c, &l, &sum);
    }
    print_message("two files: %d visible, %d hidden, %d missed\n", sum.n_visible, sum.n_hidden,
                  sum.n_missed);
    assert_int_equal(sum.n_false, 0);
    assert_true(sum.n_visible > 3000 && sum.n_hidden > 1000);
    assert_true(sum.n_missed * 200 < sum.n_visible);
    vg_strip_destroy(strip);
    vg_terrain_destroy(t);
    VSIUnlink("/vsimem/hills.tif");
}

/* A coarse file (9 km cells): smooth ground, few samples, the same rules. */
static void agrees_with_the_oracle_on_coarse_ground(void **state)
{
    (void)state;
    const char *path = "examples/kayes/dem/kayes_etopo5.tif";
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(&path, 1, &t, NULL), VG_OK);
    struct vg_strip *strip = strip_of(
        "{\"type\":\"LineString\",\"coordinates\":[[-11.3,14.7],[-11.2,14.8],[-11.0,14.8]]}",
        2000.0, 50.0);
    struct tally sum = {0};
    struct vg_rng rng = vg_rng_seed(14);
    for (int i = 0; i < 10; i++) {
        struct vg_camera_pose c = any_pose(&rng, t, 14.78, -11.2, 300.0);
        struct vg_camera_limits l = {.max_range_m = 8000.0, .width_px = 1920};
        compare(t, strip, &c, &l, &sum);
    }
    assert_int_equal(sum.n_false, 0);
    assert_true(sum.n_visible > 5000);
    assert_true(sum.n_missed * 200 < sum.n_visible);
    vg_strip_destroy(strip);
    vg_terrain_destroy(t);
}

/* Straight down from 300 m with 60 by 40 degrees: 300 tan 30 = 173.2 m to each side, 300 tan 20 =
 * 109.2 m ahead and back. The line goes north under the camera with cells of 10 m: rows (east)
 * centred at 5, 15 .. 165 are in: 17 on each side; 218.4 m of line in columns of 10 m are 21 or 22.
 */
static void straight_down_over_flat_ground(void **state)
{
    (void)state;
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &t, NULL), VG_OK);
    struct vg_strip *strip =
        strip_of("{\"type\":\"LineString\",\"coordinates\":[[10,-0.02],[10,0.02]]}", 400.0, 10.0);
    struct vg_camera_pose c = {0.0, 10.0, 300.0, 0.0, -90.0, 0.0, 60.0, 40.0};
    struct vg_camera_limits l = {.max_range_m = 5000.0, .width_px = 1920};
    struct seen s = look(t, strip, &c, &l, NULL);
    assert_true(s.n == 34 * 21 || s.n == 34 * 22);
    free(s.cell);
    struct vg_latlon p[40];
    assert_int_equal(vg_camera_outline(t, &c, &l, 10, p, 40), 40);
    struct vg_frame f = vg_frame_at(0.0, 10.0);
    double e;
    double n;
    vg_frame_to_en(&f, p[0].lat_deg, p[0].lon_deg, &e, &n); /* top left: west and north */
    near(e, -173.205, 0.02);
    near(n, 109.191, 0.02);
    vg_frame_to_en(&f, p[20].lat_deg, p[20].lon_deg, &e, &n); /* bottom right */
    near(e, 173.205, 0.02);
    near(n, -109.191, 0.02);
    /* Ground sample distance: 2 x 300 tan 30 / 1920 = 0.1804 m a pixel in the middle. */
    l.max_gsd_m = 0.18;
    s = look(t, strip, &c, &l, NULL);
    assert_int_equal(s.n, 0);
    free(s.cell);
    vg_strip_destroy(strip);
    vg_terrain_destroy(t);
}

/* 45 degrees down to the north from 1000 m, 20 degrees tall: near edge at 1000 / tan 55 = 700.2 m,
 * far edge at 1000 / tan 35 = 1428.1 m (moved out 0.2 m by the Earth's fall). */
static void an_oblique_outline(void **state)
{
    (void)state;
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &t, NULL), VG_OK);
    struct vg_camera_pose c = {0.0, 10.0, 1000.0, 0.0, -45.0, 0.0, 30.0, 20.0};
    struct vg_camera_limits l = {.max_range_m = 5000.0, .width_px = 1920};
    struct vg_latlon p[8];
    assert_int_equal(vg_camera_outline(t, &c, &l, 2, p, 8), 8);
    struct vg_frame f = vg_frame_at(0.0, 10.0);
    double e;
    double n;
    vg_frame_to_en(&f, p[1].lat_deg, p[1].lon_deg, &e, &n); /* the middle of the top */
    near(e, 0.0, 0.01);
    near(n, 1428.1, 0.5);
    vg_frame_to_en(&f, p[5].lat_deg, p[5].lon_deg, &e, &n); /* of the bottom */
    near(n, 700.2, 0.3);
    vg_frame_to_en(&f, p[0].lat_deg, p[0].lon_deg, &e, &n);
    assert_true(e < -100.0 && n > 1400.0);
    /* With the horizon in view the far side is cut at the greatest range; into the sky there is no
     * ground. */
    c.pitch_deg = -5.0;
    assert_int_equal(vg_camera_outline(t, &c, &l, 2, p, 8), 8);
    vg_frame_to_en(&f, p[1].lat_deg, p[1].lon_deg, &e, &n);
    near(n, 5000.0, 0.5);
    vg_frame_to_en(&f, p[5].lat_deg, p[5].lon_deg, &e, &n);
    near(n, 1000.0 / tan(15.0 * VG_RAD_PER_DEG), 5.0);
    assert_int_equal(vg_camera_outline(t, &c, &l, 2, p, 3), 3);
    c.pitch_deg = 40.0;
    assert_int_equal(vg_camera_outline(t, &c, &l, 2, p, 8), 0);
    vg_terrain_destroy(t);
}

/* The shadow of a 100 m wall 2000 m away, eye at 300 m: from the wall to 3002 m (derived in
 * test_sight). The line runs east-west through both, so a column is hidden by its range alone. */
static void nothing_in_the_shadow_of_a_wall(void **state)
{
    (void)state;
    double m = 1.0 / 111319.490793;
    double step = 25.0 * m;
    struct vg_terrain *t = ground_wall(401, 0.0, 0.0, step, 0.0, 100.0);
    assert_non_null(t);
    char text[200];
    vg_format(text, sizeof text, "{\"type\":\"LineString\",\"coordinates\":[[%.9f,0],[%.9f,0]]}",
              -1900.0 * m, 2900.0 * m);
    struct vg_strip *strip = strip_of(text, 200.0, 20.0);
    struct vg_camera_pose c = {0.0, -2000.0 * m, 300.0, 90.0, -5.0, 0.0, 60.0, 40.0};
    struct vg_camera_limits l = {.max_range_m = 8000.0, .width_px = 1920};
    struct seen s = look(t, strip, &c, &l, NULL);
    int n_lit = 0;
    for (int col = 0; col < vg_strip_n_columns(strip); col++) {
        double x;
        vg_strip_column(strip, col, NULL, &x, NULL);
        double east = x + 100.0; /* of the camera */
        int64_t first = vg_strip_cell_index(strip, col);
        for (int row = 0; row < vg_strip_n_rows(strip, col); row++) {
            double across = (row + 0.5 - vg_strip_n_rows(strip, col) / 2) * 20.0;
            double range = hypot(east, across);
            /* The wall is the line east = 2000: the shadow's edge at east = 3002 whatever the
             * angle. */
            if (east > 2030.0 && east < 2995.0 && s.cell[first + row]) {
                fail_msg("column %d row %d at %.0f m is in the shadow", col, row, east);
            }
            if (east > 3012.0 && range < 5000.0 && fabs(across) < 0.5 * east) {
                assert_true(s.cell[first + row]);
                n_lit++;
            }
        }
    }
    assert_true(n_lit > 500);
    free(s.cell);
    vg_strip_destroy(strip);
    vg_terrain_destroy(t);
}

static bool skip_odd(void *ctx, int col)
{
    (void)ctx;
    return col % 2 == 1;
}

static void skipped_columns_are_left_out(void **state)
{
    (void)state;
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &t, NULL), VG_OK);
    struct vg_strip *strip =
        strip_of("{\"type\":\"LineString\",\"coordinates\":[[10,-0.02],[10,0.02]]}", 400.0, 10.0);
    struct vg_camera_pose c = {0.0, 10.0, 300.0, 0.0, -60.0, 0.0, 60.0, 40.0};
    struct vg_camera_limits l = {.max_range_m = 5000.0, .width_px = 1920};
    struct seen all = look(t, strip, &c, &l, NULL);
    struct seen half = look(t, strip, &c, &l, skip_odd);
    assert_true(half.n > 100);
    for (int col = 0; col < vg_strip_n_columns(strip); col++) {
        int64_t first = vg_strip_cell_index(strip, col);
        for (int row = 0; row < vg_strip_n_rows(strip, col); row++) {
            assert_int_equal(half.cell[first + row], col % 2 ? 0 : all.cell[first + row]);
        }
    }
    free(all.cell);
    free(half.cell);
    vg_strip_destroy(strip);
    vg_terrain_destroy(t);
}

static void bad_poses_and_little_memory_are_refused(void **state)
{
    (void)state;
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &t, NULL), VG_OK);
    struct vg_strip *strip =
        strip_of("{\"type\":\"LineString\",\"coordinates\":[[10,-0.02],[10,0.02]]}", 400.0, 10.0);
    struct vg_camera_limits l = {.max_range_m = 5000.0, .width_px = 1920};
    struct seen s = {.strip = strip, .last_col = -1};
    struct vg_arena scratch = {0};
    struct vg_camera_pose c = {0.0, 10.0, 300.0, 0.0, -60.0, 0.0, 180.0, 40.0};
    assert_int_equal(vg_camera_cells(t, strip, &c, &l, &scratch, NULL, mark, &s, NULL), VG_E_RANGE);
    c.hfov_deg = 60.0;
    c.yaw_true_deg = (double)NAN;
    assert_int_equal(vg_camera_cells(t, strip, &c, &l, &scratch, NULL, mark, &s, NULL), VG_E_RANGE);
    c.yaw_true_deg = 0.0;
    scratch.limit_bytes = 100;
    assert_int_equal(vg_camera_cells(t, strip, &c, &l, &scratch, NULL, mark, &s, NULL),
                     VG_E_NO_MEMORY);
    vg_arena_finish(&scratch);
    /* Far from any line, or looking into the sky, there is nothing to see and nothing wrong. */
    scratch = (struct vg_arena){0};
    c.lat_deg = 50.0;
    assert_int_equal(vg_camera_cells(t, strip, &c, &l, &scratch, NULL, mark, &s, NULL), VG_OK);
    c.lat_deg = 0.0;
    c.pitch_deg = 60.0;
    assert_int_equal(vg_camera_cells(t, strip, &c, &l, &scratch, NULL, mark, &s, NULL), VG_OK);
    assert_int_equal(s.n, 0);
    vg_arena_finish(&scratch);
    vg_strip_destroy(strip);
    vg_terrain_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(straight_down_over_flat_ground),
        cmocka_unit_test(an_oblique_outline),
        cmocka_unit_test(nothing_in_the_shadow_of_a_wall),
        cmocka_unit_test(skipped_columns_are_left_out),
        cmocka_unit_test(bad_poses_and_little_memory_are_refused),
        cmocka_unit_test(agrees_with_the_oracle_on_hills),
        cmocka_unit_test(agrees_with_the_oracle_on_real_mountains),
        cmocka_unit_test(agrees_with_the_oracle_on_coarse_ground),
        cmocka_unit_test(agrees_with_the_oracle_over_two_files),
        cmocka_unit_test(the_antimeridian_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
