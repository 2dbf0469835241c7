#include "link/outq.h"

struct vg_mav_msg *vg_outq_add(struct vg_outq *self)
{
    if (self->n == VG_OUTQ_MAX) {
        self->first = (self->first + 1) % VG_OUTQ_MAX;
        self->n--;
        self->n_dropped++;
    }
    int slot = (self->first + self->n) % VG_OUTQ_MAX;
    self->n++;
    return &self->msgs[slot];
}

bool vg_outq_take(struct vg_outq *self, struct vg_mav_msg *out)
{
    if (self->n == 0) {
        return false;
    }
    *out = self->msgs[self->first];
    self->first = (self->first + 1) % VG_OUTQ_MAX;
    self->n--;
    return true;
}
