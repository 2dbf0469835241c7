/* The simulated drone as a ground station meets it: bytes both ways through an in-memory channel.
 */
#include "base/units.h"
#include "link/mavsign.h"
#include "link/mission.h"
#include "link/params.h"
#include "sim/drone.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    SYSID = 7,
    GCS = 255,
    GCS_COMP = 190,
    IDS = 512,
    TEXTS_MAX = 200
};

static const double LAT = 14.4;
static const double LON = -11.4;

/* One station and one drone; `loss` of the frames vanish, each way. */
struct rig {
    struct vg_simdrone *drone;
    struct vg_mavframe rx;
    struct vg_missionup up;
    struct vg_params params;
    struct vg_rng rng;
    double loss;
    struct vg_mavsign *sign;
    uint8_t seq;
    struct vg_us now;
    int n_of[IDS];
    struct vg_mav_msg last_of[IDS];
    uint8_t ack_of[65536]; /* result + 1; 0: none */
    int reached[64];
    int n_reached;
    char texts[TEXTS_MAX][51];
    int n_texts;
};

static void on_station_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct rig *r = ctx;
    (void)frame;
    assert_int_equal(msg->sysid, SYSID);
    assert_int_equal(msg->compid, 1);
    assert_true(msg->id < IDS);
    r->n_of[msg->id]++;
    r->last_of[msg->id] = *msg;
    if (msg->id == VG_MAV_ID_COMMAND_ACK) {
        struct vg_mav_command_ack a;
        vg_mav_command_ack_unpack(msg, &a);
        assert_int_equal(a.target_system, GCS);
        assert_int_equal(a.target_component, GCS_COMP);
        r->ack_of[a.command] = (uint8_t)(a.result + 1);
    } else if (msg->id == VG_MAV_ID_MISSION_ITEM_REACHED) {
        struct vg_mav_mission_item_reached m;
        vg_mav_mission_item_reached_unpack(msg, &m);
        r->reached[r->n_reached++ % 64] = m.seq;
    } else if (msg->id == VG_MAV_ID_STATUSTEXT && r->n_texts < TEXTS_MAX) {
        struct vg_mav_statustext m;
        vg_mav_statustext_unpack(msg, &m);
        memcpy(r->texts[r->n_texts++], m.text, 51);
    }
    vg_missionup_feed(&r->up, msg, r->now);
    vg_params_feed(&r->params, msg, r->now);
}

static struct vg_simdrone_config plain_config(void)
{
    return (struct vg_simdrone_config){.sysid = SYSID,
                                       .pilot = {.flight = {.lat_deg = LAT,
                                                            .lon_deg = LON,
                                                            .alt_msl_m = 40,
                                                            .heading_true_deg = 60,
                                                            .cruise_mps = 25,
                                                            .climb_mps = 3,
                                                            .sink_mps = 2.5,
                                                            .endurance_s = 18000,
                                                            .wind_from_deg = 60,
                                                            .wind_mps = 6,
                                                            .gust_mps = 0.6,
                                                            .seed = 11},
                                                 .turnaround_s = 2700},
                                       .rate_hz = 10,
                                       .hfov_min_deg = 6,
                                       .hfov_max_deg = 60,
                                       .width_px = 1920,
                                       .height_px = 1080,
                                       .gimbal_pitch_deg = -20};
}

static struct rig *open_rig(const struct vg_simdrone_config *config, double loss)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->now = vg_us(INT64_C(1780000000000000));
    r->rng = vg_rng_seed(99);
    r->loss = loss;
    vg_mavframe_init(&r->rx);
    assert_int_equal(vg_simdrone_create(config, r->now, &r->drone, NULL), VG_OK);
    return r;
}

static void close_rig(struct rig *r)
{
    assert_int_equal(r->rx.counts.bad_crc, 0);
    vg_simdrone_destroy(r->drone);
    free(r);
}

