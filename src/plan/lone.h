/* The bound of the lone drones (docs/planning.md, "Away"): where one drone alone reaches two
 * places, neither is seen while it is away for the other; and where two do, the one that is left
 * must keep up two places alone meanwhile.
 *
 * Threads: pure. Memory: the certificate is malloc; the rest the problem's arena. */
#ifndef VG_PLAN_LONE_H
#define VG_PLAN_LONE_H

#include "plan/inner.h"

enum {
    VG_LONE_MANY = 1000000 /* drones, more than the rules know of */
};

/* A node of a chain. */
struct vg_lone_place {
    int chain;
    int node;
};

/* What places prove. */
struct vg_lone {
    double share; /* gap / wanted revisit, at least; 0: nothing */
    int n; /* of unseen */
    struct vg_lone_place unseen[2];
    struct vg_lone_place away; /* where a drone flies meanwhile */
};

/* Where lone drones prove more than *io_bound: raises it, and names the places in *io_certificate,
 * a JSON object with the ways of all chains. VG_E_NO_MEMORY. */
enum vg_status vg_lone_raise(struct vg_problem *p, double *io_bound, char **io_certificate,
                             struct vg_error *err) VG_MUST_USE;

/* Shared by lone.c and lone_pair.c: floors of a crew's times, as the program's are. */

/* Base to a node, the lead-in with it, either way. */
double vg_lone_out_s(const struct vg_problem *p, struct vg_lone_place at, int c);
double vg_lone_home_s(const struct vg_problem *p, struct vg_lone_place at, int c);
/* Climb, descent, turn-round. */
double vg_lone_fixed_s(const struct vg_problem *p, int c);
/* May a sortie of crew c see both? Where in doubt it may. */
bool vg_lone_sees_both(const struct vg_problem *p, struct vg_lone_place x, struct vg_lone_place y,
                       int c);
/* The crews of the drones that reach a node, a crew once for each; how many drones;
 * more than two are not listed. */
int vg_lone_crews(const struct vg_problem *p, struct vg_lone_place at, int out[2]);
/* Raises io by what two drones prove that reach some places alone. */
void vg_lone_pairs(struct vg_problem *p, struct vg_lone *io);

#endif
