/* A new timetable when the fleet changes: drones lost, out of order, late, or back.
 *
 * What changes is as little as will do. First the crews of the drones that are out or back fly the
 * flights they have in another order and at other times (retime.h); few bases then look for other
 * flights. Where that will not keep the promise their neighbours take over what relieves them, at
 * last anybody (pieces.c); bases whose flights stay keep their times. Nothing is changed where that
 * would make the worst to come worse. No flight under way is touched: what it will still see
 * counts, and its drone flies again once it is down and turned round.
 *
 * A plan whose flights land at other bases than they began at gives way to a whole new one whose
 * flights land at home: the watch is to have each drone at the base where it is, or will land.
 *
 * The forecast looks at the middle of every 500 m of line. It is what a person is told, not a
 * proof: the merged plan is a plan like any other, and `vg_check_plan` judges it.
 *
 * Pure: no clock. Any thread. Ownership: the caller finishes out->plan.
 */
#ifndef VG_PLAN_REPLAN_H
#define VG_PLAN_REPLAN_H

#include "plan/planner.h"

struct vg_replan_drone {
    bool is_out; /* does not fly until further notice */
    double ready_s; /* from now: down, turned round */
    int at; /* where it is then: 1 + the base; 0: wherever its next flight begins. Asked for only
               where the plan's flights land elsewhere */
};

/* What a flight under way will still see (vg_replan_counts); seconds from now. */
struct vg_replan_pass {
    int line;
    double from_m;
    double to_m;
    double t0_s;
    double t1_s;
    int pass; /* of the stretch's, from 0 */
};

struct vg_replan_input {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain;
    const struct vg_plan *plan; /* in force */
    double plan_now_s; /* now, seconds after that plan's epoch */
    const struct vg_replan_drone *drones; /* one for each of the watch */
    const bool *has_changed; /* drones for whose sake all this is asked, one for each */
    const struct vg_replan_pass *under_way;
    int n_under_way;
    /* Seconds for which a place has gone unseen. */
    double (*unseen_s)(void *ctx, int line, double s_m);
    void *ctx;
    int number; /* of this change, from 1: part of the new sorties' names ("V1.2b") */
    bool is_other_wind; /* than the plan's: none of its flights can be flown as it is */
    bool is_from_rest; /* nothing that was due before now is flown late */
};

/* The worst to come: time unseen over the wanted revisit of the place. */
struct vg_forecast {
    double ratio;
    int line; /* -1: nothing to see */
    double s_m;
    double t_s; /* from now: when it is seen again, or the end of the forecast */
    double broken_m; /* length of line that goes unseen longer than wanted at some time */
    double overdue_m_s; /* line times what it goes unseen beyond its wish, all of it together */
    double mean_wait; /* until the next sight, over the wanted revisit; mean of the line */
};

struct vg_replan_outcome {
    struct vg_plan plan; /* same epoch as the one in force; no bound is claimed. Empty: the one in
                            force is best, and has no drone that is out */
    int n_new; /* sorties, the last of the plan's; 0: those in force less the drones that are out */
    int n_bases; /* that fly another timetable than before */
    struct vg_forecast without; /* the plan in force, less the drones that are out */
    struct vg_forecast with; /* where nothing is new, the same */
};

/* VG_E_INVALID with a sentence: no drone is left. VG_E_NO_MEMORY. */
enum vg_status vg_replan_solve(const struct vg_replan_input *in, struct vg_replan_outcome *out,
                               struct vg_error *err) VG_MUST_USE;

/* The same where no drone is lost but the promise will break all the same (a flight was cut short,
 * launches were late, ground was hidden): asked for the drones that see the place where it breaks
 * worst; in->has_changed is not read. *out_is_better: out->plan makes the worst to come clearly
 * better than the plan in force; else it is not worth a change. */
enum vg_status vg_replan_keep(const struct vg_replan_input *in, struct vg_replan_outcome *out,
                              bool *out_is_better, struct vg_error *err) VG_MUST_USE;

/* A fleet at rest takes a plan up: how long after its epoch (s) it had best begin, so that the
 * worst to come is least and, among such beginnings, ground waits least for its first sight. Always
 * just as a sortie takes off. */
enum vg_status vg_replan_from_rest(const struct vg_watchfile *watch, const struct vg_plan *plan,
                                   double *out_phase_s, struct vg_error *err) VG_MUST_USE;

/* Does a visit count that is made so long after its time in the plan: is there light for the
 * drone's camera, where it needs any? */
bool vg_replan_counts(const struct vg_watchfile *watch, const struct vg_plan *plan,
                      const struct vg_plan_sortie *sortie, const struct vg_plan_visit *visit,
                      double late_s);

/* What the plan will do from now on, as the drones allow. Visits that do not count are left out. */
enum vg_status vg_replan_forecast(const struct vg_replan_input *in, const struct vg_plan *plan,
                                  struct vg_forecast *out, struct vg_error *err) VG_MUST_USE;

#endif
