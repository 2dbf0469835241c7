#include "app/coverage.h"

#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

enum {
    BATCH = 256
};
/* Ways are looked at to every kilometre of the line. */
#define WAY_EVERY_M 1000.0
/* Gaps closer than this are told as one. */
#define GAP_JOIN_M 1000.0
/* Beside a bend the looks stand no further apart than this. */
#define BEND_STEP_RAD (1.0 * VG_RAD_PER_DEG)

struct job {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    struct vg_coverage *out;
    bool is_flat;
    /* Does any file touch the tile? */
    bool has_file[VG_COVERAGE_TILES_LAT][VG_COVERAGE_TILES_LON];
    int cap;
};

static int tile_row(double lat_deg)
{
    return (int)fmin(fmax(floor(lat_deg) + 90.0, 0.0), VG_COVERAGE_TILES_LAT - 1);
}

static int tile_col(double lon_deg)
{
    return (int)fmin(fmax(floor(vg_wrap_180_deg(lon_deg)) + 180.0, 0.0), VG_COVERAGE_TILES_LON - 1);
}

const char *vg_coverage_tile_name(int row, int col, char *buf, size_t size_bytes)
{
    int lat = row - 90;
    int lon = col - 180;
    vg_format(buf, size_bytes, "%c%02d%c%03d", lat < 0 ? 'S' : 'N', abs(lat), lon < 0 ? 'W' : 'E',
              abs(lon));
    return buf;
}

static void mark_files(struct job *j)
{
    for (int i = 0; i < vg_terrain_n_sources(j->terrain); i++) {
        struct vg_terrain_source s;
        vg_terrain_describe(j->terrain, i, &s);
        int n_cols = (int)fmin(ceil(s.east_deg) - floor(s.west_deg), VG_COVERAGE_TILES_LON);
        for (int r = tile_row(s.south_deg); r <= tile_row(s.north_deg); r++) {
            for (int c = 0; c < n_cols; c++) {
                j->has_file[r][tile_col(s.west_deg + c)] = true;
            }
        }
    }
}

/* What lacks at some points; their tiles are marked. */
static unsigned look(struct job *j, const double *lat, const double *lon, size_t n)
{
    float h[BATCH];
    unsigned lack = VG_LACK_NOTHING;
    if (!j->is_flat) {
        vg_terrain_heights(j->terrain, lat, lon, n, h);
    }
    for (size_t i = 0; i < n; i++) {
        if (!j->is_flat && !isnan(h[i])) {
            continue;
        }
        int r = tile_row(lat[i]);
        int c = tile_col(lon[i]);
        bool is_void = j->has_file[r][c] && vg_terrain_is_void(j->terrain, lat[i], lon[i]);
        unsigned here = is_void ? VG_LACK_VOID : VG_LACK_MISSING;
        j->out->tiles[r][c] |= (uint8_t)here;
        lack |= here;
    }
    return lack;
}

/* Along a straight way from a place, from `from_m` to `to_m` of it. */
static unsigned look_along(struct job *j, double lat_deg, double lon_deg, double azimuth_rad,
                           double from_m, double to_m)
{
    struct vg_frame f = vg_frame_at(lat_deg, lon_deg);
    double lat[BATCH];
    double lon[BATCH];
    unsigned lack = VG_LACK_NOTHING;
    int n = (int)ceil((to_m - from_m) / VG_COVERAGE_STEP_M);
    double e = sin(azimuth_rad);
    double m = cos(azimuth_rad);
    for (int i = 0; i <= n; i += BATCH) {
        int k = 0;
        for (; k < BATCH && i + k <= n; k++) {
            double d = fmin(from_m + (i + k) * VG_COVERAGE_STEP_M, to_m);
            vg_frame_to_latlon(&f, d * e, d * m, &lat[k], &lon[k]);
        }
        lack |= look(j, lat, lon, (size_t)k);
    }
    return lack;
}

