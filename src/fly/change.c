/* A new plan while drones are in the air. */
#include "fly/director_priv.h"

#include "base/units.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double ELSEWHERE_M = 1000;

enum {
    SETTLED_S = 180, /* so long in the air an autopilot needs to know the wind */
    FRESH_S = 30,
    OUT_S = 120, /* silent so long: no longer counted on */
    LATE_S = 900 /* never heard so long after its first time */
};

/* It should have flown by now, and nobody has heard it. */
static bool never_came(const struct vg_director *self, const struct vg_flyer *f, struct vg_us now)
{
    const struct vg_director_options *o = &self->options;
    struct vg_departure first =
        vg_timetable_next(&o->timetable, o->watch->drones[f->drone].id, o->timetable.epoch);
    return first.sortie >= 0 && vg_us_to_s(vg_us_sub(now, first.takeoff)) > LATE_S;
}

static bool has_flights(const struct vg_plan *plan, const char *drone)
{
    for (int k = 0; k < plan->n_sorties; k++) {
        if (strcmp(plan->sorties[k].drone, drone) == 0) {
            return true;
        }
    }
    return false;
}

/* It stands at another base than its own after a diversion, or will. */
static bool has_moved(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    const struct vg_vehicle *v = &f->vehicle;
    int own = w->drones[f->drone].base;
    if (f->job.flight.sortie >= 0 && f->job.is_called_home) {
        return f->dest != own &&
               strcmp(w->bases[f->dest].name, vg_job_sortie(&f->job)->base_to) != 0;
    }
    bool is_grounded =
        f->state != VG_FLYER_FLYING && f->state != VG_FLYER_LAUNCHING && f->state != VG_FLYER_LOST;
    return is_grounded && own >= 0 && f->was_diverted && v->position.is_known &&
           vg_geo_distance_m(v->position.lat_deg, v->position.lon_deg, w->bases[own].lat_deg,
                             w->bases[own].lon_deg) > ELSEWHERE_M;
}

/* Where it stands it can be planned with: flights may land elsewhere, and the timetable has none of
 * it that begin at its own base (it was out when that was made). */
static bool may_stay(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_watchfile *w = self->options.watch;
    const struct vg_plan *plan = self->options.timetable.plan;
    const char *id = w->drones[f->drone].id;
    int base = vg_flyer_base_to_be(self, f);
    bool is_planned_there = false;
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *s = &plan->sorties[k];
        is_planned_there = is_planned_there || (strcmp(s->drone, id) == 0 &&
                                                strcmp(s->base_from, w->bases[base].name) == 0);
    }
    return is_planned_there || (w->may_land_elsewhere && !has_flights(plan, id));
}

/* Diverted to another base: none of its sorties begins there, until somebody brings it back or it
 * is planned with from there. Where flights land elsewhere by plan they begin there too. */
static bool stands_elsewhere(const struct vg_director *self, const struct vg_flyer *f)
{
    bool is_at_a_base = f->job.is_called_home || vg_flyer_base(self, f) >= 0;
    bool is_free = vg_plan_wanders(self->options.timetable.plan) || may_stay(self, f);
    return has_moved(self, f) && !(is_at_a_base && is_free);
}

static bool is_out(const struct vg_director *self, const struct vg_flyer *f, struct vg_us now)
{
    if (f->told_link == VG_LINK_FRESH) {
        return stands_elsewhere(self, f);
    }
    if (f->told_link == VG_LINK_NEVER) {
        return never_came(self, f, now);
    }
    return vg_us_to_s(vg_us_sub(now, f->link_since)) > OUT_S;
}

/* Until a flight is down. Called home or diverted it flies straight from where it was last looked
 * at; else it lands as planned. */
static double down_in_s(const struct vg_flyer *f, struct vg_us now)
{
    double planned_s = fmax(0, vg_us_to_s(vg_us_sub(f->job.land, now)));
    if (f->state != VG_FLYER_RETURNING || !f->look.is_known || !f->look.home.is_reachable) {
        return planned_s;
    }
    double left_s = f->look.home.time_s - vg_us_to_s(vg_us_sub(now, f->look.t));
    return fmin(planned_s, fmax(0, left_s));
}

