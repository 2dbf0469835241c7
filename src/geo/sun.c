#include "geo/sun.h"

#include "base/units.h"

#include <math.h>

const double VG_SUN_NIGHT_DEG = -6.0;

static double sin_deg(double x)
{
    return sin(x * VG_RAD_PER_DEG);
}

static double cos_deg(double x)
{
    return cos(x * VG_RAD_PER_DEG);
}

double vg_sun_elevation_deg(struct vg_us t, double lat_deg, double lon_deg)
{
    /* Julian centuries since 2000-01-01 12:00. */
    double days = (double)t.us / (86400.0 * VG_US_PER_S) - 10957.5;
    double c = days / 36525.0;
    double mean_lon_deg = fmod(280.46646 + c * (36000.76983 + 0.0003032 * c), 360.0);
    double anomaly_deg = 357.52911 + c * (35999.05029 - 0.0001537 * c);
    double e = 0.016708634 - c * (0.000042037 + 0.0000001267 * c);
    double centre_deg = sin_deg(anomaly_deg) * (1.914602 - c * (0.004817 + 0.000014 * c)) +
                        sin_deg(2 * anomaly_deg) * (0.019993 - 0.000101 * c) +
                        sin_deg(3 * anomaly_deg) * 0.000289;
    double node_deg = 125.04 - 1934.136 * c;
    double lon_of_sun_deg = mean_lon_deg + centre_deg - 0.00569 - 0.00478 * sin_deg(node_deg);
    double tilt_deg = 23.43929111 - c * (0.01300417 + c * (1.6389e-7 - 5.0361e-7 * c)) +
                      0.00256 * cos_deg(node_deg);
    double declination = asin(sin_deg(tilt_deg) * sin_deg(lon_of_sun_deg));
    double y = tan(tilt_deg / 2 * VG_RAD_PER_DEG);
    y *= y;
    double equation_rad = y * sin_deg(2 * mean_lon_deg) - 2 * e * sin_deg(anomaly_deg) +
                          4 * e * y * sin_deg(anomaly_deg) * cos_deg(2 * mean_lon_deg) -
                          0.5 * y * y * sin_deg(4 * mean_lon_deg) -
                          1.25 * e * e * sin_deg(2 * anomaly_deg);
    double day_share = fmod(days + 0.5, 1.0); /* since midnight */
    double hour_angle_deg = day_share * 360.0 + equation_rad * VG_DEG_PER_RAD + lon_deg - 180.0;
    double sine = sin_deg(lat_deg) * sin(declination) +
                  cos_deg(lat_deg) * cos(declination) * cos_deg(hour_angle_deg);
    return asin(fmax(-1.0, fmin(1.0, sine))) * VG_DEG_PER_RAD;
}
