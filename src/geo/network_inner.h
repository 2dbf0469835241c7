/* What the files of the network share. Inside src/geo only. */
#ifndef VG_GEO_NETWORK_INNER_H
#define VG_GEO_NETWORK_INNER_H

#include "geo/network.h"

/* A segment longer than this gets vertices in between: straight in longitude and latitude, its
 * length is then geodesic to 1e-6 (RFC 7946 section 3.1.1). */
#define VG_LINE_SEGMENT_MAX_M 10e3
/* Ends closer than this meet: two units of the seventh decimal of a degree. */
#define VG_LINE_MEET_M 0.02
/* Nearer vertices than this are the same vertex. */
#define VG_LINE_SAME_M 1e-3

/* Bounds of what a file may ask for. */
enum {
    VG_LINE_VERTICES_MAX = 2000000
};

/* A line under construction: vertices grow by doubling. */
struct vg_line_maker {
    struct vg_line line;
    int cap;
};

/* Append a vertex, with vertices in between where the segment is long; a repeated vertex is
 * dropped. *budget counts vertices down. VG_E_FULL when used up, VG_E_NO_MEMORY. */
enum vg_status vg_line_maker_add(struct vg_line_maker *self, double lat_deg, double lon_deg,
                                 int *budget);

/* Append a stretch. false: out of memory. */
bool vg_network_push(struct vg_network *self, int *cap, const struct vg_stretch *s);
/* Join equal neighbours and number the ids. */
void vg_network_tidy(struct vg_network *self);

#endif
