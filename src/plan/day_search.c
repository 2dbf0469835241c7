/* A day's timetable: a rota whose period is one day of the clock (rota.h), so that its take-offs
 * and landings keep out of closed hours and its visits find light.
 *
 * The moves, their prices and the exact polish are the rota's; here the period stands still. Begun
 * with the partition's sorties, cut until every drone has one (what is to be seen last before a
 * night and first after it is seen soonest by all drones at once), flown in turn through the open
 * hours. Without a night it begins with the tours. The target falls after each polish. Gaps other
 * than the night's are held to the promise, or to what the partition reaches without a clock, so
 * that drones do not idle by day because the night is long.
 */
#include "plan/rota.h"

#include <math.h>
#include <pthread.h>

#include <stdlib.h>
#include <string.h>

enum {
    ASK_EVERY = 512, /* moves between looks at the clock and new temperatures */
    STEP_S = 300,
    MAX_THREADS = 8
};
static const double HOT_S = 900;
static const double WARM_S = 300;
static const double COLDEST_S = 5;
static const double POLISH_BELOW_S = 110; /* temperature under which a polish may be worth it */
static const double LOWER = 0.985; /* the next target */
/* The target of a round, of the best one so far: somewhere between. A day holds whole numbers of
 * visits: now and then one more is tried. */
static const double LEAP = 0.85;
static const double NEXT = 0.97;
static const double LEAST_LOWER = 0.995;
/* Left between flights to begin with, so that the polish has room for pads and rounding. */
static const double APART_S = 120;
static const double HAIR_S = 10;
static const double HIGHER = 1.25; /* where nothing was found */
static const double DAY_SLACK = 1.1;

struct walk {
    const struct vg_rota_tables *tables;
    const struct vg_rota_options *options;
    int64_t moves; /* left */
    struct vg_rng rng;
    struct vg_rota rota;
    struct vg_rota_sortie *room;
    struct vg_rota_plan best;
    bool is_stopped;
};

/* ---- beginning ---- */

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

/* The partition's sorties of a crew, and where there is a night halves of them until each drone has
 * one; how many. */
static int list_pieces(const struct vg_rota_tables *t, int crew, struct vg_rota_sortie *out)
{
    const struct vg_problem *p = t->p;
    int n = 0;
    for (int q = 0; q < t->part->n; q++) {
        const struct vg_piece *x = &t->part->pieces[q];
        struct vg_rota_sortie s = {
            .chain = x->chain, .crew = crew, .i = x->i, .j = x->j, .is_on = true};
        if (x->crew == crew) {
            vg_flight_least_s(p, &p->chains[x->chain], crew, x->i, x->j, &s.is_backward);
            n += vg_rota_set(t, &s);
            out[n > 0 ? n - 1 : 0] = s;
        }
    }
    while (n > 0 && n < p->crews[crew].n && t->clock->share > 0) {
        int longest = longest_of(out, n);
        struct vg_rota_sortie a = out[longest < 0 ? 0 : longest];
        struct vg_rota_sortie b = a;
        a.j = b.i = (a.i + a.j) / 2;
        if (longest < 0 || !vg_rota_set(t, &a) || !vg_rota_set(t, &b)) {
            break;
        }
        out[longest] = a;
        out[n++] = b;
    }
    return n;
}

/* When drone d of a crew is ready for a sortie: each has its own of the jobs, some none. */
static double after_jobs_s(const struct vg_rota_tables *t, int crew, int d, double ready_s,
                           double busy_s)
{
    for (int k = d; k < t->clock->n_jobs[crew]; k += t->p->crews[crew].n) {
        const struct vg_clock_job *job = &t->clock->jobs[crew][k];
        for (int day = 0; day <= 1; day++) {
            double at_s = job->at_s + day * VG_DAY_S;
            ready_s = ready_s + busy_s > at_s && ready_s < at_s + job->busy_s ? at_s + job->busy_s
                                                                              : ready_s;
        }
    }
    return ready_s;
}

/* A crew's pieces in turn, each by the drone that is ready first, as soon as the base lets it go
 * and lets it land again. Adds to io. */
