/* Reading a mission, message by message, and the ways an upload can end without its
 * acknowledgement. */
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
    DRONE = 7
};

static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};

static struct vg_mission_item read_items[VG_MISSION_ITEMS_MAX];

/* Of an autopilot that is not known: one item after the other. */
static struct vg_missiondown_job plain_job(void)
{
    return (struct vg_missiondown_job){.with = {.pair = pair, .autopilot = vg_autopilot_find(0)},
                                       .into = read_items};
}

static struct vg_us at_s(double s)
{
    return vg_us_from_s(s);
}

static struct vg_missiondown *make_down(void)
{
    struct vg_missiondown *self = calloc(1, sizeof *self);
    assert_non_null(self);
    const struct vg_missiondown_job job = plain_job();
    vg_missiondown_start(self, &job, at_s(0));
    return self;
}

static void feed_count(struct vg_missiondown *self, uint16_t count, double s)
{
    const struct vg_mav_mission_count m = {.target_system = GCS, .count = count};
    struct vg_mav_msg msg;
    vg_mav_mission_count_pack(&m, DRONE, 1, &msg);
    vg_missiondown_feed(self, &msg, at_s(s));
}

static void feed_item(struct vg_missiondown *self, uint16_t seq, double s)
{
    const struct vg_mav_mission_item_int m = {.target_system = GCS,
                                              .seq = seq,
                                              .command = 16,
                                              .frame = 3,
                                              .x = 1000 + seq,
                                              .y = 7,
                                              .z = 50};
    struct vg_mav_msg msg;
    vg_mav_mission_item_int_pack(&m, DRONE, 1, &msg);
    vg_missiondown_feed(self, &msg, at_s(s));
}

/* The id of the next message out, or -1; *out_seq when it asks for an item. */
static int next_id(struct vg_missiondown *self, int *out_seq)
{
    struct vg_mav_msg msg;
    if (!vg_missiondown_next_out(self, &msg)) {
        return -1;
    }
    struct vg_mav_mission_request_int m;
    vg_mav_mission_request_int_unpack(&msg, &m);
    *out_seq = m.seq;
    return (int)msg.id;
}

static void a_list_is_read_item_by_item(void **state)
{
    (void)state;
    struct vg_missiondown *d = make_down();
    int seq;
    assert_int_equal(next_id(d, &seq), VG_MAV_ID_MISSION_REQUEST_LIST);
    feed_item(d, 0, 0.1); /* before the count: not ours to take */
    assert_int_equal(d->n_read, 0);
    feed_count(d, 2, 0.2);
    assert_int_equal(next_id(d, &seq), VG_MAV_ID_MISSION_REQUEST_INT);
    assert_int_equal(seq, 0);
    feed_count(d, 3, 0.3); /* a second count changes nothing */
    assert_int_equal(d->n_items, 2);
    feed_item(d, 1, 0.4); /* too early */
    assert_int_equal(d->n_read, 0);
    feed_item(d, 0, 0.5);
    feed_item(d, 0, 0.6); /* a repeat */
    assert_int_equal(next_id(d, &seq), VG_MAV_ID_MISSION_REQUEST_INT);
    assert_int_equal(seq, 1);
    vg_missiondown_step(d, at_s(1.0)); /* the round trip was 0.2 s */
    assert_int_equal(next_id(d, &seq), VG_MAV_ID_MISSION_REQUEST_INT);
    assert_int_equal(seq, 1);
    feed_item(d, 1, 1.1);
    assert_int_equal(d->state, VG_MISSION_DONE);
    assert_int_equal(next_id(d, &seq), VG_MAV_ID_MISSION_ACK);
    assert_int_equal(read_items[1].x, 1001);
    free(d);
}

static void an_empty_list_is_done_at_once(void **state)
{
    (void)state;
    struct vg_missiondown *d = make_down();
    feed_count(d, 0, 0.1);
    assert_int_equal(d->state, VG_MISSION_DONE);
    free(d);
}

static void too_many_items_are_refused_before_any_is_read(void **state)
{
    (void)state;
    struct vg_missiondown *d = make_down();
    feed_count(d, 1025, 0.1);
    assert_int_equal(d->state, VG_MISSION_FAILED);
    assert_string_equal(d->err.message, "the drone has 1025 mission items, more than 1024");
    free(d);
}

/* A minute without progress. */
static void run_out(struct vg_missiondown *d, double from_s)
{
    for (double s = from_s; d->state == VG_MISSION_READING && s < from_s + 90; s += 0.1) {
        int seq;
        vg_missiondown_step(d, at_s(s));
        while (next_id(d, &seq) >= 0) {
        }
    }
}

static void each_silence_has_its_own_words(void **state)
{
    (void)state;
    struct vg_missiondown *d = make_down();
    run_out(d, 0);
    assert_string_equal(d->err.message, "no answer to the request for the mission");
    const struct vg_missiondown_job job = plain_job();
    vg_missiondown_start(d, &job, at_s(100));
    assert_int_equal(d->state, VG_MISSION_READING);
    feed_count(d, 5, 100.1);
    feed_item(d, 0, 100.2);
    run_out(d, 100.3);
    assert_string_equal(d->err.message, "no answer to the request for mission item 1 of 5");
    vg_missiondown_start(d, &job, at_s(200));
    const struct vg_mav_mission_ack no = {.target_system = GCS, .type = VG_MAV_MISSION_DENIED};
    struct vg_mav_msg msg;
    vg_mav_mission_ack_pack(&no, DRONE, 1, &msg);
    vg_missiondown_feed(d, &msg, at_s(200.1));
    assert_int_equal(d->state, VG_MISSION_READING); /* perhaps only busy */
    run_out(d, 200.2);
    assert_string_equal(d->err.message, "reading the mission was refused: denied");
    assert_int_equal(d->err.status, VG_E_TIMEOUT);
    free(d);
}

