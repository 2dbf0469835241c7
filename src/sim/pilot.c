#include "sim/pilot.h"

#include "base/text.h"
#include "base/units.h"
#include "sim/pilot_priv.h"
#include "terrain/terrain.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static const double DISARM_DELAY_S = 5.0;
static const double CREW_SHARE = 0.9; /* of the turn-round: leaves time to arm and launch */
static const double CREW_REACH_M = 2000;
static const double GIMBAL_RATE_DPS = 40.0;
static const int64_t TERRAIN_EVERY_US = 500000;

void vg_pilot_say(struct vg_pilot *self, enum vg_enum_mav_severity severity, const char *format,
                  ...)
{
    if (self->n_events == VG_PILOT_EVENTS_MAX) {
        self->first_event = (self->first_event + 1) % VG_PILOT_EVENTS_MAX;
        self->n_events--;
    }
    struct vg_pilot_event *e =
        &self->events[(self->first_event + self->n_events++) % VG_PILOT_EVENTS_MAX];
    *e = (struct vg_pilot_event){.kind = VG_PILOT_TEXT, .severity = (uint8_t)severity};
    va_list args;
    va_start(args, format);
    vg_vformat(e->text, sizeof e->text, format, args);
    va_end(args);
}

void vg_pilot_tell_reached(struct vg_pilot *self, uint16_t seq)
{
    vg_pilot_say(self, VG_MAV_SEVERITY_INFO, "Reached waypoint #%u", (unsigned)seq);
    int last = (self->first_event + self->n_events - 1) % VG_PILOT_EVENTS_MAX;
    self->events[last].kind = VG_PILOT_REACHED;
    self->events[last].seq = seq;
}

bool vg_pilot_next_event(struct vg_pilot *self, struct vg_pilot_event *out)
{
    if (self->n_events == 0) {
        return false;
    }
    *out = self->events[self->first_event];
    self->first_event = (self->first_event + 1) % VG_PILOT_EVENTS_MAX;
    self->n_events--;
    return true;
}

double vg_pilot_ground_m(const struct vg_pilot *self, double lat_deg, double lon_deg)
{
    if (self->terrain == NULL) {
        return self->pad.alt_msl_m;
    }
    double h = vg_terrain_height_msl_m(self->terrain, lat_deg, lon_deg);
    return isnan(h) ? self->pad.alt_msl_m : h;
}

double vg_pilot_above_ground_m(const struct vg_pilot *self, double agl_m)
{
    return self->terrain_need_m + agl_m;
}

struct vg_pilot_home vg_pilot_here(const struct vg_pilot *self)
{
    struct vg_pilot_home here = {.alt_msl_m = self->flight.alt_msl_m};
    vg_flight_believed(&self->flight, &here.lat_deg, &here.lon_deg);
    return here;
}

static const struct vg_pilot_params DEFAULTS = {
    .wp_radius_m = 60,
    .loiter_radius_m = 80,
    .rtl_alt_m = 100,
    .takeoff_alt_m = 50,
    .rtl_autoland = 1,
    .low_energy = 0.08,
    .low_action = 1,
};

void vg_pilot_init(struct vg_pilot *self, const struct vg_pilot_config *config, struct vg_us now)
{
    memset(self, 0, sizeof *self);
    struct vg_flight_config fc = config->flight;
    self->terrain = config->terrain;
    self->pad = (struct vg_pilot_home){fc.lat_deg, fc.lon_deg, fc.alt_msl_m};
    self->pad.alt_msl_m = vg_pilot_ground_m(self, fc.lat_deg, fc.lon_deg);
    self->pad_heading_deg = fc.heading_true_deg;
    fc.alt_msl_m = self->pad.alt_msl_m;
    vg_flight_init(&self->flight, &fc, now);
    self->params = DEFAULTS;
    self->params.rtl_autoland = config->returns_ahead ? 2 : DEFAULTS.rtl_autoland;
    self->params.cruise_mps = fc.cruise_mps;
    self->home = self->pad;
    self->hovers = config->hovers;
    self->turnaround_s = config->turnaround_s;
    self->arms_after_us = config->arms_after_us > 0 ? config->arms_after_us : VG_PILOT_ARM_US;
    self->pads = config->pads;
    self->n_pads = config->n_pads;
    self->boot = now;
    self->has_position = true;
    self->mode = VG_PLANE_MODE_MANUAL;
    self->terrain_need_m = self->pad.alt_msl_m;
    self->terrain_next = now;
}

bool vg_pilot_is_airborne(const struct vg_pilot *self)
{
    return self->flight.phase == VG_FLIGHT_AIRBORNE;
}

