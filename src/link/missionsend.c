#include "link/missionsend.h"

#include <string.h>

enum {
    RESTARTS_MAX = 4,
    LOW_MAX = 3, /* requests for earlier items that mean: it has begun again */
    LATE_MAX = 2, /* requests after the end that mean the same */
    QUIET_ASKS = 4, /* so many of the drone's own repeats that are not heard: it asks no more */
    REFUSALS_MAX = 3, /* in a row with no request between: it waits for nothing */
    EVEN_MAX = 64 /* items without a stall, then one copy less will do */
};

static uint32_t ms_since_start(const struct vg_missionsend *self, struct vg_us now)
{
    return (uint32_t)((now.us - self->started.us) / 1000) + 1;
}

/* Has the item been under way for so long? */
static bool is_older(const struct vg_missionsend *self, int seq, struct vg_us age, struct vg_us now)
{
    return self->sent_ms[seq] != 0 &&
           (int64_t)(ms_since_start(self, now) - self->sent_ms[seq]) * 1000 >= age.us;
}

static bool is_all_sent(const struct vg_missionsend *self)
{
    return self->head > self->job.last;
}

/* ---- what is sent ---- */

static void send_offer(struct vg_missionsend *self, struct vg_us now)
{
    const struct vg_missionsend_job *job = &self->job;
    const struct vg_mav_pair *pair = &job->with.pair;
    self->offered = now;
    self->n_offers++;
    struct vg_mav_msg *out = vg_outq_add(&self->out);
    if (job->is_partial) {
        const struct vg_mav_mission_write_partial_list m = {.target_system = pair->their_sysid,
                                                            .target_component = pair->their_compid,
                                                            .start_index = (int16_t)job->first,
                                                            .end_index = (int16_t)job->last,
                                                            .mission_type = job->with.list};
        vg_mav_mission_write_partial_list_pack(&m, pair->our_sysid, pair->our_compid, out);
        return;
    }
    const struct vg_mav_mission_count m = {.target_system = pair->their_sysid,
                                           .target_component = pair->their_compid,
                                           .count = (uint16_t)job->n_items,
                                           .mission_type = job->with.list};
    vg_mav_mission_count_pack(&m, pair->our_sysid, pair->our_compid, out);
}

static void send_item(struct vg_missionsend *self, int seq, struct vg_us now)
{
    const struct vg_missionsend_job *job = &self->job;
    struct vg_mav_msg *out = vg_outq_add(&self->out);
    if (self->is_old_form) {
        vg_mission_item_pack_old(&job->items[seq], seq, job->with.list, job->with.pair, out);
    } else {
        vg_mission_item_pack(&job->items[seq], seq, job->with.list, job->with.pair, out);
    }
    if (self->sent_ms[seq] == 0) {
        self->sent_ms[seq] = ms_since_start(self, now);
    }
}

/* Once more from the item that the drone asked for last. */
static void go_back(struct vg_missionsend *self)
{
    int end = self->head <= self->job.last ? self->head : self->job.last;
    for (int i = self->heard; i <= end; i++) {
        self->sent_ms[i] = 0;
    }
    self->fresh = self->fresh > end + 1 ? self->fresh : end + 1;
    self->head = self->heard;
    self->n_copies = 0;
}

/* Items ahead of their requests, at the pace of the link. */
static void send_ahead(struct vg_missionsend *self, struct vg_us now)
{
    int window = self->job.with.autopilot->takes_items_ahead
                     ? vg_missionpace_window(&self->pace, self->copies)
                     : 1;
    while (!is_all_sent(self) && self->head < self->heard + window && self->out.n < VG_OUTQ_MAX &&
           vg_missionpace_take_slot(&self->pace, now)) {
        send_item(self, self->head, now);
        self->n_copies++;
        if (self->n_copies >= self->copies) {
            self->n_copies = 0;
            self->head++;
            self->was_all_sent = self->was_all_sent || is_all_sent(self);
        }
    }
}

