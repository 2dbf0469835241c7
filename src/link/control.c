#include "link/control.h"

#include "base/units.h"

#include <string.h>

enum {
    RELEASE = 0,
    REQUEST = 1,
    ATTEMPTS_MAX = 6,
    ANSWER_S = 10, /* what the definition gives the owner, and the one let in */
    FLAG_MANAGER = 1, /* GCS_CONTROL_STATUS_FLAGS */
    FLAG_TAKEOVER = 2
};

void vg_control_init(struct vg_control *self, uint8_t our_sysid, uint8_t our_compid, uint8_t drone)
{
    memset(self, 0, sizeof *self);
    self->our_sysid = our_sysid;
    self->our_compid = our_compid;
    self->drone = drone;
}

bool vg_control_is_ours(const struct vg_control *self)
{
    return self->is_known && self->owner == self->our_sysid;
}

/* Full: the oldest goes. */
static void tell(struct vg_control *self, enum vg_control_what what, uint8_t sysid)
{
    if (self->n_events == VG_CONTROL_EVENTS_MAX) {
        self->n_events--;
        memmove(&self->events[0], &self->events[1],
                (size_t)self->n_events * sizeof self->events[0]);
    }
    self->events[self->n_events++] = (struct vg_control_event){what, sysid};
}

/* ---- asking ---- */

static void transmit(struct vg_control *self, struct vg_us now)
{
    const float takeover = self->allows ? 1.0f : 0.0f;
    struct vg_mav_command_long c = {.param2 = (float)self->action,
                                    .param3 = takeover,
                                    .param4 = ANSWER_S,
                                    .command = VG_MAV_CMD_REQUEST_OPERATOR_CONTROL,
                                    .target_system = self->drone,
                                    .target_component = self->manager,
                                    .confirmation = (uint8_t)self->attempts};
    if (self->is_wide) {
        c.param1 = (float)self->action;
        c.param2 = takeover;
        c.param3 = ANSWER_S;
        c.param4 = self->our_sysid;
    }
    self->attempts++;
    self->sent = now;
    vg_mav_command_long_pack(&c, self->our_sysid, self->our_compid, vg_outq_add(&self->out));
}

static void request(struct vg_control *self, int action, bool allows, struct vg_us now)
{
    self->is_asking = true;
    self->action = action;
    self->allows = allows;
    self->attempts = 0;
    transmit(self, now);
}

static enum vg_status check_known(const struct vg_control *self, struct vg_error *err)
{
    return self->is_known
               ? VG_OK
               : vg_fail(err, VG_E_UNSUPPORTED, "drone %d does not say which station is in control",
                         self->drone);
}

enum vg_status vg_control_ask(struct vg_control *self, struct vg_us now, struct vg_error *err)
{
    enum vg_status st = check_known(self, err);
    if (st == VG_OK && vg_control_is_ours(self)) {
        st = vg_fail(err, VG_E_INVALID, "drone %d is under this station's control already",
                     self->drone);
    }
    if (st == VG_OK) {
        tell(self, VG_CONTROL_ASKED, self->our_sysid);
        request(self, REQUEST, false, now);
    }
    return st;
}

enum vg_status vg_control_allow(struct vg_control *self, bool is_allowed, struct vg_us now,
                                struct vg_error *err)
{
    if (self->wanted_by == 0) {
        return vg_fail(err, VG_E_INVALID, "no station asks for drone %d", self->drone);
    }
    tell(self, is_allowed ? VG_CONTROL_ALLOWED : VG_CONTROL_KEPT, self->wanted_by);
    if (is_allowed) {
        self->allowed_to = self->wanted_by;
        self->allowed_until = vg_us_add(now, vg_us_from_s(ANSWER_S));
        request(self, REQUEST, true, now);
    }
    self->wanted_by = 0;
    return VG_OK;
}

enum vg_status vg_control_release(struct vg_control *self, struct vg_us now, struct vg_error *err)
{
    enum vg_status st = check_known(self, err);
    if (st == VG_OK && !vg_control_is_ours(self)) {
        st =
            vg_fail(err, VG_E_INVALID, "drone %d is not under this station's control", self->drone);
    }
    if (st == VG_OK) {
        tell(self, VG_CONTROL_RELEASED, self->our_sysid);
        request(self, RELEASE, false, now);
    }
    return st;
}

/* ---- what comes ---- */

static void feed_status(struct vg_control *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_control_status m;
    vg_mav_control_status_unpack(msg, &m);
    if (!(m.flags & FLAG_MANAGER)) {
        return; /* of one component only */
    }
    bool is_news = !self->is_known || m.sysid_in_control != self->owner;
    self->is_known = true;
    self->manager = msg->compid;
    self->owner = m.sysid_in_control;
    self->is_takeover_allowed = (m.flags & FLAG_TAKEOVER) != 0;
    self->is_wide = msg->is_wide_control;
    memset(self->others, 0, sizeof self->others);
    if (self->is_wide && msg->n > 2) {
        size_t n = (size_t)msg->n - 2;
        memcpy(self->others, msg->payload + 2, n < sizeof self->others ? n : sizeof self->others);
    }
    if (is_news) {
        tell(self, VG_CONTROL_OWNER, self->owner);
    }
    if (is_news && self->owner != self->our_sysid) {
        self->wanted_by = self->allowed_to = 0; /* gone: nothing left to decide */
    }
}

