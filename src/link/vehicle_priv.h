/* The payload side of vehicle.c: camera, gimbal, texts. */
#ifndef VG_LINK_VEHICLE_PRIV_H
#define VG_LINK_VEHICLE_PRIV_H

#include "link/vehicle.h"

#include <math.h>

#define UNKNOWN ((double)NAN)

void vg_vehicle_take_gimbal(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                            struct vg_us now);
void vg_vehicle_take_mount(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_vehicle_take_fov(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_vehicle_take_camera(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                            struct vg_us now);
void vg_vehicle_take_text(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_vehicle_expire_texts(struct vg_vehicle *self, struct vg_us now);

#endif
