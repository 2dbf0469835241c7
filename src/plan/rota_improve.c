/* From the search's rota to sorties of a plan: flown out with heights, polished again with the
 * flights' own times, rounded to ticks, handed to the drones. */
#include "plan/rota.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRIES = 3 /* where heights cost more than was thought, or drones find no turns */
};

static void drop_flights(struct vg_plan_sortie *flights, int n)
{
    for (int k = 0; flights != NULL && k < n; k++) {
        free(flights[k].track);
        free(flights[k].visits);
    }
    free(flights);
}

/* Flies each sortie out; its times become the flight's. *out_is_short: one needs more than the
 * battery holds, because of the ground's heights. */
static enum vg_status fly(struct vg_problem *p, const struct vg_rota_tables *t,
                          struct vg_rota_plan *io, struct vg_plan_sortie *flights,
                          bool *out_is_short, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    *out_is_short = false;
    for (int k = 0; k < io->n && st == VG_OK; k++) {
        struct vg_rota_sortie *s = &io->sorties[k];
        const struct vg_crew *crew = &p->crews[s->crew];
        const struct vg_piece piece = {.chain = s->chain,
                                       .crew = s->crew,
                                       .i = s->i,
                                       .j = s->j,
                                       .is_way_given = true,
                                       .is_backward = s->is_backward,
                                       .elsewhere = s->elsewhere};
        bool is_short = false;
        st = vg_sortie_make(p, &piece, &flights[k], &is_short, err);
        if (st == VG_OK) {
            *out_is_short = *out_is_short || is_short;
            int first = s->is_backward ? s->j : s->i;
            s->sight_s += flights[k].visits[0].t0_s - vg_rota_node_s(t, s, first);
            s->busy_s = flights[k].land_s +
                        ceil(crew->turnaround_s * VG_TICKS_PER_S - 1e-6) / VG_TICKS_PER_S;
            s->is_flown = true;
        }
    }
    return st;
}

/* The period is the day's. */
static bool settle_day(struct vg_rota *room, struct vg_rota_plan *io,
                       struct vg_rota_sortie *sorties)
{
    vg_rota_load_day(room, io->sorties, io->n, io->target, io->by_day);
    if (!vg_rota_settle(room, io->period_s, sorties, &io->target)) {
        return false;
    }
    memcpy(io->sorties, sorties, (size_t)io->n * sizeof *sorties);
    for (int k = 0; k < io->n; k++) {
        io->sorties[k].at_s = vg_plan_tick_s(io->sorties[k].at_s);
    }
    return true;
}

/* Polishes with the period anywhere near, and once more with the period in whole ticks. */
static bool polish(struct vg_rota *room, struct vg_rota_plan *io, struct vg_rota_sortie *sorties)
{
    if (room->tables->clock != NULL) {
        return settle_day(room, io, sorties);
    }

    static const double NEAR = 0.03;
    double ratio_s = io->period_s / io->target;
    vg_rota_set_deal(room, io->deal);
    room->is_pooled = io->is_pooled;
    vg_rota_load(room, io->sorties, io->n, io->target, io->period_s);
    if (!vg_rota_polish(room, ratio_s * (1 - NEAR), ratio_s * (1 + NEAR), 10 * io->target, sorties,
                        &io->target, &io->period_s)) {
        return false;
    }
    memcpy(io->sorties, sorties, (size_t)io->n * sizeof *sorties);
    /* Where the drones have nothing to spare the next longer one, elsewhere the nearest may do. */
    double ticks = io->period_s * VG_TICKS_PER_S;
    bool is_kept = false;
    for (int k = 0; k < 2 && !is_kept; k++) {
        io->period_s = (k == 0 ? ceil(ticks) : floor(ticks)) / VG_TICKS_PER_S;
        vg_rota_load(room, io->sorties, io->n, io->target, io->period_s);
        is_kept = vg_rota_settle(room, io->period_s, sorties, &io->target);
    }
    if (!is_kept) {
        return false;
    }
    memcpy(io->sorties, sorties, (size_t)io->n * sizeof *sorties);
    for (int k = 0; k < io->n; k++) {
        io->sorties[k].at_s = vg_plan_tick_s(io->sorties[k].at_s);
    }
    return true;
}

/* Drones that changed crews are found again in the plan only if they fly (vg_planner_adopt). */
static bool all_given_fly(const struct vg_problem *p, const struct vg_rota_plan *rota,
                          const int *drones)
{
    for (int c = 0; c < p->n_crews; c++) {
        bool does_fly = drones[c] <= p->crews[c].n;
        for (int k = 0; k < rota->n && !does_fly; k++) {
            does_fly = rota->sorties[k].crew == c;
        }
        if (!does_fly) {
            return false;
        }
    }
    return true;
}

