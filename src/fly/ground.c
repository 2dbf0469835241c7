/* On the ground: the next flight, its mission, consent, launch. */
#include "fly/director_priv.h"

#include "fly/route.h"
#include "link/autopilot.h"

#include <math.h>
#include <string.h>

enum {
    PREPARE_S = 600, /* mission goes up this long before take-off */
    LATE_MAX_S = 900, /* later than this the flight is missed */
    ELSEWHERE_S = 120, /* a drone at another base gives its flight up so long before */
    PREPARE_PER_STEP = 2, /* missions begun in one step: a hundred at once would hold up the loop */
    LAUNCH_MAX_S = 120,
    LAUNCH_RETRY_S = 3,
    MAX_ITEMS = VG_MISSION_ITEMS_MAX
};

/* ---- choosing the next flight ---- */

static void drop_job(struct vg_flyer *f)
{
    f->job = (struct vg_job_flight){.flight = {.sortie = -1}};
}

static void choose_next(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    const struct vg_director_options *o = &self->options;
    struct vg_us from =
        f->not_before.us > 0 ? f->not_before : vg_us(now.us - LATE_MAX_S * VG_US_PER_S);
    struct vg_departure next =
        vg_timetable_next(&o->timetable, o->watch->drones[f->drone].id, from);
    if (next.sortie < 0) {
        return;
    }
    drop_job(f);
    f->job.flight = next;
    f->job.plan = o->timetable.plan;
    f->job.takeoff = next.takeoff;
    f->job.land = next.land;
    f->job.has_consent = o->auto_consent;
    vg_departure_id(o->timetable.plan, &next, false, f->job.id, sizeof f->job.id);
    vg_flyer_tell_sortie(self, f, "planned");
}

/* ---- failing, and who takes over ---- */

void vg_flyer_fail(struct vg_director *self, struct vg_flyer *f, const char *sortie_state,
                   const char *alert_kind, const char *reason, struct vg_us now)
{
    vg_format(f->job.reason, sizeof f->job.reason, "%s", reason);
    vg_flyer_tell_sortie(self, f, sortie_state);
    if (alert_kind != NULL) {
        vg_flyer_alert(self, f, alert_kind, "warning", reason);
    }
    self->counts.n_missed += strcmp(sortie_state, "missed") == 0;
    self->counts.n_aborted += strcmp(sortie_state, "aborted") == 0;
    struct vg_job_flight failed = f->job;
    f->not_before = vg_us(failed.flight.takeoff.us + 1);
    f->turning_until = now;
    drop_job(f);
    vg_flyer_set_state(self, f, VG_FLYER_READY, now);
    if (!failed.is_relief && !failed.is_refused) {
        vg_flyer_relieve(self, &failed, now);
    }
}

static struct vg_us relief_takeoff(struct vg_us now)
{
    return vg_us_add(now, vg_us_from_s(60));
}

/* Can this drone fly the failed sortie and be back and turned round before its own next flight? */
static bool can_relieve(const struct vg_director *self, const struct vg_flyer *f,
                        const struct vg_job_flight *failed, struct vg_us now)
{
    const struct vg_watchfile *w = self->options.watch;
    const struct vg_plan_sortie *s = vg_job_sortie(failed);
    const struct vg_wf_drone *d = &w->drones[f->drone];
    double need_s = PREPARE_S / 2 + (s->land_s - s->takeoff_s) + f->type->turnaround_s;
    bool is_free = f->state == VG_FLYER_READY && !f->job.is_relief &&
                   vg_vehicle_link(&f->vehicle, now) == VG_LINK_FRESH;
    bool has_time = f->job.flight.sortie < 0 ||
                    vg_flyer_is_elsewhere(self, f, vg_job_sortie(&f->job)) ||
                    (vg_us_to_s(vg_us_sub(f->job.takeoff, now)) > need_s &&
                     strcmp(vg_job_sortie(&f->job)->base_from, s->base_to) == 0);
    struct vg_us back = vg_us_add(now, vg_us_from_s(need_s));
    return is_free && has_time && vg_timetable_is_open(w, s, relief_takeoff(now)) &&
           !vg_timetable_is_worked_on(&self->options.timetable, d->id, now, back) &&
           vg_flyer_is_at(self, f, s);
}

