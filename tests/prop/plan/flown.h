/* A watch whose plan has been flown for a while: what has been seen, what is in the air, when each
 * drone is ready; then drones are lost. And what is to come, by looking at every visit. */
#ifndef TESTS_PROP_PLAN_FLOWN_H
#define TESTS_PROP_PLAN_FLOWN_H

#include "plan/replan.h"

struct flown {
    struct vg_watchfile watch; /* the caller's, as the plan */
    struct vg_plan plan;
    double now_s; /* since the plan's beginning, with all just seen */
    struct vg_replan_drone *drones;
    bool *has_changed;
    struct vg_replan_pass *passes; /* under way */
    int n_passes;
    int cap;
    double *last_s; /* per half kilometre: seen, from now */
    int *first_bin; /* per line */
    struct vg_replan_input in;
};

/* watch and plan are set; nobody is lost. Fails by abort() where memory ends. */
void flown_init(struct flown *self);
void flown_finish(struct flown *self);
/* All drones fly until now_s, then those go for which is_lost says so. */
void flown_until(struct flown *self, double now_s,
                 bool (*is_lost)(const struct flown *, int drone));
/* The longest time unseen to come over the wanted revisit, of the middles of half kilometres. */
double flown_worst(const struct flown *self, const struct vg_plan *plan, double ahead_s);
/* How far replanning looks ahead. */
double flown_ahead_s(const struct flown *self);
/* The checker's rule that the plan breaks with the drones that are left; "": it is sound. */
const char *flown_check(const struct flown *self, const struct vg_plan *plan);

#endif
