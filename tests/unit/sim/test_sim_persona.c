/* The same flight told by different autopilots: numbers from their own sources, as persona.c names
 * them. */
#include "link/mavframe.h"
#include "link/mission.h"
#include "link/vehicle.h"
#include "sim/drone.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    SYSID = 7,
    GCS = 255,
    IDS = 512
};

struct rig {
    struct vg_simdrone *drone;
    struct vg_mavframe rx;
    struct vg_vehicle vehicle; /* the station's view of it */
    struct vg_missionup up;
    struct vg_us now;
    uint8_t seq;
    int n_of[IDS];
    struct vg_mav_msg last_of[IDS];
    uint32_t order[2]; /* the last two answers that came */
};

static void on_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct rig *r = ctx;
    (void)frame;
    r->n_of[msg->id]++;
    r->last_of[msg->id] = *msg;
    r->order[0] = r->order[1];
    r->order[1] = msg->id;
    vg_vehicle_feed(&r->vehicle, msg, r->now);
    vg_missionup_feed(&r->up, msg, r->now);
}

static void send(struct rig *r, const struct vg_mav_msg *msg)
{
    uint8_t frame[VG_MAV_FRAME_MAX];
    size_t n = vg_mav_frame_format(msg, r->seq++, NULL, frame);
    vg_simdrone_feed(r->drone, (struct vg_bytes){frame, n}, r->now);
}

static void hear(struct rig *r)
{
    uint8_t frame[VG_MAV_FRAME_MAX];
    size_t n;
    while ((n = vg_simdrone_next_out(r->drone, frame)) > 0) {
        vg_mavframe_feed(&r->rx, (struct vg_bytes){frame, n}, on_message, r);
    }
}

static void run(struct rig *r, double seconds)
{
    struct vg_mav_msg msg;
    for (int k = 0; k < (int)(seconds * 10 + 0.5); k++) {
        r->now.us += 100000;
        vg_simdrone_step(r->drone, r->now);
        hear(r);
        vg_missionup_step(&r->up, r->now);
        while (vg_missionup_next_out(&r->up, &msg)) {
            send(r, &msg);
        }
    }
}

static int command(struct rig *r, uint16_t id, float p1, float p2, float p3)
{
    const struct vg_mav_command_long c = {.command = id,
                                          .param1 = p1,
                                          .param2 = p2,
                                          .param3 = p3,
                                          .target_system = SYSID,
                                          .target_component = 1};
    struct vg_mav_msg msg;
    struct vg_mav_command_ack a;
    vg_mav_command_long_pack(&c, GCS, 190, &msg);
    send(r, &msg);
    hear(r);
    vg_mav_command_ack_unpack(&r->last_of[VG_MAV_ID_COMMAND_ACK], &a);
    return a.command == id ? a.result : -1;
}

static struct rig *open_rig(enum vg_sim_autopilot autopilot, enum vg_kind kind)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->now = vg_us(INT64_C(1780000000000000));
    vg_vehicle_init(&r->vehicle, SYSID);
    const struct vg_simdrone_config c = {.sysid = SYSID,
                                         .persona = vg_sim_persona(autopilot, kind),
                                         .pilot = {.flight = {.lat_deg = 14.4,
                                                              .lon_deg = -11.4,
                                                              .cruise_mps = 25,
                                                              .climb_mps = 4,
                                                              .sink_mps = 3,
                                                              .wind_from_deg = 90,
                                                              .wind_mps = 4,
                                                              .endurance_s = 7200},
                                                   .turnaround_s = 600}};
    assert_int_equal(vg_simdrone_create(&c, r->now, &r->drone, NULL), VG_OK);
    return r;
}

static void close_rig(struct rig *r)
{
    vg_simdrone_destroy(r->drone);
    free(r);
}

/* Take off to 60 m, 3 km north, back, land; for ArduPilot with home before it. */
static void upload(struct rig *r, bool has_home)
{
    const struct vg_mission_item items[] = {
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, 14.4, -11.4, 0),
        vg_mission_place(VG_MAV_CMD_NAV_TAKEOFF, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.4, -11.4, 60),
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.43, -11.4,
                         60),
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.41, -11.4,
                         60),
        vg_mission_place(VG_MAV_CMD_NAV_LAND, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.4, -11.4, 0),
    };
    int first = has_home ? 0 : 1;
    const struct vg_mav_pair pair = {GCS, 190, SYSID, 1};
    assert_int_equal(
        vg_missionup_start(&r->up, pair, items + first, 5 - first,
                           has_home ? VG_MAV_AUTOPILOT_ARDUPILOTMEGA : VG_MAV_AUTOPILOT_GENERIC,
                           r->now, NULL),
        VG_OK);
    run(r, 10);
    assert_int_equal(r->up.state, VG_MISSION_DONE);
}

