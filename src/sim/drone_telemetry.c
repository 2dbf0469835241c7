/* What each message of a drone says, as things are now. */
#include "base/text.h"
#include "base/units.h"
#include "sim/drone_priv.h"

#include <math.h>
#include <string.h>

static const double CELL_FULL_V = 4.2;
static const double CELL_EMPTY_V = 3.5;
static int32_t deg_e7(double deg)
{
    return (int32_t)lrint(deg * 1e7);
}

static uint32_t boot_ms(const struct vg_simdrone *self)
{
    return (uint32_t)((self->pilot.flight.now.us - self->boot.us) / 1000);
}

static float rad(double deg)
{
    return (float)(vg_wrap_180_deg(deg) * VG_RAD_PER_DEG);
}

static double volts(const struct vg_simdrone *self)
{
    double e = vg_drone_told_energy(self);
    double sag = 0.05 * self->pilot.flight.power_share;
    int n_alive = VG_DRONE_CELLS - self->n_dead_cells;
    return n_alive * (CELL_EMPTY_V + (CELL_FULL_V - CELL_EMPTY_V) * e - sag);
}

static double amperes(const struct vg_simdrone *self)
{
    const struct vg_flight *f = &self->pilot.flight;
    double cruise_a = VG_DRONE_BATTERY_MAH / 1000.0 / (f->config.endurance_s / 3600);
    return 0.3 + cruise_a * f->power_share;
}

#define MAKE(lower, name)                                                                          \
    static void name(const struct vg_simdrone *self, struct vg_mav_msg *out)                       \
    {                                                                                              \
        struct vg_mav_##lower m;                                                                   \
        memset(&m, 0, sizeof m);                                                                   \
        fill_##lower(self, &m);                                                                    \
        vg_mav_##lower##_pack(&m, self->config.sysid, VG_DRONE_COMPID, out);                       \
    }

static uint8_t system_status(const struct vg_simdrone *self)
{
    const struct vg_flight *f = &self->pilot.flight;
    if (f->phase == VG_FLIGHT_CRASHED) {
        return VG_MAV_STATE_EMERGENCY;
    }
    if (f->now.us - self->boot.us < VG_PILOT_BOOT_US) {
        return VG_MAV_STATE_CALIBRATING;
    }
    bool is_down = f->phase == VG_FLIGHT_PARKED || f->phase == VG_FLIGHT_ROLLOUT;
    bool is_standby = self->habits->stands_by_on_touchdown ? is_down : !self->pilot.is_armed;
    if (is_standby || self->faults.says_landed) {
        return VG_MAV_STATE_STANDBY;
    }
    return f->energy <= 0 ? VG_MAV_STATE_CRITICAL : VG_MAV_STATE_ACTIVE;
}

static void fill_heartbeat(const struct vg_simdrone *self, struct vg_mav_heartbeat *m)
{
    unsigned mode = VG_MAV_MODE_FLAG_CUSTOM_MODE_ENABLED;
    switch ((int)self->pilot.mode) {
    case VG_PLANE_MODE_MANUAL:
        mode |= VG_MAV_MODE_FLAG_MANUAL_INPUT_ENABLED;
        break;
    case VG_PLANE_MODE_CIRCLE:
        mode |= VG_MAV_MODE_FLAG_STABILIZE_ENABLED;
        break;
    default:
        mode |= VG_MAV_MODE_FLAG_GUIDED_ENABLED | VG_MAV_MODE_FLAG_STABILIZE_ENABLED;
        break;
    }
    bool is_armed = self->pilot.is_armed && !self->faults.says_landed;
    mode |= is_armed ? VG_MAV_MODE_FLAG_SAFETY_ARMED : 0;
    m->custom_mode = vg_sim_persona_mode_out(self->config.persona, (uint32_t)self->pilot.mode);
    m->type = self->config.persona->type;
    m->autopilot = self->config.persona->autopilot;
    m->base_mode = (uint8_t)mode;
    m->system_status = system_status(self);
    m->mavlink_version = 3;
}

static void fill_system_time(const struct vg_simdrone *self, struct vg_mav_system_time *m)
{
    m->time_unix_usec = (uint64_t)self->pilot.flight.now.us;
    m->time_boot_ms = boot_ms(self);
}

