#include "plan/planner.h"

#include "base/rng.h"
#include "base/time.h"
#include "geo/geodesy.h"
#include "plan/apart.h"
#include "plan/inner.h"
#include "plan/lone.h"
#include "plan/rota.h"
#include "plan/settle.h"
#include "plan/wider.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_REPLANS = 6,
    BEAM_KEEP = 6,
    PLAN_ROUNDS = 60,
    BOUND_ROUNDS = 200,
    MOST_SHAKES = 240,
    LEAST_SHAKES = 10,
    SETTLE_ROUNDS = 4,
    PATIENT_ROUNDS = 16, /* where it is known what will do */
    SETTLE_MOVES = 30000, /* of a round, for each sortie */
    PATIENT_MOVES = 100000,
    QUICKER = 4, /* so many times fewer where time is short */
    MOST_FINER = 1500, /* nodes, where a second look is quick */
    LOOK_MOVES = 200000, /* of a thread: what comes of them says which nodes to search on */
    APART_TRIES = 4,
    SHAKE_WORK = 9600000, /* nodes x crews x shakes: holds the largest borders to seconds */
    SHAKE_SEED = 20260101
};

/* Of an even price, added to every crew's when prices are shaken: a crew with nothing to pay would
 * take everything. */
static const double EVEN_SHARE = 0.3;
/* Where the program of the bound is solved well enough: to prove by, to begin from. */
static const double CLOSE = 5e-4;
static const double NEAR = 1e-2;

/* The plan in the making. */
struct making {
    struct vg_problem problem;
    const struct vg_planner_options *options;
    double bound; /* gap / wanted revisit */
    double home_bound; /* the same for flights that land at home */
    double home_ratio; /* worst gap to it; 0 unknown */
    char *certificate;
    struct vg_costs costs; /* of sites */
    struct vg_rates rates;
    struct vg_partition part;
    struct vg_plan_sortie *flights; /* one per piece */
    int n_flights;
    struct vg_plan plan;
    int n_nodes;
    bool is_look; /* the search was a short one */
    bool is_finer;
    int n_near; /* flights that come too near to others */
    struct vg_plan spare; /* where some do: a worse plan where none does, if has_spare */
    bool has_spare;
    struct vg_clock clock; /* where the problem has one */
};

static enum vg_status no_memory(struct vg_error *err)
{
    return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}

static enum vg_status tell(const struct making *mk, double share, struct vg_error *err)
{
    if (mk->options != NULL && mk->options->progress != NULL &&
        !mk->options->progress(mk->options->ctx, share)) {
        return vg_fail(err, VG_E_TIMEOUT, "stopped");
    }
    return VG_OK;
}

static bool is_quick(const struct making *mk)
{
    return mk->options != NULL && mk->options->is_quick;
}

/* No prices are asked for. */
static bool is_near(const struct making *mk)
{
    return is_quick(mk) && mk->options->near != NULL && !mk->options->is_clocked;
}

static void drop_flights(struct making *mk)
{
    for (int k = 0; k < mk->n_flights; k++) {
        free(mk->flights[k].track);
        free(mk->flights[k].visits);
    }
    free(mk->flights);
    mk->flights = NULL;
    mk->n_flights = 0;
}

static double deal_worst(struct vg_problem *p, const struct vg_partition *part)
{
    /* What one tour per crew would give: sum of costs per drone over the least revisit on it. */
    double worst = 0;
    for (int c = 0; c < p->n_crews; c++) {
        double sum = 0;
        double least = HUGE_VAL;
        for (int k = 0; k < part->n; k++) {
            if (part->pieces[k].crew == c) {
                sum += part->pieces[k].cost_s;
                least = fmin(least, part->pieces[k].revisit_s);
            }
        }
        worst = fmax(worst, sum > 0 ? sum / p->crews[c].n / least : 0);
    }
    return worst;
}

