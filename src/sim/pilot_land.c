/* Coming home and landing. */
#include "base/units.h"
#include "sim/pilot_priv.h"

#include <math.h>

static const double FIX_AGL_M = 60; /* height over the touch-down point where the final begins */
static const double FIX_CLEARANCE_M = 40; /* over the ground at the fix */
static const double FINAL_SINK_SHARE = 0.6; /* of the greatest sink */
static const double FINAL_SPEED_SHARE = 0.85;
static const double STRAIGHT_IN_MIN_M = 400;
static const double FIX_MAX_M = 5000;
static const double OVER_PAD_M = 20; /* upright: the circle over the pad ends so high */
static const double AIM_SHORT_M = 130; /* of the point: the flare and the roll-out carry it on */

static double final_slope(const struct vg_pilot *self)
{
    const struct vg_flight_config *c = &self->flight.config;
    return FINAL_SINK_SHARE * c->sink_mps / c->cruise_mps;
}

static void start_final(struct vg_pilot *self)
{
    self->land = VG_LAND_FINAL;
    self->leg_from = vg_pilot_here(self);
    double away = vg_flight_distance_m(&self->flight, self->land_at.lat_deg, self->land_at.lon_deg);
    double height = self->flight.alt_msl_m - self->land_at.alt_msl_m;
    self->land_slope = height / fmax(away - AIM_SHORT_M, 100);
}

/* Downwind of the touch-down point; further out and higher where the ground there is higher. */
static struct vg_pilot_home choose_fix(const struct vg_pilot *self)
{
    const struct vg_flight_config *c = &self->flight.config;
    double from_deg = c->wind_mps >= 1 ? c->wind_from_deg : self->pad_heading_deg;
    double dir = (from_deg + 180) * VG_RAD_PER_DEG;
    struct vg_frame frame = vg_frame_at(self->land_at.lat_deg, self->land_at.lon_deg);
    struct vg_pilot_home fix = self->land_at;
    double height = FIX_AGL_M;
    for (int i = 0; i < 6; i++) {
        double d = fmax(height / final_slope(self), STRAIGHT_IN_MIN_M);
        vg_frame_to_latlon(&frame, d * sin(dir), d * cos(dir), &fix.lat_deg, &fix.lon_deg);
        fix.alt_msl_m = self->land_at.alt_msl_m + height;
        double least = vg_pilot_ground_m(self, fix.lat_deg, fix.lon_deg) + FIX_CLEARANCE_M;
        if (fix.alt_msl_m >= least) {
            break;
        }
        height = least - self->land_at.alt_msl_m;
    }
    return fix;
}

/* The mission's own way point before the landing, unless it lies too near or too far to be one. */
static bool take_fix(struct vg_pilot *self, const struct vg_pilot_home *approach)
{
    struct vg_frame frame = vg_frame_at(self->land_at.lat_deg, self->land_at.lon_deg);
    double e, n;
    vg_frame_to_en(&frame, approach->lat_deg, approach->lon_deg, &e, &n);
    double away = hypot(e, n);
    if (away < STRAIGHT_IN_MIN_M || away > FIX_MAX_M) {
        return false;
    }
    double ground = vg_pilot_ground_m(self, approach->lat_deg, approach->lon_deg);
    self->land_fix = *approach;
    self->land_fix.alt_msl_m =
        fmax(ground + FIX_CLEARANCE_M, self->land_at.alt_msl_m + final_slope(self) * away);
    return true;
}

void vg_pilot_begin_land(struct vg_pilot *self, const struct vg_pilot_home *at,
                         const struct vg_pilot_home *approach)
{
    self->land_at = *at;
    self->land_at.alt_msl_m = vg_pilot_ground_m(self, at->lat_deg, at->lon_deg);
    if (self->hovers) {
        self->land_fix = self->land_at;
        self->land_fix.alt_msl_m += OVER_PAD_M;
        self->land = VG_LAND_OUT;
        self->leg_from = vg_pilot_here(self);
        return;
    }
    bool has_fix = approach != NULL && take_fix(self, approach);
    if (!has_fix) {
        self->land_fix = choose_fix(self);
    }
    double away = vg_flight_distance_m(&self->flight, at->lat_deg, at->lon_deg);
    double height = self->flight.alt_msl_m - self->land_at.alt_msl_m;
    double e, n;
    vg_flight_offset(&self->flight, at->lat_deg, at->lon_deg, &e, &n);
    double turn =
        vg_wrap_180_deg(atan2(e, n) * VG_DEG_PER_RAD - vg_flight_course_deg(&self->flight));
    /* The mission brought it onto an approach of its own: go straight in. */
    if (away >= STRAIGHT_IN_MIN_M && height <= away * final_slope(self) * 1.2 && height >= 10 &&
        fabs(turn) < 45) {
        start_final(self);
        return;
    }
    self->land = has_fix ? VG_LAND_DOWN : VG_LAND_OUT;
    self->leg_from = vg_pilot_here(self);
}

