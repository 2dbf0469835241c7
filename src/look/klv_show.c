#include "look/klv_show.h"

#include <math.h>

/* One packet being shown. */
struct show {
    struct vg_buf *out;
    struct vg_buf errors;
    int n_errors;
    enum vg_lang lang;
    uint64_t base;
};

static void put_items(struct show *self, struct vg_klv_walk walk, int depth);

void vg_klv_show_hex(struct vg_bytes b, struct vg_buf *out)
{
    static const char digits[] = "0123456789abcdef";
    char pair[2];
    vg_buf_puts(out, "\"");
    for (size_t i = 0; i < b.n; i++) {
        pair[0] = digits[b.data[i] >> 4];
        pair[1] = digits[b.data[i] & 15];
        vg_buf_add(out, pair, 2);
    }
    vg_buf_puts(out, "\"");
}

void vg_klv_show_text(struct vg_bytes b, struct vg_buf *out)
{
    struct vg_buf text = {0};
    size_t from = 0;
    if (b.n == 0) {
        vg_buf_puts(out, "\"\"");
        return;
    }
    while (b.n > 0 && b.data[b.n - 1] == 0) { /* some cameras fill up with NUL */
        b.n--;
    }
    for (size_t i = 0; i <= b.n; i++) { /* a NUL inside, as in UTF-16 by mistake, is left out */
        if (i == b.n || b.data[i] == 0) {
            vg_buf_add(&text, b.data + from, i - from);
            from = i + 1;
        }
    }
    vg_buf_json(out, vg_buf_text(&text));
    vg_buf_finish(&text);
}

void vg_klv_show_whole(uint64_t v, struct vg_buf *out)
{
    if (v <= INT64_MAX) {
        vg_buf_printf(out, "%llu", (unsigned long long)v);
    } else {
        vg_buf_real(out, (double)v, 17); /* readers of JSON hold no more than 63 bits */
    }
}

const char *vg_klv_word(const struct vg_klv_word *words, uint64_t value)
{
    for (; words != NULL && words->text != NULL; words++) {
        if ((uint64_t)words->value == value) {
            return words->text;
        }
    }
    return NULL;
}

static void tell(struct show *self, enum vg_klv_cause cause, uint32_t tag, uint64_t offset)
{
    struct vg_buf *e = &self->errors;
    vg_buf_printf(e, "%s{\"offset\":%llu", self->n_errors > 0 ? "," : "",
                  (unsigned long long)(self->base + offset));
    if (tag != 0) {
        vg_buf_printf(e, ",\"tag\":%u", tag);
    }
    vg_buf_printf(e, ",\"cause\":\"%s\",\"text\":", vg_klv_cause_key(cause));
    vg_buf_json(e, vg_tr(self->lang, vg_klv_cause_words(cause)));
    vg_buf_puts(e, "}");
    self->n_errors++;
}

/* ---- values ---- */

static void put_bits(const struct vg_klv_row *row, uint64_t bits, struct vg_buf *out)
{
    bool is_first = true;
    vg_buf_puts(out, ",\"on\":[");
    for (uint64_t i = 0; i < 64; i++) {
        if (bits >> i & 1) {
            const char *word = vg_klv_word(row->words, i);
            vg_buf_puts(out, is_first ? "" : ",");
            is_first = false;
            if (word != NULL) {
                vg_buf_json(out, word);
            } else {
                vg_buf_printf(out, "%llu", (unsigned long long)i);
            }
        }
    }
    vg_buf_puts(out, "]");
}

