/* Reading a mission back. Contract in mission.h. */
#include "link/mission_priv.h"

static void ask_list(struct vg_missiondown *self)
{
    const struct vg_mav_mission_request_list ask = {.target_system = self->pair.their_sysid,
                                                    .target_component = self->pair.their_compid};
    vg_mav_mission_request_list_pack(&ask, self->pair.our_sysid, self->pair.our_compid,
                                     vg_outq_add(&self->out));
}

static void ask_item(struct vg_missiondown *self)
{
    const struct vg_mav_mission_request_int ask = {.target_system = self->pair.their_sysid,
                                                   .target_component = self->pair.their_compid,
                                                   .seq = (uint16_t)self->next_item};
    vg_mav_mission_request_int_pack(&ask, self->pair.our_sysid, self->pair.our_compid,
                                    vg_outq_add(&self->out));
}

static void acknowledge(struct vg_missiondown *self)
{
    const struct vg_mav_mission_ack ack = {.target_system = self->pair.their_sysid,
                                           .target_component = self->pair.their_compid,
                                           .type = VG_MAV_MISSION_ACCEPTED};
    vg_mav_mission_ack_pack(&ack, self->pair.our_sysid, self->pair.our_compid,
                            vg_outq_add(&self->out));
}

/* What the conversation waits for now. */
static void ask(struct vg_missiondown *self, struct vg_us now)
{
    self->sent = now;
    if (self->has_count) {
        ask_item(self);
    } else {
        ask_list(self);
    }
}

/* The next thing to ask for, or the end. */
static void go_on(struct vg_missiondown *self, struct vg_us now)
{
    self->progressed = now;
    self->refusal = VG_MAV_MISSION_ACCEPTED;
    if (self->next_item == self->n_items) {
        acknowledge(self);
        self->state = VG_MISSION_DONE;
    } else {
        ask(self, now);
    }
}

void vg_missiondown_start(struct vg_missiondown *self, struct vg_mav_pair pair, struct vg_us now)
{
    self->state = VG_MISSION_READING;
    self->err = (struct vg_error){.lang = self->err.lang};
    self->n_items = 0;
    self->next_item = 0;
    self->pair = pair;
    self->has_count = false;
    self->refusal = VG_MAV_MISSION_ACCEPTED;
    self->progressed = now;
    self->out = (struct vg_outq){0};
    ask(self, now);
}

static void feed_count(struct vg_missiondown *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_count m;
    vg_mav_mission_count_unpack(msg, &m);
    if (self->has_count || !mission_is_for_us(&self->pair, msg, m.target_system, m.mission_type)) {
        return;
    }
    if (m.count > VG_MISSION_ITEMS_MAX) {
        self->state = VG_MISSION_FAILED;
        (void)vg_fail(&self->err, VG_E_RANGE, "the drone has %d mission items, more than %d",
                      m.count, VG_MISSION_ITEMS_MAX);
        return;
    }
    self->has_count = true;
    self->n_items = m.count;
    go_on(self, now);
}

/* The target and list of either kind of item message. */
static bool is_item_for_us(const struct vg_missiondown *self, const struct vg_mav_msg *msg)
{
    if (msg->id == VG_MAV_ID_MISSION_ITEM) {
        struct vg_mav_mission_item m;
        vg_mav_mission_item_unpack(msg, &m);
        return mission_is_for_us(&self->pair, msg, m.target_system, m.mission_type);
    }
    struct vg_mav_mission_item_int m;
    vg_mav_mission_item_int_unpack(msg, &m);
    return mission_is_for_us(&self->pair, msg, m.target_system, m.mission_type);
}

static void feed_item(struct vg_missiondown *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mission_item item;
    int seq;
    vg_mission_item_unpack(msg, &item, &seq);
    if (!self->has_count || seq != self->next_item || !is_item_for_us(self, msg)) {
        return;
    }
    self->items[self->next_item++] = item;
    go_on(self, now);
}

/* A refusal may be an echo of something earlier (a repeated upload item), so it ends nothing: it
 * only becomes the reason if nothing better comes. */
static void feed_ack(struct vg_missiondown *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_ack m;
    vg_mav_mission_ack_unpack(msg, &m);
    if (mission_is_for_us(&self->pair, msg, m.target_system, m.mission_type)) {
        self->refusal = m.type;
    }
}

void vg_missiondown_feed(struct vg_missiondown *self, const struct vg_mav_msg *msg,
                         struct vg_us now)
{
    if (self->state != VG_MISSION_READING) {
        return;
    }
    switch (msg->id) {
    case VG_MAV_ID_MISSION_COUNT:
        feed_count(self, msg, now);
        break;
    case VG_MAV_ID_MISSION_ITEM_INT:
    case VG_MAV_ID_MISSION_ITEM:
        feed_item(self, msg, now);
        break;
    case VG_MAV_ID_MISSION_ACK:
        feed_ack(self, msg);
        break;
    default:
        break;
    }
}

void vg_missiondown_step(struct vg_missiondown *self, struct vg_us now)
{
    if (self->state != VG_MISSION_READING ||
        now.us - self->sent.us < mission_retry(&self->patience).us) {
        return;
    }
    if (now.us - self->progressed.us < mission_limit(&self->patience).us) {
        ask(self, now);
        return;
    }
    self->state = VG_MISSION_FAILED;
    if (self->refusal != VG_MAV_MISSION_ACCEPTED) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT, "reading the mission was refused: %s",
                      vg_tr(self->err.lang, vg_mission_result_text(self->refusal)));
    } else if (self->has_count) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT,
                      "no answer to the request for mission item %d of %d", self->next_item,
                      self->n_items);
    } else {
        (void)vg_fail(&self->err, VG_E_TIMEOUT, "no answer to the request for the mission");
    }
}

bool vg_missiondown_next_out(struct vg_missiondown *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}
