/* Drones kept apart in the air by layers of height.
 *
 * Two drones that come nearer than apart.horizontal, at any repetition of the timetable, must be
 * apart.vertical apart in height, unless both are within a kilometre of a base that both use: there
 * pads part them by a minute. Where a flight meets others it is flown `layer` metres higher, or two
 * or three times that, as little as will do; where a ceiling leaves too little room, lower. The
 * extra height is gained and lost on the way, so no time of the plan changes.
 *
 *     ___________/~~~~\____________/~~\____      extra height, at the type's rates
 *                 spell            spell
 *
 * Who meets whom does not depend on heights: chunks of six seconds that come near in place and,
 * repeated every gcd of their periods, in time. Layers are then chosen flight by flight until no
 * meeting is left. It errs on the strict side; the checker judges to the metre (check_apart.c).
 *
 * Threads: pure. Memory: the plan's tracks are malloc.
 */
#ifndef VG_PLAN_APART_H
#define VG_PLAN_APART_H

#include "plan/plan.h"
#include "terrain/terrain.h"

struct vg_apart_report {
    int n_moved; /* flights that are higher or lower somewhere */
    int n_left; /* flights that still come too near to another, as far as this judges, and one of
                   the two may change, unless none may */
    int left[2]; /* the first such pair; sorties of the plan */
    int64_t work; /* steps of heights that were tried */
};

/* Sorties before `first` stay as they are (0: all may change); nothing does where the watch asks
 * for no separation. terrain NULL: flat at 0 m. VG_E_NO_MEMORY. */
enum vg_status vg_apart_layers(struct vg_plan *io, int first, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, struct vg_apart_report *out,
                               struct vg_error *err) VG_MUST_USE;

/* The same for a whole new plan. Where layers do not part all, its bases begin later, in one common
 * headway, as far as the worst gap and pads allow (apart_shift.c); plans by the clock stay as they
 * are. */
enum vg_status vg_apart_settle(struct vg_plan *io, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, struct vg_apart_report *out,
                               struct vg_error *err) VG_MUST_USE;

#endif
