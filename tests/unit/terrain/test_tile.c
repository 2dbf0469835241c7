/* Elevation tiles, decoded by GDAL's PNG driver. */
#include "base/units.h"
#include "terrain/tile.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum {
    N = 256
};

/* metres = R * 256 + G + B / 256 - 32768 */
static void decode(const struct vg_buf *png, float *out)
{
    static uint8_t rgb[3][N * N];
    GDALAllRegister();
    VSILFILE *f = VSIFileFromMemBuffer("/vsimem/tile.png", (GByte *)png->data, png->n, FALSE);
    assert_non_null(f);
    VSIFCloseL(f);
    GDALDatasetH ds = GDALOpen("/vsimem/tile.png", GA_ReadOnly);
    assert_non_null(ds);
    assert_int_equal(GDALGetRasterXSize(ds), N);
    assert_int_equal(GDALGetRasterYSize(ds), N);
    assert_int_equal(GDALGetRasterCount(ds), 3);
    for (int b = 0; b < 3; b++) {
        assert_int_equal(GDALRasterIO(GDALGetRasterBand(ds, b + 1), GF_Read, 0, 0, N, N, rgb[b], N,
                                      N, GDT_Byte, 0, 0),
                         CE_None);
    }
    for (int i = 0; i < N * N; i++) {
        out[i] = (float)(rgb[0][i] * 256.0 + rgb[1][i] + rgb[2][i] / 256.0 - 32768.0);
    }
    GDALClose(ds);
    VSIUnlink("/vsimem/tile.png");
}

/* Tile 12/3745/2482 lies in the SRTM file: n = 2^12, lon = 3745 / n 360 - 180 = 149.150, lat of its
 * top = atan(sinh(pi (1 - 2 2482 / n))) = -35.604. */
static void decodes_to_the_heights(void **state)
{
    (void)state;
    static float got[N * N];
    const char *path = "examples/brindabella/dem/S36E149_south_west.tif";
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(&path, 1, &t, NULL), VG_OK);
    struct vg_buf png = {0};
    assert_int_equal(vg_terrain_tile_png(t, 12, 3745, 2482, &png, NULL), VG_OK);
    decode(&png, got);
    for (int i = 0; i < N * N; i++) {
        double x = (3745.0 + (i % N + 0.5) / N) / 4096.0;
        double y = (2482.0 + (i / N + 0.5) / N) / 4096.0;
        double lon = x * 360.0 - 180.0;
        /* The Gudermannian in its other form: 2 atan(e^m) - 90 degrees. */
        double lat = 2.0 * atan(exp(VG_PI * (1.0 - 2.0 * y))) * VG_DEG_PER_RAD - 90.0;
        double want = vg_terrain_height_msl_m(t, lat, lon);
        assert_true(want > 400.0 && want < 2000.0);
        if (fabs((double)got[i] - want) > 1.0 / 32.0 + 1e-3) {
            fail_msg("pixel %d: %f, want %f", i, (double)got[i], want);
        }
    }
    assert_in_range(vg_terrain_max_zoom(t), 10,
                    11); /* 90 m cells; a pixel at 35.7 S is 124 m at zoom 10, 62 m at 11 */
    vg_buf_finish(&png);
    vg_terrain_destroy(t);
}

static void voids_are_sea_level(void **state)
{
    (void)state;
    static float got[N * N];
    const float h[4] = {-40.0F, 8000.0F, (float)NAN, (float)NAN};
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_from_array(h, 2, 2, 50.0, -90.0, 100.0, 180.0, &t, NULL), VG_OK);
    struct vg_buf png = {0};
    assert_int_equal(vg_terrain_tile_png(t, 0, 0, 0, &png, NULL), VG_OK);
    decode(&png, got);
    for (int i = 0; i < N * N; i++) {
        assert_true(got[i] >= -40.0F && got[i] <= 8000.0F);
    }
    assert_true(fabsf(got[N * N - 1]) <= 0.0F);
    vg_buf_reset(&png);
    struct vg_terrain *flat = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &flat, NULL), VG_OK);
    assert_int_equal(vg_terrain_tile_png(flat, 3, 7, 7, &png, NULL), VG_OK);
    decode(&png, got);
    assert_true(fabsf(got[77]) <= 0.0F);
    vg_buf_finish(&png);
    vg_terrain_destroy(flat);
    vg_terrain_destroy(t);
}

static void no_such_tile(void **state)
{
    (void)state;
    struct vg_terrain *t = NULL;
    assert_int_equal(vg_terrain_open(NULL, 0, &t, NULL), VG_OK);
    struct vg_buf png = {0};
    assert_int_equal(vg_terrain_tile_png(t, 3, 8, 0, &png, NULL), VG_E_RANGE);
    assert_int_equal(vg_terrain_tile_png(t, -1, 0, 0, &png, NULL), VG_E_RANGE);
    assert_int_equal(vg_terrain_tile_png(t, 3, 0, -1, &png, NULL), VG_E_RANGE);
    assert_int_equal(vg_terrain_tile_png(t, 23, 0, 0, &png, NULL), VG_E_RANGE);
    assert_int_equal(png.n, 0);
    vg_terrain_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_to_the_heights),
        cmocka_unit_test(voids_are_sea_level),
        cmocka_unit_test(no_such_tile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
