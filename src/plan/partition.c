/* Local moves on a partition: the prices leave loads uneven by whole sorties; moving cuts by single
 * links evens them.
 *
 * What is made small is the sum of (load_c / n_c)^P: with P large the greatest load counts alone,
 * and the others still break ties.
 */
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double POWER = 24;
enum {
    MAX_SWEEPS = 200
};

static double revisit_of(const struct vg_problem *p, const struct vg_piece *x)
{
    const struct vg_chain *ch = &p->chains[x->chain];
    const struct vg_nodes *nd = &p->nodes[ch->line];
    double least = HUGE_VAL;
    for (int k = x->i; k < x->j; k++) {
        least = fmin(least, nd->revisit_s[vg_chain_node(p, ch, k) % (nd->n - 1)]);
    }
    return least;
}

/* false if the crew cannot fly it; most of the moves tried end here, so the cheap question comes
 * first. */
bool vg_piece_set_cost(const struct vg_problem *p, struct vg_piece *x)
{
    double f = vg_flight_least_s(p, &p->chains[x->chain], x->crew, x->i, x->j, NULL);
    if (!(f < HUGE_VAL)) {
        return false;
    }
    x->cost_s = f + p->crews[x->crew].turnaround_s;
    x->revisit_s = p->is_mixed ? revisit_of(p, x) : p->least_revisit_s;
    return true;
}

double vg_piece_load(const struct vg_problem *p, const struct vg_piece *x, bool is_weighted)
{
    return x->cost_s / (is_weighted ? x->revisit_s : p->least_revisit_s);
}

double vg_partition_load(const struct vg_problem *p, const struct vg_partition *part,
                         bool is_weighted, double *out_loads)
{
    double worst = 0;
    memset(out_loads, 0, (size_t)p->n_crews * sizeof *out_loads);
    for (int q = 0; q < part->n; q++) {
        out_loads[part->pieces[q].crew] += vg_piece_load(p, &part->pieces[q], is_weighted);
    }
    for (int c = 0; c < p->n_crews; c++) {
        worst = fmax(worst, out_loads[c] / p->crews[c].n);
    }
    return worst;
}

struct improver {
    struct vg_problem *p;
    struct vg_partition *part;
    double *loads;
    double scale; /* the loads' size, so that powers stay in range */
    bool is_weighted;
    double least_gain; /* of the sum: what brings less is left as it is */
};

static double term(const struct improver *im, int c, double load)
{
    return pow(fmax(load, 0) / im->p->crews[c].n / im->scale, POWER);
}

static void add_delta(struct vg_swap *self, int crew, double load)
{
    int k = 0;
    while (k < self->n && self->crews[k] != crew) {
        k++;
    }
    if (k == self->n) {
        self->crews[k] = crew;
        self->delta[k] = 0;
        self->n++;
    }
    self->delta[k] += load;
}

bool vg_swap_weigh(const struct vg_problem *p, const struct vg_partition *part, bool is_weighted,
                   struct vg_swap *io)
{
    io->n = 0;
    for (int q = 0; q < io->n_new; q++) {
        if (!vg_piece_set_cost(p, &io->fresh[q])) {
            return false;
        }
        add_delta(io, io->fresh[q].crew, vg_piece_load(p, &io->fresh[q], is_weighted));
    }
    for (int q = io->at; q < io->at + io->n_old; q++) {
        add_delta(io, part->pieces[q].crew, -vg_piece_load(p, &part->pieces[q], is_weighted));
    }
    return true;
}

void vg_swap_make(const struct vg_swap *self, struct vg_partition *io, double *io_loads)
{
    struct vg_piece *old = io->pieces + self->at;
    for (int k = 0; k < self->n; k++) {
        io_loads[self->crews[k]] += self->delta[k];
    }
    memmove(old + self->n_new, old + self->n_old,
            (size_t)(io->n - self->at - self->n_old) * sizeof *old);
    memcpy(old, self->fresh, (size_t)self->n_new * sizeof *old);
    io->n += self->n_new - self->n_old;
}

/* Replaces n_old pieces at `at` by n_new if that makes the sum smaller. */
static bool try_swap(struct improver *im, int at, int n_old, const struct vg_piece *fresh,
                     int n_new)
{
    struct vg_swap swap = {.at = at, .n_old = n_old, .n_new = n_new};
    memcpy(swap.fresh, fresh, (size_t)n_new * sizeof *fresh);
    if (!vg_swap_weigh(im->p, im->part, im->is_weighted, &swap)) {
        return false;
    }
    double change = 0;
    for (int k = 0; k < swap.n; k++) {
        double load = im->loads[swap.crews[k]];
        change += term(im, swap.crews[k], load + swap.delta[k]) - term(im, swap.crews[k], load);
    }
    if (!(change < -im->least_gain)) {
        return false;
    }
    vg_swap_make(&swap, im->part, im->loads);
    return true;
}

static bool move_cut(struct improver *im, int at)
{
    bool any = false;
    static const int STEPS[] = {1, -1, 2, -2, 5, -5, 12, -12, 30, -30};
    if (at + 1 >= im->part->n || im->part->pieces[at].chain != im->part->pieces[at + 1].chain) {
        return false;
    }
    for (int q = 0; q < 10; q++) {
        struct vg_piece two[2] = {im->part->pieces[at], im->part->pieces[at + 1]};
        two[0].j += STEPS[q];
        two[1].i += STEPS[q];
        if (two[0].j > two[0].i && two[1].j > two[1].i && try_swap(im, at, 2, two, 2)) {
            any = true;
            q--; /* the same step again */
        }
    }
    return any;
}

