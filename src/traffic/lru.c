#include "traffic/lru.h"

#include <stdlib.h>

/* splitmix64's mixing step: keys that count upwards fall into buckets all over. */
static uint32_t bucket_of(const struct vg_lru *self, uint64_t key)
{
    key = (key ^ (key >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    key = (key ^ (key >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)(key ^ (key >> 31)) & self->mask;
}

enum vg_status vg_lru_init(struct vg_lru *self, int cap, struct vg_error *err)
{
    uint32_t n_buckets = 16;
    while (n_buckets < (uint32_t)cap) {
        n_buckets *= 2;
    }
    *self =
        (struct vg_lru){.cap = cap, .free = -1, .oldest = -1, .newest = -1, .mask = n_buckets - 1};
    self->slots = calloc((size_t)cap, sizeof *self->slots);
    self->buckets = malloc(n_buckets * sizeof *self->buckets);
    if (self->slots == NULL || self->buckets == NULL) {
        vg_lru_finish(self);
        return vg_no_memory(err);
    }
    for (uint32_t i = 0; i < n_buckets; i++) {
        self->buckets[i] = -1;
    }
    return VG_OK;
}

void vg_lru_finish(struct vg_lru *self)
{
    free(self->slots);
    free(self->buckets);
    *self = (struct vg_lru){.free = -1, .oldest = -1, .newest = -1};
}

int vg_lru_find(const struct vg_lru *self, uint64_t key)
{
    int i = self->buckets[bucket_of(self, key)];
    while (i >= 0 && self->slots[i].key != key) {
        i = self->slots[i].next;
    }
    return i;
}

static void unlink_age(struct vg_lru *self, int i)
{
    struct vg_lru_slot *s = &self->slots[i];
    *(s->older >= 0 ? &self->slots[s->older].newer : &self->oldest) = s->newer;
    *(s->newer >= 0 ? &self->slots[s->newer].older : &self->newest) = s->older;
}

static void link_newest(struct vg_lru *self, int i)
{
    self->slots[i].older = self->newest;
    self->slots[i].newer = -1;
    *(self->newest >= 0 ? &self->slots[self->newest].newer : &self->oldest) = i;
    self->newest = i;
}

static void unlink_bucket(struct vg_lru *self, int i)
{
    int *at = &self->buckets[bucket_of(self, self->slots[i].key)];
    while (*at != i) {
        at = &self->slots[*at].next;
    }
    *at = self->slots[i].next;
}

static int new_slot(struct vg_lru *self)
{
    if (self->free >= 0) {
        int i = self->free;
        self->free = self->slots[i].next;
        return i;
    }
    if (self->n_used < self->cap) {
        return self->n_used++;
    }
    int i = self->oldest;
    unlink_bucket(self, i);
    unlink_age(self, i);
    return i;
}

int vg_lru_take(struct vg_lru *self, uint64_t key, bool *out_is_new)
{
    int i = vg_lru_find(self, key);
    *out_is_new = i < 0;
    if (i >= 0) {
        unlink_age(self, i);
        link_newest(self, i);
        return i;
    }
    i = new_slot(self);
    uint32_t bucket = bucket_of(self, key);
    self->slots[i].key = key;
    self->slots[i].next = self->buckets[bucket];
    self->buckets[bucket] = i;
    link_newest(self, i);
    return i;
}

void vg_lru_drop(struct vg_lru *self, int slot)
{
    unlink_bucket(self, slot);
    unlink_age(self, slot);
    self->slots[slot].next = self->free;
    self->free = slot;
}

int vg_lru_oldest(const struct vg_lru *self)
{
    return self->oldest;
}

int vg_lru_newer(const struct vg_lru *self, int slot)
{
    return self->slots[slot].newer;
}
