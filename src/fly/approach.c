#include "fly/approach.h"

#include "geo/geodesy.h"
#include "geo/ring.h"

#include <math.h>

static const double APPROACH_M = 1200;
static const double APPROACH_AGL_M = 60; /* 2.9 degrees; PX4 takes 5 at most by default */
static const double TOUCH_M = 300; /* nearer to the base the ground is the runway's */
static const double STEP_M = 100;
static const double CIRCLE_M = 200; /* autopilots' circles are 60 to 100 m wide by default */
/* The ground rises to this share of the glide's height over the runway at most. */
static const double GROUND_SHARE = 0.5;
enum {
    DIRECTIONS = 12,
    CIRCLE_LOOKS = 8
};

struct look {
    const struct vg_watchfile *watch;
    struct vg_ground ground;
    double runway_msl_m;
};

static bool is_allowed(const struct vg_watchfile *watch, double lat_deg, double lon_deg)
{
    bool has_fence = false;
    bool is_fenced = false;
    for (int i = 0; i < watch->n_zones; i++) {
        const struct vg_wf_zone *zone = &watch->zones[i];
        bool is_bound = zone->kind == VG_ZONE_GEOFENCE;
        if (!is_bound && zone->kind != VG_ZONE_NO_FLY) {
            continue;
        }
        bool is_in = vg_ring_holds(vg_zone_ring(zone), lat_deg, lon_deg);
        if (is_in && !is_bound) {
            return false;
        }
        has_fence = has_fence || is_bound;
        is_fenced = is_fenced || (is_bound && is_in);
    }
    return !has_fence || is_fenced;
}

static bool is_clear_at(const struct look *self, double lat_deg, double lon_deg, double glide_m)
{
    double ground_msl_m = self->ground.msl_m != NULL
                              ? self->ground.msl_m(self->ground.ctx, lat_deg, lon_deg)
                              : (double)NAN;
    bool is_high = ground_msl_m - self->runway_msl_m > GROUND_SHARE * glide_m; /* not if NaN */
    return !is_high && is_allowed(self->watch, lat_deg, lon_deg);
}

/* The glide, then the circle where it begins. */
static bool is_clear(const struct look *self, const struct vg_wf_base *base, double azimuth_deg,
                     const struct vg_approach *fix)
{
    double lat_deg;
    double lon_deg;
    for (double d_m = TOUCH_M; d_m <= APPROACH_M; d_m += STEP_M) {
        vg_geo_direct(base->lat_deg, base->lon_deg, azimuth_deg, d_m, &lat_deg, &lon_deg);
        if (!is_clear_at(self, lat_deg, lon_deg, APPROACH_AGL_M * d_m / APPROACH_M)) {
            return false;
        }
    }
    for (int i = 0; i < CIRCLE_LOOKS; i++) {
        vg_geo_direct(fix->lat_deg, fix->lon_deg, 360.0 * i / CIRCLE_LOOKS, CIRCLE_M, &lat_deg,
                      &lon_deg);
        if (!is_clear_at(self, lat_deg, lon_deg, APPROACH_AGL_M)) {
            return false;
        }
    }
    return true;
}

struct vg_approach vg_approach_choose(const struct vg_watchfile *watch,
                                      const struct vg_wf_base *base, double runway_msl_m,
                                      const double from_deg[2], struct vg_ground ground)
{
    const struct look look = {watch, ground, runway_msl_m};
    struct vg_approach first = {.alt_msl_m = runway_msl_m + APPROACH_AGL_M};
    double back_deg;
    vg_geo_inverse(base->lat_deg, base->lon_deg, from_deg[0], from_deg[1], NULL, &back_deg, NULL);
    for (int i = 0; i < DIRECTIONS; i++) {
        /* 0, 30, -30, 60, ... 180 degrees off */
        double azimuth_deg = back_deg + (i % 2 == 1 ? 1 : -1) * ((i + 1) / 2) * 360.0 / DIRECTIONS;
        struct vg_approach fix = {.alt_msl_m = first.alt_msl_m};
        vg_geo_direct(base->lat_deg, base->lon_deg, azimuth_deg, APPROACH_M, &fix.lat_deg,
                      &fix.lon_deg);
        fix.is_clear = is_clear(&look, base, azimuth_deg, &fix);
        if (fix.is_clear) {
            return fix;
        }
        first = i == 0 ? fix : first;
    }
    return first;
}
