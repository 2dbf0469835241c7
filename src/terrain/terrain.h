/* Elevation: many files as one surface, sampled in metres above mean sea level.
 *
 * In:  anything GDAL reads, in any CRS that GDAL can bring to geographic WGS 84. Out: heights above
 * EGM96 mean sea level (bilinear between cell centres), slopes, profiles, lines of sight with the
 * earth's curvature and refraction.
 *
 * The finest file that has ground counts. Files of one grid (tiles) join into one layer and are
 * interpolated across their common edges. Where a layer meets a coarser one, at its border and in
 * its voids, 15 of its cells pass from the one to the other: coarse + difference at the edge x
 * (1 - cells / 16), the difference being the mean over the nearest edge (the delta surface fill of
 * Grohman et al., "Filling SRTM voids: the delta surface fill method", Photogrammetric Engineering
 * and Remote Sensing 72(3), 2006, here faded out with the distance). Beyond, a void centre stands
 * for the coarser surface at the very point that is asked for, so that the surface has no steps
 * wherever there is ground below it. Real heights of a file are never changed.
 *
 * Vertical datums: EGM96, EGM2008 and the ellipsoid, as the caller states or the file's CRS names
 * them, are brought to EGM96 through PROJ's grids. What names no datum, or another one, is taken as
 * EGM96 and described as assumed.
 *
 * Memory: each layer is decoded once, to 16-bit numbers where the files have such, else floats.
 * With a cache folder it goes to a file there that is mapped read-only: the system keeps in memory
 * what is used as far as there is room, and a second start decodes nothing. Without one, or where
 * the folder cannot be written to, layers are held in memory, up to the options' budget. No madvise
 * is called: flight lines and tiles read pages in order, and the system's readahead suits them.
 *
 * Threads: sampling is pure, takes no lock and allocates nothing; any thread. Open on one.
 */
#ifndef VG_TERRAIN_TERRAIN_H
#define VG_TERRAIN_TERRAIN_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct vg_terrain;

/* What heights are above. */
enum vg_vdatum {
    VG_VDATUM_FILE = 0, /* whatever the file says; EGM96 where it says nothing */
    VG_VDATUM_EGM96,
    VG_VDATUM_EGM2008,
    VG_VDATUM_ELLIPSOID, /* of WGS 84 */
    VG_VDATUM_COUNT
};
/* "EGM96", "EGM2008", "ellipsoid"; "" for VG_VDATUM_FILE. */
const char *vg_vdatum_name(enum vg_vdatum vdatum);
enum vg_datum_from {
    VG_DATUM_STATED = 0, /* by the caller */
    VG_DATUM_READ, /* from the file */
    VG_DATUM_ASSUMED
};

struct vg_terrain_file {
    const char *path;
    enum vg_vdatum vdatum;
};
struct vg_terrain_options {
    const char *cache_folder; /* made where it is not there; NULL: none */
    int64_t memory_bytes; /* for what is not in a cache file; <= 0: 512 MiB */
};

/* Open files (the caller expands patterns); options NULL: no cache. Opening none gives flat ground
 * at 0 m msl. Cost: about 20 ns a sample when a layer is made, a millisecond a file when it is in
 * the cache. VG_E_IO / VG_E_FORMAT names the file; VG_E_NOT_FOUND a grid of PROJ that is missing;
 * VG_E_FULL: over the budget. */
enum vg_status vg_terrain_open_files(const struct vg_terrain_file *files, int n_files,
                                     const struct vg_terrain_options *options,
                                     struct vg_terrain **out, struct vg_error *err) VG_MUST_USE;
/* The same with nothing stated and no cache, up to 2 GiB. */
enum vg_status vg_terrain_open(const char *const *paths, int n_paths, struct vg_terrain **out,
                               struct vg_error *err) VG_MUST_USE;
/* A surface from memory, geographic, row 0 north, values at cell centres; copied. NaN is a void.
 * For tests and simulation. */
enum vg_status vg_terrain_from_array(const float *heights_msl_m, int n_rows, int n_cols,
                                     double north_deg, double west_deg, double step_lat_deg,
                                     double step_lon_deg, struct vg_terrain **out,
                                     struct vg_error *err) VG_MUST_USE;
void vg_terrain_destroy(struct vg_terrain *self);

