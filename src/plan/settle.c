#include "plan/settle.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

/* Cost that is taken on at the start and the end of a round, in drones. */
static const double HOT = 0.25;
static const double COLD = 0.004;
static const double LOWER = 5e-4; /* of the share reached, the next one to try for */

struct settling {
    struct vg_problem *p;
    const struct vg_settle_options *options;
    struct vg_rng rng;
    struct vg_partition part; /* as it is now, and its drones */
    double *loads;
    int *n;
    struct vg_partition best;
    int *best_n;
    double share; /* T */
    double cost;
    double heat;
};

static double wanting(const struct settling *self, double load, int n)
{
    return fmax(0, load - n * self->share);
}

static double worst_of(const struct settling *self)
{
    double worst = 0;
    for (int c = 0; c < self->p->n_crews; c++) {
        if (self->loads[c] > 1e-12) {
            worst = fmax(worst, self->n[c] > 0 ? self->loads[c] / self->n[c] : HUGE_VAL);
        }
    }
    return worst;
}

static double cost_of(const struct settling *self)
{
    double sum = 0;
    for (int c = 0; c < self->p->n_crews; c++) {
        sum += wanting(self, self->loads[c], self->n[c]);
    }
    return sum;
}

static void keep(struct settling *self)
{
    double worst = worst_of(self);
    if (!(worst < self->best.worst)) {
        return;
    }
    self->best.n = self->part.n;
    self->best.worst = worst;
    memcpy(self->best.pieces, self->part.pieces, (size_t)self->part.n * sizeof *self->part.pieces);
    memcpy(self->best_n, self->n, (size_t)self->p->n_crews * sizeof *self->n);
}

static double lower_share(const struct settling *self)
{
    double next = fmin(self->share, self->best.worst * (1 - LOWER));
    return fmax(next, self->options->enough);
}

static bool is_taken(struct settling *self, double change)
{
    return change <= 0 || vg_rng_unit(&self->rng) < exp(-change / self->heat);
}

static int below(struct settling *self, int n)
{
    return (int)vg_rng_below(&self->rng, (uint64_t)n);
}

/* One of `crew` and the others, most often itself. */
static int some_crew(struct settling *self, int crew)
{
    return below(self, 2) == 0 ? crew : below(self, self->p->n_crews);
}

/* A step of a cut: mostly small ones. */
static int some_step(struct settling *self)
{
    int most = 1 << below(self, 8);
    int step = 1 + below(self, most);
    return below(self, 2) == 0 ? step : -step;
}

/* A node strictly between; 0 where there is none. */
static int some_node(struct settling *self, int i, int j)
{
    return j - i > 1 ? i + 1 + below(self, j - i - 1) : 0;
}

/* What takes the place of one piece. */
static bool change_one(struct settling *self, int kind, struct vg_swap *out)
{
    const struct vg_piece *x = &self->part.pieces[out->at];
    out->n_old = 1;
    out->fresh[0] = out->fresh[1] = *x;
    if (kind == 0) {
        out->n_new = 1;
        out->fresh[0].crew = below(self, self->p->n_crews);
        return out->fresh[0].crew != x->crew;
    }
    int cut = some_node(self, x->i, x->j);
    out->n_new = 2;
    out->fresh[0].j = out->fresh[1].i = cut;
    out->fresh[0].crew = some_crew(self, x->crew);
    out->fresh[1].crew = some_crew(self, x->crew);
    return cut > 0;
}

/* What takes the place of two neighbours. */
static bool change_two(struct settling *self, int kind, struct vg_swap *out)
{
    const struct vg_piece *x = &self->part.pieces[out->at];
    out->n_old = out->n_new = 2;
    out->fresh[0] = x[0];
    out->fresh[1] = x[1];
    if (kind == 2) {
        out->n_new = 1;
        out->fresh[0].j = x[1].j;
        out->fresh[0].crew = x[below(self, 2)].crew;
        return true;
    }
    int cut = kind == 3 ? some_node(self, x[0].i, x[1].j) : x[0].j + some_step(self);
    out->fresh[0].j = out->fresh[1].i = cut;
    if (kind == 3) {
        out->fresh[0].crew = x[1].crew;
        out->fresh[1].crew = x[0].crew;
    } else if (kind == 4) {
        out->fresh[below(self, 2)].crew = below(self, self->p->n_crews);
    }
    return cut > x[0].i && cut < x[1].j;
}

/* A piece is given up to its neighbours, or one comes between two. */
static bool change_three(struct settling *self, int kind, struct vg_swap *out)
{
    const struct vg_piece *x = &self->part.pieces[out->at];
    if (kind == 5) {
        int first = some_node(self, x[0].i, x[0].j);
        int second = some_node(self, x[1].i, x[1].j);
        out->n_old = 2;
        out->n_new = 3;
        out->fresh[0] = x[0];
        out->fresh[2] = x[1];
        out->fresh[1] = x[below(self, 2)];
        out->fresh[1].crew = some_crew(self, out->fresh[1].crew);
        out->fresh[0].j = out->fresh[1].i = first;
        out->fresh[2].i = out->fresh[1].j = second;
        return first > 0 && second > 0;
    }
    if (out->at + 2 >= self->part.n || x[2].chain != x[0].chain) {
        return false;
    }
    out->n_old = 3;
    out->n_new = 2;
    out->fresh[0] = x[0];
    out->fresh[1] = x[2];
    out->fresh[0].j = out->fresh[1].i = x[1].i + below(self, x[1].j - x[1].i + 1);
    return true;
}

