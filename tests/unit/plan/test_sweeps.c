/* Passes side by side where a stretch is deeper than one camera sweep: how many, where, and that
 * planner and checker ask for all of them. */
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/planner.h"
#include "plan/table.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 1920 x 1080, 60 degrees, 2.5 m: range 2.5 x 1920 / (2 tan 30) = 4156.9 m. */
static const struct vg_wf_camera EYE = {.name = "eye",
                                        .width_px = 1920,
                                        .height_px = 1080,
                                        .hfov_min_deg = 6,
                                        .hfov_max_deg = 60,
                                        .gimbal = VG_GIMBAL_3AXIS,
                                        .max_gsd_m = 2.5,
                                        .max_range_m = 8000};

/* The straight line of 100 km with such a camera, watched to depth_m. */
static struct vg_watchfile straight(int n_drones, double depth_m)
{
    struct vg_watchfile w = fixture_straight(n_drones);
    w.cameras[0] = EYE;
    w.n_cameras = 1;
    w.types[0].camera = 0;
    w.depth_m = depth_m;
    w.network.stretches[0].depth_m = depth_m;
    return w;
}

static void near(double x, double want, double tolerance)
{
    if (!(fabs(x - want) <= tolerance)) {
        fail_msg("%.9g, expected %.9g", x, want);
    }
}

