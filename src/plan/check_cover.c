/* Is everything that is to be watched in the plan, and is what it calls out of reach really far? */
#include "plan/check_inner.h"

#include "base/time.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double ROUNDING_M = 1.5; /* kilometres in the file are whole metres */
static const double CLEARLY =
    0.8; /* of what can be flown, out and back: then "unreachable" is false */
static const double OFF_END_M =
    100; /* the ends of what is forbidden lie on the line, not beyond it */
static const double SAMPLE_M = 5000;

/* The furthest that the plan's stretches cover `watched` without a break, starting at s. */
static double covered_to(const struct vg_check *self, const struct vg_stretch *watched, double s)
{
    const char *name = self->watch->network.lines[watched->line].name;
    double reach = s;
    for (int k = 0; k < self->plan->n_stretches; k++) {
        const struct vg_plan_stretch *st = &self->plan->stretches[k];
        if (strcmp(st->line, name) == 0 && st->from_m <= s + ROUNDING_M && st->to_m > reach &&
            fabs(st->revisit_s - watched->revisit_s) <= 0.1) {
            reach = st->to_m;
        }
    }
    return reach;
}

static bool check_stretch(struct vg_check *self, const struct vg_stretch *watched)
{
    double s = watched->from_m;
    while (s < watched->to_m - ROUNDING_M) {
        double next = covered_to(self, watched, s);
        if (!(next > s)) {
            return vg_check_break(self, "missing-stretch",
                                  "stretch %s: line %s from km %.3f, to be seen every %.0f s, is "
                                  "in no stretch of the plan",
                                  watched->id, self->watch->network.lines[watched->line].name,
                                  s / 1000, watched->revisit_s);
        }
        s = next;
    }
    return true;
}

static double ground_mps(const struct vg_wf_type *t, const struct vg_watchfile *w, double track_deg)
{
    double a = vg_wrap_180_deg(w->wind_from_deg - track_deg) * acos(-1.0) / 180;
    double rest = t->cruise_mps * t->cruise_mps - pow(w->wind_mps * sin(a), 2);
    return rest > 0 ? sqrt(rest) - w->wind_mps * cos(a) : 0;
}

/* Seconds out to a point and back, with the climb; HUGE_VAL against too much wind. */
static double out_and_back_s(const struct vg_check *self, int drone, double lat, double lon)
{
    const struct vg_wf_drone *d = &self->watch->drones[drone];
    const struct vg_wf_base *b = &self->watch->bases[d->base];
    const struct vg_wf_type *t = &self->watch->types[d->type];
    double distance_m, az1, az2;
    vg_geo_inverse(b->lat_deg, b->lon_deg, lat, lon, &distance_m, &az1, &az2);
    double out_mps = ground_mps(t, self->watch, az1);
    double home_mps = ground_mps(t, self->watch, vg_wrap_360_deg(az1 + 180));
    if (!(out_mps > 0 && home_mps > 0)) {
        return HUGE_VAL;
    }
    return distance_m / out_mps + distance_m / home_mps + 2 * t->agl_m / t->climb_mps;
}

static bool check_claim(struct vg_check *self, const struct vg_plan_stretch *st)
{
    int line = vg_network_find_line(&self->watch->network, st->line);
    if (line < 0) {
        return vg_check_break(self, "unknown-name", "stretch %s: line %s is not in the watch",
                              st->id, st->line);
    }
    double in_m = fmin(OFF_END_M, (st->to_m - st->from_m) / 2);
    for (double s = st->from_m + in_m; s <= st->to_m - in_m; s += SAMPLE_M) {
        double lat, lon;
        vg_line_at(&self->watch->network.lines[line], s, 0, &lat, &lon, NULL);
        for (int d = 0; d < self->watch->n_drones && st->is_unreachable; d++) {
            const struct vg_wf_type *t = &self->watch->types[self->watch->drones[d].type];
            double usable_s = t->endurance_s * (1 - t->reserve);
            double need_s = out_and_back_s(self, d, lat, lon);
            const struct vg_wf_base *b = &self->watch->bases[self->watch->drones[d].base];
            if (need_s < CLEARLY * usable_s &&
                !vg_check_leg_is_forbidden(self->watch, b->lat_deg, b->lon_deg, lat, lon)) {
                return vg_check_break(self, "reach",
                                      "stretch %s is said to be out of reach, but drone %s flies "
                                      "from %s to km %.1f and back in %.0f s and has %.0f s",
                                      st->id, self->watch->drones[d].id, b->name, s / 1000, need_s,
                                      usable_s);
            }
        }
    }
    return true;
}

bool vg_check_cover(struct vg_check *self)
{
    for (int k = 0; k < self->watch->network.n_stretches; k++) {
        if (!check_stretch(self, &self->watch->network.stretches[k])) {
            return false;
        }
    }
    for (int k = 0; k < self->plan->n_stretches; k++) {
        if (!check_claim(self, &self->plan->stretches[k])) {
            return false;
        }
    }
    return true;
}
