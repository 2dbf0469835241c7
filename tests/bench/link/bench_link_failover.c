/* Failover: 10,000 faults on the three links of one drone, on simulated time.
 *
 * Real frames both ways: commands -> hub -> outbox -> signed frames -> faulty links -> the drone's
 * own parser and signature check -> acknowledgements back. The drone counts how often each command
 * (told apart by a serial number in its first parameter) was done. It keeps to the protocol: a
 * repeat (confirmation above 0) of what it has done is acknowledged, not done again.
 *
 * Three runs: signed; not signed over links that keep the order (cuts and losses only); not signed
 * with all faults, for information: nothing tells a drone then that a frame is the network's copy
 * or comes after its own repeat.
 *
 * Faults: a link is cut (what is under way on it is lost, or held and delivered when it is back,
 * as a stalled TCP connection does), loses half, delays up to a second more, doubles, reorders. One
 * of the three always carries. `SEED=n` replays another run. */
#include "base/rng.h"
#include "link/command.h"
#include "link/hub.h"
#include "link/mavframe.h"
#include "link/mavsign.h"
#include "link/outbox.h"
#include "sim/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LINKS = 3,
    FAULTS = 10000,
    STEP_MS = 20,
    SERIALS = 100000,
    GCS = 255,
    DRONE = 7
};

struct link {
    int delay_ms;
    double loss;
    /* faults, until */
    int64_t cut_ms;
    int64_t lossy_ms;
    int64_t slow_ms;
    int64_t doubling_ms;
    int64_t jumbled_ms;
    bool is_holding; /* what a cut catches is kept */
    int slow_by_ms;
    struct vg_wire *up;
    struct vg_wire *down;
    struct vg_outbox outbox;
    struct vg_mavframe ours;
    struct vg_mavframe theirs;
    uint8_t seq;
    uint8_t drone_seq;
};

struct run {
    struct vg_rng rng;
    int64_t now_ms;
    struct link links[LINKS];
    struct vg_hub hub;
    struct vg_command commands;
    bool is_signed;
    bool is_orderly; /* no doubling, no overtaking */
    struct vg_mavsign our_sign;
    struct vg_mavsign drone_sign;
    int at; /* the link being read */
    /* the drone */
    struct {
        uint16_t command;
        float serial;
        int64_t ms;
    } done[64];
    int n_done;
    uint8_t executed[SERIALS];
    /* what the station was told */
    uint8_t told[SERIALS]; /* enum vg_command_end */
    int serial_of[65536]; /* by command id: in flight */
    int n_sent;
    int n_faults;
    /* failover */
    int64_t watched_ms; /* the cut of the link in use; 0: none */
    int watched;
    int64_t worst_ms;
    int64_t sum_ms;
    int n_failovers;
    uint64_t n_refused; /* frames that the drone's signature check held back */
};

static struct vg_us now_of(const struct run *r)
{
    return vg_us(INT64_C(1700000000000000) + r->now_ms * 1000);
}

/* ---- the faulty way ---- */

static void must(enum vg_status st)
{
    if (st != VG_OK) {
        abort();
    }
}

static void put(struct run *r, struct link *l, struct vg_wire *way, const uint8_t *data, size_t n)
{
    int64_t now = r->now_ms;
    const struct vg_wire_faults faults = {
        .loss = now < l->lossy_ms ? 0.5 : l->loss,
        .duplicate = now < l->doubling_ms ? 0.3 : 0,
        .reorder_by = vg_us(500000), /* of the second copy */
        .delay = vg_us((l->delay_ms + (now < l->slow_ms ? l->slow_by_ms : 0)) * INT64_C(1000)),
        .jitter = vg_us(now < l->jumbled_ms ? 300000 : 0)};
    must(vg_wire_set_faults(way, &faults, NULL));
    vg_wire_send(way, (struct vg_bytes){data, n}, now_of(r));
}

