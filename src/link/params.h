/* Parameters: the station's side reads a drone's, the drone's side (for the simulator) serves a
 * few.
 *
 * The whole list is asked for once; holes are then asked for one by one. Values stay as they came:
 * vg_param_value reads them as ArduPilot (a number in a float) or PX4 (the bytes of the typed
 * value) mean them. Writing is not here: the allow-list takes only the few names it knows.
 *
 * Memory: 2,048 parameters, about 60 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/parameter.html.
 */
#ifndef VG_LINK_PARAMS_H
#define VG_LINK_PARAMS_H

#include "base/time.h"
#include "link/outq.h"

enum {
    VG_PARAMS_MAX = 2048,
    VG_PARAM_NAME_MAX = 16
};

struct vg_param {
    char name[VG_PARAM_NAME_MAX + 1]; /* "" where a list has a hole */
    uint8_t type; /* MAV_PARAM_TYPE */
    float raw; /* the wire's four bytes */
};

enum vg_params_state {
    VG_PARAMS_IDLE = 0,
    VG_PARAMS_READING,
    VG_PARAMS_DONE,
    VG_PARAMS_FAILED, /* silent, or holes that would not fill */
};

/* Zero-initialise. */
struct vg_params {
    enum vg_params_state state;
    int n_params; /* as announced */
    int n_known;
    struct vg_param params[VG_PARAMS_MAX]; /* by index */
    /* private */
    struct vg_mav_pair pair;
    int retries;
    int asked_i;
    struct vg_us heard;
    struct vg_outq out;
};

/* Ask for all. Forgets what was known. */
void vg_params_start(struct vg_params *self, struct vg_mav_pair pair, struct vg_us now);
/* After start; also takes values nobody asked for. */
void vg_params_feed(struct vg_params *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_params_step(struct vg_params *self, struct vg_us now);
bool vg_params_next_out(struct vg_params *self, struct vg_mav_msg *out);
/* NULL if not known. Cost: linear. */
const struct vg_param *vg_params_find(const struct vg_params *self, const char *name);
/* As a number. is_bytewise: PX4's way (MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_BYTEWISE). */
double vg_param_value(const struct vg_param *param, bool is_bytewise);

enum {
    VG_PARAMSRV_MAX = 64
};

/* The drone's side. Values are numbers in floats (ArduPilot's way). */
struct vg_paramsrv {
    int n_params;
    struct vg_param params[VG_PARAMSRV_MAX];
    /* private */
    uint8_t sysid;
    uint8_t compid;
    int next_listed; /* the list goes out a few at a step; n_params when idle */
    struct vg_outq out;
};

void vg_paramsrv_init(struct vg_paramsrv *self, uint8_t sysid, uint8_t compid);
/* false when full or the name is too long. */
bool vg_paramsrv_add(struct vg_paramsrv *self, const char *name, uint8_t type, float value);
/* Answers list, read and set. True when a value was changed. */
bool vg_paramsrv_feed(struct vg_paramsrv *self, const struct vg_mav_msg *msg);
void vg_paramsrv_step(struct vg_paramsrv *self);
bool vg_paramsrv_next_out(struct vg_paramsrv *self, struct vg_mav_msg *out);

#endif
