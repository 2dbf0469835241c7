/* Where the search for a day's timetable begins.
 *
 * Each crew flies the partition's sorties. Where there is a night (closed hours, or darkness for
 * day cameras) the last round before it and the first after it are laid out first, from the night's
 * ends and in the same order, so that every place waits about as long. The rounds of the day lie
 * between them, evenly. So too with sorties cut in halves until every drone has one, whose two
 * rounds are shorter; the better of both stays. Crews whose flights outlast their closed hours, or
 * that have work to do on their drones and no night, fly in turn instead. Without any of it they
 * fly their tours.
 */
#include "plan/rota_walk.h"

#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP_S = 60,
    MOST_VISITS = 256
};
static const double HAIR_S = 10;
static const double PAD_S = 60;
static const double LATE_S = 30; /* what the polish may put right */

/* A crew's day, laid out from the middle of the time in which it does not fly. */
struct crew_day {
    const struct vg_rota_tables *t;
    int crew;
    double from_s;
    struct vg_rota_sortie *pieces;
    int n;
    double *when_s; /* of each drone: ready, or to be back by */
    double *first_s; /* of each piece: take-off in the first round; or of each drone */
    double *last_s; /* of each piece: take-off in the last round */
    double by_day; /* what gaps by day may be, of the night's */
    int room; /* sorties that there is room for */
};

/* ---- pieces ---- */

/* Of a crew's sorties the longest that can be cut; -1: none. */
static int longest_of(const struct vg_rota_sortie *list, int n)
{
    int longest = -1;
    for (int k = 0; k < n; k++) {
        if (list[k].j - list[k].i > 1 && (longest < 0 || list[k].busy_s > list[longest].busy_s)) {
            longest = k;
        }
    }
    return longest;
}

/* The partition's sorties of the crew. */
static void list_pieces(struct crew_day *self)
{
    const struct vg_rota_tables *t = self->t;
    const struct vg_problem *p = t->p;
    self->n = 0;
    for (int q = 0; q < t->part->n; q++) {
        const struct vg_piece *x = &t->part->pieces[q];
        struct vg_rota_sortie s = {
            .chain = x->chain, .crew = self->crew, .i = x->i, .j = x->j, .is_on = true};
        if (x->crew == self->crew) {
            vg_flight_least_s(p, &p->chains[x->chain], self->crew, x->i, x->j, &s.is_backward);
            if (vg_rota_set(t, &s)) {
                self->pieces[self->n++] = s;
            }
        }
    }
}

/* In halves until each drone has one. */
static void cut_pieces(struct crew_day *self)
{
    while (self->n > 0 && self->n < self->t->p->crews[self->crew].n) {
        int longest = longest_of(self->pieces, self->n);
        struct vg_rota_sortie a = self->pieces[longest < 0 ? 0 : longest];
        struct vg_rota_sortie b = a;
        a.j = b.i = (a.i + a.j) / 2;
        if (longest < 0 || !vg_rota_set(self->t, &a) || !vg_rota_set(self->t, &b)) {
            break;
        }
        self->pieces[longest] = a;
        self->pieces[self->n++] = b;
    }
}

static double sum_busy_s(const struct crew_day *self)
{
    double sum_s = 0;
    for (int k = 0; k < self->n; k++) {
        sum_s += self->pieces[k].busy_s;
    }
    return sum_s;
}

/* ---- when ---- */

static const struct vg_hours_span *longest_closed(const struct vg_rota_tables *t, int crew)
{
    const struct vg_hours *closed = &t->p->watch->bases[t->p->crews[crew].base].closed;
    const struct vg_hours_span *longest = NULL;
    for (int k = 0; k < closed->n; k++) {
        const struct vg_hours_span *s = &closed->spans[k];
        bool is_longer = longest == NULL || s->to_s - s->from_s > longest->to_s - longest->from_s;
        longest = is_longer ? s : longest;
    }
    return longest;
}

