/* What a simulated camera reports: errors as they say, chances as they should be, nothing through
 * hills, and the same again for the same seed. */
#include "sim/eye.h"

#include "geo/geodesy.h"
#include "terrain/grade.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    LOOKS = 1500
};

/* 10 km of line due north along 11.36 W, 300 m to each side. */
static const char *const WATCH =
    "name: T\nline: {points: [[14.50, -11.36], [14.59, -11.36]], revisit: 1h, depth: 300m}\n"
    "bases:\n  - {name: Camp, at: [14.490, -11.370]}\n"
    "cameras:\n  eo: {pixels: [1920, 1080], hfov: [6deg, 60deg], gimbal: 3-axis}\n"
    "types:\n  small: {cruise: 20 m/s, endurance: 90min, camera: eo, agl: 120m}\n"
    "drones:\n  - {id: P1, type: small, base: Camp}\n";

static enum vg_status no_file(const char *path, size_t max, struct vg_buf *out,
                              struct vg_error *err)
{
    (void)max, (void)out;
    return vg_fail(err, VG_E_IO, "%s", path);
}

struct scene {
    struct vg_watchfile watch;
    struct vg_terrain *terrain;
    struct vg_eye eye;
};

static void open_scene(struct scene *s)
{
    struct vg_error err = {0};
    *s = (struct scene){0};
    assert_int_equal(vg_watchfile_parse(WATCH, strlen(WATCH), "t.yaml", no_file, &s->watch, &err),
                     VG_OK);
    assert_int_equal(vg_terrain_open(NULL, 0, &s->terrain, &err), VG_OK);
    s->eye = vg_eye_defaults(&s->watch, s->terrain, 3);
}

static void close_scene(struct scene *s)
{
    vg_terrain_destroy(s->terrain);
    vg_watchfile_finish(&s->watch);
}

/* One party on the ground, and the camera 400 m away from its first object, 120 m up, looking at
 * it. */
static struct vg_eye_look look_at(const struct vg_intruders *on, double t_s)
{
    const struct vg_intruder *o = vg_intruders_at(on, 0);
    struct vg_eye_look look = {
        .drone = "P1", .t = vg_us((int64_t)(t_s * 1e6)), .limits = {8000, 2.5, 1920, 0}};
    look.pose = (struct vg_camera_pose){.alt_msl_m = 120,
                                        .yaw_true_deg = 60,
                                        .pitch_deg = -16.7, /* atan(120 / 400) */
                                        .hfov_deg = 60,
                                        .vfov_deg = 36};
    vg_geo_direct(o->lat_deg, o->lon_deg, 240, 400, &look.pose.lat_deg, &look.pose.lon_deg);
    return look;
}

static json_t *report(const struct vg_eye *eye, const struct vg_eye_look *look,
                      const struct vg_intruders *on)
{
    struct vg_buf b = {0};
    assert_true(vg_eye_report(eye, look, on, &b));
    assert_int_equal(b.data[b.n - 1], '\n');
    json_t *doc = json_loads(b.data, 0, NULL);
    assert_non_null(doc);
    vg_buf_finish(&b);
    return doc;
}

