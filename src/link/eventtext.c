/* The text of one event: its template with arguments filled in, tags taken out. */
#include "base/text.h"
#include "link/eventwords_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MAX = 8, /* tags within tags */
    FORMAT_MAX = 32, /* of what stands in braces */
    DECIMALS_MAX = 20
};

struct writing {
    const struct vg_event_entry_words *words;
    const uint8_t *arguments;
    const char *profile;
    struct vg_buf out;
};

/* ---- arguments ---- */

static uint64_t bits_of(const uint8_t *data, int n)
{
    uint64_t v = 0;
    for (int i = n - 1; i >= 0; i--) {
        v = v << 8 | data[i];
    }
    return v;
}

static const char *entry_text(const struct vg_event_enum *e, uint64_t value)
{
    for (int i = 0; i < e->n_entries; i++) {
        if (e->entries[i].value == value) {
            return e->entries[i].text;
        }
    }
    return NULL;
}

static void put_word(struct writing *self, const struct vg_event_enum *e, uint64_t value)
{
    const char *text = entry_text(e, value);
    if (text != NULL) {
        vg_buf_puts(&self->out, text);
    } else {
        vg_buf_printf(&self->out, "(unknown: %llu)", (unsigned long long)value);
    }
}

static void put_words(struct writing *self, const struct vg_event_enum *e, uint64_t value)
{
    bool is_first = true;
    if (!e->is_bitfield) {
        put_word(self, e, value);
        return;
    }
    for (int k = 0; k < 8 * vg_event_type_size(e->type); k++) {
        if ((value >> k & 1) != 0) {
            vg_buf_puts(&self->out, is_first ? "" : e->separator);
            put_word(self, e, UINT64_C(1) << k);
            is_first = false;
        }
    }
}

static void put_number(struct writing *self, enum vg_event_type type, uint64_t bits, int decimals)
{
    int size = vg_event_type_size(type);
    if (type == VG_EVENT_FLOAT) {
        float value;
        uint32_t low = (uint32_t)bits;
        memcpy(&value, &low, sizeof value);
        if (decimals >= 0) {
            vg_buf_printf(&self->out, "%.*f", decimals, (double)value);
        } else {
            vg_buf_printf(&self->out, "%g", (double)value);
        }
        return;
    }
    bool is_signed =
        type == VG_EVENT_I8 || type == VG_EVENT_I16 || type == VG_EVENT_I32 || type == VG_EVENT_I64;
    bool is_negative = is_signed && (bits >> (8 * size - 1) & 1) != 0;
    uint64_t mask = size < 8 ? (UINT64_C(1) << (8 * size)) - 1 : UINT64_MAX;
    vg_buf_printf(&self->out, "%s%llu", is_negative ? "-" : "",
                  (unsigned long long)(is_negative ? (0 - bits) & mask : bits));
}

static void put_value(struct writing *self, int i, int decimals, const char *unit)
{
    const struct vg_event_argument *a = &self->words->arguments[i];
    int size = vg_event_type_size(a->type);
    int at = 0;
    bool is_known = size > 0;
    for (int k = 0; k < i; k++) {
        int before = vg_event_type_size(self->words->arguments[k].type);
        is_known &= before > 0; /* else nobody knows where this one lies */
        at += before;
    }
    if (!is_known || at + size > VG_MAVEVENT_ARGUMENTS) {
        vg_buf_puts(&self->out, "(unknown)");
        return;
    }
    uint64_t bits = bits_of(self->arguments + at, size);
    if (a->words != NULL) {
        put_words(self, a->words, bits);
        return;
    }
    put_number(self, a->type, bits, decimals);
    if (*unit != '\0') { /* m_v: metres too, upwards */
        vg_buf_printf(&self->out, " %s", strcmp(unit, "m_v") == 0 ? "m" : unit);
    }
}

/* {N}, {N:.DECIMALS}, {N:.DECIMALSunit}: what follows it, or NULL when it is none. */
static const char *put_argument(struct writing *self, const char *p, const char *end)
{
    char format[FORMAT_MAX];
    const char *close = memchr(p, '}', (size_t)(end - p));
    if (close == NULL || close - p - 1 >= FORMAT_MAX) {
        return NULL;
    }
    vg_format(format, sizeof format, "%.*s", (int)(close - p - 1), p + 1);
    char *rest;
    long i = strtol(format, &rest, 10);
    if (rest == format || i < 1 || i > self->words->n_arguments) {
        return NULL;
    }
    long decimals = -1;
    if (rest[0] == ':') {
        rest++;
    }
    if (rest[0] == '.') {
        decimals = strtol(rest + 1, &rest, 10);
        decimals = decimals < 0 ? 0 : decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
    }
    put_value(self, (int)i - 1, (int)decimals, rest);
    return close + 1;
}

