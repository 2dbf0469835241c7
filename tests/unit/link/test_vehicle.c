/* The state of one drone from its messages; expectations by hand from the field definitions. */
#include "link/loss.h"
#include "link/vehicle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    DRONE = 7
};

struct bench {
    struct vg_vehicle v;
    uint8_t seq;
    double t_s;
};

static void start(struct bench *b)
{
    memset(b, 0, sizeof *b);
    vg_vehicle_init(&b->v, DRONE);
    b->t_s = 100.0;
}

static void feed(struct bench *b, struct vg_mav_msg *msg)
{
    msg->seq = b->seq++;
    vg_vehicle_feed(&b->v, msg, vg_us_from_s(b->t_s));
}

#define SEND(b, lower, compid, ...)                                                                \
    do {                                                                                           \
        const struct vg_mav_##lower m_ = {__VA_ARGS__};                                            \
        struct vg_mav_msg msg_;                                                                    \
        vg_mav_##lower##_pack(&m_, DRONE, (compid), &msg_);                                        \
        feed((b), &msg_);                                                                          \
    } while (0)

static void heartbeat(struct bench *b, uint32_t custom_mode, bool is_armed)
{
    SEND(b, heartbeat, 1, .type = 1, .autopilot = 3, .custom_mode = custom_mode,
         .base_mode = is_armed ? 0x81 : 0x01, .system_status = 4, .mavlink_version = 3);
}

static void units_are_converted_once(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, global_position_int, 1, .time_boot_ms = 5, .lat = 144310000, .lon = -114400000,
         .alt = 345000, .relative_alt = 120500, .vx = 1500, .vy = -2000, .vz = -50, .hdg = 30687);
    SEND(&b, sys_status, 1, .voltage_battery = 23100, .current_battery = 1234,
         .battery_remaining = 76);
    SEND(&b, gps_raw_int, 1, .fix_type = 3, .satellites_visible = 14, .eph = 85);
    SEND(&b, vfr_hud, 1, .airspeed = 24.5f, .groundspeed = 25.0f, .climb = -0.5f, .throttle = 61);
    SEND(&b, wind, 1, .direction = -90.0f, .speed = 8.0f);
    SEND(&b, attitude, 1, .roll = 0.5235988f, .pitch = -0.1745329f, .yaw = -1.5707963f);
    assert_float_equal(b.v.position.lat_deg, 14.431, 1e-9);
    assert_float_equal(b.v.position.lon_deg, -11.44, 1e-9);
    assert_float_equal(b.v.position.alt_msl_m, 345.0, 1e-9);
    assert_float_equal(b.v.position.alt_home_m, 120.5, 1e-9);
    assert_float_equal(b.v.position.vel_ned_mps[1], -20.0, 1e-9);
    assert_float_equal(b.v.position.vel_ned_mps[2], -0.5, 1e-9);
    assert_float_equal(b.v.position.heading_true_deg, 306.87, 1e-9);
    assert_float_equal(b.v.battery.percent, 76.0, 1e-9);
    assert_float_equal(b.v.battery.voltage_v, 23.1, 1e-9);
    assert_float_equal(b.v.battery.current_a, 12.34, 1e-9);
    assert_true(isnan(b.v.battery.remaining_s));
    assert_int_equal(b.v.gps.n_satellites, 14);
    assert_float_equal(b.v.gps.hdop, 0.85, 1e-9);
    assert_float_equal(b.v.air.airspeed_mps, 24.5, 1e-9);
    assert_float_equal(b.v.wind.from_true_deg, 270.0, 1e-9);
    assert_float_equal(b.v.attitude.roll_deg, 30.0, 1e-4);
    assert_float_equal(b.v.attitude.pitch_deg, -10.0, 1e-4);
    assert_float_equal(b.v.attitude.yaw_true_deg, 270.0, 1e-4);
    assert_int_equal(b.v.position.t.us, 100000000);
}

