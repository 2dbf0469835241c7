/* Shared by the pilot's files; nobody else includes it. */
#ifndef VG_SIM_PILOT_PRIV_H
#define VG_SIM_PILOT_PRIV_H

#include "sim/pilot.h"

void vg_pilot_say(struct vg_pilot *self, enum vg_enum_mav_severity severity, const char *format,
                  ...) __attribute__((format(printf, 3, 4)));
void vg_pilot_tell_reached(struct vg_pilot *self, uint16_t seq);
/* The ground at a point, or at the pad where the elevation has a hole. */
double vg_pilot_ground_m(const struct vg_pilot *self, double lat_deg, double lon_deg);
/* The height wanted `agl_m` above the ground below and ahead. */
double vg_pilot_above_ground_m(const struct vg_pilot *self, double agl_m);
/* Set the goal: along leg_from -> to, or a circle round it. */
void vg_pilot_go_line(struct vg_pilot *self, const struct vg_pilot_home *to, double alt_msl_m,
                      double climb_mps);
void vg_pilot_go_circle(struct vg_pilot *self, const struct vg_pilot_home *centre, double radius_m,
                        double alt_msl_m);
/* Where the aircraft is, as the start of a leg or a place to hold. */
struct vg_pilot_home vg_pilot_here(const struct vg_pilot *self);

void vg_pilot_run_mission(struct vg_pilot *self);
void vg_pilot_begin_mission(struct vg_pilot *self);
/* The item of DO_LAND_START, or 0. */
int vg_pilot_find_land_start(const struct vg_pilot *self);
/* `approach`: the mission's last way point before the landing, NULL if there is none. */
void vg_pilot_begin_land(struct vg_pilot *self, const struct vg_pilot_home *at,
                         const struct vg_pilot_home *approach);
void vg_pilot_run_land(struct vg_pilot *self);
void vg_pilot_begin_return(struct vg_pilot *self);
void vg_pilot_run_return(struct vg_pilot *self);

#endif
