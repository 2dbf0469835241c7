/* The tables. Each row says where it comes from. "seen": ArduPlane 4.5, observed. */
#include "link/autopilot.h"

#include "link/mavmsg.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- ArduPilot ---- */

/* libraries/AP_Mission/AP_Mission.cpp, mavlink_int_to_mission_cmd and mission_cmd_to_mavlink_int:
 * what is not named there for a command is not stored. Fences and rally points:
 * MissionItemProtocol_Fence.cpp and _Rally.cpp. */
static const struct vg_autopilot_kept ardupilot_kept[] = {
    {VG_MAV_CMD_NAV_WAYPOINT, true, 0, 15, 0},
    {VG_MAV_CMD_NAV_LOITER_UNLIM, true, 0, 15, 0},
    {VG_MAV_CMD_NAV_LOITER_TURNS, true, 1 | 4, 15, 0},
    {VG_MAV_CMD_NAV_LOITER_TIME, true, 1, 15, 0},
    {VG_MAV_CMD_NAV_RETURN_TO_LAUNCH, false, 0, 15, 0},
    {VG_MAV_CMD_NAV_LAND, true, 0, 15, 0},
    {VG_MAV_CMD_NAV_TAKEOFF, true, 0, 15, 0},
    {VG_MAV_CMD_NAV_LOITER_TO_ALT, true, 0, 15, 0},
    {VG_MAV_CMD_NAV_VTOL_TAKEOFF, true, 0, 15, 0},
    {VG_MAV_CMD_NAV_VTOL_LAND, true, 0, 15, 0},
    {VG_MAV_CMD_DO_JUMP, false, 1 | 2, 15, 0},
    {VG_MAV_CMD_DO_CHANGE_SPEED, false, 1 | 2, 15, 0},
    {VG_MAV_CMD_DO_LAND_START, false, 0, 15, 0}, /* a place is allowed, and not sent by us */
    {VG_MAV_CMD_DO_SET_ROI_LOCATION, true, 0, 15, 0},
    {VG_MAV_CMD_DO_SET_ROI_NONE, false, 0, 15, 0},
    {VG_MAV_CMD_SET_CAMERA_ZOOM, false, 1 | 2, 15, 0},
    {VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, false, 1 | 2, 15, 0},
    {VG_MAV_CMD_VIDEO_START_CAPTURE, false, 1, 15, 0},
    {VG_MAV_CMD_VIDEO_STOP_CAPTURE, false, 1, 15, 0},
    {VG_MAV_CMD_NAV_FENCE_RETURN_POINT, true, 0, 15, 0},
    {VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION, true, 1, 15, 0},
    {VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION, true, 1, 15, 0},
    {VG_MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION, true, 1, 15, 0}, /* 5003: seen to be the inclusion */
    {VG_MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION, true, 1, 15, 0}, /* 5004 */
    {VG_MAV_CMD_NAV_RALLY_POINT, true, 0, 15, 0},
};

