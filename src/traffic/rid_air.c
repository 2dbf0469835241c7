/* What Remote ID travels in: Bluetooth advertisements, Wi-Fi frames, captures of them. */
#include "traffic/rid.h"

enum {
    APPLICATION = 0x0D, /* ASTM's code in all carriers */
    BLUETOOTH_SERVICE_DATA = 0x16,
    VENDOR_ELEMENT = 221,
    HEADER_80211 = 24,
    BEACON_FIXED = 12,
    PCAP_HEADER = 24,
    PCAP_RECORD = 16,
    LINK_80211 = 105,
    LINK_RADIOTAP = 127
};

static uint64_t address_key(const uint8_t *mac)
{
    uint64_t key = 0;
    for (int i = 0; i < 6; i++) {
        key = key << 8 | mac[i];
    }
    return key;
}

static struct vg_bytes after(struct vg_bytes b, size_t n)
{
    return (struct vg_bytes){b.data + n, b.n - n};
}

/* Advertising data structures: length, type, data; ours: 16, FA FF, 0D, counter, message. */
static struct vg_bytes find_bluetooth(struct vg_bytes b)
{
    for (size_t at = 0; at + 1 < b.n && b.data[at] > 0 && at + 1 + b.data[at] <= b.n;
         at += 1 + (size_t)b.data[at]) {
        const uint8_t *d = b.data + at + 1;
        size_t n = b.data[at];
        if (n > 5 && d[0] == BLUETOOTH_SERVICE_DATA && d[1] == 0xFA && d[2] == 0xFF &&
            d[3] == APPLICATION) {
            return (struct vg_bytes){d + 5, n - 5};
        }
    }
    return (struct vg_bytes){0};
}

/* A beacon's elements: 221, length, OUI FA 0B BC, 0D, counter, pack. */
static struct vg_bytes find_vendor_element(struct vg_bytes b)
{
    for (size_t at = HEADER_80211 + BEACON_FIXED; at + 2 <= b.n && at + 2 + b.data[at + 1] <= b.n;
         at += 2 + (size_t)b.data[at + 1]) {
        const uint8_t *d = b.data + at + 2;
        size_t n = b.data[at + 1];
        if (b.data[at] == VENDOR_ELEMENT && n > 5 && d[0] == 0xFA && d[1] == 0x0B && d[2] == 0xBC &&
            d[3] == APPLICATION) {
            return (struct vg_bytes){d + 5, n - 5};
        }
    }
    return (struct vg_bytes){0};
}

/* A neighbour-awareness action frame: 04 09 50 6F 9A 13, service descriptor attribute (03), hash of
 * "org.opendroneid.remoteid" (88 69 19 9D 92 09), instance, requestor, control, length, counter,
 * pack. */
static struct vg_bytes find_nan(struct vg_bytes b)
{
    static const uint8_t head[] = {0x04, 0x09, 0x50, 0x6F, 0x9A, 0x13, 0x03};
    static const uint8_t service[] = {0x88, 0x69, 0x19, 0x9D, 0x92, 0x09};
    const size_t fixed = HEADER_80211 + sizeof head + 2 + sizeof service + 5;
    if (b.n > fixed && memcmp(b.data + HEADER_80211, head, sizeof head) == 0 &&
        memcmp(b.data + HEADER_80211 + sizeof head + 2, service, sizeof service) == 0) {
        return after(b, fixed);
    }
    return (struct vg_bytes){0};
}

static bool take_80211(struct vg_rid *self, struct vg_bytes b, struct vg_us now, vg_sighting_fn fn,
                       void *ctx)
{
    if (b.n <= HEADER_80211 + BEACON_FIXED) {
        return false;
    }
    struct vg_bytes pack = b.data[0] == 0x80   ? find_vendor_element(b)
                           : b.data[0] == 0xD0 ? find_nan(b)
                                               : (struct vg_bytes){0};
    return pack.n > 0 && vg_rid_take(self, address_key(b.data + 10), pack, now, fn, ctx);
}

