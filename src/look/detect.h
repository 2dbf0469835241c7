/* One picture against its background: what stands out. Inside src/look. */
#ifndef VG_LOOK_DETECT_H
#define VG_LOOK_DETECT_H

#include "look/background.h"
#include "look/blobs.h"

enum {
    VG_SPOTS_MAX = 768
};

/* A blob that is kept, in the canvas' coordinates. */
struct vg_spot {
    double x_px;
    double y_px;
    double width_px;
    double height_px;
    double strength; /* mean residual of its pixels, luma steps */
    double sign; /* -1: all darker than the ground, 1: all brighter */
    bool is_strong;
};

struct vg_detect_params {
    int low; /* quarters */
    int high;
    double size_max_px;
};

struct vg_detect {
    uint8_t *seen; /* the picture in the canvas' coordinates */
    uint8_t *mask;
    int16_t *rows[4]; /* three rows of sums, one of residuals */
    double noise; /* standard deviation of a sum over 3 x 3, smoothed over time */
    struct vg_kern_level level;
    struct vg_blobs blobs;
    int n;
    struct vg_spot spot[VG_SPOTS_MAX];
};

/* map: canvas -> picture. Fills spot[]. */
void vg_detect_run(struct vg_detect *self, const struct vg_kern *kern, struct vg_warp *warp,
                   const struct vg_background *ground, const struct vg_detect_params *params,
                   const uint8_t *picture, const struct vg_map *map);

#endif
