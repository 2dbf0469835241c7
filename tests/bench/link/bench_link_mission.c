/* A mission of 200 items brought onto a drone over a very bad link, and proved to be there.
 *
 * The link loses 30 % each way, takes 1 s each way and up to 0.2 s more, doubles one datagram in
 * ten and holds back one in ten by up to 1 s, so that later ones overtake it. The drone has another
 * mission of 200 items stored, which is read first and kept where the autopilot would write over
 * it. Verified means: the station says so, and what the drone stores is what was meant.
 *
 * Usage: bench_link_mission [RUNS [SEED]]. */
#include "base/rng.h"
#include "link/mavframe.h"
#include "link/missionsrv.h"
#include "link/missionup.h"
#include "sim/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS = 1000,
    ITEMS = 200,
    STEP_US = 20000,
    STEPS_MAX = 50 * 600 /* ten minutes */
};

static const struct vg_mav_pair pair = {255, 190, 7, 1};

static const struct vg_wire_faults BAD = {.loss = 0.3,
                                          .duplicate = 0.1,
                                          .reorder = 0.1,
                                          .reorder_by = {1000000},
                                          .delay = {1000000},
                                          .jitter = {200000}};
static const struct vg_wire_faults GOOD = {.delay = {50000}};

/* One end: what it wants sent goes into `out`, what came out of `in` is parsed. */
struct end {
    struct vg_wire *out;
    struct vg_wire *in;
    struct vg_mavframe parser;
    uint8_t seq;
    uint64_t n_bytes;
};

struct run {
    struct end station;
    struct end drone;
    struct vg_missionup up;
    struct vg_missionsrv srv;
    struct vg_us now;
};

struct figures {
    int n_verified;
    int n_wrong; /* said to be verified, and not what was meant */
    double seconds[RUNS * 10];
    int n;
    double kilobytes;
};

static void send_message(struct end *end, const struct vg_mav_msg *msg, struct vg_us now)
{
    uint8_t bytes[VG_MAV_FRAME_MAX];
    size_t n = vg_mav_frame_format(msg, end->seq++, NULL, bytes);
    end->n_bytes += n;
    vg_wire_send(end->out, (struct vg_bytes){bytes, n}, now);
}

static void on_station(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct run *r = ctx;
    (void)frame;
    vg_missionup_feed(&r->up, msg, r->now);
}

static void on_drone(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct run *r = ctx;
    struct vg_mav_msg out;
    (void)frame;
    (void)vg_missionsrv_feed(&r->srv, msg, r->now);
    while (vg_missionsrv_next_out(&r->srv, &out)) {
        send_message(&r->drone, &out, r->now);
    }
}

static void receive(struct run *r, struct end *end, vg_mavframe_fn fn)
{
    uint8_t bytes[VG_WIRE_PIECE_MAX];
    size_t n;
    while ((n = vg_wire_take(end->in, bytes, sizeof bytes, r->now)) > 0) {
        vg_mavframe_feed(&end->parser, (struct vg_bytes){bytes, n}, fn, r);
        vg_mavframe_flush(&end->parser, fn, r);
    }
}

static void step(struct run *r)
{
    struct vg_mav_msg msg;
    receive(r, &r->station, on_station);
    vg_missionup_step(&r->up, r->now);
    while (vg_missionup_next_out(&r->up, &msg)) {
        send_message(&r->station, &msg, r->now);
    }
    receive(r, &r->drone, on_drone);
    vg_missionsrv_step(&r->srv, r->now);
    while (vg_missionsrv_next_out(&r->srv, &msg)) {
        send_message(&r->drone, &msg, r->now);
    }
    r->now.us += STEP_US;
}

static void make_items(struct vg_mission_item *items, double lat_deg)
{
    items[0] = vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, lat_deg, -11.4, 40);
    for (int i = 1; i < ITEMS; i++) {
        items[i] = vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL,
                                    lat_deg + 0.003 * i, -11.4 + 0.001 * (i % 7), 300 + i);
    }
}

static bool is_stored(const struct vg_missionsrv *srv, const struct vg_mission_item *items)
{
    bool is_same = srv->n_items == ITEMS;
    for (int i = 1; is_same && i < ITEMS; i++) {
        is_same = srv->items[i].command == items[i].command && srv->items[i].x == items[i].x &&
                  srv->items[i].y == items[i].y && srv->items[i].z == items[i].z;
    }
    return is_same;
}

