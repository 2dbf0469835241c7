#include "track/late.h"

#include <stdlib.h>
#include <string.h>

void vg_core_finish(struct vg_core *c)
{
    vg_objects_finish(&c->store);
    vg_unseen_finish(&c->unseen);
    vg_biases_finish(&c->biases);
}

size_t vg_core_bytes(const struct vg_core *c)
{
    return c->store.room * sizeof *c->store.at + 2 * c->store.n_buckets * sizeof *c->store.bucket +
           c->unseen.room * sizeof *c->unseen.cell + c->biases.n * sizeof *c->biases.at;
}

/* A copy of a block in a block of its own size: what is there already is used where it is large
 * enough. */
static bool copy_block(void *into, const void *from, size_t bytes)
{
    void **at = into;
    void *more = realloc(*at, bytes > 0 ? bytes : 1);
    if (more == NULL) {
        return false;
    }
    if (bytes > 0) {
        memcpy(more, from, bytes);
    }
    *at = more;
    return true;
}

/* `into` becomes equal to `from`, keeping its own blocks. */
static bool copy_core(struct vg_core *into, const struct vg_core *from)
{
    struct vg_core old = *into;
    bool ok =
        copy_block(&old.store.at, from->store.at, from->store.used * sizeof *from->store.at) &&
        copy_block(&old.store.bucket, from->store.bucket,
                   2 * from->store.n_buckets * sizeof(int32_t)) &&
        copy_block(&old.unseen.cell, from->unseen.cell,
                   from->unseen.room * sizeof *from->unseen.cell) &&
        copy_block(&old.biases.at, from->biases.at, from->biases.n * sizeof *from->biases.at);
    if (ok) {
        *into = *from;
    }
    into->store.at = old.store.at;
    into->store.bucket = old.store.bucket;
    into->unseen.cell = old.unseen.cell;
    into->biases.at = old.biases.at;
    into->store.room = ok ? from->store.used : 0;
    return ok;
}

void vg_late_finish(struct vg_late *l)
{
    for (int k = 0; k < 2; k++) {
        vg_core_finish(&l->copy[k]);
    }
    for (size_t i = 0; i < l->n; i++) {
        free(l->log[i].footprint_m);
    }
    free(l->log);
    free(l->again);
    *l = (struct vg_late){0};
}

static bool is_plain(const struct vg_measurement *m)
{
    double told = m->speed_sd_m_s;
    for (int k = 0; k < VG_TRACK_CLASSES; k++) {
        told += m->class_p[k];
    }
    return m->kind == VG_MEASURED_POSITION && !(told > 0) && m->n_features == 0 &&
           m->source_id == 0;
}

/* Bytes of the parts of a kept scan. */
struct parts {
    size_t corners, ids, measurements;
    bool plain;
};

static struct parts parts_of(const struct vg_scan *scan)
{
    struct parts p = {2 * scan->n_footprint * sizeof(double), scan->n * sizeof(uint64_t), 0, true};
    for (size_t i = 0; i < scan->n && p.plain; i++) {
        p.plain = is_plain(&scan->measurements[i]);
    }
    p.measurements = scan->n * (p.plain ? 5 * sizeof(double) : sizeof(struct vg_measurement));
    return p;
}

size_t vg_late_bytes(const struct vg_late *l)
{
    size_t sum = l->room * sizeof *l->log + l->again_room * sizeof *l->again;
    for (int k = 0; k < 2; k++) {
        sum += l->has[k] ? vg_core_bytes(&l->copy[k]) : 0;
    }
    for (size_t i = 0; i < l->n; i++) {
        const struct vg_late_scan *s = &l->log[i];
        size_t each = s->plain != NULL ? 5 * sizeof(double) : sizeof(struct vg_measurement);
        sum += s->n * (each + sizeof(uint64_t)) + s->n_footprint * 2 * sizeof(double);
    }
    return sum;
}

static void store_measurements(struct vg_late_scan *s, const struct vg_scan *scan)
{
    for (size_t i = 0; i < scan->n; i++) {
        const struct vg_measurement *m = &scan->measurements[i];
        s->born[i] = 0;
        if (s->plain != NULL) {
            const double five[5] = {m->x_m, m->y_m, m->cov_m2[0], m->cov_m2[1], m->cov_m2[2]};
            memcpy(s->plain[i], five, sizeof five);
        } else {
            s->full[i] = *m;
        }
    }
}

