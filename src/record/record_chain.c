#include "record/record_chain.h"

#include "base/text.h"
#include "record/record.h"

#include <string.h>

/* Decimal text of v at p; returns the end. printf costs more than the hash here. */
static char *put_decimal(char *p, int64_t v)
{
    char digits[20];
    int n = 0;
    uint64_t u = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[n++] = (char)('0' + u % 10);
        u /= 10;
    } while (u != 0);
    if (v < 0) {
        *p++ = '-';
    }
    while (n > 0) {
        *p++ = digits[--n];
    }
    return p;
}

void vg_record_genesis(const char *id, int64_t t_us, uint8_t out[VG_SHA256_SIZE])
{
    char text[128];
    size_t n = vg_format(text, sizeof text, "%s\n%s\n", VG_RECORD_FORMAT, id);
    char *end = put_decimal(text + n, t_us);
    vg_sha256(text, (size_t)(end - text), out);
}

void vg_record_chain(const uint8_t prev[VG_SHA256_SIZE], const struct vg_record_row *row,
                     uint8_t out[VG_SHA256_SIZE])
{
    char text[VG_SHA256_HEX_SIZE + 2 * 21 + VG_RECORD_KIND_MAX + 8];
    vg_hex(prev, VG_SHA256_SIZE, text);
    char *p = text + VG_SHA256_HEX_SIZE - 1;
    *p++ = '\n';
    p = put_decimal(p, row->seq);
    *p++ = '\n';
    p = put_decimal(p, row->t_us);
    *p++ = '\n';
    memcpy(p, row->kind, row->kind_n);
    p += row->kind_n;
    *p++ = '\n';
    struct vg_sha256_part parts[2] = {{text, (size_t)(p - text)}, {row->body, row->body_n}};
    vg_sha256_parts(parts, 2, out);
}

size_t vg_record_head_text(int64_t seq, int64_t t_us, const uint8_t sha256[VG_SHA256_SIZE],
                           char out[VG_RECORD_HEAD_TEXT_SIZE])
{
    size_t n = vg_format(out, VG_RECORD_HEAD_TEXT_SIZE, "vigie-head/1\n");
    char *p = put_decimal(out + n, seq);
    *p++ = '\n';
    p = put_decimal(p, t_us);
    *p++ = '\n';
    vg_hex(sha256, VG_SHA256_SIZE, p);
    return (size_t)(p - out) + 2 * VG_SHA256_SIZE;
}

bool vg_record_is_kind(const char *kind, size_t n)
{
    if (n == 0 || n > VG_RECORD_KIND_MAX) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char c = kind[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
              c == '-')) {
            return false;
        }
    }
    return true;
}

/* Bytes of the UTF-8 character at s (Unicode 15, table 3-7), 0 when malformed. */
static size_t utf8_length(const uint8_t *s, size_t n)
{
    if (s[0] < 0x80) {
        return 1;
    }
    size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || len > n) {
        return 0;
    }
    uint8_t lo = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
    uint8_t hi = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < lo || s[1] > hi) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if (s[i] < 0x80 || s[i] > 0xBF) {
            return 0;
        }
    }
    return len;
}

/* No byte below 0x20 or above 0x7F: the usual body, eight bytes a step. */
static bool is_plain_ascii(const char *body, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t high = ones << 7;
    uint64_t bad = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, body + i, 8);
        /* For bytes below 0x80, adding 0x60 sets the top bit exactly when the byte is 0x20 or more.
         */
        bad |= (w & high) | (~((w & ~high) + ones * 0x60) & high);
    }
    for (; i < n; i++) {
        bad |= (uint64_t)((uint8_t)body[i] < 0x20 || (uint8_t)body[i] > 0x7F);
    }
    return bad == 0;
}

bool vg_record_is_body(const char *body, size_t n)
{
    if (n < 2 || body[0] != '{' || body[n - 1] != '}') {
        return false;
    }
    if (is_plain_ascii(body, n)) {
        return true;
    }
    const uint8_t *s = (const uint8_t *)body;
    for (size_t i = 0; i < n;) {
        size_t len = s[i] < 0x20 ? 0 : utf8_length(s + i, n - i);
        if (len == 0) {
            return false;
        }
        i += len;
    }
    return true;
}

bool vg_record_is_id(const char *id)
{
    size_t n = strspn(id, "0123456789abcdef");
    return n == VG_RECORD_ID_SIZE - 1 && id[n] == '\0';
}
