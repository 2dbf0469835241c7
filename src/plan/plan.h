/* The plan: a timetable of sorties that repeats, and what it promises. Types and the JSON file
 * ("vigie-plan/1", docs/formats.md).
 *
 * The planner (planner.h) makes it, the checker (check.h) reads it with this reader and shares
 * nothing else with the planner, the station flies it. Units: SI in structs; km and seconds in the
 * file as design.md section 6 says. Times are seconds from the start of the period.
 *
 * Each sortie repeats every period_s of its own (the plan's where the file gives none): a base's
 * tour with n drones has the period n * headway. A visit sweeps its interval at even speed (t0 at
 * from, t1 at to; from > to flies backwards); a sortie may have many short visits in a row where
 * the line winds. The gap of a point: differences of its visit times over the repeating period,
 * wrap-around included. Where sorties of several periods visit a point, each period's sorties are
 * judged alone and the least of these gaps stands (never better than the truth). Worst gap: the
 * greatest over all points of reachable stretches of gap / stretch revisit, times the base revisit.
 *
 * Threads: pure. Memory: malloc, owned by the plan.
 */
#ifndef VG_PLAN_PLAN_H
#define VG_PLAN_PLAN_H

#include "base/text.h"
#include "config/watchfile.h"

#include <math.h>

enum {
    VG_PLAN_PASSES_MAX = 16,
    VG_DAYLIGHT_DAYS = 7,
    VG_TICKS_PER_S = 10 /* times of a plan that we make are whole ticks */
};

/* A sweep along a line: offset_m to the right of growing kilometres, seeing depth_m to each side.
 */
struct vg_plan_pass {
    double offset_m;
    double depth_m;
};

/* A stretch whose depth one pass along the line does not see has several, side by side. Each of
 * them must be visited within the wanted revisit: the worst gap is that of the worst pass. */
struct vg_plan_stretch {
    char id[16];
    char line[VG_NAME_SIZE];
    double from_m;
    double to_m;
    double revisit_s;
    double worst_gap_s; /* INFINITY when never visited */
    bool is_unreachable; /* listed, never dropped in silence */
    char reason[160]; /* why, in words, when unreachable: "312 km out and back from Kayes; 263 km
                         can be flown" */
    int n_passes; /* 0: one, over the line */
    struct vg_plan_pass passes[VG_PLAN_PASSES_MAX];
    double agl_m; /* flown so high over the ground; 0: not said */
    double seen; /* share of its cells that its passes will see, as foreseen; 0: not said */
    double hidden_m; /* so much of its line stays below the share that counts, as foreseen */
};

struct vg_plan_point {
    double t_s;
    double lat_deg;
    double lon_deg;
    double alt_msl_m;
};

struct vg_plan_visit {
    char line[VG_NAME_SIZE];
    double from_m;
    double to_m;
    double t0_s;
    double t1_s;
    int pass; /* which of the stretch's, from 0 */
};

struct vg_plan_sortie {
    char id[24];
    char drone[16];
    char base_from[VG_NAME_SIZE];
    char base_to[VG_NAME_SIZE];
    double takeoff_s; /* in [0, period_s) */
    double land_s; /* > takeoff_s; may pass period_s */
    double period_s;
    double energy; /* share of the endurance used, (0, 1 - reserve] */
    double depth_m; /* its camera is to see so far to each side; 0: the watch's depth */
    struct vg_plan_point *track; /* take-off first, landing last, t growing */
    int n_track;
    struct vg_plan_visit *visits;
    int n_visits;
};

/* Work on a drone, on the ground at a base. */
struct vg_plan_slot {
    char drone[16];
    char base[VG_NAME_SIZE];
    double from_s; /* in [0, period_s) */
    double to_s; /* may pass period_s */
    double period_s;
};

enum {
    VG_PLAN_FLEET_MAX = 5000
};

/* A drone that the plan was made for, though the watch may have others (fleet.h). */
struct vg_plan_drone {
    char id[16];
    char type[VG_NAME_SIZE];
    char base[VG_NAME_SIZE];
};

struct vg_plan {
    double period_s;
    double worst_gap_s; /* of the reachable stretches; 0 if there are none */
    double
        bound_s; /* proven: no plan of the certificate's class has a smaller worst gap; 0 unknown */
    double ratio; /* worst_gap_s / bound_s; 0 unknown */
    bool is_clocked; /* the period begins at clock_s of the UTC day and lasts whole days */
    double clock_s; /* whole minutes */
    bool has_daylight; /* visits by cameras that need daylight count only with it, on each of the
                          VG_DAYLIGHT_DAYS days from daylight_day on */
    int64_t daylight_day; /* days since 1970-01-01 */
    /* For the table, not in the file; 0: nothing goes by the clock. */
    double blind_s; /* no flight can see some place for so long, over its wish, times the base
                       revisit */
    double by_day_s; /* the worst gap but for the longest one of each point, its night */
    struct vg_plan_stretch *stretches;
    int n_stretches;
    struct vg_plan_sortie *sorties;
    int n_sorties;
    struct vg_plan_slot *slots; /* maintenance */
    int n_slots;
    /* Made for another wind than the watch's: one that the drones met. */
    bool has_wind;
    double wind_from_deg; /* true, whole degrees in the file */
    double wind_mps; /* tenths in the file */
    struct vg_plan_drone *fleet; /* of its own; none: the watch's drones */
    int n_fleet;
    char *certificate; /* JSON text of the certificate object, "{}" if none */
};

enum vg_status vg_plan_parse(const char *json, size_t n, const char *place, struct vg_plan *out,
                             struct vg_error *err) VG_MUST_USE;
void vg_plan_format(const struct vg_plan *self, struct vg_buf *out);
void vg_plan_finish(struct vg_plan *self);

/* The watch as the plan takes it: in the plan's own wind. Shares all memory with `watch`. */
struct vg_watchfile vg_plan_watch(const struct vg_plan *plan, const struct vg_watchfile *watch);

/* Does some sortie land elsewhere than it took off? */
bool vg_plan_wanders(const struct vg_plan *plan);

/* Where a drone is between a track point and the one behind it, moving evenly; at an end outside.
 */
struct vg_plan_point vg_plan_between(const struct vg_plan_point *from, double t_s);

/* The nearest whole tick, in seconds; how many ticks a time is. */
double vg_plan_tick_s(double t_s);
static inline int64_t vg_plan_ticks(double t_s)
{
    return llround(t_s * VG_TICKS_PER_S);
}
/* A copy that does all of it shift_s later, in whole ticks unless shift_s is 0. Owned by the
 * caller. false: out of memory. */
bool vg_plan_copy_sortie(const struct vg_plan_sortie *from, double shift_s,
                         struct vg_plan_sortie *out) VG_MUST_USE;

/* The stretches of the watch, without a sortie. VG_E_NO_MEMORY. */
enum vg_status vg_plan_of_watch(const struct vg_watchfile *watch, struct vg_plan *out,
                                struct vg_error *err) VG_MUST_USE;

/* The depth that a sortie's camera is set for. */
double vg_plan_camera_depth_m(const struct vg_plan_sortie *sortie,
                              const struct vg_watchfile *watch);

#endif
