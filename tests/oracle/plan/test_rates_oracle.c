/* The bound's program against the same program written out: every sortie a column, every site a row
 * of its own, solved at once. Its costs against flights of its class, timed leg by leg. */
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/rates.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <Clp_C_Interface.h>

#include <math.h>
#include <stdlib.h>

enum {
    NODES = 24
};

/* Two bases beside 100 km of line with two or three wishes. */
static struct vg_watchfile random_watch(struct vg_rng *rng)
{
    struct vg_watchfile w = fixture_straight(1 + (int)vg_rng_below(rng, 3));
    fixture_base(&w, "Far", 10.1 + 0.7 * vg_rng_unit(rng), 0.3 * (vg_rng_unit(rng) - 0.5), 2);
    fixture_drones(&w, 1, 1 + (int)vg_rng_below(rng, 3));
    w.types[0].endurance_s = 7000 + 9000 * vg_rng_unit(rng);
    w.wind_mps = 8 * vg_rng_unit(rng);
    w.wind_from_deg = 360 * vg_rng_unit(rng);
    double length_m = w.network.lines[0].length_m;
    int n = 1 + (int)vg_rng_below(rng, 3);
    w.network.n_stretches = n;
    for (int k = 0; k < n; k++) {
        struct vg_stretch *st = &w.network.stretches[k];
        *st = w.network.stretches[0];
        vg_format(st->id, sizeof st->id, "S%d", k + 1);
        st->from_m = length_m * k / n;
        st->to_m = length_m * (k + 1) / n;
        st->revisit_s = 3600 * (double)(2 + vg_rng_below(rng, 7));
    }
    return w;
}

static void add(Clp_Simplex *clp, const struct vg_problem *p, int c, int i, int j, bool is_free)
{
    const struct vg_chain *ch = &p->chains[0];
    double flight_s = vg_flight_floor_s(p, ch, c, i, j);
    double cost = (flight_s + p->crews[c].turnaround_s) / p->least_revisit_s;
    int rows[NODES * 8];
    double ones[NODES * 8];
    int n = 0;
    if (!(flight_s < HUGE_VAL)) {
        return;
    }
    for (int k = i; k <= j; k++) {
        rows[n] = k;
        ones[n++] = 1;
    }
    rows[n] = ch->n + (is_free ? 0 : c);
    ones[n++] = cost;
    const double lower = 0, upper = 1e30, objective = 0;
    const CoinBigIndex starts[2] = {0, n};
    Clp_addColumns(clp, 1, &lower, &upper, &objective, starts, rows, ones);
}

/* min T: every site as often as wanted, every crew (or the fleet) no more than T of its time. */
static double written_out(const struct vg_problem *p, bool is_free)
{
    const struct vg_chain *ch = &p->chains[0];
    int groups = is_free ? 1 : p->n_crews;
    Clp_Simplex *clp = Clp_newModel();
    Clp_setLogLevel(clp, 0);
    Clp_resize(clp, ch->n + groups, 0);
    for (int k = 0; k < ch->n; k++) {
        Clp_rowLower(clp)[k] = p->least_revisit_s / vg_rates_wish_s(p, ch, k);
        Clp_rowUpper(clp)[k] = 1e30;
    }
    int rows[8];
    double drones[8] = {0};
    for (int c = 0; c < p->n_crews; c++) {
        rows[c] = ch->n + c;
        drones[is_free ? 0 : c] -= p->crews[c].n;
    }
    for (int g = 0; g < groups; g++) {
        Clp_rowLower(clp)[ch->n + g] = -1e30;
        Clp_rowUpper(clp)[ch->n + g] = 0;
    }
    const double lower = 0, upper = 1e30, one = 1;
    const CoinBigIndex starts[2] = {0, groups};
    Clp_addColumns(clp, 1, &lower, &upper, &one, starts, rows, drones);
    for (int c = 0; c < p->n_crews; c++) {
        for (int i = 0; i < ch->n; i++) {
            for (int j = i; j < ch->n; j++) {
                add(clp, p, c, i, j, is_free);
            }
        }
    }
    assert_int_equal(Clp_dual(clp, 0), 0);
    assert_int_equal(Clp_status(clp), 0);
    double t = Clp_primalColumnSolution(clp)[0];
    Clp_deleteModel(clp);
    return t;
}

static void the_bound_is_the_program_s(void **state)
{
    (void)state;
    int n = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_watchfile w = random_watch(&rng);
        if (seed % 2 == 0) {
            fixture_camera(&w);
        }
        struct vg_problem p;
        struct vg_costs costs;
        struct vg_error err = {0};
        assert_int_equal(vg_problem_init(&p, &w, NULL, 100000.0 / (NODES - 1), &err), VG_OK);
        for (int is_free = 0; is_free < 2 && p.n_chains == 1; is_free++) {
            struct vg_rates rates;
            assert_int_equal(vg_costs_init(&costs, &p, true, false, &err), VG_OK);
            assert_int_equal(vg_rates_init(&rates, &p, &costs, is_free != 0, &err), VG_OK);
            assert_int_equal(vg_rates_solve(&rates, 1, 1e-5, 500, &err), VG_OK);
            double t = written_out(&p, is_free != 0);
            /* Never above the truth; and as near as asked for. */
            if (rates.bound > t * (1 + 1e-7) || rates.bound < t * (1 - 1e-4)) {
                fail_msg("seed %d: bound %.8f, program %.8f", (int)seed, rates.bound, t);
            }
            vg_rates_finish(&rates);
            n++;
        }
        vg_problem_finish(&p);
        vg_watchfile_finish(&w);
    }
    assert_true(n > 60);
}

