#include "watch/cells.h"

#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/grade.h"
#include "terrain/tile.h"

#include <math.h>
#include <stdlib.h>

enum {
    N = VG_TILE_SIZE_PX,
    MAX_RUNS = 1024,
    HOUR_STEPS = 256
};
static const float OUTSIDE_H = -32768.0F;
static const float NEVER_H = -1.0F;

/* ---- one cell ---- */

static void put_look(struct vg_buf *out, const char *key, int grade,
                     const struct vg_wf_targets *targets)
{
    double gsd_m = vg_grade_gsd_m(grade);
    if (grade == VG_GRADE_UNKNOWN) {
        vg_buf_printf(out, ",\"%s\":null", key);
        return;
    }
    vg_buf_printf(out, ",\"%s\":{\"gsd_m\":%.2f,\"person\":%.3f,\"group\":%.3f,\"vehicle\":%.3f}",
                  key, gsd_m, vg_detect_probability(targets->person_m, gsd_m),
                  vg_detect_probability(targets->group_m, gsd_m),
                  vg_detect_probability(targets->vehicle_m, gsd_m));
}

/* Metres to the right of the column's middle. */
static double right_of_axis_m(const struct vg_strip_axis *axis, double lat_deg, double lon_deg)
{
    struct vg_frame frame = vg_frame_at(axis->lat_deg, axis->lon_deg);
    double e_m;
    double n_m;
    vg_frame_to_en(&frame, lat_deg, lon_deg, &e_m, &n_m);
    return e_m * axis->right_e + n_m * axis->right_n;
}

enum vg_status vg_cells_at(const struct vg_watch *watch, const struct vg_strip *strip,
                           const struct vg_wf_targets *targets, double lat_deg, double lon_deg,
                           struct vg_buf *out, struct vg_error *err)
{
    double cell_m = vg_strip_cell_m(strip);
    int line;
    double s_m;
    if (!vg_strip_nearest(strip, lat_deg, lon_deg, vg_strip_max_depth_m(strip) + cell_m, &line,
                          &s_m, NULL)) {
        return vg_fail(err, VG_E_NOT_FOUND, "nothing is watched there");
    }
    struct vg_strip_axis axis;
    int col = vg_strip_column_at(strip, line, s_m);
    int n = vg_strip_n_rows(strip, col);
    vg_strip_axis(strip, col, &axis);
    int row = (int)floor(right_of_axis_m(&axis, lat_deg, lon_deg) / cell_m + n / 2.0);
    if (row < 0 || row >= n || col >= watch->shape.n_cols ||
        vg_shape_n_rows(&watch->shape, col) != n) {
        return vg_fail(err, VG_E_NOT_FOUND, "nothing is watched there");
    }
    int64_t at = watch->shape.cols[col].cell + row;
    const struct vg_seen_cell *cell = &watch->seen.cells[at];
    vg_buf_printf(out, "{\"line\":%d,\"s_m\":%.0f,\"side_m\":%.0f,\"seen_s\":%u,\"looks\":%d", line,
                  s_m, (row + 0.5 - n / 2.0) * cell_m, watch->seen.cell_s[at], cell->n_looks);
    put_look(out, "last", cell->last_grade, targets);
    put_look(out, "best", cell->best_grade, targets);
    vg_buf_puts(out, "}");
    return VG_OK;
}

/* ---- tiles ---- */

struct canvas {
    const struct vg_watch *watch;
    double x0; /* world pixels of the tile's corner at this zoom */
    double y0;
    double per_lon; /* world pixels a degree */
    double world_px;
    int64_t *cells;
};

static void to_pixels(const struct canvas *c, double lat_deg, double lon_deg, double *x, double *y)
{
    *x = (vg_wrap_180_deg(lon_deg) + 180.0) * c->per_lon - c->x0;
    *y = c->world_px * (0.5 - atanh(sin(lat_deg * VG_RAD_PER_DEG)) / (2.0 * VG_PI)) - c->y0;
    if (*x > c->world_px / 2) {
        *x -= c->world_px;
    } else if (*x < -c->world_px / 2) {
        *x += c->world_px;
    }
}

/* Where cells overlap, the one seen longest ago stays. */
static void put_pixel(const struct canvas *c, int x, int y, int64_t cell)
{
    const uint32_t *seen_s = c->watch->seen.cell_s;
    if (x >= 0 && y >= 0 && x < N && y < N) {
        int64_t *p = &c->cells[y * N + x];
        *p = *p < 0 || seen_s[cell] < seen_s[*p] ? cell : *p;
    }
}

