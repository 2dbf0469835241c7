#include "look/klv_write.h"

#include <math.h>

enum {
    LENGTH_SIZE = 3, /* 0x82 and two bytes: what a packet's and a set's length takes here */
    TEXT_MAX = 127,
    SET_MAX = 0xFFFF,
    LASER_RANGE = 1 /* bit 0 of tag 47 */
};

static void fail(struct vg_klv_out *self, uint32_t tag, enum vg_status status, double value)
{
    if (self->status == VG_OK) {
        self->status = status;
        self->bad_tag = tag;
        self->bad_value = value;
    }
}

static void add(struct vg_klv_out *self, const void *bytes, size_t n)
{
    if (self->cap - self->n < n) {
        fail(self, 0, VG_E_FULL, 0);
        return;
    }
    memcpy(self->data + self->n, bytes, n);
    self->n += n;
}

static void add_be(struct vg_klv_out *self, uint64_t v, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++) {
        b[i] = (uint8_t)(v >> 8 * (n - 1 - i));
    }
    add(self, b, n);
}

static void add_oid(struct vg_klv_out *self, uint32_t v)
{
    for (int shift = 28; shift > 0; shift -= 7) {
        if (v >> shift != 0) {
            add_be(self, 0x80 | (v >> shift & 0x7F), 1);
        }
    }
    add_be(self, v & 0x7F, 1);
}

/* The place for a length that is not known yet; returns where what it counts begins. */
static size_t open_length(struct vg_klv_out *self)
{
    add(self, "\x82\0", LENGTH_SIZE);
    return self->n;
}

static void close_length(struct vg_klv_out *self, size_t from)
{
    if (self->status != VG_OK) {
        return;
    }
    size_t n = self->n - from;
    if (n > SET_MAX) {
        fail(self, 0, VG_E_FULL, 0);
        return;
    }
    self->data[from - 2] = (uint8_t)(n >> 8);
    self->data[from - 1] = (uint8_t)n;
}

/* ---- items ---- */

static size_t bytes_of(uint64_t v)
{
    size_t n = 1;
    while (n < 8 && v >> 8 * n != 0) {
        n++;
    }
    return n;
}

static void put_bits(struct vg_klv_out *self, uint32_t tag, uint64_t bits, size_t n)
{
    add_oid(self, tag);
    add_be(self, n, 1);
    add_be(self, bits, n);
}

/* n is the row's length; 0 there: as many as it takes. */
static void put_whole(struct vg_klv_out *self, const struct vg_klv_row *row, double value)
{
    size_t n = row->length;
    double top = n == 0 ? 0x1p53 : ldexp(1, (int)(8 * n));
    double least = 0;
    if (row->coding == VG_KLV_INT) {
        top /= 2;
        least = -top;
    }
    if (!(value >= least && value < top && value <= 0x1p53 && value >= -0x1p53) ||
        value != floor(value)) {
        fail(self, row->tag, VG_E_RANGE, value);
        return;
    }
    uint64_t bits = (uint64_t)(int64_t)value;
    if (self->set == vg_klv_st0601() && row->tag == 47 && bits & LASER_RANGE) {
        fail(self, row->tag, VG_E_UNSUPPORTED, value);
        return;
    }
    put_bits(self, row->tag, bits, n == 0 ? bytes_of(bits) : n);
}

static void put_linear(struct vg_klv_out *self, const struct vg_klv_row *row, double value)
{
    size_t n = row->length;
    if (!(value >= row->lo && value <= row->hi)) {
        fail(self, row->tag, VG_E_RANGE, value);
        return;
    }
    if (row->coding == VG_KLV_IMAP) {
        put_bits(self, row->tag, vg_klv_imap_bits(value, n, row->lo, row->hi), n);
    } else if (row->coding == VG_KLV_ULIN) {
        double top = ldexp(1, (int)(8 * n)) - 1;
        put_bits(self, row->tag, (uint64_t)llround((value - row->lo) / (row->hi - row->lo) * top),
                 n);
    } else {
        double top = ldexp(1, (int)(8 * n) - 1) - 1;
        put_bits(self, row->tag, (uint64_t)llround(value / row->hi * top), n);
    }
}

void vg_klv_put(struct vg_klv_out *self, uint32_t tag, double value)
{
    const struct vg_klv_row *row = vg_klv_row_find(self->set, tag);
    switch (row != NULL ? (enum vg_klv_coding)row->coding : VG_KLV_BYTES) {
    case VG_KLV_UINT:
    case VG_KLV_INT:
    case VG_KLV_TIME:
    case VG_KLV_ENUM:
    case VG_KLV_BITS:
        put_whole(self, row, value);
        break;
    case VG_KLV_ULIN:
    case VG_KLV_SLIN:
    case VG_KLV_IMAP:
        put_linear(self, row, value);
        break;
    case VG_KLV_BYTES:
    case VG_KLV_NEVER:
    case VG_KLV_TEXT:
    case VG_KLV_FLOAT:
    case VG_KLV_SET:
    case VG_KLV_SERIES:
    case VG_KLV_TARGETS:
    case VG_KLV_PACK:
    default:
        fail(self, tag, VG_E_UNSUPPORTED, value);
    }
}

void vg_klv_put_special(struct vg_klv_out *self, uint32_t tag)
{
    const struct vg_klv_row *row = vg_klv_row_find(self->set, tag);
    if (row == NULL || row->coding != VG_KLV_SLIN) {
        fail(self, tag, VG_E_UNSUPPORTED, (double)NAN);
        return;
    }
    put_bits(self, tag, UINT64_C(1) << (8 * row->length - 1), row->length);
}

