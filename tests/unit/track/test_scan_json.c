/* Measurements as JSON lines in, tracks as JSON out. */
#include "track/scan_json.h"

#include "base/json.h"
#include "base/units.h"
#include "track/track_json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void near(double x, double wanted, double within)
{
    if (!(fabs(x - wanted) <= within)) {
        fail_msg("%.9g is not %.9g", x, wanted);
    }
}

static struct vg_scan_reader *make(void)
{
    struct vg_scan_reader *r = NULL;
    assert_int_equal(vg_scan_reader_new(&r, NULL), VG_OK);
    return r;
}

static struct vg_scan take(struct vg_scan_reader *r, const char *line)
{
    struct vg_scan scan;
    struct vg_error err = {0};
    if (vg_scan_read(r, line, strlen(line), &scan, &err) != VG_OK) {
        fail_msg("%s: %s", line, err.message);
    }
    return scan;
}

static void refuse(struct vg_scan_reader *r, const char *line, const char *word)
{
    struct vg_scan scan;
    struct vg_error err = {0};
    assert_int_equal(vg_scan_read(r, line, strlen(line), &scan, &err), VG_E_FORMAT);
    if (strstr(err.message, word) == NULL) {
        fail_msg("%s: \"%s\" does not say \"%s\"", line, err.message, word);
    }
}

static void a_camera_in_metres(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    struct vg_scan s =
        take(r, "{\"t\":1700000012.25,\"sensor\":\"A\",\"footprint\":[[0,0],[0,10],[20,10],[20,0]],"
                "\"pd\":0.8,\"clutter_density\":1e-6,\"detections\":[{\"x\":1.5,\"y\":2,\"cov\":[4,"
                "1,9],\"class\":\"vehicle\",\"speed\":3,\"feature\":[0.5,1],\"colour\":\"red\"}]}");
    near(s.t_s, 0.25, 1e-6); /* the clock starts at the first whole second */
    near(vg_scan_reader_start_s(r), 1700000012.0, 0);
    near(s.pd, 0.8, 0);
    near(s.clutter_per_m2, 1e-6, 0);
    assert_int_equal(s.n_footprint, 4);
    /* written clockwise, given counter-clockwise: the corners backwards */
    near(s.footprint_m[0][0], 20, 0);
    near(s.footprint_m[0][1], 0, 0);
    near(s.footprint_m[3][0], 0, 0);
    const struct vg_measurement *m = s.measurements;
    assert_int_equal(s.n, 1);
    near(m->x_m, 1.5, 0);
    near(m->cov_m2[1], 1, 0);
    near(m->speed_m_s, 3, 0);
    near(m->speed_sd_m_s, 1, 0);
    near(m->class_p[VG_TRACK_VEHICLE], 1, 0);
    near(m->class_p[VG_TRACK_PERSON], 0, 0);
    assert_int_equal(m->n_features, 2);
    assert_true(m->source_id == 0);
    s = take(r, "{\"t\":1700000011,\"sensor\":\"B\",\"detections\":[]}");
    assert_int_equal(s.sensor, 1);
    near(s.t_s, -1, 0);
    assert_string_equal(vg_scan_reader_sensor(r, 1), "B");
    assert_string_equal(vg_scan_reader_sensor(r, 2), "");
    vg_scan_reader_free(r);
}

