/* MAVLink 2 message signing: both directions of one link.
 *
 * A signature is the first 48 bits of SHA-256(key, frame from the magic byte to the CRC, link id,
 * timestamp). Timestamps count 10 us since 2015-01-01 UTC in 48 bits; each sender's must grow per
 * (system, component, link), which refuses replays; a stream seen for the first time must not be
 * more than a minute behind our own time. Our own timestamp never goes back, also when
 * the clock does.
 *
 * Memory: fixed, 64 streams; a frame of a 65th is refused. Threads: one at a time.
 * Source: mavlink.io/en/guide/message_signing.html.
 */
#ifndef VG_LINK_MAVSIGN_H
#define VG_LINK_MAVSIGN_H

#include "base/bytes.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    VG_MAVSIGN_KEY_SIZE = 32,
    VG_MAVSIGN_SIZE = 13,
    VG_MAVSIGN_STREAMS_MAX = 64
};

enum vg_mavsign_verdict {
    VG_MAVSIGN_GOOD = 0,
    VG_MAVSIGN_WRONG, /* not made with this key, or the frame was changed */
    VG_MAVSIGN_REPLAYED, /* timestamp not newer than the last of its stream */
    VG_MAVSIGN_TOO_OLD, /* first of its stream and more than a minute behind us */
    VG_MAVSIGN_FULL, /* too many streams */
    VG_MAVSIGN_MISSING, /* unsigned where a signature is demanded */
};

struct vg_mavsign_stream {
    uint8_t sysid;
    uint8_t compid;
    uint8_t link_id;
    uint64_t timestamp_10us;
};

/* Zero and then vg_mavsign_init. is_required may be changed at any time: unsigned frames (other
 * than RADIO_STATUS, which the radio itself makes) are then refused. */
struct vg_mavsign {
    uint8_t key[VG_MAVSIGN_KEY_SIZE];
    uint8_t link_id; /* ours, put into what we send */
    bool is_required;
    uint64_t timestamp_10us; /* of the last frame signed or accepted: the next is at least 1 more */
    int n_streams;
    struct vg_mavsign_stream streams[VG_MAVSIGN_STREAMS_MAX];
};

/* `utc`: now; or the newest time stored before a restart if that is later. Signatures required. */
void vg_mavsign_init(struct vg_mavsign *self, const uint8_t key[VG_MAVSIGN_KEY_SIZE],
                     uint8_t link_id, struct vg_us utc);

/* Move our timestamp forward to `utc`; call about once a second. Never goes back. */
void vg_mavsign_set_time(struct vg_mavsign *self, struct vg_us utc);

/* Append link id, timestamp and signature to a frame whose CRC is already in place and whose
 * incompat flags say signed: writes 13 bytes at frame + n. */
void vg_mavsign_append(struct vg_mavsign *self, uint8_t *frame, size_t n);

/* Judge a whole signed version 2 frame (with its 13 last bytes). Cost: one SHA-256 of the frame. */
enum vg_mavsign_verdict vg_mavsign_check(struct vg_mavsign *self, struct vg_bytes frame);

/* The key of a passphrase as Mission Planner and node-mavlink make it: its SHA-256. */
void vg_mavsign_key_from_passphrase(const char *passphrase, uint8_t out[VG_MAVSIGN_KEY_SIZE]);

#endif