/* Descend on the way so as to arrive at the fix's height, never closer than 50 m to the ground. */
static void fly_out(struct vg_pilot *self)
{
    struct vg_flight *f = &self->flight;
    double away = vg_flight_distance_m(f, self->land_fix.lat_deg, self->land_fix.lon_deg);
    double time_s = away / fmax(vg_flight_ground_speed_mps(f), 5);
    double alt = self->land_fix.alt_msl_m + 0.8 * f->config.sink_mps * time_s;
    alt = fmin(alt, fmax(self->leg_from.alt_msl_m, self->land_fix.alt_msl_m));
    alt = fmax(alt, vg_pilot_above_ground_m(self, 50));
    vg_pilot_go_line(self, &self->land_fix, alt, 0);
    if (away <= vg_flight_turn_radius_m(f) || vg_flight_to_go_m(f) <= 0) {
        self->land = VG_LAND_DOWN;
    }
}

/* Circle at the fix until low enough and pointing at the touch-down point. */
static void fly_down(struct vg_pilot *self)
{
    struct vg_flight *f = &self->flight;
    vg_pilot_go_circle(self, &self->land_fix, self->hovers ? 1 : self->params.loiter_radius_m,
                       self->land_fix.alt_msl_m);
    double e, n;
    vg_flight_offset(f, self->land_at.lat_deg, self->land_at.lon_deg, &e, &n);
    double off = vg_wrap_180_deg(atan2(e, n) * VG_DEG_PER_RAD - vg_flight_course_deg(f));
    bool is_low = f->alt_msl_m < self->land_fix.alt_msl_m + 8;
    if (is_low && (self->hovers || fabs(off) < 20)) {
        start_final(self);
    }
}

static void fly_final(struct vg_pilot *self)
{
    struct vg_flight *f = &self->flight;
    struct vg_goal *g = &f->goal;
    g->airspeed_mps = FINAL_SPEED_SHARE * f->config.cruise_mps;
    vg_pilot_go_line(self, &self->land_at, 0, 0);
    double to_go = fmax(vg_flight_to_go_m(f) - AIM_SHORT_M, 0);
    g->alt_msl_m = self->land_at.alt_msl_m + self->land_slope * to_go;
    g->climb_mps = to_go > 0 ? -self->land_slope * vg_flight_ground_speed_mps(f) : -1.0;
    g->kind = VG_GOAL_FINAL;
    /* Past the point and still high (a gust, a hill): once more. */
    if (vg_flight_to_go_m(f) < -300 && f->alt_msl_m - f->ground_msl_m > 20) {
        vg_pilot_say(self, VG_MAV_SEVERITY_NOTICE, "Go around");
        self->land = VG_LAND_OUT;
        self->leg_from = vg_pilot_here(self);
    }
}

void vg_pilot_run_land(struct vg_pilot *self)
{
    switch (self->land) {
    case VG_LAND_OUT:
        fly_out(self);
        break;
    case VG_LAND_DOWN:
        fly_down(self);
        break;
    case VG_LAND_FINAL:
        fly_final(self);
        break;
    case VG_LAND_NONE:
        break;
    }
}

void vg_pilot_begin_return(struct vg_pilot *self)
{
    self->leg_from = vg_pilot_here(self);
    self->airspeed_mps = 0;
}

static void arrive_home(struct vg_pilot *self)
{
    int start = vg_pilot_find_land_start(self);
    if (start > 0) {
        self->is_mission_done = false;
        (void)vg_pilot_set_current(self, start);
        self->mode = VG_PLANE_MODE_AUTO;
        return;
    }
    vg_pilot_begin_land(self, &self->home, NULL);
}

void vg_pilot_run_return(struct vg_pilot *self)
{
    if (self->land != VG_LAND_NONE) {
        vg_pilot_run_land(self);
        return;
    }
    if (self->params.rtl_autoland == 2 && vg_pilot_find_land_start(self) > 0) {
        arrive_home(self); /* straight to the mission's landing: ArduPlane/mode_rtl.cpp */
        return;
    }
    struct vg_flight *f = &self->flight;
    double alt = fmax(self->home.alt_msl_m + self->params.rtl_alt_m,
                      vg_pilot_above_ground_m(self, self->params.rtl_alt_m));
    double away = vg_flight_distance_m(f, self->home.lat_deg, self->home.lon_deg);
    double near_m = 2 * fmax(fabs(self->params.loiter_radius_m), vg_flight_turn_radius_m(f));
    if (away > near_m) {
        vg_pilot_go_line(self, &self->home, alt, 0);
        if (vg_flight_to_go_m(f) < -near_m) {
            self->leg_from = vg_pilot_here(self);
        }
    } else if (self->params.rtl_autoland > 0) {
        arrive_home(self);
    } else {
        vg_pilot_go_circle(self, &self->home, self->params.loiter_radius_m, alt);
    }
}
