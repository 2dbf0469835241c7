/* From the search's rota to sorties of a plan: flown out with heights, polished again with the
 * flights' own times, rounded to ticks, handed to the drones. */
#include "plan/rota.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum vg_status no_memory(struct vg_error *err)
{
    return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}

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
                                       .is_backward = s->is_backward};
        double short_s = 0;
        st = vg_sortie_make(p, &piece, &flights[k], &short_s, err);
        if (st == VG_OK) {
            *out_is_short = *out_is_short || short_s > 0;
            int first = s->is_backward ? s->j : s->i;
            s->sight_s += flights[k].visits[0].t0_s - vg_rota_node_s(t, s, first);
            s->busy_s = flights[k].land_s +
                        ceil(crew->turnaround_s * VG_TICKS_PER_S - 1e-6) / VG_TICKS_PER_S;
            s->is_flown = true;
        }
    }
    return st;
}

static double whole_ticks(double s)
{
    return round(s * VG_TICKS_PER_S) / VG_TICKS_PER_S;
}

/* Polishes with the period anywhere near, and once more with the period in whole ticks. */
static bool polish(struct vg_rota *room, struct vg_rota_plan *io, struct vg_rota_sortie *sorties)
{
    static const double NEAR = 0.03;
    double ratio_s = io->period_s / io->target;
    vg_rota_load(room, io->sorties, io->n, io->target, io->period_s);
    if (!vg_rota_polish(room, ratio_s * (1 - NEAR), ratio_s * (1 + NEAR), 10 * io->target, sorties,
                        &io->target, &io->period_s)) {
        return false;
    }
    memcpy(io->sorties, sorties, (size_t)io->n * sizeof *sorties);
    io->period_s = whole_ticks(io->period_s);
    vg_rota_load(room, io->sorties, io->n, io->target, io->period_s);
    if (!vg_rota_settle(room, io->period_s, sorties, &io->target)) {
        return false;
    }
    memcpy(io->sorties, sorties, (size_t)io->n * sizeof *sorties);
    for (int k = 0; k < io->n; k++) {
        io->sorties[k].at_s = whole_ticks(io->sorties[k].at_s);
    }
    return true;
}

static enum vg_status make(struct vg_problem *p, const struct vg_rota_tables *t,
                           struct vg_rota_plan *io, double share, struct vg_plan *plan,
                           struct vg_error *err)
{
    size_t n = (size_t)io->n + 1;
    struct vg_plan_sortie *flights = calloc(n, sizeof *flights);
    struct vg_rota_sortie *sorties = calloc(n, sizeof *sorties);
    struct vg_rota room = {0};
    bool is_short = false;
    enum vg_status st = VG_OK;
    if (flights == NULL || sorties == NULL || !vg_rota_init(&room, t)) {
        st = no_memory(err);
    } else {
        st = fly(p, t, io, flights, &is_short, err);
    }
    if (st == VG_OK && !is_short && polish(&room, io, sorties) && io->target < share) {
        st = vg_rota_hand_out(p, io, flights, plan, err);
    }
    drop_flights(flights, io->n);
    free(sorties);
    vg_rota_finish(&room);
    return st;
}

enum vg_status vg_rota_improve(struct vg_problem *p, const struct vg_rates *rates,
                               const struct vg_partition *part,
                               const struct vg_planner_options *options, double share,
                               struct vg_plan *io, struct vg_error *err)
{
    struct vg_rota_tables t;
    struct vg_rota_plan rota = {0};
    const struct vg_rota_options o = {.moves = options->moves,
                                      .seed = options->seed,
                                      .n_threads = options->n_threads > 1 ? options->n_threads : 1,
                                      .go_on = options->go_on,
                                      .ctx = options->ctx};
    enum vg_status st = vg_rota_tables_init(&t, p, rates, part, err);
    if (st == VG_OK) {
        st = vg_rota_search(&t, &o, &rota, err);
    }
    if (st == VG_OK && rota.n > 0 && rota.target < share) {
        st = make(p, &t, &rota, share, io, err);
    }
    free(rota.sorties);
    return st;
}
