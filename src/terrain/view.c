#include "terrain/view.h"

#include "base/units.h"

#include <math.h>

/* right x forward = up in east, north, up; roll turns right towards down. */
static void make_axes(const struct vg_camera_pose *pose, struct vg_view *out)
{
    double y = pose->yaw_true_deg * VG_RAD_PER_DEG;
    double p = pose->pitch_deg * VG_RAD_PER_DEG;
    double r = pose->roll_deg * VG_RAD_PER_DEG;
    double right0[3] = {cos(y), -sin(y), 0.0};
    double up0[3] = {-sin(p) * sin(y), -sin(p) * cos(y), cos(p)};
    out->forward[0] = sin(y) * cos(p);
    out->forward[1] = cos(y) * cos(p);
    out->forward[2] = sin(p);
    for (int i = 0; i < 3; i++) {
        out->right[i] = right0[i] * cos(r) - up0[i] * sin(r);
        out->up[i] = up0[i] * cos(r) + right0[i] * sin(r);
    }
}

void vg_view_ray(const struct vg_view *self, double x, double y, double out[3])
{
    for (int i = 0; i < 3; i++) {
        out[i] =
            self->forward[i] + x * self->tan_h * self->right[i] + y * self->tan_v * self->up[i];
    }
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double elevation(const double v[3])
{
    return atan2(v[2], hypot(v[0], v[1]));
}

/* The highest direction on the image edge from c to d: at an end, or where z / |c + s (d - c)| is
 * stationary, which is one s. */
static double edge_el_max(const double c[3], const double d[3])
{
    double u[3] = {d[0] - c[0], d[1] - c[1], d[2] - c[2]};
    double best = fmax(elevation(c), elevation(d));
    double below = c[2] * dot(u, u) - u[2] * dot(c, u);
    double s = below < 0.0 || below > 0.0 ? (u[2] * dot(c, c) - c[2] * dot(c, u)) / below : -1.0;
    if (s > 0.0 && s < 1.0) {
        double v[3] = {c[0] + s * u[0], c[1] + s * u[1], c[2] + s * u[2]};
        best = fmax(best, elevation(v));
    }
    return best;
}

/* Is straight up (sign 1) or down (sign -1) in the image? */
static bool holds_vertical(const struct vg_view *v, double sign)
{
    double ahead = sign * v->forward[2];
    return ahead > 0.0 && fabs(v->right[2]) <= v->tan_h * ahead &&
           fabs(v->up[2]) <= v->tan_v * ahead;
}

/* Without the vertical in it, the image laid on the plane is a wedge of under 180 degrees whose
 * sides are two of the corners. */
static void make_spans(struct vg_view *out)
{
    static const double corner[4][2] = {{-1, 1}, {1, 1}, {1, -1}, {-1, -1}};
    double c[4][3];
    bool has_zenith = holds_vertical(out, 1.0);
    out->has_nadir = holds_vertical(out, -1.0);
    out->az_mid_rad = atan2(out->forward[0], out->forward[1]);
    out->az_lo_rad = 0.0;
    out->az_hi_rad = 0.0;
    out->el_max_rad = has_zenith ? VG_PI / 2.0 : -VG_PI / 2.0;
    for (int i = 0; i < 4; i++) {
        vg_view_ray(out, corner[i][0], corner[i][1], c[i]);
        double a = remainder(atan2(c[i][0], c[i][1]) - out->az_mid_rad, 2.0 * VG_PI);
        out->az_lo_rad = fmin(out->az_lo_rad, a);
        out->az_hi_rad = fmax(out->az_hi_rad, a);
    }
    for (int i = 0; i < 4; i++) {
        out->el_max_rad = fmax(out->el_max_rad, edge_el_max(c[i], c[(i + 1) % 4]));
    }
    if (out->has_nadir || has_zenith) {
        out->az_lo_rad = -VG_PI;
        out->az_hi_rad = VG_PI;
    }
}

enum vg_status vg_view_make(const struct vg_camera_pose *pose, struct vg_view *out,
                            struct vg_error *err)
{
    bool is_ok = pose->hfov_deg > 0.0 && pose->hfov_deg < 180.0 && pose->vfov_deg > 0.0 &&
                 pose->vfov_deg < 180.0;
    if (!is_ok) {
        return vg_fail(err, VG_E_RANGE, "a field of view of %g by %g degrees is not in 0 to 180",
                       pose->hfov_deg, pose->vfov_deg);
    }
    if (!isfinite(pose->lat_deg + pose->lon_deg + pose->alt_msl_m + pose->yaw_true_deg +
                  pose->pitch_deg + pose->roll_deg) ||
        fabs(pose->lat_deg) > 90.0) {
        return vg_fail(err, VG_E_RANGE, "the camera's position or attitude is not a number");
    }
    out->tan_h = tan(pose->hfov_deg * VG_RAD_PER_DEG / 2.0);
    out->tan_v = tan(pose->vfov_deg * VG_RAD_PER_DEG / 2.0);
    make_axes(pose, out);
    make_spans(out);
    return VG_OK;
}

/* A pixel in the middle covers range * 2 tan_h / width across the sight line, one at the side less.
 */
double vg_view_range_m(const struct vg_view *self, const struct vg_camera_limits *limits)
{
    double range_m = fmax(limits->max_range_m, 0.0);
    if (limits->max_gsd_m > 0.0 && limits->width_px > 0) {
        range_m = fmin(range_m, limits->max_gsd_m * limits->width_px / (2.0 * self->tan_h));
    }
    return range_m;
}
