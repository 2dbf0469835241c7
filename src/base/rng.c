#include "base/rng.h"

#include "base/units.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

struct vg_rng vg_rng_seed(uint64_t seed)
{
    struct vg_rng rng;
    for (int i = 0; i < 4; i++) {
        rng.s[i] = splitmix(&seed);
    }
    return rng;
}

uint64_t vg_rng_next(struct vg_rng *self)
{
    uint64_t *s = self->s;
    uint64_t result = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

double vg_rng_unit(struct vg_rng *self)
{
    return (double)(vg_rng_next(self) >> 11) * 0x1p-53;
}

uint64_t vg_rng_below(struct vg_rng *self, uint64_t n)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    uint64_t x;
    do {
        x = vg_rng_next(self);
    } while (x >= limit);
    return x % n;
}

double vg_rng_normal(struct vg_rng *self)
{
    double u = 1.0 - vg_rng_unit(self);
    double v = vg_rng_unit(self);
    return sqrt(-2.0 * log(u)) * cos(2.0 * VG_PI * v);
}
