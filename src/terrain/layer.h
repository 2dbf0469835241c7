/* The inside of a terrain: layers of heights, finest first. Inside src/terrain only.
 *
 * A layer is one regular grid of geographic WGS 84 that holds every file with that grid; where no
 * file is, its centres are void. Heights lie in blocks of 16 x 16 centres, one after another:
 *
 *     block 0   block 1  ...        so that the four centres around a point share a page nearly
 *     0 .. 15   256 ..              always and a cache line mostly (row after row they would lie
 *     16 .. 31  272 ..              in two pages).
 *
 * A centre is a 16-bit count (height = zero_m + unit_m x count, 0 a void) or a float (metres, 0.0 a
 * void, ground at 0 m is VG_LAYER_ZERO_M), so that memory that was never written is void. A border
 * of VG_LAYER_PAD centres about all files takes the blend into coarser ground.
 *
 * Sampling inlines here, because rays, cells and tiles do it millions of times a second. */
#ifndef VG_TERRAIN_LAYER_H
#define VG_TERRAIN_LAYER_H

#include "terrain/store.h"
#include "terrain/terrain.h"

#include <float.h>
#include <math.h>

enum {
    VG_LAYER_BLOCK = 16,
    VG_LAYER_BLOCK_SIZE = VG_LAYER_BLOCK * VG_LAYER_BLOCK,
    VG_LAYER_PAD = VG_LAYER_BLOCK,
    /* Centres over which the border of a file or of a void passes into the coarser ground; one less
     * than the pad, so that a layer ends in voids. */
    VG_LAYER_BLEND = VG_LAYER_PAD - 1,
    VG_WINDOW_LAYERS = 8
};
/* gcc -O2 finds these too long to inline; called, they halve the speed of everything. */
#define VG_HOT static inline __attribute__((always_inline))
/* 1e-38 m: ground at mean sea level in a layer of floats. */
#define VG_LAYER_ZERO_M FLT_MIN

/* A file's place in its layer: its first centre, and how many. */
struct vg_member {
    int row;
    int col;
    int n_rows;
    int n_cols;
};

/* Row 0 north. A layer all around the Earth has one column more than the Earth, its first again,
 * and no border in longitude. */
struct vg_layer {
    int n_rows; /* with the border */
    int n_cols;
    double north_deg; /* of the centres of row 0 */
    double west_deg; /* of the centres of column 0; may lie below -180 */
    double per_deg_lat; /* rows per degree, > 0 */
    double per_deg_lon;
    double turn_cols; /* columns around the Earth */
    double cell_m; /* the larger side at the middle latitude */
    bool is_round; /* the columns go all around the Earth */
    int n_block_rows;
    int n_block_cols;
    size_t block_row_size; /* centres in a row of blocks */
    double end_x; /* n_cols - 1 */
    double end_y;
    uint16_t *counts; /* one of the two, [block rows][block columns][16][16] */
    float *metres;
    double unit_m;
    double zero_m;
    /* Lowest and highest of the blocks, [block rows][block columns]; 0: all void. */
    float *block_lo_m;
    float *block_hi_m;
    struct vg_member *members;
    int n_members;
    struct vg_store store; /* where all but the members lies */
};

struct vg_terrain {
    struct vg_layer *layers;
    int n_layers;
    struct vg_source *sources;
    int n_sources;
};

/* The layers that touch a box, finest first: what a walk within the box needs to look at. */
struct vg_window {
    const struct vg_layer *layers[VG_WINDOW_LAYERS];
    int n_layers;
    bool is_flat;
    const struct vg_terrain *terrain; /* when more touch than fit: all of them */
};

struct vg_window vg_window_over(const struct vg_terrain *self, double lat_deg, double lon_deg,
                                double radius_m);
/* The lowest and highest ground that may lie within radius_m of a point; false: no ground at all.
 */
bool vg_window_range(const struct vg_window *self, double lat_deg, double lon_deg, double radius_m,
                     double *out_lo_m, double *out_hi_m);
