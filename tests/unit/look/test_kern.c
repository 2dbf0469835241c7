/* The pixel kernels against slow twins written from kern.h's comments, and the builds against each
 * other, bit by bit. */
#include "look/kern.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    W = 173,
    H = 61,
    STRIDE = 256
};

static void fill(struct vg_rng *rng, uint8_t *px, size_t n, int low, int high)
{
    for (size_t k = 0; k < n; k++) {
        px[k] = (uint8_t)(low + (int)vg_rng_below(rng, (uint64_t)(high - low + 1)));
    }
}

/* Each build there is, one after the other. */
static const struct vg_kern *build(int k)
{
    return k == 0 ? vg_kern_any() : vg_kern_avx2();
}

#define FOR_BUILDS(kern)                                                                           \
    for (int build_i = 0; build_i < 2; build_i++)                                                  \
        for (const struct vg_kern *kern = build(build_i); kern != NULL; kern = NULL)

static int at(const uint8_t *px, int stride, int w, int h, int x, int y)
{
    x = x < 0 ? 0 : x >= w ? w - 1 : x;
    y = y < 0 ? 0 : y >= h ? h - 1 : y;
    return px[y * stride + x];
}

static void blur_is_two_rounded_sums(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(1);
    static uint8_t src[STRIDE * H];
    static uint8_t dst[STRIDE * H];
    static uint8_t rows[3 * STRIDE];
    fill(&rng, src, sizeof src, 0, 255);
    memset(src, 0, STRIDE * 5);
    struct vg_kern_plane to = {NULL, W, H, STRIDE};
    FOR_BUILDS(kern)
    {
        kern->blur(src, STRIDE, &to, dst, rows);
        for (int y = 0; y < H; y++) {
            for (int x = 0; x < W; x++) {
                int r[3];
                for (int j = 0; j < 3; j++) {
                    r[j] = (at(src, STRIDE, W, H, x - 1, y + j - 1) +
                            2 * at(src, STRIDE, W, H, x, y + j - 1) +
                            at(src, STRIDE, W, H, x + 1, y + j - 1) + 2) /
                           4;
                }
                int want = (r[0] + 2 * r[1] + r[2] + 2) / 4;
                assert_int_equal(dst[y * STRIDE + x], want < 1 ? 1 : want);
            }
        }
    }
}

static void half_is_the_mean_of_four(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(2);
    static uint8_t src[STRIDE * H];
    static uint8_t dst[STRIDE * H];
    fill(&rng, src, sizeof src, 0, 255);
    struct vg_kern_plane to = {NULL, W / 2, H / 2, STRIDE};
    FOR_BUILDS(kern)
    {
        kern->half(src, STRIDE, &to, dst);
        for (int y = 0; y < H / 2; y++) {
            for (int x = 0; x < W / 2; x++) {
                const uint8_t *p = src + 2 * y * STRIDE + 2 * x;
                assert_int_equal(dst[y * STRIDE + x],
                                 (p[0] + p[1] + p[STRIDE] + p[STRIDE + 1] + 2) / 4);
            }
        }
    }
}

/* Lanes at random: straight, turned, enlarged, shrunk, half outside. Every build gives the same
 * bytes; inside they are the bilinear value to within what 6 bits of weight can miss it by (255 /
 * 64 / 2 and rounding: 3 luma steps), outside zero. */
static void warp_is_bilinear_and_the_same_everywhere(void **state)
{
    (void)state;
    enum {
        N = 400
    };
    struct vg_rng rng = vg_rng_seed(3);
    static uint8_t src[STRIDE * (H + 1)];
    fill(&rng, src, sizeof src, 1, 255);
    struct vg_kern_plane plane = {src, W, H, STRIDE};
    static int32_t u[N];
    static int32_t v[N];
    static int32_t where[N];
    static int16_t part[4][N];
    struct vg_kern_lanes lanes = {N, u, v, where, part[0], part[1], part[2], part[3]};
    for (int i = 0; i < N; i++) {
        u[i] = (int32_t)((vg_rng_unit(&rng) * (W + 40) - 20) * 2048);
        v[i] = (int32_t)((vg_rng_unit(&rng) * (H + 20) - 10) * 2048);
        double bend = i % 3 == 0 ? 0.02 : i % 3 == 1 ? 0.2 : 0.9;
        part[1][i] = (int16_t)((1 + (vg_rng_unit(&rng) - 0.5) * bend) * 2048);
        part[3][i] = (int16_t)((vg_rng_unit(&rng) - 0.5) * bend * 2048);
    }
    static uint8_t first[N * 8];
    int n_inside = 0;
    FOR_BUILDS(kern)
    {
        static uint8_t dst[N * 8];
        memset(dst, 77, sizeof dst);
        kern->warp(&plane, &lanes, dst);
        if (build_i == 0) {
            memcpy(first, dst, sizeof dst);
        }
        assert_memory_equal(dst, first, sizeof dst);
        for (int k = 0; k < N * 8; k++) {
            double x = (u[k / 8] + k % 8 * part[1][k / 8]) / 2048.0;
            double y = (v[k / 8] + k % 8 * part[3][k / 8]) / 2048.0;
            if (dst[k] == 0) {
                continue;
            }
            n_inside++;
            assert_true(x >= 0 && y >= 0 && x < W - 1 && y < H - 1);
            const uint8_t *p = src + (int)y * STRIDE + (int)x;
            double a = x - (int)x;
            double b = y - (int)y;
            double want = (1 - b) * ((1 - a) * p[0] + a * p[1]) +
                          b * ((1 - a) * p[STRIDE] + a * p[STRIDE + 1]);
            assert_true(fabs(dst[k] - want) < 5.0);
        }
    }
    assert_true(n_inside > N * 4);
    for (int i = 0; i < N; i++) { /* a lane is there whole or not at all */
        for (int j = 1; j < 8; j++) {
            assert_int_equal(first[8 * i] == 0, first[8 * i + j] == 0);
        }
    }
}

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int middle_of_five(const int *v)
{
    int s[5];
    memcpy(s, v, sizeof s);
    qsort(s, 5, sizeof *s, by_value);
    return s[2];
}

