/* Tours: a crew's sorties in turn, its drones one behind the other.
 *
 * With n drones, sorties of C_1..C_k drone-seconds and headway H >= sum C / n, drone d starts
 * sortie i at offset_i + d H and again after n H: every point of every sortie is passed each H, no
 * drone is in two places (McNaughton's wrap-around). Equal revisits need one tour per crew; where
 * several revisits are wanted the crew may be dealt to tours of their own: the deal with the least
 * headway / revisit is taken.
 */
#include "base/rng.h"
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAD_TICKS = 60 * VG_TICKS_PER_S, /* a pad is taken this long, half before and half after the
                                        take-off or landing */
    MAX_TRIES = 400,
    ORDERS = 40,
    MAX_CLASSES = 6,
    MOST_MORE = 1000 /* pads: one for each drone does */
};

/* Events on the circle of the headway: the drones of a tour repeat them. */
struct circle {
    int64_t *at;
    int n;
    int64_t around;
    int pads;
};

static int64_t distance_round(const struct circle *self, int64_t a, int64_t b)
{
    int64_t d = (a - b) % self->around;
    d = d < 0 ? d + self->around : d;
    return d < self->around - d ? d : self->around - d;
}

/* Everything comes again after a turn round the circle, perhaps within the same minute. */
static bool has_room(const struct circle *self, int64_t t)
{
    static const int64_t LESS = PAD_TICKS - 1;
    int64_t n = 2 * (LESS / self->around);
    for (int k = 0; k < self->n; k++) {
        int64_t d = distance_round(self, self->at[k], t);
        n += (d <= LESS ? (LESS - d) / self->around + 1 : 0) + (LESS + d) / self->around;
    }
    return n < self->pads;
}

static bool place_pair(struct circle *self, int64_t up, int64_t down)
{
    if (!has_room(self, up)) {
        return false;
    }
    self->at[self->n++] = up;
    if (!has_room(self, down)) {
        self->n--;
        return false;
    }
    self->at[self->n++] = down;
    return true;
}

/* Take-offs for a given headway, each as early as pads allow; false if the delays do not fit. */
static bool lay_out(struct vg_tour *tour, const double *flight_s, struct circle *ring)
{
    int64_t sum = 0;
    for (int k = 0; k < tour->n_pieces; k++) {
        sum += vg_plan_ticks(tour->pieces[k].cost_s);
    }
    int64_t slack = tour->n_drones * tour->headway_ticks - sum;
    int64_t t = 0;
    for (int k = 0; k < tour->n_pieces; k++) {
        int64_t flight = vg_plan_ticks(flight_s[k]);
        while (slack >= 0 && !place_pair(ring, t, t + flight)) {
            t += VG_TICKS_PER_S;
            slack -= VG_TICKS_PER_S;
        }
        if (slack < 0) {
            return false;
        }
        tour->takeoff_ticks[k] = t;
        t += vg_plan_ticks(tour->pieces[k].cost_s);
    }
    return true;
}

/* The sorties of a base, crew by crew, and how long each flies. */
struct sorties {
    struct vg_piece *pieces;
    double *flight_s;
};

static void shuffle(struct vg_rng *rng, const struct sorties *io, int from, int n)
{
    for (int k = from + n - 1; k > from; k--) {
        int j = from + (int)vg_rng_below(rng, (uint64_t)(k - from) + 1);
        struct vg_piece piece = io->pieces[k];
        double flight_s = io->flight_s[k];
        io->pieces[k] = io->pieces[j];
        io->flight_s[k] = io->flight_s[j];
        io->pieces[j] = piece;
        io->flight_s[j] = flight_s;
    }
}

/* The least headway, not below `least`, at which tours that share pads can be flown; they all have
 * it: tours of several headways would drift against each other. Which sortie a drone flies after
 * which is free, so many orders are tried before the headway grows, by parts in 10^4 at first. */
static bool time_tours(struct vg_tour *tours, int n, const struct sorties *sorties, int pads,
                       int64_t *room)
{
    struct vg_rng rng = vg_rng_seed((uint64_t)tours[0].crew + 1);
    int64_t least = 0;
    for (int q = 0; q < n; q++) {
        int64_t sum = 0;
        for (int k = 0; k < tours[q].n_pieces; k++) {
            sum += vg_plan_ticks(tours[q].pieces[k].cost_s);
        }
        int64_t alone = (sum + tours[q].n_drones - 1) / tours[q].n_drones;
        least = alone > least ? alone : least;
    }
    for (int64_t t = 0; t < MAX_TRIES * ORDERS; t++) {
        int64_t step = t / ORDERS;
        struct circle ring = {room, 0, least + least * step * step / 20000, pads};
        bool is_good = true;
        for (int q = 0; q < n && is_good; q++) {
            const double *flight_s = sorties->flight_s + (tours[q].pieces - sorties->pieces);
            tours[q].headway_ticks = ring.around;
            is_good = lay_out(&tours[q], flight_s, &ring);
        }
        if (is_good) {
            return true;
        }
        for (int q = 0; q < n; q++) {
            shuffle(&rng, sorties, (int)(tours[q].pieces - sorties->pieces), tours[q].n_pieces);
        }
    }
    return false;
}