static void fill_global_position_int(const struct vg_simdrone *self,
                                     struct vg_mav_global_position_int *m)
{
    const struct vg_drone_place p = vg_drone_told_place(self);
    m->time_boot_ms = boot_ms(self);
    if (self->pilot.has_position) {
        m->lat = deg_e7(p.lat_deg);
        m->lon = deg_e7(p.lon_deg);
    }
    m->alt = (int32_t)lrint(p.alt_msl_m * 1000);
    m->relative_alt = (int32_t)lrint((p.alt_msl_m - self->pilot.home.alt_msl_m) * 1000);
    m->vx = (int16_t)lrint(p.vel_n_mps * 100);
    m->vy = (int16_t)lrint(p.vel_e_mps * 100);
    m->vz = (int16_t)lrint(-p.climb_mps * 100);
    m->hdg = (uint16_t)(lrint(p.heading_true_deg * 100) % 36000);
}

static void fill_attitude(const struct vg_simdrone *self, struct vg_mav_attitude *m)
{
    const struct vg_flight *f = &self->pilot.flight;
    m->time_boot_ms = boot_ms(self);
    m->roll = rad(f->roll_deg);
    m->pitch = rad(f->pitch_deg);
    m->yaw = rad(f->heading_true_deg);
    m->rollspeed = (float)(f->roll_rate_dps * VG_RAD_PER_DEG);
    if (f->phase == VG_FLIGHT_AIRBORNE) {
        m->yawspeed =
            (float)(VG_GRAVITY_MPS2 * tan(f->roll_deg * VG_RAD_PER_DEG) / f->airspeed_mps);
    }
}

static void fill_vfr_hud(const struct vg_simdrone *self, struct vg_mav_vfr_hud *m)
{
    const struct vg_flight *f = &self->pilot.flight;
    m->airspeed = (float)f->airspeed_mps;
    m->groundspeed = (float)vg_flight_ground_speed_mps(f);
    m->alt = (float)f->alt_msl_m;
    m->climb = (float)f->climb_mps;
    m->heading = (int16_t)(lrint(f->heading_true_deg) % 360);
    m->throttle = (uint16_t)lrint(fmin(100, 45 * f->power_share));
}

static void fill_sys_status(const struct vg_simdrone *self, struct vg_mav_sys_status *m)
{
    uint32_t sensors = VG_MAV_SYS_STATUS_SENSOR_3D_GYRO | VG_MAV_SYS_STATUS_SENSOR_3D_ACCEL |
                       VG_MAV_SYS_STATUS_SENSOR_3D_MAG | VG_MAV_SYS_STATUS_SENSOR_GPS |
                       VG_MAV_SYS_STATUS_SENSOR_ABSOLUTE_PRESSURE |
                       VG_MAV_SYS_STATUS_SENSOR_DIFFERENTIAL_PRESSURE | VG_MAV_SYS_STATUS_AHRS |
                       VG_MAV_SYS_STATUS_SENSOR_BATTERY | VG_MAV_SYS_STATUS_PREARM_CHECK;
    bool is_booted = self->pilot.flight.now.us - self->boot.us >= VG_PILOT_BOOT_US;
    uint32_t bad = self->pilot.has_position ? 0 : VG_MAV_SYS_STATUS_SENSOR_GPS;
    bad |= is_booted && bad == 0 ? 0 : VG_MAV_SYS_STATUS_PREARM_CHECK;
    m->onboard_control_sensors_present = sensors;
    m->onboard_control_sensors_enabled = sensors;
    m->onboard_control_sensors_health = sensors & ~bad;
    m->load = 180;
    m->voltage_battery = (uint16_t)lrint(volts(self) * 1000);
    m->current_battery = (int16_t)lrint(amperes(self) * 100);
    m->battery_remaining = (int8_t)lrint(vg_drone_told_energy(self) * 100);
}

static void fill_battery_status(const struct vg_simdrone *self, struct vg_mav_battery_status *m)
{
    const struct vg_flight *f = &self->pilot.flight;
    const double energy = vg_drone_told_energy(self);
    m->current_consumed = (int32_t)lrint((1 - energy) * VG_DRONE_BATTERY_MAH);
    m->energy_consumed = -1;
    m->temperature = INT16_MAX;
    for (int i = 0; i < 10; i++) {
        m->voltages[i] =
            i < VG_DRONE_CELLS ? (uint16_t)lrint(volts(self) * 1000 / VG_DRONE_CELLS) : UINT16_MAX;
    }
    m->current_battery = (int16_t)lrint(amperes(self) * 100);
    m->battery_remaining = (int8_t)lrint(energy * 100);
    double power = fmax(f->power_share, 0.01);
    m->time_remaining =
        f->power_share > 0 ? (int32_t)lrint(energy * f->config.endurance_s / power) : 0;
    m->charge_state = energy > self->pilot.params.low_energy ? 1 : 2; /* OK, LOW */
}

