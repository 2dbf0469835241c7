/* Floors and ceilings: heights by hand and against the slow way, and plans broken on purpose. */
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/energy.h"
#include "plan/height.h"
#include "plan/planner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    N = 281 /* 1.4 degrees in cells of 0.005: the straight fixture and its base lie inside */
};
static const double NORTH_DEG = 11.1;
static const double WEST_DEG = -0.7;
static const double CELL_DEG = 0.005;

static struct vg_terrain *make_terrain(float (*height)(double lat, double lon, void *ctx),
                                       void *ctx)
{
    float *h = malloc((size_t)N * N * sizeof *h);
    struct vg_terrain *out = NULL;
    struct vg_error err = {0};
    for (int r = 0; r < N; r++) {
        for (int c = 0; c < N; c++) {
            h[r * N + c] = height(NORTH_DEG - CELL_DEG * r, WEST_DEG + CELL_DEG * c, ctx);
        }
    }
    if (vg_terrain_from_array(h, N, N, NORTH_DEG, WEST_DEG, CELL_DEG, CELL_DEG, &out, &err) !=
        VG_OK) {
        fail_msg("%s", err.message);
    }
    free(h);
    return out;
}

/* A hill of `height` across the line at 10.45 N, rising over 0.05 degrees (5.5 km) on each side. */
struct hill {
    double top_m;
    double foot_deg;
};

static float hill_at(double lat, double lon, void *ctx)
{
    const struct hill *hill = ctx;
    (void)lon;
    return (float)(100 + hill->top_m * fmax(0, 1 - fabs(lat - 10.45) / hill->foot_deg));
}

static float waves_at(double lat, double lon, void *ctx)
{
    const double *phase = ctx;
    return (float)(400 + 120 * sin(lat * 130 + phase[0]) * cos(lon * 150 + phase[1]) +
                   15 * sin(lat * 400 + lon * 300 + phase[2]));
}

/* Least and most height above the ground away from the base, looked at every 20 m. */
static void extremes(const struct vg_plan *plan, const struct vg_terrain *terrain,
                     double *out_least, double *out_most)
{
    *out_least = HUGE_VAL;
    *out_most = -HUGE_VAL;
    for (int s = 0; s < plan->n_sorties; s++) {
        const struct vg_plan_sortie *so = &plan->sorties[s];
        for (int k = 2; k < so->n_track - 1; k++) {
            const struct vg_plan_point *a = &so->track[k - 1];
            const struct vg_plan_point *b = &so->track[k];
            double d = vg_geo_distance_m(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg);
            int n = 1 + (int)(d / 20);
            for (int q = 0; q <= n; q++) {
                double f = (double)q / n;
                double agl =
                    a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m) -
                    vg_terrain_height_msl_m(terrain, a->lat_deg + f * (b->lat_deg - a->lat_deg),
                                            a->lon_deg + f * (b->lon_deg - a->lon_deg));
                *out_least = fmin(*out_least, agl);
                *out_most = fmax(*out_most, agl);
            }
        }
    }
}

static int turns_of(const struct vg_plan *plan)
{
    int n = 0;
    for (int s = 0; s < plan->n_sorties; s++) {
        const struct vg_plan_point *t = plan->sorties[s].track;
        for (int k = 2; k < plan->sorties[s].n_track - 1; k++) {
            n += vg_geo_distance_m(t[k].lat_deg, t[k].lon_deg, t[k - 1].lat_deg, t[k - 1].lon_deg) <
                 1;
        }
    }
    return n;
}

/* 800 m of hill over 5.5 km at 25 m/s: 220 s, in which 3 m/s give 660 m at most. With a ceiling of
 * 350 m and a floor of 250 m some turn is needed; with a ceiling of 600 m none is. */
static void turns_where_the_climb_is_not_enough(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct hill hill = {800, 0.05};
    struct vg_terrain *terrain = make_terrain(hill_at, &hill);
    double least, most;
    w.types[0].floor_m = 250;
    w.types[0].ceiling_m = 350;
    struct vg_plan tight = fixture_plan(&w, terrain, 1500);
    fixture_expect(&tight, &w, terrain, "");
    extremes(&tight, terrain, &least, &most);
    assert_true(least >= 249 && most <= 351);
    assert_true(turns_of(&tight) > 0);
    w.types[0].ceiling_m = 600;
    struct vg_plan wide = fixture_plan(&w, terrain, 1500);
    fixture_expect(&wide, &w, terrain, "");
    extremes(&wide, terrain, &least, &most);
    assert_true(least >= 249 && most <= 601);
    assert_int_equal(turns_of(&wide), 0);
    assert_true(wide.worst_gap_s < tight.worst_gap_s); /* turns take time, and it is counted */
    vg_plan_finish(&tight);
    vg_plan_finish(&wide);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&w);
}

