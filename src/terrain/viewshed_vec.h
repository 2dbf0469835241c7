/* Eight floats at a time with the compilers' vector extensions: the same results, to the bit, with
 * SSE2, AVX2 and NEON (no fused multiply-add, see vg_flags). Inside src/terrain only. */
#ifndef VG_TERRAIN_VIEWSHED_VEC_H
#define VG_TERRAIN_VIEWSHED_VEC_H

#include <stdint.h>
#include <string.h>

#if defined(__AVX2__) || defined(__BMI2__)
#include <immintrin.h>
#endif

#define VG_V8_INLINE static inline __attribute__((always_inline))

typedef float v8f __attribute__((vector_size(32)));
typedef int32_t v8i __attribute__((vector_size(32)));

VG_V8_INLINE v8f v8f_load(const float *p)
{
    v8f v;
    memcpy(&v, p, sizeof v);
    return v;
}

VG_V8_INLINE void v8f_store(float *p, v8f v)
{
    memcpy(p, &v, sizeof v);
}

VG_V8_INLINE v8f v8f_all(float x)
{
    return (v8f){x, x, x, x, x, x, x, x};
}

VG_V8_INLINE v8i v8i_all(int32_t x)
{
    return (v8i){x, x, x, x, x, x, x, x};
}

/* 0, 1, .. 7 and on from first. */
VG_V8_INLINE v8f v8f_from(float first)
{
    return (v8f){0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 7.0F} + first;
}

VG_V8_INLINE v8f v8f_choose(v8i mask, v8f yes, v8f no)
{
#if defined(__AVX2__)
    return (v8f)_mm256_blendv_ps((__m256)no, (__m256)yes, (__m256)mask);
#else
    return (v8f)((mask & (v8i)yes) | (~mask & (v8i)no));
#endif
}

VG_V8_INLINE v8f v8f_max(v8f a, v8f b)
{
#if defined(__AVX2__)
    return (v8f)_mm256_max_ps((__m256)a, (__m256)b);
#else
    return v8f_choose(a > b, a, b);
#endif
}

VG_V8_INLINE v8f v8f_min(v8f a, v8f b)
{
#if defined(__AVX2__)
    return (v8f)_mm256_min_ps((__m256)a, (__m256)b);
#else
    return v8f_choose(a < b, a, b);
#endif
}

/* table[index[0]] .. table[index[7]] */
VG_V8_INLINE v8f v8f_gather(const float *table, v8i index)
{
#if defined(__AVX2__)
    return (v8f)_mm256_i32gather_ps(table, (__m256i)index, 4);
#else
    v8f v = {0};
    for (int i = 0; i < 8; i++) {
        v[i] = table[index[i]];
    }
    return v;
#endif
}

/* Thirty-two floats at hand, or the first sixteen of them: looked up without going to memory. */
struct v8f_table {
    v8f part[4];
};

VG_V8_INLINE struct v8f_table v8f_table16(const float *p)
{
    return (struct v8f_table){{v8f_load(p), v8f_load(p + 8)}};
}

VG_V8_INLINE struct v8f_table v8f_table32(const float *p)
{
    return (struct v8f_table){{v8f_load(p), v8f_load(p + 8), v8f_load(p + 16), v8f_load(p + 24)}};
}

VG_V8_INLINE v8f v8f_pick8(v8f table, v8i index)
{
#if defined(__AVX2__)
    return (v8f)_mm256_permutevar8x32_ps((__m256)table, (__m256i)index);
#else
    v8f v = {0};
    for (int i = 0; i < 8; i++) {
        v[i] = table[index[i] & 7];
    }
    return v;
#endif
}

/* index from 0 to 15 */
VG_V8_INLINE v8f v8f_pick16(const struct v8f_table *t, v8i index)
{
#if defined(__AVX512VL__)
    return (v8f)_mm256_permutex2var_ps((__m256)t->part[0], (__m256i)index, (__m256)t->part[1]);
#else
    return v8f_choose(index > 7, v8f_pick8(t->part[1], index), v8f_pick8(t->part[0], index));
#endif
}

/* index from 0 to 31 */
VG_V8_INLINE v8f v8f_pick32(const struct v8f_table *t, v8i index)
{
    struct v8f_table second = {{t->part[2], t->part[3]}};
    v8f low = v8f_pick16(t, index);
    v8f high = v8f_pick16(&second, index & 15);
    return v8f_choose(index > 15, high, low);
}

/* Bit i: lane i of a comparison holds. */
VG_V8_INLINE unsigned v8i_bits(v8i mask)
{
#if defined(__AVX2__)
    return (unsigned)_mm256_movemask_ps((__m256)mask);
#else
    unsigned bits = 0;
    for (int i = 0; i < 8; i++) {
        bits |= (unsigned)(mask[i] < 0) << i;
    }
    return bits;
#endif
}

VG_V8_INLINE float v8f_least(v8f v)
{
    v = v8f_min(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
    v = v8f_min(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5));
    return v[0] < v[1] ? v[0] : v[1];
}

VG_V8_INLINE v8i v8f_to_int(v8f x)
{
    return __builtin_convertvector(x, v8i);
}

VG_V8_INLINE v8f v8i_to_float(v8i x)
{
    return __builtin_convertvector(x, v8f);
}

/* The lowest bits one after another to the places that the mask has. */
VG_V8_INLINE uint64_t bits_deposit(uint64_t bits, uint64_t mask)
{
#if defined(__BMI2__)
    return _pdep_u64(bits, mask);
#else
    uint64_t out = 0;
    for (; bits != 0 && mask != 0; mask &= mask - 1, bits >>= 1) {
        out |= (bits & 1) != 0 ? mask & (~mask + 1) : 0;
    }
    return out;
#endif
}

/* Eight rows of eight to eight columns. */
VG_V8_INLINE void v8f_transpose(v8f r[8])
{
    v8f a[8];
    for (int q = 0; q < 8; q += 2) {
        a[q] = __builtin_shufflevector(r[q], r[q + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        a[q + 1] = __builtin_shufflevector(r[q], r[q + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    v8f b[8];
    for (int q = 0; q < 8; q += 4) {
        for (int h = 0; h < 2; h++) {
            b[q + 2 * h] =
                __builtin_shufflevector(a[q + h], a[q + h + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[q + 2 * h + 1] =
                __builtin_shufflevector(a[q + h], a[q + h + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int q = 0; q < 4; q++) {
        r[q] = __builtin_shufflevector(b[q], b[q + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        r[q + 4] = __builtin_shufflevector(b[q], b[q + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

#endif
