/* Own drones that come too near each other: F2 flies F1's way backwards, at the same height, at the
 * same time. */
#include "post.h"

#include "base/json.h"
#include "geo/geodesy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct two {
    struct vg_plan plan;
    struct vg_plan_sortie sorties[2];
    struct vg_plan_point back[4];
};

/* `up_m`: F2 flies so much higher. */
static void fly_backwards(struct post *p, struct two *t, double up_m)
{
    t->plan = p->plan;
    t->sorties[0] = t->sorties[1] = p->plan.sorties[0];
    struct vg_plan_sortie *b = &t->sorties[1];
    vg_format(b->id, sizeof b->id, "C2");
    vg_format(b->drone, sizeof b->drone, "F2");
    int n = b->n_track;
    assert_int_equal(n, 4);
    for (int k = 0; k < n; k++) {
        t->back[k] = b->track[n - 1 - k];
        t->back[k].t_s = b->takeoff_s + b->land_s - b->track[n - 1 - k].t_s;
        t->back[k].alt_msl_m += k > 0 && k < n - 1 ? up_m : 0;
    }
    b->track = t->back;
    t->plan.sorties = t->sorties;
    t->plan.n_sorties = 2;
    vg_director_adopt(p->director, &t->plan, p->now);
}

static const struct vg_flight *truth(const struct post *p, int i)
{
    return &vg_simdrone_pilot(vg_simfleet_drone(p->fleet, i))->flight;
}

static double apart_m(const struct post *p)
{
    const struct vg_flight *a = truth(p, 0);
    const struct vg_flight *b = truth(p, 1);
    return vg_geo_distance_m(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg);
}

static const struct vg_watch_alert *near_alert(const struct post *p)
{
    for (int i = p->state.n_alerts - 1; i >= 0; i--) {
        if (strcmp(p->state.alerts[i].kind, "near_own") == 0) {
            return &p->state.alerts[i];
        }
    }
    return NULL;
}

static void meetings_are_seen_a_minute_ahead(void **state)
{
    (void)state;
    struct post p;
    struct two t;
    post_open(&p, true);
    fly_backwards(&p, &t, 0);
    assert_true(post_run_until(&p, "F1", "flying", 900));
    assert_true(post_run_until(&p, "F2", "flying", 60));
    while (near_alert(&p) == NULL && vg_us_to_s(vg_us_sub(p.now, p.start)) < 2000) {
        post_run(&p, 1);
    }
    const struct vg_watch_alert *a = near_alert(&p);
    assert_non_null(a);
    double in_s = json_number_value(json_object_get(a->params, "in_s"));
    assert_string_equal(json_string_value(json_object_get(a->params, "drone")), "F1");
    assert_string_equal(json_string_value(json_object_get(a->params, "other")), "F2");
    assert_int_equal(strlen(json_string_value(json_object_get(a->params, "hold"))), 2);
    assert_true(in_s > 40 && in_s <= 60);
    double said_s = vg_us_to_s(p.now) + in_s;
    double before_m = apart_m(&p);
    assert_true(before_m > 1000); /* some 40 m/s towards each other */
    while (apart_m(&p) > 150 && vg_us_to_s(p.now) < said_s + 60) {
        post_run(&p, 0.1);
    }
    assert_true(fabs(vg_us_to_s(p.now) - said_s) < 10); /* they come as near as said, then */
    post_run(&p, 90);
    assert_string_equal(near_alert(&p)->state, "closed"); /* they have passed */
    assert_int_equal(p.n_bad_events, 0);
    post_close(&p);
}

static void height_parts_them(void **state)
{
    (void)state;
    struct post p;
    struct two t;
    post_open(&p, true);
    fly_backwards(&p, &t, 120);
    assert_true(post_run_until(&p, "F1", "flying", 900));
    double least_m = (double)INFINITY;
    for (int k = 0; k < 1800; k++) {
        post_run(&p, 1);
        bool is_out = truth(&p, 0)->aloft_s > 200 && truth(&p, 1)->aloft_s > 200;
        least_m = is_out ? fmin(least_m, apart_m(&p)) : least_m;
    }
    assert_true(least_m < 200); /* they did pass each other */
    assert_null(near_alert(&p));
    post_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meetings_are_seen_a_minute_ahead),
        cmocka_unit_test(height_parts_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
