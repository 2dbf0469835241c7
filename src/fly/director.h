/* The flying side of the station: from timetable to commands, one small state machine a drone.
 *
 *   absent ─► ready ─► preparing ─► waiting ─► launching ─► flying ─► turning ─► ready
 *               mission up, read      consent    mode, arm     │  └─► returning (called home)
 *               back, compared       and time                  └─► lost (silent 10 s) ─► flying
 * when heard again
 *
 * A drone flies only a mission that was read back and agrees, after consent, when no point of the
 * pre-flight list holds it (preflight.h). In the air it is looked at every second (supervise.h):
 * one that would no longer get home with its reserve is announced to be called home or diverted,
 * and is, VG_COUNTDOWN_S later, unless a person stops it. A sortie that fails on the ground or in
 * the air is given to another drone of the same base that has time for it (relief); if none has,
 * that is said. Nothing here opens a socket or reads a clock: messages in through feed, time
 * through step, messages out through `send`, everything that happened through `event`.
 *
 * Threads: loop thread. Memory: about 135 KB a drone, taken at create. Allocations later: event
 * texts only.
 */
#ifndef VG_FLY_DIRECTOR_H
#define VG_FLY_DIRECTOR_H

#include "fly/approach.h"
#include "fly/preflight.h"
#include "fly/timetable.h"
#include "link/control.h"
#include "link/mavevent.h"
#include "link/msgrates.h"
#include "link/payload.h"
#include "link/remoteid.h"
#include "link/timesync.h"
#include "link/vehicle.h"
#include "watch/watch.h"

struct vg_director;

enum {
    VG_DIRECTOR_EVENTS = 8
};

/* What a drone tells beside its flight; for looking at. */
struct vg_aboard {
    bool has_begun; /* its autopilot is known */
    struct vg_msgrates rates;
    struct vg_timesync clock;
    struct vg_payload payload;
    struct vg_remoteid remoteid;
    struct vg_mavevents events;
    int newest_event; /* of those kept for people */
    int n_kept_events;
    struct vg_mavevent kept_events[VG_DIRECTOR_EVENTS];
};

struct vg_director_options {
    const struct vg_watchfile *watch; /* borrowed while it lives */
    struct vg_timetable timetable; /* its plan likewise */
    bool auto_consent; /* simulation: no person to ask */
    int our_sysid; /* 1..255 */
    enum vg_lang lang; /* of reasons in words */
    struct vg_ground ground; /* for approaches */
    /* Send to drone i. */
    void (*send)(void *ctx, int drone, const struct vg_mav_msg *msg);
    /* Something happened: record it and apply it to the watch, now. */
    void (*event)(void *ctx, const char *kind, const char *body, size_t n);
    /* An alert of the station's own (watch/rules.h raise): params is a JSON object. */
    void (*alert)(void *ctx, const char *kind, const char *level, int drone, const char *params);
    /* What that alert said is so no more. */
    void (*alert_over)(void *ctx, const char *kind, int drone);
    void *ctx;
};

/* `options` is copied, what it points to borrowed until destroy. VG_E_NO_MEMORY. Destroy takes
 * NULL.
 */
enum vg_status vg_director_create(const struct vg_director_options *options,
                                  struct vg_director **out, struct vg_error *err) VG_MUST_USE;
void vg_director_destroy(struct vg_director *self);

/* Take up what the record says was in the air before a restart. */
void vg_director_resume(struct vg_director *self, const struct vg_watch *watch, struct vg_us now);

/* A checked message of drone i. */
void vg_director_feed(struct vg_director *self, int drone, const struct vg_mav_msg *msg,
                      struct vg_us now);
/* Another link is used to a drone. */
struct vg_link_change {
    bool has_failed; /* the old one is silent or closed: what was sent there may be lost */
    double arrival_s; /* what was sent there so long ago has arrived or is lost */
    bool was_satellite;
    bool is_satellite;
};
/* Message rates are asked for over the new link, reports by satellite switched on or off; what had
 * no answer over a link that failed is asked again at once. (Over one that works it is still under
 * way: a repeat over a quicker link would overtake it.) */
void vg_director_link_changed(struct vg_director *self, int drone,
                              const struct vg_link_change *change, struct vg_us now);
/* The share of the drone's messages lost on the link in use, 0..1 (0 until told). */
void vg_director_link_loses(struct vg_director *self, int drone, double share);
/* Every 20 to 200 ms. */
void vg_director_step(struct vg_director *self, struct vg_us now);
/* The station itself was away (machine asleep, loop blocked) for so long: silence in that time is
 * not the drones'. */
void vg_director_was_away(struct vg_director *self, struct vg_us away);

/* The pilot's word. VG_E_NOT_FOUND: no such sortie waits; VG_E_INVALID: it is past that. */
enum vg_status vg_director_consent(struct vg_director *self, const char *sortie, bool is_given,
                                   const char *by, struct vg_us now,
                                   struct vg_error *err) VG_MUST_USE;

enum {
    VG_COUNTDOWN_S = 15 /* from the announcement of an automatic act to the act */
};

/* What a drone in the air can be told. */
enum vg_act {
    VG_ACT_NONE = 0,
    VG_ACT_HOLD, /* circle or hover where it is */
    VG_ACT_CONTINUE, /* its mission again, after a hold */
    VG_ACT_RETURN, /* by its autopilot; round the zones, by a mission, where the straight way is not
                      clear */
    VG_ACT_DIVERT, /* to another base: a mission that ends in a landing there, read back first */
    VG_ACT_LAND, /* now: a copter or quadplane here, a plane at its landing */
    VG_ACT_COUNT
};
const char *vg_act_name(enum vg_act act); /* "hold", ... "" for none. Borrowed for ever. */
enum vg_act vg_act_find(const char *name); /* VG_ACT_NONE: no such act */

