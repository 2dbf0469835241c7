#include "terrain/lookout.h"

#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

enum {
    STRIDE_MAX = 16
};
static const double PATCH_M = 1000; /* within this, positions are interpolated to centimetres */

/* Positions at every `stride` cells of a row, exact. */
static void place_nodes(const struct vg_lookout *self, double y_m, int stride, int n_nodes,
                        double *lat, double *lon)
{
    for (int k = 0; k < n_nodes; k++) {
        double x_m = ((double)k * stride - self->n / 2) * self->cell_m;
        vg_geo_direct(self->lat_deg, self->lon_deg, atan2(x_m, y_m) * VG_DEG_PER_RAD,
                      hypot(x_m, y_m), &lat[k], &lon[k]);
        lon[k] = self->lon_deg + vg_wrap_180_deg(lon[k] - self->lon_deg);
    }
}

struct rows {
    int stride;
    int n_nodes;
    double *lat[2]; /* nodes of the node rows above and below */
    double *lon[2];
    double *lat_cell; /* of one row of cells */
    double *lon_cell;
};

static void between(const struct rows *r, int n, double f)
{
    for (int c = 0; c < n; c++) {
        int k = c / r->stride;
        double g = (double)(c % r->stride) / r->stride;
        double a = r->lat[0][k] + f * (r->lat[1][k] - r->lat[0][k]);
        double b = r->lat[0][k + 1] + f * (r->lat[1][k + 1] - r->lat[0][k + 1]);
        r->lat_cell[c] = a + g * (b - a);
        a = r->lon[0][k] + f * (r->lon[1][k] - r->lon[0][k]);
        b = r->lon[0][k + 1] + f * (r->lon[1][k + 1] - r->lon[0][k + 1]);
        r->lon_cell[c] = vg_wrap_180_deg(a + g * (b - a));
    }
}

static void sample_rows(const struct vg_lookout *self, const struct vg_terrain *terrain,
                        struct rows *r, float *heights)
{
    for (int row = 0; row < self->n; row++) {
        int part = row % r->stride;
        if (part == 0) {
            for (int i = 0; i < 2; i++) {
                double y_m = (self->n / 2 - (double)(row + i * r->stride)) * self->cell_m;
                place_nodes(self, y_m, r->stride, r->n_nodes, r->lat[i], r->lon[i]);
            }
        }
        between(r, self->n, (double)part / r->stride);
        vg_terrain_heights(terrain, r->lat_cell, r->lon_cell, (size_t)self->n,
                           heights + (size_t)row * (size_t)self->n);
    }
}

static bool sample(const struct vg_lookout *self, const struct vg_terrain *terrain, float *heights)
{
    int stride = (int)fmax(1, fmin(STRIDE_MAX, PATCH_M / self->cell_m));
    int n_nodes = self->n / stride + 2;
    size_t n = 4 * (size_t)n_nodes + 2 * (size_t)self->n;
    double *all = malloc(n * sizeof *all);
    if (all == NULL) {
        return false;
    }
    struct rows r = {.stride = stride,
                     .n_nodes = n_nodes,
                     .lat = {all, all + n_nodes},
                     .lon = {all + 2 * n_nodes, all + 3 * n_nodes},
                     .lat_cell = all + 4 * n_nodes,
                     .lon_cell = all + 4 * n_nodes + self->n};
    sample_rows(self, terrain, &r, heights);
    free(all);
    return true;
}

static void count(struct vg_lookout *self)
{
    size_t n = (size_t)self->n * (size_t)self->n;
    for (size_t i = 0; i < n; i++) {
        self->n_visible += self->cells[i] == VG_VIEWSHED_VISIBLE;
        self->n_ground += self->cells[i] <= VG_VIEWSHED_VISIBLE;
    }
}

