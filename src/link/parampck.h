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
#include "link/param.h"

#define VG_PARAMPCK_PATH "@PARAM/param.pck"
#define VG_PARAMPCK_PATH_DEFAULTS "@PARAM/param.pck?withdefaults=1"

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
