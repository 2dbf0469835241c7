/* The drone's clock against ours: how far apart, how long a message takes there and back.
 *
 * A TIMESYNC goes out with our time; the drone sends it back with its own:
 *     round trip = now - sent        offset = its time - (sent + now) / 2
 * The offset is wrong by at most half the round trip, so of the last samples that with the shortest
 * round trip is believed (RFC 5905, section 10, clock filter). The drone's clock counts from its
 * start (ArduPilot, PX4), so the offset turns its time stamps into UTC. It may ask us in turn:
 * answered.
 *
 * Memory: fixed. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/timesync.html; ArduPilot GCS_Common.cpp (handle_timesync); PX4
 * mavlink_timesync.cpp.
 */
#ifndef VG_LINK_TIMESYNC_H
#define VG_LINK_TIMESYNC_H

#include "base/time.h"
#include "link/outq.h"

enum {
    VG_TIMESYNC_SAMPLES = 8
};

struct vg_timesync_sample {
    struct vg_us t; /* when it came; 0: none */
    double round_trip_s;
    double offset_s; /* drone's clock minus ours */
};

struct vg_timesync {
    bool is_known;
    double offset_s; /* drone's clock minus UTC, of the best sample */
    double round_trip_s; /* of the best sample: offset_s is within half of it */
    double round_trip_mean_s; /* of those kept */
    /* the drone's own idea of UTC, by SYSTEM_TIME: minus ours, s; when has_utc */
    bool has_utc;
    double utc_error_s;
    /* private */
    struct vg_mav_pair pair;
    int next;
    int n_sent;
    struct vg_us sent;
    struct vg_us sent_before; /* a late answer to the one before is good too */
    struct vg_timesync_sample samples[VG_TIMESYNC_SAMPLES];
    struct vg_outq out;
};

void vg_timesync_init(struct vg_timesync *self, struct vg_mav_pair pair);
/* The drone restarted: what was measured of its clock is void. */
void vg_timesync_restart(struct vg_timesync *self);
void vg_timesync_feed(struct vg_timesync *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_timesync_step(struct vg_timesync *self, struct vg_us now);
bool vg_timesync_next_out(struct vg_timesync *self, struct vg_mav_msg *out);
/* A time of the drone's boot clock as UTC. False: not known yet. */
bool vg_timesync_utc(const struct vg_timesync *self, uint32_t boot_ms, struct vg_us *out);

#endif
