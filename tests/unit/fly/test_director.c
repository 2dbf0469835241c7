/* The director against the simulated fleet, through real MAVLink bytes. */
#include "geo/geodesy.h"
#include "post.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *sortie_state(const struct post *p, const char *id)
{
    const struct vg_watch_sortie *s = vg_watch_sortie(&p->state, id);
    return s != NULL ? s->state : "none";
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

/* Each state line must come after the one before it. */
static void assert_order(const struct post *p, const char *const *lines, int n)
{
    const char *at = vg_buf_text(&p->log);
    for (int i = 0; i < n; i++) {
        at = strstr(at, lines[i]);
        if (at == NULL) {
            fail_msg("\"%s\" missing or out of order in:\n%s", lines[i], vg_buf_text(&p->log));
        }
    }
}

static void flies_a_sortie_from_timetable_to_turnaround(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    assert_true(post_run_until(&p, "F1", "flying", 900));
    /* The timetable says 700 s; the launch itself takes some seconds. */
    double at_s = vg_us_to_s(vg_us_sub(p.now, p.start));
    assert_true(at_s >= 700 && at_s < 760);
    assert_true(post_run_until(&p, "F1", "turning", 3600));
    assert_string_equal(sortie_state(&p, "C1#0"), "landed");
    assert_true(post_run_until(&p, "F1", "ready", 700)); /* turn-round of 10 min */
    static const char *const order[] = {"sortie C1#0 planned", "sortie C1#0 preparing",
                                        "sortie C1#0 ready",   "sortie C1#0 launching",
                                        "sortie C1#0 flying",  "sortie C1#0 landed",
                                        "drone F1 ready",      "sortie C1#1 planned"};
    post_run(&p, 1);
    assert_order(&p, order, sizeof order / sizeof order[0]);
    assert_int_equal(p.n_forbidden, 0);
    assert_int_equal(p.n_bad_events, 0);
    assert_true(p.n_sent > 100);
    assert_int_equal(vg_director_counts(p.director)->n_landed, 1);
    post_close(&p);
}

/* The zone to stay in and the one to stay out of, the base and the landing circle, the mission:
 * each told with the number of its items, in this order, before the sortie is ready. */
static void fence_and_rally_points_go_up_before_the_mission(void **state)
{
    (void)state;
    struct post p;
    double lat[5] = {13, 13, 16, 16, 13};
    double lon[5] = {-13, -9, -9, -13, -13};
    double far_lat[4] = {15.5, 15.5, 15.6, 15.5};
    double far_lon[4] = {-10, -9.9, -9.9, -10};
    struct vg_wf_zone zones[2] = {
        {.kind = VG_ZONE_GEOFENCE, .n = 5, .lat_deg = lat, .lon_deg = lon},
        {.kind = VG_ZONE_NO_FLY, .n = 4, .lat_deg = far_lat, .lon_deg = far_lon}};
    post_open(&p, true);
    p.watch.zones = zones;
    p.watch.n_zones = 2;
    assert_true(post_run_until(&p, "F1", "waiting", 900));
    static const char *const order[] = {"sortie C1#0 preparing",
                                        "geofence (7): the drone holds the new list, verified",
                                        "rally points (2): the drone holds the new list, verified",
                                        "mission (", "sortie C1#0 ready"};
    assert_order(&p, order, sizeof order / sizeof order[0]);
    p.watch.zones = NULL; /* not the watch's own */
    p.watch.n_zones = 0;
    post_close(&p);
}

static void waits_for_consent_and_says_when_it_came_too_late(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, false);
    assert_true(post_run_until(&p, "F1", "waiting", 900));
    assert_string_equal(sortie_state(&p, "C1#0"), "verified");
    post_run(&p, 1000);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "waiting");
    assert_int_equal(vg_director_counts(p.director)->n_launched, 0);
    post_run(&p, 700); /* 15 min late: missed */
    assert_string_equal(sortie_state(&p, "C1#0"), "missed");
    assert_int_equal(vg_director_counts(p.director)->n_launched, 0);
    assert_true(count_open(&p, "late_launch") > 0);
    post_close(&p);
}

static void flies_when_the_pilot_consents(void **state)
{
    (void)state;
    struct post p;
    struct vg_error err = {0};
    post_open(&p, false);
    assert_true(post_run_until(&p, "F1", "waiting", 900));
    assert_int_equal(vg_director_consent(p.director, "nonsense", true, "Awa", p.now, &err),
                     VG_E_NOT_FOUND);
    err = (struct vg_error){0};
    assert_int_equal(vg_director_consent(p.director, "C1#0", true, "Awa", p.now, &err), VG_OK);
    assert_string_equal(sortie_state(&p, "C1#0"), "ready");
    assert_non_null(strstr(vg_buf_text(&p.log), "act - -"));
    assert_true(post_run_until(&p, "F1", "flying", 900));
    err = (struct vg_error){0};
    assert_int_equal(vg_director_consent(p.director, "C1#0", false, "Awa", p.now, &err),
                     VG_E_INVALID);
    post_close(&p);
}

