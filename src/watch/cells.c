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
/* Cells apart by more than this part of a cell's side leave a gap; they overlap by a fifth. */
static const double LEAST_APART = 0.1;
static const double LEAST_APART_PX = 0.9;

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
    double revisit_s; /* of the stretches drawn; 0: all */
    int64_t *cells;
};

/* A column on the canvas: where its line point lies and one cell to the right of it, in pixels. */
struct across {
    double x;
    double y;
    double ux;
    double uy;
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

static struct across across_of(const struct canvas *c, const struct vg_strip *strip, int col)
{
    struct vg_strip_axis axis;
    struct across a;
    double x1;
    double y1;
    double lat1;
    double lon1;
    vg_strip_axis(strip, col, &axis);
    struct vg_frame frame = vg_frame_at(axis.lat_deg, axis.lon_deg);
    double cell_m = vg_strip_cell_m(strip);
    vg_frame_to_latlon(&frame, cell_m * axis.right_e, cell_m * axis.right_n, &lat1, &lon1);
    to_pixels(c, axis.lat_deg, axis.lon_deg, &a.x, &a.y);
    to_pixels(c, lat1, lon1, &x1, &y1);
    a.ux = x1 - a.x;
    a.uy = y1 - a.y;
    return a;
}

/* How far the line turns between two columns, radians, positive to the right. */
static double turn_of(const struct across *a, const struct across *b)
{
    return atan2(a->ux * b->uy - a->uy * b->ux, a->ux * b->ux + a->uy * b->uy);
}

/* On the outer side of a bend the cell k cells to the right of a column's line point stands apart
 * from the same cell of the next column: it reaches half way to it, and no further. */
static void put_reach(const struct canvas *c, const struct across *a, const struct across *b,
                      double turn, double k, int64_t cell)
{
    double side_px = hypot(a->ux, a->uy);
    double apart = fabs(k * turn); /* in cells, beyond the one from centre to centre */
    if ((1 + apart) * side_px < LEAST_APART_PX) {
        return;
    }
    double last = 0.5 * apart / (1 + apart);
    int n = (int)ceil(0.5 * apart * side_px / fmax(1.0, side_px));
    for (int i = 1; i <= n; i++) {
        double f = last * i / n;
        double ux = a->ux * cos(f * turn) - a->uy * sin(f * turn);
        double uy = a->ux * sin(f * turn) + a->uy * cos(f * turn);
        put_square(c, a->x + f * (b->x - a->x) + k * ux, a->y + f * (b->y - a->y) + k * uy,
                   0.6 * ux, 0.6 * uy, cell);
    }
}

/* at[1] is the column's; at[0] and at[2] its neighbours', or the same again. Cells overlap a
 * little. */
static void put_column(const struct canvas *c, const struct across at[3], int col)
{
    int n = vg_shape_n_rows(&c->watch->shape, col);
    const struct across *a = &at[1];
    double back = turn_of(a, &at[0]);
    double on = turn_of(a, &at[2]);
    for (int r = 0; r < n; r++) {
        double k = r + 0.5 - n / 2.0;
        int64_t cell = c->watch->shape.cols[col].cell + r;
        put_square(c, a->x + k * a->ux, a->y + k * a->uy, 0.6 * a->ux, 0.6 * a->uy, cell);
        if (k * back > LEAST_APART) {
            put_reach(c, a, &at[0], back, k, cell);
        }
        if (k * on < -LEAST_APART) {
            put_reach(c, a, &at[2], on, k, cell);
        }
    }
}

static bool is_of_line(const struct vg_shape *shape, int col, int line)
{
    return col >= 0 && col < shape->n_cols && shape->bin_line[shape->cols[col].bin] == line;
}

static bool is_drawn(const struct canvas *c, const struct vg_shape *shape, int col)
{
    int stretch = shape->cols[col].stretch;
    return c->revisit_s <= 0 ||
           (stretch >= 0 && fabs(shape->stretches[stretch].revisit_s - c->revisit_s) < 0.5);
}

static void draw_run(const struct canvas *c, const struct vg_strip *strip, int first, int end)
{
    const struct vg_shape *shape = &c->watch->shape;
    struct across at[3] = {{0}};
    for (int col = first; col < end && col < shape->n_cols; col++) {
        int line = shape->bin_line[shape->cols[col].bin];
        bool goes_on = col > first && is_of_line(shape, col - 1, line);
        struct across here = goes_on ? at[2] : across_of(c, strip, col);
        at[0] = goes_on                            ? at[1]
                : is_of_line(shape, col - 1, line) ? across_of(c, strip, col - 1)
                                                   : here;
        at[1] = here;
        at[2] = is_of_line(shape, col + 1, line) ? across_of(c, strip, col + 1) : here;
        if (is_drawn(c, shape, col)) {
            put_column(c, at, col);
        }
    }
}

enum vg_status vg_cells_draw(const struct vg_watch *watch, const struct vg_strip *strip, int z,
                             int x, int y, double revisit_s, int64_t *out, bool *out_any,
                             struct vg_error *err)
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
                       .revisit_s = revisit_s,
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
        draw_run(&c, strip, runs[i].first, runs[i].end);
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
                                 int x, int y, int64_t base_s, double revisit_s, struct vg_buf *out,
                                 struct vg_error *err)
{
    int64_t *cells = malloc(sizeof *cells * N * N);
    float *hours = malloc(sizeof *hours * N * N);
    bool is_any;
    enum vg_status st = cells != NULL && hours != NULL
                            ? vg_cells_draw(watch, strip, z, x, y, revisit_s, cells, &is_any, err)
                            : vg_no_memory(err);
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
