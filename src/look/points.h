/* Points of a key picture that are found again in later ones.
 *
 * One corner per cell of a grid, where it has the best (the smaller eigenvalue of the structure
 * tensor: Shi and Tomasi, 1994), with templates on the levels of the pyramid; found again by the
 * inverse compositional method (Baker and Matthews, 2004) for a shift, in a patch that is first
 * taken from the new picture along the expected homography: zoom and roll cost nothing. Threads:
 * pure. Allocations: none. */
#ifndef VG_LOOK_POINTS_H
#define VG_LOOK_POINTS_H

#include "look/homography.h"
#include "look/pyramid.h"

enum {
    VG_POINTS_X = 24, /* cells */
    VG_POINTS_Y = 15,
    VG_POINTS_MAX = VG_POINTS_X * VG_POINTS_Y,
    VG_POINTS_COARSE = 5, /* every fifth has templates on the upper levels */
    VG_POINTS_BORDER = 14 /* px without a corner */
};

struct vg_point_template {
    struct vg_kern_patch patch;
    double inverse[3]; /* of the sum of outer products of gradients: xx xy yy */
    double sum_gx;
    double sum_gy;
    double x_px; /* its centre, in its level */
    double y_px;
    bool is_good;
    bool is_edge; /* slides along an edge: only the way across it is found */
};

struct vg_point {
    struct vg_px at; /* in the key picture */
    struct vg_point_template level[VG_PYRAMID_LEVELS];
    bool is_coarse;
    bool is_edge; /* on level 0 */
};

struct vg_points {
    int n;
    int n_edges; /* of them */
    struct vg_point point[VG_POINTS_MAX];
};

/* Find corners and take their templates. is_masked may be NULL: 1 per 8 x 8 px where none may be
 * (rows of (width + 7) / 8). scratch: two floats and a half a pixel of level 1. */
void vg_points_choose(struct vg_points *self, const struct vg_pyramid *picture,
                      const uint8_t *is_masked, float *scratch);
size_t vg_points_scratch_floats(int width_px, int height_px);

/* Look for a point on one level around h(at) + *shift (full-size px of the new picture); on success
 * *shift is corrected. Finds what is off by less than 2 px of the level. */
bool vg_points_find(const struct vg_point *point, int level, const struct vg_kern *kern,
                    const struct vg_pyramid *picture, const struct vg_homog *h,
                    struct vg_px *shift);

#endif