static void offer(struct vg_missionsend *self, struct vg_us now)
{
    self->state = VG_MISSIONSEND_OFFERING;
    self->heard = self->head = self->job.first;
    self->n_copies = 0;
    self->was_all_sent = false;
    self->n_low = 0;
    self->n_even = 0;
    self->fresh = self->n_restarts == 0 ? self->job.first : self->job.last + 1;
    memset(self->sent_ms, 0, sizeof self->sent_ms);
    send_offer(self, now);
}

void vg_missionsend_start(struct vg_missionsend *self, const struct vg_missionsend_job *job,
                          struct vg_us now)
{
    self->err = (struct vg_error){.lang = self->err.lang};
    self->job = *job;
    if (!job->is_partial) {
        self->job.first = 0;
        self->job.last = job->n_items - 1;
    }
    self->n_asked = 0;
    self->id = 0;
    self->refusal = VG_MAV_MISSION_ACCEPTED;
    self->n_refusals = 0;
    self->n_restarts = 0;
    self->n_offers = 0;
    self->is_old_form = false;
    self->started = now;
    self->began = now;
    self->progressed = now;
    self->asked = now;
    self->out = (struct vg_outq){0};
    vg_missionpace_begin(&self->pace, &self->patience, now);
    self->copies = vg_missionpace_copies(&self->pace);
    offer(self, now);
}

/* ---- what comes ---- */

static void measure(struct vg_missionsend *self, int seq, struct vg_us now)
{
    struct vg_us trip = vg_us_sub(now, self->began);
    if (self->state == VG_MISSIONSEND_OFFERING && self->n_offers == 1) {
        vg_missionpace_measured(&self->pace, trip);
    } else if (self->state == VG_MISSIONSEND_OFFERING) {
        vg_missionpace_guess(&self->pace, trip);
    } else if (seq > self->job.first && seq > self->fresh && self->sent_ms[seq - 1] != 0) {
        uint32_t ms = ms_since_start(self, now) - self->sent_ms[seq - 1];
        vg_missionpace_measured(&self->pace, vg_us((int64_t)ms * 1000));
    }
}

static void hear_next(struct vg_missionsend *self, int seq, struct vg_us now)
{
    measure(self, seq, now);
    self->state = VG_MISSIONSEND_SENDING;
    self->heard = seq;
    if (self->head < seq) { /* it has what we thought lost */
        self->head = seq;
        self->n_copies = 0;
    }
    self->n_asked = seq >= self->n_asked ? seq + 1 : self->n_asked;
    self->progressed = now;
    vg_missionpace_progressed(&self->pace);
    self->n_low = 0;
    self->n_offers = 0;
    if (++self->n_even >= EVEN_MAX && self->copies > vg_missionpace_copies(&self->pace)) {
        self->n_even = 0;
        self->copies--;
    }
}

/* What the drone waits for is lost, it seems: more copies, and again from there. */
static void stall(struct vg_missionsend *self)
{
    self->n_even = 0;
    self->copies = self->copies < 4 ? self->copies * 2 + 1 : self->copies + 1;
    if (self->copies > VG_MISSION_COPIES_MAX) {
        self->copies = VG_MISSION_COPIES_MAX;
    }
    go_back(self);
}

/* An item under way for so long should have brought the next request: in time for two more tries
 * before the drone gives up, if the round trip allows. */
static struct vg_us overdue(const struct vg_missionsend *self)
{
    int64_t third_us = self->job.with.autopilot->gives_up_ms * INT64_C(1000) / 3;
    int64_t wait_us = vg_missionpace_wait(&self->pace).us;
    int64_t trip_us = self->pace.rtt.us + self->pace.rtt.us / 2;
    int64_t least_us = third_us > trip_us ? third_us : trip_us;
    wait_us = wait_us < least_us ? wait_us : least_us;
    return vg_us(wait_us + self->pace.gap.us * self->copies);
}

/* Asked for once more: either our item is still on its way, or it is lost. */
static void hear_again(struct vg_missionsend *self, int seq, struct vg_us now)
{
    if (!self->job.with.autopilot->takes_items_ahead) {
        go_back(self);
    } else if (is_older(self, seq, overdue(self), now)) {
        stall(self);
    }
}

