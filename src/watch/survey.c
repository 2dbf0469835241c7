#include "watch/survey_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_MORE = 3 /* passes added to a piece */
};
/* Times the watch depth, nearest first. */
static const double OFFSETS[] = {0.25, -0.25, 0.5, -0.5, 0.75, -0.75};
enum {
    N_OFFSETS = sizeof OFFSETS / sizeof OFFSETS[0]
};
static const double APART_SHARE = 0.1; /* of the depth: passes nearer than this are one */
/* A further pass completes at least so much of what lacks, of what it flies over, of line. */
static const double WORTH = 0.25;
static const double DENSE = 0.1;
static const double LEAST_M = 500;
static const double MOSTLY = 0.5;
/* Of the way flown in a turnaround: pieces nearer than this are one, since another flight costs
 * more than flying on. */
static const double JOIN_SHARE = 0.5;
static const double MORE_DEPTH = 0.5; /* of the watch depth: what a further pass looks at */

struct survey {
    struct vg_trial trial;
    void (*progress)(void *ctx, double share);
    void *ctx;
    struct vg_sweeps out;
    int cap;
};

/* A stretch, or a piece of it, with the passes it has so far. */
struct piece {
    struct vg_sweep sweep;
    struct vg_trial_span span;
    const struct vg_stretch *stretch;
};

static struct vg_trial_way way_of(const struct piece *p, struct vg_plan_pass pass, bool is_close)
{
    return (struct vg_trial_way){.line = p->stretch->line,
                                 .from_m = p->sweep.from_m,
                                 .to_m = p->sweep.to_m,
                                 .chord_m = p->stretch->depth_m,
                                 .pass = pass,
                                 .is_through = fabs(pass.offset_m) < 1,
                                 .is_close = is_close};
}

static int n_lacking(const struct survey *self, const struct piece *p)
{
    return p->span.end - p->span.first - vg_trial_n_enough(&self->trial, p->span);
}

static enum vg_status try_pass(struct survey *self, const struct piece *p, struct vg_plan_pass pass,
                               bool is_close, struct vg_error *err)
{
    struct vg_trial_way way = way_of(p, pass, is_close);
    return vg_trial_fly(&self->trial, &way, err);
}

/* All passes of the piece, counted. */
static enum vg_status take_passes(struct survey *self, const struct piece *p, bool is_close,
                                  struct vg_error *err)
{
    enum vg_status st = VG_OK;
    for (int k = 0; k < p->sweep.n_passes && st == VG_OK; k++) {
        st = try_pass(self, p, p->sweep.passes[k], is_close, err);
        vg_trial_take(&self->trial, p->span);
    }
    return st;
}

static bool is_near_another(const struct piece *p, double offset_m)
{
    for (int k = 0; k < p->sweep.n_passes; k++) {
        if (fabs(p->sweep.passes[k].offset_m - offset_m) < APART_SHARE * p->stretch->depth_m) {
            return true;
        }
    }
    return false;
}

/* The pass aside that leaves the fewest columns lacking, beside those that count; is_only: which
 * must reach the whole depth itself. INT32_MAX lacking: there is none. */
static enum vg_status best_offset(struct survey *self, const struct piece *p, bool is_only,
                                  struct vg_plan_pass *out, int *out_lacking, struct vg_error *err)
{
    enum vg_status st = VG_OK;
    *out_lacking = INT32_MAX;
    for (int k = 0; k < N_OFFSETS && st == VG_OK && *out_lacking > 0; k++) {
        double depth_m = p->stretch->depth_m;
        struct vg_plan_pass pass = {OFFSETS[k] * depth_m, MORE_DEPTH * depth_m};
        if (is_only) {
            pass.depth_m = depth_m + fabs(pass.offset_m); /* to the far edge */
        }
        if (is_near_another(p, pass.offset_m) ||
            (is_only && !vg_sweeps_sees(self->trial.sight.watch, &pass, -depth_m, depth_m))) {
            continue;
        }
        st = try_pass(self, p, pass, false, err);
        int lacking = n_lacking(self, p);
        if (lacking < *out_lacking) {
            *out_lacking = lacking;
            *out = pass;
        }
    }
    vg_trial_drop(&self->trial, p->span);
    return st;
}

/* ---- a stretch that one pass over the line mostly does not see ---- */

