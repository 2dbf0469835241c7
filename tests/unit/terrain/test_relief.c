/* Contours of a plane stand where arithmetic says; tiles decoded by GDAL. (Shade and slope are
 * compared with gdaldem in tests/peers/gdal.) */
#include "base/units.h"
#include "terrain/relief.h"
#include "terrain/tile.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    N = VG_TILE_SIZE_PX
};

static void decode(const struct vg_buf *png, uint8_t rgba[4][N * N])
{
    GDALAllRegister();
    VSIFCloseL(VSIFileFromMemBuffer("/vsimem/relief.png", (GByte *)png->data, png->n, FALSE));
    GDALDatasetH ds = GDALOpen("/vsimem/relief.png", GA_ReadOnly);
    assert_non_null(ds);
    assert_int_equal(GDALGetRasterCount(ds), 4);
    for (int b = 0; b < 4; b++) {
        assert_int_equal(GDALRasterIO(GDALGetRasterBand(ds, b + 1), GF_Read, 0, 0, N, N, rgba[b], N,
                                      N, GDT_Byte, 0, 0),
                         CE_None);
    }
    GDALClose(ds);
    VSIUnlink("/vsimem/relief.png");
}

/* Ground that rises 1,000 m a degree to the east, 0.02 degree cells about 0 N 10 E. */
static struct vg_terrain *ramp(void)
{
    enum {
        M = 101
    };
    static float h[M * M];
    struct vg_terrain *t = NULL;
    for (int i = 0; i < M * M; i++) {
        h[i] = (float)((i % M) * 0.02 * 1000.0);
    }
    assert_int_equal(vg_terrain_from_array(h, M, M, 1.0, 9.0, 0.02, 0.02, &t, NULL), VG_OK);
    return t;
}

/* Zoom 12 about 0 N 10 E: 200 m between contours at zoom 9, 50 m at 12, so one each 0.05 degrees,
 * every 0.25 a thick one; a pixel is 360 / 4096 / 256 = 0.000343 degrees, the contour 0.05 /
 * 0.000343 = 145.6 pixels from the next. */
static void contours_of_a_plane(void **state)
{
    (void)state;
    static uint8_t rgba[4][N * N];
    struct vg_terrain *t = ramp();
    struct vg_buf png = {0};
    double deg_px = 360.0 / 4096 / N;
    int n_lines = 0;
    int n_thick = 0;
    assert_int_equal(vg_relief_interval_m(12), 50);
    for (int tx = 2158; tx < 2164; tx++) {
        vg_buf_reset(&png);
        assert_int_equal(vg_relief_tile_png(t, VG_RELIEF_CONTOUR, 12, tx, 2047, &png, NULL), VG_OK);
        decode(&png, rgba);
        for (int col = 0; col < N; col++) {
            double lon = (tx + (col + 0.5) / N) / 4096 * 360 - 180;
            double height = (lon - 9) * 1000;
            double level = round(height / 50);
            double away_px = fabs(height - level * 50) / 1000 / deg_px;
            bool is_thick = fabs(level / 5 - round(level / 5)) < 0.01;
            int alpha = rgba[3][100 * N + col];
            if (away_px < 0.4) {
                assert_true(alpha > (is_thick ? 190 : 110));
                n_lines += is_thick ? 0 : 1;
                n_thick += is_thick;
            } else if (away_px > (is_thick ? 1.6 : 1.1)) {
                assert_int_equal(alpha, 0);
            }
        }
    }
    assert_true(n_lines >= 6 && n_thick >= 1);
    vg_buf_finish(&png);
    vg_terrain_destroy(t);
}

/* 1,000 m in 111.2 km (the map's sphere: 6,378,137 m pi / 180 = 111.32 km) is 0.51 degrees: clear.
 * 100 times as steep is 41.9 degrees: alpha 190 (41.93 - 3) / 42 = 176. */
static void slope_of_a_plane(void **state)
{
    (void)state;
    static uint8_t rgba[4][N * N];
    static float h[4] = {0, 100, 0, 100};
    struct vg_terrain *t = ramp();
    struct vg_buf png = {0};
    assert_int_equal(vg_relief_tile_png(t, VG_RELIEF_SLOPE, 12, 2160, 2047, &png, NULL), VG_OK);
    decode(&png, rgba);
    assert_int_equal(rgba[3][128 * N + 128], 0);
    vg_terrain_destroy(t);
    assert_int_equal(vg_terrain_from_array(h, 2, 2, 0.0005, 9.9995, 0.001, 0.001, &t, NULL), VG_OK);
    vg_buf_reset(&png);
    /* zoom 18 at the equator: x of 10 E = 190 / 360 2^18 = 138353.8 */
    assert_int_equal(vg_relief_tile_png(t, VG_RELIEF_SLOPE, 18, 138353, 131072, &png, NULL), VG_OK);
    decode(&png, rgba);
    int n = 0;
    for (int i = 0; i < N * N; i++) {
        double lon = (138353 + (i % N + 0.5) / N) / 262144 * 360 - 180;
        double lat = vg_tile_lat_deg(18, 131072 + (i / N + 0.5) / N);
        if (fabs(lon - 10) < 0.00049 && fabs(lat) < 0.00049) {
            assert_in_range(rgba[3][i], 174, 178);
            assert_int_equal(rgba[0][i], 122);
            n++;
        }
    }
    assert_true(n > 1000);
    vg_buf_finish(&png);
    vg_terrain_destroy(t);
}

static void nothing_where_no_ground_is(void **state)
{
    (void)state;
    static uint8_t rgba[4][N * N];
    struct vg_terrain *t = ramp();
    struct vg_buf png = {0};
    for (int kind = VG_RELIEF_SHADE; kind <= VG_RELIEF_CONTOUR; kind++) {
        vg_buf_reset(&png);
        assert_int_equal(vg_relief_tile_png(t, (enum vg_relief)kind, 12, 100, 100, &png, NULL),
                         VG_OK);
        decode(&png, rgba);
        for (int i = 0; i < N * N; i++) {
            assert_int_equal(rgba[3][i], 0);
        }
    }
    assert_int_equal(vg_relief_tile_png(t, VG_RELIEF_SLOPE, 3, 8, 0, &png, NULL), VG_E_RANGE);
    assert_int_equal(vg_relief_tile_png(t, VG_RELIEF_SLOPE, -1, 0, 0, &png, NULL), VG_E_RANGE);
    vg_buf_finish(&png);
    vg_terrain_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contours_of_a_plane),
        cmocka_unit_test(slope_of_a_plane),
        cmocka_unit_test(nothing_where_no_ground_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