static void hear_request(struct vg_missionsend *self, int seq, struct vg_us now)
{
    self->asked = now;
    self->refusal = VG_MAV_MISSION_ACCEPTED;
    self->n_refusals = 0;
    if (self->state == VG_MISSIONSEND_OFFERING || seq > self->heard) {
        hear_next(self, seq, now);
    } else if (seq == self->heard) {
        self->n_low = 0;
        hear_again(self, seq, now);
    } else if (++self->n_low >= LOW_MAX) { /* not stragglers: it has begun again */
        self->n_low = 0;
        self->heard = seq;
        go_back(self);
    }
    send_ahead(self, now);
}

static bool is_over(const struct vg_missionsend *self)
{
    return self->state > VG_MISSIONSEND_SENDING;
}

/* A request after the end that is no straggler, and not the first. */
static bool is_late(struct vg_missionsend *self, struct vg_us now)
{
    bool may_be_straggler = now.us - self->ended.us < vg_missionpace_wait(&self->pace).us;
    self->n_low += !may_be_straggler;
    return self->n_low >= LATE_MAX;
}

static void feed_request(struct vg_missionsend *self, const struct vg_mav_msg *msg,
                         struct vg_us now)
{
    struct vg_mav_mission_request_int
        m; /* MISSION_REQUEST has the same fields in the same places */
    vg_mav_mission_request_int_unpack(msg, &m);
    if (!vg_mission_is_for_us(&self->job.with, msg, m.target_system, m.mission_type) ||
        m.seq < self->job.first || m.seq > self->job.last) {
        return;
    }
    if (msg->id == VG_MAV_ID_MISSION_REQUEST && !self->job.with.autopilot->takes_int) {
        self->is_old_form = true;
    }
    if (!is_over(self)) {
        hear_request(self, m.seq, now);
    } else if (self->state != VG_MISSIONSEND_FAILED && is_late(self, now)) {
        self->state = VG_MISSIONSEND_SENDING;
        self->n_low = 0;
        self->heard = m.seq;
        self->asked = self->progressed = now;
        go_back(self);
        send_ahead(self, now);
    } else if (self->state != VG_MISSIONSEND_FAILED) {
        send_item(self, m.seq, now);
    }
}

static void set_over(struct vg_missionsend *self, enum vg_missionsend_state state, struct vg_us now)
{
    self->state = state;
    self->ended = now;
    self->n_low = 0;
}

static void fail(struct vg_missionsend *self, uint8_t result)
{
    self->state = VG_MISSIONSEND_FAILED;
    if (result != VG_MAV_MISSION_ACCEPTED) {
        (void)vg_fail(&self->err, VG_E_INVALID, "the drone refused the mission at item %d: %s",
                      self->heard, vg_tr(self->err.lang, vg_mission_result_text(result)));
    } else if (self->n_asked == 0) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT, "the drone does not answer the offer of a mission");
    } else {
        (void)vg_fail(&self->err, VG_E_TIMEOUT,
                      "the drone stopped asking after mission item %d of %d", self->heard,
                      self->job.n_items);
    }
}

/* The drone has dropped the upload, or is busy with another: offered again for a while. */
static void soft_refusal(struct vg_missionsend *self, uint8_t result, struct vg_us now)
{
    self->refusal = result;
    self->n_refusals++;
    bool is_at_end = self->heard == self->job.last || self->n_refusals >= REFUSALS_MAX;
    if (self->state == VG_MISSIONSEND_SENDING && self->was_all_sent && is_at_end) {
        set_over(self, VG_MISSIONSEND_UNSURE, now); /* the answers to copies of the last items */
    }
}

/* "Error" and "invalid sequence" are what a repeated item is answered with, and say nothing of the
 * mission. An empty list is complete at once. */
static void feed_ack(struct vg_missionsend *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_ack m;
    vg_mav_mission_ack_unpack(msg, &m);
    if (is_over(self) ||
        !vg_mission_is_for_us(&self->job.with, msg, m.target_system, m.mission_type)) {
        return;
    }
    switch (m.type) {
    case VG_MAV_MISSION_ACCEPTED:
        if (self->job.n_items == 0 ||
            (self->state == VG_MISSIONSEND_SENDING && self->was_all_sent)) {
            set_over(self, VG_MISSIONSEND_ACCEPTED, now);
            self->id = m.opaque_id;
        }
        break;
    case VG_MAV_MISSION_INVALID_SEQUENCE:
        break;
    case VG_MAV_MISSION_ERROR:
    case VG_MAV_MISSION_DENIED:
    case VG_MAV_MISSION_OPERATION_CANCELLED:
        soft_refusal(self, m.type, now);
        break;
    default:
        if (self->job.is_stubborn) {
            soft_refusal(self, m.type, now);
        } else {
            fail(self, m.type);
        }
        break;
    }
}

