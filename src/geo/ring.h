/* Closed rings of positions on the ground (the last equals the first), at most half the Earth wide.
 * Threads: pure. Allocations: none. Cost: linear in the corners.
 */
#ifndef VG_GEO_RING_H
#define VG_GEO_RING_H

#include <stdbool.h>

struct vg_ring {
    const double *lat_deg; /* borrowed, n of each */
    const double *lon_deg;
    int n;
};

/* Does the place lie inside, by the even-odd rule in degrees? Either on the edge itself. */
bool vg_ring_holds(struct vg_ring ring, double lat_deg, double lon_deg);

/* Metres to the nearest edge, in a plane at the place: right to 1e-4 of it within 100 km. */
double vg_ring_edge_m(struct vg_ring ring, double lat_deg, double lon_deg);

#endif
