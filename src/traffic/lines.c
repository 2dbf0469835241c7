#include "traffic/lines.h"

void vg_lines_flush(struct vg_lines *self, vg_line_fn fn, void *ctx)
{
    size_t n = self->n;
    self->text[n] = '\0';
    self->n = 0;
    if (self->is_too_long) {
        self->is_too_long = false;
        self->n_too_long++;
    } else if (n > 0) {
        fn(ctx, self->text, n);
    }
}

void vg_lines_feed(struct vg_lines *self, struct vg_bytes bytes, vg_line_fn fn, void *ctx)
{
    for (size_t i = 0; i < bytes.n; i++) {
        char c = (char)bytes.data[i];
        if (c == '\n' || c == '\r' || c == '\0') {
            vg_lines_flush(self, fn, ctx);
        } else if (self->n < VG_LINE_MAX) {
            self->text[self->n++] = c;
        } else {
            self->is_too_long = true;
        }
    }
}
