/* AIS: ships, shore stations, buoys and rescue aircraft, as the NMEA sentences AIVDM and AIVDO.
 *
 *   !AIVDM,2,1,3,B,55P5TL01VIaAL@7WKO@mBplU@<PDhh000000001S;AJ::4A80?4i@E53,0*3E
 *          parts, part, message, channel, six bits a character, fill bits * checksum
 *
 * Positions: types 1 to 3, 18, 19 and 27 (ships), 4 (base station), 9 (rescue aircraft), 21
 * (buoys). Names: 5, 19, 21, 24. Parts of one message are joined within ten seconds; other
 * sentences of the line (GPS, wind) are passed by.
 *
 * Source: ITU-R M.1371-5, annex 8; IEC 61162-1; E. S. Raymond, "AIVDM/AIVDO protocol decoding".
 * Threads: one parser a stream. Allocations: none.
 */
#ifndef VG_TRAFFIC_AIS_H
#define VG_TRAFFIC_AIS_H

#include "base/time.h"
#include "traffic/lines.h"
#include "traffic/sighting.h"

enum {
    VG_AIS_BYTES = 160, /* 1,064 bits are the longest message taken: five slots */
    VG_AIS_PARTS = 5,
    VG_AIS_PENDING = 8
};

/* Bits from the left of each byte. */
struct vg_ais_bits {
    uint8_t data[VG_AIS_BYTES];
    int n;
};

struct vg_ais_pending {
    struct vg_ais_bits bits;
    struct vg_us begun;
    int n_parts; /* 0: free */
    int next; /* part expected, from 1 */
    char message; /* its number, and the channel's letter */
    char channel;
};

/* Zero-initialise. */
struct vg_ais {
    struct vg_lines lines;
    struct vg_ais_pending pending[VG_AIS_PENDING];
    uint64_t n_messages;
    uint64_t n_others; /* types without a place or a name */
    uint64_t n_passed; /* lines that are no AIS */
    uint64_t n_bad; /* checksum, characters, parts out of order, length */
};

void vg_ais_feed(struct vg_ais *self, struct vg_bytes bytes, struct vg_us now, vg_sighting_fn fn,
                 void *ctx);
/* The end of a datagram ends its last line. */
void vg_ais_flush(struct vg_ais *self, struct vg_us now, vg_sighting_fn fn, void *ctx);

/* One whole message. false: too short for its type, or a type without a place or a name. */
bool vg_ais_decode(const struct vg_ais_bits *bits, struct vg_sighting *out);

#endif