static bool change_owner(struct improver *im, int at)
{
    bool any = false;
    for (int c = 0; c < im->p->n_crews; c++) {
        struct vg_piece one = im->part->pieces[at];
        if (c != one.crew) {
            one.crew = c;
            any = try_swap(im, at, 1, &one, 1) || any;
        }
    }
    return any;
}

static bool join_next(struct improver *im, int at)
{
    if (at + 1 >= im->part->n || im->part->pieces[at].chain != im->part->pieces[at + 1].chain) {
        return false;
    }
    struct vg_piece one = im->part->pieces[at];
    one.j = im->part->pieces[at + 1].j;
    if (try_swap(im, at, 2, &one, 1)) {
        return true;
    }
    one.crew = im->part->pieces[at + 1].crew;
    return try_swap(im, at, 2, &one, 1);
}

/* A part of the piece goes to another crew, at either end. */
static bool split(struct improver *im, int at)
{
    struct vg_piece whole = im->part->pieces[at];
    for (int eighth = 1; eighth < 8; eighth++) {
        int cut = whole.i + (whole.j - whole.i) * eighth / 8;
        if (cut <= whole.i || cut >= whole.j) {
            continue;
        }
        for (int c = 0; c < im->p->n_crews; c++) {
            for (int side = 0; side < 2; side++) {
                struct vg_piece two[2] = {whole, whole};
                two[0].j = two[1].i = cut;
                two[side].crew = c;
                if (try_swap(im, at, 1, two, 2)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Two neighbours' cut and one owner at once: what single moves cannot do without passing through
 * something worse. */
static bool hand_over(struct improver *im, int at)
{
    if (at + 1 >= im->part->n || im->part->pieces[at].chain != im->part->pieces[at + 1].chain) {
        return false;
    }
    static const int STEPS[] = {-40, -20, -10, -5, 5, 10, 20, 40};
    for (int side = 0; side < 2; side++) {
        for (int c = 0; c < im->p->n_crews; c++) {
            for (int q = 0; q < 8; q++) {
                struct vg_piece two[2] = {im->part->pieces[at], im->part->pieces[at + 1]};
                two[0].j += STEPS[q];
                two[1].i += STEPS[q];
                two[side].crew = c;
                if (two[0].j > two[0].i && two[1].j > two[1].i && try_swap(im, at, 2, two, 2)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Two neighbours change places, with the cut anywhere between their far ends: from "Kayes west,
 * Diboli east" to the other way round no chain of single moves leads that does not pass through
 * something worse. */
static bool exchange(struct improver *im, int at)
{
    enum {
        PARTS = 24
    };
    if (at + 1 >= im->part->n || im->part->pieces[at].chain != im->part->pieces[at + 1].chain) {
        return false;
    }
    const struct vg_piece a = im->part->pieces[at];
    const struct vg_piece b = im->part->pieces[at + 1];
    for (int k = 1; k < PARTS && a.crew != b.crew; k++) {
        int cut = a.i + (b.j - a.i) * k / PARTS;
        struct vg_piece two[2] = {a, b};
        two[0].crew = b.crew;
        two[1].crew = a.crew;
        two[0].j = two[1].i = cut;
        if (cut > a.i && cut < b.j && try_swap(im, at, 2, two, 2)) {
            return true;
        }
    }
    return false;
}

static bool sweep(struct improver *im)
{
    bool any = false;
    int *n = &im->part->n;
    im->scale = vg_partition_load(im->p, im->part, im->is_weighted, im->loads);
    for (int q = 0; q < *n; q++) {
        any = move_cut(im, q) || any;
        any = change_owner(im, q) || any;
        any = join_next(im, q) || any;
    }
    for (int q = 0; !any && q < *n; q++) {
        any = split(im, q) || hand_over(im, q) || exchange(im, q);
    }
    return any;
}

static enum vg_status improve(struct vg_problem *p, bool is_weighted, double enough,
                              double least_gain, struct vg_partition *io, struct vg_error *err)
{
    int n_nodes = 1;
    for (int k = 0; k < p->n_chains; k++) {
        n_nodes += p->chains[k].n;
    }
    struct vg_piece *room = vg_arena_calloc(&p->arena, (size_t)n_nodes, sizeof *room);
    double *loads = vg_arena_calloc(&p->arena, (size_t)p->n_crews, sizeof *loads);
    if (room == NULL || loads == NULL) {
        return vg_no_memory(err);
    }
    memcpy(room, io->pieces, (size_t)io->n * sizeof *room);
    io->pieces = room;
    for (int q = 0; q < io->n; q++) {
        vg_piece_set_cost(p, &io->pieces[q]);
    }
    struct improver im = {p, io, loads, 1, is_weighted, least_gain};
    bool any = true;
    for (int k = 0; k < MAX_SWEEPS && any; k++) {
        io->worst = vg_partition_load(p, io, is_weighted, loads);
        any = io->worst > enough && sweep(&im);
    }
    io->worst = vg_partition_load(p, io, is_weighted, loads);
    return VG_OK;
}

enum vg_status vg_partition_improve(struct vg_problem *p, bool is_weighted, struct vg_partition *io,
                                    struct vg_error *err)
{
    static const double ANYTHING = 1e-13;
    return improve(p, is_weighted, 0, ANYTHING, io, err);
}

enum vg_status vg_partition_relieve(struct vg_problem *p, bool is_weighted, double enough,
                                    struct vg_partition *io, struct vg_error *err)
{
    static const double MUCH = 0.05; /* the crew that is worst off counts 1 */
    return improve(p, is_weighted, enough, MUCH, io, err);
}
