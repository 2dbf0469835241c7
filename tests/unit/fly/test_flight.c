/* In the air: orders, margins, automatic acts and their countdown, against the simulated fleet. */
#include "geo/geodesy.h"
#include "post.h"

#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Camp as in post.c; a second base at the line's north end, 10 km further on. */
#define WATCH(kind, wind)                                                                          \
    "name: Post\n"                                                                                 \
    "line: {points: [[14.50, -11.36], [14.61, -11.36]], revisit: 2h, depth: 500m}\n"               \
    "bases:\n"                                                                                     \
    "  - {name: Camp, at: [14.500, -11.400], pads: 2}\n"                                           \
    "  - {name: Fort, at: [14.640, -11.360], pads: 2}\n"                                           \
    "cameras:\n"                                                                                   \
    "  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n"                          \
    "types:\n"                                                                                     \
    "  small: {" kind "cruise: 20 m/s, endurance: 2h, reserve: 20%, turnaround: 10min,"            \
    " climb: 3 m/s, camera: eo, agl: 150m}\n"                                                      \
    "drones:\n"                                                                                    \
    "  - {id: F1, type: small, base: Camp, sysid: 1}\n"                                            \
    "  - {id: F2, type: small, base: Camp, sysid: 2}\n"                                            \
    "wind: " wind "\n"

static const char CALM[] = WATCH("", "{from: 60deg, speed: 3 m/s}");

static json_t *status_of(struct post *p, int drone)
{
    struct vg_buf b = {0};
    vg_director_status(p->director, drone, VG_LANG_EN, p->now, &b);
    json_t *doc = json_loadb(b.data, b.n, 0, NULL);
    vg_buf_finish(&b);
    assert_non_null(doc);
    return doc;
}

static double flight_number(struct post *p, const char *key)
{
    json_t *doc = status_of(p, 0);
    double value = json_number_value(json_object_get(json_object_get(doc, "flight"), key));
    json_decref(doc);
    return value;
}

static int count_open(const struct post *p, const char *kind)
{
    int n = 0;
    for (int i = 0; i < p->state.n_alerts; i++) {
        n += strcmp(p->state.alerts[i].kind, kind) == 0 &&
             strcmp(p->state.alerts[i].state, "closed") != 0;
    }
    return n;
}

static bool log_has(const struct post *p, const char *text)
{
    return strstr(vg_buf_text(&p->log), text) != NULL;
}

static double truth(const struct post *p, int drone)
{
    return vg_simdrone_pilot(vg_simfleet_drone(p->fleet, drone))->flight.energy;
}

static double to_base_m(const struct post *p, int base)
{
    const struct vg_flight *f = &vg_simdrone_pilot(vg_simfleet_drone(p->fleet, 0))->flight;
    return vg_geo_distance_m(f->lat_deg, f->lon_deg, p->watch.bases[base].lat_deg,
                             p->watch.bases[base].lon_deg);
}

static void fly_for(struct post *p, const char *watch, double seconds)
{
    post_open_watch(p, true, watch);
    assert_true(post_run_until(p, "F1", "flying", 900));
    post_run(p, seconds);
}

static enum vg_status order(struct post *p, enum vg_act act, int base)
{
    struct vg_error err = {0};
    const struct vg_order o = {act, base, "Awa"};
    return vg_director_order(p->director, 0, &o, p->now, &err);
}

static void holds_and_goes_on(void **state)
{
    (void)state;
    struct post p;
    fly_for(&p, CALM, 200);
    assert_int_equal(order(&p, VG_ACT_HOLD, -1), VG_OK);
    post_run(&p, 10);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->mode, "LOITER");
    assert_string_equal(vg_watch_drone(&p.state, "F1")->phase, "held");
    double here_m = to_base_m(&p, 0);
    post_run(&p, 300);
    assert_true(fabs(to_base_m(&p, 0) - here_m) < 400); /* circles */
    assert_int_equal(count_open(&p, "off_track"), 0);
    assert_int_equal(order(&p, VG_ACT_CONTINUE, -1), VG_OK);
    post_run(&p, 60);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->mode, "AUTO");
    assert_true(fabs(flight_number(&p, "late_s")) < 60); /* the plan waited */
    assert_true(post_run_until(&p, "F1", "turning", 3600));
    assert_string_equal(vg_watch_sortie(&p.state, "C1#0")->state, "landed");
    assert_int_equal(order(&p, VG_ACT_HOLD, -1), VG_E_INVALID);
    assert_true(log_has(&p, "[Awa: hold]") && log_has(&p, "[Awa: continue]"));
    assert_int_equal(p.n_forbidden, 0);
    assert_int_equal(p.n_bad_events, 0);
    post_close(&p);
}

