/* One function per message, a table that picks it. Contract in vehicle.h. */
#include "link/vehicle_priv.h"

#include "base/angle.h"
#include "base/units.h"
#include "link/autopilot.h"

#include <math.h>
#include <string.h>

/* A decoded number, or NAN and a count. */
static double number(struct vg_vehicle *self, float v)
{
    if (!isfinite(v)) {
        self->n_absurd++;
        return UNKNOWN;
    }
    return (double)v;
}

/* Exactly 0, 0 is what autopilots send before they know where they are. */
static bool is_place(struct vg_vehicle *self, int32_t lat_e7, int32_t lon_e7)
{
    if (lat_e7 == 0 && lon_e7 == 0) {
        return false;
    }
    if (lat_e7 < -900000000 || lat_e7 > 900000000 || lon_e7 < -1800000000 || lon_e7 > 1800000000) {
        self->n_absurd++;
        return false;
    }
    return true;
}

static void set_mode(struct vg_vehicle *self, uint8_t autopilot, uint8_t type, uint32_t custom_mode)
{
    if (!self->state.is_known || self->state.custom_mode != custom_mode ||
        self->state.autopilot != autopilot || self->state.type != type) {
        self->changes |= VG_VEHICLE_MODE;
    }
    const char *name = vg_mode_name(autopilot, type, custom_mode);
    self->state.autopilot = autopilot;
    self->state.type = type;
    self->state.custom_mode = custom_mode;
    self->state.mode = vg_mode_kind(autopilot, type, custom_mode);
    self->state.mode_name = name != NULL ? name : "?";
}

static void set_armed(struct vg_vehicle *self, bool is_armed)
{
    bool was_armed = self->state.is_known && self->state.is_armed;
    if (is_armed != was_armed) {
        self->changes |= is_armed ? VG_VEHICLE_ARMED : VG_VEHICLE_DISARMED;
    }
    self->state.is_armed = is_armed;
}

static void take_heartbeat(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_heartbeat m;
    vg_mav_heartbeat_unpack(msg, &m);
    set_mode(self, m.autopilot, m.type, m.custom_mode);
    set_armed(self, (m.base_mode & VG_MAV_MODE_FLAG_SAFETY_ARMED) != 0);
    self->state.system_status = m.system_status;
    self->state.failures = 0;
    self->state.is_known = true;
    self->state.t = now;
    self->is_high_latency = false;
    vg_vehicle_guess_flight(self, now);
}

static void take_global_position(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                                 struct vg_us now)
{
    struct vg_mav_global_position_int m;
    vg_mav_global_position_int_unpack(msg, &m);
    if (m.time_boot_ms + 5000u < self->boot_ms && self->boot_ms - m.time_boot_ms < 0x80000000u) {
        self->changes |= VG_VEHICLE_RESTARTED;
    }
    self->boot_ms = m.time_boot_ms;
    if (!is_place(self, m.lat, m.lon)) {
        return;
    }
    self->position.is_known = true;
    self->position.t = now;
    self->position.lat_deg = m.lat / 1e7;
    self->position.lon_deg = m.lon / 1e7;
    self->position.alt_msl_m = m.alt / 1e3;
    self->position.alt_home_m = m.relative_alt / 1e3;
    self->position.vel_ned_mps[0] = m.vx / 1e2;
    self->position.vel_ned_mps[1] = m.vy / 1e2;
    self->position.vel_ned_mps[2] = m.vz / 1e2;
    self->position.heading_true_deg = m.hdg < 36000 ? m.hdg / 1e2 : UNKNOWN;
    self->changes |= VG_VEHICLE_POSITION;
    vg_vehicle_note_past(self, now);
    vg_vehicle_guess_flight(self, now);
}

static void take_attitude(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_attitude m;
    vg_mav_attitude_unpack(msg, &m);
    double roll = number(self, m.roll);
    double pitch = number(self, m.pitch);
    double yaw = number(self, m.yaw);
    if (isnan(roll + pitch + yaw)) {
        return;
    }
    self->attitude.is_known = true;
    self->attitude.t = now;
    self->attitude.roll_deg = roll * VG_DEG_PER_RAD;
    self->attitude.pitch_deg = pitch * VG_DEG_PER_RAD;
    self->attitude.yaw_true_deg = vg_wrap_360_deg(yaw * VG_DEG_PER_RAD);
}

static void take_vfr_hud(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_vfr_hud m;
    vg_mav_vfr_hud_unpack(msg, &m);
    self->air.is_known = true;
    self->air.t = now;
    self->air.airspeed_mps = number(self, m.airspeed);
    self->air.groundspeed_mps = number(self, m.groundspeed);
    self->air.climb_mps = number(self, m.climb);
    self->air.throttle_pct = m.throttle;
}

