/* A list brought onto a drone and proved to be there; what it replaced is not lost.
 *
 *   look at what is there ─► send ─► read back, compare ─► DONE, holds NEW
 *          │ the same: DONE    │ refused, broken, cancelled, different
 *          ▼                   ▼
 *        FAILED, holds OLD ◄─ the old list back, read back, compared ─► FAILED, holds UNKNOWN
 *
 * A drone never flies what was not verified so. Some autopilots write a new list over the old one
 * as it comes (autopilot.h, in_place_lists): there the old one is read first, kept, and put back
 * when the new one does not arrive. Where an autopilot names its lists (has_ids) and the name is
 * the checksum of what was sent, that is the proof; else all items are read back.
 *
 *     vg_missionup_begin(&up, &job, now, &err);
 *     each message from the drone: vg_missionup_feed(&up, msg, now);
 *     each 100 ms or less:         vg_missionup_step(&up, now);
 *     after either:                while (vg_missionup_next_out(&up, &msg)) send(&msg);
 *
 * Memory: about 92 KB in the struct. Allocations: none. Threads: one at a time.
 */
#ifndef VG_LINK_MISSIONUP_H
#define VG_LINK_MISSIONUP_H

#include "link/missiondown.h"
#include "link/missionsend.h"

/* What the drone holds at the end. */
enum vg_mission_holds {
    VG_MISSION_HOLDS_UNKNOWN = 0,
    VG_MISSION_HOLDS_NEW, /* verified */
    VG_MISSION_HOLDS_OLD /* untouched, or put back and verified */
};

enum vg_missionup_phase {
    VG_MISSIONUP_LOOKING = 0, /* at what is there */
    VG_MISSIONUP_SENDING,
    VG_MISSIONUP_ASKING_ID, /* is it called as ours would be? */
    VG_MISSIONUP_CHECKING,
    VG_MISSIONUP_BACK_LOOKING, /* is the old one still there? */
    VG_MISSIONUP_BACK_SENDING,
    VG_MISSIONUP_BACK_CHECKING,
    VG_MISSIONUP_OVER
};

struct vg_missionup_job {
    struct vg_mission_with with;
    const struct vg_mission_item *items; /* copied; none: the list is emptied */
    int n_items;
    bool is_sent_always; /* even when the same is there already */
};

struct vg_missionup {
    struct vg_mission_patience patience; /* may be set before start */
    enum vg_mission_state state; /* SENDING, READING until DONE or FAILED */
    enum vg_missionup_phase phase;
    enum vg_mission_holds holds; /* valid when DONE or FAILED. FAILED and NEW: cancelled too late */
    struct vg_error err; /* set err.lang before start; why the new list is not there */
    bool was_there; /* DONE: nothing had to be sent */
    uint32_t id; /* DONE: what the drone calls it; 0: it does not. vg_missionup_is_still */
    int n_items;
    int n_sent; /* 1 + the highest item asked for so far: progress */
    int n_read; /* of the reading under way: progress */
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    /* private */
    struct vg_mission_with with;
    bool is_sent_always;
    bool has_old; /* what was there is known: old, n_old, or by its old_id */
    bool is_touched; /* something was sent that may have changed it */
    int n_old;
    uint32_t old_id;
    int n_repairs;
    int n_backs; /* times the old one was put back */
    int n_looks; /* at an id that was not ours */
    struct vg_missiondown down;
    struct vg_missionsend send;
    struct vg_mission_item old[VG_MISSION_ITEMS_MAX];
};

/* Begin. VG_E_RANGE: n_items outside 0..VG_MISSION_ITEMS_MAX, or 0 for a mission; VG_E_INVALID: an
 * item that is not on the allow-list (its number is named). On failure the state is FAILED and the
 * drone holds what it held. */
enum vg_status vg_missionup_begin(struct vg_missionup *self, const struct vg_missionup_job *job,
                                  struct vg_us now, struct vg_error *err) VG_MUST_USE;
/* A mission, always sent. autopilot: MAV_AUTOPILOT. */
enum vg_status vg_missionup_start(struct vg_missionup *self, struct vg_mav_pair pair,
                                  const struct vg_mission_item *items, int n_items,
                                  uint8_t autopilot, struct vg_us now,
                                  struct vg_error *err) VG_MUST_USE;
void vg_missionup_feed(struct vg_missionup *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_missionup_step(struct vg_missionup *self, struct vg_us now);
bool vg_missionup_next_out(struct vg_missionup *self, struct vg_mav_msg *out);
/* Break it off: what was there is put back if need be; ends FAILED, "cancelled". */
void vg_missionup_cancel(struct vg_missionup *self, struct vg_us now);

/* What the drone holds in words, a key for vg_tr. Borrowed for ever. */
const char *vg_mission_holds_text(enum vg_mission_holds holds);

/* A list that was verified, for as long as something else is loaded. */
struct vg_mission_held {
    bool is_known; /* else nothing was */
    struct vg_mission_with with;
    int n_items;
    uint32_t id; /* as vg_missionup's */
};
/* Of a list that is DONE. */
struct vg_mission_held vg_missionup_held(const struct vg_missionup *self);
/* Does this message of the drone say that it holds another by now? As below. */
bool vg_mission_held_is_replaced(const struct vg_mission_held *self, const struct vg_mav_msg *msg);

/* Of a list that is DONE: does this message of the drone say that it holds another by now? Looks
 * into MISSION_CURRENT's ids, and MISSION_COUNT and MISSION_ACK; others say nothing. */
bool vg_missionup_is_replaced(const struct vg_missionup *self, const struct vg_mav_msg *msg);

#endif
