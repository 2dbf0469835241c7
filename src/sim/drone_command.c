/* Commands: each acknowledged once, with what really became of it. */
#include "sim/drone_priv.h"

#include <math.h>

enum {
    FORCE_MAGIC = 21196
}; /* COMPONENT_ARM_DISARM parameter 2 */

/* COMMAND_LONG and COMMAND_INT alike. p[1]..p[7]; lat, lon, alt from 5, 6, 7. */
struct request {
    uint16_t command;
    double p[8];
    double lat_deg;
    double lon_deg;
    double alt_m;
    bool is_agl;
    bool is_relative;
};

typedef enum vg_enum_mav_result (*handler_fn)(struct vg_simdrone *self, const struct request *r);

static enum vg_enum_mav_result result_of(const char *refusal)
{
    return refusal == NULL ? VG_MAV_RESULT_ACCEPTED : VG_MAV_RESULT_FAILED;
}

/* ArduCopter/mode_auto.cpp, allows_arming, with AUTO_OPTIONS as it comes. */
static bool is_mode_armable(const struct vg_simdrone *self)
{
    const struct vg_sim_persona *p = self->config.persona;
    bool is_copter = vg_airframe_of(p->type) == VG_AIRFRAME_COPTER;
    return !is_copter || self->habits->copter_arms_in_mission ||
           self->pilot.mode != VG_PLANE_MODE_AUTO;
}

static enum vg_enum_mav_result arm(struct vg_simdrone *self, const struct request *r)
{
    bool is_forced = r->p[2] == (double)FORCE_MAGIC;
    if (r->p[1] == 1 && !is_mode_armable(self)) {
        return VG_MAV_RESULT_FAILED;
    }
    if (r->p[1] == 1) {
        return vg_pilot_arm(&self->pilot, is_forced) == NULL
                   ? VG_MAV_RESULT_ACCEPTED
                   : (enum vg_enum_mav_result)self->config.persona->not_armed;
    }
    if (r->p[1] == 0) {
        return result_of(vg_pilot_disarm(&self->pilot, is_forced));
    }
    return VG_MAV_RESULT_DENIED;
}

static enum vg_enum_mav_result take_mode(struct vg_simdrone *self, uint32_t custom_mode)
{
    uint32_t mode;
    if (!vg_sim_persona_mode_in(self->config.persona, custom_mode, &mode)) {
        return VG_MAV_RESULT_FAILED;
    }
    return result_of(vg_pilot_set_mode(&self->pilot, mode));
}

static bool has_custom_mode(const struct request *r)
{
    bool is_number = r->p[1] >= 0 && r->p[1] < 256;
    return is_number && ((unsigned)r->p[1] & VG_MAV_MODE_FLAG_CUSTOM_MODE_ENABLED) != 0;
}

static enum vg_enum_mav_result set_mode(struct vg_simdrone *self, const struct request *r)
{
    uint32_t mode;
    bool is_mode = vg_mode_of_command(self->habits->id, r->p[2], r->p[3], &mode);
    return is_mode && has_custom_mode(r) ? take_mode(self, mode) : VG_MAV_RESULT_DENIED;
}

/* The old message has the number whole. */
static enum vg_enum_mav_result set_mode_whole(struct vg_simdrone *self, const struct request *r)
{
    return has_custom_mode(r) ? take_mode(self, (uint32_t)r->p[2]) : VG_MAV_RESULT_DENIED;
}

static enum vg_enum_mav_result start_mission(struct vg_simdrone *self, const struct request *r)
{
    (void)r;
    return result_of(vg_pilot_set_mode(&self->pilot, VG_PLANE_MODE_AUTO));
}

static enum vg_enum_mav_result go_home(struct vg_simdrone *self, const struct request *r)
{
    (void)r;
    return result_of(vg_pilot_set_mode(&self->pilot, VG_PLANE_MODE_RTL));
}

static enum vg_enum_mav_result loiter(struct vg_simdrone *self, const struct request *r)
{
    (void)r;
    return result_of(vg_pilot_set_mode(&self->pilot, VG_PLANE_MODE_LOITER));
}

