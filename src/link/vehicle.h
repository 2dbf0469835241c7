/* What the station knows of one drone, from its messages alone.
 *
 * In: checked messages of one system id and the time each came. Out: the fields below, in SI and
 * degrees, each group with the time it was last heard and is_known false until then. Values that
 * are not numbers or not places are dropped at this door and counted.
 *
 * Link: FRESH while something came from the autopilot within 3 s, STALE after, LOST after 10 s. A
 * drone that speaks HIGH_LATENCY2 (satellite) is measured by its own period: STALE after 1.5, LOST
 * after 3.
 *
 *     vg_vehicle_init(&v, sysid);
 *     vg_vehicle_feed(&v, msg, now);
 *     uint32_t changes = vg_vehicle_take_changes(&v);   after each feed, so that none merges
 *
 * Memory: about 6 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/messages/common.html and .../services/gimbal_v2.html.
 */
#ifndef VG_LINK_VEHICLE_H
#define VG_LINK_VEHICLE_H

#include "base/time.h"
#include "link/mavmsg.h"
#include "link/mode.h"
#include "link/statustext.h"

#include <stdbool.h>
#include <stdint.h>

enum vg_link_state {
    VG_LINK_NEVER = 0, /* nothing heard yet */
    VG_LINK_FRESH,
    VG_LINK_STALE,
    VG_LINK_LOST,
};

/* Bits of vg_vehicle_take_changes. */
enum vg_vehicle_change {
    VG_VEHICLE_ARMED = 1 << 0,
    VG_VEHICLE_DISARMED = 1 << 1,
    VG_VEHICLE_TOOK_OFF = 1 << 2,
    VG_VEHICLE_LANDED = 1 << 3,
    VG_VEHICLE_MODE = 1 << 4,
    VG_VEHICLE_REACHED = 1 << 5, /* mission.reached is the item */
    VG_VEHICLE_CURRENT = 1 << 6, /* mission.current moved */
    VG_VEHICLE_HOME = 1 << 7,
    VG_VEHICLE_TEXT = 1 << 8, /* a status text is complete: texts[newest] */
    VG_VEHICLE_POSITION = 1 << 9,
    VG_VEHICLE_RESTARTED = 1 << 10, /* the autopilot's clock went back: it rebooted */
};

enum {
    VG_VEHICLE_TEXTS = 8,
    VG_VEHICLE_TEXT_SIZE = VG_STATUSTEXT_SIZE
};

struct vg_vehicle {
    uint8_t sysid;
    uint8_t compid; /* of the autopilot, once its heartbeat came */

    struct { /* HEARTBEAT, HIGH_LATENCY2 */
        bool is_known;
        struct vg_us t;
        uint8_t autopilot; /* MAV_AUTOPILOT */
        uint8_t type; /* MAV_TYPE */
        uint8_t system_status; /* MAV_STATE; 0 from HIGH_LATENCY2 */
        uint32_t custom_mode;
        enum vg_mode_kind mode;
        const char *mode_name; /* never NULL; "?" for a number without a name */
        bool is_armed;
        uint16_t failures; /* HL_FAILURE_FLAG, told by HIGH_LATENCY2 only; else 0 */
    } state;

    struct { /* GLOBAL_POSITION_INT, HIGH_LATENCY2 */
        bool is_known;
        struct vg_us t;
        double lat_deg;
        double lon_deg;
        double alt_msl_m;
        double alt_home_m; /* above home; not above ground. NAN if not told */
        double vel_ned_mps[3]; /* NAN where not told */
        double heading_true_deg; /* 0..360, NAN if not told */
    } position;

    struct { /* ATTITUDE */
        bool is_known;
        struct vg_us t;
        double roll_deg;
        double pitch_deg;
        double yaw_true_deg; /* 0..360 */
    } attitude;

    struct { /* VFR_HUD, HIGH_LATENCY2 */
        bool is_known;
        struct vg_us t;
        double airspeed_mps;
        double groundspeed_mps;
        double climb_mps;
        double throttle_pct;
    } air;

    struct { /* WIND (ArduPilot), WIND_COV, HIGH_LATENCY2 */
        bool is_known;
        struct vg_us t;
        double from_true_deg; /* where it comes from, 0..360 */
        double speed_mps;
    } wind;

