/* Our own drones kept apart: who comes too near to whom within the next minute.
 *
 * A drone on its planned track is taken to follow it, at the pace it has; any other to go straight
 * on. Both ways are cut into pieces of equal time and each pair of pieces is asked for its closest
 * approach (geo/cpa.h). Within a kilometre of a base that both use nothing is said: pads and the
 * timetable part them there. Limits: the watch's `apart`; where it asks for none, those below.
 */
#include "fly/director_priv.h"

#include "base/units.h"
#include "geo/cpa.h"
#include "geo/geodesy.h"

#include <math.h>
#include <string.h>

static const double HORIZON_S = 60;
static const double ON_TRACK_M = 200;
static const double BASE_M = 1000;
static const double FAR_DEG = 0.15; /* nobody crosses 16 km in a minute */
static const struct vg_wf_apart DEFAULT = {.horizontal_m = 150, .vertical_m = 40};
enum {
    PIECES = 4,
    EVERY_US = 1000000
};

/* Places at 0, 15, ... 60 s, and the speed over each piece. */
struct ahead {
    struct vg_mover at[PIECES];
};

static void go_straight(const struct vg_vehicle *v, struct ahead *out)
{
    double n_mps = isfinite(v->position.vel_ned_mps[0]) ? v->position.vel_ned_mps[0] : 0;
    double e_mps = isfinite(v->position.vel_ned_mps[1]) ? v->position.vel_ned_mps[1] : 0;
    double d_mps = isfinite(v->position.vel_ned_mps[2]) ? v->position.vel_ned_mps[2] : 0;
    const struct vg_frame frame = vg_frame_at(v->position.lat_deg, v->position.lon_deg);
    for (int k = 0; k < PIECES; k++) {
        double t_s = k * HORIZON_S / PIECES;
        struct vg_mover *m = &out->at[k];
        vg_frame_to_latlon(&frame, e_mps * t_s, n_mps * t_s, &m->lat_deg, &m->lon_deg);
        m->alt_msl_m = v->position.alt_msl_m - d_mps * t_s;
        m->vel_ned_mps[0] = n_mps;
        m->vel_ned_mps[1] = e_mps;
        m->vel_ned_mps[2] = d_mps;
    }
}

static struct vg_plan_point planned_at(const struct vg_plan_sortie *s, double t_s)
{
    int i = 0;
    while (i + 2 < s->n_track && s->track[i + 1].t_s <= t_s) {
        i++;
    }
    return vg_plan_between(&s->track[i], t_s);
}

/* Along the track, as far beside and above it as it is now. */
static void follow_track(const struct vg_flyer *f, struct ahead *out)
{
    const struct vg_plan_sortie *s = vg_job_sortie(&f->job);
    const struct vg_vehicle *v = &f->vehicle;
    struct vg_plan_point here = planned_at(s, f->look.progress_s);
    struct vg_plan_point at = here;
    double piece_s = HORIZON_S / PIECES;
    for (int k = 0; k < PIECES; k++) {
        struct vg_plan_point next = planned_at(s, f->look.progress_s + (k + 1) * piece_s);
        struct vg_mover *m = &out->at[k];
        double way_m;
        double course_deg;
        vg_geo_inverse(at.lat_deg, at.lon_deg, next.lat_deg, next.lon_deg, &way_m, &course_deg,
                       NULL);
        m->lat_deg = v->position.lat_deg + at.lat_deg - here.lat_deg;
        m->lon_deg = v->position.lon_deg + at.lon_deg - here.lon_deg;
        m->alt_msl_m = v->position.alt_msl_m + at.alt_msl_m - here.alt_msl_m;
        m->vel_ned_mps[0] = way_m / piece_s * cos(course_deg * VG_RAD_PER_DEG);
        m->vel_ned_mps[1] = way_m / piece_s * sin(course_deg * VG_RAD_PER_DEG);
        m->vel_ned_mps[2] = (at.alt_msl_m - next.alt_msl_m) / piece_s;
        at = next;
    }
}

static bool look_ahead(const struct vg_flyer *f, struct ahead *out)
{
    bool is_aloft = f->state == VG_FLYER_FLYING || f->state == VG_FLYER_RETURNING;
    if (!is_aloft || f->told_link != VG_LINK_FRESH || !f->vehicle.position.is_known ||
        !f->look.is_known) {
        return false;
    }
    if (f->state == VG_FLYER_FLYING && !f->is_held && f->look.cross_m < ON_TRACK_M) {
        follow_track(f, out);
    } else {
        go_straight(&f->vehicle, out);
    }
    return true;
}

