/* The way a drone flies along a line: a simplified polyline on which even flight is even progress
 * along the line.
 *
 * The line's point at s and the path's point at s are never further apart than the tolerance, where
 * the path runs evenly in s between its vertices: Douglas-Peucker with the distance taken to the
 * point of equal share of the way (Meratnia and de By, "Spatiotemporal compression techniques for
 * moving point objects", EDBT 2004, "TD-TR") instead of to the chord. So a visit that sweeps its
 * interval at even speed is right everywhere to the tolerance, and no further splitting is needed.
 *
 * Legs are timed with the wind triangle at the mean of the azimuths at their ends. Threads: pure.
 * Memory: malloc.
 */
#ifndef VG_PLAN_PATH_H
#define VG_PLAN_PATH_H

#include "config/watchfile.h"
#include "geo/network.h"

struct vg_flypath {
    int n;
    double *s_m; /* along the line, 0 to its length, growing */
    double *lat_deg;
    double *lon_deg;
    double length_m;
    bool is_closed;
};

enum vg_status vg_flypath_create(const struct vg_line *line, double tolerance_m,
                                 struct vg_flypath *out, struct vg_error *err) VG_MUST_USE;
void vg_flypath_finish(struct vg_flypath *self);
/* The vertex at or before s (the last but one at the end); s within [0, length]. */
int vg_flypath_vertex(const struct vg_flypath *self, double s_m);
/* The point at u: on a closed line u goes round; beyond an open end it lies on the straight
 * extension of the last leg. */
void vg_flypath_at(const struct vg_flypath *self, double u_m, double *out_lat_deg,
                   double *out_lon_deg);

/* What moves: true airspeed in an even wind, or in one that changes by the hour. */
struct vg_airspeed {
    double cruise_mps;
    double wind_from_deg;
    double wind_mps; /* by the hour: the strongest */
    const struct vg_wf_wind *hours; /* VG_DAY_HOURS; NULL: one wind */
};

/* Speed over ground on a track; 0 where the wind across is more than the airspeed can hold. */
double vg_airspeed_ground_mps(const struct vg_airspeed *self, double track_true_deg);
/* Seconds for a straight leg, by the hour that is worst for it; HUGE_VAL where it cannot be flown.
 */
double vg_airspeed_leg_s(const struct vg_airspeed *self, double lat1_deg, double lon1_deg,
                         double lat2_deg, double lon2_deg);

/* By the hour that is best for it. */
double vg_airspeed_least_leg_s(const struct vg_airspeed *self, double lat1_deg, double lon1_deg,
                               double lat2_deg, double lon2_deg);
/* No leg's best hour takes less than this share of its worst. */
double vg_airspeed_least_share(const struct vg_airspeed *self);

#endif
