/* What a footprint holds: the chance that an object lies in it. Pure; nothing allocated. */
#ifndef VG_TRACK_FOOTPRINT_H
#define VG_TRACK_FOOTPRINT_H

#include "track/track.h"

/* The most corners that a footprint may have. */
#define VG_FOOTPRINT_CORNERS 64

struct vg_footprint {
    const double (*at)[2]; /* borrowed from the scan */
    size_t n; /* 0: the whole plane */
    double low[2], high[2]; /* its box, metres */
};

/* VG_E_INVALID, in words, if the scan's footprint is not finite, convex, counter-clockwise, with 3
 * to VG_FOOTPRINT_CORNERS corners and an area. */
enum vg_status vg_footprint_of(const struct vg_scan *scan, struct vg_footprint *out,
                               struct vg_error *err);

/* Integral of the normal density with mean x, y and covariance c (xx, xy, yy) over the footprint,
 * to about 1e-3: exact far from all edges and near one, by strips across the density near a corner.
 */
double vg_footprint_share(const struct vg_footprint *f, const double mean[2], const double c[3]);

bool vg_footprint_has(const struct vg_footprint *f, double x, double y);

#endif
