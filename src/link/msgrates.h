/* What a drone should tell, and how often: asked for until it comes.
 *
 * Each wanted message is asked for by SET_MESSAGE_INTERVAL, one at a time. What counts is not the
 * answer but the message: ArduPilot acknowledges what it then does not send, and another station
 * may change the rates. Refused, or not answered, and not heard: its data stream
 * (REQUEST_DATA_STREAM, the older way) is asked for, where it has one. What was heard and stops, or
 * comes at less than a third of its rate, is asked for again, every half minute at most.
 *
 *     to ask ─► asked ─► heard (done)          refused / silent ─► by its stream ─► heard
 *                 └─ no answer: three times            └─ has none: given up until a restart
 *
 * After a restart of the drone (vg_msgrates_restart) all begins again.
 *
 * Memory: fixed. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/messages/common.html; ArduPilot GCS_Common.cpp (set_message_interval,
 * handle_request_data_stream) and ArduPlane/GCS_MAVLink_Plane.cpp (which message is in which
 * stream).
 */
#ifndef VG_LINK_MSGRATES_H
#define VG_LINK_MSGRATES_H

#include "base/time.h"
#include "link/outq.h"

enum {
    VG_MSGRATES_MAX = 24
};

struct vg_msgrate_wanted {
    uint32_t id;
    double rate_hz; /* greater than 0 */
};

enum vg_msgrate_state {
    VG_MSGRATE_TO_ASK = 0,
    VG_MSGRATE_ASKED,
    VG_MSGRATE_GRANTED, /* acknowledged or heard */
    VG_MSGRATE_REFUSED,
    VG_MSGRATE_SILENT, /* no answer */
    VG_MSGRATE_STREAMED, /* asked for by its stream */
};

struct vg_msgrate {
    struct vg_msgrate_wanted wanted;
    enum vg_msgrate_state state;
    uint64_t n_heard;
    /* private */
    int tries;
    struct vg_us asked;
    struct vg_us heard; /* last; 0: never */
    struct vg_us window; /* the count below began here */
    int n_window;
};

struct vg_msgrates {
    int n;
    struct vg_msgrate rates[VG_MSGRATES_MAX];
    /* private */
    struct vg_mav_pair pair;
    bool is_paused;
    int in_flight; /* index asked and not answered yet; -1: none */
    struct vg_outq out;
};

/* Begin to ask the drone for the n wanted (at most VG_MSGRATES_MAX; more are left out). */
void vg_msgrates_init(struct vg_msgrates *self, struct vg_mav_pair pair,
                      const struct vg_msgrate_wanted *wanted, int n);
/* It forgot what it was asked for. */
void vg_msgrates_restart(struct vg_msgrates *self);
/* While paused nothing is asked: a link by satellite tells what it tells. */
void vg_msgrates_pause(struct vg_msgrates *self, bool is_paused);
/* Every message of the drone. Cost: linear in n. */
void vg_msgrates_feed(struct vg_msgrates *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_msgrates_step(struct vg_msgrates *self, struct vg_us now);
bool vg_msgrates_next_out(struct vg_msgrates *self, struct vg_mav_msg *out);

#endif
