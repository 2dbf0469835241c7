/* The shape of what is watched, as the record keeps it: enough to fold the events without maps or
 * elevation.
 *
 * It is read from the static description (docs/api.md, `GET /api/watch`, plus "cell_m",
 * "seen_share" and "strip") that the station writes as the record's `watch` event. A column is
 * cell_m of a line, a bin is bin_m of a line: the page's grain.
 *
 * Threads: pure, immutable. Memory: malloc, 16 bytes a column.
 */
#ifndef VG_WATCH_SHAPE_H
#define VG_WATCH_SHAPE_H

#include "base/json.h"
#include "geo/network.h"

#include <stdint.h>

struct vg_shape_line {
    char name[VG_NAME_SIZE];
    double length_m;
    double offset_m; /* on the chart's axis */
    int first_bin;
    int n_bins;
    int first_col;
    int n_cols;
};

struct vg_shape_stretch {
    char id[16];
    int line;
    double from_m;
    double to_m;
    double revisit_s;
    double depth_m; /* watched to each side */
    bool is_unreachable;
    int n_passes; /* side by side */
};

struct vg_shape_col {
    int32_t bin;
    int32_t stretch;
    int64_t cell; /* index of its row 0 */
};

struct vg_shape {
    double promise_s;
    double cell_m;
    double bin_m;
    double seen_share;
    struct vg_shape_line *lines;
    int n_lines;
    struct vg_shape_stretch *stretches;
    int n_stretches;
    struct vg_shape_col *cols; /* n_cols + 1; the last one ends the cells */
    int n_cols;
    int *bin_line;
    int *bin_col; /* first column of each bin, n_bins + 1 entries */
    int n_bins;
};

enum vg_status vg_shape_read(const json_t *watch, struct vg_shape *out,
                             struct vg_error *err) VG_MUST_USE;
void vg_shape_finish(struct vg_shape *self);

static inline int vg_shape_n_rows(const struct vg_shape *self, int col)
{
    return (int)(self->cols[col + 1].cell - self->cols[col].cell);
}

/* Middle of a bin along its line (m), and the stretch it lies in. */
double vg_shape_bin_m(const struct vg_shape *self, int bin);
int vg_shape_bin_stretch(const struct vg_shape *self, int bin);

#endif
