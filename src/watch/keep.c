#include "watch/keep.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    LEVEL = 1
};

/* One array, deflated. */
struct packed {
    void *data;
    size_t n;
};

enum part {
    PART_CELL_S,
    PART_CELLS,
    PART_COL_S,
    PART_BIN_S,
    PART_DRONES,
    PART_SORTIES,
    PART_TRACKS,
    PART_COUNT
};

struct vg_watch_keep {
    struct vg_watch plain; /* what is not an array; its pointers are NULL but those named here */
    struct vg_watch_alert *alerts; /* params counted again */
    struct packed parts[PART_COUNT];
    size_t n_bytes;
};

struct array {
    void *data;
    size_t n_bytes;
};

/* The arrays of a watch whose counts and shape are set. */
static void arrays_of(const struct vg_watch *w, struct array out[PART_COUNT])
{
    size_t n_cells = (size_t)w->shape.cols[w->shape.n_cols].cell;
    const struct vg_seen *s = &w->seen;
    out[PART_CELL_S] = (struct array){s->cell_s, n_cells * sizeof *s->cell_s};
    out[PART_CELLS] = (struct array){s->cells, n_cells * sizeof *s->cells};
    out[PART_COL_S] = (struct array){s->col_s, (size_t)w->shape.n_cols * sizeof *s->col_s};
    out[PART_BIN_S] = (struct array){s->bin_s, (size_t)w->shape.n_bins * sizeof *s->bin_s};
    out[PART_DRONES] = (struct array){w->drones, (size_t)w->n_drones * sizeof *w->drones};
    out[PART_SORTIES] = (struct array){w->sorties, (size_t)w->n_sorties * sizeof *w->sorties};
    out[PART_TRACKS] = (struct array){w->tracks, (size_t)w->n_tracks * sizeof *w->tracks};
}

static bool pack(const struct array *from, struct packed *to)
{
    uLongf n = compressBound((uLong)from->n_bytes);
    void *room = malloc(n);
    if (room == NULL || compress2(room, &n, from->data != NULL ? from->data : (const void *)"",
                                  (uLong)from->n_bytes, LEVEL) != Z_OK) {
        free(room);
        return false;
    }
    void *fitted = realloc(room, n);
    *to = (struct packed){fitted != NULL ? fitted : room, n};
    return true;
}

static bool unpack(const struct packed *from, const struct array *to)
{
    uLongf n = (uLongf)to->n_bytes;
    return to->n_bytes == 0 ||
           (uncompress(to->data, &n, from->data, (uLong)from->n) == Z_OK && n == to->n_bytes);
}

static struct vg_watch_alert *copy_alerts(const struct vg_watch_alert *from, int n)
{
    struct vg_watch_alert *to = calloc((size_t)n + 1, sizeof *to);
    for (int i = 0; to != NULL && i < n; i++) {
        to[i] = from[i];
        json_incref(to[i].params);
    }
    return to;
}

/* The watch without what it owns. */
static struct vg_watch plain_of(const struct vg_watch *watch)
{
    struct vg_watch w = *watch;
    w.shape = (struct vg_shape){0};
    w.seen = (struct vg_seen){.coarsest_grade = watch->seen.coarsest_grade};
    w.description = NULL;
    w.drones = NULL;
    w.sorties = NULL;
    w.tracks = NULL;
    w.alerts = NULL;
    w.marks = NULL;
    w.n_marks = w.cap_marks = 0;
    w.sights = NULL;
    w.n_sights = w.cap_sights = 0;
    w.bin_dirty = NULL;
    return w;
}

enum vg_status vg_watch_keep(const struct vg_watch *watch, struct vg_watch_keep **out,
                             struct vg_error *err)
{
    if (watch->description == NULL) {
        return vg_fail(err, VG_E_INVALID, "nothing is described yet");
    }
    struct vg_watch_keep *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return vg_no_memory(err);
    }
    self->plain = plain_of(watch);
    self->plain.description = json_incref(watch->description);
    self->alerts = copy_alerts(watch->alerts, watch->n_alerts);
    bool is_good = self->alerts != NULL;
    self->n_bytes = sizeof *self + (size_t)watch->n_alerts * sizeof *self->alerts;
    struct array arrays[PART_COUNT];
    arrays_of(watch, arrays);
    for (int i = 0; i < PART_COUNT && is_good; i++) {
        is_good = pack(&arrays[i], &self->parts[i]);
        self->n_bytes += self->parts[i].n;
    }
    if (!is_good) {
        vg_watch_keep_destroy(self);
        return vg_no_memory(err);
    }
    *out = self;
    return VG_OK;
}

/* Room for every array of a watch whose counts are set. */
static enum vg_status make_room(struct vg_watch *w, struct vg_error *err)
{
    int coarsest_grade = w->seen.coarsest_grade;
    enum vg_status st = vg_shape_read(w->description, &w->shape, err);
    if (st == VG_OK) {
        st = vg_seen_init(&w->seen, &w->shape, err);
        w->seen.coarsest_grade = coarsest_grade;
    }
    if (st != VG_OK) {
        return st;
    }
    w->cap_sorties = w->n_sorties;
    w->cap_alerts = w->n_alerts;
    w->cap_tracks = w->n_tracks;
    w->drones = calloc((size_t)w->n_drones + 1, sizeof *w->drones);
    w->sorties = calloc((size_t)w->n_sorties + 1, sizeof *w->sorties);
    w->tracks = calloc((size_t)w->n_tracks + 1, sizeof *w->tracks);
    w->bin_dirty = calloc((size_t)w->shape.n_bins + 1, 1);
    return w->drones != NULL && w->tracks != NULL && w->sorties != NULL && w->bin_dirty != NULL
               ? VG_OK
               : vg_no_memory(err);
}

enum vg_status vg_watch_restore(const struct vg_watch_keep *self, struct vg_watch *out,
                                struct vg_error *err)
{
    vg_watch_finish(out);
    *out = self->plain;
    json_incref(out->description);
    out->alerts = copy_alerts(self->alerts, out->n_alerts);
    if (out->alerts == NULL) {
        out->n_alerts = 0;
        vg_watch_finish(out);
        return vg_no_memory(err);
    }
    struct array arrays[PART_COUNT];
    enum vg_status st = make_room(out, err);
    if (st == VG_OK) {
        arrays_of(out, arrays);
    }
    for (int i = 0; i < PART_COUNT && st == VG_OK; i++) {
        if (!unpack(&self->parts[i], &arrays[i])) {
            st = vg_fail(err, VG_E_INTERNAL, "a kept moment is damaged");
        }
    }
    if (st != VG_OK) {
        vg_watch_finish(out);
    }
    return st;
}

size_t vg_watch_keep_bytes(const struct vg_watch_keep *self)
{
    return self->n_bytes;
}

void vg_watch_keep_destroy(struct vg_watch_keep *self)
{
    if (self == NULL) {
        return;
    }
    for (int i = 0; self->alerts != NULL && i < self->plain.n_alerts; i++) {
        json_decref(self->alerts[i].params);
    }
    free(self->alerts);
    json_decref(self->plain.description);
    for (int i = 0; i < PART_COUNT; i++) {
        free(self->parts[i].data);
    }
    free(self);
}
