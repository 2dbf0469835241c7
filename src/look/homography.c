#include "look/homography.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

enum {
    UNKNOWNS = 8,
    TRIES_MAX = 160,
    ROUNDS = 5
};

struct vg_homog vg_homog_one(void)
{
    return (struct vg_homog){{1, 0, 0, 0, 1, 0, 0, 0, 1}};
}

struct vg_px vg_homog_apply(const struct vg_homog *h, struct vg_px p)
{
    const double *m = h->m;
    double w = 1.0 / (m[6] * p.x_px + m[7] * p.y_px + m[8]);
    return (struct vg_px){(m[0] * p.x_px + m[1] * p.y_px + m[2]) * w,
                          (m[3] * p.x_px + m[4] * p.y_px + m[5]) * w};
}

static void scale_to_one(struct vg_homog *h)
{
    for (int i = 0; i < 9 && h->m[8] != 0.0; i++) {
        h->m[i] = i < 8 ? h->m[i] / h->m[8] : 1.0;
    }
}

struct vg_homog vg_homog_join(const struct vg_homog *first, const struct vg_homog *then)
{
    struct vg_homog out = {{0}};
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++) {
            for (int k = 0; k < 3; k++) {
                out.m[3 * r + c] += then->m[3 * r + k] * first->m[3 * k + c];
            }
        }
    }
    scale_to_one(&out);
    return out;
}

bool vg_homog_invert(const struct vg_homog *h, struct vg_homog *out)
{
    const double *m = h->m;
    double c0 = m[4] * m[8] - m[5] * m[7];
    double c1 = m[5] * m[6] - m[3] * m[8];
    double c2 = m[3] * m[7] - m[4] * m[6];
    double det = m[0] * c0 + m[1] * c1 + m[2] * c2;
    if (!(fabs(det) > 1e-12)) {
        return false;
    }
    *out = (struct vg_homog){
        {c0 / det, (m[2] * m[7] - m[1] * m[8]) / det, (m[1] * m[5] - m[2] * m[4]) / det, c1 / det,
         (m[0] * m[8] - m[2] * m[6]) / det, (m[2] * m[3] - m[0] * m[5]) / det, c2 / det,
         (m[1] * m[6] - m[0] * m[7]) / det, (m[0] * m[4] - m[1] * m[3]) / det}};
    scale_to_one(out);
    return true;
}

void vg_homog_slope(const struct vg_homog *h, struct vg_px p, double d[4])
{
    const double *m = h->m;
    double w = 1.0 / (m[6] * p.x_px + m[7] * p.y_px + m[8]);
    struct vg_px q = vg_homog_apply(h, p);
    d[0] = (m[0] - q.x_px * m[6]) * w;
    d[1] = (m[1] - q.x_px * m[7]) * w;
    d[2] = (m[3] - q.y_px * m[6]) * w;
    d[3] = (m[4] - q.y_px * m[7]) * w;
}

/* Gauss with pivots; a is destroyed, b becomes the solution. */
static bool solve(double a[UNKNOWNS][UNKNOWNS], double b[UNKNOWNS])
{
    for (int c = 0; c < UNKNOWNS; c++) {
        int pivot = c;
        for (int r = c + 1; r < UNKNOWNS; r++) {
            pivot = fabs(a[r][c]) > fabs(a[pivot][c]) ? r : pivot;
        }
        if (!(fabs(a[pivot][c]) > 1e-12)) {
            return false;
        }
        for (int k = 0; k < UNKNOWNS; k++) {
            double t = a[c][k];
            a[c][k] = a[pivot][k];
            a[pivot][k] = t;
        }
        double t = b[c];
        b[c] = b[pivot];
        b[pivot] = t;
        for (int r = c + 1; r < UNKNOWNS; r++) {
            double f = a[r][c] / a[c][c];
            for (int k = c; k < UNKNOWNS; k++) {
                a[r][k] -= f * a[c][k];
            }
            b[r] -= f * b[c];
        }
    }
    for (int r = UNKNOWNS - 1; r >= 0; r--) {
        for (int k = r + 1; k < UNKNOWNS; k++) {
            b[r] -= a[r][k] * b[k];
        }
        b[r] /= a[r][r];
    }
    return true;
}

/* Coordinates of about -1 .. 1, so that the equations have one scale. */
struct frame {
    double cx;
    double cy;
    double scale;
};

static struct px_pair {
    double x, y, u, v;
} scaled(const struct vg_pair *p, const struct frame *f)
{
    return (struct px_pair){(p->a.x_px - f->cx) * f->scale, (p->a.y_px - f->cy) * f->scale,
                            (p->b.x_px - f->cx) * f->scale, (p->b.y_px - f->cy) * f->scale};
}

static struct frame frame_of(const struct vg_pair *pairs, int n)
{
    double x0 = pairs[0].a.x_px;
    double x1 = x0;
    double y0 = pairs[0].a.y_px;
    double y1 = y0;
    for (int i = 1; i < n; i++) {
        x0 = fmin(x0, pairs[i].a.x_px);
        x1 = fmax(x1, pairs[i].a.x_px);
        y0 = fmin(y0, pairs[i].a.y_px);
        y1 = fmax(y1, pairs[i].a.y_px);
    }
    double half = fmax(fmax(x1 - x0, y1 - y0) / 2.0, 1.0);
    return (struct frame){(x0 + x1) / 2.0, (y0 + y1) / 2.0, 1.0 / half};
}

