/* Heights, lines of sight, what a hundred cameras see, map tiles: on the SRTM ground of
 * examples/brindabella (90 m cells) and on examples/kayes (9 km cells). Run in the source root.
 * Fixed inputs; the reference is the plain way to the same answer. */
#include "aim.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/rng.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/camera.h"
#include "terrain/tile.h"

#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    N_POINTS = 200000,
    N_DRONES = 100
};

/* Of this process on the processor, so that a busy machine does not count. */
static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const char *what, const struct vg_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->message);
    exit(1);
}

static struct vg_terrain *terrain_of(const char *path)
{
    struct vg_terrain *t = NULL;
    struct vg_error err = {0};
    if (vg_terrain_open(&path, 1, &t, &err) != VG_OK) {
        die(path, &err);
    }
    return t;
}

static struct vg_strip *strip_of(const char *text)
{
    const struct vg_network_defaults defaults = {14400.0, 2000.0, NULL, NULL};
    struct vg_network net = {0};
    struct vg_strip *strip = NULL;
    struct vg_error err = {0};
    if (vg_network_parse(text, strlen(text), "line", &defaults, &net, &err) != VG_OK) {
        die("line", &err);
    }
    if (vg_strip_create(&net, 50.0, &strip, &err) != VG_OK) {
        die("strip", &err);
    }
    vg_network_finish(&net);
    return strip;
}

/* --- heights --- */

static double gdal_heights_s(const char *path, const double *lat, const double *lon, int n)
{
    GDALDatasetH ds = GDALOpen(path, GA_ReadOnly);
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    double g[6];
    float sum = 0.0F;
    GDALGetGeoTransform(ds, g);
    double t0 = now_s();
    for (int i = 0; i < n; i++) {
        float four[4] = {0};
        int x = (int)((lon[i] - g[0]) / g[1] - 0.5);
        int y = (int)((lat[i] - g[3]) / g[5] - 0.5);
        if (GDALRasterIO(band, GF_Read, x, y, 2, 2, four, 2, 2, GDT_Float32, 0, 0) != CE_None) {
            exit(1);
        }
        sum += four[0];
    }
    double s = now_s() - t0;
    GDALClose(ds);
    return sum > -1e30F ? s : 0.0;
}

static void bench_heights(const char *path, const struct vg_terrain *t)
{
    static double lat[N_POINTS];
    static double lon[N_POINTS];
    static float h[N_POINTS];
    struct vg_rng rng = vg_rng_seed(1);
    for (int i = 0; i < N_POINTS; i++) {
        lat[i] = -35.95 + 0.5 * vg_rng_unit(&rng);
        lon[i] = 149.05 + 0.45 * vg_rng_unit(&rng);
    }
    double sum = 0.0;
    double t0 = now_s();
    for (int i = 0; i < N_POINTS; i++) {
        sum += vg_terrain_height_msl_m(t, lat[i], lon[i]);
    }
    double one_s = now_s() - t0;
    double ref_s = gdal_heights_s(path, lat, lon, N_POINTS / 20) * 20.0;
    printf("heights, random points: %.1f million/s (reference: GDALRasterIO per point %.2f "
           "million/s, %.0f times)\n",
           N_POINTS / one_s / 1e6, N_POINTS / ref_s / 1e6, ref_s / one_s);
    for (int i = 0; i < N_POINTS; i++) {
        lat[i] = -35.95 + 0.5 * i / N_POINTS;
        lon[i] = 149.05 + 0.45 * i / N_POINTS;
    }
    t0 = now_s();
    vg_terrain_heights(t, lat, lon, N_POINTS, h);
    double line_s = now_s() - t0;
    printf("heights, along a line: %.1f million/s (reference: random points, %.1f times)\n",
           N_POINTS / line_s / 1e6, one_s / line_s);
    if (!(sum + (double)h[N_POINTS - 1] > 0.0)) {
        exit(1);
    }
}

/* --- lines of sight --- */