static void set_wind(struct vg_vehicle *self, double from_deg, double speed_mps, struct vg_us now)
{
    if (isnan(from_deg + speed_mps)) {
        return;
    }
    self->wind.is_known = true;
    self->wind.t = now;
    self->wind.from_true_deg = vg_wrap_360_deg(from_deg);
    self->wind.speed_mps = fabs(speed_mps);
}

static void take_wind(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_wind m;
    vg_mav_wind_unpack(msg, &m);
    set_wind(self, number(self, m.direction), number(self, m.speed), now);
}

/* wind_x, wind_y: where the air goes, NED; it comes from the opposite side. */
static void take_wind_cov(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_wind_cov m;
    vg_mav_wind_cov_unpack(msg, &m);
    double x = number(self, m.wind_x);
    double y = number(self, m.wind_y);
    set_wind(self, atan2(-y, -x) * VG_DEG_PER_RAD, hypot(x, y), now);
}

static void take_sys_status(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_sys_status m;
    vg_mav_sys_status_unpack(msg, &m);
    if (!self->battery.is_known) {
        self->battery.remaining_s = UNKNOWN;
    }
    self->battery.is_known = true;
    self->battery.t = now;
    bool is_percent = m.battery_remaining >= 0 && m.battery_remaining <= 100;
    self->battery.percent = is_percent ? m.battery_remaining : UNKNOWN;
    self->battery.voltage_v = m.voltage_battery != UINT16_MAX ? m.voltage_battery / 1e3 : UNKNOWN;
    self->battery.current_a = m.current_battery >= 0 ? m.current_battery / 1e2 : UNKNOWN;
}

/* Only battery 0, and only what SYS_STATUS does not tell: cells may be one or many. */
static void take_battery(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_battery_status m;
    vg_mav_battery_status_unpack(msg, &m);
    if (m.id != 0) {
        return;
    }
    if (!self->battery.is_known) {
        self->battery.voltage_v = m.voltages[0] != UINT16_MAX ? m.voltages[0] / 1e3 : UNKNOWN;
        self->battery.current_a = m.current_battery >= 0 ? m.current_battery / 1e2 : UNKNOWN;
        self->battery.percent = UNKNOWN;
    }
    self->battery.is_known = true;
    self->battery.t = now;
    if (m.battery_remaining >= 0 && m.battery_remaining <= 100) {
        self->battery.percent = m.battery_remaining;
    }
    self->battery.remaining_s = m.time_remaining > 0 ? (double)m.time_remaining : UNKNOWN;
}

static void take_gps(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_gps_raw_int m;
    vg_mav_gps_raw_int_unpack(msg, &m);
    self->gps.is_known = true;
    self->gps.t = now;
    self->gps.fix = m.fix_type;
    self->gps.n_satellites = m.satellites_visible != UINT8_MAX ? m.satellites_visible : -1;
    self->gps.hdop = m.eph != UINT16_MAX ? m.eph / 1e2 : UNKNOWN;
}

static void take_extended_state(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                                struct vg_us now)
{
    struct vg_mav_extended_sys_state m;
    vg_mav_extended_sys_state_unpack(msg, &m);
    self->flight.landed_state = m.landed_state;
    self->flight.vtol_state = m.vtol_state;
    if (m.landed_state != VG_MAV_LANDED_STATE_UNDEFINED) {
        self->landed_told = now;
        vg_vehicle_set_flight(self, m.landed_state != VG_MAV_LANDED_STATE_ON_GROUND, now);
    }
}

static void know_mission(struct vg_vehicle *self, struct vg_us now)
{
    if (!self->mission.is_known) {
        self->mission.current = -1;
        self->mission.reached = -1;
        self->mission.total = -1;
    }
    self->mission.is_known = true;
    self->mission.t = now;
}

static void take_mission_current(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                                 struct vg_us now)
{
    struct vg_mav_mission_current m;
    vg_mav_mission_current_unpack(msg, &m);
    know_mission(self, now);
    if (self->mission.current != m.seq) {
        self->changes |= VG_VEHICLE_CURRENT;
    }
    self->mission.current = m.seq;
    bool is_told = m.total != 0 && m.total != UINT16_MAX; /* an extension: 0 if not sent */
    self->mission.total = is_told ? m.total : -1;
    self->mission.state = m.mission_state;
}

static void take_reached(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_item_reached m;
    vg_mav_mission_item_reached_unpack(msg, &m);
    know_mission(self, now);
    self->mission.reached = m.seq;
    self->changes |= VG_VEHICLE_REACHED;
}

