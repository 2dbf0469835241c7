#include "link/missiondown.h"

#include <string.h>

enum {
    RESTARTS_MAX = 8
};
/* A link that loses more than this is not waited for in vain: what is missing is asked for several
 * times within a round trip. */
static const double LOSSY = 0.1;

static bool is_set(const uint32_t *bits, int i)
{
    return bits[i / 32] >> (i % 32) & 1;
}

static void set(uint32_t *bits, int i)
{
    bits[i / 32] |= UINT32_C(1) << (i % 32);
}

static uint32_t ms_since_start(const struct vg_missiondown *self, struct vg_us now)
{
    return (uint32_t)((now.us - self->started.us) / 1000) + 1;
}

/* ---- what is sent ---- */

static void send_list(struct vg_missiondown *self)
{
    const struct vg_mission_with *w = &self->job.with;
    const struct vg_mav_mission_request_list ask = {.target_system = w->pair.their_sysid,
                                                    .target_component = w->pair.their_compid,
                                                    .mission_type = w->list};
    vg_mav_mission_request_list_pack(&ask, w->pair.our_sysid, w->pair.our_compid,
                                     vg_outq_add(&self->out));
}

/* The first repeat of a request counts as a loss, if an answer had had the time to come. */
static void note_repeat(struct vg_missiondown *self, int seq, struct vg_us now)
{
    if (self->asked_ms[seq] == 0 || is_set(self->was_repeated, seq)) {
        return;
    }
    set(self->was_repeated, seq);
    if ((ms_since_start(self, now) - self->asked_ms[seq]) * INT64_C(1000) >= self->pace.rtt.us) {
        vg_missionpace_note(&self->pace, false);
    }
}

static void send_request(struct vg_missiondown *self, int seq, struct vg_us now)
{
    const struct vg_mission_with *w = &self->job.with;
    const struct vg_mav_mission_request_int ask = {.target_system = w->pair.their_sysid,
                                                   .target_component = w->pair.their_compid,
                                                   .seq = (uint16_t)seq,
                                                   .mission_type = w->list};
    vg_mav_mission_request_int_pack(&ask, w->pair.our_sysid, w->pair.our_compid,
                                    vg_outq_add(&self->out));
    note_repeat(self, seq, now);
    self->asked_ms[seq] = ms_since_start(self, now);
}

static void send_ack(struct vg_missiondown *self, uint8_t type)
{
    const struct vg_mission_with *w = &self->job.with;
    const struct vg_mav_mission_ack ack = {.target_system = w->pair.their_sysid,
                                           .target_component = w->pair.their_compid,
                                           .type = type,
                                           .mission_type = w->list};
    vg_mav_mission_ack_pack(&ack, w->pair.our_sysid, w->pair.our_compid, vg_outq_add(&self->out));
}

/* ---- asking ---- */

/* How long an item's request may stay without answer before it is repeated. */
static struct vg_us item_wait(const struct vg_missiondown *self)
{
    struct vg_us wait = vg_missionpace_wait(&self->pace);
    if (vg_missionpace_loss(&self->pace) < LOSSY) {
        return wait;
    }
    int64_t round_us = 2 * self->pace.gap.us * (self->n_items - self->n_read);
    int64_t least_us = round_us > wait.us / 16 ? round_us : wait.us / 16;
    return least_us < wait.us ? vg_us(least_us) : wait;
}

/* The next item to ask for now, -1: none. Moves the cursor past it. */
static int pick(struct vg_missiondown *self, struct vg_us now)
{
    uint32_t now_ms = ms_since_start(self, now);
    uint32_t wait_ms = (uint32_t)(item_wait(self).us / 1000);
    uint32_t lost_ms = (uint32_t)(vg_missionpace_wait(&self->pace).us / 1000);
    int room = vg_missionpace_window(&self->pace, 1);
    int found = -1;
    for (int k = 0; k < self->n_items; k++) {
        int i = (self->cursor + k) % self->n_items;
        if (is_set(self->has, i)) {
            continue;
        }
        uint32_t age_ms = now_ms - self->asked_ms[i];
        bool is_asked = self->asked_ms[i] != 0;
        if (found < 0 && (!is_asked || age_ms >= wait_ms)) {
            found = i;
        }
        room -= is_asked && age_ms < lost_ms;
    }
    if (found < 0 || (room <= 0 && self->asked_ms[found] == 0)) {
        return -1;
    }
    self->cursor = (found + 1) % self->n_items;
    return found;
}

static void ask_many(struct vg_missiondown *self, struct vg_us now)
{
    while (self->out.n < VG_OUTQ_MAX && now.us >= self->pace.next.us) {
        int i = pick(self, now);
        if (i < 0 || !vg_missionpace_take_slot(&self->pace, now)) {
            return;
        }
        send_request(self, i, now);
    }
}