static enum vg_status offer(struct making *mk, bool is_weighted, struct vg_partition *part,
                            struct vg_error *err)
{
    enum vg_status st = vg_partition_improve(&mk->problem, is_weighted, part, err);
    if (st == VG_OK &&
        (mk->part.n == 0 || deal_worst(&mk->problem, part) < deal_worst(&mk->problem, &mk->part))) {
        mk->part = *part;
    }
    return st;
}

static int shakes_for(const struct making *mk)
{
    const struct vg_problem *p = &mk->problem;
    int nodes = 1;
    for (int k = 0; k < p->n_chains; k++) {
        nodes += p->chains[k].n;
    }
    int n = SHAKE_WORK / (nodes * p->n_crews) / (is_quick(mk) ? QUICKER : 1);
    return n < LEAST_SHAKES ? LEAST_SHAKES : n > MOST_SHAKES ? MOST_SHAKES : n;
}

/* Local moves stop at the first valley: starts from prices shaken about the best ones find others.
 */
static enum vg_status shake(struct making *mk, const struct vg_costs *costs, const double *best,
                            struct vg_error *err)
{
    static const double MOST_SHAKE = 1.2; /* standard deviation of the prices' logarithm */
    struct vg_problem *p = &mk->problem;
    struct vg_rng rng = vg_rng_seed(SHAKE_SEED);
    int n = shakes_for(mk);
    double *price = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *price);
    enum vg_status st = price != NULL ? VG_OK : no_memory(err);
    for (int round = 0; round < n && st == VG_OK; round++) {
        struct vg_partition part;
        double sigma = MOST_SHAKE * (round + 1) / n;
        for (int c = 0; c < p->n_crews; c++) {
            double even = 1.0 / (p->crews[c].n * p->n_crews);
            price[c] = (best[c] + EVEN_SHARE * even) * exp(sigma * vg_rng_normal(&rng));
        }
        st = vg_prices_partition(p, costs, price, &part, err);
        if (st == VG_OK) {
            st = offer(mk, costs->is_weighted, &part, err);
        }
        if (st == VG_OK) {
            st = tell(mk, 0.5 + 0.4 * round / n, err);
        }
    }
    return st;
}

/* Starts that count whole sorties: a low power spares drone time, a high one evens the loads. */
static enum vg_status try_beams(struct making *mk, bool is_weighted, struct vg_error *err)
{
    static const int POWERS[] = {4, 8, 16};
    enum vg_status st = VG_OK;
    for (int q = 0; q < 3 && st == VG_OK; q++) {
        struct vg_partition parts[BEAM_KEEP];
        int n = 0;
        st = vg_partition_beam(&mk->problem, is_weighted, POWERS[q], parts, BEAM_KEEP, &n, err);
        for (int k = 0; k < n && st == VG_OK; k++) {
            st = offer(mk, is_weighted, &parts[k], err);
        }
    }
    return st;
}

/* Equal wishes: the best so far annealed, since there the partition is the plan. */
static enum vg_status settle_partition(struct making *mk, struct vg_error *err)
{
    struct vg_partition part = mk->part;
    double enough_s = mk->options != NULL ? mk->options->enough_s : 0;
    bool is_patient = enough_s > 0 && !is_quick(mk);
    int moves = is_patient ? PATIENT_MOVES : SETTLE_MOVES;
    const struct vg_settle_options options = {.enough = enough_s / mk->problem.watch->revisit_s,
                                              .rounds = is_patient ? PATIENT_ROUNDS : SETTLE_ROUNDS,
                                              .moves = moves / (is_quick(mk) ? QUICKER : 1),
                                              .seed = SHAKE_SEED};
    enum vg_status st = vg_settle(&mk->problem, &options, &part, err);
    if (st == VG_OK && part.worst < HUGE_VAL) {
        mk->part = part;
    }
    return st;
}

