/* Parameters by name, one written at a time, and how numbers lie on the wire. */
#include "link/params_priv.h"

#include "base/bytes.h"
#include "link/allow.h"

#include <math.h>
#include <string.h>

enum {
    TRIES_MAX = 8,
    ASKED_A_STEP = 4
};
static const int64_t RETRY_US = 1500000;

double vg_param_value(const struct vg_param *param, bool is_bytewise)
{
    if (!is_bytewise) {
        return (double)param->raw;
    }
    uint8_t b[4];
    vg_put_lef32(b, param->raw);
    switch (param->type) {
    case VG_MAV_PARAM_TYPE_UINT8:
        return b[0];
    case VG_MAV_PARAM_TYPE_INT8:
        return (int8_t)b[0];
    case VG_MAV_PARAM_TYPE_UINT16:
        return vg_le16(b);
    case VG_MAV_PARAM_TYPE_INT16:
        return (int16_t)vg_le16(b);
    case VG_MAV_PARAM_TYPE_UINT32:
        return vg_le32(b);
    case VG_MAV_PARAM_TYPE_INT32:
        return (int32_t)vg_le32(b);
    default:
        return (double)param->raw;
    }
}

float vg_param_raw(double value, uint8_t type, bool is_bytewise)
{
    if (!is_bytewise || type == VG_MAV_PARAM_TYPE_REAL32 || type == VG_MAV_PARAM_TYPE_REAL64) {
        return (float)value;
    }
    uint8_t b[4];
    vg_put_le32(b, (uint32_t)(int64_t)value);
    return vg_lef32(b);
}

enum vg_status vg_params_ask(struct vg_params *self, struct vg_mav_pair pair, const char *name,
                             struct vg_us now, struct vg_error *err)
{
    size_t n = strlen(name);
    if (n == 0 || n > VG_PARAM_NAME_MAX) {
        return vg_fail(err, VG_E_INVALID, "no parameter can be called \"%s\"", name);
    }
    for (int i = 0; i < self->n_named; i++) {
        if (strcmp(self->named[i].param.name, name) == 0) {
            return VG_OK;
        }
    }
    if (self->n_named == VG_PARAMS_NAMED_MAX) {
        return vg_fail(err, VG_E_FULL, "%d parameters are asked for already", self->n_named);
    }
    self->pair = pair;
    struct vg_param_named *a = &self->named[self->n_named++];
    *a = (struct vg_param_named){.sent = vg_us(now.us - RETRY_US)}; /* the next step asks */
    memcpy(a->param.name, name, n);
    return VG_OK;
}

static void send_read(struct vg_params *self, struct vg_param_named *a, struct vg_us now)
{
    struct vg_mav_param_request_read ask = {.target_system = self->pair.their_sysid,
                                            .target_component = self->pair.their_compid,
                                            .param_index = -1};
    memcpy(ask.param_id, a->param.name, sizeof ask.param_id);
    a->tries++;
    a->sent = now;
    vg_mav_param_request_read_pack(&ask, self->pair.our_sysid, self->pair.our_compid,
                                   vg_outq_add(&self->out));
}

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
static void take_written(struct vg_params *self, const struct vg_mav_param_value *v)
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

void vg_params_take_asked(struct vg_params *self, const struct vg_mav_param_value *v)
{
    for (int i = 0; i < self->n_named; i++) {
        if (strcmp(self->named[i].param.name, v->param_id) == 0) {
            vg_param_take(&self->named[i].param, v, self->is_bytewise);
            self->named[i].is_known = true;
            self->named[i].is_silent = false;
        }
    }
    take_written(self, v);
}

void vg_params_step_asked(struct vg_params *self, struct vg_us now)
{
    int asked = 0;
    for (int i = 0; i < self->n_named && asked < ASKED_A_STEP; i++) {
        struct vg_param_named *a = &self->named[i];
        if (a->is_known || a->is_silent || now.us - a->sent.us < RETRY_US) {
            continue;
        }
        if (a->tries >= TRIES_MAX) {
            a->is_silent = true;
        } else {
            send_read(self, a, now);
            asked++;
        }
    }
    if (self->write.state != VG_PARAM_WRITING || now.us - self->write.sent.us < RETRY_US) {
        return;
    }
    if (self->write.tries >= TRIES_MAX) {
        self->write.state = VG_PARAM_WRITE_FAILED;
    } else {
        send_write(self, now);
    }
}
