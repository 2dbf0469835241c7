#include "track/motion.h"

#include "track/maths.h"

void vg_imm_begin(struct vg_imm *imm, const struct vg_track_params *p, const double z[2],
                  const double r[3])
{
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        double v2 = p->mode[k].begin_sd_m_s * p->mode[k].begin_sd_m_s;
        imm->w[k] = p->mode[k].begin_p;
        imm->g[k] =
            (struct vg_gauss){{z[0], z[1], 0, 0}, {r[0], r[1], 0, 0, r[2], 0, 0, v2, 0, v2}};
    }
}

struct vg_gauss vg_imm_merge(const struct vg_imm *imm)
{
    struct vg_gauss_sum sum;
    struct vg_gauss out = imm->g[0];
    vg_gauss_sum_begin(&sum, imm->g[0].x);
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        if (imm->w[k] > 0) {
            vg_gauss_sum_add(&sum, imm->w[k], &imm->g[k]);
        }
    }
    vg_gauss_sum_end(&sum, &out);
    return out;
}

/* Those who leave their mode within dt_s come together and are dealt out again by enter_p. */
static void mix(struct vg_imm *imm, const struct vg_track_params *p, double dt_s)
{
    struct vg_gauss_sum left;
    struct vg_gauss pool;
    double stay[VG_TRACK_MOTIONS];
    vg_gauss_sum_begin(&left, imm->g[0].x);
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        double a = vg_exp(-p->mode[k].leave_per_s * dt_s);
        stay[k] = a * imm->w[k];
        vg_gauss_sum_add(&left, imm->w[k] - stay[k], &imm->g[k]);
    }
    if (!vg_gauss_sum_end(&left, &pool)) {
        return;
    }
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        double in = left.w * p->mode[k].enter_p;
        struct vg_gauss_sum sum;
        vg_gauss_sum_begin(&sum, pool.x);
        vg_gauss_sum_add(&sum, stay[k], &imm->g[k]);
        vg_gauss_sum_add(&sum, in, &pool);
        vg_gauss_sum_end(&sum, &imm->g[k]);
        imm->w[k] = stay[k] + in;
    }
}

/* The rest of a gap: still and straight are left for wandering, which takes the place of all other
 * modes. */
static void wander(struct vg_imm *imm, const struct vg_track_params *p, double dt_s, double speed2)
{
    double stay = vg_exp(-p->gap_leave_per_s * dt_s);
    struct vg_gauss_sum sum;
    vg_gauss_sum_begin(&sum, imm->g[0].x);
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        bool keeps = k == VG_TRACK_STILL || k == VG_TRACK_STEADY;
        double kept = keeps ? stay * imm->w[k] : 0;
        vg_gauss_sum_add(&sum, imm->w[k] - kept, &imm->g[k]);
        imm->w[k] = kept;
        if (keeps) {
            vg_gauss_predict(&imm->g[k], dt_s, p->mode[k].decay_per_s, p->mode[k].q_m2_s3);
        }
    }
    struct vg_gauss *g = &imm->g[VG_TRACK_ROAD];
    if (vg_gauss_sum_end(&sum, g)) {
        double floor2 = p->gap_speed_floor_m_s * p->gap_speed_floor_m_s;
        double axis2 = 0.5 * speed2 > floor2 ? 0.5 * speed2 : floor2;
        imm->w[VG_TRACK_ROAD] = sum.w;
        vg_gauss_predict(g, dt_s, p->gap_decay_per_s, 2 * p->gap_decay_per_s * axis2);
    }
}

void vg_imm_predict(struct vg_imm *imm, const struct vg_track_params *p, double dt_s, double speed2)
{
    double near_s = dt_s < p->gap_after_s ? dt_s : p->gap_after_s;
    if (near_s > 0) {
        mix(imm, p, near_s);
        for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
            vg_gauss_predict(&imm->g[k], near_s, p->mode[k].decay_per_s, p->mode[k].q_m2_s3);
        }
    }
    if (dt_s > near_s) {
        wander(imm, p, dt_s - near_s, speed2);
    }
}
