/* One effort at a plan: bound, flights, timetable, layers. */
#include "plan/making.h"

#include "base/time.h"
#include "plan/apart.h"
#include "plan/lone.h"
#include "plan/rota.h"
#include "plan/wider.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_REPLANS = 6,
    BOUND_ROUNDS = 200
};

/* Where the program of the bound is solved well enough: to prove by, to begin from. */
static const double CLOSE = 5e-4;
static const double NEAR = 1e-2;

/* No prices are asked for. */
static bool is_near(const struct vg_making *mk)
{
    return vg_making_is_quick(mk) && mk->options->near != NULL && !mk->options->is_clocked;
}

static void drop_flights(struct vg_making *mk)
{
    for (int k = 0; k < mk->n_flights; k++) {
        free(mk->flights[k].track);
        free(mk->flights[k].visits);
    }
    free(mk->flights);
    mk->flights = NULL;
    mk->n_flights = 0;
}

/* Flies every piece out. *out_is_short: some flight's climbs need more than the battery holds; the
 * crew's allowance for them has grown. */
static enum vg_status make_flights(struct vg_making *mk, bool *out_is_short, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    *out_is_short = false;
    drop_flights(mk);
    mk->flights = calloc((size_t)mk->part.n + 1, sizeof *mk->flights);
    if (mk->flights == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < mk->part.n; k++) {
        struct vg_piece *piece = &mk->part.pieces[k];
        const struct vg_crew *crew = &p->crews[piece->crew];
        bool is_short = false;
        enum vg_status st = vg_sortie_make(p, piece, &mk->flights[k], &is_short, err);
        if (st != VG_OK) {
            return st;
        }
        mk->n_flights++;
        *out_is_short = *out_is_short || is_short;
        piece->cost_s = mk->flights[k].land_s +
                        ceil(crew->turnaround_s * VG_TICKS_PER_S - 1e-6) / VG_TICKS_PER_S;
    }
    return VG_OK;
}

static const struct vg_plan_sortie *flight_of(const struct vg_making *mk,
                                              const struct vg_piece *piece)
{
    for (int k = 0; k < mk->part.n; k++) {
        if (mk->part.pieces[k].chain == piece->chain && mk->part.pieces[k].i == piece->i) {
            return &mk->flights[k];
        }
    }
    return NULL;
}

/* Every drone of the tour flies every piece of it. */
static enum vg_status add_tour(struct vg_making *mk, const struct vg_tour *tour,
                               struct vg_error *err)
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

static enum vg_status make_timetable(struct vg_making *mk, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    struct vg_tour *tours;
    int n_tours;
    size_t n = 0;
    double *flight_s = vg_arena_calloc(&p->arena, (size_t)mk->part.n + 1, sizeof *flight_s);
    if (flight_s == NULL) {
        return vg_no_memory(err);
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
        return vg_no_memory(err);
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
static bool may_relay(const struct vg_making *mk)
{
    return mk->problem.watch->may_land_elsewhere && mk->problem.clock == NULL &&
           !vg_making_is_quick(mk);
}

/* Where flights may land elsewhere what holds for those that land at home proves nothing: it gives
 * way. */
static enum vg_status certify_wider(struct vg_making *mk, struct vg_error *err)
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
            return vg_no_memory(err);
        }
        memcpy(mk->certificate, RELAY, sizeof RELAY);
    }
    enum vg_status st = vg_wider_add(&mk->rates, !is_all, o != NULL ? o->go_on_wider : NULL,
                                     o != NULL ? o->ctx : NULL, &relay, &mk->certificate, err);
    mk->bound = may_relay(mk) ? relay : mk->bound;
    return st;
}

static enum vg_status solve_bound(struct vg_making *mk, struct vg_error *err)
{
    free(mk->certificate);
    mk->certificate = NULL;
    if (vg_making_is_quick(mk)) {
        static const char NONE[] = "{}";
        mk->bound = 0;
        mk->certificate = malloc(sizeof NONE);
        if (mk->certificate == NULL) {
            return vg_no_memory(err);
        }
        memcpy(mk->certificate, NONE, sizeof NONE);
        return VG_OK;
    }
    enum vg_status st = vg_bound_certify(&mk->rates, &mk->bound, &mk->certificate, err);
    return st == VG_OK ? vg_lone_raise(&mk->problem, &mk->bound, &mk->certificate, err) : st;
}

/* Partition and flights; again with an allowance where heights cost more than the first guess. */
static enum vg_status solve_flights(struct vg_making *mk, struct vg_error *err)
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
            st = solve_rates(&mk->problem, &mk->costs, vg_making_is_quick(mk) ? NEAR : CLOSE,
                             &mk->rates, err);
        }
        if (st == VG_OK) {
            st = solve_bound(mk, err);
        }
        mk->part.n = 0;
        if (st == VG_OK) {
            st = vg_making_tell(mk, 0.5, err);
        }
        if (st == VG_OK) {
            st = is_near(mk) ? vg_making_stay_near(mk, err) : vg_making_choose(mk, false, err);
        }
        if (st == VG_OK && mk->problem.is_mixed && !is_near(mk)) {
            st = vg_making_choose(mk, true, err);
        }
        if (st == VG_OK) {
            st = make_flights(mk, &is_short, err);
        }
    }
    if (st == VG_OK && is_short) {
        return vg_fail(err, VG_E_INVALID,
                       "the batteries do not hold the climbs over this ground; more endurance, a "
                       "faster climb or bases nearer to the line would do");
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
static enum vg_status bound_again(struct vg_making *mk, struct vg_error *err)
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
static enum vg_status improve(struct vg_making *mk, struct vg_error *err)
{
    struct vg_plan tours = mk->plan;
    double share = mk->plan.worst_gap_s / mk->problem.watch->revisit_s;
    mk->plan.sorties = NULL;
    mk->plan.n_sorties = 0;
    const int *dealt = count_drones(&mk->problem);
    if (dealt == NULL) {
        return vg_no_memory(err);
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
static enum vg_status raise_bound(struct vg_making *mk, struct vg_error *err)
{
    const struct vg_clock *clock = &mk->clock;
    const struct vg_problem *p = &mk->problem;
    char *was = mk->certificate;
    if (vg_making_is_quick(mk) || !(clock->share > mk->bound)) {
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
        return vg_no_memory(err);
    }
    mk->bound = clock->share;
    mk->certificate = text.data;
    free(was);
    return VG_OK;
}

/* One day of the clock, for all crews. */
static enum vg_status make_day(struct vg_making *mk, struct vg_error *err)
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
static enum vg_status make_periodic(struct vg_making *mk, struct vg_error *err)
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

enum vg_status vg_making_make(struct vg_making *mk, struct vg_error *err)
{
    enum vg_lang lang = err != NULL ? err->lang : VG_LANG_EN;
    enum vg_status st = solve_flights(mk, err);
    if (st == VG_OK) {
        st = vg_making_tell(mk, 0.9, err);
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
    if (st == VG_OK && !vg_making_is_quick(mk)) { /* who is in a hurry merges plans first */
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

void vg_making_finish(struct vg_making *mk)
{
    drop_flights(mk);
    free(mk->certificate);
    vg_rates_finish(&mk->rates);
    vg_problem_finish(&mk->problem);
}