struct vg_director_outlook vg_director_outlook(const struct vg_director *self, int drone,
                                               struct vg_us now)
{
    const struct vg_flyer *f = &self->flyers[drone];
    struct vg_director_outlook out = {.is_out = is_out(self, f, now),
                                      .base = vg_flyer_base_to_be(self, f),
                                      .has_moved = has_moved(self, f)};
    out.is_held = f->state == VG_FLYER_WAITING && now.us > f->job.takeoff.us;
    bool is_aloft = f->state == VG_FLYER_FLYING || f->state == VG_FLYER_LAUNCHING;
    bool is_coming = is_aloft || f->state == VG_FLYER_RETURNING || f->state == VG_FLYER_LOST;
    if ((is_coming || f->job.is_relief) && f->job.flight.sortie >= 0) {
        out.ready_s = down_in_s(f, now) + f->type->turnaround_s;
    } else if (f->state == VG_FLYER_TURNING) {
        out.ready_s = fmax(0, vg_us_to_s(vg_us_sub(f->turning_until, now)));
    }
    if ((is_aloft || f->job.is_relief) && f->job.flight.sortie >= 0 && !out.is_out) {
        out.flying = vg_job_sortie(&f->job);
        out.takeoff = f->job.takeoff;
    }
    return out;
}

bool vg_director_wind(const struct vg_director *self, struct vg_us now, double *out_north_mps,
                      double *out_east_mps)
{
    double north = 0;
    double east = 0;
    int n = 0;
    for (int d = 0; d < self->options.watch->n_drones; d++) {
        const struct vg_flyer *f = &self->flyers[d];
        const double from = f->vehicle.wind.from_true_deg * VG_RAD_PER_DEG;
        if (f->state == VG_FLYER_FLYING && f->vehicle.wind.is_known &&
            vg_us_to_s(vg_us_sub(now, f->state_since)) > SETTLED_S &&
            vg_us_to_s(vg_us_sub(now, f->vehicle.wind.t)) < FRESH_S) {
            north -= f->vehicle.wind.speed_mps * cos(from);
            east -= f->vehicle.wind.speed_mps * sin(from);
            n++;
        }
    }
    *out_north_mps = n > 0 ? north / n : 0;
    *out_east_mps = n > 0 ? east / n : 0;
    return n > 0;
}

/* The same sortie in the new plan; -1 if it is not there as it was. */
static int find_same(const struct vg_plan *plan, const struct vg_plan_sortie *old)
{
    for (int k = 0; k < plan->n_sorties; k++) {
        const struct vg_plan_sortie *s = &plan->sorties[k];
        if (strcmp(s->id, old->id) == 0 && fabs(s->takeoff_s - old->takeoff_s) < 1e-3 &&
            fabs(s->land_s - old->land_s) < 1e-3 && fabs(s->period_s - old->period_s) < 1e-3) {
            return k;
        }
    }
    return -1;
}

static void move_job(struct vg_director *self, struct vg_flyer *f, const struct vg_plan *plan,
                     struct vg_us now)
{
    int same = find_same(plan, vg_job_sortie(&f->job));
    if (same >= 0) {
        f->job.plan = plan;
        f->job.flight.sortie = same;
        return;
    }
    vg_format(f->job.reason, sizeof f->job.reason, "%s",
              vg_tr(self->options.lang, "the timetable has changed"));
    vg_flyer_tell_sortie(self, f, "aborted");
    f->job = (struct vg_job_flight){.flight = {.sortie = -1}};
    f->not_before = now;
    vg_flyer_set_state(self, f, VG_FLYER_READY, now);
}

void vg_director_adopt(struct vg_director *self, const struct vg_plan *plan, struct vg_us now)
{
    self->options.timetable.plan = plan;
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *f = &self->flyers[i];
        bool is_grounded = f->state == VG_FLYER_READY || f->state == VG_FLYER_PREPARING ||
                           f->state == VG_FLYER_WAITING;
        if (is_grounded && f->job.flight.sortie >= 0 && !f->job.is_relief) {
            move_job(self, f, plan, now);
        }
    }
}

bool vg_director_uses(const struct vg_director *self, const struct vg_plan *plan)
{
    for (int i = 0; i < self->n_flyers; i++) {
        if (self->flyers[i].job.flight.sortie >= 0 && self->flyers[i].job.plan == plan) {
            return true;
        }
    }
    return self->options.timetable.plan == plan;
}
