/* A small cluster solved by enumeration (marginal.h). Internal. */
#ifndef VG_TRACK_CLUSTER_H
#define VG_TRACK_CLUSTER_H

#include "track/core.h"

/* Objects plus measurements of a cluster that is solved so: 2^12 states. */
#define VG_CLUSTER_MOST 12

/* Sets p, miss_p and free_p of the cluster of these looks and of the measurements that they have a
 * pair over `least_p` with; does nothing if it is too large. Returns the steps that it took. */
uint64_t vg_cluster_solve(struct vg_work *w, const uint32_t *looks, size_t n, double least_p);

#endif
