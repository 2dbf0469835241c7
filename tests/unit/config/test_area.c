/* Areas as rows: by hand, and against every cell of the strip by brute force. */
#include "base/rng.h"
#include "config/area.h"
#include "config/watchfile.h"
#include "geo/geodesy.h"
#include "geo/strip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CORNERS = 12
};

struct shape {
    double lat[CORNERS];
    double lon[CORNERS];
    int n;
};

static struct vg_network rows_of(const struct shape *s, double depth_m)
{
    struct vg_network net = {0};
    struct vg_network_defaults wants = {.revisit_s = 3600, .depth_m = depth_m};
    struct vg_buf text = {0};
    struct vg_error err = {0};
    vg_buf_puts(&text, "{\"type\":\"FeatureCollection\",\"features\":[");
    enum vg_status st = vg_area_lines(s->lat, s->lon, s->n, "Park", depth_m, &text, &err);
    vg_buf_puts(&text, "]}");
    if (st == VG_OK) {
        st = vg_network_parse(vg_buf_text(&text), text.n, "area", &wants, &net, &err);
    }
    if (st != VG_OK) {
        fail_msg("%s", err.message);
    }
    vg_buf_finish(&text);
    return net;
}

static void add(struct shape *s, double east_m, double north_m)
{
    double lat, lon;
    vg_geo_direct(14.5, -11.4, 90, east_m, &lat, &lon);
    vg_geo_direct(lat, lon, 0, north_m, &s->lat[s->n], &s->lon[s->n]);
    s->n++;
}

static void near(double x, double want, double tolerance)
{
    if (!(fabs(x - want) <= tolerance)) {
        fail_msg("%.9g, expected %.9g", x, want);
    }
}

/* 10 km by 3.5 km, seen 1 km to each side: rows at most 1.8 km apart, so two of them, 1.75 km apart
 * and 0.875 km from the long sides: 10 + 1.75 + 10 km of one line. A closing position changes
 * nothing. */
static void a_rectangle_by_hand(void **state)
{
    (void)state;
    struct shape s = {.n = 0};
    add(&s, 0, 0);
    add(&s, 10000, 0);
    add(&s, 10000, 3500);
    add(&s, 0, 3500);
    for (int closed = 0; closed < 2; closed++) {
        struct vg_network net = rows_of(&s, 1000);
        assert_int_equal(net.n_lines, 1);
        assert_string_equal(net.lines[0].name, "Park");
        near(net.lines[0].length_m, 21750, 30);
        double lat, lon;
        vg_line_at(&net.lines[0], 0, 0, &lat, &lon, NULL);
        near(fmin(vg_geo_distance_m(lat, lon, s.lat[0], s.lon[0]),
                  vg_geo_distance_m(lat, lon, s.lat[2], s.lon[2])),
             875, 10);
        vg_network_finish(&net);
        s.lat[4] = s.lat[0];
        s.lon[4] = s.lon[0];
        s.n = 5;
    }
}

/* Two towers 4 km wide and 6 km high stand 4 km apart on a base of 12 by 4 km (a U): 10 km high, so
 * rows lie along the base. The first line covers the base, and one each the towers. */
static void a_u_takes_several_lines(void **state)
{
    (void)state;
    struct shape s = {.n = 0};
    static const double AT[8][2] = {{0, 0},       {12000, 0},   {12000, 10000}, {8000, 10000},
                                    {8000, 4000}, {4000, 4000}, {4000, 10000},  {0, 10000}};
    for (int i = 0; i < 8; i++) {
        add(&s, AT[i][0], AT[i][1]);
    }
    struct vg_network net = rows_of(&s, 500);
    assert_int_equal(net.n_lines, 3);
    assert_string_equal(net.lines[0].name, "Park 1");
    /* 96 km2 in rows 0.833 km apart (10 km in 12): 115.2 km, the row in which the towers begin at
     * the base's width, and 9 + 6 ways between rows */
    double length_m = vg_network_length_m(&net);
    assert_true(length_m > 115200 && length_m < 115200 + 4000 + 15 * 833 + 300);
    vg_network_finish(&net);
}

static bool is_inside(const struct shape *s, double lat, double lon)
{
    bool is_in = false;
    for (int i = 0, j = s->n - 1; i < s->n; j = i++) {
        if ((s->lat[i] > lat) != (s->lat[j] > lat) &&
            lon <
                (s->lon[j] - s->lon[i]) * (lat - s->lat[i]) / (s->lat[j] - s->lat[i]) + s->lon[i]) {
            is_in = !is_in;
        }
    }
    return is_in;
}

