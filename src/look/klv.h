/* MISB metadata, the reading half: KLV packets, their items and the numbers in them.
 *
 *   bytes --vg_klv_scan--> packet --vg_klv_walk/next--> item --vg_klv_read--> number
 *
 * A packet is a 16-byte key, a BER length and a set of items. What an item is stands in tables, one
 * row a tag: ST 0601 (UAS datalink, tags 1 to 143), ST 0102 (security), ST 0903 (moving targets)
 * with its inner sets, and EG 0104 (the universal set before ST 0601). A tag without a row is
 * handed out as its bytes. Tags 60, 61, 62 and 140 (weapons, laser) have a name and nothing more:
 * their bytes are never read as anything, and nothing here can write them (klv_write.h).
 *
 * Sources: MISB ST 0601.17 (items, section 8), ST 0102.12, ST 0903.5, EG 0104.5 with ST 0601.12
 * (universal keys), ST 1201.5 (IMAPB), ST 0107.3 (BER, BER-OID, checksum), ST 1010.3, ST 1204.3.
 * Checked against jmisb, kwiver and libmisbklv.
 *
 * Threads: pure. Allocations: none. Cost: about 20 ns an item. */
#ifndef VG_LOOK_KLV_H
#define VG_LOOK_KLV_H

#include "base/bytes.h"
#include "base/status.h"
#include "base/time.h"

enum {
    VG_KLV_KEY_SIZE = 16,
    VG_KLV_PACKET_MAX = 1 << 20, /* a length above is taken for damage */
    VG_KLV_DEPTH_MAX = 8 /* sets within sets; deeper ones stay bytes */
};

/* What is wrong with bytes; words for people: vg_klv_tell. */
enum vg_klv_cause {
    VG_KLV_FINE = 0,
    VG_KLV_NO_KEY, /* bytes between packets that begin none */
    VG_KLV_CUT, /* the packet ends beyond the bytes */
    VG_KLV_BAD_LENGTH, /* no BER length, or a packet longer than VG_KLV_PACKET_MAX */
    VG_KLV_BAD_TAG, /* no BER-OID number */
    VG_KLV_OVERRUN, /* an item ends beyond its set */
    VG_KLV_BAD_CHECKSUM,
    VG_KLV_VALUE_LENGTH, /* a value of a length that its row does not allow */
    VG_KLV_BAD_VALUE, /* a value that is not what its row says */
    VG_KLV_TOO_DEEP, /* more than VG_KLV_DEPTH_MAX sets within each other */
    VG_KLV_CAUSE_COUNT
};

/* One thing wrong, at a byte of the bytes that were given (scan) or of the packet (items). */
struct vg_klv_fault {
    enum vg_klv_cause cause;
    uint32_t tag; /* of the item, 0 if none */
    uint64_t offset;
};

/* How a value is written. */
enum vg_klv_coding {
    VG_KLV_BYTES, /* kept as they are */
    VG_KLV_NEVER, /* weapon or laser: kept as they are, never written */
    VG_KLV_TEXT, /* UTF-8 */
    VG_KLV_UINT, /* big-endian, 1 to 8 bytes */
    VG_KLV_INT,
    VG_KLV_TIME, /* UINT: microseconds since 1970 */
    VG_KLV_ENUM, /* UINT with words */
    VG_KLV_BITS, /* UINT, a word a bit */
    VG_KLV_ULIN, /* 0 .. 2^n-1 stands for lo .. hi */
    VG_KLV_SLIN, /* -(2^(n-1)-1) .. 2^(n-1)-1 stands for lo .. hi; the least value is special */
    VG_KLV_IMAP, /* ST 1201 IMAPB of lo .. hi */
    VG_KLV_FLOAT, /* IEEE 754, 4 or 8 bytes */
    VG_KLV_SET, /* a local set */
    VG_KLV_SERIES, /* local sets, each after its BER length */
    VG_KLV_TARGETS, /* ST 0903 VTarget packs, each after its BER length */
    VG_KLV_PACK /* anything else with parts: vg_klv_row.pack */
};

