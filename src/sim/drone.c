#include "sim/drone.h"

#include "sim/drone_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct vg_mav_msg *vg_drone_queue_add(struct vg_drone_queue *self)
{
    if (self->n == self->cap) {
        self->first = (self->first + 1) % self->cap;
        self->n--;
        self->n_dropped++;
    }
    return &self->msgs[(self->first + self->n++) % self->cap];
}

static struct vg_mav_msg *queue_take(struct vg_drone_queue *self)
{
    if (self->n == 0) {
        return NULL;
    }
    struct vg_mav_msg *msg = &self->msgs[self->first];
    self->first = (self->first + 1) % self->cap;
    self->n--;
    return msg;
}

static double or_default(double x, double otherwise)
{
    return x > 0 ? x : otherwise;
}

static void fill_defaults(struct vg_simdrone_config *c)
{
    c->persona = c->persona != NULL ? c->persona : vg_sim_persona(VG_SIM_ARDUPILOT, VG_KIND_PLANE);
    c->rate_hz = fmin(or_default(c->rate_hz, 10), 20);
    c->hfov_max_deg = or_default(c->hfov_max_deg, 60);
    c->hfov_min_deg = or_default(c->hfov_min_deg, c->hfov_max_deg);
    c->width_px = c->width_px > 0 ? c->width_px : 1920;
    c->height_px = c->height_px > 0 ? c->height_px : 1080;
}

enum vg_status vg_simdrone_create(const struct vg_simdrone_config *config, struct vg_us now,
                                  struct vg_simdrone **out, struct vg_error *err)
{
    const struct vg_flight_config *fc = &config->pilot.flight;
    if (config->sysid == 0 || !(fc->cruise_mps > 0) || !(fc->climb_mps > 0) ||
        !(fc->sink_mps > 0) || !(fc->endurance_s > 0)) {
        return vg_fail(err, VG_E_INVALID,
                       "a simulated drone needs a system id, cruise speed, climb, sink and "
                       "endurance");
    }
    struct vg_simdrone *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->config = *config;
    fill_defaults(&self->config);
    self->habits = vg_autopilot_find(self->config.persona->autopilot);
    self->config.pilot.arms_after_us = self->config.persona->arms_after_us;
    self->boot = now;
    self->replies = (struct vg_drone_queue){.msgs = self->reply_slots, .cap = VG_DRONE_REPLIES_MAX};
    self->telemetry =
        (struct vg_drone_queue){.msgs = self->telemetry_slots, .cap = VG_DRONE_TELEMETRY_MAX};
    vg_pilot_init(&self->pilot, &self->config.pilot, now);
    self->pilot.gimbal.wanted_pitch_deg = self->pilot.gimbal.pitch_deg = config->gimbal_pitch_deg;
    vg_mavframe_init(&self->frame_in);
    if (config->key != NULL) {
        self->is_signed = true;
        vg_mavsign_init(&self->sign, config->key, 0, now);
        self->frame_in.sign = &self->sign;
        self->config.key = NULL;
    }
    const struct vg_missionsrv_options mission = {
        .sysid = config->sysid, .compid = VG_DRONE_COMPID, .autopilot = self->habits};
    vg_missionsrv_init_as(&self->mission, &mission);
    vg_drone_params_init(self);
    vg_drone_files_init(self);
    vg_drone_streams_init(self);
    *out = self;
    return VG_OK;
}

void vg_simdrone_destroy(struct vg_simdrone *self)
{
    free(self);
}

static void drain_servers(struct vg_simdrone *self)
{
    struct vg_mav_msg msg;
    while (vg_missionsrv_next_out(&self->mission, &msg)) {
        *vg_drone_queue_add(&self->replies) = msg;
    }
    while (vg_paramsrv_next_out(&self->params, &msg) || vg_ftpsrv_next_out(&self->files, &msg)) {
        *vg_drone_queue_add(&self->replies) = msg;
    }
}

static void tell_events(struct vg_simdrone *self)
{
    struct vg_pilot_event event;
    while (vg_pilot_next_event(&self->pilot, &event)) {
        if (event.kind == VG_PILOT_REACHED) {
            vg_missionsrv_reached(&self->mission, vg_drone_item_out(self, event.seq));
            drain_servers(self);
        }
        vg_drone_send_text(self, event.severity, event.text);
    }
}

