/* The share of a density that a footprint holds, against sampling; what is refused. */
#include "base/rng.h"
#include "track/footprint.h"
#include "track/maths.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double QUAD[4][2] = {{-40, -30}, {50, -35}, {60, 40}, {-50, 30}};

static bool inside(const double (*q)[2], double x, double y)
{
    for (int i = 0; i < 4; i++) {
        const double *a = q[i], *b = q[(i + 1) % 4];
        if ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) < 0) {
            return false;
        }
    }
    return true;
}

/* 100,000 samples: one sigma of a share is at most 0.0016; five of it and the 1e-3 promised. */
static void a_share_is_what_sampling_says(void **state)
{
    (void)state;
    const struct vg_scan scan = {.footprint_m = QUAD, .n_footprint = 4};
    struct vg_footprint f;
    struct vg_rng rng = vg_rng_seed(3);
    assert_int_equal(vg_footprint_of(&scan, &f, NULL), VG_OK);
    for (int k = 0; k < 25; k++) {
        double mean[2] = {160 * vg_rng_unit(&rng) - 80, 100 * vg_rng_unit(&rng) - 50};
        double sx = 1 + 40 * vg_rng_unit(&rng), sy = 1 + 40 * vg_rng_unit(&rng),
               rho = 1.6 * vg_rng_unit(&rng) - 0.8;
        int in = 0, n = 100000;
        for (int i = 0; i < n; i++) {
            double a = vg_rng_normal(&rng), b = vg_rng_normal(&rng);
            in +=
                inside(QUAD, mean[0] + sx * a, mean[1] + sy * (rho * a + sqrt(1 - rho * rho) * b));
        }
        double share =
            vg_footprint_share(&f, mean, (const double[3]){sx * sx, rho * sx * sy, sy * sy});
        assert_true(fabs(share - (double)in / n) < 0.009);
    }
}

static void far_inside_is_all_and_far_outside_nothing(void **state)
{
    (void)state;
    const struct vg_scan scan = {.footprint_m = QUAD, .n_footprint = 4}, none = {0};
    struct vg_footprint f;
    assert_int_equal(vg_footprint_of(&scan, &f, NULL), VG_OK);
    assert_true(vg_footprint_share(&f, (const double[2]){0, 0}, (const double[3]){4, 0, 4}) == 1);
    assert_true(vg_footprint_share(&f, (const double[2]){200, 0}, (const double[3]){4, 0, 4}) == 0);
    assert_int_equal(vg_footprint_of(&none, &f, NULL), VG_OK);
    assert_true(vg_footprint_share(&f, (const double[2]){1e6, 0}, (const double[3]){4, 0, 4}) == 1);
}

static void what_is_no_footprint_is_refused(void **state)
{
    (void)state;
    const double clockwise[4][2] = {{0, 0}, {0, 9}, {9, 9}, {9, 0}},
                 line[3][2] = {{0, 0}, {5, 0}, {9, 0}};
    const double nan_in[3][2] = {{0, 0}, {5, (double)NAN}, {0, 9}};
    struct vg_footprint f;
    const struct vg_scan bad[] = {{.footprint_m = clockwise, .n_footprint = 4},
                                  {.footprint_m = line, .n_footprint = 3},
                                  {.footprint_m = nan_in, .n_footprint = 3},
                                  {.footprint_m = clockwise, .n_footprint = 2},
                                  {.footprint_m = NULL, .n_footprint = 4}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(vg_footprint_of(&bad[i], &f, NULL), VG_E_INVALID);
    }
}

/* The library's own exp, log and normal integral against the C library's. */
static void own_functions_agree_with_the_c_library(void **state)
{
    (void)state;
    for (double x = -690; x < 690; x += 0.377) {
        assert_true(fabs(vg_exp(x) / exp(x) - 1) < 1e-13);
    }
    assert_true(vg_exp(-1e9) == 0);
    for (double x = 1e-300; x < 1e300; x *= 1.7) {
        assert_true(fabs(vg_log(x) - log(x)) < 1e-12);
    }
    for (double x = -9; x < 9; x += 0.01) {
        assert_true(fabs(vg_normal_below(x) - 0.5 * erfc(-x / sqrt(2))) < 1e-7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_is_what_sampling_says),
        cmocka_unit_test(far_inside_is_all_and_far_outside_nothing),
        cmocka_unit_test(what_is_no_footprint_is_refused),
        cmocka_unit_test(own_functions_agree_with_the_c_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
