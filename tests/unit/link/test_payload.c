/* Camera, streams, gimbal and remote id: asked of whom, how often, what is kept; by the field
 * definitions. */
#include "link/allow.h"
#include "link/payload.h"
#include "link/remoteid.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    GCS = 255,
    DRONE = 7,
    CAMERA = 100
};
static const struct vg_mav_pair pair = {GCS, 190, DRONE, 1};

static struct vg_payload payload;
static double t_s;

static struct vg_us now(void)
{
    return vg_us_from_s(1000 + t_s);
}

#define SEND(lower, compid, ...)                                                                   \
    do {                                                                                           \
        const struct vg_mav_##lower m_ = {__VA_ARGS__};                                            \
        struct vg_mav_msg msg_;                                                                    \
        vg_mav_##lower##_pack(&m_, DRONE, (compid), &msg_);                                        \
        vg_payload_feed(&payload, &msg_, now());                                                   \
    } while (0)

static void start(void)
{
    vg_payload_init(&payload, pair);
    t_s = 0;
    SEND(autopilot_version, 1, .capabilities = 32);
}

/* What is asked next: the message id, and of whom; 0: nothing within a tick. */
static uint32_t next_ask(uint8_t *out_compid)
{
    struct vg_mav_msg msg;
    vg_payload_step(&payload, now());
    if (!vg_payload_next_out(&payload, &msg)) {
        return 0;
    }
    struct vg_mav_command_long c;
    assert_true(vg_allow_message(&msg, NULL));
    vg_mav_command_long_unpack(&msg, &c);
    assert_int_equal(c.command, 512);
    assert_int_equal(c.target_system, DRONE);
    *out_compid = c.target_component;
    return (uint32_t)c.param1;
}

static void acknowledge(uint8_t compid, uint8_t result)
{
    SEND(command_ack, compid, .command = 512, .result = result, .target_system = GCS);
}

static void a_camera_is_asked_for_all_it_has(void **state)
{
    (void)state;
    uint8_t compid = 0;
    start();
    SEND(heartbeat, CAMERA, .type = 30, .autopilot = 8);
    assert_int_equal(next_ask(&compid), 259);
    assert_int_equal(compid, CAMERA);
    assert_int_equal(next_ask(&compid), 0); /* one at a time */
    acknowledge(CAMERA, 0);
    assert_int_equal(next_ask(&compid), 0); /* the rest when it is known what it can */
    SEND(camera_information, CAMERA, .flags = 256 | 64, .vendor_name = "Maker",
         .model_name = "Eye 10x");
    static const uint32_t want[] = {260, 261, 262, 269};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(next_ask(&compid), want[i]);
        assert_int_equal(compid, CAMERA);
        acknowledge(CAMERA, 0);
    }
    SEND(camera_settings, CAMERA, .mode_id = 1, .zoomLevel = 40, .focusLevel = NAN);
    SEND(storage_information, CAMERA, .storage_id = 1, .storage_count = 1, .status = 2,
         .available_capacity = 12000.5f);
    SEND(camera_capture_status, CAMERA, .video_status = 1, .recording_time_ms = 61500,
         .image_count = 12);
    SEND(video_stream_information, CAMERA, .stream_id = 2, .count = 2, .type = 0, .flags = 3,
         .framerate = 25, .bitrate = 4000000, .resolution_h = 640, .resolution_v = 512,
         .name = "Thermal", .uri = "rtsp://192.168.144.25:8554/ir");
    assert_string_equal(payload.camera.vendor, "Maker");
    assert_string_equal(payload.camera.model, "Eye 10x");
    assert_float_equal(payload.camera.zoom_pct, 40, 0);
    assert_true(isnan(payload.camera.focus_pct));
    assert_true(payload.camera.is_recording);
    assert_float_equal(payload.camera.recording_s, 61.5, 1e-9);
    assert_float_equal(payload.camera.free_mib, 12000.5, 1e-9);
    assert_int_equal(payload.n_streams, 2);
    assert_false(payload.streams[0].is_known);
    assert_true(payload.streams[1].is_running);
    assert_true(payload.streams[1].is_thermal);
    assert_string_equal(payload.streams[1].uri, "rtsp://192.168.144.25:8554/ir");
    SEND(video_stream_status, CAMERA, .stream_id = 2, .flags = 2, .bitrate = 0);
    assert_false(payload.streams[1].is_running);
    assert_true(isnan(payload.streams[1].bitrate_bps));
}

static void an_autopilot_without_a_camera_is_soon_left_in_peace(void **state)
{
    (void)state;
    uint8_t compid = 0;
    int n = 0;
    start();
    for (; t_s < 600; t_s += 0.5) {
        uint32_t id = next_ask(&compid);
        assert_true(id == 0 || (id == 259 && compid == 1));
        n += id != 0;
    }
    assert_int_equal(n, 4);
    start();
    n = 0;
    for (; t_s < 600; t_s += 0.5) {
        n += next_ask(&compid) != 0;
        acknowledge(1, 3); /* unsupported */
    }
    assert_int_equal(n, 1);
}

static void the_autopilot_is_asked_what_it_is_capable_of(void **state)
{
    (void)state;
    uint8_t compid = 0;
    start();
    vg_payload_init(&payload, pair);
    assert_int_equal(next_ask(&compid), 259); /* whether it speaks for a camera */
    acknowledge(1, 3);
    assert_int_equal(next_ask(&compid), 148);
    assert_int_equal(compid, 1);
    acknowledge(1, 0);
    t_s += 6;
    assert_int_equal(next_ask(&compid), 148); /* acknowledged and not sent */
    SEND(autopilot_version, 1, .capabilities = 32);
    t_s += 60;
    assert_int_equal(next_ask(&compid), 0);
}

