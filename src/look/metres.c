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

/* Third row (down) of a turn by heading, then pitch, then roll, applied after the row `in`. */
static void turn_row(const double in[3], double heading_deg, double pitch_deg, double roll_deg,
                     double out[3])
{
    double h = heading_deg * VG_RAD_PER_DEG;
    double p = pitch_deg * VG_RAD_PER_DEG;
    double r = roll_deg * VG_RAD_PER_DEG;
    double a[3] = {in[0] * cos(h) + in[1] * sin(h), -in[0] * sin(h) + in[1] * cos(h), in[2]};
    double b[3] = {a[0] * cos(p) - a[2] * sin(p), a[1], a[0] * sin(p) + a[2] * cos(p)};
    out[0] = b[0];
    out[1] = b[1] * cos(r) + b[2] * sin(r);
    out[2] = -b[1] * sin(r) + b[2] * cos(r);
}

bool vg_metres_pose(const struct vg_klv_pose *k, struct vg_motion_pose *out)
{
    const double *v = k->v;
    double body[3];
    double camera[3]; /* how far each axis of the camera points down: ahead, right, down */
    double turn_deg = isnan(v[VG_POSE_TURN_DEG]) ? 0.0 : v[VG_POSE_TURN_DEG];
    turn_row((const double[3]){0, 0, 1}, v[VG_POSE_HEADING_TRUE_DEG], v[VG_POSE_PITCH_DEG],
             v[VG_POSE_ROLL_DEG], body);
    turn_row(body, v[VG_POSE_AZIMUTH_DEG], v[VG_POSE_ELEVATION_DEG], turn_deg, camera);
    *out = (struct vg_motion_pose){.height_m = v[VG_POSE_ALT_MSL_M] - v[VG_POSE_CENTER_ALT_MSL_M],
                                   .pitch_deg =
                                       -asin(fmin(fmax(camera[0], -1.0), 1.0)) * VG_DEG_PER_RAD,
                                   .roll_deg = atan2(camera[1], camera[2]) * VG_DEG_PER_RAD,
                                   .hfov_deg = v[VG_POSE_HFOV_DEG]};
    return out->height_m > 1.0 && out->height_m < 1e5 && isfinite(out->pitch_deg) &&
           isfinite(out->roll_deg) && out->hfov_deg > 0.01 && out->hfov_deg < 179.0;
}
