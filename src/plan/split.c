/* Which base each drone of a fleet belongs to, where the watch does not say: whole numbers of
 * drones for which the bound of the linear program (rates.h) is least, before any timetable is
 * made.
 *
 * The program with one group per type tells how much drone time each base would like; rounded, and
 * then single drones move from bases where their time is cheap to bases where it is dear (the
 * prices of the program with one group per crew) as long as that lowers its value. The value is a
 * quasi-convex function of the drones per base, so that single moves go far.
 */
#include "plan/split.h"

#include "plan/rates.h"
#include "plan/settle.h"
#include "plan/whole.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRIDE = 1,
    ROUGH_STRIDE = 4,
    EQUAL_STRIDE = 16, /* sites lie closer there (problem.c), and whole.c looks again */
    ROUNDS = 40,
    TRIES = 14, /* exchanges looked at before one is taken */
    MAX_MOVES = 60,
    PRICE_ROUNDS = 60,
    DEAL_ROUNDS = 4,
    PATIENT_ROUNDS = 16, /* where it is known what will do */
    DEAL_MOVES = 100000, /* of a round, for each sortie */
    DEAL_SEED = 20260101
};
static const double CLOSE = 2e-3;
static const double CLIMB_CLOSE = 5e-4;

struct split {
    struct vg_watchfile watch; /* with a drone of each free type at every base, for its crews */
    const struct vg_terrain *terrain; /* NULL: flat, nothing asked of it */
    const struct vg_sweeps *sweeps; /* NULL: those of flat ground */
    struct vg_problem p;
    struct vg_costs costs;
    double *n; /* drones per crew */
    double *fixed; /* of these, those that the watch has placed */
    int *free_of; /* per type: drones to be placed */
    double enough; /* a share that will do; 0: none will */
    double bound; /* proven for every dealing of the fleet: worst gap over wanted */
};

static bool count_free(const struct vg_watchfile *w, struct split *self, int *out_n)
{
    self->free_of = calloc((size_t)w->n_types, sizeof *self->free_of);
    *out_n = 0;
    for (int d = 0; d < w->n_drones && self->free_of != NULL; d++) {
        if (w->drones[d].base < 0) {
            self->free_of[w->drones[d].type]++;
            (*out_n)++;
        }
    }
    return self->free_of != NULL;
}

/* A copy of the watch in which every crew that may come to be has a drone. */
static bool make_watch(const struct vg_watchfile *w, struct split *self)
{
    int n = 0;
    self->watch = *w;
    self->watch.drones =
        calloc((size_t)(w->n_drones + w->n_bases * w->n_types) + 1, sizeof *self->watch.drones);
    if (self->watch.drones == NULL) {
        return false;
    }
    for (int d = 0; d < w->n_drones; d++) {
        if (w->drones[d].base >= 0) {
            self->watch.drones[n++] = w->drones[d];
        }
    }
    for (int t = 0; t < w->n_types; t++) {
        for (int b = 0; b < w->n_bases && self->free_of[t] > 0; b++) {
            self->watch.drones[n++] = (struct vg_wf_drone){.type = t, .base = b};
        }
    }
    self->watch.n_drones = n;
    return true;
}

static bool start_counts(const struct vg_watchfile *w, struct split *self)
{
    size_t crews = (size_t)self->p.n_crews;
    self->n = calloc(crews, sizeof *self->n);
    self->fixed = calloc(crews, sizeof *self->fixed);
    if (self->n == NULL || self->fixed == NULL) {
        return false;
    }
    for (int c = 0; c < self->p.n_crews; c++) {
        struct vg_crew *crew = &self->p.crews[c];
        for (int d = 0; d < w->n_drones; d++) {
            self->fixed[c] += w->drones[d].base == crew->base && w->drones[d].type == crew->type;
        }
        /* So that the groups of the program with free drones add up to the fleet. */
        crew->n = 0;
    }
    for (int t = 0; t < w->n_types; t++) {
        for (int d = 0; d < w->n_drones; d++) {
            for (int c = 0; c < self->p.n_crews && w->drones[d].type == t; c++) {
                if (self->p.crews[c].type == t) {
                    self->p.crews[c].n++;
                    break;
                }
            }
        }
    }
    return true;
}