static void bench_sees(const struct vg_terrain *t)
{
    enum {
        N = 20000
    };
    static double at[N][6];
    struct vg_rng rng = vg_rng_seed(2);
    int n_seen = 0;
    for (int i = 0; i < N; i++) {
        double *p = at[i];
        p[0] = -35.9 + 0.4 * vg_rng_unit(&rng);
        p[1] = 149.1 + 0.35 * vg_rng_unit(&rng);
        vg_geo_direct(p[0], p[1], 360.0 * vg_rng_unit(&rng), 4000.0, &p[3], &p[4]);
        p[2] = vg_terrain_height_msl_m(t, p[0], p[1]) + 300.0;
        p[5] = vg_terrain_height_msl_m(t, p[3], p[4]);
    }
    double t0 = now_s();
    for (int i = 0; i < N; i++) {
        const double *p = at[i];
        n_seen += vg_terrain_sees(t, p[0], p[1], p[2], p[3], p[4], p[5]);
    }
    double s = now_s() - t0;
    int n_dense = 0;
    t0 = now_s();
    for (int i = 0; i < N / 20; i++) {
        const double *p = at[i];
        bool is_seen = true;
        for (int k = 1; k < 400 && is_seen; k++) { /* a sample every 10 m */
            double f = k / 400.0;
            is_seen =
                vg_terrain_height_msl_m(t, p[0] + f * (p[3] - p[0]), p[1] + f * (p[4] - p[1])) <=
                p[2] + f * (p[5] - p[2]) - vg_terrain_curvature_drop_m(4000.0) * f * (1.0 - f);
        }
        n_dense += is_seen;
    }
    double ref_s = (now_s() - t0) * 20.0;
    printf("line of sight, 4 km from 300 m up: %.2f us, %.0f %% seen (reference: a sample every 10 "
           "m %.2f us, "
           "%.0f %% seen, %.1f times)\n",
           s / N * 1e6, 100.0 * n_seen / N, ref_s / N * 1e6, 2000.0 * n_dense / N, ref_s / s);
}

/* --- a hundred cameras --- */

struct fleet {
    const struct vg_terrain *terrain;
    struct vg_strip *strip;
    struct vg_camera_pose pose[N_DRONES];
    struct vg_camera_limits limits;
};

/* Spread along the line, 300 m up, looking ahead and down, as a patrol does. */
static void place_fleet(struct fleet *f)
{
    struct vg_rng rng = vg_rng_seed(3);
    int n = vg_strip_n_columns(f->strip);
    for (int i = 0; i < N_DRONES; i++) {
        struct vg_strip_axis a;
        vg_strip_axis(f->strip, (int)((double)n * (i + 0.5) / N_DRONES), &a);
        double ahead = atan2(-a.right_n, a.right_e) * VG_DEG_PER_RAD;
        f->pose[i] = (struct vg_camera_pose){
            .lat_deg = a.lat_deg,
            .lon_deg = a.lon_deg,
            .alt_msl_m = vg_terrain_height_msl_m(f->terrain, a.lat_deg, a.lon_deg) + 300.0,
            .yaw_true_deg = 90.0 - ahead + 90.0 * vg_rng_unit(&rng) - 45.0,
            .pitch_deg = -5.0 - 40.0 * vg_rng_unit(&rng),
            .hfov_deg = 60.0,
            .vfov_deg = 36.0};
    }
    f->limits = (struct vg_camera_limits){.max_range_m = 8000.0, .width_px = 1920};
}

static void count(void *ctx, const struct vg_seen_run *run)
{
    int *n = ctx;
    *n += run->row_end - run->row_first;
}

static double fleet_once_s(const struct fleet *f, struct vg_arena *scratch, int *out_cells,
                           double *out_worst_s)
{
    double sum = 0.0;
    *out_worst_s = 0.0;
    *out_cells = 0;
    for (int i = 0; i < N_DRONES; i++) {
        vg_arena_reset(scratch);
        double t0 = now_s();
        struct vg_error err = {0};
        if (vg_camera_cells(f->terrain, f->strip, &f->pose[i], &f->limits, scratch, NULL, count,
                            out_cells, &err) != VG_OK) {
            die("camera", &err);
        }
        double s = now_s() - t0;
        sum += s;
        *out_worst_s = s > *out_worst_s ? s : *out_worst_s;
    }
    return sum;
}

/* The best of some rounds, so that a busy machine counts less. */
static double fleet_s(const struct fleet *f, struct vg_arena *scratch, int *out_cells,
                      double *out_worst_s)
{
    double best = HUGE_VAL;
    for (int k = 0; k < 20; k++) {
        double worst_s;
        double s = fleet_once_s(f, scratch, out_cells, &worst_s);
        *out_worst_s = s < best ? worst_s : *out_worst_s;
        best = fmin(best, s);
    }
    return best;
}