static void absent_is_absent_not_zero(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 0, false);
    assert_false(b.v.position.is_known);
    SEND(&b, global_position_int, 1, .alt = 5); /* 0, 0: no position yet */
    assert_false(b.v.position.is_known);
    SEND(&b, sys_status, 1, .voltage_battery = 65535, .current_battery = -1,
         .battery_remaining = -1);
    assert_true(isnan(b.v.battery.percent));
    assert_true(isnan(b.v.battery.voltage_v));
    assert_true(isnan(b.v.battery.current_a));
    SEND(&b, gps_raw_int, 1, .satellites_visible = 255, .eph = 65535);
    assert_int_equal(b.v.gps.n_satellites, -1);
    assert_true(isnan(b.v.gps.hdop));
    SEND(&b, global_position_int, 1, .lat = 1, .lon = 1, .hdg = 65535);
    assert_true(isnan(b.v.position.heading_true_deg));
    SEND(&b, battery_status, 1, .id = 0, .battery_remaining = -1, .time_remaining = 5400);
    assert_float_equal(b.v.battery.remaining_s, 5400.0, 1e-9);
}

static void nonsense_is_dropped_and_counted(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 0, false);
    SEND(&b, global_position_int, 1, .lat = 900000001, .lon = 1);
    SEND(&b, attitude, 1, .roll = NAN);
    SEND(&b, attitude, 1, .yaw = INFINITY);
    SEND(&b, gimbal_device_attitude_status, 154, .q = {0, 0, 0, 0});
    SEND(&b, gimbal_device_attitude_status, 154, .q = {NAN, 0, 0, 0});
    SEND(&b, camera_fov_status, 100, .hfov = -5.0f);
    assert_false(b.v.position.is_known);
    assert_false(b.v.attitude.is_known);
    assert_false(b.v.gimbal.is_known);
    assert_false(b.v.camera.is_known);
    assert_int_equal(b.v.n_absurd, 6);
}

static void changes_are_told_once(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 0, false);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_MODE);
    heartbeat(&b, 0, false);
    assert_int_equal(vg_vehicle_take_changes(&b.v), 0);
    heartbeat(&b, 10, true);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_MODE | VG_VEHICLE_ARMED);
    assert_string_equal(b.v.state.mode_name, "AUTO");
    assert_int_equal(b.v.state.mode, VG_MODE_MISSION);
    SEND(&b, extended_sys_state, 1, .landed_state = VG_MAV_LANDED_STATE_IN_AIR);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_TOOK_OFF);
    SEND(&b, mission_item_reached, 1, .seq = 4);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_REACHED);
    SEND(&b, mission_item_reached, 1, .seq = 4); /* a jump may reach it again */
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_REACHED);
    assert_int_equal(b.v.mission.reached, 4);
    assert_int_equal(b.v.mission.current, -1);
    SEND(&b, mission_current, 1, .seq = 5, .total = 46);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_CURRENT);
    assert_int_equal(b.v.mission.total, 46);
    SEND(&b, extended_sys_state, 1, .landed_state = VG_MAV_LANDED_STATE_LANDING);
    assert_int_equal(vg_vehicle_take_changes(&b.v), 0); /* still in the air */
    SEND(&b, extended_sys_state, 1, .landed_state = VG_MAV_LANDED_STATE_ON_GROUND);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_LANDED);
    heartbeat(&b, 10, false);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_DISARMED);
    SEND(&b, home_position, 1, .latitude = 144310000, .longitude = -114400000, .altitude = 41000);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_HOME);
    SEND(&b, home_position, 1, .latitude = 144310000, .longitude = -114400000, .altitude = 41000);
    assert_int_equal(vg_vehicle_take_changes(&b.v), 0);
    assert_float_equal(b.v.home.alt_msl_m, 41.0, 1e-9);
}

static void position_at(struct bench *b, int32_t relative_alt_mm, uint32_t boot_ms)
{
    SEND(b, global_position_int, 1, .time_boot_ms = boot_ms, .lat = 1, .lon = 1,
         .relative_alt = relative_alt_mm);
}

static void flight_is_guessed_where_it_is_not_told(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    position_at(&b, 1000, 1000);
    assert_false(b.v.flight.is_in_air);
    position_at(&b, 6000, 1100);
    assert_true(vg_vehicle_take_changes(&b.v) & VG_VEHICLE_TOOK_OFF);
    position_at(&b, 3000, 1200); /* between the two heights nothing changes */
    assert_true(b.v.flight.is_in_air);
    position_at(&b, 1500, 1300);
    assert_true(vg_vehicle_take_changes(&b.v) & VG_VEHICLE_LANDED);
}

