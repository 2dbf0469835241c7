/* Which objects a scan looks at, and which of its measurements may be theirs. */
#include "track/core.h"

#include "track/maths.h"
#include "track/measure.h"

#include <math.h>
#include <stdlib.h>

/* Objects so far outside a footprint cannot matter: three sigma of the widest, and what one moves
 * before its place in the grid is renewed. */
#define REACH_SDS 3.0
#define REACH_M 60.0

bool vg_room(void **at, size_t *room, size_t n, size_t size)
{
    if (n <= *room) {
        return true;
    }
    size_t more = *room + *room / 4 > n ? *room + *room / 4 : n;
    void *bigger = realloc(*at, more * size);
    if (bigger == NULL) {
        return false;
    }
    *at = bigger;
    *room = more;
    return true;
}

static bool fill_looks(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan,
                       const struct vg_footprint *f)
{
    double reach = REACH_SDS * c->params.associate_sd_m + REACH_M;
    double low[2] = {f->low[0] - reach, f->low[1] - reach},
           high[2] = {f->high[0] + reach, f->high[1] + reach};
    size_t most = c->store.count[VG_OBJECT_ACTIVE];
    if (!vg_room((void **)&w->slot, &w->slots_room, most, sizeof *w->slot)) {
        return false;
    }
    size_t n = vg_store_query(&c->store, VG_OBJECT_ACTIVE, low, high, w->slot);
    if (!vg_room((void **)&w->look, &w->looks_room, n, sizeof *w->look)) {
        return false;
    }
    w->n_looks = 0;
    for (size_t i = 0; i < n; i++) {
        struct vg_object *o = &c->store.at[w->slot[i]];
        struct vg_look *l = &w->look[w->n_looks];
        l->slot = w->slot[i];
        vg_object_at(o, &c->params, scan->t_s, &l->imm);
        l->all = vg_imm_merge(&l->imm);
        l->pd =
            scan->pd * vg_footprint_share(f, l->all.x,
                                          (const double[3]){l->all.p[0], l->all.p[1], l->all.p[4]});
        l->exist_p = (double)o->exist_p * vg_exp(-(scan->t_s - o->exist_s) / c->params.life_s);
        l->first = l->n = 0;
        w->n_looks += l->pd > 1e-4;
    }
    return true;
}

/* How many objects live here: those known under the footprint over the ground that is known, drawn
 * towards the prior (a gamma prior worth `density_worth` objects). */
static double density(const struct vg_core *c, const struct vg_work *w, const struct vg_scan *scan,
                      const struct vg_footprint *f)
{
    const struct vg_track_params *p = &c->params;
    double known = p->density_worth;
    for (size_t i = 0; i < w->n_looks; i++) {
        known += w->look[i].exist_p * w->look[i].pd / fmax(scan->pd, 1e-9);
    }
    return known /
           (vg_unseen_known_m2(&c->unseen, p, f, scan->t_s) + p->density_worth / p->unseen_per_m2);
}

static bool fill_origins(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan,
                         const struct vg_footprint *f)
{
    const struct vg_bias *b = vg_bias_get(&c->biases, scan->sensor);
    if (!vg_room((void **)&w->origin, &w->origins_room, scan->n, sizeof *w->origin)) {
        return false;
    }
    w->n_origins = scan->n;
    for (size_t j = 0; j < scan->n; j++) {
        struct vg_origin *o = &w->origin[j];
        o->m = scan->measurements[j];
        if (o->m.kind == VG_MEASURED_POSITION) {
            o->m.x_m -= b != NULL ? b->at_m[0] : 0;
            o->m.y_m -= b != NULL ? b->at_m[1] : 0;
            const double at[2] = {o->m.x_m, o->m.y_m};
            o->fresh = scan->pd * c->per_m2 * vg_unseen_at(&c->unseen, &c->params, at, scan->t_s);
            o->other = o->fresh + fmax(scan->clutter_per_m2, 1e-12);
        } else {
            o->fresh = 0;
            o->other = vg_bearing_clutter(scan, f);
        }
    }
    return true;
}

/* Likelihood of a measurement by mode; the mixture's. 0: not of this object. */
static double like(const struct vg_look *l, const struct vg_object *o,
                   const struct vg_track_params *p, const struct vg_measurement *m,
                   float mode[VG_TRACK_MOTIONS])
{
    double sum = 0, each[VG_TRACK_MOTIONS];
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        each[k] = l->imm.w[k] > 1e-9 ? vg_measure_like(&l->imm.g[k], m, p->gate_chi2) : 0;
        sum += l->imm.w[k] * each[k];
    }
    if (!(sum > 0)) {
        return 0;
    }
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        mode[k] = (float)(each[k] / sum);
    }
    return sum * vg_measure_looks(o, p, m);
}

static bool near(const struct vg_look *l, const struct vg_measurement *m, double gate)
{
    if (m->kind != VG_MEASURED_POSITION) {
        return true;
    }
    double dx = m->x_m - l->all.x[0], dy = m->y_m - l->all.x[1];
    return dx * dx < 2 * gate * (l->all.p[0] + m->cov_m2[0]) &&
           dy * dy < 2 * gate * (l->all.p[4] + m->cov_m2[2]);
}

enum vg_status vg_gate(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan,
                       const struct vg_footprint *f)
{
    const struct vg_track_params *p = &c->params;
    if (!fill_looks(c, w, scan, f)) {
        return VG_E_NO_MEMORY;
    }
    c->per_m2 = f->n > 0 ? density(c, w, scan, f) : c->per_m2;
    if (!fill_origins(c, w, scan, f)) {
        return VG_E_NO_MEMORY;
    }
    w->n_pairs = 0;
    w->ops = 0;
    for (size_t i = 0; i < w->n_looks; i++) {
        struct vg_look *l = &w->look[i];
        const struct vg_object *o = &c->store.at[l->slot];
        l->first = (uint32_t)w->n_pairs;
        for (size_t j = 0; j < w->n_origins; j++) {
            if (!near(l, &w->origin[j].m, p->gate_chi2)) {
                continue;
            }
            if (!vg_room((void **)&w->pair, &w->pairs_room, w->n_pairs + 1, sizeof *w->pair)) {
                return VG_E_NO_MEMORY;
            }
            struct vg_pair *pair = &w->pair[w->n_pairs];
            double density = like(l, o, p, &w->origin[j].m, pair->mode);
            if (density <= 0) {
                continue;
            }
            if (w->n_pairs == p->max_pairs) {
                c->stats.dropped_for_time++;
                break;
            }
            pair->look = (uint32_t)i;
            pair->meas = (uint32_t)j;
            pair->odds =
                l->exist_p * scan->pd * density / ((1 - l->exist_p * l->pd) * w->origin[j].other);
            w->n_pairs += pair->odds > 1e-6;
        }
        l->n = (uint32_t)w->n_pairs - l->first;
    }
    return VG_OK;
}
