/* The bounded queue of events: one ring of bytes, entries side by side, nothing allocated per
 * event.
 *
 *   | free | entry | entry | ... | entry | free |      positions only grow; index = position & mask
 *          ^ head (oldest)               ^ tail
 *
 * Not locked here: the owner (record.c) writes at the tail and moves both ends under its lock; the
 * bytes between head and a tail seen under the lock stay still until released, so the writer reads
 * them unlocked. */
#ifndef VG_RECORD_RECORD_QUEUE_H
#define VG_RECORD_RECORD_QUEUE_H

#include "record/record_chain.h"

struct vg_record_queue {
    char *ring;
    size_t size_bytes; /* a power of two */
    size_t head;
    size_t tail;
};

/* False when out of memory. */
bool vg_record_queue_init(struct vg_record_queue *self, size_t size_bytes);
void vg_record_queue_finish(struct vg_record_queue *self);
/* Copy a row to the tail; false when it does not fit. */
bool vg_record_queue_push(struct vg_record_queue *self, const struct vg_record_row *row);
/* The row at `at` (head <= at < tail), its texts borrowed from the ring; returns the position after
 * it. */
size_t vg_record_queue_read(const struct vg_record_queue *self, size_t at,
                            struct vg_record_row *out);

#endif