/* Metres msl; NaN where no file has ground. */
double vg_terrain_height_msl_m(const struct vg_terrain *self, double lat_deg, double lon_deg);
/* The same for n points; fastest for points along a way. */
void vg_terrain_heights(const struct vg_terrain *self, const double *lat_deg, const double *lon_deg,
                        size_t n, float *out_msl_m);
/* Unit normals of the ground, [n][3] east, north, up; NaN where a height around is missing. Central
 * differences over one cell of the finest layer (Zevenbergen and Thorne, "Quantitative analysis of
 * land surface topography", Earth Surface Processes and Landforms 12, 1987,
 * doi:10.1002/esp.3290120107). The slope is acos(up); vg_slope_deg has it. */
void vg_terrain_normals(const struct vg_terrain *self, const double *lat_deg, const double *lon_deg,
                        size_t n, float (*out_enu)[3]);
double vg_slope_deg(const float normal_enu[3]);
/* Heights at n >= 2 points, both ends among them, at even distances along the geodesic from 1 to 2;
 * *out_length_m (NULL allowed) is its length. Points lie within a millimetre of the geodesic. */
void vg_terrain_profile(const struct vg_terrain *self, double lat1_deg, double lon1_deg,
                        double lat2_deg, double lon2_deg, size_t n, float *out_msl_m,
                        double *out_length_m);
/* Size of the finest cell near a point (m): the step for walking rays. */
double vg_terrain_cell_m(const struct vg_terrain *self, double lat_deg, double lon_deg);
bool vg_terrain_is_flat(const struct vg_terrain *self); /* opened with no files */

/* The box around all files, west in [-180, 180), east up to 360 beyond it. false: flat. */
bool vg_terrain_bounds(const struct vg_terrain *self, double *out_south_deg, double *out_west_deg,
                       double *out_north_deg, double *out_east_deg);
/* The Web Mercator zoom whose pixels are as fine as the finest file, 0 to 16. */
int vg_terrain_max_zoom(const struct vg_terrain *self);

/* Is a height missing here though a file covers the place (a void)? false where there is ground and
 * where no file is. */
bool vg_terrain_is_void(const struct vg_terrain *self, double lat_deg, double lon_deg);

/* What was opened, finest first. Texts are borrowed from the terrain. */
struct vg_terrain_source {
    const char *path; /* "" from memory */
    int n_rows;
    int n_cols;
    double cell_m;
    double south_deg; /* the cells' outer edges; west in [-180, 180), east up to 360 beyond it */
    double west_deg;
    double north_deg;
    double east_deg;
    double void_share; /* of its cells, [0, 1] */
    enum vg_vdatum vdatum; /* what its heights were taken to be above; never VG_VDATUM_FILE */
    enum vg_datum_from datum_from;
    bool is_datum_assumed; /* datum_from == VG_DATUM_ASSUMED */
    const char *datum; /* as the file names it; "": it does not */
    bool is_cached; /* lies in a file of the cache folder */
};
int vg_terrain_n_sources(const struct vg_terrain *self);
void vg_terrain_describe(const struct vg_terrain *self, int i, struct vg_terrain_source *out);

/* Drop of the ground below the tangent plane over distance d with standard refraction: (1 - k) d^2
 * / 2R, k = 1/7, as gdal_viewshed's default coefficient 0.85714. */
double vg_terrain_curvature_drop_m(double distance_m);

/* Is the target point seen from the observer? Voids count as no obstacle; the ground at the two
 * ends does not either. Samples where the way crosses the rows and columns of the finest file
 * (between them the ground has no crests), and in even steps of a
 * kilometre or less. Swapping the ends gives the same
 * answer; a higher end never sees less. */
bool vg_terrain_sees(const struct vg_terrain *self, double obs_lat_deg, double obs_lon_deg,
                     double obs_alt_msl_m, double tgt_lat_deg, double tgt_lon_deg,
                     double tgt_alt_msl_m);
/* First ground met by a ray: azimuth true, elevation above the horizon (degrees). false if none
 * within max_range_m, which is measured along the ground like *out_range_m. */
bool vg_terrain_ray(const struct vg_terrain *self, double lat_deg, double lon_deg, double alt_msl_m,
                    double azimuth_true_deg, double elevation_deg, double max_range_m,
                    double *out_lat_deg, double *out_lon_deg, double *out_range_m);

#endif
