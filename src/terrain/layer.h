/* The inside of a terrain: layers of float heights, finest first. Inside src/terrain only.
 *
 * Sampling inlines here, because rays, cells and tiles do it millions of times a second. */
#ifndef VG_TERRAIN_LAYER_H
#define VG_TERRAIN_LAYER_H

#include "terrain/terrain.h"

#include <math.h>

enum {
    VG_LAYER_BLOCK = 16,
    VG_WINDOW_LAYERS = 8
};

/* Heights at cell centres, row 0 north. */
struct vg_layer {
    int n_rows;
    int n_cols;
    double north_deg; /* of the centres of row 0 */
    double west_deg; /* of the centres of column 0 */
    double per_deg_lat; /* rows per degree, > 0 */
    double per_deg_lon;
    double cell_m; /* the larger side at the middle latitude */
    bool is_round; /* the columns go all around the Earth */
    float *h_msl_m;
    /* Lowest and highest of blocks of 16 x 16 samples, [block rows][block columns]; NaN: all void.
     */
    int n_block_cols;
    float *block_lo_m;
    float *block_hi_m;
    char path[256];
    char datum[96]; /* "": not stated, taken as mean sea level */
};

struct vg_terrain {
    struct vg_layer *layers;
    int n_layers;
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

/* Insert a layer by its fineness; takes over its arrays. false: out of memory (the layer stays the
 * caller's). */
bool vg_terrain_add_layer(struct vg_terrain *self, const struct vg_layer *layer);
/* Fills cell_m, is_round and the blocks. false: out of memory. */
bool vg_layer_prepare(struct vg_layer *self);
void vg_layer_finish(struct vg_layer *self);

/* Longitude as columns from column 0, [-0.5, 360 degrees - 0.5). */
static inline double vg_layer_x(const struct vg_layer *l, double lon_deg)
{
    double x = (lon_deg - l->west_deg) * l->per_deg_lon;
    if (x < -0.5) {
        x += 360.0 * l->per_deg_lon;
    } else if (x > l->n_cols - 0.5) {
        x -= 360.0 * l->per_deg_lon;
    }
    return x;
}

/* Bilinear between the four centres around; NaN outside and beside voids. Within half a cell of the
 * edge the nearest row or column holds, as in gdalwarp. */
static inline double vg_layer_sample(const struct vg_layer *l, double lat_deg, double lon_deg)
{
    double y = (l->north_deg - lat_deg) * l->per_deg_lat;
    double x = vg_layer_x(l, lon_deg);
    if (!(y >= -0.5 && y <= l->n_rows - 0.5 && x >= -0.5 && x <= l->n_cols - 0.5)) {
        return (double)NAN;
    }
    int r = y > 0.0 ? (int)y : 0;
    r = r < l->n_rows - 1 ? r : l->n_rows - 2;
    double fy = y - r;
    fy = fy < 0.0 ? 0.0 : fy > 1.0 ? 1.0 : fy;
    int c0 = x > 0.0 ? (int)x : 0;
    int c1 = c0 + 1;
    double fx = x - c0;
    if (l->is_round) {
        if (x < 0.0) {
            c0 = l->n_cols - 1;
            c1 = 0;
            fx = x + 1.0;
        } else if (c1 >= l->n_cols) {
            c1 = 0;
        }
    } else if (c1 >= l->n_cols) {
        c0 = l->n_cols - 2;
        c1 = c0 + 1;
        fx = 1.0;
    }
    fx = fx < 0.0 ? 0.0 : fx > 1.0 ? 1.0 : fx;
    const float *p = l->h_msl_m + (size_t)r * (size_t)l->n_cols;
    const float *q = p + l->n_cols;
    double a = (double)p[c0] + fx * ((double)p[c1] - (double)p[c0]);
    double b = (double)q[c0] + fx * ((double)q[c1] - (double)q[c0]);
    return a + fy * (b - a);
}

static inline double vg_window_sample(const struct vg_window *w, double lat_deg, double lon_deg)
{
    for (int i = 0; i < w->n_layers; i++) {
        double h = vg_layer_sample(w->layers[i], lat_deg, lon_deg);
        if (h <= HUGE_VAL) { /* not NaN */
            return h;
        }
    }
    if (w->is_flat) {
        return 0.0;
    }
    return w->terrain != NULL ? vg_terrain_height_msl_m(w->terrain, lat_deg, lon_deg) : (double)NAN;
}

/* The highest of the four centres around a point in any layer: no ground within the cell is higher.
 * -HUGE_VAL: no ground. */
double vg_window_crest(const struct vg_window *self, double lat_deg, double lon_deg);

#endif
