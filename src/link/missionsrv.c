#include "link/missionsrv.h"

#include <string.h>

void vg_missionsrv_init_as(struct vg_missionsrv *self, const struct vg_missionsrv_options *options)
{
    memset(self, 0, sizeof *self);
    self->options = *options;
    self->home = (struct vg_mission_item){.command = VG_MAV_CMD_NAV_WAYPOINT, .autocontinue = true};
}

void vg_missionsrv_init(struct vg_missionsrv *self, uint8_t sysid, uint8_t compid,
                        uint8_t autopilot)
{
    const struct vg_missionsrv_options options = {
        .sysid = sysid, .compid = compid, .autopilot = vg_autopilot_find(autopilot)};
    vg_missionsrv_init_as(self, &options);
}

/* ---- the three lists ---- */

struct stored {
    struct vg_mission_item *items;
    int *n;
    int max;
};

/* items NULL: no such list. */
static struct stored stored_of(struct vg_missionsrv *self, uint8_t list)
{
    switch (list) {
    case VG_MAV_MISSION_TYPE_MISSION:
        return (struct stored){self->items, &self->n_items, VG_MISSION_ITEMS_MAX};
    case VG_MAV_MISSION_TYPE_FENCE:
        return (struct stored){self->fence, &self->n_fence, VG_MISSIONSRV_FENCE_MAX};
    case VG_MAV_MISSION_TYPE_RALLY:
        return (struct stored){self->rally, &self->n_rally, VG_MISSIONSRV_RALLY_MAX};
    default:
        return (struct stored){0};
    }
}

static enum vg_missionsrv_event event_of(uint8_t list)
{
    return list == VG_MAV_MISSION_TYPE_FENCE   ? VG_MISSIONSRV_NEW_FENCE
           : list == VG_MAV_MISSION_TYPE_RALLY ? VG_MISSIONSRV_NEW_RALLY
                                               : VG_MISSIONSRV_NEW_MISSION;
}

static enum vg_missionsrv_event set_empty(struct vg_missionsrv *self, uint8_t list)
{
    *stored_of(self, list).n = 0;
    self->ids[list] = 0;
    self->is_receiving = false;
    self->current = list == VG_MAV_MISSION_TYPE_MISSION ? 0 : self->current;
    return event_of(list);
}

/* ---- what is sent ---- */

static bool is_ours(const struct vg_missionsrv *self, uint8_t system, uint8_t component)
{
    const struct vg_missionsrv_options *o = &self->options;
    return (system == o->sysid || system == 0) && (component == o->compid || component == 0);
}

static void send_ack_to(struct vg_missionsrv *self, uint8_t sysid, uint8_t compid, uint8_t type,
                        uint8_t list)
{
    bool has_id = type == VG_MAV_MISSION_ACCEPTED && self->options.autopilot->has_ids && list < 3;
    const struct vg_mav_mission_ack m = {.target_system = sysid,
                                         .target_component = compid,
                                         .type = type,
                                         .mission_type = list,
                                         .opaque_id = has_id ? self->ids[list] : 0};
    vg_mav_mission_ack_pack(&m, self->options.sysid, self->options.compid, vg_outq_add(&self->out));
}

static void send_ack(struct vg_missionsrv *self, const struct vg_mav_msg *to, uint8_t type,
                     uint8_t list)
{
    send_ack_to(self, to->sysid, to->compid, type, list);
}

static void ask_item(struct vg_missionsrv *self, struct vg_us now)
{
    const struct vg_missionsrv_options *o = &self->options;
    const struct vg_mav_mission_request_int m = {.target_system = self->from_sysid,
                                                 .target_component = self->from_compid,
                                                 .seq = (uint16_t)self->next_item,
                                                 .mission_type = self->list};
    self->asked = now;
    struct vg_mav_msg *out = vg_outq_add(&self->out);
    vg_mav_mission_request_int_pack(&m, o->sysid, o->compid, out);
    if (o->autopilot->asks_old_request) {
        out->id = VG_MAV_ID_MISSION_REQUEST; /* the same fields at the same places */
    }
}

