/* Where a walk of the rota's search begins. */
#include "plan/rota_walk.h"

#include <math.h>
#include <stdlib.h>

/* Times what the linear program reaches: the first beginning is sure to come to something. */
static const double FIRST_TARGET = 1.4;
static const double LATER_TARGET = 1.2;

/* ---- the period ---- */

static double longest_wish_s(const struct vg_rota_tables *t)
{
    double most = 0;
    for (int k = 0; k < t->n_chains; k++) {
        for (int i = 0; i < t->chains[k].n - 1; i++) {
            most = fmax(most, t->chains[k].wish_s[i]);
        }
    }
    return most;
}

/* Visits come in whole numbers: a wish w is kept by ceil(D / w) of them in a period D. What the
 * linear program reaches with wishes so rounded down is at least this (its duals stay feasible). */
static double rounded_share(const struct vg_rota_tables *t, double ratio_s)
{
    double sum = 0;
    for (int k = 0; k < t->n_chains; k++) {
        for (int i = 0; i < t->chains[k].n; i++) {
            double wish_s = vg_rates_wish_s(t->p, &t->p->chains[k], i);
            sum += t->chains[k].due[i] * t->p->least_revisit_s * ceil(ratio_s / wish_s - 1e-6) /
                   ratio_s;
        }
    }
    return sum;
}

/* A drone whose flight is longer than the period flies nothing: in this one, over what the linear
 * program reaches, every crew has time for its shortest sortie. */
static double whole_sorties_s(const struct vg_rota_tables *t)
{
    double most_s = 0;
    for (int c = 0; c < t->p->n_crews; c++) {
        double least_s = HUGE_VAL;
        for (int k = 0; k < t->n_patterns; k++) {
            struct vg_rota_sortie s = {.chain = t->patterns[k].chain,
                                       .crew = t->patterns[k].crew,
                                       .i = t->patterns[k].i,
                                       .j = t->patterns[k].j};
            if (s.crew == c && t->p->crews[c].n > 0 && vg_rota_set(t, &s)) {
                least_s = fmin(least_s, s.busy_s / t->p->crews[c].n);
            }
        }
        most_s = least_s < HUGE_VAL ? fmax(most_s, least_s) : most_s;
    }
    return most_s / t->share;
}

int vg_rota_ratios(const struct vg_rota_tables *t, double *out_s)
{
    static const double MULTIPLES[] = {0.8, 1, 1.2, 1.4, 1.5, 1.6, 1.8, 2, 2.4, 3};
    /* Longer periods have more sorties, which take longer to order. */
    static const double DEARER = 0.05;
    static const double AS_GOOD = 0.04;
    static const double LONGEST = 3;
    static const double TOO_LONG = 8;
    double best = HUGE_VAL;
    double score[VG_ROTA_RATIOS];
    int n = 0;
    for (size_t m = 0; m < sizeof MULTIPLES / sizeof *MULTIPLES; m++) {
        double ratio_s = MULTIPLES[m] * longest_wish_s(t);
        double s = rounded_share(t, ratio_s) / t->share + MULTIPLES[m] * DEARER;
        int at = n < VG_ROTA_RATIOS ? n++ : VG_ROTA_RATIOS;
        for (; at > 0 && s < score[at - 1]; at--) {
            if (at < VG_ROTA_RATIOS) {
                score[at] = score[at - 1];
                out_s[at] = out_s[at - 1];
            }
        }
        if (at < VG_ROTA_RATIOS) {
            score[at] = s;
            out_s[at] = ratio_s;
        }
        best = fmin(best, s);
    }
    while (t->p->is_mixed && score[n - 1] > best + AS_GOOD) {
        n--;
    }
    double whole_s = whole_sorties_s(t);
    if (n > 1 && whole_s > LONGEST * longest_wish_s(t) && whole_s < TOO_LONG * longest_wish_s(t)) {
        out_s[1] = whole_s;
    }
    return n;
}

/* ---- the sorties ---- */

/* Visits still wanted per block of a chain. */
struct needs {
    double **left;
};

static double wanted(const struct vg_rota_tables *t, int chain, int b, double ratio_s)
{
    const struct vg_rota_chain *ch = &t->chains[chain];
    double least = HUGE_VAL;
    for (int k = b * ch->block; k < (b + 1) * ch->block && k < ch->n - 1; k++) {
        least = fmin(least, ch->wish_s[k]);
    }
    return ceil(ratio_s / least - 1e-6);
}

