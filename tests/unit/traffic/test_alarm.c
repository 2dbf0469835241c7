/* Alarms: closest approach and limits against stepping time, levels, hysteresis, what never alarms,
 * and whether the advice helps. */
#include "helper.h"

#include "base/rng.h"
#include "geo/geodesy.h"
#include "traffic/alarm.h"

static struct vg_us at_s(double s)
{
    return vg_us_from_s(1e6 + s);
}

static double uniform(struct vg_rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * vg_rng_unit(rng);
}

/* ---- contacts and drones ---- */

static const struct vg_air AIR = {(double)NAN, 0};
static const double LAT = 14.5;
static const double LON = -11.4;

/* A plane east_m and north_m from the drone's place, at an ellipsoid height (= sea level here). */
static struct vg_sighting plane(double east_m, double north_m, double alt_m, double course,
                                double speed)
{
    struct vg_sighting s = vg_sighting_none(VG_ID_ICAO);
    struct vg_frame frame = vg_frame_at(LAT, LON);
    vg_format(s.id, sizeof s.id, "4CA2D6");
    vg_frame_to_latlon(&frame, east_m, north_m, &s.lat_deg, &s.lon_deg);
    s.alt_ell_m = alt_m;
    s.height_sigma_m = 0;
    s.course_true_deg = course;
    s.speed_mps = speed;
    s.climb_mps = 0;
    s.kind = VG_CONTACT_PLANE;
    return s;
}

static struct vg_alarm_drone drone(double agl_m)
{
    return (struct vg_alarm_drone){.drone = 0,
                                   .lat_deg = LAT,
                                   .lon_deg = LON,
                                   .alt_msl_m = 300,
                                   .agl_m = agl_m,
                                   .vel_enu_mps = {0, 20, 0}};
}

static struct vg_alarm judge(const struct vg_sighting *s, const struct vg_alarm_drone *d)
{
    struct vg_traffic t;
    struct vg_alarm a;
    struct vg_contact_now now;
    struct vg_alarm_limits limits = vg_alarm_defaults();
    assert_int_equal(vg_traffic_init(&t, 4, NULL), VG_OK);
    const struct vg_contact *c = vg_traffic_take(&t, 0, s, at_s(0));
    assert_true(vg_contact_at(c, &AIR, at_s(0), &now));
    a.level = vg_alarm_judge(c, &now, d, &limits, &a);
    vg_traffic_finish(&t);
    return a;
}

static void levels_and_what_never_alarms(void **state)
{
    (void)state;
    struct vg_alarm_drone d = drone(200);
    struct vg_sighting s = plane(5000, 0, 300, 270, 70); /* straight at it: 71 s away */
    struct vg_alarm a = judge(&s, &d);
    assert_int_equal(a.level, VG_ALARM_NEAR); /* 800 m away after 60 s */
    near(a.distance_m, 5000, 5);
    near(a.bearing_true_deg, 90, 0.1);
    s = plane(3000, 0, 300, 270, 70);
    s.lat_deg += 0.0077; /* meets the drone, which goes north at 20 m/s */
    a = judge(&s, &d);
    assert_int_equal(a.level, VG_ALARM_CONFLICT);
    near(a.cpa.at_s, 43, 1);
    assert_true(a.cpa.horizontal_m < 30);
    s = plane(3000, 850, 420, 270, 70); /* 120 m above: near, no conflict */
    assert_int_equal(judge(&s, &d).level, VG_ALARM_NEAR);
    s.height_sigma_m = 40; /* but it may be 80 m lower */
    assert_int_equal(judge(&s, &d).level, VG_ALARM_CONFLICT);
    s = plane(3000, 850, 600, 270, 70); /* 300 m above */
    assert_int_equal(judge(&s, &d).level, VG_ALARM_NONE);
    s.climb_mps = -8; /* coming down */
    assert_int_equal(judge(&s, &d).level, VG_ALARM_CONFLICT);
    s = plane(3000, 850, 300, 270, 70);
    s.alt_ell_m = (double)NAN; /* no height: judged by its place */
    a = judge(&s, &d);
    assert_int_equal(a.level, VG_ALARM_CONFLICT);
    assert_true(isnan(a.vertical_m));
    s = plane(3000, 850, 300, 270, 70);
    s.on_ground = 1;
    assert_int_equal(judge(&s, &d).level, VG_ALARM_NONE);
    s.on_ground = -1;
    s.kind = VG_CONTACT_SHIP;
    assert_int_equal(judge(&s, &d).level, VG_ALARM_NONE);
    s = plane(100, 0, 1900, 0, 0); /* 1,600 m above: not looked at, whatever its way */
    s.climb_mps = -40;
    assert_int_equal(judge(&s, &d).level, VG_ALARM_NONE);
    s = plane(30000, 0, 300, 90, 200); /* going away */
    assert_int_equal(judge(&s, &d).level, VG_ALARM_NONE);
}

