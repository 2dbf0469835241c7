/* What can be seen from a place: the viewshed of a point on the globe over all elevation files.
 *
 * In:  a place, a height, a range. Out: a square raster in the azimuthal equidistant projection
 * about the place, in which every line of sight is straight and every distance from it true, so
 * that the exact viewshed (terrain/viewshed.h) holds at any latitude, across files, and over the
 * antimeridian. Heights are the terrain's surface at the cells' centres.
 *
 * Threads: as viewshed.h. Memory: 5 bytes a cell while it works (9 with needed heights), 1 (5)
 * after. Cost: about 20 ns a cell for the heights and 10 for the viewshed.
 */
#ifndef VG_TERRAIN_LOOKOUT_H
#define VG_TERRAIN_LOOKOUT_H

#include "terrain/terrain.h"
#include "terrain/viewshed.h"

struct vg_lookout_input {
    double lat_deg;
    double lon_deg;
    double eye_m; /* above ground, or above sea level with is_eye_msl */
    bool is_eye_msl;
    double target_agl_m;
    double range_m; /* > 0 */
    double cell_m; /* 0: the finest elevation there */
    double azimuth_from_deg; /* true; both alike: all around */
    double azimuth_to_deg;
    enum vg_viewshed_mode mode;
    int n_threads;
};

struct vg_lookout {
    double lat_deg;
    double lon_deg;
    double cell_m;
    int n; /* rows and columns; the place is the middle of cell (n / 2, n / 2) */
    uint8_t *cells; /* [n][n], enum vg_viewshed_cell; row 0 north, column 0 west at the middle */
    float *needed_agl_m; /* [n][n] as viewshed.h; NULL if not wanted */
    double ground_msl_m; /* at the place */
    int64_t n_ground; /* cells with ground, within range and sector */
    int64_t n_visible;
};

enum {
    VG_LOOKOUT_CELLS_MAX = 12001 /* a side */
};

/* VG_E_RANGE: the range has too many cells (say a cell_m), numbers out of bounds; VG_E_NOT_FOUND:
 * no ground at the place and an eye above ground; VG_E_NO_MEMORY. */
enum vg_status vg_lookout_compute(const struct vg_terrain *terrain,
                                  const struct vg_lookout_input *in, bool wants_needed,
                                  struct vg_lookout *out, struct vg_error *err) VG_MUST_USE;
void vg_lookout_finish(struct vg_lookout *self);

/* The cell that holds a point; VG_VIEWSHED_OUTSIDE off the raster. */
enum vg_viewshed_cell vg_lookout_at(const struct vg_lookout *self, double lat_deg, double lon_deg);

/* The projection for PROJ and GDAL: "+proj=aeqd +lat_0=... ". Returns buf. */
const char *vg_lookout_crs(const struct vg_lookout *self, char *buf, size_t size_bytes);

#endif