/* What is under way, and what is sent, is lost. */
static void lose(struct run *r, struct link *l)
{
    struct vg_us from = vg_us(0);
    struct vg_us to = vg_us(now_of(r).us + (l->cut_ms - r->now_ms) * 1000);
    must(vg_wire_cut(l->up, from, to, now_of(r), NULL));
    must(vg_wire_cut(l->down, from, to, now_of(r), NULL));
}

static void cut(struct run *r, struct link *l)
{
    l->is_holding = vg_rng_unit(&r->rng) < 0.5 && !r->is_orderly;
    if (!l->is_holding) {
        lose(r, l);
    }
}

/* The next frame that has arrived; its length, 0: none. */
static size_t take(struct run *r, struct link *l, struct vg_wire *way,
                   uint8_t buf[VG_MAV_FRAME_MAX])
{
    bool is_held = l->is_holding && r->now_ms < l->cut_ms;
    return is_held ? 0 : vg_wire_take(way, buf, VG_MAV_FRAME_MAX, now_of(r));
}

/* ---- the drone ---- */

static void say(struct run *r, struct link *l, const struct vg_mav_msg *msg)
{
    uint8_t frame[VG_MAV_FRAME_MAX];
    r->drone_sign.link_id = (uint8_t)(l - r->links);
    size_t n =
        vg_mav_frame_format(msg, l->drone_seq++, r->is_signed ? &r->drone_sign : NULL, frame);
    put(r, l, l->down, frame, n);
}

static void execute(struct run *r, const struct vg_mav_command_long *c)
{
    for (int i = 0; i < 64 && c->confirmation > 0; i++) {
        if (r->done[i].command == c->command && r->done[i].serial == c->param1) {
            return; /* a repeat of what was done */
        }
    }
    r->done[r->n_done % 64].command = c->command;
    r->done[r->n_done % 64].serial = c->param1;
    r->n_done++;
    r->executed[(int)c->param1]++;
}

static void drone_take(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct run *r = ctx;
    struct vg_mav_msg answer;
    if (r->is_signed && vg_mavsign_check(&r->drone_sign, frame) != VG_MAVSIGN_GOOD) {
        r->n_refused++;
        return;
    }
    if (msg->id == VG_MAV_ID_COMMAND_LONG) {
        struct vg_mav_command_long c;
        vg_mav_command_long_unpack(msg, &c);
        execute(r, &c);
        const struct vg_mav_command_ack ack = {.command = c.command, .target_system = GCS};
        vg_mav_command_ack_pack(&ack, DRONE, 1, &answer);
        say(r, &r->links[r->at], &answer);
    } else if (msg->id == VG_MAV_ID_TIMESYNC) {
        struct vg_mav_timesync t;
        vg_mav_timesync_unpack(msg, &t);
        t.tc1 = r->now_ms * 1000000 + 1;
        vg_mav_timesync_pack(&t, DRONE, 1, &answer);
        say(r, &r->links[r->at], &answer);
    }
}

static void drone_step(struct run *r)
{
    for (int p = 0; p < LINKS; p++) {
        struct link *l = &r->links[p];
        if (r->now_ms % 1000 == 0) {
            const struct vg_mav_heartbeat h = {.autopilot = VG_MAV_AUTOPILOT_ARDUPILOTMEGA};
            struct vg_mav_msg msg;
            vg_mav_heartbeat_pack(&h, DRONE, 1, &msg);
            say(r, l, &msg);
        }
        uint8_t frame[VG_MAV_FRAME_MAX];
        size_t n;
        r->at = p;
        while ((n = take(r, l, l->up, frame)) > 0) {
            vg_mavframe_feed(&l->theirs, (struct vg_bytes){frame, n}, drone_take, r);
            vg_mavframe_flush(&l->theirs, drone_take, r);
        }
    }
}

/* ---- the station ---- */

