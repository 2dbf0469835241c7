/* Items: their wire form, and when two of them mean the same. */
#include "link/mission.h"

#include <math.h>
#include <string.h>

/* What an autopilot must give back of a command, by the parts ArduPilot keeps (AP_Mission.cpp). */
struct kept {
    uint16_t command;
    bool has_place;
    uint8_t params; /* bit 0: p1 ... bit 3: p4: must come back; others may be dropped */
};

static const struct kept kept[] = {
    {VG_MAV_CMD_NAV_WAYPOINT, true, 0},
    {VG_MAV_CMD_NAV_LOITER_UNLIM, true, 0},
    {VG_MAV_CMD_NAV_LOITER_TURNS, true, 1 | 4},
    {VG_MAV_CMD_NAV_LOITER_TIME, true, 1},
    {VG_MAV_CMD_NAV_RETURN_TO_LAUNCH, false, 0},
    {VG_MAV_CMD_NAV_LAND, true, 0},
    {VG_MAV_CMD_NAV_TAKEOFF, true, 0},
    {VG_MAV_CMD_NAV_LOITER_TO_ALT, true, 0},
    {VG_MAV_CMD_NAV_VTOL_TAKEOFF, true, 0},
    {VG_MAV_CMD_NAV_VTOL_LAND, true, 0},
    {VG_MAV_CMD_DO_JUMP, false, 1 | 2},
    {VG_MAV_CMD_DO_CHANGE_SPEED, false, 1 | 2},
    {VG_MAV_CMD_DO_LAND_START, false, 0}, /* a place is allowed, and not sent by us */
    {VG_MAV_CMD_DO_SET_ROI_LOCATION, true, 0},
    {VG_MAV_CMD_DO_SET_ROI_NONE, false, 0},
    {VG_MAV_CMD_SET_CAMERA_ZOOM, false, 1 | 2},
    {VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, false, 1 | 2},
    {VG_MAV_CMD_VIDEO_START_CAPTURE, false, 1},
    {VG_MAV_CMD_VIDEO_STOP_CAPTURE, false, 1},
};

static const struct kept *find_kept(uint16_t command)
{
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (kept[i].command == command) {
            return &kept[i];
        }
    }
    return NULL;
}

struct vg_mission_item vg_mission_place(uint16_t command, uint8_t frame, double lat_deg,
                                        double lon_deg, double z_m)
{
    return (struct vg_mission_item){.frame = frame,
                                    .command = command,
                                    .autocontinue = true,
                                    .x = (int32_t)lround(lat_deg * 1e7),
                                    .y = (int32_t)lround(lon_deg * 1e7),
                                    .z = (float)(round(z_m * 100) / 100)};
}

bool vg_mission_has_place(uint16_t command)
{
    const struct kept *k = find_kept(command);
    return k != NULL && k->has_place;
}

/* The integer-message frames are older names of the same frames. */
static int plain_frame(uint8_t frame)
{
    switch (frame) {
    case VG_MAV_FRAME_GLOBAL_INT:
        return VG_MAV_FRAME_GLOBAL;
    case VG_MAV_FRAME_GLOBAL_RELATIVE_ALT_INT:
        return VG_MAV_FRAME_GLOBAL_RELATIVE_ALT;
    case VG_MAV_FRAME_GLOBAL_TERRAIN_ALT_INT:
        return VG_MAV_FRAME_GLOBAL_TERRAIN_ALT;
    default:
        return frame;
    }
}

static bool is_unset(float v)
{
    return isnan(v) || v == 0.0f;
}

static bool is_near(float a, float b, double tolerance)
{
    return fabs((double)a - (double)b) <= tolerance;
}

/* ArduPilot keeps whole numbers in 8 or 16 bits (radii above 255 m in tens); what a command does
 * not use may come back as 0, and a default asked for with 0 may come back filled in. */
static bool param_agrees(float meant, float got, bool must_return, bool is_ardupilot)
{
    if (is_unset(meant) && is_unset(got)) {
        return true;
    }
    if (!is_ardupilot) {
        return is_near(meant, got, 1e-4 * fmax(1.0, fabs((double)meant)));
    }
    if (!must_return && (is_unset(meant) || is_unset(got))) {
        return true;
    }
    return is_near(meant, got, fabs((double)meant) > 255.0 ? 10.0 : 0.999);
}

/* 0 in both coordinates asks the autopilot to put its own place. */
static const char *place_difference(const struct vg_mission_item *meant,
                                    const struct vg_mission_item *got, bool is_ardupilot)
{
    if (plain_frame(meant->frame) != plain_frame(got->frame)) {
        return "frame";
    }
    bool is_own_place = meant->x == 0 && meant->y == 0;
    if (!is_own_place && meant->x != got->x) {
        return "latitude";
    }
    if (!is_own_place && meant->y != got->y) {
        return "longitude";
    }
    if (!is_near(meant->z, got->z, is_ardupilot ? 0.02 : 0.005)) {
        return "altitude";
    }
    return NULL;
}

