/* Each sortie by itself: times in order, from base to base, no faster and no longer than the drone
 * can, over the line when it says so. */
#include "plan/check_inner.h"

#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double BASE_M = 1000; /* the track begins and ends this near its bases */
static const double SPEED_SHARE = 1.02;
static const double ROUNDING_S =
    0.1; /* times in the file are rounded by half of this at both ends */
static const double INSIDE_SHARE = 0.1; /* of a visit */
static const double OFF_END_M = 1; /* kilometres are rounded to metres */

static bool check_order(struct vg_check *self, const struct vg_plan_sortie *so)
{
    if (!(so->takeoff_s >= 0 && so->takeoff_s < so->period_s + ROUNDING_S &&
          so->land_s > so->takeoff_s)) {
        return vg_check_break(self, "time-order",
                              "sortie %s of drone %s: take-off at %.1f s and landing at %.1f s are "
                              "out of order in a period of %.1f s",
                              so->id, so->drone, so->takeoff_s, so->land_s, so->period_s);
    }
    if (so->n_track < 2 || fabs(so->track[0].t_s - so->takeoff_s) > ROUNDING_S ||
        fabs(so->track[so->n_track - 1].t_s - so->land_s) > ROUNDING_S) {
        return vg_check_break(
            self, "time-order",
            "sortie %s of drone %s: the track does not run from take-off to landing", so->id,
            so->drone);
    }
    for (int k = 1; k < so->n_track; k++) {
        if (!(so->track[k].t_s > so->track[k - 1].t_s)) {
            return vg_check_break(
                self, "time-order",
                "sortie %s of drone %s: track point %d at %.1f s does not come after %.1f s",
                so->id, so->drone, k, so->track[k].t_s, so->track[k - 1].t_s);
        }
    }
    for (int k = 0; k < so->n_visits; k++) {
        const struct vg_plan_visit *v = &so->visits[k];
        if (!(v->t1_s > v->t0_s && v->t0_s >= so->takeoff_s && v->t1_s <= so->land_s)) {
            return vg_check_break(self, "time-order",
                                  "sortie %s of drone %s: the visit of km %.3f to %.3f from %.1f s "
                                  "to %.1f s is not within the flight",
                                  so->id, so->drone, v->from_m / 1000, v->to_m / 1000, v->t0_s,
                                  v->t1_s);
        }
    }
    return true;
}

static bool check_ends(struct vg_check *self, int k)
{
    const struct vg_plan_sortie *so = &self->plan->sorties[k];
    const struct vg_wf_base *from = &self->watch->bases[self->base_from[k]];
    const struct vg_wf_base *to = &self->watch->bases[self->base_to[k]];
    const struct vg_plan_point *a = &so->track[0];
    const struct vg_plan_point *b = &so->track[so->n_track - 1];
    double up_m = vg_geo_distance_m(a->lat_deg, a->lon_deg, from->lat_deg, from->lon_deg);
    double down_m = vg_geo_distance_m(b->lat_deg, b->lon_deg, to->lat_deg, to->lon_deg);
    if (up_m > BASE_M || down_m > BASE_M) {
        return vg_check_break(
            self, "off-base", "sortie %s of drone %s: the track is %.1f km from base %s at its end",
            so->id, so->drone, fmax(up_m, down_m) / 1000, up_m > down_m ? from->name : to->name);
    }
    return true;
}

/* The greatest ground speed that airspeed and wind give on a track: the along-track root of the
 * wind triangle. */
static double most_mps(const struct vg_wf_type *t, const struct vg_wf_wind *w, double track_deg)
{
    double a = (w->from_deg + 180 - track_deg) * VG_RAD_PER_DEG;
    double across = w->mps * sin(a);
    double along = w->mps * cos(a);
    double rest = t->cruise_mps * t->cruise_mps - across * across;
    return rest > 0 ? along + sqrt(rest) : 0;
}

/* The furthest that can be flown on a track from one time of the plan to another, hour by hour. */
static double most_m(const struct vg_check *self, const struct vg_wf_type *t, double track_deg,
                     double from_s, double to_s)
{
    double sum_m = 0;
    for (double at_s = from_s; at_s < to_s;) {
        double day_s = at_s + self->plan->clock_s;
        double next_s = (floor(day_s / VG_HOUR_S) + 1) * VG_HOUR_S - self->plan->clock_s;
        const struct vg_wf_wind wind = vg_watchfile_wind_at(self->watch, day_s);
        next_s = fmin(next_s, to_s);
        sum_m += most_mps(t, &wind, track_deg) * (next_s - at_s);
        at_s = next_s;
    }
    return sum_m;
}