void vg_klv_put_text(struct vg_klv_out *self, uint32_t tag, const char *text)
{
    const struct vg_klv_row *row = vg_klv_row_find(self->set, tag);
    size_t n = strlen(text);
    if (row == NULL || row->coding != VG_KLV_TEXT) {
        fail(self, tag, VG_E_UNSUPPORTED, (double)NAN);
    } else if (n > TEXT_MAX) {
        fail(self, tag, VG_E_RANGE, (double)n);
    } else {
        add_oid(self, tag);
        add_be(self, n, 1);
        add(self, text, n);
    }
}

/* ---- ST 0903 ---- */

/* Pixels count from 1 at the top left, row after row (ST 0903 section 8.2). */
static double pixel(const struct vg_klv_vmti *vmti, uint32_t row, uint32_t column)
{
    return ((double)row - 1) * vmti->width_px + column;
}

static void put_location(struct vg_klv_out *self, const struct vg_klv_target *t)
{
    bool has_sigma = !isnan(t->sigma_enu_m[0]);
    add_oid(self, 17);
    add_be(self, has_sigma ? 22 : 10, 1);
    add_be(self, vg_klv_imap_bits(t->lat_deg, 4, -90, 90), 4);
    add_be(self, vg_klv_imap_bits(t->lon_deg, 4, -180, 180), 4);
    add_be(self, vg_klv_imap_bits(t->alt_ell_m, 2, -900, 19000), 2);
    for (int i = 0; i < 3 && has_sigma; i++) {
        add_be(self, vg_klv_imap_bits(t->sigma_enu_m[i], 2, 0, 650), 2);
    }
    for (int i = 0; i < 3 && has_sigma; i++) {
        add_be(self, vg_klv_imap_bits(t->rho[i], 2, -1, 1), 2);
    }
}

static void put_object(struct vg_klv_out *self, const char *label)
{
    size_t n = strlen(label);
    if (n > TEXT_MAX - 2) {
        fail(self, 102, VG_E_RANGE, (double)n);
        return;
    }
    add_oid(self, 102); /* VObject with its class, tag 2 */
    add_be(self, n + 2, 1);
    add_oid(self, 2);
    add_be(self, n, 1);
    add(self, label, n);
}

static void put_target(struct vg_klv_out *self, const struct vg_klv_vmti *vmti,
                       const struct vg_klv_target *t)
{
    size_t from = open_length(self);
    add_oid(self, t->id);
    const struct vg_klv_set *outer = self->set;
    self->set = vg_klv_vtarget();
    vg_klv_put(self, 1, pixel(vmti, t->row, t->column));
    if (t->box[2] > 0) {
        vg_klv_put(self, 2, pixel(vmti, t->box[0], t->box[1]));
        vg_klv_put(self, 3, pixel(vmti, t->box[2], t->box[3]));
    }
    if (!isnan(t->confidence)) {
        vg_klv_put(self, 5, floor(t->confidence * 100 + 0.5));
    }
    if (!isnan(t->lat_deg)) {
        put_location(self, t);
    }
    vg_klv_put(self, 19, t->row);
    vg_klv_put(self, 20, t->column);
    if (t->label != NULL) {
        put_object(self, t->label);
    }
    self->set = outer;
    close_length(self, from);
}

void vg_klv_put_vmti(struct vg_klv_out *self, const struct vg_klv_vmti *vmti)
{
    const struct vg_klv_set *outer = self->set;
    add_oid(self, 74);
    size_t from = open_length(self);
    self->set = vg_klv_st0903();
    vg_klv_put_text(self, 3, vmti->system);
    vg_klv_put(self, 4, VG_KLV_0903_VERSION);
    vg_klv_put(self, 5, vmti->n_detected);
    vg_klv_put(self, 6, vmti->n_targets);
    vg_klv_put(self, 8, vmti->width_px);
    vg_klv_put(self, 9, vmti->height_px);
    if (vmti->n_targets > 0) {
        add_oid(self, 101);
        size_t series = open_length(self);
        for (int i = 0; i < vmti->n_targets; i++) {
            put_target(self, vmti, &vmti->targets[i]);
        }
        close_length(self, series);
    }
    self->set = outer;
    close_length(self, from);
}

/* ---- the packet ---- */

void vg_klv_begin(struct vg_klv_out *self, uint8_t *data, size_t cap, struct vg_us t)
{
    *self = (struct vg_klv_out){.data = data, .cap = cap, .set = vg_klv_st0601()};
    add_be(self, self->set->ul[0], 8);
    add_be(self, self->set->ul[1], 8);
    open_length(self);
    if (t.us < 0) {
        fail(self, 2, VG_E_RANGE, (double)t.us);
        return;
    }
    put_bits(self, 2, (uint64_t)t.us, 8);
}

enum vg_status vg_klv_end(struct vg_klv_out *self, struct vg_bytes *out, struct vg_error *err)
{
    vg_klv_put(self, 65, VG_KLV_0601_VERSION);
    add(self, "\x01\x02\0", 4); /* tag 1, two bytes to come */
    close_length(self, VG_KLV_KEY_SIZE + LENGTH_SIZE);
    if (self->status == VG_E_FULL) {
        return vg_fail(err, VG_E_FULL, "a metadata packet needs more than its %zu bytes",
                       self->cap);
    }
    if (self->status == VG_E_RANGE) {
        return vg_fail(err, VG_E_RANGE, "tag %u cannot hold %.10g", self->bad_tag, self->bad_value);
    }
    if (self->status != VG_OK) {
        return vg_fail(err, self->status, "tag %u is not written", self->bad_tag);
    }
    uint16_t sum = vg_klv_sum(self->data, self->n - 2);
    self->data[self->n - 2] = (uint8_t)(sum >> 8);
    self->data[self->n - 1] = (uint8_t)sum;
    *out = (struct vg_bytes){self->data, self->n};
    return VG_OK;
}
