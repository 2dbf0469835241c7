/* What is planned is what is flown: sorties over random ridges, each flown by the simulated drone
 * from its own mission, land with what the plan leaves. */
#include "base/rng.h"
#include "fixture.h"
#include "fly/route.h"
#include "sim/pilot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    N = 281, /* 1.4 degrees in cells of 0.005: the straight fixture and its base lie inside */
    WAVES = 3,
    SEEDS = 24,
    LONGEST_S = 30000
};
static const double NORTH_DEG = 11.1;
static const double WEST_DEG = -0.7;
static const double CELL_DEG = 0.005;

/* What lands has at most so much less than planned, and so much more: the landing circuit is
 * planned long, and so is each descent. */
static const double LESS_S = 10;
static const double MORE_S = 60;

/* That of the fixture. It lies in a basin of 3 km, whose descents hardly pay; test_depart.c has
 * steep hills beside it. */
static const double BASE[2] = {10.45, 0.183};

struct ridges {
    double height_m;
    double k[WAVES][2];
    double phase[WAVES];
};

static double ridge_m(const struct ridges *r, double lat, double lon)
{
    double sum = 0;
    for (int i = 0; i < WAVES; i++) {
        sum += sin(r->k[i][0] * lat + r->k[i][1] * lon + r->phase[i]) / WAVES;
    }
    double off_m = hypot(lat - BASE[0], lon - BASE[1]) * 111000;
    return 300 + r->height_m * (1 + sum) / 2 * fmin(1, fmax(0, off_m / 8000 - 0.4));
}

static struct vg_terrain *make_terrain(const struct ridges *r)
{
    float *h = malloc((size_t)N * N * sizeof *h);
    struct vg_terrain *out = NULL;
    struct vg_error err = {0};
    assert_non_null(h);
    for (int y = 0; y < N; y++) {
        for (int x = 0; x < N; x++) {
            h[y * N + x] = (float)ridge_m(r, NORTH_DEG - CELL_DEG * y, WEST_DEG + CELL_DEG * x);
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

/* The charge on the ground after the sortie's mission. */
static double fly(const struct vg_watchfile *w, const struct vg_terrain *terrain,
                  const struct vg_plan_sortie *so)
{
    const struct vg_wf_type *t = &w->types[0];
    const struct vg_wf_base *b = &w->bases[0];
    struct vg_pilot_config c = {.flight = {.lat_deg = b->lat_deg,
                                           .lon_deg = b->lon_deg,
                                           .heading_true_deg = w->wind_from_deg,
                                           .cruise_mps = t->cruise_mps,
                                           .climb_mps = t->climb_mps,
                                           .sink_mps = t->sink_mps > 0 ? t->sink_mps : t->climb_mps,
                                           .endurance_s = t->endurance_s,
                                           .climbing = vg_climbing_of(t),
                                           .wind_from_deg = w->wind_from_deg,
                                           .wind_mps = w->wind_mps,
                                           .seed = 1},
                                .terrain = terrain,
                                .turnaround_s = 2700};
    static struct vg_mission_item items[VG_MISSION_ITEMS_MAX];
    struct vg_route_options options = {.autopilot = 3, .ground = {ground_m, terrain}};
    struct vg_error err = {0};
    struct vg_pilot pilot;
    int n = 0;
    vg_pilot_init(&pilot, &c, vg_us(0));
    if (vg_route_build(so, w, &options, items, &n, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    vg_pilot_step(&pilot, vg_us_from_s(21));
    vg_pilot_set_mission(&pilot, items, n);
    assert_null(vg_pilot_arm(&pilot, false));
    assert_null(vg_pilot_set_mode(&pilot, VG_PLANE_MODE_AUTO));
    for (int s = 22; s < LONGEST_S && pilot.is_armed; s++) {
        vg_pilot_step(&pilot, vg_us_from_s(s));
    }
    assert_false(pilot.is_armed);
    assert_int_equal(pilot.flight.phase, VG_FLIGHT_PARKED);
    return pilot.flight.energy;
}

static struct ridges draw_ridges(struct vg_rng *rng, double height_m)
{
    struct ridges r = {.height_m = height_m};
    for (int i = 0; i < WAVES; i++) {
        r.k[i][0] = 200 * (vg_rng_unit(rng) - 0.5);
        r.k[i][1] = 200 * (vg_rng_unit(rng) - 0.5);
        r.phase[i] = 6.28 * vg_rng_unit(rng);
    }
    return r;
}

static struct vg_watchfile draw_watch(struct vg_rng *rng, bool is_windy)
{
    struct vg_watchfile w = fixture_straight(2);
    fixture_camera(&w);
    struct vg_wf_type *t = &w.types[0];
    t->cruise_mps = 15 + 12 * vg_rng_unit(rng);
    t->agl_m = 120;
    t->floor_m = 60;
    t->endurance_s = (70000 + 120000 * vg_rng_unit(rng)) / t->cruise_mps;
    w.wind_mps = is_windy ? 4 : 0;
    w.wind_from_deg = 360 * vg_rng_unit(rng);
    return w;
}

/* Each sortie of the first drone (the other flies the same). *io_climbs_s: the most that any was
 * planned to take beside its time. */
static void fly_all(const struct vg_watchfile *w, const struct vg_terrain *terrain, int seed,
                    double *io_climbs_s)
{
    const struct vg_wf_type *t = &w->types[0];
    struct vg_plan plan = fixture_plan(w, terrain, 1500);
    fixture_expect(&plan, w, terrain, "");
    for (int k = 0; k < plan.n_sorties; k++) {
        const struct vg_plan_sortie *so = &plan.sorties[k];
        if (strcmp(so->drone, w->drones[0].id) != 0) {
            continue;
        }
        double planned_s = so->energy * t->endurance_s;
        double flown_s = (1 - fly(w, terrain, so)) * t->endurance_s;
        *io_climbs_s = fmax(*io_climbs_s,
                            planned_s - (so->land_s - so->takeoff_s) - 2400 / t->cruise_mps - 30);
        if (flown_s > planned_s + LESS_S || flown_s < planned_s - MORE_S) {
            fail_msg("seed %d: sortie %s is planned with %.0f s of cruise and takes %.0f", seed,
                     so->id, planned_s, flown_s);
        }
    }
    vg_plan_finish(&plan);
}

static void lands_with_what_was_planned(void **state)
{
    (void)state;
    double climbs_s = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
        struct vg_rng rng = vg_rng_seed((uint64_t)seed);
        struct ridges r = draw_ridges(&rng, seed == 1 ? 0 : 200 + 700 * vg_rng_unit(&rng));
        struct vg_terrain *terrain = make_terrain(&r);
        struct vg_watchfile w = draw_watch(&rng, seed % 3 != 0);
        fly_all(&w, terrain, seed, &climbs_s);
        vg_terrain_destroy(terrain);
        vg_watchfile_finish(&w);
    }
    assert_true(climbs_s > 300); /* else nothing was tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lands_with_what_was_planned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
