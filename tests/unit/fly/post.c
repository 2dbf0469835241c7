#include "post.h"

#include "geo/geodesy.h"
#include "link/allow.h"
#include "watch/describe.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char WATCH[] =
    "name: Post\n"
    "line: {points: [[14.50, -11.36], [14.61, -11.36]], revisit: 2h, depth: 500m}\n"
    "bases:\n"
    "  - {name: Camp, at: [14.500, -11.400], pads: 2}\n"
    "cameras:\n"
    "  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n"
    "types:\n"
    "  small: {cruise: 20 m/s, endurance: 2h, reserve: 20%, turnaround: 10min,"
    " climb: 3 m/s, camera: eo, agl: 150m}\n"
    "drones:\n"
    "  - {id: F1, type: small, base: Camp, sysid: 1}\n"
    "  - {id: F2, type: small, base: Camp, sysid: 2}\n"
    "wind: {from: 60deg, speed: 3 m/s}\n";

static enum vg_status no_file(const char *path, size_t max_bytes, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max_bytes;
    (void)out;
    return vg_fail(err, VG_E_IO, "cannot read %s", path);
}

/* Camp, the line's south end, its north end, Camp: times by hand from 20 m/s. */
static void make_plan(struct vg_plan *plan)
{
    static const double way[][2] = {
        {14.500, -11.400}, {14.500, -11.360}, {14.610, -11.360}, {14.500, -11.400}};
    plan->period_s = 7200;
    plan->worst_gap_s = 7200;
    plan->certificate = strdup("{}");
    plan->n_stretches = 1;
    plan->stretches = calloc(1, sizeof *plan->stretches);
    plan->n_sorties = 1;
    plan->sorties = calloc(1, sizeof *plan->sorties);
    struct vg_plan_sortie *s = &plan->sorties[0];
    s->n_track = 4;
    s->track = calloc(4, sizeof *s->track);
    s->n_visits = 1;
    s->visits = calloc(1, sizeof *s->visits);
    double t_s = 700;
    s->takeoff_s = t_s;
    for (int i = 0; i < 4; i++) {
        if (i > 0) {
            t_s += vg_geo_distance_m(way[i - 1][0], way[i - 1][1], way[i][0], way[i][1]) / 20;
        }
        s->track[i] = (struct vg_plan_point){t_s, way[i][0], way[i][1], i == 0 || i == 3 ? 0 : 150};
    }
    s->land_s = t_s;
    s->period_s = 7200;
    s->energy = (s->land_s - s->takeoff_s) / 7200;
    vg_format(s->id, sizeof s->id, "C1");
    vg_format(s->drone, sizeof s->drone, "F1");
    vg_format(s->base_from, sizeof s->base_from, "Camp");
    vg_format(s->base_to, sizeof s->base_to, "Camp");
}

static void name_line(struct post *self)
{
    const struct vg_line *l = &self->watch.network.lines[0];
    struct vg_plan_stretch *x = &self->plan.stretches[0];
    struct vg_plan_visit *v = &self->plan.sorties[0].visits[0];
    vg_format(x->id, sizeof x->id, "S1");
    vg_format(x->line, sizeof x->line, "%s", l->name);
    vg_format(v->line, sizeof v->line, "%s", l->name);
    x->to_m = l->length_m;
    x->revisit_s = 7200;
    x->worst_gap_s = 7200;
    v->to_m = l->length_m;
    v->t0_s = self->plan.sorties[0].track[1].t_s;
    v->t1_s = self->plan.sorties[0].track[2].t_s;
}

static void on_event(void *ctx, const char *kind, const char *body, size_t n)
{
    struct post *self = ctx;
    struct vg_error err = {0};
    if (vg_watch_apply(&self->state, self->now, kind, body, n, &err) != VG_OK) {
        self->n_bad_events++;
    }
    json_t *doc = json_loadb(body, n, 0, NULL);
    const char *id = json_string_value(json_object_get(doc, "id"));
    const char *state = json_string_value(json_object_get(doc, "state"));
    const char *what = json_string_value(json_object_get(doc, "what"));
    vg_buf_printf(&self->log, "%s %s %s", kind, id != NULL ? id : "-", state != NULL ? state : "-");
    if (what != NULL) {
        vg_buf_printf(&self->log, " [%s: %s]", json_string_value(json_object_get(doc, "by")), what);
    }
    vg_buf_puts(&self->log, "\n");
    json_decref(doc);
}