/* Seconds to fly straight from base to `from` (metres along the straight line, north), along it to
 * `to` and straight home. */
static double timed_s(const struct vg_watchfile *w, const struct vg_crew *crew, double from_m,
                      double to_m)
{
    const struct vg_airspeed *air = &crew->air;
    double at[2][2];
    double lat0 = w->network.lines[0].lat_deg[0];
    double lon0 = w->network.lines[0].lon_deg[0];
    vg_geo_direct(lat0, lon0, 0, from_m, &at[0][0], &at[0][1]);
    vg_geo_direct(lat0, lon0, 0, to_m, &at[1][0], &at[1][1]);
    return vg_airspeed_leg_s(air, crew->lat_deg, crew->lon_deg, at[0][0], at[0][1]) +
           vg_airspeed_leg_s(air, at[0][0], at[0][1], at[1][0], at[1][1]) +
           vg_airspeed_leg_s(air, at[1][0], at[1][1], crew->lat_deg, crew->lon_deg) +
           crew->climb_s + crew->sink_s;
}

/* What a sweep that begins at s must have flown of the line: forwards the depth of the stretch
 * behind s counts, backwards that before it (by a camera of 90 degrees the depth itself). */
static double lead_at_m(const struct vg_watchfile *w, double s_m, bool is_backward)
{
    double at_m = s_m + (is_backward ? -0.01 : 0.01);
    for (int k = 0; k < w->network.n_stretches && w->n_cameras > 0; k++) {
        const struct vg_stretch *st = &w->network.stretches[k];
        bool is_first = k == 0;
        bool is_last = k == w->network.n_stretches - 1;
        if ((is_first || at_m >= st->from_m) && (is_last || at_m < st->to_m)) {
            return st->depth_m;
        }
    }
    return 0;
}

/* The nearest before (backwards: behind) `s_m` that any sweep over it has joined the line: one that
 * begins there, or anywhere in a stretch before it, best at its end. */
static double latest_m(const struct vg_watchfile *w, double s_m, bool is_backward)
{
    double side = is_backward ? 1 : -1;
    double least = fmin(lead_at_m(w, s_m, is_backward), lead_at_m(w, s_m, !is_backward));
    for (int k = 0; k < w->network.n_stretches && w->n_cameras > 0; k++) {
        const struct vg_stretch *st = &w->network.stretches[k];
        double off_m = is_backward ? st->from_m - s_m : s_m - st->to_m;
        least = off_m >= 0 ? fmin(least, off_m + st->depth_m) : least;
    }
    return s_m + side * least;
}

/* Flights that join the line so far ahead of where their sweep begins as the camera asks there,
 * sweep over site i (or first j, backwards) or begin with it, and leave the line anywhere behind
 * the other: none is shorter than the floor, and the shortest is it. */
static void no_flight_beats_the_floor(void **state)
{
    (void)state;
    int n = 0;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_watchfile w = random_watch(&rng);
        struct vg_problem p;
        struct vg_error err = {0};
        if (seed % 2 == 0) {
            fixture_camera(&w);
        }
        for (int k = 0; k < w.network.n_stretches; k++) {
            w.network.stretches[k].depth_m = 500 + 2000 * vg_rng_unit(&rng);
        }
        assert_int_equal(vg_problem_init(&p, &w, NULL, 100000.0 / (NODES - 1), &err), VG_OK);
        for (int try = 0; try < 400 && p.n_chains == 1; try++) {
            const struct vg_chain *ch = &p.chains[0];
            int c = (int)vg_rng_below(&rng, (uint64_t)p.n_crews);
            int i = (int)vg_rng_below(&rng, (uint64_t)ch->n);
            int j = i + (int)vg_rng_below(&rng, (uint64_t)(ch->n - i));
            double more_m = vg_rng_below(&rng, 2) > 0 ? 20000 * vg_rng_unit(&rng) : 0;
            double past_m = vg_rng_below(&rng, 2) > 0 ? 20000 * vg_rng_unit(&rng) : 0;
            double from_m = vg_chain_u_m(&p, ch, i);
            double to_m = vg_chain_u_m(&p, ch, j);
            double first_m = fmax(0, from_m - more_m);
            double last_m = fmin(w.network.lines[0].length_m, to_m + more_m);
            double there_s =
                timed_s(&w, &p.crews[c], first_m - lead_at_m(&w, first_m, false), to_m + past_m);
            double back_s =
                timed_s(&w, &p.crews[c], last_m + lead_at_m(&w, last_m, true), from_m - past_m);
            double floor_s = vg_flight_floor_s(&p, ch, c, i, j);
            if (fmin(there_s, back_s) <= p.crews[c].usable_s) {
                assert_true(floor_s <= fmin(there_s, back_s));
                n++;
            }
            there_s = timed_s(&w, &p.crews[c], latest_m(&w, from_m, false), to_m);
            back_s = timed_s(&w, &p.crews[c], latest_m(&w, to_m, true), from_m);
            if (floor_s < HUGE_VAL) {
                assert_true(floor_s >= fmin(there_s, back_s) * 0.9990);
            }
        }
        vg_problem_finish(&p);
        vg_watchfile_finish(&w);
    }
    assert_true(n > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_bound_is_the_program_s),
                                       cmocka_unit_test(no_flight_beats_the_floor)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
