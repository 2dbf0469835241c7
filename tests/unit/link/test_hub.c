/* Several links to one drone: choice, silence, copies, and what may leave how fast. */
#include "base/rng.h"
#include "base/text.h"
#include "link/command.h"
#include "link/hub.h"
#include "link/outbox.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    TICK_MS = 50
};

static struct vg_us at_ms(int64_t ms)
{
    return vg_us((ms + 1000) * 1000); /* 0 is "never" */
}

static struct vg_mav_msg heartbeat(uint8_t seq)
{
    struct vg_mav_msg msg;
    const struct vg_mav_heartbeat h = {.autopilot = VG_MAV_AUTOPILOT_ARDUPILOTMEGA,
                                       .mavlink_version = 3};
    vg_mav_heartbeat_pack(&h, DRONE, 1, &msg);
    msg.seq = seq;
    return msg;
}

static struct vg_mav_msg text(const char *words, uint8_t seq)
{
    struct vg_mav_msg msg;
    struct vg_mav_statustext t = {.severity = 4};
    vg_format(t.text, sizeof t.text, "%s", words);
    vg_mav_statustext_pack(&t, DRONE, 1, &msg);
    msg.seq = seq;
    return msg;
}

static struct vg_mav_msg command(uint16_t id, float p1, uint8_t confirmation)
{
    struct vg_mav_msg msg;
    const struct vg_mav_command_long c = {.command = id,
                                          .param1 = p1,
                                          .confirmation = confirmation,
                                          .target_system = DRONE,
                                          .target_component = 1};
    vg_mav_command_long_pack(&c, GCS, 190, &msg);
    return msg;
}

/* ---- the choice of a path ---- */

/* A drone at the other ends: each path brings heartbeats once a second and answers probes after its
 * delay, unless it is cut. */
struct world {
    struct vg_hub hub;
    int delay_ms[VG_HUB_PATHS_MAX];
    bool is_cut[VG_HUB_PATHS_MAX];
    int rate_hz[VG_HUB_PATHS_MAX]; /* of telemetry besides */
    uint8_t seq[VG_HUB_PATHS_MAX];
    struct {
        int64_t due_ms; /* 0: free */
        int path;
        struct vg_mav_msg msg;
    } waiting[256];
    int n_probes[VG_HUB_PATHS_MAX];
    int n_switches;
    int64_t now_ms;
};

static void deliver(struct world *w, int path, struct vg_mav_msg *msg)
{
    if (!w->is_cut[path]) {
        msg->seq = w->seq[path]++;
        vg_hub_take(&w->hub, path, msg, at_ms(w->now_ms));
    }
}

static void put(struct world *w, int path, const struct vg_mav_msg *msg)
{
    for (int i = 0; i < 256; i++) {
        if (w->waiting[i].due_ms == 0) {
            w->waiting[i].due_ms = w->now_ms + w->delay_ms[path];
            w->waiting[i].path = path;
            w->waiting[i].msg = *msg;
            return;
        }
    }
}

static void answer_probe(struct world *w, int path, const struct vg_mav_msg *probe)
{
    struct vg_mav_timesync t;
    struct vg_mav_msg msg;
    vg_mav_timesync_unpack(probe, &t);
    t.tc1 = 12345;
    vg_mav_timesync_pack(&t, DRONE, 1, &msg);
    w->n_probes[path]++;
    if (!w->is_cut[path]) {
        put(w, path, &msg);
    }
}

