/* Small things done to numbers everywhere. Threads: pure. Allocations: none. */
#ifndef VG_BASE_NUMBERS_H
#define VG_BASE_NUMBERS_H

#include <math.h>

/* 95 % of chi squared with two degrees of freedom, -2 ln 0.05: an error ellipse is as many
 * variances wide (its square root of standard deviations). */
#define VG_CHI2_95 5.991464547107979

/* x on a round of such a length, in [0, length): a time in a period or in the day. */
static inline double vg_into_round(double x, double length)
{
    double r = x - length * floor(x / length);
    return r < length ? r : 0;
}

/* Sort a few, the least first: by insertion, quadratic. */
static inline void vg_sort_few(double *x, int n)
{
    for (int k = 1; k < n; k++) {
        double v = x[k];
        int q = k;
        for (; q > 0 && x[q - 1] > v; q--) {
            x[q] = x[q - 1];
        }
        x[q] = v;
    }
}

/* For qsort: pointers to double, to int; the least first. */
int vg_by_double(const void *a, const void *b);
int vg_by_int(const void *a, const void *b);

#endif
