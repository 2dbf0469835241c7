/* Values with units as people write them: "4h", "1h 30min", "25 m/s", "90 km/h", "15%", "2km",
 * "60deg", "[6deg, 60deg]" parts. A number without a unit is refused (only 0 may stand alone), with
 * the units that would do named. Threads: pure. */
#ifndef VG_CONFIG_QUANTITY_H
#define VG_CONFIG_QUANTITY_H

#include "base/status.h"

enum vg_quantity {
    VG_Q_DURATION, /* s: us ms s min h d */
    VG_Q_LENGTH, /* m: m km ft nmi */
    VG_Q_SPEED, /* m/s: m/s km/h kt */
    VG_Q_ANGLE, /* degrees: deg, °, rad */
    VG_Q_SHARE, /* fraction: % */
    VG_Q_RATE /* bytes a second: B/s, kB/s, bit/s, kbit/s */
};

enum vg_status vg_quantity_parse(enum vg_quantity kind, const char *text, double *out,
                                 struct vg_error *err) VG_MUST_USE;
/* The two readers that vg_network_defaults wants. */
enum vg_status vg_quantity_duration(const char *text, double *out_s, struct vg_error *err);
enum vg_status vg_quantity_length(const char *text, double *out_m, struct vg_error *err);

#endif