static bool check_speed(struct vg_check *self, int s)
{
    const struct vg_plan_sortie *so = &self->plan->sorties[s];
    const struct vg_wf_type *t = vg_check_type(self, s);
    for (int k = 1; k < so->n_track; k++) {
        const struct vg_plan_point *a = &so->track[k - 1];
        const struct vg_plan_point *b = &so->track[k];
        double dt = b->t_s - a->t_s;
        double distance_m, azimuth_deg;
        vg_geo_inverse(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg, &distance_m, &azimuth_deg,
                       NULL);
        double can_m = most_m(self, t, azimuth_deg, a->t_s, b->t_s + ROUNDING_S) * SPEED_SHARE + 1;
        if (distance_m > can_m) {
            return vg_check_break(self, "speed",
                                  "sortie %s of drone %s: %.0f m in %.1f s at track point %d; %.0f "
                                  "m can be flown in this wind",
                                  so->id, so->drone, distance_m, dt, k, can_m);
        }
        double up_m = b->alt_msl_m - a->alt_msl_m;
        double sink_mps = t->sink_mps > 0 ? t->sink_mps : t->climb_mps;
        double rate = up_m > 0 ? t->climb_mps : sink_mps;
        if (fabs(up_m) > rate * (dt + ROUNDING_S) * SPEED_SHARE + 1) {
            return vg_check_break(self, "climb",
                                  "sortie %s of drone %s: %.0f m of height in %.1f s at track "
                                  "point %d; %.1f m/s is its rate",
                                  so->id, so->drone, up_m, dt, k, rate);
        }
    }
    return true;
}

static const double CLIMB_COST =
    10; /* lift over drag: a climb of h costs 10 h / v beside its time */
static const double HOVER_COST = 0.5; /* a rotor's climb, of its time */
static const double IDLE = 0.1; /* least power, of cruise power */
static const double APPROACH_M = 1200; /* flown out and back before a plane lands */
static const double TURNS_S = 30;
static const double DOWN_S = 60; /* a rotor's last metres */
static const double LAYERS = 0.005; /* of the endurance: layers may take this of the reserve */

static double landing_s(const struct vg_wf_type *t)
{
    return t->kind == VG_KIND_PLANE ? TURNS_S + 2 * APPROACH_M / t->cruise_mps : DOWN_S;
}

double vg_check_usable_s(const struct vg_wf_type *t)
{
    return t->endurance_s * (1 - t->reserve) - landing_s(t);
}

double vg_check_climb_s(const struct vg_wf_type *t, double dt_s, double up_m)
{
    bool is_rotor = t->kind == VG_KIND_COPTER;
    if (up_m > 0) {
        return is_rotor ? HOVER_COST * up_m / t->climb_mps : CLIMB_COST * up_m / t->cruise_mps;
    }
    return is_rotor ? 0 : -fmin(-up_m * CLIMB_COST / t->cruise_mps, (1 - IDLE) * dt_s);
}

/* Seconds of cruise: the time, and what climbs take beside it less what descents save. Up to flying
 * height and the landing count their time alone. */
static double work_s(const struct vg_plan_sortie *so, const struct vg_wf_type *t)
{
    double more_s = 0;
    for (int k = 0; k + 2 < so->n_track; k++) {
        double dt_s = so->track[k + 1].t_s - so->track[k].t_s;
        double up_m = so->track[k + 1].alt_msl_m - so->track[k].alt_msl_m;
        if (k == 0) {
            up_m = up_m > t->agl_m ? up_m - t->agl_m : 0;
        }
        more_s += vg_check_climb_s(t, dt_s, up_m);
    }
    return so->land_s - so->takeoff_s + (more_s > 0 ? more_s : 0);
}

static bool check_energy(struct vg_check *self, int s)
{
    const struct vg_plan_sortie *so = &self->plan->sorties[s];
    const struct vg_wf_type *t = vg_check_type(self, s);
    double flight_s = so->land_s - so->takeoff_s;
    double usable_s = vg_check_usable_s(t);
    if (flight_s > usable_s + ROUNDING_S) {
        return vg_check_break(
            self, "endurance",
            "sortie %s of drone %s flies %.0f s; endurance less reserve and landing is %.0f s",
            so->id, so->drone, flight_s, usable_s);
    }
    double all_s = work_s(so, t);
    if (all_s > usable_s + LAYERS * t->endurance_s + ROUNDING_S) {
        return vg_check_break(self, "energy",
                              "sortie %s of drone %s takes %.0f s of cruise with its climbs; "
                              "endurance less reserve and landing is %.0f s",
                              so->id, so->drone, all_s, usable_s);
    }
    double spent_s = all_s + landing_s(t);
    if (so->energy < (spent_s - ROUNDING_S) / t->endurance_s - 1e-4) {
        return vg_check_break(
            self, "energy",
            "sortie %s of drone %s states %.4f of its endurance; its flight takes %.4f", so->id,
            so->drone, so->energy, all_s / t->endurance_s);
    }
    return true;
}

