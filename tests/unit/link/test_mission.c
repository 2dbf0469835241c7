/* Missions: the whole conversation over good and bad radio, the compare, the refusals. */
#include "channel.h"
#include "link/mission.h"
#include "link/missionsrv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    TICK_US = 100000,
    GCS = 255,
    DRONE = 7,
    TICKS_MAX = 60000
};

static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};

/* Both ends and the radio between them; big, so on the heap. */
struct scene {
    struct vg_missionup up;
    struct vg_missionsrv srv;
    struct channel to_drone;
    struct channel to_gcs;
    int tick;
    int n_new; /* missions the drone took */
    /* What the drone's side does to a mission behind our back before it is read. */
    void (*spoil)(struct vg_missionsrv *srv);
};

static void end_scene(struct scene *s)
{
    channel_close(&s->to_drone);
    channel_close(&s->to_gcs);
    free(s);
}

static struct scene *make_scene(bool is_ardupilot, uint64_t seed)
{
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    vg_missionsrv_init(&s->srv, DRONE, 1,
                       is_ardupilot ? VG_MAV_AUTOPILOT_ARDUPILOTMEGA : VG_MAV_AUTOPILOT_GENERIC);
    s->srv.home.x = 143000000;
    s->srv.home.y = -114000000;
    s->srv.home.z = 41.0f;
    channel_open_both(&s->to_drone, &s->to_gcs, seed, (struct channel){0});
    return s;
}

static void set_radio(struct scene *s, double loss, double repeat, int delay_max)
{
    s->to_drone.loss = s->to_gcs.loss = loss;
    s->to_drone.repeat = s->to_gcs.repeat = repeat;
    s->to_drone.delay_max = s->to_gcs.delay_max = delay_max;
}

static struct vg_us now_of(const struct scene *s)
{
    return vg_us((int64_t)s->tick * TICK_US);
}

static void drone_turn(struct scene *s)
{
    struct vg_mav_msg msg;
    while (channel_take(&s->to_drone, &msg, s->tick)) {
        if (vg_missionsrv_feed(&s->srv, &msg, now_of(s)) == VG_MISSIONSRV_NEW_MISSION) {
            s->n_new++;
            if (s->spoil != NULL) {
                s->spoil(&s->srv);
            }
        }
    }
    vg_missionsrv_step(&s->srv, now_of(s));
    while (vg_missionsrv_next_out(&s->srv, &msg)) {
        channel_send(&s->to_gcs, &msg, s->tick);
    }
}

static void gcs_turn(struct scene *s)
{
    struct vg_mav_msg msg;
    while (channel_take(&s->to_gcs, &msg, s->tick)) {
        vg_missionup_feed(&s->up, &msg, now_of(s));
    }
    vg_missionup_step(&s->up, now_of(s));
    while (vg_missionup_next_out(&s->up, &msg)) {
        channel_send(&s->to_drone, &msg, s->tick);
    }
}

static void run_scene(struct scene *s)
{
    while (s->up.state != VG_MISSION_DONE && s->up.state != VG_MISSION_FAILED) {
        gcs_turn(s);
        drone_turn(s);
        s->tick++;
        assert_true(s->tick < TICKS_MAX); /* it always ends */
    }
}

/* A patrol: home, take off, legs out and back with a loiter, speed, camera and return. */
static int make_mission(struct vg_mission_item *items, int n_legs)
{
    int n = 0;
    items[n++] =
        (struct vg_mission_item){.frame = 0, .command = 16, .x = 144310000, .y = -114400000};
    items[n++] = (struct vg_mission_item){.frame = 3, .command = 22, .p1 = 12.0f, .z = 60.0f};
    items[n++] = (struct vg_mission_item){.frame = 2, .command = 178, .p2 = 25.0f, .p3 = NAN};
    items[n++] = (struct vg_mission_item){.frame = 2, .command = 1000, .p1 = -40.0f, .p2 = 90.0f};
    for (int i = 0; i < n_legs; i++) {
        items[n++] = (struct vg_mission_item){.frame = 6,
                                              .command = 16,
                                              .autocontinue = true,
                                              .p4 = NAN,
                                              .x = 144310000 + i * 10007,
                                              .y = -114400000 - i * 20011,
                                              .z = 300.0f + 0.123f * (float)i};
    }
    items[n++] = (struct vg_mission_item){.frame = 6,
                                          .command = 18,
                                          .p1 = 2.0f,
                                          .p3 = -80.0f,
                                          .x = 144400000,
                                          .y = -114500000,
                                          .z = 310};
    items[n++] = (struct vg_mission_item){.frame = 2, .command = 20};
    return n;
}

