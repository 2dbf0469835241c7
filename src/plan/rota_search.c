/* The search for a rota: simulated annealing towards a target, the exact polish whenever it comes
 * near, the target a little lower each time.
 *
 * Several starts side by side, each with a number of visits in a period of its own (the period as a
 * multiple of target x wish); what matters is fixed by the seed and the number of moves, time only
 * ends it early.
 *
 * Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing",
 * Science 220, 1983.
 */
#include "plan/rota.h"

#include <math.h>
#include <pthread.h>

#include <stdlib.h>
#include <string.h>

enum {
    ASK_EVERY = 512, /* moves between looks at the clock and new temperatures */
    WEIGH_EVERY = 20000,
    MOST_IDLE = 6, /* rounds without a better rota */
    MOST_DOUBLINGS = 1,
    MOST_PACE = 6,
    MOST_LENGTHENED = 200, /* sorties */
    LARGE_FLEET =
        30, /* drones: whole numbers of sorties cost it little, longer periods much time */
    ROUNDS_AT_LEAST = 8, /* however few the moves */
    MAX_THREADS = 8
};
/* A period a little shorter than the multiple of the wish leaves room for visits that are not quite
 * even; for a first rota it may be much shorter, where places are seen too seldom as yet. */
static const double LEAST_RATIO = 0.93;
static const double FIRST_RATIO = 0.8;
static const double MOST_RATIO = 1.01;
/* Times what the linear program reaches: the first beginning is sure to come to something. */
static const double FIRST_TARGET = 1.4;
static const double LATER_TARGET = 1.2;
static const double COLDEST_S = 5.4;
static const double POLISH_BELOW_S = 108; /* temperature under which a rota may be worth a polish */

struct walk {
    const struct vg_rota_tables *tables;
    const struct vg_rota_options *options;
    int64_t moves; /* left */
    struct vg_rng rng;
    struct vg_rota rota;
    double ratio_s; /* period / target */
    int first; /* which multiple of the longest wish it begins with */
    int64_t pace; /* rounds get slower from beginning to beginning */
    struct vg_rota_sortie *room;
    struct vg_rota_plan best; /* since the last beginning */
    struct vg_rota_plan ever;
    int64_t n_kept;
    bool is_stopped;
    bool no_memory;
};

/* ---- beginning ---- */

static double longest_wish_s(const struct vg_rota_tables *t)
{
    double most = 0;
    for (int k = 0; k < t->n_chains; k++) {
        for (int i = 0; i < t->chains[k].n - 1; i++) {
            most = fmax(most, t->chains[k].wish_s[i]);
        }
    }
    return most;
}

/* Visits still wanted per block of a chain. */
struct needs {
    double **left;
};

static double wanted(const struct vg_rota_tables *t, int chain, int b, double ratio_s)
{
    const struct vg_rota_chain *ch = &t->chains[chain];
    double least = HUGE_VAL;
    for (int k = b * ch->block; k < (b + 1) * ch->block && k < ch->n - 1; k++) {
        least = fmin(least, ch->wish_s[k]);
    }
    return ceil(ratio_s / least - 1e-6);
}

static bool needs_init(struct needs *self, const struct walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    self->left = calloc((size_t)t->n_chains + 1, sizeof *self->left);
    bool is_ok = self->left != NULL;
    for (int k = 0; k < t->n_chains && is_ok; k++) {
        self->left[k] = calloc((size_t)t->chains[k].n_blocks + 1, sizeof(double));
        is_ok = self->left[k] != NULL;
        for (int b = 0; b < t->chains[k].n_blocks && is_ok; b++) {
            self->left[k][b] = wanted(t, k, b, w->ratio_s);
        }
    }
    return is_ok;
}

static void needs_finish(struct needs *self, const struct vg_rota_tables *t)
{
    for (int k = 0; self->left != NULL && k < t->n_chains; k++) {
        free(self->left[k]);
    }
    free(self->left);
}

