/* The flight from here to a landing at a base: which way, how long, and what it costs.
 *
 *   here --climb over the ground on the way--> corner --> ... --> over the base --circles down-->
 * pad
 *
 * The way is the shortest round no-fly zones and inside the geofence (plan/detour.h). Each leg is
 * flown at the type's airspeed with the nose held into the wind: ground speed along it =
 * w.along + sqrt(v^2 - w.across^2). A wind that a leg cannot be flown against makes the base
 * unreachable. Where the ground on the way asks for more height than there is, it climbs first, on
 * the spot, and pays for that above level flight. The descent and a landing circuit come at the
 * end; nothing is gained back from gliding.
 *
 * Energy is in seconds of level cruise, so that a rate measured in flight turns it into battery.
 * What a climb costs beside its time: config/work.h.
 *
 * Threads: pure. Allocations: none. Cost: the ground is looked at every 500 m.
 */
#ifndef VG_FLY_WAYHOME_H
#define VG_FLY_WAYHOME_H

#include "config/watchfile.h"
#include "fly/approach.h"
#include "plan/detour.h"

/* What lies between here and there. */
struct vg_land {
    const struct vg_watchfile *watch; /* borrowed, as all here */
    struct vg_detour *const *detours; /* one a base; NULL: straight */
    struct vg_ground ground;
};

struct vg_here {
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double wind_ne_mps[2]; /* where the air goes */
};

struct vg_wayhome {
    bool is_reachable; /* there is a way, and the wind lets it be flown */
    double way_m;
    double time_s; /* to the touch-down */
    double energy_s; /* of level cruise; >= time_s */
    double top_msl_m; /* least height for the ground on the way */
    struct vg_detour_way corners; /* between here and the base, in the order flown */
};

/* From here to a touch-down at base `base` of the watch, at the cruise speed of `type`, clear of
 * the ground and of zones. is_reachable false: the rest means nothing. */
struct vg_wayhome vg_wayhome_find(const struct vg_land *land, int base,
                                  const struct vg_wf_type *type, const struct vg_here *here);

/* Ground speed along a course; 0 or less: cannot be flown. */
double vg_wayhome_speed_mps(double airspeed_mps, const double wind_ne_mps[2], double course_deg);

/* The highest ground on the straight way between two places; -INFINITY where nothing is known. */
double vg_wayhome_ground_m(struct vg_ground ground, const double from_deg[2],
                           const double to_deg[2]);

#endif
