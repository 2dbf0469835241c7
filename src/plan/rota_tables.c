/* What a rota's search looks up: times of flight, wishes, near-optimal sorties. */
#include "plan/rota.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_PATTERNS = 20000,
    LEAST_PER_BLOCK = 30
};
static const double BLOCK_M = 4000;
static const double NEAR = 0.25; /* a sortie that collects less than this much short of its price */

static void *take(struct vg_problem *p, int n, size_t size_bytes)
{
    return vg_arena_calloc(&p->arena, n > 0 ? (size_t)n : 1, size_bytes);
}

/* Along a chain from its own first node, past the ring's end too. */
static double along_s(const struct vg_problem *p, const struct vg_chain *ch, int crew, int k,
                      bool is_backward)
{
    return vg_flypath_time_s(p, ch->line, crew, vg_chain_u_m(p, ch, k), is_backward);
}

static void fill_times(struct vg_problem *p, const struct vg_chain *ch, struct vg_rota_chain *out)
{
    for (int c = 0; c < p->n_crews; c++) {
        const struct vg_reach *r = &p->reach[ch->line * p->n_crews + c];
        int type = p->crews[c].type;
        for (int k = 0; k < ch->n; k++) {
            int node = vg_chain_node(p, ch, k);
            out->fwd_s[type * ch->n + k] = along_s(p, ch, c, k, false);
            out->bwd_s[type * ch->n + k] = along_s(p, ch, c, k, true);
            out->out_fwd_s[c * ch->n + k] = r->out_fwd[node];
            out->out_bwd_s[c * ch->n + k] = r->out_bwd[node];
            out->home_s[c * ch->n + k] = r->home[node];
        }
    }
}

static bool make_chain(struct vg_problem *p, const struct vg_chain *ch, int n_types,
                       struct vg_rota_chain *out)
{
    const struct vg_nodes *nd = &p->nodes[ch->line];
    int n = ch->n;
    out->n = n;
    out->wish_s = take(p, n, sizeof(double));
    out->same_to = take(p, n, sizeof(int));
    out->worth_s = take(p, n, sizeof(double));
    out->fwd_s = take(p, n * n_types, sizeof(double));
    out->bwd_s = take(p, n * n_types, sizeof(double));
    out->out_fwd_s = take(p, n * p->n_crews, sizeof(double));
    out->out_bwd_s = take(p, n * p->n_crews, sizeof(double));
    out->home_s = take(p, n * p->n_crews, sizeof(double));
    if (!out->wish_s || !out->same_to || !out->worth_s || !out->fwd_s || !out->bwd_s ||
        !out->out_fwd_s || !out->out_bwd_s || !out->home_s) {
        return false;
    }
    for (int k = n - 2; k >= 0; k--) {
        out->wish_s[k] = nd->revisit_s[vg_chain_node(p, ch, k) % (nd->n - 1)];
        bool is_same = k + 1 < n - 1 && fabs(out->wish_s[k] - out->wish_s[k + 1]) < 1e-9;
        out->same_to[k] = is_same ? out->same_to[k + 1] : k + 1;
    }
    fill_times(p, ch, out);
    double length_m = vg_chain_u_m(p, ch, n - 1) - vg_chain_u_m(p, ch, 0);
    int block = (int)(BLOCK_M * (n - 1) / length_m);
    out->block = block > 1 ? block : 1;
    out->n_blocks = (n - 1 + out->block - 1) / out->block;
    return true;
}

/* Over relief: does the battery hold the climbs too? */
static bool has_left(const struct vg_rota_tables *t, const struct vg_rota_sortie *x,
                     double flight_s)
{
    const struct vg_piece piece = {
        .i = x->i, .j = x->j, .crew = x->crew, .elsewhere = x->elsewhere};
    const struct vg_crew *crew = &t->p->crews[x->crew];
    return !t->is_relief ||
           flight_s + vg_flight_more_s(t->p, &t->p->chains[x->chain], &piece, x->is_backward) <=
               crew->usable_s - crew->climbs_s;
}

