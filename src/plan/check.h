/* The independent checker: replays a plan by the definitions alone (plan.h, docs/planning.md).
 * Shares nothing with the planner but the file readers and geodesy. */
#ifndef VG_PLAN_CHECK_H
#define VG_PLAN_CHECK_H

#include "plan/plan.h"
#include "terrain/terrain.h"

struct vg_check_report {
    bool is_kept; /* no violation */
    char violation[400]; /* the first, in words with sortie, drone, km, figures (translated like
                            errors); "" if none */
    /* "time-order", "unknown-name", "off-base", "speed", "climb", "endurance", "energy",
     * "off-line", "depth", "floor", "ceiling", "two-places", "turnaround", "base", "landings",
     * "pads", "apart", "radio", "missing-stretch", "reach", "stretch-gap", "worst-gap", "bound",
     * "wider-bound", "least-drones" */
    char rule[32];
    double worst_gap_s; /* recomputed; INFINITY where a reachable point is never visited */
    double least_between_m; /* height between drones that come nearer than the watch's horizontal
                               separation; INFINITY where none do */
    int least_drones; /* proven: fewer of the claim's type cannot keep least_promise_s; 0: no claim
                       */
    double least_promise_s;
    int n_sorties;
    int n_visits;
    double line_km;
    double reachable_km;
};

/* VG_OK with the report filled, kept or not; an error only for outside failures (memory). */
enum vg_status vg_check_plan(const struct vg_plan *plan, const struct vg_watchfile *watch,
                             enum vg_lang lang, struct vg_check_report *out,
                             struct vg_error *err) VG_MUST_USE;
/* The same with what needs the ground: floors and ceilings ("floor", "ceiling"), radio sight
 * ("radio"). terrain NULL: they are not judged. */
enum vg_status vg_check_plan_over(const struct vg_plan *plan, const struct vg_watchfile *watch,
                                  const struct vg_terrain *terrain, enum vg_lang lang,
                                  struct vg_check_report *out, struct vg_error *err) VG_MUST_USE;

#endif
