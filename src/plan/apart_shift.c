/* Drones kept apart by time where height leaves no room (apart.h).
 *
 * Tours of several bases come round after times of their own: sooner or later their drones meet at
 * every phase of each other, and only layers part them. Where a ceiling leaves no room for a layer,
 * the tours are slowed to one common headway, that of the slowest, so that they meet in the same
 * way for ever, and then begun later, base by base, until as few meet as can be found. The worst
 * gap is computed anew for every try.
 */
#include "plan/apart.h"

#include "base/rng.h"
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TRIES = 64,
    LEAST_TRIES = 2,
    SORTIES_LOOKED_AT = 1500, /* over all tries */
    EVEN_TICKS =
        12, /* headways are so many ticks or a multiple: halves, thirds and quarters are whole */
    MOST_PARTS = 4
};
static const double PAD_S = 60;
/* The worst gap may grow by so much. */
static const double WORSE = 1.01;

struct shifts {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    const struct vg_plan *plan; /* without layers */
    int64_t *every; /* per sortie: ticks between visits of its tour's drones */
    int64_t headway; /* common; 0: they are alike as they are */
    double *at_s; /* per base: how much later it begins */
};

static int64_t ticks(double t_s)
{
    return llround(t_s * VG_TICKS_PER_S);
}

static bool is_same_tour(const struct vg_plan_sortie *a, const struct vg_plan_sortie *b)
{
    return ticks(a->period_s) == ticks(b->period_s) && strcmp(a->base_from, b->base_from) == 0;
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
        s->every[k] = s->every[k] > 0 ? s->every[k] : ticks(plan->sorties[k].period_s);
        least = s->every[k] < least ? s->every[k] : least;
        most = s->every[k] > most ? s->every[k] : most;
    }
    s->headway = least < most ? (most + EVEN_TICKS - 1) / EVEN_TICKS * EVEN_TICKS : 0;
    return st;
}

/* The sortie slowed to the common headway, or a half, third or quarter of it, and begun later. */
static bool put(const struct shifts *s, int k, struct vg_plan_sortie *out)
{
    const struct vg_plan_sortie *so = &s->plan->sorties[k];
    int base = vg_watchfile_find_base(s->watch, so->base_from);
    int64_t old = s->every[k];
    int64_t parts = s->headway / old;
    int64_t now = s->headway == 0 ? old : s->headway / (parts < MOST_PARTS ? parts : MOST_PARTS);
    int64_t turns = ticks(so->period_s) / old;
    int64_t at = ticks(so->takeoff_s);
    /* Copies stay alike: whole headways apart. */
    int64_t slow = at / old * now + (int64_t)floor((double)(at % old) * (double)now / (double)old);
    int64_t later = base >= 0 ? ticks(s->at_s[base]) : 0;
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
        double every_s = (double)vg_plan_gcd(ticks(so->period_s), ticks(period_s)) / VG_TICKS_PER_S;
        n += strcmp(so->base_from, base) == 0 &&
             fabs(remainder(so->takeoff_s - t_s, every_s)) < PAD_S;
        n += strcmp(so->base_to, base) == 0 && fabs(remainder(so->land_s - t_s, every_s)) < PAD_S;
    }
    return n;
}

/* No event has more others about it than its pads bear. */
static bool keeps_pads(const struct shifts *s, const struct vg_plan *plan)
{
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        int base = vg_watchfile_find_base(s->watch, so->base_from);
        int pads = base >= 0 && s->watch->bases[base].pads > 0 ? s->watch->bases[base].pads : 1;
        if (events_near(plan, so->base_from, so->period_s, so->takeoff_s) > pads ||
            events_near(plan, so->base_to, so->period_s, so->land_s) > pads) {
            return false;
        }
    }
    return true;
}

/* The plan with the shifts; *out_is_kept: within its worst gap and pads, layers chosen. */
static enum vg_status try_shifts(const struct shifts *s, struct vg_plan *out,
                                 struct vg_apart_report *out_report, bool *out_is_kept,
                                 struct vg_error *err)
{
    bool is_ok = vg_plan_copy_head(s->plan, (size_t)s->plan->n_sorties, out);
    for (int k = 0; k < s->plan->n_sorties && is_ok; k++) {
        is_ok = put(s, k, &out->sorties[out->n_sorties]);
        out->n_sorties += is_ok;
        out->period_s = is_ok ? fmax(out->period_s, out->sorties[k].period_s) : 0;
    }
    enum vg_status st =
        is_ok ? vg_gaps_compute(s->watch, out, err) : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    *out_is_kept =
        st == VG_OK && out->worst_gap_s <= WORSE * s->plan->worst_gap_s &&
        (out->worst_gap_s <= s->watch->revisit_s || s->plan->worst_gap_s > s->watch->revisit_s) &&
        keeps_pads(s, out);
    return *out_is_kept ? vg_apart_layers(out, 0, s->watch, s->terrain, out_report, err) : st;
}

static int base_of(const struct shifts *s, int sortie)
{
    int base = vg_watchfile_find_base(s->watch, s->plan->sorties[sortie].base_from);
    return base >= 0 ? base : 0;
}

/* Base by base, mostly one of the two whose drones meet; what leaves no more stays. */
static enum vg_status search(struct shifts *s, struct vg_plan *io, struct vg_apart_report *io_best,
                             struct vg_error *err)
{
    struct vg_rng rng = vg_rng_seed(1);
    int tries = SORTIES_LOOKED_AT / (s->plan->n_sorties + 1);
    tries = tries < LEAST_TRIES ? LEAST_TRIES : tries < MOST_TRIES ? tries : MOST_TRIES;
    enum vg_status st = VG_OK;
    for (int k = 0; k < tries && io_best->n_left > 0 && st == VG_OK; k++) {
        struct vg_plan next = {0};
        struct vg_apart_report report = {0};
        bool is_kept = false;
        int sortie = io_best->left[vg_rng_below(&rng, 2)];
        int base = base_of(s, sortie);
        double was_s = s->at_s[base];
        if (k > 0 || s->headway == 0) {
            s->at_s[base] = vg_plan_tick_s(vg_rng_unit(&rng) * s->plan->sorties[sortie].period_s);
        }
        st = try_shifts(s, &next, &report, &is_kept, err);
        if (is_kept && st == VG_OK && report.n_left <= io_best->n_left) {
            *io_best = report;
            vg_plan_finish(io);
            *io = next;
        } else {
            vg_plan_finish(&next);
            s->at_s[base] = was_s;
        }
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
                       .at_s = calloc((size_t)watch->n_bases + 1, sizeof *s.at_s)};
    enum vg_status st = is_ok && s.every != NULL && s.at_s != NULL
                            ? vg_apart_layers(io, 0, watch, terrain, out, err)
                            : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    /* Where flights land elsewhere no base can begin later than the others. */
    if (st == VG_OK && out->n_left > 0 && !io->is_clocked && !vg_plan_wanders(io)) {
        st = vg_gaps_compute(watch, &bare, err);
        st = st == VG_OK ? find_headways(&s, err) : st;
        st = st == VG_OK ? search(&s, io, out, err) : st;
    }
    free(s.every);
    free(s.at_s);
    vg_plan_finish(&bare);
    return st;
}
