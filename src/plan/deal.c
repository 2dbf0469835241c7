/* Drones that the watch leaves free change crews, after a search has found a better placing; and
 * whoever has the plan and the watch follows. */
#include "plan/inner.h"

#include "base/numbers.h"

#include <stdlib.h>
#include <string.h>

/* Crews that have too many give the last of those that may go, by type. */
static void give_up(struct vg_problem *p, const int *n_of, int *spare, int *io_n)
{
    for (int c = 0; c < p->n_crews; c++) {
        struct vg_crew *crew = &p->crews[c];
        for (int k = crew->n - 1; k >= 0 && crew->n > n_of[c]; k--) {
            if (p->watch->drones[crew->drones[k]].is_placed) {
                spare[(*io_n)++] = crew->drones[k];
                for (int q = k; q + 1 < crew->n; q++) {
                    crew->drones[q] = crew->drones[q + 1];
                }
                crew->n--;
            }
        }
    }
}

/* A spare drone of a crew's type; -1: there is none. */
static int take_spare(const struct vg_problem *p, int type, int *spare, int *io_n)
{
    for (int k = 0; k < *io_n; k++) {
        int d = spare[k];
        if (p->watch->drones[d].type == type) {
            spare[k] = spare[--(*io_n)];
            return d;
        }
    }
    return -1;
}

enum vg_status vg_problem_deal(struct vg_problem *p, const int *n_of, struct vg_error *err)
{
    size_t most = (size_t)p->watch->n_drones + 1;
    int *spare = vg_arena_calloc(&p->arena, most, sizeof *spare);
    int n = 0;
    if (spare == NULL) {
        return vg_no_memory(err);
    }
    give_up(p, n_of, spare, &n);
    for (int c = 0; c < p->n_crews; c++) {
        struct vg_crew *crew = &p->crews[c];
        int *drones = vg_arena_calloc(&p->arena, most, sizeof *drones);
        if (drones == NULL) {
            return vg_no_memory(err);
        }
        for (int k = 0; k < crew->n; k++) {
            drones[k] = crew->drones[k];
        }
        crew->drones = drones;
        while (crew->n < n_of[c]) {
            int d = take_spare(p, crew->type, spare, &n);
            if (d < 0) {
                return vg_fail(err, VG_E_INTERNAL, "drones cannot be dealt so");
            }
            crew->drones[crew->n++] = d;
        }
        qsort(crew->drones, (size_t)crew->n, sizeof *crew->drones, vg_by_int);
    }
    return VG_OK;
}

void vg_planner_adopt(const struct vg_plan *plan, struct vg_watchfile *io)
{
    for (int d = 0; d < io->n_drones; d++) {
        struct vg_wf_drone *drone = &io->drones[d];
        for (int k = 0; k < plan->n_sorties && drone->is_placed; k++) {
            int base = strcmp(plan->sorties[k].drone, drone->id) == 0
                           ? vg_watchfile_find_base(io, plan->sorties[k].base_from)
                           : -1;
            if (base >= 0) {
                drone->base = base;
                break;
            }
        }
    }
}
