/* One parameter written, until the drone tells the new value. */
#include "link/params_priv.h"

#include "link/allow.h"

#include <math.h>
#include <string.h>

enum {
    TRIES_MAX = 8
};
static const int64_t RETRY_US = 1500000;

static void send_write(struct vg_params *self, struct vg_us now)
{
    struct vg_mav_param_set set = {
        .target_system = self->pair.their_sysid,
        .target_component = self->pair.their_compid,
        .param_type = self->write.type,
        .param_value = vg_param_raw(self->write.value, self->write.type, self->is_bytewise)};
    memcpy(set.param_id, self->write.name, sizeof set.param_id);
    self->write.tries++;
    self->write.sent = now;
    vg_mav_param_set_pack(&set, self->pair.our_sysid, self->pair.our_compid,
                          vg_outq_add(&self->out));
}

enum vg_status vg_params_write(struct vg_params *self, struct vg_mav_pair pair, const char *name,
                               double value, struct vg_us now, struct vg_error *err)
{
    if (!vg_allow_param(name)) {
        return vg_fail(err, VG_E_INVALID, "parameter \"%s\" may not be written", name);
    }
    if (!isfinite(value)) {
        return vg_fail(err, VG_E_INVALID, "parameter \"%s\" takes a number", name);
    }
    if (self->write.state == VG_PARAM_WRITING) {
        return vg_fail(err, VG_E_FULL, "parameter \"%s\" is still being written", self->write.name);
    }
    const struct vg_param *known = vg_params_find(self, name);
    self->pair = pair;
    memset(&self->write, 0, sizeof self->write);
    self->write.state = VG_PARAM_WRITING;
    self->write.type = known != NULL ? known->type : VG_MAV_PARAM_TYPE_REAL32;
    self->write.value = value;
    memcpy(self->write.name, name, strlen(name));
    send_write(self, now);
    return VG_OK;
}

/* A value that is not the wanted one may be an older answer on its way: it ends nothing, but is
 * kept for the case that no other comes. */
void vg_params_take_written(struct vg_params *self, const struct vg_mav_param_value *v)
{
    struct vg_param told;
    if (self->write.state != VG_PARAM_WRITING || strcmp(self->write.name, v->param_id) != 0) {
        return;
    }
    vg_param_take(&told, v, self->is_bytewise);
    bool is_same = fabs(told.value - self->write.value) <= 1e-6 * fabs(self->write.value);
    self->write.has_kept = !is_same;
    self->write.kept = told.value;
    if (is_same) {
        self->write.state = VG_PARAM_WRITTEN;
    }
}

void vg_params_step_write(struct vg_params *self, struct vg_us now)
{
    if (self->write.state != VG_PARAM_WRITING || now.us - self->write.sent.us < RETRY_US) {
        return;
    }
    if (self->write.tries >= TRIES_MAX) {
        self->write.state = VG_PARAM_WRITE_FAILED;
    } else {
        send_write(self, now);
    }
}
