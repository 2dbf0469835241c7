#include "look/points.h"

#include <math.h>
#include <string.h>

enum {
    HALF = VG_KERN_PATCH / 2,
    MARGIN = 2, /* a patch reaches further than its template by this much */
    PATCH_LANES = VG_KERN_PATCH_STRIDE / VG_KERN_LANE * VG_KERN_PATCH_ROWS,
    STEPS_MAX = 6
};

#define WEAKEST 8.0 /* smaller eigenvalue per pixel of a template, doubled gradients squared */
#define EDGE 0.06 /* share of the smaller eigenvalue: below, the point slides along an edge */

/* --- corners --- */

size_t vg_points_scratch_floats(int width_px, int height_px)
{
    return 3 * (size_t)(width_px / 2) * (size_t)(height_px / 2);
}

/* Products of gradients summed over 5 columns, for each pixel of level 1. */
static void tensor_rows(const struct vg_kern_plane *p, float *xx, float *xy, float *yy)
{
    for (int y = 1; y < p->height_px - 1; y++) {
        const uint8_t *row = p->px + (ptrdiff_t)y * p->stride_bytes;
        size_t at = (size_t)y * (size_t)p->width_px;
        for (int x = 1; x < p->width_px - 1; x++) {
            int gx = row[x + 1] - row[x - 1];
            int gy = row[x + p->stride_bytes] - row[x - p->stride_bytes];
            xx[at + (size_t)x] = (float)(gx * gx);
            xy[at + (size_t)x] = (float)(gx * gy);
            yy[at + (size_t)x] = (float)(gy * gy);
        }
    }
}

static float window(const float *v, int width, int x, int y)
{
    float sum = 0;
    for (int j = -2; j <= 2; j++) {
        const float *row = v + (ptrdiff_t)(y + j) * width + x;
        sum += row[-2] + row[-1] + row[0] + row[1] + row[2];
    }
    return sum;
}

static float weaker(float a, float b, float c)
{
    float half = 0.5F * (a - c);
    float weakest = 0.5F * (a + c) - sqrtf(half * half + b * b);
    return weakest > (float)EDGE * (a + c) ? weakest : 0.25F * weakest; /* rather no edge */
}

struct cell {
    int x0, x1, y0, y1;
};

/* The best corner of a cell of level 1, every second pixel looked at, then its neighbours. */
static bool best_corner(const float *const t[3], int width, const struct cell *c,
                        const uint8_t *is_masked, int mask_stride, struct vg_px *out)
{
    float best = (float)WEAKEST;
    int bx = -1;
    int by = -1;
    for (int y = c->y0; y < c->y1; y += 2) {
        for (int x = c->x0; x < c->x1; x += 2) {
            float s = weaker(window(t[0], width, x, y), window(t[1], width, x, y),
                             window(t[2], width, x, y));
            bool is_free = is_masked == NULL || is_masked[(y >> 2) * mask_stride + (x >> 2)] == 0;
            if (s > best && is_free) {
                best = s;
                bx = x;
                by = y;
            }
        }
    }
    *out = (struct vg_px){2.0 * bx, 2.0 * by};
    return bx >= 0;
}

/* --- templates --- */

