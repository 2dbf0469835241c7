/* Shared by problem.c, nodes.c, reach.c, relief.c and lead.c, which set up the planner's problem;
 * nobody else includes it. */
#ifndef VG_PLAN_PROBLEM_INNER_H
#define VG_PLAN_PROBLEM_INNER_H

#include "plan/inner.h"

/* From the problem's arena, all 0; NULL: no memory. */
void *vg_problem_take(struct vg_problem *p, int n, size_t size_bytes);

/* Great-circle distance good to 0.6 %: to skip what is far out of reach without asking for the
 * geodesic. */
double vg_crude_distance_m(double lat1, double lon1, double lat2, double lon2);
/* Along the path, out on its extension or round the ring; from_m < to_m. */
bool vg_flypath_is_clear(const struct vg_detour *detour, const struct vg_flypath *path,
                         double from_m, double to_m);

/* A line's nodes, about step_m apart (nodes.c). */
enum vg_status vg_problem_make_nodes(struct vg_problem *p, int line, double step_m,
                                     struct vg_error *err) VG_MUST_USE;
/* Seconds at all nodes, of all crews (reach.c). */
enum vg_status vg_problem_make_reach(struct vg_problem *p, struct vg_error *err) VG_MUST_USE;
/* The first look at the climbs of a crew's flights over a line (relief.c). false: no memory. */
bool vg_problem_climbs(struct vg_problem *p, int line, int crew) VG_MUST_USE;
/* The bound's seconds from the base to every node by way of a lead-in (lead.c). */
void vg_problem_lead_in(struct vg_problem *p, int line, int crew);

#endif