/* Shares of the drone time each crew would like, rounded by largest remainders. */
static void round_shares(struct split *self, const struct vg_rates *wish)
{
    int n_crews = self->p.n_crews;
    double *load = self->n;
    memset(load, 0, (size_t)n_crews * sizeof *load);
    for (int q = 0; q < wish->n_columns; q++) {
        load[wish->columns[q].crew] += wish->columns[q].cost * wish->columns[q].rate;
    }
    for (int t = 0; t < self->watch.n_types; t++) {
        double total = 1e-9;
        for (int c = 0; c < n_crews; c++) {
            bool is_mine = self->p.crews[c].type == t;
            load[c] = is_mine ? fmax(0, load[c] - self->fixed[c] * wish->value) : load[c];
            total += is_mine ? load[c] : 0;
        }
        int left = self->free_of[t];
        for (int c = 0; c < n_crews; c++) {
            load[c] *= self->p.crews[c].type == t ? self->free_of[t] / total : 1;
            left -= self->p.crews[c].type == t ? (int)load[c] : 0;
        }
        for (; left > 0; left--) {
            int best = -1;
            for (int c = 0; c < n_crews; c++) {
                if (self->p.crews[c].type == t &&
                    (best < 0 || load[c] - floor(load[c]) > load[best] - floor(load[best]))) {
                    best = c;
                }
            }
            load[best] = floor(load[best]) + 1;
        }
        for (int c = 0; c < n_crews; c++) {
            load[c] = self->p.crews[c].type == t ? self->fixed[c] + floor(load[c]) : load[c];
        }
    }
}

static bool reaches(const struct vg_problem *p, int chain, int c, int i)
{
    return vg_flight_floor_s(p, &p->chains[chain], c, i, i) < HUGE_VAL;
}

/* A site that no base with a drone reaches: the crew that reaches it and would like most; -1: all
 * sites are reached. */
static int find_unserved(const struct split *self, const double *load)
{
    const struct vg_problem *p = &self->p;
    for (int k = 0; k < p->n_chains; k++) {
        for (int i = 0; i < p->chains[k].n; i++) {
            bool is_served = false;
            int best = -1;
            for (int c = 0; c < p->n_crews && !is_served; c++) {
                bool can = reaches(p, k, c, i);
                is_served = can && self->n[c] >= 1;
                best =
                    can && self->free_of[p->crews[c].type] > 0 && (best < 0 || load[c] > load[best])
                        ? c
                        : best;
            }
            if (!is_served && best >= 0) {
                return best;
            }
        }
    }
    return -1;
}

/* Rounding may leave a base empty that alone reaches some of the line: it is given a drone of those
 * who have most. false: no memory. */
static bool serve_all(struct split *self)
{
    double *load = malloc((size_t)self->p.n_crews * sizeof *load);
    if (load == NULL) {
        return false;
    }
    memcpy(load, self->n, (size_t)self->p.n_crews * sizeof *load);
    for (int k = 0; k < self->p.n_crews; k++) {
        int to = find_unserved(self, load);
        int from = -1;
        for (int c = 0; to >= 0 && c < self->p.n_crews; c++) {
            if (self->p.crews[c].type == self->p.crews[to].type &&
                self->n[c] >= self->fixed[c] + 1 && (from < 0 || self->n[c] > self->n[from])) {
                from = c;
            }
        }
        if (from < 0 || self->n[from] < 2) {
            break;
        }
        self->n[from]--;
        self->n[to]++;
    }
    free(load);
    return true;
}

struct exchange {
    int from;
    int to;
    double gain; /* to first order */
};

static int by_gain(const void *a, const void *b)
{
    const struct exchange *x = a;
    const struct exchange *y = b;
    if (x->gain > y->gain || x->gain < y->gain) {
        return x->gain > y->gain ? -1 : 1;
    }
    return x->from != y->from ? x->from - y->from : x->to - y->to;
}

