/* Where a drone is, in plans whose flights land at other bases than they began at.
 *
 * What counts is where it stands: a flight that was called home, or flown by a relief, may have
 * ended elsewhere than the plan has it.
 */
#include "fly/director_priv.h"

#include "geo/geodesy.h"

#include <string.h>

static const double AT_BASE_M = 2000;

int vg_flyer_base(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    double least_m = AT_BASE_M;
    int found = -1;
    if (!f->vehicle.position.is_known) {
        return w->drones[f->drone].base;
    }
    for (int b = 0; b < w->n_bases; b++) {
        double away_m = vg_geo_distance_m(f->vehicle.position.lat_deg, f->vehicle.position.lon_deg,
                                          w->bases[b].lat_deg, w->bases[b].lon_deg);
        found = away_m < least_m ? b : found;
        least_m = away_m < least_m ? away_m : least_m;
    }
    return found;
}

int vg_flyer_base_to_be(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    bool is_aloft = f->state == VG_FLYER_LAUNCHING || f->state == VG_FLYER_FLYING ||
                    f->state == VG_FLYER_RETURNING || f->state == VG_FLYER_LOST;
    if (f->job.flight.sortie >= 0 && f->job.is_called_home) {
        return f->dest; /* it may have been diverted */
    }
    int base = (is_aloft || f->job.is_relief) && f->job.flight.sortie >= 0
                   ? vg_watchfile_find_base(w, vg_job_sortie(&f->job)->base_to)
                   : vg_flyer_base(self, f);
    return base >= 0 ? base : w->drones[f->drone].base;
}

bool vg_flyer_is_at(const struct vg_director *self, const struct vg_flyer *f,
                    const struct vg_plan_sortie *sortie)
{
    const struct vg_watchfile *w = self->options.watch;
    int base = vg_flyer_base(self, f);
    return base >= 0 && strcmp(w->bases[base].name, sortie->base_from) == 0;
}

bool vg_flyer_is_elsewhere(const struct vg_director *self, const struct vg_flyer *f,
                           const struct vg_plan_sortie *sortie)
{
    return vg_plan_wanders(self->options.timetable.plan) && !vg_flyer_is_at(self, f, sortie);
}
