/* Bounded formatting and a growing text buffer.
 *
 * vg_format always ends with a NUL, never writes past the end, never cuts a UTF-8 character in
 * two, and returns the bytes kept. All bounded formatting goes through here (gcc's truncation
 * warning fires on deliberate snprintf truncation).
 *
 * Threads: pure. vg_buf allocates through malloc; a failed growth sets is_failed and later writes
 * do nothing, so one check at the end is enough.
 */
#ifndef VG_BASE_TEXT_H
#define VG_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t vg_format(char *buf, size_t size_bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t vg_vformat(char *buf, size_t size_bytes, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Growing bytes. Zero-initialise. Invariants: n < cap or data NULL; data[n] == 0 when data. */
struct vg_buf {
    char *data;
    size_t n;
    size_t cap;
    bool is_failed;
};

void vg_buf_add(struct vg_buf *self, const void *bytes, size_t n);
void vg_buf_puts(struct vg_buf *self, const char *text);
void vg_buf_printf(struct vg_buf *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void vg_buf_json(struct vg_buf *self, const char *text);
/* A JSON number with so many decimals, or so many significant digits; null for what is not finite.
 */
void vg_buf_fixed(struct vg_buf *self, double value, int decimals);
void vg_buf_real(struct vg_buf *self, double value, int digits);
/* ,"key":value with so many decimals, or null. */
void vg_buf_member_fixed(struct vg_buf *self, const char *key, double value, int decimals);
void vg_buf_reset(struct vg_buf *self);
void vg_buf_finish(struct vg_buf *self);
/* The text so far, never NULL. */
const char *vg_buf_text(const struct vg_buf *self);

/* Levenshtein distance, bytes, at most 64 each; for "did you mean". */
int vg_text_distance(const char *a, const char *b);
/* The index of the nearest of `names` within a third of its length, or -1. */
int vg_text_nearest(const char *word, const char *const *names, int n_names);

/* 64 bits of a text, FNV-1a (Fowler, Noll, Vo): a start for a key, not a proof of identity. */
uint64_t vg_text_hash(const char *text, uint64_t seed);

#endif