static int list_exchanges(const struct split *self, const double *price, struct exchange *out)
{
    int n = 0;
    for (int a = 0; a < self->p.n_crews; a++) {
        for (int b = 0; b < self->p.n_crews; b++) {
            bool can = self->p.crews[a].type == self->p.crews[b].type && a != b &&
                       self->n[a] >= self->fixed[a] + 1;
            /* Time is worth price; the last drone of a crew more than the price says. */
            double lost = price[a] * self->n[a] / fmax(self->n[a] - 1, 0.5);
            double won = price[b] * self->n[b] / (self->n[b] + 1);
            if (can) {
                out[n++] = (struct exchange){a, b, won - lost};
            }
        }
    }
    qsort(out, (size_t)n, sizeof *out, by_gain);
    return n;
}

/* A base without drones counts as a thousandth of one: the program's first sorties may be its. The
 * bound still holds, as more drones never raise it. */
static bool set_counts(const struct split *self, struct vg_rates *rates)
{
    double *n = malloc((size_t)self->p.n_crews * sizeof *n);
    for (int c = 0; n != NULL && c < self->p.n_crews; c++) {
        n[c] = fmax(self->n[c], 1e-3);
    }
    if (n != NULL) {
        vg_rates_set_drones(rates, n);
    }
    free(n);
    return n != NULL;
}

/* The best of the likeliest exchanges, if any is better. */
static bool exchange_one(struct split *self, struct vg_rates *rates, struct exchange *room,
                         double *io_value)
{
    int n = list_exchanges(self, rates->price, room);
    int best = -1;
    for (int k = 0; k < n && k < TRIES; k++) {
        self->n[room[k].from]--;
        self->n[room[k].to]++;
        double v = set_counts(self, rates) ? vg_rates_restricted(rates) : HUGE_VAL;
        if (v < *io_value * (1 - 1e-6)) {
            *io_value = v;
            best = k;
        }
        self->n[room[k].from]++;
        self->n[room[k].to]--;
    }
    if (best >= 0) {
        self->n[room[best].from]--;
        self->n[room[best].to]++;
    }
    return best >= 0;
}

static enum vg_status improve(struct split *self, struct vg_error *err)
{
    struct vg_rates rates;
    size_t n = (size_t)self->p.n_crews;
    struct exchange *room = calloc(n * n + 1, sizeof *room);
    enum vg_status st = vg_rates_init(&rates, &self->p, &self->costs, false, err);
    if (st == VG_OK && room == NULL) {
        st = vg_no_memory(err);
    }
    bool is_better = true;
    for (int k = 0; k < MAX_MOVES && is_better && st == VG_OK; k++) {
        st = !set_counts(self, &rates) ? vg_no_memory(err)
                                       : vg_rates_solve(&rates, STRIDE, CLOSE, ROUNDS, err);
        double value = rates.value;
        is_better = st == VG_OK && exchange_one(self, &rates, room, &value);
    }
    free(room);
    vg_rates_finish(&rates);
    return st;
}

/* ---- equal wishes: whole sorties count ---- */

/* Whole numbers with the least bound on what shares of partitions reach, in p->crews. */
static enum vg_status split_whole(struct split *self, const struct vg_costs *links,
                                  struct vg_error *err)
{
    struct vg_problem *p = &self->p;
    struct vg_whole whole = {0};
    double least;
    double *n = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *n);
    int *of_type = vg_arena_calloc(&p->arena, (size_t)self->watch.n_types, sizeof *of_type);
    if (n == NULL || of_type == NULL) {
        return vg_no_memory(err);
    }
    memcpy(of_type, self->free_of, (size_t)self->watch.n_types * sizeof *of_type);
    for (int c = 0; c < p->n_crews; c++) {
        of_type[p->crews[c].type] += (int)self->fixed[c];
    }
    enum vg_status st = vg_whole_init(&whole, p, links, self->fixed, err);
    if (st == VG_OK) {
        st = vg_whole_split(&whole, of_type, n, &least, err);
    }
    vg_whole_finish(&whole);
    for (int c = 0; c < p->n_crews; c++) {
        p->crews[c].n = (int)n[c];
    }
    return st;
}

