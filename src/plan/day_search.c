/* A day's timetable: a rota whose period is one day of the clock (rota.h), so that its take-offs
 * and landings keep out of closed hours and its visits find light.
 *
 * The moves, their prices and the exact polish are the rota's; here the period stands still. From
 * a beginning that has night and day laid out (day_begin.c) a few crews at a time are moved
 * (rota_places.c), then all of them from hot, in turn. Gaps other than the night's are held to the
 * promise, or to what the partition reaches without a clock, so that drones do not idle by day
 * because the night is long.
 */
#include "plan/rota_walk.h"

#include <math.h>
#include <stdlib.h>

static const double HOT_S = 900;
static const double WARM_S = 300;
/* The target of a round, of the best one so far: somewhere between. A day holds whole numbers of
 * visits: now and then one more is tried. */
static const double LEAP = 0.85;
static const double NEXT = 0.97;
static const double LEAST_LOWER = 0.995;
static const double HIGHER = 1.25; /* where nothing was found */
static const double DAY_SLACK = 1.1;

/* Gaps by day, of a target: the promise, or about what is reached without a clock. */
static double by_day(const struct vg_rota_tables *t, double target)
{
    double reached = t->part->worst * t->p->least_revisit_s / t->p->watch->revisit_s;
    return fmin(1, fmax(1, DAY_SLACK * reached) / target);
}

void vg_day_load(struct vg_rota_walk *w, const struct vg_rota_sortie *sorties, int n, double target)
{
    vg_rota_load_day(&w->rota, sorties, n, target, by_day(w->tables, target));
}

static void begin(struct vg_rota_walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    /* The bound: the first polish finds what can be kept of it. */
    double target = fmax(t->share, t->clock->share);
    int n = 0;
    w->no_memory = !vg_day_begin(t, by_day(t, target), w->room, &n);
    vg_day_load(w, w->room, n, target);
}

void vg_day_walk(struct vg_rota_walk *w)
{
    w->best.n = 0;
    w->best.target = HUGE_VAL;
    begin(w);
    vg_rota_walk_polish(w);
    int64_t whole = 100000 + 10000 * (int64_t)w->rota.n_live;
    for (int round = 0; !w->no_memory && !w->is_stopped; round++) {
        int64_t moves = whole < w->options->moves / 2 ? whole : w->options->moves / 2 + 1;
        bool is_leap = round % 3 == 0;
        if (w->best.n > 0) {
            if (round > 0 || w->tables->clock->share > 0) { /* tours want all to move first */
                vg_rota_walk_places(w);
            }
            double least = is_leap ? LEAP : NEXT;
            vg_rota_load_best(w, least + (LEAST_LOWER - least) * vg_rng_unit(&w->rng));
        } else {
            vg_day_load(w, w->rota.sorties, w->rota.n, w->rota.target * HIGHER);
        }
        vg_rota_cool(w, is_leap ? HOT_S : WARM_S, moves);
        vg_rota_walk_polish(w);
    }
}