static enum vg_status move_aside(struct survey *self, struct piece *p, struct vg_error *err)
{
    int n = p->span.end - p->span.first;
    int before = n_lacking(self, p);
    struct vg_plan_pass pass;
    int lacking;
    if (p->sweep.n_passes > 1 || before < MOSTLY * n) {
        return VG_OK;
    }
    vg_trial_forget(&self->trial, p->span);
    enum vg_status st = best_offset(self, p, true, &pass, &lacking, err);
    if (st == VG_OK && before - lacking >= MOSTLY * before) {
        p->sweep.passes[0] = pass;
    }
    vg_trial_forget(&self->trial, p->span);
    return st == VG_OK ? take_passes(self, p, false, err) : st;
}

/* ---- pieces with more passes ---- */

/* Joined with the one before where they are alike. */
static enum vg_status put_piece(struct survey *self, const struct piece *p, struct vg_error *err)
{
    struct vg_sweep *last = self->out.n > 0 ? &self->out.sweeps[self->out.n - 1] : NULL;
    double length_m = p->sweep.to_m - p->sweep.from_m;
    double seen = vg_trial_share(&self->trial, p->span);
    double hidden_m = n_lacking(self, p) * vg_strip_cell_m(self->trial.sight.strip);
    if (length_m < 1) {
        return VG_OK;
    }
    if (last != NULL && vg_sweep_is_same(last, &p->sweep)) {
        double before_m = last->to_m - last->from_m;
        last->seen = (last->seen * before_m + seen * length_m) / (before_m + length_m);
        last->hidden_m += hidden_m;
        last->to_m = p->sweep.to_m;
        return VG_OK;
    }
    if (self->out.n == self->cap) {
        int cap = self->cap > 0 ? 2 * self->cap : 64;
        struct vg_sweep *more = realloc(self->out.sweeps, (size_t)cap * sizeof *more);
        if (more == NULL) {
            return vg_no_memory(err);
        }
        self->out.sweeps = more;
        self->cap = cap;
    }
    struct vg_sweep *sw = &self->out.sweeps[self->out.n++];
    *sw = p->sweep;
    sw->seen = seen;
    sw->hidden_m = hidden_m;
    return VG_OK;
}

/* Columns that a further pass must complete to be flown. */
static double worth(const struct survey *self, const struct piece *p, int lacking)
{
    return fmax(fmax(WORTH * lacking, DENSE * (p->span.end - p->span.first)),
                LEAST_M / vg_strip_cell_m(self->trial.sight.strip));
}

/* Looked at closely; then pass after pass for as long as it is worth one. */
static enum vg_status add_passes(struct survey *self, struct piece *p, struct vg_error *err)
{
    enum vg_status st = take_passes(self, p, true, err);
    int lacking = n_lacking(self, p);
    for (int more = 0; st == VG_OK && lacking > 0 && more < MAX_MORE; more++) {
        struct vg_plan_pass pass;
        int left;
        if (p->sweep.n_passes == VG_PLAN_PASSES_MAX) {
            break;
        }
        st = best_offset(self, p, false, &pass, &left, err);
        if (st != VG_OK || lacking - left < worth(self, p, lacking)) {
            break;
        }
        st = try_pass(self, p, pass, true, err);
        vg_trial_take(&self->trial, p->span);
        p->sweep.passes[p->sweep.n_passes++] = pass;
        lacking = n_lacking(self, p);
    }
    return st;
}

static double post_m(const struct survey *self, int col, bool is_end)
{
    const struct vg_shape *shape = &self->trial.sight.shape;
    const struct vg_shape_line *l = &shape->lines[shape->bin_line[shape->cols[col].bin]];
    return l->length_m * (col - l->first_col + is_end) / l->n_cols;
}

static struct piece cut(const struct survey *self, const struct piece *whole, int first, int end)
{
    struct piece p = *whole;
    p.span = (struct vg_trial_span){first, end};
    if (first > whole->span.first) {
        p.sweep.from_m = round(post_m(self, first, false));
    }
    if (end < whole->span.end) {
        p.sweep.to_m = round(post_m(self, end, false));
    }
    return p;
}

/* The next run of columns without enough, from `from` on; empty at the end. */
static struct vg_trial_span next_run(const struct survey *self, const struct piece *p, int from)
{
    struct vg_trial_span s = {from, p->span.end};
    while (s.first < p->span.end && vg_trial_is_enough(&self->trial, s.first)) {
        s.first++;
    }
    for (s.end = s.first; s.end < p->span.end && !vg_trial_is_enough(&self->trial, s.end);) {
        s.end++;
    }
    return s;
}

/* The next runs near each other that are worth further passes over all of them; empty at the end.
 */
