#include "terrain/grade.h"

#include <math.h>

static const double FINEST_M = 0.05;
static const double N50_DETECT = 0.75;
static const double ROUNDED = 1.01; /* 0.57 m means the grade that ends at 0.566 */
static const double DEPTH_OVER_HEIGHT = 0.3 / 1.7;

double vg_grade_foreshortening(double sin_depression)
{
    double s = fmin(fabs(sin_depression), 1.0);
    return 1.0 / sqrt(sqrt(1.0 - s * s) + DEPTH_OVER_HEIGHT * s);
}

/* Half octaves of the distance are octaves of its square, which its exponent tells. */
static int grade_of_square(double gsd2_m2)
{
    int octaves;
    frexp(gsd2_m2 / (FINEST_M * FINEST_M) * (1.0 - 1e-9), &octaves);
    return octaves <= 0                               ? VG_GRADE_BEST
           : octaves < VG_GRADE_WORST - VG_GRADE_BEST ? VG_GRADE_BEST + octaves
                                                      : VG_GRADE_WORST;
}

int vg_grade_of_gsd(double gsd_m)
{
    return grade_of_square(gsd_m * gsd_m);
}

int vg_grade_at(double ground_m, double up_m, double gsd_per_m)
{
    double slant2_m2 = ground_m * ground_m + up_m * up_m;
    double side_m = ground_m + DEPTH_OVER_HEIGHT * fabs(up_m);
    /* (slant gsd_per_m)^2 / (cos + depth / height sin), both over the slant range */
    return grade_of_square(slant2_m2 * gsd_per_m * gsd_per_m * sqrt(slant2_m2) / side_m);
}

int vg_grade_within(double gsd_m)
{
    int grade = VG_GRADE_UNKNOWN;
    while (grade < VG_GRADE_WORST && vg_grade_gsd_m(grade + 1) <= gsd_m * ROUNDED) {
        grade++;
    }
    return grade;
}

int vg_grade_detecting(double size_m)
{
    int grade = VG_GRADE_UNKNOWN;
    while (grade < VG_GRADE_WORST &&
           vg_detect_probability(size_m, vg_grade_gsd_m(grade + 1)) >= 0.5) {
        grade++;
    }
    return grade;
}

double vg_grade_gsd_m(int grade)
{
    return grade < VG_GRADE_BEST ? (double)NAN : FINEST_M * exp2((grade - VG_GRADE_BEST) / 2.0);
}

double vg_detect_probability(double size_m, double gsd_m)
{
    double r = size_m / (2.0 * gsd_m) / N50_DETECT;
    double odds = pow(r, 2.7 + 0.7 * r);
    return odds < HUGE_VAL ? odds / (1.0 + odds) : 1.0;
}