static bool needs_init(struct needs *self, const struct vg_rota_walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    self->left = calloc((size_t)t->n_chains + 1, sizeof *self->left);
    bool is_ok = self->left != NULL;
    for (int k = 0; k < t->n_chains && is_ok; k++) {
        self->left[k] = calloc((size_t)t->chains[k].n_blocks + 1, sizeof(double));
        is_ok = self->left[k] != NULL;
        for (int b = 0; b < t->chains[k].n_blocks && is_ok; b++) {
            self->left[k][b] = wanted(t, k, b, w->ratio_s);
        }
    }
    return is_ok;
}

static void needs_finish(struct needs *self, const struct vg_rota_tables *t)
{
    for (int k = 0; self->left != NULL && k < t->n_chains; k++) {
        free(self->left[k]);
    }
    free(self->left);
}

/* Of some patterns over a block the one that meets most needs for its time. */
static bool pick_pattern(struct vg_rota_walk *w, const struct needs *needs, int chain, int b,
                         struct vg_rota_sortie *out)
{
    const struct vg_rota_tables *t = w->tables;
    const struct vg_rota_chain *ch = &t->chains[chain];
    int n = ch->first[b + 1] - ch->first[b];
    double best = -1;
    for (int tries = 0; tries < 30 && n > 0; tries++) {
        const struct vg_rota_pattern *x =
            &t->patterns[ch->list[ch->first[b] + (int)vg_rng_below(&w->rng, (uint64_t)n)]];
        struct vg_rota_sortie s = {.chain = chain, .crew = x->crew, .i = x->i, .j = x->j};
        s.is_backward = vg_rng_below(&w->rng, 2) == 0;
        s.is_on = true;
        if (!vg_rota_set(t, &s)) {
            s.is_backward = !s.is_backward;
            if (!vg_rota_set(t, &s)) {
                continue;
            }
        }
        double meets = 0;
        for (int q = x->i / ch->block; q <= (x->j - 1) / ch->block; q++) {
            meets += needs->left[chain][q] > 0;
        }
        double score = meets / s.busy_s * (0.8 + 0.4 * vg_rng_unit(&w->rng));
        if (score > best) {
            best = score;
            *out = s;
        }
    }
    return best >= 0;
}

void vg_rota_begin(struct vg_rota_walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    struct needs needs = {0};
    double target = t->share * (w->ever.n > 0 ? LATER_TARGET : FIRST_TARGET);
    double period_s = 0.985 * w->ratio_s * target;
    int n = 0;
    w->no_memory = !needs_init(&needs, w);
    for (int k = 0; k < t->n_chains && !w->no_memory; k++) {
        for (int b = 0; b < t->chains[k].n_blocks; b++) {
            struct vg_rota_sortie s;
            while (needs.left[k][b] > 0 && n < VG_ROTA_MOST - 64 &&
                   pick_pattern(w, &needs, k, b, &s)) {
                s.at_s = vg_rng_unit(&w->rng) * period_s;
                w->room[n++] = s;
                for (int q = s.i / t->chains[k].block; q <= (s.j - 1) / t->chains[k].block; q++) {
                    needs.left[k][q]--;
                }
            }
        }
    }
    needs_finish(&needs, t);
    vg_rota_load(&w->rota, w->room, n, target, period_s);
}

void vg_rota_begin_with_partition(struct vg_rota_walk *w)
{
    const struct vg_rota_tables *t = w->tables;
    double period_s = t->part->worst * t->p->least_revisit_s;
    for (int c = 0; c < t->p->n_crews; c++) {
        double at_s = 0;
        for (int q = 0; q < t->part->n; q++) {
            const struct vg_piece *x = &t->part->pieces[q];
            struct vg_rota_sortie *s = &w->room[q];
            if (x->crew == c) {
                *s = (struct vg_rota_sortie){.chain = x->chain,
                                             .crew = c,
                                             .i = x->i,
                                             .j = x->j,
                                             .is_on = true,
                                             .at_s = at_s};
                vg_flight_least_s(t->p, &t->p->chains[x->chain], c, x->i, x->j, &s->is_backward);
                at_s += vg_rota_set(t, s) ? s->busy_s : 0;
            }
        }
    }
    w->ratio_s = t->p->least_revisit_s;
    vg_rota_load(&w->rota, w->room, t->part->n, t->part->worst, period_s);
}
