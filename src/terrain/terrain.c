/* Layers and sampling; reading files is terrain_open.c. */
#include "terrain/terrain.h"

#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/layer.h"
#include "terrain/mosaic.h"
#include "terrain/source.h"

#include <stdlib.h>

/* Over flat ground only the Earth's curvature can hide: long steps do. */
#define FLAT_CELL_M 2000.0

void vg_terrain_destroy(struct vg_terrain *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; i < self->n_layers; i++) {
        vg_layer_finish(&self->layers[i]);
    }
    free(self->layers);
    free(self->sources);
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
    struct vg_source source = {.n_rows = n_rows,
                               .n_cols = n_cols,
                               .north_deg = north_deg,
                               .west_deg = vg_wrap_180_deg(west_deg),
                               .step_lat_deg = step_lat_deg,
                               .step_lon_deg = step_lon_deg,
                               .vdatum = VG_VDATUM_EGM96,
                               .datum_from = VG_DATUM_STATED,
                               .is_float = true};
    struct vg_terrain *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->sources = calloc(1, sizeof *self->sources);
    }
    if (self == NULL || self->sources == NULL) {
        vg_terrain_destroy(self);
        return vg_no_memory(err);
    }
    vg_source_measure(&source);
    self->sources[0] = source;
    self->n_sources = 1;
    st = vg_mosaic_of_array(self, heights_msl_m, err);
    if (st != VG_OK) {
        vg_terrain_destroy(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

bool vg_terrain_is_flat(const struct vg_terrain *self)
{
    return self->n_layers == 0;
}

/* --- sampling --- */

static const struct vg_layer *layer_at(const struct vg_window *w, int i)
{
    return w->terrain != NULL ? &w->terrain->layers[i] : w->layers[i];
}

static int n_layers_of(const struct vg_window *w)
{
    return w->terrain != NULL ? w->terrain->n_layers : w->n_layers;
}

/* The four centres around a point and their weights; height NaN: void. */
struct corners {
    double height[4];
    double weight[4];
    int n_ground;
};

static struct corners corners_of(const struct vg_layer *l, double x, double y)
{
    struct corners q = {.n_ground = 0};
    int r = (int)y;
    int c = (int)x;
    double fy = y - r;
    double fx = x - c;
    for (int i = 0; i < 4; i++) {
        int down = i >> 1;
        int right = i & 1;
        q.height[i] = vg_layer_get(l, vg_layer_row(l, r + down) + vg_layer_col(c + right));
        q.weight[i] = (down ? fy : 1.0 - fy) * (right ? fx : 1.0 - fx);
        q.n_ground += q.height[i] <= HUGE_VAL;
    }
    return q;
}

static double blend(const struct corners *q, double beneath)
{
    double sum = 0.0;
    double left = 1.0;
    for (int i = 0; i < 4; i++) {
        if (q->height[i] <= HUGE_VAL) {
            sum += q->weight[i] * q->height[i];
            left -= q->weight[i];
        }
    }
    return left > 0.0 ? sum + left * beneath : sum;
}

/* Within half a cell of a file's edge the nearest row or column holds, as in gdalwarp; beside a
 * void nothing does. */
static double hold(const struct vg_layer *l, double x, double y)
{
    for (int i = 0; i < l->n_members; i++) {
        const struct vg_member *m = &l->members[i];
        double south = m->row + m->n_rows - 1;
        double east = m->col + m->n_cols - 1;
        if (!(y >= m->row - 0.5 && y <= south + 0.5 && x >= m->col - 0.5 && x <= east + 0.5)) {
            continue;
        }
        struct corners q = corners_of(l, fmin(fmax(x, m->col), east), fmin(fmax(y, m->row), south));
        bool is_whole = true;
        for (int k = 0; k < 4; k++) {
            is_whole = is_whole && (q.height[k] <= HUGE_VAL || !(q.weight[k] > 0.0));
        }
        if (is_whole) {
            return blend(&q, 0.0);
        }
    }
    return (double)NAN;
}

double vg_window_sample_from(const struct vg_window *self, int first, double lat_deg,
                             double lon_deg)
{
    int n = n_layers_of(self);
    for (int i = first; i < n; i++) {
        const struct vg_layer *l = layer_at(self, i);
        double y = vg_layer_y(l, lat_deg);
        double x = vg_layer_x(l, lon_deg);
        if (!vg_layer_spans(l, x, y)) {
            continue;
        }
        struct corners q = corners_of(l, x, y);
        if (q.n_ground == 4) {
            return blend(&q, 0.0);
        }
        if (q.n_ground == 0) {
            continue;
        }
        /* What is void here is what lies beneath, so the surface has no step where voids begin. */
        double beneath = vg_window_sample_from(self, i + 1, lat_deg, lon_deg);
        double h = beneath <= HUGE_VAL ? blend(&q, beneath) : hold(l, x, y);
        if (h <= HUGE_VAL) {
            return h;
        }
        return beneath;
    }
    return self->is_flat && isfinite(lat_deg) && isfinite(lon_deg) ? 0.0 : (double)NAN;
}

double vg_terrain_height_msl_m(const struct vg_terrain *self, double lat_deg, double lon_deg)
{
    if (self->n_layers > 0) {
        double h = vg_layer_sample(&self->layers[0], lat_deg, lon_deg);
        if (h <= HUGE_VAL) {
            return h;
        }
    }
    struct vg_window w = {.is_flat = self->n_layers == 0, .terrain = self};
    return vg_window_sample_from(&w, 0, lat_deg, lon_deg);
}

double vg_terrain_cell_m(const struct vg_terrain *self, double lat_deg, double lon_deg)
{
    for (int i = 0; i < self->n_sources; i++) {
        if (vg_source_holds(&self->sources[i], lat_deg, lon_deg)) {
            return self->sources[i].cell_m;
        }
    }
    return FLAT_CELL_M;
}

bool vg_terrain_is_void(const struct vg_terrain *self, double lat_deg, double lon_deg)
{
    bool is_covered = false;
    for (int i = 0; i < self->n_sources && !is_covered; i++) {
        is_covered = vg_source_holds(&self->sources[i], lat_deg, lon_deg);
    }
    return is_covered && !(vg_terrain_height_msl_m(self, lat_deg, lon_deg) <= HUGE_VAL);
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

static void range_of(const struct vg_layer *l, const struct cut *cut, double *lo, double *hi)
{
    for (int r = cut->row_lo / VG_LAYER_BLOCK; r <= cut->row_hi / VG_LAYER_BLOCK; r++) {
        size_t row = (size_t)r * (size_t)l->n_block_cols;
        for (int c = cut->col_lo / VG_LAYER_BLOCK; c <= cut->col_hi / VG_LAYER_BLOCK; c++) {
            double block_lo = (double)l->block_lo_m[row + (size_t)c];
            double block_hi = (double)l->block_hi_m[row + (size_t)c];
            bool is_ground = fabs(block_lo) > 0.0;
            *lo = is_ground && block_lo < *lo ? block_lo : *lo;
            *hi = is_ground && block_hi > *hi ? block_hi : *hi;
        }
    }
}

bool vg_window_range(const struct vg_window *self, double lat_deg, double lon_deg, double radius_m,
                     double *out_lo_m, double *out_hi_m)
{
    double lo = HUGE_VAL;
    double hi = -HUGE_VAL;
    struct cut cut;
    for (int i = 0; i < n_layers_of(self); i++) {
        const struct vg_layer *l = layer_at(self, i);
        if (cut_layer(l, lat_deg, lon_deg, radius_m, &cut)) {
            range_of(l, &cut, &lo, &hi);
        }
    }
    if (self->is_flat) {
        lo = 0.0;
        hi = 0.0;
    }
    *out_lo_m = lo;
    *out_hi_m = hi;
    return lo <= hi;
}

static double higher(double a, double b)
{
    return a > b ? a : b; /* b where a is NaN */
}

static double layer_crest(const struct vg_layer *l, double lat_deg, double lon_deg)
{
    double y = vg_layer_y(l, lat_deg);
    double x = vg_layer_x(l, lon_deg);
    if (!vg_layer_spans(l, x, y)) {
        return -HUGE_VAL;
    }
    struct vg_cell cell = vg_layer_cell(l, x, y);
    if (vg_layer_bilinear(l, &cell) <= HUGE_VAL) {
        return vg_layer_top(l, &cell);
    }
    struct corners q = corners_of(l, x, y);
    double crest = -HUGE_VAL;
    for (int i = 0; i < 4; i++) {
        crest = higher(q.height[i], crest);
    }
    return crest;
}

double vg_window_crest(const struct vg_window *self, double lat_deg, double lon_deg)
{
    if (self->is_flat) {
        return 0.0;
    }
    double best = -HUGE_VAL;
    for (int i = 0; i < n_layers_of(self); i++) {
        best = higher(layer_crest(layer_at(self, i), lat_deg, lon_deg), best);
    }
    return best;
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
    for (int i = 0; i < self->n_sources; i++) {
        struct vg_terrain_source s;
        vg_terrain_describe(self, i, &s);
        north = fmax(north, s.north_deg);
        south = fmin(south, s.south_deg);
        west = i == 0 ? s.west_deg : fmin(west, s.west_deg);
        east = i == 0 ? s.east_deg : fmax(east, s.east_deg);
    }
    if (self->n_sources == 0) {
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
    const struct vg_source *s = &self->sources[0];
    /* A pixel of Web Mercator is 2 pi a cos(lat) / 256 / 2^z metres; the row step does not depend
     * on cos(lat). */
    double lat = s->north_deg - 0.5 * s->n_rows * s->step_lat_deg;
    double pixel0_m = 2.0 * VG_PI * VG_WGS84_A_M * cos(lat * VG_RAD_PER_DEG) / 256.0;
    double z = ceil(log2(pixel0_m / s->cell_m));
    return (int)fmin(fmax(z, 0.0), 16.0);
}

int vg_terrain_n_sources(const struct vg_terrain *self)
{
    return self->n_sources;
}

void vg_terrain_describe(const struct vg_terrain *self, int i, struct vg_terrain_source *out)
{
    const struct vg_source *s = &self->sources[i];
    double west = vg_wrap_180_deg(s->west_deg - 0.5 * s->step_lon_deg);
    *out = (struct vg_terrain_source){
        .path = s->path,
        .n_rows = s->n_rows,
        .n_cols = s->n_cols,
        .cell_m = s->cell_m,
        .datum = s->datum,
        .vdatum = s->vdatum,
        .datum_from = s->datum_from,
        .is_datum_assumed = s->datum_from == VG_DATUM_ASSUMED,
        .south_deg = fmax(-90.0, s->north_deg - (s->n_rows - 0.5) * s->step_lat_deg),
        .west_deg = west,
        .north_deg = fmin(90.0, s->north_deg + 0.5 * s->step_lat_deg),
        .east_deg = west + s->n_cols * s->step_lon_deg,
        .void_share = (double)s->n_void / ((double)s->n_rows * s->n_cols),
        .is_cached = s->is_cached};
}