static void degrees_set_the_frame(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    struct vg_scan s = take(r, "{\"t\":0,\"sensor\":\"ais\",\"detections\":[{\"lat\":14.5,\"lon\":"
                               "-11.25,\"sd\":10,\"source_id\":228123456}]}");
    near(s.measurements[0].x_m, 0, 1e-9);
    near(s.measurements[0].cov_m2[0], 100, 0);
    near(vg_scan_reader_frame(r)->lat0_deg, 14.5, 0);
    uint64_t id = s.measurements[0].source_id;
    assert_true(id != 0);
    /* A report says something of its own surroundings only: 5 x 10 m + 200 m to all sides. */
    assert_int_equal(s.n_footprint, 4);
    near(s.footprint_m[0][0], -250, 1e-9);
    near(s.footprint_m[2][1], 250, 1e-9);
    assert_true(s.pd < 0.05);
    s = take(r, "{\"t\":1,\"sensor\":\"ais\",\"detections\":[{\"lat\":14.501,\"lon\":-11.25,\"sd\":"
                "10,\"source_id\":\"228123456\"}]}");
    /* 0.001 degree of latitude at 14.5 north: 110.64 m (WGS 84: a(1-e2)/(1-e2 sin2)^1.5) */
    near(s.measurements[0].y_m, 110.64, 0.02);
    assert_true(s.measurements[0].source_id == id);
    refuse(r, "{\"t\":1,\"sensor\":\"A\",\"detections\":[{\"x\":1,\"y\":2,\"sd\":3}]}", "--origin");
    refuse(r, "{\"t\":1,\"sensor\":\"A\",\"detections\":[{\"lat\":24,\"lon\":-11,\"sd\":3}]}",
           "500 km");
    vg_scan_reader_free(r);
    r = make();
    take(r, "{\"t\":1,\"sensor\":\"A\",\"detections\":[{\"x\":1,\"y\":2,\"sd\":3}]}");
    refuse(r, "{\"t\":1,\"sensor\":\"A\",\"detections\":[{\"lat\":14,\"lon\":-11,\"sd\":3}]}",
           "--origin");
    vg_scan_reader_free(r);
    r = make();
    vg_scan_reader_origin(r, 14.5, -11.25);
    take(r, "{\"t\":1,\"sensor\":\"A\",\"detections\":[{\"x\":1,\"y\":2,\"sd\":3},{\"lat\":14.5,"
            "\"lon\":-11.25,\"sd\":3}]}");
    vg_scan_reader_free(r);
}

/* Range 1,000 m at 30 degrees, 5 m and 0.5 degrees: 500 m east, 866.03 m north; along 25 m2, across
 * (1000 x 0.0087266)^2 = 76.15 m2; turned by the bearing. */
static void a_radar(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    struct vg_scan s = take(
        r, "{\"t\":0,\"sensor\":\"radar\",\"at\":{\"x\":10,\"y\":20},\"detections\":[{\"range_m\":"
           "1000,\"range_sd_m\":5,\"bearing_deg\":30,\"bearing_sd_deg\":0.5}]}");
    const struct vg_measurement *m = s.measurements;
    assert_int_equal(m->kind, VG_MEASURED_POSITION);
    near(m->x_m, 510, 0.05);
    near(m->y_m, 886.03, 0.05);
    near(m->cov_m2[0], 25 * 0.25 + 76.15 * 0.75, 0.1);
    near(m->cov_m2[1], (25 - 76.15) * 0.43301, 0.1);
    near(m->cov_m2[2], 25 * 0.75 + 76.15 * 0.25, 0.1);
    vg_scan_reader_free(r);
}

/* A wide bearing: over all errors of the bearing (here 8 degrees) the mean of the places is the
 * true one, 1,000 m north, and their spread is within the covariance told. */
static void a_wide_radar_has_no_drift(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    double weight = 0, mean = 0, spread = 0, told = 0;
    for (int i = -60; i <= 60; i++) {
        char line[200];
        double z = i / 15.0, w = exp(-0.5 * z * z);
        vg_format(line, sizeof line,
                  "{\"t\":0,\"sensor\":\"r\",\"at\":{\"x\":0,\"y\":0},\"detections\":[{\"range_m\":"
                  "1000,\"range_sd_m\":5,\"bearing_deg\":%.6f,\"bearing_sd_deg\":8}]}",
                  8 * z);
        const struct vg_measurement *m = take(r, line).measurements;
        weight += w;
        mean += w * m->y_m;
        spread += w * m->x_m * m->x_m;
        told += w * m->cov_m2[0];
    }
    near(mean / weight, 1000, 0.5); /* unconverted: 990.3 */
    near(told / spread, 1, 0.1);
    vg_scan_reader_free(r);
}

