#include "base/rng.h"
#include "base/text.h"
#include "base/units.h"
#include "geo/geodesy.h"
#include "geo/strip.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.12g, want %.12g +- %g", got, want, tolerance);
    }
}

static struct vg_network parsed(const char *text)
{
    const struct vg_network_defaults defaults = {14400.0, 500.0, NULL, NULL};
    struct vg_network net = {0};
    struct vg_error err = {0};
    if (vg_network_parse(text, strlen(text), "line.geojson", &defaults, &net, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return net;
}

static struct vg_strip *made(const struct vg_network *net, double cell_m)
{
    struct vg_strip *strip = NULL;
    struct vg_error err = {0};
    if (vg_strip_create(net, cell_m, &strip, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    return strip;
}

/* 0.1 degree of the equator is 11131.949 m: 223 columns of 49.919 m and, at 500 m depth, 20 rows.
 * The line goes east, so right is south; the first row's centre is 475 m to the north: 475 /
 * 110574.28 degrees (a degree of the meridian at the equator, a (1 - e2) pi / 180). */
static void cells_stand_where_they_should(void **state)
{
    (void)state;
    struct vg_network net = parsed("{\"type\":\"LineString\",\"coordinates\":[[10,0],[10.1,0]]}");
    struct vg_strip *strip = made(&net, 50.0);
    vg_network_finish(&net); /* the strip does not need it */
    assert_int_equal(vg_strip_n_columns(strip), 223);
    assert_int_equal(vg_strip_n_rows(strip, 0), 20);
    assert_int_equal(vg_strip_cell_index(strip, 223), 223 * 20);
    assert_int_equal(vg_strip_cell_index(strip, 7), 140);
    double lat;
    double lon;
    vg_strip_cell(strip, 0, 0, &lat, &lon);
    near(lat, 475.0 / 110574.28, 1e-7);
    near(lon, 10.0 + 0.1 / 446.0, 1e-7);
    vg_strip_cell(strip, 222, 19, &lat, &lon);
    near(lat, -475.0 / 110574.28, 1e-7);
    near(lon, 10.1 - 0.1 / 446.0, 1e-7);
    int line;
    double s;
    int stretch;
    vg_strip_column(strip, 222, &line, &s, &stretch);
    near(s, 11131.949 - 24.96, 0.01);
    assert_int_equal(line, 0);
    assert_int_equal(stretch, 0);
    assert_int_equal(vg_strip_column_at(strip, 0, s), 222);
    assert_int_equal(vg_strip_column_at(strip, 0, 1e9), 222);
    assert_int_equal(vg_strip_column_at(strip, 0, -5.0), 0);
    vg_strip_destroy(strip);
}

static void stretches_have_their_own_depth(void **state)
{
    (void)state;
    struct vg_network net = parsed(
        "{\"type\":\"MultiLineString\",\"coordinates\":[[[10,0],[10.1,0]],[[11,0],[11,0.1]]]}");
    struct vg_error err = {0};
    assert_int_equal(vg_network_override(&net, 0, 1000, 1030, 60, 1000, "narrow", &err), VG_OK);
    assert_int_equal(vg_network_override(&net, 0, 2000, 2002, 60, 900, "none", &err), VG_OK);
    struct vg_strip *strip = made(&net, 50.0);
    int64_t cells = 0;
    for (int c = 0; c < vg_strip_n_columns(strip); c++) {
        int line;
        double s;
        int stretch;
        vg_strip_column(strip, c, &line, &s, &stretch);
        assert_int_equal(stretch, vg_network_stretch_at(&net, line, s));
        assert_int_equal(vg_strip_n_rows(strip, c),
                         2 * (int)(net.stretches[stretch].depth_m / 50.0));
        assert_int_equal(vg_strip_cell_index(strip, c), cells);
        assert_int_equal(vg_strip_column_at(strip, line, s), c);
        cells += vg_strip_n_rows(strip, c);
    }
    assert_int_equal(vg_strip_cell_index(strip, vg_strip_n_columns(strip)), cells);
    vg_strip_destroy(strip);
    vg_network_finish(&net);
}

static void refuses_what_it_cannot_hold(void **state)
{
    (void)state;
    struct vg_network net = parsed("{\"type\":\"LineString\",\"coordinates\":[[10,0],[10.1,0]]}");
    struct vg_strip *strip = NULL;
    struct vg_error err = {0};
    assert_int_equal(vg_strip_create(&net, 0.0, &strip, &err), VG_E_RANGE);
    err = (struct vg_error){0};
    assert_int_equal(vg_strip_create(&net, 3.9, &strip, &err), VG_E_RANGE); /* 129 cells */
    assert_non_null(strstr(err.message, "larger cells"));
    err = (struct vg_error){0};
    assert_int_equal(vg_strip_create(&net, 1e-4, &strip, &err), VG_E_RANGE);
    assert_null(strip);
    vg_network_finish(&net);
}

/* A winding line with several parts, the first across the antimeridian. */
static struct vg_network winding(uint64_t seed)
{
    struct vg_rng rng = vg_rng_seed(seed);
    struct vg_buf text = {0};
    vg_buf_puts(&text, "{\"type\":\"MultiLineString\",\"coordinates\":[");
    for (int part = 0; part < 3; part++) {
        double lat = 10.0 * part + vg_rng_unit(&rng);
        double lon = part == 0 ? 179.5 : -180.0 + 360.0 * vg_rng_unit(&rng);
        double way = 360.0 * vg_rng_unit(&rng);
        vg_buf_printf(&text, "%s[", part ? "," : "");
        for (int i = 0; i < 300; i++) {
            vg_buf_printf(&text, "%s[%.7f,%.7f]", i ? "," : "", vg_wrap_180_deg(lon), lat);
            way += 25.0 * vg_rng_normal(&rng);
            lat += 0.004 * cos(way * VG_RAD_PER_DEG);
            lon += 0.004 * sin(way * VG_RAD_PER_DEG) + 0.001;
        }
        vg_buf_puts(&text, "]");
    }
    vg_buf_puts(&text, "]}");
    struct vg_network net = parsed(vg_buf_text(&text));
    vg_buf_finish(&text);
    return net;
}

static void any_place(struct vg_rng *rng, const struct vg_strip *strip, double spread_deg,
                      double *lat, double *lon)
{
    struct vg_strip_axis a;
    vg_strip_axis(strip, (int)vg_rng_below(rng, (uint64_t)vg_strip_n_columns(strip)), &a);
    *lat = a.lat_deg + spread_deg * vg_rng_normal(rng);
    *lon = vg_wrap_180_deg(a.lon_deg + spread_deg * vg_rng_normal(rng));
}

/* Oracle: every column, by geodesic distance. None within the radius may be missing; what is
 * returned too much is at most the reach of a box of 32 columns. */
static void near_misses_no_column(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct vg_network net = winding(seed);
        struct vg_strip *strip = made(&net, 50.0);
        struct vg_rng rng = vg_rng_seed(seed);
        int n = vg_strip_n_columns(strip);
        for (int k = 0; k < 10; k++) {
            double lat;
            double lon;
            any_place(&rng, strip, 0.02, &lat, &lon);
            double radius = 500.0 + 8000.0 * vg_rng_unit(&rng);
            struct vg_strip_run runs[64];
            int n_runs = vg_strip_near(strip, lat, lon, radius, runs, 64);
            assert_in_range(n_runs, 0, 64);
            for (int i = 1; i < n_runs; i++) {
                assert_true(runs[i].first > runs[i - 1].end);
            }
            struct vg_strip_run few[1] = {{-1, -1}};
            assert_int_equal(vg_strip_near(strip, lat, lon, radius, few, 1), n_runs);
            for (int c = 0; c < n; c++) {
                struct vg_strip_axis a;
                vg_strip_axis(strip, c, &a);
                bool is_in = false;
                for (int i = 0; i < n_runs; i++) {
                    is_in = is_in || (c >= runs[i].first && c < runs[i].end);
                }
                double d = vg_geo_distance_m(lat, lon, a.lat_deg, a.lon_deg);
                if (d <= radius && !is_in) {
                    fail_msg("seed %d: column %d at %.1f m of %.1f is missing", (int)seed, c, d,
                             radius);
                }
                if (is_in && d > 1.5 * radius + 2.0 * 32 * 50.0) {
                    fail_msg("seed %d: column %d at %.1f m of %.1f is far", (int)seed, c, d,
                             radius);
                }
            }
        }
        vg_strip_destroy(strip);
        vg_network_finish(&net);
    }
}

/* Oracle: vg_line_nearest over every line. */
static void nearest_agrees_with_every_line(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct vg_network net = winding(seed);
        struct vg_strip *strip = made(&net, 50.0);
        struct vg_rng rng = vg_rng_seed(seed);
        for (int k = 0; k < 200; k++) {
            double lat;
            double lon;
            any_place(&rng, strip, k % 2 ? 0.01 : 1.0, &lat, &lon);
            double best = HUGE_VAL;
            for (int i = 0; i < net.n_lines; i++) {
                double s;
                double off;
                vg_line_nearest(&net.lines[i], lat, lon, &s, &off);
                best = fmin(best, fabs(off));
            }
            int line = -1;
            double s = -1.0;
            double d = -1.0;
            int found = vg_strip_nearest(strip, lat, lon, 500e3, &line, &s, &d);
            assert_int_equal(found, 1);
            assert_true(d >= best - 1e-3 - 1e-4 * best);
            assert_true(d <= best + 1.0 + 1e-4 * best);
            double plat;
            double plon;
            vg_line_at(&net.lines[line], s, 0.0, &plat, &plon, NULL);
            near(vg_geo_distance_m(lat, lon, plat, plon), d, 1e-6);
            assert_int_equal(vg_strip_nearest(strip, lat, lon, d * 0.999 - 1.0, &line, &s, &d), 0);
        }
        vg_strip_destroy(strip);
        vg_network_finish(&net);
    }
}

/* The size that is promised: 8,200 km of wiggly line at 50 m. */
static void a_long_border_fits(void **state)
{
    (void)state;
    struct vg_buf text = {0};
    vg_buf_puts(&text, "{\"type\":\"LineString\",\"coordinates\":[");
    for (int i = 0; i < 17540; i++) {
        double a = i * (2.0 * VG_PI / 17540.0);
        double r = 9.0 + 0.5 * sin(40.0 * a) + 0.01 * sin(5000.0 * a);
        vg_buf_printf(&text, "%s[%.5f,%.5f]", i ? "," : "", r * cos(a), 15.0 + r * sin(a));
    }
    vg_buf_puts(&text, "]}");
    struct vg_network net = parsed(vg_buf_text(&text));
    vg_buf_finish(&text);
    assert_true(vg_network_length_m(&net) > 7e6);
    struct vg_strip *strip = made(&net, 50.0);
    assert_int_equal(vg_strip_n_columns(strip), (int)ceil(vg_network_length_m(&net) / 50.0));
    vg_strip_destroy(strip);
    vg_network_finish(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_where_they_should),
        cmocka_unit_test(stretches_have_their_own_depth),
        cmocka_unit_test(refuses_what_it_cannot_hold),
        cmocka_unit_test(near_misses_no_column),
        cmocka_unit_test(nearest_agrees_with_every_line),
        cmocka_unit_test(a_long_border_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
