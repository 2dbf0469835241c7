/* Commands, parameters, modes and logs. */
#include "channel.h"
#include "link/command.h"
#include "link/mavframe.h"
#include "link/mode.h"
#include "link/params.h"
#include "link/tlog.h"

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
    DRONE = 7
};

static const struct vg_mav_command_long take_off = {
    .command = 22, .target_system = DRONE, .target_component = 1, .param7 = 60.0f};

static struct vg_us at_s(double s)
{
    return vg_us_from_s(s);
}

static void acknowledge(struct vg_command *self, uint16_t command, uint8_t result, uint8_t progress,
                        double s)
{
    const struct vg_mav_command_ack ack = {.command = command,
                                           .result = result,
                                           .progress = progress,
                                           .target_system = GCS,
                                           .target_component = 190};
    struct vg_mav_msg msg;
    vg_mav_command_ack_pack(&ack, DRONE, 1, &msg);
    vg_command_feed(self, &msg, at_s(s));
}

static int count_out(struct vg_command *self, uint8_t *out_confirmation)
{
    struct vg_mav_msg msg;
    int n = 0;
    while (vg_command_next_out(self, &msg)) {
        struct vg_mav_command_long c;
        vg_mav_command_long_unpack(&msg, &c);
        assert_int_equal(c.command, 22);
        *out_confirmation = c.confirmation;
        n++;
    }
    return n;
}

static void a_command_is_repeated_until_it_is_answered(void **state)
{
    (void)state;
    struct vg_command self = {0};
    uint8_t confirmation = 99;
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(0), NULL), VG_OK);
    assert_int_equal(count_out(&self, &confirmation), 1);
    assert_int_equal(confirmation, 0);
    vg_command_step(&self, at_s(0.9));
    assert_int_equal(count_out(&self, &confirmation), 0);
    vg_command_step(&self, at_s(1.0));
    assert_int_equal(count_out(&self, &confirmation), 1);
    assert_int_equal(confirmation, 1); /* repeats are numbered, so that the drone can tell */
    acknowledge(&self, 22, VG_MAV_RESULT_ACCEPTED, 0, 1.2);
    struct vg_command_result r;
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_ACCEPTED);
    assert_int_equal(r.sysid, DRONE);
    assert_int_equal(r.command, 22);
    assert_int_equal(r.sent.us, 0);
    assert_false(vg_command_next_result(&self, &r));
    vg_command_step(&self, at_s(100));
    assert_int_equal(count_out(&self, &confirmation), 0);
}

static void silence_is_reported_once(void **state)
{
    (void)state;
    struct vg_command self = {.attempts_max = 3};
    uint8_t confirmation;
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(0), NULL), VG_OK);
    int sent = 0;
    for (int i = 0; i < 200; i++) {
        vg_command_step(&self, at_s(i * 0.1));
        sent += count_out(&self, &confirmation);
    }
    assert_int_equal(sent, 3);
    struct vg_command_result r;
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_SILENT);
    assert_false(vg_command_next_result(&self, &r));
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(20), NULL), VG_OK);
}

static void progress_gives_more_time(void **state)
{
    (void)state;
    struct vg_command self = {0};
    uint8_t confirmation;
    struct vg_command_result r;
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(0), NULL), VG_OK);
    acknowledge(&self, 22, VG_MAV_RESULT_IN_PROGRESS, 30, 0.5);
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_RUNNING);
    assert_int_equal(r.progress_pct, 30);
    assert_int_equal(count_out(&self, &confirmation), 1);
    vg_command_step(&self, at_s(15.4)); /* no repeats of what is being done */
    assert_int_equal(count_out(&self, &confirmation), 0);
    assert_false(vg_command_next_result(&self, &r));
    acknowledge(&self, 22, VG_MAV_RESULT_FAILED, 255, 15.45);
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_REFUSED);
    assert_int_equal(r.result, VG_MAV_RESULT_FAILED);
    assert_int_equal(r.progress_pct, 255);
    assert_string_equal(vg_command_result_text(r.result), "tried and failed");
}

