/* The program over the flights in hand. Rows: sites, groups, then take-offs less landings of each
 * type at each base. The first column is the share of the fleet's time. */
#include "plan/wider_inner.h"

#include <Clp_C_Interface.h>

#include <math.h>
#include <stdlib.h>

/* What a site that nobody sees costs: more than any flight. */
static const double MISSED = 1000;

bool vg_wider_program_add(struct vg_wider_program *self, const struct vg_wider_flight *f)
{
    if (self->n == self->cap) {
        int cap = self->cap > 0 ? 2 * self->cap : 1024;
        struct vg_wider_flight *more = realloc(self->flights, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return false;
        }
        self->flights = more;
        self->cap = cap;
    }
    self->flights[self->n++] = *f;
    return true;
}

/* Columns of growing length; freed by the caller. */
struct columns {
    CoinBigIndex *starts;
    int *rows;
    double *values;
    double *cost;
    int n;
    CoinBigIndex used;
    CoinBigIndex cap;
    bool is_failed;
};

static void put(struct columns *io, int row, double value)
{
    if (io->used == io->cap) {
        CoinBigIndex cap = io->cap > 0 ? 2 * io->cap : 65536;
        int *rows = realloc(io->rows, (size_t)cap * sizeof *rows);
        io->rows = rows != NULL ? rows : io->rows;
        double *values = realloc(io->values, (size_t)cap * sizeof *values);
        io->values = values != NULL ? values : io->values;
        io->is_failed = io->is_failed || rows == NULL || values == NULL;
        io->cap = io->is_failed ? io->cap : cap;
    }
    if (!io->is_failed) {
        io->rows[io->used] = row;
        io->values[io->used++] = value;
    }
}

static void put_end(struct columns *io, double cost)
{
    io->cost[io->n++] = cost;
    io->starts[io->n] = io->used;
}

static void put_flight(struct columns *io, const struct vg_wider *w,
                       const struct vg_wider_flight *f)
{
    for (int k = f->c >= 0 && f->c < f->a ? f->c : f->a; k <= f->j; k++) {
        int row = w->row[f->chain][vg_wider_node(w, f->chain, f->is_back, k)];
        if (row >= 0) {
            put(io, row, vg_wider_measure(w, f, k));
        }
    }
    put(io, w->n_sites + f->group, f->cost);
    if (w->may_relay && f->from != f->to) {
        int first = w->n_sites + w->n_groups + f->type * w->p->watch->n_bases;
        put(io, first + f->from, 1);
        put(io, first + f->to, -1);
    }
    put_end(io, 0);
}

/* The share, and for each site what may be missed. */
static void put_head(struct columns *io, const struct vg_wider *w)
{
    for (int g = 0; g < w->n_groups; g++) {
        put(io, w->n_sites + g, -w->n_of[g]);
    }
    put_end(io, 1);
    for (int k = 0; k < w->n_sites; k++) {
        put(io, k, w->share * w->wish[k]);
        put_end(io, MISSED);
    }
}

bool vg_wider_program_grow(struct vg_wider_program *self, const struct vg_wider *w)
{
    int heads = self->is_new ? w->n_sites + 1 : 0;
    size_t n = (size_t)(self->n - self->n_built + heads);
    struct columns c = {.starts = calloc(n + 1, sizeof *c.starts),
                        .cost = calloc(n + 1, sizeof *c.cost)};
    double *bounds = malloc(2 * (n + 1) * sizeof *bounds);
    bool is_ok = c.starts != NULL && c.cost != NULL && bounds != NULL;
    if (is_ok && self->is_new) {
        put_head(&c, w);
    }
    for (int k = self->n_built; is_ok && k < self->n; k++) {
        put_flight(&c, w, &self->flights[k]);
    }
    for (size_t k = 0; is_ok && k < n; k++) {
        bounds[k] = 0;
        bounds[n + k] = 1e30;
    }
    is_ok = is_ok && !c.is_failed;
    if (is_ok) {
        Clp_addColumns(self->clp, c.n, bounds, bounds + n, c.cost, c.starts, c.rows, c.values);
        self->n_built = self->n;
    }
    free(c.starts);
    free(c.cost);
    free(c.rows);
    free(c.values);
    free(bounds);
    return is_ok;
}

bool vg_wider_program_build(struct vg_wider_program *self, const struct vg_wider *w)
{
    if (self->clp != NULL) {
        Clp_deleteModel(self->clp);
    }
    int n_flow = w->may_relay ? w->n_types * w->p->watch->n_bases : 0;
    self->clp = Clp_newModel();
    if (self->clp == NULL) {
        return false;
    }
    Clp_setLogLevel(self->clp, 0);
    Clp_resize(self->clp, w->n_sites + w->n_groups + n_flow, 0);
    for (int k = 0; k < w->n_sites + w->n_groups + n_flow; k++) {
        bool is_site = k < w->n_sites;
        bool is_group = !is_site && k < w->n_sites + w->n_groups;
        Clp_rowLower(self->clp)[k] = is_site ? 1 : is_group ? -1e30 : 0;
        Clp_rowUpper(self->clp)[k] = is_site ? 1e30 : 0;
    }
    self->is_new = true;
    self->n_built = 0;
    return vg_wider_program_grow(self, w);
}

bool vg_wider_program_solve(struct vg_wider_program *self, const struct vg_wider *w, double *out,
                            struct vg_wider_dual *dual)
{
    static const double LEAST_PRICE = 1e-5; /* of an even one: no flight for nothing */
    int failed = self->is_new ? Clp_dual(self->clp, 0) : Clp_primal(self->clp, 0);
    self->is_new = false;
    if (failed != 0 || Clp_status(self->clp) != 0) {
        return false;
    }
    const double *pi = Clp_dualRowSolution(self->clp);
    double drones = 0;
    *out = Clp_objectiveValue(self->clp);
    for (int k = 0; k < w->n_sites; k++) {
        dual->y[k] = fmax(0, pi[k]);
    }
    for (int g = 0; g < w->n_groups; g++) {
        drones += w->n_of[g];
    }
    for (int g = 0; g < w->n_groups; g++) {
        dual->price[g] = fmax(0, -pi[w->n_sites + g]) + LEAST_PRICE / drones;
    }
    for (int k = 0; w->may_relay && k < w->n_types * w->p->watch->n_bases; k++) {
        dual->home[k] = pi[w->n_sites + w->n_groups + k];
    }
    return true;
}

void vg_wider_program_finish(struct vg_wider_program *self)
{
    if (self->clp != NULL) {
        Clp_deleteModel(self->clp);
    }
    free(self->flights);
    *self = (struct vg_wider_program){0};
}
