/* A simulated wire for bytes, one direction: what a radio, a satellite or a bad cable does to them.
 *
 *   send ─► cut? lost? ─► rate and its queue ─► delay + jitter, held back ─► take
 *                              │ full: dropped       └ twice? bits flipped? end cut off?
 *
 * Datagrams stay whole (or are cut short, when asked for) and may overtake each other; a stream
 * keeps its order, is never doubled, and comes out in whatever pieces the taker asks for. Every
 * piece has dice of its own, seeded from the wire's: the same seed and the same pieces at the same
 * times give the same bytes at the same times, and asking for more of one fault leaves the dice of
 * the others alone.
 *
 * Time is the caller's and must not go back. Threads: one at a time. Memory: all taken at create
 * (pieces_max x piece_max_bytes, about 380 KB by default, touched as far as used).
 */
#ifndef VG_SIM_WIRE_H
#define VG_SIM_WIRE_H

#include "base/bytes.h"
#include "base/status.h"
#include "base/time.h"

#include <stdbool.h>

enum {
    VG_WIRE_PIECE_MAX = 1472, /* the greatest UDP payload of an Ethernet frame */
    VG_WIRE_PIECES_MAX = 256,
    VG_WIRE_CUTS_MAX = 32
};

/* Probabilities are of a piece, 0..1. All zero: a perfect wire. */
struct vg_wire_faults {
    double loss;
    double duplicate; /* comes a second time, with a delay of its own; datagrams only */
    double reorder; /* held back by up to reorder_by more, so that later ones overtake; likewise */
    struct vg_us reorder_by; /* 0: 1 s */
    struct vg_us delay;
    struct vg_us jitter; /* on top of the delay, even between 0 and this */
    double corrupt; /* 1 to 8 of its bits are flipped */
    double truncate; /* only its first bytes come, at least one */
    double rate_bytes_ps; /* 0: no limit */
    double
        queue_bytes; /* waiting for the rate; what does not fit is dropped. 0: a second's worth */
};

struct vg_wire_options {
    struct vg_wire_faults faults;
    bool is_stream; /* serial line or TCP */
    uint64_t seed;
    int piece_max_bytes; /* at most VG_WIRE_PIECE_MAX; 0: that */
    int pieces_max; /* under way at once; 0: VG_WIRE_PIECES_MAX */
};

/* Pieces, by what became of them: sent + duplicated = cut + lost + overflowed + taken + under way.
 */
struct vg_wire_counts {
    uint64_t n_sent;
    uint64_t n_cut; /* sent or due while the wire was cut */
    uint64_t n_lost;
    uint64_t n_overflowed; /* the rate's queue, or the pieces under way, were full */
    uint64_t n_duplicated;
    uint64_t n_held_back;
    uint64_t n_corrupted;
    uint64_t n_truncated;
    uint64_t n_taken;
};

struct vg_wire;

/* VG_E_INVALID: a probability outside 0..1, a time or rate below 0; VG_E_NO_MEMORY. */
enum vg_status vg_wire_create(const struct vg_wire_options *options, struct vg_wire **out,
                              struct vg_error *err) VG_MUST_USE;
void vg_wire_destroy(struct vg_wire *self);

/* Other faults from now on; what is under way stays as it is. VG_E_INVALID as at create. */
enum vg_status vg_wire_set_faults(struct vg_wire *self, const struct vg_wire_faults *faults,
                                  struct vg_error *err) VG_MUST_USE;
/* Nothing sent, and nothing due, from `from` until before `to` comes through. Cuts that are over
 * make room for new ones. VG_E_FULL: VG_WIRE_CUTS_MAX are still to come. */
enum vg_status vg_wire_cut(struct vg_wire *self, struct vg_us from, struct vg_us to,
                           struct vg_us now, struct vg_error *err) VG_MUST_USE;

/* Send a datagram, or a piece of a stream. A datagram longer than piece_max_bytes is dropped
 * (n_overflowed), as a network would; a stream's is cut into pieces. No bytes: nothing happens. */
void vg_wire_send(struct vg_wire *self, struct vg_bytes bytes, struct vg_us now);
/* What has arrived by `now`: the next datagram (cut to size_bytes, the rest is gone) or as much of
 * the stream as fits. Returns its length; 0: nothing has. */
size_t vg_wire_take(struct vg_wire *self, uint8_t *buf, size_t size_bytes, struct vg_us now);
/* When the next piece arrives; INT64_MAX when none is under way. */
struct vg_us vg_wire_next_due(const struct vg_wire *self);
struct vg_wire_counts vg_wire_counts(const struct vg_wire *self);

#endif
