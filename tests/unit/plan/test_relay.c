/* Flights that land elsewhere: how many drones a pool needs, against every way to deal them; a ring
 * between two bases, by hand and by the checker; plans broken on purpose. */
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/planner.h"
#include "plan/replan.h"
#include "plan/rota.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BASES = 3,
    FLIGHTS = 6,
    POINTS = 73
};
static const double RADIUS_M = 40000;

/* ---- pools ---- */

struct flight {
    int from;
    int to;
    int at_s;
    int busy_s;
};

/* Second by second over one period: what the bases lack with these drones free at its beginning. */
static double lack_s(const struct flight *x, int n, int period_s, const int *stock)
{
    double sum = 0;
    for (int b = 0; b < BASES; b++) {
        int here = stock[b];
        for (int t = 0; t < period_s; t++) {
            for (int k = 0; k < n; k++) {
                here -= x[k].from == b && x[k].at_s == t;
                here += x[k].to == b && (x[k].at_s + x[k].busy_s) % period_s == t;
            }
            sum += here < 0 ? -here : 0;
        }
    }
    return sum;
}

/* The least over all ways to deal so many drones, some of which may be wanting before the period
 * begins. */
static double least_lack_s(const struct flight *x, int n, int period_s, int drones)
{
    double least = HUGE_VAL;
    for (int k = 0; k < n; k++) {
        drones -= (x[k].at_s + x[k].busy_s) / period_s;
    }
    for (int a = -FLIGHTS; a <= FLIGHTS; a++) {
        for (int b = -FLIGHTS; b <= FLIGHTS; b++) {
            const int stock[BASES] = {a, b, drones - a - b};
            least = fmin(least, lack_s(x, n, period_s, stock));
        }
    }
    return least;
}

static void pools_as_by_trying_all(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(7);
    struct vg_pool pool;
    int n_even = 0;
    assert_true(vg_pool_init(&pool, BASES, FLIGHTS));
    for (int round = 0; round < 200; round++) {
        struct flight x[FLIGHTS];
        int period_s = 40 + (int)vg_rng_below(&rng, 40);
        int drones = 1 + (int)vg_rng_below(&rng, 6);
        vg_pool_begin(&pool, period_s, drones);
        for (int k = 0; k < FLIGHTS; k++) {
            x[k] = (struct flight){(int)vg_rng_below(&rng, BASES), (int)vg_rng_below(&rng, BASES),
                                   (int)vg_rng_below(&rng, (uint64_t)period_s),
                                   5 + (int)vg_rng_below(&rng, 60)};
            pool.n_out += (x[k].at_s + x[k].busy_s) / period_s;
        }
        for (int b = 0; b < BASES; b++) {
            int n_start = 0;
            int n_ready = 0;
            for (int k = 0; k < FLIGHTS; k++) {
                if (x[k].from == b) {
                    pool.start[n_start++] = x[k].at_s;
                }
                if (x[k].to == b) {
                    pool.ready[n_ready++] = (x[k].at_s + x[k].busy_s) % period_s;
                }
            }
            vg_pool_add(&pool, b, n_start, n_ready);
        }
        double least = least_lack_s(x, FLIGHTS, period_s, drones);
        assert_float_equal(vg_pool_deal(&pool), least, 1e-9);
        n_even += least <= 0;
        if (least <= 0) {
            assert_float_equal(lack_s(x, FLIGHTS, period_s, pool.stock), 0, 0);
        }
    }
    assert_in_range(n_even, 10, 190);
    vg_pool_finish(&pool);
}

/* ---- a ring between two bases ---- */

/* A ring of 40 km radius round 10 N 0 E; a base in its south and one in its north, two drones each.
 */
static struct vg_watchfile ring(void)
{
    double lat[POINTS], lon[POINTS];
    for (int k = 0; k < POINTS; k++) {
        vg_geo_direct(10, 0, 180 + 360.0 * (k % (POINTS - 1)) / (POINTS - 1), RADIUS_M, &lat[k],
                      &lon[k]);
    }
    struct vg_watchfile w = fixture_watch(lat, lon, POINTS);
    fixture_base(&w, "South", lat[0], lon[0], 2);
    fixture_base(&w, "North", lat[POINTS / 2], lon[POINTS / 2], 2);
    fixture_drones(&w, 0, 2);
    fixture_drones(&w, 1, 2);
    return w;
}

