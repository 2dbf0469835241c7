/* Ridges with shadows worked out by hand: how many passes they ask for, where, and what is
 * credited. */
#include "plan/check.h"
#include "plan/planner.h"
#include "terrain/camera.h"
#include "watch/foresee.h"
#include "watch/survey.h"

#include "../terrain/ground.h"

#include "geo/geodesy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 12 km due north along 20 E, 600 m to each side: 12 cells of 50 m, flown at 120 m. */
static const char WATCH[] =
    "name: Ridge\n"
    "line: {points: [[39.95, 20.0], [40.0581, 20.0]], revisit: 1h, depth: 600m%s}\n"
    "bases: [{name: Camp, at: [39.95, 20.0]}]\n"
    "cameras:\n"
    "  eo: {pixels: [1920, 1080], hfov: 60deg, gimbal: 3-axis}\n"
    "types:\n"
    "  small: {cruise: 20 m/s, endurance: 1h, turnaround: 10min, agl: 120 m, camera: eo}\n"
    "drones: [{id: P1, type: small, base: Camp}]\n";

enum {
    N = 400,
    ROWS = 24
};
static const double STEP_DEG = 0.0005; /* 42.7 m east, 55.5 m north */

/* Flat, with a ridge of height_m along the meridian `cell` cells east of the line (42.7 m each),
 * from one latitude to another; its foot is a cell away on either side. */
static struct vg_terrain *ridge(int cell, double height_m, double south_deg, double north_deg)
{
    float *h = calloc((size_t)N * N, sizeof *h);
    struct vg_terrain *t = NULL;
    double north = 40.0 + 0.5 * N * STEP_DEG;
    for (int r = 0; r < N; r++) {
        double lat = north - r * STEP_DEG;
        if (lat >= south_deg && lat <= north_deg) {
            h[r * N + N / 2 + cell] = (float)height_m;
        }
    }
    assert_int_equal(vg_terrain_from_array(h, N, N, north, 20.0 - 0.5 * N * STEP_DEG, STEP_DEG,
                                           STEP_DEG, &t, NULL),
                     VG_OK);
    free(h);
    return t;
}

static struct vg_sweeps survey(struct vg_terrain *t, const char *more, struct vg_watchfile *watch)
{
    char text[1024];
    struct vg_strip *strip;
    struct vg_sweeps s = {0};
    struct vg_error err = {0};
    size_t n = vg_format(text, sizeof text, WATCH, more);
    if (vg_watchfile_parse(text, n, "ridge.yaml", NULL, watch, &err) != VG_OK ||
        vg_strip_create(&watch->network, 50, &strip, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(vg_survey(watch, t, strip, NULL, NULL, &s, &err), VG_OK);
    for (int k = 0; k < s.n; k++) {
        print_message("%.0f to %.0f:", s.sweeps[k].from_m, s.sweeps[k].to_m);
        for (int q = 0; q < s.sweeps[k].n_passes; q++) {
            print_message(" %.0f", s.sweeps[k].passes[q].offset_m);
        }
        print_message(", %.4f seen, %.0f m hidden\n", s.sweeps[k].seen, s.sweeps[k].hidden_m);
    }
    vg_strip_destroy(strip);
    return s;
}

static struct vg_sweeps survey_once(struct vg_terrain *t, const char *more,
                                    struct vg_watchfile *watch)
{
    struct vg_sweeps s = survey(t, more, watch);
    vg_terrain_destroy(t);
    return s;
}

static void close_all(struct vg_sweeps *s, struct vg_watchfile *watch)
{
    vg_sweeps_finish(s);
    vg_watchfile_finish(watch);
}

static void near(double x, double want, double tolerance)
{
    if (!(fabs(x - want) <= tolerance)) {
        fail_msg("%.9g, expected %.9g", x, want);
    }
}

static void flat_ground_needs_one_pass(void **state)
{
    (void)state;
    struct vg_watchfile w;
    struct vg_sweeps s = survey_once(ridge(6, 0.5, 0, 1), "", &w); /* the ridge lies elsewhere */
    assert_int_equal(s.n, 1);
    assert_int_equal(s.sweeps[0].n_passes, 1);
    near(s.sweeps[0].passes[0].offset_m, 0, 0);
    near(s.sweeps[0].seen, 1, 0.002);
    near(s.sweeps[0].hidden_m, 0, 0);
    close_all(&s, &w);
}

/* Crest 60 m high at 256 m (6 cells), feet at 213 and 299 m. From over the line at 120 m the ray
 * over the crest falls 60 m in 256 m: it is at 120 - 0.2344 x. The cells at 275 m (ground 33 m on
 * the far slope, ray 55.5) and 325, 375, 425, 475 m (ray 43.8 to 8.7 over 0) lie under it, that at
 * 525 m does not: 19 of 24 cells, under 85 %. From 150 m right (a quarter of the depth) it falls 60
 * m in 106 m: 275 m (ray 49) and 325 m (ray 20.9) lie under it, 375 m does not; the near slope and
 * all of the left are free: 22 of 24, which is enough. So one pass 150 m to the right does what two
 * would. */
static void one_pass_moves_aside(void **state)
{
    (void)state;
    struct vg_watchfile w;
    struct vg_sweeps s = survey_once(ridge(6, 60, 39, 41), ", enough: 85%", &w);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.sweeps[0].n_passes, 1);
    near(s.sweeps[0].passes[0].offset_m, 150, 0.01);
    near(s.sweeps[0].hidden_m, 0, 0);
    /* nothing behind the crest is credited: at most 22 of 24, and little less */
    assert_true(s.sweeps[0].seen <= 22.0 / ROWS + 1e-9);
    near(s.sweeps[0].seen, 22.0 / ROWS, 0.01);
    close_all(&s, &w);
}

/* 250 m high: higher than the flight from either side, so that no pass sees both. 275 m and beyond
 * are hidden from over the line (and 225 m, on the near slope, is seen): 17 of 24. From 300 m
 * right, beyond the ridge, all come into view but that at 275 m: it stands 141 m high, above a
 * camera at 120 m that looks down. 23 of 24. */
static void a_wall_takes_a_second_pass(void **state)
{
    (void)state;
    struct vg_watchfile w;
    struct vg_sweeps s = survey_once(ridge(6, 250, 39, 41), "", &w);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.sweeps[0].n_passes, 2);
    near(s.sweeps[0].passes[0].offset_m, 0, 0);
    near(s.sweeps[0].passes[1].offset_m, 300, 0.01);
    assert_true(s.sweeps[0].seen <= 23.0 / ROWS + 1e-9);
    near(s.sweeps[0].seen, 23.0 / ROWS, 0.005);
    near(s.sweeps[0].hidden_m, 0, 0);
    close_all(&s, &w);
}

