/* Rings by figures worked out by hand. */
#include "geo/ring.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* An L round the date line: its notch is the north-east quarter. */
static const double LAT[] = {0, 0, 1, 1, 2, 2, 0};
static const double LON[] = {179, -179, -179, 180, 180, 179, 179};
static const struct vg_ring L = {LAT, LON, 7};

static void inside_and_outside(void **state)
{
    (void)state;
    assert_true(vg_ring_holds(L, 0.5, 179.5));
    assert_true(vg_ring_holds(L, 0.5, -179.5));
    assert_true(vg_ring_holds(L, 1.5, 179.5));
    assert_false(vg_ring_holds(L, 1.5, -179.5)); /* the notch */
    assert_false(vg_ring_holds(L, 0.5, 178.5));
    assert_false(vg_ring_holds(L, 0.5, -178.5));
    assert_false(vg_ring_holds(L, -0.5, 179.5));
    assert_false(vg_ring_holds(L, 0.5, 0)); /* the other side of the Earth */
}

/* A tenth of a degree at the equator: 11,132 m of longitude (6,378,137 m x 2 pi / 3,600), 11,057 m
 * of latitude (WGS 84). */
static void how_far_from_the_edge(void **state)
{
    (void)state;
    assert_true(fabs(vg_ring_edge_m(L, 0.5, 179.1) - 11132) < 3);
    assert_true(fabs(vg_ring_edge_m(L, -0.1, -179.9) - 11057) < 3);
    /* From beyond a corner: to the corner. */
    assert_true(fabs(vg_ring_edge_m(L, -0.1, 178.9) - hypot(11132, 11057)) < 5);
    /* In the notch: to its own sides. */
    assert_true(fabs(vg_ring_edge_m(L, 1.5, -179.9) - 11130) < 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_and_outside),
        cmocka_unit_test(how_far_from_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
