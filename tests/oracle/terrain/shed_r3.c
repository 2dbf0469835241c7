#include "shed_r3.h"

#include <math.h>
#include <stdlib.h>

static double raw_m(const struct vg_viewshed_grid *g, int row, int col)
{
    double h = g->heights_m != NULL ? (double)g->heights_m[row * g->row_stride + col]
                                    : (double)g->heights_int16_m[row * g->row_stride + col];
    if (!(fabs(h) < 1e6) || (g->has_no_data && fabs(h - g->no_data) <= 0.0)) {
        return (double)NAN;
    }
    return h;
}

/* Above the datum at the observer, lowered by the Earth's curve: c d^2 / (2 x 6371008.8 m). */
static double lowered_m(const struct vg_viewshed_grid *g, const struct vg_viewshed_view *v, int row,
                        int col)
{
    double x = (col - v->col) * g->cell_x_m;
    double y = (row - v->row) * g->cell_y_m;
    return raw_m(g, row, col) - v->curvature * (x * x + y * y) / (2.0 * 6371008.8);
}

/* A row or column that the sight crosses, between two of its grid points or at one. */
struct crossed {
    const struct vg_viewshed_grid *grid;
    const struct vg_viewshed_view *view;
    int row; /* of the point at or before it */
    int col;
    int step_row; /* to the next point */
    int step_col;
    double part; /* of the way to that */
};

static double at_m(const struct crossed *x, int row, int col)
{
    if (row < 0 || row >= x->grid->n_rows || col < 0 || col >= x->grid->n_cols) {
        return 0.0; /* off the raster is no void */
    }
    return lowered_m(x->grid, x->view, row, col);
}

/* NaN where there is no ground. */
static double crossed_m(const struct crossed *x, bool with_rims)
{
    double here = at_m(x, x->row, x->col);
    if (x->part > 0.0) {
        return here + x->part * (at_m(x, x->row + x->step_row, x->col + x->step_col) - here);
    }
    bool is_rim = isnan(at_m(x, x->row - 1, x->col)) || isnan(at_m(x, x->row + 1, x->col)) ||
                  isnan(at_m(x, x->row, x->col - 1)) || isnan(at_m(x, x->row, x->col + 1));
    return is_rim && !with_rims ? (double)NAN : here;
}

/* The highest over what lies before, brought to the target's distance, of one family of lines: n of
 * them from the observer to the target, k the number of one. */
static double highest_m(const struct vg_viewshed_grid *g, const struct vg_viewshed_view *v, int dy,
                        int dx, bool is_columns, bool with_rims)
{
    double eye_m = v->eye_m + (v->is_eye_msl ? 0.0 : raw_m(g, v->row, v->col));
    double highest = -HUGE_VAL;
    int sy = dy < 0 ? -1 : 1;
    int sx = dx < 0 ? -1 : 1;
    int n = abs(is_columns ? dx : dy);
    int across = abs(is_columns ? dy : dx);
    for (int k = 1; k < n; k++) {
        int whole = k * across / n;
        struct crossed x = {g, v, 0, 0, 0, 0, (double)(k * across % n) / n};
        x.row = v->row + sy * (is_columns ? whole : k);
        x.col = v->col + sx * (is_columns ? k : whole);
        x.step_row = is_columns ? sy : 0;
        x.step_col = is_columns ? 0 : sx;
        double h = crossed_m(&x, with_rims);
        if (!isnan(h)) {
            highest = fmax(highest, eye_m + (h - eye_m) * n / k);
        }
    }
    return highest;
}

double shed_r3_needed_m(const struct vg_viewshed_grid *g, const struct vg_viewshed_view *v, int row,
                        int col, bool with_rims)
{
    int dy = row - v->row;
    int dx = col - v->col;
    double by_rows = highest_m(g, v, dy, dx, false, with_rims);
    double by_columns = highest_m(g, v, dy, dx, true, with_rims);
    double ground_m = lowered_m(g, v, row, col);
    return isnan(ground_m) ? ground_m : fmax(0.0, fmax(by_rows, by_columns) - ground_m);
}
