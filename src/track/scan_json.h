/* Scans as JSON lines (docs/formats.md, "Measurements"): what cameras, radars, receivers and people
 * report, in metres of a local frame or in degrees.
 *
 * A reader remembers what lines share: the local frame, the sensors' numbers, the clock's start.
 * Times of scans are seconds since the first line's whole second, so that any clock will do.
 *
 * Threads: pure. Memory: grows to the longest line's; sensors are bounded. */
#ifndef VG_TRACK_SCAN_JSON_H
#define VG_TRACK_SCAN_JSON_H

#include "geo/geodesy.h"
#include "track/track.h"

enum {
    VG_SCAN_SENSORS = 1024, /* as many names in one stream */
    VG_SCAN_MEASUREMENTS = 65536 /* in one line */
};

/* A line without footprint and "pd" is a report, not a look: nobody else is missed by it. */
#define VG_REPORT_PD 0.01

struct vg_scan_reader;

/* Freed by the caller. VG_E_NO_MEMORY. */
enum vg_status vg_scan_reader_new(struct vg_scan_reader **out, struct vg_error *err) VG_MUST_USE;
void vg_scan_reader_free(struct vg_scan_reader *self);

/* Metres are counted from here; else the first lat and lon of the stream sets it. Before any line.
 */
void vg_scan_reader_origin(struct vg_scan_reader *self, double lat_deg, double lon_deg);
/* NULL: all in metres so far. */
const struct vg_frame *vg_scan_reader_frame(const struct vg_scan_reader *self);
/* What the tracker's time 0 is on the stream's clock, seconds. */
double vg_scan_reader_start_s(const struct vg_scan_reader *self);
/* A sensor's name; "" for a number never given. Borrowed. */
const char *vg_scan_reader_sensor(const struct vg_scan_reader *self, uint32_t sensor);

/* One line. `out` is borrowed until the next call. VG_E_FORMAT with what was expected (and the
 * column, where it is not JSON); the reader then is as before, but for names of sensors. Numbers
 * that are no measurement (a covariance that is none, a footprint that is not convex) are found by
 * vg_tracker_scan. */
enum vg_status vg_scan_read(struct vg_scan_reader *self, const char *line, size_t n,
                            struct vg_scan *out, struct vg_error *err) VG_MUST_USE;

#endif
