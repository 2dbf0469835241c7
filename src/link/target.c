#include "link/target.h"

#include "link/targets.def"

#include <stddef.h>

static const struct {
    uint32_t id;
    int sysid_at;
    int compid_at;
} TARGETS[] = {
#define X(id, system, component) {id, system, component},
    VG_MAV_TARGETS(X)
#undef X
};

void vg_mav_target(const struct vg_mav_msg *msg, uint8_t *out_sysid, uint8_t *out_compid)
{
    size_t lo = 0;
    size_t hi = sizeof TARGETS / sizeof TARGETS[0];
    *out_sysid = 0;
    *out_compid = 0;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (TARGETS[mid].id < msg->id) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo < sizeof TARGETS / sizeof TARGETS[0] && TARGETS[lo].id == msg->id) {
        *out_sysid = msg->payload[TARGETS[lo].sysid_at];
        *out_compid = TARGETS[lo].compid_at >= 0 ? msg->payload[TARGETS[lo].compid_at] : 0;
    }
}

void vg_heard_note(struct vg_heard *self, const struct vg_mav_msg *msg)
{
    for (int i = 0; i < self->n; i++) {
        if (self->who[i].sysid == msg->sysid && self->who[i].compid == msg->compid) {
            return;
        }
    }
    if (self->n < VG_HEARD_MAX) {
        self->who[self->n].sysid = msg->sysid;
        self->who[self->n].compid = msg->compid;
        self->n++;
    }
}

bool vg_heard_is_for(const struct vg_heard *self, const struct vg_mav_msg *msg)
{
    uint8_t sysid;
    uint8_t compid;
    vg_mav_target(msg, &sysid, &compid);
    for (int i = 0; i < self->n && sysid != 0; i++) {
        if (self->who[i].sysid == sysid && (compid == 0 || self->who[i].compid == compid)) {
            return true;
        }
    }
    return sysid == 0;
}
