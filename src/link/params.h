/* All parameters: the station's side reads a drone's and writes the few that the allow-list names;
 * the drone's side (for the simulator) serves some. A few by name: paramask.h.
 *
 *   reading a file ─► done          all at once, as ArduPilot's param.pck by MAVFTP (ftp.h,
 *        │                          parampck.h)
 *        └─ refused, silent, damaged ─► reading the list ─► done / failed
 *
 * The list is asked for once; holes are then asked for one by one. Writing: PARAM_SET until the
 * drone tells the new value; ArduPilot answers with index 65535, so the name decides.
 *
 *     vg_params_read(&p, pair, vehicle.version.capabilities, now);
 *     each message: vg_params_feed(&p, msg, now); each 50 to 200 ms: vg_params_step(&p, now);
 *     after both: while (vg_params_next_out(&p, &m)) ...
 *
 * Memory: 2,048 parameters and the file, about 160 KB. Threads: one at a time. Allocations: none.
 * Source: mavlink.io/en/services/parameter.html; ArduPilot GCS_Param.cpp; PX4
 * mavlink_parameters.cpp.
 */
#ifndef VG_LINK_PARAMS_H
#define VG_LINK_PARAMS_H

#include "base/time.h"
#include "link/ftp.h"
#include "link/outq.h"
#include "link/parampck.h"

enum {
    VG_PARAMS_MAX = 2048,
    VG_PARAMS_PACK_MAX = 60000
};

enum vg_params_state {
    VG_PARAMS_IDLE = 0,
    VG_PARAMS_READING, /* the list */
    VG_PARAMS_DONE,
    VG_PARAMS_FAILED, /* silent, or holes that would not fill */
    VG_PARAMS_READING_PACK,
};

enum vg_param_write_state {
    VG_PARAM_WRITE_IDLE = 0,
    VG_PARAM_WRITING,
    VG_PARAM_WRITTEN, /* the drone told the new value */
    VG_PARAM_WRITE_FAILED, /* silent, or it kept another: see has_kept and kept */
};

/* Zero-initialise. */
struct vg_params {
    enum vg_params_state state;
    bool is_from_pack;
    int n_params; /* as announced */
    int n_known;
    struct vg_param params[VG_PARAMS_MAX]; /* by index */
    struct {
        enum vg_param_write_state state;
        char name[VG_PARAM_NAME_MAX + 1];
        double value; /* wanted */
        bool has_kept;
        double kept; /* what the drone says instead */
        /* private */
        uint8_t type;
        int tries;
        struct vg_us sent;
    } write;
    /* private */
    struct vg_mav_pair pair;
    bool is_bytewise;
    int retries;
    int asked_i;
    struct vg_us heard;
    struct vg_outq out;
    struct vg_ftp ftp;
    uint8_t pack[VG_PARAMS_PACK_MAX];
};

/* Ask for all, the quick way where `capabilities` (MAV_PROTOCOL_CAPABILITY) has MAVFTP; they also
 * tell how values are sent. Forgets the list that was known. */
void vg_params_read(struct vg_params *self, struct vg_mav_pair pair, uint64_t capabilities,
                    struct vg_us now);
/* The same by the list, values as numbers in floats. */
void vg_params_start(struct vg_params *self, struct vg_mav_pair pair, struct vg_us now);
/* Write one. VG_E_INVALID: not on the allow-list or not a number; VG_E_FULL: another is under way.
 */
enum vg_status vg_params_write(struct vg_params *self, struct vg_mav_pair pair, const char *name,
                               double value, struct vg_us now, struct vg_error *err) VG_MUST_USE;
void vg_params_feed(struct vg_params *self, const struct vg_mav_msg *msg, struct vg_us now);
void vg_params_step(struct vg_params *self, struct vg_us now);
bool vg_params_next_out(struct vg_params *self, struct vg_mav_msg *out);
/* NULL if not known. Cost: linear. */
const struct vg_param *vg_params_find(const struct vg_params *self, const char *name);

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
