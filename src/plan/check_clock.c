/* What goes by the clock: closed hours kept, daylight where cameras need it, and the bound that
 * follows from hours in which a place cannot be seen (docs/planning.md, "By the clock"). */
#include "plan/check_way.h"

#include "geo/sun.h"

#include <math.h>
#include <stdlib.h>

enum {
    MINUTE_S = 60,
    MINUTES = 1440,
    DAY_S = 86400
};
static const double ROUNDING_S = 0.11;

static double day_time(const struct vg_check *self, double t_s)
{
    double t = fmod(t_s + self->plan->clock_s, DAY_S);
    return t < 0 ? t + DAY_S : t;
}

static bool is_within(const struct vg_hours_span *span, double day_s, double before_s,
                      double after_s)
{
    bool is_in = false;
    for (int k = -1; k <= 1; k++) {
        double t = day_s + k * (double)DAY_S;
        is_in = is_in || (t > span->from_s - before_s && t < span->to_s + after_s);
    }
    return is_in;
}

static bool needs_light(const struct vg_check *self, int drone)
{
    int camera = self->watch->types[self->watch->drones[drone].type].camera;
    return camera >= 0 && camera < self->watch->n_cameras &&
           self->watch->cameras[camera].light == VG_LIGHT_DAY;
}

/* ---- hours ---- */

static bool check_event(struct vg_check *self, const struct vg_plan_sortie *so, int base,
                        double t_s, bool is_landing)
{
    const struct vg_wf_base *b = &self->watch->bases[base];
    double day_s = day_time(self, t_s);
    for (int k = 0; k < b->closed.n; k++) {
        if (is_within(&b->closed.spans[k], day_s, -ROUNDING_S, -ROUNDING_S)) {
            int minutes = (int)(day_s / MINUTE_S);
            return vg_check_break(self, "closed",
                                  is_landing
                                      ? "sortie %s of drone %s lands at %s at %02d:%02d UTC, when "
                                        "the base is closed"
                                      : "sortie %s of drone %s takes off from %s at %02d:%02d UTC, "
                                        "when the base is closed",
                                  so->id, so->drone, b->name, minutes / 60, minutes % 60);
        }
    }
    return true;
}

static bool check_sortie(struct vg_check *self, int k)
{
    const struct vg_plan_sortie *so = &self->plan->sorties[k];
    const struct vg_watchfile *w = self->watch;
    bool has_hours =
        w->bases[self->base_from[k]].closed.n > 0 || w->bases[self->base_to[k]].closed.n > 0;
    bool has_light = needs_light(self, self->drone[k]);
    if ((has_hours || has_light || w->has_wind_hours) && !self->plan->is_clocked) {
        return vg_check_break(self, "clock",
                              "sortie %s of drone %s goes by the clock, and the plan does not say "
                              "at what time of day it begins (\"clock\")",
                              so->id, so->drone);
    }
    if (self->plan->is_clocked && vg_check_ticks(so->period_s) % vg_check_ticks(DAY_S) != 0) {
        return vg_check_break(self, "clock",
                              "sortie %s of drone %s repeats after %.1f s, which are no whole days",
                              so->id, so->drone, so->period_s);
    }
    if (has_light && !self->plan->has_daylight) {
        return vg_check_break(self, "clock",
                              "sortie %s: the camera of drone %s needs daylight, and the plan does "
                              "not say of which days (\"daylight\")",
                              so->id, so->drone);
    }
    return check_event(self, so, self->base_from[k], so->takeoff_s, false) &&
           check_event(self, so, self->base_to[k], so->land_s, true);
}

bool vg_check_clock(struct vg_check *self)
{
    for (int k = 0; k < self->plan->n_sorties; k++) {
        if (!check_sortie(self, k)) {
            return false;
        }
    }
    return true;
}

/* ---- light ---- */

/* On every day that the plan names? */
static bool is_light(const struct vg_check *self, double day_s, double lat_deg, double lon_deg)
{
    for (int k = 0; k < VG_DAYLIGHT_DAYS; k++) {
        int64_t us = (self->plan->daylight_day + k) * DAY_S * VG_US_PER_S;
        struct vg_us t = vg_us(us + vg_us_from_s(day_s).us);
        if (vg_sun_elevation_deg(t, lat_deg, lon_deg) <= VG_SUN_NIGHT_DEG) {
            return false;
        }
    }
    return true;
}

