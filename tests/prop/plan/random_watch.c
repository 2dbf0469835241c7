#include "random_watch.h"

#include "base/rng.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

enum {
    MOST_POINTS = 4000,
    MOST_BASES = 6,
    MOST_TYPES = 3
};

enum wishes {
    EQUAL,
    CLASSES,
    SMOOTH
};

struct point {
    double lat_deg;
    double lon_deg;
};

/* The watch in the making. */
struct pen {
    struct vg_rng rng;
    struct random_watch *out;
    double reach_m; /* out and home of the type that flies shortest, without wind */
    double slowest_mps;
    double wish_min; /* the base promise */
    enum wishes wishes;
    int n_types;
    int n_lines;
    struct point at[MOST_POINTS]; /* of all lines */
    int n;
    struct point bases[MOST_BASES];
    int n_bases;
};

static double between(struct pen *pen, double lo, double hi)
{
    return lo + (hi - lo) * vg_rng_unit(&pen->rng);
}

static bool one_in(struct pen *pen, int n)
{
    return vg_rng_below(&pen->rng, (uint64_t)n) == 0;
}

static struct point go(struct point from, double azimuth_deg, double distance_m)
{
    struct point to;
    vg_geo_direct(from.lat_deg, from.lon_deg, vg_wrap_360_deg(azimuth_deg), distance_m, &to.lat_deg,
                  &to.lon_deg);
    return to;
}

static double apart_m(struct point a, struct point b)
{
    return vg_geo_distance_m(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg);
}

static struct point somewhere_on(struct pen *pen)
{
    return pen->at[vg_rng_below(&pen->rng, (uint64_t)pen->n)];
}

/* ---- quantities, each time in another unit ---- */

static void put_length(struct pen *pen, struct vg_buf *out, double m)
{
    static const struct {
        const char *unit;
        double m;
    } UNITS[] = {{"m", 1}, {" km", 1000}, {"ft", 0.3048}, {" nmi", 1852}};
    int k = (int)vg_rng_below(&pen->rng, 4);
    vg_buf_printf(out, "%.4f%s", m / UNITS[k].m, UNITS[k].unit);
}

static void put_speed(struct pen *pen, struct vg_buf *out, double mps)
{
    static const struct {
        const char *unit;
        double mps;
    } UNITS[] = {{" m/s", 1}, {"km/h", 1 / 3.6}, {" kt", 1852.0 / 3600}};
    int k = (int)vg_rng_below(&pen->rng, 3);
    vg_buf_printf(out, "%.3f%s", mps / UNITS[k].mps, UNITS[k].unit);
}

static void put_duration(struct pen *pen, struct vg_buf *out, double s)
{
    int whole = (int)s;
    switch (vg_rng_below(&pen->rng, 3)) {
    case 0:
        vg_buf_printf(out, "%.2fmin", s / 60);
        break;
    case 1:
        vg_buf_printf(out, "%.3f h", s / 3600);
        break;
    default:
        vg_buf_printf(out, "%dh %dmin %ds", whole / 3600, whole / 60 % 60, whole % 60);
    }
}

/* ---- lines ---- */

/* A way that wanders, or that turns once round as it goes and closes; into `way`, at most cap. */
static int wander(struct pen *pen, struct point from, double length_m, bool is_ring,
                  struct point *way, int cap)
{
    double heading = between(pen, 0, 360);
    double most_m = fmax(2000, length_m / 150);
    int n = 0;
    way[n++] = from;
    for (double s = 0; s < length_m && n < cap - 1;) {
        double step_m = fmin(between(pen, 0.15, 1) * most_m, length_m - s + 1);
        double wiggle = (is_ring ? 10 : 25) * vg_rng_normal(&pen->rng);
        s += step_m;
        heading += is_ring ? 360 * step_m / length_m : 0.3 * wiggle;
        way[n] = go(way[n - 1], heading + wiggle, step_m);
        n++;
    }
    if (is_ring) {
        way[n++] = from;
    }
    return n;
}

/* Minutes wanted on the k-th of n pieces of a line. */
static double wish_min(struct pen *pen, int k, int n)
{
    if (pen->wishes == CLASSES) {
        return pen->wish_min * (double)(1 << vg_rng_below(&pen->rng, 3)) / 2;
    }
    double far = 0.5 - 0.5 * cos(2 * acos(-1.0) * (k + 0.5) / n);
    return ceil(pen->wish_min * (1 + 4 * far));
}