/* The square about (x, y), half its side along (ux, uy), in pixels. */
static void put_square(const struct canvas *c, double x, double y, double ux, double uy,
                       int64_t cell)
{
    double half = fabs(ux) + fabs(uy);
    double side2 = ux * ux + uy * uy;
    int x_end = (int)fmin(N, floor(x + half) + 1);
    int y_end = (int)fmin(N, floor(y + half) + 1);
    for (int py = (int)fmax(0, floor(y - half)); py < y_end; py++) {
        for (int px = (int)fmax(0, floor(x - half)); px < x_end; px++) {
            double dx = px + 0.5 - x;
            double dy = py + 0.5 - y;
            if (fabs(dx * ux + dy * uy) <= side2 && fabs(dx * uy - dy * ux) <= side2) {
                put_pixel(c, px, py, cell);
            }
        }
    }
    put_pixel(c, (int)floor(x), (int)floor(y), cell);
}

/* Cells overlap a little, as in bends the outer ones stand apart. */
static void put_column(const struct canvas *c, const struct vg_strip *strip, int col)
{
    struct vg_strip_axis axis;
    double x;
    double y;
    double x1;
    double y1;
    double lat1;
    double lon1;
    vg_strip_axis(strip, col, &axis);
    struct vg_frame frame = vg_frame_at(axis.lat_deg, axis.lon_deg);
    double cell_m = vg_strip_cell_m(strip);
    vg_frame_to_latlon(&frame, cell_m * axis.right_e, cell_m * axis.right_n, &lat1, &lon1);
    to_pixels(c, axis.lat_deg, axis.lon_deg, &x, &y);
    to_pixels(c, lat1, lon1, &x1, &y1);
    double ux = x1 - x;
    double uy = y1 - y;
    int n = vg_shape_n_rows(&c->watch->shape, col);
    for (int r = 0; r < n; r++) {
        double k = r + 0.5 - n / 2.0;
        put_square(c, x + k * ux, y + k * uy, 0.6 * ux, 0.6 * uy,
                   c->watch->shape.cols[col].cell + r);
    }
}

enum vg_status vg_cells_draw(const struct vg_watch *watch, const struct vg_strip *strip, int z,
                             int x, int y, int64_t *out, bool *out_any, struct vg_error *err)
{
    struct vg_strip_run runs[MAX_RUNS];
    if (z < VG_CELLS_ZOOM_MIN || z > VG_CELLS_ZOOM_MAX || x < 0 || y < 0 || x >= 1 << z ||
        y >= 1 << z) {
        return vg_fail(err, VG_E_RANGE, "there is no map tile %d/%d/%d", z, x, y);
    }
    double tiles = 1 << z;
    struct canvas c = {.watch = watch,
                       .x0 = (double)x * N,
                       .y0 = (double)y * N,
                       .per_lon = N * tiles / 360.0,
                       .world_px = N * tiles,
                       .cells = out};
    for (int i = 0; i < N * N; i++) {
        out[i] = -1;
    }
    double lat = vg_tile_lat_deg(z, y + 0.5);
    double lon = (x + 0.5) / tiles * 360.0 - 180.0;
    double half = 180.0 / tiles;
    double corner_m = fmax(vg_geo_distance_m(lat, lon, vg_tile_lat_deg(z, y), lon + half),
                           vg_geo_distance_m(lat, lon, vg_tile_lat_deg(z, y + 1.0), lon + half));
    int n =
        vg_strip_near(strip, lat, lon, corner_m + 2 * vg_strip_max_depth_m(strip), runs, MAX_RUNS);
    for (int i = 0; i < n && i < MAX_RUNS; i++) {
        for (int col = runs[i].first; col < runs[i].end && col < watch->shape.n_cols; col++) {
            put_column(&c, strip, col);
        }
    }
    *out_any = n > 0;
    return VG_OK;
}

static float hours_of(const struct vg_watch *watch, int64_t cell, int64_t base_s)
{
    if (cell < 0) {
        return OUTSIDE_H;
    }
    uint32_t t_s = watch->seen.cell_s[cell];
    return t_s == 0 ? NEVER_H : (float)(fmax(0, (double)((int64_t)t_s - base_s)) / 3600.0);
}

enum vg_status vg_cells_tile_png(const struct vg_watch *watch, const struct vg_strip *strip, int z,
                                 int x, int y, int64_t base_s, struct vg_buf *out,
                                 struct vg_error *err)
{
    int64_t *cells = malloc(sizeof *cells * N * N);
    float *hours = malloc(sizeof *hours * N * N);
    bool is_any;
    enum vg_status st = cells != NULL && hours != NULL
                            ? vg_cells_draw(watch, strip, z, x, y, cells, &is_any, err)
                            : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    if (st == VG_OK) {
        for (int i = 0; i < N * N; i++) {
            hours[i] = hours_of(watch, cells[i], base_s);
        }
        st = vg_tile_encode(hours, HOUR_STEPS, out, err);
    }
    free(cells);
    free(hours);
    return st;
}
