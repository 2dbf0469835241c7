#include "plan/curve.h"

#include "base/time.h"
#include "plan/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TRIES = 8, /* fleets looked at for one promise */
    NODES = 2000, /* of a long line: plans are as good as on twice as many, in half the time */
    CLOSE_DRONES = 20 /* of so many drones one more than foretold does not matter */
};
/* The curve's ends, in fleets of the watch. */
static const double MOST_FLEET = 2.5;
static const double LEAST_FLEET = 0.25;
/* What is proven is so much of what is planned, before anything is. */
static const double FIRST_RATIO = 1.2;
/* Nodes nearer than this are left to the planner. */
static const double FINE_M = 1000;
/* So much of the line may be lost to heights that the reach from the bases does not know. */
static const double SAME_REACH = 0.995;

struct making {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    const struct vg_curve_options *options;
    struct vg_dealer *dealer;
    double *gap_s; /* of a fleet of each size; 0: not tried, HUGE_VAL: it does not reach all */
    double done; /* share of the work, for progress */
    struct vg_curve *out;
};

/* ---- fleets ---- */

/* Drones of each type in a fleet of n with the watch's proportions; out has n_types. */
static void mix(const struct vg_watchfile *w, int n, int *out)
{
    int left = n;
    for (int t = 0; t < w->n_types; t++) {
        out[t] = 0;
        for (int d = 0; d < w->n_drones; d++) {
            out[t] += w->drones[d].type == t;
        }
        out[t] = (int)((int64_t)out[t] * n / w->n_drones);
        left -= out[t];
    }
    while (left > 0) {
        int best = -1;
        double most = -1;
        for (int t = 0; t < w->n_types; t++) {
            double share = 0;
            for (int d = 0; d < w->n_drones; d++) {
                share += w->drones[d].type == t;
            }
            double lacks = share * n / w->n_drones - out[t];
            if (share > 0 && lacks > most + 1e-9) {
                most = lacks;
                best = t;
            }
        }
        out[best]++;
        left--;
    }
}

/* How many times the fleet of the watch it is at most, type by type. */
static double size_of(const struct vg_watchfile *w, int n, int *room)
{
    double most = 0;
    mix(w, n, room);
    for (int t = 0; t < w->n_types; t++) {
        int own = 0;
        for (int d = 0; d < w->n_drones; d++) {
            own += w->drones[d].type == t;
        }
        most = own > 0 ? fmax(most, (double)room[t] / own) : most;
    }
    return most;
}

/* A copy of the watch with n drones, none of them placed; out->drones is the caller's to free. */
static enum vg_status make_fleet(const struct vg_watchfile *w, int n, struct vg_watchfile *out,
                                 struct vg_error *err)
{
    int *of = calloc((size_t)w->n_types + 1, sizeof *of);
    *out = *w;
    out->drones = calloc((size_t)n + 1, sizeof *out->drones);
    if (of == NULL || out->drones == NULL) {
        free(of);
        free(out->drones);
        return vg_no_memory(err);
    }
    mix(w, n, of);
    out->n_drones = 0;
    for (int t = 0; t < w->n_types; t++) {
        for (int k = 0; k < of[t]; k++) {
            struct vg_wf_drone *d = &out->drones[out->n_drones++];
            *d = (struct vg_wf_drone){.type = t, .base = -1};
            vg_format(d->id, sizeof d->id, "V%d", out->n_drones);
        }
    }
    free(of);
    return VG_OK;
}

/* ---- timetables ---- */

static bool go_on(void *ctx, double share)
{
    const struct making *mk = ctx;
    (void)share;
    return mk->options->progress == NULL || mk->options->progress(mk->options->ctx, mk->done);
}

static double reach_of(const struct vg_plan *plan)
{
    double sum = 0;
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        sum += st->is_unreachable ? 0 : st->to_m - st->from_m;
    }
    return sum;
}

/* The worst gap of n drones' first plan, kept for other promises. */
static enum vg_status try_fleet(struct making *mk, int n, struct vg_error *err)
{
    struct vg_watchfile fleet;
    struct vg_plan plan = {0};
    double step_m = vg_network_length_m(&mk->watch->network) / NODES;
    struct vg_planner_options quick = {.site_step_m = step_m > FINE_M ? step_m : 0,
                                       .sweeps = mk->options->sweeps,
                                       .progress = go_on,
                                       .ctx = mk,
                                       .is_quick = true};
    enum vg_status st = make_fleet(mk->watch, n, &fleet, err);
    if (st != VG_OK) {
        return st;
    }
    st = vg_dealer_place(mk->dealer, &fleet, err);
    if (st == VG_OK) {
        st = vg_planner_solve(&fleet, mk->terrain, &quick, &plan, err);
    }
    if (st == VG_OK) {
        bool is_whole = reach_of(&plan) >= SAME_REACH * mk->out->reach_m;
        mk->gap_s[n] = is_whole ? plan.worst_gap_s : HUGE_VAL;
        mk->out->n_plans++;
    }
    vg_plan_finish(&plan);
    free(fleet.drones);
    return st;
}

