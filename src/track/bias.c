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

/* The sensor's bias at a time: what is known wears off. */
static struct vg_bias *at_time(struct vg_biases *b, const struct vg_track_params *p,
                               uint32_t sensor, double t_s)
{
    struct vg_bias *s = &b->at[sensor];
    double prior = p->bias_prior_sd_m * p->bias_prior_sd_m;
    if (s->seen == 0) {
        *s = (struct vg_bias){{0, 0}, prior, t_s, 0};
    }
    double drift = p->bias_drift_m_s * p->bias_drift_m_s * (t_s - s->t_s);
    s->var_m2 = s->var_m2 + drift < prior ? s->var_m2 + drift : prior;
    s->t_s = t_s;
    s->seen++;
    return s;
}

void vg_bias_learn(struct vg_biases *b, const struct vg_track_params *p,
                   const struct vg_bias_hint *hint)
{
    uint32_t most = hint->sensor > hint->other ? hint->sensor : hint->other;
    if (p->bias_prior_sd_m <= 0 || most >= VG_BIAS_SENSORS || !make_room(b, most)) {
        return;
    }
    struct vg_bias *one = at_time(b, p, hint->sensor, hint->t_s),
                   *two = at_time(b, p, hint->other, hint->t_s);
    double sum = one->var_m2 + two->var_m2 + hint->var_m2;
    double gain = one->var_m2 / sum, back = two->var_m2 / sum;
    for (int k = 0; k < 2; k++) { /* the innovation is already free of what is known */
        one->at_m[k] += gain * hint->mean_m[k];
        two->at_m[k] -= back * hint->mean_m[k];
    }
    one->var_m2 *= 1 - gain;
    two->var_m2 *= 1 - back;
}
