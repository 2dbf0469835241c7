/* Layers and sampling; reading files is terrain_open.c. */
#include "terrain/terrain.h"

#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/layer.h"

#include <stdlib.h>
#include <string.h>

/* Over flat ground only the Earth's curvature can hide: long steps do. */
#define FLAT_CELL_M 2000.0

static void find_range(const struct vg_layer *l, int row, int col, float *lo, float *hi)
{
    *lo = (float)NAN;
    *hi = (float)NAN;
    for (int r = row; r < row + VG_LAYER_BLOCK && r < l->n_rows; r++) {
        const float *p = l->h_msl_m + (size_t)r * (size_t)l->n_cols;
        for (int c = col; c < col + VG_LAYER_BLOCK && c < l->n_cols; c++) {
            *lo = fminf(*lo, p[c]); /* fminf passes over NaN */
            *hi = fmaxf(*hi, p[c]);
        }
    }
}

bool vg_layer_prepare(struct vg_layer *self)
{
    double mid = self->north_deg - 0.5 * self->n_rows / self->per_deg_lat;
    struct vg_frame f = vg_frame_at(mid, 0.0);
    self->cell_m = fmax(f.m_per_deg_lat / self->per_deg_lat, f.m_per_deg_lon / self->per_deg_lon);
    self->is_round = fabs(self->n_cols / self->per_deg_lon - 360.0) < 1e-6;
    int n_block_rows = (self->n_rows + VG_LAYER_BLOCK - 1) / VG_LAYER_BLOCK;
    self->n_block_cols = (self->n_cols + VG_LAYER_BLOCK - 1) / VG_LAYER_BLOCK;
    size_t n = (size_t)n_block_rows * (size_t)self->n_block_cols;
    self->block_lo_m = malloc(n * sizeof(float));
    self->block_hi_m = malloc(n * sizeof(float));
    if (self->block_lo_m == NULL || self->block_hi_m == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        int row = (int)(i / (size_t)self->n_block_cols) * VG_LAYER_BLOCK;
        int col = (int)(i % (size_t)self->n_block_cols) * VG_LAYER_BLOCK;
        find_range(self, row, col, &self->block_lo_m[i], &self->block_hi_m[i]);
    }
    return true;
}

void vg_layer_finish(struct vg_layer *self)
{
    free(self->h_msl_m);
    free(self->block_lo_m);
    free(self->block_hi_m);
    *self = (struct vg_layer){0};
}

bool vg_terrain_add_layer(struct vg_terrain *self, const struct vg_layer *layer)
{
    size_t n = (size_t)self->n_layers;
    struct vg_layer *p = realloc(self->layers, (n + 1) * sizeof *p);
    if (p == NULL) {
        return false;
    }
    self->layers = p;
    size_t at = n;
    while (at > 0 && p[at - 1].cell_m > layer->cell_m) {
        p[at] = p[at - 1];
        at--;
    }
    p[at] = *layer;
    self->n_layers++;
    return true;
}

void vg_terrain_destroy(struct vg_terrain *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; i < self->n_layers; i++) {
        vg_layer_finish(&self->layers[i]);
    }
    free(self->layers);
    free(self);
}

static enum vg_status check_array(int n_rows, int n_cols, double north_deg, double west_deg,
                                  double step_lat_deg, double step_lon_deg, struct vg_error *err)
{
    double south = north_deg - step_lat_deg * (n_rows - 1);
    bool is_ok = n_rows >= 2 && n_cols >= 2 && step_lat_deg > 0.0 && step_lon_deg > 0.0 &&
                 north_deg <= 90.0 + step_lat_deg && south >= -90.0 - step_lat_deg &&
                 fabs(west_deg) <= 360.0 && step_lon_deg * n_cols <= 360.0 + step_lon_deg;
    if (!is_ok) {
        return vg_fail(err, VG_E_INVALID,
                       "an elevation grid of %d x %d cells does not lie on Earth", n_rows, n_cols);
    }
    return VG_OK;
}