static double number(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

/* Squared distance of a detection from the truth by the covariance that it comes with: chi squared
 * with two degrees of freedom, mean 2, 95 % under 5.99. */
static void errors_are_as_they_say_and_the_chance_is_as_it_should_be(void **state)
{
    (void)state;
    struct scene s;
    struct vg_error err = {0};
    struct vg_intruders *on;
    open_scene(&s);
    s.eye.false_per_km2 = 0;
    assert_int_equal(vg_intruders_create(&s.watch, 1, 11, vg_us(0), &on, &err), VG_OK);
    const struct vg_intruder *o = vg_intruders_at(on, 0);
    struct vg_frame frame = vg_frame_at(o->lat_deg, o->lon_deg);
    double sum = 0;
    int n = 0;
    int n_inside = 0;
    int n_hit = 0;
    for (int i = 0; i < LOOKS; i++) {
        struct vg_eye_look look = look_at(on, 100 + i);
        json_t *doc = report(&s.eye, &look, on);
        const json_t *list = json_object_get(doc, "detections");
        double nearest = 1e9;
        for (size_t k = 0; k < json_array_size(list); k++) {
            const json_t *d = json_array_get(list, k);
            const json_t *c = json_object_get(d, "cov");
            double xx = json_number_value(json_array_get(c, 0));
            double xy = json_number_value(json_array_get(c, 1));
            double yy = json_number_value(json_array_get(c, 2));
            double e;
            double nn;
            vg_frame_to_en(&frame, number(d, "lat"), number(d, "lon"), &e, &nn);
            double d2 = (yy * e * e - 2 * xy * e * nn + xx * nn * nn) / (xx * yy - xy * xy);
            nearest = fmin(nearest, d2);
        }
        if (vg_intruders_n(on) == 1 && json_array_size(list) > 0) {
            n_hit++;
            n++;
            sum += nearest;
            n_inside += nearest < 5.991;
        }
        json_decref(doc);
    }
    assert_int_equal(vg_intruders_n(on), 1); /* seed 11 begins with one alone */
    assert_true(n > LOOKS / 4);
    /* Mean of n draws: 2 with a standard error of 2 / sqrt(n), under 0.1; 95 % with under 1 %. */
    assert_float_equal((sum / n), 2, 0.35);
    assert_float_equal(((double)n_inside / n), 0.95, 0.025);
    /* By hand: range sqrt(400^2 + 120^2) = 417.6 m, 2 tan 30 / 1920 a metre: 0.2512 m a pixel. */
    bool is_vehicle = o->kind == VG_INTRUDER_VEHICLE;
    double gsd = 0.25117 * (is_vehicle ? 1 : vg_grade_foreshortening(120 / 417.6));
    double want = vg_detect_probability(is_vehicle ? 2.3 : 0.75, gsd);
    double sd = sqrt(want * (1 - want) / LOOKS);
    assert_true(fabs((double)n_hit / LOOKS - want) < 4 * sd + 0.001);
    vg_intruders_destroy(on);
    close_scene(&s);
}

static void false_ones_come_at_their_rate_inside_the_footprint(void **state)
{
    (void)state;
    struct scene s;
    struct vg_error err = {0};
    struct vg_intruders *on;
    struct vg_intruders *nobody;
    open_scene(&s);
    s.eye.false_per_km2 = 5;
    assert_int_equal(vg_intruders_create(&s.watch, 1, 11, vg_us(0), &on, &err), VG_OK);
    assert_int_equal(vg_intruders_create(&s.watch, 0, 11, vg_us(0), &nobody, &err), VG_OK);
    double n = 0;
    double expected = 0;
    for (int i = 0; i < LOOKS; i++) {
        struct vg_eye_look look = look_at(on, 100 + i);
        json_t *doc = report(&s.eye, &look, nobody);
        const json_t *ring = json_object_get(doc, "footprint");
        struct vg_frame frame = vg_frame_at(look.pose.lat_deg, look.pose.lon_deg);
        double area = 0;
        double last[2];
        for (size_t k = 0; k <= json_array_size(ring); k++) { /* the shoelace formula */
            const json_t *p = json_array_get(ring, k % json_array_size(ring));
            double at[2];
            vg_frame_to_en(&frame, number(p, "lat"), number(p, "lon"), &at[0], &at[1]);
            area += k > 0 ? 0.5 * (last[0] * at[1] - at[0] * last[1]) : 0;
            memcpy(last, at, sizeof last);
        }
        assert_true(area > 0); /* counter-clockwise */
        expected += 5e-6 * area;
        n += (double)json_array_size(json_object_get(doc, "detections"));
        assert_float_equal(number(doc, "clutter_density"), 5e-6, 1e-9);
        json_decref(doc);
    }
    /* Poisson: four standard deviations; ground in the hull but not in the picture holds none. */
    assert_true(n < expected + 4 * sqrt(expected) && n > 0.9 * expected - 4 * sqrt(expected));
    vg_intruders_destroy(on);
    vg_intruders_destroy(nobody);
    close_scene(&s);
}

/* A wall 300 m high across the way, a cell (111 m) thick, between camera and object. */
static void hills_hide(void **state)
{
    (void)state;
    enum {
        N = 200
    };
    static float heights[N * N];
    struct scene s;
    struct vg_error err = {0};
    struct vg_intruders *on;
    open_scene(&s);
    s.eye.false_per_km2 = 0;
    assert_int_equal(vg_intruders_create(&s.watch, 1, 11, vg_us(0), &on, &err), VG_OK);
    const struct vg_intruder *o = vg_intruders_at(on, 0);
    struct vg_eye_look look = look_at(on, 100);
    look.pose.yaw_true_deg = 90; /* from the west */
    vg_geo_direct(o->lat_deg, o->lon_deg, 270, 400, &look.pose.lat_deg, &look.pose.lon_deg);
    double west = o->lon_deg - N / 2 * 0.001;
    for (int i = 0; i < N * N; i++) {
        heights[i] = i % N == N / 2 - 2 ? 300.0F : 0.0F;
    }
    vg_terrain_destroy(s.terrain);
    assert_int_equal(vg_terrain_from_array(heights, N, N, o->lat_deg + N / 2 * 0.001, west, 0.001,
                                           0.001, &s.terrain, &err),
                     VG_OK);
    s.eye.terrain = s.terrain;
    int n_looks = 0;
    for (int i = 0; i < 200; i++) {
        struct vg_buf b = {0};
        look.t = vg_us((100 + i) * INT64_C(1000000));
        if (vg_eye_report(&s.eye, &look, on, &b)) {
            json_t *doc = json_loads(b.data, 0, NULL);
            assert_int_equal(json_array_size(json_object_get(doc, "detections")), 0);
            n_looks++;
            json_decref(doc);
        }
        vg_buf_finish(&b);
    }
    assert_int_equal(n_looks, 200);
    vg_intruders_destroy(on);
    close_scene(&s);
}

static void the_same_seed_and_times_give_the_same_however_they_are_stepped(void **state)
{
    (void)state;
    struct scene s;
    struct vg_error err = {0};
    struct vg_intruders *a;
    struct vg_intruders *b;
    open_scene(&s);
    assert_int_equal(vg_intruders_create(&s.watch, 30, 5, vg_us(0), &a, &err), VG_OK);
    assert_int_equal(vg_intruders_create(&s.watch, 30, 5, vg_us(0), &b, &err), VG_OK);
    for (int64_t t = 0; t <= 3600; t++) {
        vg_intruders_step(a, vg_us(t * 1000000));
    }
    vg_intruders_step(b, vg_us(INT64_C(1800000123)));
    vg_intruders_step(b, vg_us(INT64_C(3600000000)));
    assert_int_equal(vg_intruders_n(a), vg_intruders_n(b));
    assert_true(vg_intruders_n(a) >= 30);
    for (int i = 0; i < vg_intruders_n(a); i++) {
        assert_memory_equal(vg_intruders_at(a, i), vg_intruders_at(b, i),
                            sizeof(struct vg_intruder));
    }
    vg_intruders_destroy(a);
    vg_intruders_destroy(b);
    close_scene(&s);
}

/* Over an hour: nobody faster than his kind, some over the line, none far beyond the depth. */
static void they_go_as_their_kinds_do(void **state)
{
    (void)state;
    static const double FASTEST[VG_INTRUDER_KINDS] = {1.6, 1.4, 14, 0.8};
    enum {
        PARTIES = 40
    };
    struct scene s;
    struct vg_error err = {0};
    struct vg_intruders *on;
    struct vg_intruder before[PARTIES * VG_PARTY_MAX];
    int n_before = 0;
    int n_crossed = 0;
    open_scene(&s);
    assert_int_equal(vg_intruders_create(&s.watch, PARTIES, 5, vg_us(0), &on, &err), VG_OK);
    for (int64_t t = 10; t <= 3600; t += 10) {
        vg_intruders_step(on, vg_us(t * 1000000));
        for (int i = 0; i < vg_intruders_n(on); i++) {
            const struct vg_intruder *o = vg_intruders_at(on, i);
            double east_m = (o->lon_deg + 11.36) * 107800; /* a degree there, within 1 % */
            assert_true(fabs(east_m) < 320);
            for (int k = 0; k < n_before; k++) {
                if (before[k].id != o->id) {
                    continue;
                }
                double m =
                    vg_geo_distance_m(before[k].lat_deg, before[k].lon_deg, o->lat_deg, o->lon_deg);
                /* who turns swings those behind him round */
                assert_true(m <= 10 * FASTEST[o->kind] + 2 * 4 * VG_PARTY_MAX);
                n_crossed += (before[k].lon_deg + 11.36) * (o->lon_deg + 11.36) < 0;
            }
        }
        n_before = vg_intruders_n(on);
        for (int i = 0; i < n_before; i++) {
            before[i] = *vg_intruders_at(on, i);
        }
    }
    assert_true(n_crossed > 20);
    vg_intruders_destroy(on);
    assert_int_equal(vg_intruders_create(&s.watch, 1001, 5, vg_us(0), &on, &err), VG_E_RANGE);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_as_they_say_and_the_chance_is_as_it_should_be),
        cmocka_unit_test(false_ones_come_at_their_rate_inside_the_footprint),
        cmocka_unit_test(hills_hide),
        cmocka_unit_test(the_same_seed_and_times_give_the_same_however_they_are_stepped),
        cmocka_unit_test(they_go_as_their_kinds_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
