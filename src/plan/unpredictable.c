#include "plan/unpredictable.h"

#include "base/numbers.h"
#include "base/rng.h"
#include "base/time.h"
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRIES = 40, /* at a free minute on the pads */
    HALVINGS = 6,
    CLASSES = 512
};
static const double LASTS_S = 48 * 3600.0;
static const double PAD_S = 60;
static const double SAMPLE_M = 5000;
static const double CLASS_S = 300;
static const double ROUNDING_S = 0.5; /* of ticks, a few times over */
static const double HAIR = 1e-6;

struct scatter {
    const struct vg_watchfile *watch;
    const struct vg_plan *plan;
    double share;
    struct vg_rng rng;
    struct vg_plan out;
};

static int repeats(const struct vg_plan *plan, double share)
{
    double period_s = plan->period_s * (1 + share);
    int n = (int)ceil(LASTS_S / fmax(period_s, 60));
    return n > 1 ? n : 2;
}

/* Events of one base and period group that fall within a minute of t, round the period. */
static int meeting(const struct vg_plan *plan, const char *base, double period_s, double t_s,
                   int except)
{
    int n = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        if (k == except || fabs(so->period_s - period_s) > HAIR) {
            continue;
        }
        double up = fabs(remainder(so->takeoff_s - t_s, period_s));
        double down = fabs(remainder(so->land_s - t_s, period_s));
        n += up < PAD_S && strcmp(so->base_from, base) == 0;
        n += down < PAD_S && strcmp(so->base_to, base) == 0;
    }
    return n;
}

/* The most events at once that the plan as given has about any event of the base and period. */
static int most_meeting(const struct vg_plan *plan, const char *base, double period_s)
{
    int most = 1;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        if (fabs(so->period_s - period_s) > HAIR) {
            continue;
        }
        if (strcmp(so->base_from, base) == 0) {
            int n = meeting(plan, base, period_s, so->takeoff_s, -1);
            most = n > most ? n : most;
        }
        if (strcmp(so->base_to, base) == 0) {
            int n = meeting(plan, base, period_s, so->land_s, -1);
            most = n > most ? n : most;
        }
    }
    return most;
}

/* One flight of sortie `so` in round `turn`: later by a random part of what its drone has gained.
 */
static bool add_flight(struct scatter *s, const struct vg_plan_sortie *so, int turn, int turns,
                       int most_up, int most_down)
{
    const struct vg_wf_type *type = vg_watchfile_type_of(s->watch, so->drone);
    double slow = 1 + s->share;
    double one_s = vg_plan_tick_s(so->period_s * slow);
    double period_s = vg_plan_tick_s(one_s * turns);
    double busy_s = so->land_s - so->takeoff_s + (type != NULL ? type->turnaround_s : 0);
    double room_s = fmax(0, s->share * busy_s - ROUNDING_S);
    struct vg_plan_sortie *to = &s->out.sorties[s->out.n_sorties];
    double shift_s = 0;
    for (int k = 0; k < TRIES; k++) {
        double later_s = room_s * vg_rng_unit(&s->rng);
        double at_s = fmod(so->takeoff_s * slow + turn * one_s + later_s, period_s);
        shift_s = floor(at_s * VG_TICKS_PER_S) / VG_TICKS_PER_S - so->takeoff_s;
        if (meeting(&s->out, so->base_from, period_s, so->takeoff_s + shift_s, -1) < most_up &&
            meeting(&s->out, so->base_to, period_s, so->land_s + shift_s, -1) < most_down) {
            break;
        }
    }
    if (!vg_plan_copy_sortie(so, shift_s, to)) {
        return false;
    }
    to->period_s = period_s;
    vg_format(to->id, sizeof to->id, "%.16s-%d", so->id, turn + 1);
    s->out.n_sorties++;
    return true;
}

static enum vg_status scatter_once(struct scatter *s, struct vg_error *err)
{
    const struct vg_plan *plan = s->plan;
    int turns = repeats(plan, s->share);
    s->out = (struct vg_plan){.bound_s = plan->bound_s};
    s->out.sorties = calloc((size_t)plan->n_sorties * (size_t)turns + 1, sizeof *s->out.sorties);
    s->out.stretches = malloc(((size_t)plan->n_stretches + 1) * sizeof *s->out.stretches);
    s->out.certificate = strdup(plan->certificate != NULL ? plan->certificate : "{}");
    bool is_good = s->out.sorties != NULL && s->out.stretches != NULL && s->out.certificate != NULL;
    for (int k = 0; is_good && k < plan->n_stretches; k++) {
        s->out.stretches[s->out.n_stretches++] = plan->stretches[k];
    }
    for (int k = 0; is_good && k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan->sorties[k];
        int up = most_meeting(plan, so->base_from, so->period_s);
        int down = most_meeting(plan, so->base_to, so->period_s);
        for (int turn = 0; is_good && turn < turns; turn++) {
            is_good = add_flight(s, so, turn, turns, up, down);
        }
    }
    for (int k = 0; k < s->out.n_sorties; k++) {
        s->out.period_s = fmax(s->out.period_s, s->out.sorties[k].period_s);
    }
    enum vg_status st = is_good ? vg_gaps_compute(s->watch, &s->out, err) : vg_no_memory(err);
    s->out.ratio = s->out.bound_s > 0 ? s->out.worst_gap_s / s->out.bound_s : 0;
    return st;
}

