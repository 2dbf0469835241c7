/* The table of fields and version 1 out. Every field of every message is compared with node-mavlink
 * by tests/peers/mavlink; here: frames from elsewhere, the JSON form, and what an absent field
 * reads. */
#include "link/mavfield.h"
#include "link/mavframe.h"
#include "link/mavversion.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A heartbeat as printed in the ArduPilot developer pages on MAVLink basics: system 1, component 1,
 * quadrotor, ArduPilot, base mode 81, active, version 3. */
static const uint8_t heartbeat_v1[] = {0xfe, 0x09, 0x4e, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00,
                                       0x00, 0x02, 0x03, 0x51, 0x04, 0x03, 0x1c, 0x7f};

static void keep(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    (void)frame;
    *(struct vg_mav_msg *)ctx = *msg;
}

static void a_frame_of_others_is_read_and_made_again(void **state)
{
    (void)state;
    static struct vg_mavframe parser;
    struct vg_mav_msg msg = {.id = 99};
    vg_mavframe_init(&parser);
    vg_mavframe_feed(&parser, (struct vg_bytes){heartbeat_v1, sizeof heartbeat_v1}, keep, &msg);
    assert_int_equal(msg.id, 0);
    struct vg_buf json = {0};
    vg_mav_fields_json(&msg, &json);
    assert_string_equal(vg_buf_text(&json), "{\"custom_mode\":0,\"type\":2,\"autopilot\":3,"
                                            "\"base_mode\":81,\"system_status\":4,"
                                            "\"mavlink_version\":3}");
    vg_buf_finish(&json);
    uint8_t out[VG_MAV_FRAME_MAX];
    assert_int_equal(vg_mav_frame_format_v1(&msg, 0x4e, out), sizeof heartbeat_v1);
    assert_memory_equal(out, heartbeat_v1, sizeof heartbeat_v1);
}

static void version_1_leaves_out_what_it_cannot_say(void **state)
{
    (void)state;
    uint8_t out[VG_MAV_FRAME_MAX];
    struct vg_mav_msg msg;
    /* common.xml: 4 bytes, and 5 more as extensions */
    const struct vg_mav_mission_count count = {
        .count = 3, .target_system = 1, .mission_type = 2, .opaque_id = 77};
    vg_mav_mission_count_pack(&count, 255, 190, &msg);
    assert_int_equal(vg_mav_frame_format_v1(&msg, 9, out), 6 + 4 + 2);
    vg_mav_event_pack(&(struct vg_mav_event){.id = 1}, 1, 1, &msg);
    assert_int_equal(vg_mav_frame_format_v1(&msg, 9, out), 0); /* id 410 */
    assert_int_equal(vg_mav_frame_format_v1(&(struct vg_mav_msg){.id = 3}, 9, out), 0);
}

static void a_value_is_put_where_it_is_read(void **state)
{
    (void)state;
    int n;
    const struct vg_mav_field *f = vg_mav_fields_find(VG_MAV_ID_GLOBAL_POSITION_INT, &n);
    struct vg_mav_msg msg = {.id = VG_MAV_ID_GLOBAL_POSITION_INT};
    assert_int_equal(n, 9);
    assert_string_equal(f[1].name, "lat");
    assert_string_equal(f[1].unit, "degE7");
    vg_mav_field_put(&f[1], &msg, 0, (uint32_t)-144470000);
    struct vg_mav_global_position_int p;
    vg_mav_global_position_int_unpack(&msg, &p);
    assert_int_equal(p.lat, -144470000);
    assert_int_equal(vg_mav_field_bits(&f[1], &msg, 0), (uint32_t)-144470000);
    assert_null(vg_mav_fields_find(3, &n));
    assert_int_equal(n, 0);
}

static void what_is_no_number_is_null_and_texts_are_escaped(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    struct vg_mav_param_value v = {.param_value = NAN, .param_count = 7, .param_type = 9};
    memcpy(v.param_id, "A\"\x01\xff", 4);
    vg_mav_param_value_pack(&v, 1, 1, &msg);
    struct vg_buf b = {0};
    vg_mav_fields_json(&msg, &b);
    json_t *doc = json_loadb(b.data, b.n, 0, NULL);
    assert_non_null(doc);
    assert_true(json_is_null(json_object_get(doc, "param_value")));
    assert_string_equal(json_string_value(json_object_get(doc, "param_id")), "A\"\x01\xef\xbf\xbd");
    assert_int_equal(json_integer_value(json_object_get(doc, "param_count")), 7);
    json_decref(doc);
    vg_buf_finish(&b);
}

static void only_a_drone_that_keeps_to_version_1_is_spoken_to_in_it(void **state)
{
    (void)state;
    struct vg_mavversion v = {0};
    const struct vg_mav_msg old = {.is_v1 = true};
    const struct vg_mav_msg heartbeat = {.id = 0};
    const struct vg_mav_msg command = {.id = 76};
    const struct vg_mav_msg event = {.id = 412};
    assert_false(vg_mavversion_is_old(&v, &command, vg_us(50000000))); /* never heard */
    vg_mavversion_hear(&v, &old, vg_us(50000000));
    assert_false(vg_mavversion_is_old(&v, &command, vg_us(59999999)));
    assert_true(vg_mavversion_is_old(&v, &command, vg_us(60000000)));
    assert_false(vg_mavversion_is_old(&v, &event, vg_us(60000000))); /* has no version 1 */
    int n_new = 0;
    for (int i = 0; i < 30; i++) {
        n_new += !vg_mavversion_is_old(&v, &heartbeat, vg_us(60000000 + i));
    }
    assert_int_equal(n_new, 3);
    vg_mavversion_hear(&v, &(struct vg_mav_msg){.is_v1 = false}, vg_us(70000000));
    vg_mavversion_hear(&v, &old, vg_us(70000001));
    assert_false(vg_mavversion_is_old(&v, &command, vg_us(90000000)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_of_others_is_read_and_made_again),
        cmocka_unit_test(version_1_leaves_out_what_it_cannot_say),
        cmocka_unit_test(a_value_is_put_where_it_is_read),
        cmocka_unit_test(only_a_drone_that_keeps_to_version_1_is_spoken_to_in_it),
        cmocka_unit_test(what_is_no_number_is_null_and_texts_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