/* ---- tags ---- */

/* The first of `chars` that no backslash stands before. */
static const char *find(const char *p, const char *end, const char *chars)
{
    for (; p < end; p++) {
        if (*p == '\\') {
            p++;
        } else if (strchr(chars, *p) != NULL && *p != '\0') {
            return p;
        }
    }
    return NULL;
}

/* name="NAME" or name="!NAME" of a <profile>: is what it holds for us? Without a name it is. */
static bool is_for_us(const struct writing *self, const char *p, const char *end)
{
    static const char key[] = "name=\"";
    size_t n_key = sizeof key - 1;
    const char *close = NULL;
    if ((size_t)(end - p) > n_key && memcmp(p, key, n_key) == 0) {
        p += n_key;
        close = find(p, end, "\"");
    }
    if (close == NULL || close == p) {
        return true;
    }
    bool is_not = *p == '!';
    p += is_not;
    size_t n = (size_t)(close - p);
    bool is_ours = strlen(self->profile) == n && memcmp(self->profile, p, n) == 0;
    return is_ours != is_not;
}

static void put_template(struct writing *self, const char *p, const char *end, int depth);

/* <tag ...>content</tag>: what follows it, or NULL when it is none. Unknown tags are left out with
 * what they hold; the address of a link too: a page of the station opens nothing outside. */
static const char *put_tag(struct writing *self, const char *p, const char *end, int depth)
{
    char closing[FORMAT_MAX];
    const char *name_end = find(p, end, "> ");
    const char *open_end = find(p, end, ">");
    if (name_end == NULL || open_end == NULL || name_end - p + 3 > FORMAT_MAX) {
        return NULL;
    }
    int n_name = (int)(name_end - p - 1);
    size_t n = vg_format(closing, sizeof closing, "</%.*s>", n_name, p + 1);
    const char *content = open_end + 1;
    const char *close = memmem(content, (size_t)(end - content), closing, n);
    if (close == NULL) {
        return NULL;
    }
    if (strcmp(closing, "</param>") == 0 || strcmp(closing, "</a>") == 0) {
        vg_buf_add(&self->out, content, (size_t)(close - content));
    } else if (strcmp(closing, "</profile>") == 0 &&
               (*name_end == '>' || is_for_us(self, name_end + 1, open_end))) {
        put_template(self, content, close, depth + 1);
    }
    return close + n;
}

static void put_template(struct writing *self, const char *p, const char *end, int depth)
{
    while (p < end && self->out.n < 2 * VG_EVENT_TEXT_SIZE) {
        const char *next = NULL;
        if (*p == '\\' && p + 1 < end) {
            p++;
        } else if (*p == '<' && depth < DEPTH_MAX) {
            next = put_tag(self, p, end, depth);
        } else if (*p == '{') {
            next = put_argument(self, p, end);
        }
        if (next == NULL) {
            vg_buf_add(&self->out, p, 1);
            next = p + 1;
        }
        p = next;
    }
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void take_out(struct vg_buf *b, char out[VG_EVENT_TEXT_SIZE])
{
    const char *p = vg_buf_text(b);
    size_t n = b->n;
    while (n > 0 && is_space(p[n - 1])) {
        n--;
    }
    for (; n > 0 && is_space(*p); p++) {
        n--;
    }
    vg_format(out, VG_EVENT_TEXT_SIZE, "%.*s", (int)n, p);
    for (char *c = out; *c != '\0'; c++) { /* it is shown on terminals */
        *c = ((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f ? ' ' : *c;
    }
}

static bool put_text(const struct vg_event_words *self, const struct vg_mavevent *event,
                     bool wants_more, const char *profile, char out[VG_EVENT_TEXT_SIZE])
{
    const struct vg_event_entry_words *e = vg_event_find(self, event->id);
    out[0] = '\0';
    if (e == NULL) {
        return false;
    }
    struct writing w = {
        .words = e, .arguments = event->arguments, .profile = profile != NULL ? profile : "normal"};
    const char *text = wants_more ? e->description : e->message;
    put_template(&w, text, text + strlen(text), 0);
    take_out(&w.out, out);
    vg_buf_finish(&w.out);
    return true;
}

bool vg_event_words_text(const struct vg_event_words *self, const struct vg_mavevent *event,
                         const char *profile, char out[VG_EVENT_TEXT_SIZE])
{
    return put_text(self, event, false, profile, out);
}

bool vg_event_words_more(const struct vg_event_words *self, const struct vg_mavevent *event,
                         const char *profile, char out[VG_EVENT_TEXT_SIZE])
{
    return put_text(self, event, true, profile, out);
}
