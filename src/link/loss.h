/* What a link loses, by the holes in its senders' sequence numbers.
 *
 * A sender is one component on one link: autopilots number each of their links by itself (the C
 * library's current_tx_seq is a channel's), so numbers that came over two links must not be
 * compared.
 *
 * Threads: pure. Allocations: none. Source: mavlink.io/en/guide/serialization.html, "packet
 * sequence number".
 */
#ifndef VG_LINK_LOSS_H
#define VG_LINK_LOSS_H

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialise. Of one link, all senders together. */
struct vg_loss {
    uint64_t n_missed;
    double share; /* 0..1, over about the last 200 messages */
};

/* A message numbered `seq` came, `before` being the newest number of the same sender. false: it is
 * an older one that was overtaken, or a copy: nothing is counted, `before` stays the newest. */
bool vg_loss_count(struct vg_loss *self, uint8_t before, uint8_t seq);

#endif
