/* Gaussians over x, y, vx, vy and mixtures of them: predict, update, merge. Covariances are the
 * upper triangle by rows. Pure. */
#ifndef VG_TRACK_GAUSS_H
#define VG_TRACK_GAUSS_H

#include <stdbool.h>

struct vg_gauss {
    double x[4];
    double p[10];
};

/* Velocity process over `dt_s`: decay and noise as struct vg_track_mode (Ornstein-Uhlenbeck; decay
 * 0: constant velocity with white acceleration; Bar-Shalom, Li, Kirubarajan, "Estimation with
 * Applications", 2001, ch. 6). */
void vg_gauss_predict(struct vg_gauss *g, double dt_s, double decay_per_s, double q_m2_s3);

/* A measured position: its likelihood (1/m2) under `g`; 0 where the squared distance is over
 * `gate`. */
double vg_gauss_like(const struct vg_gauss *g, const double z[2], const double r[3], double gate);

/* Kalman update with a position z of covariance r (xx, xy, yy). */
void vg_gauss_update(struct vg_gauss *g, const double z[2], const double r[3]);

/* One measured number: h . x = z with variance r. `like` is its density. */
void vg_gauss_update_1d(struct vg_gauss *g, const double h[4], double nu, double r);
double vg_gauss_like_1d(const struct vg_gauss *g, const double h[4], double nu, double r,
                        double gate);

/* Mixtures: weights are added one by one, then divided; the merged Gaussian has the mixture's
 * moments. */
struct vg_gauss_sum {
    double w;
    double x[4]; /* of w * (x - origin) */
    double p[10]; /* of w * (P + (x - origin)(x - origin)') */
    double origin[4];
};

void vg_gauss_sum_begin(struct vg_gauss_sum *s, const double origin[4]);
void vg_gauss_sum_add(struct vg_gauss_sum *s, double w, const struct vg_gauss *g);
/* false, and `g` untouched, when nothing was added. */
bool vg_gauss_sum_end(const struct vg_gauss_sum *s, struct vg_gauss *g);

#endif