/* Of some patterns over a block the one that meets most needs for its time. */
static bool pick_pattern(struct walk *w, const struct needs *needs, int chain, int b,
                         struct vg_rota_sortie *out)
{
    const struct vg_rota_tables *t = w->tables;
    const struct vg_rota_chain *ch = &t->chains[chain];
    int n = ch->first[b + 1] - ch->first[b];
    double best = -1;
    for (int tries = 0; tries < 30 && n > 0; tries++) {
        const struct vg_rota_pattern *x =
            &t->patterns[ch->list[ch->first[b] + (int)vg_rng_below(&w->rng, (uint64_t)n)]];
        struct vg_rota_sortie s = {.chain = chain, .crew = x->crew, .i = x->i, .j = x->j};
        s.is_backward = vg_rng_below(&w->rng, 2) == 0;
        s.is_on = true;
        if (!vg_rota_set(t, &s)) {
            s.is_backward = !s.is_backward;
            if (!vg_rota_set(t, &s)) {
                continue;
            }
        }
        double meets = 0;
        for (int q = x->i / ch->block; q <= (x->j - 1) / ch->block; q++) {
            meets += needs->left[chain][q] > 0;
        }
        double score = meets / s.busy_s * (0.8 + 0.4 * vg_rng_unit(&w->rng));
        if (score > best) {
            best = score;
            *out = s;
        }
    }
    return best >= 0;
}

/* Enough sorties for every block's visits, taking off at any time. */
static int begin(struct walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    struct needs needs = {0};
    double target = t->share * (w->ever.n > 0 ? LATER_TARGET : FIRST_TARGET);
    double period_s = 0.985 * w->ratio_s * target;
    int n = 0;
    w->no_memory = !needs_init(&needs, w);
    for (int k = 0; k < t->n_chains && !w->no_memory; k++) {
        for (int b = 0; b < t->chains[k].n_blocks; b++) {
            struct vg_rota_sortie s;
            while (needs.left[k][b] > 0 && n < VG_ROTA_MOST - 64 &&
                   pick_pattern(w, &needs, k, b, &s)) {
                s.at_s = vg_rng_unit(&w->rng) * period_s;
                w->room[n++] = s;
                for (int q = s.i / t->chains[k].block; q <= (s.j - 1) / t->chains[k].block; q++) {
                    needs.left[k][q]--;
                }
            }
        }
    }
    needs_finish(&needs, t);
    vg_rota_load(&w->rota, w->room, n, target, period_s);
    return n;
}

/* The partition's sorties, each once in a period, a crew's one after another round it: what its
 * tours are, in one period for all. */
static void begin_with_partition(struct walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    double period_s = t->part->worst * t->p->least_revisit_s;
    for (int c = 0; c < t->p->n_crews; c++) {
        double at_s = 0;
        for (int q = 0; q < t->part->n; q++) {
            const struct vg_piece *x = &t->part->pieces[q];
            struct vg_rota_sortie *s = &w->room[q];
            if (x->crew == c) {
                *s = (struct vg_rota_sortie){.chain = x->chain,
                                             .crew = c,
                                             .i = x->i,
                                             .j = x->j,
                                             .is_on = true,
                                             .at_s = at_s};
                vg_flight_least_s(t->p, &t->p->chains[x->chain], c, x->i, x->j, &s->is_backward);
                at_s += vg_rota_set(t, s) ? s->busy_s : 0;
            }
        }
    }
    w->ratio_s = t->p->least_revisit_s;
    vg_rota_load(&w->rota, w->room, t->part->n, t->part->worst, period_s);
}

/* ---- annealing ---- */

static void copy_plan(const struct vg_rota_plan *from, struct vg_rota_plan *to)
{
    memcpy(to->sorties, from->sorties, (size_t)from->n * sizeof *to->sorties);
    to->n = from->n;
    to->target = from->target;
    to->period_s = from->period_s;
}

/* Polishes what there is; true if it is the best since the beginning. */
static bool polish(struct walk *w)
{
    double target, period_s;
    double most = w->best.n > 0 ? w->best.target * (1 - 2e-4) : w->rota.target * 1.5;
    double d = w->ratio_s;
    double least = FIRST_RATIO * d;
    if (w->best.n > 0) {
        least = fmin(LEAST_RATIO * d, 0.99 * w->best.period_s / w->best.target);
    }
    if (!vg_rota_polish(&w->rota, least, MOST_RATIO * d, most, w->room, &target, &period_s)) {
        return false;
    }
    w->best.n = w->rota.n_live;
    w->best.target = target;
    w->best.period_s = period_s;
    memcpy(w->best.sorties, w->room, (size_t)w->best.n * sizeof *w->room);
    if (target < w->ever.target) {
        copy_plan(&w->best, &w->ever);
    }
    return true;
}

