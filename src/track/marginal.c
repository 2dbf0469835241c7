#include "track/marginal.h"

#include "track/cluster.h"

#include <math.h>
#include <stdlib.h>

/* An odds over this is certain; more would drown the rest of a sum in rounding. */
#define MOST_ODDS 1e8
/* Clusters are taken apart by shares over pair_min_p, then this many times it, so often. */
#define BAR_STEP 6.0
enum {
    BARS = 3
};

static uint32_t root_of(uint32_t *up, uint32_t i)
{
    while (up[i] != i) {
        up[i] = up[up[i]];
        i = up[i];
    }
    return i;
}

/* Joins objects with their measurements: `up` over looks, then origins. Labels each look by the
 * smallest of its cluster. */
static void join(const struct vg_work *w, uint32_t *up, double least_p)
{
    uint32_t n = (uint32_t)(w->n_looks + w->n_origins);
    for (uint32_t i = 0; i < n; i++) {
        up[i] = i;
    }
    for (size_t k = 0; k < w->n_pairs; k++) {
        if (w->pair[k].p < least_p || w->look[w->pair[k].look].solved) {
            continue;
        }
        uint32_t a = root_of(up, w->pair[k].look),
                 b = root_of(up, (uint32_t)w->n_looks + w->pair[k].meas);
        if (a < b) {
            up[b] = a;
        } else {
            up[a] = b;
        }
    }
}

/* One object, its measurements claimed by no other: no loop, exact at once. */
static void alone(struct vg_work *w, struct vg_look *l)
{
    double sum = 1;
    for (uint32_t k = l->first; k < l->first + l->n; k++) {
        sum += w->pair[k].odds;
    }
    l->miss_p = 1 / sum;
    for (uint32_t k = l->first; k < l->first + l->n; k++) {
        w->pair[k].p = w->pair[k].odds / sum;
        w->origin[w->pair[k].meas].free_p = 1 - w->pair[k].p;
    }
}

/* A cluster's objects, as indices of looks. */
struct group {
    const uint32_t *look;
    size_t n;
};

/* Messages: to[k] from object to measurement, from[k] back; total[m] is 1 + sum of to. */
struct messages {
    double *to, *from, *total;
};

static double to_measurements(struct vg_work *w, const struct group *g, const struct messages *q)
{
    double change = 0;
    for (size_t i = 0; i < g->n; i++) {
        const struct vg_look *l = &w->look[g->look[i]];
        for (uint32_t k = l->first; k < l->first + l->n; k++) {
            double sum = 1;
            for (uint32_t j = l->first; j < l->first + l->n; j++) {
                sum += j == k ? 0 : w->pair[j].odds * q->from[j];
            }
            double to = w->pair[k].odds / sum;
            change = fmax(change, fabs(to - q->to[k]) / (1 + to));
            q->to[k] = to;
        }
    }
    return change;
}

static void to_objects(const struct vg_work *w, const struct group *g, const struct messages *q)
{
    for (int pass = 0; pass < 3; pass++) { /* nought the sums, fill them, use them */
        for (size_t i = 0; i < g->n; i++) {
            const struct vg_look *l = &w->look[g->look[i]];
            for (uint32_t k = l->first; k < l->first + l->n; k++) {
                double *total = &q->total[w->pair[k].meas];
                if (pass == 0) {
                    *total = 1;
                } else if (pass == 1) {
                    *total += q->to[k];
                } else {
                    q->from[k] = 1 / fmax(1, *total - q->to[k]);
                }
            }
        }
    }
}

static void propagate(struct vg_work *w, const struct group *g, const struct messages *q,
                      unsigned rounds)
{
    for (size_t i = 0; i < g->n; i++) {
        const struct vg_look *l = &w->look[g->look[i]];
        for (uint32_t k = l->first; k < l->first + l->n; k++) {
            q->from[k] = 1;
            q->to[k] = 0;
        }
    }
    double change = 1;
    for (unsigned r = 0; r < rounds && change > 1e-4; r++) {
        change = to_measurements(w, g, q);
        to_objects(w, g, q);
        w->ops += 2 * g->n;
    }
    for (size_t i = 0; i < g->n; i++) {
        struct vg_look *l = &w->look[g->look[i]];
        double sum = 1;
        for (uint32_t k = l->first; k < l->first + l->n; k++) {
            sum += w->pair[k].odds * q->from[k];
        }
        l->miss_p = 1 / sum;
        for (uint32_t k = l->first; k < l->first + l->n; k++) {
            w->pair[k].p = w->pair[k].odds * q->from[k] / sum;
            w->origin[w->pair[k].meas].free_p = 1 / q->total[w->pair[k].meas];
        }
    }
}

