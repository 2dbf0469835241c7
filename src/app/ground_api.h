/* `/tiles/seen/...` and `/api/cell` of docs/api.md, live and in replay: the ground as it is now
 * from the watch at hand, any other moment and any quality from the record. Loop thread. */
#ifndef VG_APP_GROUND_API_H
#define VG_APP_GROUND_API_H

#include "app/moments.h"
#include "serve/query.h"

struct vg_ground_api {
    const struct vg_watch *watch; /* now; in replay, the end of the record */
    const struct vg_strip *strip; /* NULL: the record does not say where the cells lie */
    const struct vg_wf_targets *targets;
    struct vg_moments *moments;
};

/* True: `path` was one of both, and `reply` is given or will be. */
bool vg_ground_get(const struct vg_ground_api *self, const char *path, const char *query,
                   struct vg_reply *reply);

#endif
