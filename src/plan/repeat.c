/* How often a sortie's visits really come round: drones that follow one another through the same
 * sorties each have a long period, together they repeat in a fraction of it. Where others pass the
 * same places in a multiple of that fraction, this multiple counts for both. */
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool vg_plan_is_alike(const struct vg_plan_sortie *a, const struct vg_plan_sortie *b)
{
    if (a->n_visits != b->n_visits || vg_plan_ticks(a->period_s) != vg_plan_ticks(b->period_s)) {
        return false;
    }
    int64_t shift = vg_plan_ticks(b->takeoff_s) - vg_plan_ticks(a->takeoff_s);
    for (int v = 0; v < a->n_visits; v++) {
        const struct vg_plan_visit *x = &a->visits[v];
        const struct vg_plan_visit *y = &b->visits[v];
        if (fabs(x->from_m - y->from_m) > 0.1 || fabs(x->to_m - y->to_m) > 0.1 ||
            vg_plan_ticks(y->t0_s) - vg_plan_ticks(x->t0_s) != shift ||
            vg_plan_ticks(y->t1_s) - vg_plan_ticks(x->t1_s) != shift ||
            strcmp(x->line, y->line) != 0 || x->pass != y->pass) {
            return false;
        }
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Sorted take-offs round the period p, each with another one `step` later? */
static bool comes_round(const int64_t *at, int n, int64_t p, int64_t step)
{
    for (int k = 0; k < n; k++) {
        int64_t wanted = (at[k] + step) % p;
        if (bsearch(&wanted, at, (size_t)n, sizeof *at, by_number) == NULL) {
            return false;
        }
    }
    return true;
}

/* The shortest step in which n take-offs come round p. */
static int64_t least_step(int64_t *at, int n, int64_t p)
{
    qsort(at, (size_t)n, sizeof *at, by_number);
    for (int parts = n; parts > 1; parts--) {
        if (n % parts == 0 && p % parts == 0 && comes_round(at, n, p, p / parts)) {
            return p / parts;
        }
    }
    return p;
}

/* Steps that sorties of some period come round in. */
struct beat {
    int64_t step;
    int64_t period;
};

int64_t vg_plan_gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static int find_beats(const struct vg_plan *plan, const int64_t *steps, struct beat *out)
{
    int n = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        struct beat b = {steps[k], vg_plan_ticks(plan->sorties[k].period_s)};
        int at = 0;
        while (at < n && (out[at].step != b.step || out[at].period != b.period)) {
            at++;
        }
        if (at == n) {
            out[n++] = b;
        }
    }
    return n;
}

/* The longest step that is common to this beat and another one and divides the periods of both:
 * visits that come round together are judged together. */
static int64_t common_step(const struct beat *own, const struct beat *all, int n)
{
    int64_t most = own->step;
    for (int k = 0; k < n; k++) {
        int64_t common = own->step / vg_plan_gcd(own->step, all[k].step) * all[k].step;
        if (common > most && own->period % common == 0 && all[k].period % common == 0) {
            most = common;
        }
    }
    return most;
}

/* Every sortie's step into out, equal among those that are alike. */
static void find_steps(const struct vg_plan *plan, int64_t *at, int *mine, int64_t *out)
{
    int n = plan->n_sorties;
    for (int k = 0; k < n; k++) {
        out[k] = -1;
    }
    for (int k = 0; k < n; k++) {
        int m = 0;
        int64_t p = vg_plan_ticks(plan->sorties[k].period_s);
        for (int j = k; j < n && out[k] < 0; j++) {
            if (out[j] < 0 && vg_plan_is_alike(&plan->sorties[k], &plan->sorties[j])) {
                mine[m] = j;
                at[m++] = vg_plan_ticks(plan->sorties[j].takeoff_s) % p;
            }
        }
        int64_t step = m > 0 ? least_step(at, m, p) : 0;
        for (int q = 0; q < m; q++) {
            out[mine[q]] = step;
        }
    }
}

enum vg_status vg_plan_repeats(const struct vg_plan *plan, int64_t *out, struct vg_error *err)
{
    size_t room = (size_t)plan->n_sorties + 1;
    int64_t *at = malloc(room * sizeof *at);
    int *mine = malloc(room * sizeof *mine);
    struct beat *beats = malloc(room * sizeof *beats);
    if (at == NULL || mine == NULL || beats == NULL) {
        free(at);
        free(mine);
        free(beats);
        return vg_no_memory(err);
    }
    find_steps(plan, at, mine, out);
    int n_beats = find_beats(plan, out, beats);
    for (int k = 0; k < plan->n_sorties; k++) {
        struct beat own = {out[k], vg_plan_ticks(plan->sorties[k].period_s)};
        int64_t step = common_step(&own, beats, n_beats);
        out[k] = vg_plan_ticks(plan->sorties[k].takeoff_s) % own.period < step ? step : 0;
    }
    free(at);
    free(mine);
    free(beats);
    return VG_OK;
}
