/* Edges of columns against the horizon, eight points at a time. Inside src/terrain only. */
#ifndef VG_TERRAIN_VIEWSHED_EDGE_H
#define VG_TERRAIN_VIEWSHED_EDGE_H

#include "terrain/viewshed_priv.h"
#include "terrain/viewshed_vec.h"

/* A place this near to a grid point is at it: rounding of x, which is below 16. Matters where the
 * horizon has a step, beside voids. */
#define VG_SHED_NEAR 2e-6F

/* The grid point at or before x. On the octant's diagonal it is the one before: the column that
 * begins there is the next octant's. */
VG_V8_INLINE v8i vg_shed_before8(const struct vg_span *span, v8f x)
{
    return v8f_to_int(v8f_min(x + VG_SHED_NEAR, v8f_all(span->i - 0.5F - span->j0)));
}

VG_V8_INLINE int vg_shed_before(const struct vg_span *span, float x)
{
    float last = span->i - 0.5F - span->j0;
    return (int)(x + VG_SHED_NEAR < last ? x + VG_SHED_NEAR : last);
}

/* How far the edges of columns stand above points x of the horizon; below zero where there is none
 * or it differs by rounding only (the ends of edges are points of the horizon already). whole: the
 * grid point at or before x; z, z_before: this row and the one before there. The edge of column j
 * lies within j / (i - 1) of a cell, from the row's grid point to that of the row before. */
VG_V8_INLINE v8f vg_shed_edge_d8(const struct vg_span *span, v8f x, v8f whole, v8f z, v8f z_before,
                                 v8f at_m)
{
    v8f width = (whole + span->j0) * (span->per_i * span->stretch);
    v8f on = x - whole;
    v8f part = v8f_min(on / width, v8f_all(1.0F));
    v8f d = z + part * (z_before * span->stretch - z) - at_m;
    v8f slack = v8f_max(at_m, -at_m) * 4e-7F + 1e-5F;
    v8i is_above = (on <= width + VG_SHED_NEAR) & (width > 0.0F) & (d > slack);
    return v8f_choose(is_above, d, v8f_all(-1.0F));
}

/* The same for one point: does an edge stand above it? */
VG_V8_INLINE bool vg_shed_is_below_edge(const struct vg_span *span, float u, float s)
{
    float x = u * span->g + span->x0;
    int q = vg_shed_before(span, x);
    float width = ((float)q + span->j0) * (span->per_i * span->stretch);
    float on = x - (float)q;
    float part = on < width ? on / width : 1.0F;
    float edge_m = span->z_m[q] + part * (span->before_m[q] * span->stretch - span->z_m[q]);
    return width > 0.0F && on <= width + VG_SHED_NEAR && edge_m > s * span->i;
}

#endif
