/* The seen-ground memory: when each cell of the strip was last seen, how well, how often.
 *
 * A column counts as seen at the latest time T such that at least `seen_share` of its cells were
 * seen at or after T; a bin at the earliest of its columns. Times are whole seconds UTC, 0 = never.
 * Monotone: an older sighting never replaces a newer one. Looks within 10 minutes are one look: of
 * those the best grade (terrain/grade.h) is kept.
 *
 * Threads: loop thread. Memory: 8 bytes a cell, 4 a column, 4 a bin. mark: O(rows) a column.
 */
#ifndef VG_WATCH_SEEN_H
#define VG_WATCH_SEEN_H

#include "watch/shape.h"

enum {
    VG_SEEN_AGAIN_S = 600
};

struct vg_seen_cell {
    uint8_t last_grade; /* of the last look; VG_GRADE_UNKNOWN: not said */
    uint8_t best_grade; /* of all looks */
    uint16_t n_looks; /* stays at 65,535 */
};

struct vg_seen {
    const struct vg_shape *shape; /* borrowed */
    int coarsest_grade; /* looks coarser than this, or of unknown grade, are passed by; 0: all count
                         */
    uint32_t *cell_s;
    struct vg_seen_cell *cells;
    uint32_t *col_s;
    uint32_t *bin_s;
};

enum vg_status vg_seen_init(struct vg_seen *self, const struct vg_shape *shape,
                            struct vg_error *err) VG_MUST_USE;
void vg_seen_finish(struct vg_seen *self);

/* Rows [row_first, row_end) of a column seen at t_s with a grade. Rows outside the column are
 * ignored. Returns the bin whose time changed, or -1. */
int vg_seen_mark(struct vg_seen *self, int col, int row_first, int row_end, int grade,
                 uint32_t t_s);
/* What is remembered of one column or cell as `from` had it: for a watch whose shape stayed. */
void vg_seen_copy(struct vg_seen *self, const struct vg_seen *from);

/* Share of all cells ever seen, and of a column's cells seen since t_s. */
double vg_seen_share(const struct vg_seen *self);
double vg_seen_col_share(const struct vg_seen *self, int col, uint32_t since_s);

#endif
