/* `/api/drones/{id}/aboard` of docs/api.md: what a drone carries and says beside its flight. Loop
 * thread. */
#ifndef VG_APP_ABOARD_API_H
#define VG_APP_ABOARD_API_H

#include "base/text.h"
#include "fly/director.h"

/* The whole answer, appended to `out`. */
void vg_aboard_json(const char *id, const struct vg_aboard *aboard,
                    const struct vg_vehicle *vehicle, struct vg_buf *out);

#endif
