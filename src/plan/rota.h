/* A rota: sorties of all crews in one common period, and what it lacks to keep a target.
 *
 * A sortie sweeps nodes i..j of a chain in one direction and takes off at at_s, round the period. A
 * crew of n drones can fly its sorties if at no time more than n are out (flight and turnaround):
 * then the drones, each taking the next take-off when it is ready, never wait for one another
 * (colouring of intervals on the unrolled time line, rota_crew.c).
 *
 * Cost of a rota at a target (gap / wanted revisit), in drone-seconds:
 *     over    drone-seconds out beyond the crews' drones
 *     cover   seconds of gap beyond the target, each link at the price of the visits that would
 *             close it
 * Both are 0 exactly when the target is kept, on the links' middles; rota_polish.c judges at the
 * ends. A change is priced on the links and crews it touches only.
 *
 * Where flights may land elsewhere the drones of a type are one pool: a sortie that lands is ready
 * at the base where it landed, and what counts is how many drones all its bases need (rota_pool.c).
 *
 * In one period between two ends of sorties the same sorties pass every link; if they all fly the
 * same way at the same speed their gaps are the same on each, and are worked out once.
 *
 * Threads: tables are shared and only read; a rota belongs to one thread. Memory: malloc.
 */
#ifndef VG_PLAN_ROTA_H
#define VG_PLAN_ROTA_H

#include "base/rng.h"
#include "plan/clock.h"
#include "plan/inner.h"
#include "plan/rates.h"

struct vg_rota_sortie {
    int chain;
    int crew;
    int i; /* nodes of the chain, i < j */
    int j;
    bool is_backward;
    bool is_on; /* false: a free place in the list */
    bool is_flown; /* times below are those of a finished flight, not to be worked out again */
    int elsewhere; /* 0: lands where it took off; else 1 + the crew at whose base it lands */
    double at_s; /* take-off, any time, taken round the period */
    double busy_s; /* flight and turnaround */
    double sight_s; /* passes node k at at_s + sight_s + fwd[k], or + sight_s - bwd[k] */
};

/* The crew at whose base it lands. */
static inline int vg_rota_land(const struct vg_rota_sortie *s)
{
    return s->elsewhere > 0 ? s->elsewhere - 1 : s->crew;
}

/* A near-optimal sortie of the linear program, to begin with and to insert. */
struct vg_rota_pattern {
    int chain;
    int crew;
    int i;
    int j;
};

struct vg_rota_chain {
    int n; /* nodes */
    double *wish_s; /* links: wanted revisit */
    int *same_to; /* links: first link behind it with another wish, or n - 1 */
    double *worth_s; /* links: drone-seconds of the cheapest visit */
    const double *due; /* nodes: duals of the linear program (rates.h) */
    double *fwd_s; /* nodes, per type: type * n + k, along the path */
    double *bwd_s;
    double *out_fwd_s; /* nodes, per crew: crew * n + k; HUGE_VAL out of reach */
    double *out_bwd_s;
    double *home_s;
    int block; /* links looked at once where sorties meet or differ in speed */
    int *first; /* patterns over each block: list[first[b]] .. list[first[b + 1]] */
    int *list;
    int n_blocks;
};

/* Ways to deal the drones to the crews; the first is the problem's. */
struct vg_rota_deals {
    int n;
    int *drones; /* n x crews */
};

struct vg_rota_tables {
    const struct vg_problem *p;
    const struct vg_clock *clock; /* NULL: nothing goes by the clock; else the period is one day */
    const struct vg_partition *part;
    struct vg_rota_chain *chains;
    int n_chains;
    int n_types;
    struct vg_rota_pattern *patterns;
    int n_patterns;
    bool is_relief; /* climbs count */
    double share; /* what the linear program reaches: no rota can do better, or hardly */
    int *least_drones; /* per crew: those that stay there, one at least */
    struct vg_rota_deals deals;
    bool *is_near; /* [crew * n_crews + crew]: some link is within reach of both */
    const int *pool; /* per crew: the first crew of its type, where flights may land elsewhere;
                        NULL: they may not */
};

enum vg_status vg_rota_tables_init(struct vg_rota_tables *self, struct vg_problem *p,
                                   const struct vg_rates *rates, const struct vg_partition *part,
                                   struct vg_error *err) VG_MUST_USE;

/* What one change of one sortie is. */
struct vg_rota_change {
    int id; /* index of the sortie */
    struct vg_rota_sortie to;
};

