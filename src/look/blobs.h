/* Connected marks of a sparse mask: boxes, weights, strength. Inside src/look. */
#ifndef VG_LOOK_BLOBS_H
#define VG_LOOK_BLOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_BLOBS_MAX = 2048,
    VG_BLOB_RUNS_MAX = 16384
};

/* Pixels of one blob: 8-connected marks, runs of a row one or two columns apart joined. */
struct vg_blob {
    int x0, y0, x1, y1; /* px, last ones included */
    int area;
    int n_strong; /* marks with bit 2 */
    int64_t sum_x, sum_y, sum; /* weighted by the size of the caller's weight of a pixel */
    int64_t signed_sum; /* of the weights */
};

struct vg_blob_run {
    int y, x0, x1; /* last included */
    int parent;
};

struct vg_blobs {
    int n;
    bool is_cut; /* more runs or blobs than there is room for */
    struct vg_blob blob[VG_BLOBS_MAX];
    int n_runs;
    struct vg_blob_run run[VG_BLOB_RUNS_MAX];
    int root[VG_BLOB_RUNS_MAX]; /* by a blob's first run: its number, -1: no room */
    int area[VG_BLOB_RUNS_MAX];
    int strong[VG_BLOB_RUNS_MAX];
};

void vg_blobs_clear(struct vg_blobs *self);
/* The next row of the mask (0: nothing), from the top; n bytes, readable up to a multiple of 8. */
void vg_blobs_row(struct vg_blobs *self, const uint8_t *mask, int y, int n);
/* All rows are in: blobs with strong marks, then the others of weak_area_min marks or more, each in
 * order of their first run. weight(ctx, x, y): of
 * either sign. */
void vg_blobs_close(struct vg_blobs *self, const uint8_t *mask, ptrdiff_t stride, int weak_area_min,
                    int (*weight)(const void *ctx, int x, int y), const void *ctx);

#endif
