/* Seeded random numbers: xoshiro256** 1.0 (Blackman and Vigna, 2018, public domain), seeded by
 * splitmix64. The same seed gives the same numbers on every machine. Threads: pure. */
#ifndef VG_BASE_RNG_H
#define VG_BASE_RNG_H

#include <stdint.h>

struct vg_rng {
    uint64_t s[4];
};

struct vg_rng vg_rng_seed(uint64_t seed);
uint64_t vg_rng_next(struct vg_rng *self);
/* Uniform in [0, 1), 53 bits. */
double vg_rng_unit(struct vg_rng *self);
/* Uniform integer in [0, n), n > 0, without modulo bias. */
uint64_t vg_rng_below(struct vg_rng *self, uint64_t n);
/* Standard normal, Box-Muller, one value a call. */
double vg_rng_normal(struct vg_rng *self);

#endif
