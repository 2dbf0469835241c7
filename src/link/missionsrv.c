#include "link/missionsrv.h"

#include <math.h>
#include <string.h>

/* ArduPilot asks again every second and gives up after eight (GCS_MAVLink). */
static const int64_t RETRY_US = 1000000;
static const int64_t GIVE_UP_US = 8000000;

void vg_missionsrv_init(struct vg_missionsrv *self, uint8_t sysid, uint8_t compid,
                        bool is_ardupilot)
{
    memset(self, 0, sizeof *self);
    self->sysid = sysid;
    self->compid = compid;
    self->is_ardupilot = is_ardupilot;
    self->home = (struct vg_mission_item){.command = VG_MAV_CMD_NAV_WAYPOINT, .autocontinue = true};
}

static bool is_ours(const struct vg_missionsrv *self, uint8_t system, uint8_t component)
{
    return (system == self->sysid || system == 0) && (component == self->compid || component == 0);
}

static void send_ack(struct vg_missionsrv *self, const struct vg_mav_msg *to, uint8_t type,
                     uint8_t mission_type)
{
    const struct vg_mav_mission_ack m = {.target_system = to->sysid,
                                         .target_component = to->compid,
                                         .type = type,
                                         .mission_type = mission_type};
    vg_mav_mission_ack_pack(&m, self->sysid, self->compid, vg_outq_add(&self->out));
}

static void send_count(struct vg_missionsrv *self, const struct vg_mav_msg *to, int n, uint8_t type)
{
    const struct vg_mav_mission_count m = {.target_system = to->sysid,
                                           .target_component = to->compid,
                                           .count = (uint16_t)n,
                                           .mission_type = type};
    vg_mav_mission_count_pack(&m, self->sysid, self->compid, vg_outq_add(&self->out));
}

static void ask_item(struct vg_missionsrv *self, struct vg_us now)
{
    const struct vg_mav_mission_request_int m = {.target_system = self->from_sysid,
                                                 .target_component = self->from_compid,
                                                 .seq = (uint16_t)self->next_item};
    self->asked = now;
    vg_mav_mission_request_int_pack(&m, self->sysid, self->compid, vg_outq_add(&self->out));
}

static enum vg_missionsrv_event clear(struct vg_missionsrv *self)
{
    self->n_items = 0;
    self->current = 0;
    self->is_receiving = false;
    return VG_MISSIONSRV_NEW_MISSION;
}

static enum vg_missionsrv_event feed_count(struct vg_missionsrv *self, const struct vg_mav_msg *msg,
                                           struct vg_us now)
{
    struct vg_mav_mission_count m;
    vg_mav_mission_count_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component)) {
        return VG_MISSIONSRV_NOTHING;
    }
    bool is_mission = m.mission_type == VG_MAV_MISSION_TYPE_MISSION;
    if (m.count > (is_mission ? VG_MISSION_ITEMS_MAX : 0)) {
        send_ack(self, msg, VG_MAV_MISSION_NO_SPACE, m.mission_type);
        return VG_MISSIONSRV_NOTHING;
    }
    bool is_other = msg->sysid != self->from_sysid || msg->compid != self->from_compid;
    if (is_mission && self->is_receiving && is_other) {
        send_ack(self, msg, VG_MAV_MISSION_DENIED, m.mission_type);
        return VG_MISSIONSRV_NOTHING;
    }
    if (m.count == 0) {
        send_ack(self, msg, VG_MAV_MISSION_ACCEPTED, m.mission_type);
        return is_mission ? clear(self) : VG_MISSIONSRV_NOTHING;
    }
    self->is_receiving = true;
    self->from_sysid = msg->sysid;
    self->from_compid = msg->compid;
    self->n_coming = m.count;
    self->next_item = 0;
    self->progressed = now;
    ask_item(self, now);
    return VG_MISSIONSRV_NOTHING;
}

static enum vg_missionsrv_event take_all(struct vg_missionsrv *self, const struct vg_mav_msg *msg)
{
    memcpy(self->items, self->coming, (size_t)self->n_coming * sizeof self->items[0]);
    self->n_items = self->n_coming;
    self->current = 0;
    self->is_receiving = false;
    send_ack(self, msg, VG_MAV_MISSION_ACCEPTED, VG_MAV_MISSION_TYPE_MISSION);
    return VG_MISSIONSRV_NEW_MISSION;
}

static enum vg_missionsrv_event feed_item(struct vg_missionsrv *self, const struct vg_mav_msg *msg,
                                          struct vg_us now)
{
    struct vg_mav_mission_item_int m;
    vg_mav_mission_item_int_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component)) {
        return VG_MISSIONSRV_NOTHING;
    }
    if (!self->is_receiving || msg->sysid != self->from_sysid) {
        send_ack(self, msg, VG_MAV_MISSION_ERROR, m.mission_type);
        return VG_MISSIONSRV_NOTHING;
    }
    if (m.seq != self->next_item || m.mission_type != VG_MAV_MISSION_TYPE_MISSION) {
        send_ack(self, msg, VG_MAV_MISSION_INVALID_SEQUENCE, m.mission_type);
        return VG_MISSIONSRV_NOTHING;
    }
    int seq;
    vg_mission_item_unpack(msg, &self->coming[self->next_item], &seq);
    self->next_item++;
    self->progressed = now;
    if (self->next_item == self->n_coming) {
        return take_all(self, msg);
    }
    ask_item(self, now);
    return VG_MISSIONSRV_NOTHING;
}

