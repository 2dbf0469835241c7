/* Changes that the search proposes: each a small step of one or two sorties, most of them such that
 * something fits exactly afterwards (a take-off at a landing, a visit a whole wish after another).
 */
#include "plan/rota.h"

#include <math.h>

static const double LEAST_SHIFT_S = 29;
static const double MOST_SHIFT = 150; /* times the least */
static const double KEEP_VISITS = 0.6; /* of the moves of an end */
static const double MOST_BLOCKS = 15; /* an end is moved at most */
static const double LINKED_S = 72; /* take-off so soon after a landing: the two move together */

typedef int (*move_fn)(struct vg_rota *, struct vg_rng *, struct vg_rota_change *);

static int below(struct vg_rng *rng, int n)
{
    return (int)vg_rng_below(rng, (uint64_t)n);
}

static bool coin(struct vg_rng *rng)
{
    return (vg_rng_next(rng) >> 63) != 0;
}

static int n_at_work(const struct vg_rota *self)
{
    int n = 0;
    for (int q = 0; q < self->n_at_work; q++) {
        n += self->of_crew[self->at_work[q]][0];
    }
    return n;
}

/* A sortie of the crews at work, which have some. */
static int any_live(const struct vg_rota *self, struct vg_rng *rng)
{
    int left = below(rng, n_at_work(self));
    for (int q = 0;; q++) {
        const int *list = self->of_crew[self->at_work[q]];
        if (left < list[0]) {
            return list[1 + left];
        }
        left -= list[0];
    }
}

static bool is_at_work(const struct vg_rota *self, int id)
{
    return self->is_at_work[self->sorties[id].crew];
}

/* Another sortie of the same crew; -1: there is none. */
static int mate_of(const struct vg_rota *self, struct vg_rng *rng, int id)
{
    const int *list = self->of_crew[self->sorties[id].crew];
    int other = list[1 + below(rng, list[0])];
    return other == id ? -1 : other;
}

/* Any sortie over link k of a chain, but `id`; -1: none. */
static int over_link(const struct vg_rota *self, struct vg_rng *rng, int chain, int k, int id)
{
    const int *list = self->of_chain[chain];
    int found = -1;
    int n = 0;
    for (int q = 1; q <= list[0]; q++) {
        const struct vg_rota_sortie *s = &self->sorties[list[q]];
        if (list[q] != id && s->i <= k && s->j > k && below(rng, ++n) == 0) {
            found = list[q];
        }
    }
    return found;
}

static double shift_s(struct vg_rng *rng)
{
    return vg_rng_normal(rng) * LEAST_SHIFT_S * pow(MOST_SHIFT, vg_rng_unit(rng));
}

/* Mostly a few links, now and then many: up to some 60 km. */
static int some_links(const struct vg_rota *self, struct vg_rng *rng, int chain)
{
    int n = (int)exp(vg_rng_unit(rng) * log(MOST_BLOCKS * self->tables->chains[chain].block));
    return coin(rng) ? n : -n;
}

static int give(struct vg_rota_change *out, int id, struct vg_rota_sortie to)
{
    *out = (struct vg_rota_change){id, to};
    return 1;
}

static int shift(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    s.at_s += shift_s(rng);
    return give(out, id, s);
}

static int follow_mate(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    int mate = mate_of(self, rng, id);
    if (mate < 0) {
        return 0;
    }
    struct vg_rota_sortie s = self->sorties[id];
    const struct vg_rota_sortie *m = &self->sorties[mate];
    s.at_s = coin(rng) ? m->at_s + m->busy_s : m->at_s - s.busy_s;
    return give(out, id, s);
}

/* A whole wish, or less, before or after another visit of the same link. */
static int keep_wish(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int k = s.i + below(rng, s.j - s.i);
    int other = over_link(self, rng, s.chain, k, id);
    if (other < 0) {
        return 0;
    }
    const struct vg_rota_sortie *o = &self->sorties[other];
    double part = vg_rng_unit(rng) < 0.7 ? 1 : vg_rng_unit(rng);
    double gap_s = self->target * self->tables->chains[s.chain].wish_s[k] * part;
    double t = o->at_s + vg_rota_offset_s(self->tables, o, k) + (coin(rng) ? gap_s : -gap_s);
    s.at_s = t - vg_rota_offset_s(self->tables, &s, k);
    return give(out, id, s);
}

