/* Heights of traffic above mean sea level, with how wrong they may be.
 *
 * A transponder tells its height above the 1013.25 hPa level. That is a height above the sea only
 * with the pressure of the day (QNH): without it, it is taken as it is and may be 200 m off. A
 * satellite height is good, but above the ellipsoid: it needs the geoid. Air warmer or colder than
 * the standard adds 7 % (20 degrees). Of several heights the one with the least error counts.
 *
 * Source: ICAO Doc 7488 (standard atmosphere) for pressure against height; DO-260B 2.2.3.2.7.2.8
 * (GVA) for what satellite heights are good for. Threads: pure.
 */
#ifndef VG_TRAFFIC_HEIGHT_H
#define VG_TRAFFIC_HEIGHT_H

#include "traffic/sighting.h"

/* Of the area watched. */
struct vg_air {
    double qnh_hpa; /* NaN: not stated */
    double geoid_m; /* above the ellipsoid; NaN: not known */
};

enum vg_height_source {
    VG_HEIGHT_NONE = 0,
    VG_HEIGHT_GEOMETRIC,
    VG_HEIGHT_QNH, /* barometric, with the pressure of the day */
    VG_HEIGHT_STANDARD /* barometric, without */
};

struct vg_height {
    enum vg_height_source source;
    double msl_m; /* NaN: none */
    double error_p95_m;
};

/* The best of what it tells, above the sea, in the air's state `air`. */
struct vg_height vg_height_of(const struct vg_sighting *s, const struct vg_air *air);
/* What to add to a height above 1013.25 hPa to get one above the sea at this QNH. */
double vg_height_qnh_offset_m(double qnh_hpa);
const char *vg_height_source_name(enum vg_height_source source); /* "geometric", for JSON */

#endif
