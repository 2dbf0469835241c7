/* Which bases plan again (region.h). */
#include "plan/region.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TOUCH_M = 1;
static const double NEIGHBOUR_M = 3000;

static int base_of(const struct vg_watchfile *w, const char *drone)
{
    int k = vg_watchfile_find_drone(w, drone);
    return k < 0 ? -1 : w->drones[k].base;
}

static int by_place(const void *a, const void *b)
{
    const struct vg_planner_part *x = a;
    const struct vg_planner_part *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return (x->from_m > y->from_m) - (x->from_m < y->from_m);
}

int vg_region_join(struct vg_planner_part *io, int n)
{
    int kept = 0;
    if (n > 0) {
        qsort(io, (size_t)n, sizeof *io, by_place);
    }
    for (int k = 0; k < n; k++) {
        struct vg_planner_part *last = kept > 0 ? &io[kept - 1] : NULL;
        if (last != NULL && last->line == io[k].line && io[k].from_m <= last->to_m + TOUCH_M) {
            last->to_m = fmax(last->to_m, io[k].to_m);
        } else {
            io[kept++] = io[k];
        }
    }
    return kept;
}

/* All that the region's bases see in the plan in force. */
static bool find_parts(const struct vg_replan_input *in, struct vg_region *r)
{
    size_t n = 1;
    for (int k = 0; k < in->plan->n_sorties; k++) {
        n += (size_t)in->plan->sorties[k].n_visits;
    }
    free(r->parts);
    r->parts = malloc(n * sizeof *r->parts);
    r->n_parts = 0;
    for (int k = 0; r->parts != NULL && k < in->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &in->plan->sorties[k];
        int base = base_of(in->watch, so->drone);
        for (int v = 0; base >= 0 && r->has_base[base] && v < so->n_visits; v++) {
            const struct vg_plan_visit *x = &so->visits[v];
            int line = vg_network_find_line(&in->watch->network, x->line);
            r->parts[r->n_parts++] =
                (struct vg_planner_part){line, fmin(x->from_m, x->to_m), fmax(x->from_m, x->to_m)};
        }
    }
    r->n_parts = r->parts != NULL ? vg_region_join(r->parts, r->n_parts) : 0;
    return r->parts != NULL;
}

/* Bases that see ground of the region, or within `near_m` of it. Answers how many joined. */
static int take_in(const struct vg_replan_input *in, struct vg_region *r, double near_m)
{
    int n = 0;
    for (int k = 0; k < in->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &in->plan->sorties[k];
        int base = base_of(in->watch, so->drone);
        for (int v = 0; base >= 0 && !r->has_base[base] && v < so->n_visits; v++) {
            const struct vg_plan_visit *x = &so->visits[v];
            int line = vg_network_find_line(&in->watch->network, x->line);
            double lo = fmin(x->from_m, x->to_m) - near_m;
            double hi = fmax(x->from_m, x->to_m) + near_m;
            for (int p = 0; p < r->n_parts && !r->has_base[base]; p++) {
                bool is_met =
                    r->parts[p].line == line && r->parts[p].from_m < hi && r->parts[p].to_m > lo;
                r->has_base[base] = is_met;
                n += is_met;
            }
        }
    }
    r->n_bases += n;
    return n;
}

/* Ground that two bases share is planned by both together. */
static bool close_region(const struct vg_replan_input *in, struct vg_region *r)
{
    bool is_good = find_parts(in, r);
    while (is_good && take_in(in, r, -TOUCH_M) > 0) {
        is_good = find_parts(in, r);
    }
    return is_good;
}

bool vg_region_init(struct vg_region *self, const struct vg_replan_input *in)
{
    *self = (struct vg_region){0};
    size_t n = (size_t)in->watch->n_bases + 1;
    self->has_base = calloc(n, sizeof *self->has_base);
    self->does_change = calloc(n, sizeof *self->does_change);
    if (self->has_base == NULL || self->does_change == NULL) {
        return false;
    }
    bool is_all = vg_plan_wanders(in->plan); /* its flights are not those of any one base */
    for (int k = 0; k < in->watch->n_drones; k++) {
        int base = in->watch->drones[k].base;
        if ((is_all || in->has_changed[k]) && !self->has_base[base]) {
            self->has_base[base] = true;
            self->n_bases++;
        }
    }
    return close_region(in, self);
}