/* From what flies already, with as few changes as will do; where they do not, with any. */
static enum vg_status stay_near(struct making *mk, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    double enough = mk->options->enough_s / p->watch->revisit_s;
    enum vg_status st = vg_partition_of_plan(p, mk->options->near, &mk->part, err);
    if (st == VG_OK) {
        st = vg_partition_relieve(p, p->is_mixed, enough, &mk->part, err);
    }
    return st == VG_OK && !p->is_mixed && mk->part.worst > enough ? settle_partition(mk, err) : st;
}

/* The best of the sets that prices find, after local moves; judged by one tour per crew. */
static enum vg_status choose_partition(struct making *mk, bool is_weighted, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    struct vg_costs costs;
    struct vg_search found;
    const struct vg_climb climb = {PLAN_ROUNDS, CLOSE, mk->rates.price};
    enum vg_status st = vg_costs_init(&costs, p, false, is_weighted, err);
    if (st == VG_OK) {
        st = vg_prices_solve(p, &costs, &climb, &found, err);
    }
    for (int q = 0; st == VG_OK && q < found.n_kept; q++) {
        st = offer(mk, is_weighted, &found.kept[q], err);
    }
    if (st == VG_OK) {
        st = try_beams(mk, is_weighted, err);
    }
    if (st == VG_OK) {
        st = shake(mk, &costs, found.best.price, err);
    }
    return st == VG_OK && !p->is_mixed ? settle_partition(mk, err) : st;
}

/* Flies every piece out. *out_is_short: some height profile needs more than the battery holds; the
 * crew's allowance has grown. */
static enum vg_status make_flights(struct making *mk, bool *out_is_short, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    *out_is_short = false;
    drop_flights(mk);
    mk->flights = calloc((size_t)mk->part.n + 1, sizeof *mk->flights);
    if (mk->flights == NULL) {
        return no_memory(err);
    }
    for (int k = 0; k < mk->part.n; k++) {
        struct vg_piece *piece = &mk->part.pieces[k];
        struct vg_crew *crew = &p->crews[piece->crew];
        double short_s = 0;
        enum vg_status st = vg_sortie_make(p, piece, &mk->flights[k], &short_s, err);
        if (st != VG_OK) {
            return st;
        }
        mk->n_flights++;
        if (short_s > 0) {
            *out_is_short = true;
            crew->extra_climb_s += short_s / 2 + 1;
        }
        piece->cost_s = mk->flights[k].land_s +
                        ceil(crew->turnaround_s * VG_TICKS_PER_S - 1e-6) / VG_TICKS_PER_S;
    }
    return VG_OK;
}

static const struct vg_plan_sortie *flight_of(const struct making *mk, const struct vg_piece *piece)
{
    for (int k = 0; k < mk->part.n; k++) {
        if (mk->part.pieces[k].chain == piece->chain && mk->part.pieces[k].i == piece->i) {
            return &mk->flights[k];
        }
    }
    return NULL;
}

/* Every drone of the tour flies every piece of it. */
static enum vg_status add_tour(struct making *mk, const struct vg_tour *tour, struct vg_error *err)
{
    const struct vg_watchfile *w = mk->problem.watch;
    const struct vg_crew *crew = &mk->problem.crews[tour->crew];
    int64_t period = tour->headway_ticks * tour->n_drones;
    for (int d = 0; d < tour->n_drones; d++) {
        for (int k = 0; k < tour->n_pieces; k++) {
            const struct vg_plan_sortie *flight = flight_of(mk, &tour->pieces[k]);
            struct vg_plan_sortie *so = &mk->plan.sorties[mk->plan.n_sorties++];
            int64_t at = (tour->takeoff_ticks[k] + d * tour->headway_ticks) % period;
            double shift_s = (double)at / VG_TICKS_PER_S;
            enum vg_status st = vg_sortie_copy(flight, shift_s, so, err);
            if (st != VG_OK) {
                return st;
            }
            vg_format(so->drone, sizeof so->drone, "%s", w->drones[tour->drones[d]].id);
            vg_format(so->id, sizeof so->id, "%s.%d", so->drone, k + 1);
            vg_format(so->base_from, sizeof so->base_from, "%s", w->bases[crew->base].name);
            vg_format(so->base_to, sizeof so->base_to, "%s", w->bases[crew->base].name);
            so->takeoff_s = shift_s;
            so->land_s = so->track[so->n_track - 1].t_s;
            so->period_s = (double)period / VG_TICKS_PER_S;
            so->energy = flight->energy;
            so->depth_m = flight->depth_m;
            mk->plan.period_s = fmax(mk->plan.period_s, so->period_s);
        }
    }
    return VG_OK;
}

