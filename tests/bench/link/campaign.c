/* The post of the campaign: watch, plan, and one flight through a scenario. */
#include "campaign_priv.h"

#include "link/allow.h"
#include "plan/planner.h"
#include "terrain/terrain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP_US = 100000,
    STEPS_PER_S = 10,
    BASES = 4
};

static enum vg_status no_file(const char *path, size_t max_bytes, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max_bytes;
    (void)out;
    return vg_fail(err, VG_E_IO, "cannot read %s", path);
}

/* 120 km of border to the north, four camps 4 km west of it, five drones each. */
static void write_watch(struct vg_buf *out)
{
    vg_buf_puts(out, "name: Campaign\n"
                     "line: {points: [[14.0, -11.36], [15.08, -11.36]], revisit: 1h, depth: 500m}\n"
                     "cameras:\n"
                     "  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n"
                     "types:\n"
                     "  small: {cruise: 20 m/s, endurance: 1h, reserve: 20%, turnaround: 10min,"
                     " climb: 3 m/s, camera: eo, agl: 150m}\n"
                     "wind: {from: 60deg, speed: 3 m/s}\n"
                     "bases:\n");
    for (int b = 0; b < BASES; b++) {
        vg_buf_printf(out, "  - {name: Camp%d, at: [%.4f, -11.397], pads: 5}\n", b + 1,
                      14.135 + 0.27 * b);
    }
    vg_buf_puts(out, "drones:\n");
    for (int d = 0; d < CAMPAIGN_DRONES; d++) {
        vg_buf_printf(out, "  - {id: F%d, type: small, base: Camp%d, sysid: %d}\n", d + 1,
                      d / (CAMPAIGN_DRONES / BASES) + 1, d + 1);
    }
}

static _Noreturn void give_up(const struct vg_error *err)
{
    char text[1200];
    fprintf(stderr, "campaign: %s\n", vg_error_text(err, text, sizeof text));
    exit(1);
}

void campaign_open(struct campaign *self)
{
    struct vg_error err = {0};
    struct vg_buf text = {0};
    *self = (struct campaign){.plan = {0}};
    write_watch(&text);
    enum vg_status st = vg_watchfile_parse(vg_buf_text(&text), text.n, "campaign.yaml", no_file,
                                           &self->watch, &err);
    vg_buf_finish(&text);
    if (st == VG_OK) {
        st = vg_planner_solve(&self->watch, NULL, &(struct vg_planner_options){0}, &self->plan,
                              &err);
    }
    if (st != VG_OK) {
        give_up(&err);
    }
}

void campaign_close(struct campaign *self)
{
    vg_plan_finish(&self->plan);
    vg_watchfile_finish(&self->watch);
}

static void on_event(void *ctx, const char *kind, const char *body, size_t n)
{
    (void)n;
    if (strcmp(kind, "drone") == 0) {
        campaign_hear(ctx, body);
    }
}

static void on_alert(void *ctx, const char *kind, const char *level, int drone, const char *params)
{
    (void)ctx;
    (void)kind;
    (void)level;
    (void)drone;
    (void)params;
}

static void on_alert_over(void *ctx, const char *kind, int drone)
{
    (void)ctx;
    (void)kind;
    (void)drone;
}

static void on_send(void *ctx, int drone, const struct vg_mav_msg *msg)
{
    struct campaign_run *run = ctx;
    uint8_t frame[VG_MAV_FRAME_MAX];
    const char *why = NULL;
    campaign_note_sent(&run->suspects[drone], msg);
    if (!vg_allow_message(msg, &why)) {
        campaign_breach_add(run, drone, BREACH_FORBIDDEN, why);
    }
    size_t n = vg_mav_frame_format(msg, run->seq[drone]++, NULL, frame);
    vg_simfleet_feed(run->fleet, drone, (struct vg_bytes){frame, n}, run->now);
}

static void bring_up(struct campaign_run *run, uint64_t seed)
{
    struct vg_error err = {0};
    struct vg_buf text = {0};
    campaign_write_scenario(run->campaign, seed, &text);
    const struct vg_simfleet_options fleet = {
        .seed = seed, .autopilot = seed % 3 == 0 ? VG_SIM_PX4 : VG_SIM_ARDUPILOT};
    const struct vg_director_options director = {
        .watch = &run->campaign->watch,
        .timetable = {&run->campaign->plan, run->start, run->start},
        .auto_consent = true,
        .our_sysid = 255,
        .send = on_send,
        .event = on_event,
        .alert = on_alert,
        .alert_over = on_alert_over,
        .ctx = run};
    bool is_up = vg_simscenario_parse(vg_buf_text(&text), text.n, "scenario", &run->campaign->watch,
                                      &run->scenario, &err) == VG_OK &&
                 vg_terrain_open(NULL, 0, &run->terrain, &err) == VG_OK &&
                 vg_simfleet_create(&run->campaign->watch, run->terrain, &fleet, no_file, run->now,
                                    &run->fleet, &err) == VG_OK &&
                 vg_director_create(&director, &run->director, &err) == VG_OK;
    for (int i = 0; is_up && i < run->scenario.n_faults; i++) {
        is_up = vg_simfleet_add_fault(run->fleet, &run->scenario.faults[i], &err) == VG_OK;
        run->out->n_lost += run->scenario.faults[i].kind == VG_SIMFAULT_CRASH;
    }
    vg_buf_finish(&text);
    if (!is_up) {
        give_up(&err);
    }
}

struct feed_ctx {
    struct campaign_run *run;
    int drone;
};

static void on_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct feed_ctx *f = ctx;
    (void)frame;
    if (msg->sysid == f->run->campaign->watch.drones[f->drone].sysid) {
        f->run->suspects[f->drone].heard = f->run->now;
        campaign_note_read(&f->run->suspects[f->drone], msg);
    }
    vg_director_feed(f->run->director, f->drone, msg, f->run->now);
}

static void step(struct campaign_run *run)
{
    uint8_t buf[1400];
    run->now.us += STEP_US;
    vg_simfleet_step(run->fleet, run->now);
    for (int i = 0; i < run->campaign->watch.n_drones; i++) {
        struct feed_ctx f = {run, i};
        size_t n;
        while ((n = vg_simfleet_take(run->fleet, i, buf, sizeof buf)) > 0) {
            vg_mavframe_feed(&run->parsers[i], (struct vg_bytes){buf, n}, on_message, &f);
            vg_mavframe_flush(&run->parsers[i], on_message, &f);
        }
    }
    vg_director_step(run->director, run->now);
}

void campaign_fly(const struct campaign *self, uint64_t seed, struct campaign_result *out)
{
    *out = (struct campaign_result){.n_takeoffs = 0};
    struct campaign_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        give_up(&(struct vg_error){.message = "out of memory"});
    }
    run->campaign = self;
    run->out = out;
    run->start = run->now = vg_us(INT64_C(1795442722000000));
    for (int i = 0; i < CAMPAIGN_DRONES; i++) {
        vg_mavframe_init(&run->parsers[i]);
        run->suspects[i].heard = run->now;
    }
    bring_up(run, seed);
    for (int k = 1; k <= CAMPAIGN_S * STEPS_PER_S; k++) {
        step(run);
        if (k % STEPS_PER_S == 0) {
            campaign_judge(run);
        }
    }
    vg_director_destroy(run->director);
    vg_simfleet_destroy(run->fleet);
    vg_terrain_destroy(run->terrain);
    free(run);
}