/* The plain way: every cell within range, projected and looked at by itself. */
static double brute_s(const struct fleet *f, int n_drones, int *out_cells)
{
    double t0 = now_s();
    *out_cells = 0;
    for (int i = 0; i < n_drones; i++) {
        const struct vg_camera_pose *c = &f->pose[i];
        struct vg_frame frame = vg_frame_at(c->lat_deg, c->lon_deg);
        double yaw = c->yaw_true_deg * VG_RAD_PER_DEG;
        double p = c->pitch_deg * VG_RAD_PER_DEG;
        double th = tan(c->hfov_deg * VG_RAD_PER_DEG / 2.0);
        double tv = tan(c->vfov_deg * VG_RAD_PER_DEG / 2.0);
        struct vg_strip_run runs[64];
        int n_runs = vg_strip_near(f->strip, c->lat_deg, c->lon_deg, 10000.0, runs, 64);
        for (int k = 0; k < n_runs && k < 64; k++) {
            for (int col = runs[k].first; col < runs[k].end; col++) {
                for (int row = 0; row < vg_strip_n_rows(f->strip, col); row++) {
                    double lat;
                    double lon;
                    double e;
                    double n;
                    vg_strip_cell(f->strip, col, row, &lat, &lon);
                    vg_frame_to_en(&frame, lat, lon, &e, &n);
                    double alt = vg_terrain_height_msl_m(f->terrain, lat, lon);
                    double z = alt - c->alt_msl_m - vg_terrain_curvature_drop_m(hypot(e, n));
                    double ahead = e * sin(yaw) + n * cos(yaw);
                    double right = e * cos(yaw) - n * sin(yaw);
                    double depth = ahead * cos(p) + z * sin(p);
                    double up = -ahead * sin(p) + z * cos(p);
                    if (fabs(right) <= th * depth && fabs(up) <= tv * depth &&
                        e * e + n * n + z * z <= 8000.0 * 8000.0 &&
                        vg_terrain_sees(f->terrain, c->lat_deg, c->lon_deg, c->alt_msl_m, lat, lon,
                                        alt)) {
                        *out_cells += 1;
                    }
                }
            }
        }
    }
    return now_s() - t0;
}

static void bench_fleet(const char *name, const struct vg_terrain *t, const char *line)
{
    struct fleet f = {.terrain = t, .strip = strip_of(line)};
    struct vg_arena scratch = {0};
    int cells;
    int brute_cells;
    double worst_s = 0.0;
    place_fleet(&f);
    double s = fleet_s(&f, &scratch, &cells, &worst_s);
    double ref_s = brute_s(&f, 20, &brute_cells) * N_DRONES / 20.0;
    printf("camera cells, 100 drones on %s: %.3f ms/frame, worst %.3f ms, %d cells/frame, %.2f %% "
           "of one core at 1 Hz (reference: cell by cell %.2f ms/frame, %.0f times)\n",
           name, s / N_DRONES * 1e3, worst_s * 1e3, cells / N_DRONES, s * 100.0,
           ref_s / N_DRONES * 1e3, ref_s / s);
    char what[128];
    snprintf(what, sizeof what, "seen along a flight, 100 drones at 1 Hz, %s", name);
    aim_under(what, s * 100.0, "% of one core", 3.0);
    vg_arena_finish(&scratch);
    vg_strip_destroy(f.strip);
}

/* --- outline, tiles, the long strip --- */

static void bench_outline(const struct vg_terrain *t)
{
    struct vg_camera_pose c = {-35.65, 149.2, 1400.0, 30.0, -15.0, 0.0, 60.0, 36.0};
    struct vg_camera_limits l = {.max_range_m = 8000.0};
    struct vg_latlon p[32];
    double t0 = now_s();
    for (int i = 0; i < 1000; i++) {
        c.yaw_true_deg = i;
        vg_camera_outline(t, &c, &l, 8, p, 32);
    }
    printf("camera outline, 32 points: %.1f us\n", (now_s() - t0) / 1000 * 1e6);
}

static void bench_tiles(const struct vg_terrain *t)
{
    struct vg_buf png = {0};
    struct vg_error err = {0};
    double t0 = now_s();
    for (int i = 0; i < 20; i++) {
        if (vg_terrain_tile_png(t, 12, 3744 + i % 4, 2481 + i / 4, &png, &err) != VG_OK) {
            die("tile", &err);
        }
    }
    printf("elevation tile: %.2f ms, %.0f kB\n", (now_s() - t0) / 20 * 1e3,
           (double)png.n / 20.0 / 1000.0);
    vg_buf_finish(&png);
}

static enum vg_status any_quantity(const char *text, double *out, struct vg_error *err)
{
    (void)text;
    (void)err;
    *out = 2000.0;
    return VG_OK;
}

