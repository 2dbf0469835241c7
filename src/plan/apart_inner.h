/* What the parts of apart.c share. */
#ifndef VG_PLAN_APART_INNER_H
#define VG_PLAN_APART_INNER_H

#include "plan/apart.h"

/* A flight's heights on a grid of VG_APART_STEP_S from its take-off. */
#define VG_APART_STEP_S 2.0

struct vg_apart_flight {
    struct vg_plan_sortie *sortie;
    const struct vg_wf_type *type;
    int drone;
    int base[2]; /* from, to */
    int n;
    int from; /* of the grid: up over the base */
    int to; /* about to come down */
    double *rise_mps; /* the steepest of the track up to each step from the one before; signed */
    double *fall_mps;
    double *room_m[2]; /* below the ceiling, above the floor */
    double *extra_m; /* chosen */
    int n_spells; /* in which it meets others */
};

/* Six seconds of a flight. */
struct vg_apart_chunk {
    int flight;
    double t_s[2];
    double lat_deg[2];
    double lon_deg[2];
    double alt_msl_m[2]; /* without extra */
};

/* Two chunks that come too near but for their heights. */
struct vg_apart_meeting {
    struct vg_apart_chunk a;
    struct vg_apart_chunk b;
};

struct vg_apart_meetings {
    struct vg_apart_meeting *of;
    int n;
    int cap;
};

/* vg_apart_layers for one of many tries: nothing is tried at random. */
enum vg_status vg_apart_layers_quick(struct vg_plan *io, const struct vg_watchfile *watch,
                                     const struct vg_terrain *terrain, struct vg_apart_report *out,
                                     struct vg_error *err) VG_MUST_USE;

/* The meetings of flights, but for those of two flights before first_free; malloc. false: out of
 * memory. */
bool vg_apart_meet(const struct vg_watchfile *watch, const struct vg_apart_flight *flights, int n,
                   int first_free, struct vg_apart_meetings *out);

#endif
