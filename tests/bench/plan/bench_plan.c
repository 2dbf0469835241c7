/* The planner on its instances (tests/bench/plan/instances, written by make-instances.mjs): the
 * worst gap as the checker finds it, against the bound for the drones at the bases chosen and
 * against the bound of the whole fleet free to choose; seconds; and two simple rules on the same
 * watch: equal split   the line in as many equal pieces as there are drones, each flown out and
 * back by its own drone, as many sorties as it takes oldest first  whenever a drone is ready it
 * flies to the longest unseen place in its reach and along the line as far as it can
 *
 *   bench_plan [SECONDS [NAME [MOVES [SEED [any]]]]]   SECONDS for each instance (default: 20 for
 * equal wishes, 60 for classes, 120 for smooth ones), those whose name holds NAME; MOVES of each of
 * the two threads instead of seconds (0: seconds), whatever the load; any: flights may land
 * elsewhere, the bound is that for such flights, and the ratio to the home bound is told too
 */
#include "base/file.h"
#include "plan/check.h"
#include "plan/inner.h"
#include "plan/rates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double until_s;

static bool go_on(void *ctx)
{
    (void)ctx;
    return now_s() < until_s;
}

/* Drone-seconds to sweep links a..b of a chain once, in as few sorties of one crew as it takes. */
static double sweep_s(const struct vg_problem *p, const struct vg_chain *ch, int c, int a, int b)
{
    double sum = 0;
    while (a < b) {
        int j = a;
        while (j < b && vg_flight_least_s(p, ch, c, a, j + 1, NULL) < HUGE_VAL) {
            j++;
        }
        if (j == a) {
            return HUGE_VAL;
        }
        sum += vg_flight_least_s(p, ch, c, a, j, NULL) + p->crews[c].turnaround_s;
        a = j;
    }
    return sum;
}

static double least_wish_s(const struct vg_problem *p, const struct vg_chain *ch, int a, int b)
{
    double least = HUGE_VAL;
    for (int i = a; i < b; i++) {
        least = fmin(least, vg_rates_wish_s(p, ch, i));
    }
    return least;
}

/* Worst gap / wish with equal pieces, each flown by the crew that does it soonest. */
static double equal_split_share(const struct vg_problem *p)
{
    double worst = 0;
    int links = 0;
    int drones = 0;
    for (int k = 0; k < p->n_chains; k++) {
        links += p->chains[k].n - 1;
    }
    for (int c = 0; c < p->n_crews; c++) {
        drones += p->crews[c].n;
    }
    for (int k = 0; k < p->n_chains; k++) {
        const struct vg_chain *ch = &p->chains[k];
        int pieces = (int)fmax(1, round((double)drones * (ch->n - 1) / links));
        for (int q = 0; q < pieces; q++) {
            int a = (ch->n - 1) * q / pieces;
            int b = (ch->n - 1) * (q + 1) / pieces;
            double best = HUGE_VAL;
            for (int c = 0; c < p->n_crews && b > a; c++) {
                best = fmin(best, sweep_s(p, ch, c, a, b) / least_wish_s(p, ch, a, b));
            }
            worst = b > a && best < HUGE_VAL ? fmax(worst, best) : worst;
        }
    }
    return worst;
}

struct place {
    int chain;
    int i;
    double seen_s;
    double wish_s;
};

/* The place that a crew can reach and that waits longest for its wish. */
static int oldest_of(const struct vg_problem *p, const struct place *at, int n, int c, double t)
{
    int oldest = -1;
    double most = -1;
    for (int q = 0; q < n; q++) {
        double age = (t - at[q].seen_s) / at[q].wish_s;
        const struct vg_chain *ch = &p->chains[at[q].chain];
        if (age > most && vg_flight_least_s(p, ch, c, at[q].i, at[q].i + 1, NULL) < HUGE_VAL) {
            most = age;
            oldest = q;
        }
    }
    return oldest;
}

/* Ten days on the nodes; the worst wait / wish after the first day. */
static double oldest_first_share(const struct vg_problem *p)
{
    enum {
        DAYS = 10,
        MAX_DRONES = 512
    };
    double ready[MAX_DRONES];
    int crew[MAX_DRONES];
    int n = 0;
    int n_places = 0;
    double worst = 0;
    for (int k = 0; k < p->n_chains; k++) {
        n_places += p->chains[k].n - 1;
    }
    struct place *at = calloc((size_t)n_places + 1, sizeof *at);
    n_places = 0;
    for (int k = 0; k < p->n_chains; k++) {
        for (int i = 0; i + 1 < p->chains[k].n; i++) {
            at[n_places++] = (struct place){k, i, 0, vg_rates_wish_s(p, &p->chains[k], i)};
        }
    }
    for (int c = 0; c < p->n_crews; c++) {
        for (int d = 0; d < p->crews[c].n && n < MAX_DRONES; d++) {
            ready[n] = 10.0 * n;
            crew[n++] = c;
        }
    }
    for (double t = 0; t < DAYS * 86400.0;) {
        int d = 0;
        for (int k = 1; k < n; k++) {
            d = ready[k] < ready[d] ? k : d;
        }
        t = ready[d];
        int c = crew[d];
        int first = oldest_of(p, at, n_places, c, t);
        double flight_s = 3600;
        if (first >= 0) {
            const struct vg_chain *ch = &p->chains[at[first].chain];
            int j = at[first].i;
            while (j + 1 < ch->n &&
                   vg_flight_least_s(p, ch, c, at[first].i, j + 1, NULL) < HUGE_VAL) {
                j++;
            }
            flight_s = vg_flight_least_s(p, ch, c, at[first].i, j, NULL);
            for (int q = first; q < first + j - at[first].i; q++) {
                double seen = t + flight_s / 2;
                worst = t > 86400 ? fmax(worst, (seen - at[q].seen_s) / at[q].wish_s) : worst;
                at[q].seen_s = fmax(at[q].seen_s, seen);
            }
        }
        ready[d] = t + flight_s + p->crews[c].turnaround_s;
    }
    for (int q = 0; q < n_places; q++) {
        worst = fmax(worst, (DAYS * 86400.0 - at[q].seen_s) / at[q].wish_s);
    }
    free(at);
    return worst;
}

