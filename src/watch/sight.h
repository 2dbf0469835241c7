/* From a drone's pose to the record's `pose` event: where it is on the line, what its camera
 * covers, which cells came into view.
 *
 * A column wholly seen less than SIGHT_REST_S ago is not tested again: its time stays a little too
 * old, never too new, and the work falls to the few columns at the front of the picture.
 *
 * Threads: one at a time (scratch). Allocations: none in steady state but the text.
 */
#ifndef VG_WATCH_SIGHT_H
#define VG_WATCH_SIGHT_H

#include "terrain/camera.h"
#include "watch/seen.h"

#include "base/time.h"

enum {
    VG_SIGHT_REST_S = 30
};

struct vg_sight {
    const struct vg_terrain *terrain;
    const struct vg_strip *strip;
    const struct vg_seen *seen;
    double near_m; /* farther from every line than this: not "on" a line */
    struct vg_arena scratch;
    int64_t n_frames;
    int64_t n_failed; /* frames that could not be worked out (memory) */
};

/* Numbers not known are NaN. `camera` is looked at only if is_looking. */
struct vg_sight_input {
    const char *drone;
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double heading_true_deg;
    double ground_speed_mps;
    double battery;
    bool is_looking; /* in the air, camera pose known */
    bool is_dark; /* the camera would see, were it not night */
    struct vg_camera_pose camera;
    struct vg_camera_limits limits;
};

/* Append the event's body to `out`. */
void vg_sight_pose(struct vg_sight *self, struct vg_us now, const struct vg_sight_input *in,
                   struct vg_buf *out);
void vg_sight_finish(struct vg_sight *self);

#endif