/* The finest cell among the layers (m). */
double vg_window_cell_m(const struct vg_window *self);

/* vg_terrain_sees with the window found already; it must cover the way. */
bool vg_window_sees(const struct vg_window *self, double obs_lat_deg, double obs_lon_deg,
                    double obs_alt_msl_m, double tgt_lat_deg, double tgt_lon_deg,
                    double tgt_alt_msl_m);

struct vg_path;
/* Is the straight line from h1 at the path's start to h2 at its end above the ground for t in
 * (from, to)? */
bool vg_window_clear(const struct vg_window *self, const struct vg_path *path, double h1_msl_m,
                     double h2_msl_m, double from, double to);

/* Sets cell_m and what else follows from rows, columns and steps. */
void vg_layer_shape(struct vg_layer *self);
/* Bytes of the heights and block ranges, floats or counts. */
size_t vg_layer_size_bytes(const struct vg_layer *self, bool is_float);
/* Points the arrays into memory of that size. */
void vg_layer_bind(struct vg_layer *self, void *memory, bool is_float);
/* Fills the block ranges of blocks [first, end) of a block row from the heights. */
void vg_layer_index(struct vg_layer *self, int block_row, int first, int end);
void vg_layer_finish(struct vg_layer *self);

/* Where a row and a column lie; their sum is the index of a centre. */
VG_HOT size_t vg_layer_row(const struct vg_layer *l, int row)
{
    return (size_t)(unsigned)(row >> 4) * l->block_row_size + ((unsigned)row & 15U) * 16U;
}

VG_HOT size_t vg_layer_col(int col)
{
    return ((size_t)(unsigned)(col >> 4) << 8) + ((unsigned)col & 15U);
}

/* From a centre to the next one right or down: to the next block at a block's last. */
VG_HOT size_t vg_layer_right(int col)
{
    return ((unsigned)col & 15U) != 15U ? 1U : VG_LAYER_BLOCK_SIZE - 15U;
}

VG_HOT size_t vg_layer_down(const struct vg_layer *l, int row)
{
    return ((unsigned)row & 15U) != 15U ? 16U : l->block_row_size - 240U;
}

/* The height at an index; NaN: void. */
static inline double vg_layer_get(const struct vg_layer *l, size_t i)
{
    if (l->counts != NULL) {
        return l->counts[i] != 0 ? l->zero_m + l->unit_m * l->counts[i] : (double)NAN;
    }
    return l->metres[i] < 0.0F || l->metres[i] > 0.0F ? (double)l->metres[i] : (double)NAN;
}

VG_HOT double vg_layer_y(const struct vg_layer *l, double lat_deg)
{
    return (l->north_deg - lat_deg) * l->per_deg_lat;
}

/* Longitude as columns from column 0, the turn chosen that lies in the layer if one does. */
VG_HOT double vg_layer_x(const struct vg_layer *l, double lon_deg)
{
    double x = (lon_deg - l->west_deg) * l->per_deg_lon;
    if (x < 0.0) {
        x += l->turn_cols;
    } else if (x >= l->end_x) {
        x -= l->turn_cols;
    }
    return x;
}

/* Does (x, y) lie between four centres of the layer? Not if it is NaN. */
VG_HOT bool vg_layer_spans(const struct vg_layer *l, double x, double y)
{
    return y >= 0.0 && y < l->end_y && x >= 0.0 && x < l->end_x;
}

/* Where the four centres around a point lie, and the point between them. */
struct vg_cell {
    size_t at; /* the north-western centre */
    size_t right; /* to the next one */
    size_t down;
    double fx;
    double fy;
};

/* (x, y) must be spanned. */
VG_HOT struct vg_cell vg_layer_cell(const struct vg_layer *l, double x, double y)
{
    int r = (int)y;
    int c = (int)x;
    return (struct vg_cell){.at = vg_layer_row(l, r) + vg_layer_col(c),
                            .right = vg_layer_right(c),
                            .down = vg_layer_down(l, r),
                            .fx = x - c,
                            .fy = y - r};
}