static void want_middle(const int v[5], int out[3])
{
    int lo[5];
    int hi[5];
    int dev[5];
    int n = 0;
    for (int k = 0; k < 5; k++) {
        int fill_value = n % 2 == 0 ? 0 : 255;
        lo[k] = v[k] != 0 ? v[k] : fill_value;
        hi[k] = v[k] != 0 ? v[k] : 255 - fill_value;
        n += v[k] == 0 ? 1 : 0;
    }
    out[0] = n >= 4 ? 0 : middle_of_five(lo);
    out[1] = n >= 4 ? 255 : middle_of_five(hi);
    n = 0;
    for (int k = 0; k < 5; k++) {
        dev[k] = v[k] != 0 ? abs(v[k] - out[0]) : n % 2 == 0 ? 255 : 0;
        n += v[k] == 0 ? 1 : 0;
    }
    out[2] = middle_of_five(dev);
}

static void middle_knows_what_is_missing(void **state)
{
    (void)state;
    enum {
        N = 1021
    };
    struct vg_rng rng = vg_rng_seed(4);
    static uint8_t px[5][N];
    const uint8_t *samples[5];
    for (int k = 0; k < 5; k++) {
        fill(&rng, px[k], N, 1, 255);
        for (int i = 0; i < N; i++) {
            px[k][i] = vg_rng_below(&rng, 3) == 0 ? 0 : px[k][i];
        }
        samples[k] = px[k];
    }
    FOR_BUILDS(kern)
    {
        static uint8_t low[N];
        static uint8_t high[N];
        static uint8_t spread[N];
        kern->middle(samples, N, low, high, spread);
        for (int i = 0; i < N; i++) {
            int v[5] = {px[0][i], px[1][i], px[2][i], px[3][i], px[4][i]};
            int want[3];
            want_middle(v, want);
            assert_int_equal(low[i], want[0]);
            assert_int_equal(high[i], want[1]);
            assert_int_equal(spread[i], want[2]);
        }
    }
}

static void range_is_the_span_of_nine(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(5);
    static uint8_t px[3][W];
    fill(&rng, px[0], sizeof px, 0, 255);
    const uint8_t *const rows[3] = {px[0], px[1], px[2]};
    FOR_BUILDS(kern)
    {
        uint8_t out[W];
        kern->range(rows, W, out);
        assert_int_equal(out[0], 0);
        assert_int_equal(out[W - 1], 0);
        for (int i = 1; i < W - 1; i++) {
            int low = 255;
            int high = 0;
            for (int k = 0; k < 9; k++) {
                int v = px[k / 3][i + k % 3 - 1];
                low = v < low ? v : low;
                high = v > high ? v : high;
            }
            assert_int_equal(out[i], high - low);
        }
    }
}

static void residual_is_the_way_to_the_known_span(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(6);
    uint8_t seen[W];
    uint8_t low[W];
    uint8_t high[W];
    for (int round = 0; round < 20; round++) {
        fill(&rng, seen, W, 0, 255);
        fill(&rng, low, W, 0, 200);
        for (int i = 0; i < W; i++) {
            high[i] = (uint8_t)(low[i] + vg_rng_below(&rng, 56));
        }
        struct vg_kern_level level = {.gain = 90 + (int)vg_rng_below(&rng, 91),
                                      .offset = (int)vg_rng_below(&rng, 16383) - 8191};
        FOR_BUILDS(kern)
        {
            int16_t r[W];
            int16_t out[W];
            kern->residual(seen, low, high, W, &level, r, out);
            for (int i = 0; i < W; i++) {
                int s = ((seen[i] * level.gain + level.offset + 8192) >> 7) - 64;
                int want = s > high[i] ? s - high[i] : s < low[i] ? s - low[i] : 0;
                assert_int_equal(r[i], seen[i] == 0 || low[i] == 0 ? 0 : want);
            }
            for (int i = 1; i < W - 1; i++) {
                assert_int_equal(out[i], r[i - 1] + r[i] + r[i + 1]);
            }
        }
    }
}

