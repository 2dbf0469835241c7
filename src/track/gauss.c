#include "track/gauss.h"

#include "track/maths.h"

#include <math.h>

enum {
    XX,
    XY,
    XVX,
    XVY,
    YY,
    YVX,
    YVY,
    VXVX,
    VXVY,
    VYVY
};

#define TWO_PI 6.283185307179586477

void vg_gauss_predict(struct vg_gauss *g, double dt, double decay, double q)
{
    double e = 1, b = dt, q11, q12, q22;
    if (decay * dt > 1e-4) {
        e = vg_exp(-decay * dt);
        b = (1 - e) / decay;
        q11 = q / (decay * decay) * (dt - 2 * b + (1 - e * e) / (2 * decay));
        q12 = 0.5 * q * b * b;
        q22 = q * (1 - e * e) / (2 * decay);
    } else {
        q11 = q * dt * dt * dt / 3;
        q12 = 0.5 * q * dt * dt;
        q22 = q * dt;
    }
    double *p = g->p;
    g->x[0] += b * g->x[2];
    g->x[1] += b * g->x[3];
    g->x[2] *= e;
    g->x[3] *= e;
    p[XX] += b * (2 * p[XVX] + b * p[VXVX]) + q11;
    p[XY] += b * (p[XVY] + p[YVX] + b * p[VXVY]);
    p[YY] += b * (2 * p[YVY] + b * p[VYVY]) + q11;
    p[XVX] = e * (p[XVX] + b * p[VXVX]) + q12;
    p[XVY] = e * (p[XVY] + b * p[VXVY]);
    p[YVX] = e * (p[YVX] + b * p[VXVY]);
    p[YVY] = e * (p[YVY] + b * p[VYVY]) + q12;
    p[VXVX] = e * e * p[VXVX] + q22;
    p[VXVY] = e * e * p[VXVY];
    p[VYVY] = e * e * p[VYVY] + q22;
}

double vg_gauss_like(const struct vg_gauss *g, const double z[2], const double r[3], double gate)
{
    double sxx = g->p[XX] + r[0], sxy = g->p[XY] + r[1], syy = g->p[YY] + r[2];
    double dx = z[0] - g->x[0], dy = z[1] - g->x[1];
    double det = sxx * syy - sxy * sxy;
    double d2 = (syy * dx * dx - 2 * sxy * dx * dy + sxx * dy * dy) / det;
    return d2 > gate ? 0 : vg_exp(-0.5 * d2) / (TWO_PI * sqrt(det));
}

void vg_gauss_update(struct vg_gauss *g, const double z[2], const double r[3])
{
    double *p = g->p;
    double sxx = p[XX] + r[0], sxy = p[XY] + r[1], syy = p[YY] + r[2];
    double inv = 1 / (sxx * syy - sxy * sxy);
    double dx = z[0] - g->x[0], dy = z[1] - g->x[1];
    /* a: covariance of each state with x and y; k: the gain; P - k a' keeps symmetric by
     * construction */
    const double a[4][2] = {{p[XX], p[XY]}, {p[XY], p[YY]}, {p[XVX], p[YVX]}, {p[XVY], p[YVY]}};
    double k[4][2];
    for (int i = 0; i < 4; i++) {
        k[i][0] = (a[i][0] * syy - a[i][1] * sxy) * inv;
        k[i][1] = (a[i][1] * sxx - a[i][0] * sxy) * inv;
        g->x[i] += k[i][0] * dx + k[i][1] * dy;
    }
    for (int i = 0, n = 0; i < 4; i++) {
        for (int j = i; j < 4; j++, n++) {
            p[n] -= k[i][0] * a[j][0] + k[i][1] * a[j][1];
        }
    }
}

/* P h, and h' P h as the result. */
static double project(const double p[10], const double h[4], double out[4])
{
    static const int at[4][4] = {
        {XX, XY, XVX, XVY}, {XY, YY, YVX, YVY}, {XVX, YVX, VXVX, VXVY}, {XVY, YVY, VXVY, VYVY}};
    double s = 0;
    for (int i = 0; i < 4; i++) {
        out[i] = 0;
        for (int j = 0; j < 4; j++) {
            out[i] += p[at[i][j]] * h[j];
        }
        s += h[i] * out[i];
    }
    return s;
}

void vg_gauss_update_1d(struct vg_gauss *g, const double h[4], double nu, double r)
{
    double a[4];
    double s = project(g->p, h, a) + r;
    for (int i = 0, n = 0; i < 4; i++) {
        g->x[i] += a[i] / s * nu;
        for (int j = i; j < 4; j++, n++) {
            g->p[n] -= a[i] * a[j] / s;
        }
    }
}

double vg_gauss_like_1d(const struct vg_gauss *g, const double h[4], double nu, double r,
                        double gate)
{
    double a[4];
    double s = project(g->p, h, a) + r, d2 = nu * nu / s;
    return d2 > gate ? 0 : vg_exp(-0.5 * d2) / sqrt(TWO_PI * s);
}

void vg_gauss_sum_begin(struct vg_gauss_sum *s, const double origin[4])
{
    *s = (struct vg_gauss_sum){0};
    for (int i = 0; i < 4; i++) {
        s->origin[i] = origin[i];
    }
}

void vg_gauss_sum_add(struct vg_gauss_sum *s, double w, const struct vg_gauss *g)
{
    double d[4];
    s->w += w;
    for (int i = 0; i < 4; i++) {
        d[i] = g->x[i] - s->origin[i];
        s->x[i] += w * d[i];
    }
    for (int i = 0, n = 0; i < 4; i++) {
        for (int j = i; j < 4; j++, n++) {
            s->p[n] += w * (g->p[n] + d[i] * d[j]);
        }
    }
}

bool vg_gauss_sum_end(const struct vg_gauss_sum *s, struct vg_gauss *g)
{
    if (!(s->w > 0)) {
        return false;
    }
    double inv = 1 / s->w, d[4];
    for (int i = 0; i < 4; i++) {
        d[i] = s->x[i] * inv;
        g->x[i] = s->origin[i] + d[i];
    }
    for (int i = 0, n = 0; i < 4; i++) {
        for (int j = i; j < 4; j++, n++) {
            g->p[n] = s->p[n] * inv - d[i] * d[j];
        }
    }
    return true;
}
