/* Which version of MAVLink to speak to a drone.
 *
 * Version 2, always, but to a drone that speaks only version 1: autopilots answer in 2 as soon as
 * they hear it (ArduPilot SERIALn_PROTOCOL 2, PX4 MAV_PROTO_VER 0), so one that after 10 s of ours
 * still speaks 1 does not know 2, or is told not to. It then gets version 1, and a heartbeat in ten
 * in version 2, in case that changes. The first frame in version 2 settles it for good.
 *
 * Threads: one at a time. Allocations: none. Source: mavlink.io/en/guide/mavlink_version.html.
 */
#ifndef VG_LINK_MAVVERSION_H
#define VG_LINK_MAVVERSION_H

#include "base/time.h"
#include "link/mavmsg.h"

/* Zero-initialise. */
struct vg_mavversion {
    bool has_spoken_2;
    struct vg_us first_1; /* heard; 0: never */
    unsigned n_heartbeats; /* of ours, since it counts as old */
};

/* Something of the drone came. */
void vg_mavversion_hear(struct vg_mavversion *self, const struct vg_mav_msg *msg, struct vg_us now);
/* Should this message leave in version 1? */
bool vg_mavversion_is_old(struct vg_mavversion *self, const struct vg_mav_msg *msg,
                          struct vg_us now);

#endif