static void a_bearing_alone(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    struct vg_scan s =
        take(r, "{\"t\":0,\"sensor\":\"mast\",\"at\":{\"x\":1,\"y\":2},\"detections\":"
                "[{\"bearing_deg\":90,\"bearing_sd_deg\":2,\"class\":{\"person\":0.7,"
                "\"animal\":0.2}}]}");
    const struct vg_measurement *m = s.measurements;
    assert_int_equal(m->kind, VG_MEASURED_BEARING);
    near(m->bearing_rad, VG_PI / 2, 1e-12);
    near(m->bearing_sd_rad, VG_PI / 90, 1e-12);
    near(m->x_m, 1, 0);
    near(m->class_p[VG_TRACK_PERSON], 0.7, 0);
    assert_int_equal(s.n_footprint, 0); /* it may be anywhere out there */
    /* From its own place; with "pd" it is a look, here one everywhere. */
    s = take(r, "{\"t\":0,\"sensor\":\"mast\",\"pd\":0.5,\"detections\":[{\"x\":3,\"y\":4,"
                "\"bearing_deg\":180,\"bearing_sd_deg\":2},{\"x\":3,\"y\":4,\"sd\":1}]}");
    near(s.measurements[0].y_m, 4, 0);
    assert_int_equal(s.measurements[1].kind, VG_MEASURED_POSITION);
    assert_int_equal(s.n_footprint, 0);
    near(s.pd, 0.5, 0);
    vg_scan_reader_free(r);
}

static void bad_lines_say_what_was_expected(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    struct vg_error err = {0};
    struct vg_scan scan;
    const char cut[] = "{\"t\":1,\n\"sensor\":}";
    assert_int_equal(vg_scan_read(r, cut, sizeof cut - 1, &scan, &err), VG_E_FORMAT);
    assert_int_equal(err.line, 2);
    assert_true(err.column > 1);
    refuse(r, "[1]", "JSON object");
    refuse(r, "{\"sensor\":\"A\",\"detections\":[]}", "\"t\" is missing");
    refuse(r, "{\"t\":\"now\",\"sensor\":\"A\",\"detections\":[]}", "\"t\" must be a number");
    refuse(r, "{\"t\":1,\"detections\":[]}", "\"sensor\" is missing");
    refuse(r, "{\"t\":1,\"sensor\":\"\",\"detections\":[]}", "name of 1 to");
    refuse(r, "{\"t\":1,\"sensor\":\"A\"}", "\"detections\" is missing");
    refuse(r,
           "{\"t\":1,\"sensor\":\"A\",\"footprint\":[[0,0],[1,0]],\"pd\":1,\"clutter_density\":0,"
           "\"detections\":[]}",
           "2 corners");
    refuse(r,
           "{\"t\":1,\"sensor\":\"A\",\"footprint\":[[0,0],[1,0],[1]],\"pd\":1,"
           "\"clutter_density\":0,\"detections\":[]}",
           "corner 3");
    refuse(r, "{\"t\":1,\"sensor\":\"A\",\"footprint\":[[0,0],[1,0],[1,1]],\"detections\":[]}",
           "\"pd\" is missing");
#define ONE(detection)                                                                             \
    "{\"t\":1,\"sensor\":\"A\",\"detections\":[{\"x\":1,\"y\":1,\"sd\":1}," detection "]}"
    refuse(r, ONE("7"), "detection 2");
    refuse(r, ONE("{\"x\":1,\"sd\":1}"), "detection 2: \"y\" is missing");
    refuse(r, ONE("{\"x\":1,\"y\":1}"), "\"cov\" must be");
    refuse(r, ONE("{\"x\":1,\"y\":1,\"cov\":[1,2]}"), "\"cov\" must be");
    refuse(r, ONE("{\"x\":1,\"y\":1,\"sd\":1,\"class\":\"persn\"}"), "person, vehicle");
    refuse(r, ONE("{\"x\":1,\"y\":1,\"sd\":1,\"class\":{\"person\":-1}}"), "person, vehicle");
    refuse(r, ONE("{\"x\":1,\"y\":1,\"sd\":1,\"feature\":[1,2,3,4,5,6,7,8,9]}"), "at most 8");
    refuse(r, ONE("{\"x\":1,\"y\":1,\"sd\":1,\"source_id\":1.5}"), "whole number");
    refuse(r, ONE("{\"bearing_deg\":1,\"bearing_sd_deg\":1}"), "\"at\"");
    refuse(r, ONE("{\"lat\":14,\"lon\":1,\"sd\":1}"), "--origin");
    assert_null(vg_scan_reader_frame(r)); /* what a bad line set is unset */
    take(r, "{\"t\":1,\"sensor\":\"A\",\"detections\":[{\"lat\":14,\"lon\":1,\"sd\":1}]}");
    vg_scan_reader_free(r);
}

