#include "base/units.h"
#include "config/watchfile.h"

#include <math.h>

double vg_camera_vfov_deg(const struct vg_wf_camera *camera, double hfov_deg)
{
    double half_h_rad = hfov_deg / 2 * VG_RAD_PER_DEG;
    double aspect = (double)camera->height_px / camera->width_px;
    return 2 * atan(tan(half_h_rad) * aspect) * VG_DEG_PER_RAD;
}

/*        drone
 *          o------------------------ horizon
 *          |  `.  depression
 *   agl    |     `.        the image's middle is a quarter of the field below this ray
 *          |________`._________
 *             lead = depth / tan(hfov / 2)
 */
double vg_camera_patrol_pitch_deg(const struct vg_wf_camera *camera, double agl_m, double depth_m,
                                  double *out_lead_m)
{
    double lead_m = depth_m / tan(camera->hfov_max_deg / 2 * VG_RAD_PER_DEG);
    double depression_deg = atan2(agl_m, lead_m) * VG_DEG_PER_RAD;
    double quarter_deg = vg_camera_vfov_deg(camera, camera->hfov_max_deg) / 4;
    if (out_lead_m != NULL) {
        *out_lead_m = lead_m;
    }
    return -fmin(90, depression_deg + quarter_deg);
}

/* How far ahead ground at agl below the camera shows between the image's lower and upper edge:
 * with the axis dip below the horizon a point ahead lies at depth z = ahead cos dip + agl sin dip
 * and at ahead sin dip - agl cos dip up the image, which must stay within tan_v z. */
static void ahead_span(double dip_rad, double tan_v, double agl_m, double *out_near_m,
                       double *out_far_m)
{
    double c = cos(dip_rad);
    double s = sin(dip_rad);
    *out_near_m = agl_m * (c - tan_v * s) / (s + tan_v * c);
    *out_far_m = s > tan_v * c ? agl_m * (c + tan_v * s) / (s - tan_v * c) : HUGE_VAL;
}

double vg_camera_reach_m(const struct vg_wf_camera *camera, double agl_m, double depth_m)
{
    double tan_h = tan(camera->hfov_max_deg / 2 * VG_RAD_PER_DEG);
    double tan_v = tan(vg_camera_vfov_deg(camera, camera->hfov_max_deg) / 2 * VG_RAD_PER_DEG);
    double range_m = camera->max_range_m;
    if (camera->max_gsd_m > 0) {
        range_m = fmin(range_m, camera->max_gsd_m * camera->width_px / (2 * tan_h));
    }
    double pitch_deg = camera->gimbal == VG_GIMBAL_FIXED
                           ? -90
                           : round(vg_camera_patrol_pitch_deg(camera, agl_m, depth_m, NULL));
    double dip_rad = -pitch_deg * VG_RAD_PER_DEG;
    double flat2_m2 = range_m * range_m - agl_m * agl_m; /* along the ground */
    double near_m;
    double far_m;
    ahead_span(dip_rad, tan_v, agl_m, &near_m, &far_m);
    near_m = fmax(near_m, 0);
    if (near_m * near_m >= flat2_m2) {
        return 0;
    }
    /* Sideways the picture's edge goes out with the way ahead, the range's circle comes in: the
     * most is where they meet, or at the nearest or farthest ground. */
    double lo_m = near_m;
    double hi_m = fmin(far_m, sqrt(flat2_m2));
    for (int i = 0; i < 60; i++) {
        double mid_m = (lo_m + hi_m) / 2;
        double edge_m = tan_h * (mid_m * cos(dip_rad) + agl_m * sin(dip_rad));
        if (edge_m * edge_m + mid_m * mid_m < flat2_m2) {
            lo_m = mid_m;
        } else {
            hi_m = mid_m;
        }
    }
    return fmin(tan_h * (lo_m * cos(dip_rad) + agl_m * sin(dip_rad)),
                sqrt(fmax(0, flat2_m2 - lo_m * lo_m)));
}

double vg_camera_sweep_depth_m(const struct vg_wf_camera *camera, double agl_m)
{
    static const double MOST_ASIDE_M = 300;
    static const double STEP_M = 10;
    double lo = 0;
    double hi = ceil(camera->max_range_m / STEP_M);
    while (hi - lo > 1) {
        double mid = floor((lo + hi) / 2);
        double depth_m = mid * STEP_M;
        bool is_seen =
            vg_camera_reach_m(camera, agl_m, depth_m) >= depth_m + fmin(depth_m / 4, MOST_ASIDE_M);
        lo = is_seen ? mid : lo;
        hi = is_seen ? hi : mid;
    }
    return lo * STEP_M;
}