static void run(struct world *w, int64_t for_ms)
{
    for (int64_t end = w->now_ms + for_ms; w->now_ms < end; w->now_ms += TICK_MS) {
        for (int p = 0; p < w->hub.n_paths; p++) {
            bool is_sat = w->hub.paths[p].options.is_satellite;
            int rate = is_sat ? 0 : 1 + w->rate_hz[p];
            if (rate > 0 && w->now_ms % (1000 / rate) < TICK_MS) {
                struct vg_mav_msg h = heartbeat(0);
                deliver(w, p, &h);
            }
        }
        for (int i = 0; i < 256; i++) {
            if (w->waiting[i].due_ms != 0 && w->waiting[i].due_ms <= w->now_ms) {
                w->waiting[i].due_ms = 0;
                deliver(w, w->waiting[i].path, &w->waiting[i].msg);
            }
        }
        uint32_t changes = vg_hub_step(&w->hub, at_ms(w->now_ms));
        w->n_switches += (changes & VG_HUB_SWITCHED) != 0;
        int path;
        struct vg_mav_msg probe;
        while (vg_hub_next_probe(&w->hub, at_ms(w->now_ms), &path, &probe)) {
            answer_probe(w, path, &probe);
        }
    }
}

static struct world make_world(int n)
{
    struct world w = {.delay_ms = {40, 40, 40, 40}};
    const struct vg_path_options plain = {0};
    vg_hub_init(&w.hub, GCS, 190, 1);
    for (int p = 0; p < n; p++) {
        assert_int_equal(vg_hub_add(&w.hub, &plain), p);
        w.hub.paths[p].is_open = true;
    }
    return w;
}

/* Whatever the phase of heartbeats and ticks, and whatever the delay up to one second: silent
 * means left within one second. */
static void a_silent_link_is_left_within_a_second(void **state)
{
    (void)state;
    for (int phase_ms = 0; phase_ms < 1000; phase_ms += 50) {
        for (int delay_ms = 50; delay_ms <= 1000; delay_ms += 190) {
            struct world w = make_world(2);
            w.delay_ms[0] = delay_ms;
            w.delay_ms[1] = delay_ms;
            run(&w, 5000 + phase_ms);
            int used = w.hub.used;
            w.n_switches = 0;
            run(&w, 10000);
            assert_int_equal(w.n_switches, 0);
            w.is_cut[used] = true;
            run(&w, 950);
            assert_int_equal(w.hub.used, 1 - used);
            run(&w, 20000);
            assert_int_equal(w.n_switches, 1);
            assert_false(w.hub.paths[used].is_up);
        }
    }
}

static void equal_links_do_not_take_turns(void **state)
{
    (void)state;
    struct world w = make_world(3);
    w.delay_ms[1] = 60;
    w.delay_ms[2] = 20;
    run(&w, 60000);
    assert_int_equal(w.n_switches, 0);
}

static void a_better_link_is_used_after_three_seconds(void **state)
{
    (void)state;
    struct world w = make_world(2);
    run(&w, 5000);
    assert_int_equal(w.hub.used, 0);
    w.delay_ms[0] = 400;
    run(&w, 3000);
    assert_int_equal(w.hub.used, 0);
    run(&w, 4000);
    assert_int_equal(w.hub.used, 1);
    assert_int_equal(w.n_switches, 1);
    run(&w, 10000);
    /* The delay as measured: 40 and 400 ms and what the tick adds. */
    assert_true(w.hub.paths[1].delay_s >= 0.04 && w.hub.paths[1].delay_s < 0.1);
    assert_true(w.hub.paths[0].delay_s >= 0.39 && w.hub.paths[0].delay_s < 0.5);
}

/* Half of what is said is lost: that shows in the probes within seconds. */
static void a_link_that_loses_much_is_left(void **state)
{
    (void)state;
    struct world w = make_world(2);
    w.delay_ms[1] = 100;
    run(&w, 5000);
    for (int i = 0; i < 40 && w.hub.used == 0; i++) {
        w.is_cut[0] = i % 2 == 0; /* 250 ms, less than silence */
        run(&w, 250);
    }
    assert_int_equal(w.hub.used, 1);
}

