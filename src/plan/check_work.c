/* Maintenance: every drone whose type asks for it is worked on long enough, on the ground at its
 * base, and flies no more between two such times than its type allows. */
#include "plan/check_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ROUNDING_S = 0.11;

/* Flights and work of one drone round its period. */
struct turn {
    double from_s;
    double to_s;
    bool is_work;
};

static int by_begin(const void *x, const void *y)
{
    double a = ((const struct turn *)x)->from_s;
    double b = ((const struct turn *)y)->from_s;
    return (a > b) - (a < b);
}

static bool check_slot(struct vg_check *self, const struct vg_plan_slot *slot)
{
    int drone = vg_watchfile_find_drone(self->watch, slot->drone);
    if (drone < 0 || vg_watchfile_find_base(self->watch, slot->base) < 0) {
        return vg_check_break(self, "unknown-name",
                              "maintenance of drone %s at base %s: the watch has no such name",
                              slot->drone, slot->base);
    }
    double work_s = self->watch->types[self->watch->drones[drone].type].maintenance_s;
    if (slot->to_s - slot->from_s < work_s - ROUNDING_S) {
        return vg_check_break(self, "maintenance",
                              "maintenance of drone %s lasts %.0f s; its type needs %.0f s",
                              slot->drone, slot->to_s - slot->from_s, work_s);
    }
    return true;
}

/* Of a drone's periods: the first one is noted, others must be like it. */
static bool is_same(double period_s, double *io_period_s)
{
    *io_period_s = *io_period_s > 0 ? *io_period_s : period_s;
    return fabs(period_s - *io_period_s) < ROUNDING_S;
}

/* All that a drone does, sorted; period 0: it does nothing. */
static int gather(const struct vg_check *self, int drone, struct turn *out, double *out_period_s,
                  bool *out_is_even)
{
    const char *id = self->watch->drones[drone].id;
    int n = 0;
    *out_period_s = 0;
    *out_is_even = true;
    for (int k = 0; k < self->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &self->plan->sorties[k];
        if (self->drone[k] == drone) {
            out[n++] = (struct turn){so->takeoff_s, so->land_s, false};
            *out_is_even = *out_is_even && is_same(so->period_s, out_period_s);
        }
    }
    for (int k = 0; k < self->plan->n_slots; k++) {
        const struct vg_plan_slot *slot = &self->plan->slots[k];
        if (strcmp(slot->drone, id) == 0) {
            out[n++] = (struct turn){slot->from_s, slot->to_s, true};
            *out_is_even = *out_is_even && is_same(slot->period_s, out_period_s);
        }
    }
    qsort(out, (size_t)n, sizeof *out, by_begin);
    return n;
}

/* Twice round the period, from the first work on. */
static bool check_turns(struct vg_check *self, int drone, const struct turn *t, int n,
                        double period_s)
{
    const struct vg_wf_type *type = &self->watch->types[self->watch->drones[drone].type];
    double most_s = type->maintenance_every_s;
    double flown_s = 0;
    bool has_work = false;
    for (int k = 0; k < 2 * n; k++) {
        const struct turn *a = &t[k % n];
        const struct turn *b = &t[(k + 1) % n];
        double next_s = b->from_s + (k % n == n - 1 ? period_s : 0);
        if ((a->is_work || b->is_work) && next_s < a->to_s - ROUNDING_S) {
            return vg_check_break(self, "maintenance",
                                  "drone %s is to fly and to be worked on at once, at %.1f s",
                                  self->watch->drones[drone].id, b->from_s);
        }
        has_work = has_work || a->is_work;
        flown_s = a->is_work ? 0 : flown_s + a->to_s - a->from_s;
        if (flown_s > most_s + ROUNDING_S) {
            return vg_check_break(self, "maintenance",
                                  "drone %s flies %.1f h without maintenance; %.1f h are allowed",
                                  self->watch->drones[drone].id, flown_s / VG_HOUR_S,
                                  most_s / VG_HOUR_S);
        }
    }
    return has_work || vg_check_break(self, "maintenance", "drone %s never has its maintenance",
                                      self->watch->drones[drone].id);
}

bool vg_check_work(struct vg_check *self, bool *out_no_memory)
{
    size_t most = (size_t)self->plan->n_sorties + (size_t)self->plan->n_slots + 1;
    struct turn *turns = malloc(most * sizeof *turns);
    bool is_ok = turns != NULL;
    *out_no_memory = turns == NULL;
    for (int k = 0; k < self->plan->n_slots && is_ok; k++) {
        is_ok = check_slot(self, &self->plan->slots[k]);
    }
    for (int d = 0; d < self->watch->n_drones && is_ok; d++) {
        double period_s;
        bool is_even;
        int n = gather(self, d, turns, &period_s, &is_even);
        if (n == 0 || !(self->watch->types[self->watch->drones[d].type].maintenance_s > 0)) {
            continue;
        }
        is_ok = is_even ? check_turns(self, d, turns, n, period_s)
                        : vg_check_break(self, "maintenance",
                                         "drone %s repeats its flights and its maintenance after "
                                         "different periods",
                                         self->watch->drones[d].id);
    }
    free(turns);
    return is_ok;
}
