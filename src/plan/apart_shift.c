/* Drones kept apart by time where height leaves no room (apart.h).
 *
 * Tours of several bases come round after times of their own: sooner or later their drones meet at
 * every phase of each other, and only layers part them. Where layers leave some too near, the tours
 * are slowed to one common headway, that of the slowest, so that they meet in the same way for
 * ever, and then begun later, tour by tour or base by base, until as few meet as can be found.
 * Drones that follow one another on one way meet at the same places whenever they begin: what parts
 * them is another headway, so all are slowed a little too, the more the longer the search takes.
 * The worst gap is computed anew for every try.
 */
#include "plan/apart_inner.h"

#include "base/rng.h"
#include "plan/inner.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TRIES = 200,
    LEAST_TRIES = 2,
    SORTIES_LOOKED_AT = 2000, /* over all tries */
    MOST_WORK = 25000000, /* of choosing layers */
    EVEN_TICKS =
        12, /* headways are so many ticks or a multiple: halves, thirds and quarters are whole */
    MOST_PARTS = 4
};
static const double PAD_S = 60;
/* The worst gap may grow by so much, */
static const double WORSE = 1.01;
/* and in the end by so much more: a plan that is refused is worth nothing. */
static const double SLOWER = 0.1;
/* How often a try is for another headway, and for all of a base instead of one of its tours. */
static const double FOR_HEADWAY = 0.3;
static const double FOR_BASE = 0.5;

struct shifts {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    const struct vg_plan *plan; /* without layers */
    int64_t *every; /* per sortie: ticks between visits of its tour's drones */
    int64_t headway; /* common; 0: they are alike as they are */
    int *group; /* per sortie: those of a tour, and of the same drones, begin later together */
    double *at_s; /* per group: how much later */
    double *was_s; /* room for as many */
    double slower; /* of the headway */
};

/* What shifts lead to. */
struct outcome {
    struct vg_plan plan;
    struct vg_apart_report report;
    int n_lacks; /* flights too near, and events without a pad */
    bool is_kept; /* the worst gap is within its limit */
};

static bool is_same_tour(const struct vg_plan_sortie *a, const struct vg_plan_sortie *b)
{
    return vg_plan_ticks(a->period_s) == vg_plan_ticks(b->period_s) &&
           strcmp(a->base_from, b->base_from) == 0;
}

/* Each sortie's headway, and the common one. */
static enum vg_status find_headways(struct shifts *s, struct vg_error *err)
{
    const struct vg_plan *plan = s->plan;
    enum vg_status st = vg_plan_repeats(plan, s->every, err);
    int64_t least = INT64_MAX;
    int64_t most = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        for (int q = 0; q < plan->n_sorties && s->every[k] == 0; q++) {
            bool is_mate = s->every[q] > 0 && is_same_tour(&plan->sorties[k], &plan->sorties[q]);
            s->every[k] = is_mate ? s->every[q] : 0;
        }
        s->every[k] = s->every[k] > 0 ? s->every[k] : vg_plan_ticks(plan->sorties[k].period_s);
        least = s->every[k] < least ? s->every[k] : least;
        most = s->every[k] > most ? s->every[k] : most;
    }
    s->headway = least < most ? (most + EVEN_TICKS - 1) / EVEN_TICKS * EVEN_TICKS : 0;
    return st;
}

/* Sorties of one tour, or of one drone, have one group. */
static void find_groups(struct shifts *s)
{
    const struct vg_plan *plan = s->plan;
    for (int k = 0; k < plan->n_sorties; k++) {
        s->group[k] = k;
        for (int q = 0; q < k; q++) {
            const struct vg_plan_sortie *a = &plan->sorties[q];
            const struct vg_plan_sortie *b = &plan->sorties[k];
            int other = s->group[q];
            bool is_one = is_same_tour(a, b) || strcmp(a->drone, b->drone) == 0;
            for (int r = 0; is_one && other != s->group[k] && r < k; r++) {
                s->group[r] = s->group[r] == other ? s->group[k] : s->group[r];
            }
        }
    }
}

