/* How good one way to one drone is: when it was last heard there, what was lost, how long an answer
 * takes.
 *
 * In:  the drone's messages that came this way, and answers to probes (TIMESYNC). Out: the fields.
 * Loss is counted from the holes in each component's sequence numbers (loss.h); the delay is a
 * round trip, smoothed as TCP does (RFC 6298: 7/8 old, 1/8 new). Round trips lost are counted over
 * the last 16 probes, which tells of a bad moment sooner.
 *
 * A path is up while it was heard within its limit of silence. The score is what it is chosen by:
 * the expected seconds until a command that is repeated every second is answered, plus its cost in
 * seconds: how much longer one would rather wait than use it.
 *
 * Threads: pure. Allocations: none.
 */
#ifndef VG_LINK_PATH_H
#define VG_LINK_PATH_H

#include "base/time.h"
#include "link/loss.h"
#include "link/mavmsg.h"

enum {
    VG_PATH_SENDERS = 4, /* components of one drone whose numbers are followed */
    VG_PATH_PROBES = 16
};

struct vg_path_options {
    double cost_s;
    bool is_satellite; /* dear and slow: neither heartbeats nor probes, reports by HIGH_LATENCY2 */
    bool is_thin; /* too few bytes a second for four probes in each */
};

struct vg_path {
    struct vg_path_options options;
    bool is_open; /* the caller's: the socket or device is there */
    bool is_up; /* heard within its limit, as of the last step */
    struct vg_us heard; /* last, any message of the drone; 0: never */
    struct vg_us fell; /* silent since: up again only when heard after that */
    double delay_s; /* round trip; NAN: not measured yet */
    struct vg_loss loss;
    uint64_t n_heard;
    /* private */
    struct vg_us probed;
    struct vg_path_probe {
        struct vg_us sent; /* 0: none */
        bool is_answered;
    } probes[VG_PATH_PROBES];
    int next_probe;
    struct vg_us second; /* counted since */
    int in_second; /* messages heard in it */
    bool is_streaming; /* at least four in the last full second */
    int n_senders;
    struct vg_path_sender {
        uint8_t compid;
        uint8_t seq;
        struct vg_us heard;
    } senders[VG_PATH_SENDERS];
};

void vg_path_init(struct vg_path *self, const struct vg_path_options *options);
/* A message of the drone came this way. */
void vg_path_hear(struct vg_path *self, const struct vg_mav_msg *msg, struct vg_us now);
/* When this component of the drone was last heard there; 0: never, or not followed. */
struct vg_us vg_path_heard_of(const struct vg_path *self, uint8_t compid);
/* The answer to a probe of ours sent then. */
void vg_path_take_delay(struct vg_path *self, struct vg_us sent, struct vg_us now);
/* Is it time for a probe? If so it counts as sent. is_close: one of several paths, to be watched
 * closely. */
bool vg_path_must_probe(struct vg_path *self, bool is_close, struct vg_us now);
/* What was sent over the path so long ago has arrived or is lost: its round trip and a little. */
double vg_path_arrival_s(const struct vg_path *self);
/* Seconds; the least is the best. See above. */
double vg_path_score_s(const struct vg_path *self, struct vg_us now);

#endif
