/* Sending a list to a drone: a mission, a fence or rally points, whole or a stretch of it.
 *
 *   COUNT (or WRITE_PARTIAL_LIST) ─► ◄─ REQUEST(i), ITEM(i) ─► ... ◄─ ACK
 *
 * The drone pulls: it takes the one item it waits for and asks for the next. Where its table says
 * that it takes an item before its request has come to us, items are sent ahead, as many as fit
 * into a round trip: REQUEST(i) then says that all before i have arrived. On a lossy link every
 * item goes out in several copies. What the drone still asks for when its item should have arrived
 * is sent again, and all after it.
 *
 * How it ends says little: verify with missiondown.h (missionup.h does). Memory: about 9 KB.
 * Allocations: none. Threads: one at a time.
 */
#ifndef VG_LINK_MISSIONSEND_H
#define VG_LINK_MISSIONSEND_H

#include "base/status.h"
#include "link/missionpace.h"

enum vg_missionsend_state {
    VG_MISSIONSEND_IDLE = 0,
    VG_MISSIONSEND_OFFERING, /* the drone has not asked for anything yet */
    VG_MISSIONSEND_SENDING,
    VG_MISSIONSEND_ACCEPTED, /* the drone says that it has all */
    VG_MISSIONSEND_UNSURE, /* it has asked for all, and then nothing clear came: look */
    VG_MISSIONSEND_FAILED, /* err says why */
};

struct vg_missionsend_job {
    struct vg_mission_with with;
    const struct vg_mission_item *items; /* borrowed until the end */
    int n_items;
    /* A stretch of what the drone holds: items first..last. is_partial false: all. */
    bool is_partial;
    int first;
    int last;
    bool is_stubborn; /* a refusal may be a straggler's: offered again */
};

struct vg_missionsend {
    struct vg_mission_patience patience; /* may be set before start */
    struct vg_missionpace pace; /* what the link showed; may be set before start */
    enum vg_missionsend_state state;
    struct vg_error err; /* set err.lang before start */
    int n_asked; /* 1 + the highest item asked for so far: progress; 0: none */
    uint32_t id; /* opaque_id of the ACK; 0: none */
    uint8_t refusal; /* the last MISSION_ACK that said no, if nothing was asked for since */
    int n_refusals;
    /* private */
    struct vg_missionsend_job job;
    int heard; /* the item the drone asked for last */
    int head; /* the next to send */
    int copies; /* of each item */
    int n_copies; /* of the head, sent so far */
    bool was_all_sent; /* since the offer, if only once */
    int fresh; /* items before this were sent before the last going back: no measure of the trip */
    int n_low; /* requests in a row for what it had asked for before */
    int n_even; /* items asked for since the last stall */
    int n_offers; /* since the last progress */
    int n_restarts;
    bool is_old_form; /* it takes MISSION_ITEM only */
    struct vg_us started;
    struct vg_us began; /* to offer */
    struct vg_us offered; /* last */
    struct vg_us progressed;
    struct vg_us asked; /* the drone, last */
    struct vg_us ended; /* ACCEPTED or UNSURE */
    uint32_t sent_ms[VG_MISSION_ITEMS_MAX]; /* the first copy; since started, + 1; 0: never */
    struct vg_outq out;
};

void vg_missionsend_start(struct vg_missionsend *self, const struct vg_missionsend_job *job,
                          struct vg_us now);
/* Requests after ACCEPTED or UNSURE are answered too: a late repeat of our count may have made the
 * drone begin again, and it gives up its list only when it is complete. When it goes on asking the
 * state is SENDING again. */
void vg_missionsend_feed(struct vg_missionsend *self, const struct vg_mav_msg *msg,
                         struct vg_us now);
void vg_missionsend_step(struct vg_missionsend *self, struct vg_us now);
bool vg_missionsend_next_out(struct vg_missionsend *self, struct vg_mav_msg *out);
/* Break it off; the drone is told. The state is FAILED. */
void vg_missionsend_cancel(struct vg_missionsend *self);

#endif