static void a_dear_link_is_used_only_while_the_other_is_silent(void **state)
{
    (void)state;
    struct world w = make_world(2);
    w.hub.paths[0].options.cost_s = 5;
    run(&w, 10000);
    assert_int_equal(w.hub.used, 1);
    w.is_cut[1] = true;
    run(&w, 1000);
    assert_int_equal(w.hub.used, 0);
    w.is_cut[1] = false;
    run(&w, 6000);
    assert_int_equal(w.hub.used, 1);
}

static void a_satellite_is_the_last_resort(void **state)
{
    (void)state;
    struct world w = make_world(1);
    const struct vg_path_options sat = {.is_satellite = true, .cost_s = 10};
    assert_int_equal(vg_hub_add(&w.hub, &sat), 1);
    w.hub.paths[1].is_open = true;
    run(&w, 20000);
    assert_int_equal(w.hub.used, 0);
    w.is_cut[0] = true;
    run(&w, 2000);
    assert_int_equal(w.hub.used, 0); /* the radio may only have stuttered */
    run(&w, 2500);
    assert_int_equal(w.hub.used, 1); /* though the satellite never spoke */
    assert_int_equal(w.n_probes[1], 0);
    struct vg_mav_msg beat = heartbeat(0);
    assert_int_equal(vg_hub_route(&w.hub, &beat), 1); /* the radio only */
    struct vg_mav_msg ask = command(VG_MAV_CMD_SET_MESSAGE_INTERVAL, 33, 0);
    assert_int_equal(vg_hub_route(&w.hub, &ask), 0);
    struct vg_mav_msg home = command(VG_MAV_CMD_NAV_RETURN_TO_LAUNCH, 0, 0);
    assert_int_equal(vg_hub_route(&w.hub, &home), 2);
    w.is_cut[0] = false;
    run(&w, 6000);
    assert_int_equal(w.hub.used, 0);
}

static void a_drone_never_heard_is_sought_by_radio_first(void **state)
{
    (void)state;
    struct world w = make_world(1);
    const struct vg_path_options sat = {.is_satellite = true};
    (void)vg_hub_add(&w.hub, &sat);
    w.hub.paths[1].is_open = true;
    w.is_cut[0] = true;
    run(&w, 9000);
    assert_int_equal(w.hub.used, 0);
    run(&w, 2000);
    assert_int_equal(w.hub.used, 1);
}

static void a_closed_link_is_left_at_once(void **state)
{
    (void)state;
    struct world w = make_world(2);
    run(&w, 5000);
    w.hub.paths[0].is_open = false;
    run(&w, TICK_MS);
    assert_int_equal(w.hub.used, 1);
}

static void two_silent_links_are_not_changed_for_each_other(void **state)
{
    (void)state;
    struct world w = make_world(2);
    run(&w, 10000);
    w.is_cut[0] = w.is_cut[1] = true;
    run(&w, 60000);
    assert_true(w.n_switches <= 1);
}

static void streaming_links_are_probed_once_a_second(void **state)
{
    (void)state;
    struct world w = make_world(2);
    w.rate_hz[0] = 9;
    run(&w, 5000);
    int before = w.n_probes[0];
    run(&w, 10000);
    assert_int_equal(w.n_probes[0] - before, 10);
    w.rate_hz[0] = 0;
    run(&w, 5000);
    before = w.n_probes[0];
    run(&w, 10000);
    assert_int_equal(w.n_probes[0] - before, 40);
}

static void a_sole_link_takes_everything(void **state)
{
    (void)state;
    struct world w = make_world(1);
    for (int i = 0; i < 10; i++) {
        struct vg_mav_msg m = text("again", 3);
        assert_true(vg_hub_take(&w.hub, 0, &m, at_ms(i)));
    }
    w.is_cut[0] = true;
    run(&w, 60000);
    assert_int_equal(w.hub.used, 0);
    assert_int_equal(w.n_switches, 0);
}

/* ---- loss ---- */