static void diverts_to_another_base_and_lands_there(void **state)
{
    (void)state;
    struct post p;
    fly_for(&p, CALM, 300);
    assert_int_equal(order(&p, VG_ACT_DIVERT, 7), VG_E_NOT_FOUND);
    assert_int_equal(order(&p, VG_ACT_DIVERT, 1), VG_OK);
    post_run(&p, 30);
    assert_int_equal(order(&p, VG_ACT_CONTINUE, -1), VG_E_INVALID); /* it has left its sortie */
    assert_string_equal(vg_watch_drone(&p.state, "F1")->mode, "AUTO"); /* the new mission */
    struct vg_director_outlook o = vg_director_outlook(p.director, 0, p.now);
    assert_true(o.base == 1 && o.is_out && o.has_moved); /* known before it is there */
    assert_true(post_run_until(&p, "F1", "turning", 3600));
    assert_true(to_base_m(&p, 1) < 500);
    assert_string_equal(vg_watch_sortie(&p.state, "C1#0")->state, "aborted");
    assert_string_equal(vg_watch_sortie(&p.state, "C1#0")->reason, "diverted to another base");
    post_run(&p, 700);
    assert_true(vg_director_outlook(p.director, 0, p.now).is_out); /* it stands at Fort */
    assert_true(log_has(&p, "[Awa: divert Fort]"));
    /* A timetable without it: it waits to be brought back, unless flights may land elsewhere; then
     * it counts as a drone of Fort. */
    struct vg_plan without = p.plan;
    without.n_sorties = 0;
    vg_director_adopt(p.director, &without, p.now);
    assert_true(vg_director_outlook(p.director, 0, p.now).is_out);
    p.watch.may_land_elsewhere = true;
    o = vg_director_outlook(p.director, 0, p.now);
    assert_true(!o.is_out && o.base == 1 && o.has_moved);
    struct vg_plan_sortie sortie = p.plan.sorties[0]; /* one that begins there: it is counted on */
    vg_format(sortie.base_from, sizeof sortie.base_from, "Fort");
    vg_format(sortie.base_to, sizeof sortie.base_to, "Fort");
    struct vg_plan with = p.plan;
    with.sorties = &sortie;
    p.watch.may_land_elsewhere = false;
    vg_director_adopt(p.director, &with, p.now);
    assert_false(vg_director_outlook(p.director, 0, p.now).is_out);
    vg_director_adopt(p.director, &p.plan, p.now);
    post_close(&p);
}

static void lands_at_its_landing_when_told(void **state)
{
    (void)state;
    struct post p;
    fly_for(&p, CALM, 120);
    assert_int_equal(order(&p, VG_ACT_LAND, -1), VG_OK);
    assert_true(post_run_until(&p, "F1", "turning", 1500));
    assert_string_equal(vg_watch_sortie(&p.state, "C1#0")->reason, "told to land");
    assert_true(to_base_m(&p, 0) < 500);
    post_close(&p);
}

/* From where it is the way home is flown by the autopilot itself; the margin told beforehand is
 * what is left over the reserve on the ground, within the two percent of a whole-percent gauge and
 * the landing's spread. */
static void the_margin_is_what_is_left_on_landing(void **state)
{
    (void)state;
    static const char *const watches[] = {
        CALM,
        WATCH("", "{from: 0deg, speed: 7 m/s}"),
        WATCH("", "{from: 200deg, speed: 8 m/s}"),
        WATCH("", "{from: 270deg, speed: 6 m/s}"),
    };
    for (int k = 0; k < 16; k++) {
        struct post p;
        fly_for(&p, watches[k % 4], 250 + 37 * k);
        double told = flight_number(&p, "margin");
        assert_int_equal(order(&p, VG_ACT_RETURN, -1), VG_OK);
        assert_true(post_run_until(&p, "F1", "turning", 3600));
        double left = truth(&p, 0) - 0.20;
        if (told > left + 0.005 || told < left - 0.05) {
            fail_msg("%d: told %.3f, left %.3f", k, told, left);
        }
        post_close(&p);
    }
}

