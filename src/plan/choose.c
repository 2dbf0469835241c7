/* The partition a plan begins with: priced, shaken, tried by beams, settled. */
#include "base/rng.h"
#include "plan/making.h"
#include "plan/settle.h"

#include <math.h>

enum {
    BEAM_KEEP = 6,
    PLAN_ROUNDS = 60,
    MOST_SHAKES = 240,
    LEAST_SHAKES = 10,
    SETTLE_ROUNDS = 4,
    PATIENT_ROUNDS = 16, /* where it is known what will do */
    SETTLE_MOVES = 30000, /* of a round, for each sortie */
    PATIENT_MOVES = 100000,
    QUICKER = 4, /* so many times fewer where time is short */
    SHAKE_WORK = 9600000, /* nodes x crews x shakes: holds the largest borders to seconds */
    SHAKE_SEED = 20260101
};

/* Of an even price, added to every crew's when prices are shaken: a crew with nothing to pay would
 * take everything. */
static const double EVEN_SHARE = 0.3;
/* Where the program of prices is solved well enough. */
static const double CLOSE = 5e-4;

static double deal_worst(struct vg_problem *p, const struct vg_partition *part)
{
    /* What one tour per crew would give: sum of costs per drone over the least revisit on it. */
    double worst = 0;
    for (int c = 0; c < p->n_crews; c++) {
        double sum = 0;
        double least = HUGE_VAL;
        for (int k = 0; k < part->n; k++) {
            if (part->pieces[k].crew == c) {
                sum += part->pieces[k].cost_s;
                least = fmin(least, part->pieces[k].revisit_s);
            }
        }
        worst = fmax(worst, sum > 0 ? sum / p->crews[c].n / least : 0);
    }
    return worst;
}

static enum vg_status offer(struct vg_making *mk, bool is_weighted, struct vg_partition *part,
                            struct vg_error *err)
{
    enum vg_status st = vg_partition_improve(&mk->problem, is_weighted, part, err);
    if (st == VG_OK &&
        (mk->part.n == 0 || deal_worst(&mk->problem, part) < deal_worst(&mk->problem, &mk->part))) {
        mk->part = *part;
    }
    return st;
}

static int shakes_for(const struct vg_making *mk)
{
    const struct vg_problem *p = &mk->problem;
    int nodes = 1;
    for (int k = 0; k < p->n_chains; k++) {
        nodes += p->chains[k].n;
    }
    int n = SHAKE_WORK / (nodes * p->n_crews) / (vg_making_is_quick(mk) ? QUICKER : 1);
    return n < LEAST_SHAKES ? LEAST_SHAKES : n > MOST_SHAKES ? MOST_SHAKES : n;
}

/* Local moves stop at the first valley: starts from prices shaken about the best ones find others.
 */
static enum vg_status shake(struct vg_making *mk, const struct vg_costs *costs, const double *best,
                            struct vg_error *err)
{
    static const double MOST_SHAKE = 1.2; /* standard deviation of the prices' logarithm */
    struct vg_problem *p = &mk->problem;
    struct vg_rng rng = vg_rng_seed(SHAKE_SEED);
    int n = shakes_for(mk);
    double *price = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *price);
    enum vg_status st = price != NULL ? VG_OK : vg_no_memory(err);
    for (int round = 0; round < n && st == VG_OK; round++) {
        struct vg_partition part;
        double sigma = MOST_SHAKE * (round + 1) / n;
        for (int c = 0; c < p->n_crews; c++) {
            double even = 1.0 / (p->crews[c].n * p->n_crews);
            price[c] = (best[c] + EVEN_SHARE * even) * exp(sigma * vg_rng_normal(&rng));
        }
        st = vg_prices_partition(p, costs, price, &part, err);
        if (st == VG_OK) {
            st = offer(mk, costs->is_weighted, &part, err);
        }
        if (st == VG_OK) {
            st = vg_making_tell(mk, 0.5 + 0.4 * round / n, err);
        }
    }
    return st;
}

/* Starts that count whole sorties: a low power spares drone time, a high one evens the loads. */
static enum vg_status try_beams(struct vg_making *mk, bool is_weighted, struct vg_error *err)
{
    static const int POWERS[] = {4, 8, 16};
    enum vg_status st = VG_OK;
    for (int q = 0; q < 3 && st == VG_OK; q++) {
        struct vg_partition parts[BEAM_KEEP];
        int n = 0;
        st = vg_partition_beam(&mk->problem, is_weighted, POWERS[q], parts, BEAM_KEEP, &n, err);
        for (int k = 0; k < n && st == VG_OK; k++) {
            st = offer(mk, is_weighted, &parts[k], err);
        }
    }
    return st;
}

/* Equal wishes: the best so far annealed, since there the partition is the plan. */
static enum vg_status settle_partition(struct vg_making *mk, struct vg_error *err)
{
    struct vg_partition part = mk->part;
    double enough_s = mk->options != NULL ? mk->options->enough_s : 0;
    bool is_patient = enough_s > 0 && !vg_making_is_quick(mk);
    int moves = is_patient ? PATIENT_MOVES : SETTLE_MOVES;
    const struct vg_settle_options options = {.enough = enough_s / mk->problem.watch->revisit_s,
                                              .rounds = is_patient ? PATIENT_ROUNDS : SETTLE_ROUNDS,
                                              .moves =
                                                  moves / (vg_making_is_quick(mk) ? QUICKER : 1),
                                              .seed = SHAKE_SEED};
    enum vg_status st = vg_settle(&mk->problem, &options, &part, err);
    if (st == VG_OK && part.worst < HUGE_VAL) {
        mk->part = part;
    }
    return st;
}

/* From what flies already, with as few changes as will do; where they do not, with any. */
enum vg_status vg_making_stay_near(struct vg_making *mk, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    double enough = mk->options->enough_s / p->watch->revisit_s;
    enum vg_status st = vg_partition_of_plan(p, mk->options->near, &mk->part, err);
    if (st == VG_OK) {
        st = vg_partition_relieve(p, p->is_mixed, enough, &mk->part, err);
    }
    return st == VG_OK && !p->is_mixed && mk->part.worst > enough ? settle_partition(mk, err) : st;
}

/* The best of the sets that prices find, after local moves; judged by one tour per crew. */
enum vg_status vg_making_choose(struct vg_making *mk, bool is_weighted, struct vg_error *err)
{
    struct vg_problem *p = &mk->problem;
    struct vg_costs costs;
    struct vg_search found;
    const struct vg_climb climb = {PLAN_ROUNDS, CLOSE, mk->rates.price};
    enum vg_status st = vg_costs_init(&costs, p, false, is_weighted, err);
    if (st == VG_OK) {
        st = vg_prices_solve(p, &costs, &climb, &found, err);
    }
    for (int q = 0; st == VG_OK && q < found.n_kept; q++) {
        st = offer(mk, is_weighted, &found.kept[q], err);
    }
    if (st == VG_OK) {
        st = try_beams(mk, is_weighted, err);
    }
    if (st == VG_OK) {
        st = shake(mk, &costs, found.best.price, err);
    }
    return st == VG_OK && !p->is_mixed ? settle_partition(mk, err) : st;
}
