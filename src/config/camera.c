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
