#include "track/object.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_ROOM = 64,
    FIRST_BUCKETS = 256
};

static void clear_chains(struct vg_store *s)
{
    for (size_t i = 0; i < 2 * s->n_buckets; i++) {
        s->bucket[i] = -1;
    }
}

enum vg_status vg_store_init(struct vg_store *s, struct vg_error *err)
{
    *s = (struct vg_store){.first_free = -1, .n_buckets = FIRST_BUCKETS, .room = FIRST_ROOM};
    s->at = calloc(FIRST_ROOM, sizeof *s->at);
    s->bucket = malloc((size_t)2 * FIRST_BUCKETS * sizeof *s->bucket);
    if (s->at == NULL || s->bucket == NULL) {
        vg_objects_finish(s);
        return vg_no_memory(err);
    }
    clear_chains(s);
    for (int i = 0; i < VG_OBJECT_WHEEL; i++) {
        s->wheel[i] = -1;
    }
    return VG_OK;
}

void vg_objects_finish(struct vg_store *s)
{
    free(s->at);
    free(s->bucket);
    *s = (struct vg_store){0};
}

static int32_t cell_of(double x)
{
    return (int32_t)floor(fmax(-2e9, fmin(2e9, x / VG_OBJECT_CELL_M)));
}

static size_t bucket_of(const struct vg_store *s, enum vg_object_kind kind, int32_t x, int32_t y)
{
    uint32_t h = (uint32_t)x * 0x9E3779B1u ^ (uint32_t)y * 0x85EBCA77u;
    h ^= h >> 15;
    return (kind == VG_OBJECT_DORMANT ? s->n_buckets : 0) + (h & (s->n_buckets - 1));
}

static void chain(struct vg_store *s, int32_t slot)
{
    struct vg_object *o = &s->at[slot];
    int32_t *head = &s->bucket[bucket_of(s, (enum vg_object_kind)o->kind, o->cell[0], o->cell[1])];
    o->prev = -1;
    o->next = *head;
    if (*head >= 0) {
        s->at[*head].prev = slot;
    }
    *head = slot;
}

static void unchain(struct vg_store *s, int32_t slot)
{
    struct vg_object *o = &s->at[slot];
    if (o->next >= 0) {
        s->at[o->next].prev = o->prev;
    }
    if (o->prev >= 0) {
        s->at[o->prev].next = o->next;
    } else {
        size_t b = bucket_of(s, (enum vg_object_kind)o->kind, o->cell[0], o->cell[1]);
        if (s->bucket[b] == slot) {
            s->bucket[b] = o->next;
        }
    }
}

static void unwheel(struct vg_store *s, int32_t slot)
{
    struct vg_object *o = &s->at[slot];
    if (o->due_s == INT32_MIN) {
        return;
    }
    if (o->next_due >= 0) {
        s->at[o->next_due].prev_due = o->prev_due;
    }
    if (o->prev_due >= 0) {
        s->at[o->prev_due].next_due = o->next_due;
    } else {
        s->wheel[(uint32_t)o->due_s % VG_OBJECT_WHEEL] = o->next_due;
    }
    o->due_s = INT32_MIN;
}

static void wheel_in(struct vg_store *s, int32_t slot, int32_t due_s)
{
    struct vg_object *o = &s->at[slot];
    int32_t *head = &s->wheel[(uint32_t)due_s % VG_OBJECT_WHEEL];
    o->due_s = due_s;
    o->prev_due = -1;
    o->next_due = *head;
    if (*head >= 0) {
        s->at[*head].prev_due = slot;
    }
    *head = slot;
}

/* Twice the buckets, when there are more objects than buckets. */
static void rehash(struct vg_store *s)
{
    int32_t *more = malloc(4 * s->n_buckets * sizeof *more);
    if (more == NULL) {
        return; /* slower, not wrong */
    }
    free(s->bucket);
    s->bucket = more;
    s->n_buckets *= 2;
    clear_chains(s);
    for (size_t i = 0; i < s->used; i++) {
        if (s->at[i].kind != VG_OBJECT_FREE) {
            chain(s, (int32_t)i);
        }
    }
}

int32_t vg_store_add(struct vg_store *s)
{
    int32_t slot = s->first_free;
    if (slot >= 0) {
        s->first_free = s->at[slot].next;
    } else {
        if (s->used == s->room) {
            size_t room = s->room + s->room / 8 + FIRST_ROOM;
            struct vg_object *at = realloc(s->at, room * sizeof *at);
            if (at == NULL || room > INT32_MAX) {
                return -1;
            }
            s->at = at;
            s->room = room;
        }
        slot = (int32_t)s->used++;
    }
    memset(&s->at[slot], 0, sizeof s->at[slot]);
    struct vg_object *o = &s->at[slot];
    o->kind = VG_OBJECT_ACTIVE;
    o->next = o->prev = o->next_due = o->prev_due = -1;
    o->due_s = INT32_MIN;
    o->cell[0] = o->cell[1] = INT32_MIN;
    chain(s, slot); /* some chain, so that placing it is always moving it */
    s->count[VG_OBJECT_ACTIVE]++;
    if (s->used > s->n_buckets) {
        rehash(s);
    }
    return slot;
}

