/* Sweeps begin with a lead-in: the camera looks ahead, so ground counts as seen only from so far
 * behind the place where the drone joined the line. Before its first visit a sweep must have passed
 * the place that lies a lead back, and one half as far: along the pass, round a ring or, where the
 * pass ends, straight on. */
#include "plan/check_inner.h"

#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double APART_M = 2; /* kilometres in the file are whole metres */
static const double APART_S = 1;
static const double ASIDE = 0.5; /* of the depth: the way flown need not be the line to the metre */
static const double WINDOW = 2; /* times a lead, at the slowest */

enum {
    LOOKS = 200
};

/* What a sweep begins with. */
struct sweep {
    const struct vg_plan_sortie *so;
    const struct vg_plan_visit *v;
    int line;
    double depth_m;
    double lead_m;
    double window_s; /* before the visit */
    bool may_be_short; /* the pass may end anywhere */
};

/* Does a visit go on where the one before it ended? */
static bool goes_on(const struct vg_check *self, const struct vg_plan_visit *a,
                    const struct vg_plan_visit *b)
{
    int line = vg_network_find_line(&self->watch->network, b->line);
    const struct vg_line *ln = &self->watch->network.lines[line];
    double off_m = fabs(a->to_m - b->from_m);
    off_m = ln->is_closed ? fmin(off_m, fabs(off_m - ln->length_m)) : off_m;
    return strcmp(a->line, b->line) == 0 && a->pass == b->pass && off_m <= APART_M &&
           fabs(a->t1_s - b->t0_s) <= APART_S && (a->to_m > a->from_m) == (b->to_m > b->from_m);
}

/* Just within what a visit sweeps: it may go on over stretches of other depths. */
static double begin_m(const struct vg_plan_visit *v)
{
    double length_m = v->to_m - v->from_m;
    return v->from_m + fmax(-APART_M, fmin(length_m / 2, APART_M));
}

static const struct vg_plan_stretch *stretch_of(const struct vg_check *self,
                                                const struct vg_plan_visit *v)
{
    return vg_check_stretch_at(self, v->line, begin_m(v));
}

static struct sweep sweep_of(const struct vg_check *self, int sortie, const struct vg_plan_visit *v)
{
    const struct vg_network *net = &self->watch->network;
    const struct vg_plan_stretch *st = stretch_of(self, v);
    const struct vg_wf_type *type = vg_check_type(self, sortie);
    int line = vg_network_find_line(net, v->line);
    int at = vg_network_stretch_at(net, line, begin_m(v));
    struct sweep out = {.so = &self->plan->sorties[sortie], .v = v, .line = line};
    bool has_passes = st != NULL && v->pass < st->n_passes;
    out.depth_m = has_passes ? st->passes[v->pass].depth_m : net->stretches[at].depth_m;
    out.may_be_short = has_passes;
    out.lead_m = vg_check_lead_m(self->watch, type, out.depth_m);
    double most_mps = self->watch->wind_mps;
    for (int h = 0; h < (self->watch->has_wind_hours ? VG_DAY_HOURS : 0); h++) {
        most_mps = fmax(most_mps, self->watch->wind_hours[h].mps);
    }
    out.window_s = WINDOW * out.lead_m / fmax(type->cruise_mps - most_mps, 1);
    return out;
}

/* How near the drone has come to a place within the window before the visit. */
static double nearest_m(const struct sweep *s, double lat, double lon)
{
    double from_s = fmax(s->so->track[0].t_s, s->v->t0_s - s->window_s);
    double least = HUGE_VAL;
    for (int q = 0; q <= LOOKS; q++) {
        double at[3];
        vg_check_track_at(s->so, from_s + (s->v->t0_s - from_s) * q / LOOKS, at);
        least = fmin(least, vg_geo_distance_m(lat, lon, at[0], at[1]));
    }
    return least;
}

