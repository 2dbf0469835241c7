/* Each point of the pre-flight list, turned bad one at a time; and the launch that it holds. */
#include "post.h"

#include "base/json.h"
#include "fly/preflight.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 40 km north and back along a meridian, 2,000 s each way at 20 m/s; over flat ground at 200 m but
 * for a hill of 500 m halfway. */
static struct vg_plan_point track[4];

static double hill_m(const void *ctx, double lat_deg, double lon_deg)
{
    (void)ctx;
    (void)lon_deg;
    return lat_deg > 46.15 && lat_deg < 46.2 ? 500 : 200;
}

struct desk {
    struct vg_wf_base base;
    struct vg_wf_type type;
    struct vg_watchfile watch;
    struct vg_plan_sortie sortie;
    struct vg_vehicle vehicle;
    struct vg_health health;
    struct vg_settings settings;
    struct vg_preflight_input in;
};

static void lay_out(struct desk *d)
{
    memset(d, 0, sizeof *d);
    const double at[][2] = {{0, 46}, {10, 46}, {2010, 46.3597}, {4010, 46}};
    for (int i = 0; i < 4; i++) {
        track[i] = (struct vg_plan_point){at[i][0], at[i][1], 7, i == 0 || i == 3 ? 200 : 600};
    }
    d->base = (struct vg_wf_base){.name = "Camp", .lat_deg = 46, .lon_deg = 7};
    d->type = (struct vg_wf_type){
        .cruise_mps = 20, .endurance_s = 8000, .reserve = 0.2, .climb_mps = 3, .agl_m = 150};
    d->watch.bases = &d->base;
    d->watch.n_bases = 1;
    d->sortie = (struct vg_plan_sortie){.base_from = "Camp",
                                        .base_to = "Camp",
                                        .energy = 0.5,
                                        .land_s = 4010,
                                        .track = track,
                                        .n_track = 4};
    vg_vehicle_init(&d->vehicle, 1);
    d->vehicle.state.is_known = d->vehicle.gps.is_known = true;
    d->vehicle.state.type = VG_MAV_TYPE_FIXED_WING;
    d->vehicle.position.is_known = d->vehicle.battery.is_known = true;
    d->vehicle.position.lat_deg = 46.001;
    d->vehicle.position.lon_deg = 7;
    d->vehicle.battery.percent = 97;
    d->vehicle.gps.fix = 3;
    d->vehicle.gps.n_satellites = 14;
    d->vehicle.gps.hdop = 0.9;
    d->health = (struct vg_health){.has_sensors = true,
                                   .present = 0x2f,
                                   .enabled = 0x2f,
                                   .healthy = 0x2f,
                                   .has_estimate = true,
                                   .is_estimate_good = true,
                                   .has_clock = true,
                                   .is_heard = true,
                                   .is_signed = true};
    vg_settings_start(&d->settings, (struct vg_mav_pair){255, 190, 1, 1},
                      VG_MAV_AUTOPILOT_ARDUPILOTMEGA, VG_MAV_TYPE_FIXED_WING);
    d->settings.value[VG_SET_LOST_ENABLED] = 1;
    d->settings.value[VG_SET_LOST_ACTION] = 1;
    d->settings.value[VG_SET_RETURN_M] = 350; /* 50 m over the hill */
    d->settings.value[VG_SET_BATTERY_ACTION] = 1;
    struct vg_ground ground = {hill_m, NULL};
    d->in = (struct vg_preflight_input){.vehicle = &d->vehicle,
                                        .health = &d->health,
                                        .settings = &d->settings,
                                        .sortie = &d->sortie,
                                        .watch = &d->watch,
                                        .type = &d->type,
                                        .link = VG_LINK_FRESH,
                                        .has_key = true,
                                        .mission = VG_LOADED_VERIFIED,
                                        .way = vg_preflight_way(&d->sortie, &d->watch, ground),
                                        .energy = 0.5,
                                        .now = {1000000000}};
}

