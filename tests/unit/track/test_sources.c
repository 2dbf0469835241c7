/* Other sources and what they say besides a place: pointing biases, bearings, speeds, classes,
 * names, looks; the same object after a gap. */
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

static struct scene lone(double x, double y, double vx, double vy)
{
    struct scene s = {.rng = vg_rng_seed(2),
                      .n = 1,
                      .sd_m = 3,
                      .pd = 0.95,
                      .low = {-500, -500},
                      .high = {500, 500}};
    const double at[4] = {x, y, vx, vy};
    memcpy(s.at[0], at, sizeof at);
    return s;
}

static void feed(struct vg_tracker *t, const struct vg_scan *scan)
{
    assert_int_equal(vg_tracker_scan(t, scan, NULL), VG_OK);
}

/* Two cameras, one pointing 8 m too far east: only the difference can be known. */
static void a_pointing_bias_is_found_and_shared(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh();
    struct scene s = {.rng = vg_rng_seed(4),
                      .n = 12,
                      .sd_m = 4,
                      .pd = 0.9,
                      .clutter = 3,
                      .low = {0, 0},
                      .high = {1000, 1000}};
    double a[2], b[2], sd[2];
    for (size_t i = 0; i < s.n; i++) {
        const double at[4] = {150 + 60 * (double)i, 800 - 55 * (double)i, 1, 0.5};
        memcpy(s.at[i], at, sizeof at);
    }
    assert_false(vg_tracker_bias(t, 0, a, sd));
    for (int k = 0; k < 240; k++) {
        struct vg_scan scan = scene_scan(&s, 0.5 * k);
        scan.sensor = (uint32_t)k % 2;
        for (size_t j = 0; j < scan.n && scan.sensor == 1; j++) {
            s.m[j].x_m += 8;
        }
        feed(t, &scan);
    }
    assert_true(vg_tracker_bias(t, 0, a, sd) && vg_tracker_bias(t, 1, b, sd));
    assert_true(fabs(b[0] - a[0] - 8) < 1.5 && fabs(b[1] - a[1]) < 1.5);
    assert_true(fabs(a[0] + b[0]) < 1 && sd[0] > 0 && sd[0] < 1);
    vg_tracker_free(t);
}

/* A place known to 200 m along one axis by a ranger's word, then bearings from two sides: the
 * crossing is at hand's reckoning (300, 400). */
static void bearings_cross(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh();
    struct vg_track_params p = vg_track_defaults();
    struct vg_track k[4];
    p.associate_sd_m = 500;
    vg_tracker_free(t);
    assert_int_equal(vg_tracker_new(&p, &t, NULL), VG_OK);
    struct vg_measurement m = {
        .kind = VG_MEASURED_POSITION, .x_m = 280, .y_m = 430, .cov_m2 = {3600, 0, 3600}};
    struct vg_scan scan = {.t_s = 0, .pd = 0.9, .clutter_per_m2 = 1e-9, .measurements = &m, .n = 1};
    for (int i = 0; i < 3; i++) {
        scan.t_s = 0.1 * i;
        feed(t, &scan);
    }
    for (int i = 0; i < 20; i++) {
        double x = i % 2 ? 0 : 800;
        m = (struct vg_measurement){.kind = VG_MEASURED_BEARING,
                                    .x_m = x,
                                    .y_m = 0,
                                    .bearing_rad = atan2(300 - x, 400),
                                    .bearing_sd_rad = 0.01};
        scan.t_s = 0.3 + 0.1 * i;
        scan.sensor = 1 + (uint32_t)i % 2;
        feed(t, &scan);
    }
    assert_int_equal(vg_tracker_tracks(t, 2.3, true, k, 4), 1);
    assert_true(hypot(k[0].x_m - 300, k[0].y_m - 400) < 8);
    assert_true(k[0].cov[0] < 100 && k[0].cov[4] < 100);
    vg_tracker_free(t);
}

static void classes_are_fused_and_names_kept_apart(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh();
    struct scene s = lone(0, 0, 1, 0);
    struct vg_track k[8];
    for (int i = 0; i < 10; i++) {
        struct vg_scan scan = scene_scan(&s, i);
        for (size_t j = 0; j < scan.n; j++) {
            s.m[j].class_p[VG_TRACK_PERSON] = 0.6;
            s.m[j].class_p[VG_TRACK_ANIMAL] = 0.4;
        }
        feed(t, &scan);
    }
    assert_int_equal(vg_tracker_tracks(t, 9, false, k, 8), 1);
    /* nine or ten looks at 0.6 against 0.4: (3/2)^9 = 38 to 1 at least, a little less by the floor
     * of 2 % */
    assert_true(k[0].class_p[VG_TRACK_PERSON] > 0.95 && k[0].class_p[VG_TRACK_PERSON] < 1);
    vg_tracker_free(t);

    t = fresh(); /* two ships 2 m apart that say who they are: always two tracks */
    for (int i = 0; i < 20; i++) {
        struct vg_measurement m[2] = {
            {.x_m = 1, .y_m = 0.1 * i, .cov_m2 = {25, 0, 25}, .source_id = 77},
            {.x_m = -1, .y_m = -0.1 * i, .cov_m2 = {25, 0, 25}, .source_id = 88}};
        struct vg_scan scan = {
            .t_s = i, .pd = 0.9, .clutter_per_m2 = 1e-8, .measurements = m, .n = 2};
        feed(t, &scan);
    }
    assert_int_equal(vg_tracker_tracks(t, 19, false, k, 8), 2);
    vg_tracker_free(t);
}

