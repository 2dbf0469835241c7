/* AUTO: the items one after another. */
#include "base/units.h"
#include "sim/pilot_priv.h"

#include <math.h>

static const double HOVER_FROM_M = 15; /* above home: what takes off upright goes up from there */

/* Upright or not: flown alike. */
static bool is_takeoff(uint16_t command)
{
    return command == VG_MAV_CMD_NAV_TAKEOFF || command == VG_MAV_CMD_NAV_VTOL_TAKEOFF;
}

static bool is_landing(uint16_t command)
{
    return command == VG_MAV_CMD_NAV_LAND || command == VG_MAV_CMD_NAV_VTOL_LAND;
}

static bool is_nav(uint16_t command)
{
    return is_takeoff(command) || is_landing(command) || command == VG_MAV_CMD_NAV_WAYPOINT ||
           command == VG_MAV_CMD_NAV_LOITER_UNLIM || command == VG_MAV_CMD_NAV_LOITER_TURNS ||
           command == VG_MAV_CMD_NAV_LOITER_TIME || command == VG_MAV_CMD_NAV_LOITER_TO_ALT ||
           command == VG_MAV_CMD_NAV_RETURN_TO_LAUNCH;
}

static bool is_do(uint16_t command)
{
    return command == VG_MAV_CMD_DO_CHANGE_SPEED || command == VG_MAV_CMD_DO_LAND_START ||
           command == VG_MAV_CMD_SET_CAMERA_ZOOM || command == VG_MAV_CMD_VIDEO_START_CAPTURE ||
           command == VG_MAV_CMD_VIDEO_STOP_CAPTURE ||
           command == VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW;
}

static bool is_terrain_frame(uint8_t frame)
{
    return frame == VG_MAV_FRAME_GLOBAL_TERRAIN_ALT || frame == VG_MAV_FRAME_GLOBAL_TERRAIN_ALT_INT;
}

static bool is_relative_frame(uint8_t frame)
{
    return frame == VG_MAV_FRAME_GLOBAL_RELATIVE_ALT ||
           frame == VG_MAV_FRAME_GLOBAL_RELATIVE_ALT_INT;
}

static bool is_global_frame(uint8_t frame)
{
    return frame == VG_MAV_FRAME_GLOBAL || frame == VG_MAV_FRAME_GLOBAL_INT ||
           is_relative_frame(frame) || is_terrain_frame(frame);
}

enum vg_enum_mav_mission vg_pilot_judge_item(const struct vg_mission_item *item)
{
    if (is_do(item->command)) {
        return VG_MAV_MISSION_ACCEPTED;
    }
    if (!is_nav(item->command)) {
        return VG_MAV_MISSION_UNSUPPORTED;
    }
    if (!is_global_frame(item->frame) && item->command != VG_MAV_CMD_NAV_RETURN_TO_LAUNCH) {
        return VG_MAV_MISSION_UNSUPPORTED_FRAME;
    }
    if (item->x < -900000000 || item->x > 900000000) {
        return VG_MAV_MISSION_INVALID_PARAM5_X;
    }
    if (item->y < -1800000000 || item->y > 1800000000) {
        return VG_MAV_MISSION_INVALID_PARAM6_Y;
    }
    return isfinite(item->z) ? VG_MAV_MISSION_ACCEPTED : VG_MAV_MISSION_INVALID_PARAM7;
}

void vg_pilot_set_mission(struct vg_pilot *self, const struct vg_mission_item *items, int n_items)
{
    self->items = items;
    self->n_items = n_items;
    self->is_mission_done = false;
    self->is_item_started = false;
    if (!vg_pilot_is_airborne(self) || self->current >= n_items) {
        self->current = 0;
    }
}

bool vg_pilot_set_current(struct vg_pilot *self, int seq)
{
    if (seq < 0 || seq >= self->n_items) {
        return false;
    }
    self->current = (uint16_t)seq;
    self->is_item_started = false;
    self->is_mission_done = false;
    self->land = VG_LAND_NONE;
    self->leg_from = vg_pilot_here(self);
    return true;
}

