/* Who flies what: the sorties of a rota handed to the crews' drones.
 *
 * Drones take the next take-off in the order in which they are ready: the drone that is ready m-th
 * in a period flies the (m + n - out)-th take-off, out being those in the air when it begins. So
 * each sortie has a next one, and the sorties fall into rings. A drone that flies a ring of sorties
 * is back at its first one after a whole number l of periods; l drones fly the ring, each one
 * period behind the one before, and the ls of a crew's rings add up to its n drones.
 *
 * Where flights may land elsewhere the same holds base by base, with the drones that are free there
 * in place of n - out, and rings lead from base to base (rota_slots.c says which drone has which
 * place in them).
 */
#include "plan/rota.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct moment {
    int sortie;
    int64_t t; /* ticks, in [0, period) */
    int64_t turns; /* periods taken off */
};

/* Maintenance of one drone of a crew a day. */
struct job {
    int crew;
    int64_t at;
    int64_t busy; /* turnaround included */
};

struct hand {
    const struct vg_problem *p;
    const struct vg_rota_plan *rota;
    const struct vg_plan_sortie *flights;
    struct vg_plan *plan;
    int64_t period;
    struct moment *start; /* of one crew */
    struct moment *ready;
    struct job *jobs; /* numbered behind the sorties */
    int n_jobs;
    struct vg_pool pool;
    int *next; /* per sortie */
    int64_t *wait; /* from its take-off to that of the next */
    bool *is_done;
    struct vg_rota_turn *turns; /* of a pool's slots, room for all sorties each */
};

static int by_moment(const void *a, const void *b)
{
    const struct moment *x = a;
    const struct moment *y = b;
    return x->t != y->t ? (x->t < y->t ? -1 : 1) : x->sortie - y->sortie;
}

static int crew_of(const struct hand *self, int k)
{
    return k < self->rota->n ? self->rota->sorties[k].crew : self->jobs[k - self->rota->n].crew;
}

/* Flight, or work, and turnaround. */
static int64_t busy_of(const struct hand *self, int k)
{
    if (k >= self->rota->n) {
        return self->jobs[k - self->rota->n].busy;
    }
    double turnaround_s = self->p->crews[self->rota->sorties[k].crew].turnaround_s;
    return vg_plan_ticks(self->flights[k].land_s) +
           (int64_t)ceil(turnaround_s * VG_TICKS_PER_S - 1e-6);
}

static int64_t takeoff_of(const struct hand *self, int k)
{
    if (k >= self->rota->n) {
        return self->jobs[k - self->rota->n].at;
    }
    int64_t t = vg_plan_ticks(self->rota->sorties[k].at_s) % self->period;
    return t < 0 ? t + self->period : t;
}

static int land_of(const struct hand *self, int k)
{
    return k < self->rota->n ? vg_rota_land(&self->rota->sorties[k]) : crew_of(self, k);
}

/* Fills start and ready of a crew's base. false: not as many land as take off. */
static bool collect(struct hand *self, int crew, int *out_n, int64_t *out_out)
{
    int n = 0;
    int n_ready = 0;
    *out_out = 0;
    for (int k = 0; k < self->rota->n + self->n_jobs; k++) {
        int64_t at = takeoff_of(self, k);
        if (crew_of(self, k) == crew) {
            self->start[n++] = (struct moment){k, at, 0};
        }
        if (land_of(self, k) == crew) {
            int64_t end = at + busy_of(self, k);
            self->ready[n_ready++] = (struct moment){k, end % self->period, end / self->period};
            *out_out += end / self->period;
        }
    }
    qsort(self->start, (size_t)n, sizeof *self->start, by_moment);
    qsort(self->ready, (size_t)n_ready, sizeof *self->ready, by_moment);
    *out_n = n;
    return n == n_ready;
}

/* Links the sorties that land at a crew's base to those that take off there, `ready` of its drones
 * being free as the period begins. */
