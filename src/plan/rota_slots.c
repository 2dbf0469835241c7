/* Which drone has which place in the rings of a pool, where flights may land elsewhere.
 *
 * A fleet at rest stands at its bases. A drone takes its place up when that takes off from where
 * the drone stands; until then its flights are nobody's. So each place goes to a drone at the base
 * of its first take-off in the period, as far as there are such; what is left, pair by pair, where
 * the wait is least. A drone that the watch gives no base begins at that of its place.
 */
#include "plan/rota.h"

#include <stdlib.h>

/* Ticks until a place takes off from the base of a crew; -1: it never does. */
static int64_t wait_for(const struct vg_rota_slot *slot, int crew)
{
    int64_t least = -1;
    for (int q = 0; q < slot->n; q++) {
        bool is_sooner = least < 0 || slot->turns[q].at < least;
        least = slot->turns[q].crew == crew && is_sooner ? slot->turns[q].at : least;
    }
    return least;
}

static int64_t first_of(const struct vg_rota_slot *slot)
{
    int64_t least = slot->turns[0].at;
    for (int q = 1; q < slot->n; q++) {
        least = slot->turns[q].at < least ? slot->turns[q].at : least;
    }
    return least;
}

struct pairing {
    const struct vg_problem *p;
    int first;
    const struct vg_rota_slot *slots;
    int n;
    int *drones; /* per slot; -1 none yet */
    bool *is_placed; /* per drone of the watch */
    int *crew_of; /* per drone; -1: not of the pool */
};

/* What a drone would wait beyond the place's first take-off; -1: for ever. */
static int64_t cost_of(const struct pairing *x, int drone, int slot)
{
    if (x->p->watch->drones[drone].is_placed) {
        return 0;
    }
    int64_t wait = wait_for(&x->slots[slot], x->crew_of[drone]);
    return wait < 0 ? -1 : wait - first_of(&x->slots[slot]);
}

/* A way to give slot `s` a drone at no more than `most`, others changing theirs (Kuhn 1955). */
static bool give(struct pairing *x, int s, int64_t most, bool *was_asked)
{
    for (int d = 0; d < x->p->watch->n_drones; d++) {
        int64_t cost = x->crew_of[d] >= 0 ? cost_of(x, d, s) : -1;
        if (was_asked[d] || cost < 0 || cost > most) {
            continue;
        }
        was_asked[d] = true;
        int has = -1;
        for (int k = 0; k < x->n; k++) {
            has = x->drones[k] == d ? k : has;
        }
        if (has < 0 || give(x, has, most, was_asked)) {
            x->drones[s] = d;
            return true;
        }
    }
    return false;
}

static int fill(struct pairing *x, int64_t most, bool *was_asked)
{
    int n = 0;
    for (int s = 0; s < x->n; s++) {
        for (int d = 0; d < x->p->watch->n_drones; d++) {
            was_asked[d] = false;
        }
        n += x->drones[s] >= 0 || give(x, s, most, was_asked);
    }
    return n;
}

bool vg_rota_slots_fill(const struct vg_problem *p, const int *group, int first,
                        const struct vg_rota_slot *slots, int n, int *out_drones)
{
    size_t most = (size_t)p->watch->n_drones + 1;
    struct pairing x = {.p = p, .first = first, .slots = slots, .n = n, .drones = out_drones};
    bool *was_asked = calloc(most, sizeof *was_asked);
    x.crew_of = calloc(most, sizeof *x.crew_of);
    bool is_full = was_asked != NULL && x.crew_of != NULL;
    for (int d = 0; d < p->watch->n_drones && is_full; d++) {
        x.crew_of[d] = -1;
    }
    for (int c = first; c < p->n_crews && is_full; c++) {
        for (int k = 0; k < p->crews[c].n && group[c] == first; k++) {
            x.crew_of[p->crews[c].drones[k]] = c;
        }
    }
    for (int s = 0; s < n; s++) {
        out_drones[s] = -1;
    }
    /* As many as can begin at once; the others as soon as will do. */
    is_full = is_full && fill(&x, 0, was_asked) <= n;
    int64_t longest = 0;
    for (int s = 0; s < n; s++) {
        longest = slots[s].around > longest ? slots[s].around : longest;
    }
    int filled = 0;
    for (int64_t wait = longest / 16; is_full && filled < n && wait <= longest; wait *= 2) {
        filled = fill(&x, wait, was_asked);
        if (wait == 0) {
            break;
        }
    }
    is_full = is_full && filled == n;
    free(was_asked);
    free(x.crew_of);
    return is_full;
}
