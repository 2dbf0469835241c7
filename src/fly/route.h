/* A sortie of the plan as a mission for the autopilot.
 *
 *   0 home   1 take-off   2 gimbal: look ahead and down   (a zoom lens: out to the widest)
 *   the way, metres above sea level, circles up or down where the plan turns for height
 *   DO_LAND_START   approach   land
 *
 * The camera pitch is the one the plan was made with (vg_camera_patrol_pitch_deg for the deepest
 * stretch the sortie visits). Threads: pure.
 */
#ifndef VG_FLY_ROUTE_H
#define VG_FLY_ROUTE_H

#include "link/mission.h"
#include "plan/plan.h"

/* Fill `out` (VG_MISSION_ITEMS_MAX items). VG_E_RANGE when the way has too many points,
 * VG_E_NOT_FOUND for unknown names. */
enum vg_status vg_route_build(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                              struct vg_mission_item *out, int *out_n,
                              struct vg_error *err) VG_MUST_USE;

/* What the sortie is to sweep: the span of its visits on the line of the first one. False if it has
 * none. */
bool vg_route_span(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                   int *out_line, double *out_from_m, double *out_to_m);

#endif