int vg_pilot_find_land_start(const struct vg_pilot *self)
{
    for (int i = 1; i < self->n_items; i++) {
        if (self->items[i].command == VG_MAV_CMD_DO_LAND_START) {
            return i;
        }
    }
    return 0;
}

void vg_pilot_begin_mission(struct vg_pilot *self)
{
    if (self->is_mission_done) {
        self->is_mission_done = false;
        self->current = 0;
    }
    self->is_item_started = false;
    self->land = VG_LAND_NONE;
    self->leg_from = vg_pilot_here(self);
}

/* Place and altitude of an item; 0, 0 means here. The altitude is in the item's frame. */
static struct vg_pilot_home item_place(const struct vg_pilot *self,
                                       const struct vg_mission_item *item)
{
    if (item->x == 0 && item->y == 0) {
        struct vg_pilot_home here = vg_pilot_here(self);
        here.alt_msl_m = (double)item->z;
        return here;
    }
    return (struct vg_pilot_home){item->x / 1e7, item->y / 1e7, (double)item->z};
}

static double item_alt_msl_m(const struct vg_pilot *self, const struct vg_mission_item *item)
{
    if (is_terrain_frame(item->frame)) {
        return vg_pilot_above_ground_m(self, (double)item->z);
    }
    return (double)item->z + (is_relative_frame(item->frame) ? self->home.alt_msl_m : 0);
}

static void run_do(struct vg_pilot *self, const struct vg_mission_item *item)
{
    if (item->command == VG_MAV_CMD_DO_CHANGE_SPEED && item->p1 < 2) {
        /* -1: no change, -2: back to the default */
        if (item->p2 > 0 || item->p2 < -1.5f) {
            vg_pilot_set_airspeed(self, (double)item->p2);
        }
    } else if (item->command == VG_MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW) {
        /* In a mission item parameter 5 (x) holds the gimbal manager's flags. */
        bool is_locked = (item->x & VG_GIMBAL_MANAGER_FLAGS_YAW_LOCK) != 0;
        vg_pilot_point_gimbal(self, (double)item->p1, (double)item->p2, is_locked);
    } else if (item->command == VG_MAV_CMD_SET_CAMERA_ZOOM && item->p1 == VG_CAMERA_ZOOM_RANGE) {
        self->zoom_percent = fmin(100, fmax(0, (double)item->p2));
    } else if (item->command == VG_MAV_CMD_VIDEO_START_CAPTURE ||
               item->command == VG_MAV_CMD_VIDEO_STOP_CAPTURE) {
        self->is_recording = item->command == VG_MAV_CMD_VIDEO_START_CAPTURE;
    }
}

/* Run the DO items from `seq` on and stop at the next NAV item; false past the end. */
static bool advance_to(struct vg_pilot *self, int seq)
{
    while (seq < self->n_items && !is_nav(self->items[seq].command)) {
        run_do(self, &self->items[seq++]);
    }
    if (seq >= self->n_items) {
        return false;
    }
    self->current = (uint16_t)seq;
    self->is_item_started = false;
    return true;
}

static void finish_item(struct vg_pilot *self)
{
    const struct vg_mission_item *item = &self->items[self->current];
    vg_pilot_tell_reached(self, self->current);
    /* The next leg starts at the point that was aimed at, so that legs join. */
    bool is_leg = item->command == VG_MAV_CMD_NAV_WAYPOINT;
    self->leg_from = is_leg ? item_place(self, item) : vg_pilot_here(self);
    self->leg_from.alt_msl_m = self->flight.alt_msl_m;
    if (!advance_to(self, self->current + 1)) {
        self->is_mission_done = true;
        vg_pilot_say(self, VG_MAV_SEVERITY_NOTICE, "Mission complete, changing mode to RTL");
        (void)vg_pilot_set_mode(self, VG_PLANE_MODE_RTL);
    }
}

