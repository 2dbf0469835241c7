/* Fences and rally points for the autopilot, from the watch and a sortie's mission.
 *
 * The geofence and the no-fly zones become polygons to stay in and to stay out of. Every base is a
 * rally point, and so is the circle where the sortie's landing begins; a drone that breaks off
 * flies to none of them lower than the highest part of its own way.
 *
 * Threads: pure. Allocations: none.
 */
#ifndef VG_FLY_LISTS_H
#define VG_FLY_LISTS_H

#include "fly/route.h"

/* How many items the watch's fence has. */
int vg_lists_fence_n(const struct vg_watchfile *watch);
/* `out` has room for as many. */
void vg_lists_fence(const struct vg_watchfile *watch, struct vg_mission_item *out);

/* `out` has room for n_bases + 1 items; returns how many were written. `mission` as vg_route_build
 * made it, home first. Heights are above home. */
int vg_lists_rally(const struct vg_watchfile *watch, struct vg_ground ground,
                   const struct vg_mission_item *mission, int n_mission,
                   struct vg_mission_item *out);

#endif
