#include "track/measure.h"

#include "track/maths.h"

#include <math.h>

#define PI 3.14159265358979323846
/* Speed says something of an object that moves: under this the direction of its velocity is not
 * known. */
#define SLOWEST_M_S 0.3

static bool fits(double x, double most)
{
    return isfinite(x) && fabs(x) <= most;
}

enum vg_status vg_measure_check(const struct vg_measurement *m, size_t number, struct vg_error *err)
{
    if (!fits(m->x_m, 1e8) || !fits(m->y_m, 1e8)) {
        return vg_fail(err, VG_E_INVALID, "measurement %zu: place is not finite or too far",
                       number);
    }
    const double *c = m->cov_m2;
    if (m->kind == VG_MEASURED_POSITION &&
        !(fits(c[0], 1e12) && fits(c[1], 1e12) && fits(c[2], 1e12) && c[0] > 1e-6 && c[2] > 1e-6 &&
          c[0] * c[2] - c[1] * c[1] > 1e-9 * c[0] * c[2])) {
        return vg_fail(err, VG_E_INVALID, "measurement %zu: covariance is not positive", number);
    }
    if (m->kind == VG_MEASURED_BEARING &&
        !(fits(m->bearing_rad, 100) && fits(m->bearing_sd_rad, PI) && m->bearing_sd_rad > 1e-9)) {
        return vg_fail(err, VG_E_INVALID,
                       "measurement %zu: bearing is not finite or its sigma not positive", number);
    }
    if (!fits(m->speed_m_s, 1e5) || !fits(m->speed_sd_m_s, 1e5) || m->speed_sd_m_s < 0) {
        return vg_fail(err, VG_E_INVALID,
                       "measurement %zu: speed is not finite or its sigma negative", number);
    }
    bool ok = m->n_features <= VG_TRACK_FEATURES;
    for (unsigned i = 0; ok && i < m->n_features; i++) {
        ok = fits((double)m->feature[i], 1e6);
    }
    for (int k = 0; ok && k < VG_TRACK_CLASSES; k++) {
        ok = fits(m->class_p[k], 1e12) && m->class_p[k] >= 0;
    }
    return ok ? VG_OK
              : vg_fail(err, VG_E_INVALID, "measurement %zu: class or features out of range",
                        number);
}

/* Innovation and derivative of a bearing at a state; false right above the observer. */
static bool bearing_row(const struct vg_gauss *g, const struct vg_measurement *m, double h[4],
                        double *nu)
{
    double dx = g->x[0] - m->x_m, dy = g->x[1] - m->y_m, range2 = dx * dx + dy * dy;
    if (range2 < 1) {
        return false;
    }
    double off = m->bearing_rad - atan2(dx, dy);
    *nu = off - 2 * PI * floor(off / (2 * PI) + 0.5);
    h[0] = dy / range2;
    h[1] = -dx / range2;
    h[2] = h[3] = 0;
    return true;
}

static bool speed_row(const struct vg_gauss *g, const struct vg_measurement *m, double h[4],
                      double *nu)
{
    double v = sqrt(g->x[2] * g->x[2] + g->x[3] * g->x[3]);
    if (m->speed_sd_m_s <= 0 || v < SLOWEST_M_S) {
        return false;
    }
    h[0] = h[1] = 0;
    h[2] = g->x[2] / v;
    h[3] = g->x[3] / v;
    *nu = m->speed_m_s - v;
    return true;
}

double vg_measure_like(const struct vg_gauss *g, const struct vg_measurement *m, double gate)
{
    double h[4], nu;
    double p = 0;
    if (m->kind == VG_MEASURED_POSITION) {
        p = vg_gauss_like(g, (const double[2]){m->x_m, m->y_m}, m->cov_m2, gate);
    } else if (bearing_row(g, m, h, &nu)) {
        p = vg_gauss_like_1d(g, h, nu, m->bearing_sd_rad * m->bearing_sd_rad, gate);
    }
    return p;
}

void vg_measure_update(struct vg_gauss *g, const struct vg_measurement *m)
{
    double h[4], nu;
    if (m->kind == VG_MEASURED_POSITION) {
        vg_gauss_update(g, (const double[2]){m->x_m, m->y_m}, m->cov_m2);
    } else if (bearing_row(g, m, h, &nu)) {
        vg_gauss_update_1d(g, h, nu, m->bearing_sd_rad * m->bearing_sd_rad);
    }
    if (speed_row(g, m, h, &nu)) {
        vg_gauss_update_1d(g, h, nu, m->speed_sd_m_s * m->speed_sd_m_s);
    }
}

