/* What the parts of station_replan.c share. */
#ifndef VG_APP_STATION_REPLAN_H
#define VG_APP_STATION_REPLAN_H

#include "app/station.h"
#include "io/work.h"
#include "plan/replan.h"

struct vg_station_replan {
    struct vg_plan **old; /* some flight may still be under them */
    int n_old;
    int cap_old;
    bool *is_out; /* each drone, as last looked at */
    bool *is_out_planned; /* what the plan in force was made for */
    struct vg_us steady_since;
    struct vg_us looked; /* whether the promise will hold */
    struct vg_us began;
    struct vg_us changed; /* the timetable, last */
    struct vg_us looked_at_wind;
    struct vg_us wind_since; /* it has been another one than the plan's */
    double north_mps; /* the wind met, smoothed: where the air goes */
    double east_mps;
    bool knows_wind;
    int number;
    bool is_busy;
};

/* Why a timetable is made anew. */
enum vg_replan_cause {
    VG_REPLAN_FLEET, /* drones are out, or back */
    VG_REPLAN_WIND, /* another wind blows than the plan was made for */
    VG_REPLAN_PROMISE /* ground will go unseen too long with all of them */
};

/* Owns copies of all that changes; the watch file and the terrain do not, and the plan in force
 * lives while the job runs. */
struct vg_replan_job {
    enum vg_replan_cause cause;
    struct vg_watchfile watch; /* in the wind to plan for; shares all memory with the station's */
    struct vg_replan_input in;
    struct vg_replan_drone *drones;
    struct vg_wf_drone *fleet; /* the watch's, each at the base where it will be */
    bool *has_changed;
    struct vg_replan_pass *passes;
    const struct vg_shape *shape;
    double *unseen_s; /* of each bin */
    struct vg_replan_outcome out;
    bool has_wind; /* not the watch's own */
    bool is_better; /* than the plan in force: take it */
    struct vg_error err;
    enum vg_status status;
};

/* station_replan_wind.c: looks at the wind that the drones meet. true: it has been another one than
 * the plan's for a while. */
bool vg_station_replan_is_other_wind(struct vg_station *self);

/* NULL: no memory. On the loop's thread. */
struct vg_replan_job *vg_station_replan_job(struct vg_station *self, enum vg_replan_cause cause);
/* For vg_work_submit: on the worker's thread. */
void vg_station_replan_run(void *job, const atomic_bool *is_cancelled);
void vg_station_replan_free(void *job);
/* Says and keeps what was adopted: event, alert, the plan beside the record. */
void vg_station_replan_tell(struct vg_station *self, const struct vg_replan_job *job);
/* No timetable can be flown in this wind: alert. */
void vg_station_replan_tell_wind(struct vg_station *self, const struct vg_replan_job *job);

#endif
