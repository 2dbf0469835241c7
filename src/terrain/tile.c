#include "terrain/tile.h"

#include "base/units.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    N = VG_TILE_SIZE_PX,
    ROW_BYTES = 3 * N
};

/* Web Mercator (EPSG:3857): y / 2^z is (1 - asinh(tan lat) / pi) / 2. */
static double pixel_lat_deg(int z, int y, int row)
{
    double f = (y + (row + 0.5) / N) / (double)(INT64_C(1) << z);
    return atan(sinh(VG_PI * (1.0 - 2.0 * f))) * VG_DEG_PER_RAD;
}

static double pixel_lon_deg(int z, int x, int col)
{
    return (x + (col + 0.5) / N) / (double)(INT64_C(1) << z) * 360.0 - 180.0;
}

/* Steps of 1/16 m are finer than any elevation file is true, and compress to half. */
static void encode(const float *h, png_byte *out)
{
    for (int i = 0; i < N; i++) {
        float m = h[i] > -12000.0F && h[i] < 12000.0F ? h[i] : 0.0F; /* NaN too */
        unsigned v = (unsigned)lrint(((double)m + 32768.0) * 16.0) * 16U;
        out[3 * i] = (png_byte)(v >> 16);
        out[3 * i + 1] = (png_byte)(v >> 8);
        out[3 * i + 2] = (png_byte)v;
    }
}

static void draw(const struct vg_terrain *terrain, int z, int x, int y, png_byte *pixels)
{
    double lat[N];
    double lon[N];
    float h[N];
    for (int i = 0; i < N; i++) {
        lon[i] = pixel_lon_deg(z, x, i);
    }
    for (int row = 0; row < N; row++) {
        lat[0] = pixel_lat_deg(z, y, row);
        for (int i = 1; i < N; i++) {
            lat[i] = lat[0];
        }
        vg_terrain_heights(terrain, lat, lon, N, h);
        encode(h, pixels + (size_t)row * ROW_BYTES);
    }
}

/* --- libpng, told where to write and to keep quiet --- */

static void on_bytes(png_structp png, png_bytep data, size_t n)
{
    vg_buf_add(png_get_io_ptr(png), data, n);
}

static void on_flush(png_structp png)
{
    (void)png;
}

static _Noreturn void on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

/* Differences from the row above, run lengths and Huffman codes only: on this data a quarter of the
 * time of zlib's level 3 and a quarter smaller than that without a filter. */
static bool write_png(png_structp png, png_infop info, png_byte *pixels, struct vg_buf *out)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_set_write_fn(png, out, on_bytes, on_flush);
    png_set_IHDR(png, info, N, N, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_set_compression_level(png, 1);
    png_set_compression_strategy(png, Z_RLE);
    png_write_info(png, info);
    for (int row = 0; row < N; row++) {
        png_write_row(png, pixels + (size_t)row * ROW_BYTES);
    }
    png_write_end(png, info);
    return true;
}

enum vg_status vg_terrain_tile_png(const struct vg_terrain *terrain, int z, int x, int y,
                                   struct vg_buf *out, struct vg_error *err)
{
    if (z < 0 || z > VG_TILE_ZOOM_MAX || x < 0 || y < 0 || x >= 1 << z || y >= 1 << z) {
        return vg_fail(err, VG_E_RANGE, "there is no map tile %d/%d/%d", z, x, y);
    }
    png_byte *pixels = malloc((size_t)N * ROW_BYTES);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    bool is_done = false;
    if (pixels != NULL && info != NULL) {
        draw(terrain, z, x, y, pixels);
        is_done = write_png(png, info, pixels, out) && !out->is_failed;
    }
    png_destroy_write_struct(&png, &info);
    free(pixels);
    return is_done ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}
