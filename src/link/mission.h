/* Missions from the station's side: send one to a drone, read one back, prove that they agree.
 *
 *   upload    COUNT -> <- REQUEST(i), ITEM(i) -> ... <- ACK; a download; the compare
 *   download  LIST -> <- COUNT, REQUEST(i) -> <- ITEM(i) ... ACK ->
 *
 * What got no answer is repeated every patience.retry; after retries_max of these without any
 * progress the machine ends FAILED with the reason in words. An upload ends DONE only when what was
 * read back is what was meant: a drone never flies a mission that was not verified so.
 *
 * Items are numbered as the autopilot numbers them. With ArduPilot item 0 is home: the autopilot
 * puts its own there, so the caller puts anything (usually the launch point) and the compare skips
 * it. Known rewrites that count as agreement: frames 5/6/11 read back as 0/3/10; items without a
 * place come back with frame 0; autocontinue and current change; ArduPilot keeps altitudes to 1 cm,
 * whole numbers in parameters, and drops parameters it has no use for.
 *
 *     vg_missionup_start(&up, pair, items, n, true, now, &err);
 *     each message from the drone: vg_missionup_feed(&up, msg, now);
 *     each 100 ms or so:           vg_missionup_step(&up, now);
 *     after either:                while (vg_missionup_next_out(&up, &msg)) send(&msg);
 *
 * Memory: about 40 KB a download, 85 KB an upload, in the structs. Allocations: none.
 * Threads: one at a time. Source: mavlink.io/en/services/mission.html.
 */
#ifndef VG_LINK_MISSION_H
#define VG_LINK_MISSION_H

#include "base/status.h"
#include "base/time.h"
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

enum vg_mission_state {
    VG_MISSION_IDLE = 0,
    VG_MISSION_SENDING, /* upload: count and items */
    VG_MISSION_READING, /* download, or the read-back of an upload */
    VG_MISSION_DONE, /* download: items are there; upload: verified */
    VG_MISSION_FAILED, /* err says why */
};

/* How patient; zero fields mean the defaults. */
struct vg_mission_patience {
    struct vg_us retry; /* default 1.5 s */
    int retries_max; /* default 8, without any progress */
};

struct vg_missiondown {
    struct vg_mission_patience patience; /* may be set before start */
    enum vg_mission_state state;
    struct vg_error err; /* set err.lang before start for the language of the reason */
    int n_items; /* as announced; valid from the answer to LIST on */
    int next_item; /* how many have come */
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    /* private */
    struct vg_mav_pair pair;
    bool has_count;
    struct vg_us sent;
    struct vg_us progressed;
    uint8_t refusal; /* the last MISSION_ACK that said no */
    struct vg_outq out;
};

void vg_missiondown_start(struct vg_missiondown *self, struct vg_mav_pair pair, struct vg_us now);
void vg_missiondown_feed(struct vg_missiondown *self, const struct vg_mav_msg *msg,
                         struct vg_us now);
void vg_missiondown_step(struct vg_missiondown *self, struct vg_us now);
bool vg_missiondown_next_out(struct vg_missiondown *self, struct vg_mav_msg *out);

struct vg_missionup {
    struct vg_mission_patience patience; /* may be set before start */
    enum vg_mission_state state;
    struct vg_error err; /* set err.lang before start */
    int n_items;
    int n_sent; /* 1 + the highest item asked for so far: progress */
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    struct vg_missiondown check; /* the read-back; check.next_item is its progress */
    /* private */
    struct vg_mav_pair pair;
    bool is_ardupilot;
    int last_item; /* -1: the count */
    struct vg_us sent;
    struct vg_us progressed;
    uint8_t refusal; /* the last MISSION_ACK that said no */
    struct vg_outq out;
};

/* Begin. `items` is copied. VG_E_RANGE: n_items outside 1..VG_MISSION_ITEMS_MAX; VG_E_INVALID: an
 * item that is not on the allow-list (its number is named). On failure the state is FAILED. */
enum vg_status vg_missionup_start(struct vg_missionup *self, struct vg_mav_pair pair,
                                  const struct vg_mission_item *items, int n_items,
                                  bool is_ardupilot, struct vg_us now,
                                  struct vg_error *err) VG_MUST_USE;
void vg_missionup_feed(struct vg_missionup *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_missionup_step(struct vg_missionup *self, struct vg_us now);
bool vg_missionup_next_out(struct vg_missionup *self, struct vg_mav_msg *out);

/* Does `got` mean the same as `meant`, item number `item_i`, under the rewrites above? If not,
 * *out_what (NULL allowed) names the field that differs ("latitude", "command", ...; a key for
 * vg_tr). */
bool vg_mission_item_agrees(const struct vg_mission_item *meant, const struct vg_mission_item *got,
                            int item_i, bool is_ardupilot, const char **out_what);

/* An item at a place: degrees, z in metres to the centimetre in the given frame. */
struct vg_mission_item vg_mission_place(uint16_t command, uint8_t frame, double lat_deg,
                                        double lon_deg, double z_m);
/* Does an item with this command have a place (latitude, longitude, altitude)? */
bool vg_mission_has_place(uint16_t command);
/* A MAV_MISSION_RESULT in words, a key for vg_tr. Borrowed for ever. */
const char *vg_mission_result_text(uint8_t result);

/* Between the item and its message. */
void vg_mission_item_pack(const struct vg_mission_item *item, int seq, struct vg_mav_pair pair,
                          struct vg_mav_msg *out);
/* From MISSION_ITEM_INT or the older MISSION_ITEM (degrees as floats). */
void vg_mission_item_unpack(const struct vg_mav_msg *msg, struct vg_mission_item *out,
                            int *out_seq);

#endif
