/* The allow-list against lists written here a second time, over every id there is. */
#include "link/allow.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* By number, from mavlink.io/en/messages/common.html: return, land, take off, VTOL take off and
 * land, set mode, change speed, landing sequence, pause/continue, look at a place, look nowhere,
 * fence, set current item, start, arm, message interval, request message, zoom, focus, source,
 * gimbal angles, gimbal control, reports by satellite, operator control. */
static const uint16_t commands[] = {20,  21,  22,  84,  85,   176,  178,  189,
                                    193, 195, 197, 207, 224,  300,  400,  511,
                                    512, 531, 532, 534, 1000, 1001, 2600, 32100};
/* Waypoint, the three loiters, return, land, take off, loiter to altitude, VTOL take off and land,
 * jump, speed, landing sequence, look at, look nowhere, zoom, gimbal angles, record video, stop. */
static const uint16_t items[] = {16,  17,  18,  19,  20,  21,  22,   31,   84,  85,
                                 177, 178, 189, 195, 197, 531, 1000, 2500, 2501};
static const uint16_t fence[] = {5000, 5001, 5002, 5003, 5004};
static const uint16_t rally[] = {5100};

/* Heartbeat, system time, ping, parameter read and list, mission request, request list, ack,
 * request int, data stream, time sync, traffic, request event: whatever they hold. */
static const uint32_t free_messages[] = {0, 2, 4, 20, 21, 40, 43, 47, 51, 66, 111, 246, 412};
/* Parameter set, mission write partial list, item, set current, count, clear all, item int, command
 * int, command long, command ack, command cancel, file transfer, logs listed, read and done with,
 * the operator's place and registration: by content. */
static const uint32_t looked_into[] = {23, 38, 39,  41,  44,  45,  73,    75,   76,
                                       77, 80, 110, 117, 119, 122, 12904, 12905};
/* File transfer: end a session, end all, list, open to read, read, checksum, burst. */
static const uint16_t file_operations[] = {1, 2, 3, 4, 5, 14, 15};

#define HAS(list, id) has16(list, sizeof(list) / sizeof((list)[0]), id)

static bool has16(const uint16_t *list, size_t n, uint32_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == id) {
            return true;
        }
    }
    return false;
}

static bool has32(const uint32_t *list, size_t n, uint32_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == id) {
            return true;
        }
    }
    return false;
}

static bool may_long(struct vg_mav_command_long c)
{
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&c, 255, 190, &msg);
    return vg_allow_message(&msg, NULL);
}

static bool may_int(struct vg_mav_command_int c)
{
    struct vg_mav_msg msg;
    vg_mav_command_int_pack(&c, 255, 190, &msg);
    return vg_allow_message(&msg, NULL);
}

static bool may_item(uint8_t mission_type, uint16_t command, uint8_t target)
{
    const struct vg_mav_mission_item_int m = {
        .command = command, .mission_type = mission_type, .target_system = target};
    struct vg_mav_msg msg;
    vg_mav_mission_item_int_pack(&m, 255, 190, &msg);
    return vg_allow_message(&msg, NULL);
}

static void exactly_the_listed_commands_pass(void **state)
{
    (void)state;
    int n = 0;
    for (uint32_t id = 0; id < 65536; id++) {
        bool want = HAS(commands, id);
        /* parameter 1 = 1 is a plain arming and a fence switched on */
        struct vg_mav_command_long l = {
            .command = (uint16_t)id, .target_system = 1, .param1 = 1.0f};
        struct vg_mav_command_int i = {.command = (uint16_t)id, .target_system = 1, .param1 = 1.0f};
        assert_int_equal(vg_allow_command((uint16_t)id), want);
        assert_int_equal(may_long(l), want);
        assert_int_equal(may_int(i), want);
        n += want;
    }
    assert_int_equal(n, 24);
}

static void exactly_the_listed_items_pass(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < 65536; id++) {
        assert_int_equal(may_item(0, (uint16_t)id, 1), HAS(items, id));
        assert_int_equal(may_item(1, (uint16_t)id, 1), HAS(fence, id));
        assert_int_equal(may_item(2, (uint16_t)id, 1), HAS(rally, id));
        assert_false(may_item(255, (uint16_t)id, 1));
        assert_int_equal(vg_allow_mission_item(0, (uint16_t)id), HAS(items, id));
    }
}

