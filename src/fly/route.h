/* A sortie of the plan as a mission for the autopilot.
 *
 *   0 home   1 take-off   2 gimbal: look ahead and down   (a zoom lens: out to the widest)
 *   a circle up over the base, if the plan climbs higher there than the take-off does
 *   the way, metres above sea level, circles up or down where the plan turns for height;
 *   recording on before the first visit, off after the last
 *   DO_LAND_START   circle down over the approach   land
 *
 * Autopilots differ in two things. Home is no item of a mission to any but ArduPilot: others get
 * the list from 1 on. PX4 refuses a mission with a zoom: its lens has to be wide at take-off.
 * Sources: ArduPilot AP_Mission.cpp; PX4 mavlink_mission.cpp and FeasibilityChecker.cpp.
 *
 * Circles for height are NAV_LOITER_TO_ALT: ArduPlane climbs on the way to the circle, PX4 once on
 * it; both leave it at its height only, towards the next place (ArduPlane/commands_logic.cpp,
 * verify_loiter_to_alt; PX4 src/modules/navigator/mission_block.cpp). A quadplane takes off and
 * lands upright (NAV_VTOL_TAKEOFF, NAV_VTOL_LAND), and circles down over its pad before. A copter
 * does likewise with the plain items and without circles: its take-off goes up to where the plan
 * leaves the base, and it changes height at way points.
 *
 * The camera pitch is the one the plan was made with (vg_camera_patrol_pitch_deg for the deepest
 * stretch the sortie visits). Threads: pure.
 */
#ifndef VG_FLY_ROUTE_H
#define VG_FLY_ROUTE_H

#include "fly/approach.h"
#include "link/mission.h"
#include "plan/plan.h"

struct vg_route_options {
    uint8_t autopilot; /* MAV_AUTOPILOT */
    struct vg_ground ground;
};

/* Fill `out` (VG_MISSION_ITEMS_MAX items). VG_E_RANGE when the way has too many points,
 * VG_E_NOT_FOUND for unknown names. */
enum vg_status vg_route_build(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                              const struct vg_route_options *options, struct vg_mission_item *out,
                              int *out_n, struct vg_error *err) VG_MUST_USE;
/* An item without a place. PX4 takes commands of this kind in this frame only. */
struct vg_mission_item vg_route_act(uint16_t command);
/* How high take-off items go; a copter's goes on to where the plan leaves the base. */
#define VG_ROUTE_TAKEOFF_AGL_M 60.0
/* Straight up for what hovers, else a climb ahead; the place is home. */
struct vg_mission_item vg_route_takeoff(enum vg_kind kind, double lat_deg, double lon_deg);

struct vg_route_landing {
    const struct vg_watchfile *watch;
    const struct vg_wf_base *base;
    enum vg_kind kind;
    double runway_msl_m;
    double from_deg[2]; /* where the way comes from */
    struct vg_ground ground;
};
enum {
    VG_ROUTE_LAND_ITEMS = 3
};
/* The landing sequence, from out[n] on: DO_LAND_START, where it begins, land. Returns the new n (at
 * most VG_ROUTE_LAND_ITEMS more). */
int vg_route_land(const struct vg_route_landing *landing, struct vg_mission_item *out, int n);

/* Does home stand in this autopilot's missions, as item 0? */
bool vg_route_has_home(uint8_t autopilot);

/* Radii for the way of a mission whose type has a ceiling, so that its heights are flown
 * as planned: way points on a straight course are passed near by, turns for height are no wider
 * than planned. */
void vg_route_tighten(const struct vg_wf_type *type, struct vg_mission_item *io, int n);

/* What the sortie is to sweep: the span of its visits on the line of the first one. False if it has
 * none. */
bool vg_route_span(const struct vg_plan_sortie *sortie, const struct vg_watchfile *watch,
                   int *out_line, double *out_from_m, double *out_to_m);

/* Where the way to the landing comes from: its last place that is not over the base. */
void vg_route_came_from(const struct vg_plan_sortie *sortie, const struct vg_wf_base *base,
                        double out_deg[2]);

#endif