static const char *difference(const struct vg_mission_item *meant,
                              const struct vg_mission_item *got, bool is_ardupilot)
{
    if (meant->command != got->command) {
        return "command";
    }
    const struct kept *k = find_kept(meant->command);
    unsigned must = k != NULL ? k->params : 15;
    if (!param_agrees(meant->p1, got->p1, must & 1, is_ardupilot)) {
        return "parameter 1";
    }
    if (!param_agrees(meant->p2, got->p2, must & 2, is_ardupilot)) {
        return "parameter 2";
    }
    if (!param_agrees(meant->p3, got->p3, must & 4, is_ardupilot)) {
        return "parameter 3";
    }
    if (!param_agrees(meant->p4, got->p4, must & 8, is_ardupilot)) {
        return "parameter 4";
    }
    if (k != NULL && !k->has_place) {
        return NULL;
    }
    return place_difference(meant, got, is_ardupilot);
}

bool vg_mission_item_agrees(const struct vg_mission_item *meant, const struct vg_mission_item *got,
                            int item_i, bool is_ardupilot, const char **out_what)
{
    if (is_ardupilot && item_i == 0) {
        return true;
    }
    const char *what = difference(meant, got, is_ardupilot);
    if (what != NULL && out_what != NULL) {
        *out_what = what;
    }
    return what == NULL;
}

const char *vg_mission_result_text(uint8_t result)
{
    switch (result) {
    case VG_MAV_MISSION_ACCEPTED:
        return "accepted";
    case VG_MAV_MISSION_UNSUPPORTED_FRAME:
        return "the drone does not know the frame";
    case VG_MAV_MISSION_UNSUPPORTED:
        return "the drone does not know the command";
    case VG_MAV_MISSION_NO_SPACE:
        return "the drone has no room for that many items";
    case VG_MAV_MISSION_INVALID_SEQUENCE:
        return "items out of order";
    case VG_MAV_MISSION_DENIED:
        return "denied";
    case VG_MAV_MISSION_OPERATION_CANCELLED:
        return "cancelled";
    case VG_MAV_MISSION_ERROR:
        return "an error without a reason";
    default:
        return result >= VG_MAV_MISSION_INVALID && result <= VG_MAV_MISSION_INVALID_PARAM7
                   ? "a value the drone does not accept"
                   : "refused for a reason not known here";
    }
}

void vg_mission_item_pack(const struct vg_mission_item *item, int seq, struct vg_mav_pair pair,
                          struct vg_mav_msg *out)
{
    const struct vg_mav_mission_item_int m = {.target_system = pair.their_sysid,
                                              .target_component = pair.their_compid,
                                              .seq = (uint16_t)seq,
                                              .frame = item->frame,
                                              .command = item->command,
                                              .current = item->current,
                                              .autocontinue = item->autocontinue,
                                              .param1 = item->p1,
                                              .param2 = item->p2,
                                              .param3 = item->p3,
                                              .param4 = item->p4,
                                              .x = item->x,
                                              .y = item->y,
                                              .z = item->z,
                                              .mission_type = VG_MAV_MISSION_TYPE_MISSION};
    vg_mav_mission_item_int_pack(&m, pair.our_sysid, pair.our_compid, out);
}

/* Degrees in a float to degE7; nonsense becomes a place that agrees with none. */
static int32_t degrees_to_e7(float degrees)
{
    return fabsf(degrees) <= 180.0f ? (int32_t)lround((double)degrees * 1e7) : INT32_MAX;
}

static void unpack_old_item(const struct vg_mav_msg *msg, struct vg_mission_item *out, int *out_seq)
{
    struct vg_mav_mission_item m;
    vg_mav_mission_item_unpack(msg, &m);
    *out_seq = m.seq;
    *out = (struct vg_mission_item){.frame = m.frame,
                                    .command = m.command,
                                    .current = m.current != 0,
                                    .autocontinue = m.autocontinue != 0,
                                    .p1 = m.param1,
                                    .p2 = m.param2,
                                    .p3 = m.param3,
                                    .p4 = m.param4,
                                    .x = degrees_to_e7(m.x),
                                    .y = degrees_to_e7(m.y),
                                    .z = m.z};
}

void vg_mission_item_unpack(const struct vg_mav_msg *msg, struct vg_mission_item *out, int *out_seq)
{
    if (msg->id == VG_MAV_ID_MISSION_ITEM) {
        unpack_old_item(msg, out, out_seq);
        return;
    }
    struct vg_mav_mission_item_int m;
    vg_mav_mission_item_int_unpack(msg, &m);
    *out_seq = m.seq;
    *out = (struct vg_mission_item){.frame = m.frame,
                                    .command = m.command,
                                    .current = m.current != 0,
                                    .autocontinue = m.autocontinue != 0,
                                    .p1 = m.param1,
                                    .p2 = m.param2,
                                    .p3 = m.param3,
                                    .p4 = m.param4,
                                    .x = m.x,
                                    .y = m.y,
                                    .z = m.z};
}