static void link_base(struct hand *self, int n, int64_t ready)
{
    for (int m = 0; m < n; m++) {
        int64_t q = m + ready;
        int64_t wraps = q >= 0 ? q / n : -((-q + n - 1) / n);
        const struct moment *from = &self->ready[m];
        const struct moment *to = &self->start[q - wraps * n];
        self->next[from->sortie] = to->sortie;
        self->wait[from->sortie] =
            to->t + (wraps + from->turns) * self->period - takeoff_of(self, from->sortie);
    }
}

static void link_crew(struct hand *self, int crew)
{
    int n;
    int64_t out;
    collect(self, crew, &n, &out);
    link_base(self, n, self->p->crews[crew].n - out);
}

/* All bases of a pool. Drones to spare stand where most flights begin. false: it cannot be flown.
 */
static bool link_pool(struct hand *self, int first)
{
    const struct vg_problem *p = self->p;
    int n_drones = 0;
    int busiest = first;
    int n;
    int64_t out;
    bool is_even = true;
    for (int c = first; c < p->n_crews; c++) {
        n_drones += self->pool.group[c] == first ? p->crews[c].n : 0;
    }
    vg_pool_begin(&self->pool, (double)self->period, n_drones);
    for (int c = first; c < p->n_crews; c++) {
        if (self->pool.group[c] == first) {
            is_even = collect(self, c, &n, &out) && is_even;
            for (int k = 0; k < n && is_even; k++) {
                self->pool.start[k] = (double)self->start[k].t;
                self->pool.ready[k] = (double)self->ready[k].t;
            }
            self->pool.n_out += (int)out;
            vg_pool_add(&self->pool, c, n, n);
            busiest = self->pool.n_start[c] > self->pool.n_start[busiest] ? c : busiest;
        }
    }
    int spare = n_drones - self->pool.n_out - self->pool.least - self->pool.n_gains;
    if (!is_even || vg_pool_deal(&self->pool) > 0 || self->pool.n_start[busiest] == 0) {
        return false;
    }
    self->pool.stock[busiest] += spare > 0 ? spare : 0;
    for (int c = first; c < p->n_crews; c++) {
        if (self->pool.group[c] == first) {
            collect(self, c, &n, &out);
            link_base(self, n, self->pool.stock[c]);
        }
    }
    return true;
}

static enum vg_status add_sortie(struct hand *self, int k, int drone, int64_t at, int64_t period,
                                 int number, struct vg_error *err)
{
    const struct vg_watchfile *w = self->p->watch;
    const struct vg_crew *crew = &self->p->crews[self->rota->sorties[k].crew];
    struct vg_plan_sortie *so = &self->plan->sorties[self->plan->n_sorties++];
    double shift_s = (double)at / VG_TICKS_PER_S;
    enum vg_status st = vg_sortie_copy(&self->flights[k], shift_s, so, err);
    if (st != VG_OK) {
        return st;
    }
    vg_format(so->drone, sizeof so->drone, "%s", w->drones[drone].id);
    vg_format(so->id, sizeof so->id, "%s.%d", so->drone, number);
    vg_format(so->base_from, sizeof so->base_from, "%s", w->bases[crew->base].name);
    vg_format(so->base_to, sizeof so->base_to, "%s",
              w->bases[self->p->crews[land_of(self, k)].base].name);
    so->takeoff_s = shift_s;
    so->land_s = so->track[so->n_track - 1].t_s;
    so->period_s = (double)period / VG_TICKS_PER_S;
    so->energy = self->flights[k].energy;
    so->depth_m = self->flights[k].depth_m;
    self->plan->period_s = fmax(self->plan->period_s, so->period_s);
    return VG_OK;
}

/* ---- maintenance ---- */

/* A wait from k's take-off to that of `next`, no shorter than k takes. */
static int64_t wait_for(const struct hand *self, int k, int next)
{
    int64_t busy = busy_of(self, k);
    int64_t wait = (takeoff_of(self, next) - takeoff_of(self, k) - busy) % self->period;
    return busy + (wait < 0 ? wait + self->period : wait);
}

