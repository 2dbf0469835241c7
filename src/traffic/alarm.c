#include "traffic/alarm.h"

#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double SLACK = 1.3; /* the limits grow by it for an alarm that stands */
static const double CALM_S = 10;
static const double FASTEST_MPS = 350; /* what a box test allows for */

struct vg_alarm_limits vg_alarm_defaults(void)
{
    return (struct vg_alarm_limits){.near_m = 2000,
                                    .near_vertical_m = 150,
                                    .conflict_m = 500,
                                    .conflict_vertical_m = 60,
                                    .above_m = 1500,
                                    .horizon_s = 60};
}

static struct vg_mover mover_of_contact(const struct vg_contact_now *at)
{
    return (struct vg_mover){at->lat_deg,
                             at->lon_deg,
                             at->height.msl_m,
                             {at->vel_enu_mps[1], at->vel_enu_mps[0], -at->vel_enu_mps[2]}};
}

static struct vg_mover mover_of_drone(const struct vg_alarm_drone *d)
{
    return (struct vg_mover){d->lat_deg,
                             d->lon_deg,
                             d->alt_msl_m,
                             {d->vel_enu_mps[1], d->vel_enu_mps[0], -d->vel_enu_mps[2]}};
}

/* The approach by the limits of the highest level reached, or of NEAR. */
static enum vg_alarm_level level_of(const struct vg_mover *drone, const struct vg_mover *contact,
                                    double error_m, const struct vg_alarm_limits *l, double slack,
                                    struct vg_cpa *out)
{
    struct vg_cpa_limits conflict = {l->conflict_m * slack,
                                     l->conflict_vertical_m * slack + error_m, l->horizon_s};
    struct vg_cpa_limits near = {l->near_m * slack, l->near_vertical_m * slack + error_m,
                                 l->horizon_s};
    *out = vg_cpa_find(drone, contact, &conflict);
    if (out->is_conflict) {
        return VG_ALARM_CONFLICT;
    }
    *out = vg_cpa_find(drone, contact, &near);
    return out->is_conflict ? VG_ALARM_NEAR : VG_ALARM_NONE;
}

/* ---- advice ---- */

/* The contact seen from the drone. Without a height it counts as level with it, and stays so. */
struct relative {
    double pos_enu_m[3];
    double vel_enu_mps[3];
};

static struct relative relative(const struct vg_contact_now *at, const struct vg_alarm_drone *drone)
{
    struct relative rel;
    bool has_height = isfinite(at->height.msl_m);
    struct vg_frame frame = vg_frame_at(drone->lat_deg, drone->lon_deg);
    vg_frame_to_en(&frame, at->lat_deg, at->lon_deg, &rel.pos_enu_m[0], &rel.pos_enu_m[1]);
    rel.pos_enu_m[2] = has_height ? at->height.msl_m - drone->alt_msl_m : 0;
    for (int i = 0; i < 3; i++) {
        rel.vel_enu_mps[i] = at->vel_enu_mps[i] - drone->vel_enu_mps[i];
    }
    rel.vel_enu_mps[2] = has_height ? rel.vel_enu_mps[2] : 0;
    return rel;
}

/* How far apart the two come at worst, in units of the conflict limits: 1 is on their edge. */
static double apart(const struct relative *rel, const struct vg_alarm_limits *l)
{
    double worst = (double)INFINITY;
    for (double t = 0; t <= l->horizon_s; t += 1) {
        double e = rel->pos_enu_m[0] + rel->vel_enu_mps[0] * t;
        double n = rel->pos_enu_m[1] + rel->vel_enu_mps[1] * t;
        double u = rel->pos_enu_m[2] + rel->vel_enu_mps[2] * t;
        double far = fmax(hypot(e, n) / l->conflict_m, fabs(u) / l->conflict_vertical_m);
        worst = fmin(worst, far);
    }
    return worst;
}

/* The drone flying otherwise: `own` in place of its velocity. */
static struct relative flown(const struct relative *rel, const struct vg_alarm_drone *drone,
                             const double own_enu_mps[3])
{
    struct relative r = *rel;
    for (int i = 0; i < 3; i++) {
        r.vel_enu_mps[i] += drone->vel_enu_mps[i] - own_enu_mps[i];
    }
    return r;
}

