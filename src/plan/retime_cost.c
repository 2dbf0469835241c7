/* How well tours begin (retime.h): who takes off when, and how long each place waits. */
#include "plan/retime_walk.h"

#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>

enum {
    PAD_TICKS = 60 * VG_TICKS_PER_S
};
static const double LASTS = 0.5; /* a part by which the headway is longer, against one of the worst
                                    to come */
static const double NEVER = 1e3;
/* Until the timetable is taken up; what should have taken off by then is not flown. */
static const double LEAD_S = 30;

/* ---- take-offs ---- */

static int by_time(const void *a, const void *b)
{
    const struct vg_retime_event *x = a;
    const struct vg_retime_event *y = b;
    return x->t != y->t ? (x->t < y->t ? -1 : 1) : x->flight - y->flight;
}

/* Take-offs of the tour from the first that can be flown to the end, and whose turn they are. */
static int list_events(struct vg_retime_walk *s, int crew, int64_t end)
{
    const struct vg_retime_crew *c = &s->to->crews[crew];
    const struct vg_retime_tour *tour = &s->to->tours[crew];
    int64_t at = tour->begin;
    int n = 0;
    for (int k = 0; k < c->n_flights; k++) {
        const struct vg_retime_flight *f = &s->to->flights[tour->order[k]];
        int64_t back = (at - vg_plan_ticks(LEAD_S)) / s->headway - (at < vg_plan_ticks(LEAD_S));
        for (int64_t j = -back; at + j * s->headway <= end && n < VG_RETIME_EVENTS; j++) {
            int turn = (int)(((j % c->n) + c->n) % c->n);
            s->events[n++] = (struct vg_retime_event){at + j * s->headway, tour->order[k], turn};
        }
        at += f->busy + tour->wait[k];
    }
    qsort(s->events, (size_t)n, sizeof *s->events, by_time);
    return n;
}

/* Who is ready first takes the next turn that is free; a turn once taken is flown to the end. */
static void take_off(struct vg_retime_walk *s, int crew)
{
    struct vg_retime_crew *c = &s->to->crews[crew];
    int64_t longest = 0;
    int next = 0;
    double late_of[VG_RETIME_MOST];
    for (int k = 0; k < c->n_flights; k++) {
        const struct vg_retime_flight *f = &s->to->flights[c->first + k];
        longest = f->busy > longest ? f->busy : longest;
        s->takeoffs[c->first + k].n = 0;
    }
    for (int d = 0; d < c->n; d++) {
        s->to->turn[crew][d] = -1;
        late_of[d] = -1;
    }
    s->late_s[crew] = 0;
    int64_t end = vg_plan_ticks(c->ready_s[c->n - 1]) + 2 * s->headway + longest;
    int n = list_events(s, crew, end);
    for (int k = 0; k < n; k++) {
        const struct vg_retime_event *e = &s->events[k];
        double t_s = (double)e->t / VG_TICKS_PER_S;
        if (late_of[e->turn] < 0 && next < c->n && c->ready_s[next] <= t_s + VG_GROUND_LATE_S) {
            s->to->turn[crew][next] = e->turn;
            late_of[e->turn] = fmax(0, c->ready_s[next++] - t_s);
            s->late_s[crew] = fmax(s->late_s[crew], late_of[e->turn]);
        }
        struct vg_retime_takeoffs *to = &s->takeoffs[e->flight];
        if (late_of[e->turn] >= 0 && to->n < VG_RETIME_TAKEOFFS) {
            to->t_s[to->n++] = t_s + late_of[e->turn];
        }
    }
}

/* ---- what is made small ---- */

/* The longest time unseen over the wish. */
static double worst_at(struct vg_retime_walk *s, const struct vg_retime_place *place)
{
    const struct vg_retime_cover *cover = &s->to->covers[place->first];
    double least_s = 0;
    int n = 0;
    for (int k = 0; k < place->n; k++) {
        const struct vg_retime_takeoffs *to = &s->takeoffs[cover[k].flight];
        for (int q = 0; q < to->n && n < VG_RETIME_SIGHTS; q++) {
            double t_s = to->t_s[q] + cover[k].sight_s;
            int at = n++;
            for (; at > 0 && s->sights[at - 1] > t_s; at--) {
                s->sights[at] = s->sights[at - 1];
            }
            s->sights[at] = t_s;
        }
    }
    if (place->n == 1) {
        least_s =
            (double)s->headway / VG_TICKS_PER_S + s->late_s[s->to->flights[cover->flight].crew];
    }
    double worst_s = n > 0 ? least_s : NEVER * place->revisit_s;
    double last_s = place->last_s;
    for (int k = 0; k < n; k++) {
        worst_s = fmax(worst_s, s->sights[k] - last_s);
        last_s = fmax(last_s, s->sights[k]);
    }
    return worst_s / place->revisit_s;
}

int64_t vg_retime_pads_lack(struct vg_retime_walk *s, int base)
{
    const struct vg_retime *self = s->to;
    int pads = self->in->watch->bases[base].pads;
    int n_here = 0;
    int n_apart = 0;
    int n = 0;
    for (int c = 0; c < self->n_crews; c++) {
        if (self->crews[c].base != base) {
            continue;
        }
        bool is_mine = self->crews[c].cluster == s->cluster;
        int64_t at = self->tours[c].begin;
        n_here += is_mine;
        n_apart += !is_mine;
        for (int k = 0; k < self->crews[c].n_flights && is_mine; k++) {
            const struct vg_retime_flight *f = &self->flights[self->tours[c].order[k]];
            s->pads[n++] = at % s->headway;
            s->pads[n++] = (at + f->air) % s->headway;
            at += f->busy + self->tours[c].wait[k];
        }
    }
    pads = pads > 0 ? pads : 1;
    pads = n_apart > 0 ? pads * n_here / (n_here + n_apart) : pads;
    int64_t lack = 0;
    for (int k = 1; k < n; k++) {
        int64_t v = s->pads[k];
        int q = k;
        for (; q > 0 && s->pads[q - 1] > v; q--) {
            s->pads[q] = s->pads[q - 1];
        }
        s->pads[q] = v;
    }
    for (int k = 0; k < n; k++) {
        int64_t gap = s->pads[(k + pads) % n] + (k + pads) / n * s->headway - s->pads[k];
        lack += gap < PAD_TICKS ? PAD_TICKS - gap : 0;
    }
    return lack;
}

static double power(double x)
{
    double x2 = x * x;
    double x4 = x2 * x2;
    double x8 = x4 * x4;
    return x8 * x8 * x8;
}

/* The 24-norm of the places' worst, what lasts, and what pads lack. */
double vg_retime_cost(struct vg_retime_walk *s)
{
    double sum = 0;
    double lack = 0;
    for (int k = 0; k < s->n_crews; k++) {
        int base = s->to->crews[s->crews[k]].base;
        bool is_first = true;
        for (int q = 0; q < k; q++) {
            is_first = is_first && s->to->crews[s->crews[q]].base != base;
        }
        take_off(s, s->crews[k]);
        lack += is_first ? (double)vg_retime_pads_lack(s, base) / PAD_TICKS : 0;
    }
    for (int k = 0; k < s->to->n_places; k++) {
        const struct vg_retime_place *place = &s->to->places[k];
        sum += place->cluster == s->cluster ? place->weight * power(worst_at(s, place)) : 0;
    }
    double longer = (double)s->headway / (double)s->least - 1;
    return log(fmax(sum, 1e-30)) / 24 + LASTS * longer + lack;
}