static bool is_in_ring(const struct hand *self, int k, int of)
{
    int at = of;
    do {
        if (at == k) {
            return true;
        }
        at = self->next[at];
    } while (at != of);
    return false;
}

/* Two drones on the ground at a crew's base at once may take each other's turn: where the two are
 * in different rings these become one. So every drone of a crew comes to its maintenance, and every
 * one of a pool to its own base. */
static void join_rings(struct hand *self, int crew)
{
    int n = self->rota->n + self->n_jobs;
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < n && land_of(self, a) == crew; b++) {
            if (land_of(self, b) != crew || is_in_ring(self, b, a)) {
                continue;
            }
            int64_t wait_a = wait_for(self, a, self->next[b]);
            int64_t wait_b = wait_for(self, b, self->next[a]);
            if (wait_a + wait_b == self->wait[a] + self->wait[b]) {
                int next = self->next[a];
                self->next[a] = self->next[b];
                self->next[b] = next;
                self->wait[a] = wait_a;
                self->wait[b] = wait_b;
            }
        }
    }
}

/* The most that a drone of this ring flies between two jobs; HUGE_VAL: it has none. */
static double most_between_s(const struct hand *self, int k)
{
    double since_s = 0;
    double most_s = 0;
    int first = k;
    do {
        first = self->next[first];
    } while (first != k && first < self->rota->n);
    if (first < self->rota->n) {
        return HUGE_VAL;
    }
    int at = first;
    do {
        since_s = at < self->rota->n ? since_s + self->flights[at].land_s : 0;
        most_s = fmax(most_s, since_s);
        at = self->next[at];
    } while (at != first);
    return most_s;
}

static enum vg_status check_maintenance(const struct hand *self, int k, struct vg_error *err)
{
    const struct vg_crew *crew = &self->p->crews[crew_of(self, k)];
    const struct vg_wf_type *type = &self->p->watch->types[crew->type];
    if (type->maintenance_s > 0 && most_between_s(self, k) > type->maintenance_every_s) {
        return vg_fail(err, VG_E_INVALID,
                       "base %s: no turn was found in which each of %d drones of type %s has its "
                       "maintenance within %.0f h of flight; more drones there, or longer between "
                       "maintenances, would do",
                       self->p->watch->bases[crew->base].name, crew->n, type->name,
                       type->maintenance_every_s / VG_HOUR_S);
    }
    return VG_OK;
}

static enum vg_status add_slot(struct hand *self, int k, int drone, int64_t at, int64_t period,
                               struct vg_error *err)
{
    const struct vg_watchfile *w = self->p->watch;
    const struct vg_crew *crew = &self->p->crews[crew_of(self, k)];
    struct vg_plan *plan = self->plan;
    size_t n = (size_t)plan->n_slots + 1;
    struct vg_plan_slot *slots = realloc(plan->slots, n * sizeof *slots);
    if (slots == NULL) {
        return vg_no_memory(err);
    }
    plan->slots = slots;
    struct vg_plan_slot *slot = &slots[plan->n_slots++];
    *slot = (struct vg_plan_slot){.from_s = (double)at / VG_TICKS_PER_S,
                                  .period_s = (double)period / VG_TICKS_PER_S};
    slot->to_s = slot->from_s + w->types[crew->type].maintenance_s;
    vg_format(slot->drone, sizeof slot->drone, "%s", w->drones[drone].id);
    vg_format(slot->base, sizeof slot->base, "%s", w->bases[crew->base].name);
    return VG_OK;
}

/* ---- rings ---- */

/* Room for so many more. */
static bool grow(struct vg_plan *plan, int more)
{
    size_t n = (size_t)(plan->n_sorties + more);
    struct vg_plan_sortie *bigger = realloc(plan->sorties, (n + 1) * sizeof *bigger);
    if (bigger == NULL) {
        return false;
    }
    plan->sorties = bigger;
    memset(bigger + plan->n_sorties, 0, ((size_t)more + 1) * sizeof *bigger);
    return true;
}