static bool share_a_base(const struct vg_director *self, const struct vg_flyer *a,
                         const struct vg_flyer *b)
{
    const struct vg_watchfile *w = self->options.watch;
    for (int i = 0; i < w->n_bases; i++) {
        const struct vg_vehicle *of[2] = {&a->vehicle, &b->vehicle};
        int n_near = 0;
        for (int k = 0; k < 2; k++) {
            n_near += vg_geo_distance_m(of[k]->position.lat_deg, of[k]->position.lon_deg,
                                        w->bases[i].lat_deg, w->bases[i].lon_deg) < BASE_M;
        }
        if (n_near == 2) {
            return true;
        }
    }
    return false;
}

/* The first piece in which they come too near. */
static bool meet(const struct ahead *a, const struct ahead *b, const struct vg_wf_apart *apart,
                 struct vg_cpa *out)
{
    const double piece_s = HORIZON_S / PIECES;
    const struct vg_cpa_limits limits = {apart->horizontal_m, apart->vertical_m, piece_s};
    for (int k = 0; k < PIECES; k++) {
        *out = vg_cpa_find(&a->at[k], &b->at[k], &limits);
        out->at_s += k * piece_s;
        out->conflict_s += k * piece_s;
        if (out->is_conflict) {
            return true;
        }
    }
    return false;
}

/* Cheaply: too far from each other to meet. */
static bool is_far(const struct vg_flyer *a, const struct vg_flyer *b)
{
    double lat_deg = a->vehicle.position.lat_deg;
    double east_deg = vg_wrap_180_deg(b->vehicle.position.lon_deg - a->vehicle.position.lon_deg) *
                      cos(lat_deg * VG_RAD_PER_DEG);
    return hypot(b->vehicle.position.lat_deg - lat_deg, east_deg) > FAR_DEG;
}

/* Who can best wait: one that is on its sortie, and of two the one with more energy in hand. */
static const struct vg_flyer *who_holds(const struct vg_flyer *a, const struct vg_flyer *b)
{
    bool can_a = a->state == VG_FLYER_FLYING && !a->is_held;
    bool can_b = b->state == VG_FLYER_FLYING && !b->is_held;
    if (can_a != can_b) {
        return can_a ? a : b;
    }
    return !can_a ? NULL : a->look.margin_s >= b->look.margin_s ? a : b;
}

static void tell(struct vg_director *self, struct vg_flyer *a, const struct vg_flyer *b,
                 const struct vg_cpa *cpa)
{
    const struct vg_watchfile *w = self->options.watch;
    const struct vg_flyer *who = who_holds(a, b);
    struct vg_buf p = {0};
    vg_buf_puts(&p, "{\"drone\":");
    vg_buf_json(&p, w->drones[a->drone].id);
    vg_buf_puts(&p, ",\"other\":");
    vg_buf_json(&p, w->drones[b->drone].id);
    vg_buf_printf(&p, ",\"in_s\":%.0f,\"horizontal_m\":%.0f,\"vertical_m\":%.0f,\"hold\":",
                  cpa->conflict_s, cpa->horizontal_m, fabs(cpa->vertical_m));
    vg_buf_json(&p, who != NULL ? w->drones[who->drone].id : "");
    vg_buf_puts(&p, "}");
    vg_flyer_alarm(self, a, VG_FLIGHT_ALERT_NEAR, true, vg_buf_text(&p));
    vg_buf_finish(&p);
}

void vg_director_keep_apart(struct vg_director *self, struct vg_us now)
{
    const struct vg_wf_apart *asked = &self->options.watch->apart;
    const struct vg_wf_apart *apart = asked->horizontal_m > 0 ? asked : &DEFAULT;
    if (now.us < self->next_near.us) {
        return;
    }
    self->next_near = vg_us(now.us + EVERY_US);
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *a = &self->flyers[i];
        struct ahead way;
        bool is_told = false;
        bool is_aloft = look_ahead(a, &way);
        for (int k = i + 1; is_aloft && !is_told && k < self->n_flyers; k++) {
            struct vg_flyer *b = &self->flyers[k];
            struct ahead other;
            struct vg_cpa cpa;
            if (!is_far(a, b) && look_ahead(b, &other) && meet(&way, &other, apart, &cpa) &&
                !share_a_base(self, a, b)) {
                tell(self, a, b, &cpa);
                is_told = true;
            }
        }
        if (!is_told) {
            vg_flyer_alarm(self, a, VG_FLIGHT_ALERT_NEAR, false, "");
        }
    }
}
