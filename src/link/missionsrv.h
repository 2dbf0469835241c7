/* Missions, fences and rally points from the drone's side, for simulated drones: keeps the lists,
 * takes new ones from any ground station, gives them back.
 *
 * The habits are those of an autopilot's table (autopilot.h): how it asks, what it answers to items
 * out of turn, what it rewrites, whether it can be read in any order. On demand it also destroys
 * the old list as a new one comes, refuses, sticks or lies.
 *
 * Memory: about 100 KB in the struct. Threads: one at a time. Allocations: none.
 * Sources: mavlink.io/en/services/mission.html and those of the tables.
 */
#ifndef VG_LINK_MISSIONSRV_H
#define VG_LINK_MISSIONSRV_H

#include "link/missionitem.h"

enum {
    VG_MISSIONSRV_FENCE_MAX = 256,
    VG_MISSIONSRV_RALLY_MAX = 32
};

/* What the last feed brought about. */
enum vg_missionsrv_event {
    VG_MISSIONSRV_NOTHING = 0,
    VG_MISSIONSRV_NEW_MISSION, /* items, n_items are new (n_items may be 0) */
    VG_MISSIONSRV_SET_CURRENT, /* current was moved by the ground station */
    VG_MISSIONSRV_NEW_FENCE,
    VG_MISSIONSRV_NEW_RALLY
};

/* Faults name items of an upload from 1 on; 0: none. */
struct vg_missionsrv_options {
    uint8_t sysid;
    uint8_t compid;
    const struct vg_autopilot *autopilot;
    bool destroys; /* lists that the autopilot writes in place are; false: the old one stays until
                      the new one is complete */
    int refuses; /* this item, with `refuses_with` (MAV_MISSION_RESULT) */
    uint8_t refuses_with;
    int sticks; /* asks for this item for ever */
    int lies; /* keeps this item 11 m off and says nothing */
};

struct vg_missionsrv {
    int n_items;
    int current; /* item being flown; the owner moves it with vg_missionsrv_set_current */
    struct vg_mission_item home; /* item 0 where the autopilot has one; the owner sets it */
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n_fence;
    struct vg_mission_item fence[VG_MISSIONSRV_FENCE_MAX];
    int n_rally;
    struct vg_mission_item rally[VG_MISSIONSRV_RALLY_MAX];
    struct vg_missionsrv_options options; /* faults may be changed at any time */
    /* private */
    bool is_receiving;
    bool is_partial;
    uint8_t list; /* that is being received, or given */
    uint8_t from_sysid;
    uint8_t from_compid;
    int n_coming;
    int next_item;
    int last_item;
    bool is_giving; /* an autopilot that goes along with a reading */
    int next_given;
    uint32_t ids[3];
    struct vg_us asked;
    struct vg_us progressed;
    struct vg_mission_item coming[VG_MISSION_ITEMS_MAX];
    struct vg_outq out;
};

void vg_missionsrv_init_as(struct vg_missionsrv *self, const struct vg_missionsrv_options *options);
/* Without faults, as this MAV_AUTOPILOT does. */
void vg_missionsrv_init(struct vg_missionsrv *self, uint8_t sysid, uint8_t compid,
                        uint8_t autopilot);
enum vg_missionsrv_event vg_missionsrv_feed(struct vg_missionsrv *self,
                                            const struct vg_mav_msg *msg, struct vg_us now);
/* Ask again for an item that did not come; gives up after a while. */
void vg_missionsrv_step(struct vg_missionsrv *self, struct vg_us now);
bool vg_missionsrv_next_out(struct vg_missionsrv *self, struct vg_mav_msg *out);
/* Move to item `seq`; queues MISSION_CURRENT. */
void vg_missionsrv_set_current(struct vg_missionsrv *self, int seq);
/* Queue MISSION_ITEM_REACHED. */
void vg_missionsrv_reached(struct vg_missionsrv *self, int seq);

#endif
