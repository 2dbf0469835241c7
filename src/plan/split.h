/* Deals fleets of any size over the bases from one linear program: whole numbers near the drone
 * time that each base would like, at least one drone at each base that alone reaches some of the
 * line.
 *
 * Quicker than vg_planner_station, which looks for the dealing with the least bound or load, and a
 * little worse. Threads: pure. Memory: heap; vg_dealer_destroy.
 */
#ifndef VG_PLAN_SPLIT_H
#define VG_PLAN_SPLIT_H

#include "plan/inner.h"

struct vg_dealer;

/* For the drones of the watch that have no base; those that have one stay there. terrain and
 * sweeps may be NULL (flat ground) and must outlive it. VG_E_INVALID: no drone is free, or no base
 * is near enough. */
enum vg_status vg_dealer_create(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                                const struct vg_sweeps *sweeps, struct vg_dealer **out,
                                struct vg_error *err) VG_MUST_USE;
void vg_dealer_destroy(struct vg_dealer *self);

/* Proven for every dealing of that fleet: worst gap over wanted revisit. Of a fleet k times as
 * large in each type, k-th part of it. */
double vg_dealer_bound(const struct vg_dealer *self);
/* Of line, with drones at every base (m). */
double vg_dealer_reach_m(const struct vg_dealer *self);
/* Gives each drone of io that has no base one. io: the watch it was made for with any number of
 * free drones of the same types. */
enum vg_status vg_dealer_place(struct vg_dealer *self, struct vg_watchfile *io,
                               struct vg_error *err) VG_MUST_USE;

/* Of line that some crew can serve (m). */
double vg_reach_m(const struct vg_problem *p);

#endif