/* The point must have this state, and hold or not; all others be good. */
static void expect(struct desk *d, enum vg_point point, enum vg_judgement state, bool holds)
{
    struct vg_preflight list;
    vg_preflight_judge(&d->in, VG_LANG_EN, &list);
    for (int k = 0; k < VG_POINT_COUNT; k++) {
        const struct vg_preflight_point *p = &list.points[k];
        enum vg_judgement wanted = k == (int)point ? state : VG_JUDGE_GOOD;
        if (p->state != wanted || (k == (int)point && p->holds != holds) || p->reason[0] == '\0') {
            fail_msg("%s is %s, holds %d: %s", vg_point_name((enum vg_point)k),
                     vg_judgement_name(p->state), p->holds, p->reason);
        }
    }
    assert_int_equal(list.n_hold, holds);
    lay_out(d);
}

static void each_point(void **state)
{
    (void)state;
    static struct desk d;
    lay_out(&d);
    assert_true(d.in.way.ground_msl_m == 500 && d.in.way.pad_msl_m == 200);
    assert_true(fabs(d.in.way.least_clear_m - 100) < 1);
    expect(&d, VG_POINT_COUNT, VG_JUDGE_GOOD, false);
    d.in.link = VG_LINK_STALE;
    expect(&d, VG_POINT_LINK, VG_JUDGE_BAD, true);
    d.vehicle.gps.fix = 2;
    expect(&d, VG_POINT_FIX, VG_JUDGE_WAITING, true);
    d.vehicle.gps.n_satellites = 5;
    expect(&d, VG_POINT_FIX, VG_JUDGE_WAITING, true);
    d.vehicle.state.type = VG_MAV_TYPE_QUADROTOR;
    expect(&d, VG_POINT_KIND, VG_JUDGE_BAD, true);
    d.vehicle.position.lat_deg = 46.01; /* 1,111 m */
    expect(&d, VG_POINT_PLACE, VG_JUDGE_BAD, true);
    d.health.healthy &= ~4u;
    d.health.ailing_since = vg_us(1);
    expect(&d, VG_POINT_SENSORS, VG_JUDGE_BAD, true);
    d.health.healthy &= ~4u;
    d.health.ailing_since = vg_us(990000000);
    expect(&d, VG_POINT_SENSORS, VG_JUDGE_WAITING, true);
    d.health.is_estimate_good = false;
    expect(&d, VG_POINT_ESTIMATOR, VG_JUDGE_WAITING, true);
    d.health.has_estimate = false;
    expect(&d, VG_POINT_ESTIMATOR, VG_JUDGE_UNKNOWN, false);
    d.vehicle.battery.percent = 69;
    expect(&d, VG_POINT_BATTERY, VG_JUDGE_BAD, true);
    d.vehicle.battery.percent = (double)NAN;
    expect(&d, VG_POINT_BATTERY, VG_JUDGE_UNKNOWN, true);
    d.in.energy = (double)INFINITY;
    expect(&d, VG_POINT_BATTERY, VG_JUDGE_BAD, true);
    d.in.mission = VG_LOADED_ON_ITS_WAY;
    expect(&d, VG_POINT_MISSION, VG_JUDGE_WAITING, true);
    d.settings.value[VG_SET_RETURN_M] = 320; /* 20 m over the hill */
    expect(&d, VG_POINT_RETURN_HEIGHT, VG_JUDGE_BAD, true);
    d.settings.value[VG_SET_RETURN_M] = 120;
    d.settings.value[VG_SET_RETURN_TERRAIN] = 1;
    expect(&d, VG_POINT_COUNT, VG_JUDGE_GOOD, false);
    d.settings.value[VG_SET_RETURN_M] = -1; /* stays at its 600 m */
    expect(&d, VG_POINT_COUNT, VG_JUDGE_GOOD, false);
    d.settings.value[VG_SET_LOST_ACTION] = 2;
    expect(&d, VG_POINT_LOST_LINK, VG_JUDGE_BAD, true);
    d.settings.value[VG_SET_BATTERY_ACTION] = 0;
    expect(&d, VG_POINT_BATTERY_FAILSAFE, VG_JUDGE_BAD, false);
    d.in.has_key = false;
    expect(&d, VG_POINT_SIGNING, VG_JUDGE_BAD, false);
    d.health.clock_ahead_s = -3;
    expect(&d, VG_POINT_CLOCK, VG_JUDGE_BAD, false);
}

