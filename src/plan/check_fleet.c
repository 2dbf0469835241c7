/* Sorties against each other, over all repetitions: two sorties of periods P and Q stand to each
 * other at every multiple of gcd(P, Q), so that whether they ever meet is a question about one
 * circle of that length. */
#include "plan/check_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int64_t vg_check_gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static int64_t mod(int64_t a, int64_t n)
{
    int64_t r = a % n;
    return r < 0 ? r + n : r;
}

/* Do [a, a + la) every p and [b, b + lb) every q ever overlap? Circle of length g: they do unless b
 * lies in [a + la, a + g - lb]. */
static bool do_meet(int64_t a, int64_t la, int64_t p, int64_t b, int64_t lb, int64_t q)
{
    int64_t g = vg_check_gcd(p, q);
    int64_t d = mod(b - a, g);
    return d < la || d + lb > g;
}

static int64_t flight_ticks(const struct vg_plan_sortie *so)
{
    return vg_check_ticks(so->land_s) - vg_check_ticks(so->takeoff_s);
}

static bool check_pair(struct vg_check *self, int i, int j)
{
    const struct vg_plan_sortie *a = &self->plan->sorties[i];
    const struct vg_plan_sortie *b = &self->plan->sorties[j];
    int64_t ta = vg_check_ticks(a->takeoff_s), tb = vg_check_ticks(b->takeoff_s);
    int64_t pa = vg_check_ticks(a->period_s), pb = vg_check_ticks(b->period_s);
    int64_t la = flight_ticks(a), lb = flight_ticks(b);
    int64_t turn =
        (int64_t)ceil(vg_check_type(self, i)->turnaround_s * VG_CHECK_TICKS_PER_S - 1e-6);
    if (do_meet(ta, la, pa, tb, lb, pb)) {
        return vg_check_break(self, "two-places",
                              "drone %s flies sortie %s (from %.1f s to %.1f s) and sortie %s "
                              "(from %.1f s to %.1f s) at once",
                              a->drone, a->id, a->takeoff_s, a->land_s, b->id, b->takeoff_s,
                              b->land_s);
    }
    if (do_meet(ta, la + turn, pa, tb, lb + turn, pb)) {
        return vg_check_break(
            self, "turnaround",
            "drone %s has less than %.0f s on the ground between sorties %s and %s", a->drone,
            vg_check_type(self, i)->turnaround_s, a->id, b->id);
    }
    return true;
}

static bool check_self(struct vg_check *self, int i)
{
    const struct vg_plan_sortie *a = &self->plan->sorties[i];
    int64_t period = vg_check_ticks(a->period_s);
    double turn_s = vg_check_type(self, i)->turnaround_s;
    if (flight_ticks(a) > period) {
        return vg_check_break(self, "two-places",
                              "drone %s: sortie %s begins again after %.1f s, before it has landed",
                              a->drone, a->id, a->period_s);
    }
    if (flight_ticks(a) + (int64_t)ceil(turn_s * VG_CHECK_TICKS_PER_S - 1e-6) > period) {
        return vg_check_break(
            self, "turnaround",
            "drone %s has less than %.0f s on the ground between sorties %s and %s", a->drone,
            turn_s, a->id, a->id);
    }
    return true;
}

/* The next take-off of the same drone after sortie i lands: must be where it landed. Exact where
 * the periods are equal; drones with sorties of several periods must take off and land at one base.
 */
static bool check_base(struct vg_check *self, int i)
{
    const struct vg_plan_sortie *a = &self->plan->sorties[i];
    int64_t land = vg_check_ticks(a->land_s);
    int next = i;
    if (self->base_from[i] != self->base_to[i] && !self->watch->may_land_elsewhere) {
        return vg_check_break(self, "landings",
                              "sortie %s of drone %s takes off from %s and lands at %s; in this "
                              "watch flights land where they took off (landings: home)",
                              a->id, a->drone, a->base_from, a->base_to);
    }
    int64_t least = INT64_MAX;
    for (int j = 0; j < self->plan->n_sorties; j++) {
        const struct vg_plan_sortie *b = &self->plan->sorties[j];
        if (self->drone[j] != self->drone[i]) {
            continue;
        }
        bool is_same_period = vg_check_ticks(a->period_s) == vg_check_ticks(b->period_s);
        if (!is_same_period && self->base_from[j] != self->base_to[i]) {
            next = j;
            break;
        }
        int64_t wait = mod(vg_check_ticks(b->takeoff_s) - land, vg_check_ticks(a->period_s));
        if (is_same_period && wait < least) {
            least = wait;
            next = j;
        }
    }
    if (self->base_from[next] != self->base_to[i]) {
        return vg_check_break(
            self, "base",
            "drone %s lands at %s with sortie %s and takes off from %s with sortie %s", a->drone,
            a->base_to, a->id, self->plan->sorties[next].base_from, self->plan->sorties[next].id);
    }
    return true;
}

/* Take-offs and landings at a base: each holds a pad for a minute. */
static const int64_t PAD_TICKS = 60 * VG_CHECK_TICKS_PER_S;

struct event {
    int64_t t;
    int64_t period;
    int sortie;
    int most; /* pads that those of its period ever hold at once */
};