static bool is_lost(struct rig *r)
{
    return r->loss > 0 && vg_rng_unit(&r->rng) < r->loss;
}

static void send_msg(struct rig *r, const struct vg_mav_msg *msg)
{
    uint8_t buf[VG_MAV_FRAME_MAX];
    size_t n = vg_mav_frame_format(msg, r->seq++, r->sign, buf);
    if (!is_lost(r)) {
        vg_simdrone_feed(r->drone, (struct vg_bytes){buf, n}, r->now);
    }
}

static void receive(struct rig *r)
{
    uint8_t buf[VG_MAV_FRAME_MAX];
    size_t n;
    while ((n = vg_simdrone_next_out(r->drone, buf)) > 0) {
        if (!is_lost(r)) {
            vg_mavframe_feed(&r->rx, (struct vg_bytes){buf, n}, on_station_message, r);
        }
    }
}

static void run(struct rig *r, double seconds)
{
    int n = (int)lrint(seconds / 0.05);
    struct vg_mav_msg msg;
    for (int i = 0; i < n; i++) {
        r->now.us += 50000;
        vg_missionup_step(&r->up, r->now);
        vg_params_step(&r->params, r->now);
        while (vg_missionup_next_out(&r->up, &msg)) {
            send_msg(r, &msg);
        }
        while (vg_params_next_out(&r->params, &msg)) {
            send_msg(r, &msg);
        }
        vg_simdrone_step(r->drone, r->now);
        receive(r);
    }
}

static void send_command(struct rig *r, uint16_t command, const float p[7])
{
    struct vg_mav_command_long c = {.target_system = SYSID,
                                    .target_component = 1,
                                    .command = command,
                                    .param1 = p[0],
                                    .param2 = p[1],
                                    .param3 = p[2],
                                    .param4 = p[3],
                                    .param5 = p[4],
                                    .param6 = p[5],
                                    .param7 = p[6]};
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&c, GCS, GCS_COMP, &msg);
    r->ack_of[command] = 0;
    send_msg(r, &msg);
    receive(r);
}

/* -1: no answer. */
static int command(struct rig *r, uint16_t command_id, float p1, float p2)
{
    const float p[7] = {p1, p2, 0, 0, 0, 0, 0};
    send_command(r, command_id, p);
    return r->ack_of[command_id] - 1;
}

static int count_of(const struct rig *r, uint32_t id)
{
    return r->n_of[id];
}

static const struct vg_mav_pair PAIR = {GCS, GCS_COMP, SYSID, 1};

static struct vg_mission_item item(uint16_t command_id, uint8_t frame, double lat, double lon,
                                   float z)
{
    return (struct vg_mission_item){.command = command_id,
                                    .frame = frame,
                                    .autocontinue = true,
                                    .x = (int32_t)lrint(lat * 1e7),
                                    .y = (int32_t)lrint(lon * 1e7),
                                    .z = z};
}

enum {
    LOOP_ITEMS = 9
};

static void make_loop(struct vg_mission_item items[LOOP_ITEMS])
{
    enum {
        REL = VG_MAV_FRAME_GLOBAL_RELATIVE_ALT,
        WP = VG_MAV_CMD_NAV_WAYPOINT
    };
    items[0] = item(WP, VG_MAV_FRAME_GLOBAL, LAT, LON, 40);
    items[1] = item(VG_MAV_CMD_NAV_TAKEOFF, REL, 0, 0, 60);
    items[2] = item(WP, REL, LAT + 0.02, LON, 150);
    items[3] = item(VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, VG_MAV_FRAME_MISSION, 0, 0, 0);
    items[3].p1 = -35;
    items[4] = item(WP, REL, LAT + 0.05, LON + 0.02, 150);
    items[5] = item(WP, REL, LAT + 0.05, LON + 0.06, 150);
    items[6] = item(WP, REL, LAT + 0.02, LON + 0.06, 150);
    items[7] = item(WP, REL, LAT, LON + 0.03, 150);
    items[8] = item(VG_MAV_CMD_NAV_LAND, REL, LAT, LON, 0);
}

