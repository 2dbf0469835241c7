/* What a detector behind a simulated camera would report of the objects on the ground: one line of
 * measurements (docs/formats.md) a look, as any sensor sends them.
 *
 * The ground looked at is the picture out to where a person is still detected in one look of five;
 * its convex outline is the line's footprint. An object in it is detected when the terrain does not
 * hide it, with the chance of its size at its ground sample distance (terrain/grade.h); `pd` is the
 * mean of that chance for a person over the footprint, hidden ground counted as none. Where it is
 * reported follows from its true direction and a camera whose place and pointing are known only to
 * `sigma` (drawn anew each look: one error for all of a picture), by the ray on the terrain; the
 * covariance is that of terrain/locate.h. False detections come by chance anywhere in the
 * footprint. Night and hills hide; haze, trees and camouflage do not.
 *
 * The chance of a look hangs on seed, drone and time alone. Threads: pure. Allocations: the text.
 */
#ifndef VG_SIM_EYE_H
#define VG_SIM_EYE_H

#include "base/text.h"
#include "sim/intruders.h"
#include "terrain/locate.h"

struct vg_eye {
    const struct vg_terrain *terrain; /* borrowed */
    struct vg_wf_targets targets;
    uint64_t seed;
    struct vg_locate_sigma sigma;
    double false_per_km2; /* a look */
};

/* One look. */
struct vg_eye_look {
    const char *drone;
    int drone_i;
    struct vg_us t;
    struct vg_camera_pose pose; /* true; roll 0 */
    struct vg_camera_limits limits;
};

struct vg_eye vg_eye_defaults(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                              uint64_t seed);
/* Append the line. false, and nothing appended: no ground near enough is in the picture. */
bool vg_eye_report(const struct vg_eye *self, const struct vg_eye_look *look,
                   const struct vg_intruders *objects, struct vg_buf *out);

#endif
