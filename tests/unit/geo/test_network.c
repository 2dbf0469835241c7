#include "base/rng.h"
#include "base/text.h"
#include "geo/geodesy.h"
#include "geo/network.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.12g, want %.12g +- %g", got, want, tolerance);
    }
}

/* A small reader of its own: "<number>h" and "<number>km", so that geo is tested without config. */
static enum vg_status read_h(const char *text, double *out, struct vg_error *err)
{
    char *end;
    double v = strtod(text, &end);
    if (strcmp(end, "h") != 0) {
        return vg_fail(err, VG_E_FORMAT, "bad duration");
    }
    *out = v * 3600.0;
    return VG_OK;
}

static enum vg_status read_km(const char *text, double *out, struct vg_error *err)
{
    char *end;
    double v = strtod(text, &end);
    if (strcmp(end, "km") != 0) {
        return vg_fail(err, VG_E_FORMAT, "bad length");
    }
    *out = v * 1000.0;
    return VG_OK;
}

static const struct vg_network_defaults defaults = {4 * 3600.0, 2000.0, read_h, read_km};

static struct vg_network parsed(const char *text)
{
    struct vg_network net = {0};
    struct vg_error err = {0};
    if (vg_network_parse(text, strlen(text), "line.geojson", &defaults, &net, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return net;
}

static void refused(const char *text, const char *words)
{
    struct vg_network net = {.n_lines = 77};
    struct vg_error err = {0};
    enum vg_status st = vg_network_parse(text, strlen(text), "line.geojson", &defaults, &net, &err);
    char shown[1200];
    vg_error_text(&err, shown, sizeof shown);
    if (st != VG_E_FORMAT || strstr(shown, words) == NULL) {
        fail_msg("status %d, \"%s\" does not say \"%s\"", (int)st, shown, words);
    }
    assert_int_equal(net.n_lines, 77); /* outputs are untouched */
    assert_string_equal(err.place, "line.geojson");
}

#define LINE(coords) "{\"type\":\"LineString\",\"coordinates\":" coords "}"
#define FEATURE(props, geometry)                                                                   \
    "{\"type\":\"Feature\",\"properties\":" props ",\"geometry\":" geometry "}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static void reads_a_bare_line(void **state)
{
    (void)state;
    /* 0.01 degree of the equator: 1113.19490793 m (a pi / 180 / 100). */
    struct vg_network net = parsed(LINE("[[10,0],[10.01,0],[10.01,0],[10.02,0]]"));
    assert_int_equal(net.n_lines, 1);
    assert_string_equal(net.lines[0].name, "L1");
    assert_int_equal(net.lines[0].n, 3);
    near(net.lines[0].s_m[1], 1113.19490793, 1e-6);
    near(net.lines[0].length_m, 2226.38981587, 1e-6);
    near(vg_network_length_m(&net), 2226.38981587, 1e-6);
    assert_false(net.lines[0].is_closed);
    assert_int_equal(net.n_stretches, 1);
    assert_string_equal(net.stretches[0].id, "S1");
    near(net.stretches[0].revisit_s, 14400.0, 0.0);
    near(net.stretches[0].depth_m, 2000.0, 0.0);
    near(net.stretches[0].to_m, net.lines[0].length_m, 0.0);
    vg_network_finish(&net);
    vg_network_finish(&net);
}

static void properties_override_the_defaults(void **state)
{
    (void)state;
    struct vg_network net =
        parsed(FEATURE("{\"name\":\"Nord\",\"revisit\":\"2h\",\"depth\":\"3km\",\"other\":[1]}",
                       LINE("[[10,0,300],[10.01,0,310]]")));
    assert_string_equal(net.lines[0].name, "Nord");
    assert_string_equal(net.stretches[0].name, "Nord");
    near(net.stretches[0].revisit_s, 7200.0, 0.0);
    near(net.stretches[0].depth_m, 3000.0, 0.0);
    vg_network_finish(&net);
}

static void pieces_that_meet_make_one_line(void **state)
{
    (void)state;
    struct vg_network net = parsed(COLLECTION(
        FEATURE("{\"line\":\"B\",\"name\":\"a\",\"revisit\":\"1h\"}", LINE("[[0,0],[0.01,0]]")) "," FEATURE(
            "{\"line\":\"C\"}",
            LINE(
                "[[0,1],[0.01,1]]")) "," FEATURE("{\"line\":\"B\",\"name\":\"b\"}",
                                                 LINE(
                                                     "[[0.01,0],[0.02,0]]")) "," FEATURE("{\"line\""
                                                                                         ":\"B\","
                                                                                         "\"name\":"
                                                                                         "\"far\"}",
                                                                                         LINE(
                                                                                             "[[0."
                                                                                             "5,0],"
                                                                                             "[0."
                                                                                             "51,0]"
                                                                                             "]"))));
    assert_int_equal(net.n_lines, 3);
    assert_string_equal(net.lines[0].name, "B");
    assert_string_equal(net.lines[1].name, "C");
    assert_string_equal(net.lines[2].name, "B 2");
    assert_int_equal(net.lines[0].n, 3);
    assert_int_equal(net.n_stretches, 4);
    assert_string_equal(net.stretches[1].name, "b");
    near(net.stretches[1].from_m, 1113.19490793, 1e-6);
    near(net.stretches[1].from_m, net.stretches[0].to_m, 0.0);
    assert_int_equal(net.stretches[2].line, 1);
    assert_string_equal(net.stretches[3].id, "S4");
    assert_int_equal(vg_network_find_line(&net, "C"), 1);
    assert_int_equal(vg_network_find_line(&net, "D"), -1);
    assert_int_equal(vg_network_stretch_at(&net, 0, 1113.2), 1);
    assert_int_equal(vg_network_stretch_at(&net, 0, 1113.1), 0);
    assert_int_equal(vg_network_stretch_at(&net, 0, 1e9), 1);
    assert_int_equal(vg_network_stretch_at(&net, 0, -1.0), 0);
    assert_int_equal(vg_network_stretch_at(&net, 2, 0.0), 3);
    vg_network_finish(&net);
}

static void a_multi_line_with_even_wishes_is_one_stretch(void **state)
{
    (void)state;
    struct vg_network net = parsed("{\"type\":\"MultiLineString\",\"coordinates\":"
                                   "[[[0,0],[0.01,0]],[[0.01,0],[0.02,0]],[[1,1],[1.01,1]]]}");
    assert_int_equal(net.n_lines, 2);
    assert_int_equal(net.n_stretches, 2);
    assert_string_equal(net.lines[1].name, "L2");
    vg_network_finish(&net);
}

static void a_ring_is_closed(void **state)
{
    (void)state;
    struct vg_network net = parsed(LINE("[[0,0],[0.01,0],[0.01,0.01],[0,0.01],[0,0]]"));
    assert_true(net.lines[0].is_closed);
    /* On a ring the heading at the start looks back over the end: south then east is south-east. */
    double lat;
    double lon;
    double heading;
    vg_line_at(&net.lines[0], 0.0, 500.0, &lat, &lon, &heading);
    near(heading, 135.0, 0.1);
    vg_network_finish(&net);
}

static void says_what_is_wrong_and_where(void **state)
{
    (void)state;
    refused("{\"type\":\n  oops}", "line.geojson:2:");
    refused("[]", "not GeoJSON");
    refused(LINE("[[1,2]]"), "two positions or more, got 1");
    refused(LINE("[[10,14],[10,140]]"), "vertex 2: latitude 140");
    refused(LINE("[[181,14],[10,14]]"), "vertex 1: longitude 181");
    refused(LINE("[[10,14],[10]]"), "vertex 2: a position");
    refused(LINE("[[10,14],[\"a\",1]]"), "vertex 2: a position");
    refused(LINE("[[10,14],7]"), "vertex 2: a position");
    refused(LINE("[[10,14],[NaN,1]]"), "not JSON");
    refused(LINE("[[10,14],[1e999,1]]"), "not JSON");
    refused(LINE("[[10,14],[10,14]]"), "no length");
    refused(LINE("7"), "\"coordinates\" must be a list");
    refused("{\"type\":\"Polygon\",\"coordinates\":[]}", "got \"Polygon\"");
    refused("{\"type\":\"MultiLineString\",\"coordinates\":[]}", "empty");
    refused("{\"type\":\"MultiLineString\",\"coordinates\":[[[0,0],[1,1]],[[0,0],[0,99]]]}",
            "part 2: vertex 2");
    refused(COLLECTION(""), "no features");
    refused(COLLECTION(FEATURE("{}", LINE("[[0,0],[1,0]]")) "," FEATURE("{}", "null")),
            "feature 2: the feature has no geometry");
    refused(FEATURE("{\"revisit\":4}", LINE("[[0,0],[1,0]]")), "without a unit");
    refused(FEATURE("{\"revisit\":\"0h\"}", LINE("[[0,0],[1,0]]")), "greater than zero");
    refused(FEATURE("{\"revisit\":\"4\"}", LINE("[[0,0],[1,0]]")), "\"revisit\": bad duration");
    refused(FEATURE("{\"depth\":\"-1km\"}", LINE("[[0,0],[1,0]]")), "\"depth\" must be greater");
    refused(FEATURE("{\"line\":5}", LINE("[[0,0],[1,0]]")), "\"line\" must be a text");
    refused(FEATURE("5", LINE("[[0,0],[1,0]]")), "\"properties\" must be an object");
}

static void speaks_french(void **state)
{
    (void)state;
    struct vg_network net;
    struct vg_error err = {.lang = VG_LANG_FR};
    const char *text = LINE("[[1,2]]");
    assert_int_equal(vg_network_parse(text, strlen(text), "l", &defaults, &net, &err), VG_E_FORMAT);
    assert_string_equal(err.message, "une ligne demande au moins deux positions, reçu 1");
}

/* RFC 7946 3.1.1: straight in longitude and latitude. From (0 E, 60 N) to (2 E, 60 N) the parallel
 * is followed, 2 degrees of N(60) cos 60 = 6394209.174 / 2 m radius: 111,600.0 m (N = a / sqrt(1 -
 * e2 sin^2 lat)), where the geodesic would be shorter and stand 486 m to the north in the middle.
 */
static void long_segments_follow_the_parallel(void **state)
{
    (void)state;
    struct vg_network net = parsed(LINE("[[0,60],[2,60]]"));
    double lat;
    double lon;
    double heading;
    near(net.lines[0].length_m, 6394209.174 * 0.5 * 2.0 * 0.017453292519943295, 0.1);
    for (double f = 0.0; f <= 1.0; f += 0.125) {
        vg_line_at(&net.lines[0], f * net.lines[0].length_m, 0.0, &lat, &lon, &heading);
        near(lat, 60.0, 1e-9);
        near(lon, 2.0 * f, 1e-6);
        near(heading, 90.0, 0.1);
    }
    vg_network_finish(&net);
}

static void passes_the_antimeridian(void **state)
{
    (void)state;
    struct vg_network net = parsed(LINE("[[179.99,0],[-179.99,0]]"));
    double lat;
    double lon;
    double heading;
    near(net.lines[0].length_m, 2226.38981587, 1e-6);
    vg_line_at(&net.lines[0], 1669.79236, 100.0, &lat, &lon, &heading);
    near(lon, -179.995, 1e-6);
    near(heading, 90.0, 1e-6);
    double s;
    double off;
    vg_line_nearest(&net.lines[0], -0.001, -179.995, &s, &off);
    near(s, 1669.79236, 0.01);
    near(off, 110.574,
         0.01); /* 0.001 degree of the meridian at the equator; south is right of east */
    vg_network_finish(&net);
}

/* A random walk of 60 vertices for the two oracles below. */
static struct vg_network wiggle(uint64_t seed)
{
    struct vg_rng rng = vg_rng_seed(seed);
    struct vg_buf text = {0};
    double lat = -50.0 + 100.0 * vg_rng_unit(&rng);
    double lon = -180.0 + 360.0 * vg_rng_unit(&rng);
    vg_buf_puts(&text, "{\"type\":\"LineString\",\"coordinates\":[");
    for (int i = 0; i < 60; i++) {
        vg_buf_printf(&text, "%s[%.7f,%.7f]", i ? "," : "", vg_wrap_180_deg(lon), lat);
        lat += 0.01 * vg_rng_normal(&rng);
        lon += 0.02 + 0.01 * vg_rng_normal(&rng);
    }
    vg_buf_puts(&text, "]}");
    struct vg_network net = parsed(vg_buf_text(&text));
    vg_buf_finish(&text);
    return net;
}

/* Oracle: the geodesic distance to points every metre or so of the line. */
static void nearest_agrees_with_dense_sampling(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct vg_network net = wiggle(seed);
        const struct vg_line *line = &net.lines[0];
        struct vg_rng rng = vg_rng_seed(seed + 100);
        for (int k = 0; k < 5; k++) {
            double lat;
            double lon;
            vg_line_at(line, vg_rng_unit(&rng) * line->length_m, 0.0, &lat, &lon, NULL);
            lat += 0.02 * vg_rng_normal(&rng);
            lon = vg_wrap_180_deg(lon + 0.02 * vg_rng_normal(&rng));
            double best = HUGE_VAL;
            for (double s = 0.0; s < line->length_m + 5.0; s += 5.0) { /* clamped: the end too */
                double plat;
                double plon;
                vg_line_at(line, s, 0.0, &plat, &plon, NULL);
                double d = vg_geo_distance_m(lat, lon, plat, plon);
                best = d < best ? d : best;
            }
            double s;
            double off;
            vg_line_nearest(line, lat, lon, &s, &off);
            double plat;
            double plon;
            vg_line_at(line, s, 0.0, &plat, &plon, NULL);
            near(fabs(off), vg_geo_distance_m(lat, lon, plat, plon), 1e-6);
            /* It is a point of the line, and no sample is nearer: so it is the nearest. */
            assert_true(fabs(off) <= best * (1.0 + 1e-6) + 1e-3);
        }
        vg_network_finish(&net);
    }
}

static void right_is_positive_even_at_a_sharp_corner(void **state)
{
    (void)state;
    /* Out east and back west-north-west: beyond the tip a point to the south is to the right of the
     * way out, one to the north to the right of the way back; both have the corner as nearest
     * point. */
    struct vg_network net = parsed(LINE("[[0,0],[0.1,0],[0,0.02]]"));
    double s;
    double off;
    vg_line_nearest(&net.lines[0], -0.01, 0.11, &s, &off);
    near(s, 11131.949, 0.01);
    assert_true(off > 0.0);
    vg_line_nearest(&net.lines[0], -0.01, 0.05, &s, &off);
    assert_true(off > 0.0);
    vg_line_nearest(&net.lines[0], 0.001, 0.05, &s, &off);
    assert_true(off < 0.0);
    vg_network_finish(&net);
}

static double revisit_at(const struct vg_network *net, double s)
{
    return net->stretches[vg_network_stretch_at(net, 0, s)].revisit_s;
}

/* Oracle: an array with one entry per 10 m of line, painted over. */
static void overrides_agree_with_a_painted_array(void **state)
{
    (void)state;
    enum {
        N = 3000
    };
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct vg_network net = parsed(LINE("[[0,0],[0.27,0]]")); /* 30,056 m */
        double paint[N];
        for (int i = 0; i < N; i++) {
            paint[i] = 14400.0;
        }
        for (int k = 0; k < 12; k++) {
            int a = (int)vg_rng_below(&rng, N - 1);
            int b = a + 1 + (int)vg_rng_below(&rng, (uint64_t)(N - a - 1) + 1);
            b = b > N ? N : b;
            double revisit = 3600.0 * (1.0 + (double)vg_rng_below(&rng, 4));
            struct vg_error err = {0};
            assert_int_equal(
                vg_network_override(&net, 0, a * 10.0, b * 10.0, revisit, 0.0, NULL, &err), VG_OK);
            for (int i = a; i < b; i++) {
                paint[i] = revisit;
            }
            double at = 0.0;
            for (int i = 0; i < net.n_stretches; i++) {
                near(net.stretches[i].from_m, at, 0.0);
                assert_true(net.stretches[i].to_m > at);
                at = net.stretches[i].to_m;
            }
            near(at, net.lines[0].length_m, 0.0);
        }
        for (int i = 0; i < N; i++) {
            near(revisit_at(&net, i * 10.0 + 5.0), paint[i], 0.0);
        }
        vg_network_finish(&net);
    }
}

