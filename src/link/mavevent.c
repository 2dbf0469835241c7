#include "link/mavevent.h"

#include <string.h>

enum {
    TRIES_MAX = 20
};
static const int64_t RETRY_US = 1000000;
static const uint32_t BACK_MS = 10000; /* time stamps this far back: it restarted */

void vg_mavevents_init(struct vg_mavevents *self, struct vg_mav_pair pair)
{
    memset(self, 0, sizeof *self);
    self->pair = pair;
}

/* How far b lies ahead of a, across the wrap; negative: behind. */
static int ahead_of(uint16_t a, uint16_t b)
{
    return (int16_t)(uint16_t)(b - a);
}

static void begin_at(struct vg_mavevents *self, uint16_t sequence)
{
    memset(self->has_ahead, 0, sizeof self->has_ahead);
    self->has_expected = true;
    self->expected = sequence;
    self->newest = (uint16_t)(sequence - 1);
    self->tries = 0;
}

static void give_out(struct vg_mavevents *self, const struct vg_mavevent *event)
{
    if (self->n_queued == VG_MAVEVENT_QUEUE) {
        self->first = (self->first + 1) % VG_MAVEVENT_QUEUE;
        self->n_queued--;
        self->n_dropped++;
    }
    self->queue[(self->first + self->n_queued) % VG_MAVEVENT_QUEUE] = *event;
    self->n_queued++;
    self->n_events++;
}

/* Give out what now follows without a hole. */
static void advance(struct vg_mavevents *self)
{
    int k = self->expected % VG_MAVEVENT_AHEAD;
    while (self->has_ahead[k] && self->ahead[k].sequence == self->expected) {
        self->has_ahead[k] = false;
        give_out(self, &self->ahead[k]);
        self->expected++;
        self->tries = 0;
        k = self->expected % VG_MAVEVENT_AHEAD;
    }
    if (ahead_of(self->newest, self->expected) > 1) {
        self->newest = (uint16_t)(self->expected - 1);
    }
}

static bool is_missing(const struct vg_mavevents *self)
{
    return self->has_expected && ahead_of(self->expected, self->newest) >= 0;
}

/* From the first missing one to the last before one that is there. */
static void ask(struct vg_mavevents *self, struct vg_us now)
{
    uint16_t last = self->expected;
    while (last != self->newest && ahead_of(self->expected, last) < VG_MAVEVENT_AHEAD - 1) {
        uint16_t next = (uint16_t)(last + 1);
        int k = next % VG_MAVEVENT_AHEAD;
        if (self->has_ahead[k] && self->ahead[k].sequence == next) {
            break;
        }
        last = next;
    }
    const struct vg_mav_request_event m = {.first_sequence = self->expected,
                                           .last_sequence = last,
                                           .target_system = self->pair.their_sysid,
                                           .target_component = self->pair.their_compid};
    self->tries++;
    self->asked = now;
    vg_mav_request_event_pack(&m, self->pair.our_sysid, self->pair.our_compid,
                              vg_outq_add(&self->out));
}

static void learn_newest(struct vg_mavevents *self, uint16_t sequence, struct vg_us now)
{
    if (ahead_of(self->newest, sequence) > 0) {
        self->newest = sequence;
    }
    if (is_missing(self) && self->tries == 0) {
        ask(self, now);
    }
}

/* What lies before `sequence` will not come. */
static void skip_to(struct vg_mavevents *self, uint16_t sequence, struct vg_us now)
{
    while (self->expected != sequence) {
        int k = self->expected % VG_MAVEVENT_AHEAD;
        if (self->has_ahead[k] && self->ahead[k].sequence == self->expected) {
            advance(self);
        } else {
            self->n_lost++;
            self->expected++;
        }
        if (ahead_of(self->expected, sequence) < 0) {
            break; /* more was there than thought */
        }
    }
    self->tries = 0;
    advance(self);
    learn_newest(self, self->newest, now);
}

