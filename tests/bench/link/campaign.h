/* The faulted campaign: a post of 20 drones without sockets, its director against the simulated
 * fleet, while all goes wrong that a scenario file can say; judged each second by the simulator's
 * truth.
 *
 *   seed ─► scenario (text, the grammar of vigie sim) ─► fleet ◄─ bytes ─► director
 *                                                          │                  │ events
 *                                                          └─► truth ─► judge ◄┘
 *
 * Every third seed's drones speak as PX4 does, the others as ArduPilot.
 *
 * What must hold:
 *   state      a drone that flies is not shown on the ground, one that stands is not shown flying,
 * a silent one not shown as heard: beyond a time limit, once its link is back verified   what a
 * drone holds when it leaves the ground, and as long as it flies by it, is what its sortie means,
 * item by item reserve    none is broken that physics allowed to keep: see judge_landing
 */
#ifndef BENCH_LINK_CAMPAIGN_H
#define BENCH_LINK_CAMPAIGN_H

#include "base/text.h"
#include "config/watchfile.h"
#include "plan/plan.h"

enum {
    CAMPAIGN_DRONES = 20,
    CAMPAIGN_S = 5400 /* simulated */
};

enum campaign_breach {
    BREACH_FLIES_UNSEEN = 0, /* flies, shown on the ground */
    BREACH_GHOST, /* on the ground, shown flying */
    BREACH_LINK, /* silent and shown as heard, or the other way round */
    BREACH_UNVERIFIED,
    BREACH_FORBIDDEN, /* a message off the allow-list */
    BREACH_RESERVE,
    BREACH_COUNT
};
extern const char *const campaign_breach_names[BREACH_COUNT];

struct campaign_result {
    int n_takeoffs;
    int n_landings;
    int n_lost; /* destroyed by the scenario */
    int n_ran_empty; /* in the air */
    int n_reserve_broken; /* landed with less than the reserve, or not at all; avoidable or not */
    int n_of[BREACH_COUNT]; /* drones, each counted once a kind */
    struct vg_buf lines; /* one a breach: what, when */
};

/* The watch and its plan, the same for all seeds. */
struct campaign {
    struct vg_watchfile watch;
    struct vg_plan plan;
};
/* Exits with a message when the watch cannot be planned. */
void campaign_open(struct campaign *self);
void campaign_close(struct campaign *self);

/* The scenario of a seed, as a file's text. */
void campaign_write_scenario(const struct campaign *self, uint64_t seed, struct vg_buf *out);
/* Fly it. The caller finishes out->lines. */
void campaign_fly(const struct campaign *self, uint64_t seed, struct campaign_result *out);

#endif
