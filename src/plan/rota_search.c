/* The search for a rota: simulated annealing towards a target, the exact polish whenever it comes
 * near, the target a little lower each time. First all crews at once, then a few at a time
 * (rota_places.c).
 *
 * Several starts side by side, each with a number of visits in a period of its own (the period as a
 * multiple of target x wish: rota_begin.c); what matters is fixed by the seed and the number of
 * moves, time only ends it early.
 *
 * Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing",
 * Science 220, 1983.
 */
#include "plan/rota_walk.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    ASK_EVERY = 512, /* moves between looks at the clock and new temperatures */
    WEIGH_EVERY = 20000,
    MOST_IDLE = 6, /* rounds without a better rota, of one crew */
    MOST_IDLE_CREWS = 2, /* the same of several, which go on a few at a time after each */
    MOST_DOUBLINGS = 1,
    MOST_PACE = 6,
    MOST_LENGTHENED = 300, /* sorties */
    ROUNDS_AT_LEAST = 8, /* however few the moves */
    MAX_THREADS = 8
};
/* A period a little shorter than the multiple of the wish leaves room for visits that are not quite
 * even; for a first rota it may be much shorter, where places are seen too seldom as yet. */
static const double LEAST_RATIO = 0.93;
static const double FIRST_RATIO = 0.8;
static const double MOST_RATIO = 1.01;
static const double HAND_OVER = 0.005; /* of the moves, where drones may change crews */
static const double COLDEST_S = 5.4;
static const double POLISH_BELOW_S = 108; /* temperature under which a rota may be worth a polish */

/* ---- annealing ---- */

static void copy_plan(const struct vg_rota_plan *from, struct vg_rota_plan *to)
{
    memcpy(to->sorties, from->sorties, (size_t)from->n * sizeof *to->sorties);
    to->deal = from->deal;
    to->is_pooled = from->is_pooled;
    to->n = from->n;
    to->target = from->target;
    to->period_s = from->period_s;
    to->by_day = from->by_day;
}

/* A day is as long as it is. */
static bool settle_day(struct vg_rota_walk *w, double most, double *out_target)
{
    return vg_rota_settle(&w->rota, VG_DAY_S, w->room, out_target) && *out_target < most;
}

static bool polish_period(struct vg_rota_walk *w, double most, double *out_target,
                          double *out_period_s)
{
    double d = w->ratio_s;
    double least = FIRST_RATIO * d;
    if (w->best.n > 0) {
        least = fmin(LEAST_RATIO * d, 0.99 * w->best.period_s / w->best.target);
    }
    return vg_rota_polish(&w->rota, least, MOST_RATIO * d, most, w->room, out_target, out_period_s);
}

bool vg_rota_walk_polish(struct vg_rota_walk *w)
{
    double target;
    double period_s = VG_DAY_S;
    bool is_day = w->tables->clock != NULL;
    double easy = is_day ? HUGE_VAL : w->rota.target * 1.5;
    double most = w->best.n > 0 ? w->best.target * (1 - 2e-4) : easy;
    if (!(is_day ? settle_day(w, most, &target) : polish_period(w, most, &target, &period_s))) {
        return false;
    }
    w->best.by_day = w->rota.by_day;
    w->best.n = w->rota.n_live;
    w->best.target = target;
    w->best.period_s = period_s;
    w->best.deal = w->rota.deal;
    w->best.is_pooled = w->rota.is_pooled;
    memcpy(w->best.sorties, w->room, (size_t)w->best.n * sizeof *w->room);
    if (target < w->ever.target) {
        copy_plan(&w->best, &w->ever);
    }
    if (w->tables->pool != NULL && !w->best.is_pooled && target < w->home.target) {
        copy_plan(&w->best, &w->home);
    }
    return true;
}

void vg_rota_load_best(struct vg_rota_walk *w, double share)
{
    if (w->tables->clock != NULL) {
        vg_day_load(w, w->best.sorties, w->best.n, w->best.target * share);
        return;
    }
    for (int k = 0; k < w->best.n; k++) {
        w->room[k] = w->best.sorties[k];
        w->room[k].at_s *= share;
    }
    vg_rota_set_deal(&w->rota, w->best.deal);
    vg_rota_load(&w->rota, w->room, w->best.n, w->best.target * share, w->best.period_s * share);
}

static void set_target(struct vg_rota_walk *w, double share)
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
static void weigh(struct vg_rota_walk *w)
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