static void follow_pilot(struct vg_simdrone *self)
{
    struct vg_pilot *p = &self->pilot;
    tell_events(self);
    if (p->current != self->last_current) {
        self->last_current = p->current;
        vg_missionsrv_set_current(&self->mission, vg_drone_item_out(self, p->current));
    }
    if (p->is_armed && !self->was_armed) {
        vg_drone_send_message(self, VG_MAV_ID_HOME_POSITION);
    }
    self->was_armed = p->is_armed;
    struct vg_mission_item *home = &self->mission.home;
    home->frame = VG_MAV_FRAME_GLOBAL;
    home->command = VG_MAV_CMD_NAV_WAYPOINT;
    home->autocontinue = true;
    home->x = (int32_t)lrint(p->home.lat_deg * 1e7);
    home->y = (int32_t)lrint(p->home.lon_deg * 1e7);
    home->z = (float)p->home.alt_msl_m;
}

void vg_simdrone_step(struct vg_simdrone *self, struct vg_us now)
{
    while (self->pilot.flight.now.us + VG_FLIGHT_STEP_US <= now.us) {
        vg_pilot_step_once(&self->pilot);
        vg_drone_step_faults(self);
        follow_pilot(self);
        vg_missionsrv_step(&self->mission, self->pilot.flight.now);
        vg_paramsrv_step(&self->params);
        vg_ftpsrv_step(&self->files, self->pilot.flight.now);
        drain_servers(self);
        vg_drone_streams_step(self);
    }
}

static void answer_ping(struct vg_simdrone *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_ping ping;
    vg_mav_ping_unpack(msg, &ping);
    if (ping.target_system != 0) {
        return; /* an answer to somebody */
    }
    ping.target_system = msg->sysid;
    ping.target_component = msg->compid;
    vg_mav_ping_pack(&ping, self->config.sysid, VG_DRONE_COMPID,
                     vg_drone_queue_add(&self->replies));
}

static void answer_timesync(struct vg_simdrone *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_timesync sync;
    vg_mav_timesync_unpack(msg, &sync);
    if (sync.tc1 != 0) {
        return;
    }
    sync.tc1 = (self->pilot.flight.now.us - self->boot.us) * 1000;
    sync.target_system = msg->sysid;
    sync.target_component = msg->compid;
    vg_mav_timesync_pack(&sync, self->config.sysid, VG_DRONE_COMPID,
                         vg_drone_queue_add(&self->replies));
}

/* An item that cannot be flown ends the upload: the station is told, the old mission stays. */
static bool refuse_item(struct vg_simdrone *self, const struct vg_mav_msg *msg)
{
    struct vg_mission_item item;
    int seq = 0;
    vg_mission_item_unpack(msg, &item, &seq);
    struct vg_mav_mission_item_int wire;
    vg_mav_mission_item_int_unpack(msg,
                                   &wire); /* the targets lie at the same place in both forms */
    bool is_ours =
        wire.target_system == self->config.sysid && msg->sysid == self->mission.from_sysid;
    enum vg_enum_mav_mission verdict = seq == 0 && self->habits->has_home_item
                                           ? VG_MAV_MISSION_ACCEPTED
                                           : vg_pilot_judge_item(&item);
    bool is_flown = wire.mission_type == VG_MAV_MISSION_TYPE_MISSION; /* not fence, rally points */
    if (!is_ours || !is_flown || verdict == VG_MAV_MISSION_ACCEPTED ||
        !self->mission.is_receiving) {
        return false;
    }
    struct vg_mav_mission_ack ack = {
        .target_system = msg->sysid, .target_component = msg->compid, .type = (uint8_t)verdict};
    vg_mav_mission_ack_pack(&ack, self->config.sysid, VG_DRONE_COMPID,
                            vg_drone_queue_add(&self->replies));
    self->mission.is_receiving = false;
    self->counts.n_refused++;
    return true;
}

int vg_drone_item_out(const struct vg_simdrone *self, int item_i)
{
    return self->habits->has_home_item || item_i == 0 ? item_i : item_i - 1;
}