/* The middle of the crew's night; false: it has none. */
static bool find_night(struct crew_day *io)
{
    const struct vg_clock *clock = io->t->clock;
    const struct vg_hours_span *closed = longest_closed(io->t, io->crew);
    io->from_s = 0;
    if (clock->needs_light[io->crew]) {
        const struct vg_clock_chain *ch = &clock->chains[io->pieces[0].chain];
        int k = (io->pieces[0].i + io->pieces[0].j) / 2;
        io->from_s = ch->light_from_s[k] - (VG_DAY_S - ch->light_s[k]) / 2;
        return ch->light_s[k] < VG_DAY_S;
    }
    if (closed != NULL) {
        io->from_s = (closed->from_s + closed->to_s) / 2 - VG_DAY_S;
    }
    return closed != NULL;
}

/* May the crew's drone d fly this so that it counts: open hours, light, none of its own jobs? */
static bool fits(const struct crew_day *self, int d, const struct vg_rota_sortie *s)
{
    const struct vg_rota_tables *t = self->t;
    const struct vg_clock *clock = t->clock;
    int n = t->p->crews[self->crew].n;
    double flight_s = s->busy_s - t->p->crews[self->crew].turnaround_s;
    bool is_good =
        !(vg_clock_missed_s(clock, self->crew, s->at_s, flight_s) > 0) &&
        vg_clock_is_lit(clock, self->crew, s->chain, s->i, s->at_s + vg_rota_node_s(t, s, s->i)) &&
        vg_clock_is_lit(clock, self->crew, s->chain, s->j, s->at_s + vg_rota_node_s(t, s, s->j));
    for (int k = d; k < clock->n_jobs[self->crew] && is_good; k += n) {
        const struct vg_clock_job *job = &clock->jobs[self->crew][k];
        double since_s = s->at_s - job->at_s;
        since_s -= VG_DAY_S * floor(since_s / VG_DAY_S);
        is_good = since_s >= job->busy_s && since_s + s->busy_s <= VG_DAY_S;
    }
    return is_good;
}

/* The next take-off that fits, from the one given on, later (way 1) or earlier (-1). false: none
 * within a day. */
static bool seek(const struct crew_day *self, int d, int way, struct vg_rota_sortie *io)
{
    for (int k = 0; k < VG_DAY_S / STEP_S; k++) {
        if (fits(self, d, io)) {
            return true;
        }
        io->at_s += way * STEP_S;
    }
    return false;
}

/* The drone that is ready first (way 1), or has to be back last (-1). */
static int next_drone(const struct crew_day *self, int way)
{
    int d = 0;
    for (int k = 1; k < self->t->p->crews[self->crew].n; k++) {
        d = way * self->when_s[k] < way * self->when_s[d] ? k : d;
    }
    return d;
}

/* ---- a night, and rounds between its ends ---- */

/* The first round, as soon as it may be, or the last, as late as may be; take-offs into at_s. */
static bool lay_round(struct crew_day *self, int way, double *at_s)
{
    bool is_good = true;
    for (int d = 0; d < self->t->p->crews[self->crew].n; d++) {
        self->when_s[d] = self->from_s + (way > 0 ? 0 : VG_DAY_S);
    }
    for (int q = 0; q < self->n && is_good; q++) {
        int k = way > 0 ? q : self->n - 1 - q;
        struct vg_rota_sortie s = self->pieces[k];
        int d = next_drone(self, way);
        s.at_s = self->when_s[d] - (way > 0 ? 0 : s.busy_s + HAIR_S);
        is_good = seek(self, d, way, &s);
        s.at_s += way * q * PAD_S;
        self->when_s[d] = s.at_s + (way > 0 ? s.busy_s + HAIR_S : 0);
        at_s[k] = s.at_s;
    }
    return is_good;
}

static int by_takeoff(const void *a, const void *b)
{
    const struct vg_rota_sortie *x = a;
    const struct vg_rota_sortie *y = b;
    return (x->at_s > y->at_s) - (x->at_s < y->at_s);
}

