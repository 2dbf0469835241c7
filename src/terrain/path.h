/* A short way over the ground as a parabola in latitude and longitude. Inside src/terrain only. */
#ifndef VG_TERRAIN_PATH_H
#define VG_TERRAIN_PATH_H

/* lat(t) = lat0 + t (lat1 + t lat2), t from 0 to 1; longitude alike, not wrapped. */
struct vg_path {
    double lat0;
    double lon0;
    double lat1;
    double lon1;
    double lat2;
    double lon2;
    double length_m;
};

struct vg_path vg_path_between(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg);

static inline void vg_path_at(const struct vg_path *p, double t, double *out_lat, double *out_lon)
{
    *out_lat = p->lat0 + t * (p->lat1 + t * p->lat2);
    *out_lon = p->lon0 + t * (p->lon1 + t * p->lon2);
}

#endif