static void upload(struct scene *s, int n_legs, bool is_ardupilot)
{
    struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    int n = make_mission(items, n_legs);
    assert_int_equal(
        vg_missionup_start(&s->up, pair, items, n,
                           is_ardupilot ? VG_MAV_AUTOPILOT_ARDUPILOTMEGA : VG_MAV_AUTOPILOT_GENERIC,
                           now_of(s), NULL),
        VG_OK);
    run_scene(s);
}

static void a_mission_arrives_and_is_verified(void **state)
{
    (void)state;
    for (int is_ardupilot = 0; is_ardupilot < 2; is_ardupilot++) {
        struct scene *s = make_scene(is_ardupilot, 1);
        upload(s, 40, is_ardupilot);
        assert_int_equal(s->up.state, VG_MISSION_DONE);
        assert_int_equal(s->n_new, 1);
        assert_int_equal(s->srv.n_items, 46);
        assert_int_equal(s->srv.items[10].x, 144310000 + 6 * 10007);
        /* One after the other, a turn an item; ArduPilot is sent several in a turn. */
        assert_true(s->tick < (is_ardupilot ? 46 : 3 * 46));
        end_scene(s);
    }
}

/* Loss, repeats and overtaking, 40 seeds: it may fail in the end (then with a reason), but DONE
 * always means that the drone holds exactly what was meant. */
static void a_bad_radio_never_verifies_a_wrong_mission(void **state)
{
    (void)state;
    int n_done = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct scene *s = make_scene(seed % 2 == 1, seed);
        set_radio(s, 0.3, 0.2, 6);
        upload(s, 25, seed % 2 == 1);
        if (s->up.state == VG_MISSION_DONE) {
            n_done++;
            assert_int_equal(s->srv.n_items, s->up.n_items);
            for (int i = 0; i < s->up.n_items; i++) {
                assert_int_equal(s->srv.items[i].x, s->up.items[i].x);
                assert_int_equal(s->srv.items[i].command, s->up.items[i].command);
            }
        } else {
            assert_true(strlen(s->up.err.message) > 10);
        }
        end_scene(s);
    }
    assert_int_equal(n_done, 40); /* a minute without any progress does not happen */
}

static void a_mission_of_the_greatest_size_arrives(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 3);
    set_radio(s, 0.05, 0.05, 2);
    upload(s, VG_MISSION_ITEMS_MAX - 6, true);
    assert_int_equal(s->up.state, VG_MISSION_DONE);
    assert_int_equal(s->srv.n_items, VG_MISSION_ITEMS_MAX);
    end_scene(s);
}

static void spoil_latitude(struct vg_missionsrv *srv)
{
    srv->items[9].x += 1; /* 11 mm */
}

static void spoil_longitude(struct vg_missionsrv *srv)
{
    srv->items[9].y -= 1;
}

static void spoil_height(struct vg_missionsrv *srv)
{
    srv->items[9].z += 0.05f;
}

static void spoil_command(struct vg_missionsrv *srv)
{
    srv->items[9].command = 17;
}

static void spoil_speed(struct vg_missionsrv *srv)
{
    srv->items[2].p2 = 15.0f;
}

static void spoil_count(struct vg_missionsrv *srv)
{
    srv->n_items--;
}

static void spoil_home(struct vg_missionsrv *srv)
{
    srv->items[0].x += 12345;
    srv->home.y -= 999;
}