static int by_takeoff(const void *a, const void *b)
{
    const struct vg_plan_sortie *x = a;
    const struct vg_plan_sortie *y = b;
    if (x->takeoff_s < y->takeoff_s || x->takeoff_s > y->takeoff_s) {
        return x->takeoff_s < y->takeoff_s ? -1 : 1;
    }
    return strcmp(x->id, y->id);
}

static enum vg_status make_timetable(struct making *mk, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    struct vg_tour *tours;
    int n_tours;
    size_t n = 0;
    double *flight_s = vg_arena_calloc(&p->arena, (size_t)mk->part.n + 1, sizeof *flight_s);
    if (flight_s == NULL) {
        return no_memory(err);
    }
    for (int k = 0; k < mk->part.n; k++) {
        flight_s[k] = mk->flights[k].land_s;
        n += (size_t)p->crews[mk->part.pieces[k].crew].n;
    }
    enum vg_status st = vg_tours_make(p, &mk->part, flight_s, &tours, &n_tours, err);
    if (st != VG_OK) {
        return st;
    }
    mk->plan.sorties = calloc(n + 1, sizeof *mk->plan.sorties);
    if (mk->plan.sorties == NULL) {
        return no_memory(err);
    }
    for (int t = 0; t < n_tours && st == VG_OK; t++) {
        st = add_tour(mk, &tours[t], err);
    }
    if (st == VG_OK) {
        qsort(mk->plan.sorties, (size_t)mk->plan.n_sorties, sizeof *mk->plan.sorties, by_takeoff);
    }
    return st;
}

static enum vg_status solve_rates(struct vg_problem *p, struct vg_costs *costs, double close,
                                  struct vg_rates *out, struct vg_error *err)
{
    enum vg_status st = vg_costs_init(costs, p, true, false, err);
    if (st == VG_OK) {
        st = vg_rates_init(out, p, costs, false, err);
    }
    return st == VG_OK ? vg_rates_solve(out, 1, close, BOUND_ROUNDS, err) : st;
}

/* By the clock flights land at home. */
static bool may_relay(const struct making *mk)
{
    return mk->problem.watch->may_land_elsewhere && mk->problem.clock == NULL && !is_quick(mk);
}

/* Where flights may land elsewhere what holds for those that land at home proves nothing: it gives
 * way. */
static enum vg_status certify_wider(struct making *mk, struct vg_error *err)
{
    static const char RELAY[] = "{\"class\":\"single-pass, landing at any base\"}";
    const struct vg_planner_options *o = mk->options;
    bool is_all = o != NULL && o->wants_wider;
    double relay = 0;
    mk->home_bound = mk->bound;
    if (!is_all && !may_relay(mk)) {
        return VG_OK;
    }
    if (may_relay(mk)) {
        free(mk->certificate);
        mk->certificate = malloc(sizeof RELAY);
        if (mk->certificate == NULL) {
            return no_memory(err);
        }
        memcpy(mk->certificate, RELAY, sizeof RELAY);
    }
    enum vg_status st = vg_wider_add(&mk->rates, !is_all, o != NULL ? o->go_on_wider : NULL,
                                     o != NULL ? o->ctx : NULL, &relay, &mk->certificate, err);
    mk->bound = may_relay(mk) ? relay : mk->bound;
    return st;
}

