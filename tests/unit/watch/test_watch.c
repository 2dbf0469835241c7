/* Folding events and telling the page. */
#include "tiny.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void pose_moves_drone_and_marks_ground(void **state)
{
    (void)state;
    struct vg_watch w;
    tiny_open(&w);
    tiny_apply(
        &w, 100, "pose",
        "{\"d\":\"V1\",\"lat\":14,\"lon\":0.001,\"alt\":420,\"agl\":300,\"hdg\":90,\"spd\":"
        "25,\"bat\":0.8,"
        "\"line\":0,\"s\":110,\"fp\":[[0,14],[0.01,14],[0.01,14.01]],\"saw\":[0,10,0,4,57]}");
    const struct vg_watch_drone *d = vg_watch_drone(&w, "V1");
    assert_int_equal(d->line, 0);
    assert_true(fabs(d->s_m - 110) < 1e-9);
    assert_int_equal(d->n_footprint, 3);
    assert_int_equal(w.seen.bin_s[0], TINY_T0 / 1000000 + 100);
    assert_int_equal(w.seen.bin_s[1], 0);
    assert_int_equal(w.n_sights, 1);
    assert_int_equal(w.n_marks, 1);
    assert_true(fabs(vg_watch_bin_age_s(&w, 0, vg_us(TINY_T0 + 150000000)) - 50) < 1e-6);
    assert_true(fabs(vg_watch_bin_age_s(&w, 1, vg_us(TINY_T0 + 150000000)) - 150) < 1e-6);
    vg_watch_finish(&w);
}

static void bad_bodies_change_nothing(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"pose", "{"},
        {"pose", "{\"d\":\"V1\",\"lat\":95,\"lon\":0}"},
        {"pose", "{\"d\":\"V9\",\"lat\":5,\"lon\":0}"},
        {"pose", "{\"d\":7,\"lat\":5,\"lon\":0}"},
        {"drone", "{\"state\":\"flying\"}"},
        {"drone", "{\"id\":\"nobody\"}"},
        {"sortie", "{\"id\":\"x\"}"},
        {"alert", "{\"id\":\"A1\",\"kind\":\"unseen\"}"},
        {"watch", "{\"promise_s\":1}"},
        {"watch", "[]"},
    };
    struct vg_watch w;
    tiny_open(&w);
    struct vg_view_frame f = {vg_us(TINY_T0), 1, false, 1};
    struct vg_buf before = {0};
    vg_view_snapshot(&w, &f, &before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct vg_error err = {0};
        struct vg_buf after = {0};
        assert_int_not_equal(
            vg_watch_apply(&w, vg_us(TINY_T0), bad[i][0], bad[i][1], strlen(bad[i][1]), &err),
            VG_OK);
        assert_true(err.message[0] != '\0');
        vg_view_snapshot(&w, &f, &after);
        assert_string_equal(vg_buf_text(&after), vg_buf_text(&before));
        vg_buf_finish(&after);
    }
    vg_buf_finish(&before);
    /* runs outside the strip are ignored, not followed */
    tiny_apply(&w, 1, "pose",
               "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[-5,99999,-3,99,-1,62,64,1,2,1e9,7]}");
    assert_int_not_equal(w.seen.bin_s[6], 0);
    vg_watch_finish(&w);
}

static void promise_follows_the_worst_reachable_bin(void **state)
{
    (void)state;
    struct vg_watch w;
    struct vg_promise_state p;
    tiny_open(&w);
    vg_watch_promise(&w, vg_us(TINY_T0 + 1000000000), &p); /* 1,000 s: nothing seen yet */
    assert_int_equal(p.state, VG_PROMISE_STARTING);
    assert_true(fabs(p.worst_ratio - 1000.0 / 3600) < 1e-9);
    tiny_apply(&w, 1000, "pose",
               "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[0,30,0,4,0,40,64,0,4,0]}");
    vg_watch_promise(&w, vg_us(TINY_T0 + 2000000000), &p);
    assert_int_equal(p.state, VG_PROMISE_KEPT); /* bin 3 is unseen, but out of reach */
    assert_true(fabs(p.seen_share - 1) < 1e-9);
    vg_watch_promise(&w, vg_us(TINY_T0 + INT64_C(4200000000)), &p); /* age 3,200 of 3,600 */
    assert_int_equal(p.state, VG_PROMISE_AT_RISK);
    vg_watch_promise(&w, vg_us(TINY_T0 + INT64_C(4700000000)),
                     &p); /* 3,700 of 3,600; line two 3,700 of 7,200 */
    assert_int_equal(p.state, VG_PROMISE_BROKEN);
    assert_true(p.worst_bin >= 0 && p.worst_bin <= 2);
    assert_true(fabs(p.worst_age_s - 3700) < 1e-6);
    vg_watch_finish(&w);
}