static void a_silent_drone_is_lost_and_relieved_and_found_again(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    post_fault(&p, "F1 silent 800s 900s");
    assert_true(post_run_until(&p, "F1", "flying", 790));
    while (vg_us_to_s(vg_us_sub(p.now, p.start)) <
           804.5) { /* heard last at 800 s: stale from 803 s */
        post_run(&p, 0.1);
    }
    assert_string_equal(vg_watch_drone(&p.state, "F1")->link, "stale");
    assert_int_equal(count_open(&p, "stale"), 1);
    post_run(&p, 4);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->link, "stale"); /* 808.5 s */
    post_run(&p, 3);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "lost"); /* 811.5 s */
    assert_int_equal(count_open(&p, "lost"), 1);
    assert_string_not_equal(sortie_state(&p, "C1#0R"), "none"); /* given to F2 */
    assert_true(post_run_until(&p, "F2", "flying", 600));
    assert_true(post_run_until(&p, "F1", "turning", 2000)); /* it flew on and landed by itself */
    assert_int_equal(count_open(&p, "lost"), 0);
    assert_string_equal(sortie_state(&p, "C1#0"), "landed");
    assert_true(post_run_until(&p, "F2", "turning", 3000));
    assert_string_equal(sortie_state(&p, "C1#0R"), "landed");
    assert_int_equal(vg_director_counts(p.director)->n_reliefs, 1);
    post_close(&p);
}

static const char TWO_BASES[] =
    "name: Post\n"
    "line: {points: [[14.50, -11.36], [14.61, -11.36]], revisit: 2h, depth: 500m}\n"
    "bases:\n"
    "  - {name: Camp, at: [14.500, -11.400], pads: 2}\n"
    "  - {name: Far, at: [14.610, -11.400], pads: 2}\n"
    "cameras:\n"
    "  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n"
    "types:\n"
    "  small: {cruise: 20 m/s, endurance: 2h, reserve: 20%, turnaround: 10min,"
    " climb: 3 m/s, camera: eo, agl: 150m}\n"
    "drones:\n"
    "  - {id: F1, type: small, base: Far, sysid: 1}\n"
    "  - {id: F2, type: small, base: Camp, sysid: 2}\n"
    "landings: any\n";

/* F1's flight goes from Camp to Far, and F1 stands at Far: F2, at Camp, flies it, lands at Far, and
 * the next time, when both are there, nobody flies. */
static void a_drone_at_another_base_is_relieved(void **state)
{
    (void)state;
    struct post p;
    post_open_watch(&p, true, TWO_BASES);
    struct vg_plan_sortie *s = &p.plan.sorties[0];
    const struct vg_wf_base *far = &p.watch.bases[1];
    vg_format(s->base_to, sizeof s->base_to, "Far");
    s->track[3].lat_deg = far->lat_deg;
    s->track[3].lon_deg = far->lon_deg;
    s->land_s = s->track[3].t_s = s->track[2].t_s + 4300.0 / 20; /* from the line's north end */
    post_run(&p, 550);
    assert_string_equal(sortie_state(&p, "C1#0"), "planned"); /* due at 700 s, given up at 580 s */
    post_run(&p, 60);
    assert_string_equal(sortie_state(&p, "C1#0"), "missed");
    assert_true(post_run_until(&p, "F2", "flying", 600));
    assert_true(post_run_until(&p, "F2", "turning", 3000));
    assert_string_equal(sortie_state(&p, "C1#0R"), "landed");
    const struct vg_vehicle *v = vg_director_vehicle(p.director, 1);
    assert_true(vg_geo_distance_m(v->position.lat_deg, v->position.lon_deg, far->lat_deg,
                                  far->lon_deg) < 2000);
    assert_int_equal(vg_director_outlook(p.director, 1, p.now).base, 1);
    while (vg_us_to_s(vg_us_sub(p.now, p.start)) < 7200 + 700) {
        post_run(&p, 10);
    }
    assert_string_equal(sortie_state(&p, "C1#1"), "missed");
    assert_int_equal(vg_director_counts(p.director)->n_launched, 1);
    assert_int_equal(vg_director_counts(p.director)->n_reliefs, 1);
    assert_int_equal(p.n_forbidden, 0);
    post_close(&p);
}