enum vg_enum_mav_landed_state vg_pilot_landed_state(const struct vg_pilot *self)
{
    if (!vg_pilot_is_airborne(self)) {
        return VG_MAV_LANDED_STATE_ON_GROUND;
    }
    if (self->flight.goal.kind == VG_GOAL_TAKEOFF) {
        return VG_MAV_LANDED_STATE_TAKEOFF;
    }
    return self->land == VG_LAND_FINAL ? VG_MAV_LANDED_STATE_LANDING : VG_MAV_LANDED_STATE_IN_AIR;
}

/* The ground below, and how high to be now so that a climb at 70 % of the best rate clears what
 * lies ahead along the course. */
static void survey_ground(struct vg_pilot *self)
{
    static const double AHEAD_M[] = {200, 500, 1000, 2000, 3000};
    struct vg_flight *f = &self->flight;
    if (f->now.us < self->terrain_next.us) {
        return;
    }
    self->terrain_next.us = f->now.us + TERRAIN_EVERY_US;
    f->ground_msl_m = vg_pilot_ground_m(self, f->lat_deg, f->lon_deg);
    self->terrain_need_m = f->ground_msl_m;
    if (self->terrain == NULL || !vg_pilot_is_airborne(self)) {
        return;
    }
    double speed = fmax(vg_flight_ground_speed_mps(f), 5.0);
    double dir_n = f->vel_n_mps / speed / f->frame.m_per_deg_lat;
    double dir_e = f->vel_e_mps / speed / f->frame.m_per_deg_lon;
    for (size_t i = 0; i < sizeof AHEAD_M / sizeof AHEAD_M[0]; i++) {
        double d = AHEAD_M[i];
        double h = vg_pilot_ground_m(self, f->lat_deg + dir_n * d, f->lon_deg + dir_e * d);
        double gained = 0.7 * f->config.climb_mps * d / speed;
        self->terrain_need_m = fmax(self->terrain_need_m, h - gained);
    }
}

void vg_pilot_go_line(struct vg_pilot *self, const struct vg_pilot_home *to, double alt_msl_m,
                      double climb_mps)
{
    struct vg_goal *g = &self->flight.goal;
    g->kind = VG_GOAL_LINE;
    g->from_lat_deg = self->leg_from.lat_deg;
    g->from_lon_deg = self->leg_from.lon_deg;
    g->to_lat_deg = to->lat_deg;
    g->to_lon_deg = to->lon_deg;
    g->alt_msl_m = alt_msl_m;
    g->climb_mps = climb_mps;
}

void vg_pilot_go_circle(struct vg_pilot *self, const struct vg_pilot_home *centre, double radius_m,
                        double alt_msl_m)
{
    struct vg_goal *g = &self->flight.goal;
    g->kind = VG_GOAL_CIRCLE;
    g->to_lat_deg = centre->lat_deg;
    g->to_lon_deg = centre->lon_deg;
    g->radius_m = radius_m;
    g->alt_msl_m = alt_msl_m;
    g->climb_mps = 0;
}

static void hold(struct vg_pilot *self)
{
    double alt = self->is_hold_agl ? vg_pilot_above_ground_m(self, self->hold.alt_msl_m)
                                   : self->hold.alt_msl_m;
    vg_pilot_go_circle(self, &self->hold, self->params.loiter_radius_m, alt);
}

static void fly_mode(struct vg_pilot *self)
{
    struct vg_goal *g = &self->flight.goal;
    g->airspeed_mps = self->airspeed_mps > 0 ? self->airspeed_mps : self->params.cruise_mps;
    if (self->mode == VG_PLANE_MODE_AUTO) {
        vg_pilot_run_mission(self);
    } else if (!vg_pilot_is_airborne(self)) {
        g->kind = VG_GOAL_STAY;
    } else if (self->mode == VG_PLANE_MODE_RTL) {
        vg_pilot_run_return(self);
    } else if (self->mode == VG_PLANE_MODE_MANUAL) {
        g->kind = VG_GOAL_STRAIGHT;
        g->heading_true_deg = self->manual_heading_deg;
        g->alt_msl_m = self->hold.alt_msl_m;
        g->climb_mps = 0;
    } else {
        hold(self);
    }
}

static void watch_battery(struct vg_pilot *self)
{
    if (self->is_low_told || self->flight.energy > self->params.low_energy) {
        return;
    }
    self->is_low_told = true;
    vg_pilot_say(self, VG_MAV_SEVERITY_CRITICAL, "Battery 1 is low %.0f%% left",
                 self->flight.energy * 100);
    bool is_homeward = self->mode == VG_PLANE_MODE_RTL || self->land != VG_LAND_NONE;
    if (self->params.low_action > 0 && vg_pilot_is_airborne(self) && !is_homeward) {
        vg_pilot_say(self, VG_MAV_SEVERITY_CRITICAL, "Battery failsafe: RTL");
        (void)vg_pilot_set_mode(self, VG_PLANE_MODE_RTL);
    }
}

