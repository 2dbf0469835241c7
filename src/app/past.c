#include "app/past.h"

#include "base/json.h"
#include "record/record_read.h"
#include "watch/keep.h"

#include <stdlib.h>
#include <string.h>

enum {
    FOLDS_MAX = 4, /* qualities kept up: all looks, and three more */
    KEPT_MAX = 256, /* of one fold */
    KEEP_EVERY_BYTES = 4 << 20, /* of events: about a tenth of a second of folding ... */
    KEEP_EVERY_BYTES_A_CELL = 2 /* ... and so many more for each cell, as laying by costs by it */
};
static const size_t BUDGET_BYTES = 256U << 20;

/* A place in the record, and what is known there besides the watch. */
struct place {
    int64_t next_seq;
    int64_t newest_us; /* of the events before */
    int64_t n_bytes; /* of their bodies */
    struct vg_past_tail tail;
};

struct kept {
    struct place at;
    struct vg_watch_keep *watch;
};

/* One quality's fold: where it stands, and what was laid by. */
struct fold {
    int coarsest_grade;
    uint64_t used; /* the last call that wanted it; 0: free */
    struct vg_watch watch;
    struct place at;
    struct kept kept[KEPT_MAX]; /* in order */
    int n_kept;
    int every; /* doublings of the distance between two kept */
    size_t kept_bytes;
};

struct vg_past {
    char path[1100];
    struct vg_past_limits limits;
    struct fold folds[FOLDS_MAX];
    struct fold *last;
    uint64_t n_calls;
    int64_t n_folded;
    int64_t n_restored;
};

enum vg_status vg_past_create(const char *path, const struct vg_past_limits *limits,
                              struct vg_past **out, struct vg_error *err)
{
    struct vg_past *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    vg_format(self->path, sizeof self->path, "%s", path);
    self->limits = limits != NULL ? *limits : (struct vg_past_limits){0};
    if (self->limits.budget_bytes == 0) {
        self->limits.budget_bytes = BUDGET_BYTES;
    }
    *out = self;
    return VG_OK;
}

static void empty_fold(struct fold *f)
{
    for (int i = 0; i < f->n_kept; i++) {
        vg_watch_keep_destroy(f->kept[i].watch);
    }
    vg_watch_finish(&f->watch);
    *f = (struct fold){0};
}

void vg_past_destroy(struct vg_past *self)
{
    for (int i = 0; self != NULL && i < FOLDS_MAX; i++) {
        empty_fold(&self->folds[i]);
    }
    free(self);
}

/* ---- where a fold stands ---- */

static void begin(struct fold *f)
{
    vg_watch_finish(&f->watch);
    f->watch.seen.coarsest_grade = f->coarsest_grade;
    f->at = (struct place){.next_seq = 1, .newest_us = INT64_MIN, .tail = {.speed = 1}};
}

/* The fold of this quality: its own, a free one, or the one not wanted for longest. */
static struct fold *find_fold(struct vg_past *self, int coarsest_grade)
{
    struct fold *best = &self->folds[0];
    for (int i = 0; i < FOLDS_MAX; i++) {
        struct fold *f = &self->folds[i];
        if (f->used != 0 && f->coarsest_grade == coarsest_grade) {
            best = f;
            break;
        }
        best = f->used < best->used ? f : best;
    }
    if (best->used == 0 || best->coarsest_grade != coarsest_grade) {
        empty_fold(best);
        best->coarsest_grade = coarsest_grade;
        begin(best);
    }
    best->used = ++self->n_calls;
    return best;
}

/* Stand before `until`, as near to it as can be without folding. */
static enum vg_status stand_before(struct vg_past *self, struct fold *f, struct vg_us until,
                                   struct vg_error *err)
{
    int k = f->n_kept - 1;
    while (k >= 0 && f->kept[k].at.newest_us > until.us) {
        k--;
    }
    bool is_before = f->at.newest_us <= until.us;
    if (is_before && (k < 0 || f->kept[k].at.next_seq <= f->at.next_seq)) {
        return VG_OK;
    }
    if (k < 0) {
        begin(f);
        return VG_OK;
    }
    enum vg_status st = vg_watch_restore(f->kept[k].watch, &f->watch, err);
    if (st != VG_OK) {
        begin(f);
        return st;
    }
    f->at = f->kept[k].at;
    self->n_restored++;
    return VG_OK;
}

/* ---- laying by ---- */

static void drop_every_second(struct fold *f)
{
    int n = 0;
    for (int i = 0; i < f->n_kept; i++) {
        if (i % 2 == 0) {
            f->kept_bytes -= vg_watch_keep_bytes(f->kept[i].watch);
            vg_watch_keep_destroy(f->kept[i].watch);
        } else {
            f->kept[n++] = f->kept[i];
        }
    }
    f->n_kept = n;
    f->every++;
}

static int64_t keep_every(const struct vg_past *self, const struct fold *f)
{
    const struct vg_shape *s = &f->watch.shape;
    int64_t usual = KEEP_EVERY_BYTES + s->cols[s->n_cols].cell * KEEP_EVERY_BYTES_A_CELL;
    return (self->limits.every_bytes > 0 ? self->limits.every_bytes : usual) << f->every;
}

/* Within the budget again: the fold that holds most gives half. */
static void make_room(struct vg_past *self)
{
    for (;;) {
        size_t total = 0;
        struct fold *most = &self->folds[0];
        for (int i = 0; i < FOLDS_MAX; i++) {
            total += self->folds[i].kept_bytes;
            most = self->folds[i].kept_bytes > most->kept_bytes ? &self->folds[i] : most;
        }
        if (total <= self->limits.budget_bytes || most->n_kept < 2) {
            return;
        }
        drop_every_second(most);
    }
}