static bool choose_swap(struct settling *self, struct vg_swap *out)
{
    static const int KIND[] = {0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7, 4, 4};
    int kind = KIND[below(self, (int)(sizeof KIND / sizeof *KIND))];
    out->at = below(self, self->part.n);
    if (kind < 2) {
        return change_one(self, kind, out);
    }
    if (out->at + 1 >= self->part.n ||
        self->part.pieces[out->at].chain != self->part.pieces[out->at + 1].chain) {
        return false;
    }
    return kind == 5 || kind == 6 ? change_three(self, kind, out) : change_two(self, kind, out);
}

static void move_pieces(struct settling *self)
{
    struct vg_swap swap;
    if (!choose_swap(self, &swap) || !vg_swap_weigh(self->p, &self->part, false, &swap)) {
        return;
    }
    double change = 0;
    for (int k = 0; k < swap.n; k++) {
        int c = swap.crews[k];
        change += wanting(self, self->loads[c] + swap.delta[k], self->n[c]) -
                  wanting(self, self->loads[c], self->n[c]);
    }
    if (is_taken(self, change)) {
        vg_swap_make(&swap, &self->part, self->loads);
        self->cost += change;
    }
}

static void move_drone(struct settling *self)
{
    int a = below(self, self->p->n_crews);
    int b = below(self, self->p->n_crews);
    if (a == b || self->p->crews[a].type != self->p->crews[b].type ||
        self->n[a] < self->options->fixed[a] + 1) {
        return;
    }
    double change = wanting(self, self->loads[a], self->n[a] - 1) +
                    wanting(self, self->loads[b], self->n[b] + 1) -
                    wanting(self, self->loads[a], self->n[a]) -
                    wanting(self, self->loads[b], self->n[b]);
    if (is_taken(self, change)) {
        self->n[a]--;
        self->n[b]++;
        self->cost += change;
    }
}

static void anneal(struct settling *self, int64_t moves)
{
    for (int64_t k = 0; k < moves && self->best.worst > self->options->enough; k++) {
        if (k % 1024 == 0) {
            self->heat = HOT * pow(COLD / HOT, (double)k / (double)moves);
            self->cost = cost_of(self); /* sums of differences drift */
        }
        if (self->options->fixed != NULL && below(self, 10) == 0) {
            move_drone(self);
        } else {
            move_pieces(self);
        }
        if (self->cost < 1e-9) {
            keep(self);
            self->share = lower_share(self);
            self->cost = cost_of(self);
        }
    }
}

/* Where a crew without drones has sorties to fly: twice what would do if the fleet were one. */
static double first_share(const struct settling *self)
{
    double load = 0;
    int n = 0;
    for (int c = 0; c < self->p->n_crews; c++) {
        load += self->loads[c];
        n += self->n[c];
    }
    return 2 * load / n;
}

/* The best so far, to go on from. */
static void take_up(struct settling *self)
{
    self->part.n = self->best.n;
    memcpy(self->part.pieces, self->best.pieces, (size_t)self->best.n * sizeof *self->best.pieces);
    memcpy(self->n, self->best_n, (size_t)self->p->n_crews * sizeof *self->n);
    vg_partition_load(self->p, &self->part, false, self->loads);
    self->cost = cost_of(self);
}

static bool take(struct settling *self, const struct vg_partition *io)
{
    struct vg_problem *p = self->p;
    size_t crews = (size_t)p->n_crews;
    size_t nodes = 4;
    for (int k = 0; k < p->n_chains; k++) {
        nodes += (size_t)p->chains[k].n;
    }
    self->loads = vg_arena_calloc(&p->arena, crews, sizeof *self->loads);
    self->n = vg_arena_calloc(&p->arena, crews, sizeof *self->n);
    self->best_n = vg_arena_calloc(&p->arena, crews, sizeof *self->best_n);
    self->part.pieces = vg_arena_calloc(&p->arena, nodes, sizeof *self->part.pieces);
    self->best.pieces = vg_arena_calloc(&p->arena, nodes, sizeof *self->best.pieces);
    if (!self->loads || !self->n || !self->best_n || !self->part.pieces || !self->best.pieces) {
        return false;
    }
    self->part.n = io->n;
    memcpy(self->part.pieces, io->pieces, (size_t)io->n * sizeof *io->pieces);
    for (int c = 0; c < p->n_crews; c++) {
        self->n[c] = self->best_n[c] = p->crews[c].n;
    }
    return true;
}

enum vg_status vg_settle(struct vg_problem *p, const struct vg_settle_options *options,
                         struct vg_partition *io, struct vg_error *err)
{
    struct settling self = {.p = p, .options = options, .rng = vg_rng_seed(options->seed)};
    if (!take(&self, io)) {
        return vg_no_memory(err);
    }
    for (int q = 0; q < self.part.n; q++) {
        vg_piece_set_cost(p, &self.part.pieces[q]);
    }
    vg_partition_load(p, &self.part, false, self.loads);
    self.best.worst = HUGE_VAL;
    keep(&self);
    self.share = first_share(&self);
    self.share = lower_share(&self);
    self.cost = cost_of(&self);
    for (int round = 0; round < options->rounds && self.part.n > 0; round++) {
        anneal(&self, (int64_t)options->moves * io->n);
        if (self.best.worst < HUGE_VAL) {
            take_up(&self);
        }
    }
    if (!(self.best.worst < HUGE_VAL)) {
        io->worst = HUGE_VAL;
        return VG_OK;
    }
    for (int c = 0; c < p->n_crews; c++) {
        p->crews[c].n = self.best_n[c];
    }
    *io = self.best;
    return VG_OK;
}
