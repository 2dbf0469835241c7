#include "geo/geodesy.h"

#include "base/units.h"

#include <geodesic.h>
#include <math.h>
#include <stddef.h>

void vg_geo_inverse(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg,
                    double *out_distance_m, double *out_azimuth1_true_deg,
                    double *out_azimuth2_true_deg)
{
    struct geod_geodesic earth;
    double s = (double)NAN;
    double a1 = (double)NAN;
    double a2 = (double)NAN;
    geod_init(&earth, VG_WGS84_A_M, VG_WGS84_F);
    geod_inverse(&earth, lat1_deg, lon1_deg, lat2_deg, lon2_deg, &s, &a1, &a2);
    if (out_distance_m != NULL) {
        *out_distance_m = s;
    }
    if (out_azimuth1_true_deg != NULL) {
        *out_azimuth1_true_deg = vg_wrap_360_deg(a1);
    }
    if (out_azimuth2_true_deg != NULL) {
        *out_azimuth2_true_deg = vg_wrap_360_deg(a2);
    }
}

double vg_geo_distance_m(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg)
{
    double s;
    vg_geo_inverse(lat1_deg, lon1_deg, lat2_deg, lon2_deg, &s, NULL, NULL);
    return s;
}

void vg_geo_direct(double lat_deg, double lon_deg, double azimuth_true_deg, double distance_m,
                   double *out_lat_deg, double *out_lon_deg)
{
    struct geod_geodesic earth;
    double lat = (double)NAN;
    double lon = (double)NAN;
    geod_init(&earth, VG_WGS84_A_M, VG_WGS84_F);
    geod_direct(&earth, lat_deg, lon_deg, azimuth_true_deg, distance_m, &lat, &lon, NULL);
    *out_lat_deg = lat;
    *out_lon_deg = vg_wrap_180_deg(lon);
}

/* Radii of curvature: M = a (1 - e2) / w^3 along the meridian, N = a / w across it, with
 * w = sqrt(1 - e2 sin^2 lat) (Torge and Mueller, "Geodesy", 4th ed., eq. 4.13 to 4.15). The second
 * order: d(N cos lat)/dlat = -M sin lat; a parallel bends off the tangent by N sin lat cos lat
 * dlon^2 / 2. */
struct vg_frame vg_frame_at(double lat0_deg, double lon0_deg)
{
    const double e2 = VG_WGS84_F * (2.0 - VG_WGS84_F);
    const double k = VG_RAD_PER_DEG;
    double s = sin(lat0_deg * k);
    double c = cos(lat0_deg * k);
    double w2 = 1.0 - e2 * s * s;
    double n_m = VG_WGS84_A_M / sqrt(w2);
    double m_m = n_m * (1.0 - e2) / w2;
    return (struct vg_frame){
        .lat0_deg = lat0_deg,
        .lon0_deg = lon0_deg,
        .m_per_deg_lat = m_m * k,
        .m_per_deg_lon = n_m * c * k,
        .narrowing_m_per_deg2 = -m_m * s * k * k,
        .bending_m_per_deg2 = 0.5 * n_m * s * c * k * k,
    };
}

void vg_frame_to_en(const struct vg_frame *self, double lat_deg, double lon_deg, double *out_e_m,
                    double *out_n_m)
{
    double dlon = vg_wrap_180_deg(lon_deg - self->lon0_deg);
    double dlat = lat_deg - self->lat0_deg;
    *out_e_m = dlon * (self->m_per_deg_lon + self->narrowing_m_per_deg2 * dlat);
    *out_n_m = dlat * self->m_per_deg_lat + self->bending_m_per_deg2 * dlon * dlon;
}

void vg_frame_to_latlon(const struct vg_frame *self, double e_m, double n_m, double *out_lat_deg,
                        double *out_lon_deg)
{
    double dlat = n_m / self->m_per_deg_lat;
    double dlon = e_m / self->m_per_deg_lon;
    /* Each turn shrinks the error by about distance / radius * tan(lat): six are below a micrometre
     * for 50 km at 60 degrees. */
    double before = HUGE_VAL;
    for (int i = 0; i < 40 && fabs(dlon - before) > 1e-12; i++) {
        before = dlon;
        dlat = (n_m - self->bending_m_per_deg2 * dlon * dlon) / self->m_per_deg_lat;
        dlon = e_m / (self->m_per_deg_lon + self->narrowing_m_per_deg2 * dlat);
    }
    dlat = (n_m - self->bending_m_per_deg2 * dlon * dlon) / self->m_per_deg_lat;
    *out_lat_deg = self->lat0_deg + dlat;
    *out_lon_deg = vg_wrap_180_deg(self->lon0_deg + dlon);
}
