#include "look/metres.h"

#include "base/units.h"

#include <math.h>

#define LEAST_SLOPE 0.02 /* rays flatter than this meet no ground worth measuring */

static double focal_px(const struct vg_motion_pose *pose, int width_px)
{
    return 0.5 * width_px / tan(0.5 * pose->hfov_deg * VG_RAD_PER_DEG);
}

bool vg_metres_of(const struct vg_motion_pose *pose, int width_px, int height_px, struct vg_px p,
                  double ground_m[2], double *range_m)
{
    double f = focal_px(pose, width_px);
    double right = (p.x_px - 0.5 * width_px) / f;
    double down = (p.y_px - 0.5 * height_px) / f;
    double pitch = pose->pitch_deg * VG_RAD_PER_DEG;
    double roll = pose->roll_deg * VG_RAD_PER_DEG;
    double across = right * cos(roll) - down * sin(roll); /* along the horizon */
    double below = right * sin(roll) + down * cos(roll);
    double ahead = cos(pitch) + below * sin(pitch);
    double up = sin(pitch) - below * cos(pitch);
    if (!(up < -LEAST_SLOPE)) {
        return false;
    }
    double k = pose->height_m / -up;
    ground_m[0] = across * k;
    ground_m[1] = ahead * k;
    *range_m = k * sqrt(across * across + ahead * ahead + up * up);
    return true;
}

void vg_metres_fill(struct vg_detection *d, const struct vg_motion_pose *pose, int width_px,
                    int height_px)
{
    double a[2];
    double b[2];
    double range_m;
    double range_b_m;
    struct vg_px p = {d->x_px, d->y_px};
    struct vg_px q = {d->x_px + d->vx_px_s, d->y_px + d->vy_px_s};
    d->has_metres = vg_metres_of(pose, width_px, height_px, p, a, &range_m) &&
                    vg_metres_of(pose, width_px, height_px, q, b, &range_b_m);
    if (d->has_metres) {
        double per_px = range_m / focal_px(pose, width_px);
        d->width_m = d->width_px * per_px;
        d->height_m = d->height_px * per_px;
        d->speed_mps = hypot(b[0] - a[0], b[1] - a[1]);
    }
}
