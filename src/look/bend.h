/* A smooth displacement over a picture (relief, rolling shutter: what one plane does not explain),
 * and maps made of a homography and such a bend: q = H p + bend(p). Threads: pure. */
#ifndef VG_LOOK_BEND_H
#define VG_LOOK_BEND_H

#include "look/homography.h"

/* Nodes at most, edges of the picture included; none nearer to each other than VG_BEND_CELL_PX:
 * what moves must not bend the ground. */
enum {
    VG_BEND_X = 17,
    VG_BEND_Y = 11,
    VG_BEND_CELL_PX = 100
};

struct vg_bend {
    int n_x;
    int n_y;
    double cell_x_px; /* between nodes */
    double cell_y_px;
    float dx_px[VG_BEND_Y][VG_BEND_X];
    float dy_px[VG_BEND_Y][VG_BEND_X];
};

struct vg_map {
    struct vg_homog h;
    struct vg_homog inverse;
    struct vg_bend bend;
};

/* No bend, for a picture of this size. */
void vg_bend_clear(struct vg_bend *self, int width_px, int height_px);
struct vg_px vg_bend_at(const struct vg_bend *self, struct vg_px p);
/* From what is left after a homography at n places (512 at most): per node the value of a plane
 * through those around it, outliers weighted down; where there are fewer than four, the mean of the
 * neighbours. Residuals over limit_px do not count. */
void vg_bend_fit(struct vg_bend *self, const struct vg_pair *pairs, int n, const struct vg_homog *h,
                 double limit_px);

void vg_map_one(struct vg_map *self, int width_px, int height_px);
struct vg_px vg_map_apply(const struct vg_map *self, struct vg_px p);
/* Two rounds of fixed point: exact to 0.01 px for bends that change by less than 1 px in 10. */
struct vg_px vg_map_back(const struct vg_map *self, struct vg_px q);

#endif
