/* Rotas against plain ways to say the same: costs by looking at every second and every link, the
 * search against all rounds that one drone can fly. */
#include "fixture.h"
#include "plan/rota_walk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct setup {
    struct vg_watchfile watch;
    struct vg_problem p;
    struct vg_costs costs;
    struct vg_costs links;
    struct vg_rates rates;
    struct vg_partition part;
    struct vg_rota_tables tables;
};

static void set_up(struct setup *s, double step_m)
{
    struct vg_error err = {0};
    assert_int_equal(vg_problem_init(&s->p, &s->watch, NULL, step_m, &err), VG_OK);
    assert_int_equal(vg_costs_init(&s->costs, &s->p, true, false, &err), VG_OK);
    assert_int_equal(vg_costs_init(&s->links, &s->p, false, false, &err), VG_OK);
    assert_int_equal(vg_rates_init(&s->rates, &s->p, &s->costs, false, &err), VG_OK);
    assert_int_equal(vg_rates_solve(&s->rates, 1, 1e-4, 200, &err), VG_OK);
    assert_int_equal(vg_prices_partition(&s->p, &s->links, s->rates.price, &s->part, &err), VG_OK);
    assert_int_equal(vg_rota_tables_init(&s->tables, &s->p, &s->rates, &s->part, &err), VG_OK);
}

static void tear_down(struct setup *s)
{
    vg_rates_finish(&s->rates);
    vg_problem_finish(&s->p);
    vg_watchfile_finish(&s->watch);
}

static void two_wishes(struct vg_watchfile *w, double first_s, double second_s)
{
    double length_m = w->network.lines[0].length_m;
    w->network.n_stretches = 2;
    w->network.stretches[1] = w->network.stretches[0];
    vg_format(w->network.stretches[1].id, sizeof w->network.stretches[1].id, "S2");
    w->network.stretches[0].to_m = w->network.stretches[1].from_m = length_m / 2;
    w->network.stretches[0].revisit_s = first_s;
    w->network.stretches[1].revisit_s = second_s;
}

/* ---- costs ---- */

/* Seconds of a link's gaps beyond target x wish at one of its ends, from its visits round the
 * period.
 */
static double excess_at(const struct vg_rota *r, int k, int node)
{
    double when[64];
    int n = 0;
    for (int q = 0; q < r->n_live; q++) {
        const struct vg_rota_sortie *s = &r->sorties[r->live[q]];
        if (s->i <= k && s->j > k) {
            double t = s->at_s + vg_rota_node_s(r->tables, s, node);
            when[n++] = t - r->period_s * floor(t / r->period_s);
        }
    }
    double limit = r->target * r->tables->chains[0].wish_s[k];
    double sum = 0;
    for (int a = 0; a < n; a++) {
        double next = r->period_s;
        for (int b = 0; b < n; b++) {
            double d = when[b] - when[a];
            d += d < 0 || (d == 0 && a != b && b < a) ? r->period_s : 0;
            next = b != a && d < next ? d : next;
        }
        sum += next > limit ? next - limit : 0;
    }
    return n > 0 ? sum : r->period_s;
}

/* Drone-seconds out beyond the crew's, second by second. */
static double over_of(const struct vg_rota *r, int crew)
{
    double sum = 0;
    for (int t = 0; t < (int)r->period_s; t++) {
        int out = 0;
        for (int q = 0; q < r->n_live; q++) {
            const struct vg_rota_sortie *s = &r->sorties[r->live[q]];
            double since = t + 0.5 - s->at_s;
            since -= r->period_s * floor(since / r->period_s);
            for (; s->crew == crew && since < s->busy_s; since += r->period_s) {
                out++;
            }
        }
        int more = out - r->drones[crew];
        sum += more > 0 ? more : 0;
    }
    return sum;
}

static void costs_by_looking(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct setup s = {.watch = fixture_straight(2)};
        two_wishes(&s.watch, 7200, 3600 * (double)(2 + vg_rng_below(&rng, 6)));
        set_up(&s, 4000); /* links of a block each: what is judged at once is one link */
        struct vg_rota r;
        struct vg_rota_change changes[VG_ROTA_CHANGES];
        assert_true(vg_rota_init(&r, &s.tables));
        vg_rota_load(&r, NULL, 0, 1 + vg_rng_unit(&rng), 20000);
        for (int m = 0; m < 3000; m++) {
            int n = vg_rota_propose(&r, &rng, changes);
            if (n > 0) {
                vg_rota_try(&r, changes, n, 2000 * vg_rng_unit(&rng));
            }
        }
        assert_true(r.n_live > 1);
        double cover = 0;
        for (int k = 0; k < s.tables.chains[0].n - 1; k++) {
            cover += fmax(excess_at(&r, k, k), excess_at(&r, k, k + 1)) * r.price[0][k];
        }
        assert_true(fabs(cover - r.cover_cost) <= 0.01 * cover + 1);
        double over = over_of(&r, 0);
        assert_true(fabs(over - r.over_cost) <= 2 * r.n_live + 2);
        vg_rota_finish(&r);
        tear_down(&s);
    }
}

