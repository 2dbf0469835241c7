/* THE allow-list. Read it as law: what is not named here never leaves the station.
 * The test walks all ids of messages, commands and items and compares with its own list. */
#include "link/allow.h"

#include "link/ftpwire.h"

#include <stddef.h>
#include <string.h>

#define WHY_MESSAGE "this message is not on the allow-list"
#define WHY_COMMAND "this command is not on the allow-list"
#define WHY_ITEM "this mission item is not on the allow-list"
#define WHY_PARAM "this parameter may not be written"
#define WHY_TARGET "a command must name one drone"
#define WHY_FORCED "arming and disarming may not be forced"
#define WHY_GUEST "missions, fences, parameters and traffic come from the station alone"
#define WHY_FILE "files on a drone may be read, not changed"
#define WHY_FENCE "the fence may be switched on, not off"

/* Messages that say nothing a drone acts on dangerously, whatever their fields. */
static const uint32_t free_messages[] = {
    VG_MAV_ID_HEARTBEAT,
    VG_MAV_ID_SYSTEM_TIME,
    VG_MAV_ID_PING,
    VG_MAV_ID_TIMESYNC,
    VG_MAV_ID_PARAM_REQUEST_READ,
    VG_MAV_ID_PARAM_REQUEST_LIST,
    VG_MAV_ID_REQUEST_DATA_STREAM,
    VG_MAV_ID_MISSION_REQUEST_LIST,
    VG_MAV_ID_MISSION_REQUEST,
    VG_MAV_ID_MISSION_REQUEST_INT,
    VG_MAV_ID_MISSION_ACK,
    VG_MAV_ID_REQUEST_EVENT,
    VG_MAV_ID_ADSB_VEHICLE, /* where others fly */
};

/* Of what may leave, what another ground station may have passed on: it asks and commands, but
 * writes nothing, and says nothing of aircraft that only the station knows of. */
static const uint32_t guest_messages[] = {
    VG_MAV_ID_HEARTBEAT,
    VG_MAV_ID_SYSTEM_TIME,
    VG_MAV_ID_PING,
    VG_MAV_ID_TIMESYNC,
    VG_MAV_ID_PARAM_REQUEST_READ,
    VG_MAV_ID_PARAM_REQUEST_LIST,
    VG_MAV_ID_REQUEST_DATA_STREAM,
    VG_MAV_ID_MISSION_REQUEST_LIST,
    VG_MAV_ID_MISSION_REQUEST,
    VG_MAV_ID_MISSION_REQUEST_INT,
    VG_MAV_ID_MISSION_ACK,
    VG_MAV_ID_REQUEST_EVENT,
    VG_MAV_ID_COMMAND_LONG,
    VG_MAV_ID_COMMAND_INT,
    VG_MAV_ID_COMMAND_CANCEL,
    VG_MAV_ID_COMMAND_ACK,
    VG_MAV_ID_FILE_TRANSFER_PROTOCOL,
    VG_MAV_ID_LOG_REQUEST_LIST,
    VG_MAV_ID_LOG_REQUEST_DATA,
    VG_MAV_ID_LOG_REQUEST_END,
};

static const uint16_t commands[] = {
    VG_MAV_CMD_NAV_RETURN_TO_LAUNCH,
    VG_MAV_CMD_NAV_LAND,
    VG_MAV_CMD_NAV_TAKEOFF,
    VG_MAV_CMD_NAV_VTOL_TAKEOFF,
    VG_MAV_CMD_NAV_VTOL_LAND,
    VG_MAV_CMD_DO_SET_MODE,
    VG_MAV_CMD_DO_CHANGE_SPEED,
    VG_MAV_CMD_DO_LAND_START,
    VG_MAV_CMD_DO_PAUSE_CONTINUE,
    VG_MAV_CMD_DO_SET_ROI_LOCATION,
    VG_MAV_CMD_DO_SET_ROI_NONE,
    VG_MAV_CMD_DO_FENCE_ENABLE,
    VG_MAV_CMD_DO_SET_MISSION_CURRENT,
    VG_MAV_CMD_MISSION_START,
    VG_MAV_CMD_COMPONENT_ARM_DISARM,
    VG_MAV_CMD_SET_MESSAGE_INTERVAL,
    VG_MAV_CMD_REQUEST_MESSAGE,
    VG_MAV_CMD_SET_CAMERA_ZOOM,
    VG_MAV_CMD_SET_CAMERA_FOCUS,
    VG_MAV_CMD_SET_CAMERA_SOURCE,
    VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW,
    VG_MAV_CMD_DO_GIMBAL_MANAGER_CONFIGURE,
    VG_MAV_CMD_REQUEST_OPERATOR_CONTROL,
    VG_MAV_CMD_CONTROL_HIGH_LATENCY, /* reports by satellite on or off: what is told, not flown */
};

