/* A plan for a watch at random, judged as a user would have it judged: written to a file's text,
 * read again, checked. */
#ifndef TESTS_PROP_PLAN_RANDOM_PLAN_H
#define TESTS_PROP_PLAN_RANDOM_PLAN_H

#include "random_watch.h"

struct random_verdict {
    bool is_planned; /* false: no plan, `text` says why */
    bool is_kept; /* by the checker; `text` says what is broken */
    bool is_near; /* all that is broken is that drones come near each other, as the planner says too
                   */
    double ratio; /* worst gap as checked over the bound for the drones at their bases */
    int n_sorties;
    int n_drones;
    double line_km;
    char text[512];
};

/* out_json: the plan's file is added; NULL: not wanted. */
void random_plan_judge(uint64_t seed, int64_t moves, struct random_verdict *out,
                       struct vg_buf *out_json);

#endif