/* ---- a few crews, other deals ---- */

/* Two bases of two drones each, which the planner may deal anew. */
static void two_bases(struct setup *s)
{
    s->watch = fixture_straight(2);
    two_wishes(&s->watch, 7200, 14400);
    fixture_base(&s->watch, "North", 10.7, 0.1, 2);
    fixture_drones(&s->watch, 1, 2);
    for (int d = 0; d < s->watch.n_drones; d++) {
        s->watch.drones[d].is_placed = true;
    }
    set_up(s, 4000);
}

static void move_at_random(struct vg_rota *r, struct vg_rng *rng, int moves)
{
    struct vg_rota_change changes[VG_ROTA_CHANGES];
    for (int m = 0; m < moves; m++) {
        int n = vg_rota_propose(r, rng, changes);
        if (n > 0) {
            vg_rota_try(r, changes, n, 2000 * vg_rng_unit(rng));
        }
    }
}

static int sorties_of(const struct vg_rota *r, int crew, struct vg_rota_sortie *out)
{
    int n = 0;
    for (int k = 0; k < r->n; k++) {
        if (r->sorties[k].is_on && r->sorties[k].crew == crew) {
            out[n++] = r->sorties[k];
        }
    }
    return n;
}

static void others_are_left_alone(void **state)
{
    (void)state;
    struct setup s;
    struct vg_rota r;
    struct vg_rng rng = vg_rng_seed(3);
    two_bases(&s);
    assert_true(vg_rota_init(&r, &s.tables));
    vg_rota_load(&r, NULL, 0, 1.2, 20000);
    move_at_random(&r, &rng, 3000);
    for (int crew = 0; crew < 2; crew++) {
        struct vg_rota_sortie was[64];
        struct vg_rota_sortie is[64];
        struct vg_rota_sortie mine[64];
        const bool is_at_work[2] = {crew == 0, crew == 1};
        int n = sorties_of(&r, 1 - crew, was);
        int n_mine = sorties_of(&r, crew, mine);
        vg_rota_set_crews(&r, is_at_work);
        move_at_random(&r, &rng, 1000);
        assert_true(n > 0 && n_mine > 0);
        assert_int_equal(sorties_of(&r, 1 - crew, is), n);
        assert_memory_equal(is, was, (size_t)n * sizeof *is);
        assert_true(sorties_of(&r, crew, is) != n_mine ||
                    memcmp(is, mine, (size_t)n_mine * sizeof *is) != 0);
        vg_rota_set_crews(&r, NULL);
    }
    vg_rota_finish(&r);
    tear_down(&s);
}

/* What another deal costs, against all costs anew; no deal takes more drones than there are, or the
 * last one of a base. */
static void deals_by_looking(void **state)
{
    (void)state;
    struct setup s;
    struct vg_rota r;
    struct vg_rng rng = vg_rng_seed(4);
    two_bases(&s);
    assert_true(vg_rota_init(&r, &s.tables));
    vg_rota_load(&r, NULL, 0, 0.7, 20000);
    move_at_random(&r, &rng, 3000);
    assert_true(s.tables.deals.n > 1);
    for (int deal = 0; deal < s.tables.deals.n; deal++) {
        const int *drones = s.tables.deals.drones + 2 * deal;
        assert_int_equal(drones[0] + drones[1], 4);
        assert_true(drones[0] > 0 && drones[1] > 0);
        assert_true(vg_rota_try_deal(&r, deal, HUGE_VAL));
        double over = r.over_cost;
        vg_rota_reprice(&r);
        assert_true(fabs(over - r.over_cost) < 1e-6);
        double looked = 0;
        for (int c = 0; c < 2; c++) {
            looked += over_of(&r, c);
        }
        assert_true(fabs(looked - over) <= 2 * r.n_live + 2);
    }
    vg_rota_finish(&r);
    tear_down(&s);
}