static void loss_is_the_share_of_missing_numbers(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(5);
    struct vg_path path;
    const struct vg_path_options o = {0};
    vg_path_init(&path, &o);
    int sent = 0;
    int heard = 0;
    int before_last = 0; /* missing after the last one heard cannot be known */
    int first = -1;
    for (; sent < 5000; sent++) {
        if (vg_rng_unit(&rng) < 0.3) {
            continue;
        }
        struct vg_mav_msg m = heartbeat((uint8_t)sent);
        vg_path_hear(&path, &m, at_ms(sent * 10));
        first = first < 0 ? sent : first;
        before_last = sent;
        heard++;
    }
    assert_int_equal(path.n_heard, heard);
    assert_int_equal(path.loss.n_missed, before_last - first + 1 - heard);
    assert_true(fabs(path.loss.share - 0.3) < 0.1); /* 200 messages: 3 sigma of 0.032 */
}

/* ---- copies ---- */

/* The slow way: everything that ever came, compared field by field. */
struct arrival {
    int64_t ms;
    int path;
    int what;
    bool used[VG_HUB_PATHS_MAX];
    bool is_news;
};

static void copies_are_told_as_the_plain_rule_says(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_once once = {0};
        static struct arrival all[1000];
        int64_t ms = 0;
        for (int i = 0; i < 1000; i++) {
            ms += (int64_t)vg_rng_below(&rng, 200);
            struct arrival *a = &all[i];
            *a = (struct arrival){
                ms, (int)vg_rng_below(&rng, 3), (int)vg_rng_below(&rng, 12), {0}, 1};
            for (int k = 0; k < i && a->is_news; k++) {
                struct arrival *b = &all[k];
                if (b->is_news && b->what == a->what && b->path != a->path && !b->used[a->path] &&
                    a->ms - b->ms < 3000) {
                    b->used[a->path] = true;
                    a->is_news = false;
                }
            }
            char words[16];
            vg_format(words, sizeof words, "text %d", a->what);
            struct vg_mav_msg m = text(words, (uint8_t)vg_rng_below(&rng, 256));
            assert_int_equal(vg_once_is_copy(&once, a->path, &m, at_ms(ms)), !a->is_news);
        }
    }
}

static void the_same_frame_counts_once_but_numbers_tell_frames_apart(void **state)
{
    (void)state;
    struct vg_once once = {0};
    struct vg_mav_msg a = command(400, 1, 0);
    struct vg_mav_msg b = a;
    b.seq = 1;
    assert_false(vg_once_is_copy(&once, 0, &a, at_ms(0)));
    assert_true(vg_once_is_copy(&once, 1, &a, at_ms(10)));
    assert_false(vg_once_is_copy(&once, 1, &b, at_ms(20)));
    assert_true(vg_once_is_copy(&once, 0, &a, at_ms(30))); /* the network's own copy */
    struct vg_mav_msg words = text("low battery", 3);
    assert_false(vg_once_is_copy(&once, 0, &words, at_ms(0)));
    assert_true(vg_once_is_copy(&once, 1, &words, at_ms(10)));
    assert_false(vg_once_is_copy(&once, 0, &words, at_ms(20))); /* said twice */
    assert_false(vg_once_is_copy(&once, 0, &a, at_ms(3100))); /* the numbers begin again */
}

/* An older position that comes by the slower way is not handed on. */
static void what_streams_comes_from_the_path_in_use(void **state)
{
    (void)state;
    struct world w = make_world(2);
    run(&w, 3000);
    struct vg_mav_msg m = heartbeat(9);
    assert_true(vg_hub_take(&w.hub, 0, &m, at_ms(w.now_ms)));
    assert_false(vg_hub_take(&w.hub, 1, &m, at_ms(w.now_ms + 10)));
    assert_true(vg_hub_take(&w.hub, 1, &m, at_ms(w.now_ms + 400)));
}