static void px4_flies_a_mission_that_begins_at_0(void **state)
{
    (void)state;
    struct rig *r = open_rig(VG_SIM_PX4, VG_KIND_PLANE);
    run(r, 3);
    assert_int_equal(r->vehicle.state.autopilot, 12); /* MAV_AUTOPILOT_PX4 */
    assert_int_equal(r->vehicle.state.type, 1);
    /* Commander: denied for now. PX4 1.14: main mode 4, sub mode 4 is AUTO.MISSION. */
    assert_int_equal(command(r, 400, 1, 0, 0), VG_MAV_RESULT_TEMPORARILY_REJECTED);
    run(r, 6);
    upload(r, false);
    assert_int_equal(command(r, 176, 1, 4, 4), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(command(r, 400, 1, 0, 0), VG_MAV_RESULT_ACCEPTED);
    run(r, 3);
    assert_int_equal(r->vehicle.state.custom_mode, 4 << 16 | 4 << 24);
    assert_string_equal(r->vehicle.state.mode_name, "AUTO.MISSION");
    assert_int_equal(r->vehicle.mission.current, 0);
    assert_int_equal(r->vehicle.mission.total, 4);
    run(r, 60);
    assert_int_equal(r->vehicle.flight.landed_state, VG_MAV_LANDED_STATE_IN_AIR);
    assert_int_equal(r->vehicle.mission.reached, 0);
    assert_int_equal(r->vehicle.mission.current, 1);
    assert_true(r->n_of[VG_MAV_ID_WIND_COV] > 50 && r->n_of[VG_MAV_ID_WIND] == 0);
    assert_true(fabs(r->vehicle.wind.from_true_deg - 90) < 0.01);
    assert_int_equal(command(r, 176, 1, 4, 5), VG_MAV_RESULT_ACCEPTED);
    run(r, 2);
    assert_int_equal(r->vehicle.state.mode, VG_MODE_RETURN);
    run(r, 400);
    assert_int_equal(r->vehicle.flight.landed_state, VG_MAV_LANDED_STATE_ON_GROUND);
    assert_false(r->vehicle.state.is_armed);
    close_rig(r);
}

static void ask_param(struct rig *r, const char *name)
{
    struct vg_mav_param_request_read m = {
        .param_index = -1, .target_system = SYSID, .target_component = 1};
    struct vg_mav_msg msg;
    memcpy(m.param_id, name, strlen(name));
    vg_mav_param_request_read_pack(&m, GCS, 190, &msg);
    send(r, &msg);
    run(r, 0.2);
}

/* MAV_SYS_ID 7, an INT32: as bytes it is 07 00 00 00, which read as a float is 9.8e-45. */
static void px4_sends_whole_numbers_as_bytes(void **state)
{
    (void)state;
    struct rig *r = open_rig(VG_SIM_PX4, VG_KIND_PLANE);
    struct vg_mav_param_value v;
    ask_param(r, "MAV_SYS_ID");
    vg_mav_param_value_unpack(&r->last_of[VG_MAV_ID_PARAM_VALUE], &v);
    assert_int_equal(v.param_type, VG_MAV_PARAM_TYPE_INT32);
    uint8_t bytes[4];
    vg_put_lef32(bytes, v.param_value);
    assert_int_equal(vg_le32(bytes), 7);
    close_rig(r);
    r = open_rig(VG_SIM_ARDUPILOT, VG_KIND_PLANE);
    ask_param(r, "SYSID_THISMAV");
    vg_mav_param_value_unpack(&r->last_of[VG_MAV_ID_PARAM_VALUE], &v);
    assert_true(v.param_value == 7.0f);
    close_rig(r);
}

static void each_kind_has_its_type_and_modes(void **state)
{
    (void)state;
    static const struct {
        enum vg_sim_autopilot autopilot;
        enum vg_kind kind;
        int mav_type; /* 1 fixed wing, 2 quadrotor, 22 VTOL with fixed rotors */
        float p2, p3; /* asks for RTL */
        uint32_t rtl;
    } ROWS[] = {
        {VG_SIM_ARDUPILOT, VG_KIND_PLANE, 1, 11, 0, 11},
        {VG_SIM_ARDUPILOT, VG_KIND_QUADPLANE, 1, 11, 0, 11},
        {VG_SIM_ARDUPILOT, VG_KIND_COPTER, 2, 6, 0, 6},
        {VG_SIM_PX4, VG_KIND_QUADPLANE, 22, 4, 5, 4 << 16 | 5 << 24},
        {VG_SIM_PX4, VG_KIND_COPTER, 2, 4, 5, 4 << 16 | 5 << 24},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct rig *r = open_rig(ROWS[i].autopilot, ROWS[i].kind);
        run(r, 2);
        assert_int_equal(r->vehicle.state.type, ROWS[i].mav_type);
        assert_int_equal(r->vehicle.state.mode, VG_MODE_MANUAL);
        assert_int_equal(command(r, 176, 1, ROWS[i].p2, ROWS[i].p3), VG_MAV_RESULT_ACCEPTED);
        run(r, 2);
        assert_int_equal(r->vehicle.state.custom_mode, ROWS[i].rtl);
        assert_int_equal(r->vehicle.state.mode, VG_MODE_RETURN);
        close_rig(r);
    }
}

/* ArduPilot says yes first, then the message; asked for what it never sends, DENIED. */
static void ardupilot_acknowledges_a_request_before_answering(void **state)
{
    (void)state;
    struct rig *r = open_rig(VG_SIM_ARDUPILOT, VG_KIND_PLANE);
    run(r, 1);
    assert_int_equal(command(r, 512, VG_MAV_ID_AUTOPILOT_VERSION, 0, 0), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(r->order[0], VG_MAV_ID_COMMAND_ACK);
    assert_int_equal(r->order[1], VG_MAV_ID_AUTOPILOT_VERSION);
    assert_int_equal(command(r, 511, VG_MAV_ID_EXTENDED_SYS_STATE, 1000000, 0),
                     VG_MAV_RESULT_DENIED);
    run(r, 19.5);
    upload(r, true);
    assert_int_equal(r->n_of[VG_MAV_ID_EXTENDED_SYS_STATE], 0);
    close_rig(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(px4_flies_a_mission_that_begins_at_0),
        cmocka_unit_test(px4_sends_whole_numbers_as_bytes),
        cmocka_unit_test(each_kind_has_its_type_and_modes),
        cmocka_unit_test(ardupilot_acknowledges_a_request_before_answering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