static void fill_gps_raw_int(const struct vg_simdrone *self, struct vg_mav_gps_raw_int *m)
{
    const struct vg_flight *f = &self->pilot.flight;
    bool has_fix = self->pilot.has_position;
    m->time_usec = (uint64_t)f->now.us;
    m->fix_type = has_fix ? VG_GPS_FIX_TYPE_DGPS : VG_GPS_FIX_TYPE_NO_FIX;
    m->satellites_visible = has_fix ? 16 : 2;
    m->eph = has_fix ? 80 : UINT16_MAX;
    m->epv = has_fix ? 120 : UINT16_MAX;
    m->vel = (uint16_t)lrint(vg_flight_ground_speed_mps(f) * 100);
    m->cog = (uint16_t)(lrint(vg_flight_course_deg(f) * 100) % 36000);
    if (has_fix) {
        const struct vg_drone_place p = vg_drone_told_place(self);
        m->lat = deg_e7(p.lat_deg);
        m->lon = deg_e7(p.lon_deg);
        m->alt = (int32_t)lrint(p.alt_msl_m * 1000);
        m->h_acc = 1200;
        m->v_acc = 1800;
        m->vel_acc = 200;
    }
}

static uint8_t mission_state(const struct vg_pilot *p)
{
    if (p->n_items < 2) {
        return VG_MISSION_STATE_NO_MISSION;
    }
    if (p->is_mission_done) {
        return VG_MISSION_STATE_COMPLETE;
    }
    if (p->mode == VG_PLANE_MODE_AUTO && p->is_armed) {
        return VG_MISSION_STATE_ACTIVE;
    }
    return p->current > 0 ? VG_MISSION_STATE_PAUSED : VG_MISSION_STATE_NOT_STARTED;
}

static void fill_mission_current(const struct vg_simdrone *self, struct vg_mav_mission_current *m)
{
    const struct vg_pilot *p = &self->pilot;
    m->seq = (uint16_t)vg_drone_item_out(self, p->current);
    m->total = p->n_items > 0 ? (uint16_t)(p->n_items - 1) : UINT16_MAX; /* home not counted */
    m->mission_state = mission_state(p);
    m->mission_mode = p->mode == VG_PLANE_MODE_AUTO ? 1 : 2;
}

static void fill_home_position(const struct vg_simdrone *self, struct vg_mav_home_position *m)
{
    m->latitude = deg_e7(self->pilot.home.lat_deg);
    m->longitude = deg_e7(self->pilot.home.lon_deg);
    m->altitude = (int32_t)lrint(self->pilot.home.alt_msl_m * 1000);
    m->q[0] = 1;
    m->time_usec = (uint64_t)self->pilot.flight.now.us;
}

static void fill_extended_sys_state(const struct vg_simdrone *self,
                                    struct vg_mav_extended_sys_state *m)
{
    m->vtol_state = VG_MAV_VTOL_STATE_UNDEFINED;
    m->landed_state = self->faults.says_landed ? (uint8_t)VG_MAV_LANDED_STATE_ON_GROUND
                                               : (uint8_t)vg_pilot_landed_state(&self->pilot);
}

static void fill_wind(const struct vg_simdrone *self, struct vg_mav_wind *m)
{
    const struct vg_flight *f = &self->pilot.flight;
    double from = atan2(-f->wind_e_mps, -f->wind_n_mps) * VG_DEG_PER_RAD;
    m->direction = (float)vg_wrap_180_deg(from);
    m->speed = (float)hypot(f->wind_n_mps, f->wind_e_mps);
}

/* Where the air goes, north and east. */
static void fill_wind_cov(const struct vg_simdrone *self, struct vg_mav_wind_cov *m)
{
    m->time_usec = (uint64_t)self->pilot.flight.now.us;
    m->wind_x = (float)self->pilot.flight.wind_n_mps;
    m->wind_y = (float)self->pilot.flight.wind_e_mps;
}

/* Yaw about down, then pitch; roll is held level. */
static void quaternion(double yaw_deg, double pitch_deg, float q[4])
{
    double y = vg_wrap_180_deg(yaw_deg) * VG_RAD_PER_DEG / 2;
    double p = pitch_deg * VG_RAD_PER_DEG / 2;
    q[0] = (float)(cos(y) * cos(p));
    q[1] = (float)(-sin(y) * sin(p));
    q[2] = (float)(cos(y) * sin(p));
    q[3] = (float)(sin(y) * cos(p));
}

static double gimbal_yaw_true_deg(const struct vg_simdrone *self)
{
    const struct vg_pilot_gimbal *g = &self->pilot.gimbal;
    return g->is_yaw_locked ? g->yaw_deg : g->yaw_deg + vg_flight_course_deg(&self->pilot.flight);
}