static json_t *told(struct vg_buf *b)
{
    json_error_t why;
    json_t *doc = json_loadb(b->data, b->n, JSON_REJECT_DUPLICATES, &why);
    if (doc == NULL) {
        fail_msg("%s in %s", why.text, vg_buf_text(b));
    }
    vg_buf_reset(b);
    return doc;
}

static void deltas_tell_only_what_changed(void **state)
{
    (void)state;
    struct vg_watch w;
    struct vg_buf b = {0};
    tiny_open(&w);
    struct vg_view_frame f = {vg_us(TINY_T0), 1, true, 20};
    vg_view_snapshot(&w, &f, &b);
    json_t *doc = told(&b);
    assert_int_equal(json_array_size(json_object_get(doc, "bins")), 7);
    assert_int_equal(json_array_size(json_object_get(doc, "drones")), 2);
    assert_true(
        json_is_null(json_object_get(json_array_get(json_object_get(doc, "drones"), 0), "lat")));
    json_decref(doc);
    vg_view_clear(&w);
    vg_view_delta(&w, &f, &b);
    doc = told(&b);
    assert_null(json_object_get(doc, "drones"));
    assert_int_equal(json_array_size(json_object_get(doc, "bins")), 0);
    assert_non_null(json_object_get(doc, "promise"));
    json_decref(doc);
    tiny_apply(&w, 5, "pose", "{\"d\":\"V2\",\"lat\":14,\"lon\":1,\"saw\":[0,10,0,4,57]}");
    tiny_apply(&w, 6, "sortie",
               "{\"id\":\"K#0\",\"drone\":\"V2\",\"state\":\"flying\",\"takeoff_us\":5}");
    vg_view_delta(&w, &f, &b);
    doc = told(&b);
    assert_int_equal(json_array_size(json_object_get(doc, "drones")), 1);
    assert_int_equal(json_array_size(json_object_get(doc, "sorties")), 1);
    assert_int_equal(json_array_size(json_object_get(doc, "bins")), 1);
    json_decref(doc);
    vg_buf_finish(&b);
    vg_watch_finish(&w);
}

static void the_same_strip_keeps_its_memory(void **state)
{
    (void)state;
    struct vg_watch w;
    tiny_open(&w);
    tiny_apply(&w, 5, "pose", "{\"d\":\"V2\",\"lat\":14,\"lon\":1,\"saw\":[0,10,0,4,57]}");
    uint32_t seen_s = w.seen.bin_s[0];
    struct vg_buf other = {0};
    vg_buf_puts(&other, TINY);
    char *name = strstr(other.data, "Tiny");
    assert_non_null(name);
    memcpy(name, "Zwei", 4); /* another description, the same ground */
    tiny_apply(&w, 6, "watch", vg_buf_text(&other));
    assert_int_equal(w.seen.bin_s[0], seen_s);
    assert_int_equal(w.n_sights, 1);
    char *rows = strstr(other.data, "[1,24,4,2]");
    assert_non_null(rows);
    memcpy(rows, "[1,24,6,2]", 10); /* other ground */
    tiny_apply(&w, 7, "watch", vg_buf_text(&other));
    assert_int_equal(w.seen.bin_s[0], 0);
    vg_buf_finish(&other);
    vg_watch_finish(&w);
}