/* Likelihoods of classes with the floor, summing to 1; false if the detector said nothing. */
static bool class_of(const struct vg_measurement *m, double floor_p, double out[VG_TRACK_CLASSES])
{
    double sum = 0;
    for (int k = 0; k < VG_TRACK_CLASSES; k++) {
        sum += m->class_p[k];
    }
    for (int k = 0; k < VG_TRACK_CLASSES && sum > 0; k++) {
        out[k] = (m->class_p[k] / sum + floor_p) / (1 + VG_TRACK_CLASSES * floor_p);
    }
    return sum > 0;
}

/* Density of two appearances as of one object, over that as of any two. */
static double features_ratio(const float *a, const float *b, unsigned n,
                             const struct vg_track_params *p)
{
    double s2 = 2 * p->feature_sd * p->feature_sd,
           u2 = 2 * p->feature_spread_sd * p->feature_spread_sd;
    double d2 = 0, ratio = 1;
    for (unsigned i = 0; i < n; i++) {
        double d = (double)a[i] - (double)b[i];
        d2 += d * d;
        ratio *= p->feature_spread_sd / p->feature_sd;
    }
    return fmax(1e-3, ratio * vg_exp(-0.5 * d2 * (1 / s2 - 1 / u2)));
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static double names_ratio(uint64_t a, uint64_t b)
{
    return a == 0 || b == 0 ? 1 : a == b ? 1e6 : 0;
}

double vg_measure_looks(const struct vg_object *o, const struct vg_track_params *p,
                        const struct vg_measurement *m)
{
    double ratio = names_ratio(o->source_id, m->source_id), of[VG_TRACK_CLASSES];
    if (class_of(m, p->class_floor, of)) {
        double fit = 0;
        for (int k = 0; k < VG_TRACK_CLASSES; k++) {
            fit += (double)o->class_p[k] * of[k];
        }
        ratio *= VG_TRACK_CLASSES * fit;
    }
    unsigned n = least(o->n_features, m->n_features);
    return n > 0 ? ratio * features_ratio(o->feature, m->feature, n, p) : ratio;
}

double vg_objects_looks(const struct vg_object *a, const struct vg_object *b,
                        const struct vg_track_params *p)
{
    double fit = 0;
    for (int k = 0; k < VG_TRACK_CLASSES; k++) {
        fit += (double)a->class_p[k] * (double)b->class_p[k];
    }
    double ratio = names_ratio(a->source_id, b->source_id) * VG_TRACK_CLASSES * fit;
    unsigned n = least(a->n_features, b->n_features);
    return n > 0 ? ratio * features_ratio(a->feature, b->feature, n, p) : ratio;
}

void vg_measure_remember(struct vg_object *o, const struct vg_track_params *p,
                         const struct vg_measurement *m, double share)
{
    double of[VG_TRACK_CLASSES], sum = 0;
    if (class_of(m, p->class_floor, of)) {
        for (int k = 0; k < VG_TRACK_CLASSES; k++) {
            of[k] = (double)o->class_p[k] * (share * of[k] * VG_TRACK_CLASSES + 1 - share);
            sum += of[k];
        }
        for (int k = 0; k < VG_TRACK_CLASSES;
             k++) { /* never so sure that it could not be unlearned */
            o->class_p[k] = (float)fmax(of[k] / sum, 1e-4);
        }
    }
    for (unsigned i = 0; i < m->n_features; i++) {
        double gain = i < o->n_features ? 0.2 * share : 1;
        o->feature[i] += (float)(gain * ((double)m->feature[i] - (double)o->feature[i]));
    }
    if (m->n_features > o->n_features) {
        o->n_features = (uint8_t)m->n_features;
    }
    if (share > 0.5 && m->source_id != 0) {
        o->source_id = m->source_id;
    }
}

double vg_bearing_clutter(const struct vg_scan *scan, const struct vg_footprint *f)
{
    double area = f->n > 0 ? (f->high[0] - f->low[0]) * (f->high[1] - f->low[1]) : 1e6;
    return fmax(scan->clutter_per_m2 * area, 0.01) / (2 * PI);
}