/* Speed told by the object: after one look its velocity is known along the way it goes. */
static void a_measured_speed_is_used(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh(), *plain = fresh();
    struct vg_track k[4], q[4];
    struct scene s = lone(0, 0, 6, 8);
    for (int i = 0; i < 6; i++) {
        struct vg_scan scan = scene_scan(&s, i);
        feed(plain, &scan);
        for (size_t j = 0; j < scan.n; j++) {
            s.m[j].speed_m_s = 10;
            s.m[j].speed_sd_m_s = 0.2;
        }
        feed(t, &scan);
    }
    assert_int_equal(vg_tracker_tracks(t, 5, false, k, 4), 1);
    assert_int_equal(vg_tracker_tracks(plain, 5, false, q, 4), 1);
    assert_true(fabs(hypot(k[0].vx_m_s, k[0].vy_m_s) - 10) < 0.5);
    assert_true(k[0].cov[7] + k[0].cov[9] < q[0].cov[7] + q[0].cov[9]);
    vg_tracker_free(t);
    vg_tracker_free(plain);
}

/* Forty seconds out of sight, straight on: the same id; another one, far from there, gets its own.
 */
static void after_a_gap_it_is_the_same(void **state)
{
    (void)state;
    struct vg_tracker *t = fresh();
    struct scene s = lone(-300, 0, 5, 1);
    struct vg_track k[8];
    for (int i = 0; i < 20; i++) {
        struct vg_scan scan = scene_scan(&s, i);
        feed(t, &scan);
    }
    assert_int_equal(vg_tracker_tracks(t, 19, false, k, 8), 1);
    uint64_t id = k[0].id;
    const double at[4] = {250, -400, -1, 0};
    memcpy(s.at[1], at, sizeof at);
    s.n = 2;
    for (int i = 60; i < 70; i++) {
        struct vg_scan scan = scene_scan(&s, i);
        feed(t, &scan);
    }
    assert_int_equal(vg_tracker_tracks(t, 69, false, k, 8), 2);
    for (int i = 0; i < 2; i++) {
        bool old = hypot(k[i].x_m - 45, k[i].y_m - 69) < 15;
        assert_true((k[i].id == id) == old);
        assert_true(k[i].relinked == (old ? 1 : 0));
        assert_true(!old || k[i].born_s < 2);
    }
    vg_tracker_free(t);
}

/* Looks: two objects meet out of sight and either could be either; their features tell them apart.
 */
static void looks_decide_after_a_gap(void **state)
{
    (void)state;
    for (int swap = 0; swap < 2; swap++) {
        struct vg_tracker *t = fresh();
        struct vg_track k[8], q[8];
        struct scene s = lone(-300, -20, 3, 0);
        const double second[4] = {-300, 20, 3, 0};
        memcpy(s.at[1], second, sizeof second);
        s.n = 2;
        s.pd = 1;
        for (int i = 0; i < 75; i++) {
            if (i >= 20 && i < 60) {
                continue;
            }
            struct vg_scan scan = scene_scan(&s, i);
            for (size_t j = 0; j < scan.n; j++) {
                bool upper = s.m[j].y_m > 0;
                s.m[j].n_features = 2;
                s.m[j].feature[0] = (upper != (swap && i >= 60)) ? 1.0f : -1.0f;
            }
            feed(t, &scan);
            if (i == 19) {
                assert_int_equal(vg_tracker_tracks(t, i, false, k, 8), 2);
            }
        }
        assert_int_equal(vg_tracker_tracks(t, 74, false, q, 8), 2);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                bool same_side = (k[i].y_m > 0) == (q[j].y_m > 0);
                assert_true((k[i].id == q[j].id) == (same_side != (swap == 1)));
            }
        }
        vg_tracker_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pointing_bias_is_found_and_shared),
        cmocka_unit_test(bearings_cross),
        cmocka_unit_test(classes_are_fused_and_names_kept_apart),
        cmocka_unit_test(a_measured_speed_is_used),
        cmocka_unit_test(after_a_gap_it_is_the_same),
        cmocka_unit_test(looks_decide_after_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
