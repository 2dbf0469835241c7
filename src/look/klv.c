#include "look/klv.h"

/* Every MISB key begins so (SMPTE ST 298). */
static const uint8_t PREFIX[4] = {0x06, 0x0E, 0x2B, 0x34};

static const struct {
    const char *key;
    const char *words;
} CAUSES[VG_KLV_CAUSE_COUNT] = {
    {"fine", ""},
    {"no_key", "bytes that begin no packet"},
    {"cut", "the packet is cut off"},
    {"bad_length", "no length, or one too great to be true"},
    {"bad_tag", "no tag"},
    {"overrun", "the item reaches beyond its set"},
    {"bad_checksum", "the checksum is wrong"},
    {"value_length", "a value of a length that this tag does not have"},
    {"bad_value", "a value that is not what this tag holds"},
    {"too_deep", "too many sets within each other"},
};

const char *vg_klv_cause_key(enum vg_klv_cause cause)
{
    return CAUSES[cause].key;
}

const char *vg_klv_cause_words(enum vg_klv_cause cause)
{
    return CAUSES[cause].words;
}

enum vg_status vg_klv_tell(const struct vg_klv_fault *fault, const char *place,
                           struct vg_error *err)
{
    const char *words = vg_tr(err != NULL ? err->lang : VG_LANG_EN, CAUSES[fault->cause].words);
    if (fault->tag != 0) {
        return vg_fail_offset(err, place, (int64_t)fault->offset, "tag %u: %s", fault->tag, words);
    }
    return vg_fail_offset(err, place, (int64_t)fault->offset, "%s", words);
}

bool vg_klv_ber(struct vg_bytes b, size_t *at, size_t *out)
{
    size_t i = *at;
    if (i >= b.n) {
        return false;
    }
    size_t v = b.data[i++];
    if (v >= 0x80) {
        size_t n = v & 0x7F;
        if (n == 0 || n > 8 || b.n - i < n) {
            return false;
        }
        uint64_t wide = vg_klv_be(b.data + i, n);
        if (wide > UINT32_MAX) {
            return false;
        }
        v = (size_t)wide;
        i += n;
    }
    *at = i;
    *out = v;
    return true;
}

bool vg_klv_oid(struct vg_bytes b, size_t *at, uint32_t *out)
{
    uint64_t v = 0;
    for (size_t i = *at; i < b.n && v <= UINT32_MAX >> 7; i++) {
        v = v << 7 | (b.data[i] & 0x7F);
        if (b.data[i] < 0x80) {
            *at = i + 1;
            *out = (uint32_t)v;
            return true;
        }
    }
    return false;
}

uint64_t vg_klv_be(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

/* The four 16-bit lanes of a word, added. */
static uint32_t lanes(uint64_t w)
{
    return (uint32_t)(w & 0xFFFF) + (uint32_t)(w >> 16 & 0xFFFF) + (uint32_t)(w >> 32 & 0xFFFF) +
           (uint32_t)(w >> 48);
}

/* Eight bytes at a time: bytes of even place (on a little-endian machine the low ones of each lane)
 * are summed apart from the odd. A lane holds 257 bytes, so sums are drained every 256. */
static uint32_t sum_words(const uint8_t *p, size_t n_words)
{
    const uint64_t low = 0x00FF00FF00FF00FFu;
    uint32_t even = 0;
    uint32_t odd = 0;
    for (size_t i = 0; i < n_words;) {
        uint64_t e = 0;
        uint64_t o = 0;
        size_t end = n_words - i > 256 ? i + 256 : n_words;
        for (; i < end; i++) {
            uint64_t w = vg_le64(p + i * 8);
            e += w & low;
            o += w >> 8 & low;
        }
        even += lanes(e);
        odd += lanes(o);
    }
    return (even << 8) + odd;
}

uint16_t vg_klv_sum(const uint8_t *p, size_t n)
{
    uint32_t sum = sum_words(p, n / 8);
    for (size_t i = n / 8 * 8; i < n; i++) {
        sum += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
    }
    return (uint16_t)sum;
}

const struct vg_klv_row *vg_klv_row_find(const struct vg_klv_set *set, uint32_t tag)
{
    if (set == NULL) {
        return NULL;
    }
    uint32_t n = (uint32_t)set->n_rows;
    if (tag - 1 < n && set->rows[tag - 1].tag == tag) { /* tables without gaps */
        return &set->rows[tag - 1];
    }
    for (uint32_t i = 0; i < n; i++) {
        if (set->rows[i].tag == tag) {
            return &set->rows[i];
        }
    }
    return NULL;
}

/* ---- packets ---- */

/* Keys are compared without their eighth byte, the version of the register (SMPTE ST 298). */
static bool is_key(const uint8_t *p, const uint64_t ul[2])
{
    return vg_klv_be(p, 7) == ul[0] >> 8 && vg_klv_be(p + 8, 8) == ul[1];
}

static const struct vg_klv_set *set_of(const uint8_t *key)
{
    const struct vg_klv_set *const sets[] = {vg_klv_st0601(), vg_klv_eg0104(), vg_klv_st0102(),
                                             vg_klv_st0903()};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (is_key(key, sets[i]->ul)) {
            return sets[i];
        }
    }
    return NULL;
}