/* Bilinear between the four centres; NaN if one is void. */
VG_HOT double vg_layer_bilinear(const struct vg_layer *l, const struct vg_cell *cell)
{
    if (l->counts != NULL) {
        const uint16_t *p = l->counts + cell->at;
        int a0 = p[0];
        int a1 = p[cell->right];
        int b0 = p[cell->down];
        int b1 = p[cell->down + cell->right];
        double a = a0 + cell->fx * (a1 - a0);
        double b = b0 + cell->fx * (b1 - b0);
        /* One of them is 0: the sign tells. */
        bool is_void = ((a0 - 1) | (a1 - 1) | (b0 - 1) | (b1 - 1)) < 0;
        return is_void ? (double)NAN : l->zero_m + l->unit_m * (a + cell->fy * (b - a));
    }
    const float *p = l->metres + cell->at;
    double a0 = (double)p[0];
    double a1 = (double)p[cell->right];
    double b0 = (double)p[cell->down];
    double b1 = (double)p[cell->down + cell->right];
    double a = a0 + cell->fx * (a1 - a0);
    double b = b0 + cell->fx * (b1 - b0);
    /* Heights of 1e-38 m do not make the product 0: a double reaches to 1e-308. */
    bool is_ground = fabs((a0 * a1) * (b0 * b1)) > 0.0;
    return is_ground ? a + cell->fy * (b - a) : (double)NAN;
}

/* The same at a place; NaN where the layer does not span it. */
VG_HOT double vg_layer_sample(const struct vg_layer *l, double lat_deg, double lon_deg)
{
    double y = vg_layer_y(l, lat_deg);
    double x = vg_layer_x(l, lon_deg);
    if (!vg_layer_spans(l, x, y)) {
        return (double)NAN;
    }
    struct vg_cell cell = vg_layer_cell(l, x, y);
    return vg_layer_bilinear(l, &cell);
}

/* The highest of the four centres of a cell without voids. */
VG_HOT double vg_layer_top(const struct vg_layer *l, const struct vg_cell *cell)
{
    if (l->counts != NULL) {
        const uint16_t *p = l->counts + cell->at;
        int a0 = p[0];
        int a1 = p[cell->right];
        int b0 = p[cell->down];
        int b1 = p[cell->down + cell->right];
        int top = a0 > a1 ? a0 : a1;
        int low = b0 > b1 ? b0 : b1;
        return l->zero_m + l->unit_m * (top > low ? top : low);
    }
    const float *p = l->metres + cell->at;
    float a0 = p[0];
    float a1 = p[cell->right];
    float b0 = p[cell->down];
    float b1 = p[cell->down + cell->right];
    float top = a0 > a1 ? a0 : a1;
    float low = b0 > b1 ? b0 : b1;
    return (double)(top > low ? top : low);
}

/* What a window shows from layer `first` on: four centres, or those there are and the coarser
 * layers in place of the others, or the nearest within half a cell where there is nothing else. */
double vg_window_sample_from(const struct vg_window *self, int first, double lat_deg,
                             double lon_deg);

static inline double vg_window_sample(const struct vg_window *w, double lat_deg, double lon_deg)
{
    if (w->n_layers > 0) {
        double h = vg_layer_sample(w->layers[0], lat_deg, lon_deg);
        if (h <= HUGE_VAL) { /* not NaN */
            return h;
        }
    }
    return vg_window_sample_from(w, 0, lat_deg, lon_deg);
}

/* The same for n points. */
void vg_window_heights(const struct vg_window *self, const double *lat_deg, const double *lon_deg,
                       size_t n, double *out_msl_m);

/* The highest of the four centres around a point in any layer: no ground within the cell is higher.
 * -HUGE_VAL: no ground. */
double vg_window_crest(const struct vg_window *self, double lat_deg, double lon_deg);

/* vg_window_sample and vg_window_crest of n points at once. */
void vg_window_looks(const struct vg_window *self, const double *lat_deg, const double *lon_deg,
                     size_t n, double *out_msl_m, double *out_crest_m);

#endif
