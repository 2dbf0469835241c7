#include "track/track.h"

#include "track/late.h"
#include "track/maths.h"
#include "track/measure.h"

#include <math.h>
#include <stdlib.h>

/* A track not hit for so long coasts, in words. */
#define COASTS_AFTER_S 4.0

struct vg_tracker {
    struct vg_core core;
    struct vg_work work;
    struct vg_late late;
    struct vg_ended ended;
    uint64_t n_late, n_too_late;
};

enum vg_status vg_tracker_new(const struct vg_track_params *params, struct vg_tracker **out,
                              struct vg_error *err)
{
    struct vg_track_params p = params != NULL ? *params : vg_track_defaults();
    enum vg_status s = vg_track_params_check(&p, err);
    if (s != VG_OK) {
        return s;
    }
    struct vg_tracker *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return vg_no_memory(err);
    }
    t->core.params = p;
    t->core.next_id = 1;
    t->core.ended = &t->ended;
    t->core.per_m2 = p.unseen_per_m2;
    s = vg_store_init(&t->core.store, err);
    s = s == VG_OK ? vg_unseen_init(&t->core.unseen, err) : s;
    if (s != VG_OK) {
        vg_tracker_free(t);
        return s;
    }
    *out = t;
    return VG_OK;
}

void vg_tracker_free(struct vg_tracker *t)
{
    if (t == NULL) {
        return;
    }
    vg_core_finish(&t->core);
    vg_late_finish(&t->late);
    free(t->work.look);
    free(t->work.pair);
    free(t->work.origin);
    free(t->work.slot);
    free(t->work.scratch);
    free(t);
}

static enum vg_status check(const struct vg_scan *scan, struct vg_footprint *f,
                            struct vg_error *err)
{
    if (!isfinite(scan->t_s) || fabs(scan->t_s) > 1e9 || !(scan->pd >= 0 && scan->pd <= 1) ||
        !(scan->clutter_per_m2 >= 0 && scan->clutter_per_m2 <= 1e6)) {
        return vg_fail(err, VG_E_INVALID,
                       "scan: time, chance of detection or clutter out of range");
    }
    enum vg_status s = vg_footprint_of(scan, f, err);
    for (size_t i = 0; i < scan->n && s == VG_OK; i++) {
        s = vg_measure_check(&scan->measurements[i], i + 1, err);
    }
    return s;
}

enum vg_status vg_tracker_scan(struct vg_tracker *t, const struct vg_scan *scan,
                               struct vg_error *err)
{
    struct vg_footprint f;
    struct vg_scan sure = *scan;
    enum vg_status s = check(scan, &f, err);
    if (s != VG_OK) {
        return s;
    }
    sure.pd = fmin(sure.pd, 0.995); /* a sure detector would make one miss a proof */
    if (t->core.started && sure.t_s < t->core.t_s) {
        bool taken = false;
        if (t->core.t_s - sure.t_s <= t->core.params.late_s) {
            s = vg_late_insert(&t->late, &t->core, &t->work, &sure, &taken, err);
        }
        t->n_late += taken;
        t->n_too_late += !taken;
        return s;
    }
    t->work.born = NULL;
    if (t->core.params.late_s > 0) {
        s = vg_late_keep(&t->late, &t->core, &sure, &t->work.born, err);
    }
    return s == VG_OK ? vg_core_scan(&t->core, &t->work, &sure, &f, err) : s;
}

/* What telling it costs, less what not telling does, by expected GOSPA with alpha 2 (Rahmathullah,
 * Garcia-Fernandez, Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017):
 * its cut-off error if it exists, half the cut-off's square if not; half the square for missing it.
 */
static bool worth_telling(const struct vg_imm *imm, const struct vg_gauss *all,
                          const struct vg_track_params *p, double exist_p, bool young)
{
    double half = 0.5 * p->tell_cutoff_m * p->tell_cutoff_m, error = 0;
    for (int m = 0; m < VG_TRACK_MOTIONS; m++) {
        double dx = imm->g[m].x[0] - all->x[0], dy = imm->g[m].x[1] - all->x[1];
        error += imm->w[m] * vg_expected_cut(imm->g[m].p[0] + imm->g[m].p[4] + dx * dx + dy * dy,
                                             p->tell_cutoff_m);
    }
    double share = young ? p->tell_young : 1;
    return exist_p * error + (1 - exist_p) * half < share * exist_p * half;
}

