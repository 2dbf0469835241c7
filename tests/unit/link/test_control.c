/* Operator control: two stations and a drone that hands itself over as the definition says. The
 * drone's side is written here, from the text of MAV_CMD_REQUEST_OPERATOR_CONTROL. */
#include "link/control.h"
#include "link/mavframe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    A = 255,
    B = 254,
    DRONE = 7,
    MANAGER = 1
};

/* "The system manager component should grant control to the GCS if the system does not require
 * takeover permission (or is uncontrolled) ... should be rejected with MAV_RESULT_FAILED ... should
 * then send this same command to the current owning GCS." */
struct drone {
    uint8_t owner;
    bool is_open;
    int n_requests;
    bool is_deaf;
    bool is_wide; /* speaks as since 2026 */
};

struct scene {
    struct drone drone;
    struct vg_control a;
    struct vg_control b;
    double s;
};

static struct vg_us now_of(const struct scene *s)
{
    return vg_us_from_s(s->s);
}

static void to_both(struct scene *s, const struct vg_mav_msg *msg)
{
    vg_control_feed(&s->a, msg, now_of(s));
    vg_control_feed(&s->b, msg, now_of(s));
}

static void say_status(struct scene *s)
{
    const struct vg_mav_control_status m = {.sysid_in_control = s->drone.owner,
                                            .flags = (uint8_t)(1 | (s->drone.is_open ? 2 : 0))};
    struct vg_mav_msg msg;
    vg_mav_control_status_pack(&m, DRONE, MANAGER, &msg);
    msg.is_wide_control = s->drone.is_wide;
    to_both(s, &msg);
}

static void answer(struct scene *s, uint8_t to, uint8_t result)
{
    const struct vg_mav_command_ack m = {
        .command = 32100, .result = result, .target_system = to, .target_component = 190};
    struct vg_mav_msg msg;
    vg_mav_command_ack_pack(&m, DRONE, MANAGER, &msg);
    to_both(s, &msg);
}

static void ask_owner(struct scene *s, uint8_t who)
{
    bool is_wide = s->drone.is_wide; /* action, takeover, time, station */
    const struct vg_mav_command_long m = {.command = 32100,
                                          .param1 = is_wide ? 1 : who,
                                          .param2 = is_wide ? 0 : 1,
                                          .param3 = is_wide ? 10 : 0,
                                          .param4 = is_wide ? who : 10,
                                          .target_system = s->drone.owner,
                                          .target_component = 190};
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&m, DRONE, MANAGER, &msg);
    to_both(s, &msg);
}

static void drone_hears(struct scene *s, const struct vg_mav_msg *msg)
{
    if (msg->id != VG_MAV_ID_COMMAND_LONG || s->drone.is_deaf) {
        return;
    }
    struct vg_mav_command_long m;
    vg_mav_command_long_unpack(msg, &m);
    struct drone *d = &s->drone;
    d->n_requests++;
    bool is_free = d->owner == 0 || d->owner == msg->sysid || d->is_open;
    float action = d->is_wide ? m.param1 : m.param2;
    float takeover = d->is_wide ? m.param2 : m.param3;
    assert_true(d->is_wide ? m.param4 == msg->sysid : m.param1 == 0);
    assert_true((d->is_wide ? m.param3 : m.param4) == 10);
    if (action == 0 && d->owner == msg->sysid) {
        d->owner = 0;
        answer(s, msg->sysid, VG_MAV_RESULT_ACCEPTED);
    } else if (is_free) {
        d->owner = msg->sysid;
        d->is_open = takeover == 1;
        answer(s, msg->sysid, VG_MAV_RESULT_ACCEPTED);
    } else {
        answer(s, msg->sysid, VG_MAV_RESULT_FAILED);
        ask_owner(s, msg->sysid);
    }
}

/* A second passes. */
static void turn(struct scene *s)
{
    struct vg_mav_msg msg;
    while (vg_control_next_out(&s->a, &msg)) {
        drone_hears(s, &msg);
    }
    while (vg_control_next_out(&s->b, &msg)) {
        drone_hears(s, &msg);
    }
    say_status(s);
    s->s += 1;
    vg_control_step(&s->a, now_of(s));
    vg_control_step(&s->b, now_of(s));
}

static void expect(struct vg_control *c, enum vg_control_what what, uint8_t sysid)
{
    struct vg_control_event e = {0};
    assert_true(vg_control_next_event(c, &e));
    assert_int_equal(e.what, what);
    assert_int_equal(e.sysid, sysid);
}

static void expect_nothing(struct vg_control *c)
{
    struct vg_control_event e;
    assert_false(vg_control_next_event(c, &e));
}

