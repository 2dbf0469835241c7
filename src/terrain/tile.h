/* Elevation as image tiles for the page: MapLibre's raster-dem with "encoding": "terrarium".
 *
 * In:  a Web Mercator tile z/x/y (EPSG:3857, y from the north).
 * Out: a 256 x 256 RGB PNG, metres msl = R * 256 + G + B / 256 - 32768 (Terrarium, as Mapzen's
 * terrain tiles documented it), sampled at pixel centres, in steps of 1/16 m; voids are 0 m.
 *
 * Threads: pure. Memory: half a megabyte while it works. Cost: about 3 ms. */
#ifndef VG_TERRAIN_TILE_H
#define VG_TERRAIN_TILE_H

#include "base/text.h"
#include "terrain/terrain.h"

enum {
    VG_TILE_SIZE_PX = 256,
    VG_TILE_ZOOM_MAX = 22
};

/* Appends the PNG. VG_E_RANGE: no such tile. VG_E_NO_MEMORY. */
enum vg_status vg_terrain_tile_png(const struct vg_terrain *terrain, int z, int x, int y,
                                   struct vg_buf *out, struct vg_error *err) VG_MUST_USE;

/* Any 256 x 256 numbers in the same coding, rounded to 1 / steps (at most 256) of a unit; outside
 * [-32768, 32767] and NaN: 0. VG_E_NO_MEMORY. */
enum vg_status vg_tile_encode(const float *values, int steps, struct vg_buf *out,
                              struct vg_error *err) VG_MUST_USE;

/* Latitude of a row of tiles; y may be a fraction: y + 0.5 is the middle of tile y. */
double vg_tile_lat_deg(int z, double y);

#endif