/* Ticks between visits, slowed: to the common headway, or a half, third or quarter of it. */
static int64_t slowed(const struct shifts *s, int64_t old)
{
    if (s->headway == 0) {
        return llround((double)old * (1 + s->slower));
    }
    int64_t parts = s->headway / old;
    int64_t common = llround((double)s->headway * (1 + s->slower) / EVEN_TICKS) * EVEN_TICKS;
    return common / (parts < MOST_PARTS ? parts : MOST_PARTS);
}

/* The sortie slowed, and begun later. */
static bool put(const struct shifts *s, int k, struct vg_plan_sortie *out)
{
    const struct vg_plan_sortie *so = &s->plan->sorties[k];
    int64_t old = s->every[k];
    int64_t now = slowed(s, old);
    int64_t turns = vg_plan_ticks(so->period_s) / old;
    int64_t at = vg_plan_ticks(so->takeoff_s);
    /* Copies stay alike: whole headways apart. */
    int64_t slow = at / old * now + (int64_t)floor((double)(at % old) * (double)now / (double)old);
    int64_t later = vg_plan_ticks(s->at_s[s->group[k]]);
    double takeoff_s = (double)((slow + later) % (turns * now)) / VG_TICKS_PER_S;
    if (!vg_plan_copy_sortie(so, takeoff_s - so->takeoff_s, out)) {
        return false;
    }
    out->period_s = (double)(turns * now) / VG_TICKS_PER_S;
    return true;
}

/* Take-offs and landings at sortie k's base within a minute of t_s, at some repetition. */
static int events_near(const struct vg_plan *plan, const char *base, double period_s, double t_s)
{
    int n = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        double every_s = (double)vg_plan_gcd(vg_plan_ticks(so->period_s), vg_plan_ticks(period_s)) /
                         VG_TICKS_PER_S;
        n += strcmp(so->base_from, base) == 0 &&
             fabs(remainder(so->takeoff_s - t_s, every_s)) < PAD_S;
        n += strcmp(so->base_to, base) == 0 && fabs(remainder(so->land_s - t_s, every_s)) < PAD_S;
    }
    return n;
}

/* Sorties with an event that has more others about it than its pads bear. */
static int count_padless(const struct shifts *s, const struct vg_plan *plan)
{
    int n = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        int base = vg_watchfile_find_base(s->watch, so->base_from);
        int pads = base >= 0 && s->watch->bases[base].pads > 0 ? s->watch->bases[base].pads : 1;
        n += events_near(plan, so->base_from, so->period_s, so->takeoff_s) > pads ||
             events_near(plan, so->base_to, so->period_s, so->land_s) > pads;
    }
    return n;
}

/* The plan with the shifts, layers chosen where its worst gap is within `most` of what it was. */
static enum vg_status try_shifts(const struct shifts *s, double most, struct outcome *out,
                                 struct vg_error *err)
{
    *out = (struct outcome){.n_lacks = 0};
    struct vg_plan *plan = &out->plan;
    bool is_ok = vg_plan_copy_head(s->plan, (size_t)s->plan->n_sorties, plan);
    for (int k = 0; k < s->plan->n_sorties && is_ok; k++) {
        is_ok = put(s, k, &plan->sorties[plan->n_sorties]);
        plan->n_sorties += is_ok;
        plan->period_s = is_ok ? fmax(plan->period_s, plan->sorties[k].period_s) : 0;
    }
    enum vg_status st = is_ok ? vg_gaps_compute(s->watch, plan, err) : vg_no_memory(err);
    double limit_s = most * s->plan->worst_gap_s;
    if (most <= WORSE && s->plan->worst_gap_s <= s->watch->revisit_s) {
        limit_s = fmin(limit_s, s->watch->revisit_s);
    }
    out->is_kept = st == VG_OK && plan->worst_gap_s <= limit_s;
    if (out->is_kept) {
        st = vg_apart_layers_quick(plan, s->watch, s->terrain, &out->report, err);
        out->n_lacks = out->report.n_left + count_padless(s, plan);
    }
    return st;
}

/* Another headway, or another beginning for the sortie's tour or for all of its base. */
static void change(struct shifts *s, struct vg_rng *rng, int sortie, double slower)
{
    const struct vg_plan_sortie *so = &s->plan->sorties[sortie];
    double at_s = vg_plan_tick_s(vg_rng_unit(rng) * so->period_s);
    if (slower > 0 && vg_rng_unit(rng) < FOR_HEADWAY) {
        s->slower = vg_rng_unit(rng) * slower;
        return;
    }
    bool is_base = vg_rng_unit(rng) < FOR_BASE;
    for (int k = 0; k < s->plan->n_sorties; k++) {
        if (s->group[k] == s->group[sortie] ||
            (is_base && strcmp(s->plan->sorties[k].base_from, so->base_from) == 0)) {
            s->at_s[s->group[k]] = at_s;
        }
    }
}

