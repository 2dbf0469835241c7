/* The strip made again from the record's own words against the one that was described. */
#include "watch/ways.h"

#include "config/quantity.h"
#include "geo/geodesy.h"
#include "watch/describe.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Two lines, the first with two depths and crossing the antimeridian, the second closed. */
static const char LINES[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"line\":\"a\",\"depth\":\"400 m\"},"
    "\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
    "[[179.97,-16.5],[179.98,-16.51],[179.985123456,-16.52]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"line\":\"a\",\"depth\":\"1230 m\"},"
    "\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
    "[[179.985123456,-16.52],[179.9999,-16.52],[-179.98,-16.53]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"line\":\"b\",\"revisit\":\"2h\"},"
    "\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
    "[[10,70],[10.1,70],[10.1,70.05],[10,70]]}}]}";

struct ground {
    struct vg_watchfile watch;
    struct vg_strip *strip;
    json_t *description;
    struct vg_shape shape;
};

static void open_ground(struct ground *g)
{
    struct vg_network_defaults d = {3600, 300, vg_quantity_duration, vg_quantity_length};
    struct vg_plan_stretch stretches[8];
    struct vg_plan plan = {.stretches = stretches};
    struct vg_error err = {0};
    struct vg_buf text = {0};
    memset(g, 0, sizeof *g);
    memset(stretches, 0, sizeof stretches);
    struct vg_network *net = &g->watch.network;
    if (vg_network_parse(LINES, sizeof LINES - 1, "lines", &d, net, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(vg_strip_create(net, 50, &g->strip, &err), VG_OK);
    for (int i = 0; i < net->n_stretches; i++) {
        const struct vg_stretch *from = &net->stretches[i];
        struct vg_plan_stretch *to = &stretches[plan.n_stretches++];
        vg_format(to->id, sizeof to->id, "S%d", i + 1);
        vg_format(to->line, sizeof to->line, "%s", net->lines[from->line].name);
        to->from_m = from->from_m;
        to->to_m = from->to_m;
        to->revisit_s = from->revisit_s;
    }
    g->watch.revisit_s = 3600;
    g->watch.seen_share = 0.9;
    g->watch.targets = (struct vg_wf_targets){0.6, 1.2, 3};
    vg_watch_describe(&g->watch, g->strip, &plan, NULL, &text);
    assert_int_equal(vg_json_parse(text.data, text.n, "watch", &g->description, &err), VG_OK);
    if (vg_shape_read(g->description, &g->shape, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    vg_buf_finish(&text);
}

static void close_ground(struct ground *g)
{
    vg_shape_finish(&g->shape);
    json_decref(g->description);
    vg_strip_destroy(g->strip);
    vg_network_finish(&g->watch.network);
}

static void every_cell_lies_where_it_lay(void **state)
{
    (void)state;
    struct ground g;
    struct vg_strip *strip = NULL;
    struct vg_error err = {0};
    open_ground(&g);
    if (vg_ways_strip(g.description, &g.shape, &strip, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    int n = vg_strip_n_columns(g.strip);
    double worst_m = 0;
    int depths = 0;
    assert_int_equal(vg_strip_n_columns(strip), n);
    for (int c = 0; c < n; c++) {
        int n_rows = vg_strip_n_rows(g.strip, c);
        assert_int_equal(vg_strip_n_rows(strip, c), n_rows);
        depths |= n_rows == 16 ? 1 : n_rows == 50 ? 2 : n_rows == 12 ? 4 : 8;
        for (int r = 0; r < n_rows; r++) {
            double a[2];
            double b[2];
            vg_strip_cell(g.strip, c, r, &a[0], &a[1]);
            vg_strip_cell(strip, c, r, &b[0], &b[1]);
            worst_m = fmax(worst_m, vg_geo_distance_m(a[0], a[1], b[0], b[1]));
        }
    }
    /* 1e-7 degrees are 11 mm; the way across is kept to 1/32767, that is 38 mm in 1,250 m */
    print_message("%d columns, the farthest cell %.3f m off\n", n, worst_m);
    assert_true(worst_m < 0.1);
    assert_int_equal(depths, 7); /* 400 m: 2 * 8 rows, 1230 m: 2 * 25, 300 m: 2 * 6 */
    struct vg_wf_targets t;
    vg_ways_targets(g.description, &t);
    assert_true(t.person_m == 0.6 && t.group_m == 1.2 && t.vehicle_m == 3);
    vg_strip_destroy(strip);
    close_ground(&g);
}

static void expect_refused(const struct ground *g, enum vg_status want)
{
    struct vg_strip *strip = NULL;
    struct vg_error err = {0};
    assert_int_equal(vg_ways_strip(g->description, &g->shape, &strip, &err), want);
    assert_null(strip);
    assert_true(err.message[0] != '\0');
}

static void other_ways_are_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "[]",
        "[1,2]",
        "[[],[]]",
        "[[0,0,0,1,1,1000],[0,0,0,1,1,1000]]", /* too short for the strip */
        "[[0,0,0,1,1,0],[0,0,0,1,1,1000]]", /* does not grow */
        "[[0,0,5,1,1,1000],[0,0,0,1,1,1000]]", /* does not begin at 0 */
        "[[0,1000000000,0,1,1,1000],[0,0,0,1,1,1000]]", /* beyond the pole */
        "[[0,0,0,1,1,1.5],[0,0,0,1,1,1000]]",
    };
    struct ground g;
    open_ground(&g);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        json_object_set_new(g.description, "ways", json_loads(BAD[i], 0, NULL));
        expect_refused(&g, VG_E_FORMAT);
    }
    json_object_del(g.description, "ways");
    expect_refused(&g, VG_E_NOT_FOUND);
    /* an old record says nothing of targets either: the watch file's defaults */
    struct vg_wf_targets t;
    json_object_del(g.description, "targets");
    vg_ways_targets(g.description, &t);
    assert_true(t.person_m == 0.75 && t.group_m == 1.68 && t.vehicle_m == 2.3);
    close_ground(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_lies_where_it_lay),
        cmocka_unit_test(other_ways_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
