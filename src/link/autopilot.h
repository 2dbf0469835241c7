/* What autopilots do differently, as data: one table for each that we know, and one for the rest.
 *
 * Code elsewhere asks a table and not the number of the autopilot, so that a new one, or a new
 * version, is a change here. Every row in autopilot.c names where it comes from: the source file
 * of the autopilot, or "seen" for what was observed of ArduPlane 4.5.
 *
 *     const struct vg_autopilot *a = vg_autopilot_find(heartbeat.autopilot);
 *     if (a->has_home_item) ...
 *
 * Threads: pure. Allocations: none.
 */
#ifndef VG_LINK_AUTOPILOT_H
#define VG_LINK_AUTOPILOT_H

#include "link/airframe.h"
#include "link/mavenum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits of lists, by MAV_MISSION_TYPE. */
enum {
    VG_LIST_MISSION = 1 << VG_MAV_MISSION_TYPE_MISSION,
    VG_LIST_FENCE = 1 << VG_MAV_MISSION_TYPE_FENCE,
    VG_LIST_RALLY = 1 << VG_MAV_MISSION_TYPE_RALLY
};

/* What an autopilot gives back of an item with this command. Bit 0: parameter 1 ... bit 3:
 * parameter 4. */
struct vg_autopilot_kept {
    uint16_t command;
    bool has_place; /* latitude, longitude, altitude */
    uint8_t must; /* come back as they went */
    uint8_t may; /* come back, or are 0 where the sender put nothing the autopilot uses */
    uint8_t yes_no; /* come back as 1 for anything above 0 */
};

/* The program that flies: flight modes and parameters have its numbers and names. */
enum vg_firmware {
    VG_FIRMWARE_OTHER = 0,
    VG_FIRMWARE_ARDUPLANE,
    VG_FIRMWARE_ARDUCOPTER,
    VG_FIRMWARE_PX4,
    VG_FIRMWARE_COUNT
};

struct vg_autopilot {
    const char *name;
    uint8_t id; /* MAV_AUTOPILOT */
    enum vg_firmware firmware[VG_AIRFRAME_COUNT];

    /* Uploads. */
    bool has_home_item; /* item 0 of a mission is home, and its own */
    bool asks_old_request; /* MISSION_REQUEST; it wants MISSION_ITEM_INT all the same */
    bool takes_int; /* MISSION_ITEM_INT, whichever way it asked */
    bool takes_items_ahead; /* the item it waits for is taken before its request has come to us,
                               and one out of turn does no harm */
    uint8_t partial_lists; /* takes MISSION_WRITE_PARTIAL_LIST */
    uint8_t in_place_lists; /* writes items over the old ones as they come: a broken upload
                               destroys what was stored */
    bool obeys_cancel; /* MISSION_ACK with OPERATION_CANCELLED ends an upload at once */
    bool restarts_on_count; /* MISSION_COUNT in the middle of an upload begins again */
    bool refuses_late_items; /* answers an item out of turn with INVALID_SEQUENCE, else silent */
    int32_t asks_again_ms; /* for an item that did not come */
    int32_t gives_up_ms; /* an upload that stands still */

    /* Reading back. */
    bool reads_in_any_order; /* requests may be in flight together, in any order */
    bool breaks_off_reading; /* at a request that is neither the next nor the last one again */
    bool has_ids; /* opaque_id of MISSION_ACK and MISSION_COUNT: CRC-32 of the items sent */
    bool gives_int_frames; /* frames 0 and 3 come back as 5 and 6 (else 5, 6, 11 as 0, 3, 10) */
    bool drops_frame; /* items without a place, and fences, come back with frame 0 */
    bool keeps_whole_params; /* numbers in 8 or 16 bits; above 255 in tens */
    float altitude_step_m; /* of missions; 0: as sent */
    float rally_step_m; /* of rally points, cut towards 0; 0: as sent */
    const struct vg_autopilot_kept *kept;
    size_t n_kept;

    /* Items it takes. */
    bool takes_zoom_item;

    /* Modes. */
    bool splits_mode; /* DO_SET_MODE: bits 16..23 in parameter 2, 24..31 in 3; else whole in 2 */
    uint8_t satellite_mode_shift; /* HIGH_LATENCY2 has the 16 bits of custom_mode from here on */
    bool goes_to_a_place_in_hold; /* DO_REPOSITION: no mode of its own for it */
    bool copter_arms_in_mission; /* else a multirotor is armed in guided mode, and MISSION_START
                                    changes the mode */

    /* Commands and telemetry. */
    uint8_t unsupported_interval_result; /* MAV_RESULT of an interval it cannot give */
    bool acks_request_first; /* REQUEST_MESSAGE: the acknowledgement comes before the message */
    uint32_t estimate_id; /* the message that says how well it knows where it is */
    bool tells_armed_by_satellite; /* HIGH_LATENCY2: base_mode in custom0 */
    bool tells_landed_state; /* EXTENDED_SYS_STATE */
    bool stands_by_on_touchdown; /* system status falls to STANDBY while still armed */

    /* Parameters and files. */
    bool has_bytewise_params; /* whole numbers as their bytes, see vg_param_value */
    const char *log_folder; /* flight logs by MAVFTP; NULL: by LOG_REQUEST_LIST only */
    bool has_one_file_session; /* of MAVFTP: number 0, anybody's; else by number and client */

    /* Known of it, asked by nobody: what we do is right either way. */
    bool land_start_needs_rtl_autoland; /* DO_LAND_START is flown to by RTL only with this
                                           parameter set */
    bool obeys_command_cancel; /* COMMAND_CANCEL */
    bool reached_may_be_wrong; /* MISSION_ITEM_REACHED after a loiter may name another item */
    bool set_echo_has_no_index; /* PARAM_SET is answered with param_index 65535 */
    bool pack_size_overstated; /* @PARAM/param.pck is shorter than its directory entry says */
    bool cuts_text_without_end; /* a text of 51 characters may come as one piece of 50 */
    bool usb_link_may_be_unsigned; /* signing on: the first link still takes unsigned */
};

/* By MAV_AUTOPILOT. Never NULL: one that is not known gets the careful table, which asks for
 * nothing out of the ordinary and expects everything back as sent. Borrowed for ever. */
const struct vg_autopilot *vg_autopilot_find(uint8_t mav_autopilot);

/* Of a drone whose heartbeat says MAV_AUTOPILOT and MAV_TYPE so. */
enum vg_firmware vg_firmware_of(uint8_t mav_autopilot, uint8_t mav_type);

/* false: a component that is no autopilot (a camera, a ground station) says so. */
bool vg_autopilot_is_one(uint8_t mav_autopilot);

/* What it keeps of a command; NULL: nothing is known. */
const struct vg_autopilot_kept *vg_autopilot_kept(const struct vg_autopilot *self,
                                                  uint16_t command);

#endif