static void on_alert(void *ctx, const char *kind, const char *level, int drone, const char *params)
{
    struct post *self = ctx;
    vg_rules_raise(&self->state, kind, level, self->watch.drones[drone].id, params, (double)NAN,
                   (double)NAN, self->now, on_event, self);
}

static void on_alert_over(void *ctx, const char *kind, int drone)
{
    struct post *self = ctx;
    vg_rules_close(&self->state, kind, self->watch.drones[drone].id, "vigie", on_event, self);
}

static void note_command(struct post *self, int drone, const struct vg_mav_msg *msg)
{
    struct vg_mav_command_long c;
    if (msg->id != VG_MAV_ID_COMMAND_LONG || drone != 0) {
        return;
    }
    vg_mav_command_long_unpack(msg, &c);
    bool is_first = c.confirmation == 0;
    self->n_rates += is_first && c.command == VG_MAV_CMD_SET_MESSAGE_INTERVAL;
    self->n_satellite[c.param1 > 0] += is_first && c.command == VG_MAV_CMD_CONTROL_HIGH_LATENCY;
}

static void on_send(void *ctx, int drone, const struct vg_mav_msg *msg)
{
    struct post *self = ctx;
    uint8_t frame[VG_MAV_FRAME_MAX];
    self->n_sent++;
    note_command(self, drone, msg);
    self->n_forbidden += !vg_allow_message(msg, NULL);
    size_t n = vg_mav_frame_format(msg, self->seq[drone]++, NULL, frame);
    vg_simfleet_feed(self->fleet, drone, (struct vg_bytes){frame, n}, self->now);
}

static void make_director(struct post *self)
{
    struct vg_error err = {0};
    struct vg_director_options options = {.watch = &self->watch,
                                          .timetable = {&self->plan, self->start, self->start},
                                          .auto_consent = self->auto_consent,
                                          .our_sysid = 255,
                                          .send = on_send,
                                          .event = on_event,
                                          .alert = on_alert,
                                          .alert_over = on_alert_over,
                                          .ctx = self};
    assert_int_equal(vg_director_create(&options, &self->director, &err), VG_OK);
}

void post_restart(struct post *self)
{
    vg_director_destroy(self->director);
    make_director(self);
    vg_director_resume(self->director, &self->state, self->now);
}

static void open_post(struct post *self, bool auto_consent, const char *watch,
                      enum vg_sim_autopilot autopilot)
{
    *self = (struct post){.start = {INT64_C(1795442722000000)}};
    struct vg_error err = {0};
    self->now = self->start;
    if (vg_watchfile_parse(watch, strlen(watch), "post.yaml", no_file, &self->watch, &err) !=
        VG_OK) {
        fail_msg("%s:%d:%d %s", err.place, err.line, err.column, err.message);
    }
    make_plan(&self->plan);
    name_line(self);
    assert_int_equal(vg_terrain_open(NULL, 0, &self->terrain, &err), VG_OK);
    struct vg_simfleet_options sim = {.seed = 5, .autopilot = autopilot};
    assert_int_equal(vg_simfleet_create(&self->watch, self->terrain, &sim, no_file, self->now,
                                        &self->fleet, &err),
                     VG_OK);
    struct vg_strip *strip;
    assert_int_equal(vg_strip_create(&self->watch.network, 50, &strip, &err), VG_OK);
    struct vg_buf b = {0};
    vg_watch_describe(&self->watch, strip, &self->plan, NULL, &b);
    on_event(self, "watch", b.data, b.n);
    on_event(self, "start", "{}", 2);
    vg_buf_finish(&b);
    vg_strip_destroy(strip);
    self->auto_consent = auto_consent;
    make_director(self);
    for (int i = 0; i < POST_DRONES; i++) {
        vg_mavframe_init(&self->parsers[i]);
    }
}

void post_open_watch(struct post *self, bool auto_consent, const char *watch)
{
    open_post(self, auto_consent, watch, VG_SIM_ARDUPILOT);
}

