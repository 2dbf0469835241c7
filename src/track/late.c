#include "track/late.h"

#include <stdlib.h>
#include <string.h>

void vg_core_finish(struct vg_core *c)
{
    vg_store_finish(&c->store);
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
    into->store.room = ok && from->store.used > 0 ? from->store.used : 1;
    return ok;
}

void vg_late_finish(struct vg_late *l)
{
    for (int k = 0; k < 2; k++) {
        vg_core_finish(&l->copy[k]);
    }
    for (size_t i = 0; i < l->n; i++) {
        free(l->log[i].block);
    }
    free(l->log);
    *l = (struct vg_late){0};
}

size_t vg_late_bytes(const struct vg_late *l)
{
    size_t sum = l->room * sizeof *l->log;
    for (int k = 0; k < 2; k++) {
        sum += l->has[k] ? vg_core_bytes(&l->copy[k]) : 0;
    }
    for (size_t i = 0; i < l->n; i++) {
        sum += l->log[i].scan.n * sizeof(struct vg_measurement) +
               l->log[i].scan.n_footprint * 2 * sizeof(double);
    }
    return sum;
}

static bool log_at(struct vg_late *l, size_t at, const struct vg_scan *scan)
{
    size_t corners = scan->n_footprint * 2 * sizeof(double),
           bytes = corners + scan->n * sizeof(struct vg_measurement);
    if (!vg_room((void **)&l->log, &l->room, l->n + 1, sizeof *l->log)) {
        return false;
    }
    char *block = malloc(bytes > 0 ? bytes : 1);
    if (block == NULL) {
        return false;
    }
    memmove(&l->log[at + 1], &l->log[at], (l->n - at) * sizeof *l->log);
    l->n++;
    struct vg_late_scan *s = &l->log[at];
    *s = (struct vg_late_scan){*scan, block};
    if (corners > 0) {
        memcpy(block, scan->footprint_m, corners);
    }
    if (scan->n > 0) {
        memcpy(block + corners, scan->measurements, scan->n * sizeof(struct vg_measurement));
    }
    s->scan.footprint_m = (const double(*)[2])(void *)block;
    s->scan.measurements = (const struct vg_measurement *)(void *)(block + corners);
    return true;
}

static void forget_before(struct vg_late *l, double t_s)
{
    size_t n = 0;
    while (n < l->n && l->log[n].scan.t_s <= t_s) {
        free(l->log[n++].block);
    }
    memmove(l->log, l->log + n, (l->n - n) * sizeof *l->log);
    l->n -= n;
}

enum vg_status vg_late_keep(struct vg_late *l, const struct vg_core *c, const struct vg_scan *scan,
                            struct vg_error *err)
{
    double late_s = c->params.late_s;
    if (c->started && (!l->has[1] || scan->t_s - l->copied_s[1] >= late_s)) {
        if (l->has[1]) { /* the newer one is old enough to be the older one */
            struct vg_core swap = l->copy[0];
            l->copy[0] = l->copy[1];
            l->copy[1] = swap;
            l->copied_s[0] = l->copied_s[1];
            l->has[0] = true;
            forget_before(l, l->copied_s[0]);
        }
        l->has[1] = copy_core(&l->copy[1], c);
        l->copied_s[1] = c->t_s;
        if (!l->has[1]) {
            return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
        }
    }
    return log_at(l, l->n, scan) ? VG_OK : vg_fail(err, VG_E_NO_MEMORY, "out of memory");
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
    while (at > 0 && l->log[at - 1].scan.t_s > scan->t_s) {
        at--;
    }
    uint64_t ids = c->next_id;
    size_t room = c->store.room;
    if (!log_at(l, at, scan) || !copy_core(c, &l->copy[from])) {
        return vg_fail(err, VG_E_NO_MEMORY, "out of memory");
    }
    (void)room;
    c->next_id = ids;
    enum vg_status s = VG_OK;
    for (size_t i = 0; i < l->n && s == VG_OK; i++) {
        struct vg_footprint f;
        if (l->log[i].scan.t_s > l->copied_s[from]) {
            s = vg_footprint_of(&l->log[i].scan, &f, err);
            s = s == VG_OK ? vg_core_scan(c, w, &l->log[i].scan, &f, err) : s;
        }
    }
    return s;
}