/* It says that it stands, disarmed, and moves at 20 m/s 120 m above home. */
static void who_moves_high_up_flies_whatever_it_says(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, false);
    for (int k = 0; k < 50; k++, b.t_s += 0.1) {
        SEND(&b, global_position_int, 1, .time_boot_ms = (uint32_t)k * 100,
             .lat = 144310000 + k * 180, .lon = -114400000, .relative_alt = 120000, .vx = 2000);
    }
    SEND(&b, extended_sys_state, 1, .landed_state = 1);
    assert_true(b.v.flight.is_in_air);
    for (int k = 0; k < 50; k++, b.t_s += 0.1) { /* the same place for 5 s: decides nothing */
        SEND(&b, global_position_int, 1, .time_boot_ms = 5000 + (uint32_t)k * 100, .lat = 144319000,
             .lon = -114400000, .relative_alt = 120000, .vx = 2000);
    }
    SEND(&b, extended_sys_state, 1, .landed_state = 1);
    assert_true(b.v.flight.is_in_air && b.v.flight.is_denied);
    SEND(&b, vfr_hud, 1, .airspeed = 3.0f, .groundspeed = 0.0f, .throttle = 0);
    SEND(&b, extended_sys_state, 1, .landed_state = 1); /* it has stopped: now it is believed */
    assert_false(b.v.flight.is_in_air || b.v.flight.is_denied);
}

static void stand_still_at(struct bench *b, int32_t relative_alt_mm, int16_t vx_cmps)
{
    for (int k = 0; k < 60; k++, b->t_s += 0.1) {
        SEND(b, global_position_int, 1, .time_boot_ms = (uint32_t)(b->t_s * 1000), .lat = 144310000,
             .lon = -114400000, .relative_alt = relative_alt_mm, .vx = vx_cmps);
    }
}

/* Seed 238 of the campaign: its place stands since before it took off, a head wind makes it slow
 * over ground; air passes by at 20 m/s and the engine works. */
static void against_the_wind_on_one_spot_it_flies(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    stand_still_at(&b, 0, 0);
    SEND(&b, vfr_hud, 1, .airspeed = 20.0f, .groundspeed = 8.0f, .throttle = 0);
    heartbeat(&b, 10, true); /* parked in a gale */
    assert_false(b.v.flight.is_in_air);
    SEND(&b, vfr_hud, 1, .airspeed = 20.0f, .groundspeed = 8.0f, .throttle = 45);
    heartbeat(&b, 10, true);
    assert_true(b.v.flight.is_in_air);
    assert_false(b.v.flight.is_denied); /* it does not say the contrary */
}

/* Seed 296: its place stands at 150 m and it says that it is disarmed, while its engine works. */
static void an_engine_that_works_denies_a_landing(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, vfr_hud, 1, .airspeed = 20.0f, .groundspeed = 18.0f, .throttle = 45);
    stand_still_at(&b, 150000, 1800);
    heartbeat(&b, 10, false);
    assert_true(b.v.flight.is_in_air && b.v.flight.is_denied);
    b.t_s += 1;
    SEND(&b, vfr_hud, 1, .airspeed = 2.0f, .groundspeed = 0.0f, .throttle = 0);
    heartbeat(&b, 10, false);
    assert_false(b.v.flight.is_in_air || b.v.flight.is_denied);
}

/* Armed, its place the same for seconds at home's height, its speed 20 m/s: it has taken off. */
static void who_speeds_on_one_spot_flies(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    for (int k = 0; k < 60; k++, b.t_s += 0.1) {
        SEND(&b, global_position_int, 1, .time_boot_ms = (uint32_t)k * 100, .lat = 144310000,
             .lon = -114400000, .relative_alt = 0);
    }
    assert_false(b.v.flight.is_in_air);
    SEND(&b, vfr_hud, 1, .airspeed = 20.0f, .groundspeed = 20.0f);
    heartbeat(&b, 10, true);
    assert_true(b.v.flight.is_in_air);
    heartbeat(&b, 10, false);
    assert_false(b.v.flight.is_in_air);
}

