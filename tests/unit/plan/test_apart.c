/* Drones kept apart: the checker by hand and against a simulation of every second, the planner's
 * layers on random watches. */
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/apart.h"
#include "plan/check.h"
#include "plan/planner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct vg_wf_apart ASKED = {.horizontal_m = 100, .vertical_m = 30, .layer_m = 40};

static struct vg_check_report check(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    struct vg_check_report report;
    struct vg_error err = {0};
    assert_int_equal(vg_check_plan(plan, w, VG_LANG_EN, &report, &err), VG_OK);
    return report;
}

/* Two bases 40 km apart on a parallel, a drone each that flies to the other's side and back: up
 * over its base for 100 s, 20 km at 25 m/s out, 20 km home, down for 100 s. Neither visits
 * anything. */
struct two {
    struct vg_watchfile w;
    struct vg_plan_point track[2][5];
    struct vg_plan_sortie so[2];
    struct vg_plan plan;
};

static void set_flight(struct two *self, int k, double takeoff_s, double period_s, double alt_m)
{
    const struct vg_wf_base *b = &self->w.bases[k];
    double lat, lon;
    vg_geo_direct(b->lat_deg, b->lon_deg, k == 0 ? 90 : 270, 20000, &lat, &lon);
    const struct vg_plan_point at[5] = {{0, b->lat_deg, b->lon_deg, 0},
                                        {120, b->lat_deg, b->lon_deg, alt_m},
                                        {920, lat, lon, alt_m},
                                        {1720, b->lat_deg, b->lon_deg, alt_m},
                                        {1840, b->lat_deg, b->lon_deg, 0}};
    struct vg_plan_sortie *so = &self->so[k];
    for (int q = 0; q < 5; q++) {
        self->track[k][q] = at[q];
        self->track[k][q].t_s += takeoff_s;
    }
    *so = (struct vg_plan_sortie){.takeoff_s = takeoff_s,
                                  .land_s = takeoff_s + 1840,
                                  .period_s = period_s,
                                  .energy = 0.11,
                                  .track = self->track[k],
                                  .n_track = 5};
    vg_format(so->id, sizeof so->id, "V%d.1", k + 1);
    vg_format(so->drone, sizeof so->drone, "V%d", k + 1);
    memcpy(so->base_from, b->name, sizeof so->base_from);
    memcpy(so->base_to, b->name, sizeof so->base_to);
}

static void open_two(struct two *self)
{
    double lat[2] = {0.2, 0.2}, lon[2] = {0, 0.36};
    double far_lat, far_lon;
    *self = (struct two){.w = fixture_watch(lat, lon, 2)};
    vg_geo_direct(0, 0, 90, 40000, &far_lat, &far_lon);
    fixture_base(&self->w, "West", 0, 0, 1);
    fixture_base(&self->w, "East", far_lat, far_lon, 1);
    fixture_drones(&self->w, 0, 1);
    fixture_drones(&self->w, 1, 1);
    self->w.apart = ASKED;
    self->plan = (struct vg_plan){.sorties = self->so, .n_sorties = 2};
}

/* The first rule that these plans break when they are apart: they watch nothing. */
static const char ELSE[] = "missing-stretch";

/* Both turn at the same place, 20 km from either base, 920 s after take-off. */
static void two_by_hand(void **state)
{
    (void)state;
    struct two t;
    open_two(&t);
    set_flight(&t, 0, 0, 6000, 300);
    set_flight(&t, 1, 0, 6000, 300);
    assert_string_equal(check(&t.plan, &t.w).rule, "apart");
    set_flight(&t, 1, 0, 6000, 329);
    assert_string_equal(check(&t.plan, &t.w).rule, "apart");
    set_flight(&t, 1, 0, 6000, 330);
    assert_string_equal(check(&t.plan, &t.w).rule, ELSE);
    assert_float_equal(check(&t.plan, &t.w).least_between_m, 30, 0.01);
    /* One is 3 s late: when the first turns, the other is 75 m away; 5 s late: 125 m. */
    set_flight(&t, 1, 3, 6000, 300);
    assert_string_equal(check(&t.plan, &t.w).rule, "apart");
    set_flight(&t, 1, 5, 6000, 300);
    assert_string_equal(check(&t.plan, &t.w).rule, ELSE);
    assert_true(check(&t.plan, &t.w).least_between_m > 1e9);
    /* 2000 s late they never meet in 6000 s; with periods of 6000 s and 8000 s the second flight of
     * the one (6000 s) and the first of the other meet half a turn later: 2000 s is a multiple. */
    set_flight(&t, 1, 2000, 6000, 300);
    assert_string_equal(check(&t.plan, &t.w).rule, ELSE);
    set_flight(&t, 1, 2000, 8000, 300);
    assert_string_equal(check(&t.plan, &t.w).rule, "apart");
    /* Nothing asked, nothing judged. */
    t.w.apart.horizontal_m = 0;
    assert_string_equal(check(&t.plan, &t.w).rule, ELSE);
    vg_watchfile_finish(&t.w);
}

