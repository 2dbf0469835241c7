/* A scope's memory: allocate pieces, reset all at once.
 *
 * One arena per request, planning job or video frame. Nothing with a longer life may point into
 * one. Blocks come from malloc and are kept over a reset, so steady state allocates nothing.
 * Threads: one at a time. */
#ifndef VG_BASE_ARENA_H
#define VG_BASE_ARENA_H

#include <stddef.h>

struct vg_arena_block;

/* Zero-initialise. */
struct vg_arena {
    struct vg_arena_block *first;
    struct vg_arena_block *now;
    size_t limit_bytes; /* 0: no limit */
    size_t held_bytes; /* all blocks */
};

/* 16-byte aligned, not cleared; NULL when the limit or memory is reached. */
void *vg_arena_alloc(struct vg_arena *self, size_t size_bytes);
/* n x size zeroed, with the product checked. */
void *vg_arena_calloc(struct vg_arena *self, size_t n, size_t size_bytes);
/* A copy of text. */
char *vg_arena_text(struct vg_arena *self, const char *text);
void vg_arena_reset(struct vg_arena *self);
void vg_arena_finish(struct vg_arena *self);

#endif