/* Can the crew's drones fly all this, each take-off LATE_S late at most? */
static bool can_fly(struct crew_day *self, struct vg_rota_sortie *io, int n)
{
    double late_s = 0;
    for (int d = 0; d < self->t->p->crews[self->crew].n; d++) {
        self->when_s[d] = self->from_s;
    }
    qsort(io, (size_t)n, sizeof *io, by_takeoff);
    for (int k = 0; k < n; k++) {
        int d = next_drone(self, 1);
        double at_s = fmax(self->when_s[d], io[k].at_s);
        late_s = fmax(late_s, at_s - io[k].at_s);
        self->when_s[d] = at_s + io[k].busy_s;
    }
    return late_s <= LATE_S;
}

/* Answers how many sorties, of `room` at most, went to out; 0: a day has no room for two rounds. */
static int fly_rounds(struct crew_day *self, int room, struct vg_rota_sortie *out)
{
    double between_s = HUGE_VAL;
    bool is_good = lay_round(self, 1, self->first_s) && lay_round(self, -1, self->last_s);
    for (int k = 0; k < self->n && is_good; k++) {
        between_s = fmin(between_s, self->last_s[k] - self->first_s[k]);
    }
    double each_s = sum_busy_s(self) / self->t->p->crews[self->crew].n;
    int more = is_good && between_s > 0 ? (int)floor(between_s / each_s) : 0;
    more = more < room / self->n ? more : room / self->n - 1;
    for (; more > 0; more--) {
        int n = 0;
        for (int r = 0; r <= more; r++) {
            for (int k = 0; k < self->n; k++) {
                double share = (double)r / more;
                out[n] = self->pieces[k];
                out[n++].at_s = self->first_s[k] + share * (self->last_s[k] - self->first_s[k]);
            }
        }
        if (can_fly(self, out, n)) {
            return n;
        }
    }
    return 0;
}

/* ---- in turn, and tours ---- */

/* The pieces in turn, each by the drone that is ready first, as soon as it fits; the drones begin
 * so much one behind the other. */
static int fly_in_turn(struct crew_day *self, double behind_s, struct vg_rota_sortie *out)
{
    const struct vg_crew *c = &self->t->p->crews[self->crew];
    int n = 0;
    for (int d = 0; d < c->n; d++) {
        self->when_s[d] = self->from_s + d * behind_s;
        self->first_s[d] = -HUGE_VAL;
    }
    for (int next = 0, done = 0; done < c->n && n < self->room;) {
        struct vg_rota_sortie s = self->pieces[next % self->n];
        int d = next_drone(self, 1);
        s.at_s = self->when_s[d];
        bool is_first = !(self->first_s[d] > -HUGE_VAL);
        if (!seek(self, d, 1, &s) ||
            (!is_first && s.at_s + s.busy_s > self->first_s[d] + VG_DAY_S)) {
            self->when_s[d] = HUGE_VAL;
            done++;
            continue;
        }
        self->first_s[d] = is_first ? s.at_s : self->first_s[d];
        self->when_s[d] = s.at_s + s.busy_s + HAIR_S;
        out[n++] = s;
        next++;
    }
    return n;
}

/* The tours (tours.c), as many rounds of them as a day holds, evenly. */
static int fly_tours(const struct crew_day *self, struct vg_rota_sortie *out)
{
    double rounds = fmax(1, floor(VG_DAY_S * self->t->p->crews[self->crew].n / sum_busy_s(self)));
    rounds = fmin(rounds, self->room / self->n);
    double offset_s = 0;
    int n = 0;
    for (int k = 0; k < self->n; k++) {
        for (double r = 0; r < rounds; r++) {
            out[n] = self->pieces[k];
            out[n++].at_s = offset_s + r * VG_DAY_S / rounds;
        }
        offset_s += self->pieces[k].busy_s;
    }
    return n;
}