static struct vg_trial_span next_lacking(const struct survey *self, const struct piece *p, int from)
{
    const struct vg_wf_type *type = self->trial.type;
    double cell_m = vg_strip_cell_m(self->trial.sight.strip);
    int join = (int)(JOIN_SHARE * type->turnaround_s * type->cruise_mps / cell_m);
    struct vg_trial_span all = next_run(self, p, from);
    int lacking = all.end - all.first;
    while (all.first < p->span.end) {
        struct vg_trial_span run = next_run(self, p, all.end);
        int more = lacking + run.end - run.first;
        if (run.first < run.end && run.first - all.end <= join &&
            more >= DENSE * (run.end - all.first)) {
            lacking = more;
            all.end = run.end;
        } else if (lacking * cell_m >= LEAST_M) {
            break;
        } else { /* a scrap: not worth a flight */
            all = run;
            lacking = run.end - run.first;
        }
    }
    return all;
}

/* Ends of a stretch too short for a piece of their own go with the next one. */
static struct vg_trial_span round_off(const struct survey *self, struct vg_trial_span lacks,
                                      int from, int end)
{
    int least = (int)(LEAST_M / vg_strip_cell_m(self->trial.sight.strip));
    if (lacks.first < lacks.end) {
        lacks.first = lacks.first - from < least ? from : lacks.first;
        lacks.end = end - lacks.end < least ? end : lacks.end;
    }
    return lacks;
}

static enum vg_status survey_stretch(struct survey *self, const struct vg_sweep *flat,
                                     struct vg_error *err)
{
    const struct vg_foresight *sight = &self->trial.sight;
    struct piece whole = {.sweep = *flat,
                          .stretch = &sight->watch->network.stretches[flat->stretch]};
    whole.span = (struct vg_trial_span){
        vg_strip_column_at(sight->strip, whole.stretch->line, flat->from_m + 1),
        vg_strip_column_at(sight->strip, whole.stretch->line, flat->to_m - 1) + 1};
    enum vg_status st = take_passes(self, &whole, false, err);
    if (st == VG_OK) {
        st = move_aside(self, &whole, err);
    }
    int done = whole.span.first;
    while (st == VG_OK && done < whole.span.end) {
        struct vg_trial_span lacks =
            round_off(self, next_lacking(self, &whole, done), done, whole.span.end);
        if (done < lacks.first) {
            struct piece seen = cut(self, &whole, done, lacks.first);
            st = put_piece(self, &seen, err);
        }
        if (st == VG_OK && lacks.first < lacks.end) {
            struct piece hidden = cut(self, &whole, lacks.first, lacks.end);
            st = add_passes(self, &hidden, err);
            st = st == VG_OK ? put_piece(self, &hidden, err) : st;
        }
        done = lacks.end;
        if (self->progress != NULL) {
            self->progress(self->ctx, (double)done / vg_strip_n_columns(sight->strip));
        }
    }
    return st;
}

/* ---- all ---- */

static enum vg_status survey_all(struct survey *self, const struct vg_sweeps *flat,
                                 struct vg_error *err)
{
    enum vg_status st = vg_trial_open(&self->trial, err);
    for (int k = 0; k < flat->n && st == VG_OK; k++) {
        st = survey_stretch(self, &flat->sweeps[k], err);
    }
    vg_trial_close(&self->trial);
    return st;
}

enum vg_status vg_survey(const struct vg_watchfile *watch, const struct vg_terrain *terrain,
                         const struct vg_strip *strip, void (*progress)(void *ctx, double share),
                         void *ctx, struct vg_sweeps *out, struct vg_error *err)
{
    struct vg_sweeps flat = {0};
    struct vg_plan plan = {0};
    int type = vg_sweeps_type(watch, watch->depth_m);
    enum vg_status st = vg_sweeps_flat(watch, &flat, err);
    if (st != VG_OK) {
        return st;
    }
    if (type < 0 || vg_terrain_is_flat(terrain)) {
        *out = flat;
        return VG_OK;
    }
    struct survey s = {.trial = {.type = &watch->types[type]}, .progress = progress, .ctx = ctx};
    s.trial.sight =
        (struct vg_foresight){.watch = watch, .plan = &plan, .terrain = terrain, .strip = strip};
    st = vg_plan_of_watch(watch, &plan, err);
    if (st == VG_OK) {
        st = survey_all(&s, &flat, err);
    }
    vg_sweeps_finish(&flat);
    vg_plan_finish(&plan);
    if (st != VG_OK) {
        vg_sweeps_finish(&s.out);
        return st;
    }
    *out = s.out;
    return VG_OK;
}