    struct { /* SYS_STATUS, BATTERY_STATUS of battery 0, HIGH_LATENCY2 */
        bool is_known;
        struct vg_us t;
        double percent; /* 0..100, NAN if not told */
        double voltage_v; /* NAN if not told */
        double current_a; /* NAN if not told */
        double remaining_s; /* NAN if not told */
    } battery;

    struct { /* GPS_RAW_INT */
        bool is_known;
        struct vg_us t;
        uint8_t fix; /* GPS_FIX_TYPE: 3 and more is a 3-D fix */
        int n_satellites; /* -1 if not told */
        double hdop; /* NAN if not told */
    } gps;

    struct { /* EXTENDED_SYS_STATE; or arming and height where that is never sent */
        bool is_known;
        struct vg_us t;
        bool is_in_air;
        bool is_denied; /* it says that it stands, and what it tells of place, speed and engine
                           speaks against that, or does not decide it: is_in_air is true */
        uint8_t landed_state; /* MAV_LANDED_STATE, 0 if never sent */
        uint8_t vtol_state;
    } flight;

    struct { /* MISSION_CURRENT, MISSION_ITEM_REACHED */
        bool is_known;
        struct vg_us t;
        int current;
        int total; /* -1 if not told */
        int reached; /* -1: none yet */
        uint8_t state; /* MISSION_STATE, 0 if not told */
    } mission;

    struct { /* HOME_POSITION */
        bool is_known;
        struct vg_us t;
        double lat_deg;
        double lon_deg;
        double alt_msl_m;
    } home;

    struct { /* GIMBAL_DEVICE_ATTITUDE_STATUS, MOUNT_STATUS */
        bool is_known;
        struct vg_us t;
        double pitch_deg; /* against the horizon, down negative */
        double roll_deg;
        double yaw_true_deg; /* against north, 0..360; NAN if the drone's own heading is unknown */
        double yaw_body_deg; /* against the drone's nose, -180..180; NAN likewise */
        uint32_t failure_flags;
    } gimbal;

    struct { /* CAMERA_FOV_STATUS; CAMERA_INFORMATION where that is never sent */
        bool is_known;
        struct vg_us t;
        double fov_h_deg;
        double fov_v_deg; /* NAN if not told */
        bool is_told; /* by CAMERA_FOV_STATUS: follows the zoom */
    } camera;

    struct { /* RADIO_STATUS */
        bool is_known;
        struct vg_us t;
        int rssi_pct; /* 0..100, -1 if not told */
        int remote_rssi_pct; /* likewise */
    } radio;

    struct { /* AUTOPILOT_VERSION */
        bool is_known;
        uint64_t capabilities; /* MAV_PROTOCOL_CAPABILITY */
        uint32_t flight_sw_version;
        uint64_t uid;
    } version;

    struct vg_statustext texts[VG_VEHICLE_TEXTS]; /* the newest at [newest], older before it */
    int newest; /* -1: none */
    int n_texts; /* 0..VG_VEHICLE_TEXTS */

    uint64_t n_heard; /* messages of the autopilot */
    uint64_t n_absurd; /* values dropped: not a number, not a place */

    /* private */
    uint32_t changes;
    struct vg_us heard;
    struct vg_us high_latency_period;
    struct vg_us high_latency_heard;
    bool is_high_latency;
    uint32_t boot_ms;
    struct vg_us landed_told; /* the last EXTENDED_SYS_STATE that said something */
    struct { /* where it was two to four seconds ago, and up to two */
        struct vg_us t;
        double lat_deg;
        double lon_deg;
    } past[2];
    struct vg_statustexts statustexts;
    struct vg_us texts_looked; /* for those that wait too long */
};

void vg_vehicle_init(struct vg_vehicle *self, uint8_t sysid);
/* Messages of other systems are ignored. */
void vg_vehicle_feed(struct vg_vehicle *self, const struct vg_mav_msg *msg, struct vg_us now);
/* The changes since the last call; forgets them. */
uint32_t vg_vehicle_take_changes(struct vg_vehicle *self);

/* Stale after 3 s of silence, lost after 10 s; by satellite after 1.5 and 3 of its own periods. */
enum vg_link_state vg_vehicle_link(const struct vg_vehicle *self, struct vg_us now);
/* Time since the autopilot was last heard; INT64_MAX if never. */
struct vg_us vg_vehicle_silence(const struct vg_vehicle *self, struct vg_us now);

#endif
