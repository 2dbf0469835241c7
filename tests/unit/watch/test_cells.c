/* Cells in words and as tiles, against a search through all of them; tiles decoded by GDAL. */
#include "strip.h"
#include "watch/cells.h"

#include "base/rng.h"
#include "geo/geodesy.h"
#include "terrain/tile.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    N = VG_TILE_SIZE_PX,
    BASE_S = 1790000000
};

static const struct vg_wf_targets TARGETS = {0.75, 1.68, 2.3};

struct ground {
    struct strip_ground on; /* its seen is the watch's */
    struct vg_watch watch;
};

/* A line with a bend, 300 m to each side; seen here and there at random hours. */
static void open_ground(struct ground *g)
{
    char text[700];
    struct vg_error err = {0};
    *g = (struct ground){0};
    strip_ground_lay(&g->on, "[[149.0,-35.5],[149.02,-35.49],[149.03,-35.46]]", 300, text);
    if (vg_watch_apply(&g->watch, vg_us(BASE_S * INT64_C(1000000)), "watch", text, strlen(text),
                       &err) != VG_OK) {
        fail_msg("%s", err.message);
    }
    struct vg_rng rng = vg_rng_seed(5);
    for (int c = 0; c < vg_strip_n_columns(g->on.strip); c++) {
        for (int r = 0; r < vg_strip_n_rows(g->on.strip, c); r++) {
            if (vg_rng_unit(&rng) < 0.7) {
                vg_seen_mark(&g->watch.seen, c, r, r + 1, 1 + (c + r) % 12,
                             BASE_S + 3600U * (uint32_t)(1 + (7 * c + 3 * r) % 40));
            }
        }
    }
}

static void close_ground(struct ground *g)
{
    vg_watch_finish(&g->watch);
    strip_ground_close(&g->on);
}

/* The nearest cell and how far its centre is; *out_second: that of the next. */
static int64_t nearest(const struct ground *g, double lat, double lon, double *out_m,
                       double *out_second_m)
{
    int64_t best = -1;
    *out_m = *out_second_m = HUGE_VAL;
    for (int c = 0; c < vg_strip_n_columns(g->on.strip); c++) {
        for (int r = 0; r < vg_strip_n_rows(g->on.strip, c); r++) {
            double cell_lat;
            double cell_lon;
            vg_strip_cell(g->on.strip, c, r, &cell_lat, &cell_lon);
            double e = (lon - cell_lon) * 90600;
            double n = (lat - cell_lat) * 110950;
            double d = hypot(e, n);
            if (d < *out_m) {
                *out_second_m = *out_m;
                *out_m = d;
                best = vg_strip_cell_index(g->on.strip, c) + r;
            } else {
                *out_second_m = fmin(*out_second_m, d);
            }
        }
    }
    return best;
}

static void decode(const struct vg_buf *png, double *out)
{
    static uint8_t rgb[3][N * N];
    GDALAllRegister();
    VSIFCloseL(VSIFileFromMemBuffer("/vsimem/cells.png", (GByte *)png->data, png->n, FALSE));
    GDALDatasetH ds = GDALOpen("/vsimem/cells.png", GA_ReadOnly);
    assert_non_null(ds);
    for (int b = 0; b < 3; b++) {
        assert_int_equal(GDALRasterIO(GDALGetRasterBand(ds, b + 1), GF_Read, 0, 0, N, N, rgb[b], N,
                                      N, GDT_Byte, 0, 0),
                         CE_None);
    }
    for (int i = 0; i < N * N; i++) {
        out[i] = rgb[0][i] * 256.0 + rgb[1][i] + rgb[2][i] / 256.0 - 32768.0;
    }
    GDALClose(ds);
    VSIUnlink("/vsimem/cells.png");
}