static void every_difference_is_found_and_named(void **state)
{
    (void)state;
    static const struct {
        void (*spoil)(struct vg_missionsrv *srv);
        const char *reason;
    } cases[] = {
        {spoil_latitude, "mission item 9 read back differs: latitude"},
        {spoil_longitude, "mission item 9 read back differs: longitude"},
        {spoil_height, "mission item 9 read back differs: altitude"},
        {spoil_command, "mission item 9 read back differs: command"},
        {spoil_speed, "mission item 2 read back differs: parameter 2"},
        {spoil_count, "the drone holds 15 mission items, sent were 16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene *s = make_scene(true, 5);
        s->spoil = cases[i].spoil;
        upload(s, 10, true);
        assert_int_equal(s->up.state, VG_MISSION_FAILED);
        assert_int_equal(s->up.err.status, VG_E_BROKEN);
        assert_string_equal(s->up.err.message, cases[i].reason);
        end_scene(s);
    }
}

static void home_is_ardupilots_own(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 5);
    s->spoil = spoil_home;
    upload(s, 10, true);
    assert_int_equal(s->up.state, VG_MISSION_DONE);
    end_scene(s);
    s = make_scene(false, 5);
    s->spoil = spoil_home;
    upload(s, 10, false);
    assert_int_equal(s->up.state, VG_MISSION_FAILED);
    assert_string_equal(s->up.err.message, "mission item 0 read back differs: latitude");
    end_scene(s);
}

static void silence_ends_with_a_reason(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 6);
    set_radio(s, 1.0, 0.0, 0);
    upload(s, 5, true);
    assert_int_equal(s->up.state, VG_MISSION_FAILED);
    assert_string_equal(s->up.err.message, "no answer to the request for the mission");
    assert_int_equal(s->up.holds, VG_MISSION_HOLDS_OLD); /* nothing was sent that could change it */
    assert_in_range(s->tick, 600, 602); /* a minute in ticks of 0.1 s */
    end_scene(s);

    s = make_scene(true, 6);
    s->up.err.lang = VG_LANG_FR;
    set_radio(s, 1.0, 0.0, 0);
    upload(s, 5, true);
    assert_string_equal(s->up.err.message, "pas de réponse à la demande de la mission");
    end_scene(s);
}

/* The drone says that it has no mission: the new one is offered. */
static void say_empty(struct scene *s)
{
    const struct vg_mav_mission_count m = {.target_system = GCS, .target_component = 190};
    struct vg_mav_msg msg;
    vg_mav_mission_count_pack(&m, DRONE, 1, &msg);
    vg_missionup_feed(&s->up, &msg, now_of(s));
    assert_int_equal(s->up.state, VG_MISSION_SENDING);
}

static void ack(struct scene *s, uint8_t type)
{
    const struct vg_mav_mission_ack m = {
        .target_system = GCS, .target_component = 190, .type = type};
    struct vg_mav_msg msg;
    vg_mav_mission_ack_pack(&m, DRONE, 1, &msg);
    vg_missionup_feed(&s->up, &msg, now_of(s));
}

static void a_refusal_ends_it_in_words(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 7);
    struct vg_mission_item items[64];
    int n = make_mission(items, 5);
    assert_int_equal(
        vg_missionup_start(&s->up, pair, items, n, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, now_of(s), NULL),
        VG_OK);
    say_empty(s);
    ack(s, VG_MAV_MISSION_ACCEPTED); /* of something earlier: nothing was asked for yet */
    assert_int_equal(s->up.state, VG_MISSION_SENDING);
    ack(s, VG_MAV_MISSION_INVALID_SEQUENCE); /* the echo of a repeat */
    assert_int_equal(s->up.state, VG_MISSION_SENDING);
    ack(s, VG_MAV_MISSION_NO_SPACE);
    assert_int_equal(s->up.state, VG_MISSION_READING); /* is the old one, none, still there? */
    run_scene(s);
    assert_int_equal(s->up.state, VG_MISSION_FAILED);
    assert_int_equal(s->up.holds, VG_MISSION_HOLDS_OLD);
    assert_string_equal(s->up.err.message,
                        "the drone refused the mission at item 0: the drone has no room "
                        "for that many items");
    end_scene(s);
}

