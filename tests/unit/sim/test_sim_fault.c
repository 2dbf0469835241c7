/* Faults: the lines read or refused with their place, and what each does to a drone that flies. */
#include "base/units.h"
#include "link/mavframe.h"
#include "link/mission.h"
#include "sim/fleet.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    N = 2,
    GCS = 255,
    IDS = 512,
    STEP_US = 100000
};

static const struct vg_mav_pair pair = {GCS, 190, 1, 1}; /* with the first drone */

/* Two drones and a station that listens to both and flies the first. */
struct scene {
    struct vg_watchfile watch;
    struct vg_wf_camera camera;
    struct vg_wf_type type;
    struct vg_wf_base base;
    struct vg_wf_drone drones[N];
    struct vg_simfleet *fleet;
    struct vg_mavframe rx[N];
    struct vg_us now;
    uint8_t seq;
    int listening; /* whose bytes are being read */
    int n_of[N][IDS];
    struct vg_mav_msg last_of[N][IDS];
    struct vg_missionup up;
    bool is_up;
};

static void on_message(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame)
{
    struct scene *s = ctx;
    (void)frame;
    if (msg->id < IDS) {
        s->n_of[s->listening][msg->id]++;
        s->last_of[s->listening][msg->id] = *msg;
    }
    if (s->listening == 0 && s->is_up) {
        vg_missionup_feed(&s->up, msg, s->now);
    }
}

static enum vg_status no_file(const char *path, size_t max_bytes, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max_bytes;
    (void)out;
    return vg_fail(err, VG_E_IO, "no %s", path);
}

static struct scene *open_scene(const char *faults)
{
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->camera = (struct vg_wf_camera){.width_px = 1920, .height_px = 1080, .hfov_max_deg = 60};
    s->type = (struct vg_wf_type){.cruise_mps = 25,
                                  .endurance_s = 7200,
                                  .turnaround_s = 600,
                                  .climb_mps = 4,
                                  .sink_mps = 3,
                                  .agl_m = 100};
    s->base = (struct vg_wf_base){.lat_deg = 14.4, .lon_deg = -11.4};
    for (int i = 0; i < N; i++) {
        s->drones[i].sysid = i + 1;
        (void)snprintf(s->drones[i].id, sizeof s->drones[i].id, "V%d", i + 1);
    }
    s->watch = (struct vg_watchfile){.cameras = &s->camera,
                                     .n_cameras = 1,
                                     .types = &s->type,
                                     .n_types = 1,
                                     .bases = &s->base,
                                     .n_bases = 1,
                                     .drones = s->drones,
                                     .n_drones = N};
    s->now = vg_us(INT64_C(1780000000000000));
    const struct vg_simfleet_options o = {.seed = 3, .gust_share = -1};
    assert_int_equal(vg_simfleet_create(&s->watch, NULL, &o, no_file, s->now, &s->fleet, NULL),
                     VG_OK);
    static struct vg_simscenario scenario;
    struct vg_error err = {0};
    if (vg_simscenario_parse(faults, strlen(faults), "test", &s->watch, &scenario, &err) != VG_OK) {
        fail_msg("%d:%d %s", err.line, err.column, err.message);
    }
    for (int i = 0; i < scenario.n_faults; i++) {
        assert_int_equal(vg_simfleet_add_fault(s->fleet, &scenario.faults[i], NULL), VG_OK);
    }
    return s;
}

static void close_scene(struct scene *s)
{
    vg_simfleet_destroy(s->fleet);
    free(s);
}

static void send(struct scene *s, const struct vg_mav_msg *msg)
{
    uint8_t frame[VG_MAV_FRAME_MAX];
    size_t n = vg_mav_frame_format(msg, s->seq++, NULL, frame);
    vg_simfleet_feed(s->fleet, 0, (struct vg_bytes){frame, n}, s->now);
}

static void run(struct scene *s, double seconds)
{
    uint8_t buf[1400];
    for (int k = 0; k < (int)(seconds * 10 + 0.5); k++) {
        s->now.us += STEP_US;
        vg_simfleet_step(s->fleet, s->now);
        for (s->listening = 0; s->listening < N; s->listening++) {
            size_t n;
            while ((n = vg_simfleet_take(s->fleet, s->listening, buf, sizeof buf)) > 0) {
                vg_mavframe_feed(&s->rx[s->listening], (struct vg_bytes){buf, n}, on_message, s);
            }
        }
        struct vg_mav_msg msg;
        if (s->is_up) {
            vg_missionup_step(&s->up, s->now);
        }
        while (s->is_up && vg_missionup_next_out(&s->up, &msg)) {
            send(s, &msg);
        }
    }
}

