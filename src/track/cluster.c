#include "track/cluster.h"

#include <string.h>

enum {
    STATES = 1 << VG_CLUSTER_MOST
};

struct cluster {
    uint32_t meas[VG_CLUSTER_MOST];
    size_t n, m; /* objects, measurements */
    uint32_t pair[VG_CLUSTER_MOST]
                 [VG_CLUSTER_MOST]; /* by object and measurement; UINT32_MAX: none */
    double odds[VG_CLUSTER_MOST][VG_CLUSTER_MOST];
    double best[STATES]; /* by (objects detected) << m | (measurements used): product of the best
                            permutation */
    uint8_t last[STATES]; /* the measurement of its highest object */
};

static bool collect(const struct vg_work *w, const uint32_t *looks, size_t n, double least_p,
                    struct cluster *c)
{
    c->n = n;
    c->m = 0;
    for (size_t i = 0; i < n; i++) {
        const struct vg_look *l = &w->look[looks[i]];
        for (size_t j = 0; j < VG_CLUSTER_MOST; j++) {
            c->pair[i][j] = UINT32_MAX;
            c->odds[i][j] = 0;
        }
        for (uint32_t k = l->first; k < l->first + l->n; k++) {
            if (w->pair[k].p < least_p) {
                continue;
            }
            size_t j = 0;
            while (j < c->m && c->meas[j] != w->pair[k].meas) {
                j++;
            }
            if (j == c->m && (n + ++c->m > VG_CLUSTER_MOST)) {
                return false;
            }
            c->meas[j] = w->pair[k].meas;
            c->pair[i][j] = k;
            c->odds[i][j] = w->pair[k].odds;
        }
    }
    return true;
}

static unsigned highest(unsigned mask)
{
    return 31u - (unsigned)__builtin_clz(mask);
}

/* Fills best and last for all sets of objects over all sets of as many measurements; returns the
 * sum of the best. */
static double enumerate(struct cluster *c)
{
    double sum = 1;
    memset(c->best, 0, sizeof c->best[0] << (c->n + c->m));
    c->best[0] = 1;
    for (unsigned d = 1; d < 1u << c->n; d++) {
        unsigned i = highest(d), rest = d & ~(1u << i);
        for (unsigned used = 1; used < 1u << c->m; used++) {
            if (__builtin_popcount(used) != __builtin_popcount(d)) {
                continue;
            }
            double most = 0;
            uint8_t at = 0;
            for (unsigned left = used; left != 0; left &= left - 1) {
                unsigned j = (unsigned)__builtin_ctz(left);
                double v = c->odds[i][j] * c->best[rest << c->m | (used & ~(1u << j))];
                if (v > most) {
                    most = v;
                    at = (uint8_t)j;
                }
            }
            c->best[d << c->m | used] = most;
            c->last[d << c->m | used] = at;
            sum += most;
        }
    }
    return sum;
}

bool vg_cluster_solve(struct vg_work *w, const uint32_t *looks, size_t n, double least_p)
{
    struct cluster c;
    double share[VG_CLUSTER_MOST][VG_CLUSTER_MOST] = {{0}};
    if (n >= VG_CLUSTER_MOST || !collect(w, looks, n, least_p, &c)) {
        return false;
    }
    double sum = enumerate(&c);
    unsigned states = 1u << (c.n + c.m);
    for (unsigned s = 1; s < states; s++) {
        double v = c.best[s] / sum;
        if (v < 1e-7) {
            continue;
        }
        for (unsigned at = s; at >> c.m != 0;) {
            unsigned i = highest(at >> c.m), j = c.last[at];
            share[i][j] += v;
            at &= ~(1u << (c.m + i) | 1u << j);
        }
    }
    for (size_t j = 0; j < c.m; j++) {
        w->origin[c.meas[j]].free_p = 1;
    }
    for (size_t i = 0; i < n; i++) {
        struct vg_look *l = &w->look[looks[i]];
        l->miss_p = 1;
        l->solved = true;
        for (uint32_t k = l->first; k < l->first + l->n; k++) {
            w->pair[k].p = 0;
        }
        for (size_t j = 0; j < c.m; j++) {
            if (c.pair[i][j] != UINT32_MAX) {
                w->pair[c.pair[i][j]].p = share[i][j];
                l->miss_p -= share[i][j];
                w->origin[c.meas[j]].free_p -= share[i][j];
            }
        }
        l->miss_p = l->miss_p < 0 ? 0 : l->miss_p;
    }
    for (size_t j = 0; j < c.m; j++) {
        double *f = &w->origin[c.meas[j]].free_p;
        *f = *f < 0 ? 0 : *f;
    }
    w->ops += states;
    return true;
}
