/* Changes that the search proposes where flights may land elsewhere. All visits stay when they are;
 * most changes leave each base with as many landings as take-offs. */
#include "plan/rota.h"

static int below(struct vg_rng *rng, int n)
{
    return (int)vg_rng_below(rng, (uint64_t)n);
}

/* A sortie that is on. */
static int any(const struct vg_rota *self, struct vg_rng *rng)
{
    return self->live[below(rng, self->n_live)];
}

/* Another base of the type; -1: there is none, or this try found none. */
static int other_crew(const struct vg_rota *self, struct vg_rng *rng, int crew)
{
    int other = below(rng, self->tables->p->n_crews);
    bool is_mate = other != crew && self->tables->pool[other] == self->tables->pool[crew];
    return is_mate ? other : -1;
}

static int any_of(struct vg_rng *rng, const int *list)
{
    return list[0] > 0 ? list[1 + below(rng, list[0])] : -1;
}

static bool land_at(const struct vg_rota *self, int crew, struct vg_rota_sortie *io)
{
    io->elsewhere = crew + 1;
    return vg_rota_set(self->tables, io);
}

/* Another beginning, the same landing; what it sees is seen when it was. */
static bool begin_at(const struct vg_rota *self, int crew, struct vg_rota_sortie *io)
{
    const struct vg_rota_sortie was = *io;
    io->elsewhere = vg_rota_land(&was) + 1;
    io->crew = crew;
    if (!vg_rota_set(self->tables, io)) {
        return false;
    }
    io->at_s += was.sight_s - io->sight_s;
    return true;
}

static int give(struct vg_rota_change *out, int id, struct vg_rota_sortie to)
{
    *out = (struct vg_rota_change){id, to};
    return 1;
}

static bool is_at_work(const struct vg_rota *self, int id)
{
    return self->is_at_work[self->sorties[id].crew];
}

/* Two sorties land each where the other did. */
static int swap_landings(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int land = vg_rota_land(&s);
    int to = other_crew(self, rng, land);
    int mate = to >= 0 ? any_of(rng, self->of_land[to]) : -1;
    if (mate < 0 || mate == id || !is_at_work(self, id) || !is_at_work(self, mate)) {
        return 0;
    }
    struct vg_rota_sortie m = self->sorties[mate];
    if (!land_at(self, to, &s) || !land_at(self, land, &m)) {
        return 0;
    }
    return give(out, id, s) + give(out + 1, mate, m);
}

/* Two sorties begin each where the other did. */
static int swap_beginnings(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int from = other_crew(self, rng, s.crew);
    int mate = from >= 0 ? any_of(rng, self->of_crew[from]) : -1;
    if (mate < 0 || !is_at_work(self, id) || !is_at_work(self, mate)) {
        return 0;
    }
    struct vg_rota_sortie m = self->sorties[mate];
    int was = s.crew;
    if (!begin_at(self, from, &s) || !begin_at(self, was, &m)) {
        return 0;
    }
    return give(out, id, s) + give(out + 1, mate, m);
}

/* One lands elsewhere, and another that began there begins where the first landed: a drone goes the
 * other way about. */
static int pass_on(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int land = vg_rota_land(&s);
    int to = other_crew(self, rng, land);
    int mate = to >= 0 ? any_of(rng, self->of_crew[land]) : -1;
    if (mate < 0 || mate == id || !is_at_work(self, id) || !is_at_work(self, mate)) {
        return 0;
    }
    struct vg_rota_sortie m = self->sorties[mate];
    if (!land_at(self, to, &s) || !begin_at(self, to, &m)) {
        return 0;
    }
    return give(out, id, s) + give(out + 1, mate, m);
}

static int land_elsewhere(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int to = other_crew(self, rng, vg_rota_land(&s));
    return to >= 0 && is_at_work(self, id) && land_at(self, to, &s) ? give(out, id, s) : 0;
}

static int begin_elsewhere(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    int from = other_crew(self, rng, s.crew);
    return from >= 0 && is_at_work(self, id) && begin_at(self, from, &s) ? give(out, id, s) : 0;
}

/* Takes off as a drone becomes ready where it begins, or lands so that one can take off. */
static int follow(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    int id = any(self, rng);
    struct vg_rota_sortie s = self->sorties[id];
    bool is_behind = below(rng, 2) == 0;
    int mate = any_of(rng, is_behind ? self->of_land[s.crew] : self->of_crew[vg_rota_land(&s)]);
    if (mate < 0 || mate == id || !is_at_work(self, id)) {
        return 0;
    }
    const struct vg_rota_sortie *m = &self->sorties[mate];
    s.at_s = is_behind ? m->at_s + m->busy_s : m->at_s - s.busy_s;
    return give(out, id, s);
}

int vg_rota_propose_relay(struct vg_rota *self, struct vg_rng *rng, struct vg_rota_change *out)
{
    double r = self->n_live > 0 ? vg_rng_unit(rng) : 2;
    return r < 0.30   ? swap_landings(self, rng, out)
           : r < 0.45 ? swap_beginnings(self, rng, out)
           : r < 0.60 ? pass_on(self, rng, out)
           : r < 0.70 ? land_elsewhere(self, rng, out)
           : r < 0.80 ? begin_elsewhere(self, rng, out)
           : r <= 1   ? follow(self, rng, out)
                      : 0;
}
