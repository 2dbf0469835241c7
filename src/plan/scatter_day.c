/* Flights at random times in a timetable that goes by the clock (unpredictable.h).
 *
 * All that binds a flight to a time is a difference to another one's, or to the clock: the gaps of
 * the ground that it sees, its drone's flights and work before and after it, open hours. So each
 * flight in turn, a few times over, is put anywhere between the bounds that all others leave it
 * (Gibbs sampling of the polytope of those differences: S. and D. Geman 1984); pads and light are
 * tried. What holds before each step holds after it.
 */
#include "base/numbers.h"
#include "base/rng.h"
#include "plan/clock.h"
#include "plan/inner.h"
#include "plan/unpredictable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 5,
    TRIES = 12,
    MOST_DAYS = 14
};
static const double PAD_S = 60;
static const double SAME_M = 0.5;
static const double ROUNDING_S = 0.3;

struct flight {
    const struct vg_plan_sortie *of;
    double at_s; /* take-off of the plan, in [0, period) */
    double shift_s;
    double busy_s;
    int first; /* of its sights */
    int n;
};

/* One flight passes an end of a piece of line between two ends of visits. */
struct sight {
    int piece; /* 2 x piece + end */
    int flight;
    double off_s; /* after take-off */
    double most_s; /* until the next one there */
    int before; /* the sights of the same place before and behind it */
    int behind;
};

struct edge {
    int line;
    int pass;
    double s_m;
};

struct scatter {
    const struct vg_watchfile *watch;
    const struct vg_plan *plan;
    double share;
    double period_s;
    struct flight *flights;
    int n;
    struct edge *edges;
    int n_edges;
    struct sight *sights;
    int n_sights;
};

static double sight_s(const struct scatter *s, const struct sight *x)
{
    const struct flight *f = &s->flights[x->flight];
    return f->at_s + f->shift_s + x->off_s;
}

/* ---- what there is ---- */

/* Whole days in which all drones' turns come round, two at least; 0: more than can be looked at. */
static int common_days(const struct vg_plan *plan)
{
    int64_t days = 1;
    for (int k = 0; k < plan->n_sorties; k++) {
        int64_t own = llround(plan->sorties[k].period_s / VG_DAY_S);
        days = days / vg_plan_gcd(days, own) * own;
        if (days > MOST_DAYS) {
            return 0;
        }
    }
    return days > 1 ? (int)days : 2;
}

static bool list_flights(struct scatter *s)
{
    size_t n = 1;
    for (int k = 0; k < s->plan->n_sorties; k++) {
        n += (size_t)llround(s->period_s / s->plan->sorties[k].period_s);
    }
    s->flights = calloc(n, sizeof *s->flights);
    for (int k = 0; k < s->plan->n_sorties && s->flights != NULL; k++) {
        const struct vg_plan_sortie *so = &s->plan->sorties[k];
        const struct vg_wf_type *type = vg_watchfile_type_of(s->watch, so->drone);
        int turns = (int)llround(s->period_s / so->period_s);
        for (int turn = 0; turn < turns; turn++) {
            s->flights[s->n++] = (struct flight){.of = so,
                                                 .at_s = so->takeoff_s + turn * so->period_s,
                                                 .busy_s = so->land_s - so->takeoff_s +
                                                           (type != NULL ? type->turnaround_s : 0)};
        }
    }
    return s->flights != NULL;
}

static int by_place(const void *a, const void *b)
{
    const struct edge *x = a;
    const struct edge *y = b;
    if (x->line != y->line || x->pass != y->pass) {
        return x->line != y->line ? x->line - y->line : x->pass - y->pass;
    }
    return (x->s_m > y->s_m) - (x->s_m < y->s_m);
}

/* Ends of visits, in order, each once. */
static bool list_edges(struct scatter *s)
{
    size_t room = 1;
    for (int k = 0; k < s->plan->n_sorties; k++) {
        room += 2 * (size_t)s->plan->sorties[k].n_visits;
    }
    s->edges = calloc(room, sizeof *s->edges);
    for (int k = 0; k < s->plan->n_sorties && s->edges != NULL; k++) {
        const struct vg_plan_sortie *so = &s->plan->sorties[k];
        for (int v = 0; v < so->n_visits; v++) {
            const struct vg_plan_visit *x = &so->visits[v];
            int line = vg_network_find_line(&s->watch->network, x->line);
            s->edges[s->n_edges++] = (struct edge){line, x->pass, x->from_m};
            s->edges[s->n_edges++] = (struct edge){line, x->pass, x->to_m};
        }
    }
    if (s->edges == NULL) {
        return false;
    }
    qsort(s->edges, (size_t)s->n_edges, sizeof *s->edges, by_place);
    int kept = 0;
    for (int k = 0; k < s->n_edges; k++) {
        const struct edge *last = kept > 0 ? &s->edges[kept - 1] : NULL;
        if (last == NULL || last->line != s->edges[k].line || last->pass != s->edges[k].pass ||
            s->edges[k].s_m > last->s_m + SAME_M) {
            s->edges[kept++] = s->edges[k];
        }
    }
    s->n_edges = kept;
    return true;
}