static void feed_ack(struct vg_control *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_command_ack m;
    vg_mav_command_ack_unpack(msg, &m);
    bool is_ours = m.command == VG_MAV_CMD_REQUEST_OPERATOR_CONTROL &&
                   (m.target_system == self->our_sysid || m.target_system == 0);
    if (!is_ours || !self->is_asking || msg->compid != self->manager ||
        m.result == VG_MAV_RESULT_IN_PROGRESS) {
        return;
    }
    self->is_asking = false;
    if (self->action != REQUEST || self->allows) {
        return; /* the status says what came of it */
    }
    if (m.result == VG_MAV_RESULT_ACCEPTED) {
        tell(self, VG_CONTROL_GRANTED, self->our_sysid);
    } else if (m.result == VG_MAV_RESULT_FAILED) {
        tell(self, VG_CONTROL_REFUSED, self->owner);
    } else {
        tell(self, VG_CONTROL_DENIED, self->our_sysid);
    }
}

/* Another station asks the drone for control, and the drone asks us. */
static void feed_wanted(struct vg_control *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_command_long m;
    vg_mav_command_long_unpack(msg, &m);
    float by_whom = self->is_wide ? m.param4 : m.param1;
    float time_s = self->is_wide ? m.param3 : m.param4;
    bool is_release = self->is_wide && !(m.param1 >= 1);
    bool is_request = m.command == VG_MAV_CMD_REQUEST_OPERATOR_CONTROL &&
                      m.target_system == self->our_sysid && by_whom >= 1 && by_whom <= 255;
    if (!is_request || msg->compid != self->manager) {
        return;
    }
    const struct vg_mav_command_ack ack = {.command = m.command,
                                           .result = VG_MAV_RESULT_ACCEPTED,
                                           .progress = 255,
                                           .target_system = self->drone,
                                           .target_component = msg->compid};
    vg_mav_command_ack_pack(&ack, self->our_sysid, self->our_compid, vg_outq_add(&self->out));
    uint8_t by = (uint8_t)by_whom;
    bool is_same = by == self->wanted_by || by == self->allowed_to;
    if (!vg_control_is_ours(self) || is_same || is_release) {
        return; /* a repeat */
    }
    bool has_time = time_s >= 3 && time_s <= 60;
    self->wanted_by = by;
    self->wanted_until = vg_us_add(now, vg_us_from_s(has_time ? (double)time_s : ANSWER_S));
    tell(self, VG_CONTROL_WANTED, by);
}

void vg_control_feed(struct vg_control *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->sysid != self->drone) {
        return;
    }
    switch (msg->id) {
    case VG_MAV_ID_CONTROL_STATUS:
        feed_status(self, msg);
        break;
    case VG_MAV_ID_COMMAND_ACK:
        feed_ack(self, msg);
        break;
    case VG_MAV_ID_COMMAND_LONG:
        feed_wanted(self, msg, now);
        break;
    default:
        break;
    }
}

/* ---- time ---- */

void vg_control_step(struct vg_control *self, struct vg_us now)
{
    if (self->wanted_by != 0 && now.us >= self->wanted_until.us) {
        tell(self, VG_CONTROL_EXPIRED, self->wanted_by);
        self->wanted_by = 0;
    }
    if (self->allowed_to != 0 && now.us >= self->allowed_until.us) {
        tell(self, VG_CONTROL_EXPIRED, self->allowed_to);
        self->allowed_to = 0;
        if (vg_control_is_ours(self)) {
            self->is_asking = false;
            request(self, REQUEST, false, now); /* shut again */
        }
    }
    if (!self->is_asking || now.us - self->sent.us < VG_US_PER_S) {
        return;
    }
    if (self->attempts < ATTEMPTS_MAX) {
        transmit(self, now);
        return;
    }
    self->is_asking = false;
    tell(self, VG_CONTROL_SILENT, self->our_sysid);
}

bool vg_control_next_out(struct vg_control *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

bool vg_control_next_event(struct vg_control *self, struct vg_control_event *out)
{
    if (self->n_events == 0) {
        return false;
    }
    *out = self->events[0];
    self->n_events--;
    memmove(&self->events[0], &self->events[1], (size_t)self->n_events * sizeof self->events[0]);
    return true;
}

const char *vg_control_text(enum vg_control_what what)
{
    static const char *const texts[] = {
        [VG_CONTROL_OWNER] = "is in control",
        [VG_CONTROL_ASKED] = "asks for control",
        [VG_CONTROL_GRANTED] = "was given control",
        [VG_CONTROL_REFUSED] = "has control and is asked for it",
        [VG_CONTROL_DENIED] = "is refused control by the drone",
        [VG_CONTROL_SILENT] = "gets no answer to its request for control",
        [VG_CONTROL_WANTED] = "wants control, the pilot decides",
        [VG_CONTROL_ALLOWED] = "is let in by the pilot",
        [VG_CONTROL_KEPT] = "is refused control by the pilot",
        [VG_CONTROL_EXPIRED] = "waited for control until the request expired",
        [VG_CONTROL_RELEASED] = "gives up control",
    };
    return texts[what];
}