/* Even steps of zoom are even steps of magnification. */
static double hfov_deg(const struct vg_simdrone *self)
{
    double ratio = self->config.hfov_min_deg / self->config.hfov_max_deg;
    return self->config.hfov_max_deg * pow(ratio, self->pilot.zoom_percent / 100);
}

static double vfov_deg(const struct vg_simdrone *self)
{
    double half = tan(hfov_deg(self) * VG_RAD_PER_DEG / 2);
    double ratio = (double)self->config.height_px / self->config.width_px;
    return 2 * atan(half * ratio) * VG_DEG_PER_RAD;
}

bool vg_simdrone_camera(const struct vg_simdrone *self, struct vg_camera_pose *out)
{
    const struct vg_flight *f = &self->pilot.flight;
    *out = (struct vg_camera_pose){.lat_deg = f->lat_deg,
                                   .lon_deg = f->lon_deg,
                                   .alt_msl_m = f->alt_msl_m,
                                   .yaw_true_deg = gimbal_yaw_true_deg(self),
                                   .pitch_deg = self->pilot.gimbal.pitch_deg,
                                   .hfov_deg = hfov_deg(self),
                                   .vfov_deg = vfov_deg(self)};
    return vg_pilot_is_airborne(&self->pilot) && !vg_drone_is_dead_to_world(self);
}

static void fill_camera_fov_status(const struct vg_simdrone *self,
                                   struct vg_mav_camera_fov_status *m)
{
    const struct vg_drone_place p = vg_drone_told_place(self);
    m->time_boot_ms = boot_ms(self);
    m->lat_camera = deg_e7(p.lat_deg);
    m->lon_camera = deg_e7(p.lon_deg);
    m->alt_camera = (int32_t)lrint(p.alt_msl_m * 1000);
    m->lat_image = m->lon_image = m->alt_image = INT32_MAX; /* this camera does not know */
    quaternion(gimbal_yaw_true_deg(self), self->pilot.gimbal.pitch_deg, m->q);
    m->hfov = (float)hfov_deg(self);
    m->vfov = (float)vfov_deg(self);
    m->camera_device_id = 1;
}

static void fill_gimbal_device_attitude_status(const struct vg_simdrone *self,
                                               struct vg_mav_gimbal_device_attitude_status *m)
{
    double heading = self->pilot.flight.heading_true_deg;
    unsigned flags = VG_GIMBAL_DEVICE_FLAGS_ROLL_LOCK | VG_GIMBAL_DEVICE_FLAGS_PITCH_LOCK |
                     VG_GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME;
    flags |= self->pilot.gimbal.is_yaw_locked ? VG_GIMBAL_DEVICE_FLAGS_YAW_LOCK : 0;
    m->time_boot_ms = boot_ms(self);
    quaternion(gimbal_yaw_true_deg(self) - heading, self->pilot.gimbal.pitch_deg, m->q);
    m->flags = (uint16_t)flags;
    m->delta_yaw = rad(heading); /* q_earth = q_delta_yaw * q_vehicle */
    m->delta_yaw_velocity = NAN;
    m->gimbal_device_id = 1;
}

static void fill_autopilot_version(const struct vg_simdrone *self,
                                   struct vg_mav_autopilot_version *m)
{
    m->capabilities = VG_MAV_PROTOCOL_CAPABILITY_MISSION_INT |
                      VG_MAV_PROTOCOL_CAPABILITY_COMMAND_INT | VG_MAV_PROTOCOL_CAPABILITY_MAVLINK2 |
                      VG_MAV_PROTOCOL_CAPABILITY_FTP;
    m->capabilities |=
        self->habits->has_bytewise_params
            ? VG_MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_BYTEWISE
            : VG_MAV_PROTOCOL_CAPABILITY_PARAM_FLOAT | VG_MAV_PROTOCOL_CAPABILITY_TERRAIN;
    m->uid = self->config.uid;
    m->flight_sw_version = self->config.persona->version;
}

static void fill_camera_information(const struct vg_simdrone *self,
                                    struct vg_mav_camera_information *m)
{
    m->time_boot_ms = boot_ms(self);
    vg_format((char *)m->vendor_name, sizeof m->vendor_name, "%s", "Vigie");
    vg_format((char *)m->model_name, sizeof m->model_name, "%s", "simulated");
    m->sensor_size_h = 6.17f;
    double half = tan(self->config.hfov_max_deg * VG_RAD_PER_DEG / 2);
    m->focal_length = (float)(6.17 / 2 / half);
    m->sensor_size_v = (float)(6.17 * self->config.height_px / self->config.width_px);
    m->resolution_h = (uint16_t)self->config.width_px;
    m->resolution_v = (uint16_t)self->config.height_px;
    m->flags = VG_CAMERA_CAP_FLAGS_CAPTURE_VIDEO | VG_CAMERA_CAP_FLAGS_HAS_BASIC_ZOOM;
    m->gimbal_device_id = 1;
}

