/* Which places a set of tours passes, and which crews must keep one headway. */
#include "plan/retime.h"

#include <math.h>
#include <stdlib.h>

enum {
    HAIR = 5 /* half kilometres */
};

/* One flight over one half kilometre. */
struct sight {
    int at; /* half kilometre, of a pass */
    int flight;
    double sight_s;
};

struct looking {
    struct vg_retime *to;
    struct vg_ground ground;
    struct sight *sights;
    int n;
    int *joined; /* per crew: the first of its cluster */
};

static int by_place(const void *a, const void *b)
{
    const struct sight *x = a;
    const struct sight *y = b;
    return x->at != y->at ? x->at - y->at : x->flight - y->flight;
}

/* What a visit passes; counts only where there is no room yet. */
static void pass_over(struct looking *l, int flight, const struct vg_plan_visit *v, bool is_counted)
{
    int from, to;
    int line = vg_network_find_line(&l->ground.watch->network, v->line);
    const struct vg_replan_pass pass = {line, v->from_m, v->to_m, v->t0_s, v->t1_s, v->pass};
    if (line < 0 || v->pass >= l->ground.n_passes) {
        return;
    }
    vg_ground_between(&l->ground, line, v->from_m, v->to_m, &from, &to);
    if (is_counted) {
        l->n += to > from ? to - from : 0;
        return;
    }
    int first = l->ground.first[line];
    double since_s = v->t0_s - l->to->flights[flight].as->takeoff_s;
    for (int b = first + from; b < first + to; b++) {
        l->sights[l->n++] = (struct sight){v->pass * l->ground.n + b, flight,
                                           since_s + vg_ground_sight_s(&l->ground, &pass, b)};
    }
}

static void pass_all(struct looking *l, bool is_counted)
{
    l->n = 0;
    for (int f = 0; f < l->to->n_flights; f++) {
        const struct vg_plan_sortie *so = l->to->flights[f].as;
        for (int v = 0; v < so->n_visits; v++) {
            pass_over(l, f, &so->visits[v], is_counted);
        }
    }
}

static int first_of(const struct looking *l, int crew)
{
    while (l->joined[crew] != crew) {
        crew = l->joined[crew];
    }
    return crew;
}

static void join(struct looking *l, int a, int b)
{
    int x = first_of(l, a);
    int y = first_of(l, b);
    l->joined[x > y ? x : y] = x < y ? x : y;
}

static void join_at_pads(struct looking *l)
{
    const struct vg_retime *self = l->to;
    for (int a = 0; a < self->n_crews; a++) {
        int pads = self->in->watch->bases[self->crews[a].base].pads;
        int n = 0;
        for (int b = 0; b < self->n_crews; b++) {
            n += self->crews[b].base == self->crews[a].base;
        }
        for (int b = 0; b < a && n > (pads > 0 ? pads : 1); b++) {
            if (self->crews[b].base == self->crews[a].base) {
                join(l, a, b);
            }
        }
    }
}

/* The sights of one half kilometre are from..to. */
static int end_of(const struct looking *l, int from)
{
    int to = from;
    while (to < l->n && l->sights[to].at == l->sights[from].at) {
        to++;
    }
    return to;
}

/* Do the same flights pass here as there, with the same wish? */
static bool is_same(const struct looking *l, int a, int b)
{
    int n = end_of(l, a) - a;
    bool is_same = end_of(l, b) - b == n &&
                   l->ground.revisit_s[l->sights[a].at] == l->ground.revisit_s[l->sights[b].at];
    for (int k = 0; k < n && is_same; k++) {
        is_same = l->sights[a + k].flight == l->sights[b + k].flight;
    }
    return is_same;
}

static void add_place(struct looking *l, int from, double weight)
{
    struct vg_retime *self = l->to;
    const struct sight *x = &l->sights[from];
    struct vg_retime_place *place = &self->places[self->n_places++];
    *place = (struct vg_retime_place){
        .last_s = l->ground.last_s[x->at],
        .revisit_s = l->ground.revisit_s[x->at],
        .weight = weight,
        .first = from,
        .n = end_of(l, from) - from,
        .cluster = self->crews[self->flights[x->flight].crew].cluster,
    };
}