static const struct vg_autopilot ardupilot = {
    .name = "ArduPilot",
    .id = VG_MAV_AUTOPILOT_ARDUPILOTMEGA,
    .firmware = {[VG_AIRFRAME_PLANE] = VG_FIRMWARE_ARDUPLANE,
                 [VG_AIRFRAME_QUADPLANE] = VG_FIRMWARE_ARDUPLANE,
                 [VG_AIRFRAME_COPTER] = VG_FIRMWARE_ARDUCOPTER},

    .has_home_item = true, /* AP_Mission.cpp: index 0 is home; seen */
    .asks_old_request = true, /* MissionItemProtocol.cpp queued_request_send; seen */
    .takes_int = true, /* GCS_Common.cpp handle_common_mission_message: both forms; seen */
    /* MissionItemProtocol.cpp handle_mission_item: takes seq == request_i whether or not its
     * request was heard, else answers INVALID_SEQUENCE and goes on waiting. */
    .takes_items_ahead = true,
    .refuses_late_items = true, /* the same */
    /* MissionItemProtocol.cpp handle_mission_write_partial_list. Fences have it too, through a
     * copy whose gaps are filled from storage: not used, they are short. */
    .partial_lists = VG_LIST_MISSION | VG_LIST_RALLY,
    /* MissionItemProtocol_Waypoints.cpp and _Rally.cpp: truncate at MISSION_COUNT, replace_item as
     * they come. _Fence.cpp writes at the end, from a copy. */
    .in_place_lists = VG_LIST_MISSION | VG_LIST_RALLY,
    .obeys_cancel = false, /* handle_common_mission_message: MISSION_ACK is for nothing */
    .restarts_on_count = true, /* handle_mission_count: "we will allow them to restart" */
    .asks_again_ms = 1000, /* MissionItemProtocol.cpp update */
    .gives_up_ms = 8000, /* MissionItemProtocol.h upload_timeout_ms */

    .breaks_off_reading = false,
    .reads_in_any_order = true, /* handle_mission_request_int keeps no state */
    .has_ids = false, /* MISSION_ACK and MISSION_COUNT are sent without opaque_id */
    .gives_int_frames = false, /* frame 6 reads back 3: seen */
    .drops_frame = true, /* DO items frame 0: seen; _Fence.cpp get_item leaves it 0 */
    .keeps_whole_params = true, /* AP_Mission.cpp; unused parameters change: seen */
    .altitude_step_m = 0.02f, /* kept in cm, rounded on the way in and out */
    .rally_step_m = 1.0f, /* _Rally.cpp: int16 metres */
    .kept = ardupilot_kept,
    .n_kept = COUNT_OF(ardupilot_kept),

    .takes_zoom_item = true, /* AP_Mission.cpp MAV_CMD_SET_CAMERA_ZOOM */

    .splits_mode = false, /* GCS_Common.cpp, _set_mode_common: custom_mode is the number */
    .satellite_mode_shift = 0, /* GCS_Common.cpp, send_high_latency2 */
    .goes_to_a_place_in_hold = false, /* GUIDED */
    .copter_arms_in_mission = false, /* ArduCopter/mode_auto.cpp, allows_arming: AUTO_OPTIONS is 0;
                                        GCS_Mavlink.cpp, MISSION_START */

    .unsupported_interval_result = VG_MAV_RESULT_DENIED, /* seen: ACK 2 and a text */
    .acks_request_first = true, /* seen */
    .estimate_id = VG_MAV_ID_EKF_STATUS_REPORT, /* AP_NavEKF3_Outputs.cpp, send_status_report */
    /* GCS_Common.cpp, send_high_latency2: base_mode, which always has some bit set, in custom0
     * (qgroundcontrol #12928). */
    .tells_armed_by_satellite = true,
    .tells_landed_state = false, /* seen: EXTENDED_SYS_STATE never comes (planes) */
    .stands_by_on_touchdown = true, /* seen */

    .has_bytewise_params = false, /* GCS_Param.cpp: MAV_PROTOCOL_CAPABILITY_PARAM_FLOAT */
    .log_folder = "/APM/LOGS", /* AP_Logger_File.cpp, HAL_BOARD_LOG_DIRECTORY */
    .has_one_file_session = false, /* GCS_FTP.cpp */

    .land_start_needs_rtl_autoland = true, /* seen; ArduPlane/mode_rtl.cpp */
    .obeys_command_cancel = false, /* GCS_Common.cpp has no handler for message 80 */
    .reached_may_be_wrong = true, /* seen after loiters */
    .set_echo_has_no_index = true, /* seen: 65535; GCS_Param.cpp */
    .pack_size_overstated = true, /* seen; AP_Filesystem_Param.cpp */
    .cuts_text_without_end = true, /* seen */
    .usb_link_may_be_unsigned = true, /* GCS_Signing.cpp accept_unsigned_callback; seen */
};

/* ---- PX4 ---- */

