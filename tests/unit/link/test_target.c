/* Whom messages are for, and which of them go where. Offsets as mavlink.io's serialization puts
 * them: fields by falling size, in the order of the definition. */
#include "link/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct vg_mav_msg ack_to(uint8_t sysid, uint8_t compid)
{
    struct vg_mav_msg msg;
    const struct vg_mav_command_ack ack = {.target_system = sysid, .target_component = compid};
    vg_mav_command_ack_pack(&ack, 1, 1, &msg);
    return msg;
}

static void targets_are_where_the_typed_messages_have_them(void **state)
{
    (void)state;
    uint8_t s;
    uint8_t c;
    struct vg_mav_msg msg = ack_to(250, 190);
    vg_mav_target(&msg, &s, &c);
    assert_true(s == 250 && c == 190);
    const struct vg_mav_command_long l = {.target_system = 3, .target_component = 4};
    vg_mav_command_long_pack(&l, 255, 190, &msg);
    vg_mav_target(&msg, &s, &c);
    assert_true(s == 3 && c == 4);
    const struct vg_mav_mission_item_int i = {.target_system = 5, .target_component = 6};
    vg_mav_mission_item_int_pack(&i, 255, 190, &msg);
    vg_mav_target(&msg, &s, &c);
    assert_true(s == 5 && c == 6);
    const struct vg_mav_param_set p = {.target_system = 7, .target_component = 8};
    vg_mav_param_set_pack(&p, 255, 190, &msg);
    vg_mav_target(&msg, &s, &c);
    assert_true(s == 7 && c == 8);
    const struct vg_mav_ping ping = {.target_system = 9, .target_component = 10};
    vg_mav_ping_pack(&ping, 255, 190, &msg);
    vg_mav_target(&msg, &s, &c);
    assert_true(s == 9 && c == 10);
    const struct vg_mav_attitude a = {.roll = 1};
    vg_mav_attitude_pack(&a, 1, 1, &msg);
    vg_mav_target(&msg, &s, &c);
    assert_true(s == 0 && c == 0);
}

/* The table of the routing guide, row by row. */
static void messages_go_where_the_guide_says(void **state)
{
    (void)state;
    struct vg_heard nobody = {0};
    struct vg_heard qgc = {0};
    struct vg_mav_msg msg = {.sysid = 250, .compid = 190};
    vg_heard_note(&qgc, &msg);
    vg_heard_note(&qgc, &msg);
    assert_int_equal(qgc.n, 1);
    msg = ack_to(0, 0);
    assert_true(vg_heard_is_for(&nobody, &msg) && vg_heard_is_for(&qgc, &msg));
    msg = ack_to(255, 190);
    assert_false(vg_heard_is_for(&nobody, &msg) || vg_heard_is_for(&qgc, &msg));
    msg = ack_to(250, 0);
    assert_true(!vg_heard_is_for(&nobody, &msg) && vg_heard_is_for(&qgc, &msg));
    msg = ack_to(250, 190);
    assert_true(vg_heard_is_for(&qgc, &msg));
    msg = ack_to(250, 191);
    assert_false(vg_heard_is_for(&qgc, &msg));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_where_the_typed_messages_have_them),
        cmocka_unit_test(messages_go_where_the_guide_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
