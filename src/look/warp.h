/* A whole picture taken into the coordinates of another along a map. Inside src/look. */
#ifndef VG_LOOK_WARP_H
#define VG_LOOK_WARP_H

#include "look/bend.h"
#include "look/kern.h"

/* Scratch for pictures of one width. */
struct vg_warp {
    int n_lanes;
    int32_t *node[4]; /* u, v at the top and foot of a band */
    struct vg_kern_lanes lanes;
};

size_t vg_warp_bytes(int width_px);
void vg_warp_lay(struct vg_warp *self, int width_px, uint8_t *store);
/* dst has the source's size and stride; 0 where the source does not reach. map: dst -> source. */
void vg_warp_picture(struct vg_warp *self, const struct vg_kern *kern,
                     const struct vg_kern_plane *src, const struct vg_map *map, uint8_t *dst);

#endif
