#include "io/sendq.h"

#include <string.h>

bool vg_sendq_put(struct vg_sendq *self, const void *data, size_t n)
{
    if (n > VG_SENDQ_BYTES - self->n) {
        return false;
    }
    size_t at = (self->first + self->n) % VG_SENDQ_BYTES;
    size_t head = n < VG_SENDQ_BYTES - at ? n : VG_SENDQ_BYTES - at;
    memcpy(self->bytes + at, data, head);
    memcpy(self->bytes, (const uint8_t *)data + head, n - head);
    self->n += n;
    return true;
}

const uint8_t *vg_sendq_peek(const struct vg_sendq *self, size_t *out_n)
{
    size_t to_end = VG_SENDQ_BYTES - self->first;
    *out_n = self->n < to_end ? self->n : to_end;
    return self->bytes + self->first;
}

void vg_sendq_take(struct vg_sendq *self, size_t n)
{
    self->first = (self->first + n) % VG_SENDQ_BYTES;
    self->n -= n;
}