static const struct vg_pilot *truth(const struct scene *s, int i)
{
    return vg_simdrone_pilot(vg_simfleet_drone(s->fleet, i));
}

static void command(struct scene *s, uint16_t id, float p1, float p2)
{
    const struct vg_mav_command_long c = {
        .command = id, .param1 = p1, .param2 = p2, .target_system = 1, .target_component = 1};
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&c, GCS, 190, &msg);
    send(s, &msg);
}

/* Up to 100 m and 40 km to the north. */
static void upload(struct scene *s)
{
    struct vg_mission_item items[4] = {
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, 14.4, -11.4, 0),
        vg_mission_place(VG_MAV_CMD_NAV_TAKEOFF, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.4, -11.4,
                         100),
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.76, -11.4,
                         100),
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.80, -11.4,
                         100),
    };
    assert_int_equal(
        vg_missionup_start(&s->up, pair, items, 4, VG_MAV_AUTOPILOT_ARDUPILOTMEGA, s->now, NULL),
        VG_OK);
    s->is_up = true;
}

static void launch(struct scene *s)
{
    run(s, 30);
    upload(s);
    run(s, 5);
    assert_int_equal(s->up.state, VG_MISSION_DONE);
    command(s, VG_MAV_CMD_DO_SET_MODE, 1, VG_PLANE_MODE_AUTO);
    command(s, VG_MAV_CMD_COMPONENT_ARM_DISARM, 1, 0);
    run(s, 65);
    assert_true(vg_pilot_is_airborne(truth(s, 0)));
    memset(s->n_of, 0, sizeof s->n_of); /* the clock stands at 100 s */
}

static struct vg_mav_global_position_int position(const struct scene *s)
{
    struct vg_mav_global_position_int p;
    vg_mav_global_position_int_unpack(&s->last_of[0][VG_MAV_ID_GLOBAL_POSITION_INT], &p);
    return p;
}

static struct vg_mav_heartbeat heartbeat(const struct scene *s)
{
    struct vg_mav_heartbeat h;
    vg_mav_heartbeat_unpack(&s->last_of[0][VG_MAV_ID_HEARTBEAT], &h);
    return h;
}

static int gauge(const struct scene *s)
{
    struct vg_mav_sys_status m;
    vg_mav_sys_status_unpack(&s->last_of[0][VG_MAV_ID_SYS_STATUS], &m);
    return m.battery_remaining;
}

/* ---- reading ---- */

static void faults_are_read(void **state)
{
    (void)state;
    struct scene *s = open_scene("");
    static const struct {
        const char *text;
        struct vg_simfault wanted;
    } ROWS[] = {
        {"V1  no-position\t10min 1h", {0, VG_SIMFAULT_NO_POSITION, 600, 3600, 0, 0}},
        {"all loss 0s 1h 30%", {-1, VG_SIMFAULT_LOSS, 0, 3600, 0.3, 0}},
        {"V2 delay 1s 2s 900ms", {1, VG_SIMFAULT_DELAY, 1, 2, 0.9, 0}},
        {"V2 delay 1s 2s 900ms 400ms", {1, VG_SIMFAULT_DELAY, 1, 2, 0.9, 0.4}},
        {"V2 rate 1s 2s 1.2kB/s", {1, VG_SIMFAULT_RATE, 1, 2, 1200, 0}},
        {"V1 gps-jump 1min 30s 2km 90deg", {0, VG_SIMFAULT_JUMP, 60, 30, 2000, 90}},
        {"V1 battery 5min 20%", {0, VG_SIMFAULT_BATTERY, 300, HUGE_VAL, 0.2, 0}},
        {"V2 crash 5min", {1, VG_SIMFAULT_CRASH, 300, HUGE_VAL, 0, 0}},
        {"wind 1min 9m/s 90deg", {-1, VG_SIMFAULT_WIND, 60, HUGE_VAL, 9, 90}},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct vg_simfault f;
        struct vg_error err = {0};
        if (vg_simfault_parse(ROWS[i].text, "t", 1, &s->watch, &f, &err) != VG_OK) {
            fail_msg("%s: %s", ROWS[i].text, err.message);
        }
        const struct vg_simfault *w = &ROWS[i].wanted;
        assert_true(f.drone_i == w->drone_i && f.kind == w->kind && f.at_s == w->at_s);
        assert_true(f.for_s == w->for_s && fabs(f.amount - w->amount) < 1e-12);
        assert_true(fabs(f.more - w->more) < 1e-12);
    }
    close_scene(s);
}

