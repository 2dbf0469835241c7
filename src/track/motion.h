/* The motion model: five modes that an object changes between (interacting multiple models: Blom,
 * Bar-Shalom, IEEE TAC 33(8) 1988), with leave rates and one table of arrivals, so that mixing
 * costs the number of modes, not its square. Long gaps: the object stays still, goes on straight,
 * or wanders (Ornstein-Uhlenbeck at its own speed: what is known of it grows to a bound in
 * velocity, and with the root of time in place: Millefiori et al., "Modeling vessel kinematics
 * using a stochastic mean-reverting process", IEEE TAES 52(5) 2016). Pure. */
#ifndef VG_TRACK_MOTION_H
#define VG_TRACK_MOTION_H

#include "track/gauss.h"
#include "track/params.h"

struct vg_imm {
    double w[VG_TRACK_MOTIONS];
    struct vg_gauss g[VG_TRACK_MOTIONS];
};

/* A new object at z with covariance r. */
void vg_imm_begin(struct vg_imm *imm, const struct vg_track_params *p, const double z[2],
                  const double r[3]);

/* Moves it on by dt_s >= 0, unseen; speed2_m2_s2: its usual squared speed, for wandering. */
void vg_imm_predict(struct vg_imm *imm, const struct vg_track_params *p, double dt_s,
                    double speed2_m2_s2);

/* One Gaussian with the moments of the mixture. */
struct vg_gauss vg_imm_merge(const struct vg_imm *imm);

#endif