static enum vg_status add_gap(struct job *j, int line, double s_m, double length_m, unsigned lack,
                              struct vg_error *err)
{
    struct vg_coverage *c = j->out;
    double from_m = fmax(0.0, s_m - 0.5 * VG_COVERAGE_STEP_M);
    double to_m = fmin(length_m, s_m + 0.5 * VG_COVERAGE_STEP_M);
    if (c->n_gaps > 0) {
        struct vg_coverage_gap *last = &c->gaps[c->n_gaps - 1];
        if (last->line == line && last->lack == lack && from_m <= last->to_m + GAP_JOIN_M) {
            last->to_m = to_m;
            return VG_OK;
        }
    }
    if (c->n_gaps == j->cap) {
        int cap = j->cap > 0 ? 2 * j->cap : 64;
        struct vg_coverage_gap *p = realloc(c->gaps, (size_t)cap * sizeof *p);
        if (p == NULL) {
            return vg_no_memory(err);
        }
        c->gaps = p;
        j->cap = cap;
    }
    c->gaps[c->n_gaps++] = (struct vg_coverage_gap){line, from_m, to_m, lack};
    return VG_OK;
}

/* Across the line at one place, with headings from `from_rad` turning by `turn_rad`. */
static unsigned look_across(struct job *j, double lat_deg, double lon_deg, double from_rad,
                            double turn_rad)
{
    double w = j->out->width_m;
    unsigned lack = VG_LACK_NOTHING;
    int n = (int)ceil(fabs(turn_rad) / BEND_STEP_RAD);
    for (int i = n > 0 ? 1 : 0; i <= n; i++) {
        double right = from_rad + (n > 0 ? turn_rad * i / n : 0.0) + VG_PI / 2.0;
        lack |= look_along(j, lat_deg, lon_deg, right, -w, w);
    }
    return lack;
}

/* The half circle beyond an end of the line: cameras look there too. */
static unsigned look_beyond(struct job *j, double lat_deg, double lon_deg, double outward_rad)
{
    unsigned lack = VG_LACK_NOTHING;
    int n = (int)ceil(VG_PI / BEND_STEP_RAD);
    for (int i = 0; i <= n; i++) {
        double azimuth = outward_rad + VG_PI * ((double)i / n - 0.5);
        lack |= look_along(j, lat_deg, lon_deg, azimuth, 0.0, j->out->width_m);
    }
    return lack;
}

static enum vg_status look_beside(struct job *j, int line, struct vg_error *err)
{
    const struct vg_line *l = &j->watch->network.lines[line];
    int n = (int)ceil(l->length_m / VG_COVERAGE_STEP_M);
    double before = 0.0;
    enum vg_status st = VG_OK;
    for (int i = 0; i <= n && st == VG_OK; i++) {
        double s = fmin(i * VG_COVERAGE_STEP_M, l->length_m);
        double lat;
        double lon;
        double heading;
        vg_line_at(l, s, 0.0, &lat, &lon, &heading);
        double now = heading * VG_RAD_PER_DEG;
        double turn = vg_wrap_180_deg((now - before) * VG_DEG_PER_RAD) * VG_RAD_PER_DEG;
        unsigned lack = look_across(j, lat, lon, i == 0 ? now : before, i == 0 ? 0.0 : turn);
        if (i == 0 || i == n) {
            lack |= look_beyond(j, lat, lon, i == 0 ? now + VG_PI : now);
        }
        before = now;
        if (lack != VG_LACK_NOTHING) {
            st = add_gap(j, line, s, l->length_m, lack, err);
        }
    }
    return st;
}

static int nearest_base(const struct vg_watchfile *w, double lat, double lon, double *out_m,
                        double *out_azimuth_deg)
{
    int best = -1;
    for (int b = 0; b < w->n_bases; b++) {
        double d;
        double azimuth;
        vg_geo_inverse(w->bases[b].lat_deg, w->bases[b].lon_deg, lat, lon, &d, &azimuth, NULL);
        if (best < 0 || d < *out_m) {
            best = b;
            *out_m = d;
            *out_azimuth_deg = azimuth;
        }
    }
    return best;
}

