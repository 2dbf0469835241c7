/* A fixed-wing aircraft as a point with attitude: what the air and the ground do to it.
 *
 * In:  a goal (where to, how high, how fast), the height of the ground below, constant wind.
 * Out: position, velocity, attitude, energy left; every VG_FLIGHT_STEP_US of its own time.
 *
 *     north
 *       ^   heading (nose)            ground velocity = airspeed along the heading
 *       |  /  . course                                  + wind + gust
 *       | / .                         heading rate    = g tan(roll) / airspeed
 *       |/.                           turn radius     = v^2 / (g tan(roll))   (no wind)
 *       +--------> east               pitch           = asin(climb / airspeed)
 *
 * Lines are followed by the law of S. Park, J. Deyst and J. P. How, "A new nonlinear guidance logic
 * for trajectory tracking", AIAA 2004-4900 (the one ArduPlane flies); circles by a field of courses
 * as in D. Nelson et al., "Vector field path following for miniature air vehicles", IEEE T.
 * Robotics 23(3), 2007, doi:10.1109/TRO.2007.898976. Gusts are a first-order Gauss-Markov process.
 *
 * The same configuration, seed and goals give the same flight to the last bit, however the calls of
 * vg_flight_step are spaced. Cost: about 0.2 us a step. Threads: pure. Allocations: none.
 */
#ifndef VG_SIM_FLIGHT_H
#define VG_SIM_FLIGHT_H

#include "base/rng.h"
#include "base/time.h"
#include "config/work.h"
#include "geo/geodesy.h"

#include <stdbool.h>

enum {
    VG_FLIGHT_STEP_US = 50000
};

/* All speeds are true airspeed. Zero in a field with a default takes the default. */
struct vg_flight_config {
    double lat_deg; /* where it stands at the start */
    double lon_deg;
    double alt_msl_m; /* the ground there */
    double heading_true_deg; /* it takes off along this */
    double cruise_mps;
    double climb_mps;
    double sink_mps;
    double endurance_s; /* level at cruise speed on a full battery */
    double bank_max_deg; /* default 40 */
    double glide_ratio; /* without power; default VG_LIFT_OVER_DRAG */
    struct vg_climbing climbing; /* default: wings of that glide ratio */
    double wind_from_deg;
    double wind_mps;
    double gust_mps; /* 1 sigma of each horizontal component; 0 none */
    uint64_t seed;
};

enum vg_flight_phase {
    VG_FLIGHT_PARKED = 0,
    VG_FLIGHT_TAKEOFF_ROLL,
    VG_FLIGHT_AIRBORNE,
    VG_FLIGHT_ROLLOUT,
    VG_FLIGHT_CRASHED,
};

enum vg_goal_kind {
    VG_GOAL_STAY = 0, /* motor off: parked; in the air it glides on */
    VG_GOAL_TAKEOFF, /* roll, lift off, climb straight on to alt_msl_m */
    VG_GOAL_STRAIGHT, /* keep heading_true_deg */
    VG_GOAL_LINE, /* along from -> to */
    VG_GOAL_CIRCLE, /* round `to` */
    VG_GOAL_FINAL, /* along from -> to and on to the ground: touching it is a landing */
};

struct vg_goal {
    enum vg_goal_kind kind;
    double from_lat_deg;
    double from_lon_deg;
    double to_lat_deg;
    double to_lon_deg;
    double radius_m; /* CIRCLE: > 0 clockwise, < 0 anticlockwise; widened to what the bank allows */
    double heading_true_deg; /* STRAIGHT, TAKEOFF */
    double alt_msl_m;
    double climb_mps; /* of the wanted altitude itself (a glide slope): helps following */
    double airspeed_mps; /* 0: cruise */
};

/* Read it freely; change it through the functions below (`goal` and `ground_msl_m` excepted: they
 * are the inputs). Angles: heading and course true degrees in [0, 360), roll right positive, pitch
 * up positive. Invariant: 0 <= energy <= 1. */
struct vg_flight {
    struct vg_flight_config config;
    struct vg_goal goal;
    double ground_msl_m; /* below the aircraft, kept up to date by the caller */
    struct vg_us now;
    enum vg_flight_phase phase;
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double airspeed_mps;
    double heading_true_deg;
    double roll_deg;
    double roll_rate_dps;
    double pitch_deg;
    double climb_mps;
    double vel_n_mps; /* over ground */
    double vel_e_mps;
    double wind_n_mps; /* where the air goes, gust included */
    double wind_e_mps;
    double energy; /* share of a full battery left */
    double power_share; /* of level cruise power, just now */
    double aloft_s; /* in the air since the last take-off */
    double flown_m; /* over ground since the last take-off */
    double nav_off_n_m; /* where its navigation believes it to be, from where it is: an input */
    double nav_off_e_m;
    /* private */
    struct vg_rng rng;
    struct vg_frame frame;
    double gust_n_mps;
    double gust_e_mps;
};

/* Parked at the config's place, full battery. */
void vg_flight_init(struct vg_flight *self, const struct vg_flight_config *config,
                    struct vg_us now);
/* One step of VG_FLIGHT_STEP_US. */
void vg_flight_step_once(struct vg_flight *self);
/* As many whole steps as fit before or at `now`. */
void vg_flight_step(struct vg_flight *self, struct vg_us now);
/* Put it back on the ground, standing, with a full battery: what a ground crew does. */
void vg_flight_service(struct vg_flight *self, double lat_deg, double lon_deg, double alt_msl_m,
                       double heading_true_deg);
/* It breaks, and lies on the ground below. */
void vg_flight_crash(struct vg_flight *self);

double vg_flight_ground_speed_mps(const struct vg_flight *self);
/* Of the ground velocity; the heading when it stands. */
double vg_flight_course_deg(const struct vg_flight *self);
/* Where its navigation believes it to be. */
void vg_flight_believed(const struct vg_flight *self, double *out_lat_deg, double *out_lon_deg);
/* East and north to a point (m) from where the aircraft believes to be: flat, good to some tens of
 * kilometres. */
void vg_flight_offset(const struct vg_flight *self, double lat_deg, double lon_deg, double *out_e_m,
                      double *out_n_m);
/* Along the ground, from where it is. */
double vg_flight_distance_m(const struct vg_flight *self, double lat_deg, double lon_deg);
/* Metres still to fly along goal.from -> goal.to; negative once past its end. */
double vg_flight_to_go_m(const struct vg_flight *self);
/* Smallest still-air turn at the bank limit with some bank in hand for wind: v^2 / (g tan(0.8
 * bank)). */
double vg_flight_turn_radius_m(const struct vg_flight *self);

#endif
