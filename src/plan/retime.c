/* Puts tours that were searched for into a plan (retime.h). */
#include "plan/retime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void vg_replan_name(int number, struct vg_plan_sortie *io)
{
    size_t n = strlen(io->id);
    if (number < 26) {
        vg_format(io->id + n, sizeof io->id - n, "%c", (char)('a' + number));
    } else {
        vg_format(io->id + n, sizeof io->id - n, "b%d", number);
    }
}

static void drop(struct vg_plan_sortie *sorties, int n)
{
    for (int k = 0; sorties != NULL && k < n; k++) {
        free(sorties[k].track);
        free(sorties[k].visits);
    }
    free(sorties);
}

/* The sorties of one drone of a crew, each once a round of the tour. */
static bool add_drone(const struct vg_retime *self, int crew, int number,
                      struct vg_plan_sortie *out, int *io_n)
{
    const struct vg_retime_crew *c = &self->crews[crew];
    const struct vg_retime_tour *tour = &self->tours[crew];
    int64_t headway = self->headway[c->cluster];
    int64_t round = headway * c->n;
    int64_t now = (int64_t)llround(self->in->plan_now_s * VG_TICKS_PER_S);
    int64_t at = now + tour->begin + self->turn[crew][number] * headway;
    for (int k = 0; k < c->n_flights; k++) {
        const struct vg_retime_flight *f = &self->flights[tour->order[k]];
        struct vg_plan_sortie *so = &out[*io_n];
        double takeoff_s = (double)(at % round) / VG_TICKS_PER_S;
        if (!vg_plan_copy_sortie(f->as, takeoff_s - f->as->takeoff_s, so)) {
            return false;
        }
        (*io_n)++;
        so->takeoff_s = takeoff_s;
        so->period_s = (double)round / VG_TICKS_PER_S;
        vg_format(so->drone, sizeof so->drone, "%s", self->in->watch->drones[c->drones[number]].id);
        vg_format(so->id, sizeof so->id, "%s.%d", so->drone, k + 1);
        vg_replan_name(self->in->number, so);
        at += f->busy + tour->wait[k];
    }
    return true;
}

static bool is_of(const struct vg_retime *self, const bool *has_base,
                  const struct vg_plan_sortie *so)
{
    int d = vg_watchfile_find_drone(self->in->watch, so->drone);
    return d >= 0 && has_base[self->in->watch->drones[d].base];
}

static enum vg_retime_answer exchange(const struct vg_retime *self, const bool *has_base,
                                      struct vg_plan *io, int *out_n_new)
{
    size_t most = (size_t)io->n_sorties + 1;
    bool is_good = true;
    int n = 0;
    for (int c = 0; c < self->n_crews; c++) {
        most += (size_t)self->crews[c].n_flights * (size_t)self->crews[c].n;
    }
    struct vg_plan_sortie *fresh = calloc(most, sizeof *fresh);
    for (int c = 0; c < self->n_crews && is_good && fresh != NULL; c++) {
        for (int d = 0; d < self->crews[c].n && is_good; d++) {
            is_good = add_drone(self, c, d, fresh, &n);
        }
    }
    struct vg_plan_sortie *all = is_good ? calloc(most, sizeof *all) : NULL;
    if (fresh == NULL || all == NULL) {
        drop(fresh, n);
        return VG_RETIME_NO_MEMORY;
    }
    int kept = 0;
    for (int k = 0; k < io->n_sorties; k++) {
        if (is_of(self, has_base, &io->sorties[k])) {
            free(io->sorties[k].track);
            free(io->sorties[k].visits);
        } else {
            all[kept++] = io->sorties[k];
        }
    }
    for (int k = 0; k < n; k++) {
        all[kept + k] = fresh[k];
    }
    free(fresh);
    free(io->sorties);
    io->sorties = all;
    io->n_sorties = kept + n;
    *out_n_new = n;
    return VG_RETIME_DONE;
}

enum vg_retime_answer vg_retime_plan(const struct vg_replan_input *in, const bool *has_base,
                                     struct vg_plan *io, int *out_n_new)
{
    struct vg_retime self = {.in = in};
    enum vg_retime_answer answer = vg_retime_find_crews(&self, has_base, io);
    if (answer == VG_RETIME_DONE && !vg_retime_find_places(&self, io)) {
        answer = VG_RETIME_NO_MEMORY;
    }
    for (int k = 0; k < self.n_clusters && answer == VG_RETIME_DONE; k++) {
        answer = vg_retime_search(&self, k);
    }
    if (answer == VG_RETIME_DONE) {
        answer = exchange(&self, has_base, io, out_n_new);
    }
    vg_arena_finish(&self.arena);
    return answer;
}