/* src/modules/mavlink/mavlink_mission.cpp, parse_mavlink_mission_item and
 * format_mavlink_mission_item. Yaw (parameter 4 of these) is wrapped to 0..360. */
static const struct vg_autopilot_kept px4_kept[] = {
    {VG_MAV_CMD_NAV_WAYPOINT, true, 1 | 2 | 8, 0, 0},
    {VG_MAV_CMD_NAV_LOITER_UNLIM, true, 4 | 8, 0, 0},
    {VG_MAV_CMD_NAV_LOITER_TIME, true, 1 | 4, 0, 2 | 8},
    {VG_MAV_CMD_NAV_RETURN_TO_LAUNCH, false, 15, 0, 0},
    {VG_MAV_CMD_NAV_LAND, true, 2 | 8, 0, 0},
    {VG_MAV_CMD_NAV_TAKEOFF, true, 8, 0, 0},
    {VG_MAV_CMD_NAV_LOITER_TO_ALT, true, 2, 0, 1 | 8},
    {VG_MAV_CMD_NAV_VTOL_TAKEOFF, true, 8, 0, 0},
    {VG_MAV_CMD_NAV_VTOL_LAND, true, 8, 0, 0},
    {VG_MAV_CMD_DO_JUMP, false, 15, 0, 0},
    {VG_MAV_CMD_DO_CHANGE_SPEED, false, 15, 0, 0},
    {VG_MAV_CMD_DO_LAND_START, false, 15, 0, 0},
    {VG_MAV_CMD_DO_SET_ROI_LOCATION, true, 0, 0, 0},
    {VG_MAV_CMD_DO_SET_ROI_NONE, false, 15, 0, 0},
    {VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, false, 15, 0, 0},
    {VG_MAV_CMD_VIDEO_START_CAPTURE, false, 15, 0, 0},
    {VG_MAV_CMD_VIDEO_STOP_CAPTURE, false, 15, 0, 0},
    {VG_MAV_CMD_NAV_FENCE_RETURN_POINT, true, 0, 0, 0},
    {VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION, true, 1, 0, 0},
    {VG_MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION, true, 1, 0, 0},
    {VG_MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION, true, 1, 0, 0},
    {VG_MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION, true, 1, 0, 0},
    {VG_MAV_CMD_NAV_RALLY_POINT, true, 0, 0, 0},
};

