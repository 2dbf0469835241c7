/* Ways round no-fly zones: by hand, against random ways that keep out, and in whole plans. */
#include "base/units.h"
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/detour.h"
#include "plan/planner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ZONES = 8,
    MAX_RING = 12,
    TRIES = 400
};

static const double REACH_M = 300000;

struct ring {
    int n;
    double e_km[MAX_RING];
    double n_km[MAX_RING];
};

static void to_ground(double lat0, double lon0, double e_km, double n_km, double *lat, double *lon)
{
    vg_geo_direct(lat0, lon0, atan2(e_km, n_km) * VG_DEG_PER_RAD, hypot(e_km, n_km) * 1000, lat,
                  lon);
}

/* A zone from corners in kilometres about the base. */
static void add_zone(struct vg_watchfile *w, enum vg_zone_kind kind, const struct ring *ring)
{
    if (w->zones == NULL) {
        w->zones = calloc(MAX_ZONES + 1, sizeof *w->zones);
    }
    struct vg_wf_zone *z = &w->zones[w->n_zones++];
    vg_format(z->name, sizeof z->name, "Z%d", w->n_zones);
    z->kind = kind;
    z->n = ring->n + 1;
    z->lat_deg = calloc((size_t)z->n, sizeof *z->lat_deg);
    z->lon_deg = calloc((size_t)z->n, sizeof *z->lon_deg);
    for (int k = 0; k < z->n; k++) {
        to_ground(w->bases[0].lat_deg, w->bases[0].lon_deg, ring->e_km[k % ring->n],
                  ring->n_km[k % ring->n], &z->lat_deg[k], &z->lon_deg[k]);
    }
}

static void add_box(struct vg_watchfile *w, enum vg_zone_kind kind, double west, double south,
                    double east, double north)
{
    struct ring r = {4, {west, east, east, west}, {south, south, north, north}};
    add_zone(w, kind, &r);
}

static struct vg_watchfile about(double lat_deg, double lon_deg)
{
    double lat[2] = {lat_deg + 0.5, lat_deg + 0.6};
    double lon[2] = {lon_deg, lon_deg};
    struct vg_watchfile w = fixture_watch(lat, lon, 2);
    fixture_base(&w, "Camp", lat_deg, lon_deg, 2);
    return w;
}

static struct vg_detour *detour_of(const struct vg_watchfile *w)
{
    struct vg_detour *d = NULL;
    assert_int_equal(vg_detour_create(w, 0, REACH_M, &d, NULL), VG_OK);
    return d;
}

static double length_m(const struct vg_watchfile *w, const struct vg_detour_way *way, double lat,
                       double lon)
{
    double sum = 0;
    double a = w->bases[0].lat_deg;
    double b = w->bases[0].lon_deg;
    for (int k = 0; k <= way->n; k++) {
        double c = k < way->n ? way->lat_deg[k] : lat;
        double d = k < way->n ? way->lon_deg[k] : lon;
        sum += vg_geo_distance_m(a, b, c, d);
        a = c;
        b = d;
    }
    return sum;
}

/* A box from 40 to 60 km ahead and 10 km to each side; the place 100 km ahead. Along its corners:
 * 2 sqrt(40^2 + 10^2) + 20 = 102.462 km; along corners 330 m further out: 2 sqrt(39.67^2 + 10.33^2)
 * + 20.66 = 102.646 km. */
static void round_a_box(void **state)
{
    (void)state;
    struct vg_watchfile w = about(0, 30);
    add_box(&w, VG_ZONE_NO_FLY, 40, -10, 60, 10);
    struct vg_detour *d = detour_of(&w);
    struct vg_detour_way way;
    double lat;
    double lon;
    to_ground(0, 30, 100, 0, &lat, &lon);
    assert_non_null(d);
    assert_true(vg_detour_find(d, lat, lon, &way));
    assert_in_range(way.n, 2, 6);
    double m = length_m(&w, &way, lat, lon);
    assert_true(m > 102462 && m < 102670);
    to_ground(0, 30, 30, 40, &lat, &lon);
    assert_true(vg_detour_find(d, lat, lon, &way));
    assert_int_equal(way.n, 0);
    to_ground(0, 30, 50, 0, &lat, &lon);
    assert_false(vg_detour_find(d, lat, lon, &way));
    vg_detour_destroy(d);
    vg_watchfile_finish(&w);
}

/* Inside a fence of 50 km about the base there is no way out; beside a fence's edge there is one.
 */
static void inside_a_fence(void **state)
{
    (void)state;
    struct vg_watchfile w = about(14, -11);
    add_box(&w, VG_ZONE_GEOFENCE, -50, -50, 50, 50);
    struct vg_detour *d = detour_of(&w);
    struct vg_detour_way way;
    double lat;
    double lon;
    to_ground(14, -11, 60, 0, &lat, &lon);
    assert_false(vg_detour_find(d, lat, lon, &way));
    to_ground(14, -11, 49.95, 0, &lat, &lon);
    assert_true(vg_detour_find(d, lat, lon, &way));
    assert_int_equal(way.n, 0);
    vg_detour_destroy(d);
    vg_watchfile_finish(&w);
}