/* A camera on a link of its own is heard there, though the autopilot is heard over the other. */
static void a_component_is_listened_to_where_it_speaks(void **state)
{
    (void)state;
    struct world w = make_world(2);
    run(&w, 3000);
    struct vg_mav_msg m = heartbeat(0);
    m.compid = 100;
    assert_true(vg_hub_take(&w.hub, 1, &m, at_ms(w.now_ms)));
    m.seq = 1;
    assert_true(vg_hub_take(&w.hub, 1, &m, at_ms(w.now_ms + 10)));
    assert_true(vg_hub_take(&w.hub, 0, &m, at_ms(w.now_ms + 20)));
    m.seq = 2;
    assert_false(vg_hub_take(&w.hub, 1, &m, at_ms(w.now_ms + 30)));
}

/* Signed frames that a router on board sends down both links: the slower one's are refused as old,
 * and yet tell of it. */
static void what_was_overtaken_measures_its_path(void **state)
{
    (void)state;
    struct world w = make_world(2);
    int path = -1;
    struct vg_mav_msg probe;
    run(&w, 300);
    while (vg_hub_next_probe(&w.hub, at_ms(5000), &path, &probe) && path != 1) {
    }
    assert_int_equal(path, 1);
    struct vg_mav_timesync t;
    vg_mav_timesync_unpack(&probe, &t);
    t.tc1 = 1;
    vg_mav_timesync_pack(&t, DRONE, 1, &probe);
    uint64_t before = w.hub.paths[1].n_heard;
    w.hub.paths[1].delay_s = (double)NAN;
    vg_hub_take_overtaken(&w.hub, 1, &probe, at_ms(5250));
    assert_true(fabs(w.hub.paths[1].delay_s - 0.25) < 1e-9);
    assert_int_equal(w.hub.paths[1].n_heard, before + 1);
}

/* One signed frame over two paths, the one in use always second: its copy is refused for its
 * timestamp (vg_hub_take_overtaken), so that of the other must count, or the drone is never heard.
 */
static void the_quicker_of_two_copies_counts(void **state)
{
    (void)state;
    struct world w = make_world(2);
    const struct vg_mav_heartbeat alive = {.type = VG_MAV_TYPE_FIXED_WING, .autopilot = 3};
    struct vg_mav_msg msg;
    int taken = 0;
    vg_mav_heartbeat_pack(&alive, DRONE, 1, &msg);
    for (int k = 0; k < 20; k++) {
        msg.seq = (uint8_t)k;
        taken += vg_hub_take(&w.hub, 1 - w.hub.used, &msg, at_ms(100 * k));
        vg_hub_take_overtaken(&w.hub, w.hub.used, &msg, at_ms(100 * k + 5));
    }
    assert_true(taken >= 19);
    /* By turns: each counts once, by whichever path was first. */
    taken = 0;
    for (int k = 20; k < 40; k++) {
        int first = k % 2 == 0 ? w.hub.used : 1 - w.hub.used;
        msg.seq = (uint8_t)k;
        taken += vg_hub_take(&w.hub, first, &msg, at_ms(100 * k));
        vg_hub_take_overtaken(&w.hub, 1 - first, &msg, at_ms(100 * k + 5));
    }
    assert_int_equal(taken, 20);
}

/* ---- what may leave ---- */

