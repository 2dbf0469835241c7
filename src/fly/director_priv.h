/* Inside the director: the state of one drone and the verbs its files share. */
#ifndef VG_FLY_DIRECTOR_PRIV_H
#define VG_FLY_DIRECTOR_PRIV_H

#include "fly/director.h"
#include "link/command.h"
#include "link/mission.h"

enum {
    VG_OUR_COMPID = 190
}; /* MAV_COMP_ID_MISSIONPLANNER: a ground station */

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
    bool is_called_home;
    char id[VG_SORTIE_ID_SIZE];
    char state[12];
    char reason[160];
    struct vg_us takeoff; /* due, then real */
    struct vg_us land; /* due, then real */
};

struct vg_flyer {
    int drone; /* index in the watch */
    const struct vg_wf_type *type;
    enum vg_flyer_state state;
    struct vg_vehicle vehicle;
    struct vg_command commands;
    struct vg_missionup up;
    struct vg_job_flight job;
    struct vg_us not_before; /* no next flight takes off before this: turn-round, or a flight
                                already dealt with */
    struct vg_us turning_until;
    struct vg_us state_since;
    struct vg_us next_try; /* launching: next attempt */
    int launch_step;
    struct vg_aboard aboard;
    bool is_by_satellite; /* it is reached that way: nothing is asked that need not be */
    bool was_in_air;
    enum vg_link_state told_link;
    struct vg_us link_since; /* told_link is what it is since then */
    char told[384]; /* the last drone event, so that only changes are told */
};

struct vg_director {
    struct vg_director_options options;
    struct vg_flyer *flyers;
    int n_flyers;
    struct vg_us last_heartbeat;
    int n_prepared; /* missions begun in this step */
    struct vg_us away; /* added to every silence limit until heard again */
    struct vg_director_counts counts;
};

static inline const struct vg_plan_sortie *vg_job_sortie(const struct vg_job_flight *job)
{
    return &job->plan->sorties[job->flight.sortie];
}

/* tell.c */
void vg_flyer_set_state(struct vg_director *self, struct vg_flyer *f, enum vg_flyer_state state,
                        struct vg_us now);
void vg_flyer_tell_drone(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_tell_sortie(struct vg_director *self, struct vg_flyer *f, const char *state);
void vg_flyer_tell_act(struct vg_director *self, const char *by, const char *what,
                       const char *target);
void vg_flyer_alert(struct vg_director *self, struct vg_flyer *f, const char *kind,
                    const char *level, const char *reason);
/* ground.c */
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
/* air.c */
void vg_flyer_step_air(struct vg_director *self, struct vg_flyer *f, struct vg_us now);
void vg_flyer_command(struct vg_director *self, struct vg_flyer *f, uint16_t command,
                      const float p[7], struct vg_us now);
void vg_flyer_set_mode(struct vg_director *self, struct vg_flyer *f, enum vg_mode_kind kind,
                       struct vg_us now);

#endif