/* The best rota again, with all times shrunk to a target below its own. */
static void load_best(struct walk *w, double share)
{
    for (int k = 0; k < w->best.n; k++) {
        w->room[k] = w->best.sorties[k];
        w->room[k].at_s *= share;
    }
    vg_rota_load(&w->rota, w->room, w->best.n, w->best.target * share, w->best.period_s * share);
}

static void set_target(struct walk *w, double share)
{
    struct vg_rota *r = &w->rota;
    r->target *= share;
    r->period_s *= share;
    for (int k = 0; k < r->n_live; k++) {
        r->sorties[r->live[k]].at_s *= share;
    }
    vg_rota_reprice(r);
}

/* Links that stay short get dearer. */
static void weigh(struct walk *w)
{
    struct vg_rota *r = &w->rota;
    for (int k = 0; k < w->tables->n_chains; k++) {
        for (int i = 0; i < w->tables->chains[k].n - 1; i++) {
            double x = r->weight[k][i];
            r->weight[k][i] = r->link_cost[k][i] > 1e-9 ? fmin(8, x * 1.05) : fmax(1, x * 0.99);
        }
    }
    vg_rota_reprice(r);
}

static bool may_go_on(struct walk *w)
{
    if (w->moves <= 0 || (w->options->go_on != NULL && !w->options->go_on(w->options->ctx))) {
        w->is_stopped = true;
    }
    return !w->is_stopped;
}

/* From `hot` to cold in so many moves. */
static void cool(struct walk *w, double hot_s, int64_t moves)
{
    struct vg_rota *r = &w->rota;
    struct vg_rota_change changes[VG_ROTA_CHANGES];
    double temperature = hot_s;
    double least = HUGE_VAL;
    for (int64_t m = 0; m < moves; m++) {
        if (m % ASK_EVERY == 0) {
            temperature = hot_s * pow(COLDEST_S / hot_s, (double)m / (double)moves);
            if (!may_go_on(w)) {
                return;
            }
        }
        if (m % WEIGH_EVERY == WEIGH_EVERY - 1 && temperature < POLISH_BELOW_S / 1.5) {
            weigh(w);
        }
        w->moves--;
        int n = vg_rota_propose(r, &w->rng, changes);
        double most = -temperature * log(1 - vg_rng_unit(&w->rng));
        if (n == 0 || !vg_rota_try(r, changes, n, most)) {
            continue;
        }
        w->n_kept++;
        double cost = r->cover_cost + r->over_cost;
        least = fmin(least, cost);
        if (temperature < POLISH_BELOW_S && w->n_kept % (20 + r->n_live) == 0 &&
            cost < 1.3 * least + 180 && polish(w) && w->best.target < r->target * 1.01) {
            load_best(w, 0.985);
            least = HUGE_VAL;
        }
    }
}

static double next_heat_s(int round)
{
    static const double HEATS_S[] = {432, 252, 144};
    return round == 0 ? 900 : HEATS_S[round % 3];
}

/* Rounds until some of them bring nothing. */
static void walk_rounds(struct walk *w)
{
    double last = w->best.target;
    int64_t moves = w->pace * (200000 + 20000 * (int64_t)w->rota.n_live);
    int64_t share = w->options->moves / ROUNDS_AT_LEAST;
    moves = moves < share ? moves : share + 1;
    for (int round = 0, idle = 0; !w->is_stopped && idle < MOST_IDLE; round++) {
        if (w->best.n > 0 && (round % 4 != 3 || vg_rng_unit(&w->rng) < 0.5)) {
            load_best(w, 0.965 + 0.025 * vg_rng_unit(&w->rng));
        } else if (round > 0) {
            set_target(w, w->best.n > 0 ? 0.975 : 1.08);
        }
        bool is_first = w->ever.n == 0 && round == 0;
        cool(w, next_heat_s(w->best.n > 0 ? round + 1 : round), is_first ? moves / 2 : moves);
        polish(w);
        idle = w->best.n > 0 && !(w->best.target < last) ? idle + 1 : 0;
        last = w->best.target;
    }
}

/* The same rota twice, in a period twice as long: sorties that had to be alike in every period may
 * now differ in every second one. */