/* ---- being sent a list ---- */

static bool is_written_in_place(const struct vg_missionsrv *self)
{
    return self->options.destroys &&
           (self->options.autopilot->in_place_lists >> self->list & 1) != 0;
}

static void begin(struct vg_missionsrv *self, const struct vg_mav_msg *msg, uint8_t list, int first,
                  int last)
{
    self->is_receiving = true;
    self->is_giving = false;
    self->list = list;
    self->from_sysid = msg->sysid;
    self->from_compid = msg->compid;
    self->next_item = first;
    self->last_item = last;
    self->n_coming = last + 1;
}

/* May this sender begin now? If not it is answered. */
static bool may_begin(struct vg_missionsrv *self, const struct vg_mav_msg *msg, uint8_t list)
{
    const struct vg_autopilot *a = self->options.autopilot;
    bool is_same = msg->sysid == self->from_sysid && msg->compid == self->from_compid;
    if (self->is_receiving && !is_same) {
        send_ack(self, msg, a->restarts_on_count ? VG_MAV_MISSION_DENIED : VG_MAV_MISSION_ERROR,
                 list);
        return false;
    }
    bool is_midway = self->is_receiving && (self->next_item > 0 || self->list != list);
    if (a->has_ids && (is_midway || self->is_giving)) { /* "busy" */
        send_ack(self, msg, VG_MAV_MISSION_ERROR, list);
        return false;
    }
    return true;
}

static enum vg_missionsrv_event feed_count(struct vg_missionsrv *self, const struct vg_mav_msg *msg,
                                           struct vg_us now)
{
    struct vg_mav_mission_count m;
    vg_mav_mission_count_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component)) {
        return VG_MISSIONSRV_NOTHING;
    }
    struct stored stored = stored_of(self, m.mission_type);
    if (m.count > stored.max) {
        send_ack(self, msg, VG_MAV_MISSION_NO_SPACE, m.mission_type);
        return VG_MISSIONSRV_NOTHING;
    }
    if (stored.items == NULL || !may_begin(self, msg, m.mission_type)) {
        return VG_MISSIONSRV_NOTHING;
    }
    if (m.count == 0) {
        enum vg_missionsrv_event event = set_empty(self, m.mission_type);
        send_ack(self, msg, VG_MAV_MISSION_ACCEPTED, m.mission_type);
        return event;
    }
    begin(self, msg, m.mission_type, 0, m.count - 1);
    self->is_partial = false;
    self->progressed = now;
    if (is_written_in_place(self) && *stored.n > m.count) {
        *stored.n = m.count;
        self->current = self->current < self->n_items ? self->current : 0;
    }
    ask_item(self, now);
    return VG_MISSIONSRV_NOTHING;
}

static void feed_partial(struct vg_missionsrv *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_write_partial_list m;
    vg_mav_mission_write_partial_list_unpack(msg, &m);
    struct stored stored = stored_of(self, m.mission_type);
    bool is_taken =
        stored.items != NULL && self->options.autopilot->partial_lists >> m.mission_type & 1;
    if (!is_ours(self, m.target_system, m.target_component) || !is_taken) {
        return;
    }
    if (m.start_index < 0 || m.end_index < m.start_index || m.end_index >= *stored.n) {
        send_ack(self, msg, VG_MAV_MISSION_ERROR, m.mission_type);
        return;
    }
    if (may_begin(self, msg, m.mission_type)) {
        begin(self, msg, m.mission_type, m.start_index, m.end_index);
        self->is_partial = true;
        self->progressed = now;
        memcpy(self->coming, stored.items, (size_t)*stored.n * sizeof stored.items[0]);
        self->n_coming = *stored.n;
        ask_item(self, now);
    }
}