static enum vg_track_state state_of(const struct vg_object *o, double t_s)
{
    if (!o->confirmed) {
        return VG_TRACK_TENTATIVE;
    }
    return o->kind == VG_OBJECT_DORMANT || t_s - o->seen_s > COASTS_AFTER_S ? VG_TRACK_COASTING
                                                                            : VG_TRACK_CONFIRMED;
}

/* Fills `out`; returns whether the track is worth telling. */
static bool tell(const struct vg_tracker *t, const struct vg_object *o, double t_s,
                 struct vg_track *out)
{
    struct vg_imm imm;
    vg_object_at(o, &t->core.params, t_s, &imm);
    struct vg_gauss all = vg_imm_merge(&imm);
    *out = (struct vg_track){.id = o->id,
                             .t_s = t_s,
                             .x_m = all.x[0],
                             .y_m = all.x[1],
                             .vx_m_s = all.x[2],
                             .vy_m_s = all.x[3],
                             .p_exist = (double)o->exist_p *
                                        vg_exp(-(t_s - o->exist_s) / t->core.params.life_s),
                             .state = state_of(o, t_s),
                             .born_s = o->born_s,
                             .seen_s = o->seen_s,
                             .sensor = o->sensor,
                             .looks = o->looks,
                             .hits = o->hits,
                             .relinked = o->relinked};
    for (int i = 0; i < 10; i++) {
        out->cov[i] = t->core.params.tell_spread * all.p[i];
    }
    for (int k = 0; k < VG_TRACK_CLASSES; k++) {
        out->class_p[k] = (double)o->class_p[k];
    }
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        out->motion_p[k] = imm.w[k];
    }
    return o->confirmed && o->kind == VG_OBJECT_ACTIVE &&
           worth_telling(&imm, &all, &t->core.params, out->p_exist,
                         o->fresh_hits < t->core.params.tell_young_hits);
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = ((const struct vg_track *)a)->id, y = ((const struct vg_track *)b)->id;
    return (x > y) - (x < y);
}

size_t vg_tracker_tracks(struct vg_tracker *t, double t_s, bool all, struct vg_track *out,
                         size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < t->core.store.used; i++) {
        const struct vg_object *o = &t->core.store.at[i];
        struct vg_track k;
        if (o->kind == VG_OBJECT_FREE ||
            (!all && (!o->confirmed || o->kind == VG_OBJECT_DORMANT))) {
            continue;
        }
        if (tell(t, o, fmax(t_s, t->core.t_s), &k) || all) {
            if (n < max) {
                out[n] = k;
            }
            n++;
        }
    }
    for (size_t i = 0; all && i < t->ended.n; i++, n++) {
        if (n < max) {
            tell(t, &t->ended.last[i], t->ended.last[i].t_s, &out[n]);
            out[n].state = VG_TRACK_ENDED;
        }
    }
    t->ended.n = all ? 0 : t->ended.n;
    qsort(out, n < max ? n : max, sizeof *out, by_id);
    return n;
}

bool vg_tracker_bias(const struct vg_tracker *t, uint32_t sensor, double bias_m[2], double sd_m[2])
{
    const struct vg_bias *b = vg_bias_get(&t->core.biases, sensor);
    if (b == NULL) {
        return false;
    }
    bias_m[0] = b->at_m[0];
    bias_m[1] = b->at_m[1];
    sd_m[0] = sd_m[1] = sqrt(b->var_m2);
    return true;
}

double vg_tracker_unseen_per_m2(const struct vg_tracker *t, double x_m, double y_m)
{
    return t->core.per_m2 *
           vg_unseen_at(&t->core.unseen, &t->core.params, (const double[2]){x_m, y_m}, t->core.t_s);
}

struct vg_track_stats vg_tracker_stats(const struct vg_tracker *t)
{
    struct vg_track_stats s = t->core.stats;
    const struct vg_store *o = &t->core.store;
    s.late = t->n_late;
    s.too_late = t->n_too_late;
    s.tracks = o->count[VG_OBJECT_ACTIVE] + o->count[VG_OBJECT_DORMANT];
    for (size_t i = 0; i < o->used; i++) {
        s.tentative += o->at[i].kind == VG_OBJECT_ACTIVE && !o->at[i].confirmed;
    }
    s.bytes = sizeof *t + vg_core_bytes(&t->core) + vg_late_bytes(&t->late) +
              t->work.looks_room * sizeof *t->work.look +
              t->work.pairs_room * sizeof *t->work.pair +
              t->work.origins_room * sizeof *t->work.origin +
              t->work.slots_room * sizeof *t->work.slot + t->work.scratch_room;
    return s;
}