static void take_template(struct vg_point_template *t, const struct vg_kern_plane *p,
                          struct vg_px at, int level)
{
    double scale = 1.0 / (1 << level);
    int cx = (int)lrint((at.x_px + 0.5) * scale - 0.5);
    int cy = (int)lrint((at.y_px + 0.5) * scale - 0.5);
    t->is_good = false;
    if (cx < HALF + 1 || cy < HALF + 1 || cx > p->width_px - HALF - 2 ||
        cy > p->height_px - HALF - 2) {
        return;
    }
    t->x_px = cx;
    t->y_px = cy;
    double a = 0;
    double b = 0;
    double c = 0;
    t->sum_gx = 0;
    t->sum_gy = 0;
    for (int j = 0; j < VG_KERN_PATCH; j++) {
        for (int i = 0; i < VG_KERN_PATCH; i++) {
            const uint8_t *q = p->px + (ptrdiff_t)(cy + j - HALF) * p->stride_bytes + cx + i - HALF;
            int gx = q[1] - q[-1];
            int gy = q[p->stride_bytes] - q[-p->stride_bytes];
            t->patch.value[j * VG_KERN_PATCH + i] = (int16_t)(q[0] * 32);
            t->patch.gx[j * VG_KERN_PATCH + i] = (int16_t)gx;
            t->patch.gy[j * VG_KERN_PATCH + i] = (int16_t)gy;
            a += gx * gx;
            b += gx * gy;
            c += gy * gy;
            t->sum_gx += gx;
            t->sum_gy += gy;
        }
    }
    double n = VG_KERN_PATCH * VG_KERN_PATCH;
    a -= t->sum_gx * t->sum_gx / n; /* the mean difference is taken out of the errors too */
    b -= t->sum_gx * t->sum_gy / n;
    c -= t->sum_gy * t->sum_gy / n;
    double det = a * c - b * b;
    double weakest = 0.5 * (a + c) - sqrt(0.25 * (a - c) * (a - c) + b * b);
    t->is_good = weakest > WEAKEST * n * 0.25 && det > 0.0;
    t->is_edge = weakest < EDGE * (a + c);
    if (t->is_good && !t->is_edge) {
        t->inverse[0] = c / det;
        t->inverse[1] = -b / det;
        t->inverse[2] = a / det;
    } else if (t->is_good) { /* only across the edge: v v' / strongest */
        double strongest = a + c - weakest;
        double x = a > c ? strongest - c : b;
        double y = a > c ? b : strongest - a;
        double per = 1.0 / (strongest * (x * x + y * y));
        t->inverse[0] = x * x * per;
        t->inverse[1] = x * y * per;
        t->inverse[2] = y * y * per;
    }
}

static void add_point(struct vg_points *self, const struct vg_pyramid *picture, struct vg_px at)
{
    struct vg_point *p = &self->point[self->n];
    p->at = at;
    p->is_coarse = self->n % VG_POINTS_COARSE == 0;
    for (int l = 0; l < (p->is_coarse ? VG_PYRAMID_LEVELS : 2); l++) {
        take_template(&p->level[l], &picture->level[l], at, l);
    }
    p->is_edge = p->level[0].is_edge;
    self->n += p->level[0].is_good ? 1 : 0;
    self->n_edges += p->level[0].is_good && p->is_edge ? 1 : 0;
}

void vg_points_choose(struct vg_points *self, const struct vg_pyramid *picture,
                      const uint8_t *is_masked, float *scratch)
{
    const struct vg_kern_plane *p = &picture->level[1];
    size_t n = (size_t)p->width_px * (size_t)p->height_px;
    const float *t[3] = {scratch, scratch + n, scratch + 2 * n};
    int mask_stride = (picture->level[0].width_px + 7) / 8;
    int border = VG_POINTS_BORDER / 2;
    memset(scratch, 0, 3 * n * sizeof *scratch);
    tensor_rows(p, scratch, scratch + n, scratch + 2 * n);
    self->n = 0;
    self->n_edges = 0;
    for (int j = 0; j < VG_POINTS_Y; j++) {
        for (int i = 0; i < VG_POINTS_X; i++) {
            struct cell c = {border + i * (p->width_px - 2 * border) / VG_POINTS_X,
                             border + (i + 1) * (p->width_px - 2 * border) / VG_POINTS_X,
                             border + j * (p->height_px - 2 * border) / VG_POINTS_Y,
                             border + (j + 1) * (p->height_px - 2 * border) / VG_POINTS_Y};
            struct vg_px at;
            if (best_corner(t, p->width_px, &c, is_masked, mask_stride, &at)) {
                add_point(self, picture, at);
            }
        }
    }
}

/* --- finding again --- */

/* The new picture around `centre` (px of its level), along the slopes, into a patch. false: part of
 * it lies outside. */
