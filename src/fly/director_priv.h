/* Inside the director: the state of one drone and the verbs its files share. */
#ifndef VG_FLY_DIRECTOR_PRIV_H
#define VG_FLY_DIRECTOR_PRIV_H

#include "fly/director.h"
#include "fly/supervise.h"
#include "link/command.h"
#include "link/control.h"
#include "link/mission.h"

enum vg_flyer_state {
    VG_FLYER_ABSENT = 0,
    VG_FLYER_READY,
    VG_FLYER_PREPARING,
    VG_FLYER_WAITING,
    VG_FLYER_LAUNCHING,
    VG_FLYER_FLYING,
    VG_FLYER_RETURNING,
    VG_FLYER_LOST,
    VG_FLYER_TURNING,
    VG_FLYER_COUNT
};

/* One flight a drone is on. */
struct vg_job_flight {
    struct vg_departure flight; /* sortie -1: none */
    const struct vg_plan *plan; /* whose sortie it is: a flight outlives a change of plan */
    bool is_relief;
    bool has_consent;
    bool is_refused;
    int n_anew; /* times its mission was sent again, since another replaced it */
    bool is_called_home;
    const char *why_home; /* key for vg_tr */
    uint32_t overruled; /* bits of vg_point */
    struct vg_preflight_way way;
    char id[VG_SORTIE_ID_SIZE];
    char state[12];
    char reason[160];
    struct vg_us takeoff; /* due, then real */
    struct vg_us land; /* due, then real */
};

/* An automatic act, said before it is done. */
struct vg_announced {
    enum vg_act act; /* VG_ACT_NONE: nothing is announced */
    int base;
    struct vg_us at;
    char stopped_by[48]; /* by whom the last one was stopped; its cause lasts */
};

/* On its way to a mission that ends at another base, or round zones. */
enum vg_divert_stage {
    VG_DIVERT_NONE = 0,
    VG_DIVERT_HOLDING, /* first it holds */
    VG_DIVERT_SENDING, /* while the mission goes up and is read back */
    VG_DIVERT_SWITCHING, /* to its first item, and to mission mode */
    VG_DIVERT_UNDER_WAY
};
struct vg_diversion {
    enum vg_divert_stage stage;
    int first; /* item to begin with */
    bool has_begun; /* the drone says that this is its item */
    struct vg_us since; /* in this stage */
    struct vg_us next_try;
};

/* Told once, until it is over. */
enum vg_flight_alert {
    VG_FLIGHT_ALERT_ENERGY = 0,
    VG_FLIGHT_ALERT_OFF_TRACK,
    VG_FLIGHT_ALERT_HEIGHT,
    VG_FLIGHT_ALERT_NEAR,
    VG_FLIGHT_ALERT_DENIED,
    VG_FLIGHT_ALERT_COUNT
};

struct vg_flyer {
    int drone; /* index in the watch */
    const struct vg_wf_type *type;
    enum vg_flyer_state state;
    struct vg_vehicle vehicle;
    struct vg_command commands;
    struct vg_control control;
    uint8_t told_wanted; /* control.wanted_by, as the alert has it */
    struct vg_missionup up;
    uint8_t loading; /* the list in `up`, MAV_MISSION_TYPE */
    bool is_replaced; /* what is aboard is no longer what `up` verified */
    struct vg_mission_held kept[2]; /* fence and rally points, as verified for this flight */
    bool is_list_replaced; /* one of them is not aboard any more */
    struct vg_job_flight job;
    struct vg_us not_before; /* no next flight takes off before this: turn-round, or a flight
                                already dealt with */
    struct vg_us turning_until;
    struct vg_us state_since;
    struct vg_us next_try; /* launching: next attempt */
    int launch_step;
    struct vg_aboard aboard;
    double loss; /* share of its messages lost on the link in use, as the station measures it */
    bool is_by_satellite; /* it is reached that way: nothing is asked that need not be */
    bool was_in_air;
    struct vg_health health;
    struct vg_settings settings;
    struct vg_preflight preflight; /* of the job, as looked at last */
    enum vg_loaded fence; /* for this flight; an empty one counts */
    int dest; /* the base it flies to, while in the air */
    bool was_diverted; /* landed last where its sortie was not to */
    bool is_held;
    struct vg_us held_since;
    struct vg_drain drain;
    bool has_wind; /* as it tells it, evened out */
    double wind_ne_mps[2];
    struct vg_us wind_t;
    struct vg_supervision look;
    struct vg_us next_look;
    int looks[VG_FLIGHT_ALERT_COUNT]; /* in a row that found it so */
    bool is_alerted[VG_FLIGHT_ALERT_COUNT];
    struct vg_announced announced;
    struct vg_diversion divert;
    enum vg_mode_kind wanted; /* asked for again until it is there, or wanted_until */
    struct vg_us wanted_until;
    enum vg_link_state told_link;
    struct vg_us link_since; /* told_link is what it is since then */
    bool is_told_by_others;
    char told[384]; /* the last drone event, so that only changes are told */
};