static struct vg_plan solve(const struct vg_watchfile *w)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    if (vg_planner_solve(w, NULL, NULL, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

static struct vg_check_report check(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    struct vg_check_report r;
    struct vg_error err = {0};
    assert_int_equal(vg_check_plan(plan, w, VG_LANG_EN, &r, &err), VG_OK);
    return r;
}

/* The widest that any ray of the image meets flat ground within the range, found by scanning it in
 * steps of 5 cm outside this program (pinhole, pitch in whole degrees): from 300 m set for 1,500 m
 * 2,048.3 m, for 100 m 211.9 m; from 120 m set for 600 m 2,030.9 m. Straight down: 300 tan 30. */
static void how_far_a_camera_sees_aside(void **state)
{
    (void)state;
    struct vg_wf_camera fixed = EYE;
    fixed.gimbal = VG_GIMBAL_FIXED;
    near(vg_camera_reach_m(&EYE, 300, 1500), 2048.32, 0.05);
    near(vg_camera_reach_m(&EYE, 300, 100), 211.95, 0.05);
    near(vg_camera_reach_m(&EYE, 120, 600), 2030.92, 0.05);
    near(vg_camera_reach_m(&fixed, 300, 1500), 173.205, 0.01);
    near(vg_camera_reach_m(&EYE, 5000, 1500), 0, 0); /* higher than it can see */
}

static void expect_passes(double depth_m, int n)
{
    struct vg_watchfile w = straight(1, depth_m);
    struct vg_sweeps s = {0};
    struct vg_error err = {0};
    assert_int_equal(vg_sweeps_flat(&w, &s, &err), VG_OK);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.sweeps[0].n_passes, n);
    for (int k = 0; k < n; k++) { /* the middles of n equal strips */
        near(s.sweeps[0].passes[k].offset_m, -depth_m + (2 * k + 1) * depth_m / n, 1e-6);
        near(s.sweeps[0].passes[k].depth_m, depth_m / n, 1e-6);
    }
    vg_sweeps_finish(&s);
    vg_watchfile_finish(&w);
}

/* About 2,050 m of reach, flown up to 300 m aside: 90 % of a strip of half width h is seen while h
 * + 2050 - 300 >= 1.8 h, h <= 2,187 m. */
static void as_many_passes_as_the_depth_asks_for(void **state)
{
    (void)state;
    expect_passes(500, 1);
    expect_passes(2000, 1);
    expect_passes(2500, 2);
    expect_passes(4000, 2);
    expect_passes(6000, 3);
    struct vg_watchfile w = straight(1, 90000);
    struct vg_sweeps s = {.n = -7};
    struct vg_error err = {0};
    assert_int_equal(vg_sweeps_flat(&w, &s, &err), VG_E_RANGE);
    assert_int_equal(s.n, -7);
    assert_non_null(strstr(err.message, "90.00 km"));
    vg_watchfile_finish(&w);
}

/* A meridian: 1,000 m to the right of northwards is 1,000 m east, everywhere; s is the line's. */
static void a_pass_lies_beside_its_line(void **state)
{
    (void)state;
    struct vg_watchfile w = straight(1, 2000);
    struct vg_sweep_way way = {&w.network.lines[0], 20000, 45000, 1000, 2000};
    size_t most = vg_sweep_most_points(&way);
    double *room = calloc(3 * most, sizeof *room);
    struct vg_line out = {.lat_deg = room, .lon_deg = room + most, .s_m = room + 2 * most};
    vg_sweep_lay(&way, &out);
    assert_true((size_t)out.n <= most && out.n > 100);
    near(out.s_m[0], 0, 0);
    near(out.s_m[out.n - 1], 25000, 1e-6);
    assert_false(out.is_closed);
    for (int i = 0; i < out.n; i++) {
        double lat, lon;
        assert_true(i == 0 || out.s_m[i] > out.s_m[i - 1]);
        vg_line_at(&w.network.lines[0], 20000 + out.s_m[i], 0, &lat, &lon, NULL);
        assert_true(out.lon_deg[i] > lon);
        near(vg_geo_distance_m(lat, lon, out.lat_deg[i], out.lon_deg[i]), 1000, 0.01);
        near(out.lat_deg[i], lat, 1e-5);
    }
    free(room);
    vg_watchfile_finish(&w);
}

/* Depth 3,000 m: passes 1,500 m to each side, base 20 km east of the middle, so 18.5 and 21.5 km
 * from them. Set for 1,500 m the camera looks 1500 / tan 30 = 2,598 m ahead, which is flown before
 * the first kilometre: out to 52.598 km before the middle, along 102.598 km, home from 50 km beyond
 * it: sqrt(18.5^2 + 52.598^2) + 102.598 + sqrt(18.5^2 + 50^2) = 55.757 + 102.598 + 53.313 = 211.668
 * km sqrt(21.5^2 + 52.598^2) + 102.598 + sqrt(21.5^2 + 50^2) = 56.823 + 102.598 + 54.427 = 213.848
 * km at 25 m/s 8,466.7 and 8,553.9 s, with 200 s of climb and descent and 2,700 s of turnaround
 * 11,366.7 and 11,453.9 s: 22,820.6 s in all. Two drones: each pass every 11,410.3 s. */
static void two_passes_by_hand(void **state)
{
    (void)state;
    struct vg_watchfile w = straight(2, 3000);
    struct vg_plan plan = solve(&w);
    assert_int_equal(plan.n_stretches, 1);
    assert_int_equal(plan.stretches[0].n_passes, 2);
    assert_int_equal(plan.n_sorties, 4);
    near(plan.worst_gap_s, 11410.3, 12);
    double swept_m[2] = {0, 0};
    for (int k = 0; k < plan.n_sorties; k++) {
        near(plan.sorties[k].depth_m, 1500, 0.1);
        for (int v = 0; v < plan.sorties[k].n_visits; v++) {
            const struct vg_plan_visit *x = &plan.sorties[k].visits[v];
            swept_m[x->pass] += fabs(x->to_m - x->from_m);
        }
    }
    near(swept_m[0], 200000, 4); /* each pass whole, by each of two drones */
    near(swept_m[1], 200000, 4);
    struct vg_check_report r = check(&plan, &w);
    assert_string_equal(r.violation, "");
    near(r.worst_gap_s, plan.worst_gap_s, 0.2);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

static void refuse(struct vg_watchfile *w, struct vg_plan *plan, const char *rule, const char *part)
{
    struct vg_check_report r = check(plan, w);
    if (r.is_kept || strcmp(r.rule, rule) != 0 || strstr(r.violation, part) == NULL) {
        fail_msg("expected [%s] with \"%s\", got [%s] %s", rule, part, r.rule, r.violation);
    }
    vg_plan_finish(plan);
    vg_watchfile_finish(w);
}

static void the_checker_asks_for_every_pass(void **state)
{
    (void)state;
    struct vg_watchfile w = straight(2, 3000);
    struct vg_plan plan = solve(&w);
    for (int k = 0; k < plan.n_sorties; k++) { /* the second pass is flown no more */
        plan.sorties[k].n_visits =
            plan.sorties[k].visits[0].pass == 1 ? 0 : plan.sorties[k].n_visits;
    }
    refuse(&w, &plan, "stretch-gap", "S1, pass 2");
    w = straight(2, 3000);
    plan = solve(&w); /* claimed to be enough without it */
    plan.stretches[0].n_passes = 1;
    for (int k = 0; k < plan.n_sorties; k++) {
        plan.sorties[k].n_visits =
            plan.sorties[k].visits[0].pass == 1 ? 0 : plan.sorties[k].n_visits;
    }
    refuse(&w, &plan, "depth", "in its 1 passes");
    w = straight(2, 3000);
    plan = solve(&w); /* the first pass sold as the second too */
    for (int k = 0; k < plan.n_sorties; k++) {
        for (int v = 0; v < plan.sorties[k].n_visits; v++) {
            plan.sorties[k].visits[v].pass = 1 - plan.sorties[k].visits[v].pass;
        }
    }
    refuse(&w, &plan, "off-line", "it says it sweeps");
    w = straight(2, 3000);
    plan = solve(&w);
    plan.sorties[0].visits[0].pass = 2;
    refuse(&w, &plan, "off-line", "no such pass");
}

/* The same ways listed again would pay every kilometre twice and "prove" twice the bound. */
static void a_way_is_paid_for_once(void **state)
{
    (void)state;
    struct vg_watchfile w = straight(2, 3000);
    struct vg_plan plan = solve(&w);
    const char *ways = strstr(plan.certificate, "\"ways\":[") + 8;
    int head = (int)(ways - plan.certificate);
    int body = (int)strlen(ways) - 2; /* without the list's and the object's ends */
    struct vg_buf twice = {0};
    vg_buf_printf(&twice, "%.*s%.*s,%.*s]}", head, plan.certificate, body, ways, body, ways);
    free(plan.certificate);
    plan.certificate = twice.data;
    plan.bound_s *= 1.5;
    refuse(&w, &plan, "bound", "proves 0.0 s");
}

/* Winding lines and rings, several depths and revisits, two to five passes: never refused. */
static void any_deep_line_is_planned_and_holds(void **state)
{
    (void)state;
    const struct vg_planner_options coarse = {.site_step_m = 5000};
    int n_deep = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_plan plan = {0};
        struct vg_error err = {0};
        struct vg_rng rng = vg_rng_seed(seed + 1000);
        if (w.n_cameras == 0) {
            vg_watchfile_finish(&w);
            continue;
        }
        for (int k = 0; k < w.network.n_stretches; k++) {
            w.network.stretches[k].depth_m *= 1 + (double)vg_rng_below(&rng, 4);
        }
        enum vg_status st = vg_planner_solve(&w, NULL, &coarse, &plan, &err);
        if (st == VG_OK) {
            struct vg_check_report r = check(&plan, &w);
            if (!r.is_kept) {
                fail_msg("seed %d: [%s] %s", (int)seed, r.rule, r.violation);
            }
            for (int k = 0; k < plan.n_stretches; k++) {
                n_deep += plan.stretches[k].n_passes > 1 && !plan.stretches[k].is_unreachable;
            }
        } else if (st != VG_E_INVALID) {
            fail_msg("seed %d: %s", (int)seed, err.message);
        }
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
    assert_true(n_deep > 10);
}

/* A rota's flights set their cameras for their passes as a tour's do. Half of the line is wanted
 * four times as often, where a rota is better than tours. */
static void a_rota_keeps_its_cameras(void **state)
{
    (void)state;
    struct vg_watchfile w = straight(5, 3000);
    struct vg_plan first;
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options options = {.site_step_m = 2000, .moves = 20000, .seed = 1};
    struct vg_stretch *st = w.network.stretches;
    double length_m = st[0].to_m;
    for (int k = 0; k < 3; k++) {
        st[k] = st[0];
        vg_format(st[k].id, sizeof st[k].id, "S%d", k + 1);
        st[k].from_m = length_m * k / 3;
        st[k].to_m = length_m * (k + 1) / 3;
        st[k].revisit_s = w.revisit_s / (k == 1 ? 2 : 1);
    }
    w.network.n_stretches = 3;
    first = solve(&w);
    assert_int_equal(vg_planner_solve(&w, NULL, &options, &plan, &err), VG_OK);
    assert_true(plan.worst_gap_s < first.worst_gap_s);
    for (int k = 0; k < plan.n_sorties; k++) {
        near(plan.sorties[k].depth_m, 1500, 0.1);
    }
    vg_plan_finish(&first);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* Planned again with the sweeps of a plan: the same plan to the byte. */
static void a_plan_gives_its_sweeps_back(void **state)
{
    (void)state;
    int n_cut = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_plan plan = {0};
        struct vg_plan again = {0};
        struct vg_sweeps sweeps = {0};
        struct vg_buf text[2] = {{0}, {0}};
        struct vg_error err = {0};
        struct vg_planner_options options = {.site_step_m = 5000};
        w.types[0].endurance_s *= seed % 2 ? 0.4 : 1; /* some ground is out of reach */
        for (int k = 0; k < w.network.n_stretches && w.n_cameras > 0; k++) {
            w.network.stretches[k].depth_m *= 1 + k % 3;
        }
        if (vg_planner_solve(&w, NULL, &options, &plan, &err) == VG_OK) {
            assert_int_equal(vg_sweeps_of_plan(&w, &plan, &sweeps, &err), VG_OK);
            assert_int_equal(sweeps.n, w.network.n_stretches);
            n_cut += plan.n_stretches > sweeps.n;
            options.sweeps = &sweeps;
            assert_int_equal(vg_planner_solve(&w, NULL, &options, &again, &err), VG_OK);
            vg_plan_format(&plan, &text[0]);
            vg_plan_format(&again, &text[1]);
            assert_string_equal(vg_buf_text(&text[0]), vg_buf_text(&text[1]));
        }
        vg_plan_finish(&plan);
        vg_plan_finish(&again);
        vg_sweeps_finish(&sweeps);
        vg_buf_finish(&text[0]);
        vg_buf_finish(&text[1]);
        vg_watchfile_finish(&w);
    }
    assert_true(n_cut > 0);
}

static void passes_live_in_the_file(void **state)
{
    (void)state;
    struct vg_watchfile w = straight(2, 3000);
    struct vg_plan plan = solve(&w);
    struct vg_plan again;
    struct vg_buf text[2] = {{0}, {0}};
    struct vg_error err = {0};
    free(plan.certificate);
    plan.certificate = NULL;
    plan.stretches[0].seen = 0.875;
    plan.stretches[0].hidden_m = 1250;
    vg_plan_format(&plan, &text[0]);
    assert_non_null(strstr(vg_buf_text(&text[0]), "\"passes\":[[-1500,1500],[1500,1500]],"
                                                  "\"agl_m\":300,\"seen\":0.875,"
                                                  "\"hidden_km\":1.25"));
    assert_non_null(strstr(vg_buf_text(&text[0]), "\"pass\":2"));
    assert_int_equal(vg_plan_parse(vg_buf_text(&text[0]), text[0].n, "plan", &again, &err), VG_OK);
    vg_plan_format(&again, &text[1]);
    assert_string_equal(vg_buf_text(&text[0]), vg_buf_text(&text[1]));
    vg_plan_finish(&again);
    vg_plan_finish(&plan);
    vg_buf_finish(&text[0]);
    vg_buf_finish(&text[1]);
    vg_watchfile_finish(&w);
}

static void passes_are_said(void **state)
{
    (void)state;
    struct vg_plan_stretch st = {.id = "S2",
                                 .line = "Ranges",
                                 .from_m = 1000,
                                 .to_m = 3500,
                                 .n_passes = 3,
                                 .passes = {{0, 500}, {-125, 250}, {250, 250}},
                                 .agl_m = 120};
    struct vg_plan_sight sight = {0.9999, 150, true};
    struct vg_buf text = {0};
    vg_plan_passes(&st, &sight, VG_LANG_EN, &text);
    assert_string_equal(vg_buf_text(&text),
                        "S2, line Ranges, km 1.0 to 3.5: 120 m above ground, over the line, 125 m "
                        "left, 250 m right; at least 99.9 % of its ground seen; up to 0.15 km of "
                        "it too much hidden to count\n");
    vg_buf_reset(&text);
    vg_plan_passes(&st, &(struct vg_plan_sight){0}, VG_LANG_FR, &text);
    assert_string_equal(vg_buf_text(&text),
                        "S2, ligne Ranges, du km 1,0 au km 3,5 : 120 m au-dessus du sol, sur la "
                        "ligne, 125 m à gauche, 250 m à droite\n");
    vg_buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_far_a_camera_sees_aside),
        cmocka_unit_test(as_many_passes_as_the_depth_asks_for),
        cmocka_unit_test(a_pass_lies_beside_its_line),
        cmocka_unit_test(two_passes_by_hand),
        cmocka_unit_test(the_checker_asks_for_every_pass),
        cmocka_unit_test(a_way_is_paid_for_once),
        cmocka_unit_test(any_deep_line_is_planned_and_holds),
        cmocka_unit_test(a_plan_gives_its_sweeps_back),
        cmocka_unit_test(a_rota_keeps_its_cameras),
        cmocka_unit_test(passes_live_in_the_file),
        cmocka_unit_test(passes_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