static enum vg_enum_mav_result change_speed(struct vg_simdrone *self, const struct request *r)
{
    if (r->p[1] != 0 || !isfinite(r->p[2])) {
        return VG_MAV_RESULT_DENIED; /* airspeed only */
    }
    if (r->p[2] != -1) {
        vg_pilot_set_airspeed(&self->pilot, r->p[2]);
    }
    return VG_MAV_RESULT_ACCEPTED;
}

static enum vg_enum_mav_result start_landing(struct vg_simdrone *self, const struct request *r)
{
    (void)r;
    for (int i = 0; i < self->mission.n_items; i++) {
        if (self->mission.items[i].command == VG_MAV_CMD_DO_LAND_START) {
            (void)vg_pilot_set_mode(&self->pilot, VG_PLANE_MODE_AUTO);
            (void)vg_pilot_set_current(&self->pilot, i + (self->habits->has_home_item ? 0 : 1));
            return VG_MAV_RESULT_ACCEPTED;
        }
    }
    return VG_MAV_RESULT_FAILED;
}

static enum vg_enum_mav_result reposition(struct vg_simdrone *self, const struct request *r)
{
    bool is_place = fabs(r->lat_deg) <= 90 && fabs(r->lon_deg) <= 180 && isfinite(r->alt_m);
    if (!is_place) {
        return VG_MAV_RESULT_DENIED;
    }
    const char *refusal = vg_pilot_set_mode(&self->pilot, VG_PLANE_MODE_GUIDED);
    if (refusal == NULL) {
        double alt = r->alt_m + (r->is_relative ? self->pilot.home.alt_msl_m : 0);
        vg_pilot_reposition(&self->pilot, r->lat_deg, r->lon_deg, alt, r->is_agl);
    }
    return result_of(refusal);
}

static enum vg_enum_mav_result set_current(struct vg_simdrone *self, const struct request *r)
{
    bool is_number = r->p[1] >= 0 && r->p[1] < 65535;
    int shift = self->habits->has_home_item ? 0 : 1;
    return is_number && vg_pilot_set_current(&self->pilot, (int)r->p[1] + shift)
               ? VG_MAV_RESULT_ACCEPTED
               : VG_MAV_RESULT_DENIED;
}

static enum vg_enum_mav_result point_gimbal(struct vg_simdrone *self, const struct request *r)
{
    unsigned flags = r->p[5] >= 0 && r->p[5] < 65536 ? (unsigned)r->p[5] : 0;
    bool is_locked = (flags & VG_GIMBAL_MANAGER_FLAGS_YAW_LOCK) != 0;
    vg_pilot_point_gimbal(&self->pilot, r->p[1], r->p[2], is_locked);
    return VG_MAV_RESULT_ACCEPTED;
}

static enum vg_enum_mav_result accept(struct vg_simdrone *self, const struct request *r)
{
    (void)self;
    (void)r;
    return VG_MAV_RESULT_ACCEPTED;
}

/* ZOOM_TYPE_RANGE: 0 wide .. 100 in, even steps of magnification. */
static enum vg_enum_mav_result zoom(struct vg_simdrone *self, const struct request *r)
{
    if (r->p[1] != VG_CAMERA_ZOOM_RANGE || !(r->p[2] >= 0 && r->p[2] <= 100)) {
        return VG_MAV_RESULT_DENIED;
    }
    self->pilot.zoom_percent = r->p[2];
    return VG_MAV_RESULT_ACCEPTED;
}

static enum vg_enum_mav_result send_id(struct vg_simdrone *self, double id)
{
    bool is_id = id >= 0 && id < 16777216;
    return is_id && vg_drone_send_message(self, (uint32_t)id) ? VG_MAV_RESULT_ACCEPTED
                                                              : VG_MAV_RESULT_UNSUPPORTED;
}

static enum vg_enum_mav_result request_message(struct vg_simdrone *self, const struct request *r)
{
    return send_id(self, r->p[1]);
}

static enum vg_enum_mav_result request_version(struct vg_simdrone *self, const struct request *r)
{
    (void)r;
    return send_id(self, VG_MAV_ID_AUTOPILOT_VERSION);
}

