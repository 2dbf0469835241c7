#include "plan/replan.h"

#include "plan/apart.h"
#include "plan/inner.h"
#include "plan/region.h"
#include "plan/retime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEW = 2 /* bases look for flights anew, more go on from those there are */
};
static const double NEARLY = 0.95; /* of what is wanted: flights and tours are rounded up */
static const double TOUCH_M = 1;
static const double SAME_RATIO = 0.002; /* no worse than this is as good */
static const double CLEARLY = 0.05;

/* The drones of the region that fly; what they may see; the plan they make of it. */
static enum vg_status plan_region(const struct vg_replan_input *in, const struct vg_region *r,
                                  bool is_near, struct vg_plan *out, struct vg_error *err)
{
    double enough_s = NEARLY * fmax(in->watch->revisit_s, in->plan->worst_gap_s);
    struct vg_watchfile left = *in->watch;
    struct vg_sweeps sweeps = {0}; /* the passes that the plan in force found for the ground */
    struct vg_planner_options options = {.parts = r->parts,
                                         .n_parts = r->n_parts,
                                         .is_quick = true,
                                         .near = is_near ? in->plan : NULL,
                                         .enough_s = is_near ? enough_s : 0,
                                         .is_clocked = in->plan->is_clocked,
                                         .day = in->plan->daylight_day};
    left.n_drones = 0;
    left.drones = malloc(((size_t)in->watch->n_drones + 1) * sizeof *left.drones);
    if (left.drones == NULL) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < in->watch->n_drones; k++) {
        if (!in->drones[k].is_out && r->has_base[in->watch->drones[k].base]) {
            left.drones[left.n_drones++] = in->watch->drones[k];
        }
    }
    if (vg_region_is_all(r, in)) {
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

/* Maintenance outside the region as it was, inside as the new plan has it. */
static bool merge_slots(const struct vg_replan_input *in, const struct vg_region *r,
                        const struct vg_plan *part, struct vg_plan *out)
{
    size_t n = (size_t)in->plan->n_slots + (size_t)part->n_slots;
    out->slots = calloc(n + 1, sizeof *out->slots);
    for (int k = 0; out->slots != NULL && k < in->plan->n_slots; k++) {
        if (!vg_region_changes(r, in, in->plan->slots[k].drone)) {
            out->slots[out->n_slots++] = in->plan->slots[k];
        }
    }
    for (int k = 0; out->slots != NULL && k < part->n_slots; k++) {
        if (vg_region_changes(r, in, part->slots[k].drone)) {
            out->slots[out->n_slots++] = part->slots[k];
        }
    }
    return out->slots != NULL;
}

/* A sortie of the region begins its period at start_s after the epoch of the plan in force. */
static double shift_of(const struct vg_plan_sortie *so, double start_s)
{
    double takeoff_s = vg_plan_tick_s(fmod(so->takeoff_s + start_s, so->period_s));
    return (takeoff_s < so->period_s ? takeoff_s : 0) - so->takeoff_s;
}

/* What of an old stretch lies outside of the parts, sorted and apart. */
static void keep_outside(const struct vg_plan_stretch *old, int line,
                         const struct vg_planner_part *parts, int n, struct vg_plan *io)
{
    double from_m = old->from_m;
    for (int p = 0; p <= n; p++) {
        bool is_end = p == n;
        if (!is_end &&
            (parts[p].line != line || parts[p].to_m <= from_m || parts[p].from_m >= old->to_m)) {
            continue;
        }
        double to_m = is_end ? old->to_m : fmin(parts[p].from_m, old->to_m);
        if (to_m > from_m + TOUCH_M) {
            struct vg_plan_stretch *st = &io->stretches[io->n_stretches++];
            *st = *old;
            st->from_m = from_m;
            st->to_m = to_m;
        }
        from_m = is_end ? from_m : fmax(from_m, parts[p].to_m);
    }
}

/* The old stretches but for what the new ones list, and these. */
static bool merge_stretches(const struct vg_replan_input *in, const struct vg_plan *part,
                            struct vg_plan *out)
{
    const struct vg_network *net = &in->watch->network;
    struct vg_planner_part *listed = malloc(((size_t)part->n_stretches + 1) * sizeof *listed);
    size_t room = ((size_t)in->plan->n_stretches + 1) * ((size_t)part->n_stretches + 2);
    int n = part->n_stretches;
    out->stretches = calloc(room, sizeof *out->stretches);
    bool is_good = listed != NULL && out->stretches != NULL;
    for (int k = 0; k < n && is_good; k++) {
        const struct vg_plan_stretch *st = &part->stretches[k];
        listed[k] =
            (struct vg_planner_part){vg_network_find_line(net, st->line), st->from_m, st->to_m};
    }
    n = is_good ? vg_region_join(listed, n) : 0;
    for (int k = 0; k < in->plan->n_stretches && is_good; k++) {
        const struct vg_plan_stretch *old = &in->plan->stretches[k];
        keep_outside(old, vg_network_find_line(net, old->line), listed, n, out);
    }
    for (int k = 0; k < part->n_stretches && is_good; k++) {
        out->stretches[out->n_stretches++] = part->stretches[k];
    }
    free(listed);
    return is_good;
}

/* The plan in force with the region's sorties exchanged, the new ones begun at start_s. false: out
 * of memory; finish it all the same. */
static bool merge(const struct vg_replan_input *in, const struct vg_region *r,
                  const struct vg_plan *part, double start_s, struct vg_plan *out)
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
        if (!vg_region_changes(r, in, in->plan->sorties[k].drone)) {
            is_good = vg_plan_copy_sortie(&in->plan->sorties[k], 0, &out->sorties[out->n_sorties]);
            out->n_sorties += is_good;
        }
    }
    for (int k = 0; is_good && k < part->n_sorties; k++) {
        if (!vg_region_changes(r, in, part->sorties[k].drone)) {
            continue;
        }
        struct vg_plan_sortie *so = &out->sorties[out->n_sorties];
        is_good = vg_plan_copy_sortie(&part->sorties[k], shift_of(&part->sorties[k], start_s), so);
        if (is_good) {
            vg_replan_name(in->number, so);
            out->n_sorties++;
        }
    }
    return is_good && merge_stretches(in, part, out);
}

