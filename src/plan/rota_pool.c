/* Drones of one type that may land at any of its bases.
 *
 * The level of a base at a time of the period: take-offs so far less drones that have become ready
 * there. With s drones free as the period begins every take-off finds one if the level never
 * exceeds s. So the pool does with its bases' greatest levels and those out as the period begins;
 * where these are more than it has, the missing drones are those whose levels last the shortest.
 * What takes off at a base must land there as often: else the levels drift from period to period.
 *
 * Drones whose base the watch gives must begin there: so only bases that flights lead between share
 * drones, and have those of their own. Drones that the watch leaves free may begin at any base of
 * their type.
 */
#include "plan/rota.h"

#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Drone-seconds of a take-off, or landing, that none of the other kind makes good. */
static const double UNEVEN_S = 1200;

/* A base with one drone more would lack so much less. */
struct vg_pool_gain {
    double s;
    int crew;
};

bool vg_pool_init(struct vg_pool *self, int n_crews, int most_sorties)
{
    size_t n = (size_t)most_sorties + 1;
    *self = (struct vg_pool){0};
    self->start = calloc(n, sizeof *self->start);
    self->ready = calloc(n, sizeof *self->ready);
    self->spent_s = calloc(2 * n, sizeof *self->spent_s);
    self->gains = calloc(2 * n, sizeof *self->gains);
    self->stock = calloc((size_t)n_crews + 1, sizeof *self->stock);
    self->group = calloc((size_t)n_crews + 1, sizeof *self->group);
    self->n_start = calloc((size_t)n_crews + 1, sizeof *self->n_start);
    return self->start && self->ready && self->spent_s && self->gains && self->stock &&
           self->group && self->n_start;
}

void vg_pool_finish(struct vg_pool *self)
{
    free(self->start);
    free(self->ready);
    free(self->spent_s);
    free(self->gains);
    free(self->stock);
    free(self->group);
    free(self->n_start);
    *self = (struct vg_pool){0};
}

void vg_pool_begin(struct vg_pool *self, double period_s, int n_drones)
{
    self->period_s = period_s;
    self->n_drones = n_drones;
    self->n_gains = self->n_out = self->least = self->uneven = 0;
}

void vg_pool_add(struct vg_pool *self, int crew, int n_start, int n_ready)
{
    double *spent_s = self->spent_s + n_ready; /* by level, from -n_ready to n_start */
    int level = 0;
    int least = 0;
    int most = 0;
    double before_s = 0;
    memset(self->spent_s, 0, (size_t)(n_start + n_ready + 1) * sizeof *spent_s);
    vg_sort_few(self->start, n_start);
    vg_sort_few(self->ready, n_ready);
    for (int a = 0, b = 0; a < n_start || b < n_ready;) {
        bool is_ready = a >= n_start || (b < n_ready && self->ready[b] <= self->start[a]);
        double t_s = is_ready ? self->ready[b++] : self->start[a++];
        spent_s[level] += t_s - before_s;
        before_s = t_s;
        level += is_ready ? -1 : 1;
        least = level < least ? level : least;
        most = level > most ? level : most;
    }
    spent_s[level] += self->period_s - before_s;
    double above_s = 0;
    for (int k = most; k > least; k--) {
        above_s += spent_s[k];
        self->gains[self->n_gains++] = (struct vg_pool_gain){above_s, crew};
    }
    self->stock[crew] = least;
    self->least += least;
    self->uneven += abs(n_start - n_ready);
    self->n_start[crew] = n_start;
}

static int by_gain(const void *a, const void *b)
{
    const struct vg_pool_gain *x = a;
    const struct vg_pool_gain *y = b;
    if (x->s > y->s || x->s < y->s) {
        return x->s > y->s ? -1 : 1;
    }
    return x->crew - y->crew;
}

double vg_pool_deal(struct vg_pool *self)
{
    int left = self->n_drones - self->n_out - self->least;
    double lack_s = left < 0 ? -left * self->period_s : 0;
    if (left < self->n_gains) {
        qsort(self->gains, (size_t)self->n_gains, sizeof *self->gains, by_gain);
    }
    for (int k = 0; k < self->n_gains; k++) {
        bool is_given = left > 0;
        self->stock[self->gains[k].crew] += is_given;
        lack_s += is_given ? 0 : self->gains[k].s;
        left -= is_given;
    }
    return lack_s;
}

static bool are_all_free(const struct vg_problem *p, int type)
{
    bool is_free = true;
    for (int d = 0; d < p->watch->n_drones; d++) {
        is_free = is_free && (p->watch->drones[d].type != type || p->watch->drones[d].is_placed);
    }
    return is_free;
}

/* Each crew alone; those whose drones may begin anywhere with all of their type. */
static void group_begin(const struct vg_problem *p, int *out_group)
{
    for (int c = 0; c < p->n_crews; c++) {
        out_group[c] = are_all_free(p, p->crews[c].type) ? 0 : c;
        while (p->crews[out_group[c]].type != p->crews[c].type) {
            out_group[c]++;
        }
    }
}

static void group_join(const struct vg_problem *p, int a, int b, int *io_group)
{
    int keep = io_group[a] < io_group[b] ? io_group[a] : io_group[b];
    int drop = io_group[a] < io_group[b] ? io_group[b] : io_group[a];
    for (int c = drop; c < p->n_crews && keep != drop; c++) {
        io_group[c] = io_group[c] == drop ? keep : io_group[c];
    }
}

void vg_pool_group(const struct vg_problem *p, const struct vg_rota_sortie *sorties, int n,
                   int *out_group)
{
    group_begin(p, out_group);
    for (int k = 0; k < n; k++) {
        if (sorties[k].is_on && sorties[k].elsewhere > 0) {
            group_join(p, sorties[k].crew, vg_rota_land(&sorties[k]), out_group);
        }
    }
}

static double group_over_s(const struct vg_rota *self, struct vg_pool *room, int first)
{
    const struct vg_problem *p = self->tables->p;
    double d = self->period_s;
    int n_drones = 0;
    for (int c = first; c < p->n_crews; c++) {
        n_drones += room->group[c] == first ? p->crews[c].n : 0;
    }
    vg_pool_begin(room, d, n_drones);
    for (int c = first; c < p->n_crews; c++) {
        const int *up = self->of_crew[c];
        const int *down = self->of_land[c];
        if (room->group[c] != first) {
            continue;
        }
        for (int q = 1; q <= up[0]; q++) {
            room->start[q - 1] = vg_into_round(self->sorties[up[q]].at_s, d);
        }
        for (int q = 1; q <= down[0]; q++) {
            const struct vg_rota_sortie *s = &self->sorties[down[q]];
            double end_s = vg_into_round(s->at_s, d) + s->busy_s;
            room->ready[q - 1] = vg_into_round(end_s, d);
            room->n_out += (int)floor(end_s / d);
        }
        vg_pool_add(room, c, up[0], down[0]);
    }
    return vg_pool_deal(room) + UNEVEN_S * room->uneven;
}

double vg_rota_pool_over_s(const struct vg_rota *self, struct vg_pool *room, int first)
{
    double sum = 0;
    vg_pool_group(self->tables->p, self->sorties, self->n, room->group);
    for (int c = first; c < self->tables->p->n_crews; c++) {
        if (self->tables->pool[c] == first && room->group[c] == c) {
            sum += group_over_s(self, room, c);
        }
    }
    return sum;
}