static void one_in_flight_and_only_what_is_allowed(void **state)
{
    (void)state;
    struct vg_command self = {0};
    struct vg_error err = {0};
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(0), NULL), VG_OK);
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(0), &err), VG_E_FULL);
    struct vg_mav_command_long other = take_off;
    other.target_system = DRONE + 1;
    assert_int_equal(vg_command_send(&self, GCS, 190, &other, at_s(0), NULL), VG_OK);
    other.command = 183;
    err = (struct vg_error){.lang = VG_LANG_FR};
    assert_int_equal(vg_command_send(&self, GCS, 190, &other, at_s(0), &err), VG_E_INVALID);
    assert_string_equal(err.message,
                        "commande 183 refusée : cette commande n'est pas sur la liste permise");
}

static void other_answers_are_not_ours(void **state)
{
    (void)state;
    struct vg_command self = {0};
    struct vg_command_result r;
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(0), NULL), VG_OK);
    acknowledge(&self, 21, VG_MAV_RESULT_ACCEPTED, 0, 0.1); /* another command */
    struct vg_mav_command_ack ack = {.command = 22, .target_system = 254}; /* another station's */
    struct vg_mav_msg msg;
    vg_mav_command_ack_pack(&ack, DRONE, 1, &msg);
    vg_command_feed(&self, &msg, at_s(0.1));
    ack.target_system = 0;
    vg_mav_command_ack_pack(&ack, DRONE + 1, 1, &msg); /* another drone */
    vg_command_feed(&self, &msg, at_s(0.1));
    assert_false(vg_command_next_result(&self, &r));
}

/* Called home while "fly the mission" has no answer yet: home is asked for at once, and the answer
 * that may be to the first is not taken for it. */
static void an_order_takes_the_place_of_another(void **state)
{
    (void)state;
    struct vg_command self = {0};
    struct vg_command_result r;
    struct vg_mav_msg msg;
    struct vg_mav_command_long c = {
        .command = 176, .param2 = 10, .target_system = DRONE, .target_component = 1};
    assert_int_equal(vg_command_order(&self, GCS, 190, &c, at_s(0), NULL), VG_OK);
    assert_true(vg_command_next_out(&self, &msg));
    assert_int_equal(vg_command_order(&self, GCS, 190, &c, at_s(0.5), NULL), VG_E_FULL); /* same */
    c.param2 = 11;
    assert_int_equal(vg_command_send(&self, GCS, 190, &c, at_s(0.5), NULL), VG_E_FULL);
    assert_int_equal(vg_command_order(&self, GCS, 190, &c, at_s(0.5), NULL), VG_OK);
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_SUPERSEDED);
    assert_true(vg_command_next_out(&self, &msg));
    vg_mav_command_long_unpack(&msg, &c);
    assert_true(c.param2 == 11);
    acknowledge(&self, 176, VG_MAV_RESULT_ACCEPTED, 0, 0.6);
    assert_false(vg_command_next_result(&self, &r)); /* of which one? */
    int n = 0;
    for (int i = 6; i < 55; i++) { /* repeated all the while: none of this counts as an attempt */
        vg_command_step(&self, at_s(i * 0.1));
        for (; vg_command_next_out(&self, &msg); n++) {
        }
    }
    assert_true(n >= 4);
    assert_false(vg_command_next_result(&self, &r));
    acknowledge(&self, 176, VG_MAV_RESULT_ACCEPTED, 0, 5.6); /* 5 s after the first was sent */
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_ACCEPTED);
}

static void a_command_under_way_can_be_broken_off(void **state)
{
    (void)state;
    struct vg_command self = {0};
    struct vg_command_result r;
    struct vg_mav_msg msg;
    assert_int_equal(vg_command_cancel(&self, DRONE, 1, 22, at_s(0), NULL), VG_E_NOT_FOUND);
    assert_int_equal(vg_command_send(&self, GCS, 190, &take_off, at_s(0), NULL), VG_OK);
    acknowledge(&self, 22, VG_MAV_RESULT_IN_PROGRESS, 10, 0.5);
    assert_true(vg_command_next_result(&self, &r));
    assert_true(vg_command_next_out(&self, &msg));
    assert_int_equal(vg_command_cancel(&self, DRONE, 1, 22, at_s(2), NULL), VG_OK);
    for (int k = 0; k < 2; k++) { /* asked for again too */
        assert_true(vg_command_next_out(&self, &msg));
        struct vg_mav_command_cancel c;
        vg_mav_command_cancel_unpack(&msg, &c);
        assert_int_equal(msg.id, 80);
        assert_int_equal(c.command, 22);
        assert_int_equal(c.target_system, DRONE);
        vg_command_step(&self, at_s(3.1));
    }
    acknowledge(&self, 22, VG_MAV_RESULT_CANCELLED, 10, 3.2);
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_CANCELLED);
}

