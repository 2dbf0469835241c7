#include "plan/replan.h"

#include "plan/apart.h"
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STARTS = 16, /* of the new tours, tried over their period */
    FINER = 4
};
static const double TOUCH_M = 1;
static const double NEIGHBOUR_M = 3000;
static const double SAME_RATIO = 0.002; /* no worse than this is as good */

/* The bases that plan again, and the ground they see. */
struct region {
    bool *has_base;
    int n_bases;
    struct vg_planner_part *parts; /* sorted, apart */
    int n_parts;
};

static int base_of(const struct vg_watchfile *w, const char *drone)
{
    int k = vg_watchfile_find_drone(w, drone);
    return k < 0 ? -1 : w->drones[k].base;
}

static int by_place(const void *a, const void *b)
{
    const struct vg_planner_part *x = a;
    const struct vg_planner_part *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return (x->from_m > y->from_m) - (x->from_m < y->from_m);
}

/* Joins parts that touch. */
static void join(struct region *r)
{
    int n = 0;
    if (r->n_parts > 0) {
        qsort(r->parts, (size_t)r->n_parts, sizeof *r->parts, by_place);
    }
    for (int k = 0; k < r->n_parts; k++) {
        struct vg_planner_part *last = n > 0 ? &r->parts[n - 1] : NULL;
        if (last != NULL && last->line == r->parts[k].line &&
            r->parts[k].from_m <= last->to_m + TOUCH_M) {
            last->to_m = fmax(last->to_m, r->parts[k].to_m);
        } else {
            r->parts[n++] = r->parts[k];
        }
    }
    r->n_parts = n;
}

/* All that the region's bases see in the plan in force. */
static bool find_parts(const struct vg_replan_input *in, struct region *r)
{
    size_t n = 1;
    for (int k = 0; k < in->plan->n_sorties; k++) {
        n += (size_t)in->plan->sorties[k].n_visits;
    }
    free(r->parts);
    r->parts = malloc(n * sizeof *r->parts);
    r->n_parts = 0;
    for (int k = 0; r->parts != NULL && k < in->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &in->plan->sorties[k];
        int base = base_of(in->watch, so->drone);
        for (int v = 0; base >= 0 && r->has_base[base] && v < so->n_visits; v++) {
            const struct vg_plan_visit *x = &so->visits[v];
            int line = vg_network_find_line(&in->watch->network, x->line);
            r->parts[r->n_parts++] =
                (struct vg_planner_part){line, fmin(x->from_m, x->to_m), fmax(x->from_m, x->to_m)};
        }
    }
    if (r->parts != NULL) {
        join(r);
    }
    return r->parts != NULL;
}

/* Bases that see ground of the region, or within `near_m` of it. Answers how many joined. */
static int take_in(const struct vg_replan_input *in, struct region *r, double near_m)
{
    int n = 0;
    for (int k = 0; k < in->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &in->plan->sorties[k];
        int base = base_of(in->watch, so->drone);
        for (int v = 0; base >= 0 && !r->has_base[base] && v < so->n_visits; v++) {
            const struct vg_plan_visit *x = &so->visits[v];
            int line = vg_network_find_line(&in->watch->network, x->line);
            double lo = fmin(x->from_m, x->to_m) - near_m;
            double hi = fmax(x->from_m, x->to_m) + near_m;
            for (int p = 0; p < r->n_parts && !r->has_base[base]; p++) {
                bool is_met =
                    r->parts[p].line == line && r->parts[p].from_m < hi && r->parts[p].to_m > lo;
                r->has_base[base] = is_met;
                n += is_met;
            }
        }
    }
    r->n_bases += n;
    return n;
}

/* Ground that two bases share is planned by both together. */
static bool close_region(const struct vg_replan_input *in, struct region *r)
{
    bool is_good = find_parts(in, r);
    while (is_good && take_in(in, r, -TOUCH_M) > 0) {
        is_good = find_parts(in, r);
    }
    return is_good;
}

static bool first_region(const struct vg_replan_input *in, struct region *r)
{
    r->has_base = calloc((size_t)in->watch->n_bases + 1, sizeof *r->has_base);
    for (int k = 0; r->has_base != NULL && k < in->watch->n_drones; k++) {
        int base = in->watch->drones[k].base;
        if (in->has_changed[k] && !r->has_base[base]) {
            r->has_base[base] = true;
            r->n_bases++;
        }
    }
    return r->has_base != NULL && close_region(in, r);
}