static const uint16_t mission_items[] = {
    VG_MAV_CMD_NAV_WAYPOINT,
    VG_MAV_CMD_NAV_LOITER_UNLIM,
    VG_MAV_CMD_NAV_LOITER_TURNS,
    VG_MAV_CMD_NAV_LOITER_TIME,
    VG_MAV_CMD_NAV_RETURN_TO_LAUNCH,
    VG_MAV_CMD_NAV_LAND,
    VG_MAV_CMD_NAV_TAKEOFF,
    VG_MAV_CMD_NAV_LOITER_TO_ALT,
    VG_MAV_CMD_NAV_VTOL_TAKEOFF,
    VG_MAV_CMD_NAV_VTOL_LAND,
    VG_MAV_CMD_DO_JUMP,
    VG_MAV_CMD_DO_CHANGE_SPEED,
    VG_MAV_CMD_DO_LAND_START,
    VG_MAV_CMD_DO_SET_ROI_LOCATION,
    VG_MAV_CMD_DO_SET_ROI_NONE,
    VG_MAV_CMD_SET_CAMERA_ZOOM,
    VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW,
    VG_MAV_CMD_VIDEO_START_CAPTURE,
    VG_MAV_CMD_VIDEO_STOP_CAPTURE,
};

static const uint16_t fence_items[] = {
    VG_MAV_CMD_NAV_FENCE_RETURN_POINT,
    VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION,
    VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
    VG_MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION,
    VG_MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION,
};

static const uint16_t rally_items[] = {VG_MAV_CMD_NAV_RALLY_POINT};

/* Message rates of ArduPilot's first two links: they change what is told, not what is flown. */
static const char *const params[] = {
    "SR0_POSITION", "SR0_EXTRA1", "SR0_EXTRA2", "SR0_EXTRA3", "SR0_EXT_STAT",
    "SR1_POSITION", "SR1_EXTRA1", "SR1_EXTRA2", "SR1_EXTRA3", "SR1_EXT_STAT",
};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static bool is_in(const uint16_t *list, size_t n, uint16_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == id) {
            return true;
        }
    }
    return false;
}

bool vg_allow_command(uint16_t command)
{
    return is_in(commands, COUNT_OF(commands), command);
}

bool vg_allow_mission_item(uint8_t mission_type, uint16_t command)
{
    switch (mission_type) {
    case VG_MAV_MISSION_TYPE_MISSION:
        return is_in(mission_items, COUNT_OF(mission_items), command);
    case VG_MAV_MISSION_TYPE_FENCE:
        return is_in(fence_items, COUNT_OF(fence_items), command);
    case VG_MAV_MISSION_TYPE_RALLY:
        return is_in(rally_items, COUNT_OF(rally_items), command);
    default:
        return false;
    }
}

