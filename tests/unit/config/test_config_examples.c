/* The example watches parse, with the lengths that SpatiaLite gives for their lines and the fleets
 * they state. */
#include "base/file.h"
#include "config/watchfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

struct expected {
    const char *path;
    /* SpatiaLite 5.0.1 on WGS 84, segments straight in longitude and latitude as RFC 7946 has it:
     * ogrinfo -dialect sqlite -sql "select st_length(st_segmentize(geometry, 0.002), 1) from ..."
     */
    double length_m;
    int n_lines;
    int n_stretches;
    int n_bases;
    int n_drones;
    int n_zones;
    int n_places;
    double revisit_s;
    double depth_m;
};

static const struct expected EXAMPLES[] = {
    {"examples/kayes/watch.yaml", 409372.08484277, 1, 1, 3, 6, 3, 53, 14400, 1500},
    {"examples/kayes/mixed.yaml", 409372.08484277, 1, 8, 3, 8, 3, 53, 14400, 1500},
    {"examples/kayes/clock.yaml", 409372.08484277, 1, 1, 3, 6, 3, 53, 14400, 1500},
    {"examples/mali/watch.yaml", 8124145.57127787, 1, 1, 20, 80, 0, 135, 14400, 1500},
    {"examples/mali/natural-earth.yaml", 7250967.1400849, 1, 1, 20, 80, 0, 135, 14400, 1500},
    {"examples/brindabella/watch.yaml", 154345.623477138, 1, 1, 3, 6, 2, 7, 7200, 500},
};

static void load(const char *path, struct vg_watchfile *out)
{
    struct vg_error err = {0};
    char text[1200];
    if (vg_watchfile_load(path, vg_file_read, out, &err) != VG_OK) {
        fail_msg("%s", vg_error_text(&err, text, sizeof text));
    }
}

static void test_examples_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        const struct expected *want = &EXAMPLES[i];
        struct vg_watchfile wf = {0};
        load(want->path, &wf);
        double length_m = vg_network_length_m(&wf.network);
        print_message("%s: %.3f m, SpatiaLite %.3f m\n", want->path, length_m, want->length_m);
        /* Under 10 km a segment counts as a geodesic here: 3 cm on all of Mali. */
        assert_true(fabs(length_m - want->length_m) < 1.0);
        assert_int_equal(wf.network.n_lines, want->n_lines);
        assert_int_equal(wf.network.n_stretches, want->n_stretches);
        assert_int_equal(wf.n_bases, want->n_bases);
        assert_int_equal(wf.n_drones, want->n_drones);
        assert_int_equal(wf.n_zones, want->n_zones);
        assert_int_equal(wf.n_places, want->n_places);
        assert_float_equal(wf.revisit_s, want->revisit_s, 0);
        assert_float_equal(wf.depth_m, want->depth_m, 0);
        vg_watchfile_finish(&wf);
    }
}

/* Names become indices, defaults stand where the file is silent, paths lie beside the watch file.
 */
static void test_kayes_is_resolved(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    load("examples/kayes/watch.yaml", &wf);
    assert_string_equal(wf.name, "Kayes");
    assert_string_equal(wf.bases[wf.drones[5].base].name, "Yélimané");
    assert_string_equal(wf.drones[5].id, "V6");
    assert_int_equal(wf.drones[5].sysid, 6);
    assert_string_equal(wf.drones[5].link, "");
    assert_string_equal(wf.cameras[wf.types[0].camera].name, "eo-10x");
    assert_float_equal(wf.types[0].endurance_s, 18000, 0);
    assert_float_equal(wf.types[0].reserve, 0.15, 0);
    assert_float_equal(wf.types[0].sink_mps, 3, 0); /* as climb */
    assert_float_equal(wf.cameras[0].max_gsd_m, 2.5, 0);
    assert_float_equal(wf.cameras[0].max_range_m, 8000, 0);
    assert_int_equal(wf.cameras[0].gimbal, VG_GIMBAL_3AXIS);
    assert_float_equal(wf.seen_share, 0.9, 0);
    assert_int_equal(wf.n_terrain, 1);
    assert_string_equal(wf.terrain[0], "examples/kayes/dem/kayes_etopo5.tif");
    assert_string_equal(wf.record, "examples/kayes/kayes.vigie");
    assert_int_equal(wf.zones[1].kind, VG_ZONE_PRIVACY);
    assert_string_equal(wf.places[0].name, "Kayes");
    assert_int_equal(wf.places[0].population, 78406);
    vg_watchfile_finish(&wf);
}

/* mixed.yaml: 0 |31| 61 | 106 | 233 | 278 | 308 | 353 | 409.4 km. */
static void test_mixed_stretches(void **state)
{
    (void)state;
    static const double TO_KM[] = {31, 61, 106, 233, 278, 308, 353};
    static const double HOURS[] = {4, 2, 4, 8, 4, 2, 4, 8};
    struct vg_watchfile wf = {0};
    load("examples/kayes/mixed.yaml", &wf);
    for (int i = 0; i < wf.network.n_stretches; i++) {
        const struct vg_stretch *s = &wf.network.stretches[i];
        if (i < 7) {
            assert_float_equal(s->to_m, TO_KM[i] * 1000, 1e-6);
        }
        assert_float_equal(s->revisit_s, HOURS[i] * 3600, 0);
        assert_float_equal(s->depth_m, 1500, 0);
    }
    vg_watchfile_finish(&wf);
}

static void test_counts_expand(void **state)
{
    (void)state;
    struct vg_watchfile wf = {0};
    load("examples/mali/watch.yaml", &wf);
    assert_string_equal(wf.drones[0].id, "AR1");
    assert_string_equal(wf.drones[5].id, "AR6");
    assert_string_equal(wf.drones[6].id, "TA1");
    assert_int_equal(wf.drones[79].sysid, 80);
    assert_string_equal(wf.types[wf.drones[6].type].name, "far-wing");
    vg_watchfile_finish(&wf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_parse),
        cmocka_unit_test(test_kayes_is_resolved),
        cmocka_unit_test(test_mixed_stretches),
        cmocka_unit_test(test_counts_expand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
