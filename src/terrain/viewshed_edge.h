/* Edges of columns against the horizon, eight points at a time. Inside src/terrain only. */
#ifndef VG_TERRAIN_VIEWSHED_EDGE_H
#define VG_TERRAIN_VIEWSHED_EDGE_H

#include "terrain/viewshed_priv.h"
#include "terrain/viewshed_vec.h"

/* How far the edges of columns stand above points x of the horizon; below zero where there is none
 * or it differs by rounding only (the ends of edges are points of the horizon already). whole: x
 * without its fraction; z, z_before: this row and the one before there. The edge of column j lies within j / (i -
 * 1) of a cell, from the row's grid point to that of the row before. */
VG_V8_INLINE v8f vg_shed_edge_d8(const struct vg_span *span, v8f x, v8f whole, v8f z, v8f z_before,
                                 v8f at_m)
{
    v8f part = (x - whole) * (span->i - 1.0F) / (whole + span->j0);
    v8f d = z + part * (z_before * span->stretch - z) - at_m;
    v8f slack = v8f_max(at_m, -at_m) * 4e-7F + 1e-5F;
    return v8f_choose((part <= 1.0F) & (d > slack), d, v8f_all(-1.0F));
}

#endif
