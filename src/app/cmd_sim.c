/* vigie sim WATCH: the fleet in a box, each drone a MAVLink endpoint on a UDP socket of its own. */
#include "app/load.h"
#include "app/options.h"
#include "app/sim_eyes.h"

#include "base/file.h"
#include "io/clock.h"
#include "io/link_uri.h"
#include "io/signals.h"
#include "io/timer.h"
#include "io/udp.h"
#include "plan/planner.h"
#include "sim/fleet.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    TICK_MS = 5,
    DATAGRAM = 1400, /* fits an Ethernet frame: several MAVLink frames in one send */
    PEERS_MAX = 4
};

struct sim_options {
    double speed;
    double for_s;
    double rate_hz;
    int64_t seed;
    int64_t port_base;
    const char *epoch;
    const char *plan; /* drones without a base stand where it flies them from; NULL: no plan */
    const char *autopilot; /* what they speak */
    const char *scenario; /* file of faults; NULL: none */
    bool has_parent;
    struct vg_option_list faults;
    int64_t intruders; /* parties on the ground */
    const char *measurements; /* where what the cameras see of them goes; NULL: nowhere */
    const char *truth;
};

struct sim;

/* A drone's socket: sends to the station and to whoever else has spoken to it. */
struct endpoint {
    struct sim *sim;
    int drone_i;
    struct vg_udp *udp;
    struct vg_addr peers[PEERS_MAX];
    int n_peers;
};

struct sim {
    const struct vg_app *app;
    struct sim_options options;
    struct vg_watchfile watch;
    struct vg_terrain *terrain;
    struct vg_simfleet *fleet;
    struct vg_sim_eyes *eyes; /* NULL: nothing goes on on the ground */
    struct vg_udp *reports; /* what they see goes out here ... */
    struct vg_addr reports_to; /* ... to there */
    struct vg_clock clock;
    uv_loop_t loop;
    bool has_loop;
    struct vg_timer *timer;
    struct vg_signals *signals;
    struct endpoint *endpoints;
    int64_t end_mono_us; /* 0: no end */
};

static void add_peer(struct endpoint *e, const struct vg_addr *peer)
{
    for (int i = 0; i < e->n_peers; i++) {
        if (vg_addr_is_equal(&e->peers[i], peer)) {
            return;
        }
    }
    if (e->n_peers < PEERS_MAX) {
        e->peers[e->n_peers++] = *peer;
    }
}

static void send_waiting(struct endpoint *e)
{
    uint8_t buf[DATAGRAM];
    size_t n;
    while ((n = vg_simfleet_take(e->sim->fleet, e->drone_i, buf, sizeof buf)) > 0) {
        for (int k = 0; k < e->n_peers; k++) {
            (void)vg_udp_send(e->udp, &e->peers[k], buf, n);
        }
    }
}

/* Answered at once: at 20 times real time a tick's wait is a tenth of a second for each item of a
 * mission. */
static void on_datagram(void *ctx, const uint8_t *data, size_t n, const struct vg_addr *peer)
{
    struct endpoint *e = ctx;
    add_peer(e, peer);
    struct vg_us now = vg_clock_now(&e->sim->clock);
    vg_simfleet_feed(e->sim->fleet, e->drone_i, (struct vg_bytes){data, n}, now);
    send_waiting(e);
}