/* Values with parts; their layouts stand in klv_pack.c. */
enum vg_klv_pack {
    VG_KLV_PACK_NONE,
    VG_KLV_PACK_HORIZON,
    VG_KLV_PACK_COMMAND,
    VG_KLV_PACK_OIDS,
    VG_KLV_PACK_BITLIST,
    VG_KLV_PACK_COUNTRIES,
    VG_KLV_PACK_RATE,
    VG_KLV_PACK_WAVELENGTHS,
    VG_KLV_PACK_AIRBASES,
    VG_KLV_PACK_PAYLOADS,
    VG_KLV_PACK_WAYPOINTS,
    VG_KLV_PACK_VIEW,
    VG_KLV_PACK_MIIS,
    VG_KLV_PACK_SDCC,
    VG_KLV_PACK_LOCATION,
    VG_KLV_PACK_LOCATIONS,
    VG_KLV_PACK_VELOCITY,
    VG_KLV_PACK_UUID,
    VG_KLV_PACK_UINTS,
    VG_KLV_PACK_RUNS,
    VG_KLV_PACK_FPA
};

struct vg_klv_word {
    int value; /* or number of the bit, 0 the least */
    const char *text; /* NULL ends a list */
};

struct vg_klv_set;

/* What the standard says of one tag. */
struct vg_klv_row {
    uint16_t tag;
    uint8_t coding; /* enum vg_klv_coding */
    uint8_t
        length; /* bytes of a value: the only length of ULIN, SLIN; what is written else; 0 free */
    uint8_t pack; /* enum vg_klv_pack */
    const char *key; /* "sensor_latitude" */
    const char *name; /* "Sensor Latitude", the standard's */
    const char *unit; /* "deg"; "" if none */
    double lo;
    double hi;
    const char *special; /* what the least value of SLIN says */
    const struct vg_klv_word *words;
    const struct vg_klv_set *(*set)(void); /* of SET and SERIES */
    uint64_t ul[2]; /* key of an item of a universal set */
};

struct vg_klv_set {
    const char *name; /* "ST 0601" */
    const char *title; /* "UAS datalink local set" */
    uint64_t ul[2]; /* its key as a packet; 0 if it only occurs inside others */
    bool is_universal; /* items have 16-byte keys and BER lengths */
    bool has_checksum; /* its last item is tag 1 */
    int n_rows;
    const struct vg_klv_row *rows; /* by tag */
};

const struct vg_klv_set *vg_klv_st0601(void);
const struct vg_klv_set *vg_klv_st0102(void);
const struct vg_klv_set *vg_klv_st0903(void);
const struct vg_klv_set *vg_klv_vtarget(void); /* one target of ST 0903 */
const struct vg_klv_set *vg_klv_eg0104(void);
/* The row of a tag, NULL if there is none. */
const struct vg_klv_row *vg_klv_row_find(const struct vg_klv_set *set, uint32_t tag);

/* ---- packets ---- */

enum vg_klv_checksum {
    VG_KLV_CHECKSUM_NONE,
    VG_KLV_CHECKSUM_GOOD,
    VG_KLV_CHECKSUM_BAD
};

/* All pointers go into the bytes that were scanned. */
struct vg_klv_packet {
    const struct vg_klv_set *set; /* NULL: a key without a table */
    struct vg_bytes whole; /* with key and length */
    struct vg_bytes value;
    uint64_t offset; /* of `whole` in the bytes scanned */
    enum vg_klv_checksum checksum;
};

enum vg_klv_scan {
    VG_KLV_SCAN_PACKET, /* *out is one */
    VG_KLV_SCAN_FAULT, /* *fault tells what was passed over */
    VG_KLV_SCAN_END /* all bytes used but, with `is_more`, the beginning of a packet */
};

