/* Whole sorties on simulated time. */
#include "sim/pilot.h"
#include "terrain/terrain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    ITEMS_MAX = 16
};

struct sortie {
    struct vg_pilot pilot;
    struct vg_mission_item items[ITEMS_MAX];
    int n_items;
    int reached[ITEMS_MAX * 4];
    int n_reached;
    char last_text[64];
    double least_agl_m; /* in AUTO, after the climb-out, before the final */
};

static const double LAT = 14.4;
static const double LON = -11.4;

static struct vg_pilot_config plain_config(void)
{
    return (struct vg_pilot_config){.flight = {.lat_deg = LAT,
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
                                    .turnaround_s = 2700};
}

static void add(struct sortie *s, uint16_t command, uint8_t frame, double lat, double lon, float z)
{
    s->items[s->n_items++] = (struct vg_mission_item){.command = command,
                                                      .frame = frame,
                                                      .autocontinue = true,
                                                      .x = (int32_t)lrint(lat * 1e7),
                                                      .y = (int32_t)lrint(lon * 1e7),
                                                      .z = z};
}

/* Home, take-off, five waypoints round a 20 km loop, land. */
static void plan_loop(struct sortie *s, uint8_t frame, float z)
{
    add(s, VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, LAT, LON, 40);
    add(s, VG_MAV_CMD_NAV_TAKEOFF, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 0, 0, 60);
    add(s, VG_MAV_CMD_NAV_WAYPOINT, frame, LAT + 0.02, LON, z);
    add(s, VG_MAV_CMD_NAV_WAYPOINT, frame, LAT + 0.05, LON + 0.02, z);
    add(s, VG_MAV_CMD_NAV_WAYPOINT, frame, LAT + 0.05, LON + 0.06, z);
    add(s, VG_MAV_CMD_NAV_WAYPOINT, frame, LAT + 0.02, LON + 0.06, z);
    add(s, VG_MAV_CMD_NAV_WAYPOINT, frame, LAT, LON + 0.03, z);
    add(s, VG_MAV_CMD_NAV_LAND, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, LAT, LON, 0);
}

static void drain(struct sortie *s)
{
    struct vg_pilot_event e;
    while (vg_pilot_next_event(&s->pilot, &e)) {
        if (e.kind == VG_PILOT_REACHED) {
            s->reached[s->n_reached++] = e.seq;
        } else {
            memcpy(s->last_text, e.text, sizeof e.text);
        }
    }
}

static void run(struct sortie *s, double seconds)
{
    int n = (int)(seconds * 1e6 / VG_FLIGHT_STEP_US);
    for (int i = 0; i < n; i++) {
        vg_pilot_step_once(&s->pilot);
        const struct vg_flight *f = &s->pilot.flight;
        bool is_on_task =
            s->n_reached > 1 && s->pilot.land == VG_LAND_NONE && f->phase == VG_FLIGHT_AIRBORNE;
        if (is_on_task) {
            s->least_agl_m = fmin(s->least_agl_m, f->alt_msl_m - f->ground_msl_m);
        }
        drain(s);
    }
}

static void begin(struct sortie *s, const struct vg_pilot_config *config)
{
    memset(s, 0, sizeof *s);
    s->least_agl_m = 1e9;
    vg_pilot_init(&s->pilot, config, vg_us(0));
}

static void launch(struct sortie *s)
{
    run(s, 21);
    vg_pilot_set_mission(&s->pilot, s->items, s->n_items);
    assert_null(vg_pilot_arm(&s->pilot, false));
    assert_null(vg_pilot_set_mode(&s->pilot, VG_PLANE_MODE_AUTO));
}

/* Under way on the loop, 150 m above home. */
static void fly_loop(struct sortie *s)
{
    const struct vg_pilot_config c = plain_config();
    begin(s, &c);
    plan_loop(s, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 150);
    launch(s);
}

static double from_home_m(const struct sortie *s)
{
    return vg_geo_distance_m(LAT, LON, s->pilot.flight.lat_deg, s->pilot.flight.lon_deg);
}

/* The loop is 2.2 + 4.0 + 4.3 + 3.3 + 3.9 + 3.2 = 21 km: about 14 minutes at 25 m/s, and the
 * approach. */
static void a_whole_sortie_ends_at_home(void **state)
{
    (void)state;
    struct sortie s;
    fly_loop(&s);
    run(&s, 120);
    assert_true(vg_pilot_is_airborne(&s.pilot));
    int waited = 0;
    while (s.pilot.is_armed && waited++ < 2400) {
        run(&s, 1);
    }
    assert_false(s.pilot.is_armed);
    assert_int_equal(s.n_reached, 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(s.reached[i], i + 1);
    }
    assert_true(from_home_m(&s) < 400);
    assert_true(s.least_agl_m > 55);
    double aloft = s.pilot.flight.aloft_s;
    assert_true(aloft > 750 && aloft < 1250);
    assert_true(s.pilot.flight.energy < 1 - 0.9 * aloft / 18000);
    assert_true(s.pilot.flight.energy > 1 - 1.4 * aloft / 18000);
    assert_true(s.pilot.is_mission_done);
    assert_int_equal(vg_pilot_landed_state(&s.pilot), VG_MAV_LANDED_STATE_ON_GROUND);
}

/* Battery back at nine tenths of the turn-round (2,430 s after touch-down), the drone on its pad;
 * then it flies the same mission again. */
static void the_crew_makes_it_ready_again(void **state)
{
    (void)state;
    struct sortie s;
    fly_loop(&s);
    run(&s, 1500);
    assert_false(s.pilot.is_armed);
    double energy = s.pilot.flight.energy;
    double stood = vg_us_to_s(vg_us_sub(s.pilot.flight.now, s.pilot.touched));
    run(&s, 2420 - stood);
    assert_true(s.pilot.flight.energy == energy);
    run(&s, 20);
    assert_true(s.pilot.flight.energy == 1);
    assert_true(from_home_m(&s) < 1);
    s.n_reached = 0;
    assert_null(vg_pilot_arm(&s.pilot, false)); /* still in AUTO: off it goes */
    run(&s, 200);
    assert_true(vg_pilot_is_airborne(&s.pilot));
    assert_int_equal(s.reached[0], 1);
}

/* It lands at another base, 7 km off: a crew there, none, and none within 2 km. */
static void crews_wait_at_pads_only(void **state)
{
    (void)state;
    struct vg_pilot_home pads[1] = {{LAT + 0.05, LON + 0.04, 0}};
    for (int has_pad = 0; has_pad < 2; has_pad++) {
        struct sortie s;
        struct vg_pilot_config c = plain_config();
        c.pads = pads;
        c.n_pads = has_pad;
        begin(&s, &c);
        plan_loop(&s, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 150);
        s.n_items = 3;
        add(&s, VG_MAV_CMD_NAV_LAND, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, LAT + 0.05, LON + 0.04, 0);
        launch(&s);
        run(&s, 1200);
        assert_false(s.pilot.is_armed);
        run(&s, 2700);
        const struct vg_flight *f = &s.pilot.flight;
        double away = vg_flight_distance_m(f, LAT + 0.05, LON + 0.04);
        assert_true(has_pad ? f->energy == 1 && away < 1 : f->energy < 1 && away < 500);
    }
}

/* A hill of 400 m beside the plain, on a terrain-following mission at 200 m above ground: never
 * lower than 120 m above it, though it climbs at 3 m/s only. */
static void terrain_frames_follow_the_ground(void **state)
{
    (void)state;
    enum {
        N = 60
    };
    static float h[N * N];
    for (int r = 0; r < N; r++) {
        for (int k = 0; k < N; k++) {
            double lat = LAT + 0.1 - r * 0.004, lon = LON - 0.1 + k * 0.004;
            double d2 = pow((lat - LAT - 0.05) * 110600, 2) + pow((lon - LON - 0.04) * 107900, 2);
            h[r * N + k] = (float)(40 + 400 * exp(-d2 / (2 * 2500.0 * 2500.0)));
        }
    }
    struct vg_terrain *terrain = NULL;
    assert_int_equal(
        vg_terrain_from_array(h, N, N, LAT + 0.102, LON - 0.102, 0.004, 0.004, &terrain, NULL),
        VG_OK);
    struct sortie s;
    struct vg_pilot_config c = plain_config();
    c.terrain = terrain;
    begin(&s, &c);
    plan_loop(&s, VG_MAV_FRAME_GLOBAL_TERRAIN_ALT, 200);
    s.items[1].z = 200;
    launch(&s);
    double top = 0;
    for (int i = 0; i < 1600; i++) {
        run(&s, 1);
        top = fmax(top, s.pilot.flight.alt_msl_m);
    }
    assert_false(s.pilot.is_armed);
    assert_true(s.pilot.flight.phase != VG_FLIGHT_CRASHED);
    assert_true(top > 500);
    assert_true(s.least_agl_m > 120);
    assert_true(from_home_m(&s) < 400);
    vg_terrain_destroy(terrain);
}

static void return_lands_at_home(void **state)
{
    (void)state;
    struct sortie s;
    fly_loop(&s);
    run(&s, 300);
    assert_null(vg_pilot_set_mode(&s.pilot, VG_PLANE_MODE_RTL));
    run(&s, 900);
    assert_false(s.pilot.is_armed);
    assert_true(from_home_m(&s) < 400);
}

/* RTL_AUTOLAND 2, ArduPlane/mode_rtl.cpp: to the mission's landing at once, 5 km from home. */
static void return_goes_ahead_to_the_landing(void **state)
{
    (void)state;
    static const uint8_t FRAME = VG_MAV_FRAME_GLOBAL_RELATIVE_ALT;
    const struct vg_pilot_config c = plain_config();
    struct sortie s;
    begin(&s, &c);
    s.pilot.params.rtl_autoland = 2;
    add(&s, VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, LAT, LON, 40);
    add(&s, VG_MAV_CMD_NAV_TAKEOFF, FRAME, 0, 0, 60);
    add(&s, VG_MAV_CMD_NAV_WAYPOINT, FRAME, LAT + 0.2, LON, 150);
    add(&s, VG_MAV_CMD_DO_LAND_START, FRAME, 0, 0, 0);
    add(&s, VG_MAV_CMD_NAV_WAYPOINT, FRAME, LAT + 0.05, LON + 0.02, 80);
    add(&s, VG_MAV_CMD_NAV_LAND, FRAME, LAT + 0.05, LON, 0);
    launch(&s);
    run(&s, 200);
    assert_null(vg_pilot_set_mode(&s.pilot, VG_PLANE_MODE_RTL));
    run(&s, 1);
    assert_int_equal(s.pilot.mode, VG_PLANE_MODE_AUTO);
    run(&s, 1200);
    assert_false(s.pilot.is_armed);
    assert_true(vg_geo_distance_m(LAT + 0.05, LON, s.pilot.flight.lat_deg, s.pilot.flight.lon_deg) <
                400);
}

static void return_circles_when_told_not_to_land(void **state)
{
    (void)state;
    struct sortie s;
    struct vg_pilot_config c = plain_config();
    begin(&s, &c);
    s.pilot.params.rtl_autoland = 0;
    plan_loop(&s, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 150);
    launch(&s);
    run(&s, 300);
    assert_null(vg_pilot_set_mode(&s.pilot, VG_PLANE_MODE_RTL));
    run(&s, 900);
    assert_true(vg_pilot_is_airborne(&s.pilot));
    assert_true(from_home_m(&s) < 300);
    assert_true(fabs(s.pilot.flight.alt_msl_m - 140) < 5); /* 40 + RTL_ALTITUDE 100 */
}

/* A mission without a landing: after its last item ArduPlane returns. */
static void a_mission_without_landing_becomes_return(void **state)
{
    (void)state;
    struct sortie s;
    struct vg_pilot_config c = plain_config();
    begin(&s, &c);
    plan_loop(&s, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 150);
    s.n_items = 3;
    launch(&s);
    run(&s, 200);
    assert_int_equal(s.pilot.mode, VG_PLANE_MODE_RTL);
    run(&s, 900);
    assert_false(s.pilot.is_armed);
    assert_true(from_home_m(&s) < 400);
}

static void arming_is_refused_with_a_reason(void **state)
{
    (void)state;
    struct sortie s;
    struct vg_pilot_config c = plain_config();
    begin(&s, &c);
    run(&s, 19);
    assert_string_equal(vg_pilot_arm(&s.pilot, false), "PreArm: system starting");
    run(&s, 2);
    s.pilot.has_position = false;
    assert_string_equal(vg_pilot_arm(&s.pilot, false), "PreArm: need position estimate");
    s.pilot.has_position = true;
    s.pilot.flight.energy = 0.05;
    assert_string_equal(vg_pilot_arm(&s.pilot, false),
                        "PreArm: battery 1 below minimum arming capacity");
    drain(&s);
    assert_string_equal(s.last_text, "PreArm: battery 1 below minimum arming capacity");
    s.pilot.flight.energy = 1;
    assert_null(vg_pilot_arm(&s.pilot, false));
    assert_string_equal(vg_pilot_set_mode(&s.pilot, VG_PLANE_MODE_AUTO), "no mission");
    assert_string_equal(vg_pilot_set_mode(&s.pilot, 5), "no such flight mode");
}

static void disarming_in_flight_needs_force(void **state)
{
    (void)state;
    struct sortie s;
    fly_loop(&s);
    run(&s, 60);
    assert_non_null(vg_pilot_disarm(&s.pilot, false));
    assert_true(s.pilot.is_armed);
}

/* At 8 % left it turns home by itself. */
static void low_battery_brings_it_home(void **state)
{
    (void)state;
    struct sortie s;
    fly_loop(&s);
    run(&s, 250);
    s.pilot.flight.energy = 0.0801;
    run(&s, 10);
    assert_int_equal(s.pilot.mode, VG_PLANE_MODE_RTL);
    run(&s, 900);
    assert_false(s.pilot.is_armed);
    assert_true(from_home_m(&s) < 400);
}

/* Two turns on a circle; then do-items: speed 20 m/s, the camera 35 deg down, zoomed, recording for
 * 120 s on another circle. */
static void loiters_and_do_items(void **state)
{
    (void)state;
    struct sortie s;
    struct vg_pilot_config c = plain_config();
    c.flight.gust_mps = 0;
    c.flight.wind_mps = 0;
    begin(&s, &c);
    plan_loop(&s, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 150);
    s.n_items = 3;
    add(&s, VG_MAV_CMD_NAV_LOITER_TURNS, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, LAT + 0.03, LON, 150);
    s.items[3].p1 = 2;
    s.items[3].p3 = 200;
    add(&s, VG_MAV_CMD_DO_CHANGE_SPEED, VG_MAV_FRAME_MISSION, 0, 0, 0);
    s.items[4].p2 = 20;
    add(&s, VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, VG_MAV_FRAME_MISSION, 0, 0, 0);
    s.items[5].p1 = -35;
    s.items[5].p2 = NAN;
    add(&s, VG_MAV_CMD_SET_CAMERA_ZOOM, VG_MAV_FRAME_MISSION, 0, 0, 0);
    s.items[6].p1 = 2; /* a share of the range */
    s.items[6].p2 = 40;
    add(&s, VG_MAV_CMD_VIDEO_START_CAPTURE, VG_MAV_FRAME_MISSION, 0, 0, 0);
    add(&s, VG_MAV_CMD_NAV_LOITER_TIME, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, LAT + 0.03, LON, 150);
    s.items[8].p1 = 120;
    add(&s, VG_MAV_CMD_VIDEO_STOP_CAPTURE, VG_MAV_FRAME_MISSION, 0, 0, 0);
    add(&s, VG_MAV_CMD_NAV_LOITER_UNLIM, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, LAT + 0.03, LON, 150);
    launch(&s);
    run(&s, 110);
    double before = 0;
    while (s.n_reached < 3 && before < 400) {
        run(&s, 0.5);
        before += 0.5;
        if (s.n_reached == 2) {
            assert_true(s.pilot.gimbal.pitch_deg == 0);
            assert_false(s.pilot.is_recording);
        }
    }
    assert_int_equal(s.n_reached, 3);
    run(&s, 60);
    assert_int_equal(s.pilot.current, 8);
    assert_true(s.pilot.is_recording);
    assert_true(s.pilot.zoom_percent == 40);
    assert_true(fabs(s.pilot.flight.airspeed_mps - 20) < 0.01);
    assert_true(s.pilot.gimbal.pitch_deg == -35);
    run(&s, 600);
    assert_int_equal(s.pilot.current, 10);
    assert_false(s.pilot.is_recording);
    assert_true(vg_pilot_is_airborne(&s.pilot));
}

static void items_that_cannot_be_flown_are_named(void **state)
{
    (void)state;
    struct vg_mission_item item = {.command = VG_MAV_CMD_NAV_WAYPOINT, .frame = 3, .z = 100};
    assert_int_equal(vg_pilot_judge_item(&item), VG_MAV_MISSION_ACCEPTED);
    item.frame = VG_MAV_FRAME_LOCAL_NED;
    assert_int_equal(vg_pilot_judge_item(&item), VG_MAV_MISSION_UNSUPPORTED_FRAME);
    item.frame = 10;
    item.x = 910000000;
    assert_int_equal(vg_pilot_judge_item(&item), VG_MAV_MISSION_INVALID_PARAM5_X);
    item.x = 0;
    item.command = 183; /* DO_SET_SERVO: nothing here has one */
    assert_int_equal(vg_pilot_judge_item(&item), VG_MAV_MISSION_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_sortie_ends_at_home),
        cmocka_unit_test(the_crew_makes_it_ready_again),
        cmocka_unit_test(crews_wait_at_pads_only),
        cmocka_unit_test(terrain_frames_follow_the_ground),
        cmocka_unit_test(return_lands_at_home),
        cmocka_unit_test(return_goes_ahead_to_the_landing),
        cmocka_unit_test(return_circles_when_told_not_to_land),
        cmocka_unit_test(a_mission_without_landing_becomes_return),
        cmocka_unit_test(arming_is_refused_with_a_reason),
        cmocka_unit_test(disarming_in_flight_needs_force),
        cmocka_unit_test(low_battery_brings_it_home),
        cmocka_unit_test(loiters_and_do_items),
        cmocka_unit_test(items_that_cannot_be_flown_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