/* A base in the zone can do nothing; one just outside still finds its way. */
static void base_at_a_zone(void **state)
{
    (void)state;
    struct vg_watchfile w = about(14, -11);
    struct vg_detour *d = NULL;
    struct vg_error err = {0};
    add_box(&w, VG_ZONE_NO_FLY, -1, -1, 1, 1);
    assert_int_equal(vg_detour_create(&w, 0, REACH_M, &d, &err), VG_E_INVALID);
    assert_non_null(strstr(err.message, "Camp"));
    vg_watchfile_finish(&w);
    w = about(14, -11);
    add_box(&w, VG_ZONE_NO_FLY, 0.1, -5, 5, 5);
    d = detour_of(&w);
    struct vg_detour_way way;
    double lat;
    double lon;
    to_ground(14, -11, 20, 0, &lat, &lon);
    assert_true(vg_detour_find(d, lat, lon, &way));
    assert_true(way.n > 0);
    vg_detour_destroy(d);
    vg_watchfile_finish(&w);
}

static double between(struct vg_rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * vg_rng_unit(rng);
}

/* A star about a point that is not near the base. */
static struct ring star(struct vg_rng *rng)
{
    struct ring r = {.n = 3 + (int)vg_rng_below(rng, MAX_RING - 3)};
    double far = between(rng, 35, 120);
    double at = between(rng, 0, 2 * VG_PI);
    for (int k = 0; k < r.n; k++) {
        double a = 2 * VG_PI * k / r.n;
        double wide = between(rng, 5, 30);
        r.e_km[k] = far * cos(at) + wide * cos(a);
        r.n_km[k] = far * sin(at) + wide * sin(a);
    }
    return r;
}

static double corner_km(const struct ring *r, int k, double e, double n)
{
    int q = (k + 1) % r->n;
    double dx = r->e_km[q] - r->e_km[k];
    double dy = r->n_km[q] - r->n_km[k];
    double t = ((e - r->e_km[k]) * dx + (n - r->n_km[k]) * dy) / (dx * dx + dy * dy);
    t = fmin(1, fmax(0, t));
    return hypot(e - r->e_km[k] - t * dx, n - r->n_km[k] - t * dy);
}

/* Kilometres from a point to the ring; negative inside. */
static double clear_km(const struct ring *r, double e, double n)
{
    double least = HUGE_VAL;
    bool is_in = false;
    for (int k = 0; k < r->n; k++) {
        int q = (k + 1) % r->n;
        least = fmin(least, corner_km(r, k, e, n));
        if ((r->n_km[k] > n) != (r->n_km[q] > n) &&
            e < r->e_km[k] +
                    (n - r->n_km[k]) / (r->n_km[q] - r->n_km[k]) * (r->e_km[q] - r->e_km[k])) {
            is_in = !is_in;
        }
    }
    return is_in ? -least : least;
}

/* The least distance of a straight leg to any ring, looked at every 100 m. */
static double leg_clear_km(const struct ring *rings, int n, double e0, double n0, double e1,
                           double n1)
{
    double least = HUGE_VAL;
    int steps = 1 + (int)(hypot(e1 - e0, n1 - n0) / 0.1);
    for (int q = 0; q <= steps; q++) {
        double f = (double)q / steps;
        for (int k = 0; k < n; k++) {
            least = fmin(least, clear_km(&rings[k], e0 + f * (e1 - e0), n0 + f * (n1 - n0)));
        }
    }
    return least;
}

static void to_km(const struct vg_watchfile *w, double lat, double lon, double *e, double *n)
{
    double d;
    double az;
    vg_geo_inverse(w->bases[0].lat_deg, w->bases[0].lon_deg, lat, lon, &d, &az, NULL);
    *e = d / 1000 * sin(az * VG_RAD_PER_DEG);
    *n = d / 1000 * cos(az * VG_RAD_PER_DEG);
}

/* The way found keeps 0.28 km clear of every zone (0.3 less what a plane about the base bends
 * over 150 km and between looks), and of many random ways over one or two places that keep 0.4 km
 * clear none is shorter. */
