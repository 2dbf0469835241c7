/* Where a point of an image lies on the ground, and how sure that is.
 *
 * The ray through the image point meets the ground at a distance D from the camera along the
 * ground, at the elevation angle e (tangent T = tan e + 2 k D by the Earth's fall, k of
 * vg_terrain_curvature_drop_m); the ground there rises by s along the ray's direction and by c
 * across it, to the right. A height error dz of the camera, dh of the ground, horizontal errors dx
 * (along) and dy (right) of the camera, de and da of the ray's elevation and azimuth move the place
 * by, to first order,
 *
 *     right  = dy + D da
 *     along  = (dz - dh + D de / cos^2 e - T dx - c right) / (s - T)
 *
 * s - T > 0 is what the ray closes on the ground with, metre for metre: it is small where the ray
 * grazes, and there the along error grows without bound. Variances and the covariance of the two
 * follow by the law of propagation of uncertainty (JCGM 100:2008, equations 10 and 13, independent
 * inputs); the error terms are those of Barber, Redding, McLain, Beard and Taylor, "Vision-based
 * target geo-location using a fixed-wing miniature air vehicle", J. Intelligent and Robotic Systems
 * 47, 2006, doi:10.1007/s10846-006-9088-7. The attitude's error is taken as one of the ray itself:
 * alike in every direction about it, so da = de' / cos e.
 *
 * First order: it holds while the ground's slope stays the same over the errors; a ridge line in
 * reach of them is not told by it. Threads: pure. Allocations: none. Cost: one ray and five
 * heights, about 2 us over hills. */
#ifndef VG_TERRAIN_LOCATE_H
#define VG_TERRAIN_LOCATE_H

#include "terrain/camera.h"

/* One standard deviation each, >= 0. */
struct vg_locate_sigma {
    double position_m; /* of the camera, each horizontal axis */
    double altitude_m; /* of the camera */
    double pointing_deg; /* of the ray, in any direction across it */
    double elevation_m; /* of the ground's height */
};

struct vg_located {
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double range_m; /* along the ground */
    double azimuth_true_deg; /* of the ray */
    double grazing_deg; /* between ray and ground in the ray's vertical plane, (0, 90] */
    /* Errors of the place on the ground, horizontal. */
    double sigma_along_m;
    double sigma_right_m;
    double correlation; /* of the two, [-1, 1] */
    double error_p95_m; /* longer half axis of the ellipse that holds 95 % */
};

/* The ground at image point (x, y), -1 to 1 from left to right and from bottom to top.
 * VG_E_NOT_FOUND: no ground within max_range_m (along the ground) on that ray; VG_E_RANGE: a field
 * of view outside (0, 180), a pose or point that is not finite, a negative sigma. */
enum vg_status vg_locate_pixel(const struct vg_terrain *terrain, const struct vg_camera_pose *pose,
                               double x, double y, double max_range_m,
                               const struct vg_locate_sigma *sigma, struct vg_located *out,
                               struct vg_error *err) VG_MUST_USE;
/* The same for a ray from a place: azimuth true and elevation above the horizon. */
enum vg_status vg_locate_ray(const struct vg_terrain *terrain, double lat_deg, double lon_deg,
                             double alt_msl_m, double azimuth_true_deg, double elevation_deg,
                             double max_range_m, const struct vg_locate_sigma *sigma,
                             struct vg_located *out, struct vg_error *err) VG_MUST_USE;

#endif
