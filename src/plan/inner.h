/* What the planner's parts share; nothing outside src/plan includes it, and the checker does not
 * either.
 *
 *   crews     the drones of one type at one base: they fly one tour
 *   nodes     the places along each line where sorties may meet (cuts), with what lies between them
 * (links) chains    unbroken runs of links that some crew can serve costs     drone-seconds of each
 * sortie (crew, first node, last node) pieces    the sorties chosen: they cover each chain from end
 * to end and share the nodes where they meet
 *
 * Everything lives in the problem's arena and dies with it. Threads: pure.
 */
#ifndef VG_PLAN_INNER_H
#define VG_PLAN_INNER_H

#include "base/arena.h"
#include "plan/detour.h"
#include "plan/path.h"
#include "plan/planner.h"
#include "plan/sweeps.h"

/* Of what the battery holds less the reserve: not planned with, since landings are rounded up. */
#define VG_HELD_BACK_S 0.2
/* Beyond what is planned with: what was held back, which is the planner's choice and no law, and a
 * hair for the digits of the file. Bounds give both away. */
#define VG_BOUND_MORE_S (VG_HELD_BACK_S + 0.2)

struct vg_crew {
    int base;
    int type;
    int n; /* drones */
    int *drones;
    struct vg_airspeed air;
    double least_share; /* vg_airspeed_least_share */
    struct vg_detour *detour; /* NULL: every way is straight */
    double lat_deg;
    double lon_deg;
    double usable_s; /* endurance less reserve and landing circuit */
    double turnaround_s;
    double climb_s; /* over the base, to flying height and back down */
    double sink_s;
    double climbs_s; /* of usable_s, kept for what climbs and turns take beyond the first look: the
                        most that any flight needed which had no more left (sortie.c) */
};

/* Per line. Arrays over nodes have n items, over links n - 1. */
struct vg_nodes {
    int n;
    double *s_m;
    double *lat_deg;
    double *lon_deg;
    int *stretch; /* of each link */
    double *revisit_s; /* of each link */
    double *depth_m; /* of each link */
    bool *is_served; /* link: some crew can fly it */
    bool *is_left_out; /* link: in none of the parts asked for */
    bool *is_forbidden; /* link: it enters a no-fly zone or leaves the geofence */
    bool *is_silent; /* link: radio is required and some of it no base hears */
    double *mast_m; /* link: masts so high would hear it; HUGE_VAL: none does */
    double *lack_m; /* link: the ceiling is so much too low to follow the ground there */
};

/* Seconds of a crew on a line, at nodes; HUGE_VAL out of reach. A sortie that sweeps nodes i..j
 * forwards flies climb + out_fwd[i] + (fwd[j] - fwd[i]) + home[j] + sink. Ways out and home keep
 * out of forbidden zones (detour.h); those of the bound (out_least, lead, home_least) do not. */
struct vg_reach {
    double *fwd; /* along the path from its start */
    double *bwd; /* the same path flown back, from its start too */
    double *out_fwd; /* base to the point where the camera, looking ahead, begins to see node i, and
                        on to node i */
    double *out_bwd; /* the same for a sweep backwards from node i */
    double *out_least; /* base straight to node i */
    double *lead_fwd; /* straight to where a lead-in to node i begins and along it (lead.c) */
    double *lead_bwd;
    double *home;
    double *home_least; /* straight */
    /* Seconds of cruise that climbs take beside the time, as a first look has it (relief.c): along
     * the path, to node i as out_fwd and out_bwd, home. NULL over flat ground. */
    double *more_fwd;
    double *more_bwd;
    double *more_out_fwd;
    double *more_out_bwd;
    double *more_home;
    double *path_fwd; /* as fwd and bwd, at the path's vertices; shared between crews of a type */
    double *path_bwd;
};

/* A sweep line: pass `pass` of its line of the watch, its own kilometres beginning at from_m of
 * that line's. */
struct vg_flown {
    int line;
    int pass;
    double from_m;
};

struct vg_chain {
    int line;
    int first; /* node */
    int n; /* nodes; on a closed line they go round, node (first + i) mod (nodes - 1) */
};

/* Row i of crew c on chain k: cost_s[k * n_crews + c].start[i] + m holds the drone-seconds
 * (turnaround included) of sweeping i..i+m. */
struct vg_cost_rows {
    int *n_m; /* items in row i, from m = 0 */
    size_t *start;
    double *cost;
};

struct vg_clock;

