/* Layers: their shape in memory and the ranges of their blocks. */
#include "terrain/layer.h"

#include "geo/geodesy.h"

#include <stdlib.h>

static size_t n_blocks(const struct vg_layer *l)
{
    return (size_t)l->n_block_rows * (size_t)l->n_block_cols;
}

void vg_layer_shape(struct vg_layer *self)
{
    double mid = self->north_deg - 0.5 * self->n_rows / self->per_deg_lat;
    struct vg_frame f = vg_frame_at(mid, 0.0);
    self->cell_m = fmax(f.m_per_deg_lat / self->per_deg_lat, f.m_per_deg_lon / self->per_deg_lon);
    self->turn_cols = 360.0 * self->per_deg_lon;
    self->n_block_rows = (self->n_rows + VG_LAYER_BLOCK - 1) / VG_LAYER_BLOCK;
    self->n_block_cols = (self->n_cols + VG_LAYER_BLOCK - 1) / VG_LAYER_BLOCK;
    self->block_row_size = (size_t)self->n_block_cols * VG_LAYER_BLOCK_SIZE;
    self->end_x = self->n_cols - 1;
    self->end_y = self->n_rows - 1;
}

size_t vg_layer_size_bytes(const struct vg_layer *self, bool is_float)
{
    size_t each = is_float ? sizeof(float) : sizeof(uint16_t);
    return n_blocks(self) * (VG_LAYER_BLOCK_SIZE * each + 2 * sizeof(float));
}

void vg_layer_bind(struct vg_layer *self, void *memory, bool is_float)
{
    size_t n = n_blocks(self) * VG_LAYER_BLOCK_SIZE;
    size_t each = is_float ? sizeof(float) : sizeof(uint16_t);
    self->metres = is_float ? memory : NULL;
    self->counts = is_float ? NULL : memory;
    self->block_lo_m = (float *)(void *)((char *)memory + n * each);
    self->block_hi_m = self->block_lo_m + n_blocks(self);
}

static float marked(double h)
{
    return h < 0.0 || h > 0.0 ? (float)h : VG_LAYER_ZERO_M;
}

void vg_layer_index(struct vg_layer *self, int block_row, int first, int end)
{
    for (int c = first; c < end; c++) {
        size_t block = (size_t)block_row * (size_t)self->n_block_cols + (size_t)c;
        double lo = HUGE_VAL;
        double hi = -HUGE_VAL;
        for (size_t i = 0; i < VG_LAYER_BLOCK_SIZE; i++) {
            double h = vg_layer_get(self, block * VG_LAYER_BLOCK_SIZE + i);
            lo = h < lo ? h : lo; /* false for NaN */
            hi = h > hi ? h : hi;
        }
        self->block_lo_m[block] = lo <= hi ? marked(lo) : 0.0F;
        self->block_hi_m[block] = lo <= hi ? marked(hi) : 0.0F;
    }
}

void vg_layer_finish(struct vg_layer *self)
{
    free(self->members);
    vg_store_finish(&self->store);
    *self = (struct vg_layer){0};
}