/* The pilot's missions begin with home, whoever speaks for it. */
static void take_mission(struct vg_simdrone *self)
{
    const struct vg_missionsrv *m = &self->mission;
    int shift = self->habits->has_home_item ? 0 : 1;
    self->flown[0] = m->home;
    memcpy(self->flown + shift, m->items, (size_t)m->n_items * sizeof m->items[0]);
    vg_pilot_set_mission(&self->pilot, self->flown, m->n_items > 0 ? m->n_items + shift : 0);
}

static void feed_mission(struct vg_simdrone *self, const struct vg_mav_msg *msg)
{
    bool is_item = msg->id == VG_MAV_ID_MISSION_ITEM_INT || msg->id == VG_MAV_ID_MISSION_ITEM;
    if (is_item && (!vg_drone_takes_item(self, msg) || refuse_item(self, msg))) {
        return;
    }
    struct vg_missionsrv *m = &self->mission;
    enum vg_missionsrv_event event = vg_missionsrv_feed(m, msg, self->pilot.flight.now);
    if (event == VG_MISSIONSRV_NEW_MISSION) {
        take_mission(self);
        self->last_current = self->pilot.current;
    } else if (event == VG_MISSIONSRV_SET_CURRENT) {
        int shift = self->habits->has_home_item ? 0 : 1;
        (void)vg_pilot_set_current(&self->pilot, m->current + shift);
        self->last_current = self->pilot.current;
    }
}

static void on_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct vg_simdrone *self = ctx;
    (void)frame;
    self->counts.n_in++;
    switch (msg->id) {
    case VG_MAV_ID_COMMAND_LONG:
    case VG_MAV_ID_COMMAND_INT:
    case VG_MAV_ID_SET_MODE:
        vg_drone_command(self, msg);
        break;
    case VG_MAV_ID_REQUEST_DATA_STREAM:
        vg_drone_request_data_stream(self, msg);
        break;
    case VG_MAV_ID_PING:
        answer_ping(self, msg);
        break;
    case VG_MAV_ID_TIMESYNC:
        answer_timesync(self, msg);
        break;
    default:
        feed_mission(self, msg);
        if (vg_paramsrv_feed(&self->params, msg)) {
            vg_drone_params_apply(self);
            vg_drone_files_refresh(self);
        }
        vg_ftpsrv_feed(&self->files, msg, self->pilot.flight.now);
        break;
    }
    follow_pilot(self);
    drain_servers(self);
}

void vg_simdrone_feed(struct vg_simdrone *self, struct vg_bytes bytes, struct vg_us now)
{
    vg_simdrone_step(self, now);
    if (vg_drone_is_dead_to_world(self)) {
        return;
    }
    if (self->is_signed) {
        vg_mavsign_set_time(&self->sign, now);
    }
    vg_mavframe_feed(&self->frame_in, bytes, on_message, self);
}

size_t vg_simdrone_next_out(struct vg_simdrone *self, uint8_t buf[VG_MAV_FRAME_MAX])
{
    struct vg_mav_msg *msg = queue_take(&self->replies);
    if (msg == NULL) {
        msg = queue_take(&self->telemetry);
    }
    if (msg == NULL || vg_drone_is_dead_to_world(self)) {
        return 0;
    }
    vg_drone_misname_item(self, msg);
    if (self->is_signed) {
        vg_mavsign_set_time(&self->sign, self->pilot.flight.now);
    }
    self->counts.n_out++;
    return vg_mav_frame_format(msg, self->seq++, self->is_signed ? &self->sign : NULL, buf);
}

void vg_simdrone_discard_out(struct vg_simdrone *self)
{
    self->replies.n = 0;
    self->telemetry.n = 0;
}

void vg_simdrone_set_wind(struct vg_simdrone *self, double from_deg, double mps)
{
    self->pilot.flight.config.wind_from_deg = from_deg;
    self->pilot.flight.config.wind_mps = mps;
}

const struct vg_pilot *vg_simdrone_pilot(const struct vg_simdrone *self)
{
    return &self->pilot;
}

struct vg_simdrone_counts vg_simdrone_counts(const struct vg_simdrone *self)
{
    struct vg_simdrone_counts c = self->counts;
    c.n_telemetry_dropped = self->telemetry.n_dropped;
    c.n_replies_dropped = self->replies.n_dropped;
    return c;
}