/* First that the worst is clearly less, then that less line waits less long, where none waits too
 * long that the worst is less. */
static bool is_better(const struct vg_forecast *a, const struct vg_forecast *b)
{
    double more_m_s = a->overdue_m_s - b->overdue_m_s;
    bool is_even = fabs(a->ratio - b->ratio) <= CLEARLY;
    return is_even && fabs(more_m_s) > 0 ? more_m_s < 0 : a->ratio < b->ratio - SAME_RATIO;
}

/* What a timetable promises, and what is to come under it. */
static enum vg_status judge(const struct vg_replan_input *in, struct vg_replan_outcome *io,
                            struct vg_error *err)
{
    io->plan.period_s = 0;
    for (int k = 0; k < io->plan.n_sorties; k++) {
        io->plan.period_s = fmax(io->plan.period_s, io->plan.sorties[k].period_s);
    }
    enum vg_status st = vg_gaps_compute(in->watch, &io->plan, err);
    return st == VG_OK ? vg_replan_forecast(in, &io->plan, &io->with, err) : st;
}

static enum vg_status answer(enum vg_retime_answer retimed, struct vg_error *err)
{
    return retimed == VG_RETIME_NO_MEMORY ? vg_no_memory(err) : VG_OK;
}

/* The plan in force, all of it; judged later. */
static enum vg_status copy_plan(const struct vg_replan_input *in, struct vg_plan *out,
                                struct vg_error *err)
{
    const struct vg_region nobody = {.does_change = calloc((size_t)in->watch->n_bases + 1, 1)};
    const struct vg_plan nothing = {0};
    bool is_good = nobody.does_change != NULL && merge(in, &nobody, &nothing, 0, out);
    free(nobody.does_change);
    return is_good ? VG_OK : vg_no_memory(err);
}