/* How long a drone takes round the ring that sortie k is in, and how many sorties there are. */
static int64_t go_round(const struct hand *self, int k, int *out_n)
{
    int64_t around = 0;
    int at = k;
    *out_n = 0;
    do {
        around += self->wait[at];
        (*out_n)++;
        at = self->next[at];
    } while (at != k);
    return around;
}

/* The ring that sortie k is in, for its drones: the next of `drones`, which has n_free. */
static enum vg_status add_ring(struct hand *self, int k, const int *drones, int n_free,
                               int *io_drone, struct vg_error *err)
{
    int n;
    int at = k;
    int64_t around = go_round(self, k, &n);
    int n_drones = (int)(around / self->period);
    if (n_drones < 1 || around % self->period != 0 || *io_drone + n_drones > n_free) {
        return vg_fail(err, VG_E_INTERNAL, "a rota's drones do not come round");
    }
    if (!grow(self->plan, n * n_drones)) {
        return vg_no_memory(err);
    }
    for (int d = 0; d < n_drones; d++) {
        int64_t t = takeoff_of(self, k) + d * self->period;
        for (int q = 0; q < n; q++) {
            int drone = drones[*io_drone];
            self->is_done[at] = true;
            enum vg_status st = at < self->rota->n
                                    ? add_sortie(self, at, drone, t % around, around, q + 1, err)
                                    : add_slot(self, at, drone, t % around, around, err);
            if (st != VG_OK) {
                return st;
            }
            t += self->wait[at];
            at = self->next[at];
        }
        (*io_drone)++;
    }
    return VG_OK;
}

static enum vg_status hand_out(struct hand *self, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int c = 0; c < self->p->n_crews && st == VG_OK; c++) {
        int drone = 0;
        link_crew(self, c);
        if (self->p->clock != NULL && self->p->clock->n_jobs[c] > 0) {
            join_rings(self, c);
        }
        for (int k = 0; k < self->rota->n && st == VG_OK; k++) {
            if (self->rota->sorties[k].crew == c && !self->is_done[k]) {
                st = check_maintenance(self, k, err);
                st = st == VG_OK ? add_ring(self, k, self->p->crews[c].drones, self->p->crews[c].n,
                                            &drone, err)
                                 : st;
            }
        }
    }
    return st;
}

/* ---- pools ---- */

static bool is_of_pool(const struct hand *self, int k, int first)
{
    return self->pool.group[crew_of(self, k)] == first;
}

/* The places in a pool's rings, in the order in which add_ring fills them. */
static int list_slots(const struct hand *self, int first, int *seen, struct vg_rota_slot *out,
                      int most)
{
    int n_slots = 0;
    memset(seen, 0, (size_t)self->rota->n * sizeof *seen);
    for (int k = 0; k < self->rota->n; k++) {
        int n;
        if (seen[k] || !is_of_pool(self, k, first)) {
            continue;
        }
        int64_t around = go_round(self, k, &n);
        for (int d = 0; d < around / self->period && n_slots < most; d++) {
            struct vg_rota_slot *slot = &out[n_slots++];
            int64_t t = takeoff_of(self, k) + d * self->period;
            int at = k;
            *slot = (struct vg_rota_slot){.n = n, .around = around};
            slot->turns = &self->turns[(size_t)(n_slots - 1) * (size_t)self->rota->n];
            for (int q = 0; q < n; q++) {
                seen[at] = 1;
                slot->turns[q] = (struct vg_rota_turn){crew_of(self, at), t % around};
                t += self->wait[at];
                at = self->next[at];
            }
        }
    }
    return n_slots;
}

