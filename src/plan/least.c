#include "plan/least.h"

#include "base/time.h"
#include "plan/clock.h"
#include "plan/inner.h"
#include "plan/least_proof.h"
#include "plan/rates.h"
#include "plan/whole.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_DRONES = 2000,
    LINKS_PER_SORTIE = 512, /* half as far apart as the planner's: a site is a drone at times */
    MOST_MORE = 20000
};

/* Of the promise: whole ticks take the rest. */
static const double ENOUGH = 1 - 1e-5;

/* A copy of the watch with n drones, none of them placed; *out_drones is the caller's to free. */
static enum vg_status with_drones(const struct vg_watchfile *w, int n, struct vg_watchfile *out,
                                  struct vg_wf_drone **out_drones, struct vg_error *err)
{
    struct vg_wf_drone *drones = calloc((size_t)n + 1, sizeof *drones);
    if (drones == NULL) {
        return vg_no_memory(err);
    }
    for (int d = 0; d < n; d++) {
        drones[d] = w->drones[d < w->n_drones ? d : 0];
        vg_format(drones[d].id, sizeof drones[d].id, "V%d", d + 1);
        drones[d].base = -1;
    }
    *out = *w;
    out->drones = *out_drones = drones;
    out->n_drones = n;
    out->may_land_elsewhere = false; /* what is proven holds for flights that land at home */
    return VG_OK;
}

/* Several wishes: fractions of drones are all that the program knows of. */
static enum vg_status bound_fractions(struct vg_problem *p, double share, struct vg_least *out,
                                      struct vg_buf *proof, struct vg_error *err)
{
    struct vg_rates rates = {0};
    struct vg_costs sites;
    enum vg_status st = vg_costs_init(&sites, p, true, false, err);
    if (st == VG_OK) {
        st = vg_rates_init(&rates, p, &sites, true, err);
    }
    if (st == VG_OK) {
        st = vg_rates_solve(&rates, 1, 5e-4, 200, err);
    }
    double wanted = rates.bound * p->n_crews / share;
    out->proven = (int)fmin(MOST_DRONES, fmax(1, ceil(wanted - 1e-6)));
    out->first = out->proven;
    if (st == VG_OK) {
        vg_least_prove_rates(&rates, share, out->proven, proof);
    }
    vg_rates_finish(&rates);
    return st;
}

/* proof: NULL, or what proves it. */
static enum vg_status fewest(struct vg_problem *p, const struct vg_costs *costs, double share,
                             int *out, struct vg_buf *proof, struct vg_error *err)
{
    struct vg_whole whole = {0};
    double *none = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *none);
    double *n = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *n);
    enum vg_status st =
        none != NULL && n != NULL ? vg_whole_init(&whole, p, costs, none, err) : vg_no_memory(err);
    if (st == VG_OK) {
        st = vg_whole_fewest(&whole, share, n, out, err);
    }
    *out = *out > 1 ? *out : 1;
    if (st == VG_OK && proof != NULL) {
        vg_whole_prune(&whole, share, *out);
        st = vg_least_prove(&whole, share, *out, proof, err);
    }
    vg_whole_finish(&whole);
    return st;
}

/* One wish: whole drones, by sorties that share their cuts what no tours do, by sites (closer
 * together) what no timetable beats. */
static enum vg_status bound_whole(struct vg_problem *p, double share, struct vg_least *out,
                                  struct vg_buf *proof, struct vg_error *err)
{
    const struct vg_grade closer = {LINKS_PER_SORTIE, MOST_MORE, false};
    struct vg_costs links;
    struct vg_costs sites;
    enum vg_status st = vg_costs_init(&links, p, false, false, err);
    if (st == VG_OK) {
        st = fewest(p, &links, share, &out->first, NULL, err);
    }
    if (st == VG_OK) {
        st = vg_problem_refine(p, &closer, err);
    }
    if (st == VG_OK) {
        st = vg_costs_init(&sites, p, true, false, err);
    }
    if (st == VG_OK) {
        st = fewest(p, &sites, share, &out->proven, proof, err);
    }
    out->proven = out->proven < MOST_DRONES ? out->proven : MOST_DRONES;
    out->first = out->first > out->proven ? out->first : out->proven;
    return st;
}

struct asked {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    double promise_s;
    int64_t day;
};

/* What is proven, worked out with a drone at every base, so that all crews are there. */
static enum vg_status fleet_bound(const struct asked *a, struct vg_least *out, double *out_blind_s,
                                  struct vg_buf *proof, struct vg_error *err)
{
    const struct vg_watchfile *w = a->watch;
    struct vg_clock clock = {0};
    struct vg_watchfile every;
    struct vg_wf_drone *drones = NULL;
    struct vg_problem p = {0};
    enum vg_status st = with_drones(w, w->n_bases, &every, &drones, err);
    for (int d = 0; d < w->n_bases && st == VG_OK; d++) {
        drones[d].base = d;
    }
    if (st == VG_OK) {
        st = vg_problem_init(&p, &every, a->terrain, 0, err);
    }
    if (st == VG_OK && p.n_chains == 0) {
        st = vg_problem_refuse_reach(&p, err);
    }
    if (st == VG_OK && vg_clock_is_wanted(&every)) {
        st = vg_clock_make(&p, a->day, &clock, err);
    }
    if (st == VG_OK) {
        double share = a->promise_s / w->revisit_s;
        st = p.is_mixed ? bound_fractions(&p, share, out, proof, err)
                        : bound_whole(&p, share, out, proof, err);
    }
    *out_blind_s = clock.share * w->revisit_s;
    if (p.watch != NULL) {
        vg_problem_finish(&p);
    }
    free(drones);
    return st;
}

