/* What is on the ground: measurements of drones' cameras, other sensors and people come in, the
 * tracker makes tracks of them, `track` events tell the watch.
 *
 *   inputs of the watch ─┐
 *   simulated cameras  ──┼─► lines (docs/formats.md) ─► tracker ─► `track` events ─► record + watch
 *   people's reports  ───┘
 *
 * One tracker for the watch. A track is told once it is confirmed, when its state
 * changes, when it has changed sides of the line or come into a zone, else every five seconds while
 * it moves, every fifteen while it stands and once a minute while it is out of sight; at most
 * VG_STATION_TRACKS_TOLD events a second. After a restart ids go on behind the highest one of the
 * record; tracks that were open then stay as they were last told and end ten minutes after they
 * were last seen.
 *
 * What lies in a privacy zone of the watch is dropped before the tracker sees it. Threads: loop. */
#ifndef VG_APP_STATION_TRACKS_H
#define VG_APP_STATION_TRACKS_H

#include "base/status.h"
#include "base/text.h"

struct vg_reply;
struct vg_station;
struct vg_station_tracks;

enum {
    VG_STATION_TRACKS_TOLD = 40
};

/* VG_E_FORMAT at the input's place in the watch; VG_E_IO: port taken; VG_E_NO_MEMORY. */
enum vg_status vg_station_tracks_open(struct vg_station *station, struct vg_station_tracks **out,
                                      struct vg_error *err) VG_MUST_USE;
void vg_station_tracks_close(struct vg_station_tracks *self); /* NULL is fine */
/* As often as the station ticks; works once a second. */
void vg_station_tracks_step(struct vg_station_tracks *self);
/* Where a simulation of this station sends its measurements: "udpout:127.0.0.1:PORT"; "" nowhere.
 */
const char *vg_station_tracks_sim_to(const struct vg_station_tracks *self);
/* POST /api/reports: somebody saw something. `by` has been checked. False: answered with what is
 * wrong. */
bool vg_station_tracks_report(struct vg_station_tracks *self, const char *by, const char *body,
                              size_t n, struct vg_reply *reply);
/* "tracking": {...} of /status. */
void vg_station_tracks_status(const struct vg_station_tracks *self, struct vg_buf *out);

#endif
