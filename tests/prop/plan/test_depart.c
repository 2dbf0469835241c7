/* A base in a narrow valley with ridges 600 m above it: each sortie, flown by the simulated drone
 * from its own mission, keeps its type's floor from take-off to landing, but beside the base. */
#include "fixture.h"
#include "fly/route.h"
#include "geo/geodesy.h"
#include "sim/pilot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    N = 701, /* 1.4 degrees in cells of 0.002 */
    LONGEST_S = 30000
};
static const double NORTH_DEG = 11.1;
static const double WEST_DEG = -0.7;
static const double CELL_DEG = 0.002;
static const double BASE[2] = {10.45, 0.183}; /* of the fixture */
static const double VALLEY_M = 300;
static const double HALF_WIDTH_M = 600; /* of the flat bottom; runs north and south */
static const double SLOPE_M = 900; /* from its edge to the ridge */
static const double RIDGE_M = 600; /* over the bottom */
/* Take-off, landing and the circles beside them, over the bottom: out to the approach and round it
 * (approach.h). */
static const double FIELD_M = 1700;
static const double FLOOR_M = 60;

static double valley_m(double lon)
{
    double off_m = fabs(lon - BASE[1]) * 109000;
    double up = (off_m - HALF_WIDTH_M) / SLOPE_M;
    return VALLEY_M + RIDGE_M * fmin(1, fmax(0, up));
}

static struct vg_terrain *make_terrain(void)
{
    float *h = malloc((size_t)N * N * sizeof *h);
    struct vg_terrain *out = NULL;
    struct vg_error err = {0};
    assert_non_null(h);
    for (int y = 0; y < N; y++) {
        for (int x = 0; x < N; x++) {
            h[y * N + x] = (float)valley_m(WEST_DEG + CELL_DEG * x);
        }
    }
    if (vg_terrain_from_array(h, N, N, NORTH_DEG, WEST_DEG, CELL_DEG, CELL_DEG, &out, &err) !=
        VG_OK) {
        fail_msg("%s", err.message);
    }
    free(h);
    return out;
}

static double ground_m(const void *ctx, double lat_deg, double lon_deg)
{
    return vg_terrain_height_msl_m(ctx, lat_deg, lon_deg);
}

static void start(struct vg_pilot *out, const struct vg_watchfile *w,
                  const struct vg_terrain *terrain)
{
    const struct vg_wf_type *t = &w->types[0];
    struct vg_pilot_config c = {.flight = {.lat_deg = w->bases[0].lat_deg,
                                           .lon_deg = w->bases[0].lon_deg,
                                           .heading_true_deg = 0, /* along the valley */
                                           .cruise_mps = t->cruise_mps,
                                           .climb_mps = t->climb_mps,
                                           .sink_mps = t->climb_mps,
                                           .endurance_s = t->endurance_s,
                                           .climbing = vg_climbing_of(t),
                                           .seed = 1},
                                .terrain = terrain,
                                .hovers = t->kind != VG_KIND_PLANE,
                                .turnaround_s = 2700};
    vg_pilot_init(out, &c, vg_us(0));
    vg_pilot_step(out, vg_us_from_s(21));
}

/* The slopes are no take-off area, however near to the base. */
static double least_m(const struct vg_watchfile *w, const struct vg_flight *f)
{
    const struct vg_wf_base *b = &w->bases[0];
    double off_m = vg_geo_distance_m(f->lat_deg, f->lon_deg, b->lat_deg, b->lon_deg);
    bool is_field = off_m < FIELD_M && valley_m(f->lon_deg) <= VALLEY_M;
    return is_field ? 0 : FLOOR_M;
}

static void fly(const struct vg_watchfile *w, const struct vg_terrain *terrain,
                const struct vg_plan_sortie *so)
{
    static struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    struct vg_route_options options = {.autopilot = 3, .ground = {ground_m, terrain}};
    struct vg_error err = {0};
    struct vg_pilot pilot;
    int n = 0;
    start(&pilot, w, terrain);
    if (vg_route_build(so, w, &options, items, &n, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    vg_pilot_set_mission(&pilot, items, n);
    assert_null(vg_pilot_arm(&pilot, false));
    assert_null(vg_pilot_set_mode(&pilot, VG_PLANE_MODE_AUTO));
    for (int s = 22; s < LONGEST_S && pilot.is_armed; s++) {
        vg_pilot_step(&pilot, vg_us_from_s(s));
        const struct vg_flight *f = &pilot.flight;
        double agl_m = f->alt_msl_m - ground_m(terrain, f->lat_deg, f->lon_deg);
        if (f->phase == VG_FLIGHT_CRASHED || agl_m < least_m(w, f) - 1) {
            fail_msg("kind %d, sortie %s, %d s, item %d of %d: %.0f m over the ground at %.4f, "
                     "%.4f%s",
                     (int)w->types[0].kind, so->id, s, (int)pilot.current, n, agl_m, f->lat_deg,
                     f->lon_deg, f->phase == VG_FLIGHT_CRASHED ? ": crashed" : "");
        }
    }
    assert_int_equal(pilot.flight.phase, VG_FLIGHT_PARKED);
    assert_false(pilot.is_armed);
}

static void fly_kind(enum vg_kind kind)
{
    struct vg_terrain *terrain = make_terrain();
    struct vg_watchfile w = fixture_straight(1);
    fixture_camera(&w);
    w.types[0].kind = kind;
    w.types[0].cruise_mps = kind == VG_KIND_COPTER ? 16 : 22;
    w.types[0].agl_m = 120;
    w.types[0].floor_m = FLOOR_M;
    w.types[0].endurance_s = 8000;
    struct vg_plan plan = fixture_plan(&w, terrain, 1500);
    fixture_expect(&plan, &w, terrain, "");
    for (int k = 0; k < plan.n_sorties; k++) {
        fly(&w, terrain, &plan.sorties[k]);
    }
    assert_true(plan.n_sorties > 0);
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
    vg_terrain_destroy(terrain);
}

/* Through the slopes at the valley's own height: refused where no floor is asked for, too. */
static void ground_is_a_floor(void **state)
{
    (void)state;
    struct vg_terrain *terrain = make_terrain();
    struct vg_watchfile w = fixture_straight(1);
    w.types[0].agl_m = 120;
    struct vg_plan plan = fixture_plan(&w, terrain, 1500);
    struct vg_plan_sortie *so = &plan.sorties[0];
    fixture_expect(&plan, &w, terrain, "");
    for (int k = 1; k + 1 < so->n_track; k++) {
        so->track[k].alt_msl_m -= 400;
    }
    fixture_expect(&plan, &w, terrain, "floor");
    vg_plan_finish(&plan);
    vg_watchfile_finish(&w);
    vg_terrain_destroy(terrain);
}

static void planes_climb_before_they_leave(void **state)
{
    (void)state;
    fly_kind(VG_KIND_PLANE);
}

static void quadplanes_too(void **state)
{
    (void)state;
    fly_kind(VG_KIND_QUADPLANE);
}

static void copters_go_straight_up(void **state)
{
    (void)state;
    fly_kind(VG_KIND_COPTER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes_climb_before_they_leave),
        cmocka_unit_test(quadplanes_too),
        cmocka_unit_test(copters_go_straight_up),
        cmocka_unit_test(ground_is_a_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
