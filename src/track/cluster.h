/* A small cluster solved by enumeration (marginal.h). Internal. */
#ifndef VG_TRACK_CLUSTER_H
#define VG_TRACK_CLUSTER_H

#include "track/core.h"

/* Objects plus measurements of a cluster that is solved so: 2^14 states. */
#define VG_CLUSTER_MOST 14

/* Sets p, miss_p and free_p of the cluster of these looks and of the measurements that they have a
 * pair over `least_p` with, and marks the looks as solved; adds its steps to w->ops. false, and
 * nothing done, if it is too large. */
bool vg_cluster_solve(struct vg_work *w, const uint32_t *looks, size_t n, double least_p);

#endif