static int by_revisit(const void *a, const void *b)
{
    const struct vg_piece *x = a;
    const struct vg_piece *y = b;
    if (x->revisit_s < y->revisit_s || x->revisit_s > y->revisit_s) {
        return x->revisit_s < y->revisit_s ? -1 : 1;
    }
    return x->chain != y->chain ? x->chain - y->chain : x->i - y->i;
}

/* A deal of the crew's pieces, sorted by revisit, to groups: group g holds pieces [end[g-1],
 * end[g]). */
struct deal {
    int n_groups;
    int end[MAX_CLASSES];
    int drones[MAX_CLASSES];
    double worst;
};

static double group_share(const struct vg_piece *pieces, int from, int to, int drones)
{
    double sum = 0;
    for (int k = from; k < to; k++) {
        sum += pieces[k].cost_s;
    }
    return sum / drones / pieces[from].revisit_s;
}

/* Drones one by one to the group that is worst off. */
static void deal_drones(struct deal *d, const struct vg_piece *pieces, int n_drones)
{
    for (int g = 0; g < d->n_groups; g++) {
        d->drones[g] = 1;
    }
    for (int left = n_drones - d->n_groups; left >= 0; left--) {
        int worst = 0;
        d->worst = 0;
        for (int g = 0; g < d->n_groups; g++) {
            double share = group_share(pieces, g > 0 ? d->end[g - 1] : 0, d->end[g], d->drones[g]);
            if (share > d->worst) {
                d->worst = share;
                worst = g;
            }
        }
        d->drones[worst] += left > 0;
    }
}

/* All ways to join neighbouring classes: at most 2^(MAX_CLASSES - 1). */
static struct deal best_deal(const struct vg_piece *pieces, int n, int n_drones, int most_groups)
{
    int class_end[MAX_CLASSES];
    int n_classes = 0;
    for (int k = 0; k < n; k++) {
        bool is_new = k == 0 || pieces[k].revisit_s > pieces[k - 1].revisit_s;
        if (is_new && n_classes < MAX_CLASSES) {
            n_classes++;
        }
        class_end[n_classes - 1] = k + 1;
    }
    struct deal best = {.worst = HUGE_VAL};
    for (int mask = 0; mask < 1 << (n_classes - 1); mask++) {
        struct deal d = {0};
        for (int c = 0; c < n_classes; c++) {
            if (c == n_classes - 1 || (mask >> c & 1)) {
                d.end[d.n_groups++] = class_end[c];
            }
        }
        if (d.n_groups <= n_drones && d.n_groups <= most_groups) {
            deal_drones(&d, pieces, n_drones);
            best = d.worst < best.worst ? d : best;
        }
    }
    return best;
}

/* Crews of a base that have sorties. `mine` holds the sorties crew by crew. */
static int crews_at(const struct vg_problem *p, int base, const struct vg_piece *mine, int n)
{
    int crews = 0;
    for (int k = 0; k < n; k++) {
        bool is_new = k == 0 || mine[k].crew != mine[k - 1].crew;
        crews += is_new && p->crews[mine[k].crew].base == base;
    }
    return crews;
}

/* A crew's pieces (sorted) to tours, at most most_groups of them. */
static bool deal_crew(struct vg_problem *p, const struct vg_crew *crew, struct vg_piece *pieces,
                      int n, int most_groups, struct vg_tour *tours, int *io_n)
{
    struct deal d = best_deal(pieces, n, crew->n, most_groups);
    int first_drone = 0;
    for (int g = 0; g < d.n_groups; g++) {
        int from = g > 0 ? d.end[g - 1] : 0;
        struct vg_tour *t = &tours[(*io_n)++];
        *t = (struct vg_tour){.crew = pieces[0].crew,
                              .drones = crew->drones + first_drone,
                              .n_drones = d.drones[g],
                              .pieces = pieces + from,
                              .n_pieces = d.end[g] - from};
        first_drone += d.drones[g];
        t->takeoff_ticks = vg_arena_calloc(&p->arena, (size_t)t->n_pieces, sizeof(int64_t));
        if (t->takeoff_ticks == NULL) {
            return false;
        }
    }
    return true;
}

