/* Conversion factors: here and nowhere else. */
#ifndef VG_BASE_UNITS_H
#define VG_BASE_UNITS_H

#define VG_PI 3.14159265358979323846
#define VG_DEG_PER_RAD (180.0 / VG_PI)
#define VG_RAD_PER_DEG (VG_PI / 180.0)
#define VG_M_PER_FOOT 0.3048
#define VG_M_PER_US_SURVEY_FOOT (1200.0 / 3937.0)
#define VG_M_PER_NAUTICAL_MILE 1852.0
#define VG_M_PER_STATUTE_MILE 1609.344
#define VG_MPS_PER_KNOT (1852.0 / 3600.0)
#define VG_MPS_PER_KMH (1.0 / 3.6)
/* WGS 84 (NGA.STND.0036): semi-major axis and flattening; mean radius R1 of IUGG. */
#define VG_WGS84_A_M 6378137.0
#define VG_WGS84_F (1.0 / 298.257223563)
#define VG_EARTH_MEAN_RADIUS_M 6371008.8
/* Standard gravity, 3rd CGPM 1901. */
#define VG_GRAVITY_MPS2 9.80665

#define VG_US_PER_S INT64_C(1000000)

#endif
