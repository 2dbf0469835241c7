#include "fly/health.h"

#include "base/bytes.h"

/* Where the flags stand in messages that no struct is made for. */
enum {
    EKF_FLAGS_AT = 20,
    ESTIMATOR_FLAGS_AT = 40
};
/* EKF_STATUS_FLAGS and ESTIMATOR_STATUS_FLAGS are the same numbers up to here. */
enum {
    EST_ATTITUDE = 1,
    EST_VELOCITY_HORIZ = 2,
    EST_VELOCITY_VERT = 4,
    EST_POS_HORIZ_ABS = 16,
    EST_POS_VERT_ABS = 32,
    EST_CONST_POS_MODE = 128,
    EST_PRED_POS_HORIZ_ABS = 512,
    EST_NOT_NOW = 1024 /* PX4: a jump of the satellites; ArduPilot: has not begun */
};
/* A sensible year: before that a clock was never set. */
static const uint64_t CLOCK_SET_US = UINT64_C(1577836800000000); /* 2020-01-01 */

static void take_estimate(struct vg_health *self, uint16_t flags)
{
    const uint16_t needed =
        EST_ATTITUDE | EST_VELOCITY_HORIZ | EST_VELOCITY_VERT | EST_POS_VERT_ABS;
    self->has_estimate = true;
    /* On the ground ArduPilot may only predict that it will know its place once it moves. */
    self->is_estimate_good = (flags & needed) == needed &&
                             (flags & (EST_POS_HORIZ_ABS | EST_PRED_POS_HORIZ_ABS)) != 0 &&
                             (flags & (EST_CONST_POS_MODE | EST_NOT_NOW)) == 0;
}

static void take_clock(struct vg_health *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_system_time t;
    vg_mav_system_time_unpack(msg, &t);
    self->has_clock = t.time_unix_usec > CLOCK_SET_US && t.time_unix_usec < 2 * CLOCK_SET_US;
    self->clock_ahead_s =
        self->has_clock ? vg_us_to_s(vg_us((int64_t)t.time_unix_usec - now.us)) : 0;
}

void vg_health_feed(struct vg_health *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    self->is_heard = true;
    self->is_signed = msg->is_signed;
    if (msg->id == VG_MAV_ID_SYS_STATUS) {
        struct vg_mav_sys_status s;
        vg_mav_sys_status_unpack(msg, &s);
        self->has_sensors = true;
        self->present = s.onboard_control_sensors_present;
        self->enabled = s.onboard_control_sensors_enabled;
        self->healthy = s.onboard_control_sensors_health;
        bool is_ailing = (self->present & self->enabled & ~self->healthy) != 0;
        self->ailing_since = !is_ailing                   ? vg_us(0)
                             : self->ailing_since.us == 0 ? now
                                                          : self->ailing_since;
    } else if (msg->id == VG_MAV_ID_EKF_STATUS_REPORT) {
        take_estimate(self, vg_le16(msg->payload + EKF_FLAGS_AT));
    } else if (msg->id == VG_MAV_ID_ESTIMATOR_STATUS) {
        take_estimate(self, vg_le16(msg->payload + ESTIMATOR_FLAGS_AT));
    } else if (msg->id == VG_MAV_ID_SYSTEM_TIME) {
        take_clock(self, msg, now);
    }
}

static const struct {
    uint32_t bit;
    const char *name;
} SENSORS[] = {
    {VG_MAV_SYS_STATUS_SENSOR_3D_GYRO, "gyroscope"},
    {VG_MAV_SYS_STATUS_SENSOR_3D_ACCEL, "accelerometer"},
    {VG_MAV_SYS_STATUS_SENSOR_3D_MAG, "compass"},
    {VG_MAV_SYS_STATUS_SENSOR_ABSOLUTE_PRESSURE, "barometer"},
    {VG_MAV_SYS_STATUS_SENSOR_DIFFERENTIAL_PRESSURE, "airspeed sensor"},
    {VG_MAV_SYS_STATUS_SENSOR_GPS, "satellite receiver"},
    {VG_MAV_SYS_STATUS_SENSOR_MOTOR_OUTPUTS, "motor outputs"},
    {VG_MAV_SYS_STATUS_SENSOR_RC_RECEIVER, "remote control"},
    {VG_MAV_SYS_STATUS_GEOFENCE, "geofence"},
    {VG_MAV_SYS_STATUS_AHRS, "attitude estimate"},
    {VG_MAV_SYS_STATUS_TERRAIN, "elevation data"},
    {VG_MAV_SYS_STATUS_LOGGING, "flight log"},
    {VG_MAV_SYS_STATUS_SENSOR_BATTERY, "battery monitor"},
    {VG_MAV_SYS_STATUS_PREARM_CHECK, "its own arming checks"},
};

const char *vg_health_ailing(const struct vg_health *self, enum vg_lang lang, char *buf,
                             size_t size_bytes)
{
    uint32_t bad = self->present & self->enabled & ~self->healthy;
    size_t n = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < sizeof SENSORS / sizeof SENSORS[0]; i++) {
        if ((bad & SENSORS[i].bit) != 0) {
            n += vg_format(buf + n, size_bytes - n, "%s%s", n > 0 ? ", " : "",
                           vg_tr(lang, SENSORS[i].name));
            bad &= ~SENSORS[i].bit;
        }
    }
    if (bad != 0) {
        vg_format(buf + n, size_bytes - n, "%s%s", n > 0 ? ", " : "",
                  vg_tr(lang, "another sensor"));
    }
    return buf;
}

bool vg_health_waits_to_arm(const struct vg_health *self)
{
    return (self->present & self->enabled & ~self->healthy) == VG_MAV_SYS_STATUS_PREARM_CHECK;
}