/* The flights as they are, flown in turn by the drones that are left; out->n_new 0: they cannot. */
static enum vg_status close_ranks(const struct vg_replan_input *in, struct vg_region *r,
                                  struct vg_replan_outcome *out, struct vg_error *err)
{
    *out = (struct vg_replan_outcome){.n_bases = vg_region_compare(r, in, NULL)};
    enum vg_status st = copy_plan(in, &out->plan, err);
    if (st == VG_OK) {
        st = answer(vg_retime_plan(in, r->does_change, &out->plan, &out->n_new), err);
    }
    st = st == VG_OK && out->n_new > 0 ? judge(in, out, err) : st;
    if (st != VG_OK || out->n_new == 0) {
        vg_plan_finish(&out->plan);
        *out = (struct vg_replan_outcome){0};
    }
    return st;
}

/* What is flown where nothing better is found: the plan in force less the drones that are out; none
 * where ground would never be seen again. */
static enum vg_status go_on(const struct vg_replan_input *in, struct vg_replan_outcome *io,
                            struct vg_error *err)
{
    int kept = 0;
    enum vg_status st = copy_plan(in, &io->plan, err);
    for (int k = 0; k < io->plan.n_sorties && st == VG_OK; k++) {
        struct vg_plan_sortie *so = &io->plan.sorties[k];
        int d = vg_watchfile_find_drone(in->watch, so->drone);
        if (d >= 0 && in->drones[d].is_out) {
            free(so->track);
            free(so->visits);
        } else {
            io->plan.sorties[kept++] = *so;
        }
    }
    bool is_less = st == VG_OK && kept < io->plan.n_sorties;
    io->plan.n_sorties = st == VG_OK ? kept : io->plan.n_sorties;
    st = is_less ? judge(in, io, err) : st;
    if (st != VG_OK || !is_less || !(io->plan.worst_gap_s < HUGE_VAL)) {
        vg_plan_finish(&io->plan);
        io->plan = (struct vg_plan){0};
    }
    return st;
}

static bool leaves_ground(const struct vg_plan *part)
{
    bool does_leave = false;
    for (int k = 0; k < part->n_stretches; k++) {
        does_leave = does_leave || part->stretches[k].is_unreachable;
    }
    return does_leave;
}

/* Other flights for the region; none where they leave ground that others might reach. */
static enum vg_status try_region(const struct vg_replan_input *in, struct vg_region *r,
                                 bool is_near, struct vg_replan_outcome *out, struct vg_error *err)
{
    struct vg_plan part = {0};
    *out = (struct vg_replan_outcome){0};
    enum vg_status st = plan_region(in, r, is_near, &part, err);
    if (st != VG_OK || (leaves_ground(&part) && !vg_region_is_all(r, in))) {
        vg_plan_finish(&part);
        return st;
    }
    /* Those of the clock have its times already, and crews may depend on one another's. */
    out->n_bases = vg_region_compare(r, in, part.is_clocked ? NULL : &part);
    for (int k = 0; k < part.n_sorties; k++) {
        out->n_new += vg_region_changes(r, in, part.sorties[k].drone);
    }
    st = merge(in, r, &part, part.is_clocked ? 0 : in->plan_now_s, &out->plan)
             ? answer(vg_retime_plan(in, r->does_change, &out->plan, &out->n_new), err)
             : vg_no_memory(err);
    st = st == VG_OK ? judge(in, out, err) : st;
    if (st != VG_OK) {
        vg_plan_finish(&out->plan);
        *out = (struct vg_replan_outcome){0};
    }
    vg_plan_finish(&part);
    return st;
}

