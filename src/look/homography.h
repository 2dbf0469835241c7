/* Homographies between pictures: apply, join, invert, fit to pairs of points among which some are
 * wrong.
 *
 * Fit: RANSAC over four pairs at a time (Fischler and Bolles, 1981) from a seeded generator, then
 * Gauss-Newton on the distance in the second picture with Tukey weights (Hartley and Zisserman,
 * Multiple View Geometry, 2nd edition, ch. 4). Threads: pure. Allocations: none. */
#ifndef VG_LOOK_HOMOGRAPHY_H
#define VG_LOOK_HOMOGRAPHY_H

#include <stdbool.h>
#include <stdint.h>

struct vg_px {
    double x_px;
    double y_px;
};

/* Row-major, last element 1 where it comes from here. */
struct vg_homog {
    double m[9];
};

struct vg_pair {
    struct vg_px a;
    struct vg_px b;
    bool is_inlier; /* set by the fit */
};

struct vg_homog vg_homog_one(void);
struct vg_px vg_homog_apply(const struct vg_homog *h, struct vg_px p);
/* First `first`, then `then`. */
struct vg_homog vg_homog_join(const struct vg_homog *first, const struct vg_homog *then);
/* false: singular. */
bool vg_homog_invert(const struct vg_homog *h, struct vg_homog *out);
/* Derivatives at p: d = [dx'/dx dx'/dy dy'/dx dy'/dy]. */
void vg_homog_slope(const struct vg_homog *h, struct vg_px p, double d[4]);
/* The h that takes a to b. within_px: pairs nearer than this count as right. Returns how many do;
 * 0 and h untouched if there is none. n >= 4. */
int vg_homog_fit(struct vg_pair *pairs, int n, double within_px, uint64_t seed, struct vg_homog *h);

#endif
