#include "plan/sweeps.h"

#include <math.h>
#include <stdlib.h>

static const double MAX_TOLERANCE_M = 300;

double vg_sweeps_tolerance_m(double depth_m)
{
    return fmin(depth_m / 4, MAX_TOLERANCE_M);
}

int vg_sweeps_type(const struct vg_watchfile *watch, double depth_m)
{
    int least = -1;
    double least_m = HUGE_VAL;
    for (int d = 0; d < watch->n_drones; d++) {
        int t = watch->drones[d].type;
        const struct vg_wf_type *type = &watch->types[t];
        if (type->camera < 0 || type->camera >= watch->n_cameras) {
            continue;
        }
        double m = vg_camera_reach_m(&watch->cameras[type->camera], type->agl_m, depth_m);
        if (m < least_m) {
            least_m = m;
            least = t;
        }
    }
    return least;
}

static double overlap_m(double at_m, double reach_m, double lo_m, double hi_m)
{
    return fmax(0, fmin(at_m + reach_m, hi_m) - fmax(at_m - reach_m, lo_m));
}

bool vg_sweeps_sees(const struct vg_watchfile *watch, const struct vg_plan_pass *pass, double lo_m,
                    double hi_m)
{
    int t = vg_sweeps_type(watch, pass->depth_m);
    if (t < 0) {
        return true; /* no camera to judge by */
    }
    const struct vg_wf_type *type = &watch->types[t];
    double reach_m = vg_camera_reach_m(&watch->cameras[type->camera], type->agl_m, pass->depth_m);
    double off_m = vg_sweeps_tolerance_m(pass->depth_m);
    double seen_m = fmin(overlap_m(pass->offset_m - off_m, reach_m, lo_m, hi_m),
                         overlap_m(pass->offset_m + off_m, reach_m, lo_m, hi_m));
    return seen_m >= watch->seen_share * (hi_m - lo_m);
}

static enum vg_status lay_passes(const struct vg_watchfile *watch, const struct vg_stretch *stretch,
                                 struct vg_sweep *out, struct vg_error *err)
{
    int n = 1;
    struct vg_plan_pass one = {0, stretch->depth_m};
    while (n <= VG_PLAN_PASSES_MAX && !vg_sweeps_sees(watch, &one, -one.depth_m, one.depth_m)) {
        one.depth_m = stretch->depth_m / ++n;
    }
    if (n > VG_PLAN_PASSES_MAX) {
        return vg_fail(err, VG_E_RANGE,
                       "stretch %s is watched to %.2f km on each side: %d passes side by side do "
                       "not see that from %.0f m with camera %s; a smaller depth, a greater height "
                       "or another camera would do",
                       stretch->id, stretch->depth_m / 1000, VG_PLAN_PASSES_MAX,
                       watch->types[vg_sweeps_type(watch, stretch->depth_m)].agl_m,
                       watch->cameras[watch->types[vg_sweeps_type(watch, stretch->depth_m)].camera]
                           .name);
    }
    out->n_passes = n;
    for (int k = 0; k < n; k++) {
        out->passes[k] = (struct vg_plan_pass){stretch->depth_m * (2 * k + 1 - n) / n,
                                               stretch->depth_m / n};
    }
    return VG_OK;
}

enum vg_status vg_sweeps_flat(const struct vg_watchfile *watch, struct vg_sweeps *out,
                              struct vg_error *err)
{
    const struct vg_network *net = &watch->network;
    struct vg_sweeps s = {.n = net->n_stretches};
    s.sweeps = calloc((size_t)s.n + 1, sizeof *s.sweeps);
    enum vg_status st =
        s.sweeps != NULL ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    for (int k = 0; k < s.n && st == VG_OK; k++) {
        s.sweeps[k] = (struct vg_sweep){
            .stretch = k, .from_m = net->stretches[k].from_m, .to_m = net->stretches[k].to_m};
        st = lay_passes(watch, &net->stretches[k], &s.sweeps[k], err);
    }
    if (st != VG_OK) {
        vg_sweeps_finish(&s);
        return st;
    }
    *out = s;
    return VG_OK;
}

void vg_sweeps_finish(struct vg_sweeps *self)
{
    free(self->sweeps);
    *self = (struct vg_sweeps){0};
}
