#include "look/shot.h"

#include <math.h>
#include <string.h>

enum {
    CELLS = VG_SHOT_COLUMNS * VG_SHOT_ROWS,
    EACH = 4 /* pixels are read each so many, across and down */
};
static const float LEAST_DIFFERENCE =
    10; /* mean of the blocks, grey levels without the mean step */
static const float LEAST_CORRELATION = 0.4F;

static void reduce(const uint8_t *luma, int width_px, int height_px, size_t stride_bytes,
                   float out[CELLS])
{
    for (int r = 0; r < VG_SHOT_ROWS; r++) {
        for (int c = 0; c < VG_SHOT_COLUMNS; c++) {
            int x1 = (c + 1) * width_px / VG_SHOT_COLUMNS;
            int y1 = (r + 1) * height_px / VG_SHOT_ROWS;
            uint32_t sum = 0;
            uint32_t n = 0;
            for (int y = r * height_px / VG_SHOT_ROWS; y < y1; y += EACH) {
                const uint8_t *row = luma + (size_t)y * stride_bytes;
                for (int x = c * width_px / VG_SHOT_COLUMNS; x < x1; x += EACH) {
                    sum += row[x];
                    n++;
                }
            }
            out[r * VG_SHOT_COLUMNS + c] = (float)sum / (float)n;
        }
    }
}

static float mean_of(const float v[CELLS])
{
    float sum = 0;
    for (int i = 0; i < CELLS; i++) {
        sum += v[i];
    }
    return sum / CELLS;
}

bool vg_shot_step(struct vg_shot *self, const uint8_t *luma, int width_px, int height_px,
                  size_t stride_bytes)
{
    float now[CELLS];
    if (width_px < 4 * VG_SHOT_COLUMNS || height_px < 4 * VG_SHOT_ROWS) {
        return false;
    }
    reduce(luma, width_px, height_px, stride_bytes, now);
    float mean_now = mean_of(now);
    float mean_last = mean_of(self->last);
    float difference = 0;
    float both = 0;
    float a2 = 0;
    float b2 = 0;
    for (int i = 0; i < CELLS; i++) {
        float a = now[i] - mean_now;
        float b = self->last[i] - mean_last;
        difference += fabsf(a - b) / CELLS;
        both += a * b;
        a2 += a * a;
        b2 += b * b;
    }
    bool is_cut = self->has_last && difference > LEAST_DIFFERENCE &&
                  both < LEAST_CORRELATION * sqrtf(a2 * b2);
    memcpy(self->last, now, sizeof now);
    self->has_last = true;
    return is_cut;
}
