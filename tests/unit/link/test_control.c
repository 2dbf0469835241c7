/* Operator control: two stations and a drone that hands itself over as the definition says. The
 * drone's side is written here, from the text of MAV_CMD_REQUEST_OPERATOR_CONTROL. */
#include "link/control.h"

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
    const struct vg_mav_command_long m = {.command = 32100,
                                          .param1 = who,
                                          .param2 = 1,
                                          .param4 = 10,
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
    if (m.param2 == 0 && d->owner == msg->sysid) {
        d->owner = 0;
        answer(s, msg->sysid, VG_MAV_RESULT_ACCEPTED);
    } else if (is_free) {
        d->owner = msg->sysid;
        d->is_open = m.param3 == 1;
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

static struct scene make_scene(void)
{
    struct scene s = {0};
    vg_control_init(&s.a, A, 190, DRONE);
    vg_control_init(&s.b, B, 190, DRONE);
    return s;
}

/* A has it: asked while nobody had. */
static struct scene make_owned(void)
{
    struct scene s = make_scene();
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
static void a_hand_over_with_both_consents(void **state)
{
    (void)state;
    struct scene s = make_owned();
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
        cmocka_unit_test(a_refusal_is_told_and_changes_nothing),
        cmocka_unit_test(what_is_not_used_in_time_expires),
        cmocka_unit_test(silence_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
