#include "config/work.h"

#include <math.h>

static const double CIRCUIT_M = 2400;
static const double CIRCUIT_S = 30;
static const double UPRIGHT_S = 60;
static const double ROTOR_SHARE = 0.5; /* more than level, in a climb at the type's rate */

struct vg_climbing vg_climbing_of(const struct vg_wf_type *type)
{
    double each_s = VG_LIFT_OVER_DRAG / type->cruise_mps;
    return type->kind == VG_KIND_COPTER ? (struct vg_climbing){ROTOR_SHARE / type->climb_mps, 0}
                                        : (struct vg_climbing){each_s, each_s};
}

double vg_work_s(const struct vg_wf_type *type, double dt_s, double climb_m)
{
    struct vg_climbing each = vg_climbing_of(type);
    double extra_s = climb_m * (climb_m > 0 ? each.up_s_per_m : each.down_s_per_m);
    return fmax(VG_IDLE_SHARE * dt_s, dt_s + extra_s);
}

double vg_circuit_s(const struct vg_wf_type *type)
{
    return type->kind == VG_KIND_PLANE ? CIRCUIT_M / type->cruise_mps + CIRCUIT_S : UPRIGHT_S;
}
