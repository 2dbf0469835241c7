/* Who comes too near to one of our drones in the air, when, and what its pilot may do.
 *
 * For each drone and contact the next 60 s are looked at, both flying straight on (geo/cpa.h).
 * Two levels: NEAR when the contact comes within the near limits, CONFLICT within the conflict
 * limits, horizontally and vertically at the same time. How wrong the contact's height may be (95
 * %) is added to the vertical limit; a contact without a height is judged by its place alone. An
 * alarm steps up at once, and down only after ten seconds outside 1.3 times its limits, so it does
 * not chatter.
 *
 * Left out: ships and what stands on the ground, stale places, contacts higher above the drone than
 * `above_m` with their error taken off.
 *
 * The advice is the manoeuvre that gains most distance by the same arithmetic, for a person to
 * judge; nothing here flies.
 *
 * Threads: one at a time. Memory: fixed. Cost: one closed form a pair after a box test.
 */
#ifndef VG_TRAFFIC_ALARM_H
#define VG_TRAFFIC_ALARM_H

#include "geo/cpa.h"
#include "traffic/table.h"

enum {
    VG_ALARM_MAX = 128
};

enum vg_alarm_level {
    VG_ALARM_NONE = 0,
    VG_ALARM_NEAR,
    VG_ALARM_CONFLICT
};

enum vg_advice {
    VG_ADVICE_NONE = 0, /* going on is as good as anything */
    VG_ADVICE_DESCEND, /* by VG_ADVICE_DESCENT_M */
    VG_ADVICE_HOLD, /* stay where it is */
    VG_ADVICE_TURN /* to turn_true_deg */
};
#define VG_ADVICE_DESCENT_M 60.0

struct vg_alarm_limits {
    double near_m;
    double near_vertical_m;
    double conflict_m;
    double conflict_vertical_m;
    double above_m; /* contacts further above are not looked at */
    double horizon_s;
};

/* One of our drones in the air. */
struct vg_alarm_drone {
    int drone; /* the caller's number */
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
    double agl_m; /* NaN: not known, then no descent is advised */
    double vel_enu_mps[3];
};

struct vg_alarm {
    int drone;
    enum vg_id_space space;
    char id[VG_SIGHTING_ID_SIZE];
    enum vg_alarm_level level;
    struct vg_us since; /* of this level */
    struct vg_us calm; /* first moment outside the limits; 0: inside */
    bool is_seen; /* in this step */
    /* as of the last step */
    struct vg_cpa cpa; /* with the limits of its level; vertical_m and conflict_s as there */
    double distance_m; /* now */
    double vertical_m; /* now, the contact above: positive; NaN: height not known */
    double height_error_m;
    double bearing_true_deg; /* from the drone */
    enum vg_advice advice;
    double turn_true_deg;
};

struct vg_alarms {
    struct vg_alarm list[VG_ALARM_MAX];
    int n;
    uint64_t n_dropped; /* no room: the list is full */
};

/* 2 km and 150 m near, 500 m and 60 m in conflict, within 60 s (docs/watch-file.md). */
struct vg_alarm_limits vg_alarm_defaults(void);
/* Looks at every pair; afterwards list[0..n) is what stands, in order of coming up. */
void vg_alarms_step(struct vg_alarms *self, const struct vg_traffic *traffic,
                    const struct vg_air *air, const struct vg_alarm_limits *limits,
                    const struct vg_alarm_drone *drones, int n_drones, struct vg_us now);
/* The worst of a drone: highest level, then soonest; NULL: none. */
const struct vg_alarm *vg_alarms_worst(const struct vg_alarms *self, int drone);

/* One pair, without memory: the level, and the rest in *out. */
enum vg_alarm_level vg_alarm_judge(const struct vg_contact *c, const struct vg_contact_now *at,
                                   const struct vg_alarm_drone *drone,
                                   const struct vg_alarm_limits *limits, struct vg_alarm *out);
const char *vg_alarm_level_name(enum vg_alarm_level level); /* "near" */
const char *vg_advice_name(enum vg_advice advice); /* "descend" */

#endif
