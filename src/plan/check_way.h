/* The ways of a certificate: unbroken pieces of line, as way points with duals (docs/formats.md).
 */
#ifndef VG_PLAN_CHECK_WAY_H
#define VG_PLAN_CHECK_WAY_H

#include "plan/check_inner.h"

#include "base/json.h"

struct vg_check_point {
    double s_m;
    double lat_deg;
    double lon_deg;
    double dual;
    double revisit_s; /* the least wanted there; HUGE_VAL: the point earns nothing */
};

/* Kilometres of one pass of a line that a way goes over; each may be paid for once. */
struct vg_check_paid {
    int line;
    int pass;
    double from_m;
    double to_m;
};

/* Kilometres that ways have taken so far; room for two a way. */
struct vg_check_taken {
    struct vg_check_paid *paid;
    int n;
};

/* Points of one way, each within the watch depth of the line; malloc. false: not such a way, or no
 * memory. */
bool vg_check_way_read(const struct vg_check *self, const json_t *way, struct vg_check_point **out,
                       int *out_n);
/* Takes the kilometres of a way; false: some of them are paid for already. */
bool vg_check_way_pay(const struct vg_check *self, const json_t *way,
                      const struct vg_check_point *w, int n, struct vg_check_taken *io);
/* Is a point within the watch depth of the line at its kilometres? */
bool vg_check_is_on_line(const struct vg_check *self, int line, const struct vg_check_point *w);

/* Which pass of its line a way goes along, from 0 on. */
int vg_check_way_pass(const json_t *way);

/* A way with what lead-ins come along before it and behind it (check_lead.c); kilometres keep
 * growing over a ring's end. */
struct vg_check_run {
    struct vg_check_point *at;
    double *depth_m; /* from each point to the next: the least that is to be seen to a side */
    int n;
    int first; /* of the way's own points */
    int last;
    bool ends_before; /* the pass does: a lead-in begins straight on. Else a place unknown beyond
                         the first point counts as that: from further away is no shorter */
    bool ends_behind;
};

/* w: the way's n points. false: not such a run, or no memory; to be finished either way. */
bool vg_check_run_read(const struct vg_check *self, const json_t *way,
                       const struct vg_check_point *w, int n, struct vg_check_run *out);
void vg_check_run_finish(struct vg_check_run *self);
/* How far before each point, at least, a drone of the type has joined the run that sweeps over it
 * forwards or backwards: it may have begun to before, where the camera need look less far ahead. */
void vg_check_run_leads(const struct vg_check_run *run, const struct vg_watchfile *watch,
                        const struct vg_wf_type *type, double *out_fwd_m, double *out_bwd_m);
/* How far out from the first (is_behind: last) of the way's own points a lead-in may begin before
 * it enters what is forbidden; HUGE_VAL: as far as most_m and further. */
double vg_check_run_room_m(const struct vg_check *self, const struct vg_check_run *run,
                           bool is_behind, double most_m);
/* The place lead_m before point k; answers the run's point that comes next from there. */
int vg_check_run_join(const struct vg_check_run *run, int k, double lead_m, bool is_backward,
                      struct vg_check_point *out);
/* Drones of a type at a base, and the price of their time. */
struct vg_check_crew {
    int base;
    int type;
    int n;
    double price;
};

/* A way with its lead-ins, and one crew's seconds on it: for each point of the run. */
struct vg_check_lane {
    struct vg_check_run run;
    double before_m; /* room for lead-ins before the way's first point, behind its last */
    double behind_m;
    double *fwd; /* seconds along the run from its first point */
    double *bwd; /* back to it */
    double *lead_fwd; /* metres of lead-in, at least, by direction */
    double *lead_bwd;
    double *out_fwd; /* seconds from the base to the point by way of it */
    double *out_bwd;
    double *home;
};

/* false: not such a way; out->fwd NULL: no memory. To be finished either way. */
bool vg_check_lane_init(const struct vg_check *self, const json_t *way,
                        const struct vg_check_point *w, int n, struct vg_check_lane *out);
void vg_check_lane_finish(struct vg_check_lane *self);
/* What is the same for all drones of a type: seconds along, metres of lead-in. */
void vg_check_lane_along(const struct vg_check *self, int type, const struct vg_check_lane *l);
/* Legs to paid points; those longer than the battery lasts stay HUGE_VAL. */
void vg_check_lane_legs(const struct vg_check *self, const struct vg_check_crew *crew,
                        const struct vg_check_lane *l);

/* What the duals on the ways add up to, times what is wanted least over what is wanted there, once
 * no sortie of the bound's class collects more than its priced cost (check_bound.c): worst gap /
 * wanted revisit times sum of price x drones is no less, whatever drones there are. 0: the ways
 * prove nothing. */
double vg_check_cut(const struct vg_check *self, const json_t *ways,
                    const struct vg_check_crew *crews, int n_crews, double unit_s,
                    bool *out_no_memory);
/* The gap over wanted revisit that the clock forces at the place that a certificate names; 0: none.
 */
double vg_check_clock_share(const struct vg_check *self, const json_t *certificate);
/* The gap over wanted revisit that lone drones force at places that a certificate names
 * (check_lone.c); 0: none. */
double vg_check_lone_share(const struct vg_check *self, const json_t *certificate,
                           bool *out_no_memory);
/* Seconds of a straight leg by the wind triangle, in the hour that is best for it; HUGE_VAL where
 * it cannot be flown. */
double vg_check_leg_s(const struct vg_wf_type *type, const struct vg_watchfile *watch,
                      double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg);

#endif