static enum vg_status solve_bound(struct making *mk, struct vg_error *err)
{
    free(mk->certificate);
    mk->certificate = NULL;
    if (is_quick(mk)) {
        static const char NONE[] = "{}";
        mk->bound = 0;
        mk->certificate = malloc(sizeof NONE);
        if (mk->certificate == NULL) {
            return no_memory(err);
        }
        memcpy(mk->certificate, NONE, sizeof NONE);
        return VG_OK;
    }
    enum vg_status st = vg_bound_certify(&mk->rates, &mk->bound, &mk->certificate, err);
    return st == VG_OK ? vg_lone_raise(&mk->problem, &mk->bound, &mk->certificate, err) : st;
}

/* Partition and flights; again with an allowance where heights cost more than the first guess. */
static enum vg_status solve_flights(struct making *mk, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    bool is_short = true;
    for (int round = 0; round < MAX_REPLANS && is_short && st == VG_OK; round++) {
        if (round > 0) {
            st = vg_problem_rechain(&mk->problem, err);
        }
        if (st == VG_OK && mk->problem.n_chains == 0) {
            return vg_problem_refuse_reach(&mk->problem, err);
        }
        vg_rates_finish(&mk->rates);
        if (st == VG_OK && !is_near(mk)) {
            st =
                solve_rates(&mk->problem, &mk->costs, is_quick(mk) ? NEAR : CLOSE, &mk->rates, err);
        }
        if (st == VG_OK) {
            st = solve_bound(mk, err);
        }
        mk->part.n = 0;
        if (st == VG_OK) {
            st = tell(mk, 0.5, err);
        }
        if (st == VG_OK) {
            st = is_near(mk) ? stay_near(mk, err) : choose_partition(mk, false, err);
        }
        if (st == VG_OK && mk->problem.is_mixed && !is_near(mk)) {
            st = choose_partition(mk, true, err);
        }
        if (st == VG_OK) {
            st = make_flights(mk, &is_short, err);
        }
    }
    if (st == VG_OK && is_short) {
        return vg_fail(err, VG_E_INVALID,
                       "the ground rises faster than the drones climb: they cannot keep their "
                       "height above it; a faster climb or a lower height above ground would do");
    }
    return st;
}

static void drop_sorties(struct vg_plan *plan)
{
    for (int k = 0; k < plan->n_sorties; k++) {
        free(plan->sorties[k].track);
        free(plan->sorties[k].visits);
    }
    free(plan->sorties);
    plan->sorties = NULL;
    plan->n_sorties = 0;
}

/* What is proven for the drones as they are dealt now. */
static enum vg_status bound_again(struct making *mk, struct vg_error *err)
{
    vg_rates_finish(&mk->rates);
    enum vg_status st = solve_rates(&mk->problem, &mk->costs, CLOSE, &mk->rates, err);
    return st == VG_OK ? solve_bound(mk, err) : st;
}

/* The drones of each crew; arena. */
static int *count_drones(struct vg_problem *p)
{
    int *n_of = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *n_of);
    for (int c = 0; c < p->n_crews && n_of != NULL; c++) {
        n_of[c] = p->crews[c].n;
    }
    return n_of;
}

/* A rota in one period for all crews in place of the tours, where that is better. */
static enum vg_status improve(struct making *mk, struct vg_error *err)
{
    struct vg_plan tours = mk->plan;
    double share = mk->plan.worst_gap_s / mk->problem.watch->revisit_s;
    mk->plan.sorties = NULL;
    mk->plan.n_sorties = 0;
    const int *dealt = count_drones(&mk->problem);
    if (dealt == NULL) {
        return no_memory(err);
    }
    enum vg_status st =
        vg_rota_improve(&mk->problem, &mk->rates, &mk->part, mk->options, share, &mk->plan, err);
    if (st == VG_OK && mk->plan.n_sorties > 0) {
        qsort(mk->plan.sorties, (size_t)mk->plan.n_sorties, sizeof *mk->plan.sorties, by_takeoff);
        st = vg_gaps_compute(mk->problem.watch, &mk->plan, err);
    }
    if (st == VG_OK && mk->plan.n_sorties > 0 && mk->plan.worst_gap_s < tours.worst_gap_s) {
        drop_sorties(&tours);
        return bound_again(mk, err);
    }
    drop_sorties(&mk->plan);
    mk->plan = tours;
    st = st == VG_OK ? vg_problem_deal(&mk->problem, dealt, err) : st;
    return st == VG_OK ? vg_gaps_compute(mk->problem.watch, &mk->plan, err) : st;
}

