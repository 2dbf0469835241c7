/* Sentences: checksum, parts, six-bit characters. */
#include "traffic/ais.h"

#include <stdlib.h>

static const double JOIN_S = 10;

struct sentence {
    int n_parts;
    int part;
    char message;
    char channel;
    const char *payload;
    size_t n;
    int fill;
};

/* The two digits after * are the exclusive or of all between ! and *. */
static bool is_checked(const char *text, size_t n)
{
    unsigned sum = 0;
    size_t i = 1;
    while (i < n && text[i] != '*') {
        sum ^= (unsigned char)text[i++];
    }
    char *end;
    if (i + 3 > n) {
        return false;
    }
    char digits[3] = {text[i + 1], text[i + 2], '\0'};
    return strtoul(digits, &end, 16) == sum && *end == '\0';
}

/* One digit; 0 for an empty field. -1: something else. */
static int one_digit(const char *at, const char *comma)
{
    return comma == at ? 0 : comma == at + 1 && at[0] >= '0' && at[0] <= '9' ? at[0] - '0' : -1;
}

static bool split(char *text, struct sentence *out)
{
    const char *field[6];
    const char *end[6];
    const char *at = text + 7;
    for (int i = 0; i < 6; i++) {
        const char *stop = strchr(at, i < 5 ? ',' : '*');
        if (stop == NULL) {
            return false;
        }
        field[i] = at;
        end[i] = stop;
        at = stop + 1;
    }
    out->n_parts = one_digit(field[0], end[0]);
    out->part = one_digit(field[1], end[1]);
    out->message = end[2] > field[2] ? field[2][0] : ' ';
    out->channel = end[3] > field[3] ? field[3][0] : ' ';
    out->payload = field[4];
    out->n = (size_t)(end[4] - field[4]);
    out->fill = one_digit(field[5], end[5]);
    return out->n_parts >= 1 && out->n_parts <= VG_AIS_PARTS && out->part >= 1 &&
           out->part <= out->n_parts && out->fill >= 0 && out->fill <= 5;
}

/* Six bits a character: '0' to 'W' are 0 to 39, '`' to 'w' are 40 to 63. */
static bool append(struct vg_ais_bits *bits, const struct sentence *s)
{
    for (size_t i = 0; i < s->n; i++) {
        int c = s->payload[i];
        bool is_code = (c >= '0' && c <= 'W') || (c >= '`' && c <= 'w');
        if (!is_code || bits->n + 6 > 8 * VG_AIS_BYTES) {
            return false;
        }
        int v = c - '0' - (c >= '`' ? 8 : 0);
        for (int k = 5; k >= 0; k--, bits->n++) {
            uint8_t mask = (uint8_t)(0x80 >> bits->n % 8);
            uint8_t *byte = &bits->data[bits->n / 8];
            *byte = (uint8_t)(v >> k & 1 ? *byte | mask : *byte & ~mask);
        }
    }
    bits->n -= s->fill < bits->n ? s->fill : bits->n;
    return true;
}

/* The message that this part goes on with; a first part takes a free place or the oldest. */
static struct vg_ais_pending *find_pending(struct vg_ais *self, const struct sentence *s,
                                           struct vg_us now)
{
    struct vg_ais_pending *oldest = &self->pending[0];
    for (int i = 0; i < VG_AIS_PENDING; i++) {
        struct vg_ais_pending *p = &self->pending[i];
        bool is_it =
            p->n_parts == s->n_parts && p->message == s->message && p->channel == s->channel;
        if (p->n_parts > 0 && vg_us_to_s(vg_us_sub(now, p->begun)) > JOIN_S) {
            p->n_parts = 0;
            self->n_bad++;
        } else if (p->n_parts > 0 && is_it) {
            return p;
        }
        bool is_better = p->n_parts == 0 || p->begun.us < oldest->begun.us;
        oldest = oldest->n_parts > 0 && is_better ? p : oldest;
    }
    if (s->part != 1) {
        return NULL;
    }
    self->n_bad += oldest->n_parts > 0;
    oldest->n_parts = 0;
    return oldest;
}

static void finish(struct vg_ais *self, const struct vg_ais_bits *bits, vg_sighting_fn fn,
                   void *ctx)
{
    struct vg_sighting s;
    self->n_messages++;
    if (vg_ais_decode(bits, &s)) {
        fn(ctx, &s);
    } else {
        self->n_others++;
    }
}

static bool take_part(struct vg_ais *self, const struct sentence *s, struct vg_us now,
                      vg_sighting_fn fn, void *ctx)
{
    struct vg_ais_pending *p = find_pending(self, s, now);
    if (p == NULL) {
        return false;
    }
    if (s->part == 1) {
        *p = (struct vg_ais_pending){.begun = now,
                                     .n_parts = s->n_parts,
                                     .next = 1,
                                     .message = s->message,
                                     .channel = s->channel};
    }
    if (s->part != p->next || !append(&p->bits, s)) {
        p->n_parts = 0;
        return false;
    }
    p->next++;
    if (p->next > p->n_parts) {
        p->n_parts = 0;
        finish(self, &p->bits, fn, ctx);
    }
    return true;
}

/* What a line's callback needs. */
struct take {
    struct vg_ais *self;
    struct vg_us now;
    vg_sighting_fn fn;
    void *ctx;
};

static void take_line(void *ctx, char *text, size_t n)
{
    struct take *t = ctx;
    struct sentence s;
    struct vg_ais_bits bits = {.n = 0};
    /* Before the sentence there may be a tag block, \...\, or a receiver's time. */
    char *bang = strchr(text, '!');
    if (bang == NULL || strlen(bang) < 8 ||
        (strncmp(bang + 3, "VDM,", 4) != 0 && strncmp(bang + 3, "VDO,", 4) != 0)) {
        t->self->n_passed++;
        return;
    }
    bool is_good = is_checked(bang, n - (size_t)(bang - text)) && split(bang, &s);
    if (is_good && s.n_parts == 1) {
        is_good = append(&bits, &s);
        if (is_good) {
            finish(t->self, &bits, t->fn, t->ctx);
        }
    } else if (is_good) {
        is_good = take_part(t->self, &s, t->now, t->fn, t->ctx);
    }
    t->self->n_bad += !is_good;
}

void vg_ais_feed(struct vg_ais *self, struct vg_bytes bytes, struct vg_us now, vg_sighting_fn fn,
                 void *ctx)
{
    struct take t = {self, now, fn, ctx};
    vg_lines_feed(&self->lines, bytes, take_line, &t);
}

void vg_ais_flush(struct vg_ais *self, struct vg_us now, vg_sighting_fn fn, void *ctx)
{
    struct take t = {self, now, fn, ctx};
    vg_lines_flush(&self->lines, take_line, &t);
}
