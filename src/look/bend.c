#include "look/bend.h"

#include <math.h>
#include <string.h>

enum {
    NEAR_MAX = 64,
    NEAR_MIN = 4,
    PAIRS_MAX = 512
};

#define REACH 1.6 /* cells around a node */
/* Against slopes: few points give a level. More at the picture's edges, where all points lie on one
 * side and a slope would be carried on beyond them. */
#define STIFF 0.3
#define STIFF_AT_EDGE 1.5

static int nodes_over(int size_px, int most)
{
    int n = size_px / VG_BEND_CELL_PX + 1;
    return n < 3 ? 3 : n > most ? most : n;
}

void vg_bend_clear(struct vg_bend *self, int width_px, int height_px)
{
    memset(self, 0, sizeof *self);
    self->n_x = nodes_over(width_px, VG_BEND_X);
    self->n_y = nodes_over(height_px, VG_BEND_Y);
    self->cell_x_px = (double)width_px / (self->n_x - 1);
    self->cell_y_px = (double)height_px / (self->n_y - 1);
}

static double clamped(double x, double hi)
{
    return x < 0.0 ? 0.0 : x > hi ? hi : x;
}

struct vg_px vg_bend_at(const struct vg_bend *self, struct vg_px p)
{
    double x = clamped(p.x_px / self->cell_x_px, self->n_x - 1.0001);
    double y = clamped(p.y_px / self->cell_y_px, self->n_y - 1.0001);
    int i = (int)x;
    int j = (int)y;
    double u = x - i;
    double v = y - j;
    double w[4] = {(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v};
    const float *a = &self->dx_px[j][i];
    const float *b = &self->dy_px[j][i];
    return (struct vg_px){w[0] * (double)a[0] + w[1] * (double)a[1] + w[2] * (double)a[VG_BEND_X] +
                              w[3] * (double)a[VG_BEND_X + 1],
                          w[0] * (double)b[0] + w[1] * (double)b[1] + w[2] * (double)b[VG_BEND_X] +
                              w[3] * (double)b[VG_BEND_X + 1]};
}

/* What is near a node: places relative to it (cells), displacements. */
struct near {
    int n;
    double u[NEAR_MAX];
    double v[NEAR_MAX];
    double d[2][NEAR_MAX];
};

static double median(const double *values, int n)
{
    double v[NEAR_MAX];
    for (int i = 0; i < n; i++) {
        int k = i;
        for (; k > 0 && v[k - 1] > values[i]; k--) {
            v[k] = v[k - 1];
        }
        v[k] = values[i];
    }
    return n % 2 == 1 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

/* Value at the node of a plane through the displacements, by least squares with Tukey weights about
 * the plane before (first: about the median), and Gaussian ones about the node. */
static double plane_at_node(const struct near *near, const double *d, double stiffness)
{
    double c[3] = {median(d, near->n), 0, 0};
    for (int round = 0; round < 3; round++) {
        double limit = round == 0 ? 4.0 : round == 1 ? 2.0 : 1.2;
        double m[6] = {0.02, 0, 0, stiffness, 0, stiffness};
        double b[3] = {0.02 * c[0], 0, 0};
        for (int i = 0; i < near->n; i++) {
            double u = near->u[i];
            double v = near->v[i];
            double r = (d[i] - c[0] - c[1] * u - c[2] * v) / limit;
            double w = r * r < 1.0 ? (1.0 - r * r) * (1.0 - r * r) : 0.0;
            w *= exp(-(u * u + v * v));
            m[0] += w;
            m[1] += w * u;
            m[2] += w * v;
            m[3] += w * u * u;
            m[4] += w * u * v;
            m[5] += w * v * v;
            b[0] += w * d[i];
            b[1] += w * u * d[i];
            b[2] += w * v * d[i];
        }
        double k0 = m[3] * m[5] - m[4] * m[4];
        double k1 = m[2] * m[4] - m[1] * m[5];
        double k2 = m[1] * m[4] - m[2] * m[3];
        double det = m[0] * k0 + m[1] * k1 + m[2] * k2;
        c[0] = (k0 * b[0] + k1 * b[1] + k2 * b[2]) / det;
        c[1] =
            (k1 * b[0] + (m[0] * m[5] - m[2] * m[2]) * b[1] + (m[1] * m[2] - m[0] * m[4]) * b[2]) /
            det;
        c[2] =
            (k2 * b[0] + (m[1] * m[2] - m[0] * m[4]) * b[1] + (m[0] * m[3] - m[1] * m[1]) * b[2]) /
            det;
    }
    return c[0];
}

static void gather(const struct vg_bend *self, int i, int j, const struct vg_pair *pairs,
                   const struct vg_px *left, int n, double limit_px, struct near *near)
{
    near->n = 0;
    for (int k = 0; k < n && near->n < NEAR_MAX; k++) {
        double u = pairs[k].a.x_px / self->cell_x_px - i;
        double v = pairs[k].a.y_px / self->cell_y_px - j;
        if (fabs(u) < REACH && fabs(v) < REACH && fabs(left[k].x_px) < limit_px &&
            fabs(left[k].y_px) < limit_px) {
            near->u[near->n] = u;
            near->v[near->n] = v;
            near->d[0][near->n] = left[k].x_px;
            near->d[1][near->n++] = left[k].y_px;
        }
    }
}

/* Nodes nobody is near take the mean of their neighbours that have a value. */
static void fill_gaps(struct vg_bend *self, bool has[VG_BEND_Y][VG_BEND_X])
{
    for (int pass = 0; pass < 3; pass++) {
        bool had[VG_BEND_Y][VG_BEND_X];
        memcpy(had, has, sizeof had);
        for (int j = 0; j < self->n_y; j++) {
            for (int i = 0; i < self->n_x; i++) {
                float sum[2] = {0, 0};
                int n = 0;
                for (int k = 0; k < 9 && !had[j][i]; k++) {
                    int y = j + k / 3 - 1;
                    int x = i + k % 3 - 1;
                    if (y >= 0 && y < self->n_y && x >= 0 && x < self->n_x && had[y][x]) {
                        sum[0] += self->dx_px[y][x];
                        sum[1] += self->dy_px[y][x];
                        n++;
                    }
                }
                if (n > 0) {
                    self->dx_px[j][i] = sum[0] / (float)n;
                    self->dy_px[j][i] = sum[1] / (float)n;
                    has[j][i] = true;
                }
            }
        }
    }
}

void vg_bend_fit(struct vg_bend *self, const struct vg_pair *pairs, int n, const struct vg_homog *h,
                 double limit_px)
{
    struct vg_px left[PAIRS_MAX];
    n = n < PAIRS_MAX ? n : PAIRS_MAX;
    for (int k = 0; k < n; k++) {
        struct vg_px q = vg_homog_apply(h, pairs[k].a);
        left[k] = (struct vg_px){pairs[k].b.x_px - q.x_px, pairs[k].b.y_px - q.y_px};
    }
    bool has[VG_BEND_Y][VG_BEND_X];
    for (int j = 0; j < self->n_y; j++) {
        for (int i = 0; i < self->n_x; i++) {
            struct near near;
            gather(self, i, j, pairs, left, n, limit_px, &near);
            has[j][i] = near.n >= NEAR_MIN;
            bool is_edge = i == 0 || j == 0 || i == self->n_x - 1 || j == self->n_y - 1;
            double stiffness = is_edge ? STIFF_AT_EDGE : STIFF;
            self->dx_px[j][i] =
                has[j][i] ? (float)plane_at_node(&near, near.d[0], stiffness) : 0.0F;
            self->dy_px[j][i] =
                has[j][i] ? (float)plane_at_node(&near, near.d[1], stiffness) : 0.0F;
        }
    }
    fill_gaps(self, has);
}

void vg_map_one(struct vg_map *self, int width_px, int height_px)
{
    self->h = vg_homog_one();
    self->inverse = vg_homog_one();
    vg_bend_clear(&self->bend, width_px, height_px);
}

struct vg_px vg_map_apply(const struct vg_map *self, struct vg_px p)
{
    struct vg_px q = vg_homog_apply(&self->h, p);
    struct vg_px d = vg_bend_at(&self->bend, p);
    return (struct vg_px){q.x_px + d.x_px, q.y_px + d.y_px};
}

struct vg_px vg_map_back(const struct vg_map *self, struct vg_px q)
{
    struct vg_px p = vg_homog_apply(&self->inverse, q);
    for (int k = 0; k < 2; k++) {
        struct vg_px d = vg_bend_at(&self->bend, p);
        p = vg_homog_apply(&self->inverse, (struct vg_px){q.x_px - d.x_px, q.y_px - d.y_px});
    }
    return p;
}