static enum vg_missionsrv_event take_all(struct vg_missionsrv *self, const struct vg_mav_msg *msg)
{
    struct stored stored = stored_of(self, self->list);
    self->ids[self->list] =
        self->options.autopilot->has_ids ? vg_mission_id(self->coming, self->n_coming) : 0;
    memcpy(stored.items, self->coming, (size_t)self->n_coming * sizeof stored.items[0]);
    *stored.n = self->n_coming;
    int wrong = self->options.lies - 1;
    if (wrong >= 0 && wrong < *stored.n) {
        stored.items[wrong].x += 1000;
    }
    if (self->list == VG_MAV_MISSION_TYPE_MISSION && !self->is_partial) {
        self->current = 0;
    }
    self->is_receiving = false;
    send_ack(self, msg, VG_MAV_MISSION_ACCEPTED, self->list);
    return event_of(self->list);
}

static void store_item(struct vg_missionsrv *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    int seq;
    vg_mission_item_unpack(msg, &self->coming[self->next_item], &seq);
    if (is_written_in_place(self)) {
        struct stored stored = stored_of(self, self->list);
        stored.items[self->next_item] = self->coming[self->next_item];
        *stored.n = *stored.n > self->next_item ? *stored.n : self->next_item + 1;
    }
    self->next_item++;
    self->progressed = now;
}

/* An item that comes when none is waited for: a repeat of the last one, or a stray. */
static void answer_stray(struct vg_missionsrv *self, const struct vg_mav_msg *msg,
                         const struct vg_mav_mission_item_int *m)
{
    bool is_last = self->options.autopilot->has_ids && m->mission_type == self->list &&
                   m->seq == self->last_item && msg->sysid == self->from_sysid;
    send_ack(self, msg, is_last ? VG_MAV_MISSION_ACCEPTED : VG_MAV_MISSION_ERROR, m->mission_type);
}

static enum vg_missionsrv_event feed_item(struct vg_missionsrv *self, const struct vg_mav_msg *msg,
                                          struct vg_us now)
{
    struct vg_mav_mission_item_int m; /* the older form has these fields at the same places */
    vg_mav_mission_item_int_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component)) {
        return VG_MISSIONSRV_NOTHING;
    }
    if (!self->is_receiving || msg->sysid != self->from_sysid || m.mission_type != self->list) {
        answer_stray(self, msg, &m);
        return VG_MISSIONSRV_NOTHING;
    }
    const struct vg_missionsrv_options *o = &self->options;
    self->progressed = o->autopilot->has_ids ? now : self->progressed; /* PX4: any item */
    if (m.seq != self->next_item || m.seq == o->sticks - 1) {
        if (m.seq != self->next_item && o->autopilot->refuses_late_items) {
            send_ack(self, msg, VG_MAV_MISSION_INVALID_SEQUENCE, m.mission_type);
        }
        return VG_MISSIONSRV_NOTHING;
    }
    if (m.seq == o->refuses - 1) {
        self->is_receiving = false;
        send_ack(self, msg, o->refuses_with, m.mission_type);
        return VG_MISSIONSRV_NOTHING;
    }
    store_item(self, msg, now);
    if (self->next_item > self->last_item) {
        return take_all(self, msg);
    }
    ask_item(self, now);
    return VG_MISSIONSRV_NOTHING;
}

/* ---- giving a list ---- */

