#include "link/timesync.h"

#include <math.h>
#include <string.h>

enum {
    QUICK_ASKS = 5
};
static const int64_t QUICK_US = 1000000; /* at first */
static const int64_t SLOW_US = 10000000;
static const int64_t OLD_US = 300000000; /* clocks drift: 5 minutes at 50 ppm are 15 ms */
static const double ROUND_TRIP_MAX_S = 30.0;
static const double NS = 1e9;

void vg_timesync_init(struct vg_timesync *self, struct vg_mav_pair pair)
{
    memset(self, 0, sizeof *self);
    self->pair = pair;
}

void vg_timesync_restart(struct vg_timesync *self)
{
    vg_timesync_init(self, self->pair);
}

/* The sample with the shortest round trip of those that are not too old. */
static void choose(struct vg_timesync *self, struct vg_us now)
{
    const struct vg_timesync_sample *best = NULL;
    double sum_s = 0;
    int n = 0;
    for (int i = 0; i < VG_TIMESYNC_SAMPLES; i++) {
        const struct vg_timesync_sample *s = &self->samples[i];
        if (s->t.us == 0 || vg_us_sub(now, s->t).us > OLD_US) {
            continue;
        }
        sum_s += s->round_trip_s;
        n++;
        if (best == NULL || s->round_trip_s < best->round_trip_s) {
            best = s;
        }
    }
    if (best != NULL) {
        self->is_known = true;
        self->offset_s = best->offset_s;
        self->round_trip_s = best->round_trip_s;
        self->round_trip_mean_s = sum_s / n;
    }
}

static void answer(struct vg_timesync *self, const struct vg_mav_timesync *m, struct vg_us now)
{
    const struct vg_mav_timesync reply = {.tc1 = now.us * 1000,
                                          .ts1 = m->ts1,
                                          .target_system = self->pair.their_sysid,
                                          .target_component = self->pair.their_compid};
    vg_mav_timesync_pack(&reply, self->pair.our_sysid, self->pair.our_compid,
                         vg_outq_add(&self->out));
}

static void take_sync(struct vg_timesync *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    struct vg_mav_timesync m;
    vg_mav_timesync_unpack(msg, &m);
    if (m.target_system != 0 && m.target_system != self->pair.our_sysid) {
        return;
    }
    if (m.tc1 == 0) {
        answer(self, &m, now);
        return;
    }
    /* Our own times come back to the nanosecond; another station's are not ours. */
    bool is_ours = m.ts1 == self->sent.us * 1000 || m.ts1 == self->sent_before.us * 1000;
    double round_trip_s = (double)(now.us * 1000 - m.ts1) / NS;
    if (!is_ours || m.ts1 == 0 || m.tc1 < 0 || round_trip_s < 0 ||
        round_trip_s > ROUND_TRIP_MAX_S) {
        return;
    }
    int64_t middle_us = now.us - (now.us - m.ts1 / 1000) / 2;
    self->samples[self->next] = (struct vg_timesync_sample){
        .t = now,
        .round_trip_s = round_trip_s,
        .offset_s = (double)(m.tc1 - middle_us * 1000) / NS,
    };
    self->next = (self->next + 1) % VG_TIMESYNC_SAMPLES;
    choose(self, now);
}

static void take_system_time(struct vg_timesync *self, const struct vg_mav_msg *msg,
                             struct vg_us now)
{
    struct vg_mav_system_time m;
    vg_mav_system_time_unpack(msg, &m);
    self->has_utc = m.time_unix_usec > 0 && m.time_unix_usec < INT64_MAX;
    if (self->has_utc) {
        double way_s = self->is_known ? self->round_trip_s / 2 : 0;
        self->utc_error_s = (double)((int64_t)m.time_unix_usec - now.us) / 1e6 + way_s;
    }
}

void vg_timesync_feed(struct vg_timesync *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->sysid != self->pair.their_sysid || msg->compid != self->pair.their_compid) {
        return;
    }
    if (msg->id == VG_MAV_ID_TIMESYNC) {
        take_sync(self, msg, now);
    } else if (msg->id == VG_MAV_ID_SYSTEM_TIME) {
        take_system_time(self, msg, now);
    }
}

void vg_timesync_step(struct vg_timesync *self, struct vg_us now)
{
    int64_t wait_us = self->n_sent < QUICK_ASKS ? QUICK_US : SLOW_US;
    if (self->pair.their_sysid == 0 || (self->n_sent > 0 && now.us - self->sent.us < wait_us)) {
        return;
    }
    const struct vg_mav_timesync m = {.ts1 = now.us * 1000,
                                      .target_system = self->pair.their_sysid,
                                      .target_component = self->pair.their_compid};
    self->n_sent++;
    self->sent_before = self->sent;
    self->sent = now;
    vg_mav_timesync_pack(&m, self->pair.our_sysid, self->pair.our_compid, vg_outq_add(&self->out));
}

bool vg_timesync_next_out(struct vg_timesync *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

bool vg_timesync_utc(const struct vg_timesync *self, uint32_t boot_ms, struct vg_us *out)
{
    if (!self->is_known) {
        return false;
    }
    *out = vg_us((int64_t)boot_ms * 1000 - (int64_t)llround(self->offset_s * 1e6));
    return true;
}
