#include "look/detect.h"

#include "look/light.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP = 12,
    HISTOGRAM = 1024,
    MARGIN = 4,
    WEAK_AREA_MIN = 5,
    MERGE_GAP = 3,
    MERGED_MAX = 40
};

/* --- noise, from a sparse grid --- */

static int levelled(const struct vg_detect *self, int seen)
{
    return ((seen * self->level.gain + self->level.offset + 8192) >> 7) - 64;
}

/* The sum over 3 x 3 of what the background does not explain (kern.h: residual). */
static int sum_at(const struct vg_detect *self, const struct vg_background *g, int x, int y)
{
    int sum = 0;
    for (int j = -1; j <= 1; j++) {
        size_t at = (size_t)(y + j) * (size_t)g->shape.stride_bytes + (size_t)x;
        for (int i = -1; i <= 1; i++) {
            size_t k = (size_t)((ptrdiff_t)at + i);
            int s = levelled(self, self->seen[k]);
            bool is_known = self->seen[k] != 0 && g->low[k] != 0;
            int over = s > g->high[k] ? s - g->high[k] : s < g->low[k] ? s - g->low[k] : 0;
            sum += is_known ? over : 0;
        }
    }
    return sum;
}

static void measure_noise(struct vg_detect *self, const struct vg_background *g)
{
    int count[HISTOGRAM] = {0};
    int n = 0;
    for (int y = STEP / 2; y < g->shape.height_px - 1; y += STEP) {
        for (int x = STEP / 2; x < g->shape.width_px - 1; x += STEP) {
            size_t at = (size_t)y * (size_t)g->shape.stride_bytes + (size_t)x;
            if (self->seen[at] != 0 && g->low[at] != 0 && g->low[at] == g->high[at] &&
                g->limit[at] < 8) {
                int s = abs(sum_at(self, g, x, y));
                count[s < HISTOGRAM ? s : HISTOGRAM - 1]++;
                n++;
            }
        }
    }
    if (n < 100) {
        return;
    }
    int median = 0;
    for (int sum = count[0]; sum * 2 < n && median < HISTOGRAM - 1; sum += count[++median]) {
    }
    double now = fmax(1.4826 * median, 4.0);
    self->noise = self->noise > 0.0 ? 0.8 * self->noise + 0.2 * now : now;
}

/* --- the mask --- */

static void mask_rows(struct vg_detect *self, const struct vg_kern *kern,
                      const struct vg_background *g)
{
    int w = g->shape.width_px;
    int h = g->shape.height_px;
    ptrdiff_t stride = g->shape.stride_bytes;
    vg_blobs_clear(&self->blobs);
    for (int y = 0; y < h; y++) {
        kern->residual(self->seen + y * stride, g->low + y * stride, g->high + y * stride, w,
                       &self->level, self->rows[3], self->rows[y % 3]);
        int at = y - 1; /* the row in the middle of the three at hand */
        if (at < MARGIN || at >= h - MARGIN) {
            continue;
        }
        const int16_t *const rows[3] = {self->rows[0], self->rows[1], self->rows[2]};
        uint8_t *mask = self->mask + at * stride;
        if (kern->test(rows, g->limit + at * stride, w, &self->level, mask)) {
            memset(mask, 0, MARGIN);
            memset(mask + w - MARGIN, 0, MARGIN + 8);
            vg_blobs_row(&self->blobs, mask, at, w);
        }
    }
}

struct weighing {
    const struct vg_detect *detect;
    const struct vg_background *ground;
};

static int weight_of(const void *ctx, int x, int y)
{
    const struct weighing *w = ctx;
    return sum_at(w->detect, w->ground, x, y);
}

/* --- spots --- */

