/* Sending a mission and proving it arrived. Contract in mission.h. */
#include "link/allow.h"
#include "link/mission_priv.h"

#include <string.h>

enum {
    THE_COUNT = -1
};

static void send_count(struct vg_missionup *self)
{
    const struct vg_mav_mission_count m = {.target_system = self->pair.their_sysid,
                                           .target_component = self->pair.their_compid,
                                           .count = (uint16_t)self->n_items};
    vg_mav_mission_count_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                              vg_outq_add(&self->out));
}

static void send_last(struct vg_missionup *self, struct vg_us now)
{
    self->sent = now;
    if (self->last_item == THE_COUNT) {
        send_count(self);
    } else {
        vg_mission_item_pack(&self->items[self->last_item], self->last_item, self->pair,
                             vg_outq_add(&self->out));
    }
}

static enum vg_status check_items(const struct vg_mission_item *items, int n_items,
                                  struct vg_error *err)
{
    if (n_items < 1 || n_items > VG_MISSION_ITEMS_MAX) {
        return vg_fail(err, VG_E_RANGE, "a mission has 1 to %d items, not %d", VG_MISSION_ITEMS_MAX,
                       n_items);
    }
    for (int i = 0; i < n_items; i++) {
        if (!vg_allow_mission_item(VG_MAV_MISSION_TYPE_MISSION, items[i].command)) {
            return vg_fail(err, VG_E_INVALID,
                           "mission item %d: command %d is not on the allow-list", i,
                           items[i].command);
        }
    }
    return VG_OK;
}

enum vg_status vg_missionup_start(struct vg_missionup *self, struct vg_mav_pair pair,
                                  const struct vg_mission_item *items, int n_items,
                                  bool is_ardupilot, struct vg_us now, struct vg_error *err)
{
    enum vg_status status = check_items(items, n_items, err);
    self->state = status == VG_OK ? VG_MISSION_SENDING : VG_MISSION_FAILED;
    self->err = (struct vg_error){.lang = self->err.lang};
    self->out = (struct vg_outq){0};
    self->n_sent = 0;
    if (status != VG_OK) {
        (void)check_items(items, n_items, &self->err);
        return status;
    }
    memcpy(self->items, items, (size_t)n_items * sizeof items[0]);
    self->n_items = n_items;
    self->pair = pair;
    self->is_ardupilot = is_ardupilot;
    self->last_item = THE_COUNT;
    self->refusal = VG_MAV_MISSION_ACCEPTED;
    self->progressed = now;
    send_last(self, now);
    return VG_OK;
}

static void begin_check(struct vg_missionup *self, struct vg_us now)
{
    self->state = VG_MISSION_READING;
    self->check.patience = self->patience;
    self->check.err.lang = self->err.lang;
    vg_missiondown_start(&self->check, self->pair, now);
}

static enum vg_status compare(struct vg_missionup *self)
{
    if (self->check.n_items != self->n_items) {
        return vg_fail(&self->err, VG_E_BROKEN, "the drone holds %d mission items, sent were %d",
                       self->check.n_items, self->n_items);
    }
    for (int i = 0; i < self->n_items; i++) {
        const char *what = NULL;
        if (!vg_mission_item_agrees(&self->items[i], &self->check.items[i], i, self->is_ardupilot,
                                    &what)) {
            return vg_fail(&self->err, VG_E_BROKEN, "mission item %d read back differs: %s", i,
                           vg_tr(self->err.lang, what));
        }
    }
    return VG_OK;
}

/* After each move of the read-back. */
static void follow_check(struct vg_missionup *self)
{
    if (self->check.state == VG_MISSION_DONE) {
        self->state = compare(self) == VG_OK ? VG_MISSION_DONE : VG_MISSION_FAILED;
    } else if (self->check.state == VG_MISSION_FAILED) {
        self->state = VG_MISSION_FAILED;
        self->err = self->check.err;
        vg_error_prefix(&self->err, "reading the mission back");
    }
}