/* The same wall beside km 5 to 7 alone (39.995 to 40.013 N): only there is a second pass flown. Its
 * ends taper over one cell of 55 m; from before and behind it a camera looks past its ends, so that
 * the first and last cells may be seen from over the line. */
static void only_the_hidden_piece_gets_it(void **state)
{
    (void)state;
    struct vg_watchfile w;
    struct vg_sweeps s = survey_once(ridge(6, 250, 39.9949, 40.0131), "", &w);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.sweeps[0].n_passes, 1);
    assert_int_equal(s.sweeps[1].n_passes, 2);
    assert_int_equal(s.sweeps[2].n_passes, 1);
    near(s.sweeps[0].from_m, 0, 0);
    near(s.sweeps[1].from_m, 5000, 400);
    near(s.sweeps[1].to_m, 7000, 400);
    near(s.sweeps[2].to_m, w.network.lines[0].length_m, 0);
    near(s.sweeps[1].from_m, s.sweeps[0].to_m, 0);
    near(s.sweeps[2].from_m, s.sweeps[1].to_m, 0);
    for (int k = 0; k < 3; k++) {
        near(s.sweeps[k].hidden_m, 0, 0);
        near(s.sweeps[k].passes[0].offset_m, 0, 0);
    }
    close_all(&s, &w);
}

/* 900 m long: past its ends a camera looks behind it from afar, and only a few columns about its
 * middle lack something. Not worth a flight, but said. */
static void a_scrap_is_named_not_flown_for(void **state)
{
    (void)state;
    struct vg_watchfile w;
    struct vg_sweeps s = survey_once(ridge(6, 250, 40.0, 40.0081), "", &w);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.sweeps[0].n_passes, 1);
    assert_true(s.sweeps[0].hidden_m > 0 && s.sweeps[0].hidden_m < 500);
    assert_true(s.sweeps[0].seen < 1);
    close_all(&s, &w);
}

/* Where half of the cells are enough the wall hides too little to matter. */
static void what_is_enough_decides(void **state)
{
    (void)state;
    struct vg_watchfile w;
    struct vg_sweeps s = survey_once(ridge(6, 250, 39, 41), ", enough: 50%", &w);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.sweeps[0].n_passes, 1);
    near(s.sweeps[0].hidden_m, 0, 0);
    near(s.sweeps[0].passes[0].offset_m, 0, 0);
    assert_true(s.sweeps[0].seen <= 17.0 / ROWS + 1e-9); /* 275 m and beyond: never credited */
    near(s.sweeps[0].seen, 17.0 / ROWS, 0.005);
    close_all(&s, &w);
}

/* The farthest row that any frame of a flight over flat ground sees, cell by cell. */
struct farthest {
    const struct vg_strip *strip;
    double m;
};

static void note_farthest(void *ctx, const struct vg_seen_run *run)
{
    struct farthest *f = ctx;
    int n = vg_strip_n_rows(f->strip, run->col);
    if (run->row_end > n / 2) {
        f->m = fmax(f->m, (run->row_end - n / 2.0) * 50);
    }
}