/* Told to fly, then ten seconds of heartbeats alone: disarmed means on the ground. */
static void an_old_word_of_flying_is_not_believed(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    position_at(&b, 100000, 1000);
    SEND(&b, extended_sys_state, 1, .landed_state = 2);
    b.t_s += 9;
    heartbeat(&b, 10, false);
    assert_true(b.v.flight.is_in_air);
    b.t_s += 2;
    heartbeat(&b, 10, false);
    assert_false(b.v.flight.is_in_air);
}

static void a_reboot_is_noticed(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    position_at(&b, 0, 900000);
    position_at(&b, 0, 899000); /* reordered */
    assert_false(vg_vehicle_take_changes(&b.v) & VG_VEHICLE_RESTARTED);
    position_at(&b, 0, 2000);
    assert_true(vg_vehicle_take_changes(&b.v) & VG_VEHICLE_RESTARTED);
}

static void only_the_autopilot_speaks_for_the_drone(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    /* A gimbal's heartbeat (autopilot 8: none) comes first. */
    SEND(&b, heartbeat, 154, .type = 26, .autopilot = 8);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us_from_s(100)), VG_LINK_NEVER);
    heartbeat(&b, 10, false);
    assert_int_equal(b.v.compid, 1);
    SEND(&b, heartbeat, 154, .type = 26, .autopilot = 8, .base_mode = 0x81);
    assert_false(b.v.state.is_armed);
    b.t_s = 120;
    SEND(&b, heartbeat, 154, .type = 26, .autopilot = 8);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us_from_s(120)), VG_LINK_LOST);
    struct vg_mav_msg other;
    const struct vg_mav_heartbeat hb = {.type = 1, .autopilot = 3, .base_mode = 0x81};
    vg_mav_heartbeat_pack(&hb, DRONE + 1, 1, &other);
    vg_vehicle_feed(&b.v, &other, vg_us_from_s(120));
    assert_false(b.v.state.is_armed);
}

static void silence_is_stale_after_3_s_and_lost_after_10(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    assert_int_equal(vg_vehicle_silence(&b.v, vg_us_from_s(100)).us, INT64_MAX);
    heartbeat(&b, 10, false);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us(103000000)), VG_LINK_FRESH);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us(103000001)), VG_LINK_STALE);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us(110000000)), VG_LINK_STALE);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us(110000001)), VG_LINK_LOST);
    assert_int_equal(vg_vehicle_silence(&b.v, vg_us(110000001)).us, 10000001);
}

static void high_latency(struct bench *b)
{
    SEND(b, high_latency2, 1, .type = 1, .autopilot = 3, .custom_mode = 11, .latitude = 144310000,
         .longitude = -114400000, .altitude = 345, .heading = 45, .groundspeed = 125,
         .airspeed = 120, .windspeed = 40, .wind_heading = 30, .climb_rate = -10, .battery = 55,
         .wp_num = 12);
}

static void a_satellite_drone_is_measured_by_its_own_period(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    high_latency(&b);
    b.t_s = 130;
    high_latency(&b);
    /* period 30 s: stale after 45, lost after 90 */
    assert_int_equal(vg_vehicle_link(&b.v, vg_us_from_s(175)), VG_LINK_FRESH);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us_from_s(176)), VG_LINK_STALE);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us_from_s(220)), VG_LINK_STALE);
    assert_int_equal(vg_vehicle_link(&b.v, vg_us_from_s(221)), VG_LINK_LOST);
    assert_string_equal(b.v.state.mode_name, "RTL");
    assert_float_equal(b.v.position.heading_true_deg, 90.0, 1e-9);
    assert_float_equal(b.v.position.vel_ned_mps[1], 25.0, 1e-9); /* 125 / 5 to the east */
    assert_float_equal(b.v.position.vel_ned_mps[2], 1.0, 1e-9);
    assert_float_equal(b.v.wind.from_true_deg, 60.0, 1e-9);
    assert_float_equal(b.v.wind.speed_mps, 8.0, 1e-9);
    assert_float_equal(b.v.battery.percent, 55.0, 1e-9);
    assert_int_equal(b.v.mission.current, 12);
    b.t_s = 131;
    heartbeat(&b, 11, true); /* back on the radio */
    assert_int_equal(vg_vehicle_link(&b.v, vg_us_from_s(135)), VG_LINK_STALE);
}