static int fly_in_turn(const struct vg_rota_tables *t, int crew,
                       const struct vg_rota_sortie *pieces, int n_pieces, double *ready_s,
                       struct vg_rota_sortie *io)
{
    const struct vg_crew *c = &t->p->crews[crew];
    int n = 0;
    double first_s, end_s;
    vg_clock_open(t->clock, crew, false, 0, &first_s, &end_s);
    first_s = first_s > -HUGE_VAL ? first_s : 0;
    for (int d = 0; d < c->n; d++) {
        ready_s[d] = first_s + (crew + d) * APART_S;
    }
    for (int next = 0; n_pieces > 0;) {
        struct vg_rota_sortie s = pieces[next % n_pieces];
        int d = 0;
        for (int k = 1; k < c->n; k++) {
            d = ready_s[k] < ready_s[d] ? k : d;
        }
        if (ready_s[d] + s.busy_s > first_s + VG_DAY_S) {
            break;
        }
        s.at_s = after_jobs_s(t, crew, d, ready_s[d], s.busy_s);
        if (s.at_s > ready_s[d]) {
            ready_s[d] = s.at_s;
            continue;
        }
        if (vg_clock_missed_s(t->clock, crew, s.at_s, s.busy_s - c->turnaround_s) > 0) {
            ready_s[d] += STEP_S;
            continue;
        }
        ready_s[d] += s.busy_s + HAIR_S;
        io[n++] = s;
        next++;
    }
    return n;
}

/* Where there is no night: the tours of a crew (tours.c), as many rounds of them as a day holds,
 * evenly. */
static int fly_tours(const struct vg_rota_tables *t, int crew, const struct vg_rota_sortie *pieces,
                     int n_pieces, struct vg_rota_sortie *io)
{
    double sum_s = 0;
    int n = 0;
    for (int k = 0; k < n_pieces; k++) {
        sum_s += pieces[k].busy_s;
    }
    double rounds = fmax(1, floor(VG_DAY_S * t->p->crews[crew].n / sum_s));
    double offset_s = 0;
    for (int k = 0; k < n_pieces; k++) {
        for (double r = 0; r < rounds; r++) {
            io[n] = pieces[k];
            io[n++].at_s = offset_s + r * VG_DAY_S / rounds;
        }
        offset_s += pieces[k].busy_s;
    }
    return n;
}

/* How long gaps by day may be, over the wish: the promise, or about what is reached without a
 * clock. */
static double day_limit(const struct vg_rota_tables *t)
{
    return fmax(1, DAY_SLACK * t->part->worst * t->p->least_revisit_s / t->p->watch->revisit_s);
}

static void load(struct walk *w, const struct vg_rota_sortie *sorties, int n, double target)
{
    vg_rota_load_day(&w->rota, sorties, n, target, fmin(1, day_limit(w->tables) / target));
}

static bool begin(struct walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    int n = 0;
    size_t most = (size_t)t->part->n + (size_t)t->p->watch->n_drones + 1;
    struct vg_rota_sortie *pieces = calloc(most, sizeof *pieces);
    double *ready_s = calloc(most, sizeof *ready_s);
    bool is_ok = pieces != NULL && ready_s != NULL;
    for (int c = 0; c < t->p->n_crews && is_ok; c++) {
        int n_pieces = list_pieces(t, c, pieces);
        const struct vg_hours *closed = &t->p->watch->bases[t->p->crews[c].base].closed;
        bool has_pause = t->clock->share > 0 || t->clock->n_jobs[c] > 0 || closed->n > 0;
        n += has_pause ? fly_in_turn(t, c, pieces, n_pieces, ready_s, w->room + n)
                       : fly_tours(t, c, pieces, n_pieces, w->room + n);
    }
    free(pieces);
    free(ready_s);
    /* The bound: the first polish finds what can be kept of it. */
    load(w, w->room, n, fmax(t->share, t->clock->share));
    return is_ok;
}

/* ---- annealing ---- */

static bool polish(struct walk *w)
{
    double target;
    if (!vg_rota_settle(&w->rota, VG_DAY_S, w->room, &target) ||
        !(target < w->best.target * (1 - 2e-4))) {
        return false;
    }
    w->best.n = w->rota.n_live;
    w->best.target = target;
    w->best.period_s = VG_DAY_S;
    w->best.by_day = w->rota.by_day;
    memcpy(w->best.sorties, w->room, (size_t)w->best.n * sizeof *w->room);
    return true;
}

