#include "fly/preflight_priv.h"

#include "base/units.h"
#include "fly/route.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

enum {
    EVERY_M = 2000,
    SLOPE_EVERY_M = 500
};

/* One row of the table in the header. */
static const struct {
    const char *name;
    const char *title; /* key for vg_tr */
    bool holds_bad; /* and while waiting */
    bool holds_unknown;
    bool may_overrule;
} RULES[VG_POINT_COUNT] = {
    [VG_POINT_LINK] = {"link", "Link", true, true, false},
    [VG_POINT_FIX] = {"fix", "Position", true, true, false},
    [VG_POINT_KIND] = {"kind", "Aircraft", true, false, true},
    [VG_POINT_PLACE] = {"place", "Place", true, false, true},
    [VG_POINT_SENSORS] = {"sensors", "Sensors", true, false, true},
    [VG_POINT_ESTIMATOR] = {"estimator", "Estimate", true, false, true},
    [VG_POINT_BATTERY] = {"battery", "Battery", true, true, false},
    [VG_POINT_MISSION] = {"mission", "Mission", true, true, false},
    [VG_POINT_FENCE] = {"fence", "Geofence", true, false, true},
    [VG_POINT_RETURN_HEIGHT] = {"return_height", "Return", true, false, true},
    [VG_POINT_LOST_LINK] = {"lost_link", "Without link", true, false, true},
    [VG_POINT_BATTERY_FAILSAFE] = {"battery_failsafe", "On a low battery", false, false, false},
    [VG_POINT_SIGNING] = {"signing", "Signatures", false, false, false},
    [VG_POINT_CLOCK] = {"clock", "Clock", false, false, false},
};

const char *vg_point_name(enum vg_point point)
{
    return RULES[point].name;
}

const char *vg_point_title(enum vg_point point, enum vg_lang lang)
{
    return vg_tr(lang, RULES[point].title);
}

enum vg_point vg_point_find(const char *name)
{
    int k = 0;
    while (k < VG_POINT_COUNT && strcmp(RULES[k].name, name) != 0) {
        k++;
    }
    return (enum vg_point)k;
}

bool vg_point_may_overrule(enum vg_point point)
{
    return RULES[point].may_overrule;
}

const char *vg_judgement_name(enum vg_judgement state)
{
    static const char *const NAMES[] = {"good", "waiting", "bad", "unknown"};
    return NAMES[state];
}

/* ---- once a sortie ---- */

static void look_home(const double from_deg[2], double alt_msl_m, const double home_deg[2],
                      struct vg_ground ground, struct vg_preflight_way *io)
{
    double top_m = vg_wayhome_ground_m(ground, from_deg, home_deg);
    if (isfinite(top_m)) {
        io->ground_msl_m = fmax(io->ground_msl_m, top_m);
        io->least_clear_m = fmin(io->least_clear_m, alt_msl_m - top_m);
    }
}

/* Where its landing begins, and how high. */
static void landing_of(const struct vg_plan_sortie *s, const struct vg_watchfile *watch,
                       struct vg_ground ground, double out_deg[2], double *out_msl_m)
{
    struct vg_mission_item items[VG_ROUTE_LAND_ITEMS];
    int drone = vg_watchfile_find_drone(watch, s->drone);
    int base = vg_watchfile_find_base(watch, s->base_to);
    struct vg_route_landing landing = {.watch = watch,
                                       .base = &watch->bases[base],
                                       .runway_msl_m = s->track[s->n_track - 1].alt_msl_m,
                                       .ground = ground};
    landing.kind = drone >= 0 ? watch->types[watch->drones[drone].type].kind : VG_KIND_PLANE;
    vg_route_came_from(s, landing.base, landing.from_deg);
    (void)vg_route_land(&landing, items, 0);
    out_deg[0] = items[1].x / 1e7; /* after DO_LAND_START */
    out_deg[1] = items[1].y / 1e7;
    *out_msl_m = (double)items[1].z;
}

static void look_down_slope(const double from_deg[2], double from_msl_m, const double to_deg[2],
                            double to_msl_m, struct vg_ground ground, struct vg_preflight_way *io)
{
    double way_m = vg_geo_distance_m(from_deg[0], from_deg[1], to_deg[0], to_deg[1]);
    int n = (int)ceil(fmin(way_m, 1e7) / SLOPE_EVERY_M);
    for (int i = 0; i <= n && ground.msl_m != NULL; i++) {
        double f = n > 0 ? (double)i / n : 1;
        double msl_m = from_msl_m + f * (to_msl_m - from_msl_m);
        double ground_m = ground.msl_m(ground.ctx, from_deg[0] + f * (to_deg[0] - from_deg[0]),
                                       from_deg[1] + f * (to_deg[1] - from_deg[1]));
        io->slope_clear_m = fmin(io->slope_clear_m, msl_m - ground_m); /* not if NaN */
    }
}