/* An alarm comes at once, stays through noise about its limits, and goes once. */
static void alarms_do_not_chatter(void **state)
{
    (void)state;
    struct vg_traffic t;
    struct vg_alarms alarms = {.n = 0};
    struct vg_alarm_limits limits = vg_alarm_defaults();
    struct vg_rng rng = vg_rng_seed(4);
    struct vg_alarm_drone d = drone(200);
    int n_changes = 0;
    enum vg_alarm_level last = VG_ALARM_NONE;
    d.vel_enu_mps[1] = 0;
    assert_int_equal(vg_traffic_init(&t, 4, NULL), VG_OK);
    for (int i = 0; i < 400; i++) { /* hovers at the edge, then leaves */
        double away = i < 200 ? 2000 : 2000 + 20.0 * (i - 200);
        struct vg_sighting s = plane(away + 100 * vg_rng_normal(&rng), 0, 300, 90, 0);
        vg_traffic_take(&t, 0, &s, at_s(i));
        vg_alarms_step(&alarms, &t, &AIR, &limits, &d, 1, at_s(i));
        enum vg_alarm_level now = alarms.n > 0 ? alarms.list[0].level : VG_ALARM_NONE;
        n_changes += now != last;
        last = now;
    }
    assert_int_equal(n_changes, 2);
    assert_int_equal(last, VG_ALARM_NONE);
    vg_traffic_finish(&t);
}

static void steps_up_at_once_and_down_after_a_calm(void **state)
{
    (void)state;
    struct vg_traffic t;
    struct vg_alarms alarms = {.n = 0};
    struct vg_alarm_limits limits = vg_alarm_defaults();
    struct vg_alarm_drone d = drone(200);
    const double distances[] = {1800, 400, 400, 700, 700};
    d.vel_enu_mps[1] = 0;
    assert_int_equal(vg_traffic_init(&t, 4, NULL), VG_OK);
    for (int i = 0; i < 30; i++) {
        double away = distances[i < 4 ? i : 4];
        struct vg_sighting s = plane(away, 0, 300, 0, 0);
        vg_traffic_take(&t, 0, &s, at_s(i));
        vg_alarms_step(&alarms, &t, &AIR, &limits, &d, 1, at_s(i));
        assert_int_equal(alarms.n, 1);
        /* 700 m is beyond 1.3 times 500: from second 3 on, for ten. */
        enum vg_alarm_level want = i == 0 || i >= 13 ? VG_ALARM_NEAR : VG_ALARM_CONFLICT;
        assert_int_equal(alarms.list[0].level, want);
    }
    assert_ptr_equal(vg_alarms_worst(&alarms, 0), &alarms.list[0]);
    assert_null(vg_alarms_worst(&alarms, 1));
    for (int i = 30; i < 50; i++) { /* nothing heard: its place grows old */
        vg_alarms_step(&alarms, &t, &AIR, &limits, &d, 1, at_s(i));
    }
    assert_int_equal(alarms.n, 0);
    vg_traffic_finish(&t);
}

struct relative {
    double pos_enu_m[3];
    double vel_enu_mps[3];
};

static struct relative seen_from(const struct vg_sighting *s)
{
    struct relative rel = {.pos_enu_m = {0, 0, s->alt_ell_m - 300}};
    struct vg_frame frame = vg_frame_at(LAT, LON);
    double course = s->course_true_deg * VG_RAD_PER_DEG;
    vg_frame_to_en(&frame, s->lat_deg, s->lon_deg, &rel.pos_enu_m[0], &rel.pos_enu_m[1]);
    rel.vel_enu_mps[0] = s->speed_mps * sin(course);
    rel.vel_enu_mps[1] = s->speed_mps * cos(course);
    rel.vel_enu_mps[2] = s->climb_mps;
    return rel;
}

/* ---- the level against time in steps of 20 ms ---- */

