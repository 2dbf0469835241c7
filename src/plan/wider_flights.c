/* The flights of the wider classes: times, costs, and how long they let a site count as seen. */
#include "plan/wider_inner.h"

#include "geo/geodesy.h"

#include <math.h>
#include <stdlib.h>

enum {
    SITES_PER_SORTIE = 48 /* of the longest home sortie on a chain: pricing takes their cube */
};

static const struct vg_crew *crew_of_type(const struct vg_problem *p, int type)
{
    for (int c = 0; c < p->n_crews; c++) {
        if (p->crews[c].type == type) {
            return &p->crews[c];
        }
    }
    return NULL;
}

/* Along the chain from its first node, over the end of a ring too. */
static void time_along(const struct vg_problem *p, int chain, const struct vg_crew *crew,
                       struct vg_wider_times *out)
{
    const struct vg_chain *ch = &p->chains[chain];
    int c = (int)(crew - p->crews);
    double from_m = vg_chain_u_m(p, ch, 0);
    for (int i = 0; i < ch->n; i++) {
        double u_m = vg_chain_u_m(p, ch, i);
        out->fwd[i] = vg_flypath_time_s(p, ch->line, c, u_m, false) -
                      vg_flypath_time_s(p, ch->line, c, from_m, false);
        out->bwd[i] = vg_flypath_time_s(p, ch->line, c, u_m, true) -
                      vg_flypath_time_s(p, ch->line, c, from_m, true);
    }
}

/* Straight between base and nodes, as far as a drone flies at all. */
static void time_legs(const struct vg_problem *p, int chain, const struct vg_crew *crew, int base,
                      double *out, double *home)
{
    const struct vg_chain *ch = &p->chains[chain];
    const struct vg_nodes *nd = &p->nodes[ch->line];
    const struct vg_wf_base *b = &p->watch->bases[base];
    double most_s = crew->usable_s * 1.01;
    double most_m = most_s * (crew->air.cruise_mps + crew->air.wind_mps);
    for (int i = 0; i < ch->n; i++) {
        int a = vg_chain_node(p, ch, i);
        out[i] = home[i] = HUGE_VAL;
        if (vg_geo_distance_m(b->lat_deg, b->lon_deg, nd->lat_deg[a], nd->lon_deg[a]) > most_m) {
            continue;
        }
        out[i] =
            vg_airspeed_leg_s(&crew->air, b->lat_deg, b->lon_deg, nd->lat_deg[a], nd->lon_deg[a]);
        home[i] =
            vg_airspeed_leg_s(&crew->air, nd->lat_deg[a], nd->lon_deg[a], b->lat_deg, b->lon_deg);
    }
}

static bool make_times(struct vg_wider *self, int type, int chain)
{
    const struct vg_problem *p = self->p;
    const struct vg_crew *crew = crew_of_type(p, type);
    struct vg_wider_times *t = &self->times[type * p->n_chains + chain];
    size_t n = (size_t)p->chains[chain].n;
    size_t bases = (size_t)p->watch->n_bases;
    if (crew == NULL) {
        return true;
    }
    t->fwd = malloc(n * sizeof *t->fwd);
    t->bwd = malloc(n * sizeof *t->bwd);
    t->out = calloc(bases, sizeof *t->out);
    t->home = calloc(bases, sizeof *t->home);
    if (!t->fwd || !t->bwd || !t->out || !t->home) {
        return false;
    }
    time_along(p, chain, crew, t);
    for (int b = 0; b < p->watch->n_bases; b++) {
        if (!self->may_relay && self->group_of[type * p->watch->n_bases + b] < 0) {
            continue;
        }
        t->out[b] = malloc(n * sizeof **t->out);
        t->home[b] = malloc(n * sizeof **t->home);
        if (t->out[b] == NULL || t->home[b] == NULL) {
            return false;
        }
        time_legs(p, chain, crew, b, t->out[b], t->home[b]);
    }
    return true;
}

/* A crew's drones are a group; where they wander, all of a type. */
static bool make_groups(struct vg_wider *self)
{
    const struct vg_problem *p = self->p;
    int bases = p->watch->n_bases;
    self->group_of = malloc((size_t)(self->n_types * bases) * sizeof *self->group_of);
    self->n_of = calloc((size_t)p->n_crews + 1, sizeof *self->n_of);
    if (self->group_of == NULL || self->n_of == NULL) {
        return false;
    }
    for (int k = 0; k < self->n_types * bases; k++) {
        self->group_of[k] = -1;
    }
    for (int c = 0; c < p->n_crews; c++) {
        int *row = &self->group_of[p->crews[c].type * bases];
        int g = self->may_relay && row[0] >= 0 ? row[0] : self->n_groups++;
        self->n_of[g] += p->crews[c].n;
        for (int b = 0; b < bases; b++) {
            row[b] = self->may_relay || b == p->crews[c].base ? g : row[b];
        }
    }
    return true;
}

