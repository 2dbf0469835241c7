/* Pointing biases: what a sensor's positions are off by, two numbers a sensor, from objects that
 * another sensor saw last: a Kalman filter on the difference of the two. Which of them is right
 * cannot be known: both give way, by how little each is known, so that their mean stays where it
 * was (else all would drift away together: only differences are ever seen). */
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

/* What one scan of `sensor` says of objects that `other` saw last: weighted mean innovation and its
 * variance, each axis. Without memory for it, it is lost. */
struct vg_bias_hint {
    uint32_t sensor, other;
    double mean_m[2], var_m2, t_s;
};

void vg_bias_learn(struct vg_biases *b, const struct vg_track_params *p,
                   const struct vg_bias_hint *hint);

#endif
