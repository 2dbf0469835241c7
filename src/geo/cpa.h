/* Closest approach of two things that move evenly: when, how near, and when both limits are broken.
 *
 *        a ->                 relative place p, relative velocity v; nearest on the ground at
 *             \               t = -p.v / v.v within [0, horizon].
 *      - - - - ( limit )      Horizontally too near: |p + v t| < limit, one span of time (the roots
 *                    <- b     of a quadratic). Vertically likewise, of a line. A conflict is where
 *                             both spans meet.
 *
 * Flat about `a`: places within 50 km. Threads: pure. Allocations: none.
 */
#ifndef VG_GEO_CPA_H
#define VG_GEO_CPA_H

#include <stdbool.h>

struct vg_mover {
    double lat_deg;
    double lon_deg;
    double alt_msl_m; /* NaN: not known; then at every height */
    double vel_ned_mps[3]; /* a NaN counts as 0 */
};

struct vg_cpa_limits {
    double horizontal_m;
    double vertical_m;
    double horizon_s; /* looked ahead */
};

struct vg_cpa {
    double at_s; /* nearest on the ground, from now; 0 when they part */
    double horizontal_m; /* then */
    double vertical_m; /* then, b over a; NaN if a height is not known */
    bool is_conflict; /* both nearer than the limits, at the same time, within the horizon */
    double conflict_s; /* from when on; 0: now. 0 without conflict */
};

struct vg_cpa vg_cpa_find(const struct vg_mover *a, const struct vg_mover *b,
                          const struct vg_cpa_limits *limits);

#endif
