#include "track/footprint.h"

#include "track/maths.h"

#include <math.h>

enum vg_status vg_footprint_of(const struct vg_scan *scan, struct vg_footprint *out,
                               struct vg_error *err)
{
    struct vg_footprint f = {
        scan->footprint_m, scan->n_footprint, {-HUGE_VAL, -HUGE_VAL}, {HUGE_VAL, HUGE_VAL}};
    *out = f;
    if (f.n == 0) {
        return VG_OK;
    }
    if (f.n < 3 || f.n > VG_FOOTPRINT_CORNERS || f.at == NULL) {
        return vg_fail(err, VG_E_INVALID, "footprint: %zu corners, must be 0 or from 3 to %d", f.n,
                       VG_FOOTPRINT_CORNERS);
    }
    double area = 0;
    for (int k = 0; k < 2; k++) {
        f.low[k] = HUGE_VAL;
        f.high[k] = -HUGE_VAL;
    }
    for (size_t i = 0; i < f.n; i++) {
        const double *a = f.at[i], *b = f.at[(i + 1) % f.n], *c = f.at[(i + 2) % f.n];
        if (!isfinite(a[0]) || !isfinite(a[1])) {
            return vg_fail(err, VG_E_INVALID, "footprint: corner %zu is not finite", i + 1);
        }
        double u = b[0] - a[0], v = b[1] - a[1];
        double turn = u * (c[1] - b[1]) - v * (c[0] - b[0]);
        if (turn < -1e-9 * (fabs(u) + fabs(v)) * (fabs(c[0] - b[0]) + fabs(c[1] - b[1]))) {
            return vg_fail(err, VG_E_INVALID,
                           "footprint: not convex and counter-clockwise at corner %zu",
                           (i + 1) % f.n + 1);
        }
        area +=
            (a[0] - f.at[0][0]) * (b[1] - f.at[0][1]) - (a[1] - f.at[0][1]) * (b[0] - f.at[0][0]);
        for (int k = 0; k < 2; k++) {
            f.low[k] = fmin(f.low[k], a[k]);
            f.high[k] = fmax(f.high[k], a[k]);
        }
    }
    if (!(area > 0)) {
        return vg_fail(err, VG_E_INVALID, "footprint: no area, or clockwise");
    }
    *out = f;
    return VG_OK;
}

bool vg_footprint_has(const struct vg_footprint *f, double x, double y)
{
    for (size_t i = 0; i < f->n; i++) {
        const double *a = f->at[i], *b = f->at[i + 1 < f->n ? i + 1 : 0];
        if ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) < 0) {
            return false;
        }
    }
    return true;
}

/* Where the vertical line at u crosses the whitened footprint: false if it does not. */
static bool cross(double (*w)[2], size_t n, double u, double *low, double *high)
{
    *low = HUGE_VAL;
    *high = -HUGE_VAL;
    for (size_t i = 0; i < n; i++) {
        const double *a = w[i], *b = w[i + 1 < n ? i + 1 : 0];
        if ((a[0] <= u) == (b[0] <= u)) {
            continue;
        }
        double v = a[1] + (b[1] - a[1]) * ((u - a[0]) / (b[0] - a[0]));
        *low = v < *low ? v : *low;
        *high = v > *high ? v : *high;
    }
    return *low < *high;
}

/* Strips of the whitened density, from the footprint's first corner to its last, each at its
 * middle. */
static double by_strips(const struct vg_footprint *f, const double mean[2], const double c[3])
{
    enum {
        STRIPS = 32
    };
    double w[VG_FOOTPRINT_CORNERS][2], from = 4, to = -4;
    double l11 = sqrt(c[0]), l21 = c[1] / l11, l22 = sqrt(c[2] - l21 * l21);
    for (size_t i = 0; i < f->n; i++) {
        w[i][0] = (f->at[i][0] - mean[0]) / l11;
        w[i][1] = (f->at[i][1] - mean[1] - l21 * w[i][0]) / l22;
        from = w[i][0] < from ? w[i][0] : from;
        to = w[i][0] > to ? w[i][0] : to;
    }
    from = from < -4 ? -4 : from;
    to = to > 4 ? 4 : to;
    double sum = 0, step = (to - from) / STRIPS, before = vg_normal_below(from);
    for (int k = 0; k < STRIPS; k++) {
        double low, high, after = vg_normal_below(from + (k + 1) * step);
        if (cross(w, f->n, from + (k + 0.5) * step, &low, &high)) {
            sum += (after - before) * (vg_normal_below(high) - vg_normal_below(low));
        }
        before = after;
    }
    return sum > 1 ? 1 : sum < 0 ? 0 : sum;
}

double vg_footprint_share(const struct vg_footprint *f, const double mean[2], const double c[3])
{
    int near = 0;
    double share = 1;
    for (size_t i = 0; i < f->n; i++) {
        const double *a = f->at[i], *b = f->at[i + 1 < f->n ? i + 1 : 0];
        double u = b[0] - a[0], v = b[1] - a[1];
        double d = u * (mean[1] - a[1]) - v * (mean[0] - a[0]);
        double s2 = v * v * c[0] - 2 * u * v * c[1] + u * u * c[2];
        if (d * d > 16 * s2) {
            if (d < 0) {
                return 0;
            }
            continue;
        }
        near++;
        share = vg_normal_below(d / sqrt(s2));
    }
    return near > 1 ? by_strips(f, mean, c) : share;
}