static void advise(const struct relative *rel, bool has_height, const struct vg_alarm_drone *drone,
                   const struct vg_alarm_limits *l, struct vg_alarm *out)
{
    const double descent_mps = 3;
    const double keep_agl_m = 50;
    const double *v = drone->vel_enu_mps;
    double speed = hypot(v[0], v[1]);
    double away = vg_wrap_360_deg(out->bearing_true_deg + 180) * VG_RAD_PER_DEG;
    double options[4][3] = {{v[0], v[1], v[2]},
                            {v[0], v[1], -descent_mps},
                            {0, 0, v[2]},
                            {speed * sin(away), speed * cos(away), v[2]}};
    bool can_descend = has_height && drone->agl_m >= VG_ADVICE_DESCENT_M + keep_agl_m;
    double best = 0;
    out->advice = VG_ADVICE_NONE;
    out->turn_true_deg = away * VG_DEG_PER_RAD;
    for (int i = 0; i < 4; i++) {
        if ((i == VG_ADVICE_DESCEND && !can_descend) || (i >= VG_ADVICE_HOLD && speed < 1)) {
            continue;
        }
        struct relative r = flown(rel, drone, options[i]);
        double gained = apart(&r, l);
        if (gained > best * 1.05) { /* the simpler one wins when both are as good */
            best = gained;
            out->advice = (enum vg_advice)i;
        }
    }
}

/* ---- one pair ---- */

static bool is_looked_at(const struct vg_contact *c, const struct vg_contact_now *at,
                         const struct vg_alarm_drone *drone, const struct vg_alarm_limits *l)
{
    bool is_far_above = isfinite(at->height.msl_m) &&
                        at->height.msl_m - at->height.error_p95_m - drone->alt_msl_m > l->above_m;
    return vg_contact_flies(c) && !at->is_stale && !is_far_above;
}

static enum vg_alarm_level judge(const struct vg_contact_now *at,
                                 const struct vg_alarm_drone *drone,
                                 const struct vg_alarm_limits *l, double slack,
                                 struct vg_alarm *out)
{
    struct relative rel = relative(at, drone);
    struct vg_mover own = mover_of_drone(drone);
    struct vg_mover other = mover_of_contact(at);
    bool has_height = isfinite(at->height.msl_m);
    double error_m = has_height ? at->height.error_p95_m : 0;
    double bearing = atan2(rel.pos_enu_m[0], rel.pos_enu_m[1]) * VG_DEG_PER_RAD;
    out->level = level_of(&own, &other, error_m, l, slack, &out->cpa);
    out->distance_m = hypot(rel.pos_enu_m[0], rel.pos_enu_m[1]);
    out->bearing_true_deg = vg_wrap_360_deg(bearing);
    out->vertical_m = has_height ? rel.pos_enu_m[2] : (double)NAN;
    out->height_error_m = has_height ? error_m : (double)NAN;
    if (out->level != VG_ALARM_NONE) {
        advise(&rel, has_height, drone, l, out);
    }
    return out->level;
}

enum vg_alarm_level vg_alarm_judge(const struct vg_contact *c, const struct vg_contact_now *at,
                                   const struct vg_alarm_drone *drone,
                                   const struct vg_alarm_limits *l, struct vg_alarm *out)
{
    *out = (struct vg_alarm){.drone = drone->drone, .space = c->s.space};
    memcpy(out->id, c->s.id, sizeof out->id);
    return is_looked_at(c, at, drone, l) ? judge(at, drone, l, 1, out) : VG_ALARM_NONE;
}

/* ---- all pairs, with memory ---- */

static struct vg_alarm *find(struct vg_alarms *self, int drone, const struct vg_contact *c)
{
    for (int i = 0; i < self->n; i++) {
        struct vg_alarm *a = &self->list[i];
        if (a->drone == drone && a->space == c->s.space && strcmp(a->id, c->s.id) == 0) {
            return a;
        }
    }
    return NULL;
}

