#include "geo/ring.h"

#include "geo/geodesy.h"

#include <math.h>

bool vg_ring_holds(struct vg_ring ring, double lat_deg, double lon_deg)
{
    bool is_in = false;
    double x0 = vg_wrap_180_deg(ring.lon_deg[0] - lon_deg);
    for (int i = 0; i + 1 < ring.n; i++) {
        double y0 = ring.lat_deg[i] - lat_deg;
        double y1 = ring.lat_deg[i + 1] - lat_deg;
        /* From corner to corner, the shorter way round: on the far side of the Earth an edge would
         * else pass through the place. */
        double x1 = x0 + vg_wrap_180_deg(ring.lon_deg[i + 1] - ring.lon_deg[i]);
        if ((y0 > 0) != (y1 > 0) && x0 - y0 / (y1 - y0) * (x1 - x0) > 0) {
            is_in = !is_in;
        }
        x0 = x1;
    }
    return is_in;
}

double vg_ring_edge_m(struct vg_ring ring, double lat_deg, double lon_deg)
{
    struct vg_frame f = vg_frame_at(lat_deg, lon_deg);
    double least_m = HUGE_VAL;
    for (int i = 0; i + 1 < ring.n; i++) {
        double x = vg_wrap_180_deg(ring.lon_deg[i] - lon_deg) * f.m_per_deg_lon;
        double y = (ring.lat_deg[i] - lat_deg) * f.m_per_deg_lat;
        double dx = vg_wrap_180_deg(ring.lon_deg[i + 1] - ring.lon_deg[i]) * f.m_per_deg_lon;
        double dy = (ring.lat_deg[i + 1] - ring.lat_deg[i]) * f.m_per_deg_lat;
        double length2 = dx * dx + dy * dy;
        double t = length2 > 0 ? fmin(1, fmax(0, -(x * dx + y * dy) / length2)) : 0;
        least_m = fmin(least_m, hypot(x + t * dx, y + t * dy));
    }
    return least_m;
}