static void gimbal(struct bench *b, uint16_t flags, float w, float x, float y, float z)
{
    SEND(b, gimbal_device_attitude_status, 154, .flags = flags, .q = {w, x, y, z});
}

/* Pitch -30: rotation about y by -30 degrees: w = cos 15 = 0.9659258, y = -sin 15 = -0.2588190. Yaw
 * 90 before it (z-y-x): q = q_yaw(cos 45, 0, 0, sin 45) * q_pitch = (c45 c15, s45 s15, -c45 s15,
 * s45 c15) = (0.6830127, 0.1830127, -0.1830127, 0.6830127). */
static void gimbal_angles_are_against_the_earth(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, attitude, 1, .yaw = 0.6981317f); /* 40 degrees */
    gimbal(&b, VG_GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME, 0.6830127f, 0.1830127f, -0.1830127f,
           0.6830127f);
    assert_float_equal(b.v.gimbal.pitch_deg, -30.0, 1e-4);
    assert_float_equal(b.v.gimbal.roll_deg, 0.0, 1e-4);
    assert_float_equal(b.v.gimbal.yaw_body_deg, 90.0, 1e-4);
    assert_float_equal(b.v.gimbal.yaw_true_deg, 130.0, 1e-4);
    gimbal(&b, VG_GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME, 0.6830127f, 0.1830127f, -0.1830127f,
           0.6830127f);
    assert_float_equal(b.v.gimbal.yaw_true_deg, 90.0, 1e-4);
    assert_float_equal(b.v.gimbal.yaw_body_deg, 50.0, 1e-4);
    gimbal(&b, VG_GIMBAL_DEVICE_FLAGS_YAW_LOCK, 0.6830127f, 0.1830127f, -0.1830127f, 0.6830127f);
    assert_float_equal(b.v.gimbal.yaw_true_deg, 90.0, 1e-4); /* old device, locked: earth */
    gimbal(&b, 0, 0.6830127f, 0.1830127f, -0.1830127f, 0.6830127f);
    assert_float_equal(b.v.gimbal.yaw_true_deg, 130.0, 1e-4); /* old device, following: body */
}

/* Straight down after yaw 90: q_yaw(90) * q_pitch(-90) = (0.5, 0.5, -0.5, 0.5). */
static void straight_down_keeps_the_yaw(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, attitude, 1, .yaw = 0.0f);
    gimbal(&b, VG_GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME, 0.5f, 0.5f, -0.5f, 0.5f);
    assert_float_equal(b.v.gimbal.pitch_deg, -90.0, 1e-3);
    assert_float_equal(b.v.gimbal.yaw_true_deg, 90.0, 1e-3);
    assert_float_equal(b.v.gimbal.roll_deg, 0.0, 1e-3);
}

static void the_old_mount_message_is_understood(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, mount_status, 1, .pointing_a = -4500, .pointing_b = 0, .pointing_c = -9000);
    assert_float_equal(b.v.gimbal.pitch_deg, -45.0, 1e-9);
    assert_float_equal(b.v.gimbal.yaw_body_deg, -90.0, 1e-9);
    assert_true(isnan(b.v.gimbal.yaw_true_deg)); /* the nose is not known */
}

static void the_field_of_view_follows_the_zoom(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    /* 36 mm x 24 mm behind 18 mm: 2 atan(1) = 90 degrees; 2 atan(2/3) = 67.380135 */
    SEND(&b, camera_information, 100, .focal_length = 18.0f, .sensor_size_h = 36.0f,
         .sensor_size_v = 24.0f);
    assert_float_equal(b.v.camera.fov_h_deg, 90.0, 1e-6);
    assert_float_equal(b.v.camera.fov_v_deg, 67.380135, 1e-5);
    SEND(&b, camera_fov_status, 100, .hfov = 6.0f, .vfov = NAN);
    assert_float_equal(b.v.camera.fov_h_deg, 6.0, 1e-6);
    assert_true(isnan(b.v.camera.fov_v_deg));
    SEND(&b, camera_information, 100, .focal_length = 18.0f, .sensor_size_h = 36.0f);
    assert_float_equal(b.v.camera.fov_h_deg, 6.0, 1e-6);
}

