/* What waits to leave over one link: most urgent first, never faster than the link carries.
 *
 *   put ─► [ commands | keep-alive | missions | requests ] ─► next, as the bytes allowed come in
 *
 * A token bucket: over any T seconds at most `rate x T + depth` bytes leave. A repeat of what still
 * waits takes its place instead of queueing behind it. Full: requests for telemetry are dropped
 * first, then missions (which are asked for again), then keep-alive; a newcomer that is less urgent
 * than all is dropped itself. The most urgent message waits for its bytes; none overtakes it.
 *
 * A SiK radio says how full its buffer is (RADIO_STATUS.txbuf): the rate follows it down and up.
 *
 * Memory: fixed, about 20 KB. Threads: one at a time. Allocations: none.
 * Source of the thresholds: ArduPilot, libraries/GCS_MAVLink/GCS_Common.cpp, handle_radio_status.
 */
#ifndef VG_LINK_OUTBOX_H
#define VG_LINK_OUTBOX_H

#include "base/time.h"
#include "link/mavmsg.h"

enum {
    VG_OUTBOX_MAX = 64
};

enum vg_urgency {
    VG_URGENCY_COMMAND = 0,
    VG_URGENCY_ALIVE, /* heartbeats and probes */
    VG_URGENCY_MISSION,
    VG_URGENCY_REQUEST, /* telemetry, parameters: asked for again if they do not come */
    VG_URGENCY_COUNT
};

/* What the message is, by its id. */
enum vg_urgency vg_outbox_urgency(const struct vg_mav_msg *msg);

struct vg_outbox_entry {
    int owner; /* the caller's: which drone it is for */
    bool is_own_seq; /* the message keeps the number it came with (another's, passed on) */
    enum vg_urgency urgency;
    struct vg_mav_msg msg;
};

/* Zero-initialise, then vg_outbox_init. */
struct vg_outbox {
    uint64_t n_dropped; /* no room */
    uint64_t n_replaced; /* by a repeat of themselves */
    /* private */
    double rate_Bps; /* 0: as fast as it goes */
    double depth_bytes;
    double tokens_bytes;
    double share; /* of the rate, as the radio's buffer allows: 1/8..1 */
    struct vg_us filled;
    int n;
    struct vg_outbox_entry entries[VG_OUTBOX_MAX]; /* in the order of their coming */
};

/* rate_Bps: what the link carries, 0 for no limit. */
void vg_outbox_init(struct vg_outbox *self, double rate_Bps, struct vg_us now);
/* Copied. In the place of a repeat of itself that still waits; what has no room: see above. */
void vg_outbox_put(struct vg_outbox *self, const struct vg_outbox_entry *entry);
/* The next message that may leave now; false: none waits, or its bytes are not there yet.
 * signature_bytes: what each frame grows by (0, or VG_MAVSIGN_SIZE). */
bool vg_outbox_next(struct vg_outbox *self, int signature_bytes, struct vg_us now,
                    struct vg_outbox_entry *out);
/* Forget what waits for one owner: it goes another way now. */
void vg_outbox_drop(struct vg_outbox *self, int owner);
/* RADIO_STATUS: how much of the radio's buffer is free, 0..100 %. */
void vg_outbox_hear_radio(struct vg_outbox *self, int free_pct);
/* Bytes a second that may leave now; 0: no limit. */
double vg_outbox_rate_Bps(const struct vg_outbox *self);

/* The length of a message as a version 2 frame, without a signature. */
int vg_outbox_frame_bytes(const struct vg_mav_msg *msg);

#endif
