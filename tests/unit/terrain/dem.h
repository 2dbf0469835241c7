/* Elevation files made for a test, in a folder of its own that dem_clean removes. */
#ifndef VG_TEST_DEM_H
#define VG_TEST_DEM_H

#include "terrain/terrain.h"

#include <gdal.h>

/* A geographic or projected raster: `at(ctx, x, y)` is the height at the cell centre's CRS
 * coordinates (longitude or easting first), NaN a void. */
struct dem {
    double west; /* outer edges */
    double north;
    double step; /* of a column and a row */
    int n_cols;
    int n_rows;
    const char *crs; /* what OSRSetFromUserInput takes; NULL: EPSG:4326 */
    GDALDataType type;
    double nothing; /* stored for a void; NaN allowed for floats */
    double (*at)(void *ctx, double x, double y);
    void *ctx;
};

/* A temporary folder, made anew; borrowed until dem_clean. */
const char *dem_folder(void);
void dem_clean(void);
/* folder/name; borrowed, eight at a time. */
const char *dem_path(const char *name);
/* Write with a driver ("GTiff", "COG", "AAIGrid", "DTED", "SRTMHGT", "VRT"); dies if it cannot. */
const char *dem_write(const struct dem *d, const char *driver, const char *name);
struct vg_terrain *dem_open(const struct vg_terrain_file *files, int n,
                            const struct vg_terrain_options *options);
struct vg_terrain *dem_open_paths(const char *const *paths, int n);
void near_to(double got, double want, double tolerance);

#endif