/* wind_x north, wind_y east: where the air goes. 3 north and 4 east is 5 m/s towards 53.13, from
 * 233.13 degrees. */
static void wind_comes_from_where_it_does_not_go(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, wind_cov, 1, .wind_x = 3.0f, .wind_y = 4.0f);
    assert_float_equal(b.v.wind.speed_mps, 5.0, 1e-9);
    assert_float_equal(b.v.wind.from_true_deg, 233.130102, 1e-5);
}

static void radio_and_version_are_kept(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, radio_status, 68, .rssi = 127, .remrssi = 255); /* the radio's own component; 0..254 */
    assert_int_equal(b.v.radio.rssi_pct, 50);
    assert_int_equal(b.v.radio.remote_rssi_pct, -1);
    SEND(&b, autopilot_version, 1, .capabilities = 0x20ef, .flight_sw_version = 0x040500ff,
         .uid = 42);
    assert_true(b.v.version.is_known);
    assert_int_equal(b.v.version.capabilities, 0x20ef);
    assert_int_equal(b.v.version.uid, 42);
}

static void a_battery_message_alone_is_enough(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    SEND(&b, battery_status, 1, .id = 1, .battery_remaining = 3); /* the second battery */
    assert_false(b.v.battery.is_known);
    SEND(&b, battery_status, 1, .id = 0, .voltages = {23100, 65535}, .current_battery = 1234,
         .battery_remaining = 76);
    assert_float_equal(b.v.battery.percent, 76.0, 1e-9);
    assert_float_equal(b.v.battery.voltage_v, 23.1, 1e-9);
    assert_float_equal(b.v.battery.current_a, 12.34, 1e-9);
    assert_true(isnan(b.v.battery.remaining_s));
}

static void say(struct bench *b, const char *text, uint16_t id, uint8_t chunk)
{
    struct vg_mav_statustext m = {.severity = 4, .id = id, .chunk_seq = chunk};
    memcpy(m.text, text, strlen(text));
    struct vg_mav_msg msg;
    vg_mav_statustext_pack(&m, DRONE, 1, &msg);
    feed(b, &msg);
}

#define FIFTY "01234567890123456789012345678901234567890123456789"

static void long_texts_are_joined(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    vg_vehicle_take_changes(&b.v);
    say(&b, "PreArm: check GPS", 0, 0);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_TEXT);
    assert_string_equal(b.v.texts[b.v.newest].text, "PreArm: check GPS");
    say(&b, FIFTY, 9, 0);
    say(&b, FIFTY, 9, 0); /* a repeat */
    say(&b, FIFTY, 9, 1);
    assert_int_equal(vg_vehicle_take_changes(&b.v), 0);
    say(&b, "end", 9, 2);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_TEXT);
    assert_string_equal(b.v.texts[b.v.newest].text, FIFTY FIFTY "end");
    say(&b, FIFTY, 10, 0);
    say(&b, "end", 10, 2); /* chunk 1 was lost */
    say(&b, FIFTY, 11, 0); /* and the rest of 11 */
    assert_int_equal(vg_vehicle_take_changes(&b.v), 0);
    b.t_s += 2.5;
    heartbeat(&b, 10, true);
    assert_int_equal(vg_vehicle_take_changes(&b.v), VG_VEHICLE_TEXT);
    assert_string_equal(b.v.texts[b.v.newest].text, FIFTY "...end");
    b.t_s += 1.5;
    say(&b, "next", 0, 0);
    assert_string_equal(b.v.texts[b.v.newest].text, "next");
    assert_string_equal(b.v.texts[b.v.newest - 1].text, FIFTY);
    assert_int_equal(b.v.n_texts, 5);
    for (int i = 0; i < 20; i++) {
        say(&b, FIFTY, 12, (uint8_t)i); /* more than fits */
    }
    say(&b, "x", 12, 20);
    assert_int_equal(strlen(b.v.texts[b.v.newest].text), VG_VEHICLE_TEXT_SIZE - 1);
}