static void zones_want_a_fence(void **state)
{
    (void)state;
    static struct desk d;
    struct vg_wf_zone zone = {.kind = VG_ZONE_NO_FLY};
    lay_out(&d);
    d.watch.zones = &zone;
    d.watch.n_zones = 1;
    expect(&d, VG_POINT_FENCE, VG_JUDGE_UNKNOWN, false);
    d.watch.zones = &zone;
    d.watch.n_zones = 1;
    d.in.fence = VG_LOADED_FAILED;
    expect(&d, VG_POINT_FENCE, VG_JUDGE_BAD, true);
    d.watch.zones = &zone;
    d.watch.n_zones = 1;
    d.in.fence = VG_LOADED_FAILED;
    d.in.overruled = 1u << VG_POINT_FENCE;
    expect(&d, VG_POINT_FENCE, VG_JUDGE_BAD, false);
}

static void the_reserve_is_never_overruled(void **state)
{
    (void)state;
    static struct desk d;
    lay_out(&d);
    d.vehicle.battery.percent = 69;
    d.in.overruled = UINT32_MAX;
    expect(&d, VG_POINT_BATTERY, VG_JUDGE_BAD, true);
    d.in.mission = VG_LOADED_FAILED;
    d.in.overruled = UINT32_MAX;
    expect(&d, VG_POINT_MISSION, VG_JUDGE_BAD, true);
}

/* North against 10 m/s, south with it, planned in calm: 2,000 s become 4,000 s and 1,333 s. */
static void energy_in_another_wind(void **state)
{
    (void)state;
    static struct desk d;
    const double calm[2] = {0, 0};
    const double from_north[2] = {-10, 0};
    const double gale[2] = {-20, 0};
    lay_out(&d);
    double planned_s = 10 + 2000 + 2000;
    double now_s = 10 + 4000 + 4000.0 / 3;
    double got = vg_preflight_energy(&d.sortie, &d.type, calm, from_north);
    assert_true(fabs(got - 0.5 * now_s / planned_s) < 1e-4);
    assert_true(fabs(vg_preflight_energy(&d.sortie, &d.type, calm, calm) - 0.5) < 1e-9);
    assert_true(isinf(vg_preflight_energy(&d.sortie, &d.type, calm, gale)));
}

/* A battery too low holds the launch, says why, and cannot be overruled; a place can. */
static void the_launch_is_held(void **state)
{
    (void)state;
    struct post p;
    struct vg_error err = {0};
    post_open(&p, true);
    p.less_pct[0] = 60;
    assert_true(post_run_until(&p, "F1", "waiting", 900));
    assert_int_equal(vg_director_overrule(p.director, "C1#0", "battery", "Awa", p.now, &err),
                     VG_E_INVALID);
    err = (struct vg_error){0};
    assert_int_equal(vg_director_overrule(p.director, "C1#0", "nonsense", "Awa", p.now, &err),
                     VG_E_NOT_FOUND);
    err = (struct vg_error){0};
    assert_int_equal(vg_director_overrule(p.director, "C9#0", "place", "Awa", p.now, &err),
                     VG_E_NOT_FOUND);
    err = (struct vg_error){0};
    assert_int_equal(vg_director_overrule(p.director, "C1#0", "place", "Awa", p.now, &err), VG_OK);
    assert_non_null(strstr(vg_buf_text(&p.log), "[Awa: overrule place]"));
    post_run(&p, 1800);
    assert_int_equal(vg_director_counts(p.director)->n_launched, 1); /* F2, in its stead */
    const struct vg_watch_sortie *s = vg_watch_sortie(&p.state, "C1#0");
    assert_string_equal(s->state, "missed");
    assert_non_null(strstr(s->reason, "Battery: 40 %"));
    post_close(&p);
}

static void expect_return(struct desk *d, enum vg_judgement state, const char *has)
{
    struct vg_preflight list;
    vg_preflight_judge(&d->in, VG_LANG_EN, &list);
    const struct vg_preflight_point *p = &list.points[VG_POINT_RETURN_HEIGHT];
    if (p->state != state || strstr(p->reason, has) == NULL) {
        fail_msg("%s: %s", vg_judgement_name(p->state), p->reason);
    }
    assert_int_equal(p->holds, state == VG_JUDGE_BAD);
}

