/* Heights above another vertical datum, brought to EGM96 through PROJ's grids. Inside src/terrain
 * only.
 *
 * Ellipsoid: H = h - N96. EGM2008: H96 = H08 + N08 - N96. N96 is egm96_15.gtx (Debian: proj-data);
 * N08 is us_nga_egm08_25.tif or egm08_25.gtx, which Debian does not have. Bilinear in the grids
 * (PROJ's vgridshift).
 *
 * Threads: one at a time. Cost: about a microsecond for eight points. */
#ifndef VG_TERRAIN_VSHIFT_H
#define VG_TERRAIN_VSHIFT_H

#include "terrain/terrain.h"

struct vg_vshift;

/* NULL in *out: nothing to do. VG_E_NOT_FOUND: the grid that is missing is named. */
enum vg_status vg_vshift_create(enum vg_vdatum from, struct vg_vshift **out,
                                struct vg_error *err) VG_MUST_USE;
void vg_vshift_destroy(struct vg_vshift *self);
/* A row of heights in place, n centres from lon_deg on, NaN stays NaN. scratch: 2 n doubles. false:
 * PROJ failed. */
bool vg_vshift_row(struct vg_vshift *self, double lat_deg, double lon_deg, double step_lon_deg,
                   int n, float *h_m, double *scratch);

#endif