/* Radiotap: version 0, pad, length (little-endian) of its header. */
static bool take_radiotap(struct vg_rid *self, struct vg_bytes b, struct vg_us now,
                          vg_sighting_fn fn, void *ctx)
{
    size_t n = b.n >= 8 && b.data[0] == 0 ? vg_le16(b.data + 2) : 0;
    return n >= 8 && n <= b.n && take_80211(self, after(b, n), now, fn, ctx);
}

bool vg_rid_take_frame(struct vg_rid *self, uint64_t key, struct vg_bytes b, struct vg_us now,
                       vg_sighting_fn fn, void *ctx)
{
    struct vg_bytes inner = find_bluetooth(b);
    bool is_message = b.n >= VG_RID_MESSAGE && (b.n == VG_RID_MESSAGE || b.data[0] >> 4 == 15);
    if (inner.n > 0) {
        return vg_rid_take(self, key, inner, now, fn, ctx);
    }
    if (take_80211(self, b, now, fn, ctx) || take_radiotap(self, b, now, fn, ctx)) {
        return true;
    }
    if (is_message) {
        return vg_rid_take(self, key, b, now, fn, ctx);
    }
    self->n_bad++;
    return false;
}

/* ---- pcap ---- */

static uint32_t pcap32(const struct vg_rid_pcap *p, size_t at)
{
    uint32_t v = vg_le32(p->record + at);
    return p->is_swapped ? __builtin_bswap32(v) : v;
}

static void take_header(struct vg_rid_pcap *p)
{
    uint32_t magic = vg_le32(p->record);
    p->is_swapped = magic == 0xD4C3B2A1 || magic == 0x4D3CB2A1; /* micro-, nanoseconds */
    bool is_pcap = p->is_swapped || magic == 0xA1B2C3D4 || magic == 0xA1B23C4D;
    p->link = is_pcap ? pcap32(p, 20) & 0xFFFF : 0;
    p->is_lost = p->link != LINK_80211 && p->link != LINK_RADIOTAP;
    p->has_header = true;
}

static void take_record(struct vg_rid_pcap *p, struct vg_rid *self, struct vg_us now,
                        vg_sighting_fn fn, void *ctx)
{
    struct vg_bytes b = {p->record, p->n};
    if (p->link == LINK_80211) {
        take_80211(self, b, now, fn, ctx);
    } else {
        take_radiotap(self, b, now, fn, ctx);
    }
}

static void end_piece(struct vg_rid_pcap *p, struct vg_rid *self, struct vg_us now,
                      vg_sighting_fn fn, void *ctx)
{
    if (!p->has_header) {
        take_header(p);
    } else if (p->in_record) {
        take_record(p, self, now, fn, ctx);
        p->in_record = false;
    } else {
        uint32_t n = pcap32(p, 8);
        p->skip = n > VG_PCAP_RECORD_MAX ? n : 0;
        p->in_record = p->skip == 0 && n > 0;
        p->want = n;
    }
    p->n = 0;
    if (!p->in_record) {
        p->want = PCAP_RECORD;
    }
}

void vg_rid_pcap_feed(struct vg_rid_pcap *p, struct vg_rid *self, struct vg_bytes bytes,
                      struct vg_us now, vg_sighting_fn fn, void *ctx)
{
    size_t at = 0;
    while (at < bytes.n && !p->is_lost) {
        size_t left = bytes.n - at;
        if (p->skip > 0) {
            size_t k = left < p->skip ? left : p->skip;
            p->skip -= k;
            at += k;
            continue;
        }
        p->want = p->has_header ? p->want : PCAP_HEADER;
        size_t k = left < p->want - p->n ? left : p->want - p->n;
        memcpy(p->record + p->n, bytes.data + at, k);
        p->n += k;
        at += k;
        if (p->n == p->want) {
            end_piece(p, self, now, fn, ctx);
        }
    }
    self->n_bad += p->is_lost && at < bytes.n;
}