enum vg_status vg_terrain_from_array(const float *heights_msl_m, int n_rows, int n_cols,
                                     double north_deg, double west_deg, double step_lat_deg,
                                     double step_lon_deg, struct vg_terrain **out,
                                     struct vg_error *err)
{
    enum vg_status st =
        check_array(n_rows, n_cols, north_deg, west_deg, step_lat_deg, step_lon_deg, err);
    if (st != VG_OK) {
        return st;
    }
    size_t n = (size_t)n_rows * (size_t)n_cols;
    struct vg_terrain *self = calloc(1, sizeof *self);
    struct vg_layer layer = {.n_rows = n_rows,
                             .n_cols = n_cols,
                             .north_deg = north_deg,
                             .west_deg = vg_wrap_180_deg(west_deg),
                             .per_deg_lat = 1.0 / step_lat_deg,
                             .per_deg_lon = 1.0 / step_lon_deg,
                             .h_msl_m = malloc(n * sizeof(float))};
    if (self != NULL && layer.h_msl_m != NULL) {
        memcpy(layer.h_msl_m, heights_msl_m, n * sizeof(float));
        if (vg_layer_prepare(&layer) && vg_terrain_add_layer(self, &layer)) {
            *out = self;
            return VG_OK;
        }
    }
    vg_layer_finish(&layer);
    vg_terrain_destroy(self);
    return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}

bool vg_terrain_is_flat(const struct vg_terrain *self)
{
    return self->n_layers == 0;
}

double vg_terrain_height_msl_m(const struct vg_terrain *self, double lat_deg, double lon_deg)
{
    if (self->n_layers == 0) {
        return isfinite(lat_deg) && isfinite(lon_deg) ? 0.0 : (double)NAN;
    }
    for (int i = 0; i < self->n_layers; i++) {
        double h = vg_layer_sample(&self->layers[i], lat_deg, lon_deg);
        if (h <= HUGE_VAL) {
            return h;
        }
    }
    return (double)NAN;
}

void vg_terrain_heights(const struct vg_terrain *self, const double *lat_deg, const double *lon_deg,
                        size_t n, float *out_msl_m)
{
    size_t i = 0;
    while (i < n) {
        /* Points near each other share one short list of layers. */
        struct vg_window w = vg_window_over(self, lat_deg[i], lon_deg[i], 20e3);
        double lat = lat_deg[i];
        double lon = lon_deg[i];
        size_t from = i;
        for (; i < n && (i == from || (fabs(lat_deg[i] - lat) < 0.1 &&
                                       fabs(vg_wrap_180_deg(lon_deg[i] - lon)) < 0.1));
             i++) {
            out_msl_m[i] = (float)vg_window_sample(&w, lat_deg[i], lon_deg[i]);
        }
    }
}

static bool layer_holds(const struct vg_layer *l, double lat_deg, double lon_deg)
{
    double y = (l->north_deg - lat_deg) * l->per_deg_lat;
    double x = vg_layer_x(l, lon_deg);
    return y >= -0.5 && y <= l->n_rows - 0.5 && x >= -0.5 && x <= l->n_cols - 0.5;
}

double vg_terrain_cell_m(const struct vg_terrain *self, double lat_deg, double lon_deg)
{
    for (int i = 0; i < self->n_layers; i++) {
        if (layer_holds(&self->layers[i], lat_deg, lon_deg)) {
            return self->layers[i].cell_m;
        }
    }
    return FLAT_CELL_M;
}

/* --- windows --- */

/* The rows and columns of a layer around a point, clipped to it; false: none. */
struct cut {
    int row_lo;
    int row_hi;
    int col_lo;
    int col_hi;
};

