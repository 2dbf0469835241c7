/* Two drones that nobody else helps (lone.h). While the one, d, is away for y the other, e, keeps
 * up x1 and x2 alone, which no sortie of its own sees together.
 *
 * d sees x_i neither in its sortie to y nor in the turn-rounds about it, home from x_i before and
 * out to x_i after: from lo_i to hi_i (0: d is home before that sortie). About a visit of x1 by e,
 * x2 goes without e from s21 before to s12 after it. Longer than a limit t2 may last neither that
 * nor hi_2
 * - lo_2, so it must reach beyond lo_2 or hi_2: every such visit is early, at t2 + lo_2 - s12 or
 * before, or late, at hi_2 + s21 - t2 or after. The same for x2. What lies between the last early
 * visit of x_i, or lo_i, and the first late one, or hi_i, is a gap of x_i. Of the last early ones
 * one comes before the other by its s, and so do the first late ones.
 *
 *     lo  x1 ..s12.. x2                      x1 ..s12.. x2   hi
 *         early              gaps            late
 */
#include "plan/lone.h"

#include "plan/rates.h"

#include <math.h>

enum {
    MOST_PLACES = 32, /* of two drones; all threes of them are tried */
    HALVINGS = 30
};

/* What d and e have to do with x1 and x2. */
struct watch_kept {
    double lo_s[2];
    double hi_s[2];
    double then_s[2]; /* s12, s21: from e's visit of the one to one of the other */
    double wish_s[2];
};

struct pair {
    struct vg_problem *p;
    int crews[2];
    struct vg_lone_place places[MOST_PLACES];
    int n;
};

/* Late visits are early ones with all times mirrored. */
static struct watch_kept mirrored(const struct watch_kept *k)
{
    struct watch_kept m = *k;
    for (int i = 0; i < 2; i++) {
        m.lo_s[i] = -k->hi_s[i];
        m.hi_s[i] = -k->lo_s[i];
        m.then_s[i] = k->then_s[1 - i];
    }
    return m;
}

/* The last early visits at a share, that of x_last after the other. */
static void find_early(const struct watch_kept *k, double share, int last, double out_s[2])
{
    int other = 1 - last;
    double latest_s = share * k->wish_s[other] + k->lo_s[other] - k->then_s[last];
    double before_s = fmin(share * k->wish_s[last] + k->lo_s[last] - k->then_s[other],
                           latest_s - k->then_s[other]);
    out_s[last] = fmax(k->lo_s[last], latest_s);
    out_s[other] = fmax(k->lo_s[other], before_s);
}

/* At this share x1 or x2 can wait until d is back, or e looks after both. */
static double surely(const struct watch_kept *k)
{
    double share = HUGE_VAL;
    for (int i = 0; i < 2; i++) {
        double wait_s = fmin(k->hi_s[i] - k->lo_s[i], k->then_s[0] + k->then_s[1]);
        share = fmin(share, wait_s / k->wish_s[i]);
    }
    return share;
}

/* May the gaps be at most a share of what is wanted? */
static bool may_keep(const struct watch_kept *k, double share)
{
    const struct watch_kept m = mirrored(k);
    if (share >= surely(k)) {
        return true;
    }
    for (int q = 0; q < 4; q++) {
        double early_s[2], late_s[2];
        find_early(k, share, q % 2, early_s);
        find_early(&m, share, q / 2, late_s);
        if (-late_s[0] - early_s[0] <= share * k->wish_s[0] &&
            -late_s[1] - early_s[1] <= share * k->wish_s[1]) {
            return true;
        }
    }
    return false;
}