static void feed_list(struct vg_missionsrv *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_request_list m;
    vg_mav_mission_request_list_unpack(msg, &m);
    struct stored stored = stored_of(self, m.mission_type);
    const struct vg_missionsrv_options *o = &self->options;
    if (!is_ours(self, m.target_system, m.target_component)) {
        return;
    }
    if (self->is_receiving) {
        if (!o->autopilot->has_ids && self->list == m.mission_type) {
            send_ack(self, msg, VG_MAV_MISSION_DENIED, m.mission_type);
            return;
        } else if (o->autopilot->has_ids) {
            return; /* "already active": a text, and silence */
        }
    }
    const struct vg_mav_mission_count count = {
        .target_system = msg->sysid,
        .target_component = msg->compid,
        .count = (uint16_t)(stored.items != NULL ? *stored.n : 0),
        .mission_type = m.mission_type,
        .opaque_id = stored.items != NULL ? self->ids[m.mission_type] : 0};
    vg_mav_mission_count_pack(&count, o->sysid, o->compid, vg_outq_add(&self->out));
    if (o->autopilot->breaks_off_reading && stored.items != NULL && !self->is_receiving) {
        self->is_giving = *stored.n > 0;
        self->list = m.mission_type;
        self->from_sysid = msg->sysid;
        self->from_compid = msg->compid;
        self->next_given = 0;
        self->progressed = now;
    }
}

/* The next one, or the last one again; anything else breaks the reading off. */
static bool goes_along(struct vg_missionsrv *self, const struct vg_mav_msg *msg, uint8_t list,
                       int seq, struct vg_us now)
{
    if (!self->options.autopilot->breaks_off_reading) {
        return true;
    }
    if (!self->is_giving || list != self->list || msg->sysid != self->from_sysid) {
        return false;
    }
    self->progressed = now;
    if (seq == self->next_given) {
        self->next_given++;
    } else if (seq != self->next_given - 1) {
        self->is_giving = false;
        send_ack(self, msg, VG_MAV_MISSION_ERROR, list);
        return false;
    }
    return true;
}

static void feed_request(struct vg_missionsrv *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_request_int m; /* the same fields in both kinds of request */
    vg_mav_mission_request_int_unpack(msg, &m);
    struct stored stored = stored_of(self, m.mission_type);
    const struct vg_missionsrv_options *o = &self->options;
    if (!is_ours(self, m.target_system, m.target_component)) {
        return;
    }
    if (self->is_receiving && self->list == m.mission_type) {
        if (!o->autopilot->has_ids) {
            send_ack(self, msg, VG_MAV_MISSION_DENIED, m.mission_type);
        }
        return;
    }
    if (stored.items == NULL || m.seq >= *stored.n) {
        send_ack(self, msg, VG_MAV_MISSION_INVALID_SEQUENCE, m.mission_type);
        return;
    }
    if (!goes_along(self, msg, m.mission_type, m.seq, now)) {
        return;
    }
    const struct vg_mav_pair pair = {o->sysid, o->compid, msg->sysid, msg->compid};
    bool is_mission = m.mission_type == VG_MAV_MISSION_TYPE_MISSION;
    bool is_home = m.seq == 0 && is_mission && o->autopilot->has_home_item;
    struct vg_mission_item item = vg_mission_item_kept(is_home ? &self->home : &stored.items[m.seq],
                                                       m.mission_type, o->autopilot);
    item.current = is_mission && m.seq == self->current;
    item.autocontinue = item.autocontinue || o->autopilot->keeps_whole_params;
    if (msg->id == VG_MAV_ID_MISSION_REQUEST) {
        vg_mission_item_pack_old(&item, m.seq, m.mission_type, pair, vg_outq_add(&self->out));
    } else {
        vg_mission_item_pack(&item, m.seq, m.mission_type, pair, vg_outq_add(&self->out));
    }
}

/* ---- the rest ---- */

