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

/* Ground between two neighbours; NaN if it needs one that is void. */
static double between(double a, double b, double part)
{
    return part > 0.0 ? a + part * (b - a) : a;
}

double shed_r3_needed_m(const struct vg_viewshed_grid *g, const struct vg_viewshed_view *v, int row,
                        int col)
{
    double eye_m = v->eye_m + (v->is_eye_msl ? 0.0 : raw_m(g, v->row, v->col));
    int dy = row - v->row;
    int dx = col - v->col;
    double ground_m = lowered_m(g, v, row, col);
    if (isnan(ground_m)) {
        return ground_m;
    }
    double sight_m = -HUGE_VAL; /* the highest of the sights over what lies before, at the target */
    /* Where the sight crosses columns: k columns on, k dy / dx rows on. */
    int n = abs(dx);
    for (int k = 1; k < n; k++) {
        int whole = k * abs(dy) / n;
        double part = (double)(k * abs(dy) % n) / n;
        int c = v->col + (dx > 0 ? k : -k);
        int r = v->row + (dy > 0 ? whole : -whole);
        double beside = part > 0.0 ? lowered_m(g, v, dy > 0 ? r + 1 : r - 1, c) : 0.0;
        double h = between(lowered_m(g, v, r, c), beside, part);
        if (h > -HUGE_VAL) {
            sight_m = fmax(sight_m, eye_m + (h - eye_m) * n / k);
        }
    }
    n = abs(dy);
    for (int k = 1; k < n; k++) {
        int whole = k * abs(dx) / n;
        double part = (double)(k * abs(dx) % n) / n;
        int r = v->row + (dy > 0 ? k : -k);
        int c = v->col + (dx > 0 ? whole : -whole);
        double beside = part > 0.0 ? lowered_m(g, v, r, dx > 0 ? c + 1 : c - 1) : 0.0;
        double h = between(lowered_m(g, v, r, c), beside, part);
        if (h > -HUGE_VAL) {
            sight_m = fmax(sight_m, eye_m + (h - eye_m) * n / k);
        }
    }
    return fmax(0.0, sight_m - ground_m);
}
