#include "app/station.h"

#include "app/load.h"
#include "app/make_plan.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MS = 50,
    WORK_JOBS = 16
};
static const double CELL_M = 50;

/* ---- coming up ---- */

static enum vg_status load(struct vg_station *self, struct vg_error *err)
{
    enum vg_status st = vg_load_watch(self->options.watch_path, &self->watchfile, err);
    if (st == VG_OK) {
        st = vg_load_check_ids(&self->watchfile, err);
    }
    struct vg_simscenario faults;
    if (st == VG_OK && self->options.is_sim) { /* said before a plan is made, not by the child */
        st = vg_load_faults(&self->watchfile, self->options.scenario, self->options.faults, &faults,
                            err);
    }
    if (st == VG_OK) {
        st = vg_load_terrain(&self->watchfile, &self->terrain, err);
    }
    if (st == VG_OK) {
        vg_load_note_datum(self->app, self->terrain);
    }
    self->plan = calloc(1, sizeof *self->plan);
    if (st == VG_OK && self->plan == NULL) {
        st = vg_no_memory(err);
    }
    if (st == VG_OK && self->options.plan_path != NULL) {
        st = vg_load_plan(self->options.plan_path, self->plan, err);
        if (st == VG_OK && self->plan->n_fleet > 0) {
            st = vg_fail(err, VG_E_FORMAT,
                         "%s was made for drones of its own (--least-drones): list them in the "
                         "watch, with their links, and plan again",
                         self->options.plan_path);
        }
    } else if (st == VG_OK) {
        const struct vg_planner_options first = {.day = time(NULL) / VG_DAY_S};
        st = vg_make_plan(&self->watchfile, self->terrain, &first, self->plan, err);
    }
    if (st == VG_OK) {
        vg_planner_adopt(self->plan, &self->watchfile);
        st = vg_strip_create(&self->watchfile.network, CELL_M, &self->strip, err);
    }
    self->sight = (struct vg_sight){
        .terrain = self->terrain, .strip = self->strip, .near_m = self->watchfile.depth_m + 500};
    return st;
}

static enum vg_status start_director(struct vg_station *self, struct vg_error *err)
{
    struct vg_director_options options = {
        .watch = &self->watchfile,
        .timetable = {self->plan, self->epoch, self->begins},
        .auto_consent = self->options.is_sim && !self->options.must_ask,
        .our_sysid = VG_STATION_SYSID,
        .lang = self->app->lang,
        .ground = {vg_load_ground_msl_m, self->terrain},
        .send = vg_station_send,
        .event = vg_station_event,
        .alert = vg_station_alert,
        .alert_over = vg_station_alert_over,
        .ctx = self,
    };
    enum vg_status st = vg_director_create(&options, &self->director, err);
    if (st == VG_OK) {
        vg_director_resume(self->director, &self->watch, self->now);
    }
    return st;
}

static void on_signal(void *ctx, int signum)
{
    (void)signum;
    vg_station_stop(ctx);
}

static void on_sim_exit(void *ctx, int64_t exit_code, int signum)
{
    struct vg_station *self = ctx;
    if (!self->is_stopping) {
        fprintf(stderr, vg_tr(self->app->lang, "vigie: the simulator ended (%d, signal %d)\n"),
                (int)exit_code, signum);
        self->exit_code = 4;
        vg_station_stop(self);
    }
}