/* Every so many nodes a site, the chain's ends always. Fewer sites only lower the bound. */
static bool make_sites(struct vg_wider *self, const struct vg_rates *rates)
{
    const struct vg_problem *p = self->p;
    int nodes = 0;
    for (int k = 0; k < p->n_chains; k++) {
        nodes += p->chains[k].n;
    }
    self->wish = malloc((size_t)nodes * sizeof *self->wish);
    self->row = calloc((size_t)p->n_chains, sizeof *self->row);
    for (int k = 0; k < p->n_chains && self->wish != NULL && self->row != NULL; k++) {
        int n = p->chains[k].n;
        int longest = 1;
        for (int c = 0; c < p->n_crews; c++) {
            const struct vg_cost_rows *rows = &rates->costs->rows[k * p->n_crews + c];
            for (int i = 0; i < n; i++) {
                longest = rows->n_m[i] > longest ? rows->n_m[i] : longest;
            }
        }
        int step = (longest + SITES_PER_SORTIE - 1) / SITES_PER_SORTIE;
        self->row[k] = malloc((size_t)n * sizeof **self->row);
        for (int i = 0; i < n && self->row[k] != NULL; i++) {
            bool is_site = i % step == 0 || i == n - 1;
            self->row[k][i] = is_site ? self->n_sites : -1;
            if (is_site) {
                self->wish[self->n_sites++] =
                    vg_rates_wish_s(p, &p->chains[k], i) / p->least_revisit_s;
            }
        }
        if (self->row[k] == NULL) {
            return false;
        }
    }
    return self->wish != NULL && self->row != NULL;
}

enum vg_status vg_wider_init(struct vg_wider *self, const struct vg_rates *rates,
                             enum vg_wider_kind kind, struct vg_error *err)
{
    const struct vg_problem *p = rates->p;
    *self = (struct vg_wider){.p = p,
                              .may_turn = kind != VG_WIDER_RELAY,
                              .may_relay = kind != VG_WIDER_TURN,
                              .n_types = p->watch->n_types,
                              .share = rates->bound};
    self->times = calloc((size_t)(self->n_types * p->n_chains), sizeof *self->times);
    bool is_ok = self->times != NULL && make_groups(self) && make_sites(self, rates);
    for (int k = 0; k < self->n_types * p->n_chains && is_ok; k++) {
        is_ok = make_times(self, k / p->n_chains, k % p->n_chains);
    }
    return is_ok ? VG_OK : vg_no_memory(err);
}

static void finish_times(struct vg_wider_times *t, int n_bases)
{
    for (int b = 0; b < n_bases; b++) {
        if (t->out != NULL) {
            free(t->out[b]);
        }
        if (t->home != NULL) {
            free(t->home[b]);
        }
    }
    free(t->fwd);
    free(t->bwd);
    free(t->out);
    free(t->home);
}

void vg_wider_finish(struct vg_wider *self)
{
    for (int k = 0; self->times != NULL && k < self->n_types * self->p->n_chains; k++) {
        finish_times(&self->times[k], self->p->watch->n_bases);
    }
    for (int k = 0; self->row != NULL && k < self->p->n_chains; k++) {
        free(self->row[k]);
    }
    free(self->times);
    free(self->row);
    free(self->wish);
    free(self->n_of);
    free(self->group_of);
}

int vg_wider_node(const struct vg_wider *self, int chain, bool is_back, int k)
{
    return is_back ? self->p->chains[chain].n - 1 - k : k;
}

/* From the first node flown over to the k-th, and back from there. */
static double there_s(const struct vg_wider_times *t, int n, bool is_back, int k)
{
    return is_back ? t->bwd[n - 1] - t->bwd[n - 1 - k] : t->fwd[k];
}

static double back_s(const struct vg_wider_times *t, int n, bool is_back, int k)
{
    return is_back ? t->fwd[n - 1] - t->fwd[n - 1 - k] : t->bwd[k];
}

double vg_wider_cost(const struct vg_wider *self, const struct vg_wider_flight *f)
{
    const struct vg_problem *p = self->p;
    const struct vg_wider_times *t = &self->times[f->type * p->n_chains + f->chain];
    const struct vg_crew *crew = crew_of_type(p, f->type);
    int n = p->chains[f->chain].n;
    int end = f->c >= 0 ? f->c : f->j;
    double legs_s = t->out[f->from][vg_wider_node(self, f->chain, f->is_back, f->a)] +
                    t->home[f->to][vg_wider_node(self, f->chain, f->is_back, end)];
    double sweep_s = there_s(t, n, f->is_back, f->q) - there_s(t, n, f->is_back, f->a);
    if (f->c >= 0) {
        sweep_s += back_s(t, n, f->is_back, f->q) - back_s(t, n, f->is_back, f->c);
    }
    /* As vg_flight_floor_s: what a constant wind on a curved earth and rounding might give. */
    double hair = crew->air.wind_mps > 0 ? 0.9995 : 1;
    double flight_s = hair * (legs_s + sweep_s) + crew->climb_s + crew->sink_s;
    return flight_s <= crew->usable_s + VG_BOUND_MORE_S
               ? (flight_s + crew->turnaround_s) / p->least_revisit_s
               : HUGE_VAL;
}

double vg_wider_measure(const struct vg_wider *self, const struct vg_wider_flight *f, int node)
{
    const struct vg_wider_times *t = &self->times[f->type * self->p->n_chains + f->chain];
    int n = self->p->chains[f->chain].n;
    int site = self->row[f->chain][vg_wider_node(self, f->chain, f->is_back, node)];
    double once = self->share * self->wish[site];
    if (f->c < 0 || node < f->c || node < f->a) {
        return once;
    }
    /* Turned anywhere in the link behind node q: no later back than from its far end. */
    int far = f->q + 1 < n ? f->q + 1 : n - 1;
    double gap_s = there_s(t, n, f->is_back, far) - there_s(t, n, f->is_back, node) +
                   back_s(t, n, f->is_back, far) - back_s(t, n, f->is_back, node);
    return once + fmin(gap_s / self->p->least_revisit_s, once);
}
