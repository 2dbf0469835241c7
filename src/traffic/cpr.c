#include "traffic/cpr.h"

#include "base/units.h"

#include <math.h>

static const double STEPS = 131072.0; /* 2^17 */

int vg_cpr_zones(double lat_deg)
{
    double a = fabs(lat_deg);
    if (a < 1e-9) {
        return 59;
    }
    if (a >= 87) {
        return a > 87 ? 1 : 2;
    }
    double c = cos(a * VG_RAD_PER_DEG);
    double x = 1 - (1 - cos(VG_PI / 30)) / (c * c);
    return (int)floor(2 * VG_PI / acos(x));
}

static double mod(double a, double b)
{
    return a - b * floor(a / b);
}

static double wrap_lon(double lon_deg)
{
    return mod(lon_deg + 180, 360) - 180;
}

/* Both latitudes of a pair and its band of longitudes; span_deg is 360 in the air, 90 on the
 * ground. */
static bool pair_latitude(const struct vg_cpr *even, const struct vg_cpr *odd, double span_deg,
                          double out_deg[2])
{
    double lat0 = even->lat / STEPS;
    double lat1 = odd->lat / STEPS;
    double j = floor(59 * lat0 - 60 * lat1 + 0.5);
    out_deg[0] = span_deg / 60 * (mod(j, 60) + lat0);
    out_deg[1] = span_deg / 59 * (mod(j, 59) + lat1);
    return true;
}

static double pair_longitude(const struct vg_cpr *even, const struct vg_cpr *odd, bool is_odd,
                             int zones, double span_deg)
{
    double lon0 = even->lon / STEPS;
    double lon1 = odd->lon / STEPS;
    int n = zones - (is_odd ? 1 : 0) > 1 ? zones - (is_odd ? 1 : 0) : 1;
    double m = floor(lon0 * (zones - 1) - lon1 * zones + 0.5);
    return span_deg / n * (mod(m, n) + (is_odd ? lon1 : lon0));
}

bool vg_cpr_airborne(const struct vg_cpr *even, const struct vg_cpr *odd, bool is_odd_newer,
                     double *out_lat_deg, double *out_lon_deg)
{
    double lat[2];
    pair_latitude(even, odd, 360, lat);
    for (int i = 0; i < 2; i++) {
        lat[i] -= lat[i] >= 270 ? 360 : 0;
        if (!(lat[i] >= -90 && lat[i] <= 90)) {
            return false;
        }
    }
    int zones = vg_cpr_zones(lat[0]);
    if (zones != vg_cpr_zones(lat[1])) {
        return false;
    }
    *out_lat_deg = lat[is_odd_newer ? 1 : 0];
    *out_lon_deg = wrap_lon(pair_longitude(even, odd, is_odd_newer, zones, 360));
    return true;
}

bool vg_cpr_surface(const struct vg_cpr *even, const struct vg_cpr *odd, bool is_odd_newer,
                    double ref_lat_deg, double ref_lon_deg, double *out_lat_deg,
                    double *out_lon_deg)
{
    double lat[2];
    pair_latitude(even, odd, 90, lat);
    /* North [0, 90) or the same place south of the equator: whichever is nearer. */
    double shift = fabs(lat[0] - 90 - ref_lat_deg) < fabs(lat[0] - ref_lat_deg) ? -90 : 0;
    lat[0] += shift;
    lat[1] += shift;
    int zones = vg_cpr_zones(lat[0]);
    if (!(fabs(lat[0]) <= 90 && fabs(lat[1]) <= 90) || zones != vg_cpr_zones(lat[1])) {
        return false;
    }
    double lon = pair_longitude(even, odd, is_odd_newer, zones, 90);
    lon += 90 * floor(0.5 + (ref_lon_deg - lon) / 90);
    *out_lat_deg = lat[is_odd_newer ? 1 : 0];
    *out_lon_deg = wrap_lon(lon);
    return true;
}

bool vg_cpr_local(const struct vg_cpr *cpr, bool is_surface, double ref_lat_deg, double ref_lon_deg,
                  double *out_lat_deg, double *out_lon_deg)
{
    double span = is_surface ? 90 : 360;
    double lat_step = span / (cpr->is_odd ? 59 : 60);
    double y = cpr->lat / STEPS;
    double j =
        floor(ref_lat_deg / lat_step) + floor(0.5 + mod(ref_lat_deg, lat_step) / lat_step - y);
    double lat = lat_step * (j + y);
    if (!(fabs(lat) <= 90)) {
        return false;
    }
    int zones = vg_cpr_zones(lat) - (cpr->is_odd ? 1 : 0);
    double lon_step = span / (zones > 1 ? zones : 1);
    double x = cpr->lon / STEPS;
    double m =
        floor(ref_lon_deg / lon_step) + floor(0.5 + mod(ref_lon_deg, lon_step) / lon_step - x);
    *out_lat_deg = lat;
    *out_lon_deg = wrap_lon(lon_step * (m + x));
    return true;
}
