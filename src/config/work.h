/* What flying costs: work in seconds of level cruise, of which a full battery holds the type's
 * endurance. Planner, station and simulator share this one model.
 *
 * Wings. Level cruise takes P = m g v / (L/D) of thrust power; lifting takes m g more for each
 * metre a second. Through the same motor and propeller a climb of h metres so costs h (L/D) / v
 * seconds of cruise beside its time. A descent gives as much back, until the motor idles at a tenth
 * of cruise power. (Energy method of flight mechanics: R. C. Nelson, Flight Stability and Automatic
 * Control; specific excess power = v (T - D) / W.) L/D is taken as 10: low for a clean small wing
 * (12 to 15), usual with a camera in the wind.
 *
 * Rotors. Lift is paid for at all times, in a descent as much as level; a climb at the type's rate
 * takes half as much again.
 *
 * Threads: pure.
 */
#ifndef VG_CONFIG_WORK_H
#define VG_CONFIG_WORK_H

#include "config/watchfile.h"

#define VG_LIFT_OVER_DRAG 10.0
#define VG_IDLE_SHARE 0.1 /* of cruise power */

/* Beside the time: seconds of cruise for each metre up, and back for each metre down. */
struct vg_climbing {
    double up_s_per_m;
    double down_s_per_m;
};

struct vg_climbing vg_climbing_of(const struct vg_wf_type *type);

/* Seconds of cruise that flying for dt_s while climbing climb_m (negative: descending), evenly,
 * takes; at least idling. */
double vg_work_s(const struct vg_wf_type *type, double dt_s, double climb_m);

/* What a landing takes after the way and the descent, in seconds of cruise: out to the approach and
 * back along the glide (fly/approach.h), turns and flare; or the last metres upright. In every way
 * home and in every plan. */
double vg_circuit_s(const struct vg_wf_type *type);

#endif
