/* The wind that the drones meet, against the one that the plan was made for. */
#include "app/station_replan.h"

#include <math.h>

enum {
    EVERY_S = 5,
    SMOOTH_S = 120,
    LASTING_S = 300
};
static const double OTHER_BY_MPS = 3; /* a third of what slow drones make good against the wind */

static void smooth(struct vg_station_replan *r, double north_mps, double east_mps, double since_s)
{
    double share = r->knows_wind ? fmin(1, since_s / SMOOTH_S) : 1;
    r->north_mps += share * (north_mps - r->north_mps);
    r->east_mps += share * (east_mps - r->east_mps);
    r->knows_wind = true;
}

bool vg_station_replan_is_other_wind(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    double since_s = vg_us_to_s(vg_us_sub(self->now, r->looked_at_wind));
    double north_mps;
    double east_mps;
    if (since_s < EVERY_S) {
        return false;
    }
    r->looked_at_wind = self->now;
    if (!vg_director_wind(self->director, self->now, &north_mps, &east_mps)) {
        r->knows_wind = false;
        r->wind_since = self->now;
        return false;
    }
    smooth(r, north_mps, east_mps, since_s);
    const struct vg_watchfile w = vg_plan_watch(self->plan, &self->watchfile);
    const struct vg_wf_wind wind = vg_watchfile_wind_at(&w, vg_us_to_s(self->now));
    double to = (wind.from_deg + 180) * VG_RAD_PER_DEG;
    double off_mps = hypot(r->north_mps - wind.mps * cos(to), r->east_mps - wind.mps * sin(to));
    if (off_mps < OTHER_BY_MPS) {
        r->wind_since = self->now;
    }
    return vg_us_to_s(vg_us_sub(self->now, r->wind_since)) > LASTING_S;
}
