/* Where the sun stands.
 *
 * NOAA's solar calculator, after J. Meeus, Astronomical Algorithms (1991), chapter 25: good to 0.01
 * degree between 1900 and 2100. Threads: pure.
 */
#ifndef VG_GEO_SUN_H
#define VG_GEO_SUN_H

#include "base/time.h"

/* Elevation of the sun's middle above the true horizon (degrees), refraction left out. */
double vg_sun_elevation_deg(struct vg_us t, double lat_deg, double lon_deg);

/* Lower than this it is night to a camera without light of its own: the end of civil twilight. */
extern const double VG_SUN_NIGHT_DEG;

#endif
