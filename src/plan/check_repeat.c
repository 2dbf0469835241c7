/* How often a sortie's visits come round when several drones fly them one behind the other.
 *
 * Sorties of one period with the same visits at the same times after take-off are one flight at
 * several times of day. If those times are the same after a shift of 1/m of the period, the flight
 * repeats m times as often; the least shift is looked for among those that lead from the first of
 * them to another. Proof that this is exact: the set of visits is the same after the shift, so it
 * is after all its multiples, and the period is one of them.
 *
 * It then repeats after every multiple of the shift that divides its period too. Flights of unlike
 * shifts are brought to a multiple that both have, so that their visits are judged together.
 */
#include "plan/check_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_copy(const struct vg_check *self, int i, int j)
{
    const struct vg_plan_sortie *a = &self->plan->sorties[i];
    const struct vg_plan_sortie *b = &self->plan->sorties[j];
    if (a->n_visits != b->n_visits || vg_check_ticks(a->period_s) != vg_check_ticks(b->period_s)) {
        return false;
    }
    for (int v = 0; v < a->n_visits; v++) {
        const struct vg_plan_visit *x = &a->visits[v];
        const struct vg_plan_visit *y = &b->visits[v];
        if (vg_check_ticks(x->t0_s - a->takeoff_s) != vg_check_ticks(y->t0_s - b->takeoff_s) ||
            vg_check_ticks(x->t1_s - a->takeoff_s) != vg_check_ticks(y->t1_s - b->takeoff_s) ||
            llround(x->from_m) != llround(y->from_m) || llround(x->to_m) != llround(y->to_m) ||
            strcmp(x->line, y->line) != 0 || x->pass != y->pass) {
            return false;
        }
    }
    return vg_check_ticks(a->land_s - a->takeoff_s) == vg_check_ticks(b->land_s - b->takeoff_s) &&
           self->base_from[i] == self->base_from[j] && self->base_to[i] == self->base_to[j];
}

static int64_t round_ticks(int64_t t, int64_t period)
{
    int64_t r = t % period;
    return r < 0 ? r + period : r;
}

/* Do n times round the period stay the same set after a shift? */
static bool stays(const int64_t *at, int n, int64_t period, int64_t shift)
{
    for (int k = 0; k < n; k++) {
        bool is_there = false;
        for (int j = 0; j < n && !is_there; j++) {
            is_there = round_ticks(at[k] + shift - at[j], period) == 0;
        }
        if (!is_there) {
            return false;
        }
    }
    return true;
}

static int64_t least_shift(const int64_t *at, int n, int64_t period)
{
    int64_t least = period;
    for (int k = 1; k < n; k++) {
        int64_t shift = round_ticks(at[k] - at[0], period);
        if (shift > 0 && shift < least && period % shift == 0 && stays(at, n, period, shift)) {
            least = shift;
        }
    }
    return least;
}

static int64_t period_of(const struct vg_check *self, int sortie)
{
    return vg_check_ticks(self->plan->sorties[sortie].period_s);
}

/* The least multiple of both shifts; 0 where it does not divide both periods. */
static int64_t meet(int64_t shift_a, int64_t period_a, int64_t shift_b, int64_t period_b)
{
    for (int64_t m = shift_a; m <= period_a; m += shift_a) {
        if (m % shift_b == 0) {
            return period_a % m == 0 && period_b % m == 0 ? m : 0;
        }
    }
    return 0;
}

/* self->every holds the shifts: they grow to common multiples, and all copies but those that take
 * off within the first one are left out. `shifts` has room for all sorties. */
static void join_shifts(struct vg_check *self, int64_t *shifts)
{
    int n = self->plan->n_sorties;
    memcpy(shifts, self->every, (size_t)n * sizeof *shifts);
    for (int i = 0; i < n; i++) {
        int64_t period = period_of(self, i);
        int64_t joined = shifts[i];
        for (int j = 0; j < n; j++) {
            bool is_known =
                j > 0 && shifts[j] == shifts[j - 1] && period_of(self, j) == period_of(self, j - 1);
            int64_t m = is_known ? 0 : meet(shifts[i], period, shifts[j], period_of(self, j));
            joined = m > joined ? m : joined;
        }
        int64_t at = round_ticks(vg_check_ticks(self->plan->sorties[i].takeoff_s), period);
        self->every[i] = at < joined ? joined : 0;
    }
}

bool vg_check_repeats(struct vg_check *self, bool *out_no_memory)
{
    int n = self->plan->n_sorties;
    int64_t *at = malloc(((size_t)n + 1) * sizeof *at);
    int *copies = malloc(((size_t)n + 1) * sizeof *copies);
    *out_no_memory = at == NULL || copies == NULL;
    for (int i = 0; i < n && !*out_no_memory; i++) {
        self->every[i] = -1;
    }
    for (int i = 0; i < n && !*out_no_memory; i++) {
        int64_t period = period_of(self, i);
        int m = 0;
        for (int j = i; j < n && self->every[i] < 0; j++) {
            if (self->every[j] < 0 && is_copy(self, i, j)) {
                copies[m] = j;
                at[m++] = round_ticks(vg_check_ticks(self->plan->sorties[j].takeoff_s), period);
            }
        }
        int64_t shift = m > 0 ? least_shift(at, m, period) : 0;
        for (int q = 0; q < m; q++) {
            self->every[copies[q]] = shift;
        }
    }
    if (!*out_no_memory) {
        join_shifts(self, at);
    }
    free(at);
    free(copies);
    return !*out_no_memory;
}
