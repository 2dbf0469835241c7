/* What the remote id module of a drone must be told from the ground: where its operator is and who
 * (OPEN_DRONE_ID_SYSTEM once a second, OPEN_DRONE_ID_OPERATOR_ID every five).
 *
 * Only a drone that has a module is told: one whose OPEN_DRONE_ID_ARM_STATUS was heard, or whose
 * heartbeat says so. Its serial number (BASIC_ID) is never sent: ArduPilot may burn the first one
 * it hears (AP_OpenDroneID.cpp, LockUASIDOnFirstBasicIDRx), and it belongs into the module.
 *
 * Memory: fixed. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/opendroneid.html; ASTM F3411-22a.
 */
#ifndef VG_LINK_REMOTEID_H
#define VG_LINK_REMOTEID_H

#include "base/time.h"
#include "link/outq.h"

enum {
    VG_OPERATOR_ID_MAX = 20
};

struct vg_operator {
    bool has_place;
    double lat_deg;
    double lon_deg;
    char id[VG_OPERATOR_ID_MAX + 1]; /* registration; "": not told */
};

struct vg_remoteid {
    bool has_module;
    /* private */
    struct vg_mav_pair pair;
    struct vg_us told_place;
    struct vg_us told_id;
    struct vg_outq out;
};

void vg_remoteid_init(struct vg_remoteid *self, struct vg_mav_pair pair);
void vg_remoteid_feed(struct vg_remoteid *self, const struct vg_mav_msg *msg);
void vg_remoteid_step(struct vg_remoteid *self, const struct vg_operator *operator,
                      struct vg_us now);
bool vg_remoteid_next_out(struct vg_remoteid *self, struct vg_mav_msg *out);

#endif