/* Over any stretch of time no more than the rate allows and one burst: every pair of moments. */
static void the_budget_is_never_overrun(void **state)
{
    (void)state;
    static const double rates[] = {60, 240, 5760, 20000};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        struct vg_rng rng = vg_rng_seed(r + 1);
        static struct vg_outbox box;
        static double t_s[20000];
        static int bytes[20000];
        int n = 0;
        double depth = fmax(280, rates[r] / 10);
        vg_outbox_init(&box, rates[r], at_ms(0));
        for (int64_t ms = 0; ms < 60000; ms += 20) {
            for (uint64_t k = vg_rng_below(&rng, 4); k > 0; k--) {
                struct vg_outbox_entry e = {.urgency = (enum vg_urgency)vg_rng_below(&rng, 4)};
                e.msg = command(176, (float)vg_rng_below(&rng, 1000000), 0);
                vg_outbox_put(&box, &e);
            }
            struct vg_outbox_entry e;
            while (n < 20000 && vg_outbox_next(&box, 13, at_ms(ms), &e)) {
                t_s[n] = (double)ms / 1000;
                bytes[n++] = vg_outbox_frame_bytes(&e.msg) + 13;
            }
        }
        assert_true(n > 50);
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int k = i; k < n && k < i + 400; k++) {
                sum += bytes[k];
                assert_true(sum <= rates[r] * (t_s[k] - t_s[i]) + depth + 1e-6);
            }
        }
    }
}

static void the_most_urgent_leaves_first_and_requests_are_dropped_first(void **state)
{
    (void)state;
    static struct vg_outbox box;
    struct vg_outbox_entry e = {0};
    vg_outbox_init(&box, 0, at_ms(0));
    for (int i = 0; i < 100; i++) {
        e.msg = command(VG_MAV_CMD_SET_MESSAGE_INTERVAL, (float)i, 0);
        e.urgency = vg_outbox_urgency(&e.msg);
        assert_int_equal(e.urgency, VG_URGENCY_REQUEST);
        vg_outbox_put(&box, &e);
    }
    assert_int_equal(box.n_dropped, 100 - VG_OUTBOX_MAX);
    for (int i = 0; i < 3; i++) {
        e.msg = command(VG_MAV_CMD_DO_SET_MODE, (float)i, 0);
        e.urgency = vg_outbox_urgency(&e.msg);
        vg_outbox_put(&box, &e);
    }
    for (int i = 0; i < 3; i++) {
        assert_true(vg_outbox_next(&box, 0, at_ms(0), &e));
        struct vg_mav_command_long c;
        vg_mav_command_long_unpack(&e.msg, &c);
        assert_int_equal(c.command, VG_MAV_CMD_DO_SET_MODE);
        assert_int_equal((int)c.param1, i);
    }
    /* 100 asked, 64 fit, 3 made room for commands: the oldest went, 39 is the first left. */
    assert_true(vg_outbox_next(&box, 0, at_ms(0), &e));
    struct vg_mav_command_long c;
    vg_mav_command_long_unpack(&e.msg, &c);
    assert_int_equal((int)c.param1, 39);
}

static void a_repeat_takes_the_place_of_what_waits(void **state)
{
    (void)state;
    static struct vg_outbox box;
    struct vg_outbox_entry e = {.urgency = VG_URGENCY_COMMAND};
    vg_outbox_init(&box, 60, at_ms(0));
    for (int i = 0; i < 50; i++) {
        e.msg = command(VG_MAV_CMD_COMPONENT_ARM_DISARM, 1, (uint8_t)i);
        vg_outbox_put(&box, &e);
    }
    struct vg_mav_command_long c;
    assert_true(vg_outbox_next(&box, 0, at_ms(0), &e));
    vg_mav_command_long_unpack(&e.msg, &c);
    assert_int_equal(c.confirmation, 49);
    assert_false(vg_outbox_next(&box, 0, at_ms(60000), &e));
}

/* On a thin link an aircraft's older place does not queue before its newest; another aircraft's
 * does. */
static void of_an_aircraft_only_its_newest_place_waits(void **state)
{
    (void)state;
    static struct vg_outbox box;
    struct vg_outbox_entry e = {.urgency = VG_URGENCY_REQUEST};
    vg_outbox_init(&box, 1000, at_ms(0));
    for (int i = 0; i < 30; i++) {
        const struct vg_mav_adsb_vehicle v = {.ICAO_address = 0x4CA2D6 + (uint32_t)(i % 2),
                                              .lat = i};
        vg_mav_adsb_vehicle_pack(&v, 255, 190, &e.msg);
        vg_outbox_put(&box, &e);
    }
    for (int i = 28; i < 30; i++) {
        struct vg_mav_adsb_vehicle v;
        assert_true(vg_outbox_next(&box, 0, at_ms(1000 * i), &e));
        vg_mav_adsb_vehicle_unpack(&e.msg, &v);
        assert_int_equal(v.lat, i);
    }
    assert_false(vg_outbox_next(&box, 0, at_ms(60000), &e));
}