/* Mostly one of the two whose drones meet begins later; what lacks no more stays. */
static enum vg_status search(struct shifts *s, struct vg_plan *io, struct vg_apart_report *io_best,
                             struct vg_error *err)
{
    struct vg_rng rng = vg_rng_seed(1);
    int n = s->plan->n_sorties;
    int tries = SORTIES_LOOKED_AT / (n + 1);
    tries = tries < LEAST_TRIES ? LEAST_TRIES : tries < MOST_TRIES ? tries : MOST_TRIES;
    struct vg_apart_report at = *io_best;
    int n_lacks = s->headway == 0 ? at.n_left : INT_MAX;
    enum vg_status st = VG_OK;
    int64_t work = 0;
    for (int k = 0; k < tries && io_best->n_left > 0 && work < MOST_WORK && st == VG_OK; k++) {
        struct outcome next;
        double slower = 2 * k > tries ? SLOWER * (2 * k - tries) / tries : 0;
        double was_slower = s->slower;
        int sortie =
            at.n_left > 0 ? at.left[vg_rng_below(&rng, 2)] : (int)vg_rng_below(&rng, (uint64_t)n);
        memcpy(s->was_s, s->at_s, (size_t)n * sizeof *s->at_s);
        if (n_lacks < INT_MAX) {
            change(s, &rng, sortie, slower);
        }
        st = try_shifts(s, WORSE + slower, &next, err);
        work += next.report.work;
        bool is_taken = st == VG_OK && next.is_kept && next.n_lacks <= n_lacks;
        bool is_best =
            is_taken && next.n_lacks == next.report.n_left && next.n_lacks <= io_best->n_left;
        if (is_taken) {
            n_lacks = next.n_lacks;
            at = next.report;
        } else {
            memcpy(s->at_s, s->was_s, (size_t)n * sizeof *s->at_s);
            s->slower = was_slower;
        }
        if (is_best) {
            struct vg_plan old = *io;
            *io_best = next.report;
            *io = next.plan;
            next.plan = old;
        }
        vg_plan_finish(&next.plan);
    }
    return st;
}

enum vg_status vg_apart_settle(struct vg_plan *io, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, struct vg_apart_report *out,
                               struct vg_error *err)
{
    struct vg_plan bare = {0};
    bool is_ok = vg_plan_copy_head(io, (size_t)io->n_sorties, &bare);
    for (int k = 0; k < io->n_sorties && is_ok; k++) {
        is_ok = vg_plan_copy_sortie(&io->sorties[k], 0, &bare.sorties[k]);
        bare.n_sorties += is_ok;
    }
    struct shifts s = {.watch = watch,
                       .terrain = terrain,
                       .plan = &bare,
                       .every = calloc((size_t)io->n_sorties + 1, sizeof *s.every),
                       .group = calloc((size_t)io->n_sorties + 1, sizeof *s.group),
                       .at_s = calloc((size_t)io->n_sorties + 1, sizeof *s.at_s),
                       .was_s = calloc((size_t)io->n_sorties + 1, sizeof *s.was_s)};
    is_ok = is_ok && s.every != NULL && s.group != NULL && s.at_s != NULL && s.was_s != NULL;
    enum vg_status st =
        is_ok ? vg_apart_layers(io, 0, watch, terrain, out, err) : vg_no_memory(err);
    /* Where flights land elsewhere no base can begin later than the others. */
    if (st == VG_OK && out->n_left > 0 && !io->is_clocked && !vg_plan_wanders(io)) {
        st = vg_gaps_compute(watch, &bare, err);
        st = st == VG_OK ? find_headways(&s, err) : st;
        find_groups(&s);
        st = st == VG_OK ? search(&s, io, out, err) : st;
    }
    free(s.every);
    free(s.group);
    free(s.at_s);
    free(s.was_s);
    vg_plan_finish(&bare);
    return st;
}