static bool may_go_on(struct walk *w)
{
    const struct vg_rota_options *o = w->options;
    w->is_stopped = w->is_stopped || w->moves <= 0 || (o->go_on != NULL && !o->go_on(o->ctx));
    return !w->is_stopped;
}

/* From `hot` to cold in so many moves. */
static void cool(struct walk *w, double hot_s, int64_t moves)
{
    struct vg_rota *r = &w->rota;
    struct vg_rota_change changes[VG_ROTA_CHANGES];
    double temperature = hot_s;
    double least = HUGE_VAL;
    int64_t n_kept = 0;
    for (int64_t m = 0; m < moves; m++) {
        if (m % ASK_EVERY == 0) {
            temperature = hot_s * pow(COLDEST_S / hot_s, (double)m / (double)moves);
            if (!may_go_on(w)) {
                return;
            }
        }
        w->moves--;
        int n = vg_rota_propose(r, &w->rng, changes);
        double most = -temperature * log(1 - vg_rng_unit(&w->rng));
        if (n == 0 || !vg_rota_try(r, changes, n, most)) {
            continue;
        }
        n_kept++;
        double cost = r->cover_cost + r->over_cost;
        least = fmin(least, cost);
        if (temperature < POLISH_BELOW_S && n_kept % (20 + r->n_live) == 0 &&
            cost < 1.3 * least + 180 && polish(w)) {
            load(w, w->best.sorties, w->best.n, w->best.target * LOWER);
            least = HUGE_VAL;
        }
    }
}

static void *walk_thread(void *ctx)
{
    struct walk *w = ctx;
    polish(w);
    int64_t whole = 100000 + 10000 * (int64_t)w->rota.n_live;
    for (int round = 0; !w->is_stopped; round++) {
        int64_t moves = whole < w->options->moves / 2 ? whole : w->options->moves / 2 + 1;
        bool is_leap = round % 3 == 0;
        if (w->best.n > 0) {
            double least = is_leap ? LEAP : NEXT;
            load(w, w->best.sorties, w->best.n,
                 w->best.target * (least + (LEAST_LOWER - least) * vg_rng_unit(&w->rng)));
        } else {
            load(w, w->rota.sorties, w->rota.n, w->rota.target * HIGHER);
        }
        cool(w, is_leap ? HOT_S : WARM_S, moves);
        polish(w);
    }
    return NULL;
}

static bool walk_init(struct walk *w, const struct vg_rota_tables *t,
                      const struct vg_rota_options *options, int k)
{
    *w = (struct walk){.tables = t, .options = options, .moves = options->moves};
    w->rng = vg_rng_seed(options->seed * 1000 + (uint64_t)k);
    w->best.target = HUGE_VAL;
    w->best.sorties = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->room = calloc(VG_ROTA_MOST, sizeof *w->room);
    return vg_rota_init(&w->rota, t) && w->best.sorties && w->room && begin(w);
}

static void walk_finish(struct walk *w)
{
    vg_rota_finish(&w->rota);
    free(w->best.sorties);
    free(w->room);
}

enum vg_status vg_day_search(const struct vg_rota_tables *t, const struct vg_rota_options *options,
                             struct vg_rota_plan *io, struct vg_error *err)
{
    struct walk walks[MAX_THREADS] = {0};
    pthread_t thread[MAX_THREADS];
    bool has_thread[MAX_THREADS] = {false};
    int n = options->n_threads < MAX_THREADS ? options->n_threads : MAX_THREADS;
    bool is_ok = true;
    int best = 0;
    for (int k = 0; k < n && is_ok; k++) {
        is_ok = walk_init(&walks[k], t, options, k);
    }
    for (int k = 1; k < n && is_ok; k++) {
        has_thread[k] = pthread_create(&thread[k], NULL, walk_thread, &walks[k]) == 0;
    }
    if (is_ok) {
        walk_thread(&walks[0]);
    }
    for (int k = 1; k < n; k++) {
        if (has_thread[k]) {
            pthread_join(thread[k], NULL);
        }
        best = walks[k].best.target < walks[best].best.target ? k : best;
    }
    *io = (struct vg_rota_plan){0};
    if (is_ok) {
        *io = walks[best].best;
        walks[best].best.sorties = NULL;
    }
    for (int k = 0; k < n; k++) {
        walk_finish(&walks[k]);
    }
    return is_ok ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}
