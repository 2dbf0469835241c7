/* The warp: bilinear, by lanes of 8 pixels whose source runs straight (kern.h). With AVX2 two lanes
 * at a time, their pixels picked from 16 bytes of three rows by byte shuffles: gathers cost several
 * times as much. */
#include "look/kern_isa.h"

#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

const struct vg_kern vg_kern_table = {
    .name =
#if defined(__AVX2__)
        "avx2",
#elif defined(__aarch64__)
        "neon",
#else
        "any",
#endif
    .blur = vg_kern_blur,
    .half = vg_kern_half,
    .warp = vg_kern_warp,
    .sums = vg_kern_sums_of,
    .middle = vg_kern_middle,
    .range = vg_kern_range,
    .residual = vg_kern_residual,
    .test = vg_kern_test,
};

enum {
    NOTHING = -1,
    BY_HAND = -2,
    ONE = 1 << VG_KERN_FIX
};

static inline int32_t min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t max_i32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* Where each lane's bytes start and how it runs. A lane that needs more than three rows, or more
 * than 15 columns, is left to the plain loop. */
static void prepare(const struct vg_kern_plane *src, const struct vg_kern_lanes *lanes)
{
    const int32_t *restrict u = lanes->u;
    const int32_t *restrict v = lanes->v;
    int32_t *restrict at = lanes->at;
    int16_t *restrict fu = lanes->fu;
    const int16_t *restrict du = lanes->du;
    int16_t *restrict fv = lanes->fv;
    const int16_t *restrict dv = lanes->dv;
    int32_t right = (src->width_px - 1) << VG_KERN_FIX;
    int32_t bottom = (src->height_px - 1) << VG_KERN_FIX;
    for (int i = 0; i < lanes->n; i++) {
        int32_t step_u = du[i];
        int32_t step_v = dv[i];
        int32_t v_end = v[i] + 7 * step_v;
        int32_t top = min_i32(v[i], v_end) >> VG_KERN_FIX;
        int32_t low = max_i32(v[i], v_end) >> VG_KERN_FIX;
        int32_t is_in = (u[i] >= 0) & (step_u >= 0) & (step_u <= 2 * ONE) &
                        (u[i] + 7 * step_u < right) & (top >= 0) & (step_v <= ONE) &
                        (step_v >= -ONE) & (max_i32(v[i], v_end) < bottom);
        int32_t byte = top * src->stride_bytes + (u[i] >> VG_KERN_FIX);
        int32_t is_flat = low - top <= 1;
        at[i] = is_in ? (is_flat ? byte : BY_HAND - byte) : NOTHING;
        fu[i] = (int16_t)(u[i] & (ONE - 1));
        fv[i] = (int16_t)(v[i] - top * ONE);
    }
}

static void lane_by_hand(const struct vg_kern_plane *src, const struct vg_kern_lanes *lanes, int i,
                         uint8_t *dst)
{
    int32_t byte = lanes->at[i];
    if (byte == NOTHING) {
        memset(dst, 0, VG_KERN_LANE);
        return;
    }
    const uint8_t *base = src->px + (byte >= 0 ? byte : BY_HAND - byte);
    for (int j = 0; j < VG_KERN_LANE; j++) {
        int pu = lanes->fu[i] + j * lanes->du[i];
        int pv = lanes->fv[i] + j * lanes->dv[i];
        const uint8_t *p = base + (pv >> VG_KERN_FIX) * src->stride_bytes + (pu >> VG_KERN_FIX);
        const uint8_t *q = p + src->stride_bytes;
        int wx = (pu >> 5) & 63;
        int wy = (pv & (ONE - 1)) << 4;
        int a = p[0] * (64 - wx) + p[1] * wx;
        int b = q[0] * (64 - wx) + q[1] * wx;
        int c = a + (((b - a) * wy + 0x4000) >> 15);
        dst[j] = (uint8_t)((c + 32) >> 6);
    }
}

#if defined(__AVX2__)

static inline __m256i two_rows(const uint8_t *a, const uint8_t *b)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a);
    __m128i y = _mm_loadu_si128((const __m128i *)(const void *)b);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(x), y, 1);
}

