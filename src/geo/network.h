/* What is to be watched: lines with kilometre posts, cut into stretches.
 *
 * In:  GeoJSON (RFC 7946) LineString and MultiLineString features; properties "name", "line",
 * "revisit", "depth" override the defaults of the watch file. Out: lines (a continuous way with a
 * distance from its start at each vertex) and stretches (pieces of a line with one wanted revisit
 * and watch depth). Features that carry the same "line" (or none) and whose ends meet are joined
 * into one line in file order; what does not meet becomes a line of its own.
 *
 * "line" names the line; a line without one takes the name of its first feature, else "L1", "L2",
 * ... Neighbouring pieces with the same name, revisit and depth make one stretch.
 *
 * Distances along a line are geodesic metres on WGS 84; "km 12.5" in files is 12,500 m here.
 * Between two positions the line is straight in longitude and latitude (RFC 7946 section 3.1.1):
 * segments over 10 km get vertices in between, so that walking s along a segment is linear in both.
 * Threads: pure. Memory: malloc, owned by the network; O(vertices).
 */
#ifndef VG_GEO_NETWORK_H
#define VG_GEO_NETWORK_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    VG_NAME_SIZE = 64
};

/* Invariants: n >= 2; s_m[0] = 0, strictly increasing; length_m = s_m[n - 1] > 0; lat in [-90, 90],
 * lon in [-180, 180] (a segment may cross the antimeridian: take the short way). */
struct vg_line {
    char name[VG_NAME_SIZE]; /* unique in the network */
    int n;
    double *lat_deg;
    double *lon_deg;
    double *s_m;
    double length_m;
    bool is_closed; /* the last vertex equals the first */
};

/* Invariants: 0 <= from_m < to_m <= line length; the stretches of a line are in order, do not
 * overlap and cover it from end to end. */
struct vg_stretch {
    char id[16]; /* "S1", "S2", ... unique in the network */
    char name[VG_NAME_SIZE]; /* "" if the file gives none */
    int line;
    double from_m;
    double to_m;
    double revisit_s; /* wanted, > 0 */
    double depth_m; /* watched to this far on each side, > 0 */
};

struct vg_network {
    struct vg_line *lines;
    int n_lines;
    struct vg_stretch *stretches;
    int n_stretches;
};

/* Parses "4h", "45min", "90s", "1h 30min"; plain numbers in GeoJSON properties are refused (no
 * unit). The watch file uses the same reader (config/quantity.h); it is passed in so that geo does
 * not depend on it. */
struct vg_network_defaults {
    double revisit_s;
    double depth_m;
    enum vg_status (*read_duration)(const char *text, double *out_s, struct vg_error *err);
    enum vg_status (*read_length)(const char *text, double *out_m, struct vg_error *err);
};

/* VG_E_FORMAT: not JSON (line, column), or what the feature (numbered from 1) breaks.
 * VG_E_NO_MEMORY. */
enum vg_status vg_network_parse(const char *geojson, size_t n, const char *place,
                                const struct vg_network_defaults *defaults, struct vg_network *out,
                                struct vg_error *err) VG_MUST_USE;
/* Split stretches so that [from_m, to_m] of `line` has this revisit (and depth, if > 0; and name,
 * if not NULL or ""); re-numbers the ids. to_m may pass the line's end by up to a kilometre
 * (rounded kilometre posts). VG_E_RANGE otherwise. */
enum vg_status vg_network_override(struct vg_network *self, int line, double from_m, double to_m,
                                   double revisit_s, double depth_m, const char *name,
                                   struct vg_error *err) VG_MUST_USE;
void vg_network_finish(struct vg_network *self);

int vg_network_find_line(const struct vg_network *self, const char *name); /* -1: none */
/* The stretch that holds s_m of `line` (its from_m inclusive). s_m is clamped to the line. */
int vg_network_stretch_at(const struct vg_network *self, int line, double s_m);
double vg_network_length_m(const struct vg_network *self);

/* A point on the line. heading_true_deg in [0, 360): the way of growing s, of the chord over
 * +-smooth_m (0: the segment). */
void vg_line_at(const struct vg_line *self, double s_m, double smooth_m, double *out_lat_deg,
                double *out_lon_deg, double *out_heading_true_deg);
/* The nearest point of the line: its s and its distance; offset_m is positive to the right of
 * growing s. O(vertices); for many queries use vg_strip_nearest. */
void vg_line_nearest(const struct vg_line *self, double lat_deg, double lon_deg, double *out_s_m,
                     double *out_offset_m);

#endif
