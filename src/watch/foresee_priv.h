/* Inside foresee*.c: a camera on a straight way over the strip. */
#ifndef VG_WATCH_FORESEE_PRIV_H
#define VG_WATCH_FORESEE_PRIV_H

#include "terrain/camera.h"
#include "watch/foresee.h"
#include "watch/seen.h"

struct vg_foresight {
    const struct vg_watchfile *watch;
    const struct vg_plan *plan; /* its stretches shape the memory */
    const struct vg_terrain *terrain;
    const struct vg_strip *strip;
    struct vg_shape shape;
    struct vg_seen seen;
    struct vg_arena scratch;
};

/* The memory and its shape, from what the caller has set. */
enum vg_status vg_foresee_open(struct vg_foresight *self, struct vg_error *err) VG_MUST_USE;
void vg_foresee_close(struct vg_foresight *self);

/* The patrol camera of a drone type at a place, set for a height over the ground and a depth to
 * each side. */
struct vg_foresee_place {
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double yaw_true_deg;
    double agl_m;
    double depth_m;
};
struct vg_camera_pose vg_foresee_pose(const struct vg_foresight *self,
                                      const struct vg_wf_type *type,
                                      const struct vg_foresee_place *place);
struct vg_camera_limits vg_foresee_limits(const struct vg_wf_camera *camera);

/* Fill out->pieces from what is seen. */
enum vg_status vg_foresee_pieces(struct vg_foresight *self, struct vg_foreseen *out,
                                 struct vg_error *err) VG_MUST_USE;

#endif
