/* Where a film is cut: whether a picture shows another view than the one before, from luma alone.
 *
 * Pictures are reduced to 16 x 9 block means; a cut is where these no longer go together
 * (correlation) and differ much. Steps of exposure keep the correlation, pans keep most blocks; so
 * both are no cut. Threads: pure. Cost: one pixel of 16 is read. */
#ifndef VG_LOOK_SHOT_H
#define VG_LOOK_SHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_SHOT_COLUMNS = 16,
    VG_SHOT_ROWS = 9
};

struct vg_shot {
    bool has_last;
    float last[VG_SHOT_COLUMNS * VG_SHOT_ROWS];
};

/* One picture further; true if it begins a new shot. The first one does not. Pictures below 64 x 36
 * pixels never do. */
bool vg_shot_step(struct vg_shot *self, const uint8_t *luma, int width_px, int height_px,
                  size_t stride_bytes);

#endif
