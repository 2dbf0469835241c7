#include "plain.h"

#include "hungarian.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define Q_M2_S3 2.0
#define BEGIN_SD_M_S 8.0
#define GATE 12.25 /* 3.5 sigmas */
#define NEW_PER_M2 1e-5
#define GONE_P 3e-4 /* chance of so many misses in a row */
#define WIDEST_M 120.0
#define TOLD_SD_M 20.0
enum {
    WANTED = 4,
    OF = 6,
    SWEEPS = 40
};

struct one {
    uint64_t id;
    double t_s, x[4], p[4][4]; /* x, y, vx, vy */
    double miss_p;
    unsigned looks, hits;
    int confirmed;
};

struct plain {
    enum plain_kind kind;
    struct one *at;
    size_t n, room;
    uint64_t next_id;
};

struct plain *plain_new(enum plain_kind kind)
{
    struct plain *self = calloc(1, sizeof *self);
    self->kind = kind;
    self->next_id = 1;
    return self;
}

void plain_free(struct plain *self)
{
    free(self->at);
    free(self);
}

/* x = F x, P = F P F' + Q. */
static void predict(struct one *o, double t_s)
{
    double dt = t_s - o->t_s, f[4][4] = {{1, 0, dt, 0}, {0, 1, 0, dt}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    double fp[4][4] = {{0}}, out[4][4] = {{0}}, x[4] = {0};
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            x[i] += f[i][j] * o->x[j];
            for (int k = 0; k < 4; k++) {
                fp[i][j] += f[i][k] * o->p[k][j];
            }
        }
    }
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            for (int k = 0; k < 4; k++) {
                out[i][j] += fp[i][k] * f[j][k];
            }
        }
    }
    for (int i = 0; i < 2; i++) {
        out[i][i] += Q_M2_S3 * dt * dt * dt / 3;
        out[i][i + 2] += Q_M2_S3 * dt * dt / 2;
        out[i + 2][i] += Q_M2_S3 * dt * dt / 2;
        out[i + 2][i + 2] += Q_M2_S3 * dt;
    }
    memcpy(o->x, x, sizeof x);
    memcpy(o->p, out, sizeof out);
    o->t_s = t_s;
}

/* The inverse of S = P + R, y = z - x; returns the determinant of S. */
static double innovation(const struct one *o, const struct vg_measurement *m, double inv[2][2],
                         double y[2])
{
    double a = o->p[0][0] + m->cov_m2[0], b = o->p[0][1] + m->cov_m2[1],
           c = o->p[1][1] + m->cov_m2[2];
    double det = a * c - b * b;
    inv[0][0] = c / det;
    inv[0][1] = inv[1][0] = -b / det;
    inv[1][1] = a / det;
    y[0] = m->x_m - o->x[0];
    y[1] = m->y_m - o->x[1];
    return det;
}

/* Density of the measurement as the track's; 0 outside the gate. */
static double density(const struct one *o, const struct vg_measurement *m)
{
    double inv[2][2], y[2], det = innovation(o, m, inv, y);
    double d2 = y[0] * (inv[0][0] * y[0] + 2 * inv[0][1] * y[1]) + y[1] * inv[1][1] * y[1];
    return d2 > GATE ? 0 : exp(-0.5 * d2) / (6.283185307179586 * sqrt(det));
}

/* The Kalman update by one measurement, by the mixture of all with their shares (PDA): mean
 * innovation, and its spread put back (Bar-Shalom, Li, Kirubarajan 2001, 6.4). */
static void update(struct one *o, const struct vg_scan *scan, const double *share)
{
    double x[4] = {0}, p[4][4] = {{0}}, none = 1;
    struct one *each = calloc(scan->n + 1, sizeof *each);
    double *w = calloc(scan->n + 1, sizeof *w);
    size_t n = 0;
    for (size_t j = 0; j < scan->n; j++) {
        if (share[j] <= 1e-6) {
            continue;
        }
        double inv[2][2], y[2];
        innovation(o, &scan->measurements[j], inv, y);
        each[n] = *o;
        for (int i = 0; i < 4; i++) {
            for (int k = 0; k < 2; k++) {
                double gain = o->p[i][0] * inv[0][k] + o->p[i][1] * inv[1][k];
                each[n].x[i] += gain * y[k];
                for (int l = 0; l < 4; l++) {
                    each[n].p[i][l] -= gain * o->p[k][l];
                }
            }
        }
        none -= share[j];
        w[n++] = share[j];
    }
    each[n] = *o;
    w[n++] = none > 0 ? none : 0;
    for (size_t j = 0; j < n; j++) {
        for (int i = 0; i < 4; i++) {
            x[i] += w[j] * each[j].x[i];
        }
    }
    for (size_t j = 0; j < n; j++) {
        for (int i = 0; i < 4; i++) {
            for (int l = 0; l < 4; l++) {
                p[i][l] += w[j] * (each[j].p[i][l] + (each[j].x[i] - x[i]) * (each[j].x[l] - x[l]));
            }
        }
    }
    memcpy(o->x, x, sizeof x);
    memcpy(o->p, p, sizeof p);
    free(each);
    free(w);
}

