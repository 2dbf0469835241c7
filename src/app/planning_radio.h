/* What of a plan's flights no base hears, for the page (docs/api.md, "Planning"). */
#ifndef VG_APP_PLANNING_RADIO_H
#define VG_APP_PLANNING_RADIO_H

#include "plan/radio.h"

/* The flights alone, to be looked at while the plan in force may change. Frees with vg_plan_finish.
 */
enum vg_status vg_planning_copy_flights(const struct vg_plan *plan, struct vg_plan *out,
                                        struct vg_error *err) VG_MUST_USE;

/* ,"radio":{...}; null where the watch has no radio. Takes as long as vg_radio_listen. */
enum vg_status vg_planning_put_radio(const struct vg_plan *plan, const struct vg_watchfile *watch,
                                     const struct vg_terrain *terrain, struct vg_buf *out,
                                     struct vg_error *err) VG_MUST_USE;

#endif