/* Far from every cell's centre? Cells stand at most about twice 50 m apart at bends. */
static double nearest_cell_m(const struct vg_strip *strip, double lat, double lon)
{
    struct vg_frame frame = vg_frame_at(lat, lon);
    double least = HUGE_VAL;
    for (int col = 0; col < vg_strip_n_columns(strip); col++) {
        int n = vg_strip_n_rows(strip, col);
        struct vg_strip_axis axis;
        double e, m;
        vg_strip_axis(strip, col, &axis);
        vg_frame_to_en(&frame, axis.lat_deg, axis.lon_deg, &e, &m);
        if (hypot(e, m) > 2500) {
            continue;
        }
        for (int row = 0; row < n; row++) {
            double o = (row + 0.5 - n / 2.0) * 50;
            least = fmin(least, hypot(e + o * axis.right_e, m + o * axis.right_n));
        }
    }
    return least;
}

/* Random corners round a middle, near and far: any shape that does not cross itself. Every point of
 * it lies in a cell that is watched. */
static void every_point_lies_in_a_cell(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct vg_rng rng = vg_rng_seed(seed);
        struct shape s = {.n = 0};
        int corners = 3 + (int)vg_rng_below(&rng, CORNERS - 3);
        for (int i = 0; i < corners; i++) {
            double angle = 2 * acos(-1.0) * (i + 0.8 * vg_rng_unit(&rng)) / corners;
            double far_m = 2000 + 8000 * vg_rng_unit(&rng);
            add(&s, far_m * cos(angle), far_m * sin(angle));
        }
        struct vg_network net = rows_of(&s, 1000);
        struct vg_strip *strip;
        assert_int_equal(vg_strip_create(&net, 50, &strip, NULL), VG_OK);
        for (int k = 0; k < 400; k++) {
            double lat = s.lat[0] + 0.2 * (vg_rng_unit(&rng) - 0.5);
            double lon = s.lon[0] + 0.2 * (vg_rng_unit(&rng) - 0.5);
            double off_m = is_inside(&s, lat, lon) ? nearest_cell_m(strip, lat, lon) : 0;
            if (off_m > 80) {
                fail_msg("seed %d: %.5f %.5f is %.0f m from every cell", (int)seed, lat, lon,
                         off_m);
            }
        }
        vg_strip_destroy(strip);
        vg_network_finish(&net);
    }
}

static void refuse(const struct shape *s, double depth_m, const char *part)
{
    struct vg_buf text = {0};
    struct vg_error err = {0};
    assert_int_equal(vg_area_lines(s->lat, s->lon, s->n, "Park", depth_m, &text, &err),
                     VG_E_FORMAT);
    if (strstr(err.message, part) == NULL) {
        fail_msg("expected \"%s\" in \"%s\"", part, err.message);
    }
    vg_buf_finish(&text);
}

static void what_is_no_area_is_refused(void **state)
{
    (void)state;
    struct shape s = {.n = 0};
    add(&s, 0, 0);
    add(&s, 1000, 0);
    add(&s, 0, 0);
    refuse(&s, 1000, "at least 3 corners");
    s.n = 2;
    add(&s, 2000, 0);
    refuse(&s, 1000, "no width");
    s.n = 2;
    add(&s, 1000, 800000);
    refuse(&s, 1000, "km wide");
    s.n = 2; /* a bow tie */
    add(&s, 0, 1000);
    add(&s, 1000, 1000);
    refuse(&s, 1000, "crosses itself, between corners 2 and 3 and between 4 and 1");
    s.n = 2;
    add(&s, 1000, 100000);
    add(&s, 0, 100000);
    s.lat[1] = s.lat[0];
    add(&s, -90000, 50000);
    refuse(&s, 1, "more than 5000");
}

/* Range 4,156.9 m; 300 m beside the way: the greatest whole ten h with a reach of h + 300 m. From
 * 300 m the reach set for 1,740 m is over 2,040 m, for 1,770 m under 2,070 (scanned as in the
 * planner's test). */
static void how_deep_one_sweep_sees(void **state)
{
    (void)state;
    const struct vg_wf_camera eye = {.width_px = 1920,
                                     .height_px = 1080,
                                     .hfov_max_deg = 60,
                                     .gimbal = VG_GIMBAL_3AXIS,
                                     .max_gsd_m = 2.5,
                                     .max_range_m = 8000};
    double depth_m = vg_camera_sweep_depth_m(&eye, 300);
    assert_true(depth_m >= 1740 && depth_m <= 1760);
    near(fmod(depth_m, 10), 0, 1e-9);
    near(vg_camera_sweep_depth_m(&eye, 9000), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rectangle_by_hand),        cmocka_unit_test(a_u_takes_several_lines),
        cmocka_unit_test(every_point_lies_in_a_cell), cmocka_unit_test(what_is_no_area_is_refused),
        cmocka_unit_test(how_deep_one_sweep_sees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
