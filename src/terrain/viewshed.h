/* The point viewshed: which cells of a raster in metres are seen from one of them.
 *
 * In:  heights on a regular grid (float32 or int16, metres above one datum, row 0 north, column 0
 *      west), an observer at a cell centre. Out: one byte a cell, or how high above its ground a
 *      target would have to stand to be seen (float32), or both; the caller's memory.
 *
 * The surface is R3's (W. R. Franklin and C. Ray, "Higher isn't necessarily better: visibility
 * algorithms and experiments", 1994): the sight from cell centre to cell centre meets the ground
 * where it crosses the rows and columns of cell centres, heights there being linear between the two
 * neighbours. A cell is seen when its target stands as steep as all ground before it, or steeper.
 *
 *   j                     Eight octants; in each, rows i = 1, 2, .. away from the observer and
 *   |   i-1  i            cells j = 0 .. i of a row. With t = j / i and s = height / i every edge
 *   |    |  /|  edges     of the grid is a straight piece over t, and the horizon of all rows so
 *   |    | / |            far is the highest of them: piecewise linear over t. EXACT keeps that
 *   |    |/  |            horizon whole, in wedges of t about ten cells wide; a wedge that stands
 *   o----+---+--- i       below its horizon is passed by with one comparison.
 *
 * FAST is R2 within the same wedges: 32 samples of the horizon each, two or more to a cell,
 * straight between them, and no edges along the columns of an octant. Wedges below the horizon or
 * in front of the row before stay exact. 0.1 to 0.2 % of the cells of real ground differ, and 0.05
 * % of smoother.
 *
 * Cost: about linear in cells. Memory: the caller's, and 1 to 2 MiB a thread for 10,000 columns.
 * Threads: pure; the call starts view->n_threads - 1 threads of its own and has joined them when
 * it returns. The result does not depend on their number, nor on the processor. */
#ifndef VG_TERRAIN_VIEWSHED_H
#define VG_TERRAIN_VIEWSHED_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum vg_viewshed_mode {
    VG_VIEWSHED_EXACT,
    VG_VIEWSHED_FAST,
    VG_VIEWSHED_MODE_COUNT
};

/* What a byte of the result says. */
enum vg_viewshed_cell {
    VG_VIEWSHED_HIDDEN = 0,
    VG_VIEWSHED_VISIBLE = 1,
    VG_VIEWSHED_VOID = 2, /* no height: neither ground nor obstacle */
    VG_VIEWSHED_OUTSIDE = 3 /* of the range or the sector; it still hides what is behind it */
};

enum {
    VG_VIEWSHED_CELLS_MAX = 100000, /* rows, columns */
    VG_VIEWSHED_THREADS_MAX = 64
};

/* Heights, borrowed until the call returns: exactly one of the two pointers. NaN, no_data and
 * anything not within a thousand kilometres of zero are voids: neither ground nor obstacle, and nor
 * is an edge to one (a sight exactly through a point next to a void may go either way). */
struct vg_viewshed_grid {
    const float *heights_m; /* [n_rows][row_stride] */
    const int16_t *heights_int16_m;
    int n_rows;
    int n_cols;
    ptrdiff_t row_stride; /* cells from one row to the next, n_cols or more */
    double cell_x_m; /* from one column to the next */
    double cell_y_m; /* from one row to the next */
    bool has_no_data;
    double no_data; /* this very value is a void */
};

struct vg_viewshed_view {
    int row; /* of the observer's cell */
    int col;
    double eye_m; /* above the ground of that cell, or with is_eye_msl above the heights' datum */
    bool is_eye_msl;
    double target_agl_m; /* 0 or more */
    /* Ground at distance d is lowered by curvature d^2 / 2R, R the mean radius: 1 the Earth without
     * air, 6/7 with standard refraction (gdal_viewshed's 0.85714), 0 a flat Earth. */
    double curvature;
    double min_range_m; /* horizontal; cells nearer are OUTSIDE but hide */
    double max_range_m; /* 0: no limit */
    /* Clockwise from grid north, both ends within; from = to is all around. */
    double azimuth_from_deg;
    double azimuth_to_deg;
    enum vg_viewshed_mode mode;
    int n_threads; /* 1 or more */
};

/* Where the result goes, n_rows x n_cols without gaps, either NULL if not wanted. */
struct vg_viewshed_out {
    uint8_t *cells; /* enum vg_viewshed_cell */
    /* Least height above its ground at which a target is seen, 0 for ground that is seen itself;
     * NaN for voids and outside. It does not depend on target_agl_m. */
    float *needed_agl_m;
};

/* An observer at (row, col) eye_m above its ground: all around, no limit, curvature 6/7, target on
 * the ground, exact, one thread. */
struct vg_viewshed_view vg_viewshed_view_at(int row, int col, double eye_m);

/* Compute a viewshed. Heights are worked on as float32 relative to the eye: cells whose target
 * stands within a millimetre or so of the horizon may fall on either side.
 * VG_E_INVALID: no or two inputs, no output, an observer on a void without is_eye_msl, a number
 * that is not one. VG_E_RANGE: sizes, counts, observer off the raster. These leave the outputs
 * untouched; after VG_E_NO_MEMORY they are undefined.
 * Cost on a 2.6 GHz core with AVX-512, per second: exact 200 M cells where a fifth of 36 M is seen,
 * 95 to 140 M where most is and the ground is patchy, 500 M where hardly any; fast 280 to 600 M;
 * needed_agl_m takes up to three times as long (tests/bench/terrain/bench_sight_viewshed.c). Large
 * rasters gain from huge pages.
 */
enum vg_status vg_viewshed_compute(const struct vg_viewshed_grid *grid,
                                   const struct vg_viewshed_view *view,
                                   const struct vg_viewshed_out *out,
                                   struct vg_error *err) VG_MUST_USE;

#endif
