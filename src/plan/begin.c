/* Where in its period a plan is best taken up by a fleet at rest. */
#include "plan/replan.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST_TRIES = 64
};
static const double SAME_RATIO = 1e-3;

static double just_seen(void *ctx, int line, double s_m)
{
    (void)ctx;
    (void)line;
    (void)s_m;
    return 0;
}

static bool is_better(const struct vg_forecast *a, const struct vg_forecast *b)
{
    bool is_even = fabs(a->ratio - b->ratio) <= SAME_RATIO;
    return is_even ? a->mean_wait < b->mean_wait : a->ratio < b->ratio;
}

enum vg_status vg_replan_from_rest(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                   double *out_phase_s, struct vg_error *err)
{
    struct vg_replan_drone *drones = calloc((size_t)watch->n_drones + 1, sizeof *drones);
    struct vg_replan_input in = {.watch = watch,
                                 .plan = plan,
                                 .drones = drones,
                                 .unseen_s = just_seen,
                                 .is_from_rest = true};
    struct vg_forecast best = {.ratio = HUGE_VAL};
    enum vg_status st = drones != NULL ? VG_OK : vg_no_memory(err);
    for (int d = 0; d < watch->n_drones && st == VG_OK; d++) {
        drones[d].at = watch->drones[d].base + 1;
    }
    int step = 1 + plan->n_sorties / MOST_TRIES;
    *out_phase_s = 0;
    for (int k = 0; k < plan->n_sorties && st == VG_OK; k += step) {
        struct vg_forecast x;
        in.plan_now_s = plan->sorties[k].takeoff_s;
        st = vg_replan_forecast(&in, plan, &x, err);
        if (st == VG_OK && is_better(&x, &best)) {
            best = x;
            *out_phase_s = in.plan_now_s;
        }
    }
    free(drones);
    return st;
}
