/* What the watch could promise with other bases, other drones or another promise, before any
 * timetable is made: the question, and the quick answer.
 *
 * The question is JSON (docs/api.md, "Planning"); what it does not name is as in the watch. The
 * answer is proven: the linear program of the bound on the planner's nodes (rates.h), without the
 * finer sites of a plan's certificate, so it may lie a little below the bound of the plan made
 * later.
 *
 * Threads: pure. Memory: malloc.
 */
#ifndef VG_PLAN_WHATIF_H
#define VG_PLAN_WHATIF_H

#include "plan/planner.h"

enum {
    VG_WHATIF_BASES_MAX = 1000,
    VG_WHATIF_DRONES_MAX = 1000,
    VG_WHATIF_ASKER_SIZE = 24
};

enum vg_whatif_want {
    VG_WHATIF_BOUND, /* bound and reach */
    VG_WHATIF_PLAN, /* and the first plan */
    VG_WHATIF_PRICE, /* the curve of drones against promise, what is proven of it */
    VG_WHATIF_CURVE, /* the curve with timetables */
    VG_WHATIF_WATCH, /* the watch file, changed so that it says what is asked */
    VG_WHATIF_RADIO /* what no base hears of the plan in force */
};

struct vg_whatif {
    enum vg_whatif_want want;
    char asker[VG_WHATIF_ASKER_SIZE]; /* whose newer question takes the place of this one */
    enum vg_lang lang; /* of the reasons in the answer */
    /* The watch as asked for. Bases, drones and stretches are its own; all else is borrowed from
     * the watch that the question was about. Drones may be without a base. */
    struct vg_watchfile watch;
};

/* VG_E_FORMAT, VG_E_RANGE: what was expected. VG_E_NO_MEMORY. `watch` must outlive out. */
enum vg_status vg_whatif_parse(const char *json, size_t n, const struct vg_watchfile *watch,
                               struct vg_whatif *out, struct vg_error *err) VG_MUST_USE;
void vg_whatif_finish(struct vg_whatif *self);

struct vg_prospect {
    double bound_s; /* proven for the drones at their bases */
    double reach_m; /* of line */
    struct vg_plan plan; /* stretches cut where reach ends, with reasons; no sorties */
};

struct vg_prospect_options {
    const struct vg_terrain *terrain; /* NULL: flat */
    const struct vg_sweeps *sweeps; /* NULL: those of flat ground */
    enum vg_lang lang; /* of the reasons */
    bool
        is_quick; /* on the longest borders every fourth site: twice as quick, some percent lower */
};

/* Gives drones of io without a base one (split.h), then looks at what that fleet can do.
 * VG_E_INVALID with a sentence, as vg_planner_solve. */
enum vg_status vg_prospect_make(struct vg_watchfile *io, const struct vg_prospect_options *options,
                                struct vg_prospect *out, struct vg_error *err) VG_MUST_USE;
void vg_prospect_finish(struct vg_prospect *self);

#endif