/* Every message id, empty: those looked into hold command 0, no name or no target, and are refused.
 */
static void exactly_the_listed_messages_pass(void **state)
{
    (void)state;
    size_t n_free = sizeof free_messages / sizeof free_messages[0];
    for (uint32_t id = 0; id < 1 << 24; id += id < 70000 ? 1 : 997) {
        const struct vg_mav_msg msg = {.id = id, .sysid = 255, .compid = 190};
        assert_int_equal(vg_allow_message(&msg, NULL), has32(free_messages, n_free, id));
    }
    for (size_t i = 0; i < sizeof looked_into / sizeof looked_into[0]; i++) {
        const char *why = NULL;
        const struct vg_mav_msg msg = {.id = looked_into[i]};
        assert_false(vg_allow_message(&msg, &why));
        assert_string_not_equal(why, "this message is not on the allow-list");
    }
}

static void what_releases_or_drives_an_output_is_refused_by_name(void **state)
{
    (void)state;
    /* servo, repeat servo, relay, repeat relay, parachute, gripper, winch, payload place, actuator,
     * payload prepare and control, flight termination, and two private user commands. */
    static const uint16_t never[] = {183, 184,   181,   182,   208, 211,   42600, 94,
                                     187, 30001, 30002, 42001, 185, 31010, 42000};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        assert_false(vg_allow_command(never[i]));
        for (uint8_t type = 0; type < 4; type++) {
            assert_false(vg_allow_mission_item(type, never[i]));
        }
    }
    /* the messages that move sticks, outputs and actuators directly, and serial ports */
    static const uint32_t direct[] = {69, 70, 139, 140, 82, 84, 86, 126, 256, 11, 39, 248};
    for (size_t i = 0; i < sizeof direct / sizeof direct[0]; i++) {
        const struct vg_mav_msg msg = {.id = direct[i]};
        assert_false(vg_allow_message(&msg, NULL));
    }
}

static void arming_is_never_forced(void **state)
{
    (void)state;
    assert_true(
        may_long((struct vg_mav_command_long){.command = 400, .target_system = 1, .param1 = 1}));
    assert_true(
        may_long((struct vg_mav_command_long){.command = 400, .target_system = 1, .param1 = 0}));
    static const float forced[] = {21196.0f, 2989.0f, 1.0f, -1.0f, NAN, INFINITY};
    for (size_t i = 0; i < sizeof forced / sizeof forced[0]; i++) {
        for (int arm = 0; arm < 2; arm++) {
            assert_false(may_long((struct vg_mav_command_long){
                .command = 400, .target_system = 1, .param1 = (float)arm, .param2 = forced[i]}));
            assert_false(may_int((struct vg_mav_command_int){
                .command = 400, .target_system = 1, .param1 = (float)arm, .param2 = forced[i]}));
        }
    }
    assert_false(
        may_long((struct vg_mav_command_long){.command = 400, .target_system = 1, .param1 = 2}));
    assert_false(
        may_long((struct vg_mav_command_long){.command = 400, .target_system = 1, .param1 = NAN}));
}

static void the_fence_is_not_switched_off(void **state)
{
    (void)state;
    assert_true(
        may_long((struct vg_mav_command_long){.command = 207, .target_system = 1, .param1 = 1}));
    assert_false(
        may_long((struct vg_mav_command_long){.command = 207, .target_system = 1, .param1 = 0}));
    assert_false(
        may_long((struct vg_mav_command_long){.command = 207, .target_system = 1, .param1 = 2}));
}

static bool may_count(uint8_t target, uint8_t type)
{
    const struct vg_mav_mission_count m = {
        .target_system = target, .count = 3, .mission_type = type};
    struct vg_mav_msg msg;
    vg_mav_mission_count_pack(&m, 255, 190, &msg);
    return vg_allow_message(&msg, NULL);
}