/* It acknowledges and does nothing for 113 s, then does all at once: armed and rolling when the two
 * minutes of its launch are over. It is not called aborted and then flies. */
static void a_launch_is_not_given_up_under_a_drone_that_leaves(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    post_fault(&p, "F1 acts-not 690s 123s");
    assert_true(post_run_until(&p, "F1", "launching", 720));
    assert_true(post_run_until(&p, "F1", "flying", 300));
    assert_true(vg_us_to_s(vg_us_sub(p.now, p.start)) > 820);
    assert_string_equal(sortie_state(&p, "C1#0"), "flying");
    assert_int_equal(vg_director_counts(p.director)->n_aborted, 0);
    post_close(&p);
}

static void comes_home_when_called(void **state)
{
    (void)state;
    struct post p;
    struct vg_error err = {0};
    post_open(&p, true);
    assert_true(post_run_until(&p, "F1", "ready", 100));
    assert_int_equal(vg_director_return(p.director, 0, "Awa", p.now, &err), VG_E_INVALID);
    assert_true(post_run_until(&p, "F1", "flying", 900));
    post_run(&p, 120);
    err = (struct vg_error){0};
    assert_int_equal(vg_director_return(p.director, 0, "Awa", p.now, &err), VG_OK);
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "returning");
    assert_true(post_run_until(&p, "F1", "turning", 1500));
    assert_string_equal(sortie_state(&p, "C1#0"), "aborted");
    assert_string_equal(vg_watch_sortie(&p.state, "C1#0")->reason, "called home");
    assert_string_not_equal(sortie_state(&p, "C1#0R"), "none"); /* given to F2 */
    post_close(&p);
}

static void a_change_of_link_asks_for_rates_again_and_for_reports_by_satellite(void **state)
{
    (void)state;
    struct post p;
    const struct vg_link_change radio = {.has_failed = true};
    const struct vg_link_change up = {.has_failed = true, .is_satellite = true};
    const struct vg_link_change down = {.was_satellite = true};
    post_open(&p, true);
    post_run(&p, 20);
    int all = p.n_rates;
    assert_true(all > 5);
    vg_director_link_changed(p.director, 0, &radio, p.now);
    post_run(&p, 20);
    assert_int_equal(p.n_rates, 2 * all);
    vg_director_link_changed(p.director, 0, &radio, p.now);
    post_run(&p, 0.2);
    vg_director_link_changed(p.director, 0, &radio, p.now); /* while it asks */
    post_run(&p, 20);
    assert_true(p.n_rates > 3 * all);
    int before = p.n_rates;
    vg_director_link_changed(p.director, 0, &up, p.now);
    post_run(&p, 20);
    assert_int_equal(p.n_rates, before); /* telemetry is not asked for over a satellite */
    assert_true(p.n_satellite[1] == 1 && p.n_satellite[0] == 0);
    vg_director_link_changed(p.director, 0, &down, p.now);
    post_run(&p, 20);
    assert_int_equal(p.n_rates, before + all);
    assert_true(p.n_satellite[1] == 1 && p.n_satellite[0] == 1);
    assert_int_equal(p.n_forbidden, 0);
    post_close(&p);
}

static void a_new_director_takes_up_what_flies(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    assert_true(post_run_until(&p, "F1", "flying", 900));
    post_restart(&p); /* as after a crash: only the fold is left */
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "flying");
    assert_true(vg_director_is_aloft(p.director, 0));
    assert_true(post_run_until(&p, "F1", "turning", 3600));
    assert_string_equal(sortie_state(&p, "C1#0"), "landed");
    post_close(&p);
}

/* While F1 flies, its sortie is given to F2 under another name and half an hour later each turn. F1
 * ends what it began, under the old plan, and flies no more; F2 flies the new one. */