static bool may_go_on(struct vg_rota_walk *w)
{
    if (w->moves <= 0 || (w->options->go_on != NULL && !w->options->go_on(w->options->ctx))) {
        w->is_stopped = true;
    }
    return !w->is_stopped;
}

int vg_rota_other_deal(struct vg_rota_walk *w, int *out_from, int *out_to)
{
    const struct vg_rota_deals *deals = &w->tables->deals;
    int n = w->tables->p->n_crews;
    int deal = (int)vg_rng_below(&w->rng, (uint64_t)deals->n);
    const int *drones = deals->drones + deal * n;
    int differs = 0;
    for (int c = 0; c < n; c++) {
        int by = drones[c] - w->rota.drones[c];
        differs += abs(by);
        *out_from = by < 0 ? c : *out_from;
        *out_to = by > 0 ? c : *out_to;
    }
    return differs == 2 ? deal : -1;
}

/* A drone changes crews. */
static void hand_over(struct vg_rota_walk *w, double most)
{
    int from, to;
    int deal = vg_rota_other_deal(w, &from, &to);
    if (deal >= 0 && w->rota.is_at_work[from] && w->rota.is_at_work[to]) {
        vg_rota_try_deal(&w->rota, deal, most);
    }
}

void vg_rota_cool(struct vg_rota_walk *w, double hot_s, int64_t moves)
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
        if (w->tables->deals.n > 1 && !r->is_pooled && vg_rng_unit(&w->rng) < HAND_OVER) {
            hand_over(w, -temperature * log(1 - vg_rng_unit(&w->rng)));
            continue;
        }
        int n = vg_rota_propose(r, &w->rng, changes);
        double most = -temperature * log(1 - vg_rng_unit(&w->rng));
        if (n == 0 || !vg_rota_try(r, changes, n, most)) {
            continue;
        }
        w->n_kept++;
        double cost = r->cover_cost + r->over_cost;
        least = fmin(least, cost);
        if (temperature < POLISH_BELOW_S && w->n_kept % (20 + r->n_live) == 0 &&
            cost < 1.3 * least + 180 && vg_rota_walk_polish(w) &&
            w->best.target < r->target * 1.01) {
            vg_rota_load_best(w, 0.985);
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
static void walk_rounds(struct vg_rota_walk *w)
{
    bool has_crews = w->tables->p->n_crews > 1;
    int most_idle = has_crews ? MOST_IDLE_CREWS : MOST_IDLE;
    double last = w->best.target;
    int64_t moves = w->pace * (200000 + 20000 * (int64_t)w->rota.n_live);
    int64_t share = w->options->moves / ROUNDS_AT_LEAST;
    moves = moves < share ? moves : share + 1;
    for (int round = 0, idle = 0; !w->is_stopped && idle < most_idle; round++) {
        if (w->best.n > 0 && (round % 4 != 3 || vg_rng_unit(&w->rng) < 0.5)) {
            vg_rota_load_best(w, 0.965 + 0.025 * vg_rng_unit(&w->rng));
        } else if (round > 0) {
            set_target(w, w->best.n > 0 ? 0.975 : 1.08);
        }
        bool is_first = w->ever.n == 0 && round == 0;
        vg_rota_cool(w, next_heat_s(w->best.n > 0 ? round + 1 : round),
                     is_first ? moves / 2 : moves);
        vg_rota_walk_polish(w);
        if (w->best.n > 0 && has_crews) {
            vg_rota_walk_places(w);
        }
        idle = w->best.n > 0 && !(w->best.target < last) ? idle + 1 : 0;
        last = w->best.target;
    }
}

/* The same rota twice, in a period twice as long: sorties that had to be alike in every period may
 * now differ in every second one. */
static bool lengthen(struct vg_rota_walk *w)
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

/* From a beginning, in longer and longer periods; with landings at home in one only, where those
 * elsewhere have their turn too. */
static void walk_on(struct vg_rota_walk *w, double ratio_s, bool is_from_partition, bool is_pooled)
{
    w->best.n = 0;
    w->best.target = HUGE_VAL;
    w->ratio_s = ratio_s;
    w->rota.is_pooled = w->tables->pool != NULL && is_pooled;
    vg_rota_set_deal(&w->rota, 0);
    if (is_from_partition && w->tables->part->n <= VG_ROTA_MOST) {
        vg_rota_begin_with_partition(w);
        vg_rota_walk_polish(w);
    } else {
        vg_rota_begin(w);
    }
    for (int k = 0; k <= MOST_DOUBLINGS && !w->no_memory && !w->is_stopped; k++) {
        walk_rounds(w);
        bool is_one_of_two = w->tables->pool != NULL && !w->rota.is_pooled;
        if (is_one_of_two || !lengthen(w)) {
            break;
        }
    }
}

static void walk(struct vg_rota_walk *w)
{
    static const int TURNS[] = {0, 1, 0, 2, 1};
    double ratios_s[VG_ROTA_RATIOS];
    if (w->tables->clock != NULL) {
        vg_day_walk(w);
        return;
    }
    int n = vg_rota_ratios(w->tables, ratios_s);
    for (int k = w->first; !w->no_memory && !w->is_stopped; k++) {
        /* With one wish for all a partition is where the tours are. */
        double ratio_s = ratios_s[TURNS[k % 5] % n];
        bool is_from_partition = k == 0 && !w->tables->p->is_mixed;
        /* Of two threads one begins with landings at home, the other with landings anywhere. */
        bool is_pooled = w->tables->pool != NULL && w->first % 2 == 1;
        walk_on(w, ratio_s, is_from_partition, is_pooled);
        if (w->tables->pool != NULL && !w->no_memory && !w->is_stopped) {
            walk_on(w, ratio_s, is_from_partition, !is_pooled);
        }
        w->pace += w->pace < MOST_PACE;
    }
}

static void *walk_thread(void *ctx)
{
    walk(ctx);
    return NULL;
}

static bool walk_init(struct vg_rota_walk *w, const struct vg_rota_tables *t,
                      const struct vg_rota_options *options, int k)
{
    *w = (struct vg_rota_walk){.tables = t, .options = options, .moves = options->moves};
    w->rng = vg_rng_seed(options->seed * 1000 + (uint64_t)k);
    w->first = k;
    w->pace = 1;
    w->ever.target = w->home.target = HUGE_VAL;
    w->best.sorties = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->ever.sorties = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->room = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->held.sorties = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->home.sorties = calloc(VG_ROTA_MOST, sizeof *w->room);
    w->need = calloc((size_t)t->p->n_crews, sizeof *w->need);
    w->is_at_work = calloc((size_t)t->p->n_crews, sizeof *w->is_at_work);
    return vg_rota_init(&w->rota, t) && w->best.sorties && w->ever.sorties && w->room &&
           w->held.sorties && w->home.sorties && w->need && w->is_at_work;
}

static void walk_finish(struct vg_rota_walk *w)
{
    vg_rota_finish(&w->rota);
    free(w->best.sorties);
    free(w->ever.sorties);
    free(w->held.sorties);
    free(w->home.sorties);
    free(w->need);
    free(w->is_at_work);
    free(w->room);
}

/* A copy of its own; false: out of memory. */
static bool give_back(const struct vg_rota_plan *from, struct vg_rota_plan *out)
{
    out->n = 0;
    out->sorties = malloc((size_t)(from->n + 1) * sizeof *out->sorties);
    if (out->sorties != NULL) {
        copy_plan(from, out);
    }
    return out->sorties != NULL;
}

enum vg_status vg_rota_search(const struct vg_rota_tables *t, const struct vg_rota_options *options,
                              struct vg_rota_plan *out, struct vg_rota_plan *out_home,
                              struct vg_error *err)
{
    struct vg_rota_walk walks[MAX_THREADS] = {0};
    pthread_t thread[MAX_THREADS];
    bool has_thread[MAX_THREADS] = {false};
    int n = options->n_threads < MAX_THREADS ? options->n_threads : MAX_THREADS;
    bool is_ok = true;
    for (int k = 0; k < n && is_ok; k++) {
        is_ok = walk_init(&walks[k], t, options, k);
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
    int home = 0;
    for (int k = 0; k < n; k++) {
        is_ok = is_ok && !walks[k].no_memory;
        best = walks[k].ever.target < walks[best].ever.target ? k : best;
        home = walks[k].home.target < walks[home].home.target ? k : home;
    }
    is_ok = is_ok && give_back(&walks[best].ever, out) && give_back(&walks[home].home, out_home);
    for (int k = 0; k < n; k++) {
        walk_finish(&walks[k]);
    }
    return is_ok ? VG_OK : vg_no_memory(err);
}
