#include "look/blobs.h"

#include <string.h>

enum {
    REACH = 2
}; /* columns between runs that still belong together */

void vg_blobs_clear(struct vg_blobs *self)
{
    self->n = 0;
    self->n_runs = 0;
    self->is_cut = false;
}

static int root_of(struct vg_blobs *self, int i)
{
    while (self->run[i].parent != i) {
        self->run[i].parent = self->run[self->run[i].parent].parent;
        i = self->run[i].parent;
    }
    return i;
}

static void join(struct vg_blobs *self, int a, int b)
{
    a = root_of(self, a);
    b = root_of(self, b);
    if (a < b) {
        self->run[b].parent = a;
    } else {
        self->run[a].parent = b;
    }
}

/* Join run i with those of the rows above it (up to REACH) that it touches. */
static void join_above(struct vg_blobs *self, int i)
{
    const struct vg_blob_run *r = &self->run[i];
    for (int k = i - 1; k >= 0 && self->run[k].y >= r->y - REACH; k--) {
        const struct vg_blob_run *q = &self->run[k];
        if (q->x0 <= r->x1 + REACH && q->x1 >= r->x0 - REACH && q->y < r->y) {
            join(self, k, i);
        }
    }
}

static void add_run(struct vg_blobs *self, int y, int x0, int x1)
{
    if (self->n_runs > 0) {
        struct vg_blob_run *last = &self->run[self->n_runs - 1];
        if (last->y == y && x0 - last->x1 <= REACH) {
            last->x1 = x1;
            return;
        }
    }
    if (self->n_runs == VG_BLOB_RUNS_MAX) {
        self->is_cut = true;
        return;
    }
    int i = self->n_runs++;
    self->run[i] = (struct vg_blob_run){y, x0, x1, i};
}

void vg_blobs_row(struct vg_blobs *self, const uint8_t *mask, int y, int n)
{
    int first = self->n_runs;
    for (int x = 0; x < n; x += 8) {
        uint64_t eight;
        memcpy(&eight, mask + x, sizeof eight);
        for (int k = x; eight != 0 && k < x + 8 && k < n; k++) {
            if (mask[k] != 0) {
                add_run(self, y, k, k);
            }
        }
    }
    for (int i = first; i < self->n_runs; i++) {
        join_above(self, i);
    }
}

static void grow(struct vg_blob *b, const struct vg_blob_run *r)
{
    b->x0 = r->x0 < b->x0 ? r->x0 : b->x0;
    b->x1 = r->x1 > b->x1 ? r->x1 : b->x1;
    b->y0 = r->y < b->y0 ? r->y : b->y0;
    b->y1 = r->y > b->y1 ? r->y : b->y1;
}

/* Marks of a run, added to what its blob's first run counts. */
static void count_run(struct vg_blobs *self, int i, const uint8_t *mask, ptrdiff_t stride)
{
    const struct vg_blob_run *r = &self->run[i];
    int root = root_of(self, i);
    if (root == i) {
        self->area[i] = 0;
        self->strong[i] = 0;
    }
    for (int x = r->x0; x <= r->x1; x++) {
        uint8_t m = mask[r->y * stride + x];
        self->area[root] += m != 0 ? 1 : 0;
        self->strong[root] += m >> 1 & 1;
    }
}

/* Room for the blobs: those with strong marks first, then the weak ones that are large enough. */
static void give_room(struct vg_blobs *self, int weak_area_min)
{
    for (int is_weak = 0; is_weak < 2; is_weak++) {
        for (int i = 0; i < self->n_runs; i++) {
            const struct vg_blob_run *r = &self->run[i];
            if (r->parent != i || (self->strong[i] == 0) != (is_weak == 1)) {
                continue;
            }
            bool is_wanted = is_weak == 0 || self->area[i] >= weak_area_min;
            bool has_room = self->n < VG_BLOBS_MAX;
            self->is_cut = self->is_cut || (is_wanted && !has_room);
            self->root[i] = is_wanted && has_room ? self->n : -1;
            if (self->root[i] >= 0) {
                self->blob[self->n++] = (struct vg_blob){.x0 = r->x0,
                                                         .y0 = r->y,
                                                         .x1 = r->x1,
                                                         .y1 = r->y,
                                                         .area = self->area[i],
                                                         .n_strong = self->strong[i]};
            }
        }
    }
}

void vg_blobs_close(struct vg_blobs *self, const uint8_t *mask, ptrdiff_t stride, int weak_area_min,
                    int (*weight)(const void *ctx, int x, int y), const void *ctx)
{
    for (int i = 0; i < self->n_runs; i++) {
        count_run(self, i, mask, stride);
    }
    give_room(self, weak_area_min);
    for (int i = 0; i < self->n_runs; i++) {
        const struct vg_blob_run *r = &self->run[i];
        int root = root_of(self, i);
        if (self->root[root] < 0) {
            continue;
        }
        struct vg_blob *b = &self->blob[self->root[root]];
        grow(b, r);
        for (int x = r->x0; x <= r->x1; x++) {
            int w = mask[r->y * stride + x] != 0 ? weight(ctx, x, r->y) : 0;
            b->signed_sum += w;
            w = w < 0 ? -w : w;
            b->sum += w;
            b->sum_x += (int64_t)w * x;
            b->sum_y += (int64_t)w * r->y;
        }
    }
}