static void bad_lines_are_refused_at_their_place(void **state)
{
    (void)state;
    struct scene *s = open_scene("");
    static const struct {
        const char *text;
        int line, column;
        const char *says;
    } ROWS[] = {
        {"V9 silent 1s 1s", 1, 1, "no drone \"V9\""},
        {"# fine\n\nV1 dances 1s 1s", 3, 4, "not one of silent, deaf"},
        {"V1 silent 1s", 1, 13, "expected DRONE silent AT FOR"},
        {"V1 silent 1s 1s 1s # or not", 1, 17, "expected DRONE silent AT FOR"},
        {"V1 silent 5 1s", 1, 11, "unit"},
        {"V1 loss 0s 1h 130%", 1, 15, "at most 100%"},
        {"V1 rate 0s 1h 9m", 1, 15, "9.6kB/s"},
        {"V1", 1, 3, "expected DRONE KIND AT"},
        {"wind 1s 60deg 9m/s", 1, 9, "60deg"},
        {"wind 1s 9m/s", 1, 13, "expected wind AT SPEED ANGLE"},
        {"V1 wind 1s 9m/s 60deg", 1, 4, "not one of"},
        {"V1 a b c d e f g h", 1, 16, "at most 4 values"},
        {"V1 silent 1s 1s\x01", 1, 16, "control character"},
    };
    static struct vg_simscenario scenario;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct vg_error err = {0};
        assert_int_equal(vg_simscenario_parse(ROWS[i].text, strlen(ROWS[i].text), "bad.txt",
                                              &s->watch, &scenario, &err),
                         VG_E_FORMAT);
        if (err.line != ROWS[i].line || err.column != ROWS[i].column ||
            strstr(err.message, ROWS[i].says) == NULL) {
            fail_msg("\"%s\": %d:%d %s", ROWS[i].text, err.line, err.column, err.message);
        }
        assert_string_equal(err.place, "bad.txt");
    }
    close_scene(s);
}

static void a_scenario_is_read_line_by_line(void **state)
{
    (void)state;
    struct scene *s = open_scene("");
    static const char TEXT[] = "# a bad morning\r\n"
                               "\r\n"
                               "  all loss 0s 1h 30% # both ways\r\n"
                               "V2 crash 5min";
    static struct vg_simscenario scenario;
    assert_int_equal(vg_simscenario_parse(TEXT, sizeof TEXT - 1, "x", &s->watch, &scenario, NULL),
                     VG_OK);
    assert_int_equal(scenario.n_faults, 2);
    assert_int_equal(scenario.faults[1].kind, VG_SIMFAULT_CRASH);
    close_scene(s);
}

/* ---- the radio ---- */

static void deaf_and_mute_are_one_way_each(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 deaf 100s 20s\nV1 mute 130s 20s");
    launch(s);
    run(s, 1);
    command(s, VG_MAV_CMD_DO_SET_MODE, 1, VG_PLANE_MODE_LOITER);
    run(s, 18);
    assert_true(s->n_of[0][VG_MAV_ID_HEARTBEAT] > 15);
    assert_int_equal(s->n_of[0][VG_MAV_ID_COMMAND_ACK], 0);
    assert_int_equal(truth(s, 0)->mode, VG_PLANE_MODE_AUTO);
    run(s, 12); /* 131 s */
    memset(s->n_of, 0, sizeof s->n_of);
    command(s, VG_MAV_CMD_DO_SET_MODE, 1, VG_PLANE_MODE_LOITER);
    run(s, 18);
    assert_int_equal(s->n_of[0][VG_MAV_ID_HEARTBEAT] + s->n_of[0][VG_MAV_ID_COMMAND_ACK], 0);
    assert_int_equal(truth(s, 0)->mode, VG_PLANE_MODE_LOITER); /* it heard and did */
    run(s, 5);
    assert_true(s->n_of[0][VG_MAV_ID_HEARTBEAT] >= 3);
    close_scene(s);
}

