#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BYTES = 64 * 1024,
    ALIGN = 16
};

struct vg_arena_block {
    struct vg_arena_block *next;
    size_t cap;
    size_t used;
    alignas(ALIGN) unsigned char data[];
};

static struct vg_arena_block *add_block(struct vg_arena *self, size_t need)
{
    size_t cap = need > BLOCK_BYTES ? need : BLOCK_BYTES;
    size_t whole = sizeof(struct vg_arena_block) + cap;
    if (self->limit_bytes != 0 && self->held_bytes + whole > self->limit_bytes) {
        return NULL;
    }
    struct vg_arena_block *b = malloc(whole);
    if (b == NULL) {
        return NULL;
    }
    b->cap = cap;
    b->used = 0;
    b->next = self->now != NULL ? self->now->next : NULL;
    if (self->now != NULL) {
        self->now->next = b;
    } else {
        self->first = b;
    }
    self->held_bytes += whole;
    self->now = b;
    return b;
}

void *vg_arena_alloc(struct vg_arena *self, size_t size_bytes)
{
    if (size_bytes > SIZE_MAX / 2) {
        return NULL;
    }
    size_t need = (size_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct vg_arena_block *b = self->now;
    while (b != NULL && b->cap - b->used < need && b->next != NULL) {
        b = b->next;
        b->used = 0;
        self->now = b;
    }
    if (b == NULL || b->cap - b->used < need) {
        b = add_block(self, need);
    }
    if (b == NULL) {
        return NULL;
    }
    void *p = b->data + b->used;
    b->used += need;
    return p;
}

void *vg_arena_calloc(struct vg_arena *self, size_t n, size_t size_bytes)
{
    if (size_bytes != 0 && n > SIZE_MAX / size_bytes) {
        return NULL;
    }
    void *p = vg_arena_alloc(self, n * size_bytes);
    if (p != NULL) {
        memset(p, 0, n * size_bytes);
    }
    return p;
}

char *vg_arena_text(struct vg_arena *self, const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = vg_arena_alloc(self, n);
    if (p != NULL) {
        memcpy(p, text, n);
    }
    return p;
}

void vg_arena_reset(struct vg_arena *self)
{
    self->now = self->first;
    if (self->first != NULL) {
        self->first->used = 0;
    }
}

void vg_arena_finish(struct vg_arena *self)
{
    struct vg_arena_block *b = self->first;
    while (b != NULL) {
        struct vg_arena_block *next = b->next;
        free(b);
        b = next;
    }
    *self = (struct vg_arena){0};
}
