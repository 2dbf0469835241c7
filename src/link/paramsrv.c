/* The drone's half of params.h: list, read, set. */
#include "link/params.h"

#include <math.h>
#include <string.h>

enum {
    LISTED_A_STEP = 4
};

void vg_paramsrv_init(struct vg_paramsrv *self, uint8_t sysid, uint8_t compid)
{
    memset(self, 0, sizeof *self);
    self->sysid = sysid;
    self->compid = compid;
}

bool vg_paramsrv_add(struct vg_paramsrv *self, const char *name, uint8_t type, float value)
{
    size_t n = strlen(name);
    if (self->n_params == VG_PARAMSRV_MAX || n == 0 || n > VG_PARAM_NAME_MAX) {
        return false;
    }
    struct vg_param *param = &self->params[self->n_params++];
    memset(param, 0, sizeof *param);
    memcpy(param->name, name, n);
    param->type = type;
    param->raw = value;
    param->value = (double)value;
    self->next_listed = self->n_params;
    return true;
}

static void tell(struct vg_paramsrv *self, int i)
{
    struct vg_mav_param_value v = {.param_count = (uint16_t)self->n_params,
                                   .param_index = (uint16_t)i,
                                   .param_type = self->params[i].type,
                                   .param_value = self->params[i].raw};
    memcpy(v.param_id, self->params[i].name, sizeof v.param_id);
    vg_mav_param_value_pack(&v, self->sysid, self->compid, vg_outq_add(&self->out));
}

static int find_served(const struct vg_paramsrv *self, const char *name)
{
    for (int i = 0; i < self->n_params; i++) {
        if (strcmp(self->params[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_ours(const struct vg_paramsrv *self, uint8_t system, uint8_t component)
{
    return (system == self->sysid || system == 0) && (component == self->compid || component == 0);
}

static void serve_read(struct vg_paramsrv *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_param_request_read ask;
    vg_mav_param_request_read_unpack(msg, &ask);
    int i = ask.param_index >= 0 ? ask.param_index : find_served(self, ask.param_id);
    if (is_ours(self, ask.target_system, ask.target_component) && i >= 0 && i < self->n_params) {
        tell(self, i);
    }
}

static bool serve_set(struct vg_paramsrv *self, const struct vg_mav_msg *msg)
{
    struct vg_mav_param_set set;
    vg_mav_param_set_unpack(msg, &set);
    int i = find_served(self, set.param_id);
    if (!is_ours(self, set.target_system, set.target_component) || i < 0) {
        return false;
    }
    bool is_changed = isfinite(set.param_value) && self->params[i].raw != set.param_value;
    if (is_changed) {
        self->params[i].raw = set.param_value;
        self->params[i].value = (double)set.param_value;
    }
    tell(self, i);
    return is_changed;
}

bool vg_paramsrv_feed(struct vg_paramsrv *self, const struct vg_mav_msg *msg)
{
    if (msg->id == VG_MAV_ID_PARAM_REQUEST_LIST) {
        struct vg_mav_param_request_list ask;
        vg_mav_param_request_list_unpack(msg, &ask);
        if (is_ours(self, ask.target_system, ask.target_component)) {
            self->next_listed = 0;
        }
        return false;
    }
    if (msg->id == VG_MAV_ID_PARAM_REQUEST_READ) {
        serve_read(self, msg);
        return false;
    }
    return msg->id == VG_MAV_ID_PARAM_SET && serve_set(self, msg);
}

void vg_paramsrv_step(struct vg_paramsrv *self)
{
    for (int i = 0; i < LISTED_A_STEP && self->next_listed < self->n_params; i++) {
        tell(self, self->next_listed++);
    }
}

bool vg_paramsrv_next_out(struct vg_paramsrv *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}