/* The same program, as the fleet, on the same clock. */
static enum vg_status start_sim(struct vg_station *self, struct vg_error *err)
{
    enum {
        ARGS_MAX = 32 + 2 * VG_OPTION_LIST_MAX
    };
    char self_path[1024];
    char speed[32];
    char epoch[64];
    char seed[32];
    char port[32];
    char intruders[32];
    ssize_t n = readlink("/proc/self/exe", self_path, sizeof self_path - 1);
    self_path[n > 0 ? n : 0] = '\0';
    vg_format(speed, sizeof speed, "%g", self->options.speed);
    vg_format(epoch, sizeof epoch, "%lld,%lld", (long long)self->clock.utc0_us,
              (long long)self->clock.mono0_us);
    vg_format(seed, sizeof seed, "%lld", (long long)self->options.seed);
    const char *argv[ARGS_MAX] = {
        self_path, "sim", self->options.watch_path, "--speed", speed, "--epoch", epoch,
        "--seed",  seed,  "--with-parent",          "--json"};
    int k = 11;
    int64_t ports = self->options.sim_ports > 0 ? self->options.sim_ports : self->options.port_base;
    if (ports > 0) {
        vg_format(port, sizeof port, "%lld", (long long)ports);
        argv[k++] = "--port-base";
        argv[k++] = port;
    }
    char plan[1300];
    vg_station_plan_path(self, plan, sizeof plan);
    if (self->is_plan_kept || self->options.plan_path != NULL) {
        argv[k++] = "--plan";
        argv[k++] = self->is_plan_kept ? plan : self->options.plan_path;
    }
    for (int i = 0; self->options.faults != NULL && i < self->options.faults->n; i++) {
        argv[k++] = "--fault";
        argv[k++] = self->options.faults->text[i];
    }
    if (self->options.scenario != NULL) {
        argv[k++] = "--scenario";
        argv[k++] = self->options.scenario;
    }
    if (self->options.autopilot != NULL) {
        argv[k++] = "--autopilot";
        argv[k++] = self->options.autopilot;
    }
    if (self->options.intruders > 0) {
        vg_format(intruders, sizeof intruders, "%lld", (long long)self->options.intruders);
        argv[k++] = "--intruders";
        argv[k++] = intruders;
        argv[k++] = "--measurements";
        argv[k++] = vg_station_tracks_sim_to(self->tracks);
    }
    if (self->options.truth != NULL) {
        argv[k++] = "--truth";
        argv[k++] = self->options.truth;
    }
    argv[k] = NULL;
    /* In a forked child PROJ closes its database, in SQLite, whose locks the record's writer may
     * hold at that moment, and then for ever: it comes to rest first. */
    enum vg_status st = vg_record_flush(self->record, err);
    return st == VG_OK ? vg_process_spawn(&self->loop, argv, on_sim_exit, self, &self->sim, err)
                       : st;
}

static enum vg_status start_page(struct vg_station *self, struct vg_error *err)
{
    const char *listen =
        self->options.listen != NULL ? self->options.listen : self->watchfile.listen;
    struct vg_server_options options = {.loop = &self->loop,
                                        .listen = listen,
                                        .assets = vg_assets_embedded(),
                                        .get = vg_station_get,
                                        .post = vg_station_post,
                                        .hello = vg_station_hello,
                                        .ctx = self};
    return vg_server_create(&options, &self->server, err);
}

static enum vg_status start_moments(struct vg_station *self, struct vg_error *err)
{
    struct vg_moments_options options = {.server = self->server,
                                         .work = self->work,
                                         .strip = self->strip,
                                         .targets = self->watchfile.targets};
    struct vg_past *past = self->past;
    self->past = NULL;
    return vg_moments_create(&options, past, &self->moments, err);
}

static enum vg_status start_planning(struct vg_station *self, struct vg_error *err)
{
    struct vg_planning_options options = {.server = self->server,
                                          .work = self->work,
                                          .watch = &self->watchfile,
                                          .terrain = self->terrain,
                                          .axis_m = vg_station_axis_m,
                                          .ctx = self};
    return vg_planning_create(&options, &self->planning, err);
}