/* 30 % and 50 % lost together: 35 % come. 100 s of 10 positions a second each. */
static void the_radio_is_as_bad_as_asked(void **state)
{
    (void)state;
    struct scene *s = open_scene("all loss 10s 100s 30%\nV1 loss 10s 100s 50%\n"
                                 "V2 corrupt 10s 100s 10%\nV1 delay 200s 1min 5s");
    run(s, 9.9);
    memset(s->n_of, 0, sizeof s->n_of);
    run(s, 100);
    int n0 = s->n_of[0][VG_MAV_ID_GLOBAL_POSITION_INT];
    int n1 = s->n_of[1][VG_MAV_ID_GLOBAL_POSITION_INT];
    assert_true(n0 > 350 - 75 && n0 < 350 + 75); /* sd of a binomial: 15 */
    assert_true(n1 > 630 - 75 && n1 < 630 + 75);
    assert_true(s->rx[1].counts.bad_crc + s->rx[1].counts.skipped_bytes > 50);
    run(s, 91); /* 200.9 s */
    memset(s->n_of, 0, sizeof s->n_of);
    run(s, 4);
    assert_int_equal(s->n_of[0][VG_MAV_ID_HEARTBEAT], 0);
    run(s, 3);
    assert_true(s->n_of[0][VG_MAV_ID_HEARTBEAT] > 0);
    close_scene(s);
}

/* ---- the aircraft ---- */

static void a_jump_leads_it_off_its_line(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 gps-jump 100s 200s 500m 90deg");
    launch(s);
    double before = truth(s, 0)->flight.lon_deg;
    run(s, 1);
    double m_per_deg = 111320 * cos(14.4 * VG_RAD_PER_DEG); /* within 1 % */
    double told_off = (position(s).lon / 1e7 - truth(s, 0)->flight.lon_deg) * m_per_deg;
    assert_true(fabs(told_off - 500) < 10);
    run(s, 150); /* it flies back onto what it takes for its line: 500 m west of it */
    double moved = (truth(s, 0)->flight.lon_deg - before) * m_per_deg;
    assert_true(fabs(moved + 500) < 40);
    close_scene(s);
}

static void a_cell_dies_unseen_by_the_gauge(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 cell 110s\nV1 battery 120s 20%");
    launch(s);
    run(s, 5);
    double energy = truth(s, 0)->flight.energy;
    struct vg_mav_sys_status before, after;
    vg_mav_sys_status_unpack(&s->last_of[0][VG_MAV_ID_SYS_STATUS], &before);
    run(s, 10);
    vg_mav_sys_status_unpack(&s->last_of[0][VG_MAV_ID_SYS_STATUS], &after);
    assert_true(fabs(truth(s, 0)->flight.energy - energy * 5 / 6) < 0.01);
    assert_true(abs(gauge(s) - (int)(energy * 100)) <= 2);
    assert_true(fabs((double)after.voltage_battery / before.voltage_battery - 5.0 / 6) < 0.02);
    run(s, 10);
    assert_true(truth(s, 0)->flight.energy <= 0.2);
    assert_true(gauge(s) <= 24); /* 20 % of five cells' worth */
    close_scene(s);
}

static void a_crash_is_the_end(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 crash 110s");
    launch(s);
    run(s, 11);
    assert_int_equal(truth(s, 0)->flight.phase, VG_FLIGHT_CRASHED);
    memset(s->n_of, 0, sizeof s->n_of);
    run(s, 60);
    assert_int_equal(s->n_of[0][VG_MAV_ID_HEARTBEAT], 0);
    assert_int_equal(s->n_of[1][VG_MAV_ID_HEARTBEAT], 60);
    close_scene(s);
}

static void a_reboot_in_flight_resumes_and_on_the_ground_disarms(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 reboot 110s 6s\nV2 reboot 110s 6s");
    launch(s);
    uint16_t current = truth(s, 0)->current;
    run(s, 11);
    memset(s->n_of, 0, sizeof s->n_of);
    run(s, 4.5);
    assert_int_equal(s->n_of[0][VG_MAV_ID_HEARTBEAT] + s->n_of[1][VG_MAV_ID_HEARTBEAT], 0);
    run(s, 4);
    assert_true(s->n_of[0][VG_MAV_ID_HEARTBEAT] >= 2);
    assert_true(position(s).time_boot_ms < 5000);
    assert_true(truth(s, 0)->is_armed && vg_pilot_is_airborne(truth(s, 0)));
    assert_int_equal(truth(s, 0)->current, current);
    assert_int_equal(truth(s, 0)->mode, VG_PLANE_MODE_AUTO);
    assert_false(truth(s, 1)->is_armed);
    assert_int_equal(truth(s, 1)->mode, VG_PLANE_MODE_MANUAL);
    close_scene(s);
}

/* ---- the autopilot ---- */

static void a_stuck_upload_never_ends_well(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 stuck-upload 0s 300s");
    run(s, 10);
    upload(s);
    run(s, 280); /* offered again and again, then what was there, nothing, is put back */
    assert_int_equal(s->up.state, VG_MISSION_FAILED);
    assert_int_equal(s->up.holds, VG_MISSION_HOLDS_OLD);
    run(s, 25);
    upload(s);
    run(s, 10);
    assert_int_equal(s->up.state, VG_MISSION_DONE);
    close_scene(s);
}