/* The bound is the greater of two, one of which is that of the clock: the certificate names the
 * place where it holds. */
static enum vg_status raise_bound(struct making *mk, struct vg_error *err)
{
    const struct vg_clock *clock = &mk->clock;
    const struct vg_problem *p = &mk->problem;
    char *was = mk->certificate;
    if (is_quick(mk) || !(clock->share > mk->bound)) {
        return VG_OK;
    }
    const struct vg_chain *ch = &p->chains[clock->chain];
    const struct vg_nodes *nd = &p->nodes[ch->line];
    int node = vg_chain_node(p, ch, clock->node);
    struct vg_buf text = {0};
    vg_buf_puts(&text, "{\"clock\":{\"line\":");
    vg_buf_json(&text, p->net.lines[ch->line].name);
    vg_buf_printf(&text, ",\"points\":[[%.3f,%.6f,%.6f,%.6f]]},%s",
                  (nd->s_m[node] + p->flown[ch->line].from_m) / 1000, nd->lat_deg[node],
                  nd->lon_deg[node], clock->share, was + 1);
    if (text.is_failed) {
        vg_buf_finish(&text);
        return no_memory(err);
    }
    mk->bound = clock->share;
    mk->certificate = text.data;
    free(was);
    return VG_OK;
}

/* One day of the clock, for all crews. */
static enum vg_status make_day(struct making *mk, struct vg_error *err)
{
    static const int64_t FIRST_MOVES = 60000;
    struct vg_planner_options options =
        mk->options != NULL ? *mk->options : (struct vg_planner_options){0};
    options.moves = options.moves > 0 ? options.moves : FIRST_MOVES;
    enum vg_status st = vg_clock_make(&mk->problem, options.day, &mk->clock, err);
    mk->problem.clock = &mk->clock;
    if (st == VG_OK) {
        st = raise_bound(mk, err);
    }
    if (st == VG_OK) {
        st = vg_rota_improve(&mk->problem, &mk->rates, &mk->part, &options, HUGE_VAL, &mk->plan,
                             err);
    }
    if (st == VG_OK && mk->plan.n_sorties == 0) {
        st = vg_fail(
            err, VG_E_INVALID,
            "no timetable was found in which all that is within reach is seen once a day in "
            "the hours when it can be; fewer closed hours, more drones or a longer search "
            "(--time) would help");
    }
    mk->plan.is_clocked = true;
    mk->plan.has_daylight = mk->clock.has_light;
    mk->plan.blind_s = mk->clock.share * mk->problem.watch->revisit_s;
    mk->plan.daylight_day = mk->clock.has_light ? options.day : 0;
    if (st == VG_OK) {
        qsort(mk->plan.sorties, (size_t)mk->plan.n_sorties, sizeof *mk->plan.sorties, by_takeoff);
        st = vg_gaps_compute(mk->problem.watch, &mk->plan, err);
    }
    return st;
}

/* Tours, and a rota in their place where there is time to look for one. */
static enum vg_status make_periodic(struct making *mk, struct vg_error *err)
{
    enum vg_status st = make_timetable(mk, err);
    if (st == VG_OK) {
        st = vg_gaps_compute(mk->problem.watch, &mk->plan, err);
    }
    if (st == VG_OK && mk->options != NULL && mk->options->moves > 0) {
        st = improve(mk, err);
    }
    return st;
}