static void test_marks_what_exceeds_its_limit(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(7);
    static int16_t px[3][W];
    uint8_t limit[W];
    const int16_t *const rows[3] = {px[0], px[1], px[2]};
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < W; i++) {
            for (int k = 0; k < 3; k++) {
                px[k][i] = (int16_t)((int)vg_rng_below(&rng, 1531) - 765);
            }
        }
        fill(&rng, limit, W, 0, round % 2 == 0 ? 20 : 255);
        struct vg_kern_level level = {
            .low = 9, .high = 20, .noise = 1 + (int)vg_rng_below(&rng, 60)};
        FOR_BUILDS(kern)
        {
            uint8_t out[W];
            int any = kern->test(rows, limit, W, &level, out);
            int seen_any = 0;
            for (int i = 0; i < W; i++) {
                int z = 4 * abs(px[0][i] + px[1][i] + px[2][i]);
                int unit = level.noise + 8 * limit[i];
                unit = unit < 2100 ? unit : 2100;
                int want = (z > level.low * unit ? 1 : 0) + (z > level.high * unit ? 2 : 0);
                assert_int_equal(out[i], want);
                seen_any = seen_any != 0 || want != 0;
            }
            assert_int_equal(any, seen_any);
        }
    }
}

static void sums_are_those_of_the_bilinear_difference(void **state)
{
    (void)state;
    struct vg_rng rng = vg_rng_seed(8);
    static struct vg_kern_patch t;
    static uint8_t patch[VG_KERN_PATCH_STRIDE * VG_KERN_PATCH_ROWS];
    for (int round = 0; round < 50; round++) {
        fill(&rng, patch, sizeof patch, 0, 255);
        for (int k = 0; k < VG_KERN_PATCH * VG_KERN_PATCH; k++) {
            t.value[k] = (int16_t)(32 * (int)vg_rng_below(&rng, 256));
            t.gx[k] = (int16_t)((int)vg_rng_below(&rng, 511) - 255);
            t.gy[k] = (int16_t)((int)vg_rng_below(&rng, 511) - 255);
        }
        int fx = (int)vg_rng_below(&rng, 128);
        int fy = (int)vg_rng_below(&rng, 128);
        double want[4] = {0};
        for (int y = 0; y < VG_KERN_PATCH; y++) {
            for (int x = 0; x < VG_KERN_PATCH; x++) {
                const uint8_t *p = patch + y * VG_KERN_PATCH_STRIDE + x;
                const uint8_t *q = p + VG_KERN_PATCH_STRIDE;
                double a = p[0] * (128 - fx) + p[1] * fx;
                double b = q[0] * (128 - fx) + q[1] * fx;
                double e = (a + (b - a) * fy / 128.0) / 4.0 - t.value[y * VG_KERN_PATCH + x];
                want[0] += e;
                want[1] += e * t.gx[y * VG_KERN_PATCH + x];
                want[2] += e * t.gy[y * VG_KERN_PATCH + x];
                want[3] += fabs(e);
            }
        }
        struct vg_kern_sums first = {0};
        FOR_BUILDS(kern)
        {
            struct vg_kern_sums s;
            kern->sums(&t, patch, fx, fy, &s);
            if (build_i == 0) {
                first = s;
            }
            assert_memory_equal(&s, &first, sizeof s);
            /* each of 256 errors is rounded down by at most 1.25: */
            assert_true(fabs((double)s.e - want[0]) <= 320);
            assert_true(fabs((double)s.e_abs - want[3]) <= 320);
            assert_true(fabs((double)s.e_gx - want[1]) <= 320 * 255);
            assert_true(fabs((double)s.e_gy - want[2]) <= 320 * 255);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blur_is_two_rounded_sums),
        cmocka_unit_test(half_is_the_mean_of_four),
        cmocka_unit_test(warp_is_bilinear_and_the_same_everywhere),
        cmocka_unit_test(middle_knows_what_is_missing),
        cmocka_unit_test(range_is_the_span_of_nine),
        cmocka_unit_test(residual_is_the_way_to_the_known_span),
        cmocka_unit_test(test_marks_what_exceeds_its_limit),
        cmocka_unit_test(sums_are_those_of_the_bilinear_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