static bool has_parent_gone(const struct sim *self)
{
    if (!self->options.has_parent) {
        return false;
    }
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;
    return poll(&p, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

static void on_tick(void *ctx)
{
    struct sim *self = ctx;
    bool is_over = self->end_mono_us > 0 && vg_clock_mono_us() >= self->end_mono_us;
    if (is_over || has_parent_gone(self)) {
        uv_stop(&self->loop);
        return;
    }
    struct vg_us now = vg_clock_now(&self->clock);
    vg_simfleet_step(self->fleet, now);
    vg_sim_eyes_step(self->eyes, now);
    for (int i = 0; i < vg_simfleet_n(self->fleet); i++) {
        send_waiting(&self->endpoints[i]);
    }
}

static void on_signal(void *ctx, int signum)
{
    struct sim *self = ctx;
    (void)signum;
    uv_stop(&self->loop);
}

static enum vg_status open_endpoint(struct sim *self, int i, struct vg_error *err)
{
    const struct vg_simfleet_link *link = vg_simfleet_link(self->fleet, i);
    struct endpoint *e = &self->endpoints[i];
    struct vg_addr station, local;
    *e = (struct endpoint){.sim = self, .drone_i = i};
    enum vg_status st = vg_addr_make(link->host, link->port, &station, err);
    if (st == VG_OK && link->is_listening) {
        return vg_udp_open(&self->loop, &station, on_datagram, e, &e->udp, err);
    }
    if (st == VG_OK) {
        const char *any = station.sa.any.sa_family == AF_INET6 ? "::" : "";
        st = vg_addr_make(vg_addr_is_loopback(&station) ? link->host : any, 0, &local, err);
    }
    if (st == VG_OK) {
        st = vg_udp_open(&self->loop, &local, on_datagram, e, &e->udp, err);
    }
    if (st == VG_OK) {
        add_peer(e, &station);
    }
    return st;
}

static enum vg_status open_all(struct sim *self, struct vg_error *err)
{
    uv_loop_init(&self->loop);
    self->has_loop = true;
    int n = vg_simfleet_n(self->fleet);
    self->endpoints = calloc((size_t)n + 1, sizeof *self->endpoints);
    enum vg_status st = self->endpoints != NULL ? VG_OK : vg_no_memory(err);
    for (int i = 0; i < n && st == VG_OK; i++) {
        st = open_endpoint(self, i, err);
    }
    if (st == VG_OK) {
        st = vg_signals_create(&self->loop, on_signal, self, &self->signals, err);
    }
    if (st == VG_OK) {
        st = vg_timer_create(&self->loop, TICK_MS, on_tick, self, &self->timer, err);
    }
    return st;
}

static enum vg_status add_faults(struct sim *self, struct vg_error *err)
{
    struct vg_simscenario all;
    enum vg_status st =
        vg_load_faults(&self->watch, self->options.scenario, &self->options.faults, &all, err);
    for (int i = 0; st == VG_OK && i < all.n_faults; i++) {
        st = vg_simfleet_add_fault(self->fleet, &all.faults[i], err);
    }
    return st;
}

/* "UTC0_US,MONO0_US": the clock of the station that started us. */
static enum vg_status read_epoch(struct sim *self, struct vg_error *err)
{
    self->clock = vg_clock_start(self->options.speed);
    if (self->options.epoch == NULL) {
        return VG_OK;
    }
    char *end = NULL;
    long long utc0 = strtoll(self->options.epoch, &end, 10);
    long long mono0 = *end == ',' ? strtoll(end + 1, &end, 10) : 0;
    if (*end != 0 || utc0 <= 0 || mono0 <= 0) {
        return vg_fail(err, VG_E_INVALID, "--epoch wants UTC0_US,MONO0_US");
    }
    self->clock.utc0_us = utc0;
    self->clock.mono0_us = mono0;
    return VG_OK;
}

static enum vg_status adopt_plan(struct sim *self, struct vg_error *err)
{
    struct vg_plan plan;
    bool is_any_placed = false;
    for (int i = 0; i < self->watch.n_drones; i++) {
        is_any_placed = is_any_placed || self->watch.drones[i].is_placed;
    }
    if (self->options.plan == NULL) {
        if (is_any_placed && !self->options.has_parent) {
            fputs(vg_tr(self->app->lang,
                        "vigie: drones without a base stand where the bound is least; --plan "
                        "PLAN.json puts them where a plan flies them from\n"),
                  stderr);
        }
        return VG_OK;
    }
    enum vg_status st = vg_load_plan(self->options.plan, &plan, err);
    if (st == VG_OK) {
        vg_planner_adopt(&plan, &self->watch);
        vg_plan_finish(&plan);
    }
    return st;
}

static void send_report(void *ctx, const char *line, size_t n)
{
    struct sim *self = ctx;
    (void)vg_udp_send(self->reports, &self->reports_to, line, n);
}

static void hear_nothing(void *ctx, const uint8_t *data, size_t n, const struct vg_addr *peer)
{
    (void)ctx, (void)data, (void)n, (void)peer;
}

/* "udpout:HOST:PORT": where lines of measurements go. */
static enum vg_status open_reports(struct sim *self, const char *to, struct vg_error *err)
{
    struct vg_link_uri uri;
    struct vg_addr any;
    enum vg_status st = vg_link_uri_parse(to, &uri, err);
    if (st == VG_OK && uri.kind != VG_LINK_URI_UDP_OUT) {
        st =
            vg_fail(err, VG_E_FORMAT, "measurements go to \"udpout:HOST:PORT\", not to \"%s\"", to);
    }
    if (st == VG_OK) {
        self->reports_to = uri.addr;
        st = vg_addr_make(uri.addr.sa.any.sa_family == AF_INET6 ? "::" : "", 0, &any, err);
    }
    return st == VG_OK ? vg_udp_open(&self->loop, &any, hear_nothing, self, &self->reports, err)
                       : st;
}

static enum vg_status open_eyes(struct sim *self, struct vg_error *err)
{
    const struct sim_options *o = &self->options;
    const struct vg_sim_eyes_options eyes = {.watch = &self->watch,
                                             .terrain = self->terrain,
                                             .fleet = self->fleet,
                                             .n_intruders = (int)o->intruders,
                                             .seed = (uint64_t)o->seed,
                                             .truth_path = o->truth,
                                             .send = o->measurements != NULL ? send_report : NULL,
                                             .ctx = self};
    bool is_wanted = o->intruders > 0 || o->measurements != NULL || o->truth != NULL;
    enum vg_status st = o->measurements != NULL ? open_reports(self, o->measurements, err) : VG_OK;
    return is_wanted && st == VG_OK
               ? vg_sim_eyes_open(&eyes, vg_clock_now(&self->clock), &self->eyes, err)
               : st;
}

static enum vg_status come_up(struct sim *self, const char *path, struct vg_error *err)
{
    struct vg_simfleet_options fleet = {.seed = (uint64_t)self->options.seed,
                                        .rate_hz = self->options.rate_hz,
                                        .port_base = (int)self->options.port_base};
    (void)vg_sim_autopilot_find(self->options.autopilot, &fleet.autopilot);
    enum vg_status st = read_epoch(self, err);
    if (st == VG_OK) {
        st = vg_load_watch(path, &self->watch, err);
    }
    if (st == VG_OK) {
        st = vg_load_check_ids(&self->watch, err);
    }
    if (st == VG_OK) {
        st = adopt_plan(self, err);
    }
    if (st == VG_OK) {
        st = vg_load_terrain(&self->watch, &self->terrain, err);
    }
    if (st == VG_OK) {
        st = vg_simfleet_create(&self->watch, self->terrain, &fleet, vg_file_read,
                                vg_clock_now(&self->clock), &self->fleet, err);
    }
    if (st == VG_OK) {
        st = add_faults(self, err);
    }
    if (st == VG_OK) {
        st = open_all(self, err);
    }
    if (st == VG_OK) {
        st = open_eyes(self, err);
    }
    if (self->options.for_s > 0) {
        self->end_mono_us = vg_clock_mono_us() + (int64_t)(self->options.for_s * 1e6);
    }
    return st;
}

static void print_drone(const struct sim *self, int i, struct vg_buf *out)
{
    const struct vg_wf_drone *drone = &self->watch.drones[i];
    const struct vg_simfleet_link *link = vg_simfleet_link(self->fleet, i);
    int port = vg_udp_port(self->endpoints[i].udp);
    if (self->app->is_json) {
        vg_buf_puts(out, "{\"id\":");
        vg_buf_json(out, drone->id);
        vg_buf_printf(out, ",\"sysid\":%d,\"port\":%d,\"station\":", drone->sysid, port);
        vg_buf_json(out, link->is_listening ? "" : link->host);
        vg_buf_printf(out, ",\"station_port\":%d}\n", link->is_listening ? 0 : link->port);
    } else if (link->is_listening) {
        vg_buf_printf(out, "%-8s sysid %-3d udp %s:%d\n", drone->id, drone->sysid, link->host,
                      port);
    } else {
        vg_buf_printf(out, "%-8s sysid %-3d udp %d -> %s:%d\n", drone->id, drone->sysid, port,
                      link->host, link->port);
    }
}

/* One line a drone, so that people see where to connect. A station that started us knows. */
static void print_fleet(const struct sim *self)
{
    struct vg_buf out = {0};
    for (int i = 0; i < vg_simfleet_n(self->fleet); i++) {
        print_drone(self, i, &out);
    }
    fputs(vg_buf_text(&out), stdout);
    fflush(stdout);
    vg_buf_finish(&out);
}

static void go_down(struct sim *self)
{
    vg_timer_destroy(self->timer);
    vg_signals_destroy(self->signals);
    vg_sim_eyes_close(self->eyes);
    vg_udp_close(self->reports);
    for (int i = 0; self->endpoints != NULL && i < vg_simfleet_n(self->fleet); i++) {
        vg_udp_close(self->endpoints[i].udp);
    }
    if (self->has_loop) {
        uv_run(&self->loop, UV_RUN_DEFAULT);
        uv_loop_close(&self->loop);
    }
    free(self->endpoints);
    vg_simfleet_destroy(self->fleet);
    vg_terrain_destroy(self->terrain);
    vg_watchfile_finish(&self->watch);
}

static int run(struct sim *self, const char *path)
{
    struct vg_error err = {.lang = self->app->lang};
    int rc = 0;
    if (self->options.has_parent) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    }
    if (come_up(self, path, &err) != VG_OK) {
        rc = vg_app_fail(self->app, &err);
    } else {
        if (!self->options.has_parent) {
            print_fleet(self);
        }
        uv_run(&self->loop, UV_RUN_DEFAULT);
    }
    go_down(self);
    return rc;
}

int vg_cmd_sim(const struct vg_app *app, int argc, char **argv)
{
    struct sim self = {.app = app,
                       .options = {.speed = 1, .rate_hz = 10, .seed = 1, .autopilot = "ardupilot"}};
    struct sim_options *o = &self.options;
    const struct vg_option options[] = {
        {"speed", VG_OPT_NUMBER, &o->speed},
        {"seed", VG_OPT_INTEGER, &o->seed},
        {"for", VG_OPT_DURATION, &o->for_s},
        {"fault", VG_OPT_LIST, &o->faults},
        {"scenario", VG_OPT_TEXT, &o->scenario},
        {"autopilot", VG_OPT_TEXT, &o->autopilot},
        {"epoch", VG_OPT_TEXT, &o->epoch},
        {"plan", VG_OPT_TEXT, &o->plan},
        {"rate", VG_OPT_NUMBER, &o->rate_hz},
        {"with-parent", VG_OPT_FLAG, &o->has_parent},
        {"port-base", VG_OPT_INTEGER, &o->port_base},
        {"intruders", VG_OPT_INTEGER, &o->intruders},
        {"measurements", VG_OPT_TEXT, &o->measurements},
        {"truth", VG_OPT_TEXT, &o->truth},
    };
    const char *path = NULL;
    int n = 0;
    int rc =
        vg_options_read(app, argc, argv, options, sizeof options / sizeof options[0], &path, 1, &n);
    if (rc != 0) {
        return rc;
    }
    if (n != 1) {
        return vg_app_usage(app, argv[0], "a watch file is wanted");
    }
    enum vg_sim_autopilot autopilot;
    if (!vg_sim_autopilot_find(o->autopilot, &autopilot)) {
        return vg_app_usage(app, argv[0], "--autopilot is ardupilot or px4");
    }
    return run(&self, path);
}