static void station_take(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct run *r = ctx;
    if (r->is_signed && vg_mavsign_check(&r->our_sign, frame) != VG_MAVSIGN_GOOD) {
        return;
    }
    if (vg_hub_take(&r->hub, r->at, msg, now_of(r))) {
        vg_command_feed(&r->commands, msg, now_of(r));
    }
}

static void send(struct run *r, const struct vg_mav_msg *msg, uint32_t paths)
{
    for (int p = 0; p < LINKS; p++) {
        if ((paths >> p & 1) != 0) {
            struct vg_outbox_entry e = {.urgency = vg_outbox_urgency(msg), .msg = *msg};
            vg_outbox_put(&r->links[p].outbox, &e);
        }
    }
}

static void drain(struct run *r)
{
    for (int p = 0; p < LINKS; p++) {
        struct link *l = &r->links[p];
        struct vg_outbox_entry e;
        while (vg_outbox_next(&l->outbox, r->is_signed ? VG_MAVSIGN_SIZE : 0, now_of(r), &e)) {
            uint8_t frame[VG_MAV_FRAME_MAX];
            r->our_sign.link_id = vg_hub_sign_id(&e.msg, p);
            size_t n =
                vg_mav_frame_format(&e.msg, l->seq++, r->is_signed ? &r->our_sign : NULL, frame);
            put(r, l, l->up, frame, n);
        }
    }
}

static void order(struct run *r)
{
    static const uint16_t ids[] = {VG_MAV_CMD_DO_CHANGE_SPEED, VG_MAV_CMD_DO_SET_MODE,
                                   VG_MAV_CMD_DO_SET_ROI_LOCATION, VG_MAV_CMD_SET_CAMERA_ZOOM,
                                   VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW};
    const struct vg_mav_command_long c = {.command = ids[vg_rng_below(&r->rng, 5)],
                                          .param1 = (float)r->n_sent,
                                          .target_system = DRONE,
                                          .target_component = 1};
    if (r->n_sent < SERIALS - 1 &&
        vg_command_send(&r->commands, GCS, 190, &c, now_of(r), NULL) == VG_OK) {
        r->serial_of[c.command] = r->n_sent++;
    }
}

static void switched(struct run *r, int before)
{
    vg_outbox_drop(&r->links[before].outbox, 0);
    if (!r->hub.paths[before].is_up) {
        double arrival_s = vg_path_arrival_s(&r->hub.paths[before]);
        vg_command_hurry(&r->commands, vg_us_from_s(arrival_s), now_of(r));
    }
    if (r->watched_ms != 0 && before == r->watched) {
        int64_t took_ms = r->now_ms - r->watched_ms;
        r->worst_ms = took_ms > r->worst_ms ? took_ms : r->worst_ms;
        r->sum_ms += took_ms;
        r->n_failovers++;
        r->watched_ms = 0;
    }
}

/* A connection that fell silent is closed: what it holds never comes. */
static void forget(struct run *r, struct link *l)
{
    if (l->is_holding && r->now_ms < l->cut_ms) {
        l->is_holding = false;
        lose(r, l);
    }
}