static void start_item(struct vg_pilot *self)
{
    const struct vg_mission_item *item = &self->items[self->current];
    struct vg_pilot_home place = item_place(self, item);
    self->is_item_started = true;
    self->is_on_circle = false;
    self->loiter_turned_deg = 0;
    self->hold = place; /* where "here" was when the item began */
    double e1, n1, e2, n2;
    vg_flight_offset(&self->flight, self->leg_from.lat_deg, self->leg_from.lon_deg, &e1, &n1);
    vg_flight_offset(&self->flight, place.lat_deg, place.lon_deg, &e2, &n2);
    self->leg_length_m = hypot(e2 - e1, n2 - n1);
    if (is_landing(item->command)) {
        bool has_place = item->x != 0 || item->y != 0;
        const struct vg_mission_item *before = item - 1; /* item 0 is home: there is one */
        bool has_approach = self->current > 1 && (before->command == VG_MAV_CMD_NAV_WAYPOINT ||
                                                  before->command == VG_MAV_CMD_NAV_LOITER_TO_ALT);
        struct vg_pilot_home approach = item_place(self, before);
        vg_pilot_begin_land(self, has_place ? &place : &self->home,
                            has_approach ? &approach : NULL);
    }
}

static void fly_takeoff(struct vg_pilot *self, double alt_msl_m)
{
    struct vg_goal *g = &self->flight.goal;
    bool is_up = self->flight.alt_msl_m > self->home.alt_msl_m + HOVER_FROM_M;
    if (self->hovers && vg_pilot_is_airborne(self) && is_up) {
        vg_pilot_go_circle(self, &self->home, 1, alt_msl_m + HOVER_FROM_M); /* not level before */
    } else if (g->kind != VG_GOAL_TAKEOFF) {
        g->kind = VG_GOAL_TAKEOFF;
        g->heading_true_deg = self->flight.heading_true_deg;
    }
    g->alt_msl_m = fmax(g->alt_msl_m, alt_msl_m);
    if (vg_pilot_is_airborne(self) && self->flight.alt_msl_m >= alt_msl_m) {
        finish_item(self);
    }
}

/* Climbs begin at once, descents are spread over the leg, as ArduPlane's glide slope does. */
static void fly_waypoint(struct vg_pilot *self, const struct vg_mission_item *item)
{
    double alt = item_alt_msl_m(self, item);
    double climb = 0;
    double to_go = vg_flight_to_go_m(&self->flight);
    if (!is_terrain_frame(item->frame) && self->leg_from.alt_msl_m > alt &&
        self->leg_length_m > 1) {
        double slope = (self->leg_from.alt_msl_m - alt) / self->leg_length_m;
        double left = fmax(0, fmin(to_go, self->leg_length_m));
        alt += slope * left;
        climb = left > 0 ? -slope * vg_flight_ground_speed_mps(&self->flight) : 0;
    }
    vg_pilot_go_line(self, &self->hold, alt, climb);
    double radius = item->p2 > 0 ? (double)item->p2 : self->params.wp_radius_m;
    double away = vg_flight_distance_m(&self->flight, self->hold.lat_deg, self->hold.lon_deg);
    if (away <= radius || vg_flight_to_go_m(&self->flight) <= 0) {
        finish_item(self);
    }
}

static double item_radius_m(const struct vg_pilot *self, const struct vg_mission_item *item)
{
    double r = item->command == VG_MAV_CMD_NAV_LOITER_TO_ALT ? (double)item->p2 : (double)item->p3;
    return r != 0 && isfinite(r) ? r : self->params.loiter_radius_m;
}