static void levels_agree_with_small_steps(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(21);
    struct vg_alarm_limits l = vg_alarm_defaults();
    struct vg_alarm_drone d = drone(200);
    int seen[3] = {0};
    for (int i = 0; i < 2000; i++) {
        struct vg_sighting s =
            plane(uniform(&rng, -3000, 3000), uniform(&rng, -3000, 3000), uniform(&rng, 200, 400),
                  uniform(&rng, 0, 360), uniform(&rng, 0, 90));
        s.climb_mps = uniform(&rng, -8, 8);
        struct relative r = seen_from(&s);
        double conflict = (double)INFINITY; /* least, in units of the limits */
        double near_by = (double)INFINITY;
        for (double t = 0; t <= 60; t += 0.02) {
            double e = r.pos_enu_m[0] + r.vel_enu_mps[0] * t;
            double n = r.pos_enu_m[1] + (r.vel_enu_mps[1] - 20) * t;
            double u = fabs(r.pos_enu_m[2] + r.vel_enu_mps[2] * t);
            conflict = fmin(conflict, fmax(hypot(e, n) / l.conflict_m, u / l.conflict_vertical_m));
            near_by = fmin(near_by, fmax(hypot(e, n) / l.near_m, u / l.near_vertical_m));
        }
        enum vg_alarm_level want = conflict < 1  ? VG_ALARM_CONFLICT
                                   : near_by < 1 ? VG_ALARM_NEAR
                                                 : VG_ALARM_NONE;
        bool is_close_call = fabs(conflict - 1) < 0.003 || fabs(near_by - 1) < 0.003;
        if (!is_close_call) {
            assert_int_equal(judge(&s, &d).level, want);
            seen[want]++;
        }
    }
    assert_true(seen[0] > 100 && seen[1] > 100 && seen[2] > 20);
}

/* ---- advice: flying it keeps further apart than going on ---- */

static double least_apart(const struct vg_alarm_limits *l, struct relative rel)
{
    double worst = (double)INFINITY;
    for (double t = 0; t <= l->horizon_s; t += 0.1) {
        double e = rel.pos_enu_m[0] + rel.vel_enu_mps[0] * t;
        double n = rel.pos_enu_m[1] + rel.vel_enu_mps[1] * t;
        double u = rel.pos_enu_m[2] + rel.vel_enu_mps[2] * t;
        worst = fmin(worst, fmax(hypot(e, n) / l->conflict_m, fabs(u) / l->conflict_vertical_m));
    }
    return worst;
}

static void advice_helps(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(8);
    struct vg_alarm_limits limits = vg_alarm_defaults();
    int seen[4] = {0};
    for (int i = 0; i < 2000; i++) {
        struct vg_alarm_drone d = drone(i % 2 ? 90 : 300);
        struct vg_sighting s =
            plane(uniform(&rng, -4000, 4000), uniform(&rng, -4000, 4000), uniform(&rng, 250, 400),
                  uniform(&rng, 0, 360), uniform(&rng, 20, 90));
        struct vg_alarm a = judge(&s, &d);
        if (a.level == VG_ALARM_NONE) {
            continue;
        }
        struct relative rel = seen_from(&s);
        double going_on[3] = {0, 20, 0};
        double advised[3] = {0, 20, 0};
        if (a.advice == VG_ADVICE_DESCEND) {
            assert_int_equal(i % 2, 0); /* 90 m above ground is too low for it */
            advised[2] = -3;
        } else if (a.advice == VG_ADVICE_HOLD) {
            advised[1] = 0;
        } else if (a.advice == VG_ADVICE_TURN) {
            advised[0] = 20 * sin(a.turn_true_deg * VG_RAD_PER_DEG);
            advised[1] = 20 * cos(a.turn_true_deg * VG_RAD_PER_DEG);
        }
        double apart[2];
        for (int k = 0; k < 2; k++) {
            const double *own = k == 0 ? going_on : advised;
            struct relative r = rel;
            for (int m = 0; m < 3; m++) {
                r.vel_enu_mps[m] -= own[m];
            }
            apart[k] = least_apart(&limits, r);
        }
        if (a.advice != VG_ADVICE_NONE) {
            assert_true(apart[1] > apart[0] * 0.98);
        }
        seen[a.advice]++;
    }
    for (int k = 1; k < 4; k++) {
        assert_true(seen[k] > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_and_what_never_alarms),
        cmocka_unit_test(alarms_do_not_chatter),
        cmocka_unit_test(steps_up_at_once_and_down_after_a_calm),
        cmocka_unit_test(levels_agree_with_small_steps),
        cmocka_unit_test(advice_helps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
