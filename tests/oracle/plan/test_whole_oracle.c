/* Whole drones against trying everything: every split of a small fleet over three bases, each one's
 * program solved by prices alone; every partition of a dozen nodes with every split. */
#include "fixture.h"
#include "plan/rates.h"
#include "plan/settle.h"
#include "plan/whole.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

enum {
    MOST = 7 /* drones */
};

/* Three bases beside the straight line, a drone at each so that its crew is there. */
static struct vg_watchfile three_bases(struct vg_rng *rng)
{
    struct vg_watchfile w = fixture_straight(1);
    fixture_base(&w, "Far", 10.1 + 0.7 * vg_rng_unit(rng), 0.3 * (vg_rng_unit(rng) - 0.5), 2);
    fixture_base(&w, "Third", 10.1 + 0.7 * vg_rng_unit(rng), 0.3 * (vg_rng_unit(rng) - 0.5), 2);
    fixture_drones(&w, 1, 1);
    fixture_drones(&w, 2, 1);
    w.types[0].endurance_s = 7000 + 6000 * vg_rng_unit(rng);
    if (vg_rng_below(rng, 2) == 0) {
        fixture_camera(&w);
    }
    return w;
}

/* What the bound's program says of n drones per crew, by its columns (rates.h): another way than
 * the prices that are tested here. */
static double program_share(struct vg_problem *p, const struct vg_costs *sites, const int *n)
{
    struct vg_rates rates;
    struct vg_error err = {0};
    double of[3];
    for (int c = 0; c < 3; c++) {
        of[c] = n[c] > 0 ? n[c] : 1e-6;
    }
    assert_int_equal(vg_rates_init(&rates, p, sites, false, &err), VG_OK);
    vg_rates_set_drones(&rates, of);
    assert_int_equal(vg_rates_solve(&rates, 1, 1e-5, 500, &err), VG_OK);
    double share = rates.value;
    vg_rates_finish(&rates);
    return share;
}

/* Least share of each number of drones over all their splits. */
static void try_splits(struct vg_problem *p, const struct vg_costs *sites, double *out_least)
{
    for (int sum = 0; sum <= MOST; sum++) {
        out_least[sum] = HUGE_VAL;
        for (int a = 0; a <= sum; a++) {
            for (int b = 0; a + b <= sum; b++) {
                const int n[3] = {a, b, sum - a - b};
                if (sum > 0) {
                    out_least[sum] = fmin(out_least[sum], program_share(p, sites, n));
                }
            }
        }
    }
}

static void whole_numbers_against_every_split(void **state)
{
    (void)state;
    int n_tried = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_watchfile w = three_bases(&rng);
        struct vg_problem p;
        struct vg_costs sites;
        struct vg_whole whole;
        struct vg_error err = {0};
        const double none[3] = {0};
        double least[MOST + 1];
        double n[3];
        assert_int_equal(vg_problem_init(&p, &w, NULL, 8000, &err), VG_OK);
        assert_int_equal(vg_costs_init(&sites, &p, true, false, &err), VG_OK);
        try_splits(&p, &sites, least);
        assert_int_equal(vg_whole_init(&whole, &p, &sites, none, &err), VG_OK);
        for (int sum = 2; sum <= MOST; sum++) {
            double bound;
            assert_int_equal(vg_whole_split(&whole, &sum, n, &bound, &err), VG_OK);
            assert_true(fabs(n[0] + n[1] + n[2] - sum) < 1e-9);
            assert_true(bound <= least[sum] * (1 + 1e-4));
            assert_true(bound >= least[sum] * (1 - 4e-3));
            /* A little more than what `sum` drones reach needs no more, a little less does. */
            int proven = 0;
            assert_int_equal(vg_whole_fewest(&whole, least[sum] * 1.002, n, &proven, &err), VG_OK);
            assert_true(proven <= sum);
            assert_int_equal(vg_whole_fewest(&whole, least[sum] * 0.998, n, &proven, &err), VG_OK);
            assert_int_equal(proven > sum, 1);
            n_tried++;
        }
        vg_whole_finish(&whole);
        vg_problem_finish(&p);
        vg_watchfile_finish(&w);
    }
    assert_true(n_tried > 40);
}

struct brute {
    const struct vg_problem *p;
    double loads[3];
    int n_drones;
    double least;
};

/* Least greatest load per drone of what is laid so far, over every split. */
static double best_split(const struct brute *b)
{
    double least = HUGE_VAL;
    for (int x = 0; x <= b->n_drones; x++) {
        for (int y = 0; x + y <= b->n_drones; y++) {
            const int n[3] = {x, y, b->n_drones - x - y};
            double worst = 0;
            for (int c = 0; c < 3; c++) {
                if (b->loads[c] > 1e-12) {
                    worst = fmax(worst, n[c] > 0 ? b->loads[c] / n[c] : HUGE_VAL);
                }
            }
            least = fmin(least, worst);
        }
    }
    return least;
}

static void try_from(struct brute *b, int i)
{
    const struct vg_chain *ch = &b->p->chains[0];
    if (i == ch->n - 1) {
        b->least = fmin(b->least, best_split(b));
        return;
    }
    for (int j = i + 1; j < ch->n; j++) {
        for (int c = 0; c < 3; c++) {
            double flight_s = vg_flight_least_s(b->p, ch, c, i, j, NULL);
            if (flight_s < HUGE_VAL) {
                double load = (flight_s + b->p->crews[c].turnaround_s) / b->p->least_revisit_s;
                b->loads[c] += load;
                try_from(b, j);
                b->loads[c] -= load;
            }
        }
    }
}

static void the_search_finds_the_best_of_all(void **state)
{
    (void)state;
    int n_found = 0;
    int n_tried = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_watchfile w = three_bases(&rng);
        struct vg_problem p;
        struct vg_costs links;
        struct vg_partition part;
        struct vg_error err = {0};
        const double price[3] = {1, 1, 1};
        const double none[3] = {0};
        assert_int_equal(vg_problem_init(&p, &w, NULL, 12600, &err), VG_OK);
        assert_int_equal(vg_costs_init(&links, &p, false, false, &err), VG_OK);
        if (p.n_chains == 1) {
            struct brute b = {.p = &p, .n_drones = 4, .least = HUGE_VAL};
            try_from(&b, 0);
            p.crews[0].n = 2;
            assert_int_equal(vg_prices_partition(&p, &links, price, &part, &err), VG_OK);
            const struct vg_settle_options options = {
                .fixed = none, .rounds = 4, .moves = 20000, .seed = seed};
            assert_int_equal(vg_settle(&p, &options, &part, &err), VG_OK);
            assert_int_equal(p.crews[0].n + p.crews[1].n + p.crews[2].n, 4);
            assert_true(part.worst >= b.least * (1 - 1e-9));
            assert_true(part.worst <= b.least * 1.05);
            n_found += part.worst <= b.least * (1 + 1e-9);
            n_tried++;
        }
        vg_problem_finish(&p);
        vg_watchfile_finish(&w);
    }
    print_message("the best of all in %d of %d\n", n_found, n_tried);
    assert_true(n_tried >= 6);
    assert_true(n_found * 10 >= n_tried * 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_numbers_against_every_split),
                                       cmocka_unit_test(the_search_finds_the_best_of_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
