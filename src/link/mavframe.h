/* MAVLink frames: bytes from any socket, serial line or file in, checked messages out; and back.
 *
 *   v2  FD len incompat compat seq sysid compid msgid(3) payload(len) crc(2) [link ts(6) sig(6)]
 *   v1  FE len seq sysid compid msgid(1) payload(len) crc(2)
 *
 * A datagram and a piece of a stream go through the same feed; pieces may be cut anywhere. A frame
 * that fails costs its first byte only: the search goes on at the next, so noise never takes a
 * good frame with it. Where a whole frame lies in the input it is checked in place.
 *
 * Bad bytes are never an error here: they move a counter. Unknown messages cannot be checked (the
 * CRC seed is unknown) and are passed by. Version 2 payloads longer than we know are accepted (a
 * newer sender) and keep their extra bytes.
 *
 * Cost: linear; about one table look-up a byte (CRC-16/MCRF4XX, 16 bytes at a time).
 * Memory: about 2 KB in the struct. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/guide/serialization.html.
 */
#ifndef VG_LINK_MAVFRAME_H
#define VG_LINK_MAVFRAME_H

#include "base/bytes.h"
#include "link/mavmsg.h"

struct vg_mavsign;

/* Called once per good frame, during feed. Both are borrowed until the callback returns. `frame`
 * is the frame as it came, for recording and forwarding. Must not feed the same parser. */
typedef void (*vg_mavframe_fn)(void *ctx, const struct vg_mav_msg *msg, struct vg_bytes frame);

/* Moves of the parser since init, by cause. */
struct vg_mavframe_counts {
    uint64_t messages; /* handed to the callback */
    uint64_t bad_crc; /* looked like a frame, checksum wrong */
    uint64_t bad_length; /* a version 1 length its message cannot have */
    uint64_t unknown_id; /* looked like a frame, id in no table */
    uint64_t bad_incompat; /* flags we do not understand: the frame must be refused */
    uint64_t bad_signature; /* wrong, replayed, too old or missing */
    uint64_t lost; /* holes in the sequence numbers of each sender */
    uint64_t skipped_bytes; /* outside any good frame */
};

enum {
    VG_MAVFRAME_SENDERS = 256,
    VG_MAVFRAME_HOLD = 2 * VG_MAV_FRAME_MAX
};

/* Zero-initialise (or vg_mavframe_init). Set `sign` to have signatures checked; the caller keeps it
 * alive. Only counts and sign are for others; the rest is private. */
struct vg_mavframe {
    struct vg_mavframe_counts counts;
    struct vg_mavsign *sign; /* NULL: signatures are neither checked nor demanded */
    /* private */
    struct vg_mav_msg msg;
    struct vg_mavframe_sender {
        uint8_t sysid;
        uint8_t compid;
        uint8_t seq;
        uint8_t is_used;
    } senders[VG_MAVFRAME_SENDERS];
    size_t n_hold;
    uint8_t hold[VG_MAVFRAME_HOLD]; /* the start of a frame whose end has not come */
};

void vg_mavframe_init(struct vg_mavframe *self);

/* Push bytes; every good frame calls `fn`. All bytes are taken. A frame whose end has not come
 * stays inside until the next feed or vg_mavframe_flush. */
void vg_mavframe_feed(struct vg_mavframe *self, struct vg_bytes in, vg_mavframe_fn fn, void *ctx);

/* No more bytes will continue what is held (end of a datagram or file): whatever good frames lie in
 * it are handed over, the rest counts as skipped. */
void vg_mavframe_flush(struct vg_mavframe *self, vg_mavframe_fn fn, void *ctx);

/* Encode as version 2 with trailing zeros cut; signed if `sign` is not NULL (which moves its
 * timestamp). msg->id must be known. Returns the length, at most VG_MAV_FRAME_MAX; 0 for an
 * unknown id. */
size_t vg_mav_frame_format(const struct vg_mav_msg *msg, uint8_t seq, struct vg_mavsign *sign,
                           uint8_t out[VG_MAV_FRAME_MAX]);

/* The same as version 1, for a drone that speaks nothing else: unsigned, without extension fields.
 * 0 also for ids above 255, which version 1 cannot say. */
size_t vg_mav_frame_format_v1(const struct vg_mav_msg *msg, uint8_t seq,
                              uint8_t out[VG_MAV_FRAME_MAX]);

/* Is this one whole frame of a known message with a right checksum? */
bool vg_mav_frame_is_good(struct vg_bytes frame);

/* CRC-16/MCRF4XX (X.25 without the final inversion) of n bytes, continued from crc (start 0xFFFF).
 */
uint16_t vg_mav_crc(uint16_t crc, const uint8_t *data, size_t n);

#endif