static void station_step(struct run *r)
{
    for (int p = 0; p < LINKS; p++) {
        struct link *l = &r->links[p];
        uint8_t frame[VG_MAV_FRAME_MAX];
        size_t n;
        r->at = p;
        while ((n = take(r, l, l->down, frame)) > 0) {
            vg_mavframe_feed(&l->ours, (struct vg_bytes){frame, n}, station_take, r);
            vg_mavframe_flush(&l->ours, station_take, r);
        }
    }
    int before = r->hub.used;
    bool was_up[LINKS] = {r->hub.paths[0].is_up, r->hub.paths[1].is_up, r->hub.paths[2].is_up};
    if ((vg_hub_step(&r->hub, now_of(r)) & VG_HUB_SWITCHED) != 0) {
        switched(r, before);
    }
    for (int p = 0; p < LINKS; p++) {
        if (was_up[p] && !r->hub.paths[p].is_up) {
            forget(r, &r->links[p]);
        }
    }
    int path;
    struct vg_mav_msg msg;
    while (vg_hub_next_probe(&r->hub, now_of(r), &path, &msg)) {
        send(r, &msg, UINT32_C(1) << path);
    }
    if (vg_rng_below(&r->rng, 20) == 0) {
        order(r);
    }
    vg_command_step(&r->commands, now_of(r));
    while (vg_command_next_out(&r->commands, &msg)) {
        send(r, &msg, vg_hub_route(&r->hub, &msg));
    }
    struct vg_command_result result;
    while (vg_command_next_result(&r->commands, &result)) {
        r->told[r->serial_of[result.command]] = (uint8_t)result.end;
    }
    drain(r);
}

/* ---- faults ---- */

static bool is_whole(const struct run *r, int p)
{
    const struct link *l = &r->links[p];
    return r->now_ms >= l->cut_ms && r->now_ms >= l->lossy_ms && r->now_ms >= l->slow_ms &&
           r->now_ms >= l->jumbled_ms;
}

/* The failover is timed where the fault is this one alone and there is a way to go to. */
static void watch(struct run *r, int p)
{
    bool has_other = false;
    for (int k = 0; k < LINKS; k++) {
        has_other |= k != p && is_whole(r, k) && r->hub.paths[k].is_up;
    }
    if (p == r->hub.used && r->hub.paths[p].is_up && has_other && is_whole(r, p)) {
        r->watched = p;
        r->watched_ms = r->now_ms;
    }
}

static void fault(struct run *r)
{
    int p = (int)vg_rng_below(&r->rng, LINKS);
    struct link *l = &r->links[p];
    int64_t until = r->now_ms + 500 + (int64_t)vg_rng_below(&r->rng, 8000);
    int whole = 0;
    for (int k = 0; k < LINKS; k++) {
        whole += k != p && is_whole(r, k);
    }
    if (whole == 0) {
        return; /* one always carries */
    }
    r->n_faults++;
    uint64_t kind = vg_rng_below(&r->rng, 5);
    switch (r->is_orderly && kind > 0 ? 4 : kind) {
    case 0:
        l->lossy_ms = until;
        break;
    case 1:
        l->slow_ms = until;
        l->slow_by_ms = (int)vg_rng_below(&r->rng, 1000);
        break;
    case 2:
        l->doubling_ms = until;
        break;
    case 3:
        l->jumbled_ms = until;
        break;
    default:
        watch(r, p);
        until = until > r->now_ms + 1500 ? until : r->now_ms + 1500;
        l->cut_ms = until > l->cut_ms ? until : l->cut_ms; /* a wire's cut is not taken back */
        cut(r, l);
    }
}

static void start(struct run *r, uint64_t seed, bool is_signed, bool is_orderly)
{
    static const uint8_t key[VG_MAVSIGN_KEY_SIZE] = {1, 2, 3};
    static const struct link kinds[LINKS] = {{.delay_ms = 40, .loss = 0.02},
                                             {.delay_ms = 150, .loss = 0.05},
                                             {.delay_ms = 300, .loss = 0.01}};
    memset(r, 0, sizeof *r);
    r->rng = vg_rng_seed(seed);
    r->is_signed = is_signed;
    r->is_orderly = is_orderly;
    vg_mavsign_init(&r->our_sign, key, 0, now_of(r));
    vg_mavsign_init(&r->drone_sign, key, 0, now_of(r));
    vg_hub_init(&r->hub, GCS, 190, 1);
    for (int p = 0; p < LINKS; p++) {
        const struct vg_path_options plain = {.cost_s = 0};
        r->links[p] = kinds[p];
        const struct vg_wire_options up = {.seed = vg_rng_next(&r->rng),
                                           .piece_max_bytes = VG_MAV_FRAME_MAX};
        struct vg_wire_options down = up;
        down.seed = vg_rng_next(&r->rng);
        must(vg_wire_create(&up, &r->links[p].up, NULL));
        must(vg_wire_create(&down, &r->links[p].down, NULL));
        vg_outbox_init(&r->links[p].outbox, p == 0 ? 5760 : 0, now_of(r));
        r->hub.paths[vg_hub_add(&r->hub, &plain)].is_open = true;
    }
}

