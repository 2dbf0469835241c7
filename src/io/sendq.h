/* Bytes on their way into a stream that may not take them yet: a ring, whole frames or nothing.
 *
 * A reader that is slow must not stall us, nor get half a frame: a frame that has no room left is
 * refused as a whole. Threads: one at a time. Allocations: none. Memory: 16 KB. */
#ifndef VG_IO_SENDQ_H
#define VG_IO_SENDQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VG_SENDQ_BYTES = 16384
};

/* Zero-initialise. Private. */
struct vg_sendq {
    size_t first;
    size_t n;
    uint8_t bytes[VG_SENDQ_BYTES];
};

/* False: no room for all of it; nothing was added. */
bool vg_sendq_put(struct vg_sendq *self, const void *data, size_t n);
/* The oldest bytes that lie in one piece; borrowed until they are taken. */
const uint8_t *vg_sendq_peek(const struct vg_sendq *self, size_t *out_n);
/* Forget the n oldest bytes. */
void vg_sendq_take(struct vg_sendq *self, size_t n);

#endif
