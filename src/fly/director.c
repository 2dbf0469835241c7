#include "fly/director_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEARTBEAT_US = 1000000
};
static const double DETOUR_REACH_M = 500000;

/* A base inside a forbidden place has no ways round it: from there all are taken to be straight. */
static void make_detours(struct vg_director *self)
{
    const struct vg_watchfile *w = self->options.watch;
    for (int b = 0; b < w->n_bases && self->detours != NULL; b++) {
        if (vg_detour_create(w, b, DETOUR_REACH_M, &self->detours[b], NULL) != VG_OK) {
            self->detours[b] = NULL;
        }
    }
}

enum vg_status vg_director_create(const struct vg_director_options *options,
                                  struct vg_director **out, struct vg_error *err)
{
    struct vg_director *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    const struct vg_watchfile *w = options->watch;
    self->options = *options;
    self->n_flyers = w->n_drones;
    self->flyers = calloc((size_t)w->n_drones + 1, sizeof *self->flyers);
    self->detours = calloc((size_t)w->n_bases + 1, sizeof(struct vg_detour *));
    if (self->flyers == NULL || self->detours == NULL) {
        free(self->flyers);
        free(self->detours);
        free(self);
        return vg_no_memory(err);
    }
    for (int i = 0; i < w->n_drones; i++) {
        struct vg_flyer *f = &self->flyers[i];
        f->drone = i;
        f->type = &w->types[w->drones[i].type];
        f->job.flight.sortie = -1;
        f->dest = w->drones[i].base >= 0 ? w->drones[i].base : 0;
        vg_vehicle_init(&f->vehicle, (uint8_t)w->drones[i].sysid);
        vg_control_init(&f->control, (uint8_t)options->our_sysid, VG_OUR_COMPID,
                        (uint8_t)w->drones[i].sysid);
    }
    make_detours(self);
    *out = self;
    return VG_OK;
}

void vg_director_destroy(struct vg_director *self)
{
    if (self != NULL) {
        for (int b = 0; b < self->options.watch->n_bases; b++) {
            vg_detour_destroy(self->detours[b]);
        }
        free(self->detours);
        free(self->flyers);
        free(self);
    }
}

/* "K2#3R" back to its flight. */
static bool parse_flight(const struct vg_director *self, const char *id, struct vg_departure *out,
                         bool *out_is_relief)
{
    const char *hash = strrchr(id, '#');
    if (hash == NULL) {
        return false;
    }
    char *end;
    long long turn = strtoll(hash + 1, &end, 10);
    *out_is_relief = *end == 'R';
    const struct vg_plan *plan = self->options.timetable.plan;
    for (int i = 0; i < plan->n_sorties && turn >= 0; i++) {
        const char *name = plan->sorties[i].id;
        if (strlen(name) == (size_t)(hash - id) && memcmp(name, id, strlen(name)) == 0) {
            *out = vg_timetable_at(&self->options.timetable, i, turn);
            return true;
        }
    }
    return false;
}

void vg_director_resume(struct vg_director *self, const struct vg_watch *watch, struct vg_us now)
{
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *f = &self->flyers[i];
        const struct vg_watch_drone *d = vg_watch_drone(watch, self->options.watch->drones[i].id);
        const struct vg_watch_sortie *s = d != NULL ? vg_watch_sortie(watch, d->sortie) : NULL;
        if (s == NULL || strcmp(s->state, "flying") != 0 ||
            !parse_flight(self, s->id, &f->job.flight, &f->job.is_relief)) {
            continue;
        }
        f->job.plan = self->options.timetable.plan;
        vg_format(f->job.id, sizeof f->job.id, "%s", s->id);
        f->job.has_consent = true;
        f->job.takeoff = vg_us(s->takeoff_us);
        f->job.land = vg_us(s->land_us);
        f->was_in_air = true;
        vg_flyer_begin_flight(self, f);
        vg_flyer_set_state(self, f, VG_FLYER_FLYING, now);
    }
}

