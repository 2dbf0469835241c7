/* Items of missions, fences and rally lists: their wire form, and when two of them mean the same.
 *
 * Items are numbered as the autopilot numbers them. Where its table (autopilot.h) says that it has
 * a home item, item 0 of a mission is home: the autopilot puts its own there, so the caller puts
 * anything (usually the launch point) and the compare skips it.
 *
 * The machines that send, read and verify whole lists are missiondown.h, missionsend.h and
 * missionup.h.
 *
 * Threads: pure. Allocations: none. Source: mavlink.io/en/services/mission.html.
 */
#ifndef VG_LINK_MISSIONITEM_H
#define VG_LINK_MISSIONITEM_H

#include "base/time.h"
#include "link/autopilot.h"
#include "link/outq.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    VG_MISSION_ITEMS_MAX = 1024
};

/* One item, as MISSION_ITEM_INT has it. x, y: latitude, longitude in degE7 for items with a place;
 * z: altitude in metres in the frame's sense. */
struct vg_mission_item {
    uint8_t frame; /* MAV_FRAME */
    uint16_t command;
    bool current;
    bool autocontinue;
    float p1;
    float p2;
    float p3;
    float p4;
    int32_t x;
    int32_t y;
    float z;
};

/* How patient; zero fields mean the defaults. */
struct vg_mission_patience {
    struct vg_us retry; /* the first repeat of what got no answer: default 0.5 s; later ones wait
                           longer, up to 3 s, or as the measured round trip asks for */
    struct vg_us limit; /* without any progress: default 60 s */
    struct vg_us gap; /* between messages of one list: default 10 ms */
};

/* Which list of whom, and between whom. */
struct vg_mission_with {
    struct vg_mav_pair pair;
    uint8_t list; /* MAV_MISSION_TYPE: mission, fence or rally points */
    const struct vg_autopilot *autopilot;
};

/* Does `got` mean the same as `meant`, item number `item_i` of that list, under the autopilot's
 * known rewrites? If not, *out_what (NULL allowed) names the field that differs ("latitude",
 * "command", ...; a key for vg_tr). */
bool vg_mission_item_agrees(const struct vg_mission_item *meant, const struct vg_mission_item *got,
                            int item_i, const struct vg_mission_with *with, const char **out_what);

/* What that autopilot would give back of an item it was sent: the rewrites, done. */
struct vg_mission_item vg_mission_item_kept(const struct vg_mission_item *sent, uint8_t list,
                                            const struct vg_autopilot *autopilot);

/* An item at a place: degrees, z in metres to the centimetre in the given frame. */
struct vg_mission_item vg_mission_place(uint16_t command, uint8_t frame, double lat_deg,
                                        double lon_deg, double z_m);
/* Does an item with this command have a place (latitude, longitude, altitude)? */
bool vg_mission_has_place(uint16_t command);
/* A MAV_MISSION_RESULT in words, a key for vg_tr. Borrowed for ever. */
const char *vg_mission_result_text(uint8_t result);
/* "mission", "geofence", "rally points": a key for vg_tr. */
const char *vg_mission_list_text(uint8_t list);

/* Between the item and its message, of the list named. The older MISSION_ITEM has degrees as
 * floats: places to about a metre. */
void vg_mission_item_pack(const struct vg_mission_item *item, int seq, uint8_t list,
                          struct vg_mav_pair pair, struct vg_mav_msg *out);
void vg_mission_item_pack_old(const struct vg_mission_item *item, int seq, uint8_t list,
                              struct vg_mav_pair pair, struct vg_mav_msg *out);
/* From either kind of message. */
void vg_mission_item_unpack(const struct vg_mav_msg *msg, struct vg_mission_item *out,
                            int *out_seq);

/* What an autopilot with ids calls this list after it was sent: CRC-32 (reflected, start 0, no
 * final inversion) over frame, command, autocontinue, four parameters, x, y, z of every item,
 * packed and little-endian. Source: PX4 mavlink_mission.cpp crc32_for_mission_item; the fields and
 * their order: mavlink.io MISSION_CHECKSUM. */
uint32_t vg_mission_id(const struct vg_mission_item *items, int n_items);

/* Is the message from the drone and for us (or for everybody), and about this list? */
bool vg_mission_is_for_us(const struct vg_mission_with *with, const struct vg_mav_msg *msg,
                          uint8_t target_system, uint8_t list);

#endif
