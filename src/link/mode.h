/* Flight modes: the autopilot's number to a name and to what it means for the watch, and back.
 * Sources: ArduPilot ArduPlane/mode.h and ArduCopter/mode.h; PX4 px4_custom_mode.h. Threads: pure.
 */
#ifndef VG_LINK_MODE_H
#define VG_LINK_MODE_H

#include <stdbool.h>
#include <stdint.h>

enum vg_mode_kind {
    VG_MODE_OTHER = 0, /* anything else, known or not */
    VG_MODE_MANUAL, /* a person's sticks fly it */
    VG_MODE_MISSION,
    VG_MODE_HOLD, /* circling or hovering on the spot */
    VG_MODE_RETURN,
    VG_MODE_TAKEOFF,
    VG_MODE_LAND,
    VG_MODE_GUIDED,
    VG_MODE_KIND_COUNT
};

/* The autopilot's own name ("AUTO", "RTL", "AUTO.MISSION"), NULL if unknown. Borrowed for ever.
 * autopilot: MAV_AUTOPILOT; type: MAV_TYPE; custom_mode as in HEARTBEAT. */
const char *vg_mode_name(uint8_t autopilot, uint8_t type, uint32_t custom_mode);
enum vg_mode_kind vg_mode_kind(uint8_t autopilot, uint8_t type, uint32_t custom_mode);

/* The number to ask for; false if this autopilot has no such mode. */
bool vg_mode_find(uint8_t autopilot, uint8_t type, enum vg_mode_kind kind,
                  uint32_t *out_custom_mode);

/* For MAV_CMD_DO_SET_MODE: parameter 2 and 3 (PX4 splits the number, ArduPilot does not). */
void vg_mode_command_params(uint8_t autopilot, uint32_t custom_mode, float *out_p2, float *out_p3);
/* The drone's side of it; false: parameter 2 is no such number. */
bool vg_mode_of_command(uint8_t autopilot, double p2, double p3, uint32_t *out_custom_mode);

#endif
