/* All parameters: the packed file, else the list. Writing: paramwrite.c. */
#include "link/params_priv.h"

#include "base/bytes.h"

#include <string.h>

enum {
    RETRIES_MAX = 8,
    HOLES_A_STEP = 4,
    PACK_TRIES = 6, /* then the list is tried: some drones announce MAVFTP and do not answer */
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

static void forget(struct vg_params *self)
{
    memset(self->params, 0, sizeof self->params);
    self->n_known = 0;
    self->n_params = 0;
    self->retries = 0;
    self->is_from_pack = false;
}

static void start_list(struct vg_params *self, struct vg_us now)
{
    forget(self);
    self->state = VG_PARAMS_READING;
    self->heard = now;
    ask_list(self);
}

void vg_params_start(struct vg_params *self, struct vg_mav_pair pair, struct vg_us now)
{
    vg_params_read(self, pair, 0, now);
}

/* ---- the packed file ---- */

static void take_piece(void *ctx, uint32_t offset, struct vg_bytes data)
{
    struct vg_params *self = ctx;
    memcpy(self->pack + offset, data.data, data.n); /* within the limit, by contract */
}

static void take_packed(void *ctx, const struct vg_param *param)
{
    struct vg_params *self = ctx;
    if (self->n_known < VG_PARAMS_MAX) {
        self->params[self->n_known++] = *param;
        self->n_params = self->n_known;
    }
}

void vg_params_read(struct vg_params *self, struct vg_mav_pair pair, uint64_t capabilities,
                    struct vg_us now)
{
    const struct vg_ftp_options options = {.sink = take_piece,
                                           .ctx = self,
                                           .limit_bytes = VG_PARAMS_PACK_MAX,
                                           .tries_max = PACK_TRIES};
    self->pair = pair;
    self->is_bytewise = (capabilities & VG_MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_BYTEWISE) != 0;
    forget(self);
    bool has_files = (capabilities & VG_MAV_PROTOCOL_CAPABILITY_FTP) != 0;
    if (has_files &&
        vg_ftp_read(&self->ftp, pair, VG_PARAMPCK_PATH_DEFAULTS, &options, now, NULL) == VG_OK) {
        self->state = VG_PARAMS_READING_PACK;
    } else {
        start_list(self, now);
    }
}

/* The file is there, or will not come. */
static void finish_pack(struct vg_params *self, struct vg_us now)
{
    struct vg_bytes file = {self->pack, self->ftp.size_bytes};
    if (self->state != VG_PARAMS_READING_PACK || vg_ftp_is_busy(&self->ftp)) {
        return;
    }
    if (self->ftp.state == VG_FTP_DONE &&
        vg_parampck_parse(file, take_packed, self, NULL) == VG_OK && self->n_known > 0) {
        self->is_from_pack = true;
        self->state = VG_PARAMS_DONE;
    } else {
        start_list(self, now);
    }
}

/* ---- the list ---- */

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

/* The order of the packed file is not that of the list's indices: there the name decides. */
static void take_listed(struct vg_params *self, const struct vg_mav_param_value *v,
                        struct vg_us now)
{
    struct vg_mav_param_value by_name = *v;
    by_name.param_index = self->is_from_pack ? INDEX_NONE : v->param_index;
    if (self->state != VG_PARAMS_READING && self->state != VG_PARAMS_DONE) {
        return;
    }
    take_count(self, &by_name);
    struct vg_param *param = place_of(self, &by_name);
    if (param == NULL) {
        return;
    }
    if (param->name[0] == 0) {
        self->n_known++;
        self->retries = 0;
    }
    vg_param_take(param, v, self->is_bytewise);
    self->heard = now;
    if (self->n_known == self->n_params) {
        self->state = VG_PARAMS_DONE;
    } else {
        self->state = VG_PARAMS_READING; /* it changed its length */
    }
}

void vg_params_feed(struct vg_params *self, const struct vg_mav_msg *msg, struct vg_us now)
{
    if (msg->sysid != self->pair.their_sysid || msg->compid != self->pair.their_compid) {
        return;
    }
    if (self->state == VG_PARAMS_READING_PACK) {
        vg_ftp_feed(&self->ftp, msg, now);
        finish_pack(self, now);
    }
    if (msg->id != VG_MAV_ID_PARAM_VALUE) {
        return;
    }
    struct vg_mav_param_value v;
    vg_mav_param_value_unpack(msg, &v);
    if (v.param_id[0] != 0) {
        vg_params_take_written(self, &v);
        take_listed(self, &v, now);
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

static void step_list(struct vg_params *self, struct vg_us now)
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

void vg_params_step(struct vg_params *self, struct vg_us now)
{
    if (self->state == VG_PARAMS_READING_PACK) {
        vg_ftp_step(&self->ftp, now);
        finish_pack(self, now);
    }
    step_list(self, now);
    vg_params_step_write(self, now);
}

bool vg_params_next_out(struct vg_params *self, struct vg_mav_msg *out)
{
    return vg_outq_take(&self->out, out) || vg_ftp_next_out(&self->ftp, out);
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