static void take_home(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_home_position m;
    vg_mav_home_position_unpack(msg, &m);
    if (!is_place(self, m.latitude, m.longitude)) {
        return;
    }
    double lat = m.latitude / 1e7;
    double lon = m.longitude / 1e7;
    double alt = m.altitude / 1e3;
    if (!self->home.is_known || self->home.lat_deg != lat || self->home.lon_deg != lon ||
        self->home.alt_msl_m != alt) {
        self->changes |= VG_VEHICLE_HOME;
    }
    self->home.is_known = true;
    self->home.t = now;
    self->home.lat_deg = lat;
    self->home.lon_deg = lon;
    self->home.alt_msl_m = alt;
}

static int radio_pct(uint8_t rssi)
{
    return rssi != UINT8_MAX ? (rssi * 100 + 127) / 254 : -1;
}

static void take_radio(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_radio_status m;
    vg_mav_radio_status_unpack(msg, &m);
    self->radio.is_known = true;
    self->radio.t = now;
    self->radio.rssi_pct = radio_pct(m.rssi);
    self->radio.remote_rssi_pct = radio_pct(m.remrssi);
}

static void take_version(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    (void)now;
    struct vg_mav_autopilot_version m;
    vg_mav_autopilot_version_unpack(msg, &m);
    self->version.is_known = true;
    self->version.capabilities = m.capabilities;
    self->version.flight_sw_version = m.flight_sw_version;
    self->version.uid = m.uid;
}

/* Speeds come in 1/5 m/s, directions in 2 degrees, distances as said. */
static void take_high_latency_motion(struct vg_vehicle *self, const struct vg_mav_high_latency2 *m,
                                     struct vg_us now)
{
    if (is_place(self, m->latitude, m->longitude)) {
        double heading_rad = m->heading * 2 * VG_RAD_PER_DEG;
        self->position.is_known = true;
        self->position.t = now;
        self->position.lat_deg = m->latitude / 1e7;
        self->position.lon_deg = m->longitude / 1e7;
        self->position.alt_msl_m = m->altitude;
        self->position.alt_home_m =
            self->home.is_known ? m->altitude - self->home.alt_msl_m : UNKNOWN;
        self->position.vel_ned_mps[0] = m->groundspeed / 5.0 * cos(heading_rad);
        self->position.vel_ned_mps[1] = m->groundspeed / 5.0 * sin(heading_rad);
        self->position.vel_ned_mps[2] = -m->climb_rate / 10.0;
        self->position.heading_true_deg = vg_wrap_360_deg(m->heading * 2.0);
        self->changes |= VG_VEHICLE_POSITION;
    }
    self->air.is_known = true;
    self->air.t = now;
    self->air.airspeed_mps = m->airspeed / 5.0;
    self->air.groundspeed_mps = m->groundspeed / 5.0;
    self->air.climb_mps = m->climb_rate / 10.0;
    self->air.throttle_pct = m->throttle;
    set_wind(self, m->wind_heading * 2.0, m->windspeed / 5.0, now);
}

static void take_high_latency(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                              struct vg_us now)
{
    struct vg_mav_high_latency2 m;
    vg_mav_high_latency2_unpack(msg, &m);
    if (self->is_high_latency) {
        self->high_latency_period = vg_us_sub(now, self->high_latency_heard);
    }
    self->is_high_latency = true;
    self->high_latency_heard = now;
    const struct vg_autopilot *a = vg_autopilot_find(m.autopilot);
    set_mode(self, m.autopilot, m.type, (uint32_t)m.custom_mode << a->satellite_mode_shift);
    if (a->tells_armed_by_satellite && m.custom0 != 0) {
        set_armed(self, ((uint8_t)m.custom0 & VG_MAV_MODE_FLAG_SAFETY_ARMED) != 0);
    }
    self->state.is_known = true;
    self->state.t = now;
    self->state.failures = m.failure_flags;
    take_high_latency_motion(self, &m, now);
    if (m.battery >= 0 && m.battery <= 100) {
        self->battery.is_known = true;
        self->battery.t = now;
        self->battery.percent = m.battery;
        self->battery.voltage_v = UNKNOWN;
        self->battery.current_a = UNKNOWN;
        self->battery.remaining_s = UNKNOWN;
    }
    know_mission(self, now);
    self->mission.current = m.wp_num;
    vg_vehicle_guess_flight(self, now);
}

