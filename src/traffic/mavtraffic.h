/* Traffic in MAVLink: ADSB_VEHICLE and OPEN_DRONE_ID_* in, ADSB_VEHICLE out to an autopilot.
 *
 * Source: mavlink.io/en/messages/common.html; ArduPilot AP_ADSB.cpp for what it takes: it looks for
 * the contact by ICAO_address and reads `altitude` as metres above mean sea level whatever its type
 * (get_location), so that is what is sent where it is known. Threads: pure. Allocations: none.
 */
#ifndef VG_TRAFFIC_MAVTRAFFIC_H
#define VG_TRAFFIC_MAVTRAFFIC_H

#include "link/mavmsg.h"
#include "traffic/rid.h"
#include "traffic/table.h"

/* A message of either family. The sender's own identity (OPEN_DRONE_ID_* without a radio address)
 * is told too: the caller knows whose link it came by. false: another message, or nothing told. */
bool vg_mavtraffic_take(struct vg_rid *rid, const struct vg_mav_msg *msg, struct vg_us now,
                        vg_sighting_fn fn, void *ctx);
/* The id in an OPEN_DRONE_ID_BASIC_ID that is about its sender; false: about another. */
bool vg_mavtraffic_own_id(const struct vg_mav_msg *msg, char out[VG_SIGHTING_ID_SIZE]);

/* A contact for an autopilot. Those without an ICAO address get one of F80000 to FFFFFF, which
 * ICAO assigns to nobody, made of their id. */
void vg_mavtraffic_vehicle(const struct vg_contact *c, const struct vg_contact_now *at,
                           uint8_t sysid, uint8_t compid, struct vg_mav_msg *out);

#endif
