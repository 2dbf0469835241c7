/* ArduPilot's packed parameter file, @PARAM/param.pck: all parameters in a tenth of the messages.
 *
 *   magic(2) 0x671b, or 0x671c with defaults   parameters here(2)   parameters in all(2)
 *   each: zero bytes to be skipped (padding)
 *         type:4 (1 INT8, 2 INT16, 3 INT32, 4 FLOAT) flags:4 (bit 0: a default follows)
 *         common:4 (letters shared with the name before) length-1:4 (of the rest)
 *         rest of the name, value, default where flagged
 *
 * Source: ArduPilot libraries/AP_Filesystem/AP_Filesystem_Param.cpp. Threads: pure. Allocations:
 * none.
 */
#ifndef VG_LINK_PARAMPCK_H
#define VG_LINK_PARAMPCK_H

#include "base/bytes.h"
#include "base/status.h"

#define VG_PARAMPCK_PATH "@PARAM/param.pck"
#define VG_PARAMPCK_PATH_DEFAULTS "@PARAM/param.pck?withdefaults=1"

enum {
    VG_PARAM_NAME_MAX = 16
};

struct vg_param {
    char name[VG_PARAM_NAME_MAX + 1]; /* "" where a list has a hole */
    uint8_t type; /* MAV_PARAM_TYPE */
    bool has_default; /* another than the value; told by param.pck only */
    float raw; /* the wire's four bytes */
    double value; /* as a number, whichever way the autopilot sends them */
    double default_value; /* when has_default */
};

/* One parameter; borrowed until the call returns. */
typedef void (*vg_parampck_fn)(void *ctx, const struct vg_param *param);

/* Read a whole file. VG_E_FORMAT with the byte offset: not such a file, cut short, or not as many
 * as its head says; parameters before the fault have been handed over. */
enum vg_status vg_parampck_parse(struct vg_bytes file, vg_parampck_fn fn, void *ctx,
                                 struct vg_error *err) VG_MUST_USE;

/* The drone's side: write n parameters as read in pieces of read_bytes. Types other than the four
 * are written as FLOAT. Returns the length, 0 when `cap` is too small (22 bytes a parameter are
 * enough, and 6). */
size_t vg_parampck_format(const struct vg_param *params, int n, size_t read_bytes, uint8_t *out,
                          size_t cap);

#endif