static void nothing_goes_to_everybody(void **state)
{
    (void)state;
    assert_false(may_long((struct vg_mav_command_long){.command = 400, .param1 = 1}));
    assert_false(may_int((struct vg_mav_command_int){.command = 20}));
    assert_false(may_item(0, 16, 0));
    assert_false(may_count(0, 0));
    assert_true(may_count(1, 0));
    assert_true(may_count(1, 2));
    assert_false(may_count(1, 3));
    assert_false(may_count(1, 255));
    struct vg_mav_msg msg;
    vg_mav_mission_clear_all_pack(&(struct vg_mav_mission_clear_all){0}, 255, 190, &msg);
    assert_false(vg_allow_message(&msg, NULL));
    vg_mav_mission_clear_all_pack(&(struct vg_mav_mission_clear_all){.target_system = 1}, 255, 190,
                                  &msg);
    assert_true(vg_allow_message(&msg, NULL));
    vg_mav_mission_set_current_pack(&(struct vg_mav_mission_set_current){.seq = 3}, 255, 190, &msg);
    assert_false(vg_allow_message(&msg, NULL));
    for (uint8_t target = 0; target < 2; target++) {
        vg_mav_open_drone_id_system_pack(
            &(struct vg_mav_open_drone_id_system){.target_system = target}, 255, 190, &msg);
        assert_int_equal(vg_allow_message(&msg, NULL), target);
        vg_mav_log_request_list_pack(&(struct vg_mav_log_request_list){.target_system = target},
                                     255, 190, &msg);
        assert_int_equal(vg_allow_message(&msg, NULL), target);
        vg_mav_log_request_data_pack(&(struct vg_mav_log_request_data){.target_system = target},
                                     255, 190, &msg);
        assert_int_equal(vg_allow_message(&msg, NULL), target);
        vg_mav_log_request_end_pack(&(struct vg_mav_log_request_end){.target_system = target}, 255,
                                    190, &msg);
        assert_int_equal(vg_allow_message(&msg, NULL), target);
        vg_mav_open_drone_id_operator_id_pack(
            &(struct vg_mav_open_drone_id_operator_id){.target_system = target}, 255, 190, &msg);
        assert_int_equal(vg_allow_message(&msg, NULL), target);
    }
}

static bool may_set(const char *name)
{
    struct vg_mav_param_set m = {.target_system = 1, .param_value = 2.0f};
    memcpy(m.param_id, name, strlen(name));
    struct vg_mav_msg msg;
    vg_mav_param_set_pack(&m, 255, 190, &msg);
    return vg_allow_message(&msg, NULL);
}

static void only_message_rates_are_written(void **state)
{
    (void)state;
    assert_true(may_set("SR0_POSITION"));
    assert_true(may_set("SR1_EXTRA3"));
    static const char *const never[] = {"",
                                        "ARMING_CHECK",
                                        "FENCE_ENABLE",
                                        "SERVO9_FUNCTION",
                                        "RELAY_PIN",
                                        "SR0_POSITIO",
                                        "SR0_POSITIONX",
                                        "sr0_position",
                                        "FS_GCS_ENABL",
                                        "SR2_POSITION"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        assert_false(may_set(never[i]));
    }
}

static bool may_file(uint8_t target, uint8_t operation, uint8_t size)
{
    struct vg_mav_file_transfer_protocol m = {.target_system = target};
    struct vg_mav_msg msg;
    m.payload[3] = operation;
    m.payload[4] = size;
    vg_mav_file_transfer_protocol_pack(&m, 255, 190, &msg);
    return vg_allow_message(&msg, NULL);
}

static void files_are_read_and_never_changed(void **state)
{
    (void)state;
    for (int operation = 0; operation < 256; operation++) {
        bool want = HAS(file_operations, (uint32_t)operation);
        assert_int_equal(may_file(1, (uint8_t)operation, 239), want);
        assert_false(may_file(0, (uint8_t)operation, 1));
        assert_false(may_file(1, (uint8_t)operation, 240)); /* more than fits: no such packet */
    }
}

static void a_refusal_says_why(void **state)
{
    (void)state;
    const char *why = "untouched";
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&(struct vg_mav_command_long){.command = 183, .target_system = 1}, 255,
                             190, &msg);
    assert_false(vg_allow_message(&msg, &why));
    assert_string_equal(why, "this command is not on the allow-list");
    why = "untouched";
    vg_mav_command_long_pack(&(struct vg_mav_command_long){.command = 20, .target_system = 1}, 255,
                             190, &msg);
    assert_true(vg_allow_message(&msg, &why));
    assert_string_equal(why, "untouched");
}