struct vg_order {
    enum vg_act act;
    int base; /* of VG_ACT_DIVERT */
    const char *by;
};

/* VG_E_INVALID when it is not in the air, or cannot do that now (the reason says which);
 * VG_E_NOT_FOUND for a base that the watch does not have. Ends an announcement. */
enum vg_status vg_director_order(struct vg_director *self, int drone, const struct vg_order *order,
                                 struct vg_us now, struct vg_error *err) VG_MUST_USE;
/* Call a flying drone home: VG_ACT_RETURN. */
enum vg_status vg_director_return(struct vg_director *self, int drone, const char *by,
                                  struct vg_us now, struct vg_error *err) VG_MUST_USE;
/* Stop the act that is announced for a drone; its alert stays. VG_E_INVALID: none is. */
enum vg_status vg_director_stop(struct vg_director *self, int drone, const char *by,
                                struct vg_us now, struct vg_error *err) VG_MUST_USE;
/* A supervisor lets a sortie go in spite of one point. VG_E_NOT_FOUND: no such sortie on the ground
 * or no such point; VG_E_INVALID: that one may not be overruled. */
enum vg_status vg_director_overrule(struct vg_director *self, const char *sortie, const char *point,
                                    const char *by, struct vg_us now,
                                    struct vg_error *err) VG_MUST_USE;
/* Our pilot's word on which station is in control (link/control.h). */
enum vg_control_act {
    VG_CONTROL_ACT_TAKE = 0,
    VG_CONTROL_ACT_LET, /* another station that asks */
    VG_CONTROL_ACT_REFUSE,
    VG_CONTROL_ACT_GIVE_UP,
    VG_CONTROL_ACT_COUNT
};
enum vg_control_act vg_control_act_find(const char *name); /* "give-up"; ..._COUNT: no such act */
/* VG_E_UNSUPPORTED: the drone does not say who is in control; VG_E_INVALID: nothing to take, answer
 * or give up; VG_E_NOT_FOUND: no such act. */
enum vg_status vg_director_control_act(struct vg_director *self, int drone, enum vg_control_act act,
                                       const char *by, struct vg_us now,
                                       struct vg_error *err) VG_MUST_USE;
/* One drone as JSON (docs/api.md, "One drone"), reasons in `lang`. */
void vg_director_status(const struct vg_director *self, int drone, enum vg_lang lang,
                        struct vg_us now, struct vg_buf *out);

/* Point a flying drone's gimbal: pitch against the horizon (down negative), yaw against its course
 * (right positive), degrees. Does nothing unless the drone flies its sortie. */
void vg_director_point_camera(struct vg_director *self, int drone, double pitch_deg, double yaw_deg,
                              struct vg_us now);

/* What it carries and tells beside its flight; what is known of it. Borrowed until destroy. */
const struct vg_aboard *vg_director_aboard(const struct vg_director *self, int drone);
const struct vg_vehicle *vg_director_vehicle(const struct vg_director *self, int drone);
/* Which station is in control of it, as far as it says. */
const struct vg_control *vg_director_control(const struct vg_director *self, int drone);
/* Is it in the air, as far as we know? */
bool vg_director_is_aloft(const struct vg_director *self, int drone);
/* The plan's sortie that the drone flies or prepares, NULL if none. */
const struct vg_plan_sortie *vg_director_sortie(const struct vg_director *self, int drone);

/* What a change of plan must know of a drone. */
struct vg_director_outlook {
    /* Silent too long, or never heard though its time has come, or diverted to a base where none of
     * its flights begins: not counted on. */
    bool is_out;
    bool is_held; /* its flight is past its time and waits for a person's consent */
    double ready_s; /* until it can take off again, as far as is known */
    int base; /* of the watch: where it will be then */
    bool has_moved; /* that is not its own, since it was diverted */
    const struct vg_plan_sortie *flying; /* the sortie it is on, and will go on with; NULL none */
    struct vg_us takeoff; /* of that sortie, real */
};
/* What it is doing and when it is free again, for a new plan. */
struct vg_director_outlook vg_director_outlook(const struct vg_director *self, int drone,
                                               struct vg_us now);
/* The wind that drones in the air tell of, mean of all; false: none does. Components of where the
 * air goes, m/s. */
bool vg_director_wind(const struct vg_director *self, struct vg_us now, double *out_north_mps,
                      double *out_east_mps);
/* Fly another plan of the same epoch from now on. Flights in the air or launching go on under the
 * old one; flights on the ground whose sortie the new plan has unchanged stay; others are called
 * off. `plan` is borrowed; the old one must live while vg_director_uses it. */
void vg_director_adopt(struct vg_director *self, const struct vg_plan *plan, struct vg_us now);
/* Is it the timetable, or a flight's that is still under way? */
bool vg_director_uses(const struct vg_director *self, const struct vg_plan *plan);

struct vg_director_counts {
    int n_launched;
    int n_landed;
    int n_missed;
    int n_aborted;
    int n_reliefs;
};
/* Since create. Borrowed until destroy. */
const struct vg_director_counts *vg_director_counts(const struct vg_director *self);

#endif
