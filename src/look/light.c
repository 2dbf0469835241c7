#include "look/light.h"

#include <math.h>
#include <stdbool.h>

enum {
    STEP = 12,
    FEWEST = 100,
    ROUNDS = 3
};

/* Least squares of ground = gain x seen + shift. */
struct sums {
    double n, a, b, aa, ab;
};

static struct sums sum_near(const struct vg_kern_plane *shape, const uint8_t *seen,
                            const uint8_t *low, const uint8_t *high, const double fit[2],
                            double limit)
{
    struct sums s = {0};
    for (int y = STEP / 2; y < shape->height_px; y += STEP) {
        size_t row = (size_t)y * (size_t)shape->stride_bytes;
        for (int x = STEP / 2; x < shape->width_px; x += STEP) {
            size_t at = row + (size_t)x;
            double a = seen[at];
            double b = 0.5 * (low[at] + high[at]);
            if (seen[at] != 0 && low[at] != 0 && fabs(fit[0] * a + fit[1] - b) < limit) {
                s.n += 1;
                s.a += a;
                s.b += b;
                s.aa += a * a;
                s.ab += a * b;
            }
        }
    }
    return s;
}

struct vg_light vg_light_fit(const struct vg_kern_plane *shape, const uint8_t *seen,
                             const uint8_t *low, const uint8_t *high)
{
    static const double LIMIT[ROUNDS] = {80, 24, 12};
    double fit[2] = {1.0, 0.0};
    for (int round = 0; round < ROUNDS; round++) {
        struct sums s = sum_near(shape, seen, low, high, fit, LIMIT[round]);
        double var = s.n > 0 ? s.aa - s.a * s.a / s.n : 0;
        if (s.n < FEWEST || var < 4 * s.n) {
            break;
        }
        fit[0] = fmin(fmax((s.ab - s.a * s.b / s.n) / var, 0.72), 1.4);
        fit[1] = (s.b - fit[0] * s.a) / s.n;
    }
    double offset = fit[1] * 128.0 + 64.0; /* 64: to the nearest */
    return (struct vg_light){(int)lrint(fit[0] * 128.0),
                             (int)lrint(fmin(fmax(offset, -8191.0), 8191.0))};
}

void vg_light_apply(const struct vg_light *self, const struct vg_kern_plane *shape, uint8_t *px)
{
    uint8_t table[256];
    bool matters = false;
    for (int v = 1; v < 256; v++) {
        int to = ((v * self->gain + self->offset + 8192) >> 7) - 64;
        table[v] = (uint8_t)(to < 1 ? 1 : to > 255 ? 255 : to);
        matters = matters || (v > 40 && v < 200 && (to > v + 2 || to < v - 2));
    }
    table[0] = 0;
    for (int y = 0; y < shape->height_px && matters; y++) {
        uint8_t *row = px + (ptrdiff_t)y * shape->stride_bytes;
        for (int x = 0; x < shape->width_px; x++) {
            row[x] = table[row[x]];
        }
    }
}
