/* Found again after a gap: a newly confirmed object against those that went out of sight. The odds
 * are of the new state under the old one moved on (still, straight on, or wandering: motion.h),
 * times looks, against a stranger anywhere at any speed (endpoint test: Bar-Shalom and Yeddanapudi,
 * "Track segment association for a surface target tracking problem", 2003; densities instead of a
 * chi-square). */
#include "track/core.h"

#include "track/maths.h"
#include "track/measure.h"

#include <math.h>

/* Nobody is looked for farther than this. */
#define FASTEST_M_S 40.0
#define FARTHEST_M 3000.0
/* Younger gaps are the filter's own affair. */
#define SHORTEST_S 3.0

/* Density of N(d; 0, p) in four dimensions; 0 if far or not positive. */
static double density4(const double d[4], const double p[10])
{
    double l[4][4] = {
        {p[0], 0, 0, 0}, {p[1], p[4], 0, 0}, {p[2], p[5], p[7], 0}, {p[3], p[6], p[8], p[9]}};
    double y[4], d2 = 0, root = 1;
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j <= i; j++) {
            for (int k = 0; k < j; k++) {
                l[i][j] -= l[i][k] * l[j][k];
            }
            if (i == j) {
                if (l[i][i] <= 0) {
                    return 0;
                }
                l[i][i] = sqrt(l[i][i]);
            } else {
                l[i][j] /= l[j][j];
            }
        }
        y[i] = d[i];
        for (int k = 0; k < i; k++) {
            y[i] -= l[i][k] * y[k];
        }
        y[i] /= l[i][i];
        d2 += y[i] * y[i];
        root *= l[i][i];
    }
    return d2 > 60 ? 0 : vg_exp(-0.5 * d2) / (root * 39.4784176043574); /* (2 pi)^2 */
}

/* Density of a stranger with this velocity. */
static double stranger(const struct vg_core *c, const struct vg_gauss *fresh)
{
    double sum = 0;
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        double v2 = c->params.mode[k].begin_sd_m_s * c->params.mode[k].begin_sd_m_s;
        const struct vg_gauss g = {
            {0, 0, 0, 0}, {fresh->p[7] + v2, fresh->p[8], 0, 0, fresh->p[9] + v2, 0, 0, 0, 0, 0}};
        sum += c->params.mode[k].begin_p *
               vg_gauss_like(&g, (const double[2]){fresh->x[2], fresh->x[3]},
                             (const double[3]){0, 0, 0}, 1e9);
    }
    return fmax(sum, 1e-12) * c->params.link_per_m2;
}

static double odds(const struct vg_core *c, const struct vg_object *old,
                   const struct vg_gauss *fresh, double stranger_density)
{
    struct vg_imm imm;
    double sum = 0;
    vg_object_at(old, &c->params, c->t_s, &imm);
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        double d[4], p[10];
        for (int i = 0; i < 4; i++) {
            d[i] = fresh->x[i] - imm.g[k].x[i];
        }
        for (int i = 0; i < 10; i++) {
            p[i] = fresh->p[i] + imm.g[k].p[i];
        }
        sum += imm.w[k] > 0 ? imm.w[k] * density4(d, p) : 0;
    }
    double alive = (double)old->exist_p * vg_exp(-(c->t_s - old->exist_s) / c->params.life_s);
    return alive * sum / stranger_density;
}

/* A search for the one that a new object was before. */
struct search {
    const struct vg_object *fresh;
    struct vg_gauss now;
    double stranger; /* density */
    double best, sum; /* of all odds */
    int32_t found;
};

static void consider(const struct vg_core *c, struct search *s, int32_t slot)
{
    const struct vg_object *old = &c->store.at[slot];
    double gap = s->fresh->born_s - old->seen_s, far = FASTEST_M_S * (gap + 2);
    double dx = s->now.x[0] - old->x_m, dy = s->now.x[1] - old->y_m;
    if (!old->confirmed || gap < SHORTEST_S || gap > c->params.link_max_s ||
        dx * dx + dy * dy > far * far) {
        return;
    }
    double v = odds(c, old, &s->now, s->stranger) * vg_objects_looks(s->fresh, old, &c->params);
    s->sum += v;
    if (v > s->best) {
        s->best = v;
        s->found = slot;
    }
}

static void take_over(struct vg_core *c, struct vg_object *o, int32_t slot)
{
    const struct vg_object *old = &c->store.at[slot];
    o->id = old->id;
    o->born_s = old->born_s;
    o->hits += old->hits;
    o->looks += old->looks;
    o->relinked = old->relinked + 1;
    o->speed2 = fmaxf(o->speed2, old->speed2);
    o->source_id = o->source_id != 0 ? o->source_id : old->source_id;
    vg_store_remove(&c->store, slot);
}

void vg_link(struct vg_core *c, int32_t slot, struct vg_work *w)
{
    struct vg_imm imm;
    struct vg_object *o = &c->store.at[slot];
    size_t most = c->store.count[VG_OBJECT_DORMANT] + c->store.count[VG_OBJECT_ACTIVE];
    if (!vg_room((void **)&w->slot, &w->slots_room, most, sizeof *w->slot)) {
        return;
    }
    vg_object_at(o, &c->params, c->t_s, &imm);
    struct search s = {.fresh = o, .now = vg_imm_merge(&imm), .found = -1};
    s.stranger = stranger(c, &s.now);
    for (int kind = VG_OBJECT_ACTIVE; kind <= VG_OBJECT_DORMANT; kind++) {
        double reach = kind == VG_OBJECT_ACTIVE ? 6 * c->params.associate_sd_m : FARTHEST_M;
        const double low[2] = {s.now.x[0] - reach, s.now.x[1] - reach};
        const double high[2] = {s.now.x[0] + reach, s.now.x[1] + reach};
        size_t n = vg_store_query(&c->store, (enum vg_object_kind)kind, low, high, w->slot);
        for (size_t i = 0; i < n; i++) {
            consider(c, &s, w->slot[i]);
        }
    }
    if (s.found >= 0 && s.best > c->params.link_min_odds * (1 + s.sum - s.best)) {
        take_over(c, o, s.found);
    }
}
