#include "fly/drain.h"

#include "config/work.h"

#include <math.h>

enum {
    EVERY_US = 10000000
};
static const double MIN_SPAN_S = 180;
static const double LEVEL_S = 10;
static const double JUMP = 0.05; /* share: no flight takes so much between two samples */

void vg_drain_feed(struct vg_drain *self, const struct vg_wf_type *type, double share,
                   double alt_msl_m, struct vg_us now)
{
    int last = (self->first + self->n - 1) % VG_DRAIN_SAMPLES;
    if (!isfinite(share) || !isfinite(alt_msl_m)) {
        return;
    }
    if (self->n > 0 && fabs(share - self->at[last].share) > JUMP) {
        *self = (struct vg_drain){0};
    }
    double dt_s = vg_us_to_s(vg_us_sub(now, self->t));
    if (self->n > 0) {
        double climb_m = dt_s < LEVEL_S ? alt_msl_m - self->alt_msl_m : 0;
        self->work_s += vg_work_s(type, dt_s, climb_m);
    }
    self->t = now;
    self->alt_msl_m = alt_msl_m;
    if (self->n > 0 && now.us - self->sampled.us < EVERY_US) {
        return;
    }
    int next = (self->first + self->n) % VG_DRAIN_SAMPLES;
    if (self->n == VG_DRAIN_SAMPLES) {
        self->first = (self->first + 1) % VG_DRAIN_SAMPLES;
    } else {
        self->n++;
    }
    self->sampled = now;
    self->at[next].work_s = self->work_s;
    self->at[next].share = share;
}

double vg_drain_rate(const struct vg_drain *self, double nominal, bool *out_is_measured)
{
    *out_is_measured = false;
    if (self->n < 3) {
        return nominal;
    }
    double w0_s = self->at[self->first].work_s;
    double sum_w = 0;
    double sum_y = 0;
    double sum_ww = 0;
    double sum_wy = 0;
    double span_s = 0;
    for (int i = 0; i < self->n; i++) {
        int k = (self->first + i) % VG_DRAIN_SAMPLES;
        double w_s = self->at[k].work_s - w0_s;
        sum_w += w_s;
        sum_y += self->at[k].share;
        sum_ww += w_s * w_s;
        sum_wy += w_s * self->at[k].share;
        span_s = w_s;
    }
    double spread = self->n * sum_ww - sum_w * sum_w;
    if (span_s < MIN_SPAN_S || spread <= 0) {
        return nominal;
    }
    *out_is_measured = true;
    double rate = -(self->n * sum_wy - sum_w * sum_y) / spread;
    return fmax(0.5 * nominal, fmin(2 * nominal, rate));
}