static bool cut_layer(const struct vg_layer *l, double lat_deg, double lon_deg, double radius_m,
                      struct cut *out)
{
    double half_lat = 1.01 * radius_m / vg_frame_at(0.0, 0.0).m_per_deg_lat;
    double far = fmin(89.0, fabs(lat_deg) + half_lat);
    double half_lon = fmin(180.0, 1.01 * radius_m / vg_frame_at(far, 0.0).m_per_deg_lon);
    double y = (l->north_deg - lat_deg) * l->per_deg_lat;
    /* The column of the point, the turn chosen that brings it nearest to the layer's middle. */
    double mid = l->west_deg + 0.5 * (l->n_cols - 1) / l->per_deg_lon;
    double x = 0.5 * (l->n_cols - 1) + vg_wrap_180_deg(lon_deg - mid) * l->per_deg_lon;
    double dy = half_lat * l->per_deg_lat + 1.0;
    double dx = half_lon * l->per_deg_lon + 1.0;
    if (!(y + dy >= 0.0 && y - dy <= l->n_rows - 1 && x + dx >= 0.0 && x - dx <= l->n_cols - 1)) {
        return false;
    }
    out->row_lo = (int)fmax(0.0, floor(y - dy));
    out->row_hi = (int)fmin(l->n_rows - 1, ceil(y + dy));
    out->col_lo = (int)fmax(0.0, floor(x - dx));
    out->col_hi = (int)fmin(l->n_cols - 1, ceil(x + dx));
    if (l->is_round && (x - dx < 0.0 || x + dx > l->n_cols - 1)) {
        out->col_lo = 0;
        out->col_hi = l->n_cols - 1;
    }
    return true;
}

struct vg_window vg_window_over(const struct vg_terrain *self, double lat_deg, double lon_deg,
                                double radius_m)
{
    struct vg_window w = {.is_flat = self->n_layers == 0};
    struct cut cut;
    for (int i = 0; i < self->n_layers; i++) {
        if (!cut_layer(&self->layers[i], lat_deg, lon_deg, radius_m, &cut)) {
            continue;
        }
        if (w.n_layers == VG_WINDOW_LAYERS) {
            w.terrain = self;
            break;
        }
        w.layers[w.n_layers++] = &self->layers[i];
    }
    return w;
}

static void range_of(const struct vg_layer *l, const struct cut *cut, float *lo, float *hi)
{
    for (int r = cut->row_lo / VG_LAYER_BLOCK; r <= cut->row_hi / VG_LAYER_BLOCK; r++) {
        size_t row = (size_t)r * (size_t)l->n_block_cols;
        for (int c = cut->col_lo / VG_LAYER_BLOCK; c <= cut->col_hi / VG_LAYER_BLOCK; c++) {
            *lo = fminf(*lo, l->block_lo_m[row + (size_t)c]);
            *hi = fmaxf(*hi, l->block_hi_m[row + (size_t)c]);
        }
    }
}

bool vg_window_range(const struct vg_window *self, double lat_deg, double lon_deg, double radius_m,
                     double *out_lo_m, double *out_hi_m)
{
    float lo = (float)NAN;
    float hi = (float)NAN;
    struct cut cut;
    int n = self->terrain != NULL ? self->terrain->n_layers : self->n_layers;
    for (int i = 0; i < n; i++) {
        const struct vg_layer *l =
            self->terrain != NULL ? &self->terrain->layers[i] : self->layers[i];
        if (cut_layer(l, lat_deg, lon_deg, radius_m, &cut)) {
            range_of(l, &cut, &lo, &hi);
        }
    }
    if (self->is_flat) {
        lo = 0.0F;
        hi = 0.0F;
    }
    *out_lo_m = (double)lo;
    *out_hi_m = (double)hi;
    return lo <= hi;
}

