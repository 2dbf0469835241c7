#include "terrain/tile.h"

#include "base/units.h"
#include "terrain/png_write.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

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

static void encode(const float *h, int n, int steps, uint8_t *out)
{
    for (int i = 0; i < n; i++) {
        float m = h[i] >= -32768.0F && h[i] <= 32767.0F ? h[i] : 0.0F; /* NaN too */
        unsigned v = (unsigned)lrint(((double)m + 32768.0) * steps) * (256U / (unsigned)steps);
        out[3 * i] = (uint8_t)(v >> 16);
        out[3 * i + 1] = (uint8_t)(v >> 8);
        out[3 * i + 2] = (uint8_t)v;
    }
}

static void draw(const struct vg_terrain *terrain, int z, int x, int y, uint8_t *pixels)
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

enum vg_status vg_terrain_tile_png(const struct vg_terrain *terrain, int z, int x, int y,
                                   struct vg_buf *out, struct vg_error *err)
{
    if (z < 0 || z > VG_TILE_ZOOM_MAX || x < 0 || y < 0 || x >= 1 << z || y >= 1 << z) {
        return vg_fail(err, VG_E_RANGE, "there is no map tile %d/%d/%d", z, x, y);
    }
    uint8_t *pixels = malloc((size_t)N * ROW_BYTES);
    if (pixels == NULL) {
        return vg_no_memory(err);
    }
    draw(terrain, z, x, y, pixels);
    enum vg_status st = vg_png_write(pixels, N, N, 3, out, err);
    free(pixels);
    return st;
}

enum vg_status vg_tile_encode(const float *values, int steps, struct vg_buf *out,
                              struct vg_error *err)
{
    uint8_t *pixels = malloc((size_t)N * ROW_BYTES);
    if (pixels == NULL) {
        return vg_no_memory(err);
    }
    encode(values, N * N, steps, pixels);
    enum vg_status st = vg_png_write(pixels, N, N, 3, out, err);
    free(pixels);
    return st;
}