/* Taking a result frees its place; what the drone then does is seen in its state. */
static void take_results(struct vg_flyer *f)
{
    struct vg_command_result r;
    while (vg_command_next_result(&f->commands, &r)) {
    }
}

void vg_flyer_drain(struct vg_director *self, struct vg_flyer *f)
{
    struct vg_mav_msg m;
    while (vg_missionup_next_out(&f->up, &m)) {
        self->options.send(self->options.ctx, f->drone, &m);
    }
    while (vg_command_next_out(&f->commands, &m)) {
        self->options.send(self->options.ctx, f->drone, &m);
    }
    while (vg_control_next_out(&f->control, &m)) {
        self->options.send(self->options.ctx, f->drone, &m);
    }
}

void vg_director_feed(struct vg_director *self, int drone, const struct vg_mav_msg *msg,
                      struct vg_us now)
{
    struct vg_flyer *f = &self->flyers[drone];
    vg_vehicle_feed(&f->vehicle, msg, now);
    vg_command_feed(&f->commands, msg, now);
    vg_control_feed(&f->control, msg, now);
    vg_flyer_listen(self, f, msg, now);
    vg_health_feed(&f->health, msg, now);
    vg_settings_feed(&f->settings, msg);
    vg_flyer_watch_mission(self, f, msg);
    if (f->state == VG_FLYER_PREPARING || f->divert.stage == VG_DIVERT_SENDING) {
        vg_missionup_feed(&f->up, msg, now);
    }
    uint32_t changes = vg_vehicle_take_changes(&f->vehicle);
    if (changes & VG_VEHICLE_RESTARTED) {
        vg_flyer_listen_anew(f, true); /* it has forgotten what it was asked for */
    }
    if (changes & VG_VEHICLE_LANDED) {
        vg_payload_give_gimbal(&f->aboard.payload);
    }
    take_results(f);
    vg_flyer_drain(self, f);
}

void vg_director_link_changed(struct vg_director *self, int drone,
                              const struct vg_link_change *change, struct vg_us now)
{
    struct vg_flyer *f = &self->flyers[drone];
    if (change->has_failed) {
        vg_command_hurry(&f->commands, vg_us_from_s(change->arrival_s), now);
    }
    f->is_by_satellite = change->is_satellite;
    if (!change->is_satellite) {
        vg_flyer_listen_anew(f, false);
    }
    if (change->was_satellite != change->is_satellite) {
        const float p[7] = {change->is_satellite ? 1 : 0, 0, 0, 0, 0, 0, 0};
        vg_flyer_command(self, f, VG_MAV_CMD_CONTROL_HIGH_LATENCY, p, now);
    }
    vg_command_step(&f->commands, now);
    vg_flyer_drain(self, f);
}

void vg_director_link_loses(struct vg_director *self, int drone, double share)
{
    self->flyers[drone].loss = share;
}

static enum vg_link_state link_now(const struct vg_director *self, const struct vg_flyer *f,
                                   struct vg_us now)
{
    return vg_vehicle_link(&f->vehicle, vg_us_sub(now, self->away));
}

void vg_director_was_away(struct vg_director *self, struct vg_us away)
{
    self->away = vg_us_add(self->away, away);
}

static void send_heartbeat(struct vg_director *self)
{
    struct vg_mav_msg m;
    struct vg_mav_heartbeat h = {.type = VG_MAV_TYPE_GCS,
                                 .autopilot = VG_MAV_AUTOPILOT_INVALID,
                                 .system_status = VG_MAV_STATE_ACTIVE,
                                 .mavlink_version = 3};
    vg_mav_heartbeat_pack(&h, (uint8_t)self->options.our_sysid, VG_OUR_COMPID, &m);
    for (int i = 0; i < self->n_flyers; i++) {
        self->options.send(self->options.ctx, i, &m);
    }
}

static bool is_airborne_state(enum vg_flyer_state s)
{
    return s == VG_FLYER_FLYING || s == VG_FLYER_RETURNING || s == VG_FLYER_LOST;
}

