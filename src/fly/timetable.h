/* When which drone is to fly what: the plan's repeating sorties laid on the clock. Threads: pure.
 */
#ifndef VG_FLY_TIMETABLE_H
#define VG_FLY_TIMETABLE_H

#include "base/time.h"
#include "plan/plan.h"

/* One flight of a repeating sortie. */
struct vg_departure {
    int sortie; /* index in the plan; -1: none */
    int64_t turn; /* which repetition, from 0 at the plan's epoch */
    struct vg_us takeoff;
    struct vg_us land;
};

/* A plan on the clock. */
struct vg_timetable {
    const struct vg_plan *plan; /* borrowed */
    struct vg_us epoch; /* when its period begins */
    struct vg_us begins; /* flights that take off before this are not flown */
};

/* The flight of plan sortie `sortie` in its repetition `turn`, from 0. */
struct vg_departure vg_timetable_at(const struct vg_timetable *self, int sortie, int64_t turn);
/* The first flight of `drone` that takes off at or after `from`. */
struct vg_departure vg_timetable_next(const struct vg_timetable *self, const char *drone,
                                      struct vg_us from);
/* When the period of a plan that goes by the clock begins: at its time of the day that has begun.
 */
struct vg_us vg_timetable_epoch(const struct vg_plan *plan, struct vg_us now);
/* Are both bases open when a sortie takes off at `takeoff` and lands as long after as planned? */
bool vg_timetable_is_open(const struct vg_watchfile *watch, const struct vg_plan_sortie *sortie,
                          struct vg_us takeoff);
/* Is a drone worked on (maintenance) at any time between the two? */
bool vg_timetable_is_worked_on(const struct vg_timetable *self, const char *drone,
                               struct vg_us from, struct vg_us to);
/* "K2#3" (relief: "K2#3R"). Returns buf. */
const char *vg_departure_id(const struct vg_plan *plan, const struct vg_departure *flight,
                            bool is_relief, char *buf, size_t size_bytes);
/* The planned passes between two times, as the list that docs/api.md calls "planned" (without the
 * key). `axis_m(ctx, line)` gives a line's place on the chart's axis, negative to leave it out. */
void vg_timetable_passes(const struct vg_timetable *self, struct vg_us from, struct vg_us to,
                         double (*axis_m)(void *ctx, const char *line), void *ctx,
                         struct vg_buf *out);

#endif