/* The looks by cluster, in order: `sorted` and where each cluster begins. Returns the number of
 * clusters. */
static size_t sort_by_root(const struct vg_work *w, uint32_t *up, uint32_t *sorted, uint32_t *begin)
{
    size_t n_groups = 0;
    uint32_t *count = begin; /* first: number of the cluster of each root */
    for (size_t i = 0; i <= w->n_looks; i++) {
        count[i] = 0;
    }
    for (uint32_t i = 0; i < w->n_looks; i++) {
        count[root_of(up, i)]++;
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < w->n_looks; i++) {
        uint32_t c = count[i];
        count[i] = sum;
        sum += c;
    }
    for (uint32_t i = 0; i < w->n_looks; i++) {
        sorted[count[root_of(up, i)]++] = i;
    }
    for (size_t i = 0; i < w->n_looks; i++) {
        if (i == 0 || root_of(up, sorted[i]) != root_of(up, sorted[i - 1])) {
            begin[n_groups++] = (uint32_t)i;
        }
    }
    begin[n_groups] = (uint32_t)w->n_looks;
    return n_groups;
}

/* Clusters again, by the pairs that matter; the small ones are solved by enumeration. What is too
 * large comes apart at the next, higher, bar. */
static void refine(struct vg_work *w, const struct vg_track_params *p, uint32_t *up,
                   uint32_t *sorted, uint32_t *begin)
{
    double bar = p->pair_min_p;
    bool again = true;
    for (int round = 0; round < BARS && again && w->ops < p->max_ops; round++, bar *= BAR_STEP) {
        join(w, up, bar);
        size_t n_groups = sort_by_root(w, up, sorted, begin);
        again = false;
        for (size_t c = 0; c < n_groups && w->ops < p->max_ops; c++) {
            size_t n = begin[c + 1] - begin[c];
            if (n > 1 && !w->look[sorted[begin[c]]].solved) {
                again |= !vg_cluster_solve(w, &sorted[begin[c]], n, bar);
            }
        }
    }
}

enum vg_status vg_marginals(struct vg_work *w, const struct vg_track_params *p)
{
    size_t nodes = w->n_looks + w->n_origins;
    size_t need = (2 * w->n_pairs + w->n_origins) * sizeof(double) +
                  (nodes + 2 * w->n_looks + 2) * sizeof(uint32_t);
    if (!vg_room(&w->scratch, &w->scratch_room, need, 1)) {
        return VG_E_NO_MEMORY;
    }
    struct messages q = {w->scratch, (double *)w->scratch + w->n_pairs,
                         (double *)w->scratch + 2 * w->n_pairs};
    uint32_t *up = (uint32_t *)(q.total + w->n_origins), *sorted = up + nodes,
             *begin = sorted + w->n_looks;
    for (size_t j = 0; j < w->n_origins; j++) {
        w->origin[j].free_p = 1;
    }
    for (size_t k = 0; k < w->n_pairs; k++) {
        w->pair[k].odds = fmin(w->pair[k].odds, MOST_ODDS);
        w->pair[k].p = 1;
    }
    for (size_t i = 0; i < w->n_looks; i++) {
        w->look[i].solved = false;
    }
    join(w, up, 0);
    size_t n_groups = sort_by_root(w, up, sorted, begin);
    for (size_t c = 0; c < n_groups; c++) {
        const struct group g = {&sorted[begin[c]], begin[c + 1] - begin[c]};
        if (g.n == 1) {
            alone(w, &w->look[g.look[0]]);
        } else {
            propagate(w, &g, &q, p->bp_rounds);
        }
    }
    refine(w, p, up, sorted, begin);
    return VG_OK;
}