void post_open_as(struct post *self, const char *watch, enum vg_sim_autopilot autopilot)
{
    open_post(self, true, watch != NULL ? watch : WATCH, autopilot);
}

void post_open(struct post *self, bool auto_consent)
{
    post_open_watch(self, auto_consent, WATCH);
}

void post_close(struct post *self)
{
    vg_director_destroy(self->director);
    vg_simfleet_destroy(self->fleet);
    vg_terrain_destroy(self->terrain);
    vg_watch_finish(&self->state);
    vg_plan_finish(&self->plan);
    vg_watchfile_finish(&self->watch);
    vg_buf_finish(&self->log);
}

struct feed_ctx {
    struct post *post;
    int drone;
};

/* A battery that tells less than there is: what drains it is no matter to who reads it. */
static void take_charge(const struct post *self, int drone, struct vg_mav_msg *io)
{
    uint8_t seq = io->seq; /* packing forgets it */
    if (io->id == VG_MAV_ID_SYS_STATUS && self->less_pct[drone] != 0) {
        struct vg_mav_sys_status s;
        vg_mav_sys_status_unpack(io, &s);
        int left = s.battery_remaining - self->less_pct[drone];
        s.battery_remaining = (int8_t)(left > 0 ? left : 0);
        vg_mav_sys_status_pack(&s, io->sysid, io->compid, io);
    } else if (io->id == VG_MAV_ID_BATTERY_STATUS && self->less_pct[drone] != 0) {
        struct vg_mav_battery_status b;
        vg_mav_battery_status_unpack(io, &b);
        int left = b.battery_remaining - self->less_pct[drone];
        b.battery_remaining = (int8_t)(left > 0 ? left : 0);
        vg_mav_battery_status_pack(&b, io->sysid, io->compid, io);
    }
    io->seq = seq;
}

/* Another station on the same radio. */
static void drain_other(struct post *self)
{
    struct vg_mav_msg m;
    uint8_t frame[VG_MAV_FRAME_MAX];
    while (self->other != NULL && vg_missionup_next_out(self->other, &m)) {
        size_t n = vg_mav_frame_format(&m, 0, NULL, frame);
        vg_simfleet_feed(self->fleet, 0, (struct vg_bytes){frame, n}, self->now);
    }
}

static void on_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct feed_ctx *f = ctx;
    struct vg_mav_msg m = *msg;
    (void)frame;
    take_charge(f->post, f->drone, &m);
    vg_director_feed(f->post->director, f->drone, &m, f->post->now);
    if (f->drone == 0 && f->post->other != NULL) {
        vg_missionup_feed(f->post->other, &m, f->post->now);
    }
}

static void step(struct post *self)
{
    uint8_t buf[1400];
    self->now.us += 100000;
    vg_simfleet_step(self->fleet, self->now);
    for (int i = 0; i < POST_DRONES; i++) {
        size_t n;
        while ((n = vg_simfleet_take(self->fleet, i, buf, sizeof buf)) > 0) {
            struct feed_ctx f = {self, i};
            vg_mavframe_feed(&self->parsers[i], (struct vg_bytes){buf, n}, on_message, &f);
        }
    }
    vg_director_step(self->director, self->now);
    if (self->other != NULL) {
        vg_missionup_step(self->other, self->now);
    }
    drain_other(self);
    vg_rules_step(&self->state, self->now, on_event, self);
}

void post_run(struct post *self, double seconds)
{
    for (int i = 0; i < (int)(seconds * 10); i++) {
        step(self);
    }
}

bool post_run_until(struct post *self, const char *id, const char *state, double seconds)
{
    for (int i = 0; i < (int)(seconds * 10); i++) {
        const struct vg_watch_drone *d = vg_watch_drone(&self->state, id);
        if (strcmp(d->state, state) == 0) {
            return true;
        }
        step(self);
    }
    return false;
}

void post_fault(struct post *self, const char *text)
{
    struct vg_simfault fault;
    struct vg_error err = {0};
    assert_int_equal(vg_simfault_parse(text, "post", 1, &self->watch, &fault, &err), VG_OK);
    assert_int_equal(vg_simfleet_add_fault(self->fleet, &fault, &err), VG_OK);
}