/* *out_is_known: no sortie of d sees y and x1 or x2, none of e x1 and x2. */
static struct watch_kept keep(const struct pair *self, const struct vg_lone_place x[2],
                              struct vg_lone_place y, int away, bool *out_is_known)
{
    const struct vg_problem *p = self->p;
    int d = self->crews[away];
    int e = self->crews[1 - away];
    double sortie_s = vg_lone_out_s(p, y, d) + vg_lone_home_s(p, y, d) + 2 * vg_lone_fixed_s(p, d);
    struct watch_kept k = {.then_s = {0}};
    for (int i = 0; i < 2; i++) {
        k.lo_s[i] = -vg_lone_home_s(p, x[i], d);
        k.hi_s[i] = sortie_s + vg_lone_out_s(p, x[i], d);
        k.then_s[i] =
            vg_lone_home_s(p, x[i], e) + vg_lone_fixed_s(p, e) + vg_lone_out_s(p, x[1 - i], e);
        k.wish_s[i] = vg_rates_wish_s(p, &p->chains[x[i].chain], x[i].node);
    }
    *out_is_known = !vg_lone_sees_both(p, x[0], x[1], e) && !vg_lone_sees_both(p, x[0], y, d) &&
                    !vg_lone_sees_both(p, x[1], y, d);
    return k;
}

static bool reaches(const struct pair *self, struct vg_lone_place at, int drone)
{
    int crews[2] = {-1, -1};
    int n = vg_lone_crews(self->p, at, crews);
    return crews[0] == self->crews[drone] || (n == 2 && crews[1] == self->crews[drone]);
}

/* Raises io->share while the two cannot keep it, whichever of them flies to y. */
static void try_places(const struct pair *self, const struct vg_lone_place x[2],
                       struct vg_lone_place y, struct vg_lone *io)
{
    struct watch_kept k[2];
    double lo = io->share;
    double hi = HUGE_VAL;
    int n = 0;
    for (int away = 0; away < 2; away++) {
        bool is_known;
        if (away > 0 && self->crews[0] == self->crews[1]) {
            break;
        }
        if (reaches(self, y, away)) {
            k[n] = keep(self, x, y, away, &is_known);
            hi = fmin(hi, surely(&k[n]));
            if (!is_known || may_keep(&k[n++], lo)) {
                return;
            }
        }
    }
    for (int q = 0; q < HALVINGS && n > 0 && hi < HUGE_VAL; q++) {
        double share = (lo + hi) / 2;
        bool may = may_keep(&k[0], share) || (n > 1 && may_keep(&k[1], share));
        *(may ? &hi : &lo) = share;
    }
    if (lo > io->share) {
        *io = (struct vg_lone){lo, 2, {x[0], x[1]}, y};
    }
}

/* Places that nobody but the two reaches: the ends of chains and some between. false: no other two
 * come after them. */
static void gather(struct pair *self)
{
    const struct vg_problem *p = self->p;
    int n_all = 0;
    for (int k = 0; k < p->n_chains; k++) {
        n_all += p->chains[k].n;
    }
    int step = 1 + n_all / (MOST_PLACES / 2);
    self->n = 0;
    for (int k = 0; k < p->n_chains; k++) {
        int last = p->chains[k].n - 1;
        for (int i = 0; i <= last && self->n < MOST_PLACES;
             i = i < last && i + step > last ? last : i + step) {
            struct vg_lone_place at = {k, i};
            int crews[2] = {-1, -1};
            int n = vg_lone_crews(p, at, crews);
            bool is_theirs =
                n == 1 ? crews[0] == self->crews[0] || crews[0] == self->crews[1]
                       : n == 2 && crews[0] == self->crews[0] && crews[1] == self->crews[1];
            if (is_theirs) {
                self->places[self->n++] = at;
            }
        }
    }
}

static void try_pair(const struct pair *self, struct vg_lone *io)
{
    for (int a = 0; a < self->n; a++) {
        for (int b = a + 1; b < self->n; b++) {
            const struct vg_lone_place x[2] = {self->places[a], self->places[b]};
            for (int c = 0; c < self->n; c++) {
                if (c != a && c != b) {
                    try_places(self, x, self->places[c], io);
                }
            }
        }
    }
}

void vg_lone_pairs(struct vg_problem *p, struct vg_lone *io)
{
    struct pair pair = {.p = p};
    for (int c = 0; c < p->n_crews; c++) {
        for (int d = c; d < p->n_crews; d++) {
            int n = d > c ? p->crews[c].n == 1 && p->crews[d].n == 1 : p->crews[c].n == 2;
            pair.crews[0] = c;
            pair.crews[1] = d;
            if (n) {
                gather(&pair);
                try_pair(&pair, io);
            }
        }
    }
}
