/* One crew's seconds along a way of a certificate, timed by the checker itself: along it, home from
 * each paid point, and out to it by way of a lead-in (check_lead.c). */
#include "plan/check_way.h"

#include <math.h>
#include <stdlib.h>

/* What is the same for all drones of a type. */
void vg_check_lane_along(const struct vg_check *self, int type, const struct vg_check_lane *l)
{
    const struct vg_wf_type *t = &self->watch->types[type];
    const struct vg_check_point *w = l->run.at;
    l->fwd[0] = l->bwd[0] = 0;
    for (int k = 1; k < l->run.n; k++) {
        l->fwd[k] = l->fwd[k - 1] + vg_check_leg_s(t, self->watch, w[k - 1].lat_deg,
                                                   w[k - 1].lon_deg, w[k].lat_deg, w[k].lon_deg);
        l->bwd[k] = l->bwd[k - 1] + vg_check_leg_s(t, self->watch, w[k].lat_deg, w[k].lon_deg,
                                                   w[k - 1].lat_deg, w[k - 1].lon_deg);
    }
    vg_check_run_leads(&l->run, self->watch, t, l->lead_fwd, l->lead_bwd);
}

/* Seconds to point k by way of a lead-in; HUGE_VAL where it would enter what is forbidden. */
static double out_s(const struct vg_check *self, const struct vg_check_crew *crew,
                    const struct vg_check_lane *l, int k, bool is_backward)
{
    const struct vg_wf_type *t = &self->watch->types[crew->type];
    const struct vg_wf_base *b = &self->watch->bases[crew->base];
    const struct vg_check_point *w = l->run.at;
    const double *along = is_backward ? l->bwd : l->fwd;
    double lead_m = is_backward ? l->lead_bwd[k] : l->lead_fwd[k];
    double within_m = is_backward ? w[l->run.last].s_m - w[k].s_m : w[k].s_m - w[l->run.first].s_m;
    struct vg_check_point join;
    if (lead_m - within_m > (is_backward ? l->behind_m : l->before_m)) {
        return HUGE_VAL;
    }
    int next = vg_check_run_join(&l->run, k, lead_m, is_backward, &join);
    return vg_check_leg_s(t, self->watch, b->lat_deg, b->lon_deg, join.lat_deg, join.lon_deg) +
           vg_check_leg_s(t, self->watch, join.lat_deg, join.lon_deg, w[next].lat_deg,
                          w[next].lon_deg) +
           fabs(along[k] - along[next]);
}

/* Legs to paid points; those longer than the battery lasts stay HUGE_VAL. */
void vg_check_lane_legs(const struct vg_check *self, const struct vg_check_crew *crew,
                        const struct vg_check_lane *l)
{
    static const double HAIR = 1.01; /* in wind a way round may be a little shorter */
    const struct vg_wf_type *t = &self->watch->types[crew->type];
    const struct vg_wf_base *b = &self->watch->bases[crew->base];
    double most_s = vg_check_usable_s(t) * HAIR;
    for (int k = l->run.first; k <= l->run.last; k++) {
        const struct vg_check_point *w = &l->run.at[k];
        l->out_fwd[k] = l->out_bwd[k] = l->home[k] = HUGE_VAL;
        if (!(w->dual > 0)) {
            continue;
        }
        double home_s =
            vg_check_leg_s(t, self->watch, w->lat_deg, w->lon_deg, b->lat_deg, b->lon_deg);
        l->home[k] = home_s <= most_s ? home_s : HUGE_VAL;
        if (vg_check_leg_s(t, self->watch, b->lat_deg, b->lon_deg, w->lat_deg, w->lon_deg) <=
            most_s) {
            l->out_fwd[k] = out_s(self, crew, l, k, false);
            l->out_bwd[k] = out_s(self, crew, l, k, true);
        }
    }
}

/* false: not such a way; out->fwd NULL: no memory. */
bool vg_check_lane_init(const struct vg_check *self, const json_t *way,
                        const struct vg_check_point *w, int n, struct vg_check_lane *out)
{
    struct vg_check_run *run = &out->run;
    if (!vg_check_run_read(self, way, w, n, run)) {
        return false;
    }
    double **const arrays[] = {&out->fwd,     &out->bwd,     &out->lead_fwd, &out->lead_bwd,
                               &out->out_fwd, &out->out_bwd, &out->home};
    size_t n_arrays = sizeof arrays / sizeof *arrays;
    double *room = malloc(n_arrays * (size_t)run->n * sizeof *room);
    for (size_t k = 0; k < n_arrays && room != NULL; k++) {
        *arrays[k] = room + k * (size_t)run->n;
    }
    double most_m = 0;
    for (int t = 0; t < self->watch->n_types; t++) {
        for (int k = 0; k + 1 < run->n; k++) {
            most_m =
                fmax(most_m, vg_check_lead_m(self->watch, &self->watch->types[t], run->depth_m[k]));
        }
    }
    out->before_m = vg_check_run_room_m(self, run, false, most_m);
    out->behind_m = vg_check_run_room_m(self, run, true, most_m);
    return true;
}

void vg_check_lane_finish(struct vg_check_lane *self)
{
    free(self->fwd);
    vg_check_run_finish(&self->run);
}