/* 14.4446935 degrees in a float would be off by up to 5 units of 1e-7. */
static void a_place_goes_as_whole_numbers(void **state)
{
    (void)state;
    struct vg_command self = {0};
    struct vg_mav_msg msg;
    const struct vg_mav_command_long look = {
        .command = 195, .param7 = 40, .target_system = DRONE, .target_component = 1};
    const struct vg_command_place place = {.frame = 0, .x = 144446935, .y = -114444801};
    assert_int_equal(vg_command_send_at(&self, GCS, 190, &look, &place, at_s(0), NULL), VG_OK);
    assert_true(vg_command_next_out(&self, &msg));
    assert_int_equal(msg.id, VG_MAV_ID_COMMAND_INT);
    struct vg_mav_command_int i;
    vg_mav_command_int_unpack(&msg, &i);
    assert_int_equal(i.x, 144446935);
    assert_int_equal(i.y, -114444801);
    assert_true(i.z == 40);
    acknowledge(&self, 195, 7, 0, 0.2); /* COMMAND_LONG only */
    assert_true(vg_command_next_out(&self, &msg));
    assert_int_equal(msg.id, VG_MAV_ID_COMMAND_LONG);
    struct vg_mav_command_long l;
    vg_mav_command_long_unpack(&msg, &l);
    assert_true(l.param5 > 14.4446f && l.param5 < 14.4448f);
    struct vg_command_result r;
    assert_false(vg_command_next_result(&self, &r));
    acknowledge(&self, 195, VG_MAV_RESULT_ACCEPTED, 0, 0.4);
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_ACCEPTED);
}

/* Zooming by a step is one more step for every copy. */
static void a_step_is_sent_once(void **state)
{
    (void)state;
    struct vg_command self = {0};
    struct vg_mav_msg msg;
    const struct vg_mav_command_long step = {
        .command = 531, .param2 = 1, .target_system = DRONE, .target_component = 1};
    assert_int_equal(vg_command_send(&self, GCS, 190, &step, at_s(0), NULL), VG_OK);
    int n = 0;
    for (int i = 0; i < 100; i++) {
        vg_command_step(&self, at_s(i * 0.1));
        n += vg_command_next_out(&self, &msg);
    }
    assert_int_equal(n, 1);
    struct vg_command_result r;
    assert_true(vg_command_next_result(&self, &r));
    assert_int_equal(r.end, VG_COMMAND_SILENT);
}

struct wires {
    struct vg_params params;
    struct vg_paramsrv srv;
    struct channel radio;
};

static void run_params(struct wires *w)
{
    static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};
    vg_params_start(&w->params, pair, vg_us(0));
    for (int tick = 0; tick < 3000 && w->params.state == VG_PARAMS_READING; tick++) {
        struct vg_us now = vg_us(tick * INT64_C(100000));
        struct vg_mav_msg msg;
        while (channel_take(&w->radio, &msg, tick)) {
            vg_params_feed(&w->params, &msg, now);
        }
        vg_params_step(&w->params, now);
        while (vg_params_next_out(&w->params, &msg)) {
            vg_paramsrv_feed(&w->srv, &msg);
        }
        vg_paramsrv_step(&w->srv);
        while (vg_paramsrv_next_out(&w->srv, &msg)) {
            channel_send(&w->radio, &msg, tick);
        }
    }
}

static void end_wires(struct wires *w)
{
    channel_close(&w->radio);
    free(w);
}

static struct wires *make_wires(uint64_t seed, double loss)
{
    struct wires *w = calloc(1, sizeof *w);
    assert_non_null(w);
    channel_open(&w->radio, seed, (struct channel){.loss = loss});
    vg_paramsrv_init(&w->srv, DRONE, 1);
    for (int i = 0; i < 50; i++) {
        char name[17];
        (void)snprintf(name, sizeof name, "PARAM_OF_16_%04d", i);
        assert_true(vg_paramsrv_add(&w->srv, name, VG_MAV_PARAM_TYPE_REAL32, (float)i * 1.5f));
    }
    return w;
}