static struct scene make_scene_as(bool is_wide)
{
    struct scene s = {.drone.is_wide = is_wide};
    vg_control_init(&s.a, A, 190, DRONE);
    vg_control_init(&s.b, B, 190, DRONE);
    return s;
}

static struct scene make_scene(void)
{
    return make_scene_as(false);
}

/* A has it: asked while nobody had. */
static struct scene make_owned_as(bool is_wide)
{
    struct scene s = make_scene_as(is_wide);
    say_status(&s);
    expect(&s.a, VG_CONTROL_OWNER, 0);
    expect(&s.b, VG_CONTROL_OWNER, 0);
    assert_int_equal(vg_control_ask(&s.a, now_of(&s), NULL), VG_OK);
    turn(&s);
    expect(&s.a, VG_CONTROL_ASKED, A);
    expect(&s.a, VG_CONTROL_GRANTED, A);
    expect(&s.a, VG_CONTROL_OWNER, A);
    expect(&s.b, VG_CONTROL_OWNER, A);
    assert_true(vg_control_is_ours(&s.a));
    assert_false(vg_control_is_ours(&s.b));
    return s;
}

static struct scene make_owned(void)
{
    return make_owned_as(false);
}

static void who_does_not_say_cannot_be_asked(void **state)
{
    (void)state;
    struct scene s = make_scene();
    struct vg_error err = {0};
    assert_int_equal(vg_control_ask(&s.a, now_of(&s), &err), VG_E_UNSUPPORTED);
    assert_string_equal(err.message, "drone 7 does not say which station is in control");
    assert_int_equal(vg_control_release(&s.a, now_of(&s), NULL), VG_E_UNSUPPORTED);
    assert_int_equal(vg_control_allow(&s.a, true, now_of(&s), NULL), VG_E_INVALID);
}

/* Both pilots' words are told, on both sides, and who has it in the end. */
static void hand_over(bool is_wide)
{
    struct scene s = make_owned_as(is_wide);
    assert_int_equal(vg_control_ask(&s.b, now_of(&s), NULL), VG_OK);
    turn(&s);
    expect(&s.b, VG_CONTROL_ASKED, B);
    expect(&s.b, VG_CONTROL_REFUSED, A); /* the owner is asked */
    expect(&s.a, VG_CONTROL_WANTED, B);
    assert_int_equal(s.a.wanted_by, B);
    assert_int_equal(vg_control_allow(&s.a, true, now_of(&s), NULL), VG_OK);
    expect(&s.a, VG_CONTROL_ALLOWED, B);
    turn(&s);
    assert_true(s.b.is_takeover_allowed);
    assert_int_equal(vg_control_ask(&s.b, now_of(&s), NULL), VG_OK);
    turn(&s);
    expect(&s.b, VG_CONTROL_ASKED, B);
    expect(&s.b, VG_CONTROL_GRANTED, B);
    expect(&s.b, VG_CONTROL_OWNER, B);
    expect(&s.a, VG_CONTROL_OWNER, B);
    for (int i = 0; i < 15; i++) {
        turn(&s);
    }
    expect_nothing(&s.a);
    assert_true(vg_control_is_ours(&s.b));
    assert_int_equal(vg_control_release(&s.b, now_of(&s), NULL), VG_OK);
    turn(&s);
    expect(&s.b, VG_CONTROL_RELEASED, B);
    expect(&s.b, VG_CONTROL_OWNER, 0);
    expect(&s.a, VG_CONTROL_OWNER, 0);
}

static void a_hand_over_with_both_consents(void **state)
{
    (void)state;
    hand_over(false);
}

static void the_form_of_2026_hands_over_as_well(void **state)
{
    (void)state;
    hand_over(true);
}

static void feed_frame(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)frame;
    vg_control_feed(ctx, msg, vg_us(0));
}

/* Bytes by the definitions: flags, gcs_main, ten others (CRC_EXTRA 21); who, flags (184). Zeros at
 * the end are cut. The checksums by another program. */
