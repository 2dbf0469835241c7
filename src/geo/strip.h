/* The strip of ground along a network, in cells: what the seen-ground memory is kept on.
 *
 *        row n-1  . . . . . .      to the right of growing s, out to depth
 *        row n/2  ------------>    the line itself lies between rows n/2 - 1 and n/2
 *        row 0    . . . . . .      to the left
 *                 col c, c+1, ...  every cell_m (50 m) along the line, lines one after another; a
 * line's columns share its length evenly, so they are a little narrower than cell_m
 *
 * The centre of cell (col, row) is the line's point at the middle of the column, moved sideways by
 * (row + 0.5 - n/2) * cell_m across the heading of the chord over +-depth, so that a winding river
 * does not make the sides flap. In bends the outer cells stand up to about twice cell_m apart, the
 * inner ones closer; every cell is asked for by its centre.
 *
 * Memory: 13 bytes a column with its spatial index, and a copy of the lines (the network may go);
 * cells themselves are implicit. Positions of columns are to the centimetre. Threads: pure,
 * immutable after create.
 */
#ifndef VG_GEO_STRIP_H
#define VG_GEO_STRIP_H

#include "geo/network.h"

#include <stdint.h>

struct vg_strip;

/* VG_E_RANGE (cell size, depth over 127 cells, too many columns), VG_E_INVALID (no line),
 * VG_E_NO_MEMORY. */
enum vg_status vg_strip_create(const struct vg_network *network, double cell_m,
                               struct vg_strip **out, struct vg_error *err) VG_MUST_USE;
void vg_strip_destroy(struct vg_strip *self);

double vg_strip_cell_m(const struct vg_strip *self);
int vg_strip_n_columns(const struct vg_strip *self);
/* Rows of a column: 2 * ceil(depth / cell), at most 254. */
int vg_strip_n_rows(const struct vg_strip *self, int col);
/* The greatest depth on one side, in whole cells (m). */
double vg_strip_max_depth_m(const struct vg_strip *self);
/* Index of cell (col, 0) in one flat array of all cells; entry n_columns is the total. */
int64_t vg_strip_cell_index(const struct vg_strip *self, int col);

/* Which line a column is on, the s of its middle, its stretch (NULL outputs are skipped). */
void vg_strip_column(const struct vg_strip *self, int col, int *out_line, double *out_s_m,
                     int *out_stretch);
/* The column that holds s_m of a line (clamped). */
int vg_strip_column_at(const struct vg_strip *self, int line, double s_m);

/* A column's middle and the unit step to the right, so that cell centres are P + (row + 0.5 - n/2)
 * * cell_m * right. */
struct vg_strip_axis {
    double lat_deg;
    double lon_deg;
    double right_e; /* unit vector east, north */
    double right_n;
};
void vg_strip_axis(const struct vg_strip *self, int col, struct vg_strip_axis *out);
void vg_strip_cell(const struct vg_strip *self, int col, int row, double *out_lat_deg,
                   double *out_lon_deg);

/* Runs of columns whose middles may lie within radius_m (a superset by index boxes, few misses).
 * Writes at most `cap` runs of [first, end), in growing order, joined where they touch; returns how
 * many there are in all. */
struct vg_strip_run {
    int first;
    int end;
};
int vg_strip_near(const struct vg_strip *self, double lat_deg, double lon_deg, double radius_m,
                  struct vg_strip_run *out, int cap);
/* The nearest line point over the whole network within max_m (up to 1,000 km): 1 if there is one,
 * with line and s. Nearest to within half a cell where two ways of the line pass equally close. */
int vg_strip_nearest(const struct vg_strip *self, double lat_deg, double lon_deg, double max_m,
                     int *out_line, double *out_s_m, double *out_distance_m);

#endif
