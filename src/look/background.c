#include "look/background.h"

#include "look/light.h"

#include <string.h>

/* Median of every eighth pixel of every eighth row, where something is known. */
static int typical(const struct vg_background *self, const uint8_t *px)
{
    int count[256] = {0};
    int n = 0;
    for (int y = 4; y < self->shape.height_px; y += 8) {
        for (int x = 4; x < self->shape.width_px; x += 8) {
            size_t at = (size_t)y * (size_t)self->shape.stride_bytes + (size_t)x;
            if (self->low[at] != 0) {
                count[px[at]]++;
                n++;
            }
        }
    }
    int value = 0;
    for (int sum = count[0]; sum * 2 < n && value < 255; sum += count[++value]) {
    }
    return value;
}

/* The range over 3 x 3 into the first sample's room, whole. */
static void ranges(const struct vg_background *self, const struct vg_kern *kern)
{
    int w = self->shape.width_px;
    ptrdiff_t stride = self->shape.stride_bytes;
    uint8_t *out = self->sample[0];
    memset(out, 0, (size_t)stride);
    memset(out + stride * (self->shape.height_px - 1), 0, (size_t)stride);
    for (int y = 1; y < self->shape.height_px - 1; y++) {
        const uint8_t *row = self->low + y * stride;
        const uint8_t *const rows[3] = {row - stride, row, row + stride};
        kern->range(rows, w, out + y * stride);
    }
}

static void limits_of_row(const uint8_t *restrict range, const uint8_t *restrict spread, int n,
                          const int base[2], const int weight[2], uint8_t *restrict out)
{
    uint16_t base0 = (uint16_t)base[0];
    uint16_t base1 = (uint16_t)base[1];
    uint16_t weight0 = (uint16_t)weight[0];
    uint16_t weight1 = (uint16_t)weight[1];
    for (int i = 0; i < n; i++) {
        uint16_t r = range[i] > base0 ? (uint16_t)(range[i] - base0) : 0;
        uint16_t s = spread[i] > base1 ? (uint16_t)(spread[i] - base1) : 0;
        s = s < 120 ? s : 120;
        uint16_t v = (uint16_t)((uint16_t)(r * weight0) + (uint16_t)(s * weight1)) >> 6;
        out[i] = (uint8_t)(v < 255 ? v : 255);
    }
}

/* The blur kernel is also what smooths ranges and scatter, in place of the samples that are no
 * longer needed. */
static void limits(struct vg_background *self, const struct vg_kern *kern,
                   const struct vg_background_params *p)
{
    uint8_t *range = self->sample[1];
    uint8_t *spread = self->sample[2];
    uint8_t *rows = self->sample[3];
    ptrdiff_t stride = self->shape.stride_bytes;
    ranges(self, kern);
    kern->blur(self->sample[0], stride, &self->shape, range, rows);
    kern->blur(self->spread, stride, &self->shape, self->sample[0], rows);
    kern->blur(self->sample[0], stride, &self->shape, spread, rows);
    int base[2] = {typical(self, range), typical(self, spread) * 4 / 3 + 1};
    int weight[2] = {(int)(p->slope * 64.0 * 9.0 / 8.0), (int)(p->scatter * 64.0 * 9.0 / 8.0)};
    for (int y = 0; y < self->shape.height_px; y++) {
        limits_of_row(range + y * stride, spread + y * stride, self->shape.width_px, base, weight,
                      self->limit + y * stride);
    }
}

void vg_background_make(struct vg_background *self, const struct vg_kern *kern,
                        const struct vg_register *where, struct vg_warp *warp,
                        const struct vg_background_params *params, int64_t canvas,
                        const uint8_t *reference, const uint8_t *const pictures[VG_KERN_SAMPLES],
                        const int64_t numbers[VG_KERN_SAMPLES])
{
    size_t bytes = (size_t)self->shape.stride_bytes * (size_t)self->shape.height_px;
    int n_known = 0;
    for (int k = 0; k < VG_KERN_SAMPLES; k++) {
        struct vg_map map;
        if (pictures[k] != NULL && vg_register_between(where, canvas, numbers[k], &map)) {
            struct vg_kern_plane src = self->shape;
            src.px = pictures[k];
            vg_warp_picture(warp, kern, &src, &map, self->sample[k]);
            if (reference != NULL) {
                struct vg_light light =
                    vg_light_fit(&self->shape, self->sample[k], reference, reference);
                vg_light_apply(&light, &self->shape, self->sample[k]);
            }
            n_known++;
        } else {
            memset(self->sample[k], 0, bytes);
        }
    }
    self->canvas = canvas;
    self->is_ready = n_known >= 2;
    if (!self->is_ready) {
        return;
    }
    for (int y = 0; y < self->shape.height_px; y++) {
        ptrdiff_t at = (ptrdiff_t)y * self->shape.stride_bytes;
        const uint8_t *rows[VG_KERN_SAMPLES];
        for (int k = 0; k < VG_KERN_SAMPLES; k++) {
            rows[k] = self->sample[k] + at;
        }
        kern->middle(rows, self->shape.width_px, self->low + at, self->high + at,
                     self->spread + at);
    }
    limits(self, kern, params);
}