static enum vg_missionsrv_event feed_clear(struct vg_missionsrv *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_clear_all m;
    vg_mav_mission_clear_all_unpack(msg, &m);
    bool is_all = m.mission_type == VG_MAV_MISSION_TYPE_ALL;
    if (!is_ours(self, m.target_system, m.target_component) || (m.mission_type > 2 && !is_all)) {
        return VG_MISSIONSRV_NOTHING;
    }
    send_ack(self, msg, VG_MAV_MISSION_ACCEPTED, m.mission_type);
    if (is_all) {
        (void)set_empty(self, VG_MAV_MISSION_TYPE_FENCE);
        (void)set_empty(self, VG_MAV_MISSION_TYPE_RALLY);
    }
    return set_empty(self, is_all ? VG_MAV_MISSION_TYPE_MISSION : m.mission_type);
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

static void feed_ack(struct vg_missionsrv *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_ack m;
    vg_mav_mission_ack_unpack(msg, &m);
    if (!is_ours(self, m.target_system, m.target_component) || m.mission_type != self->list ||
        msg->sysid != self->from_sysid) {
        return;
    }
    self->is_giving = false;
    if (m.type == VG_MAV_MISSION_OPERATION_CANCELLED && self->options.autopilot->obeys_cancel) {
        self->is_receiving = false;
    }
}

enum vg_missionsrv_event vg_missionsrv_feed(struct vg_missionsrv *self,
                                            const struct vg_mav_msg *msg, struct vg_us now)
{
    switch (msg->id) {
    case VG_MAV_ID_MISSION_COUNT:
        return feed_count(self, msg, now);
    case VG_MAV_ID_MISSION_ITEM:
    case VG_MAV_ID_MISSION_ITEM_INT:
        return feed_item(self, msg, now);
    case VG_MAV_ID_MISSION_CLEAR_ALL:
        return feed_clear(self, msg);
    case VG_MAV_ID_MISSION_SET_CURRENT:
        return feed_set_current(self, msg);
    case VG_MAV_ID_MISSION_WRITE_PARTIAL_LIST:
        feed_partial(self, msg, now);
        return VG_MISSIONSRV_NOTHING;
    case VG_MAV_ID_MISSION_REQUEST_LIST:
        feed_list(self, msg, now);
        return VG_MISSIONSRV_NOTHING;
    case VG_MAV_ID_MISSION_REQUEST:
    case VG_MAV_ID_MISSION_REQUEST_INT:
        feed_request(self, msg, now);
        return VG_MISSIONSRV_NOTHING;
    case VG_MAV_ID_MISSION_ACK:
        feed_ack(self, msg);
        return VG_MISSIONSRV_NOTHING;
    default:
        return VG_MISSIONSRV_NOTHING;
    }
}

void vg_missionsrv_step(struct vg_missionsrv *self, struct vg_us now)
{
    const struct vg_autopilot *a = self->options.autopilot;
    bool is_stale = now.us - self->progressed.us >= a->gives_up_ms * INT64_C(1000);
    self->is_giving = self->is_giving && !is_stale;
    if (!self->is_receiving) {
        return;
    }
    if (is_stale && self->options.sticks == 0) {
        self->is_receiving = false;
        send_ack_to(self, self->from_sysid, self->from_compid, VG_MAV_MISSION_OPERATION_CANCELLED,
                    self->list);
    } else if (now.us - self->asked.us >= a->asks_again_ms * INT64_C(1000)) {
        ask_item(self, now);
    }
}

bool vg_missionsrv_next_out(struct vg_missionsrv *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

void vg_missionsrv_set_current(struct vg_missionsrv *self, int seq)
{
    const struct vg_missionsrv_options *o = &self->options;
    self->current = seq;
    bool has_ids = o->autopilot->has_ids;
    const struct vg_mav_mission_current m = {.seq = (uint16_t)seq,
                                             .total = (uint16_t)self->n_items,
                                             .mission_id = has_ids ? self->ids[0] : 0,
                                             .fence_id = has_ids ? self->ids[1] : 0,
                                             .rally_points_id = has_ids ? self->ids[2] : 0};
    vg_mav_mission_current_pack(&m, o->sysid, o->compid, vg_outq_add(&self->out));
}

void vg_missionsrv_reached(struct vg_missionsrv *self, int seq)
{
    const struct vg_missionsrv_options *o = &self->options;
    const struct vg_mav_mission_item_reached m = {.seq = (uint16_t)seq};
    vg_mav_mission_item_reached_pack(&m, o->sysid, o->compid, vg_outq_add(&self->out));
}
