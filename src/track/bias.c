#include "track/bias.h"

#include <stdlib.h>

void vg_biases_finish(struct vg_biases *b)
{
    free(b->at);
    *b = (struct vg_biases){0};
}

const struct vg_bias *vg_bias_get(const struct vg_biases *b, uint32_t sensor)
{
    return sensor < b->n && b->at[sensor].seen > 0 ? &b->at[sensor] : NULL;
}

static bool make_room(struct vg_biases *b, uint32_t sensor)
{
    if (sensor < b->n) {
        return true;
    }
    size_t n = (size_t)sensor + 1;
    struct vg_bias *at = realloc(b->at, n * sizeof *at);
    if (at == NULL) {
        return false;
    }
    for (size_t i = b->n; i < n; i++) {
        at[i] = (struct vg_bias){0};
    }
    b->at = at;
    b->n = n;
    return true;
}

void vg_bias_learn(struct vg_biases *b, const struct vg_track_params *p, uint32_t sensor,
                   const double mean_m[2], double var_m2, double t_s)
{
    if (p->bias_prior_sd_m <= 0 || sensor >= VG_BIAS_SENSORS || !make_room(b, sensor)) {
        return;
    }
    struct vg_bias *s = &b->at[sensor];
    double prior = p->bias_prior_sd_m * p->bias_prior_sd_m;
    if (s->seen == 0) {
        *s = (struct vg_bias){{0, 0}, prior, t_s, 0};
    }
    double drift = p->bias_drift_m_s * p->bias_drift_m_s * (t_s - s->t_s);
    s->var_m2 = s->var_m2 + drift < prior ? s->var_m2 + drift : prior;
    double gain = s->var_m2 / (s->var_m2 + var_m2);
    for (int k = 0; k < 2; k++) { /* the innovation is already free of what is known */
        s->at_m[k] += gain * mean_m[k];
    }
    s->var_m2 *= 1 - gain;
    s->t_s = t_s;
    s->seen++;
}