static void others_messages_change_nothing(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 8);
    struct vg_mission_item items[64];
    int n = make_mission(items, 5);
    assert_int_equal(
        vg_missionup_start(&s->up, pair, items, n, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, now_of(s), NULL),
        VG_OK);
    say_empty(s);
    const struct vg_mav_mission_ack no = {.target_system = GCS, .type = VG_MAV_MISSION_DENIED};
    const struct vg_mav_mission_ack fence = {
        .target_system = GCS, .type = VG_MAV_MISSION_DENIED, .mission_type = 1};
    const struct vg_mav_mission_ack other = {.target_system = 254, .type = VG_MAV_MISSION_DENIED};
    struct vg_mav_msg msg;
    vg_mav_mission_ack_pack(&no, DRONE + 1, 1, &msg); /* another drone */
    vg_missionup_feed(&s->up, &msg, now_of(s));
    vg_mav_mission_ack_pack(&fence, DRONE, 1, &msg); /* about its fence */
    vg_missionup_feed(&s->up, &msg, now_of(s));
    vg_mav_mission_ack_pack(&other, DRONE, 1, &msg); /* to another station */
    vg_missionup_feed(&s->up, &msg, now_of(s));
    assert_int_equal(s->up.state, VG_MISSION_SENDING);
    end_scene(s);
}

static void what_is_not_allowed_is_never_offered(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 9);
    struct vg_mission_item items[8] = {{.command = 16}, {.command = 183}};
    struct vg_error err = {0};
    assert_int_equal(
        vg_missionup_start(&s->up, pair, items, 2, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, now_of(s), &err),
        VG_E_INVALID);
    assert_string_equal(err.message, "mission item 1: command 183 is not on the allow-list");
    assert_int_equal(s->up.state, VG_MISSION_FAILED);
    struct vg_mav_msg msg;
    assert_false(vg_missionup_next_out(&s->up, &msg));
    assert_int_equal(
        vg_missionup_start(&s->up, pair, items, 0, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, now_of(s), NULL),
        VG_E_RANGE);
    end_scene(s);
}

