/* Flights of a day in the wind of the hours in which they are flown.
 *
 * The search counts every leg as in the hour that is worst for it, so that each flight can be flown
 * whenever it takes off. Then it is flown out: leg by leg in the wind that blows, at the drone's
 * airspeed, which is never longer. What comes home earlier may do so into closed hours or onto a
 * pad that is taken: then the last leg is flown slower, up to the time that was counted.
 */
#include "plan/rota.h"

#include "geo/geodesy.h"
#include "plan/energy.h"

#include <math.h>
#include <stdlib.h>

enum {
    PAD_S = 60,
    STEP_S = 10
};

/* When a leg that begins at from_s of the day's clock ends. */
static double end_of_leg_s(const struct vg_problem *p, const struct vg_crew *crew,
                           const struct vg_plan_point *a, const struct vg_plan_point *b,
                           double from_s)
{
    double left_m, azimuth1_deg, azimuth2_deg;
    double t_s = from_s;
    vg_geo_inverse(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg, &left_m, &azimuth1_deg,
                   &azimuth2_deg);
    double track_deg = azimuth1_deg + vg_wrap_180_deg(azimuth2_deg - azimuth1_deg) / 2;
    while (left_m > 0) {
        const struct vg_wf_wind wind = vg_watchfile_wind_at(p->watch, t_s);
        const struct vg_airspeed air = {crew->air.cruise_mps, wind.from_deg, wind.mps, NULL};
        double mps = vg_airspeed_ground_mps(&air, track_deg);
        double hour_s = (floor(t_s / VG_HOUR_S) + 1) * VG_HOUR_S - t_s;
        double flown_s = fmin(hour_s, left_m / mps);
        bool is_there = left_m / mps <= hour_s;
        t_s += flown_s;
        left_m = is_there ? 0 : left_m - mps * flown_s;
    }
    return t_s;
}

/* A time of the old flight in the new one: evenly between track points. */
static double moved_s(const struct vg_plan_sortie *old, const struct vg_plan_sortie *now,
                      double t_s)
{
    int k = 1;
    while (k < old->n_track - 1 && old->track[k].t_s < t_s) {
        k++;
    }
    double f = (t_s - old->track[k - 1].t_s) / (old->track[k].t_s - old->track[k - 1].t_s);
    return now->track[k - 1].t_s + f * (now->track[k].t_s - now->track[k - 1].t_s);
}

/* Flies `io`, which takes off at 0, as it goes when it takes off at at_s of the day. */
static bool fly_by_hour(const struct vg_problem *p, const struct vg_crew *crew, double at_s,
                        struct vg_plan_sortie *io)
{
    struct vg_plan_sortie old;
    const struct vg_wf_type *type = &p->watch->types[crew->type];
    double sink_mps = type->sink_mps > 0 ? type->sink_mps : type->climb_mps;
    if (!vg_plan_copy_sortie(io, 0, &old)) {
        return false;
    }
    for (int k = 1; k < io->n_track; k++) {
        const struct vg_plan_point *a = &io->track[k - 1];
        struct vg_plan_point *b = &io->track[k];
        double was_s = old.track[k].t_s - old.track[k - 1].t_s;
        double up_m = b->alt_msl_m - a->alt_msl_m;
        double rate_s = up_m > 0 ? up_m / type->climb_mps : -up_m / sink_mps;
        double leg_s = end_of_leg_s(p, crew, a, b, at_s + a->t_s) - at_s - a->t_s;
        /* Up, down and turns on the spot as they were. */
        bool is_leg = leg_s > 0.1;
        b->t_s = vg_plan_tick_s(a->t_s + (is_leg ? fmin(was_s, fmax(leg_s, rate_s)) : was_s));
    }
    for (int v = 0; v < io->n_visits; v++) {
        io->visits[v].t0_s = vg_plan_tick_s(moved_s(&old, io, io->visits[v].t0_s));
        io->visits[v].t1_s = vg_plan_tick_s(moved_s(&old, io, io->visits[v].t1_s));
    }
    io->land_s = io->track[io->n_track - 1].t_s;
    io->energy = vg_track_energy(type, io);
    free(old.track);
    free(old.visits);
    return true;
}

/* ---- coming home when there is room ---- */

struct landing {
    int base;
    double at_s; /* take-off */
    double land_s; /* after it */
};

static double apart_s(double a, double b)
{
    return fabs(remainder(a - b, VG_DAY_S));
}

/* Others that hold a pad of the base within a minute of t_s, leaving out the landing of k. */
static int near(const struct landing *all, int n, int k, double t_s)
{
    int sum = 0;
    for (int q = 0; q < n; q++) {
        if (all[q].base == all[k].base) {
            sum += apart_s(all[q].at_s, t_s) < PAD_S + 1;
            sum += q != k && apart_s(all[q].at_s + all[q].land_s, t_s) < PAD_S + 1;
        }
    }
    return sum;
}

static bool may_land(const struct vg_problem *p, const struct landing *all, int n, int k)
{
    const struct vg_wf_base *b = &p->watch->bases[all[k].base];
    double t_s = all[k].at_s + all[k].land_s;
    return near(all, n, k, t_s) < (b->pads > 0 ? b->pads : 1) && !vg_hours_hold(&b->closed, t_s);
}

/* The last leg but the descent takes so much longer. */
static void come_later(struct vg_plan_sortie *io, double by_s)
{
    for (int k = io->n_track - 2; k < io->n_track && k > 0; k++) {
        io->track[k].t_s = vg_plan_tick_s(io->track[k].t_s + by_s);
    }
    io->land_s = io->track[io->n_track - 1].t_s;
}

bool vg_day_wind_fly(const struct vg_problem *p, struct vg_rota_plan *io,
                     struct vg_plan_sortie *flights)
{
    struct landing *all = calloc((size_t)io->n + 1, sizeof *all);
    bool is_ok = all != NULL;
    for (int k = 0; k < io->n && is_ok; k++) {
        const struct vg_crew *crew = &p->crews[io->sorties[k].crew];
        all[k] = (struct landing){crew->base, io->sorties[k].at_s, flights[k].land_s};
    }
    for (int k = 0; k < io->n && is_ok; k++) {
        const struct vg_crew *crew = &p->crews[io->sorties[k].crew];
        double counted_s = all[k].land_s;
        is_ok = fly_by_hour(p, crew, all[k].at_s, &flights[k]);
        double soonest_s = flights[k].land_s;
        all[k].land_s = soonest_s;
        while (is_ok && all[k].land_s < counted_s && !may_land(p, all, io->n, k)) {
            all[k].land_s = fmin(all[k].land_s + STEP_S, counted_s);
        }
        if (is_ok && all[k].land_s > soonest_s) {
            const struct vg_wf_type *type = &p->watch->types[crew->type];
            come_later(&flights[k], all[k].land_s - soonest_s);
            flights[k].energy = vg_track_energy(type, &flights[k]);
        }
    }
    free(all);
    return is_ok;
}
