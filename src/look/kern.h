/* The pixel loops of the detection core, in one build for any processor and one for AVX2, chosen at
 * run time (src/look/CMakeLists.txt). Inside src/look only.
 *
 * All of them are integer arithmetic with stated rounding: every build gives the same bits, and
 * tests compare each with a slow twin written from these comments. On AArch64 NEON is part of every
 * processor, so the build for any uses it. Pictures hold luma 1 .. 255; 0 means "nothing here".
 * Threads: pure. Allocations: none. */
#ifndef VG_LOOK_KERN_H
#define VG_LOOK_KERN_H

#include <stddef.h>
#include <stdint.h>

enum {
    VG_KERN_LANE = 8, /* pixels that one step of a warp covers */
    VG_KERN_FIX = 11, /* fraction bits of a position in a warp */
    VG_KERN_PAD = 32, /* bytes that may be read beyond a row's end */
    VG_KERN_PATCH = 16, /* columns and rows of a point's template */
    VG_KERN_PATCH_STRIDE = 24, /* of the searched patch: 3 lanes */
    VG_KERN_PATCH_ROWS = 22,
    VG_KERN_SAMPLES = 5 /* pictures behind one background */
};

struct vg_kern_plane {
    const uint8_t *px;
    int width_px;
    int height_px;
    int stride_bytes;
};

/* What a warp fills: lane i covers bytes 8 i .. 8 i + 7; its first pixel comes from u[i], v[i], the
 * next ones from steps du[i], dv[i] further on, all 1 / 2048 px. The rest is scratch. */
struct vg_kern_lanes {
    int n;
    int32_t *u;
    int32_t *v;
    int32_t *at; /* first byte, or -1: nothing there, or -2 - byte: by hand */
    int16_t *fu;
    int16_t *du;
    int16_t *fv;
    int16_t *dv;
};

/* A point's template: intensities and gradients of 16 x 16 px, gradients doubled. */
struct vg_kern_patch {
    int16_t value[VG_KERN_PATCH * VG_KERN_PATCH]; /* x 32 */
    int16_t gx[VG_KERN_PATCH * VG_KERN_PATCH];
    int16_t gy[VG_KERN_PATCH * VG_KERN_PATCH];
};

/* Sums over a template of e = seen - value, seen bilinear in the patch. */
struct vg_kern_sums {
    int64_t e;
    int64_t e_gx;
    int64_t e_gy;
    int64_t e_abs;
};

/* A row of the residual test. seen' = ((seen x gain + offset + 8192) >> 7) - 64. */
struct vg_kern_level {
    int gain; /* 128: none; 90 .. 180 */
    int offset; /* x 128, +-8,191; 64 for rounding */
    int low; /* thresholds in quarters of the limit, 1 .. 31 */
    int high;
    int noise; /* sum over 3 x 3, 1 .. 1,000 */
};

struct vg_kern {
    const char *name;
    /* (1 2 1) x (1 2 1) / 16, rows first: ((a + 2 b + c + 2) >> 2) twice, edges repeated; at least
     * 1. row: width + 2 bytes x 3 of scratch. */
    void (*blur)(const uint8_t *src, ptrdiff_t src_stride, const struct vg_kern_plane *to,
                 uint8_t *dst, uint8_t *rows);
    /* (a + b + c + d + 2) >> 2 of 2 x 2; to is the smaller picture. */
    void (*half)(const uint8_t *src, int src_stride, const struct vg_kern_plane *to, uint8_t *dst);
    /* Bilinear: columns with 6 bits of weight, rows with 15, (x + 32) >> 6 at the end. A lane that
     * does not lie inside the source whole, or is shrunk more than twice, gives zeros. */
    void (*warp)(const struct vg_kern_plane *src, const struct vg_kern_lanes *lanes, uint8_t *dst);
    /* fx, fy: 1 / 128 px, 0 .. 127. */
    void (*sums)(const struct vg_kern_patch *t, const uint8_t *patch, int fx, int fy,
                 struct vg_kern_sums *out);
    /* The median of 5 where all are known. Where k are not they count as 0, 255, 0 .. for `low` and
     * as 255, 0, 255 .. for `high`: the two middle values of the rest. Fewer than two known: low 0,
     * high 255. spread: median of |x - low|, unknown as 255, 0, 255 .. */
    void (*middle)(const uint8_t *const samples[VG_KERN_SAMPLES], int n, uint8_t *low,
                   uint8_t *high, uint8_t *spread);
    /* max - min over 3 x 3, columns 1 .. n - 2 (0 at both ends). */
    void (*range)(const uint8_t *const rows[3], int n, uint8_t *out);
    /* r = seen' - its nearest in low .. high (0 where seen or low is 0); out[i] = r[i - 1] + r[i] +
     * r[i + 1], 0 at both ends. */
    void (*residual)(const uint8_t *seen, const uint8_t *low, const uint8_t *high, int n,
                     const struct vg_kern_level *level, int16_t *r, int16_t *out);
    /* out: 0, 1 where 4 |a + b + c| > low x (noise + 8 x limit), 3 where > high x that. Returns
     * whether any is set. */
    int (*test)(const int16_t *const rows[3], const uint8_t *limit, int n,
                const struct vg_kern_level *level, uint8_t *out);
};

/* The best for this processor; the build for any. */
const struct vg_kern *vg_kern_best(void);
const struct vg_kern *vg_kern_any(void);
const struct vg_kern *vg_kern_avx2(void); /* NULL where it is not built or cannot run */

#endif