static void a_tile_shows_the_cell_under_each_pixel(void **state)
{
    (void)state;
    static double got[N * N];
    struct ground g;
    open_ground(&g);
    /* z 14, about 35.49 S 149.02 E: x = (149.02 + 180) / 360 2^14 = 14974.07; y = (1 + 0.66331 /
     * pi) / 2 2^14 = 9921.64 with asinh(tan 35.49) = 0.66331 */
    struct vg_buf png = {0};
    assert_int_equal(
        vg_cells_tile_png(&g.watch, g.on.strip, 14, 14974, 9921, BASE_S, 0, &png, NULL), VG_OK);
    decode(&png, got);
    int n_inside = 0;
    int n_outside = 0;
    int n_never = 0;
    for (int i = 0; i < N * N; i += 3) {
        double lon = (14974 + (i % N + 0.5) / N) / 16384 * 360 - 180;
        double lat = vg_tile_lat_deg(14, 9921 + (i / N + 0.5) / N);
        double d;
        double second;
        int64_t at = nearest(&g, lat, lon, &d, &second);
        if (d > 110) {
            assert_true(got[i] == -32768);
            n_outside++;
        } else if (d < 12 && second > 36) { /* under no other cell's margin */
            uint32_t t_s = g.watch.seen.cell_s[at];
            double want = t_s != 0 ? (t_s - BASE_S) / 3600.0 : -1;
            assert_true(got[i] == want);
            n_inside++;
            n_never += t_s == 0;
        }
    }
    print_message("%d inside, %d of them never seen, %d outside\n", n_inside, n_never, n_outside);
    assert_true(n_inside > 500 && n_outside > 5000 && n_never > 100);
    vg_buf_finish(&png);
    /* far from the line: nothing; bad tiles are refused */
    assert_int_equal(vg_cells_tile_png(&g.watch, g.on.strip, 9, 0, 0, BASE_S, 0, &png, NULL),
                     VG_OK);
    decode(&png, got);
    for (int i = 0; i < N * N; i++) {
        assert_true(got[i] == -32768);
    }
    vg_buf_finish(&png);
    assert_int_equal(vg_cells_tile_png(&g.watch, g.on.strip, 8, 0, 0, BASE_S, 0, &png, NULL),
                     VG_E_RANGE);
    assert_int_equal(vg_cells_tile_png(&g.watch, g.on.strip, 9, 512, 0, BASE_S, 0, &png, NULL),
                     VG_E_RANGE);
    vg_buf_finish(&png);
    close_ground(&g);
}

/* The test ground's only bend turns left by 37 degrees, so that the outermost cells of its right
 * side stand 180 m apart round it; between them nothing may look unwatched. */
static void a_bend_leaves_no_gap(void **state)
{
    (void)state;
    static double got[N * N];
    struct ground g;
    open_ground(&g);
    struct vg_buf png = {0};
    /* z 15: (149.02 + 180) / 360 2^15 = 29948.13; (1 + 0.663143 / pi) / 2 2^15 = 19842.4 */
    int n_gaps = 0;
    int n_tried = 0;
    for (int y = 19842; y <= 19843; y++) {
        assert_int_equal(
            vg_cells_tile_png(&g.watch, g.on.strip, 15, 29948, y, BASE_S, 0, &png, NULL), VG_OK);
        decode(&png, got);
        for (int i = 0; i < N * N; i++) {
            double lon = (29948 + (i % N + 0.5) / N) / 32768 * 360 - 180;
            double lat = vg_tile_lat_deg(15, y + (i / N + 0.5) / N);
            double m = vg_geo_distance_m(lat, lon, -35.49, 149.02);
            if (m < 290) {
                n_tried++;
                n_gaps += got[i] == -32768;
            }
        }
        vg_buf_finish(&png);
    }
    print_message("%d pixels within 290 m of the bend, %d not watched\n", n_tried, n_gaps);
    assert_true(n_tried > 3000);
    assert_int_equal(n_gaps, 0);
    close_ground(&g);
}