/* After a change of the swept links: keeps the visit of node k, or the landing, or the take-off. */
static bool settle(const struct vg_rota *self, struct vg_rng *rng, const struct vg_rota_sortie *was,
                   int k, struct vg_rota_sortie *io)
{
    if (!vg_rota_set(self->tables, io)) {
        return false;
    }
    double r = vg_rng_unit(rng);
    if (r < KEEP_VISITS) {
        io->at_s =
            was->at_s + vg_rota_node_s(self->tables, was, k) - vg_rota_node_s(self->tables, io, k);
    } else if (r < (1 + KEEP_VISITS) / 2) {
        io->at_s = was->at_s + was->busy_s - io->busy_s;
    }
    return true;
}

static int move_end(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int step = some_links(self, rng, self->sorties[id].chain);
    bool is_low = coin(rng);
    s.i += is_low ? step : 0;
    s.j += is_low ? 0 : step;
    if (!settle(self, rng, &self->sorties[id], is_low ? s.j : s.i, &s)) {
        return 0;
    }
    return give(out, id, s);
}

/* A sortie that begins or ends where this one does, on the other side; -1: none. */
static int neighbour(const struct vg_rota *self, struct vg_rng *rng, int id, bool is_low)
{
    const struct vg_rota_sortie *s = &self->sorties[id];
    const int *list = self->of_chain[s->chain];
    int at = is_low ? s->i : s->j;
    int found = -1;
    int n = 0;
    for (int q = 1; q <= list[0]; q++) {
        const struct vg_rota_sortie *o = &self->sorties[list[q]];
        if ((is_low ? o->j : o->i) == at && below(rng, ++n) == 0) {
            found = list[q];
        }
    }
    return found;
}

static int move_cut(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    bool is_low = coin(rng);
    int other = neighbour(self, rng, id, is_low);
    if (other < 0 || !is_at_work(self, other)) {
        return 0;
    }
    int step = some_links(self, rng, self->sorties[id].chain);
    struct vg_rota_sortie s = self->sorties[id];
    struct vg_rota_sortie o = self->sorties[other];
    if (is_low) {
        s.i += step;
        o.j += step;
    } else {
        s.j += step;
        o.i += step;
    }
    if (!settle(self, rng, &self->sorties[id], is_low ? s.j : s.i, &s) ||
        !settle(self, rng, &self->sorties[other], is_low ? o.i : o.j, &o)) {
        return 0;
    }
    return give(out, id, s) + give(out + 1, other, o);
}

static int turn_round(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    s.is_backward = !s.is_backward;
    s.at_s += coin(rng) ? shift_s(rng) : 0;
    return vg_rota_set(self->tables, &s) ? give(out, id, s) : 0;
}

/* A pattern over link k. */
static bool pattern_over(const struct vg_rota *self, struct vg_rng *rng, int chain, int k,
                         struct vg_rota_sortie *out)
{
    const struct vg_rota_chain *ch = &self->tables->chains[chain];
    int b = k / ch->block;
    int n = ch->first[b + 1] - ch->first[b];
    if (n == 0) {
        return false;
    }
    /* Any of its block's that passes it, from a random one on. */
    int at = below(rng, n);
    int left = n;
    const struct vg_rota_pattern *x = NULL;
    do {
        x = &self->tables->patterns[ch->list[ch->first[b] + at]];
        at = at + 1 < n ? at + 1 : 0;
    } while ((x->i > k || x->j <= k) && --left > 0);
    *out = (struct vg_rota_sortie){.chain = x->chain,
                                   .crew = x->crew,
                                   .i = x->i,
                                   .j = x->j,
                                   .is_backward = coin(rng),
                                   .is_on = true};
    if (vg_rota_set(self->tables, out)) {
        return true;
    }
    out->is_backward = !out->is_backward;
    return vg_rota_set(self->tables, out);
}