void vg_flyer_relieve(struct vg_director *self, const struct vg_job_flight *failed,
                      struct vg_us now)
{
    const struct vg_plan_sortie *s = vg_job_sortie(failed);
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *f = &self->flyers[i];
        if (strcmp(self->options.watch->drones[i].id, s->drone) == 0 ||
            !can_relieve(self, f, failed, now)) {
            continue;
        }
        drop_job(f);
        f->job.flight = failed->flight;
        f->job.plan = failed->plan;
        f->job.is_relief = true;
        f->job.takeoff = relief_takeoff(now);
        f->job.land = vg_us_add(f->job.takeoff, vg_us_from_s(s->land_s - s->takeoff_s));
        f->job.has_consent = self->options.auto_consent;
        vg_departure_id(failed->plan, &failed->flight, true, f->job.id, sizeof f->job.id);
        self->counts.n_reliefs++;
        vg_flyer_tell_sortie(self, f, "planned");
        vg_flyer_tell_drone(self, f, now);
        return;
    }
}

/* The drone it was to stand in for is heard again: stay on the ground if still there. */
void vg_flyer_cancel_relief(struct vg_director *self, const struct vg_job_flight *back,
                            struct vg_us now)
{
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *f = &self->flyers[i];
        bool is_grounded = f->state == VG_FLYER_READY || f->state == VG_FLYER_PREPARING ||
                           f->state == VG_FLYER_WAITING;
        if (is_grounded && f->job.is_relief && f->job.flight.sortie == back->flight.sortie &&
            f->job.flight.turn == back->flight.turn && f->job.plan == back->plan) {
            vg_flyer_fail(self, f, "aborted", NULL,
                          vg_tr(self->options.lang, "the drone to relieve was heard again"), now);
            f->not_before = vg_us(0);
        }
    }
}

/* ---- mission up ---- */

void vg_flyer_start_mission(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    const struct vg_director_options *o = &self->options;
    struct vg_mission_item items[MAX_ITEMS];
    int n = 0;
    struct vg_error err = {.lang = o->lang};
    const struct vg_route_options route = {f->vehicle.state.autopilot, o->ground};
    int first = vg_route_has_home(route.autopilot) ? 0 : 1;
    enum vg_status st = vg_route_build(vg_job_sortie(&f->job), o->watch, &route, items, &n, &err);
    if (st == VG_OK) {
        st = vg_flyer_send_list(self, f, VG_MAV_MISSION_TYPE_MISSION, items + first, n - first, now,
                                &err);
    }
    if (st != VG_OK) {
        vg_flyer_fail(self, f, "missed", "mission_failed", err.message, now);
    }
}

static void step_preparing(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (!vg_flyer_step_lists(self, f, now)) {
        return;
    }
    if (f->up.state == VG_MISSION_DONE) {
        vg_flyer_tell_list(self, f);
        vg_flyer_tell_sortie(self, f, f->job.has_consent ? "ready" : "verified");
        vg_flyer_set_state(self, f, VG_FLYER_WAITING, now);
    } else if (f->up.state == VG_MISSION_FAILED) {
        vg_flyer_tell_list(self, f);
        vg_flyer_fail(self, f, "missed", "mission_failed", f->up.err.message, now);
    }
}

/* ---- launch ---- */

/* The mode that it is armed in: a copter's autopilot may refuse to be armed in mission mode. */
static enum vg_mode_kind arming_mode(const struct vg_flyer *f)
{
    const struct vg_autopilot *a = vg_autopilot_find(f->vehicle.state.autopilot);
    bool is_guided = f->type->kind == VG_KIND_COPTER && !a->copter_arms_in_mission;
    return is_guided ? VG_MODE_GUIDED : VG_MODE_MISSION;
}

