/* Partitions built from one end of the line to the other, the best few side by side at each stop
 * (beam search).
 *
 * Prices see drone time as divisible; with two or three drones at a base it is not: a tour has a
 * whole number of sorties. The beam carries whole loads per crew and keeps, at each stop, those
 * with the least sum of (load / drones)^power. Stops are some hundreds of the nodes; the local
 * moves set the cuts finely afterwards.
 */
#include "plan/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    AIM_STOPS = 400,
    WIDTH = 48
};

struct label {
    int from_stop;
    int from_label;
    struct vg_piece piece; /* crew -1: none, from one chain's end to the next one's start */
    double key;
};

/* The labels of one stop, best first; loads beside them, n_crews each. */
struct stop {
    int chain;
    int node;
    int n;
    struct label *labels;
    double *loads;
};

struct beam {
    struct vg_problem *p;
    struct stop *stops;
    int n;
    int power;
    bool is_weighted;
};

static double raise(double x, int power)
{
    double out = 1;
    for (; power > 0; power /= 2, x *= x) {
        out *= power % 2 ? x : 1;
    }
    return out;
}

/* Room for a label of this key in the stop, kept in order; -1 if it is not among the best. */
static int insert(const struct beam *b, struct stop *to, double key)
{
    size_t row = (size_t)b->p->n_crews;
    int at = to->n < WIDTH ? to->n : WIDTH - 1;
    if (to->n == WIDTH && key >= to->labels[WIDTH - 1].key) {
        return -1;
    }
    for (; at > 0 && to->labels[at - 1].key > key; at--) {
        to->labels[at] = to->labels[at - 1];
        memcpy(to->loads + (size_t)at * row, to->loads + (size_t)(at - 1) * row,
               row * sizeof(double));
    }
    to->n += to->n < WIDTH;
    return at;
}

static void push(struct beam *b, int from, int to, const struct vg_piece *piece)
{
    size_t row = (size_t)b->p->n_crews;
    struct stop *s = &b->stops[from];
    struct stop *t = &b->stops[to];
    int c = piece->crew;
    double load = c >= 0 ? vg_piece_load(b->p, piece, b->is_weighted) : 0;
    for (int k = 0; k < s->n; k++) {
        double key = s->labels[k].key;
        const double *loads = s->loads + (size_t)k * row;
        if (c >= 0) {
            double n = b->p->crews[c].n;
            key += raise((loads[c] + load) / n, b->power) - raise(loads[c] / n, b->power);
        }
        int at = insert(b, t, key);
        if (at < 0) {
            continue; /* keys grow unevenly with the load, so a later label may still come in */
        }
        t->labels[at] = (struct label){from, k, *piece, key};
        memcpy(t->loads + (size_t)at * row, loads, row * sizeof(double));
        if (c >= 0) {
            t->loads[(size_t)at * row + (size_t)c] += load;
        }
    }
}

static void push_all(struct beam *b, int from)
{
    const struct stop *s = &b->stops[from];
    if (from + 1 < b->n && b->stops[from + 1].chain != s->chain) {
        struct vg_piece none = {.crew = -1};
        push(b, from, from + 1, &none);
    }
    for (int c = 0; c < b->p->n_crews; c++) {
        int misses = 0;
        for (int to = from + 1; to < b->n && b->stops[to].chain == s->chain && misses < 4; to++) {
            struct vg_piece piece = {
                .chain = s->chain, .i = s->node, .j = b->stops[to].node, .crew = c};
            if (vg_piece_set_cost(b->p, &piece)) {
                push(b, from, to, &piece);
            } else {
                misses++;
            }
        }
    }
}

static bool make_stops(struct beam *b)
{
    struct vg_problem *p = b->p;
    int nodes = 0;
    for (int k = 0; k < p->n_chains; k++) {
        nodes += p->chains[k].n;
    }
    int stride = nodes / AIM_STOPS > 1 ? nodes / AIM_STOPS : 1;
    b->stops = vg_arena_calloc(&p->arena, (size_t)nodes + 1, sizeof *b->stops);
    for (int k = 0; k < p->n_chains && b->stops != NULL; k++) {
        int last = p->chains[k].n - 1;
        for (int i = 0; i <= last; i = i == last           ? last + 1
                                       : i + stride < last ? i + stride
                                                           : last) {
            struct stop *s = &b->stops[b->n++];
            *s = (struct stop){.chain = k, .node = i};
            s->labels = vg_arena_calloc(&p->arena, WIDTH, sizeof *s->labels);
            s->loads = vg_arena_calloc(&p->arena, WIDTH * (size_t)p->n_crews, sizeof *s->loads);
            if (s->labels == NULL || s->loads == NULL) {
                return false;
            }
        }
    }
    return b->stops != NULL && b->n > 0;
}

static bool trace(struct beam *b, int k, struct vg_partition *out)
{
    *out = (struct vg_partition){
        .pieces = vg_arena_calloc(&b->p->arena, (size_t)b->n + 1, sizeof *out->pieces)};
    if (out->pieces == NULL) {
        return false;
    }
    for (int s = b->n - 1; s > 0;) {
        const struct label *l = &b->stops[s].labels[k];
        if (l->piece.crew >= 0) {
            out->pieces[out->n++] = l->piece;
        }
        s = l->from_stop;
        k = l->from_label;
    }
    for (int q = 0; q < out->n / 2; q++) {
        struct vg_piece x = out->pieces[q];
        out->pieces[q] = out->pieces[out->n - 1 - q];
        out->pieces[out->n - 1 - q] = x;
    }
    return true;
}

enum vg_status vg_partition_beam(struct vg_problem *p, bool is_weighted, int power,
                                 struct vg_partition *out, int cap, int *out_n,
                                 struct vg_error *err)
{
    struct beam b = {.p = p, .power = power, .is_weighted = is_weighted};
    *out_n = 0;
    if (!make_stops(&b)) {
        return vg_no_memory(err);
    }
    b.stops[0].n = 1;
    for (int s = 0; s < b.n; s++) {
        push_all(&b, s);
    }
    for (int k = 0; k < b.stops[b.n - 1].n && k < cap; k++) {
        if (!trace(&b, k, &out[k])) {
            return vg_no_memory(err);
        }
        ++*out_n;
    }
    return VG_OK;
}
