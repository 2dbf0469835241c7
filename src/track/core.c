#include "track/core.h"

#include "track/marginal.h"

#include <math.h>
#include <string.h>

/* Nobody would know it again: its last word. */
static void end(struct vg_core *c, int32_t slot)
{
    struct vg_ended *e = c->ended;
    const struct vg_object *o = &c->store.at[slot];
    bool known = false;
    for (size_t i = 0; i < e->n; i++) {
        known |= e->last[i].id == o->id; /* a late scan lets it end twice */
    }
    if (!known) {
        const size_t most = sizeof e->last / sizeof e->last[0];
        if (e->n == most) {
            memmove(&e->last[0], &e->last[1], (most - 1) * sizeof e->last[0]);
            e->n--;
        }
        e->last[e->n++] = *o;
    }
    vg_store_remove(&c->store, slot);
}

/* An object unseen for long: asleep when too wide, gone when nobody would know it again. */
static void age(struct vg_core *c, int32_t slot)
{
    struct vg_object *o = &c->store.at[slot];
    struct vg_imm imm;
    if (o->kind == VG_OBJECT_DORMANT) {
        const double at[2] = {o->x_m, o->y_m};
        if (c->t_s - o->seen_s > c->params.link_max_s) {
            end(c, slot);
        } else {
            vg_store_place(&c->store, slot, VG_OBJECT_DORMANT, at, c->t_s + 30);
        }
        return;
    }
    vg_object_at(o, &c->params, c->t_s, &imm);
    struct vg_gauss all = vg_imm_merge(&imm);
    double sd = sqrt(0.5 * (all.p[0] + all.p[4]));
    if (sd <= c->params.associate_sd_m) {
        vg_store_place(&c->store, slot, VG_OBJECT_ACTIVE, all.x, vg_place_due(c, &all));
    } else if (o->confirmed) {
        const double at[2] = {o->x_m, o->y_m};
        vg_store_place(&c->store, slot, VG_OBJECT_DORMANT, at, c->t_s + 30);
    } else {
        vg_store_remove(&c->store, slot);
    }
}

/* Weighted innovations of objects that one other sensor saw last. */
struct partner {
    uint32_t sensor;
    double weight, sum[2];
};

enum {
    PARTNERS = 8
};

static struct partner *partner_of(struct partner *at, size_t *n, uint32_t sensor)
{
    size_t i = 0;
    while (i < *n && at[i].sensor != sensor) {
        i++;
    }
    if (i == *n && *n < PARTNERS) {
        at[(*n)++] = (struct partner){sensor, 0, {0, 0}};
    }
    return i < *n ? &at[i] : NULL;
}

static void learn_bias(struct vg_core *c, const struct vg_work *w, const struct vg_scan *scan)
{
    struct partner at[PARTNERS];
    size_t n = 0;
    for (size_t k = 0; k < w->n_pairs; k++) {
        const struct vg_pair *q = &w->pair[k];
        const struct vg_look *l = &w->look[q->look];
        const struct vg_object *o = &c->store.at[l->slot];
        const struct vg_measurement *m = &w->origin[q->meas].m;
        if (q->p < 0.95 || !o->confirmed || o->sensor == scan->sensor ||
            m->kind != VG_MEASURED_POSITION) {
            continue;
        }
        struct partner *other = partner_of(at, &n, o->sensor);
        if (other != NULL) {
            double v = 1 / (0.5 * (l->all.p[0] + l->all.p[4] + m->cov_m2[0] + m->cov_m2[2]));
            other->weight += v;
            other->sum[0] += v * (m->x_m - l->all.x[0]);
            other->sum[1] += v * (m->y_m - l->all.x[1]);
        }
    }
    for (size_t i = 0; i < n;
         i++) { /* variance four times: the objects themselves are drawn by both biases */
        double mean[2] = {at[i].sum[0] / at[i].weight, at[i].sum[1] / at[i].weight};
        vg_bias_learn(
            &c->biases, &c->params,
            &(struct vg_bias_hint){
                scan->sensor, at[i].sensor, {mean[0], mean[1]}, 4 / at[i].weight, scan->t_s});
    }
}

enum vg_status vg_core_scan(struct vg_core *c, struct vg_work *w, const struct vg_scan *scan,
                            const struct vg_footprint *f, struct vg_error *err)
{
    c->t_s = scan->t_s;
    c->started = true;
    c->stats.scans++;
    c->stats.measurements += scan->n;
    for (int32_t slot; (slot = vg_store_due(&c->store, scan->t_s)) >= 0;) {
        age(c, slot);
    }
    if (vg_gate(c, w, scan, f) != VG_OK || vg_marginals(w, &c->params) != VG_OK) {
        return vg_no_memory(err);
    }
    c->stats.dropped_for_time += w->ops >= c->params.max_ops;
    learn_bias(c, w, scan);
    vg_renew(c, w, scan);
    size_t now = c->store.count[VG_OBJECT_ACTIVE] + c->store.count[VG_OBJECT_DORMANT];
    c->stats.peak_tracks = now > c->stats.peak_tracks ? now : c->stats.peak_tracks;
    if (vg_unseen_look(&c->unseen, &c->params, f, scan->pd, scan->t_s) != VG_OK) {
        return vg_no_memory(err);
    }
    return VG_OK;
}