static enum vg_enum_mav_result request_camera(struct vg_simdrone *self, const struct request *r)
{
    (void)r;
    return send_id(self, VG_MAV_ID_CAMERA_INFORMATION);
}

static enum vg_enum_mav_result request_home(struct vg_simdrone *self, const struct request *r)
{
    (void)r;
    return send_id(self, VG_MAV_ID_HOME_POSITION);
}

static enum vg_enum_mav_result set_interval(struct vg_simdrone *self, const struct request *r)
{
    bool is_number = r->p[1] >= 0 && r->p[1] < 16777216 && fabs(r->p[2]) < 1e9;
    if (!is_number || !vg_drone_stream_set(self, (uint32_t)r->p[1], (int64_t)r->p[2])) {
        return (enum vg_enum_mav_result)self->habits->unsupported_interval_result;
    }
    return VG_MAV_RESULT_ACCEPTED;
}

static enum vg_enum_mav_result get_interval(struct vg_simdrone *self, const struct request *r)
{
    bool is_id = r->p[1] >= 0 && r->p[1] < 65536;
    int i = is_id ? vg_drone_stream_find(self, (uint32_t)r->p[1]) : -1;
    struct vg_mav_message_interval m = {.message_id = is_id ? (uint16_t)r->p[1] : 0};
    if (i >= 0) {
        int64_t us = self->streams[i].interval_us;
        m.interval_us = us > 0 ? (int32_t)us : -1;
    }
    vg_mav_message_interval_pack(&m, self->config.sysid, VG_DRONE_COMPID,
                                 vg_drone_queue_add(&self->replies));
    return VG_MAV_RESULT_ACCEPTED;
}

static const struct {
    uint16_t command;
    handler_fn handle;
} HANDLERS[] = {
    {VG_MAV_CMD_COMPONENT_ARM_DISARM, arm},
    {VG_MAV_CMD_DO_SET_MODE, set_mode},
    {VG_MAV_CMD_MISSION_START, start_mission},
    {VG_MAV_CMD_NAV_RETURN_TO_LAUNCH, go_home},
    {VG_MAV_CMD_NAV_LOITER_UNLIM, loiter},
    {VG_MAV_CMD_DO_CHANGE_SPEED, change_speed},
    {VG_MAV_CMD_DO_LAND_START, start_landing},
    {VG_MAV_CMD_DO_REPOSITION, reposition},
    {VG_MAV_CMD_DO_SET_MISSION_CURRENT, set_current},
    {VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, point_gimbal},
    {VG_MAV_CMD_DO_GIMBAL_MANAGER_CONFIGURE, accept},
    {VG_MAV_CMD_SET_CAMERA_ZOOM, zoom},
    {VG_MAV_CMD_REQUEST_MESSAGE, request_message},
    {VG_MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES, request_version},
    {VG_MAV_CMD_REQUEST_CAMERA_INFORMATION, request_camera},
    {VG_MAV_CMD_GET_HOME_POSITION, request_home},
    {VG_MAV_CMD_SET_MESSAGE_INTERVAL, set_interval},
    {VG_MAV_CMD_GET_MESSAGE_INTERVAL, get_interval},
};

static handler_fn find_handler(uint16_t command)
{
    for (size_t i = 0; i < sizeof HANDLERS / sizeof HANDLERS[0]; i++) {
        if (HANDLERS[i].command == command) {
            return HANDLERS[i].handle;
        }
    }
    return NULL;
}

/* What a lying autopilot acknowledges without doing it. */
static bool is_act(uint16_t command)
{
    return command == VG_MAV_CMD_COMPONENT_ARM_DISARM || command == VG_MAV_CMD_DO_SET_MODE ||
           command == VG_MAV_CMD_MISSION_START || command == VG_MAV_CMD_NAV_RETURN_TO_LAUNCH ||
           command == VG_MAV_ID_SET_MODE;
}

static bool is_component(uint8_t id)
{
    return id == VG_MAV_COMP_ID_ALL || id == VG_DRONE_COMPID || id == VG_MAV_COMP_ID_GIMBAL ||
           id == VG_MAV_COMP_ID_CAMERA;
}

