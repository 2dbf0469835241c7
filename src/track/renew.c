/* After the marginals: what each object has become, and which new ones there may be. */
#include "track/core.h"

#include "track/maths.h"
#include "track/measure.h"

#include <math.h>

/* A share under this changes nothing worth its cost. */
#define LEAST_SHARE 1e-4

double vg_expected_cut(double variance_m2, double cutoff_m)
{
    /* |d|^2 of a round normal is exponential with this mean; E min(X, c2) = mean (1 - exp(-c2 /
     * mean)) */
    double mean = fmax(variance_m2, 1e-9);
    return mean * (1 - vg_exp(-cutoff_m * cutoff_m / mean));
}

/* Merges, mode by mode, what the object is after a miss and after each of its measurements. */
static void merge(struct vg_look *l, const struct vg_work *w, double miss)
{
    struct vg_imm out;
    double total = miss;
    for (uint32_t k = l->first; k < l->first + l->n; k++) {
        total += w->pair[k].p;
    }
    for (int m = 0; m < VG_TRACK_MOTIONS; m++) {
        struct vg_gauss_sum sum;
        vg_gauss_sum_begin(&sum, l->imm.g[m].x);
        out.g[m] = l->imm.g[m];
        if (miss > LEAST_SHARE * total) {
            vg_gauss_sum_add(&sum, miss * l->imm.w[m], &l->imm.g[m]);
        }
        for (uint32_t k = l->first; k < l->first + l->n; k++) {
            double share = w->pair[k].p * l->imm.w[m] * (double)w->pair[k].mode[m];
            if (w->pair[k].p > LEAST_SHARE * total && share > 0) {
                struct vg_gauss g = l->imm.g[m];
                vg_measure_update(&g, &w->origin[w->pair[k].meas].m);
                vg_gauss_sum_add(&sum, share, &g);
            }
        }
        vg_gauss_sum_end(&sum, &out.g[m]);
        out.w[m] = fmax(sum.w / total, 1e-6);
    }
    l->imm = out;
}

static void remember_speed(struct vg_object *o, const struct vg_gauss *all)
{
    float v2 = (float)(all->x[2] * all->x[2] + all->x[3] * all->x[3]);
    if (o->hits >= 3) {
        o->speed2 += (v2 > o->speed2 ? 0.3f : 0.01f) * (v2 - o->speed2);
    }
}

static void take_own(struct vg_object *o, const struct vg_look *l, const struct vg_work *w,
                     const struct vg_core *c, const struct vg_scan *scan)
{
    double hit = 0;
    for (uint32_t k = l->first; k < l->first + l->n; k++) {
        hit += w->pair[k].p;
        if (w->pair[k].p > 0.01) {
            vg_measure_remember(o, &c->params, &w->origin[w->pair[k].meas].m, w->pair[k].p);
        }
    }
    if (hit > 0.5) {
        o->hits++;
        o->fresh_hits = o->fresh_hits < 255 ? (uint8_t)(o->fresh_hits + 1) : o->fresh_hits;
        o->seen_s = scan->t_s;
        o->sensor = scan->sensor;
    }
}

double vg_place_due(const struct vg_core *c, const struct vg_gauss *all)
{
    double v = sqrt(all->x[2] * all->x[2] + all->x[3] * all->x[3]);
    return c->t_s + fmin(30, fmax(1, 50 / (v + 1)));
}

static void renew_one(struct vg_core *c, struct vg_work *w, struct vg_look *l,
                      const struct vg_scan *scan)
{
    struct vg_object *o = &c->store.at[l->slot];
    double hit = 0;
    for (uint32_t k = l->first; k < l->first + l->n; k++) {
        hit += w->pair[k].p;
    }
    double miss = l->miss_p * l->exist_p * (1 - l->pd) / (1 - l->exist_p * l->pd);
    o->exist_p = (float)fmin(hit + miss, 0.99999);
    o->exist_s = scan->t_s;
    o->looks += l->pd > 0.5 * scan->pd;
    if (hit > LEAST_SHARE) {
        take_own(o, l, w, c, scan);
        merge(l, w, miss);
        vg_object_pack(o, &l->imm, scan->t_s);
        l->all = vg_imm_merge(&l->imm);
        remember_speed(o, &l->all);
    }
    vg_store_place(&c->store, l->slot, VG_OBJECT_ACTIVE, l->all.x, vg_place_due(c, &l->all));
}