static struct vg_plan solve(const struct vg_watchfile *w)
{
    const struct vg_planner_options options = {.moves = 300000, .seed = 1, .site_step_m = 5000};
    struct vg_plan plan;
    struct vg_error err = {0};
    if (vg_planner_solve(w, NULL, &options, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

/* Half the ring is 125.6 km: 5,025 s; up, down and turned round another 2,900 s. Four drones that
 * go round and round pass each place every half of that: 3,963 s. A drone that must come home flies
 * the ring's diameter too, 3,200 s more, or so. */
static void a_ring_is_flown_round(void **state)
{
    (void)state;
    struct vg_watchfile w = ring();
    struct vg_plan home = solve(&w);
    w.may_land_elsewhere = true;
    struct vg_plan any = solve(&w);
    assert_false(vg_plan_wanders(&home));
    assert_true(vg_plan_wanders(&any));
    fixture_expect(&home, &w, NULL, "");
    fixture_expect(&any, &w, NULL, "");
    assert_true(any.worst_gap_s > 3900 && any.worst_gap_s < 4100);
    assert_true(any.worst_gap_s < 0.85 * home.worst_gap_s);
    assert_true(any.bound_s > 0 && any.bound_s <= any.worst_gap_s);
    assert_true(any.bound_s < home.bound_s);
    assert_non_null(strstr(any.certificate, "\"relay\":true"));
    vg_plan_finish(&home);
    vg_plan_finish(&any);
    vg_watchfile_finish(&w);
}

/* Drones without a base of their own are at home where their first flight begins. */
static void free_drones_begin_where_they_fly(void **state)
{
    (void)state;
    struct vg_watchfile w = ring();
    w.may_land_elsewhere = true;
    for (int d = 0; d < w.n_drones; d++) {
        w.drones[d].is_placed = true;
    }
    struct vg_plan plan = solve(&w);
    vg_planner_adopt(&plan, &w);
    fixture_expect(&plan, &w, NULL, "");
    for (int d = 0; d < w.n_drones; d++) {
        bool is_found = false;
        for (int k = 0; k < plan.n_sorties && !is_found; k++) {
            is_found = strcmp(plan.sorties[k].drone, w.drones[d].id) == 0;
            assert_true(!is_found ||
                        strcmp(plan.sorties[k].base_from, w.bases[w.drones[d].base].name) == 0);
        }
        assert_true(is_found);
    }
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

static int next_of(const struct vg_plan *plan, int k)
{
    const struct vg_plan_sortie *a = &plan->sorties[k];
    int found = -1;
    double least = HUGE_VAL;
    for (int q = 0; q < plan->n_sorties; q++) {
        const struct vg_plan_sortie *b = &plan->sorties[q];
        double wait = fmod(b->takeoff_s - a->takeoff_s + a->period_s, a->period_s);
        if (q != k && strcmp(a->drone, b->drone) == 0 && wait < least) {
            least = wait;
            found = q;
        }
    }
    return found;
}

static void plans_broken_on_purpose(void **state)
{
    (void)state;
    struct vg_watchfile w = ring();
    struct vg_plan home = solve(&w);
    w.may_land_elsewhere = true;
    struct vg_plan plan = solve(&w);
    struct vg_plan_sortie *a = &plan.sorties[0];
    struct vg_plan_sortie *b = &plan.sorties[next_of(&plan, 0)];
    struct vg_plan_sortie was = *a;
    /* It says that it comes home. */
    vg_format(a->base_to, sizeof a->base_to, "%s", a->base_from);
    fixture_expect(&plan, &w, NULL, "off-base"); /* its track ends at the other one */
    *a = was;
    /* A drone flies from South to North, and again from South to North. */
    struct vg_plan_sortie *drop = b;
    struct vg_plan_sortie kept = *drop;
    *drop = plan.sorties[plan.n_sorties - 1];
    plan.n_sorties--;
    struct vg_check_report report;
    assert_int_equal(vg_check_plan(&plan, &w, VG_LANG_EN, &report, NULL), VG_OK);
    assert_false(report.is_kept);
    assert_string_equal(report.rule, "base");
    plan.n_sorties++;
    plan.sorties[plan.n_sorties - 1] = *drop;
    *drop = kept;
    /* The watch has none of it. */
    w.may_land_elsewhere = false;
    fixture_expect(&plan, &w, NULL, "landings");
    w.may_land_elsewhere = true;
    /* What is proven for flights that land at home is no bound for these. */
    char *own = plan.certificate;
    plan.certificate = home.certificate;
    fixture_expect(&plan, &w, NULL, "bound");
    plan.certificate = own;
    plan.bound_s *= 1.01;
    plan.ratio = plan.worst_gap_s / plan.bound_s;
    fixture_expect(&plan, &w, NULL, "bound");
    plan.bound_s /= 1.01;
    plan.ratio = plan.worst_gap_s / plan.bound_s;
    fixture_expect(&plan, &w, NULL, "");
    /* A drone whose own base is on nobody's way. */
    fixture_base(&w, "Far", 10.5, 0.5, 1);
    w.drones[0].base = 2;
    fixture_expect(&plan, &w, NULL, "base");
    vg_plan_finish(&home);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* ---- beginning, and a drone lost ---- */

static double just_seen(void *ctx, int line, double s_m)
{
    (void)ctx;
    (void)line;
    (void)s_m;
    return 0;
}

static void a_fleet_at_rest_begins_where_it_stands(void **state)
{
    (void)state;
    struct vg_watchfile w = ring();
    struct vg_error err = {0};
    double phase_s;
    w.may_land_elsewhere = true;
    struct vg_plan plan = solve(&w);
    assert_int_equal(vg_replan_from_rest(&w, &plan, &phase_s, &err), VG_OK);
    /* Every drone's first flight from then on is from its own base. */
    for (int d = 0; d < w.n_drones; d++) {
        double least_s = HUGE_VAL;
        const char *from = "";
        for (int k = 0; k < plan.n_sorties; k++) {
            const struct vg_plan_sortie *so = &plan.sorties[k];
            double wait_s = fmod(so->takeoff_s - phase_s + so->period_s, so->period_s);
            if (strcmp(so->drone, w.drones[d].id) == 0 && wait_s < least_s) {
                least_s = wait_s;
                from = so->base_from;
            }
        }
        assert_string_equal(from, w.bases[w.drones[d].base].name);
    }
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* One drone of the south is lost, the others stand in the north: a new timetable has them fly from
 * there and land there. */
static void a_drone_lost_makes_a_new_timetable(void **state)
{
    (void)state;
    struct vg_watchfile w = ring();
    struct vg_error err = {0};
    struct vg_replan_outcome out;
    struct vg_replan_drone drones[4];
    const bool has_changed[4] = {true, false, false, false};
    w.may_land_elsewhere = true;
    w.revisit_s = w.network.stretches[0].revisit_s = 4100;
    struct vg_plan plan = solve(&w);
    for (int d = 0; d < 4; d++) {
        drones[d] = (struct vg_replan_drone){.is_out = d == 0, .at = 2};
        w.drones[d].base = 1;
    }
    const struct vg_replan_input in = {.watch = &w,
                                       .plan = &plan,
                                       .drones = drones,
                                       .has_changed = has_changed,
                                       .unseen_s = just_seen,
                                       .number = 1};
    assert_int_equal(vg_replan_solve(&in, &out, &err), VG_OK);
    assert_true(out.n_new > 0);
    assert_int_equal(out.n_new, out.plan.n_sorties);
    assert_true(out.with.ratio <= out.without.ratio);
    for (int k = 0; k < out.plan.n_sorties; k++) {
        assert_string_equal(out.plan.sorties[k].base_from, "North");
        assert_string_equal(out.plan.sorties[k].base_to, "North");
        assert_string_not_equal(out.plan.sorties[k].drone, "V1");
    }
    fixture_expect(&out.plan, &w, NULL, "");
    vg_plan_finish(&out.plan);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pools_as_by_trying_all),
        cmocka_unit_test(a_ring_is_flown_round),
        cmocka_unit_test(free_drones_begin_where_they_fly),
        cmocka_unit_test(plans_broken_on_purpose),
        cmocka_unit_test(a_fleet_at_rest_begins_where_it_stands),
        cmocka_unit_test(a_drone_lost_makes_a_new_timetable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
