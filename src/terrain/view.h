/* The pyramid of sight of a camera, in east, north, up. Inside src/terrain only. */
#ifndef VG_TERRAIN_VIEW_H
#define VG_TERRAIN_VIEW_H

#include "terrain/camera.h"

struct vg_view {
    double forward[3]; /* unit vectors, east-north-up */
    double right[3];
    double up[3]; /* of the image */
    double tan_h; /* of half the field of view */
    double tan_v;
    bool has_nadir;
    double el_max_rad; /* of any direction in the image */
    double az_mid_rad; /* of the optical axis */
    double
        az_lo_rad; /* the image spans az_mid + [lo, hi]; -pi to pi when nadir or zenith is in it */
    double az_hi_rad;
};

/* VG_E_RANGE: fields of view outside (0, 180) or numbers that are not finite. */
enum vg_status vg_view_make(const struct vg_camera_pose *pose, struct vg_view *out,
                            struct vg_error *err) VG_MUST_USE;
/* The direction of image point (x, y), -1 to 1 from left to right and bottom to top; not of unit
 * length. */
void vg_view_ray(const struct vg_view *self, double x, double y, double out[3]);
/* The greatest slant range that both limits allow (m). */
double vg_view_range_m(const struct vg_view *self, const struct vg_camera_limits *limits);

#endif
