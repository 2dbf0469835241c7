/* What a drone carries and says: gimbal, camera, status texts. Contract in vehicle.h. */
#include "link/vehicle_priv.h"

#include "base/angle.h"
#include "base/units.h"

#include <math.h>
#include <string.h>

/* The nose's direction, NAN if unknown. */
static double nose_deg(const struct vg_vehicle *self)
{
    if (self->attitude.is_known) {
        return self->attitude.yaw_true_deg;
    }
    return self->position.is_known ? self->position.heading_true_deg : UNKNOWN;
}

/* Fill both yaws from one of them. */
static void set_yaw(struct vg_vehicle *self, double yaw_deg, bool is_earth)
{
    double nose = nose_deg(self);
    self->gimbal.yaw_true_deg =
        is_earth ? vg_wrap_360_deg(yaw_deg) : vg_wrap_360_deg(yaw_deg + nose);
    self->gimbal.yaw_body_deg =
        is_earth ? vg_wrap_180_deg(yaw_deg - nose) : vg_wrap_180_deg(yaw_deg);
}

/* Old devices set neither frame flag; then the yaw lock says which it is (gimbal_v2.html). */
static bool is_earth_yaw(uint16_t flags)
{
    if ((flags & VG_GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME) != 0) {
        return false;
    }
    return (flags &
            (VG_GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME | VG_GIMBAL_DEVICE_FLAGS_YAW_LOCK)) != 0;
}

/* q = (w, x, y, z), frame to device, Tait-Bryan z-y-x. Near pitch +-90 only yaw - roll (or + roll)
 * is defined: roll is then taken as 0. */
static void angles_of(const double q[4], double *out_roll, double *out_pitch, double *out_yaw)
{
    double s = 2.0 * (q[0] * q[2] - q[3] * q[1]);
    double clipped = s > 1.0 ? 1.0 : s < -1.0 ? -1.0 : s;
    *out_pitch = asin(clipped) * VG_DEG_PER_RAD;
    if (fabs(clipped) > 1.0 - 1e-9) {
        *out_roll = 0.0;
        *out_yaw = (clipped > 0 ? -2.0 : 2.0) * atan2(q[1], q[0]) * VG_DEG_PER_RAD;
        return;
    }
    *out_roll = atan2(2.0 * (q[0] * q[1] + q[2] * q[3]), 1.0 - 2.0 * (q[1] * q[1] + q[2] * q[2])) *
                VG_DEG_PER_RAD;
    *out_yaw = atan2(2.0 * (q[0] * q[3] + q[1] * q[2]), 1.0 - 2.0 * (q[2] * q[2] + q[3] * q[3])) *
               VG_DEG_PER_RAD;
}

void vg_vehicle_take_gimbal(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_gimbal_device_attitude_status m;
    vg_mav_gimbal_device_attitude_status_unpack(msg, &m);
    double q[4];
    double norm2 = 0.0;
    for (int i = 0; i < 4; i++) {
        q[i] = (double)m.q[i];
        norm2 += q[i] * q[i];
    }
    if (!isfinite(norm2) || norm2 < 0.25 || norm2 > 4.0) {
        self->n_absurd++;
        return;
    }
    for (int i = 0; i < 4; i++) {
        q[i] /= sqrt(norm2);
    }
    double yaw_deg;
    angles_of(q, &self->gimbal.roll_deg, &self->gimbal.pitch_deg, &yaw_deg);
    set_yaw(self, yaw_deg, is_earth_yaw(m.flags));
    self->gimbal.is_known = true;
    self->gimbal.t = now;
    self->gimbal.failure_flags = m.failure_flags;
}

/* ArduPilot's older message: hundredths of degrees, pitch a, roll b, yaw c from the nose. */
void vg_vehicle_take_mount(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mount_status m;
    vg_mav_mount_status_unpack(msg, &m);
    self->gimbal.is_known = true;
    self->gimbal.t = now;
    self->gimbal.pitch_deg = vg_wrap_180_deg(m.pointing_a / 1e2);
    self->gimbal.roll_deg = vg_wrap_180_deg(m.pointing_b / 1e2);
    set_yaw(self, m.pointing_c / 1e2, false);
}

static double fov_or_nan(struct vg_vehicle *self, float deg)
{
    if (isnan(deg)) {
        return UNKNOWN; /* "not known", by the definition */
    }
    if (!(deg > 0.0f && deg < 360.0f)) {
        self->n_absurd++;
        return UNKNOWN;
    }
    return (double)deg;
}

void vg_vehicle_take_fov(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_camera_fov_status m;
    vg_mav_camera_fov_status_unpack(msg, &m);
    double h = fov_or_nan(self, m.hfov);
    if (isnan(h)) {
        return;
    }
    self->camera.is_known = true;
    self->camera.is_told = true;
    self->camera.t = now;
    self->camera.fov_h_deg = h;
    self->camera.fov_v_deg = fov_or_nan(self, m.vfov);
}

/* Angle of view of a sensor side behind a lens, both in mm. */
static double fov_of(float side_mm, float focal_mm)
{
    return 2.0 * atan2((double)side_mm / 2.0, (double)focal_mm) * VG_DEG_PER_RAD;
}

void vg_vehicle_take_camera(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_camera_information m;
    vg_mav_camera_information_unpack(msg, &m);
    bool is_usable = isfinite(m.focal_length) && m.focal_length > 0.0f &&
                     isfinite(m.sensor_size_h) && m.sensor_size_h > 0.0f;
    if (self->camera.is_told || !is_usable) {
        return; /* the status is better than the data sheet */
    }
    self->camera.is_known = true;
    self->camera.t = now;
    self->camera.fov_h_deg = fov_of(m.sensor_size_h, m.focal_length);
    bool has_v = isfinite(m.sensor_size_v) && m.sensor_size_v > 0.0f;
    self->camera.fov_v_deg = has_v ? fov_of(m.sensor_size_v, m.focal_length) : UNKNOWN;
}

static void take_whole(struct vg_vehicle *self, const struct vg_statustext *text)
{
    self->newest = (self->newest + 1) % VG_VEHICLE_TEXTS;
    self->n_texts = self->n_texts < VG_VEHICLE_TEXTS ? self->n_texts + 1 : VG_VEHICLE_TEXTS;
    self->texts[self->newest] = *text;
    self->changes |= VG_VEHICLE_TEXT;
}

void vg_vehicle_take_text(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_statustext text;
    if (vg_statustexts_feed(&self->statustexts, msg, now, &text)) {
        take_whole(self, &text);
    }
}

void vg_vehicle_expire_texts(struct vg_vehicle *self, struct vg_us now)
{
    struct vg_statustext text;
    /* One at a time, so that no change merges with another. */
    if (vg_statustexts_expire(&self->statustexts, now, &text)) {
        take_whole(self, &text);
    }
}