/* Mostly the first link that lacks visits behind a random one, if any does; else that one. */
static void lacking_link(const struct vg_rota *self, struct vg_rng *rng, int *out_chain, int *out_k)
{
    const struct vg_rota_tables *t = self->tables;
    int total = 0;
    for (int c = 0; c < t->n_chains; c++) {
        total += t->chains[c].n - 1;
    }
    int at = below(rng, total);
    int c = 0;
    while (at >= t->chains[c].n - 1) {
        at -= t->chains[c++].n - 1;
    }
    *out_chain = c;
    *out_k = at;
    bool is_picky = self->cover_cost > 1e-6 && vg_rng_unit(rng) < 0.8;
    for (int q = 0; q < total && is_picky; q++) {
        if (self->link_cost[c][at] > 0) {
            *out_chain = c;
            *out_k = at;
            return;
        }
        if (++at == t->chains[c].n - 1) {
            at = 0;
            c = (c + 1) % t->n_chains;
        }
    }
}

static int insert(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int chain, k;
    struct vg_rota_sortie s;
    int id = vg_rota_place(self);
    lacking_link(self, rng, &chain, &k);
    if (id < 0 || !pattern_over(self, rng, chain, k, &s) || !self->is_at_work[s.crew]) {
        return 0;
    }
    if (vg_rng_unit(rng) < 0.25 && s.j - s.i > 3) { /* a part of it */
        int cut = s.i + 1 + below(rng, s.j - s.i - 1);
        s.j = cut > k ? cut : s.j;
        s.i = cut > k ? s.i : cut;
        if (!vg_rota_set(self->tables, &s)) {
            return 0;
        }
    }
    s.at_s = vg_rng_unit(rng) * self->period_s;
    int other = over_link(self, rng, chain, k, -1);
    const int *crew = self->of_crew[s.crew];
    if (other >= 0 && vg_rng_unit(rng) < 0.6 && s.i <= k && s.j > k) {
        const struct vg_rota_sortie *o = &self->sorties[other];
        double part = vg_rng_unit(rng) < 0.6 ? 1 : vg_rng_unit(rng);
        s.at_s = o->at_s + vg_rota_offset_s(self->tables, o, k) +
                 self->target * self->tables->chains[chain].wish_s[k] * part -
                 vg_rota_offset_s(self->tables, &s, k);
    } else if (crew[0] > 0 && vg_rng_unit(rng) < 0.6) {
        const struct vg_rota_sortie *o = &self->sorties[crew[1 + below(rng, crew[0])]];
        s.at_s = coin(rng) ? o->at_s + o->busy_s : o->at_s - s.busy_s;
    }
    return give(out, id, s);
}

static int leave_out(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    s.is_on = false;
    return give(out, id, s);
}

static int replace(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    const struct vg_rota_sortie *was = &self->sorties[id];
    struct vg_rota_sortie s;
    int k = was->i + below(rng, was->j - was->i);
    if (!pattern_over(self, rng, was->chain, k, &s) || !self->is_at_work[s.crew]) {
        return 0;
    }
    s.at_s = was->at_s;
    int mode = below(rng, 3);
    if (mode == 0 && s.i <= k && s.j > k) {
        s.at_s += vg_rota_offset_s(self->tables, was, k) - vg_rota_offset_s(self->tables, &s, k);
    } else if (mode == 1) {
        s.at_s += was->busy_s - s.busy_s;
    }
    return give(out, id, s);
}

static int swap(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    int mate = mate_of(self, rng, id);
    if (mate < 0) {
        return 0;
    }
    struct vg_rota_sortie s = self->sorties[id];
    struct vg_rota_sortie m = self->sorties[mate];
    double at_s = s.at_s;
    s.at_s = m.at_s;
    m.at_s = at_s;
    return give(out, id, s) + give(out + 1, mate, m);
}

static double apart_s(double a, double b, double period_s)
{
    double d = fabs(a - b);
    d -= period_s * floor(d / period_s);
    return fmin(d, period_s - d);
}

