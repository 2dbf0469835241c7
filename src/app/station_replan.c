/* When drones are lost, late or back, when another wind blows than was planned for, or when ground
 * will go unseen too long all the same, the timetable is made anew on a worker thread and flown.
 *
 *   links ─► director: who is out ─► steady for a while ┐
 *   wind that the drones meet ─► other for a while       ┤
 *   seen ground, flights under way ─► every two minutes ┴► job (plan/replan.h) ─► director adopts,
 *                                                                                event, alert, file
 */
#include "app/station_replan.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEADY_S = 30, /* so long nothing must change before it is planned for */
    FROM_START_S = 120, /* after a start, drones are still being found */
    LOOK_S = 120, /* between two looks at what will go unseen */
    REST_S = 900 /* a new timetable is given so long to show what it does */
};

static bool keep(struct vg_station_replan *r, struct vg_plan *plan)
{
    if (r->n_old == r->cap_old) {
        int cap = r->cap_old > 0 ? 2 * r->cap_old : 8;
        struct vg_plan **more = realloc(r->old, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        r->old = more;
        r->cap_old = cap;
    }
    r->old[r->n_old++] = plan;
    return true;
}

static void free_plan(struct vg_plan *plan)
{
    if (plan != NULL) {
        vg_plan_finish(plan);
        free(plan);
    }
}

/* Plans that no flight is under any more. */
static void forget(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    int n = 0;
    for (int k = 0; k < r->n_old; k++) {
        if (vg_director_uses(self->director, r->old[k])) {
            r->old[n++] = r->old[k];
        } else {
            free_plan(r->old[k]);
        }
    }
    r->n_old = n;
}

static void done(void *ctx, void *of)
{
    struct vg_station *self = ctx;
    struct vg_station_replan *r = self->replan;
    struct vg_replan_job *job = of;
    bool is_wanted = job->status == VG_OK && job->is_better;
    r->is_busy = false;
    for (int d = 0; d < self->watchfile.n_drones && job->cause == VG_REPLAN_FLEET; d++) {
        r->is_out_planned[d] = job->drones[d].is_out;
    }
    struct vg_plan *plan = is_wanted ? malloc(sizeof *plan) : NULL;
    if (plan != NULL && keep(r, self->plan)) {
        *plan = job->out.plan;
        job->out.plan = (struct vg_plan){0};
        self->plan = plan;
        r->number++;
        r->changed = self->now;
        vg_director_adopt(self->director, plan, self->now);
        forget(self);
        vg_station_replan_tell(self, job);
    } else {
        free(plan);
    }
    if (job->cause == VG_REPLAN_WIND) {
        r->changed = self->now; /* not again at once, whatever came of it */
    }
    if (job->cause == VG_REPLAN_WIND && job->status == VG_E_INVALID) {
        vg_station_replan_tell_wind(self, job);
    }
    vg_station_replan_free(job);
}

static double since_s(const struct vg_station *self, struct vg_us t)
{
    return vg_us_to_s(vg_us_sub(self->now, t));
}

/* Looks at who is out. true: the plan is for another fleet. */
static bool has_fleet_changed(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    bool is_other = false;
    for (int d = 0; d < self->watchfile.n_drones; d++) {
        bool is_out = vg_director_outlook(self->director, d, self->now).is_out;
        if (is_out != r->is_out[d]) {
            r->is_out[d] = is_out;
            r->steady_since = self->now;
        }
        is_other = is_other || is_out != r->is_out_planned[d];
    }
    return is_other;
}

/* Ground that waits for somebody's consent is not made good by another timetable. */
static bool may_look(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    bool is_held = false;
    for (int d = 0; d < self->watchfile.n_drones; d++) {
        is_held = is_held || vg_director_outlook(self->director, d, self->now).is_held;
    }
    bool is_due = since_s(self, r->looked) > LOOK_S;
    r->looked = is_due ? self->now : r->looked;
    return is_due && !is_held;
}

static bool begin(struct vg_station *self)
{
    size_t n = (size_t)self->watchfile.n_drones + 1;
    struct vg_station_replan *r = calloc(1, sizeof *r);
    bool *is_out = calloc(n, sizeof *is_out);
    bool *is_out_planned = calloc(n, sizeof *is_out_planned);
    if (r == NULL || is_out == NULL || is_out_planned == NULL) {
        free(r);
        free(is_out);
        free(is_out_planned);
        return false;
    }
    *r = (struct vg_station_replan){
        .is_out = is_out, .is_out_planned = is_out_planned, .began = self->now};
    self->replan = r;
    return true;
}

static void start(struct vg_station *self, enum vg_replan_cause cause)
{
    struct vg_replan_job *mine = vg_station_replan_job(self, cause);
    const struct vg_job job = {.run = vg_station_replan_run,
                               .done = done,
                               .drop = vg_station_replan_free,
                               .job = mine,
                               .ctx = self};
    self->replan->is_busy = mine != NULL && vg_work_submit(self->work, &job, NULL, NULL) == VG_OK;
    if (mine != NULL && !self->replan->is_busy) {
        vg_station_replan_free(mine);
    }
}

void vg_station_step_replan(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    if (r == NULL && !begin(self)) {
        return;
    }
    r = self->replan;
    if (r->is_busy || since_s(self, r->began) <= FROM_START_S) {
        return;
    }
    if (has_fleet_changed(self)) {
        if (since_s(self, r->steady_since) > STEADY_S) {
            start(self, VG_REPLAN_FLEET);
        }
        return;
    }
    bool is_other_wind = vg_station_replan_is_other_wind(self);
    if (since_s(self, r->changed) <= REST_S) {
        return;
    }
    if (is_other_wind) {
        start(self, VG_REPLAN_WIND);
    } else if (may_look(self)) {
        start(self, VG_REPLAN_PROMISE);
    }
}

const struct vg_plan_sortie *vg_station_find_sortie(const struct vg_station *self, const char *id,
                                                    size_t n)
{
    int n_old = self->replan != NULL ? self->replan->n_old : 0;
    for (int p = -1; p < n_old; p++) {
        const struct vg_plan *plan = p < 0 ? self->plan : self->replan->old[p];
        for (int k = 0; k < plan->n_sorties; k++) {
            if (strlen(plan->sorties[k].id) == n && memcmp(plan->sorties[k].id, id, n) == 0) {
                return &plan->sorties[k];
            }
        }
    }
    return NULL;
}

void vg_station_drop_plans(struct vg_station *self)
{
    struct vg_station_replan *r = self->replan;
    for (int k = 0; r != NULL && k < r->n_old; k++) {
        free_plan(r->old[k]);
    }
    if (r != NULL) {
        free(r->old);
        free(r->is_out);
        free(r->is_out_planned);
        free(r);
    }
    free_plan(self->plan);
}