struct vg_rota {
    const struct vg_rota_tables *tables;
    double target; /* gap / wanted revisit */
    double period_s;
    double by_day; /* with a clock: of the target, where a gap is not the night's; (0, 1] */
    struct vg_rota_sortie *sorties;
    int n; /* places in use, on or off */
    int cap;
    int *live; /* ids of those that are on */
    int n_live;
    bool is_pooled; /* sorties may land elsewhere: drones count by type */
    int **of_crew; /* ids; count first */
    int **of_land; /* those that land there */
    int **of_chain;
    double **link_cost; /* per chain */
    double **price; /* per chain, links: of a second of excess, in drone-seconds */
    double **price_sum; /* per chain, n items: of the links before */
    double **weight; /* per chain, links: grows where the target is missed for long */
    int deal;
    const int *drones; /* per crew: how many it has */
    bool *is_at_work; /* per crew: moves may change its sorties */
    int *at_work; /* those crews */
    int n_at_work;
    double *over; /* per crew */
    double *crew_weight;
    double cover_cost;
    double over_cost;
    struct vg_rota_work *work;
};

enum {
    VG_ROTA_MOST = 4096, /* sorties in a period */
    VG_ROTA_CHANGES = 48 /* at once */
};

bool vg_rota_init(struct vg_rota *self, const struct vg_rota_tables *tables);
void vg_rota_finish(struct vg_rota *self);
/* Works out busy_s and sight_s; false if the crew cannot fly it or the nodes are none. */
bool vg_rota_set(const struct vg_rota_tables *t, struct vg_rota_sortie *io);
/* Seconds from take-off to passing the middle of link k. */
double vg_rota_offset_s(const struct vg_rota_tables *t, const struct vg_rota_sortie *s, int k);
/* The same for a node. */
double vg_rota_node_s(const struct vg_rota_tables *t, const struct vg_rota_sortie *s, int k);
/* Replaces all sorties and target. */
void vg_rota_load(struct vg_rota *self, const struct vg_rota_sortie *sorties, int n, double target,
                  double period_s);
/* As vg_rota_load with gaps by day (vg_clock_night) held to a share of the target. */
void vg_rota_load_day(struct vg_rota *self, const struct vg_rota_sortie *sorties, int n,
                      double target, double by_day);
/* Prices from the target, and all costs anew. */
void vg_rota_reprice(struct vg_rota *self);
/* Tries changes: kept if the cost falls or grows by less than `most`. */
bool vg_rota_try(struct vg_rota *self, const struct vg_rota_change *changes, int n, double most);
/* Moves shall change the sorties of these crews only; NULL: of all. */
void vg_rota_set_crews(struct vg_rota *self, const bool *is_at_work);
/* Another deal of the drones, for costs from the next load or reprice on. */
void vg_rota_set_deal(struct vg_rota *self, int deal);
/* Tries another deal of the drones; as vg_rota_try. */
bool vg_rota_try_deal(struct vg_rota *self, int deal, double most);
/* Which deals there are. tables->least_drones is given. */
enum vg_status vg_rota_deals_find(const struct vg_rota_tables *tables, struct vg_problem *p,
                                  const struct vg_costs *costs, struct vg_rota_deals *out,
                                  struct vg_error *err) VG_MUST_USE;
/* A free place for a sortie to come; -1 if there is none. */
int vg_rota_place(struct vg_rota *self);

/* ---- pools (rota_pool.c) ---- */

/* Free drones at the bases of a pool as the period begins. */
struct vg_pool {
    double period_s;
    int n_drones; /* of the pool */
    double *start; /* of one base: take-offs, and when those that land are ready; in [0, period) */
    double *ready;
    double *spent_s; /* at each level */
    struct vg_pool_gain *gains;
    int n_gains;
    int n_out; /* drones in the air, or turning round, as the period begins */
    int least; /* sum of the bases' least levels */
    int uneven; /* sum of what takes off more than lands, or less */
    int *group; /* per crew, see vg_pool_group */
    int *stock; /* per crew: free as the period begins */
    int *n_start;
};
bool vg_pool_init(struct vg_pool *self, int n_crews, int most_sorties);
void vg_pool_finish(struct vg_pool *self);
void vg_pool_begin(struct vg_pool *self, double period_s, int n_drones);
/* Take-offs and readies of one crew's base lie in start and ready, in any order. n_out counts
 * elsewhere. */