/* A sortie and those that take off as it lands, or land as it takes off, all by as much. */
static int shift_linked(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    double by_s = shift_s(rng);
    bool is_on_wards = coin(rng);
    const int *list = self->of_crew[self->sorties[id].crew];
    int n = 0;
    while (id >= 0 && n < VG_ROTA_CHANGES) {
        struct vg_rota_sortie s = self->sorties[id];
        double edge = is_on_wards ? s.at_s + s.busy_s : s.at_s;
        s.at_s += by_s;
        n += give(out + n, id, s);
        id = -1;
        for (int q = 1; q <= list[0] && id < 0; q++) {
            const struct vg_rota_sortie *o = &self->sorties[list[q]];
            double meets = is_on_wards ? o->at_s : o->at_s + o->busy_s;
            bool is_new = apart_s(edge, meets, self->period_s) < LINKED_S;
            for (int k = 0; k < n && is_new; k++) {
                is_new = out[k].id != list[q];
            }
            id = is_new ? list[q] : -1;
        }
        if (vg_rng_unit(rng) < 0.1) {
            break;
        }
    }
    return n;
}

static int change_crew(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int k = s.i + below(rng, s.j - s.i);
    s.crew = self->at_work[below(rng, self->n_at_work)];
    if (s.crew == self->sorties[id].crew || self->tables->p->crews[s.crew].n == 0 ||
        !vg_rota_set(self->tables, &s)) {
        return 0;
    }
    s.at_s += vg_rota_offset_s(self->tables, &self->sorties[id], k) -
              vg_rota_offset_s(self->tables, &s, k);
    return give(out, id, s);
}

static int split(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    int fresh = vg_rota_place(self);
    struct vg_rota_sortie s = self->sorties[id];
    struct vg_rota_sortie o = s;
    if (fresh < 0 || s.j - s.i < 2) {
        return 0;
    }
    s.j = o.i = s.i + 1 + below(rng, s.j - s.i - 1);
    if (!vg_rota_set(self->tables, &s) || !vg_rota_set(self->tables, &o)) {
        return 0;
    }
    o.at_s = coin(rng) ? s.at_s : vg_rng_unit(rng) * self->period_s;
    return give(out, id, s) + give(out + 1, fresh, o);
}

static int join(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any_live(self, rng);
    int other = neighbour(self, rng, id, false);
    if (other < 0 || !is_at_work(self, other)) {
        return 0;
    }
    struct vg_rota_sortie s = self->sorties[id];
    struct vg_rota_sortie o = self->sorties[other];
    s.j = o.j;
    o.is_on = false;
    return vg_rota_set(self->tables, &s) ? give(out, id, s) + give(out + 1, other, o) : 0;
}

static int shift_crew(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    const int *list = self->of_crew[self->sorties[any_live(self, rng)].crew];
    double by_s = vg_rng_normal(rng) * 720;
    int n = 0;
    if (list[0] < 2 || list[0] > VG_ROTA_CHANGES) {
        return 0;
    }
    for (int q = 1; q <= list[0]; q++) {
        struct vg_rota_sortie s = self->sorties[list[q]];
        s.at_s += by_s;
        n += give(out + n, list[q], s);
    }
    return n;
}

int vg_rota_propose(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    static const struct {
        double upto;
        move_fn move;
    } MOVES[] = {
        {0.20, shift},    {0.32, follow_mate}, {0.46, keep_wish},    {0.64, move_end},
        {0.72, move_cut}, {0.74, turn_round},  {0.79, insert},       {0.825, leave_out},
        {0.87, replace},  {0.91, swap},        {0.95, shift_linked}, {0.965, change_crew},
        {0.975, split},   {0.985, join},       {1.0, shift_crew},
    };
    static const double ELSEWHERE = 0.25;
    if (self->is_pooled && vg_rng_unit(rng) < ELSEWHERE) {
        return vg_rota_propose_relay(self, rng, out);
    }
    double r = vg_rng_unit(rng);
    if (n_at_work(self) == 0) {
        return insert(self, rng, out);
    }
    int k = 0;
    while (r >= MOVES[k].upto) {
        k++;
    }
    return MOVES[k].move(self, rng, out);
}