static void put_feature(struct pen *pen, const struct point *way, int n, double revisit_min)
{
    struct vg_buf *out = &pen->out->line;
    vg_buf_printf(out, "%s{\"type\":\"Feature\",\"properties\":{\"line\":\"L%d\"",
                  out->n > 0 ? ",\n" : "", pen->n_lines);
    if (pen->wishes != EQUAL) {
        vg_buf_printf(out, ",\"revisit\":\"%.0fmin\"", revisit_min);
    }
    vg_buf_puts(out, "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
    for (int i = 0; i < n; i++) {
        vg_buf_printf(out, "%s[%.6f,%.6f]", i > 0 ? "," : "", way[i].lon_deg, way[i].lat_deg);
    }
    vg_buf_puts(out, "]}}");
}

/* A line in as many features as it has wishes. */
static void put_line(struct pen *pen, struct point from, double length_m, bool is_ring)
{
    struct point way[MOST_POINTS / 8];
    int n = wander(pen, from, length_m, is_ring, way, MOST_POINTS / 8);
    int pieces = pen->wishes == EQUAL     ? 1
                 : pen->wishes == CLASSES ? 1 + (int)vg_rng_below(&pen->rng, 5)
                                          : 8;
    pen->n_lines++;
    for (int k = 0; k < pieces; k++) {
        int a = (n - 1) * k / pieces;
        int b = (n - 1) * (k + 1) / pieces;
        if (b > a) {
            put_feature(pen, way + a, b - a + 1, wish_min(pen, k, pieces));
        }
    }
    for (int i = 0; i < n && pen->n < MOST_POINTS; i++) {
        pen->at[pen->n++] = way[i];
    }
}

/* One to four of them: alone, as islands, or from a place on an earlier one. */
static void put_lines(struct pen *pen)
{
    struct point start;
    start.lat_deg = one_in(pen, 5) ? between(pen, 58, 70) : between(pen, -56, 56);
    start.lon_deg = one_in(pen, 6) ? 179.7 : between(pen, -180, 180);
    double total_m = pen->reach_m * exp(between(pen, log(0.3), log(5)));
    int n = 1 + (one_in(pen, 2) ? (int)vg_rng_below(&pen->rng, 4) : 0);
    /* One draw a statement: compilers call what stands between commas in any order. */
    bool is_ring = one_in(pen, 6);
    put_line(pen, start, total_m / n * between(pen, 0.7, 1.3), is_ring);
    for (int k = 1; k < n; k++) {
        bool is_branch = one_in(pen, 2);
        struct point from = somewhere_on(pen);
        double away_deg = between(pen, 0, 360);
        from = is_branch ? from : go(from, away_deg, between(pen, 0.02, 0.6) * pen->reach_m);
        is_ring = !is_branch && one_in(pen, 2);
        put_line(pen, from, total_m / n * between(pen, 0.2, 1.3), is_ring);
    }
}

/* ---- fleet ---- */

static void put_types(struct pen *pen)
{
    struct vg_buf *out = &pen->out->yaml;
    pen->n_types = one_in(pen, 2) ? 1 : 1 + (int)vg_rng_below(&pen->rng, MOST_TYPES);
    pen->slowest_mps = HUGE_VAL;
    pen->reach_m = HUGE_VAL;
    vg_buf_puts(out, "cameras:\n  eye: {pixels: [1920, 1080], ");
    vg_buf_puts(out, one_in(pen, 3) ? "hfov: 100deg}\n" : "hfov: [6deg, 60deg], gimbal: 3-axis}\n");
    vg_buf_puts(out, "types:\n");
    for (int t = 0; t < pen->n_types; t++) {
        double cruise = between(pen, 12, 40);
        double endurance = 3600 * exp(between(pen, log(0.7), log(9)));
        double reserve = floor(between(pen, 5, 35));
        pen->slowest_mps = fmin(pen->slowest_mps, cruise);
        pen->reach_m = fmin(pen->reach_m, cruise * endurance * (1 - reserve / 100) / 2);
        vg_buf_printf(out, "  t%d: {cruise: ", t);
        put_speed(pen, out, cruise);
        vg_buf_puts(out, ", endurance: ");
        put_duration(pen, out, endurance);
        vg_buf_printf(out, ", reserve: %.0f%%, turnaround: ", reserve);
        put_duration(pen, out, one_in(pen, 10) ? 0 : between(pen, 3, 60) * 60);
        vg_buf_puts(out, ", climb: ");
        put_speed(pen, out, between(pen, 2, 6));
        vg_buf_puts(out, one_in(pen, 2) ? ", sink: 1.5 m/s, agl: " : ", agl: ");
        put_length(pen, out, between(pen, 100, 400));
        vg_buf_puts(out, "}\n");
    }
}

static void put_bases(struct pen *pen)
{
    struct vg_buf *out = &pen->out->yaml;
    pen->n_bases = 1 + (int)vg_rng_below(&pen->rng, MOST_BASES);
    vg_buf_puts(out, "bases:\n");
    for (int b = 0; b < pen->n_bases; b++) {
        double azimuth = between(pen, 0, 360);
        double beside_m = between(pen, 0, one_in(pen, 8) ? 2 : 0.4) * pen->reach_m;
        pen->bases[b] = go(somewhere_on(pen), azimuth, beside_m);
        vg_buf_printf(out, "  - {name: B%d, at: [%.6f, %.6f], pads: %d}\n", b,
                      pen->bases[b].lat_deg, pen->bases[b].lon_deg,
                      1 + (int)vg_rng_below(&pen->rng, 3));
    }
}

static void put_drones(struct pen *pen)
{
    struct vg_buf *out = &pen->out->yaml;
    bool is_placed = !one_in(pen, 4);
    int left = (int)ceil(exp(between(pen, 0, log(20))));
    vg_buf_puts(out, "drones:\n");
    for (int k = 0; left > 0; k++) {
        int n = 1 + (int)vg_rng_below(&pen->rng, (uint64_t)left);
        vg_buf_printf(out, "  - {id: D%d-, count: %d, type: t%d", k, n,
                      (int)vg_rng_below(&pen->rng, (uint64_t)pen->n_types));
        if (is_placed) {
            vg_buf_printf(out, ", base: B%d", (int)vg_rng_below(&pen->rng, (uint64_t)pen->n_bases));
        }
        vg_buf_puts(out, "}\n");
        left -= n;
    }
}

static void put_wind(struct pen *pen)
{
    struct vg_buf *out = &pen->out->yaml;
    if (one_in(pen, 3)) {
        return;
    }
    vg_buf_printf(out, "wind: {from: %.1fdeg, speed: ", between(pen, 0, 360));
    put_speed(pen, out, between(pen, 0, one_in(pen, 3) ? 0.8 : 0.4) * pen->slowest_mps);
    vg_buf_puts(out, "}\n");
}

/* ---- zones ---- */

static void put_zone(struct pen *pen, const char *kind, struct point middle, double radius_m, int n)
{
    struct vg_buf *out = &pen->out->zones;
    double first_deg = between(pen, 0, 360);
    vg_buf_printf(out, "%s{\"type\":\"Feature\",\"properties\":{\"kind\":\"%s\"},\"geometry\":",
                  out->n > 0 ? ",\n" : "", kind);
    vg_buf_puts(out, "{\"type\":\"Polygon\",\"coordinates\":[[");
    for (int k = 0; k <= n; k++) {
        struct point p = go(middle, first_deg - 360.0 * (k % n) / n, radius_m);
        vg_buf_printf(out, "%s[%.6f,%.6f]", k > 0 ? "," : "", p.lon_deg, p.lat_deg);
    }
    vg_buf_puts(out, "]]}}");
}

static double nearest_base_m(const struct pen *pen, struct point at)
{
    double least = HUGE_VAL;
    for (int b = 0; b < pen->n_bases; b++) {
        least = fmin(least, apart_m(at, pen->bases[b]));
    }
    return least;
}

/* Round the first base, all bases inside, some of the line perhaps not. */
static void put_fence(struct pen *pen)
{
    static const int CORNERS = 16;
    double far_m = 0;
    double base_m = 0;
    for (int i = 0; i < pen->n; i++) {
        far_m = fmax(far_m, apart_m(pen->bases[0], pen->at[i]));
    }
    for (int b = 1; b < pen->n_bases; b++) {
        base_m = fmax(base_m, apart_m(pen->bases[0], pen->bases[b]));
    }
    double radius_m = fmax(base_m + 3000, far_m * between(pen, 0.7, 1.2));
    if (radius_m < 1000e3) {
        put_zone(pen, "geofence", pen->bases[0], radius_m / cos(acos(-1.0) / CORNERS), CORNERS);
    }
}

static void put_zones(struct pen *pen)
{
    int n = one_in(pen, 4) ? 1 + (int)vg_rng_below(&pen->rng, 3) : 0;
    for (int k = 0; k < n; k++) {
        double azimuth = between(pen, 0, 360);
        double radius_m = exp(between(pen, log(300), log(10e3)));
        double beside_m = between(pen, 0, 2) * radius_m;
        struct point middle = go(somewhere_on(pen), azimuth, beside_m);
        if (nearest_base_m(pen, middle) > radius_m + 2000) {
            put_zone(pen, "no-fly", middle, radius_m, 3 + (int)vg_rng_below(&pen->rng, 5));
        }
    }
    if (one_in(pen, 12)) {
        put_fence(pen);
    }
}

/* ---- the whole ---- */

/* Beside the first base, a tenth of the reach wide or so. */
static void put_area(struct pen *pen)
{
    struct vg_buf *out = &pen->out->yaml;
    int n = 3 + (int)vg_rng_below(&pen->rng, 4);
    double side_m = pen->reach_m * between(pen, 0.02, 0.12);
    double azimuth = between(pen, 0, 360);
    struct point middle = go(pen->bases[0], azimuth, pen->reach_m * between(pen, 0, 0.4));
    vg_buf_puts(out, "  - {name: Park, area: [");
    for (int k = 0; k < n; k++) {
        struct point p = go(middle, 360.0 * k / n, side_m * between(pen, 0.6, 1));
        vg_buf_printf(out, "%s[%.6f, %.6f]", k > 0 ? ", " : "", p.lat_deg, p.lon_deg);
    }
    vg_buf_puts(out, "], depth: ");
    put_length(pen, out, side_m * between(pen, 0.1, 0.4));
    vg_buf_puts(out, ", revisit: ");
    put_duration(pen, out, 60 * pen->wish_min * (one_in(pen, 2) ? 1 : between(pen, 1, 3)));
    vg_buf_puts(out, "}\n");
}

void random_watch_write(uint64_t seed, struct random_watch *out)
{
    struct pen pen = {.rng = vg_rng_seed(seed), .out = out};
    *out = (struct random_watch){0};
    pen.wishes = (enum wishes)vg_rng_below(&pen.rng, 3);
    pen.wish_min = ceil(60 * exp(between(&pen, log(0.5), log(12))));
    vg_buf_printf(&out->yaml, "name: seed %d\n", (int)seed);
    put_types(&pen);
    put_lines(&pen);
    put_bases(&pen);
    put_drones(&pen);
    put_wind(&pen);
    put_zones(&pen);
    vg_buf_puts(&out->yaml, "line:\n  - {file: line.geojson, revisit: ");
    put_duration(&pen, &out->yaml, 60 * pen.wish_min);
    vg_buf_puts(&out->yaml, ", depth: ");
    put_length(&pen, &out->yaml,
               one_in(&pen, 6) ? between(&pen, 500, 1500) : between(&pen, 20, 250));
    vg_buf_puts(&out->yaml, "}\n");
    if (one_in(&pen, 6)) {
        put_area(&pen);
    }
    if (out->zones.n > 0) {
        vg_buf_puts(&out->yaml, "zones: zones.geojson\n");
    }
}

void random_watch_finish(struct random_watch *self)
{
    vg_buf_finish(&self->yaml);
    vg_buf_finish(&self->line);
    vg_buf_finish(&self->zones);
}

/* The reader of files has no context: the watch being read. */
static const struct random_watch *at_hand;

static enum vg_status read_text(const char *path, size_t max_bytes, struct vg_buf *out,
                                struct vg_error *err)
{
    const struct vg_buf *text = strstr(path, "zones") != NULL ? &at_hand->zones : &at_hand->line;
    (void)max_bytes;
    (void)err;
    vg_buf_puts(out, "{\"type\":\"FeatureCollection\",\"features\":[\n");
    vg_buf_puts(out, vg_buf_text(text));
    vg_buf_puts(out, "\n]}\n");
    return VG_OK;
}

enum vg_status random_watch_read(const struct random_watch *self, struct vg_watchfile *out,
                                 struct vg_error *err)
{
    at_hand = self;
    return vg_watchfile_parse(vg_buf_text(&self->yaml), self->yaml.n, "watch.yaml", read_text, out,
                              err);
}
