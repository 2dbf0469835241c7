/* Seal a closed segment of raw input (.tlog, .ts): its SHA-256 and size, for the "segment" event.
 * Threads: any; reads the file once. */
#ifndef VG_RECORD_RECORD_SEAL_H
#define VG_RECORD_RECORD_SEAL_H

#include "base/sha256.h"
#include "base/status.h"

/* VG_E_IO when the file cannot be read to its end; outputs untouched then. */
enum vg_status vg_record_seal_file(const char *path, char out_sha256_hex[VG_SHA256_HEX_SIZE],
                                   int64_t *out_size_bytes, struct vg_error *err) VG_MUST_USE;

#endif
