/* Items: their wire form, and when two of them mean the same. */
#include "link/missionitem.h"

#include <math.h>
#include <string.h>

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

/* Commands with a place are the same everywhere. */
static const struct vg_autopilot_kept *common_kept(uint16_t command)
{
    return vg_autopilot_kept(vg_autopilot_find(VG_MAV_AUTOPILOT_ARDUPILOTMEGA), command);
}

bool vg_mission_has_place(uint16_t command)
{
    const struct vg_autopilot_kept *k = common_kept(command);
    return k != NULL && k->has_place;
}

/* The integer-message frames are older names of the same frames. */
static uint8_t plain_frame(uint8_t frame)
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

/* 0 and "not set" are the same answer to "what was asked for". Whole numbers are kept in 8 or 16
 * bits, radii above 255 m in tens. A yaw comes back within 0..360. */
static bool param_agrees(float meant, float got, unsigned bit, const struct vg_autopilot_kept *kept,
                         const struct vg_autopilot *autopilot)
{
    unsigned must = kept != NULL ? kept->must : 15;
    unsigned may = kept != NULL ? kept->may : 0;
    unsigned yes_no = kept != NULL ? kept->yes_no : 0;
    bool is_either_unset = is_unset(meant) || is_unset(got);
    if (is_unset(meant) && is_unset(got)) {
        return true;
    }
    if (yes_no & bit) {
        return (meant > 0.0f) == (got > 0.0f);
    }
    if (!(must & bit) && (!(may & bit) || is_either_unset)) {
        return true;
    }
    if (!autopilot->keeps_whole_params) {
        double off = fabs((double)meant - (double)got);
        return off <= 1e-4 * fmax(1.0, fabs((double)meant)) ||
               (bit == 8 && kept != NULL && kept->has_place && fabs(off - 360.0) < 1e-2);
    }
    return is_near(meant, got, fabs((double)meant) > 255.0 ? 10.0 : 0.999);
}

static double altitude_step_m(const struct vg_mission_with *with)
{
    float step_m = with->list == VG_MAV_MISSION_TYPE_RALLY ? with->autopilot->rally_step_m
                                                           : with->autopilot->altitude_step_m;
    return fmax((double)step_m, 0.005);
}

/* 0 in both coordinates asks the autopilot to put its own place. A fence has no height. */
static const char *place_difference(const struct vg_mission_item *meant,
                                    const struct vg_mission_item *got,
                                    const struct vg_mission_with *with)
{
    bool is_fence = with->list == VG_MAV_MISSION_TYPE_FENCE;
    bool has_frame = !(is_fence && with->autopilot->drops_frame);
    if (has_frame && plain_frame(meant->frame) != plain_frame(got->frame)) {
        return "frame";
    }
    bool is_own_place = meant->x == 0 && meant->y == 0;
    if (!is_own_place && meant->x != got->x) {
        return "latitude";
    }
    if (!is_own_place && meant->y != got->y) {
        return "longitude";
    }
    if (!is_fence && !is_near(meant->z, got->z, altitude_step_m(with))) {
        return "altitude";
    }
    return NULL;
}

static const char *difference(const struct vg_mission_item *meant,
                              const struct vg_mission_item *got, const struct vg_mission_with *with)
{
    if (meant->command != got->command) {
        return "command";
    }
    const struct vg_autopilot *a = with->autopilot;
    const struct vg_autopilot_kept *k = vg_autopilot_kept(a, meant->command);
    if (!param_agrees(meant->p1, got->p1, 1, k, a)) {
        return "parameter 1";
    }
    if (!param_agrees(meant->p2, got->p2, 2, k, a)) {
        return "parameter 2";
    }
    if (!param_agrees(meant->p3, got->p3, 4, k, a)) {
        return "parameter 3";
    }
    if (!param_agrees(meant->p4, got->p4, 8, k, a)) {
        return "parameter 4";
    }
    const struct vg_autopilot_kept *place = k != NULL ? k : common_kept(meant->command);
    if (place != NULL && !place->has_place) {
        return NULL;
    }
    return place_difference(meant, got, with);
}

bool vg_mission_item_agrees(const struct vg_mission_item *meant, const struct vg_mission_item *got,
                            int item_i, const struct vg_mission_with *with, const char **out_what)
{
    bool is_home =
        with->autopilot->has_home_item && item_i == 0 && with->list == VG_MAV_MISSION_TYPE_MISSION;
    const char *what = is_home ? NULL : difference(meant, got, with);
    if (what != NULL && out_what != NULL) {
        *out_what = what;
    }
    return what == NULL;
}

/* ---- the rewrites themselves ---- */

static float kept_param(float sent, unsigned bit, const struct vg_autopilot_kept *k,
                        const struct vg_autopilot *a)
{
    if (k == NULL) {
        return sent;
    }
    if (k->yes_no & bit) {
        return sent > 0.0f ? 1.0f : 0.0f;
    }
    if (!((k->must | k->may) & bit)) {
        return 0.0f;
    }
    if (!a->keeps_whole_params) {
        return sent;
    }
    /* What may come back does not: the observed worst. */
    return (k->must & bit) && !isnan(sent) ? truncf(sent) : 0.0f;
}