/* At the base that both use they may be near; over another's base they may not. */
static void near_a_base(void **state)
{
    (void)state;
    struct two t;
    open_two(&t);
    set_flight(&t, 0, 0, 6000, 300);
    set_flight(&t, 1, 500, 6000, 300);
    for (int q = 0; q < 5; q++) { /* the same flight from the same base, 61 s later */
        t.track[1][q] = t.track[0][q];
        t.track[1][q].t_s += 61;
    }
    t.so[1].takeoff_s = 61;
    t.so[1].land_s = 1901;
    memcpy(t.so[1].base_from, "West", 5);
    memcpy(t.so[1].base_to, "West", 5);
    t.w.bases[0].pads = 2;
    /* The first comes home at the height at which the second, 61 s behind, still goes out. */
    assert_string_equal(check(&t.plan, &t.w).rule, "apart");
    t.track[1][1].alt_msl_m = t.track[1][2].alt_msl_m = t.track[1][3].alt_msl_m = 335;
    t.so[1].energy = 0.11;
    /* Climbing through 300 m over the base, and coming down through it, it is near: allowed. */
    assert_string_not_equal(check(&t.plan, &t.w).rule, "apart");
    memcpy(t.so[1].base_from, "East", 5);
    memcpy(t.so[1].base_to, "East", 5);
    t.w.bases[1] = t.w.bases[0];
    memcpy(t.w.bases[1].name, "East", 5);
    t.so[1].takeoff_s = 1650; /* climbs while the first comes in over it */
    t.so[1].land_s = 3490;
    for (int q = 0; q < 5; q++) {
        t.track[1][q].t_s += 1650 - 61;
    }
    assert_string_equal(check(&t.plan, &t.w).rule, "apart");
    vg_watchfile_finish(&t.w);
}

static void at(const struct vg_plan_sortie *so, double t_s, double out[3], bool *out_is_up)
{
    double turn = fmod(t_s - so->takeoff_s, so->period_s);
    double t = so->takeoff_s + (turn < 0 ? turn + so->period_s : turn);
    *out_is_up = t <= so->land_s;
    for (int k = 1; k < so->n_track && *out_is_up; k++) {
        const struct vg_plan_point *a = &so->track[k - 1];
        const struct vg_plan_point *b = &so->track[k];
        if (t >= a->t_s && t <= b->t_s) {
            double f = (t - a->t_s) / (b->t_s - a->t_s);
            out[0] = a->lat_deg + f * (b->lat_deg - a->lat_deg);
            out[1] = a->lon_deg + f * (b->lon_deg - a->lon_deg);
            out[2] = a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m);
        }
    }
}

/* Every half second of all repetitions: is the one ever too near to the other? By a margin of
 * `spare_m`, for what half a second hides. */
static bool is_ever_near(const struct two *t, double spare_m)
{
    for (double s = 0; s < 24000; s += 0.5) {
        double a[3], b[3];
        bool up_a, up_b;
        at(&t->so[0], s, a, &up_a);
        at(&t->so[1], s, b, &up_b);
        if (up_a && up_b && vg_geo_distance_m(a[0], a[1], b[0], b[1]) < 100 - spare_m &&
            fabs(a[2] - b[2]) < 30 - spare_m / 10) {
            return true;
        }
    }
    return false;
}

static void against_every_second(void **state)
{
    (void)state;
    struct two t;
    struct vg_rng rng = vg_rng_seed(3);
    int n_near = 0, n_far = 0;
    open_two(&t);
    for (int k = 0; k < 100; k++) {
        static const double PERIODS[] = {6000, 8000, 4800};
        static const double COMMON[] = {0, 2000, 1200}; /* a multiple of gcd(6000, period) */
        int q = (int)vg_rng_below(&rng, 3);
        set_flight(&t, 0, 0, 6000, 300);
        set_flight(&t, 1, COMMON[q] + floor(vg_rng_unit(&rng) * 6), PERIODS[q],
                   300 + 10 * (double)vg_rng_below(&rng, 5));
        /* The second turns up to 100 m beside where the first does. */
        t.track[1][2].lat_deg += vg_rng_unit(&rng) * 0.0009;
        bool is_refused = strcmp(check(&t.plan, &t.w).rule, "apart") == 0;
        if (is_ever_near(&t, 15)) {
            assert_true(is_refused);
            n_near++;
        } else if (!is_ever_near(&t, -15)) {
            assert_false(is_refused);
            n_far++;
        }
    }
    assert_true(n_near >= 5 && n_far >= 5);
    vg_watchfile_finish(&t.w);
}

static struct vg_plan solve(const struct vg_watchfile *w, uint64_t seed)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options o = {
        .site_step_m = 3000, .moves = seed % 2 == 0 ? 3000 : 0, .seed = seed};
    if (vg_planner_solve(w, NULL, &o, &plan, &err) != VG_OK) {
        return (struct vg_plan){0};
    }
    return plan;
}