bool vg_rota_set(const struct vg_rota_tables *t, struct vg_rota_sortie *io)
{
    const struct vg_rota_chain *ch = &t->chains[io->chain];
    if (io->is_flown) {
        return true;
    }
    if (io->i < 0 || io->j >= ch->n || io->i >= io->j) {
        return false;
    }
    int land = vg_rota_land(io);
    const struct vg_crew *crew = &t->p->crews[io->crew];
    if (t->p->crews[land].type != crew->type) {
        return false;
    }
    io->elsewhere = land == io->crew ? 0 : io->elsewhere;
    const double *out = (io->is_backward ? ch->out_bwd_s : ch->out_fwd_s) + io->crew * ch->n;
    const double *along = (io->is_backward ? ch->bwd_s : ch->fwd_s) + crew->type * ch->n;
    int first = io->is_backward ? io->j : io->i;
    int last = io->is_backward ? io->i : io->j;
    double sweep_s = along[io->j] - along[io->i];
    double lead_s = crew->climb_s + out[first];
    double flight_s = lead_s + sweep_s + ch->home_s[land * ch->n + last] + crew->sink_s;
    if (!(flight_s <= crew->usable_s - crew->climbs_s) || !has_left(t, io, flight_s)) {
        return false;
    }
    io->busy_s = flight_s + crew->turnaround_s;
    io->sight_s = io->is_backward ? lead_s + along[io->j] : lead_s - along[io->i];
    return true;
}

double vg_rota_node_s(const struct vg_rota_tables *t, const struct vg_rota_sortie *s, int k)
{
    const struct vg_rota_chain *ch = &t->chains[s->chain];
    int at = t->p->crews[s->crew].type * ch->n + k;
    return s->is_backward ? s->sight_s - ch->bwd_s[at] : s->sight_s + ch->fwd_s[at];
}

double vg_rota_offset_s(const struct vg_rota_tables *t, const struct vg_rota_sortie *s, int k)
{
    return (vg_rota_node_s(t, s, k) + vg_rota_node_s(t, s, k + 1)) / 2;
}

/* A sortie over a pattern, in the direction that can be flown; false if none can. */
static bool sortie_over(const struct vg_rota_tables *t, const struct vg_rota_pattern *x,
                        struct vg_rota_sortie *out)
{
    *out = (struct vg_rota_sortie){.chain = x->chain, .crew = x->crew, .i = x->i, .j = x->j};
    if (vg_rota_set(t, out)) {
        return true;
    }
    out->is_backward = true;
    return vg_rota_set(t, out);
}

/* The least drone-seconds per link of any pattern over it. */
static void note_worth(const struct vg_rota_tables *t, const struct vg_rota_pattern *x)
{
    struct vg_rota_sortie s;
    double *worth = t->chains[x->chain].worth_s;
    if (sortie_over(t, x, &s)) {
        double each = s.busy_s / (x->j - x->i);
        for (int k = x->i; k < x->j; k++) {
            worth[k] = worth[k] > 0 && worth[k] < each ? worth[k] : each;
        }
    }
}

struct candidate {
    struct vg_rota_pattern pattern;
    double short_by; /* 1 - collected / priced cost */
};

static int by_short(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    if (x->short_by < y->short_by || x->short_by > y->short_by) {
        return x->short_by < y->short_by ? -1 : 1;
    }
    const struct vg_rota_pattern *p = &x->pattern;
    const struct vg_rota_pattern *q = &y->pattern;
    return p->chain != q->chain ? p->chain - q->chain
           : p->i != q->i       ? p->i - q->i
           : p->j != q->j       ? p->j - q->j
                                : p->crew - q->crew;
}

struct gather {
    struct candidate *items;
    int n;
    int cap;
};