/* The piece that begins at a place, or within a hair of it. */
static int piece_at(const struct scatter *s, struct edge at)
{
    int lo = 0;
    int hi = s->n_edges;
    at.s_m -= 2 * SAME_M;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (by_place(&s->edges[mid], &at) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* Both ends of all pieces within the visit. With s->sights NULL they are only counted. */
static void see(struct scatter *s, int flight, const struct vg_plan_visit *x)
{
    double lo_m = fmin(x->from_m, x->to_m);
    double hi_m = fmax(x->from_m, x->to_m);
    const struct edge from = {vg_network_find_line(&s->watch->network, x->line), x->pass, lo_m};
    for (int k = piece_at(s, from); k + 1 < s->n_edges; k++) {
        if (s->edges[k + 1].line != from.line || s->edges[k + 1].pass != from.pass ||
            s->edges[k + 1].s_m > hi_m + SAME_M) {
            break;
        }
        for (int end = 0; end < 2; end++) {
            double share = (s->edges[k + end].s_m - x->from_m) / (x->to_m - x->from_m);
            if (s->sights != NULL) {
                s->sights[s->n_sights] =
                    (struct sight){.piece = 2 * k + end,
                                   .flight = flight,
                                   .off_s = x->t0_s + share * (x->t1_s - x->t0_s) -
                                            s->flights[flight].of->takeoff_s};
            }
            s->n_sights++;
        }
    }
}

static void see_all(struct scatter *s)
{
    s->n_sights = 0;
    for (int f = 0; f < s->n; f++) {
        const struct vg_plan_sortie *so = s->flights[f].of;
        s->flights[f].first = s->n_sights;
        for (int v = 0; v < so->n_visits; v++) {
            if (vg_clock_counts(s->watch, s->plan, so, &so->visits[v])) {
                see(s, f, &so->visits[v]);
            }
        }
        s->flights[f].n = s->n_sights - s->flights[f].first;
    }
}

static double wish_at(const struct scatter *s, const struct edge *at)
{
    for (int k = 0; k < s->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &s->plan->stretches[k];
        if (st->from_m <= at->s_m + SAME_M && st->to_m >= at->s_m - SAME_M &&
            vg_network_find_line(&s->watch->network, st->line) == at->line) {
            return st->revisit_s;
        }
    }
    return s->watch->revisit_s;
}

/* For qsort, which hands nothing through: a sight's place and time beside its index. */
struct order {
    int piece;
    double t_s;
    int sight;
};

static int by_time(const void *a, const void *b)
{
    const struct order *x = a;
    const struct order *y = b;
    if (x->piece != y->piece) {
        return x->piece - y->piece;
    }
    return x->t_s < y->t_s || x->t_s > y->t_s ? (x->t_s > y->t_s) - (x->t_s < y->t_s)
                                              : x->sight - y->sight;
}

/* Neighbours in time at each place. A gap may be as long as is wanted there; one that is longer
 * (the night's), longer by the share. */
static bool link_sights(struct scatter *s)
{
    struct order *all = calloc((size_t)s->n_sights + 1, sizeof *all);
    for (int k = 0; all != NULL && k < s->n_sights; k++) {
        all[k] = (struct order){s->sights[k].piece,
                                vg_into_round(sight_s(s, &s->sights[k]), s->period_s), k};
    }
    if (all == NULL) {
        return false;
    }
    qsort(all, (size_t)s->n_sights, sizeof *all, by_time);
    for (int k = 0, end; k < s->n_sights; k = end) {
        for (end = k + 1; end < s->n_sights && all[end].piece == all[k].piece;) {
            end++;
        }
        double wish_s = wish_at(s, &s->edges[all[k].piece / 2]) - ROUNDING_S;
        for (int q = k; q < end; q++) {
            int next = q + 1 < end ? q + 1 : k;
            double gap_s = all[next].t_s - all[q].t_s + (next > q ? 0 : s->period_s);
            s->sights[all[q].sight].behind = all[next].sight;
            s->sights[all[next].sight].before = all[q].sight;
            s->sights[all[q].sight].most_s = gap_s > wish_s ? gap_s * (1 + s->share) : wish_s;
        }
    }
    free(all);
    return true;
}

static bool look(struct scatter *s)
{
    if (!list_flights(s) || !list_edges(s)) {
        return false;
    }
    see_all(s);
    s->sights = calloc((size_t)s->n_sights + 1, sizeof *s->sights);
    if (s->sights == NULL) {
        return false;
    }
    see_all(s);
    return link_sights(s);
}

/* ---- moving a flight ---- */

struct span {
    double lo_s;
    double hi_s;
};

static void narrow(struct span *io, double lo_s, double hi_s)
{
    io->lo_s = fmax(io->lo_s, lo_s);
    io->hi_s = fmin(io->hi_s, hi_s);
}

static void leave_gaps(const struct scatter *s, const struct flight *f, struct span *io)
{
    for (int k = f->first; k < f->first + f->n; k++) {
        const struct sight *x = &s->sights[k];
        const struct sight *a = &s->sights[x->before];
        const struct sight *b = &s->sights[x->behind];
        double since_s = vg_into_round(sight_s(s, x) - sight_s(s, a), s->period_s);
        double left_s = vg_into_round(sight_s(s, b) - sight_s(s, x), s->period_s);
        if (a->flight != x->flight) {
            narrow(io, -since_s, a->most_s - since_s);
        }
        if (b->flight != x->flight) {
            narrow(io, left_s - x->most_s, left_s);
        }
    }
}

/* Its drone's other flights and the work on it. */
static void leave_drone(const struct scatter *s, const struct flight *f, struct span *io)
{
    double up_s = f->at_s + f->shift_s;
    for (int k = 0; k < s->n; k++) {
        const struct flight *o = &s->flights[k];
        if (o != f && strcmp(o->of->drone, f->of->drone) == 0) {
            double other_s = o->at_s + o->shift_s;
            narrow(io, -vg_into_round(up_s - other_s - o->busy_s, s->period_s),
                   vg_into_round(other_s - up_s - f->busy_s, s->period_s));
        }
    }
    for (int k = 0; k < s->plan->n_slots; k++) {
        const struct vg_plan_slot *slot = &s->plan->slots[k];
        if (strcmp(slot->drone, f->of->drone) == 0) {
            narrow(io, -vg_into_round(up_s - slot->to_s, slot->period_s),
                   vg_into_round(slot->from_s - up_s - f->busy_s, slot->period_s));
        }
    }
}

static const struct vg_wf_base *base_of(const struct scatter *s, const char *name)
{
    int b = vg_watchfile_find_base(s->watch, name);
    return b >= 0 ? &s->watch->bases[b] : NULL;
}

static void leave_hours(const struct scatter *s, const struct flight *f, struct span *io)
{
    double up_s = f->at_s + f->shift_s;
    double down_s = up_s + f->of->land_s - f->of->takeoff_s;
    const struct vg_wf_base *from = base_of(s, f->of->base_from);
    const struct vg_wf_base *to = base_of(s, f->of->base_to);
    double open_s, shut_s;
    if (from != NULL && from->closed.n > 0) {
        vg_hours_between(&from->closed, up_s + s->plan->clock_s, &open_s, &shut_s);
        narrow(io, open_s - up_s - s->plan->clock_s, shut_s - up_s - s->plan->clock_s);
    }
    if (to != NULL && to->closed.n > 0) {
        vg_hours_between(&to->closed, down_s + s->plan->clock_s, &open_s, &shut_s);
        narrow(io, open_s - down_s - s->plan->clock_s, shut_s - down_s - s->plan->clock_s);
    }
}

/* Is a pad of the base free for this flight's take-off or landing? */
static bool has_pad(const struct scatter *s, const struct flight *f, const char *name, double t_s)
{
    const struct vg_wf_base *base = base_of(s, name);
    int n = 0;
    for (int k = 0; k < s->n; k++) {
        const struct flight *o = &s->flights[k];
        double up_s = o->at_s + o->shift_s;
        double down_s = up_s + o->of->land_s - o->of->takeoff_s;
        n += o != f && strcmp(o->of->base_from, name) == 0 &&
             fabs(remainder(up_s - t_s, s->period_s)) <= PAD_S;
        n += o != f && strcmp(o->of->base_to, name) == 0 &&
             fabs(remainder(down_s - t_s, s->period_s)) <= PAD_S;
    }
    return base == NULL || n < (base->pads > 0 ? base->pads : 1);
}

/* Do all visits that count go on counting? */
static bool is_lit(const struct scatter *s, const struct flight *f, double shift_s)
{
    for (int v = 0; v < f->of->n_visits && s->plan->has_daylight; v++) {
        struct vg_plan_visit then = f->of->visits[v];
        bool did = vg_clock_counts(s->watch, s->plan, f->of, &then);
        then.t0_s += shift_s;
        then.t1_s += shift_s;
        if (did && !vg_clock_counts(s->watch, s->plan, f->of, &then)) {
            return false;
        }
    }
    return true;
}

static void move(struct scatter *s, struct vg_rng *rng, struct flight *f)
{
    double most_s = s->share * f->busy_s;
    struct span span = {-most_s - f->shift_s, most_s - f->shift_s};
    leave_gaps(s, f, &span);
    leave_drone(s, f, &span);
    leave_hours(s, f, &span);
    span.lo_s += ROUNDING_S;
    span.hi_s -= ROUNDING_S;
    for (int k = 0; k < TRIES && span.hi_s > span.lo_s; k++) {
        double by_s = span.lo_s + (span.hi_s - span.lo_s) * vg_rng_unit(rng);
        double shift_s = vg_plan_tick_s(f->shift_s + by_s);
        double up_s = f->at_s + shift_s;
        double down_s = up_s + f->of->land_s - f->of->takeoff_s;
        if (has_pad(s, f, f->of->base_from, up_s) && has_pad(s, f, f->of->base_to, down_s) &&
            is_lit(s, f, shift_s)) {
            f->shift_s = shift_s;
            return;
        }
    }
}

/* ---- the plan of it ---- */

static size_t count_slots(const struct scatter *s)
{
    size_t n = 0;
    for (int k = 0; k < s->plan->n_slots; k++) {
        n += (size_t)llround(s->period_s / s->plan->slots[k].period_s);
    }
    return n;
}

/* Work on the drones as it was, written out for the common period. false: out of memory. */
static bool write_slots(const struct scatter *s, struct vg_plan *io)
{
    struct vg_plan_slot *slots = calloc(count_slots(s) + 1, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    free(io->slots);
    io->slots = slots;
    io->n_slots = 0;
    for (int k = 0; k < s->plan->n_slots; k++) {
        const struct vg_plan_slot *slot = &s->plan->slots[k];
        for (double t = 0; t < s->period_s - 1; t += slot->period_s) {
            struct vg_plan_slot *to = &io->slots[io->n_slots++];
            *to = *slot;
            to->from_s += t;
            to->to_s += t;
            to->period_s = s->period_s;
        }
    }
    return true;
}

static enum vg_status write_plan(const struct scatter *s, struct vg_plan *out, struct vg_error *err)
{
    bool is_good = vg_plan_copy_head(s->plan, (size_t)s->n, out) && write_slots(s, out);
    out->period_s = s->period_s;
    for (int k = 0; k < s->n && is_good; k++) {
        const struct flight *f = &s->flights[k];
        double at_s = vg_plan_tick_s(vg_into_round(f->at_s + f->shift_s, s->period_s));
        struct vg_plan_sortie *to = &out->sorties[out->n_sorties];
        is_good = vg_plan_copy_sortie(f->of, at_s - f->of->takeoff_s, to);
        if (is_good) {
            int day = (int)(f->at_s / f->of->period_s);
            to->period_s = s->period_s;
            vg_format(to->id, sizeof to->id, "%.16s-%d", f->of->id, day + 1);
            out->n_sorties++;
        }
    }
    enum vg_status st = is_good ? vg_gaps_compute(s->watch, out, err) : vg_no_memory(err);
    out->by_day_s = 0; /* it tells one night from the day, and each place has several now */
    out->ratio = out->bound_s > 0 ? out->worst_gap_s / out->bound_s : 0;
    if (st != VG_OK) {
        vg_plan_finish(out);
        *out = (struct vg_plan){0};
    }
    return st;
}

enum vg_status vg_plan_scatter_day(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                   double share, uint64_t seed, struct vg_plan *out,
                                   struct vg_error *err)
{
    struct scatter s = {.watch = watch, .plan = plan, .share = share};
    struct vg_rng rng = vg_rng_seed(seed);
    int days = common_days(plan);
    if (watch->has_wind_hours) {
        return vg_fail(
            err, VG_E_INVALID,
            "in a wind by the hour flights take other times at other hours: give \"wind\" "
            "with \"from\" and \"speed\" in place of a file, or leave out --unpredictable");
    }
    if (days == 0) {
        return vg_fail(
            err, VG_E_INVALID,
            "the drones' turns come round together only after more than %d days: too "
            "long to make unpredictable; bases with fewer drones would come round sooner",
            MOST_DAYS);
    }
    s.period_s = (double)days * VG_DAY_S;
    bool is_good = look(&s);
    for (int round = 0; round < ROUNDS && is_good; round++) {
        for (int k = 0; k < s.n; k++) {
            move(&s, &rng, &s.flights[vg_rng_below(&rng, (uint64_t)s.n)]);
        }
    }
    enum vg_status st = is_good ? write_plan(&s, out, err) : vg_no_memory(err);
    free(s.flights);
    free(s.edges);
    free(s.sights);
    return st;
}