/* With one wish for all, sorties are flown whole in every period. The best partition for the best
 * bound's numbers is where the search for both begins. Rounded shares stay where there are too few
 * drones for all of the line. */
static enum vg_status deal_whole(struct split *self, struct vg_error *err)
{
    struct vg_problem *p = &self->p;
    struct vg_costs links;
    struct vg_search found;
    const struct vg_climb climb = {PRICE_ROUNDS, CLIMB_CLOSE, NULL};
    enum vg_status st = vg_costs_init(&links, p, false, false, err);
    if (st == VG_OK) {
        st = split_whole(self, &links, err);
    }
    if (st == VG_OK) {
        st = vg_prices_solve(p, &links, &climb, &found, err);
    }
    if (st == VG_OK) {
        const struct vg_settle_options options = {self->fixed, self->enough,
                                                  self->enough > 0 ? PATIENT_ROUNDS : DEAL_ROUNDS,
                                                  DEAL_MOVES, DEAL_SEED};
        st = vg_settle(p, &options, &found.kept[0], err);
    }
    for (int c = 0; st == VG_OK && c < p->n_crews && found.kept[0].worst < HUGE_VAL; c++) {
        self->n[c] = p->crews[c].n;
    }
    return st;
}

static void place(struct split *self, struct vg_watchfile *io)
{
    for (int d = 0; d < io->n_drones; d++) {
        for (int c = 0; c < self->p.n_crews && io->drones[d].base < 0; c++) {
            const struct vg_crew *crew = &self->p.crews[c];
            if (crew->type == io->drones[d].type && self->n[c] >= self->fixed[c] + 1) {
                io->drones[d].base = crew->base;
                io->drones[d].is_placed = true;
                self->n[c]--;
            }
        }
    }
}

/* The linear program of the fleet that is free to choose its bases. is_rough: fewer sites. */
static enum vg_status wish_for(const struct vg_watchfile *w, bool is_rough, struct split *self,
                               struct vg_rates *out, struct vg_error *err)
{
    if (!make_watch(w, self)) {
        return vg_no_memory(err);
    }
    enum vg_status st =
        vg_problem_init_parts(&self->p, &self->watch, self->terrain, 0, self->sweeps, NULL, 0, err);
    if (st == VG_OK && self->p.n_chains == 0) {
        return vg_problem_refuse_reach(&self->p, err);
    }
    if (st == VG_OK) {
        st = vg_costs_init(&self->costs, &self->p, true, false, err);
    }
    if (st == VG_OK && !start_counts(w, self)) {
        st = vg_no_memory(err);
    }
    if (st == VG_OK) {
        st = vg_rates_init(out, &self->p, &self->costs, true, err);
    }
    int stride = !self->p.is_mixed ? EQUAL_STRIDE : is_rough ? ROUGH_STRIDE : STRIDE;
    return st == VG_OK ? vg_rates_solve(out, stride, CLOSE, ROUNDS, err) : st;
}

/* is_rough: fewer sites, drones dealt by rounding alone. */
static enum vg_status solve(const struct vg_watchfile *w, struct split *self, bool is_rough,
                            struct vg_error *err)
{
    struct vg_rates wish = {0};
    enum vg_status st = wish_for(w, is_rough, self, &wish, err);
    if (st == VG_OK) {
        round_shares(self, &wish);
        self->bound = wish.bound;
        st = serve_all(self) ? VG_OK : vg_no_memory(err);
    }
    vg_rates_finish(&wish);
    if (st != VG_OK || is_rough) {
        return st;
    }
    return self->p.is_mixed ? improve(self, err) : deal_whole(self, err);
}

static void finish(struct split *self)
{
    vg_problem_finish(&self->p);
    free(self->watch.drones);
    free(self->n);
    free(self->fixed);
    free(self->free_of);
}

enum vg_status vg_planner_station(struct vg_watchfile *io, struct vg_error *err)
{
    return vg_planner_station_for(io, 0, err);
}