static void take_event(struct vg_mavevents *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_event m;
    vg_mav_event_unpack(msg, &m);
    bool is_for_us =
        (m.destination_system == 0 || m.destination_system == self->pair.our_sysid) &&
        (m.destination_component == 0 || m.destination_component == self->pair.our_compid);
    bool has_restarted = self->has_expected && m.event_time_boot_ms + BACK_MS < self->boot_ms;
    if (!self->has_expected || has_restarted) {
        begin_at(self, m.sequence);
    }
    int d = ahead_of(self->expected, m.sequence);
    if (d < 0) {
        return; /* a repeat */
    }
    if (d < VG_MAVEVENT_AHEAD) {
        int k = m.sequence % VG_MAVEVENT_AHEAD;
        self->has_ahead[k] = true;
        self->ahead[k] = (struct vg_mavevent){.sequence = m.sequence,
                                              .id = m.id,
                                              .severity = is_for_us ? m.log_levels & 15 : 9,
                                              .boot_ms = m.event_time_boot_ms};
        memcpy(self->ahead[k].arguments, m.arguments, VG_MAVEVENT_ARGUMENTS);
    }
    if (m.event_time_boot_ms > self->boot_ms || has_restarted) {
        self->boot_ms = m.event_time_boot_ms;
    }
    advance(self);
    learn_newest(self, m.sequence, now);
}

static void take_current(struct vg_mavevents *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_current_event_sequence m;
    vg_mav_current_event_sequence_unpack(msg, &m);
    bool is_reset = (m.flags & VG_MAV_EVENT_CURRENT_SEQUENCE_FLAGS_RESET) != 0;
    bool is_behind = self->has_expected && ahead_of(self->newest, m.sequence) < 0;
    bool is_told_now = is_reset && (!self->was_reset || is_behind); /* the flag may stay for long */
    self->was_reset = is_reset;
    if (!self->has_expected || is_told_now) {
        begin_at(self, (uint16_t)(m.sequence + 1));
        self->boot_ms = 0;
        return;
    }
    learn_newest(self, m.sequence, now);
}

static void take_error(struct vg_mavevents *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_response_event_error m;
    vg_mav_response_event_error_unpack(msg, &m);
    bool is_ours =
        m.target_system == self->pair.our_sysid && is_missing(self) && m.sequence == self->expected;
    int d = ahead_of(self->expected, m.sequence_oldest_available);
    bool is_sound = d > 0 && ahead_of(m.sequence_oldest_available, self->newest) >= -1;
    if (is_ours) {
        skip_to(self, is_sound ? m.sequence_oldest_available : (uint16_t)(self->expected + 1), now);
    }
}

void vg_mavevents_feed(struct vg_mavevents *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->sysid != self->pair.their_sysid || msg->compid != self->pair.their_compid) {
        return;
    }
    switch (msg->id) {
    case VG_MAV_ID_EVENT:
        take_event(self, msg, now);
        break;
    case VG_MAV_ID_CURRENT_EVENT_SEQUENCE:
        take_current(self, msg, now);
        break;
    case VG_MAV_ID_RESPONSE_EVENT_ERROR:
        take_error(self, msg, now);
        break;
    default:
        break;
    }
}

void vg_mavevents_step(struct vg_mavevents *self, struct vg_us now)
{
    if (!is_missing(self) || now.us - self->asked.us < RETRY_US) {
        return;
    }
    if (self->tries < TRIES_MAX) {
        ask(self, now);
    } else {
        skip_to(self, (uint16_t)(self->expected + 1), now);
    }
}

bool vg_mavevents_next_out(struct vg_mavevents *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

bool vg_mavevents_take(struct vg_mavevents *self, struct vg_mavevent *out)
{
    if (self->n_queued == 0) {
        return false;
    }
    *out = self->queue[self->first];
    self->first = (self->first + 1) % VG_MAVEVENT_QUEUE;
    self->n_queued--;
    return true;
}