static double whole_ticks(double s)
{
    return floor(s * VG_TICKS_PER_S) / VG_TICKS_PER_S;
}

static enum vg_status make_plan(struct making *mk, struct vg_error *err)
{
    enum vg_lang lang = err != NULL ? err->lang : VG_LANG_EN;
    enum vg_status st = solve_flights(mk, err);
    if (st == VG_OK) {
        st = tell(mk, 0.9, err);
    }
    if (st == VG_OK) {
        st = vg_list_stretches(&mk->problem, lang, &mk->plan, err);
    }
    if (st == VG_OK) {
        bool is_clocked = vg_clock_is_wanted(mk->problem.watch) ||
                          (mk->options != NULL && mk->options->is_clocked);
        st = is_clocked ? make_day(mk, err) : make_periodic(mk, err);
    }
    struct vg_apart_report apart = {0};
    if (st == VG_OK && !is_quick(mk)) { /* who is in a hurry merges plans first */
        st = vg_apart_settle(&mk->plan, mk->problem.watch, mk->problem.terrain, &apart, err);
    }
    mk->n_near = apart.n_left;
    if (st == VG_OK) {
        st = certify_wider(mk, err);
    }
    if (st != VG_OK) {
        return st;
    }
    mk->plan.bound_s = whole_ticks(mk->bound * mk->problem.watch->revisit_s);
    mk->plan.ratio = mk->plan.bound_s > 0 ? mk->plan.worst_gap_s / mk->plan.bound_s : 0;
    double home_s = whole_ticks(mk->home_bound * mk->problem.watch->revisit_s);
    mk->home_ratio = home_s > 0 ? mk->plan.worst_gap_s / home_s : 0;
    mk->plan.certificate = mk->certificate;
    mk->certificate = NULL;
    return VG_OK;
}

enum effort {
    LOOK, /* a short search, where there are few nodes */
    WHOLE,
    FINER /* whole, on nodes that are closer */
};

/* Is a look before the search worth while? */
static bool wants_look(const struct vg_watchfile *watch, const struct vg_planner_options *o)
{
    return o != NULL && o->moves > LOOK_MOVES && !o->is_quick && !(o->site_step_m > 0) &&
           !o->is_clocked && !o->wants_wider && !vg_clock_is_wanted(watch);
}

static enum vg_status solve_once(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                 const struct vg_planner_options *options, enum effort effort,
                                 struct making *mk, struct vg_error *err)
{
    struct vg_planner_options look;
    *mk = (struct making){.options = options};
    enum vg_status st = vg_problem_init_parts(
        &mk->problem, watch, terrain, options != NULL ? options->site_step_m : 0,
        options != NULL ? options->sweeps : NULL, options != NULL ? options->parts : NULL,
        options != NULL ? options->n_parts : 0, err);
    if (st == VG_OK && effort == FINER) {
        struct vg_grade grade = vg_problem_grade(&mk->problem);
        grade.is_of_each = true;
        mk->is_finer = true;
        st = vg_problem_refine(&mk->problem, &grade, err);
    }
    mk->n_nodes = st == VG_OK ? vg_problem_n_nodes(&mk->problem) : 0;
    if (effort == LOOK && mk->n_nodes <= MOST_FINER && wants_look(watch, options)) {
        look = *options;
        look.moves = LOOK_MOVES;
        mk->options = &look;
        mk->is_look = true;
    }
    if (st == VG_OK) {
        st = tell(mk, 0.2, err);
    }
    if (st == VG_OK) {
        st = make_plan(mk, err);
    }
    mk->options = options;
    drop_flights(mk);
    free(mk->certificate);
    vg_rates_finish(&mk->rates);
    vg_problem_finish(&mk->problem);
    if (st != VG_OK) {
        vg_plan_finish(&mk->plan);
    }
    return st;
}

