#include "geo/cpa.h"

#include "geo/geodesy.h"

#include <math.h>

/* A span of time; empty where from_s > to_s. */
struct span {
    double from_s;
    double to_s;
};

static const struct span NEVER = {1, 0};

static double known(double value)
{
    return isfinite(value) ? value : 0;
}

/* |p + v t| < limit in the plane. */
static struct span near_in_plane(const double p_m[2], const double v_mps[2], double limit_m)
{
    double a = v_mps[0] * v_mps[0] + v_mps[1] * v_mps[1];
    double half_b = p_m[0] * v_mps[0] + p_m[1] * v_mps[1];
    double c = p_m[0] * p_m[0] + p_m[1] * p_m[1] - limit_m * limit_m;
    if (a < 1e-9) {
        return c < 0 ? (struct span){0, (double)INFINITY} : NEVER;
    }
    double d = half_b * half_b - a * c;
    if (d < 0) {
        return NEVER;
    }
    return (struct span){(-half_b - sqrt(d)) / a, (-half_b + sqrt(d)) / a};
}

static struct span near_in_height(double p_m, double v_mps, double limit_m)
{
    if (!isfinite(p_m)) {
        return (struct span){0, (double)INFINITY};
    }
    if (fabs(v_mps) < 1e-6) {
        return fabs(p_m) < limit_m ? (struct span){0, (double)INFINITY} : NEVER;
    }
    double t0_s = (-limit_m - p_m) / v_mps;
    double t1_s = (limit_m - p_m) / v_mps;
    return (struct span){fmin(t0_s, t1_s), fmax(t0_s, t1_s)};
}

struct vg_cpa vg_cpa_find(const struct vg_mover *a, const struct vg_mover *b,
                          const struct vg_cpa_limits *limits)
{
    const struct vg_frame frame = vg_frame_at(a->lat_deg, a->lon_deg);
    double p_m[2];
    double v_mps[2]; /* east, north, as the frame has it */
    vg_frame_to_en(&frame, b->lat_deg, b->lon_deg, &p_m[0], &p_m[1]);
    v_mps[0] = known(b->vel_ned_mps[1]) - known(a->vel_ned_mps[1]);
    v_mps[1] = known(b->vel_ned_mps[0]) - known(a->vel_ned_mps[0]);
    double up_m = b->alt_msl_m - a->alt_msl_m;
    double up_mps = known(a->vel_ned_mps[2]) - known(b->vel_ned_mps[2]);
    double speed2 = v_mps[0] * v_mps[0] + v_mps[1] * v_mps[1];
    double closing = -(p_m[0] * v_mps[0] + p_m[1] * v_mps[1]);
    struct vg_cpa out = {.at_s = speed2 < 1e-9 ? 0 : closing / speed2};
    out.at_s = fmax(0, fmin(limits->horizon_s, out.at_s));
    out.horizontal_m = hypot(p_m[0] + v_mps[0] * out.at_s, p_m[1] + v_mps[1] * out.at_s);
    out.vertical_m = up_m + up_mps * out.at_s;
    struct span h = near_in_plane(p_m, v_mps, limits->horizontal_m);
    struct span z = near_in_height(up_m, up_mps, limits->vertical_m);
    double from_s = fmax(0, fmax(h.from_s, z.from_s));
    double to_s = fmin(limits->horizon_s, fmin(h.to_s, z.to_s));
    out.is_conflict = h.from_s <= h.to_s && z.from_s <= z.to_s && from_s < to_s;
    out.conflict_s = out.is_conflict ? from_s : 0;
    return out;
}
