/* A small world seen from a moving camera, for tests: textured ground, boxes that move on it,
 * noise. Truth is known to the last digit. */
#ifndef SCENE_H
#define SCENE_H

#include "base/rng.h"
#include "look/homography.h"

#include <stdint.h>

enum {
    SCENE_GROUND = 1024,
    SCENE_BOXES_MAX = 8
};

struct scene_box {
    double x, y; /* ground px at time 0 */
    double vx, vy; /* per picture */
    double width, height;
    double luma;
};

struct scene {
    int width_px, height_px;
    double noise; /* standard deviation, luma */
    double gain; /* of the camera */
    double offset;
    int n_boxes;
    struct scene_box box[SCENE_BOXES_MAX];
    struct vg_rng rng;
    uint8_t ground[SCENE_GROUND][SCENE_GROUND];
};

/* Ground of four octaves of value noise. */
void scene_init(struct scene *self, int width_px, int height_px, uint64_t seed);
/* The picture number t through a camera: view maps picture px to ground px. */
void scene_render(struct scene *self, const struct vg_homog *view, int t, uint8_t *out);
/* Where a box is in that picture (view's inverse of its centre). */
struct vg_px scene_box_at(const struct scene *self, int box, const struct vg_homog *view, int t);
/* A view: turned by angle_rad and scaled about the picture's middle, which looks at (x, y). */
struct vg_homog scene_view(const struct scene *self, double x, double y, double angle_rad,
                           double scale);

#endif
