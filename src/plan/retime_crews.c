/* Who flies what in a plan: drones that follow one another through the same sorties, as tours and
 * rotas have them. */
#include "plan/retime.h"

#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rings {
    struct vg_retime *to;
    const struct vg_plan *plan;
    int *drone_of; /* per sortie: of the watch */
    int *n_sorties; /* per drone */
    int *first; /* per drone: its first sortie; -1 none */
    int *leader; /* per drone: the first one that flies the same; -1 none */
    int *crew_of; /* per drone; -1 none */
};

static int *numbers(struct vg_retime *self, int n)
{
    int *out = vg_arena_calloc(&self->arena, (size_t)n + 1, sizeof *out);
    for (int k = 0; k < n && out != NULL; k++) {
        out[k] = -1;
    }
    return out;
}

static bool take(struct rings *r)
{
    struct vg_retime *self = r->to;
    int n_drones = self->in->watch->n_drones;
    size_t most = (size_t)r->plan->n_sorties + 1;
    r->drone_of = numbers(self, r->plan->n_sorties);
    r->n_sorties = vg_arena_calloc(&self->arena, (size_t)n_drones + 1, sizeof *r->n_sorties);
    r->first = numbers(self, n_drones);
    r->leader = numbers(self, n_drones);
    r->crew_of = numbers(self, n_drones);
    self->crews = vg_arena_calloc(&self->arena, most, sizeof *self->crews);
    self->flights = vg_arena_calloc(&self->arena, most, sizeof *self->flights);
    return r->drone_of && r->n_sorties && r->first && r->leader && r->crew_of && self->crews &&
           self->flights;
}

/* The drones of the bases that fly in the plan. false: some sortie lands elsewhere. */
static bool find_drones(struct rings *r, const bool *has_base)
{
    const struct vg_watchfile *w = r->to->in->watch;
    for (int k = 0; k < r->plan->n_sorties; k++) {
        const struct vg_plan_sortie *so = &r->plan->sorties[k];
        int d = vg_watchfile_find_drone(w, so->drone);
        if (d < 0 || !has_base[w->drones[d].base]) {
            continue;
        }
        const char *home = w->bases[w->drones[d].base].name;
        if (strcmp(so->base_from, home) != 0 || strcmp(so->base_to, home) != 0) {
            return false;
        }
        r->drone_of[k] = d;
        r->first[d] = r->n_sorties[d]++ > 0 ? r->first[d] : k;
    }
    return true;
}

/* A sortie of drone d that is like `so`, be it at another time. */
static int find_alike(const struct rings *r, int d, const struct vg_plan_sortie *so)
{
    for (int k = r->first[d]; k >= 0 && k < r->plan->n_sorties; k++) {
        if (r->drone_of[k] == d && vg_plan_is_alike(&r->plan->sorties[k], so)) {
            return k;
        }
    }
    return -1;
}

static bool flies_the_same(const struct rings *r, int d, int e)
{
    const struct vg_wf_drone *drones = r->to->in->watch->drones;
    bool is_same = drones[d].base == drones[e].base && drones[d].type == drones[e].type &&
                   r->n_sorties[d] == r->n_sorties[e];
    for (int k = r->first[d]; k < r->plan->n_sorties && is_same; k++) {
        is_same = r->drone_of[k] != d || find_alike(r, e, &r->plan->sorties[k]) >= 0;
    }
    return is_same;
}

/* The drones of a ring follow one another through the same sorties. */
static void find_leaders(struct rings *r)
{
    for (int d = 0; d < r->to->in->watch->n_drones; d++) {
        for (int e = 0; e <= d && r->first[d] >= 0 && r->leader[d] < 0; e++) {
            bool is_led = e == d || (r->leader[e] == e && flies_the_same(r, d, e));
            r->leader[d] = is_led ? e : -1;
        }
    }
}

/* The crew of a leader's ring: those with the same headway are one. */
static struct vg_retime_crew *crew_for(struct rings *r, int lead)
{
    struct vg_retime *self = r->to;
    const struct vg_wf_drone *drone = &self->in->watch->drones[lead];
    int n_mates = 0;
    for (int d = 0; d < self->in->watch->n_drones; d++) {
        n_mates += r->leader[d] == lead;
    }
    double was_s = r->plan->sorties[r->first[lead]].period_s / n_mates;
    for (int c = 0; c < self->n_crews; c++) {
        struct vg_retime_crew *crew = &self->crews[c];
        if (crew->base == drone->base && crew->type == drone->type &&
            fabs(crew->was_s - was_s) < 1) {
            return crew;
        }
    }
    struct vg_retime_crew *crew = &self->crews[self->n_crews++];
    *crew = (struct vg_retime_crew){.base = drone->base, .type = drone->type, .was_s = was_s};
    return crew;
}

static double height_of(const struct vg_plan_sortie *so)
{
    double sum = 0;
    for (int q = 0; q < so->n_track; q++) {
        sum += so->track[q].alt_msl_m;
    }
    return sum;
}

/* Of the sorties like the k-th the one that has made way for others least (apart.h). */
static const struct vg_plan_sortie *lowest(const struct rings *r, int k)
{
    const struct vg_plan_sortie *best = &r->plan->sorties[k];
    for (int q = 0; q < r->plan->n_sorties; q++) {
        const struct vg_plan_sortie *so = &r->plan->sorties[q];
        bool is_mate = r->drone_of[q] >= 0 && r->leader[r->drone_of[q]] == r->drone_of[k];
        if (is_mate && so->n_track == best->n_track && vg_plan_is_alike(so, best) &&
            height_of(so) < height_of(best)) {
            best = so;
        }
    }
    return best;
}