/* A plan far from its bound may want for nodes: bound and plan once more with finer ones, while
 * there is time. */
static bool is_far(const struct making *mk)
{
    static const double FAR = 1.5;
    const struct vg_planner_options *o = mk->options;
    return o != NULL && o->moves > 0 && !o->is_quick && !(o->site_step_m > 0) &&
           mk->n_nodes <= MOST_FINER && mk->home_ratio > FAR;
}

static bool has_time(const struct making *mk)
{
    return mk->options->go_on == NULL || mk->options->go_on(mk->options->ctx);
}

static bool is_better(const struct making *a, const struct making *b)
{
    return a->plan.worst_gap_s < b->plan.worst_gap_s ||
           (a->plan.worst_gap_s <= b->plan.worst_gap_s && a->plan.bound_s >= b->plan.bound_s);
}

/* The other's plan in place of this one, if it is better; what goes is kept if it alone can be
 * flown. */
static void choose(struct making *io, struct making *other, bool is_taken)
{
    struct vg_plan goes = is_taken ? io->plan : other->plan;
    int goes_near = is_taken ? io->n_near : other->n_near;
    if (is_taken) {
        io->plan = other->plan;
        io->n_near = other->n_near;
        io->home_ratio = other->home_ratio;
        io->is_finer = other->is_finer;
    }
    if (goes_near == 0 && io->n_near > 0 && !io->has_spare) {
        io->spare = goes;
        io->has_spare = true;
    } else {
        vg_plan_finish(&goes);
    }
}

/* Another effort; what fails changes nothing. */
static void try_effort(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                       enum effort effort, struct making *io)
{
    struct making other;
    if (solve_once(watch, terrain, io->options, effort, &other, NULL) == VG_OK) {
        choose(io, &other, is_better(&other, io));
    }
}

/* A plan whose drones come too near is refused: others in its place, of short searches and at last
 * of the tours, though the time be over. */
static void try_apart(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                      struct making *io)
{
    for (int k = 1; k <= APART_TRIES && io->n_near > 0; k++) {
        struct making other;
        struct vg_planner_options o = *io->options;
        bool is_last = k == APART_TRIES;
        o.seed += (uint64_t)k;
        o.go_on = NULL;
        o.moves = is_last ? 0 : o.moves < LOOK_MOVES ? o.moves : LOOK_MOVES;
        if ((is_last && io->has_spare) ||
            solve_once(watch, terrain, &o, io->is_finer ? FINER : WHOLE, &other, NULL) != VG_OK) {
            continue;
        }
        choose(io, &other, other.n_near < io->n_near);
    }
    if (io->has_spare) {
        vg_plan_finish(io->n_near > 0 ? &io->plan : &io->spare);
        io->plan = io->n_near > 0 ? io->spare : io->plan;
    }
}

enum vg_status vg_planner_solve(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                const struct vg_planner_options *options, struct vg_plan *out,
                                struct vg_error *err)
{
    struct making mk;
    if (options != NULL && options->wants_wider && watch->has_wind_hours) {
        return vg_fail(
            err, VG_E_INVALID,
            "wider classes of flights are bounded in one steady wind only: give \"wind\" "
            "with \"from\" and \"speed\" in place of a file, or leave out --wider");
    }
    enum vg_status st = solve_once(watch, terrain, options, LOOK, &mk, err);
    bool is_done = st != VG_OK || !mk.is_look;
    if (st == VG_OK && is_far(&mk) && has_time(&mk)) {
        try_effort(watch, terrain, FINER, &mk);
        is_done = is_done || !is_far(&mk);
    }
    if (!is_done && has_time(&mk)) {
        try_effort(watch, terrain, WHOLE, &mk);
    }
    if (st == VG_OK && options != NULL && options->moves > 0 && !options->is_quick) {
        try_apart(watch, terrain, &mk);
    }
    if (st == VG_OK) {
        *out = mk.plan;
    }
    return st;
}
