/* What a flown track takes of the battery: its time, the work of its climbs and, at its end, the
 * landing circuit (config/work.h).
 *
 * The climb to flying height over the base and the descent from it count their time, in circles,
 * and no more: what the one takes the other gives back, nearly. What the base is left higher than
 * that counts. Descents on the way give back what work.h gives back; a flight
 * as a whole, which may land lower than it took off, is never credited less than its time. So
 * bounds that count time alone hold. Threads: pure.
 */
#ifndef VG_PLAN_ENERGY_H
#define VG_PLAN_ENERGY_H

#include "config/watchfile.h"
#include "plan/plan.h"

/* Layers (apart.h) may take so much of the endurance more than the reserve leaves. */
#define VG_LAYERS_SHARE 0.005

/* Seconds of level cruise from a time of the sortie's on to the end of its track; -HUGE_VAL: all of
 * it. The circuit is not in it. */
double vg_track_work_s(const struct vg_wf_type *type, const struct vg_plan_sortie *so,
                       double from_s);

/* Share of the endurance, with the circuit, rounded up to the digits of the file. */
double vg_track_energy(const struct vg_wf_type *type, const struct vg_plan_sortie *so);

#endif