/* ---- shares of the assignment: rows of scan->n ---- */

/* What is looked at: tracks of one kind, with the measurements that are free. */
struct pool {
    size_t *who;
    size_t n;
    char *taken; /* measurements */
};

static void shares_gnn(const struct plain *self, const struct vg_scan *scan, const struct pool *g,
                       double *share)
{
    size_t m = scan->n + g->n;
    double other = scan->clutter_per_m2 + scan->pd * NEW_PER_M2;
    double *cost = calloc(g->n * m + 1, sizeof *cost);
    size_t *column = calloc(g->n + 1, sizeof *column);
    for (size_t i = 0; i < g->n; i++) {
        for (size_t j = 0; j < m; j++) {
            double l =
                j < scan->n && !g->taken[j]
                    ? scan->pd * density(&self->at[g->who[i]], &scan->measurements[j]) / other
                : j == scan->n + i ? 1 - scan->pd
                                   : 0;
            cost[i * m + j] = l > 0 ? -log(l) : 1e6;
        }
    }
    hungarian(cost, g->n, m, column);
    for (size_t i = 0; i < g->n; i++) {
        if (column[i] < scan->n && cost[i * m + column[i]] < 1e5) {
            share[i * scan->n + column[i]] = 1;
        }
    }
    free(cost);
    free(column);
}

