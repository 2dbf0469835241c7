#include "record/record_queue.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    int64_t seq;
    int64_t t_us;
    uint32_t kind_n; /* SKIP: nothing more before the ring's end */
    uint32_t body_n;
};

enum {
    SKIP = 0xFFFF
};

bool vg_record_queue_init(struct vg_record_queue *self, size_t size_bytes)
{
    *self = (struct vg_record_queue){.ring = malloc(size_bytes), .size_bytes = size_bytes};
    return self->ring != NULL;
}

void vg_record_queue_finish(struct vg_record_queue *self)
{
    free(self->ring);
    *self = (struct vg_record_queue){0};
}

static size_t entry_size(size_t kind_n, size_t body_n)
{
    return (sizeof(struct entry) + kind_n + body_n + 7) & ~(size_t)7;
}

/* Bytes to leave unused so that an entry of `need` bytes lies in one piece. */
static size_t padding(const struct vg_record_queue *self, size_t need)
{
    size_t left = self->size_bytes - (self->tail & (self->size_bytes - 1));
    return left < need ? left : 0;
}

bool vg_record_queue_push(struct vg_record_queue *self, const struct vg_record_row *row)
{
    size_t need = entry_size(row->kind_n, row->body_n);
    size_t pad = padding(self, need);
    if (self->tail - self->head + pad + need > self->size_bytes) {
        return false;
    }
    if (pad >= sizeof(struct entry)) {
        struct entry skip = {.kind_n = SKIP};
        memcpy(self->ring + (self->tail & (self->size_bytes - 1)), &skip, sizeof skip);
    }
    self->tail += pad;
    char *p = self->ring + (self->tail & (self->size_bytes - 1));
    struct entry e = {row->seq, row->t_us, (uint32_t)row->kind_n, (uint32_t)row->body_n};
    memcpy(p, &e, sizeof e);
    memcpy(p + sizeof e, row->kind, row->kind_n);
    memcpy(p + sizeof e + row->kind_n, row->body, row->body_n);
    self->tail += need;
    return true;
}

size_t vg_record_queue_read(const struct vg_record_queue *self, size_t at,
                            struct vg_record_row *out)
{
    size_t mask = self->size_bytes - 1;
    size_t left = self->size_bytes - (at & mask);
    struct entry e = {.kind_n = SKIP};
    if (left >= sizeof e) {
        memcpy(&e, self->ring + (at & mask), sizeof e);
    }
    if (e.kind_n == SKIP) {
        at += left;
        memcpy(&e, self->ring + (at & mask), sizeof e);
    }
    const char *p = self->ring + (at & mask) + sizeof e;
    *out = (struct vg_record_row){e.seq, e.t_us, p, e.kind_n, p + e.kind_n, e.body_n};
    return at + entry_size(e.kind_n, e.body_n);
}
