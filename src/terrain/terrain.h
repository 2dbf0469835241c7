/* Elevation: many files as one surface, sampled in metres above mean sea level.
 *
 * In:  anything GDAL reads, in any CRS that GDAL can bring to geographic WGS 84; finest resolution
 * first, voids filled from the coarser. Out: heights (bilinear between cell centres), lines of
 * sight with the earth's curvature and refraction.
 *
 * The vertical datum that a file states (compound CRS) is told by vg_terrain_describe, else that it
 * is assumed to be mean sea level; heights are scaled to metres but never moved to another datum in
 * silence.
 *
 * Threads: sampling is pure and may run on any thread; open on one. Memory: every file whole as
 * float32, at most 2 GiB in all.
 */
#ifndef VG_TERRAIN_TERRAIN_H
#define VG_TERRAIN_TERRAIN_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct vg_terrain;

/* Open files (paths; the caller expands globs). Opening none gives flat ground at 0 m msl. VG_E_IO
 * / VG_E_FORMAT names the file. */
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
/* The same for n points; faster for points near each other. */
void vg_terrain_heights(const struct vg_terrain *self, const double *lat_deg, const double *lon_deg,
                        size_t n, float *out_msl_m);
/* Size of the finest cell near a point (m): the step for walking rays. */
double vg_terrain_cell_m(const struct vg_terrain *self, double lat_deg, double lon_deg);
bool vg_terrain_is_flat(const struct vg_terrain *self); /* opened with no files */

/* The box around all files, west in [-180, 180), east up to 360 beyond it. false: flat. */
bool vg_terrain_bounds(const struct vg_terrain *self, double *out_south_deg, double *out_west_deg,
                       double *out_north_deg, double *out_east_deg);
/* The Web Mercator zoom whose pixels are as fine as the finest file, 0 to 16. */
int vg_terrain_max_zoom(const struct vg_terrain *self);

/* What was opened, finest first. Texts are borrowed from the terrain. */
struct vg_terrain_source {
    const char *path; /* "" from memory */
    int n_rows;
    int n_cols;
    double cell_m;
    const char *datum; /* of heights, as the file names it */
    bool is_datum_assumed; /* the file does not say: taken as mean sea level */
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