static inline __m256i two_words(int16_t a, int16_t b)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_set1_epi16(a)), _mm_set1_epi16(b), 1);
}

/* Lanes i and i + 1, both flat. */
static inline void two_lanes(const struct vg_kern_plane *src, const struct vg_kern_lanes *lanes,
                             int i, uint8_t *dst)
{
    const __m256i step = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    const uint8_t *p = src->px + lanes->at[i];
    const uint8_t *q = src->px + lanes->at[i + 1];
    ptrdiff_t stride = src->stride_bytes;
    __m256i pu =
        _mm256_add_epi16(two_words(lanes->fu[i], lanes->fu[i + 1]),
                         _mm256_mullo_epi16(step, two_words(lanes->du[i], lanes->du[i + 1])));
    __m256i pv =
        _mm256_add_epi16(two_words(lanes->fv[i], lanes->fv[i + 1]),
                         _mm256_mullo_epi16(step, two_words(lanes->dv[i], lanes->dv[i + 1])));
    __m256i k = _mm256_srli_epi16(pu, VG_KERN_FIX);
    __m256i pick =
        _mm256_add_epi16(_mm256_or_si256(k, _mm256_slli_epi16(k, 8)), _mm256_set1_epi16(0x0100));
    __m256i wx = _mm256_and_si256(_mm256_srli_epi16(pu, 5), _mm256_set1_epi16(63));
    __m256i weights =
        _mm256_or_si256(_mm256_sub_epi16(_mm256_set1_epi16(64), wx), _mm256_slli_epi16(wx, 8));
    __m256i r0 = _mm256_maddubs_epi16(_mm256_shuffle_epi8(two_rows(p, q), pick), weights);
    __m256i r1 =
        _mm256_maddubs_epi16(_mm256_shuffle_epi8(two_rows(p + stride, q + stride), pick), weights);
    __m256i r2 = _mm256_maddubs_epi16(
        _mm256_shuffle_epi8(two_rows(p + 2 * stride, q + 2 * stride), pick), weights);
    __m256i is_second = _mm256_cmpgt_epi16(pv, _mm256_set1_epi16(ONE - 1));
    __m256i a = _mm256_blendv_epi8(r0, r1, is_second);
    __m256i b = _mm256_blendv_epi8(r1, r2, is_second);
    __m256i wy = _mm256_slli_epi16(_mm256_and_si256(pv, _mm256_set1_epi16(ONE - 1)), 4);
    __m256i c = _mm256_add_epi16(a, _mm256_mulhrs_epi16(_mm256_sub_epi16(b, a), wy));
    c = _mm256_srli_epi16(_mm256_add_epi16(c, _mm256_set1_epi16(32)), 6);
    __m128i out = _mm_packus_epi16(_mm256_castsi256_si128(c), _mm256_extracti128_si256(c, 1));
    _mm_storeu_si128((__m128i *)(void *)dst, out);
}

void vg_kern_warp(const struct vg_kern_plane *src, const struct vg_kern_lanes *lanes, uint8_t *dst)
{
    prepare(src, lanes);
    int i = 0;
    for (; i + 1 < lanes->n; i += 2) {
        if ((lanes->at[i] | lanes->at[i + 1]) >= 0) {
            two_lanes(src, lanes, i, dst + (ptrdiff_t)i * VG_KERN_LANE);
        } else {
            lane_by_hand(src, lanes, i, dst + (ptrdiff_t)i * VG_KERN_LANE);
            lane_by_hand(src, lanes, i + 1, dst + (ptrdiff_t)(i + 1) * VG_KERN_LANE);
        }
    }
    for (; i < lanes->n; i++) {
        lane_by_hand(src, lanes, i, dst + (ptrdiff_t)i * VG_KERN_LANE);
    }
}

#else

void vg_kern_warp(const struct vg_kern_plane *src, const struct vg_kern_lanes *lanes, uint8_t *dst)
{
    prepare(src, lanes);
    for (int i = 0; i < lanes->n; i++) {
        lane_by_hand(src, lanes, i, dst + (ptrdiff_t)i * VG_KERN_LANE);
    }
}

#endif