static void texts_are_safe_to_show(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    heartbeat(&b, 10, true);
    say(&b, "a\x1b[31m\tb\xff\xc3", 0, 0);
    assert_string_equal(b.v.texts[b.v.newest].text, "a [31m b??");
    say(&b,
        "batterie \xc3\xa9puis\xc3\xa9"
        "e \xf0\x9f\x94\x8b \xed\xa0\x80",
        0, 0);
    assert_string_equal(b.v.texts[b.v.newest].text, "batterie épuisée \xf0\x9f\x94\x8b ???");
}

static void losses_are_a_share_of_the_recent(void **state)
{
    (void)state;
    struct vg_loss loss = {0};
    uint8_t seq = 250;
    for (int i = 0; i < 2000; i++, seq = (uint8_t)(seq + 2)) { /* every second one is missing */
        assert_true(vg_loss_count(&loss, seq, (uint8_t)(seq + 2)));
    }
    assert_float_equal(loss.share, 0.5, 0.01);
    assert_int_equal(loss.n_missed, 2000);
    for (int i = 0; i < 2000; i++, seq++) {
        assert_true(vg_loss_count(&loss, seq, (uint8_t)(seq + 1)));
    }
    assert_true(loss.share < 0.001);
    double before = loss.share;
    assert_false(vg_loss_count(&loss, seq, seq)); /* a copy */
    assert_false(vg_loss_count(&loss, seq, (uint8_t)(seq - 3))); /* overtaken */
    assert_true(loss.share == before && loss.n_missed == 2000);
}

/* ArduPilot's base_mode lies in custom0 (0x81 and 0x01 with the other bits of a heartbeat). */
static void by_satellite_arming_and_failures_are_known(void **state)
{
    (void)state;
    struct bench b;
    start(&b);
    SEND(&b, high_latency2, 1, .autopilot = 3, .type = 1, .custom_mode = 10, .battery = -1,
         .custom0 = (int8_t)0xd9, .failure_flags = 1 | 128);
    assert_true(b.v.state.is_armed);
    assert_int_equal(b.v.state.failures, 129);
    SEND(&b, high_latency2, 1, .autopilot = 3, .type = 1, .custom_mode = 10, .battery = -1,
         .custom0 = 0x59);
    assert_false(b.v.state.is_armed);
    assert_int_equal(b.v.state.failures, 0);
    heartbeat(&b, 10, true);
    SEND(&b, high_latency2, 1, .autopilot = 3, .type = 1, .custom_mode = 10, .battery = -1);
    assert_true(b.v.state.is_armed); /* an older one does not say */
    SEND(&b, high_latency2, 1, .autopilot = 12, .type = 1, .battery = -1, .custom0 = 1);
    assert_true(b.v.state.is_armed); /* PX4's is something else */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_converted_once),
        cmocka_unit_test(absent_is_absent_not_zero),
        cmocka_unit_test(nonsense_is_dropped_and_counted),
        cmocka_unit_test(changes_are_told_once),
        cmocka_unit_test(flight_is_guessed_where_it_is_not_told),
        cmocka_unit_test(who_moves_high_up_flies_whatever_it_says),
        cmocka_unit_test(who_speeds_on_one_spot_flies),
        cmocka_unit_test(against_the_wind_on_one_spot_it_flies),
        cmocka_unit_test(an_engine_that_works_denies_a_landing),
        cmocka_unit_test(an_old_word_of_flying_is_not_believed),
        cmocka_unit_test(a_reboot_is_noticed),
        cmocka_unit_test(only_the_autopilot_speaks_for_the_drone),
        cmocka_unit_test(silence_is_stale_after_3_s_and_lost_after_10),
        cmocka_unit_test(a_satellite_drone_is_measured_by_its_own_period),
        cmocka_unit_test(gimbal_angles_are_against_the_earth),
        cmocka_unit_test(straight_down_keeps_the_yaw),
        cmocka_unit_test(the_old_mount_message_is_understood),
        cmocka_unit_test(the_field_of_view_follows_the_zoom),
        cmocka_unit_test(wind_comes_from_where_it_does_not_go),
        cmocka_unit_test(radio_and_version_are_kept),
        cmocka_unit_test(a_battery_message_alone_is_enough),
        cmocka_unit_test(by_satellite_arming_and_failures_are_known),
        cmocka_unit_test(long_texts_are_joined),
        cmocka_unit_test(texts_are_safe_to_show),
        cmocka_unit_test(losses_are_a_share_of_the_recent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
