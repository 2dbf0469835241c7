/* The planner on the whole border of Mali (examples/mali/watch.yaml): seconds, worst gap against
 * the proven bound, and two simple rules on the same watch in the same run: furthest first  from
 * one end of the line to the other, the next sortie goes to the base whose drone can sweep
 * furthest; each base's drones fly what fell to it in turn oldest first    whenever a drone is
 * ready it flies to the longest unseen place in its reach and along the line as far as it can
 */
#include "base/file.h"
#include "plan/check.h"
#include "plan/inner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Worst headway when each next sortie goes to the crew that sweeps furthest from where the last one
 * ended. */
static double furthest_first_s(const struct vg_problem *p)
{
    double worst = 0;
    for (int k = 0; k < p->n_chains; k++) {
        const struct vg_chain *ch = &p->chains[k];
        double *loads = calloc((size_t)p->n_crews, sizeof *loads);
        for (int i = 0; i < ch->n - 1;) {
            int best = -1;
            int best_j = i;
            for (int c = 0; c < p->n_crews; c++) {
                int j = i;
                while (j + 1 < ch->n && j - i < 100 &&
                       vg_flight_least_s(p, ch, c, i, j + 1, NULL) < HUGE_VAL) {
                    j++;
                }
                if (j > best_j) {
                    best_j = j;
                    best = c;
                }
            }
            if (best < 0) {
                i++;
                continue;
            }
            loads[best] +=
                vg_flight_least_s(p, ch, best, i, best_j, NULL) + p->crews[best].turnaround_s;
            i = best_j;
        }
        for (int c = 0; c < p->n_crews; c++) {
            worst = fmax(worst, loads[c] / p->crews[c].n);
        }
        free(loads);
    }
    return worst;
}

/* Event simulation over ten days on the nodes: seconds since each was seen; the worst wait after
 * the first day. */
static double greedy_gap_s(const struct vg_problem *p)
{
    enum {
        DAYS = 10,
        MAX_DRONES = 512
    };
    const struct vg_chain *ch = &p->chains[0];
    double *seen = calloc((size_t)ch->n, sizeof *seen);
    double ready[MAX_DRONES];
    int crew[MAX_DRONES];
    int n = 0;
    double worst = 0;
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
        int oldest = -1;
        for (int i = 0; i + 1 < ch->n; i++) {
            if ((oldest < 0 || seen[i] < seen[oldest]) &&
                vg_flight_least_s(p, ch, c, i, i + 1, NULL) < HUGE_VAL) {
                oldest = i;
            }
        }
        int j = oldest;
        while (oldest >= 0 && j + 1 < ch->n &&
               vg_flight_least_s(p, ch, c, oldest, j + 1, NULL) < HUGE_VAL) {
            j++;
        }
        double flight_s = oldest >= 0 ? vg_flight_least_s(p, ch, c, oldest, j, NULL) : 3600;
        for (int i = oldest; i >= 0 && i <= j; i++) {
            double at = t + flight_s / 2;
            worst = t > 86400 && at - seen[i] > worst ? at - seen[i] : worst;
            seen[i] = fmax(seen[i], at);
        }
        ready[d] = t + flight_s + p->crews[c].turnaround_s;
    }
    for (int i = 0; i < ch->n; i++) {
        worst = fmax(worst, DAYS * 86400.0 - seen[i]);
    }
    free(seen);
    return worst;
}

static int fail_with(const struct vg_error *err)
{
    char text[1200];
    fprintf(stderr, "%s\n", vg_error_text(err, text, sizeof text));
    return 1;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "examples/mali/watch.yaml";
    struct vg_watchfile watch;
    struct vg_error err = {0};
    struct vg_plan plan;
    struct vg_check_report report;
    struct vg_problem problem;
    struct vg_terrain *terrain;
    const char *dem[16];
    if (vg_watchfile_load(path, vg_file_read, &watch, &err) != VG_OK) {
        return fail_with(&err);
    }
    int n_dem = watch.n_terrain < 16 ? watch.n_terrain : 16;
    for (int k = 0; k < n_dem; k++) {
        dem[k] = watch.terrain[k];
    }
    if (vg_terrain_open(dem, n_dem, &terrain, &err) != VG_OK) {
        return fail_with(&err);
    }
    double t0 = now_s();
    if (vg_planner_solve(&watch, terrain, NULL, &plan, &err) != VG_OK) {
        return fail_with(&err);
    }
    double plan_s = now_s() - t0;
    t0 = now_s();
    if (vg_check_plan(&plan, &watch, VG_LANG_EN, &report, &err) != VG_OK ||
        vg_problem_init(&problem, &watch, terrain, &(struct vg_planner_options){0}, &err) !=
            VG_OK) {
        return fail_with(&err);
    }
    double check_s = now_s() - t0;
    double furthest_s = furthest_first_s(&problem);
    double greedy_s = greedy_gap_s(&problem);
    printf("plan, whole border with bound: %.2f s (reference: 10 s wanted, %.2f)\n", plan_s,
           plan_s / 10);
    printf("check: %.2f s (%s %s)\n", check_s, report.is_kept ? "kept" : "BROKEN",
           report.violation);
    printf("worst gap: %.0f s (reference: bound %.0f s, %.3f)\n", report.worst_gap_s, plan.bound_s,
           report.worst_gap_s / plan.bound_s);
    printf("furthest first: %.0f s (reference: plan %.0f s, %.2f)\n", furthest_s,
           report.worst_gap_s, furthest_s / report.worst_gap_s);
    printf("oldest first: %.0f s (reference: plan %.0f s, %.2f)\n", greedy_s, report.worst_gap_s,
           greedy_s / report.worst_gap_s);
    vg_problem_finish(&problem);
    vg_plan_finish(&plan);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&watch);
    return report.is_kept ? 0 : 1;
}