struct vg_director {
    struct vg_director_options options;
    struct vg_flyer *flyers;
    int n_flyers;
    struct vg_us last_heartbeat;
    struct vg_detour **detours; /* one a base; NULL: straight */
    struct vg_us next_near;
    int n_prepared; /* missions begun in this step */
    struct vg_us away; /* added to every silence limit until heard again */
    struct vg_director_counts counts;
};

static inline const struct vg_plan_sortie *vg_job_sortie(const struct vg_job_flight *job)
{
    return &job->plan->sorties[job->flight.sortie];
}

static inline struct vg_mav_pair vg_flyer_pair(const struct vg_director *self,
                                               const struct vg_flyer *f)
{
    return (struct vg_mav_pair){(uint8_t)self->options.our_sysid, VG_OUR_COMPID, f->vehicle.sysid,
                                f->vehicle.compid};
}

/* Holds until its new mission is aboard. */
static inline bool vg_flyer_is_diverting(const struct vg_flyer *f)
{
    return f->divert.stage == VG_DIVERT_HOLDING || f->divert.stage == VG_DIVERT_SENDING;
}

/* tell.c */
/* In the air without an order of ours: flown by hand, from before a restart, or believed down when
 * it was not. We look on, and show it flying. */
bool vg_flyer_is_by_others(const struct vg_flyer *f);
void vg_flyer_set_state(struct vg_director *self, struct vg_flyer *f, enum vg_flyer_state state,
                        struct vg_us now);
