/* Heights of many points at once. Each batch goes through plain loops over arrays, one job each, so
 * that the compiler takes several points at a time; only the reading of the four centres goes point
 * by point, and meanwhile the memory of the next batch is on its way. The results are those of
 * vg_layer_bilinear to the bit. */
#include "terrain/layer.h"

enum {
    BATCH = 96,
    /* On a way every so many points' memory is asked for: they share cache lines. */
    NEAR_STRIDE = 6
};
/* Points further from each other than this are not on one way. */
#define NEAR_DEG 0.02

/* Some points between the centres of a layer; see struct vg_cell. */
struct batch {
    size_t n;
    bool is_in; /* the layer spans all of them: else nothing below is valid */
    size_t stride; /* of the prefetch */
    int32_t block[BATCH]; /* of the north-western centre */
    int32_t in_block[BATCH];
    int32_t right[BATCH];
    int32_t down[BATCH];
    double fx[BATCH];
    double fy[BATCH];
};

/* Columns and rows; false: the layer does not span all of them. */
static bool place(const struct vg_layer *l, const double *lat_deg, const double *lon_deg, size_t n,
                  double *restrict out_x, double *restrict out_y)
{
    const struct vg_layer grid = *l; /* nothing written here changes it */
    int n_in = 0;
    for (size_t i = 0; i < n; i++) {
        double x = vg_layer_x(&grid, lon_deg[i]);
        double y = vg_layer_y(&grid, lat_deg[i]);
        n_in += vg_layer_spans(&grid, x, y);
        out_x[i] = x;
        out_y[i] = y;
    }
    return (size_t)n_in == n;
}

static void find_cells(const struct vg_layer *l, const double *x, const double *y,
                       struct batch *restrict out)
{
    const int32_t n_block_cols = l->n_block_cols;
    const int32_t to_block_below = (int32_t)l->block_row_size - VG_LAYER_BLOCK_SIZE + 16;
    for (size_t i = 0; i < out->n; i++) {
        int32_t r = (int32_t)y[i];
        int32_t c = (int32_t)x[i];
        out->block[i] = (r >> 4) * n_block_cols + (c >> 4);
        out->in_block[i] = (r & 15) * 16 + (c & 15);
        out->right[i] = (c & 15) != 15 ? 1 : VG_LAYER_BLOCK_SIZE - 15;
        out->down[i] = (r & 15) != 15 ? 16 : to_block_below;
        out->fx[i] = x[i] - c;
        out->fy[i] = y[i] - r;
    }
}

static void make_batch(const struct vg_window *w, const double *lat_deg, const double *lon_deg,
                       size_t n, struct batch *out)
{
    double x[BATCH];
    double y[BATCH];
    bool is_scattered = fabs(lat_deg[n - 1] - lat_deg[0]) > NEAR_DEG ||
                        fabs(lon_deg[n - 1] - lon_deg[0]) > NEAR_DEG;
    out->n = n;
    out->stride = is_scattered ? 1 : NEAR_STRIDE;
    out->is_in = w->n_layers > 0 && place(w->layers[0], lat_deg, lon_deg, n, x, y);
    if (out->is_in) {
        find_cells(w->layers[0], x, y, out);
    }
}

static size_t centre_of(const struct batch *b, size_t i)
{
    return (size_t)(uint32_t)b->block[i] * VG_LAYER_BLOCK_SIZE + (uint32_t)b->in_block[i];
}

/* Asks for the memory of a batch, so that many of its points wait for it together. */
static void fetch(const struct vg_window *w, const struct batch *b)
{
    if (!b->is_in) {
        return;
    }
    const struct vg_layer *l = w->layers[0];
    const char *base = l->counts != NULL ? (const char *)l->counts : (const char *)l->metres;
    size_t each = l->counts != NULL ? sizeof *l->counts : sizeof *l->metres;
    for (size_t i = 0; i < b->n; i += b->stride) {
        const char *p = base + centre_of(b, i) * each;
        __builtin_prefetch(p);
        __builtin_prefetch(p + (size_t)b->down[i] * each);
    }
}

/* The heights and, if wanted, the highest of the four centres. Returns how many are ground: for the
 * others neither is valid. */
static size_t sample_counts(const struct vg_layer *l, const struct batch *b,
                            double *restrict out_msl_m, double *restrict out_crest_m)
{
    int32_t a0[BATCH];
    int32_t a1[BATCH];
    int32_t b0[BATCH];
    int32_t b1[BATCH];
    for (size_t i = 0; i < b->n; i++) {
        const uint16_t *p = l->counts + centre_of(b, i);
        a0[i] = p[0];
        a1[i] = p[b->right[i]];
        b0[i] = p[b->down[i]];
        b1[i] = p[b->down[i] + b->right[i]];
    }
    const double zero_m = l->zero_m;
    const double unit_m = l->unit_m;
    int n_voids = 0;
    for (size_t i = 0; i < b->n; i++) {
        double top = a0[i] + b->fx[i] * (a1[i] - a0[i]);
        double low = b0[i] + b->fx[i] * (b1[i] - b0[i]);
        n_voids += ((a0[i] - 1) | (a1[i] - 1) | (b0[i] - 1) | (b1[i] - 1)) < 0;
        out_msl_m[i] = zero_m + unit_m * (top + b->fy[i] * (low - top));
    }
    for (size_t i = 0; out_crest_m != NULL && i < b->n; i++) {
        int32_t top = a0[i] > a1[i] ? a0[i] : a1[i];
        int32_t low = b0[i] > b1[i] ? b0[i] : b1[i];
        out_crest_m[i] = zero_m + unit_m * (top > low ? top : low);
    }
    return b->n - (size_t)n_voids;
}

