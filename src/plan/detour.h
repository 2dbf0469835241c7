/* Ways between a base and the line that keep out of no-fly zones and inside the geofence.
 *
 * Forbidden is every no-fly zone and, where the watch has geofences, all that lies outside every
 * one of them. A way keeps VG_DETOUR_MARGIN_M clear of what is forbidden (less at a base that lies
 * nearer); only next to a place on the line that itself lies nearer may it come closer, and never
 * into it. The way is the shortest among straight legs between the base, the corners of the widened
 * zones and the place: a visibility graph, by Dijkstra from the base (Lozano-Perez and Wesley, An
 * algorithm for planning collision-free paths among polyhedral obstacles, CACM 22, 1979). Shortest
 * in metres of still air: in wind another way round may be a little quicker.
 *
 * Zones are widened by GEOS in a gnomonic plane about the base, where great circles are straight.
 * Ownership: the caller destroys; the watch need not outlive it. Threads: one at a time for each
 * object. Errors: VG_E_INVALID base in a forbidden place; VG_E_NO_MEMORY.
 */
#ifndef VG_PLAN_DETOUR_H
#define VG_PLAN_DETOUR_H

#include "config/watchfile.h"

#include <stdbool.h>

#define VG_DETOUR_MARGIN_M 300.0

enum {
    VG_DETOUR_CORNERS = 32 /* of one way, at most */
};

struct vg_detour;

struct vg_detour_way {
    int n; /* corners between base and place, in order from the base */
    double lat_deg[VG_DETOUR_CORNERS];
    double lon_deg[VG_DETOUR_CORNERS];
};

/* *out is NULL where nothing is forbidden within reach_m of the base: every way is straight. */
enum vg_status vg_detour_create(const struct vg_watchfile *watch, int base, double reach_m,
                                struct vg_detour **out, struct vg_error *err) VG_MUST_USE;
void vg_detour_destroy(struct vg_detour *self);

/* false: no way leads there. self may be NULL (straight). */
bool vg_detour_find(const struct vg_detour *self, double lat_deg, double lon_deg,
                    struct vg_detour_way *out);

/* Does a straight leg keep out of what is forbidden? Along its edge counts as out. */
bool vg_detour_is_clear(const struct vg_detour *self, double lat1_deg, double lon1_deg,
                        double lat2_deg, double lon2_deg);

#endif