/* One row a rule: sent, read back, the two autopilots' verdicts. */
static void the_compare_knows_the_rewrites(void **state)
{
    (void)state;
    static const struct {
        struct vg_mission_item meant;
        struct vg_mission_item got;
        bool ardupilot;
        bool other;
    } rows[] = {
        {{.frame = 6, .command = 16, .x = 5, .y = 6, .z = 100}, /* frame 6 is 3 */
         {.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100},
         true,
         true},
        {{.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100}, /* above home is not above sea */
         {.frame = 0, .command = 16, .x = 5, .y = 6, .z = 100},
         false,
         false},
        {{.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100.004f}, /* centimetres */
         {.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100.01f},
         true,
         false},
        {{.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100, .p4 = 90}, /* yaw dropped */
         {.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100},
         true,
         false},
        {{.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100, .p4 = NAN}, /* NaN is unset */
         {.frame = 3, .command = 16, .x = 5, .y = 6, .z = 100},
         true,
         true},
        {{.frame = 2, .command = 20}, {.frame = 0, .command = 20}, true, true}, /* no place */
        {{.frame = 3, .command = 18, .p1 = 3, .p3 = 80, .x = 5, .y = 6}, /* turns must stay */
         {.frame = 3, .command = 18, .p1 = 0, .p3 = 80, .x = 5, .y = 6},
         false,
         false},
        {{.frame = 3, .command = 18, .p1 = 3, .p3 = 80, .x = 5, .y = 6}, /* and the direction */
         {.frame = 3, .command = 18, .p1 = 3, .p3 = -80, .x = 5, .y = 6},
         false,
         false},
        {{.frame = 3, .command = 18, .p1 = 3, .p3 = 404, .x = 5, .y = 6}, /* radius in tens */
         {.frame = 3, .command = 18, .p1 = 3, .p3 = 400, .x = 5, .y = 6},
         true,
         false},
        {{.frame = 2, .command = 177, .p1 = 4, .p2 = 2}, /* a jump elsewhere */
         {.frame = 2, .command = 177, .p1 = 5, .p2 = 2},
         false,
         false},
        {{.frame = 3, .command = 22, .z = 60}, /* take off here: the drone fills in where */
         {.frame = 3, .command = 22, .x = 5, .y = 6, .z = 60},
         true,
         true},
        {{.frame = 3, .command = 16, .x = 5, .y = 6, .z = 1},
         {.frame = 3, .command = 16, .x = 5, .y = 6, .z = NAN},
         false,
         false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct vg_mission_with ardupilot = {.autopilot = vg_autopilot_find(3)};
        const struct vg_mission_with other = {.autopilot = vg_autopilot_find(0)};
        assert_int_equal(vg_mission_item_agrees(&rows[i].meant, &rows[i].got, 3, &ardupilot, NULL),
                         rows[i].ardupilot);
        assert_int_equal(vg_mission_item_agrees(&rows[i].meant, &rows[i].got, 3, &other, NULL),
                         rows[i].other);
    }
}

static int answer(struct scene *s, const struct vg_mav_msg *in, struct vg_mav_msg *out)
{
    vg_missionsrv_feed(&s->srv, in, now_of(s));
    return vg_missionsrv_next_out(&s->srv, out) ? (int)out->id : -1;
}

/* Fence and rally points go the same way, each into its own list. */
static void fences_and_rally_points_arrive(void **state)
{
    (void)state;
    static const uint8_t autopilots[] = {3, 12, 0};
    for (size_t k = 0; k < sizeof autopilots; k++) {
        for (uint8_t list = 1; list <= 2; list++) {
            struct scene *s = make_scene(true, 10);
            const struct vg_missionsrv_options drone = {
                .sysid = DRONE, .compid = 1, .autopilot = vg_autopilot_find(autopilots[k])};
            vg_missionsrv_init_as(&s->srv, &drone);
            struct vg_mission_item items[8];
            for (int i = 0; i < 8; i++) {
                items[i] = vg_mission_place(list == 1 ? 5001 : 5100, 3, 14.0 + i, -11.0, 350.5);
                items[i].p1 = list == 1 ? 8 : 0;
            }
            const struct vg_missionup_job job = {
                .with = {pair, list, drone.autopilot}, .items = items, .n_items = 8};
            assert_int_equal(vg_missionup_begin(&s->up, &job, now_of(s), NULL), VG_OK);
            run_scene(s);
            assert_int_equal(s->up.holds, VG_MISSION_HOLDS_NEW);
            assert_int_equal(s->srv.n_fence, list == 1 ? 8 : 0);
            assert_int_equal(s->srv.n_rally, list == 2 ? 8 : 0);
            assert_int_equal(s->srv.n_items, 0);
            const struct vg_missionup_job none = {.with = {pair, list, drone.autopilot}};
            assert_int_equal(vg_missionup_begin(&s->up, &none, now_of(s), NULL), VG_OK);
            run_scene(s);
            assert_int_equal(s->up.holds, VG_MISSION_HOLDS_NEW);
            assert_int_equal(s->srv.n_fence + s->srv.n_rally, 0);
            end_scene(s);
        }
    }
}

static void a_list_too_long_is_refused(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 10);
    struct vg_mav_msg in;
    struct vg_mav_msg out;
    const struct vg_mav_mission_count offer = {
        .target_system = DRONE, .count = VG_MISSIONSRV_RALLY_MAX + 1, .mission_type = 2};
    vg_mav_mission_count_pack(&offer, GCS, 190, &in);
    assert_int_equal(answer(s, &in, &out), VG_MAV_ID_MISSION_ACK);
    struct vg_mav_mission_ack no;
    vg_mav_mission_ack_unpack(&out, &no);
    assert_int_equal(no.type, VG_MAV_MISSION_NO_SPACE);
    end_scene(s);
}