/* What cannot be laid by costs time later, nothing else. */
static void lay_by(struct vg_past *self, struct fold *f)
{
    int64_t since = f->at.n_bytes - (f->n_kept > 0 ? f->kept[f->n_kept - 1].at.n_bytes : 0);
    struct kept k = {.at = f->at};
    if (f->watch.description == NULL || since < keep_every(self, f) ||
        vg_watch_keep(&f->watch, &k.watch, NULL) != VG_OK) {
        return;
    }
    f->kept[f->n_kept++] = k;
    f->kept_bytes += vg_watch_keep_bytes(k.watch);
    if (f->n_kept == KEPT_MAX) {
        drop_every_second(f);
    }
    make_room(self);
}

/* ---- folding ---- */

static void take_start(struct vg_past_tail *tail, const char *body, size_t n)
{
    json_t *doc;
    if (vg_json_parse(body, n, "start", &doc, NULL) != VG_OK) {
        return;
    }
    const json_t *epoch = json_object_get(doc, "epoch_us");
    const char *sha = json_string_value(json_object_get(doc, "plan_sha256"));
    const json_t *speed = json_object_get(doc, "speed");
    tail->epoch_us = json_is_number(epoch) ? (int64_t)json_number_value(epoch) : 0;
    tail->is_sim = json_is_true(json_object_get(doc, "sim"));
    tail->speed = json_is_number(speed) ? json_number_value(speed) : 1;
    if (sha == NULL || strcmp(sha, tail->plan_sha256) != 0) {
        tail->change_sha256[0] = '\0'; /* another plan was asked for */
    }
    vg_format(tail->plan_sha256, sizeof tail->plan_sha256, "%s", sha != NULL ? sha : "");
    const char *flown = json_string_value(json_object_get(doc, "flown_sha256"));
    if (flown != NULL && flown[0] != '\0') {
        vg_format(tail->change_sha256, sizeof tail->change_sha256, "%s", flown);
    }
    json_decref(doc);
}

static void take_plan(struct vg_past_tail *tail, const char *body, size_t n)
{
    json_t *doc;
    if (vg_json_parse(body, n, "plan", &doc, NULL) == VG_OK) {
        const char *sha = json_string_value(json_object_get(doc, "plan_sha256"));
        vg_format(tail->change_sha256, sizeof tail->change_sha256, "%s", sha != NULL ? sha : "");
        json_decref(doc);
    }
}

static void fold_one(struct fold *f, const struct vg_record_event *e)
{
    struct vg_past_tail *tail = &f->at.tail;
    f->at.next_seq = e->seq + 1;
    f->at.newest_us = e->t.us > f->at.newest_us ? e->t.us : f->at.newest_us;
    tail->last_us = e->t.us > tail->last_us ? e->t.us : tail->last_us;
    f->at.n_bytes += (int64_t)e->body_n;
    tail->n_events++;
    if (strcmp(e->kind, "start") == 0) {
        take_start(tail, e->body, e->body_n);
    } else if (strcmp(e->kind, "plan") == 0) {
        take_plan(tail, e->body, e->body_n);
    }
    tail->n_bad += vg_watch_apply(&f->watch, e->t, e->kind, e->body, e->body_n, NULL) != VG_OK;
}

static enum vg_status fold_on(struct vg_past *self, struct fold *f, struct vg_us until,
                              const atomic_bool *is_cancelled, struct vg_error *err)
{
    struct vg_record_reader *reader;
    struct vg_record_event e;
    enum vg_status st = vg_record_reader_open(self->path, &reader, err);
    if (st != VG_OK) {
        return st;
    }
    vg_record_reader_seek_seq(reader, f->at.next_seq);
    while ((is_cancelled == NULL || !atomic_load(is_cancelled)) &&
           (st = vg_record_reader_next(reader, &e, err)) == VG_OK && e.t.us <= until.us) {
        fold_one(f, &e);
        self->n_folded++;
        lay_by(self, f);
    }
    vg_record_reader_close(reader);
    return st == VG_E_NOT_FOUND ? VG_OK : st;
}

enum vg_status vg_past_at(struct vg_past *self, struct vg_us until, int coarsest_grade,
                          const atomic_bool *is_cancelled, const struct vg_watch **out_watch,
                          struct vg_past_tail *out_tail, struct vg_error *err)
{
    struct fold *f = find_fold(self, coarsest_grade);
    enum vg_status st = stand_before(self, f, until, err);
    if (st == VG_OK) {
        st = fold_on(self, f, until, is_cancelled, err);
    }
    self->last = f;
    if (st == VG_OK) {
        *out_watch = &f->watch;
        *out_tail = f->at.tail;
    }
    return st;
}

void vg_past_take(struct vg_past *self, struct vg_watch *out)
{
    struct fold *f = self->last;
    *out = f->watch;
    out->seen.shape = &out->shape; /* the struct has moved */
    f->watch = (struct vg_watch){0};
    begin(f);
}

void vg_past_counts(const struct vg_past *self, struct vg_past_counts *out)
{
    struct vg_past_counts c = {.n_folded = self->n_folded, .n_restored = self->n_restored};
    for (int i = 0; i < FOLDS_MAX; i++) {
        c.n_kept += self->folds[i].n_kept;
        c.kept_bytes += self->folds[i].kept_bytes;
    }
    *out = c;
}