static void chart_breaks_where_the_drone_leaves_the_line(void **state)
{
    (void)state;
    struct vg_watch w;
    struct vg_buf b = {0};
    char body[200];
    tiny_open(&w);
    for (int t = 0; t < 60; t++) {
        const char *on = t < 30 || t > 45 ? ",\"line\":1,\"s\":100" : "";
        vg_format(body, sizeof body, "{\"d\":\"V1\",\"lat\":14,\"lon\":1%s}", on);
        tiny_apply(&w, t, "pose", body);
    }
    vg_view_chart(&w, vg_us(TINY_T0), vg_us(TINY_T0 + 60000000), &b);
    vg_buf_puts(&b, "}");
    json_t *doc = told(&b);
    json_t *points = json_object_get(json_array_get(json_object_get(doc, "flown"), 0), "points");
    /* every 10 s on the line (0, 10, 20), the break at 30, again from 46 (46, 56) */
    assert_int_equal(json_array_size(points), 6);
    assert_true(json_is_null(json_array_get(points, 3)));
    assert_true(fabs(json_number_value(json_array_get(json_array_get(points, 4), 1)) - 2100) <
                1e-9);
    json_decref(doc);
    vg_buf_finish(&b);
    vg_watch_finish(&w);
}

/* The last member is read from the text, an earlier one by the JSON reader: both mean the same. */
static void looks_mean_the_same_wherever_they_stand(void **state)
{
    (void)state;
    struct vg_watch w[2];
    struct vg_rng rng = vg_rng_seed(8);
    tiny_open(&w[0]);
    tiny_open(&w[1]);
    for (int i = 0; i < 400; i++) {
        struct vg_buf saw = {0};
        char body[2][600];
        int n = (int)vg_rng_below(&rng, 24); /* numbers: also lists that end within a run */
        for (int k = 0; k < n; k++) {
            vg_buf_printf(&saw, "%s%d", k > 0 ? "," : "",
                          (int)vg_rng_below(&rng, k % 5 < 2 ? 70 : 6));
        }
        vg_format(body[0], 600, "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[%s]}",
                  vg_buf_text(&saw));
        vg_format(body[1], 600, "{\"d\":\"V1\",\"saw\":[%s],\"lat\":14,\"lon\":0}",
                  vg_buf_text(&saw));
        tiny_apply(&w[0], i * 7, "pose", body[0]);
        tiny_apply(&w[1], i * 7, "pose", body[1]);
        vg_buf_finish(&saw);
    }
    size_t n_cells = (size_t)w[0].shape.cols[w[0].shape.n_cols].cell;
    assert_memory_equal(w[0].seen.cell_s, w[1].seen.cell_s, n_cells * sizeof *w[0].seen.cell_s);
    assert_memory_equal(w[0].seen.cells, w[1].seen.cells, n_cells * sizeof *w[0].seen.cells);
    assert_true(vg_seen_share(&w[0].seen) > 0.5);
    assert_int_equal(w[0].n_sights, w[1].n_sights);
    vg_watch_finish(&w[0]);
    vg_watch_finish(&w[1]);
}

static void a_pose_with_two_lists_is_refused(void **state)
{
    (void)state;
    static const char body[] =
        "{\"d\":\"V1\",\"lat\":14,\"lon\":0,\"saw\":[0,1,0,1,5],\"saw\":[5,6,0,1,5]}";
    struct vg_watch w;
    tiny_open(&w);
    assert_int_equal(vg_watch_apply(&w, vg_us(TINY_T0), "pose", body, sizeof body - 1, NULL),
                     VG_E_FORMAT);
    assert_true(vg_seen_share(&w.seen) == 0);
    vg_watch_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pose_moves_drone_and_marks_ground),
        cmocka_unit_test(bad_bodies_change_nothing),
        cmocka_unit_test(promise_follows_the_worst_reachable_bin),
        cmocka_unit_test(deltas_tell_only_what_changed),
        cmocka_unit_test(the_same_strip_keeps_its_memory),
        cmocka_unit_test(chart_breaks_where_the_drone_leaves_the_line),
        cmocka_unit_test(looks_mean_the_same_wherever_they_stand),
        cmocka_unit_test(a_pose_with_two_lists_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