static void all_parameters_come_in_spite_of_loss(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct wires *w = make_wires(seed, 0.3);
        run_params(w);
        assert_int_equal(w->params.state, VG_PARAMS_DONE);
        assert_int_equal(w->params.n_known, 50);
        const struct vg_param *p = vg_params_find(&w->params, "PARAM_OF_16_0049");
        assert_non_null(p);
        assert_float_equal(vg_param_value(p, false), 73.5, 0.0);
        assert_null(vg_params_find(&w->params, "PARAM_OF_16_0050"));
        assert_null(vg_params_find(&w->params, ""));
        end_wires(w);
    }
    struct wires *w = make_wires(1, 1.0);
    run_params(w);
    assert_int_equal(w->params.state, VG_PARAMS_FAILED);
    end_wires(w);
}

static void bytewise_parameters_are_read_as_px4_means_them(void **state)
{
    (void)state;
    struct vg_param p = {.type = VG_MAV_PARAM_TYPE_INT32};
    const uint8_t minus_two[4] = {0xfe, 0xff, 0xff, 0xff};
    memcpy(&p.raw, minus_two, 4);
    assert_float_equal(vg_param_value(&p, true), -2.0, 0.0);
    const uint8_t big[4] = {0x01, 0x02, 0x03, 0x04};
    memcpy(&p.raw, big, 4);
    p.type = VG_MAV_PARAM_TYPE_UINT32;
    assert_float_equal(vg_param_value(&p, true), 67305985.0, 0.0); /* 0x04030201 */
    p.type = VG_MAV_PARAM_TYPE_UINT16;
    assert_float_equal(vg_param_value(&p, true), 513.0, 0.0); /* 0x0201 */
    p.type = VG_MAV_PARAM_TYPE_INT8;
    assert_float_equal(vg_param_value(&p, true), 1.0, 0.0);
}

static void the_drone_side_sets_only_what_it_has(void **state)
{
    (void)state;
    struct wires *w = make_wires(1, 0.0);
    struct vg_mav_param_set set = {.target_system = DRONE,
                                   .target_component = 1,
                                   .param_id = "PARAM_OF_16_0003",
                                   .param_value = 9};
    struct vg_mav_msg msg;
    vg_mav_param_set_pack(&set, GCS, 190, &msg);
    assert_true(vg_paramsrv_feed(&w->srv, &msg));
    assert_true(vg_paramsrv_next_out(&w->srv, &msg));
    struct vg_mav_param_value v;
    vg_mav_param_value_unpack(&msg, &v);
    assert_int_equal(v.param_index, 3);
    assert_float_equal(v.param_value, 9.0, 0.0);
    set.param_value = NAN;
    vg_mav_param_set_pack(&set, GCS, 190, &msg);
    assert_false(vg_paramsrv_feed(&w->srv, &msg));
    memcpy(set.param_id, "NOT_THERE", 10);
    vg_mav_param_set_pack(&set, GCS, 190, &msg);
    assert_false(vg_paramsrv_feed(&w->srv, &msg));
    assert_false(vg_paramsrv_add(&w->srv, "SEVENTEEN_LETTERS", 9, 1.0f));
    end_wires(w);
}

static void modes_have_names_and_meanings(void **state)
{
    (void)state;
    /* ArduPlane 10 and 11, ArduCopter 3 and 6, PX4 AUTO (4) MISSION (4) and RTL (5). */
    assert_string_equal(vg_mode_name(3, 1, 10), "AUTO");
    assert_int_equal(vg_mode_kind(3, 1, 11), VG_MODE_RETURN);
    assert_string_equal(vg_mode_name(3, 2, 3), "AUTO");
    assert_int_equal(vg_mode_kind(3, 2, 6), VG_MODE_RETURN);
    assert_string_equal(vg_mode_name(12, 1, 0x04040000), "AUTO.MISSION");
    assert_int_equal(vg_mode_kind(12, 2, 0x05040000), VG_MODE_RETURN);
    assert_null(vg_mode_name(3, 1, 99));
    assert_null(vg_mode_name(3, 10, 3)); /* a rover */
    uint32_t number = 77;
    assert_true(vg_mode_find(3, 1, VG_MODE_MISSION, &number));
    assert_int_equal(number, 10);
    assert_true(vg_mode_find(3, 20, VG_MODE_LAND, &number)); /* a VTOL */
    assert_int_equal(number, 20);
    number = 77;
    assert_false(vg_mode_find(3, 2, VG_MODE_TAKEOFF, &number));
    assert_int_equal(number, 77);
    float p2;
    float p3;
    vg_mode_command_params(12, 0x05040000, &p2, &p3);
    assert_float_equal(p2, 4.0, 0.0);
    assert_float_equal(p3, 5.0, 0.0);
    vg_mode_command_params(3, 11, &p2, &p3);
    assert_float_equal(p2, 11.0, 0.0);
    assert_float_equal(p3, 0.0, 0.0);
}

