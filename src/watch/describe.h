/* The static description of a watch (docs/api.md, `GET /api/watch`), as JSON: body of the record's
 * `watch` event. */
#ifndef VG_WATCH_DESCRIBE_H
#define VG_WATCH_DESCRIBE_H

#include "geo/strip.h"
#include "plan/plan.h"
#include "terrain/terrain.h"

enum {
    VG_BIN_M = 500
};

/* Stretches are the plan's (which cuts what is out of reach); `terrain` may be NULL. Deterministic.
 */
void vg_watch_describe(const struct vg_watchfile *watch, const struct vg_strip *strip,
                       const struct vg_plan *plan, const struct vg_terrain *terrain,
                       struct vg_buf *out);

#endif