struct ends {
    struct vg_missionup up;
    struct vg_missionsrv srv;
};

/* Runs both ends without loss except what `is_dropped` says of a message of the drone. */
static struct ends *run_ends(bool (*is_dropped)(const struct vg_mav_msg *msg), bool is_ardupilot)
{
    struct ends *e = calloc(1, sizeof *e);
    assert_non_null(e);
    struct vg_mission_item items[3] = {{.command = 16, .frame = 3, .x = 1, .y = 1},
                                       {.command = 16, .frame = 3, .x = 2, .y = 2, .z = 60},
                                       {.command = 20, .frame = 2}};
    uint8_t autopilot = is_ardupilot ? VG_MAV_AUTOPILOT_ARDUPILOTMEGA : VG_MAV_AUTOPILOT_GENERIC;
    vg_missionsrv_init(&e->srv, DRONE, 1, autopilot);
    assert_int_equal(vg_missionup_start(&e->up, pair, items, 3, autopilot, at_s(0), NULL), VG_OK);
    for (int tick = 0; tick < 3000 && e->up.state < VG_MISSION_DONE; tick++) {
        struct vg_mav_msg msg;
        struct vg_us now = at_s(tick * 0.1);
        vg_missionup_step(&e->up, now);
        while (vg_missionup_next_out(&e->up, &msg)) {
            vg_missionsrv_feed(&e->srv, &msg, now);
        }
        vg_missionsrv_step(&e->srv, now);
        while (vg_missionsrv_next_out(&e->srv, &msg)) {
            if (!is_dropped(&msg)) {
                vg_missionup_feed(&e->up, &msg, now);
            }
        }
    }
    return e;
}

static bool is_accepted(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_ack m;
    vg_mav_mission_ack_unpack(msg, &m);
    return msg->id == VG_MAV_ID_MISSION_ACK && m.type == VG_MAV_MISSION_ACCEPTED;
}

static bool is_any_ack(const struct vg_mav_msg *msg)
{
    return msg->id == VG_MAV_ID_MISSION_ACK;
}

static bool is_list_answer(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_count m;
    vg_mav_mission_count_unpack(msg, &m);
    return msg->id == VG_MAV_ID_MISSION_COUNT && m.count > 0;
}

static bool is_third_request(const struct vg_mav_msg *msg)
{
    struct vg_mav_mission_request_int m; /* the older kind has the same fields */
    vg_mav_mission_request_int_unpack(msg, &m);
    bool is_request =
        msg->id == VG_MAV_ID_MISSION_REQUEST || msg->id == VG_MAV_ID_MISSION_REQUEST_INT;
    return is_request && m.seq == 2;
}

/* The repeated last item makes the drone answer "error": the read-back shows that all is well. */
static void a_lost_acknowledgement_is_made_good_by_looking(void **state)
{
    (void)state;
    struct ends *e = run_ends(is_accepted, true);
    assert_int_equal(e->up.state, VG_MISSION_DONE);
    free(e);
    e = run_ends(is_any_ack, true);
    assert_int_equal(e->up.state, VG_MISSION_DONE);
    free(e);
}

static void a_mission_that_cannot_be_read_back_is_not_verified(void **state)
{
    (void)state;
    struct ends *e = run_ends(is_list_answer, true);
    assert_int_equal(e->up.state, VG_MISSION_FAILED);
    assert_string_equal(e->up.err.message,
                        "reading the mission back: no answer to the request for the mission");
    free(e);
}

/* ArduPilot is sent items ahead: it takes the third although its request was never heard. One that
 * has to be heard first gives up after 8 s, is offered the mission again, and so on. */
static void a_drone_that_stops_asking_is_named(void **state)
{
    (void)state;
    struct ends *e = run_ends(is_third_request, true);
    assert_int_equal(e->up.state, VG_MISSION_DONE);
    assert_int_equal(e->srv.n_items, 3);
    free(e);
    e = run_ends(is_third_request, false);
    assert_int_equal(e->up.state, VG_MISSION_FAILED);
    assert_string_equal(e->up.err.message,
                        "the drone refused the mission at item 1: an error without a reason");
    assert_int_equal(e->up.holds, VG_MISSION_HOLDS_OLD);
    assert_int_equal(e->srv.n_items, 0);
    free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_item_by_item),
        cmocka_unit_test(an_empty_list_is_done_at_once),
        cmocka_unit_test(too_many_items_are_refused_before_any_is_read),
        cmocka_unit_test(each_silence_has_its_own_words),
        cmocka_unit_test(a_lost_acknowledgement_is_made_good_by_looking),
        cmocka_unit_test(a_mission_that_cannot_be_read_back_is_not_verified),
        cmocka_unit_test(a_drone_that_stops_asking_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
