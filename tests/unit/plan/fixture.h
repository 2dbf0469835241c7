/* Watches made in memory for the planner's tests. */
#ifndef VG_TEST_PLAN_FIXTURE_H
#define VG_TEST_PLAN_FIXTURE_H

#include "base/rng.h"
#include "config/watchfile.h"
#include "plan/plan.h"
#include "terrain/terrain.h"

/* An empty watch with one line of n points (copied), one stretch, one long-wing type (25 m/s, 5 h,
 * 15 %, 45 min, 3 m/s, 300 m), no camera. */
struct vg_watchfile fixture_watch(const double *lat_deg, const double *lon_deg, int n);
void fixture_base(struct vg_watchfile *w, const char *name, double lat_deg, double lon_deg,
                  int pads);
void fixture_drones(struct vg_watchfile *w, int base, int n);
/* 100 km of the meridian 0 from 10 N northwards, a base 20 km east of its middle. */
struct vg_watchfile fixture_straight(int n_drones);
/* All types look through one camera that must fly depth / tan 45 degrees over line before what it
 * passes counts. */
void fixture_camera(struct vg_watchfile *w);
/* A winding line or ring of 60 to 300 km, 1 to 4 bases near it, wind, sometimes several revisits;
 * the same for the same seed. */
struct vg_watchfile fixture_random(uint64_t seed);

/* The first plan with nodes so far apart; fails the test where there is none. */
struct vg_plan fixture_plan(const struct vg_watchfile *w, const struct vg_terrain *terrain,
                            double site_step_m);
/* Fails the test unless the checker names this rule; "": the plan holds. */
void fixture_expect(const struct vg_plan *plan, const struct vg_watchfile *w,
                    const struct vg_terrain *terrain, const char *rule);

#endif