static int fail_with(const struct vg_error *err)
{
    char text[1200];
    fprintf(stderr, "%s\n", vg_error_text(err, text, sizeof text));
    return 1;
}

static enum vg_status fleet_share(struct vg_problem *p, double *out, struct vg_error *err)
{
    struct vg_costs costs;
    struct vg_rates rates = {0};
    enum vg_status st = vg_costs_init(&costs, p, true, false, err);
    if (st == VG_OK) {
        st = vg_rates_init(&rates, p, &costs, true, err);
    }
    if (st == VG_OK) {
        st = vg_rates_solve(&rates, 1, 5e-4, 200, err);
    }
    *out = rates.bound;
    vg_rates_finish(&rates);
    return st;
}

static int run(const char *name, double seconds, int64_t moves, uint64_t seed, bool is_any)
{
    struct vg_watchfile watch;
    struct vg_error err = {0};
    struct vg_plan plan;
    struct vg_check_report report;
    struct vg_problem problem;
    char path[256];
    double fleet = 0;
    vg_format(path, sizeof path, "tests/bench/plan/instances/%s.yaml", name);
    double t0 = now_s();
    if (vg_watchfile_load(path, vg_file_read, &watch, &err) != VG_OK ||
        vg_planner_station(&watch, &err) != VG_OK) {
        return fail_with(&err);
    }
    double station_s = now_s() - t0;
    const struct vg_planner_options first = {0};
    t0 = now_s();
    if (vg_planner_solve(&watch, NULL, &first, &plan, &err) != VG_OK) {
        return fail_with(&err);
    }
    double first_s = now_s() - t0;
    double first_gap_s = plan.worst_gap_s;
    double home_bound_s = plan.bound_s;
    vg_plan_finish(&plan);
    const struct vg_planner_options options = {
        .moves = moves, .seed = seed, .n_threads = 2, .go_on = go_on};
    watch.may_land_elsewhere = is_any;
    t0 = now_s();
    until_s = t0 + seconds;
    if (vg_planner_solve(&watch, NULL, &options, &plan, &err) != VG_OK) {
        return fail_with(&err);
    }
    double plan_s = now_s() - t0;
    vg_planner_adopt(&plan, &watch);
    t0 = now_s();
    if (vg_check_plan(&plan, &watch, VG_LANG_EN, &report, &err) != VG_OK ||
        vg_problem_init(&problem, &watch, NULL, 0, &err) != VG_OK ||
        fleet_share(&problem, &fleet, &err) != VG_OK) {
        return fail_with(&err);
    }
    double check_s = now_s() - t0;
    double share = report.worst_gap_s / watch.revisit_s;
    printf("%s: worst gap %.0f s (reference: bound here %.0f s, %.3f; bound of the fleet %.0f s, "
           "%.3f)%s%s\n",
           name, report.worst_gap_s, plan.bound_s, report.worst_gap_s / plan.bound_s,
           fleet * watch.revisit_s, share / fleet,
           report.is_kept ? "" : " BROKEN: ", report.is_kept ? "" : report.violation);
    if (is_any) {
        printf("%s: landings anywhere (reference: home bound for the drones first chosen %.0f s, "
               "%.3f)\n",
               name, home_bound_s, report.worst_gap_s / home_bound_s);
    }
    int n_elsewhere = 0;
    for (int k = 0; k < plan.n_sorties; k++) {
        n_elsewhere += strcmp(plan.sorties[k].base_from, plan.sorties[k].base_to) != 0;
    }
    printf("%s: seconds: bases %.2f, first plan %.2f (%.3f), plan %.2f, check %.2f; %d sorties, %d "
           "land elsewhere\n",
           name, station_s, first_s, first_gap_s / plan.bound_s, plan_s, check_s, plan.n_sorties,
           n_elsewhere);
    double equal = equal_split_share(&problem);
    double oldest = oldest_first_share(&problem);
    printf("%s: equal split %.0f s (reference: plan %.0f s, %.2f), oldest first %.0f s (%.2f)\n",
           name, equal * watch.revisit_s, report.worst_gap_s, equal / share,
           oldest * watch.revisit_s, oldest / share);
    fflush(stdout);
    vg_problem_finish(&problem);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&watch);
    return report.is_kept ? 0 : 1;
}

static double default_s(const char *name)
{
    return strstr(name, "smooth") != NULL ? 120 : strstr(name, "class") != NULL ? 60 : 20;
}

int main(int argc, char **argv)
{
    static const char *const NAMES[] = {"a-equal", "b-equal",  "c-equal",  "a-class", "b-class",
                                        "c-class", "a-smooth", "b-smooth", "c-smooth"};
    int64_t moves = argc > 3 ? strtoll(argv[3], NULL, 10) : INT64_MAX;
    uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
    bool is_any = argc > 5 && strcmp(argv[5], "any") == 0;
    moves = moves > 0 ? moves : INT64_MAX;
    int rc = 0;
    for (int k = 0; k < 9; k++) {
        if (argc < 3 || strstr(NAMES[k], argv[2]) != NULL) {
            double seconds = argc > 1 ? strtod(argv[1], NULL) : default_s(NAMES[k]);
            rc |= run(NAMES[k], moves < INT64_MAX ? 1e9 : seconds, moves, seed, is_any);
        }
    }
    return rc;
}