static enum vg_status scatter_day(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                  double share, uint64_t seed, struct vg_plan *out,
                                  struct vg_unpredictable *out_told, struct vg_error *err)
{
    struct vg_plan day = {0};
    enum vg_status st = vg_plan_scatter_day(watch, plan, share, seed, &day, err);
    if (st == VG_OK) {
        st = vg_plan_predictability(watch, &day, out_told, err);
    }
    if (st != VG_OK) {
        vg_plan_finish(&day);
        return st;
    }
    out_told->share = share;
    *out = day;
    return VG_OK;
}

enum vg_status vg_plan_scatter(const struct vg_watchfile *watch, const struct vg_plan *plan,
                               double share, uint64_t seed, struct vg_plan *out,
                               struct vg_unpredictable *out_told, struct vg_error *err)
{
    char worst[32];
    char wanted[32];
    double kept = 0;
    if (plan->is_clocked) {
        return scatter_day(watch, plan, share, seed, out, out_told, err);
    }
    if (plan->worst_gap_s > watch->revisit_s) {
        vg_duration_format(plan->worst_gap_s, worst, sizeof worst);
        vg_duration_format(watch->revisit_s, wanted, sizeof wanted);
        return vg_fail(err, VG_E_INVALID,
                       "no time to give away: the worst gap is %s, wanted is %s; more drones or a "
                       "longer promise would make room",
                       worst, wanted);
    }
    struct vg_plan best = {0};
    enum vg_status st = VG_OK;
    /* All that is asked for, else as much of it as the promise allows. */
    double lo = 0;
    double hi = share;
    for (int k = 0; k <= HALVINGS && st == VG_OK; k++) {
        struct scatter s = {.watch = watch,
                            .plan = plan,
                            .share = k == 0 ? share : (lo + hi) / 2,
                            .rng = vg_rng_seed(seed)};
        st = scatter_once(&s, err);
        if (st == VG_OK && s.out.worst_gap_s <= watch->revisit_s) {
            vg_plan_finish(&best);
            best = s.out;
            kept = lo = s.share;
        } else {
            vg_plan_finish(&s.out);
            hi = s.share;
        }
        if (kept >= share) {
            break;
        }
    }
    if (st == VG_OK && best.n_sorties == 0) {
        st = vg_fail(err, VG_E_INVALID,
                     "no time to give away: the worst gap is all but the promise; more drones or a "
                     "longer promise would make room");
    }
    if (st == VG_OK) {
        st = vg_plan_predictability(watch, &best, out_told, err);
    }
    if (st != VG_OK) {
        vg_plan_finish(&best);
        return st;
    }
    out_told->share = kept;
    *out = best;
    return VG_OK;
}

/* ---- how hard it is to foretell ---- */

/* Gaps between visits of one place, sorted; the period closes them. Sorties of the longest period
 * that sees it. */
static int gaps_at(const struct vg_plan *plan, const char *line, double s_m, double *times, int cap)
{
    double period_s = 0;
    int n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < plan->n_sorties; k++) {
            const struct vg_plan_sortie *so = &plan->sorties[k];
            for (int v = 0; v < so->n_visits; v++) {
                const struct vg_plan_visit *x = &so->visits[v];
                double share = (s_m - x->from_m) / (x->to_m - x->from_m);
                if (!(share >= 0 && share <= 1) || x->pass != 0 || strcmp(x->line, line) != 0) {
                    continue;
                }
                if (pass == 0) {
                    period_s = fmax(period_s, so->period_s);
                } else if (fabs(so->period_s - period_s) < HAIR && n < cap) {
                    times[n++] = fmod(x->t0_s + share * (x->t1_s - x->t0_s), period_s);
                }
            }
        }
    }
    if (n == 0) {
        return 0;
    }
    qsort(times, (size_t)n, sizeof *times, vg_by_double);
    double first = times[0];
    for (int k = 0; k + 1 < n; k++) {
        times[k] = times[k + 1] - times[k];
    }
    times[n - 1] = first + period_s - times[n - 1];
    qsort(times, (size_t)n, sizeof *times, vg_by_double);
    return n;
}

static double entropy_of(const double *gaps, int n)
{
    int counts[CLASSES] = {0};
    double bits = 0;
    for (int k = 0; k < n; k++) {
        int c = (int)(gaps[k] / CLASS_S);
        counts[c < CLASSES ? c : CLASSES - 1]++;
    }
    for (int c = 0; c < CLASSES; c++) {
        double p = (double)counts[c] / n;
        bits -= p > 0 ? p * log2(p) : 0;
    }
    return bits;
}

enum vg_status vg_plan_predictability(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                      struct vg_unpredictable *out, struct vg_error *err)
{
    (void)watch;
    size_t room = 1;
    int n_places = 0;
    *out = (struct vg_unpredictable){0};
    for (int k = 0; k < plan->n_sorties; k++) {
        room += (size_t)plan->sorties[k].n_visits;
    }
    double *gaps = malloc(room * sizeof *gaps);
    if (gaps == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &plan->stretches[k];
        for (double s = st->from_m + 1; !st->is_unreachable && s < st->to_m; s += SAMPLE_M) {
            int n = gaps_at(plan, st->line, s, gaps, (int)room);
            if (n > 0) {
                out->entropy_bits += entropy_of(gaps, n);
                out->spread_s +=
                    gaps[(int)(0.95 * (n - 1) + 0.5)] - gaps[(int)(0.05 * (n - 1) + 0.5)];
                n_places++;
            }
        }
    }
    free(gaps);
    if (n_places > 0) {
        out->entropy_bits /= n_places;
        out->spread_s /= n_places;
    }
    return VG_OK;
}