static double layer_crest(const struct vg_layer *l, double lat_deg, double lon_deg)
{
    double y = (l->north_deg - lat_deg) * l->per_deg_lat;
    double x = vg_layer_x(l, lon_deg);
    if (!(y >= -0.5 && y <= l->n_rows - 0.5 && x >= -0.5 && x <= l->n_cols - 0.5)) {
        return -HUGE_VAL;
    }
    int r0 = y > 0.0 ? (int)y : 0;
    int r1 = r0 + 1 < l->n_rows ? r0 + 1 : r0;
    int c0 = x > 0.0 ? (int)x : 0;
    int c1 = c0 + 1 < l->n_cols ? c0 + 1 : l->is_round ? 0 : c0;
    if (l->is_round && x < 0.0) {
        c1 = l->n_cols - 1;
    }
    const float *p = l->h_msl_m + (size_t)r0 * (size_t)l->n_cols;
    const float *q = l->h_msl_m + (size_t)r1 * (size_t)l->n_cols;
    float a = p[c0] > p[c1] ? p[c0] : p[c1];
    float b = q[c0] > q[c1] ? q[c0] : q[c1];
    double top = (double)(a > b ? a : b);
    return top >= -HUGE_VAL ? top : fmax((double)fmaxf(p[c0], p[c1]), (double)fmaxf(q[c0], q[c1]));
}

double vg_window_crest(const struct vg_window *self, double lat_deg, double lon_deg)
{
    if (self->is_flat) {
        return 0.0;
    }
    int n = self->terrain != NULL ? self->terrain->n_layers : self->n_layers;
    double top = -HUGE_VAL;
    for (int i = 0; i < n; i++) {
        const struct vg_layer *l =
            self->terrain != NULL ? &self->terrain->layers[i] : self->layers[i];
        double h = layer_crest(l, lat_deg, lon_deg);
        top = h > top ? h : top;
    }
    return top;
}

double vg_window_cell_m(const struct vg_window *self)
{
    return self->n_layers > 0 ? self->layers[0]->cell_m : FLAT_CELL_M;
}

/* --- what is open --- */

bool vg_terrain_bounds(const struct vg_terrain *self, double *out_south_deg, double *out_west_deg,
                       double *out_north_deg, double *out_east_deg)
{
    double south = 90.0;
    double north = -90.0;
    double west = 0.0;
    double east = 0.0;
    for (int i = 0; i < self->n_layers; i++) {
        const struct vg_layer *l = &self->layers[i];
        double w = l->west_deg - 0.5 / l->per_deg_lon;
        double e = w + l->n_cols / l->per_deg_lon;
        north = fmax(north, fmin(90.0, l->north_deg + 0.5 / l->per_deg_lat));
        south = fmin(south, fmax(-90.0, l->north_deg - (l->n_rows - 0.5) / l->per_deg_lat));
        west = i == 0 ? w : fmin(west, w);
        east = i == 0 ? e : fmax(east, e);
    }
    if (self->n_layers == 0) {
        return false;
    }
    *out_south_deg = south;
    *out_north_deg = north;
    *out_west_deg = west;
    *out_east_deg = east - west >= 360.0 ? west + 360.0 : east;
    return true;
}

int vg_terrain_max_zoom(const struct vg_terrain *self)
{
    if (self->n_layers == 0) {
        return 0;
    }
    const struct vg_layer *l = &self->layers[0];
    /* A pixel of Web Mercator is 2 pi a cos(lat) / 256 / 2^z metres; the row step does not depend
     * on cos(lat). */
    double lat = l->north_deg - 0.5 * l->n_rows / l->per_deg_lat;
    double pixel0_m = 2.0 * VG_PI * VG_WGS84_A_M * cos(lat * VG_RAD_PER_DEG) / 256.0;
    double z = ceil(log2(pixel0_m / l->cell_m));
    return (int)fmin(fmax(z, 0.0), 16.0);
}

int vg_terrain_n_sources(const struct vg_terrain *self)
{
    return self->n_layers;
}

void vg_terrain_describe(const struct vg_terrain *self, int i, struct vg_terrain_source *out)
{
    const struct vg_layer *l = &self->layers[i];
    *out = (struct vg_terrain_source){.path = l->path,
                                      .n_rows = l->n_rows,
                                      .n_cols = l->n_cols,
                                      .cell_m = l->cell_m,
                                      .datum = l->datum,
                                      .is_datum_assumed = l->datum[0] == '\0'};
}