/* One thing at a time: the list, or the next item. */
static void ask_one(struct vg_missiondown *self, struct vg_us now)
{
    self->asked = now;
    self->n_asked++;
    if (self->has_count) {
        send_request(self, self->n_read, now);
    } else {
        send_list(self);
    }
}

static bool is_in_turn(const struct vg_missiondown *self)
{
    return !self->job.with.autopilot->reads_in_any_order;
}

/* Items may be asked for when their number is known, or what it should be. */
static bool knows_number(const struct vg_missiondown *self)
{
    return self->has_count || (self->job.meant != NULL && !is_in_turn(self));
}

static void ask_next(struct vg_missiondown *self, struct vg_us now)
{
    if (is_in_turn(self) || !self->has_count) {
        ask_one(self, now);
    } else {
        ask_many(self, now);
    }
}

static void begin(struct vg_missiondown *self, struct vg_us now)
{
    self->has_count = false;
    self->n_items = knows_number(self) && !self->job.is_count_only ? self->job.n_meant : 0;
    self->n_read = 0;
    self->n_asked = 0;
    self->cursor = 0;
    self->started = now;
    self->first_off = self->last_off = -1;
    memset(self->is_doubted, 0, sizeof self->is_doubted);
    memset(self->has, 0, sizeof self->has);
    memset(self->was_repeated, 0, sizeof self->was_repeated);
    memset(self->asked_ms, 0, sizeof self->asked_ms);
    ask_next(self, now);
}

void vg_missiondown_start(struct vg_missiondown *self, const struct vg_missiondown_job *job,
                          struct vg_us now)
{
    self->state = VG_MISSION_READING;
    self->err = (struct vg_error){.lang = self->err.lang};
    self->job = *job;
    self->id = 0;
    self->off_what = NULL;
    self->n_restarts = 0;
    self->refusal = VG_MAV_MISSION_ACCEPTED;
    self->progressed = now;
    self->out = (struct vg_outq){0};
    vg_missionpace_begin(&self->pace, &self->patience, now);
    begin(self, now);
}

/* ---- what comes ---- */

static void finish(struct vg_missiondown *self)
{
    send_ack(self, VG_MAV_MISSION_ACCEPTED);
    if (vg_missionpace_copies(&self->pace) > 1) {
        send_ack(self, VG_MAV_MISSION_ACCEPTED);
    }
    self->state = VG_MISSION_DONE;
}

static void go_on(struct vg_missiondown *self, struct vg_us now)
{
    self->progressed = now;
    self->refusal = VG_MAV_MISSION_ACCEPTED;
    if (!self->has_count) {
        return; /* the list is being asked for: step */
    }
    self->n_asked = 0;
    if (self->n_read == self->n_items || self->job.is_count_only) {
        finish(self);
    } else {
        ask_next(self, now);
    }
}

static void feed_count(struct vg_missiondown *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_count m;
    vg_mav_mission_count_unpack(msg, &m);
    if (self->has_count ||
        !vg_mission_is_for_us(&self->job.with, msg, m.target_system, m.mission_type)) {
        return;
    }
    if (m.count > VG_MISSION_ITEMS_MAX) {
        self->state = VG_MISSION_FAILED;
        (void)vg_fail(&self->err, VG_E_RANGE, "the drone has %d mission items, more than %d",
                      m.count, VG_MISSION_ITEMS_MAX);
        return;
    }
    if (self->n_asked == 1) {
        vg_missionpace_measured(&self->pace, vg_us_sub(now, self->started));
    } else {
        vg_missionpace_guess(&self->pace, vg_us_sub(now, self->started));
    }
    if (self->n_read > 0 && m.count != self->n_items) {
        begin(self, now); /* not what was meant */
    }
    self->has_count = true;
    self->n_items = m.count;
    self->id = m.opaque_id;
    go_on(self, now);
}

/* The target and list of either kind of item message: they lie at the same places in both. */
static bool is_item_for_us(const struct vg_missiondown *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_item_int m;
    vg_mav_mission_item_int_unpack(msg, &m);
    return vg_mission_is_for_us(&self->job.with, msg, m.target_system, m.mission_type);
}

static void note_difference(struct vg_missiondown *self, int seq, const char *what)
{
    if (self->first_off < 0 || seq <= self->first_off) {
        self->first_off = seq;
        self->off_what = what;
    }
    self->last_off = seq > self->last_off ? seq : self->last_off;
}

/* False: it differs, for the first time. */
static bool take_item(struct vg_missiondown *self, int seq, const struct vg_mission_item *item)
{
    const struct vg_missiondown_job *job = &self->job;
    if (job->into != NULL) {
        job->into[seq] = *item;
    }
    const char *what = NULL;
    if (job->meant == NULL || seq >= job->n_meant ||
        vg_mission_item_agrees(&job->meant[seq], item, seq, &job->with, &what)) {
        return true;
    }
    if (!is_in_turn(self) && !is_set(self->is_doubted, seq)) {
        set(self->is_doubted, seq);
        return false;
    }
    note_difference(self, seq, what);
    return true;
}

