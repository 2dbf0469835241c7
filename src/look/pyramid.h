/* A blurred picture and its halves. Level l, pixel X stands for full-size (X + 0.5) 2^l - 0.5.
 * Level 0 belongs to the caller. Threads: pure. */
#ifndef VG_LOOK_PYRAMID_H
#define VG_LOOK_PYRAMID_H

#include "look/kern.h"

enum {
    VG_PYRAMID_LEVELS = 4
};

struct vg_pyramid {
    struct vg_kern_plane level[VG_PYRAMID_LEVELS];
    uint8_t *store; /* of levels 1 .. */
};

/* Bytes that levels 1 .. of a picture need, and a pyramid laid over them. */
size_t vg_pyramid_bytes(int width_px, int height_px);
void vg_pyramid_lay(struct vg_pyramid *self, int width_px, int height_px, uint8_t *store);
/* Make `picture` level 0 and fill the others. */
void vg_pyramid_fill(struct vg_pyramid *self, const struct vg_kern *kern,
                     const struct vg_kern_plane *picture);

/* How far the picture has jumped, found on the coarsest level: the shift (px of that level, up to
 * `reach` either way) at which the middle of `from` looks most like `to`. */
void vg_pyramid_jump(const struct vg_pyramid *from, const struct vg_pyramid *to, int reach,
                     int shift[2]);

#endif