/* A wall of 400 m from one row of cells to the next (550 m): no height is right with 100 m between
 * floor and ceiling. The ceiling that the reason names is enough. */
static void a_wall_is_not_watched_and_says_why(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct hill wall = {1600, 0.004};
    struct vg_terrain *terrain = make_terrain(hill_at, &wall);
    w.types[0].floor_m = 250;
    w.types[0].ceiling_m = 350;
    struct vg_plan plan = fixture_plan(&w, terrain, 1500);
    fixture_expect(&plan, &w, terrain, "");
    double lack_m = 0;
    for (int k = 0; k < plan.n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan.stretches[k];
        const char *at = strstr(st->reason, "a ceiling ");
        if (st->is_unreachable && at != NULL) {
            lack_m = fmax(lack_m, strtod(at + strlen("a ceiling "), NULL));
        }
    }
    assert_true(lack_m > 0);
    vg_plan_finish(&plan);
    w.types[0].ceiling_m += lack_m;
    plan = fixture_plan(&w, terrain, 1500);
    fixture_expect(&plan, &w, terrain, "");
    for (int k = 0; k < plan.n_stretches; k++) {
        assert_null(strstr(plan.stretches[k].reason, "a ceiling "));
    }
    vg_plan_finish(&plan);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&w);
}

static void random_ground_keeps_both(void **state)
{
    (void)state;
    static const double ROOMS[][2] = {{150, 300}, {60, 130}, {100, 0}, {90, 150}};
    for (int k = 0; k < 8; k++) {
        struct vg_watchfile w = fixture_straight(1 + k % 2);
        double phase[3] = {0.7 * k, 1.9 * k, 0.4 * k};
        struct vg_terrain *terrain = make_terrain(waves_at, phase);
        w.types[0].floor_m = ROOMS[k % 4][0];
        w.types[0].ceiling_m = ROOMS[k % 4][1];
        w.types[0].agl_m = fmax(w.types[0].floor_m + 5, 0.7 * w.types[0].ceiling_m);
        w.wind_mps = k > 3 ? 8 : 0;
        struct vg_plan plan = fixture_plan(&w, terrain, 1500);
        fixture_expect(&plan, &w, terrain, "");
        double least, most;
        extremes(&plan, terrain, &least, &most);
        assert_true(least >= w.types[0].floor_m - 1);
        assert_true(w.types[0].ceiling_m <= 0 || most <= w.types[0].ceiling_m + 1);
        vg_plan_finish(&plan);
        vg_terrain_destroy(terrain);
        vg_watchfile_finish(&w);
    }
}

/* Without a ceiling the profile is the lowest that keeps the rates: at each look the greatest, over
 * all other looks, of what must be reached or come from there. */
static void the_profile_is_the_lowest(void **state)
{
    (void)state;
    struct hill hill = {800, 0.05};
    struct vg_terrain *terrain = make_terrain(hill_at, &hill);
    const struct vg_wf_type type = {.cruise_mps = 25, .climb_mps = 3, .sink_mps = 2, .agl_m = 300};
    struct vg_way way = {0};
    struct vg_cliff cliff;
    vg_way_add(&way, &(struct vg_way_point){.lat_deg = 10.3, .is_point = true});
    vg_way_add(&way, &(struct vg_way_point){.lat_deg = 10.6, .t_s = 1327, .is_point = true});
    assert_true(vg_height_shape(&way, terrain, &type, &cliff));
    assert_true(way.n > 100);
    for (int k = 0; k < way.n; k++) {
        double lowest = -HUGE_VAL;
        for (int q = 0; q < way.n; q++) {
            double dt = way.at[q].t_s - way.at[k].t_s;
            double change = dt > 0 ? -0.95 * 3 * dt : 0.95 * 2 * dt;
            double ground = vg_terrain_height_msl_m(terrain, way.at[q].lat_deg, 0);
            lowest = fmax(lowest, ground + 300 + change);
        }
        assert_float_equal(way.at[k].alt_msl_m, lowest, 1e-6);
    }
    vg_way_finish(&way);
    vg_terrain_destroy(terrain);
}