static bool open_wires(struct run *r, const struct vg_wire_faults *faults, uint64_t seed)
{
    struct vg_wire_options o = {.faults = *faults, .seed = seed, .pieces_max = 1024};
    bool is_open = vg_wire_create(&o, &r->station.out, NULL) == VG_OK;
    o.seed += 1000003;
    is_open = is_open && vg_wire_create(&o, &r->drone.out, NULL) == VG_OK;
    r->station.in = r->drone.out;
    r->drone.in = r->station.out;
    return is_open;
}

static void run_once(struct run *r, const struct vg_autopilot *autopilot,
                     const struct vg_wire_faults *faults, uint64_t seed, struct figures *f)
{
    static struct vg_mission_item items[ITEMS];
    memset(r, 0, sizeof *r);
    const struct vg_missionsrv_options drone = {
        .sysid = 7, .compid = 1, .autopilot = autopilot, .destroys = true};
    vg_missionsrv_init_as(&r->srv, &drone);
    make_items(r->srv.items, 13.0);
    r->srv.n_items = ITEMS;
    r->srv.ids[0] = vg_mission_id(r->srv.items, ITEMS);
    make_items(items, 14.0);
    const struct vg_missionup_job job = {
        .with = {pair, VG_MAV_MISSION_TYPE_MISSION, autopilot}, .items = items, .n_items = ITEMS};
    if (!open_wires(r, faults, seed) || vg_missionup_begin(&r->up, &job, r->now, NULL) != VG_OK) {
        printf("failed: no run\n");
        exit(1);
    }
    for (int k = 0; k < STEPS_MAX && r->up.phase != VG_MISSIONUP_OVER; k++) {
        step(r);
    }
    bool is_said = r->up.state == VG_MISSION_DONE;
    bool is_there = is_stored(&r->srv, items);
    f->n_verified += is_said && is_there;
    f->n_wrong += is_said && !is_there;
    f->seconds[f->n++] = vg_us_to_s(r->now);
    f->kilobytes += (double)(r->station.n_bytes + r->drone.n_bytes) / 1000;
    if (!is_said) {
        printf("seed %llu: %s\n", (unsigned long long)seed, r->up.err.message);
    }
    vg_wire_destroy(r->station.out);
    vg_wire_destroy(r->drone.out);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool measure(const char *what, uint8_t id, const struct vg_wire_faults *faults, int runs,
                    uint64_t seed)
{
    static struct run r;
    static struct figures f;
    f = (struct figures){0};
    for (int i = 0; i < runs; i++) {
        run_once(&r, vg_autopilot_find(id), faults, seed + (uint64_t)i, &f);
    }
    qsort(f.seconds, (size_t)f.n, sizeof f.seconds[0], by_size);
    printf("%-28s %d of %d verified, median %.1f s, nine of ten under %.1f s, worst %.1f s, "
           "%.0f kB both ways\n",
           what, f.n_verified, f.n, f.seconds[f.n / 2], f.seconds[f.n * 9 / 10], f.seconds[f.n - 1],
           f.kilobytes / f.n);
    return f.n_verified == f.n && f.n_wrong == 0 && f.seconds[f.n / 2] < 60;
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : RUNS;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    runs = runs < 1 || runs > RUNS * 10 ? RUNS : runs;
    printf("mission of %d items, 30 %% lost each way, 1 to 1.2 s each way, doubled and overtaking "
           "(simulated seconds)\n",
           ITEMS);
    bool is_met = measure("as ArduPilot", VG_MAV_AUTOPILOT_ARDUPILOTMEGA, &BAD, runs, seed);
    is_met = measure("as PX4", VG_MAV_AUTOPILOT_PX4, &BAD, runs, seed) && is_met;
    measure("good link, as ArduPilot", VG_MAV_AUTOPILOT_ARDUPILOTMEGA, &GOOD, 20, seed);
    measure("good link, as PX4", VG_MAV_AUTOPILOT_PX4, &GOOD, 20, seed);
    measure("good link, as neither", VG_MAV_AUTOPILOT_GENERIC, &GOOD, 20, seed);
    printf("aim: mission over a bad link: verified every time, median under 60 s: %s\n",
           is_met ? "met" : "missed");
    return 0;
}
