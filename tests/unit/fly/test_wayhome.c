/* The flight home against one that is flown second by second: heading into the wind found by trying
 * them all, climb first, level, down at the sink rate, a landing circuit. */
#include "base/rng.h"
#include "base/units.h"
#include "fly/drain.h"
#include "fly/wayhome.h"
#include "geo/geodesy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char WATCH[] =
    "name: Home\n"
    "line: {points: [[46.0, 7.0], [46.0, 7.2]], revisit: 2h, depth: 500m}\n"
    "zones: z.geojson\n"
    "bases:\n"
    "  - {name: A, at: [46.0, 7.0]}\n"
    "cameras: {eo: {pixels: [640, 480], hfov: 60deg}}\n"
    "types:\n"
    "  wing: {cruise: 20 m/s, endurance: 2h, climb: 3 m/s, sink: 2 m/s, agl: 150m}\n"
    "  rotor: {kind: copter, cruise: 12 m/s, endurance: 40min, climb: 4 m/s, sink: 3 m/s, agl: "
    "100m}\n"
    "drones: [{id: H1, type: wing}]\n"
    "wind: {from: 60deg, speed: 3 m/s}\n";

/* A wall to the north-east of the base, 4 km off: from 1 km west of it to 12 km east. */
static const char ZONES[] =
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":"
    "\"Wall\",\"kind\":\"no-fly\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[6.987,46."
    "036],[7.155,46.036],[7.155,46.05],[6.987,46.05],[6.987,46.036]]]}}]}";

static enum vg_status read_zones(const char *path, size_t max_bytes, struct vg_buf *out,
                                 struct vg_error *err)
{
    (void)path;
    (void)max_bytes;
    (void)err;
    vg_buf_puts(out, ZONES);
    return VG_OK;
}

/* A ridge, 900 m, across the north at 46.02 to 46.03; else 400 m. */
static double ridge_m(const void *ctx, double lat_deg, double lon_deg)
{
    (void)ctx;
    (void)lon_deg;
    return lat_deg > 46.02 && lat_deg < 46.03 ? 900 : 400;
}

struct home {
    struct vg_watchfile watch;
    struct vg_detour *detours[1];
    struct vg_land land;
};

static void open_home(struct home *self)
{
    struct vg_error err = {0};
    memset(self, 0, sizeof *self);
    if (vg_watchfile_parse(WATCH, sizeof WATCH - 1, "home.yaml", read_zones, &self->watch, &err) !=
        VG_OK) {
        fail_msg("%s:%d:%d %s", err.place, err.line, err.column, err.message);
    }
    assert_int_equal(vg_detour_create(&self->watch, 0, 1e6, &self->detours[0], &err), VG_OK);
    self->land = (struct vg_land){&self->watch, self->detours, {ridge_m, NULL}};
}

static void close_home(struct home *self)
{
    vg_detour_destroy(self->detours[0]);
    vg_watchfile_finish(&self->watch);
}

/* Fly from one place to another, one second at a time; the heading of 3,600 that brings it best. */
static double fly_slowly_s(double airspeed_mps, const double wind_ne[2], double at[2],
                           const double to[2])
{
    double t_s = 0;
    for (;;) {
        const struct vg_frame f = vg_frame_at(at[0], at[1]);
        double e;
        double n;
        vg_frame_to_en(&f, to[0], to[1], &e, &n);
        double left_m = hypot(e, n);
        double best_mps = -(double)INFINITY;
        double best_v[2] = {0, 0};
        for (int h = 0; h < 3600 && left_m > 0; h++) {
            double a = h * VG_PI / 1800;
            double v[2] = {airspeed_mps * cos(a) + wind_ne[0], airspeed_mps * sin(a) + wind_ne[1]};
            double toward = (v[0] * n + v[1] * e) / left_m;
            double off = fabs(v[1] * n - v[0] * e) / left_m;
            if (off < 0.05 && toward > best_mps) {
                best_mps = toward;
                best_v[0] = v[0];
                best_v[1] = v[1];
            }
        }
        if (left_m < 1 || best_mps <= 0) {
            return left_m < 1 ? t_s : (double)INFINITY;
        }
        double dt_s = fmin(1, left_m / best_mps);
        vg_frame_to_latlon(&f, best_v[1] * dt_s, best_v[0] * dt_s, &at[0], &at[1]);
        t_s += dt_s;
    }
}

