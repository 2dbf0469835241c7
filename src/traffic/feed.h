/* A feed of traffic: bytes of one source in, sightings out, whatever it speaks.
 *
 * | kind | speaks | usual source |
 * | --- | --- | --- |
 * | beast | Beast binary | readsb, dump1090, port 30005 |
 * | avr | AVR text | dump1090, port 30002 |
 * | sbs | BaseStation text | dump1090, port 30003 |
 * | gdl90 | GDL 90 | portable receivers, UDP port 4000 |
 * | ais | NMEA AIVDM | AIS receivers, UDP port 10110 |
 * | mavlink | ADSB_VEHICLE, OPEN_DRONE_ID_* | receivers made for autopilots |
 * | remote-id | ASTM F3411 a datagram; a pcap stream by TCP or from a file | Wi-Fi, Bluetooth |
 *
 * Memory: 20 KB, for beast and avr 600 KB. Allocations: at create only. Threads: one at a time.
 */
#ifndef VG_TRAFFIC_FEED_H
#define VG_TRAFFIC_FEED_H

#include "base/bytes.h"
#include "base/time.h"
#include "traffic/sighting.h"

enum vg_feed_kind {
    VG_FEED_BEAST = 0,
    VG_FEED_AVR,
    VG_FEED_SBS,
    VG_FEED_GDL90,
    VG_FEED_AIS,
    VG_FEED_MAVLINK,
    VG_FEED_REMOTE_ID,
    VG_FEED_KIND_COUNT
};

struct vg_feed;

struct vg_feed_counts {
    uint64_t n_bytes;
    uint64_t n_messages; /* whole and good */
    uint64_t n_sightings;
    uint64_t n_bad; /* not what they claim to be */
};

/* ref: where the receiver is, for aircraft on the ground; NaN: not known. VG_E_NO_MEMORY. */
enum vg_status vg_feed_create(enum vg_feed_kind kind, double ref_lat_deg, double ref_lon_deg,
                              struct vg_feed **out, struct vg_error *err) VG_MUST_USE;
void vg_feed_destroy(struct vg_feed *self);
/* `now` > 0. is_datagram: the bytes are one whole datagram; else the next of a stream. */
void vg_feed_bytes(struct vg_feed *self, struct vg_bytes bytes, bool is_datagram, struct vg_us now,
                   vg_sighting_fn fn, void *ctx);
/* The stream broke off and begins anew: half a message is forgotten. */
void vg_feed_restart(struct vg_feed *self);
struct vg_feed_counts vg_feed_counts(const struct vg_feed *self);

/* Does a receiver of this kind say something within a minute though nobody is there? */
bool vg_feed_kind_beats(enum vg_feed_kind kind);
const char *vg_feed_kind_name(enum vg_feed_kind kind); /* as in the watch file */
/* VG_FEED_KIND_COUNT: no such kind. */
enum vg_feed_kind vg_feed_kind_find(const char *name);

#endif