enum vg_status vg_planner_station_for(struct vg_watchfile *io, double enough_s,
                                      struct vg_error *err)
{
    struct split self = {.enough = enough_s / io->revisit_s};
    int n_free = 0;
    enum vg_status st = count_free(io, &self, &n_free) ? VG_OK : vg_no_memory(err);
    if (st == VG_OK && n_free > 0) {
        st = solve(io, &self, false, err);
        if (st == VG_OK) {
            place(&self, io);
        }
    }
    finish(&self);
    return st;
}

double vg_reach_m(const struct vg_problem *p)
{
    double sum = 0;
    for (int line = 0; line < p->net.n_lines; line++) {
        const struct vg_nodes *nd = &p->nodes[line];
        for (int k = 0; k + 1 < nd->n; k++) {
            sum += nd->is_served[k] ? nd->s_m[k + 1] - nd->s_m[k] : 0;
        }
    }
    return sum;
}

enum vg_status vg_planner_judge_bases(const struct vg_watchfile *watch, struct vg_stationing *out,
                                      struct vg_error *err)
{
    struct vg_watchfile loose = *watch;
    struct split self = {0};
    int n_free = 0;
    size_t n_drones = (size_t)watch->n_drones;
    *out = (struct vg_stationing){0};
    loose.drones = malloc((n_drones + 1) * sizeof *loose.drones);
    int *at = calloc((size_t)watch->n_bases + 1, sizeof *at);
    enum vg_status st = loose.drones != NULL && at != NULL ? VG_OK : vg_no_memory(err);
    for (int d = 0; st == VG_OK && d < watch->n_drones; d++) {
        loose.drones[d] = watch->drones[d];
        loose.drones[d].base = -1;
    }
    if (st == VG_OK && !count_free(&loose, &self, &n_free)) {
        st = vg_no_memory(err);
    }
    if (st == VG_OK) {
        st = solve(&loose, &self, true, err);
    }
    for (int c = 0; st == VG_OK && c < self.p.n_crews; c++) {
        at[self.p.crews[c].base] += (int)self.n[c];
    }
    if (st == VG_OK) {
        *out = (struct vg_stationing){
            .bound_s = self.bound * watch->revisit_s, .reach_m = vg_reach_m(&self.p), .n_at = at};
    } else {
        free(at);
    }
    free(loose.drones);
    finish(&self);
    return st;
}

struct vg_dealer {
    struct split split;
    struct vg_rates wish;
};

enum vg_status vg_dealer_create(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                const struct vg_sweeps *sweeps, struct vg_dealer **out,
                                struct vg_error *err)
{
    struct vg_dealer *self = calloc(1, sizeof *self);
    int n_free = 0;
    enum vg_status st =
        self != NULL && count_free(watch, &self->split, &n_free) ? VG_OK : vg_no_memory(err);
    if (st == VG_OK && n_free == 0) {
        st = vg_fail(err, VG_E_INVALID,
                     "no drones in the watch: list at least one under \"drones\" with its base");
    }
    if (st == VG_OK) {
        self->split.terrain = terrain;
        self->split.sweeps = sweeps;
        st = wish_for(watch, true, &self->split, &self->wish, err);
    }
    if (st != VG_OK) {
        vg_dealer_destroy(self);
        return st;
    }
    *out = self;
    return VG_OK;
}

void vg_dealer_destroy(struct vg_dealer *self)
{
    if (self != NULL) {
        vg_rates_finish(&self->wish);
        finish(&self->split);
        free(self);
    }
}

double vg_dealer_bound(const struct vg_dealer *self)
{
    return self->wish.bound;
}

double vg_dealer_reach_m(const struct vg_dealer *self)
{
    return vg_reach_m(&self->split.p);
}

enum vg_status vg_dealer_place(struct vg_dealer *self, struct vg_watchfile *io,
                               struct vg_error *err)
{
    struct split *split = &self->split;
    memset(split->free_of, 0, (size_t)split->watch.n_types * sizeof *split->free_of);
    for (int d = 0; d < io->n_drones; d++) {
        split->free_of[io->drones[d].type] += io->drones[d].base < 0;
    }
    round_shares(split, &self->wish);
    if (!serve_all(split)) {
        return vg_no_memory(err);
    }
    place(split, io);
    return VG_OK;
}