/* A standing alarm looked at again: up at once, down after a calm. */
static void renew(struct vg_alarm *a, const struct vg_contact_now *at,
                  const struct vg_alarm_drone *drone, const struct vg_alarm_limits *l,
                  struct vg_us now)
{
    struct vg_alarm strict = *a;
    struct vg_alarm loose = *a;
    enum vg_alarm_level up = judge(at, drone, l, 1, &strict);
    enum vg_alarm_level stays = judge(at, drone, l, SLACK, &loose);
    struct vg_alarm next = up != VG_ALARM_NONE ? strict : loose;
    next.level = a->level;
    next.is_seen = true;
    if (up > a->level) {
        next.level = up;
        next.since = now;
        next.calm = vg_us(0);
    } else if (stays >= a->level) {
        next.calm = vg_us(0);
    } else if (a->calm.us == 0) {
        next.calm = now;
    } else if (vg_us_to_s(vg_us_sub(now, a->calm)) >= CALM_S) {
        next.level = up > stays ? up : stays;
        next.since = now;
        next.calm = vg_us(0);
    }
    *a = next;
}

static void look(struct vg_alarms *self, const struct vg_contact *c,
                 const struct vg_contact_now *at, const struct vg_alarm_drone *drone,
                 const struct vg_alarm_limits *l, struct vg_us now)
{
    struct vg_alarm fresh;
    struct vg_alarm *a = self->n > 0 ? find(self, drone->drone, c) : NULL;
    if (a != NULL && is_looked_at(c, at, drone, l)) {
        renew(a, at, drone, l, now);
    } else if (a == NULL && vg_alarm_judge(c, at, drone, l, &fresh) != VG_ALARM_NONE) {
        if (self->n == VG_ALARM_MAX) {
            self->n_dropped++;
            return;
        }
        fresh.since = now;
        fresh.is_seen = true;
        self->list[self->n++] = fresh;
    }
}

/* Far outside anything that can matter within the horizon? */
static bool is_far(const struct vg_contact_now *at, const struct vg_alarm_drone *drone,
                   const struct vg_alarm_limits *l)
{
    double reach_m = l->near_m * SLACK + 2 * FASTEST_MPS * l->horizon_s;
    double north_m = fabs(at->lat_deg - drone->lat_deg) * VG_RAD_PER_DEG * VG_EARTH_MEAN_RADIUS_M;
    return north_m > reach_m * 1.01;
}

void vg_alarms_step(struct vg_alarms *self, const struct vg_traffic *traffic,
                    const struct vg_air *air, const struct vg_alarm_limits *l,
                    const struct vg_alarm_drone *drones, int n_drones, struct vg_us now)
{
    int it = -2;
    const struct vg_contact *c;
    struct vg_contact_now at;
    for (int i = 0; i < self->n; i++) {
        self->list[i].is_seen = false;
    }
    while (n_drones > 0 && (c = vg_traffic_next(traffic, &it)) != NULL) {
        if (!vg_contact_flies(c) || !vg_contact_at(c, air, now, &at)) {
            continue;
        }
        for (int d = 0; d < n_drones; d++) {
            if (!is_far(&at, &drones[d], l)) {
                look(self, c, &at, &drones[d], l, now);
            }
        }
    }
    int n = 0;
    for (int i = 0; i < self->n; i++) {
        if (self->list[i].is_seen && self->list[i].level != VG_ALARM_NONE) {
            self->list[n++] = self->list[i];
        }
    }
    self->n = n;
}

const struct vg_alarm *vg_alarms_worst(const struct vg_alarms *self, int drone)
{
    const struct vg_alarm *worst = NULL;
    for (int i = 0; i < self->n; i++) {
        const struct vg_alarm *a = &self->list[i];
        if (a->drone == drone && (worst == NULL || a->level > worst->level ||
                                  (a->level == worst->level && a->cpa.at_s < worst->cpa.at_s))) {
            worst = a;
        }
    }
    return worst;
}

const char *vg_alarm_level_name(enum vg_alarm_level level)
{
    static const char *const names[] = {"none", "near", "conflict"};
    return names[level];
}

const char *vg_advice_name(enum vg_advice advice)
{
    static const char *const names[] = {"none", "descend", "hold", "turn"};
    return names[advice];
}
