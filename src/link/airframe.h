/* What a heartbeat's MAV_TYPE flies like. Threads: pure. Allocations: none.
 * Source: mavlink.io/en/messages/minimal.html#MAV_TYPE. */
#ifndef VG_LINK_AIRFRAME_H
#define VG_LINK_AIRFRAME_H

#include <stdint.h>

enum vg_airframe {
    VG_AIRFRAME_OTHER = 0,
    VG_AIRFRAME_PLANE,
    VG_AIRFRAME_QUADPLANE,
    VG_AIRFRAME_COPTER,
    VG_AIRFRAME_COUNT
};

/* VG_AIRFRAME_OTHER for what does not fly, or in no way that is known here. */
enum vg_airframe vg_airframe_of(uint8_t mav_type);

#endif