/* A plan with n drones; *out_keeps: it keeps the promise, and is in `out`. */
static enum vg_status try_fleet(const struct vg_watchfile *w, const struct vg_terrain *terrain,
                                double promise_s, const struct vg_planner_options *options, int n,
                                struct vg_least *out, bool *out_keeps, struct vg_error *err)
{
    struct vg_watchfile fleet;
    struct vg_wf_drone *drones = NULL;
    struct vg_plan plan = {0};
    enum vg_status st = with_drones(w, n, &fleet, &drones, err);
    *out_keeps = false;
    if (st == VG_OK) {
        st = vg_planner_station_for(&fleet, promise_s * ENOUGH, err);
    }
    if (st == VG_OK) {
        struct vg_planner_options enough = {0};
        enough = options != NULL ? *options : enough;
        enough.enough_s = promise_s * ENOUGH;
        st = vg_planner_solve(&fleet, terrain, &enough, &plan, err);
    }
    if (st != VG_OK || plan.worst_gap_s > promise_s) {
        vg_plan_finish(&plan);
        free(drones);
        return st;
    }
    *out_keeps = true;
    vg_plan_finish(&out->plan);
    free(out->drones);
    out->plan = plan;
    out->drones = drones;
    out->planned = n;
    return VG_OK;
}

static enum vg_status check_fleet(const struct vg_watchfile *w, struct vg_error *err)
{
    if (w->n_drones == 0) {
        return vg_fail(err, VG_E_INVALID,
                       "no drones in the watch: list at least one under \"drones\" with its base");
    }
    for (int d = 1; d < w->n_drones; d++) {
        if (w->drones[d].type != w->drones[0].type) {
            return vg_fail(err, VG_E_INVALID,
                           "how many drones are needed can be asked of one type: the watch has "
                           "%s and %s",
                           w->types[w->drones[0].type].name, w->types[w->drones[d].type].name);
        }
    }
    return VG_OK;
}

/* Upwards in growing steps until the promise is kept, then down to the least that keeps it. */
static enum vg_status search(const struct vg_watchfile *w, const struct vg_terrain *terrain,
                             double promise_s, const struct vg_planner_options *options,
                             struct vg_least *out, struct vg_error *err)
{
    bool is_kept = false;
    int too_few = out->first - 1;
    int n = out->first;
    enum vg_status st = VG_OK;
    for (int step = 1; st == VG_OK && !is_kept && n <= MOST_DRONES;) {
        st = try_fleet(w, terrain, promise_s, options, n, out, &is_kept, err);
        if (st == VG_OK && !is_kept) {
            too_few = n;
            n += step;
            step *= 2;
        }
    }
    if (st == VG_OK && !is_kept) {
        char text[48];
        return vg_fail(err, VG_E_INVALID, "no plan of up to %d drones keeps %s", MOST_DRONES,
                       vg_duration_format(promise_s, text, sizeof text));
    }
    while (st == VG_OK && out->planned - too_few > 1) {
        int mid = (out->planned + too_few) / 2;
        st = try_fleet(w, terrain, promise_s, options, mid, out, &is_kept, err);
        too_few = is_kept ? too_few : mid;
    }
    return st;
}

enum vg_status vg_least_drones(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                               double promise_s, const struct vg_planner_options *options,
                               struct vg_least *out, struct vg_error *err)
{
    const struct asked asked = {watch, terrain, promise_s, options != NULL ? options->day : 0};
    struct vg_least least = {0};
    struct vg_buf proof = {0};
    double blind_s = 0;
    enum vg_status st = check_fleet(watch, err);
    if (st == VG_OK) {
        st = fleet_bound(&asked, &least, &blind_s, &proof, err);
    }
    if (st == VG_OK && blind_s > promise_s) {
        char blind[48];
        char wanted[48];
        st = vg_fail(err, VG_E_INVALID,
                     "closed hours and nights alone leave some place unseen for %s: no number of "
                     "drones keeps %s; bases open longer, or cameras that see by night, would do",
                     vg_duration_format(blind_s, blind, sizeof blind),
                     vg_duration_format(promise_s, wanted, sizeof wanted));
    }
    if (st == VG_OK) {
        st = search(watch, terrain, promise_s, options, &least, err);
    }
    if (st == VG_OK) {
        st = vg_least_put(&proof, &least.plan.certificate, err);
    }
    vg_buf_finish(&proof);
    if (st != VG_OK) {
        vg_plan_finish(&least.plan);
        free(least.drones);
        return st;
    }
    *out = least;
    return VG_OK;
}