static void upload(struct rig *r)
{
    struct vg_mission_item items[LOOP_ITEMS];
    make_loop(items);
    struct vg_error err = {0};
    assert_int_equal(vg_missionup_start(&r->up, PAIR, items, LOOP_ITEMS,
                                        VG_MAV_AUTOPILOT_ARDUPILOTMEGA, r->now, &err),
                     VG_OK);
    for (int i = 0; i < 120 && r->up.state != VG_MISSION_DONE; i++) {
        run(r, 1);
        if (r->up.state == VG_MISSION_FAILED) {
            print_error("upload: %s\n", r->up.err.message);
            fail();
        }
    }
    assert_int_equal(r->up.state, VG_MISSION_DONE);
}

static void telemetry_comes_at_its_rates(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    run(r, 20);
    assert_int_equal(count_of(r, VG_MAV_ID_HEARTBEAT), 20);
    assert_int_equal(count_of(r, VG_MAV_ID_GLOBAL_POSITION_INT), 200);
    assert_int_equal(count_of(r, VG_MAV_ID_ATTITUDE), 200);
    assert_int_equal(count_of(r, VG_MAV_ID_VFR_HUD), 40);
    assert_true(count_of(r, VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS) >= 40);
    assert_true(count_of(r, VG_MAV_ID_CAMERA_FOV_STATUS) >= 40);
    static const uint32_t EACH_SECOND[] = {VG_MAV_ID_SYS_STATUS, VG_MAV_ID_SYSTEM_TIME,
                                           VG_MAV_ID_GPS_RAW_INT, VG_MAV_ID_MISSION_CURRENT,
                                           VG_MAV_ID_WIND};
    for (size_t i = 0; i < sizeof EACH_SECOND / sizeof EACH_SECOND[0]; i++) {
        assert_int_equal(count_of(r, EACH_SECOND[i]), 20);
    }
    assert_int_equal(count_of(r, VG_MAV_ID_EXTENDED_SYS_STATE), 0); /* ArduPlane has none */
    assert_int_equal(count_of(r, VG_MAV_ID_WIND_COV), 0);
    assert_true(count_of(r, VG_MAV_ID_BATTERY_STATUS) > 0);
    assert_true(count_of(r, VG_MAV_ID_HOME_POSITION) > 0);
    struct vg_mav_heartbeat h;
    vg_mav_heartbeat_unpack(&r->last_of[VG_MAV_ID_HEARTBEAT], &h);
    assert_int_equal(h.type, 1); /* MAV_TYPE_FIXED_WING */
    assert_int_equal(h.autopilot, 3); /* MAV_AUTOPILOT_ARDUPILOTMEGA */
    assert_int_equal(h.mavlink_version, 3);
    struct vg_mav_global_position_int p;
    vg_mav_global_position_int_unpack(&r->last_of[VG_MAV_ID_GLOBAL_POSITION_INT], &p);
    assert_int_equal(p.lat, 144000000);
    assert_int_equal(p.lon, -114000000);
    assert_int_equal(p.alt, 40000);
    assert_int_equal(p.relative_alt, 0);
    struct vg_mav_camera_fov_status f;
    vg_mav_camera_fov_status_unpack(&r->last_of[VG_MAV_ID_CAMERA_FOV_STATUS], &f);
    assert_true(fabsf(f.hfov - 60.0f) < 1e-4f);
    assert_true(fabsf(f.vfov - 35.98f) < 0.01f); /* 2 atan(tan 30 deg x 1080 / 1920) */
    close_rig(r);
}

