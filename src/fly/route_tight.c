/* Missions of types with a ceiling: their heights leave little room. */
#include "fly/route.h"

#include "geo/geodesy.h"

#include <math.h>

/* Where the course bends by less, the next leg, and its climb, begins at the way point itself: an
 * autopilot's own radius (60 m and more) would begin it early, above ground that has not risen yet.
 * At sharper bends that radius keeps the turn inside the corner. */
static const double STRAIGHT_DEG = 20;
static const float AT_M = 10;
static const double G_MPS2 = 9.80665;
static const double TAN_BANK = 0.57735; /* 30 degrees, as planned (height.h) */

static bool has_place(const struct vg_mission_item *item)
{
    return item->command == VG_MAV_CMD_NAV_WAYPOINT ||
           item->command == VG_MAV_CMD_NAV_LOITER_TO_ALT;
}

/* Nearly straight on from one place over another to the next; not where two are the same. */
static bool is_straight(const struct vg_mission_item *from, const struct vg_mission_item *over,
                        const struct vg_mission_item *to)
{
    double in_deg = 0;
    double out_deg = 0;
    double in_m = 0;
    double out_m = 0;
    vg_geo_inverse(from->x * 1e-7, from->y * 1e-7, over->x * 1e-7, over->y * 1e-7, &in_m, &in_deg,
                   NULL);
    vg_geo_inverse(over->x * 1e-7, over->y * 1e-7, to->x * 1e-7, to->y * 1e-7, &out_m, &out_deg,
                   NULL);
    return in_m > 1 && out_m > 1 && fabs(vg_wrap_180_deg(out_deg - in_deg)) < STRAIGHT_DEG;
}

void vg_route_tighten(const struct vg_wf_type *type, struct vg_mission_item *io, int n)
{
    const struct vg_mission_item *last = &io[0]; /* home */
    for (int k = 1; k < n && type->ceiling_m > 0; k++) {
        int next = k + 1;
        while (next < n && !has_place(&io[next])) {
            next++;
        }
        if (!has_place(&io[k]) || next >= n) {
            continue;
        }
        if (io[k].command == VG_MAV_CMD_NAV_LOITER_TO_ALT) {
            io[k].p2 = (float)ceil(type->cruise_mps * type->cruise_mps / (G_MPS2 * TAN_BANK));
        } else if (is_straight(last, &io[k], &io[next])) {
            io[k].p2 = AT_M;
        }
        last = &io[k];
    }
}
