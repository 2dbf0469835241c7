/* What the checker's parts share. Nothing here comes from the planner. */
#ifndef VG_PLAN_CHECK_INNER_H
#define VG_PLAN_CHECK_INNER_H

#include "plan/check.h"

enum {
    VG_CHECK_TICKS_PER_S = 10
};

struct vg_check {
    const struct vg_plan *plan;
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain; /* NULL: what needs the ground is not judged */
    enum vg_lang lang;
    struct vg_check_report *report;
    int *drone; /* per sortie, index into the watch; -1 unknown */
    int *base_from;
    int *base_to;
    int64_t *every; /* ticks after which a sortie's visits come round, all drones that fly them
                       together (check_repeat.c); 0: another sortie stands for it */
    double relay_share; /* proven for flights that land anywhere: worst gap / wanted revisit */
};

/* The first broken rule stands. Returns false, so that a check can `return vg_check_break(...)`. */
bool vg_check_break(struct vg_check *self, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Each returns false once a rule is broken. */
bool vg_check_flights(struct vg_check *self); /* check_flight.c: one sortie at a time */
bool vg_check_sweeps(struct vg_check *self); /* check_sweep.c: the camera looks ahead */
bool vg_check_clock(struct vg_check *self); /* check_clock.c: closed hours, daylight */
bool vg_check_work(struct vg_check *self, bool *out_no_memory); /* check_work.c: maintenance */
bool vg_check_zones(struct vg_check *self); /* check_zones.c: no leg where flying is forbidden */
bool vg_check_heights(struct vg_check *self); /* check_height.c: between floor and ceiling */
bool vg_check_radio(struct vg_check *self); /* check_radio.c: swept in radio sight, if required */
bool vg_check_repeats(struct vg_check *self, bool *out_no_memory); /* check_repeat.c: fills every */
bool vg_check_fleet(struct vg_check *self,
                    bool *out_no_memory); /* check_fleet.c: sorties against each other */
bool vg_check_apart(struct vg_check *self,
                    bool *out_no_memory); /* check_apart.c: no two drones too near in the air */
bool vg_check_cover(
    struct vg_check *self); /* check_cover.c: every stretch there, none falsely out of reach */
bool vg_check_gaps(struct vg_check *self, bool *out_no_memory); /* check_gaps.c */
bool vg_check_bound(struct vg_check *self, bool *out_no_memory); /* check_bound.c */
bool vg_check_wider(struct vg_check *self); /* check_wider.c: fills relay_share */
bool vg_check_least(struct vg_check *self, bool *out_no_memory); /* check_least.c */

/* Cuts: for each k, sum over b of price[k * n_bases + b] x_b >= need[k] > 0. Does it hold that no
 * whole x of sum `most` or less keeps all of them? false also where that takes too long to see. */
bool vg_check_no_fewer(const double *price, const double *need, int n_cuts, int n_bases, int most,
                       bool *out_no_memory);

/* How far ahead of a drone the ground counts as seen to depth_m on each side; 0: its camera looks
 * down, or it has none (check_lead.c). */
double vg_check_lead_m(const struct vg_watchfile *watch, const struct vg_wf_type *type,
                       double depth_m);
/* The plan's stretch over a place; NULL: none. */
const struct vg_plan_stretch *vg_check_stretch_at(const struct vg_check *self, const char *line,
                                                  double s_m);

/* Does a visit count: is there light for the camera, if it needs any? */
bool vg_check_counts(const struct vg_check *self, int sortie, const struct vg_plan_visit *visit);

/* Does a straight leg enter a no-fly zone or leave the geofence? */
bool vg_check_leg_is_forbidden(const struct vg_watchfile *watch, double lat1_deg, double lon1_deg,
                               double lat2_deg, double lon2_deg);

/* Metres to the nearest edge of what is forbidden; HUGE_VAL where nothing is. */
double vg_check_edge_m(const struct vg_watchfile *watch, double lat_deg, double lon_deg);

/* Does the ground step so far at once on a straight leg, or about a kilometre round its end, that a
 * drone of the type may find no height between floor and ceiling? true also where the ground is not
 * known to the check. */
bool vg_check_leg_is_steep(const struct vg_check *self, const struct vg_wf_type *type,
                           const double from_deg[2], const double to_deg[2]);

/* May a drone at this height above the place, or above some other within a kilometre, be out of
 * radio sight of all bases, where the watch requires it? true also where the ground is not known to
 * the check. */
bool vg_check_is_silent(const struct vg_check *self, double lat_deg, double lon_deg, double agl_m);

/* Seconds of cruise for a flight's track: endurance less reserve and what the landing takes after
 * it (check_flight.c). */
double vg_check_usable_s(const struct vg_wf_type *t);

/* Seconds of cruise that a leg takes beside its time, for its climb; negative: a descent saves them
 * (check_flight.c). */
double vg_check_climb_s(const struct vg_wf_type *t, double dt_s, double up_m);

/* Latitude, longitude and height msl of a track at a time within it. */
void vg_check_track_at(const struct vg_plan_sortie *so, double t_s, double out[3]);
int64_t vg_check_gcd(int64_t a, int64_t b);

/* A time in the plan's own ticks. */
int64_t vg_check_ticks(double t_s);
const struct vg_wf_type *vg_check_type(const struct vg_check *self, int sortie);

#endif
