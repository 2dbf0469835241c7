/* Burnt-in text and marks: where a picture's cells keep their texture while the ground behind them
 * moves. Cells of 8 x 8 px. Inside src/look. Threads: pure. */
#ifndef VG_LOOK_OVERLAY_H
#define VG_LOOK_OVERLAY_H

#include "look/bend.h"
#include "look/kern.h"

#include <stdbool.h>

enum {
    VG_OVERLAY_CELL = 8
};

struct vg_overlay {
    int n_x; /* cells */
    int n_y;
    uint8_t *count; /* how often a cell has stood still */
    uint8_t *is_masked; /* 1: overlay, or next to one */
    bool is_any;
};

size_t vg_overlay_cells(int width_px, int height_px);
/* Both arrays of vg_overlay_cells, zeroed. */
void vg_overlay_lay(struct vg_overlay *self, int width_px, int height_px, uint8_t *count,
                    uint8_t *is_masked);
/* Two pictures some time apart; map: from the older one to the newer. */
void vg_overlay_step(struct vg_overlay *self, const struct vg_kern_plane *older,
                     const struct vg_kern_plane *newer, const struct vg_map *map);
bool vg_overlay_covers(const struct vg_overlay *self, struct vg_px at);

#endif
