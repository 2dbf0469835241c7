/* Where a landing begins: a circle down over the approach, then a straight glide to the runway.
 *
 *        circle, 60 m over the runway
 *          ( )____                     at 1,200 m, from where the way comes; where the ground
 * there,
 *                 -----____            or below the glide, is too high, or a zone forbids it, from
 *   ______________________ --- base    the next of twelve directions
 *
 * Threads: pure.
 */
#ifndef VG_FLY_APPROACH_H
#define VG_FLY_APPROACH_H

#include "config/watchfile.h"

/* The ground, metres msl; NaN where it is not known: taken to be low enough. No function: known
 * nowhere. */
struct vg_ground {
    double (*msl_m)(const void *ctx, double lat_deg, double lon_deg);
    const void *ctx;
};

struct vg_approach {
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    bool is_clear; /* false: none of the twelve was, this is the first */
};

/* To land at the base, at this height, coming from the place `from`. */
struct vg_approach vg_approach_choose(const struct vg_watchfile *watch,
                                      const struct vg_wf_base *base, double runway_msl_m,
                                      const double from_deg[2], struct vg_ground ground);

#endif
