/* A map from 64-bit keys to slot numbers 0..cap-1 of fixed capacity: when it is full, the key that
 * was not touched for longest gives its slot away. The caller keeps what belongs to a slot in an
 * array of its own.
 *
 * Memory: taken at init, 24 bytes a slot and 4 to 8 for the hash table. Cost: constant. Threads:
 * one at a time.
 */
#ifndef VG_TRAFFIC_LRU_H
#define VG_TRAFFIC_LRU_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct vg_lru_slot {
    uint64_t key;
    int older;
    int newer;
    int next; /* in its bucket */
};

struct vg_lru {
    struct vg_lru_slot *slots;
    int *buckets;
    int cap;
    int n_used; /* slots below it are in use, but for those in `free` */
    int free; /* head of the list of given-back slots, by next; -1 none */
    int oldest;
    int newest;
    uint32_t mask;
};

/* Slots 0..cap-1. VG_E_NO_MEMORY. */
enum vg_status vg_lru_init(struct vg_lru *self, int cap, struct vg_error *err) VG_MUST_USE;
void vg_lru_finish(struct vg_lru *self);
/* -1: absent. */
int vg_lru_find(const struct vg_lru *self, uint64_t key);
/* Its slot, as the newest. *out_is_new: the slot held another key or none before. */
int vg_lru_take(struct vg_lru *self, uint64_t key, bool *out_is_new);
/* The slot is in use and shall not be. */
void vg_lru_drop(struct vg_lru *self, int slot);
/* From the oldest on: vg_lru_oldest, then vg_lru_newer, until -1. */
int vg_lru_oldest(const struct vg_lru *self);
int vg_lru_newer(const struct vg_lru *self, int slot);

#endif
