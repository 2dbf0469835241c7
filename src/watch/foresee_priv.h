/* Inside foresee*.c: a camera on a straight way over the strip. */
#ifndef VG_WATCH_FORESEE_PRIV_H
#define VG_WATCH_FORESEE_PRIV_H

#include "terrain/camera.h"
#include "watch/foresee.h"
#include "watch/seen.h"

struct vg_foresight {
    const struct vg_watchfile *watch;
    const struct vg_plan *plan;
    const struct vg_terrain *terrain;
    const struct vg_strip *strip;
    struct vg_shape shape;
    struct vg_seen seen;
    struct vg_arena scratch;
};

/* The patrol camera of a drone type at a place, looking along a bearing. */
struct vg_camera_pose vg_foresee_pose(const struct vg_foresight *self,
                                      const struct vg_wf_type *type, double lat_deg, double lon_deg,
                                      double alt_msl_m, double agl_m, double yaw_true_deg);
struct vg_camera_limits vg_foresee_limits(const struct vg_wf_camera *camera);

/* Fill out->pieces from what is seen. */
enum vg_status vg_foresee_pieces(struct vg_foresight *self, struct vg_foreseen *out,
                                 struct vg_error *err) VG_MUST_USE;

#endif
