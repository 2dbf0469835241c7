/* The shape of the ground as pictures to lay over a map: transparent RGBA tiles.
 *
 * shade: light from the north west, 45 degrees high (Horn, Hill shading and the reflectance map,
 * Proc. IEEE 69, 1981): black where darker than flat ground, white where lighter, more opaque the
 * more it differs; heights raised by vg_relief_exaggeration.
 *
 * slope: one violet, more opaque the steeper: clear under 3 degrees, full from 45.
 *
 * contour: lines of equal height, one pixel wide, every fifth twice that; their distance follows
 * the zoom (vg_relief_interval_m).
 *
 * In: a Web Mercator tile z/x/y. Slopes are of the true ground: the map's scale at the latitude is
 * taken out. Where there is no ground the tile is clear. Threads: pure. Cost: about 4 ms.
 */
#ifndef VG_TERRAIN_RELIEF_H
#define VG_TERRAIN_RELIEF_H

#include "base/text.h"
#include "terrain/terrain.h"

enum vg_relief {
    VG_RELIEF_SHADE,
    VG_RELIEF_SLOPE,
    VG_RELIEF_CONTOUR
};

/* VG_E_RANGE: no such tile. VG_E_NO_MEMORY. */
enum vg_status vg_relief_tile_png(const struct vg_terrain *terrain, enum vg_relief kind, int z,
                                  int x, int y, struct vg_buf *out,
                                  struct vg_error *err) VG_MUST_USE;

/* Between neighbouring contours at a zoom: 500 m up to zoom 8, 10 m from zoom 14. */
double vg_relief_interval_m(int z);

/* By how much the shade raises the heights at a zoom, so that a whole border still shows its hills:
 * 2^(0.3 (15 - z)), at most 16; 1 from zoom 15. The rule of MapLibre's own hillshade. */
double vg_relief_exaggeration(int z);

#endif
