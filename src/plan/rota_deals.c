/* The ways to deal the free drones to the crews that a rota's search may change between: those of
 * which the linear program of the bound does not already say that they are no good.
 *
 * From the dealing at hand single drones change crews, from the best dealings so found again, until
 * so many were tried. What the program says of them is taken over the columns there are.
 */
#include "plan/rota.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TRIES = 300,
    MOST_DEALS = 100,
    ROUNDS = 40
};
static const double SLACK = 0.05; /* of the value of the first */
static const double CLOSE = 2e-3;

struct dealer {
    const struct vg_rota_tables *tables;
    struct vg_rates rates;
    struct vg_rota_deals *deals;
    double *value; /* per deal */
    bool *is_done; /* per deal: its neighbours were looked at */
    int tries;
    double *n_of;
};

static const int *drones_of(const struct dealer *self, int deal)
{
    return self->deals->drones + deal * self->tables->p->n_crews;
}

static int find(const struct dealer *self, const int *drones)
{
    size_t size_bytes = (size_t)self->tables->p->n_crews * sizeof *drones;
    for (int k = 0; k < self->deals->n; k++) {
        if (memcmp(drones_of(self, k), drones, size_bytes) == 0) {
            return k;
        }
    }
    return -1;
}

static double value_of(struct dealer *self, const int *drones)
{
    for (int c = 0; c < self->tables->p->n_crews; c++) {
        self->n_of[c] = fmax(drones[c], 1e-3);
    }
    vg_rates_set_drones(&self->rates, self->n_of);
    self->tries++;
    return vg_rates_restricted(&self->rates);
}

/* One drone from each crew to each other of its type. */
static void look_round(struct dealer *self, int deal)
{
    const struct vg_rota_tables *t = self->tables;
    int n = t->p->n_crews;
    int *drones = self->deals->drones + MOST_DEALS * n; /* room for one more */
    memcpy(drones, drones_of(self, deal), (size_t)n * sizeof *drones);
    self->is_done[deal] = true;
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < n && drones[a] > t->least_drones[a]; b++) {
            if (a == b || t->p->crews[a].type != t->p->crews[b].type || self->tries >= MOST_TRIES ||
                self->deals->n >= MOST_DEALS) {
                continue;
            }
            drones[a]--;
            drones[b]++;
            if (find(self, drones) < 0) {
                double value = value_of(self, drones);
                if (value <= self->value[0] * (1 + SLACK)) {
                    self->value[self->deals->n] = value;
                    memcpy(self->deals->drones + self->deals->n++ * n, drones,
                           (size_t)n * sizeof *drones);
                }
            }
            drones[a]++;
            drones[b]--;
        }
    }
}

static int next_deal(const struct dealer *self)
{
    int best = -1;
    for (int k = 0; k < self->deals->n; k++) {
        if (!self->is_done[k] && (best < 0 || self->value[k] < self->value[best])) {
            best = k;
        }
    }
    return best;
}

static enum vg_status search(struct dealer *self, struct vg_error *err)
{
    const struct vg_problem *p = self->tables->p;
    for (int c = 0; c < p->n_crews; c++) {
        self->n_of[c] = p->crews[c].n;
    }
    vg_rates_set_drones(&self->rates, self->n_of);
    enum vg_status st = vg_rates_solve(&self->rates, 1, CLOSE, ROUNDS, err);
    self->value[0] = self->rates.value;
    for (int k = 0; st == VG_OK && k >= 0 && self->tries < MOST_TRIES; k = next_deal(self)) {
        look_round(self, k);
    }
    return st;
}

enum vg_status vg_rota_deals_find(const struct vg_rota_tables *tables, struct vg_problem *p,
                                  const struct vg_costs *costs, struct vg_rota_deals *out,
                                  struct vg_error *err)
{
    size_t n = (size_t)p->n_crews;
    struct dealer self = {.tables = tables, .deals = out};
    *out = (struct vg_rota_deals){.n = 1};
    out->drones = vg_arena_calloc(&p->arena, (MOST_DEALS + 1) * n, sizeof(int));
    self.value = vg_arena_calloc(&p->arena, MOST_DEALS, sizeof(double));
    self.is_done = vg_arena_calloc(&p->arena, MOST_DEALS, sizeof(bool));
    self.n_of = vg_arena_calloc(&p->arena, n, sizeof(double));
    if (!out->drones || !self.value || !self.is_done || !self.n_of) {
        return vg_no_memory(err);
    }
    /* With one wish for all the drones are dealt to whole sorties (split.c), not by the program. */
    bool is_free = false;
    for (int c = 0; c < p->n_crews; c++) {
        out->drones[c] = p->crews[c].n;
        is_free = is_free || (p->is_mixed && p->crews[c].n > tables->least_drones[c]);
    }
    if (!is_free || p->n_crews < 2) {
        return VG_OK;
    }
    enum vg_status st = vg_rates_init(&self.rates, p, costs, false, err);
    if (st == VG_OK) {
        st = search(&self, err);
    }
    vg_rates_finish(&self.rates);
    return st;
}
