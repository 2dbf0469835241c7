/* Unpacking gzip for clients that do not take it. Threads: pure. */
#ifndef VG_SERVE_GUNZIP_H
#define VG_SERVE_GUNZIP_H

#include "base/bytes.h"
#include "base/status.h"
#include "base/text.h"

/* Append the plain bytes to out; VG_E_FORMAT if it is not gzip, VG_E_FULL beyond max_bytes. */
enum vg_status vg_gunzip(struct vg_bytes gzip, size_t max_bytes, struct vg_buf *out) VG_MUST_USE;

#endif
