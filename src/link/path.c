#include "link/path.h"

#include <math.h>
#include <string.h>

enum {
    STREAMING_PER_S = 4,
    PROBE_CLOSE_US = 250000, /* several in each limit of silence (hub.c), whatever the delay */
    PROBE_US = 1000000,
    PROBES_MIN = 4
};

static const double LOSS_MAX = 0.9; /* beyond it the expected wait says nothing more */
static const double DELAY_WEIGHT = 0.125;
static const double DELAY_UNKNOWN_S = 0.5;
static const double ARRIVAL_MARGIN_S = 0.1;
static const double REPEAT_S = 1; /* commands are repeated so often (command.h) */

void vg_path_init(struct vg_path *self, const struct vg_path_options *options)
{
    memset(self, 0, sizeof *self);
    self->options = *options;
    self->delay_s = (double)NAN;
}

static int find_sender(const struct vg_path *self, uint8_t compid)
{
    for (int i = 0; i < self->n_senders; i++) {
        if (self->senders[i].compid == compid) {
            return i;
        }
    }
    return -1;
}

static void count_loss(struct vg_path *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    int i = find_sender(self, msg->compid);
    if (i < 0) {
        if (self->n_senders < VG_PATH_SENDERS) {
            self->senders[self->n_senders++] = (struct vg_path_sender){msg->compid, msg->seq, now};
        }
        return;
    }
    struct vg_path_sender *s = &self->senders[i];
    s->heard = now;
    if (vg_loss_count(&self->loss, s->seq, msg->seq)) {
        s->seq = msg->seq;
    }
}

struct vg_us vg_path_heard_of(const struct vg_path *self, uint8_t compid)
{
    int i = find_sender(self, compid);
    return i >= 0 ? self->senders[i].heard : vg_us(0);
}

static void count_rate(struct vg_path *self, struct vg_us now)
{
    self->in_second++;
    int64_t since_us = now.us - self->second.us;
    if (since_us >= VG_US_PER_S) {
        self->is_streaming = since_us < 2 * VG_US_PER_S && self->in_second > STREAMING_PER_S;
        self->second = now;
        self->in_second = 0;
    }
}

void vg_path_hear(struct vg_path *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    self->heard = now;
    self->n_heard++;
    count_loss(self, msg, now);
    if (msg->id != VG_MAV_ID_TIMESYNC) { /* answers to our own probes are no stream */
        count_rate(self, now);
    }
}

void vg_path_take_delay(struct vg_path *self, struct vg_us sent, struct vg_us now)
{
    double delay_s = vg_us_to_s(vg_us_sub(now, sent));
    if (isnan(self->delay_s)) {
        self->delay_s = delay_s;
    }
    self->delay_s += (delay_s - self->delay_s) * DELAY_WEIGHT;
    for (int i = 0; i < VG_PATH_PROBES; i++) {
        self->probes[i].is_answered |= self->probes[i].sent.us == sent.us;
    }
}

bool vg_path_must_probe(struct vg_path *self, bool is_close, struct vg_us now)
{
    bool is_often = is_close && !self->options.is_thin && !self->is_streaming;
    int64_t period_us = is_often ? PROBE_CLOSE_US : PROBE_US;
    if (!self->is_open || self->options.is_satellite || now.us - self->probed.us < period_us) {
        return false;
    }
    self->probed = now;
    self->probes[self->next_probe] = (struct vg_path_probe){.sent = now};
    self->next_probe = (self->next_probe + 1) % VG_PATH_PROBES;
    return true;
}

/* The share of round trips that fail: of the probes whose answer is due, or as the holes tell:
 * there and back each lose as much as was seen to be lost on the way here. */
static double round_trips_lost(const struct vg_path *self, struct vg_us now)
{
    double kept = 1 - self->loss.share;
    double lost = 1 - kept * kept;
    double wait_s = isnan(self->delay_s) ? 1 : 2 * self->delay_s + 0.1;
    int n_due = 0;
    int n_lost = 0;
    for (int i = 0; i < VG_PATH_PROBES; i++) {
        const struct vg_path_probe *p = &self->probes[i];
        bool is_due = p->is_answered || vg_us_to_s(vg_us_sub(now, p->sent)) > wait_s;
        n_due += p->sent.us != 0 && is_due;
        n_lost += p->sent.us != 0 && is_due && !p->is_answered;
    }
    /* A single one lost says little. */
    double probed = n_due >= PROBES_MIN && n_lost > 1 ? (double)n_lost / n_due : 0;
    lost = probed > lost ? probed : lost;
    return lost < LOSS_MAX ? lost : LOSS_MAX;
}

double vg_path_arrival_s(const struct vg_path *self)
{
    return (isnan(self->delay_s) ? DELAY_UNKNOWN_S : self->delay_s) + ARRIVAL_MARGIN_S;
}

double vg_path_score_s(const struct vg_path *self, struct vg_us now)
{
    double lost = round_trips_lost(self, now);
    double delay_s = isnan(self->delay_s) ? DELAY_UNKNOWN_S : self->delay_s;
    return delay_s + REPEAT_S * lost / (1 - lost) + self->options.cost_s;
}
