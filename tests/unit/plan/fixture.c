#include "fixture.h"

#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/planner.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROOM = 48
};

static double *copy(const double *x, int n)
{
    double *out = malloc((size_t)n * sizeof *out);
    memcpy(out, x, (size_t)n * sizeof *out);
    return out;
}

static void set_line(struct vg_line *line, const double *lat_deg, const double *lon_deg, int n)
{
    vg_format(line->name, sizeof line->name, "border");
    line->n = n;
    line->lat_deg = copy(lat_deg, n);
    line->lon_deg = copy(lon_deg, n);
    line->s_m = calloc((size_t)n, sizeof *line->s_m);
    for (int i = 1; i < n; i++) {
        line->s_m[i] = line->s_m[i - 1] +
                       vg_geo_distance_m(lat_deg[i - 1], lon_deg[i - 1], lat_deg[i], lon_deg[i]);
    }
    line->length_m = line->s_m[n - 1];
    line->is_closed = lat_deg[0] >= lat_deg[n - 1] && lat_deg[0] <= lat_deg[n - 1] &&
                      lon_deg[0] >= lon_deg[n - 1] && lon_deg[0] <= lon_deg[n - 1];
}

struct vg_watchfile fixture_watch(const double *lat_deg, const double *lon_deg, int n)
{
    struct vg_watchfile w = {.revisit_s = 14400, .depth_m = 2000, .seen_share = 0.9};
    vg_format(w.name, sizeof w.name, "test");
    w.network.lines = calloc(1, sizeof *w.network.lines);
    w.network.n_lines = 1;
    set_line(&w.network.lines[0], lat_deg, lon_deg, n);
    w.network.stretches = calloc(ROOM, sizeof *w.network.stretches);
    w.network.n_stretches = 1;
    w.network.stretches[0] = (struct vg_stretch){
        .id = "S1", .to_m = w.network.lines[0].length_m, .revisit_s = 14400, .depth_m = 2000};
    w.bases = calloc(ROOM, sizeof *w.bases);
    w.drones = calloc(ROOM, sizeof *w.drones);
    w.cameras = calloc(1, sizeof *w.cameras);
    w.types = calloc(1, sizeof *w.types);
    w.n_types = 1;
    w.types[0] = (struct vg_wf_type){.name = "long-wing",
                                     .cruise_mps = 25,
                                     .endurance_s = 18000,
                                     .reserve = 0.15,
                                     .turnaround_s = 2700,
                                     .climb_mps = 3,
                                     .sink_mps = 3,
                                     .agl_m = 300,
                                     .camera = -1};
    return w;
}

void fixture_base(struct vg_watchfile *w, const char *name, double lat_deg, double lon_deg,
                  int pads)
{
    struct vg_wf_base *b = &w->bases[w->n_bases++];
    vg_format(b->name, sizeof b->name, "%s", name);
    b->lat_deg = lat_deg;
    b->lon_deg = lon_deg;
    b->pads = pads;
}

void fixture_drones(struct vg_watchfile *w, int base, int n)
{
    for (int k = 0; k < n; k++) {
        struct vg_wf_drone *d = &w->drones[w->n_drones];
        vg_format(d->id, sizeof d->id, "V%d", ++w->n_drones);
        d->base = base;
    }
}

void fixture_camera(struct vg_watchfile *w)
{
    w->cameras[0] = (struct vg_wf_camera){.name = "ahead",
                                          .width_px = 1920,
                                          .height_px = 1080,
                                          .hfov_min_deg = 90,
                                          .hfov_max_deg = 90,
                                          .gimbal = VG_GIMBAL_3AXIS,
                                          .max_gsd_m = 100,
                                          .max_range_m = 20000};
    w->n_cameras = 1;
    for (int t = 0; t < w->n_types; t++) {
        w->types[t].camera = 0;
    }
}

struct vg_watchfile fixture_straight(int n_drones)
{
    double lat[3] = {10, 0, 0};
    double lon[3] = {0, 0, 0};
    double base_lat, base_lon;
    vg_geo_direct(10, 0, 0, 50000, &lat[1], &lon[1]);
    vg_geo_direct(10, 0, 0, 100000, &lat[2], &lon[2]);
    vg_geo_direct(lat[1], lon[1], 90, 20000, &base_lat, &base_lon);
    struct vg_watchfile w = fixture_watch(lat, lon, 3);
    fixture_base(&w, "Camp", base_lat, base_lon, 2);
    fixture_drones(&w, 0, n_drones);
    return w;
}

static double between(struct vg_rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * vg_rng_unit(rng);
}

/* Points every 300 m to 2 km with a heading that wanders; a ring turns as it goes and comes back to
 * its start. */
static int wander(struct vg_rng *rng, bool is_ring, double length_m, double *lat, double *lon,
                  int cap)
{
    double heading = between(rng, 0, 360);
    lat[0] = between(rng, -55, 55);
    lon[0] = vg_rng_below(rng, 5) == 0 ? 179.5 : between(rng, -180, 180);
    int n = 1;
    for (double s = 0; s < length_m && n < cap - 1; n++) {
        double step = between(rng, 300, 2000);
        s += step;
        double wiggle = (is_ring ? 10 : 25) * vg_rng_normal(rng);
        double way = is_ring ? heading + 360 * s / length_m : (heading += wiggle * 0.3);
        vg_geo_direct(lat[n - 1], lon[n - 1], vg_wrap_360_deg(way + wiggle), step, &lat[n],
                      &lon[n]);
    }
    if (is_ring) {
        lat[n] = lat[0];
        lon[n++] = lon[0];
    }
    return n;
}