static void add_spot(struct vg_detect *self, const struct vg_blob *b, double size_max_px)
{
    double width = b->x1 - b->x0 + 1;
    double height = b->y1 - b->y0 + 1;
    if (self->n == VG_SPOTS_MAX || width > size_max_px || height > size_max_px || b->area < 2 ||
        b->sum <= 0) {
        return;
    }
    /* the test sums 3 x 3: marks reach a pixel further than the thing */
    self->spot[self->n++] =
        (struct vg_spot){.x_px = 0.5 * ((double)b->sum_x / (double)b->sum + 0.5 * (b->x0 + b->x1)),
                         .y_px = 0.5 * ((double)b->sum_y / (double)b->sum + 0.5 * (b->y0 + b->y1)),
                         .width_px = fmax(width - 1.0, 2.0),
                         .height_px = fmax(height - 1.0, 2.0),
                         .strength = (double)b->sum / (9.0 * b->area),
                         .sign = (double)b->signed_sum / (double)b->sum,
                         .is_strong = b->n_strong > 0};
}

static bool is_near(const struct vg_blob *a, const struct vg_blob *b, int gap)
{
    return a->x0 <= b->x1 + gap && b->x0 <= a->x1 + gap && a->y0 <= b->y1 + gap &&
           b->y0 <= a->y1 + gap;
}

static void take_in(struct vg_blob *a, struct vg_blob *b)
{
    a->x0 = a->x0 < b->x0 ? a->x0 : b->x0;
    a->y0 = a->y0 < b->y0 ? a->y0 : b->y0;
    a->x1 = a->x1 > b->x1 ? a->x1 : b->x1;
    a->y1 = a->y1 > b->y1 ? a->y1 : b->y1;
    a->area += b->area;
    a->n_strong += b->n_strong;
    a->sum += b->sum;
    a->sum_x += b->sum_x;
    a->sum_y += b->sum_y;
    a->signed_sum += b->signed_sum;
    b->area = 0;
}

/* Strong blobs close to each other are parts of one thing (a car's roof, bonnet and shadow), unless
 * that makes a large one. */
static void merge_parts(struct vg_blobs *blobs)
{
    for (int i = 0; i < blobs->n && blobs->blob[i].n_strong > 0; i++) {
        struct vg_blob *a = &blobs->blob[i];
        for (int j = i + 1; j < blobs->n && blobs->blob[j].n_strong > 0 && a->area > 0; j++) {
            struct vg_blob *b = &blobs->blob[j];
            bool is_small = a->x1 - a->x0 < MERGED_MAX && a->y1 - a->y0 < MERGED_MAX &&
                            b->x1 - b->x0 < MERGED_MAX && b->y1 - b->y0 < MERGED_MAX;
            if (b->area > 0 && is_small && is_near(a, b, MERGE_GAP)) {
                take_in(a, b);
                j = i; /* the larger one may reach others now */
            }
        }
    }
}

/* Strong ones first: they must find room. */
static void keep_spots(struct vg_detect *self, double size_max_px)
{
    self->n = 0;
    merge_parts(&self->blobs);
    for (int is_weak = 0; is_weak < 2; is_weak++) {
        for (int i = 0; i < self->blobs.n; i++) {
            const struct vg_blob *b = &self->blobs.blob[i];
            if ((b->n_strong == 0) == (is_weak == 1)) {
                add_spot(self, b, size_max_px);
            }
        }
    }
}

void vg_detect_run(struct vg_detect *self, const struct vg_kern *kern, struct vg_warp *warp,
                   const struct vg_background *ground, const struct vg_detect_params *params,
                   const uint8_t *picture, const struct vg_map *map)
{
    struct vg_kern_plane src = ground->shape;
    src.px = picture;
    vg_warp_picture(warp, kern, &src, map, self->seen);
    struct vg_light light = vg_light_fit(&ground->shape, self->seen, ground->low, ground->high);
    self->level.gain = light.gain;
    self->level.offset = light.offset;
    measure_noise(self, ground);
    self->level.low = params->low;
    self->level.high = params->high;
    self->level.noise = (int)lrint(fmin(fmax(self->noise, 4.0), 1000.0));
    mask_rows(self, kern, ground);
    struct weighing weighing = {self, ground};
    vg_blobs_close(&self->blobs, self->mask, ground->shape.stride_bytes, WEAK_AREA_MIN, weight_of,
                   &weighing);
    keep_spots(self, params->size_max_px);
}
