#include "fly/supervise.h"

#include "config/work.h"
#include "geo/geodesy.h"
#include "plan/energy.h"

#include <math.h>

static const double BACK_S = 30; /* progress is looked for from so long before the last, */
static const double AHEAD_S = 300; /* to so long after */
static const double ROUNDING =
    0.02; /* batteries are told in whole percent, and the last ridge comes late */
static const double FRESH_S = 10;

/* ---- place ---- */

/* Nearest place of one leg, in a plane at the drone: 0..1 along it, and how far. */
static double nearest_on_leg(const struct vg_frame *frame, const struct vg_plan_point *p,
                             const struct vg_plan_point *q, double *out_m)
{
    double a[2];
    double b[2];
    vg_frame_to_en(frame, p->lat_deg, p->lon_deg, &a[0], &a[1]);
    vg_frame_to_en(frame, q->lat_deg, q->lon_deg, &b[0], &b[1]);
    double d[2] = {b[0] - a[0], b[1] - a[1]};
    double length2 = d[0] * d[0] + d[1] * d[1];
    double f = length2 > 0 ? -(a[0] * d[0] + a[1] * d[1]) / length2 : 0;
    f = fmax(0, fmin(1, f));
    *out_m = hypot(a[0] + f * d[0], a[1] + f * d[1]);
    return f;
}

static void find_progress(const struct vg_supervise_input *in, struct vg_supervision *io)
{
    const struct vg_plan_sortie *s = in->sortie;
    const struct vg_frame frame =
        vg_frame_at(in->vehicle->position.lat_deg, in->vehicle->position.lon_deg);
    double due_s = vg_us_to_s(vg_us_sub(in->now, in->takeoff)) + s->takeoff_s;
    double last_s = io->is_known && isfinite(io->progress_s) ? io->progress_s : s->takeoff_s;
    double best_m = (double)INFINITY;
    double best_s = last_s;
    for (int i = 1; i < s->n_track; i++) {
        const struct vg_plan_point *p = &s->track[i - 1];
        const struct vg_plan_point *q = &s->track[i];
        if (q->t_s < last_s - BACK_S || p->t_s > fmax(last_s, due_s) + AHEAD_S) {
            continue;
        }
        double off_m;
        double t_s = p->t_s + nearest_on_leg(&frame, p, q, &off_m) * (q->t_s - p->t_s);
        bool is_ahead = t_s > last_s + AHEAD_S && best_m < 500;
        if (off_m < best_m - 1 && !is_ahead) {
            best_m = off_m;
            best_s = t_s;
        }
    }
    io->progress_s = fmax(last_s, best_s);
    io->cross_m = best_m;
    io->late_s = due_s - io->progress_s;
}

/* ---- energy ---- */

static struct vg_here here_of(const struct vg_supervise_input *in)
{
    const struct vg_vehicle *v = in->vehicle;
    return (struct vg_here){v->position.lat_deg,
                            v->position.lon_deg,
                            v->position.alt_msl_m,
                            {in->wind_ne_mps[0], in->wind_ne_mps[1]}};
}

static double margin_of(const struct vg_supervise_input *in, const struct vg_supervision *look,
                        const struct vg_wayhome *way)
{
    double need = look->rate * (way->energy_s + VG_SUPERVISE_DECIDE_S);
    return way->is_reachable ? look->battery - in->type->reserve - need : -(double)INFINITY;
}

/* What is left of the planned track, in the wind that there is; INFINITY: cannot be flown in it. */
static double rest_of(const struct vg_supervise_input *in, double progress_s)
{
    const struct vg_plan_sortie *s = in->sortie;
    double rest_s = vg_circuit_s(in->type);
    for (int i = 1; i < s->n_track; i++) {
        const struct vg_plan_point *p = &s->track[i - 1];
        const struct vg_plan_point *q = &s->track[i];
        double left_s = fmin(q->t_s - p->t_s, q->t_s - progress_s);
        double leg_m;
        double course_deg;
        if (left_s <= 0) {
            continue;
        }
        vg_geo_inverse(p->lat_deg, p->lon_deg, q->lat_deg, q->lon_deg, &leg_m, &course_deg, NULL);
        double mps = vg_wayhome_speed_mps(in->type->cruise_mps, in->wind_ne_mps, course_deg);
        if (leg_m < 1) { /* circling takes as long in any wind */
            rest_s += left_s;
        } else if (mps >= 1) {
            rest_s += left_s / (q->t_s - p->t_s) * leg_m / mps;
        } else {
            return (double)INFINITY;
        }
    }
    return rest_s;
}