static bool read_long(const struct vg_simdrone *self, const struct vg_mav_msg *msg,
                      struct request *r)
{
    struct vg_mav_command_long c;
    vg_mav_command_long_unpack(msg, &c);
    const float p[] = {0, c.param1, c.param2, c.param3, c.param4, c.param5, c.param6, c.param7};
    for (int i = 0; i < 8; i++) {
        r->p[i] = (double)p[i];
    }
    r->command = c.command;
    r->lat_deg = r->p[5];
    r->lon_deg = r->p[6];
    r->alt_m = r->p[7];
    return (c.target_system == self->config.sysid || c.target_system == 0) &&
           is_component(c.target_component);
}

static bool read_int(const struct vg_simdrone *self, const struct vg_mav_msg *msg,
                     struct request *r)
{
    struct vg_mav_command_int c;
    vg_mav_command_int_unpack(msg, &c);
    const double p[] = {
        0,           (double)c.param1, (double)c.param2, (double)c.param3, (double)c.param4,
        (double)c.x, (double)c.y,      (double)c.z};
    for (int i = 0; i < 8; i++) {
        r->p[i] = p[i];
    }
    r->command = c.command;
    r->lat_deg = c.x / 1e7;
    r->lon_deg = c.y / 1e7;
    r->alt_m = (double)c.z;
    r->is_relative = c.frame == VG_MAV_FRAME_GLOBAL_RELATIVE_ALT ||
                     c.frame == VG_MAV_FRAME_GLOBAL_RELATIVE_ALT_INT;
    r->is_agl = c.frame == VG_MAV_FRAME_GLOBAL_TERRAIN_ALT ||
                c.frame == VG_MAV_FRAME_GLOBAL_TERRAIN_ALT_INT;
    return (c.target_system == self->config.sysid || c.target_system == 0) &&
           is_component(c.target_component);
}

/* The old message: no number of its own, acknowledged by its message id as ArduPilot does. */
static bool read_set_mode(const struct vg_simdrone *self, const struct vg_mav_msg *msg,
                          struct request *r)
{
    struct vg_mav_set_mode s;
    vg_mav_set_mode_unpack(msg, &s);
    r->command = VG_MAV_ID_SET_MODE;
    r->p[1] = s.base_mode;
    r->p[2] = s.custom_mode;
    return s.target_system == self->config.sysid;
}

static void acknowledge(struct vg_simdrone *self, const struct vg_mav_msg *to,
                        const struct request *r, enum vg_enum_mav_result result)
{
    self->counts.n_refused += result == VG_MAV_RESULT_ACCEPTED ? 0 : 1;
    struct vg_mav_command_ack ack = {.command = r->command,
                                     .result = (uint8_t)result,
                                     .target_system = to->sysid,
                                     .target_component = to->compid};
    vg_mav_command_ack_pack(&ack, self->config.sysid, VG_DRONE_COMPID,
                            vg_drone_queue_add(&self->replies));
}

void vg_drone_command(struct vg_simdrone *self, const struct vg_mav_msg *msg)
{
    struct request r = {0};
    bool is_mine;
    handler_fn handle;
    if (msg->id == VG_MAV_ID_SET_MODE) {
        is_mine = read_set_mode(self, msg, &r);
        handle = set_mode_whole;
    } else {
        is_mine =
            msg->id == VG_MAV_ID_COMMAND_LONG ? read_long(self, msg, &r) : read_int(self, msg, &r);
        handle = find_handler(r.command);
    }
    if (!is_mine) {
        return;
    }
    if (self->faults.acts_not && is_act(r.command)) {
        handle = accept;
    }
    if (handle == request_message && self->habits->acks_request_first) {
        bool is_id = r.p[1] >= 0 && r.p[1] < 16777216;
        bool is_sent = is_id && vg_drone_stream_find(self, (uint32_t)r.p[1]) >= 0;
        acknowledge(self, msg, &r, is_sent ? VG_MAV_RESULT_ACCEPTED : VG_MAV_RESULT_UNSUPPORTED);
        (void)handle(self, &r);
        return;
    }
    acknowledge(self, msg, &r, handle != NULL ? handle(self, &r) : VG_MAV_RESULT_UNSUPPORTED);
}