struct vg_problem {
    const struct vg_watchfile *watch;
    const struct vg_terrain *terrain; /* NULL: flat at 0 m */
    const struct vg_sweeps *sweeps;
    struct vg_sweeps own_sweeps; /* where none were given */
    struct vg_network net; /* the sweep lines: what is planned; lives in the arena */
    struct vg_flown *flown; /* per line of net */
    int *sweep_of; /* per stretch of net */
    const struct vg_planner_part *parts; /* only these; none: all */
    int n_parts;
    struct vg_arena arena;
    struct vg_crew *crews;
    int n_crews;
    struct vg_flypath *paths; /* per line */
    struct vg_nodes *nodes; /* per line */
    struct vg_reach *reach; /* [line * n_crews + crew] */
    struct vg_chain *chains;
    int n_chains;
    double step_m; /* between nodes, at most */
    const struct vg_clock *clock; /* NULL: nothing goes by the clock */
    double least_revisit_s;
    bool is_mixed; /* more than one wanted revisit among the served links */
};

enum vg_status vg_problem_init(struct vg_problem *self, const struct vg_watchfile *watch,
                               const struct vg_terrain *terrain, double site_step_m,
                               struct vg_error *err) VG_MUST_USE;
/* The same with sweeps of one's own (NULL: those of flat ground) and of some parts of the line only
 * (n_parts 0: all of it). Both are borrowed. */
enum vg_status vg_problem_init_parts(struct vg_problem *self, const struct vg_watchfile *watch,
                                     const struct vg_terrain *terrain, double site_step_m,
                                     const struct vg_sweeps *sweeps,
                                     const struct vg_planner_part *parts, int n_parts,
                                     struct vg_error *err) VG_MUST_USE;
void vg_problem_finish(struct vg_problem *self);

/* Fills net, flown, sweep_of (flown.c). */
enum vg_status vg_flown_make(struct vg_problem *p, const struct vg_sweeps *sweeps,
                             struct vg_error *err) VG_MUST_USE;
/* Where one pass of a piece cannot be flown, none of it is: half seen is not seen. */
void vg_flown_agree(struct vg_problem *p);
/* Arrays for n nodes; out->n stays 0 (nodes.c). false: no memory. */
bool vg_nodes_take(struct vg_problem *p, struct vg_nodes *out, int n) VG_MUST_USE;
/* How close nodes lie: the longest sortie over each link (is_of_each: of the crew whose is
 * shortest) passes per_sortie of them, fewer where that takes more than most_more nodes. */
struct vg_grade {
    int per_sortie;
    int most_more;
    bool is_of_each;
};
/* Divides links that are flown so (grade.c); what is served and how long it takes is then to be
 * found again. false: no memory. */
bool vg_nodes_grade(struct vg_problem *p, const struct vg_grade *grade, int *out_more) VG_MUST_USE;
/* As vg_problem_init does of itself. */
struct vg_grade vg_problem_grade(const struct vg_problem *self);
/* Nodes closer than before, and all that hangs on them. */
enum vg_status vg_problem_refine(struct vg_problem *self, const struct vg_grade *grade,
                                 struct vg_error *err) VG_MUST_USE;
int vg_problem_n_nodes(const struct vg_problem *self); /* of all chains */
/* The plan's stretches, cut where reach or passes begin or end (list.c); malloc. */
enum vg_status vg_list_stretches(const struct vg_problem *p, enum vg_lang lang, struct vg_plan *out,
                                 struct vg_error *err) VG_MUST_USE;
/* The flight out to a link, along it and home that is shortest against what its crew can fly. */
double vg_link_shortest_s(const struct vg_problem *p, int line, int link, int *out_crew);
/* Fails with why no link can be served, and what would do (refuse.c). */
enum vg_status vg_problem_refuse_reach(const struct vg_problem *p, struct vg_error *err);
/* After a change of climbs_s: what is served, and the chains, again. */
enum vg_status vg_problem_rechain(struct vg_problem *self, struct vg_error *err) VG_MUST_USE;

/* So many drones for each crew: those that the watch leaves free (is_placed) change crews. */
enum vg_status vg_problem_deal(struct vg_problem *self, const int *n_of,
                               struct vg_error *err) VG_MUST_USE;

/* Node and link of a chain, round the ring where it closes; u_m keeps growing past the ring's end.
 */
int vg_chain_node(const struct vg_problem *p, const struct vg_chain *chain, int i);
double vg_chain_u_m(const struct vg_problem *p, const struct vg_chain *chain, int i);
/* Seconds along the path to a chain's node, of one of vg_reach's fwd and bwd. */
double vg_chain_along_s(const struct vg_problem *p, const struct vg_chain *chain,
                        const double *prefix, int i);
