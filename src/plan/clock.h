/* What goes by the clock, as the search for a day's timetable looks it up: hours when a crew's base
 * is closed, daylight where its camera needs it, and for each place the time of day at which nobody
 * can see it at all.
 *
 * All times are seconds of the UTC day, or of any day where a function says so. Threads: pure, read
 * only once made. Memory: the problem's arena.
 */
#ifndef VG_PLAN_CLOCK_H
#define VG_PLAN_CLOCK_H

#include "plan/inner.h"

/* Of a chain of the problem. */
struct vg_clock_chain {
    double *light_from_s; /* nodes: there is light enough for light_s from here on, on every day */
    double *light_s; /* 0: never; VG_DAY_S: always */
    double *blind_mid_s; /* nodes: the middle of the longest time in which no flight can see it */
    double *blind_s; /* how long that is; 0: none */
};

/* Work on one drone of a crew, every day at the same time; its turnaround is in busy_s. */
struct vg_clock_job {
    double at_s;
    double busy_s;
};

struct vg_clock {
    const struct vg_problem *p;
    struct vg_clock_job **jobs; /* per crew */
    int *n_jobs;
    struct vg_clock_chain *chains;
    bool *needs_light; /* per crew */
    bool has_light; /* some crew does */
    /* No timetable has a smaller gap / wanted revisit, because of the node where this is greatest.
     */
    double share;
    int chain;
    int node;
};

/* Does anything in the watch go by the clock: closed hours, cameras that need daylight, wind by the
 * hour, maintenance? */
bool vg_clock_is_wanted(const struct vg_watchfile *watch);
/* For flights on VG_DAYLIGHT_DAYS days from `day` (days since 1970) on. VG_E_NO_MEMORY;
 * VG_E_INVALID where drones with day cameras have no day. */
enum vg_status vg_clock_make(struct vg_problem *p, int64_t day, struct vg_clock *out,
                             struct vg_error *err) VG_MUST_USE;

/* Does a visit of a node by this crew at t_s, of any day, count? */
bool vg_clock_is_lit(const struct vg_clock *self, int crew, int chain, int node, double t_s);
/* The base's open hours that hold t_s of any day, or are nearest to it; a landing keeps some
 * minutes clear of the end. */
void vg_clock_open(const struct vg_clock *self, int crew, bool is_landing, double t_s,
                   double *out_from_s, double *out_to_s);
/* Seconds by which a flight's take-off and landing miss the open hours. */
double vg_clock_missed_s(const struct vg_clock *self, int crew, double at_s, double flight_s);
/* Of gaps between n sorted times of a day at a node: the one in which it cannot be seen; -1: none.
 */
int vg_clock_night(const struct vg_clock *self, int chain, int node, const double *when, int n);

/* Does a visit count on every one of the plan's days: is there light for the drone's camera? */
bool vg_clock_counts(const struct vg_watchfile *watch, const struct vg_plan *plan,
                     const struct vg_plan_sortie *sortie, const struct vg_plan_visit *visit);

#endif