/* File names are of src/modules/mavlink unless they say more. */
static const struct vg_autopilot px4 = {
    .name = "PX4",
    .id = VG_MAV_AUTOPILOT_PX4,
    .firmware = {VG_FIRMWARE_PX4, VG_FIRMWARE_PX4, VG_FIRMWARE_PX4, VG_FIRMWARE_PX4},

    .has_home_item = false, /* mavlink_mission.cpp */
    .asks_old_request = false, /* send_mission_request, in _int_mode */
    .takes_int = true, /* handle_mission_item_int */
    /* handle_mission_item_both: an item out of turn is passed over in silence. */
    .takes_items_ahead = true,
    .refuses_late_items = false,
    .partial_lists = 0, /* handle_message has no MISSION_WRITE_PARTIAL_LIST */
    .in_place_lists = 0, /* handle_mission_count: "use inactive storage for transmission" */
    .obeys_cancel = true, /* handle_mission_ack */
    .restarts_on_count = false, /* handle_mission_count: busy once an item has come */
    .asks_again_ms = 500, /* mavlink_mission.h MAVLINK_MISSION_RETRY_TIMEOUT_DEFAULT */
    .gives_up_ms = 5000, /* MAVLINK_MISSION_PROTOCOL_TIMEOUT_DEFAULT */

    /* handle_mission_request_both: the next or the last one again; any other ends the reading. */
    .reads_in_any_order = false,
    .breaks_off_reading = true,
    .has_ids = true, /* crc32_for_mission_item; since 1.15, 0 before */
    .gives_int_frames = true, /* format_mavlink_mission_item, in _int_mode */
    .drops_frame = false,
    .keeps_whole_params = false,
    .altitude_step_m = 0,
    .rally_step_m = 0,
    .kept = px4_kept,
    .n_kept = COUNT_OF(px4_kept),

    .takes_zoom_item = false, /* parse_mavlink_mission_item: MAV_MISSION_UNSUPPORTED */

    .splits_mode = true, /* src/modules/commander/Commander.cpp, VEHICLE_CMD_DO_SET_MODE */
    .satellite_mode_shift = 16, /* streams/HIGH_LATENCY2.hpp: custom_mode_hl */
    .goes_to_a_place_in_hold = true, /* Commander.cpp, VEHICLE_CMD_DO_REPOSITION: AUTO_LOITER */
    .copter_arms_in_mission = true, /* PX4 guide, Mission mode: takes off when armed in it */

    .unsupported_interval_result = VG_MAV_RESULT_FAILED, /* mavlink_receiver.cpp */
    .acks_request_first = false, /* mavlink_receiver.cpp handle_request_message_command */
    .estimate_id = VG_MAV_ID_ESTIMATOR_STATUS, /* streams/ESTIMATOR_STATUS.hpp */
    .tells_armed_by_satellite = false, /* streams/HIGH_LATENCY2.hpp leaves custom0 */
    .tells_landed_state = true, /* streams/EXTENDED_SYS_STATE.hpp */
    .stands_by_on_touchdown = false, /* streams/HEARTBEAT.hpp: by arming state */

    .has_bytewise_params = true, /* mavlink_parameters.cpp send_param: PARAM_ENCODE_BYTEWISE */
    .log_folder = NULL, /* mavlink_log_handler.cpp */
    .has_one_file_session = true, /* mavlink_ftp.h, struct SessionInfo */

    .land_start_needs_rtl_autoland = false, /* src/modules/navigator/rtl.cpp: RTL_TYPE */
    .obeys_command_cancel = false, /* mavlink_receiver.cpp handle_message: no message 80 */
    .reached_may_be_wrong = false,
    .set_echo_has_no_index = false, /* mavlink_parameters.cpp send_param: its true index */
    .pack_size_overstated = false,
    .cuts_text_without_end = false, /* STATUSTEXT.hpp sends chunks with ids */
    .usb_link_may_be_unsigned = true, /* mavlink_sign_control.cpp accept_unsigned */
};

/* ---- anything else ---- */

static const struct vg_autopilot careful = {
    .name = "",
    .id = VG_MAV_AUTOPILOT_GENERIC,
    .asks_again_ms = 1500, /* mavlink.io/en/services/mission.html, timeouts */
    .gives_up_ms = 8000,
    .in_place_lists = VG_LIST_MISSION | VG_LIST_FENCE | VG_LIST_RALLY, /* the worst */
    .takes_zoom_item = true,
    .unsupported_interval_result = VG_MAV_RESULT_UNSUPPORTED,
    .acks_request_first = true,
    .estimate_id = VG_MAV_ID_EKF_STATUS_REPORT,
    .tells_landed_state = true,
};

const struct vg_autopilot *vg_autopilot_find(uint8_t mav_autopilot)
{
    static const struct vg_autopilot *const known[] = {&ardupilot, &px4};
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (known[i]->id == mav_autopilot) {
            return known[i];
        }
    }
    return &careful;
}

enum vg_firmware vg_firmware_of(uint8_t mav_autopilot, uint8_t mav_type)
{
    return vg_autopilot_find(mav_autopilot)->firmware[vg_airframe_of(mav_type)];
}

bool vg_autopilot_is_one(uint8_t mav_autopilot)
{
    return mav_autopilot != VG_MAV_AUTOPILOT_INVALID;
}

const struct vg_autopilot_kept *vg_autopilot_kept(const struct vg_autopilot *self, uint16_t command)
{
    for (size_t i = 0; i < self->n_kept; i++) {
        if (self->kept[i].command == command) {
            return &self->kept[i];
        }
    }
    return NULL;
}