static void put_number(const struct vg_klv_row *row, const struct vg_klv_number *n,
                       struct vg_buf *out)
{
    char text[VG_TIME_TEXT_SIZE];
    if (n->special != NULL) {
        vg_buf_printf(out, ",\"value\":null,\"special\":\"%s\"", n->special);
        return;
    }
    if (row->coding >= VG_KLV_ULIN) {
        vg_buf_puts(out, ",\"value\":");
        vg_buf_real(out, n->value, VG_KLV_DIGITS);
        return;
    }
    if (row->coding == VG_KLV_INT) {
        vg_buf_printf(out, ",\"value\":%lld", (long long)n->bits);
        return;
    }
    vg_buf_puts(out, ",\"value\":");
    vg_klv_show_whole(n->bits, out);
    if (row->coding == VG_KLV_TIME && n->bits < (uint64_t)INT64_MAX / 64) {
        vg_buf_printf(out, ",\"time\":\"%s\"",
                      vg_time_format(vg_us((int64_t)n->bits), text, sizeof text));
    } else if (row->coding == VG_KLV_BITS) {
        put_bits(row, n->bits, out);
    } else if (row->coding == VG_KLV_ENUM && vg_klv_word(row->words, n->bits) != NULL) {
        vg_buf_puts(out, ",\"meaning\":");
        vg_buf_json(out, vg_klv_word(row->words, n->bits));
    }
}

static void put_bytes(struct vg_bytes value, struct vg_buf *out)
{
    vg_buf_puts(out, ",\"hex\":");
    vg_klv_show_hex(value, out);
}

static void put_set(struct show *self, const struct vg_klv_item *item, int depth)
{
    vg_buf_puts(self->out, ",\"items\":");
    put_items(self, vg_klv_walk_inner(item->row->set(), item->value, item->value_offset),
              depth + 1);
}

/* Sets (or VTarget packs: a number, then a set) one after the other, each after its length. */
static bool put_series(struct show *self, const struct vg_klv_item *item, int depth)
{
    bool is_targets = item->row->coding == VG_KLV_TARGETS;
    const struct vg_klv_set *set = is_targets ? vg_klv_vtarget() : item->row->set();
    struct vg_bytes v = item->value;
    vg_buf_puts(self->out, is_targets ? ",\"targets\":[" : ",\"sets\":[");
    for (size_t at = 0; at < v.n;) {
        size_t length;
        uint32_t id = 0;
        size_t from = at;
        if (!vg_klv_ber(v, &at, &length) || v.n - at < length) {
            return false;
        }
        struct vg_bytes one = {v.data + at, length};
        size_t skip = 0;
        if (is_targets && !vg_klv_oid(one, &skip, &id)) {
            return false;
        }
        vg_buf_puts(self->out, from > 0 ? "," : "");
        if (is_targets) {
            vg_buf_printf(self->out, "{\"id\":%u,\"items\":", id);
        }
        one = (struct vg_bytes){one.data + skip, one.n - skip};
        put_items(self, vg_klv_walk_inner(set, one, item->value_offset + at + skip), depth + 1);
        vg_buf_puts(self->out, is_targets ? "}" : "");
        at += length;
    }
    vg_buf_puts(self->out, "]");
    return true;
}

static enum vg_klv_cause put_value(struct show *self, const struct vg_klv_item *item, int depth)
{
    const struct vg_klv_row *row = item->row;
    struct vg_klv_number n;
    enum vg_klv_cause cause;
    switch ((enum vg_klv_coding)row->coding) {
    case VG_KLV_BYTES:
    case VG_KLV_NEVER:
        put_bytes(item->value, self->out);
        return VG_KLV_FINE;
    case VG_KLV_TEXT:
        vg_buf_puts(self->out, ",\"value\":");
        vg_klv_show_text(item->value, self->out);
        return VG_KLV_FINE;
    case VG_KLV_SET:
    case VG_KLV_SERIES:
    case VG_KLV_TARGETS:
        if (depth + 1 >= VG_KLV_DEPTH_MAX) {
            return VG_KLV_TOO_DEEP;
        }
        if (row->coding == VG_KLV_SET) {
            put_set(self, item, depth);
            return VG_KLV_FINE;
        }
        return put_series(self, item, depth) ? VG_KLV_FINE : VG_KLV_BAD_VALUE;
    case VG_KLV_PACK:
        vg_buf_puts(self->out, ",\"value\":");
        return vg_klv_show_pack(row, item->value, self->out) ? VG_KLV_FINE : VG_KLV_BAD_VALUE;
    case VG_KLV_UINT:
    case VG_KLV_INT:
    case VG_KLV_TIME:
    case VG_KLV_ENUM:
    case VG_KLV_BITS:
    case VG_KLV_ULIN:
    case VG_KLV_SLIN:
    case VG_KLV_IMAP:
    case VG_KLV_FLOAT:
    default:
        cause = vg_klv_read(item, &n);
        if (cause == VG_KLV_FINE) {
            put_number(row, &n, self->out);
        }
        return cause;
    }
}

