#include "sim/flight.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

static const double STEP_S = (double)VG_FLIGHT_STEP_US / 1e6;

/* Guidance of Park et al. as ArduPlane tunes it by default: damping 0.75, period 17 s. */
static const double L1_DAMPING = 0.75;
static const double L1_PERIOD_S = 17.0;

/* How briskly a small fixed wing answers. */
static const double ROLL_LAG_S = 0.4;
static const double ROLL_RATE_MAX_DPS = 60.0;
static const double CLIMB_LAG_S = 1.0;
static const double CLIMB_PER_ERROR = 0.3; /* m/s of climb per metre too low */
static const double AIR_ACCEL_MPS2 = 1.0;
static const double ROLL_ACCEL_MPS2 = 4.0; /* take-off run */
static const double BRAKE_MPS2 = 2.5;
static const double ROTATE_SHARE = 0.7; /* of cruise speed: lifts off */
static const double FLARE_AGL_M = 3.0;
static const double FLARE_SINK_MPS = 0.6;
static const double GUST_TAU_S = 8.0;

static double clamp(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static double or_default(double x, double otherwise)
{
    return x > 0 ? x : otherwise;
}

void vg_flight_init(struct vg_flight *self, const struct vg_flight_config *config, struct vg_us now)
{
    memset(self, 0, sizeof *self);
    self->config = *config;
    self->config.bank_max_deg = or_default(config->bank_max_deg, 40.0);
    self->config.glide_ratio = or_default(config->glide_ratio, VG_LIFT_OVER_DRAG);
    if (!(config->climbing.up_s_per_m > 0)) {
        double each_s = self->config.glide_ratio / config->cruise_mps;
        self->config.climbing = (struct vg_climbing){each_s, each_s};
    }
    self->now = now;
    self->rng = vg_rng_seed(config->seed);
    vg_flight_service(self, config->lat_deg, config->lon_deg, config->alt_msl_m,
                      config->heading_true_deg);
}

void vg_flight_service(struct vg_flight *self, double lat_deg, double lon_deg, double alt_msl_m,
                       double heading_true_deg)
{
    self->phase = VG_FLIGHT_PARKED;
    self->goal = (struct vg_goal){.kind = VG_GOAL_STAY};
    self->lat_deg = lat_deg;
    self->lon_deg = lon_deg;
    self->alt_msl_m = alt_msl_m;
    self->ground_msl_m = alt_msl_m;
    self->heading_true_deg = vg_wrap_360_deg(heading_true_deg);
    self->airspeed_mps = self->roll_deg = self->roll_rate_dps = self->pitch_deg = 0;
    self->climb_mps = self->vel_n_mps = self->vel_e_mps = 0;
    self->energy = 1;
    self->power_share = 0;
    self->frame = vg_frame_at(lat_deg, lon_deg);
}

double vg_flight_ground_speed_mps(const struct vg_flight *self)
{
    return hypot(self->vel_n_mps, self->vel_e_mps);
}

double vg_flight_course_deg(const struct vg_flight *self)
{
    if (vg_flight_ground_speed_mps(self) < 0.5) {
        return self->heading_true_deg;
    }
    return vg_wrap_360_deg(atan2(self->vel_e_mps, self->vel_n_mps) * VG_DEG_PER_RAD);
}

void vg_flight_offset(const struct vg_flight *self, double lat_deg, double lon_deg, double *out_e_m,
                      double *out_n_m)
{
    *out_e_m =
        vg_wrap_180_deg(lon_deg - self->lon_deg) * self->frame.m_per_deg_lon - self->nav_off_e_m;
    *out_n_m = (lat_deg - self->lat_deg) * self->frame.m_per_deg_lat - self->nav_off_n_m;
}

void vg_flight_believed(const struct vg_flight *self, double *out_lat_deg, double *out_lon_deg)
{
    *out_lat_deg = self->lat_deg + self->nav_off_n_m / self->frame.m_per_deg_lat;
    *out_lon_deg = vg_wrap_180_deg(self->lon_deg + self->nav_off_e_m / self->frame.m_per_deg_lon);
}

double vg_flight_distance_m(const struct vg_flight *self, double lat_deg, double lon_deg)
{
    double e, n;
    vg_flight_offset(self, lat_deg, lon_deg, &e, &n);
    return hypot(e, n);
}

/* The goal's line seen from the aircraft: unit direction, metres right of it, metres to its end. */
struct line_view {
    double dir_e, dir_n;
    double right_m;
    double to_go_m;
    bool is_point; /* from and to coincide: only the end means something */
    double end_e, end_n;
};

static struct line_view view_line(const struct vg_flight *self)
{
    const struct vg_goal *goal = &self->goal;
    struct line_view v = {0};
    double from_e, from_n;
    vg_flight_offset(self, goal->from_lat_deg, goal->from_lon_deg, &from_e, &from_n);
    vg_flight_offset(self, goal->to_lat_deg, goal->to_lon_deg, &v.end_e, &v.end_n);
    double e = v.end_e - from_e;
    double n = v.end_n - from_n;
    double length = hypot(e, n);
    if (length < 1.0) {
        v.is_point = true;
        v.to_go_m = hypot(v.end_e, v.end_n);
        return v;
    }
    v.dir_e = e / length;
    v.dir_n = n / length;
    v.right_m = from_n * v.dir_e - from_e * v.dir_n;
    v.to_go_m = v.end_e * v.dir_e + v.end_n * v.dir_n;
    return v;
}

double vg_flight_to_go_m(const struct vg_flight *self)
{
    return view_line(self).to_go_m;
}

double vg_flight_turn_radius_m(const struct vg_flight *self)
{
    double v = fmax(self->airspeed_mps, 0.7 * self->config.cruise_mps);
    return v * v / (VG_GRAVITY_MPS2 * tan(0.8 * self->config.bank_max_deg * VG_RAD_PER_DEG));
}

/* Sideways acceleration (right positive) that brings the course to `wanted_rad`: K V^2 / L1 sin(nu)
 * with K = 4 damping^2 and L1 = damping period V / pi (Park et al., eq. 1). */
static double accel_to_course(double wanted_rad, double course_rad, double speed_mps)
{
    double nu = remainder(wanted_rad - course_rad, 2 * VG_PI);
    double l1_m = L1_DAMPING * L1_PERIOD_S / VG_PI * speed_mps;
    double k = 4 * L1_DAMPING * L1_DAMPING;
    return k * speed_mps * speed_mps / l1_m * sin(clamp(nu, -VG_PI / 2, VG_PI / 2));
}

static double line_accel(const struct vg_flight *self, double course_rad, double speed_mps)
{
    struct line_view v = view_line(self);
    double wanted;
    if (v.is_point) {
        wanted = atan2(v.end_e, v.end_n);
    } else {
        double l1_m = L1_DAMPING * L1_PERIOD_S / VG_PI * speed_mps;
        wanted = atan2(v.dir_e, v.dir_n) - asin(clamp(v.right_m / l1_m, -0.7071, 0.7071));
    }
    return accel_to_course(wanted, course_rad, speed_mps);
}

/* Far out the field points at the centre, on the circle along it; the turn itself is fed forward.
 */
static double circle_accel(const struct vg_flight *self, double course_rad, double speed_mps)
{
    double e, n;
    vg_flight_offset(self, self->goal.to_lat_deg, self->goal.to_lon_deg, &e, &n);
    double side = self->goal.radius_m < 0 ? -1.0 : 1.0;
    double radius = fmax(fabs(self->goal.radius_m), vg_flight_turn_radius_m(self));
    double off = (hypot(e, n) - radius) / radius;
    double from_centre = atan2(-e, -n);
    double wanted = from_centre + side * (VG_PI / 2 + atan(2.0 * off));
    double turn = side * speed_mps * speed_mps / radius * exp(-4 * off * off);
    return accel_to_course(wanted, course_rad, speed_mps) + turn;
}

static double wanted_roll_deg(const struct vg_flight *self)
{
    double speed = fmax(vg_flight_ground_speed_mps(self), 3.0);
    double course = atan2(self->vel_e_mps, self->vel_n_mps);
    double accel = 0;
    switch (self->goal.kind) {
    case VG_GOAL_LINE:
    case VG_GOAL_FINAL:
        accel = line_accel(self, course, speed);
        break;
    case VG_GOAL_CIRCLE:
        accel = circle_accel(self, course, speed);
        break;
    case VG_GOAL_TAKEOFF:
    case VG_GOAL_STRAIGHT:
        accel = accel_to_course(self->goal.heading_true_deg * VG_RAD_PER_DEG,
                                self->heading_true_deg * VG_RAD_PER_DEG, self->airspeed_mps);
        break;
    case VG_GOAL_STAY:
        break;
    }
    double limit = self->config.bank_max_deg;
    return clamp(atan(accel / VG_GRAVITY_MPS2) * VG_DEG_PER_RAD, -limit, limit);
}

static double wanted_climb_mps(const struct vg_flight *self)
{
    const struct vg_flight_config *c = &self->config;
    bool is_powered = self->energy > 0 && self->goal.kind != VG_GOAL_STAY;
    if (!is_powered) {
        return -fmax(self->airspeed_mps, 1.0) / c->glide_ratio;
    }
    double agl = self->alt_msl_m - self->ground_msl_m;
    if (self->goal.kind == VG_GOAL_FINAL && agl < FLARE_AGL_M) {
        return -FLARE_SINK_MPS;
    }
    if (self->goal.kind == VG_GOAL_TAKEOFF) {
        return c->climb_mps;
    }
    double error = self->goal.alt_msl_m - self->alt_msl_m;
    return clamp(self->goal.climb_mps + CLIMB_PER_ERROR * error, -c->sink_mps, c->climb_mps);
}

static void blow(struct vg_flight *self)
{
    const struct vg_flight_config *c = &self->config;
    if (c->gust_mps > 0) {
        double keep = 1 - STEP_S / GUST_TAU_S;
        double kick = c->gust_mps * sqrt(1 - keep * keep);
        self->gust_n_mps = keep * self->gust_n_mps + kick * vg_rng_normal(&self->rng);
        self->gust_e_mps = keep * self->gust_e_mps + kick * vg_rng_normal(&self->rng);
    }
    double from = c->wind_from_deg * VG_RAD_PER_DEG;
    self->wind_n_mps = -c->wind_mps * cos(from) + self->gust_n_mps;
    self->wind_e_mps = -c->wind_mps * sin(from) + self->gust_e_mps;
}

static void move(struct vg_flight *self)
{
    double step_m = vg_flight_ground_speed_mps(self) * STEP_S;
    self->flown_m += step_m;
    self->lat_deg += self->vel_n_mps * STEP_S / self->frame.m_per_deg_lat;
    self->lon_deg =
        vg_wrap_180_deg(self->lon_deg + self->vel_e_mps * STEP_S / self->frame.m_per_deg_lon);
    /* 50 m of latitude change the length of a degree of longitude by 1e-5 at most below 60 deg. */
    if (fabs(self->lat_deg - self->frame.lat0_deg) > 0.0005) {
        self->frame = vg_frame_at(self->lat_deg, self->lon_deg);
    }
}

/* Climbs and descents as config/work.h has them. Speed away from cruise costs (v^3 + 1/v) / 2: drag
 * of the body and of the lift, equal at cruise. */
static void burn(struct vg_flight *self)
{
    const struct vg_flight_config *c = &self->config;
    double power = 0;
    if (self->phase == VG_FLIGHT_AIRBORNE) {
        double v = fmax(self->airspeed_mps / c->cruise_mps, 0.3);
        double lift = self->climb_mps *
                      (self->climb_mps > 0 ? c->climbing.up_s_per_m : c->climbing.down_s_per_m);
        power = fmax(VG_IDLE_SHARE, 0.5 * (v * v * v + 1 / v) + lift);
    } else if (self->phase == VG_FLIGHT_TAKEOFF_ROLL) {
        power = 1.5;
    } else if (self->phase == VG_FLIGHT_ROLLOUT) {
        power = VG_IDLE_SHARE;
    }
    self->power_share = self->energy > 0 ? power : 0;
    self->energy = fmax(0, self->energy - power * STEP_S / c->endurance_s);
}

static double head_wind_mps(const struct vg_flight *self)
{
    double h = self->heading_true_deg * VG_RAD_PER_DEG;
    return -(self->wind_n_mps * cos(h) + self->wind_e_mps * sin(h));
}

static void roll_on_ground(struct vg_flight *self, double accel_mps2)
{
    double h = self->heading_true_deg * VG_RAD_PER_DEG;
    double speed = self->vel_n_mps * cos(h) + self->vel_e_mps * sin(h) + accel_mps2 * STEP_S;
    speed = fmax(speed, 0);
    self->vel_n_mps = speed * cos(h);
    self->vel_e_mps = speed * sin(h);
    self->airspeed_mps = fmax(0, speed + head_wind_mps(self));
    self->alt_msl_m = self->ground_msl_m;
    self->climb_mps = self->roll_deg = self->roll_rate_dps = self->pitch_deg = 0;
    move(self);
}

static void step_ground(struct vg_flight *self)
{
    if (self->phase == VG_FLIGHT_TAKEOFF_ROLL) {
        roll_on_ground(self, self->energy > 0 ? ROLL_ACCEL_MPS2 : -BRAKE_MPS2);
        if (self->airspeed_mps >= ROTATE_SHARE * self->config.cruise_mps) {
            self->phase = VG_FLIGHT_AIRBORNE;
        }
        return;
    }
    roll_on_ground(self, -BRAKE_MPS2);
    if (vg_flight_ground_speed_mps(self) <= 0) {
        self->phase = VG_FLIGHT_PARKED;
    }
}

static void touch_ground(struct vg_flight *self)
{
    /* A powered aircraft that meets a hillside is gone; one that glides in or flares lands. */
    bool is_soft =
        self->goal.kind == VG_GOAL_FINAL || self->goal.kind == VG_GOAL_STAY || self->energy <= 0;
    self->alt_msl_m = self->ground_msl_m;
    if (is_soft) {
        self->phase = VG_FLIGHT_ROLLOUT;
        return;
    }
    vg_flight_crash(self);
}

void vg_flight_crash(struct vg_flight *self)
{
    self->alt_msl_m = self->ground_msl_m;
    self->phase = VG_FLIGHT_CRASHED;
    self->airspeed_mps = self->climb_mps = self->vel_n_mps = self->vel_e_mps = 0;
    self->roll_rate_dps = self->power_share = 0;
}

static void turn(struct vg_flight *self)
{
    double rate = clamp((wanted_roll_deg(self) - self->roll_deg) / ROLL_LAG_S, -ROLL_RATE_MAX_DPS,
                        ROLL_RATE_MAX_DPS);
    self->roll_rate_dps = rate;
    self->roll_deg += rate * STEP_S;
    double turn_rate = VG_GRAVITY_MPS2 * tan(self->roll_deg * VG_RAD_PER_DEG) / self->airspeed_mps;
    self->heading_true_deg =
        vg_wrap_360_deg(self->heading_true_deg + turn_rate * STEP_S * VG_DEG_PER_RAD);
}

static void step_air(struct vg_flight *self)
{
    double wanted = self->goal.airspeed_mps > 0 ? self->goal.airspeed_mps : self->config.cruise_mps;
    double dv =
        clamp(wanted - self->airspeed_mps, -AIR_ACCEL_MPS2 * STEP_S, AIR_ACCEL_MPS2 * STEP_S);
    self->airspeed_mps += dv;
    turn(self);
    self->climb_mps += (wanted_climb_mps(self) - self->climb_mps) * STEP_S / CLIMB_LAG_S;
    self->pitch_deg = asin(clamp(self->climb_mps / self->airspeed_mps, -1, 1)) * VG_DEG_PER_RAD;
    double h = self->heading_true_deg * VG_RAD_PER_DEG;
    self->vel_n_mps = self->airspeed_mps * cos(h) + self->wind_n_mps;
    self->vel_e_mps = self->airspeed_mps * sin(h) + self->wind_e_mps;
    move(self);
    self->alt_msl_m += self->climb_mps * STEP_S;
    self->aloft_s += STEP_S;
    if (self->alt_msl_m >= self->ground_msl_m) {
        return;
    }
    if (self->goal.kind == VG_GOAL_TAKEOFF && self->energy > 0) {
        self->alt_msl_m = self->ground_msl_m; /* the runway rises */
    } else {
        touch_ground(self);
    }
}

void vg_flight_step_once(struct vg_flight *self)
{
    self->now.us += VG_FLIGHT_STEP_US;
    blow(self);
    switch (self->phase) {
    case VG_FLIGHT_PARKED:
        self->airspeed_mps = fmax(0, head_wind_mps(self));
        if (self->goal.kind == VG_GOAL_TAKEOFF && self->energy > 0) {
            self->phase = VG_FLIGHT_TAKEOFF_ROLL;
            self->aloft_s = 0;
            self->flown_m = 0;
        }
        break;
    case VG_FLIGHT_TAKEOFF_ROLL:
    case VG_FLIGHT_ROLLOUT:
        step_ground(self);
        break;
    case VG_FLIGHT_AIRBORNE:
        step_air(self);
        break;
    case VG_FLIGHT_CRASHED:
        break;
    }
    burn(self);
}

void vg_flight_step(struct vg_flight *self, struct vg_us now)
{
    while (self->now.us + VG_FLIGHT_STEP_US <= now.us) {
        vg_flight_step_once(self);
    }
}
