#include "ground.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

static double knot(uint64_t seed, int x, int y)
{
    struct vg_rng rng = vg_rng_seed(seed ^ ((uint64_t)(uint32_t)x << 32 | (uint32_t)y));
    return vg_rng_unit(&rng);
}

/* Smooth noise: random values at whole numbers, cubic blends between. */
static double noise(uint64_t seed, double x, double y)
{
    int i = (int)floor(x);
    int j = (int)floor(y);
    double u = x - i;
    double v = y - j;
    u = u * u * (3.0 - 2.0 * u);
    v = v * v * (3.0 - 2.0 * v);
    double a = knot(seed, i, j) * (1.0 - u) + knot(seed, i + 1, j) * u;
    double b = knot(seed, i, j + 1) * (1.0 - u) + knot(seed, i + 1, j + 1) * u;
    return a * (1.0 - v) + b * v;
}

static struct vg_terrain *made(float *h, int n, double lat, double lon, double step)
{
    struct vg_terrain *t = NULL;
    double half = 0.5 * (n - 1) * step;
    if (vg_terrain_from_array(h, n, n, lat + half, lon - half, step, step, &t, NULL) != VG_OK) {
        t = NULL;
    }
    free(h);
    return t;
}

struct vg_terrain *ground_fractal(uint64_t seed, int n, double lat_deg, double lon_deg,
                                  double step_deg, double relief_m)
{
    float *h = malloc((size_t)n * (size_t)n * sizeof *h);
    if (h == NULL) {
        return NULL;
    }
    for (int r = 0; r < n; r++) {
        for (int c = 0; c < n; c++) {
            double sum = 0.0;
            double amp = 0.5;
            double wave = 64.0;
            for (int o = 0; o < 7; o++) {
                sum += amp * noise(seed + (uint64_t)o, r / wave, c / wave);
                amp *= 0.5;
                wave *= 0.5;
            }
            h[(size_t)r * (size_t)n + (size_t)c] = (float)(sum * relief_m);
        }
    }
    return made(h, n, lat_deg, lon_deg, step_deg);
}

struct vg_terrain *ground_wall(int n, double lat_deg, double lon_deg, double step_deg,
                               double lon_wall_deg, double height_m)
{
    float *h = calloc((size_t)n * (size_t)n, sizeof *h);
    if (h == NULL) {
        return NULL;
    }
    double west = lon_deg - 0.5 * (n - 1) * step_deg;
    int c = (int)lround((lon_wall_deg - west) / step_deg);
    for (int r = 0; r < n; r++) {
        h[(size_t)r * (size_t)n + (size_t)c] = (float)height_m;
    }
    return made(h, n, lat_deg, lon_deg, step_deg);
}
