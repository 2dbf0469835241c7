#include "look/pyramid.h"

static int stride_of(int width_px)
{
    return (width_px + VG_KERN_PAD + 31) & ~31;
}

size_t vg_pyramid_bytes(int width_px, int height_px)
{
    size_t bytes = 0;
    for (int l = 1; l < VG_PYRAMID_LEVELS; l++) {
        bytes += (size_t)stride_of(width_px >> l) * (size_t)((height_px >> l) + 1);
    }
    return bytes;
}

void vg_pyramid_lay(struct vg_pyramid *self, int width_px, int height_px, uint8_t *store)
{
    self->store = store;
    for (int l = 1; l < VG_PYRAMID_LEVELS; l++) {
        int stride = stride_of(width_px >> l);
        self->level[l] = (struct vg_kern_plane){store, width_px >> l, height_px >> l, stride};
        store += (size_t)stride * (size_t)((height_px >> l) + 1);
    }
}

void vg_pyramid_fill(struct vg_pyramid *self, const struct vg_kern *kern,
                     const struct vg_kern_plane *picture)
{
    self->level[0] = *picture;
    uint8_t *to = self->store;
    for (int l = 1; l < VG_PYRAMID_LEVELS; l++) {
        const struct vg_kern_plane *from = &self->level[l - 1];
        kern->half(from->px, from->stride_bytes, &self->level[l], to);
        to += (size_t)self->level[l].stride_bytes * (size_t)(self->level[l].height_px + 1);
    }
}

/* Sum of absolute differences of every second row of a window. */
static uint32_t difference(const struct vg_kern_plane *a, const struct vg_kern_plane *b, int reach,
                           int dx, int dy)
{
    uint32_t sum = 0;
    int n = a->width_px - 2 * reach;
    for (int y = reach; y < a->height_px - reach; y += 2) {
        const uint8_t *restrict p = a->px + (ptrdiff_t)y * a->stride_bytes + reach;
        const uint8_t *restrict q = b->px + (ptrdiff_t)(y + dy) * b->stride_bytes + reach + dx;
        for (int x = 0; x < n; x++) {
            sum += (uint32_t)(p[x] > q[x] ? p[x] - q[x] : q[x] - p[x]);
        }
    }
    return sum;
}

void vg_pyramid_jump(const struct vg_pyramid *from, const struct vg_pyramid *to, int reach,
                     int shift[2])
{
    const struct vg_kern_plane *a = &from->level[VG_PYRAMID_LEVELS - 1];
    const struct vg_kern_plane *b = &to->level[VG_PYRAMID_LEVELS - 1];
    int least = a->width_px < a->height_px ? a->width_px : a->height_px;
    reach = reach < least / 3 ? reach : least / 3;
    uint32_t best = UINT32_MAX;
    for (int dy = -reach; dy <= reach; dy++) {
        for (int dx = -reach; dx <= reach; dx++) {
            uint32_t d = difference(a, b, reach, dx, dy);
            if (d < best) {
                best = d;
                shift[0] = dx;
                shift[1] = dy;
            }
        }
    }
}
