/* Where objects may be that nobody has seen yet: the Poisson part of the filter, on square cells,
 * as the share of what lives there. It starts full, is thinned by each look by the chance of
 * detection, and fills up again: slowly from within, faster over the border of what is watched, and
 * from everywhere once nobody looks (Williams, "Marginal multi-Bernoulli filters", IEEE TAES 51(3)
 * 2015, sections III and IV: undetected objects and recycling). How many live there is learned from
 * the looks themselves (core.c). Cells nobody has looked at are not kept. Cost of a look: the
 * number of cells under it. Memory: 16 bytes a cell, at most VG_UNSEEN_CELLS (then all is
 * forgotten: full again). */
#ifndef VG_TRACK_UNSEEN_H
#define VG_TRACK_UNSEEN_H

#include "track/footprint.h"
#include "track/params.h"

#define VG_UNSEEN_CELLS (1u << 20)

struct vg_unseen_cell {
    int16_t x, y; /* from the origin; farther than 32,000 cells off, all share the last */
    float share; /* unseen, 0 to 1 */
    double t_s; /* of its value; a free place: not finite */
};

struct vg_unseen {
    struct vg_unseen_cell *cell; /* hashed, open addressing */
    size_t n, room; /* room: a power of two */
};

enum vg_status vg_unseen_init(struct vg_unseen *u, struct vg_error *err);
void vg_unseen_finish(struct vg_unseen *u);

/* Share of unseen objects at a place and time, 0 to 1. */
double vg_unseen_at(const struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double t_s);

/* Ground under the footprint that is known, m2: each place counts by its share of seen objects. */
double vg_unseen_known_m2(const struct vg_unseen *u, const struct vg_track_params *p,
                          const struct vg_footprint *f, double t_s);

/* A look with chance of detection pd inside the footprint. VG_E_NO_MEMORY. */
enum vg_status vg_unseen_look(struct vg_unseen *u, const struct vg_track_params *p,
                              const struct vg_footprint *f, double pd, double t_s);

/* Gives back what a dropped track was still worth: `share` of a cell's objects. */
void vg_unseen_give(struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double share, double t_s);

#endif