static void arming_too_early_is_refused_in_words(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    run(r, 2);
    assert_int_equal(command(r, 400, 1, 0), VG_MAV_RESULT_FAILED);
    run(r, 0.1);
    assert_string_equal(r->texts[0], "PreArm: system starting");
    run(r, 18);
    vg_simdrone_set_faults(r->drone, &(struct vg_simdrone_faults){.has_no_position = true});
    assert_int_equal(command(r, 400, 1, 0), VG_MAV_RESULT_FAILED);
    vg_simdrone_set_faults(r->drone, &(struct vg_simdrone_faults){0});
    assert_int_equal(command(r, 400, 1, 0), VG_MAV_RESULT_ACCEPTED);
    run(r, 2);
    struct vg_mav_heartbeat h;
    vg_mav_heartbeat_unpack(&r->last_of[VG_MAV_ID_HEARTBEAT], &h);
    assert_true((h.base_mode & 128) != 0);
    close_rig(r);
}

static void every_command_is_answered(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    run(r, 6);
    assert_int_equal(command(r, 183, 1, 1500), VG_MAV_RESULT_UNSUPPORTED); /* DO_SET_SERVO */
    assert_int_equal(command(r, 211, 1, 1), VG_MAV_RESULT_UNSUPPORTED); /* DO_GRIPPER */
    assert_int_equal(command(r, 176, 1, 5), VG_MAV_RESULT_FAILED); /* FBWA: no sticks */
    assert_int_equal(command(r, 176, 1, 12), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(command(r, 300, 0, 0), VG_MAV_RESULT_FAILED); /* no mission */
    assert_int_equal(command(r, 512, 148, 0), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(count_of(r, VG_MAV_ID_AUTOPILOT_VERSION), 1);
    assert_int_equal(command(r, 512, 999, 0), VG_MAV_RESULT_UNSUPPORTED);
    assert_int_equal(command(r, 520, 1, 0), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(count_of(r, VG_MAV_ID_AUTOPILOT_VERSION), 2);
    assert_int_equal(command(r, 400, NAN, 0), VG_MAV_RESULT_DENIED);
    /* To another system: no answer. */
    struct vg_mav_command_long other = {.target_system = SYSID + 1, .command = 20};
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&other, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    run(r, 1);
    assert_int_equal(r->ack_of[20], 0);
    /* The old way to set a mode. */
    struct vg_mav_set_mode old = {.target_system = SYSID, .base_mode = 1, .custom_mode = 1};
    vg_mav_set_mode_pack(&old, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    run(r, 2);
    struct vg_mav_heartbeat h;
    vg_mav_heartbeat_unpack(&r->last_of[VG_MAV_ID_HEARTBEAT], &h);
    assert_int_equal(h.custom_mode, 1);
    close_rig(r);
}

static void rates_follow_the_station(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    assert_int_equal(command(r, 511, 33, 500000), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(command(r, 511, 30, -1), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(command(r, 511, 9999, 1000), VG_MAV_RESULT_DENIED); /* seen of ArduPlane */
    run(r, 10);
    assert_int_equal(count_of(r, VG_MAV_ID_GLOBAL_POSITION_INT), 20);
    assert_int_equal(count_of(r, VG_MAV_ID_ATTITUDE), 0);
    assert_int_equal(command(r, 510, 33, 0), VG_MAV_RESULT_ACCEPTED);
    struct vg_mav_message_interval m;
    vg_mav_message_interval_unpack(&r->last_of[VG_MAV_ID_MESSAGE_INTERVAL], &m);
    assert_int_equal(m.interval_us, 500000);
    struct vg_mav_request_data_stream s = {
        .target_system = SYSID, .req_stream_id = 10, .req_message_rate = 5, .start_stop = 1};
    struct vg_mav_msg msg;
    vg_mav_request_data_stream_pack(&s, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    run(r, 10);
    assert_int_equal(count_of(r, VG_MAV_ID_ATTITUDE), 50);
    close_rig(r);
}

static void missions_go_up_and_come_back(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    upload(r);
    struct vg_mav_mission_current m;
    run(r, 2);
    vg_mav_mission_current_unpack(&r->last_of[VG_MAV_ID_MISSION_CURRENT], &m);
    assert_int_equal(m.total, LOOP_ITEMS - 1);
    upload(r); /* what is there is read first: item 0 is home as the drone knows it */
    assert_int_equal(r->up.old[0].x, 144000000);
    assert_int_equal(r->up.n_old, LOOP_ITEMS);
    close_rig(r);
}

static void missions_go_up_through_a_bad_radio(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct rig *r = open_rig(&c, 0.2);
        r->rng = vg_rng_seed(seed);
        upload(r);
        close_rig(r);
    }
}

/* Upload, arm, AUTO, until it has disarmed itself: everything over the wire. */
static void a_sortie_over_the_wire(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    run(r, 21);
    upload(r);
    assert_int_equal(command(r, 400, 1, 0), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(command(r, 176, 1, 10), VG_MAV_RESULT_ACCEPTED);
    bool was_up = false;
    struct vg_mav_heartbeat h = {.base_mode = 128};
    bool has_stood_by = false; /* armed still, and rolling out: seen of ArduPlane */
    struct vg_mav_global_position_int p;
    int waited = 0;
    while ((h.base_mode & 128) != 0 && waited++ < 1800) {
        run(r, 1);
        vg_mav_heartbeat_unpack(&r->last_of[VG_MAV_ID_HEARTBEAT], &h);
        vg_mav_global_position_int_unpack(&r->last_of[VG_MAV_ID_GLOBAL_POSITION_INT], &p);
        was_up = was_up || p.relative_alt > 50000;
        bool is_standby = h.system_status == VG_MAV_STATE_STANDBY && (h.base_mode & 128) != 0;
        has_stood_by = has_stood_by || (was_up && is_standby);
    }
    assert_true(was_up && has_stood_by);
    assert_int_equal(h.base_mode & 128, 0);
    run(r, 2);
    static const int REACHED[] = {1, 2, 4, 5, 6, 7}; /* 3 is a do-item */
    assert_int_equal(r->n_reached, 6);
    assert_memory_equal(r->reached, REACHED, sizeof REACHED);
    vg_mav_global_position_int_unpack(&r->last_of[VG_MAV_ID_GLOBAL_POSITION_INT], &p);
    assert_true(vg_geo_distance_m(LAT, LON, p.lat / 1e7, p.lon / 1e7) < 300);
    struct vg_mav_battery_status b;
    vg_mav_battery_status_unpack(&r->last_of[VG_MAV_ID_BATTERY_STATUS], &b);
    assert_in_range(b.battery_remaining, 90, 97); /* 15 minutes of 5 hours, and two climbs */
    assert_int_equal(vg_simdrone_counts(r->drone).n_telemetry_dropped, 0);
    assert_int_equal(vg_simdrone_counts(r->drone).n_replies_dropped, 0);
    close_rig(r);
}

static void items_it_cannot_fly_leave_the_old_mission(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    upload(r);
    struct vg_mav_msg msg;
    struct vg_mav_mission_count count = {.target_system = SYSID, .target_component = 1, .count = 2};
    vg_mav_mission_count_pack(&count, GCS, GCS_COMP, &msg);
    memset(&r->up, 0, sizeof r->up);
    send_msg(r, &msg);
    struct vg_mav_mission_item_int wire = {.target_system = SYSID, .target_component = 1};
    wire.command = 16;
    vg_mav_mission_item_int_pack(&wire, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    wire.seq = 1;
    wire.command = 183; /* DO_SET_SERVO */
    vg_mav_mission_item_int_pack(&wire, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    receive(r);
    struct vg_mav_mission_ack ack;
    vg_mav_mission_ack_unpack(&r->last_of[VG_MAV_ID_MISSION_ACK], &ack);
    assert_int_equal(ack.type, VG_MAV_MISSION_UNSUPPORTED);
    run(r, 12);
    struct vg_mav_mission_current m;
    vg_mav_mission_current_unpack(&r->last_of[VG_MAV_ID_MISSION_CURRENT], &m);
    assert_int_equal(m.total, LOOP_ITEMS - 1);
    close_rig(r);
}

static void parameters_are_listed_and_set(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    run(r, 1);
    vg_params_start(&r->params, PAIR, r->now);
    run(r, 10);
    assert_int_equal(r->params.state, VG_PARAMS_DONE);
    assert_true(r->params.n_params >= 12);
    const struct vg_param *p = vg_params_find(&r->params, "RTL_ALTITUDE");
    assert_non_null(p);
    assert_true(vg_param_value(p, false) == 100);
    struct vg_mav_param_set set = {.target_system = SYSID,
                                   .target_component = 1,
                                   .param_value = 150,
                                   .param_type = VG_MAV_PARAM_TYPE_REAL32,
                                   .param_id = "RTL_ALTITUDE"};
    struct vg_mav_msg msg;
    vg_mav_param_set_pack(&set, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    run(r, 1);
    assert_true(vg_simdrone_pilot(r->drone)->params.rtl_alt_m == 150);
    assert_true(vg_param_value(vg_params_find(&r->params, "RTL_ALTITUDE"), false) == 150);
    close_rig(r);
}

static void ping_and_timesync_are_answered(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    run(r, 3);
    struct vg_mav_msg msg;
    struct vg_mav_ping ping = {.time_usec = 12345, .seq = 9};
    vg_mav_ping_pack(&ping, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    struct vg_mav_timesync sync = {.ts1 = 777};
    vg_mav_timesync_pack(&sync, GCS, GCS_COMP, &msg);
    send_msg(r, &msg);
    receive(r);
    vg_mav_ping_unpack(&r->last_of[VG_MAV_ID_PING], &ping);
    assert_int_equal(ping.time_usec, 12345);
    assert_int_equal(ping.seq, 9);
    assert_int_equal(ping.target_system, GCS);
    vg_mav_timesync_unpack(&r->last_of[VG_MAV_ID_TIMESYNC], &sync);
    assert_int_equal(sync.ts1, 777);
    assert_int_equal(sync.tc1, INT64_C(3000000000));
    close_rig(r);
}

/* In a cross wind the camera still looks along the track: q (against the nose) turned by delta_yaw
 * (the heading) is the course of the position message; pitch is what the mission's item 3 asked
 * for. */
static void the_camera_looks_along_the_course(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    c.pilot.flight.wind_from_deg = 90;
    c.pilot.flight.wind_mps = 8;
    c.pilot.flight.gust_mps = 0;
    struct rig *r = open_rig(&c, 0);
    run(r, 21);
    upload(r);
    assert_int_equal(command(r, 400, 1, 0), VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(command(r, 176, 1, 10), VG_MAV_RESULT_ACCEPTED);
    while (r->n_reached < 4) {
        run(r, 1);
    }
    run(r, 40); /* southward along the east side of the loop */
    struct vg_mav_gimbal_device_attitude_status g;
    vg_mav_gimbal_device_attitude_status_unpack(
        &r->last_of[VG_MAV_ID_GIMBAL_DEVICE_ATTITUDE_STATUS], &g);
    double w = (double)g.q[0], x = (double)g.q[1], y = (double)g.q[2], z = (double)g.q[3];
    double yaw = atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)) * VG_DEG_PER_RAD;
    double pitch = asin(2 * (w * y - z * x)) * VG_DEG_PER_RAD;
    assert_true(fabs(pitch + 35) < 0.01);
    double yaw_true = yaw + (double)g.delta_yaw * VG_DEG_PER_RAD;
    struct vg_mav_global_position_int p;
    vg_mav_global_position_int_unpack(&r->last_of[VG_MAV_ID_GLOBAL_POSITION_INT], &p);
    double course = atan2((double)p.vy, (double)p.vx) * VG_DEG_PER_RAD;
    assert_true(fabs(vg_wrap_180_deg(yaw_true - course)) < 1.0);
    assert_true(fabs(vg_wrap_180_deg(course - 180)) < 2);
    assert_true(fabs(yaw) > 15); /* asin(8 / 25) = 18.7 */
    /* A commanded pitch is followed. */
    assert_int_equal(command(r, 1000, -60, NAN), VG_MAV_RESULT_ACCEPTED);
    run(r, 3);
    assert_true(vg_simdrone_pilot(r->drone)->gimbal.pitch_deg == -60);
    close_rig(r);
}

/* Nobody drains for an hour: bounded, the newest kept, the loss counted. */
static void an_undrained_drone_stays_bounded(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    r->now.us += INT64_C(3600000000);
    vg_simdrone_step(r->drone, r->now);
    struct vg_simdrone_counts counts = vg_simdrone_counts(r->drone);
    assert_true(counts.n_telemetry_dropped > 100000);
    receive(r);
    int n = 0;
    for (int i = 0; i < IDS; i++) {
        n += r->n_of[i];
    }
    assert_in_range(n, 90, 160);
    struct vg_mav_system_time t;
    vg_mav_system_time_unpack(&r->last_of[VG_MAV_ID_SYSTEM_TIME], &t);
    assert_true(r->now.us - (int64_t)t.time_unix_usec <= 1000000);
    close_rig(r);
}

static void signed_links_take_signed_commands_only(void **state)
{
    (void)state;
    static const uint8_t KEY[32] = {1, 2, 3, 4, 5};
    struct vg_simdrone_config c = plain_config();
    c.key = KEY;
    struct rig *r = open_rig(&c, 0);
    struct vg_mavsign sign;
    vg_mavsign_init(&sign, KEY, 1, r->now);
    r->rx.sign = &sign;
    run(r, 21);
    assert_int_equal(count_of(r, VG_MAV_ID_HEARTBEAT), 21);
    assert_true(r->last_of[0].is_signed);
    assert_int_equal(command(r, 400, 1, 0), -1);
    r->sign = &sign;
    assert_int_equal(command(r, 400, 1, 0), VG_MAV_RESULT_ACCEPTED);
    close_rig(r);
}

/* Every message there is, with any payload, addressed to it: it answers or it does not, but it
 * stays whole and goes on with its heartbeat. */
static void any_message_is_survived(void **state)
{
    (void)state;
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    run(r, 6);
    upload(r);
    memset(&r->up, 0, sizeof r->up);
    struct vg_rng rng = vg_rng_seed(5);
    for (int i = 0; i < 20000; i++) {
        struct vg_mav_msg msg = {.sysid = GCS, .compid = GCS_COMP};
        msg.id = (uint32_t)vg_rng_below(&rng, IDS);
        const struct vg_mav_info *info = vg_mav_info_find(msg.id);
        if (info == NULL) {
            continue;
        }
        msg.n = info->full_length;
        for (int k = 0; k < msg.n; k++) {
            uint64_t pick = vg_rng_below(&rng, 8);
            msg.payload[k] = pick == 0   ? SYSID
                             : pick == 1 ? 0
                             : pick == 2 ? 1
                                         : (uint8_t)vg_rng_next(&rng);
        }
        uint8_t buf[VG_MAV_FRAME_MAX];
        size_t n = vg_mav_frame_format(&msg, (uint8_t)i, NULL, buf);
        r->now.us += (int64_t)vg_rng_below(&rng, 100000);
        vg_simdrone_feed(r->drone, (struct vg_bytes){buf, n}, r->now);
        while (vg_simdrone_next_out(r->drone, buf) > 0) {
        }
    }
    const struct vg_flight *f = &vg_simdrone_pilot(r->drone)->flight;
    assert_true(isfinite(f->lat_deg) && isfinite(f->lon_deg) && isfinite(f->alt_msl_m));
    assert_true(isfinite(f->energy) && f->energy >= 0 && f->energy <= 1);
    uint8_t buf[VG_MAV_FRAME_MAX];
    int n_beats = 0;
    for (int i = 0; i < 40; i++) { /* 2 s, drained each step: it may have been told to send fast */
        r->now.us += 50000;
        vg_simdrone_step(r->drone, r->now);
        while (vg_simdrone_next_out(r->drone, buf) > 0) {
            n_beats += buf[7] == 0 && buf[8] == 0 && buf[9] == 0;
        }
    }
    assert_in_range(n_beats, 1, 3);
    vg_simdrone_destroy(r->drone);
    free(r);
}

/* One drone from boot through upload-free arming and a climb in GUIDED; what it sends in order. */
static size_t record_bytes(int64_t spacing_us, uint8_t *out, size_t size_bytes)
{
    struct vg_simdrone_config c = plain_config();
    struct rig *r = open_rig(&c, 0);
    static const int64_t ARM_US = 51000000;
    int64_t start = r->now.us;
    size_t n_out = 0;
    for (int64_t t = 0; t <= 2 * ARM_US; t += spacing_us) {
        r->now.us = start + t;
        if (t == ARM_US) {
            const struct vg_mav_command_long arm = {
                .target_system = SYSID, .target_component = 1, .command = 400, .param1 = 1};
            struct vg_mav_msg msg;
            vg_mav_command_long_pack(&arm, GCS, GCS_COMP, &msg);
            send_msg(r, &msg);
        }
        vg_simdrone_step(r->drone, r->now);
        uint8_t buf[VG_MAV_FRAME_MAX];
        size_t n;
        while ((n = vg_simdrone_next_out(r->drone, buf)) > 0) {
            assert_true(n_out + n <= size_bytes);
            memcpy(out + n_out, buf, n);
            n_out += n;
        }
    }
    close_rig(r);
    return n_out;
}

/* Stepped every 50 ms and every 10 ms (both meet 51 s exactly): the same bytes. Replies go before
 * telemetry within a drain, so spacings over one step may order a drain differently; what is sent
 * is compared as a whole there by its length. */
static void bytes_do_not_depend_on_the_spacing_of_steps(void **state)
{
    (void)state;
    enum {
        SIZE = 400000
    };
    static uint8_t a[SIZE];
    static uint8_t b[SIZE];
    size_t n_a = record_bytes(50000, a, SIZE);
    size_t n_b = record_bytes(10000, b, SIZE);
    assert_true(n_a > 50000);
    assert_int_equal(n_a, n_b);
    assert_memory_equal(a, b, n_a);
    assert_int_equal(record_bytes(1500000, b, SIZE), n_a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telemetry_comes_at_its_rates),
        cmocka_unit_test(arming_too_early_is_refused_in_words),
        cmocka_unit_test(every_command_is_answered),
        cmocka_unit_test(rates_follow_the_station),
        cmocka_unit_test(missions_go_up_and_come_back),
        cmocka_unit_test(missions_go_up_through_a_bad_radio),
        cmocka_unit_test(a_sortie_over_the_wire),
        cmocka_unit_test(items_it_cannot_fly_leave_the_old_mission),
        cmocka_unit_test(parameters_are_listed_and_set),
        cmocka_unit_test(ping_and_timesync_are_answered),
        cmocka_unit_test(the_camera_looks_along_the_course),
        cmocka_unit_test(an_undrained_drone_stays_bounded),
        cmocka_unit_test(signed_links_take_signed_commands_only),
        cmocka_unit_test(any_message_is_survived),
        cmocka_unit_test(bytes_do_not_depend_on_the_spacing_of_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
