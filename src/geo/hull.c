#include "geo/hull.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const double FLAT = 1e-3;

static bool is_before(const double a[2], const double b[2])
{
    return a[0] < b[0] || (a[0] == b[0] && a[1] < b[1]);
}

static void sort_points(double p[][2], int n)
{
    for (int i = 1; i < n; i++) {
        double x[2] = {p[i][0], p[i][1]};
        int k = i;
        for (; k > 0 && is_before(x, p[k - 1]); k--) {
            memcpy(p[k], p[k - 1], sizeof x);
        }
        memcpy(p[k], x, sizeof x);
    }
}

/* Does the way from a over b to c turn left by more than `least` of its sides? */
static bool is_left(const double a[2], const double b[2], const double c[2], double least)
{
    double u[2] = {b[0] - a[0], b[1] - a[1]};
    double v[2] = {c[0] - b[0], c[1] - b[1]};
    return u[0] * v[1] - u[1] * v[0] > least * hypot(u[0], u[1]) * hypot(v[0], v[1]);
}

/* Leave out flat corners, one at a time, until none is. */
static int straighten(double h[][2], int n)
{
    for (int i = 0; i < n && n >= 3;) {
        if (is_left(h[(i + n - 1) % n], h[i], h[(i + 1) % n], FLAT)) {
            i++;
            continue;
        }
        memmove(h[i], h[i + 1], (size_t)(n - 1 - i) * sizeof h[0]);
        n--;
        i = 0;
    }
    return n;
}

int vg_hull(double points[][2], int n, double out[][2])
{
    double h[2 * VG_HULL_MAX + 2][2];
    int k = 0;
    if (n > VG_HULL_MAX) {
        return 0;
    }
    sort_points(points, n);
    for (int i = 0; i < n; i++) { /* below, left to right */
        while (k >= 2 && !is_left(h[k - 2], h[k - 1], points[i], 0)) {
            k--;
        }
        memcpy(h[k++], points[i], sizeof h[0]);
    }
    int below = k;
    for (int i = n - 2; i >= 0; i--) { /* above, back again */
        while (k > below && !is_left(h[k - 2], h[k - 1], points[i], 0)) {
            k--;
        }
        memcpy(h[k++], points[i], sizeof h[0]);
    }
    k = k > 1 ? k - 1 : k; /* the first point came again */
    k = straighten(h, k);
    memcpy(out, h, (size_t)k * sizeof h[0]);
    return k;
}
