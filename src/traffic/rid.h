/* Remote ID of drones: ASTM F3411 messages, alone or in packs, and what they travel in.
 *
 * A drone's number, place and pilot come in messages of their own, so each transmitter (its radio
 * address, given by the caller) has a small state; a sighting leaves whenever a place is known and
 * a number too. Authentication and free text are counted and passed by: what is said here is what
 * the drone says of itself, not proven.
 *
 * | carrier | taken |
 * | --- | --- |
 * | a datagram | one message (25 bytes) or pack, a Bluetooth advertisement's data with the service
 * FFFA, an 802.11 beacon or action frame with or without radiotap before it |
 * | a stream | pcap, as tcpdump writes it: 802.11 (105), radiotap (127) |
 *
 * Source: ASTM F3411-22a; opendroneid-core-c `libopendroneid/opendroneid.h` and `opendroneid.c`
 * (layout, "not known" values), `wifi.c` (carriers); pcap-savefile(5). Threads: one at a time.
 */
#ifndef VG_TRAFFIC_RID_H
#define VG_TRAFFIC_RID_H

#include "base/bytes.h"
#include "base/time.h"
#include "traffic/lru.h"
#include "traffic/sighting.h"

enum {
    VG_RID_MESSAGE = 25,
    VG_RID_PACK_MAX = 9,
    VG_RID_TRANSMITTERS = 512,
    VG_PCAP_RECORD_MAX = 4096
};

struct vg_rid_state {
    struct vg_sighting s; /* all that was told; its id "" until a number came */
    struct vg_us heard;
};

struct vg_rid {
    struct vg_lru lru;
    struct vg_rid_state *states;
    uint64_t n_messages;
    uint64_t n_others; /* authentication, text, types not known */
    uint64_t n_bad; /* packs and frames that are not what they claim to be */
};

enum vg_status vg_rid_init(struct vg_rid *self, struct vg_error *err) VG_MUST_USE;
void vg_rid_finish(struct vg_rid *self);

/* One message or pack. `key`: whose, a radio address. false: not one. */
bool vg_rid_take(struct vg_rid *self, uint64_t key, struct vg_bytes message, struct vg_us now,
                 vg_sighting_fn fn, void *ctx);
/* A datagram: any of the carriers above; `key` where the carrier has no address. */
bool vg_rid_take_frame(struct vg_rid *self, uint64_t key, struct vg_bytes frame, struct vg_us now,
                       vg_sighting_fn fn, void *ctx);

/* A pcap stream; zero-initialise. */
struct vg_rid_pcap {
    uint8_t record[VG_PCAP_RECORD_MAX];
    size_t n;
    size_t want; /* bytes of the header or record being read; 0: the file's header */
    size_t skip; /* bytes of a record that is too long */
    uint32_t link; /* 105, 127 */
    bool is_swapped;
    bool has_header;
    bool in_record;
    bool is_lost; /* not pcap: nothing more is read */
};
void vg_rid_pcap_feed(struct vg_rid_pcap *pcap, struct vg_rid *self, struct vg_bytes bytes,
                      struct vg_us now, vg_sighting_fn fn, void *ctx);

#endif
