/* Places and detections of a JSON line: the inner part of scan_json.h. */
#ifndef VG_TRACK_SCAN_PLACE_H
#define VG_TRACK_SCAN_PLACE_H

#include "base/json.h"
#include "geo/geodesy.h"
#include "track/track.h"

/* What places of a stream are counted from. Degrees and metres mix only where the origin is given:
 * else nobody knows where the metres are. */
struct vg_scan_ground {
    struct vg_frame frame;
    bool has_frame, is_given, is_metres;
};

/* {"x","y"} or {"lat","lon"}, in metres of the frame; the first degrees set it. */
enum vg_status vg_place_read(struct vg_scan_ground *ground, const json_t *object, double out_m[2],
                             struct vg_error *err) VG_MUST_USE;

/* One of a line's "detections". `at_m`: where its sensor stands, NULL if not said: wanted for
 * ranges and bearings. */
enum vg_status vg_detection_read(struct vg_scan_ground *ground, const json_t *object,
                                 const double *at_m, struct vg_measurement *out,
                                 struct vg_error *err) VG_MUST_USE;

#endif
