#include "link/paramask.h"

#include <math.h>
#include <string.h>

enum {
    TRIES_MAX = 8,
    ASK_EVERY_US = 250000,
    RETRY_US = 1500000,
    CATCH_UP = 4 /* asked at one step at most */
};

void vg_paramask_start(struct vg_paramask *self, struct vg_mav_pair pair, bool is_bytewise)
{
    *self = (struct vg_paramask){.pair = pair, .is_bytewise = is_bytewise};
}

bool vg_paramask_add(struct vg_paramask *self, const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > VG_PARAM_NAME_MAX || self->n_asked == VG_PARAMASK_MAX) {
        return false;
    }
    self->asked[self->n_asked++] = (struct vg_param_asked){.name = name};
    return true;
}

void vg_paramask_give_up(struct vg_paramask *self, int i)
{
    self->asked[i].is_given_up = true;
}

int vg_paramask_feed(struct vg_paramask *self, const struct vg_mav_msg *msg)
{
    if (msg->id != VG_MAV_ID_PARAM_VALUE || msg->sysid != self->pair.their_sysid ||
        msg->compid != self->pair.their_compid) {
        return -1;
    }
    struct vg_mav_param_value v;
    struct vg_param told;
    vg_mav_param_value_unpack(msg, &v);
    vg_param_take(&told, &v, self->is_bytewise);
    for (int i = 0; i < self->n_asked && isfinite(told.value); i++) {
        if (strcmp(self->asked[i].name, told.name) == 0) {
            self->asked[i].is_known = true;
            self->asked[i].value = told.value;
            return i;
        }
    }
    return -1;
}

static bool is_open(const struct vg_param_asked *a)
{
    return !a->is_known && !a->is_given_up;
}

bool vg_paramask_is_done(const struct vg_paramask *self)
{
    for (int i = 0; i < self->n_asked; i++) {
        if (is_open(&self->asked[i])) {
            return false;
        }
    }
    return true;
}

/* The next whose turn it is, going round; NULL: none now. */
static struct vg_param_asked *next_due(struct vg_paramask *self, struct vg_us now)
{
    for (int i = 0; i < self->n_asked; i++) {
        int k = (self->next + i) % self->n_asked;
        struct vg_param_asked *a = &self->asked[k];
        bool is_due = a->tries == 0 || now.us - a->sent.us >= RETRY_US;
        if (!is_open(a) || !is_due) {
            continue;
        }
        if (a->tries == TRIES_MAX) {
            a->is_given_up = true;
            continue;
        }
        self->next = (k + 1) % self->n_asked;
        return a;
    }
    return NULL;
}

bool vg_paramask_step(struct vg_paramask *self, struct vg_us now, struct vg_mav_msg *out)
{
    if (now.us - self->sent.us < ASK_EVERY_US) {
        return false;
    }
    struct vg_param_asked *a = next_due(self, now);
    if (a == NULL) {
        return false;
    }
    int64_t behind_us = now.us - (CATCH_UP - 1) * ASK_EVERY_US; /* clocks that run fast */
    int64_t next_us = self->sent.us + ASK_EVERY_US;
    self->sent = vg_us(next_us > behind_us ? next_us : behind_us);
    a->tries++;
    a->sent = now;
    struct vg_mav_param_request_read ask = {.target_system = self->pair.their_sysid,
                                            .target_component = self->pair.their_compid,
                                            .param_index = -1};
    memcpy(ask.param_id, a->name, strlen(a->name));
    vg_mav_param_request_read_pack(&ask, self->pair.our_sysid, self->pair.our_compid, out);
    return true;
}
