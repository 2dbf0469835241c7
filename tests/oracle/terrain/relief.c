#include "relief.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVELS = 8,
    QUIET = 2 /* the last doublings add no noise: neighbours look like a smoothed 30 m model */
};

/* One line from n to 2 n - 2 values: Chaikin's corner cutting, 3/4 and 1/4 of neighbours. */
static void double_line(const float *from, int n, size_t from_step, float *to, size_t to_step)
{
    for (int i = 0; i + 1 < n; i++) {
        float a = from[(size_t)i * from_step];
        float b = from[(size_t)(i + 1) * from_step];
        to[(size_t)(2 * i) * to_step] = 0.75F * a + 0.25F * b;
        to[(size_t)(2 * i + 1) * to_step] = 0.25F * a + 0.75F * b;
    }
}

static float *doubled(float *from, int n)
{
    size_t m = 2 * (size_t)n - 2;
    float *half = malloc(m * (size_t)n * sizeof *half);
    float *to = malloc(m * m * sizeof *to);
    for (int r = 0; half != NULL && to != NULL && r < n; r++) {
        double_line(from + (size_t)r * (size_t)n, n, 1, half + (size_t)r * m, 1);
    }
    for (int r = 0; half != NULL && to != NULL && r + 1 < n; r++) {
        const float *a = half + (size_t)r * m;
        float *out = to + (size_t)(2 * r) * m;
        for (size_t c = 0; c < m; c++) {
            out[c] = 0.75F * a[c] + 0.25F * a[c + m];
            out[c + m] = 0.25F * a[c] + 0.75F * a[c + m];
        }
    }
    free(from);
    if (half == NULL) {
        free(to);
        to = NULL;
    }
    free(half);
    return to;
}

/* The sum of four uniform numbers of 16 bits: near enough to normal, and quick. */
static void add_noise(float *h, size_t n, float amplitude, struct vg_rng *rng)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t x = vg_rng_next(rng);
        uint64_t sum = (x & 0xFFFFU) + (x >> 16 & 0xFFFFU) + (x >> 32 & 0xFFFFU) + (x >> 48);
        h[i] += amplitude * ((float)sum / 131070.0F - 1.0F);
    }
}

static void scale(float *h, int n, double cell_m)
{
    double sum = 0.0;
    size_t width = (size_t)n;
    float lowest = h[0];
    for (size_t i = 0; i < width * width; i++) {
        double d = i % width != 0 ? (double)(h[i] - h[i - 1]) : 0.0;
        sum += d * d;
        lowest = h[i] < lowest ? h[i] : lowest;
    }
    float factor = (float)(0.27 * cell_m / sqrt(sum / (double)(width * (width - 1))));
    for (size_t i = 0; i < width * width; i++) {
        h[i] = 100.0F + factor * (h[i] - lowest);
    }
}

float *relief_fractal(uint64_t seed, int n, double cell_m)
{
    struct vg_rng rng = vg_rng_seed(seed);
    int size = n;
    for (int level = 0; level < LEVELS; level++) {
        size = size / 2 + 2;
    }
    float *h = calloc((size_t)size * (size_t)size, sizeof *h);
    float amplitude = 1.0F;
    if (h != NULL) {
        add_noise(h, (size_t)size * (size_t)size, amplitude, &rng);
    }
    for (int level = 0; level < LEVELS && h != NULL; level++) {
        h = doubled(h, size);
        size = 2 * size - 2;
        amplitude *= 0.5547F; /* 2^-0.85 */
        if (h != NULL && level < LEVELS - QUIET) {
            add_noise(h, (size_t)size * (size_t)size, amplitude, &rng);
        }
    }
    for (int r = 0; h != NULL && r < n; r++) {
        memmove(h + (size_t)r * (size_t)n, h + (size_t)r * (size_t)size, (size_t)n * sizeof *h);
    }
    if (h != NULL) {
        scale(h, n, cell_m);
    }
    return h;
}
