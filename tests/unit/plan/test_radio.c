/* Radio sight: a ridge between base and line, by hand; what is required, and plans broken on
 * purpose. */
#include "fixture.h"
#include "geo/geodesy.h"
#include "plan/check.h"
#include "plan/planner.h"
#include "plan/radio.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    N = 281
};
static const double CELL_DEG = 0.005;

/* Flat ground at 0 m with a wall of `top_m` along 0.1 E (base side of the line on 0 E, the base on
 * 0.18 E), from 10.4 N southwards. */
static struct vg_terrain *make_terrain(double top_m)
{
    float *h = calloc((size_t)N * N, sizeof *h);
    struct vg_terrain *out = NULL;
    for (int r = 0; r < N; r++) {
        for (int c = 0; c < N; c++) {
            double lat = 11.1 - CELL_DEG * r;
            double lon = -0.7 + CELL_DEG * c;
            h[r * N + c] = fabs(lon - 0.1) < 0.004 && lat < 10.4 ? (float)top_m : 0;
        }
    }
    assert_int_equal(vg_terrain_from_array(h, N, N, 11.1, -0.7, CELL_DEG, CELL_DEG, &out, NULL),
                     VG_OK);
    free(h);
    return out;
}

static struct vg_watchfile make_watch(void)
{
    struct vg_watchfile w = fixture_straight(2);
    w.bases[0].mast_m = 20;
    w.types[0].floor_m = 100;
    w.radio = (struct vg_wf_radio){.is_given = true};
    return w;
}

/* The base's antenna at 20 m, 8.9 km behind a wall at 10.5 N, 19.7 km before the line: similar
 * triangles let it see, over a wall of w m, what is higher than 20 + (w - 20) 19.7 / 8.9, and some
 * metres for the Earth: 10.8 x 8.9 km bend away by 5.7 m, so of the ray over the wall 12.5 m. */
static void over_a_wall_by_hand(void **state)
{
    (void)state;
    struct vg_watchfile w = make_watch();
    struct vg_terrain *flat = make_terrain(0);
    struct vg_terrain *wall = make_terrain(200);
    double lat = 10.2; /* of a base due east of the line, behind the wall */
    double base_lat, base_lon;
    vg_geo_direct(lat, 0, 90, 19700, &base_lat, &base_lon);
    w.bases[0].lat_deg = base_lat;
    w.bases[0].lon_deg = base_lon;
    double to_wall_m = vg_geo_distance_m(base_lat, base_lon, base_lat, 0.1);
    double bulge_m = (19700 - to_wall_m) * to_wall_m / (2 * 6371008.8 * 7 / 6);
    double least_m = 20 + (200 + bulge_m - 20) * 19700 / to_wall_m;
    assert_false(vg_radio_hears(&w, wall, 0, lat, 0, least_m - 8));
    assert_true(vg_radio_hears(&w, wall, 0, lat, 0, least_m + 8));
    assert_true(vg_radio_hears(&w, flat, 0, lat, 0, 50));
    w.radio.range_m = 19600;
    assert_false(vg_radio_hears(&w, flat, 0, lat, 0, 50));
    w.radio.range_m = 19800;
    assert_true(vg_radio_hears(&w, flat, 0, lat, 0, 50));
    vg_terrain_destroy(flat);
    vg_terrain_destroy(wall);
    vg_watchfile_finish(&w);
}

/* From the base at 10.45 N the way to the line at L crosses the wall at 10.45 - (10.45 - L) 0.08 /
 * 0.18, which is south of the wall's end for L below 10.34: the southern 37 of 100 km are out of
 * sight from 300 m behind 400 m. Told where radio is not required, not watched where it is. */