static uint8_t kept_frame(uint8_t frame, bool has_place, uint8_t list, const struct vg_autopilot *a)
{
    if (a->drops_frame && (!has_place || list == VG_MAV_MISSION_TYPE_FENCE)) {
        return VG_MAV_FRAME_GLOBAL;
    }
    if (!a->gives_int_frames) {
        return a->drops_frame ? plain_frame(frame) : frame;
    }
    return frame == VG_MAV_FRAME_GLOBAL                ? VG_MAV_FRAME_GLOBAL_INT
           : frame == VG_MAV_FRAME_GLOBAL_RELATIVE_ALT ? VG_MAV_FRAME_GLOBAL_RELATIVE_ALT_INT
                                                       : frame;
}

struct vg_mission_item vg_mission_item_kept(const struct vg_mission_item *sent, uint8_t list,
                                            const struct vg_autopilot *autopilot)
{
    const struct vg_autopilot_kept *k = vg_autopilot_kept(autopilot, sent->command);
    struct vg_mission_item item = *sent;
    item.p1 = kept_param(sent->p1, 1, k, autopilot);
    item.p2 = kept_param(sent->p2, 2, k, autopilot);
    item.p3 = kept_param(sent->p3, 4, k, autopilot);
    item.p4 = kept_param(sent->p4, 8, k, autopilot);
    item.frame = kept_frame(sent->frame, k == NULL || k->has_place, list, autopilot);
    if (list == VG_MAV_MISSION_TYPE_FENCE && autopilot->drops_frame) {
        item.z = 0;
    } else if (list == VG_MAV_MISSION_TYPE_RALLY && autopilot->rally_step_m > 0.0f) {
        item.z = truncf(sent->z);
    } else if (autopilot->altitude_step_m > 0.0f) {
        item.z = roundf(sent->z * 100.0f) / 100.0f;
    }
    return item;
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

const char *vg_mission_list_text(uint8_t list)
{
    switch (list) {
    case VG_MAV_MISSION_TYPE_FENCE:
        return "geofence";
    case VG_MAV_MISSION_TYPE_RALLY:
        return "rally points";
    default:
        return "mission";
    }
}

void vg_mission_item_pack(const struct vg_mission_item *item, int seq, uint8_t list,
                          struct vg_mav_pair pair, struct vg_mav_msg *out)
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
                                              .mission_type = list};
    vg_mav_mission_item_int_pack(&m, pair.our_sysid, pair.our_compid, out);
}

void vg_mission_item_pack_old(const struct vg_mission_item *item, int seq, uint8_t list,
                              struct vg_mav_pair pair, struct vg_mav_msg *out)
{
    const struct vg_mav_mission_item m = {.target_system = pair.their_sysid,
                                          .target_component = pair.their_compid,
                                          .seq = (uint16_t)seq,
                                          .frame = plain_frame(item->frame),
                                          .command = item->command,
                                          .current = item->current,
                                          .autocontinue = item->autocontinue,
                                          .param1 = item->p1,
                                          .param2 = item->p2,
                                          .param3 = item->p3,
                                          .param4 = item->p4,
                                          .x = (float)((double)item->x / 1e7),
                                          .y = (float)((double)item->y / 1e7),
                                          .z = item->z,
                                          .mission_type = list};
    vg_mav_mission_item_pack(&m, pair.our_sysid, pair.our_compid, out);
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

/* ---- ids ---- */

static uint32_t crc32_part(uint32_t crc, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
        }
    }
    return crc;
}

static uint8_t *put_u32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        *p++ = (uint8_t)(v >> (8 * i));
    }
    return p;
}

static uint8_t *put_float(uint8_t *p, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return put_u32(p, bits);
}

uint32_t vg_mission_id(const struct vg_mission_item *items, int n_items)
{
    uint32_t crc = 0;
    for (int i = 0; i < n_items; i++) {
        const struct vg_mission_item *item = &items[i];
        uint8_t bytes[32];
        uint8_t *p = bytes;
        *p++ = item->frame;
        *p++ = (uint8_t)item->command;
        *p++ = (uint8_t)(item->command >> 8);
        *p++ = item->autocontinue;
        p = put_float(p, item->p1);
        p = put_float(p, item->p2);
        p = put_float(p, item->p3);
        p = put_float(p, item->p4);
        p = put_u32(p, (uint32_t)item->x);
        p = put_u32(p, (uint32_t)item->y);
        p = put_float(p, item->z);
        crc = crc32_part(crc, bytes, sizeof bytes);
    }
    return crc;
}

bool vg_mission_is_for_us(const struct vg_mission_with *with, const struct vg_mav_msg *msg,
                          uint8_t target_system, uint8_t list)
{
    return msg->sysid == with->pair.their_sysid && msg->compid == with->pair.their_compid &&
           (target_system == with->pair.our_sysid || target_system == 0) && list == with->list;
}
