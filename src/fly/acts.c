/* What drones in the air are told, by people and by the station itself. */
#include "fly/director_priv.h"

#include "geo/geodesy.h"

#include <string.h>

enum {
    WANT_S = 30, /* a mode is asked for so long: a pilot's own switch is not fought */
    ASK_S = 3,
    LAND_NEAR_M = 3000
};

static const char *const NAMES[VG_ACT_COUNT] = {"", "hold", "continue", "return", "divert", "land"};

const char *vg_act_name(enum vg_act act)
{
    return NAMES[act];
}

enum vg_act vg_act_find(const char *name)
{
    for (int k = 1; k < VG_ACT_COUNT; k++) {
        if (strcmp(NAMES[k], name) == 0) {
            return (enum vg_act)k;
        }
    }
    return VG_ACT_NONE;
}

void vg_flyer_want(struct vg_director *self, struct vg_flyer *f, enum vg_mode_kind kind,
                   struct vg_us now)
{
    f->wanted = kind;
    f->wanted_until = vg_us_add(now, vg_us_from_s(WANT_S));
    f->next_try = vg_us_add(now, vg_us_from_s(ASK_S));
    vg_flyer_set_mode(self, f, kind, now);
}

static void ask_again(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (f->wanted == VG_MODE_OTHER) {
        return;
    }
    if (f->vehicle.state.mode == f->wanted || now.us > f->wanted_until.us) {
        f->wanted = VG_MODE_OTHER;
    } else if (now.us >= f->next_try.us) {
        f->next_try = vg_us_add(now, vg_us_from_s(ASK_S));
        vg_flyer_set_mode(self, f, f->wanted, now);
    }
}

/* To the landing of the mission aboard. A fixed wing has no other way to land "now"; both
 * autopilots take the command in the air (ArduPlane GCS_Mavlink.cpp, PX4 navigator_main.cpp). */
static void start_landing(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    const float p[7] = {0};
    vg_flyer_command(self, f, VG_MAV_CMD_DO_LAND_START, p, now);
}

/* An ArduPlane that is set to circle over home is sent on to its landing once it is there. */
static void help_land(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    const struct vg_wf_base *b = &self->options.watch->bases[f->dest];
    const struct vg_vehicle *v = &f->vehicle;
    if (v->state.mode == VG_MODE_RETURN && vg_settings_return_circles(&f->settings) &&
        v->position.is_known && now.us >= f->next_try.us &&
        vg_geo_distance_m(v->position.lat_deg, v->position.lon_deg, b->lat_deg, b->lon_deg) <
            LAND_NEAR_M) {
        f->next_try = vg_us_add(now, vg_us_from_s(ASK_S));
        start_landing(self, f, now);
    }
}

/* ---- doing ---- */

static int home_of(const struct vg_director *self, const struct vg_flyer *f)
{
    return vg_watchfile_find_base(self->options.watch, vg_job_sortie(&f->job)->base_to);
}

/* The autopilot's own return goes straight to where it took off. */
static bool may_go_straight(const struct vg_director *self, const struct vg_flyer *f)
{
    const struct vg_plan_sortie *s = vg_job_sortie(&f->job);
    const struct vg_vehicle *v = &f->vehicle;
    const struct vg_wf_base *b = &self->options.watch->bases[f->dest];
    return strcmp(s->base_from, s->base_to) == 0 &&
           (!v->position.is_known ||
            vg_detour_is_clear(self->detours[f->dest], v->position.lat_deg, v->position.lon_deg,
                               b->lat_deg, b->lon_deg));
}

static void leave_sortie(struct vg_director *self, struct vg_flyer *f, const char *why,
                         struct vg_us now)
{
    f->job.is_called_home = true;
    f->job.why_home = why;
    f->is_held = false;
    vg_flyer_set_state(self, f, VG_FLYER_RETURNING, now);
}

static void go_home(struct vg_director *self, struct vg_flyer *f, const char *why, struct vg_us now)
{
    f->dest = home_of(self, f);
    leave_sortie(self, f, why, now);
    if (may_go_straight(self, f)) {
        f->divert = (struct vg_diversion){0};
        vg_flyer_want(self, f, VG_MODE_RETURN, now);
    } else {
        vg_flyer_divert(self, f, now);
    }
}

static void land_now(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    leave_sortie(self, f, "told to land", now);
    f->divert = (struct vg_diversion){0};
    if (f->type->kind == VG_KIND_PLANE) {
        f->wanted = VG_MODE_OTHER;
        start_landing(self, f, now);
    } else {
        vg_flyer_want(self, f, VG_MODE_LAND, now);
    }
}

static void go_on(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    struct vg_us held = vg_us_sub(now, f->held_since);
    if (f->is_held) { /* the plan waits as long as it held */
        f->job.takeoff = vg_us_add(f->job.takeoff, held);
        f->job.land = vg_us_add(f->job.land, held);
    }
    f->is_held = false;
    vg_flyer_want(self, f, VG_MODE_MISSION, now);
    vg_flyer_tell_sortie(self, f, f->job.state);
    vg_flyer_tell_drone(self, f, now);
}