void vg_check_track_at(const struct vg_plan_sortie *so, double t_s, double out[3])
{
    int lo = 0;
    int hi = so->n_track - 1;
    while (hi - lo > 1) {
        int mid = (lo + hi) / 2;
        if (so->track[mid].t_s <= t_s) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    const struct vg_plan_point *a = &so->track[lo];
    const struct vg_plan_point *b = &so->track[hi];
    double f = (t_s - a->t_s) / (b->t_s - a->t_s);
    out[0] = a->lat_deg + f * (b->lat_deg - a->lat_deg);
    out[1] = vg_wrap_180_deg(a->lon_deg + f * vg_wrap_180_deg(b->lon_deg - a->lon_deg));
    out[2] = a->alt_msl_m + f * (b->alt_msl_m - a->alt_msl_m);
}

/* Where a pass lies at s_m of its line, and how far to each side it is to see. False: the stretch
 * there, looked up at in_m, has no such pass. */
static bool pass_at(const struct vg_check *self, int line, int pass, double s_m, double in_m,
                    double *out_lat, double *out_lon, double *out_depth_m)
{
    const struct vg_network *net = &self->watch->network;
    const struct vg_plan_stretch *st = vg_check_stretch_at(self, net->lines[line].name, in_m);
    double depth_m = net->stretches[vg_network_stretch_at(net, line, in_m)].depth_m;
    double heading_deg;
    vg_line_at(&net->lines[line], s_m, depth_m, out_lat, out_lon, &heading_deg);
    *out_depth_m = depth_m;
    if (st == NULL || st->n_passes == 0) {
        return pass == 0;
    }
    if (pass >= st->n_passes) {
        return false;
    }
    vg_geo_direct(*out_lat, *out_lon, vg_wrap_360_deg(heading_deg + 90), st->passes[pass].offset_m,
                  out_lat, out_lon);
    *out_depth_m = fmin(depth_m, st->passes[pass].depth_m);
    return true;
}

/* Ends, middle and quarters of a visit: is the drone within the depth that the pass is to see of
 * the point that it says it sweeps? */
static bool check_visit(struct vg_check *self, const struct vg_plan_sortie *so,
                        const struct vg_plan_visit *v)
{
    int line = vg_network_find_line(&self->watch->network, v->line);
    const struct vg_line *ln = &self->watch->network.lines[line];
    if (fmax(v->from_m, v->to_m) > ln->length_m + OFF_END_M) {
        return vg_check_break(self, "off-line",
                              "sortie %s of drone %s: the visit of km %.3f to %.3f leaves line %s, "
                              "which ends at km %.3f",
                              so->id, so->drone, v->from_m / 1000, v->to_m / 1000, ln->name,
                              ln->length_m / 1000);
    }
    for (int q = 0; q <= 4; q++) {
        double s = v->from_m + (v->to_m - v->from_m) * q / 4;
        double t = v->t0_s + (v->t1_s - v->t0_s) * q / 4;
        /* At an end, the stretch on the visit's own side of it. */
        double in_m = s + (q < 2   ? INSIDE_SHARE
                           : q > 2 ? -INSIDE_SHARE
                                   : 0) *
                              (v->to_m - v->from_m);
        double lat, lon, track[3], depth_m;
        if (!pass_at(self, line, v->pass, s, in_m, &lat, &lon, &depth_m)) {
            return vg_check_break(self, "off-line",
                                  "sortie %s of drone %s visits pass %d at km %.3f of line %s, "
                                  "where the plan has no such pass",
                                  so->id, so->drone, v->pass + 1, s / 1000, ln->name);
        }
        vg_check_track_at(so, t, track);
        double off_m = vg_geo_distance_m(lat, lon, track[0], track[1]);
        if (off_m > depth_m + OFF_END_M) {
            return vg_check_break(self, "off-line",
                                  "sortie %s of drone %s at %.1f s is %.2f km from km %.3f of line "
                                  "%s, which it says it sweeps; the watch depth is %.2f km",
                                  so->id, so->drone, t, off_m / 1000, s / 1000, ln->name,
                                  depth_m / 1000);
        }
    }
    return true;
}

bool vg_check_flights(struct vg_check *self)
{
    for (int k = 0; k < self->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &self->plan->sorties[k];
        if (!check_order(self, so) || !check_ends(self, k) || !check_speed(self, k) ||
            !check_energy(self, k)) {
            return false;
        }
        for (int v = 0; v < so->n_visits; v++) {
            if (!check_visit(self, so, &so->visits[v])) {
                return false;
            }
        }
    }
    return true;
}