static enum vg_status hand_pool(struct hand *self, int first, struct vg_error *err)
{
    const struct vg_problem *p = self->p;
    size_t most = (size_t)p->watch->n_drones + 1;
    struct vg_rota_slot *slots = calloc(most, sizeof *slots);
    int *drones = calloc(most, sizeof *drones);
    int *seen = calloc((size_t)self->rota->n + 1, sizeof *seen);
    enum vg_status st = VG_OK;
    int n = 0;
    self->turns = calloc(most * (size_t)self->rota->n, sizeof *self->turns);
    if (slots == NULL || drones == NULL || seen == NULL || self->turns == NULL) {
        st = vg_no_memory(err);
    } else if (!link_pool(self, first)) {
        st = VG_E_NOT_FOUND;
    } else {
        bool is_filled = false;
        for (int pass = 0; pass < 2 && !is_filled; pass++) {
            for (int c = first; c < p->n_crews && pass == 1; c++) {
                join_rings(self, c);
            }
            n = list_slots(self, first, seen, slots, (int)most - 1);
            is_filled = vg_rota_slots_fill(p, self->pool.group, first, slots, n, drones);
        }
        st = is_filled ? VG_OK : VG_E_NOT_FOUND;
    }
    for (int k = 0, drone = 0; k < self->rota->n && st == VG_OK; k++) {
        if (is_of_pool(self, k, first) && !self->is_done[k]) {
            st = add_ring(self, k, drones, n, &drone, err);
        }
    }
    free(slots);
    free(drones);
    free(seen);
    free(self->turns);
    self->turns = NULL;
    return st;
}

static enum vg_status hand_out_pools(struct hand *self, struct vg_error *err)
{
    enum vg_status st =
        vg_pool_init(&self->pool, self->p->n_crews, self->rota->n) ? VG_OK : vg_no_memory(err);
    if (st == VG_OK) {
        vg_pool_group(self->p, self->rota->sorties, self->rota->n, self->pool.group);
    }
    for (int c = 0; c < self->p->n_crews && st == VG_OK; c++) {
        int n_flights = 0;
        for (int k = 0; k < self->rota->n; k++) {
            n_flights += is_of_pool(self, k, c);
        }
        st = n_flights > 0 ? hand_pool(self, c, err) : VG_OK;
    }
    vg_pool_finish(&self->pool);
    return st;
}

enum vg_status vg_rota_hand_out(const struct vg_problem *p, const struct vg_rota_plan *rota,
                                const struct vg_plan_sortie *flights, struct vg_plan *io,
                                struct vg_error *err)
{
    size_t n = (size_t)rota->n + 1;
    struct hand self = {.p = p, .rota = rota, .flights = flights, .plan = io};
    self.period = vg_plan_ticks(rota->period_s);
    for (int c = 0; c < p->n_crews && p->clock != NULL; c++) {
        n += (size_t)p->clock->n_jobs[c];
    }
    self.jobs = calloc(n, sizeof *self.jobs);
    for (int c = 0; c < p->n_crews && p->clock != NULL && self.jobs != NULL; c++) {
        for (int k = 0; k < p->clock->n_jobs[c]; k++) {
            const struct vg_clock_job *job = &p->clock->jobs[c][k];
            self.jobs[self.n_jobs++] =
                (struct job){c, vg_plan_ticks(job->at_s), vg_plan_ticks(job->busy_s)};
        }
    }
    self.start = calloc(n, sizeof *self.start);
    self.ready = calloc(n, sizeof *self.ready);
    self.next = calloc(n, sizeof *self.next);
    self.wait = calloc(n, sizeof *self.wait);
    self.is_done = calloc(n, sizeof *self.is_done);
    enum vg_status st = VG_OK;
    if (!self.start || !self.ready || !self.next || !self.wait || !self.is_done || !self.jobs) {
        st = vg_no_memory(err);
    } else {
        io->period_s = 0;
        st = rota->is_pooled ? hand_out_pools(&self, err) : hand_out(&self, err);
    }
    while (st != VG_OK && io->n_sorties > 0) { /* another rota may do */
        io->n_sorties--;
        free(io->sorties[io->n_sorties].track);
        free(io->sorties[io->n_sorties].visits);
    }
    io->n_slots = st == VG_OK ? io->n_slots : 0;
    free(self.jobs);
    free(self.start);
    free(self.ready);
    free(self.next);
    free(self.wait);
    free(self.is_done);
    return st;
}