/* The neighbours join; once nobody does, everybody. false: it was everybody already. */
static bool grow(const struct vg_replan_input *in, struct region *r, bool is_last)
{
    bool has_grown = false;
    if (is_last || take_in(in, r, NEIGHBOUR_M) == 0) {
        for (int b = 0; b < in->watch->n_bases; b++) {
            has_grown = has_grown || !r->has_base[b];
            r->n_bases += !r->has_base[b];
            r->has_base[b] = true;
        }
    } else {
        has_grown = true;
    }
    return has_grown && close_region(in, r);
}

static bool is_all(const struct vg_replan_input *in, const struct region *r)
{
    bool is_whole = true;
    for (int b = 0; b < in->watch->n_bases; b++) {
        is_whole = is_whole && r->has_base[b];
    }
    return is_whole;
}

/* The drones of the region that fly; what they may see; the plan they make of it. */
static enum vg_status plan_region(const struct vg_replan_input *in, const struct region *r,
                                  struct vg_plan *out, struct vg_error *err)
{
    struct vg_watchfile left = *in->watch;
    struct vg_sweeps sweeps = {0}; /* the passes that the plan in force found for the ground */
    struct vg_planner_options options = {.parts = r->parts,
                                         .n_parts = r->n_parts,
                                         .is_quick = true,
                                         .is_clocked = in->plan->is_clocked,
                                         .day = in->plan->daylight_day};
    left.n_drones = 0;
    left.drones = malloc(((size_t)in->watch->n_drones + 1) * sizeof *left.drones);
    if (left.drones == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    for (int k = 0; k < in->watch->n_drones; k++) {
        if (!in->drones[k].is_out && r->has_base[in->watch->drones[k].base]) {
            left.drones[left.n_drones++] = in->watch->drones[k];
        }
    }
    if (is_all(in, r)) {
        options.n_parts = 0; /* ground that nobody reached before may be reached now */
    }
    enum vg_status st = left.n_drones > 0
                            ? vg_sweeps_of_plan(in->watch, in->plan, &sweeps, err)
                            : vg_fail(err, VG_E_INVALID, "no drone is left that could fly");
    if (st == VG_OK) {
        options.sweeps = &sweeps;
        st = vg_planner_solve(&left, in->terrain, &options, out, err);
    }
    vg_sweeps_finish(&sweeps);
    free(left.drones);
    return st;
}

static bool is_in_region(const struct vg_replan_input *in, const struct region *r,
                         const char *drone)
{
    int base = base_of(in->watch, drone);
    return base >= 0 && r->has_base[base];
}

/* Maintenance outside the region as it was, inside as the new plan has it. */
static bool merge_slots(const struct vg_replan_input *in, const struct region *r,
                        const struct vg_plan *part, struct vg_plan *out)
{
    size_t n = (size_t)in->plan->n_slots + (size_t)part->n_slots;
    out->slots = calloc(n + 1, sizeof *out->slots);
    for (int k = 0; out->slots != NULL && k < in->plan->n_slots; k++) {
        if (!is_in_region(in, r, in->plan->slots[k].drone)) {
            out->slots[out->n_slots++] = in->plan->slots[k];
        }
    }
    for (int k = 0; out->slots != NULL && k < part->n_slots; k++) {
        out->slots[out->n_slots++] = part->slots[k];
    }
    return out->slots != NULL;
}

/* A sortie of the region begins its period at start_s after the epoch of the plan in force. */
static double shift_of(const struct vg_plan_sortie *so, double start_s)
{
    double takeoff_s = vg_plan_tick_s(fmod(so->takeoff_s + start_s, so->period_s));
    return (takeoff_s < so->period_s ? takeoff_s : 0) - so->takeoff_s;
}

static void name_sortie(int number, struct vg_plan_sortie *io)
{
    /* "V1.2" becomes "V1.2b" at the first change, "V1.2c" at the second; from the 26th on "b27". */
    size_t n = strlen(io->id);
    if (number < 26) {
        vg_format(io->id + n, sizeof io->id - n, "%c", (char)('a' + number));
    } else {
        vg_format(io->id + n, sizeof io->id - n, "b%d", number);
    }
}

/* What of the old stretches lies outside the region, and the region's own. */
static bool merge_stretches(const struct vg_replan_input *in, const struct region *r,
                            const struct vg_plan *part, struct vg_plan *out)
{
    size_t room =
        (size_t)(in->plan->n_stretches + 1) * (size_t)(r->n_parts + 1) + (size_t)part->n_stretches;
    out->stretches = calloc(room + 1, sizeof *out->stretches);
    for (int k = 0; out->stretches != NULL && k < in->plan->n_stretches; k++) {
        const struct vg_plan_stretch *old = &in->plan->stretches[k];
        int line = vg_network_find_line(&in->watch->network, old->line);
        double from_m = old->from_m;
        for (int p = 0; p <= r->n_parts; p++) {
            bool is_end = p == r->n_parts;
            if (!is_end && (r->parts[p].line != line || r->parts[p].to_m <= from_m ||
                            r->parts[p].from_m >= old->to_m)) {
                continue;
            }
            double to_m = is_end ? old->to_m : fmin(r->parts[p].from_m, old->to_m);
            if (to_m > from_m + TOUCH_M) {
                struct vg_plan_stretch *st = &out->stretches[out->n_stretches++];
                *st = *old;
                st->from_m = from_m;
                st->to_m = to_m;
            }
            from_m = is_end ? from_m : fmax(from_m, r->parts[p].to_m);
        }
    }
    for (int k = 0; out->stretches != NULL && k < part->n_stretches; k++) {
        out->stretches[out->n_stretches++] = part->stretches[k];
    }
    return out->stretches != NULL;
}

/* The plan in force with the region's sorties exchanged, the new ones begun at start_s. */
static enum vg_status merge(const struct vg_replan_input *in, const struct region *r,
                            const struct vg_plan *part, double start_s, struct vg_plan *out,
                            struct vg_error *err)
{
    size_t n = (size_t)in->plan->n_sorties + (size_t)part->n_sorties;
    *out = (struct vg_plan){.certificate = malloc(3),
                            .is_clocked = in->plan->is_clocked,
                            .clock_s = in->plan->clock_s,
                            .has_daylight = in->plan->has_daylight || part->has_daylight,
                            .daylight_day = in->plan->daylight_day};
    out->sorties = calloc(n + 1, sizeof *out->sorties);
    bool is_good =
        merge_slots(in, r, part, out) && out->sorties != NULL && out->certificate != NULL;
    if (is_good) {
        memcpy(out->certificate, "{}", 3);
    }
    for (int k = 0; is_good && k < in->plan->n_sorties; k++) {
        if (!is_in_region(in, r, in->plan->sorties[k].drone)) {
            is_good = vg_plan_copy_sortie(&in->plan->sorties[k], 0, &out->sorties[out->n_sorties]);
            out->n_sorties += is_good;
        }
    }
    for (int k = 0; is_good && k < part->n_sorties; k++) {
        struct vg_plan_sortie *so = &out->sorties[out->n_sorties];
        is_good = vg_plan_copy_sortie(&part->sorties[k], shift_of(&part->sorties[k], start_s), so);
        if (is_good) {
            name_sortie(in->number, so);
            out->n_sorties++;
        }
    }
    if (is_good && is_all(in, r)) {
        out->stretches = malloc(((size_t)part->n_stretches + 1) * sizeof *out->stretches);
        is_good = out->stretches != NULL;
        for (int k = 0; is_good && k < part->n_stretches; k++) {
            out->stretches[out->n_stretches++] = part->stretches[k];
        }
    } else if (is_good) {
        is_good = merge_stretches(in, r, part, out);
    }
    for (int k = 0; k < out->n_sorties; k++) {
        out->period_s = fmax(out->period_s, out->sorties[k].period_s);
    }
    enum vg_status st = is_good ? vg_gaps_compute(in->watch, out, err)
                                : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    if (st != VG_OK) {
        vg_plan_finish(out);
        *out = (struct vg_plan){0};
    }
    return st;
}

static bool is_better(const struct vg_forecast *a, const struct vg_forecast *b)
{
    bool is_even = fabs(a->ratio - b->ratio) <= SAME_RATIO;
    return is_even ? a->broken_m < b->broken_m : a->ratio < b->ratio;
}

static double longest_period_s(const struct vg_plan *plan)
{
    double most = 0;
    for (int k = 0; k < plan->n_sorties; k++) {
        most = fmax(most, plan->sorties[k].period_s);
    }
    return most;
}

/* Moves the sorties of a merged plan that the region made to another start. */
static void restart(const struct vg_plan *part, double start_s, struct vg_plan *io)
{
    int first = io->n_sorties - part->n_sorties;
    for (int k = 0; k < part->n_sorties; k++) {
        const struct vg_plan_sortie *from = &part->sorties[k];
        struct vg_plan_sortie *so = &io->sorties[first + k];
        double shift_s = shift_of(from, start_s);
        so->takeoff_s = from->takeoff_s + shift_s;
        so->land_s = from->land_s + shift_s;
        for (int q = 0; q < from->n_track; q++) {
            so->track[q].t_s = from->track[q].t_s + shift_s;
        }
        for (int q = 0; q < from->n_visits; q++) {
            so->visits[q].t0_s = from->visits[q].t0_s + shift_s;
            so->visits[q].t1_s = from->visits[q].t1_s + shift_s;
        }
    }
}

struct start {
    double at_s;
    struct vg_forecast forecast;
};

/* Tries n starts, step_s apart from from_s on; keeps the best. */
static enum vg_status try_starts(const struct vg_replan_input *in, const struct vg_plan *part,
                                 double from_s, double step_s, int n, struct vg_plan *io,
                                 struct start *io_best, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int k = 0; k < n && st == VG_OK; k++) {
        struct start x = {.at_s = from_s + k * step_s};
        restart(part, x.at_s, io);
        st = vg_replan_forecast(in, io, &x.forecast, err);
        if (st == VG_OK && is_better(&x.forecast, &io_best->forecast)) {
            *io_best = x;
        }
    }
    return st;
}