/* Headways of the tours of one crew, each with pads of its own, or of one base, sharing them. */
static enum vg_status time_all(struct vg_problem *p, struct vg_tour *tours, int n, int together,
                               int pads, const struct sorties *sorties, struct vg_error *err)
{
    const struct vg_wf_base *base = &p->watch->bases[p->crews[tours[0].crew].base];
    int n_pieces = 0;
    int n_drones = 0;
    for (int q = 0; q < n; q++) {
        n_pieces += tours[q].n_pieces;
        n_drones += tours[q].n_drones;
    }
    int64_t *room = vg_arena_calloc(&p->arena, 2 * (size_t)n_pieces + 2, sizeof(int64_t));
    if (room == NULL) {
        return vg_no_memory(err);
    }
    for (int q = 0; q < n; q += together) {
        if (!time_tours(tours + q, together, sorties, pads, room)) {
            int more = 1;
            while (more < MOST_MORE &&
                   !time_tours(tours + q, together, sorties, pads + more, room)) {
                more++;
            }
            return vg_fail(err, VG_E_INVALID,
                           "base %s: %d pads are too few for %d drones to take off and land in "
                           "turn; %d would do",
                           base->name, base->pads, n_drones, base->pads + more);
        }
    }
    return VG_OK;
}

/* The tours of one base. Where each crew can have pads of its own they keep headways of their own;
 * else all share one. */
static enum vg_status make_base_tours(struct vg_problem *p, int base, const struct sorties *sorties,
                                      int n, struct vg_tour *tours, int *io_n, struct vg_error *err)
{
    struct vg_piece *mine = sorties->pieces;
    int pads = p->watch->bases[base].pads > 0 ? p->watch->bases[base].pads : 1;
    int n_crews = crews_at(p, base, mine, n);
    int each = pads / n_crews;
    int first = *io_n;
    enum vg_status st = VG_OK;
    for (int from = 0, to = 0; from < n && st == VG_OK; from = to) {
        int at = *io_n;
        while (to < n && mine[to].crew == mine[from].crew) {
            to++;
        }
        if (!deal_crew(p, &p->crews[mine[from].crew], mine + from, to - from, each > 0 ? each : 1,
                       tours, io_n)) {
            return vg_no_memory(err);
        }
        if (each > 0) {
            st = time_all(p, tours + at, *io_n - at, 1, each / (*io_n - at), sorties, err);
        }
    }
    return st == VG_OK && each == 0
               ? time_all(p, tours + first, *io_n - first, *io_n - first, pads, sorties, err)
               : st;
}

/* The sorties base by base, crew by crew, those wanted most often first. */
static void sort_pieces(const struct vg_problem *p, const struct vg_partition *part,
                        const double *flight_s, struct vg_piece *mine, double *flights)
{
    int at = 0;
    for (int b = 0; b < p->watch->n_bases; b++) {
        for (int c = 0; c < p->n_crews; c++) {
            int from = at;
            for (int k = 0; k < part->n; k++) {
                if (part->pieces[k].crew == c && p->crews[c].base == b) {
                    mine[at++] = part->pieces[k];
                }
            }
            qsort(mine + from, (size_t)(at - from), sizeof *mine, by_revisit);
        }
    }
    for (int k = 0; k < at; k++) {
        for (int q = 0; q < part->n; q++) {
            if (part->pieces[q].chain == mine[k].chain && part->pieces[q].i == mine[k].i) {
                flights[k] = flight_s[q];
            }
        }
    }
}

enum vg_status vg_tours_make(struct vg_problem *p, struct vg_partition *part,
                             const double *flight_s, struct vg_tour **out, int *out_n,
                             struct vg_error *err)
{
    size_t n = (size_t)part->n + 1;
    struct vg_tour *tours = vg_arena_calloc(&p->arena, n, sizeof *tours);
    struct vg_piece *mine = vg_arena_calloc(&p->arena, n, sizeof *mine);
    double *flights = vg_arena_calloc(&p->arena, n, sizeof *flights);
    if (tours == NULL || mine == NULL || flights == NULL) {
        return vg_no_memory(err);
    }
    *out_n = 0;
    sort_pieces(p, part, flight_s, mine, flights);
    enum vg_status st = VG_OK;
    for (int from = 0, to = 0; from < part->n && st == VG_OK; from = to) {
        int base = p->crews[mine[from].crew].base;
        while (to < part->n && p->crews[mine[to].crew].base == base) {
            to++;
        }
        const struct sorties sorties = {mine + from, flights + from};
        st = make_base_tours(p, base, &sorties, to - from, tours, out_n, err);
    }
    *out = tours;
    return st;
}
