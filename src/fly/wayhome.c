#include "fly/wayhome.h"

#include "base/units.h"
#include "config/work.h"
#include "geo/geodesy.h"

#include <math.h>

static const double LOOK_M = 500; /* how often the ground is looked at */
static const double SLOWEST_MPS = 1; /* over ground: what is slower does not get there */
static const double APPROACH_AGL_M = 60;

double vg_wayhome_speed_mps(double airspeed_mps, const double wind_ne_mps[2], double course_deg)
{
    double n = cos(course_deg * VG_RAD_PER_DEG);
    double e = sin(course_deg * VG_RAD_PER_DEG);
    double along = wind_ne_mps[0] * n + wind_ne_mps[1] * e;
    double across = wind_ne_mps[1] * n - wind_ne_mps[0] * e;
    double left = airspeed_mps * airspeed_mps - across * across;
    return left > 0 ? along + sqrt(left) : 0;
}

double vg_wayhome_ground_m(struct vg_ground ground, const double from_deg[2],
                           const double to_deg[2])
{
    double top_m = -(double)INFINITY;
    double way_m;
    double azimuth_deg;
    vg_geo_inverse(from_deg[0], from_deg[1], to_deg[0], to_deg[1], &way_m, &azimuth_deg, NULL);
    int n = (int)ceil(fmin(way_m, 1e7) / LOOK_M);
    for (int i = 0; i <= n && ground.msl_m != NULL; i++) {
        double lat_deg;
        double lon_deg;
        vg_geo_direct(from_deg[0], from_deg[1], azimuth_deg, n > 0 ? way_m * i / n : 0, &lat_deg,
                      &lon_deg);
        top_m = fmax(top_m, ground.msl_m(ground.ctx, lat_deg, lon_deg)); /* not if NaN */
    }
    return top_m;
}

/* The corners from here on: the detour's are counted from the base. */
static bool find_corners(const struct vg_land *land, int base, const struct vg_here *here,
                         struct vg_detour_way *out)
{
    struct vg_detour_way from_base = {0};
    const struct vg_detour *detour = land->detours != NULL ? land->detours[base] : NULL;
    if (!vg_detour_find(detour, here->lat_deg, here->lon_deg, &from_base)) {
        return false;
    }
    out->n = from_base.n;
    for (int i = 0; i < from_base.n; i++) {
        out->lat_deg[i] = from_base.lat_deg[from_base.n - 1 - i];
        out->lon_deg[i] = from_base.lon_deg[from_base.n - 1 - i];
    }
    return true;
}

/* Level flight along the corners. False: too much wind. */
static bool fly_legs(const struct vg_land *land, const struct vg_wf_base *b,
                     const struct vg_wf_type *type, const struct vg_here *here,
                     struct vg_wayhome *out)
{
    double at_deg[2] = {here->lat_deg, here->lon_deg};
    for (int i = 0; i <= out->corners.n; i++) {
        bool is_last = i == out->corners.n;
        double to_deg[2] = {is_last ? b->lat_deg : out->corners.lat_deg[i],
                            is_last ? b->lon_deg : out->corners.lon_deg[i]};
        double leg_m;
        double course_deg;
        vg_geo_inverse(at_deg[0], at_deg[1], to_deg[0], to_deg[1], &leg_m, &course_deg, NULL);
        double mps = vg_wayhome_speed_mps(type->cruise_mps, here->wind_ne_mps, course_deg);
        if (leg_m > 1 && mps < SLOWEST_MPS) {
            return false;
        }
        out->way_m += leg_m;
        out->time_s += leg_m > 1 ? leg_m / mps : 0;
        out->top_msl_m = fmax(out->top_msl_m, vg_wayhome_ground_m(land->ground, at_deg, to_deg));
        at_deg[0] = to_deg[0];
        at_deg[1] = to_deg[1];
    }
    return true;
}

struct vg_wayhome vg_wayhome_find(const struct vg_land *land, int base,
                                  const struct vg_wf_type *type, const struct vg_here *here)
{
    struct vg_wayhome out = {.top_msl_m = -(double)INFINITY};
    const struct vg_wf_base *b = &land->watch->bases[base];
    if (!find_corners(land, base, here, &out.corners) || !fly_legs(land, b, type, here, &out)) {
        return out;
    }
    double pad_m = land->ground.msl_m != NULL
                       ? land->ground.msl_m(land->ground.ctx, b->lat_deg, b->lon_deg)
                       : (double)NAN;
    double pad_msl_m = isfinite(pad_m) ? pad_m : 0;
    out.top_msl_m = fmax(out.top_msl_m, pad_msl_m) + type->floor_m;
    double climb_m = fmax(0, out.top_msl_m - here->alt_msl_m);
    double climb_s = climb_m / type->climb_mps;
    double over_m = fmax(here->alt_msl_m, out.top_msl_m) - pad_msl_m;
    double sink_mps = type->sink_mps > 0 ? type->sink_mps : type->climb_mps;
    out.time_s += climb_s;
    if (type->kind == VG_KIND_PLANE) {
        out.time_s += fmax(0, over_m - APPROACH_AGL_M) / sink_mps;
    } else {
        out.time_s += fmax(0, over_m) / sink_mps;
    }
    out.time_s += vg_circuit_s(type);
    out.energy_s = out.time_s - climb_s + vg_work_s(type, climb_s, climb_m);
    out.is_reachable = true;
    return out;
}
