/* Shared by the fleet's files; nobody else includes it. */
#ifndef VG_SIM_FLEET_PRIV_H
#define VG_SIM_FLEET_PRIV_H

#include "sim/fleet.h"
#include "sim/wire.h"

/* What is wrong with one drone just now, all faults in force together. */
struct vg_fleet_trouble {
    bool is_deaf;
    bool is_mute;
    struct vg_wire_faults radio;
    struct vg_simdrone_faults drone;
};

struct vg_fleet_member {
    struct vg_simdrone *drone;
    struct vg_simfleet_link link;
    struct vg_pilot_home *pads; /* one a base */
    struct vg_wire *up; /* to the drone; NULL with `down`: bytes pass at once */
    struct vg_wire *down;
    struct vg_fleet_trouble trouble;
    size_t n_held; /* a frame that did not fit into the last datagram */
    uint8_t held[VG_MAV_FRAME_MAX];
};

struct vg_simfleet {
    const struct vg_watchfile *watch; /* borrowed */
    uint64_t seed;
    struct vg_us start;
    struct vg_us now;
    int n;
    struct vg_fleet_member *members;
    int n_faults;
    struct {
        struct vg_simfault fault;
        bool has_happened; /* of things of a moment */
    } faults[VG_SIMFAULTS_MAX];
};

#endif