static void overrides_outside_the_line_are_refused(void **state)
{
    (void)state;
    struct vg_network net = parsed(LINE("[[0,0],[0.1,0]]")); /* 11,132 m */
    struct vg_error err = {0};
    assert_int_equal(vg_network_override(&net, 0, 5000, 4000, 60, 0, NULL, &err), VG_E_RANGE);
    err = (struct vg_error){0};
    assert_int_equal(vg_network_override(&net, 0, 12000, 13000, 60, 0, NULL, &err), VG_E_RANGE);
    assert_non_null(strstr(err.message, "km 0 to 11.132"));
    err = (struct vg_error){0};
    assert_int_equal(vg_network_override(&net, 1, 0, 100, 60, 0, NULL, &err), VG_E_NOT_FOUND);
    err = (struct vg_error){0};
    assert_int_equal(vg_network_override(&net, 0, 0, 100, 0, 0, NULL, &err), VG_E_RANGE);
    err = (struct vg_error){0};
    assert_int_equal(vg_network_override(&net, 0, 11000, 12000, 60, 500, "end", &err), VG_OK);
    assert_int_equal(net.n_stretches, 2);
    assert_string_equal(net.stretches[1].name, "end");
    near(net.stretches[1].to_m, net.lines[0].length_m, 0.0);
    near(net.stretches[1].depth_m, 500.0, 0.0);
    vg_network_finish(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_bare_line),
        cmocka_unit_test(properties_override_the_defaults),
        cmocka_unit_test(pieces_that_meet_make_one_line),
        cmocka_unit_test(a_multi_line_with_even_wishes_is_one_stretch),
        cmocka_unit_test(a_ring_is_closed),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(speaks_french),
        cmocka_unit_test(long_segments_follow_the_parallel),
        cmocka_unit_test(passes_the_antimeridian),
        cmocka_unit_test(nearest_agrees_with_dense_sampling),
        cmocka_unit_test(right_is_positive_even_at_a_sharp_corner),
        cmocka_unit_test(overrides_agree_with_a_painted_array),
        cmocka_unit_test(overrides_outside_the_line_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
