/* The line in half kilometres: how long ago each was seen, and the worst that is to come.
 *
 * What replanning looks at (forecast.c, retime.c): a place is the middle of a half kilometre. Times
 * are seconds from now. Memory: malloc. Threads: pure.
 */
#ifndef VG_PLAN_GROUND_H
#define VG_PLAN_GROUND_H

#include "plan/replan.h"

#define VG_GROUND_BIN_M 500.0
#define VG_GROUND_LATE_S 900.0 /* a drone ready so long after its time still flies the sortie */

struct vg_ground {
    const struct vg_watchfile *watch;
    int *first; /* of each line, n_lines + 1 */
    int n; /* half kilometres; the arrays below have so many for each pass */
    int n_passes;
    double *last_s; /* seen last, from now */
    double *worst; /* ratio so far */
    double *until_s; /* when the worst one ended */
    double *revisit_s; /* 0: not watched, or out of reach */
    double overdue_m_s; /* line times what it was unseen beyond its wish, so far */
    double wait; /* sum over the ground seen by now: first sight / wanted revisit */
};

/* With the plan's revisits and, at present, the input's ages. false: out of memory; finish it all
 * the same. */
bool vg_ground_init(struct vg_ground *self, const struct vg_replan_input *in,
                    const struct vg_plan *plan) VG_MUST_USE;
void vg_ground_finish(struct vg_ground *self);

/* The half kilometres of a line whose middles lie between two places: first[line] + from.. < to. */
void vg_ground_between(const struct vg_ground *self, int line, double a_m, double b_m,
                       int *out_from, int *out_to);
/* Seconds after t0_s at which a sweep passes the middle of half kilometre b. */
double vg_ground_sight_s(const struct vg_ground *self, const struct vg_replan_pass *pass, int b);
/* A sweep flown; sweeps are to come in order. */
void vg_ground_fly(struct vg_ground *self, const struct vg_replan_pass *pass);

#endif
