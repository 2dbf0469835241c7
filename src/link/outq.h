/* A small queue of messages that want to leave: the protocol machines fill it, the caller drains
 * it.
 *
 * Full: the oldest is dropped and counted; every protocol here repeats what got no answer. Sequence
 * numbers and signatures are put on when the message is encoded. Threads: one at a time. */
#ifndef VG_LINK_OUTQ_H
#define VG_LINK_OUTQ_H

#include "link/mavmsg.h"

enum {
    VG_OUTQ_MAX = 8
};

/* Zero-initialise. Private apart from n_dropped. */
struct vg_outq {
    int first;
    int n;
    uint64_t n_dropped;
    struct vg_mav_msg msgs[VG_OUTQ_MAX];
};

/* The slot to write the next message into: packed in place, counted as queued at once. */
struct vg_mav_msg *vg_outq_add(struct vg_outq *self);
/* Take the oldest; false when empty. */
bool vg_outq_take(struct vg_outq *self, struct vg_mav_msg *out);

enum {
    VG_OUR_COMPID = VG_MAV_COMP_ID_MISSIONPLANNER /* the station speaks as a ground station */
};

/* Who talks to whom: ours and the drone's system and component ids. */
struct vg_mav_pair {
    uint8_t our_sysid;
    uint8_t our_compid;
    uint8_t their_sysid;
    uint8_t their_compid;
};

#endif