static size_t sample_metres(const struct vg_layer *l, const struct batch *b,
                            double *restrict out_msl_m, double *restrict out_crest_m)
{
    double a0[BATCH];
    double a1[BATCH];
    double b0[BATCH];
    double b1[BATCH];
    for (size_t i = 0; i < b->n; i++) {
        const float *p = l->metres + centre_of(b, i);
        a0[i] = (double)p[0];
        a1[i] = (double)p[b->right[i]];
        b0[i] = (double)p[b->down[i]];
        b1[i] = (double)p[b->down[i] + b->right[i]];
    }
    int n_ground = 0;
    for (size_t i = 0; i < b->n; i++) {
        double top = a0[i] + b->fx[i] * (a1[i] - a0[i]);
        double low = b0[i] + b->fx[i] * (b1[i] - b0[i]);
        n_ground += fabs((a0[i] * a1[i]) * (b0[i] * b1[i])) > 0.0; /* as in vg_layer_bilinear */
        out_msl_m[i] = top + b->fy[i] * (low - top);
    }
    for (size_t i = 0; out_crest_m != NULL && i < b->n; i++) {
        double top = a0[i] > a1[i] ? a0[i] : a1[i];
        double low = b0[i] > b1[i] ? b0[i] : b1[i];
        out_crest_m[i] = top > low ? top : low;
    }
    return (size_t)n_ground;
}

/* A batch from one layer alone; false: it does not hold all of it. */
static bool sample_finest(const struct vg_layer *l, const struct batch *b, double *out_msl_m,
                          double *out_crest_m)
{
    return b->is_in && (l->counts != NULL ? sample_counts(l, b, out_msl_m, out_crest_m)
                                          : sample_metres(l, b, out_msl_m, out_crest_m)) == b->n;
}

/* b: the same points on the window's finest layer, if it has any. */
static void sample(const struct vg_window *w, const struct batch *b, const double *lat_deg,
                   const double *lon_deg, double *out_msl_m)
{
    if (w->n_layers > 0 && sample_finest(w->layers[0], b, out_msl_m, NULL)) {
        return;
    }
    for (size_t i = 0; i < b->n; i++) {
        out_msl_m[i] = vg_window_sample(w, lat_deg[i], lon_deg[i]);
    }
}

static size_t batch_size(size_t from, size_t n)
{
    return n - from < BATCH ? n - from : BATCH;
}

static struct vg_window window_of_all(const struct vg_terrain *self)
{
    struct vg_window w = {.is_flat = self->n_layers == 0};
    for (int i = 0; i < self->n_layers && i < VG_WINDOW_LAYERS; i++) {
        w.layers[w.n_layers++] = &self->layers[i];
    }
    w.terrain = self->n_layers > VG_WINDOW_LAYERS ? self : NULL;
    return w;
}

void vg_window_heights(const struct vg_window *self, const double *lat_deg, const double *lon_deg,
                       size_t n, double *out_msl_m)
{
    struct batch batch;
    for (size_t i = 0; i < n; i += batch.n) {
        make_batch(self, lat_deg + i, lon_deg + i, batch_size(i, n), &batch);
        sample(self, &batch, lat_deg + i, lon_deg + i, out_msl_m + i);
    }
}

void vg_window_looks(const struct vg_window *self, const double *lat_deg, const double *lon_deg,
                     size_t n, double *out_msl_m, double *out_crest_m)
{
    struct batch batch;
    bool is_one = self->n_layers == 1 && self->terrain == NULL;
    for (size_t i = 0; i < n; i += batch.n) {
        make_batch(self, lat_deg + i, lon_deg + i, batch_size(i, n), &batch);
        if (is_one && sample_finest(self->layers[0], &batch, out_msl_m + i, out_crest_m + i)) {
            continue;
        }
        for (size_t k = i; k < i + batch.n; k++) {
            out_msl_m[k] = vg_window_sample(self, lat_deg[k], lon_deg[k]);
            out_crest_m[k] = vg_window_crest(self, lat_deg[k], lon_deg[k]);
        }
    }
}

void vg_terrain_heights(const struct vg_terrain *self, const double *lat_deg, const double *lon_deg,
                        size_t n, float *out_msl_m)
{
    struct vg_window all = window_of_all(self);
    struct batch batches[2];
    double h_msl_m[BATCH];
    if (n > 0) {
        make_batch(&all, lat_deg, lon_deg, batch_size(0, n), &batches[0]);
    }
    for (size_t i = 0, k = 0; i < n; i += BATCH, k ^= 1) {
        size_t end = i + batches[k].n;
        if (end < n) {
            make_batch(&all, lat_deg + end, lon_deg + end, batch_size(end, n), &batches[k ^ 1]);
            fetch(&all, &batches[k ^ 1]);
        }
        sample(&all, &batches[k], lat_deg + i, lon_deg + i, h_msl_m);
        for (size_t q = 0; q < end - i; q++) {
            out_msl_m[i + q] = (float)h_msl_m[q];
        }
    }
}