/* Crews in order of their numbers, the flights of each together. */
static void collect_flights(struct rings *r)
{
    struct vg_retime *self = r->to;
    const struct vg_watchfile *w = self->in->watch;
    for (int d = 0; d < w->n_drones; d++) {
        if (r->leader[d] >= 0) {
            r->crew_of[d] = (int)(crew_for(r, r->leader[d]) - self->crews);
        }
    }
    for (int c = 0; c < self->n_crews; c++) {
        struct vg_retime_crew *crew = &self->crews[c];
        int64_t turnaround =
            (int64_t)ceil(w->types[crew->type].turnaround_s * VG_TICKS_PER_S - 1e-6);
        crew->first = self->n_flights;
        for (int k = 0; k < r->plan->n_sorties; k++) {
            int d = r->drone_of[k];
            if (d < 0 || r->leader[d] != d || r->crew_of[d] != c) {
                continue;
            }
            const struct vg_plan_sortie *so = lowest(r, k);
            int64_t air = vg_plan_ticks(so->land_s) - vg_plan_ticks(so->takeoff_s);
            self->flights[self->n_flights++] =
                (struct vg_retime_flight){so, c, air, air + turnaround};
            crew->load += air + turnaround;
            crew->n_flights++;
        }
    }
}

static int mates_of(const struct rings *r, int crew)
{
    int n = 0;
    for (int d = 0; d < r->to->in->watch->n_drones; d++) {
        n += r->crew_of[d] == crew && !r->to->in->drones[d].is_out;
    }
    return n;
}

/* The crew of this base and type that needs another drone most, or least. */
static int needy(const struct rings *r, int base, int type, bool is_most)
{
    int found = -1;
    double best = -HUGE_VAL;
    for (int c = 0; c < r->to->n_crews; c++) {
        const struct vg_retime_crew *crew = &r->to->crews[c];
        int n = mates_of(r, c);
        double need = (double)crew->load / crew->was_s / (is_most ? n : n - 1);
        need = is_most ? need : -need;
        if (crew->base == base && crew->type == type && (is_most || n > 1) && need > best) {
            best = need;
            found = c;
        }
    }
    return found;
}

/* Drones that flew nothing join the crew in most need of one; a crew that lost all of its drones
 * gets one of another. false: there is none. */
static bool deal(struct rings *r)
{
    const struct vg_watchfile *w = r->to->in->watch;
    for (int d = 0; d < w->n_drones; d++) {
        if (r->crew_of[d] < 0 && !r->to->in->drones[d].is_out) {
            r->crew_of[d] = needy(r, w->drones[d].base, w->drones[d].type, true);
        }
    }
    for (int c = 0; c < r->to->n_crews; c++) {
        const struct vg_retime_crew *crew = &r->to->crews[c];
        int from = mates_of(r, c) == 0 ? needy(r, crew->base, crew->type, false) : c;
        for (int d = 0; d < w->n_drones && from >= 0 && from != c; d++) {
            if (r->crew_of[d] == from && !r->to->in->drones[d].is_out) {
                r->crew_of[d] = from = c;
            }
        }
        if (from < 0) {
            return false;
        }
    }
    return true;
}

/* The crews' drones, soonest ready first. */
static bool list_drones(struct rings *r)
{
    struct vg_retime *self = r->to;
    const struct vg_replan_drone *drones = self->in->drones;
    for (int c = 0; c < self->n_crews; c++) {
        struct vg_retime_crew *crew = &self->crews[c];
        size_t n = (size_t)mates_of(r, c) + 1;
        crew->drones = vg_arena_calloc(&self->arena, n, sizeof *crew->drones);
        crew->ready_s = vg_arena_calloc(&self->arena, n, sizeof *crew->ready_s);
        if (crew->drones == NULL || crew->ready_s == NULL) {
            return false;
        }
        for (int d = 0; d < self->in->watch->n_drones; d++) {
            if (r->crew_of[d] != c || drones[d].is_out) {
                continue;
            }
            double ready_s = fmax(0, drones[d].ready_s);
            int at = crew->n++;
            for (; at > 0 && crew->ready_s[at - 1] > ready_s; at--) {
                crew->drones[at] = crew->drones[at - 1];
                crew->ready_s[at] = crew->ready_s[at - 1];
            }
            crew->drones[at] = d;
            crew->ready_s[at] = ready_s;
        }
    }
    return true;
}

enum vg_retime_answer vg_retime_find_crews(struct vg_retime *self, const bool *has_base,
                                           const struct vg_plan *plan)
{
    struct rings r = {.to = self, .plan = plan};
    if (!take(&r)) {
        return VG_RETIME_NO_MEMORY;
    }
    if (plan->is_clocked || plan->n_slots > 0 || !find_drones(&r, has_base)) {
        return VG_RETIME_NOT_SO;
    }
    find_leaders(&r);
    collect_flights(&r);
    if (self->n_flights == 0 || !deal(&r)) {
        return VG_RETIME_NOT_SO;
    }
    return list_drones(&r) ? VG_RETIME_DONE : VG_RETIME_NO_MEMORY;
}