/* back_m before the sweep's beginning along its pass and, where the line ends before, straight on;
 * false: it does. */
static bool place_on_line(const struct vg_check *self, const struct sweep *s, double back_m,
                          double *out_lat, double *out_lon)
{
    const struct vg_network *net = &self->watch->network;
    const struct vg_line *ln = &net->lines[s->line];
    const struct vg_plan_stretch *st = stretch_of(self, s->v);
    double depth_m = net->stretches[vg_network_stretch_at(net, s->line, begin_m(s->v))].depth_m;
    double back_deg = s->v->to_m > s->v->from_m ? 180 : 0;
    double on_m = s->v->from_m + (back_deg > 0 ? -back_m : back_m);
    double heading_deg;
    if (ln->is_closed) {
        on_m -= floor(on_m / ln->length_m) * ln->length_m;
    }
    double at_m = fmin(fmax(on_m, 0), ln->length_m);
    vg_line_at(ln, at_m, depth_m, out_lat, out_lon, &heading_deg);
    if (st != NULL && s->v->pass < st->n_passes) {
        vg_geo_direct(*out_lat, *out_lon, vg_wrap_360_deg(heading_deg + 90),
                      st->passes[s->v->pass].offset_m, out_lat, out_lon);
    }
    if (fabs(on_m - at_m) <= APART_M) {
        return true;
    }
    vg_geo_direct(*out_lat, *out_lon, vg_wrap_360_deg(heading_deg + back_deg), fabs(on_m - at_m),
                  out_lat, out_lon);
    return false;
}

/* back_m before it on the straight line on which it begins, or in which the line ends. */
static void place_straight_on(const struct vg_check *self, const struct sweep *s, double back_m,
                              bool is_line, double *out_lat, double *out_lon)
{
    double from[3], to[3], azimuth_deg;
    vg_check_track_at(s->so, s->v->t0_s, from);
    vg_check_track_at(s->so, s->v->t1_s, to);
    vg_geo_inverse(from[0], from[1], to[0], to[1], NULL, &azimuth_deg, NULL);
    if (is_line) {
        vg_line_at(&self->watch->network.lines[s->line], s->v->from_m, 0, out_lat, out_lon,
                   &azimuth_deg);
        azimuth_deg += s->v->to_m > s->v->from_m ? 0 : 180;
    }
    vg_geo_direct(from[0], from[1], vg_wrap_360_deg(azimuth_deg + 180), back_m, out_lat, out_lon);
}

static bool has_come_along(const struct vg_check *self, const struct sweep *s, double back_m)
{
    double lat, lon;
    double near_m = ASIDE * s->depth_m;
    bool is_on = place_on_line(self, s, back_m, &lat, &lon);
    bool has_come = nearest_m(s, lat, lon) <= near_m;
    for (int way = 0; way < 2 && !has_come && (!is_on || s->may_be_short); way++) {
        place_straight_on(self, s, back_m, way == 1, &lat, &lon);
        has_come = nearest_m(s, lat, lon) <= near_m;
    }
    return has_come;
}

bool vg_check_sweeps(struct vg_check *self)
{
    for (int k = 0; k < self->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &self->plan->sorties[k];
        for (int q = 0; q < so->n_visits; q++) {
            const struct vg_plan_visit *v = &so->visits[q];
            if (q > 0 && goes_on(self, &so->visits[q - 1], v)) {
                continue;
            }
            struct sweep s = sweep_of(self, k, v);
            if (s.lead_m > 0 &&
                !(has_come_along(self, &s, s.lead_m) && has_come_along(self, &s, s.lead_m / 2))) {
                return vg_check_break(self, "lead-in",
                                      "sortie %s of drone %s begins to sweep line %s at km %.3f "
                                      "without having come along it for %.0f m: the camera looks "
                                      "so far ahead",
                                      so->id, so->drone, v->line, v->from_m / 1000, s.lead_m);
            }
        }
    }
    return true;
}
