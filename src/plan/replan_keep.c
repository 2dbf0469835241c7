/* A promise that will break though no drone is lost. */
#include "plan/replan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Flights a few minutes late break a tight promise by a hair: not worth another timetable. */
static const double BROKEN_BY = 0.05;
static const double BETTER_BY = 0.05;

static bool sees(const struct vg_replan_input *in, const struct vg_plan_sortie *so, int line,
                 double s_m)
{
    for (int v = 0; v < so->n_visits; v++) {
        const struct vg_plan_visit *x = &so->visits[v];
        if (fmin(x->from_m, x->to_m) <= s_m && s_m <= fmax(x->from_m, x->to_m) &&
            vg_network_find_line(&in->watch->network, x->line) == line) {
            return true;
        }
    }
    return false;
}

/* The drones that watch the place where the promise breaks. Answers how many. */
static int mark(const struct vg_replan_input *in, const struct vg_forecast *f, bool *io_changed)
{
    int n = 0;
    for (int k = 0; k < in->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &in->plan->sorties[k];
        int d = vg_watchfile_find_drone(in->watch, so->drone);
        if (d >= 0 && !io_changed[d] && sees(in, so, f->line, f->s_m)) {
            io_changed[d] = true;
            n++;
        }
    }
    return n;
}

static bool is_worth_it(const struct vg_replan_outcome *out)
{
    return out->n_new > 0 && (out->with.ratio <= out->without.ratio - BETTER_BY ||
                              (out->with.ratio <= out->without.ratio &&
                               out->with.broken_m <= 0.5 * out->without.broken_m));
}

enum vg_status vg_replan_keep(const struct vg_replan_input *in, struct vg_replan_outcome *out,
                              bool *out_is_better, struct vg_error *err)
{
    struct vg_replan_input asked = *in;
    double as_planned = in->plan->worst_gap_s / in->watch->revisit_s;
    *out = (struct vg_replan_outcome){0};
    *out_is_better = false;
    enum vg_status st = vg_replan_forecast(in, in->plan, &out->without, err);
    if (st != VG_OK || out->without.line < 0 ||
        out->without.ratio <= fmax(1, as_planned) + BROKEN_BY) {
        return st;
    }
    bool *changed = calloc((size_t)in->watch->n_drones + 1, sizeof *changed);
    if (changed == NULL) {
        return vg_no_memory(err);
    }
    asked.has_changed = changed;
    if (mark(in, &out->without, changed) > 0) {
        st = vg_replan_solve(&asked, out, err);
        *out_is_better = st == VG_OK && is_worth_it(out);
    }
    free(changed);
    return st;
}
