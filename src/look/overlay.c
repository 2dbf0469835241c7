#include "look/overlay.h"

#include <math.h>
#include <string.h>

enum {
    MOVED_PX = 4, /* the ground's least motion that says anything */
    TEXTURE = 48, /* luma, least span in a cell */
    SAME = 3, /* luma, most mean difference */
    SURE = 4, /* still this often more than not: an overlay */
    COUNT_MAX = 12
};

size_t vg_overlay_cells(int width_px, int height_px)
{
    return (size_t)((width_px + VG_OVERLAY_CELL - 1) / VG_OVERLAY_CELL) *
           (size_t)((height_px + VG_OVERLAY_CELL - 1) / VG_OVERLAY_CELL);
}

void vg_overlay_lay(struct vg_overlay *self, int width_px, int height_px, uint8_t *count,
                    uint8_t *is_masked)
{
    self->n_x = (width_px + VG_OVERLAY_CELL - 1) / VG_OVERLAY_CELL;
    self->n_y = (height_px + VG_OVERLAY_CELL - 1) / VG_OVERLAY_CELL;
    self->count = count;
    self->is_masked = is_masked;
    self->is_any = false;
}

/* Textured, and the same in both pictures. Cells that the edge cuts are none. */
static bool stands_still(const struct vg_kern_plane *a, const struct vg_kern_plane *b, int x, int y)
{
    if (x + VG_OVERLAY_CELL > a->width_px || y + VG_OVERLAY_CELL > a->height_px) {
        return false;
    }
    int low = 255;
    int high = 0;
    int sum = 0;
    for (int j = 0; j < VG_OVERLAY_CELL; j++) {
        const uint8_t *p = a->px + (ptrdiff_t)(y + j) * a->stride_bytes + x;
        const uint8_t *q = b->px + (ptrdiff_t)(y + j) * b->stride_bytes + x;
        for (int i = 0; i < VG_OVERLAY_CELL; i++) {
            low = p[i] < low ? p[i] : low;
            high = p[i] > high ? p[i] : high;
            sum += p[i] > q[i] ? p[i] - q[i] : q[i] - p[i];
        }
    }
    return high - low >= TEXTURE && sum <= SAME * VG_OVERLAY_CELL * VG_OVERLAY_CELL;
}

static void mask_around(struct vg_overlay *self, int i, int j)
{
    for (int y = j > 0 ? j - 1 : 0; y <= j + 1 && y < self->n_y; y++) {
        for (int x = i > 0 ? i - 1 : 0; x <= i + 1 && x < self->n_x; x++) {
            self->is_masked[y * self->n_x + x] = 1;
        }
    }
    self->is_any = true;
}

void vg_overlay_step(struct vg_overlay *self, const struct vg_kern_plane *older,
                     const struct vg_kern_plane *newer, const struct vg_map *map)
{
    memset(self->is_masked, 0, (size_t)self->n_x * (size_t)self->n_y);
    self->is_any = false;
    for (int j = 0; j < self->n_y; j++) {
        for (int i = 0; i < self->n_x; i++) {
            struct vg_px p = {i * VG_OVERLAY_CELL, j * VG_OVERLAY_CELL};
            struct vg_px q = vg_homog_apply(&map->h, p);
            uint8_t *count = &self->count[j * self->n_x + i];
            if (hypot(q.x_px - p.x_px, q.y_px - p.y_px) >= MOVED_PX) {
                bool is_still = stands_still(older, newer, (int)p.x_px, (int)p.y_px);
                int next = *count + (is_still ? 1 : -2);
                *count = (uint8_t)(next < 0 ? 0 : next > COUNT_MAX ? COUNT_MAX : next);
            }
            if (*count >= SURE) {
                mask_around(self, i, j);
            }
        }
    }
}

bool vg_overlay_covers(const struct vg_overlay *self, struct vg_px at)
{
    int i = (int)floor(at.x_px / VG_OVERLAY_CELL);
    int j = (int)floor(at.y_px / VG_OVERLAY_CELL);
    return self->is_any && i >= 0 && j >= 0 && i < self->n_x && j < self->n_y &&
           self->is_masked[j * self->n_x + i] != 0;
}
