/* How fast a battery falls in level cruise, as told in flight: a line through what it told in the
 * last ten minutes, over the work done.
 *
 * Work is in seconds of level cruise: a climb counts for more than its time and a descent for less
 * (config/work.h), or a way out uphill would turn every drone home from ridges it would come down
 * from for nothing. Autopilots tell whole percent, so a sample is kept every ten seconds and the
 * slope is that of least squares; it counts once the samples span MIN_SPAN_S of work, and is kept
 * within half and twice the type's own rate, so that one bad gauge does not turn the whole fleet
 * home. Threads: pure.
 */
#ifndef VG_FLY_DRAIN_H
#define VG_FLY_DRAIN_H

#include "base/time.h"
#include "config/watchfile.h"

#include <stdbool.h>

enum {
    VG_DRAIN_SAMPLES = 60
};

/* Zero-initialise at each take-off. */
struct vg_drain {
    int first;
    int n;
    struct {
        double work_s; /* since the first feed */
        double share; /* 0..1 */
    } at[VG_DRAIN_SAMPLES];
    struct vg_us t; /* of the last feed */
    struct vg_us sampled;
    double alt_msl_m;
    double work_s;
};

/* As often as you like; more than ten seconds without are taken to be level. A share that is NaN is
 * passed by. A charge that jumps (another battery, a dead cell) says nothing of the rate: begins
 * anew. */
void vg_drain_feed(struct vg_drain *self, const struct vg_wf_type *type, double share,
                   double alt_msl_m, struct vg_us now);
/* Share of the battery a second; `nominal` (of the type) until enough is known. */
double vg_drain_rate(const struct vg_drain *self, double nominal, bool *out_is_measured);

#endif