/* An autopilot that knows the float form only, and asks for it. */
static void who_asks_the_old_way_is_sent_the_old_form(void **state)
{
    (void)state;
    struct scene *s = make_scene(false, 10);
    struct vg_mission_item items[64];
    int n = make_mission(items, 5);
    assert_int_equal(
        vg_missionup_start(&s->up, pair, items, n, VG_MAV_AUTOPILOT_GENERIC, now_of(s), NULL),
        VG_OK);
    say_empty(s);
    const struct vg_mav_mission_request ask = {.target_system = GCS, .seq = 4};
    struct vg_mav_msg msg;
    vg_mav_mission_request_pack(&ask, DRONE, 1, &msg);
    vg_missionup_feed(&s->up, &msg, now_of(s));
    bool was_sent = false;
    while (vg_missionup_next_out(&s->up, &msg)) {
        assert_int_not_equal(msg.id, VG_MAV_ID_MISSION_ITEM_INT);
        if (msg.id == VG_MAV_ID_MISSION_ITEM) {
            struct vg_mav_mission_item m;
            vg_mav_mission_item_unpack(&msg, &m);
            assert_int_equal(m.frame, 3); /* 6 is a frame of the integer form */
            was_sent = was_sent || m.seq == 4;
        }
    }
    assert_true(was_sent);
    end_scene(s);
}

static void the_drone_side_moves_clears_and_answers_old_requests(void **state)
{
    (void)state;
    struct scene *s = make_scene(false, 11);
    upload(s, 3, false);
    struct vg_mav_msg in;
    struct vg_mav_msg out;
    const struct vg_mav_mission_set_current set = {.target_system = DRONE, .seq = 5};
    vg_mav_mission_set_current_pack(&set, GCS, 190, &in);
    assert_int_equal(answer(s, &in, &out), VG_MAV_ID_MISSION_CURRENT);
    assert_int_equal(s->srv.current, 5);
    const struct vg_mav_mission_request ask = {.target_system = DRONE, .seq = 4};
    vg_mav_mission_request_pack(&ask, GCS, 190, &in);
    assert_int_equal(answer(s, &in, &out), VG_MAV_ID_MISSION_ITEM);
    struct vg_mission_item item;
    int seq;
    vg_mission_item_unpack(&out, &item, &seq);
    assert_int_equal(seq, 4);
    /* A float holds 14.431 degrees to half of 2^-20 degrees: 4.8 units of 1e-7. */
    assert_in_range(item.x, 144310000 - 5, 144310000 + 5);
    const struct vg_mav_mission_clear_all clear = {.target_system = DRONE};
    vg_mav_mission_clear_all_pack(&clear, GCS, 190, &in);
    assert_int_equal(vg_missionsrv_feed(&s->srv, &in, now_of(s)), VG_MISSIONSRV_NEW_MISSION);
    assert_int_equal(s->srv.n_items, 0);
    end_scene(s);
}

static void a_half_sent_mission_leaves_the_old_one(void **state)
{
    (void)state;
    struct scene *s = make_scene(true, 12);
    upload(s, 3, true);
    struct vg_mav_msg in;
    struct vg_mav_msg out;
    const struct vg_mav_mission_count offer = {.target_system = DRONE, .count = 4};
    vg_mav_mission_count_pack(&offer, GCS, 190, &in);
    assert_int_equal(answer(s, &in, &out), VG_MAV_ID_MISSION_REQUEST); /* as ArduPilot asks */
    for (int i = 0; i < 100; i++) {
        s->tick++;
        vg_missionsrv_step(&s->srv, now_of(s));
        while (vg_missionsrv_next_out(&s->srv, &out)) {
        }
    }
    assert_false(s->srv.is_receiving);
    assert_int_equal(s->srv.n_items, 9);
    end_scene(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mission_arrives_and_is_verified),
        cmocka_unit_test(a_bad_radio_never_verifies_a_wrong_mission),
        cmocka_unit_test(a_mission_of_the_greatest_size_arrives),
        cmocka_unit_test(every_difference_is_found_and_named),
        cmocka_unit_test(home_is_ardupilots_own),
        cmocka_unit_test(silence_ends_with_a_reason),
        cmocka_unit_test(a_refusal_ends_it_in_words),
        cmocka_unit_test(others_messages_change_nothing),
        cmocka_unit_test(what_is_not_allowed_is_never_offered),
        cmocka_unit_test(the_compare_knows_the_rewrites),
        cmocka_unit_test(fences_and_rally_points_arrive),
        cmocka_unit_test(a_list_too_long_is_refused),
        cmocka_unit_test(who_asks_the_old_way_is_sent_the_old_form),
        cmocka_unit_test(the_drone_side_moves_clears_and_answers_old_requests),
        cmocka_unit_test(a_half_sent_mission_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
