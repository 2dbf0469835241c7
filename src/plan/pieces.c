/* The partition that a plan in force flies, to go on from when drones are lost or back. Where
 * several sorties pass a link the first one has it; what none of these drones passes, or cannot fly
 * as it is now, goes piece by piece to whoever sweeps it most cheaply. */
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>

enum {
    NOBODY = -1
};

struct owners {
    struct vg_problem *p;
    int **of; /* per line of the problem, per link: sortie */
    const int *crew_of; /* per sortie */
};

static int find_crew(const struct vg_problem *p, const struct vg_plan_sortie *so)
{
    int drone = vg_watchfile_find_drone(p->watch, so->drone);
    for (int c = 0; c < p->n_crews && drone >= 0; c++) {
        if (p->crews[c].base == p->watch->drones[drone].base &&
            p->crews[c].type == p->watch->drones[drone].type) {
            return c;
        }
    }
    return NOBODY;
}

/* The first link whose middle is at or behind s_m. */
static int first_link(const struct vg_nodes *nd, double s_m)
{
    int lo = 0;
    int hi = nd->n - 1;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        bool is_before = (nd->s_m[mid] + nd->s_m[mid + 1]) / 2 < s_m;
        lo = is_before ? mid + 1 : lo;
        hi = is_before ? hi : mid;
    }
    return lo;
}

static void own(struct owners *o, int sortie, const struct vg_plan_visit *v)
{
    const struct vg_problem *p = o->p;
    int line = vg_network_find_line(&p->watch->network, v->line);
    for (int k = 0; k < p->net.n_lines; k++) {
        const struct vg_nodes *nd = &p->nodes[k];
        if (p->flown[k].line != line || p->flown[k].pass != v->pass) {
            continue;
        }
        double lo_m = fmin(v->from_m, v->to_m) - p->flown[k].from_m;
        double hi_m = fmax(v->from_m, v->to_m) - p->flown[k].from_m;
        for (int q = first_link(nd, lo_m);
             q < nd->n - 1 && (nd->s_m[q] + nd->s_m[q + 1]) / 2 <= hi_m; q++) {
            o->of[k][q] = o->of[k][q] == NOBODY ? sortie : o->of[k][q];
        }
    }
}

static int owner_of(const struct owners *o, const struct vg_chain *ch, int link)
{
    const struct vg_nodes *nd = &o->p->nodes[ch->line];
    int sortie = o->of[ch->line][vg_chain_node(o->p, ch, link) % (nd->n - 1)];
    return sortie == NOBODY ? NOBODY : o->crew_of[sortie];
}

static bool is_same_owner(const struct owners *o, const struct vg_chain *ch, int a, int b)
{
    int links = o->p->nodes[ch->line].n - 1;
    return o->of[ch->line][vg_chain_node(o->p, ch, a) % links] ==
           o->of[ch->line][vg_chain_node(o->p, ch, b) % links];
}

/* The longest piece from node i on, to j at most, that this crew can fly. */
static bool longest(const struct vg_problem *p, int chain, int crew, int i, int j,
                    struct vg_piece *out)
{
    *out = (struct vg_piece){.chain = chain, .crew = crew, .i = i, .j = j};
    while (out->j > i && !vg_piece_set_cost(p, out)) {
        out->j -= 1 + (out->j - i) / 8;
    }
    return out->j > i;
}

/* From node i on by whoever sweeps most in its time. */
static bool cheapest(const struct vg_problem *p, int chain, int i, int j, struct vg_piece *out)
{
    const struct vg_chain *ch = &p->chains[chain];
    double best = 0;
    for (int c = 0; c < p->n_crews; c++) {
        struct vg_piece x;
        if (longest(p, chain, c, i, j, &x)) {
            double speed = (vg_chain_u_m(p, ch, x.j) - vg_chain_u_m(p, ch, x.i)) / x.cost_s;
            *out = speed > best ? x : *out;
            best = fmax(best, speed);
        }
    }
    return best > 0;
}

/* Nodes i..j, owned by one sortie or by nobody, to pieces. */
static bool add_run(const struct owners *o, int chain, int i, int j, struct vg_partition *io)
{
    int crew = owner_of(o, &o->p->chains[chain], i);
    while (i < j) {
        struct vg_piece *x = &io->pieces[io->n];
        bool is_kept = crew != NOBODY && longest(o->p, chain, crew, i, j, x) && x->j == j;
        if (!is_kept && !cheapest(o->p, chain, i, j, x)) {
            return false;
        }
        io->n++;
        i = x->j;
    }
    return true;
}

static bool take(struct owners *o, const struct vg_plan *plan)
{
    struct vg_problem *p = o->p;
    int *crew_of = vg_arena_calloc(&p->arena, (size_t)plan->n_sorties + 1, sizeof *crew_of);
    o->of = vg_arena_calloc(&p->arena, (size_t)p->net.n_lines + 1, sizeof *o->of);
    bool is_good = crew_of != NULL && o->of != NULL;
    for (int k = 0; k < p->net.n_lines && is_good; k++) {
        size_t n = (size_t)p->nodes[k].n + 1;
        o->of[k] = vg_arena_calloc(&p->arena, n, sizeof *o->of[k]);
        is_good = o->of[k] != NULL;
        for (size_t q = 0; q < n && is_good; q++) {
            o->of[k][q] = NOBODY;
        }
    }
    for (int k = 0; k < plan->n_sorties && is_good; k++) {
        crew_of[k] = find_crew(p, &plan->sorties[k]);
    }
    o->crew_of = crew_of;
    return is_good;
}

enum vg_status vg_partition_of_plan(struct vg_problem *p, const struct vg_plan *plan,
                                    struct vg_partition *out, struct vg_error *err)
{
    struct owners o = {.p = p};
    size_t n = 1;
    for (int k = 0; k < p->n_chains; k++) {
        n += (size_t)p->chains[k].n;
    }
    *out = (struct vg_partition){.pieces = vg_arena_calloc(&p->arena, n, sizeof *out->pieces)};
    if (out->pieces == NULL || !take(&o, plan)) {
        return vg_no_memory(err);
    }
    for (int k = 0; k < plan->n_sorties; k++) {
        for (int v = 0; v < plan->sorties[k].n_visits && o.crew_of[k] != NOBODY; v++) {
            own(&o, k, &plan->sorties[k].visits[v]);
        }
    }
    for (int k = 0; k < p->n_chains; k++) {
        const struct vg_chain *ch = &p->chains[k];
        for (int i = 0, j; i < ch->n - 1; i = j) {
            for (j = i + 1; j < ch->n - 1 && is_same_owner(&o, ch, i, j); j++) {
            }
            if (!add_run(&o, k, i, j, out)) {
                return vg_fail(err, VG_E_INTERNAL, "a served link that nobody flies");
            }
        }
    }
    return VG_OK;
}
