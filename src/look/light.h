/* How the camera's exposure differs between two pictures of one place: automatic exposure, thermal
 * cameras that shift their span. Inside src/look. Threads: pure. */
#ifndef VG_LOOK_LIGHT_H
#define VG_LOOK_LIGHT_H

#include "look/kern.h"

/* level' = ((level x gain + offset + 8192) >> 7) - 64, as in struct vg_kern_level. */
struct vg_light {
    int gain; /* 128: none; 92 .. 180 */
    int offset;
};

/* What brings `seen` to the level of a ground that lies from low to high, by least squares over a
 * sparse grid; far ones left out in later rounds. shape: of all three; 0 in seen or low: unknown.
 */
struct vg_light vg_light_fit(const struct vg_kern_plane *shape, const uint8_t *seen,
                             const uint8_t *low, const uint8_t *high);
/* Bring a picture to that level, in place, if it differs enough to matter; 0 stays 0, all else at
 * least 1. */
void vg_light_apply(const struct vg_light *self, const struct vg_kern_plane *shape, uint8_t *px);

#endif
