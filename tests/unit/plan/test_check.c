/* The checker: gaps by hand and against dense simulation, and plans broken on purpose. */
#include "fixture.h"

#include "base/text.h"
#include "plan/check.h"
#include "plan/planner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct vg_plan solve(const struct vg_watchfile *w)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options coarse = {.site_step_m = 1500};
    if (vg_planner_solve(w, NULL, &coarse, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

static struct vg_check_report check(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    struct vg_check_report report;
    struct vg_error err = {0};
    assert_int_equal(vg_check_plan(plan, w, VG_LANG_EN, &report, &err), VG_OK);
    return report;
}

/* One stretch of 10 km, one sortie every 4000 s that sweeps it upwards from 100 s to 1100 s and
 * downwards from 1300 s to 2300 s. At s km it is passed at 100 + 100 s and 2300 - 100 s: at km 0
 * the gaps are 2200 and 1800, at km 10 they are 200 and 3800. Worst: 3800 s at km 10. */
static void gaps_by_hand(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(1);
    struct vg_plan_visit visits[2] = {{"border", 0, 10000, 100, 1100, 0},
                                      {"border", 10000, 0, 1300, 2300, 0}};
    struct vg_plan_sortie so = {.id = "a",
                                .drone = "V1",
                                .base_from = "Camp",
                                .base_to = "Camp",
                                .land_s = 2500,
                                .period_s = 4000,
                                .visits = visits,
                                .n_visits = 2};
    struct vg_plan_stretch st = {
        .id = "S1", .line = "border", .to_m = 10000, .revisit_s = 14400, .worst_gap_s = 3800};
    struct vg_plan plan = {.period_s = 4000,
                           .worst_gap_s = 3800,
                           .stretches = &st,
                           .n_stretches = 1,
                           .sorties = &so,
                           .n_sorties = 1};
    assert_float_equal(check(&plan, &w).worst_gap_s, 3800, 1e-6);
    /* A second sortie upwards, 50 s per km, starting at 2300 s: at s km passed at 2300 + 50 s. It
     * meets the downward pass at km 0. At km 0: 100, 2300, 2300: gap 2200; at km 10: 1100, 1300,
     * 2800: 1500 and 2300; between: the gap from the last pass round to the first is (4000 + 100 +
     * 100 s) - (2300 + 50 s) = 1800 + 50 s: 2300 at km 10. Worst 2300 s. */
    struct vg_plan_visit third[3] = {visits[0], visits[1], {"border", 0, 10000, 2300, 2800, 0}};
    so.visits = third;
    so.n_visits = 3;
    assert_float_equal(check(&plan, &w).worst_gap_s, 2300, 1e-6);
    /* Two passes that cross in the middle: up 0..1000 s, down 1000..0 s, period 2000: at km 5 both
     * at 500 s: 2000 s without a pass. At the ends 1000 s only: the worst stands at the crossing,
     * not at an end. */
    struct vg_plan_visit cross[2] = {{"border", 0, 10000, 0, 1000, 0},
                                     {"border", 10000, 0, 0, 1000, 0}};
    so.visits = cross;
    so.n_visits = 2;
    so.period_s = 2000;
    assert_float_equal(check(&plan, &w).worst_gap_s, 2000, 1e-6);
    vg_watchfile_finish(&w);
}

/* Two drones fly past every 8000 s, 4000 s apart: together every 4000 s, at 100 s. Three drones fly
 * past every 12000 s, 4000 s apart: together every 4000 s, at 2100 s. All five: every 2000 s. With
 * one of the three 500 s late those do not repeat each 4000 s any more: they are judged alone, and
 * so are the two: 4000 s stand. */
static void drones_that_follow_one_another(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(5);
    struct vg_plan_visit visits[5];
    struct vg_plan_sortie so[5];
    struct vg_plan_stretch st = {
        .id = "S1", .line = "border", .to_m = 10000, .revisit_s = 14400, .worst_gap_s = 2000};
    struct vg_plan plan = {.period_s = 12000,
                           .worst_gap_s = 2000,
                           .stretches = &st,
                           .n_stretches = 1,
                           .sorties = so,
                           .n_sorties = 5};
    for (int k = 0; k < 5; k++) {
        double at_s = k < 2 ? 4000 * k : 2000 + 4000 * (k - 2);
        visits[k] = (struct vg_plan_visit){"border", 0, 10000, at_s + 100, at_s + 1100, 0};
        so[k] = (struct vg_plan_sortie){.base_from = "Camp",
                                        .base_to = "Camp",
                                        .takeoff_s = at_s,
                                        .land_s = at_s + 1200,
                                        .period_s = k < 2 ? 8000 : 12000,
                                        .visits = &visits[k],
                                        .n_visits = 1};
        vg_format(so[k].id, sizeof so[k].id, "V%d.1", k + 1);
        vg_format(so[k].drone, sizeof so[k].drone, "V%d", k + 1);
    }
    assert_float_equal(check(&plan, &w).worst_gap_s, 2000, 1e-6);
    so[4].takeoff_s += 500;
    so[4].land_s += 500;
    visits[4].t0_s += 500;
    visits[4].t1_s += 500;
    assert_float_equal(check(&plan, &w).worst_gap_s, 4000, 1e-6);
    vg_watchfile_finish(&w);
}

/* Every 100 m, every pass of five periods on one time axis, sorted: the slow obvious way. Tours of
 * one period only. */
static double simulate(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    double worst = 0;
    double *times = malloc(8 * (size_t)plan->n_sorties * sizeof *times);
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        for (double s = st->from_m + 50; s < st->to_m - 10 && !st->is_unreachable; s += 100) {
            double least = HUGE_VAL;
            for (int a = 0; a < plan->n_sorties; a++) {
                double period = plan->sorties[a].period_s;
                int n = 0;
                for (int b = 0; b < plan->n_sorties; b++) {
                    const struct vg_plan_sortie *so = &plan->sorties[b];
                    for (int v = 0; v < so->n_visits && fabs(so->period_s - period) < 0.05; v++) {
                        const struct vg_plan_visit *x = &so->visits[v];
                        double f = strcmp(x->line, st->line) == 0
                                       ? (s - x->from_m) / (x->to_m - x->from_m)
                                       : -1;
                        for (int turn = 0;
                             turn < 5 && f >= 0 && f < 1 && n < 8 * plan->n_sorties - 1; turn++) {
                            times[n++] = x->t0_s + f * (x->t1_s - x->t0_s) + turn * period;
                        }
                    }
                }
                for (int i = 1; i < n; i++) { /* insertion sort */
                    for (int j = i; j > 0 && times[j] < times[j - 1]; j--) {
                        double t = times[j];
                        times[j] = times[j - 1];
                        times[j - 1] = t;
                    }
                }
                double gap = n > 0 ? 0 : HUGE_VAL;
                for (int i = 1; i < n; i++) {
                    bool is_settled = times[i] > 2 * period && times[i] < 4.5 * period;
                    gap = is_settled ? fmax(gap, times[i] - times[i - 1]) : gap;
                }
                least = fmin(least, gap);
            }
            worst = fmax(worst, least / st->revisit_s * w->revisit_s);
        }
    }
    free(times);
    return worst;
}

static void gaps_as_simulated(void **state)
{
    (void)state;
    for (uint64_t seed = 201; seed < 209; seed++) {
        struct vg_watchfile w = fixture_random(seed);
        struct vg_plan plan = solve(&w);
        struct vg_rng rng = vg_rng_seed(seed);
        /* Shift some take-offs, so that the gaps are not all alike. */
        for (int k = 0; k < plan.n_sorties; k++) {
            double shift = round(3000 * vg_rng_unit(&rng));
            for (int v = 0; v < plan.sorties[k].n_visits && seed % 2; v++) {
                plan.sorties[k].visits[v].t0_s += shift;
                plan.sorties[k].visits[v].t1_s += shift;
            }
        }
        double slow = simulate(&plan, &w);
        double fast = check(&plan, &w).worst_gap_s;
        /* Samples miss the worst point by up to 50 m: some seconds at the speeds of the fixture,
         * never the other way. */
        if (!(slow <= fast + 0.01 && fast <= slow + 30)) {
            fail_msg("seed %d: simulated %.1f, checked %.1f", (int)seed, slow, fast);
        }
        vg_plan_finish(&plan);
        vg_watchfile_finish(&w);
    }
}

/* A sound plan of four sorties: two drones, two pieces of the straight line each. */
struct broken {
    struct vg_watchfile watch;
    struct vg_plan plan;
};

static struct broken sound(void)
{
    struct broken b = {.watch = fixture_straight(2)};
    b.watch.types[0].endurance_s = 8000;
    b.plan = solve(&b.watch);
    assert_int_equal(b.plan.n_sorties, 4);
    assert_string_equal(check(&b.plan, &b.watch).violation, "");
    return b;
}

static void expect(struct broken *b, const char *rule, const char *part)
{
    struct vg_check_report r = check(&b->plan, &b->watch);
    if (r.is_kept || strcmp(r.rule, rule) != 0 || strstr(r.violation, part) == NULL) {
        fail_msg("expected [%s] with \"%s\", got [%s] %s", rule, part, r.rule, r.violation);
    }
    vg_plan_finish(&b->plan);
    vg_watchfile_finish(&b->watch);
}

static void shift_sortie(struct vg_plan_sortie *so, double dt)
{
    so->takeoff_s += dt;
    so->land_s += dt;
    for (int k = 0; k < so->n_track; k++) {
        so->track[k].t_s += dt;
    }
    for (int k = 0; k < so->n_visits; k++) {
        so->visits[k].t0_s += dt;
        so->visits[k].t1_s += dt;
    }
}

/* The sortie that the same drone flies next after sortie k within the period. */
static int next_of(const struct vg_plan *p, int k)
{
    for (int j = 0; j < p->n_sorties; j++) {
        if (j != k && strcmp(p->sorties[j].drone, p->sorties[k].drone) == 0) {
            return j;
        }
    }
    fail();
    return -1;
}

static void breaks_names(void **state)
{
    (void)state;
    struct broken b = sound();
    vg_format(b.plan.sorties[1].drone, sizeof b.plan.sorties[1].drone, "V9");
    expect(&b, "unknown-name", "drone V9");
    b = sound();
    vg_format(b.plan.sorties[1].base_to, sizeof b.plan.sorties[1].base_to, "Nowhere");
    expect(&b, "unknown-name", "base Nowhere");
    b = sound();
    vg_format(b.plan.sorties[1].visits[0].line, sizeof b.plan.sorties[1].visits[0].line, "coast");
    expect(&b, "unknown-name", "line coast");
}

static void breaks_flights(void **state)
{
    (void)state;
    struct broken b = sound();
    b.plan.sorties[0].track[3].t_s = b.plan.sorties[0].track[2].t_s;
    expect(&b, "time-order", b.plan.sorties[0].drone);
    b = sound();
    b.plan.sorties[2].visits[0].t1_s = b.plan.sorties[2].land_s + 50;
    expect(&b, "time-order", "visit of km");
    b = sound();
    b.plan.sorties[0].track[0].lat_deg += 0.02; /* 2.2 km */
    expect(&b, "off-base", "Camp");
    b = sound();
    b.plan.sorties[0].track[5].lat_deg += 0.1; /* 11 km in a leg of minutes: teleported */
    expect(&b, "speed", b.plan.sorties[0].drone);
    b = sound();
    b.plan.sorties[0].track[5].alt_msl_m += 4000;
    expect(&b, "climb", b.plan.sorties[0].id);
    b = sound();
    b.watch.types[0].endurance_s = 5000; /* the same flights, a smaller battery */
    /* 4250 s less 2400 m and half a minute at 25 m/s */
    expect(&b, "endurance", "endurance less reserve and landing is 4124 s");
    b = sound();
    b.plan.sorties[3].energy -= 0.01;
    expect(&b, "energy", b.plan.sorties[3].id);
}

static void breaks_visits(void **state)
{
    (void)state;
    struct broken b = sound();
    b.plan.sorties[0].visits[1].from_m += 9000; /* moved along the line: the drone is elsewhere */
    b.plan.sorties[0].visits[1].to_m += 9000;
    expect(&b, "off-line", b.plan.sorties[0].drone);
    b = sound();
    b.plan.sorties[0].visits[1].t0_s -= 200; /* moved in time */
    b.plan.sorties[0].visits[1].t1_s -= 200;
    expect(&b, "off-line", "watch depth is 2.00 km");
    b = sound();
    b.plan.sorties[0].n_visits--; /* left out by one drone of two: twice the wait */
    expect(&b, "stretch-gap", "S1");
    b = sound();
    b.plan.sorties[0].n_visits--;
    int twin = -1;
    for (int k = 1; k < 4; k++) {
        const struct vg_plan_visit *x = &b.plan.sorties[0].visits[0];
        const struct vg_plan_visit *y = &b.plan.sorties[k].visits[0];
        twin = fabs(x->from_m - y->from_m) < 1 && fabs(x->to_m - y->to_m) < 1 ? k : twin;
    }
    assert_true(twin > 0);
    b.plan.sorties[twin].n_visits--; /* by both */
    expect(&b, "stretch-gap", "never visited");
}

static void breaks_fleet(void **state)
{
    (void)state;
    struct broken b = sound();
    int next = next_of(&b.plan, 0);
    shift_sortie(&b.plan.sorties[next],
                 b.plan.sorties[0].takeoff_s + 600 - b.plan.sorties[next].takeoff_s);
    expect(&b, "two-places", b.plan.sorties[0].drone);
    b = sound();
    next = next_of(&b.plan, 0);
    shift_sortie(&b.plan.sorties[next],
                 b.plan.sorties[0].land_s + 2600 - b.plan.sorties[next].takeoff_s);
    expect(&b, "turnaround", "less than 2700 s");
    b = sound();
    b.plan.sorties[0].period_s = 2000;
    expect(&b, "two-places", "begins again after 2000.0 s");
}

static void breaks_bases_and_pads(void **state)
{
    (void)state;
    struct broken b = sound();
    fixture_base(&b.watch, "Other", b.watch.bases[0].lat_deg + 0.001, b.watch.bases[0].lon_deg, 1);
    vg_format(b.plan.sorties[0].base_to, sizeof b.plan.sorties[0].base_to, "Other");
    expect(&b, "landings", "lands at Other");
    b = sound();
    fixture_base(&b.watch, "Other", b.watch.bases[0].lat_deg + 0.001, b.watch.bases[0].lon_deg, 1);
    b.watch.may_land_elsewhere = true;
    vg_format(b.plan.sorties[0].base_to, sizeof b.plan.sorties[0].base_to, "Other");
    expect(&b, "base", "lands at Other");
    b = sound();
    b.watch.bases[0].pads = 1;
    int other = 1;
    while (strcmp(b.plan.sorties[other].drone, b.plan.sorties[0].drone) == 0) {
        other++;
    }
    double dt = b.plan.sorties[0].takeoff_s + 30 - b.plan.sorties[other].takeoff_s;
    int second = next_of(
        &b.plan,
        other); /* the whole tour of the other drone moves, so that only the pads are broken */
    shift_sortie(&b.plan.sorties[other], dt);
    shift_sortie(&b.plan.sorties[second], dt);
    for (int k = 0; k < 4; k++) {
        if (b.plan.sorties[k].takeoff_s < 0) {
            shift_sortie(&b.plan.sorties[k], b.plan.sorties[k].period_s);
        }
    }
    expect(&b, "pads", "Camp");
}

static void breaks_promises(void **state)
{
    (void)state;
    struct broken b = sound();
    b.plan.worst_gap_s -= 20;
    expect(&b, "worst-gap", "the plan states");
    b = sound();
    b.plan.stretches[0].worst_gap_s -= 20;
    expect(&b, "stretch-gap", "S1 states");
    b = sound();
    b.plan.stretches[0].to_m -= 5000;
    expect(&b, "missing-stretch", "S1");
    b = sound();
    b.plan.stretches[0].revisit_s *= 2; /* what is wanted is the watch's to say */
    expect(&b, "missing-stretch", "S1");
    b = sound();
    b.plan.stretches[0].is_unreachable = true;
    expect(&b, "reach", "Camp");
    b = sound();
    b.plan.bound_s += 60;
    expect(&b, "bound", "certificate proves");
    b = sound();
    free(b.plan.certificate);
    b.plan.certificate = NULL;
    expect(&b, "bound", "proves 0.0 s");
}

/* Writes `fresh` over the array that follows a key in the certificate, up to its closing bracket.
 */
static void rewrite(struct vg_plan *plan, const char *key, const char *fresh)
{
    struct vg_buf text = {0};
    char *from = strstr(plan->certificate, key);
    assert_non_null(from);
    from += strlen(key);
    char *to = strstr(from, "]]");
    assert_non_null(to);
    vg_buf_add(&text, plan->certificate, (size_t)(from - plan->certificate));
    vg_buf_puts(&text, fresh);
    vg_buf_puts(&text, to + 1);
    assert_false(text.is_failed);
    free(plan->certificate);
    plan->certificate = text.data;
}

/* A base 60 km off the line's south end, from which its first 26 km can just be seen: the way to
 * the lead-in, 2 km further still, counts. */
static struct vg_watchfile far_end(void)
{
    struct vg_watchfile w = fixture_straight(1);
    w.n_bases = 0;
    fixture_base(&w, "Camp", 10, 0.55, 2);
    w.types[0].endurance_s = 6500 + 126 / 0.85; /* and its landing: 2400 m and 30 s */
    fixture_camera(&w);
    return w;
}

static void the_bound_flies_the_lead_in(void **state)
{
    (void)state;
    struct vg_watchfile w = far_end();
    struct vg_plan plan = fixture_plan(&w, NULL, 500);
    fixture_expect(&plan, &w, NULL, "");
    /* A camera that needs less proves less. */
    w.cameras[0].hfov_max_deg = 140;
    fixture_expect(&plan, &w, NULL, "bound");
    w.cameras[0].hfov_max_deg = 90;
    /* The line goes on, nothing is said of where: what is flown there is given away. */
    rewrite(&plan, "\"run_out\":", "[");
    fixture_expect(&plan, &w, NULL, "bound");
    vg_plan_finish(&plan);
    /* Not beside the line. */
    plan = fixture_plan(&w, NULL, 500);
    rewrite(&plan, "\"run_out\":", "[[28.0,10.25,-0.4]");
    fixture_expect(&plan, &w, NULL, "bound");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

/* A zone over the line: no lead-in comes out of it, so that what lies behind is swept towards it.
 * Where nothing is said of the line in the zone, one may. */
static void the_bound_s_lead_ins_keep_out(void **state)
{
    (void)state;
    double lat[5] = {10.02, 10.02, 10.04, 10.04, 10.02};
    double lon[5] = {-0.05, 0.05, 0.05, -0.05, -0.05};
    struct vg_wf_zone zone = {
        .name = "Z", .kind = VG_ZONE_NO_FLY, .n = 5, .lat_deg = lat, .lon_deg = lon};
    struct vg_watchfile w = far_end();
    w.zones = &zone;
    w.n_zones = 1;
    struct vg_plan plan = fixture_plan(&w, NULL, 500);
    fixture_expect(&plan, &w, NULL, "");
    rewrite(&plan, "\"run_in\":", "[");
    fixture_expect(&plan, &w, NULL, "bound");
    vg_plan_finish(&plan);
    w.zones = NULL;
    w.n_zones = 0;
    vg_watchfile_finish(&w);
}

/* 600 m near the end of reach where the camera need look less far ahead: a sweep that begins there
 * and goes on is sooner over what lies behind. */
static struct vg_watchfile narrow_piece(void)
{
    struct vg_watchfile w = far_end();
    const double cuts_m[4] = {0, 24000, 24600, w.network.stretches[0].to_m};
    for (int k = 2; k >= 0; k--) {
        struct vg_stretch *st = &w.network.stretches[k];
        *st = w.network.stretches[0];
        vg_format(st->id, sizeof st->id, "S%d", k + 1);
        st->from_m = cuts_m[k];
        st->to_m = cuts_m[k + 1];
    }
    w.network.n_stretches = 3;
    w.network.stretches[1].depth_m = 500;
    return w;
}

static void depths_meet(void **state)
{
    (void)state;
    struct vg_watchfile w = narrow_piece();
    struct vg_plan plan = fixture_plan(&w, NULL, 500);
    fixture_expect(&plan, &w, NULL, "");
    vg_plan_finish(&plan);
    /* Wide all along more is proven; that proof does not hold for the narrow piece. */
    w.network.stretches[1].depth_m = w.network.stretches[0].depth_m;
    plan = fixture_plan(&w, NULL, 500);
    fixture_expect(&plan, &w, NULL, "");
    w.network.stretches[1].depth_m = 500;
    for (int k = 0; k < plan.n_stretches; k++) {
        if (plan.stretches[k].from_m >= 24000 && plan.stretches[k].to_m <= 24600) {
            plan.stretches[k].passes[0].depth_m = 500;
        }
    }
    fixture_expect(&plan, &w, NULL, "bound");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
}

static struct vg_watchfile looking_ahead(int n_drones)
{
    struct vg_watchfile w = fixture_straight(n_drones);
    fixture_camera(&w);
    return w;
}

/* A sweep that claims its lead-in as swept begins without one. */
static void breaks_lead_ins(void **state)
{
    (void)state;
    struct broken b = {.watch = looking_ahead(2)};
    b.watch.types[0].endurance_s = 8000;
    b.plan = solve(&b.watch);
    assert_string_equal(check(&b.plan, &b.watch).violation, "");
    const double lead_m = 2000; /* depth / tan 45 degrees */
    struct vg_plan_visit *v = NULL;
    for (int k = 0; k < b.plan.n_sorties && v == NULL; k++) {
        struct vg_plan_visit *first = &b.plan.sorties[k].visits[0];
        v = first->from_m > 5000 && first->from_m < 95000 ? first : NULL;
    }
    assert_non_null(v);
    v->from_m += round(v->to_m > v->from_m ? -lead_m : lead_m);
    v->t0_s -= lead_m / b.watch.types[0].cruise_mps;
    expect(&b, "lead-in", "looks");
}

/* One drone that sweeps 100 km in one sortie: out 20 km beside the middle, to the point a lead
 * beyond the line's end, along lead and line, home. Flat enough for Pythagoras to a part in a
 * thousand. The certificate must prove that, and not half a percent more. */
static void bound_with_lead_in_by_hand(void **state)
{
    (void)state;
    struct broken b = {.watch = looking_ahead(1)};
    b.plan = solve(&b.watch);
    const double lead_m = 2000; /* depth / tan 45 degrees */
    double way_m = hypot(50000 + lead_m, 20000) + lead_m + 100000 + hypot(50000, 20000);
    double cost_s = way_m / 25 + 2 * 100 + 2700;
    assert_true(fabs(b.plan.bound_s - cost_s) < 0.002 * cost_s);
    assert_string_equal(check(&b.plan, &b.watch).violation, "");
    b.plan.bound_s *= 1.005;
    expect(&b, "bound", "certificate proves");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_by_hand),
        cmocka_unit_test(drones_that_follow_one_another),
        cmocka_unit_test(gaps_as_simulated),
        cmocka_unit_test(breaks_names),
        cmocka_unit_test(breaks_flights),
        cmocka_unit_test(breaks_visits),
        cmocka_unit_test(breaks_fleet),
        cmocka_unit_test(breaks_bases_and_pads),
        cmocka_unit_test(breaks_promises),
        cmocka_unit_test(breaks_lead_ins),
        cmocka_unit_test(bound_with_lead_in_by_hand),
        cmocka_unit_test(the_bound_flies_the_lead_in),
        cmocka_unit_test(the_bound_s_lead_ins_keep_out),
        cmocka_unit_test(depths_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