static bool take_patch(const struct vg_kern *kern, const struct vg_kern_plane *p,
                       struct vg_px centre, const double slope[4], uint8_t *patch)
{
    int32_t u[PATCH_LANES];
    int32_t v[PATCH_LANES];
    int32_t at[PATCH_LANES];
    int16_t small[4][PATCH_LANES];
    struct vg_kern_lanes lanes = {PATCH_LANES, u, v, at, small[0], small[1], small[2], small[3]};
    const double one = 1 << VG_KERN_FIX;
    int per_row = VG_KERN_PATCH_STRIDE / VG_KERN_LANE;
    bool is_tame = fabs(slope[0] - 1.0) < 0.6 && fabs(slope[3] - 1.0) < 0.6 &&
                   fabs(slope[1]) < 0.9 && fabs(slope[2]) < 0.9;
    double reach = (HALF + MARGIN + VG_KERN_LANE) * 1.5 + 2.0;
    if (!is_tame ||
        !(centre.x_px > reach * 0.5 && centre.y_px > reach * 0.5 &&
          centre.x_px < p->width_px - reach * 0.5 && centre.y_px < p->height_px - reach * 0.5)) {
        return false;
    }
    for (int k = 0; k < PATCH_LANES; k++) {
        double x = k % per_row * VG_KERN_LANE - HALF - MARGIN;
        double y = k / per_row - HALF - MARGIN;
        u[k] = (int32_t)lrint((centre.x_px + slope[0] * x + slope[1] * y) * one);
        v[k] = (int32_t)lrint((centre.y_px + slope[2] * x + slope[3] * y) * one);
        small[1][k] = (int16_t)lrint(slope[0] * one);
        small[3][k] = (int16_t)lrint(slope[2] * one);
    }
    kern->warp(p, &lanes, patch);
    for (int k = 0; k < PATCH_LANES; k++) { /* the last lane of a row is read only in part */
        if (at[k] == -1 && k % per_row < per_row - 1) {
            return false;
        }
    }
    return true;
}

/* Shift of the template within the patch. */
static bool find_shift(const struct vg_kern *kern, const struct vg_point_template *t,
                       const uint8_t *patch, double d[2])
{
    double n = VG_KERN_PATCH * VG_KERN_PATCH;
    d[0] = 0;
    d[1] = 0;
    for (int k = 0; k < STEPS_MAX; k++) {
        int fx = (int)lrint((d[0] + MARGIN) * 128.0);
        int fy = (int)lrint((d[1] + MARGIN) * 128.0);
        struct vg_kern_sums s;
        kern->sums(&t->patch, patch + (fy >> 7) * VG_KERN_PATCH_STRIDE + (fx >> 7), fx & 127,
                   fy & 127, &s);
        /* errors x 32, gradients x 2; the mean error is a change of light, not of place */
        double bx = ((double)s.e_gx - (double)s.e * t->sum_gx / n) / 16.0;
        double by = ((double)s.e_gy - (double)s.e * t->sum_gy / n) / 16.0;
        double sx = t->inverse[0] * bx + t->inverse[1] * by;
        double sy = t->inverse[1] * bx + t->inverse[2] * by;
        d[0] = fx / 128.0 - MARGIN - sx;
        d[1] = fy / 128.0 - MARGIN - sy;
        if (!(fabs(d[0]) < MARGIN && fabs(d[1]) < MARGIN)) {
            return false;
        }
        if (sx * sx + sy * sy < 4e-4) {
            break;
        }
    }
    return true;
}

bool vg_points_find(const struct vg_point *point, int level, const struct vg_kern *kern,
                    const struct vg_pyramid *picture, const struct vg_homog *h, struct vg_px *shift)
{
    const struct vg_point_template *t = &point->level[level];
    if (!t->is_good || (level >= 2 && !point->is_coarse)) {
        return false;
    }
    uint8_t patch[VG_KERN_PATCH_STRIDE * VG_KERN_PATCH_ROWS];
    double slope[4];
    double size = 1 << level;
    vg_homog_slope(h, point->at, slope);
    struct vg_px q = vg_homog_apply(h, point->at);
    /* the template's centre is a whole pixel of its level, the point need not be */
    double ox = t->x_px - ((point->at.x_px + 0.5) / size - 0.5);
    double oy = t->y_px - ((point->at.y_px + 0.5) / size - 0.5);
    struct vg_px centre = {
        (q.x_px + shift->x_px + 0.5) / size - 0.5 + slope[0] * ox + slope[1] * oy,
        (q.y_px + shift->y_px + 0.5) / size - 0.5 + slope[2] * ox + slope[3] * oy};
    double d[2];
    if (!take_patch(kern, &picture->level[level], centre, slope, patch) ||
        !find_shift(kern, t, patch, d)) {
        return false;
    }
    shift->x_px += (slope[0] * d[0] + slope[1] * d[1]) * size;
    shift->y_px += (slope[2] * d[0] + slope[3] * d[1]) * size;
    return true;
}
