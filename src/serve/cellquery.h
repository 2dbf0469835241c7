/* What a request asks of the seen-ground memory: `?t_us=&gsd_m=&target=&revisit_s=` of
 * docs/api.md. Threads: pure. Allocations: none. Fuzz target: tests/fuzz/serve/query. */
#ifndef VG_SERVE_CELLQUERY_H
#define VG_SERVE_CELLQUERY_H

#include <stdbool.h>
#include <stdint.h>

enum vg_cellquery_target {
    VG_CELLQUERY_ANY,
    VG_CELLQUERY_PERSON,
    VG_CELLQUERY_GROUP,
    VG_CELLQUERY_VEHICLE
};

/* Ground sample distances that can be asked for (m): looks are not told apart below the first. */
#define VG_CELLQUERY_GSD_MIN_M 0.05
#define VG_CELLQUERY_GSD_MAX_M 100.0

struct vg_cellquery {
    int64_t t_us; /* INT64_MAX: now; else >= 0 */
    double gsd_m; /* looks at least so fine; 0: not asked */
    enum vg_cellquery_target target; /* looks that would have detected it; never with gsd_m */
    double revisit_s; /* cells of stretches with this promise; 0: all */
};

/* NULL when good; else what is wrong, a literal, with *out untouched. */
const char *vg_cellquery_read(const char *query, struct vg_cellquery *out);

#endif
