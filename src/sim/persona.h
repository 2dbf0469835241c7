/* How a simulated drone speaks: ArduPilot or PX4, plane, quadplane or copter. What it tells and how
 * it answers differs; it flies all the same as flight.h does, on wings.
 *
 * What autopilots do differently is link/autopilot.h's; here is what only their drones' side knows.
 * Each row of persona.c names its source. Threads: pure. Allocations: none. */
#ifndef VG_SIM_PERSONA_H
#define VG_SIM_PERSONA_H

#include "config/watchfile.h"
#include "link/mode.h"

enum vg_sim_autopilot {
    VG_SIM_ARDUPILOT = 0,
    VG_SIM_PX4,
    VG_SIM_AUTOPILOT_COUNT
};

struct vg_sim_persona {
    const char *name; /* as of --autopilot */
    uint8_t autopilot; /* MAV_AUTOPILOT */
    uint8_t type; /* MAV_TYPE */
    bool tells_wind_cov; /* WIND_COV, not WIND */
    uint8_t not_armed; /* MAV_RESULT of a refused arming */
    int64_t arms_after_us; /* from power-up */
    uint32_t version; /* flight_sw_version */
};

/* Borrowed for ever. */
const struct vg_sim_persona *vg_sim_persona(enum vg_sim_autopilot autopilot, enum vg_kind kind);
/* "ardupilot", "px4"; false: neither. */
bool vg_sim_autopilot_find(const char *name, enum vg_sim_autopilot *out);

/* Between the pilot's modes, which are ArduPlane's, and what this one tells and takes. */
uint32_t vg_sim_persona_mode_out(const struct vg_sim_persona *self, uint32_t plane_mode);
/* false: it has no such mode, or the simulator flies none of its kind. */
bool vg_sim_persona_mode_in(const struct vg_sim_persona *self, uint32_t custom_mode,
                            uint32_t *out_plane_mode);

#endif
