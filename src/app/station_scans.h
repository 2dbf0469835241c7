/* From a line of measurements to a scan in the station's frame (docs/formats.md). Inside the
 * station's tracking only. Threads: pure; arrays are reused from line to line. */
#ifndef VG_APP_STATION_SCANS_H
#define VG_APP_STATION_SCANS_H

#include "config/watchfile.h"
#include "geo/geodesy.h"
#include "geo/hull.h"
#include "track/track.h"

enum {
    VG_SCAN_SENSOR_SIZE = 24,
    VG_SCAN_DETECTIONS = 1000
};

struct vg_station_scan {
    char sensor[VG_SCAN_SENSOR_SIZE];
    struct vg_scan scan; /* sensor number not set; arrays are these: */
    struct vg_measurement measurements[VG_SCAN_DETECTIONS];
    double footprint_m[VG_HULL_MAX][2];
    int n_private; /* dropped: in a privacy zone */
};

/* VG_E_FORMAT: not such a line, with what was expected. */
enum vg_status vg_station_scan_read(const char *line, size_t n, const struct vg_frame *frame,
                                    const struct vg_watchfile *watch, struct vg_station_scan *out,
                                    struct vg_error *err) VG_MUST_USE;

#endif
