/* Unpacking .xz (liblzma), bounded. Threads: pure. */
#ifndef VG_BASE_XZ_H
#define VG_BASE_XZ_H

#include "base/bytes.h"
#include "base/status.h"
#include "base/text.h"

/* Does it begin as an .xz file does? */
bool vg_xz_is(struct vg_bytes data);
/* Append what `data`, one whole .xz file, holds. VG_E_FORMAT: damaged, cut short, or more than
 * max_bytes; VG_E_NO_MEMORY. While it runs it takes as much memory as the packer chose, 80 MiB at
 * most (`xz -9` wants 65). */
enum vg_status vg_xz_unpack(struct vg_bytes data, size_t max_bytes, struct vg_buf *out,
                            struct vg_error *err) VG_MUST_USE;

#endif