/* What the climbs of the rest take beside its time. */
static double climbs_of(const struct vg_wf_type *type, const struct vg_plan_sortie *s,
                        double progress_s)
{
    double left_s = fmax(0, s->land_s - fmax(s->takeoff_s, progress_s));
    return fmax(0, vg_track_work_s(type, s, progress_s) - left_s);
}

/* Full at take-off, and then as its work goes on. */
static double planned_battery(const struct vg_wf_type *type, const struct vg_plan_sortie *s,
                              double progress_s)
{
    double all_s = vg_track_work_s(type, s, -HUGE_VAL) + vg_circuit_s(type);
    double left_s = vg_track_work_s(type, s, progress_s) + vg_circuit_s(type);
    return 1 - s->energy * (1 - left_s / all_s);
}

static void weigh_energy(const struct vg_supervise_input *in, struct vg_supervision *io)
{
    const struct vg_vehicle *v = in->vehicle;
    const struct vg_here here = here_of(in);
    double nominal = 1 / in->type->endurance_s;
    io->battery = v->battery.is_known ? v->battery.percent / 100 : (double)NAN;
    io->rate = vg_drain_rate(in->drain, nominal, &io->is_rate_measured);
    io->wind_mps = hypot(in->wind_ne_mps[0], in->wind_ne_mps[1]);
    io->home = vg_wayhome_find(&in->land, in->base, in->type, &here);
    io->margin = isfinite(io->battery) ? margin_of(in, io, &io->home) : (double)NAN;
    io->margin_s = io->margin / io->rate;
    io->rest_s = rest_of(in, io->progress_s);
    io->lacks = planned_battery(in->type, in->sortie, io->progress_s) - io->battery;
    double work_s = io->rest_s + climbs_of(in->type, in->sortie, io->progress_s);
    io->end_margin = io->battery - in->type->reserve - io->rate * work_s;
}

void vg_supervise(const struct vg_supervise_input *in, struct vg_supervision *io)
{
    const struct vg_vehicle *v = in->vehicle;
    double age_s = vg_us_to_s(vg_us_sub(in->now, v->position.t));
    if (!v->position.is_known || age_s > FRESH_S) {
        return; /* what was known stays, with its time */
    }
    if (in->is_on_plan) {
        find_progress(in, io);
    } else {
        io->cross_m = io->late_s = (double)NAN;
        io->progress_s = io->is_known ? io->progress_s : in->sortie->takeoff_s;
    }
    struct vg_ground g = in->land.ground;
    io->agl_m =
        v->position.alt_msl_m -
        (g.msl_m != NULL ? g.msl_m(g.ctx, v->position.lat_deg, v->position.lon_deg) : (double)NAN);
    weigh_energy(in, io);
    io->is_known = true;
    io->t = in->now;
}

double vg_supervise_margin(const struct vg_supervise_input *in, const struct vg_supervision *look,
                           int base)
{
    const struct vg_here here = here_of(in);
    struct vg_wayhome way = vg_wayhome_find(&in->land, base, in->type, &here);
    return isfinite(look->battery) ? margin_of(in, look, &way) : (double)NAN;
}

int vg_supervise_refuge(const struct vg_supervise_input *in, const struct vg_supervision *look)
{
    const struct vg_watchfile *w = in->land.watch;
    const struct vg_here here = here_of(in);
    double least_s = (double)INFINITY;
    double most = look->margin;
    int nearest = -1;
    int kindest = in->base;
    if (!(look->margin < -ROUNDING)) {
        return in->base;
    }
    for (int b = 0; b < w->n_bases; b++) {
        struct vg_wayhome way = vg_wayhome_find(&in->land, b, in->type, &here);
        double down_s = vg_us_to_s(in->now) + way.time_s;
        double margin = margin_of(in, look, &way);
        if (!way.is_reachable || vg_hours_hold(&w->bases[b].closed, down_s)) {
            continue;
        }
        if (margin >= 0 && way.time_s < least_s) {
            least_s = way.time_s;
            nearest = b;
        }
        if (margin > most) {
            most = margin;
            kindest = b;
        }
    }
    return nearest >= 0 ? nearest : kindest;
}
