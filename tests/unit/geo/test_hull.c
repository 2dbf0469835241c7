/* The convex hull against the definition: all points lie left of all its sides, its corners are
 * points, and it turns left at each. */
#include "geo/hull.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static double turn(const double a[2], const double b[2], const double c[2])
{
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

static void a_square_with_points_inside_and_on_its_sides(void **state)
{
    (void)state;
    double p[][2] = {{0, 0}, {10, 10}, {5, 5}, {10, 0}, {0, 10}, {5, 0}, {0, 0}, {3, 10}};
    double h[8][2];
    assert_int_equal(vg_hull(p, 8, h), 4);
    double area = 0;
    for (int i = 0; i < 4; i++) {
        area += 0.5 * (h[i][0] * h[(i + 1) % 4][1] - h[(i + 1) % 4][0] * h[i][1]);
    }
    assert_float_equal(area, 100, 1e-9); /* positive: counter-clockwise */
}

static void points_on_a_line_have_none(void **state)
{
    (void)state;
    double p[][2] = {{0, 0}, {1, 1}, {2, 2}, {3, 3}};
    double h[4][2];
    assert_true(vg_hull(p, 4, h) < 3);
    assert_true(vg_hull(p, 1, h) < 3);
    assert_int_equal(vg_hull(p, 0, h), 0);
}

static void random_points_by_the_definition(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(7);
    for (int round = 0; round < 500; round++) {
        double p[VG_HULL_MAX][2];
        double all[VG_HULL_MAX][2];
        double h[VG_HULL_MAX][2];
        int n = 3 + (int)vg_rng_below(&rng, VG_HULL_MAX - 2);
        for (int i = 0; i < n; i++) {
            p[i][0] = 1000 * vg_rng_unit(&rng);
            p[i][1] = 1000 * vg_rng_unit(&rng);
        }
        memcpy(all, p, sizeof all);
        int k = vg_hull(p, n, h);
        assert_true(k >= 3);
        for (int i = 0; i < k; i++) {
            const double *a = h[i];
            const double *b = h[(i + 1) % k];
            assert_true(turn(a, b, h[(i + 2) % k]) > 0);
            double side = hypot(b[0] - a[0], b[1] - a[1]);
            for (int j = 0; j < n; j++) { /* flat corners left out lie outside by a thousandth */
                assert_true(turn(a, b, all[j]) > -2 * side);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_square_with_points_inside_and_on_its_sides),
        cmocka_unit_test(points_on_a_line_have_none),
        cmocka_unit_test(random_points_by_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
