/* The price of a promise: how many drones it takes, over promises from long to short.
 *
 * In:  a watch; where its drones are is not asked, any base may have any number. Fleets of other
 *      sizes have its types in the same proportion (whole drones by largest remainders).
 * Out: for each promise the proven least number of drones, and the number for which a timetable was
 *      made that keeps it with all that any base reaches within reach.
 *
 * Proof: the bound of a fleet free to choose its bases is inversely proportional to its size. A
 * fleet that has at most k times as many drones of every type as this one promises no less than
 * bound / k.
 *
 * Timetables are quick first plans (planner.h, is_quick) on drones dealt by the linear program
 * (split.h): what more time would gain is not in the curve. Plans of a size are made once and count
 * for every promise.
 *
 * Threads: pure. Memory: points are malloc, vg_curve_finish.
 */
#ifndef VG_PLAN_CURVE_H
#define VG_PLAN_CURVE_H

#include "plan/planner.h"

enum {
    VG_CURVE_STEPS = 12,
    VG_CURVE_DRONES_MAX = 2000
};

struct vg_curve_point {
    double promise_s;
    int proven; /* with fewer no plan of the bound's class keeps it */
    int planned; /* a timetable with so many keeps it; 0: none was made */
    double gap_s; /* its worst gap */
};

struct vg_curve {
    double bound_s; /* of the fleet of the watch, free to be at any base */
    double reach_m; /* of line, from all bases */
    int n_drones; /* of the watch */
    int n_plans; /* timetables made */
    struct vg_curve_point *points; /* promises growing */
    int n_points;
};

struct vg_curve_options {
    const struct vg_sweeps *sweeps; /* NULL: those of flat ground */
    bool is_proven_only; /* no timetables */
    bool (*progress)(void *ctx,
                     double share); /* asked often; false stops (VG_E_TIMEOUT); NULL none */
    /* Asked before each timetable; false: the points so far are enough. Nearest to the watch's own
     * fleet come first. NULL: all. */
    bool (*go_on)(void *ctx);
    void *ctx;
};

/* VG_E_INVALID: no drones, or nothing that they reach. options may be NULL. */
enum vg_status vg_curve_make(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                             const struct vg_curve_options *options, struct vg_curve *out,
                             struct vg_error *err) VG_MUST_USE;
void vg_curve_finish(struct vg_curve *self);

/* A round duration near s: steps of minutes where short, of hours where long. */
double vg_curve_round_s(double s);

#endif
