/* The flights of some bases in another order and at other times, from the present on.
 *
 * A crew here is the drones of one type at one base that take turns at the same flights; they fly
 * one tour (inner.h, vg_tour): with n drones and headway H every flight takes off each H, and drone
 * d is d H behind. What is free: the order of the flights, waits between them, when the tour
 * begins, H above what the drones need, and which drone has which turn. It is searched for by
 * simulated annealing with the first flights that the drones, each ready at its time, can make;
 * what is made small is the worst time unseen from now on, places one by one (p-norm).
 *
 * Crews that pass the same ground, or share too few pads, keep one headway and are searched
 * together (a cluster).
 *
 * Times are ticks from now. Memory: an arena. Threads: pure.
 */
#ifndef VG_PLAN_RETIME_H
#define VG_PLAN_RETIME_H

#include "base/arena.h"
#include "base/rng.h"
#include "plan/ground.h"

enum {
    VG_RETIME_MOST = 128 /* flights of a crew, and drones */
};

/* A flight of the tour. */
struct vg_retime_flight {
    const struct vg_plan_sortie *as; /* as some sortie of the plan has it */
    int crew;
    int64_t air; /* take-off to landing */
    int64_t busy; /* and turned round */
};

struct vg_retime_crew {
    int base;
    int type;
    int cluster;
    double was_s; /* the headway in the plan; crews of a type at a base differ by it */
    int *drones; /* of the watch, soonest ready first */
    double *ready_s; /* likewise */
    int n; /* drones */
    int first; /* its flights are first .. first + n_flights - 1 */
    int n_flights;
    int64_t load; /* sum of busy */
};

/* What is free, of one crew; arrays over its flights. */
struct vg_retime_tour {
    int *order; /* flights */
    int64_t *wait; /* before the next, after each of the order */
    int64_t begin; /* of the first one; in [0, headway) */
};

/* A flight passes a place so long after take-off. */
struct vg_retime_cover {
    int flight;
    double sight_s;
};

/* A place; it stands for others that the same flights pass. */
struct vg_retime_place {
    double last_s;
    double revisit_s;
    double weight; /* of all, 1 */
    int first; /* cover */
    int n;
    int cluster;
};

struct vg_retime {
    const struct vg_replan_input *in;
    struct vg_arena arena;
    struct vg_retime_crew *crews;
    int n_crews;
    int n_clusters;
    struct vg_retime_flight *flights;
    int n_flights;
    struct vg_retime_cover *covers;
    struct vg_retime_place *places;
    int n_places;
    /* The result. */
    struct vg_retime_tour *tours; /* per crew */
    int64_t *headway; /* per cluster */
    int **turn; /* per crew: of each of its drones */
};

enum vg_retime_answer {
    VG_RETIME_DONE,
    VG_RETIME_NOT_SO, /* their flights are no tours, or nobody is left to fly some of them */
    VG_RETIME_NO_MEMORY
};

/* Crews and flights of the bases in a plan (retime_crews.c). */
enum vg_retime_answer vg_retime_find_crews(struct vg_retime *self, const bool *has_base,
                                           const struct vg_plan *plan) VG_MUST_USE;
/* Places and clusters (retime_places.c). false: no memory. */
bool vg_retime_find_places(struct vg_retime *self, const struct vg_plan *plan) VG_MUST_USE;
/* Tours, headways and turns of a cluster (retime_search.c). */
enum vg_retime_answer vg_retime_search(struct vg_retime *self, int cluster) VG_MUST_USE;

/* All of it: exchanges the sorties of the bases' drones in a plan; the new ones, for drones that
 * are not out, are the last *out_n_new. Anything but VG_RETIME_DONE leaves the plan as it was; its
 * gaps are to be computed anew. */
enum vg_retime_answer vg_retime_plan(const struct vg_replan_input *in, const bool *has_base,
                                     struct vg_plan *io, int *out_n_new) VG_MUST_USE;

/* "V1.2" becomes "V1.2b" at the first change, "V1.2c" at the second; from the 26th on "b27". */
void vg_replan_name(int number, struct vg_plan_sortie *io);

#endif
