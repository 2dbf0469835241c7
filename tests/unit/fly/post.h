/* A post without sockets: the director, the fold and the simulated fleet, joined by bytes in
 * memory, on simulated time. */
#ifndef TEST_FLY_POST_H
#define TEST_FLY_POST_H

#include "fly/director.h"
#include "link/missionup.h"
#include "sim/fleet.h"
#include "watch/rules.h"

enum {
    POST_DRONES = 2
};

struct post {
    struct vg_watchfile watch;
    struct vg_plan plan;
    struct vg_terrain *terrain;
    struct vg_simfleet *fleet;
    struct vg_director *director;
    struct vg_watch state;
    struct vg_mavframe parsers[POST_DRONES];
    uint8_t seq[POST_DRONES];
    struct vg_us now;
    struct vg_us start;
    int n_sent;
    int n_forbidden; /* sent, but not on the allow-list */
    int n_rates; /* message intervals asked of F1, first attempts */
    int n_satellite[2]; /* reports by satellite switched off, on; likewise */
    int n_bad_events;
    bool auto_consent;
    int less_pct[POST_DRONES]; /* taken off the charge that the drone tells */
    struct vg_missionup *other; /* another station that uploads to F1; NULL: none */
    struct vg_buf log; /* kinds and states in order, one a line */
};

/* A line of 12 km, 4 km east of the only base; F1 flies one sortie every two hours, F2 is a spare.
 */
void post_open(struct post *self, bool auto_consent);
/* The same sortie in another watch with a base Camp and drones F1, F2. */
void post_open_watch(struct post *self, bool auto_consent, const char *watch);
/* And drones that speak as this autopilot; NULL: the watch of post_open. */
void post_open_as(struct post *self, const char *watch, enum vg_sim_autopilot autopilot);
/* A fresh director on the same fold, as after a crash. */
void post_restart(struct post *self);
void post_close(struct post *self);
/* Run for so many simulated seconds, 100 ms a step. */
void post_run(struct post *self, double seconds);
/* Run until drone `id` is in `state`, at most `seconds`. */
bool post_run_until(struct post *self, const char *id, const char *state, double seconds);
void post_fault(struct post *self, const char *text);

#endif