/* The period in which both wishes come to whole numbers of visits is the likeliest. */
static void periods_of_whole_visits(void **state)
{
    (void)state;
    static const struct {
        double wishes_s[2];
        double period_s;
    } CASES[] = {{{7200, 14400}, 14400},
                 {{7200, 10800}, 21600},
                 {{7200, 21600}, 21600},
                 {{9600, 14400}, 28800}};
    for (int k = 0; k < 4; k++) {
        struct setup s = {.watch = fixture_straight(2)};
        double ratios_s[VG_ROTA_RATIOS];
        two_wishes(&s.watch, CASES[k].wishes_s[0], CASES[k].wishes_s[1]);
        set_up(&s, 4000);
        assert_true(vg_rota_ratios(&s.tables, ratios_s) > 0);
        assert_true(fabs(ratios_s[0] - CASES[k].period_s) < 1e-6);
        tear_down(&s);
    }
}

/* ---- the best that one drone can do ---- */

enum {
    KINDS = 6, /* first half, second half, all; there and back */
    LONGEST = 6
};

struct round {
    const struct setup *s;
    struct vg_rota_sortie kinds[KINDS];
    int n_kinds;
    int order[LONGEST];
    double best;
};

/* Worst gap / wish of a round flown without a pause: a drone that waits makes no gap shorter. */
static double worst_of(const struct round *x, int n)
{
    double at[LONGEST];
    double period = 0;
    double worst = 0;
    const struct vg_rota_chain *ch = &x->s->tables.chains[0];
    for (int q = 0; q < n; q++) {
        at[q] = period;
        period += x->kinds[x->order[q]].busy_s;
    }
    for (int side = 0; side < 2 * (ch->n - 1); side++) {
        int k = side / 2; /* both ends of every link */
        double last = -1;
        double first = -1;
        double most = HUGE_VAL;
        for (int q = 0; q < n; q++) {
            const struct vg_rota_sortie *o = &x->kinds[x->order[q]];
            if (o->i <= k && o->j > k) {
                double t = at[q] + vg_rota_node_s(&x->s->tables, o, k + side % 2);
                most = last < 0 ? 0 : fmax(most, t - last);
                first = first < 0 ? t : first;
                last = t;
            }
        }
        worst = fmax(worst, fmax(most, first + period - last) / ch->wish_s[k]);
    }
    return worst;
}

static void try_rounds(struct round *x, int n)
{
    if (n > 0) {
        x->best = fmin(x->best, worst_of(x, n));
    }
    for (int q = 0; q < x->n_kinds && n < LONGEST; q++) {
        x->order[n] = q;
        try_rounds(x, n + 1);
    }
}

/* One drone, 100 km cut in the middle: all rounds of up to six sorties. The search may cut
 * elsewhere and fly longer rounds: it must be as good, and never better than the bound. */
static void search_against_all_rounds(void **state)
{
    (void)state;
    for (int wishes = 1; wishes <= 4; wishes++) {
        struct setup s = {.watch = fixture_straight(1)};
        two_wishes(&s.watch, 7200, 7200.0 * wishes);
        s.watch.bases[0].lat_deg = 10.1; /* near the half that is wanted more often */
        s.watch.types[0].turnaround_s = 300;
        set_up(&s, 50000);
        assert_int_equal(s.tables.chains[0].n, 3);
        struct round x = {.s = &s, .best = HUGE_VAL};
        for (int q = 0; q < KINDS; q++) {
            struct vg_rota_sortie o = {.i = q % 3 == 1 ? 1 : 0, .j = q % 3 == 0 ? 1 : 2};
            o.is_backward = q >= 3;
            o.is_on = true;
            if (vg_rota_set(&s.tables, &o)) {
                x.kinds[x.n_kinds++] = o;
            }
        }
        try_rounds(&x, 0);
        struct vg_rota_plan plan;
        struct vg_rota_plan home;
        struct vg_error err = {0};
        const struct vg_rota_options options = {.moves = 400000, .seed = 1, .n_threads = 1};
        assert_int_equal(vg_rota_search(&s.tables, &options, &plan, &home, &err), VG_OK);
        print_message("wishes 1:%d: all rounds %.4f, search %.4f, bound %.4f\n", wishes, x.best,
                      plan.target, s.rates.bound);
        assert_true(plan.n > 0);
        assert_true(plan.target <= x.best * 1.002);
        assert_true(plan.target >= s.rates.bound * (1 - 1e-6));
        free(plan.sorties);
        free(home.sorties);
        tear_down(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_by_looking),          cmocka_unit_test(others_are_left_alone),
        cmocka_unit_test(deals_by_looking),          cmocka_unit_test(periods_of_whole_visits),
        cmocka_unit_test(search_against_all_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
