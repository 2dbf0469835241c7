#include "terrain/locate.h"

#include "base/numbers.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "terrain/view.h"

#include <math.h>

/* How the ground rises along an azimuth and to the right of it; level where heights are missing
 * around. */
static void rise(const struct vg_terrain *terrain, double lat, double lon, double azimuth_rad,
                 double *out_along, double *out_right)
{
    float n[1][3];
    vg_terrain_normals(terrain, &lat, &lon, 1, n);
    double east = -(double)n[0][0] / (double)n[0][2];
    double north = -(double)n[0][1] / (double)n[0][2];
    if (!isfinite(east) || !isfinite(north)) {
        east = 0.0;
        north = 0.0;
    }
    *out_along = east * sin(azimuth_rad) + north * cos(azimuth_rad);
    *out_right = east * cos(azimuth_rad) - north * sin(azimuth_rad);
}

static double square(double x)
{
    return x * x;
}

/* A ray at the ground: formulas of locate.h. */
struct meeting {
    double distance_m;
    double cos_e;
    double tangent; /* T */
    double along; /* s */
    double right; /* c */
};

static void propagate(const struct meeting *m, const struct vg_locate_sigma *s,
                      struct vg_located *out)
{
    double close = m->along - m->tangent;
    double pointing = s->pointing_deg * VG_RAD_PER_DEG;
    double var_right = square(s->position_m) + square(m->distance_m * pointing / m->cos_e);
    double var_up = square(s->altitude_m) + square(s->elevation_m) +
                    square(m->distance_m * pointing / square(m->cos_e)) +
                    square(m->tangent * s->position_m);
    double var_along = (var_up + square(m->right) * var_right) / square(close);
    double covariance = -m->right * var_right / close;
    double mean = 0.5 * (var_along + var_right);
    double greatest = mean + hypot(0.5 * (var_along - var_right), covariance);
    double product = sqrt(var_along * var_right);
    out->sigma_along_m = sqrt(var_along);
    out->sigma_right_m = sqrt(var_right);
    out->correlation = product > 0.0 ? covariance / product : 0.0;
    out->error_p95_m = sqrt(VG_CHI2_95 * greatest);
}

enum vg_status vg_locate_ray(const struct vg_terrain *terrain, double lat_deg, double lon_deg,
                             double alt_msl_m, double azimuth_true_deg, double elevation_deg,
                             double max_range_m, const struct vg_locate_sigma *sigma,
                             struct vg_located *out, struct vg_error *err)
{
    struct vg_located at = {.azimuth_true_deg = azimuth_true_deg};
    if (!isfinite(lat_deg + lon_deg + alt_msl_m + azimuth_true_deg + elevation_deg) ||
        !(sigma->position_m >= 0.0 && sigma->altitude_m >= 0.0 && sigma->pointing_deg >= 0.0 &&
          sigma->elevation_m >= 0.0)) {
        return vg_fail(err, VG_E_RANGE, "the camera's position or attitude is not a number");
    }
    if (!vg_terrain_ray(terrain, lat_deg, lon_deg, alt_msl_m, azimuth_true_deg, elevation_deg,
                        max_range_m, &at.lat_deg, &at.lon_deg, &at.range_m)) {
        return vg_fail(err, VG_E_NOT_FOUND, "no ground within %.0f m in this direction",
                       max_range_m);
    }
    /* The direction at the place differs from that at the camera by the meridians' convergence. */
    double azimuth = azimuth_true_deg;
    double distance_m;
    vg_geo_inverse(lat_deg, lon_deg, at.lat_deg, at.lon_deg, &distance_m, NULL, &azimuth);
    azimuth = distance_m > 0.1 ? azimuth : azimuth_true_deg;
    at.alt_msl_m = vg_terrain_height_msl_m(terrain, at.lat_deg, at.lon_deg);
    double e = fmax(elevation_deg, -89.9) * VG_RAD_PER_DEG;
    struct meeting m = {.distance_m = at.range_m, .cos_e = cos(e)};
    m.tangent = tan(e) + 2.0 * vg_terrain_curvature_drop_m(1.0) * at.range_m;
    rise(terrain, at.lat_deg, at.lon_deg, azimuth * VG_RAD_PER_DEG, &m.along, &m.right);
    /* A ray that meets the ground comes from above it: what a kink of the ground makes of the slope
     * is not less than a grazing of a hundredth of a degree. */
    m.along = fmax(m.along, m.tangent + 0.01 * VG_RAD_PER_DEG);
    at.grazing_deg = (atan(m.along) - atan(m.tangent)) * VG_DEG_PER_RAD;
    at.grazing_deg = at.grazing_deg > 90.0 ? 180.0 - at.grazing_deg : at.grazing_deg;
    propagate(&m, sigma, &at);
    *out = at;
    return VG_OK;
}

enum vg_status vg_locate_pixel(const struct vg_terrain *terrain, const struct vg_camera_pose *pose,
                               double x, double y, double max_range_m,
                               const struct vg_locate_sigma *sigma, struct vg_located *out,
                               struct vg_error *err)
{
    struct vg_view view;
    double v[3];
    enum vg_status st = vg_view_make(pose, &view, err);
    if (st != VG_OK) {
        return st;
    }
    vg_view_ray(&view, x, y, v);
    double azimuth_deg = atan2(v[0], v[1]) * VG_DEG_PER_RAD;
    double elevation_deg = atan2(v[2], hypot(v[0], v[1])) * VG_DEG_PER_RAD;
    return vg_locate_ray(terrain, pose->lat_deg, pose->lon_deg, pose->alt_msl_m,
                         vg_wrap_360_deg(azimuth_deg), elevation_deg, max_range_m, sigma, out, err);
}
