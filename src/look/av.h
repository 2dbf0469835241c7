/* What every file that speaks with FFmpeg needs. Private to vg_video. */
#ifndef VG_LOOK_AV_H
#define VG_LOOK_AV_H

#include "base/status.h"

#include <stddef.h>

enum {
    VG_AV_NAME_SIZE = 4096
};

/* The name for FFmpeg: a path must not be taken for one of its protocols; "-" is standard input. */
void vg_av_name(const char *from, char *buf, size_t size_bytes);
/* FFmpeg's code as an error: VG_E_FORMAT where it cannot read the bytes, else VG_E_IO with its
 * words. */
enum vg_status vg_av_fail(struct vg_error *err, int rc, const char *what);

#endif