/* Look for the next packet from `*at` on and move *at behind it. Bytes that begin no packet are
 * passed over and told once. With `is_more` a packet that reaches beyond the bytes is left at *at
 * for the next call, else it is told as VG_KLV_CUT. After a checksum that is wrong or
 * missing the search goes on inside the packet if another one begins there: a damaged length costs
 * one packet. */
enum vg_klv_scan vg_klv_scan(struct vg_bytes bytes, size_t *at, bool is_more,
                             struct vg_klv_packet *out, struct vg_klv_fault *fault);

/* ---- items ---- */

struct vg_klv_item {
    uint32_t tag; /* universal sets: the tag of the row, 0 if unknown */
    const struct vg_klv_row *row; /* NULL: unknown */
    struct vg_bytes value;
    size_t offset; /* of the item (its tag) from where the walk began, plus the walk's base */
    size_t value_offset; /* of its value */
    const uint8_t *ul; /* the item's key in a universal set, else NULL */
};

struct vg_klv_walk {
    const struct vg_klv_set *set; /* NULL: all tags are unknown */
    struct vg_bytes data;
    size_t at;
    size_t base; /* added to offsets */
};

/* Begin with the items of a packet; offsets count from the packet's first byte. */
struct vg_klv_walk vg_klv_walk(const struct vg_klv_packet *packet);
/* Begin with the items of a set that is the value of an item. */
struct vg_klv_walk vg_klv_walk_inner(const struct vg_klv_set *set, struct vg_bytes value,
                                     size_t base);
/* The next item; false at the end, or where the set is damaged: then fault->cause is not FINE and
 * what follows cannot be read. */
bool vg_klv_next(struct vg_klv_walk *self, struct vg_klv_item *out, struct vg_klv_fault *fault);

/* A number with what it was made from. */
struct vg_klv_number {
    double value; /* in the row's unit; NaN when special */
    uint64_t bits; /* the integer as it came, sign extended for INT and SLIN */
    const char *special; /* "out of range", "off earth", "reserved", "+inf", ...; NULL: a number */
};

/* Read an item of coding UINT to FLOAT. VG_KLV_VALUE_LENGTH when its length is none of the row's;
 * VG_KLV_BAD_VALUE for other codings. *out is untouched unless FINE. */
enum vg_klv_cause vg_klv_read(const struct vg_klv_item *item, struct vg_klv_number *out);

/* The packet's precision time stamp (tag 2, UTC); false if there is none. */
bool vg_klv_time(const struct vg_klv_packet *packet, struct vg_us *out);

/* ---- the parts, for packs and writers ---- */

/* A length by ST 0107: up to 127 in one byte, else 0x80+n and n bytes. Moves *at; false if there is
 * none or it does not fit 32 bits. */
bool vg_klv_ber(struct vg_bytes b, size_t *at, size_t *out);
/* A number of 7 bits a byte, the last without the top bit; up to 32 bits. */
bool vg_klv_oid(struct vg_bytes b, size_t *at, uint32_t *out);
/* The sum of ST 0601 section 6.6 over n bytes: 16-bit big-endian words, the odd last byte as a high
 * one. */
uint16_t vg_klv_sum(const uint8_t *p, size_t n);
/* n (1 to 8) bytes, big-endian. */
uint64_t vg_klv_be(const uint8_t *p, size_t n);
/* IMAPB by ST 1201 section 8: the number that n bytes stand for in lo .. hi. */
struct vg_klv_number vg_klv_imap(uint64_t bits, size_t n, double lo, double hi);
/* Back: values outside give the codes for below and above. */
uint64_t vg_klv_imap_bits(double value, size_t n, double lo, double hi);

/* The fault in words, with its byte offset; returns VG_E_FORMAT. `place` names the source. */
enum vg_status vg_klv_tell(const struct vg_klv_fault *fault, const char *place,
                           struct vg_error *err);
/* "bad_checksum", for machines. */
const char *vg_klv_cause_key(enum vg_klv_cause cause);
/* English words, a key for vg_tr. */
const char *vg_klv_cause_words(enum vg_klv_cause cause);

#endif