void vg_pool_add(struct vg_pool *self, int crew, int n_start, int n_ready);
/* Drone-seconds that are wanting, its drones lying where they are wanted least; 0: every take-off
 * finds a drone. Fills the stock of the crews that were added. */
double vg_pool_deal(struct vg_pool *self);
/* The same for all drones of a type of a rota, with the price of take-offs that no landing makes
 * good. */
double vg_rota_pool_over_s(const struct vg_rota *self, struct vg_pool *room, int first);
/* Which crews share drones, as the sorties have it: out_group[c] is the first crew of c's. */
void vg_pool_group(const struct vg_problem *p, const struct vg_rota_sortie *sorties, int n,
                   int *out_group);
/* Changes that land somewhere else. */
int vg_rota_propose_relay(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out);

/* Proposes changes at random; 0 if this one came to nothing. */
int vg_rota_propose(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out);

/* Least target for the orders of visits and take-offs there are (rota_polish.c), the period between
 * two multiples of it, with the take-offs that reach it; false if there is none below `most`. */
bool vg_rota_polish(const struct vg_rota *self, double least_ratio_s, double most_ratio_s,
                    double most, struct vg_rota_sortie *out_sorties, double *out_target,
                    double *out_period_s);

/* The same with the period given. */
bool vg_rota_settle(const struct vg_rota *self, double period_s, struct vg_rota_sortie *out_sorties,
                    double *out_target);

/* The search. */
struct vg_rota_plan {
    struct vg_rota_sortie *sorties; /* malloc */
    int n;
    int deal; /* of the drones, see tables */
    bool is_pooled;
    double target;
    double period_s;
    double by_day;
};
struct vg_rota_options {
    int64_t moves; /* per thread; the work, and with the seed the result, is fixed by it */
    uint64_t seed;
    int n_threads;
    bool (*go_on)(void *ctx); /* asked by every thread now and then; false ends the search */
    void *ctx;
};
/* The best rota found; out->n = 0 if none was. Where tables have a clock its period is a day
 * (day_search.c). *out_home: where flights may land elsewhere, the best in which none does. Both
 * are the caller's to free, whatever is answered. */
enum vg_status vg_rota_search(const struct vg_rota_tables *t, const struct vg_rota_options *options,
                              struct vg_rota_plan *out, struct vg_rota_plan *out_home,
                              struct vg_error *err) VG_MUST_USE;

/* Flights of a day's timetable, which take off at 0 as counted, become what they are in the wind of
 * their hours (day_wind.c). false: out of memory. */
bool vg_day_wind_fly(const struct vg_problem *p, struct vg_rota_plan *io,
                     struct vg_plan_sortie *flights) VG_MUST_USE;

/* Searches, flies the best rota out and hands it to the drones: its sorties and period into `io`,
 * which has none; nothing if no rota has a smaller worst gap / wanted revisit than `share`. */
enum vg_status vg_rota_improve(struct vg_problem *p, const struct vg_rates *rates,
                               const struct vg_partition *part,
                               const struct vg_planner_options *options, double share,
                               struct vg_plan *io, struct vg_error *err) VG_MUST_USE;

/* A place in a ring: the take-offs of the drone that has it. */
struct vg_rota_turn {
    int crew; /* from whose base */
    int64_t at; /* ticks, in [0, around) */
};
struct vg_rota_slot {
    struct vg_rota_turn *turns;
    int n;
    int64_t around; /* ticks after which it begins again */
};
/* Which drone of a pool has which place, so that each begins at its own base, or comes to it as
 * soon as may be (rota_slots.c). false: some drone whose base is given would never come to it. */
bool vg_rota_slots_fill(const struct vg_problem *p, const int *group, int first,
                        const struct vg_rota_slot *slots, int n, int *out_drones);

/* Who flies what (rota_crew.c): sorties with names, drones and periods from flights that take off
 * at 0; at_ticks: take-offs. Nothing is added where it fails. VG_E_INVALID: drones find no turns in
 * which each has its maintenance. VG_E_NOT_FOUND, without words: no drone is ready for some
 * take-off of a pool, or some drone never comes to its own base. */
enum vg_status vg_rota_hand_out(const struct vg_problem *p, const struct vg_rota_plan *rota,
                                const struct vg_plan_sortie *flights, struct vg_plan *io,
                                struct vg_error *err) VG_MUST_USE;

#endif
