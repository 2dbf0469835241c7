/* Glances: which ground a forward picture passes by, against sectors drawn by hand. */
#include "strip.h"
#include "watch/glance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 10 km due east along 14 N (a degree of longitude is 108.04 km there), 1 km to each side: 200
 * columns, 40 rows. */
static void open_ground(struct strip_ground *g)
{
    strip_ground_open(g, "[[0,14],[0.09256,14]]", 1000);
}

/* Half a strip of 1 km depth, flown along: the sector from 30 to 85 degrees holds the ground with
 * ahead < right / tan 30 = 1.73 right and ahead > right / tan 85 = 0.0875 right, right up to 1,000
 * m: area = (1.7321 - 0.0875) 1000^2 / 2 = 0.822 km2 = 329 cells of 50 m. */
static void counts_both_sides_by_area(void **state)
{
    (void)state;
    struct strip_ground g;
    open_ground(&g);
    struct vg_glance_input in = {14, 0.0463, 90, 4000, 30, 100};
    int left = 0;
    int right = 0;
    vg_glance_count(g.strip, &g.seen, &in, &left, &right);
    assert_in_range(
        left, 310,
        348); /* cells cut by the sector's edges: about 70 of them, a quarter off at the worst */
    assert_in_range(right, 310, 348);
    /* looking the other way: nothing else changes */
    in.course_true_deg = 270;
    int left_back = 0;
    int right_back = 0;
    vg_glance_count(g.strip, &g.seen, &in, &left_back, &right_back);
    assert_in_range(left_back, 310, 348);
    assert_in_range(right_back, 310, 348);
    strip_ground_close(&g);
}

static void what_was_seen_is_not_missed(void **state)
{
    (void)state;
    struct strip_ground g;
    open_ground(&g);
    /* rows 20 to 39 lie right of the line, which is south when it runs east */
    for (int c = 0; c < g.shape.n_cols; c++) {
        vg_seen_mark(&g.seen, c, 20, 40, 1, 150);
    }
    struct vg_glance_input in = {14, 0.0463, 90, 4000, 30, 100};
    int left = 0;
    int right = 0;
    vg_glance_count(g.strip, &g.seen, &in, &left, &right);
    assert_in_range(left, 310, 348);
    assert_int_equal(right, 0);
    in.since_s = 151; /* seen, but too long ago */
    vg_glance_count(g.strip, &g.seen, &in, &left, &right);
    assert_in_range(right, 310, 348);
    in.reach_m = 10; /* nothing so near is abeam */
    vg_glance_count(g.strip, &g.seen, &in, &left, &right);
    assert_int_equal(left + right, 0);
    strip_ground_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_both_sides_by_area),
        cmocka_unit_test(what_was_seen_is_not_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