void vg_flyer_do(struct vg_director *self, struct vg_flyer *f, const struct vg_order *order,
                 struct vg_us now)
{
    bool is_own = strcmp(order->by, "vigie") == 0;
    switch (order->act) {
    case VG_ACT_HOLD:
        f->held_since = f->is_held ? f->held_since : now;
        f->is_held = true;
        vg_flyer_want(self, f, VG_MODE_HOLD, now);
        vg_flyer_tell_drone(self, f, now);
        break;
    case VG_ACT_CONTINUE:
        go_on(self, f, now);
        break;
    case VG_ACT_RETURN:
        go_home(self, f, is_own ? "called home for its battery" : "called home", now);
        break;
    case VG_ACT_DIVERT:
        f->dest = order->base;
        leave_sortie(self, f, is_own ? "diverted for its battery" : "diverted to another base",
                     now);
        vg_flyer_divert(self, f, now);
        break;
    case VG_ACT_LAND:
        land_now(self, f, now);
        break;
    case VG_ACT_NONE:
    case VG_ACT_COUNT:
        break;
    }
}

/* ---- announcing ---- */

static void tell_announced(struct vg_director *self, struct vg_flyer *f, const char *by,
                           const char *verb)
{
    const char *id = self->options.watch->drones[f->drone].id;
    char what[48];
    vg_format(what, sizeof what, "%s %s", verb, vg_act_name(f->announced.act));
    vg_flyer_tell_act(self, by, what, id);
}

void vg_flyer_announce(struct vg_director *self, struct vg_flyer *f, enum vg_act act, int base,
                       struct vg_us now)
{
    f->announced = (struct vg_announced){
        .act = act, .base = base, .at = vg_us_add(now, vg_us_from_s(VG_COUNTDOWN_S))};
    tell_announced(self, f, "vigie", "announce");
}

void vg_flyer_call_off(struct vg_director *self, struct vg_flyer *f)
{
    if (f->announced.act != VG_ACT_NONE) {
        tell_announced(self, f, "vigie", "call off");
    }
    f->announced = (struct vg_announced){0};
}

void vg_flyer_step_acts(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    ask_again(self, f, now);
    vg_flyer_step_divert(self, f, now);
    if (f->state == VG_FLYER_RETURNING && f->divert.stage == VG_DIVERT_NONE) {
        help_land(self, f, now);
    }
    if (f->announced.act != VG_ACT_NONE && now.us >= f->announced.at.us) {
        const struct vg_order order = {f->announced.act, f->announced.base, "vigie"};
        f->announced = (struct vg_announced){0};
        vg_flyer_tell_act(self, order.by, vg_act_name(order.act),
                          self->options.watch->drones[f->drone].id);
        vg_flyer_do(self, f, &order, now);
    }
}

/* ---- people ---- */

static enum vg_status check_order(const struct vg_director *self, const struct vg_flyer *f,
                                  const struct vg_order *order, struct vg_error *err)
{
    const char *id = self->options.watch->drones[f->drone].id;
    bool is_aloft =
        f->state == VG_FLYER_FLYING || f->state == VG_FLYER_RETURNING || f->state == VG_FLYER_LOST;
    if (!is_aloft) {
        return vg_fail(err, VG_E_INVALID, "%s is not in the air", id);
    }
    if (order->act == VG_ACT_CONTINUE && (f->state != VG_FLYER_FLYING || f->job.is_called_home)) {
        return vg_fail(err, VG_E_INVALID, "%s has left its sortie and cannot go on with it", id);
    }
    if (order->act == VG_ACT_HOLD && vg_flyer_is_diverting(f)) {
        return vg_fail(err, VG_E_INVALID, "%s holds already, until its new mission is aboard", id);
    }
    bool is_base = order->base >= 0 && order->base < self->options.watch->n_bases;
    if (order->act == VG_ACT_DIVERT && !is_base) {
        return vg_fail(err, VG_E_NOT_FOUND, "the watch has no such base");
    }
    if (order->act == VG_ACT_DIVERT && !f->vehicle.position.is_known) {
        return vg_fail(err, VG_E_INVALID, "%s has not told where it is", id);
    }
    return VG_OK;
}

enum vg_status vg_director_order(struct vg_director *self, int drone, const struct vg_order *order,
                                 struct vg_us now, struct vg_error *err)
{
    struct vg_flyer *f = &self->flyers[drone];
    enum vg_status st = check_order(self, f, order, err);
    if (st != VG_OK) {
        return st;
    }
    char what[80];
    bool is_divert = order->act == VG_ACT_DIVERT;
    vg_format(what, sizeof what, "%s%s%s", vg_act_name(order->act), is_divert ? " " : "",
              is_divert ? self->options.watch->bases[order->base].name : "");
    vg_flyer_tell_act(self, order->by, what, self->options.watch->drones[drone].id);
    if (order->act != VG_ACT_HOLD && order->act != VG_ACT_CONTINUE) {
        f->announced = (struct vg_announced){0}; /* a person has decided */
    }
    vg_flyer_do(self, f, order, now);
    return VG_OK;
}

enum vg_status vg_director_return(struct vg_director *self, int drone, const char *by,
                                  struct vg_us now, struct vg_error *err)
{
    const struct vg_order order = {VG_ACT_RETURN, -1, by};
    return vg_director_order(self, drone, &order, now, err);
}

enum vg_status vg_director_stop(struct vg_director *self, int drone, const char *by,
                                struct vg_us now, struct vg_error *err)
{
    (void)now;
    struct vg_flyer *f = &self->flyers[drone];
    if (f->announced.act == VG_ACT_NONE) {
        return vg_fail(err, VG_E_INVALID, "nothing is announced for %s",
                       self->options.watch->drones[drone].id);
    }
    tell_announced(self, f, by, "stop");
    f->announced = (struct vg_announced){0};
    vg_format(f->announced.stopped_by, sizeof f->announced.stopped_by, "%s", by);
    return VG_OK;
}