static enum vg_status come_up(struct vg_station *self, struct vg_error *err)
{
    enum vg_status st = load(self, err);
    if (st != VG_OK) {
        return st;
    }
    uv_loop_init(&self->loop);
    self->has_loop = true;
    if ((st = vg_station_open_record(self, err)) != VG_OK ||
        (st = vg_station_open_links(self, err)) != VG_OK ||
        (st = start_director(self, err)) != VG_OK ||
        (st = vg_station_traffic_open(self, &self->traffic, err)) != VG_OK ||
        (st = vg_station_tracks_open(self, &self->tracks, err)) != VG_OK ||
        (st = vg_work_create(&self->loop, WORK_JOBS, &self->work, err)) != VG_OK ||
        (st = start_page(self, err)) != VG_OK || (st = start_moments(self, err)) != VG_OK ||
        (st = start_planning(self, err)) != VG_OK ||
        (st = vg_signals_create(&self->loop, on_signal, self, &self->signals, err)) != VG_OK ||
        (st = vg_timer_create(&self->loop, TICK_MS, vg_station_tick, self, &self->timer, err)) !=
            VG_OK) {
        return st;
    }
    if (self->options.for_s > 0) {
        self->end_mono_us = vg_clock_mono_us() + (int64_t)(self->options.for_s * 1e6);
    }
    return self->options.is_sim ? start_sim(self, err) : VG_OK;
}

/* ---- going down ---- */

void vg_station_stop(struct vg_station *self)
{
    if (self->is_stopping) {
        return;
    }
    self->is_stopping = true;
    vg_process_destroy(self->sim);
    vg_timer_destroy(self->timer);
    vg_signals_destroy(self->signals);
    self->sim = NULL;
    self->timer = NULL;
    self->signals = NULL;
    vg_station_close_links(self);
    vg_station_traffic_close(self->traffic);
    vg_station_tracks_close(self->tracks);
    self->tracks = NULL;
    self->traffic = NULL;
    if (self->record != NULL) {
        vg_station_event(self, "stop", "{}", 2);
        enum vg_status st = vg_record_flush(self->record, NULL);
        (void)st; /* closing says what did not reach the disk */
        vg_station_answer_durable(self);
    }
    vg_planning_close(self->planning);
    vg_work_destroy(self->work);
    vg_server_destroy(self->server);
    self->work = NULL;
    self->server = NULL;
}

static void finish(struct vg_station *self)
{
    if (self->has_loop) {
        vg_station_stop(self);
        uv_run(&self->loop, UV_RUN_DEFAULT);
        uv_loop_close(&self->loop);
    }
    vg_past_destroy(self->past);
    vg_moments_destroy(self->moments);
    vg_planning_destroy(self->planning);
    vg_reader_destroy(self->reader);
    vg_director_destroy(self->director);
    struct vg_error err = {.lang = self->app->lang};
    if (self->record != NULL && vg_record_close(self->record, &err) != VG_OK) {
        self->exit_code = vg_app_fail(self->app, &err);
    }
    free(self->links);
    free(self->drones);
    vg_sight_finish(&self->sight);
    vg_watch_finish(&self->watch);
    vg_strip_destroy(self->strip);
    vg_terrain_destroy(self->terrain);
    vg_station_drop_plans(self);
    vg_watchfile_finish(&self->watchfile);
    vg_buf_finish(&self->scratch);
}

static void say_hello(struct vg_station *self)
{
    if (self->app->is_json) {
        printf("{\"page\":\"%s\",\"record\":\"%s\"}\n", vg_server_url(self->server),
               self->record_path);
    } else {
        printf(vg_tr(self->app->lang, "Page    %s\nRecord  %s\n"), vg_server_url(self->server),
               self->record_path);
    }
    fflush(stdout);
}

int vg_station_run(const struct vg_app *app, const struct vg_station_options *options)
{
    struct vg_station *self = calloc(1, sizeof *self);
    struct vg_error err = {.lang = app->lang};
    if (self == NULL) {
        vg_fail(&err, VG_E_NO_MEMORY, "out of memory");
        return vg_app_fail(app, &err);
    }
    self->app = app;
    self->options = *options;
    enum vg_status st = come_up(self, &err);
    if (st == VG_OK) {
        say_hello(self);
        uv_run(&self->loop, UV_RUN_DEFAULT);
        vg_station_summary(self, stdout);
    } else {
        self->exit_code = vg_app_fail(app, &err);
    }
    finish(self);
    int rc = self->exit_code;
    free(self);
    return rc;
}