/* In pieces, as the plane of a place holds only so far. */
static unsigned look_on_way(struct job *j, double lat, double lon, double azimuth_deg,
                            double length_m)
{
    const double piece_m = 20000.0;
    unsigned lack = VG_LACK_NOTHING;
    for (double at = 0.0; at < length_m; at += piece_m) {
        double lat1;
        double lon1;
        double azimuth1;
        vg_geo_direct(lat, lon, azimuth_deg, at, &lat1, &lon1);
        double lat2;
        double lon2;
        vg_geo_direct(lat, lon, azimuth_deg, length_m, &lat2, &lon2);
        vg_geo_inverse(lat1, lon1, lat2, lon2, NULL, &azimuth1, NULL);
        lack |=
            look_along(j, lat1, lon1, azimuth1 * VG_RAD_PER_DEG, 0.0, fmin(piece_m, length_m - at));
    }
    return lack;
}

static void look_on_ways(struct job *j, int line)
{
    const struct vg_line *l = &j->watch->network.lines[line];
    int n = (int)ceil(l->length_m / WAY_EVERY_M);
    for (int i = 0; i <= n; i++) {
        double lat;
        double lon;
        double length_m = 0.0;
        double azimuth = 0.0;
        vg_line_at(l, fmin(i * WAY_EVERY_M, l->length_m), 0.0, &lat, &lon, NULL);
        int b = nearest_base(j->watch, lat, lon, &length_m, &azimuth);
        if (b >= 0) {
            j->out->bases[b] |= look_on_way(j, j->watch->bases[b].lat_deg,
                                            j->watch->bases[b].lon_deg, azimuth, length_m);
        }
    }
}

static double width_of(const struct vg_watchfile *w)
{
    double depth_m = w->depth_m;
    double range_m = 0.0;
    for (int i = 0; i < w->network.n_stretches; i++) {
        depth_m = fmax(depth_m, w->network.stretches[i].depth_m);
    }
    for (int i = 0; i < w->n_cameras; i++) {
        range_m = fmax(range_m, w->cameras[i].max_range_m);
    }
    return depth_m + range_m;
}

static enum vg_status compute(struct job *j, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    mark_files(j);
    for (int i = 0; i < j->watch->network.n_lines && st == VG_OK; i++) {
        st = look_beside(j, i, err);
        look_on_ways(j, i);
    }
    j->out->is_complete = j->out->n_gaps == 0;
    for (int b = 0; b < j->out->n_bases; b++) {
        j->out->is_complete = j->out->is_complete && j->out->bases[b] == VG_LACK_NOTHING;
    }
    return st;
}

enum vg_status vg_coverage_compute(const struct vg_watchfile *watch,
                                   const struct vg_terrain *terrain, struct vg_coverage **out,
                                   struct vg_error *err)
{
    struct job *j = calloc(1, sizeof *j);
    struct vg_coverage *c = calloc(1, sizeof *c);
    enum vg_status st = VG_E_NO_MEMORY;
    if (c != NULL) {
        c->n_bases = watch->n_bases;
        c->bases = calloc((size_t)watch->n_bases + 1, sizeof *c->bases);
        c->width_m = width_of(watch);
    }
    if (j == NULL || c == NULL || c->bases == NULL) {
        st = vg_no_memory(err);
    } else {
        j->watch = watch;
        j->terrain = terrain;
        j->out = c;
        j->is_flat = vg_terrain_is_flat(terrain);
        st = compute(j, err);
    }
    free(j);
    if (st != VG_OK) {
        vg_coverage_destroy(c);
        return st;
    }
    *out = c;
    return VG_OK;
}

void vg_coverage_destroy(struct vg_coverage *self)
{
    if (self != NULL) {
        free(self->gaps);
        free(self->bases);
        free(self);
    }
}