void vg_region_finish(struct vg_region *self)
{
    free(self->has_base);
    free(self->does_change);
    free(self->parts);
    *self = (struct vg_region){0};
}

bool vg_region_grow(struct vg_region *self, const struct vg_replan_input *in, bool is_last,
                    bool *out_has_grown)
{
    *out_has_grown = false;
    if (is_last || take_in(in, self, NEIGHBOUR_M) == 0) {
        for (int b = 0; b < in->watch->n_bases; b++) {
            *out_has_grown = *out_has_grown || !self->has_base[b];
            self->n_bases += !self->has_base[b];
            self->has_base[b] = true;
        }
    } else {
        *out_has_grown = true;
    }
    return close_region(in, self);
}

bool vg_region_is_all(const struct vg_region *self, const struct vg_replan_input *in)
{
    return self->n_bases == in->watch->n_bases;
}

/* The same ground the same way, be it at another time. */
static bool is_same_flight(const struct vg_plan_sortie *a, const struct vg_plan_sortie *b)
{
    bool is_same = a->n_visits == b->n_visits;
    for (int v = 0; v < a->n_visits && is_same; v++) {
        const struct vg_plan_visit *x = &a->visits[v];
        const struct vg_plan_visit *y = &b->visits[v];
        is_same = fabs(x->from_m - y->from_m) < TOUCH_M && fabs(x->to_m - y->to_m) < TOUCH_M &&
                  x->pass == y->pass && strcmp(x->line, y->line) == 0;
    }
    return is_same;
}

/* Does a drone of this type at this base fly it in the plan? */
static bool is_flown(const struct vg_watchfile *w, const struct vg_plan *plan,
                     const struct vg_plan_sortie *so)
{
    int d = vg_watchfile_find_drone(w, so->drone);
    for (int k = 0; k < plan->n_sorties; k++) {
        int e = vg_watchfile_find_drone(w, plan->sorties[k].drone);
        if (e >= 0 && w->drones[e].base == w->drones[d].base &&
            w->drones[e].type == w->drones[d].type && is_same_flight(so, &plan->sorties[k])) {
            return true;
        }
    }
    return false;
}

static void mark_other_flights(struct vg_region *self, const struct vg_watchfile *w,
                               const struct vg_plan *of, const struct vg_plan *not_in)
{
    for (int k = 0; k < of->n_sorties; k++) {
        int base = base_of(w, of->sorties[k].drone);
        if (base >= 0 && self->has_base[base] && !self->does_change[base]) {
            self->does_change[base] = !is_flown(w, not_in, &of->sorties[k]);
        }
    }
}

int vg_region_compare(struct vg_region *self, const struct vg_replan_input *in,
                      const struct vg_plan *part)
{
    int n = 0;
    bool is_all = in->is_other_wind || vg_plan_wanders(in->plan);
    for (int b = 0; b < in->watch->n_bases; b++) {
        self->does_change[b] = self->has_base[b] && (part == NULL || is_all);
    }
    for (int d = 0; d < in->watch->n_drones && part != NULL; d++) {
        int base = in->watch->drones[d].base;
        self->does_change[base] =
            self->does_change[base] || (self->has_base[base] && in->has_changed[d]);
    }
    if (part != NULL) {
        mark_other_flights(self, in->watch, part, in->plan);
        mark_other_flights(self, in->watch, in->plan, part);
    }
    for (int b = 0; b < in->watch->n_bases; b++) {
        n += self->does_change[b];
    }
    return n;
}

bool vg_region_changes(const struct vg_region *self, const struct vg_replan_input *in,
                       const char *drone)
{
    int base = base_of(in->watch, drone);
    return base >= 0 && self->does_change[base];
}
