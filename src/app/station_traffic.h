/* Other aircraft and ships at the station: opens the feeds of the watch, keeps the contacts, raises
 * alarms, tells the autopilots, answers /api/traffic.
 *
 * In the record: an event `traffic` for a contact while it is in alarm with a drone, every five
 * seconds, and the alerts; nothing of others, and nothing of where a drone's pilot stands.
 *
 * Threads: loop thread. */
#ifndef VG_APP_STATION_TRAFFIC_H
#define VG_APP_STATION_TRAFFIC_H

#include "base/status.h"
#include "base/text.h"
#include "link/mavmsg.h"

struct vg_station;
struct vg_station_traffic;

/* NULL in *out: the watch has no `traffic`. VG_E_FORMAT at the feed's place; VG_E_IO: port taken.
 */
enum vg_status vg_station_traffic_open(struct vg_station *station, struct vg_station_traffic **out,
                                       struct vg_error *err) VG_MUST_USE;
void vg_station_traffic_close(struct vg_station_traffic *self);
/* A checked message of drone i: its own receiver's ADSB_VEHICLE, its own Remote ID. */
void vg_station_traffic_feed(struct vg_station_traffic *self, const struct vg_mav_msg *msg);
/* As often as the station ticks; works once a second. */
void vg_station_traffic_step(struct vg_station_traffic *self);
/* docs/api.md: contacts, alarms, feeds. self NULL: {"given":false}. */
void vg_station_traffic_json(const struct vg_station_traffic *self, struct vg_buf *out);

#endif