/* The second half of the line becomes a line of its own; what lies between them is not watched. */
static void split_line(struct vg_watchfile *w)
{
    struct vg_line *all = w->network.lines;
    struct vg_line *two = calloc(2, sizeof *two);
    int half = all->n / 2;
    set_line(&two[0], all->lat_deg, all->lon_deg, half);
    set_line(&two[1], all->lat_deg + half, all->lon_deg + half, all->n - half);
    vg_format(two[1].name, sizeof two[1].name, "coast");
    free(all->lat_deg);
    free(all->lon_deg);
    free(all->s_m);
    free(all);
    w->network.lines = two;
    w->network.n_lines = 2;
    w->network.n_stretches = 2;
    w->network.stretches[0].to_m = two[0].length_m;
    w->network.stretches[1] = (struct vg_stretch){
        .id = "S2", .line = 1, .to_m = two[1].length_m, .revisit_s = 14400, .depth_m = 1000};
}

static void cut_stretches(struct vg_rng *rng, struct vg_watchfile *w)
{
    int n = 2 + (int)vg_rng_below(rng, 4);
    double length_m = w->network.lines[0].length_m;
    for (int k = 0; k < n; k++) {
        struct vg_stretch *st = &w->network.stretches[k];
        *st = (struct vg_stretch){
            .from_m = length_m * k / n, .to_m = length_m * (k + 1) / n, .depth_m = 2000};
        vg_format(st->id, sizeof st->id, "S%d", k + 1);
        st->revisit_s = 7200.0 * (double)(UINT64_C(1) << vg_rng_below(rng, 3));
    }
    w->network.n_stretches = n;
}

struct vg_watchfile fixture_random(uint64_t seed)
{
    enum {
        CAP = 2000
    };
    static const char *const NAMES[] = {"Ada", "Bor", "Cir", "Dun"};
    struct vg_rng rng = vg_rng_seed(seed);
    double *lat = malloc(CAP * sizeof *lat);
    double *lon = malloc(CAP * sizeof *lon);
    bool is_ring = vg_rng_below(&rng, 5) == 0;
    int n = wander(&rng, is_ring, between(&rng, 60e3, 300e3), lat, lon, CAP);
    struct vg_watchfile w = fixture_watch(lat, lon, n);
    struct vg_wf_type *t = &w.types[0];
    t->cruise_mps = between(&rng, 15, 30);
    t->endurance_s = between(&rng, 2, 7) * 3600;
    t->turnaround_s = between(&rng, 5, 60) * 60;
    t->agl_m = between(&rng, 100, 400);
    w.wind_mps = vg_rng_below(&rng, 2) ? between(&rng, 0, 0.6) * t->cruise_mps : 0;
    w.wind_from_deg = between(&rng, 0, 360);
    if (vg_rng_below(&rng, 2)) {
        w.cameras[0] = (struct vg_wf_camera){.name = "eye",
                                             .width_px = 1920,
                                             .height_px = 1080,
                                             .hfov_min_deg = 6,
                                             .hfov_max_deg = 60,
                                             .gimbal = VG_GIMBAL_3AXIS,
                                             .max_gsd_m = 2.5,
                                             .max_range_m = 8000};
        w.n_cameras = 1;
        t->camera = 0;
    }
    int n_bases = 1 + (int)vg_rng_below(&rng, 4);
    for (int b = 0; b < n_bases; b++) {
        int at = (int)vg_rng_below(&rng, (uint64_t)n);
        double base_lat, base_lon;
        /* One draw a statement: arguments are evaluated in no given order. */
        double azimuth_deg = between(&rng, 0, 360);
        double beside_m = between(&rng, 0, 30e3);
        vg_geo_direct(lat[at], lon[at], azimuth_deg, beside_m, &base_lat, &base_lon);
        fixture_base(&w, NAMES[b], base_lat, base_lon, 1 + (int)vg_rng_below(&rng, 3));
        fixture_drones(&w, b, 1 + (int)vg_rng_below(&rng, 4));
    }
    if (vg_rng_below(&rng, 3) == 0) {
        cut_stretches(&rng, &w);
    } else if (vg_rng_below(&rng, 4) == 0 && n > 20) {
        split_line(&w);
    }
    free(lat);
    free(lon);
    return w;
}

struct vg_plan fixture_plan(const struct vg_watchfile *w, const struct vg_terrain *terrain,
                            double site_step_m)
{
    struct vg_plan plan = {0};
    struct vg_error err = {0};
    const struct vg_planner_options options = {.site_step_m = site_step_m};
    if (vg_planner_solve(w, terrain, &options, &plan, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

void fixture_expect(const struct vg_plan *plan, const struct vg_watchfile *w,
                    const struct vg_terrain *terrain, const char *rule)
{
    struct vg_check_report report;
    struct vg_error err = {0};
    assert_int_equal(vg_check_plan_over(plan, w, terrain, VG_LANG_EN, &report, &err), VG_OK);
    if (strcmp(report.rule, rule) != 0) {
        fail_msg("\"%s\" instead of \"%s\": %s", report.rule, rule, report.violation);
    }
}