static void note_touch_down(struct vg_pilot *self, enum vg_flight_phase before)
{
    enum vg_flight_phase phase = self->flight.phase;
    if (before == VG_FLIGHT_TAKEOFF_ROLL && phase == VG_FLIGHT_AIRBORNE) {
        self->has_flown = true;
    }
    if (before == VG_FLIGHT_AIRBORNE && phase == VG_FLIGHT_ROLLOUT) {
        self->touched = self->flight.now;
        vg_pilot_say(self, VG_MAV_SEVERITY_INFO, "Touch down");
    }
    if (before == VG_FLIGHT_ROLLOUT && phase == VG_FLIGHT_PARKED) {
        self->stopped = self->flight.now;
        self->flight.goal.kind = VG_GOAL_STAY;
        self->is_mission_done = true; /* stay down */
        vg_pilot_say(self, VG_MAV_SEVERITY_INFO, "Landed");
    }
    if (before == VG_FLIGHT_AIRBORNE && phase == VG_FLIGHT_CRASHED) {
        self->is_armed = false;
        vg_pilot_say(self, VG_MAV_SEVERITY_EMERGENCY, "Crash: hit the ground, disarmed");
    }
}

static void end_flight(struct vg_pilot *self)
{
    self->land = VG_LAND_NONE;
    self->airspeed_mps = 0;
    (void)vg_pilot_disarm(self, true);
}

/* The nearest pad that a crew walks to from here becomes its pad; false if there is none. */
static bool find_crew(struct vg_pilot *self)
{
    const struct vg_flight *f = &self->flight;
    struct vg_pilot_home best = self->pad;
    double best_m = vg_flight_distance_m(f, best.lat_deg, best.lon_deg);
    for (int i = 0; i < self->n_pads; i++) {
        double away = vg_flight_distance_m(f, self->pads[i].lat_deg, self->pads[i].lon_deg);
        if (away < best_m) {
            best = self->pads[i];
            best_m = away;
        }
    }
    if (best_m > CREW_REACH_M) {
        return false;
    }
    best.alt_msl_m = vg_pilot_ground_m(self, best.lat_deg, best.lon_deg);
    self->pad = best;
    return true;
}

/* Disarm a few seconds after the stop; then the crew changes the battery and carries it to a pad.
 */
static void tend_on_ground(struct vg_pilot *self)
{
    if (!self->has_flown || self->flight.phase != VG_FLIGHT_PARKED) {
        return;
    }
    double stood_s = vg_us_to_s(vg_us_sub(self->flight.now, self->stopped));
    if (self->is_armed && stood_s >= DISARM_DELAY_S) {
        end_flight(self);
    }
    double since_s = vg_us_to_s(vg_us_sub(self->flight.now, self->touched));
    if (!self->is_armed && since_s >= CREW_SHARE * self->turnaround_s && stood_s >= 10 &&
        find_crew(self)) {
        vg_flight_service(&self->flight, self->pad.lat_deg, self->pad.lon_deg, self->pad.alt_msl_m,
                          self->pad_heading_deg);
        self->has_flown = false;
        self->is_low_told = false;
        vg_pilot_say(self, VG_MAV_SEVERITY_NOTICE, "Battery changed, ready");
    }
}

static double toward(double from, double to, double step)
{
    return fabs(to - from) <= step ? to : from + (to > from ? step : -step);
}

static void slew_gimbal(struct vg_pilot *self)
{
    struct vg_pilot_gimbal *g = &self->gimbal;
    double step = GIMBAL_RATE_DPS * (double)VG_FLIGHT_STEP_US / 1e6;
    g->pitch_deg = toward(g->pitch_deg, g->wanted_pitch_deg, step);
    double yaw_off = vg_wrap_180_deg(g->wanted_yaw_deg - g->yaw_deg);
    g->yaw_deg = vg_wrap_180_deg(g->yaw_deg + toward(0, yaw_off, step));
}

void vg_pilot_step_once(struct vg_pilot *self)
{
    survey_ground(self);
    if (self->is_armed && self->flight.phase != VG_FLIGHT_CRASHED) {
        if (self->flight.phase != VG_FLIGHT_ROLLOUT) {
            fly_mode(self);
        }
        watch_battery(self);
    } else {
        self->flight.goal.kind = VG_GOAL_STAY;
    }
    slew_gimbal(self);
    enum vg_flight_phase before = self->flight.phase;
    vg_flight_step_once(&self->flight);
    note_touch_down(self, before);
    tend_on_ground(self);
}

void vg_pilot_step(struct vg_pilot *self, struct vg_us now)
{
    while (self->flight.now.us + VG_FLIGHT_STEP_US <= now.us) {
        vg_pilot_step_once(self);
    }
}
