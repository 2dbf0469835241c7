/* One function an event kind, for watch.c alone. Each checks the whole body before it changes
 * anything. */
#ifndef VG_WATCH_APPLY_H
#define VG_WATCH_APPLY_H

#include "watch/saw.h"
#include "watch/watch.h"

enum vg_status vg_apply_pose(struct vg_watch *self, struct vg_us t, const json_t *body,
                             struct vg_error *err);
/* The cells of a pose that was applied without them. */
void vg_apply_saw(struct vg_watch *self, struct vg_us t, struct vg_saw saw);
enum vg_status vg_apply_drone(struct vg_watch *self, struct vg_us t, const json_t *body,
                              struct vg_error *err);
enum vg_status vg_apply_sortie(struct vg_watch *self, struct vg_us t, const json_t *body,
                               struct vg_error *err);
enum vg_status vg_apply_alert(struct vg_watch *self, struct vg_us t, const json_t *body,
                              struct vg_error *err);

#endif
