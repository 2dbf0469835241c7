/* What the pilot is told to do from outside: arm, mode, place, gimbal, speed, start anew. */
#include "sim/pilot_priv.h"

#include "geo/geodesy.h"

#include <math.h>

static const double ARM_ENERGY_MIN = 0.1;

static const char *why_not_arm(const struct vg_pilot *self, bool is_forced)
{
    if (self->flight.phase == VG_FLIGHT_CRASHED) {
        return "PreArm: crashed";
    }
    if (is_forced) {
        return NULL;
    }
    if (self->flight.now.us - self->boot.us < self->arms_after_us) {
        return "PreArm: system starting";
    }
    if (!self->has_position) {
        return "PreArm: need position estimate";
    }
    if (self->flight.energy < ARM_ENERGY_MIN) {
        return "PreArm: battery 1 below minimum arming capacity";
    }
    return NULL;
}

const char *vg_pilot_arm(struct vg_pilot *self, bool is_forced)
{
    if (self->is_armed) {
        return NULL;
    }
    const char *reason = why_not_arm(self, is_forced);
    if (reason != NULL) {
        vg_pilot_say(self, VG_MAV_SEVERITY_CRITICAL, "%s", reason);
        return reason;
    }
    self->is_armed = true;
    self->home = vg_pilot_here(self);
    self->stopped = self->flight.now;
    self->has_flown = self->has_flown || vg_pilot_is_airborne(self);
    vg_pilot_say(self, VG_MAV_SEVERITY_INFO, "Throttle armed");
    if (self->mode == VG_PLANE_MODE_AUTO) {
        vg_pilot_begin_mission(self);
    }
    return NULL;
}

const char *vg_pilot_disarm(struct vg_pilot *self, bool is_forced)
{
    if (!self->is_armed) {
        return NULL;
    }
    bool is_moving = self->flight.phase != VG_FLIGHT_PARKED;
    if (is_moving && !is_forced) {
        vg_pilot_say(self, VG_MAV_SEVERITY_CRITICAL, "Disarm refused: flying");
        return "flying";
    }
    self->is_armed = false;
    self->stopped = self->flight.now;
    vg_pilot_say(self, VG_MAV_SEVERITY_INFO, "Throttle disarmed");
    return NULL;
}

static bool is_known_mode(uint32_t mode)
{
    return mode == VG_PLANE_MODE_MANUAL || mode == VG_PLANE_MODE_CIRCLE ||
           mode == VG_PLANE_MODE_AUTO || mode == VG_PLANE_MODE_RTL ||
           mode == VG_PLANE_MODE_LOITER || mode == VG_PLANE_MODE_GUIDED;
}

const char *vg_pilot_set_mode(struct vg_pilot *self, uint32_t mode)
{
    if (!is_known_mode(mode)) {
        return "no such flight mode";
    }
    if (mode == VG_PLANE_MODE_AUTO && self->n_items < 2) {
        vg_pilot_say(self, VG_MAV_SEVERITY_CRITICAL, "Mode change failed: no mission");
        return "no mission";
    }
    if (mode == (uint32_t)self->mode) {
        return NULL;
    }
    self->mode = (enum vg_enum_plane_mode)mode;
    self->land = VG_LAND_NONE;
    self->hold = vg_pilot_here(self);
    self->is_hold_agl = false;
    if (mode == VG_PLANE_MODE_MANUAL) {
        self->manual_heading_deg = self->flight.heading_true_deg;
    } else if (mode == VG_PLANE_MODE_RTL) {
        vg_pilot_begin_return(self);
    } else if (mode == VG_PLANE_MODE_AUTO) {
        vg_pilot_begin_mission(self);
    }
    return NULL;
}

void vg_pilot_reboot(struct vg_pilot *self)
{
    self->boot = self->flight.now;
    self->n_events = 0;
    if (vg_pilot_is_airborne(self)) {
        vg_pilot_say(self, VG_MAV_SEVERITY_INFO, "Watchdog: resume WP %u", (unsigned)self->current);
        return;
    }
    self->is_armed = false;
    self->mode = VG_PLANE_MODE_MANUAL;
    self->current = 0;
    self->is_item_started = self->is_mission_done = false;
    self->land = VG_LAND_NONE;
    self->stopped = self->flight.now;
    self->flight.goal.kind = VG_GOAL_STAY;
}

void vg_pilot_reposition(struct vg_pilot *self, double lat_deg, double lon_deg, double alt_m,
                         bool is_agl)
{
    self->hold = (struct vg_pilot_home){lat_deg, lon_deg, alt_m};
    self->is_hold_agl = is_agl;
}

void vg_pilot_point_gimbal(struct vg_pilot *self, double pitch_deg, double yaw_deg,
                           bool is_yaw_locked)
{
    struct vg_pilot_gimbal *g = &self->gimbal;
    if (!isnan(pitch_deg)) {
        g->wanted_pitch_deg = fmax(-90, fmin(30, pitch_deg));
    }
    double course = vg_flight_course_deg(&self->flight);
    if (is_yaw_locked != g->is_yaw_locked) {
        /* The same direction named from the other zero, so that the camera does not jump. */
        double shift = is_yaw_locked ? course : -course;
        g->yaw_deg = vg_wrap_180_deg(g->yaw_deg + shift);
        g->wanted_yaw_deg = vg_wrap_180_deg(g->wanted_yaw_deg + shift);
        g->is_yaw_locked = is_yaw_locked;
    }
    if (isfinite(yaw_deg)) {
        g->wanted_yaw_deg = vg_wrap_180_deg(yaw_deg);
    }
}

void vg_pilot_set_airspeed(struct vg_pilot *self, double airspeed_mps)
{
    double cruise = self->flight.config.cruise_mps;
    self->airspeed_mps =
        airspeed_mps > 0 ? fmax(0.7 * cruise, fmin(1.4 * cruise, airspeed_mps)) : 0;
}