bool vg_allow_param(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(params); i++) {
        if (strcmp(params[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* NULL: the command may go. Values that are not numbers compare unequal to 0 and are refused. */
static const char *refuse_command(uint16_t command, uint8_t target, float p1, float p2)
{
    if (!vg_allow_command(command)) {
        return WHY_COMMAND;
    }
    if (target == 0) {
        return WHY_TARGET;
    }
    /* Parameter 2 holds the number that forces: nothing but 0 is let through. */
    bool is_plain_arming = (p1 == 0.0f || p1 == 1.0f) && p2 == 0.0f;
    if (command == VG_MAV_CMD_COMPONENT_ARM_DISARM && !is_plain_arming) {
        return WHY_FORCED;
    }
    if (command == VG_MAV_CMD_DO_FENCE_ENABLE && p1 != 1.0f) {
        return WHY_FENCE;
    }
    return NULL;
}

static const char *refuse_command_long(const struct vg_mav_msg *msg)
{
    struct vg_mav_command_long c;
    vg_mav_command_long_unpack(msg, &c);
    return refuse_command(c.command, c.target_system, c.param1, c.param2);
}

static const char *refuse_command_int(const struct vg_mav_msg *msg)
{
    struct vg_mav_command_int c;
    vg_mav_command_int_unpack(msg, &c);
    return refuse_command(c.command, c.target_system, c.param1, c.param2);
}

/* MISSION_ITEM, the older form in floats, has these fields at the same places. */
static const char *refuse_item(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_item_int item;
    vg_mav_mission_item_int_unpack(msg, &item);
    bool is_flown_at_once = item.current > 1; /* ArduPilot: 2 go there now, 3 change height now */
    if (is_flown_at_once || !vg_allow_mission_item(item.mission_type, item.command)) {
        return WHY_ITEM;
    }
    return item.target_system == 0 ? WHY_TARGET : NULL;
}

static const char *refuse_param(const struct vg_mav_msg *msg)
{
    struct vg_mav_param_set set;
    vg_mav_param_set_unpack(msg, &set);
    if (!vg_allow_param(set.param_id)) {
        return WHY_PARAM;
    }
    return set.target_system == 0 ? WHY_TARGET : NULL;
}

/* MAVFTP: listing and reading. Nothing that makes, writes, renames, shortens or removes a file. */
static const uint16_t ftp_operations[] = {VG_FTP_TERMINATE, VG_FTP_RESET, VG_FTP_LIST,
                                          VG_FTP_OPEN_RO,   VG_FTP_READ,  VG_FTP_CRC32,
                                          VG_FTP_BURST};

static const char *refuse_file(const struct vg_mav_msg *msg)
{
    struct vg_mav_file_transfer_protocol m;
    struct vg_ftp_packet p;
    vg_mav_file_transfer_protocol_unpack(msg, &m);
    if (!vg_ftp_packet_unpack(msg, &p) ||
        !is_in(ftp_operations, COUNT_OF(ftp_operations), p.opcode)) {
        return WHY_FILE;
    }
    return m.target_system == 0 ? WHY_TARGET : NULL;
}

/* Messages that start, clear or move a mission: any list we know, one drone. */
static const char *refuse_list(uint8_t target, uint8_t mission_type)
{
    if (mission_type > VG_MAV_MISSION_TYPE_RALLY) {
        return WHY_MESSAGE;
    }
    return target == 0 ? WHY_TARGET : NULL;
}

static const char *refuse_count(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_count count;
    vg_mav_mission_count_unpack(msg, &count);
    return refuse_list(count.target_system, count.mission_type);
}

static const char *refuse_partial(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_write_partial_list partial;
    vg_mav_mission_write_partial_list_unpack(msg, &partial);
    return refuse_list(partial.target_system, partial.mission_type);
}

/* Only what may be begun may be called off, on one drone. */
static const char *refuse_cancel(const struct vg_mav_msg *msg)
{
    struct vg_mav_command_cancel cancel;
    vg_mav_command_cancel_unpack(msg, &cancel);
    if (!vg_allow_command(cancel.command)) {
        return WHY_COMMAND;
    }
    return cancel.target_system == 0 ? WHY_TARGET : NULL;
}

static const char *refuse_clear(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_clear_all clear;
    vg_mav_mission_clear_all_unpack(msg, &clear);
    return refuse_list(clear.target_system, clear.mission_type);
}

static const char *refuse_set_current(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_set_current set;
    vg_mav_mission_set_current_unpack(msg, &set);
    return refuse_list(set.target_system, VG_MAV_MISSION_TYPE_MISSION);
}

/* The operator's place and registration for a remote id module: one drone's. */
static const char *refuse_place(const struct vg_mav_msg *msg)
{
    struct vg_mav_open_drone_id_system m;
    vg_mav_open_drone_id_system_unpack(msg, &m);
    return m.target_system == 0 ? WHY_TARGET : NULL;
}

static const char *refuse_operator(const struct vg_mav_msg *msg)
{
    struct vg_mav_open_drone_id_operator_id m;
    vg_mav_open_drone_id_operator_id_unpack(msg, &m);
    return m.target_system == 0 ? WHY_TARGET : NULL;
}

/* A drone asks its operator whether another may take over: heard is all the answer says. */
static const char *refuse_answer(const struct vg_mav_msg *msg)
{
    struct vg_mav_command_ack ack;
    vg_mav_command_ack_unpack(msg, &ack);
    if (ack.command != VG_MAV_CMD_REQUEST_OPERATOR_CONTROL) {
        return WHY_COMMAND;
    }
    return ack.target_system == 0 ? WHY_TARGET : NULL;
}

/* Flight logs are listed and read; LOG_ERASE is not here. */
static const char *refuse_log(const struct vg_mav_msg *msg)
{
    uint8_t target;
    if (msg->id == VG_MAV_ID_LOG_REQUEST_LIST) {
        struct vg_mav_log_request_list m;
        vg_mav_log_request_list_unpack(msg, &m);
        target = m.target_system;
    } else if (msg->id == VG_MAV_ID_LOG_REQUEST_DATA) {
        struct vg_mav_log_request_data m;
        vg_mav_log_request_data_unpack(msg, &m);
        target = m.target_system;
    } else {
        struct vg_mav_log_request_end m;
        vg_mav_log_request_end_unpack(msg, &m);
        target = m.target_system;
    }
    return target == 0 ? WHY_TARGET : NULL;
}

static const char *refuse_message(const struct vg_mav_msg *msg)
{
    for (size_t i = 0; i < COUNT_OF(free_messages); i++) {
        if (free_messages[i] == msg->id) {
            return NULL;
        }
    }
    switch (msg->id) {
    case VG_MAV_ID_COMMAND_LONG:
        return refuse_command_long(msg);
    case VG_MAV_ID_COMMAND_INT:
        return refuse_command_int(msg);
    case VG_MAV_ID_MISSION_ITEM:
    case VG_MAV_ID_MISSION_ITEM_INT:
        return refuse_item(msg);
    case VG_MAV_ID_MISSION_WRITE_PARTIAL_LIST:
        return refuse_partial(msg);
    case VG_MAV_ID_COMMAND_ACK:
        return refuse_answer(msg);
    case VG_MAV_ID_COMMAND_CANCEL:
        return refuse_cancel(msg);
    case VG_MAV_ID_MISSION_COUNT:
        return refuse_count(msg);
    case VG_MAV_ID_MISSION_CLEAR_ALL:
        return refuse_clear(msg);
    case VG_MAV_ID_MISSION_SET_CURRENT:
        return refuse_set_current(msg);
    case VG_MAV_ID_PARAM_SET:
        return refuse_param(msg);
    case VG_MAV_ID_FILE_TRANSFER_PROTOCOL:
        return refuse_file(msg);
    case VG_MAV_ID_LOG_REQUEST_LIST:
    case VG_MAV_ID_LOG_REQUEST_DATA:
    case VG_MAV_ID_LOG_REQUEST_END:
        return refuse_log(msg);
    case VG_MAV_ID_OPEN_DRONE_ID_SYSTEM:
        return refuse_place(msg);
    case VG_MAV_ID_OPEN_DRONE_ID_OPERATOR_ID:
        return refuse_operator(msg);
    default:
        return WHY_MESSAGE;
    }
}

bool vg_allow_guest_message(const struct vg_mav_msg *msg, const char **out_why_not)
{
    if (!vg_allow_message(msg, out_why_not)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(guest_messages); i++) {
        if (guest_messages[i] == msg->id) {
            return true;
        }
    }
    if (out_why_not != NULL) {
        *out_why_not = WHY_GUEST;
    }
    return false;
}

bool vg_allow_message(const struct vg_mav_msg *msg, const char **out_why_not)
{
    const char *why = refuse_message(msg);
    if (why != NULL && out_why_not != NULL) {
        *out_why_not = why;
    }
    return why == NULL;
}