/* The start after which the worst to come is least: of starts all over the period, and of others
 * round the best of them. */
static enum vg_status choose_start(const struct vg_replan_input *in, const struct vg_plan *part,
                                   struct vg_plan *io, struct vg_forecast *out,
                                   struct vg_error *err)
{
    if (part->is_clocked) { /* its times are those of the clock already */
        restart(part, 0, io);
        return vg_replan_forecast(in, io, out, err);
    }
    double step_s = longest_period_s(part) / STARTS;
    double fine_s = step_s / FINER;
    struct start best = {.at_s = in->plan_now_s, .forecast = {.ratio = HUGE_VAL}};
    enum vg_status st = try_starts(in, part, in->plan_now_s, step_s, STARTS, io, &best, err);
    if (st == VG_OK) {
        double from_s = fmax(in->plan_now_s, best.at_s - step_s + fine_s);
        st = try_starts(in, part, from_s, fine_s, 2 * FINER - 1, io, &best, err);
    }
    restart(part, best.at_s, io);
    *out = best.forecast;
    return st;
}

static enum vg_status try_region(const struct vg_replan_input *in, const struct region *r,
                                 struct vg_replan_outcome *out, struct vg_error *err)
{
    struct vg_plan part = {0};
    *out = (struct vg_replan_outcome){.n_bases = r->n_bases};
    enum vg_status st = plan_region(in, r, &part, err);
    if (st != VG_OK) {
        return st;
    }
    st = merge(in, r, &part, in->plan_now_s, &out->plan, err);
    if (st == VG_OK) {
        st = choose_start(in, &part, &out->plan, &out->with, err);
        out->n_new = part.n_sorties;
    }
    vg_plan_finish(&part);
    return st;
}

