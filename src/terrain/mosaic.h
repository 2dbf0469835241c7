/* Files of one grid joined into layers, decoded into memory or cache files. Inside src/terrain
 * only.
 */
#ifndef VG_TERRAIN_MOSAIC_H
#define VG_TERRAIN_MOSAIC_H

#include "terrain/layer.h"
#include "terrain/source.h"

/* Lay the sources (finest first) out in layers, coarsest last, and fill them, coarsest first. */
enum vg_status vg_mosaic_build(struct vg_terrain *self, const struct vg_terrain_options *options,
                               struct vg_error *err) VG_MUST_USE;
/* A layer of the first source's grid from n_rows x n_cols heights, NaN a void. */
enum vg_status vg_mosaic_of_array(struct vg_terrain *self, const float *heights_msl_m,
                                  struct vg_error *err) VG_MUST_USE;

/* blend.c: fill voids and the border of layer i with the layers beneath it. Its blocks are indexed
 * before, and must be again afterwards: those of its members and those around them. */
enum vg_status vg_layer_blend(struct vg_terrain *self, int i, struct vg_error *err) VG_MUST_USE;
/* Is there any layer beneath i that touches it? */
bool vg_layer_has_beneath(const struct vg_terrain *self, int i);
bool vg_layer_touches(const struct vg_layer *a, const struct vg_layer *b);

#endif
