/* The seen-ground memory as people ask for it: one cell in words, and map tiles of all cells.
 *
 * Threads: loop thread (reads the memory). Needs the strip that the watch's shape was made from.
 */
#ifndef VG_WATCH_CELLS_H
#define VG_WATCH_CELLS_H

#include "watch/watch.h"

#include "config/watchfile.h"
#include "geo/strip.h"

enum {
    VG_CELLS_ZOOM_MIN = 9, /* further out a pixel would hide what it says */
    VG_CELLS_ZOOM_MAX = 18
};

/* The cell that holds a point, as docs/api.md "GET /api/cell" has it. VG_E_NOT_FOUND: no cell
 * there. */
enum vg_status vg_cells_at(const struct vg_watch *watch, const struct vg_strip *strip,
                           const struct vg_wf_targets *targets, double lat_deg, double lon_deg,
                           struct vg_buf *out, struct vg_error *err) VG_MUST_USE;

/* The cell under each pixel of a Web Mercator tile of 256 x 256, row by row from the north west:
 * its index in the memory, or -1 where nothing is watched. A pixel that covers several cells has
 * the one seen longest ago. revisit_s: only the cells of stretches with this promise; 0: all.
 * *out_any false: the tile is far from every line. Errors as below. */
enum vg_status vg_cells_draw(const struct vg_watch *watch, const struct vg_strip *strip, int z,
                             int x, int y, double revisit_s, int64_t *out, bool *out_any,
                             struct vg_error *err) VG_MUST_USE;

/* Appends the PNG of a Web Mercator tile, 256 px, in Terrarium's coding of numbers: hours from
 * base_s (UTC) to when the ground under the pixel was last seen, in steps of 1/256 h; -1 where it
 * never was; -32768 where nothing is watched. VG_E_RANGE: no such tile, or zoom under
 * VG_CELLS_ZOOM_MIN. Cost: about 0.1 us a cell in the tile and 2 ms. */
enum vg_status vg_cells_tile_png(const struct vg_watch *watch, const struct vg_strip *strip, int z,
                                 int x, int y, int64_t base_s, double revisit_s, struct vg_buf *out,
                                 struct vg_error *err) VG_MUST_USE;

#endif