static void run(struct run *r)
{
    int64_t next_ms = 20000;
    while (r->n_faults < FAULTS) {
        drone_step(r);
        station_step(r);
        if (r->now_ms >= next_ms) {
            fault(r);
            next_ms = r->now_ms + (int64_t)vg_rng_below(&r->rng, 2000);
        }
        if (r->watched_ms != 0 && r->now_ms >= r->links[r->watched].cut_ms) {
            r->watched_ms = 0;
        }
        r->now_ms += STEP_MS;
        vg_mavsign_set_time(&r->our_sign, now_of(r));
        vg_mavsign_set_time(&r->drone_sign, now_of(r));
    }
}

static void finish(struct run *r)
{
    for (int p = 0; p < LINKS; p++) {
        vg_wire_destroy(r->links[p].up);
        vg_wire_destroy(r->links[p].down);
    }
}

struct verdict {
    int lost; /* told "accepted", never done */
    int twice;
    int silent; /* told "no answer" */
};

static struct verdict judge(const struct run *r)
{
    struct verdict v = {0};
    for (int i = 0; i < r->n_sent; i++) {
        v.lost += r->told[i] == VG_COMMAND_ACCEPTED && r->executed[i] == 0;
        v.twice += r->executed[i] > 1;
        v.silent += r->told[i] == VG_COMMAND_SILENT;
    }
    return v;
}

static void tell(const struct run *r, const char *name, struct verdict v, double used_s)
{
    printf("%s: worst %.2f s, mean %.2f s of %d cuts of the link in use (reference: 1 s, ratio "
           "%.2f)\n",
           name, (double)r->worst_ms / 1000,
           (double)r->sum_ms / 1000 / (r->n_failovers > 0 ? r->n_failovers : 1), r->n_failovers,
           (double)r->worst_ms / 1000);
    printf("%s_commands: %d sent in %d faults and %.1f h, %d lost, %d done twice, %d told "
           "unanswered; %llu switches, %llu late frames refused by the drone, %.1f s of "
           "processor\n",
           name, r->n_sent, r->n_faults, (double)r->now_ms / 3.6e6, v.lost, v.twice, v.silent,
           (unsigned long long)r->hub.counts.n_switches, (unsigned long long)r->n_refused, used_s);
}

int main(void)
{
    const char *text = getenv("SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 1;
    static struct run r;
    static const struct {
        const char *name;
        bool is_signed;
        bool is_orderly;
        bool is_aimed;
    } kinds[] = {{"link_failover_signed", true, false, true},
                 {"link_failover_orderly", false, true, true},
                 {"link_failover_unsigned", false, false, false}};
    bool is_good = true;
    for (int k = 0; k < 3; k++) {
        clock_t t0 = clock();
        start(&r, seed, kinds[k].is_signed, kinds[k].is_orderly);
        run(&r);
        struct verdict v = judge(&r);
        tell(&r, kinds[k].name, v, (double)(clock() - t0) / CLOCKS_PER_SEC);
        finish(&r);
        is_good = is_good && (!kinds[k].is_aimed || (v.lost == 0 && v.twice == 0)) &&
                  r.worst_ms < 1000 && r.n_failovers > 100;
    }
    printf("aim: link failover under 1 s, no command lost or done twice in 10,000 faults: %s\n",
           is_good ? "met" : "NOT MET");
    return is_good ? 0 : 1;
}