/* RTL_AUTOLAND 2 does not climb to RTL_ALTITUDE: from 600 m, 39 km out, evenly down to 260 m at
 * 1,200 m before the runway; 15.5 km before that, at the near foot of the hill, it is at 396 m. */
static void a_return_that_descends_evenly_is_held_against_the_ground(void **state)
{
    (void)state;
    struct desk d;
    lay_out(&d);
    d.settings.value[VG_SET_RETURN_LANDS] = 2;
    assert_true(d.in.way.slope_clear_m > -105 && d.in.way.slope_clear_m < -98);
    expect_return(&d, VG_JUDGE_BAD, "m into the ground on the way");
    d.settings.value[VG_SET_RETURN_LANDS] = 1; /* first home, at RTL_ALTITUDE */
    expect_return(&d, VG_JUDGE_GOOD, "50 m over the highest ground");
    d.settings.value[VG_SET_RETURN_LANDS] = 2;
    track[1].alt_msl_m = track[2].alt_msl_m = 1400;
    d.in.way = vg_preflight_way(&d.sortie, &d.watch, (struct vg_ground){hill_m, NULL});
    expect_return(&d, VG_JUDGE_GOOD, "descends evenly"); /* lowest over the runway's end: 60 m */
    assert_true(fabs(d.in.way.slope_clear_m - 60) < 1);
}

/* ArduPlane/mode_rtl.cpp, quadplane.cpp; PX4 rtl_params.c; ArduCopter/events.cpp. */
static void a_flight_to_another_base_returns_to_its_landing(void **state)
{
    (void)state;
    struct desk d;
    lay_out(&d);
    struct vg_wf_base bases[] = {d.base, {.name = "Fort", .lat_deg = 46.01, .lon_deg = 7}};
    d.watch.bases = bases;
    d.watch.n_bases = 2;
    vg_format(d.sortie.base_to, sizeof d.sortie.base_to, "Fort");
    d.in.way.slope_clear_m = 40;
    double *v = d.settings.value;
    expect_return(&d, VG_JUDGE_UNKNOWN, "not known whether its own return goes on to Fort");
    for (int k = 0; k <= 4; k++) {
        v[VG_SET_RETURN_LANDS] = k;
        expect_return(&d, k == 2 ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
                      k == 2 ? "40 m over the ground" : "back to Camp, the flight ends at Fort");
    }
    v[VG_SET_RETURN_LANDS] = 2;
    v[VG_SET_VTOL_RETURN] = 1;
    expect_return(&d, VG_JUDGE_BAD, "set Q_RTL_MODE 0, RTL_AUTOLAND 2");
    v[VG_SET_VTOL_RETURN] = 0;
    expect_return(&d, VG_JUDGE_GOOD, "");
    d.settings.firmware = VG_FIRMWARE_ARDUCOPTER;
    for (int k = 0; k <= 7; k++) {
        v[VG_SET_LOST_ACTION] = k;
        expect_return(&d, k == 0 || k == 2 || k == 6 ? VG_JUDGE_GOOD : VG_JUDGE_BAD, "");
    }
    d.settings.firmware = VG_FIRMWARE_PX4;
    for (int k = 0; k <= 5; k++) {
        v[VG_SET_RETURN_LANDS] = k;
        expect_return(&d, k >= 1 && k <= 4 ? VG_JUDGE_GOOD : VG_JUDGE_BAD,
                      k == 0 ? "set RTL_TYPE 1" : "");
    }
    v[VG_SET_RETURN_LANDS] = 0;
    vg_format(d.sortie.base_to, sizeof d.sortie.base_to, "Camp"); /* home: any return will do */
    expect_return(&d, VG_JUDGE_GOOD, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_point),
        cmocka_unit_test(zones_want_a_fence),
        cmocka_unit_test(the_reserve_is_never_overruled),
        cmocka_unit_test(energy_in_another_wind),
        cmocka_unit_test(the_launch_is_held),
        cmocka_unit_test(a_return_that_descends_evenly_is_held_against_the_ground),
        cmocka_unit_test(a_flight_to_another_base_returns_to_its_landing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