static void measure(struct vg_missiondown *self, int seq, struct vg_us now)
{
    if (!is_set(self->was_repeated, seq)) {
        uint32_t ms = ms_since_start(self, now) - self->asked_ms[seq];
        vg_missionpace_measured(&self->pace, vg_us((int64_t)ms * 1000));
        vg_missionpace_note(&self->pace, true);
    }
}

static void feed_item(struct vg_missiondown *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mission_item item;
    int seq;
    vg_mission_item_unpack(msg, &item, &seq);
    bool is_wanted = knows_number(self) && seq < self->n_items && !is_set(self->has, seq) &&
                     self->asked_ms[seq] != 0 && (!is_in_turn(self) || seq == self->n_read) &&
                     is_item_for_us(self, msg);
    if (!is_wanted) {
        return;
    }
    measure(self, seq, now);
    if (!take_item(self, seq, &item)) {
        self->asked_ms[seq] = 0; /* once more */
        return;
    }
    set(self->has, seq);
    self->n_read++;
    go_on(self, now);
}

static void restart(struct vg_missiondown *self, struct vg_us now)
{
    if (self->n_restarts < RESTARTS_MAX) {
        self->n_restarts++;
        self->stuck_at = self->n_read;
        self->stuck_of = self->n_items;
        self->out = (struct vg_outq){0};
        begin(self, now);
    }
}

/* A refusal may be an echo of something earlier (a repeated upload item), so it ends nothing: it
 * only becomes the reason if nothing better comes. Where the autopilot goes along with a reading,
 * "error" means that it has broken it off. */
static void feed_ack(struct vg_missiondown *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_mission_ack m;
    vg_mav_mission_ack_unpack(msg, &m);
    if (!vg_mission_is_for_us(&self->job.with, msg, m.target_system, m.mission_type) ||
        m.type == VG_MAV_MISSION_ACCEPTED) {
        return;
    }
    self->refusal = m.type;
    if (m.type == VG_MAV_MISSION_ERROR && self->has_count && is_in_turn(self)) {
        restart(self, now);
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
        feed_ack(self, msg, now);
        break;
    default:
        break;
    }
}

/* ---- time ---- */

static int first_missing(const struct vg_missiondown *self)
{
    int i = 0;
    while (i < self->n_items && is_set(self->has, i)) {
        i++;
    }
    return i;
}

static void give_up(struct vg_missiondown *self)
{
    self->state = VG_MISSION_FAILED;
    if (self->refusal != VG_MAV_MISSION_ACCEPTED) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT, "reading the mission was refused: %s",
                      vg_tr(self->err.lang, vg_mission_result_text(self->refusal)));
    } else if (self->has_count) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT,
                      "no answer to the request for mission item %d of %d", first_missing(self),
                      self->n_items);
    } else if (self->n_restarts > 0) {
        (void)vg_fail(&self->err, VG_E_TIMEOUT,
                      "no answer to the request for mission item %d of %d", self->stuck_at,
                      self->stuck_of);
    } else {
        (void)vg_fail(&self->err, VG_E_TIMEOUT, "no answer to the request for the mission");
    }
}

static void step_one(struct vg_missiondown *self, struct vg_us now)
{
    int64_t silent_us = now.us - self->progressed.us;
    int64_t forgets_us = self->job.with.autopilot->gives_up_ms * INT64_C(1000);
    if (self->has_count && silent_us > (self->n_restarts + 1) * forgets_us) {
        restart(self, now); /* it has forgotten that we are reading */
    } else if (now.us - self->asked.us >= vg_missionpace_retry(&self->pace, self->n_asked - 1).us) {
        ask_one(self, now);
    }
}

void vg_missiondown_step(struct vg_missiondown *self, struct vg_us now)
{
    if (self->state != VG_MISSION_READING) {
        return;
    }
    if (now.us - self->progressed.us >= self->pace.limit.us) {
        give_up(self);
        return;
    }
    if (is_in_turn(self) || !self->has_count) {
        step_one(self, now);
    }
    if (knows_number(self) && !is_in_turn(self) && !self->job.is_count_only) {
        ask_many(self, now);
    }
}

bool vg_missiondown_next_out(struct vg_missiondown *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

void vg_missiondown_cancel(struct vg_missiondown *self)
{
    if (self->state == VG_MISSION_READING) {
        self->out = (struct vg_outq){0};
        send_ack(self, VG_MAV_MISSION_OPERATION_CANCELLED);
        self->state = VG_MISSION_FAILED;
        (void)vg_fail(&self->err, VG_E_INVALID, "cancelled");
    }
}
