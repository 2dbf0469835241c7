/* Lengths on flat ground from pixels, by the camera's height and attitude (motion.h). Threads:
 * pure. */
#ifndef VG_LOOK_METRES_H
#define VG_LOOK_METRES_H

#include "look/homography.h"
#include "look/klv_pose.h"
#include "look/motion.h"

/* Where a pixel lies: metres right of and ahead of the point below the camera, and how far from the
 * camera. false: at or above the horizon. */
bool vg_metres_of(const struct vg_motion_pose *pose, int width_px, int height_px, struct vg_px p,
                  double ground_m[2], double *range_m);
/* Fill a detection's lengths in metres from its pixels. Sizes are across the line of sight. */
void vg_metres_fill(struct vg_detection *d, const struct vg_motion_pose *pose, int width_px,
                    int height_px);
/* The pose that metadata tell; false where they do not tell enough. The ground's height is that of
 * the picture's centre. */
bool vg_metres_pose(const struct vg_klv_pose *klv, struct vg_motion_pose *out);

#endif
