/* Is everything that is to be watched in the plan, and is what it calls out of reach really far? */
#include "plan/check_inner.h"

#include "base/time.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double ROUNDING_M = 1.5; /* kilometres in the file are whole metres */
static const double LOOK_M = 250;
static const double DEARER = 2; /* climbs may take so many times what they take straight there */
static const double CLEARLY =
    0.8; /* of what can be flown, out and back: then "unreachable" is false */
static const double OFF_END_M =
    100; /* the ends of what is forbidden lie on the line, not beyond it */
static const double HEARD_SHARE = 0.5; /* of the flying height: heard there, it is within reach */
static const double SAMPLE_M = 5000;
static const double BESIDE_M = 300; /* or a quarter of the depth: so far beside it may be flown */

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
    double least = HUGE_VAL; /* what no hour forbids is within reach */
    for (int h = 0; h < (w->has_wind_hours ? VG_DAY_HOURS : 1); h++) {
        const struct vg_wf_wind wind = vg_watchfile_wind_at(w, (double)h * VG_HOUR_S);
        double a = vg_wrap_180_deg(wind.from_deg - track_deg) * acos(-1.0) / 180;
        double rest = t->cruise_mps * t->cruise_mps - pow(wind.mps * sin(a), 2);
        least = fmin(least, rest > 0 ? sqrt(rest) - wind.mps * cos(a) : 0);
    }
    return least;
}

/* What the climbs of a straight way over the ground take beside its time, in seconds of cruise; the
 * ground is looked at every LOOK_M. */
static double climbs_s(const struct vg_check *self, const struct vg_wf_type *t,
                       const double from_deg[2], const double to_deg[2])
{
    double d_m, azimuth_deg;
    double sum_s = 0;
    double before_m = (double)NAN;
    vg_geo_inverse(from_deg[0], from_deg[1], to_deg[0], to_deg[1], &d_m, &azimuth_deg, NULL);
    for (double s = 0; self->terrain != NULL && s <= d_m; s += LOOK_M) {
        double lat, lon;
        vg_geo_direct(from_deg[0], from_deg[1], azimuth_deg, s, &lat, &lon);
        double ground_m = vg_terrain_height_msl_m(self->terrain, lat, lon);
        double up_m = isnan(ground_m) || isnan(before_m) ? 0 : ground_m - before_m;
        sum_s += vg_check_climb_s(t, LOOK_M / t->cruise_mps, up_m);
        before_m = ground_m;
    }
    return sum_s;
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
    double place[2] = {lat, lon};
    double base[2] = {b->lat_deg, b->lon_deg};
    double more_s = climbs_s(self, t, base, place) + climbs_s(self, t, place, base);
    return distance_m / out_mps + distance_m / home_mps + 2 * t->agl_m / t->climb_mps +
           DEARER * fmax(0, more_s);
}

/* Where a pass of a stretch lies at s_m of its line. */
static void pass_at(const struct vg_check *self, const struct vg_plan_stretch *st, int line,
                    int pass, double s_m, double *out_lat, double *out_lon)
{
    const struct vg_network *net = &self->watch->network;
    double depth_m = net->stretches[vg_network_stretch_at(net, line, s_m)].depth_m;
    double heading_deg;
    vg_line_at(&net->lines[line], s_m, depth_m, out_lat, out_lon, &heading_deg);
    if (st->n_passes > 0) {
        vg_geo_direct(*out_lat, *out_lon, vg_wrap_360_deg(heading_deg + 90),
                      st->passes[pass].offset_m, out_lat, out_lon);
    }
}

/* The camera looks ahead: a drone that is to see the place comes along the line, from one side or
 * the other, for as long. Is one of these ways free? */
static bool has_room(const struct vg_check *self, const struct vg_plan_stretch *st, int line,
                     int pass, int type, double s_m)
{
    const struct vg_network *net = &self->watch->network;
    double depth_m = net->stretches[vg_network_stretch_at(net, line, s_m)].depth_m;
    double lead_m = vg_check_lead_m(self->watch, &self->watch->types[type], depth_m);
    double lat, lon;
    pass_at(self, st, line, pass, s_m, &lat, &lon);
    if (vg_check_edge_m(self->watch, lat, lon) < fmin(depth_m / 4, BESIDE_M)) {
        return false; /* the way flown may be so far beside the line */
    }
    for (int side = -1; side <= 1; side += 2) {
        double from_lat, from_lon;
        double from_m = fmax(0, fmin(s_m + side * lead_m, net->lines[line].length_m));
        pass_at(self, st, line, pass, from_m, &from_lat, &from_lon);
        if (!vg_check_leg_is_forbidden(self->watch, from_lat, from_lon, lat, lon)) {
            return true;
        }
    }
    return false;
}

/* A drone that clearly flies straight to a place and home; -1: none. */
static int drone_within_reach(const struct vg_check *self, const struct vg_plan_stretch *st,
                              int line, int pass, double s_m, double *out_need_s)
{
    double lat, lon;
    pass_at(self, st, line, pass, s_m, &lat, &lon);
    for (int d = 0; d < self->watch->n_drones; d++) {
        const struct vg_wf_type *t = &self->watch->types[self->watch->drones[d].type];
        const struct vg_wf_base *b = &self->watch->bases[self->watch->drones[d].base];
        *out_need_s = out_and_back_s(self, d, lat, lon);
        if (*out_need_s < CLEARLY * vg_check_usable_s(t) &&
            !vg_check_leg_is_forbidden(self->watch, b->lat_deg, b->lon_deg, lat, lon) &&
            has_room(self, st, line, pass, self->watch->drones[d].type, s_m) &&
            !vg_check_leg_is_steep(self, t, (double[2]){b->lat_deg, b->lon_deg},
                                   (double[2]){lat, lon}) &&
            !vg_check_is_silent(self, lat, lon, t->agl_m * HEARD_SHARE)) {
            return d;
        }
    }
    return -1;
}

