/* The tracker as its callers use it: objects are found, kept, lost and found again; bad scans
 * change nothing. */
#include "scene.h"
#include "track/params.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct vg_tracker *fresh(void)
{
    struct vg_tracker *t = NULL;
    assert_int_equal(vg_tracker_new(NULL, &t, NULL), VG_OK);
    return t;
}

static struct scene field(void)
{
    struct scene s = {.rng = vg_rng_seed(1),
                      .n = 5,
                      .sd_m = 4,
                      .pd = 0.9,
                      .clutter = 5,
                      .low = {0, 0},
                      .high = {1000, 1000}};
    for (size_t i = 0; i < s.n; i++) {
        const double at[4] = {150 + 150 * (double)i, 200 + 100 * (double)i, 1 + 0.2 * (double)i,
                              -0.5};
        memcpy(s.at[i], at, sizeof at);
    }
    return s;
}

static void objects_are_found_and_clutter_is_not(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh();
    struct scene s = field();
    struct vg_track k[20];
    for (int i = 0; i < 60; i++) {
        struct vg_scan scan = scene_scan(&s, i);
        assert_int_equal(vg_tracker_scan(t, &scan, NULL), VG_OK);
    }
    assert_int_equal(vg_tracker_tracks(t, 59, false, k, 20), 5);
    for (size_t i = 0; i < s.n; i++) {
        bool met = false;
        for (int j = 0; j < 5; j++) {
            /* 4 m noise, 60 looks: a straight line is known to 2 x 4 / sqrt(60) = 1 m; six sigma of
             * that */
            met |= hypot(k[j].x_m - s.at[i][0] - 59 * s.at[i][2],
                         k[j].y_m - s.at[i][1] - 59 * s.at[i][3]) < 6;
        }
        assert_true(met);
    }
    vg_tracker_free(t);
}

static void out_of_sight_costs_nothing_and_a_miss_in_sight_does(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh();
    struct scene s = field();
    struct vg_track k[20];
    s.n = 1;
    s.clutter = 0;
    for (int i = 0; i < 20; i++) {
        struct vg_scan scan = scene_scan(&s, i);
        assert_int_equal(vg_tracker_scan(t, &scan, NULL), VG_OK);
    }
    assert_int_equal(vg_tracker_tracks(t, 19, false, k, 20), 1);
    double before = k[0].p_exist;
    const double far[4][2] = {{2000, 0}, {3000, 0}, {3000, 1000}, {2000, 1000}};
    struct vg_scan away = {.footprint_m = far, .n_footprint = 4, .pd = 0.9, .clutter_per_m2 = 1e-6};
    for (int i = 20; i < 23; i++) {
        away.t_s = i;
        assert_int_equal(vg_tracker_scan(t, &away, NULL), VG_OK);
    }
    assert_int_equal(vg_tracker_tracks(t, 22, false, k, 20), 1);
    assert_true(k[0].p_exist > before - 0.01);
    for (int i = 23; i < 29; i++) { /* in sight, and not there: 0.1^6 */
        struct vg_scan scan = scene_scan(&s, i);
        scan.n = 0;
        assert_int_equal(vg_tracker_scan(t, &scan, NULL), VG_OK);
    }
    assert_int_equal(vg_tracker_tracks(t, 29, false, k, 20), 0);
    vg_tracker_free(t);
}

static void a_bad_scan_is_refused_whole(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh();
    struct scene s = field();
    struct vg_scan scan = scene_scan(&s, 1);
    s.m[2].cov_m2[1] = 17; /* 4 x 4 - 17 x 17 < 0 */
    assert_int_equal(vg_tracker_scan(t, &scan, NULL), VG_E_INVALID);
    s.m[2].cov_m2[1] = 0;
    s.m[1].x_m = (double)NAN;
    assert_int_equal(vg_tracker_scan(t, &scan, NULL), VG_E_INVALID);
    s.m[1].x_m = 1;
    const double clockwise[4][2] = {{0, 0}, {0, 9}, {9, 9}, {9, 0}},
                 dent[4][2] = {{0, 0}, {9, 0}, {2, 2}, {0, 9}};
    scan.footprint_m = clockwise;
    assert_int_equal(vg_tracker_scan(t, &scan, NULL), VG_E_INVALID);
    scan.footprint_m = dent;
    assert_int_equal(vg_tracker_scan(t, &scan, NULL), VG_E_INVALID);
    assert_int_equal(vg_tracker_stats(t).scans, 0);
    vg_tracker_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_found_and_clutter_is_not),
        cmocka_unit_test(out_of_sight_costs_nothing_and_a_miss_in_sight_does),
        cmocka_unit_test(a_bad_scan_is_refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