/* Documentation heartbeat of test_mavframe.c. */
static const uint8_t heartbeat[] = {0xFE, 0x09, 0x4E, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00,
                                    0x00, 0x02, 0x03, 0x51, 0x04, 0x03, 0x1C, 0x7F};

static void a_log_record_is_a_time_and_a_frame(void **state)
{
    (void)state;
    uint8_t out[VG_TLOG_RECORD_MAX];
    /* 2026-01-01T00:00:00Z */
    const int64_t t_us = INT64_C(1767225600000000);
    size_t n = vg_tlog_encode(vg_us(t_us), (struct vg_bytes){heartbeat, sizeof heartbeat}, out);
    assert_int_equal(n, 8 + sizeof heartbeat);
    /* printf '%016x' 1767225600000000 */
    static const uint8_t stamp[8] = {0x00, 0x06, 0x47, 0x48, 0x46, 0x20, 0x40, 0x00};
    assert_memory_equal(out, stamp, 8);
    assert_memory_equal(out + 8, heartbeat, sizeof heartbeat);
    assert_int_equal(vg_tlog_encode(vg_us(0), (struct vg_bytes){heartbeat, 281}, out), 0);
}

static size_t make_log(uint8_t *out, int n_records)
{
    size_t n = 0;
    for (int i = 0; i < n_records; i++) {
        n += vg_tlog_encode(vg_us(1000000 + i), (struct vg_bytes){heartbeat, sizeof heartbeat},
                            out + n);
    }
    return n;
}

static int count_log(const uint8_t *data, size_t n, uint64_t *out_skipped)
{
    struct vg_tlog_reader reader = {.data = {data, n}};
    struct vg_us t;
    struct vg_bytes frame;
    int count = 0;
    while (vg_tlog_next(&reader, &t, &frame)) {
        assert_in_range(t.us, 1000000, 1000009);
        assert_int_equal(frame.n, sizeof heartbeat);
        count++;
    }
    *out_skipped = reader.skipped_bytes;
    return count;
}

static void a_damaged_log_loses_only_what_is_damaged(void **state)
{
    (void)state;
    uint8_t log[400];
    size_t n = make_log(log, 10);
    uint64_t skipped;
    assert_int_equal(count_log(log, n, &skipped), 10);
    assert_int_equal(skipped, 0);
    assert_int_equal(count_log(log, n - 3, &skipped), 9); /* cut in mid-record */
    assert_int_equal(skipped, 22);
    /* Records have 25 bytes: the third is 50..74 with its frame from 58. */
    memset(log + 56, 0, 19);
    assert_int_equal(count_log(log, n, &skipped), 9);
    assert_int_equal(skipped, 25);
    n = make_log(log, 10);
    log[70] ^= 1; /* inside a frame: still a record, its checksum is judged by the frame parser */
    assert_int_equal(count_log(log, n, &skipped), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_repeated_until_it_is_answered),
        cmocka_unit_test(silence_is_reported_once),
        cmocka_unit_test(progress_gives_more_time),
        cmocka_unit_test(one_in_flight_and_only_what_is_allowed),
        cmocka_unit_test(other_answers_are_not_ours),
        cmocka_unit_test(an_order_takes_the_place_of_another),
        cmocka_unit_test(a_command_under_way_can_be_broken_off),
        cmocka_unit_test(a_place_goes_as_whole_numbers),
        cmocka_unit_test(a_step_is_sent_once),
        cmocka_unit_test(all_parameters_come_in_spite_of_loss),
        cmocka_unit_test(bytewise_parameters_are_read_as_px4_means_them),
        cmocka_unit_test(the_drone_side_sets_only_what_it_has),
        cmocka_unit_test(modes_have_names_and_meanings),
        cmocka_unit_test(a_log_record_is_a_time_and_a_frame),
        cmocka_unit_test(a_damaged_log_loses_only_what_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
