/* Inside the planner: a plan in the making, and the steps of it that its files share.
 *
 *   planner.c   which efforts are worth making, and the best of what they bring
 *   making.c    one effort: bound, flights, timetable, layers
 *   choose.c    the partition that it begins with
 */
#ifndef VG_PLAN_MAKING_H
#define VG_PLAN_MAKING_H

#include "plan/inner.h"
#include "plan/planner.h"
#include "plan/rota.h"

/* The plan in the making. */
struct vg_making {
    struct vg_problem problem;
    const struct vg_planner_options *options;
    double bound; /* gap / wanted revisit */
    double home_bound; /* the same for flights that land at home */
    double home_ratio; /* worst gap to it; 0 unknown */
    char *certificate;
    struct vg_costs costs; /* of sites */
    struct vg_rates rates;
    struct vg_partition part;
    struct vg_plan_sortie *flights; /* one per piece */
    int n_flights;
    struct vg_plan plan;
    int n_nodes;
    bool is_look; /* the search was a short one */
    bool is_finer;
    int n_near; /* flights that come too near to others */
    struct vg_plan spare; /* where some do: a worse plan where none does, if has_spare */
    bool has_spare;
    struct vg_clock clock; /* where the problem has one */
};

static inline bool vg_making_is_quick(const struct vg_making *mk)
{
    return mk->options != NULL && mk->options->is_quick;
}

static inline enum vg_status vg_making_tell(const struct vg_making *mk, double share,
                                            struct vg_error *err)
{
    if (mk->options != NULL && mk->options->progress != NULL &&
        !mk->options->progress(mk->options->ctx, share)) {
        return vg_fail(err, VG_E_TIMEOUT, "stopped");
    }
    return VG_OK;
}

/* choose.c: the best of the sets that prices find, after local moves; judged by one tour per crew.
 */
enum vg_status vg_making_choose(struct vg_making *mk, bool is_weighted,
                                struct vg_error *err) VG_MUST_USE;
/* From what flies already, with as few changes as will do; where they do not, with any. */
enum vg_status vg_making_stay_near(struct vg_making *mk, struct vg_error *err) VG_MUST_USE;
/* making.c: the whole plan, for a problem that is ready. */
enum vg_status vg_making_make(struct vg_making *mk, struct vg_error *err) VG_MUST_USE;
/* All but the plan. */
void vg_making_finish(struct vg_making *mk);

#endif
