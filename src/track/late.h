/* Late scans: two copies of the filter's state (the older at least late_s old, the newer half way)
 * and the scans since the older one. A late scan goes back to the newest copy before it and takes
 * all scans since in order again: the result is the same as if it had come in time, bit for bit but
 * for the ids of objects that only ever were chances. Memory: the state twice, the scans of 2
 * late_s. Cost of a late scan: the scans since that copy. Internal. */
#ifndef VG_TRACK_LATE_H
#define VG_TRACK_LATE_H

#include "track/core.h"

struct vg_late_scan {
    struct vg_scan scan; /* footprint and measurements owned: one block, `footprint_m` first */
    void *block;
};

struct vg_late {
    struct vg_core copy[2]; /* [0] older; `started` false: none, from the very beginning */
    double copied_s[2];
    bool has[2];
    struct vg_late_scan *log; /* in order of time, since copy[0] */
    size_t n, room;
};

void vg_late_finish(struct vg_late *l);

/* Before a scan is taken: copies the state if it is time to, keeps the scan. VG_E_NO_MEMORY. */
enum vg_status vg_late_keep(struct vg_late *l, const struct vg_core *c, const struct vg_scan *scan,
                            struct vg_error *err);

/* Puts a scan older than the newest in its place; `taken` false: too late. */
enum vg_status vg_late_insert(struct vg_late *l, struct vg_core *c, struct vg_work *w,
                              const struct vg_scan *scan, bool *taken, struct vg_error *err);

size_t vg_late_bytes(const struct vg_late *l);
void vg_core_finish(struct vg_core *c);
size_t vg_core_bytes(const struct vg_core *c);

#endif
