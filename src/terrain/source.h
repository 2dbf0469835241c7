/* One elevation file: what it says of itself, and its heights row by row. Inside src/terrain only.
 *
 * In:  any raster that GDAL reads. Out: its grid on geographic WGS 84 (a file in another CRS is
 * resampled to cells as wide in metres as its own, bilinear, to a hundredth of a cell), its
 * vertical datum, and heights in metres above EGM96.
 *
 * Threads: one at a time. Memory: GDAL's blocks while a file is read. */
#ifndef VG_TERRAIN_SOURCE_H
#define VG_TERRAIN_SOURCE_H

#include "base/sha256.h"
#include "terrain/terrain.h"

struct vg_source {
    char path[1024]; /* "" from memory */
    int n_rows;
    int n_cols;
    double north_deg; /* of the centres of row 0 */
    double west_deg; /* of the centres of column 0, [-180, 180) */
    double step_lat_deg; /* > 0 */
    double step_lon_deg;
    double cell_m;
    bool is_round;
    bool is_float; /* else 16-bit whole numbers, height = zero_m + unit_m x number */
    double unit_m;
    double zero_m;
    bool is_warped; /* another CRS */
    enum vg_vdatum vdatum;
    enum vg_datum_from datum_from;
    char datum[96]; /* as the file names it; "": it does not */
    int64_t n_void;
    bool is_cached;
    uint8_t key[VG_SHA256_SIZE]; /* changes when the files do or the datum does */
    int layer;
};

/* Fill cell_m and is_round from the grid. */
void vg_source_measure(struct vg_source *self);
/* Does a point lie within half a cell of its centres? */
bool vg_source_holds(const struct vg_source *self, double lat_deg, double lon_deg);
/* VG_E_IO / VG_E_FORMAT names the file. GDAL must be ready (vg_terrain_open sees to it). */
enum vg_status vg_source_inspect(const char *path, enum vg_vdatum stated, struct vg_source *out,
                                 struct vg_error *err) VG_MUST_USE;

/* A file open for its heights. */
struct vg_source_reader {
    const struct vg_source *source;
    void *dataset;
    void *used; /* dataset, or the same on geographic WGS 84 */
    void *shift; /* to EGM96; NULL: none */
    bool has_void;
    double nothing;
};
enum vg_status vg_source_open(const struct vg_source *source, struct vg_source_reader *out,
                              struct vg_error *err) VG_MUST_USE;
/* Rows [row, row + n) into out, n x n_cols: whole numbers of a source that is not float, INT16_MIN
 * a void; */
enum vg_status vg_source_read_counts(struct vg_source_reader *self, int row, int n, int16_t *out,
                                     struct vg_error *err) VG_MUST_USE;
/* or metres above EGM96, NaN a void. */
enum vg_status vg_source_read_metres(struct vg_source_reader *self, int row, int n, float *out,
                                     struct vg_error *err) VG_MUST_USE;
/* Safe on zero and twice. */
void vg_source_close(struct vg_source_reader *self);

#endif
