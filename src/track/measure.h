/* What a measurement says of an object: place, bearing, speed, looks, name. Pure. */
#ifndef VG_TRACK_MEASURE_H
#define VG_TRACK_MEASURE_H

#include "track/footprint.h"
#include "track/object.h"

/* VG_E_INVALID, in words, for numbers that are not finite or not positive. */
enum vg_status vg_measure_check(const struct vg_measurement *m, size_t number,
                                struct vg_error *err);

/* Density of place (1/m2) or bearing (1/rad), times speed's if it is measured; 0 outside the gate.
 */
double vg_measure_like(const struct vg_gauss *g, const struct vg_measurement *m, double gate);

/* Kalman update (extended for bearing and speed). */
void vg_measure_update(struct vg_gauss *g, const struct vg_measurement *m);

/* How much better class, appearance and name fit the object than any object: a ratio. */
double vg_measure_looks(const struct vg_object *o, const struct vg_track_params *p,
                        const struct vg_measurement *m);

/* Takes class, appearance and name over into the object, weighted by p. */
void vg_measure_remember(struct vg_object *o, const struct vg_track_params *p,
                         const struct vg_measurement *m, double share);

/* The same ratio between two objects. */
double vg_objects_looks(const struct vg_object *a, const struct vg_object *b,
                        const struct vg_track_params *p);

/* Density of false bearings, 1/rad. */
double vg_bearing_clutter(const struct vg_scan *scan, const struct vg_footprint *f);

#endif