static void follow_circle(struct vg_pilot *self, double radius_m)
{
    double e, n;
    vg_flight_offset(&self->flight, self->hold.lat_deg, self->hold.lon_deg, &e, &n);
    double bearing = atan2(-e, -n) * VG_DEG_PER_RAD;
    double circle = fmax(fabs(radius_m), vg_flight_turn_radius_m(&self->flight));
    if (!self->is_on_circle && hypot(e, n) < 1.3 * circle) {
        self->is_on_circle = true;
        self->on_circle = self->flight.now;
        self->loiter_last_deg = bearing;
    }
    if (self->is_on_circle) {
        self->loiter_turned_deg += vg_wrap_180_deg(bearing - self->loiter_last_deg);
        self->loiter_last_deg = bearing;
    }
}

static void fly_loiter(struct vg_pilot *self, const struct vg_mission_item *item)
{
    double radius = item_radius_m(self, item);
    double alt = item_alt_msl_m(self, item);
    vg_pilot_go_circle(self, &self->hold, radius, alt);
    follow_circle(self, radius);
    if (!self->is_on_circle) {
        return;
    }
    double held_s = vg_us_to_s(vg_us_sub(self->flight.now, self->on_circle));
    bool is_done = false;
    if (item->command == VG_MAV_CMD_NAV_LOITER_TURNS) {
        is_done = fabs(self->loiter_turned_deg) >= 360.0 * (double)item->p1;
    } else if (item->command == VG_MAV_CMD_NAV_LOITER_TIME) {
        is_done = held_s >= (double)item->p1;
    } else if (item->command == VG_MAV_CMD_NAV_LOITER_TO_ALT) {
        is_done = fabs(self->flight.alt_msl_m - alt) < 5;
    }
    if (is_done) {
        finish_item(self);
    }
}

static void fly_item(struct vg_pilot *self)
{
    const struct vg_mission_item *item = &self->items[self->current];
    switch (item->command) {
    case VG_MAV_CMD_NAV_TAKEOFF:
    case VG_MAV_CMD_NAV_VTOL_TAKEOFF:
        fly_takeoff(self, item_alt_msl_m(self, item));
        break;
    case VG_MAV_CMD_NAV_WAYPOINT:
        fly_waypoint(self, item);
        break;
    case VG_MAV_CMD_NAV_LAND:
    case VG_MAV_CMD_NAV_VTOL_LAND:
        vg_pilot_run_land(self);
        break;
    case VG_MAV_CMD_NAV_RETURN_TO_LAUNCH:
        (void)vg_pilot_set_mode(self, VG_PLANE_MODE_RTL);
        break;
    default:
        fly_loiter(self, item);
        break;
    }
}

void vg_pilot_run_mission(struct vg_pilot *self)
{
    if (self->is_mission_done || self->n_items < 2) {
        if (vg_pilot_is_airborne(self)) {
            (void)vg_pilot_set_mode(self, VG_PLANE_MODE_RTL);
        } else {
            self->flight.goal.kind = VG_GOAL_STAY;
        }
        return;
    }
    int first = self->current == 0 ? 1 : self->current;
    if (!self->is_item_started) {
        if (!advance_to(self, first)) {
            self->is_mission_done = true;
            return;
        }
        start_item(self);
    }
    bool is_start = is_takeoff(self->items[self->current].command);
    if (!vg_pilot_is_airborne(self) && !is_start) {
        /* No take-off item: climb out to the parameter's height first, then fly the item. */
        self->flight.goal.kind = VG_GOAL_TAKEOFF;
        self->flight.goal.heading_true_deg = self->flight.heading_true_deg;
        self->flight.goal.alt_msl_m = self->home.alt_msl_m + self->params.takeoff_alt_m;
        return;
    }
    bool is_climbing_out = self->flight.goal.kind == VG_GOAL_TAKEOFF && !is_start;
    if (is_climbing_out && self->flight.alt_msl_m < self->flight.goal.alt_msl_m) {
        return;
    }
    if (is_climbing_out) {
        self->leg_from = vg_pilot_here(self);
        start_item(self);
    }
    fly_item(self);
}