static void it_says_landed_and_flies(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 says-landed 110s 20s");
    launch(s);
    assert_true(heartbeat(s).base_mode & VG_MAV_MODE_FLAG_SAFETY_ARMED);
    run(s, 15);
    assert_false(heartbeat(s).base_mode & VG_MAV_MODE_FLAG_SAFETY_ARMED);
    assert_int_equal(heartbeat(s).system_status, VG_MAV_STATE_STANDBY);
    assert_true(vg_pilot_is_airborne(truth(s, 0)) && truth(s, 0)->is_armed);
    assert_true(position(s).relative_alt > 50000);
    run(s, 20);
    assert_true(heartbeat(s).base_mode & VG_MAV_MODE_FLAG_SAFETY_ARMED);
    close_scene(s);
}

static void it_names_a_later_item_and_a_frozen_place(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 wrong-item 110s 20s\nV1 frozen 110s 20s");
    launch(s);
    run(s, 12);
    struct vg_mav_global_position_int first = position(s);
    run(s, 10);
    struct vg_mav_mission_current m;
    vg_mav_mission_current_unpack(&s->last_of[0][VG_MAV_ID_MISSION_CURRENT], &m);
    assert_int_equal(m.seq, truth(s, 0)->current + 3);
    assert_int_equal(position(s).lat, first.lat);
    assert_true(position(s).time_boot_ms >= first.time_boot_ms + 9000);
    assert_true(truth(s, 0)->flight.lat_deg * 1e7 - first.lat > 15000); /* 200 m further, 1.7e4 */
    close_scene(s);
}

static void it_acknowledges_and_does_nothing(void **state)
{
    (void)state;
    struct scene *s = open_scene("V1 acts-not 110s 20s");
    launch(s);
    run(s, 15);
    command(s, VG_MAV_CMD_DO_SET_MODE, 1, VG_PLANE_MODE_RTL);
    run(s, 1);
    struct vg_mav_command_ack a;
    vg_mav_command_ack_unpack(&s->last_of[0][VG_MAV_ID_COMMAND_ACK], &a);
    assert_int_equal(a.command, VG_MAV_CMD_DO_SET_MODE);
    assert_int_equal(a.result, VG_MAV_RESULT_ACCEPTED);
    assert_int_equal(truth(s, 0)->mode, VG_PLANE_MODE_AUTO);
    run(s, 15);
    command(s, VG_MAV_CMD_DO_SET_MODE, 1, VG_PLANE_MODE_RTL);
    run(s, 1);
    assert_int_equal(truth(s, 0)->mode, VG_PLANE_MODE_RTL);
    close_scene(s);
}

/* The same seed: the same flight and the same bytes, bad radio and all. */
static void a_scenario_repeats_itself(void **state)
{
    (void)state;
    int counts[2][IDS];
    double lat[2];
    for (int k = 0; k < 2; k++) {
        struct scene *s = open_scene("V1 reorder 100s 1h 20%\nall loss 100s 1h 20%\n"
                                     "V1 duplicate 100s 1h 20%\nV1 gps-jump 150s 20s 300m 10deg");
        launch(s);
        run(s, 100);
        memcpy(counts[k], s->n_of[0], sizeof counts[k]);
        lat[k] = truth(s, 0)->flight.lat_deg;
        close_scene(s);
    }
    assert_memory_equal(counts[0], counts[1], sizeof counts[0]);
    assert_true(lat[0] == lat[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_read),
        cmocka_unit_test(bad_lines_are_refused_at_their_place),
        cmocka_unit_test(a_scenario_is_read_line_by_line),
        cmocka_unit_test(deaf_and_mute_are_one_way_each),
        cmocka_unit_test(the_radio_is_as_bad_as_asked),
        cmocka_unit_test(a_jump_leads_it_off_its_line),
        cmocka_unit_test(a_cell_dies_unseen_by_the_gauge),
        cmocka_unit_test(a_crash_is_the_end),
        cmocka_unit_test(a_reboot_in_flight_resumes_and_on_the_ground_disarms),
        cmocka_unit_test(a_stuck_upload_never_ends_well),
        cmocka_unit_test(it_says_landed_and_flies),
        cmocka_unit_test(it_names_a_later_item_and_a_frozen_place),
        cmocka_unit_test(it_acknowledges_and_does_nothing),
        cmocka_unit_test(a_scenario_repeats_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
