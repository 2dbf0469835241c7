#include "plan/energy.h"

#include "config/work.h"

#include <math.h>

double vg_track_work_s(const struct vg_wf_type *type, const struct vg_plan_sortie *so,
                       double from_s)
{
    double time_s = 0;
    double extra_s = 0;
    for (int k = 1; k < so->n_track; k++) {
        const struct vg_plan_point *a = &so->track[k - 1];
        const struct vg_plan_point *b = &so->track[k];
        double left = fmin(1, (b->t_s - from_s) / (b->t_s - a->t_s));
        if (!(left > 0)) {
            continue;
        }
        double dt_s = left * (b->t_s - a->t_s);
        double up_m = left * (b->alt_msl_m - a->alt_msl_m);
        up_m = k == 1 ? fmax(0, up_m - type->agl_m) : k == so->n_track - 1 ? 0 : up_m;
        time_s += dt_s;
        extra_s += vg_work_s(type, dt_s, up_m) - dt_s;
    }
    return time_s + fmax(0, extra_s);
}

double vg_track_energy(const struct vg_wf_type *type, const struct vg_plan_sortie *so)
{
    double work_s = vg_track_work_s(type, so, -HUGE_VAL) + vg_circuit_s(type);
    return ceil(work_s / type->endurance_s * 1e4 - 1e-9) / 1e4;
}
