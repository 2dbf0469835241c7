/* Sweep lines: the parallel passes that see each piece of the watch's lines to its depth. Made from
 * the watch before anything is planned; the planner covers each pass within the piece's wanted
 * revisit.
 *
 *            left                line               right
 *   -depth  |<------ pass 1 ------>|<------ pass 2 ------>|  +depth
 *                  offset -d/2             offset +d/2
 *
 * On flat ground the passes lie evenly, as many as the camera's reach asks for. Where hills hide
 * ground, watch/survey.h cuts the pieces further and adds passes.
 *
 * Threads: pure. Memory: malloc, owned by the sweeps.
 */
#ifndef VG_PLAN_SWEEPS_H
#define VG_PLAN_SWEEPS_H

#include "plan/plan.h"

/* The first pass joins on with that of the pieces
 * beside it where the offsets are the same. */
struct vg_sweep {
    int stretch; /* of the watch's network */
    double from_m; /* along the line */
    double to_m;
    int n_passes; /* at least 1 */
    struct vg_plan_pass passes[VG_PLAN_PASSES_MAX];
    double seen; /* share of the cells that the passes see; 0: not foreseen */
    double hidden_m; /* so much of its line stays below the share that counts */
};

/* The same passes of the same stretch. */
bool vg_sweep_is_same(const struct vg_sweep *a, const struct vg_sweep *b);

/* Invariant: in order of the network's stretches, which they cover from end to end. */
struct vg_sweeps {
    struct vg_sweep *sweeps;
    int n;
};

/* The type whose camera reaches the least to the side among the drones: what it sees, every drone
 * does. -1: none has a camera. */
int vg_sweeps_type(const struct vg_watchfile *watch, double depth_m);

/* How far a drone may fly beside its pass, which sees depth_m to each side (m). */
double vg_sweeps_tolerance_m(double depth_m);

/* Does a pass on flat ground, flown up to the tolerance beside where it lies, see the share that
 * counts of the ground from lo_m to hi_m right of the line? */
bool vg_sweeps_sees(const struct vg_watchfile *watch, const struct vg_plan_pass *pass, double lo_m,
                    double hi_m);

/* A pass along from_m to to_m of a line of the watch, offset_m to its right: sideways is across the
 * chord over +-chord_m, as the strip of cells lies. */
struct vg_sweep_way {
    const struct vg_line *ground;
    double from_m;
    double to_m;
    double offset_m;
    double chord_m;
};

/* The pass as a line: its s is that of the ground line less from_m. The caller's arrays have room
 * for the most points that it can have. */
size_t vg_sweep_most_points(const struct vg_sweep_way *way);
void vg_sweep_lay(const struct vg_sweep_way *way, struct vg_line *out);

/* One piece a stretch, flat ground. VG_E_RANGE: more than VG_PLAN_PASSES_MAX passes, or a camera
 * that sees nothing from its height; VG_E_NO_MEMORY. */
enum vg_status vg_sweeps_flat(const struct vg_watchfile *watch, struct vg_sweeps *out,
                              struct vg_error *err) VG_MUST_USE;
/* Those that a plan was made with: for planning again without another look at the ground. Stretches
 * without passes in the plan have one over the line. VG_E_NO_MEMORY. */
enum vg_status vg_sweeps_of_plan(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                 struct vg_sweeps *out, struct vg_error *err) VG_MUST_USE;
void vg_sweeps_finish(struct vg_sweeps *self);

#endif