static bool lengthen(struct walk *w)
{
    int n = w->best.n;
    if (n == 0 || 2 * n > MOST_LENGTHENED) {
        return false;
    }
    for (int k = 0; k < n; k++) {
        w->best.sorties[n + k] = w->best.sorties[k];
        w->best.sorties[n + k].at_s += w->best.period_s;
    }
    w->best.n = 2 * n;
    w->best.period_s *= 2;
    w->ratio_s *= 2;
    return true;
}

/* From a beginning, in longer and longer periods. */
static void walk_on(struct walk *w, double ratio_s, bool is_from_partition)
{
    w->best.n = 0;
    w->best.target = HUGE_VAL;
    w->ratio_s = ratio_s;
    if (is_from_partition) {
        begin_with_partition(w);
        polish(w);
    } else {
        begin(w);
    }
    for (int k = 0; k <= MOST_DOUBLINGS && !w->no_memory && !w->is_stopped; k++) {
        walk_rounds(w);
        if (!lengthen(w)) {
            break;
        }
    }
}

static void walk(struct walk *w)
{
    static const int MULTIPLES[] = {1, 2, 1, 3, 2};
    double ratio_s = w->ratio_s;
    int n_drones = 0;
    for (int c = 0; c < w->tables->p->n_crews; c++) {
        n_drones += w->tables->p->crews[c].n;
    }
    for (int k = w->first; !w->no_memory && !w->is_stopped; k++) {
        /* With one wish for all a partition is where the tours are. */
        walk_on(w, ratio_s * (n_drones < LARGE_FLEET ? MULTIPLES[k % 5] : 1),
                k == 0 && !w->tables->p->is_mixed);
        w->pace += w->pace < MOST_PACE;
    }
}

static void *walk_thread(void *ctx)
{
    walk(ctx);
    return NULL;
}

static bool walk_init(struct walk *w, const struct vg_rota_tables *t,
                      const struct vg_rota_options *options, int k, double ratio_s)
{
    *w = (struct walk){.tables = t, .options = options, .moves = options->moves};
    w->rng = vg_rng_seed(options->seed * 1000 + (uint64_t)k);
    w->ratio_s = ratio_s;
    w->first = k;
    w->pace = 1;
    w->ever.target = HUGE_VAL;
    w->best.sorties = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->ever.sorties = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->room = calloc(VG_ROTA_MOST, sizeof *w->room);
    return vg_rota_init(&w->rota, t) && w->best.sorties && w->ever.sorties && w->room != NULL;
}

static void walk_finish(struct walk *w)
{
    vg_rota_finish(&w->rota);
    free(w->best.sorties);
    free(w->ever.sorties);
    free(w->room);
}

enum vg_status vg_rota_search(const struct vg_rota_tables *t, const struct vg_rota_options *options,
                              struct vg_rota_plan *io, struct vg_error *err)
{
    struct walk walks[MAX_THREADS] = {0};
    pthread_t thread[MAX_THREADS];
    bool has_thread[MAX_THREADS] = {false};
    int n = options->n_threads < MAX_THREADS ? options->n_threads : MAX_THREADS;
    bool is_ok = true;
    double most_s = longest_wish_s(t);
    for (int k = 0; k < n && is_ok; k++) {
        is_ok = walk_init(&walks[k], t, options, k, most_s);
    }
    for (int k = 1; k < n && is_ok; k++) {
        has_thread[k] = pthread_create(&thread[k], NULL, walk_thread, &walks[k]) == 0;
    }
    for (int k = 0; k < n && is_ok; k++) {
        if (k == 0) {
            walk(&walks[0]);
        } else if (has_thread[k]) {
            pthread_join(thread[k], NULL);
        }
    }
    int best = 0;
    for (int k = 0; k < n; k++) {
        is_ok = is_ok && !walks[k].no_memory;
        best = walks[k].ever.target < walks[best].ever.target ? k : best;
    }
    io->n = 0;
    io->sorties = is_ok ? malloc((size_t)(walks[best].ever.n + 1) * sizeof *io->sorties) : NULL;
    if (io->sorties != NULL) {
        copy_plan(&walks[best].ever, io);
    }
    is_ok = io->sorties != NULL;
    for (int k = 0; k < n; k++) {
        walk_finish(&walks[k]);
    }
    return is_ok ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}