static int by_period(const void *a, const void *b)
{
    const struct event *x = a;
    const struct event *y = b;
    if (x->period != y->period) {
        return x->period < y->period ? -1 : 1;
    }
    return x->t != y->t ? (x->t < y->t ? -1 : 1) : x->sortie - y->sortie;
}

/* Of each drone's own sorties, or of those of all drones that fly the same ones together. */
static int collect_events(const struct vg_check *self, int base, bool is_together, struct event *ev)
{
    int n = 0;
    for (int k = 0; k < self->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &self->plan->sorties[k];
        int64_t period = is_together ? self->every[k] : vg_check_ticks(so->period_s);
        if (period == 0) {
            continue;
        }
        if (self->base_from[k] == base) {
            ev[n++] = (struct event){vg_check_ticks(so->takeoff_s), period, k, 0};
        }
        if (self->base_to[k] == base) {
            ev[n++] = (struct event){vg_check_ticks(so->land_s), period, k, 0};
        }
    }
    qsort(ev, (size_t)n, sizeof *ev, by_period);
    return n;
}

/* The end of the events that have ev[i]'s period. */
static int period_end(const struct event *ev, int n, int i)
{
    int end = i;
    while (end < n && ev[end].period == ev[i].period) {
        end++;
    }
    return end;
}

/* How many of ev[from..to) may hold a pad as `at` begins. */
static int held_at(const struct event *ev, int from, int to, const struct event *at)
{
    int held = 0;
    for (int j = from; j < to; j++) {
        held += do_meet(ev[j].t, PAD_TICKS, ev[j].period, at->t, 1, at->period);
    }
    return held;
}

static void find_most(struct event *ev, int n)
{
    for (int from = 0, to = 0; from < n; from = to) {
        int most = 0;
        to = period_end(ev, n, from);
        for (int k = from; k < to; k++) {
            int held = held_at(ev, from, to, &ev[k]);
            most = held > most ? held : most;
        }
        for (int k = from; k < to; k++) {
            ev[k].most = most;
        }
    }
}

/* The instants of most use are the beginnings of the events' minutes: who holds a pad then is
 * counted, exactly among events of one period. Those of other periods drift past: all that ever
 * meet this one are taken to do so together, but no more than ever hold pads at once. The event at
 * which more than `pads` may be held; NULL: never. */
static const struct event *find_crowd(struct event *ev, int n, int pads, int *out_held)
{
    find_most(ev, n);
    for (int i = 0; i < n; i++) {
        int sum = 0;
        for (int from = 0, to = 0; from < n; from = to) {
            to = period_end(ev, n, from);
            int held = held_at(ev, from, to, &ev[i]);
            sum += held < ev[from].most ? held : ev[from].most;
        }
        if (sum > pads) {
            *out_held = sum;
            return &ev[i];
        }
    }
    return NULL;
}

/* Both ways of counting are on the safe side; either may show that the pads do. */
static bool check_pads(struct vg_check *self, int base, struct event *ev)
{
    int pads = self->watch->bases[base].pads > 0 ? self->watch->bases[base].pads : 1;
    int held = 0;
    int n = collect_events(self, base, true, ev);
    if (find_crowd(ev, n, pads, &held) == NULL) {
        return true;
    }
    n = collect_events(self, base, false, ev);
    const struct event *crowd = find_crowd(ev, n, pads, &held);
    if (crowd == NULL) {
        return true;
    }
    const struct vg_plan_sortie *so = &self->plan->sorties[crowd->sortie];
    return vg_check_break(self, "pads",
                          "base %s: %d take-offs and landings within a minute, of sortie "
                          "%s of drone %s and others; it has %d pads",
                          self->watch->bases[base].name, held, so->id, so->drone, pads);
}

/* A drone that goes from base to base begins at its own: some sortie must take off there. */
static bool check_beginning(struct vg_check *self, int i)
{
    int own = self->watch->drones[self->drone[i]].base;
    bool does = self->base_from[i] == self->base_to[i];
    for (int j = 0; j < self->plan->n_sorties && !does; j++) {
        does = self->drone[j] == self->drone[i] && self->base_from[j] == own;
    }
    return does || vg_check_break(self, "base",
                                  "drone %s is at home at %s, from where none of its sorties takes "
                                  "off: it could never begin",
                                  self->plan->sorties[i].drone, self->watch->bases[own].name);
}

bool vg_check_fleet(struct vg_check *self, bool *out_no_memory)
{
    int n = self->plan->n_sorties;
    for (int i = 0; i < n; i++) {
        if (!check_beginning(self, i)) {
            return false;
        }
        if (!check_self(self, i)) {
            return false;
        }
        for (int j = i + 1; j < n; j++) {
            if (self->drone[i] == self->drone[j] && !check_pair(self, i, j)) {
                return false;
            }
        }
        if (!check_base(self, i)) {
            return false;
        }
    }
    struct event *ev = malloc((2 * (size_t)n + 1) * sizeof *ev);
    if (ev == NULL) {
        *out_no_memory = true;
        return false;
    }
    bool is_ok = true;
    for (int b = 0; b < self->watch->n_bases && is_ok; b++) {
        is_ok = check_pads(self, b, ev);
    }
    free(ev);
    return is_ok;
}