void vg_missionsend_feed(struct vg_missionsend *self, const struct vg_mav_msg *msg,
                         struct vg_us now)
{
    if (self->state == VG_MISSIONSEND_IDLE) {
        return;
    }
    if (msg->id == VG_MAV_ID_MISSION_REQUEST || msg->id == VG_MAV_ID_MISSION_REQUEST_INT) {
        feed_request(self, msg, now);
    } else if (msg->id == VG_MAV_ID_MISSION_ACK) {
        feed_ack(self, msg, now);
    }
}

/* ---- time ---- */

/* The drone asks no more, although it repeats what gets no answer. */
static bool is_quiet(const struct vg_missionsend *self, struct vg_us now)
{
    int64_t ask_us = self->job.with.autopilot->asks_again_ms * INT64_C(1000);
    int64_t wait_us = vg_missionpace_wait(&self->pace).us;
    int64_t limit_us = ask_us * QUIET_ASKS > wait_us ? ask_us * QUIET_ASKS : wait_us;
    return now.us - self->asked.us >= limit_us + wait_us;
}

/* It has all and its word was lost, or it has dropped the upload. */
static void step_quiet(struct vg_missionsend *self, struct vg_us now)
{
    self->asked = now;
    if (self->was_all_sent) {
        set_over(self, VG_MISSIONSEND_UNSURE, now);
    } else if (self->refusal == VG_MAV_MISSION_ACCEPTED) {
        return;
    } else if (self->n_restarts >= RESTARTS_MAX) {
        fail(self, self->refusal);
    } else {
        self->n_restarts++;
        self->n_offers = 0;
        self->began = now;
        offer(self, now);
    }
}

static void step_offering(struct vg_missionsend *self, struct vg_us now)
{
    struct vg_us wait = vg_missionpace_retry(&self->pace, self->n_offers - 1);
    if (now.us - self->offered.us >= wait.us) {
        send_offer(self, now);
    }
}

static void step_sending(struct vg_missionsend *self, struct vg_us now)
{
    if (is_quiet(self, now)) {
        step_quiet(self, now);
    } else if (is_older(self, self->heard, overdue(self), now)) {
        vg_missionpace_back_off(&self->pace);
        stall(self);
    }
    if (self->state == VG_MISSIONSEND_SENDING) {
        send_ahead(self, now);
    }
}

void vg_missionsend_step(struct vg_missionsend *self, struct vg_us now)
{
    if (self->state == VG_MISSIONSEND_IDLE || is_over(self)) {
        return;
    }
    if (now.us - self->progressed.us >= self->pace.limit.us) {
        fail(self, self->refusal);
    } else if (self->state == VG_MISSIONSEND_OFFERING) {
        step_offering(self, now);
    } else {
        step_sending(self, now);
    }
}

bool vg_missionsend_next_out(struct vg_missionsend *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

void vg_missionsend_cancel(struct vg_missionsend *self)
{
    if (self->state == VG_MISSIONSEND_IDLE || is_over(self)) {
        return;
    }
    const struct vg_mission_with *w = &self->job.with;
    const struct vg_mav_mission_ack ack = {.target_system = w->pair.their_sysid,
                                           .target_component = w->pair.their_compid,
                                           .type = VG_MAV_MISSION_OPERATION_CANCELLED,
                                           .mission_type = w->list};
    self->out = (struct vg_outq){0};
    vg_mav_mission_ack_pack(&ack, w->pair.our_sysid, w->pair.our_compid, vg_outq_add(&self->out));
    self->state = VG_MISSIONSEND_FAILED;
    (void)vg_fail(&self->err, VG_E_INVALID, "cancelled");
}