static bool log_at(struct vg_late *l, size_t at, const struct vg_scan *scan)
{
    struct parts p = parts_of(scan);
    if (!vg_room((void **)&l->log, &l->room, l->n + 1, sizeof *l->log)) {
        return false;
    }
    char *block = malloc(p.corners + p.ids + p.measurements + 1);
    if (block == NULL) {
        return false;
    }
    memmove(&l->log[at + 1], &l->log[at], (l->n - at) * sizeof *l->log);
    l->n++;
    struct vg_late_scan *s = &l->log[at];
    void *measurements = block + p.corners + p.ids;
    *s = (struct vg_late_scan){.t_s = scan->t_s,
                               .pd = scan->pd,
                               .clutter_per_m2 = scan->clutter_per_m2,
                               .sensor = scan->sensor,
                               .n_footprint = (uint32_t)scan->n_footprint,
                               .n = scan->n,
                               .footprint_m = (double(*)[2])(void *)block,
                               .born = (uint64_t *)(void *)(block + p.corners),
                               .plain = p.plain ? measurements : NULL,
                               .full = p.plain ? NULL : measurements};
    if (p.corners > 0) {
        memcpy(block, scan->footprint_m, p.corners);
    }
    store_measurements(s, scan);
    return true;
}

/* The scan as it was; borrowed until the next call. */
static bool recall(struct vg_late *l, const struct vg_late_scan *s, struct vg_scan *out)
{
    if (!vg_room((void **)&l->again, &l->again_room, s->n + 1, sizeof *l->again)) {
        return false;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->plain != NULL) {
            const double *v = s->plain[i];
            l->again[i] =
                (struct vg_measurement){.x_m = v[0], .y_m = v[1], .cov_m2 = {v[2], v[3], v[4]}};
        } else {
            l->again[i] = s->full[i];
        }
    }
    *out = (struct vg_scan){s->t_s,         s->sensor, (const double(*)[2])s->footprint_m,
                            s->n_footprint, s->pd,     s->clutter_per_m2,
                            l->again,       s->n};
    return true;
}

static void forget_before(struct vg_late *l, double t_s)
{
    size_t n = 0;
    while (n < l->n && l->log[n].t_s <= t_s) {
        free(l->log[n++].footprint_m);
    }
    memmove(l->log, l->log + n, (l->n - n) * sizeof *l->log);
    l->n -= n;
}

static bool copy_newer(struct vg_late *l, const struct vg_core *c)
{
    l->has[1] = copy_core(&l->copy[1], c);
    l->copied_s[1] = c->t_s;
    return l->has[1];
}

enum vg_status vg_late_keep(struct vg_late *l, const struct vg_core *c, const struct vg_scan *scan,
                            uint64_t **born, struct vg_error *err)
{
    bool ok = true;
    if (c->started && (!l->has[1] || scan->t_s - l->copied_s[1] >= c->params.late_s)) {
        if (l->has[1]) { /* the newer one is old enough to be the older one */
            struct vg_core swap = l->copy[0];
            l->copy[0] = l->copy[1];
            l->copy[1] = swap;
            l->copied_s[0] = l->copied_s[1];
            l->has[0] = true;
            forget_before(l, l->copied_s[0]);
        }
        ok = copy_newer(l, c);
    }
    ok = ok && log_at(l, l->n, scan);
    *born = ok ? l->log[l->n - 1].born : NULL;
    return ok ? VG_OK : vg_no_memory(err);
}

/* Takes the scans after copied_s[from] again; the newer copy is made anew on the way. */
static bool take_again(struct vg_late *l, struct vg_core *c, struct vg_work *w, int from)
{
    double since_s = l->copied_s[from], newer_s = l->copied_s[1];
    bool copied = from == 1;
    for (size_t i = 0; i < l->n; i++) {
        struct vg_scan scan;
        struct vg_footprint f;
        if (!copied && l->log[i].t_s > newer_s) {
            copied = true;
            if (!copy_newer(l, c)) {
                return false;
            }
        }
        if (l->log[i].t_s <= since_s) {
            continue;
        }
        w->born = l->log[i].born;
        if (!recall(l, &l->log[i], &scan) || vg_footprint_of(&scan, &f, NULL) != VG_OK ||
            vg_core_scan(c, w, &scan, &f, NULL) != VG_OK) {
            return false;
        }
    }
    return true;
}

enum vg_status vg_late_insert(struct vg_late *l, struct vg_core *c, struct vg_work *w,
                              const struct vg_scan *scan, bool *taken, struct vg_error *err)
{
    int from = l->has[1] && scan->t_s > l->copied_s[1] ? 1 : 0;
    *taken = l->has[from] && scan->t_s > l->copied_s[from];
    if (!*taken) {
        return VG_OK;
    }
    size_t at = l->n;
    while (at > 0 && l->log[at - 1].t_s > scan->t_s) {
        at--;
    }
    uint64_t next_id = c->next_id; /* an id once given is never given again */
    bool ok = log_at(l, at, scan) && copy_core(c, &l->copy[from]);
    c->next_id = next_id;
    ok = ok && take_again(l, c, w, from);
    return ok ? VG_OK : vg_no_memory(err);
}
