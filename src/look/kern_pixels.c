/* The kernels that the compiler turns into vectors by itself: plain loops over bytes and 16-bit
 * numbers, built once for each processor (kern.h). */
#include "look/kern_isa.h"

#include <string.h>

static inline uint8_t min_u8(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

static inline uint8_t max_u8(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

static void blur_row(const uint8_t *restrict src, int n, uint8_t *restrict dst)
{
    dst[0] = (uint8_t)((3 * src[0] + src[1] + 2) >> 2);
    for (int i = 1; i < n - 1; i++) {
        dst[i] = (uint8_t)((uint16_t)(src[i - 1] + 2 * src[i] + src[i + 1] + 2) >> 2);
    }
    dst[n - 1] = (uint8_t)((src[n - 2] + 3 * src[n - 1] + 2) >> 2);
}

static void blur_column(const uint8_t *restrict a, const uint8_t *restrict b,
                        const uint8_t *restrict c, int n, uint8_t *restrict dst)
{
    for (int i = 0; i < n; i++) {
        uint8_t v = (uint8_t)((uint16_t)(a[i] + 2 * b[i] + c[i] + 2) >> 2);
        dst[i] = max_u8(v, 1);
    }
}

void vg_kern_blur(const uint8_t *src, ptrdiff_t src_stride, const struct vg_kern_plane *to,
                  uint8_t *dst, uint8_t *rows)
{
    int n = to->width_px;
    uint8_t *row[3] = {rows, rows + n, rows + 2 * n};
    blur_row(src, n, row[0]);
    memcpy(row[2], row[0], (size_t)n); /* stands for the row above the first */
    for (int y = 0; y < to->height_px; y++) {
        uint8_t *above = row[(y + 2) % 3];
        uint8_t *below = row[(y + 1) % 3];
        if (y + 1 < to->height_px) {
            blur_row(src + (y + 1) * src_stride, n, below);
        } else {
            below = row[y % 3];
        }
        blur_column(above, row[y % 3], below, n, dst + (ptrdiff_t)y * to->stride_bytes);
    }
}

void vg_kern_half(const uint8_t *src, int src_stride, const struct vg_kern_plane *to, uint8_t *dst)
{
    for (int y = 0; y < to->height_px; y++) {
        const uint8_t *restrict a = src + (ptrdiff_t)(2 * y) * src_stride;
        const uint8_t *restrict b = a + src_stride;
        uint8_t *restrict out = dst + (ptrdiff_t)y * to->stride_bytes;
        for (int x = 0; x < to->width_px; x++) {
            out[x] =
                (uint8_t)((uint16_t)(a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) >> 2);
        }
    }
}

/* Median of five by minima and maxima. */
static inline uint8_t median5(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t e)
{
    uint8_t f = max_u8(min_u8(a, b), min_u8(c, d));
    uint8_t g = min_u8(max_u8(a, b), max_u8(c, d));
    return max_u8(min_u8(f, g), min_u8(max_u8(f, g), e));
}

static inline uint8_t distance(uint8_t a, uint8_t b)
{
    return (uint8_t)(max_u8(a, b) - min_u8(a, b));
}

void vg_kern_middle(const uint8_t *const samples[VG_KERN_SAMPLES], int n, uint8_t *restrict low,
                    uint8_t *restrict high, uint8_t *restrict spread)
{
    const uint8_t *restrict s0 = samples[0];
    const uint8_t *restrict s1 = samples[1];
    const uint8_t *restrict s2 = samples[2];
    const uint8_t *restrict s3 = samples[3];
    const uint8_t *restrict s4 = samples[4];
    for (int i = 0; i < n; i++) {
        uint8_t v[VG_KERN_SAMPLES] = {s0[i], s1[i], s2[i], s3[i], s4[i]};
        uint8_t lo[VG_KERN_SAMPLES];
        uint8_t hi[VG_KERN_SAMPLES];
        uint8_t none[VG_KERN_SAMPLES];
        uint8_t fill = 0;
        uint8_t n_none = 0;
        for (int k = 0; k < VG_KERN_SAMPLES; k++) {
            none[k] = (uint8_t)(v[k] == 0 ? 255 : 0);
            lo[k] = (uint8_t)(v[k] | (none[k] & fill));
            hi[k] = (uint8_t)(v[k] | (none[k] & (uint8_t)~fill));
            fill ^= none[k];
            n_none = (uint8_t)(n_none + (none[k] & 1));
        }
        uint8_t few = (uint8_t)(n_none >= 4 ? 255 : 0);
        uint8_t a = (uint8_t)(median5(lo[0], lo[1], lo[2], lo[3], lo[4]) & (uint8_t)~few);
        uint8_t b = (uint8_t)(median5(hi[0], hi[1], hi[2], hi[3], hi[4]) | few);
        uint8_t dev[VG_KERN_SAMPLES];
        fill = 255;
        for (int k = 0; k < VG_KERN_SAMPLES; k++) {
            dev[k] = (uint8_t)((distance(v[k], a) & (uint8_t)~none[k]) | (none[k] & fill));
            fill ^= none[k];
        }
        low[i] = a;
        high[i] = b;
        spread[i] = median5(dev[0], dev[1], dev[2], dev[3], dev[4]);
    }
}

void vg_kern_range(const uint8_t *const rows[3], int n, uint8_t *restrict out)
{
    const uint8_t *restrict a = rows[0];
    const uint8_t *restrict b = rows[1];
    const uint8_t *restrict c = rows[2];
    out[0] = 0;
    out[n - 1] = 0;
    for (int i = 1; i < n - 1; i++) {
        uint8_t hi = max_u8(max_u8(a[i - 1], a[i]), a[i + 1]);
        uint8_t lo = min_u8(min_u8(a[i - 1], a[i]), a[i + 1]);
        hi = max_u8(hi, max_u8(max_u8(b[i - 1], b[i]), b[i + 1]));
        lo = min_u8(lo, min_u8(min_u8(b[i - 1], b[i]), b[i + 1]));
        hi = max_u8(hi, max_u8(max_u8(c[i - 1], c[i]), c[i + 1]));
        lo = min_u8(lo, min_u8(min_u8(c[i - 1], c[i]), c[i + 1]));
        out[i] = (uint8_t)(hi - lo);
    }
}

void vg_kern_residual(const uint8_t *restrict seen, const uint8_t *restrict low,
                      const uint8_t *restrict high, int n, const struct vg_kern_level *level,
                      int16_t *restrict r, int16_t *restrict out)
{
    uint16_t gain = (uint16_t)level->gain;
    uint16_t offset = (uint16_t)(level->offset + 8192);
    for (int i = 0; i < n; i++) {
        int16_t s = (int16_t)((uint16_t)((uint16_t)(seen[i] * gain) + offset) >> 7);
        s = (int16_t)(s - 64);
        int16_t over = (int16_t)(s - high[i]);
        int16_t under = (int16_t)(s - low[i]);
        int16_t d = (int16_t)((over > 0 ? over : 0) + (under < 0 ? under : 0));
        int16_t is_known = (int16_t)((seen[i] != 0 && low[i] != 0) ? -1 : 0);
        r[i] = (int16_t)(d & is_known);
    }
    out[0] = 0;
    out[n - 1] = 0;
    for (int i = 1; i < n - 1; i++) {
        out[i] = (int16_t)(r[i - 1] + r[i] + r[i + 1]);
    }
}

int vg_kern_test(const int16_t *const rows[3], const uint8_t *restrict limit, int n,
                 const struct vg_kern_level *level, uint8_t *restrict out)
{
    const int16_t *restrict a = rows[0];
    const int16_t *restrict b = rows[1];
    const int16_t *restrict c = rows[2];
    uint16_t low = (uint16_t)level->low;
    uint16_t high = (uint16_t)level->high;
    uint16_t noise = (uint16_t)level->noise;
    uint8_t any = 0;
    for (int i = 0; i < n; i++) {
        int16_t sum = (int16_t)(a[i] + b[i] + c[i]);
        uint16_t z = (uint16_t)(4 * (sum < 0 ? -sum : sum));
        uint16_t unit = (uint16_t)(noise + 8 * limit[i]);
        unit = unit < 2100 ? unit : 2100; /* x 31 fits 16 bits */
        uint8_t bits = (uint8_t)(z > (uint16_t)(low * unit) ? 1 : 0);
        bits = (uint8_t)(bits | (z > (uint16_t)(high * unit) ? 2 : 0));
        out[i] = bits;
        any |= bits;
    }
    return any != 0;
}

void vg_kern_sums_of(const struct vg_kern_patch *t, const uint8_t *patch, int fx, int fy,
                     struct vg_kern_sums *out)
{
    struct vg_kern_sums s = {0};
    int16_t wx = (int16_t)fx;
    int16_t ux = (int16_t)(128 - fx);
    int16_t wy = (int16_t)(fy << 8);
    int16_t above[VG_KERN_PATCH];
    for (int y = 0; y <= VG_KERN_PATCH; y++) {
        const uint8_t *restrict p = patch + (ptrdiff_t)y * VG_KERN_PATCH_STRIDE;
        int16_t here[VG_KERN_PATCH];
        int16_t error[VG_KERN_PATCH];
        for (int i = 0; i < VG_KERN_PATCH; i++) {
            here[i] = (int16_t)(p[i] * ux + p[i + 1] * wx);
        }
        if (y > 0) {
            const int16_t *restrict value = t->value + (y - 1) * VG_KERN_PATCH;
            const int16_t *restrict gx = t->gx + (y - 1) * VG_KERN_PATCH;
            const int16_t *restrict gy = t->gy + (y - 1) * VG_KERN_PATCH;
            int32_t e = 0;
            int32_t ex = 0;
            int32_t ey = 0;
            int32_t ea = 0;
            for (int i = 0; i < VG_KERN_PATCH; i++) {
                int32_t step = ((int32_t)(int16_t)(here[i] - above[i]) * wy + 0x4000) >> 15;
                error[i] = (int16_t)(((above[i] + step) >> 2) - value[i]);
            }
            for (int i = 0; i < VG_KERN_PATCH; i++) {
                e += error[i];
                ea += error[i] < 0 ? -error[i] : error[i];
                ex += error[i] * gx[i];
                ey += error[i] * gy[i];
            }
            s.e += e;
            s.e_abs += ea;
            s.e_gx += ex;
            s.e_gy += ey;
        }
        memcpy(above, here, sizeof above);
    }
    *out = s;
}
