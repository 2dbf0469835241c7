/* Shares of the assignment of measurements to objects: which pair holds, with what probability.
 * Clusters (objects joined by measurements that both may own) are solved apart. One object alone:
 * exact. Small clusters: by enumeration, in which of all permutations of the same objects over the
 * same measurements only the best counts, so that near objects keep apart (Blom, Bloem,
 * "Probabilistic data association avoiding track coalescence", IEEE TAC 45(2) 2000). Else loopy
 * belief propagation (Williams, Lau, "Approximate evaluation of marginal association probabilities
 * with belief propagation", IEEE TAES 50(4) 2014). Internal. */
#ifndef VG_TRACK_MARGINAL_H
#define VG_TRACK_MARGINAL_H

#include "track/core.h"

/* Sets p of all pairs, miss_p of all looks and free_p of all origins. Pairs must be sorted by look.
 * VG_E_NO_MEMORY. */
enum vg_status vg_marginals(struct vg_work *w, const struct vg_track_params *p);

#endif
