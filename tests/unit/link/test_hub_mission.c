/* A mission goes up while the links to the drone are cut one after the other. */
#include "base/rng.h"
#include "channel.h"
#include "link/hub.h"
#include "link/mission.h"
#include "link/missionsrv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    PATHS = 2,
    TICK_MS = 50,
    ITEMS = 60
};

static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};

struct scene {
    struct vg_hub hub;
    struct vg_missionup up;
    struct vg_missionsrv srv;
    struct channel to[PATHS];
    struct channel from[PATHS];
    uint8_t seq[PATHS];
    int tick;
};

static struct vg_us now_of(const struct scene *s)
{
    return vg_us((1000 + (int64_t)s->tick * TICK_MS) * 1000);
}

static void set_loss(struct scene *s, int path, double loss)
{
    s->to[path].loss = loss;
    s->from[path].loss = loss;
}

static void say(struct scene *s, int path, struct vg_mav_msg *msg)
{
    msg->seq = s->seq[path]++;
    channel_send(&s->from[path], msg, s->tick);
}

static void drone_turn(struct scene *s)
{
    struct vg_mav_msg msg;
    for (int p = 0; p < PATHS; p++) {
        while (channel_take(&s->to[p], &msg, s->tick)) {
            if (msg.id == VG_MAV_ID_TIMESYNC) {
                struct vg_mav_timesync t;
                vg_mav_timesync_unpack(&msg, &t);
                t.tc1 = 1;
                vg_mav_timesync_pack(&t, DRONE, 1, &msg);
                say(s, p, &msg);
                continue;
            }
            (void)vg_missionsrv_feed(&s->srv, &msg, now_of(s));
            while (vg_missionsrv_next_out(&s->srv, &msg)) {
                say(s, p, &msg); /* an autopilot answers where it was asked */
            }
        }
        if (s->tick % 20 == 0) {
            const struct vg_mav_heartbeat h = {.autopilot = VG_MAV_AUTOPILOT_ARDUPILOTMEGA};
            vg_mav_heartbeat_pack(&h, DRONE, 1, &msg);
            say(s, p, &msg);
        }
    }
    vg_missionsrv_step(&s->srv, now_of(s));
    while (vg_missionsrv_next_out(&s->srv, &msg)) {
        say(s, s->hub.used, &msg);
    }
}

static void station_turn(struct scene *s)
{
    struct vg_mav_msg msg;
    int path;
    for (int p = 0; p < PATHS; p++) {
        while (channel_take(&s->from[p], &msg, s->tick)) {
            if (vg_hub_take(&s->hub, p, &msg, now_of(s))) {
                vg_missionup_feed(&s->up, &msg, now_of(s));
            }
        }
    }
    (void)vg_hub_step(&s->hub, now_of(s));
    while (vg_hub_next_probe(&s->hub, now_of(s), &path, &msg)) {
        channel_send(&s->to[path], &msg, s->tick);
    }
    vg_missionup_step(&s->up, now_of(s));
    while (vg_missionup_next_out(&s->up, &msg)) {
        for (int p = 0; p < PATHS; p++) {
            if ((vg_hub_route(&s->hub, &msg) >> p & 1) != 0) {
                channel_send(&s->to[p], &msg, s->tick);
            }
        }
    }
}

static void a_mission_arrives_whole_whichever_link_is_cut_when(void **state)
{
    (void)state;
    const struct vg_path_options plain = {.cost_s = 0};
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct scene *s = calloc(1, sizeof *s);
        struct vg_mission_item items[ITEMS];
        struct vg_rng rng = vg_rng_seed(seed);
        assert_non_null(s);
        vg_hub_init(&s->hub, GCS, 190, 1);
        vg_missionsrv_init(&s->srv, DRONE, 1, VG_MAV_AUTOPILOT_GENERIC);
        for (int p = 0; p < PATHS; p++) {
            s->hub.paths[vg_hub_add(&s->hub, &plain)].is_open = true;
            channel_open_both(&s->to[p], &s->from[p], seed * 10 + (uint64_t)p,
                              (struct channel){.delay_max = 3});
            set_loss(s, p, 0.05);
        }
        for (int i = 0; i < ITEMS; i++) {
            items[i] = vg_mission_place(16, 3, 14.45 + i * 0.0001, -11.36, 120);
        }
        assert_int_equal(vg_missionup_start(&s->up, pair, items, ITEMS, VG_MAV_AUTOPILOT_GENERIC,
                                            now_of(s), NULL),
                         VG_OK);
        int cut = -1;
        int until = 60;
        for (; s->tick < 20 * 240 && s->up.state != VG_MISSION_DONE &&
               s->up.state != VG_MISSION_FAILED;
             s->tick++) {
            if (s->tick == until) { /* now the one in use, now none, for up to 5 s */
                set_loss(s, 0, 0.05);
                set_loss(s, 1, 0.05);
                cut = cut < 0 ? s->hub.used : -1;
                if (cut >= 0) {
                    set_loss(s, cut, 1);
                }
                until = s->tick + 40 + (int)vg_rng_below(&rng, 60);
            }
            drone_turn(s);
            station_turn(s);
        }
        assert_int_equal(s->up.state, VG_MISSION_DONE);
        assert_int_equal(s->srv.n_items, ITEMS);
        for (int i = 0; i < ITEMS; i++) {
            assert_int_equal(s->srv.items[i].x, items[i].x);
        }
        assert_true(s->hub.counts.n_switches > 0);
        for (int p = 0; p < PATHS; p++) {
            channel_close(&s->to[p]);
            channel_close(&s->from[p]);
        }
        free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mission_arrives_whole_whichever_link_is_cut_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
