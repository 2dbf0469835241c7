/* From a line of measurements (docs/formats.md) to a scan for the station's tracker, without what
 * lies in a privacy zone. Threads: one at a time. */
#ifndef VG_APP_STATION_SCANS_H
#define VG_APP_STATION_SCANS_H

#include "config/watchfile.h"
#include "track/scan_json.h"

struct vg_station_scans {
    const struct vg_watchfile *watch; /* borrowed */
    struct vg_scan_reader *reader; /* its sensors: the drones first, in the watch's order */
    struct vg_measurement *kept;
    size_t kept_room;
    uint64_t n_private; /* dropped so far */
};

/* Metres are counted from the middle of the longest line, seconds from `now`. VG_E_NO_MEMORY. */
enum vg_status vg_station_scans_open(struct vg_station_scans *self,
                                     const struct vg_watchfile *watch, double now_s,
                                     struct vg_error *err) VG_MUST_USE;
void vg_station_scans_close(struct vg_station_scans *self);

/* `out` is borrowed until the next call. VG_E_FORMAT: not such a line, with what was expected. */
enum vg_status vg_station_scans_read(struct vg_station_scans *self, const char *line, size_t n,
                                     struct vg_scan *out, struct vg_error *err) VG_MUST_USE;

#endif