struct vg_preflight_way vg_preflight_way(const struct vg_plan_sortie *s,
                                         const struct vg_watchfile *watch, struct vg_ground ground)
{
    struct vg_preflight_way out = {-(double)INFINITY, (double)INFINITY, s->track[0].alt_msl_m,
                                   (double)INFINITY};
    int base = vg_watchfile_find_base(watch, s->base_to); /* judge_return_ahead sees to that */
    if (base < 0) {
        return out;
    }
    const double home_deg[2] = {watch->bases[base].lat_deg, watch->bases[base].lon_deg};
    double landing_deg[2];
    double landing_msl_m;
    landing_of(s, watch, ground, landing_deg, &landing_msl_m);
    for (int i = 2; i < s->n_track - 1; i++) { /* up and down over the base left out */
        const struct vg_plan_point *p = &s->track[i - 1];
        const struct vg_plan_point *q = &s->track[i];
        double leg_m = vg_geo_distance_m(p->lat_deg, p->lon_deg, q->lat_deg, q->lon_deg);
        int n = (int)ceil(fmin(leg_m, 1e7) / EVERY_M);
        for (int k = i == 2 ? 0 : 1; k <= n; k++) {
            double f = n > 0 ? (double)k / n : 0;
            const double at_deg[2] = {p->lat_deg + f * (q->lat_deg - p->lat_deg),
                                      p->lon_deg + f * (q->lon_deg - p->lon_deg)};
            double msl_m = p->alt_msl_m + f * (q->alt_msl_m - p->alt_msl_m);
            look_home(at_deg, msl_m, home_deg, ground, &out);
            look_down_slope(at_deg, msl_m, landing_deg, landing_msl_m, ground, &out);
        }
    }
    return out;
}

double vg_preflight_energy(const struct vg_plan_sortie *s, const struct vg_wf_type *type,
                           const double planned_ne_mps[2], const double now_ne_mps[2])
{
    double planned_s = 0;
    double now_s = 0;
    for (int i = 1; i < s->n_track; i++) {
        const struct vg_plan_point *p = &s->track[i - 1];
        const struct vg_plan_point *q = &s->track[i];
        double leg_m;
        double course_deg;
        vg_geo_inverse(p->lat_deg, p->lon_deg, q->lat_deg, q->lon_deg, &leg_m, &course_deg, NULL);
        double leg_s = q->t_s - p->t_s;
        planned_s += leg_s;
        if (leg_m < 1) {
            now_s += leg_s; /* circling takes as long in any wind */
            continue;
        }
        double was_mps = vg_wayhome_speed_mps(type->cruise_mps, planned_ne_mps, course_deg);
        double is_mps = vg_wayhome_speed_mps(type->cruise_mps, now_ne_mps, course_deg);
        if (is_mps < 1 || was_mps < 1) {
            return (double)INFINITY;
        }
        now_s += leg_s * was_mps / is_mps;
    }
    return planned_s > 0 ? s->energy * now_s / planned_s : s->energy;
}

void vg_preflight_judge(const struct vg_preflight_input *in, enum vg_lang lang,
                        struct vg_preflight *out)
{
    *out = (struct vg_preflight){.first_hold = -1};
    for (int k = 0; k < VG_POINT_COUNT; k++) {
        struct vg_preflight_point *p = &out->points[k];
        const struct vg_point_judge j = {in, lang, p->reason, sizeof p->reason};
        p->state = vg_point_judge((enum vg_point)k, &j);
        bool is_wanting = p->state == VG_JUDGE_BAD || p->state == VG_JUDGE_WAITING;
        p->holds = (is_wanting && RULES[k].holds_bad) ||
                   (p->state == VG_JUDGE_UNKNOWN && RULES[k].holds_unknown);
        p->is_overruled = p->holds && RULES[k].may_overrule && (in->overruled >> k & 1) != 0;
        p->holds = p->holds && !p->is_overruled;
        if (p->holds) {
            out->first_hold = out->n_hold == 0 ? k : out->first_hold;
            out->n_hold++;
        }
    }
}