/* Can its flights last through its closed hours? */
static bool outlasts(const struct crew_day *self)
{
    const struct vg_hours_span *closed = longest_closed(self->t, self->crew);
    int longest = longest_of(self->pieces, self->n);
    double busy_s = longest < 0 ? 0 : self->pieces[longest].busy_s;
    return closed != NULL &&
           busy_s - self->t->p->crews[self->crew].turnaround_s > closed->to_s - closed->from_s;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

/* The greatest gap / wish at a node, the night's or, by day, over what is allowed of it. */
static double worst_at(const struct crew_day *self, const struct vg_rota_sortie *list, int n,
                       int chain, int node)
{
    const struct vg_rota_chain *ch = &self->t->chains[chain];
    double wish_s = ch->wish_s[node < ch->n - 1 ? node : node - 1];
    double when[MOST_VISITS];
    double worst = 0;
    int m = 0;
    for (int k = 0; k < n && m < MOST_VISITS; k++) {
        if (list[k].chain == chain && list[k].i <= node && list[k].j >= node) {
            when[m++] =
                vg_into_round(list[k].at_s + vg_rota_node_s(self->t, &list[k], node), VG_DAY_S);
        }
    }
    qsort(when, (size_t)m, sizeof *when, by_size);
    int night = vg_clock_night(self->t->clock, chain, node, when, m);
    for (int k = 0; k < m; k++) {
        double gap_s = (k + 1 < m ? when[k + 1] : when[0] + VG_DAY_S) - when[k];
        worst = fmax(worst, gap_s / wish_s / (night < 0 || k == night ? 1 : self->by_day));
    }
    return m > 0 ? worst : HUGE_VAL;
}

static double worst_of(const struct crew_day *self, const struct vg_rota_sortie *list, int n)
{
    double worst = n > 0 ? 0 : HUGE_VAL;
    for (int k = 0; k < self->n; k++) {
        for (int node = self->pieces[k].i; node <= self->pieces[k].j; node++) {
            worst = fmax(worst, worst_at(self, list, n, self->pieces[k].chain, node));
        }
    }
    return worst;
}

/* With whole pieces or cut ones, whichever waits less. */
static int fly_night(struct crew_day *self, struct vg_rota_sortie *out)
{
    int n = fly_rounds(self, self->room, out);
    double worst = worst_of(self, out, n);
    cut_pieces(self);
    int n_cut = fly_rounds(self, self->room - n, out + n);
    if (worst_of(self, out + n, n_cut) < worst) {
        memmove(out, out + n, (size_t)n_cut * sizeof *out);
        n = n_cut;
    }
    return n;
}

static int begin_crew(struct crew_day *self, struct vg_rota_sortie *out)
{
    list_pieces(self);
    if (self->n == 0) {
        return 0;
    }
    int n = 0;
    bool has_night = find_night(self);
    if (has_night && outlasts(self)) {
        n = fly_in_turn(self, self->pieces[0].busy_s / self->t->p->crews[self->crew].n, out);
    } else if (has_night) {
        n = fly_night(self, out);
        list_pieces(self);
    }
    if (n == 0 && (has_night || self->t->clock->n_jobs[self->crew] > 0)) {
        /* Together, so that they are on the ground together and may change turns (rota_crew.c). */
        n = fly_in_turn(self, PAD_S, out);
    }
    return n > 0 ? n : fly_tours(self, out);
}

bool vg_day_begin(const struct vg_rota_tables *t, double by_day, struct vg_rota_sortie *out,
                  int *out_n)
{
    size_t most = (size_t)t->part->n + (size_t)t->p->watch->n_drones + 1;
    struct crew_day day = {.t = t,
                           .by_day = by_day,
                           .pieces = calloc(most, sizeof *day.pieces),
                           .when_s = calloc(most, sizeof(double)),
                           .first_s = calloc(most, sizeof(double)),
                           .last_s = calloc(most, sizeof(double))};
    bool is_ok = day.pieces && day.when_s && day.first_s && day.last_s;
    *out_n = 0;
    for (int c = 0; c < t->p->n_crews && is_ok; c++) {
        day.crew = c;
        day.room = (VG_ROTA_MOST - *out_n) / (t->p->n_crews - c);
        *out_n += begin_crew(&day, out + *out_n);
    }
    free(day.pieces);
    free(day.when_s);
    free(day.first_s);
    free(day.last_s);
    return is_ok;
}
