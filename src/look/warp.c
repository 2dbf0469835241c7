#include "look/warp.h"

#include <math.h>

enum {
    BAND = 16
};

#define FAR_PX 30000.0 /* differences times 16 fit 32 bits */

static int lanes_of(int width_px)
{
    return (width_px + VG_KERN_LANE - 1) / VG_KERN_LANE;
}

size_t vg_warp_bytes(int width_px)
{
    size_t n = (size_t)lanes_of(width_px) + 18;
    return n * (7 * sizeof(int32_t) + 4 * sizeof(int16_t));
}

void vg_warp_lay(struct vg_warp *self, int width_px, uint8_t *store)
{
    int n = lanes_of(width_px);
    size_t step = (size_t)n + 18;
    int32_t *words = (int32_t *)(void *)store;
    int16_t *halves = (int16_t *)(void *)(words + 7 * step);
    self->n_lanes = n;
    for (int k = 0; k < 4; k++) {
        self->node[k] = words + (size_t)k * step;
    }
    self->lanes =
        (struct vg_kern_lanes){n,      words + 4 * step, words + 5 * step,  words + 6 * step,
                               halves, halves + step,    halves + 2 * step, halves + 3 * step};
}

static int32_t fixed(double px)
{
    double bounded = !(px > -FAR_PX) ? -FAR_PX : px > FAR_PX ? FAR_PX : px; /* NaN too */
    return (int32_t)lrint(bounded * (1 << VG_KERN_FIX));
}

/* Where the lanes of row y begin: every second by the map, those between halfway. */
static void nodes_of_row(const struct vg_warp *self, const struct vg_map *map, int y, int32_t *u,
                         int32_t *v)
{
    for (int i = 0; i <= self->n_lanes + 1; i += 2) {
        struct vg_px p = {i * VG_KERN_LANE, y};
        struct vg_px q = vg_map_apply(map, p);
        u[i] = fixed(q.x_px);
        v[i] = fixed(q.y_px);
        if (i > 0) {
            u[i - 1] = (u[i - 2] + u[i]) >> 1;
            v[i - 1] = (v[i - 2] + v[i]) >> 1;
        }
    }
}

static int16_t step_of(int32_t a, int32_t b)
{
    int32_t d = (b - a + 4) >> 3;
    return (int16_t)(d < -30000 ? -30000 : d > 30000 ? 30000 : d);
}

static void lanes_of_row(struct vg_warp *self, int r)
{
    struct vg_kern_lanes *to = &self->lanes;
    const int32_t *u0 = self->node[0];
    const int32_t *v0 = self->node[1];
    const int32_t *u1 = self->node[2];
    const int32_t *v1 = self->node[3];
    int32_t u = u0[0] + (((u1[0] - u0[0]) * r) >> 4);
    int32_t v = v0[0] + (((v1[0] - v0[0]) * r) >> 4);
    for (int i = 0; i < to->n; i++) {
        int32_t next_u = u0[i + 1] + (((u1[i + 1] - u0[i + 1]) * r) >> 4);
        int32_t next_v = v0[i + 1] + (((v1[i + 1] - v0[i + 1]) * r) >> 4);
        to->u[i] = u;
        to->v[i] = v;
        to->du[i] = step_of(u, next_u);
        to->dv[i] = step_of(v, next_v);
        u = next_u;
        v = next_v;
    }
}

void vg_warp_picture(struct vg_warp *self, const struct vg_kern *kern,
                     const struct vg_kern_plane *src, const struct vg_map *map, uint8_t *dst)
{
    nodes_of_row(self, map, 0, self->node[0], self->node[1]);
    for (int y = 0; y < src->height_px; y += BAND) {
        nodes_of_row(self, map, y + BAND, self->node[2], self->node[3]);
        for (int r = 0; r < BAND && y + r < src->height_px; r++) {
            lanes_of_row(self, r);
            kern->warp(src, &self->lanes, dst + (ptrdiff_t)(y + r) * src->stride_bytes);
        }
        for (int k = 0; k < 2; k++) {
            int32_t *t = self->node[k];
            self->node[k] = self->node[k + 2];
            self->node[k + 2] = t;
        }
    }
}
