#include "fly/lists.h"

#include <math.h>

/* A drone waits at least so high over a base. */
static const double RALLY_AGL_M = 100;

static bool is_fence(const struct vg_wf_zone *zone)
{
    return zone->kind == VG_ZONE_GEOFENCE || zone->kind == VG_ZONE_NO_FLY;
}

/* The corners without the last, which repeats the first. */
static int n_corners(const struct vg_wf_zone *zone)
{
    return is_fence(zone) ? zone->n - 1 : 0;
}

int vg_lists_fence_n(const struct vg_watchfile *watch)
{
    int n = 0;
    for (int i = 0; i < watch->n_zones; i++) {
        n += n_corners(&watch->zones[i]);
    }
    return n;
}

void vg_lists_fence(const struct vg_watchfile *watch, struct vg_mission_item *out)
{
    for (int i = 0; i < watch->n_zones; i++) {
        const struct vg_wf_zone *zone = &watch->zones[i];
        uint16_t command = zone->kind == VG_ZONE_GEOFENCE
                               ? VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION
                               : VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION;
        for (int k = 0; k < n_corners(zone); k++) {
            *out = vg_mission_place(command, VG_MAV_FRAME_GLOBAL, zone->lat_deg[k],
                                    zone->lon_deg[k], 0);
            out->p1 = (float)n_corners(zone);
            out++;
        }
    }
}

static double highest_msl_m(const struct vg_mission_item *mission, int n)
{
    double home_m = (double)mission[0].z;
    double top_m = home_m;
    for (int i = 1; i < n; i++) {
        bool is_msl = mission[i].frame == VG_MAV_FRAME_GLOBAL;
        top_m = fmax(top_m, is_msl ? (double)mission[i].z : home_m);
    }
    return top_m;
}

/* The circle down before the landing; NULL if there is none, or over the base. */
static const struct vg_mission_item *landing_circle(const struct vg_mission_item *mission, int n)
{
    for (int i = n - 1; i > 0; i--) {
        if (mission[i - 1].command == VG_MAV_CMD_DO_LAND_START) {
            bool is_over_base =
                mission[i].x == mission[n - 1].x && mission[i].y == mission[n - 1].y;
            return is_over_base ? NULL : &mission[i];
        }
    }
    return NULL;
}

int vg_lists_rally(const struct vg_watchfile *watch, struct vg_ground ground,
                   const struct vg_mission_item *mission, int n_mission,
                   struct vg_mission_item *out)
{
    double home_m = (double)mission[0].z;
    double top_m = highest_msl_m(mission, n_mission);
    int n = 0;
    for (int i = 0; i < watch->n_bases; i++) {
        const struct vg_wf_base *base = &watch->bases[i];
        double ground_m = ground.msl_m != NULL
                              ? ground.msl_m(ground.ctx, base->lat_deg, base->lon_deg)
                              : (double)NAN;
        double z_m = fmax(top_m, ground_m + RALLY_AGL_M) - home_m; /* fmax passes NaN by */
        out[n++] = vg_mission_place(VG_MAV_CMD_NAV_RALLY_POINT, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT,
                                    base->lat_deg, base->lon_deg, fmax(z_m, RALLY_AGL_M));
    }
    const struct vg_mission_item *circle = landing_circle(mission, n_mission);
    if (circle != NULL) {
        out[n] = *circle;
        out[n].command = VG_MAV_CMD_NAV_RALLY_POINT;
        out[n].frame = VG_MAV_FRAME_GLOBAL_RELATIVE_ALT;
        out[n].p1 = out[n].p4 = 0;
        out[n++].z = (float)(round(fmax(top_m - home_m, RALLY_AGL_M) * 100) / 100);
    }
    return n;
}
