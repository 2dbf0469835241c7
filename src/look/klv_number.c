/* The numbers in items: integers, linear maps of ST 0601, IMAPB of ST 1201, IEEE 754. */
#include "look/klv.h"

#include <math.h>

/* 1 / (2^(8n) - 1) and 1 / (2^(8n-1) - 1): the steps of unsigned and signed linear maps. */
static const double UNSIGNED_STEP[9] = {
    0,
    1.0 / 0xFF,
    1.0 / 0xFFFF,
    1.0 / 0xFFFFFF,
    1.0 / 0xFFFFFFFF,
    1.0 / 0xFFFFFFFFFF,
    1.0 / 0xFFFFFFFFFFFF,
    1.0 / 72057594037927936.0,
    1.0 / 18446744073709551615.0,
};
static const double SIGNED_STEP[9] = {
    0,
    1.0 / 0x7F,
    1.0 / 0x7FFF,
    1.0 / 0x7FFFFF,
    1.0 / 0x7FFFFFFF,
    1.0 / 0x7FFFFFFFFF,
    1.0 / 0x7FFFFFFFFFFF,
    1.0 / 36028797018963968.0,
    1.0 / 9223372036854775807.0,
};

static int64_t extend(uint64_t bits, size_t n)
{
    unsigned shift = (unsigned)(64 - 8 * n);
    return (int64_t)(bits << shift) >> shift;
}

/* ST 1201 section 8.1.2: scale and offset of IMAPB. */
struct imap {
    double step; /* 2^(bPow - dPow) */
    double zero; /* so that 0 is met exactly */
};

static struct imap imap_of(size_t n, double lo, double hi)
{
    int b_pow;
    double mantissa = frexp(hi - lo, &b_pow);
    if (mantissa == 0.5) { /* ceil(log2) of a power of two */
        b_pow--;
    }
    int d_pow = (int)(8 * n) - 1;
    struct imap m = {ldexp(1.0, b_pow - d_pow), 0};
    if (lo < 0 && hi > 0) {
        double scaled = ldexp(lo, d_pow - b_pow);
        m.zero = scaled - floor(scaled);
    }
    return m;
}

/* ST 1201 section 8.2: the top bit with any other set is a code; its five top bits say which. */
static const char *imap_special(uint64_t bits, size_t n)
{
    unsigned top = (unsigned)(bits >> (8 * n - 8)) & 0xFF;
    uint64_t half = UINT64_C(1) << (8 * n - 1);
    if ((bits & half) == 0 || bits == half) {
        return NULL;
    }
    switch (top >> 3) {
    case 0x19:
        return "+inf";
    case 0x1D:
        return "-inf";
    case 0x1A:
    case 0x1E:
    case 0x1B:
    case 0x1F:
        return "nan";
    case 0x1C:
        return top == 0xE0 ? "below range" : top == 0xE1 ? "above range" : "reserved";
    case 0x18:
        return "user defined";
    default:
        return "reserved";
    }
}

struct vg_klv_number vg_klv_imap(uint64_t bits, size_t n, double lo, double hi)
{
    struct vg_klv_number out = {(double)NAN, bits, imap_special(bits, n)};
    if (out.special == NULL) {
        struct imap m = imap_of(n, lo, hi);
        out.value = m.step * ((double)bits - m.zero) + lo;
        if (lo < 0 && hi > 0 && fabs(out.value) < m.step / 2) { /* zero is met exactly */
            out.value = 0;
        }
    }
    return out;
}

uint64_t vg_klv_imap_bits(double value, size_t n, double lo, double hi)
{
    unsigned shift = (unsigned)(8 * n - 8);
    if (isnan(value)) {
        return UINT64_C(0xD0) << shift;
    }
    if (isinf(value)) {
        return (value < 0 ? UINT64_C(0xE8) : UINT64_C(0xC8)) << shift;
    }
    if (value < lo || value > hi) {
        return (value < lo ? UINT64_C(0xE0) : UINT64_C(0xE1)) << shift;
    }
    struct imap m = imap_of(n, lo, hi);
    return (uint64_t)((value - lo) / m.step + m.zero);
}

static void read_float(const struct vg_klv_item *item, struct vg_klv_number *out)
{
    if (item->value.n == 4) {
        uint32_t u = (uint32_t)out->bits;
        float f;
        memcpy(&f, &u, sizeof f);
        out->value = (double)f;
    } else {
        memcpy(&out->value, &out->bits, sizeof out->value);
    }
    if (!isfinite(out->value)) {
        out->special = isnan(out->value) ? "nan" : out->value > 0 ? "+inf" : "-inf";
        out->value = (double)NAN;
    }
}

static bool is_length(const struct vg_klv_row *row, size_t n)
{
    if (row->coding == VG_KLV_ULIN || row->coding == VG_KLV_SLIN) {
        return n == row->length;
    }
    if (row->coding == VG_KLV_FLOAT) {
        return n == 4 || n == 8;
    }
    return n >= 1 && n <= 8;
}

enum vg_klv_cause vg_klv_read(const struct vg_klv_item *item, struct vg_klv_number *out)
{
    const struct vg_klv_row *row = item->row;
    size_t n = item->value.n;
    if (row == NULL || row->coding < VG_KLV_UINT || row->coding > VG_KLV_FLOAT) {
        return VG_KLV_BAD_VALUE;
    }
    if (!is_length(row, n)) {
        return VG_KLV_VALUE_LENGTH;
    }
    uint64_t bits = vg_klv_be(item->value.data, n);
    struct vg_klv_number v = {(double)bits, bits, NULL};
    if (row->coding == VG_KLV_ULIN) {
        v.value = row->lo + (double)bits * UNSIGNED_STEP[n] * (row->hi - row->lo);
    } else if (row->coding == VG_KLV_SLIN || row->coding == VG_KLV_INT) {
        int64_t s = extend(bits, n);
        v.bits = (uint64_t)s;
        v.value = (double)s;
        if (row->coding == VG_KLV_SLIN) {
            v.special = bits == UINT64_C(1) << (8 * n - 1) ? row->special : NULL;
            v.value = v.special != NULL ? (double)NAN : (double)s * SIGNED_STEP[n] * row->hi;
        }
    } else if (row->coding == VG_KLV_IMAP) {
        v = vg_klv_imap(bits, n, row->lo, row->hi);
    } else if (row->coding == VG_KLV_FLOAT) {
        read_float(item, &v);
    }
    *out = v;
    return VG_KLV_FINE;
}
