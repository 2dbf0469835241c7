/* The tracker: measurements of moving cameras and other sensors in, tracks out. Pure: no I/O,
 * clock, threads or globals; the same scans give the same tracks, bit for bit. One local frame,
 * metres, x east, y north; whoever has latitudes converts first (geo/geodesy.h). Times are seconds
 * of any one clock.
 *
 * A trajectory Poisson multi-Bernoulli filter: Garcia-Fernandez, Williams, Granstrom, Svensson,
 * "Poisson multi-Bernoulli mixture filter", IEEE TAES 54(4) 2018; marginals of the assignment by
 * belief propagation: Williams, Lau, IEEE TAES 50(4) 2014. docs/tracking.md has the equations and
 * every parameter. */
#ifndef VG_TRACK_TRACK_H
#define VG_TRACK_TRACK_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an object may be; nobody is ever identified. */
enum vg_track_class {
    VG_TRACK_UNKNOWN,
    VG_TRACK_PERSON,
    VG_TRACK_VEHICLE,
    VG_TRACK_ANIMAL,
    VG_TRACK_VESSEL,
    VG_TRACK_CLASSES
};

/* How an object moves: the modes of the motion model. */
enum vg_track_motion {
    VG_TRACK_STILL,
    VG_TRACK_WALKING,
    VG_TRACK_STEADY,
    VG_TRACK_TURNING,
    VG_TRACK_ROAD,
    VG_TRACK_MOTIONS
};

enum vg_track_state {
    VG_TRACK_TENTATIVE, /* probably there, not yet shown */
    VG_TRACK_CONFIRMED, /* shown, seen within its last looks */
    VG_TRACK_COASTING, /* shown, out of all footprints or missed: its ellipse grows */
    VG_TRACK_ENDED /* no longer there, or lost: last word on it */
};

enum vg_measurement_kind {
    VG_MEASURED_POSITION, /* x, y with cov */
    VG_MEASURED_BEARING /* from (x, y) at bearing_rad, clockwise from north, one sigma sd_rad; cov
                           unused */
};

#define VG_TRACK_FEATURES 8 /* longest appearance vector */

/* One detection. Unknown parts are zero: no class (`class_p` all zero), no speed (`speed_sd_m_s`
 * 0), no features. */
struct vg_measurement {
    enum vg_measurement_kind kind;
    double x_m, y_m;
    double cov_m2[3]; /* xx, xy, yy: all of the error, pointing included */
    double bearing_rad, bearing_sd_rad;
    double speed_m_s, speed_sd_m_s;
    double class_p[VG_TRACK_CLASSES]; /* likelihoods, any scale */
    float feature[VG_TRACK_FEATURES]; /* appearance: nearness of vectors is nearness of looks (size,
                                         colour, heat) */
    unsigned n_features;
    uint64_t source_id; /* the same object says so itself (AIS, Remote ID): hash of its name; 0: it
                           does not */
};

/* One look of one sensor. Footprint: convex, counter-clockwise, metres; n_footprint 0: whole frame
 * (a radio receiver). */
struct vg_scan {
    double t_s;
    uint32_t sensor; /* numbered from 0 by the caller; tracks and biases name it */
    const double (*footprint_m)[2];
    size_t n_footprint;
    double pd; /* chance of detecting an object well inside, 0 to 1 */
    double clutter_per_m2; /* false detections per square metre of footprint, per scan */
    const struct vg_measurement *measurements;
    size_t n;
};

/* Every number of the model; vg_track_defaults fills all, one setting for every scene. Units in
 * docs/tracking.md. */
struct vg_track_params; /* defined in track/params.h */

/* A track as told. */
struct vg_track {
    uint64_t id; /* kept over gaps; never used again for another object */
    double t_s;
    double x_m, y_m, vx_m_s, vy_m_s;
    double cov[10]; /* of x, y, vx, vy: upper triangle by rows */
    double p_exist;
    double class_p[VG_TRACK_CLASSES];
    double motion_p[VG_TRACK_MOTIONS];
    enum vg_track_state state;
    double born_s, seen_s; /* first and newest measurement taken as its own */
    uint32_t sensor; /* of the newest measurement */
    uint32_t looks, hits; /* scans that should have seen it; that did */
    uint32_t relinked; /* times it was found again after a gap under this id */
};

struct vg_track_stats {
    uint64_t scans, late, too_late, measurements, births;
    uint64_t dropped_for_room; /* new objects not begun for want of max_tracks */
    uint64_t dropped_for_time; /* scans and pairs over max_ops and max_pairs: solved less well */
    size_t tracks, tentative, peak_tracks;
    size_t bytes; /* all that the tracker holds */
};

struct vg_tracker;

/* A tracker; NULL params: the defaults. All memory is asked for here and grows by doubling up to
 * `max_tracks`. VG_E_NO_MEMORY, or VG_E_RANGE for parameters out of range, in words. The caller
 * frees it with vg_tracker_free. */
enum vg_status vg_tracker_new(const struct vg_track_params *params, struct vg_tracker **out,
                              struct vg_error *err);
void vg_tracker_free(struct vg_tracker *tracker);

/* One scan. Late by up to params.late_s: put in its place, as if it had come in time; later than
 * that: counted, else ignored. VG_E_INVALID (not finite, covariance not positive, footprint not
 * convex) leaves the tracker as it was. */
enum vg_status vg_tracker_scan(struct vg_tracker *tracker, const struct vg_scan *scan,
                               struct vg_error *err);

/* Tracks predicted to t_s (not before the newest scan), by id; at most `max` of them are written,
 * the number that there is, is returned. Told are confirmed tracks that are worth it (params:
 * tell_*). `all`: also tentative ones, those out of sight for long, and those ended since the last
 * call with `all`, at the time of their newest measurement (the newest 64). A scan that comes late
 * may change what was told; an id stays. */
size_t vg_tracker_tracks(struct vg_tracker *tracker, double t_s, bool all, struct vg_track *out,
                         size_t max);

/* What the pointing of a sensor is off by, as shared objects show it: metres east and north, and
 * one sigma of each. false: not known. Positions are already corrected by it. */
bool vg_tracker_bias(const struct vg_tracker *tracker, uint32_t sensor, double bias_m[2],
                     double sd_m[2]);

/* Chance that an object nobody has seen yet stands in each square metre there, as the tracker
 * believes. */
double vg_tracker_unseen_per_m2(const struct vg_tracker *tracker, double x_m, double y_m);

struct vg_track_stats vg_tracker_stats(const struct vg_tracker *tracker);

#endif