static void judge(struct vg_core *c, struct vg_work *w, int32_t slot, const double at[2])
{
    struct vg_object *o = &c->store.at[slot];
    const struct vg_track_params *p = &c->params;
    if (o->kind == VG_OBJECT_FREE) { /* was linked to another just now */
        return;
    }
    if ((double)o->exist_p < p->drop_p) {
        if (!o->confirmed) {
            double lives = fmax(1e-3, c->per_m2 * p->unseen_cell_m * p->unseen_cell_m);
            vg_unseen_give(&c->unseen, p, at, (double)o->exist_p / lives, c->t_s);
            vg_store_remove(&c->store, slot);
        } else {
            o->exist_p = (float)p->lost_p;
            vg_store_place(&c->store, slot, VG_OBJECT_DORMANT, at, c->t_s + 30);
        }
    } else if (!o->confirmed && (double)o->exist_p > p->confirm_p && o->hits >= p->confirm_hits) {
        o->confirmed = 1;
        vg_link(c, slot, w);
    }
}

/* A scan taken again after a late one gives its objects the ids they had. */
static uint64_t id_of(struct vg_core *c, const struct vg_work *w, size_t j)
{
    if (w->born == NULL) {
        return c->next_id++;
    }
    if (w->born[j] == 0) {
        w->born[j] = c->next_id++;
    }
    return w->born[j];
}

static void begin(struct vg_core *c, const struct vg_work *w, size_t j, double exist_p,
                  const struct vg_scan *scan)
{
    const struct vg_origin *from = &w->origin[j];
    struct vg_imm imm;
    const double at[2] = {from->m.x_m, from->m.y_m};
    if (c->store.count[VG_OBJECT_ACTIVE] + c->store.count[VG_OBJECT_DORMANT] >=
        c->params.max_tracks) {
        c->stats.dropped_for_room++;
        return;
    }
    int32_t slot = vg_store_add(&c->store);
    if (slot < 0) {
        c->stats.dropped_for_room++;
        return;
    }
    struct vg_object *o = &c->store.at[slot];
    vg_imm_begin(&imm, &c->params, at, from->m.cov_m2);
    vg_object_pack(o, &imm, scan->t_s);
    o->id = id_of(c, w, j);
    o->exist_p = (float)exist_p;
    o->exist_s = o->born_s = o->seen_s = scan->t_s;
    o->sensor = scan->sensor;
    o->looks = o->hits = o->fresh_hits = 1;
    for (int k = 0; k < VG_TRACK_CLASSES; k++) {
        o->class_p[k] = 1.0f / VG_TRACK_CLASSES;
    }
    vg_measure_remember(o, &c->params, &from->m, 1);
    vg_store_place(&c->store, slot, VG_OBJECT_ACTIVE, at, scan->t_s + 1);
    c->stats.births++;
}

void vg_renew(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan)
{
    for (size_t i = 0; i < w->n_looks; i++) {
        renew_one(c, w, &w->look[i], scan);
    }
    for (size_t i = 0; i < w->n_looks; i++) {
        judge(c, w, w->look[i].slot, w->look[i].all.x);
    }
    for (size_t j = 0; j < w->n_origins; j++) {
        const struct vg_origin *o = &w->origin[j];
        double exist_p = o->free_p * o->fresh / o->other;
        if (exist_p > c->params.birth_min_p) {
            begin(c, w, j, exist_p, scan);
        }
    }
}