/* psi: weight of each pair over a miss; messages both ways until they stand. */
static void shares_jpda(const struct plain *self, const struct vg_scan *scan, const struct pool *g,
                        double *share)
{
    size_t n = g->n, m = scan->n;
    double other = scan->clutter_per_m2 + scan->pd * NEW_PER_M2;
    double *psi = calloc(n * m + 1, sizeof *psi), *up = calloc(n * m + 1, sizeof *up),
           *down = calloc(n * m + 1, sizeof *down);
    for (size_t k = 0; k < n * m; k++) {
        psi[k] = scan->pd * density(&self->at[g->who[k / m]], &scan->measurements[k % m]) /
                 (other * (1 - scan->pd));
        down[k] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (size_t i = 0; i < n; i++) {
            double sum = 1;
            for (size_t j = 0; j < m; j++) {
                sum += psi[i * m + j] * down[i * m + j];
            }
            for (size_t j = 0; j < m; j++) {
                up[i * m + j] = psi[i * m + j] / (sum - psi[i * m + j] * down[i * m + j]);
            }
        }
        for (size_t j = 0; j < m; j++) {
            double sum = 1;
            for (size_t i = 0; i < n; i++) {
                sum += up[i * m + j];
            }
            for (size_t i = 0; i < n; i++) {
                down[i * m + j] = 1 / (sum - up[i * m + j]);
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        double sum = 1;
        for (size_t j = 0; j < m; j++) {
            sum += psi[i * m + j] * down[i * m + j];
        }
        for (size_t j = 0; j < m; j++) {
            share[i * m + j] = psi[i * m + j] * down[i * m + j] / sum;
        }
    }
    free(psi);
    free(up);
    free(down);
}

/* ---- life ---- */

static int is_inside(const struct vg_scan *s, const double *x)
{
    for (size_t i = 0; i < s->n_footprint; i++) {
        const double *a = s->footprint_m[i], *b = s->footprint_m[(i + 1) % s->n_footprint];
        if ((b[0] - a[0]) * (x[1] - a[1]) - (b[1] - a[1]) * (x[0] - a[0]) < 0) {
            return 0;
        }
    }
    return 1;
}

static void take(struct plain *self, const struct vg_scan *scan, struct pool *g, int is_jpda)
{
    double *share = calloc(g->n * scan->n + 1, sizeof *share);
    (is_jpda ? shares_jpda : shares_gnn)(self, scan, g, share);
    for (size_t i = 0; i < g->n; i++) {
        struct one *o = &self->at[g->who[i]];
        double hit = 0;
        for (size_t j = 0; j < scan->n; j++) {
            hit += share[i * scan->n + j];
        }
        update(o, scan, &share[i * scan->n]);
        o->looks++;
        o->hits += hit > 0.5;
        o->miss_p = hit > 0.5 ? 1 : o->miss_p * (1 - scan->pd);
        o->confirmed |= o->hits >= WANTED;
    }
    for (size_t j = 0; j < scan->n; j++) {
        double sum = 0;
        for (size_t i = 0; i < g->n; i++) {
            sum += share[i * scan->n + j];
        }
        g->taken[j] |= sum > 0.5;
    }
    free(share);
}

/* Tracks under the footprint, of the wanted kind (-1: both). */
static void gather(const struct plain *self, const struct vg_scan *scan, int confirmed,
                   struct pool *g)
{
    g->n = 0;
    for (size_t i = 0; i < self->n; i++) {
        const struct one *o = &self->at[i];
        if ((confirmed < 0 || o->confirmed == confirmed) && is_inside(scan, o->x)) {
            g->who[g->n++] = i;
        }
    }
}

static int is_over(const struct one *o)
{
    int is_hopeless = !o->confirmed && o->looks - o->hits > OF - WANTED;
    return is_hopeless || o->miss_p < GONE_P || sqrt(fmax(o->p[0][0], o->p[1][1])) > WIDEST_M;
}

static void begin(struct plain *self, const struct vg_scan *scan, const struct vg_measurement *m)
{
    if (self->n == self->room) {
        self->room = self->room > 0 ? 2 * self->room : 64;
        self->at = realloc(self->at, self->room * sizeof *self->at);
    }
    self->at[self->n++] = (struct one){.id = self->next_id++,
                                       .t_s = scan->t_s,
                                       .x = {m->x_m, m->y_m, 0, 0},
                                       .p = {{m->cov_m2[0], m->cov_m2[1], 0, 0},
                                             {m->cov_m2[1], m->cov_m2[2], 0, 0},
                                             {0, 0, BEGIN_SD_M_S * BEGIN_SD_M_S, 0},
                                             {0, 0, 0, BEGIN_SD_M_S * BEGIN_SD_M_S}},
                                       .miss_p = 1,
                                       .looks = 1,
                                       .hits = 1};
}

void plain_scan(struct plain *self, const struct vg_scan *scan)
{
    struct pool g = {calloc(self->n + 1, sizeof(size_t)), 0, calloc(scan->n + 1, 1)};
    size_t left = 0;
    for (size_t i = 0; i < self->n; i++) {
        predict(&self->at[i], scan->t_s);
    }
    gather(self, scan, self->kind == PLAIN_GNN ? -1 : 1, &g);
    take(self, scan, &g, self->kind == PLAIN_JPDA);
    if (self->kind == PLAIN_JPDA) {
        gather(self, scan, 0, &g);
        take(self, scan, &g, 0);
    }
    for (size_t i = 0; i < self->n; i++) {
        if (!is_over(&self->at[i])) {
            self->at[left++] = self->at[i];
        }
    }
    self->n = left;
    for (size_t j = 0; j < scan->n; j++) {
        if (!g.taken[j]) {
            begin(self, scan, &scan->measurements[j]);
        }
    }
    free(g.who);
    free(g.taken);
}

size_t plain_tracks(const struct plain *self, double t_s, struct vg_track *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n && n < max; i++) {
        struct one o = self->at[i];
        predict(&o, t_s);
        if (!o.confirmed || sqrt(fmax(o.p[0][0], o.p[1][1])) > TOLD_SD_M) {
            continue;
        }
        out[n] = (struct vg_track){.id = o.id,
                                   .t_s = t_s,
                                   .x_m = o.x[0],
                                   .y_m = o.x[1],
                                   .vx_m_s = o.x[2],
                                   .vy_m_s = o.x[3],
                                   .p_exist = 1,
                                   .state = VG_TRACK_CONFIRMED};
        for (int a = 0, k = 0; a < 4; a++) {
            for (int b = a; b < 4; b++) {
                out[n].cov[k++] = o.p[a][b];
            }
        }
        n++;
    }
    return n;
}
