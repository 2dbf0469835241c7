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
double vg_tile_lat_deg(int z, double y)
{
    double f = y / (double)(INT64_C(1) << z);
    return atan(sinh(VG_PI * (1.0 - 2.0 * f))) * VG_DEG_PER_RAD;
}

static double pixel_lon_deg(int z, int x, int col)
{
    return (x + (col + 0.5) / N) / (double)(INT64_C(1) << z) * 360.0 - 180.0;
}

/* Steps of 1/16 m are finer than any elevation file is true, and compress to half. */
enum {
    HEIGHT_STEPS = 16
};

static void encode(const float *h, int n, int steps, png_byte *out)
{
    for (int i = 0; i < n; i++) {
        float m = h[i] >= -32768.0F && h[i] <= 32767.0F ? h[i] : 0.0F; /* NaN too */
        unsigned v = (unsigned)lrint(((double)m + 32768.0) * steps) * (256U / (unsigned)steps);
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
        lat[0] = vg_tile_lat_deg(z, y + (row + 0.5) / N);
        for (int i = 1; i < N; i++) {
            lat[i] = lat[0];
        }
        vg_terrain_heights(terrain, lat, lon, N, h);
        encode(h, N, HEIGHT_STEPS, pixels + (size_t)row * ROW_BYTES);
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

static enum vg_status to_png(png_byte *pixels, struct vg_buf *out, struct vg_error *err)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    bool is_done = info != NULL && write_png(png, info, pixels, out) && !out->is_failed;
    png_destroy_write_struct(&png, &info);
    return is_done ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}

enum vg_status vg_terrain_tile_png(const struct vg_terrain *terrain, int z, int x, int y,
                                   struct vg_buf *out, struct vg_error *err)
{
    if (z < 0 || z > VG_TILE_ZOOM_MAX || x < 0 || y < 0 || x >= 1 << z || y >= 1 << z) {
        return vg_fail(err, VG_E_RANGE, "there is no map tile %d/%d/%d", z, x, y);
    }
    png_byte *pixels = malloc((size_t)N * ROW_BYTES);
    if (pixels == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    draw(terrain, z, x, y, pixels);
    enum vg_status st = to_png(pixels, out, err);
    free(pixels);
    return st;
}

enum vg_status vg_tile_encode(const float *values, int steps, struct vg_buf *out,
                              struct vg_error *err)
{
    png_byte *pixels = malloc((size_t)N * ROW_BYTES);
    if (pixels == NULL) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    encode(values, N * N, steps, pixels);
    enum vg_status st = to_png(pixels, out, err);
    free(pixels);
    return st;
}