void vg_flyer_tell_drone(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_tell_sortie(struct vg_director *self, struct vg_flyer *f, const char *state);
void vg_flyer_tell_act(struct vg_director *self, const char *by, const char *what,
                       const char *target);
void vg_flyer_alert(struct vg_director *self, struct vg_flyer *f, const char *kind,
                    const char *level, const char *reason);
void vg_flyer_tell_preflight(struct vg_director *self, const struct vg_flyer *f);
/* director.c: what waits to be sent */
void vg_flyer_drain(struct vg_director *self, struct vg_flyer *f);
/* owner.c */
void vg_flyer_tell_control(struct vg_director *self, struct vg_flyer *f);
void vg_flyer_put_control(const struct vg_flyer *f, struct vg_buf *out);
/* acts.c */
void vg_flyer_do(struct vg_director *self, struct vg_flyer *f, const struct vg_order *order,
                 struct vg_us now);
void vg_flyer_announce(struct vg_director *self, struct vg_flyer *f, enum vg_act act, int base,
                       struct vg_us now);
void vg_flyer_call_off(struct vg_director *self, struct vg_flyer *f);
void vg_flyer_step_acts(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_want(struct vg_director *self, struct vg_flyer *f, enum vg_mode_kind kind,
                   struct vg_us now);
/* divert.c */
void vg_flyer_divert(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_step_divert(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
/* look.c */
void vg_flyer_wind(const struct vg_director *self, const struct vg_flyer *f, struct vg_us now,
                   double out_ne_mps[2]);
struct vg_land vg_director_land(const struct vg_director *self);
void vg_flyer_look(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
/* At take-off, and once down. */
void vg_flyer_begin_flight(struct vg_director *self, struct vg_flyer *f);
/* Count looks in a row; raise at n_wanted of them, with these parameters; over when not. */
void vg_flyer_alarm(struct vg_director *self, struct vg_flyer *f, enum vg_flight_alert alert,
                    bool is_so, const char *params);
/* near.c */
void vg_director_keep_apart(struct vg_director *self, struct vg_us now);
/* ready.c */
void vg_flyer_judge(const struct vg_director *self, const struct vg_flyer *f, enum vg_lang lang,
                    struct vg_us now, struct vg_preflight *out);
/* The first point that holds it, in words: "Battery: 40 %; ..."; NULL: none does. */
const char *vg_flyer_held_by(struct vg_director *self, struct vg_flyer *f, struct vg_us now,
                             char *buf, size_t size_bytes);
/* lists_up.c */
void vg_flyer_start_lists(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
/* True once the mission is what goes up. */
bool vg_flyer_step_lists(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
enum vg_status vg_flyer_send_list(struct vg_director *self, struct vg_flyer *f, uint8_t list,
                                  const struct vg_mission_item *items, int n, struct vg_us now,
                                  struct vg_error *err) VG_MUST_USE;
/* How the list in `up` ended. */
void vg_flyer_tell_list(struct vg_director *self, const struct vg_flyer *f);
/* replaced.c: every message; true is_replaced from then on until the mission is sent again */
void vg_flyer_watch_mission(struct vg_director *self, struct vg_flyer *f,
                            const struct vg_mav_msg *msg);
/* The alert, where it flies one. */
void vg_flyer_tell_replaced(struct vg_director *self, struct vg_flyer *f);
/* On the ground: up and verified once more, or the flight is given up. */
void vg_flyer_send_anew(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
/* ground.c */
void vg_flyer_start_mission(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_step_ground(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_fail(struct vg_director *self, struct vg_flyer *f, const char *sortie_state,
                   const char *alert_kind, const char *reason, struct vg_us now);
void vg_flyer_relieve(struct vg_director *self, const struct vg_job_flight *failed,
                      struct vg_us now);
void vg_flyer_cancel_relief(struct vg_director *self, const struct vg_job_flight *back,
                            struct vg_us now);
/* listen.c: every message of the drone; time passes. */
void vg_flyer_listen(struct vg_director *self, struct vg_flyer *f, const struct vg_mav_msg *msg,
                     struct vg_us now);
/* Ask again for what it should tell: the way to it is another, or it restarted. */
void vg_flyer_listen_anew(struct vg_flyer *f, bool has_restarted);
void vg_flyer_step_listen(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
/* place.c: where a drone is, in plans whose flights land elsewhere */
/* The base that it stands at, within 2 km; its own before it was heard of; -1: none. */
int vg_flyer_base(const struct vg_director *self, const struct vg_flyer *f);
/* The base that it flies to, or stands at. */
int vg_flyer_base_to_be(const struct vg_director *self, const struct vg_flyer *f);
/* May the sortie begin where the drone is? */
bool vg_flyer_is_at(const struct vg_director *self, const struct vg_flyer *f,
                    const struct vg_plan_sortie *sortie);
/* It cannot, since its drone landed somewhere else; false where all land at home. */
bool vg_flyer_is_elsewhere(const struct vg_director *self, const struct vg_flyer *f,
                           const struct vg_plan_sortie *sortie);
/* air.c */
void vg_flyer_step_air(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_command(struct vg_director *self, struct vg_flyer *f, uint16_t command,
                      const float p[7], struct vg_us now);
void vg_flyer_set_mode(struct vg_director *self, struct vg_flyer *f, enum vg_mode_kind kind,
                       struct vg_us now);

#endif
