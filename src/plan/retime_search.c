/* The search for tours that begin well (retime.h).
 *
 * Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing",
 * Science 220, 1983.
 */
#include "plan/retime_walk.h"

#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRIES = 4,
    MOVES = 2000, /* of all tries, and as many more for each flight */
    MOST_MOVES = 24000
};
/* The headway may be so much longer than the drones need: waits are of use only at the beginning,
 * and the headway stays. */
static const double MOST_LONGER = 0.03;
static const double HOT = 0.1; /* of the worst to come */
static const double COLD = 1e-4;

/* ---- moves ---- */

static int below(struct vg_retime_walk *s, int n)
{
    return (int)vg_rng_below(&s->rng, (uint64_t)n);
}

/* Waits add up to what the headway leaves. */
static void fit_waits(struct vg_retime_walk *s, int crew)
{
    const struct vg_retime_crew *c = &s->to->crews[crew];
    int64_t *wait = s->to->tours[crew].wait;
    int64_t spare = c->n * s->headway - c->load;
    int64_t sum = 0;
    for (int k = 0; k < c->n_flights; k++) {
        sum += wait[k];
    }
    for (int k = 0; k < c->n_flights && sum > spare; k++) {
        int64_t less = wait[k] < sum - spare ? wait[k] : sum - spare;
        wait[k] -= less;
        sum -= less;
    }
    wait[below(s, c->n_flights)] += spare - sum;
}

static void move(struct vg_retime_walk *s)
{
    int crew = s->crews[below(s, s->n_crews)];
    const struct vg_retime_crew *c = &s->to->crews[crew];
    struct vg_retime_tour *tour = &s->to->tours[crew];
    int a = below(s, c->n_flights);
    int b = below(s, c->n_flights);
    switch (below(s, 6)) {
    case 0:
        tour->begin = (int64_t)vg_rng_below(&s->rng, (uint64_t)s->headway);
        break;
    case 1: {
        double u = vg_rng_unit(&s->rng);
        int64_t by = vg_plan_ticks(VG_GROUND_LATE_S * u * u * u * vg_rng_normal(&s->rng));
        tour->begin = (tour->begin + by % s->headway + s->headway) % s->headway;
        break;
    }
    case 2: {
        int64_t part =
            tour->wait[a] > 0 ? 1 + (int64_t)vg_rng_below(&s->rng, (uint64_t)tour->wait[a]) : 0;
        tour->wait[a] -= part;
        tour->wait[b] += part;
        break;
    }
    case 3: {
        double longer = MOST_LONGER * vg_rng_unit(&s->rng) * vg_rng_unit(&s->rng);
        s->headway = s->least + (int64_t)(longer * (double)s->least);
        for (int k = 0; k < s->n_crews; k++) {
            s->to->tours[s->crews[k]].begin %= s->headway;
            fit_waits(s, s->crews[k]);
        }
        break;
    }
    default: {
        int flight = tour->order[a];
        tour->order[a] = tour->order[b];
        tour->order[b] = flight;
        break;
    }
    }
}

static void copy_tours(const struct vg_retime_walk *s, const struct vg_retime_tour *from,
                       struct vg_retime_tour *to)
{
    for (int k = 0; k < s->n_crews; k++) {
        int c = s->crews[k];
        size_t n = (size_t)s->to->crews[c].n_flights;
        memcpy(to[c].order, from[c].order, n * sizeof *to[c].order);
        memcpy(to[c].wait, from[c].wait, n * sizeof *to[c].wait);
        to[c].begin = from[c].begin;
    }
}

/* ---- beginnings ---- */

/* When a flight is wanted in the air: none of its places has then waited longer than its wish. */
static double due_s(const struct vg_retime_walk *s, int flight)
{
    double due = HUGE_VAL;
    for (int k = 0; k < s->to->n_places; k++) {
        const struct vg_retime_place *place = &s->to->places[k];
        for (int q = place->first; q < place->first + place->n; q++) {
            const struct vg_retime_cover *cover = &s->to->covers[q];
            if (cover->flight == flight) {
                due = fmin(due, place->last_s + place->revisit_s - cover->sight_s);
            }
        }
    }
    return due;
}

/* The first try sends out what is due first, the others anything. */
static void begin(struct vg_retime_walk *s, int try)
{
    s->headway = s->least;
    for (int q = 0; q < s->n_crews; q++) {
        int crew = s->crews[q];
        const struct vg_retime_crew *c = &s->to->crews[crew];
        struct vg_retime_tour *tour = &s->to->tours[crew];
        double due[VG_RETIME_MOST];
        tour->begin = 0;
        for (int k = 0; k < c->n_flights; k++) {
            double x = try == 0 ? due_s(s, c->first + k) : vg_rng_unit(&s->rng);
            int at = k;
            for (; at > 0 && due[at - 1] > x; at--) {
                due[at] = due[at - 1];
                tour->order[at] = tour->order[at - 1];
            }
            due[at] = x;
            tour->order[at] = c->first + k;
            tour->wait[k] = 0;
        }
        fit_waits(s, crew);
    }
}

