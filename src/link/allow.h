/* The allow-list: the only messages and commands that may ever leave the station.
 *
 * Everything not named in allow.c is refused. The list holds what watching needs: heartbeat and
 * time, missions, reading parameters and files, message rates, arming and disarming (never forced),
 * taking off, landing, returning, modes, pausing, pointing a camera and its recording, and where
 * other aircraft are. It holds nothing that drops, opens, fires, or moves an output, and nothing
 * that ends a flight by cutting power.
 *
 * The sender asks vg_allow_message for each message just before encoding. There is no way to add to
 * the list at run time. Threads: pure.
 */
#ifndef VG_LINK_ALLOW_H
#define VG_LINK_ALLOW_H

#include "link/mavmsg.h"

#include <stdbool.h>
#include <stdint.h>

/* May this message leave? If not, *out_why_not (NULL allowed) is the reason in English, a key for
 * vg_tr, borrowed for ever; untouched otherwise. Looks into commands, mission items and parameter
 * writes, which must also name one drone (target system 0, everybody, is refused). */
bool vg_allow_message(const struct vg_mav_msg *msg, const char **out_why_not);

/* May another ground station have this message passed on (the watch's "router")? What we may send,
 * but for what writes: a mission that was verified is not changed behind the station's back. */
bool vg_allow_guest_message(const struct vg_mav_msg *msg, const char **out_why_not);

/* Is this command id allowed in COMMAND_LONG and COMMAND_INT? Some also restrict their values. */
bool vg_allow_command(uint16_t command);

/* Is this command id allowed as an item of a list of this kind (MAV_MISSION_TYPE)? */
bool vg_allow_mission_item(uint8_t mission_type, uint16_t command);

/* May this parameter be written? */
bool vg_allow_param(const char *name);

#endif
