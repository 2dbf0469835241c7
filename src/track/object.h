/* The store of all objects: packed states, a grid of places and a wheel of dates, both as chains
 * through the objects, so that a look touches only what may be under it. Positions are offsets in
 * single precision from a double reference: under 0.1 mm. */
#ifndef VG_TRACK_OBJECT_H
#define VG_TRACK_OBJECT_H

#include "track/motion.h"

enum vg_object_kind {
    VG_OBJECT_FREE,
    VG_OBJECT_ACTIVE, /* takes measurements */
    VG_OBJECT_DORMANT, /* too wide or missed: may be found again by linking (link.h) */
    VG_OBJECT_KINDS
};

struct vg_packed {
    float x[4], p[10];
};

struct vg_object {
    uint64_t id, source_id;
    double x_m, y_m, t_s; /* reference and time of the state: its newest measurement's */
    double exist_s; /* time of `exist_p` */
    double born_s, seen_s;
    float w[VG_TRACK_MOTIONS];
    struct vg_packed mode[VG_TRACK_MOTIONS];
    float exist_p;
    float speed2; /* usual squared speed, m2/s2 */
    float class_p[VG_TRACK_CLASSES];
    float feature[VG_TRACK_FEATURES];
    uint32_t sensor, looks, hits, relinked;
    uint8_t kind, confirmed, n_features;
    uint8_t fresh_hits; /* since it was begun or found again; at most 255 */
    int32_t cell[2]; /* of the grid */
    int32_t next, prev; /* in its bucket of the grid */
    int32_t next_due, prev_due, due_s; /* in the wheel */
};

#define VG_OBJECT_CELL_M 200.0
#define VG_OBJECT_WHEEL 64

struct vg_store {
    struct vg_object *at;
    size_t used, room; /* slots ever used; free ones are chained by `next` from `first_free` */
    size_t count[VG_OBJECT_KINDS];
    int32_t first_free;
    int32_t *bucket; /* grid of active ones, then of dormant ones: 2 x n_buckets */
    size_t n_buckets; /* a power of two */
    int32_t wheel[VG_OBJECT_WHEEL];
    int32_t wheel_s; /* second that the wheel stands at */
    bool wheel_set;
};

enum vg_status vg_store_init(struct vg_store *s, struct vg_error *err);
void vg_objects_finish(struct vg_store *s);

/* A new slot of the kind VG_OBJECT_ACTIVE, zeroed but for that, in no chain yet; -1 if there is no
 * memory. Pointers to objects do not outlive this call. */
int32_t vg_store_add(struct vg_store *s);
void vg_store_remove(struct vg_store *s, int32_t slot);

/* Puts it into the grid of `kind` at x, y, and into the wheel for `due_s` (seconds, at least one
 * on). */
void vg_store_place(struct vg_store *s, int32_t slot, enum vg_object_kind kind, const double at[2],
                    double due_s);

/* Slots of a kind whose grid cell touches the box; sorted. `out` has room for the count of that
 * kind. */
size_t vg_store_query(const struct vg_store *s, enum vg_object_kind kind, const double low[2],
                      const double high[2], int32_t *out);

/* The next slot due at or before t_s, taken out of the wheel; -1 when none is left. */
int32_t vg_store_due(struct vg_store *s, double t_s);

void vg_object_unpack(const struct vg_object *o, struct vg_imm *imm);
void vg_object_pack(struct vg_object *o, const struct vg_imm *imm, double t_s);

/* The object's state predicted to t_s. */
void vg_object_at(const struct vg_object *o, const struct vg_track_params *p, double t_s,
                  struct vg_imm *imm);

#endif