/* A battery that drops in the air: announced, then done; and it lands with what it was to keep, as
 * far as there was any. */
static void comes_home_by_itself_when_its_battery_drops(void **state)
{
    (void)state;
    struct post p;
    fly_for(&p, CALM, 400);
    p.less_pct[0] = (int)(100 * flight_number(&p, "margin")) + 1; /* 1 % short of the reserve */
    post_run(&p, 6);
    assert_int_equal(count_open(&p, "energy"), 1);
    assert_true(log_has(&p, "[vigie: announce return]"));
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "flying"); /* not yet */
    post_run(&p, 14);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "returning");
    assert_true(log_has(&p, "[vigie: return]"));
    assert_true(post_run_until(&p, "F1", "turning", 3600));
    assert_string_equal(vg_watch_sortie(&p.state, "C1#0")->reason, "called home for its battery");
    assert_true(truth(&p, 0) - p.less_pct[0] / 100.0 > 0.20 - 0.015);
    assert_int_equal(count_open(&p, "energy"), 0);
    post_close(&p);
}

/* Shortly before the line's end, one per cent short, where turning would save less than a landing
 * circuit takes: who has lost battery is called home, who has all that its plan has here is told of
 * and flies on. */
static void a_flight_as_planned_is_not_cut_short_for_its_landing(void **state)
{
    (void)state;
    for (int is_planned = 0; is_planned < 2; is_planned++) {
        struct post p;
        fly_for(&p, CALM, 800);
        p.less_pct[0] = (int)(100 * flight_number(&p, "margin")) + 1;
        if (is_planned) {
            struct vg_plan_sortie *s = &p.plan.sorties[0];
            double told = truth(&p, 0) - p.less_pct[0] / 100.0;
            double flown_s = 800 - flight_number(&p, "late_s");
            double landing_s = 2400.0 / 20 + 30; /* at 20 m/s */
            s->energy = (1 - told) * (s->land_s - s->takeoff_s + landing_s) / flown_s;
        }
        post_run(&p, 8);
        assert_true(flight_number(&p, "margin") < 0);
        assert_int_equal(log_has(&p, "[vigie: announce return]"), !is_planned);
        post_close(&p);
    }
}

/* Its place stands and it says that it has landed, at its patrol height: it is shown flying, that
 * is told, and the alert ends when it speaks the truth again. */
static void a_word_of_landing_in_the_air_is_denied(void **state)
{
    (void)state;
    struct post p;
    char fault[60];
    fly_for(&p, CALM, 400);
    double s = vg_us_to_s(vg_us_sub(p.now, p.start));
    vg_format(fault, sizeof fault, "F1 frozen %.0fs 60s", s + 1);
    post_fault(&p, fault);
    vg_format(fault, sizeof fault, "F1 says-landed %.0fs 40s", s + 10);
    post_fault(&p, fault);
    post_run(&p, 40);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "flying");
    assert_int_equal(count_open(&p, "says_landed"), 1);
    post_run(&p, 40);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "flying");
    assert_int_equal(count_open(&p, "says_landed"), 0);
    post_close(&p);
}

static void a_pilot_stops_the_countdown(void **state)
{
    (void)state;
    struct post p;
    struct vg_error err = {0};
    fly_for(&p, CALM, 400);
    assert_int_equal(vg_director_stop(p.director, 0, "Awa", p.now, &err), VG_E_INVALID);
    p.less_pct[0] = (int)(100 * flight_number(&p, "margin")) + 1;
    post_run(&p, 6);
    err = (struct vg_error){0};
    assert_int_equal(vg_director_stop(p.director, 0, "Awa", p.now, &err), VG_OK);
    post_run(&p, 60);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "flying");
    assert_int_equal(count_open(&p, "energy"), 1); /* the warning stays */
    assert_true(log_has(&p, "[Awa: stop return]"));
    json_t *doc = status_of(&p, 0);
    assert_string_equal(json_string_value(json_object_get(doc, "stopped_by")), "Awa");
    json_decref(doc);
    post_close(&p);
}