static enum vg_status look(struct vg_lookout *self, const struct vg_lookout_input *in,
                           const struct vg_terrain *terrain, float *heights, struct vg_error *err)
{
    if (!sample(self, terrain, heights)) {
        return vg_no_memory(err);
    }
    struct vg_viewshed_grid grid = {.heights_m = heights,
                                    .n_rows = self->n,
                                    .n_cols = self->n,
                                    .row_stride = self->n,
                                    .cell_x_m = self->cell_m,
                                    .cell_y_m = self->cell_m};
    struct vg_viewshed_view view = vg_viewshed_view_at(self->n / 2, self->n / 2, in->eye_m);
    view.is_eye_msl = in->is_eye_msl;
    view.target_agl_m = in->target_agl_m;
    view.max_range_m = in->range_m;
    view.azimuth_from_deg = in->azimuth_from_deg;
    view.azimuth_to_deg = in->azimuth_to_deg;
    view.mode = in->mode;
    view.n_threads = in->n_threads;
    struct vg_viewshed_out out = {self->cells, self->needed_agl_m};
    enum vg_status st = vg_viewshed_compute(&grid, &view, &out, err);
    if (st == VG_OK) {
        count(self);
    }
    return st;
}

enum vg_status vg_lookout_compute(const struct vg_terrain *terrain,
                                  const struct vg_lookout_input *in, bool wants_needed,
                                  struct vg_lookout *out, struct vg_error *err)
{
    struct vg_lookout l = {.lat_deg = in->lat_deg, .lon_deg = in->lon_deg};
    l.cell_m = in->cell_m > 0 ? in->cell_m : vg_terrain_cell_m(terrain, in->lat_deg, in->lon_deg);
    l.ground_msl_m = vg_terrain_height_msl_m(terrain, in->lat_deg, in->lon_deg);
    double half = ceil(in->range_m / l.cell_m);
    if (!(fabs(in->lat_deg) <= 90 && fabs(in->lon_deg) <= 360 && in->range_m > 0)) {
        return vg_fail(err, VG_E_RANGE, "a place and a range above 0 are wanted");
    }
    if (!(2 * half + 1 <= VG_LOOKOUT_CELLS_MAX)) {
        return vg_fail(err, VG_E_RANGE,
                       "%.0f m at %.3g m a cell are more than %d cells; give a shorter range or "
                       "larger cells",
                       in->range_m, l.cell_m, VG_LOOKOUT_CELLS_MAX / 2);
    }
    if (isnan(l.ground_msl_m) && !in->is_eye_msl) {
        return vg_fail(err, VG_E_NOT_FOUND, "no elevation at %.5f, %.5f", in->lat_deg, in->lon_deg);
    }
    l.n = 2 * (int)half + 1;
    size_t n = (size_t)l.n * (size_t)l.n;
    float *heights = malloc(n * sizeof *heights);
    l.cells = malloc(n);
    l.needed_agl_m = wants_needed ? malloc(n * sizeof *l.needed_agl_m) : NULL;
    bool is_short = heights == NULL || l.cells == NULL || (wants_needed && l.needed_agl_m == NULL);
    enum vg_status st = is_short ? vg_no_memory(err) : look(&l, in, terrain, heights, err);
    free(heights);
    if (st != VG_OK) {
        vg_lookout_finish(&l);
        return st;
    }
    *out = l;
    return VG_OK;
}

void vg_lookout_finish(struct vg_lookout *self)
{
    free(self->cells);
    free(self->needed_agl_m);
    *self = (struct vg_lookout){0};
}

enum vg_viewshed_cell vg_lookout_at(const struct vg_lookout *self, double lat_deg, double lon_deg)
{
    double d_m;
    double azimuth_deg;
    vg_geo_inverse(self->lat_deg, self->lon_deg, lat_deg, lon_deg, &d_m, &azimuth_deg, NULL);
    double col = self->n / 2 + round(d_m * sin(azimuth_deg * VG_RAD_PER_DEG) / self->cell_m);
    double row = self->n / 2 - round(d_m * cos(azimuth_deg * VG_RAD_PER_DEG) / self->cell_m);
    if (!(col >= 0 && row >= 0 && col < self->n && row < self->n)) {
        return VG_VIEWSHED_OUTSIDE;
    }
    return (enum vg_viewshed_cell)self->cells[(size_t)row * (size_t)self->n + (size_t)col];
}

const char *vg_lookout_crs(const struct vg_lookout *self, char *buf, size_t size_bytes)
{
    vg_format(buf, size_bytes, "+proj=aeqd +lat_0=%.9f +lon_0=%.9f +datum=WGS84 +units=m",
              self->lat_deg, self->lon_deg);
    return buf;
}
