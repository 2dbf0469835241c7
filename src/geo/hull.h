/* The convex hull of points in a plane. Threads: pure. Allocations: none. */
#ifndef VG_GEO_HULL_H
#define VG_GEO_HULL_H

enum {
    VG_HULL_MAX = 64
};

/* The hull of n points (at most VG_HULL_MAX), counter-clockwise, into `out`, which has room for
 * them; `points` are sorted on the way. Corners that stand out by less than a thousandth of the
 * sides beside them are left out, so that the hull stays convex when its corners are rounded. Under
 * three corners: they lie on a line. Source: A. M. Andrew, "Another efficient algorithm for convex
 * hulls in two dimensions", Information Processing Letters 9, 1979. */
int vg_hull(double points[][2], int n, double out[][2]);

#endif
