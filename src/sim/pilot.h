/* The autopilot of a simulated drone: modes, mission, arming, landing, and the ground crew.
 *
 * In:  a mission (items as they come over MAVLink), mode changes, arm and disarm, the terrain.
 * Out: goals for flight.h, and events (texts for the operator, mission items reached).
 *
 * It behaves as ArduPlane does for what a patrol needs: AUTO flies the items, DO items run when the
 * next NAV item begins, item 0 is home, arming sets home, a mission that ends without landing
 * becomes RTL. Known differences: without a DO_LAND_START the return lands at home by itself
 * (RTL_AUTOLAND 0 turns that off); the bank, climb and speed controllers are flight.h's.
 *
 *   landing:  OUT ----> DOWN ----------> FINAL -------> on the ground -> stops -> 5 s -> disarmed
 *             to a fix   circles down     glide slope                              |
 *             downwind   to its height    and flare      battery changed, drone put on the nearest
 * pad, at nine tenths of the turn-round time
 *
 * Source of the behaviour: ardupilot.org/plane/docs (flight modes, mission commands, automatic
 * landing), read 2026-11. Threads: pure. Allocations: none.
 */
#ifndef VG_SIM_PILOT_H
#define VG_SIM_PILOT_H

#include "link/mission.h"
#include "sim/flight.h"

struct vg_terrain;

enum {
    VG_PILOT_EVENTS_MAX = 16,
    VG_PILOT_BOOT_US = 5000000,
    VG_PILOT_ARM_US = 20000000 /* ArduPlane: until the filters have settled */
};

struct vg_pilot_home {
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
};

struct vg_pilot_config {
    struct vg_flight_config flight; /* alt_msl_m is taken from the terrain when there is one */
    const struct vg_terrain *terrain; /* NULL: flat at flight.alt_msl_m; kept alive by the caller */
    double turnaround_s; /* from touch-down to ready again */
    int64_t arms_after_us; /* from power-up; 0: VG_PILOT_ARM_US */
    /* Where a crew waits, besides where it stands at the start; altitudes are not read. Kept alive
     * by the caller. Who lands more than 2 km from all of these is left alone. */
    const struct vg_pilot_home *pads;
    int n_pads;
    bool hovers; /* takes off and lands over one place; flown in narrow circles, on wings */
    bool returns_ahead; /* begins with RTL_AUTOLAND 2: its flights end at other bases */
};

/* What an operator may change (MAVLink parameters of the like names). */
struct vg_pilot_params {
    double wp_radius_m; /* WP_RADIUS */
    double loiter_radius_m; /* WP_LOITER_RAD, < 0 anticlockwise */
    double rtl_alt_m; /* RTL_ALTITUDE, above home and above the ground on the way */
    double takeoff_alt_m; /* TKOFF_ALT, for missions without a take-off item */
    double rtl_autoland; /* RTL_AUTOLAND: 0 circle at home, 1 land there, 2 land ahead */
    double low_energy; /* share at which the battery failsafe acts */
    double low_action; /* BATT_FS_LOW_ACT: 0 none, 1 return */
    double cruise_mps; /* AIRSPEED_CRUISE */
};

enum vg_pilot_event_kind {
    VG_PILOT_TEXT,
    VG_PILOT_REACHED
};
struct vg_pilot_event {
    enum vg_pilot_event_kind kind;
    uint8_t severity; /* MAV_SEVERITY */
    uint16_t seq; /* REACHED */
    char text[51];
};

enum vg_land_stage {
    VG_LAND_NONE = 0,
    VG_LAND_OUT,
    VG_LAND_DOWN,
    VG_LAND_FINAL
};

/* Where the camera is told to look. Pitch 0 is the horizon, -90 straight down. */
struct vg_pilot_gimbal {
    double pitch_deg;
    double yaw_deg; /* from the course, or from north when is_yaw_locked */
    double wanted_pitch_deg;
    double wanted_yaw_deg;
    bool is_yaw_locked;
};