/* The place of the next key from `at` on, or the end; with is_more what may begin one stays. */
static size_t find_key(struct vg_bytes b, size_t at, bool is_more)
{
    for (; at < b.n; at++) {
        const uint8_t *p = memchr(b.data + at, PREFIX[0], b.n - at);
        if (p == NULL) {
            return b.n;
        }
        at = (size_t)(p - b.data);
        size_t left = b.n - at;
        size_t n = left < sizeof PREFIX ? left : sizeof PREFIX;
        if (memcmp(p, PREFIX, n) == 0 && (n == sizeof PREFIX || is_more)) {
            return at;
        }
    }
    return b.n;
}

static enum vg_klv_checksum check_sum(const struct vg_klv_packet *p)
{
    const uint8_t *end = p->whole.data + p->whole.n;
    if (p->set == NULL || !p->set->has_checksum || p->value.n < 4 || end[-4] != 1 || end[-3] != 2) {
        return VG_KLV_CHECKSUM_NONE;
    }
    uint16_t told = (uint16_t)vg_klv_be(end - 2, 2);
    return vg_klv_sum(p->whole.data, p->whole.n - 2) == told ? VG_KLV_CHECKSUM_GOOD
                                                             : VG_KLV_CHECKSUM_BAD;
}

static enum vg_klv_scan fail(struct vg_klv_fault *fault, enum vg_klv_cause cause, size_t offset)
{
    *fault = (struct vg_klv_fault){cause, 0, offset};
    return VG_KLV_SCAN_FAULT;
}

/* The packet at *at is none: on to the next key. */
static enum vg_klv_scan pass_over(struct vg_bytes b, size_t *at, bool is_more,
                                  struct vg_klv_fault *fault, enum vg_klv_cause cause)
{
    size_t from = *at;
    *at = find_key(b, from + sizeof PREFIX, is_more);
    return fail(fault, cause, from);
}

/* The key is at *at. A packet may begin inside one whose length is damaged. */
static enum vg_klv_scan take_packet(struct vg_bytes b, size_t *at, bool is_more,
                                    struct vg_klv_packet *out, struct vg_klv_fault *fault)
{
    size_t from = *at;
    size_t value = from + VG_KLV_KEY_SIZE;
    size_t length = 0;
    bool is_whole = b.n - from > VG_KLV_KEY_SIZE;
    if (is_whole && !vg_klv_ber(b, &value, &length)) {
        size_t n = b.data[value] & 0x7F;
        is_whole = false;
        if (n < 1 || n > 8 || b.n - value > n) { /* it is not the length itself that is cut */
            return pass_over(b, at, is_more, fault, VG_KLV_BAD_LENGTH);
        }
    }
    if (length > VG_KLV_PACKET_MAX) {
        return pass_over(b, at, is_more, fault, VG_KLV_BAD_LENGTH);
    }
    if (!is_whole || b.n - value < length) {
        return is_more ? VG_KLV_SCAN_END : pass_over(b, at, false, fault, VG_KLV_CUT);
    }
    *out = (struct vg_klv_packet){.set = set_of(b.data + from),
                                  .whole = {b.data + from, value + length - from},
                                  .value = {b.data + value, length},
                                  .offset = from};
    out->checksum = check_sum(out);
    *at = value + length;
    if (out->set != NULL && out->set->has_checksum && out->checksum != VG_KLV_CHECKSUM_GOOD) {
        size_t end = b.n - *at < 3 ? b.n : *at + 3; /* its end may cut the next key */
        size_t inner = find_key((struct vg_bytes){b.data, end}, value, is_more);
        *at = inner < *at ? inner : *at;
    }
    return VG_KLV_SCAN_PACKET;
}

