/* A short way over the ground as a parabola in latitude and longitude. Inside src/terrain only. */
#ifndef VG_TERRAIN_PATH_H
#define VG_TERRAIN_PATH_H

#include "geo/geodesy.h"

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

/* From the frame's origin to (e, n) in its plane: the plane's inverse to second order, no
 * trigonometry. */
static inline struct vg_path vg_path_from(const struct vg_frame *f, double e_m, double n_m,
                                          double length_m)
{
    double lon1 = e_m / f->m_per_deg_lon;
    double lat1 = n_m / f->m_per_deg_lat;
    return (struct vg_path){.lat0 = f->lat0_deg,
                            .lon0 = f->lon0_deg,
                            .lat1 = lat1,
                            .lon1 = lon1,
                            .lat2 = -f->bending_m_per_deg2 * lon1 * lon1 / f->m_per_deg_lat,
                            .lon2 = -f->narrowing_m_per_deg2 * lon1 * lat1 / f->m_per_deg_lon,
                            .length_m = length_m};
}

static inline void vg_path_at(const struct vg_path *p, double t, double *out_lat, double *out_lon)
{
    *out_lat = p->lat0 + t * (p->lat1 + t * p->lat2);
    *out_lon = p->lon0 + t * (p->lon1 + t * p->lon2);
}

#endif
