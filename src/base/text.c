#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t vg_vformat(char *buf, size_t size_bytes, const char *format, va_list args)
{
    if (size_bytes == 0) {
        return 0;
    }
    int wanted = vsnprintf(buf, size_bytes, format, args);
    if (wanted < 0) {
        buf[0] = '\0';
        return 0;
    }
    size_t n = (size_t)wanted;
    if (n < size_bytes) {
        return n;
    }
    n = size_bytes - 1;
    size_t k = n; /* step back over a UTF-8 character that was cut */
    while (k > 0 && ((unsigned char)buf[k - 1] & 0xC0) == 0x80) {
        k--;
    }
    if (k > 0) {
        unsigned char lead = (unsigned char)buf[k - 1];
        size_t need = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (k - 1 + need > n) {
            n = k - 1;
        }
    }
    buf[n] = '\0';
    return n;
}

size_t vg_format(char *buf, size_t size_bytes, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t n = vg_vformat(buf, size_bytes, format, args);
    va_end(args);
    return n;
}

static bool grow(struct vg_buf *self, size_t extra)
{
    if (self->is_failed) {
        return false;
    }
    size_t need = self->n + extra + 1;
    if (need <= self->cap) {
        return true;
    }
    size_t cap = self->cap < 256 ? 256 : self->cap;
    while (cap < need) {
        cap *= 2;
    }
    char *data = realloc(self->data, cap);
    if (data == NULL) {
        self->is_failed = true;
        return false;
    }
    self->data = data;
    self->cap = cap;
    return true;
}

void vg_buf_add(struct vg_buf *self, const void *bytes, size_t n)
{
    if (!grow(self, n)) {
        return;
    }
    if (n > 0) {
        memcpy(self->data + self->n, bytes, n);
    }
    self->n += n;
    self->data[self->n] = '\0';
}

void vg_buf_puts(struct vg_buf *self, const char *text)
{
    vg_buf_add(self, text, strlen(text));
}

void vg_buf_printf(struct vg_buf *self, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n >= 0 && grow(self, (size_t)n)) {
        vsnprintf(self->data + self->n, (size_t)n + 1, format, again);
        self->n += (size_t)n;
    }
    va_end(again);
}

/* Length of the valid UTF-8 character at s, 0 if it is not one. RFC 3629 section 4. */
static size_t utf8_len(const unsigned char *s)
{
    if (s[0] < 0x80) {
        return 1;
    }
    size_t n = s[0] >= 0xC2 && s[0] <= 0xDF   ? 2
               : (s[0] & 0xF0) == 0xE0        ? 3
               : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
                                              : 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F)) {
        return 0;
    }
    return n;
}

void vg_buf_json(struct vg_buf *self, const char *text)
{
    vg_buf_puts(self, "\"");
    const unsigned char *s = (const unsigned char *)text;
    while (*s != '\0') {
        size_t n = utf8_len(s);
        if (n == 0) {
            vg_buf_puts(self, "\xEF\xBF\xBD");
            s++;
        } else if (*s == '"' || *s == '\\') {
            vg_buf_printf(self, "\\%c", *s++);
        } else if (*s < 0x20) {
            vg_buf_printf(self, "\\u%04x", *s++);
        } else {
            vg_buf_add(self, s, n);
            s += n;
        }
    }
    vg_buf_puts(self, "\"");
}

void vg_buf_fixed(struct vg_buf *self, double value, int decimals)
{
    if (isfinite(value)) {
        vg_buf_printf(self, "%.*f", decimals, value);
    } else {
        vg_buf_puts(self, "null");
    }
}

void vg_buf_real(struct vg_buf *self, double value, int digits)
{
    if (isfinite(value)) {
        vg_buf_printf(self, "%.*g", digits, value);
    } else {
        vg_buf_puts(self, "null");
    }
}

void vg_buf_member_fixed(struct vg_buf *self, const char *key, double value, int decimals)
{
    vg_buf_printf(self, ",\"%s\":", key);
    vg_buf_fixed(self, value, decimals);
}

void vg_buf_reset(struct vg_buf *self)
{
    self->n = 0;
    self->is_failed = false;
    if (self->data != NULL) {
        self->data[0] = '\0';
    }
}

void vg_buf_finish(struct vg_buf *self)
{
    free(self->data);
    *self = (struct vg_buf){0};
}

const char *vg_buf_text(const struct vg_buf *self)
{
    return self->data != NULL ? self->data : "";
}

int vg_text_distance(const char *a, const char *b)
{
    enum {
        MAX = 64
    };
    size_t na = strlen(a);
    size_t nb = strlen(b);
    if (na > MAX || nb > MAX) {
        return MAX;
    }
    int row[MAX + 1];
    for (size_t j = 0; j <= nb; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 1; i <= na; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int change = diagonal + (a[i - 1] != b[j - 1]);
            int remove = row[j] + 1;
            int insert = row[j - 1] + 1;
            diagonal = row[j];
            int best = change < remove ? change : remove;
            row[j] = best < insert ? best : insert;
        }
    }
    return row[nb];
}

int vg_text_nearest(const char *word, const char *const *names, int n_names)
{
    int best = -1;
    int best_d = 1000;
    for (int i = 0; i < n_names; i++) {
        int d = vg_text_distance(word, names[i]);
        int limit = (int)strlen(names[i]) / 3 + 1;
        if (d < best_d && d <= limit) {
            best = i;
            best_d = d;
        }
    }
    return best;
}

uint64_t vg_text_hash(const char *text, uint64_t seed)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325) ^ seed;
    for (; *text != '\0'; text++) {
        h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    }
    return h;
}