/* The half kilometre of from..to that was seen longest ago, as its flights come by. */
static int oldest(const struct looking *l, int from, int to)
{
    int best = from;
    for (int k = from; k < to; k = end_of(l, k)) {
        double x = l->sights[k].sight_s - l->ground.last_s[l->sights[k].at];
        double y = l->sights[best].sight_s - l->ground.last_s[l->sights[best].at];
        best = x > y ? k : best;
    }
    return best;
}

/* Places that stand for the others of a run where the same flights pass: of one flight's the one
 * that will have waited longest, of several flights' the ends too. */
static void add_places(struct looking *l)
{
    double all = l->ground.n > 0 ? l->ground.n : 1;
    for (int from = 0, to = 0; from < l->n; from = to) {
        int n = 0;
        int last = from;
        for (to = from; to < l->n && is_same(l, from, to); to = end_of(l, to)) {
            last = to;
            n++;
        }
        if (!(l->ground.revisit_s[l->sights[from].at] > 0)) {
            continue;
        }
        bool is_shared = end_of(l, from) - from > 1;
        add_place(l, oldest(l, from, to), n / all);
        if (is_shared) {
            add_place(l, from, n / all);
            add_place(l, last, n / all);
        }
    }
}

static void number_clusters(struct looking *l)
{
    struct vg_retime *self = l->to;
    for (int c = 0; c < self->n_crews; c++) {
        int first = first_of(l, c);
        self->crews[c].cluster = first == c ? self->n_clusters++ : self->crews[first].cluster;
    }
}

/* Crews whose flights pass the same ground, but for a hair where they meet. */
static bool join_on_ground(struct looking *l)
{
    const struct vg_retime *self = l->to;
    size_t n = (size_t)self->n_crews;
    int *shared = calloc(n * n + 1, sizeof *shared);
    for (int k = 1; k < l->n && shared != NULL; k++) {
        size_t a = (size_t)self->flights[l->sights[k - 1].flight].crew;
        size_t b = (size_t)self->flights[l->sights[k].flight].crew;
        bool is_met = l->sights[k].at == l->sights[k - 1].at && a != b;
        if (is_met && ++shared[a * n + b] == HAIR) {
            join(l, (int)a, (int)b);
        }
    }
    free(shared);
    return shared != NULL;
}

static bool look(struct looking *l)
{
    struct vg_retime *self = l->to;
    pass_all(l, true);
    size_t n = (size_t)l->n + 1;
    l->sights = malloc(n * sizeof *l->sights);
    l->joined = vg_arena_calloc(&self->arena, (size_t)self->n_crews + 1, sizeof *l->joined);
    self->covers = vg_arena_calloc(&self->arena, n, sizeof *self->covers);
    self->places = vg_arena_calloc(&self->arena, 3 * n, sizeof *self->places);
    if (!l->sights || !l->joined || !self->covers || !self->places) {
        return false;
    }
    pass_all(l, false);
    qsort(l->sights, (size_t)l->n, sizeof *l->sights, by_place);
    for (int c = 0; c < self->n_crews; c++) {
        l->joined[c] = c;
    }
    for (int k = 0; k < l->n; k++) {
        const struct sight *x = &l->sights[k];
        self->covers[k] = (struct vg_retime_cover){x->flight, x->sight_s};
    }
    if (!join_on_ground(l)) {
        return false;
    }
    join_at_pads(l);
    number_clusters(l);
    add_places(l);
    return true;
}

bool vg_retime_find_places(struct vg_retime *self, const struct vg_plan *plan)
{
    struct looking l = {.to = self};
    bool is_good = vg_ground_init(&l.ground, self->in, plan);
    for (int k = 0; k < self->in->n_under_way && is_good; k++) {
        vg_ground_fly(&l.ground, &self->in->under_way[k]);
    }
    is_good = is_good && look(&l);
    vg_ground_finish(&l.ground);
    free(l.sights);
    return is_good;
}