static void anneal(struct vg_retime_walk *s, int moves, double *io_best)
{
    struct vg_retime_tour *tours = s->to->tours;
    double cost = vg_retime_cost(s);
    for (int k = 0; k <= moves; k++) {
        if (cost < *io_best) {
            *io_best = cost;
            s->best_headway = s->headway;
            copy_tours(s, tours, s->best);
        }
        int64_t headway = s->headway;
        double heat = HOT * pow(COLD / HOT, (double)k / moves);
        copy_tours(s, tours, s->old);
        move(s);
        double next = vg_retime_cost(s);
        if (next <= cost || vg_rng_unit(&s->rng) < exp((cost - next) / heat)) {
            cost = next;
        } else {
            s->headway = headway;
            copy_tours(s, s->old, tours);
        }
    }
}

/* ---- life ---- */

static bool take_tours(struct vg_retime *self, struct vg_retime_tour **out)
{
    bool is_good = *out != NULL;
    if (!is_good) {
        *out = vg_arena_calloc(&self->arena, (size_t)self->n_crews + 1, sizeof **out);
        is_good = *out != NULL;
        for (int c = 0; c < self->n_crews && is_good; c++) {
            struct vg_retime_tour *tour = *out + c;
            size_t n = (size_t)self->crews[c].n_flights + 1;
            tour->order = vg_arena_calloc(&self->arena, n, sizeof *tour->order);
            tour->wait = vg_arena_calloc(&self->arena, n, sizeof *tour->wait);
            is_good = tour->order != NULL && tour->wait != NULL;
        }
    }
    return is_good;
}

static bool take_turns(struct vg_retime *self)
{
    bool is_good = self->turn != NULL;
    if (!is_good) {
        size_t n = (size_t)self->n_crews + 1;
        self->headway = vg_arena_calloc(&self->arena, n, sizeof *self->headway);
        self->turn = vg_arena_calloc(&self->arena, n, sizeof *self->turn);
        is_good = self->headway != NULL && self->turn != NULL;
        for (int c = 0; c < self->n_crews && is_good; c++) {
            self->turn[c] =
                vg_arena_calloc(&self->arena, (size_t)self->crews[c].n + 1, sizeof *self->turn[c]);
            is_good = self->turn[c] != NULL;
        }
    }
    return is_good;
}

static bool take(struct vg_retime_walk *s)
{
    struct vg_retime *self = s->to;
    size_t n = (size_t)self->n_crews + 1;
    s->crews = vg_arena_calloc(&self->arena, n, sizeof *s->crews);
    s->late_s = vg_arena_calloc(&self->arena, n, sizeof *s->late_s);
    s->takeoffs = vg_arena_calloc(&self->arena, (size_t)self->n_flights + 1, sizeof *s->takeoffs);
    s->events = vg_arena_calloc(&self->arena, VG_RETIME_EVENTS, sizeof *s->events);
    s->sights = vg_arena_calloc(&self->arena, VG_RETIME_SIGHTS, sizeof *s->sights);
    s->pads = vg_arena_calloc(&self->arena, 2 * (size_t)self->n_flights + 2, sizeof *s->pads);
    return s->crews && s->late_s && s->takeoffs && s->events && s->sights && s->pads &&
           take_tours(self, &self->tours) && take_tours(self, &s->best) &&
           take_tours(self, &s->old) && take_turns(self);
}

enum vg_retime_answer vg_retime_search(struct vg_retime *self, int cluster)
{
    struct vg_retime_walk s = {
        .to = self, .cluster = cluster, .rng = vg_rng_seed((uint64_t)cluster + 1), .least = 1};
    double best = HUGE_VAL;
    int n_flights = 0;
    if (!take(&s)) {
        return VG_RETIME_NO_MEMORY;
    }
    for (int c = 0; c < self->n_crews; c++) {
        const struct vg_retime_crew *crew = &self->crews[c];
        if (crew->cluster == cluster) {
            int64_t least = (crew->load + crew->n - 1) / crew->n;
            s.least = least > s.least ? least : s.least;
            s.crews[s.n_crews++] = c;
            n_flights += crew->n_flights;
            if (crew->n_flights > VG_RETIME_MOST || crew->n > VG_RETIME_MOST) {
                return VG_RETIME_NOT_SO;
            }
        }
    }
    int moves = n_flights < MOST_MOVES / MOVES ? MOVES * (1 + n_flights) : MOST_MOVES;
    for (int try = 0; try < TRIES; try++) {
        begin(&s, try);
        anneal(&s, moves / TRIES, &best);
    }
    copy_tours(&s, s.best, self->tours);
    s.headway = self->headway[cluster] = s.best_headway;
    vg_retime_cost(&s); /* whose turn is what */
    bool is_sound = true;
    for (int k = 0; k < s.n_crews; k++) {
        is_sound = is_sound && vg_retime_pads_lack(&s, self->crews[s.crews[k]].base) == 0;
        for (int d = 0; d < self->crews[s.crews[k]].n; d++) {
            is_sound = is_sound && self->turn[s.crews[k]][d] >= 0;
        }
    }
    return is_sound ? VG_RETIME_DONE : VG_RETIME_NOT_SO;
}
