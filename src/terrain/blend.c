/* Voids and the border of a layer, filled from the layers beneath.
 *
 * Each block that has a void within VG_LAYER_BLEND centres of ground is looked at with its eight
 * neighbours. From the ground beside voids the difference to the ground beneath goes out ring by
 * ring (each centre takes the mean of its neighbours of the ring before) and fades: a filled
 * centre is beneath + difference x (1 - ring / (VG_LAYER_BLEND + 1)).
 *
 * A block is written when the row of blocks below it has been looked at too, so that all look at
 * what the files hold and the order does not matter. Cost: about 50 us a block. Memory: 1 kB a
 * block of two rows of blocks. */
#include "terrain/mosaic.h"

#include "geo/geodesy.h"

#include <stdlib.h>
#include <string.h>

enum {
    B = VG_LAYER_BLOCK,
    SIDE = 3 * B
};

/* What the centre blocks of one row of blocks become; NaN: as it was. */
struct patch {
    int block_col;
    float h[VG_LAYER_BLOCK_SIZE];
};
struct patches {
    struct patch *list;
    int n;
    int cap;
};

/* A block with its neighbours. */
struct view {
    const struct vg_terrain *terrain;
    int layer;
    int row0; /* of the first neighbour's first centre */
    int col0;
    double h[SIDE * SIDE]; /* NaN: void */
    double difference[SIDE * SIDE];
    double sum[SIDE * SIDE];
    int n_sum[SIDE * SIDE];
    int ring[SIDE * SIDE]; /* -1: not reached */
    int list[2][SIDE * SIDE]; /* the centres of a ring */
};

static bool boxes_meet(double lo1, double hi1, double lo2, double hi2)
{
    return lo1 <= hi2 && lo2 <= hi1;
}

bool vg_layer_touches(const struct vg_layer *a, const struct vg_layer *b)
{
    double south_a = a->north_deg - (a->n_rows - 1) / a->per_deg_lat;
    double south_b = b->north_deg - (b->n_rows - 1) / b->per_deg_lat;
    double half_a = 0.5 * (a->n_cols - 1) / a->per_deg_lon;
    double half_b = 0.5 * (b->n_cols - 1) / b->per_deg_lon;
    double apart = vg_wrap_180_deg(a->west_deg + half_a - b->west_deg - half_b);
    return boxes_meet(south_a, a->north_deg, south_b, b->north_deg) &&
           fabs(apart) <= half_a + half_b;
}

bool vg_layer_has_beneath(const struct vg_terrain *self, int i)
{
    for (int k = i + 1; k < self->n_layers; k++) {
        if (vg_layer_touches(&self->layers[i], &self->layers[k])) {
            return true;
        }
    }
    return false;
}

static double beneath(const struct view *v, int k)
{
    const struct vg_layer *l = &v->terrain->layers[v->layer];
    struct vg_window w = {.terrain = v->terrain};
    double lat = l->north_deg - (v->row0 + k / SIDE) / l->per_deg_lat;
    double lon = l->west_deg + (v->col0 + k % SIDE) / l->per_deg_lon;
    return vg_window_sample_from(&w, v->layer + 1, lat, vg_wrap_180_deg(lon));
}

static bool is_ground(double h)
{
    return h <= HUGE_VAL;
}

static void load(struct view *v, int block_row, int block_col)
{
    const struct vg_layer *l = &v->terrain->layers[v->layer];
    v->row0 = (block_row - 1) * B;
    v->col0 = (block_col - 1) * B;
    for (int k = 0; k < SIDE * SIDE; k++) {
        int r = v->row0 + k / SIDE;
        int c = v->col0 + k % SIDE;
        bool is_in = r >= 0 && r < l->n_rows && c >= 0 && c < l->n_cols;
        v->h[k] = is_in ? vg_layer_get(l, vg_layer_row(l, r) + vg_layer_col(c)) : (double)NAN;
        v->ring[k] = -1;
        v->n_sum[k] = 0;
        v->sum[k] = 0.0;
    }
}

/* The eight neighbours of k; returns how many there are. */
static int neighbours(int k, int out[8])
{
    int n = 0;
    for (int dr = -1; dr <= 1; dr++) {
        for (int dc = -1; dc <= 1; dc++) {
            int r = k / SIDE + dr;
            int c = k % SIDE + dc;
            if ((dr != 0 || dc != 0) && r >= 0 && r < SIDE && c >= 0 && c < SIDE) {
                out[n++] = r * SIDE + c;
            }
        }
    }
    return n;
}

/* Ring 0: ground beside a void, with its difference to what lies beneath. */
static int find_edge(struct view *v)
{
    int n = 0;
    for (int k = 0; k < SIDE * SIDE; k++) {
        int near[8];
        bool is_edge = false;
        int n_near = is_ground(v->h[k]) ? neighbours(k, near) : 0;
        for (int i = 0; i < n_near; i++) {
            is_edge = is_edge || !is_ground(v->h[near[i]]);
        }
        double h = is_edge ? beneath(v, k) : (double)NAN;
        if (is_ground(h)) {
            v->difference[k] = v->h[k] - h;
            v->ring[k] = 0;
            v->list[0][n++] = k;
        }
    }
    return n;
}