/* Requests are answered during the read-back too: a late repeat of our count may have made the
 * drone start again, and it gives up its list only when it is complete. */
static void feed_request(struct vg_missionup *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_request_int
        m; /* MISSION_REQUEST has the same fields in the same places */
    vg_mav_mission_request_int_unpack(msg, &m);
    if (!mission_is_for_us(&self->pair, msg, m.target_system, m.mission_type) ||
        m.seq >= self->n_items) {
        return;
    }
    self->last_item = m.seq;
    if (m.seq >= self->n_sent) {
        self->n_sent = m.seq + 1;
        self->progressed = now;
    }
    send_last(self, now);
}

/* Only "accepted" after everything was asked for counts as the end. A repeated item makes
 * autopilots answer "error" or "invalid sequence", which says nothing about the mission; the
 * read-back will. */
static void feed_ack(struct vg_missionup *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_ack m;
    vg_mav_mission_ack_unpack(msg, &m);
    if (!mission_is_for_us(&self->pair, msg, m.target_system, m.mission_type)) {
        return;
    }
    bool is_all_sent = self->n_sent == self->n_items;
    switch (m.type) {
    case VG_MAV_MISSION_ACCEPTED:
    case VG_MAV_MISSION_ERROR:
        if (is_all_sent) {
            begin_check(self, now);
        }
        self->refusal = m.type;
        break;
    case VG_MAV_MISSION_INVALID_SEQUENCE:
        self->refusal = m.type;
        break;
    default:
        self->state = VG_MISSION_FAILED;
        (void)vg_fail(&self->err, VG_E_INVALID, "the drone refused the mission at item %d: %s",
                      self->last_item < 0 ? 0 : self->last_item,
                      vg_tr(self->err.lang, vg_mission_result_text(m.type)));
        break;
    }
}

void vg_missionup_feed(struct vg_missionup *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    bool is_sending = self->state == VG_MISSION_SENDING;
    if (!is_sending && self->state != VG_MISSION_READING) {
        return;
    }
    if (msg->id == VG_MAV_ID_MISSION_REQUEST || msg->id == VG_MAV_ID_MISSION_REQUEST_INT) {
        feed_request(self, msg, now);
    } else if (!is_sending) {
        vg_missiondown_feed(&self->check, msg, now);
        follow_check(self);
    } else if (msg->id == VG_MAV_ID_MISSION_ACK) {
        feed_ack(self, msg, now);
    }
}

static void fail_silent(struct vg_missionup *self)
{
    self->state = VG_MISSION_FAILED;
    if (self->refusal != VG_MAV_MISSION_ACCEPTED) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT, "the drone refused the mission at item %d: %s",
                      self->last_item < 0 ? 0 : self->last_item,
                      vg_tr(self->err.lang, vg_mission_result_text(self->refusal)));
    } else if (self->last_item == THE_COUNT) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT, "the drone does not answer the offer of a mission");
    } else {
        (void)vg_fail(&self->err, VG_E_TIMEOUT,
                      "the drone stopped asking after mission item %d of %d", self->last_item,
                      self->n_items);
    }
}

void vg_missionup_step(struct vg_missionup *self, struct vg_us now)
{
    if (self->state == VG_MISSION_READING) {
        vg_missiondown_step(&self->check, now);
        follow_check(self);
        return;
    }
    if (self->state != VG_MISSION_SENDING ||
        now.us - self->sent.us < mission_retry(&self->patience).us) {
        return;
    }
    int64_t stalled_us = now.us - self->progressed.us;
    int64_t limit_us = mission_limit(&self->patience).us;
    bool is_all_sent = self->n_sent == self->n_items;
    if (is_all_sent && stalled_us >= limit_us / 2) {
        begin_check(self, now); /* perhaps only the acknowledgement was lost: look */
    } else if (stalled_us >= limit_us) {
        fail_silent(self);
    } else {
        send_last(self, now);
    }
}

bool vg_missionup_next_out(struct vg_missionup *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out) || vg_outq_take(&self->check.out, out);
}