/* Seconds of flight for crew c to sweep i..j of a chain in one direction; HUGE_VAL if it cannot. */
double vg_flight_s(const struct vg_problem *p, const struct vg_chain *chain, int c, int i, int j,
                   bool is_backward);
/* The shorter direction. */
double vg_flight_least_s(const struct vg_problem *p, const struct vg_chain *chain, int c, int i,
                         int j, bool *out_is_backward);
/* A flight that no single-pass sortie over nodes i..j can beat: straight to its lead-in, no extra
 * climb. */
double vg_flight_floor_s(const struct vg_problem *p, const struct vg_chain *chain, int c, int i,
                         int j);
/* How far ahead of a crew's drone the ground counts as seen. */
double vg_crew_lead_m(const struct vg_problem *p, const struct vg_crew *crew, double depth_m);

/* Seconds along the path from its start to u (the way back, if is_backward: from u to the start),
 * round a ring or out on the extension. */
double vg_flypath_time_s(const struct vg_problem *p, int line, int c, double u_m, bool is_backward);

struct vg_piece {
    int chain;
    int i; /* node of the chain, i < j */
    int j;
    int crew;
    double cost_s; /* flight and turnaround */
    double revisit_s; /* the least wanted on it */
    bool is_way_given; /* false: the shorter direction is flown */
    bool is_backward;
    int elsewhere; /* 0: lands where it took off; else 1 + the crew at whose base it lands */
};

struct vg_partition {
    struct vg_piece *pieces; /* in order along the chains */
    int n;
    double worst; /* greatest load / drones over the crews; load: sum of cost / revisit */
};

/* One change of a partition: n_old pieces from `at` on give way to n_new that sweep the same. */
struct vg_swap {
    int at;
    int n_old;
    int n_new;
    struct vg_piece fresh[3];
    int n; /* crews whose load it changes, and by how much */
    int crews[6];
    double delta[6];
};

/* Fills in costs, crews and loads; false if a piece cannot be flown. */
bool vg_swap_weigh(const struct vg_problem *p, const struct vg_partition *part, bool is_weighted,
                   struct vg_swap *io);
/* There is room for the pieces. */
void vg_swap_make(const struct vg_swap *self, struct vg_partition *io, double *io_loads);

/* What a choice of sorties is searched over. */
struct vg_costs {
    struct vg_cost_rows *rows; /* [chain * n_crews + crew] */
    bool is_sites; /* true: sorties cover sites and the next begins one further (the bound); false:
                      they share the cut node */
    bool is_weighted; /* cost divided by the piece's least revisit; else by the watch's least */
    double level_s; /* is_sites: only sites whose wanted revisit is at most this count */
};

enum vg_status vg_costs_init(struct vg_costs *self, struct vg_problem *p, bool is_sites,
                             bool is_weighted, struct vg_error *err) VG_MUST_USE;

/* Prices per crew (drone-seconds of which are dear), by cutting planes on the Lagrange dual. */
struct vg_prices {
    double *price; /* per crew; sum of price * drones is 1 */
    double bound; /* proven least of (greatest load / drones) over fractional plans */
    double most; /* no prices prove more */
    double **potential; /* per chain: least priced cost from node i on, n + 1 items */
    int n_rounds;
};

enum {
    VG_PARTITION_KEEP = 4
};
struct vg_search {
    struct vg_prices best;
    struct vg_partition kept[VG_PARTITION_KEEP]; /* best first */
    int n_kept;
};

struct vg_climb {
    int max_rounds;
    double close; /* ends where most <= bound * (1 + close) */
    const double *start_price; /* NULL: even */
};

enum vg_status vg_prices_solve(struct vg_problem *p, const struct vg_costs *costs,
                               const struct vg_climb *climb, struct vg_search *out,
                               struct vg_error *err) VG_MUST_USE;
/* Fills cost and revisit in; false if the crew cannot fly the piece. */
bool vg_piece_set_cost(const struct vg_problem *p, struct vg_piece *io);
double vg_piece_load(const struct vg_problem *p, const struct vg_piece *piece, bool is_weighted);

/* Sets built along the line, many side by side, for `power` of vg_partition_improve's measure; best
 * first, at most n_out. */
enum vg_status vg_partition_beam(struct vg_problem *p, bool is_weighted, int power,
                                 struct vg_partition *out, int cap, int *out_n,
                                 struct vg_error *err) VG_MUST_USE;
