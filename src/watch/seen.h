/* The seen-ground memory: when each cell of the strip was last seen.
 *
 * A column counts as seen at the latest time T such that at least `seen_share` of its cells were
 * seen at or after T; a bin at the earliest of its columns. Times are whole seconds UTC, 0 = never.
 * Monotone: an older sighting never replaces a newer one.
 *
 * Threads: loop thread. Memory: 4 bytes a cell, 4 a column, 4 a bin. mark: O(rows) a column.
 */
#ifndef VG_WATCH_SEEN_H
#define VG_WATCH_SEEN_H

#include "watch/shape.h"

struct vg_seen {
    const struct vg_shape *shape; /* borrowed */
    uint32_t *cell_s;
    uint32_t *col_s;
    uint32_t *bin_s;
};

enum vg_status vg_seen_init(struct vg_seen *self, const struct vg_shape *shape,
                            struct vg_error *err) VG_MUST_USE;
void vg_seen_finish(struct vg_seen *self);

/* Rows [row_first, row_end) of a column seen at t_s. Rows outside the column are ignored. Returns
 * the bin whose time changed, or -1. */
int vg_seen_mark(struct vg_seen *self, int col, int row_first, int row_end, uint32_t t_s);

/* Share of all cells ever seen, and of a column's cells seen since t_s. */
double vg_seen_share(const struct vg_seen *self);
double vg_seen_col_share(const struct vg_seen *self, int col, uint32_t since_s);

#endif
