/* What an autopilot says of its own health: sensors, estimate of where it is, clock, signatures.
 *
 * Sources: SYS_STATUS and MAV_SYS_STATUS_SENSOR, EKF_STATUS_REPORT (ArduPilot), ESTIMATOR_STATUS
 * (PX4), SYSTEM_TIME at mavlink.io/en/messages/common.html and ardupilotmega.html.
 * Threads: pure. Allocations: none.
 */
#ifndef VG_FLY_HEALTH_H
#define VG_FLY_HEALTH_H

#include "base/text.h"
#include "base/time.h"
#include "link/mavmsg.h"

/* Zero-initialise. */
struct vg_health {
    bool has_sensors;
    uint32_t present; /* MAV_SYS_STATUS_SENSOR bits */
    uint32_t enabled;
    uint32_t healthy;
    bool has_estimate;
    bool is_estimate_good;
    bool has_clock; /* it told a time of day */
    double clock_ahead_s; /* of ours, when it was told */
    bool is_heard; /* any message since the start */
    bool is_signed; /* the newest message was */
    struct vg_us ailing_since; /* sensors: in the worst state without a break since; 0: healthy */
};

/* Each message of the drone. */
void vg_health_feed(struct vg_health *self, const struct vg_mav_msg *msg, struct vg_us now);

/* The sensors that are there, switched on and not healthy, as "compass, airspeed"; "" none.
 * Returns buf. `lang` as in vg_tr. */
const char *vg_health_ailing(const struct vg_health *self, enum vg_lang lang, char *buf,
                             size_t size_bytes);
/* Only the autopilot's own arming checks fail: PREARM_CHECK. */
bool vg_health_waits_to_arm(const struct vg_health *self);

#endif