/* The cheapest set at given prices. */
enum vg_status vg_prices_partition(struct vg_problem *p, const struct vg_costs *costs,
                                   const double *price, struct vg_partition *out,
                                   struct vg_error *err) VG_MUST_USE;
/* What a plan has the problem's crews fly (pieces.c): a start for local moves. Every piece can be
 * flown. */
enum vg_status vg_partition_of_plan(struct vg_problem *p, const struct vg_plan *plan,
                                    struct vg_partition *out, struct vg_error *err) VG_MUST_USE;
/* Moves cuts, owners, splits and joins until the greatest load falls no more. */
enum vg_status vg_partition_improve(struct vg_problem *p, bool is_weighted, struct vg_partition *io,
                                    struct vg_error *err) VG_MUST_USE;
/* The same as little as will do: only what relieves those that are worst off, until the greatest
 * load is `enough`. */
enum vg_status vg_partition_relieve(struct vg_problem *p, bool is_weighted, double enough,
                                    struct vg_partition *io, struct vg_error *err) VG_MUST_USE;
double vg_partition_load(const struct vg_problem *p, const struct vg_partition *part,
                         bool is_weighted, double *out_loads);

/* One tour: `n_drones` fly `pieces` in turn, each headway_s behind the one before. Times in ticks
 * of 0.1 s, as the file gives them. */
struct vg_tour {
    int crew;
    const int *drones;
    int n_drones;
    const struct vg_piece *pieces;
    int n_pieces;
    int64_t headway_ticks;
    int64_t *takeoff_ticks; /* per piece, first drone */
};
/* Deals each crew's pieces and drones to tours and lays out their take-offs. cost_s of the pieces:
 * flight and turnaround, whole ticks; flight_s: of the flight alone. */
enum vg_status vg_tours_make(struct vg_problem *p, struct vg_partition *part,
                             const double *flight_s, struct vg_tour **out, int *out_n,
                             struct vg_error *err) VG_MUST_USE;

/* What its climbs take beside the time, by that first look; at least 0. */
double vg_flight_more_s(const struct vg_problem *p, const struct vg_chain *chain,
                        const struct vg_piece *piece, bool is_backward);

/* Expands a piece into a sortie that takes off at 0: track, visits, energy; no names; malloc.
 * *out_is_short: its climbs need more than the battery holds; the crew's climbs_s has grown, so
 * that none like it is chosen again. */
enum vg_status vg_sortie_make(struct vg_problem *p, const struct vg_piece *piece,
                              struct vg_plan_sortie *out, bool *out_is_short,
                              struct vg_error *err) VG_MUST_USE;

/* The same flight, taking off at shift_s (whole ticks): track and visits; malloc. */
enum vg_status vg_sortie_copy(const struct vg_plan_sortie *flight, double shift_s,
                              struct vg_plan_sortie *out, struct vg_error *err) VG_MUST_USE;

/* All of a plan but its sorties, of which there is room for n: to be added; malloc. */
bool vg_plan_copy_head(const struct vg_plan *from, size_t n, struct vg_plan *out) VG_MUST_USE;

int64_t vg_plan_gcd(int64_t a, int64_t b);

/* For each sortie the ticks after which its visits come round, all drones that fly the same ones
 * together; 0 where another sortie of them stands for it. */
enum vg_status vg_plan_repeats(const struct vg_plan *plan, int64_t *out,
                               struct vg_error *err) VG_MUST_USE;

/* The same visits at the same times after take-off, and the same period. */
bool vg_plan_is_alike(const struct vg_plan_sortie *a, const struct vg_plan_sortie *b);

/* Worst gaps from the timetable, written into the plan's stretches and head. */
enum vg_status vg_gaps_compute(const struct vg_watchfile *watch, struct vg_plan *plan,
                               struct vg_error *err) VG_MUST_USE;

/* The bound on gap / wanted revisit that solved rates prove, and its certificate (JSON text,
 * malloc).
 */
struct vg_rates;
/* One way of a certificate: the chain's points with the duals of its nodes and, for classes of
 * flights that fly lead-ins, the path before and behind it. */
void vg_bound_put_way(const struct vg_problem *p, const struct vg_chain *chain, const double *y,
                      bool has_lead_in, struct vg_buf *out);
enum vg_status vg_bound_certify(const struct vg_rates *rates, double *out_bound,
                                char **out_certificate, struct vg_error *err) VG_MUST_USE;

#endif