static void what_waits_for_a_drone_can_be_called_back(void **state)
{
    (void)state;
    static struct vg_outbox box;
    vg_outbox_init(&box, 0, at_ms(0));
    for (int i = 0; i < 20; i++) {
        struct vg_outbox_entry e = {.owner = i % 2};
        e.msg = command(176, (float)i, 0);
        vg_outbox_put(&box, &e);
    }
    vg_outbox_drop(&box, 0);
    struct vg_outbox_entry e;
    int n = 0;
    for (; vg_outbox_next(&box, 0, at_ms(0), &e); n++) {
        assert_int_equal(e.owner, 1);
    }
    assert_int_equal(n, 10);
}

static void a_full_radio_slows_us_down_and_an_empty_one_lets_us_go_again(void **state)
{
    (void)state;
    static struct vg_outbox box;
    vg_outbox_init(&box, 5760, at_ms(0));
    vg_outbox_hear_radio(&box, 10);
    assert_true(fabs(vg_outbox_rate_Bps(&box) - 2880) < 1e-9);
    for (int i = 0; i < 20; i++) {
        vg_outbox_hear_radio(&box, 10);
    }
    assert_true(fabs(vg_outbox_rate_Bps(&box) - 720) < 1e-9); /* never to a halt */
    for (int i = 0; i < 30; i++) {
        vg_outbox_hear_radio(&box, 98);
    }
    assert_true(fabs(vg_outbox_rate_Bps(&box) - 5760) < 1e-9);
}

/* ---- commands when the way changes ---- */

static int count_out(struct vg_command *cmds, struct vg_mav_command_long *last)
{
    struct vg_mav_msg msg;
    int n = 0;
    for (; vg_command_next_out(cmds, &msg); n++) {
        vg_mav_command_long_unpack(&msg, last);
    }
    return n;
}

static void acknowledge(struct vg_command *cmds, uint16_t id, int64_t ms)
{
    struct vg_mav_msg msg;
    const struct vg_mav_command_ack ack = {.command = id, .target_system = GCS};
    vg_mav_command_ack_pack(&ack, DRONE, 1, &msg);
    vg_command_feed(cmds, &msg, at_ms(ms));
}

static void unanswered_commands_are_repeated_when_the_way_changes(void **state)
{
    (void)state;
    struct vg_command cmds = {0};
    struct vg_mav_command_long c = {.command = 176, .target_system = DRONE, .target_component = 1};
    assert_int_equal(vg_command_send(&cmds, GCS, 190, &c, at_ms(0), NULL), VG_OK);
    assert_int_equal(count_out(&cmds, &c), 1);
    vg_command_step(&cmds, at_ms(100));
    assert_int_equal(count_out(&cmds, &c), 0);
    vg_command_hurry(&cmds, vg_us(150000), at_ms(100));
    vg_command_step(&cmds, at_ms(140)); /* may still be under way */
    assert_int_equal(count_out(&cmds, &c), 0);
    vg_command_step(&cmds, at_ms(150));
    assert_int_equal(count_out(&cmds, &c), 1);
    assert_int_equal(c.confirmation, 1);
    /* The attempt over the link that failed does not count: six are still made. */
    int n = 0;
    for (int64_t ms = 200; ms < 20000; ms += 100) {
        vg_command_step(&cmds, at_ms(ms));
        n += count_out(&cmds, &c);
    }
    assert_int_equal(n, 5);
    assert_int_equal(c.confirmation, 6);
    struct vg_command_result r;
    assert_true(vg_command_next_result(&cmds, &r));
    assert_int_equal(r.end, VG_COMMAND_SILENT);
}

