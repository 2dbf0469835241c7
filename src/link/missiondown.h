/* Reading a list from a drone: a mission, a fence or rally points.
 *
 *   LIST ─► ◄─ COUNT, REQUEST(i) ─► ◄─ ITEM(i) ..., ACK ─►
 *
 * Where the autopilot's table says that it keeps no state of a reading, requests for many items
 * are in flight at once, in any order, and those that got no answer are asked for again; else one
 * at a time, and from the beginning when the autopilot has broken it off. The items are stored, or
 * only compared with a list that is meant to be there: then its items are asked for before the
 * count has come, and one that differs is asked for twice before it is believed (a straggler of an
 * earlier reading may have come).
 *
 *     vg_missiondown_start(&down, &job, now);
 *     each message from the drone: vg_missiondown_feed(&down, msg, now);
 *     each 100 ms or less:         vg_missiondown_step(&down, now);
 *     after either:                while (vg_missiondown_next_out(&down, &msg)) send(&msg);
 *
 * Memory: about 9 KB. Allocations: none. Threads: one at a time.
 */
#ifndef VG_LINK_MISSIONDOWN_H
#define VG_LINK_MISSIONDOWN_H

#include "base/status.h"
#include "link/missionpace.h"

enum vg_mission_state {
    VG_MISSION_IDLE = 0,
    VG_MISSION_SENDING, /* an upload: count and items */
    VG_MISSION_READING, /* a reading, before or after an upload or of its own */
    VG_MISSION_DONE, /* reading: all has come; upload: verified */
    VG_MISSION_FAILED, /* err says why */
};

struct vg_missiondown_job {
    struct vg_mission_with with;
    /* One of these, or neither: room for VG_MISSION_ITEMS_MAX items, or what should be there. Both
     * borrowed until the end. */
    struct vg_mission_item *into;
    const struct vg_mission_item *meant;
    int n_meant;
    bool is_count_only; /* only how many there are, and their id */
};

struct vg_missiondown {
    struct vg_mission_patience patience; /* may be set before start */
    struct vg_missionpace pace; /* what the link showed; kept from one start to the next */
    enum vg_mission_state state;
    struct vg_error err; /* set err.lang before start for the language of the reason */
    int n_items; /* as announced; valid from the answer to LIST on */
    int n_read; /* how many have come */
    uint32_t id; /* opaque_id of COUNT; 0: none */
    /* The compare: items from first_off to last_off may differ; -1: none. */
    int first_off;
    int last_off;
    const char *off_what; /* how the first does */
    /* private */
    struct vg_missiondown_job job;
    bool has_count;
    int n_asked; /* times since the last progress, of what is asked for alone */
    int n_restarts;
    int stuck_at; /* the item and number when it was begun again last */
    int stuck_of;
    int cursor;
    struct vg_us started;
    struct vg_us asked;
    struct vg_us progressed;
    uint8_t refusal; /* the last MISSION_ACK that said no */
    uint32_t is_doubted[VG_MISSION_ITEMS_MAX / 32];
    uint32_t has[VG_MISSION_ITEMS_MAX / 32];
    uint32_t was_repeated[VG_MISSION_ITEMS_MAX / 32];
    uint32_t asked_ms[VG_MISSION_ITEMS_MAX]; /* since started, + 1; 0: never */
    struct vg_outq out;
};

/* Begins anew; job is copied, what it points to borrowed until the end. */
void vg_missiondown_start(struct vg_missiondown *self, const struct vg_missiondown_job *job,
                          struct vg_us now);
void vg_missiondown_feed(struct vg_missiondown *self, const struct vg_mav_msg *msg,
                         struct vg_us now);
void vg_missiondown_step(struct vg_missiondown *self, struct vg_us now);
bool vg_missiondown_next_out(struct vg_missiondown *self, struct vg_mav_msg *out);
/* Break it off; the drone is told. The state is FAILED. */
void vg_missiondown_cancel(struct vg_missiondown *self);

#endif
