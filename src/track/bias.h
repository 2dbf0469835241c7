/* Pointing biases: what a sensor's positions are off by, two numbers a sensor, from objects that
 * another sensor has just seen (a Kalman filter on the mean innovation of each scan). Which sensor
 * is right cannot be known: all are drawn towards nought. */
#ifndef VG_TRACK_BIAS_H
#define VG_TRACK_BIAS_H

#include "track/params.h"

#define VG_BIAS_SENSORS 1024 /* higher numbers get no bias */

struct vg_bias {
    double at_m[2];
    double var_m2;
    double t_s;
    uint32_t seen; /* scans that told something */
};

struct vg_biases {
    struct vg_bias *at; /* by sensor */
    size_t n;
};

void vg_biases_finish(struct vg_biases *b);

/* The sensor's bias, NULL if nothing is known of it yet. */
const struct vg_bias *vg_bias_get(const struct vg_biases *b, uint32_t sensor);

/* What one scan says: weighted mean innovation and its variance, each axis. VG_E_NO_MEMORY loses
 * it. */
void vg_bias_learn(struct vg_biases *b, const struct vg_track_params *p, uint32_t sensor,
                   const double mean_m[2], double var_m2, double t_s);

#endif