static void feed_list(struct vg_missionsrv *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_request_list m;
    vg_mav_mission_request_list_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component)) {
        return;
    }
    if (m.mission_type != VG_MAV_MISSION_TYPE_MISSION) {
        send_count(self, msg, 0, m.mission_type);
    } else if (self->is_receiving) {
        send_ack(self, msg, VG_MAV_MISSION_DENIED, m.mission_type);
    } else {
        send_count(self, msg, self->n_items, m.mission_type);
    }
}

static uint8_t ardupilot_frame(uint8_t frame)
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

/* What ArduPilot would say it holds. */
static struct vg_mission_item as_ardupilot(const struct vg_missionsrv *self, int seq)
{
    struct vg_mission_item item = seq == 0 ? self->home : self->items[seq];
    bool has_place = vg_mission_has_place(item.command);
    item.frame = has_place ? ardupilot_frame(item.frame) : VG_MAV_FRAME_GLOBAL;
    item.p1 = truncf(isnan(item.p1) ? 0.0f : item.p1);
    item.p4 = 0.0f;
    item.z = roundf(item.z * 100.0f) / 100.0f;
    item.autocontinue = true;
    item.current = seq == self->current;
    return item;
}

static struct vg_mission_item as_held(const struct vg_missionsrv *self, int seq)
{
    struct vg_mission_item item = self->items[seq];
    item.current = seq == self->current;
    return item;
}

/* The older MISSION_ITEM, degrees in floats, for those who ask with MISSION_REQUEST. */
static void pack_old_item(const struct vg_mission_item *item, int seq, struct vg_mav_pair pair,
                          struct vg_mav_msg *out)
{
    const struct vg_mav_mission_item m = {.target_system = pair.their_sysid,
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
                                          .x = (float)((double)item->x / 1e7),
                                          .y = (float)((double)item->y / 1e7),
                                          .z = item->z};
    vg_mav_mission_item_pack(&m, pair.our_sysid, pair.our_compid, out);
}

static void feed_request(struct vg_missionsrv *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_request_int m; /* the same fields in both kinds of request */
    vg_mav_mission_request_int_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component)) {
        return;
    }
    if (m.mission_type != VG_MAV_MISSION_TYPE_MISSION || m.seq >= self->n_items) {
        send_ack(self, msg, VG_MAV_MISSION_INVALID_SEQUENCE, m.mission_type);
        return;
    }
    const struct vg_mav_pair pair = {self->sysid, self->compid, msg->sysid, msg->compid};
    struct vg_mission_item item =
        self->is_ardupilot ? as_ardupilot(self, m.seq) : as_held(self, m.seq);
    if (msg->id == VG_MAV_ID_MISSION_REQUEST) {
        pack_old_item(&item, m.seq, pair, vg_outq_add(&self->out));
    } else {
        vg_mission_item_pack(&item, m.seq, pair, vg_outq_add(&self->out));
    }
}

static enum vg_missionsrv_event feed_clear(struct vg_missionsrv *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_clear_all m;
    vg_mav_mission_clear_all_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component)) {
        return VG_MISSIONSRV_NOTHING;
    }
    send_ack(self, msg, VG_MAV_MISSION_ACCEPTED, m.mission_type);
    bool is_mission =
        m.mission_type == VG_MAV_MISSION_TYPE_MISSION || m.mission_type == VG_MAV_MISSION_TYPE_ALL;
    return is_mission ? clear(self) : VG_MISSIONSRV_NOTHING;
}

static enum vg_missionsrv_event feed_set_current(struct vg_missionsrv *self,
                                                 const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_set_current m;
    vg_mav_mission_set_current_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component) || m.seq >= self->n_items) {
        return VG_MISSIONSRV_NOTHING;
    }
    vg_missionsrv_set_current(self, m.seq);
    return VG_MISSIONSRV_SET_CURRENT;
}

enum vg_missionsrv_event vg_missionsrv_feed(struct vg_missionsrv *self,
                                            const struct vg_mav_msg *msg, struct vg_us now)
{
    switch (msg->id) {
    case VG_MAV_ID_MISSION_COUNT:
        return feed_count(self, msg, now);
    case VG_MAV_ID_MISSION_ITEM_INT:
        return feed_item(self, msg, now);
    case VG_MAV_ID_MISSION_CLEAR_ALL:
        return feed_clear(self, msg);
    case VG_MAV_ID_MISSION_SET_CURRENT:
        return feed_set_current(self, msg);
    case VG_MAV_ID_MISSION_REQUEST_LIST:
        feed_list(self, msg);
        return VG_MISSIONSRV_NOTHING;
    case VG_MAV_ID_MISSION_REQUEST:
    case VG_MAV_ID_MISSION_REQUEST_INT:
        feed_request(self, msg);
        return VG_MISSIONSRV_NOTHING;
    default:
        return VG_MISSIONSRV_NOTHING;
    }
}

void vg_missionsrv_step(struct vg_missionsrv *self, struct vg_us now)
{
    if (!self->is_receiving) {
        return;
    }
    if (now.us - self->progressed.us >= GIVE_UP_US) {
        self->is_receiving = false;
    } else if (now.us - self->asked.us >= RETRY_US) {
        ask_item(self, now);
    }
}

bool vg_missionsrv_next_out(struct vg_missionsrv *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

void vg_missionsrv_set_current(struct vg_missionsrv *self, int seq)
{
    self->current = seq;
    const struct vg_mav_mission_current m = {.seq = (uint16_t)seq,
                                             .total = (uint16_t)self->n_items};
    vg_mav_mission_current_pack(&m, self->sysid, self->compid, vg_outq_add(&self->out));
}

void vg_missionsrv_reached(struct vg_missionsrv *self, int seq)
{
    const struct vg_mav_mission_item_reached m = {.seq = (uint16_t)seq};
    vg_mav_mission_item_reached_pack(&m, self->sysid, self->compid, vg_outq_add(&self->out));
}
