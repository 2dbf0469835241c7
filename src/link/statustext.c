#include "link/statustext.h"

#include <string.h>

static const int64_t PATIENCE_US = 2000000;
static const int64_t REMEMBER_US = 10000000;

/* The length of the UTF-8 character at p, 0 if there is none (RFC 3629). */
static size_t utf8_length(const unsigned char *p)
{
    size_t n = p[0] < 0x80                   ? 1
               : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
               : (p[0] & 0xf0) == 0xe0       ? 3
               : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                             : 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool is_bad = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
                  (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f);
    return is_bad ? 0 : n;
}

/* Texts go to people's screens: control characters become spaces, bytes that are not UTF-8 "?". */
static void clean(char *text)
{
    unsigned char *p = (unsigned char *)text;
    while (*p != 0) {
        size_t n = utf8_length(p);
        if (n == 0) {
            *p = '?';
            n = 1;
        } else if (*p < 0x20 || *p == 0x7f) {
            *p = ' ';
        }
        p += n;
    }
}

static void add_piece(char text[VG_STATUSTEXT_SIZE], const char *piece)
{
    size_t at = strlen(text);
    size_t n = strnlen(piece, VG_STATUSTEXT_SIZE - 1 - at);
    memcpy(text + at, piece, n);
    text[at + n] = '\0';
}

static void finish(struct vg_statustexts *self, struct vg_statustext_open *o, struct vg_us now,
                   struct vg_statustext *out)
{
    *out = (struct vg_statustext){.t = o->first, .severity = o->severity, .compid = o->compid};
    uint32_t left = o->has;
    for (int i = 0; i < VG_STATUSTEXT_CHUNKS && left != 0; i++) {
        bool is_there = (o->has >> i & 1) != 0;
        bool was_there = i == 0 || (o->has >> (i - 1) & 1) != 0;
        if (is_there) {
            add_piece(out->text, o->chunks[i]);
        } else if (was_there) {
            add_piece(out->text, "..."); /* once for any number */
        }
        left &= ~(1u << i);
    }
    clean(out->text);
    int k = self->next_ended;
    self->next_ended = (k + 1) % VG_STATUSTEXT_ENDED;
    self->ended[k].id = o->id;
    self->ended[k].compid = o->compid;
    self->ended[k].t = now;
    o->id = 0;
}

static bool has_ended(const struct vg_statustexts *self, uint16_t id, uint8_t compid,
                      struct vg_us now)
{
    for (int k = 0; k < VG_STATUSTEXT_ENDED; k++) {
        if (self->ended[k].id == id && self->ended[k].compid == compid &&
            vg_us_sub(now, self->ended[k].t).us < REMEMBER_US) {
            return true;
        }
    }
    return false;
}

/* Its place: where its other chunks are, a free one, or that of the text that waited longest. */
static struct vg_statustext_open *place_of(struct vg_statustexts *self, uint16_t id, uint8_t compid)
{
    struct vg_statustext_open *best = &self->open[0];
    for (int k = 0; k < VG_STATUSTEXT_OPEN; k++) {
        struct vg_statustext_open *o = &self->open[k];
        if (o->id == id && o->compid == compid) {
            return o;
        }
        if (best->id != 0 && (o->id == 0 || o->last.us < best->last.us)) {
            best = o;
        }
    }
    return best;
}

static void add_chunk(struct vg_statustext_open *o, const struct vg_mav_statustext *m)
{
    int k = m->chunk_seq;
    size_t n = strlen(m->text);
    if (k >= VG_STATUSTEXT_CHUNKS) { /* beyond what is kept: only its end matters */
        o->n_chunks = n < VG_STATUSTEXT_CHUNK ? VG_STATUSTEXT_CHUNKS : o->n_chunks;
        return;
    }
    memcpy(o->chunks[k], m->text, n + 1);
    o->has |= 1u << k;
    if (n < VG_STATUSTEXT_CHUNK) {
        o->n_chunks = k + 1;
    }
}

static bool is_whole(const struct vg_statustext_open *o)
{
    return o->n_chunks > 0 && o->has == (1u << o->n_chunks) - 1;
}

bool vg_statustexts_feed(struct vg_statustexts *self, const struct vg_mav_msg *msg,
                         struct vg_us now, struct vg_statustext *out)
{
    struct vg_mav_statustext m;
    vg_mav_statustext_unpack(msg, &m);
    if (m.id == 0) {
        *out = (struct vg_statustext){.t = now, .severity = m.severity, .compid = msg->compid};
        add_piece(out->text, m.text);
        clean(out->text);
        return true;
    }
    if (has_ended(self, m.id, msg->compid, now)) {
        return false;
    }
    struct vg_statustext_open *o = place_of(self, m.id, msg->compid);
    bool is_new = o->id != m.id || o->compid != msg->compid;
    bool makes_room = is_new && o->id != 0;
    if (makes_room) {
        finish(self, o, now, out);
    }
    if (is_new) {
        *o = (struct vg_statustext_open){
            .id = m.id, .compid = msg->compid, .severity = m.severity, .first = now};
    }
    o->last = now;
    add_chunk(o, &m);
    if (is_whole(o) && !makes_room) {
        finish(self, o, now, out);
        return true;
    }
    return makes_room; /* a new text that is whole at once then waits for the time to run out */
}

bool vg_statustexts_expire(struct vg_statustexts *self, struct vg_us now, struct vg_statustext *out)
{
    for (int k = 0; k < VG_STATUSTEXT_OPEN; k++) {
        struct vg_statustext_open *o = &self->open[k];
        if (o->id != 0 && vg_us_sub(now, o->last).us >= PATIENCE_US) {
            finish(self, o, now, out);
            return true;
        }
    }
    return false;
}