static bool push(struct gather *self, struct candidate x)
{
    if (self->n == self->cap) {
        int cap = self->cap > 0 ? 2 * self->cap : 4096;
        struct candidate *more = realloc(self->items, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        self->items = more;
        self->cap = cap;
    }
    self->items[self->n++] = x;
    return true;
}

/* Ends on every block's edge only: moves do the rest. From each start the near-optimal sorties, and
 * the longest one, which is last in line. */
static bool gather_crew(const struct vg_rota_tables *t, const struct vg_rates *rates, int k, int c,
                        struct gather *out)
{
    const struct vg_rota_chain *ch = &t->chains[k];
    for (int i = 0; i < ch->n - 1; i += ch->block) {
        double sum = 0;
        struct vg_rota_pattern longest = {0};
        bool has_longest = false;
        for (int j = i; j < ch->n; j++) {
            struct vg_rota_pattern x = {k, c, i, j};
            struct vg_rota_sortie s;
            sum += rates->y[k][j];
            if (j == i || (j % ch->block != 0 && j != ch->n - 1)) {
                continue;
            }
            if (!sortie_over(t, &x, &s)) {
                if (has_longest && j > longest.j + 4 * ch->block) {
                    break;
                }
                continue;
            }
            double cost = rates->price[c] * s.busy_s / t->p->least_revisit_s;
            double short_by = cost > 0 ? 1 - sum / cost : 1;
            longest = x;
            has_longest = true;
            if (short_by < NEAR && !push(out, (struct candidate){x, short_by})) {
                return false;
            }
        }
        if (has_longest && !push(out, (struct candidate){longest, 1})) {
            return false;
        }
    }
    return true;
}

static bool count_drones(struct vg_problem *p, struct vg_rota_tables *t)
{
    t->least_drones = take(p, p->n_crews, sizeof *t->least_drones);
    for (int c = 0; c < p->n_crews && t->least_drones != NULL; c++) {
        for (int d = 0; d < p->crews[c].n; d++) {
            t->least_drones[c] += !p->watch->drones[p->crews[c].drones[d]].is_placed;
        }
        t->least_drones[c] = t->least_drones[c] > 1 ? t->least_drones[c] : 1;
    }
    return t->least_drones != NULL;
}

/* Crews of one type are one pool, where the watch lets them. By the clock flights land at home. */
static bool find_pools(struct vg_problem *p, struct vg_rota_tables *t)
{
    int *pool = take(p, p->n_crews, sizeof *pool);
    bool is_wanted = p->watch->may_land_elsewhere && p->clock == NULL && pool != NULL;
    for (int c = 0; c < p->n_crews && is_wanted; c++) {
        while (p->crews[pool[c]].type != p->crews[c].type) {
            pool[c]++;
        }
    }
    t->pool = is_wanted ? pool : NULL;
    return pool != NULL;
}

/* Which crews share ground. */
static bool find_near(struct vg_problem *p, struct vg_rota_tables *t)
{
    int n = p->n_crews;
    bool *can = take(p, n, sizeof *can);
    t->is_near = take(p, n * n, sizeof *t->is_near);
    if (can == NULL || t->is_near == NULL) {
        return false;
    }
    for (int k = 0; k < t->n_chains; k++) {
        for (int i = 0; i + 1 < t->chains[k].n; i++) {
            for (int c = 0; c < n; c++) {
                struct vg_rota_sortie s;
                can[c] = p->crews[c].n > 0 &&
                         sortie_over(t, &(struct vg_rota_pattern){k, c, i, i + 1}, &s);
                for (int b = 0; b <= c && can[c]; b++) {
                    t->is_near[c * n + b] = t->is_near[c * n + b] || can[b];
                    t->is_near[b * n + c] = t->is_near[c * n + b];
                }
            }
        }
    }
    return true;
}

static bool list_blocks(struct vg_problem *p, struct vg_rota_tables *t)
{
    for (int k = 0; k < t->n_chains; k++) {
        struct vg_rota_chain *ch = &t->chains[k];
        ch->first = take(p, ch->n_blocks + 2, sizeof(int));
        if (ch->first == NULL) {
            return false;
        }
        for (int pass = 0; pass < 2; pass++) {
            for (int q = 0; q < t->n_patterns; q++) {
                const struct vg_rota_pattern *x = &t->patterns[q];
                int last = (x->j - 1) / ch->block;
                for (int b = x->i / ch->block; x->chain == k && b <= last; b++) {
                    if (pass == 0) {
                        ch->first[b + 2]++;
                    } else {
                        ch->list[ch->first[b + 1]++] = q;
                    }
                }
            }
            if (pass == 0) {
                for (int b = 2; b <= ch->n_blocks + 1; b++) {
                    ch->first[b] += ch->first[b - 1];
                }
                ch->list = take(p, ch->first[ch->n_blocks + 1], sizeof(int));
                if (ch->list == NULL) {
                    return false;
                }
            }
        }
    }
    return true;
}

/* The nearest to optimal ones, as many as there is room for; longest ones where few pass. */
static bool choose_patterns(struct vg_problem *p, struct vg_rota_tables *t, struct gather *all)
{
    qsort(all->items, (size_t)all->n, sizeof *all->items, by_short);
    t->patterns = take(p, all->n, sizeof *t->patterns);
    int **count = take(p, t->n_chains, sizeof *count);
    bool is_ok = t->patterns != NULL && count != NULL;
    for (int k = 0; is_ok && k < t->n_chains; k++) {
        count[k] = take(p, t->chains[k].n_blocks + 1, sizeof(int));
        is_ok = count[k] != NULL;
    }
    for (int q = 0; q < all->n && is_ok; q++) {
        const struct vg_rota_pattern *x = &all->items[q].pattern;
        const struct vg_rota_chain *ch = &t->chains[x->chain];
        int least = LEAST_PER_BLOCK;
        for (int b = x->i / ch->block; b <= (x->j - 1) / ch->block; b++) {
            least = count[x->chain][b] < least ? count[x->chain][b] : least;
        }
        bool is_near = all->items[q].short_by < NEAR && t->n_patterns < MOST_PATTERNS;
        if (is_near || least < LEAST_PER_BLOCK) {
            t->patterns[t->n_patterns++] = *x;
            note_worth(t, x);
            for (int b = x->i / ch->block; b <= (x->j - 1) / ch->block; b++) {
                count[x->chain][b]++;
            }
        }
    }
    return is_ok;
}

/* The partition's own sorties: every link is in one of them. */
static bool gather_partition(const struct vg_partition *part, struct gather *out)
{
    for (int q = 0; q < part->n; q++) {
        const struct vg_piece *x = &part->pieces[q];
        if (!push(out, (struct candidate){{x->chain, x->crew, x->i, x->j}, -1})) {
            return false;
        }
    }
    return true;
}

enum vg_status vg_rota_tables_init(struct vg_rota_tables *self, struct vg_problem *p,
                                   const struct vg_rates *rates, const struct vg_partition *part,
                                   struct vg_error *err)
{
    struct gather all = {0};
    *self = (struct vg_rota_tables){
        .p = p, .clock = p->clock, .part = part, .n_chains = p->n_chains, .share = rates->bound};
    self->is_relief = p->terrain != NULL && !vg_terrain_is_flat(p->terrain);
    for (int c = 0; c < p->n_crews; c++) {
        self->n_types = p->crews[c].type >= self->n_types ? p->crews[c].type + 1 : self->n_types;
    }
    self->chains = take(p, p->n_chains, sizeof *self->chains);
    bool is_ok = self->chains != NULL;
    for (int k = 0; k < p->n_chains && is_ok; k++) {
        is_ok = make_chain(p, &p->chains[k], self->n_types, &self->chains[k]);
        self->chains[k].due = rates->y[k];
    }
    for (int k = 0; k < p->n_chains && is_ok; k++) {
        for (int c = 0; c < p->n_crews && is_ok; c++) {
            is_ok = p->crews[c].n == 0 || gather_crew(self, rates, k, c, &all);
        }
    }
    is_ok = is_ok && gather_partition(part, &all) && choose_patterns(p, self, &all) &&
            list_blocks(p, self) && find_near(p, self) && count_drones(p, self) &&
            find_pools(p, self);
    free(all.items);
    return is_ok ? vg_rota_deals_find(self, p, rates->costs, &self->deals, err) : vg_no_memory(err);
}