/* The smallest fleet tried that keeps the promise, and the largest below it that does not. */
static int find_kept(const struct making *mk, double promise_s, int least, int *out_failed)
{
    int kept = 0;
    *out_failed = least - 1;
    for (int n = VG_CURVE_DRONES_MAX; n >= least; n--) {
        kept = mk->gap_s[n] > 0 && mk->gap_s[n] <= promise_s ? n : kept;
    }
    for (int n = least; n <= VG_CURVE_DRONES_MAX && (kept == 0 || n < kept); n++) {
        *out_failed = mk->gap_s[n] > promise_s ? n : *out_failed;
    }
    return kept;
}

/* Gap times drones hardly changes from fleet to fleet: that of the nearest size tried foretells the
 * number for a promise. */
static int guess(const struct making *mk, double promise_s, int failed)
{
    const struct vg_curve *c = mk->out;
    int wanted = (int)(FIRST_RATIO * c->bound_s * c->n_drones / promise_s);
    int nearest = 0;
    for (int n = 1; n <= VG_CURVE_DRONES_MAX; n++) {
        bool is_tried = mk->gap_s[n] > 0 && mk->gap_s[n] < HUGE_VAL;
        nearest =
            is_tried && (nearest == 0 || abs(n - wanted) < abs(nearest - wanted)) ? n : nearest;
    }
    if (nearest > 0) {
        wanted = (int)ceil(nearest * mk->gap_s[nearest] / promise_s - 1e-6);
    }
    return wanted > failed ? wanted : failed + 1;
}

/* As many as gap times drones says of a fleet that keeps the promise. */
static int foretell(const struct making *mk, double promise_s, int kept)
{
    return (int)ceil(kept * mk->gap_s[kept] / promise_s - 1e-6);
}

/* The fleet to be tried next; 0: enough. Small fleets are searched to the drone; large ones until
 * the foretold number is near. */
static int next_fleet(const struct making *mk, double promise_s, int kept, int failed)
{
    if (kept == 0) {
        return guess(mk, promise_s, failed);
    }
    int foretold = foretell(mk, promise_s, kept);
    bool is_near = kept >= CLOSE_DRONES && kept - foretold <= kept / CLOSE_DRONES;
    if (kept - failed <= 1 || is_near) {
        return 0;
    }
    return foretold > failed && foretold < kept ? foretold : (failed + kept) / 2;
}

/* At most so many fleets are tried, as long as there is time. */
static enum vg_status find_planned(struct making *mk, struct vg_curve_point *io, int tries,
                                   struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int k = 0; st == VG_OK; k++) {
        int failed;
        int kept = find_kept(mk, io->promise_s, io->proven, &failed);
        io->planned = kept;
        io->gap_s = kept > 0 ? mk->gap_s[kept] : 0;
        int next = next_fleet(mk, io->promise_s, kept, failed);
        if (next == 0 || k >= tries || next > VG_CURVE_DRONES_MAX ||
            (mk->options->go_on != NULL && !mk->options->go_on(mk->options->ctx))) {
            break;
        }
        st = try_fleet(mk, next, err);
    }
    return st;
}

/* ---- promises ---- */

double vg_curve_round_s(double s)
{
    static const double TO_S[] = {600, 1800, 3600, 7200, 14400, 43200, 172800, HUGE_VAL};
    static const double STEP_S[] = {60, 120, 300, 600, 900, 1800, 3600, 21600};
    int k = 0;
    while (s > TO_S[k]) {
        k++;
    }
    return fmax(STEP_S[k], round(s / STEP_S[k]) * STEP_S[k]);
}