static void spread(struct view *v)
{
    int n = find_edge(v);
    for (int ring = 1; ring <= VG_LAYER_BLEND && n > 0; ring++) {
        const int *from = v->list[(ring + 1) & 1];
        int *to = v->list[ring & 1];
        int n_to = 0;
        for (int i = 0; i < n; i++) {
            int near[8];
            int n_near = neighbours(from[i], near);
            for (int j = 0; j < n_near; j++) {
                int k = near[j];
                if (is_ground(v->h[k]) || (v->ring[k] >= 0 && v->ring[k] != ring)) {
                    continue;
                }
                if (v->ring[k] < 0) {
                    v->ring[k] = ring;
                    to[n_to++] = k;
                }
                v->sum[k] += v->difference[from[i]];
                v->n_sum[k]++;
            }
        }
        for (int i = 0; i < n_to; i++) {
            v->difference[to[i]] = v->sum[to[i]] / v->n_sum[to[i]];
        }
        n = n_to;
    }
}

/* The middle block's voids filled; false: none. */
static bool fill_middle(const struct view *v, float out[VG_LAYER_BLOCK_SIZE])
{
    const struct vg_layer *l = &v->terrain->layers[v->layer];
    bool has_any = false;
    for (int i = 0; i < VG_LAYER_BLOCK_SIZE; i++) {
        int r = B + i / B;
        int c = B + i % B;
        int k = r * SIDE + c;
        out[i] = (float)NAN;
        if (v->ring[k] > 0 && v->row0 + r < l->n_rows && v->col0 + c < l->n_cols) {
            double h = beneath(v, k);
            double fade = 1.0 - (double)v->ring[k] / (VG_LAYER_BLEND + 1);
            out[i] = is_ground(h) ? (float)(h + fade * v->difference[k]) : (float)NAN;
            has_any = has_any || is_ground(h);
        }
    }
    return has_any;
}

static bool has_void(const struct vg_layer *l, size_t block)
{
    bool is_some = false;
    for (size_t i = 0; i < VG_LAYER_BLOCK_SIZE; i++) {
        is_some = is_some || !is_ground(vg_layer_get(l, block * VG_LAYER_BLOCK_SIZE + i));
    }
    return is_some;
}

/* Does a block or one beside it have ground? */
static bool is_near_ground(const struct vg_layer *l, int row, int col)
{
    for (int r = row - 1; r <= row + 1; r++) {
        for (int c = col - 1; c <= col + 1; c++) {
            bool is_in = r >= 0 && r < l->n_block_rows && c >= 0 && c < l->n_block_cols;
            if (is_in &&
                fabsf(l->block_lo_m[(size_t)r * (size_t)l->n_block_cols + (size_t)c]) > 0.0F) {
                return true;
            }
        }
    }
    return false;
}

static bool add_patch(struct patches *p, int block_col, const float *h)
{
    if (p->n == p->cap) {
        int cap = p->cap > 0 ? 2 * p->cap : 64;
        struct patch *list = realloc(p->list, (size_t)cap * sizeof *list);
        if (list == NULL) {
            return false;
        }
        p->list = list;
        p->cap = cap;
    }
    p->list[p->n].block_col = block_col;
    memcpy(p->list[p->n].h, h, sizeof p->list[p->n].h);
    p->n++;
    return true;
}

/* What a row of blocks becomes. */
static bool look_at(struct view *v, int block_row, struct patches *out)
{
    const struct vg_layer *l = &v->terrain->layers[v->layer];
    float h[VG_LAYER_BLOCK_SIZE];
    out->n = 0;
    for (int c = 0; c < l->n_block_cols; c++) {
        size_t block = (size_t)block_row * (size_t)l->n_block_cols + (size_t)c;
        if (!is_near_ground(l, block_row, c) || !has_void(l, block)) {
            continue;
        }
        load(v, block_row, c);
        spread(v);
        if (fill_middle(v, h) && !add_patch(out, c, h)) {
            return false;
        }
    }
    return true;
}

static void write_row(struct vg_layer *l, int block_row, const struct patches *p)
{
    for (int i = 0; i < p->n; i++) {
        const struct patch *q = &p->list[i];
        size_t at = ((size_t)block_row * (size_t)l->n_block_cols + (size_t)q->block_col) *
                    VG_LAYER_BLOCK_SIZE;
        for (size_t k = 0; k < VG_LAYER_BLOCK_SIZE; k++) {
            if (isnan(q->h[k])) {
                continue;
            }
            if (l->counts != NULL) {
                double count = round(((double)q->h[k] - l->zero_m) / l->unit_m);
                l->counts[at + k] = (uint16_t)fmin(fmax(count, 1.0), 65535.0);
            } else {
                l->metres[at + k] = q->h[k] < 0.0F || q->h[k] > 0.0F ? q->h[k] : VG_LAYER_ZERO_M;
            }
        }
    }
}

enum vg_status vg_layer_blend(struct vg_terrain *self, int i, struct vg_error *err)
{
    struct vg_layer *l = &self->layers[i];
    struct patches rows[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    struct view *v = calloc(1, sizeof *v);
    bool is_ok = v != NULL;
    if (is_ok) {
        v->terrain = self;
        v->layer = i;
    }
    /* The ranges tell where the files' ground is until all is looked at. */
    for (int r = 0; r <= l->n_block_rows && is_ok; r++) {
        is_ok = r == l->n_block_rows || look_at(v, r, &rows[r & 1]);
        if (is_ok && r > 0) {
            write_row(l, r - 1, &rows[(r + 1) & 1]);
        }
    }
    free(rows[0].list);
    free(rows[1].list);
    free(v);
    return is_ok ? VG_OK : vg_no_memory(err);
}