/* A plan that holds, then too low or too high at one place: at a track point, and between two. */
static void broken_plans_are_caught(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct hill hill = {300, 0.05};
    struct vg_terrain *terrain = make_terrain(hill_at, &hill);
    w.types[0].floor_m = 200;
    w.types[0].ceiling_m = 500;
    struct vg_plan plan = fixture_plan(&w, terrain, 1500);
    struct vg_plan_sortie *so = &plan.sorties[0];
    fixture_expect(&plan, &w, terrain, "");
    int k = so->n_track / 2;
    double was = so->track[k].alt_msl_m;
    double ground = vg_terrain_height_msl_m(terrain, so->track[k].lat_deg, so->track[k].lon_deg);
    so->track[k].alt_msl_m = ground + 195;
    fixture_expect(&plan, &w, terrain, "floor");
    so->track[k].alt_msl_m = ground + 505;
    fixture_expect(&plan, &w, terrain, "ceiling");
    so->track[k].alt_msl_m = was;
    fixture_expect(&plan, &w, terrain, "");
    /* The same flight over ground with a crest of 250 m between two of its track points. */
    struct hill crest = {550, 0.05};
    struct vg_terrain *other = make_terrain(hill_at, &crest);
    fixture_expect(&plan, &w, other, "floor");
    vg_terrain_destroy(other);
    vg_plan_finish(&plan);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&w);
}

/* 25 m/s and a glide of 10: a metre up costs 10 / 25 = 0.4 s of cruise, a metre down saves as much,
 * until the motor idles at a tenth. The base's circles count their time: 100 s up 300 m, of which
 * 300 are flying height; 140 s up 420 m, of which 120 m cost 48 s. Then 1000 s up 600 m: 240 s
 * more. 1000 s down 600 m: 240 s less. 200 s down 720 m: 288 s would be saved, 180 are. Coming
 * down: its time. Landing: 2400 m and 30 s, 126 s.
 */
static void climbs_cost_by_hand(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct vg_wf_type *t = &w.types[0]; /* 25 m/s, 300 m, 18,000 s */
    struct vg_plan_point ridge[] = {
        {0, 10, 0, 100},       {140, 10, 0, 520},  {1140, 10.2, 0, 1120}, {2140, 10.2, 0, 520},
        {2540, 10.2, 0, 1240}, {2740, 10, 0, 520}, {2900, 10, 0, 100}};
    struct vg_plan_sortie so = {.land_s = 2900, .track = ridge, .n_track = 7};
    double more_s = 48 + 240 - 240 + 720 * 0.4 - 180;
    assert_float_equal(vg_track_work_s(t, &so, -HUGE_VAL), (2900 + more_s), 1e-9);
    assert_float_equal(vg_track_energy(t, &so), (ceil((2900 + more_s + 126) / 18000 * 1e4) / 1e4),
                       1e-9);
    /* From the middle of the second climb on: half of it is still to come. */
    assert_float_equal(vg_track_work_s(t, &so, 2340), 560, 1e-9);
    /* A rotor at its 3 m/s climbs for half as much again and saves nothing: 0.5 / 3 s a metre. */
    t->kind = VG_KIND_COPTER;
    more_s = (120 + 600 + 720) * 0.5 / 3;
    assert_float_equal(vg_track_work_s(t, &so, -HUGE_VAL), (2900 + more_s), 1e-9);
    vg_watchfile_finish(&w);
}

/* Hills that take more than their time; the plan counts it, and the checker asks for it. */
static void a_plan_that_leaves_climbs_out_is_refused(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct hill hill = {800, 0.05};
    struct vg_terrain *terrain = make_terrain(hill_at, &hill);
    const double landing_s = 2400.0 / 15 + 30;
    w.types[0].cruise_mps = 15; /* 2.2 m/s down the hill, where 1.5 would be paid back in full */
    struct vg_plan plan = fixture_plan(&w, terrain, 1500);
    struct vg_plan_sortie *so = &plan.sorties[0];
    double flight_s = so->land_s - so->takeoff_s;
    double work_s = so->energy * w.types[0].endurance_s;
    assert_true(work_s > flight_s + landing_s + 200);
    fixture_expect(&plan, &w, terrain, "");
    double told = so->energy;
    so->energy = (flight_s + landing_s) / w.types[0].endurance_s + 1e-3;
    fixture_expect(&plan, &w, terrain, "energy"); /* understated */
    so->energy = told;
    w.types[0].reserve = 1 - (flight_s + landing_s + 50) / w.types[0].endurance_s;
    fixture_expect(&plan, &w, terrain, "energy"); /* the time would do, the climbs do not */
    vg_plan_finish(&plan);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(climbs_cost_by_hand),
        cmocka_unit_test(a_plan_that_leaves_climbs_out_is_refused),
        cmocka_unit_test(turns_where_the_climb_is_not_enough),
        cmocka_unit_test(a_wall_is_not_watched_and_says_why),
        cmocka_unit_test(random_ground_keeps_both),
        cmocka_unit_test(the_profile_is_the_lowest),
        cmocka_unit_test(broken_plans_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