static void both_forms_of_the_status_are_read(void **state)
{
    (void)state;
    static const uint8_t SHARED[] = {0xfd, 4, 0,    0,    0,    DRONE, 1,    0,
                                     2,    0, 0x01, 0xfe, 0xfb, 0xfc,  0xa4, 0xfe};
    static const uint8_t OPEN[] = {0xfd, 2, 0, 0, 0, DRONE, 1, 0, 2, 0, 0x03, 0xff, 0x41, 0xdf};
    static const uint8_t NOBODY[] = {0xfd, 1, 0, 0, 0, DRONE, 1, 0, 2, 0, 0x01, 0x0b, 0x01};
    static const uint8_t OLD[] = {0xfd, 2, 0, 0, 0, DRONE, 1, 0, 2, 0, 0xfe, 0x01, 0xfd, 0x34};
    struct vg_mavframe parser;
    struct vg_control c;
    vg_control_init(&c, A, 190, DRONE);
    vg_mavframe_init(&parser);
    vg_mavframe_feed(&parser, (struct vg_bytes){SHARED, sizeof SHARED}, feed_frame, &c);
    assert_true(c.is_known && !c.is_takeover_allowed);
    assert_int_equal(c.owner, B);
    assert_int_equal(c.others[0], 251);
    assert_int_equal(c.others[1], 252);
    assert_int_equal(c.others[2], 0);
    vg_mavframe_feed(&parser, (struct vg_bytes){OPEN, sizeof OPEN}, feed_frame, &c);
    assert_true(c.is_takeover_allowed);
    assert_int_equal(c.owner, A);
    assert_int_equal(c.others[0], 0);
    vg_mavframe_feed(&parser, (struct vg_bytes){NOBODY, sizeof NOBODY}, feed_frame, &c);
    assert_false(c.is_takeover_allowed);
    assert_int_equal(c.owner, 0);
    vg_mavframe_feed(&parser, (struct vg_bytes){OLD, sizeof OLD}, feed_frame, &c);
    assert_int_equal(c.owner, B);
    assert_int_equal(parser.counts.bad_crc, 0);
    uint8_t broken[sizeof SHARED];
    memcpy(broken, SHARED, sizeof broken);
    broken[11] ^= 1;
    vg_mavframe_feed(&parser, (struct vg_bytes){broken, sizeof broken}, feed_frame, &c);
    assert_int_equal(parser.counts.bad_crc, 1);
    assert_int_equal(c.owner, B);
}

static void who_may_not_have_it_is_told_so(void **state)
{
    (void)state;
    struct scene s = make_owned_as(true);
    assert_int_equal(vg_control_ask(&s.b, now_of(&s), NULL), VG_OK);
    answer(&s, B, VG_MAV_RESULT_DENIED);
    expect(&s.b, VG_CONTROL_ASKED, B);
    expect(&s.b, VG_CONTROL_DENIED, B);
}

static void a_refusal_is_told_and_changes_nothing(void **state)
{
    (void)state;
    struct scene s = make_owned();
    assert_int_equal(vg_control_ask(&s.b, now_of(&s), NULL), VG_OK);
    turn(&s);
    expect(&s.a, VG_CONTROL_WANTED, B);
    assert_int_equal(vg_control_allow(&s.a, false, now_of(&s), NULL), VG_OK);
    expect(&s.a, VG_CONTROL_KEPT, B);
    for (int i = 0; i < 15; i++) {
        turn(&s);
    }
    expect_nothing(&s.a);
    assert_int_equal(s.drone.owner, A);
}

/* Neither an answer within ten seconds, nor a second request within ten of being allowed. */
static void what_is_not_used_in_time_expires(void **state)
{
    (void)state;
    struct scene s = make_owned();
    assert_int_equal(vg_control_ask(&s.b, now_of(&s), NULL), VG_OK);
    for (int i = 0; i < 15; i++) {
        turn(&s);
    }
    expect(&s.a, VG_CONTROL_WANTED, B);
    expect(&s.a, VG_CONTROL_EXPIRED, B);
    assert_int_equal(vg_control_ask(&s.b, now_of(&s), NULL), VG_OK);
    turn(&s);
    expect(&s.a, VG_CONTROL_WANTED, B);
    assert_int_equal(vg_control_allow(&s.a, true, now_of(&s), NULL), VG_OK);
    turn(&s);
    assert_true(s.drone.is_open);
    for (int i = 0; i < 15; i++) {
        turn(&s);
    }
    expect(&s.a, VG_CONTROL_ALLOWED, B);
    expect(&s.a, VG_CONTROL_EXPIRED, B);
    assert_false(s.drone.is_open); /* shut again */
    assert_int_equal(s.drone.owner, A);
}

static void silence_is_told(void **state)
{
    (void)state;
    struct scene s = make_owned();
    s.drone.is_deaf = true;
    assert_int_equal(vg_control_ask(&s.b, now_of(&s), NULL), VG_OK);
    for (int i = 0; i < 15; i++) {
        turn(&s);
    }
    expect(&s.b, VG_CONTROL_ASKED, B);
    expect(&s.b, VG_CONTROL_SILENT, B);
    expect_nothing(&s.b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_does_not_say_cannot_be_asked),
        cmocka_unit_test(a_hand_over_with_both_consents),
        cmocka_unit_test(the_form_of_2026_hands_over_as_well),
        cmocka_unit_test(both_forms_of_the_status_are_read),
        cmocka_unit_test(who_may_not_have_it_is_told_so),
        cmocka_unit_test(a_refusal_is_told_and_changes_nothing),
        cmocka_unit_test(what_is_not_used_in_time_expires),
        cmocka_unit_test(silence_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