void vg_store_remove(struct vg_store *s, int32_t slot)
{
    unchain(s, slot);
    unwheel(s, slot);
    s->count[s->at[slot].kind]--;
    s->at[slot].kind = VG_OBJECT_FREE;
    s->at[slot].next = s->first_free;
    s->first_free = slot;
}

void vg_store_place(struct vg_store *s, int32_t slot, enum vg_object_kind kind, const double at[2],
                    double due_s)
{
    struct vg_object *o = &s->at[slot];
    int32_t x = cell_of(at[0]), y = cell_of(at[1]);
    if (x != o->cell[0] || y != o->cell[1] || o->kind != (uint8_t)kind) {
        unchain(s, slot);
        s->count[o->kind]--;
        s->count[kind]++;
        o->kind = (uint8_t)kind;
        o->cell[0] = x;
        o->cell[1] = y;
        chain(s, slot);
    }
    unwheel(s, slot);
    int32_t due = (int32_t)fmax(-2e9, fmin(2e9, floor(due_s)));
    wheel_in(s, slot, s->wheel_set && due <= s->wheel_s ? s->wheel_s + 1 : due);
}

static int by_slot(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

size_t vg_store_query(const struct vg_store *s, enum vg_object_kind kind, const double low[2],
                      const double high[2], int32_t *out)
{
    size_t n = 0;
    int32_t x0 = cell_of(low[0]), x1 = cell_of(high[0]), y0 = cell_of(low[1]),
            y1 = cell_of(high[1]);
    double cells = ((double)x1 - x0 + 1) * ((double)y1 - y0 + 1);
    if (cells > (double)s->used) {
        for (size_t i = 0; i < s->used; i++) {
            const struct vg_object *o = &s->at[i];
            if (o->kind == (uint8_t)kind && o->cell[0] >= x0 && o->cell[0] <= x1 &&
                o->cell[1] >= y0 && o->cell[1] <= y1) {
                out[n++] = (int32_t)i;
            }
        }
        return n;
    }
    for (int32_t y = y0; y <= y1; y++) {
        for (int32_t x = x0; x <= x1; x++) {
            for (int32_t i = s->bucket[bucket_of(s, kind, x, y)]; i >= 0; i = s->at[i].next) {
                if (s->at[i].cell[0] == x && s->at[i].cell[1] == y) {
                    out[n++] = i;
                }
            }
        }
    }
    qsort(out, n, sizeof *out, by_slot);
    return n;
}

int32_t vg_store_due(struct vg_store *s, double t_s)
{
    int32_t now = (int32_t)fmax(-2e9, fmin(2e9, floor(t_s)));
    if (!s->wheel_set || now - s->wheel_s > VG_OBJECT_WHEEL) { /* each bucket once is enough */
        s->wheel_s = now - VG_OBJECT_WHEEL;
        s->wheel_set = true;
    }
    for (; s->wheel_s < now; s->wheel_s++) {
        int32_t next;
        for (int32_t i = s->wheel[(uint32_t)(s->wheel_s + 1) % VG_OBJECT_WHEEL]; i >= 0; i = next) {
            next = s->at[i].next_due;
            if (s->at[i].due_s <= now) {
                unwheel(s, i);
                return i;
            }
        }
    }
    return -1;
}

void vg_object_unpack(const struct vg_object *o, struct vg_imm *imm)
{
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        imm->w[k] = (double)o->w[k];
        for (int i = 0; i < 4; i++) {
            imm->g[k].x[i] = (double)o->mode[k].x[i];
        }
        imm->g[k].x[0] += o->x_m;
        imm->g[k].x[1] += o->y_m;
        for (int i = 0; i < 10; i++) {
            imm->g[k].p[i] = (double)o->mode[k].p[i];
        }
    }
}

void vg_object_pack(struct vg_object *o, const struct vg_imm *imm, double t_s)
{
    o->t_s = t_s;
    o->x_m = o->y_m = 0;
    double sum = 0;
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        sum += imm->w[k];
        o->x_m += imm->w[k] * imm->g[k].x[0];
        o->y_m += imm->w[k] * imm->g[k].x[1];
    }
    o->x_m /= sum;
    o->y_m /= sum;
    for (int k = 0; k < VG_TRACK_MOTIONS; k++) {
        o->w[k] = (float)(imm->w[k] / sum);
        o->mode[k].x[0] = (float)(imm->g[k].x[0] - o->x_m);
        o->mode[k].x[1] = (float)(imm->g[k].x[1] - o->y_m);
        o->mode[k].x[2] = (float)imm->g[k].x[2];
        o->mode[k].x[3] = (float)imm->g[k].x[3];
        for (int i = 0; i < 10; i++) {
            o->mode[k].p[i] = (float)imm->g[k].p[i];
        }
    }
}

void vg_object_at(const struct vg_object *o, const struct vg_track_params *p, double t_s,
                  struct vg_imm *imm)
{
    vg_object_unpack(o, imm);
    vg_imm_predict(imm, p, t_s - o->t_s, (double)o->speed2);
}