static void a_new_plan_leaves_flights_alone(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    assert_true(post_run_until(&p, "F1", "flying", 900));
    struct vg_plan_sortie sortie = p.plan.sorties[0];
    struct vg_plan_point track[64];
    struct vg_plan_visit visits[64];
    assert_true(sortie.n_track <= 64 && sortie.n_visits <= 64);
    sortie.track = track;
    sortie.visits = visits;
    for (int k = 0; k < sortie.n_track; k++) {
        track[k] = p.plan.sorties[0].track[k];
        track[k].t_s += 1800;
    }
    for (int k = 0; k < sortie.n_visits; k++) {
        visits[k] = p.plan.sorties[0].visits[k];
        visits[k].t0_s += 1800;
        visits[k].t1_s += 1800;
    }
    sortie.takeoff_s += 1800;
    sortie.land_s += 1800;
    vg_format(sortie.id, sizeof sortie.id, "C1b");
    vg_format(sortie.drone, sizeof sortie.drone, "F2");
    struct vg_plan plan = p.plan;
    plan.sorties = &sortie;
    plan.n_sorties = 1;
    vg_director_adopt(p.director, &plan, p.now);
    assert_true(vg_director_uses(p.director, &p.plan));
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "flying");
    assert_true(post_run_until(&p, "F1", "turning", 3600));
    assert_string_equal(sortie_state(&p, "C1#0"), "landed");
    assert_false(vg_director_uses(p.director, &p.plan));
    assert_true(post_run_until(&p, "F2", "flying", 7200));
    assert_string_equal(sortie_state(&p, "C1b#0"), "flying");
    assert_true(post_run_until(&p, "F2", "turning", 3600));
    assert_string_equal(vg_watch_drone(&p.state, "F1")->state, "ready");
    assert_string_equal(sortie_state(&p, "C1#1"), "none");
    post_close(&p);
}

/* ---- another station sends a mission of its own ---- */

static struct vg_missionup other;

