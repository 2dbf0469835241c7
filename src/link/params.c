#include "link/params.h"

#include "base/bytes.h"

#include <math.h>
#include <string.h>

enum {
    RETRIES_MAX = 8,
    HOLES_A_STEP = 4,
    LISTED_A_STEP = 4,
    INDEX_NONE = 65535
};
static const int64_t RETRY_US = 1500000;

static void ask_list(struct vg_params *self)
{
    const struct vg_mav_param_request_list ask = {.target_system = self->pair.their_sysid,
                                                  .target_component = self->pair.their_compid};
    vg_mav_param_request_list_pack(&ask, self->pair.our_sysid, self->pair.our_compid,
                                   vg_outq_add(&self->out));
}

static void ask_one(struct vg_params *self, int i)
{
    const struct vg_mav_param_request_read ask = {.target_system = self->pair.their_sysid,
                                                  .target_component = self->pair.their_compid,
                                                  .param_index = (int16_t)i};
    vg_mav_param_request_read_pack(&ask, self->pair.our_sysid, self->pair.our_compid,
                                   vg_outq_add(&self->out));
}

void vg_params_start(struct vg_params *self, struct vg_mav_pair pair, struct vg_us now)
{
    memset(self, 0, sizeof *self);
    self->state = VG_PARAMS_READING;
    self->pair = pair;
    self->heard = now;
    ask_list(self);
}

/* Where a value belongs: its index, or (sent by name) the place of that name. */
static struct vg_param *place_of(struct vg_params *self, const struct vg_mav_param_value *v)
{
    if (v->param_index < self->n_params) {
        return &self->params[v->param_index];
    }
    for (int i = 0; i < self->n_params; i++) {
        if (strcmp(self->params[i].name, v->param_id) == 0) {
            return &self->params[i];
        }
    }
    return NULL;
}

/* The announced count; a list that changes its length while it is read starts afresh. */
static void take_count(struct vg_params *self, const struct vg_mav_param_value *v)
{
    int n = v->param_count < VG_PARAMS_MAX ? v->param_count : VG_PARAMS_MAX;
    if (v->param_index == INDEX_NONE || n == self->n_params) {
        return;
    }
    memset(self->params, 0, sizeof self->params);
    self->n_known = 0;
    self->n_params = n;
}

void vg_params_feed(struct vg_params *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->id != VG_MAV_ID_PARAM_VALUE || self->state == VG_PARAMS_IDLE ||
        msg->sysid != self->pair.their_sysid || msg->compid != self->pair.their_compid) {
        return;
    }
    struct vg_mav_param_value v;
    vg_mav_param_value_unpack(msg, &v);
    if (v.param_id[0] == 0) {
        return;
    }
    take_count(self, &v);
    struct vg_param *param = place_of(self, &v);
    if (param == NULL) {
        return;
    }
    if (param->name[0] == 0) {
        self->n_known++;
        self->retries = 0;
    }
    memcpy(param->name, v.param_id, sizeof param->name);
    param->type = v.param_type;
    param->raw = v.param_value;
    self->heard = now;
    if (self->state == VG_PARAMS_READING && self->n_known == self->n_params) {
        self->state = VG_PARAMS_DONE;
    }
}

/* Ask for the next few holes, going round. */
static void ask_holes(struct vg_params *self)
{
    int asked = 0;
    for (int i = 0; i < self->n_params && asked < HOLES_A_STEP; i++) {
        self->asked_i = (self->asked_i + 1) % self->n_params;
        if (self->params[self->asked_i].name[0] == 0) {
            ask_one(self, self->asked_i);
            asked++;
        }
    }
}

void vg_params_step(struct vg_params *self, struct vg_us now)
{
    if (self->state != VG_PARAMS_READING || now.us - self->heard.us < RETRY_US) {
        return;
    }
    if (self->retries >= RETRIES_MAX) {
        self->state = VG_PARAMS_FAILED;
        return;
    }
    self->retries++;
    self->heard = now;
    if (self->n_params == 0) {
        ask_list(self);
    } else {
        ask_holes(self);
    }
}

bool vg_params_next_out(struct vg_params *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out);
}

const struct vg_param *vg_params_find(const struct vg_params *self, const char *name)
{
    for (int i = 0; i < self->n_params && name[0] != 0; i++) {
        if (strcmp(self->params[i].name, name) == 0) {
            return &self->params[i];
        }
    }
    return NULL;
}

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