void vg_director_step(struct vg_director *self, struct vg_us now)
{
    if (now.us - self->last_heartbeat.us >= HEARTBEAT_US) {
        self->last_heartbeat = now;
        send_heartbeat(self);
        self->away = vg_us(0); /* a second of listening has passed since */
    }
    self->n_prepared = 0;
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *f = &self->flyers[i];
        enum vg_link_state link = link_now(self, f, now);
        if (link != f->told_link) {
            f->told_link = link;
            f->link_since = now;
            vg_flyer_tell_drone(self, f, now);
        }
        vg_flyer_step_listen(self, f, now);
        if (is_airborne_state(f->state)) {
            vg_flyer_step_air(self, f, now);
            vg_flyer_step_acts(self, f, now);
        } else {
            vg_flyer_step_ground(self, f, now);
        }
        vg_missionup_step(&f->up, now);
        vg_command_step(&f->commands, now);
        vg_control_step(&f->control, now);
        vg_flyer_tell_control(self, f);
        take_results(f);
        vg_flyer_drain(self, f);
    }
    vg_director_keep_apart(self, now);
}

enum vg_status vg_director_consent(struct vg_director *self, const char *sortie, bool is_given,
                                   const char *by, struct vg_us now, struct vg_error *err)
{
    for (int i = 0; i < self->n_flyers; i++) {
        struct vg_flyer *f = &self->flyers[i];
        if (f->job.flight.sortie < 0 || strcmp(f->job.id, sortie) != 0) {
            continue;
        }
        if (f->state != VG_FLYER_READY && f->state != VG_FLYER_PREPARING &&
            f->state != VG_FLYER_WAITING) {
            return vg_fail(err, VG_E_INVALID, "sortie %s is under way already", sortie);
        }
        if (is_given) { /* what the pilot saw */
            vg_flyer_judge(self, f, self->options.lang, now, &f->preflight);
            vg_flyer_tell_preflight(self, f);
        }
        f->job.has_consent = is_given;
        f->job.is_refused = !is_given;
        vg_flyer_tell_act(self, by, is_given ? "consent" : "refuse", sortie);
        vg_flyer_tell_sortie(
            self, f, is_given && strcmp(f->job.state, "verified") == 0 ? "ready" : f->job.state);
        return VG_OK;
    }
    return vg_fail(err, VG_E_NOT_FOUND, "no sortie \"%s\" waits for consent", sortie);
}

void vg_director_point_camera(struct vg_director *self, int drone, double pitch_deg, double yaw_deg,
                              struct vg_us now)
{
    struct vg_flyer *f = &self->flyers[drone];
    if (f->state != VG_FLYER_FLYING || f->told_link != VG_LINK_FRESH) {
        return;
    }
    if (!vg_payload_take_gimbal(&f->aboard.payload, now)) {
        return; /* free: it is asked for, the next glance points it; another's: theirs */
    }
    const float p[7] = {(float)pitch_deg,
                        (float)yaw_deg,
                        NAN, /* no rates: angles only */
                        NAN,
                        VG_GIMBAL_MANAGER_FLAGS_ROLL_LOCK | VG_GIMBAL_MANAGER_FLAGS_PITCH_LOCK,
                        0,
                        0};
    vg_flyer_command(self, f, VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, p, now);
    vg_flyer_drain(self, f);
}

const struct vg_vehicle *vg_director_vehicle(const struct vg_director *self, int drone)
{
    return &self->flyers[drone].vehicle;
}

bool vg_director_is_aloft(const struct vg_director *self, int drone)
{
    return is_airborne_state(self->flyers[drone].state);
}

const struct vg_plan_sortie *vg_director_sortie(const struct vg_director *self, int drone)
{
    const struct vg_job_flight *job = &self->flyers[drone].job;
    return job->flight.sortie >= 0 ? vg_job_sortie(job) : NULL;
}

const struct vg_control *vg_director_control(const struct vg_director *self, int drone)
{
    return &self->flyers[drone].control;
}

const struct vg_director_counts *vg_director_counts(const struct vg_director *self)
{
    return &self->counts;
}
