/* Late scans: two copies of the filter's state (the older at least late_s old) and the scans since
 * the older one. A late scan goes back to the newest copy before it and takes all scans since in
 * order again: positions, covariances and chances are the same as if it had come in time, bit for
 * bit; ids once given stay. Memory: the state twice, the scans of 2 late_s. Cost of a late scan:
 * the scans since that copy. Internal. */
#ifndef VG_TRACK_LATE_H
#define VG_TRACK_LATE_H

#include "track/core.h"

/* A scan kept, in one block: its corners, ids and measurements; the latter shorter where they are
 * plain positions. */
struct vg_late_scan {
    double t_s, pd, clutter_per_m2;
    uint32_t sensor;
    uint32_t n_footprint;
    size_t n;
    double (*footprint_m)[2]; /* the block */
    uint64_t *born;
    double (*plain)[5]; /* x, y, covariance; or NULL and ... */
    struct vg_measurement *full;
};

struct vg_late {
    struct vg_core copy[2]; /* [0] older */
    double copied_s[2];
    bool has[2];
    struct vg_late_scan *log; /* in order of time, since copy[0] */
    size_t n, room;
    struct vg_measurement *again; /* scratch of a scan taken again */
    size_t again_room;
};

void vg_late_finish(struct vg_late *l);

/* Before a scan is taken: copies the state if it is time to, keeps the scan; `born` for vg_work.
 * VG_E_NO_MEMORY. */
enum vg_status vg_late_keep(struct vg_late *l, const struct vg_core *c, const struct vg_scan *scan,
                            uint64_t **born, struct vg_error *err);

/* Puts a scan older than the newest in its place; `taken` false: too late. VG_E_NO_MEMORY. */
enum vg_status vg_late_insert(struct vg_late *l, struct vg_core *c, struct vg_work *w,
                              const struct vg_scan *scan, bool *taken, struct vg_error *err);

size_t vg_late_bytes(const struct vg_late *l);
void vg_core_finish(struct vg_core *c);
size_t vg_core_bytes(const struct vg_core *c);

#endif