/* Round promises at even ratios; the watch's own takes the place of the one nearest to it. */
static void choose_promises(struct vg_curve *c, double own_s)
{
    double from_s = c->bound_s / MOST_FLEET;
    double to_s = c->bound_s * fmin(1 / LEAST_FLEET, c->n_drones);
    int nearest = -1;
    for (int k = 0; k < VG_CURVE_STEPS; k++) {
        double s = vg_curve_round_s(from_s * pow(to_s / from_s, k / (VG_CURVE_STEPS - 1.0)));
        if (c->n_points == 0 || s > c->points[c->n_points - 1].promise_s) {
            c->points[c->n_points++].promise_s = s;
        }
    }
    for (int k = 0; k < c->n_points; k++) {
        double far = fabs(log(c->points[k].promise_s / own_s));
        bool is_near = nearest < 0 || far < fabs(log(c->points[nearest].promise_s / own_s));
        nearest = is_near ? k : nearest;
    }
    if (own_s >= c->points[0].promise_s && own_s <= c->points[c->n_points - 1].promise_s) {
        c->points[nearest].promise_s = own_s;
    }
}

static void prove(struct vg_curve *c, const struct vg_watchfile *w, int *room)
{
    for (int k = 0; k < c->n_points; k++) {
        double size = c->bound_s / c->points[k].promise_s * (1 - 1e-9);
        int n = 1;
        while (n < VG_CURVE_DRONES_MAX && size_of(w, n, room) < size) {
            n++;
        }
        c->points[k].proven = n;
    }
}

/* The promise that is not yet looked at for which the proven number is nearest to the fleet. */
static int next_point(const struct vg_curve *c, const bool *is_done)
{
    int best = -1;
    for (int k = 0; k < c->n_points; k++) {
        bool is_near = best < 0 || abs(c->points[k].proven - c->n_drones) <
                                       abs(c->points[best].proven - c->n_drones);
        best = !is_done[k] && is_near ? k : best;
    }
    return best;
}

/* First a fleet or two for each promise, then nearer to the least: time may end it. */
static enum vg_status make_timetables(struct making *mk, struct vg_error *err)
{
    static const int TRIES[] = {2, MOST_TRIES};
    struct vg_curve *c = mk->out;
    enum vg_status st = VG_OK;
    for (int round = 0; round < 2; round++) {
        bool is_done[VG_CURVE_STEPS] = {0};
        for (int q = 0; q < c->n_points && st == VG_OK; q++) {
            int k = next_point(c, is_done);
            is_done[k] = true;
            st = find_planned(mk, &c->points[k], TRIES[round], err);
            mk->done = (round + (q + 1.0) / c->n_points) / 2;
            if (st == VG_OK && !go_on(mk, mk->done)) {
                st = vg_fail(err, VG_E_TIMEOUT, "stopped");
            }
        }
    }
    return st;
}

static enum vg_status make_dealer(struct making *mk, struct vg_error *err)
{
    struct vg_watchfile loose;
    if (mk->watch->n_drones == 0) {
        return vg_fail(err, VG_E_INVALID,
                       "no drones in the watch: list at least one under \"drones\" with its base");
    }
    enum vg_status st = make_fleet(mk->watch, mk->watch->n_drones, &loose, err);
    if (st == VG_OK) {
        st = vg_dealer_create(&loose, mk->terrain, mk->options->sweeps, &mk->dealer, err);
        free(loose.drones);
    }
    return st;
}

enum vg_status vg_curve_make(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                             const struct vg_curve_options *options, struct vg_curve *out,
                             struct vg_error *err)
{
    static const struct vg_curve_options nothing = {0};
    struct vg_curve c = {.n_drones = watch->n_drones};
    struct making mk = {.watch = watch,
                        .terrain = terrain,
                        .options = options != NULL ? options : &nothing,
                        .out = &c};
    int *room = calloc((size_t)watch->n_types + 1, sizeof *room);
    c.points = calloc(VG_CURVE_STEPS, sizeof *c.points);
    mk.gap_s = calloc(VG_CURVE_DRONES_MAX + 1, sizeof *mk.gap_s);
    enum vg_status st = room != NULL && c.points != NULL && mk.gap_s != NULL ? make_dealer(&mk, err)
                                                                             : vg_no_memory(err);
    if (st == VG_OK) {
        c.bound_s = vg_dealer_bound(mk.dealer) * watch->revisit_s;
        c.reach_m = vg_dealer_reach_m(mk.dealer);
        choose_promises(&c, watch->revisit_s);
        prove(&c, watch, room);
        st = mk.options->is_proven_only ? VG_OK : make_timetables(&mk, err);
    }
    vg_dealer_destroy(mk.dealer);
    free(mk.gap_s);
    free(room);
    if (st != VG_OK) {
        vg_curve_finish(&c);
        return st;
    }
    *out = c;
    return VG_OK;
}

void vg_curve_finish(struct vg_curve *self)
{
    free(self->points);
    *self = (struct vg_curve){0};
}