bool vg_check_counts(const struct vg_check *self, int sortie, const struct vg_plan_visit *v)
{
    int line = vg_network_find_line(&self->watch->network, v->line);
    if (self->drone[sortie] < 0 || line < 0 || !needs_light(self, self->drone[sortie]) ||
        !self->plan->has_daylight) {
        return true;
    }
    double lat, lon;
    vg_line_at(&self->watch->network.lines[line], v->from_m, 0, &lat, &lon, NULL);
    if (!is_light(self, day_time(self, v->t0_s), lat, lon)) {
        return false;
    }
    vg_line_at(&self->watch->network.lines[line], v->to_m, 0, &lat, &lon, NULL);
    return is_light(self, day_time(self, v->t1_s), lat, lon);
}

/* ---- the bound ---- */

/* A drone at a base: can it never see a place at some time of day? */
struct onlooker {
    const struct vg_wf_base *base;
    double out_s; /* take-off to place */
    double home_s;
    double usable_s;
    bool needs_light;
};

static struct onlooker look_on(const struct vg_check *self, int drone, int base,
                               const struct vg_check_point *at)
{
    const struct vg_wf_type *t = &self->watch->types[self->watch->drones[drone].type];
    const struct vg_wf_base *b = &self->watch->bases[base];
    double sink_mps = t->sink_mps > 0 ? t->sink_mps : t->climb_mps;
    return (struct onlooker){
        b,
        t->agl_m / t->climb_mps +
            vg_check_leg_s(t, self->watch, b->lat_deg, b->lon_deg, at->lat_deg, at->lon_deg),
        t->agl_m / sink_mps +
            vg_check_leg_s(t, self->watch, at->lat_deg, at->lon_deg, b->lat_deg, b->lon_deg),
        vg_check_usable_s(t), needs_light(self, drone)};
}

/* Closed hours that are longer than the drone flies end every flight before them and begin every
 * other after them. */
static bool is_blind(const struct onlooker *x, double day_s, bool is_dark)
{
    bool is_blind = x->needs_light && is_dark;
    for (int k = 0; k < x->base->closed.n; k++) {
        const struct vg_hours_span *s = &x->base->closed.spans[k];
        is_blind = is_blind ||
                   (s->to_s - s->from_s > x->usable_s && is_within(s, day_s, x->home_s, x->out_s));
    }
    return is_blind;
}

/* Takes from io_blind the minutes at which this drone may see the place. */
static void clear_minutes(const struct onlooker *x, const bool *is_dark, bool *io_blind)
{
    for (int m = 0; m < MINUTES && x->out_s + x->home_s <= x->usable_s; m++) {
        io_blind[m] = io_blind[m] && is_blind(x, (double)m * MINUTE_S, is_dark[m]);
    }
}

static double longest_blind_s(const struct vg_check *self, const struct vg_check_point *at)
{
    bool blind[MINUTES];
    bool is_dark[MINUTES];
    for (int m = 0; m < MINUTES; m++) {
        blind[m] = true;
        is_dark[m] = self->plan->has_daylight &&
                     !is_light(self, (double)m * MINUTE_S, at->lat_deg, at->lon_deg);
    }
    for (int d = 0; d < self->watch->n_drones; d++) {
        int own = self->watch->drones[d].base;
        for (int b = 0; b < self->watch->n_bases; b++) {
            struct onlooker x = look_on(self, d, b, at);
            if (own < 0 || own == b) {
                clear_minutes(&x, is_dark, blind);
            }
        }
    }
    int most = 0;
    for (int m = 0, run = 0; m < 2 * MINUTES; m++) {
        run = blind[m % MINUTES] ? run + 1 : 0;
        most = run > most && run <= MINUTES ? run : most;
    }
    return most > 1 ? (most - 1.0) * MINUTE_S : 0;
}

double vg_check_clock_share(const struct vg_check *self, const json_t *certificate)
{
    const json_t *way = json_object_get(certificate, "clock");
    struct vg_check_point *at = NULL;
    int n = 0;
    if (way == NULL || !self->plan->is_clocked || !vg_check_way_read(self, way, &at, &n)) {
        return 0;
    }
    double share = at[0].revisit_s < HUGE_VAL ? longest_blind_s(self, at) / at[0].revisit_s : 0;
    free(at);
    return share;
}