/* As most stations do it: sent, taken, not looked at again. */
static void another_sends(struct post *p, const struct vg_missionup_job *job)
{
    struct vg_error err = {0};
    memset(&other, 0, sizeof other);
    p->other = &other;
    if (vg_missionup_begin(&other, job, p->now, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    for (int i = 0; i < 600 && other.phase <= VG_MISSIONUP_SENDING; i++) {
        post_run(p, 0.1);
    }
    p->other = NULL;
}

/* One rally point, 5 km from anywhere. */
static void another_sends_rally(struct post *p, uint8_t autopilot)
{
    const struct vg_mission_item item = vg_mission_place(
        VG_MAV_CMD_NAV_RALLY_POINT, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT, 14.45, -11.45, 100);
    const struct vg_missionup_job job = {
        .with = {{252, 190, 1, 1}, VG_MAV_MISSION_TYPE_RALLY, vg_autopilot_find(autopilot)},
        .items = &item,
        .n_items = 1,
        .is_sent_always = true};
    another_sends(p, &job);
}

static void another_uploads(struct post *p)
{
    static const uint8_t FRAME = VG_MAV_FRAME_GLOBAL_RELATIVE_ALT;
    const struct vg_mission_item items[] = {
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, VG_MAV_FRAME_GLOBAL, 14.5, -11.4, 0),
        vg_mission_place(VG_MAV_CMD_NAV_TAKEOFF, FRAME, 14.5, -11.4, 50),
        vg_mission_place(VG_MAV_CMD_NAV_WAYPOINT, FRAME, 14.45, -11.45, 100)};
    const struct vg_missionup_job job = {
        .with = {{252, 190, 1, 1},
                 VG_MAV_MISSION_TYPE_MISSION,
                 vg_autopilot_find(VG_MAV_AUTOPILOT_ARDUPILOTMEGA)},
        .items = items,
        .n_items = 3,
        .is_sent_always = true};
    another_sends(p, &job);
}

static int count_log(const struct post *p, const char *what)
{
    int n = 0;
    for (const char *s = p->log.data; (s = strstr(s, what)) != NULL; s++) {
        n++;
    }
    return n;
}

/* Between the proof and the launch: the verified one goes up again, and that is what is flown. */
static void a_mission_replaced_on_the_ground_is_sent_again(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    assert_true(post_run_until(&p, "F1", "waiting", 600));
    another_uploads(&p);
    post_run(&p, 1);
    assert_int_equal(count_log(&p, "replaced by another station"), 1);
    assert_true(post_run_until(&p, "F1", "waiting", 120));
    assert_true(post_run_until(&p, "F1", "flying", 900));
    assert_true(post_run_until(&p, "F1", "turning", 3000));
    assert_string_equal(sortie_state(&p, "C1#0"), "landed"); /* all of it, where it was to */
    assert_int_equal(count_log(&p, "replaced by another station"), 1);
    assert_int_equal(p.n_bad_events, 0);
    post_close(&p);
}

/* Under way to the launch: the drone is disarmed before anything else, and never leaves with it. */
static void a_mission_replaced_at_the_launch_is_taken_back(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    assert_true(post_run_until(&p, "F1", "launching", 900));
    another_uploads(&p);
    for (int i = 0; i < 100 && count_log(&p, "sortie C1#0 preparing") < 2; i++) {
        assert_false(vg_director_vehicle(p.director, 0)->flight.is_in_air);
        post_run(&p, 0.1);
    }
    assert_int_equal(count_log(&p, "sortie C1#0 preparing"), 2);
    assert_false(vg_director_vehicle(p.director, 0)->state.is_armed);
    assert_true(post_run_until(&p, "F1", "flying", 300));
    assert_true(post_run_until(&p, "F1", "turning", 3000));
    assert_string_equal(sortie_state(&p, "C1#0"), "landed");
    post_close(&p);
}

/* Who does it again and again is not fought for ever, and nothing of theirs is flown. */
static void a_mission_replaced_again_and_again_is_not_flown(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    for (int i = 0; i < 4; i++) {
        assert_true(post_run_until(&p, "F1", "waiting", 600));
        another_uploads(&p);
        post_run(&p, 1);
    }
    assert_string_equal(sortie_state(&p, "C1#0"), "missed");
    assert_int_equal(p.n_bad_events, 0);
    post_close(&p);
}

/* In the air it is told; nothing is sent. */
static void a_mission_replaced_in_the_air_is_told(void **state)
{
    (void)state;
    struct post p;
    post_open(&p, true);
    assert_true(post_run_until(&p, "F1", "flying", 1200));
    post_run(&p, 60);
    another_uploads(&p);
    post_run(&p, 2);
    int n = 0;
    for (int i = 0; i < p.state.n_alerts; i++) {
        n += strcmp(p.state.alerts[i].kind, "replaced") == 0;
    }
    assert_int_equal(n, 1);
    assert_string_equal(sortie_state(&p, "C1#0"), "flying");
    post_close(&p);
}

static int count_alerts(const struct post *p, const char *kind)
{
    int n = 0;
    for (int i = 0; i < p->state.n_alerts; i++) {
        n += strcmp(p->state.alerts[i].kind, kind) == 0;
    }
    return n;
}

static void replace_rally(enum vg_sim_autopilot as, uint8_t autopilot)
{
    struct post p;
    post_open_as(&p, NULL, as);
    assert_true(post_run_until(&p, "F1", "waiting", 600));
    another_sends_rally(&p, autopilot);
    post_run(&p, 2);
    assert_int_equal(count_log(&p, "rally points: replaced by another station"), 1);
    assert_true(post_run_until(&p, "F1", "waiting", 120)); /* all lists again */
    assert_int_equal(count_log(&p, "sortie C1#0 preparing"), 2);
    assert_true(post_run_until(&p, "F1", "flying", 900));
    post_run(&p, 30);
    another_sends_rally(&p, autopilot);
    post_run(&p, 2);
    assert_int_equal(count_alerts(&p, "list_replaced"), 1);
    assert_int_equal(count_alerts(&p, "replaced"), 0);
    assert_string_equal(sortie_state(&p, "C1#0"), "flying");
    post_close(&p);
}

/* Rally points of another station: sent again on the ground, told in the air. ArduPilot tells it by
 * its answer to the other, PX4 also by their name. */
static void rally_points_replaced_are_sent_again_or_told(void **state)
{
    (void)state;
    replace_rally(VG_SIM_ARDUPILOT, VG_MAV_AUTOPILOT_ARDUPILOTMEGA);
    replace_rally(VG_SIM_PX4, VG_MAV_AUTOPILOT_PX4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flies_a_sortie_from_timetable_to_turnaround),
        cmocka_unit_test(fence_and_rally_points_go_up_before_the_mission),
        cmocka_unit_test(waits_for_consent_and_says_when_it_came_too_late),
        cmocka_unit_test(flies_when_the_pilot_consents),
        cmocka_unit_test(a_silent_drone_is_lost_and_relieved_and_found_again),
        cmocka_unit_test(a_drone_at_another_base_is_relieved),
        cmocka_unit_test(a_launch_is_not_given_up_under_a_drone_that_leaves),
        cmocka_unit_test(comes_home_when_called),
        cmocka_unit_test(a_change_of_link_asks_for_rates_again_and_for_reports_by_satellite),
        cmocka_unit_test(a_new_director_takes_up_what_flies),
        cmocka_unit_test(a_new_plan_leaves_flights_alone),
        cmocka_unit_test(a_mission_replaced_on_the_ground_is_sent_again),
        cmocka_unit_test(a_mission_replaced_at_the_launch_is_taken_back),
        cmocka_unit_test(a_mission_replaced_again_and_again_is_not_flown),
        cmocka_unit_test(a_mission_replaced_in_the_air_is_told),
        cmocka_unit_test(rally_points_replaced_are_sent_again_or_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