static void fill_gimbal_manager_information(const struct vg_simdrone *self,
                                            struct vg_mav_gimbal_manager_information *m)
{
    m->time_boot_ms = boot_ms(self);
    m->cap_flags =
        VG_GIMBAL_MANAGER_CAP_FLAGS_HAS_PITCH_AXIS | VG_GIMBAL_MANAGER_CAP_FLAGS_HAS_PITCH_LOCK |
        VG_GIMBAL_MANAGER_CAP_FLAGS_HAS_YAW_AXIS | VG_GIMBAL_MANAGER_CAP_FLAGS_HAS_YAW_FOLLOW |
        VG_GIMBAL_MANAGER_CAP_FLAGS_HAS_YAW_LOCK |
        VG_GIMBAL_MANAGER_CAP_FLAGS_SUPPORTS_INFINITE_YAW;
    m->pitch_min = rad(-90);
    m->pitch_max = rad(30);
    m->yaw_min = rad(-180);
    m->yaw_max = -rad(-180);
    m->gimbal_device_id = 1;
}

MAKE(heartbeat, make_heartbeat)
MAKE(system_time, make_system_time)
MAKE(global_position_int, make_global_position_int)
MAKE(attitude, make_attitude)
MAKE(vfr_hud, make_vfr_hud)
MAKE(sys_status, make_sys_status)
MAKE(battery_status, make_battery_status)
MAKE(gps_raw_int, make_gps_raw_int)
MAKE(mission_current, make_mission_current)
MAKE(home_position, make_home_position)
MAKE(extended_sys_state, make_extended_sys_state)
MAKE(wind, make_wind)
MAKE(wind_cov, make_wind_cov)
MAKE(camera_fov_status, make_camera_fov_status)
MAKE(gimbal_device_attitude_status, make_gimbal_device_attitude_status)
MAKE(autopilot_version, make_autopilot_version)
MAKE(camera_information, make_camera_information)
MAKE(gimbal_manager_information, make_gimbal_manager_information)
#undef MAKE

/* One of each. */
static const struct maker {
    uint32_t id;
    void (*make)(const struct vg_simdrone *self, struct vg_mav_msg *out);
} MAKERS[] = {
    {VG_MAV_ID_HEARTBEAT, make_heartbeat},
    {VG_MAV_ID_GLOBAL_POSITION_INT, make_global_position_int},
    {VG_MAV_ID_ATTITUDE, make_attitude},
    {VG_MAV_ID_VFR_HUD, make_vfr_hud},
    {VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS, make_gimbal_device_attitude_status},
    {VG_MAV_ID_CAMERA_FOV_STATUS, make_camera_fov_status},
    {VG_MAV_ID_SYS_STATUS, make_sys_status},
    {VG_MAV_ID_SYSTEM_TIME, make_system_time},
    {VG_MAV_ID_GPS_RAW_INT, make_gps_raw_int},
    {VG_MAV_ID_MISSION_CURRENT, make_mission_current},
    {VG_MAV_ID_EXTENDED_SYS_STATE, make_extended_sys_state},
    {VG_MAV_ID_WIND, make_wind},
    {VG_MAV_ID_WIND_COV, make_wind_cov},
    {VG_MAV_ID_BATTERY_STATUS, make_battery_status},
    {VG_MAV_ID_HOME_POSITION, make_home_position},
    {VG_MAV_ID_AUTOPILOT_VERSION, make_autopilot_version},
    {VG_MAV_ID_CAMERA_INFORMATION, make_camera_information},
    {VG_MAV_ID_GIMBAL_MANAGER_INFORMATION, make_gimbal_manager_information},
};

void vg_drone_make_message(const struct vg_simdrone *self, uint32_t id, struct vg_mav_msg *out)
{
    for (size_t i = 0; i < sizeof MAKERS / sizeof MAKERS[0]; i++) {
        if (MAKERS[i].id == id) {
            MAKERS[i].make(self, out);
            return;
        }
    }
}

void vg_drone_send_text(struct vg_simdrone *self, uint8_t severity, const char *text)
{
    struct vg_mav_statustext m = {.severity = severity};
    vg_format(m.text, sizeof m.text, "%s", text);
    vg_mav_statustext_pack(&m, self->config.sysid, VG_DRONE_COMPID,
                           vg_drone_queue_add(&self->replies));
}
