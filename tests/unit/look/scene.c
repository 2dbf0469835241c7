#include "scene.h"

#include <math.h>
#include <string.h>

static double lattice(struct vg_rng *rng)
{
    return vg_rng_unit(rng) * 2.0 - 1.0;
}

void scene_init(struct scene *self, int width_px, int height_px, uint64_t seed)
{
    static const int CELL[4] = {64, 24, 10, 5};
    static const double WEIGHT[4] = {30, 22, 16, 12};
    memset(self, 0, sizeof *self);
    self->width_px = width_px;
    self->height_px = height_px;
    self->gain = 1.0;
    self->rng = vg_rng_seed(seed);
    static double sum[SCENE_GROUND][SCENE_GROUND];
    static double knot[256][256];
    memset(sum, 0, sizeof sum);
    for (int o = 0; o < 4; o++) {
        for (int j = 0; j < 256; j++) {
            for (int i = 0; i < 256; i++) {
                knot[j][i] = lattice(&self->rng);
            }
        }
        for (int y = 0; y < SCENE_GROUND; y++) {
            for (int x = 0; x < SCENE_GROUND; x++) {
                double u = (double)x / CELL[o];
                double v = (double)y / CELL[o];
                int i = (int)u;
                int j = (int)v;
                u -= i;
                v -= j;
                u = u * u * (3 - 2 * u);
                v = v * v * (3 - 2 * v);
                sum[y][x] += WEIGHT[o] * ((1 - v) * ((1 - u) * knot[j][i] + u * knot[j][i + 1]) +
                                          v * ((1 - u) * knot[j + 1][i] + u * knot[j + 1][i + 1]));
            }
        }
    }
    for (int y = 0; y < SCENE_GROUND; y++) {
        for (int x = 0; x < SCENE_GROUND; x++) {
            self->ground[y][x] = (uint8_t)fmin(fmax(110 + sum[y][x], 10), 245);
        }
    }
}

static double ground_at(const struct scene *self, struct vg_px g)
{
    double x = fmin(fmax(g.x_px, 0), SCENE_GROUND - 1.01);
    double y = fmin(fmax(g.y_px, 0), SCENE_GROUND - 1.01);
    int i = (int)x;
    int j = (int)y;
    x -= i;
    y -= j;
    return (1 - y) * ((1 - x) * self->ground[j][i] + x * self->ground[j][i + 1]) +
           y * ((1 - x) * self->ground[j + 1][i] + x * self->ground[j + 1][i + 1]);
}

/* Share of a pixel's width that lies within half of `size` of the centre. */
static double cover(double d, double size)
{
    return fmin(fmax(0.5 * size - fabs(d) + 0.5, 0.0), 1.0);
}

void scene_render(struct scene *self, const struct vg_homog *view, int t, uint8_t *out)
{
    for (int y = 0; y < self->height_px; y++) {
        for (int x = 0; x < self->width_px; x++) {
            struct vg_px g = vg_homog_apply(view, (struct vg_px){x, y});
            double luma = ground_at(self, g);
            for (int b = 0; b < self->n_boxes; b++) {
                const struct scene_box *box = &self->box[b];
                double share = cover(g.x_px - box->x - t * box->vx, box->width) *
                               cover(g.y_px - box->y - t * box->vy, box->height);
                luma += share * (box->luma - luma);
            }
            luma = self->gain * luma + self->offset + self->noise * vg_rng_normal(&self->rng);
            out[y * self->width_px + x] = (uint8_t)fmin(fmax(luma + 0.5, 0), 255);
        }
    }
}

struct vg_px scene_box_at(const struct scene *self, int box, const struct vg_homog *view, int t)
{
    struct vg_homog back = vg_homog_one();
    (void)vg_homog_invert(view, &back);
    const struct scene_box *b = &self->box[box];
    return vg_homog_apply(&back, (struct vg_px){b->x + t * b->vx, b->y + t * b->vy});
}

struct vg_homog scene_view(const struct scene *self, double x, double y, double angle_rad,
                           double scale)
{
    double c = scale * cos(angle_rad);
    double s = scale * sin(angle_rad);
    double mx = 0.5 * self->width_px;
    double my = 0.5 * self->height_px;
    return (struct vg_homog){{c, -s, x - c * mx + s * my, s, c, y - s * mx - c * my, 0, 0, 1}};
}