static void what_the_wall_hides(void **state)
{
    (void)state;
    struct vg_watchfile w = make_watch();
    struct vg_terrain *terrain = make_terrain(400);
    struct vg_radio_report radio;
    struct vg_error err = {0};
    struct vg_plan all = fixture_plan(&w, terrain, 1000);
    fixture_expect(&all, &w, terrain, "");
    assert_int_equal(vg_radio_listen(&all, &w, terrain, &radio, &err), VG_OK);
    double out_m = 0;
    double silent_s = 0;
    for (int k = 0; k < all.n_sorties; k++) {
        assert_true(radio.sorties[k].out_any_m <= radio.sorties[k].flown_m);
        assert_float_equal(radio.sorties[k].out_any_m, radio.sorties[k].out_own_m, 1e-6);
        out_m += radio.sorties[k].out_any_m;
    }
    for (int k = 0; k < radio.n_silences; k++) {
        silent_s += radio.silences[k].t_s[1] - radio.silences[k].t_s[0];
    }
    assert_true(out_m > 20e3);
    assert_true(fabs(silent_s * 25 - out_m) < 0.05 * out_m + 4 * 300 / 3 * 25);
    w.radio.is_required = true;
    fixture_expect(&all, &w, terrain, "radio"); /* it sweeps what no base hears */
    struct vg_plan heard = fixture_plan(&w, terrain, 1000);
    fixture_expect(&heard, &w, terrain, "");
    double lost_m = 0;
    for (int k = 0; k < heard.n_stretches; k++) {
        const struct vg_plan_stretch *st = &heard.stretches[k];
        lost_m += st->is_unreachable ? st->to_m - st->from_m : 0;
        assert_true(!st->is_unreachable || strstr(st->reason, "out of radio sight") != NULL);
    }
    assert_true(lost_m > 30e3 && lost_m < 42e3);
    /* A plan that gives up what is heard is refused. */
    for (int k = 0; k < heard.n_stretches; k++) {
        struct vg_plan_stretch *st = &heard.stretches[k];
        if (!st->is_unreachable) {
            st->is_unreachable = true;
            vg_format(st->reason, sizeof st->reason, "out of radio sight");
        }
    }
    fixture_expect(&heard, &w, terrain, "reach");
    vg_radio_finish(&radio);
    vg_plan_finish(&all);
    vg_plan_finish(&heard);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&w);
}

/* A taller mast hears all of it. */
static void a_mast_helps(void **state)
{
    (void)state;
    struct vg_watchfile w = make_watch();
    struct vg_terrain *terrain = make_terrain(400);
    w.radio.is_required = true;
    w.bases[0].mast_m = 900;
    struct vg_plan plan = fixture_plan(&w, terrain, 1000);
    fixture_expect(&plan, &w, terrain, "");
    for (int k = 0; k < plan.n_stretches; k++) {
        assert_false(plan.stretches[k].is_unreachable);
    }
    w.bases[0].mast_m = 20;
    fixture_expect(&plan, &w, terrain, "radio");
    vg_plan_finish(&plan);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&w);
}

/* The masts that the reasons name are enough. */
static void the_mast_named_is_enough(void **state)
{
    (void)state;
    static const char NAMED[] = "masts of ";
    struct vg_watchfile w = make_watch();
    struct vg_terrain *terrain = make_terrain(110);
    w.radio.is_required = true;
    w.bases[0].mast_m = 5;
    struct vg_plan plan = fixture_plan(&w, terrain, 1000);
    double mast_m = 0;
    for (int k = 0; k < plan.n_stretches; k++) {
        const char *at = strstr(plan.stretches[k].reason, NAMED);
        assert_int_equal(at != NULL, plan.stretches[k].is_unreachable);
        mast_m = fmax(mast_m, at != NULL ? strtod(at + strlen(NAMED), NULL) : 0);
    }
    assert_true(mast_m > 5);
    vg_plan_finish(&plan);
    w.bases[0].mast_m = mast_m;
    plan = fixture_plan(&w, terrain, 1000);
    fixture_expect(&plan, &w, terrain, "");
    for (int k = 0; k < plan.n_stretches; k++) {
        assert_false(plan.stretches[k].is_unreachable);
    }
    vg_plan_finish(&plan);
    vg_terrain_destroy(terrain);
    vg_watchfile_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_a_wall_by_hand),
        cmocka_unit_test(what_the_wall_hides),
        cmocka_unit_test(a_mast_helps),
        cmocka_unit_test(the_mast_named_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
