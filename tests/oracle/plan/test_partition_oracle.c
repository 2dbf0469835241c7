/* The search for sorties against trying everything: on a dozen nodes all partitions and owners are
 * enumerated. */
#include "fixture.h"
#include "plan/inner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

/* Every way to cut chain 0 from node i on and to give the pieces to crews. */
struct brute {
    const struct vg_problem *p;
    const double *price;
    double loads[8];
    double least_priced;
    double least_worst;
};

static void try_from(struct brute *b, int i, double priced)
{
    const struct vg_problem *p = b->p;
    const struct vg_chain *ch = &p->chains[0];
    if (i == ch->n - 1) {
        double worst = 0;
        for (int c = 0; c < p->n_crews; c++) {
            worst = fmax(worst, b->loads[c] / p->crews[c].n);
        }
        b->least_priced = fmin(b->least_priced, priced);
        b->least_worst = fmin(b->least_worst, worst);
        return;
    }
    for (int j = i + 1; j < ch->n; j++) {
        for (int c = 0; c < p->n_crews; c++) {
            double flight_s = vg_flight_least_s(p, ch, c, i, j, NULL);
            if (flight_s < HUGE_VAL) {
                double load = (flight_s + p->crews[c].turnaround_s) / p->least_revisit_s;
                b->loads[c] += load;
                try_from(b, j, priced + b->price[c] * load);
                b->loads[c] -= load;
            }
        }
    }
}

static double priced_cost(const struct vg_problem *p, const struct vg_partition *part,
                          const double *price)
{
    double sum = 0;
    for (int k = 0; k < part->n; k++) {
        sum += price[part->pieces[k].crew] * part->pieces[k].cost_s;
    }
    (void)p;
    return sum;
}

/* Two bases beside the straight line, batteries too small for one sortie over all of it. */
static struct vg_watchfile two_bases(struct vg_rng *rng)
{
    struct vg_watchfile w = fixture_straight(1 + (int)vg_rng_below(rng, 3));
    double lat_deg = 10.1 + 0.7 * vg_rng_unit(rng);
    double lon_deg = 0.3 * (vg_rng_unit(rng) - 0.5);
    fixture_base(&w, "Far", lat_deg, lon_deg, 2);
    fixture_drones(&w, 1, 1 + (int)vg_rng_below(rng, 3));
    w.types[0].endurance_s = 7000 + 6000 * vg_rng_unit(rng);
    w.wind_mps = 8 * vg_rng_unit(rng);
    w.wind_from_deg = 360 * vg_rng_unit(rng);
    return w;
}

static void prices_and_moves_against_everything(void **state)
{
    (void)state;
    double worst_ratio = 1;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_watchfile w = two_bases(&rng);
        struct vg_problem p;
        struct vg_costs costs;
        struct vg_costs sites;
        struct vg_search found;
        struct vg_search bound;
        struct vg_partition part;
        struct vg_error err = {0};
        assert_int_equal(vg_problem_init(&p, &w, NULL, 10000, &err), VG_OK);
        if (p.n_chains != 1 || p.chains[0].n != 11) {
            vg_problem_finish(&p);
            vg_watchfile_finish(&w);
            continue;
        }
        assert_int_equal(vg_costs_init(&costs, &p, false, false, &err), VG_OK);
        assert_int_equal(vg_costs_init(&sites, &p, true, false, &err), VG_OK);
        const struct vg_climb climb = {100, 5e-4, NULL};
        const double price[2] = {0.1 + vg_rng_unit(&rng), 0.1 + vg_rng_unit(&rng)};
        struct brute b = {
            .p = &p, .price = price, .least_priced = HUGE_VAL, .least_worst = HUGE_VAL};
        try_from(&b, 0, 0);
        /* Exact for given prices. */
        assert_int_equal(vg_prices_partition(&p, &costs, price, &part, &err), VG_OK);
        assert_true(fabs(priced_cost(&p, &part, price) - b.least_priced) < 1e-9);
        /* Both bounds are below the best partition, that for sites below that for links. */
        assert_int_equal(vg_prices_solve(&p, &costs, &climb, &found, &err), VG_OK);
        assert_int_equal(vg_prices_solve(&p, &sites, &climb, &bound, &err), VG_OK);
        assert_true(found.best.bound <= b.least_worst * (1 + 1e-9));
        assert_true(bound.best.bound <= found.best.bound * (1 + 1e-3));
        /* The moves never beat everything, and come close to it. */
        double reached = HUGE_VAL;
        for (int k = 0; k < found.n_kept; k++) {
            assert_int_equal(vg_partition_improve(&p, false, &found.kept[k], &err), VG_OK);
            reached = fmin(reached, found.kept[k].worst);
        }
        for (int power = 4; power <= 16; power *= 2) {
            struct vg_partition parts[6];
            int n = 0;
            assert_int_equal(vg_partition_beam(&p, false, power, parts, 6, &n, &err), VG_OK);
            for (int k = 0; k < n; k++) {
                assert_int_equal(vg_partition_improve(&p, false, &parts[k], &err), VG_OK);
                reached = fmin(reached, parts[k].worst);
            }
        }
        assert_true(reached >= b.least_worst * (1 - 1e-9));
        worst_ratio = fmax(worst_ratio, reached / b.least_worst);
        vg_problem_finish(&p);
        vg_watchfile_finish(&w);
    }
    print_message("moves: at most %.4f of the best partition\n", worst_ratio);
    assert_true(worst_ratio < 1.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(prices_and_moves_against_everything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