static bool has_more_drones(const struct vg_replan_input *in)
{
    bool is_more = false;
    for (int d = 0; d < in->watch->n_drones; d++) {
        is_more = is_more || (in->has_changed[d] && !in->drones[d].is_out);
    }
    return is_more;
}

/* Keeps the better one, if it is no worse than no change; a drone that is back flies again where
 * that breaks no promise or serves it in the end. */
static void offer(const struct vg_replan_input *in, struct vg_replan_outcome *next,
                  struct vg_replan_outcome *io)
{
    bool is_no_worse = in->is_other_wind || next->with.ratio <= io->without.ratio + SAME_RATIO;
    bool is_welcome = io->n_new == 0 && has_more_drones(in) &&
                      (next->with.ratio <= fmax(1, io->without.ratio) ||
                       next->plan.worst_gap_s < in->plan->worst_gap_s);
    if (next->n_new > 0 && (is_welcome || (is_no_worse && is_better(&next->with, &io->with)))) {
        next->without = io->without;
        vg_plan_finish(&io->plan);
        *io = *next;
    } else {
        vg_plan_finish(&next->plan);
    }
    *next = (struct vg_replan_outcome){0};
}

/* Once the drones have come round, the promise is kept, or as well as before: what breaks until
 * then neighbours could hardly mend in time. */
static bool will_be_kept(const struct vg_replan_input *in, const struct vg_replan_outcome *out)
{
    double wanted_s = fmax(in->watch->revisit_s, in->plan->worst_gap_s);
    return out->with.ratio <= 1 || (out->n_new > 0 && out->plan.worst_gap_s <= wanted_s + 1);
}

/* Region by region. */
static enum vg_status search(const struct vg_replan_input *in, struct vg_region *region,
                             struct vg_replan_outcome *io, struct vg_error *err)
{
    struct vg_replan_outcome next = {0};
    bool is_open = true;
    bool is_anew = vg_plan_wanders(in->plan);
    enum vg_status st = in->is_other_wind || is_anew ? VG_OK : close_ranks(in, region, &next, err);
    offer(in, &next, io);
    for (int round = 0; st == VG_OK && is_open; round++) {
        bool is_fresh = is_anew || (round == 0 && region->n_bases <= FEW);
        bool is_tried = region->n_parts > 0 && (is_fresh || !will_be_kept(in, io));
        if (io->with.ratio <= 1 || (round > 0 && will_be_kept(in, io))) {
            break;
        }
        st = is_tried ? try_region(in, region, !is_fresh, &next, err) : VG_OK;
        if (st == VG_E_INVALID && (io->n_new > 0 || !vg_region_is_all(region, in))) {
            st = VG_OK; /* nobody is left there: the neighbours must help */
        } else if (st == VG_OK && is_tried) {
            offer(in, &next, io);
        }
        if (st == VG_OK && !vg_region_grow(region, in, round > 0, &is_open)) {
            st = vg_no_memory(err);
        }
    }
    return st;
}

enum vg_status vg_replan_solve(const struct vg_replan_input *in, struct vg_replan_outcome *out,
                               struct vg_error *err)
{
    struct vg_region region;
    struct vg_apart_report apart;
    *out = (struct vg_replan_outcome){0};
    enum vg_status st = vg_replan_forecast(in, in->plan, &out->without, err);
    out->with = out->without;
    if (in->is_other_wind) { /* it cannot go on */
        out->with.ratio = HUGE_VAL;
    }
    if (!vg_region_init(&region, in)) {
        st = vg_no_memory(err);
    }
    st = st == VG_OK ? search(in, &region, out, err) : st;
    if (st == VG_OK && out->n_new == 0) {
        st = go_on(in, out, err);
    } else if (st == VG_OK) {
        st = vg_apart_layers(&out->plan, out->plan.n_sorties - out->n_new, in->watch, in->terrain,
                             &apart, err);
    }
    vg_region_finish(&region);
    return st;
}