/* Far out with far too little: the nearest base that keeps the reserve is the other one. */
static void goes_to_the_nearest_base_that_it_can_reach(void **state)
{
    (void)state;
    struct post p;
    fly_for(&p, CALM, 800); /* at the north end, 12 km from Camp, 4 km from Fort */
    assert_true(to_base_m(&p, 1) < 6000);
    p.less_pct[0] = (int)(100 * flight_number(&p, "margin")) + 5;
    post_run(&p, 25);
    assert_true(log_has(&p, "[vigie: divert]"));
    assert_true(post_run_until(&p, "F1", "turning", 3600));
    assert_true(to_base_m(&p, 1) < 500);
    assert_string_equal(vg_watch_sortie(&p.state, "C1#0")->reason, "diverted for its battery");
    post_close(&p);
}

/* 13 m/s from the south-west against the way home. */
static void a_wind_that_rises_is_counted(void **state)
{
    (void)state;
    struct post p;
    fly_for(&p, CALM, 600);
    double calm_s = flight_number(&p, "home_s");
    double before = flight_number(&p, "margin");
    double end_before = flight_number(&p, "end_margin");
    post_fault(&p, "wind 1310s 13m/s 200deg");
    post_run(&p, 120);
    assert_true(flight_number(&p, "wind_mps") > 11);
    assert_true(flight_number(&p, "home_s") > 1.3 * calm_s);
    assert_true(flight_number(&p, "margin") < before - 0.05);
    assert_true(flight_number(&p, "end_margin") < end_before - 0.05);
    post_close(&p);
}

/* Every kind, speaking as either autopilot: up, hold, on, to the other base; and home. */
static void all_kinds_obey(void **state)
{
    (void)state;
    static const char *const watches[] = {
        CALM,
        WATCH("kind: quadplane, ", "{from: 60deg, speed: 3 m/s}"),
        WATCH("kind: copter, ", "{from: 60deg, speed: 3 m/s}"),
    };
    for (int k = 0; k < 6; k++) {
        struct post p;
        enum vg_sim_autopilot autopilot = k < 3 ? VG_SIM_ARDUPILOT : VG_SIM_PX4;
        post_open_as(&p, watches[k % 3], autopilot);
        if (!post_run_until(&p, "F1", "flying", 900)) {
            json_t *doc = status_of(&p, 0);
            fail_msg("%d: %s", k, json_dumps(doc, 0));
        }
        post_run(&p, 200);
        assert_int_equal(order(&p, VG_ACT_HOLD, -1), VG_OK);
        post_run(&p, 60);
        assert_int_equal(vg_director_vehicle(p.director, 0)->state.mode, VG_MODE_HOLD);
        assert_int_equal(order(&p, VG_ACT_CONTINUE, -1), VG_OK);
        post_run(&p, 30);
        assert_int_equal(vg_director_vehicle(p.director, 0)->state.mode, VG_MODE_MISSION);
        assert_int_equal(order(&p, VG_ACT_DIVERT, 1), VG_OK);
        assert_true(post_run_until(&p, "F1", "turning", 3600));
        assert_true(to_base_m(&p, 1) < 500);
        assert_int_equal(p.n_forbidden, 0);
        post_close(&p);
        post_open_as(&p, watches[k % 3], autopilot);
        assert_true(post_run_until(&p, "F1", "flying", 900));
        post_run(&p, 200);
        assert_int_equal(order(&p, VG_ACT_RETURN, -1), VG_OK);
        assert_true(post_run_until(&p, "F1", "turning", 3600));
        assert_true(to_base_m(&p, 0) < 500);
        post_close(&p);
    }
}

/* ---- which station is in control ---- */

static void drone_says(struct post *p, uint8_t owner)
{
    const struct vg_mav_control_status m = {.sysid_in_control = owner, .flags = 1};
    struct vg_mav_msg msg;
    vg_mav_control_status_pack(&m, 1, 1, &msg);
    vg_director_feed(p->director, 0, &msg, p->now);
    post_run(p, 0.2);
}

