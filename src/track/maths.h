/* The few transcendental functions of the tracker's inner loops, from adds and multiplies only: a
 * C library's may differ from one processor to the next (fused multiplies), these do not. Pure. */
#ifndef VG_TRACK_MATHS_H
#define VG_TRACK_MATHS_H

#include <stdint.h>
#include <string.h>

/* e^x; relative error under 1e-14; 0 under -700, e^700 over 700. */
static inline double vg_exp(double x)
{
    if (x < -700) {
        return 0;
    }
    x = x > 700 ? 700 : x;
    int k = (int)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    double r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
    double s = 1.0 / 479001600;
    s = s * r + 1.0 / 39916800;
    s = s * r + 1.0 / 3628800;
    s = s * r + 1.0 / 362880;
    s = s * r + 1.0 / 40320;
    s = s * r + 1.0 / 5040;
    s = s * r + 1.0 / 720;
    s = s * r + 1.0 / 120;
    s = s * r + 1.0 / 24;
    s = s * r + 1.0 / 6;
    s = s * r + 0.5;
    s = (s * r + 1) * r + 1;
    uint64_t bits = (uint64_t)(k + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return s * scale;
}

/* ln x of a normal x > 0; absolute error under 1e-13. */
static inline double vg_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int e = (int)(bits >> 52) - 1023;
    bits = (bits & 0xFFFFFFFFFFFFFu) | (uint64_t)1023 << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        e++;
    }
    double s = (m - 1) / (m + 1), z = s * s, t = 1.0 / 21;
    for (int k = 19; k >= 1; k -= 2) {
        t = t * z + 1.0 / k;
    }
    return 2 * s * t + e * 0.69314718055994530942;
}

/* The normal distribution's integral from -infinity to x: Abramowitz and Stegun 7.1.26, absolute
 * error under 1e-7. */
static inline double vg_normal_below(double x)
{
    double a = (x < 0 ? -x : x) * 0.70710678118654752440;
    double t = 1 / (1 + 0.3275911 * a);
    double p = t * (0.254829592 +
                    t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double tail = 0.5 * p * vg_exp(-a * a);
    return x < 0 ? tail : 1 - tail;
}

#endif