/* Mode, arm, start: each asked again every few seconds until the drone is in the air. */
static void try_launch(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (now.us < f->next_try.us) {
        return;
    }
    f->next_try = vg_us_add(now, vg_us_from_s(LAUNCH_RETRY_S));
    const struct vg_vehicle *v = &f->vehicle;
    enum vg_mode_kind arming = arming_mode(f);
    bool is_ready = v->state.mode == VG_MODE_MISSION || arming != VG_MODE_MISSION;
    if (v->state.is_armed ? !is_ready : v->state.mode != arming) {
        vg_flyer_set_mode(self, f, arming, now);
    } else if (!v->state.is_armed) {
        const float p[7] = {1, 0, 0, 0, 0, 0, 0};
        vg_flyer_command(self, f, VG_MAV_CMD_COMPONENT_ARM_DISARM, p, now);
    } else {
        const float p[7] = {0, 0, 0, 0, 0, 0, 0};
        vg_flyer_command(self, f, VG_MAV_CMD_MISSION_START, p, now);
    }
}

/* Before a launch is given up the drone must not be about to leave by itself: what is armed is told
 * to disarm, never by force, until it is. In the air that is refused, and it is seen to fly. */
static bool is_taken_back(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (!f->vehicle.state.is_armed) {
        return true;
    }
    if (now.us >= f->next_try.us) {
        const float p[7] = {0, 0, 0, 0, 0, 0, 0};
        f->next_try = vg_us_add(now, vg_us_from_s(LAUNCH_RETRY_S));
        vg_flyer_command(self, f, VG_MAV_CMD_COMPONENT_ARM_DISARM, p, now);
        if (vg_us_to_s(vg_us_sub(now, f->state_since)) > 2 * LAUNCH_MAX_S) {
            vg_flyer_alert(self, f, "refused", "urgent",
                           vg_tr(self->options.lang, "armed on the ground, and does not disarm"));
        }
    }
    return false;
}

static void take_off(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    struct vg_us planned = vg_us_sub(f->job.land, f->job.takeoff);
    f->was_in_air = true;
    f->job.takeoff = now;
    f->job.land = vg_us_add(now, planned);
    self->counts.n_launched++;
    vg_flyer_begin_flight(self, f);
    vg_flyer_tell_sortie(self, f, "flying");
    vg_flyer_set_state(self, f, VG_FLYER_FLYING, now);
    vg_flyer_tell_replaced(self, f);
}

/* One that fell silent armed and told to start must be taken to fly. */
static void step_launching(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    bool is_seen = f->vehicle.flight.is_known && f->vehicle.flight.is_in_air;
    bool is_gone = f->told_link == VG_LINK_LOST && f->vehicle.state.is_armed;
    if (is_seen || is_gone) {
        take_off(self, f, now);
    } else if (f->is_replaced || f->is_list_replaced) {
        if (is_taken_back(self, f, now)) {
            vg_flyer_send_anew(self, f, now);
        }
    } else if (vg_us_to_s(vg_us_sub(now, f->state_since)) <= LAUNCH_MAX_S) {
        try_launch(self, f, now);
    } else if (is_taken_back(self, f, now)) {
        int newest = f->vehicle.newest;
        const char *why = newest >= 0 ? f->vehicle.texts[newest].text
                                      : vg_tr(self->options.lang, "no take-off within two minutes");
        char reason[VG_VEHICLE_TEXT_SIZE];
        vg_format(reason, sizeof reason, "%s", why);
        vg_flyer_fail(self, f, "aborted", "refused", reason, now);
    }
}

