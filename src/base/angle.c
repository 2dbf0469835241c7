#include "base/angle.h"

#include <math.h>

double vg_wrap_360_deg(double a_deg)
{
    if (a_deg >= 0.0 && a_deg < 360.0) {
        return a_deg;
    }
    double r = fmod(a_deg, 360.0);
    if (r < 0.0) {
        r += 360.0;
    }
    /* A tiny negative angle rounds up to 360 itself; -0.0 becomes 0. */
    return r >= 360.0 ? 0.0 : r + 0.0;
}

double vg_wrap_180_deg(double a_deg)
{
    if (a_deg >= -180.0 && a_deg < 180.0) {
        return a_deg;
    }
    double r = fmod(a_deg, 360.0);
    if (r < -180.0) {
        r += 360.0;
    } else if (r >= 180.0) {
        r -= 360.0;
    }
    return r;
}
