#include "traffic/beast.h"

enum {
    ESCAPE = 0x1A,
    HEAD = 7, /* time and signal level */
    TIME_DIGITS = 12,
    LEVEL_DIGITS = 2
};

/* Bytes after the kind; 0: no kind. */
static int body_of(uint8_t kind)
{
    static const int sizes[] = {HEAD + 2, HEAD + 7, HEAD + 14, HEAD + 14};
    return kind >= '1' && kind <= '4' ? sizes[kind - '1'] : 0;
}

static void begin(struct vg_beast *self, uint8_t kind)
{
    if (self->want > 0) {
        self->n_cut++;
    }
    self->n = 0;
    self->want = body_of(kind);
    if (self->want == 0) {
        self->n_skipped += 2;
    }
    self->is_status = kind == '4'; /* as long as a long frame */
}

static void finish(struct vg_beast *self, vg_modes_frame_fn fn, void *ctx)
{
    int n = self->want - HEAD;
    self->want = 0;
    if (n == 2 || self->is_status) {
        self->n_others++;
    } else {
        self->n_frames++;
        fn(ctx, self->body + HEAD, n);
    }
}

static void take_byte(struct vg_beast *self, uint8_t b, vg_modes_frame_fn fn, void *ctx)
{
    if (self->want == 0) {
        self->n_skipped++;
        return;
    }
    self->body[self->n++] = b;
    if (self->n == self->want) {
        finish(self, fn, ctx);
    }
}

void vg_beast_feed(struct vg_beast *self, struct vg_bytes bytes, vg_modes_frame_fn fn, void *ctx)
{
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t b = bytes.data[i];
        if (self->is_escape) {
            self->is_escape = false;
            if (b == ESCAPE) {
                take_byte(self, b, fn, ctx);
            } else {
                begin(self, b);
            }
        } else if (b == ESCAPE) {
            self->is_escape = true;
        } else {
            take_byte(self, b, fn, ctx);
        }
    }
}

/* ---- AVR ---- */

void vg_avr_init(struct vg_avr *self)
{
    *self = (struct vg_avr){.lead = -1};
}

static int lead_of(uint8_t b)
{
    switch (b) {
    case '*':
        return 0;
    case '@':
    case '%':
        return TIME_DIGITS;
    case '<':
        return TIME_DIGITS + LEVEL_DIGITS;
    default:
        return -1;
    }
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

static void end_line(struct vg_avr *self, vg_modes_frame_fn fn, void *ctx)
{
    uint8_t frame[14];
    int n = (self->n - self->lead) / 2;
    bool is_frame = self->n == self->lead + 14 || self->n == self->lead + 28;
    for (int i = 0; i < n && is_frame; i++) {
        const char *at = &self->digits[self->lead + 2 * i];
        frame[i] = (uint8_t)(digit(at[0]) << 4 | digit(at[1]));
    }
    self->lead = -1;
    if (is_frame) {
        self->n_frames++;
        fn(ctx, frame, n);
    } else {
        self->n_bad++;
    }
}

void vg_avr_feed(struct vg_avr *self, struct vg_bytes bytes, vg_modes_frame_fn fn, void *ctx)
{
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t b = bytes.data[i];
        int lead = lead_of(b);
        if (lead >= 0) {
            self->n_bad += self->lead >= 0;
            self->lead = lead;
            self->n = 0;
        } else if (self->lead < 0) {
            self->n_skipped += b != '\r' && b != '\n';
        } else if (b == ';') {
            end_line(self, fn, ctx);
        } else if (digit((char)b) >= 0 && self->n < VG_AVR_DIGITS_MAX) {
            self->digits[self->n++] = (char)b;
        } else {
            self->n_bad++;
            self->lead = -1;
        }
    }
}