/* How far a camera sees aside is what its frames show: 12 km flown over cells out to 6 km, a frame
 * every 20 m about the middle. */
static void reach_is_what_the_cells_say(void **state)
{
    static const double FIELD[] = {30, 60, 90};
    static const double AGL[] = {100, 300, 800};
    static const double DEPTH[] = {300, 1500, 4000};
    (void)state;
    struct vg_watchfile w;
    struct vg_sweeps s = survey_once(ridge(6, 0.5, 0, 1), "", &w);
    struct vg_terrain *flat;
    struct vg_strip *strip;
    struct vg_arena scratch = {0};
    w.network.stretches[0].depth_m = 6000;
    assert_int_equal(vg_strip_create(&w.network, 50, &strip, NULL), VG_OK);
    assert_int_equal(vg_terrain_open(NULL, 0, &flat, NULL), VG_OK);
    for (int k = 0; k < 27; k++) {
        struct vg_wf_camera c = w.cameras[0];
        c.hfov_max_deg = FIELD[k % 3];
        double agl_m = AGL[k / 3 % 3];
        double depth_m = DEPTH[k / 9];
        struct vg_camera_limits limits = {c.max_range_m, c.max_gsd_m, c.width_px, 0};
        struct vg_camera_pose pose = {
            .lat_deg = 39.99,
            .lon_deg = 20.0,
            .alt_msl_m = agl_m,
            .pitch_deg = round(vg_camera_patrol_pitch_deg(&c, agl_m, depth_m, NULL)),
            .hfov_deg = c.hfov_max_deg,
            .vfov_deg = vg_camera_vfov_deg(&c, c.hfov_max_deg)};
        struct farthest f = {strip, 0};
        for (int i = 0; i < 10; i++) {
            pose.lat_deg += 20 / 111000.0;
            vg_arena_reset(&scratch);
            assert_int_equal(vg_camera_cells(flat, strip, &pose, &limits, &scratch, NULL,
                                             note_farthest, &f, NULL),
                             VG_OK);
        }
        /* a cell counts by its middle, 25 m within its edge; of the last one only a short way of
         * each frame is in the picture */
        near(f.m, vg_camera_reach_m(&c, agl_m, depth_m), 75);
    }
    vg_arena_finish(&scratch);
    vg_strip_destroy(strip);
    vg_terrain_destroy(flat);
    close_all(&s, &w);
}

/* Over fractal hills: the plan with the survey's passes is flown dry by other code, and sees at
 * least what the survey said, stretch by stretch; the checker takes it. */
static void what_is_promised_is_seen(void **state)
{
    (void)state;
    int n_more = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct vg_watchfile w;
        struct vg_strip *strip;
        struct vg_plan plan = {0};
        struct vg_foreseen seen;
        struct vg_check_report report;
        struct vg_error err = {0};
        struct vg_terrain *t = ground_fractal(seed, N, 40.0, 20.0, STEP_DEG, 1500);
        struct vg_sweeps s = survey(t, ", enough: 90%", &w);
        struct vg_planner_options options = {.sweeps = &s};
        assert_int_equal(vg_strip_create(&w.network, 50, &strip, &err), VG_OK);
        if (vg_planner_solve(&w, t, &options, &plan, &err) != VG_OK ||
            vg_check_plan(&plan, &w, VG_LANG_EN, &report, &err) != VG_OK ||
            vg_foresee(&w, &plan, t, strip, NULL, NULL, &seen, &err) != VG_OK) {
            fail_msg("seed %d: %s", (int)seed, err.message);
        }
        assert_string_equal(report.violation, "");
        for (int k = 0; k < plan.n_stretches; k++) {
            const struct vg_foreseen_stretch *got = &seen.stretches[k];
            double share = (double)got->n_seen / (double)got->n_cells;
            n_more += plan.stretches[k].n_passes > 1;
            if (share < plan.stretches[k].seen - 0.03 ||
                (got->n_cols - got->n_cols_enough) * 50.0 > plan.stretches[k].hidden_m + 300) {
                fail_msg("seed %d, %s: %.3f seen of %.3f, %d of %d columns, %.0f m hidden",
                         (int)seed, plan.stretches[k].id, share, plan.stretches[k].seen,
                         got->n_cols_enough, got->n_cols, plan.stretches[k].hidden_m);
            }
        }
        vg_foreseen_finish(&seen);
        vg_plan_finish(&plan);
        vg_strip_destroy(strip);
        vg_terrain_destroy(t);
        close_all(&s, &w);
    }
    assert_true(n_more > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_ground_needs_one_pass),
        cmocka_unit_test(one_pass_moves_aside),
        cmocka_unit_test(a_wall_takes_a_second_pass),
        cmocka_unit_test(only_the_hidden_piece_gets_it),
        cmocka_unit_test(a_scrap_is_named_not_flown_for),
        cmocka_unit_test(what_is_enough_decides),
        cmocka_unit_test(reach_is_what_the_cells_say),
        cmocka_unit_test(what_is_promised_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
