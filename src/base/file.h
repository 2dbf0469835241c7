/* Whole files in and out. Only app/, io/ and tests call this; libraries take bytes.
 * Threads: any. */
#ifndef VG_BASE_FILE_H
#define VG_BASE_FILE_H

#include "base/status.h"
#include "base/text.h"

/* Append the file's bytes to `out`. VG_E_IO with the path and the system's words; VG_E_FORMAT when
 * larger than max_bytes. */
enum vg_status vg_file_read(const char *path, size_t max_bytes, struct vg_buf *out,
                            struct vg_error *err) VG_MUST_USE;
/* Replace the file in one step: write beside it, fsync, rename. */
enum vg_status vg_file_write(const char *path, const void *data, size_t n,
                             struct vg_error *err) VG_MUST_USE;
/* Join the folder of `base_path` and `name` (kept if absolute) into buf. Returns buf. */
const char *vg_path_beside(const char *base_path, const char *name, char *buf, size_t size_bytes);

#endif
