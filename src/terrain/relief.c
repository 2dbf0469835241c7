#include "terrain/relief.h"

#include "base/units.h"
#include "terrain/png_write.h"
#include "terrain/tile.h"

#include <math.h>
#include <stdlib.h>

enum {
    N = VG_TILE_SIZE_PX,
    RIM = N + 2 /* a pixel more on each side, for the differences */
};
static const double CLEAR_DEG = 3;
static const double FULL_DEG = 45;
static const double MOST_ALPHA = 190;
static const uint8_t VIOLET[3] = {122, 58, 168};
static const uint8_t BROWN[3] = {150, 112, 72};

double vg_relief_interval_m(int z)
{
    static const double METRES[] = {500, 200, 100, 50, 50, 20, 10}; /* zoom 8 to 14 */
    return METRES[z < 8 ? 0 : z > 14 ? 6 : z - 8];
}

double vg_relief_exaggeration(int z)
{
    return z >= 15 ? 1.0 : fmin(16.0, exp2(0.3 * (15 - z)));
}

/* Heights of the tile and its rim; *out_pixel_m: true metres a pixel in the middle of each row. */
static void sample(const struct vg_terrain *terrain, int z, int x, int y, float *h,
                   double *out_pixel_m)
{
    double lat[RIM];
    double lon[RIM];
    double tiles = (double)(INT64_C(1) << z);
    for (int i = 0; i < RIM; i++) {
        lon[i] = (x + (i - 0.5) / N) / tiles * 360.0 - 180.0;
    }
    for (int row = 0; row < RIM; row++) {
        lat[0] = vg_tile_lat_deg(z, y + (row - 0.5) / N);
        for (int i = 1; i < RIM; i++) {
            lat[i] = lat[0];
        }
        out_pixel_m[row] = 2.0 * VG_PI * 6378137.0 * cos(lat[0] * VG_RAD_PER_DEG) / tiles / N;
        vg_terrain_heights(terrain, lat, lon, RIM, h + (size_t)row * RIM);
    }
}

static void put(uint8_t *p, const uint8_t rgb[3], double alpha)
{
    p[0] = rgb[0];
    p[1] = rgb[1];
    p[2] = rgb[2];
    p[3] = (uint8_t)lrint(fmin(255, fmax(0, alpha)));
}

/* dz/dx (east) and dz/dy (south) by Horn's weights, as gdaldem has them. */
static void gradient(const float *h, double pixel_m, double *out_east, double *out_south)
{
    const float *a = h - RIM;
    const float *b = h + RIM;
    double east = ((double)a[1] + 2.0 * (double)h[1] + (double)b[1]) -
                  ((double)a[-1] + 2.0 * (double)h[-1] + (double)b[-1]);
    double south = ((double)b[-1] + 2.0 * (double)b[0] + (double)b[1]) -
                   ((double)a[-1] + 2.0 * (double)a[0] + (double)a[1]);
    *out_east = east / (8.0 * pixel_m);
    *out_south = south / (8.0 * pixel_m);
}

static void put_shade(const float *h, double pixel_m, uint8_t *p)
{
    static const uint8_t BLACK[3] = {0, 0, 0};
    static const uint8_t WHITE[3] = {255, 255, 255};
    double east;
    double south;
    gradient(h, pixel_m, &east, &south);
    /* the normal (-east, -north, 1) against the light (-1, 1, sqrt 2) / 2 from the north west */
    double light = (east + south + sqrt(2.0)) / (2.0 * sqrt(1.0 + east * east + south * south));
    double flat = sqrt(0.5);
    double differs = (fmax(0, light) - flat) / (light < flat ? flat : 1.0 - flat);
    put(p, differs < 0 ? BLACK : WHITE, fabs(differs) * MOST_ALPHA);
}

static void put_slope(const float *h, double pixel_m, uint8_t *p)
{
    double east;
    double south;
    gradient(h, pixel_m, &east, &south);
    double slope_deg = atan(hypot(east, south)) * VG_DEG_PER_RAD;
    put(p, VIOLET, MOST_ALPHA * fmin(1, (slope_deg - CLEAR_DEG) / (FULL_DEG - CLEAR_DEG)));
}

/* As far as the height is from the nearest level, in pixels by the local gradient. */
static void put_contour(const float *h, double interval_m, uint8_t *p)
{
    double height = (double)h[0];
    double level = round(height / interval_m);
    double across =
        hypot(((double)h[1] - (double)h[-1]) / 2, ((double)h[RIM] - (double)h[-RIM]) / 2);
    double half_px = fmod(fabs(level), 5) < 0.5 ? 1.0 : 0.5;
    double away_px = across > 1e-6 ? fabs(height - level * interval_m) / across : HUGE_VAL;
    put(p, BROWN, 200 * fmin(1, half_px + 0.5 - away_px));
}

static void draw(enum vg_relief kind, int z, const float *h, const double *pixel_m, uint8_t *pixels)
{
    double interval_m = vg_relief_interval_m(z);
    double raised = vg_relief_exaggeration(z);
    for (int row = 0; row < N; row++) {
        for (int col = 0; col < N; col++) {
            const float *at = h + (size_t)(row + 1) * RIM + (size_t)col + 1;
            uint8_t *p = pixels + 4 * ((size_t)row * N + (size_t)col);
            double sum = 0; /* not a number where any of the nine is none */
            for (int d = -1; d <= 1; d++) {
                sum += (double)(at[d * RIM - 1] + at[d * RIM] + at[d * RIM + 1]);
            }
            if (!(fabs(sum) < HUGE_VAL)) {
                put(p, BROWN, 0);
            } else if (kind == VG_RELIEF_SHADE) {
                put_shade(at, pixel_m[row + 1] / raised, p);
            } else if (kind == VG_RELIEF_SLOPE) {
                put_slope(at, pixel_m[row + 1], p);
            } else {
                put_contour(at, interval_m, p);
            }
        }
    }
}

enum vg_status vg_relief_tile_png(const struct vg_terrain *terrain, enum vg_relief kind, int z,
                                  int x, int y, struct vg_buf *out, struct vg_error *err)
{
    double pixel_m[RIM];
    if (z < 0 || z > VG_TILE_ZOOM_MAX || x < 0 || y < 0 || x >= 1 << z || y >= 1 << z) {
        return vg_fail(err, VG_E_RANGE, "there is no map tile %d/%d/%d", z, x, y);
    }
    float *h = malloc(sizeof *h * RIM * RIM);
    uint8_t *pixels = malloc((size_t)4 * N * N);
    enum vg_status st = VG_OK;
    if (h == NULL || pixels == NULL) {
        st = vg_no_memory(err);
    } else {
        sample(terrain, z, x, y, h, pixel_m);
        draw(kind, z, h, pixel_m, pixels);
        st = vg_png_write(pixels, N, N, 4, out, err);
    }
    free(h);
    free(pixels);
    return st;
}
