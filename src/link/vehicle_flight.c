/* Is it in the air? What it says, held against where it is and how fast. */
#include "link/vehicle_priv.h"

/* In the air without being told so: armed and this high above home (hysteresis). */
static const double AIR_ABOVE_M = 5.0;
static const double GROUND_BELOW_M = 2.0;
/* In the air whatever it tells of itself: so high and so fast nothing stands. */
static const double SURELY_ABOVE_M = 20.0;
static const double SURELY_FASTER_MPS = 5.0;
static const double SURELY_ROLLS_MPS = 10.0;
/* PX4 tells no throttle while disarmed (mavlink/streams/VFR_HUD.hpp). */
static const double ENGINE_WORKS_PCT = 10.0;
static const int64_t PAST_EVERY_US = 2000000;
/* EXTENDED_SYS_STATE comes at 1 Hz, or a thin link eats it. */
static const int64_t TOLD_FOR_US = 10000000;

void vg_vehicle_note_past(struct vg_vehicle *self, struct vg_us now)
{
    if (now.us - self->past[1].t.us >= PAST_EVERY_US) {
        self->past[0] = self->past[1];
        self->past[1].t = now;
        self->past[1].lat_deg = self->position.lat_deg;
        self->past[1].lon_deg = self->position.lon_deg;
    }
}

/* By VFR_HUD, which does not hang on the place; a thin link may eat some of these. */
static bool has_air(const struct vg_vehicle *self, struct vg_us now)
{
    return self->air.is_known && now.us - self->air.t.us < TOLD_FOR_US;
}

static bool is_engine_on(const struct vg_vehicle *self)
{
    return self->air.throttle_pct > ENGINE_WORKS_PCT;
}

/* Against a wind it is slow over ground: then air that passes by a working engine counts. */
static bool is_under_way(const struct vg_vehicle *self, struct vg_us now)
{
    return has_air(self, now) && is_engine_on(self) &&
           fmax(self->air.groundspeed_mps, self->air.airspeed_mps) > SURELY_ROLLS_MPS;
}

/* The same place for seconds, or none. */
static bool is_place_dead(const struct vg_vehicle *self, struct vg_us now)
{
    bool is_recent = self->position.is_known && now.us - self->position.t.us < 2 * PAST_EVERY_US;
    return !is_recent ||
           (self->past[0].t.us > 0 && self->past[0].lat_deg == self->position.lat_deg &&
            self->past[0].lon_deg == self->position.lon_deg);
}

static double place_speed_mps(const struct vg_vehicle *self)
{
    return hypot(self->position.vel_ned_mps[0], self->position.vel_ned_mps[1]);
}

/* What it tells of place, speed and engine speaks against it: an autopilot that says it has landed
 * and flies. */
static bool is_surely_flying(const struct vg_vehicle *self, struct vg_us now)
{
    if (is_place_dead(self, now)) {
        return is_under_way(self, now);
    }
    return self->past[0].t.us > 0 && self->position.alt_home_m > SURELY_ABOVE_M &&
           place_speed_mps(self) > SURELY_FASTER_MPS;
}

/* Its place stands still with a speed in it, and nothing says that it has stopped: neither what it
 * says nor what it tells decides. */
static bool is_open(const struct vg_vehicle *self, struct vg_us now)
{
    bool has_stopped =
        has_air(self, now) && !is_engine_on(self) && self->air.groundspeed_mps < SURELY_FASTER_MPS;
    return is_place_dead(self, now) && place_speed_mps(self) > SURELY_FASTER_MPS && !has_stopped;
}

void vg_vehicle_set_flight(struct vg_vehicle *self, bool is_in_air, struct vg_us now)
{
    bool was_in_air = self->flight.is_known && self->flight.is_in_air;
    bool is_denied =
        !is_in_air && (is_surely_flying(self, now) || (was_in_air && is_open(self, now)));
    is_in_air = is_in_air || is_denied;
    if (is_in_air != was_in_air) {
        self->changes |= is_in_air ? VG_VEHICLE_TOOK_OFF : VG_VEHICLE_LANDED;
    }
    self->flight.is_known = true;
    self->flight.t = now;
    self->flight.is_in_air = is_in_air;
    self->flight.is_denied = is_denied;
}

/* For autopilots that never send EXTENDED_SYS_STATE, or whose has not come for long. */
void vg_vehicle_guess_flight(struct vg_vehicle *self, struct vg_us now)
{
    bool is_told = self->flight.landed_state != VG_MAV_LANDED_STATE_UNDEFINED &&
                   now.us - self->landed_told.us < TOLD_FOR_US;
    if (is_told || !self->state.is_known || !self->position.is_known) {
        return;
    }
    double height = self->position.alt_home_m;
    bool is_in_air = self->flight.is_known && self->flight.is_in_air;
    bool is_fast = has_air(self, now) && self->air.groundspeed_mps > SURELY_ROLLS_MPS;
    if (self->state.is_armed && is_place_dead(self, now) && (is_fast || is_under_way(self, now))) {
        is_in_air = true; /* nothing that hangs on the place is believed, its height neither */
    } else if (!self->state.is_armed || height < GROUND_BELOW_M) {
        is_in_air = false;
    } else if (height > AIR_ABOVE_M) {
        is_in_air = true;
    }
    vg_vehicle_set_flight(self, is_in_air, now);
}
