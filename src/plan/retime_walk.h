/* What the search for tours shares (retime.h). */
#ifndef VG_PLAN_RETIME_WALK_H
#define VG_PLAN_RETIME_WALK_H

#include "plan/retime.h"

enum {
    VG_RETIME_TAKEOFFS = 64, /* of one flight that are looked at */
    VG_RETIME_EVENTS = 8192,
    VG_RETIME_SIGHTS = 1024 /* of one place */
};

struct vg_retime_event {
    int64_t t;
    int flight;
    int turn;
};

struct vg_retime_takeoffs {
    double t_s[VG_RETIME_TAKEOFFS];
    int n;
};

struct vg_retime_walk {
    struct vg_retime *to;
    int cluster;
    struct vg_rng rng;
    int *crews; /* of the cluster */
    int n_crews;
    int64_t least; /* headway */
    int64_t headway; /* as it is now, with the tours of `to` */
    int64_t best_headway;
    struct vg_retime_tour *best; /* per crew */
    struct vg_retime_tour *old; /* before the move */
    struct vg_retime_takeoffs *takeoffs; /* per flight */
    double *late_s; /* per crew: the most by which a drone follows its turn */
    struct vg_retime_event *events;
    double *sights;
    int64_t *pads;
};

/* What is made small, of the tours and the headway as they are; whose turn is what. Sums over the
 * places of the cluster, dominated by the one that waits longest. */
double vg_retime_cost(struct vg_retime_walk *s);
/* Ticks by which take-offs and landings of a base come too soon after one another. */
int64_t vg_retime_pads_lack(struct vg_retime_walk *s, int base);

#endif