static void take_back(struct vg_buf *out, size_t n)
{
    out->n = n;
    out->data[n] = '\0';
}

static void put_item(struct show *self, const struct vg_klv_item *item, int depth)
{
    struct vg_buf *out = self->out;
    const struct vg_klv_row *row = item->row;
    if (item->ul != NULL) {
        vg_buf_puts(out, "{\"ul\":");
        vg_klv_show_hex((struct vg_bytes){item->ul, VG_KLV_KEY_SIZE}, out);
    } else {
        vg_buf_printf(out, "{\"tag\":%u", item->tag);
    }
    if (row == NULL) {
        put_bytes(item->value, out);
    } else {
        vg_buf_printf(out, ",\"key\":\"%s\",\"name\":\"%s\"", row->key, row->name);
        size_t mark = out->n;
        /* A zero-length item says that the value is not known any more (ST 0601 section 6.5). */
        enum vg_klv_cause cause = VG_KLV_FINE;
        if (item->value.n == 0) {
            vg_buf_puts(out, ",\"value\":null");
        } else {
            cause = put_value(self, item, depth);
        }
        if (cause != VG_KLV_FINE) {
            tell(self, cause, item->tag, item->offset);
            if (!out->is_failed) {
                take_back(out, mark);
            }
            put_bytes(item->value, out);
        } else if (row->unit[0] != '\0') {
            vg_buf_printf(out, ",\"unit\":\"%s\"", row->unit);
        }
    }
    vg_buf_puts(out, "}");
}

static void put_items(struct show *self, struct vg_klv_walk walk, int depth)
{
    struct vg_klv_item item;
    struct vg_klv_fault fault;
    bool is_first = true;
    vg_buf_puts(self->out, "[");
    while (vg_klv_next(&walk, &item, &fault)) {
        vg_buf_puts(self->out, is_first ? "" : ",");
        is_first = false;
        put_item(self, &item, depth);
    }
    vg_buf_puts(self->out, "]");
    if (fault.cause != VG_KLV_FINE) {
        tell(self, fault.cause, fault.tag, fault.offset);
    }
}

int vg_klv_show(const struct vg_klv_packet *packet, uint64_t base, enum vg_lang lang,
                struct vg_buf *out)
{
    static const char *const sums[] = {"none", "good", "bad"};
    struct show self = {.out = out, .lang = lang, .base = base};
    struct vg_us t;
    char text[VG_TIME_TEXT_SIZE];
    if (packet->set == NULL) {
        vg_buf_puts(out, "\"standard\":null,\"ul\":");
        vg_klv_show_hex((struct vg_bytes){packet->whole.data, VG_KLV_KEY_SIZE}, out);
        put_bytes(packet->value, out);
        return 0;
    }
    vg_buf_printf(out, "\"standard\":\"%s\",\"title\":\"%s\"", packet->set->name,
                  packet->set->title);
    if (vg_klv_time(packet, &t)) {
        vg_buf_printf(out, ",\"t\":\"%s\",\"t_us\":%lld", vg_time_format(t, text, sizeof text),
                      (long long)t.us);
    }
    if (packet->set->has_checksum) {
        vg_buf_printf(out, ",\"checksum\":\"%s\"", sums[packet->checksum]);
    }
    if (packet->checksum == VG_KLV_CHECKSUM_BAD) {
        tell(&self, VG_KLV_BAD_CHECKSUM, 1, packet->whole.n - 4);
    }
    vg_buf_puts(out, ",\"items\":");
    put_items(&self, vg_klv_walk(packet), 0);
    if (self.n_errors > 0) {
        vg_buf_printf(out, ",\"errors\":[%s]", vg_buf_text(&self.errors));
    }
    vg_buf_finish(&self.errors);
    return self.n_errors;
}