static void sensors_are_bounded(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    for (int i = 0; i <= VG_SCAN_SENSORS; i++) {
        char line[100];
        vg_format(line, sizeof line, "{\"t\":0,\"sensor\":\"s%d\",\"detections\":[]}", i);
        if (i < VG_SCAN_SENSORS) {
            assert_int_equal(take(r, line).sensor, i);
        } else {
            refuse(r, line, "source_id");
        }
    }
    vg_scan_reader_free(r);
}

static void a_track_is_read_back(void **state)
{
    (void)state;
    struct vg_scan_reader *r = make();
    take(r, "{\"t\":100,\"sensor\":\"a\\\"b\",\"detections\":[{\"lat\":14,\"lon\":1,\"sd\":1}]}");
    struct vg_track t = {.id = 7,
                         .t_s = 2.5,
                         .x_m = 10,
                         .y_m = -20,
                         .cov = {4, 0, 0, 0, 9, 0, 0, 1, 0, 1},
                         .p_exist = 0.9,
                         .class_p = {0.1, 0.6, 0.1, 0.1, 0.1},
                         .motion_p = {0, 0, 1, 0, 0},
                         .state = VG_TRACK_COASTING,
                         .born_s = 1};
    struct vg_buf b = {0};
    struct vg_error err = {0};
    json_t *o = NULL;
    double v;
    const char *text;
    vg_track_json(&b, r, &t, true);
    assert_int_equal(vg_json_parse(b.data, b.n, "", &o, &err), VG_OK);
    assert_int_equal(vg_json_number(o, "t", 102.5, 102.5, &v, &err), VG_OK);
    assert_int_equal(vg_json_number(o, "born", 101, 101, &v, &err), VG_OK);
    assert_int_equal(vg_json_number(o, "lat", 13.9998, 13.9999, &v, &err), VG_OK);
    assert_int_equal(vg_json_text(o, "class", &text, &err), VG_OK);
    assert_string_equal(text, "person");
    assert_int_equal(vg_json_text(o, "state", &text, &err), VG_OK);
    assert_string_equal(text, "coasting");
    assert_int_equal(vg_json_text(o, "motion", &text, &err), VG_OK);
    assert_string_equal(text, "steady");
    assert_int_equal(vg_json_text(o, "sensor", &text, &err), VG_OK);
    assert_string_equal(text, "a\"b");
    json_decref(o);
    vg_buf_finish(&b);
    vg_scan_reader_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_in_metres),
        cmocka_unit_test(degrees_set_the_frame),
        cmocka_unit_test(a_radar),
        cmocka_unit_test(a_wide_radar_has_no_drift),
        cmocka_unit_test(a_bearing_alone),
        cmocka_unit_test(bad_lines_say_what_was_expected),
        cmocka_unit_test(sensors_are_bounded),
        cmocka_unit_test(a_track_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
