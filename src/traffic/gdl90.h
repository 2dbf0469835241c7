/* GDL 90: what panel-mounted and portable ADS-B receivers send, by UDP port 4000 or serial.
 *
 *   7E, then with 7E and 7D written as 7D, byte ^ 20: identity, fields, CRC (low byte first), 7E
 *
 * Traffic reports (20) become sightings. Heartbeats (0) say that the receiver lives, ownship
 * reports (10, 11) are about the receiver's own aircraft: both counted.
 *
 * Source: Garmin, "GDL 90 Data Interface Specification", 560-1058-00 Rev A, 2007: 2.2 (framing,
 * CRC), 3.1 (heartbeat), 3.5 (traffic report). Threads: one parser a stream. Allocations: none.
 */
#ifndef VG_TRAFFIC_GDL90_H
#define VG_TRAFFIC_GDL90_H

#include "base/bytes.h"
#include "traffic/sighting.h"

enum {
    VG_GDL90_MESSAGE_MAX = 512
};

/* Zero-initialise. */
struct vg_gdl90 {
    uint8_t message[VG_GDL90_MESSAGE_MAX];
    size_t n;
    bool is_open; /* within a frame */
    bool is_escape;
    uint64_t n_heartbeats;
    uint64_t n_traffic;
    uint64_t n_others; /* ownship, weather, maker's own */
    uint64_t n_bad; /* CRC, length, escape */
};

void vg_gdl90_feed(struct vg_gdl90 *self, struct vg_bytes bytes, vg_sighting_fn fn, void *ctx);
/* 2.2.3: over identity and fields. */
uint16_t vg_gdl90_crc(const uint8_t *data, size_t n);

#endif
