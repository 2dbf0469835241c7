/* How missions begin and end, by kind of aircraft. */
#include "fly/route.h"

static const double OVER_PAD_AGL_M = 60; /* where a vertical landing begins */

struct vg_mission_item vg_route_act(uint16_t command)
{
    return (struct vg_mission_item){
        .frame = VG_MAV_FRAME_MISSION, .command = command, .autocontinue = true};
}

struct vg_mission_item vg_route_takeoff(enum vg_kind kind, double lat_deg, double lon_deg)
{
    uint16_t command =
        kind == VG_KIND_QUADPLANE ? VG_MAV_CMD_NAV_VTOL_TAKEOFF : VG_MAV_CMD_NAV_TAKEOFF;
    struct vg_mission_item item = vg_mission_place(command, VG_MAV_FRAME_GLOBAL_RELATIVE_ALT,
                                                   lat_deg, lon_deg, VG_ROUTE_TAKEOFF_AGL_M);
    item.p1 = kind == VG_KIND_PLANE ? 15 : 0; /* least pitch on the climb-out, degrees */
    return item;
}

/* Down in a circle, as the plan has it: a way point there would be reached too high, as autopilots
 * do not circle at one. */
static int glide(const struct vg_route_landing *self, struct vg_mission_item *out, int n)
{
    struct vg_approach a = vg_approach_choose(self->watch, self->base, self->runway_msl_m,
                                              self->from_deg, self->ground);
    out[n] = vg_mission_place(VG_MAV_CMD_NAV_LOITER_TO_ALT, VG_MAV_FRAME_GLOBAL, a.lat_deg,
                              a.lon_deg, a.alt_msl_m);
    out[n].p1 = 1; /* leave it towards the runway, */
    out[n++].p4 = 1; /* from the circle and not from its middle */
    out[n++] = vg_mission_place(VG_MAV_CMD_NAV_LAND, VG_MAV_FRAME_GLOBAL, self->base->lat_deg,
                                self->base->lon_deg, self->runway_msl_m);
    return n;
}

/* To the pad at a height that is clear of it, then straight down. On wings that takes a circle: a
 * way point over the pad would be passed as high as the way is, and rotors do the rest. */
static int upright(const struct vg_route_landing *self, struct vg_mission_item *out, int n)
{
    bool is_winged = self->kind == VG_KIND_QUADPLANE;
    uint16_t over = is_winged ? VG_MAV_CMD_NAV_LOITER_TO_ALT : VG_MAV_CMD_NAV_WAYPOINT;
    uint16_t command = is_winged ? VG_MAV_CMD_NAV_VTOL_LAND : VG_MAV_CMD_NAV_LAND;
    out[n++] = vg_mission_place(over, VG_MAV_FRAME_GLOBAL, self->base->lat_deg, self->base->lon_deg,
                                self->runway_msl_m + OVER_PAD_AGL_M);
    out[n++] = vg_mission_place(command, VG_MAV_FRAME_GLOBAL, self->base->lat_deg,
                                self->base->lon_deg, self->runway_msl_m);
    return n;
}

int vg_route_land(const struct vg_route_landing *self, struct vg_mission_item *out, int n)
{
    out[n++] = vg_route_act(VG_MAV_CMD_DO_LAND_START); /* ArduPilot: the next item's place is its */
    return self->kind == VG_KIND_PLANE ? glide(self, out, n) : upright(self, out, n);
}
