/* One look at a flight, every second: where it is against its plan, and whether it gets home.
 *
 *   margin = battery - reserve - rate * (energy_s of the way to a landing + DECIDE_S)
 *
 * as a share of the battery; over the rate, in seconds of cruise that it could still fly before it
 * has to turn. DECIDE_S is what an announced act takes to begin, so that a drone turned home at
 * margin 0 lands with its reserve. The rate is measured (drain.h), the wind is the drone's own, the
 * way is round zones and over the ground (wayhome.h).
 *
 * Threads: pure. Allocations: none. Cost: one way for the base it goes to; ways to all others only
 * when asked.
 */
#ifndef VG_FLY_SUPERVISE_H
#define VG_FLY_SUPERVISE_H

#include "fly/drain.h"
#include "fly/wayhome.h"
#include "link/vehicle.h"
#include "plan/plan.h"

#define VG_SUPERVISE_DECIDE_S 20.0

struct vg_supervise_input {
    const struct vg_vehicle *vehicle;
    const struct vg_plan_sortie *sortie;
    const struct vg_wf_type *type;
    struct vg_land land;
    const struct vg_drain *drain;
    int base; /* where it is to land */
    double wind_ne_mps[2]; /* where the air goes */
    struct vg_us takeoff; /* real */
    bool is_on_plan; /* flies its sortie: place and time are judged */
    struct vg_us now;
};

/* NaN where not known. */
struct vg_supervision {
    bool is_known;
    struct vg_us t;
    double progress_s; /* time of the planned track where it is */
    double late_s; /* behind the plan; negative: ahead */
    double cross_m; /* from the planned track */
    double agl_m;
    double battery; /* share */
    double rate; /* share a second */
    bool is_rate_measured;
    double wind_mps;
    struct vg_wayhome home; /* to `base` */
    double margin; /* share */
    double margin_s;
    double rest_s; /* of the plan, to the touch-down, in this wind and with the landing as `home`
                      counts it; INFINITY: cannot be flown in it */
    double lacks; /* share that it has less than its plan has it at this place */
    double end_margin; /* share over the reserve, if it flies its plan to the end */
};

/* `io` is the look of a second ago (zero at take-off): progress goes on from it. */
void vg_supervise(const struct vg_supervise_input *in, struct vg_supervision *io);

/* The margin for another base, as above; -INFINITY: cannot be reached at all. */
double vg_supervise_margin(const struct vg_supervise_input *in, const struct vg_supervision *look,
                           int base);
/* The base to go to when look->margin has fallen below 0: the sortie's own while what lacks is no
 * more than the gauge's rounding; else the nearest in time that keeps the reserve; else the one
 * that keeps most of it. Closed bases are passed by. */
int vg_supervise_refuge(const struct vg_supervise_input *in, const struct vg_supervision *look);

#endif
