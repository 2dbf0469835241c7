/* What the ground looks like without what moves: for a block of pictures, the middle of five others
 * (older and newer, none near in time) in the coordinates of the block's middle one, and how far
 * each place is to be trusted. Inside src/look. */
#ifndef VG_LOOK_BACKGROUND_H
#define VG_LOOK_BACKGROUND_H

#include "look/register.h"
#include "look/warp.h"

struct vg_background {
    struct vg_kern_plane shape; /* px unused */
    int64_t canvas; /* picture whose coordinates these are */
    bool is_ready;
    uint8_t *low; /* the ground's luma lies from low to high; 0 .. 255 where nobody knows */
    uint8_t *high;
    uint8_t *limit; /* noise beyond the camera's, luma steps x 8 / 9 */
    uint8_t *sample[VG_KERN_SAMPLES];
    uint8_t *spread;
};

struct vg_background_params {
    double slope;
    double scatter;
};

/* pictures[k] NULL or not placed: unknown. reference: the canvas picture itself, whose exposure the
 * others are brought to; may be NULL. */
void vg_background_make(struct vg_background *self, const struct vg_kern *kern,
                        const struct vg_register *where, struct vg_warp *warp,
                        const struct vg_background_params *params, int64_t canvas,
                        const uint8_t *reference, const uint8_t *const pictures[VG_KERN_SAMPLES],
                        const int64_t numbers[VG_KERN_SAMPLES]);

#endif
