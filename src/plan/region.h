/* The bases that plan again when the fleet changes, and the ground they see: as few as will do.
 *
 * Ground that two bases share is planned by both together. Memory: malloc. Threads: pure.
 */
#ifndef VG_PLAN_REGION_H
#define VG_PLAN_REGION_H

#include "plan/replan.h"

struct vg_region {
    bool *has_base;
    int n_bases;
    bool *does_change; /* of its bases: those whose timetable will be another one */
    struct vg_planner_part *parts; /* sorted, apart */
    int n_parts;
};

/* The bases of the drones that changed. false: out of memory; finish it all the same. */
bool vg_region_init(struct vg_region *self, const struct vg_replan_input *in) VG_MUST_USE;
void vg_region_finish(struct vg_region *self);
/* The neighbours join; where nobody does, or for the last time, everybody. *out_has_grown false: it
 * was everybody already. The answer as vg_region_init's. */
bool vg_region_grow(struct vg_region *self, const struct vg_replan_input *in, bool is_last,
                    bool *out_has_grown) VG_MUST_USE;
bool vg_region_is_all(const struct vg_region *self, const struct vg_replan_input *in);
/* Sorts parts and joins those that touch; how many are left. */
int vg_region_join(struct vg_planner_part *io, int n);

/* Which bases change, given new flights for the region (NULL: all of them do): not those whose
 * drones all are as they were and would fly the same flights. Answers how many. */
int vg_region_compare(struct vg_region *self, const struct vg_replan_input *in,
                      const struct vg_plan *part);
/* Is it a drone of a base that changes? */
bool vg_region_changes(const struct vg_region *self, const struct vg_replan_input *in,
                       const char *drone);

#endif
