/* What the parts of wider.h share. */
#ifndef VG_PLAN_WIDER_INNER_H
#define VG_PLAN_WIDER_INNER_H

#include "plan/wider.h"

/* Times of one type on one chain, seconds at its nodes; HUGE_VAL out of reach. */
struct vg_wider_times {
    double *fwd; /* along the chain from its first node */
    double *bwd; /* the same way flown back */
    double **out; /* [base]: base straight to node */
    double **home; /* [base] */
};

/* A flight of the class: from base `from` straight to site a, along the chain and beyond site j up
 * to node q or into the link behind it; a one-pass flight (c = -1) goes home from j, another back
 * to site c, before or behind a, and home from there. On a way flown backwards (is_back) nodes
 * count from the chain's end. */
struct vg_wider_flight {
    int chain;
    int type;
    int group;
    bool is_back;
    int from; /* bases */
    int to;
    int a; /* nodes, in the order flown */
    int j;
    int q;
    int c;
    double cost; /* drone-seconds / least revisit */
    double excess; /* collected / priced cost - 1, when it was priced */
};

struct vg_wider {
    const struct vg_problem *p;
    bool may_turn;
    bool may_relay;
    int n_types;
    struct vg_wider_times *times; /* [type * n_chains + chain] */
    int **row; /* [chain][node]: number of the site, -1: no site */
    int n_sites;
    double *wish; /* [site]: wanted revisit / least revisit */
    int n_groups;
    double *n_of; /* drones of each group */
    int *group_of; /* [type * n_bases + base]; -1: no such crew */
    double share; /* T */
};

/* Duals: per site, per group, and what a drone is worth at a base ([type * n_bases + base]). */
struct vg_wider_dual {
    double *y;
    double *price;
    double *home;
};

enum vg_status vg_wider_init(struct vg_wider *self, const struct vg_rates *rates,
                             enum vg_wider_kind kind, struct vg_error *err) VG_MUST_USE;
void vg_wider_finish(struct vg_wider *self);
/* Drone-seconds of a flight over the least revisit; HUGE_VAL beyond its battery. */
double vg_wider_cost(const struct vg_wider *self, const struct vg_wider_flight *f);
/* How long site `node` (in the order flown; a or c to j) counts as seen, in least revisits. */
double vg_wider_measure(const struct vg_wider *self, const struct vg_wider_flight *f, int node);
/* The node of the chain that comes k-th in the order flown. */
int vg_wider_node(const struct vg_wider *self, int chain, bool is_back, int k);

/* The worst excess over all flights of the class (negative where none collects its cost), and for
 * each pair of bases and first site the worst flight with an excess, at most cap, worst first.
 * *out_excess NAN: no memory. */
int vg_wider_price(const struct vg_wider *self, const struct vg_wider_dual *dual,
                   struct vg_wider_flight *found, int cap, double *out_excess);

/* The program over the flights in hand at self->share. */
struct vg_wider_program {
    struct vg_wider_flight *flights;
    int n;
    int cap;
    void *clp;
    int n_built; /* flights in clp */
    bool is_new; /* not solved yet */
};
bool vg_wider_program_add(struct vg_wider_program *self, const struct vg_wider_flight *f);
/* Builds it anew for another share. */
bool vg_wider_program_build(struct vg_wider_program *self, const struct vg_wider *w);
/* Takes in what was added since. */
bool vg_wider_program_grow(struct vg_wider_program *self, const struct vg_wider *w);
/* Solves; *out: the least share of the fleet's time. false: the solver failed. */
bool vg_wider_program_solve(struct vg_wider_program *self, const struct vg_wider *w, double *out,
                            struct vg_wider_dual *dual);
void vg_wider_program_finish(struct vg_wider_program *self);

#endif
