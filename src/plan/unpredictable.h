/* A timetable that cannot be learned, within the promise.
 *
 * Who watches the watchers learns when the next drone comes. Given away is a share u of the time:
 * the plan is slowed to (1 + u) times its period and repeated until it lasts two days or more; each
 * flight then takes off later by a random part of what its drone has gained, u x (flight +
 * turn-round), so that no drone is ever late for its next one. Of u, as much is taken as the
 * promise allows (the worst gap is computed, not estimated). Pads are never asked for more at once
 * than the plan did.
 *
 * A plan by the clock cannot be slowed down. There each flight takes off earlier or later by up to
 * u x (flight + turn-round), as far as open hours, light, pads, its drone and the gaps allow: gaps
 * within the promise stay within it, those beyond it (the night's) grow by u at most
 * (scatter_day.c).
 *
 * How hard it is to foretell is told as the entropy of the gaps between visits (Shannon, A
 * mathematical theory of communication, 1948; classes of five minutes; one that knows the last
 * visit and the plan's statistics must guess among 2^entropy classes; 0 for a plan that repeats
 * evenly), and as the spread between the 5th and the 95th of a hundred gaps.
 *
 * Pure: same plan, share and seed, same bytes. Any thread.
 */
#ifndef VG_PLAN_UNPREDICTABLE_H
#define VG_PLAN_UNPREDICTABLE_H

#include "plan/plan.h"

struct vg_unpredictable {
    double share; /* u in force, at most what was asked for */
    double entropy_bits; /* mean over the watched line */
    double spread_s; /* likewise */
};

/* Entropy and spread of a plan as it is; share 0. */
enum vg_status vg_plan_predictability(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                      struct vg_unpredictable *out,
                                      struct vg_error *err) VG_MUST_USE;

/* VG_E_INVALID: the plan does not keep its promise, so nothing can be given away. */
enum vg_status vg_plan_scatter(const struct vg_watchfile *watch, const struct vg_plan *plan,
                               double share, uint64_t seed, struct vg_plan *out,
                               struct vg_unpredictable *out_told, struct vg_error *err) VG_MUST_USE;

/* The same for a plan by the clock; vg_plan_scatter calls it. VG_E_INVALID: the wind is given by
 * the hour; the drones' turns do not come round within two weeks. */
enum vg_status vg_plan_scatter_day(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                   double share, uint64_t seed, struct vg_plan *out,
                                   struct vg_error *err) VG_MUST_USE;

#endif
