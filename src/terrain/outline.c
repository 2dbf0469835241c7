/* The ground outline of an image, for people. */
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/view.h"

#include <math.h>

/* A point of the image border, k of n from the top left, clockwise. */
static void border_point(int k, int n_edge, double *out_x, double *out_y)
{
    double f = 2.0 * (k % n_edge) / n_edge - 1.0;
    switch (k / n_edge) {
    case 0:
        *out_x = f;
        *out_y = 1.0;
        break;
    case 1:
        *out_x = 1.0;
        *out_y = -f;
        break;
    case 2:
        *out_x = -f;
        *out_y = -1.0;
        break;
    default:
        *out_x = -1.0;
        *out_y = f;
        break;
    }
}

/* Where a direction meets the ground, or the place at max_range below it. */
static bool ground_point(const struct vg_terrain *terrain, const struct vg_camera_pose *pose,
                         const double v[3], double max_range_m, struct vg_latlon *out)
{
    double az = atan2(v[0], v[1]) * VG_DEG_PER_RAD;
    double el = atan2(v[2], hypot(v[0], v[1])) * VG_DEG_PER_RAD;
    double range_m;
    if (vg_terrain_ray(terrain, pose->lat_deg, pose->lon_deg, pose->alt_msl_m, az, el, max_range_m,
                       &out->lat_deg, &out->lon_deg, &range_m)) {
        return true;
    }
    vg_geo_direct(pose->lat_deg, pose->lon_deg, az, max_range_m, &out->lat_deg, &out->lon_deg);
    return false;
}

int vg_camera_outline(const struct vg_terrain *terrain, const struct vg_camera_pose *pose,
                      const struct vg_camera_limits *limits, int n_edge, struct vg_latlon *out,
                      int cap)
{
    struct vg_view view;
    if (n_edge < 1 || vg_view_make(pose, &view, NULL) != VG_OK || !(limits->max_range_m > 0.0)) {
        return 0;
    }
    int n = 0;
    bool is_ground = view.has_nadir;
    for (int k = 0; k < 4 * n_edge; k++) {
        struct vg_latlon here;
        double x;
        double y;
        double v[3];
        border_point(k, n_edge, &x, &y);
        vg_view_ray(&view, x, y, v);
        /* A ray that points back over the camera has its azimuth behind: it would fold the outline.
         */
        double ahead = v[0] * view.forward[0] + v[1] * view.forward[1];
        if (v[2] > 0.0 && ahead <= 0.0) {
            continue;
        }
        is_ground |= ground_point(terrain, pose, v, limits->max_range_m, &here);
        if (n < cap) {
            out[n++] = here;
        }
    }
    return is_ground ? n : 0;
}