/* The answer to an earlier attempt must not be taken for the next command's. */
static void a_late_answer_is_not_taken_for_the_next_command(void **state)
{
    (void)state;
    struct vg_command cmds = {0};
    struct vg_mav_command_long c = {
        .command = 178, .param1 = 1, .target_system = DRONE, .target_component = 1};
    struct vg_mav_command_long seen;
    struct vg_command_result r;
    assert_int_equal(vg_command_send(&cmds, GCS, 190, &c, at_ms(0), NULL), VG_OK);
    vg_command_step(&cmds, at_ms(1100));
    assert_int_equal(count_out(&cmds, &seen), 2);
    acknowledge(&cmds, 178, 1200);
    assert_true(vg_command_next_result(&cmds, &r));
    assert_int_equal(r.end, VG_COMMAND_ACCEPTED);
    c.param1 = 2;
    assert_int_equal(vg_command_send(&cmds, GCS, 190, &c, at_ms(1300), NULL), VG_OK);
    assert_int_equal(count_out(&cmds, &seen), 0);
    acknowledge(&cmds, 178, 1500); /* of the first command's other attempt */
    assert_false(vg_command_next_result(&cmds, &r));
    vg_command_step(&cmds, at_ms(6000));
    assert_int_equal(count_out(&cmds, &seen), 0);
    vg_command_step(&cmds, at_ms(6150)); /* 5 s after the last attempt */
    assert_int_equal(count_out(&cmds, &seen), 1);
    assert_int_equal((int)seen.param1, 2);
    acknowledge(&cmds, 178, 6200);
    assert_true(vg_command_next_result(&cmds, &r));
    assert_int_equal(r.end, VG_COMMAND_ACCEPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_link_is_left_within_a_second),
        cmocka_unit_test(equal_links_do_not_take_turns),
        cmocka_unit_test(a_better_link_is_used_after_three_seconds),
        cmocka_unit_test(a_link_that_loses_much_is_left),
        cmocka_unit_test(a_dear_link_is_used_only_while_the_other_is_silent),
        cmocka_unit_test(a_satellite_is_the_last_resort),
        cmocka_unit_test(a_drone_never_heard_is_sought_by_radio_first),
        cmocka_unit_test(a_closed_link_is_left_at_once),
        cmocka_unit_test(two_silent_links_are_not_changed_for_each_other),
        cmocka_unit_test(streaming_links_are_probed_once_a_second),
        cmocka_unit_test(a_sole_link_takes_everything),
        cmocka_unit_test(loss_is_the_share_of_missing_numbers),
        cmocka_unit_test(copies_are_told_as_the_plain_rule_says),
        cmocka_unit_test(the_same_frame_counts_once_but_numbers_tell_frames_apart),
        cmocka_unit_test(what_streams_comes_from_the_path_in_use),
        cmocka_unit_test(a_component_is_listened_to_where_it_speaks),
        cmocka_unit_test(what_was_overtaken_measures_its_path),
        cmocka_unit_test(the_quicker_of_two_copies_counts),
        cmocka_unit_test(the_budget_is_never_overrun),
        cmocka_unit_test(the_most_urgent_leaves_first_and_requests_are_dropped_first),
        cmocka_unit_test(a_repeat_takes_the_place_of_what_waits),
        cmocka_unit_test(of_an_aircraft_only_its_newest_place_waits),
        cmocka_unit_test(what_waits_for_a_drone_can_be_called_back),
        cmocka_unit_test(a_full_radio_slows_us_down_and_an_empty_one_lets_us_go_again),
        cmocka_unit_test(unanswered_commands_are_repeated_when_the_way_changes),
        cmocka_unit_test(a_late_answer_is_not_taken_for_the_next_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
