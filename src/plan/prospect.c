/* What a fleet at its bases can do, before a timetable is made (whatif.h). */
#include "plan/rates.h"
#include "plan/split.h"
#include "plan/whatif.h"

#include <math.h>
#include <stdlib.h>

enum {
    ROUNDS = 200,
    FEWER = 4, /* every so manieth site counts where that is wanted */
    LARGE = 20000 /* nodes x crews: all sites take longer than a moment from here on */
};
static const double CLOSE = 5e-4;

static enum vg_status place_free(struct vg_watchfile *io, const struct vg_terrain *terrain,
                                 const struct vg_sweeps *sweeps, struct vg_error *err)
{
    struct vg_dealer *dealer = NULL;
    bool is_free = false;
    for (int d = 0; d < io->n_drones; d++) {
        is_free = is_free || io->drones[d].base < 0;
    }
    if (!is_free) {
        return VG_OK;
    }
    enum vg_status st = vg_dealer_create(io, terrain, sweeps, &dealer, err);
    if (st == VG_OK) {
        st = vg_dealer_place(dealer, io, err);
    }
    vg_dealer_destroy(dealer);
    return st;
}

static int stride_for(const struct vg_problem *p, bool is_quick)
{
    int nodes = 0;
    for (int k = 0; k < p->n_chains; k++) {
        nodes += p->chains[k].n;
    }
    /* With equal wishes the last stage is the quickest (rates.c). */
    return is_quick && p->is_mixed && nodes > LARGE / p->n_crews ? FEWER : 1;
}

static enum vg_status prove(struct vg_problem *p, bool is_quick, double *out_bound,
                            struct vg_error *err)
{
    struct vg_costs costs;
    struct vg_rates rates = {0};
    enum vg_status st = vg_costs_init(&costs, p, true, false, err);
    if (st == VG_OK) {
        st = vg_rates_init(&rates, p, &costs, false, err);
    }
    if (st == VG_OK) {
        st = vg_rates_solve(&rates, stride_for(p, is_quick), CLOSE, ROUNDS, err);
    }
    *out_bound = rates.bound;
    vg_rates_finish(&rates);
    return st;
}

enum vg_status vg_prospect_make(struct vg_watchfile *io, const struct vg_prospect_options *options,
                                struct vg_prospect *out, struct vg_error *err)
{
    struct vg_problem p = {0};
    struct vg_prospect found = {0};
    double bound = 0;
    enum vg_status st = place_free(io, options->terrain, options->sweeps, err);
    if (st == VG_OK) {
        st = vg_problem_init_parts(&p, io, options->terrain, 0, options->sweeps, NULL, 0, err);
    }
    if (st == VG_OK && p.n_chains == 0) {
        st = vg_problem_refuse_reach(&p, err);
    }
    if (st == VG_OK) {
        st = vg_list_stretches(&p, options->lang, &found.plan, err);
    }
    if (st == VG_OK) {
        st = prove(&p, options->is_quick, &bound, err);
    }
    if (st == VG_OK) {
        found.bound_s = floor(bound * io->revisit_s * VG_TICKS_PER_S) / VG_TICKS_PER_S;
        found.reach_m = vg_reach_m(&p);
    }
    vg_problem_finish(&p);
    if (st != VG_OK) {
        vg_prospect_finish(&found);
        return st;
    }
    *out = found;
    return VG_OK;
}

void vg_prospect_finish(struct vg_prospect *self)
{
    vg_plan_finish(&self->plan);
}