/* From scaled coordinates back to pixels. */
static struct vg_homog unscaled(const double h[UNKNOWNS], const struct frame *f)
{
    struct vg_homog in = {
        {f->scale, 0, -f->cx * f->scale, 0, f->scale, -f->cy * f->scale, 0, 0, 1}};
    struct vg_homog mid = {{h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1}};
    struct vg_homog back = {{1 / f->scale, 0, f->cx, 0, 1 / f->scale, f->cy, 0, 0, 1}};
    struct vg_homog a = vg_homog_join(&in, &mid);
    return vg_homog_join(&a, &back);
}

static bool from_four(const struct vg_pair *pairs, const int at[4], const struct frame *f,
                      struct vg_homog *out)
{
    double a[UNKNOWNS][UNKNOWNS];
    double b[UNKNOWNS];
    for (int i = 0; i < 4; i++) {
        struct px_pair p = scaled(&pairs[at[i]], f);
        double rows[2][UNKNOWNS] = {{p.x, p.y, 1, 0, 0, 0, -p.x * p.u, -p.y * p.u},
                                    {0, 0, 0, p.x, p.y, 1, -p.x * p.v, -p.y * p.v}};
        memcpy(a[2 * i], rows, sizeof rows);
        b[2 * i] = p.u;
        b[2 * i + 1] = p.v;
    }
    if (!solve(a, b)) {
        return false;
    }
    *out = unscaled(b, f);
    return true;
}

static int count_near(struct vg_pair *pairs, int n, const struct vg_homog *h, double within_px,
                      bool mark)
{
    int count = 0;
    double limit = within_px * within_px;
    for (int i = 0; i < n; i++) {
        struct vg_px q = vg_homog_apply(h, pairs[i].a);
        double dx = q.x_px - pairs[i].b.x_px;
        double dy = q.y_px - pairs[i].b.y_px;
        bool is_near = dx * dx + dy * dy < limit;
        count += is_near ? 1 : 0;
        if (mark) {
            pairs[i].is_inlier = is_near;
        }
    }
    return count;
}

static void add_row(double a[UNKNOWNS][UNKNOWNS], double b[UNKNOWNS], const double j[UNKNOWNS],
                    double r, double weight)
{
    for (int i = 0; i < UNKNOWNS; i++) {
        for (int k = 0; k < UNKNOWNS; k++) {
            a[i][k] += weight * j[i] * j[k];
        }
        b[i] += weight * j[i] * r;
    }
}

/* One weighted step of Gauss-Newton. */
static bool refine(const struct vg_pair *pairs, int n, const struct frame *f, double within_px,
                   struct vg_homog *h)
{
    double a[UNKNOWNS][UNKNOWNS] = {{0}};
    double b[UNKNOWNS] = {0};
    struct vg_homog out_of = {{1 / f->scale, 0, f->cx, 0, 1 / f->scale, f->cy, 0, 0, 1}};
    struct vg_homog into = {
        {f->scale, 0, -f->cx * f->scale, 0, f->scale, -f->cy * f->scale, 0, 0, 1}};
    struct vg_homog t = vg_homog_join(&out_of, h);
    struct vg_homog g = vg_homog_join(&t, &into);
    double limit = within_px * f->scale;
    for (int i = 0; i < n; i++) {
        struct px_pair p = scaled(&pairs[i], f);
        double w = 1.0 / (g.m[6] * p.x + g.m[7] * p.y + 1.0);
        double u = (g.m[0] * p.x + g.m[1] * p.y + g.m[2]) * w;
        double v = (g.m[3] * p.x + g.m[4] * p.y + g.m[5]) * w;
        double ru = p.u - u;
        double rv = p.v - v;
        double far = (ru * ru + rv * rv) / (limit * limit);
        if (far >= 1.0) {
            continue;
        }
        double weight = (1.0 - far) * (1.0 - far); /* Tukey */
        double ju[UNKNOWNS] = {p.x * w, p.y * w, w, 0, 0, 0, -p.x * u * w, -p.y * u * w};
        double jv[UNKNOWNS] = {0, 0, 0, p.x * w, p.y * w, w, -p.x * v * w, -p.y * v * w};
        add_row(a, b, ju, ru, weight);
        add_row(a, b, jv, rv, weight);
    }
    if (!solve(a, b)) {
        return false;
    }
    for (int i = 0; i < UNKNOWNS; i++) {
        b[i] += g.m[i];
    }
    *h = unscaled(b, f);
    return true;
}

int vg_homog_fit(struct vg_pair *pairs, int n, double within_px, uint64_t seed, struct vg_homog *h)
{
    if (n < 4) {
        return 0;
    }
    struct frame f = frame_of(pairs, n);
    struct vg_rng rng = vg_rng_seed(seed);
    struct vg_homog best = vg_homog_one();
    int n_best = 0;
    int n_tries = TRIES_MAX;
    for (int k = 0; k < n_tries; k++) {
        int at[4];
        for (int i = 0; i < 4; i++) {
            at[i] = (int)vg_rng_below(&rng, (uint64_t)n);
        }
        struct vg_homog try;
        if (!from_four(pairs, at, &f, &try)) {
            continue;
        }
        int near = count_near(pairs, n, &try, within_px, false);
        if (near > n_best) {
            n_best = near;
            best = try;
            double p = pow((double)near / n, 4.0); /* four right ones at once; 99.5 % sure */
            double need = p > 0.999 ? 1.0 : log(0.005) / log(1.0 - p);
            n_tries = need < TRIES_MAX ? (int)fmax(ceil(need), 12.0) : TRIES_MAX;
        }
    }
    if (n_best < 4) {
        return 0;
    }
    for (int k = 0; k < ROUNDS && refine(pairs, n, &f, k < 2 ? 2.0 * within_px : within_px, &best);
         k++) {
    }
    *h = best;
    return count_near(pairs, n, h, within_px, true);
}
