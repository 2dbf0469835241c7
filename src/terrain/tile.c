#include "terrain/tile.h"

#include "base/units.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

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

enum vg_status vg_terrain_tile_png(const struct vg_terrain *terrain, int z, int x, int y,
                                   struct vg_buf *out, struct vg_error *err)
{
    if (z < 0 || z > VG_TILE_ZOOM_MAX || x < 0 || y < 0 || x >= 1 << z || y >= 1 << z) {
        return vg_fail(err, VG_E_RANGE, "there is no map tile %d/%d/%d", z, x, y);
    }
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = N,
                       .height = N,
                       .format = PNG_FORMAT_RGB,
                       .flags = PNG_IMAGE_FLAG_FAST};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    png_byte *pixels = malloc((size_t)N * ROW_BYTES);
    png_byte *file = malloc(size);
    bool is_done = false;
    if (pixels != NULL && file != NULL) {
        draw(terrain, z, x, y, pixels);
        is_done = png_image_write_to_memory(&image, file, &size, 0, pixels, 0, NULL) != 0;
    }
    if (is_done) {
        vg_buf_add(out, file, size);
        is_done = !out->is_failed;
    }
    free(pixels);
    free(file);
    return is_done ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
}
