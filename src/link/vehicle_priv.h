/* What the files of vehicle.h share. */
#ifndef VG_LINK_VEHICLE_PRIV_H
#define VG_LINK_VEHICLE_PRIV_H

#include "link/vehicle.h"

#include <math.h>

#define UNKNOWN ((double)NAN)

/* vehicle_flight.c */
/* Its place has come: keep it for a few seconds, to see whether it moves. */
void vg_vehicle_note_past(struct vg_vehicle *self, struct vg_us now);
/* It says that it is in the air, or not; its place and speed may speak against "not". */
void vg_vehicle_set_flight(struct vg_vehicle *self, bool is_in_air, struct vg_us now);
/* By height and arming, where it does not say. */
void vg_vehicle_guess_flight(struct vg_vehicle *self, struct vg_us now);

/* vehicle_payload.c: camera, gimbal, texts */
void vg_vehicle_take_gimbal(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                            struct vg_us now);
void vg_vehicle_take_mount(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_vehicle_take_fov(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_vehicle_take_camera(struct vg_vehicle *self, const struct vg_mav_msg *msg,
                            struct vg_us now);
void vg_vehicle_take_text(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_vehicle_expire_texts(struct vg_vehicle *self, struct vg_us now);

#endif