/* A stretch out of reach has, everywhere, a pass to which no drone clearly flies. */
static bool check_claim(struct vg_check *self, const struct vg_plan_stretch *st)
{
    int line = vg_network_find_line(&self->watch->network, st->line);
    if (line < 0) {
        return vg_check_break(self, "unknown-name", "stretch %s: line %s is not in the watch",
                              st->id, st->line);
    }
    double in_m = fmin(OFF_END_M, (st->to_m - st->from_m) / 2);
    for (double s = st->from_m + in_m; st->is_unreachable && s <= st->to_m - in_m; s += SAMPLE_M) {
        int d = 0;
        double need_s = 0;
        for (int pass = 0; d >= 0 && (pass == 0 || pass < st->n_passes); pass++) {
            d = drone_within_reach(self, st, line, pass, s, &need_s);
        }
        if (d >= 0) {
            const struct vg_wf_drone *drone = &self->watch->drones[d];
            const struct vg_wf_type *t = &self->watch->types[drone->type];
            return vg_check_break(self, "reach",
                                  "stretch %s is said to be out of reach, but drone %s flies "
                                  "from %s to km %.1f and back in %.0f s and has %.0f s",
                                  st->id, drone->id, self->watch->bases[drone->base].name, s / 1000,
                                  need_s, vg_check_usable_s(t));
        }
    }
    return true;
}

/* How far to each side a drone of this type sees flat ground in passing, its camera set for
 * depth_m: point by point ahead of it, by the pinhole alone. */
static double reach_m(const struct vg_check *self, const struct vg_wf_type *type, double depth_m)
{
    static const double STEP_M = 5;
    const struct vg_wf_camera *c = &self->watch->cameras[type->camera];
    double to_rad = acos(-1.0) / 180;
    double tan_h = tan(c->hfov_max_deg / 2 * to_rad);
    double tan_v = tan_h * c->height_px / c->width_px;
    double far_m = fmin(c->max_range_m, c->max_gsd_m * c->width_px / (2 * tan_h));
    double dip = c->gimbal == VG_GIMBAL_FIXED
                     ? 90 * to_rad
                     : -vg_camera_patrol_pitch_deg(c, type->agl_m, depth_m, NULL) * to_rad;
    double most_m = 0;
    for (double ahead = 0; ahead < far_m; ahead += STEP_M) {
        double z = ahead * cos(dip) + type->agl_m * sin(dip);
        double up = ahead * sin(dip) - type->agl_m * cos(dip);
        double left2 = far_m * far_m - ahead * ahead - type->agl_m * type->agl_m;
        if (fabs(up) <= tan_v * z && left2 > 0) {
            most_m = fmax(most_m, fmin(tan_h * z, sqrt(left2)));
        }
    }
    return most_m;
}

/* The width across the line that the passes of a stretch see, by the drone that sees least. */
static double seen_width_m(const struct vg_check *self, const struct vg_plan_stretch *st,
                           const struct vg_wf_type *type, double depth_m)
{
    static const int PIECES = 400;
    int n = st->n_passes > 1 ? st->n_passes : 1;
    double reach[VG_PLAN_PASSES_MAX];
    int n_seen = 0;
    for (int k = 0; k < n; k++) {
        reach[k] = reach_m(self, type, st->n_passes > 0 ? st->passes[k].depth_m : depth_m);
    }
    for (int q = 0; q < PIECES; q++) {
        double x = depth_m * (2 * q + 1 - PIECES) / PIECES;
        bool is_seen = false;
        for (int k = 0; k < n; k++) {
            is_seen = is_seen || fabs(x - st->passes[k].offset_m) <= reach[k];
        }
        n_seen += is_seen;
    }
    return 2 * depth_m * n_seen / PIECES;
}

static bool is_flown(const struct vg_check *self, int type)
{
    for (int d = 0; d < self->watch->n_drones; d++) {
        if (self->watch->drones[d].type == type) {
            return true;
        }
    }
    return false;
}

/* Do the passes of a stretch reach its depth, on flat ground? */
static bool check_depth(struct vg_check *self, const struct vg_plan_stretch *st)
{
    static const double SLACK = 0.005;
    const struct vg_network *net = &self->watch->network;
    int line = vg_network_find_line(net, st->line);
    if (line < 0 || st->is_unreachable) {
        return true;
    }
    int at = vg_network_stretch_at(net, line, (st->from_m + st->to_m) / 2);
    double depth_m = net->stretches[at].depth_m;
    for (int t = 0; t < self->watch->n_types; t++) {
        const struct vg_wf_type *type = &self->watch->types[t];
        if (!is_flown(self, t) || type->camera < 0 || type->camera >= self->watch->n_cameras) {
            continue;
        }
        double seen = seen_width_m(self, st, type, depth_m) / (2 * depth_m);
        if (seen < self->watch->seen_share - SLACK) {
            return vg_check_break(self, "depth",
                                  "stretch %s: a drone of type %s sees %.0f %% of the watched "
                                  "depth of %.2f km in its %d passes; %.0f %% count as seen",
                                  st->id, type->name, 100 * seen, depth_m / 1000,
                                  st->n_passes > 1 ? st->n_passes : 1,
                                  100 * self->watch->seen_share);
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
        if (!check_claim(self, &self->plan->stretches[k]) ||
            !check_depth(self, &self->plan->stretches[k])) {
            return false;
        }
    }
    return true;
}