/* The plain ways: every column, every vertex. */
static int near_by_scan(const struct vg_strip *strip, double lat, double lon)
{
    struct vg_frame f = vg_frame_at(lat, lon);
    int n = 0;
    for (int c = 0; c < vg_strip_n_columns(strip); c++) {
        struct vg_strip_axis a;
        double e;
        double m;
        vg_strip_axis(strip, c, &a);
        vg_frame_to_en(&f, a.lat_deg, a.lon_deg, &e, &m);
        n += e * e + m * m < 64e6;
    }
    return n;
}

static void bench_places(const struct vg_network *net, const struct vg_strip *strip)
{
    enum {
        N = 2000
    };
    static double at[N][2];
    struct vg_rng rng = vg_rng_seed(4);
    struct vg_strip_run runs[64];
    int line;
    double s;
    double d;
    double sum = 0.0;
    for (int i = 0; i < N; i++) {
        struct vg_strip_axis a;
        vg_strip_axis(strip, (int)vg_rng_below(&rng, (uint64_t)vg_strip_n_columns(strip)), &a);
        at[i][0] = a.lat_deg + 0.01;
        at[i][1] = a.lon_deg;
    }
    double t0 = now_s();
    for (int i = 0; i < N; i++) {
        sum += vg_strip_near(strip, at[i][0], at[i][1], 8000.0, runs, 64);
    }
    double t1 = now_s();
    for (int i = 0; i < N / 100; i++) {
        sum += near_by_scan(strip, at[i][0], at[i][1]);
    }
    double t2 = now_s();
    for (int i = 0; i < N; i++) {
        sum += vg_strip_nearest(strip, at[i][0], at[i][1], 20e3, &line, &s, &d);
    }
    double t3 = now_s();
    for (int i = 0; i < N / 100; i++) {
        for (int k = 0; k < net->n_lines; k++) {
            vg_line_nearest(&net->lines[k], at[i][0], at[i][1], &s, &d);
            sum += s;
        }
    }
    double t4 = now_s();
    printf("columns within 8 km: %.2f us (reference: every column %.0f us, %.0f times)\n",
           (t1 - t0) / N * 1e6, (t2 - t1) / N * 1e8, 100.0 * (t2 - t1) / (t1 - t0));
    printf("nearest point of the line: %.2f us (reference: every vertex %.0f us, %.0f times)\n",
           (t3 - t2) / N * 1e6, (t4 - t3) / N * 1e8, 100.0 * (t4 - t3) / (t3 - t2));
    if (!(sum > 0.0)) {
        exit(1);
    }
}

static void bench_strip(void)
{
    const struct vg_network_defaults defaults = {14400.0, 2000.0, any_quantity, any_quantity};
    struct vg_buf text = {0};
    struct vg_network net = {0};
    struct vg_strip *strip = NULL;
    struct vg_error err = {0};
    if (vg_file_read("examples/mali/line.geojson", 1 << 26, &text, &err) != VG_OK) {
        die("line", &err);
    }
    double t0 = now_s();
    if (vg_network_parse(text.data, text.n, "mali", &defaults, &net, &err) != VG_OK) {
        die("line", &err);
    }
    double t1 = now_s();
    if (vg_strip_create(&net, 50.0, &strip, &err) != VG_OK) {
        die("strip", &err);
    }
    double t2 = now_s();
    printf("border of Mali, %.0f km: read %.1f ms, strip of %d columns %.1f ms\n",
           vg_network_length_m(&net) / 1000.0, (t1 - t0) * 1e3, vg_strip_n_columns(strip),
           (t2 - t1) * 1e3);
    bench_places(&net, strip);
    vg_strip_destroy(strip);
    vg_network_finish(&net);
    vg_buf_finish(&text);
}

int main(void)
{
    const char *srtm = "examples/brindabella/dem/S36E149_south_west.tif";
    struct vg_terrain *t = terrain_of(srtm);
    bench_heights(srtm, t);
    bench_sees(t);
    bench_fleet(
        "90 m cells", t,
        "{\"type\":\"LineString\",\"coordinates\":[[149.08,-35.5],[149.2,-35.55],[149.18,-35.6],"
        "[149.3,-35.65],[149.28,-35.75],[149.4,-35.8],[149.3,-35.9]]}");
    bench_outline(t);
    bench_tiles(t);
    vg_terrain_destroy(t);
    t = terrain_of("examples/kayes/dem/kayes_etopo5.tif");
    bench_fleet("9 km cells", t,
                "{\"type\":\"LineString\",\"coordinates\":[[-12.1,14.7],[-11.8,14.9],[-11.2,14.8],"
                "[-10.9,15.1],[-10.5,15.3]]}");
    vg_terrain_destroy(t);
    bench_strip();
    return 0;
}