static void a_silent_camera_is_asked_again_and_a_restarted_one_anew(void **state)
{
    (void)state;
    uint8_t compid = 0;
    int n = 0;
    start();
    SEND(heartbeat, CAMERA, .type = 30, .autopilot = 8);
    for (; t_s < 16; t_s += 0.5) {
        n += next_ask(&compid) == 259;
    }
    assert_int_equal(n, 4);
    SEND(camera_information, CAMERA, .flags = 0);
    for (; t_s < 60; t_s += 0.5) {
        uint32_t id = next_ask(&compid);
        assert_true(id == 0 || (id >= 260 && id <= 262)); /* no video: no streams asked for */
        acknowledge(CAMERA, id == 261 ? 2 : 0);
    }
    vg_payload_restart(&payload);
    assert_int_equal(next_ask(&compid), 259);
}

static void who_has_the_gimbal(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    struct vg_mav_command_long c;
    start();
    assert_true(vg_payload_take_gimbal(&payload, now())); /* no manager: nothing to ask */
    SEND(gimbal_manager_status, 154, .gimbal_device_id = 154, .primary_control_sysid = DRONE);
    assert_int_equal(vg_payload_gimbal(&payload), VG_GIMBAL_FREE);
    assert_false(vg_payload_take_gimbal(&payload, now()));
    assert_false(vg_payload_take_gimbal(&payload, now())); /* asked a moment ago */
    assert_true(vg_payload_next_out(&payload, &msg));
    assert_true(vg_allow_message(&msg, NULL));
    vg_mav_command_long_unpack(&msg, &c);
    assert_int_equal(c.command, 1001);
    assert_int_equal(c.target_component, 154);
    assert_float_equal(c.param1, GCS, 0);
    assert_float_equal(c.param2, 190, 0);
    assert_float_equal(c.param3, -1, 0);
    assert_float_equal(c.param7, 154, 0);
    assert_false(vg_payload_next_out(&payload, &msg));
    SEND(gimbal_manager_status, 154, .gimbal_device_id = 154, .primary_control_sysid = GCS,
         .primary_control_compid = 190);
    assert_true(vg_payload_take_gimbal(&payload, now()));
    vg_payload_give_gimbal(&payload);
    assert_true(vg_payload_next_out(&payload, &msg));
    vg_mav_command_long_unpack(&msg, &c);
    assert_float_equal(c.param1, -3, 0);
    SEND(gimbal_manager_status, 154, .gimbal_device_id = 154, .primary_control_sysid = 254);
    assert_int_equal(vg_payload_gimbal(&payload), VG_GIMBAL_OTHERS);
    t_s += 60;
    assert_false(vg_payload_take_gimbal(&payload, now())); /* never from another station */
    vg_payload_give_gimbal(&payload);
    assert_false(vg_payload_next_out(&payload, &msg));
}

static void the_remote_id_module_hears_who_and_where(void **state)
{
    (void)state;
    struct vg_mav_msg msg;
    struct vg_remoteid self;
    struct vg_operator op = {
        .has_place = true, .lat_deg = 14.5, .lon_deg = -11.4, .id = "FRA87astrdge12k8"};
    int n_place = 0;
    int n_id = 0;
    vg_remoteid_init(&self, pair);
    vg_remoteid_step(&self, &op, vg_us_from_s(10));
    assert_false(vg_remoteid_next_out(&self, &msg)); /* no module, nothing told */
    start();
    SEND(open_drone_id_arm_status, 1, .status = 1, .error = "no GPS");
    assert_true(payload.remote_id.is_known);
    assert_false(payload.remote_id.is_good);
    assert_string_equal(payload.remote_id.reason, "no GPS");
    vg_mav_open_drone_id_arm_status_pack(&(struct vg_mav_open_drone_id_arm_status){0}, DRONE, 1,
                                         &msg);
    vg_remoteid_feed(&self, &msg);
    for (int i = 0; i < 100; i++) { /* 10 s; 2026-01-01T00:00:00Z */
        vg_remoteid_step(&self, &op, vg_us(INT64_C(1767225600000000) + i * 100000));
        while (vg_remoteid_next_out(&self, &msg)) {
            assert_true(vg_allow_message(&msg, NULL));
            if (msg.id == 12904) {
                struct vg_mav_open_drone_id_system m;
                vg_mav_open_drone_id_system_unpack(&msg, &m);
                assert_int_equal(m.operator_latitude, 145000000);
                assert_int_equal(m.operator_longitude, -114000000);
                assert_int_equal(m.timestamp, 220924800 + i / 10); /* date -d: 2026 minus 2019 */
                n_place++;
            } else {
                struct vg_mav_open_drone_id_operator_id m;
                assert_int_equal(msg.id, 12905);
                vg_mav_open_drone_id_operator_id_unpack(&msg, &m);
                assert_string_equal(m.operator_id, "FRA87astrdge12k8");
                n_id++;
            }
        }
    }
    assert_int_equal(n_place, 10);
    assert_int_equal(n_id, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_is_asked_for_all_it_has),
        cmocka_unit_test(an_autopilot_without_a_camera_is_soon_left_in_peace),
        cmocka_unit_test(the_autopilot_is_asked_what_it_is_capable_of),
        cmocka_unit_test(a_silent_camera_is_asked_again_and_a_restarted_one_anew),
        cmocka_unit_test(who_has_the_gimbal),
        cmocka_unit_test(the_remote_id_module_hears_who_and_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