static void drone_asks_for(struct post *p, uint8_t station)
{
    const struct vg_mav_command_long m = {
        .command = 32100, .param1 = station, .param2 = 1, .param4 = 10, .target_system = 255};
    struct vg_mav_msg msg;
    vg_mav_command_long_pack(&m, 1, 1, &msg);
    vg_director_feed(p->director, 0, &msg, p->now);
    post_run(p, 0.2);
}

static char *control_of(struct post *p)
{
    json_t *doc = status_of(p, 0);
    char *text = json_dumps(json_object_get(doc, "control"), JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(doc);
    assert_non_null(text);
    return text;
}

static void expect_control(struct post *p, const char *has)
{
    char *text = control_of(p);
    if (strstr(text, has) == NULL) {
        fail_msg("no %s in %s", has, text);
    }
    free(text);
}

static void a_pilot_answers_who_asks_for_control(void **state)
{
    (void)state;
    struct post p;
    struct vg_error err = {0};
    post_open_watch(&p, true, CALM);
    post_run(&p, 5);
    char *none = control_of(&p);
    assert_string_equal(none, "null");
    free(none);
    assert_int_equal(
        vg_director_control_act(p.director, 0, VG_CONTROL_ACT_TAKE, "Awa", p.now, &err),
        VG_E_UNSUPPORTED);
    drone_says(&p, 252);
    expect_control(&p, "{\"station\":252,\"ours\":false");
    expect_control(&p, "\"acts\":[\"take\"]");
    assert_int_equal(vg_director_control_act(p.director, 0, VG_CONTROL_ACT_LET, "Awa", p.now, &err),
                     VG_E_INVALID);
    assert_int_equal(
        vg_director_control_act(p.director, 0, vg_control_act_find("seize"), "Awa", p.now, &err),
        VG_E_NOT_FOUND);
    assert_int_equal(
        vg_director_control_act(p.director, 0, vg_control_act_find("take"), "Awa", p.now, &err),
        VG_OK);
    drone_says(&p, 255);
    expect_control(&p, "\"ours\":true");
    drone_asks_for(&p, 252);
    assert_int_equal(count_open(&p, "control"), 1);
    expect_control(&p, "\"wanted_by\":252");
    expect_control(&p, "\"acts\":[\"let\",\"refuse\",\"give-up\"]");
    assert_int_equal(
        vg_director_control_act(p.director, 0, vg_control_act_find("refuse"), "Awa", p.now, &err),
        VG_OK);
    post_run(&p, 0.2);
    assert_int_equal(count_open(&p, "control"), 0);
    drone_asks_for(&p, 251);
    assert_int_equal(count_open(&p, "control"), 1);
    post_run(&p, 11); /* nobody answers */
    assert_int_equal(count_open(&p, "control"), 0);
    assert_int_equal(
        vg_director_control_act(p.director, 0, vg_control_act_find("give-up"), "Awa", p.now, &err),
        VG_OK);
    assert_non_null(strstr(p.log.data, "[Awa: control: take]"));
    assert_non_null(strstr(p.log.data, "[Awa: control: refuse 252]"));
    assert_non_null(strstr(p.log.data, "[Awa: control: give-up]"));
    assert_int_equal(p.n_forbidden, 0);
    assert_int_equal(p.n_bad_events, 0);
    post_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_and_goes_on),
        cmocka_unit_test(diverts_to_another_base_and_lands_there),
        cmocka_unit_test(lands_at_its_landing_when_told),
        cmocka_unit_test(the_margin_is_what_is_left_on_landing),
        cmocka_unit_test(comes_home_by_itself_when_its_battery_drops),
        cmocka_unit_test(a_flight_as_planned_is_not_cut_short_for_its_landing),
        cmocka_unit_test(a_word_of_landing_in_the_air_is_denied),
        cmocka_unit_test(a_pilot_stops_the_countdown),
        cmocka_unit_test(goes_to_the_nearest_base_that_it_can_reach),
        cmocka_unit_test(a_wind_that_rises_is_counted),
        cmocka_unit_test(all_kinds_obey),
        cmocka_unit_test(a_pilot_answers_who_asks_for_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
