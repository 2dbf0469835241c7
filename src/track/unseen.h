/* Where objects may be that nobody has seen yet: the Poisson part of the filter, a density on
 * square cells. It starts full, is thinned by each look by the chance of detection, and fills up
 * again with time (Williams, "Marginal multi-Bernoulli filters", IEEE TAES 51(3) 2015, sections III
 * and IV: undetected objects and recycling). Cells nobody has looked at are not kept. Cost of a
 * look: the number of cells under it. Memory: 24 bytes a cell, at most VG_UNSEEN_CELLS (then the
 * oldest knowledge is forgotten: full again). */
#ifndef VG_TRACK_UNSEEN_H
#define VG_TRACK_UNSEEN_H

#include "track/footprint.h"
#include "track/params.h"

#define VG_UNSEEN_CELLS (1u << 20)

struct vg_unseen_cell {
    int32_t x, y;
    double t_s; /* of its value; a free place: not finite */
    double per_m2;
};

struct vg_unseen {
    struct vg_unseen_cell *cell; /* hashed, open addressing */
    size_t n, room; /* room: a power of two */
};

enum vg_status vg_unseen_init(struct vg_unseen *u, struct vg_error *err);
void vg_unseen_finish(struct vg_unseen *u);

/* Density at a place and time. */
double vg_unseen_at(const struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double t_s);

/* A look with chance of detection pd inside the footprint. VG_E_NO_MEMORY. */
enum vg_status vg_unseen_look(struct vg_unseen *u, const struct vg_track_params *p,
                              const struct vg_footprint *f, double pd, double t_s);

/* Gives back what a dropped track was still worth: `expected` objects in the cell there. */
void vg_unseen_give(struct vg_unseen *u, const struct vg_track_params *p, const double at[2],
                    double expected, double t_s);

#endif
