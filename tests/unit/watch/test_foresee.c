/* A wall beside the line: what it hides is foreseen, and which pass would see it. */
#include "watch/foresee.h"

#include "../terrain/ground.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 6 km due north along 20 E, 600 m to each side. */
static const char WATCH[] =
    "name: Wall\n"
    "line: {points: [[39.97, 20.0], [40.024, 20.0]], revisit: 1h, depth: 600m}\n"
    "bases: [{name: Camp, at: [39.95, 20.0]}]\n"
    "cameras:\n"
    "  eo: {pixels: [1920, 1080], hfov: 60deg, gimbal: 3-axis}\n"
    "types:\n"
    "  small: {cruise: 20 m/s, endurance: 1h, agl: 120 m, camera: eo}\n"
    "drones: [{id: P1, type: small, base: Camp}]\n";

struct ground {
    struct vg_watchfile watch;
    struct vg_strip *strip;
    struct vg_plan plan;
    struct vg_plan_point track[2];
    struct vg_plan_sortie sortie;
    struct vg_plan_stretch stretch;
};

/* One sortie: north over the line at 120 m, 7.4 km in 370 s. */
static void open_ground(struct ground *g, double lon_deg)
{
    struct vg_error err = {0};
    *g = (struct ground){0};
    if (vg_watchfile_parse(WATCH, sizeof WATCH - 1, "wall.yaml", NULL, &g->watch, &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(vg_strip_create(&g->watch.network, 50, &g->strip, &err), VG_OK);
    g->track[0] = (struct vg_plan_point){0, 39.960, lon_deg, 120};
    g->track[1] = (struct vg_plan_point){370, 40.0266, lon_deg, 120};
    g->sortie = (struct vg_plan_sortie){.id = "P1.1",
                                        .drone = "P1",
                                        .base_from = "Camp",
                                        .base_to = "Camp",
                                        .land_s = 370,
                                        .period_s = 3600,
                                        .track = g->track,
                                        .n_track = 2};
    g->stretch = (struct vg_plan_stretch){
        .id = "S1", .to_m = g->watch.network.lines[0].length_m, .revisit_s = 3600};
    vg_format(g->stretch.line, sizeof g->stretch.line, "%s", g->watch.network.lines[0].name);
    g->plan = (struct vg_plan){.period_s = 3600,
                               .stretches = &g->stretch,
                               .n_stretches = 1,
                               .sorties = &g->sortie,
                               .n_sorties = 1};
}

static void close_ground(struct ground *g)
{
    vg_strip_destroy(g->strip);
    vg_watchfile_finish(&g->watch);
}

static void flat_ground_is_all_seen(void **state)
{
    (void)state;
    struct ground g;
    struct vg_foreseen f;
    struct vg_terrain *flat = NULL;
    open_ground(&g, 20.0);
    assert_int_equal(vg_terrain_open(NULL, 0, &flat, NULL), VG_OK);
    assert_int_equal(vg_foresee(&g.watch, &g.plan, flat, g.strip, NULL, NULL, &f, NULL), VG_OK);
    assert_int_equal(f.n_cells, vg_strip_cell_index(g.strip, vg_strip_n_columns(g.strip)));
    assert_int_equal(f.n_cols_enough, f.n_cols);
    assert_true(f.n_seen > f.n_cells * 99 / 100);
    assert_int_equal(f.n_pieces, 0);
    vg_foreseen_finish(&f);
    vg_terrain_destroy(flat);
    close_ground(&g);
}

/* The wall stands 256 m to the right (0.003 degrees x 85.39 km), 250 m high, one cell of 0.0005
 * degrees (43 m) thick either side of its crest: rows 0 to 15 (up to 200 m right) are free, row 18
 * and beyond (over 300 m right) lie behind it. */
static void what_a_wall_hides_is_named(void **state)
{
    (void)state;
    struct ground g;
    struct vg_foreseen f;
    open_ground(&g, 20.0);
    struct vg_terrain *t = ground_wall(400, 40.0, 20.0, 0.0005, 20.003, 250);
    assert_non_null(t);
    assert_int_equal(vg_foresee(&g.watch, &g.plan, t, g.strip, NULL, NULL, &f, NULL), VG_OK);
    assert_int_equal(f.n_pieces, 1);
    const struct vg_foreseen_piece *p = &f.pieces[0];
    int n_cols = vg_strip_n_columns(g.strip);
    assert_true(p->from_m < 1 && p->to_m > g.watch.network.lines[0].length_m - 1);
    assert_int_equal(p->n_left, 0);
    assert_int_equal(p->n_cells, 24 * n_cols);
    assert_true(p->n_hidden >= 6 * n_cols && p->n_hidden <= 8 * n_cols);
    assert_int_equal(f.n_cols_enough, 0); /* a quarter hidden: under 90 % */
    assert_int_equal(f.n_cells - f.n_seen, p->n_hidden);
    /* from beyond the wall it is seen: the first such pass, at the height flown anyway */
    print_message("%d of %d hidden; pass at %.0f m, %.0f m high sees %.3f\n", p->n_hidden,
                  p->n_cells, p->pass_offset_m, p->pass_agl_m, p->pass_share);
    assert_true(p->pass_share > 0.9);
    assert_true(p->pass_offset_m > 300);
    assert_true(p->pass_agl_m < 121);
    vg_foreseen_finish(&f);
    /* flown there, the other side of the wall is what is hidden */
    close_ground(&g);
    open_ground(&g, 20.0 + 0.0055);
    assert_int_equal(vg_foresee(&g.watch, &g.plan, t, g.strip, NULL, NULL, &f, NULL), VG_OK);
    assert_true(f.n_pieces >= 1 && f.pieces[0].n_left > f.pieces[0].n_hidden / 2);
    vg_foreseen_finish(&f);
    vg_terrain_destroy(t);
    close_ground(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_ground_is_all_seen),
        cmocka_unit_test(what_a_wall_hides_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