enum vg_status vg_replan_solve(const struct vg_replan_input *in, struct vg_replan_outcome *out,
                               struct vg_error *err)
{
    struct region region = {0};
    struct vg_forecast without;
    bool has_one = false;
    *out = (struct vg_replan_outcome){.with = {.ratio = HUGE_VAL}};
    enum vg_status st = vg_replan_forecast(in, in->plan, &without, err);
    bool is_open = first_region(in, &region);
    if (st == VG_OK && region.has_base == NULL) {
        st = vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    for (int round = 0; st == VG_OK && is_open; round++) {
        struct vg_replan_outcome next;
        st = try_region(in, &region, &next, err);
        bool is_stuck = st == VG_E_INVALID && !is_all(in, &region);
        if (is_stuck) {
            st = VG_OK; /* nobody is left there: the neighbours must help */
        } else if (st == VG_OK && (!has_one || is_better(&next.with, &out->with))) {
            vg_plan_finish(&out->plan);
            *out = next;
            has_one = true;
        } else if (st == VG_OK) {
            vg_plan_finish(&next.plan);
        }
        if (has_one && out->with.ratio <= 1) {
            break;
        }
        is_open = grow(in, &region, round >= 1);
    }
    if (st == VG_OK && has_one) {
        struct vg_apart_report apart;
        st = vg_apart_layers(&out->plan, out->plan.n_sorties - out->n_new, in->watch, in->terrain,
                             &apart, err);
    }
    out->without = without;
    free(region.has_base);
    free(region.parts);
    return st;
}
