/* A plan's own fleet: drones that it was made for, where they are not the watch's (vigie plan
 * --least-drones). In the file `"fleet":[[id, type, base], ...]` (docs/formats.md).
 *
 * Threads: pure. Memory: malloc, owned by plan or watch.
 */
#ifndef VG_PLAN_FLEET_H
#define VG_PLAN_FLEET_H

#include "base/json.h"
#include "plan/plan.h"

/* The watch's drones become the plan's own. */
enum vg_status vg_plan_give_fleet(struct vg_plan *plan, const struct vg_watchfile *watch,
                                  struct vg_error *err) VG_MUST_USE;
/* The plan's own drones become the watch's; nothing is done where it has none. VG_E_NOT_FOUND: a
 * type or base that the watch does not have. */
enum vg_status vg_plan_take_fleet(const struct vg_plan *plan, struct vg_watchfile *io,
                                  struct vg_error *err) VG_MUST_USE;

enum vg_status vg_plan_read_fleet(const json_t *doc, struct vg_plan *out,
                                  struct vg_error *err) VG_MUST_USE;
void vg_plan_put_fleet(const struct vg_plan *plan, struct vg_buf *out);

#endif