static double slow_s(const struct home *h, const struct vg_wf_type *t, const struct vg_here *here,
                     const struct vg_wayhome *way, double *out_energy_s)
{
    double at[2] = {here->lat_deg, here->lon_deg};
    double alt_m = here->alt_msl_m;
    double t_s = 0;
    double dear_s = 0;
    while (alt_m < way->top_msl_m) { /* up first, a tenth of a second at a time */
        alt_m += 0.1 * t->climb_mps;
        t_s += 0.1;
        dear_s += 0.1 * t->climb_mps * 10 / t->cruise_mps; /* h (L/D) / v */
    }
    for (int i = 0; i <= way->corners.n; i++) {
        const double to[2] = {
            i < way->corners.n ? way->corners.lat_deg[i] : h->watch.bases[0].lat_deg,
            i < way->corners.n ? way->corners.lon_deg[i] : h->watch.bases[0].lon_deg};
        t_s += fly_slowly_s(t->cruise_mps, here->wind_ne_mps, at, to);
    }
    while (alt_m > 400 + 60) {
        alt_m -= 0.1 * t->sink_mps;
        t_s += 0.1;
    }
    t_s += 2400 / t->cruise_mps + 30;
    *out_energy_s = t_s + dear_s;
    return t_s;
}

static void agrees_with_a_slow_flight(void **state)
{
    (void)state;
    struct home h;
    open_home(&h);
    const struct vg_wf_type *wing = &h.watch.types[0];
    int n_round = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_here here = {.alt_msl_m = 600 + 600 * vg_rng_unit(&rng)};
        vg_geo_direct(46, 7, 360 * vg_rng_unit(&rng), 1000 + 14000 * vg_rng_unit(&rng),
                      &here.lat_deg, &here.lon_deg);
        double from = 2 * VG_PI * vg_rng_unit(&rng);
        double mps = 14 * vg_rng_unit(&rng);
        here.wind_ne_mps[0] = -mps * cos(from);
        here.wind_ne_mps[1] = -mps * sin(from);
        struct vg_wayhome way = vg_wayhome_find(&h.land, 0, wing, &here);
        if (!way.is_reachable) { /* only inside the wall */
            assert_true(here.lat_deg > 46.03 && here.lat_deg < 46.056);
            continue;
        }
        double energy_s;
        double t_s = slow_s(&h, wing, &here, &way, &energy_s);
        assert_float_equal(way.time_s, t_s, (0.003 * t_s + 2));
        assert_float_equal(way.energy_s, energy_s, (0.003 * energy_s + 2));
        n_round += way.corners.n > 0;
        bool is_behind = here.lat_deg > 46.031;
        assert_true(!is_behind || way.top_msl_m == 900 + wing->floor_m);
    }
    assert_true(n_round >= 2); /* some go round the wall */
    close_home(&h);
}

static void a_gale_makes_it_unreachable(void **state)
{
    (void)state;
    struct home h;
    open_home(&h);
    struct vg_here here = {45.9, 7.0, 700, {-19.5, 0}}; /* 11 km south, the wind from the north */
    struct vg_wayhome way = vg_wayhome_find(&h.land, 0, &h.watch.types[0], &here);
    assert_false(way.is_reachable);
    here.wind_ne_mps[0] = -10;
    way = vg_wayhome_find(&h.land, 0, &h.watch.types[0], &here);
    assert_true(way.is_reachable); /* 11,117 m at 10 m/s, 240 m of height at 2 m/s, 120 + 30 s */
    assert_float_equal(way.time_s, (1111.7 + 120 + 150), 3);
    here.wind_ne_mps[0] = 0; /* a rotor: 11,117 m at 12 m/s, 300 m at 3 m/s, 60 s */
    way = vg_wayhome_find(&h.land, 0, &h.watch.types[1], &here);
    assert_float_equal(way.time_s, (926.4 + 100 + 60), 3);
    close_home(&h);
}

/* A battery that falls 1 % in 60 s of work, told in whole percent; climbs and descents in between.
 */
static void drain_is_measured_over_work(void **state)
{
    (void)state;
    struct vg_wf_type wing = {.cruise_mps = 20, .climb_mps = 3, .endurance_s = 7200};
    struct vg_drain d = {0};
    double share = 1;
    double alt_m = 500;
    bool is_measured;
    for (int t = 0; t < 900; t++) {
        double climb_mps = t % 200 < 100 ? 1.5 : -1.5;
        alt_m += climb_mps;
        share -= fmax(0.1, 1 + climb_mps * 10 / 20) / 6000;
        vg_drain_feed(&d, &wing, round(share * 100) / 100, alt_m, vg_us((int64_t)t * 1000000));
        double rate = vg_drain_rate(&d, 1.0 / 7200, &is_measured);
        if (t < 100) {
            assert_false(is_measured);
            assert_true(rate == 1.0 / 7200);
        }
    }
    assert_true(is_measured);
    double rate = vg_drain_rate(&d, 1.0 / 7200, &is_measured);
    assert_true(fabs(rate * 6000 - 1) < 0.04);
    vg_drain_feed(&d, &wing, 1, alt_m, vg_us(901000000)); /* a fresh battery */
    vg_drain_rate(&d, 1.0 / 7200, &is_measured);
    assert_false(is_measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_slow_flight),
        cmocka_unit_test(a_gale_makes_it_unreachable),
        cmocka_unit_test(drain_is_measured_over_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
