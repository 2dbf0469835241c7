/* Missions from the drone's side, for the simulated drones: keeps one mission, takes a new one from
 * any ground station, gives it back. Fence and rally lists are always empty.
 *
 * With is_ardupilot the answers show that autopilot's habits: item 0 is home, frames come back as
 * 0/3/10, items without a place with frame 0, whole-number parameters, altitudes to 1 cm.
 *
 * Memory: about 80 KB in the struct. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/mission.html.
 */
#ifndef VG_LINK_MISSIONSRV_H
#define VG_LINK_MISSIONSRV_H

#include "link/mission.h"

/* What the last feed brought about. */
enum vg_missionsrv_event {
    VG_MISSIONSRV_NOTHING = 0,
    VG_MISSIONSRV_NEW_MISSION, /* items, n_items are new (n_items may be 0) */
    VG_MISSIONSRV_SET_CURRENT, /* current was moved by the ground station */
};

struct vg_missionsrv {
    int n_items;
    int current; /* item being flown; the owner moves it with vg_missionsrv_set_current */
    bool is_ardupilot;
    struct vg_mission_item home; /* ArduPilot's item 0; the owner sets it */
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    /* private */
    uint8_t sysid;
    uint8_t compid;
    bool is_receiving;
    uint8_t from_sysid;
    uint8_t from_compid;
    int n_coming;
    int next_item;
    struct vg_us asked;
    struct vg_us progressed;
    struct vg_mission_item coming[VG_MISSION_ITEMS_MAX];
    struct vg_outq out;
};

void vg_missionsrv_init(struct vg_missionsrv *self, uint8_t sysid, uint8_t compid,
                        bool is_ardupilot);
enum vg_missionsrv_event vg_missionsrv_feed(struct vg_missionsrv *self,
                                            const struct vg_mav_msg *msg, struct vg_us now);
/* Ask again for an item that did not come; gives up after a while and keeps the old mission. */
void vg_missionsrv_step(struct vg_missionsrv *self, struct vg_us now);
bool vg_missionsrv_next_out(struct vg_missionsrv *self, struct vg_mav_msg *out);
/* Move to item `seq`; queues MISSION_CURRENT. */
void vg_missionsrv_set_current(struct vg_missionsrv *self, int seq);
/* Queue MISSION_ITEM_REACHED. */
void vg_missionsrv_reached(struct vg_missionsrv *self, int seq);

#endif