/* Read freely; change through the functions (params excepted). */
struct vg_pilot {
    struct vg_flight flight;
    struct vg_pilot_params params;
    struct vg_pilot_home home;
    struct vg_pilot_gimbal gimbal;
    double zoom_percent; /* 0 wide .. 100 in */
    bool is_recording; /* video aboard */
    enum vg_enum_plane_mode mode;
    bool is_armed;
    bool has_position; /* satellites; a fault may take it away */
    bool is_mission_done;
    uint16_t current; /* item being flown; 0 before the start */
    /* private */
    const struct vg_terrain *terrain;
    const struct vg_mission_item *items;
    int n_items;
    struct vg_us boot;
    int64_t arms_after_us;
    struct vg_pilot_home pad; /* where it stood last, tended */
    const struct vg_pilot_home *pads;
    int n_pads;
    double pad_heading_deg;
    double turnaround_s;
    double airspeed_mps; /* wanted: DO_CHANGE_SPEED; 0 the parameter */
    bool hovers;
    bool is_item_started;
    bool has_flown;
    bool is_low_told;
    struct vg_us stopped; /* when it came to a stand */
    struct vg_us touched; /* when it touched the ground */
    struct vg_pilot_home leg_from;
    double leg_length_m;
    double loiter_turned_deg;
    double loiter_last_deg;
    bool is_on_circle;
    struct vg_us on_circle;
    struct vg_pilot_home hold; /* centre in LOITER, CIRCLE, GUIDED */
    bool is_hold_agl; /* its altitude is above the ground */
    double manual_heading_deg; /* true; kept in MANUAL */
    double terrain_need_m; /* least height the ground ahead asks for, for 0 m above ground */
    struct vg_us terrain_next;
    enum vg_land_stage land;
    struct vg_pilot_home land_at;
    struct vg_pilot_home land_fix;
    double land_slope;
    struct vg_pilot_event events[VG_PILOT_EVENTS_MAX];
    int first_event;
    int n_events;
};

void vg_pilot_init(struct vg_pilot *self, const struct vg_pilot_config *config, struct vg_us now);
/* One step of VG_FLIGHT_STEP_US. */
void vg_pilot_step_once(struct vg_pilot *self);
void vg_pilot_step(struct vg_pilot *self, struct vg_us now);

/* Take a mission; borrowed until the next call. Item 0 is home. The current item is kept while it
 * exists. */
void vg_pilot_set_mission(struct vg_pilot *self, const struct vg_mission_item *items, int n_items);
/* Can this item be flown? MAV_MISSION_ACCEPTED, _UNSUPPORTED, _UNSUPPORTED_FRAME or
 * _INVALID_PARAM5_X.. */
enum vg_enum_mav_mission vg_pilot_judge_item(const struct vg_mission_item *item);
/* Go on with this item; false: there is none of that number. */
bool vg_pilot_set_current(struct vg_pilot *self, int seq);

/* NULL when done, else why not (English, as autopilots say it). `is_forced` passes over what can be
 * passed over. */
const char *vg_pilot_arm(struct vg_pilot *self, bool is_forced);
const char *vg_pilot_disarm(struct vg_pilot *self, bool is_forced);
const char *vg_pilot_set_mode(struct vg_pilot *self, uint32_t mode);
/* The autopilot has started anew. In the air it resumes as it was (ArduPlane/mode_auto.cpp after a
 * watchdog reset); on the ground it is disarmed, in MANUAL, at the start of the mission it keeps.
 */
void vg_pilot_reboot(struct vg_pilot *self);
/* GUIDED: circle there. */
void vg_pilot_reposition(struct vg_pilot *self, double lat_deg, double lon_deg, double alt_m,
                         bool is_agl);
/* Pitch -90..30; yaw true where locked, else from the course. NAN: leave as it is. */
void vg_pilot_point_gimbal(struct vg_pilot *self, double pitch_deg, double yaw_deg,
                           bool is_yaw_locked);
/* Airspeed in m/s within what it can fly; <= 0: back to cruise. */
void vg_pilot_set_airspeed(struct vg_pilot *self, double airspeed_mps);

/* What it has said since, the oldest first; false: nothing. */
bool vg_pilot_next_event(struct vg_pilot *self, struct vg_pilot_event *out);
bool vg_pilot_is_airborne(const struct vg_pilot *self);
enum vg_enum_mav_landed_state vg_pilot_landed_state(const struct vg_pilot *self);

#endif