/* The layers change heights and nothing else. */
static void expect_same_times(const struct vg_plan *a, const struct vg_plan *b)
{
    assert_int_equal(a->n_sorties, b->n_sorties);
    for (int k = 0; k < a->n_sorties; k++) {
        const struct vg_plan_sortie *x = &a->sorties[k];
        const struct vg_plan_sortie *y = &b->sorties[k];
        assert_float_equal(x->takeoff_s, y->takeoff_s, 0);
        assert_float_equal(x->land_s, y->land_s, 0);
        assert_int_equal(x->n_visits, y->n_visits);
        for (int v = 0; v < x->n_visits; v++) {
            assert_float_equal(x->visits[v].t0_s, y->visits[v].t0_s, 0);
            assert_float_equal(x->visits[v].t1_s, y->visits[v].t1_s, 0);
            assert_float_equal(x->visits[v].from_m, y->visits[v].from_m, 0);
        }
        assert_true(y->n_track >= x->n_track);
    }
    assert_float_equal(a->worst_gap_s, b->worst_gap_s, 0);
}

static void layers_keep_random_plans_apart(void **state)
{
    (void)state;
    int n_needed = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_plan before = solve(&w, seed);
        w.apart = ASKED;
        struct vg_plan after = solve(&w, seed);
        if (before.n_sorties > 0) {
            n_needed += strcmp(check(&before, &w).rule, "apart") == 0;
            expect_same_times(&before, &after);
            struct vg_check_report report = check(&after, &w);
            if (!report.is_kept) {
                fail_msg("seed %d: %s", (int)seed, report.violation);
            }
        }
        vg_plan_finish(&before);
        vg_plan_finish(&after);
        vg_watchfile_finish(&w);
    }
    assert_true(n_needed >= 5);
}

/* Flights that stand fast keep their tracks; the others make way. */
static void those_before_stay(void **state)
{
    (void)state;
    for (int first = 0; first <= 2; first++) {
        struct two t;
        struct vg_error err = {0};
        struct vg_apart_report report;
        struct vg_plan plan = {0};
        open_two(&t);
        set_flight(&t, 0, 0, 6000, 300);
        set_flight(&t, 1, 0, 6000, 300);
        plan.sorties = calloc(2, sizeof *plan.sorties);
        for (int k = 0; k < 2; k++) {
            assert_true(vg_plan_copy_sortie(&t.so[k], 0, &plan.sorties[k]));
        }
        plan.n_sorties = 2;
        assert_int_equal(vg_apart_layers(&plan, first, &t.w, NULL, &report, &err), VG_OK);
        assert_int_equal(report.n_moved, first < 2);
        assert_int_equal(report.n_left > 0, first == 2);
        assert_string_equal(check(&plan, &t.w).rule, first < 2 ? ELSE : "apart");
        for (int k = 0; k < first; k++) {
            assert_int_equal(plan.sorties[k].n_track, 5);
            assert_memory_equal(plan.sorties[k].track, t.track[k], sizeof t.track[k]);
        }
        vg_plan_finish(&plan);
        vg_watchfile_finish(&t.w);
    }
}

/* Three bases along 300 km under a ceiling that leaves no room for a layer. Planned as if nothing
 * were asked, drones meet and layers do not part them; planned as asked, times do: the checker
 * finds all of it kept, and the worst gap has not grown by more than a hundredth. */
static void time_parts_where_height_cannot(void **state)
{
    (void)state;
    static const int DRONES[][3] = {{1, 2, 2}, {2, 3, 2}, {3, 2, 4}};
    const double lat[2] = {10, 12.7126};
    const double lon[2] = {0, 0};
    int n_near = 0;
    for (int q = 0; q < 3; q++) {
        struct vg_watchfile w = fixture_watch(lat, lon, 2);
        struct vg_apart_report report;
        struct vg_error err = {0};
        fixture_base(&w, "South", 10.452, 0.1, 2);
        fixture_base(&w, "Middle", 11.300, 0.1, 2);
        fixture_base(&w, "North", 12.200, 0.1, 2);
        for (int b = 0; b < 3; b++) {
            fixture_drones(&w, b, DRONES[q][b]);
        }
        w.types[0].agl_m = 100;
        w.types[0].floor_m = 90;
        w.types[0].ceiling_m = 120;
        struct vg_plan plain = fixture_plan(&w, NULL, 2000);
        w.apart = ASKED;
        struct vg_plan parted = fixture_plan(&w, NULL, 2000);
        assert_int_equal(vg_apart_layers(&plain, 0, &w, NULL, &report, &err), VG_OK);
        n_near += report.n_left > 0 && strcmp(check(&plain, &w).rule, "apart") == 0;
        struct vg_check_report after = check(&parted, &w);
        if (!after.is_kept) {
            fail_msg("%d: %s: %s", q, after.rule, after.violation);
        }
        assert_true(parted.worst_gap_s <= 1.01 * plain.worst_gap_s);
        vg_plan_finish(&plain);
        vg_plan_finish(&parted);
        vg_watchfile_finish(&w);
    }
    assert_true(n_near >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_by_hand),
        cmocka_unit_test(near_a_base),
        cmocka_unit_test(against_every_second),
        cmocka_unit_test(those_before_stay),
        cmocka_unit_test(layers_keep_random_plans_apart),
        cmocka_unit_test(time_parts_where_height_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
