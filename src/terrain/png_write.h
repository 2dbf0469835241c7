/* PNG for map tiles. Threads: pure. */
#ifndef VG_TERRAIN_PNG_WRITE_H
#define VG_TERRAIN_PNG_WRITE_H

#include "base/status.h"
#include "base/text.h"

/* Appends the image: n_rows x n_cols pixels of 3 (RGB) or 4 (RGBA, not premultiplied) bytes.
 * VG_E_NO_MEMORY. */
enum vg_status vg_png_write(const uint8_t *pixels, int n_cols, int n_rows, int n_channels,
                            struct vg_buf *out, struct vg_error *err) VG_MUST_USE;

#endif
