/* What the parts of the rota's search share (rota_search.c, rota_begin.c, rota_places.c): one walk
 * of one thread. Nothing else includes it. */
#ifndef VG_PLAN_ROTA_WALK_H
#define VG_PLAN_ROTA_WALK_H

#include "plan/rota.h"

struct vg_rota_walk {
    const struct vg_rota_tables *tables;
    const struct vg_rota_options *options;
    int64_t moves; /* left */
    struct vg_rng rng;
    struct vg_rota rota;
    double ratio_s; /* period / target */
    int first; /* which of its beginnings is the first */
    int64_t pace; /* rounds get slower from beginning to beginning */
    struct vg_rota_sortie *room;
    struct vg_rota_plan best; /* since the last beginning */
    struct vg_rota_plan ever;
    struct vg_rota_plan home; /* where flights may land elsewhere: the best in which none does */
    struct vg_rota_plan held; /* what a few crews are working on */
    double *need; /* per crew: how much of what is lacking it could do something about */
    bool *is_at_work; /* per crew */
    int64_t n_kept;
    bool is_stopped;
    bool no_memory;
};

enum {
    VG_ROTA_RATIOS = 3
};
/* Periods, as multiples of the target, that are likely to do, the likeliest first; how many. */
int vg_rota_ratios(const struct vg_rota_tables *t, double *out_s);
/* Enough sorties for every link's visits in the period of w->ratio_s, taking off at any time. */
void vg_rota_begin(struct vg_rota_walk *w);
/* The partition's sorties, each once in a period, a crew's one after another round it: what its
 * tours are, in one period for all. */
void vg_rota_begin_with_partition(struct vg_rota_walk *w);

/* Anneals from `hot_s` (drone-seconds) to cold in so many moves, polishing what comes near. */
void vg_rota_cool(struct vg_rota_walk *w, double hot_s, int64_t moves);
/* Polishes what there is; true if it is the best since the beginning. */
bool vg_rota_walk_polish(struct vg_rota_walk *w);
/* The best rota again, with all times shrunk to a target below its own. */
void vg_rota_load_best(struct vg_rota_walk *w, double share);
/* A deal of the drones that differs from the rota's in one drone; -1: this try found none. */
int vg_rota_other_deal(struct vg_rota_walk *w, int *out_from, int *out_to);

/* A day's sorties into the rota, its gaps by day held to what they may be (day_search.c). */
void vg_day_load(struct vg_rota_walk *w, const struct vg_rota_sortie *sorties, int n,
                 double target);
/* The search where the period is a day. */
void vg_day_walk(struct vg_rota_walk *w);
/* Where a day's timetable begins (day_begin.c): sorties into out, which has room for VG_ROTA_MOST.
 * by_day: see struct vg_rota. false: out of memory. */
bool vg_day_begin(const struct vg_rota_tables *t, double by_day, struct vg_rota_sortie *out,
                  int *out_n);

/* Works on the places that keep the best rota from a lower target, all others left as they are,
 * until that brings nothing. */
void vg_rota_walk_places(struct vg_rota_walk *w);

#endif
