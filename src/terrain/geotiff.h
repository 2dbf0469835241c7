/* Writing a GeoTIFF block by block: tiled 256 x 256, compressed, sparse (blocks never written take
 * no room and read as the no-data value).
 *
 * In: pixels by block, any order. Out: a file that GDAL, QGIS and the like open. Written beside its
 * final name and put there by close, so that a half-written file is never taken for a whole one.
 *
 * Threads: one at a time. Memory: GDAL's block cache.
 */
#ifndef VG_TERRAIN_GEOTIFF_H
#define VG_TERRAIN_GEOTIFF_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum vg_geotiff_type {
    VG_GEOTIFF_U8,
    VG_GEOTIFF_U32,
    VG_GEOTIFF_F32
};

enum {
    VG_GEOTIFF_BLOCK = 256
};

struct vg_geotiff_spec {
    const char *crs; /* what PROJ reads: "EPSG:3857", "+proj=aeqd ..." */
    double west; /* of the top left corner, in the CRS's unit */
    double north;
    double step_x; /* pixel size, both > 0 */
    double step_y;
    int n_cols;
    int n_rows;
    enum vg_geotiff_type type;
    double no_data;
    int n_bands;
    const char *const *bands; /* what each band is, in words */
};

struct vg_geotiff;

/* VG_E_IO: cannot be written; VG_E_INVALID: no such CRS. */
enum vg_status vg_geotiff_create(const char *path, const struct vg_geotiff_spec *spec,
                                 struct vg_geotiff **out, struct vg_error *err) VG_MUST_USE;
/* n_cols x n_rows pixels of the file's type at (col, row) of band 0, 1, ...; stride n_cols. */
enum vg_status vg_geotiff_write(struct vg_geotiff *self, int band, int col, int row, int n_cols,
                                int n_rows, const void *pixels, struct vg_error *err) VG_MUST_USE;
/* Finishes the file and frees self; is_good false drops it. */
enum vg_status vg_geotiff_close(struct vg_geotiff *self, bool is_good,
                                struct vg_error *err) VG_MUST_USE;

#endif