enum vg_klv_scan vg_klv_scan(struct vg_bytes bytes, size_t *at, bool is_more,
                             struct vg_klv_packet *out, struct vg_klv_fault *fault)
{
    size_t from = *at;
    *at = find_key(bytes, from, is_more);
    if (*at != from) {
        return fail(fault, VG_KLV_NO_KEY, from);
    }
    return from < bytes.n ? take_packet(bytes, at, is_more, out, fault) : VG_KLV_SCAN_END;
}

/* ---- items ---- */

struct vg_klv_walk vg_klv_walk(const struct vg_klv_packet *packet)
{
    return vg_klv_walk_inner(packet->set, packet->value, packet->whole.n - packet->value.n);
}

struct vg_klv_walk vg_klv_walk_inner(const struct vg_klv_set *set, struct vg_bytes value,
                                     size_t base)
{
    return (struct vg_klv_walk){.set = set, .data = value, .base = base};
}

static const struct vg_klv_row *row_of_key(const struct vg_klv_set *set, const uint8_t *key)
{
    for (int i = 0; i < set->n_rows; i++) {
        if (is_key(key, set->rows[i].ul)) {
            return &set->rows[i];
        }
    }
    return NULL;
}

static bool take_tag(struct vg_klv_walk *self, struct vg_klv_item *out)
{
    out->ul = NULL;
    if (self->set == NULL || !self->set->is_universal) {
        if (!vg_klv_oid(self->data, &self->at, &out->tag)) {
            return false;
        }
        out->row = vg_klv_row_find(self->set, out->tag);
        return true;
    }
    if (self->data.n - self->at < VG_KLV_KEY_SIZE) {
        return false;
    }
    out->ul = self->data.data + self->at;
    out->row = row_of_key(self->set, out->ul);
    out->tag = out->row != NULL ? out->row->tag : 0;
    self->at += VG_KLV_KEY_SIZE;
    return true;
}

bool vg_klv_next(struct vg_klv_walk *self, struct vg_klv_item *out, struct vg_klv_fault *fault)
{
    fault->cause = VG_KLV_FINE;
    size_t from = self->at;
    if (from >= self->data.n) {
        return false;
    }
    size_t length = 0;
    out->offset = self->base + from;
    out->tag = 0;
    enum vg_klv_cause cause = VG_KLV_FINE;
    if (!take_tag(self, out)) {
        cause = VG_KLV_BAD_TAG;
    } else if (!vg_klv_ber(self->data, &self->at, &length)) {
        cause = VG_KLV_BAD_LENGTH;
    } else if (self->data.n - self->at < length) {
        cause = VG_KLV_OVERRUN;
    }
    if (cause != VG_KLV_FINE) {
        *fault = (struct vg_klv_fault){cause, out->tag, self->base + from};
        self->at = self->data.n;
        return false;
    }
    out->value = (struct vg_bytes){self->data.data + self->at, length};
    out->value_offset = self->base + self->at;
    self->at += length;
    return true;
}

bool vg_klv_time(const struct vg_klv_packet *packet, struct vg_us *out)
{
    struct vg_klv_walk walk = vg_klv_walk(packet);
    struct vg_klv_item item;
    struct vg_klv_fault fault;
    struct vg_klv_number n;
    while (packet->set != NULL && vg_klv_next(&walk, &item, &fault)) {
        if (item.tag == 2 && item.row != NULL && item.row->coding == VG_KLV_TIME &&
            vg_klv_read(&item, &n) == VG_KLV_FINE && n.bits < (uint64_t)INT64_MAX / 64) {
            *out = vg_us((int64_t)n.bits);
            return true;
        }
    }
    return false;
}