/* Which component may speak: the autopilot, or any (cameras and gimbals have their own). */
struct taker {
    uint32_t id;
    bool is_any_component;
    void (*take)(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
};

/* Commonest first. */
static const struct taker takers[] = {
    {VG_MAV_ID_ATTITUDE, false, take_attitude},
    {VG_MAV_ID_GLOBAL_POSITION_INT, false, take_global_position},
    {VG_MAV_ID_VFR_HUD, false, take_vfr_hud},
    {VG_MAV_ID_SYS_STATUS, false, take_sys_status},
    {VG_MAV_ID_GPS_RAW_INT, false, take_gps},
    {VG_MAV_ID_MISSION_CURRENT, false, take_mission_current},
    {VG_MAV_ID_HEARTBEAT, false, take_heartbeat},
    {VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS, true, vg_vehicle_take_gimbal},
    {VG_MAV_ID_MOUNT_STATUS, true, vg_vehicle_take_mount},
    {VG_MAV_ID_WIND, false, take_wind},
    {VG_MAV_ID_WIND_COV, false, take_wind_cov},
    {VG_MAV_ID_BATTERY_STATUS, false, take_battery},
    {VG_MAV_ID_EXTENDED_SYS_STATE, false, take_extended_state},
    {VG_MAV_ID_CAMERA_FOV_STATUS, true, vg_vehicle_take_fov},
    {VG_MAV_ID_CAMERA_INFORMATION, true, vg_vehicle_take_camera},
    {VG_MAV_ID_MISSION_ITEM_REACHED, false, take_reached},
    {VG_MAV_ID_HOME_POSITION, false, take_home},
    {VG_MAV_ID_STATUSTEXT, true, vg_vehicle_take_text},
    {VG_MAV_ID_RADIO_STATUS, true, take_radio},
    {VG_MAV_ID_AUTOPILOT_VERSION, false, take_version},
    {VG_MAV_ID_HIGH_LATENCY2, false, take_high_latency},
};

void vg_vehicle_init(struct vg_vehicle *self, uint8_t sysid)
{
    memset(self, 0, sizeof *self);
    self->sysid = sysid;
    self->newest = -1;
    self->state.mode_name = "?";
}

/* The component whose heartbeat names an autopilot is the autopilot. */
static void learn_component(struct vg_vehicle *self, const struct vg_mav_msg *msg)
{
    bool is_autopilot = false;
    if (msg->id == VG_MAV_ID_HEARTBEAT) {
        struct vg_mav_heartbeat m;
        vg_mav_heartbeat_unpack(msg, &m);
        is_autopilot = m.type != VG_MAV_TYPE_GCS && vg_autopilot_is_one(m.autopilot);
    } else if (msg->id == VG_MAV_ID_HIGH_LATENCY2) {
        struct vg_mav_high_latency2 m;
        vg_mav_high_latency2_unpack(msg, &m);
        is_autopilot = vg_autopilot_is_one(m.autopilot);
    }
    if (is_autopilot) {
        self->compid = msg->compid;
    }
}

void vg_vehicle_feed(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->sysid != self->sysid) {
        return;
    }
    if (self->compid == 0) {
        learn_component(self, msg);
    }
    if (vg_us_sub(now, self->texts_looked).us >= VG_US_PER_S) {
        self->texts_looked = now;
        vg_vehicle_expire_texts(self, now);
    }
    bool is_autopilot = self->compid != 0 && msg->compid == self->compid;
    if (is_autopilot) {
        self->heard = now;
        self->n_heard++;
    }
    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
        if (takers[i].id == msg->id) {
            if (is_autopilot || takers[i].is_any_component) {
                takers[i].take(self, msg, now);
            }
            return;
        }
    }
}

uint32_t vg_vehicle_take_changes(struct vg_vehicle *self)
{
    uint32_t changes = self->changes;
    self->changes = 0;
    return changes;
}

struct vg_us vg_vehicle_silence(const struct vg_vehicle *self, struct vg_us now)
{
    return self->n_heard > 0 ? vg_us_sub(now, self->heard) : vg_us(INT64_MAX);
}

enum vg_link_state vg_vehicle_link(const struct vg_vehicle *self, struct vg_us now)
{
    if (self->n_heard == 0) {
        return VG_LINK_NEVER;
    }
    int64_t stale_us = 3 * VG_US_PER_S;
    int64_t lost_us = 10 * VG_US_PER_S;
    if (self->is_high_latency) {
        /* Until two have come the period is not known: a minute is a safe guess. */
        int64_t period = self->high_latency_period.us > 0 ? self->high_latency_period.us : 60000000;
        stale_us = stale_us > period * 3 / 2 ? stale_us : period * 3 / 2;
        lost_us = lost_us > period * 3 ? lost_us : period * 3;
    }
    int64_t silent_us = vg_vehicle_silence(self, now).us;
    if (silent_us > lost_us) {
        return VG_LINK_LOST;
    }
    return silent_us > stale_us ? VG_LINK_STALE : VG_LINK_FRESH;
}