static void step_waiting(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    double late_s = vg_us_to_s(vg_us_sub(now, f->job.takeoff));
    if (f->job.is_refused) {
        vg_flyer_fail(self, f, "aborted", NULL,
                      vg_tr(self->options.lang, "consent refused by the pilot"), now);
        return;
    }
    if (late_s < 0) {
        return;
    }
    if (!vg_timetable_is_open(self->options.watch, vg_job_sortie(&f->job), now)) {
        vg_flyer_fail(self, f, "missed", "late_launch",
                      vg_tr(self->options.lang, "so late it would land when the base is closed"),
                      now);
        return;
    }
    char held[240];
    const char *why = f->job.has_consent ? vg_flyer_held_by(self, f, now, held, sizeof held)
                                         : vg_tr(self->options.lang, "no consent from the pilot");
    if (why == NULL) {
        f->next_try = now;
        vg_flyer_tell_preflight(self, f);
        vg_flyer_tell_sortie(self, f, "launching");
        vg_flyer_set_state(self, f, VG_FLYER_LAUNCHING, now);
    } else if (late_s > LATE_MAX_S) {
        vg_flyer_fail(self, f, "missed", "late_launch", why, now);
    }
}

/* Another drone, of the base where its flight begins, may have time for it. */
static void step_elsewhere(struct vg_director *self, struct vg_flyer *f, double left_s,
                           struct vg_us now)
{
    const struct vg_watchfile *w = self->options.watch;
    int base = vg_flyer_base(self, f);
    char reason[160];
    if (left_s > ELSEWHERE_S) {
        return;
    }
    if (base >= 0) {
        vg_format(reason, sizeof reason,
                  vg_tr(self->options.lang, "the drone is at %s, its flight begins at %s"),
                  w->bases[base].name, vg_job_sortie(&f->job)->base_from);
    } else {
        vg_format(reason, sizeof reason, "%s",
                  vg_tr(self->options.lang, "the drone stands at no base"));
    }
    vg_flyer_fail(self, f, "missed", "late_launch", reason, now);
}

static void step_ready(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (f->job.flight.sortie < 0) {
        choose_next(self, f, now);
    }
    if (f->job.flight.sortie < 0 || f->told_link != VG_LINK_FRESH) {
        return;
    }
    double left_s = vg_us_to_s(vg_us_sub(f->job.takeoff, now));
    if (left_s < -LATE_MAX_S) {
        vg_flyer_fail(self, f, "missed", "late_launch",
                      vg_tr(self->options.lang, "the drone was not there in time"), now);
    } else if (left_s <= PREPARE_S && vg_flyer_is_elsewhere(self, f, vg_job_sortie(&f->job))) {
        step_elsewhere(self, f, left_s, now);
    } else if (left_s <= PREPARE_S && self->n_prepared < PREPARE_PER_STEP) {
        self->n_prepared++;
        vg_flyer_start_lists(self, f, now);
    }
}

void vg_flyer_step_ground(struct vg_director *self, struct vg_flyer *f, struct vg_us now)
{
    if (f->state == VG_FLYER_ABSENT) {
        if (f->vehicle.state.is_known && f->told_link == VG_LINK_FRESH) {
            vg_flyer_set_state(self, f, VG_FLYER_READY, now);
        }
        return;
    }
    bool is_by_others = vg_flyer_is_by_others(f);
    if (is_by_others != f->is_told_by_others) {
        vg_flyer_tell_drone(self, f, now);
    }
    if (f->state == VG_FLYER_TURNING && now.us >= f->turning_until.us) {
        vg_flyer_set_state(self, f, VG_FLYER_READY, now);
    }
    if (f->state == VG_FLYER_READY && !is_by_others) {
        step_ready(self, f, now);
    } else if (f->state == VG_FLYER_PREPARING) {
        step_preparing(self, f, now);
    } else if (f->state == VG_FLYER_WAITING && (f->is_replaced || f->is_list_replaced)) {
        vg_flyer_send_anew(self, f, now);
    } else if (f->state == VG_FLYER_WAITING) {
        step_waiting(self, f, now);
    } else if (f->state == VG_FLYER_LAUNCHING) {
        step_launching(self, f, now);
    }
}