static void a_tile_of_one_promise_has_no_other_cells(void **state)
{
    (void)state;
    static double got[2][N * N];
    struct ground g;
    open_ground(&g);
    for (int k = 0; k < 2; k++) {
        struct vg_buf png = {0};
        assert_int_equal(vg_cells_tile_png(&g.watch, g.on.strip, 14, 14974, 9921, BASE_S,
                                           k == 0 ? 3600 : 7200, &png, NULL),
                         VG_OK);
        decode(&png, got[k]);
        vg_buf_finish(&png);
    }
    int n = 0;
    for (int i = 0; i < N * N; i++) {
        n += got[0][i] != -32768;
        assert_true(got[1][i] == -32768);
    }
    assert_true(n > 500);
    close_ground(&g);
}

static void a_cell_says_when_and_how_well(void **state)
{
    (void)state;
    struct ground g;
    open_ground(&g);
    struct vg_error err = {0};
    int n_same = 0;
    for (int c = 0; c < vg_strip_n_columns(g.on.strip); c += 3) {
        for (int r = 0; r < vg_strip_n_rows(g.on.strip, c); r++) {
            struct vg_buf b = {0};
            double lat;
            double lon;
            vg_strip_cell(g.on.strip, c, r, &lat, &lon);
            if (vg_cells_at(&g.watch, g.on.strip, &TARGETS, lat, lon, &b, &err) != VG_OK) {
                vg_buf_finish(&b);
                continue; /* on the outer side of the bend */
            }
            json_t *doc = json_loadb(b.data, b.n, 0, NULL);
            assert_non_null(doc);
            int64_t at = vg_strip_cell_index(g.on.strip, c) + r;
            uint32_t seen_s = (uint32_t)json_integer_value(json_object_get(doc, "seen_s"));
            n_same += seen_s == g.watch.seen.cell_s[at];
            json_decref(doc);
            vg_buf_finish(&b);
        }
    }
    /* all but those that another column's line point is nearer to, at the bend */
    print_message("%d the same\n", n_same);
    assert_true(n_same > 430);
    struct vg_buf b = {0};
    double lat;
    double lon;
    g.watch.seen.cells[vg_strip_cell_index(g.on.strip, 10) + 4] = (struct vg_seen_cell){0, 9, 3};
    g.watch.seen.cell_s[vg_strip_cell_index(g.on.strip, 10) + 4] = BASE_S + 5;
    vg_strip_cell(g.on.strip, 10, 4, &lat, &lon);
    assert_int_equal(vg_cells_at(&g.watch, g.on.strip, &TARGETS, lat, lon, &b, &err), VG_OK);
    json_t *doc = json_loadb(b.data, b.n, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(doc, "seen_s")), BASE_S + 5);
    assert_int_equal(json_integer_value(json_object_get(doc, "looks")), 3);
    assert_true(json_is_null(json_object_get(doc, "last")));
    json_t *best = json_object_get(doc, "best");
    /* grade 9: 80 cm. Person: r = 0.75 / 1.6 / 0.75 = 0.625, E = 3.1375: 0.2289 / 1.2289 = 0.186.
     * Vehicle: r = 1.9167, E = 4.0417: 13.87 / 14.87 = 0.933. */
    assert_true(json_number_value(json_object_get(best, "gsd_m")) == 0.8);
    assert_true(fabs(json_number_value(json_object_get(best, "person")) - 0.186) < 0.002);
    assert_true(fabs(json_number_value(json_object_get(best, "vehicle")) - 0.933) < 0.002);
    json_decref(doc);
    vg_buf_finish(&b);
    assert_int_equal(vg_cells_at(&g.watch, g.on.strip, &TARGETS, -35.3, 149.0, &b, &err),
                     VG_E_NOT_FOUND);
    vg_buf_finish(&b);
    close_ground(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tile_shows_the_cell_under_each_pixel),
        cmocka_unit_test(a_bend_leaves_no_gap),
        cmocka_unit_test(a_tile_of_one_promise_has_no_other_cells),
        cmocka_unit_test(a_cell_says_when_and_how_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