static void no_random_way_is_shorter(void **state)
{
    (void)state;
    int n_bent = 0;
    int n_rivals = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_watchfile w = about(between(&rng, -55, 55), between(&rng, -180, 180));
        struct ring rings[MAX_ZONES];
        int n = 1 + (int)vg_rng_below(&rng, MAX_ZONES);
        for (int k = 0; k < n; k++) {
            rings[k] = star(&rng);
            add_zone(&w, VG_ZONE_NO_FLY, &rings[k]);
        }
        double e = between(&rng, -140, 140);
        double nn = between(&rng, -140, 140);
        double lat;
        double lon;
        struct vg_detour_way way;
        struct vg_detour *d = detour_of(&w);
        to_ground(w.bases[0].lat_deg, w.bases[0].lon_deg, e, nn, &lat, &lon);
        if (leg_clear_km(rings, n, e, nn, e, nn) > 0.5 && leg_clear_km(rings, n, 0, 0, 0, 0) > 1 &&
            vg_detour_find(d, lat, lon, &way)) {
            double from_e = 0;
            double from_n = 0;
            for (int k = 0; k <= way.n; k++) {
                double to_e = e;
                double to_n = nn;
                if (k < way.n) {
                    to_km(&w, way.lat_deg[k], way.lon_deg[k], &to_e, &to_n);
                }
                assert_true(leg_clear_km(rings, n, from_e, from_n, to_e, to_n) > 0.26);
                from_e = to_e;
                from_n = to_n;
            }
            double ours = length_m(&w, &way, lat, lon) / 1000;
            n_bent += way.n > 0;
            for (int q = 0; q < TRIES && way.n > 0; q++) {
                double be = between(&rng, -160, 160);
                double bn = between(&rng, -160, 160);
                bool is_two = vg_rng_below(&rng, 2) == 0;
                double ce = is_two ? between(&rng, -160, 160) : be;
                double cn = is_two ? between(&rng, -160, 160) : bn;
                double km = hypot(be, bn) + hypot(ce - be, cn - bn) + hypot(e - ce, nn - cn);
                if (km < ours * 1.5 && leg_clear_km(rings, n, 0, 0, be, bn) > 0.4 &&
                    leg_clear_km(rings, n, be, bn, ce, cn) > 0.4 &&
                    leg_clear_km(rings, n, ce, cn, e, nn) > 0.4) {
                    n_rivals++;
                    assert_true(ours < km * 1.0005);
                }
            }
        }
        vg_detour_destroy(d);
        vg_watchfile_finish(&w);
    }
    assert_true(n_bent >= 10);
    assert_true(n_rivals >= 250);
}

static struct vg_check_report check(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    struct vg_check_report report;
    struct vg_error err = {0};
    assert_int_equal(vg_check_plan(plan, w, VG_LANG_EN, &report, &err), VG_OK);
    return report;
}

static void expect_kept(const struct vg_plan *plan, const struct vg_watchfile *w)
{
    struct vg_check_report report = check(plan, w);
    if (!report.is_kept) {
        fail_msg("%s: %s", report.rule, report.violation);
    }
}

static struct vg_plan solve(const struct vg_watchfile *w)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options coarse = {.site_step_m = 1500};
    if (vg_planner_solve(w, NULL, &coarse, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

static double unreachable_m(const struct vg_plan *plan)
{
    double sum = 0;
    for (int k = 0; k < plan->n_stretches; k++) {
        sum += plan->stretches[k].is_unreachable
                   ? plan->stretches[k].to_m - plan->stretches[k].from_m
                   : 0;
    }
    return sum;
}

/* The base is 20 km east of the middle of a line of 100 km. A box between them is flown round: the
 * plan made without it is refused, the one made with it holds. A box of 10 km over the line takes
 * those 10 km out, and what is beside it is still watched. */
static void plans_keep_out(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    struct vg_plan blind = solve(&w);
    add_box(&w, VG_ZONE_NO_FLY, -15, -30, -5, 30);
    struct vg_check_report report = check(&blind, &w);
    assert_false(report.is_kept);
    assert_string_equal(report.rule, "no-fly");
    struct vg_plan plan = solve(&w);
    expect_kept(&plan, &w);
    assert_true(plan.worst_gap_s > blind.worst_gap_s);
    assert_true(unreachable_m(&plan) < 1);
    vg_plan_finish(&plan);
    add_box(&w, VG_ZONE_NO_FLY, -25, 20, -15, 30);
    plan = solve(&w);
    expect_kept(&plan, &w);
    assert_true(unreachable_m(&plan) >= 9950 && unreachable_m(&plan) < 10300);
    assert_non_null(strstr(plan.stretches[1].reason, "no-fly"));
    vg_plan_finish(&plan);
    vg_plan_finish(&blind);
    vg_watchfile_finish(&w);
}

/* A fence about the base and the southern half of the line. */
static void plans_stay_inside(void **state)
{
    (void)state;
    struct vg_watchfile w = fixture_straight(3);
    struct vg_plan blind = solve(&w);
    add_box(&w, VG_ZONE_GEOFENCE, -30, -60, 10, 10);
    struct vg_check_report report = check(&blind, &w);
    assert_false(report.is_kept);
    assert_string_equal(report.rule, "geofence");
    struct vg_plan plan = solve(&w);
    expect_kept(&plan, &w);
    assert_true(unreachable_m(&plan) >= 39950 && unreachable_m(&plan) < 40300);
    vg_plan_finish(&plan);
    vg_plan_finish(&blind);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_a_box),    cmocka_unit_test(inside_a_fence),
        cmocka_unit_test(base_at_a_zone), cmocka_unit_test(no_random_way_is_shorter),
        cmocka_unit_test(plans_keep_out), cmocka_unit_test(plans_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