static enum vg_status make(struct vg_problem *p, const struct vg_rota_tables *t,
                           struct vg_rota_plan *io, double share, struct vg_plan *plan,
                           bool *out_is_short, struct vg_error *err)
{
    size_t n = (size_t)io->n + 1;
    struct vg_plan_sortie *flights = calloc(n, sizeof *flights);
    struct vg_rota_sortie *sorties = calloc(n, sizeof *sorties);
    const int *drones = t->deals.drones + io->deal * p->n_crews;
    struct vg_rota room = {0};
    enum vg_status st = VG_OK;
    *out_is_short = false;
    if (flights == NULL || sorties == NULL || !vg_rota_init(&room, t)) {
        st = vg_no_memory(err);
    } else {
        st = fly(p, t, io, flights, out_is_short, err);
    }
    if (st == VG_OK && !*out_is_short && (io->is_pooled || all_given_fly(p, io, drones)) &&
        polish(&room, io, sorties) && io->target < share) {
        bool is_by_hour = t->clock != NULL && p->watch->has_wind_hours;
        st = io->is_pooled ? VG_OK : vg_problem_deal(p, drones, err);
        if (st == VG_OK && is_by_hour && !vg_day_wind_fly(p, io, flights)) {
            st = vg_no_memory(err);
        }
        st = st == VG_OK ? vg_rota_hand_out(p, io, flights, plan, err) : st;
    }
    drop_flights(flights, io->n);
    free(sorties);
    vg_rota_finish(&room);
    return st;
}

/* Flies some near-optimal sorties that use nearly all of the battery: where the ground's heights
 * take more than it holds, the crew's allowance grows before the search instead of after it. */
static enum vg_status learn_heights(struct vg_problem *p, const struct vg_rota_tables *t,
                                    struct vg_error *err)
{
    enum {
        FLIGHTS = 300
    };
    static const double NEARLY = 0.93;
    enum vg_status st = VG_OK;
    bool is_flat = p->terrain == NULL || vg_terrain_is_flat(p->terrain);
    int step = 1 + t->n_patterns / FLIGHTS;
    for (int q = 0; q < t->n_patterns && st == VG_OK && !is_flat; q += step) {
        const struct vg_rota_pattern *x = &t->patterns[q];
        const struct vg_crew *crew = &p->crews[x->crew];
        struct vg_piece piece = {
            .chain = x->chain, .crew = x->crew, .i = x->i, .j = x->j, .is_way_given = true};
        for (int way = 0; way < 2 && st == VG_OK; way++) {
            struct vg_plan_sortie flight = {0};
            bool is_short = false;
            piece.is_backward = way == 1;
            double flight_s = vg_flight_s(p, &p->chains[x->chain], x->crew, x->i, x->j, way == 1);
            if (!(flight_s < HUGE_VAL) || flight_s < NEARLY * (crew->usable_s - crew->climbs_s)) {
                continue;
            }
            st = vg_sortie_make(p, &piece, &flight, &is_short, err);
            free(flight.track);
            free(flight.visits);
        }
    }
    return st;
}

enum vg_status vg_rota_improve(struct vg_problem *p, const struct vg_rates *rates,
                               const struct vg_partition *part,
                               const struct vg_planner_options *options, double share,
                               struct vg_plan *io, struct vg_error *err)
{
    struct vg_rota_tables t;
    struct vg_rota_plan rota = {0};
    struct vg_rota_plan home = {0};
    struct vg_rota_options o = {.moves = options->moves,
                                .seed = options->seed,
                                .n_threads = options->n_threads > 1 ? options->n_threads : 1,
                                .go_on = options->go_on,
                                .ctx = options->ctx};
    enum vg_status st = vg_rota_tables_init(&t, p, rates, part, err);
    if (st == VG_OK) {
        st = learn_heights(p, &t, err);
    }
    bool is_short = true;
    for (int k = 0; k < TRIES && is_short && st == VG_OK; k++) {
        st = vg_rota_search(&t, &o, &rota, &home, err);
        is_short = false;
        if (st == VG_OK && rota.n > 0 && rota.target < share) {
            st = make(p, &t, &rota, share, io, &is_short, err);
        }
        bool is_unfit = st == VG_E_NOT_FOUND || (st == VG_OK && !is_short && io->n_sorties == 0);
        if (is_unfit && rota.is_pooled && home.n > 0 && home.target < share) {
            st = make(p, &t, &home, share, io, &is_short, err);
        }
        st = st == VG_E_NOT_FOUND ? VG_OK : st; /* the tours are flown */
        if (st == VG_E_INVALID && k + 1 < TRIES) { /* no turns with maintenance for all drones */
            st = VG_OK;
            is_short = true;
            o.seed++;
        }
        free(rota.sorties);
        free(home.sorties);
        rota = home = (struct vg_rota_plan){0};
    }
    return st;
}