/* Another ground station: the free messages and our commands, nothing that writes. */
static void a_guest_commands_but_writes_nothing(void **state)
{
    (void)state;
    size_t n_free = sizeof free_messages / sizeof free_messages[0];
    for (uint32_t id = 0; id < 70000; id++) {
        const struct vg_mav_msg msg = {.id = id, .sysid = 250, .compid = 190};
        /* 246, ADSB_VEHICLE: an aircraft that is not there would move the drone. */
        assert_int_equal(vg_allow_guest_message(&msg, NULL),
                         id != 246 && has32(free_messages, n_free, id));
    }
    const struct vg_mav_mission_item_int item = {.command = 16, .target_system = 1};
    const struct vg_mav_mission_count count = {.count = 3, .target_system = 1};
    const struct vg_mav_param_set set = {.param_id = "SR0_POSITION", .target_system = 1};
    const struct vg_mav_command_long home = {.command = 20, .target_system = 1};
    const struct vg_mav_command_long drop = {.command = 183, .target_system = 1};
    struct vg_mav_msg msg;
    vg_mav_mission_item_int_pack(&item, 250, 190, &msg);
    assert_true(vg_allow_message(&msg, NULL) && !vg_allow_guest_message(&msg, NULL));
    vg_mav_mission_count_pack(&count, 250, 190, &msg);
    assert_true(vg_allow_message(&msg, NULL) && !vg_allow_guest_message(&msg, NULL));
    vg_mav_param_set_pack(&set, 250, 190, &msg);
    assert_true(vg_allow_message(&msg, NULL) && !vg_allow_guest_message(&msg, NULL));
    vg_mav_command_long_pack(&home, 250, 190, &msg);
    assert_true(vg_allow_guest_message(&msg, NULL));
    vg_mav_command_long_pack(&drop, 250, 190, &msg);
    assert_false(vg_allow_guest_message(&msg, NULL));
}

/* The older item, a stretch of a list, a cancelling, and the answer to who asks for the drone: each
 * within what may be sent anyway. Item number 2 or 3 in `current` would be flown at once. */
static void the_rarer_messages_are_looked_into(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    struct vg_mav_mission_item item = {.command = 16, .target_system = 1};
    vg_mav_mission_item_pack(&item, 255, 190, &msg);
    assert_true(vg_allow_message(&msg, NULL) && !vg_allow_guest_message(&msg, NULL));
    item.current = 2;
    vg_mav_mission_item_pack(&item, 255, 190, &msg);
    assert_false(vg_allow_message(&msg, NULL));
    item = (struct vg_mav_mission_item){.command = 183, .target_system = 1};
    vg_mav_mission_item_pack(&item, 255, 190, &msg);
    assert_false(vg_allow_message(&msg, NULL));
    struct vg_mav_mission_write_partial_list part = {.target_system = 1, .mission_type = 2};
    vg_mav_mission_write_partial_list_pack(&part, 255, 190, &msg);
    assert_true(vg_allow_message(&msg, NULL) && !vg_allow_guest_message(&msg, NULL));
    part.mission_type = 3;
    vg_mav_mission_write_partial_list_pack(&part, 255, 190, &msg);
    assert_false(vg_allow_message(&msg, NULL));
    struct vg_mav_command_cancel cancel = {.command = 300, .target_system = 1};
    vg_mav_command_cancel_pack(&cancel, 255, 190, &msg);
    assert_true(vg_allow_message(&msg, NULL));
    cancel.target_system = 0;
    vg_mav_command_cancel_pack(&cancel, 255, 190, &msg);
    assert_false(vg_allow_message(&msg, NULL));
    struct vg_mav_command_ack ack = {.command = 32100, .target_system = 1};
    vg_mav_command_ack_pack(&ack, 255, 190, &msg);
    assert_true(vg_allow_message(&msg, NULL));
    ack.command = 400;
    vg_mav_command_ack_pack(&ack, 255, 190, &msg);
    assert_false(vg_allow_message(&msg, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_the_listed_commands_pass),
        cmocka_unit_test(exactly_the_listed_items_pass),
        cmocka_unit_test(exactly_the_listed_messages_pass),
        cmocka_unit_test(what_releases_or_drives_an_output_is_refused_by_name),
        cmocka_unit_test(arming_is_never_forced),
        cmocka_unit_test(the_fence_is_not_switched_off),
        cmocka_unit_test(nothing_goes_to_everybody),
        cmocka_unit_test(only_message_rates_are_written),
        cmocka_unit_test(files_are_read_and_never_changed),
        cmocka_unit_test(a_refusal_says_why),
        cmocka_unit_test(the_rarer_messages_are_looked_into),
        cmocka_unit_test(a_guest_commands_but_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
