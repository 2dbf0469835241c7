/* From a pose to the event: where on the line, which columns came into view. */
#include "strip.h"
#include "watch/sight.h"

#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct ground {
    struct strip_ground on;
    struct vg_terrain *flat;
};

/* 4 km due east along 14 N, 200 m to each side; a degree of longitude is 108.04 km there (WGS 84),
 * so the line is 4,004 m. */
static void open_ground(struct ground *g)
{
    struct vg_error err = {0};
    strip_ground_open(&g->on, "[[0,14],[0.03706,14]]", 200);
    assert_int_equal(vg_terrain_open(NULL, 0, &g->flat, &err), VG_OK);
}

static void close_ground(struct ground *g)
{
    vg_terrain_destroy(g->flat);
    strip_ground_close(&g->on);
}

static json_t *look(struct ground *g, struct vg_sight *s, double lon_deg, int64_t t_s)
{
    struct vg_sight_input in = {.drone = "V1",
                                .lat_deg = 14,
                                .lon_deg = lon_deg,
                                .alt_msl_m = 400,
                                .heading_true_deg = 90,
                                .ground_speed_mps = 20,
                                .battery = 0.5,
                                .is_looking = true,
                                .camera = {14, lon_deg, 400, 90, -90, 0, 60, 36},
                                .limits = {5000, 0, 1920, 0}};
    struct vg_buf b = {0};
    vg_sight_pose(s, vg_us(t_s * 1000000), &in, &b);
    json_t *doc = json_loadb(b.data, b.n, 0, NULL);
    assert_non_null(doc);
    json_t *runs = json_object_get(doc, "saw");
    for (size_t i = 0; i + 4 < json_array_size(runs); i += 5) {
        int v[5];
        for (size_t k = 0; k < 5; k++) {
            v[k] = (int)json_integer_value(json_array_get(runs, i + k));
        }
        for (int c = v[0]; c < v[1]; c++) {
            vg_seen_mark(&g->on.seen, c, v[2], v[3], 1, (uint32_t)t_s);
        }
    }
    vg_buf_finish(&b);
    return doc;
}

/* Straight down from 400 m, 60 degrees across, 36 along: 2 x 400 tan 30 = 462 m wide (across the
 * line: the camera's right is south), 2 x 400 tan 18 = 260 m along. The 4,004 m have 81 columns
 * of 49.43 m. At 2,002 m along the line: columns with middles from 1,872 to 2,132 m, that is (k +
 * 1/2) 49.43 with k = 38 (1,903) to 42 (2,101); rows within 231 m: all eight. */
static void nadir_sees_what_trigonometry_says(void **state)
{
    (void)state;
    struct ground g;
    open_ground(&g);
    struct vg_sight s = {
        .terrain = g.flat, .strip = g.on.strip, .seen = &g.on.seen, .near_m = 1000};
    json_t *doc = look(&g, &s, 0.01853, 1000000);
    assert_true(fabs(json_number_value(json_object_get(doc, "s")) - 2002) < 1);
    assert_true(fabs(json_number_value(json_object_get(doc, "agl")) - 400) < 0.2);
    assert_true(json_array_size(json_object_get(doc, "fp")) >= 4);
    json_decref(doc);
    for (int c = 0; c < g.on.shape.n_cols; c++) {
        bool is_in = c >= 38 && c <= 42;
        assert_int_equal(g.on.seen.col_s[c] != 0, is_in);
    }
    /* a second later nothing is tested again; two columns further the front is new */
    doc = look(&g, &s, 0.01853, 1000001);
    assert_int_equal(json_array_size(json_object_get(doc, "saw")), 0);
    json_decref(doc);
    doc = look(&g, &s, 0.01853 + 0.000926, 1000005);
    json_t *runs = json_object_get(doc, "saw");
    /* Rows 0 to 7 of columns 43 and 44, in pieces of one ground sample distance. Column 43 is 100 m
     * ahead: 412 m x 60.1 cm / km = 24.8 cm, seen 76 degrees down, where a person shows 0.242 +
     * 0.171 of the side: 24.8 / sqrt(0.413) = 38.6, the class to 40 cm. */
    int n_cells = 0;
    int finest_cm = 10000;
    for (size_t i = 0; i < json_array_size(runs); i += 5) {
        int v[5];
        for (size_t k = 0; k < 5; k++) {
            v[k] = (int)json_integer_value(json_array_get(runs, i + k));
        }
        assert_true(v[0] >= 43 && v[1] <= 45 && v[2] >= 0 && v[3] <= 8);
        n_cells += (v[1] - v[0]) * (v[3] - v[2]);
        finest_cm = v[4] < finest_cm ? v[4] : finest_cm;
    }
    assert_int_equal(n_cells, 16);
    assert_int_equal(finest_cm, 40);
    json_decref(doc);
    assert_int_equal(s.n_frames, 3);
    assert_int_equal(s.n_failed, 0);
    vg_sight_finish(&s);
    close_ground(&g);
}

static void away_from_the_line_it_says_so(void **state)
{
    (void)state;
    struct ground g;
    open_ground(&g);
    struct vg_sight s = {
        .terrain = g.flat, .strip = g.on.strip, .seen = &g.on.seen, .near_m = 1000};
    struct vg_sight_input in = {.drone = "V1",
                                .lat_deg = 14.2,
                                .lon_deg = 0.01,
                                .alt_msl_m = 400,
                                .heading_true_deg = (double)NAN,
                                .battery = (double)NAN};
    struct vg_buf b = {0};
    vg_sight_pose(&s, vg_us(5), &in, &b);
    assert_null(strstr(vg_buf_text(&b), "line"));
    assert_null(strstr(vg_buf_text(&b), "nan"));
    assert_null(strstr(vg_buf_text(&b), "hdg"));
    vg_buf_finish(&b);
    vg_sight_finish(&s);
    close_ground(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nadir_sees_what_trigonometry_says),
        cmocka_unit_test(away_from_the_line_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
