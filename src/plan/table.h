/* The plan as a person reads it: what each base flies, what is promised, how near the best
 * possible, what is out of reach and why.
 *
 * One row for each base. Plain UTF-8 text, columns
 * padded by characters. Threads: pure. Memory: appended to `out`; out->is_failed tells of no
 * memory.
 */
#ifndef VG_PLAN_TABLE_H
#define VG_PLAN_TABLE_H

#include "plan/plan.h"

/* promise_s: asked of the plan, where that is not the watch's own base revisit. */
void vg_plan_table(const struct vg_plan *plan, const struct vg_watchfile *watch, double promise_s,
                   enum vg_lang lang, struct vg_buf *out);

/* What the passes of a stretch see of it. */
struct vg_plan_sight {
    double seen; /* share of its cells; 0: not known */
    double hidden_m; /* so much of its line stays below the share that counts */
    bool is_least; /* foreseen for either way of flying: at least so much is seen */
};

/* How high and where the passes of a stretch are flown, what they see; ends the line. */
void vg_plan_pass_words(const struct vg_plan_stretch *st, const struct vg_plan_sight *sight,
                        enum vg_lang lang, struct vg_buf *out);
/* One line: where the stretch lies, how high and where its passes are flown, what they see. */
void vg_plan_passes(const struct vg_plan_stretch *st, const struct vg_plan_sight *sight,
                    enum vg_lang lang, struct vg_buf *out);

#endif
